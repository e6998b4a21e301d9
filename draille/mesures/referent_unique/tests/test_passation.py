"""Changer de référent, réparer un portefeuille, choisir un référent de parcours."""

from datetime import date, timedelta

import pytest

from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.lectures_verification import verification
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import EMPLOI, LUNDI, SOCIAL
from draille.moteurs.messages.models import Message
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.noyau.referent.models import Referent
from draille.socle.refus import Refus

PLUS_TARD = LUNDI + timedelta(days=14)


def confier(monde, commune, nom, agent, le=LUNDI):
    demande = fabrique.a_confier(monde.systeme, commune, nom=nom)
    actes.designer_a_la_main(
        personne_id=demande.personne_id, agent_id=agent.pk, motif="", par=monde.cadre, le=le
    )
    return demande.personne


def changer(monde, personne, agent, motif="déménagement", precision="", le=PLUS_TARD):
    return actes.changer_referent(
        personne_id=personne.pk,
        agent_id=agent.pk,
        motif=motif,
        precision=precision,
        par=monde.cadre,
        le=le,
    )


def test_la_passation_liste_ce_qui_change_de_mains(monde):
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    fabrique.rendez_vous(personne, monde.systeme, 11, date(2020, 11, 3))
    fabrique.rendez_vous(personne, monde.systeme, 12, date(2020, 11, 5))
    fabrique.rendez_vous(personne, monde.systeme, 13, date(2020, 10, 14))
    fabrique.annuler_rendez_vous(personne, monde.systeme, 12, date(2020, 11, 5))
    fabrique.orienter(personne, monde.systeme, orientation=EMPLOI, le=PLUS_TARD, rang=2)
    fabrique.livrer(monde.systeme)
    passation = changer(monde, personne, monde.brioude)
    assert [r.rendez_vous_id for r in passation.rendez_vous] == [11]
    assert {e.code for e in passation.echeances} >= {"referent_unique.designer"}
    ligne = LigneJournal.objects.get(code="referent_unique.passer")
    assert ligne.charge == {
        "de_agent_id": monde.puy.pk,
        "vers_agent_id": monde.brioude.pk,
        "motif": "déménagement",
        "echeances": len(passation.echeances),
        "rendez_vous": [11],
    }
    message = Message.objects.filter(modele="changement_referent").get()
    assert (message.est_algorithmique, message.a_mention) == (False, False)


def test_lhistorique_se_suit_sans_chevauchement(monde):
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    changer(monde, personne, monde.brioude)
    nouveau, ancien = lectures.historique(personne_id=personne.pk, acces=monde.cadre)
    assert (ancien.debut, ancien.fin, nouveau.debut, nouveau.fin) == (
        LUNDI,
        PLUS_TARD,
        PLUS_TARD,
        None,
    )
    assert (nouveau.mode, nouveau.motif) == ("passation", "déménagement")


@pytest.mark.parametrize(
    ("motif", "precision", "code"),
    [
        ("envie", "", "motif_inconnu"),
        ("autre", " ", "motif_absent"),
    ],
)
def test_un_changement_dit_pourquoi(monde, motif, precision, code):
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    with pytest.raises(Refus) as refus:
        changer(monde, personne, monde.brioude, motif, precision)
    assert refus.value.code == f"referent_unique.{code}"


def test_on_ne_change_pas_un_referent_qui_nexiste_pas_ni_pour_le_meme(monde):
    seule = fabrique.personne("Seule", monde.communes[0])
    with pytest.raises(Refus) as refus:
        changer(monde, seule, monde.puy)
    assert refus.value.code == "referent_unique.pas_de_referent"
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    with pytest.raises(Refus) as refus:
        changer(monde, personne, monde.puy)
    assert refus.value.code == "referent_unique.meme_referent"


def test_le_referent_de_parcours_est_a_part_et_ne_prend_pas_de_place(monde):
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    actes.choisir_referent_de_parcours(
        personne_id=personne.pk, agent_id=monde.brioude.pk, par=monde.cadre, le=LUNDI
    )
    natures = set(Referent.objects.filter(fin__isnull=True).values_list("nature", "agent_id"))
    assert natures == {("unique", monde.puy.pk), ("parcours", monde.brioude.pk)}
    charges = {c.agent_id: c.charge for c in lectures.charges(acces=monde.cadre, le=LUNDI)}
    assert (charges[monde.puy.pk], charges[monde.brioude.pk]) == (1, 0)


def test_liberer_finit_sans_remplacer(monde):
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    actes.liberer(personne_id=personne.pk, motif="Fin du suivi.", par=monde.cadre, le=PLUS_TARD)
    assert Referent.objects.get().fin == PLUS_TARD
    assert "Fin du suivi" not in str(list(LigneJournal.objects.values_list("charge", flat=True)))


def test_un_depart_se_repare_personne_par_personne(monde):
    a_brioude = confier(monde, monde.communes[1], "Un", monde.brioude)
    a_langeac = confier(monde, monde.communes[4], "Deux", monde.brioude)
    restee = confier(monde, monde.communes[0], "Trois", monde.puy)
    actes.declarer_depart(agent_id=monde.brioude.pk, debut=PLUS_TARD, par=monde.cadre, le=LUNDI)
    calcul = actes.proposer_reparation(agent_id=monde.brioude.pk, par=monde.cadre, le=PLUS_TARD)
    assert (calcul.nature, calcul.concerne_id) == ("reparation", monde.brioude.pk)
    assert {x.personne_id for x in calcul.lignes.all()} == {a_brioude.pk, a_langeac.pk}
    assert Referent.objects.filter(agent=monde.brioude, fin__isnull=True).count() == 2
    lue = lectures.proposition(calcul_id=calcul.pk, acces=monde.cadre, le=PLUS_TARD)
    assert {x.ancien_id for x in lue.lignes} == {monde.brioude.pk}
    avant = {c.agent_id: (c.avant, c.apres) for c in lue.charges}
    assert avant[monde.brioude.pk] == (2, 0)
    assert sum(apres for _, apres in avant.values()) == 3
    bilan = actes.accepter_lignes(lignes=[x.id for x in lue.lignes], par=monde.cadre, le=PLUS_TARD)
    assert bilan.refusees == ()
    assert not Referent.objects.filter(agent=monde.brioude, fin__isnull=True).exists()
    assert Referent.objects.get(personne=restee).agent_id == monde.puy.pk
    passees = LigneJournal.objects.filter(code="referent_unique.passer")
    assert {x.charge["motif"] for x in passees} == {"départ du référent"}
    assert Message.objects.filter(modele="changement_referent", a_mention=True).count() == 2
    assert verification(calcul_id=calcul.pk, acces=monde.systeme).fautes == ()
    ecarts = [e for e in projections.comparer() if e.nom.startswith("referent_unique.")]
    assert all(e.manquantes == e.en_trop == 0 for e in ecarts)
    calcul.lignes.update(place=calcul.lignes.first().actuelle)
    fautes = verification(calcul_id=calcul.pk, acces=monde.systeme).fautes
    assert any(f.startswith("choix") for f in fautes), "rendre ses dossiers à qui part se voit"


def test_des_places_abaissees_ne_font_partir_que_le_trop_plein(monde):
    personnes = [confier(monde, monde.communes[i], f"N{i}", monde.puy) for i in (0, 2, 4)]
    actes.changer_portefeuille(
        agent_id=monde.puy.pk,
        termes=fabrique.termes(monde.communes[0], places=2),
        par=monde.cadre,
        le=PLUS_TARD,
    )
    (charge,) = (
        c for c in lectures.charges(acces=monde.cadre, le=PLUS_TARD) if c.agent_id == monde.puy.pk
    )
    assert "dossier de trop pour 2 places" in charge.alerte
    calcul = actes.proposer_reparation(agent_id=monde.puy.pk, par=monde.cadre, le=PLUS_TARD)
    decisions = dict(calcul.lignes.values_list("personne_id", "decision"))
    assert sorted(decisions.values()) == ["a_relire", "inchangee", "inchangee"]
    assert decisions[personnes[0].pk] == "inchangee", "qui habite à côté ne bouge pas"


def test_une_orientation_retiree_fait_partir_ceux_quelle_concerne(monde):
    autre = fabrique.referent("autre", monde.communes[0], monde.cadre, orientations=(SOCIAL,))
    personne = confier(monde, monde.communes[0], "Un", monde.puy)
    actes.changer_portefeuille(
        agent_id=monde.puy.pk,
        termes=fabrique.termes(monde.communes[0], orientations=(EMPLOI,)),
        par=monde.cadre,
        le=PLUS_TARD,
    )
    calcul = actes.proposer_reparation(agent_id=monde.puy.pk, par=monde.cadre, le=PLUS_TARD)
    ligne = calcul.lignes.get(personne=personne)
    assert calcul.places[ligne.place]["agent_id"] == autre.pk


def test_un_portefeuille_qui_tient_na_rien_a_reparer(monde):
    confier(monde, monde.communes[0], "Un", monde.puy)
    with pytest.raises(Refus, match="aucun de ses dossiers"):
        actes.proposer_reparation(agent_id=monde.puy.pk, par=monde.cadre, le=PLUS_TARD)
