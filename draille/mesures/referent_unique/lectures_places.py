"""Les places d'un jour : qui peut suivre qui, combien de places restent, qui est absent."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from draille.mesures.referent_unique.models import Absence, Portefeuille
from draille.noyau.organisation.models import Agent
from draille.noyau.territoire.models import TerritoireCommune
from draille.socle.acces import PAS, SANS_COMMUNE, Compartiment, Role, cle


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLue:
    """Un portefeuille en vigueur. `charge`, `capacite` : en unités (foyers ou personnes).

    `secteur` : les communes admises, nul pour tout le Département. `cles` : ce qu'ouvre
    l'habilitation de référent. `absence_fin` : le jour du retour, nul s'il est là ou parti.
    """

    agent_id: int
    agent: str
    organisation_id: int
    organisation: str
    bureau: str
    commune_id: int
    secteur_nom: str
    unite: str
    capacite: int
    charge: int
    orientations: frozenset[str]
    secteur: frozenset[int] | None
    cles: frozenset[int]
    est_presente: bool
    est_partie: bool
    absence_fin: date | None

    @property
    def libres(self) -> int:
        """Places libres ; jamais négatif."""
        return max(self.capacite - self.charge, 0)

    def couvre(self, commune_id: int | None) -> bool:
        """Vrai si cette commune est dans le secteur et que le dossier lui serait ouvert."""
        if self.secteur is not None and commune_id not in self.secteur:
            return False
        return ouvre(self.cles, commune_id)


_HABILITES = """
SELECT h.agent_id, array_agg(DISTINCT h.compartiment * 100000 +
  CASE WHEN t.nature = 'departement' THEN 0 ELSE tc.commune_id END)
FROM noyau_habilitation h
JOIN noyau_agent a ON a.id = h.agent_id AND a.is_active
JOIN noyau_territoire t ON t.id = h.territoire_id
  AND t.debut <= %(le)s AND (t.fin IS NULL OR t.fin > %(le)s)
LEFT JOIN noyau_territoirecommune tc ON tc.territoire_id = t.id
  AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)
WHERE h.role = %(role)s AND h.compartiment = %(compartiment)s
  AND h.debut <= %(le)s AND (h.fin IS NULL OR h.fin > %(le)s)
  AND (t.nature = 'departement' OR tc.commune_id IS NOT NULL)
GROUP BY h.agent_id
"""


def ouvre(cles: frozenset[int], commune_id: int | None) -> bool:
    """Vrai si ces clés ouvrent un dossier d'insertion de cette commune."""
    une = cle(compartiment=Compartiment.INSERTION, commune_id=commune_id)
    return une in cles or une - une % PAS in cles


def habilites(*, le: date) -> dict[int, frozenset[int]]:
    """Les agents habilités « référent » en insertion, et leurs clés. Une requête."""
    with connection.cursor() as curseur:
        curseur.execute(
            _HABILITES,
            {
                "le": le,
                "role": str(Role.REFERENT),
                "compartiment": int(Compartiment.INSERTION),
            },
        )
        return {agent_id: frozenset(cles) for agent_id, cles in curseur.fetchall()}


def agents_admis(*, le: date) -> tuple[tuple[int, str], ...]:
    """Les agents à qui l'on peut ouvrir un portefeuille, par nom. Deux requêtes."""
    agents = Agent.objects.filter(pk__in=habilites(le=le).keys()).order_by("nom", "prenom")
    return tuple((a.pk, f"{a} ({a.organisation})") for a in agents.select_related("organisation"))


def charges_du_jour(*, le: date) -> dict[int, int]:
    """Les unités suivies par chaque agent, compte entier quel que soit le lecteur. Une requête."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT agent_id, charge FROM referent_unique_charges(%s)", [le])
        return dict(curseur.fetchall())


def en_vigueur(le: date) -> Q:
    """La condition [debut, fin) au jour `le`."""
    return Q(debut__lte=le) & (Q(fin__isnull=True) | Q(fin__gt=le))


def portefeuille(*, agent_id: int, le: date) -> Portefeuille | None:
    """Le portefeuille en vigueur de cet agent, nul s'il n'en a pas. Une requête."""
    return (
        Portefeuille.objects.filter(en_vigueur(le), agent_id=agent_id)
        .select_related("agent__organisation", "commune", "secteur")
        .first()
    )


def places(*, le: date) -> tuple[PlaceLue, ...]:
    """Les portefeuilles en vigueur, par agent. Cinq requêtes."""
    ouverts = list(
        Portefeuille.objects.filter(en_vigueur(le), agent__is_active=True)
        .select_related("agent__organisation", "commune", "secteur")
        .order_by("agent_id")
    )
    charges, cles = charges_du_jour(le=le), habilites(le=le)
    secteurs = _communes_des_secteurs([p.secteur_id for p in ouverts if p.secteur_id], le)
    absences = _absences(le)
    return tuple(
        _place(p, charges, cles.get(p.agent_id, frozenset()), secteurs, absences.get(p.agent_id))
        for p in ouverts
    )


def _place(
    p: Portefeuille,
    charges: dict[int, int],
    cles: frozenset[int],
    secteurs: dict[int, frozenset[int]],
    absence: Absence | None,
) -> PlaceLue:
    partie = absence is not None and absence.est_depart
    return PlaceLue(
        agent_id=p.agent_id,
        agent=str(p.agent),
        organisation_id=p.agent.organisation_id,
        organisation=str(p.agent.organisation),
        bureau=p.bureau,
        commune_id=p.commune_id,
        secteur_nom="" if p.secteur is None else p.secteur.nom,
        unite=p.unite,
        capacite=p.places,
        charge=charges.get(p.agent_id, 0),
        orientations=frozenset(p.orientations),
        secteur=None if p.secteur_id is None else secteurs.get(p.secteur_id, frozenset()),
        cles=cles,
        est_presente=absence is None,
        est_partie=partie,
        absence_fin=None if absence is None else absence.fin,
    )


def _absences(le: date) -> dict[int, Absence]:
    """L'absence du jour de chacun ; un départ annoncé compte dès qu'on le connaît : on ne confie
    pas quelqu'un à un référent qui s'en va."""
    lues = Absence.objects.filter(en_vigueur(le) | Q(est_depart=True)).order_by("est_depart")
    return {a.agent_id: a for a in lues}


def _communes_des_secteurs(secteurs: Collection[int], le: date) -> dict[int, frozenset[int]]:
    par_secteur: dict[int, set[int]] = defaultdict(set)
    lues = TerritoireCommune.objects.filter(en_vigueur(le), territoire_id__in=secteurs)
    for territoire_id, commune_id in lues.values_list("territoire_id", "commune_id"):
        par_secteur[territoire_id].add(commune_id)
    return {s: frozenset(c) for s, c in par_secteur.items()}


def commune_de(cle_acces: int) -> int | None:
    """La commune que porte une clé de ligne, nulle quand elle est inconnue."""
    commune = cle_acces % PAS
    return None if commune == SANS_COMMUNE else commune
