"""Les actes des agents : un état, une ligne de journal, ou un refus qui dit quoi faire."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from draille.ecrans.panneaux import mot
from draille.mesures.orientation_rsa.actes import (
    Decision,
    DecisionLot,
    RendezVous,
    diagnostiquer,
    notifier,
    orienter,
    orienter_lot,
    rencontrer,
    reorienter,
)
from draille.mesures.orientation_rsa.models import Diagnostic, Orientation, Suivi
from draille.mesures.orientation_rsa.regles import Activite, Projection, Qualification, Reponses
from draille.mesures.orientation_rsa.tests import fabrique
from draille.noyau.journal.models import LigneJournal
from draille.noyau.parcours.models import Parcours
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = date(2020, 9, 20)
SOCIAL = Decision(type_parcours="social", organisme="departement")
PROFESSIONNEL = Decision(type_parcours="professionnel", organisme="pole_emploi")
SUR_PLACE = RendezVous(mode="sur_place", lieu="  Maison des solidarités ")


@pytest.fixture
def charge(systeme):
    return fabrique.agent(Role.CHARGE_ORIENTATION, agent_id=7)


@pytest.fixture
def suivi(systeme):
    return fabrique.suivi_ouvert(systeme)


def derniere(code: str) -> LigneJournal:
    return LigneJournal.objects.filter(code=f"orientation_rsa.{code}").latest("id")


class refuse:
    """Attend un refus de ce code, et que rien n'ait été écrit."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = ""

    def __enter__(self) -> "refuse":
        self.avant = LigneJournal.objects.count()
        return self

    def __exit__(self, genre, valeur, trace) -> bool:
        assert isinstance(valeur, Refus), f"aucun refus, mais {valeur!r}"
        assert valeur.code == self.code
        assert LigneJournal.objects.count() == self.avant
        self.message = valeur.message
        return True


def test_rencontrer_ecrit_letat_et_une_ligne(charge, suivi):
    rencontrer(suivi_id=suivi.pk, rendez_vous=SUR_PLACE, par=charge, le=LE)
    suivi.refresh_from_db()
    assert (suivi.statut, suivi.rencontree_le) == ("a_orienter", LE)
    assert (suivi.rencontre_mode, suivi.rencontre_lieu) == ("sur_place", "Maison des solidarités")
    ligne = derniere("rencontrer")
    assert (ligne.objet_id, ligne.le, ligne.agent_id) == (suivi.entree_id, LE, 7)
    # Le lieu n'entre pas au journal : il s'effacera avec le suivi.
    assert ligne.charge == {"mode": "sur_place"}
    assert ligne.cle_acces == suivi.cle_acces


def test_on_ne_rencontre_pour_la_premiere_fois_quune_fois(charge, suivi):
    rencontrer(suivi_id=suivi.pk, rendez_vous=SUR_PLACE, par=charge, le=LE)
    with refuse("orientation_rsa.deja_rencontree") as refus:
        rencontrer(suivi_id=suivi.pk, rendez_vous=SUR_PLACE, par=charge, le=LE)
    assert "20 septembre 2020" in refus.message
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    with refuse("orientation_rsa.deja_rencontree"):
        rencontrer(suivi_id=suivi.pk, rendez_vous=SUR_PLACE, par=charge, le=LE)


def test_une_personne_orientee_sur_dossier_se_rencontre_apres(charge, suivi):
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    rencontrer(suivi_id=suivi.pk, rendez_vous=SUR_PLACE, par=charge, le=date(2020, 9, 25))
    suivi.refresh_from_db()
    assert (suivi.statut, suivi.rencontree_le) == ("orientee", date(2020, 9, 25))


def test_un_mode_inconnu_se_dit(charge, suivi):
    with refuse("orientation_rsa.mode_inconnu") as refus:
        rencontrer(suivi_id=suivi.pk, rendez_vous=RendezVous(mode="fax"), par=charge, le=LE)
    assert "« fax »" in refus.message and "par téléphone" in refus.message


ACTES_DATES = [
    lambda s, par, le: rencontrer(suivi_id=s, rendez_vous=SUR_PLACE, par=par, le=le),
    lambda s, par, le: diagnostiquer(suivi_id=s, reponses=fabrique.PRO, par=par, le=le),
    lambda s, par, le: orienter(suivi_id=s, decision=SOCIAL, par=par, le=le),
]


@pytest.mark.parametrize("acte", ACTES_DATES)
def test_un_acte_ne_precede_pas_lentree(charge, suivi, acte):
    with refuse("orientation_rsa.avant_entree") as refus:
        acte(suivi.pk, charge, date(2020, 9, 4))
    assert "4 septembre 2020" in refus.message and "5 septembre 2020" in refus.message
    acte(suivi.pk, charge, date(2020, 9, 5))


@pytest.mark.parametrize("acte", ACTES_DATES)
def test_un_acte_ne_sinscrit_pas_davance(charge, suivi, acte):
    with refuse("orientation_rsa.date_future") as refus:
        acte(suivi.pk, charge, date(2020, 11, 1))
    assert "31 octobre 2020" in refus.message
    acte(suivi.pk, charge, date(2020, 10, 31))


def test_diagnostiquer_garde_les_reponses_hors_du_journal(charge, suivi):
    diagnostic = diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=charge, le=LE)
    assert Diagnostic.objects.get(pk=diagnostic.pk).reponses == fabrique.BLOQUEE
    assert derniere("diagnostiquer").charge == {
        "type_propose": "social",
        "regle": "obstacle_logement_sante",
        "regime": "rsa_2009",
    }
    suivi.refresh_from_db()
    assert suivi.statut == "a_rencontrer"


def test_des_reponses_incoherentes_sont_refusees(charge, suivi):
    reponses = Reponses(
        activite=Activite.EN_COURS,
        projection=Projection.OUI,
        qualification=Qualification.BAC,
        duree_sans_emploi_mois=6,
    )
    with refuse("orientation_rsa.reponses_incoherentes"):
        diagnostiquer(suivi_id=suivi.pk, reponses=reponses, par=charge, le=LE)


def test_orienter_ouvre_le_parcours(charge, suivi):
    orientation = orienter(suivi_id=suivi.pk, decision=PROFESSIONNEL, par=charge, le=LE)
    suivi.refresh_from_db()
    assert suivi.statut == "orientee"
    parcours = Parcours.objects.get(personne_id=suivi.personne_id)
    assert orientation.parcours_id == parcours.pk
    assert (parcours.nature, parcours.type_parcours, parcours.debut) == ("rsa", "professionnel", LE)
    assert derniere("orienter").charge == {
        "type_parcours": "professionnel",
        "organisme": "pole_emploi",
        "rang": 1,
        "type_propose": "",
        "regle": "",
        "est_ecart": False,
    }
    with refuse("orientation_rsa.deja_orientee"):
        orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)


def test_secarter_de_la_proposition_demande_un_motif(charge, suivi):
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=charge, le=LE)
    with refuse("orientation_rsa.motif_ecart_absent") as refus:
        orienter(suivi_id=suivi.pk, decision=PROFESSIONNEL, par=charge, le=LE)
    assert "« Social »" in refus.message and "« Professionnel »" in refus.message
    motive = Decision(
        type_parcours="professionnel", organisme="pole_emploi", motif_ecart=" Promesse d'embauche "
    )
    orientation = orienter(suivi_id=suivi.pk, decision=motive, par=charge, le=LE)
    assert (orientation.type_propose, orientation.motif_ecart) == ("social", "Promesse d'embauche")
    ligne = derniere("orienter")
    assert (ligne.charge["est_ecart"], ligne.charge["regle"]) == (True, "obstacle_logement_sante")
    assert "embauche" not in str(ligne.charge)


def test_suivre_la_proposition_ne_garde_pas_de_motif(charge, suivi):
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=charge, le=LE)
    decision = Decision(type_parcours="social", organisme="departement", motif_ecart="inutile")
    assert orienter(suivi_id=suivi.pk, decision=decision, par=charge, le=LE).motif_ecart == ""


def test_un_diagnostic_dapres_la_decision_ne_compte_pas(charge, suivi):
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=charge, le=date(2020, 9, 25))
    assert orienter(suivi_id=suivi.pk, decision=PROFESSIONNEL, par=charge, le=LE).type_propose == ""


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (Decision(type_parcours="socio_professionnel", organisme="departement"), "type_inconnu"),
        (Decision(type_parcours="social", organisme="france_travail"), "organisme_inconnu"),
    ],
)
def test_on_ne_choisit_que_ce_que_la_date_admet(charge, suivi, decision, code):
    with refuse(f"orientation_rsa.{code}") as refus:
        orienter(suivi_id=suivi.pk, decision=decision, par=charge, le=LE)
    assert "20 septembre 2020" in refus.message


def test_le_regime_est_celui_de_la_decision(systeme):
    fabrique.au(date(2025, 2, 1), systeme)
    suivi = fabrique.suivi_ouvert(systeme, le=date(2024, 12, 20))
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=systeme, le=date(2024, 12, 27))
    decision = Decision(type_parcours="insertion_sociale", organisme="departement")
    orientation = orienter(suivi_id=suivi.pk, decision=decision, par=systeme, le=date(2025, 1, 6))
    assert orientation.type_propose == "insertion_sociale"


def test_reorienter_garde_rangs_et_histoire(charge, suivi):
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    reorienter(
        suivi_id=suivi.pk,
        decision=PROFESSIONNEL,
        motif="Logement trouvé",
        par=charge,
        le=date(2020, 10, 6),
    )
    reorienter(
        suivi_id=suivi.pk, decision=SOCIAL, motif="Rupture", par=charge, le=date(2020, 10, 20)
    )
    histoire = Orientation.objects.filter(suivi=suivi).order_by("rang")
    assert [(o.rang, o.type_parcours, o.est_en_cours) for o in histoire] == [
        (1, "social", False),
        (2, "professionnel", False),
        (3, "social", True),
    ]
    periodes = Parcours.objects.filter(personne_id=suivi.personne_id).order_by("rang")
    assert [(p.debut, p.fin) for p in periodes] == [
        (LE, date(2020, 10, 6)),
        (date(2020, 10, 6), date(2020, 10, 20)),
        (date(2020, 10, 20), None),
    ]
    assert derniere("reorienter").charge["rang"] == 3
    assert LigneJournal.objects.filter(code="orientation_rsa.orienter").count() == 1


@pytest.mark.parametrize(
    ("decision", "motif", "le", "code"),
    [
        (PROFESSIONNEL, "  ", date(2020, 10, 6), "motif_absent"),
        (PROFESSIONNEL, "Motif", LE, "reorientation_date"),
        (SOCIAL, "Motif", date(2020, 10, 6), "reorientation_identique"),
    ],
)
def test_les_refus_de_reorienter(charge, suivi, decision, motif, le, code):
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    with refuse(f"orientation_rsa.{code}"):
        reorienter(suivi_id=suivi.pk, decision=decision, motif=motif, par=charge, le=le)
    assert Orientation.objects.get(suivi=suivi).est_en_cours


def test_ni_reorienter_ni_notifier_avant_dorienter(charge, suivi):
    with refuse("orientation_rsa.pas_orientee"):
        reorienter(suivi_id=suivi.pk, decision=SOCIAL, motif="Motif", par=charge, le=LE)
    with refuse("orientation_rsa.pas_orientee"):
        notifier(suivi_id=suivi.pk, canal="courrier", par=charge, le=LE)


def test_notifier_une_fois_apres_la_decision(charge, suivi):
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    with refuse("orientation_rsa.canal_inconnu"):
        notifier(suivi_id=suivi.pk, canal="pigeon", par=charge, le=LE)
    with refuse("orientation_rsa.notification_date"):
        notifier(suivi_id=suivi.pk, canal="courrier", par=charge, le=date(2020, 9, 19))
    orientation = notifier(suivi_id=suivi.pk, canal="courrier", par=charge, le=LE)
    assert (orientation.notifiee_le, orientation.notifiee_par) == (LE, "courrier")
    assert derniere("notifier").charge == {"canal": "courrier", "rang": 1}
    with refuse("orientation_rsa.deja_notifiee"):
        notifier(suivi_id=suivi.pk, canal="courrier", par=charge, le=LE)


def test_apres_une_sortie_plus_rien_ne_se_decide(systeme, suivi):
    fabrique.sortir(LigneJournal.objects.get(pk=suivi.ligne_entree_id), systeme, LE)
    fabrique.livrer(systeme)
    for acte in ACTES_DATES:
        with refuse("orientation_rsa.sans_suite"):
            acte(suivi.pk, systeme, LE)


@pytest.mark.parametrize(
    ("role", "rencontre", "oriente"),
    [
        (Role.ACCUEIL, False, False),
        (Role.REFERENT, True, False),
        (Role.CHARGE_ORIENTATION, True, True),
        (Role.CADRE, True, True),
        (Role.PILOTE, False, False),
        (Role.ADMINISTRATEUR, False, False),
    ],
)
def test_chaque_role_fait_ce_qui_est_a_lui(systeme, suivi, role, rencontre, oriente):
    par = fabrique.agent(role)
    assert _accepte(lambda: ACTES_DATES[0](suivi.pk, par, LE)) is rencontre
    assert _accepte(lambda: ACTES_DATES[2](suivi.pk, par, LE)) is oriente
    assert _accepte(lambda: ACTES_DATES[1](suivi.pk, par, LE)) is rencontre


def _accepte(acte) -> bool:
    try:
        acte()
    except Refus as refus:
        assert refus.code == "acces.refuse"
        return False
    return True


def test_ailleurs_le_suivi_nexiste_pas(systeme):
    ici, ailleurs = (
        Commune.objects.create(code_insee=code, nom=nom)
        for code, nom in (("43157", "Le Puy-en-Velay"), ("43020", "Bas-en-Basset"))
    )
    suivi = fabrique.suivi_ouvert(systeme, commune=ici)
    with refuse("orientation_rsa.introuvable"):
        orienter(
            suivi_id=suivi.pk,
            decision=SOCIAL,
            par=fabrique.agent(Role.CADRE, commune=ailleurs),
            le=LE,
        )
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=fabrique.agent(Role.CADRE, commune=ici), le=LE)
    assert derniere("orienter").commune_id == ici.pk


def test_une_liste_passe_sauf_ses_lignes_refusees(charge, systeme):
    suivis = [fabrique.suivi_ouvert(systeme, nom=f"Nom{i}") for i in range(4)]
    decisions = [
        DecisionLot(suivi_id=suivis[0].pk, decision=SOCIAL),
        DecisionLot(
            suivi_id=suivis[1].pk, decision=Decision(type_parcours="x", organisme="departement")
        ),
        DecisionLot(suivi_id=suivis[2].pk, decision=PROFESSIONNEL),
        DecisionLot(suivi_id=suivis[2].pk, decision=SOCIAL),
        DecisionLot(suivi_id=0, decision=SOCIAL),
    ]
    bilan = orienter_lot(decisions=decisions, par=charge, le=LE)
    assert [o.suivi_id for o in bilan.orientees] == [suivis[0].pk, suivis[2].pk]
    assert [(x.suivi_id, x.refus.code) for x in bilan.refusees] == [
        (suivis[1].pk, "orientation_rsa.type_inconnu"),
        (suivis[2].pk, "orientation_rsa.deja_orientee"),
        (0, "orientation_rsa.introuvable"),
    ]
    assert LigneJournal.objects.filter(code="orientation_rsa.orienter").count() == 2
    assert Parcours.objects.count() == 2
    assert [s.statut for s in Suivi.objects.order_by("pk")] == [
        "orientee",
        "a_rencontrer",
        "orientee",
        "a_rencontrer",
    ]


def test_chaque_ligne_dune_liste_coute_le_meme_petit_nombre_de_requetes(
    charge, systeme, django_assert_max_num_queries
):
    suivis = [fabrique.suivi_ouvert(systeme, nom=f"Nom{i}") for i in range(10)]
    decisions = [DecisionLot(suivi_id=s.pk, decision=SOCIAL) for s in suivis]
    with django_assert_max_num_queries(2 + 10 * 30):
        orienter_lot(decisions=decisions, par=charge, le=LE)


def test_la_base_refuse_un_ecart_sans_motif(charge, suivi):
    orientation = orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    for champs in ({"type_propose": "professionnel"}, {"rang": 2}, {"notifiee_le": LE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Orientation.objects.filter(pk=orientation.pk).update(**champs)


def test_chaque_charge_se_dit_en_francais(charge, suivi):
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.BLOQUEE, par=charge, le=LE)
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=charge, le=LE)
    notifier(suivi_id=suivi.pk, canal="remise", par=charge, le=LE)
    dits = {
        valeur: mot(valeur)
        for code in ("diagnostiquer", "orienter", "notifier")
        for valeur in derniere(code).charge.values()
        if isinstance(valeur, str)
    }
    assert dits == {
        "social": "Social",
        "departement": "Conseil départemental",
        "obstacle_logement_sante": "Un frein fort de logement ou de santé",
        "rsa_2009": "Loi RSA (jusqu'au 31 décembre 2024)",
        "remise": "remise en main propre",
    }
