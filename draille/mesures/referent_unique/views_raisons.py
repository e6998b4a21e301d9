"""Pourquoi une personne n'a pas de référent proposé, en une phrase par personne."""

from collections.abc import Sequence
from typing import Any

from draille.mesures.referent_unique.lectures import LigneLue
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.socle.acces import Acces

_INTERDIT = -1
PHRASES = {
    "type": "Aucun référent ne suit cette orientation.",
    "absent": "Les référents qui suivent cette orientation sont absents.",
    "loin": (
        "Aucun référent de cette orientation n'a ce secteur à une distance admise. "
        "Ouvrez un portefeuille, élargissez un secteur, ou désignez à la main."
    ),
    "plein": (
        "Les référents possibles n'ont plus de place. "
        "Ajoutez des places à l'un d'eux, ou ouvrez un portefeuille."
    ),
}


def raisons_sans_referent(
    *, calcul: Calcul, lignes: Sequence[LigneLue], acces: Acces
) -> dict[int, str]:
    """La phrase de chaque ligne sans référent, par identifiant de ligne. Une requête au plus."""
    if not lignes:
        return {}
    orientations = {x.id: x.orientation for x in lignes}
    minutes = (
        LigneCalcul.objects.visibles(acces).filter(pk__in=orientations).values_list("pk", "minutes")
    )
    return {
        pk: PHRASES[raison(orientation=orientations[pk], minutes=lues, places=calcul.places)]
        for pk, lues in minutes
    }


def raison(*, orientation: str, minutes: Sequence[int], places: Sequence[dict[str, Any]]) -> str:
    """Le code de ce qui manque : « type », « absent », « loin » ou « plein », dans cet ordre.

    `minutes` : dixièmes de minute jusqu'à chaque place, -1 quand elle n'est pas permise.
    """
    suivent = [
        (p, m)
        for p, m in zip(places, minutes, strict=True)
        if orientation in p["orientations"] and not p.get("est_du_foyer")
    ]
    if not suivent:
        return "type"
    presents = [(p, m) for p, m in suivent if p["est_presente"]]
    if not presents:
        return "absent"
    return "plein" if any(m != _INTERDIT for _, m in presents) else "loin"
