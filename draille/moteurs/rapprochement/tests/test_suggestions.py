"""Les suggestions du guichet : ce qui ressemble, pourquoi, et jamais hors de ses droits."""

from datetime import date

import pytest

from draille.moteurs.rapprochement.adaptateur import SaisieIdentite, Zone, suggerer
from draille.moteurs.rapprochement.adaptateur_revue import fusionner
from draille.moteurs.rapprochement.tests.conftest import INSERTION, SOCIAL
from draille.noyau.personne.models import Personne

NEE = date(1984, 3, 12)


def _suggerer(acces, le, **saisie):
    return suggerer(saisie=SaisieIdentite(**saisie), acces=acces, le=le)


@pytest.mark.parametrize(
    "saisie",
    [
        {"nom": "Lefebvre", "prenom": "Camille"},
        {"nom": "lefevre", "prenom": "camile"},
        {"nom": "Camille", "prenom": "Lefebvre"},
        {"nom": "Garnier", "prenom": "Camille", "naissance_le": NEE},
        {"nom": "Lefebvre", "naissance_le": date(1984, 1, 1), "naissance_precision": "O"},
        {"nom": "Lefe"},
        {"telephone": "06.12.34.56.78"},
        {"courriel": "camille@example.org"},
        {"naissance_le": NEE},
    ],
)
def test_chaque_indice_seul_retrouve_la_personne(monde, le, saisie):
    monde.personne("Autre", "Paul", naissance_le=date(1950, 1, 2))
    voulue = monde.personne(
        "Lefebvre", "Camille", telephone="06 12 34 56 78", courriel="camille@example.org"
    )
    acces = monde.sous(monde.acces())
    assert [s.personne.pk for s in _suggerer(acces, le, **saisie)] == [voulue.pk]


def test_la_plus_ressemblante_vient_d_abord_avec_ses_raisons(monde, le):
    loin = monde.personne("Lefebvre", "Rose", naissance_le=date(1950, 1, 2))
    voulue = monde.personne("Lefebvre", "Camille")
    acces = monde.sous(monde.acces())
    trouvees = _suggerer(
        acces, le, nom="Lefebvre", prenom="Camille", naissance_le=NEE, commune_id=monde.puy.pk
    )
    assert trouvees[0].personne.pk == voulue.pk
    assert trouvees[0].zone == Zone.CERTAINE
    assert {r.libelle for r in trouvees[0].raisons} >= {"Même nom", "Même date de naissance"}
    assert trouvees[0].poids == sum(r.poids for r in trouvees[0].raisons)
    assert loin.pk not in [s.personne.pk for s in trouvees]


def test_rien_de_tape_ne_cherche_rien(monde, le, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert _suggerer(monde.acces(), le, nom=" ", prenom="") == []


def test_les_requetes_ne_dependent_pas_du_nombre(monde, le, django_assert_num_queries):
    for rang in range(6):
        monde.personne("Lefebvre", f"Camille{'abcdef'[rang]}", naissance_le=date(1984, 3, 1 + rang))
    acces = monde.sous(monde.acces())
    for saisie in ({"nom": "Lefebvre"}, {"nom": "Lefebvre", "prenom": "Camillea"}):
        with django_assert_num_queries(3):
            assert _suggerer(acces, le, **saisie)


def test_un_dossier_d_un_autre_metier_ou_d_ailleurs_ne_se_suggere_pas(monde, le):
    champs = {"telephone": "0612345678", "courriel": "c@example.org"}
    monde.personne("Lefebvre", "Camille", dans=INSERTION, **champs)
    monde.personne("Lefebvre", "Camille", commune=monde.brioude, **champs)
    acces = monde.sous(monde.acces(monde.cle(SOCIAL, monde.puy)))
    for saisie in ({"nom": "Lefebvre"}, {"naissance_le": NEE}, champs):
        assert _suggerer(acces, le, **saisie) == []


def test_le_dossier_absorbe_mene_a_celui_qui_le_continue(monde, le):
    gardee = monde.personne("Lefebvre", "Camille")
    absorbee = monde.personne("Garnier", "Camille", telephone="0612345678")
    acces = monde.acces()
    fusionner(gardee_id=gardee.pk, absorbee_id=absorbee.pk, par=monde.sous(acces), le=le)
    for saisie in ({"nom": "Garnier"}, {"telephone": "0612345678"}, {"naissance_le": NEE}):
        assert [s.personne.pk for s in _suggerer(acces, le, **saisie)] == [gardee.pk]
    monde.tout_voir()
    assert Personne.objects.count() == 2
