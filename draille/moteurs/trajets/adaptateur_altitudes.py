"""Les altitudes d'un dossier de tuiles SRTM (.hgt) : ce que le Département donne, s'il l'a.

Une tuile couvre un degré (`N45E003.hgt`) : des entiers de 16 bits gros-boutistes, en mètres, du
nord au sud, 1 201 ou 3 601 par côté ; -32 768 là où l'on ne sait pas.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from draille.moteurs.trajets.calcul.temps import Reels
from draille.socle.refus import Refus

COTES = {2 * cote * cote: cote for cote in (1201, 3601)}
INCONNUE = -32_768


def altitudes(*, dossier: Path) -> Callable[[Reels, Reels], Reels]:
    """Une fonction (nord, est) -> mètres ; zéro hors des tuiles.

    Lève `Refus('trajets.altitudes')` si le dossier n'a aucune tuile, ou si l'une n'a pas sa taille.
    """
    tuiles = {chemin.stem.upper(): _tuile(chemin) for chemin in sorted(dossier.glob("*.hgt"))}
    if not tuiles:
        raise Refus(
            code="trajets.altitudes",
            message=f"{dossier} n'a aucune tuile .hgt : donnez le dossier des altitudes.",
        )

    def lire(nord: Reels, est: Reels) -> Reels:
        rendu = np.zeros(len(nord))
        sud, ouest = np.floor(nord).astype(int), np.floor(est).astype(int)
        for nom, tuile in tuiles.items():
            ici = (sud == _degre(nom[:3], "S")) & (ouest == _degre(nom[3:7], "W"))
            if ici.any():
                pas = len(tuile) - 1
                ligne = np.rint((sud[ici] + 1 - nord[ici]) * pas).astype(int)
                colonne = np.rint((est[ici] - ouest[ici]) * pas).astype(int)
                lues = tuile[ligne, colonne]
                rendu[ici] = np.where(lues == INCONNUE, 0, lues)
        return rendu

    return lire


def _degre(texte: str, negatif: str) -> int:
    return int(texte[1:]) * (-1 if texte[0] == negatif else 1)


def _tuile(chemin: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    cote = COTES.get(chemin.stat().st_size)
    nom = chemin.stem.upper()
    if cote is None or len(nom) != 7 or not (nom[1:3] + nom[4:7]).isdecimal():
        raise Refus(
            code="trajets.altitudes",
            message=f"{chemin.name} n'est pas une tuile d'altitudes entière : remplacez-la.",
        )
    lue = np.fromfile(chemin, dtype=">i2").astype(np.int16)
    return lue.reshape(cote, cote)
