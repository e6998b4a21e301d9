"""Habiliter, retirer, et ce qu'un agent détient à une date."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.actes import Portee, habiliter, retirer_habilitation
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role, cle_partenaire, cle_personnelle
from draille.socle.refus import Refus

DEBUT = date(2020, 1, 1)


@pytest.fixture
def agent(systeme):
    organisation = Organisation.objects.create(code="cd", nom="CD", est_departement=True)
    return Agent.objects.create(
        identifiant="agente", nom="Vidal", prenom="Ève", organisation=organisation
    )


@pytest.fixture
def secteur(systeme):
    """Un secteur de deux communes, dont l'une le quitte le 1er juillet 2020."""
    territoire = Territoire.objects.create(nature="secteur", code="S", nom="Secteur", debut=DEBUT)
    territoire.ids = []
    for rang, fin in enumerate((None, date(2020, 7, 1))):
        commune = Commune.objects.create(code_insee=f"4300{rang}", nom=f"Commune {rang}")
        TerritoireCommune.objects.create(
            territoire=territoire, commune=commune, nature="secteur", debut=DEBUT, fin=fin
        )
        territoire.ids.append(commune.pk)
    return territoire


def _portee(territoire, role=Role.CADRE):
    return Portee(compartiment=Compartiment.INSERTION, role=role, territoire=territoire)


def test_habiliter_ouvre_les_communes_du_territoire_et_ecrit_une_ligne(systeme, agent, secteur, le):
    habilitation = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=le)
    acces = acces_de(agent=agent, le=le)
    assert acces.cles_par_role == {Role.CADRE: frozenset({200_000 + secteur.ids[0]})}
    assert (acces.agent_id, acces.nom, acces.est_du_departement) == (agent.pk, "Ève Vidal", True)
    ligne = LigneJournal.objects.get(code="organisation.habiliter")
    assert (ligne.le, ligne.objet_id, ligne.cle_acces) == (le, habilitation.pk, None)
    assert ligne.charge == {
        "agent_id": agent.pk,
        "compartiment": 2,
        "role": "cadre",
        "territoire_id": secteur.pk,
    }


@pytest.mark.parametrize(
    ("jour", "attendues"),
    [
        (date(2019, 12, 31), 0),
        (DEBUT, 2),
        (date(2020, 6, 30), 2),
        (date(2020, 7, 1), 1),
        (date(2021, 1, 1), 1),
    ],
)
def test_les_cles_suivent_le_decoupage_du_jour(systeme, agent, secteur, jour, attendues):
    habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=DEBUT)
    communes = acces_de(agent=agent, le=jour).cles_par_role.get(Role.CADRE, ())
    assert len(communes) == attendues


def test_une_habilitation_vaut_du_premier_jour_a_la_veille_du_retrait(systeme, agent, secteur):
    donnee = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=date(2020, 2, 1))
    retirer_habilitation(habilitation=donnee, par=systeme, le=date(2020, 3, 1))
    valables = {
        jour
        for jour in (date(2020, 1, 31) + timedelta(days=n) for n in range(40))
        if acces_de(agent=agent, le=jour).cles
    }
    assert (min(valables), max(valables)) == (date(2020, 2, 1), date(2020, 2, 29))
    assert LigneJournal.objects.filter(code="organisation.retirer_habilitation").count() == 1


def test_un_territoire_clos_nouvre_plus_rien_meme_si_ses_communes_y_restent(
    systeme, agent, secteur
):
    habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=DEBUT)
    Territoire.objects.filter(pk=secteur.pk).update(fin=date(2020, 3, 1))
    assert acces_de(agent=agent, le=date(2020, 2, 29)).cles
    assert acces_de(agent=agent, le=date(2020, 3, 1)).cles == ()


def test_le_departement_donne_la_cle_generale(systeme, agent, le):
    entier = Territoire.objects.create(nature="departement", code="43", nom="HL", debut=DEBUT)
    habiliter(agent=agent, portee=_portee(entier), par=systeme, le=le)
    acces = acces_de(agent=agent, le=le)
    assert acces.cles == (200_000, cle_personnelle(agent_id=agent.pk))


def test_deux_roles_gardent_chacun_leurs_cles(systeme, agent, secteur, le):
    entier = Territoire.objects.create(nature="departement", code="43", nom="HL", debut=DEBUT)
    habiliter(agent=agent, portee=_portee(secteur, Role.REFERENT), par=systeme, le=le)
    habiliter(agent=agent, portee=_portee(entier, Role.PILOTE), par=systeme, le=le)
    acces = acces_de(agent=agent, le=le)
    assert acces.cles_par_role[Role.PILOTE] == {200_000}
    assert acces.cles_par_role[Role.REFERENT] == {200_000 + secteur.ids[0]}


def test_seul_un_administrateur_habilite_et_retire(systeme, agent, secteur, le):
    donnee = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=DEBUT)
    for role in Role:
        if role in (Role.ADMINISTRATEUR, Role.SYSTEME):
            continue
        par = Acces(
            agent_id=1,
            organisation_id=1,
            nom="Essai",
            cles_par_role={role: frozenset({200_000, 500_000})},
        )
        with pytest.raises(Refus, match="habilité à habiliter"):
            habiliter(agent=agent, portee=_portee(secteur), par=par, le=le)
        with pytest.raises(Refus, match="habilité à retirer"):
            retirer_habilitation(habilitation=donnee, par=par, le=le)
    assert Habilitation.objects.count() == 1


def test_le_role_du_systeme_ne_se_donne_pas(systeme, agent, secteur, le):
    with pytest.raises(Refus) as refus:
        habiliter(agent=agent, portee=_portee(secteur, Role.SYSTEME), par=systeme, le=le)
    assert refus.value.code == "habilitation.role"
    assert not Habilitation.objects.exists()


def test_une_habilitation_donnee_par_erreur_sannule_le_jour_meme(systeme, agent, secteur, le):
    donnee = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=le)
    identifiant = donnee.pk
    retirer_habilitation(habilitation=donnee, par=systeme, le=le)
    assert acces_de(agent=agent, le=le).cles == ()
    lignes = LigneJournal.objects.filter(objet_id=identifiant, code__startswith="organisation.")
    assert list(lignes.order_by("id").values_list("code", flat=True)) == [
        "organisation.habiliter",
        "organisation.retirer_habilitation",
    ]


def test_on_ne_retire_pas_deux_fois(systeme, agent, secteur, le):
    donnee = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=le)
    retirer_habilitation(habilitation=donnee, par=systeme, le=le + timedelta(days=1))
    with pytest.raises(Refus, match="déjà close"):
        retirer_habilitation(habilitation=donnee, par=systeme, le=le + timedelta(days=2))


def test_une_habilitation_ne_finit_pas_avant_de_commencer(systeme, agent, secteur, le):
    donnee = habiliter(agent=agent, portee=_portee(secteur), par=systeme, le=le)
    with pytest.raises(IntegrityError, match="habilitation_periode"), transaction.atomic():
        Habilitation.objects.filter(pk=donnee.pk).update(fin=le)


def test_un_partenaire_na_que_la_cle_de_son_organisation(systeme, agent, secteur, le):
    partenaire = Organisation.objects.create(code="passerelles", nom="Passerelles")
    portee = Portee(compartiment=Compartiment.PARTENAIRE, role=Role.PARTENAIRE, territoire=secteur)
    with pytest.raises(Refus, match="travaille au Département"):
        habiliter(agent=agent, portee=portee, par=systeme, le=le)
    dehors = Agent.objects.create(
        identifiant="dehors", nom="Roux", prenom="Éva", organisation=partenaire
    )
    habiliter(agent=dehors, portee=portee, par=systeme, le=le)
    acces = acces_de(agent=dehors, le=le)
    cle = cle_partenaire(organisation_id=partenaire.pk)
    assert acces.cles_par_role == {Role.PARTENAIRE: frozenset({cle})}


@pytest.mark.parametrize(
    ("role", "compartiment"),
    [(Role.PARTENAIRE, Compartiment.SOCIAL), (Role.CADRE, Compartiment.PARTENAIRE)],
)
def test_le_role_de_partenaire_va_avec_son_compartiment(
    systeme, agent, secteur, le, role, compartiment
):
    with pytest.raises(Refus, match="et lui seul"):
        habiliter(
            agent=agent,
            portee=Portee(compartiment=compartiment, role=role, territoire=secteur),
            par=systeme,
            le=le,
        )
