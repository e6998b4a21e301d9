"""Ce qui vient à l'accueil dans la démonstration : de tout, mais jamais n'importe quoi."""

from datetime import date, time
from random import Random

from draille.mesures.accueil_social import demo_tirage
from draille.mesures.accueil_social.models import Accueil, Reponse
from draille.moteurs.annuaire.registre import besoins
from draille.moteurs.partage.calcul import PORTEES


def _passages(nombre, **options):
    alea = Random("accueil")
    termes = {"le": date(2020, 2, 4), "est_ferme": False, "a_bus": False, **options}
    return [demo_tirage.passage(alea=alea, **termes) for _ in range(nombre)]


def test_un_an_voit_de_tout():
    vus = _passages(1500)
    assert {p.identite for p in vus} == set(Accueil.Identite.values)
    assert {p.venue for p in vus} == set(Accueil.Venue.values)
    assert {p.canal for p in vus} == set(Accueil.Canal.values) - {"bus"}
    assert {b for p in vus for b in p.besoins} == {b.code for b in besoins(date(2020, 2, 4))}
    genres = {genre for p in vus for genre, _ in p.reponses}
    assert genres == set(Reponse.Genre.values) - {"orientation"}
    for p in vus:
        assert len(set(p.besoins)) == len(p.besoins) >= 1
        assert time(9) <= p.heure < time(17)
        if p.identite == "anonyme":
            assert (p.paroles, p.suite, p.suite_le) == ("", "", None)
        else:
            assert p.paroles


def test_lieux_fermes_on_ne_repond_quau_telephone():
    assert {p.canal for p in _passages(200, est_ferme=True)} == {"telephone"}
    assert "bus" in {p.canal for p in _passages(200, a_bus=True)}


def test_un_secteur_plus_peuple_recoit_plus():
    def total(poids: float) -> int:
        alea = Random("poids")
        jour = date(2020, 2, 3)
        return sum(
            demo_tirage.nombre_du_jour(alea=alea, le=jour, poids=poids, est_ferme=False)
            for _ in range(500)
        )

    assert total(0.3) < total(1.0) < total(2.2)


def test_une_ecriture_fautive_ne_garde_pas_tout():
    vrai = demo_tirage.EtatCivil(
        nom="CHALENDAR", prenom="MARTINE", sexe="2", naissance_le=date(1980, 5, 17)
    )
    alea = Random("fautes")
    ecrites = [demo_tirage.mal_ecrire(alea=alea, vrai=vrai) for _ in range(60)]
    assert all(e != vrai for e in ecrites)
    assert {"MARTINE"} < {e.nom for e in ecrites}
    assert date(1980, 1, 1) in {e.naissance_le for e in ecrites}


def test_les_contacts_sont_dans_les_tranches_de_la_fiction():
    alea = Random("contacts")
    noms, prenoms = ["CELLE"], {"1": ["HERVÉ"], "2": ["ÉLISE"]}
    for _ in range(100):
        lue = demo_tirage.etat_civil(alea=alea, noms=noms, prenoms=prenoms, le=date(2020, 2, 4))
        assert lue.telephone == "" or lue.telephone.startswith("063998")
        assert lue.courriel == "" or lue.courriel.endswith("@example.org")
        assert lue.naissance_le is None or lue.naissance_le <= date(2002, 2, 4)


def test_les_textes_de_l_accueil_ont_un_besoin_chacun():
    reglage = demo_tirage.rythmes()
    connus = {b.code for b in besoins(date(2020, 2, 4))}
    assert set(reglage["besoins"]) == set(reglage["paroles"]) == connus
    assert set(reglage["reponses"]) <= connus | {"par_defaut"}
    assert set(reglage["portee"]) <= set(PORTEES)
