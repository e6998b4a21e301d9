"""Les parcours : un seul d'une nature à la fois, des rangs qui se suivent."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from draille.noyau.journal.models import LigneJournal
from draille.noyau.parcours.actes import Choix, ouvrir
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.actes import Identite, inscrire
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.refus import Refus

CLE = 299_999


@pytest.fixture
def personne(systeme, le):
    return inscrire(
        identite=Identite(nom_naissance="Bœuf", prenom="Éléonore"),
        compartiment=Compartiment.INSERTION,
        commune_id=None,
        par=systeme,
        le=le,
    )


def _ouvrir(personne, par, le, type_parcours="social", nature="rsa"):
    return ouvrir(
        personne=personne,
        choix=Choix(nature=nature, type_parcours=type_parcours),
        cle_acces=CLE,
        par=par,
        le=le,
    )


def test_le_second_ferme_le_premier_et_les_rangs_se_suivent(systeme, personne, le):
    for rang, type_parcours in enumerate(("social", "emploi", "socio_pro")):
        _ouvrir(personne, systeme, le + timedelta(days=30 * rang), type_parcours)
    lus = list(Parcours.objects.order_by("rang").values_list("rang", "debut", "fin"))
    assert lus == [
        (1, le, le + timedelta(days=30)),
        (2, le + timedelta(days=30), le + timedelta(days=60)),
        (3, le + timedelta(days=60), None),
    ]
    charges = LigneJournal.objects.filter(code="parcours.ouvrir").order_by("id")
    assert [(x.charge["rang"], x.charge["type_parcours"]) for x in charges] == [
        (1, "social"),
        (2, "emploi"),
        (3, "socio_pro"),
    ]
    assert {x.cle_acces for x in charges} == {CLE}


def test_un_autre_apres_une_fin_garde_le_rang_suivant(systeme, personne, le):
    premier = _ouvrir(personne, systeme, le)
    Parcours.objects.filter(pk=premier.pk).update(fin=le + timedelta(days=5))
    second = _ouvrir(personne, systeme, le + timedelta(days=50))
    assert second.rang == 2
    premier.refresh_from_db()
    assert premier.fin == le + timedelta(days=5)


def test_deux_natures_coexistent(systeme, personne, le):
    _ouvrir(personne, systeme, le)
    assert _ouvrir(personne, systeme, le, nature="enfance").rang == 1
    assert Parcours.objects.filter(fin__isnull=True).count() == 2


@pytest.mark.parametrize("ecart", [0, -1])
def test_pas_deux_le_meme_jour_ni_avant(systeme, personne, le, ecart):
    _ouvrir(personne, systeme, le)
    with pytest.raises(Refus) as refus:
        _ouvrir(personne, systeme, le + timedelta(days=ecart))
    assert refus.value.code == "parcours.date"
    assert f"{le:%d/%m/%Y}" in refus.value.message
    assert Parcours.objects.get().fin is None


def test_la_base_refuse_un_chevauchement(systeme, personne, le):
    _ouvrir(personne, systeme, le)
    with pytest.raises(IntegrityError, match="parcours_un_a_la_fois"), transaction.atomic():
        Parcours.objects.create(
            personne=personne,
            nature="rsa",
            type_parcours="x",
            rang=2,
            debut=date(2030, 1, 1),
            cle_acces=CLE,
        )


def test_la_base_refuse_deux_fois_le_meme_rang(systeme, personne, le):
    premier = _ouvrir(personne, systeme, le)
    Parcours.objects.filter(pk=premier.pk).update(fin=le + timedelta(days=1))
    with pytest.raises(IntegrityError, match="parcours_rang_unique"), transaction.atomic():
        Parcours.objects.create(
            personne=personne,
            nature="rsa",
            type_parcours="x",
            rang=1,
            debut=date(2030, 1, 1),
            cle_acces=CLE,
        )


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.REFERENT, Role.PILOTE, Role.ADMINISTRATEUR])
def test_seuls_orientation_et_cadre_ouvrent(personne, le, role):
    par = Acces(agent_id=1, organisation_id=1, nom="E", cles_par_role={role: frozenset({200_000})})
    with pytest.raises(Refus, match="habilité à ouvrir un parcours"):
        _ouvrir(personne, par, le)
    assert not Parcours.objects.exists()
