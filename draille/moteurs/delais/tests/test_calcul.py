from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from draille.moteurs.delais.calcul import (
    DelaiEnSuspens,
    Duree,
    Interruption,
    Regime,
    ajouter,
    est_ouvrable,
    est_ouvre,
    etat,
    jours_feries,
    jours_restants,
    limite,
    regime,
)
from draille.socle.feries import dimanche_de_paques
from draille.socle.refus import Refus

EXEMPLES = Path(__file__).parent / "exemples"
UN_JOUR = timedelta(days=1)


def _lire(nom):
    return yaml.safe_load((EXEMPLES / nom).read_text(encoding="utf-8"))


def _duree(texte, report=""):
    nombre, unite = texte.split()
    return Duree(int(nombre), unite, report == "oui")


def _cas(*noms):
    return [pytest.param(cas, id=cas["nom"]) for nom in noms for cas in _lire(nom)]


@pytest.mark.parametrize("cas", _cas("quantieme.yaml", "jours.yaml", "report.yaml"))
def test_exemples_de_durees(cas):
    duree = _duree(cas["duree"], cas.get("report", ""))
    assert ajouter(debut=cas["ouverture"], duree=duree) == cas["attendu"]
    assert limite(ouverture=cas["ouverture"], duree=duree) == cas["attendu"]


@pytest.mark.parametrize("cas", _cas("interruptions.yaml"))
def test_exemples_d_interruptions(cas):
    duree = _duree(cas["duree"], cas.get("report", ""))
    arrets = [Interruption(**arret) for arret in cas["interruptions"]]
    if cas["attendu"] == "en suspens":
        with pytest.raises(DelaiEnSuspens):
            limite(ouverture=cas["ouverture"], duree=duree, interruptions=arrets)
        return
    for ordre in (arrets, arrets[::-1]):
        obtenu = limite(ouverture=cas["ouverture"], duree=duree, interruptions=ordre)
        assert obtenu == cas["attendu"]


@pytest.mark.parametrize("annee", _lire("feries.yaml"))
def test_exemples_de_jours_feries(annee):
    assert sorted(jours_feries(annee)) == _lire("feries.yaml")[annee]


def test_deux_fetes_le_meme_jour_gardent_leurs_noms():
    assert jours_feries(2008)[date(2008, 5, 1)] == "fête du Travail et Ascension"


@pytest.mark.parametrize("cas", _cas("etats.yaml"))
def test_exemples_d_etats(cas):
    vu = {"avant_le": cas["avant_le"], "le": cas["le"]}
    assert etat(**vu, ferme_le=cas["ferme_le"], seuil_proche_jours=7) == cas["etat"]
    assert jours_restants(**vu) == cas["restants"]


REGIMES = [
    Regime(r["du"], r["au"], _duree(r["duree"]), r["reference"])
    for r in _lire("regimes.yaml")["regimes"]
]


@pytest.mark.parametrize(
    "cas", [pytest.param(c, id=c["nom"]) for c in _lire("regimes.yaml")["cas"]]
)
def test_exemples_de_regimes(cas):
    trouve = regime(le=cas["le"], regimes=REGIMES)
    assert trouve.reference == cas["reference"]
    assert ajouter(debut=cas["le"], duree=trouve.duree) == cas["avant_le"]


def test_sans_regime_ou_avec_deux_le_refus_dit_pourquoi():
    with pytest.raises(Refus, match="Aucun régime de délai ne vaut le 31/05/2009"):
        regime(le=date(2009, 5, 31), regimes=REGIMES)
    with pytest.raises(Refus, match="D262-65-2 ; CASF D262-65-2") as erreur:
        regime(le=date(2025, 1, 1), regimes=[*REGIMES, REGIMES[1]])
    assert erreur.value.code == "delais.regimes_multiples"


@pytest.mark.parametrize(
    "fautif",
    [
        lambda: Duree(-1, "jours"),
        lambda: Duree(1, "lunes"),
        lambda: Interruption(date(2020, 1, 2), date(2020, 1, 1), "suspend"),
        lambda: Interruption(date(2020, 1, 1), None, "ralentit"),
    ],
)
def test_une_donnee_absurde_est_refusee(fautif):
    with pytest.raises(ValueError):
        fautif()


DATES = st.dates(date(1990, 1, 1), date(2090, 12, 31))
UNITES = st.sampled_from(["jours", "semaines", "mois", "annees", "jours_ouvres", "jours_ouvrables"])
DUREES = st.builds(Duree, st.integers(0, 60), UNITES, st.booleans())


@st.composite
def suspensions(draw, autour, effet=("suspend",)):
    debut = autour + timedelta(days=draw(st.integers(-40, 200)))
    fin = debut + timedelta(days=draw(st.integers(0, 60)))
    return Interruption(debut, fin, draw(st.sampled_from(effet)))


@given(debut=DATES, duree=DUREES, apres=st.integers(0, 40))
def test_la_limite_suit_l_ouverture_et_croit_avec_elle(debut, duree, apres):
    fin = ajouter(debut=debut, duree=duree)
    assert fin >= debut
    assert ajouter(debut=debut + timedelta(days=apres), duree=duree) >= fin
    plus_longue = Duree(duree.nombre + 1, duree.unite, duree.report_ouvrable)
    assert ajouter(debut=debut, duree=plus_longue) >= fin


@given(debut=DATES, nombre=st.integers(0, 120))
def test_un_delai_en_mois_garde_le_quantieme_ou_finit_au_dernier_jour(debut, nombre):
    fin = ajouter(debut=debut, duree=Duree(nombre, "mois"))
    assert (fin.year - debut.year) * 12 + fin.month - debut.month == nombre
    dernier = monthrange(fin.year, fin.month)[1]
    assert fin.day == (debut.day if debut.day <= dernier else dernier)


@given(debut=DATES, nombre=st.integers(0, 10))
def test_une_annee_vaut_douze_mois_et_une_semaine_sept_jours(debut, nombre):
    def fin(combien, unite):
        return ajouter(debut=debut, duree=Duree(combien, unite))

    assert fin(nombre, "annees") == fin(12 * nombre, "mois")
    assert fin(nombre, "semaines") == fin(7 * nombre, "jours")


def _ferie(jour):
    """L'oracle des fêtes : Pâques par la table des nombres d'or (1900 à 2199), les fixes en dur."""
    lunes = "414 403 323 411 331 418 408 328 416 405 325 413 402 322 410 330 417 407 327".split()
    lune = int(lunes[jour.year % 19])
    paques = date(jour.year, lune // 100, lune % 100) + UN_JOUR
    while paques.isoweekday() != 7:
        paques += UN_JOUR
    fixes = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return (jour.month, jour.day) in fixes or (jour - paques).days in {1, 39, 50}


@given(jour=st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_jours_ouvres_et_ouvrables_suivent_l_oracle(jour):
    assert est_ouvre(jour) == (jour.isoweekday() <= 5 and not _ferie(jour))
    assert est_ouvrable(jour) == (jour.isoweekday() <= 6 and not _ferie(jour))
    assert dimanche_de_paques(jour.year).isoweekday() == 7


@given(debut=DATES, nombre=st.integers(0, 40), unite=st.sampled_from([5, 6]))
def test_le_compte_des_jours_travailles_suit_l_oracle(debut, nombre, unite):
    nom = {5: "jours_ouvres", 6: "jours_ouvrables"}[unite]
    fin = ajouter(debut=debut, duree=Duree(nombre, nom))
    comptes = [
        jour
        for jour in (debut + timedelta(days=n) for n in range(1, (fin - debut).days + 1))
        if jour.isoweekday() <= unite and not _ferie(jour)
    ]
    assert len(comptes) == nombre
    assert fin == (comptes[-1] if comptes else debut)


@given(debut=DATES, duree=DUREES)
def test_le_report_va_au_premier_jour_ni_samedi_ni_dimanche_ni_ferie(debut, duree):
    brute = ajouter(debut=debut, duree=Duree(duree.nombre, duree.unite))
    attendu = brute
    while attendu.isoweekday() > 5 or _ferie(attendu):
        attendu += UN_JOUR
    assert ajouter(debut=debut, duree=Duree(duree.nombre, duree.unite, True)) == attendu


@given(data=st.data(), ouverture=DATES, nombre=st.integers(0, 60))
def test_la_suspension_suit_l_oracle_jour_par_jour(data, ouverture, nombre):
    arrets = data.draw(st.lists(suspensions(ouverture), max_size=4))
    jour, compte = ouverture, 0
    while compte < nombre:
        jour += UN_JOUR
        compte += not any(a.debut <= jour < a.fin for a in arrets)
    # Une suspension qui commence le dernier jour le retire : l'oracle l'a déjà sauté.
    duree = Duree(nombre, "jours")
    assert limite(ouverture=ouverture, duree=duree, interruptions=arrets) == jour


@given(data=st.data(), ouverture=DATES, duree=DUREES)
def test_aucun_arret_ne_raccourcit_un_delai_et_leur_ordre_est_indifferent(data, ouverture, duree):
    un_arret = suspensions(ouverture, effet=("suspend", "interrompt"))
    arrets = data.draw(st.lists(un_arret, max_size=4))
    obtenu = limite(ouverture=ouverture, duree=duree, interruptions=arrets)
    assert obtenu >= ajouter(debut=ouverture, duree=duree)
    melange = data.draw(st.permutations(arrets))
    assert limite(ouverture=ouverture, duree=duree, interruptions=melange) == obtenu


@given(data=st.data(), ouverture=DATES, duree=DUREES)
def test_une_interruption_dans_le_delai_le_fait_repartir_a_sa_fin(data, ouverture, duree):
    arret = data.draw(suspensions(ouverture, effet=("interrompt",)))
    assume(arret.debut <= ajouter(debut=ouverture, duree=duree) and arret.fin > ouverture)
    obtenu = limite(ouverture=ouverture, duree=duree, interruptions=[arret])
    assert obtenu == ajouter(debut=arret.fin, duree=duree)


@given(avant_le=DATES, ferme_le=st.none() | DATES, le=DATES, seuil=st.integers(0, 30))
def test_l_etat_se_lit_dans_les_dates(avant_le, ferme_le, le, seuil):
    vu = etat(avant_le=avant_le, ferme_le=ferme_le, le=le, seuil_proche_jours=seuil)
    ferme = ferme_le is not None and ferme_le <= le
    assert vu.startswith("tenu") == ferme
    if ferme:
        assert (vu == "tenu") == (ferme_le <= avant_le)
    else:
        assert (vu == "en_retard") == (le > avant_le)
        assert (vu == "proche") == (0 <= (avant_le - le).days <= seuil)
