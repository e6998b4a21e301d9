"""Compter une ligne à revoir, une fois qu'une personne l'a corrigée ou acceptée."""

from dataclasses import replace
from decimal import Decimal

from draille.mesures.convention.regles.comptes.connu import (
    ACCEPTABLES,
    Connu,
    Decision,
    PieceConnue,
)
from draille.mesures.convention.regles.comptes.lignes import LigneLue
from draille.mesures.convention.regles.comptes.resolution import PieceNeuve, heriter, resoudre
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.refus import Refus
from draille.socle.texte import euros


def completer(
    *, ligne: LigneLue, decision: Decision, connu: Connu
) -> tuple[PieceNeuve, int | None]:
    """La pièce que cette ligne ajoute, et celle qu'elle réduit.

    Lève `Refus('convention.ligne_incomplete')` ou `Refus('convention.piece_deja_comptee')`.
    """
    if ligne.fautes:
        raise _incomplete(" ".join(f.raison for f in ligne.fautes))
    resolue = resoudre(ligne=ligne, connu=connu)
    bloquants = [raison for anomalie, _, raison in resolue.doutes if anomalie not in ACCEPTABLES]
    if bloquants or resolue.piece is None:
        raise _incomplete(" ".join(bloquants))
    neuve = resolue.piece
    deja = [p for p in connu.pieces if p.cle == neuve.cle]
    if deja and decision is Decision.IMPORTER:
        raise Refus(
            code="convention.piece_deja_comptee",
            message=f"Le numéro {neuve.numero} est déjà compté ({_dits(deja)}). Dites s'il s'agit "
            "d'une autre imputation, ou ne comptez que la différence.",
        )
    if deja and decision is Decision.ECART:
        return _ecart(neuve, deja)
    if decision is Decision.ECART:
        raise _incomplete("Aucune pièce de ce numéro n'est comptée : il n'y a pas de différence.")
    neuve = replace(neuve, rang=len(deja) + 1)
    if neuve.montant > 0:
        return neuve, None
    cible = _reduite(neuve, resolue.reduit, connu)
    return heriter(piece=neuve, ligne=ligne, cible=cible), cible.id


def _ecart(neuve: PieceNeuve, deja: list[PieceConnue]) -> tuple[PieceNeuve, int | None]:
    difference = neuve.montant - sum((p.montant for p in deja), Decimal(0))
    if not difference:
        raise Refus(
            code="convention.piece_deja_comptee",
            message=f"Le numéro {neuve.numero} est déjà compté pour ce montant : écartez-la.",
        )
    origine = next(p for p in deja if not p.est_reduction)
    reduit = origine.id if difference < 0 else None
    return replace(neuve, montant=difference, rang=len(deja) + 1), reduit


def _reduite(neuve: PieceNeuve, numero: str, connu: Connu) -> PieceConnue:
    candidates = [
        p
        for p in connu.pieces
        if (p.cadre_id, p.etape, p.numero) == (neuve.cadre_id, neuve.etape, numero)
        and not p.est_reduction
    ]
    possibles = [p for p in candidates if p.reste >= -neuve.montant]
    if not possibles:
        nom = {Etape.ENGAGEE: "l'engagement", Etape.EXECUTEE: "le mandat"}
        quoi = nom.get(neuve.etape, "le titre")
        raison = f"Dites {quoi} que réduit ce montant négatif."
        if numero and not candidates:
            raison = f"La pièce {numero} n'est pas comptée ici : {raison[0].lower()}{raison[1:]}"
        elif candidates:
            raison = f"Il ne reste que {euros(max(p.reste for p in candidates))} à réduire."
        raise _incomplete(raison)
    siennes = [p for p in possibles if p.ligne_code == neuve.ligne_code]
    return (siennes or possibles)[-1]


def _dits(pieces: list[PieceConnue]) -> str:
    return ", ".join(euros(p.montant) for p in pieces)


def _incomplete(raison: str) -> Refus:
    return Refus(
        code="convention.ligne_incomplete",
        message=f"{raison or 'Il manque de quoi compter cette ligne.'} Rien n'a changé.",
    )
