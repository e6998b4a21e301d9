"""Quelques semaines de premier accueil jouées pour de vrai : lieux, passages, suites, fermeture."""

from datetime import date, timedelta

import pytest

from draille.demo import accueil, accueil_couverture, accueil_lieux, journee, mise_en_place
from draille.demo.plan import plan_de_jeu
from draille.demo.remise import remettre
from draille.mesures.accueil_social import demo as accueil_social
from draille.mesures.accueil_social.lectures_couverture import couverture
from draille.mesures.accueil_social.models import Accueil, Note
from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.moteurs.annuaire.models import Point
from draille.moteurs.delais.calcul import est_ouvre
from draille.moteurs.messages.models import Message
from draille.moteurs.partage.models import Orientation, Partenaire
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent
from draille.socle import contexte

pytestmark = pytest.mark.lent
DEBUT = date(2019, 11, 1)


@pytest.fixture
def plan(systeme):
    plan = plan_de_jeu(departement="43")
    pose = plan.mois[0].debut - timedelta(days=365)
    mise_en_place.mettre_en_place(code="43", par=systeme, le=pose)
    accueil.inscrire_les_agents(plan=plan, par=systeme, le=pose)
    return plan


def _jouer(plan, systeme, debut, fin):
    jour, nombre = debut, 0
    while jour <= fin:
        if est_ouvre(jour):
            with contexte.ouvrir(acces=systeme, instant=journee.instant(jour)):
                nombre += accueil.travailler(
                    plan=plan,
                    cadre=journee._acces(journee.CADRE, jour),
                    fermeture=journee.FERMETURE,
                    le=jour,
                )
        jour += timedelta(days=1)
    return nombre


def test_un_mois_d_accueil_et_ce_qu_il_en_advient(plan, systeme):
    fin = date(2019, 11, 29)
    nombre = _jouer(plan, systeme, date(2019, 10, 30), fin)
    comptes = accueil_social.comptes()
    assert comptes["connue"] + comptes["nouvelle"] + comptes["anonyme"] == nombre
    assert 60 < nombre == Accueil.objects.count() and comptes["anonyme"] and comptes["nouvelle"]
    assert Accueil.objects.earliest("le").le >= DEBUT
    # Chaque accueil est reçu par qui tient le secteur, et laisse une ligne de journal.
    assert Accueil.objects.values("agent_id").distinct().count() == 6
    assert LigneJournal.objects.filter(code="accueil_social.accueillir").count() == nombre
    guichet = Accueil.objects.filter(canal="guichet").select_related("point")
    assert all(a.point.est_premier_accueil and a.point.debut <= a.le for a in guichet)
    issues = set(Orientation.objects.values_list("statut", flat=True))
    assert len(issues) >= 4 and "envoyee" in issues
    assert not Orientation.objects.filter(
        partenaire__isnull=False, consentement__isnull=True
    ).exists()
    _les_lieux_sont_ceux_du_jeu(plan, systeme, fin)
    _les_notes_privees_restent_a_leur_auteur(systeme, fin)
    # Le lien adressé à un partenaire ne survit pas à sa remise.
    deposes = Message.objects.filter(modele="orientation_partenaire")
    assert deposes.filter(secret__isnull=False).exists()
    remettre(plan=plan, le=fin)
    assert not deposes.filter(secret__isnull=False).exists()
    # Rejoué, le dernier jour n'écrit pas un accueil de plus.
    _jouer(plan, systeme, fin, fin)
    assert Accueil.objects.count() == nombre


def _les_lieux_sont_ceux_du_jeu(plan, systeme, le):
    prevus = accueil_lieux.lieux_prevus("43")
    ouverts = {x.nom for x in prevus if accueil_lieux.existe(x, debut=DEBUT, le=le)}
    assert {p.nom for p in annuaire.points(le=le)} == ouverts
    assert all(Point.objects.values_list("est_fictif", flat=True))
    assert Partenaire.objects.count() == 10
    # La couverture que lit l'écran est celle que le jeu prévoit sans base.
    with contexte.ouvrir(acces=systeme, instant=journee.instant(le)):
        lue = couverture(le=le, acces=systeme)
    prevue = accueil_couverture.prevoir(departement="43", fin=plan.date_demonstration, le=le)
    assert lue.departement.part == pytest.approx(prevue.part)
    assert lue.departement.part_basse == pytest.approx(prevue.part_basse)
    assert len(lue.points) == prevue.points and lue.methode == prevue.methode


def _les_notes_privees_restent_a_leur_auteur(systeme, le):
    privees = Note.objects.filter(est_privee=True)
    instant = journee.instant(le)
    with contexte.ouvrir(acces=systeme, instant=instant):
        assert not privees.exists()
        ids = Accueil.objects.values("agent_id")
        agents = Agent.objects.filter(pk__in=ids).select_related("organisation")
        auteurs = [acces_de(agent=agent, le=le) for agent in agents]
    lues = []
    for auteur in auteurs:
        with contexte.ouvrir(acces=auteur, instant=instant):
            lues.append(set(privees.values_list("agent_id", flat=True)))
            assert lues[-1] <= {auteur.agent_id}
    assert any(lues)


def test_au_printemps_les_lieux_ferment_et_l_on_repond_au_telephone(plan, systeme):
    _jouer(plan, systeme, date(2020, 3, 12), date(2020, 3, 20))
    fermes = Accueil.objects.filter(le__gte=journee.FERMES_LE)
    assert set(fermes.values_list("canal", flat=True)) == {"telephone"}
    assert annuaire.points_ouverts(le=date(2020, 3, 16))
    for jour in (journee.FERMES_LE, date(2020, 5, 7)):
        assert annuaire.points_ouverts(le=jour) == []
    assert annuaire.points_ouverts(le=journee.ROUVERTS_LE)
