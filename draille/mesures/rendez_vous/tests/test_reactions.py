"""Ce qui suit le journal : qui est à convoquer, qui ne l'est plus, jamais deux fois."""

from datetime import date

import pytest

from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous.models import DemandeRendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal

LE = fabrique.LE


def lignes(code: str):
    return LigneJournal.objects.filter(code=f"rendez_vous.{code}").order_by("id")


def ecarts() -> set[tuple[int, int]]:
    return {
        (e.manquantes, e.en_trop)
        for e in projections.comparer()
        if e.nom.startswith("rendez_vous.")
    }


def statuts(motif: str = "orientation") -> list[str]:
    demandes = DemandeRendezVous.objects.filter(motif=motif).order_by("id")
    return [d.statut for d in demandes]


def livrer_trois_fois(par) -> None:
    for _ in range(3):
        fabrique.livrer(par)


def test_un_suivi_ouvert_demande_un_rendez_vous_dans_le_mois(systeme):
    p = fabrique.personne()
    ouverture = fabrique.ouvrir_suivi(p, systeme)
    livrer_trois_fois(systeme)
    demande = DemandeRendezVous.objects.get()
    assert (demande.motif, demande.objet_id, demande.rang) == ("orientation", ouverture.objet_id, 1)
    assert (demande.ouverte_le, demande.avant_le) == (date(2020, 9, 5), date(2020, 10, 5))
    assert demande.cle_acces == 200_000 + p.commune_id
    ligne = lignes("demander").get()
    assert (ligne.le, ligne.objet_id) == (date(2020, 9, 5), ouverture.objet_id)
    assert (ligne.charge["cause"], ligne.charge["avant_le"]) == ("ouverture", "2020-10-05")
    assert ecarts() == {(0, 0)}


def test_avant_la_convention_la_demande_na_pas_de_limite(systeme):
    fabrique.ouvrir_suivi(fabrique.personne(), systeme, le=date(2018, 12, 31))
    fabrique.livrer(systeme)
    assert DemandeRendezVous.objects.get().avant_le is None
    assert ecarts() == {(0, 0)}


@pytest.mark.parametrize(
    ("code", "champs", "statut", "issue"),
    [
        ("rencontrer", {"mode": "telephone"}, "satisfaite", "rencontree"),
        ("fermer_sans_suite", {"motif": "fin", "mois": LE}, "sans_suite", "sans_suite"),
    ],
)
def test_vue_ou_sortie_elle_nest_plus_a_convoquer(systeme, code, champs, statut, issue):
    demande = fabrique.demande(systeme)
    fabrique.ecrire(f"orientation_rsa.{code}", demande.personne, systeme, LE, **champs)
    livrer_trois_fois(systeme)
    assert statuts() == [statut]
    ligne = lignes("clore_demande").get()
    assert (ligne.le, ligne.charge["issue"]) == (LE, issue)
    assert ecarts() == {(0, 0)}


def test_orientee_sur_dossier_elle_nest_plus_a_convoquer(systeme):
    demande = fabrique.demande(systeme)
    fabrique.orienter(demande.personne, systeme, LE)
    livrer_trois_fois(systeme)
    assert statuts() == ["sans_suite"]


def test_rencontree_puis_orientee_du_meme_lot_est_rencontree(systeme):
    p = fabrique.personne()
    fabrique.ouvrir_suivi(p, systeme)
    fabrique.ecrire("orientation_rsa.rencontrer", p, systeme, LE, mode="sur_place")
    fabrique.orienter(p, systeme, LE)
    livrer_trois_fois(systeme)
    assert statuts() == ["satisfaite"]
    assert (lignes("demander").count(), lignes("clore_demande").count()) == (1, 1)
    assert ecarts() == {(0, 0)}


def test_une_sortie_rectifiee_rouvre_la_demande(systeme):
    demande = fabrique.demande(systeme)
    p = demande.personne
    sortie = fabrique.ecrire(
        "orientation_rsa.fermer_sans_suite", p, systeme, LE, motif="fin", mois=LE
    )
    fabrique.livrer(systeme)
    fabrique.ecrire("orientation_rsa.rouvrir", p, systeme, date(2020, 9, 20), mois=LE)
    for depuis in (sortie.pk + 1, sortie.pk + 1, 0):
        # La dernière livraison est ancienne : elle ne rejoue pas la sortie.
        fabrique.livrer(systeme, depuis=depuis)
        assert statuts() == ["a_convoquer"]
    assert [x.charge["cause"] for x in lignes("demander")] == ["ouverture", "rouverture"]
    assert ecarts() == {(0, 0)}


def test_une_demande_classee_par_une_personne_ne_se_rouvre_pas(systeme):
    fabrique.au(LE, systeme)
    demande = fabrique.demande(systeme)
    actes.classer(demande_id=demande.pk, motif="Reçue ailleurs", par=systeme, le=LE)
    fabrique.ecrire("orientation_rsa.rouvrir", demande.personne, systeme, LE, mois=LE)
    livrer_trois_fois(systeme)
    assert statuts() == ["sans_suite"]
    assert ecarts() == {(0, 0)}


def test_un_referent_designe_demande_un_rendez_vous_dans_les_quinze_jours(systeme):
    recevant = fabrique.agent()
    p = fabrique.personne()
    fabrique.orienter(p, systeme, LE)
    fabrique.designer(p, recevant, systeme, date(2020, 9, 14), calcul_id=3)
    livrer_trois_fois(systeme)
    demande = DemandeRendezVous.objects.get(motif="referent")
    assert (demande.agent_id, demande.est_algorithmique) == (recevant.pk, True)
    assert demande.avant_le == date(2020, 9, 22)  # quinze jours après l'orientation du 7
    assert lignes("demander").get().charge["cause"] == "designation"
    assert ecarts() == {(0, 0)}


def test_changer_de_referent_change_la_demande_et_son_delai(systeme):
    fabrique.au(LE, systeme)
    lui, elle = fabrique.agent(), fabrique.agent("Odile Ferrand")
    demande = fabrique.demande_referent(systeme, vers=lui)
    creneaux = fabrique.creneaux(systeme, motif="referent", agent_id=lui.pk)
    fixe = actes.fixer(demande_id=demande.pk, creneau_id=creneaux[4].pk, par=systeme, le=LE)
    fabrique.designer(demande.personne, elle, systeme, date(2020, 9, 10))
    livrer_trois_fois(systeme)
    demande.refresh_from_db()
    assert (demande.agent_id, demande.statut) == (elle.pk, "a_convoquer")
    assert demande.avant_le == date(2020, 9, 25)
    # Le rendez-vous avec l'ancien reste fixé : une personne l'annule, ou le garde.
    assert [r.pk for r in lectures.sans_objet(acces=systeme, le=LE)] == [fixe.pk]
    assert ecarts() == {(0, 0)}
    fabrique.au(fixe.jour, systeme)
    actes.honorer(rendez_vous_id=fixe.pk, par=systeme, le=fixe.jour)
    assert statuts("referent") == ["a_convoquer"]
    assert ecarts() == {(0, 0)}


def test_qui_a_deja_vu_ce_referent_nest_pas_convoque_de_nouveau(systeme):
    fabrique.au(LE, systeme)
    lui = fabrique.agent()
    demande = fabrique.demande_referent(systeme, vers=lui)
    creneaux = fabrique.creneaux(systeme, motif="referent", agent_id=lui.pk)
    fixe = actes.fixer(demande_id=demande.pk, creneau_id=creneaux[0].pk, par=systeme, le=LE)
    fabrique.au(date(2020, 10, 1), systeme)
    actes.honorer(rendez_vous_id=fixe.pk, par=systeme, le=date(2020, 10, 1))
    fabrique.designer(demande.personne, lui, systeme, date(2020, 10, 1))
    livrer_trois_fois(systeme)
    assert statuts("referent") == ["satisfaite"]
    # Un autre référent : un premier rendez-vous avec lui.
    fabrique.designer(demande.personne, fabrique.agent("Odile Ferrand"), systeme, date(2020, 10, 2))
    livrer_trois_fois(systeme)
    assert statuts("referent") == ["satisfaite", "a_convoquer"]
    assert ecarts() == {(0, 0)}


@pytest.mark.parametrize(
    ("code", "champs"),
    [
        ("referent_unique.liberer", {"agent_id": None, "motif": "fin"}),
        ("suivi_rsa.sortir", {"motif": "fin", "mois": LE, "fichier_id": 1}),
    ],
)
def test_liberee_ou_sortie_la_demande_est_sans_suite(systeme, code, champs):
    demande = fabrique.demande_referent(systeme)
    fabrique.ecrire(code, demande.personne, systeme, LE, **champs)
    livrer_trois_fois(systeme)
    assert statuts("referent") == ["sans_suite"]
    assert ecarts() == {(0, 0)}


def test_une_sortie_que_le_meme_lot_rectifie_na_pas_eu_lieu(systeme):
    demande = fabrique.demande_referent(systeme)
    sortie = {"mois": LE, "fichier_id": 1}
    fabrique.ecrire("suivi_rsa.sortir", demande.personne, systeme, LE, motif="fin", **sortie)
    fabrique.ecrire("suivi_rsa.rectifier_sortie", demande.personne, systeme, LE, **sortie)
    livrer_trois_fois(systeme)
    assert statuts("referent") == ["a_convoquer"]


def test_la_reaction_tient_en_requetes_constantes(systeme, django_assert_max_num_queries):
    def entrer(nombre: int) -> int:
        premiere = [
            fabrique.ouvrir_suivi(fabrique.personne(f"Nom{i}"), systeme) for i in range(nombre)
        ][0]
        return premiere.pk

    for nombre in (1, 12):
        depuis = entrer(nombre)
        with django_assert_max_num_queries(24):
            fabrique.livrer(systeme, depuis=depuis)
    assert DemandeRendezVous.objects.count() == 13


def test_lhorloge_de_laccompagnement_souvre_a_lorientation_et_se_ferme_au_rendez_vous(systeme):
    fabrique.au(LE, systeme)
    lui = fabrique.agent()
    demande = fabrique.demande_referent(systeme, vers=lui)
    horloges = Echeance.objects.filter(code="rendez_vous.premier_accompagnement")
    assert [(e.avant_le, e.fermee_le) for e in horloges] == [(date(2020, 9, 22), None)]
    creneaux = fabrique.creneaux(systeme, motif="referent", agent_id=lui.pk)
    fixe = actes.fixer(demande_id=demande.pk, creneau_id=creneaux[4].pk, par=systeme, le=LE)
    fabrique.au(date(2020, 9, 20), systeme)
    actes.honorer(rendez_vous_id=fixe.pk, par=systeme, le=date(2020, 9, 20))
    # Dit le 20, tenu le 15 : le jour du rendez-vous compte.
    assert [e.fermee_le for e in horloges.all()] == [date(2020, 9, 15)]
    noms = {e.nom for e in projections.comparer() if e.manquantes or e.en_trop}
    assert "delais.rendez_vous.premier_accompagnement" not in noms
