"""Importer un tableur des finances, et décider des lignes qui attendent un avis.

Aucune comptabilité ici : des références de pièces, rapprochées des lignes de la convention.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db import connection, transaction

from draille.mesures.convention import models
from draille.mesures.convention.lectures_comptes import connaitre, est_a_decider
from draille.mesures.convention.regles import comptes
from draille.mesures.convention.regles.comptes import Decision, PieceNeuve, Verdict
from draille.mesures.convention.regles.suivi import Etape, SortLigne
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

IMPORTENT = (Role.PILOTE,)
PAR_LOT = 1000
NOM_AU_PLUS, FEUILLE_AU_PLUS = 250, 80
# Deux imports d'un même Département se suivent : chacun voit les pièces de l'autre.
VERROU = 5_343_001
# Le compte de l'import que tient chaque issue.
COMPTES = {
    SortLigne.IMPORTEE: "importees",
    SortLigne.CONNUE: "connues",
    SortLigne.A_REVOIR: "a_revoir",
    SortLigne.REJETEE: "rejetees",
}
Progression = Callable[[int, int], None]


@dataclass(frozen=True)
class ImporterComptes:
    """Charge : combien de lignes par issue, et ce qu'ajoute l'import à chaque étape, en euros."""

    departement: str
    empreinte: str
    lignes: int
    importees: int
    connues: int
    a_revoir: int
    rejetees: int
    engage: Decimal
    execute: Decimal
    recu: Decimal


@dataclass(frozen=True)
class DeciderLigneComptable:
    """Charge : la ligne du fichier, la décision, et ce qu'elle ajoute à son étape, en euros."""

    departement: str
    import_id: int
    feuille: str
    numero: int
    decision: str
    etape: str
    montant: Decimal | None


ACTES_COMPTES = (
    ActeDeclare("convention.importer_comptes", 1, "Tableur des finances importé", ImporterComptes),
    ActeDeclare(
        "convention.decider_ligne_comptable",
        1,
        "Ligne d'un tableur des finances décidée",
        DeciderLigneComptable,
    ),
)


@dataclass(frozen=True)
class FichierComptable:
    """Un tableur déposé. `correspondance` : champ → titre de colonne, quand on l'a dit."""

    contenu: bytes
    nom: str
    correspondance: Mapping[str, str] | None = None


@transaction.atomic
def importer_comptes(
    *,
    fichier: FichierComptable,
    departement: str,
    par: Acces,
    le: date,
    progression: Progression | None = None,
) -> models.ImportComptable:
    """Lit un tableur des finances et compte ses pièces neuves, ligne à ligne.

    Une transaction : tout le fichier, ou rien. Lève `Refus('acces.refuse')` hors pilote,
    `Refus('convention.comptes_illisibles')` si rien ne s'y lit,
    `Refus('convention.comptes_deja_importes')` si c'est le même fichier, octet pour octet.
    """
    par.exiger(IMPORTENT, cle_ligne=None, action="importer les comptes")
    empreinte = hashlib.sha256(fichier.contenu).hexdigest()
    _verrouiller()
    _refuser_le_meme(departement, empreinte)
    lu = comptes.lire_fichier(
        contenu=fichier.contenu, nom=fichier.nom, correspondance=fichier.correspondance
    )
    connu = connaitre(departement=departement, lignes=lu.lignes, le=le)
    verdicts = comptes.trier(lignes=lu.lignes, connu=connu)
    issues = comptes.compter(verdicts=verdicts)
    recu = models.ImportComptable.objects.create(
        departement=departement,
        nom_fichier=fichier.nom[:NOM_AU_PLUS],
        empreinte=empreinte,
        recu_le=le,
        correspondance=dict(fichier.correspondance or {}),
        totaux=[_total(t) for t in lu.totaux],
        lignes=len(verdicts),
        importees=issues[SortLigne.IMPORTEE],
        connues=issues[SortLigne.CONNUE],
        a_revoir=issues[SortLigne.A_REVOIR],
        rejetees=issues[SortLigne.REJETEE],
    )
    _ecrire(recu, verdicts, departement, progression)
    _reprendre([v for v in verdicts if v.sort is SortLigne.IMPORTEE and v.vue], par, le)
    _consigner_import(recu, verdicts, par, le)
    return recu


def _verrouiller() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])


def _refuser_le_meme(departement: str, empreinte: str) -> None:
    deja = models.ImportComptable.objects.filter(
        departement=departement, empreinte=empreinte
    ).first()
    if deja is not None:
        raise Refus(
            code="convention.comptes_deja_importes",
            message=f"Ce fichier est déjà importé, le {date_moyenne(deja.recu_le)}, sous le nom "
            f"« {deja.nom_fichier} » : rien n'a changé.",
        )


def _total(total: comptes.TotalLu) -> dict[str, object]:
    return {
        "feuille": total.feuille,
        "numero": total.rang,
        "libelle": total.libelle,
        "annonce": str(total.annonce),
        "calcule": str(total.calcule),
    }


def _ecrire(
    recu: models.ImportComptable,
    verdicts: list[Verdict],
    departement: str,
    progression: Progression | None,
) -> None:
    """Écrit les pièces, une réduction après ce qu'elle réduit ; puis chaque ligne et la sienne."""
    financeurs = {f.code: f.pk for f in models.Financeur.objects.filter(departement=departement)}
    creer = partial(_piece, recu=recu, financeurs=financeurs)
    neuves = [v for v in verdicts if v.sort is SortLigne.IMPORTEE and v.piece]
    simples = {id(v): creer(v.piece) for v in neuves if v.reduit is None and v.piece}
    models.Piece.objects.bulk_create(simples.values(), batch_size=PAR_LOT)
    par_cle = {v.piece.cle: simples[id(v)].pk for v in neuves if id(v) in simples and v.piece}
    reductions = {
        id(v): creer(v.piece, reduit_id=v.reduit.id or par_cle[v.reduit.cle])
        for v in neuves
        if v.reduit is not None and v.piece
    }
    models.Piece.objects.bulk_create(reductions.values(), batch_size=PAR_LOT)
    pieces = {**simples, **reductions}
    lignes = [_ligne(recu, v, pieces.get(id(v))) for v in verdicts]
    for debut in range(0, len(lignes), PAR_LOT):
        models.LigneComptable.objects.bulk_create(lignes[debut : debut + PAR_LOT])
        if progression:
            progression(min(debut + PAR_LOT, len(lignes)), len(lignes))


def _piece(
    neuve: PieceNeuve,
    *,
    recu: models.ImportComptable,
    financeurs: Mapping[str, int],
    reduit_id: int | None = None,
) -> models.Piece:
    champs = {n: v for n, v in vars(neuve).items() if n != "financeur"}
    return models.Piece(
        importee_par=recu,
        financeur_id=financeurs.get(neuve.financeur),
        reduit_id=reduit_id,
        **champs,
    )


def _ligne(
    recu: models.ImportComptable, verdict: Verdict, piece: models.Piece | None
) -> models.LigneComptable:
    connue = verdict.connue.id if verdict.connue and verdict.sort is SortLigne.CONNUE else None
    return models.LigneComptable(
        importee_par=recu,
        feuille=verdict.ligne.feuille[:FEUILLE_AU_PLUS],
        numero=verdict.ligne.rang,
        contenu=dict(verdict.ligne.contenu),
        empreinte=verdict.ligne.empreinte,
        sort=verdict.sort,
        champ=verdict.champ,
        raison=verdict.raison,
        anomalies=[str(a) for a in verdict.anomalies],
        propositions=verdict.propositions,
        piece_id=piece.pk if piece else connue,
    )


def _reprendre(verdicts: Iterable[Verdict], par: Acces, le: date) -> None:
    """Une ligne qui attendait, et que ce fichier vient de compter, n'attend plus."""
    ids = [v.vue.id for v in verdicts if v.vue]
    attendaient = models.LigneComptable.objects.filter(pk__in=ids, sort=SortLigne.A_REVOIR)
    for ligne in attendaient.select_related("importee_par"):
        _clore(ligne, Decision.REPRISE, SortLigne.CONNUE, par=par, le=le)


def _consigner_import(
    recu: models.ImportComptable, verdicts: list[Verdict], par: Acces, le: date
) -> None:
    totaux = comptes.totaliser(verdicts=verdicts)
    consigner(
        charge=ImporterComptes(
            departement=recu.departement,
            empreinte=recu.empreinte,
            lignes=recu.lignes,
            importees=recu.importees,
            connues=recu.connues,
            a_revoir=recu.a_revoir,
            rejetees=recu.rejetees,
            engage=totaux[Etape.ENGAGEE],
            execute=totaux[Etape.EXECUTEE],
            recu=totaux[Etape.RECUE],
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=recu.pk),
    )


@dataclass(frozen=True)
class Corrections:
    """Ce qu'une personne corrige d'une ligne ; vide ou nul : tel que le fichier le dit."""

    convention: str = ""
    ligne: str = ""
    financeur: str = ""
    exercice: int | None = None
    annee: int | None = None
    reduit: str = ""

    @property
    def ecrites(self) -> dict[str, str]:
        """Les champs corrigés, comme le fichier les aurait écrits."""
        return {n: str(v) for n, v in vars(self).items() if v}


@transaction.atomic
def decider_ligne(
    *,
    ligne_id: int,
    decision: Decision,
    corrections: Corrections | None = None,
    par: Acces,
    le: date,
) -> models.LigneComptable:
    """Compte ou écarte une ligne à revoir, avec les corrections dites ; on revient d'un écart.

    Lève `Refus('acces.refuse')` hors pilote, `Refus('convention.ligne_decidee')` si elle ne
    l'attend plus, `Refus('convention.ligne_incomplete')` si quelque chose manque encore pour la
    compter, `Refus('convention.piece_deja_comptee')` si son numéro l'est déjà.
    """
    par.exiger(IMPORTENT, cle_ligne=None, action="décider d'une ligne des comptes")
    _verrouiller()
    ligne = models.LigneComptable.objects.select_related("importee_par").filter(pk=ligne_id).first()
    if ligne is None or not est_a_decider(ligne=ligne):
        raise Refus(
            code="convention.ligne_decidee",
            message="Cette ligne n'attend plus de décision. Rouvrez l'import pour voir la suite.",
        )
    if decision is Decision.ECARTER:
        return _decidee(ligne, decision, None, par=par, le=le)
    if decision not in (Decision.IMPORTER, Decision.AUTRE, Decision.ECART):
        raise Refus(
            code="convention.decision_inconnue",
            message="Choisissez de compter cette ligne, ou de l'écarter.",
        )
    piece = _compter_la_ligne(ligne, decision, corrections or Corrections(), le)
    return _decidee(ligne, decision, piece, par=par, le=le)


def _compter_la_ligne(
    ligne: models.LigneComptable, decision: Decision, corrections: Corrections, le: date
) -> models.Piece:
    recu = ligne.importee_par
    lue = comptes.interpreter(
        brut={**_reprises(ligne), **ligne.contenu, **corrections.ecrites},
        ou=(ligne.feuille, ligne.numero),
        nom=recu.nom_fichier,
    )
    connu = connaitre(departement=recu.departement, lignes=(), le=le)
    neuve, reduit_id = comptes.completer(ligne=lue, decision=decision, connu=connu)
    financeurs = {
        f.code: f.pk for f in models.Financeur.objects.filter(departement=recu.departement)
    }
    piece = _piece(neuve, recu=recu, financeurs=financeurs, reduit_id=reduit_id)
    piece.save(force_insert=True)
    return piece


def _reprises(ligne: models.LigneComptable) -> dict[str, str]:
    """Ce qu'une cellule vide prenait au-dessus d'elle : accepter la ligne, c'est l'accepter."""
    return {c: v for c, v in ligne.propositions.items() if c in ("etape", "exercice")}


def _decidee(
    ligne: models.LigneComptable,
    decision: Decision,
    piece: models.Piece | None,
    *,
    par: Acces,
    le: date,
) -> models.LigneComptable:
    ligne.piece = piece
    _clore(
        ligne,
        decision,
        SortLigne.REJETEE if piece is None else SortLigne.IMPORTEE,
        par=par,
        le=le,
    )
    return ligne


def _clore(
    ligne: models.LigneComptable, decision: Decision, sort: SortLigne, *, par: Acces, le: date
) -> None:
    """Décide d'une ligne : elle change d'issue, et les comptes de son import avec elle."""
    avant = COMPTES[SortLigne(ligne.sort)]
    ligne.sort, ligne.decision = sort, decision
    ligne.decidee_le, ligne.decidee_par_id = le, par.agent_id
    ligne.save(update_fields=["sort", "decision", "decidee_le", "decidee_par_id", "piece"])
    recu = models.ImportComptable.objects.select_for_update().get(pk=ligne.importee_par_id)
    apres = COMPTES[sort]
    setattr(recu, avant, getattr(recu, avant) - 1)
    setattr(recu, apres, getattr(recu, apres) + 1)
    recu.save(update_fields=list({avant, apres}))
    consigner(
        charge=DeciderLigneComptable(
            departement=recu.departement,
            import_id=recu.pk,
            feuille=ligne.feuille,
            numero=ligne.numero,
            decision=str(decision),
            etape=ligne.contenu.get("etape", ""),
            montant=ligne.piece.montant if ligne.piece and sort is SortLigne.IMPORTEE else None,
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=ligne.pk),
    )
