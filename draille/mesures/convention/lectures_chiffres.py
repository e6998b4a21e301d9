"""Ouvrir un chiffre de la convention sur les actes qui le font : montants, nombres de mesures.

Rien de personnel ici : les lignes de journal lues ne portent aucune clé d'accès.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from draille.mesures.convention import regles
from draille.mesures.convention.lectures import PageConvention
from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.socle.texte import euros

SIGNER, INSCRIRE = "convention.signer", "convention.inscrire_ligne"


class Objet(StrEnum):
    """Le montant que l'on ouvre."""

    TOTAL = "total"
    FINANCEUR = "financeur"
    LIGNES = "lignes"
    LIGNE = "ligne"
    ECART = "ecart"


class Genre(StrEnum):
    """Ce que vaut la liste : son nombre d'actes, la somme des montants, ou ce qu'un texte dit."""

    COMPTE = "compte"
    MONTANT = "montant"
    ANNONCE = "annonce"


@dataclass(frozen=True)
class ActeLu:
    """Une ligne de journal et ce qu'elle apporte au chiffre, en euros (nul : pas un montant)."""

    numero: int
    le: date
    libelle: str
    objet: str
    montant: Decimal | None
    preuve: regles.Preuve


@dataclass(frozen=True)
class ListeActes:
    """Les actes derrière un chiffre ; `valeur` est ce chiffre."""

    titre: str
    explication: str
    genre: Genre
    valeur: Decimal
    actes: tuple[ActeLu, ...]


@dataclass(frozen=True)
class _Apport:
    """L'objet du journal où chercher l'acte, et ce qu'il apporte."""

    code: str
    objet_id: int
    objet: str
    montant: Decimal | None
    preuve: regles.Preuve


def ouvrir_montant(*, page: PageConvention, objet: Objet, code: str = "") -> ListeActes | None:
    """Les actes qui fixent ce montant ; None si la source ne le publie pas. Une requête.

    `code` est celui du financeur ou de la ligne ; vide, l'objet les prend tous.
    """
    engages = _engagements(page, code) if objet in _ENGAGES else []
    detail = _detail(page, code) if objet in _DETAILLES else []
    if (objet is Objet.ECART and not page.ecart) or not engages + detail:
        return None
    if objet is Objet.ECART:
        detail = [_oppose(a) for a in detail]
    actes = _actes([*engages, *detail])
    return ListeActes(
        titre=_titre(objet, page, [*engages, *detail]),
        explication=_explication(objet, page),
        genre=Genre.MONTANT,
        valeur=sum((a.montant for a in actes if a.montant is not None), Decimal(0)),
        actes=actes,
    )


def ouvrir_lignes(*, page: PageConvention, nature: regles.Nature | None = None) -> ListeActes:
    """Les actes qui inscrivent les lignes, celles d'une nature si elle est dite. Une requête."""
    apports = _apports_des_lignes(
        page, [x for x in page.lecture.lignes if nature in (None, x.nature)]
    )
    actes = _actes(apports)
    suite = f" ({nature.libelle.lower()})" if nature else ""
    return ListeActes(
        titre=f"Lignes publiées{suite}",
        explication="Chaque ligne de la convention est inscrite par un acte, daté de la signature "
        "du texte qui la fixe.",
        genre=Genre.COMPTE,
        valeur=Decimal(len(actes)),
        actes=actes,
    )


def ouvrir_annonce(
    *, page: PageConvention, nature: regles.Nature | None = None
) -> ListeActes | None:
    """L'acte du texte qui annonce ce nombre de mesures ; None si rien n'est annoncé."""
    annonce = page.lecture.annonce
    if annonce is None:
        return None
    texte = next(t for t in reversed(page.lecture.convention.textes) if t.annonce == annonce)
    apport = _Apport(SIGNER, page.textes_ids[texte.code], texte.titre, None, annonce.preuve)
    nombre = annonce.total if nature is None else dict(annonce.par_nature).get(nature, 0)
    return ListeActes(
        titre="Mesures annoncées" + (f" ({nature.libelle.lower()})" if nature else ""),
        explication="Ce nombre est écrit dans le texte ; la phrase qui le dit est ci-dessous.",
        genre=Genre.ANNONCE,
        valeur=Decimal(nombre),
        actes=_actes([apport]),
    )


_ENGAGES = (Objet.TOTAL, Objet.FINANCEUR, Objet.ECART)
_DETAILLES = (Objet.LIGNES, Objet.LIGNE, Objet.ECART)


def _engagements(page: PageConvention, code: str) -> list[_Apport]:
    textes = page.lecture.convention.textes
    return [
        _Apport(
            code=SIGNER,
            # Le dernier texte qui porte ce montant est celui qui le fixe.
            objet_id=next(page.textes_ids[t.code] for t in reversed(textes) if m in t.financements),
            objet=m.financeur.nom,
            montant=m.valeur,
            preuve=m.preuve,
        )
        for m in page.lecture.financements
        if code in ("", m.financeur.code)
    ]


def _detail(page: PageConvention, code: str) -> list[_Apport]:
    lignes = [x for x in page.lecture.lignes if code in ("", x.code) and x.montant is not None]
    return _apports_des_lignes(page, lignes)


def _apports_des_lignes(page: PageConvention, lignes: Iterable[regles.Ligne]) -> list[_Apport]:
    return [
        _Apport(INSCRIRE, page.lignes_ids[x.code], x.libelle, x.montant, x.preuve) for x in lignes
    ]


def _oppose(apport: _Apport) -> _Apport:
    montant = None if apport.montant is None else -apport.montant
    return _Apport(apport.code, apport.objet_id, apport.objet, montant, apport.preuve)


def _actes(apports: list[_Apport]) -> tuple[ActeLu, ...]:
    # Sans clé d'accès, une ligne du journal ne parle de personne : elle est à tous.
    lignes = LigneJournal.objects.filter(
        code__in=(SIGNER, INSCRIRE),
        objet_id__in={a.objet_id for a in apports},
        cle_acces__isnull=True,
    )
    par_objet = {(x.code, x.objet_id): x for x in lignes}
    return tuple(
        ActeLu(
            numero=ligne.pk,
            le=ligne.le,
            libelle=registre.libelle(ligne.code),
            objet=apport.objet,
            montant=apport.montant,
            preuve=apport.preuve,
        )
        for apport in apports
        if (ligne := par_objet.get((apport.code, apport.objet_id)))
    )


def _titre(objet: Objet, page: PageConvention, apports: list[_Apport]) -> str:
    seul = apports[0].objet
    return {
        Objet.TOTAL: "Total engagé",
        Objet.FINANCEUR: f"Engagé par : {seul}",
        Objet.LIGNES: "Somme des lignes",
        Objet.LIGNE: f"Montant de la ligne : {seul}",
        Objet.ECART: "Écart entre le total engagé et la somme des lignes",
    }[objet]


def _explication(objet: Objet, page: PageConvention) -> str:
    if objet is Objet.ECART and page.ecart is not None:
        return (
            f"Total engagé {euros(page.ecart.montant_annonce)}, moins la somme des lignes "
            f"{euros(page.ecart.montant_lignes)}. {page.ecart.hypothese}"
        )
    if objet in _DETAILLES:
        return "Le montant d'une ligne est fixé par l'acte qui l'inscrit."
    return f"Ce que chacun engage est fixé par la signature du texte. {page.lecture.mention}"
