"""Un fichier qui nomme un dossier absorbé parle du dossier qui le continue."""

from datetime import date

import pytest
from django.db import connection

from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.lots import rapprocher
from draille.noyau.personne.models import Personne
from draille.socle.acces import Compartiment
from draille.socle.chiffrement import trousseau

NEE = date(1984, 3, 12)
NIR = "2840343990078"


@pytest.fixture
def rejoints(systeme, le):
    """La gardée et l'absorbée, sans numéro de sécurité sociale."""

    def une(nom):
        return inscrire(
            identite=Identite(nom_naissance=nom, prenom="Camille", naissance_le=NEE),
            compartiment=Compartiment.SOCIAL,
            commune_id=None,
            par=systeme,
            le=le,
        )

    gardee, absorbee = une("Lefebvre"), une("Lefèvre")
    Personne.objects.filter(pk=absorbee.pk).update(fusionnee_dans=gardee)
    return gardee, absorbee


def _lire(systeme, le, nom, *, nir=None):
    empreinte = trousseau().empreinte(nir.encode()) if nir else None
    with connection.cursor() as curseur:
        curseur.execute(
            "CREATE TEMP TABLE lot (nir_empreinte bytea, nir_chiffre bytea, nom_naissance text,"
            " nom_usage text, prenom text, prenoms_autres text, sexe text, naissance_le date,"
            " naissance_precision text, commune_id integer, est_domicile boolean,"
            " personne_id bigint, est_nouvelle boolean)"
        )
        curseur.execute(
            "INSERT INTO lot VALUES (%s, %s, %s, '', 'Camille', '', '2', %s, 'N', NULL, false)",
            [empreinte, empreinte, nom, NEE],
        )
        rapprocher(lot="lot", compartiment=Compartiment.INSERTION, par=systeme, le=le)
        curseur.execute("SELECT personne_id, est_nouvelle FROM lot")
        lu = curseur.fetchone()
        curseur.execute("DROP TABLE lot")
    return lu


@pytest.mark.parametrize("nir", [None, NIR])
def test_le_nom_de_l_absorbee_mene_a_la_gardee(systeme, le, rejoints, nir):
    gardee, absorbee = rejoints
    assert _lire(systeme, le, "LEFEVRE", nir=nir) == (gardee.pk, False)
    assert Personne.objects.count() == 2
    assert Personne.objects.get(pk=gardee.pk).compartiments == [1, 2]
    assert Personne.objects.get(pk=absorbee.pk).compartiments == [1]


def test_un_autre_numero_que_celui_de_la_gardee_est_une_autre_personne(systeme, le, rejoints):
    gardee, _ = rejoints
    autre = trousseau().empreinte(b"2840343990099")
    Personne.objects.filter(pk=gardee.pk).update(nir_empreinte=autre, nir_chiffre=autre)
    _, est_nouvelle = _lire(systeme, le, "LEFEVRE", nir=NIR)
    assert est_nouvelle
