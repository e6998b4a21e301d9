"""Le moteur « osrm » : les temps d'un `osrm-routed` voisin, par son service `table`, en HTTP.

`GET <adresse>/table/v1/driving/<est,nord;…>?sources=…&destinations=…` rend `durations` en secondes
(nul sans chemin) et, par point, sa distance à la route. Au plus 100 × 100 par demande : c'est ce
qu'un serveur accepte par défaut. Une panne rend des cases inconnues, que l'estimation remplit.
"""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from draille.moteurs.trajets.calcul.temps import (
    AU_DELA,
    INCONNU,
    Bande,
    Grille,
    Matrice,
    Methode,
    Mode,
    Point,
    Temps,
)

PAR_DEMANDE = 100
DELAI_SECONDES = 3.0
REPOS_SECONDES = 30.0
REPONSE_MAXIMUM = 4_000_000

_journal = logging.getLogger(__name__)
_pannes: dict[str, float] = {}


class Panne(Exception):
    """Le serveur n'a pas répondu, ou pas comme on l'attendait."""


@dataclass(frozen=True, kw_only=True)
class MoteurOsrm:
    """Un serveur, à son adresse, pour un mode. Plus loin que `accroche_metres` : inconnu."""

    adresse: str
    mode: Mode
    bande: Bande
    accroche_metres: float

    @property
    def methode(self) -> Methode:
        """Toujours « osrm »."""
        return "osrm"

    def matrice(
        self,
        *,
        origines: Sequence[Point],
        destinations: Sequence[Point],
        limite: int | None = None,
    ) -> Matrice:
        """Tous les temps, dans leur ordre ; inconnus si le serveur manque."""
        grille: Grille = np.full((len(origines), len(destinations)), INCONNU, np.int32)
        if origines and destinations and not self._se_repose():
            try:
                self._remplir(grille, origines, destinations)
            except Panne as panne:
                _pannes[self.adresse] = time.monotonic()
                grille[:] = INCONNU
                _journal.warning("Serveur OSRM en panne (%s) : les temps sont estimés.", panne)
        if limite is not None:
            grille = np.where(grille > limite, AU_DELA, grille).astype(np.int32)
        bas, haut = self.bande.bornes(grille)
        return Matrice(minutes=grille, bas=bas, haut=haut, methode="osrm", mode=self.mode)

    def temps(self, *, origine: Point, destination: Point) -> Temps:
        """Le temps d'un point à un autre."""
        matrice = self.matrice(origines=(origine,), destinations=(destination,))
        return matrice.temps(origine=0, destination=0)

    def repond(self) -> bool:
        """Vrai si le serveur répond maintenant à une demande d'un seul point."""
        ici = Point(latitude=45.0, longitude=4.0, densite=0.0)
        try:
            self._demander([ici], [ici])
        except Panne:
            return False
        return True

    def _se_repose(self) -> bool:
        """Après une panne, on n'attend pas le délai à chaque page."""
        depuis = _pannes.get(self.adresse)
        return depuis is not None and time.monotonic() - depuis < REPOS_SECONDES

    def _remplir(
        self, grille: Grille, origines: Sequence[Point], destinations: Sequence[Point]
    ) -> None:
        for i in range(0, len(origines), PAR_DEMANDE):
            for j in range(0, len(destinations), PAR_DEMANDE):
                de, vers = origines[i : i + PAR_DEMANDE], destinations[j : j + PAR_DEMANDE]
                grille[i : i + len(de), j : j + len(vers)] = self._demander(de, vers)
        _pannes.pop(self.adresse, None)

    def _demander(self, de: Sequence[Point], vers: Sequence[Point]) -> Grille:
        lieux = ";".join(f"{p.longitude:.6f},{p.latitude:.6f}" for p in (*de, *vers))
        rangs = [str(r) for r in range(len(de) + len(vers))]
        lu = self._obtenir(
            f"{self.adresse.rstrip('/')}/table/v1/driving/{lieux}"
            f"?sources={';'.join(rangs[: len(de)])}&destinations={';'.join(rangs[len(de) :])}"
        )
        try:
            secondes = np.array(lu["durations"], dtype=np.float64).reshape(len(de), len(vers))
            loin_de = np.array([s["distance"] for s in lu["sources"]]) > self.accroche_metres
            loin_vers = np.array([s["distance"] for s in lu["destinations"]]) > self.accroche_metres
        except (KeyError, TypeError, ValueError) as erreur:
            raise Panne("réponse incomprise") from erreur
        secondes[loin_de[:, None] | loin_vers[None, :]] = np.nan
        sans = np.isnan(secondes)
        grille: Grille = np.where(sans, INCONNU, np.rint(np.where(sans, 0, secondes) / 6))
        return grille.astype(np.int32)

    def _obtenir(self, url: str) -> dict[str, Any]:
        """Le JSON de la réponse. La panne ne dit jamais les points demandés."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise Panne("adresse qui n'est pas en http")
        try:
            with urlopen(url, timeout=DELAI_SECONDES) as reponse:
                lu = json.loads(reponse.read(REPONSE_MAXIMUM))
        except HTTPError as erreur:
            raise Panne(f"réponse {erreur.code}") from erreur
        except (OSError, HTTPException, ValueError) as erreur:
            raise Panne(type(erreur).__name__) from erreur
        if not isinstance(lu, dict) or lu.get("code") != "Ok":
            raise Panne("refus du serveur")
        return lu
