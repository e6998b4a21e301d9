"""Confier une personne à un référent : la seule porte, quel que soit le chemin qui y mène."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.annonce import annoncer_si_possible
from draille.mesures.referent_unique.actes.verrou import (
    INSERTION,
    cle_de,
    exiger_agent,
    prendre_personne,
    refus,
    sujet_de,
)
from draille.mesures.referent_unique.lectures_places import en_vigueur, habilites, ouvre
from draille.mesures.referent_unique.models import Demande, Designation, LigneCalcul, Portefeuille
from draille.moteurs.trajets import adaptateur as trajets
from draille.noyau.journal.actes import consigner
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Personne
from draille.noyau.referent.actes import Designation as DesignationNoyau
from draille.noyau.referent.actes import designer as designer_au_noyau
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces

Mode = Designation.Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Raison:
    """D'où vient une désignation. `ligne` : celle du calcul, nulle à la main.

    `motif` : ce que l'agent a écrit, gardé à la désignation ; `code` : la raison d'un changement,
    seule à aller au journal.
    """

    mode: Designation.Mode
    motif: str = ""
    code: str = ""
    ligne: LigneCalcul | None = None


@dataclass(slots=True)
class Memoire:
    """Ce qu'une relecture en nombre ne relit pas à chaque ligne : agents, habilitations, termes."""

    le: date
    _habilites: dict[int, frozenset[int]] | None = None
    _agents: dict[int, Agent] = field(default_factory=dict)
    _termes: dict[int, Portefeuille | None] = field(default_factory=dict)

    def agent(self, agent_id: int) -> Agent:
        """L'agent, organisation jointe. Lève `Refus('referent_unique.agent_inconnu')`."""
        if agent_id not in self._agents:
            self._agents[agent_id] = _agent(agent_id)
        return self._agents[agent_id]

    def cles(self, agent_id: int) -> frozenset[int]:
        """Ce qu'ouvre son habilitation de référent."""
        if self._habilites is None:
            self._habilites = habilites(le=self.le)
        return self._habilites.get(agent_id, frozenset())

    def termes(self, agent_id: int) -> Portefeuille | None:
        """Son portefeuille ce jour-là."""
        if agent_id not in self._termes:
            self._termes[agent_id] = Portefeuille.objects.filter(
                en_vigueur(self.le), agent_id=agent_id
            ).first()
        return self._termes[agent_id]


@transaction.atomic
def choisir_referent_de_parcours(
    *, personne_id: int, agent_id: int, par: Acces, le: date
) -> Referent:
    """Enregistre le référent de parcours que la personne a choisi ; il n'occupe pas de place.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `agent_nomme`,
    `agent_inconnu`, `meme_referent` ; `referent.date`, `referent.chevauchement`.
    """
    exiger_agent(par)
    personne = prendre_personne(
        personne_id=personne_id, par=par, action="enregistrer un référent de parcours"
    )
    agent = _agent(agent_id)
    _refuser_le_meme(personne, agent, Referent.Nature.PARCOURS)
    referent = designer_au_noyau(
        personne=personne,
        designation=DesignationNoyau(
            nature=Referent.Nature.PARCOURS,
            organisation_id=agent.organisation_id,
            agent_id=agent.pk,
        ),
        compartiment=INSERTION,
        par=par,
        le=le,
    )
    charge = charges.ChoisirParcours(agent.pk, agent.organisation_id)
    consigner(charge=charge, par=par, le=le, sujet=sujet_de(personne, _entree(personne.pk)))
    return referent


def confier(
    *,
    personne: Personne,
    agent_id: int,
    raison: Raison,
    par: Acces,
    le: date,
    memoire: Memoire | None = None,
) -> Designation:
    """Désigne au noyau, garde la raison, ferme la demande, écrit au journal, annonce."""
    lus = memoire or Memoire(le)
    agent = lus.agent(agent_id)
    if not ouvre(lus.cles(agent.pk), personne.commune_id):
        raise refus(
            "non_habilite",
            f"{agent} n'est pas habilité à ouvrir les dossiers de cette commune. Choisissez un "
            "autre référent, ou demandez son habilitation à l'administrateur.",
            "CASF R262-106",
        )
    _refuser_le_meme(personne, agent, Referent.Nature.UNIQUE)
    referent = designer_au_noyau(
        personne=personne,
        designation=DesignationNoyau(
            nature=Referent.Nature.UNIQUE,
            organisation_id=agent.organisation_id,
            agent_id=agent.pk,
        ),
        compartiment=INSERTION,
        par=par,
        le=le,
    )
    referent.agent, referent.organisation = agent, agent.organisation
    termes = lus.termes(agent.pk)
    designation = Designation.objects.create(
        referent=referent,
        personne=personne,
        entree_id=_entree(personne.pk),
        ligne=raison.ligne,
        mode=raison.mode,
        motif=raison.motif,
        minutes=_minutes(personne, agent.pk, raison.ligne, termes, le),
        decidee_par_id=par.agent_id,
        cle_acces=cle_de(personne),
    )
    Demande.objects.filter(personne=personne, statut=Demande.Statut.A_CONFIER).update(
        statut=Demande.Statut.CONFIEE
    )
    consigner(
        charge=_charge(designation, agent),
        par=par,
        le=le,
        sujet=sujet_de(personne, designation.entree_id),
    )
    annoncer_si_possible(designation=designation, termes=termes, par=par, le=le)
    return designation


def _charge(designation: Designation, agent: Agent) -> charges.Designer:
    ligne = designation.ligne
    places = ligne.calcul.places if ligne else []
    suite = ligne is not None and ligne.continuite >= 0
    return charges.Designer(
        agent_id=agent.pk,
        organisation_id=agent.organisation_id,
        mode=str(designation.mode),
        minutes=designation.minutes,
        calcul_id=None if ligne is None else ligne.calcul_id,
        est_en_continuite=bool(
            suite and ligne and places[ligne.continuite]["agent_id"] == agent.pk
        ),
        places_vues=len({p["agent_id"] for p in places}),
    )


def _agent(agent_id: int) -> Agent:
    agent = Agent.objects.filter(pk=agent_id, is_active=True).select_related("organisation").first()
    if agent is None:
        raise refus("agent_inconnu", "Cet agent n'existe pas, ou son compte est fermé.")
    return agent


def _refuser_le_meme(personne: Personne, agent: Agent, nature: Referent.Nature) -> None:
    if Referent.objects.filter(
        personne=personne, agent=agent, nature=nature, fin__isnull=True
    ).exists():
        raise refus("meme_referent", f"{agent} suit déjà cette personne.")


def _entree(personne_id: int) -> int | None:
    """L'entrée de la dernière demande : délais et indicateurs s'y joignent."""
    return (
        Demande.objects.filter(personne_id=personne_id)
        .order_by("-ligne_orientation_id")
        .values_list("entree_id", flat=True)
        .first()
    )


def _minutes(
    personne: Personne,
    agent_id: int,
    ligne: LigneCalcul | None,
    termes: Portefeuille | None,
    le: date,
) -> int | None:
    """Les dixièmes de minute, du calcul s'il les a, sinon du moteur de trajets ; nuls sans lieu."""
    if ligne is not None:
        connues = [
            m
            for m, p in zip(ligne.minutes, ligne.calcul.places, strict=True)
            if p["agent_id"] == agent_id and m >= 0
        ]
        if connues:
            return min(connues)
    if termes is None or personne.commune_id is None:
        return None
    communes = {personne.commune_id, termes.commune_id}
    if trajets.situees(communes=communes) != communes:
        return None
    return trajets.temps(de=personne.commune_id, vers=termes.commune_id, le=le).minutes
