"""Les indicateurs lus du journal, contre un recompte naïf : délais, droits, territoires."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.adaptateur import Choix
from draille.moteurs.indicateurs.calcul import Compte, Periode
from draille.moteurs.indicateurs.registre import Indicateur
from draille.noyau.journal import registre as journal
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle

ENTRER, ORIENTER = "essai.entrer", "essai.orienter"
LE = date(2020, 12, 31)
AN = Periode.annee(2020)


@dataclass(frozen=True)
class Entrer:
    categorie: str


@dataclass(frozen=True)
class Orienter:
    motif: str


def _indicateur(condition="true", **autres):
    champs = {
        "code": "X",
        "version": 1,
        "libelle": "Essai",
        "definition": "",
        "source": "",
        "denominateur": (ENTRER,),
        "numerateur": (ORIENTER,),
        "condition": condition,
    }
    return Indicateur(**{**champs, **autres})


def _mois_apres(jour):
    annee, rang = divmod(jour.year * 12 + jour.month, 12)
    return date(annee, rang + 1, min(jour.day, calendar.monthrange(annee, rang + 1)[1]))


# Chaque définition, en SQL comme une mesure l'écrit, et en Python comme on la lit.
B1_SQL = (
    "(n.le <= (d.le + interval '1 month')::date"
    " OR date_trunc('month', n.le) = date_trunc('month', d.le))"
)
DEFINITIONS = {
    "B1": (
        _indicateur(B1_SQL),
        lambda d, n: n <= _mois_apres(d) or (d.year, d.month) == (n.year, n.month),
    ),
    "B1-31j": (_indicateur("n.le <= d.le + 31"), lambda d, n: (n - d).days <= 31),
    "rdvi-45": (
        _indicateur("n.le < d.le + 45", unicite="premiere", anciennete_min_jours=45),
        lambda d, n: (n - d).days < 45,
    ),
    "loi-42j": (_indicateur("n.le <= d.le + 42"), lambda d, n: (n - d).days <= 42),
    "compte": (_indicateur(numerateur=(), unicite="aucune"), lambda d, n: False),
}


@pytest.fixture
def ecrire(systeme, monkeypatch):
    """Écrit un acte d'essai : (code, jour, personne, objet, commune), par qui."""
    for nom in ("_actes", "_par_charge", "_abonnements"):
        monkeypatch.setattr(journal, nom, {})
    journal.declarer(ActeDeclare(ENTRER, 1, "Entrée", Entrer))
    journal.declarer(ActeDeclare(ORIENTER, 1, "Orientation", Orienter))

    def _ecrire(code, le, personne_id, objet_id, commune_id=None, par=systeme):
        charge = Entrer(categorie="retour") if code == ENTRER else Orienter(motif=str(le.day))
        sujet = Sujet(
            compartiment=Compartiment.INSERTION,
            personne_id=personne_id,
            objet_id=objet_id,
            commune_id=commune_id,
        )
        return consigner(charge=charge, par=par, le=le, sujet=sujet)

    return _ecrire


def _recompte(lignes, indicateur, est_a_temps, le):
    """Lignes (id, code, jour, personne, objet) : par mois de 2020, [dénominateur, numérateur]."""
    debuts = sorted((jour, i, p, o) for i, c, jour, p, o in lignes if c == ENTRER and jour <= le)
    vus, retenus = set(), []
    for jour, i, personne, objet in debuts:
        marque = {
            "mois": (personne, jour.year, jour.month),
            "premiere": personne,
            "aucune": i,
        }[indicateur.unicite]
        if marque not in vus:
            vus.add(marque)
            retenus.append((jour, objet))
    comptes = defaultdict(lambda: [0, 0])
    for jour, objet in retenus:
        age = (le - jour).days
        if jour.year != 2020 or (
            indicateur.anciennete_min_jours and age <= indicateur.anciennete_min_jours
        ):
            continue
        fins = [j for _, c, j, _, o in lignes if c == ORIENTER and o == objet and j <= le]
        comptes[jour.replace(day=1)][0] += 1
        comptes[jour.replace(day=1)][1] += bool(fins) and est_a_temps(jour, min(fins))
    return {m: Compte(d, n) for m, (d, n) in comptes.items()}


# Toutes les formes qu'une définition peut prendre, pour les lire ensemble et une à une.
FORMES = [
    _indicateur(code=str(rang), **champs)
    for rang, champs in enumerate(
        [
            {"condition": condition, "unicite": unicite, "sujet": sujet}
            for condition in ("n.le <= d.le + 31", B1_SQL)
            for unicite in ("mois", "premiere")
            for sujet in ("personne", "objet")
        ]
        + [
            {"unicite": "aucune", "filtre": filtre, **reponse}
            for filtre in ("true", "d.charge ->> 'categorie' = 'retour'", "d.le > '2020-06-30'")
            for reponse in (
                {"numerateur": ()},
                {"condition": "n.le >= d.le"},
                {"numerateur": (ENTRER, ORIENTER), "condition": "n.id <> d.id"},
                {"reponse": "la_meme", "denominateur": (ENTRER, ORIENTER)},
            )
        ]
        + [
            {"anciennete_min_jours": 45, "condition": "n.le < d.le + 45", "unicite": "premiere"},
            {"condition": "(n.charge ->> 'motif')::integer > 5", "filtre": "d.le < '2020-02-01'"},
            {"numerateur": (ORIENTER,), "condition": "n.charge ->> 'motif' LIKE '1%'"},
        ]
    )
]


INSTANT = datetime(2020, 12, 31, 9, 0, tzinfo=UTC)
FIN_DE_MOIS = [date(2020, m, calendar.monthrange(2020, m)[1]) for m in range(1, 13)]
JOURS = st.one_of(st.sampled_from(FIN_DE_MOIS), st.dates(date(2019, 11, 1), date(2021, 2, 28)))
ENTREE = st.tuples(st.integers(1, 4), JOURS, st.lists(st.integers(-12, 70), max_size=3))


@given(entrees=st.lists(ENTREE, max_size=8), le=st.dates(date(2020, 6, 1), date(2021, 3, 1)))
@example(entrees=[(1, date(2020, 1, 31), [29]), (2, date(2020, 1, 31), [30])], le=LE)
@example(entrees=[(1, date(2020, 12, 31), [31]), (2, date(2020, 5, 30), [31])], le=date(2021, 2, 1))
@example(entrees=[(1, date(2020, 8, 16), [45, 44]), (2, date(2020, 11, 16), [3])], le=LE)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_chaque_definition_egale_le_recompte(ecrire, systeme, entrees, le):
    with transaction.atomic():
        lignes = []
        for objet, (personne, jour, ecarts) in enumerate(entrees, start=1):
            actes = [(ENTRER, jour), *((ORIENTER, jour + timedelta(days=e)) for e in ecarts)]
            for code, quand in actes:
                ligne = ecrire(code, quand, personne, objet)
                lignes.append((ligne.pk, code, quand, personne, objet))
        for code, (indicateur, est_a_temps) in DEFINITIONS.items():
            demande = {"indicateur": indicateur, "periode": AN, "acces": systeme, "le": le}
            serie = dict(adaptateur.serie(**demande))
            attendu = _recompte(lignes, indicateur, est_a_temps, le)
            assert {m: c for m, c in serie.items() if c.denominateur} == attendu, code
            liste = adaptateur.liste(**demande)
            assert len(liste) == adaptateur.annuelle(**demande).denominateur
            assert (
                sum(a.dans_numerateur for a in liste) == adaptateur.annuelle(**demande).numerateur
            )
        transaction.set_rollback(True)


@given(entrees=st.lists(ENTREE, max_size=8), le=st.dates(date(2020, 6, 1), date(2021, 3, 1)))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_ensemble_comme_un_a_un(ecrire, systeme, entrees, le):
    """Une seule requête rend, pour chaque forme de définition, ce qu'elle rend seule."""
    with transaction.atomic():
        for objet, (personne, jour, ecarts) in enumerate(entrees, start=1):
            # Deux entrées partagent parfois un objet ; une autre n'en a pas.
            partage = None if objet == 5 else (objet + 1) // 2
            ecrire(ENTRER, jour, personne if objet != 6 else None, partage)
            for ecart in ecarts:
                ecrire(ORIENTER, jour + timedelta(days=ecart), personne, partage)
        demande = {"periode": AN, "acces": systeme, "le": le}
        ensemble = adaptateur.toutes(indicateurs=FORMES, **demande)
        for i in FORMES:
            assert ensemble[i.code] == adaptateur.serie(indicateur=i, **demande), i
        transaction.set_rollback(True)


CHOIX = st.builds(
    Choix,
    part=st.sampled_from(["denominateur", "numerateur", "repondus"]),
    jours=st.sampled_from([None, (0, 29), (30, 59), (60, None)]),
    depuis=st.integers(0, 6),
    limite=st.one_of(st.none(), st.integers(0, 6)),
)


def _garde(acte, choix):
    if choix.jours is not None:
        bas, haut = choix.jours
        delai = None if acte.delai_jours is None else max(acte.delai_jours, 0)
        if delai is None or delai < bas or (haut is not None and delai > haut):
            return False
    parts = {"numerateur": acte.dans_numerateur, "repondus": acte.fin_le is not None}
    return parts.get(choix.part, True)


@given(
    entrees=st.lists(ENTREE, max_size=8),
    choix=CHOIX,
    forme=st.sampled_from([*FORMES, *(i for i, _ in DEFINITIONS.values())]),
)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_une_page_est_un_morceau_de_la_liste(ecrire, systeme, entrees, choix, forme):
    with transaction.atomic():
        for objet, (personne, jour, ecarts) in enumerate(entrees, start=1):
            ecrire(ENTRER, jour, personne, objet)
            for ecart in ecarts:
                ecrire(ORIENTER, jour + timedelta(days=ecart), personne, objet)
        demande = {"indicateur": forme, "periode": AN, "acces": systeme, "le": LE}
        gardes = [a for a in adaptateur.liste(**demande) if _garde(a, choix)]
        fin = None if choix.limite is None else choix.depuis + choix.limite
        assert adaptateur.liste(**demande, choix=choix) == gardes[choix.depuis : fin]
        assert adaptateur.compter(**demande, choix=choix) == len(gardes)
        transaction.set_rollback(True)


def test_hors_de_tout_secteur(ecrire, systeme, secteurs):
    dedans = ecrire(ENTRER, date(2020, 3, 2), 1, 1, commune_id=1)
    dehors = [ecrire(ENTRER, date(2020, 3, 2), o, o, commune_id=c) for o, c in ((2, None), (3, 9))]
    demande = {"indicateur": DEFINITIONS["B1"][0], "periode": AN, "acces": systeme, "le": LE}
    lus = adaptateur.liste(**demande, choix=Choix(hors_nature="secteur"))
    assert [a.ligne_id for a in lus] == [d.pk for d in dehors]
    (seul,) = adaptateur.liste(**demande, territoire=secteurs[0].pk)
    assert seul.ligne_id == dedans.pk
    autres = adaptateur.liste(**demande, choix=Choix(hors_nature="epci"))
    assert len(autres) == 3


def _compter(acces, le=LE, indicateur=DEFINITIONS["B1"][0], **autres):
    return adaptateur.annuelle(indicateur=indicateur, periode=AN, acces=acces, le=le, **autres)


def test_vu_dun_jour_ce_qui_suit_nexiste_pas_encore(ecrire, systeme):
    ecrire(ENTRER, date(2020, 3, 2), 1, 1)
    ecrire(ORIENTER, date(2020, 3, 20), 1, 1)
    ecrire(ENTRER, date(2020, 4, 2), 2, 2)
    assert _compter(systeme, le=date(2020, 3, 19)) == Compte(1, 0)
    assert _compter(systeme, le=date(2020, 3, 20)) == Compte(1, 1)
    assert _compter(systeme) == Compte(2, 1)


def test_le_numerateur_est_au_mois_de_lentree(ecrire, systeme):
    ecrire(ENTRER, date(2020, 3, 25), 1, 1)
    ligne = ecrire(ORIENTER, date(2020, 4, 10), 1, 1)
    serie = dict(
        adaptateur.serie(indicateur=DEFINITIONS["B1"][0], periode=AN, acces=systeme, le=LE)
    )
    assert serie[date(2020, 3, 1)] == Compte(1, 1)
    assert serie[date(2020, 4, 1)] == Compte(0, 0)
    (acte,) = adaptateur.liste(indicateur=DEFINITIONS["B1"][0], periode=AN, acces=systeme, le=LE)
    assert (acte.fin_le, acte.ligne_fin_id, acte.delai_jours) == (date(2020, 4, 10), ligne.pk, 16)


def test_un_pour_cent_dans_une_declaration_se_lit_tel_quel(ecrire, systeme):
    ecrire(ENTRER, date(2020, 3, 25), 1, 1)
    indicateur = _indicateur("true", filtre="d.charge ->> 'categorie' LIKE 'ret%'")
    assert _compter(systeme, indicateur=indicateur).denominateur == 1


@pytest.fixture
def secteurs(systeme):
    """Deux communes, chacune dans son secteur."""
    crees = []
    for rang, nom in ((1, "Nord"), (2, "Sud")):
        commune = Commune.objects.create(id=rang, code_insee=f"4300{rang}", nom=nom)
        secteur = Territoire.objects.create(
            nature="secteur", code=nom, nom=nom, debut=date(2020, 1, 1)
        )
        TerritoireCommune.objects.create(
            territoire=secteur, commune=commune, nature="secteur", debut=date(2020, 1, 1)
        )
        crees.append(secteur)
    return crees


def test_les_territoires_se_comptent_comme_leurs_listes(ecrire, systeme, secteurs):
    ecrire(ENTRER, date(2020, 3, 2), 1, 1, commune_id=1)
    # Entrée deux fois dans le mois, d'une commune à l'autre : une seule fois, dans la première.
    ecrire(ENTRER, date(2020, 3, 20), 1, 2, commune_id=2)
    ecrire(ENTRER, date(2020, 3, 2), 2, 3, commune_id=2)
    ecrire(ENTRER, date(2020, 3, 2), 3, 4)
    demande = {"indicateur": DEFINITIONS["B1"][0], "periode": AN, "acces": systeme, "le": LE}
    lus = adaptateur.par_territoire(**demande, nature="secteur")
    assert [(t.nom, t.compte) for t in lus] == [("Nord", Compte(1, 0)), ("Sud", Compte(1, 0))]
    for territoire in lus:
        liste = adaptateur.liste(**demande, territoire=territoire.territoire_id)
        assert len(liste) == territoire.compte.denominateur
    assert _compter(systeme).denominateur == 3


def _agent(commune_id):
    cles = frozenset({cle(compartiment=Compartiment.INSERTION, commune_id=commune_id)})
    return Acces(agent_id=1, organisation_id=1, nom="A", cles_par_role={Role.PILOTE: cles})


def test_chacun_compte_ce_quil_voit_par_chaque_mur(ecrire, systeme, secteurs):
    ecrire(ENTRER, date(2020, 3, 2), 1, 1, commune_id=1)
    ecrire(ENTRER, date(2020, 3, 2), 2, 2, commune_id=2)
    ecrire(ORIENTER, date(2020, 3, 9), 2, 2, commune_id=2)
    # Premier mur seul : le contexte ouvert voit tout.
    assert _compter(_agent(1)) == Compte(1, 0)
    assert _compter(_agent(2)) == Compte(1, 1)
    # Second mur seul : la requête demande tout, PostgreSQL ne rend que ce que le contexte ouvre.
    contexte.poser(acces=_agent(2), instant=INSTANT)
    assert _compter(systeme) == Compte(1, 1)
    contexte.poser(acces=systeme, instant=INSTANT)


def test_les_delais_comptent_les_reponses_tardives(ecrire, systeme):
    for objet, ecart in enumerate((3, 40, 95), start=1):
        ecrire(ENTRER, date(2020, 3, 2), objet, objet)
        ecrire(ORIENTER, date(2020, 3, 2) + timedelta(days=ecart), objet, objet)
    ecrire(ENTRER, date(2020, 3, 2), 9, 9)
    lus = adaptateur.delais(indicateur=DEFINITIONS["B1"][0], periode=AN, acces=systeme, le=LE)
    assert (lus.nombre, lus.moyenne, lus.mediane) == (3, 46, 40)
    assert [n for _, n in lus.bandes] == [1, 1, 0, 1]


def test_une_reponse_vaut_au_jour_que_dit_sa_charge(ecrire, systeme):
    """Un rendez-vous fixé aujourd'hui répond au jour du rendez-vous, non à celui de la ligne."""
    ecrire(ENTRER, date(2020, 3, 2), 1, 1)
    ecrire(ORIENTER, date(2020, 3, 3), 1, 1)
    ecrire(ORIENTER, date(2020, 3, 4), 1, 1)
    # « 3% » : un pourcent de la déclaration reste un pourcent.
    decale = "CASE WHEN n.charge ->> 'motif' LIKE '3%' THEN n.le + 10 END"
    bornes = {"periode": AN, "acces": systeme, "le": LE}
    (acte,) = adaptateur.liste(
        indicateur=_indicateur("n.le <= d.le + 1", date_reponse=decale), **bornes
    )
    assert (acte.fin_le, acte.delai_jours) == (date(2020, 3, 13), 11)
    assert acte.dans_numerateur
    (sans,) = adaptateur.liste(indicateur=_indicateur("n.le <= d.le + 1"), **bornes)
    assert sans.delai_jours == 1


def test_une_ligne_peut_repondre_delle_meme(ecrire, systeme):
    """Trois lignes du même objet, deux d'un code compté : chacune répond de son propre code."""
    for jour in (2, 9):
        ecrire(ORIENTER, date(2020, 3, jour), 1, 1)
    ecrire(ENTRER, date(2020, 3, 16), 1, 1)
    part = _indicateur(denominateur=(ENTRER, ORIENTER), unicite="aucune", reponse="la_meme")
    bornes = {"indicateur": part, "periode": AN, "acces": systeme, "le": LE}
    assert adaptateur.annuelle(**bornes) == Compte(3, 2)
    liste = adaptateur.liste(**bornes)
    assert [a.dans_numerateur for a in liste] == [True, True, False]
    assert adaptateur.delais(**bornes).nombre == 0


def test_chaque_sujet_ne_compte_quune_fois(ecrire, systeme):
    """Deux personnes, trois objets, un agent : chaque sujet dit son propre compte."""
    for jour, personne, objet in ((2, 1, 1), (9, 1, 2), (16, 2, 3), (65, 2, 3)):
        le = date(2020, 3, 1) + timedelta(days=jour - 1)
        ecrire(ENTRER, le, personne, objet, par=_agent(1))
    comptes = {
        (sujet, unicite): _compter(systeme, indicateur=_indicateur(sujet=sujet, unicite=unicite))
        for sujet in ("personne", "objet", "agent")
        for unicite in ("mois", "premiere")
    }
    assert {c: n.denominateur for c, n in comptes.items()} == {
        ("personne", "mois"): 3,
        ("personne", "premiere"): 2,
        ("objet", "mois"): 4,
        ("objet", "premiere"): 3,
        ("agent", "mois"): 2,
        ("agent", "premiere"): 1,
    }


def test_une_ligne_sans_son_sujet_compte_pour_elle_meme(ecrire, systeme):
    for jour in (2, 9):
        ecrire(ENTRER, date(2020, 3, jour), 1, None)
    assert _compter(systeme, indicateur=_indicateur(sujet="objet")).denominateur == 2


def test_une_seule_requete_quel_que_soit_le_nombre_dindicateurs(
    ecrire, systeme, django_assert_num_queries
):
    for objet in range(1, 30):
        ecrire(ENTRER, date(2020, 1 + objet % 12, 2), objet, objet)
    with django_assert_num_queries(1):
        adaptateur.toutes(
            indicateurs=[i for i, _ in DEFINITIONS.values()], periode=AN, acces=systeme, le=LE
        )
    with django_assert_num_queries(0):
        assert adaptateur.toutes(indicateurs=[], periode=AN, acces=systeme, le=LE) == {}
