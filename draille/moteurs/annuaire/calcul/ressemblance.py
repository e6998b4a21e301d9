"""Deux fiches disent-elles le même lieu ? Un barème de points, avec ses raisons.

Le barème et ses exemples : docs/algorithmes/annuaire.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from draille.socle.texte import normaliser

KM_PAR_DEGRE = 111.195
NOM_CERTAIN = 80
LOIN_KM = 2.0
_VIDES = frozenset("de du des d la le les l et en a au aux sur sous".split())
_ABREGES = {"av": "avenue", "bd": "boulevard", "pl": "place", "r": "rue", "st": "saint",
            "ste": "sainte", "imp": "impasse", "rte": "route", "ch": "chemin"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Empreinte:
    """Ce qui se compare d'une fiche, déjà réduit."""

    nom: str
    nom_sans_commune: str
    adresse: str
    code_insee: str
    telephone: str
    courriel: str
    siret: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raison:
    """Ce qui rapproche ou éloigne, en clair, et ses points."""

    code: str
    libelle: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ressemblance:
    """Le total de 0 à 100, ses raisons, et la ressemblance des noms sur 100."""

    points: int
    nom: int
    raisons: tuple[Raison, ...]


def reduire(nom: str, *, sans: str = "") -> str:
    """Un nom réduit à ses mots pleins, sans ceux de `sans` (la commune) s'il en reste d'autres."""
    mots = [m for m in normaliser(nom).split() if m not in _VIDES]
    ote = set(normaliser(sans).split()) | {_ABREGES.get(m, m) for m in normaliser(sans).split()}
    gardes = [m for m in mots if m not in ote and _ABREGES.get(m, m) not in ote]
    return " ".join(gardes or mots)


def reduire_adresse(adresse: str) -> str:
    """Une adresse réduite : mots pleins, abréviations développées."""
    mots = (_ABREGES.get(m, m) for m in normaliser(adresse).split())
    return " ".join(m for m in mots if m not in _VIDES)


def comparer(une: Empreinte, autre: Empreinte) -> Ressemblance:
    """Compare deux fiches ; symétrique. Les raisons sont dans l'ordre du barème."""
    noms = ressemblance_noms(une, autre)
    raisons = [
        *_position(une, autre),
        *_noms(noms),
        *_adresses(une.adresse, autre.adresse),
        *_telephones(une.telephone, autre.telephone),
    ]
    if une.courriel and une.courriel == autre.courriel:
        raisons.append(Raison(code="courriel", libelle="même courriel", points=10))
    if une.siret and une.siret == autre.siret:
        raisons.append(Raison(code="siret", libelle="même SIRET", points=10))
    if une.code_insee and autre.code_insee and une.code_insee != autre.code_insee:
        raisons.append(Raison(code="commune", libelle="communes différentes", points=-25))
    total = sum(r.points for r in raisons)
    return Ressemblance(points=max(0, min(100, total)), nom=noms, raisons=tuple(raisons))


def ressemblance_noms(une: Empreinte, autre: Empreinte) -> int:
    """De 0 à 100 : le meilleur de l'ordre des lettres et des mots partagés."""
    a, b = une.nom_sans_commune, autre.nom_sans_commune
    lettres = JaroWinkler.normalized_similarity(a, b) * 100
    # Jaro-Winkler monte vite entre noms sans rapport : en dessous de 85, il ne dit rien.
    lettres = lettres if lettres >= 85 else 0
    mots = fuzz.token_sort_ratio(a, b)
    communs = set(a.split()) & set(b.split())
    inclus = 0.92 * fuzz.token_set_ratio(a, b) if len(communs) >= 2 else 0
    entiers = fuzz.token_sort_ratio(une.nom, autre.nom) if une.nom != a or autre.nom != b else 0
    return round(max(lettres, mots, inclus, 0.9 * entiers))


def _noms(noms: int) -> list[Raison]:
    points = round(35 * max(0, noms - 60) / 40)
    if not points:
        return [Raison(code="nom", libelle="noms différents", points=-10)]
    return [Raison(code="nom", libelle=f"noms ressemblants à {noms} %", points=points)]


def _position(une: Empreinte, autre: Empreinte) -> list[Raison]:
    km = distance(une, autre)
    if km is None:
        if une.code_insee and une.code_insee == autre.code_insee:
            return [Raison(code="commune", libelle="même commune", points=8)]
        return []
    for seuil, points in ((0.03, 25), (0.1, 20), (0.3, 12), (1.0, 5)):
        if km <= seuil:
            return [Raison(code="distance", libelle=f"à {dite(km)}", points=points)]
    points = 0 if km <= LOIN_KM else -25
    return [Raison(code="distance", libelle=f"à {dite(km)}", points=points)]


def distance(une: Empreinte, autre: Empreinte) -> float | None:
    """La distance en km (à plat, juste à ces échelles) ; nulle si l'une n'est pas située."""
    if une.latitude is None or autre.latitude is None:
        return None
    assert une.longitude is not None and autre.longitude is not None
    nord = (une.latitude - autre.latitude) * KM_PAR_DEGRE
    est = (une.longitude - autre.longitude) * KM_PAR_DEGRE * cos(radians(une.latitude))
    return sqrt(nord * nord + est * est)


def dite(km: float) -> str:
    """« 40 m », « 2,3 km »."""
    if km < 1:
        return f"{round(km * 1000)} m"
    return f"{km:.1f} km".replace(".", ",")


def _adresses(une: str, autre: str) -> list[Raison]:
    if not une or not autre:
        return []
    proches = fuzz.token_sort_ratio(une, autre)
    if proches >= 92:
        return [Raison(code="adresse", libelle="même adresse", points=25)]
    if proches >= 75:
        return [Raison(code="adresse", libelle="adresses voisines", points=12)]
    return []


def _telephones(un: str, autre: str) -> list[Raison]:
    if not un or not autre:
        return []
    if un == autre:
        return [Raison(code="telephone", libelle="même téléphone", points=20)]
    return [Raison(code="telephone", libelle="téléphones différents", points=-3)]


def sort(ressemblances: Sequence[Ressemblance], *, certain: int, a_revoir: int) -> str:
    """Le sort d'une fiche d'après ses ressemblances : `meme`, `a_revoir` ou `nouvelle`.

    La même, si une seule dépasse `certain` et que les noms se ressemblent ; à revoir au-dessus de
    `a_revoir` ; nouvelle sinon.
    """
    certaines = [r for r in ressemblances if r.points >= certain and r.nom >= NOM_CERTAIN]
    if len(certaines) == 1:
        return "meme"
    if any(r.points >= a_revoir for r in ressemblances):
        return "a_revoir"
    return "nouvelle"
