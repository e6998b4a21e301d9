"""Les règles du choix d'un référent, sans base : réglage, unités, alertes, libellés."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.moteurs.affectation.calcul import Reglage

PREFIXE = "referent_unique."
DIXIEMES = 10
FOYER, PERSONNE = "foyer", "personne"

# Chaque champ du réglage et le paramètre daté d'où il vient.
PARAMETRES_REGLAGE: Mapping[str, str] = {
    "base": f"{PREFIXE}base",
    "seuil": f"{PREFIXE}seuil_trajet",
    "poids_exces": f"{PREFIXE}poids_exces",
    "bonus_continuite": f"{PREFIXE}bonus_continuite",
    "cout_non_affecte": f"{PREFIXE}cout_non_affecte",
    "minutes_max": f"{PREFIXE}minutes_max",
    "pas_equilibre": f"{PREFIXE}pas_equilibre",
    "segments": f"{PREFIXE}segments",
    "pourcent_sans_vehicule": f"{PREFIXE}pourcent_sans_vehicule",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivant:
    """Une personne à confier, telle que lue : ce que le calcul en regarde, et rien de plus.

    `unite_id` : son foyer (positif) ou elle-même (négatif). `referents` : ceux de son foyer, du
    plus ancien au plus récent.
    """

    demande_id: int | None
    personne_id: int
    unite_id: int
    orientation: str
    orientee_le: date
    est_sans_vehicule: bool
    commune_id: int | None
    cle_acces: int
    referents: tuple[int, ...] = ()


def reglage_de(valeurs: Mapping[str, int]) -> Reglage:
    """Le réglage du moteur. Lève ValueError s'il est incohérent, KeyError s'il manque un nombre."""
    return Reglage(**{champ: valeurs[champ] for champ in PARAMETRES_REGLAGE})


def unites(
    *, arrivants: Sequence[Arrivant], permis: Sequence[Mapping[int, int]], ecart: int
) -> dict[int, int]:
    """L'unité de calcul de chaque personne : son foyer, ou elle-même.

    `permis` : pour chaque personne, les dixièmes de minute jusqu'aux places qui peuvent la suivre.
    Un foyer reste ensemble quand un même référent peut en suivre tous les membres sans éloigner
    personne de plus de `ecart` dixièmes de minute ; deux orientations sans référent commun à portée
    se confient séparément.
    """
    foyers: dict[int, list[int]] = defaultdict(list)
    for i, a in enumerate(arrivants):
        foyers[a.unite_id].append(i)
    ensemble = {
        unite for unite, membres in foyers.items() if _ensemble([permis[i] for i in membres], ecart)
    }
    return {
        a.personne_id: a.unite_id if a.unite_id in ensemble else -a.personne_id for a in arrivants
    }


def _ensemble(permis: Sequence[Mapping[int, int]], ecart: int) -> bool:
    if len(permis) == 1:
        return True
    communes = set(permis[0]).intersection(*permis[1:])
    if not communes:
        return False
    plus_loin = max(min(trajets.values()) for trajets in permis)
    return min(max(t[j] for t in permis) for j in communes) <= plus_loin + ecart


def sceau(
    *,
    moteur: str,
    nature: str,
    places: Sequence[Mapping[str, object]],
    lignes: Sequence[tuple[int, int | None, int]],
) -> str:
    """SHA-256 de l'empreinte du moteur et de ce qu'il ne voit pas : de quels référents et de
    quelles personnes parlent les rangs. `lignes` : personne, demande, place d'avant."""
    tout = {"moteur": moteur, "nature": nature, "places": places, "lignes": lignes}
    canonique = json.dumps(tout, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def alerte(*, changees: int, relues: int, bas: Decimal, haut: Decimal) -> str:
    """La phrase à dire quand on change trop peu ou trop de lignes ; vide quand tout va bien.

    Sous 1 / `bas` lignes relues, une part aussi petite ne peut pas se voir : on se tait.
    """
    if not relues:
        return ""
    part = Decimal(changees) / relues
    if part > haut:
        return (
            f"{changees} lignes changées ou écartées sur {relues} : le calcul répond mal au "
            "terrain. Faites revoir le réglage."
        )
    if part < bas and relues * bas >= 1:
        return (
            f"{changees} ligne changée ou écartée sur {relues} : vérifiez que chacune est bien "
            "relue, et non acceptée d'office."
        )
    return ""


def minutes_entieres(dixiemes: int) -> int:
    """Des dixièmes de minute à la minute la plus proche."""
    return (dixiemes + DIXIEMES // 2) // DIXIEMES if dixiemes >= 0 else -minutes_entieres(-dixiemes)


def part(nombre: int, total: int) -> float | None:
    """La part, nulle quand il n'y a rien à partager."""
    return nombre / total if total else None


def moyenne(valeurs: Sequence[int]) -> int | None:
    """La moyenne entière, nulle sans valeur."""
    return round(sum(valeurs) / len(valeurs)) if valeurs else None


def ecart_type(valeurs: Sequence[int]) -> float | None:
    """L'écart-type (population entière), nul sans valeur."""
    if not valeurs:
        return None
    milieu = sum(valeurs) / len(valeurs)
    return float((sum((v - milieu) ** 2 for v in valeurs) / len(valeurs)) ** 0.5)
