"""Décider : orienter, réorienter, notifier, seul ou sur une liste."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.orientation_rsa.acces import ORIENTER, RENCONTRER
from draille.mesures.orientation_rsa.actes import charges
from draille.mesures.orientation_rsa.actes.verrou import ecrire, prendre, verifier_date
from draille.mesures.orientation_rsa.lectures_choix import organismes_admis, types_admis
from draille.mesures.orientation_rsa.models import Diagnostic, Orientation, Suivi
from draille.mesures.orientation_rsa.regles import Acte, Proposition, proposer, table
from draille.noyau.parcours.actes import Choix
from draille.noyau.parcours.actes import ouvrir as ouvrir_parcours
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

NATURE = "rsa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Ce que l'on décide. `motif_ecart` : pourquoi, quand ce n'est pas ce qui était proposé."""

    type_parcours: str
    organisme: str
    motif_ecart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLot:
    """Une ligne d'un travail en nombre."""

    suivi_id: int
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneRefusee:
    """Une ligne qui n'a pas pu passer, et pourquoi."""

    suivi_id: int
    refus: Refus


@dataclass(frozen=True, slots=True, kw_only=True)
class BilanLot:
    """Ce qu'un travail en nombre a fait ; chaque ligne est d'un côté ou de l'autre."""

    orientees: tuple[Orientation, ...]
    refusees: tuple[LigneRefusee, ...]


@transaction.atomic
def orienter(*, suivi_id: int, decision: Decision, par: Acces, le: date) -> Orientation:
    """Oriente pour la première fois et ouvre le parcours (CASF L262-29).

    Lève `Refus` : `acces.refuse`, `parcours.date`, `orientation_rsa.` `introuvable`, `sans_suite`,
    `deja_orientee`, `avant_entree`, `date_future`, `type_inconnu`, `organisme_inconnu`,
    `motif_ecart_absent`.
    """
    suivi, vers = prendre(
        suivi_id=suivi_id, acte=Acte.ORIENTER, roles=ORIENTER, action="orienter", par=par
    )
    verifier_date(suivi=suivi, le=le)
    proposition = _proposition(suivi, le)
    _controler(decision, proposition, le)
    orientation = _inscrire(Orientation(suivi=suivi, rang=1), decision, proposition, par, le)
    suivi.statut = vers
    suivi.save(update_fields=["statut"])
    ecrire(charge=_charge(charges.Orienter, orientation), suivi=suivi, par=par, le=le)
    return orientation


@transaction.atomic
def reorienter(
    *, suivi_id: int, decision: Decision, motif: str, par: Acces, le: date
) -> Orientation:
    """Remplace l'orientation en cours par une nouvelle, au rang suivant ; l'ancienne reste.

    Lève les mêmes `Refus` que `orienter`, et `orientation_rsa.` `pas_orientee`, `motif_absent`,
    `reorientation_date`, `reorientation_identique`.
    """
    suivi, _ = prendre(
        suivi_id=suivi_id, acte=Acte.REORIENTER, roles=ORIENTER, action="réorienter", par=par
    )
    verifier_date(suivi=suivi, le=le)
    en_cours = Orientation.objects.visibles(par).get(suivi=suivi, est_en_cours=True)
    _controler_suite(en_cours, decision, motif, le)
    proposition = _proposition(suivi, le)
    _controler(decision, proposition, le)
    en_cours.est_en_cours = False
    en_cours.save(update_fields=["est_en_cours"])
    nouvelle = Orientation(suivi=suivi, rang=en_cours.rang + 1, motif_reorientation=motif.strip())
    orientation = _inscrire(nouvelle, decision, proposition, par, le)
    ecrire(charge=_charge(charges.Reorienter, orientation), suivi=suivi, par=par, le=le)
    return orientation


@transaction.atomic
def notifier(*, suivi_id: int, canal: str, par: Acces, le: date) -> Orientation:
    """Enregistre que la décision en cours a été notifiée ; le contrat part de là (D5411-14-1).

    Lève `Refus` : `acces.refuse`, `orientation_rsa.` `introuvable`, `pas_orientee`,
    `canal_inconnu`, `deja_notifiee`, `notification_date`, `date_future`.
    """
    suivi, _ = prendre(
        suivi_id=suivi_id, acte=Acte.NOTIFIER, roles=RENCONTRER, action="notifier", par=par
    )
    orientation: Orientation = Orientation.objects.visibles(par).get(suivi=suivi, est_en_cours=True)
    if canal not in Orientation.Canal.values:
        canaux = ", ".join(str(c) for c in Orientation.Canal.labels).lower()
        raise _refus(
            "canal_inconnu", f"« {canal} » n'est pas un canal connu. Choisissez : {canaux}."
        )
    if orientation.notifiee_le is not None:
        quand = date_moyenne(orientation.notifiee_le)
        raise _refus("deja_notifiee", f"Cette orientation est déjà notifiée, le {quand}.")
    if le < orientation.decidee_le:
        raise _refus(
            "notification_date",
            f"La notification du {date_moyenne(le)} précède la décision, prise le "
            f"{date_moyenne(orientation.decidee_le)}. Corrigez la date.",
        )
    orientation.notifiee_le = le
    orientation.notifiee_par = canal
    orientation.save(update_fields=["notifiee_le", "notifiee_par"])
    ecrire(charge=charges.Notifier(canal, orientation.rang), suivi=suivi, par=par, le=le)
    return orientation


@transaction.atomic
def orienter_lot(*, decisions: Sequence[DecisionLot], par: Acces, le: date) -> BilanLot:
    """Oriente une liste. Une ligne refusée est rendue avec son refus ; les autres passent."""
    orientees: list[Orientation] = []
    refusees: list[LigneRefusee] = []
    for ligne in decisions:
        try:
            orientees.append(
                orienter(suivi_id=ligne.suivi_id, decision=ligne.decision, par=par, le=le)
            )
        except Refus as refus:
            refusees.append(LigneRefusee(suivi_id=ligne.suivi_id, refus=refus))
    return BilanLot(orientees=tuple(orientees), refusees=tuple(refusees))


def _proposition(suivi: Suivi, le: date) -> Proposition | None:
    """Celle du dernier diagnostic fait au jour de la décision ; aucune sans diagnostic."""
    dernier = (
        Diagnostic.objects.filter(suivi=suivi, fait_le__lte=le).order_by("-fait_le", "-id").first()
    )
    return proposer(reponses=dernier.reponses, le=le, table=table()) if dernier else None


def _controler(decision: Decision, proposition: Proposition | None, le: date) -> None:
    types, organismes = types_admis(le=le), organismes_admis(le=le)
    if decision.type_parcours not in types:
        raise _refus(
            "type_inconnu",
            f"« {decision.type_parcours} » n'est pas un type de parcours au {date_moyenne(le)}. "
            f"Choisissez : {', '.join(types.values())}.",
        )
    if decision.organisme not in organismes:
        raise _refus(
            "organisme_inconnu",
            f"« {decision.organisme} » n'est pas un organisme référent au {date_moyenne(le)}. "
            f"Choisissez : {', '.join(organismes.values())}.",
        )
    ecart = proposition is not None and proposition.type_parcours != decision.type_parcours
    if ecart and proposition is not None and not decision.motif_ecart.strip():
        raise _refus(
            "motif_ecart_absent",
            f"La proposition était « {proposition.libelle} » et vous choisissez "
            f"« {types[decision.type_parcours]} ». Écrivez en une phrase pourquoi.",
        )


def _controler_suite(en_cours: Orientation, decision: Decision, motif: str, le: date) -> None:
    if not motif.strip():
        raise _refus("motif_absent", "Écrivez en une phrase pourquoi le parcours change.")
    if le <= en_cours.decidee_le:
        raise _refus(
            "reorientation_date",
            f"L'orientation en cours date du {date_moyenne(en_cours.decidee_le)} : une "
            "réorientation vient au plus tôt le lendemain.",
        )
    memes = (en_cours.type_parcours, en_cours.organisme)
    if (decision.type_parcours, decision.organisme) == memes:
        raise _refus(
            "reorientation_identique",
            "Le type de parcours et l'organisme sont déjà ceux-là. Changez au moins l'un des deux.",
        )


def _inscrire(
    orientation: Orientation,
    decision: Decision,
    proposition: Proposition | None,
    par: Acces,
    le: date,
) -> Orientation:
    suivi = orientation.suivi
    orientation.parcours = ouvrir_parcours(
        personne=suivi.personne,
        choix=Choix(nature=NATURE, type_parcours=decision.type_parcours),
        cle_acces=suivi.cle_acces,
        par=par,
        le=le,
    )
    orientation.personne_id = suivi.personne_id
    orientation.cle_acces = suivi.cle_acces
    orientation.type_parcours = decision.type_parcours
    orientation.organisme = decision.organisme
    orientation.decidee_le = le
    orientation.agent_id = par.agent_id
    if proposition is not None:
        orientation.type_propose = proposition.type_parcours
        orientation.regle = proposition.regle
        if proposition.type_parcours != decision.type_parcours:
            orientation.motif_ecart = decision.motif_ecart.strip()
    orientation.save(force_insert=True)
    return orientation


def _charge(
    classe: type[charges.Orienter] | type[charges.Reorienter], o: Orientation
) -> charges.Orienter | charges.Reorienter:
    return classe(
        type_parcours=o.type_parcours,
        organisme=o.organisme,
        rang=o.rang,
        type_propose=o.type_propose,
        regle=o.regle,
        est_ecart=o.type_propose not in ("", o.type_parcours),
    )


def _refus(code: str, message: str) -> Refus:
    return Refus(code=f"orientation_rsa.{code}", message=message)
