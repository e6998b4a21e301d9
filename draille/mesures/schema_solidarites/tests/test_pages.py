"""Les pages du schéma : l'arbre à une date, une action, une révision, sans JavaScript."""

import re
from datetime import date

import pytest

from draille.mesures.schema_solidarites.models import Schema, Version
from draille.socle.acces import Role

PAGE = "/schema/"
REVISION = {
    "adoptee_le": "2021-05-03",
    "deliberation": "2021-33 du 3 mai 2021 (fictive)",
    "motif": "Mieux suivre les travailleurs saisonniers.",
    "ajout_axe_1": "aller_vers",
    "ajout_nom_1": "Aller vers les travailleurs saisonniers",
    "action_1": "usage_ecrans",
    "nom_1": "",
    "action_2": "pdi",
    "nom_2": "Le PDI et ses pactes",
}


def lire(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, (adresse, reponse.status_code)
    texte = reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return texte.replace("&#x27;", "'")


def test_l_arbre_dit_les_axes_les_actions_et_leurs_promesses(inscrit, connecter):
    page = lire(connecter(Role.ACCUEIL), PAGE)
    for dit in (
        "Agir le plus tôt possible",
        "Apprendre à travailler autrement",
        "Consultations de PMI : × 2 d'ici 2023",
        "Bilans de santé en école maternelle à 3-4 ans : maintenir",
        "État 1 000 000 €, Département 1 000 000 €",
        "Délai d'orientation, dès l'ouverture des droits : 1 mois au plus",
        "de 5 à 40 heures",
        "rattachement proposé par le Département fictif",
        "date d'adoption non publiée",
        "La loi le borne à 5 ans",
        "pas encore suivi dans Draille",
    ):
        assert dit in page, dit
    assert page.count('class="arbre__axe"') == 5
    assert page.count('class="arbre__action"') == 16
