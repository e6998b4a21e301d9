"""Échéances, valeurs, actions, réductions : rien ne se réécrit, tout se lit à une date."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import demo_suivi, lectures, lectures_objectifs, models, regles
from draille.mesures.convention import lectures_suivi as lus
from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.actes_suivi import (
    NouvelleAction,
    NouvelleEcheance,
    NouvelleReduction,
    NouvelleValeur,
    corriger_valeur,
    deliberer,
    enregistrer_reduction,
    fixer_echeance,
    inscrire_action,
    reporter_echeance,
    saisir_valeur,
    tenir_echeance,
)
from draille.mesures.convention.regles.suivi import (
    EtatEcheance,
    NatureEcheance,
    Organe,
    Provenance,
)
from draille.noyau.echeance import lectures as noyau
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus
from tests.conventions import publie

LE = date(2020, 11, 2)
RAPPORT = NouvelleEcheance(
    nature=NatureEcheance.RAPPORT, annee=2020, libelle="Rapport", avant_le=date(2021, 3, 31)
)
VALEUR = NouvelleValeur(
    ligne_code="prevention_pmi",
    cible_code="consultations",
    annee=2020,
    provenance=Provenance.INTERNE,
    valeur=Decimal(100),
    origine="Relevé",
)
REDUCTION = NouvelleReduction(
    annee=2021,
    montant=Decimal("12500.50"),
    motif="Objectif d'orientation non atteint",
    reference="Notification n° 7",
    notifiee_le=date(2020, 11, 1),
)
ACTION = NouvelleAction(ligne_code="mobilite", code="essai", libelle="Une action d'essai")


@pytest.fixture
def cadre(systeme):
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=LE)
    return models.Cadre.objects.get(code="convention_pauvrete_2019_2021")


@pytest.fixture
def enfance(systeme, settings):
    settings.DRAILLE_DEPARTEMENT = "07"
    charger_convention(contenu=publie.contenu("07"), par=systeme, le=LE)
    return models.Cadre.objects.get(code="contrat_enfance")


@pytest.fixture
def rapport(cadre, systeme):
    return fixer_echeance(cadre_id=cadre.pk, echeance=RAPPORT, par=systeme, le=LE)


def codes():
    return list(LigneJournal.objects.order_by("pk").values_list("code", flat=True))


def test_une_echeance_s_ouvre_se_reporte_et_se_tient(cadre, rapport, systeme):
    nouvelle = reporter_echeance(
        echeance_id=rapport.pk,
        avant_le=date(2021, 9, 30),
        motif="Instruction du 20 octobre 2020",
        par=systeme,
        le=date(2020, 12, 1),
    )
    tenir_echeance(echeance_id=nouvelle.pk, piece="CD-21", par=systeme, le=date(2021, 10, 2))
    (avant,) = lus.echeances(cadre_id=cadre.pk, le=date(2020, 11, 30))
    assert (avant.avant_le, avant.etat) == (date(2021, 3, 31), EtatEcheance.A_TEMPS)
    (due,) = lus.echeances(cadre_id=cadre.pk, le=date(2021, 9, 15))
    assert (due.etat, due.deplacee_du) == (EtatEcheance.PROCHE, date(2021, 3, 31))
    (retard,) = lus.echeances(cadre_id=cadre.pk, le=date(2021, 10, 1))
    assert (retard.etat, retard.tenue_par) == (EtatEcheance.EN_RETARD, "")
    (tenue,) = lus.echeances(cadre_id=cadre.pk, le=date(2021, 10, 2))
    assert (tenue.etat, tenue.tenue_par) == (EtatEcheance.TENUE_EN_RETARD, "CD-21")
    assert codes()[-4:] == [
        "convention.fixer_echeance",
        "convention.reporter_echeance",
        "convention.fixer_echeance",
        "convention.tenir_echeance",
    ]


def test_les_delais_disent_la_meme_chose_que_la_convention(cadre, rapport, systeme):
    envoi = dataclasses.replace(RAPPORT, nature=NatureEcheance.ENVOI, libelle="Envoi")
    fixer_echeance(cadre_id=cadre.pk, echeance=envoi, par=systeme, le=LE)
    tenir_echeance(echeance_id=rapport.pk, piece="CD-1", par=systeme, le=date(2021, 3, 1))
    for le in (LE, date(2021, 3, 1), date(2021, 4, 1)):
        dues = noyau.du_departement(code="convention.echeance", le=le)
        restes = lus.a_tenir(departement="43", le=le)
        assert {e.objet_id: e.avant_le for e in dues} == {
            r.echeance.id: r.echeance.avant_le for r in restes
        }
    assert set(Echeance.objects.values_list("personne_id", "cle_acces")) == {(None, None)}
    ecarts = {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer()}
    assert ecarts["delais.convention.echeance"] == (0, 0)


def test_une_valeur_corrigee_se_lit_encore_avant_sa_correction(enfance, systeme):
    saisie = saisir_valeur(cadre_id=enfance.pk, valeur=VALEUR, par=systeme, le=LE)
    corriger_valeur(
        valeur_id=saisie.pk,
        valeur=Decimal(120),
        origine="Relevé corrigé",
        par=systeme,
        le=date(2020, 11, 20),
    )
    lues = [
        _objectif("consultations", le=le, acces=systeme).valeurs
        for le in (LE, date(2020, 11, 19), date(2020, 11, 20))
    ]
    assert [[(v.valeur, v.origine) for v in valeurs] for valeurs in lues] == [
        [(Decimal(100), "Relevé")],
        [(Decimal(100), "Relevé")],
        [(Decimal(120), "Relevé corrigé")],
    ]


def _objectif(code, *, le, acces, annee=2020):
    page = lectures.page(departement="07", code="contrat_enfance", le=le)
    lues = lectures_objectifs.objectifs(page=page, annee=annee, acces=acces, le=le)
    return next(o for o in lues if o.cible.code == code)


def test_deux_sources_se_lisent_cote_a_cote_et_une_fait_foi(enfance, systeme):
    dites = (
        (Provenance.SNDS, 2019, True, 400),
        (Provenance.INTERNE, 2019, True, 410),
        (Provenance.SNDS, 2020, False, 700),
        (Provenance.INTERNE, 2020, False, 615),
    )
    for provenance, annee, est_base, nombre in dites:
        valeur = dataclasses.replace(
            VALEUR,
            provenance=provenance,
            annee=annee,
            est_base=est_base,
            valeur=Decimal(nombre),
        )
        saisir_valeur(cadre_id=enfance.pk, valeur=valeur, par=systeme, le=LE)
    lu = _objectif("consultations", le=LE, acces=systeme)
    assert [(v.provenance, v.valeur) for v in lu.bases] == [
        (Provenance.INTERNE, 410),
        (Provenance.SNDS, 400),
    ]
    assert [v.valeur for v in lu.valeurs] == [615, 700]
    assert (lu.base, lu.seuil, lu.part_atteinte) == (410, 820, Decimal("0.75"))
    assert lu.etat.est_atteinte is False
    assert "fait foi « Relevé du Département »" in lu.methode


def test_sans_base_ni_valeur_on_le_dit_sans_zero(enfance, systeme):
    lu = _objectif("visites_domicile", le=LE, acces=systeme)
    assert (lu.base, lu.seuil, lu.part_atteinte, lu.tendance, lu.valeurs) == (None,) * 4 + ((),)
    assert lu.etat.est_atteinte is None
    assert lu.methode == lectures_objectifs.NON_RELEVEE


def test_une_reduction_garde_son_motif_et_sa_date(cadre, systeme):
    enregistrer_reduction(cadre_id=cadre.pk, reduction=REDUCTION, par=systeme, le=LE)
    assert lus.reductions(cadre_id=cadre.pk, le=date(2020, 10, 31)) == ()
    (lue,) = lus.reductions(cadre_id=cadre.pk, le=LE)
    assert (lue.montant, lue.motif) == (Decimal("12500.50"), REDUCTION.motif)


def test_une_action_se_lit_de_son_inscription_a_sa_fin(cadre, systeme):
    finie = dataclasses.replace(ACTION, debut=LE, fin=date(2021, 1, 1))
    inscrire_action(cadre_id=cadre.pk, action=finie, par=systeme, le=LE)
    jours = (date(2020, 11, 1), LE, date(2020, 12, 31), date(2021, 1, 1))
    assert [len(lus.actions(cadre_id=cadre.pk, le=le)) for le in jours] == [0, 1, 1, 0]


def _refuses(cadre, rapport, enfance, par):
    """Chaque acte faux, et le code de son refus."""
    hier = date(2020, 11, 1)

    def change(dit, **valeurs):
        return dataclasses.replace(dit, **valeurs)

    def echeance(dite):
        return fixer_echeance(cadre_id=cadre.pk, echeance=dite, par=par, le=LE)

    def reporter(**dit):
        attendu = {"avant_le": LE, "motif": "x", **dit}
        return reporter_echeance(echeance_id=rapport.pk, **attendu, par=par, le=LE)

    def valeur(**dit):
        return saisir_valeur(cadre_id=enfance.pk, valeur=change(VALEUR, **dit), par=par, le=LE)

    def reduire(**dit):
        dite = change(REDUCTION, **dit)
        return enregistrer_reduction(cadre_id=cadre.pk, reduction=dite, par=par, le=LE)

    def agir(**dit):
        return inscrire_action(cadre_id=cadre.pk, action=change(ACTION, **dit), par=par, le=LE)

    return [
        ("echeance", lambda: echeance(RAPPORT)),
        ("echeance", lambda: reporter(motif=" ")),
        ("echeance", lambda: reporter(avant_le=RAPPORT.avant_le)),
        ("echeance", lambda: tenir_echeance(echeance_id=rapport.pk, piece="", par=par, le=LE)),
        ("echeance", lambda: tenir_echeance(echeance_id=rapport.pk, piece="x", par=par, le=hier)),
        ("valeur", lambda: valeur(cible_code="inconnue")),
        ("valeur", lambda: valeur(provenance=Provenance.DRAILLE)),
        ("valeur", lambda: valeur(valeur=Decimal(-1))),
        ("valeur", lambda: valeur(origine="")),
        ("reduction", lambda: reduire(montant=Decimal(0))),
        ("reduction", lambda: reduire(notifiee_le=date(2020, 11, 3))),
        ("reduction", lambda: reduire(motif="")),
        ("action", lambda: agir(ligne_code="inconnue")),
        ("action", lambda: agir(montant=Decimal(-1))),
        ("action", lambda: agir(debut=LE, fin=LE)),
    ]


def test_ce_qui_ne_peut_pas_etre_est_refuse_sans_rien_ecrire(cadre, rapport, enfance, systeme):
    avant = codes()
    for attendu, acte in _refuses(cadre, rapport, enfance, systeme):
        with pytest.raises(Refus) as refus:
            acte()
        assert refus.value.code == f"convention.{attendu}"
        assert refus.value.message.endswith(".")
    assert codes() == avant


def test_deux_fois_le_meme_acte_est_refuse(cadre, rapport, systeme):
    tenir_echeance(echeance_id=rapport.pk, piece="CD-1", par=systeme, le=LE)
    texte = cadre.textes.get(rang=1)
    vote = {
        "texte_id": texte.pk,
        "organe": Organe.ASSEMBLEE,
        "reference": "CD-20",
        "tenue_le": date(2020, 10, 12),
        "par": systeme,
        "le": LE,
    }
    deliberer(**vote)
    enregistrer_reduction(cadre_id=cadre.pk, reduction=REDUCTION, par=systeme, le=LE)
    inscrire_action(cadre_id=cadre.pk, action=ACTION, par=systeme, le=LE)
    actes = (
        lambda: tenir_echeance(echeance_id=rapport.pk, piece="CD-1", par=systeme, le=LE),
        lambda: reporter_echeance(
            echeance_id=rapport.pk, avant_le=LE, motif="x", par=systeme, le=LE
        ),
        lambda: deliberer(**vote),
        lambda: enregistrer_reduction(cadre_id=cadre.pk, reduction=REDUCTION, par=systeme, le=LE),
        lambda: inscrire_action(cadre_id=cadre.pk, action=ACTION, par=systeme, le=LE),
    )
    for acte in actes:
        with pytest.raises(Refus):
            acte()


def test_seul_un_pilote_ecrit(cadre, rapport, enfance):
    cle = frozenset({cle_generale(compartiment=c) for c in Compartiment})
    for role in set(Role) - {Role.PILOTE, Role.SYSTEME}:
        agent = Acces(1, None, "agent", {role: cle})
        for _, acte in _refuses(cadre, rapport, enfance, agent):
            with pytest.raises(Refus) as refus:
                acte()
            assert refus.value.code == "acces.refuse"


@pytest.mark.parametrize("code", ["43", "07"])
def test_la_demonstration_se_rappelle_sans_rien_doubler(code, systeme, settings):
    settings.DRAILLE_DEPARTEMENT = code
    le = date(2020, 10, 31)
    charger_convention(contenu=publie.contenu(code), par=systeme, le=le)
    assert demo_suivi.suivre(departement=code, par=systeme, le=le) > 8
    ecrits = codes()
    assert demo_suivi.suivre(departement=code, par=systeme, le=le) == 0
    assert codes() == ecrits
    en_retard = [r for r in lus.a_tenir(departement=code, le=le) if r.echeance.avant_le < le]
    assert en_retard == []
    fictives = models.Valeur.objects.exclude(origine__icontains="fictive")
    assert not fictives.exists()


def test_la_demonstration_attend_ce_qui_n_est_pas_encore_signe(systeme):
    veille = date(2020, 10, 22)
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=veille)
    demo_suivi.suivre(departement="43", par=systeme, le=veille)
    assert not models.Action.objects.exists()
    (rapport,) = models.EcheanceCadre.objects.all()
    assert (rapport.annee, rapport.tenue_le) == (2019, date(2020, 3, 22))


def test_les_textes_cadres_se_lisent_a_une_date():
    assert [t.code for t in lus.textes_cadres(le=date(2019, 2, 3))] == []
    connus = lus.textes_cadres(le=date(2020, 10, 31))
    assert [t.publie_le for t in connus] == [
        date(2019, 2, 4),
        date(2019, 9, 25),
        date(2020, 2, 12),
        date(2020, 10, 20),
    ]
    assert all(t.confiance in lus.Confiance and t.source for t in connus)


def test_la_cible_de_la_convention_se_lit_des_actes(cadre, systeme, settings):
    settings.DRAILLE_DEPARTEMENT = "43"
    page = lectures.page(departement="43", code=cadre.code, le=LE)
    lues = lectures_objectifs.objectifs(page=page, annee=2020, acces=systeme, le=LE)
    rencontre = next(o for o in lues if o.cible.code == "moins_d_un_mois")
    (valeur,) = rencontre.valeurs
    assert (valeur.provenance, valeur.valeur) == (Provenance.DRAILLE, None)
    assert "aucun acte compté" in valeur.origine
    assert rencontre.seuil == 1
    assert rencontre.etat == regles.EtatCible(None, Decimal(1), None)
