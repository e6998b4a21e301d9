"""Ouvrir un chiffre de l'argent : les pièces des comptes, ou les textes, dont il est la somme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from draille.mesures.convention import models, regles
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_argent import donnees, pieces_de_lannee
from draille.mesures.convention.lectures_comptes import situer_ligne
from draille.mesures.convention.regles.argent import SANS_FINANCEUR
from draille.mesures.convention.regles.argent_calculs import (
    Donnees,
    parts_de_lannee,
    parts_prevues,
)
from draille.mesures.convention.regles.argent_partage import Part
from draille.mesures.convention.regles.suivi import Etape, SortLigne

ZERO = Decimal(0)
PERSONNE = "Sans financeur connu"


@dataclass(frozen=True)
class Filtre:
    """Le chiffre que l'on ouvre. `ligne` et `financeur` nuls : tous."""

    etape: Etape
    ligne: str | None = None
    financeur: str | None = None


@dataclass(frozen=True)
class PieceOuverte:
    """Une pièce, et ce qu'elle apporte au chiffre en euros. `ou` : sa place dans son fichier.

    Ouverte pour un financeur, elle n'apporte que sa part. `est_partagee` : une clé la partage.
    """

    piece: models.Piece
    ligne: str
    financeur: str
    montant: Decimal
    est_partagee: bool
    ou: str


@dataclass(frozen=True)
class PrevuOuvert:
    """Un montant fixé par un texte, et ce qu'il apporte au chiffre en euros."""

    objet: str
    code: str
    financeur: str
    montant: Decimal
    est_partage: bool
    preuve: regles.Preuve


@dataclass(frozen=True)
class ListePieces:
    """Ce dont un chiffre est la somme : des pièces, ou des textes quand il s'agit du prévu."""

    filtre: Filtre
    total: Decimal
    pieces: tuple[PieceOuverte, ...]
    prevus: tuple[PrevuOuvert, ...]
    par_financeur: tuple[tuple[str, str, Decimal], ...]
    ligne: str
    financeur: str

    @property
    def a_partage(self) -> bool:
        """Vrai si une part au moins vient d'une clé."""
        return any(p.est_partagee for p in self.pieces) or any(p.est_partage for p in self.prevus)


def ouvrir(*, page: PageConvention, annee: int, le: date, filtre: Filtre) -> ListePieces:
    """Les pièces (ou les textes) derrière un chiffre : leur somme est ce chiffre. Cinq requêtes."""
    lues = donnees(page=page, annee=annee, le=le)
    noms = {f.code: f.nom for f in lues.financeurs} | {SANS_FINANCEUR: PERSONNE}
    libelles = {**lues.libelles, **{x.code: x.libelle for x in lues.lecture.lignes}}
    pieces: tuple[PieceOuverte, ...] = ()
    prevus: tuple[PrevuOuvert, ...] = ()
    if filtre.etape is Etape.PREVUE:
        prevus = _prevus(lues, filtre, noms)
    else:
        pieces = _pieces(page, lues, filtre, (noms, libelles))
    par_financeur = _par_financeur(lues, filtre, prevus)
    return ListePieces(
        filtre=filtre,
        total=sum((x.montant for x in pieces), sum((x.montant for x in prevus), ZERO)),
        pieces=pieces,
        prevus=prevus,
        par_financeur=tuple((c, noms.get(c, c), m) for c, m in par_financeur.items()),
        ligne="" if filtre.ligne is None else libelles.get(filtre.ligne, filtre.ligne),
        financeur="" if filtre.financeur is None else noms.get(filtre.financeur, filtre.financeur),
    )


def _garde(filtre: Filtre, ligne: str, financeur: str) -> bool:
    return filtre.ligne in (None, ligne) and filtre.financeur in (None, financeur)


def _par_financeur(
    lues: Donnees, filtre: Filtre, prevus: tuple[PrevuOuvert, ...]
) -> dict[str, Decimal]:
    """Ce que chacun porte du chiffre ; leur somme est le chiffre."""
    sommes: dict[str, Decimal] = {}
    portees = [(p.code, p.montant) for p in prevus]
    portees += [(p.financeur, p.montant) for p in _parts(lues, filtre)]
    for code, montant in portees:
        sommes[code] = sommes.get(code, ZERO) + montant
    return sommes


def _parts(lues: Donnees, filtre: Filtre) -> list[Part]:
    return [
        p
        for p in parts_de_lannee(donnees=lues)
        if p.piece.etape is filtre.etape and _garde(filtre, p.piece.ligne_code, p.financeur)
    ]


def _pieces(
    page: PageConvention,
    lues: Donnees,
    filtre: Filtre,
    mots: tuple[Mapping[str, str], Mapping[str, str]],
) -> tuple[PieceOuverte, ...]:
    """Une rangée par pièce : entière, ou sa part si l'on n'ouvre qu'un financeur."""
    noms, libelles = mots
    par_piece: dict[int, list[Part]] = {}
    for part in _parts(lues, filtre):
        par_piece.setdefault(part.piece.id, []).append(part)
    completes = _completes(page, lues, par_piece)
    return tuple(
        PieceOuverte(
            piece=completes[id_],
            ligne=libelles.get(parts[0].piece.ligne_code, parts[0].piece.ligne_code),
            financeur=" et ".join(noms.get(p.financeur, p.financeur) for p in parts),
            montant=sum((p.montant for p in parts), ZERO),
            est_partagee=any(p.est_partagee for p in parts),
            ou=_ou(completes[id_]),
        )
        for id_, parts in par_piece.items()
    )


def _completes(page: PageConvention, lues: Donnees, ids: Iterable[int]) -> dict[int, models.Piece]:
    lignes = models.LigneComptable.objects.filter(sort=SortLigne.IMPORTEE)
    pieces = pieces_de_lannee(page=page, annee=lues.annee, le=lues.horizon.le)
    voulues = pieces.filter(pk__in=list(ids)).select_related("reduit")
    prealable = Prefetch("lignes", queryset=lignes.select_related("importee_par"))
    return {p.pk: p for p in voulues.prefetch_related(prealable)}


def _ou(piece: models.Piece) -> str:
    return next((situer_ligne(ligne=x) for x in piece.lignes.all()), "")


def _prevus(lues: Donnees, filtre: Filtre, noms: Mapping[str, str]) -> tuple[PrevuOuvert, ...]:
    """Sans ligne dite, ce que chacun annonce ; sinon, les parts de la ligne."""
    if filtre.ligne is None and lues.lecture.financements:
        return tuple(
            PrevuOuvert(
                m.financeur.nom, m.financeur.code, m.financeur.nom, m.valeur, False, m.preuve
            )
            for m in lues.lecture.financements
            if filtre.financeur in (None, m.financeur.code)
        )
    return tuple(
        PrevuOuvert(x.libelle, code, noms.get(code, code), montant, not x.repartition, x.preuve)
        for x in lues.lecture.lignes
        for code, montant in parts_prevues(ligne=x, donnees=lues).items()
        if _garde(filtre, x.code, code)
    )
