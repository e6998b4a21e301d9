"""Une limite portée par la charge, et des échéances qui ne sont à personne."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from draille.moteurs.delais import adaptateur, registre
from draille.moteurs.delais.registre import Delai
from draille.noyau.echeance import lectures
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal import registre as journal
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle


@dataclass(frozen=True)
class Fixer:
    avant_le: date | None


@dataclass(frozen=True)
class Tenir:
    par: str


@dataclass(frozen=True)
class Reporter:
    motif: str


RAPPORT = Delai(
    code="essai.rapport",
    libelle="Rendre le rapport",
    ouvert_par=("essai.fixer",),
    ferme_par=("essai.tenir",),
    abandonne_par=("essai.reporter",),
    limite_charge="avant_le",
)
LIMITE = date(2021, 3, 31)


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
def ecrire(monkeypatch, personne, systeme):
    """Écrit un acte d'essai, sur des registres à part."""
    for module, nom in (
        (journal, "_actes"),
        (journal, "_par_charge"),
        (journal, "_abonnements"),
        (projections, "_projections"),
        (registre, "_delais"),
    ):
        monkeypatch.setattr(module, nom, {})
    for code, charge in (("fixer", Fixer), ("tenir", Tenir), ("reporter", Reporter)):
        journal.declarer(ActeDeclare(f"essai.{code}", 1, code, charge))
    adaptateur.inscrire(RAPPORT)

    def _ecrire(charge, le, objet_id=1, **sujet):
        return consigner(charge=charge, par=systeme, le=le, sujet=Sujet(objet_id=objet_id, **sujet))

    return _ecrire


def _etat():
    return list(
        Echeance.objects.order_by("objet_id").values_list(
            "objet_id", "avant_le", "fermee_le", "est_sans_suite"
        )
    )


def test_la_limite_est_celle_de_la_charge_et_nest_a_personne(ecrire):
    ecrire(Fixer(LIMITE), date(2020, 10, 23))
    (echeance,) = Echeance.objects.all()
    assert (echeance.avant_le, echeance.personne_id, echeance.cle_acces) == (LIMITE, None, None)


def test_sans_date_dans_la_charge_lhorloge_ne_souvre_pas(ecrire):
    ecrire(Fixer(None), date(2020, 10, 23))
    assert _etat() == []


def test_un_report_laisse_sans_suite_et_une_autre_date_souvre(ecrire):
    ecrire(Fixer(LIMITE), date(2020, 10, 23))
    ecrire(Reporter("avenant"), date(2020, 12, 1))
    ecrire(Fixer(date(2021, 9, 30)), date(2020, 12, 1), objet_id=2)
    ecrire(Tenir("assemblée"), date(2021, 9, 1), objet_id=2)
    assert _etat() == [
        (1, LIMITE, date(2020, 12, 1), True),
        (2, date(2021, 9, 30), date(2021, 9, 1), False),
    ]


def test_letat_se_verifie_et_se_reconstruit(ecrire, systeme):
    ecrire(Fixer(LIMITE), date(2020, 10, 23))
    ecrire(Fixer(None), date(2020, 10, 24), objet_id=2)
    ecrire(Tenir("assemblée"), date(2021, 3, 1))
    assert [(e.manquantes, e.en_trop) for e in projections.comparer()] == [(0, 0)]
    attendu = _etat()
    Echeance.objects.update(avant_le=date(2000, 1, 1))
    assert [(e.manquantes, e.en_trop) for e in projections.comparer()] == [(1, 1)]
    assert adaptateur.reconstruire(code="essai.rapport") == 1
    assert _etat() == attendu


def test_les_listes_par_personne_ne_montrent_que_des_personnes(ecrire, personne, systeme):
    ecrire(Fixer(LIMITE), date(2020, 10, 23))
    sujet = {"compartiment": 2, "personne_id": personne.pk, "commune_id": 7}
    ecrire(Fixer(LIMITE), date(2020, 10, 23), objet_id=2, **sujet)
    le, filtre = date(2021, 4, 1), lectures.Filtre()
    vues = lectures.ouvertes(acces=systeme, le=le, filtre=filtre, limite=10)
    assert [e.personne_id for e in vues] == [personne.pk]
    assert lectures.compter(acces=systeme, le=le, filtre=filtre).en_retard == 1
    assert [r.ouvertes for r in lectures.retards_par_territoire(acces=systeme, le=le)] == [1]
    assert set(lectures.prochaines(personnes=[personne.pk], acces=systeme)) == {personne.pk}
    (due,) = lectures.du_departement(code="essai.rapport", le=le)
    assert (due.objet_id, due.personne_id) == (1, None)
    ecrire(Tenir("assemblée"), date(2021, 4, 2))
    assert lectures.du_departement(code="essai.rapport", le=date(2021, 4, 2)) == []
    assert len(lectures.du_departement(code="essai.rapport", le=le)) == 1


def test_un_agent_la_lit_et_lecrit_sans_cle_et_hors_contexte_personne(ecrire):
    ecrire(Fixer(LIMITE), date(2020, 10, 23))
    agent = Acces(1, None, "pilote", {Role.PILOTE: frozenset({cle(compartiment=2, commune_id=7)})})
    with contexte.ouvrir(acces=agent, instant=datetime(2020, 10, 24, 12, tzinfo=UTC)):
        assert Echeance.objects.count() == 1
        consigner(charge=Fixer(LIMITE), par=agent, le=date(2020, 10, 24), sujet=Sujet(objet_id=3))
        assert Echeance.objects.count() == 2
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL draille.instant = ''; SET LOCAL draille.cles = '{}'")
        curseur.execute("SELECT count(*) FROM noyau_echeance")
        assert curseur.fetchone() == (0,)


def test_une_echeance_de_personne_garde_sa_cle(personne):
    with pytest.raises(IntegrityError, match="echeance_personne_a_une_cle"), transaction.atomic():
        Echeance.objects.create(
            code="x", personne=personne, ouverte_le=LIMITE, ligne_ouverture_id=1, cle_acces=None
        )


@pytest.mark.parametrize(
    "dit",
    [
        {},
        {"parametre": "a", "limite_charge": "b"},
        {"limite_charge": "b", "suspendu_par": ("essai.arreter",)},
    ],
)
def test_un_delai_a_une_limite_et_une_seule(dit):
    with pytest.raises(ValueError, match=r"x\.y"):
        Delai(code="x.y", libelle="", ouvert_par=("x.a",), ferme_par=("x.b",), **dit)
