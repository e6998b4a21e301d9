"""Ouvrir et changer un portefeuille, dire une absence, un départ, la mobilité d'une personne."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from draille.mesures.referent_unique.acces import GERER, SUIVRE
from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.verrou import INSERTION, quand, refus, sujet_de
from draille.mesures.referent_unique.lectures_entrees import unite_en_vigueur
from draille.mesures.referent_unique.lectures_places import en_vigueur, habilites
from draille.mesures.referent_unique.models import Absence, Demande, Portefeuille
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces, Role, cle_generale


@dataclass(frozen=True, slots=True, kw_only=True)
class TermesPortefeuille:
    """Ce qu'un référent peut suivre. `orientations` : « type_parcours:organisme ».

    `secteur_id` nul : tout le Département. `commune_id` : celle du bureau.
    """

    places: int
    orientations: tuple[str, ...]
    commune_id: int
    bureau: str
    secteur_id: int | None = None


@transaction.atomic
def ouvrir_portefeuille(
    *, agent_id: int, termes: TermesPortefeuille, par: Acces, le: date
) -> Portefeuille:
    """Ouvre le portefeuille d'un agent habilité « référent », à compter de `le`.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `agent_inconnu`, `non_habilite`,
    `portefeuille_existe`, `termes_incomplets`.
    """
    _exiger_gestion(par, "ouvrir un portefeuille")
    _controler(agent_id, termes, le)
    portefeuille = _inscrire(agent_id, termes, le)
    _consigner(charges.OuvrirPortefeuille, portefeuille, par, le)
    return portefeuille


@transaction.atomic
def changer_portefeuille(
    *, agent_id: int, termes: TermesPortefeuille, par: Acces, le: date
) -> Portefeuille:
    """Remplace les termes en vigueur à compter de `le` ; l'histoire reste.

    Abaisser les places sous la charge est admis : un temps partiel ou une maladie n'attend pas.
    La base refuse alors toute nouvelle désignation, et `proposer_reparation` dit qui passer à qui.
    Lève les `Refus` d'`ouvrir_portefeuille`, et `referent_unique.sans_portefeuille`.
    """
    _exiger_gestion(par, "changer un portefeuille")
    _controler(agent_id, termes, le)
    ancien: Portefeuille | None = (
        Portefeuille.objects.select_for_update().filter(en_vigueur(le), agent_id=agent_id).first()
    )
    if ancien is None:
        raise refus(
            "sans_portefeuille", "Cet agent n'a pas de portefeuille ce jour-là. Ouvrez-en un."
        )
    if ancien.debut == le:
        ancien.delete()
    else:
        ancien.fin = le
        ancien.save(update_fields=["fin"])
    portefeuille = _inscrire(agent_id, termes, le)
    _consigner(charges.ChangerPortefeuille, portefeuille, par, le)
    return portefeuille


@transaction.atomic
def declarer_absence(*, agent_id: int, debut: date, fin: date, par: Acces, le: date) -> Absence:
    """Déclare une absence, du jour `debut` à la veille de `fin` : rien ne lui est confié.

    Un référent déclare la sienne ; un cadre, celle de tous. Lève `Refus` : `acces.refuse`,
    `referent_unique.` `agent_inconnu`, `absence_dates`.
    """
    if par.agent_id != agent_id or Role.REFERENT not in par.roles:
        _exiger_gestion(par, "déclarer une absence")
    _agent(agent_id)
    if fin <= debut:
        raise refus(
            "absence_dates",
            f"L'absence finirait le {quand(fin)}, avant de commencer le {quand(debut)}. "
            "Corrigez les dates.",
        )
    absence = Absence.objects.create(agent_id=agent_id, debut=debut, fin=fin)
    charge = charges.DeclarerAbsence(agent_id, debut, fin)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=absence.pk))
    return absence


@transaction.atomic
def declarer_depart(*, agent_id: int, debut: date, par: Acces, le: date) -> Absence:
    """Déclare un départ : dès qu'il est connu, le calcul ne propose plus cet agent.

    Ses dossiers ne bougent pas d'eux-mêmes : `proposer_reparation` dit à qui les passer. Lève
    `Refus` : `acces.refuse`, `referent_unique.` `agent_inconnu`, `deja_parti`.
    """
    _exiger_gestion(par, "déclarer un départ")
    _agent(agent_id)
    if Absence.objects.filter(agent_id=agent_id, est_depart=True).exists():
        raise refus("deja_parti", "Le départ de cet agent est déjà déclaré.")
    absence = Absence.objects.create(agent_id=agent_id, debut=debut, est_depart=True)
    charge = charges.DeclarerDepart(agent_id, debut)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=absence.pk))
    return absence


@transaction.atomic
def preciser_mobilite(*, demande_id: int, mobilite: str, par: Acces, le: date) -> Demande:
    """Enregistre ce que la personne a dit de ses moyens de se déplacer.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `mobilite_inconnue`.
    """
    demande: Demande | None = (
        Demande.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk=demande_id)
        .first()
    )
    if demande is None:
        raise refus("introuvable", "Cette demande n'existe pas, ou ne vous est pas ouverte.")
    par.exiger(SUIVRE, cle_ligne=demande.cle_acces, action="préciser la mobilité")
    if mobilite not in Demande.Mobilite.values:
        choix = ", ".join(str(x) for x in Demande.Mobilite.labels).lower()
        raise refus("mobilite_inconnue", f"Choisissez : {choix}.")
    demande.mobilite = mobilite
    demande.save(update_fields=["mobilite"])
    charge = charges.PreciserMobilite(mobilite)
    consigner(charge=charge, par=par, le=le, sujet=sujet_de(demande.personne, demande.entree_id))
    return demande


def _exiger_gestion(par: Acces, action: str) -> None:
    par.exiger(GERER, cle_ligne=cle_generale(compartiment=INSERTION), action=action)


def _agent(agent_id: int) -> Agent:
    agent = Agent.objects.filter(pk=agent_id, is_active=True).first()
    if agent is None:
        raise refus("agent_inconnu", "Cet agent n'existe pas, ou son compte est fermé.")
    return agent


def _controler(agent_id: int, termes: TermesPortefeuille, le: date) -> None:
    agent = _agent(agent_id)
    if agent_id not in habilites(le=le):
        raise refus(
            "non_habilite",
            f"{agent} n'est pas habilité comme référent. Demandez d'abord son habilitation à "
            "l'administrateur.",
            "CASF R262-106",
        )
    if termes.places < 0 or not termes.orientations or not termes.bureau.strip():
        raise refus(
            "termes_incomplets",
            "Dites combien de places, au moins une orientation suivie, et le nom du bureau.",
        )


def _inscrire(agent_id: int, termes: TermesPortefeuille, le: date) -> Portefeuille:
    try:
        with transaction.atomic():
            return Portefeuille.objects.create(
                agent_id=agent_id,
                places=termes.places,
                orientations=sorted(set(termes.orientations)),
                unite=unite_en_vigueur(le=le),
                secteur_id=termes.secteur_id,
                commune_id=termes.commune_id,
                bureau=termes.bureau.strip(),
                debut=le,
            )
    except IntegrityError as erreur:
        if "portefeuille_un_a_la_fois" not in str(erreur):
            raise
        raise refus(
            "portefeuille_existe",
            "Cet agent a déjà un portefeuille à cette date. Changez ses termes.",
        ) from erreur


def _consigner(
    charge: type[charges.OuvrirPortefeuille] | type[charges.ChangerPortefeuille],
    p: Portefeuille,
    par: Acces,
    le: date,
) -> None:
    consigner(
        charge=charge(
            portefeuille_id=p.pk,
            agent_id=p.agent_id,
            places=p.places,
            unite=p.unite,
            orientations=list(p.orientations),
            secteur_id=p.secteur_id,
            commune_id=p.commune_id,
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=p.pk),
    )
