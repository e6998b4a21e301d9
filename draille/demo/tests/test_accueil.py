"""Le premier accueil fictif : ses lieux, ses partenaires, ses parcours tiennent debout."""

from collections import Counter
from datetime import date, timedelta

import pytest

from draille.demo import accueil_lieux, accueil_suites
from draille.demo.accueil_couverture import jour_compte, prevoir
from draille.demo.communes import chefs_lieux_de_canton, communes_du_departement
from draille.demo.mise_en_place import departements, fiche_accueil
from draille.moteurs.annuaire.calcul.ouverture import ouvertures_du
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import besoins
from draille.moteurs.partage.calcul import MOTIFS_REFUS, arrivee

FIN = {"43": date(2020, 10, 31), "07": date(2021, 12, 31)}


def test_les_deux_departements_ont_un_accueil():
    assert set(departements()) == set(FIN)


@pytest.mark.parametrize(
    ("departement", "canton", "commune", "nombre"),
    [("43", "Boutières", "Tence", 16), ("07", "Haut-Eyrieux", "Le Cheylard", 15)],
)
def test_les_chefs_lieux_sont_ceux_des_cantons(departement, canton, commune, nombre):
    lus = chefs_lieux_de_canton(departement)
    assert len(lus) == nombre == len({c.code_insee for c in lus})
    assert (canton, commune) in {(c.canton_nom, c.nom) for c in lus}


@pytest.mark.parametrize("departement", sorted(FIN))
def test_chaque_mairie_de_chef_lieu_est_un_lieu_et_un_seul(departement):
    chefs_lieux = {c.code_insee for c in chefs_lieux_de_canton(departement)}
    reglage = fiche_accueil(departement)["mairies"]
    assert set(reglage["ouvre"]) == chefs_lieux >= set(reglage["semaines"])
    mairies = [x for x in accueil_lieux.lieux_prevus(departement) if x.code.startswith("mairie_")]
    assert {x.commune.code_insee for x in mairies} == chefs_lieux
    assert all("fictif" in x.nom and x.est_premier_accueil for x in mairies)


@pytest.mark.parametrize("departement", sorted(FIN))
def test_les_lieux_sont_fictifs_situes_et_ouverts_un_jour(departement):
    lieux = accueil_lieux.lieux_prevus(departement)
    reelles = {c.code_insee for c in communes_du_departement(departement)}
    connus = {b.code for b in besoins(FIN[departement])}
    assert len({x.nom for x in lieux}) == len(lieux)
    for lieu in lieux:
        assert lieu.commune.code_insee in reelles and lieu.latitude and lieu.longitude
        assert lieu.plages and 0 <= lieu.ouvre <= 11
        assert lieu.reste["telephone"].startswith("04 65 71")
        assert lieu.code.startswith("mairie_") or "fictive" in lieu.reste["adresse"]
        assert lieu.reste.get("genre", Point.Genre.AUTRE) in Point.Genre.values
        assert lieu.reste.get("forme", Point.Forme.FIXE) in Point.Forme.values
        assert lieu.reste["besoins"] == "tous" or set(lieu.reste["besoins"]) <= connus
    formes = Counter(x.reste.get("forme", "fixe") for x in lieux if x.est_premier_accueil)
    assert formes["permanence"] and formes["mobile"] and formes["fixe"] > 20


@pytest.mark.parametrize("departement", sorted(FIN))
def test_les_partenaires_ont_un_lieu_et_un_courriel_sans_proprietaire(departement):
    contenu = fiche_accueil(departement)
    partenaires = [s for s in contenu["structures"] if "partenaire" in s]
    tenus = {x.structure for x in accueil_lieux.lieux_prevus(departement)}
    for structure in partenaires:
        assert structure["partenaire"]["courriel"].endswith("@example.org")
        assert "fictif" in structure["nom"] or "fictive" in structure["nom"]
        assert structure["code"] in tenus
    # Le compte de démonstration du partenaire y travaille.
    assert "logement" in {s["code"] for s in partenaires}


def test_une_annee_finit_a_la_date_de_la_demonstration():
    assert accueil_lieux.debut_de_l_annee(date(2020, 10, 31)) == date(2019, 11, 1)
    assert accueil_lieux.debut_de_l_annee(date(2021, 12, 31)) == date(2021, 1, 1)
    assert accueil_lieux.debut_de_l_annee(date(2024, 2, 29)) == date(2023, 3, 1)
    debut = date(2019, 11, 1)
    assert accueil_lieux.jour_du_mois(debut=debut, rang=0) == debut
    assert accueil_lieux.jour_du_mois(debut=debut, rang=2) == date(2020, 1, 1)


def test_un_bus_ne_passe_que_ses_jours():
    bus = next(x for x in accueil_lieux.lieux_prevus("43") if x.code == "bus_fay")
    passages = [
        le
        for n in range(31)
        if ouvertures_du(plages=bus.plages, le=(le := date(2020, 10, 1) + timedelta(days=n)))
    ]
    # Le premier et le troisième mercredi d'octobre 2020.
    assert passages == [date(2020, 10, 7), date(2020, 10, 21)]
    assert not accueil_lieux.existe(bus, debut=date(2019, 11, 1), le=date(2020, 7, 31))
    assert accueil_lieux.existe(bus, debut=date(2019, 11, 1), le=date(2020, 8, 1))


@pytest.mark.parametrize("departement", sorted(FIN))
def test_la_couverture_bouge_dans_l_annee_et_porte_sa_bande(departement):
    fin = FIN[departement]
    debut = accueil_lieux.debut_de_l_annee(fin)
    premiere = prevoir(departement=departement, fin=fin, le=jour_compte(debut + timedelta(days=9)))
    derniere = prevoir(departement=departement, fin=fin, le=jour_compte(fin))
    assert premiere.methode == "estimation" and premiere.seuil_minutes == 30
    assert 0.5 < premiere.part < derniere.part < 1
    for lue in (premiere, derniere):
        assert lue.part_basse < lue.part < lue.part_haute
    assert derniere.points > premiere.points
    assert derniere.population == sum(c.population for c in communes_du_departement(departement))


def test_un_samedi_se_compte_la_veille():
    assert jour_compte(date(2020, 10, 31)) == date(2020, 10, 30)


@pytest.mark.parametrize("sorte", ["parcours", "sans_accord"])
def test_chaque_parcours_suit_les_etats_du_partage(sorte):
    reglage = accueil_suites.reglage()
    assert sum(p["part"] for p in reglage[sorte].values()) == pytest.approx(1)
    fins = set()
    for parcours in reglage[sorte].values():
        statut, jusque = "envoyee", 0
        for geste, tot, tard in parcours["gestes"]:
            # L'ordre des gestes ne dépend pas du tirage des jours.
            assert jusque < tot <= tard
            jusque = tard
            if geste == "retirer":
                statut = "retiree"
            elif geste != "relancer":
                atteint = arrivee(geste=geste, depuis=statut)
                assert atteint is not None
                statut = atteint
        fins.add(statut)
    toutes = {"terminee", "en_cours", "recue", "refusee", "perdue", "retiree", "envoyee"}
    assert fins >= (toutes - {"en_cours"} if sorte == "parcours" else {"terminee", "perdue"})
    assert set(reglage["motifs_refus"]) == set(MOTIFS_REFUS)


def test_le_prochain_geste_se_lit_de_l_etat():
    tardive = accueil_suites.reglage()["parcours"]["tardive"]["gestes"]
    gestes = [accueil_suites.Geste(nom, date(2020, 1, tot // 4 + 1)) for nom, tot, _ in tardive]

    def apres(statut: str, relances: int = 0) -> str | None:
        lu = accueil_suites.suivant(gestes=gestes, statut=statut, relances=relances)
        return None if lu is None else lu.nom

    assert apres("envoyee") == "relancer"
    assert apres("envoyee", 1) == "accepter"
    assert apres("acceptee", 1) == "recevoir"
    assert apres("recue", 1) == "terminer"
    assert accueil_suites.suivant(gestes=[], statut="envoyee", relances=0) is None
