"""Qui passe où, et à quelle allure : la lecture des étiquettes d'OpenStreetMap, les vitesses.

Les étiquettes suivent le wiki d'OpenStreetMap (Key:highway, Key:access, Key:oneway, Key:maxspeed,
OSM tags for routing). Les vitesses sont des paramètres datés ; leur usage, la règle de Metric.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from draille.moteurs.trajets.calcul.temps import Masque, Mode, Reels

CLASSES = (
    "autoroute",
    "voie_rapide",
    "bretelle",
    "principale",
    "secondaire",
    "tertiaire",
    "locale",
    "rue",
    "rencontre",
    "desserte",
    "piste",
    "sentier",
    "escalier",
    "bac",
)
RANG = {classe: rang for rang, classe in enumerate(CLASSES)}
_HIGHWAY = {
    "motorway": "autoroute",
    "motorway_link": "bretelle",
    "trunk": "voie_rapide",
    "trunk_link": "bretelle",
    "primary": "principale",
    "primary_link": "principale",
    "secondary": "secondaire",
    "secondary_link": "secondaire",
    "tertiary": "tertiaire",
    "tertiary_link": "tertiaire",
    "unclassified": "locale",
    "road": "locale",
    "residential": "rue",
    "living_street": "rencontre",
    "service": "desserte",
    "track": "piste",
    "pedestrian": "sentier",
    "footway": "sentier",
    "path": "sentier",
    "cycleway": "sentier",
    "bridleway": "sentier",
    "steps": "escalier",
}
# La règle de Metric ne vaut que sur une route de campagne à double sens.
RURALES = ("principale", "secondaire", "tertiaire", "locale")
RUES = ("rue", "rencontre")
# On ne monte pas sur une autoroute depuis un champ, ni sur un bac depuis la rive.
SANS_ACCROCHE = ("autoroute", "bretelle", "bac")

_FERME = {"no", "private", "agricultural", "forestry", "military", "emergency", "psv", "bus"}
_OUVERT = {"yes", "designated", "permissive", "destination", "customers", "official"}
_CLES = {
    "voiture": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "pied": ("foot", "access"),
}
# Des parcelles et des parkings : ils alourdiraient le graphe sans rapprocher personne.
_DESSERTES_TUES = {"driveway", "parking_aisle", "drive-through", "emergency_access"}
_BARRIERES = {
    *("bollard", "block", "jersey_barrier", "chain", "cycle_barrier", "motorcycle_barrier"),
    *("stile", "kissing_gate", "turnstile", "full-height_turnstile", "log", "debris"),
}
_OUI = {"yes", "true", "1"}
_KM_H_PAR_MILE = 1.609344
_DUREE = re.compile(r"^(?:(\d+):)?(\d+)(?::(\d+))?$")
_IMPLICITES = {"urban": 50.0, "rural": 80.0, "trunk": 110.0, "motorway": 130.0, "zone30": 30.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voie:
    """Une voie ouverte à ce mode. `sens` : 0 les deux, 1 celui du tracé, -1 l'autre.

    `limite_km_h` : 0 si elle n'est pas dite. `duree_s` : d'un bac, 0 si elle n'est pas dite.
    """

    classe: int
    sens: int
    limite_km_h: float
    duree_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitesses:
    """Les allures d'un mode. `km_h` : par classe, dans l'ordre de `CLASSES`.

    En voiture : `ville_km_h` plafonne une agglomération ; `rural_pente` et `rural_min_km_h` sont la
    règle de Metric ; `bac_attente_s`, l'attente et l'embarquement.
    """

    mode: Mode
    km_h: tuple[float, ...]
    ville_km_h: float
    rural_pente: float
    rural_min_km_h: float
    bac_attente_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Troncons:
    """Ce qui fait l'allure d'un tronçon : un tableau par trait, tous de même longueur.

    `sinuosite` : corde sur longueur, de 0 à 1. `pente` : en pour cent, dans le sens du tracé.
    """

    classe: np.ndarray
    limite_km_h: Reels
    sens_unique: Masque
    en_ville: Masque
    sinuosite: Reels
    pente: Reels


def lire_voie(*, etiquettes: Mapping[str, str], mode: Mode) -> Voie | None:
    """La voie que décrivent ces étiquettes, ou rien si ce mode n'y passe pas."""
    classe = _classe(etiquettes)
    if classe is None or not _est_ouverte(etiquettes, classe, mode):
        return None
    return Voie(
        classe=RANG[classe],
        sens=_sens(etiquettes, mode) if classe != "bac" else 0,
        limite_km_h=_limite(etiquettes) if mode == "voiture" else 0.0,
        duree_s=_duree(etiquettes.get("duration", "")) if classe == "bac" else 0.0,
    )


def arrete_voiture(etiquettes: Mapping[str, str]) -> bool:
    """Vrai si ce nœud barre la route aux voitures."""
    barriere = etiquettes.get("barrier")
    if barriere is None:
        return False
    dit = next((etiquettes[c] for c in _CLES["voiture"] if c in etiquettes), None)
    if dit is not None:
        return dit in _FERME
    return barriere in _BARRIERES


def allures(*, troncons: Troncons, vitesses: Vitesses) -> tuple[Reels, Reels]:
    """Les mètres par seconde de chaque tronçon, dans le sens du tracé et dans l'autre."""
    base = np.array(vitesses.km_h)[troncons.classe]
    if vitesses.mode == "pied":
        aller, retour = base * _tobler(troncons.pente), base * _tobler(-troncons.pente)
        return aller / 3.6, retour / 3.6
    rurale = np.isin(troncons.classe, [RANG[c] for c in RURALES])
    rurale &= ~troncons.en_ville & ~troncons.sens_unique
    metric = np.maximum(
        base * troncons.sinuosite - vitesses.rural_pente * troncons.pente**2,
        np.minimum(vitesses.rural_min_km_h, base),
    )
    km_h = np.where(rurale, metric, base)
    lente = troncons.en_ville & (troncons.classe > RANG["bretelle"])
    km_h = np.where(lente, np.minimum(km_h, vitesses.ville_km_h), km_h)
    limitee = troncons.limite_km_h > 0
    km_h = np.where(limitee, np.minimum(km_h, np.maximum(troncons.limite_km_h, 5.0)), km_h)
    return km_h / 3.6, km_h / 3.6


def _tobler(pente: Reels) -> Reels:
    """Le pas selon la pente (Tobler, 1993), ramené à 1 sur le plat."""
    rendu: Reels = np.exp(-3.5 * (np.abs(pente / 100 + 0.05) - 0.05))
    return rendu


def _classe(etiquettes: Mapping[str, str]) -> str | None:
    if etiquettes.get("route") == "ferry":
        return "bac"
    classe = _HIGHWAY.get(etiquettes.get("highway", ""))
    if etiquettes.get("area") == "yes" or etiquettes.get("service") in _DESSERTES_TUES:
        return None
    return classe


def _est_ouverte(etiquettes: Mapping[str, str], classe: str, mode: Mode) -> bool:
    """L'étiquette la plus précise l'emporte ; à défaut, l'usage de la classe."""
    dit = next((etiquettes[c] for c in _CLES[mode] if c in etiquettes), None)
    if dit in _FERME:
        return False
    if mode == "pied":
        return etiquettes.get("foot") in _OUVERT or not _est_express(etiquettes, classe)
    if classe == "sentier" or classe == "escalier":
        return False
    if classe == "piste":
        return etiquettes.get("tracktype") == "grade1" or dit in _OUVERT
    return True


def _est_express(etiquettes: Mapping[str, str], classe: str) -> bool:
    """Interdite aux piétons. Une nationale sans panneau de voie express ne l'est pas, et c'est
    parfois la seule route de la vallée."""
    return etiquettes.get("motorroad") == "yes" or classe in ("autoroute", "bretelle")


def _sens(etiquettes: Mapping[str, str], mode: Mode) -> int:
    if mode == "pied":
        return int(etiquettes.get("oneway:foot") in _OUI)
    dit = etiquettes.get("oneway:motor_vehicle", etiquettes.get("oneway", ""))
    if dit in _OUI:
        return 1
    if dit in ("-1", "reverse"):
        return -1
    if dit == "no":
        return 0
    tourne = etiquettes.get("junction") in ("roundabout", "circular")
    return int(tourne or etiquettes.get("highway") in ("motorway", "motorway_link"))


def _limite(etiquettes: Mapping[str, str]) -> float:
    """La vitesse limite en km/h ; 0 si elle n'est pas dite, ou pas comprise."""
    texte = etiquettes.get("maxspeed", "").strip().lower()
    if texte == "walk":
        return 6.0
    if ":" in texte:
        return _IMPLICITES.get(texte.split(":", 1)[1], 0.0)
    nombre, _, unite = texte.partition(" ")
    if not nombre.isdecimal():
        return 0.0
    return float(nombre) * (_KM_H_PAR_MILE if unite == "mph" else 1.0)


def _duree(texte: str) -> float:
    """« 20 » ou « 00:20 » ou « 00:20:30 », en secondes ; 0 si ce n'est pas compris."""
    trouve = _DUREE.match(texte.strip())
    if trouve is None:
        return 0.0
    heures, minutes, secondes = (int(x or 0) for x in trouve.groups())
    return 3600.0 * heures + 60.0 * minutes + secondes
