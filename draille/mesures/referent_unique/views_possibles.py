"""Qui peut suivre une personne aujourd'hui, le plus proche d'abord : pour désigner à la main."""

from dataclasses import dataclass
from datetime import date

from draille.mesures.referent_unique.lectures_places import PlaceLue, ouvre, places
from draille.mesures.referent_unique.models import Demande
from draille.moteurs.trajets import adaptateur as trajets
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Un référent présent, qui a une place et dont l'habilitation ouvre ce dossier.

    `minutes` : dixièmes de minute jusqu'à son bureau, nulles sans position connue. `reserve` : ce
    qui sort de l'ordinaire (secteur, orientation), à peser par qui décide.
    """

    agent_id: int
    agent: str
    bureau: str
    minutes: int | None
    libres: int
    reserve: str
    surcout_minutes: int | None = None


def possibles(
    *, personne: Personne, acces: Acces, le: date, sauf: int | None = None
) -> tuple[Possible, ...]:
    """Les référents possibles : sans réserve d'abord, puis du plus proche au plus lointain.

    `sauf` : l'agent qui suit déjà la personne. Nombre de requêtes constant.
    """
    orientation = derniere_orientation(personne_id=personne.pk, acces=acces)
    admises = [
        p
        for p in places(le=le)
        if p.est_presente
        and p.libres > 0
        and p.agent_id != sauf
        and ouvre(p.cles, personne.commune_id)
    ]
    durees = _durees(personne.commune_id, admises, le)
    lues = [
        Possible(
            agent_id=p.agent_id,
            agent=p.agent,
            bureau=p.bureau,
            minutes=durees.get(p.commune_id),
            libres=p.libres,
            reserve=_reserve(p, personne.commune_id, orientation),
        )
        for p in admises
    ]
    return tuple(sorted(lues, key=_ordre))


def derniere_orientation(*, personne_id: int, acces: Acces) -> str:
    """L'orientation de la dernière demande de cette personne ; vide si elle n'en a pas."""
    return (
        Demande.objects.visibles(acces)
        .filter(personne_id=personne_id)
        .order_by("-ligne_orientation_id")
        .values_list("orientation", flat=True)
        .first()
        or ""
    )


def _ordre(lu: Possible) -> tuple[bool, bool, int, str]:
    return (bool(lu.reserve), lu.minutes is None, lu.minutes or 0, lu.agent)


def _reserve(place: PlaceLue, commune_id: int | None, orientation: str) -> str:
    if orientation and orientation not in place.orientations:
        return "ne suit pas cette orientation d'ordinaire"
    if place.secteur is not None and commune_id not in place.secteur:
        return "hors de son secteur"
    return ""


def _durees(commune_id: int | None, admises: list[PlaceLue], le: date) -> dict[int, int]:
    """Les dixièmes de minute jusqu'à chaque commune de bureau dont la position est connue."""
    if commune_id is None or not admises:
        return {}
    bureaux = sorted({p.commune_id for p in admises})
    situees = trajets.situees(communes={commune_id, *bureaux})
    vers = [c for c in bureaux if c in situees]
    if commune_id not in situees or not vers:
        return {}
    matrice = trajets.minutes(origines=[commune_id], destinations=vers, le=le)
    return {c: int(m) for c, m in zip(vers, matrice.minutes[0], strict=True)}
