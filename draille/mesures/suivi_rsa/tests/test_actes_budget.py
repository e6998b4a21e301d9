"""Les actes du budget : ce qu'ils écrivent, refusent, et ne comptent pas deux fois."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from draille.mesures.suivi_rsa import actes_budget as actes
from draille.mesures.suivi_rsa import lectures_acompte, lectures_budget, lectures_prevision
from draille.mesures.suivi_rsa.actes_acompte import FichierAcompte, importer_acompte
from draille.mesures.suivi_rsa.actes_historique import importer_historique
from draille.mesures.suivi_rsa.actes_prevision import chaque_nuit, garder_prevision
from draille.mesures.suivi_rsa.models import (
    DemandeAcompte,
    LigneAcompte,
    LigneHistorique,
    MandatRsa,
    MoisHistorique,
    PrevisionGardee,
    VoteBudget,
)
from draille.mesures.suivi_rsa.regles.budget import MODIFICATIVE, NON_PUBLIEE
from draille.mesures.suivi_rsa.regles.prevision import DEPENSE, FOYERS
from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.mesures.suivi_rsa.tests import fabrique_budget as fb
from draille.noyau.foyer.actes import matricule_garde
from draille.noyau.journal.models import LigneJournal
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus

LE = fb.LE
INSTANT = datetime(2020, 10, 31, 9, tzinfo=UTC)
ENTETES = ("Matricule", "Nature", "Montant")


def _refus(code: str, fonction: Any, **arguments: Any) -> Refus:
    with pytest.raises(Refus) as leve:
        fonction(**arguments)
    assert leve.value.code == code
    return leve.value


# --- les votes


def test_un_vote_ecrit_une_version_et_une_ligne_de_journal(par: Acces):
    ecrit = actes.voter(vote=fb.vote("19300000"), par=par, le=LE)
    ligne = LigneJournal.objects.get(code="suivi_rsa.voter")
    assert (ligne.objet_id, ligne.charge["montant"]) == (ecrit.pk, "19300000")
    assert ligne.compartiment is None


def test_ce_qu_un_vote_refuse(par: Acces):
    _refus(
        "suivi_rsa.sans_primitif",
        actes.voter,
        vote=fb.vote("1", nature=MODIFICATIVE),
        par=par,
        le=LE,
    )
    actes.voter(vote=fb.vote("100"), par=par, le=LE)
    cas = {
        "suivi_rsa.vote_connu": fb.vote("100", code="autre"),
        "suivi_rsa.credit_negatif": fb.vote("-101", nature=MODIFICATIVE),
        "suivi_rsa.vote_montant": fb.vote("0", nature=MODIFICATIVE),
        "suivi_rsa.vote_a_venir": fb.vote("1", annee=2021, nature=MODIFICATIVE),
        "suivi_rsa.vote_annee": fb.vote(
            "1",
            annee=2018,
            nature=MODIFICATIVE,
            vote_le=date(2020, 2, 3),
            compte_le=date(2020, 2, 3),
        ),
    }
    for code, vote in cas.items():
        _refus(code, actes.voter, vote=vote, par=par, le=LE)
    janvier = fb.vote("5", annee=2019, vote_le=date(2018, 12, 1), compte_le=date(2019, 1, 1))
    actes.voter(vote=janvier, par=par, le=LE)
    tardif = replace(
        janvier,
        nature=MODIFICATIVE,
        code="dm",
        vote_le=date(2020, 1, 15),
        compte_le=date(2020, 1, 15),
    )
    actes.voter(vote=tardif, par=par, le=LE)
    assert VoteBudget.objects.count() == 3


def test_le_pilote_de_tout_le_departement_ecrit_seul(par: Acces):
    for acces in (
        fb.acces(Role.CADRE),
        fb.acces(Role.PILOTE, cles=frozenset({200_017})),
        fb.acces(Role.PILOTE, cles=frozenset({100_000})),
    ):
        _refus("acces.refuse", actes.voter, vote=fb.vote("1"), par=acces, le=LE)
        _refus("acces.refuse", actes.inscrire_publies, par=acces, le=LE)
        _refus(
            "acces.refuse", importer_historique, contenu=b"", nom="x", remplacer=False,
            par=acces, le=LE,
        )  # fmt: skip
    actes.voter(vote=fb.vote("1"), par=fb.acces(Role.PILOTE), le=LE)


def test_les_votes_publies_s_inscrivent_a_leur_date_une_seule_fois(par: Acces):
    assert actes.inscrire_publies(par=par, le=date(2020, 6, 29)) == 1
    assert actes.inscrire_publies(par=par, le=date(2020, 7, 1)) == 1
    assert actes.inscrire_publies(par=par, le=LE) == 1
    assert actes.inscrire_publies(par=par, le=LE) == 0
    votes = VoteBudget.objects.all()
    assert tuple(v.code for v in votes) == fb.PUBLIES
    assert [v.precision for v in votes] == [NON_PUBLIEE, "mois", NON_PUBLIEE]
    assert sum(v.montant for v in votes) == Decimal(20_700_000)
    assert all(str(v.phrase) and "27 octobre 2020" in v.origine for v in votes)


# --- les mandats


def _mandat(montant: str = "1600000.00", numero: str = "M1", **champs: Any) -> actes.MandatSaisi:
    defauts: dict[str, Any] = {
        "exercice": 2020,
        "mois": date(2020, 3, 1),
        "numero": numero,
        "organisme": "CAF",
        "montant": Decimal(montant),
        "mandate_le": date(2020, 3, 25),
    }
    return actes.MandatSaisi(**(defauts | champs))


def test_un_mandat_ne_compte_qu_une_fois(par: Acces):
    actes.constater_mandat(mandat=_mandat(), par=par, le=LE)
    actes.constater_mandat(mandat=_mandat("-600000", "M2"), par=par, le=LE)
    refus = _refus(
        "suivi_rsa.mandat_connu", actes.constater_mandat, mandat=_mandat("5"), par=par, le=LE
    )
    assert "autre montant" in refus.message
    cas = {
        "suivi_rsa.mandat_negatif": _mandat("-1000000.01", "M3"),
        "suivi_rsa.mandat_montant": _mandat("0", "M4"),
        "suivi_rsa.mandat_a_venir": _mandat(numero="M5", mandate_le=date(2020, 11, 1)),
        "suivi_rsa.mandat_annee": _mandat(numero="M6", exercice=2019),
    }
    for code, mandat in cas.items():
        _refus(code, actes.constater_mandat, mandat=mandat, par=par, le=LE)
    assert sum(m.montant for m in MandatRsa.objects.all()) == Decimal(1_000_000)
    assert LigneJournal.objects.filter(code="suivi_rsa.constater_mandat").count() == 2


# --- l'historique


def test_chaque_ligne_d_un_historique_a_sa_reponse(par: Acces):
    contenu = fb.tableur(
        [
            ("janvier 2019", "2 400", "2 700", "1 152 000,00 €"),
            ("2019-02", 2410, 2710, "1150000"),
            ("2019-02", 2411, 2710, "1150000"),
            ("2021-02", 2411, 2710, "1150000"),
            ("mars", 2411, 2710, "1150000"),
            ("2019-04", "deux mille", 2710, "1150000"),
            ("2019-05", 2411, 2000, "1150000"),
            ("2019-06", 2411, 2710, "1150"),
            ("2019-07", 2411, 2710, "-1150000"),
            ("2019-08", 0, 0, "0"),
        ],
        "Mois", "Foyers", "Bénéficiaires", "Dépense",
    )  # fmt: skip
    recu = importer_historique(contenu=contenu, nom="h.csv", remplacer=False, par=par, le=LE)
    assert (recu.lignes, recu.retenues, recu.rejetees) == (10, 2, 8)
    dites = {x.numero: (x.champ, x.raison) for x in LigneHistorique.objects.filter(sort="rejetee")}
    assert dites[4] == ("mois", "février 2019 est déjà à la ligne 3")
    assert dites[5] == ("mois", "février 2021 n'a pas encore eu lieu")
    assert dites[6][0] == "mois"
    assert dites[7][0] == "foyers"
    assert dites[8][0] == "beneficiaires"
    assert "vérifiez l'unité" in dites[9][1]
    assert dites[10][0] == "montant"
    assert dites[11][0] == "foyers"
    assert [m.foyers for m in MoisHistorique.objects.all()] == [2400, 2410]
    # Rejoué : rien ne double. Corrigé : refusé tant qu'on ne le demande pas, l'ancien reste.
    assert (
        importer_historique(contenu=contenu, nom="h", remplacer=False, par=par, le=LE).connues == 2
    )
    corrige = fb.tableur(
        [("2019-01", 2401, 2700, 1152000)], "Mois", "Allocataires", "Personnes", "Montant"
    )
    refuse = importer_historique(contenu=corrige, nom="c", remplacer=False, par=par, le=LE)
    assert refuse.rejetees == 1
    jour = date(2020, 11, 2)
    assert importer_historique(
        contenu=corrige, nom="c", remplacer=True, par=par, le=jour
    ).remplacees
    lus = {d: lectures_prevision.mois_connus(acces=par, le=d)[0].foyers for d in (LE, jour)}
    assert lus == {LE: 2400, jour: 2401}
    assert MoisHistorique.objects.count() == 3


def test_un_mois_passe_se_lit_a_sa_date_meme_importe_plus_tard(par: Acces):
    contenu = fb.historique(date(2020, 1, 1), 9)
    importer_historique(contenu=contenu, nom="h.csv", remplacer=False, par=par, le=LE)
    lus = {
        le: len(lectures_prevision.mois_connus(acces=par, le=le))
        for le in (date(2020, 5, 30), date(2020, 5, 31), LE)
    }
    assert list(lus.values()) == [4, 5, 9]


def test_un_fichier_qui_n_est_pas_un_historique_n_est_pas_garde(par: Acces):
    contenu = fb.tableur([("DUPONT", "1234567")], "Nom", "Matricule")
    refus = _refus(
        "suivi_rsa.colonnes",
        importer_historique,
        contenu=contenu,
        nom="liste.csv",
        remplacer=False,
        par=par,
        le=LE,
    )
    assert "mois, foyers payés, bénéficiaires, dépense" in refus.message
    assert not LigneHistorique.objects.exists()


# --- la prévision gardée


def test_la_prevision_gardee_se_retrouve_tant_que_rien_ne_change(par: Acces):
    contenu = fb.historique(date(2017, 1, 1), 36)
    importer_historique(contenu=contenu, nom="h.csv", remplacer=False, par=par, le=LE)
    connus = lectures_prevision.mois_connus(acces=par, le=LE)
    sans = lectures_prevision.prevision(connus=connus, le=LE)
    assert sans is not None
    assert not sans.a_modele
    assert chaque_nuit(par, LE) == 1
    assert chaque_nuit(par, LE) == 0
    avec = lectures_prevision.prevision(connus=connus, le=LE)
    assert avec is not None
    assert avec.a_modele
    assert "amorti" in {e.code for e in avec.suite(FOYERS).erreurs}
    # Un mois de plus : la prévision gardée ne répond plus.
    suite = fb.historique(date(2017, 1, 1), 37)
    importer_historique(contenu=suite, nom="h.csv", remplacer=False, par=par, le=LE)
    plus = lectures_prevision.mois_connus(acces=par, le=LE)
    autre = lectures_prevision.prevision(connus=plus, le=LE)
    assert autre is not None
    assert not autre.a_modele
    assert autre.fin == date(2020, 1, 1)
    assert PrevisionGardee.objects.count() == 1
    _refus("acces.refuse", garder_prevision, par=fb.acces(Role.REFERENT), le=LE)


def test_un_mois_d_avant_le_bareme_est_laisse(par: Acces):
    contenu = fb.historique(date(2014, 6, 1), 30)
    importer_historique(contenu=contenu, nom="h.csv", remplacer=False, par=par, le=LE)
    connus = lectures_prevision.mois_connus(acces=par, le=LE)
    prevue = lectures_prevision.prevision(connus=connus, le=LE)
    assert (connus[0].mois, prevue.debut if prevue else None) == (
        date(2014, 6, 1),
        date(2015, 1, 1),
    )


# --- la page du budget


@pytest.fixture
def trois_mois(par: Acces) -> Acces:
    """Janvier à mars 2020 : deux foyers, trois, trois, à 497,01 €."""
    f.mois(par, f.JANVIER, f.foyer(1), f.foyer(2))
    f.mois(par, f.FEVRIER, f.foyer(1), f.foyer(2), f.foyer(3))
    f.mois(par, f.MARS, f.foyer(1), f.foyer(2), f.foyer(3))
    return par


def test_les_fichiers_l_emportent_et_se_lisent_a_une_date(trois_mois: Acces):
    contenu = fb.tableur(
        [("2019-12", 4, 5, "2000"), ("2020-01", 9, 9, "4500")],
        "mois", "foyers", "bénéficiaires", "dépense",
    )  # fmt: skip
    importer_historique(contenu=contenu, nom="h", remplacer=False, par=trois_mois, le=f_le(3, 10))
    connus = lectures_prevision.mois_connus(acces=trois_mois, le=f_le(3, 10))
    assert [(m.mois.month, m.foyers, m.est_des_fichiers) for m in connus] == [
        (12, 4, False),
        (1, 2, True),
        (2, 3, True),
    ]
    tous = lectures_prevision.mois_connus(acces=trois_mois, le=LE)
    assert tous[-1].montant == Decimal("497.01") * 3


def f_le(mois: int, jour: int) -> date:
    return date(2020, mois, jour)


def test_la_page_du_budget_en_un_nombre_constant_de_requetes(trois_mois: Acces):
    actes.inscrire_publies(par=trois_mois, le=LE)
    actes.constater_mandat(mandat=_mandat("1500.00"), par=trois_mois, le=LE)
    with CaptureQueriesContext(connection) as requetes:
        page = lectures_budget.page(annee=2020, acces=trois_mois, le=LE)
    assert len(requetes) == 7
    assert page.execution.credit == Decimal(20_700_000)
    assert page.hausse_du_credit is not None
    assert round(page.hausse_du_credit * 100, 2) == Decimal("7.25")
    assert [e.nombre for e in page.effectifs] == [2800, 3100]
    assert page.hausse_des_effectifs is not None
    assert round(page.hausse_des_effectifs * 100, 1) == Decimal("10.7")
    mars = page.execution.mois[2]
    assert (mars.droits, mars.mandate) == (Decimal("1491.03"), Decimal("1500.00"))
    assert page.execution.realise == Decimal("994.02") + Decimal("1491.03") + Decimal("1500.00")
    assert page.suivante is not None
    assert page.prevision is not None
    avant = lectures_budget.page(annee=2020, acces=trois_mois, le=f_le(6, 29))
    assert [v.credit for v in avant.execution.versions] == [Decimal(19_300_000)]
    assert avant.execution.mois[2].mandate == Decimal("1500.00")
    assert [e.nombre for e in avant.effectifs] == [2800]


def test_la_depense_prevue_ajoute_les_mois_qui_manquent(trois_mois: Acces):
    page = lectures_budget.page(annee=2020, acces=trois_mois, le=LE)
    assert page.prevision is not None
    prevus = page.prevision.suite(DEPENSE).points
    assert page.execution.total is not None
    somme = sum(Decimal(str(p.valeur)).quantize(Decimal("0.01")) for p in prevus[:9])
    assert page.execution.total.valeur == page.execution.realise + somme


# --- l'acompte


def _acompte(*lignes: tuple[Any, ...], **champs: Any) -> FichierAcompte:
    defauts: dict[str, Any] = {
        "contenu": fb.tableur(list(lignes), *ENTETES),
        "nom": "acompte.csv",
        "fonorg": "CAF",
        "numorg": "431",
        "mois": date(2020, 3, 1),
    }
    return FichierAcompte(**(defauts | champs))


def _cles(par: Acces) -> tuple[str, str]:
    fonorg, _, numorg = lectures_acompte.organismes(acces=par)[0][0].partition("/")
    return fonorg, numorg


def test_l_acompte_se_rapproche_dossier_par_dossier(trois_mois: Acces):
    fonorg, numorg = _cles(trois_mois)
    matricules = _matricules()
    fichier = _acompte(
        (matricules[0], "RSD", "497,01"),
        (matricules[1], "RSD", "500,00"),
        ("9999999", "RSD", "100"),
        ("", "RSD", "3"),
        ("TOTAL", "", "1100,00"),
        fonorg=fonorg,
        numorg=numorg,
    )
    demande = importer_acompte(fichier=fichier, par=trois_mois, le=LE)
    lue = lectures_acompte.demande(demande_id=demande.pk, acces=trois_mois, le=LE)
    assert lue is not None
    assert lue.ecart == Decimal("1097.01") - Decimal("1491.03")
    assert lue.ecart == sum(s.ecart for s in lue.sortes)
    assert lue.ecart_annonce == Decimal("2.99")
    assert {s.sort: s.nombre for s in lue.sortes} == {
        "absent": 1,
        "different": 1,
        "non_demande": 1,
        "illisible": 1,
        "egal": 1,
    }
    charge = LigneJournal.objects.get(code="suivi_rsa.importer_acompte").charge
    assert charge["montant_connu"] == "1491.03"
    assert matricules[0] not in str(charge)
    ecarts = lectures_acompte.lignes(demande_id=demande.pk, sort="", acces=trois_mois)
    assert "egal" not in {x.sort for x in ecarts}
    dossiers = [x.dossier_id for x in ecarts if x.dossier_id]
    assert len(lectures_acompte.personnes_de(dossiers=dossiers, acces=trois_mois)) == 2


def _matricules() -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT matricule FROM suivi_rsa_dossierrsa ORDER BY id")
        return [m for (m,) in curseur.fetchall()]


def test_ce_que_l_acompte_refuse(trois_mois: Acces):
    fonorg, numorg = _cles(trois_mois)
    bonne = _acompte(("1", "RSD", "1"), fonorg=fonorg, numorg=numorg)
    for acces in (fb.acces(Role.PILOTE), fb.acces(Role.CADRE, cles=frozenset({200_017}))):
        _refus("acces.refuse", importer_acompte, fichier=bonne, par=acces, le=LE)
    cas = {
        "suivi_rsa.acompte_a_venir": replace(bonne, mois=date(2020, 12, 1)),
        "suivi_rsa.acompte_organisme": replace(bonne, numorg="999"),
        "suivi_rsa.acompte_colonnes": replace(bonne, contenu=b"a;b\n1;2\n"),
        "fichier_vide": replace(bonne, contenu=b""),
    }
    for code, fichier in cas.items():
        _refus(code, importer_acompte, fichier=fichier, par=trois_mois, le=LE)
    assert not DemandeAcompte.objects.exists()
    importer_acompte(fichier=bonne, par=trois_mois, le=LE)
    _refus("suivi_rsa.acompte_connu", importer_acompte, fichier=bonne, par=trois_mois, le=LE)
    assert DemandeAcompte.objects.count() == 1


def test_une_ligne_d_acompte_reste_derriere_les_deux_murs(trois_mois: Acces):

    fonorg, numorg = _cles(trois_mois)
    fichier = _acompte(("9999999", "RSD", "1"), fonorg=fonorg, numorg=numorg)
    importer_acompte(fichier=fichier, par=trois_mois, le=LE)
    social = fb.acces(Role.CADRE, cles=frozenset({cle_generale(compartiment=Compartiment.SOCIAL)}))
    assert LigneAcompte.objects.visibles(trois_mois).count() == 4
    assert not LigneAcompte.objects.visibles(social).exists()
    with contexte.ouvrir(acces=social, instant=INSTANT):
        assert not LigneAcompte.objects.exists()


def test_un_matricule_de_msa_qui_est_un_nir_se_retrouve_sans_se_garder(trois_mois: Acces):
    nir = "2840343157009"
    fonorg, numorg = _cles(trois_mois)
    with connection.cursor() as curseur:
        curseur.execute(
            "UPDATE suivi_rsa_dossierrsa SET matricule = %s WHERE matricule = %s",
            [matricule_garde(nir), _matricules()[0]],
        )
    fichier = _acompte(
        (nir, "RSD", "497,01"), (f"{nir}?", "RSD", "1"), fonorg=fonorg, numorg=numorg
    )
    demande = importer_acompte(fichier=fichier, par=trois_mois, le=LE)
    lignes = list(LigneAcompte.objects.filter(demande=demande))
    assert sorted(x.sort for x in lignes) == ["egal", "illisible", "non_demande", "non_demande"]
    for ligne in lignes:
        assert nir not in f"{ligne.matricule} {ligne.raison} {ligne.numeros}"
