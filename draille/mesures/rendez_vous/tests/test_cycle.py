"""Le cycle d'un rendez-vous : fixé, honoré, excusé, manqué, annulé, déplacé ; et ses refus."""

from datetime import UTC, date, datetime

import pytest

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.moteurs.messages.models import Message
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = fabrique.LE
MARDI_15 = date(2020, 9, 15)


def lignes(code: str):
    return LigneJournal.objects.filter(code=f"rendez_vous.{code}").order_by("id")


def fixe(par, *, rang_creneau: int = 2, **champs):
    """Une demande et un rendez-vous fixé le mardi 15 septembre à 10 h."""
    fabrique.au(LE, par)
    demande = fabrique.demande(par, **champs)
    creneaux = [c for c in fabrique.creneaux(par) if c.jour == MARDI_15]
    return actes.fixer(demande_id=demande.pk, creneau_id=creneaux[rang_creneau].pk, par=par, le=LE)


def refuse(code: str, appel):
    with pytest.raises(Refus) as refus:
        appel()
    assert refus.value.code == f"rendez_vous.{code}"
    assert refus.value.message.endswith(".")
    return refus.value.message


@pytest.fixture
def rendez_vous(systeme):
    return fixe(systeme)


def ecarts() -> set[tuple[int, int]]:
    return {
        (e.manquantes, e.en_trop)
        for e in projections.comparer()
        if e.nom.startswith("rendez_vous.")
    }


def test_fixer_ecrit_le_rendez_vous_la_demande_le_journal_et_les_messages(rendez_vous):
    assert (rendez_vous.statut, rendez_vous.rang, rendez_vous.jour) == ("fixe", 1, MARDI_15)
    assert rendez_vous.debut == datetime(2020, 9, 15, 8, tzinfo=UTC)  # 10 h à Paris, l'été
    rendez_vous.demande.refresh_from_db()
    assert rendez_vous.demande.statut == "convoquee"
    ligne = lignes("fixer").get()
    assert (ligne.le, ligne.objet_id) == (LE, rendez_vous.objet_id)
    assert ligne.charge == {
        "rendez_vous_id": rendez_vous.pk,
        "demande_id": rendez_vous.demande_id,
        "motif": "orientation",
        "rang": 1,
        "jour": "2020-09-15",
        "lieu_id": rendez_vous.creneau.lieu_id,
        "agent_id": None,
        "est_en_retard": False,
        "minutes": rendez_vous.minutes,
    }
    assert rendez_vous.minutes is not None and rendez_vous.minutes > 0
    convocation, rappel = Message.objects.order_by("id")
    assert (convocation.modele, convocation.objet_id) == (
        "convocation_orientation",
        rendez_vous.pk,
    )
    assert "mardi 15 septembre 2020" in convocation.contenu and "10 h" in convocation.contenu
    assert "BEGIN:VEVENT" in convocation.calendrier
    assert (rappel.modele, rappel.a_envoyer_le) == (
        "rappel_rendez_vous",
        datetime(2020, 9, 13, 7, tzinfo=UTC),
    )


def test_dit_de_vive_voix_rien_ne_part(systeme):
    fabrique.au(LE, systeme)
    demande = fabrique.demande(systeme)
    creneau = fabrique.creneaux(systeme)[0]
    actes.fixer(demande_id=demande.pk, creneau_id=creneau.pk, par=systeme, le=LE, annoncer=False)
    assert not Message.objects.exists()


def test_honorer_date_la_ligne_du_jour_du_rendez_vous(systeme, rendez_vous):
    fabrique.au(date(2020, 9, 17), systeme)
    honore = actes.honorer(rendez_vous_id=rendez_vous.pk, par=systeme, le=date(2020, 9, 17))
    assert (honore.statut, honore.suite_le) == ("honore", date(2020, 9, 17))
    assert honore.demande.statut == "satisfaite"
    assert lignes("honorer").get().le == MARDI_15
    assert ecarts() == {(0, 0)}


def test_on_ne_dit_pas_davance_qui_est_venu(systeme, rendez_vous):
    for acte in (actes.honorer, actes.manquer):
        phrase = refuse(
            "pas_encore",
            lambda acte=acte: acte(rendez_vous_id=rendez_vous.pk, par=systeme, le=LE),
        )
        assert "15 septembre 2020" in phrase


def test_une_date_a_venir_est_refusee(systeme, rendez_vous):
    # L'instant d'écriture reste le 7 septembre.
    apres = date(2020, 9, 16)
    for appel in (
        lambda: actes.honorer(rendez_vous_id=rendez_vous.pk, par=systeme, le=apres),
        lambda: actes.excuser(rendez_vous_id=rendez_vous.pk, motif="malade", par=systeme, le=apres),
        lambda: actes.annuler(rendez_vous_id=rendez_vous.pk, motif="fermé", par=systeme, le=apres),
        lambda: actes.fixer(
            demande_id=rendez_vous.demande_id,
            creneau_id=rendez_vous.creneau_id,
            par=systeme,
            le=apres,
        ),
        lambda: actes.generer_creneaux(jusque=date(2021, 1, 1), par=systeme, le=apres),
    ):
        assert "7 septembre 2020" in refuse("date_future", appel)


def test_une_absence_donne_une_seconde_convocation_et_rien_dautre(systeme, rendez_vous):
    fabrique.au(MARDI_15, systeme)
    actes.manquer(rendez_vous_id=rendez_vous.pk, par=systeme, le=MARDI_15)
    demande = rendez_vous.demande
    demande.refresh_from_db()
    assert (demande.statut, demande.rang) == ("a_convoquer", 2)
    assert demande.avant_le == date(2020, 10, 15)  # trente jours après l'absence
    codes = LigneJournal.objects.filter(objet_id=demande.objet_id, id__gt=lignes("fixer").get().pk)
    assert [x.code for x in codes.order_by("id")] == [
        "rendez_vous.manquer",
        "rendez_vous.demander",
    ]
    assert lignes("demander").last().charge["cause"] == "absence"
    assert ecarts() == {(0, 0)}


def test_apres_deux_absences_une_personne_examine(systeme, rendez_vous):
    fabrique.au(MARDI_15, systeme)
    actes.manquer(rendez_vous_id=rendez_vous.pk, par=systeme, le=MARDI_15)
    suivant = Creneau.objects.filter(jour=date(2020, 9, 29)).first()
    second = actes.fixer(
        demande_id=rendez_vous.demande_id, creneau_id=suivant.pk, par=systeme, le=MARDI_15
    )
    assert second.rang == 2
    assert Message.objects.filter(modele="seconde_convocation").count() == 1
    fabrique.au(date(2020, 9, 30), systeme)
    actes.manquer(rendez_vous_id=second.pk, par=systeme, le=date(2020, 9, 30))
    demande = second.demande
    demande.refresh_from_db()
    assert demande.statut == "signalee"
    assert lignes("clore_demande").last().charge["issue"] == "signalee"
    refuse(
        "demande_close",
        lambda: actes.fixer(
            demande_id=demande.pk,
            creneau_id=Creneau.objects.filter(jour=date(2020, 10, 6)).first().pk,
            par=systeme,
            le=date(2020, 9, 30),
        ),
    )
    actes.reconvoquer(demande_id=demande.pk, par=systeme, le=date(2020, 9, 30))
    demande.refresh_from_db()
    assert (demande.statut, demande.rang) == ("a_convoquer", 3)
    assert ecarts() == {(0, 0)}


def test_une_excuse_libere_la_place_et_garde_le_rang(systeme, rendez_vous):
    creneau = rendez_vous.creneau
    creneau.refresh_from_db()
    assert creneau.pris == 1
    actes.excuser(rendez_vous_id=rendez_vous.pk, motif="malade", par=systeme, le=LE)
    creneau.refresh_from_db()
    assert creneau.pris == 0
    demande = rendez_vous.demande
    demande.refresh_from_db()
    assert (demande.statut, demande.rang) == ("a_convoquer", 1)
    # Prévenue le 7 pour le 15 : la ligne est datée du 7.
    assert lignes("excuser").get().le == LE
    # Le rappel n'est pas parti, et ne partira plus.
    assert Message.objects.get(modele="rappel_rendez_vous").etat == "annule"
    refuse(
        "suite_dite",
        lambda: actes.excuser(rendez_vous_id=rendez_vous.pk, motif="encore", par=systeme, le=LE),
    )
    assert ecarts() == {(0, 0)}


@pytest.mark.parametrize("acte", [actes.excuser, actes.annuler])
def test_il_faut_dire_pourquoi(systeme, rendez_vous, acte):
    refuse(
        "motif_absent",
        lambda: acte(rendez_vous_id=rendez_vous.pk, motif="  ", par=systeme, le=LE),
    )


def test_le_service_annule_et_previent(systeme, rendez_vous):
    actes.annuler(rendez_vous_id=rendez_vous.pk, motif="Le bureau est fermé", par=systeme, le=LE)
    message = Message.objects.get(modele="annulation_rendez_vous")
    assert "Le bureau est fermé" in message.contenu and "CANCEL" in message.calendrier
    rendez_vous.demande.refresh_from_db()
    assert rendez_vous.demande.statut == "a_convoquer"
    assert lignes("annuler").get().charge["est_deplace"] is False
    assert ecarts() == {(0, 0)}


def test_deplacer_annule_et_refixe_au_meme_rang(systeme, rendez_vous):
    vers = Creneau.objects.filter(jour=date(2020, 9, 22)).first()
    nouveau = actes.deplacer(rendez_vous_id=rendez_vous.pk, creneau_id=vers.pk, par=systeme, le=LE)
    rendez_vous.refresh_from_db()
    assert (rendez_vous.statut, nouveau.statut, nouveau.rang) == ("annule", "fixe", 1)
    nouveau.demande.refresh_from_db()
    assert nouveau.demande.statut == "convoquee"
    assert lignes("annuler").get().charge["est_deplace"] is True
    assert Creneau.objects.get(pk=rendez_vous.creneau_id).pris == 0
    assert ecarts() == {(0, 0)}


def test_un_deplacement_refuse_ne_defait_rien(systeme, rendez_vous):
    vers = Creneau.objects.filter(jour=date(2020, 9, 22)).first()
    actes.fermer_creneau(creneau_id=vers.pk, par=systeme, le=LE)
    refuse(
        "creneau_ferme",
        lambda: actes.deplacer(
            rendez_vous_id=rendez_vous.pk, creneau_id=vers.pk, par=systeme, le=LE
        ),
    )
    rendez_vous.refresh_from_db()
    assert rendez_vous.statut == "fixe"
    assert Message.objects.get(modele="rappel_rendez_vous").etat == "a_envoyer"


def test_un_rendez_vous_de_suivi_na_pas_besoin_de_demande(systeme):
    fabrique.au(LE, systeme)
    recevant = fabrique.agent()
    libres = fabrique.creneaux(systeme, motif="suivi", agent_id=recevant.pk)
    p = fabrique.personne()
    fixe_ = actes.fixer(personne_id=p.pk, creneau_id=libres[0].pk, par=systeme, le=LE)
    assert (fixe_.motif, fixe_.demande_id, fixe_.objet_id) == ("suivi", None, None)
    fabrique.au(libres[0].jour, systeme)
    actes.honorer(rendez_vous_id=fixe_.pk, par=systeme, le=libres[0].jour)
    assert ecarts() == {(0, 0)}


def test_le_droit_se_verifie_sur_la_ligne(systeme, rendez_vous):
    ailleurs = fabrique.acces(Role.CADRE, sur=fabrique.brioude())
    refuse(
        "introuvable",
        lambda: actes.excuser(rendez_vous_id=rendez_vous.pk, motif="malade", par=ailleurs, le=LE),
    )
    accueil = fabrique.acces(Role.ACCUEIL)
    with pytest.raises(Refus) as refus:
        actes.annuler(rendez_vous_id=rendez_vous.pk, motif="x", par=accueil, le=LE)
    assert refus.value.code == "acces.refuse"
    pilote = fabrique.acces(Role.PILOTE)
    with pytest.raises(Refus) as refus:
        actes.excuser(rendez_vous_id=rendez_vous.pk, motif="x", par=pilote, le=LE)
    assert refus.value.code == "acces.refuse"
    fabrique.au(MARDI_15, systeme)
    # L'accueil voit qui arrive : il le dit.
    actes.honorer(rendez_vous_id=rendez_vous.pk, par=accueil, le=MARDI_15)
    assert RendezVous.objects.get(pk=rendez_vous.pk).statut == "honore"
