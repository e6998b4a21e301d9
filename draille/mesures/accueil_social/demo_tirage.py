"""Ce qui se passe à l'accueil dans la démonstration, tiré de la graine : sans Django ni horloge."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

MARDI, JEUDI = 2, 4
# Un tirage de plus en donne de plus irréguliers d'un jour à l'autre, à la même moyenne.
CHANCES = 8
# Les numéros que l'Arcep réserve à la fiction ; un domaine qui n'appartient à personne.
MOBILE, DOMAINE = "063998", "example.org"


@cache
def rythmes() -> dict[str, Any]:
    """Les parts et les textes de l'accueil fictif."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class EtatCivil:
    """Une identité fictive. `naissance_precision` : « N », ou « O » si seule l'année est dite."""

    nom: str
    prenom: str
    sexe: str
    naissance_le: date | None
    naissance_precision: str = "N"
    telephone: str = ""
    courriel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Ce qui règle un accueil, avant de savoir qui est là. `heure` : de Paris."""

    identite: str
    venue: str
    canal: str
    heure: time
    besoins: tuple[str, ...]
    reponses: tuple[tuple[str, str], ...]
    paroles: str
    suite: str
    suite_le: date | None


def tirer(alea: Random, parts: Mapping[Any, float]) -> Any:
    """Une clé, selon les parts."""
    return alea.choices(list(parts), weights=list(parts.values()))[0]


def nombre_du_jour(*, alea: Random, le: date, poids: float, est_ferme: bool) -> int:
    """Combien de passages dans un secteur ce jour-là : davantage les jours de marché.

    `poids` : la population du secteur, sur celle d'un secteur moyen.
    """
    moyenne = poids * rythmes()["par_jour_ferme" if est_ferme else "par_jour"]
    if not est_ferme and le.isoweekday() in (MARDI, JEUDI):
        moyenne *= 1.3
    return sum(alea.random() < moyenne / CHANCES for _ in range(CHANCES))


def passage(*, alea: Random, le: date, est_ferme: bool, a_bus: bool) -> Passage:
    """Un passage : qui est-ce à peu près, comment, pourquoi, ce qui est répondu et convenu."""
    reglage = rythmes()
    canal = "telephone" if est_ferme else tirer(alea, reglage["canaux"])
    if a_bus and alea.random() < reglage["part_bus"]:
        canal = "bus"
    besoins = _besoins(alea)
    identite = tirer(alea, reglage["identites"])
    a_suite = identite != "anonyme" and alea.random() < reglage["part_suite"]
    return Passage(
        identite=identite,
        venue=tirer(alea, reglage["venues"]),
        canal=canal,
        heure=time(
            alea.choice((9, 9, 10, 10, 11, 14, 15, 16)), alea.choice((0, 10, 20, 30, 40, 50))
        ),
        besoins=besoins,
        reponses=tuple(_reponse(alea, besoin) for besoin in besoins),
        paroles="" if identite == "anonyme" else alea.choice(reglage["paroles"][besoins[0]]),
        suite=alea.choice(reglage["suites"]) if a_suite else "",
        suite_le=le + timedelta(days=alea.choice((7, 14, 15, 21))) if a_suite else None,
    )


def _besoins(alea: Random) -> tuple[str, ...]:
    reglage = rythmes()
    nombre = int(tirer(alea, reglage["nombre_besoins"]))
    dits: dict[str, None] = {}
    while len(dits) < nombre:
        dits[tirer(alea, reglage["besoins"])] = None
    return tuple(dits)


def _reponse(alea: Random, besoin: str) -> tuple[str, str]:
    parts = rythmes()["reponses"]
    return tirer(alea, parts.get(besoin, parts["par_defaut"])), besoin


def etat_civil(
    *, alea: Random, noms: Sequence[str], prenoms: Mapping[str, Sequence[str]], le: date
) -> EtatCivil:
    """Quelqu'un que le Département ne connaît pas : adulte, plus ou moins précis sur lui-même."""
    reglage = rythmes()
    sexe = alea.choice("12")
    nom, prenom = alea.choice(noms), alea.choice(prenoms[sexe])
    naissance: date | None = le - timedelta(days=int(alea.triangular(18.2, 88, 41) * 365.25))
    if alea.random() < reglage["part_sans_naissance"]:
        naissance = None
    a_courriel = alea.random() < reglage["part_courriel"]
    courriel = f"{_ascii(prenom)}.{_ascii(nom)}{alea.randrange(100)}@{DOMAINE}"
    return EtatCivil(
        nom=nom,
        prenom=prenom,
        sexe=sexe,
        naissance_le=naissance,
        telephone=mobile(alea) if alea.random() < reglage["part_telephone"] else "",
        courriel=courriel if a_courriel else "",
    )


def mal_ecrire(*, alea: Random, vrai: EtatCivil) -> EtatCivil:
    """La même personne, écrite comme on l'entend au guichet : une faute, une seule."""
    fautes = [_une_lettre_de_trop, _inverser, _annee_seule, _sans_lettre]
    return alea.choice(fautes)(alea, vrai)


def _une_lettre_de_trop(alea: Random, vrai: EtatCivil) -> EtatCivil:
    rang = alea.randrange(1, len(vrai.nom))
    return _changer(vrai, nom=vrai.nom[:rang] + vrai.nom[rang - 1 :])


def _sans_lettre(alea: Random, vrai: EtatCivil) -> EtatCivil:
    rang = alea.randrange(1, len(vrai.prenom))
    return _changer(vrai, prenom=vrai.prenom[:rang] + vrai.prenom[rang + 1 :])


def _inverser(alea: Random, vrai: EtatCivil) -> EtatCivil:
    return _changer(vrai, nom=vrai.prenom, prenom=vrai.nom)


def _annee_seule(alea: Random, vrai: EtatCivil) -> EtatCivil:
    if vrai.naissance_le is None:
        return vrai
    debut = vrai.naissance_le.replace(month=1, day=1)
    return _changer(vrai, naissance_le=debut, naissance_precision="O")


def _changer(vrai: EtatCivil, **changes: Any) -> EtatCivil:
    lus = {champ: getattr(vrai, champ) for champ in EtatCivil.__dataclass_fields__}
    return EtatCivil(**{**lus, **changes})


def mobile(alea: Random) -> str:
    """Un numéro de mobile fictif."""
    return f"{MOBILE}{alea.randrange(10_000):04d}"


def _ascii(nom: str) -> str:
    plat = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode().lower()
    return "".join(lettre if lettre.isalnum() else "-" for lettre in plat)
