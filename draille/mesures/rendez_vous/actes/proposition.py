"""Proposer qui vient où et quand : le moins de retards, puis le moins de trajet. N'écrit rien.

La date proposée se relit et se change ; `convoquer_lot` seul fixe les rendez-vous.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.acces import CONVOQUER
from draille.mesures.rendez_vous.actes import annonce
from draille.mesures.rendez_vous.actes.commun import introuvable, refus
from draille.mesures.rendez_vous.lectures_trajets import temps_entre
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Motif, RendezVous
from draille.moteurs.affectation.calcul import (
    Convocable,
    CreneauJour,
    ReglageConvocation,
    convoquer,
)
from draille.moteurs.messages.adaptateur import Apercu, apercevoir
from draille.moteurs.trajets.calcul import Temps
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.texte import date_moyenne

DIXIEMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneProposee:
    """Ce que l'on propose à une personne. `minutes` : dixièmes ; `raison` : pourquoi aucun créneau,
    en une phrase, vide quand il y en a un.
    """

    demande: DemandeRendezVous
    creneau: Creneau | None
    minutes: int | None
    temps: Temps | None
    retard_jours: int
    raison: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """La proposition du jour, la limite la plus proche d'abord. `minutes_moyennes` : dixièmes."""

    motif: str
    le: date
    lignes: tuple[LigneProposee, ...]
    en_retard: int
    sans_creneau: int
    minutes_moyennes: int | None


@dataclass(frozen=True, slots=True)
class Noeud:
    """Un jour d'un lieu, et d'un agent quand c'est le sien ; ses créneaux, du plus tôt au plus
    tard.
    """

    jour: date
    commune_id: int
    agent_id: int | None
    creneaux: tuple[Creneau, ...]

    @property
    def places(self) -> int:
        """Ce qu'il y reste de places."""
        return sum(c.places_libres for c in self.creneaux)


def proposer_convocations(*, motif: str, par: Acces, le: date) -> Proposition:
    """Un créneau pour chacun de ceux qui sont à convoquer : orientation, dans tous les lieux ;
    référent, dans les créneaux du sien. Préavis et horizon viennent des paramètres.

    Lève `Refus` : `acces.refuse`, `rendez_vous.motif_inconnu`. Quatre requêtes.
    """
    par.exiger(CONVOQUER, cle_ligne=None, action="convoquer")
    if motif not in (Motif.ORIENTATION, Motif.REFERENT):
        raise refus("motif_inconnu", "On propose des dates pour l'orientation, ou le référent.")
    demandes = list(
        DemandeRendezVous.objects.visibles(par)
        .filter(statut=DemandeRendezVous.Statut.A_CONVOQUER, motif=motif)
        .select_related("personne__commune", "agent")
        .defer("personne__nir_chiffre", "personne__recherche")
        .order_by(F("avant_le").asc(nulls_last=True), "id")
    )
    noeuds = _noeuds(motif, le)
    temps = temps_entre(
        communes=[d.personne.commune_id for d in demandes],
        lieux=[n.commune_id for n in noeuds],
        le=le,
    )
    choix = _choisir(demandes, noeuds, temps, le) if demandes and noeuds else [-1] * len(demandes)
    lignes = _lignes(demandes, noeuds, choix, temps, le)
    trajets = [x.minutes for x in lignes if x.minutes is not None]
    return Proposition(
        motif=motif,
        le=le,
        lignes=lignes,
        en_retard=sum(x.retard_jours > 0 for x in lignes),
        sans_creneau=sum(x.creneau is None for x in lignes),
        minutes_moyennes=round(sum(trajets) / len(trajets)) if trajets else None,
    )


def apercu(
    *,
    demande_id: int,
    creneau_id: int,
    canal: str | None,
    par: Acces,
    le: date,
    est_calculee: bool = True,
) -> Apercu:
    """La convocation telle qu'elle partirait ; ne dépose rien. `est_calculee` : la date vient de la
    proposition, comme dans `LigneAConvoquer`.

    Lève `Refus` : `rendez_vous.` `introuvable`, `creneau_introuvable`, et ceux des messages.
    """
    demande = (
        DemandeRendezVous.objects.visibles(par)
        .select_related("personne")
        .filter(pk=demande_id)
        .first()
    )
    if demande is None:
        raise introuvable()
    creneau = (
        Creneau.objects.select_related("lieu__commune", "lieu__organisation", "agent")
        .filter(pk=creneau_id)
        .first()
    )
    if creneau is None:
        raise refus("creneau_introuvable", "Ce créneau n'existe plus. Rouvrez l'agenda.")
    commune_id = demande.personne.commune_id
    temps = temps_entre(communes=[commune_id], lieux=[creneau.lieu.commune_id], le=le)
    trajet = temps.get((commune_id or 0, creneau.lieu.commune_id))
    prevu = RendezVous(
        personne=demande.personne,
        cle_acces=demande.cle_acces,
        demande=demande,
        creneau=creneau,
        motif=demande.motif,
        rang=demande.rang,
        jour=creneau.jour,
        debut=creneau.debut,
        fin=creneau.fin,
        minutes=trajet.minutes if trajet else None,
    )
    envoi = annonce.convocation(
        prevu, canal=canal, est_algorithmique=est_calculee or demande.est_algorithmique
    )
    return apercevoir(envoi=envoi, par=par, le=le)


def reglage(*, le: date) -> ReglageConvocation:
    """Les poids du calcul et le préavis, en vigueur ce jour-là."""
    lu = registre_global().entier
    return ReglageConvocation(
        retard=lu("rendez_vous.poids_retard", le) * DIXIEMES,
        jour_de_retard=lu("rendez_vous.poids_jour_de_retard", le) * DIXIEMES,
        jour_d_attente=lu("rendez_vous.poids_jour_d_attente", le),
        preavis_jours=lu("rendez_vous.preavis", le),
    )


def _noeuds(motif: str, le: date) -> list[Noeud]:
    horizon = le + timedelta(days=registre_global().entier("rendez_vous.horizon", le))
    libres = (
        Creneau.objects.filter(
            motif=motif, est_ferme=False, pris__lt=F("capacite"), jour__gte=le, jour__lte=horizon
        )
        .select_related("lieu__commune", "lieu__organisation", "agent")
        .order_by("jour", "lieu_id", "agent_id", "debut", "id")
    )
    groupes: defaultdict[tuple[date, int, int | None], list[Creneau]] = defaultdict(list)
    for creneau in libres:
        groupes[(creneau.jour, creneau.lieu_id, creneau.agent_id)].append(creneau)
    return [
        Noeud(jour, siens[0].lieu.commune_id, agent_id, tuple(siens))
        for (jour, _, agent_id), siens in groupes.items()
    ]


def _choisir(
    demandes: Sequence[DemandeRendezVous],
    noeuds: Sequence[Noeud],
    temps: Mapping[tuple[int, int], Temps],
    le: date,
) -> list[int]:
    """Le rang du nœud de chacun, -1 sans créneau."""
    solution = convoquer(
        demandes=[convocable(d, noeuds, temps, le) for d in demandes],
        creneaux=[CreneauJour(jour=(n.jour - le).days, capacite=n.places) for n in noeuds],
        reglage=reglage(le=le),
        graine=f"{le.isoformat()}:{demandes[0].motif}",
    )
    return list(solution.choix)


def convocable(
    demande: DemandeRendezVous,
    noeuds: Sequence[Noeud],
    temps: Mapping[tuple[int, int], Temps],
    le: date,
) -> Convocable:
    """Ce que le calcul regarde d'une demande : sa limite, ses trajets, l'agenda de son référent.

    Une commune sans position est à égale distance de tout : elle ne choisit que le jour.
    """
    de = demande.personne.commune_id or 0
    lus = [temps.get((de, n.commune_id)) for n in noeuds]
    return Convocable(
        avant_jour=None if demande.avant_le is None else (demande.avant_le - le).days,
        minutes=tuple(t.minutes if t else 0 for t in lus),
        admis=tuple(n.agent_id == demande.agent_id for n in noeuds)
        if demande.motif == Motif.REFERENT
        else (),
    )


def _lignes(
    demandes: Sequence[DemandeRendezVous],
    noeuds: Sequence[Noeud],
    choix: Sequence[int],
    temps: Mapping[tuple[int, int], Temps],
    le: date,
) -> tuple[LigneProposee, ...]:
    """Dans un nœud, la limite la plus proche prend l'heure la plus tôt."""
    places = [[c for c in n.creneaux for _ in range(c.places_libres)] for n in noeuds]
    lignes = []
    for demande, noeud in zip(demandes, choix, strict=True):
        creneau = places[noeud].pop(0) if noeud >= 0 else None
        trajet = (
            temps.get((demande.personne.commune_id or 0, creneau.lieu.commune_id))
            if creneau
            else None
        )
        lignes.append(
            LigneProposee(
                demande=demande,
                creneau=creneau,
                minutes=trajet.minutes if trajet else None,
                temps=trajet,
                retard_jours=regles.retard_jours(
                    jour=creneau.jour if creneau else le, avant_le=demande.avant_le
                ),
                raison="" if creneau else _raison(demande, noeuds, le),
            )
        )
    return tuple(lignes)


def _raison(demande: DemandeRendezVous, noeuds: Sequence[Noeud], le: date) -> str:
    lu = registre_global().entier
    fin = date_moyenne(le + timedelta(days=lu("rendez_vous.horizon", le)))
    apres = le + timedelta(days=lu("rendez_vous.preavis", le))
    possibles = [n for n in noeuds if n.jour >= apres]
    if demande.motif == Motif.REFERENT:
        possibles = [n for n in possibles if n.agent_id == demande.agent_id]
        if not possibles:
            qui = str(demande.agent) if demande.agent else "Ce référent"
            return f"{qui} n'a aucun créneau libre d'ici le {fin} : ouvrez-lui une plage."
    elif not possibles:
        return f"Aucun créneau n'est libre d'ici le {fin} : ouvrez une plage ou une séance."
    return f"Il n'y a pas assez de places d'ici le {fin} : ouvrez une plage ou une séance."
