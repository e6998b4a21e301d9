"""Les échéances tenues du journal : ouvertes, fermées, abandonnées, suspendues, vérifiées."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draille.moteurs.delais import adaptateur, registre
from draille.moteurs.delais.registre import Delai
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal import registre as journal
from draille.noyau.journal.actes import Sujet, consigner, consigner_lot
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import ActeDeclare, Lot
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune
from draille.socle import parametres
from draille.socle.acces import Acces, Compartiment, Role, cle
from draille.socle.parametres import Registre

PARAMETRES = """
essai.un_mois:
  libelle: Un mois
  unite: mois
  valeurs: [{du: 2020-01-01, valeur: 1, reference: "convention d'essai"}]
essai.six_semaines:
  libelle: Six semaines
  unite: semaines
  valeurs: [{du: 2025-01-01, valeur: 6, reference: "texte d'essai"}]
"""


def _charge(nom):
    return dataclass(frozen=True)(type(nom, (), {"__annotations__": {"motif": str}}))


CHARGES = {
    n: _charge(n) for n in ("entrer", "orienter", "sortir", "rectifier", "arreter", "reprendre")
}
CONVENTION = Delai(
    code="essai.convention",
    libelle="Orienter en un mois",
    ouvert_par=("essai.entrer",),
    ferme_par=("essai.orienter",),
    abandonne_par=("essai.sortir",),
    retabli_par=("essai.rectifier",),
    suspendu_par=("essai.arreter",),
    repris_par=("essai.reprendre",),
    parametre="essai.un_mois",
)
LOI = Delai(
    code="essai.loi",
    libelle="Orienter en six semaines",
    ouvert_par=("essai.entrer",),
    ferme_par=("essai.orienter",),
    parametre="essai.six_semaines",
)


@pytest.fixture
def horloges(monkeypatch, tmp_path):
    """Des registres à part, et deux horloges qui partent du même acte."""
    for module, nom in (
        (journal, "_actes"),
        (journal, "_par_charge"),
        (journal, "_abonnements"),
        (projections, "_projections"),
        (registre, "_delais"),
    ):
        monkeypatch.setattr(module, nom, {})
    fichier = tmp_path / "parametres.yaml"
    fichier.write_text(PARAMETRES, encoding="utf-8")
    monkeypatch.setattr(parametres, "_registre", Registre.charger([fichier]))
    for nom, charge in CHARGES.items():
        journal.declarer(ActeDeclare(f"essai.{nom}", 1, nom, charge))
    for delai in (CONVENTION, LOI):
        adaptateur.inscrire(delai)


@pytest.fixture
def personne(systeme):
    commune = Commune.objects.create(id=7, code_insee="43007", nom="Brioude")
    return inscrire(
        identite=Identite(nom_naissance="Bœuf", prenom="Éléonore"),
        compartiment=Compartiment.INSERTION,
        commune_id=commune.pk,
        par=systeme,
        le=date(2020, 1, 1),
    )


@pytest.fixture
def ecrire(personne, horloges, systeme):
    """Écrit un acte d'essai sur un objet de la personne."""

    def _ecrire(nom, le, objet_id=1):
        sujet = Sujet(
            compartiment=Compartiment.INSERTION,
            personne_id=personne.pk,
            commune_id=personne.commune_id,
            objet_id=objet_id,
        )
        return consigner(charge=CHARGES[nom](motif="essai"), par=systeme, le=le, sujet=sujet)

    return _ecrire


def _etat(code="essai.convention"):
    return list(
        Echeance.objects.filter(code=code)
        .order_by("ligne_ouverture_id")
        .values_list("ouverte_le", "avant_le", "fermee_le", "est_sans_suite")
    )


def _ecarts():
    return {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer()}


INTACT = {"delais.essai.convention": (0, 0), "delais.essai.loi": (0, 0)}


def test_un_acte_ouvre_son_horloge_dans_la_meme_transaction(ecrire):
    ligne = ecrire("entrer", date(2020, 1, 31))
    assert _etat() == [(date(2020, 1, 31), date(2020, 2, 29), None, False)]
    assert Echeance.objects.get().ligne_ouverture_id == ligne.pk


def test_sans_valeur_en_vigueur_lhorloge_ne_souvre_pas(ecrire):
    ecrire("entrer", date(2020, 1, 31))
    assert _etat("essai.loi") == []
    ecrire("entrer", date(2025, 1, 2), objet_id=2)
    assert _etat("essai.loi") == [(date(2025, 1, 2), date(2025, 2, 13), None, False)]


def test_la_premiere_fermeture_par_sa_date_compte(ecrire):
    ecrire("entrer", date(2020, 3, 1))
    ecrire("orienter", date(2020, 5, 1))
    ecrire("orienter", date(2020, 3, 20))
    ecrire("orienter", date(2020, 6, 1), objet_id=2)
    assert _etat() == [(date(2020, 3, 1), date(2020, 4, 1), date(2020, 3, 20), False)]


def test_un_acte_date_davant_louverture_la_ferme(ecrire):
    """La personne orientée avant que le fichier ne la dise entrée n'est pas en retard."""
    ecrire("entrer", date(2020, 3, 20))
    ecrire("orienter", date(2020, 3, 10))
    assert _etat()[0][2] == date(2020, 3, 10)


def test_la_sortie_abandonne_et_sa_rectification_rouvre(ecrire):
    ecrire("entrer", date(2020, 3, 1))
    ecrire("sortir", date(2020, 3, 10))
    assert _etat()[0][2:] == (date(2020, 3, 10), True)
    ecrire("rectifier", date(2020, 3, 12))
    assert _etat()[0][2:] == (None, False)
    ecrire("orienter", date(2020, 3, 15))
    assert _etat()[0][2:] == (date(2020, 3, 15), False)
    assert _ecarts() == INTACT


def test_un_objet_rouvert_a_deux_echeances(ecrire):
    ecrire("entrer", date(2020, 3, 1))
    ecrire("orienter", date(2020, 3, 5))
    ecrire("entrer", date(2020, 6, 1))
    assert [e[2] for e in _etat()] == [date(2020, 3, 5), None]


def test_une_suspension_ote_la_limite_puis_la_repousse(ecrire):
    ecrire("entrer", date(2020, 3, 1))
    ecrire("arreter", date(2020, 3, 10))
    assert _etat()[0][1] is None
    ecrire("reprendre", date(2020, 3, 20))
    assert _etat()[0][1] == date(2020, 4, 11)
    assert _ecarts() == INTACT


def test_la_verification_voit_une_echeance_changee_ou_otee(ecrire):
    ecrire("entrer", date(2020, 3, 1))
    assert _ecarts() == INTACT
    Echeance.objects.update(avant_le=date(2021, 1, 1))
    assert _ecarts()["delais.essai.convention"] == (1, 1)
    Echeance.objects.all().delete()
    assert _ecarts()["delais.essai.convention"] == (1, 0)
    assert adaptateur.reconstruire(code="essai.convention") == 1
    assert _ecarts() == INTACT


def test_un_abonnement_rappele_ne_change_rien(ecrire, systeme):
    ligne = ecrire("entrer", date(2020, 3, 1))
    ecrire("orienter", date(2020, 3, 5))
    avant = list(Echeance.objects.values())
    numero = ligne.transaction_id or LigneJournal.objects.get(pk=ligne.pk).transaction_id
    adaptateur.projeter(CONVENTION, Lot(CONVENTION.codes, numero, numero + 1), systeme)
    assert list(Echeance.objects.values()) == avant


def _acces(commune_id):
    cles = frozenset({cle(compartiment=Compartiment.INSERTION, commune_id=commune_id)})
    return Acces(agent_id=1, organisation_id=1, nom="A", cles_par_role={Role.REFERENT: cles})


JOURS = st.integers(0, 40).map(lambda n: date(2020, 1, 20) + timedelta(days=n))
ACTES = st.lists(
    st.tuples(st.sampled_from(list(CHARGES)), JOURS, st.integers(1, 2)), min_size=1, max_size=14
)


@given(actes=ACTES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_tenue_acte_apres_acte_elle_egale_le_recalcul(ecrire, actes):
    """Quel que soit l'ordre des actes, l'état gardé est celui que le journal entier redonne."""
    from django.db import transaction

    with transaction.atomic():
        for nom, le, objet_id in actes:
            ecrire(nom, le, objet_id)
        assert _ecarts() == INTACT
        assert len(_etat()) == sum(nom == "entrer" for nom, _, _ in actes)
        transaction.set_rollback(True)


SOURCE = (
    "SELECT date '2020-01-01' + (g %% 300)::int AS le, %(personne)s AS personne_id,"
    ' g AS objet_id, 200007 AS cle_acces, \'{"motif": "x"}\'::jsonb AS charge'
    " FROM generate_series(1, %(nombre)s) g"
)


@pytest.fixture
def statistiques_fausses(proprietaire):
    """Le planificateur croit vides les deux tables, comme après une analyse faite trop tôt."""
    tables = ["noyau_lignejournal", "noyau_echeance"]
    avant = proprietaire.execute(
        "SELECT oid, reltuples, relpages FROM pg_class c WHERE relname = ANY(%(t)s) OR oid IN"
        " (SELECT indexrelid FROM pg_index WHERE indrelid::regclass::text = ANY(%(t)s))",
        {"t": tables},
    ).fetchall()
    dire = "UPDATE pg_class SET reltuples = %s, relpages = %s WHERE oid = %s"
    with proprietaire.cursor() as curseur:
        curseur.executemany(dire, [(0, 3000, oid) for oid, _, _ in avant])
        proprietaire.commit()
        yield
        curseur.executemany(dire, [(lignes, pages, oid) for oid, lignes, pages in avant])
        proprietaire.commit()


def _lignes_travaillees(plan):
    """Les lignes qu'un plan exécuté a rendues ou écartées, à toutes ses étapes."""
    ecartees = sum(n for cle, n in plan.items() if cle.startswith("Rows Removed"))
    tours = plan["Actual Loops"]
    suite = sum(_lignes_travaillees(sous) for sous in plan.get("Plans", ()))
    return (plan["Actual Rows"] + ecartees) * tours + suite


@pytest.fixture
def travail(monkeypatch):
    """Par requête du moteur, les lignes que PostgreSQL a travaillées pour la servir."""
    travaux = {}

    def mesurer(requete, parametres):
        with connection.cursor() as curseur:
            curseur.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {requete}", parametres)
            ((plan,),) = curseur.fetchone()
            travaux[requete] = max(travaux.get(requete, 0), _lignes_travaillees(plan["Plan"]))

    lire = adaptateur._lire

    def lire_et_mesurer(requete, parametres):
        mesurer(requete, parametres)
        return lire(requete, parametres)

    monkeypatch.setattr(adaptateur, "_executer", mesurer)
    monkeypatch.setattr(adaptateur, "_lire", lire_et_mesurer)
    return travaux


@pytest.mark.parametrize("suite", ["orienter", "sortir", "arreter"])
def test_un_gros_lot_travaille_une_part_constante_par_ligne(
    personne, horloges, systeme, statistiques_fausses, travail, suite
):
    """Le travail d'un lot croît comme ses lignes, quoi que croie le planificateur des tables."""
    nombre = 3_000
    parametres_lot = {"personne": personne.pk, "nombre": nombre}
    for nom in ("entrer", suite):
        consigner_lot(acte=CHARGES[nom], par=systeme, source=SOURCE, parametres=parametres_lot)
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*), count(fermee_le) FROM noyau_echeance")
        assert curseur.fetchone() == (nombre, 0 if suite == "arreter" else nombre)
    assert travail
    assert {r: n for r, n in travail.items() if n > 30 * nombre} == {}
