"""Proposer et relire : au plus près, une place comptée, une décision nommée, et rien d'autre."""

from datetime import timedelta

import pytest

from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.models import Calcul, Demande, Designation, LigneCalcul
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI
from draille.moteurs.messages.models import Message
from draille.noyau.journal.models import LigneJournal
from draille.noyau.referent.models import Referent
from draille.socle.acces import Role
from draille.socle.refus import Refus


def proposer(monde, le=LUNDI):
    return actes.calculer_proposition(par=monde.cadre, le=le)


def propose_a(calcul, demande):
    ligne = calcul.lignes.get(demande=demande)
    return calcul.places[ligne.place]["agent_id"] if ligne.place >= 0 else None


def test_chacun_est_propose_au_plus_pres(monde):
    au_puy = fabrique.a_confier(monde.systeme, monde.communes[0], nom="Un")
    a_brioude = fabrique.a_confier(monde.systeme, monde.communes[1], nom="Deux")
    a_langeac = fabrique.a_confier(monde.systeme, monde.communes[4], nom="Trois")
    calcul = proposer(monde)
    assert propose_a(calcul, au_puy) == monde.puy.pk
    assert propose_a(calcul, a_brioude) == monde.brioude.pk
    assert propose_a(calcul, a_langeac) == monde.brioude.pk
    assert not Referent.objects.exists(), "un calcul ne désigne personne"
    assert (calcul.statut, len(calcul.prix), len(calcul.empreinte)) == ("propose", 3, 64)


def test_accepter_designe_ecrit_et_annonce(monde):
    demande = fabrique.a_confier(monde.systeme, monde.communes[0])
    calcul = proposer(monde)
    designation = actes.accepter_ligne(ligne_id=calcul.lignes.get().pk, par=monde.cadre, le=LUNDI)
    referent = Referent.objects.get()
    assert (referent.agent_id, referent.debut, referent.nature) == (monde.puy.pk, LUNDI, "unique")
    assert (designation.mode, designation.entree_id) == ("proposition", demande.entree_id)
    demande.refresh_from_db()
    calcul.refresh_from_db()
    assert (demande.statut, calcul.statut) == ("confiee", "valide")
    ligne = LigneJournal.objects.get(code="referent_unique.designer")
    assert ligne.objet_id == demande.entree_id
    assert ligne.charge | {"minutes": 0} == {
        "agent_id": monde.puy.pk,
        "organisation_id": monde.puy.organisation_id,
        "mode": "proposition",
        "minutes": 0,
        "calcul_id": calcul.pk,
        "est_en_continuite": False,
        "places_vues": 3,
    }
    message = Message.objects.get()
    assert (message.modele, message.est_algorithmique, message.a_mention) == (
        "designation_referent",
        True,
        True,
    )
    assert designation.annoncee_le == LUNDI


def test_sans_adresse_la_designation_tient_et_reste_a_annoncer(monde):
    fabrique.a_confier(monde.systeme, monde.communes[0], courriel="")
    actes.accepter_ligne(ligne_id=proposer(monde).lignes.get().pk, par=monde.cadre, le=LUNDI)
    (passage,) = lectures.a_annoncer(acces=monde.cadre, le=LUNDI)
    assert not Message.objects.exists()
    with pytest.raises(Refus) as refus:
        actes.annoncer(designation_id=passage.designation_id, par=monde.cadre, le=LUNDI)
    assert refus.value.code == "messages.adresse_absente"


def test_changer_demande_un_motif_et_garde_la_trace(monde):
    fabrique.a_confier(monde.systeme, monde.communes[0])
    ligne = proposer(monde).lignes.get()
    with pytest.raises(Refus) as refus:
        actes.changer_ligne(
            ligne_id=ligne.pk, agent_id=monde.brioude.pk, motif=" ", par=monde.cadre, le=LUNDI
        )
    assert refus.value.code == "referent_unique.motif_absent"
    designation = actes.changer_ligne(
        ligne_id=ligne.pk,
        agent_id=monde.brioude.pk,
        motif="Elle connaît déjà la famille.",
        par=monde.cadre,
        le=LUNDI,
    )
    ligne.refresh_from_db()
    assert (designation.mode, designation.referent.agent_id) == ("changement", monde.brioude.pk)
    assert (ligne.decision, ligne.retenu_id, ligne.relue_par_id) == (
        "changee",
        monde.brioude.pk,
        monde.cadre.agent_id,
    )
    assert "famille" not in str(list(LigneJournal.objects.values_list("charge", flat=True)))


def test_ecarter_laisse_la_personne_a_confier(monde):
    demande = fabrique.a_confier(monde.systeme, monde.communes[0])
    ligne = proposer(monde).lignes.get()
    actes.ecarter_ligne(ligne_id=ligne.pk, motif="Elle déménage.", par=monde.cadre, le=LUNDI)
    demande.refresh_from_db()
    assert demande.statut == "a_confier"
    assert not Referent.objects.exists()
    with pytest.raises(Refus, match="déjà relue"):
        actes.accepter_ligne(ligne_id=ligne.pk, par=monde.cadre, le=LUNDI)


def test_la_nouvelle_proposition_remplace_celle_quon_na_pas_relue(monde):
    fabrique.a_confier(monde.systeme, monde.communes[0])
    ancienne = proposer(monde)
    nouvelle = proposer(monde, LUNDI + timedelta(days=7))
    ancienne.refresh_from_db()
    assert (ancienne.statut, nouvelle.statut) == ("remplace", "propose")
    with pytest.raises(Refus) as refus:
        actes.accepter_ligne(ligne_id=ancienne.lignes.get().pk, par=monde.cadre, le=LUNDI)
    assert refus.value.code == "referent_unique.calcul_remplace"


def test_les_places_libres_bornent_la_proposition(monde):
    petit = fabrique.referent("petit", monde.communes[3], monde.cadre, places=1)
    demandes = [fabrique.a_confier(monde.systeme, monde.communes[3], nom=f"N{i}") for i in range(3)]
    calcul = proposer(monde)
    retenus = [propose_a(calcul, d) for d in demandes]
    assert sorted(r == petit.pk for r in retenus) == [False, False, True]
    assert None not in retenus


def test_une_place_prise_entre_temps_est_refusee_en_phrase_et_la_ligne_reste(monde):
    petit = fabrique.referent("petit", monde.communes[3], monde.cadre, places=1)
    fabrique.a_confier(monde.systeme, monde.communes[3], nom="Un")
    ligne = proposer(monde).lignes.get()
    autre = fabrique.personne("Autre", monde.communes[3])
    actes.designer_a_la_main(
        personne_id=autre.pk, agent_id=petit.pk, motif="", par=monde.cadre, le=LUNDI
    )
    bilan = actes.accepter_lignes(lignes=[ligne.pk], par=monde.cadre, le=LUNDI)
    assert bilan.designees == ()
    (refusee,) = bilan.refusees
    assert (refusee.ligne_id, refusee.refus.code) == (ligne.pk, "referent.quota")
    assert "Ce référent n'a plus de place libre (il en a 1 en tout)" in refusee.refus.message
    ligne.refresh_from_db()
    assert ligne.decision == "a_relire"


def test_un_lot_passe_ligne_a_ligne_et_rend_un_bilan(monde):
    for i in range(3):
        fabrique.a_confier(monde.systeme, monde.communes[i], nom=f"N{i}")
    calcul = proposer(monde)
    bilan = actes.accepter_lignes(
        lignes=[x.pk for x in calcul.lignes.all()], par=monde.cadre, le=LUNDI
    )
    assert (len(bilan.designees), bilan.refusees) == (3, ())
    assert {d.decidee_par_id for d in Designation.objects.all()} == {monde.cadre.agent_id}
    assert LigneJournal.objects.filter(code="referent_unique.relire").count() == 3


def test_un_foyer_est_decide_ensemble_et_ne_prend_quune_place(monde):
    un = fabrique.personne("Un", monde.communes[0])
    deux = fabrique.personne("Deux", monde.communes[0])
    fabrique.en_foyer(un, deux)
    for p in (un, deux):
        fabrique.orienter(p, monde.systeme)
    fabrique.livrer(monde.systeme)
    calcul = proposer(monde)
    premiere, seconde = calcul.lignes.order_by("rang")
    assert premiere.unite_id == seconde.unite_id > 0
    actes.accepter_ligne(ligne_id=seconde.pk, par=monde.cadre, le=LUNDI)
    assert {r.agent_id for r in Referent.objects.all()} == {monde.puy.pk}
    assert Referent.objects.count() == 2
    (charge,) = (
        c for c in lectures.charges(acces=monde.cadre, le=LUNDI) if c.agent_id == monde.puy.pk
    )
    assert charge.charge == 1


def test_le_conjoint_rejoint_le_referent_du_foyer_meme_complet(monde):
    petit = fabrique.referent("petit", monde.communes[3], monde.cadre, places=1)
    un = fabrique.personne("Un", monde.communes[3])
    deux = fabrique.personne("Deux", monde.communes[3])
    fabrique.en_foyer(un, deux)
    actes.designer_a_la_main(
        personne_id=un.pk, agent_id=petit.pk, motif="", par=monde.cadre, le=LUNDI
    )
    fabrique.orienter(deux, monde.systeme)
    fabrique.livrer(monde.systeme)
    calcul = proposer(monde)
    ligne = calcul.lignes.get()
    place = calcul.places[ligne.place]
    assert (place["agent_id"], place["est_du_foyer"]) == (petit.pk, True)
    designation = actes.accepter_ligne(ligne_id=ligne.pk, par=monde.cadre, le=LUNDI)
    assert designation.referent.agent_id == petit.pk
    assert LigneJournal.objects.filter(
        code="referent_unique.designer", charge__est_en_continuite=True
    ).exists()


def test_deux_orientations_sans_referent_commun_separent_le_foyer(monde):
    emploi = fabrique.referent(
        "emploi", monde.communes[0], monde.cadre, orientations=(fabrique.EMPLOI,)
    )
    un = fabrique.personne("Un", monde.communes[0])
    deux = fabrique.personne("Deux", monde.communes[0])
    fabrique.en_foyer(un, deux)
    fabrique.orienter(un, monde.systeme)
    fabrique.orienter(deux, monde.systeme, orientation=fabrique.EMPLOI)
    fabrique.livrer(monde.systeme)
    calcul = proposer(monde)
    retenus = {x.personne_id: calcul.places[x.place]["agent_id"] for x in calcul.lignes.all()}
    assert retenus == {un.pk: monde.puy.pk, deux.pk: emploi.pk}


def test_hors_secteur_absent_ou_parti_ne_sont_pas_proposes(monde):
    voisin = fabrique.referent(
        "voisin",
        monde.communes[3],
        monde.cadre,
        territoire=fabrique.secteur("Est", monde.communes[2]),
    )
    fabrique.a_confier(monde.systeme, monde.communes[3])
    actes.declarer_absence(
        agent_id=monde.yssingeaux.pk,
        debut=LUNDI,
        fin=LUNDI + timedelta(days=10),
        par=monde.cadre,
        le=LUNDI,
    )
    actes.declarer_depart(
        agent_id=monde.puy.pk, debut=LUNDI + timedelta(days=30), par=monde.cadre, le=LUNDI
    )
    calcul = proposer(monde)
    choix = {
        c.agent_id: c.raison
        for c in lectures.choix(ligne_id=calcul.lignes.get().pk, acces=monde.cadre)
    }
    assert choix[voisin.pk] == "secteur"
    assert choix[monde.yssingeaux.pk] == choix[monde.puy.pk] == "absent"


def test_un_traitement_ne_relit_pas(monde):
    fabrique.a_confier(monde.systeme, monde.communes[0])
    ligne = proposer(monde).lignes.get()
    for acte in (
        lambda: actes.accepter_ligne(ligne_id=ligne.pk, par=monde.systeme, le=LUNDI),
        lambda: actes.accepter_lignes(lignes=[ligne.pk], par=monde.systeme, le=LUNDI),
        lambda: actes.ecarter_ligne(ligne_id=ligne.pk, motif="x", par=monde.systeme, le=LUNDI),
    ):
        with pytest.raises(Refus) as refus:
            acte()
        assert refus.value.code == "referent_unique.agent_nomme"


def test_sans_personne_a_confier_rien_ne_se_calcule(monde):
    with pytest.raises(Refus, match="Personne n'attend"):
        proposer(monde)
    assert not Calcul.objects.exists()


def test_qui_ne_voit_quun_secteur_ne_calcule_pas_mais_relit_le_sien(monde):
    est = fabrique.secteur("Est", monde.communes[2])
    local = fabrique.acces(fabrique.agent("local", Role.CHARGE_ORIENTATION, territoire=est))
    dedans = fabrique.a_confier(monde.systeme, monde.communes[2], nom="Dedans")
    fabrique.a_confier(monde.systeme, monde.communes[0], nom="Dehors")
    with pytest.raises(Refus) as refus:
        actes.calculer_proposition(par=local, le=LUNDI)
    assert refus.value.code == "acces.refuse"
    calcul = proposer(monde)
    fabrique.au(LUNDI, local)
    vue = lectures.proposition(calcul_id=calcul.pk, acces=local, le=LUNDI)
    assert [x.nom_complet for x in vue.lignes] == ["Élise Dedans"]
    explique = lectures.choix(ligne_id=vue.lignes[0].id, acces=local)
    assert explique[0].agent_id == monde.yssingeaux.pk
    actes.accepter_ligne(ligne_id=vue.lignes[0].id, par=local, le=LUNDI)
    calcul.refresh_from_db()
    assert calcul.statut == "propose", "l'autre ligne, cachée d'ici, attend encore"
    fabrique.au(LUNDI, monde.systeme)
    assert Demande.objects.get(pk=dedans.pk).statut == "confiee"
    assert LigneCalcul.objects.filter(decision="a_relire").count() == 1


def test_une_place_rare_hier_se_garde_pour_qui_est_proche(monde):
    """Une seule place à Monistrol, que beaucoup ont voulue : son prix appris écarte qui peut aller
    ailleurs presque aussi bien."""
    rare = fabrique.referent("rare", monde.communes[3], monde.cadre, places=2)
    for i in range(4):
        fabrique.a_confier(monde.systeme, monde.communes[3], nom=f"N{i}")
    premier = proposer(monde)
    assert set(premier.appris) == {0}, "sans passé, rien n'est appris"
    for ligne in premier.lignes.all():
        actes.ecarter_ligne(ligne_id=ligne.pk, motif="Essai.", par=monde.cadre, le=LUNDI)
    suivant = proposer(monde, LUNDI + timedelta(days=7))
    appris = {p["agent_id"]: prix for p, prix in zip(suivant.places, suivant.appris, strict=True)}
    assert appris[rare.pk] > 0
    assert appris[monde.puy.pk] == appris[monde.brioude.pk] == 0
    bien_plus_tard = proposer(monde, LUNDI + timedelta(days=200))
    assert set(bien_plus_tard.appris) == {0}, "un passé trop ancien n'apprend plus rien"
