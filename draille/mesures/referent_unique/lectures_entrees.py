"""Des tables au problème : la liste close de ce que le calcul regarde, et comment il se relit."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, Func, Value
from django.db.models.fields import BigIntegerField, CharField, DateField
from django.db.models.functions import Cast

from draille.mesures.referent_unique.lectures_places import PlaceLue, commune_de, en_vigueur, places
from draille.mesures.referent_unique.lectures_prix import prix_appris
from draille.mesures.referent_unique.lectures_trajets import trajets_vers
from draille.mesures.referent_unique.models import Calcul, Demande, LigneCalcul
from draille.mesures.referent_unique.regles import (
    FOYER,
    PARAMETRES_REGLAGE,
    PREFIXE,
    Arrivant,
    reglage_de,
    unites,
)
from draille.moteurs.affectation.calcul import (
    INTERDIT,
    Demandeur,
    Place,
    Probleme,
    Reglage,
    Solution,
)
from draille.noyau.foyer.models import MembreFoyer
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrees:
    """Un problème et ce qui permet d'en lire les rangs.

    `places` : dans l'ordre du problème, celles d'un foyer déjà suivi à la fin ; `est_du_foyer` dit
    lesquelles. `unites` : l'unité de chaque personne.
    """

    arrivants: tuple[Arrivant, ...]
    places: tuple[PlaceLue, ...]
    est_du_foyer: tuple[bool, ...]
    unites: Mapping[int, int]
    probleme: Probleme


def reglage(*, le: date) -> Reglage:
    """Le réglage en vigueur ce jour-là. Lève `ErreurParametre` avant 2019."""
    registre = registre_global()
    return reglage_de({c: registre.entier(code, le) for c, code in PARAMETRES_REGLAGE.items()})


def unite_en_vigueur(*, le: date) -> str:
    """« foyer » ou « personne » : ce qui occupe une place ce jour-là."""
    return registre_global().texte(f"{PREFIXE}unite", le)


def unite_de(champ: str, *, le: date) -> Func:
    """L'expression SQL du foyer d'une personne ce jour-là, ou d'elle-même (négatif)."""
    return Func(
        F(champ),
        Cast(Value(le), DateField()),
        Value(FOYER, output_field=CharField()),
        function="referent_unique_unite",
        output_field=BigIntegerField(),
    )


def arrivants_du_jour(*, acces: Acces, le: date) -> list[Arrivant]:
    """Les personnes à confier, la plus ancienne orientation d'abord. Trois requêtes."""
    lues = (
        Demande.objects.visibles(acces)
        .filter(statut=Demande.Statut.A_CONFIER, orientee_le__lte=le)
        .annotate(unite=unite_de("personne_id", le=le))
        .order_by("orientee_le", "id")
        .values_list(
            "id", "personne_id", "unite", "orientation", "orientee_le", "mobilite", "cle_acces"
        )
    )
    arrivants = [
        Arrivant(
            demande_id=demande_id,
            personne_id=personne_id,
            unite_id=unite,
            orientation=orientation,
            orientee_le=orientee_le,
            est_sans_vehicule=mobilite == Demande.Mobilite.SANS_VEHICULE,
            commune_id=commune_de(cle_acces),
            cle_acces=cle_acces,
        )
        for demande_id, personne_id, unite, orientation, orientee_le, mobilite, cle_acces in lues
    ]
    return avec_referents(arrivants=une_fois(arrivants), acces=acces, le=le)


def une_fois(arrivants: Sequence[Arrivant]) -> list[Arrivant]:
    """Une personne n'est confiée qu'une fois : sa dernière demande compte."""
    return list({a.personne_id: a for a in arrivants}.values())


def avec_referents(*, arrivants: Sequence[Arrivant], acces: Acces, le: date) -> list[Arrivant]:
    """Les mêmes, avec les référents uniques en cours dans leur foyer. Deux requêtes."""
    foyers = {a.unite_id for a in arrivants if a.unite_id > 0}
    membres: dict[int, int] = dict(
        MembreFoyer.objects.visibles(acces)
        .filter(en_vigueur(le), foyer_id__in=foyers)
        .order_by("debut", "id")
        .values_list("personne_id", "foyer_id")
    )
    eux = {a.personne_id for a in arrivants}
    en_cours = (
        Referent.objects.visibles(acces)
        .filter(
            en_vigueur(le),
            personne_id__in=membres.keys() - eux,
            nature=Referent.Nature.UNIQUE,
            agent_id__isnull=False,
        )
        .order_by("debut", "id")
        .values_list("personne_id", "agent_id")
    )
    par_foyer: dict[int, list[int]] = defaultdict(list)
    for personne_id, agent_id in en_cours:
        par_foyer[membres[personne_id]].append(agent_id)
    return [
        replace(a, referents=tuple(dict.fromkeys(par_foyer.get(a.unite_id, ())))) for a in arrivants
    ]


def entrees(*, acces: Acces, le: date) -> Entrees:
    """Le problème de la semaine, tel qu'il se lit ce jour-là. Une quinzaine de requêtes."""
    ouvertes = places(le=le)
    appris = prix_appris(
        acces=acces,
        places=ouvertes,
        du_moteur=[_place(p) for p in ouvertes],
        reglage=reglage(le=le),
        le=le,
    )
    return composer(
        arrivants=arrivants_du_jour(acces=acces, le=le), places=ouvertes, le=le, appris=appris
    )


def composer(
    *,
    arrivants: Sequence[Arrivant],
    places: Sequence[PlaceLue],
    le: date,
    appris: Sequence[int] = (),
    ensemble: Mapping[int, int] | None = None,
) -> Entrees:
    """Le problème de ces personnes et de ces places. Deux requêtes (communes situées, positions).

    `appris` : le prix appris d'une place chez chacun, en dixièmes de minute. `ensemble` :
    l'unité de chaque personne, quand elle est déjà décidée.
    """
    un_reglage = reglage(le=le)
    trajet = trajets_vers(communes=[a.commune_id for a in arrivants], places=places, le=le)
    unite = ensemble or unites(
        arrivants=arrivants,
        permis=[
            _permis(a, ligne, places, un_reglage)
            for a, ligne in zip(arrivants, trajet, strict=True)
        ],
        ecart=un_reglage.bonus_continuite,
    )
    suites = _suites(arrivants, unite, places)
    virtuelles = sorted({j for j in suites.values() if places[j].unite == FOYER})
    rang_virtuel = {j: len(places) + k for k, j in enumerate(virtuelles)}
    demandeurs = tuple(
        _demandeur(a, unite[a.personne_id], trajet[i], suites, rang_virtuel)
        for i, a in enumerate(arrivants)
    )
    rejoignent = Counter(suites.values())
    probleme = Probleme(
        demandeurs=demandeurs,
        places=(
            *(_place(p) for p in places),
            *(_place_du_foyer(places[j], rejoignent[j], un_reglage) for j in virtuelles),
        ),
        reglage=un_reglage,
        appris=(*(appris or (0,) * len(places)), *(0,) * len(virtuelles)),
        graine=f"{PREFIXE}{le.isoformat()}",
    )
    toutes = (*places, *(places[j] for j in virtuelles))
    return Entrees(
        arrivants=tuple(arrivants),
        places=toutes,
        est_du_foyer=tuple(j >= len(places) for j in range(len(toutes))),
        unites=unite,
        probleme=probleme,
    )


def _permis(
    a: Arrivant, trajet: Sequence[int], places: Sequence[PlaceLue], un_reglage: Reglage
) -> dict[int, int]:
    """Les trajets jusqu'aux places qui peuvent suivre cette personne, par rang."""
    return {
        j: trajet[j]
        for j, p in enumerate(places)
        if p.est_presente
        and (p.libres > 0 or p.agent_id in a.referents)
        and a.orientation in p.orientations
        and INTERDIT < trajet[j] <= un_reglage.minutes_max
    }


def _demandeur(
    a: Arrivant,
    unite: int,
    trajet: Sequence[int],
    suites: Mapping[int, int],
    rang_virtuel: Mapping[int, int],
) -> Demandeur:
    """Ce que le calcul regarde d'une personne. Rejoindre le référent de son foyer se fait par une
    place à part, qui n'en prend pas dans son portefeuille."""
    minutes = [*trajet, *[INTERDIT] * len(rang_virtuel)]
    suite = suites.get(unite)
    if suite is not None and suite in rang_virtuel:
        virtuel = rang_virtuel[suite]
        minutes[virtuel], minutes[suite] = minutes[suite], INTERDIT
        suite = virtuel
    return Demandeur(
        unite=unite,
        orientation=a.orientation,
        minutes=tuple(minutes),
        continuite=suite,
        est_sans_vehicule=a.est_sans_vehicule,
        orientee_le=a.orientee_le,
    )


def _suites(
    arrivants: Sequence[Arrivant], unite: Mapping[int, int], places: Sequence[PlaceLue]
) -> dict[int, int]:
    """Pour chaque unité dont le foyer a déjà un référent qui peut la suivre : son rang."""
    rang = {p.agent_id: j for j, p in enumerate(places)}
    suites: dict[int, int] = {}
    for a in arrivants:
        for j in (rang[agent_id] for agent_id in a.referents if agent_id in rang):
            p = places[j]
            if p.est_presente and a.orientation in p.orientations and p.couvre(a.commune_id):
                suites.setdefault(unite[a.personne_id], j)
    return suites


def _place(p: PlaceLue) -> Place:
    return Place(
        libres=p.libres,
        charge=p.charge,
        capacite=p.capacite,
        orientations=p.orientations,
        est_presente=p.est_presente,
    )


def _place_du_foyer(p: PlaceLue, foyers: int, un_reglage: Reglage) -> Place:
    """Rejoindre son foyer n'alourdit pas le portefeuille : au prix du premier segment."""
    return Place(
        libres=foyers,
        charge=0,
        capacite=foyers * un_reglage.segments,
        orientations=p.orientations,
        est_presente=True,
    )


def places_gardees(lues: Entrees) -> list[dict[str, Any]]:
    """Ce que `Calcul.places` garde : les places telles qu'elles étaient, dans l'ordre."""
    return [
        {
            "agent_id": p.agent_id,
            "organisation_id": p.organisation_id,
            "bureau": p.bureau,
            "commune_id": p.commune_id,
            "libres": q.libres,
            "charge": q.charge,
            "capacite": q.capacite,
            "orientations": sorted(q.orientations),
            "est_presente": q.est_presente,
            "est_du_foyer": du_foyer,
        }
        for p, q, du_foyer in zip(lues.places, lues.probleme.places, lues.est_du_foyer, strict=True)
    ]


def relire(*, calcul: Calcul, lignes: Sequence[LigneCalcul]) -> tuple[Probleme, Solution]:
    """Le problème et la solution tels que la base les garde. Sans requête.

    Lève ValueError si les formes ne s'accordent plus.
    """
    demandeurs = tuple(
        Demandeur(
            unite=ligne.unite_id,
            orientation=ligne.orientation,
            minutes=tuple(ligne.minutes),
            continuite=None if ligne.continuite < 0 else ligne.continuite,
            est_sans_vehicule=ligne.est_sans_vehicule,
            orientee_le=ligne.orientee_le,
        )
        for ligne in lignes
    )
    gardees = tuple(
        Place(
            libres=p["libres"],
            charge=p["charge"],
            capacite=p["capacite"],
            orientations=frozenset(p["orientations"]),
            est_presente=p["est_presente"],
        )
        for p in calcul.places
    )
    probleme = Probleme(
        demandeurs=demandeurs,
        places=gardees,
        reglage=Reglage(**calcul.reglage),
        appris=tuple(calcul.appris),
        graine=calcul.graine,
    )
    solution = Solution(
        choix=tuple(ligne.place for ligne in lignes),
        prix=tuple(calcul.prix),
        cout=calcul.cout,
        solveur=calcul.solveur,
    )
    return probleme, solution
