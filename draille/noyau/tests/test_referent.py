"""Le référent : un seul de chaque nature à la fois (CASF L262-27)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.referent.actes import Designation, designer
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.refus import Refus

UNIQUE, PARCOURS = Referent.Nature.UNIQUE, Referent.Nature.PARCOURS


@pytest.fixture
def personne(systeme, le):
    return inscrire(
        identite=Identite(nom_naissance="Bœuf", prenom="Éléonore"),
        compartiment=Compartiment.INSERTION,
        commune_id=None,
        par=systeme,
        le=le,
    )


@pytest.fixture
def agent(systeme):
    organisation = Organisation.objects.create(code="cd", nom="CD", est_departement=True)
    return Agent.objects.create(identifiant="a", nom="V", prenom="E", organisation=organisation)


def _designer(personne, agent, par, le, nature=UNIQUE):
    return designer(
        personne=personne,
        designation=Designation(
            nature=nature, organisation_id=agent.organisation_id, agent_id=agent.pk
        ),
        compartiment=Compartiment.INSERTION,
        par=par,
        le=le,
    )


def test_le_nouveau_remplace_lancien_ce_jour_la(systeme, personne, agent, le):
    ancien = _designer(personne, agent, systeme, le)
    nouveau = _designer(personne, agent, systeme, le + timedelta(days=10))
    ancien.refresh_from_db()
    assert (ancien.fin, nouveau.debut, nouveau.fin) == (nouveau.debut, nouveau.debut, None)
    lignes = LigneJournal.objects.filter(code="referent.designer", personne_id=personne.pk)
    assert [x.objet_id for x in lignes.order_by("id")] == [ancien.pk, nouveau.pk]
    assert {x.cle_acces for x in lignes} == {299_999}


def test_le_referent_de_parcours_coexiste_avec_le_referent_unique(systeme, personne, agent, le):
    _designer(personne, agent, systeme, le)
    _designer(personne, agent, systeme, le, PARCOURS)
    assert Referent.objects.filter(fin__isnull=True).count() == 2


@pytest.mark.parametrize("ecart", [0, -5])
def test_pas_deux_le_meme_jour_ni_avant(systeme, personne, agent, le, ecart):
    _designer(personne, agent, systeme, le)
    with pytest.raises(Refus) as refus:
        _designer(personne, agent, systeme, le + timedelta(days=ecart))
    assert (refus.value.code, refus.value.base_legale) == ("referent.date", "CASF L262-27")
    assert Referent.objects.get().fin is None


def test_la_base_refuse_deux_referents_uniques_en_meme_temps(systeme, personne, agent, le):
    _designer(personne, agent, systeme, le)
    with pytest.raises(IntegrityError, match="referent_un_a_la_fois"), transaction.atomic():
        Referent.objects.create(
            personne=personne,
            nature=UNIQUE,
            organisation=agent.organisation,
            debut=date(2030, 1, 1),
            cle_acces=299_999,
        )


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.REFERENT, Role.PILOTE, Role.ADMINISTRATEUR])
def test_seuls_orientation_et_cadre_designent(personne, agent, le, role):
    par = Acces(agent_id=1, organisation_id=1, nom="E", cles_par_role={role: frozenset({200_000})})
    with pytest.raises(Refus, match="habilité à désigner un référent"):
        _designer(personne, agent, par, le)
    assert not Referent.objects.exists()
