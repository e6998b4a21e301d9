"""La personne se rétracte : par chaque chemin de lecture, plus rien, aussitôt.

L'essai vérifie d'abord que chaque chemin montrait bien quelque chose.
"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from draille.ecrans.acces import acces_declare, adresses_et_vues
from draille.mesures.reseau_insertion.tests.conftest import LE, SECRETS
from draille.moteurs.messages.models import Message
from draille.moteurs.partage import adaptateur as partage
from draille.noyau.organisation.lectures import acces_de
from draille.socle.acces import Role
from draille.socle.chiffrement import trousseau
from draille.socle.murs import modeles_personnels
from draille.socle.refus import Refus


def _jeton(monde):
    """Celui du courriel en attente, tel qu'il partirait."""
    monde.ouvrir()
    message = Message.objects.filter(modele="orientation_partenaire").latest("pk")
    return trousseau().dechiffrer(bytes(message.secret)).decode().rstrip("/").rsplit("/", 1)[1]


def _lignes_personnelles():
    """Combien de lignes la base rend, sous les clés du moment, dans chaque table à murs."""
    comptes = {}
    with connection.cursor() as curseur:
        for modele in modeles_personnels():
            table = modele._meta.db_table
            garde = " WHERE cle_acces IS NOT NULL" if "lignejournal" in table else ""
            curseur.execute(f"SELECT count(*) FROM {table}{garde}")
            comptes[table] = curseur.fetchone()[0]
    return {table: n for table, n in comptes.items() if n}


@pytest.fixture
def orientee(monde):
    accord = monde.consentir()
    return accord, monde.orienter(accord, message="Elle préfère le matin.")


def _retirer(monde, accord):
    monde.ouvrir()
    partage.retirer_consentement(consentement_id=accord.pk, par=monde.systeme, le=LE)


def _textes(client: Client, orientation, acces) -> dict[str, str]:
    """Le texte de toutes les pages du site ouvertes à cet accès, avec cet identifiant."""
    lus = {}
    for adresse, vue in adresses_et_vues(get_resolver()):
        predicat = acces_declare(vue)
        if predicat is None or (callable(predicat) and not predicat(acces)):
            continue
        chemin = "/" + re.sub(r"<int:\w+>", str(orientation.pk), adresse)
        if "<" not in chemin:
            lus[chemin] = client.get(chemin).content.decode(errors="replace")
    return lus


def test_par_chaque_chemin_plus_rien_aussitot(monde, connecter, orientee):
    accord, orientation = orientee
    jeton = _jeton(monde)
    client = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    agent = monde.agent(Role.PARTENAIRE, monde.partenaire.organisation)
    acces = acces_de(agent=agent, le=LE)
    lien = reverse("partenaire_lien", args=[jeton])
    page = reverse("partenaire_orientation", args=[orientation.pk])

    # Avant : l'écran, la liste, le lien, la base montrent ce qu'elle a accepté.
    avant = client.get(page).content.decode()
    assert all(secret in avant for secret in SECRETS)
    assert "Testot" in client.get(reverse("partenaire_recues")).content.decode()
    assert "Testot" in Client().get(lien).content.decode()
    ouvert = partage.resoudre(jeton=jeton, le=LE)
    monde.ouvrir(acces)
    assert _lignes_personnelles() == {"partage_orientation": 1}
    avant = _textes(client, orientation, acces)
    assert {c for c, t in avant.items() if "Testot" in t} == {reverse("partenaire_recues"), page}

    _retirer(monde, accord)

    # L'écran, la liste, la journée, l'envoi d'une réponse : chaque page du site, une par une.
    assert client.get(page).status_code == 404
    reponse = client.post(reverse("partenaire_repondre", args=[orientation.pk]), {})
    assert reponse.status_code == 404
    for chemin, texte in _textes(client, orientation, acces).items():
        assert not [s for s in SECRETS if s in texte], chemin
        if chemin == reverse("partenaire_recues"):
            assert "Personne pour l'instant" in texte.replace("&#x27;", "'")
    # Le lien, en lecture comme en réponse, avec un jeton déjà résolu aussi.
    for reponse in (Client().get(lien), Client().post(lien, {"geste": "accepter"})):
        assert reponse.status_code == 410
        assert not [s for s in SECRETS if s in reponse.content.decode()]
    assert partage.resoudre(jeton=jeton, le=LE) is None
    monde.ouvrir(ouvert.acces)
    with pytest.raises(Refus):
        partage.recue(orientation_id=orientation.pk, acces=ouvert.acces)
    with pytest.raises(Refus):
        partage.accepter(orientation_id=orientation.pk, par=ouvert.acces, le=LE)
    # Les lectures, et la base elle-même sous les clés du partenaire.
    monde.ouvrir(acces)
    assert partage.recues_par(acces=acces, le=LE) == []
    assert _lignes_personnelles() == {}
    # Il ne reste de ce qui était transmis aucune copie : le Département lui-même ne l'a plus.
    monde.ouvrir()
    orientation.refresh_from_db()
    assert (orientation.transmis, orientation.cle_partenaire) == (None, None)
    assert orientation.statut == "retiree"


def test_une_orientation_finie_se_referme_aussi(monde, connecter, orientee):
    accord, orientation = orientee
    partage.terminer(orientation_id=orientation.pk, par=monde.systeme, le=LE)
    client = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    page = reverse("partenaire_orientation", args=[orientation.pk])
    assert client.get(page).status_code == 200
    _retirer(monde, accord)
    assert client.get(page).status_code == 404
    monde.ouvrir()
    orientation.refresh_from_db()
    assert orientation.statut == "terminee"


def test_le_courriel_qui_attendait_ne_part_plus(monde, orientee):
    accord, orientation = orientee
    monde.ouvrir()
    message = Message.objects.get(objet_id=orientation.pk)
    assert message.etat == Message.Etat.A_ENVOYER
    _retirer(monde, accord)
    message.refresh_from_db()
    assert (message.etat, message.secret) == (Message.Etat.ANNULE, None)


def test_l_ecran_du_retrait_ferme_vraiment(monde, connecter, orientee):
    accord, orientation = orientee
    partenaire = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    social = connecter(Role.TRAVAILLEUR_SOCIAL)
    page = reverse("partenaire_orientation", args=[orientation.pk])
    assert partenaire.get(page).status_code == 200
    reponse = social.post(reverse("consentement_retirer", args=[accord.pk]), follow=True)
    assert "ne voit plus rien" in reponse.content.decode()
    assert partenaire.get(page).status_code == 404


def test_un_accord_redonne_ne_rouvre_pas_le_passe(monde, connecter, orientee):
    accord, ancienne = orientee
    _retirer(monde, accord)
    nouvelle = monde.orienter(monde.consentir(("nom",)))
    client = connecter(Role.PARTENAIRE, monde.partenaire.organisation)
    lues = client.get(reverse("partenaire_recues")).content.decode()
    assert reverse("partenaire_orientation", args=[nouvelle.pk]) in lues
    assert reverse("partenaire_orientation", args=[ancienne.pk]) not in lues
