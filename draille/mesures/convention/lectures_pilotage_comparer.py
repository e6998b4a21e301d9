"""Comparer deux années d'une convention, à périmètre et à jour égaux."""

from dataclasses import dataclass

from draille.mesures.convention import regles
from draille.mesures.convention.lectures_pilotage import Pilotage, Rangee
from draille.mesures.convention.regles.pilotage import ETAPES, Evolution, evolution
from draille.mesures.convention.regles.suivi import Etape
from draille.moteurs.indicateurs.registre import Indicateur


@dataclass(frozen=True)
class LigneComparee:
    """Une ligne dans deux années. `taux` : l'évolution est en points (0,01 vaut un point)."""

    ligne: regles.Ligne
    argent: tuple[tuple[Etape, Evolution], ...]
    actes: Evolution
    indicateur: Indicateur | None
    compte: Evolution
    taux: Evolution


def lignes_des_deux(*pages_lignes: tuple[regles.Ligne, ...]) -> tuple[regles.Ligne, ...]:
    """Les lignes de l'une ou de l'autre année, chacune une fois, dans l'ordre des textes."""
    toutes: dict[str, regles.Ligne] = {}
    for lignes in pages_lignes:
        for ligne in lignes:
            toutes.setdefault(ligne.code, ligne)
    return tuple(toutes.values())


def comparer(*, avant: Pilotage, apres: Pilotage) -> tuple[LigneComparee, ...]:
    """Chaque ligne des deux pilotages, qui montrent les mêmes lignes."""
    anciennes = {r.ligne.code: r for r in avant.rangees}
    return tuple(_comparer(anciennes[r.ligne.code], r) for r in apres.rangees)


def ensemble(*, avant: Pilotage, apres: Pilotage) -> tuple[tuple[Etape, Evolution], ...]:
    """L'argent de la convention entière, étape par étape."""
    return tuple(
        (e, evolution(avant=avant.argent.totaux.get(e), apres=apres.argent.totaux.get(e)))
        for e in ETAPES
    )


def _comparer(ancienne: Rangee, neuve: Rangee) -> LigneComparee:
    a, n = ancienne.indicateur, neuve.indicateur
    return LigneComparee(
        ligne=neuve.ligne,
        argent=tuple(
            (
                e,
                evolution(
                    avant=ancienne.argent.montants.get(e) if ancienne.argent else None,
                    apres=neuve.argent.montants.get(e) if neuve.argent else None,
                ),
            )
            for e in ETAPES
        ),
        actes=evolution(avant=ancienne.actes.annee, apres=neuve.actes.annee),
        indicateur=n.indicateur if n else None,
        compte=evolution(
            avant=a.annee.denominateur if a else None, apres=n.annee.denominateur if n else None
        ),
        taux=evolution(
            avant=a.annee.taux if a and a.a_taux else None,
            apres=n.annee.taux if n and n.a_taux else None,
        ),
    )
