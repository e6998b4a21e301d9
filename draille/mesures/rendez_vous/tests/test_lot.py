"""Proposer et convoquer en nombre : la limite d'abord, le trajet ensuite, ligne à ligne."""

from datetime import date, time

import pytest

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.moteurs.messages.models import Message
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = fabrique.LE
MARDI_8, MARDI_15 = date(2020, 9, 8), date(2020, 9, 15)


def lignes(proposition) -> list[actes.LigneAConvoquer]:
    return [
        actes.LigneAConvoquer(demande_id=x.demande.pk, creneau_id=x.creneau.pk, minutes=x.minutes)
        for x in proposition.lignes
        if x.creneau
    ]


def proposer(par, motif: str = "orientation", le: date = LE):
    return actes.proposer_convocations(motif=motif, par=par, le=le)


@pytest.fixture
def ouvert(systeme):
    """Deux bureaux, quatre places chacun le mardi, et l'instant d'écriture au lundi."""
    fabrique.au(LE, systeme)
    for code, ou in (("puy", fabrique.commune()), ("brioude", fabrique.brioude())):
        fabrique.plage(systeme, fabrique.bureau(systeme, code=code, ou=ou))
    actes.generer_creneaux(jusque=date(2020, 10, 31), par=systeme, le=LE)
    return systeme


def test_chacun_au_plus_pres_et_apres_le_preavis(ouvert):
    for n in range(4):
        fabrique.demande(ouvert, nom=f"Puy{n}")
        fabrique.demande(ouvert, nom=f"Brioude{n}", ou=fabrique.brioude())
    proposition = proposer(ouvert)
    assert (len(proposition.lignes), proposition.en_retard, proposition.sans_creneau) == (8, 0, 0)
    for ligne in proposition.lignes:
        assert ligne.creneau.jour == MARDI_15  # le 8 est dans le préavis de sept jours
        assert ligne.creneau.lieu.commune_id == ligne.demande.personne.commune_id
        assert ligne.minutes == ligne.temps.minutes
    assert len({ligne.creneau.pk for ligne in proposition.lignes}) == 8
    assert not RendezVous.objects.exists() and not Message.objects.exists()


def test_la_limite_passe_avant_le_trajet(ouvert):
    Creneau.objects.filter(jour__gt=MARDI_15).update(est_ferme=True)
    Creneau.objects.filter(lieu__code="puy").update(est_ferme=True)
    presse = fabrique.demande(ouvert, nom="Presse", le=date(2020, 8, 15))
    for n in range(4):
        fabrique.demande(ouvert, nom=f"Brioude{n}", ou=fabrique.brioude())
    proposition = proposer(ouvert)
    assert proposition.lignes[0].demande.pk == presse.pk
    assert proposition.lignes[0].creneau is not None
    assert proposition.en_retard == 0
    (sans,) = (x for x in proposition.lignes if x.creneau is None)
    assert sans.raison.startswith("Il n'y a pas assez de places d'ici le 6 décembre 2020")


def test_en_retard_ou_sans_creneau_cela_se_dit(systeme):
    fabrique.au(LE, systeme)
    fabrique.demande(systeme, le=date(2020, 8, 1))
    (seule,) = proposer(systeme).lignes
    assert (seule.creneau, seule.minutes) == (None, None)
    assert seule.raison.startswith("Aucun créneau n'est libre")
    fabrique.creneaux(systeme)
    (seule,) = proposer(systeme).lignes
    assert (seule.creneau.jour, seule.retard_jours) == (MARDI_15, 14)  # limite le 1er septembre


def test_le_referent_recoit_dans_son_agenda(ouvert):
    lui, elle = fabrique.agent(), fabrique.agent("Odile Ferrand")
    sienne = fabrique.demande_referent(ouvert, vers=lui, nom="Sienne")
    sans = fabrique.demande_referent(ouvert, vers=elle, nom="Sans")
    lieu = fabrique.bureau(ouvert, code="annexe")
    fabrique.plage(ouvert, lieu, motif="referent", agent_id=lui.pk, jour=4)
    actes.generer_creneaux(jusque=date(2020, 10, 31), par=ouvert, le=LE)
    proposees = {x.demande.pk: x for x in proposer(ouvert, "referent").lignes}
    assert proposees[sienne.pk].creneau.agent_id == lui.pk
    assert proposees[sans.pk].raison.startswith("Odile Ferrand n'a aucun créneau libre")
    with pytest.raises(Refus) as refus:
        actes.fixer(
            demande_id=sans.pk, creneau_id=proposees[sienne.pk].creneau.pk, par=ouvert, le=LE
        )
    assert refus.value.code == "rendez_vous.autre_agent"


def test_convoquer_tout_le_lot(ouvert):
    for n in range(3):
        fabrique.demande(ouvert, nom=f"Nom{n}")
    bilan = actes.convoquer_lot(lignes=lignes(proposer(ouvert)), par=ouvert, le=LE)
    assert (len(bilan.faites), bilan.refusees) == (3, ())
    assert set(DemandeRendezVous.objects.values_list("statut", flat=True)) == {"convoquee"}
    ecrites = LigneJournal.objects.filter(code="rendez_vous.fixer")
    assert {x.charge["rendez_vous_id"] for x in ecrites} == {r.pk for r in bilan.faites}
    convocations = Message.objects.filter(modele="convocation_orientation")
    # La date vient d'un calcul : la lettre le dit (CRPA L311-3-1).
    assert [(m.est_algorithmique, m.a_mention) for m in convocations] == [(True, True)] * 3
    assert Message.objects.filter(modele="rappel_rendez_vous").count() == 3
    assert proposer(ouvert).lignes == ()


def test_une_ligne_refusee_narrete_pas_les_autres(ouvert):
    bonne, double, sans_adresse = (fabrique.demande(ouvert, nom=n) for n in "ABC")
    Personne.objects.filter(pk=sans_adresse.personne_id).update(courriel="")
    creneaux = list(Creneau.objects.filter(jour=MARDI_15).order_by("id"))
    demandees = [
        actes.LigneAConvoquer(demande_id=bonne.pk, creneau_id=creneaux[0].pk),
        actes.LigneAConvoquer(demande_id=double.pk, creneau_id=creneaux[0].pk),
        actes.LigneAConvoquer(demande_id=sans_adresse.pk, creneau_id=creneaux[1].pk),
        actes.LigneAConvoquer(demande_id=-1, creneau_id=creneaux[2].pk),
        actes.LigneAConvoquer(demande_id=double.pk, creneau_id=-1),
    ]
    bilan = actes.convoquer_lot(lignes=demandees, par=ouvert, le=LE)
    assert [r.demande_id for r in bilan.faites] == [bonne.pk]
    assert sorted((x.demande_id, x.refus.code) for x in bilan.refusees) == sorted(
        [
            (double.pk, "rendez_vous.creneau_plein"),
            (sans_adresse.pk, "messages.adresse_absente"),
            (-1, "rendez_vous.introuvable"),
            (double.pk, "rendez_vous.creneau_introuvable"),
        ]
    )
    # Sans convocation possible, le rendez-vous n'est pas fixé, et sa place reste libre.
    sans_adresse.refresh_from_db()
    assert sans_adresse.statut == "a_convoquer"
    creneaux[1].refresh_from_db()
    assert creneaux[1].pris == 0
    assert LigneJournal.objects.filter(code="rendez_vous.fixer").count() == 1


def test_qui_na_quune_adresse_recoit_une_lettre_et_pas_de_rappel(ouvert):
    demande = fabrique.demande(ouvert)
    Personne.objects.filter(pk=demande.personne_id).update(courriel="")
    fabrique.loger(demande.personne)
    actes.convoquer_lot(lignes=lignes(proposer(ouvert)), par=ouvert, le=LE)
    assert [m.canal for m in Message.objects.all()] == ["courrier"]


def test_lapercu_nenvoie_rien_et_dit_ce_qui_partira(ouvert):
    demande = fabrique.demande(ouvert)
    creneau = Creneau.objects.filter(jour=MARDI_15).first()
    lu = actes.apercu(demande_id=demande.pk, creneau_id=creneau.pk, canal=None, par=ouvert, le=LE)
    assert "mardi 15 septembre 2020" in lu.contenu and lu.a_mention
    assert not Message.objects.exists()


def test_les_requetes_ne_croissent_que_du_rendez_vous_lui_meme(
    ouvert, django_assert_max_num_queries
):
    """Trois requêtes par rendez-vous, que la base peut refuser un à un ; le reste est constant."""
    fabrique.plage(ouvert, fabrique.bureau(ouvert, code="grand"), heure_fin=time(19), capacite=2)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=ouvert, le=LE)
    for nombre in (2, 20):
        for n in range(nombre):
            fabrique.demande(ouvert, nom=f"Nom{nombre}{n}")
        with django_assert_max_num_queries(6):
            proposition = proposer(ouvert)
        a_faire = lignes(proposition)
        with django_assert_max_num_queries(28 + 3 * nombre):
            bilan = actes.convoquer_lot(lignes=a_faire, par=ouvert, le=LE)
        assert len(bilan.faites) == nombre


def test_convoquer_demande_un_role(ouvert):
    demande = fabrique.demande(ouvert)
    creneau = Creneau.objects.filter(jour=MARDI_15).first()
    for role in (Role.ACCUEIL, Role.PILOTE):
        acces = fabrique.acces(role)
        with pytest.raises(Refus) as refus:
            proposer(acces)
        assert refus.value.code == "acces.refuse"
        bilan = actes.convoquer_lot(
            lignes=[actes.LigneAConvoquer(demande_id=demande.pk, creneau_id=creneau.pk)],
            par=acces,
            le=LE,
        )
        assert [x.refus.code for x in bilan.refusees] == ["acces.refuse"]
