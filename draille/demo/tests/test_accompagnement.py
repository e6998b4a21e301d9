"""L'accompagnement fictif : ses fichiers tiennent debout, ses jours tombent juste."""

from collections import Counter
from datetime import date

import pytest
import yaml

from draille.demo import accompagnement, journee
from draille.demo.communes import communes_du_departement
from draille.demo.mise_en_place import dossier_du_departement
from draille.demo.plan import plan_de_jeu

DEPARTEMENTS = ("43", "07")


def _secteurs(departement: str) -> set[str]:
    chemin = dossier_du_departement(departement) / "territoire.yaml"
    return {s["code"] for s in yaml.safe_load(chemin.read_text("utf-8"))["secteurs"]}


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_les_bureaux_sont_dans_de_vraies_communes(departement):
    contenu = accompagnement.fiche(departement)
    assert contenu["fictif"] is True
    reelles = {c.code_insee: c.nom for c in communes_du_departement(departement)}
    codes = [bureau["code"] for bureau in contenu["lieux"]]
    assert len(set(codes)) == len(codes) >= 8
    for bureau in contenu["lieux"]:
        assert reelles[bureau["code_insee"]].split()[-1] in bureau["nom"]
        assert "fictive" in bureau["adresse"]
        # Tranche que l'Arcep réserve à la fiction.
        assert bureau["telephone"].startswith("04 65 71")
        assert bureau["accueil"]
    assert any(bureau["renfort"] for bureau in contenu["lieux"])


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_chaque_secteur_a_des_referents_de_chaque_organisation(departement):
    contenu = accompagnement.fiche(departement)
    referents, secteurs = contenu["referents"], _secteurs(departement)
    assert {r["lieu"] for r in referents} <= {bureau["code"] for bureau in contenu["lieux"]}
    assert len({accompagnement._identifiant(r) for r in referents}) == len(referents) >= 24
    for organisation in accompagnement.ORGANISMES:
        for sorte in ("emploi", "social"):
            siens = [
                r
                for r in referents
                if r["organisation"] == organisation and r.get("suit", sorte) == sorte
            ]
            couverts = {r["secteur"] for r in siens if "secteur" in r}
            assert couverts == secteurs or any("secteur" not in r for r in siens), organisation
    assert "demo.referent" in {accompagnement._identifiant(r) for r in referents}


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_un_referent_ne_recoit_qua_une_heure_de_bureau(departement):
    for referent in accompagnement.fiche(departement)["referents"]:
        lu = accompagnement._horaire(referent["recoit"])
        assert 1 <= lu.jour <= 5
        assert lu.de < lu.a


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_un_depart_et_deux_longues_absences(departement):
    plan = plan_de_jeu(departement=departement)
    absents = accompagnement.absents(plan=plan)
    assert Counter(a.fin is None for a in absents) == {False: 2, True: 1}
    premier, dernier = plan.mois[1].debut, plan.date_demonstration
    assert all(premier <= a.debut < dernier for a in absents)


def test_les_orientations_suivent_le_regime_du_jour():
    ancien = accompagnement._orientations(plan_de_jeu(departement="43"))
    assert ancien["emploi", ""] == ("professionnel:pole_emploi", "social:pole_emploi")
    plan = plan_de_jeu(departement="43", date_demonstration=date(2026, 11, 21))
    nouveau = accompagnement._orientations(plan)
    assert "emploi_professionnel:france_travail" in nouveau["emploi", "emploi"]
    assert "insertion_sociale:departement" in nouveau["departement", "social"]


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2020, 10, 26), True),
        (date(2020, 10, 27), False),
        # Le 13 avril 2020 est le lundi de Pâques : la semaine commence le mardi.
        (date(2020, 4, 14), True),
        (date(2020, 4, 15), False),
    ],
)
def test_la_semaine_commence_au_premier_jour_ouvre(jour, attendu):
    assert journee._est_premier_ouvre(jour) is attendu


def test_le_dernier_jour_ouvre_avant_la_date_du_jeu():
    plan = plan_de_jeu(departement="43")
    # Le 31 octobre 2020 est un samedi.
    assert journee._est_dernier_ouvre(plan, date(2020, 10, 30))
    assert not journee._est_dernier_ouvre(plan, date(2020, 10, 29))


def test_un_jour_prevu_un_dimanche_est_tenu_le_lundi():
    dimanche = date(2020, 9, 6)
    assert journee._est_le_jour(dimanche, date(2020, 9, 7))
    assert not journee._est_le_jour(dimanche, date(2020, 9, 8))
    assert not journee._est_le_jour(date(2020, 9, 8), date(2020, 9, 7))
