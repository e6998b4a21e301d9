"""Les rangées du premier accueil, du partage et du rapprochement, pour le monde des droits.

Des accueils nommés et anonymes, des notes partagées et personnelles, des orientations ouvertes à
l'organisation de l'agent, à une autre, ou à personne, dans chaque état.
"""

import hashlib
import uuid
from datetime import date, timedelta
from itertools import pairwise

from draille.mesures.accueil_social.models import Accueil, Besoin, Note, Reponse
from draille.moteurs.annuaire.models import Point, Structure
from draille.moteurs.partage.models import Consentement, LienReponse, Orientation, Partenaire
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.socle import contexte
from draille.socle.acces import cle_partenaire, cle_personnelle
from tests.droits.monde import JOURS, ORIGINE, Monde, cle
from tests.droits.oracle import PERSONNEL, Individu

SOCIAL = 1
PREMIER = date(2020, 1, 6)
STATUTS = ("envoyee", "acceptee", "refusee", "perdue", "retiree", "terminee")


def ouvrir_points(monde: Monde) -> None:
    """Ce qui n'est à personne : un point d'accueil, deux partenaires."""
    structure = Structure.objects.create(nom="Mairie d'essai")
    Point.objects.create(
        structure=structure,
        nom="Point d'essai",
        genre="mairie",
        commune_id=monde.communes[0],
        latitude=45.0,
        longitude=3.5,
        est_premier_accueil=True,
        debut=ORIGINE,
        maj_le=ORIGINE,
    )
    for agent in (monde.agent, monde.collegue):
        Partenaire.objects.create(organisation_id=agent.organisation_id, debut=ORIGINE)


def ecrire_accueil(monde: Monde, individu: Individu, cle_acces: int, numero: int) -> None:
    """L'accueil d'une personne, ce qu'elle a dit, ce qu'on en a noté, où on l'a adressée."""
    commun = {"personne_id": individu.id, "cle_acces": cle_acces}
    le = JOURS[numero % len(JOURS)]
    accueil = Accueil.objects.create(
        identite="connue",
        venue="spontanee",
        canal="guichet",
        point=Point.objects.get(),
        le=le,
        paroles=f"{individu.marque} demande",
        agent_id=monde.agent.pk,
        envoi=uuid.uuid5(uuid.NAMESPACE_OID, f"accueil {individu.id}"),
        **commun,
    )
    auteur = (monde.agent, monde.collegue)[numero % 2]
    prive = {"personne_id": individu.id, "cle_acces": cle_personnelle(agent_id=auteur.pk)}
    for objet in (
        accueil,
        Besoin(accueil=accueil, code="logement", rang=1, **commun),
        Reponse(accueil=accueil, genre="information", **commun),
        Note(texte=f"note sur {individu.marque}", est_privee=False, le=le, agent_id=1, **commun),
    ):
        if objet.pk is None:
            objet.save(force_insert=True)
        monde.noter(objet, SOCIAL, individu)
    with contexte.elargi(cles=[prive["cle_acces"]]):
        privee = Note.objects.create(
            texte=f"note privée sur {individu.marque}",
            est_privee=True,
            le=le,
            agent_id=auteur.pk,
            **prive,
        )
    monde.noter_a(privee, PERSONNEL, auteur.pk)
    _orienter(monde, individu, cle_acces, numero, accueil.pk)


def _orienter(monde: Monde, individu: Individu, cle_acces: int, numero: int, origine: int) -> None:
    commun = {"personne_id": individu.id, "cle_acces": cle_acces}
    statut = STATUTS[numero % len(STATUTS)]
    agent = (monde.agent, monde.collegue)[numero // 2 % 2]
    partenaire = Partenaire.objects.get(organisation_id=agent.organisation_id)
    le = PREMIER + timedelta(days=numero)
    consentement = Consentement.objects.create(
        partenaire=partenaire,
        portee=["nom"],
        forme="oral",
        recueilli_le=le,
        retire_le=le + timedelta(days=3) if statut == "retiree" else None,
        **commun,
    )
    est_ouverte = statut != "retiree"
    organisation = agent.organisation_id if est_ouverte else None
    orientation = Orientation.objects.create(
        partenaire=partenaire,
        consentement=consentement,
        cle_partenaire=cle_partenaire(organisation_id=organisation) if organisation else None,
        transmis={"nom": individu.marque} if est_ouverte else None,
        destination=str(partenaire),
        origine_id=origine,
        besoins=["logement"],
        agent_id=monde.agent.pk,
        envoyee_le=le,
        avant_le=le + timedelta(days=15),
        statut=statut,
        suite_le=None if statut == "envoyee" else le + timedelta(days=5),
        motif_refus="complet" if statut == "refusee" else "",
        **commun,
    )
    lien = LienReponse.objects.create(
        orientation=orientation,
        empreinte=hashlib.sha256(str(individu.id).encode()).digest(),
        cree_le=le,
        expire_le=le + timedelta(days=15),
        **commun,
    )
    monde.noter(consentement, SOCIAL, individu)
    monde.noter(orientation, SOCIAL, individu, partenaire=organisation)
    monde.noter(lien, SOCIAL, individu)


def recevoir_des_anonymes(monde: Monde) -> None:
    """Des accueils de personne, à la clé du lieu."""
    for rang, commune in enumerate((monde.communes[0], monde.communes[4], None)):
        commun = {"cle_acces": cle(SOCIAL, commune)}
        accueil = Accueil.objects.create(
            identite="anonyme",
            venue="spontanee",
            canal="guichet",
            commune_id=commune,
            le=PREMIER + timedelta(days=rang),
            envoi=uuid.uuid5(uuid.NAMESPACE_OID, f"anonyme {rang}"),
            **commun,
        )
        besoin = Besoin.objects.create(accueil=accueil, code="droits", rang=1, **commun)
        for objet in (accueil, besoin):
            monde.noter_a(objet, SOCIAL, commune)


def rapprocher(monde: Monde) -> None:
    """Des paires de dossiers voisins, et des fusions dont on est revenu."""
    for rang, (premiere, seconde) in enumerate(pairwise(monde.individus)):
        communs = sorted(set(premiere.compartiments) & set(seconde.compartiments))
        compartiment = communs[0] if communs else min(premiere.compartiments)
        cle_acces = cle(compartiment, premiere.commune)
        paire = Paire.objects.create(
            premiere_id=premiere.id,
            seconde_id=seconde.id,
            poids=12,
            zone="a_revoir",
            statut=("ouverte", "distincte")[rang % 2],
            vue_le=PREMIER,
            cle_acces=cle_acces,
        )
        monde.noter(paire, compartiment, premiere)
        if rang % 3 == 0:
            fusion = Fusion.objects.create(
                gardee_id=premiere.id,
                absorbee_id=seconde.id,
                le=PREMIER,
                separee_le=PREMIER,
                cle_acces=cle_acces,
            )
            monde.noter(fusion, compartiment, premiere)
