"""Écrire à un partenaire au sujet d'une personne, sans la nommer.

Le lien personnel n'est pas dans le contenu gardé : il attend chiffré à côté, et s'efface dès que
le message est remis.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from draille.moteurs.messages.adaptateur import ROLES_ECRIRE, sujet
from draille.moteurs.messages.adaptateur_contexte import instant_ouvert
from draille.moteurs.messages.adaptateur_modeles import Modele, en_vigueur
from draille.moteurs.messages.adaptateur_pli import Echec
from draille.moteurs.messages.calcul import rendre
from draille.moteurs.messages.journal import Deposer
from draille.moteurs.messages.models import Canal, Message
from draille.moteurs.messages.registre import expediteur
from draille.noyau.journal.actes import consigner
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, cle
from draille.socle.chiffrement import trousseau
from draille.socle.refus import Refus

CHAMP_LIEN = "lien"
MARQUE = "[lien personnel, effacé après l'envoi]"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvoiTiers:
    """Un courriel à un partenaire. `personne` : celle dont il s'agit, à qui il n'est pas envoyé.

    `destination` : l'adresse du partenaire. `champs` : les valeurs des trous, sans le lien.
    """

    personne: Personne
    destination: str
    modele: str
    champs: Mapping[str, str]
    lien: str
    objet_id: int
    compartiment: Compartiment


@transaction.atomic
def deposer_tiers(*, envoi: EnvoiTiers, par: Acces, le: date) -> Message:
    """Dépose un courriel à un partenaire dans la transaction de l'acte qui le demande.

    Lève `Refus` : `acces.refuse`, `messages.` `modele_inconnu`, `champ_inconnu`, `champ_absent`,
    `adresse_absente`.
    """
    cle_acces = cle(compartiment=envoi.compartiment, commune_id=envoi.personne.commune_id)
    par.exiger(ROLES_ECRIRE, cle_ligne=cle_acces, action="écrire à un partenaire")
    modele = en_vigueur(codes=[envoi.modele], le=le)[(envoi.modele, str(Canal.COURRIEL))]
    _controler_adresse(envoi.destination)
    valeurs = _valeurs(envoi, modele)
    instant = instant_ouvert()
    message: Message = Message.objects.create(
        personne=envoi.personne,
        cle_acces=cle_acces,
        canal=Canal.COURRIEL,
        modele=envoi.modele,
        version=modele.version,
        objet_id=envoi.objet_id,
        destination=envoi.destination,
        sujet=rendre(modele.texte.sujet, valeurs)[:160],
        contenu=rendre(modele.texte.corps, valeurs),
        est_pour_tiers=True,
        secret=trousseau().chiffrer(envoi.lien.encode()),
        cle_envoi=uuid.uuid4(),
        depose_le=instant,
        a_envoyer_le=instant,
        prochaine_tentative_le=instant,
        agent_id=par.agent_id,
    )
    charge = Deposer(modele=envoi.modele, version=modele.version, canal=str(Canal.COURRIEL))
    consigner(charge=charge, par=par, le=le, sujet=sujet(message))
    return message


def contenu_a_envoyer(message: Message) -> str:
    """Le texte tel qu'il part, lien compris.

    Lève `Echec` si le lien est effacé, `Refus('chiffrement.illisible')` si sa clé a disparu.
    """
    if not message.est_pour_tiers:
        return message.contenu
    if message.secret is None:
        raise Echec("lien_efface", "Le lien de ce message n'existe plus", est_definitif=True)
    lien = trousseau().dechiffrer(bytes(message.secret)).decode()
    return message.contenu.replace(MARQUE, lien)


def _controler_adresse(destination: str) -> None:
    try:
        validate_email(destination)
    except ValidationError as cause:
        raise Refus(
            code="messages.adresse_absente",
            message="Ce partenaire n'a pas d'adresse de courriel valable : complétez sa fiche.",
        ) from cause


def _valeurs(envoi: EnvoiTiers, modele: Modele) -> dict[str, str]:
    """Aucune valeur ne vient de la personne : le modèle n'a rien pour la dire."""
    definition = modele.definition
    inconnus = sorted(set(envoi.champs) - set(definition.champs))
    if inconnus:
        raise Refus(
            code="messages.champ_inconnu",
            message=f"« {definition.libelle} » ne connaît pas : {', '.join(inconnus)}.",
        )
    de = expediteur(settings.DRAILLE_DEPARTEMENT)
    valeurs = {
        "departement": de.nom,
        "telephone_service": de.telephone,
        **envoi.champs,
        CHAMP_LIEN: MARQUE,
    }
    absents = [champ for champ in definition.requis if not valeurs.get(champ)]
    if absents:
        raise Refus(
            code="messages.champ_absent",
            message=f"Pour écrire « {definition.libelle} », il manque : {', '.join(absents)}.",
        )
    return valeurs
