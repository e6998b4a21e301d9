"""Les rangées du référent unique, des rendez-vous et des messages, pour le monde des droits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from draille.mesures.referent_unique.models import Calcul, Demande, Designation, LigneCalcul
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Lieu, RendezVous
from draille.moteurs.messages.models import Message, Tentative
from draille.noyau.referent.models import Referent
from tests.droits.monde import Monde
from tests.droits.oracle import Individu

MATIN = datetime(2020, 3, 2, 8, 0, tzinfo=UTC)


def calcul_de(monde: Monde) -> Calcul:
    """Le calcul du monde, écrit une fois."""
    calcul, _ = Calcul.objects.get_or_create(
        empreinte="0" * 64,
        defaults={
            "fait_le": date(2020, 2, 3),
            "agent_id": monde.agent.pk,
            "reglage": {},
            "solveur": "essai",
            "graine": "essai",
            "places": [],
            "prix": [],
            "cout": 0,
        },
    )
    return calcul


def lieu_de_reception(monde: Monde) -> Lieu:
    """Le bureau du monde, écrit une fois."""
    lieu, _ = Lieu.objects.get_or_create(
        code="bureau",
        defaults={
            "nom": "Bureau d'essai",
            "organisation": monde.agent.organisation,
            "commune_id": monde.communes[0],
            "adresse": "1 place d'essai",
            "debut": date(2019, 1, 1),
        },
    )
    return lieu


def ecrire_referent(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    """Une demande, la ligne d'un calcul, une désignation, un rendez-vous, un message."""
    _ecrire_calcul(monde, individu, entree_id, commun, numero)
    _ecrire_rendez_vous(monde, individu, entree_id, commun, numero)
    _ecrire_message(monde, individu, commun, numero)


def _ecrire_calcul(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    jour = date(2020, 1, 15) + timedelta(days=numero)
    demande = Demande.objects.create(
        entree_id=entree_id,
        ligne_orientation_id=900_000 + numero,
        orientation="social:departement",
        orientee_le=jour,
        unite_id=-individu.id,
        statut=("a_confier", "confiee")[numero % 2],
        **commun,
    )
    ligne = LigneCalcul.objects.create(
        calcul=calcul_de(monde),
        demande=demande,
        rang=numero,
        unite_id=-individu.id,
        orientee_le=jour,
        minutes=[],
        place=-1,
        **commun,
    )
    objets: list[Any] = [demande, ligne]
    referent = Referent.objects.filter(personne_id=individu.id, nature="unique").first()
    if referent is not None:
        objets.append(
            Designation.objects.create(
                referent=referent, entree_id=entree_id, ligne=ligne, mode="proposition", **commun
            )
        )
    for objet in objets:
        monde.noter(objet, 2, individu)


def _ecrire_rendez_vous(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    debut = MATIN + timedelta(days=7 * numero)
    creneau = Creneau.objects.create(
        lieu=lieu_de_reception(monde),
        agent=monde.agent if numero % 2 else monde.collegue,
        motif="orientation",
        jour=debut.date(),
        debut=debut,
        fin=debut + timedelta(minutes=45),
    )
    demande = DemandeRendezVous.objects.create(
        motif="orientation",
        objet_id=entree_id,
        ouverte_le=debut.date() - timedelta(days=20),
        avant_le=debut.date() + timedelta(days=5),
        statut=("a_convoquer", "convoquee")[numero % 2],
        **commun,
    )
    rendez_vous = RendezVous.objects.create(
        demande=demande,
        creneau=creneau,
        motif="orientation",
        objet_id=entree_id,
        jour=creneau.jour,
        debut=creneau.debut,
        fin=creneau.fin,
        fixe_le=debut.date() - timedelta(days=10),
        **commun,
    )
    for objet in (demande, rendez_vous):
        monde.noter(objet, 2, individu)


def _ecrire_message(monde: Monde, individu: Individu, commun: dict[str, int], numero: int) -> None:
    message = Message.objects.create(
        canal="courrier",
        modele="convocation_orientation",
        version=1,
        destination=f"{numero} chemin {individu.marque}",
        contenu=f"Bonjour {individu.marque}",
        cle_envoi=UUID(int=numero),
        etat="remis",
        depose_le=MATIN,
        a_envoyer_le=MATIN,
        prochaine_tentative_le=MATIN,
        tentatives=1,
        remis_le=MATIN,
        **commun,
    )
    tentative = Tentative.objects.create(
        message=message,
        rang=1,
        le=MATIN,
        destination=message.destination,
        est_reussie=True,
        reponse="déposé",
        **commun,
    )
    for objet in (message, tentative):
        monde.noter(objet, 2, individu)
