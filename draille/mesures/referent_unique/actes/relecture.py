"""Relire une proposition : chaque ligne, par un agent nommé ; rien ne s'accepte tout seul."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from draille.mesures.referent_unique.acces import DESIGNER
from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.designation import Memoire, Mode, Raison
from draille.mesures.referent_unique.actes.passation import confier_ou_passer
from draille.mesures.referent_unique.actes.verrou import (
    exiger_agent,
    exiger_motif,
    refus,
    sujet_de,
)
from draille.mesures.referent_unique.models import Calcul, Demande, Designation, LigneCalcul
from draille.noyau.journal.actes import consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus

Decision = LigneCalcul.Decision

# Une personne à confier qui a déjà un référent : il ne suit pas sa nouvelle orientation.
REORIENTATION = "réorientation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneRefusee:
    """Une ligne qui n'a pas pu passer, et pourquoi ; elle reste à relire."""

    ligne_id: int
    refus: Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class BilanLot:
    """Ce qu'une relecture en nombre a fait ; chaque foyer est d'un côté ou de l'autre."""

    designees: tuple[Designation, ...]
    refusees: tuple[LigneRefusee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choix:
    """Ce qu'un agent décide d'une ligne."""

    decision: LigneCalcul.Decision
    agent_id: int | None
    motif: str = ""


@transaction.atomic
def accepter_ligne(*, ligne_id: int, par: Acces, le: date) -> Designation:
    """Accepte le référent proposé, pour la personne et ceux de son foyer dans le même calcul.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `agent_nomme`, `deja_relue`,
    `calcul_remplace`, `demande_close`, `non_affectee`, et ceux de `designer_a_la_main` ; la ligne
    reste alors à relire.
    """
    lignes = _prendre(ligne_id, par)
    designation = _accepter(lignes, par, le, Memoire(le))
    _clore(lignes[0].calcul)
    return designation


def _accepter(lignes: list[LigneCalcul], par: Acces, le: date, memoire: Memoire) -> Designation:
    place = lignes[0].place
    if place < 0:
        raise refus(
            "non_affectee",
            "Le calcul n'a trouvé aucun référent. Choisissez-en un vous-même, ou écartez la ligne "
            "en disant pourquoi.",
        )
    agent_id = int(lignes[0].calcul.places[place]["agent_id"])
    choix = _Choix(decision=Decision.ACCEPTEE, agent_id=agent_id)
    return _designer(lignes, choix, par, le, memoire)


@transaction.atomic
def changer_ligne(*, ligne_id: int, agent_id: int, motif: str, par: Acces, le: date) -> Designation:
    """Choisit un autre référent que celui proposé, et dit pourquoi ; le foyer suit.

    Lève les mêmes `Refus` qu'`accepter_ligne` (sauf `non_affectee`), et `motif_absent`,
    `meme_que_propose`.
    """
    lignes = _prendre(ligne_id, par)
    place = lignes[0].place
    if place >= 0 and lignes[0].calcul.places[place]["agent_id"] == agent_id:
        raise refus("meme_que_propose", "C'est le référent proposé : acceptez la ligne.")
    dit = exiger_motif(motif, "vous choisissez un autre référent")
    choix = _Choix(decision=Decision.CHANGEE, agent_id=agent_id, motif=dit)
    designation = _designer(lignes, choix, par, le, Memoire(le))
    _clore(lignes[0].calcul)
    return designation


@transaction.atomic
def ecarter_ligne(*, ligne_id: int, motif: str, par: Acces, le: date) -> LigneCalcul:
    """Écarte la proposition et dit pourquoi ; la personne reste à confier (ou chez son référent).

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `agent_nomme`, `deja_relue`,
    `calcul_remplace`, `motif_absent`.
    """
    lignes = _prendre(ligne_id, par)
    dit = exiger_motif(motif, "vous écartez la proposition")
    choix = _Choix(decision=Decision.ECARTEE, agent_id=None, motif=dit)
    for ligne in lignes:
        _decider(ligne, choix, par, le)
    _clore(lignes[0].calcul)
    return next(x for x in lignes if x.pk == ligne_id)


@transaction.atomic
def accepter_lignes(*, lignes: Sequence[int], par: Acces, le: date) -> BilanLot:
    """Accepte une liste relue. Une ligne refusée est rendue avec son refus ; les autres passent.

    Lève `Refus('referent_unique.agent_nomme')` ; les autres refus sont dans le bilan.
    """
    exiger_agent(par)
    designees: list[Designation] = []
    refusees: list[LigneRefusee] = []
    faites: set[int] = set()
    calculs: dict[int, Calcul] = {}
    memoire = Memoire(le)
    for ligne_id in _par_referent(lignes, par):
        if ligne_id in faites:
            continue
        try:
            with transaction.atomic():
                ensemble = _prendre(ligne_id, par)
                designees.append(_accepter(ensemble, par, le, memoire))
        except Refus as refuse:
            refusees.append(LigneRefusee(ligne_id=ligne_id, refus=refuse))
            continue
        faites |= {x.pk for x in ensemble}
        calculs[ensemble[0].calcul_id] = ensemble[0].calcul
    for calcul in calculs.values():
        _clore(calcul)
    return BilanLot(designees=tuple(designees), refusees=tuple(refusees))


def _par_referent(lignes: Sequence[int], par: Acces) -> list[int]:
    """Dans l'ordre des référents : deux relectures en même temps prennent les verrous pareil."""
    lues = LigneCalcul.objects.visibles(par).filter(pk__in=lignes)
    rangs = {
        pk: (calcul, place, rang)
        for pk, calcul, place, rang in lues.values_list("pk", "calcul_id", "place", "rang")
    }
    return sorted(dict.fromkeys(lignes), key=lambda pk: (rangs.get(pk, (0, 0, 0)), pk))


def _prendre(ligne_id: int, par: Acces) -> list[LigneCalcul]:
    """La ligne et celles de son foyer, verrouillées ; celle demandée en premier."""
    exiger_agent(par)
    demandee = LigneCalcul.objects.visibles(par).filter(pk=ligne_id)
    lignes = list(
        LigneCalcul.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("calcul", "demande", "personne__commune")
        .filter(
            calcul_id__in=demandee.values("calcul_id"), unite_id__in=demandee.values("unite_id")
        )
        .order_by("pk")
    )
    if not lignes:
        raise refus("introuvable", "Cette ligne n'existe pas, ou ne vous est pas ouverte.")
    lignes.sort(key=lambda x: x.pk != ligne_id)
    premiere = lignes[0]
    par.exiger(DESIGNER, cle_ligne=premiere.cle_acces, action="relire une proposition")
    if premiere.calcul.statut == Calcul.Statut.REMPLACE:
        raise refus(
            "calcul_remplace",
            "Une proposition plus récente a remplacé celle-ci. Relisez la dernière.",
        )
    if premiere.decision != Decision.A_RELIRE:
        raise refus(
            "deja_relue",
            f"Cette ligne est déjà relue : {premiere.get_decision_display().lower()}.",
        )
    return [x for x in lignes if x.decision == Decision.A_RELIRE]


def _designer(
    lignes: list[LigneCalcul], choix: _Choix, par: Acces, le: date, memoire: Memoire
) -> Designation:
    demandee = lignes[0].pk
    designations = {}
    for ligne in lignes:
        par.exiger(DESIGNER, cle_ligne=ligne.cle_acces, action="désigner un référent")
        if _est_close(ligne):
            if ligne.pk == demandee:
                raise refus(
                    "demande_close",
                    "Cette personne n'est plus à confier : elle est sortie du droit, ou a déjà un "
                    "référent. Écartez la ligne en disant pourquoi.",
                )
            continue
        designations[ligne.pk] = _une(ligne, choix, par, le, memoire)
        _decider(ligne, choix, par, le)
    return designations[demandee]


def _une(ligne: LigneCalcul, choix: _Choix, par: Acces, le: date, memoire: Memoire) -> Designation:
    assert choix.agent_id is not None, "une désignation a un référent"
    est_reparation = ligne.calcul.nature == Calcul.Nature.REPARATION
    mode = Mode.PROPOSITION if choix.decision == Decision.ACCEPTEE else Mode.CHANGEMENT
    raison = Raison(
        mode=Mode.PASSATION if est_reparation else mode,
        motif=choix.motif or (ligne.calcul.motif if est_reparation else ""),
        ligne=ligne,
        code=ligne.calcul.motif.split(" : ")[0] if est_reparation else REORIENTATION,
    )
    return confier_ou_passer(
        personne=ligne.personne,
        agent_id=choix.agent_id,
        raison=raison,
        par=par,
        le=le,
        memoire=memoire,
    )


def _est_close(ligne: LigneCalcul) -> bool:
    if ligne.calcul.nature == Calcul.Nature.REPARATION or ligne.demande is None:
        return False
    return bool(ligne.demande.statut != Demande.Statut.A_CONFIER)


def _decider(ligne: LigneCalcul, choix: _Choix, par: Acces, le: date) -> None:
    ligne.decision = choix.decision
    ligne.retenu_id = choix.agent_id
    ligne.motif = choix.motif
    ligne.relue_par_id = par.agent_id
    ligne.relue_le = le
    ligne.save(update_fields=["decision", "retenu", "motif", "relue_par", "relue_le"])
    consigner(
        charge=charges.Relire(ligne.calcul_id, ligne.pk, str(choix.decision), choix.agent_id),
        par=par,
        le=le,
        sujet=sujet_de(ligne.personne, ligne.demande.entree_id if ligne.demande else None),
    )


def _clore(calcul: Calcul) -> None:
    """La proposition est relue quand plus aucune ligne, visible d'ici ou non, n'attend."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT referent_unique_reste(%s)", [calcul.pk])
        (reste,) = curseur.fetchone()
    if not reste:
        Calcul.objects.filter(pk=calcul.pk).update(statut=Calcul.Statut.VALIDE)
