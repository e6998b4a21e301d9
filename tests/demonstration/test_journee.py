"""Quelques semaines jouées pour de vrai : de l'entrée au rendez-vous avec le référent."""

from datetime import date, timedelta

import pytest

from draille.demo import accompagnement, journee, mise_en_place
from draille.demo.plan import plan_de_jeu
from draille.demo.remise import REPONSE, remettre
from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.tests import fabrique
from draille.mesures.referent_unique.models import Calcul, Designation
from draille.mesures.rendez_vous.models import Creneau, Lieu, Plage, RendezVous
from draille.moteurs.delais.calcul import est_ouvre
from draille.moteurs.messages.models import Message, Tentative
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import acces_systeme

pytestmark = pytest.mark.lent
CONNUE_LE = date(2020, 7, 28)
NOMBRE = 12


@pytest.fixture
def plan(systeme):
    """La Haute-Loire en place, et douze entrants qui ont un courriel."""
    plan = plan_de_jeu(departement="43")
    debut = plan.mois[0].debut - timedelta(days=365)
    mise_en_place.mettre_en_place(code="43", par=systeme, le=debut)
    accompagnement.inscrire_les_referents(plan=plan, par=systeme, le=debut)
    ouverture = accompagnement.ouvre_le(plan)
    with contexte.ouvrir(acces=systeme, instant=journee.instant(ouverture)):
        cadre = journee._acces(journee.CADRE, ouverture)
        accompagnement.ouvrir_les_bureaux(plan=plan, par=cadre, le=ouverture)
    communes = list(Commune.objects.filter(code_insee__in=["43157", "43268", "43040"]))
    with contexte.ouvrir(acces=systeme, instant=journee.instant(CONNUE_LE)):
        for rang in range(NOMBRE):
            suivi = fabrique.suivi_ouvert(
                systeme, le=CONNUE_LE, nom=f"Fictif{rang}", commune=communes[rang % 3]
            )
            Personne.objects.filter(pk=suivi.personne_id).update(
                courriel=f"fictif{rang}@example.org"
            )
    return plan


def _jouer(plan, debut, fin):
    jour = debut
    while jour <= fin:
        if est_ouvre(jour):
            _jouer_le(plan, jour)
        jour += timedelta(days=1)


def _jouer_le(plan, jour):
    """Une journée d'insertion seule : le premier accueil a ses essais."""
    systeme = acces_systeme(nom="essai")
    with contexte.ouvrir(acces=systeme, instant=journee.instant(jour)):
        journee._accompagner(plan, journee._equipe(systeme, jour), jour)


def test_de_lentree_au_rendez_vous_avec_le_referent(plan, systeme):
    _jouer(plan, date(2020, 7, 29), date(2020, 9, 11))
    vus = Suivi.objects.filter(rencontree_le__isnull=False)
    assert 0 < vus.count() <= NOMBRE
    honores = RendezVous.objects.filter(motif="orientation", statut="honore")
    # Le rendez-vous honoré est la rencontre : même personne, même jour.
    assert {(r.personne_id, r.jour) for r in honores} == {
        (s.personne_id, s.rencontree_le) for s in vus
    }
    designees = Designation.objects.select_related("decidee_par", "referent")
    assert designees
    relecteurs = {d.decidee_par.identifiant for d in designees}
    assert relecteurs <= {journee.ORIENTATION, journee.CADRE}
    suites = RendezVous.objects.filter(motif="referent").select_related("creneau")
    referents = {(d.personne_id, d.referent.agent_id) for d in designees}
    assert suites
    assert {(r.personne_id, r.creneau.agent_id) for r in suites} <= referents
    assert Calcul.objects.exists()


def test_un_jour_rejoue_necrit_rien_de_plus(plan, systeme):
    _jouer(plan, date(2020, 7, 29), date(2020, 8, 14))
    # Un jour sans nouvelle semaine : tout y est déjà fait.
    avant = LigneJournal.objects.count()
    _jouer_le(plan, date(2020, 8, 14))
    assert LigneJournal.objects.count() == avant


def test_les_messages_du_jour_sont_remis_avec_leur_preuve(plan, systeme):
    lundi = date(2020, 8, 3)
    _jouer(plan, date(2020, 7, 29), lundi)
    deposes = Message.objects.filter(modele="convocation_orientation")
    assert deposes.count() == RendezVous.objects.count() > 0
    assert remettre(plan=plan, le=lundi) == deposes.count()
    assert set(deposes.values_list("etat", flat=True)) == {"remis"}
    preuves = Tentative.objects.filter(message__in=deposes)
    assert set(preuves.values_list("reponse", "est_reussie")) == {(REPONSE, True)}
    # Les rappels attendent leur jour.
    assert set(
        Message.objects.filter(modele="rappel_rendez_vous").values_list("etat", flat=True)
    ) == {"a_envoyer"}
    assert remettre(plan=plan, le=lundi) == 0


def test_les_bureaux_ferment_au_printemps_et_rouvrent(plan, systeme):
    _jouer(plan, date(2020, 3, 2), date(2020, 3, 2))
    _jouer_le(plan, journee.FERMES_LE)
    pendant = Creneau.objects.filter(
        jour__gte=journee.FERMES_LE, jour__lt=journee.ROUVERTS_LE, est_ferme=False
    )
    assert not pendant.exists()
    _jouer_le(plan, journee.ANNONCE_LE)
    assert not pendant.exists()
    apres = Creneau.objects.filter(jour__gte=journee.ROUVERTS_LE, est_ferme=False)
    assert {c.lieu_id for c in apres} == set(Lieu.objects.values_list("id", flat=True))
    # Les heures que la convention ajoute attendent aussi la réouverture.
    assert not Plage.objects.filter(
        debut__gt=journee.FERMES_LE, debut__lt=journee.ROUVERTS_LE
    ).exists()


def test_un_depart_ferme_les_plages_du_referent(plan, systeme):
    (depart,) = [a for a in accompagnement.absents(plan=plan) if a.fin is None]
    _jouer_le(plan, depart.debut)
    agent = Agent.objects.get(identifiant=depart.identifiant)
    assert not Plage.objects.filter(agent=agent, fin=None).exists()
    assert not Creneau.objects.filter(agent=agent, jour__gt=depart.debut, est_ferme=False).exists()
