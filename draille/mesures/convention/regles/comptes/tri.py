"""Trier un fichier des finances : chaque ligne est importée, connue, à revoir ou rejetée.

Rien ne se perd : chaque ligne a une issue et une raison. Rien ne compte deux fois : une imputation
se reconnaît à sa clé, une ligne déjà lue à son empreinte. L'ordre du fichier est indifférent : les
engagements se lisent d'abord, puis les mandats et les titres, par date.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from draille.mesures.convention.regles.comptes.connu import (
    Anomalie,
    Connu,
    PieceConnue,
    Vue,
)
from draille.mesures.convention.regles.comptes.lignes import LigneLue
from draille.mesures.convention.regles.comptes.resolution import (
    PieceNeuve,
    Resolue,
    heriter,
    resoudre,
)
from draille.mesures.convention.regles.suivi import Etape, SortLigne
from draille.socle.texte import euros

ZERO = Decimal(0)
_RANG = {Etape.ENGAGEE: 0, Etape.EXECUTEE: 1, Etape.RECUE: 1}


@dataclass(frozen=True)
class Verdict:
    """L'issue d'une ligne. `piece` : ce qu'elle ajoute ; `reduit` : la pièce qu'elle réduit.

    `vue` : la ligne d'un fichier passé qui disait déjà cela. `connue` : la pièce qui la compte.
    """

    ligne: LigneLue
    sort: SortLigne
    champ: str = ""
    raison: str = ""
    anomalies: tuple[Anomalie, ...] = ()
    propositions: dict[str, str] = field(default_factory=dict)
    piece: PieceNeuve | None = None
    reduit: PieceConnue | None = None
    connue: PieceConnue | None = None
    vue: Vue | None = None


def trier(*, lignes: Iterable[LigneLue], connu: Connu) -> list[Verdict]:
    """Une issue par ligne, dans l'ordre reçu."""
    lignes = list(lignes)
    tri = _Tri(connu)
    verdicts: dict[int, Verdict] = {}
    resolues: list[tuple[int, Resolue]] = []
    for rang, ligne in enumerate(lignes):
        if ligne.fautes:
            verdicts[rang] = _rejeter(ligne)
        else:
            resolues.append((rang, resoudre(ligne=ligne, connu=connu)))
    resolues.sort(key=lambda r: _ordre(r[1]))
    tri.compter(r for _, r in resolues)
    for rang, resolue in resolues:
        verdicts[rang] = tri.juger(resolue)
    return [verdicts[rang] for rang in range(len(lignes))]


def _rejeter(ligne: LigneLue) -> Verdict:
    raison = " ".join(f.raison for f in ligne.fautes)
    return Verdict(ligne, SortLigne.REJETEE, champ=ligne.fautes[0].champ, raison=raison)


def _ordre(resolue: Resolue) -> tuple[object, ...]:
    """Par étape et par date ; à date égale, une réduction suit ce qu'elle réduit."""
    piece = resolue.piece
    assert piece is not None
    # Les engagements réduits le sont avant que leurs mandats ne s'y comparent.
    date_lue = piece.datee_le.toordinal() if _RANG[piece.etape] else 0
    return (
        _RANG[piece.etape],
        piece.montant < ZERO and piece.etape is Etape.ENGAGEE,
        date_lue,
        piece.montant < ZERO,
        piece.datee_le,
        *map(str, piece.cle),
        piece.montant,
        resolue.ligne.empreinte,
    )


def _signature(piece: PieceConnue) -> tuple[object, ...]:
    return (piece.montant, piece.datee_le, piece.annee, piece.financeur)


class _Tri:
    """L'état d'un tri : les pièces connues, puis celles que le fichier ajoute."""

    def __init__(self, connu: Connu) -> None:
        self.connu = connu
        self.par_cle: dict[tuple[str | int, ...], list[PieceConnue]] = defaultdict(list)
        self.par_numero: dict[tuple[int, Etape, str], list[PieceConnue]] = defaultdict(list)
        self.mandates: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        self.vues = {e: list(v) for e, v in connu.vues.items()}
        self.signatures: dict[tuple[str | int, ...], set[tuple[object, ...]]] = defaultdict(set)
        self.rencontres: Counter[tuple[tuple[str | int, ...], tuple[object, ...]]] = Counter()
        for piece in connu.pieces:
            self._retenir(piece)

    def compter(self, resolues: Iterable[Resolue]) -> None:
        """Note ce que le fichier dit de chaque numéro, avant d'en juger un seul."""
        for resolue in resolues:
            if resolue.piece and resolue.piece.cadre_id:
                self.signatures[resolue.piece.cle].add(resolue.piece.signature)

    def juger(self, resolue: Resolue) -> Verdict:
        """L'issue d'une ligne, compte tenu de celles jugées avant elle."""
        self._heriter(resolue)
        piece = resolue.piece
        assert piece is not None
        vue = self._deja_vue(resolue)
        if vue is not None and not vue.en_attente:
            raison = f"Déjà lue, la même : {vue.ou}."
            return Verdict(resolue.ligne, SortLigne.CONNUE, raison=raison, vue=vue)
        deja = self._meme_piece(piece) if piece.cadre_id else None
        if deja is not None:
            raison = f"Déjà comptée : {piece.numero}, {euros(piece.montant)}."
            return Verdict(resolue.ligne, SortLigne.CONNUE, raison=raison, connue=deja, vue=vue)
        cible = self._verifier(resolue, piece)
        if not resolue.doutes:
            nouvelle = self._ajouter(piece, cible)
            return Verdict(
                resolue.ligne, SortLigne.IMPORTEE, piece=piece, reduit=cible, connue=nouvelle,
                vue=vue,
            )  # fmt: skip
        if vue is not None:
            raison = f"Attend déjà votre avis : {vue.ou}."
            return Verdict(resolue.ligne, SortLigne.CONNUE, raison=raison, vue=vue)
        return self.a_revoir(resolue)

    def a_revoir(self, resolue: Resolue) -> Verdict:
        """La ligne attend un avis : toutes les raisons sont dites."""
        return Verdict(
            resolue.ligne,
            SortLigne.A_REVOIR,
            champ=resolue.doutes[0][1],
            raison=" ".join(r for _, _, r in resolue.doutes),
            anomalies=tuple(dict.fromkeys(a for a, _, _ in resolue.doutes)),
            propositions=resolue.propositions,
            piece=resolue.piece,
        )

    def _heriter(self, resolue: Resolue) -> None:
        """Une réduction a l'année et le financeur de ce qu'elle réduit, sauf à dire autre chose."""
        piece = resolue.piece
        if piece is None or piece.montant >= ZERO or not resolue.reduit:
            return
        cibles = self._reductibles(piece, resolue.reduit)
        if cibles:
            resolue.piece = heriter(piece=piece, ligne=resolue.ligne, cible=cibles[-1])

    def _reductibles(self, piece: PieceNeuve, numero: str) -> list[PieceConnue]:
        """Les pièces de ce numéro qu'une réduction peut viser, sur sa ligne de convention."""
        return [
            p
            for p in self.par_numero.get((piece.cadre_id, piece.etape, numero), ())
            if not p.est_reduction
            and p.exercice <= piece.exercice
            and p.ligne_code == piece.ligne_code
        ]

    def _deja_vue(self, resolue: Resolue) -> Vue | None:
        restantes = self.vues.get(resolue.ligne.empreinte)
        return restantes.pop(0) if restantes else None

    def _meme_piece(self, piece: PieceNeuve) -> PieceConnue | None:
        """La pièce en base qui dit la même chose ; la n-ième du fichier va avec la n-ième en base.

        Une pièce complétée d'un écart vaut par leur somme.
        """
        connues = [p for p in self.par_cle.get(piece.cle, ()) if p.id is not None]
        pareilles = [p for p in connues if _signature(p) == piece.signature]
        rang = self.rencontres[(piece.cle, piece.signature)]
        if rang < len(pareilles):
            self.rencontres[(piece.cle, piece.signature)] += 1
            return pareilles[rang]
        if len(connues) > 1 and sum((p.montant for p in connues), ZERO) == piece.montant:
            return connues[-1]
        return None

    def _verifier(self, resolue: Resolue, piece: PieceNeuve) -> PieceConnue | None:
        """Ajoute les doutes qui viennent des autres pièces ; rend celle que la ligne réduit."""
        if not piece.cadre_id:
            return None
        self._verifier_numero(resolue, piece)
        cible = self._verifier_reduction(resolue, piece) if piece.montant < ZERO else None
        if piece.etape is Etape.EXECUTEE and piece.engagement and piece.montant > ZERO:
            self._verifier_engagement(resolue, piece)
        return cible

    def _verifier_numero(self, resolue: Resolue, piece: PieceNeuve) -> None:
        connues = self.par_cle.get(piece.cle, ())
        en_base = [p for p in connues if p.id is not None]
        if any(_signature(p) == piece.signature for p in connues):
            raison = f"Le numéro {piece.numero} revient à l'identique."
            resolue.douter(Anomalie.DOUBLE, "numero", raison)
        elif en_base:
            dits = ", ".join(euros(p.montant) for p in en_base)
            champ = "date" if any(p.montant == piece.montant for p in en_base) else "montant"
            raison = f"Le numéro {piece.numero} est déjà compté, avec un autre contenu ({dits})."
            resolue.douter(Anomalie.AUTRE, champ, raison)
        elif len(self.signatures[piece.cle]) > 1:
            raison = f"Ce fichier donne au numéro {piece.numero} plusieurs contenus différents."
            resolue.douter(Anomalie.AUTRE, "numero", raison)

    def _verifier_reduction(self, resolue: Resolue, piece: PieceNeuve) -> PieceConnue | None:
        if not resolue.reduit:
            raison = "Un montant négatif réduit une autre pièce : rien ne dit laquelle."
            resolue.douter(Anomalie.NEGATIF, "reduit", raison)
            return None
        siennes = self._reductibles(piece, resolue.reduit)
        possibles = [
            p for p in siennes if p.reste >= -piece.montant and p.financeur == piece.financeur
        ]
        if possibles:
            return possibles[-1]
        raison = f"La pièce {resolue.reduit}, qu'elle dit réduire, n'est pas connue ici."
        if siennes:
            raison = (
                f"Elle réduit la pièce {resolue.reduit} de {euros(-piece.montant)} : il n'en "
                f"reste que {euros(max(p.reste for p in siennes))}."
            )
            if all(p.financeur != piece.financeur for p in siennes):
                raison = f"Elle réduit la pièce {resolue.reduit}, d'un autre financeur."
        resolue.douter(Anomalie.NEGATIF, "reduit", raison)
        return None

    def _verifier_engagement(self, resolue: Resolue, piece: PieceNeuve) -> None:
        engagees = [
            p
            for p in self.par_numero.get((piece.cadre_id, Etape.ENGAGEE, piece.engagement), ())
            if p.exercice <= max(piece.exercice, piece.datee_le.year) and not p.est_reduction
        ]
        if not engagees:
            raison = f"L'engagement {piece.engagement} n'est pas connu."
            resolue.douter(Anomalie.ENGAGEMENT, "engagement", raison)
            return
        total = sum((p.reste for p in engagees), ZERO)
        deja = self.mandates[(piece.cadre_id, piece.engagement)]
        if deja + piece.montant > total:
            raison = (
                f"L'engagement {piece.engagement} est de {euros(total)} ; {euros(deja)} "
                f"en sont mandatés : il n'en reste que {euros(total - deja)}."
            )
            resolue.douter(Anomalie.AU_DELA, "montant", raison)

    def _ajouter(self, piece: PieceNeuve, cible: PieceConnue | None) -> PieceConnue:
        nouvelle = PieceConnue(
            id=None,
            cle=piece.cle,
            etape=piece.etape,
            numero=piece.numero,
            exercice=piece.exercice,
            cadre_id=piece.cadre_id,
            ligne_code=piece.ligne_code,
            montant=piece.montant,
            datee_le=piece.datee_le,
            annee=piece.annee,
            financeur=piece.financeur,
            engagement=piece.engagement,
            est_reduction=cible is not None,
        )
        if cible is not None:
            self._reduire(cible, -piece.montant)
        self._retenir(nouvelle)
        return nouvelle

    def _retenir(self, piece: PieceConnue) -> None:
        self.par_cle[piece.cle].append(piece)
        self.par_numero[(piece.cadre_id, piece.etape, piece.numero)].append(piece)
        if piece.etape is Etape.EXECUTEE and piece.engagement and not piece.est_reduction:
            self.mandates[(piece.cadre_id, piece.engagement)] += piece.reste

    def _reduire(self, cible: PieceConnue, montant: Decimal) -> None:
        reduite = replace(cible, reduite=cible.reduite + montant)
        if cible.etape is Etape.EXECUTEE and cible.engagement:
            self.mandates[(cible.cadre_id, cible.engagement)] -= montant
        for liste in (
            self.par_cle[cible.cle],
            self.par_numero[(cible.cadre_id, cible.etape, cible.numero)],
        ):
            liste[liste.index(cible)] = reduite


def compter(*, verdicts: Sequence[Verdict]) -> dict[SortLigne, int]:
    """Combien de lignes par issue ; leur somme est le nombre de lignes."""
    comptes = Counter(v.sort for v in verdicts)
    return {sort: comptes[sort] for sort in SortLigne}


def totaliser(*, verdicts: Sequence[Verdict]) -> dict[Etape, Decimal]:
    """Ce que les lignes importées ajoutent à chaque étape, en euros."""
    totaux = dict.fromkeys((Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE), ZERO)
    for verdict in verdicts:
        if verdict.sort is SortLigne.IMPORTEE and verdict.piece:
            totaux[verdict.piece.etape] += verdict.piece.montant
    return totaux
