"""Taire les petits nombres à qui n'est pas du Département, et ce qui les ferait retrouver.

Pur : des comptes entrent, des comptes sortent, avec des nombres nuls à la place de ceux qu'on tait.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True)
class Compte:
    """Un numérateur sur un dénominateur ; un nombre nul est tu. `cle` désigne le mois ou le lieu.

    Un simple compte n'a pas de taux : son numérateur vaut son dénominateur.
    """

    cle: str
    libelle: str
    numerateur: int | None
    denominateur: int | None

    @property
    def est_masque(self) -> bool:
        """Vrai si l'un des deux nombres est tu."""
        return self.numerateur is None or self.denominateur is None

    @property
    def taux(self) -> Decimal | None:
        """Part entre 0 et 1 ; nulle si l'un des nombres est tu, ou sans personne à compter."""
        if self.numerateur is None or not self.denominateur:
            return None
        return Decimal(self.numerateur) / self.denominateur


def est_petit(nombre: int, seuil: int) -> bool:
    """Vrai si le nombre désignerait presque des personnes ; zéro ne désigne personne."""
    return 0 < nombre < seuil


def taire(compte: Compte, *, seuil: int) -> Compte:
    """Tait les petits nombres d'un compte, et le numérateur si le reste le trahit."""
    numerateur, denominateur = compte.numerateur, compte.denominateur
    if numerateur is None or denominateur is None:
        return replace(compte, numerateur=None)
    if est_petit(denominateur, seuil):
        return replace(compte, numerateur=None, denominateur=None)
    if est_petit(numerateur, seuil) or est_petit(denominateur - numerateur, seuil):
        return replace(compte, numerateur=None)
    return compte


def taire_colonne(comptes: Sequence[Compte], *, seuil: int) -> list[Compte]:
    """Tait une colonne dont le total s'affiche.

    Le total moins les montrés rend la somme des tus : seul, ou si peu qu'ensemble ils désignent
    encore des personnes, ils entraînent le plus petit des autres.
    """
    tus = [taire(c, seuil=seuil) for c in comptes]
    for champ in ("denominateur", "numerateur"):
        while True:
            caches = [i for i, c in enumerate(tus) if getattr(c, champ) is None]
            lisibles = [i for i, c in enumerate(tus) if getattr(c, champ)]
            somme = sum(getattr(comptes[i], champ) or 0 for i in caches)
            if not lisibles or not caches or (len(caches) > 1 and somme >= seuil):
                break
            rang = min(lisibles, key=lambda i: (getattr(tus[i], champ), i))
            # Sans son dénominateur, un numérateur se lirait encore par le taux ou le reste.
            tus[rang] = _sans(tus[rang], champ)
    return tus


def taire_total(total: Compte, colonnes: Sequence[Sequence[Compte]], *, seuil: int) -> Compte:
    """Tait un total, et aussi celui qu'une case tue, seule de sa colonne, rendrait lisible."""
    tu = taire(total, seuil=seuil)
    for champ in ("denominateur", "numerateur"):
        if any(sum(getattr(c, champ) is None for c in colonne) == 1 for colonne in colonnes):
            tu = _sans(tu, champ)
    return tu


def _sans(compte: Compte, champ: str) -> Compte:
    if champ == "denominateur":
        return replace(compte, numerateur=None, denominateur=None)
    return replace(compte, numerateur=None)
