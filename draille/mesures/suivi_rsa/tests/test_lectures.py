"""Ce que les lectures rendent, et à qui."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from draille.mesures.suivi_rsa import lectures
from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.noyau.models import Commune, Personne, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Role

JANVIER, FEVRIER, MARS = date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)


@pytest.fixture
def trois_mois(par: Acces) -> Acces:
    """Six dossiers ; le 6 à Brioude, le 5 en couple ; février en suspend un, mars en clôt un."""
    ailleurs = f.foyer(6, NUMCOM="43040")
    couple = f.foyer(5, f.adulte(5), f.adulte(55, role="CJT", est_soumis=False))
    seuls = [f.foyer(n) for n in range(1, 5)]
    f.mois(par, f.JANVIER, *seuls, couple, ailleurs)
    f.mois(par, f.FEVRIER, *seuls[1:], f.foyer(1, **f.suspendu()), couple, ailleurs)
    f.mois(
        par,
        f.MARS,
        *seuls[2:],
        f.foyer(1, **f.suspendu()),
        f.foyer(2, **f.clos()),
        couple,
        ailleurs,
        f.foyer(7),
    )
    return par


def _nombres(lus: list[lectures.Stock]) -> list[tuple[Any, ...]]:
    return [(s.beneficiaires, s.soumis, s.suspendus, s.foyers) for s in lus]


def test_le_stock_mois_par_mois(trois_mois: Acces) -> None:
    lus = lectures.stock(debut=JANVIER, fin=MARS, acces=trois_mois)
    assert [s.mois for s in lus] == [JANVIER, FEVRIER, MARS]
    assert _nombres(lus) == [(7, 6, 0, 6), (6, 5, 1, 5), (6, 5, 1, 5)]
    assert [s.montant_departement for s in lus] == [
        497 * n + Decimal("0.01") * n for n in (6, 5, 5)
    ]


def test_le_stock_d_un_territoire_et_d_un_agent(trois_mois: Acces) -> None:
    brioude = Commune.objects.get(code_insee="43040")
    secteur = Territoire.objects.create(nature="secteur", code="B", nom="Brioude", debut=JANVIER)
    TerritoireCommune.objects.create(
        territoire=secteur, commune=brioude, nature="secteur", debut=JANVIER
    )
    du_secteur = [(1, 1, 0, 1)] * 3
    lus = lectures.stock(debut=JANVIER, fin=MARS, acces=trois_mois, territoire_id=secteur.pk)
    assert _nombres(lus) == du_secteur
    agent = Acces(7, 1, "secteur", {Role.CADRE: frozenset({200_000 + brioude.pk})})
    assert _nombres(lectures.stock(debut=JANVIER, fin=MARS, acces=agent)) == du_secteur
    contexte.poser(acces=agent, instant=datetime(2020, 10, 31, tzinfo=UTC))
    assert _nombres(lectures.stock(debut=JANVIER, fin=MARS, acces=trois_mois)) == du_secteur


def test_un_petit_nombre_ne_sort_pas_du_departement(trois_mois: Acces) -> None:
    dehors = Acces(8, 2, "délégataire", trois_mois.cles_par_role, est_du_departement=False)
    (lu,) = lectures.stock(debut=MARS, fin=MARS, acces=dehors)
    assert (lu.beneficiaires, lu.independants) == (None, 0)


def test_les_mouvements(trois_mois: Acces) -> None:
    lus = lectures.mouvements(debut=JANVIER, fin=MARS, acces=trois_mois)
    assert [(m.mois, m.sens, m.code, m.nombre) for m in lus] == [
        (MARS, "entree", "primo_arrivant", 1),
        (MARS, "sortie", "ECH", 1),
    ]
    assert lus[1].libelle == "Échéance (quatre mois sans droit)"


def test_le_droit_d_une_personne(trois_mois: Acces) -> None:
    personne = Personne.objects.get(nom_naissance="NOM1")
    (droit,) = lectures.droits_de(personne_id=personne.pk, acces=trois_mois)
    assert droit.libelle == "Versement suspendu"
    assert [(p.etat, p.debut, p.fin) for p in droit.periodes] == [
        ("4", FEVRIER, None),
        ("2", JANVIER, FEVRIER),
    ]
    agent = Acces(7, 1, "ailleurs", {Role.CADRE: frozenset({299_999})})
    assert lectures.droits_de(personne_id=personne.pk, acces=agent) == []


@pytest.mark.parametrize("mois", [[JANVIER, JANVIER], [JANVIER, MARS]])
def test_le_nombre_de_requetes_ne_depend_pas_des_mois(
    trois_mois: Acces, django_assert_num_queries: Any, mois: list[date]
) -> None:
    with django_assert_num_queries(3):
        lectures.stock(debut=mois[0], fin=mois[1], acces=trois_mois)
        lectures.mouvements(debut=mois[0], fin=mois[1], acces=trois_mois)


def test_les_entrees_d_un_mois(trois_mois: Acces) -> None:
    assert [e.personne.nom_naissance for e in lectures.entrees(mois=MARS, acces=trois_mois)] == [
        "NOM7"
    ]
    assert lectures.dernier_mois(acces=trois_mois) == MARS
