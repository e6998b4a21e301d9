"""Déposer et annuler un message : ce qui est dit, par où, et ce qui se refuse."""

import pytest
from django.db import IntegrityError, transaction

from draille.moteurs.messages.adaptateur import annuler, apercevoir, deposer, deposer_lot
from draille.moteurs.messages.models import Message, ModeleMessage
from draille.moteurs.messages.tests.conftest import LE
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus


@pytest.mark.parametrize(
    ("contact", "canal", "destination"),
    [
        (
            {"courriel": "e.boeuf@example.org", "telephone": "0639980123"},
            "courriel",
            "e.boeuf@example.org",
        ),
        ({"telephone": "06 39 98 01 23"}, "sms", "+33639980123"),
        ({"telephone": "04 65 71 01 23"}, "courrier", None),
        ({"courriel": "pas une adresse", "telephone": ""}, "courrier", None),
        (
            {"courriel": "e@example.org", "telephone": "0639980123", "est_joignable": False},
            "courrier",
            None,
        ),
    ],
)
def test_le_canal_est_celui_par_ou_la_personne_se_joint(decor, contact, canal, destination):
    message = decor.deposer(decor.personne(**contact))
    assert message.canal == canal
    attendue = "Éléonore Bœuf\n3 rue des Tables\n43100 BRIOUDE"
    assert message.destination == (destination or attendue)


def test_sans_rien_pour_joindre_le_depot_est_refuse_et_rien_ne_s_ecrit(decor):
    personne = decor.personne(adresse="")
    with pytest.raises(Refus) as refus:
        decor.deposer(personne)
    assert refus.value.code == "messages.adresse_absente"
    assert not Message.objects.exists()


def test_le_message_dit_l_essentiel_et_le_journal_rien_de_personnel(decor, joignable):
    message = decor.deposer(joignable)
    for dit in ("mardi 3 novembre 2020", "14 h", "Maison du Département de Brioude", "Appelez"):
        assert dit in message.contenu
    assert "{{" not in message.contenu
    assert "Comment venir" not in message.contenu
    ligne = LigneJournal.objects.get(code="messages.deposer")
    assert (ligne.objet_id, ligne.personne_id) == (message.pk, joignable.pk)
    assert ligne.charge == {
        "modele": "convocation_orientation",
        "version": 0,
        "canal": "courriel",
    }


def test_une_decision_calculee_porte_la_mention_et_ne_part_pas_par_sms(decor):
    personne = decor.personne(telephone="0639980123")
    message = decor.deposer(personne, est_algorithmique=True)
    assert message.canal == "courrier"
    assert message.a_mention
    assert "Sa finalité : vous proposer un premier rendez-vous" in message.contenu
    with pytest.raises(Refus) as refus:
        decor.deposer(personne, canal="sms", est_algorithmique=True)
    assert refus.value.code == "messages.mention_absente"
    assert "L311-3-1" in refus.value.base_legale


def test_sans_calcul_aucune_mention(decor, joignable):
    message = decor.deposer(joignable)
    assert not message.a_mention
    assert "algorithmique" not in message.contenu


def test_un_modele_sans_mention_ne_porte_pas_une_decision_calculee(decor, joignable):
    with pytest.raises(Refus) as refus:
        decor.deposer(joignable, "rappel_rendez_vous", est_algorithmique=True)
    assert refus.value.code == "messages.mention_absente"
    assert not Message.objects.exists()


@pytest.mark.parametrize("change", [{"contenu": "rien"}, {"a_mention": False}])
def test_la_base_refuse_une_decision_calculee_sans_mention(decor, joignable, change):
    message = decor.deposer(joignable, est_algorithmique=True)
    with pytest.raises(IntegrityError, match="message_mention_algorithme"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)


def test_la_base_refuse_un_modele_algorithmique_sans_mention(systeme):
    with pytest.raises(IntegrityError, match="modele_mention_algorithme"), transaction.atomic():
        ModeleMessage.objects.create(
            code="designation_referent",
            canal="courrier",
            version=1,
            libelle="x",
            corps="Votre référent est {{ referent }}.",
            est_algorithmique=True,
            du=LE,
        )


def test_la_mention_ne_se_dicte_pas(decor, joignable):
    message = decor.deposer(joignable, champs={"mention_algorithme": "Rien à dire."})
    assert "Rien à dire" not in message.contenu


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"nir": "2840343157001"}, "messages.champ_inconnu"),
        ({"date": ""}, "messages.champ_absent"),
    ],
)
def test_les_champs_sont_une_liste_fermee_et_les_requis_y_sont(decor, joignable, champs, code):
    with pytest.raises(Refus) as refus:
        decor.deposer(joignable, champs=champs)
    assert refus.value.code == code


def test_qui_n_ecrit_pas_a_cette_personne_ne_depose_rien(decor, joignable):
    ailleurs = Acces(
        agent_id=1,
        organisation_id=1,
        nom="ailleurs",
        cles_par_role={Role.CADRE: frozenset({299_998})},
    )
    with pytest.raises(Refus) as refus:
        deposer(envoi=decor.envoi(joignable), par=ailleurs, le=LE)
    assert refus.value.code == "acces.refuse"


def test_un_lot_depose_ce_qu_il_peut_et_dit_le_reste(decor, joignable):
    sans_rien = decor.personne("Perdu", adresse="")
    envois = [decor.envoi(joignable), decor.envoi(sans_rien), decor.envoi(joignable)]
    premier, refus, dernier = deposer_lot(envois=envois, par=decor.par, le=LE)
    assert isinstance(refus, Refus)
    assert {premier.pk, dernier.pk} == set(Message.objects.values_list("pk", flat=True))


def test_deposer_garde_un_nombre_de_requetes_constant(decor, joignable, django_assert_num_queries):
    with django_assert_num_queries(7):  # dont deux pour le point de sauvegarde
        decor.deposer(joignable)


def test_l_apercu_montre_le_message_sans_rien_ecrire(decor, joignable, django_assert_num_queries):
    with django_assert_num_queries(3):
        apercu = apercevoir(envoi=decor.envoi(joignable), par=decor.par, le=LE)
    assert apercu.contenu == decor.deposer(joignable).contenu
    assert Message.objects.count() == 1


def test_annuler_ne_touche_que_ce_qui_attend_au_sujet_du_rendez_vous(decor, joignable):
    rappel = decor.deposer(joignable, "rappel_rendez_vous")
    convocation = decor.deposer(joignable)
    designation = decor.deposer(joignable, "designation_referent", champs=_REFERENT)
    autre = decor.deposer(joignable, "rappel_rendez_vous", objet_id=8)
    parti = decor.deposer(joignable, "rappel_rendez_vous")
    Message.objects.filter(pk=parti.pk).update(etat="remis")
    assert annuler(objet_id=7, modele="rappel_rendez_vous", par=decor.par, le=LE) == 1
    assert annuler(objet_id=7, par=decor.par, le=LE) == 1
    etats = dict(Message.objects.values_list("pk", "etat"))
    assert etats == {
        rappel.pk: "annule",
        convocation.pk: "annule",
        designation.pk: "a_envoyer",
        autre.pk: "a_envoyer",
        parti.pk: "remis",
    }
    assert Message.objects.get(pk=rappel.pk).annule_le is not None
    assert LigneJournal.objects.filter(code="messages.annuler").count() == 2


_REFERENT = {"referent": "Camille Roche", "heure": ""}
