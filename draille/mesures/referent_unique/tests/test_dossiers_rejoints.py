"""Deux dossiers se rejoignent : la désignation suit la personne sans reprendre de place."""

import pytest
from django.db import Error, transaction

from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.models import Portefeuille
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI
from draille.moteurs.rapprochement.adaptateur_fusion import fusionner, separer
from draille.noyau.journal.projections import comparer
from draille.noyau.referent.models import Referent


@pytest.fixture
def confiee(monde):
    """Une personne confiée à un référent qui n'a plus de place."""
    demande = fabrique.a_confier(monde.systeme, monde.communes[0], nom="Un")
    actes.designer_a_la_main(
        personne_id=demande.personne_id,
        agent_id=monde.puy.pk,
        motif="",
        par=monde.cadre,
        le=LUNDI,
    )
    Portefeuille.objects.filter(agent=monde.puy).update(places=1)
    return demande.personne


def test_un_referent_plein_n_empeche_ni_de_rejoindre_ni_de_separer(monde, confiee):
    gardee = fabrique.personne("Une", monde.communes[1])
    ids = {"gardee_id": gardee.pk, "absorbee_id": confiee.pk}
    # Le décor écrit ses lignes à la main : ce qui compte est que rien n'y change.
    avant = comparer()
    fusion = fusionner(**ids, par=monde.systeme, le=LUNDI).fusion
    assert Referent.objects.get().personne_id == gardee.pk
    assert comparer() == avant
    separer(fusion_id=fusion.pk, par=monde.systeme, le=LUNDI)
    assert Referent.objects.get().personne_id == confiee.pk
    assert comparer() == avant


def test_hors_d_une_fusion_les_places_se_tiennent_toujours(monde, confiee):
    autre = fabrique.personne("Autre", monde.communes[1])
    Portefeuille.objects.filter(agent=monde.puy).update(places=0)
    with pytest.raises(Error, match="plus de place libre"), transaction.atomic():
        Referent.objects.update(personne=autre)
