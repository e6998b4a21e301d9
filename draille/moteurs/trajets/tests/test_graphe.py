"""Le graphe : un petit réseau dont les temps se calculent à la main, puis de plus grands."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draille.moteurs.trajets.calcul import (
    AU_DELA,
    INCONNU,
    AvecRepli,
    Estimation,
    fichier,
    plus_proche,
    plus_proches,
)
from draille.moteurs.trajets.calcul.reseau import ReseauVide, batir
from draille.moteurs.trajets.tests.petit_reseau import VOITURE, lieu, moteur, sur, voies
from draille.moteurs.trajets.tests.test_calcul import CALEE

NATIONALE = {"highway": "primary"}
# Un carré de dix kilomètres : le côté ouest monte à sens unique.
CARRE = {1: (0, 0), 2: (10_000, 0), 3: (10_000, 10_000), 4: (0, 10_000)}
COTES = [
    ([1, 2], NATIONALE),
    ([2, 3], NATIONALE),
    ([3, 4], NATIONALE),
    ([1, 4], {**NATIONALE, "oneway": "yes"}),
]


def _minutes(m, de, vers):
    return m.temps(origine=lieu(*de), destination=lieu(*vers)).minutes / 10


def test_un_kilometre_a_la_minute():
    m = moteur(CARRE, COTES)
    # De 1 km à 9 km sur le même côté, puis d'un côté à l'autre : un point tous les 100 m.
    assert _minutes(m, (1050, 0), (9050, 0)) == pytest.approx(8, abs=0.1)
    assert _minutes(m, (5050, 0), (10_000, 5050)) == pytest.approx(10, abs=0.2)


def test_un_sens_unique_ne_se_prend_pas_a_lenvers():
    m = moteur(CARRE, COTES)
    assert _minutes(m, (0, 2050), (0, 8050)) == pytest.approx(6, abs=0.1)
    # À rebours il faut faire le tour : finir le côté, puis les trois autres, puis remonter.
    assert _minutes(m, (0, 8050), (0, 2050)) == pytest.approx(2 + 30 + 2, abs=0.2)


def test_la_rue_du_retour_dun_sens_unique_est_une_autre_route():
    m = moteur(CARRE, COTES)
    assert _minutes(m, (0, 10_000), (0, 0)) == pytest.approx(30, abs=0.3)
    assert _minutes(m, (0, 0), (0, 10_000)) == pytest.approx(10, abs=0.3)


def test_lacces_a_la_route_compte_et_trop_loin_est_inconnu():
    m = moteur(CARRE, COTES)
    pres, loin = lieu(5050, 300), lieu(5050, 700)
    # 300 m à 6 km/h font trois minutes de plus.
    assert m.temps(origine=pres, destination=lieu(7050, 0)).minutes == pytest.approx(50, abs=1)
    grille = m.matrice(origines=[pres, loin], destinations=[lieu(7050, 0), loin])
    assert (grille.minutes[1] == INCONNU).all() and grille.minutes[0, 1] == INCONNU
    assert grille.bas[1, 0] == grille.haut[1, 0] == INCONNU


def test_la_bande_entoure_le_temps():
    temps = moteur(CARRE, COTES).temps(origine=lieu(50, 0), destination=lieu(10_000, 9950))
    assert temps.bas < temps.minutes < temps.haut
    assert temps.libelle == "20 min en voiture (par la route, entre 16 et 24)"


def test_une_voie_barree_se_contourne():
    # Un plot au milieu du côté sud : la voiture fait le tour, le piéton passe.
    noeuds = {**CARRE, 5: (5000, 0)}
    chemins = [
        ([1, 5, 2], NATIONALE),
        ([2, 3], NATIONALE),
        ([3, 4], NATIONALE),
        ([1, 4], NATIONALE),
    ]
    libre = moteur(noeuds, chemins)
    barree = moteur(noeuds, chemins, barres=(5,))
    assert _minutes(libre, (4050, 0), (6050, 0)) == pytest.approx(2, abs=0.1)
    assert _minutes(barree, (4050, 0), (6050, 0)) == pytest.approx(4 + 30 + 4, abs=0.2)


def test_un_bout_de_reseau_isole_est_ote():
    noeuds = {**CARRE, 8: (20_000, 0), 9: (22_000, 0)}
    m = moteur(noeuds, [*COTES, ([8, 9], NATIONALE)])
    assert m.graphe.noeuds == 4
    grille = m.matrice(origines=[lieu(21_000, 0)], destinations=[lieu(0, 0)])
    assert grille.minutes[0, 0] == INCONNU


def test_entre_deux_routes_paralleles_la_plus_courte():
    # Les mêmes deux carrefours, par un détour et tout droit, deux fois.
    noeuds = {1: (0, 0), 2: (4000, 0), 3: (2000, 6000)}
    detour = ([1, 3, 2], NATIONALE)
    m = moteur(noeuds, [detour, ([1, 2], NATIONALE), ([2, 1], NATIONALE), detour])
    assert m.graphe.noeuds == 3 and m.graphe.direct.nnz == 6
    assert _minutes(m, (0, 0), (4000, 0)) == pytest.approx(4, abs=0.1)
    assert _minutes(m, (4000, 0), (0, 0)) == pytest.approx(4, abs=0.1)


def test_une_impasse_a_sens_unique_est_otee():
    # On y entrerait sans pouvoir en sortir.
    noeuds = {**CARRE, 7: (12_000, 0)}
    m = moteur(noeuds, [*COTES, ([2, 7], {**NATIONALE, "oneway": "yes"})])
    assert m.graphe.noeuds == 4


def test_une_route_sinueuse_est_plus_lente():
    # En lacets à 45 degrés : la corde vaut 0,707 fois la longueur.
    zigzag = {i: (100 * i, 100 * (i % 2)) for i in range(101)}
    m = moteur(zigzag, [(list(range(101)), NATIONALE)])
    droite = 9.9 * 2**0.5
    sinueuse = _minutes(m, (50, 50), (9950, 50))
    assert sinueuse == pytest.approx(droite / 0.7071, rel=0.05)


def test_la_pente_ralentit():
    def altitudes(nord, est):
        # Cinq pour cent vers l'est.
        return (est - 3.8) * 78_600 * 0.05

    plat = moteur(CARRE, COTES)
    pentu = moteur(CARRE, COTES, altitudes=altitudes)
    assert _minutes(plat, (1050, 0), (9050, 0)) == pytest.approx(8, abs=0.1)
    # 60 - 0,1 × 25 = 57,5 km/h.
    assert _minutes(pentu, (1050, 0), (9050, 0)) == pytest.approx(8 * 60 / 57.5, abs=0.1)
    assert _minutes(pentu, (10_000, 1050), (10_000, 9050)) == pytest.approx(8, abs=0.1)


def test_une_agglomeration_se_voit_a_ses_rues():
    noeuds = {1: (0, 0), 2: (400, 0), 3: (20_000, 0)}
    chemins = [([1, 2, 3], NATIONALE)]
    campagne = _minutes(moteur(noeuds, chemins), (0, 0), (400, 0))
    for rang in range(12):
        noeuds[10 + rang] = (30 * rang + 20, 250)
        chemins.append(([2 if rang % 2 else 1, 10 + rang], {"highway": "residential"}))
    en_ville = _minutes(moteur(noeuds, chemins), (0, 0), (400, 0))
    assert en_ville == pytest.approx(campagne * 60 / 36, abs=0.15)


def test_un_bac_prend_sa_duree_et_son_attente():
    noeuds = {1: (0, 0), 2: (5000, 0), 3: (8000, 0), 4: (13_000, 0)}
    bac = {"route": "ferry", "duration": "00:12"}
    m = moteur(noeuds, [([1, 2], NATIONALE), ([2, 3], bac), ([3, 4], NATIONALE)])
    assert _minutes(m, (50, 0), (12_950, 0)) == pytest.approx(5 + 12 + 10 + 5, abs=0.2)
    # Un lieu au milieu de l'eau rejoint la rive, non le bac.
    assert m.accrocher([lieu(6500, 0)]).arete[0] == -1


def test_a_pied_la_pente_distingue_laller_du_retour():
    def altitudes(nord, est):
        return (est - 3.8) * 78_600 * 0.1

    m = moteur(CARRE, COTES, mode="pied", altitudes=altitudes)
    monte, descend = _minutes(m, (1050, 0), (3050, 0)), _minutes(m, (3050, 0), (1050, 0))
    assert monte > 20 > descend * 0.99
    # Le sens unique ne vaut pas pour un piéton.
    assert _minutes(m, (0, 8050), (0, 2050)) == pytest.approx(60, abs=1)


def test_un_extrait_sans_route_est_refuse():
    with pytest.raises(ReseauVide):
        batir(voies=voies({}, []), vitesses=VOITURE, origine={})


# --- Un réseau tiré au hasard, contre un Dijkstra écrit ici


def _au_hasard(graine):
    hasard = np.random.default_rng(graine)
    noeuds = {i: tuple(hasard.uniform(0, 8000, 2)) for i in range(25)}
    chemins = []
    for i in range(25):
        for j in hasard.choice(25, 3, replace=False).tolist():
            if i != j:
                sens = {"oneway": "yes"} if hasard.random() < 0.3 else {}
                classe = str(hasard.choice(["primary", "residential", "trunk"]))
                chemins.append(([i, j], {"highway": classe, **sens}))
    return moteur(noeuds, chemins, metres=3000.0), hasard


def _dijkstra(graphe, accroches, depart):
    """Les millisecondes du point accroché à chaque nœud, par un tas, sans matrice creuse."""
    voisins = {}
    for a, b, aller, retour in zip(
        graphe.de, graphe.vers, graphe.aller, graphe.retour, strict=True
    ):
        if aller >= 0:
            voisins.setdefault(int(a), []).append((int(b), int(aller)))
        if retour >= 0:
            voisins.setdefault(int(b), []).append((int(a), int(retour)))
    temps = {}
    tas = [(accroches.partir[depart, k], int(accroches.bouts[depart, k])) for k in (0, 1)]
    heapq.heapify(tas)
    while tas:
        ms, ici = heapq.heappop(tas)
        if ici in temps or not np.isfinite(ms):
            continue
        temps[ici] = ms
        for la, pas in voisins.get(ici, ()):
            heapq.heappush(tas, (ms + pas, la))
    return temps


@settings(max_examples=15, deadline=None)
@given(graine=st.integers(0, 10_000))
def test_les_temps_sont_ceux_dun_dijkstra_ecrit_a_la_main(graine):
    m, hasard = _au_hasard(graine)
    points = [lieu(*hasard.uniform(0, 8000, 2)) for _ in range(8)]
    grille = m.matrice(origines=points, destinations=points).minutes
    accroches = m.accrocher(points)
    for o in range(len(points)):
        temps = _dijkstra(m.graphe, accroches, o)
        for d in range(len(points)):
            if accroches.arete[o] == accroches.arete[d]:
                continue
            par_bout = min(
                temps[int(accroches.bouts[d, k])] + accroches.arriver[d, k] for k in (0, 1)
            )
            ms = par_bout + accroches.acces[o] + accroches.acces[d]
            assert grille[o, d] == np.rint(ms / 6000)


@settings(max_examples=15, deadline=None)
@given(graine=st.integers(0, 10_000))
def test_un_a_un_en_matrice_et_au_plus_proche_le_meme_temps(graine):
    m, hasard = _au_hasard(graine)
    gens = [lieu(*hasard.uniform(0, 8000, 2)) for _ in range(20)]
    lieux = [lieu(*hasard.uniform(0, 8000, 2)) for _ in range(5)]
    grille = m.matrice(origines=gens, destinations=lieux).minutes
    # Cherché depuis les lieux, à l'envers, ou depuis chaque personne : le même dixième.
    for i, o in enumerate(gens):
        assert (m.matrice(origines=[o], destinations=lieux).minutes[0] == grille[i]).all()
    rangs, proche = m.plus_proche(origines=gens, destinations=lieux)
    assert (proche.minutes[:, 0] == grille.min(axis=1)).all()
    assert (grille[np.arange(20), rangs] == grille.min(axis=1)).all()
    limite = int(np.median(grille))
    trouves = plus_proches(moteur=m, origine=gens[0], destinations=lieux, limite=limite)
    attendus = sorted((int(t), r) for r, t in enumerate(grille[0]) if t <= limite)
    assert [(p.temps.minutes, p.rang) for p in trouves] == attendus
    bornee = m.matrice(origines=gens, destinations=lieux, limite=limite).minutes
    assert (bornee == np.where(grille <= limite, grille, AU_DELA)).all()


def test_un_reseau_entier_tient_par_blocs():
    # Plus de sources que n'en tient un bloc.
    m, hasard = _au_hasard(7)
    points = [lieu(*hasard.uniform(0, 8000, 2)) for _ in range(40)]
    grille = m.matrice(origines=points, destinations=points).minutes
    colonne = m.matrice(origines=points, destinations=points[33:34]).minutes[:, 0]
    assert (grille[:, 33] == colonne).all()


# --- Le repli


def test_hors_du_reseau_le_temps_est_estime_et_le_dit():
    m = AvecRepli(principal=moteur(CARRE, COTES), secours=Estimation(coefficients=CALEE))
    ville, loin = lieu(50, 0), lieu(30_000, 30_000)
    grille = m.matrice(origines=[ville, loin], destinations=[lieu(9950, 0)])
    assert grille.temps(origine=0, destination=0).methode == "graphe"
    assert grille.temps(origine=1, destination=0).methode == "estimation"
    assert "estimation" in grille.temps(origine=1, destination=0).libelle
    assert grille.repli is not None and grille.repli.tolist() == [[False], [True]]
    rangs, proche = plus_proche(
        moteur=m, origines=[ville, loin], destinations=[lieu(9950, 0), lieu(9950, 9950)]
    )
    assert rangs.tolist() == [0, 1]
    assert proche.temps(origine=0, destination=0).methode == "graphe"
    assert proche.temps(origine=1, destination=0).methode == "estimation"


def test_une_destination_hors_du_reseau_reste_dans_le_choix():
    m = AvecRepli(principal=moteur(CARRE, COTES), secours=Estimation(coefficients=CALEE))
    dehors = lieu(-1500, 0)
    rangs, proche = plus_proche(
        moteur=m, origines=[lieu(0, 0)], destinations=[lieu(9950, 9950), dehors]
    )
    assert rangs.tolist() == [1]
    assert proche.temps(origine=0, destination=0).methode == "estimation"


def test_tout_estime_se_dit_estime():
    m = AvecRepli(principal=moteur(CARRE, COTES), secours=Estimation(coefficients=CALEE))
    loin = [lieu(30_000, 30_000), lieu(40_000, 40_000)]
    assert m.matrice(origines=loin, destinations=loin).methode == "estimation"


# --- Le fichier


def test_le_graphe_ecrit_se_relit_le_meme(tmp_path):
    m, hasard = _au_hasard(3)
    chemin = tmp_path / "voiture.npz"
    fichier.ecrire(graphe=m.graphe, chemin=chemin)
    relu = sur(fichier.lire(chemin=chemin), metres=3000.0)
    points = [lieu(*hasard.uniform(0, 8000, 2)) for _ in range(10)]
    ici = m.matrice(origines=points, destinations=points).minutes
    assert (relu.matrice(origines=points, destinations=points).minutes == ici).all()
    assert [p.name for p in tmp_path.iterdir()] == ["voiture.npz"]


@pytest.mark.parametrize("contenu", [b"", b"PK\x03\x04 rien", b"un texte"])
def test_un_fichier_abime_est_dit(tmp_path, contenu):
    chemin = tmp_path / "voiture.npz"
    chemin.write_bytes(contenu)
    with pytest.raises(fichier.FichierIllisible):
        fichier.lire(chemin=chemin)
