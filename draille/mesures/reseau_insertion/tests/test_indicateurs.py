"""Ce que deviennent les orientations : chaque chiffre est la longueur de sa liste."""

from datetime import timedelta

import pytest

from draille.mesures.reseau_insertion.tests.conftest import LE
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateurs
from draille.moteurs.partage import adaptateur as partage
from draille.noyau.journal import projections
from draille.socle.acces import Role

FIN = LE + timedelta(days=60)


def _lu(monde, code):
    (indicateur,) = (i for i in indicateurs(ligne_convention="accueil_social") if i.code == code)
    bornes = {
        "indicateur": indicateur,
        "periode": Periode.annee(2020),
        "acces": monde.systeme,
        "le": FIN,
    }
    compte, liste = adaptateur.annuelle(**bornes), adaptateur.liste(**bornes)
    assert (compte.denominateur, compte.numerateur) == (
        len(liste),
        sum(a.dans_numerateur for a in liste),
    )
    return compte.numerateur, compte.denominateur


@pytest.fixture
def histoire(monde):
    """Six orientations : reçue le quinzième jour, terminée le seizième, refusée, perdue puis
    reçue, muette, retirée."""
    accord = monde.consentir()
    a_temps, tard, refusee, retrouvee, _muette = (monde.orienter(None) for _ in range(5))
    retiree = monde.orienter(accord)
    par = monde.systeme

    def repondre(acte, orientation, jours, **plus):
        le = LE + timedelta(days=jours)
        acte(orientation_id=orientation.pk, par=par, le=le, **plus)

    repondre(partage.accepter, a_temps, 2)
    repondre(partage.recevoir, a_temps, 15)
    repondre(partage.terminer, tard, 16)
    repondre(partage.refuser, refusee, 1, motif="complet")
    repondre(partage.perdre, retrouvee, 5)
    repondre(partage.recevoir, retrouvee, 40)
    partage.retirer_consentement(consentement_id=accord.pk, par=par, le=LE)
    assert retiree.pk
    return monde


@pytest.mark.parametrize(
    ("code", "numerateur"),
    [
        ("orientations-repondues", 3),
        ("orientations-abouties", 3),
        ("orientations-refusees", 1),
        ("orientations-perdues", 1),
        ("orientations-retirees", 1),
    ],
)
def test_ce_que_deviennent_les_orientations(histoire, code, numerateur):
    assert _lu(histoire, code) == (numerateur, 6)


def test_l_etat_de_chaque_orientation_se_recalcule_du_journal(histoire):
    partage.recevoir(
        orientation_id=histoire.orienter(histoire.consentir(("nom",))).pk,
        par=histoire.systeme,
        le=LE,
    )
    noms = ("partage.orientations", "delais.reseau_insertion.reponse")
    ecarts = {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer() if e.nom in noms}
    assert ecarts == dict.fromkeys(noms, (0, 0))


def test_le_pilote_a_les_chiffres_sans_les_pages(histoire, connecter):
    pilote = connecter(Role.PILOTE)
    assert pilote.get("/orientations/").status_code == 403
