"""Le montant du RSA d'un foyer fictif, selon le barème daté de `bareme.yaml`.

Ce calcul sert à rendre les fichiers plausibles. Il ne remplace pas celui des caisses : ni
abattements, ni prestations familiales, ni pensions.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

CENTIME = Decimal("0.01")
NATURES_ACTIVITE = frozenset({"001", "030", "200"})


@dataclass(frozen=True, slots=True)
class Taille:
    """La taille d'un foyer pour le barème ; `est_majore` : parent isolé, droit majoré."""

    adultes: int
    enfants: int
    est_majore: bool = False


class Bareme:
    """Le barème du RSA en métropole, par date d'effet."""

    def __init__(self, donnees: dict[str, Any]) -> None:
        """Prendre les données de `bareme.yaml`, telles que lues."""
        self._montants = sorted(
            (ligne["depuis"], Decimal(ligne["montant"])) for ligne in donnees["montant_forfaitaire"]
        )
        self._echelle = {nom: Decimal(part) for nom, part in donnees["echelle"].items()}
        self._logement = [Decimal(part) for part in donnees["forfait_logement"].values()]
        self.montant_minimum_verse = Decimal(donnees["montant_minimum_verse"])
        self.montant_seuil_droits_et_devoirs = Decimal(
            donnees["seuil_droits_et_devoirs"]["montant"]
        )
        self._memoire: dict[tuple[date, Taille], Decimal] = {}

    def montant_forfaitaire(self, *, le: date) -> Decimal:
        """Rendre le montant d'une personne seule, en euros par mois.

        Lève `LookupError` si la date précède le premier montant connu.
        """
        en_vigueur = [montant for depuis, montant in self._montants if depuis <= le]
        if not en_vigueur:
            raise LookupError(f"Aucun montant forfaitaire n'est connu au {le:%d/%m/%Y}.")
        return en_vigueur[-1]

    def minimum_garanti(self, *, taille: Taille, le: date) -> Decimal:
        """Rendre le revenu minimum garanti du foyer, en euros par mois."""
        cle = (le, taille)
        if cle not in self._memoire:
            part = self._part_majoree(taille) if taille.est_majore else self._part(taille)
            self._memoire[cle] = (self.montant_forfaitaire(le=le) * part).quantize(CENTIME)
        return self._memoire[cle]

    def forfait_logement(self, *, taille: Taille, le: date) -> Decimal:
        """Rendre ce que l'aide au logement, ou son absence de loyer, ôte au droit."""
        nombre = min(taille.adultes + taille.enfants, 3)
        part = self._logement[nombre - 1] * self._part(Taille(1, nombre - 1))
        return (self.montant_forfaitaire(le=le) * part).quantize(CENTIME)

    def _part_majoree(self, taille: Taille) -> Decimal:
        return self._echelle["majore_parent"] + self._echelle["majore_par_enfant"] * taille.enfants

    def _part(self, taille: Taille) -> Decimal:
        total = Decimal(1)
        for rang in range(2, taille.adultes + taille.enfants + 1):
            if rang - taille.adultes >= 3:
                total += self._echelle["enfant_a_partir_du_troisieme"]
            elif rang == 2:
                total += self._echelle["deuxieme_personne"]
            else:
                total += self._echelle["personne_suivante"]
        return total


@functools.cache
def bareme() -> Bareme:
    """Rendre le barème livré avec la démonstration."""
    texte = Path(__file__).with_name("bareme.yaml").read_text(encoding="utf-8")
    return Bareme(yaml.safe_load(texte))
