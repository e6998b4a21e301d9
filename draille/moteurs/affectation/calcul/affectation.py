"""Confier des demandeurs à des places : l'optimum, sa preuve sans solveur, son empreinte."""

import hashlib
import json
from dataclasses import asdict

import numpy as np

from draille.moteurs.affectation.calcul.optimum import (
    Tirage,
    bornes,
    cout_total,
    optimiser,
    paires_serrees,
    tirage_publie,
)
from draille.moteurs.affectation.calcul.probleme import (
    INTERDIT,
    Probleme,
    Solution,
    couts,
    sieges,
)
from draille.moteurs.affectation.calcul.residuel import Entiers, Tableau, charges, cout_des_choix
from draille.moteurs.affectation.calcul.transport import Solveur


class Unites:
    """Les demandeurs groupés par unité : une ligne du tableau, et un siège, par unité."""

    def __init__(self, *, probleme: Probleme) -> None:
        """Range les unités par ordre croissant : l'ordre des lignes ne change rien."""
        unites = np.array([d.unite for d in probleme.demandeurs], dtype=np.int64)
        self.noms, self.de = np.unique(unites, return_inverse=True)
        self.tailles = np.bincount(self.de, minlength=len(self.noms)).astype(np.int64)

    def tableau(self, *, probleme: Probleme) -> Tableau:
        """Le tableau des unités. Une place doit être permise à chacun de ses membres."""
        n, m = len(self.noms), len(probleme.places)
        paires = couts(probleme)
        if len(self.de) == n:
            rang = np.argsort(self.de)
            total = paires[rang]
        else:
            total = np.zeros((n, m), dtype=np.int32)
            np.add.at(total, self.de, np.maximum(paires, 0))
            refus = np.zeros((n, m), dtype=bool)
            np.logical_or.at(refus, self.de, paires == INTERDIT)
            total[refus] = INTERDIT
        return Tableau(
            couts=total,
            sieges=sieges(probleme),
            prix=prix_des_sieges(probleme),
            sans=self.tailles * probleme.reglage.cout_non_affecte,
        )

    def choix(self, *, demandeurs: tuple[int, ...]) -> Entiers:
        """Le choix de chaque unité. Lève ValueError si ses membres n'ont pas le même."""
        par_demandeur = np.array(demandeurs, dtype=np.int64)
        rendu = np.full(len(self.noms), -1, dtype=np.int64)
        rendu[self.de] = par_demandeur
        if (rendu[self.de] != par_demandeur).any():
            raise ValueError("une même unité a deux places")
        return rendu

    def tirage(self, *, graine: str) -> Tirage:
        """Le départage publié, par unité."""
        return tirage_publie(graine, self.noms.tolist())


def prix_des_sieges(probleme: Probleme) -> Entiers:
    """Le coût d'un siège par place et segment : équilibre et prix appris."""
    r = probleme.reglage
    appris = np.array(probleme.appris or (0,) * len(probleme.places), dtype=np.int64)
    return appris[:, None] + np.arange(r.segments, dtype=np.int64) * r.pas_equilibre


def resoudre(*, probleme: Probleme, solveur: Solveur = "ortools") -> Solution:
    """L'affectation de coût minimum, exacte, toujours faisable, départagée par la graine publiée.

    `solveur` : « ortools » (repli sur scipy s'il manque) ou « scipy » ; le résultat est le même.
    """
    unites = Unites(probleme=probleme)
    optimum = optimiser(
        tableau=unites.tableau(probleme=probleme),
        solveur=solveur,
        tirage=unites.tirage(graine=probleme.graine),
    )
    return Solution(
        choix=tuple(optimum.choix[unites.de].tolist()),
        prix=tuple(optimum.prix.tolist()),
        cout=optimum.cout,
        solveur=optimum.solveur,
    )


def verifier(*, probleme: Probleme, solution: Solution) -> tuple[str, ...]:
    """Refait la preuve sans solveur ; rend ce qui ne va pas, vide si la solution est optimale.

    Admissibilité, sièges, coût recalculé, aucun coût réduit négatif aux prix gardés.
    """
    n, m = len(probleme.demandeurs), len(probleme.places)
    if len(solution.choix) != n or len(solution.prix) != m:
        return ("formes : un choix par demandeur et un prix par place",)
    if any(not -1 <= j < m for j in solution.choix):
        return ("choix : une place inconnue",)
    unites = Unites(probleme=probleme)
    try:
        choix = unites.choix(demandeurs=solution.choix)
    except ValueError as erreur:
        return (f"unité : {erreur}",)
    tableau = unites.tableau(probleme=probleme)
    return certifier(
        tableau=tableau, choix=choix, prix=np.array(solution.prix, np.int64), cout=solution.cout
    )


def certifier(*, tableau: Tableau, choix: Entiers, prix: Entiers, cout: int) -> tuple[str, ...]:
    """La preuve d'optimalité d'un tableau : complémentarité des choix, des sièges et des prix."""
    fautes = []
    ici = cout_des_choix(tableau, choix)
    charge = charges(tableau, choix)
    if (ici == INTERDIT).any():
        fautes.append("admissibilité : une paire interdite est choisie")
    if (charge > tableau.sieges.sum(axis=1)).any():
        fautes.append("sièges : une place est dépassée")
    if cout_total(tableau, choix) != cout:
        fautes.append("coût : le total recalculé n'est pas le total gardé")
    if (prix < 0).any():
        fautes.append("prix : un prix est négatif")
    valeur, _, _ = paires_serrees(tableau, prix)
    pris = np.where(choix >= 0, prix[choix], 0) if len(prix) else np.zeros(len(choix), np.int64)
    if (ici + pris > valeur).any():
        fautes.append("optimalité : un coût réduit est négatif")
    moins, plus = bornes(tableau, prix)
    if (charge < moins).any() or (charge > plus).any():
        fautes.append("optimalité : un prix ne s'accorde pas aux sièges pris")
    return tuple(fautes)


def empreinte(*, probleme: Probleme, solution: Solution) -> str:
    """SHA-256 (hexadécimal) de la forme canonique des entrées et des sorties."""
    somme = hashlib.sha256()
    tete = {
        "reglage": asdict(probleme.reglage),
        "graine": probleme.graine,
        "appris": list(probleme.appris),
        "places": [
            [p.libres, p.charge, p.capacite, sorted(p.orientations), p.est_presente]
            for p in probleme.places
        ],
        "demandeurs": [
            [d.unite, d.orientation, d.continuite, d.est_sans_vehicule, d.orientee_le.isoformat()]
            for d in probleme.demandeurs
        ],
        "solution": asdict(solution),
    }
    somme.update(json.dumps(tete, sort_keys=True, ensure_ascii=True).encode())
    somme.update(probleme.minutes.astype("<i4").tobytes())
    return somme.hexdigest()
