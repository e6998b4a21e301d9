"""Partager des montants entre financeurs selon une clé, au centime, sans rien perdre.

Plus fort reste, les restes se reportant d'un montant au suivant : une part est à un centime près
de son dû, et la somme d'une suite de pièces aussi. Sans ce report, mille pièces d'un nombre impair
de centimes donneraient dix euros de trop au premier nommé, et la parité se dirait rompue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from draille.mesures.convention.regles.argent import SANS_FINANCEUR, PieceLue
from draille.mesures.convention.regles.modele import Montant
from draille.mesures.convention.regles.suivi import Etape

# Le poids de chaque financeur (code), dans l'ordre où on les montre ; leur somme n'est pas nulle.
Cle = Mapping[str, Decimal]


@dataclass(frozen=True)
class Part:
    """Ce qu'un financeur porte d'une pièce, en euros. `est_partagee` : la clé l'a dit."""

    piece: PieceLue
    financeur: str
    montant: Decimal
    est_partagee: bool


@dataclass
class Partageur:
    """Une suite de partages selon une même clé ; garde ce que chacun a reçu de trop ou de moins."""

    cle: Cle
    _retards: dict[str, Fraction] = field(default_factory=dict)

    def partager(self, *, montant: Decimal) -> dict[str, Decimal]:
        """Les parts de ce montant (euros, deux décimales) ; leur somme est le montant."""
        total = sum(map(Fraction, self.cle.values()), Fraction(0))
        if not total:
            return {SANS_FINANCEUR: montant}
        dus = {c: Fraction(p) / total * Fraction(montant) * 100 for c, p in self.cle.items()}
        bas = {c: due.numerator // due.denominator for c, due in dus.items()}
        reste = int(montant * 100) - sum(bas.values())
        retards = {c: self._retards.get(c, Fraction(0)) + dus[c] - bas[c] for c in dus}
        for code in sorted(retards, key=lambda c: -retards[c])[:reste]:
            bas[code] += 1
            retards[code] -= 1
        self._retards = retards
        return {c: Decimal(centimes) / 100 for c, centimes in bas.items()}


def cle_prevue(*, repartition: Iterable[Montant], financements: Iterable[Montant]) -> Cle:
    """La clé d'une ligne : sa répartition publiée ; à défaut, celle du total ; vide sinon."""
    for montants in (repartition, financements):
        cle: dict[str, Decimal] = {}
        for m in montants:
            cle[m.financeur.code] = cle.get(m.financeur.code, Decimal(0)) + m.valeur
        if sum(cle.values(), Decimal(0)):
            return cle
    return {}


def parts(*, pieces: Iterable[PieceLue], cles: Mapping[str, Cle], defaut: Cle) -> tuple[Part, ...]:
    """Les parts de chaque pièce, dans l'ordre des dates : leur somme est celle des pièces.

    `cles` : la clé des lignes de convention qui ont la leur. Les autres suivent `defaut` et se
    partagent ensemble, pour que leur somme soit juste elle aussi. L'ordre de lecture ne change
    rien : on partage par date, puis par numéro de pièce.
    """
    partageurs: dict[tuple[Etape, str | None], Partageur] = {}
    rendues: list[Part] = []
    for piece in sorted(pieces, key=lambda p: (p.datee_le, p.id)):
        if piece.financeur:
            rendues.append(Part(piece, piece.financeur, piece.montant, est_partagee=False))
            continue
        rang = (piece.etape, piece.ligne_code if piece.ligne_code in cles else None)
        cle = cles.get(piece.ligne_code, defaut)
        partageur = partageurs.setdefault(rang, Partageur(cle))
        rendues += [
            Part(piece, code, montant, est_partagee=bool(code))
            for code, montant in partageur.partager(montant=piece.montant).items()
            if montant
        ]
    return tuple(rendues)
