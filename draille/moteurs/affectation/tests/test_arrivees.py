"""Les prix appris : moins cher que lot par lot, jamais au prix d'un « non affecté » de plus."""

from dataclasses import replace
from random import Random

import pytest

from draille.moteurs.affectation.calcul import (
    Demandeur,
    Place,
    apprendre,
    premier_arrive_plus_proche,
    resoudre,
)
from draille.moteurs.affectation.calcul.arrivees import plafond
from draille.moteurs.affectation.tests.fabrique import (
    REGLAGE,
    cout_total,
    demandeur,
    place,
    probleme,
)


def _passe(**termes):
    defaut = {"places": [place(2), place(2)], "reglage": REGLAGE, "a_venir": 1}
    return apprendre(**{**defaut, **termes})


def test_la_place_que_tous_veulent_coute_ce_quelle_fait_perdre():
    semaine = [demandeur(k, 100, 190) for k in range(3)]
    # Deux iront en 0, le troisième en 1 : une place de plus en 0 ferait gagner 9 minutes.
    assert _passe(semaines=[semaine]) == (90, 0)


def test_sans_passe_ou_sans_place_rien_nest_appris():
    assert _passe(semaines=[]) == (0, 0)
    assert _passe(semaines=[[], []]) == (0, 0)
    fermees = [place(0), place(3, est_presente=False)]
    assert _passe(semaines=[[demandeur(1, 100, 100)]], places=fermees) == (0, 0)


def test_lechelle_suit_les_semaines_a_venir():
    """Le même passé sur deux fois plus de semaines à venir : deux fois moins de places chacune."""
    semaines = [[demandeur(1, 100, 190)], [demandeur(1, 100, 190)]]
    assert _passe(semaines=semaines, a_venir=2) == (0, 0)
    assert _passe(semaines=semaines, a_venir=4) == (90, 0)


def test_un_passe_trop_nombreux_ne_fait_preferer_personne_a_personne():
    semaine = [demandeur(k, 100, 890) for k in range(40)]
    appris = _passe(semaines=[semaine])
    assert max(appris) <= plafond(reglage=REGLAGE)
    lot = probleme([demandeur(1, 900, 900)], [place(2), place(2)], appris=appris)
    assert resoudre(probleme=lot).choix[0] >= 0


def test_le_plafond_laisse_toute_place_permise_preferable():
    r = REGLAGE
    pire = r.base + r.minutes_max + r.poids_exces * (r.minutes_max - r.seuil)
    dernier_segment = (r.segments - 1) * r.pas_equilibre
    assert plafond(reglage=r) + pire + dernier_segment == r.cout_non_affecte


def _annee(graine: int) -> tuple[list[list[Demandeur]], list[list[Demandeur]], list[Place]]:
    """Un territoire à une place rare au centre, quatre autour ; une année et celle d'avant."""
    hasard = Random(graine)
    bureaux = [0, 20, 40, 60, 80]

    def semaine(rang: int) -> list[Demandeur]:
        lieux = [min(80, max(0, hasard.gauss(25, 22))) for _ in range(5)]
        return [
            demandeur(100 * rang + k, *(int(10 * abs(x - b)) for b in bureaux))
            for k, x in enumerate(lieux)
        ]

    return [semaine(k) for k in range(12)], [semaine(k) for k in range(36)], [place(13)] * 5


@pytest.mark.parametrize("graine", range(4))
def test_les_prix_appris_font_mieux_que_le_lot_et_que_le_premier_arrive(graine):
    annee, passe, places = _annee(graine)

    def jouer(choisir, prix):
        libres, choix = list(places), {}
        for rang, lot in enumerate(annee):
            appris = prix(libres, rang)
            rendu = choisir(probleme=probleme(lot, libres, appris=appris))
            for d, j in zip(lot, rendu.choix, strict=True):
                choix[d.unite] = j
                assert j >= 0
                libres[j] = replace(libres[j], libres=libres[j].libres - 1)
                libres[j] = replace(libres[j], charge=libres[j].charge + 1)
        tout = probleme([d for lot in annee for d in lot], places)
        return cout_total(tout, [choix[d.unite] for d in tout.demandeurs])

    def apprises(libres, rang):
        return apprendre(semaines=passe, places=libres, reglage=REGLAGE, a_venir=12 - rang)

    ideal = resoudre(probleme=probleme([d for lot in annee for d in lot], places)).cout
    appris = jouer(resoudre, apprises)
    lot = jouer(resoudre, lambda *_: ())
    arrive = jouer(premier_arrive_plus_proche, lambda *_: ())
    assert ideal <= appris < lot
    assert appris < arrive
    assert appris <= 1.2 * ideal
