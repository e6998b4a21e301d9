"""La page du suivi et l'encart du dossier : des nombres exacts, à qui de droit."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.mesures.suivi_rsa.views_chiffres import mois_par_mois, secteurs
from draille.mesures.suivi_rsa.views_encarts import PANNEAUX
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale

LE = date(2020, 10, 31)
VOIENT = (Role.PILOTE, Role.CADRE, Role.CHARGE_ORIENTATION, Role.REFERENT)


@pytest.fixture
def trois_mois(par: Acces) -> Acces:
    """Janvier : deux foyers. Février : un de plus, à Brioude. Mars : le premier est clos."""
    brioude = {"NUMCOM": "43040", "NOMCOM": "BRIOUDE"}
    f.mois(par, f.JANVIER, f.foyer(1), f.foyer(2))
    f.mois(par, f.FEVRIER, f.foyer(1), f.foyer(2), f.foyer(3, **brioude))
    f.mois(
        par, f.MARS, f.foyer(1, **f.clos("RFD", "2020-03-01")), f.foyer(2), f.foyer(3, **brioude)
    )
    return par


@pytest.fixture
def deux_secteurs(par: Acces) -> None:
    for code, nom, insee in (("S1", "Le Puy", "43157"), ("S2", "Brivadois", "43040")):
        t = Territoire.objects.create(nature="secteur", code=code, nom=nom, debut=date(2019, 1, 1))
        TerritoireCommune.objects.create(
            territoire=t,
            commune=Commune.objects.get(code_insee=insee),
            nature="secteur",
            debut=date(2019, 1, 1),
        )


def test_stock_flux_et_montants_mois_par_mois(trois_mois: Acces, deux_secteurs: None) -> None:
    lus = mois_par_mois(acces=trois_mois, le=LE, territoire_id=None)
    assert [(m.stock.mois.month, m.stock.beneficiaires, m.stock.soumis) for m in lus] == [
        (1, 2, 2),
        (2, 3, 3),
        (3, 2, 2),
    ]
    assert [m.entrees for m in lus] == [{}, {"Primo-arrivant": 1}, {}]
    # Le premier foyer vient du stock de départ : sa sortie compte, bien qu'il n'ait pas d'entrée.
    assert [m.sorties for m in lus] == [{}, {}, {"Fin de droit": 1}]
    assert lus[1].stock.montant_departement == Decimal("497.01") * 3
    assert lus[2].stock.montant_departement == Decimal("497.01") * 2
    par_secteur = secteurs(acces=trois_mois, le=LE, mois=date(2020, 3, 1))
    assert [(s.nom, s.beneficiaires) for s in par_secteur] == [("Brivadois", 1), ("Le Puy", 1)]
    puy = next(s.territoire_id for s in par_secteur if s.nom == "Le Puy")
    au_puy = mois_par_mois(acces=trois_mois, le=LE, territoire_id=puy)
    assert [m.stock.beneficiaires for m in au_puy] == [2, 2, 1]


def test_rien_avant_le_premier_fichier(par: Acces) -> None:
    assert mois_par_mois(acces=par, le=LE, territoire_id=None) == ()


def _acces(*, commune: str = "", est_du_departement: bool = True) -> Acces:
    une = cle_generale(compartiment=Compartiment.INSERTION)
    if commune:
        commune_id = Commune.objects.get(code_insee=commune).pk
        une = cle(compartiment=Compartiment.INSERTION, commune_id=commune_id)
    return Acces(
        agent_id=1,
        organisation_id=1,
        nom="essai",
        cles_par_role={Role.PILOTE: frozenset({une})},
        est_du_departement=est_du_departement,
    )


def test_un_agent_de_secteur_ne_compte_que_son_secteur(trois_mois: Acces) -> None:
    lus = mois_par_mois(acces=_acces(commune="43040"), le=LE, territoire_id=None)
    assert [(m.stock.mois.month, m.stock.beneficiaires) for m in lus] == [(2, 1), (3, 1)]


def test_hors_du_departement_un_petit_effectif_est_tu(
    trois_mois: Acces, deux_secteurs: None
) -> None:
    dehors = _acces(est_du_departement=False)
    lus = mois_par_mois(acces=dehors, le=LE, territoire_id=None)
    assert {m.stock.beneficiaires for m in lus} == {None}
    assert [m.nombre_entrees for m in lus] == [0, None, 0]
    par_secteur = secteurs(acces=dehors, le=LE, mois=date(2020, 3, 1))
    assert {s.beneficiaires for s in par_secteur} == {None}


def _client(role: Role) -> Client:
    organisation, _ = Organisation.objects.get_or_create(
        code="d43", defaults={"nom": "Département", "est_departement": True}
    )
    territoire, _ = Territoire.objects.get_or_create(
        nature="departement", code="43", defaults={"nom": "Haute-Loire", "debut": date(2019, 1, 1)}
    )
    agent = Agent.objects.create(
        identifiant=f"essai.{role}", nom="Essai", prenom="Un", organisation=organisation
    )
    Habilitation.objects.create(
        agent=agent,
        compartiment=Compartiment.INSERTION,
        territoire=territoire,
        role=role,
        debut=date(2020, 1, 1),
    )
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", LE.isoformat())


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_la_page_par_role(role: Role, trois_mois: Acces, a_la_date: None) -> None:
    reponse = _client(role).get("/rsa/")
    assert reponse.status_code == (200 if role in VOIENT else 403)
    if role in VOIENT:
        page = reponse.content.decode().replace("\xa0", " ").replace("\u202f", " ")
        assert "Suivi du RSA" in page
        assert "mars 2020" in page
        assert "994,02" in page
        assert "NOM2" not in page


def test_la_page_vide(par: Acces, a_la_date: None) -> None:
    assert "Aucun mois à montrer" in _client(Role.CADRE).get("/rsa/").content.decode()


def test_le_nombre_de_requetes_est_constant(trois_mois: Acces) -> None:
    with CaptureQueriesContext(connection) as requetes:
        mois_par_mois(acces=trois_mois, le=LE, territoire_id=None)
    assert len(requetes) == 4


def test_l_encart_dit_le_droit_l_entree_et_les_mois(trois_mois: Acces, a_la_date: None) -> None:
    (panneau,) = PANNEAUX
    sorti, entre = (Personne.objects.get(nom_naissance=f"NOM{n}") for n in (1, 3))
    lu: Any = panneau.contexte(sorti, trois_mois, LE)
    assert [(p.debut.month, p.etat) for p in lu["periodes"]] == [
        (3, "Droit clos"),
        (1, "Droit ouvert et versable"),
    ]
    assert lu["entrees"] == []
    lu = panneau.contexte(entre, trois_mois, LE)
    assert [e.categorie for e in lu["entrees"]] == ["Primo-arrivant"]
    inconnue = Personne.objects.create(nom_naissance="X", prenom="Y", compartiments=[2])
    assert panneau.contexte(inconnue, trois_mois, LE) is None
    page = _client(Role.CADRE).get(f"/personnes/{sorti.pk}/").content.decode()
    assert "Droit au RSA" in page
    assert "de janvier 2020 à février 2020 : droit ouvert et versable" in page
