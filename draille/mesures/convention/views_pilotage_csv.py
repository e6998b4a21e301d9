"""Le pilotage en tableau : une rangée par ligne, les mêmes nombres qu'à l'écran."""

from collections.abc import Iterator
from decimal import Decimal

from draille.mesures.convention.lectures_mots import NON_PUBLIE, cible_en_mots
from draille.mesures.convention.lectures_pilotage import Pilotage, Rangee
from draille.mesures.convention.regles.pilotage import ETAPES
from draille.mesures.convention.views_pilotage_cases import TU, objectif_montre

TITRES = (
    "Convention",
    "Ligne",
    "Nature",
    *(e.libelle for e in ETAPES),
    "Part exécutée",
    "Actes du mois",
    "Actes de l'année",
    "Indicateur",
    "Version",
    "Comptés",
    "Sur",
    "Part",
    "Cibles",
    "Échéances dépassées",
)


def rangees_csv(p: Pilotage) -> Iterator[list[str]]:
    """Chaque ligne, puis l'ensemble."""
    titre = p.page.lecture.convention.titre
    for r in p.rangees:
        yield [titre, r.ligne.libelle, r.ligne.nature.libelle, *_argent(r), *_suite(r)]
    montants = [_euros(p.argent.totaux.get(e)) for e in ETAPES]
    actes = [_entier(p.actes.mois), _entier(p.actes.annee)]
    vides = [""] * (len(TITRES) - 3 - len(montants) - 1 - len(actes))
    yield [titre, "Ensemble", "", *montants, _part(p.argent.taux_execution), *actes, *vides]


def _argent(r: Rangee) -> list[str]:
    montants = r.argent.montants if r.argent else {}
    execution = r.argent.taux_execution if r.argent else None
    return [*(_euros(montants.get(e)) for e in ETAPES), _part(execution)]


def _suite(r: Rangee) -> list[str]:
    lu = r.indicateur
    nom, version, comptes = "", "", ["", "", ""]
    if lu is not None:
        nom, version = f"{lu.indicateur.libelle} ({lu.indicateur.code})", str(lu.indicateur.version)
        c = lu.annee
        compte = [_entier(c.numerateur), _entier(c.denominateur), _part(c.taux)]
        comptes = compte if lu.a_taux else ["", compte[1], ""]
    cibles = " ; ".join(_cible(r, rang) for rang in range(len(r.objectifs)))
    actes = [_entier(r.actes.mois), _entier(r.actes.annee)]
    return [*actes, nom, version, *comptes, cibles, _entier(r.retards.nombre)]


def _cible(r: Rangee, rang: int) -> str:
    o = r.objectifs[rang]
    montre = objectif_montre(o)
    valeurs = ", ".join(f"{v.dit} ({v.titre})" for v in montre["valeurs"]) or NON_PUBLIE
    return f"{o.cible.libelle} : {cible_en_mots(o.cible)} Valeur : {valeurs}. {montre['etat']}"


def _euros(montant: Decimal | None) -> str:
    return NON_PUBLIE if montant is None else f"{montant:.2f}".replace(".", ",")


def _entier(nombre: int | None) -> str:
    return TU if nombre is None else str(nombre)


def _part(part: Decimal | None) -> str:
    return "" if part is None else f"{part:.4f}".replace(".", ",")
