"""Le premier accueil dans le résumé : qui est venu, les suites, la couverture."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from draille.demo import doublons
from draille.demo.accueil_couverture import jour_compte, prevoir
from draille.demo.mise_en_place import departements
from draille.demo.plan import plan_de_jeu
from draille.mesures.accueil_social import demo as accueil
from draille.mesures.accueil_social.lectures_couverture import couverture
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.socle.acces import Acces
from draille.socle.texte import date_moyenne, entier, pourcent


def resumer(*, departement: str, acces: Acces, le: date) -> dict[str, Any]:
    """Les chiffres de l'accueil à cette date, lus des états, pour JSON.

    La couverture est lue de l'annuaire pour le Département joué, et de ce que le jeu prévoit pour
    les autres.
    """
    return {
        "accueil": _accueil(),
        "orientations_suivies": _orientations(acces, le),
        "doublons": doublons.comptes(),
        "couverture": {
            code: _lue(acces, le) if code == departement else _prevue(code, le)
            for code in (departement, *(c for c in departements() if c != departement))
        },
    }


def _accueil() -> dict[str, Any]:
    comptes = accueil.comptes()
    total = comptes["connue"] + comptes["nouvelle"] + comptes["anonyme"]
    return {
        **comptes,
        "total": total,
        "part_anonyme": round(comptes["anonyme"] / total, 4) if total else None,
    }


def _orientations(acces: Acces, le: date) -> dict[str, Any]:
    statuts = list(Orientation.objects.visibles(acces).values_list("statut", flat=True))
    suite = partage.a_suivre(acces=acces, le=le)
    return {
        "total": len(statuts),
        "par_issue": {str(s): statuts.count(s.value) for s in Orientation.Statut},
        "en_retard": len(suite.en_retard),
        "revenues": len(suite.revenues),
    }


def _lue(acces: Acces, le: date) -> dict[str, Any]:
    jour = jour_compte(le)
    lue = couverture(le=jour, acces=acces)
    part = lue.departement
    return {
        "le": jour.isoformat(),
        "points": len(lue.points),
        "population": part.population,
        "part": _arrondi(part.part),
        "bande": [_arrondi(part.part_basse), _arrondi(part.part_haute)],
        "methode": lue.methode,
        "seuil_minutes": lue.seuil_minutes,
    }


def _prevue(departement: str, le: date) -> dict[str, Any]:
    lue = prevoir(departement=departement, fin=le, le=jour_compte(le))
    return {
        "le": lue.le.isoformat(),
        "points": lue.points,
        "population": lue.population,
        "part": _arrondi(lue.part),
        "bande": [_arrondi(lue.part_basse), _arrondi(lue.part_haute)],
        "methode": lue.methode,
        "seuil_minutes": lue.seuil_minutes,
    }


def _arrondi(part: float | None) -> float | None:
    return None if part is None else round(part, 4)


def en_phrases(resume: dict[str, Any]) -> Iterator[str]:
    """L'accueil, les orientations et la couverture en quelques lignes."""
    lus, suivies = resume["accueil"], resume["orientations_suivies"]
    yield (
        f"  Premier accueil : {entier(lus['total'])} accueils d'un an, "
        f"{entier(lus['personnes'])} personnes, "
        f"{pourcent(lus['part_anonyme'], decimales=1)} d'accueils anonymes."
    )
    issues = ", ".join(
        f"{Orientation.Statut(issue).label.lower()} {entier(nombre)}"
        for issue, nombre in suivies["par_issue"].items()
    )
    yield f"  Orientations suivies : {entier(suivies['total'])} ({issues})."
    yield (
        f"  À reprendre : {entier(suivies['en_retard'])} sans réponse à temps, "
        f"{entier(suivies['revenues'])} revenues."
    )
    doubles = resume["doublons"]
    yield (
        f"  Dossiers en double : {entier(doubles['rejointes'])} rejoints, "
        f"{entier(doubles['separees'])} séparé ensuite, {entier(doubles['distinctes'])} dits "
        f"distincts, {entier(doubles['a_revoir'])} à revoir, "
        f"{entier(doubles['a_confirmer'])} à confirmer par une seconde personne."
    )
    for code, lue in resume["couverture"].items():
        yield _phrase_couverture(code, lue)


def _phrase_couverture(code: str, lue: dict[str, Any]) -> str:
    nom = plan_de_jeu(departement=code).nom
    basse, haute = lue["bande"]
    jour = date_moyenne(date.fromisoformat(lue["le"]))
    return (
        f"  {nom}, le {jour} : {pourcent(lue['part'], decimales=1)} de la population à moins de "
        f"{lue['seuil_minutes']} minutes d'un point ouvert ({lue['methode']}, entre "
        f"{pourcent(basse, decimales=1)} et {pourcent(haute, decimales=1)})."
    )
