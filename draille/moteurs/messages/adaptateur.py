"""Déposer un message dans la transaction de l'acte qui le demande, ou l'annuler.

Rien ne part ici : `adaptateur_envoi.envoyer_dus` envoie, après validation.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction

from draille.moteurs.messages.adaptateur_calendrier import Evenement, composer_calendrier
from draille.moteurs.messages.adaptateur_contexte import instant_ouvert
from draille.moteurs.messages.adaptateur_destinations import Joindre, joindre
from draille.moteurs.messages.adaptateur_modeles import Modele, en_vigueur
from draille.moteurs.messages.calcul import MENTION, composer_mention, porte_mention, rendre
from draille.moteurs.messages.journal import Annuler, Deposer
from draille.moteurs.messages.models import Canal, Message
from draille.moteurs.messages.registre import definitions, expediteur
from draille.noyau.journal.actes import Sujet, consigner, consigner_lot
from draille.noyau.personne.models import Personne
from draille.socle.acces import ROLES_NOMINATIFS, Acces, Compartiment, cle
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

ROLES_ECRIRE = ROLES_NOMINATIFS
_ANNULABLES = (Message.Etat.A_ENVOYER, Message.Etat.EN_COURS)
_MENTION_ABSENTE = "CRPA L311-3-1, R311-3-1-1 ; loi n° 78-17, article 47"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envoi:
    """Un message à préparer.

    `canal` nul : celui que la personne préfère (courriel, sinon SMS, sinon courrier).
    `champs` : les valeurs des trous, déjà dites en français (« mardi 3 novembre 2020 », « 14 h »).
    `objet_id` : ce dont parle le message (voir `objet` du modèle). `a_envoyer_le` nul : tout de
    suite. `est_algorithmique` : la décision annoncée a été préparée par un calcul.
    """

    personne: Personne
    modele: str
    champs: Mapping[str, str]
    objet_id: int | None
    compartiment: Compartiment
    canal: str | None = None
    a_envoyer_le: datetime | None = None
    evenement: Evenement | None = None
    est_algorithmique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Apercu:
    """Un message tel qu'il partirait."""

    canal: str
    version: int
    destination: str
    sujet: str
    contenu: str
    a_mention: bool


@dataclass(slots=True)
class _Lot:
    """Ce qui se lit une fois pour tout un lot."""

    modeles: dict[tuple[str, str], Modele]
    joindre: Joindre
    instant: datetime
    mentions: dict[str, str] = field(default_factory=dict)


def deposer(*, envoi: Envoi, par: Acces, le: date) -> Message:
    """Dépose un message à envoyer, en cinq requêtes quelle que soit la personne.

    Lève `Refus` : `acces.refuse`, `messages.` `modele_inconnu`, `canal_inconnu`, `champ_inconnu`,
    `champ_absent`, `adresse_absente`, et `mention_absente` (CRPA L311-3-1) si la décision vient
    d'un calcul et que le modèle, ou le canal, ne porte pas la mention.
    """
    resultat = deposer_lot(envois=[envoi], par=par, le=le)[0]
    if isinstance(resultat, Refus):
        raise resultat
    return resultat


@transaction.atomic
def deposer_lot(*, envois: Sequence[Envoi], par: Acces, le: date) -> list[Message | Refus]:
    """Dépose plusieurs messages ; rend pour chacun le message, ou le refus qui l'a écarté.

    Les refus ne défont rien : les autres messages sont déposés. Même liste de refus que `deposer` ;
    seul `messages.modele_inconnu` est levé, et écarte tout le lot.
    """
    lot = _preparer(envois, le)
    resultats: list[Message | Refus] = []
    for envoi in envois:
        try:
            resultats.append(_composer(envoi, lot, par, le))
        except Refus as refus:
            resultats.append(refus)
    bons = [r for r in resultats if isinstance(r, Message)]
    Message.objects.bulk_create(bons)
    if bons:
        parametres = {"le": le, "ids": [message.pk for message in bons]}
        consigner_lot(acte=Deposer, par=par, source=_SOURCE, parametres=parametres)
    return resultats


_SOURCE = """
SELECT %(le)s::date AS le, personne_id, id AS objet_id, cle_acces,
  jsonb_build_object('modele', modele, 'version', version, 'canal', canal) AS charge
FROM messagerie_message WHERE id = ANY(%(ids)s) ORDER BY id
"""


def apercevoir(*, envoi: Envoi, par: Acces, le: date) -> Apercu:
    """Le message tel qu'il partirait ; ne dépose rien, n'écrit rien. Mêmes refus que `deposer`."""
    message = _composer(envoi, _preparer([envoi], le), par, le)
    return Apercu(
        canal=message.canal,
        version=message.version,
        destination=message.destination,
        sujet=message.sujet,
        contenu=message.contenu,
        a_mention=message.a_mention,
    )


def canaux_possibles(*, personne: Personne, acces: Acces, le: date) -> tuple[str, ...]:
    """Par où l'on peut écrire à cette personne, le préféré d'abord. Une requête."""
    if not acces.voit_une(personne.cles_acces):
        return ()
    return tuple(joindre(personnes=[personne], le=le).destinations(personne))


@transaction.atomic
def annuler(
    *, objet_id: int, modele: str | Sequence[str] | None = None, par: Acces, le: date
) -> int:
    """Annule ce qui n'est pas encore parti au sujet de cet objet ; rend le nombre de messages.

    `modele` : un code, plusieurs, ou nul pour tous ceux qui parlent d'un rendez-vous. Un message
    en cours d'envoi peut encore arriver ; s'il n'arrive pas, on ne recommence pas. Lève
    `Refus('acces.refuse')`.
    """
    vivants = list(
        Message.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(objet_id=objet_id, modele__in=_codes(modele), etat__in=_ANNULABLES, annule_le=None)
    )
    instant = instant_ouvert()
    for message in vivants:
        par.exiger(ROLES_ECRIRE, cle_ligne=message.cle_acces, action="annuler un message")
        message.annule_le = instant
        if message.etat == Message.Etat.A_ENVOYER:
            message.etat = Message.Etat.ANNULE
            message.secret = None
            charge = Annuler(modele=message.modele, canal=message.canal)
            consigner(charge=charge, par=par, le=le, sujet=sujet(message))
        message.save(update_fields=["etat", "annule_le", "secret"])
    return len(vivants)


def _codes(modele: str | Sequence[str] | None) -> Sequence[str]:
    if modele is None:
        return [d.code for d in definitions().values() if d.objet == "rendez_vous"]
    return [modele] if isinstance(modele, str) else modele


def sujet(message: Message) -> Sujet:
    """De qui parle la ligne de journal d'un message."""
    commune = message.personne.commune_id
    return Sujet(
        compartiment=message.cle_acces // 100_000,
        personne_id=message.personne_id,
        commune_id=commune,
        objet_id=message.pk,
    )


def _preparer(envois: Sequence[Envoi], le: date) -> _Lot:
    return _Lot(
        modeles=en_vigueur(codes=[e.modele for e in envois], le=le),
        joindre=joindre(personnes=[e.personne for e in envois], le=le),
        instant=instant_ouvert(),
    )


def _composer(envoi: Envoi, lot: _Lot, par: Acces, le: date) -> Message:
    cle_acces = cle(compartiment=envoi.compartiment, commune_id=envoi.personne.commune_id)
    par.exiger(ROLES_ECRIRE, cle_ligne=cle_acces, action="écrire à cette personne")
    canal, destination = lot.joindre.choisir(
        personne=envoi.personne,
        canal=envoi.canal,
        admis=[c for m, c in lot.modeles if m == envoi.modele],
        est_algorithmique=envoi.est_algorithmique,
    )
    modele = lot.modeles[(envoi.modele, canal)]
    valeurs = _valeurs(envoi, modele, lot, le)
    contenu = rendre(modele.texte.corps, valeurs)
    a_mention = bool(valeurs.get(MENTION)) and porte_mention(contenu)
    if envoi.est_algorithmique and not a_mention:
        raise mention_absente(modele.definition.libelle)
    quand = envoi.a_envoyer_le or lot.instant
    return Message(
        personne=envoi.personne,
        cle_acces=cle_acces,
        canal=canal,
        modele=envoi.modele,
        version=modele.version,
        objet_id=envoi.objet_id,
        destination=destination,
        sujet=rendre(modele.texte.sujet, valeurs)[:160],
        contenu=contenu,
        calendrier=_calendrier(envoi.evenement, canal, destination, lot.instant),
        a_mention=a_mention,
        est_algorithmique=envoi.est_algorithmique,
        cle_envoi=uuid.uuid4(),
        depose_le=lot.instant,
        a_envoyer_le=quand,
        prochaine_tentative_le=quand,
        agent_id=par.agent_id,
    )


def mention_absente(libelle: str) -> Refus:
    """Le refus d'un message qui annonce une décision calculée sans le dire."""
    return Refus(
        code="messages.mention_absente",
        message=(
            f"« {libelle} » annonce une décision préparée par un calcul, et ne le dit pas. Rien "
            "n'a été envoyé : remettez la mention dans le modèle, ou écrivez par courrier ou par "
            "courriel si vous aviez choisi le SMS, trop court pour elle."
        ),
        base_legale=_MENTION_ABSENTE,
    )


def _valeurs(envoi: Envoi, modele: Modele, lot: _Lot, le: date) -> dict[str, str]:
    definition, personne = modele.definition, envoi.personne
    dits = {champ for champ, valeur in envoi.champs.items() if valeur}
    inconnus = sorted(dits - set(definition.champs) - {MENTION})
    if inconnus:
        raise Refus(
            code="messages.champ_inconnu",
            message=f"« {definition.libelle} » ne connaît pas : {', '.join(inconnus)}.",
        )
    de = expediteur(settings.DRAILLE_DEPARTEMENT)
    valeurs = {
        "prenom": personne.prenom,
        "nom": personne.nom_usage or personne.nom_naissance,
        "departement": de.nom,
        "telephone_service": de.telephone,
        **{champ: str(valeur) for champ, valeur in envoi.champs.items() if valeur},
    }
    # La mention ne se dicte pas : elle vient des paramètres, et seulement s'il y a eu calcul.
    valeurs[MENTION] = _mention(modele, lot, le) if envoi.est_algorithmique else ""
    absents = [champ for champ in definition.requis if not valeurs.get(champ)]
    if absents:
        raise Refus(
            code="messages.champ_absent",
            message=f"Pour écrire « {definition.libelle} », il manque : {', '.join(absents)}.",
        )
    return valeurs


def _mention(modele: Modele, lot: _Lot, le: date) -> str:
    finalite = modele.definition.finalite
    if finalite and finalite not in lot.mentions:
        lot.mentions[finalite] = composer_mention(
            gabarit=registre_global().texte("messages.mention_algorithme", le),
            finalite=finalite,
            demande=expediteur(settings.DRAILLE_DEPARTEMENT).en_une_ligne,
        )
    return lot.mentions.get(finalite, "")


def _calendrier(
    evenement: Evenement | None, canal: str, destination: str, instant: datetime
) -> str:
    if evenement is None or canal != Canal.COURRIEL:
        return ""
    return composer_calendrier(
        evenement=evenement,
        courriel=destination,
        de=parseaddr(settings.DRAILLE_COURRIEL_DE)[1],
        instant=instant,
    )
