"""Les lectures : qui est à convoquer, l'agenda, ce qui reste à dire, les droits, les requêtes."""

from datetime import date, time, timedelta

import pytest

from conftest import INSTANT
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = fabrique.LE
MARDI_8, MARDI_15 = date(2020, 9, 8), date(2020, 9, 15)
LUNDI_14 = date(2020, 9, 14)


@pytest.fixture
def ouvert(systeme):
    fabrique.au(LE, systeme)
    fabrique.creneaux(systeme)
    return systeme


def fixer(par, demande: DemandeRendezVous, jour: date = MARDI_15) -> RendezVous:
    libre = Creneau.objects.filter(jour=jour, pris=0, est_ferme=False).order_by("debut").first()
    return actes.fixer(demande_id=demande.pk, creneau_id=libre.pk, par=par, le=LE)


def test_ceux_en_retard_dabord_avec_leur_derniere_absence(ouvert):
    tranquille = fabrique.demande(ouvert, nom="Tranquille")
    en_retard = fabrique.demande(ouvert, nom="Retard", le=date(2020, 8, 1))
    absente = fabrique.demande(ouvert, nom="Absente", le=date(2020, 8, 20))
    excusee = fixer(ouvert, absente)
    actes.excuser(rendez_vous_id=excusee.pk, motif="malade", par=ouvert, le=LE)
    lues = lectures.a_convoquer(acces=ouvert, le=LE, motif="orientation")
    assert [x.demande.pk for x in lues] == [en_retard.pk, tranquille.pk, absente.pk]
    assert [x.retard_jours for x in lues] == [6, 0, 0]
    assert [x.derniere for x in lues] == [None, None, excusee]
    assert lectures.a_convoquer(acces=ouvert, le=LE, motif="referent") == ()
    assert len(lectures.a_convoquer(acces=ouvert, le=LE, limite=2)) == 2


def test_lagenda_dune_semaine_compte_aussi_qui_lon_ne_voit_pas(ouvert):
    vue, cachee = fabrique.demande(ouvert, nom="Vue"), fabrique.demande(ouvert, nom="Cachee")
    DemandeRendezVous.objects.filter(pk=cachee.pk).update(cle_acces=200_000 + fabrique.brioude().pk)
    fixer(ouvert, vue), fixer(ouvert, DemandeRendezVous.objects.get(pk=cachee.pk))
    du_puy = fabrique.acces(Role.REFERENT, sur=fabrique.commune())
    contexte.poser(acces=du_puy, instant=INSTANT)
    semaine = lectures.agenda(lundi=LUNDI_14, acces=du_puy, le=LE)
    assert [j.jour.isoweekday() for j in semaine.jours] == [1, 2, 3, 4, 5, 6, 7]
    mardi = semaine.jours[1]
    assert [len(c.rendez_vous) for c in mardi.creneaux] == [1, 0, 0, 0]
    assert [c.caches for c in mardi.creneaux] == [0, 1, 0, 0]
    assert (semaine.total, semaine.a_dire) == (1, 0)
    plus_tard = lectures.agenda(lundi=LUNDI_14, acces=du_puy, le=date(2020, 9, 20))
    assert plus_tard.a_dire == 1


def test_lagenda_dun_lieu_ou_dun_agent_na_que_les_siens(ouvert):
    lui = fabrique.agent()
    lieu = fabrique.bureau(ouvert, code="autre")
    fabrique.plage(ouvert, lieu, motif="referent", agent_id=lui.pk, heure_fin=time(10))
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=ouvert, le=LE)

    def nombre(**vise) -> int:
        semaine = lectures.agenda(lundi=LUNDI_14, acces=ouvert, le=LE, **vise)
        return sum(len(j.creneaux) for j in semaine.jours)

    assert (nombre(), nombre(lieu_id=lieu.pk), nombre(agent_id=lui.pk)) == (6, 2, 2)


def test_les_prochains_creneaux_le_plus_tot_puis_le_plus_pres(ouvert):
    lieu = fabrique.bureau(ouvert, code="brioude", ou=fabrique.brioude())
    fabrique.plage(ouvert, lieu, heure_fin=time(10))
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=ouvert, le=LE)
    demande = fabrique.demande(ouvert, ou=fabrique.brioude())
    libres = lectures.prochains_creneaux(demande_id=demande.pk, acces=ouvert, le=LE, limite=6)
    assert {x.creneau.jour for x in libres} == {MARDI_8}
    assert [x.creneau.lieu_id == lieu.pk for x in libres] == [True, True] + [False] * 4
    assert libres[0].temps.minutes < libres[-1].temps.minutes
    fixe = fixer(ouvert, demande, MARDI_8)
    autres = lectures.prochains_creneaux(rendez_vous_id=fixe.pk, acces=ouvert, le=LE)
    assert fixe.creneau_id not in {x.creneau.pk for x in autres}
    with pytest.raises(Refus):
        lectures.prochains_creneaux(demande_id=-1, acces=ouvert, le=LE)


def test_le_dossier_dune_personne(ouvert):
    demande = fabrique.demande(ouvert)
    premier = fixer(ouvert, demande, MARDI_8)
    fabrique.au(MARDI_8, ouvert)
    actes.manquer(rendez_vous_id=premier.pk, par=ouvert, le=MARDI_8)
    second = fixer(ouvert, demande, MARDI_15)
    for le, attendu in (
        (MARDI_8, ([second.pk], [])),
        (MARDI_15 + timedelta(days=1), ([], [second.pk])),
    ):
        lu = lectures.de_la_personne(personne_id=demande.personne_id, acces=ouvert, le=le)
        assert [d.pk for d in lu.demandes] == [demande.pk]
        assert ([r.pk for r in lu.a_venir], [r.pk for r in lu.a_dire]) == attendu
        assert [r.pk for r in lu.passes] == [premier.pk]


def test_mes_rendez_vous_et_ceux_de_mon_equipe(ouvert):
    lui, elle = fabrique.agent(), fabrique.agent("Odile Ferrand")
    fixer(ouvert, fabrique.demande(ouvert), MARDI_15)  # un créneau sans agent
    lieu = fabrique.bureau(ouvert, code="autre")
    fabrique.plage(ouvert, lieu, motif="referent", agent_id=lui.pk)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=ouvert, le=LE)
    sien = fabrique.demande_referent(ouvert, vers=lui, nom="Sienne")
    creneau = Creneau.objects.filter(agent=lui, jour=MARDI_15).first()
    actes.fixer(demande_id=sien.pk, creneau_id=creneau.pk, par=ouvert, le=LE)

    def comptes(agent, le: date) -> tuple[int, int, int]:
        acces = fabrique.acces(Role.REFERENT, de=agent)
        lu = lectures.mes_rendez_vous(acces=acces, le=le)
        return len(lu.aujourd_hui), len(lu.a_venir), len(lu.a_dire)

    assert comptes(lui, LUNDI_14) == (0, 2, 0)
    assert comptes(elle, LUNDI_14) == (0, 1, 0)
    assert comptes(lui, MARDI_15) == (2, 0, 0)
    assert comptes(lui, date(2020, 9, 16)) == (0, 0, 2)
    du_15 = lectures.de_l_agent(agent_id=lui.pk, du=MARDI_15, au=MARDI_15, acces=ouvert)
    assert [r.demande_id for r in du_15] == [sien.pk]


def test_deux_absences_sont_signalees(ouvert):
    demande = fabrique.demande(ouvert)
    for jour in (MARDI_8, MARDI_15):
        fixe = fixer(ouvert, demande, jour)
        fabrique.au(jour, ouvert)
        actes.manquer(rendez_vous_id=fixe.pk, par=ouvert, le=jour)
    (signalee,) = lectures.signalees(acces=ouvert, le=MARDI_15)
    assert (signalee.demande.pk, signalee.derniere.jour) == (demande.pk, MARDI_15)


def test_les_absences_par_secteur(ouvert):
    secteur = Territoire.objects.create(
        nature="secteur", code="velay", nom="Velay", debut=date(2019, 1, 1)
    )
    TerritoireCommune.objects.create(
        territoire=secteur, commune=fabrique.commune(), nature="secteur", debut=date(2019, 1, 1)
    )
    fixes = [fixer(ouvert, fabrique.demande(ouvert, nom=f"N{n}"), MARDI_8) for n in range(4)]
    fabrique.au(MARDI_15, ouvert)
    actes.honorer(rendez_vous_id=fixes[0].pk, par=ouvert, le=MARDI_15)
    actes.excuser(rendez_vous_id=fixes[1].pk, motif="malade", par=ouvert, le=MARDI_15)
    actes.manquer(rendez_vous_id=fixes[2].pk, par=ouvert, le=MARDI_15)
    bornes = {"debut": date(2020, 9, 1), "fin": date(2020, 10, 1)}
    (velay,) = lectures.absences_par_secteur(acces=ouvert, le=MARDI_15, **bornes)
    assert (velay.nom, velay.honores, velay.excuses, velay.manques, velay.a_dire) == (
        "Velay",
        1,
        1,
        1,
        1,
    )
    assert velay.taux == pytest.approx(1 / 3)


def test_le_premier_arrive_rejoue_lhistoire(systeme):
    """Deux lieux, une place chacun par semaine ; l'ordre d'arrivée envoie chacun à l'autre bout."""
    fabrique.au(LE, systeme)
    for code, ou, jour in (("brioude", fabrique.brioude(), 2), ("puy", fabrique.commune(), 3)):
        lieu = fabrique.bureau(systeme, code=code, ou=ou)
        fabrique.plage(systeme, lieu, jour=jour, heure_debut=time(9), heure_fin=time(9, 30))
    actes.generer_creneaux(jusque=date(2020, 9, 20), par=systeme, le=LE)
    fabrique.demande(systeme, nom="DuPuy", le=date(2020, 9, 1))
    fabrique.demande(systeme, nom="DeBrioude", ou=fabrique.brioude(), le=date(2020, 9, 2))
    proposition = actes.proposer_convocations(motif="orientation", par=systeme, le=LE)
    actes.convoquer_lot(
        lignes=[
            actes.LigneAConvoquer(demande_id=x.demande.pk, creneau_id=x.creneau.pk)
            for x in proposition.lignes
        ],
        par=systeme,
        le=LE,
    )
    comparees = lectures.comparaison_premier_arrive(motif="orientation", acces=systeme, le=LE)
    moteur, premier = comparees.moteur, comparees.premier_arrive
    assert (moteur.nombre, premier.nombre) == (2, 2)
    assert (moteur.en_retard, premier.en_retard, premier.sans_creneau) == (0, 0, 0)
    assert moteur.minutes_moyennes < 10 < 25 < premier.minutes_moyennes


def test_rien_ne_se_lit_sans_droit_sur_la_commune(ouvert):
    demande = fabrique.demande(ouvert)
    fixe = fixer(ouvert, demande)
    ailleurs = fabrique.acces(Role.CADRE, sur=fabrique.brioude())
    contexte.poser(acces=ailleurs, instant=INSTANT)
    assert lectures.a_convoquer(acces=ailleurs, le=LE) == ()
    assert lectures.du_creneau(creneau_id=fixe.creneau_id, acces=ailleurs) == ()
    assert lectures.sans_objet(acces=ailleurs, le=LE) == ()
    for lire in (
        lambda: lectures.rendez_vous(rendez_vous_id=fixe.pk, acces=ailleurs),
        lambda: lectures.demande(demande_id=demande.pk, acces=ailleurs),
    ):
        with pytest.raises(Refus) as refus:
            lire()
        assert refus.value.code == "rendez_vous.introuvable"
    vide = lectures.de_la_personne(personne_id=demande.personne_id, acces=ailleurs, le=LE)
    assert (vide.demandes, vide.a_venir, vide.passes) == ((), (), ())


@pytest.mark.parametrize("nombre", [1, 12])
def test_le_nombre_de_requetes_est_constant(systeme, nombre, django_assert_num_queries):
    fabrique.au(LE, systeme)
    fabrique.creneaux(systeme, heure_fin=time(18))
    demandes = [fabrique.demande(systeme, nom=f"Nom{n}") for n in range(2 * nombre)]
    for demande in demandes[:nombre]:
        fixer(systeme, demande)
    par = systeme
    personne_id = demandes[0].personne_id
    for requetes, lire in (
        (2, lambda: lectures.a_convoquer(acces=par, le=LE)),
        (2, lambda: lectures.agenda(lundi=LUNDI_14, acces=par, le=LE)),
        (2, lambda: lectures.de_la_personne(personne_id=personne_id, acces=par, le=LE)),
        (1, lambda: lectures.mes_rendez_vous(acces=par, le=LE)),
        (1, lambda: lectures.sans_objet(acces=par, le=LE)),
        (4, lambda: lectures.prochains_creneaux(demande_id=demandes[-1].pk, acces=par, le=LE)),
        (4, lambda: actes.proposer_convocations(motif="orientation", par=par, le=LE)),
        (4, lambda: lectures.comparaison_premier_arrive(motif="orientation", acces=par, le=LE)),
    ):
        with django_assert_num_queries(requetes):
            _toucher(lire())


def _toucher(lu) -> None:
    """Ouvre ce que l'écran ouvre : personne, commune, lieu."""
    for ligne in lu if isinstance(lu, tuple) else getattr(lu, "lignes", ()):
        creneau = getattr(ligne, "creneau", None)
        assert creneau is None or str(creneau.lieu)
        assert not hasattr(ligne, "nom_complet") or ligne.nom_complet
