"""Lire la table des règles : stricte, pour qu'une faute de frappe ne change pas une orientation."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from draille.mesures.orientation_rsa.regles.proposition import (
    Bornes,
    Conditions,
    Regime,
    Regle,
    Table,
)
from draille.mesures.orientation_rsa.regles.questionnaire import (
    Activite,
    Frein,
    Projection,
    Qualification,
)
from draille.socle.refus import Refus

FICHIER = Path(__file__).parent.parent / "regles_orientation.yaml"
_CHOIX = {"activite": Activite, "projection": Projection, "qualification": Qualification}
_INTERVALLES = {"freins_forts", "freins_moyens", "duree_sans_emploi_mois"}
_CLES_SI = {*_CHOIX, *_INTERVALLES, "freins_forts_parmi"}
_CLES_REGLE = {"code", "quand", "si", "type", "raison", "reference"}


@cache
def table() -> Table:
    """La table livrée avec la mesure, lue une fois."""
    return lire(chemin=FICHIER)


def lire(*, chemin: Path) -> Table:
    """Lit et contrôle une table. Lève `Refus('orientation_rsa.regles_illisibles')`."""
    contenu = yaml.safe_load(chemin.read_text(encoding="utf-8"))
    types, organismes = dict(contenu["types"]), dict(contenu["organismes"])
    regimes = tuple(_regime(chemin.name, brut, types) for brut in contenu["regimes"])
    for avant, apres in zip(regimes, regimes[1:], strict=False):
        if avant.au is None or avant.au + timedelta(days=1) != apres.du:
            raise _faute(f"{chemin.name}, {apres.code}", "il ne suit pas le régime précédent")
    return Table(regimes=regimes, types=types, organismes=organismes)


def _regime(nom: str, brut: dict[str, Any], types: Mapping[str, str]) -> Regime:
    ou = f"{nom}, {brut.get('code')}"
    if type(brut.get("du")) is not date:
        raise _faute(ou, "« du » n'est pas une date")
    regles = tuple(_regle(ou, r, types) for r in brut["regles"])
    if brut["regles"][-1]["si"] != {}:
        raise _faute(ou, "la dernière règle doit convenir à tous (« si: {} »)")
    return Regime(
        code=brut["code"],
        libelle=brut["libelle"],
        du=brut["du"],
        au=brut.get("au"),
        reference=brut["reference"],
        est_a_confirmer=brut["est_a_confirmer"],
        regles=regles,
    )


def _regle(ou: str, brut: dict[str, Any], types: Mapping[str, str]) -> Regle:
    ici = f"{ou}, règle {brut.get('code')}"
    if set(brut) != _CLES_REGLE:
        raise _faute(ici, f"les clés attendues sont {', '.join(sorted(_CLES_REGLE))}")
    if brut["type"] not in types:
        raise _faute(ici, f"le type « {brut['type']} » n'est pas dans « types »")
    return Regle(
        code=brut["code"],
        quand=brut["quand"].strip(),
        si=_conditions(ici, brut["si"]),
        type_parcours=brut["type"],
        raison=brut["raison"],
        reference=brut["reference"],
    )


def _conditions(ou: str, brut: dict[str, Any]) -> Conditions:
    for cle in brut:
        if cle not in _CLES_SI:
            raise _faute(ou, f"condition inconnue « {cle} »")
    try:
        duree = brut.get("duree_sans_emploi_mois")
        return Conditions(
            parmi={c: tuple(k(v) for v in brut[c]) for c, k in _CHOIX.items() if c in brut},
            freins_forts_parmi=tuple(Frein(f) for f in brut.get("freins_forts_parmi", ())),
            freins_forts=Bornes(**brut.get("freins_forts", {})),
            freins_moyens=Bornes(**brut.get("freins_moyens", {})),
            duree_sans_emploi_mois=None if duree is None else Bornes(**duree),
        )
    except (ValueError, TypeError) as erreur:
        raise _faute(ou, f"condition illisible ({erreur})") from erreur


def _faute(ou: str, quoi: str) -> Refus:
    return Refus(code="orientation_rsa.regles_illisibles", message=f"{ou} : {quoi}.")
