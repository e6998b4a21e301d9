"""De vraies connexions en même temps sur les mêmes places : jamais une de trop."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from conftest import INSTANT
from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.models import Portefeuille
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI, Monde, monter
from draille.noyau.organisation.models import Agent
from draille.noyau.referent.actes import Designation, designer
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Territoire
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, acces_systeme
from draille.socle.refus import Refus

PAR: Acces = acces_systeme(nom="essais")
# Marqués, pour que pytest-django crée la base que l'on copie.
pytestmark = pytest.mark.django_db


def ouvrir() -> Any:
    return contexte.ouvrir(acces=PAR, instant=INSTANT)


@pytest.fixture
def valide(validees: Any) -> Monde:
    """Le petit Département, validé une fois pour le module."""
    with ouvrir():
        if Territoire.objects.filter(nature="departement").exists():
            return retrouver()
        return monter(PAR)


def retrouver() -> Monde:
    agents = {a.identifiant: a for a in Agent.objects.select_related("organisation")}
    puy = Portefeuille.objects.filter(agent=agents["puy"]).select_related("commune").first()
    return Monde(
        communes=[puy.commune],
        cadre=fabrique.acces(agents["cadre"]),
        puy=agents["puy"],
        brioude=agents["brioude"],
        yssingeaux=agents["yssingeaux"],
        systeme=PAR,
    )


def ensemble(validees: Any, travaux: list[Callable[[threading.Barrier], None]]) -> list[str]:
    """Chaque travail sur sa propre connexion, au même instant ; ce que chacun a obtenu."""
    depart, issues = threading.Barrier(len(travaux), timeout=30), []

    def faire(travail: Callable[[threading.Barrier], None]) -> None:
        connections["default"] = validees.copy()
        try:
            with ouvrir():
                travail(depart)
            issues.append("fait")
        except Refus as refus:
            issues.append(refus.code)
        finally:
            connections["default"].close()

    fils = [threading.Thread(target=faire, args=(t,)) for t in travaux]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    return sorted(issues)


def suivies(agent: Agent) -> int:
    with ouvrir():
        return Referent.objects.filter(agent=agent, fin__isnull=True).count()


@pytest.mark.parametrize("essai", range(3))
def test_quatre_designations_en_meme_temps_sur_deux_places(validees, valide, essai):
    with ouvrir():
        petit = fabrique.referent(f"petit{essai}", valide.communes[0], valide.cadre, places=2)
        personnes = [fabrique.personne(f"N{essai}{i}", valide.communes[0]) for i in range(4)]

    def designer_a(personne: Any) -> Callable[[threading.Barrier], None]:
        def travail(depart: threading.Barrier) -> None:
            depart.wait()
            actes.designer_a_la_main(
                personne_id=personne.pk, agent_id=petit.pk, motif="", par=valide.cadre, le=LUNDI
            )

        return travail

    issues = ensemble(validees, [designer_a(p) for p in personnes])
    assert issues == ["fait"] * 2 + ["referent.quota"] * 2
    assert suivies(petit) == 2


def test_deux_referents_pour_la_meme_personne_un_seul_passe(validees, valide):
    with ouvrir():
        personne = fabrique.personne("Disputée", valide.communes[0])

    def chez(agent: Agent) -> Callable[[threading.Barrier], None]:
        def travail(depart: threading.Barrier) -> None:
            depart.wait()
            designer(
                personne=personne,
                designation=Designation(
                    nature=Referent.Nature.UNIQUE,
                    organisation_id=agent.organisation_id,
                    agent_id=agent.pk,
                ),
                compartiment=Compartiment.INSERTION,
                par=PAR,
                le=LUNDI,
            )

        return travail

    issues = ensemble(validees, [chez(valide.puy), chez(valide.brioude)])
    assert issues[0] == "fait"
    # Selon l'instant, la seconde lit la première validée, ou la base l'arrête.
    assert issues[1] in ("referent.chevauchement", "referent.date")
    with ouvrir():
        assert Referent.objects.filter(personne=personne).count() == 1


def test_des_places_retirees_pendant_la_designation_ne_se_depassent_pas(validees, valide):
    """Pas à pas : le portefeuille passe à zéro sans être validé ; la désignation attend, puis lit
    les nouveaux termes. Sans le verrou, elle passerait sur les anciens."""
    with ouvrir():
        reduit = fabrique.referent("reduit", valide.communes[0], valide.cadre, places=5)
        personne = fabrique.personne("Tardive", valide.communes[0])
    parti, issues = threading.Event(), []

    def designer_ensuite() -> None:
        connections["default"] = validees.copy()
        try:
            with ouvrir():
                with connection.cursor() as curseur:
                    curseur.execute("SELECT pg_backend_pid()")
                    issues.append(curseur.fetchone()[0])
                parti.set()
                actes.designer_a_la_main(
                    personne_id=personne.pk,
                    agent_id=reduit.pk,
                    motif="",
                    par=valide.cadre,
                    le=LUNDI,
                )
            issues.append("fait")
        except Refus as refus:
            issues.append(refus.code)
        finally:
            connections["default"].close()

    fil = threading.Thread(target=designer_ensuite)
    with ouvrir():
        actes.changer_portefeuille(
            agent_id=reduit.pk,
            termes=fabrique.termes(valide.communes[0], places=0),
            par=valide.cadre,
            le=LUNDI - timedelta(days=1),
        )
        fil.start()
        assert parti.wait(30)
        _attendre_un_verrou(issues[0])
    fil.join(60)
    assert issues[1:] == ["referent.quota"]
    assert suivies(reduit) == 0


def _attendre_un_verrou(pid: int) -> None:
    """Rend la main quand l'autre connexion attend un verrou que celle-ci tient."""
    for _ in range(600):
        with connection.cursor() as curseur:
            curseur.execute("SELECT cardinality(pg_blocking_pids(%s)), pg_sleep(0.05)", [pid])
            if curseur.fetchone()[0]:
                return
    raise AssertionError("la désignation n'a pas attendu le portefeuille")


def test_la_base_seule_refuse_au_dela_des_places_et_pendant_une_absence(validees, valide):
    with ouvrir():
        seul = fabrique.referent("seul", valide.communes[0], valide.cadre, places=0)
        absent = fabrique.referent("absent", valide.communes[0], valide.cadre)
        actes.declarer_absence(
            agent_id=absent.pk,
            debut=LUNDI,
            fin=LUNDI + timedelta(days=5),
            par=valide.cadre,
            le=LUNDI,
        )
        personne = fabrique.personne("Encore", valide.communes[0])
    for agent, contrainte in ((seul, "referent_quota"), (absent, "referent_absence")):
        with pytest.raises(Exception, match="référent") as erreur, ouvrir():
            Referent.objects.create(
                personne=personne,
                nature="unique",
                agent=agent,
                organisation=agent.organisation,
                debut=LUNDI,
                cle_acces=200_000 + personne.commune_id,
            )
        assert erreur.value.__cause__.diag.constraint_name == contrainte
