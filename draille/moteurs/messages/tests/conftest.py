"""Un Département, deux communes, une personne que l'on peut joindre de trois façons."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from draille.moteurs.messages.adaptateur import Envoi, deposer
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Compartiment

LE = date(2020, 10, 15)
CHAMPS = {
    "date": "mardi 3 novembre 2020",
    "heure": "14 h",
    "lieu": "Maison du Département de Brioude",
    "adresse": "2 rue de la Mairie, 43100 Brioude",
}


class Decor:
    """De quoi écrire à quelqu'un."""

    def __init__(self, par):
        self.par = par
        self.communes = {
            nom: Commune.objects.create(code_insee=insee, nom=nom, population=1000)
            for insee, nom in (("43040", "Brioude"), ("43157", "Le Puy-en-Velay"))
        }
        self.rang = 0

    def personne(self, nom="Bœuf", *, commune="Brioude", adresse="3 rue des Tables", **contact):
        """Une personne de l'insertion et son foyer ; sans contact dit, seulement son adresse."""
        personne = inscrire(
            identite=Identite(nom_naissance=nom, prenom="Éléonore"),
            compartiment=Compartiment.INSERTION,
            commune_id=self.communes[commune].pk,
            par=self.par,
            le=LE,
        )
        for champ, valeur in contact.items():
            setattr(personne, champ, valeur)
        personne.save(update_fields=["telephone", "courriel", "est_joignable"])
        if adresse:
            self._loger(personne, commune, adresse)
        return personne

    def _loger(self, personne, commune, adresse):
        self.rang += 1
        cle_acces = 200_000 + personne.commune_id
        foyer = Foyer.objects.create(
            reference=f"CAF:431:{self.rang:07}",
            matricule=f"{self.rang:07}",
            adresse=adresse,
            code_postal="43100",
            commune_nom=commune.upper(),
            cle_acces=cle_acces,
        )
        MembreFoyer.objects.create(
            foyer=foyer,
            personne=personne,
            role="DEM",
            debut=LE - timedelta(days=300),
            cle_acces=cle_acces,
        )

    def envoi(self, personne, modele="convocation_orientation", **autres):
        """Un envoi à cette personne, sur le rendez-vous 7."""
        champs = {**CHAMPS, **autres.pop("champs", {})}
        reglages = {"objet_id": 7, "compartiment": Compartiment.INSERTION, **autres}
        return Envoi(personne=personne, modele=modele, champs=champs, **reglages)

    def deposer(self, personne, modele="convocation_orientation", **autres):
        """Dépose ce message sous l'accès des essais."""
        return deposer(envoi=self.envoi(personne, modele, **autres), par=self.par, le=LE)


@pytest.fixture
def decor(systeme):
    return Decor(systeme)


@pytest.fixture
def joignable(decor):
    return decor.personne(courriel="e.boeuf@example.org", telephone="06 39 98 01 23")


@pytest.fixture
def champs():
    return SimpleNamespace(**CHAMPS)
