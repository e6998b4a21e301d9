"""Lire une proposition : chaque ligne en mots et en minutes, les charges avant et après."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from draille.ecrans.panneaux import mot
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.regles import PREFIXE, alerte, minutes_entieres, moyenne, part
from draille.moteurs.trajets import adaptateur as trajets
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

Decision = LigneCalcul.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculResume:
    """Une proposition dans une liste. Les comptes sont ceux des lignes que le lecteur ouvre."""

    id: int
    nature: str
    fait_le: date
    statut: str
    fait_par: str
    motif: str
    lignes: int
    a_relire: int
    acceptees: int
    changees: int
    ecartees: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneLue:
    """Une ligne, en mots. `minutes` : dixièmes de minute ; `foyer` : personnes décidées ensemble.

    `agent_id` nul : aucun référent proposé. `retenu` : celui qu'un agent a finalement choisi.
    """

    id: int
    calcul_id: int
    personne_id: int
    nom_complet: str
    commune: str
    commune_id: int | None
    orientation: str
    orientation_libelle: str
    orientee_le: date
    foyer: int
    unite_id: int
    agent_id: int | None
    agent: str
    organisation: str
    bureau: str
    bureau_commune_id: int | None
    minutes: int | None
    trajet: str
    est_en_continuite: bool
    est_sans_vehicule: bool
    ancien_id: int | None
    ancien: str
    decision: str
    decision_libelle: str
    retenu_id: int | None
    retenu: str
    motif: str
    relue_par: str
    relue_le: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAvantApres:
    """Un référent, avant et après la proposition, en unités (foyers ou personnes)."""

    agent_id: int
    agent: str
    organisation: str
    bureau: str
    commune_id: int
    capacite: int
    avant: int
    apres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PropositionLue:
    """Une proposition entière. `part_changees` : changées ou écartées, parmi les lignes relues."""

    calcul: Calcul
    fait_par: str
    lignes: tuple[LigneLue, ...]
    charges: tuple[ChargeAvantApres, ...]
    total: int
    affectees: int
    minutes_moyennes: int | None
    part_proche: float | None
    part_changees: float | None
    alerte: str


def orientation_libelle(orientation: str) -> str:
    """« type:organisme » en mots."""
    type_parcours, _, organisme = orientation.partition(":")
    if not type_parcours:
        return "orientation inconnue"
    return f"{mot(type_parcours)}, {mot(organisme)}" if organisme else mot(type_parcours)


def calculs(*, acces: Acces, limite: int = 20) -> tuple[CalculResume, ...]:
    """Les dernières propositions, comptes compris. Trois requêtes."""
    lus = list(Calcul.objects.order_by("-fait_le", "-id")[:limite])
    comptes = {
        c["calcul_id"]: c
        for c in LigneCalcul.objects.visibles(acces)
        .filter(calcul__in=lus)
        .values("calcul_id")
        .annotate(
            lignes=Count("id"),
            a_relire=Count("id", filter=Q(decision=Decision.A_RELIRE)),
            acceptees=Count("id", filter=Q(decision=Decision.ACCEPTEE)),
            changees=Count("id", filter=Q(decision=Decision.CHANGEE)),
            ecartees=Count("id", filter=Q(decision=Decision.ECARTEE)),
        )
    }
    agents = noms_des_agents([c.agent_id for c in lus if c.agent_id])
    vide = dict.fromkeys(("lignes", "a_relire", "acceptees", "changees", "ecartees"), 0)
    return tuple(
        CalculResume(
            id=c.pk,
            nature=c.nature,
            fait_le=c.fait_le,
            statut=c.statut,
            fait_par=_nom(agents, c.agent_id),
            motif=c.motif,
            **{k: int(comptes.get(c.pk, vide)[k]) for k in vide},
        )
        for c in lus
    )


def derniere(*, acces: Acces) -> int | None:
    """La dernière proposition de la semaine, relue ou non ; nulle sans calcul. Une requête."""
    del acces  # Un calcul ne parle de personne : ses lignes seules sont gardées.
    return (
        Calcul.objects.filter(nature=Calcul.Nature.SEMAINE)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
    )


def calcul(*, calcul_id: int) -> Calcul:
    """Un calcul. Lève `Refus('referent_unique.introuvable')`."""
    lu = Calcul.objects.filter(pk=calcul_id).first()
    if lu is None:
        raise _introuvable("Cette proposition n'existe pas. Revenez à la liste.")
    return lu


def proposition(*, calcul_id: int, acces: Acces, le: date) -> PropositionLue:
    """Une proposition et ses charges, pour les lignes que cet accès ouvre. Requêtes constantes.

    Lève `Refus('referent_unique.introuvable')`.
    """
    lu = calcul(calcul_id=calcul_id)
    lignes = list(
        LigneCalcul.objects.visibles(acces)
        .filter(calcul=lu)
        .select_related("personne__commune", "retenu", "relue_par")
        .order_by("rang")
    )
    agents = noms_des_agents([*_agents_de(lu), *([lu.agent_id] if lu.agent_id else [])])
    lues = lire_lignes(calcul=lu, lignes=lignes, agents=agents)
    affectees = [x for x in lues if x.minutes is not None]
    seuil = registre_global().entier(f"{PREFIXE}seuil_proche", le)
    relues = [x for x in lues if x.relue_le is not None]
    changees = [x for x in relues if x.decision in (Decision.CHANGEE, Decision.ECARTEE)]
    return PropositionLue(
        calcul=lu,
        fait_par=_nom(agents, lu.agent_id),
        lignes=lues,
        charges=_charges(lu, lignes, agents),
        total=len(lues),
        affectees=sum(x.agent_id is not None for x in lues),
        minutes_moyennes=moyenne([x.minutes for x in affectees if x.minutes is not None]),
        part_proche=part(sum((x.minutes or 0) <= seuil for x in affectees), len(affectees)),
        part_changees=part(len(changees), len(relues)),
        alerte=alerte(
            changees=len(changees),
            relues=len(relues),
            bas=registre_global().decimal(f"{PREFIXE}alerte_changees_min", le),
            haut=registre_global().decimal(f"{PREFIXE}alerte_changees_max", le),
        ),
    )


def ligne(*, ligne_id: int, acces: Acces) -> LigneLue:
    """Une ligne. Lève `Refus('referent_unique.introuvable')`. Requêtes constantes."""
    une = prendre_ligne(ligne_id=ligne_id, acces=acces)
    freres = LigneCalcul.objects.visibles(acces).filter(
        calcul_id=une.calcul_id, unite_id=une.unite_id
    )
    agents = noms_des_agents(_agents_de(une.calcul))
    lues = lire_lignes(
        calcul=une.calcul,
        lignes=list(freres.select_related("personne__commune", "retenu", "relue_par")),
        agents=agents,
    )
    return next(x for x in lues if x.id == ligne_id)


def prendre_ligne(*, ligne_id: int, acces: Acces) -> LigneCalcul:
    """La ligne et son calcul. Lève `Refus('referent_unique.introuvable')`."""
    une: LigneCalcul | None = (
        LigneCalcul.objects.visibles(acces).select_related("calcul").filter(pk=ligne_id).first()
    )
    if une is None:
        raise _introuvable("Cette ligne n'existe pas, ou ne vous est pas ouverte.")
    return une


def noms_des_agents(agents: Collection[int]) -> dict[int, Agent]:
    """Les agents de ces identifiants, organisation jointe. Une requête."""
    return {
        a.pk: a for a in Agent.objects.filter(pk__in=set(agents)).select_related("organisation")
    }


def lire_lignes(
    *, calcul: Calcul, lignes: Sequence[LigneCalcul], agents: Mapping[int, Agent]
) -> tuple[LigneLue, ...]:
    """Ces lignes d'un même calcul, en mots. Deux requêtes (positions)."""
    foyers: dict[int, int] = defaultdict(int)
    for x in lignes:
        foyers[x.unite_id] += 1
    libelles = _trajets(calcul, lignes)
    return tuple(_ligne(calcul, x, agents, foyers[x.unite_id], libelles) for x in lignes)


def _ligne(
    calcul: Calcul,
    x: LigneCalcul,
    agents: Mapping[int, Agent],
    foyer: int,
    libelles: Mapping[tuple[int, int], tuple[int, str]],
) -> LigneLue:
    place = calcul.places[x.place] if x.place >= 0 else None
    ancien = calcul.places[x.actuelle]["agent_id"] if x.actuelle >= 0 else None
    agent = agents.get(place["agent_id"]) if place else None
    minutes = x.minutes[x.place] if place else None
    return LigneLue(
        id=x.pk,
        calcul_id=x.calcul_id,
        personne_id=x.personne_id,
        nom_complet=x.personne.nom_complet,
        commune=x.personne.commune.nom if x.personne.commune else "",
        commune_id=x.personne.commune_id,
        orientation=x.orientation,
        orientation_libelle=orientation_libelle(x.orientation),
        orientee_le=x.orientee_le,
        foyer=foyer,
        unite_id=x.unite_id,
        agent_id=place["agent_id"] if place else None,
        agent=str(agent) if agent else "",
        organisation=str(agent.organisation) if agent else "",
        bureau=place["bureau"] if place else "",
        bureau_commune_id=place["commune_id"] if place else None,
        minutes=minutes,
        trajet=_libelle(x.personne.commune_id, place["commune_id"], minutes, libelles)
        if place and minutes is not None
        else "",
        est_en_continuite=x.continuite >= 0 and x.continuite == x.place,
        est_sans_vehicule=x.est_sans_vehicule,
        ancien_id=ancien,
        ancien=_nom(agents, ancien),
        decision=x.decision,
        decision_libelle=str(Decision(x.decision).label),
        retenu_id=x.retenu_id,
        retenu=str(x.retenu) if x.retenu else "",
        motif=x.motif,
        relue_par=str(x.relue_par) if x.relue_par else "",
        relue_le=x.relue_le,
    )


def _trajets(
    calcul: Calcul, lignes: Sequence[LigneCalcul]
) -> dict[tuple[int, int], tuple[int, str]]:
    """Le libellé de chaque trajet proposé, avec sa bande, tel que le moteur le dit ce jour-là."""
    paires = {
        (x.personne.commune_id, calcul.places[x.place]["commune_id"])
        for x in lignes
        if x.place >= 0 and x.personne.commune_id is not None
    }
    # Une commune de bureau supprimée depuis n'empêche pas de lire un vieux calcul.
    situees = trajets.situees(communes={c for paire in paires for c in paire})
    de = sorted({o for o, _ in paires} & situees)
    vers = sorted({d for _, d in paires} & situees)
    if not de or not vers:
        return {}
    matrice = trajets.minutes(origines=de, destinations=vers, le=calcul.fait_le)
    rendu = {}
    for o, d in paires:
        if o in situees and d in situees:
            temps = matrice.temps(origine=de.index(o), destination=vers.index(d))
            rendu[(o, d)] = (temps.minutes, temps.libelle)
    return rendu


def _libelle(
    commune_id: int | None,
    bureau_id: int,
    minutes: int,
    libelles: Mapping[tuple[int, int], tuple[int, str]],
) -> str:
    """Le libellé du moteur s'il dit encore ce que le calcul a lu (la personne a pu déménager)."""
    if commune_id is not None:
        lues = libelles.get((commune_id, bureau_id))
        if lues is not None and lues[0] == minutes:
            return lues[1]
    return f"{minutes_entieres(minutes)} min en voiture (estimation)"


def _charges(
    calcul: Calcul, lignes: Sequence[LigneCalcul], agents: Mapping[int, Agent]
) -> tuple[ChargeAvantApres, ...]:
    gagne: dict[int, set[int]] = defaultdict(set)
    quitte: dict[int, set[int]] = defaultdict(set)
    for x in lignes:
        if x.actuelle >= 0:
            quitte[calcul.places[x.actuelle]["agent_id"]].add(x.unite_id)
        agent_id = _retenu(calcul, x)
        if agent_id is not None:
            gagne[agent_id].add(x.unite_id)
    rendu = []
    for p in calcul.places:
        if p["est_du_foyer"]:
            continue
        agent = agents.get(p["agent_id"])
        avant = p["charge"] + len(quitte[p["agent_id"]])
        apres = p["charge"] + len(gagne[p["agent_id"]])
        rendu.append(
            ChargeAvantApres(
                agent_id=p["agent_id"],
                agent=str(agent) if agent else "",
                organisation=str(agent.organisation) if agent else "",
                bureau=p["bureau"],
                commune_id=p["commune_id"],
                capacite=p["capacite"],
                avant=avant,
                apres=apres,
            )
        )
    return tuple(rendu)


def _retenu(calcul: Calcul, x: LigneCalcul) -> int | None:
    """Chez qui va cette unité : le choix de l'agent s'il a décidé, sinon la proposition. Rejoindre
    son foyer ne prend pas de place."""
    if x.decision == Decision.CHANGEE:
        return x.retenu_id
    if x.decision == Decision.ECARTEE:
        return calcul.places[x.actuelle]["agent_id"] if x.actuelle >= 0 else None
    if x.place < 0 or calcul.places[x.place]["est_du_foyer"]:
        return None
    return int(calcul.places[x.place]["agent_id"])


def _agents_de(calcul: Calcul) -> list[int]:
    return [int(p["agent_id"]) for p in calcul.places]


def _nom(agents: Mapping[int, Agent], agent_id: int | None) -> str:
    agent = agents.get(agent_id) if agent_id is not None else None
    return str(agent) if agent else ""


def _introuvable(message: str) -> Refus:
    return Refus(code="referent_unique.introuvable", message=message)
