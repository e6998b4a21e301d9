"""Une journée de premier accueil : les lieux, qui y reçoit, ce que deviennent les suites."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from faker import Faker

from draille.demo import accueil_lieux, accueil_suites
from draille.demo.mise_en_place import fiche_accueil
from draille.demo.plan import PlanDeJeu
from draille.mesures.accueil_social import demo as accueil
from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.moteurs.annuaire.models import Point
from draille.moteurs.partage.models import Partenaire
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

# Les comptes de démonstration qui tiennent l'accueil d'un secteur, par rang de secteur.
TENUS = ("demo.accueil", "demo.accueil.2")
RESERVE = 700
# Un mois commence un jour ouvré ou, au plus tard, le cinquième jour (1er janvier, ponts).
PREMIERS_JOURS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fermeture:
    """Quand les lieux sont fermés au public, [du, au)."""

    du: date
    au: date


def inscrire_les_agents(*, plan: PlanDeJeu, par: Acces, le: date) -> None:
    """Un agent d'accueil dans chaque secteur qu'aucun compte ne tient. Rejoué, ne change rien."""
    organisation = Organisation.objects.get(code=f"departement_{plan.departement}")
    for ligne in fiche_accueil(plan.departement)["agents"]:
        agent, est_nouveau = Agent.objects.get_or_create(
            identifiant=_identifiant(ligne),
            defaults={
                "prenom": ligne["prenom"],
                "nom": ligne["nom"],
                "fonction": "Agent d'accueil",
                "organisation": organisation,
                "password": "!",
            },
        )
        if not est_nouveau:
            continue
        secteur = Territoire.objects.get(nature=Territoire.Nature.SECTEUR, code=ligne["secteur"])
        for compartiment in (Compartiment.SOCIAL, Compartiment.INSERTION):
            portee = Portee(compartiment=compartiment, role=Role.ACCUEIL, territoire=secteur)
            habiliter(agent=agent, portee=portee, par=par, le=le)


def travailler(*, plan: PlanDeJeu, cadre: Acces, fermeture: Fermeture, le: date) -> int:
    """Joue un jour ouvré de l'année d'accueil ; avant elle, rien. Rend le nombre d'accueils.

    `cadre` : qui tient l'annuaire et les partenaires.
    """
    debut = accueil_lieux.debut_de_l_annee(plan.date_demonstration)
    if le < debut:
        return 0
    _tenir_les_lieux(plan, debut, cadre, fermeture, le)
    est_ferme = fermeture.du <= le < fermeture.au
    nombre = 0
    for poste, attendus in _postes(plan, le, est_ferme):
        accueil.accueillir_la_journee(
            graine=plan.graine,
            poste=poste,
            nombre=attendus,
            noms=_noms(plan.graine),
            est_ferme=est_ferme,
            le=le,
        )
        nombre += attendus
    accueil_suites.suivre(plan=plan, cadre=cadre, le=le)
    return nombre


def _tenir_les_lieux(
    plan: PlanDeJeu, debut: date, cadre: Acces, fermeture: Fermeture, le: date
) -> None:
    est_premier = not Partenaire.objects.exists()
    if est_premier:
        accueil_lieux.inscrire_les_partenaires(departement=plan.departement, par=cadre, le=le)
    jours = accueil_lieux.fermetures(du=max(le, fermeture.du), au=fermeture.au)
    annonces = jours if le >= fermeture.du else ()
    if est_premier or le.day <= PREMIERS_JOURS:
        accueil_lieux.tenir_l_annuaire(
            departement=plan.departement, debut=debut, fermetures=annonces, par=cadre, le=le
        )
    if le == fermeture.du:
        accueil_lieux.fermer_au_public(departement=plan.departement, jours=jours, par=cadre, le=le)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secteur:
    code: str
    agent_id: int
    communes: Mapping[int, int]


def _secteurs(departement: str) -> tuple[_Secteur, ...]:
    """Les secteurs, leurs communes peuplées, et qui y tient l'accueil."""
    agents = {
        ligne["secteur"]: _identifiant(ligne) for ligne in fiche_accueil(departement)["agents"]
    }
    territoires = list(Territoire.objects.filter(nature=Territoire.Nature.SECTEUR).order_by("id"))
    for territoire, identifiant in zip(territoires, TENUS, strict=False):
        agents[territoire.code] = identifiant
    comptes = dict(
        Agent.objects.filter(identifiant__in=agents.values()).values_list("identifiant", "pk")
    )
    populations = {c.pk: c.population or 0 for c in Commune.objects.only("population")}
    communes: dict[int, dict[int, int]] = defaultdict(dict)
    for territoire_id, commune_id in TerritoireCommune.objects.filter(
        territoire__in=territoires
    ).values_list("territoire_id", "commune_id"):
        communes[territoire_id][commune_id] = populations[commune_id]
    return tuple(
        _Secteur(code=t.code, agent_id=comptes[agents[t.code]], communes=communes[t.pk])
        for t in territoires
    )


def _postes(plan: PlanDeJeu, le: date, est_ferme: bool) -> Iterator[tuple[accueil.Poste, int]]:
    """Les secteurs où quelqu'un vient ce jour-là, et combien."""
    secteurs = _secteurs(plan.departement)
    moyenne = sum(sum(s.communes.values()) for s in secteurs) / len(secteurs)
    poids = {s.code: sum(s.communes.values()) / moyenne for s in secteurs}
    attendus = {
        code: accueil.attendus(
            graine=plan.graine, code=code, poids=pese, est_ferme=est_ferme, le=le
        )
        for code, pese in poids.items()
    }
    recoivent = [s for s in secteurs if attendus[s.code]]
    existants = annuaire.points(le=le)
    du_jour = [
        p for p in existants if p.est_premier_accueil and annuaire.ouvertures(point=p, le=le)
    ]
    partenaires = list(Partenaire.objects.select_related("organisation").order_by("pk"))
    agents = Agent.objects.select_related("organisation").in_bulk([s.agent_id for s in recoivent])
    for secteur in recoivent:
        poste = accueil.Poste(
            code=secteur.code,
            par=acces_de(agent=agents[secteur.agent_id], le=le),
            communes=secteur.communes,
            points=_dans(secteur, du_jour, est_bus=False),
            bus=_dans(secteur, du_jour, est_bus=True),
            telephone=_maison(secteur, existants),
            destinations=_destinations(secteur, existants, partenaires),
        )
        yield poste, attendus[secteur.code]


def _dans(secteur: _Secteur, points: Sequence[Point], *, est_bus: bool) -> list[int]:
    return [
        p.pk
        for p in points
        if p.commune_id in secteur.communes and (p.forme == Point.Forme.MOBILE) is est_bus
    ]


def _maison(secteur: _Secteur, points: Sequence[Point]) -> int | None:
    maisons = (
        p.pk
        for p in points
        if p.commune_id in secteur.communes and p.genre == Point.Genre.MAISON_DEPARTEMENT
    )
    return next(maisons, None)


def _destinations(
    secteur: _Secteur, points: Sequence[Point], partenaires: Sequence[Partenaire]
) -> dict[str, list[accueil.Destination]]:
    """Par besoin, les partenaires et leur lieu : celui du secteur d'abord, s'il y en a un."""
    lieux: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        lieux[point.structure.nom].append(point)
    vers: dict[str, list[accueil.Destination]] = defaultdict(list)
    for partenaire in partenaires:
        siens = lieux[partenaire.organisation.nom]
        proche = [p for p in siens if p.commune_id in secteur.communes]
        est_ccas = any(p.genre == Point.Genre.CCAS for p in siens)
        # Un CCAS ne reçoit que les siens ; une association, tout le Département.
        if not siens or (est_ccas and not proche):
            continue
        point_id = (proche or siens)[0].pk
        for besoin in partenaire.besoins:
            vers[besoin].append(accueil.Destination(partenaire_id=partenaire.pk, point_id=point_id))
    return vers


def _identifiant(ligne: dict[str, str]) -> str:
    return f"fictif.accueil.{ligne['nom']}".lower()


@cache
def _noms(graine: str) -> accueil.Noms:
    faker = Faker("fr_FR")
    faker.seed_instance(f"{graine}:accueil")
    return accueil.Noms(
        noms=[faker.last_name().upper() for _ in range(RESERVE)],
        prenoms={
            "1": [faker.first_name_male().upper() for _ in range(RESERVE)],
            "2": [faker.first_name_female().upper() for _ in range(RESERVE)],
        },
    )
