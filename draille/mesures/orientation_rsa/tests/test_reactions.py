"""Ce qui suit le journal de suivi_rsa : ouvrir, fermer, rouvrir, sans jamais le faire deux fois."""

from datetime import date

import pytest
from django.db import connection

from draille.mesures.orientation_rsa.actes import RendezVous, orienter, rencontrer
from draille.mesures.orientation_rsa.actes.decision import Decision
from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.tests import fabrique
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections, registre
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import Lot

OCTOBRE = date(2020, 10, 2)


def lignes(code: str):
    return LigneJournal.objects.filter(code=f"orientation_rsa.{code}")


def test_une_entree_ouvre_un_suivi_et_une_ligne(systeme):
    entree = fabrique.entrer(fabrique.personne(), systeme)
    fabrique.livrer(systeme)
    suivi = Suivi.objects.get()
    assert (suivi.statut, suivi.connue_le) == ("a_rencontrer", fabrique.ENTREE_LE)
    ligne = lignes("ouvrir").get()
    assert (ligne.objet_id, ligne.le, ligne.personne_id) == (
        entree.objet_id,
        fabrique.ENTREE_LE,
        entree.personne_id,
    )
    charge = registre.depuis_json(ligne.code, ligne.version, ligne.charge)
    assert (charge.categorie, charge.mois) == ("primo_arrivant", date(2020, 9, 1))
    assert charge.connue_le == fabrique.ENTREE_LE


def test_livrer_deux_fois_nouvre_quune_fois(systeme):
    fabrique.entrer(fabrique.personne(), systeme)
    fabrique.livrer(systeme)
    fabrique.livrer(systeme)
    assert (Suivi.objects.count(), lignes("ouvrir").count()) == (1, 1)


def test_la_sortie_ferme_sans_suite_et_la_rectification_rouvre(systeme):
    entree = fabrique.entrer(fabrique.personne(), systeme)
    sortie = fabrique.sortir(entree, systeme, OCTOBRE)
    for _ in range(2):
        fabrique.livrer(systeme)
        assert Suivi.objects.get().statut == "sans_suite"
    fabrique.rectifier(entree, systeme, date(2020, 10, 9))
    for _ in range(2):
        fabrique.livrer(systeme, depuis=sortie.pk + 1)
        assert Suivi.objects.get().statut == "a_rencontrer"
    # Une livraison ancienne qui revient ne rejoue pas la sortie.
    fabrique.livrer(systeme)
    assert Suivi.objects.get().statut == "a_rencontrer"
    assert (lignes("fermer_sans_suite").count(), lignes("rouvrir").count()) == (1, 1)
    fermee = lignes("fermer_sans_suite").get()
    assert (fermee.le, fermee.charge) == (OCTOBRE, {"motif": "fin", "mois": "2020-10-01"})


def test_sortie_et_rectification_du_meme_lot_ne_changent_rien(systeme):
    entree = fabrique.entrer(fabrique.personne(), systeme)
    fabrique.sortir(entree, systeme, OCTOBRE)
    fabrique.rectifier(entree, systeme, OCTOBRE)
    fabrique.livrer(systeme)
    assert Suivi.objects.get().statut == "a_rencontrer"
    assert not lignes("fermer_sans_suite").exists()


def test_rouvrir_rend_a_orienter_une_personne_deja_rencontree(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    rencontrer(
        suivi_id=suivi.pk,
        rendez_vous=RendezVous(mode="telephone"),
        par=systeme,
        le=date(2020, 9, 12),
    )
    entree = LigneJournal.objects.get(pk=suivi.ligne_entree_id)
    fabrique.sortir(entree, systeme, OCTOBRE)
    fabrique.livrer(systeme)
    fabrique.rectifier(entree, systeme, OCTOBRE)
    fabrique.livrer(systeme)
    suivi.refresh_from_db()
    assert suivi.statut == "a_orienter"


def test_une_personne_orientee_qui_sort_reste_orientee(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    decision = Decision(type_parcours="social", organisme="departement")
    orienter(suivi_id=suivi.pk, decision=decision, par=systeme, le=date(2020, 9, 20))
    fabrique.sortir(LigneJournal.objects.get(pk=suivi.ligne_entree_id), systeme, OCTOBRE)
    fabrique.livrer(systeme)
    suivi.refresh_from_db()
    assert suivi.statut == "orientee"
    assert not lignes("fermer_sans_suite").exists()


def test_une_sortie_sans_entree_connue_est_sans_effet(systeme):
    entree = fabrique.entrer(fabrique.personne(), systeme)
    LigneJournal.objects.create(
        code="suivi_rsa.sortir", version=1, le=OCTOBRE, charge={"motif": "fin", "mois": "x"}
    )
    fabrique.livrer(systeme)
    assert Suivi.objects.get(entree_id=entree.objet_id).statut == "a_rencontrer"


def test_les_horloges_souvrent_a_lentree_et_se_ferment_a_lorientation(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    ouvertes = Echeance.objects.filter(
        objet_id=suivi.entree_id, code__startswith="orientation_rsa."
    ).order_by("avant_le")
    assert [(e.code, e.avant_le, e.fermee_le) for e in ouvertes] == [
        ("orientation_rsa.convention", date(2020, 10, 5), None),
        ("orientation_rsa.loi_2_mois", date(2020, 11, 5), None),
    ]
    decision = Decision(type_parcours="social", organisme="departement")
    orienter(suivi_id=suivi.pk, decision=decision, par=systeme, le=date(2020, 9, 20))
    assert {e.fermee_le for e in ouvertes.all()} == {date(2020, 9, 20)}


def test_depuis_2025_la_loi_donne_six_semaines(systeme):
    fabrique.au(date(2025, 6, 1), systeme)
    suivi = fabrique.suivi_ouvert(systeme, le=date(2025, 1, 31))
    ouvertes = Echeance.objects.filter(objet_id=suivi.entree_id).order_by("avant_le")
    assert [(e.code, e.avant_le) for e in ouvertes] == [
        ("orientation_rsa.convention", date(2025, 2, 28)),
        ("orientation_rsa.loi_6_semaines", date(2025, 3, 14)),
    ]


def test_la_sortie_abandonne_les_horloges_et_la_rectification_les_rend(systeme):
    entree = fabrique.entrer(fabrique.personne(), systeme)
    fabrique.sortir(entree, systeme, OCTOBRE)
    horloges = Echeance.objects.filter(objet_id=entree.objet_id)
    assert {(e.fermee_le, e.est_sans_suite) for e in horloges} == {(OCTOBRE, True)}
    fabrique.rectifier(entree, systeme, date(2020, 10, 9))
    assert {(e.fermee_le, e.est_sans_suite) for e in horloges.all()} == {(None, False)}


def honorer(suivi: Suivi, par, le: date, motif: str = "orientation"):
    """La ligne que les rendez-vous écrivent ; les mesures ne se connaissent que par le journal."""
    charge = next(a.charge for a in registre.actes() if a.code == "rendez_vous.honorer")
    return consigner(
        charge=charge(rendez_vous_id=1, demande_id=None, motif=motif, rang=1, jour=le),
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=2,
            personne_id=suivi.personne_id,
            commune_id=suivi.personne.commune_id,
            objet_id=suivi.entree_id,
        ),
    )


def livrer_les_rendez_vous(par) -> None:
    nom = "orientation_rsa.suivre_les_rendez_vous"
    (abonnement,) = (a for a in registre.abonnements(immediats=False) if a.nom == nom)
    abonnement.traiter(Lot(codes=abonnement.codes, debut=0, fin=2**62), par)


def test_le_rendez_vous_honore_est_la_rencontre_une_seule_fois(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    honorer(suivi, systeme, date(2020, 9, 15))
    honorer(suivi, systeme, date(2020, 9, 14))
    for _ in range(3):
        livrer_les_rendez_vous(systeme)
    suivi.refresh_from_db()
    assert (suivi.statut, suivi.rencontree_le) == ("a_orienter", date(2020, 9, 14))
    assert suivi.rencontre_mode == "sur_place"
    ligne = lignes("rencontrer").get()
    assert (ligne.le, ligne.charge) == (date(2020, 9, 14), {"mode": "sur_place"})
    assert _ecarts() == {(0, 0)}


def test_une_rencontre_deja_notee_reste_la_premiere(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    rencontrer(
        suivi_id=suivi.pk,
        rendez_vous=RendezVous(mode="telephone"),
        par=systeme,
        le=date(2020, 9, 12),
    )
    honorer(suivi, systeme, date(2020, 9, 15))
    livrer_les_rendez_vous(systeme)
    suivi.refresh_from_db()
    assert (suivi.rencontree_le, suivi.rencontre_mode) == (date(2020, 9, 12), "telephone")
    assert lignes("rencontrer").count() == 1


def test_un_rendez_vous_de_suivi_nest_pas_la_rencontre(systeme):
    suivi = fabrique.suivi_ouvert(systeme)
    honorer(suivi, systeme, date(2020, 9, 15), motif="suivi")
    livrer_les_rendez_vous(systeme)
    suivi.refresh_from_db()
    assert suivi.statut == "a_rencontrer"


def test_letat_se_retrouve_dans_le_journal(systeme):
    suivis = [fabrique.suivi_ouvert(systeme, nom=f"Nom{i}") for i in range(4)]
    decision = Decision(type_parcours="social", organisme="departement")
    rencontrer(
        suivi_id=suivis[0].pk,
        rendez_vous=RendezVous(mode="sur_place"),
        par=systeme,
        le=date(2020, 9, 9),
    )
    orienter(suivi_id=suivis[1].pk, decision=decision, par=systeme, le=date(2020, 9, 20))
    fabrique.sortir(LigneJournal.objects.get(pk=suivis[2].ligne_entree_id), systeme, OCTOBRE)
    fabrique.livrer(systeme)
    assert _ecarts() == {(0, 0)}
    Suivi.objects.filter(pk=suivis[3].pk).update(statut="orientee")
    assert (1, 1) in _ecarts()


def _ecarts() -> set[tuple[int, int]]:
    return {
        (e.manquantes, e.en_trop)
        for e in projections.comparer()
        if e.nom.startswith("orientation_rsa.")
    }


@pytest.mark.parametrize("nombre", [10_000])
def test_dix_mille_entrees_souvrent_dun_coup(systeme, nombre, django_assert_num_queries):
    fabrique.entrer_en_nombre(nombre, systeme)
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE noyau_lignejournal")
    # Ouvrir, écrire les lignes, chercher des sorties, chercher des rectifications.
    with django_assert_num_queries(6):
        fabrique.livrer(systeme)
    assert (Suivi.objects.count(), lignes("ouvrir").count()) == (nombre, nombre)
