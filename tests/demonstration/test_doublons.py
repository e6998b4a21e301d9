"""Les doublons du jeu : une paire rejointe, une qui attend une seconde personne, une séparée."""

from datetime import date, timedelta

import pytest

from draille.demo import doublons, journee, mise_en_place
from draille.demo.plan import plan_de_jeu
from draille.moteurs.rapprochement import adaptateur_revue as rapprochement
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Compartiment

pytestmark = pytest.mark.lent
LE = date(2020, 2, 3)


@pytest.fixture
def plan(systeme):
    plan = plan_de_jeu(departement="43")
    pose = plan.mois[0].debut - timedelta(days=365)
    mise_en_place.mettre_en_place(code="43", par=systeme, le=pose)
    return plan


def _inscrire(systeme, nom, prenom, naissance, compartiment):
    commune = Commune.objects.get(code_insee="43157")
    identite = Identite(nom_naissance=nom, prenom=prenom, sexe="2", naissance_le=naissance)
    return inscrire(
        identite=identite, compartiment=compartiment, commune_id=commune.pk, par=systeme, le=LE
    )


def _doubles(systeme, nombre):
    """Des personnes de la caisse, et la même au guichet, à une lettre près."""
    noms = ["CHALENDAR", "EXBRAYAT", "LASHERMES", "BONNEFOY", "DELMAS", "IMBERT", "ROUVEURE"]
    prenoms = ["ÉLISE", "FATIMA", "ODILE", "GENEVIÈVE", "SOPHIE", "NADIA", "CLAIRE"]
    for rang, (nom, prenom) in enumerate(zip(noms[:nombre], prenoms, strict=False)):
        naissance = date(1970 + 3 * rang, 1 + rang, 11 + rang)
        _inscrire(systeme, nom, prenom, naissance, Compartiment.INSERTION)
        _inscrire(systeme, nom[:4] + nom[3:], prenom, naissance, Compartiment.SOCIAL)


def _decider(plan, systeme, le):
    with contexte.ouvrir(acces=systeme, instant=journee.instant(le)):
        cadre, enfance = (journee._acces(nom, le) for nom in (journee.CADRE, journee.ENFANCE))
        return doublons.decider(plan=plan, cadre=cadre, enfance=enfance, le=le)


def test_les_doubles_se_rejoignent_puis_lun_se_separe(plan, systeme):
    with contexte.ouvrir(acces=systeme, instant=journee.instant(LE)):
        _doubles(systeme, 7)
        assert doublons.revoir(systeme=systeme, le=LE) == 7
    # Le temps que quelqu'un les regarde.
    assert _decider(plan, systeme, LE + timedelta(days=1)) == 0
    decidees = _decider(plan, systeme, LE + timedelta(days=7))
    comptes = doublons.comptes()
    assert comptes["rejointes"] >= 2 and comptes["separees"] == 0
    assert comptes["rejointes"] + comptes["distinctes"] == decidees
    assert _decider(plan, systeme, LE + timedelta(days=28)) == 1
    assert doublons.comptes()["separees"] == 1
    assert Fusion.objects.get(separee_le__isnull=False).absorbee.fusionnee_dans_id is None
    # On ne revient que sur une.
    assert _decider(plan, systeme, LE + timedelta(days=56)) == 0


def test_une_fusion_attend_une_seconde_personne_a_la_fin(plan, systeme):
    le = plan.date_demonstration - timedelta(days=5)
    with contexte.ouvrir(acces=systeme, instant=journee.instant(le)):
        _doubles(systeme, 1)
        doublons.revoir(systeme=systeme, le=le - timedelta(days=7))
    _decider(plan, systeme, le)
    (paire,) = Paire.objects.all()
    assert paire.statut == Paire.Statut.EN_ATTENTE and not Fusion.objects.exists()
    with contexte.ouvrir(acces=systeme, instant=journee.instant(le)):
        enfance = journee._acces(journee.ENFANCE, le)
        fusion = rapprochement.confirmer_fusion(paire_id=paire.pk, par=enfance, le=le)
    assert fusion.second_agent_id == enfance.agent_id
