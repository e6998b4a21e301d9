"""Les droits d'un agent : ce que Python en dit est ce que PostgreSQL en fait."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draille.socle.acces import (
    PAS,
    ROLES_NOMINATIFS,
    SANS_COMMUNE,
    Acces,
    Compartiment,
    Role,
    a_role,
    acces_systeme,
    cle,
    cle_generale,
    tout_agent,
)
from draille.socle.murs import _UNE_CLE
from draille.socle.refus import Refus

compartiments = st.sampled_from([c for c in Compartiment if c is not Compartiment.PARTENAIRE])
communes = st.sampled_from([1, 2, 42, SANS_COMMUNE - 1])
cles_agent = st.one_of(
    st.builds(lambda c: cle_generale(compartiment=c), compartiments),
    st.builds(lambda c, k: cle(compartiment=c, commune_id=k), compartiments, communes),
)
cles_ligne = st.builds(
    lambda c, k: cle(compartiment=c, commune_id=k), compartiments, st.none() | communes
)
roles = st.sampled_from([r for r in Role if r is not Role.SYSTEME])
acces_tires = st.dictionaries(roles, st.frozensets(cles_agent, max_size=4), max_size=4).map(
    lambda d: Acces(agent_id=1, organisation_id=1, nom="Essai", cles_par_role=d)
)


def _acces(**cles_par_role: int) -> Acces:
    return Acces(
        agent_id=1,
        organisation_id=1,
        nom="Essai",
        cles_par_role={Role(r): frozenset({c}) for r, c in cles_par_role.items()},
    )


@pytest.mark.parametrize(
    ("compartiment", "commune", "attendue"),
    [(1, 7, 100_007), (2, None, 299_999), (5, 99_998, 599_998)],
)
def test_une_cle_dit_le_compartiment_et_la_commune(compartiment, commune, attendue):
    assert cle(compartiment=compartiment, commune_id=commune) == attendue


def test_la_cle_generale_ouvre_toute_commune_de_son_compartiment_seul():
    acces = _acces(cadre=200_000)
    assert acces.voit(200_007)
    assert acces.voit(299_999)
    assert not acces.voit(100_007)
    assert not acces.voit(300_000)


def test_une_cle_de_commune_nouvre_ni_la_voisine_ni_les_sans_commune():
    acces = _acces(cadre=200_007)
    assert acces.voit(200_007)
    assert not acces.voit(200_008)
    assert not acces.voit(299_999)
    assert not acces.voit(200_000)


def test_sans_habilitation_rien_nest_visible():
    acces = Acces(agent_id=1, organisation_id=1, nom="Essai")
    assert not acces.voit(200_007)
    assert not acces.voit_une([200_007, 299_999])
    assert not tout_agent(acces)
    assert acces.cles == ()


def test_une_ligne_sans_cle_nest_a_personne_donc_a_tous():
    assert Acces(agent_id=None, organisation_id=None, nom="visiteur").voit(None)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(acces=acces_tires, lignes=st.lists(cles_ligne, min_size=1, max_size=12))
def test_python_et_postgresql_voient_pareil(acces, lignes):
    """Le prédicat même de la sécurité par ligne, sur une table de clés."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(
            "SELECT set_config('draille.cles', %s, true)",
            ["{" + ",".join(map(str, acces.cles)) + "}"],
        )
        curseur.execute(
            f"SELECT {_UNE_CLE.replace('%', '%%')} FROM unnest(%s::int[])"
            " WITH ORDINALITY AS t (cle_acces, rang) ORDER BY rang",
            [lignes],
        )
        vues = [vue for (vue,) in curseur.fetchall()]
    assert vues == [acces.voit(c) for c in lignes]


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    acces=acces_tires,
    connus=st.lists(compartiments, max_size=3, unique=True),
    commune=st.none() | communes,
)
def test_les_cles_dune_personne_suivent_la_meme_regle(acces, connus, commune):
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT draille_cles_personne(%s::smallint[], %s) && %s::int[]",
            [[int(c) for c in connus], commune, list(acces.cles)],
        )
        (ouverte,) = curseur.fetchone()
    assert ouverte == acces.voit_une(cle(compartiment=c, commune_id=commune) for c in connus)


@given(acces=acces_tires, ligne=cles_ligne)
def test_reduire_un_acces_ne_louvre_jamais_davantage(acces, ligne):
    reduit = acces.parmi(ROLES_NOMINATIFS)
    assert reduit.roles <= frozenset(ROLES_NOMINATIFS)
    assert acces.voit(ligne) or not reduit.voit(ligne)
    assert acces.parmi(acces.roles) == acces


def test_un_role_se_tient_la_ou_il_est_donne():
    acces = _acces(referent=200_001, pilote=200_000)
    assert acces.voit(200_002)
    assert not acces.a_role_sur((Role.REFERENT,), 200_002)
    assert acces.a_role_sur((Role.REFERENT,), 200_001)
    assert acces.a_role_sur((Role.REFERENT,), None)
    assert not acces.a_role_sur((Role.CADRE,), None)
    assert acces.parmi((Role.REFERENT,)).cles_par_role == {Role.REFERENT: frozenset({200_001})}


def test_exiger_refuse_hors_de_la_cle_et_dit_quoi_faire():
    acces = _acces(referent=200_001)
    acces.exiger((Role.REFERENT,), cle_ligne=200_001, action="rencontrer")
    with pytest.raises(Refus) as refus:
        acces.exiger((Role.REFERENT,), cle_ligne=200_002, action="rencontrer une personne")
    assert refus.value.code == "acces.refuse"
    assert "habilité à rencontrer une personne" in refus.value.message
    assert "habilitation" in refus.value.message


def test_le_systeme_passe_partout():
    systeme = acces_systeme(nom="essai")
    systeme.exiger((Role.CADRE,), cle_ligne=299_999, action="essayer")
    assert all(systeme.voit(c * PAS + 7) for c in Compartiment)


def test_un_predicat_de_role_regarde_tous_les_territoires():
    assert a_role(Role.CADRE, Role.PILOTE)(_acces(pilote=200_004))
    assert not a_role(Role.CADRE)(_acces(pilote=200_004))
