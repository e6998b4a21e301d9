"""Ce que deviennent les orientations : le partenaire répond, la personne se rétracte, on relance.

Un parcours se tire de la graine, de la personne et du jour d'envoi ; où il en est se lit de l'état.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from draille.demo.plan import PlanDeJeu
from draille.mesures.accueil_social.demo_tirage import tirer
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.calcul import REVENUES, VIVANTES
from draille.moteurs.partage.models import Orientation
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces

PARTENAIRE = "demo.partenaire"
# Le geste qui mène à chaque état vivant.
FAITS = {"acceptee": "accepter", "recue": "recevoir", "en_cours": "poursuivre"}


@dataclass(frozen=True, slots=True)
class Geste:
    """Un geste prévu, et son jour."""

    nom: str
    le: date


@cache
def reglage() -> dict[str, Any]:
    """Les parcours et les mots de ceux qui répondent."""
    chemin = Path(__file__).with_name("accueil_suites.yaml")
    return dict(yaml.safe_load(chemin.read_text("utf-8")))


def parcours(*, alea: Random, envoyee_le: date, a_accord: bool) -> tuple[Geste, ...]:
    """Les gestes prévus pour une orientation, dans l'ordre."""
    possibles: Mapping[str, Any] = reglage()["parcours" if a_accord else "sans_accord"]
    choisi = tirer(alea, {nom: lu["part"] for nom, lu in possibles.items()})
    return tuple(
        Geste(nom, envoyee_le + timedelta(days=alea.randint(tot, tard)))
        for nom, tot, tard in possibles[choisi]["gestes"]
    )


def suivant(*, gestes: Sequence[Geste], statut: str, relances: int) -> Geste | None:
    """Le prochain geste du parcours, d'après l'état où l'orientation se trouve ; nul à la fin."""
    noms = [g.nom for g in gestes]
    fait = FAITS.get(statut, "relancer" if relances else "")
    # Deux dossiers réunis : le parcours tiré de l'autre personne ne passe pas par cet état.
    if statut in FAITS and fait not in noms:
        return None
    rang = noms.index(fait) + 1 if fait in noms else 0
    return gestes[rang] if rang < len(gestes) else None


def suivre(*, plan: PlanDeJeu, cadre: Acces, le: date) -> int:
    """Fait, au jour `le`, tous les gestes dus ; rend leur nombre."""
    vivantes = list(
        Orientation.objects.filter(statut__in=VIVANTES, envoyee_le__lt=le)
        .select_related("partenaire")
        .order_by("pk")
    )
    equipe = _Equipe(le=le, cadre=cadre)
    nombre = 0
    for orientation in vivantes:
        alea = Random(f"{plan.graine}:suite:{orientation.personne_id}:{orientation.envoyee_le}")
        gestes = parcours(
            alea=alea,
            envoyee_le=orientation.envoyee_le,
            a_accord=orientation.cle_partenaire is not None,
        )
        prochain = suivant(gestes=gestes, statut=orientation.statut, relances=orientation.relances)
        if prochain is not None and prochain.le <= le:
            _faire(prochain.nom, alea, orientation, equipe)
            nombre += 1
    return nombre + _voir_les_revenues(plan, equipe)


class _Equipe:
    """Qui répond : le partenaire connecté, son lien, ou l'agent qui a orienté."""

    def __init__(self, *, le: date, cadre: Acces) -> None:
        self.le = le
        self.cadre = cadre
        self._tenus: dict[int, Acces] = {}
        self._partenaire: Acces | None = None

    def agent(self, orientation: Orientation) -> Acces:
        """L'agent qui a orienté, s'il voit encore la personne ; sinon le cadre."""
        agent_id = orientation.agent_id
        if agent_id is None:
            return self.cadre
        if agent_id not in self._tenus:
            agent = Agent.objects.select_related("organisation").get(pk=agent_id)
            self._tenus[agent_id] = acces_de(agent=agent, le=self.le)
        tenu = self._tenus[agent_id]
        return tenu if tenu.voit(orientation.cle_acces) else self.cadre

    @property
    def partenaire(self) -> Acces:
        """Le compte de démonstration du partenaire."""
        if self._partenaire is None:
            agent = Agent.objects.select_related("organisation").get(identifiant=PARTENAIRE)
            self._partenaire = acces_de(agent=agent, le=self.le)
        return self._partenaire

    def repond(self, alea: Random, orientation: Orientation) -> Acces:
        """Qui dit la suite de cette orientation."""
        if orientation.cle_partenaire is None:
            return self.agent(orientation)
        if self.partenaire.voit(orientation.cle_partenaire):
            partage.tracer_consultation(orientation_id=orientation.pk, par=self.partenaire)
            return self.partenaire
        if alea.random() >= reglage()["part_lien"]:
            return self.agent(orientation)
        jeton = partage.creer_lien(
            orientation_id=orientation.pk, par=self.agent(orientation), le=self.le
        )
        lien = partage.resoudre(jeton=jeton, le=self.le)
        assert lien is not None, "un lien neuf s'ouvre"
        partage.tracer_ouverture(lien=lien, le=self.le)
        return lien.acces


def _faire(nom: str, alea: Random, orientation: Orientation, equipe: _Equipe) -> None:
    le, pk = equipe.le, orientation.pk
    if nom == "relancer":
        partage.relancer(orientation_id=pk, par=equipe.agent(orientation), le=le)
        return
    if nom == "retirer":
        assert orientation.consentement_id is not None, "on ne retire que ce qui a été donné"
        partage.retirer_consentement(
            consentement_id=orientation.consentement_id, par=equipe.agent(orientation), le=le
        )
        return
    par = equipe.repond(alea, orientation)
    nouvelles = alea.choice(reglage()["nouvelles"][nom])
    if nom == "refuser":
        motif = tirer(alea, reglage()["motifs_refus"])
        partage.refuser(orientation_id=pk, motif=motif, par=par, le=le, nouvelles=nouvelles)
        return
    gestes = {
        "accepter": partage.accepter,
        "recevoir": partage.recevoir,
        "poursuivre": partage.poursuivre,
        "terminer": partage.terminer,
        "perdre": partage.perdre,
    }
    gestes[nom](orientation_id=pk, par=par, le=le, nouvelles=nouvelles)


def _voir_les_revenues(plan: PlanDeJeu, equipe: _Equipe) -> int:
    """L'agent voit revenir, quelques jours après, la plupart de ce qui n'a pas abouti."""
    nombre = 0
    for orientation in Orientation.objects.filter(
        statut__in=REVENUES, revue_le__isnull=True, suite_le__lt=equipe.le
    ).order_by("pk"):
        alea = Random(f"{plan.graine}:revenue:{orientation.personne_id}:{orientation.envoyee_le}")
        est_vue = alea.random() < reglage()["part_vue"]
        jours = alea.randint(*reglage()["vue_jours"])
        assert orientation.suite_le is not None
        if est_vue and orientation.suite_le + timedelta(days=jours) <= equipe.le:
            partage.prendre_acte(
                orientation_id=orientation.pk, par=equipe.agent(orientation), le=equipe.le
            )
            nombre += 1
    return nombre
