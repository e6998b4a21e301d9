"""Ce qui suit le journal : ouvrir, mettre à jour, clore, rouvrir, libérer, une seule fois."""

from datetime import date

import pytest

from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.models import Demande
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import EMPLOI, LUNDI, SOCIAL
from draille.moteurs.messages.models import Message
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.noyau.referent.models import Referent

SORTIE = date(2020, 10, 20)


@pytest.fixture
def designee(monde):
    """Une personne du Puy, confiée à la référente du Puy."""
    demande = fabrique.a_confier(monde.systeme, monde.communes[0])
    actes.designer_a_la_main(
        personne_id=demande.personne_id, agent_id=monde.puy.pk, motif="", par=monde.cadre, le=LUNDI
    )
    return demande.personne


def demandes():
    return list(Demande.objects.order_by("id").values_list("statut", "orientation"))


def test_une_orientation_ouvre_une_demande_une_seule_fois(monde):
    demande = fabrique.a_confier(monde.systeme, monde.communes[0])
    fabrique.livrer(monde.systeme)
    assert demandes() == [("a_confier", SOCIAL)]
    ligne = LigneJournal.objects.get(code="referent_unique.demander")
    assert (ligne.objet_id, ligne.le) == (demande.entree_id, fabrique.ORIENTEE_LE)
    assert demande.unite_id == -demande.personne_id


def test_une_reorientation_avant_designation_met_la_demande_a_jour(monde):
    demande = fabrique.a_confier(monde.systeme, monde.communes[0])
    fabrique.orienter(demande.personne, monde.systeme, orientation=EMPLOI, le=LUNDI, rang=2)
    fabrique.livrer(monde.systeme)
    assert demandes() == [("a_confier", EMPLOI)]


def test_le_referent_qui_admet_encore_garde_la_personne(monde, designee):
    actes.changer_portefeuille(
        agent_id=monde.puy.pk,
        termes=fabrique.termes(monde.communes[0], orientations=(SOCIAL, EMPLOI)),
        par=monde.cadre,
        le=LUNDI,
    )
    fabrique.orienter(designee, monde.systeme, orientation=EMPLOI, le=SORTIE, rang=2)
    fabrique.livrer(monde.systeme)
    assert demandes() == [("confiee", SOCIAL)]


def test_le_referent_qui_nadmet_plus_ouvre_une_demande(monde, designee):
    fabrique.orienter(designee, monde.systeme, orientation=EMPLOI, le=SORTIE, rang=2)
    for _ in range(2):
        fabrique.livrer(monde.systeme)
    assert demandes() == [("confiee", SOCIAL), ("a_confier", EMPLOI)]
    assert Referent.objects.get(personne=designee).fin is None, "le référent reste jusqu'au suivant"


def test_qui_est_designe_des_lorientation_nest_plus_a_confier(monde):
    p = fabrique.personne("Rapide", monde.communes[0])
    fabrique.orienter(p, monde.systeme, orientation=EMPLOI, le=LUNDI)
    actes.designer_a_la_main(
        personne_id=p.pk, agent_id=monde.puy.pk, motif="", par=monde.cadre, le=LUNDI
    )
    fabrique.livrer(monde.systeme)
    assert demandes() == []
    assert not Echeance.objects.filter(code="referent_unique.designer").exists()


def test_apres_reorientation_le_suivant_succede_et_le_dossier_passe(monde, designee):
    emploi = fabrique.referent("emploi", monde.communes[0], monde.cadre, orientations=(EMPLOI,))
    fabrique.orienter(designee, monde.systeme, orientation=EMPLOI, le=SORTIE, rang=2)
    fabrique.livrer(monde.systeme)
    calcul = actes.calculer_proposition(par=monde.cadre, le=SORTIE)
    actes.changer_ligne(
        ligne_id=calcul.lignes.get().pk,
        agent_id=fabrique.referent(
            "emploi2", monde.communes[1], monde.cadre, orientations=(EMPLOI,)
        ).pk,
        motif="Secret de famille.",
        par=monde.cadre,
        le=SORTIE,
    )
    assert calcul.places[calcul.lignes.get().place]["agent_id"] == emploi.pk
    passee = LigneJournal.objects.get(code="referent_unique.passer")
    assert (passee.charge["de_agent_id"], passee.charge["motif"]) == (
        monde.puy.pk,
        "réorientation",
    )
    assert "Secret" not in str(list(LigneJournal.objects.values_list("charge", flat=True)))
    assert Message.objects.filter(modele="changement_referent", a_mention=True).count() == 1


def test_la_sortie_libere_et_la_rectification_rouvre(monde, designee):
    sortie = fabrique.sortir(designee, monde.systeme, SORTIE)
    for _ in range(2):
        fabrique.livrer(monde.systeme)
    assert Referent.objects.get().fin == SORTIE
    assert demandes() == [("sans_suite", SOCIAL)]
    assert LigneJournal.objects.filter(code="referent_unique.liberer").count() == 1
    assert LigneJournal.objects.filter(code="referent.terminer").count() == 1
    fabrique.rectifier(designee, monde.systeme, date(2020, 10, 25))
    for _ in range(2):
        fabrique.livrer(monde.systeme, depuis=sortie.pk + 1)
    assert demandes() == [("a_confier", SOCIAL)]
    calcul = actes.calculer_proposition(par=monde.cadre, le=date(2020, 10, 26))
    actes.accepter_ligne(ligne_id=calcul.lignes.get().pk, par=monde.cadre, le=date(2020, 10, 26))
    # La sortie ancienne qui revient ne libère pas le nouveau référent.
    fabrique.livrer(monde.systeme)
    assert Referent.objects.filter(fin__isnull=True).count() == 1
    assert demandes() == [("confiee", SOCIAL)]


def test_sortie_et_rectification_du_meme_lot_ne_changent_rien(monde, designee):
    fabrique.sortir(designee, monde.systeme, SORTIE)
    fabrique.rectifier(designee, monde.systeme, SORTIE)
    fabrique.livrer(monde.systeme)
    assert demandes() == [("confiee", SOCIAL)]
    assert Referent.objects.get().fin is None


def test_une_personne_orientee_puis_sortie_dans_le_meme_lot_est_close(monde):
    p = fabrique.personne("Vite", monde.communes[0])
    fabrique.orienter(p, monde.systeme)
    fabrique.sortir(p, monde.systeme, SORTIE)
    fabrique.livrer(monde.systeme)
    assert demandes() == [("sans_suite", SOCIAL)]


def test_reorientee_apres_sa_sortie_elle_nest_pas_a_confier(monde):
    p = fabrique.personne("Sortie", monde.communes[0])
    fabrique.sortir(p, monde.systeme, SORTIE)
    fabrique.orienter(p, monde.systeme, orientation=EMPLOI, le=SORTIE, rang=2)
    fabrique.livrer(monde.systeme)
    assert demandes() == []


def test_une_designation_sans_demande_finit_aussi_avec_la_sortie(monde):
    p = fabrique.personne("Directe", monde.communes[0])
    actes.designer_a_la_main(
        personne_id=p.pk, agent_id=monde.puy.pk, motif="", par=monde.cadre, le=LUNDI
    )
    fabrique.sortir(p, monde.systeme, SORTIE)
    fabrique.livrer(monde.systeme)
    assert Referent.objects.get().fin == SORTIE


def test_lhorloge_de_la_designation_souvre_et_se_ferme(monde, designee):
    echeance = Echeance.objects.get(code="referent_unique.designer")
    assert (echeance.ouverte_le, echeance.avant_le, echeance.fermee_le) == (
        fabrique.ORIENTEE_LE,
        date(2020, 10, 13),
        LUNDI,
    )


def test_les_projections_se_recalculent_du_journal(monde, designee):
    ecarts = [e for e in projections.comparer() if e.nom.startswith("referent_unique.")]
    assert len(ecarts) == 2
    assert all(e.manquantes == e.en_trop == 0 for e in ecarts)


def test_mille_orientations_se_lisent_en_peu_de_requetes(monde, django_assert_max_num_queries):
    for i in range(40):
        fabrique.orienter(fabrique.personne(f"N{i}", monde.communes[i % 5]), monde.systeme)
    with django_assert_max_num_queries(12):
        fabrique.livrer(monde.systeme)
    assert Demande.objects.count() == 40
