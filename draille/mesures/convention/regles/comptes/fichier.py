"""Un tableur des finances, de ses octets à ses lignes lues."""

from collections.abc import Mapping
from dataclasses import dataclass

from draille.mesures.convention.regles.comptes.colonnes import trouver_tete
from draille.mesures.convention.regles.comptes.lecture import RANGEES_MONTREES, illisible, ouvrir
from draille.mesures.convention.regles.comptes.lignes import (
    LigneLue,
    TotalLu,
    lignes_sans_titres,
    lire_feuille,
)
from draille.mesures.convention.regles.comptes.valeurs import lire_texte


@dataclass(frozen=True)
class FichierLu:
    """Toutes les lignes d'un fichier, feuille après feuille, et ses rangées de total."""

    lignes: tuple[LigneLue, ...]
    totaux: tuple[TotalLu, ...]


def lire_fichier(
    *, contenu: bytes, nom: str, correspondance: Mapping[str, str] | None = None
) -> FichierLu:
    """Lit un fichier entier. `correspondance` : champ → titre de colonne, quand on l'a dit.

    Lève `Refus('convention.comptes_illisibles')` si rien ne s'y lit, ou si aucune feuille n'a de
    titres reconnus.
    """
    lignes: list[LigneLue] = []
    totaux: list[TotalLu] = []
    a_titres = False
    for feuille in ouvrir(contenu=contenu, nom=nom):
        tete = trouver_tete(feuille=feuille, correspondance=correspondance)
        if tete is None:
            lignes += lignes_sans_titres(feuille=feuille)
            continue
        a_titres = True
        lues, sommes = lire_feuille(feuille=feuille, tete=tete, nom=nom)
        lignes += lues
        totaux += sommes
    if not a_titres:
        raise illisible(
            nom,
            "aucune rangée de titres ne dit à la fois un montant et un numéro de pièce : "
            "associez ses colonnes.",
        )
    if not lignes:
        raise illisible(nom, "il a des titres, et aucune ligne dessous.")
    return FichierLu(tuple(lignes), tuple(totaux))


def titres_du_fichier(*, contenu: bytes, nom: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Les titres que l'on peut associer, et l'association que l'on devine (champ → titre).

    Lève `Refus('convention.comptes_illisibles')`.
    """
    titres: dict[str, None] = {}
    devinee: dict[str, str] = {}
    for feuille in ouvrir(contenu=contenu, nom=nom):
        tete = trouver_tete(feuille=feuille)
        if tete is not None:
            titres |= dict.fromkeys(t for t in tete.titres if t)
            for champ, rang in tete.colonnes.items():
                devinee.setdefault(champ, tete.titres[rang])
            continue
        # Sans titres reconnus, les premières rangées de textes sont tout ce que l'on peut offrir.
        for _, cellules in feuille.rangees[:RANGEES_MONTREES]:
            titres |= dict.fromkeys(
                t for c in cellules if isinstance(c, str) and (t := lire_texte(c)[:80])
            )
    return tuple(titres), devinee
