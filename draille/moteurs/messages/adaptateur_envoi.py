"""Envoyer ce qui est dû : prendre un message, valider, le remettre, écrire la preuve.

Un processus tué entre la remise et la preuve laisse un message « en cours » : son bail fini, il
repart sous la même clé d'envoi, et le receveur écarte le double.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from draille.moteurs.messages import adaptateur_canaux as canaux
from draille.moteurs.messages.adaptateur import sujet
from draille.moteurs.messages.adaptateur_canaux import Receveur
from draille.moteurs.messages.adaptateur_lettre import NOM, a_une_lettre, lettre
from draille.moteurs.messages.adaptateur_pli import Echec, Pli
from draille.moteurs.messages.adaptateur_tiers import contenu_a_envoyer
from draille.moteurs.messages.calcul import attente_minutes
from draille.moteurs.messages.journal import Abandonner, Annuler, Remettre
from draille.moteurs.messages.models import Canal, Message, Tentative
from draille.noyau.journal.actes import consigner
from draille.socle import contexte
from draille.socle.acces import acces_systeme
from draille.socle.chiffrement import trousseau
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

NOM_ACCES = "envoi des messages"
PARIS = ZoneInfo("Europe/Paris")
INTERROMPUE = "Envoi interrompu, issue inconnue : repris sous la même clé"


@dataclass(slots=True)
class Bilan:
    """Ce qu'un passage a fait. `pannes` : le motif, par canal dont le receveur a manqué."""

    remis: int = 0
    remis_plus_tard: int = 0
    abandonnes: int = 0
    annules: int = 0
    pannes: dict[str, str] = field(default_factory=dict)

    @property
    def essais(self) -> int:
        """Le nombre de messages pris."""
        return self.remis + self.remis_plus_tard + self.abandonnes + self.annules

    def ajouter(self, autre: "Bilan") -> None:
        """Ajoute un autre passage à celui-ci."""
        self.remis += autre.remis
        self.remis_plus_tard += autre.remis_plus_tard
        self.abandonnes += autre.abandonnes
        self.annules += autre.annules
        self.pannes |= autre.pannes


@dataclass(frozen=True, slots=True)
class _Pris:
    """Un message pris, et le numéro de cette prise."""

    message: Message
    prise: int


def envoyer_dus(*, instant: datetime, limite: int) -> Bilan:
    """Envoie au plus `limite` messages dus à cet instant, par plusieurs expéditeurs s'il le faut.

    À appeler hors de toute transaction : chaque étape valide la sienne. Un canal dont le receveur
    manque n'est plus essayé de ce passage : les messages suivants n'y perdent pas un essai.
    """
    bilan = Bilan()
    ouverts = _canaux_ouverts(instant)
    receveurs: dict[str, Receveur] = {}
    try:
        for _ in range(limite):
            pris = _prendre(instant, [c for c in ouverts if c not in bilan.pannes])
            if pris is None:
                break
            _traiter(pris, receveurs, instant, bilan)
    finally:
        for receveur in receveurs.values():
            receveur.fermer()
    return bilan


def _canaux_ouverts(instant: datetime) -> list[str]:
    """Les canaux qui servent à cette heure : un SMS n'éveille personne, il attend le jour."""
    debut, fin = (_parametre(f"sms_heure_{bout}", instant) for bout in ("debut", "fin"))
    est_de_jour = debut <= instant.astimezone(PARIS).hour < fin
    return [c for c in Canal.values if est_de_jour or c != Canal.SMS]


def _prendre(instant: datetime, ouverts: list[str]) -> _Pris | None:
    """Le plus ancien message dû, marqué « en cours » et validé avant tout envoi."""
    with contexte.ouvrir(acces=acces_systeme(nom=NOM_ACCES), instant=instant):
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("personne")
            .filter(
                etat__in=[Message.Etat.A_ENVOYER, Message.Etat.EN_COURS],
                prochaine_tentative_le__lte=instant,
                canal__in=ouverts,
            )
            .order_by("prochaine_tentative_le", "pk")
            .first()
        )
        if message is None:
            return None
        if message.etat == Message.Etat.EN_COURS:
            _prouver(message, instant, reponse=INTERROMPUE, motif="interrompu")
        message.etat = Message.Etat.EN_COURS
        message.pris_le = instant
        message.prochaine_tentative_le = instant + timedelta(
            minutes=_parametre("bail_minutes", instant)
        )
        message.tentatives += 1
        message.save(update_fields=["etat", "pris_le", "prochaine_tentative_le", "tentatives"])
        return _Pris(message, message.tentatives)


def _traiter(pris: _Pris, receveurs: dict[str, Receveur], instant: datetime, bilan: Bilan) -> None:
    message = pris.message
    if message.annule_le is not None:
        # L'annulation est venue pendant un envoi interrompu : on ne recommence pas.
        _finir_annule(message, instant)
        bilan.annules += 1
        return
    try:
        pli = _composer(message, instant)
        if message.canal not in receveurs:
            receveurs[message.canal] = canaux.receveur(message.canal)
        reponse = receveurs[message.canal].envoyer(pli)
    except Exception as cause:
        # Quoi qu'il arrive à l'un, les suivants doivent partir : le fautif recule comme un autre.
        echec = _echec(cause)
        if echec.est_panne:
            bilan.pannes[message.canal] = echec.motif
        est_abandonne = _finir_en_echec(pris, echec, instant)
        bilan.abandonnes += est_abandonne
        bilan.remis_plus_tard += not est_abandonne
    else:
        _finir_remis(pris, pli, reponse, instant)
        bilan.remis += 1


def _echec(cause: Exception) -> Echec:
    if isinstance(cause, Echec):
        return cause
    if isinstance(cause, Refus):
        return Echec(cause.code, "La lettre n'a pas pu être composée")
    # Le nom de l'erreur seulement : son texte pourrait citer la personne.
    return Echec("imprevu", type(cause).__name__)


def _composer(message: Message, instant: datetime) -> Pli:
    return Pli(
        cle=message.cle_envoi,
        destination=message.destination,
        sujet=message.sujet,
        contenu=contenu_a_envoyer(message),
        instant=instant.astimezone(PARIS),
        pdf=lettre(message=message) if a_une_lettre(message) else None,
        calendrier=message.calendrier,
    )


def _finir_remis(pris: _Pris, pli: Pli, reponse: str, instant: datetime) -> None:
    with contexte.ouvrir(acces=acces_systeme(nom=NOM_ACCES), instant=instant) as par:
        message = _relire(pris.message)
        rang = _prouver(
            message, instant, reponse=reponse, est_reussie=True, empreinte=pli.empreinte
        )
        if message.etat == Message.Etat.REMIS:
            return
        message.etat = Message.Etat.REMIS
        message.remis_le = instant
        if pli.pdf and not message.piece:
            message.piece = trousseau().chiffrer(pli.pdf)
            message.piece_nom = NOM
        message.secret = None
        message.save(update_fields=["etat", "remis_le", "piece", "piece_nom", "secret"])
        charge = Remettre(canal=message.canal, tentative=rang)
        consigner(charge=charge, par=par, le=_jour(instant), sujet=sujet(message))


def _finir_en_echec(pris: _Pris, echec: Echec, instant: datetime) -> bool:
    """Écrit l'échec, recule ou abandonne ; vrai si le message est abandonné."""
    with contexte.ouvrir(acces=acces_systeme(nom=NOM_ACCES), instant=instant) as par:
        message = _relire(pris.message)
        _prouver(message, instant, reponse=echec.reponse, motif=echec.motif)
        if message.etat != Message.Etat.EN_COURS or message.tentatives != pris.prise:
            return False  # Un autre expéditeur l'a repris depuis : à lui de conclure.
        essais = message.tentatives - message.relance_a
        if echec.est_definitif or essais >= _parametre("tentatives_maximum", instant):
            message.etat = Message.Etat.ABANDONNE
            charge = Abandonner(
                canal=message.canal, tentatives=message.tentatives, motif=echec.motif
            )
            consigner(charge=charge, par=par, le=_jour(instant), sujet=sujet(message))
        else:
            message.etat = Message.Etat.A_ENVOYER
            attente = attente_minutes(
                echecs=essais,
                premiere=_parametre("attente_premiere_minutes", instant),
                maximum=_parametre("attente_maximum_minutes", instant),
            )
            message.prochaine_tentative_le = instant + timedelta(minutes=attente)
        message.save(update_fields=["etat", "prochaine_tentative_le"])
        return message.etat == Message.Etat.ABANDONNE


def _finir_annule(message: Message, instant: datetime) -> None:
    with contexte.ouvrir(acces=acces_systeme(nom=NOM_ACCES), instant=instant) as par:
        relu = _relire(message)
        relu.etat = Message.Etat.ANNULE
        relu.secret = None
        relu.save(update_fields=["etat", "secret"])
        charge = Annuler(modele=relu.modele, canal=relu.canal)
        consigner(charge=charge, par=par, le=_jour(instant), sujet=sujet(relu))


def _relire(message: Message) -> Message:
    relu: Message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("personne")
        .get(pk=message.pk)
    )
    return relu


def _prouver(
    message: Message,
    instant: datetime,
    *,
    reponse: str,
    est_reussie: bool = False,
    motif: str = "",
    empreinte: str = "",
) -> int:
    """Ajoute une tentative, sous le verrou du message ; rend son rang."""
    dernier = Tentative.objects.filter(message=message).aggregate(r=Max("rang"))["r"] or 0
    Tentative.objects.create(
        message=message,
        personne_id=message.personne_id,
        cle_acces=message.cle_acces,
        rang=dernier + 1,
        le=instant,
        destination=message.destination,
        est_reussie=est_reussie,
        reponse=reponse[:300],
        motif=motif[:30],
        cle_envoi=message.cle_envoi,
        empreinte=empreinte,
    )
    return int(dernier + 1)


def _jour(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()


def _parametre(nom: str, instant: datetime) -> int:
    return registre_global().entier(f"messages.{nom}", _jour(instant))
