"""La prévision : rien de l'avenir n'entre dans un essai, et le modèle ne sert que s'il gagne."""

from datetime import date
from math import sin
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.suivi_rsa.regles.prevision import (
    BENEFICIAIRES,
    DEPENSE,
    FOYERS,
    MOYEN,
    Bareme,
    Observe,
    apres,
    depuis_json,
    prevoir,
    vers_json,
)
from draille.mesures.suivi_rsa.regles.prevision import methodes as m
from draille.mesures.suivi_rsa.regles.prevision.essai import (
    Ecart,
    choisir,
    couverture,
    croissance,
    ecarts,
    marge,
    origines,
    quantile,
)
from draille.mesures.suivi_rsa.regles.prevision.series import Suite, derniere_suite

DEBUT = date(2017, 1, 1)
PLAT = Bareme(((date(2015, 1, 1), 500.0),), 0.0)
DROITE = Suite(DEBUT, tuple(1000.0 + 10 * r for r in range(36)))


def test_les_references_disent_ce_que_leur_nom_dit():
    valeurs = [float(v) for v in range(1, 25)]
    assert m.naif(valeurs, 3) == [24.0, 24.0, 24.0]
    assert m.derive(valeurs, 2) == [25.0, 26.0]
    assert m.derive([7.0], 2) == [7.0, 7.0]
    assert m.saisonnier(valeurs, 14) == [*(float(v) for v in range(13, 25)), 13.0, 14.0]


def test_les_saisons_se_retrouvent_sous_une_pente():
    vraies = [30 * sin(rang * 0.5236) for rang in range(12)]
    suite = [500 + 2 * r + vraies[r % 12] for r in range(48)]
    assert m.saisons(suite) == pytest.approx(vraies, abs=0.01)


def test_aucun_essai_ne_connait_la_suite():
    """Une méthode espionne note ce qu'on lui montre : jamais plus que l'origine."""
    vues = []

    def espionner(valeurs, horizon):
        vues.append((len(valeurs), horizon))
        return [valeurs[-1]] * horizon

    siens = ecarts(DROITE, m.Methode("e", "E", 1, False, espionner))
    assert [n for n, _ in vues] == list(origines(36)) == list(range(24, 36))
    assert all(h == min(12, 36 - n) for n, h in vues)
    assert {e.vrai for e in siens if e.origine == 24 and e.pas == 1} == {1240.0}


def test_la_plus_petite_erreur_l_emporte_et_la_plus_simple_a_egalite():
    choix = choisir(DROITE, niveau=0.8, methodes=m.REFERENCES)
    assert choix.methode.code == "derive"
    assert {e.code: round(e.mae, 2) for e in choix.tableau}["derive"] == 0
    plate = Suite(DEBUT, (5.0,) * 24)
    assert choisir(plate, niveau=0.8, methodes=m.REFERENCES).methode.code == "naif"
    assert sum(e.est_retenue for e in choix.tableau) == 1


def test_le_modele_ne_sert_que_s_il_bat_les_references():
    """Un modèle feint, exact puis absurde : retenu, puis écarté, et la page le dit."""

    def feindre(decalage):
        def prolonger(valeurs, horizon):
            return [1000.0 + 10 * (len(valeurs) + h) + decalage for h in range(horizon)]

        return m.Methode(m.MODELE.code, "Modèle feint", 16, True, prolonger)

    bruit = Suite(DEBUT, tuple(v + (-1) ** r * 6 for r, v in enumerate(DROITE.valeurs)))
    bon = choisir(bruit, niveau=0.8, methodes=(*m.REFERENCES, feindre(0)))
    mauvais = choisir(bruit, niveau=0.8, methodes=(*m.REFERENCES, feindre(300)))
    assert bon.methode.est_modele
    assert "bat la meilleure référence" in bon.raison
    assert not mauvais.methode.est_modele
    assert "ne bat pas" in mauvais.raison
    assert {e.code for e in mauvais.tableau} == {"naif", "derive", "saisonnier", "amorti"}


def test_le_vrai_modele_bat_les_references_sur_une_saison_qui_monte():
    hasard = Random(43)
    suite = Suite(
        DEBUT,
        tuple(2400 + 4 * r + 45 * sin(r * 0.5236) + hasard.gauss(0, 4) for r in range(46)),
    )
    choix = choisir(suite, niveau=0.8)
    mae = {e.code: e.mae for e in choix.tableau}
    assert choix.methode.code == "amorti"
    assert mae["amorti"] < min(v for c, v in mae.items() if c != "amorti")


def test_trop_peu_de_mois_se_dit_et_ne_donne_pas_d_intervalle():
    observes = {apres(DEBUT, r): Observe(100, 110, 50_000.0) for r in range(5)}
    prevue = prevoir(observes=observes, bareme=PLAT, niveau=0.8, avec_modele=False)
    foyers = prevue.suite(FOYERS)
    assert "Moins de 6 mois" in foyers.raison
    assert foyers.erreurs == ()
    assert {(p.bas, p.haut) for p in foyers.points} == {(None, None)}
    assert prevoir(observes={}, bareme=PLAT, niveau=0.8, avec_modele=False) is None


def test_un_trou_coupe_la_suite():
    points = {apres(DEBUT, r): float(r) for r in (0, 1, 2, 4, 5)}
    assert derniere_suite(points) == Suite(apres(DEBUT, 4), (4.0, 5.0))


def test_la_prevision_va_jusqu_en_decembre_de_l_annee_suivante_et_s_elargit():
    hasard = Random(7)
    observes = {
        apres(DEBUT, r): Observe(2000 + hasard.randrange(-9, 9), 2200, 960_000.0 + 100 * r)
        for r in range(46)
    }
    prevue = prevoir(observes=observes, bareme=PLAT, niveau=0.8, avec_modele=False)
    points = prevue.suite(FOYERS).points
    assert [p.mois for p in points] == [apres(DEBUT, 46 + r) for r in range(14)]
    largeurs = [p.haut - p.bas for p in points]
    assert largeurs == sorted(largeurs)
    assert 2 * largeurs[0] <= largeurs[3] * 1.000001
    assert largeurs[3] <= 4 * largeurs[0] * 1.000001
    assert depuis_json(vers_json(prevue)) == prevue


def test_la_depense_suit_le_bareme_du_mois_prevu_et_non_une_tendance():
    """Effectif et droit réel constants : seule la marche d'avril change la dépense."""
    bareme = Bareme(((date(2015, 1, 1), 500.0), (date(2019, 4, 1), 510.0)), 0.02)
    observes = {apres(DEBUT, r): Observe(1000, 1100, 500_000.0) for r in range(24)}
    prevue = prevoir(observes=observes, bareme=bareme, niveau=0.8, avec_modele=False)
    depense = {p.mois: p.valeur for p in prevue.suite(DEPENSE).points}
    # À fin 2018, le barème d'avril 2019 n'est pas connu : la hausse supposée s'applique.
    assert depense[date(2019, 3, 1)] == pytest.approx(500_000)
    assert depense[date(2019, 4, 1)] == pytest.approx(510_000)
    assert prevue.suite(MOYEN).points[0].valeur == pytest.approx(1.0)


def test_le_bareme_ne_sait_que_ce_que_l_on_savait():
    bareme = Bareme(((date(2019, 4, 1), 100.0), (date(2020, 4, 1), 104.0)), 0.01)
    assert bareme.au(date(2020, 6, 1), connu_le=date(2020, 3, 1)) == pytest.approx(101.0)
    assert bareme.au(date(2020, 6, 1), connu_le=date(2020, 4, 1)) == pytest.approx(104.0)
    assert bareme.au(date(2022, 4, 1), connu_le=date(2020, 4, 1)) == pytest.approx(104 * 1.0201)
    with pytest.raises(LookupError):
        bareme.au(date(2019, 3, 1), connu_le=date(2019, 3, 1))


def test_la_depense_est_le_produit_de_ses_deux_suites():
    observes = {apres(DEBUT, r): Observe(1000 + 5 * r, 1100, 480_000.0 + r) for r in range(30)}
    prevue = prevoir(observes=observes, bareme=PLAT, niveau=0.8, avec_modele=False)
    foyers, moyen, depense = (prevue.suite(c).points for c in (FOYERS, MOYEN, DEPENSE))
    for f, x, d in zip(foyers, moyen, depense, strict=True):
        assert d.valeur == pytest.approx(f.valeur * x.valeur * 500)


def test_la_couverture_n_emploie_que_les_erreurs_deja_connues():
    # Des erreurs qui grandissent : calibré sur le passé seul, l'intervalle les manque toutes.
    siens = [Ecart(o, 1, 0.0, float(2**o)) for o in range(12)]
    assert couverture(siens, niveau=0.8) == 0.0
    assert couverture(siens[:5], niveau=0.8) is None
    egaux = [Ecart(o, 1, 0.0, 1.0) for o in range(12)]
    assert couverture(egaux, niveau=0.8) == 1.0


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.05, 0.95))
def test_le_quantile_contient_au_moins_sa_part(valeurs, niveau):
    borne = quantile(valeurs, niveau)
    assert borne in valeurs
    assert sum(v <= borne for v in valeurs) >= min(niveau * len(valeurs), len(valeurs) - 1e-9)


def test_l_intervalle_contient_a_peu_pres_la_part_annoncee():
    """Quarante marches au hasard : ce que l'intervalle promet, il le tient à peu près."""
    tenues = total = 0
    for graine in range(40):
        hasard = Random(graine)
        valeur, valeurs = 2500.0, []
        for _ in range(40):
            valeur += hasard.gauss(0, 10)
            valeurs.append(valeur)
        suite = Suite(DEBUT, tuple(valeurs[:36]))
        siens = ecarts(suite, m.REFERENCES[0])
        demi = marge(siens, niveau=0.8)
        for pas in range(1, 5):
            total += 1
            tenues += abs(valeurs[35 + pas] - valeurs[35]) <= demi.a(pas)
    assert 0.7 <= tenues / total <= 0.95


def test_une_pente_qui_change_elargit_l_intervalle_comme_l_horizon():
    droite = ecarts(DROITE, m.REFERENCES[0])
    assert croissance(droite) == pytest.approx(1.0)
    assert marge(droite, niveau=0.8).a(6) == pytest.approx(60.0)
    assert croissance([Ecart(1, 1, 0.0, 1.0)] * 6) == 0.5


def test_les_beneficiaires_ont_leur_propre_suite():
    observes = {apres(DEBUT, r): Observe(1000, 1100 + 10 * r, 480_000.0) for r in range(24)}
    prevue = prevoir(observes=observes, bareme=PLAT, niveau=0.8, avec_modele=False)
    assert prevue.suite(BENEFICIAIRES).points[0].valeur == pytest.approx(1340)
    assert prevue.suite(FOYERS).points[0].valeur == pytest.approx(1000)
