"""Le plan d'un jeu de démonstration : les mois, leurs dates et leurs effectifs, lus dans demo.yaml.

Le stock est celui de la fin du mois qui précède le premier mois joué. Le dernier mois joué est le
dernier dont les fichiers sont créés à la date de démonstration.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from draille.demo.population import Organismes

RACINE = Path(__file__).resolve().parents[2] / "departements"
MOIS_JOUES = 10


@dataclass(frozen=True, slots=True)
class MoisDeJeu:
    """Un mois : son rang (0 pour le stock), ses dates, le nombre de bénéficiaires à sa fin."""

    rang: int
    debut: date
    reference_le: date
    caf_creee_le: date
    msa_creee_le: date
    beneficiaires: int
    nombre_mal_formes: int = 0
    frein_des_sorties: float = 1.0
    a_contacts: bool = False


@dataclass(frozen=True, slots=True)
class PlanDeJeu:
    """Tout ce qu'il faut pour jouer un Département jusqu'à une date."""

    departement: str
    nom: str
    graine: str
    date_demonstration: date
    organismes: Organismes
    mois: tuple[MoisDeJeu, ...]
    taux: dict[str, float]
    est_fictif: bool
    sources: dict[str, Any] = field(default_factory=dict)


def plan_de_jeu(
    *, departement: str, date_demonstration: date | None = None, racine: Path = RACINE
) -> PlanDeJeu:
    """Rendre le plan d'un Département à une date (sans date : celle de son demo.yaml).

    `est_fictif` est faux si les deux effectifs ont une source et que la date est la leur.
    Lève `LookupError` si le Département n'a pas de démonstration.
    """
    donnees = _lire(departement, racine)
    le = date_demonstration or donnees["date_demonstration"]
    effectifs = donnees["effectifs"]
    est_datee = le == donnees["date_demonstration"]
    sources = {bout: effectifs[bout].get("source") for bout in ("depart", "arrivee")}
    caf, msa = donnees["organismes"]["caf"], donnees["organismes"]["msa"]
    voisins = tuple((fonction, numero) for fonction, numero in donnees["organismes"]["voisins"])
    taux = {nom: v for nom, v in donnees["mouvements"].items() if isinstance(v, float)}
    return PlanDeJeu(
        departement=donnees["departement"]["code"],
        nom=donnees["departement"]["nom"],
        graine=f"{donnees['graine']}:{le}",
        date_demonstration=le,
        organismes=Organismes(caf["numero"], msa["numero"], voisins),
        mois=_mois(donnees, le, 1.0 if est_datee else effectifs["autre_date"]["facteur"]),
        taux=taux,
        est_fictif=not (est_datee and all(sources.values())),
        sources=sources if est_datee else {},
    )


def _lire(departement: str, racine: Path) -> dict[str, Any]:
    for chemin in sorted(racine.glob(f"{departement}_*/demo.yaml")):
        donnees: dict[str, Any] = yaml.safe_load(chemin.read_text(encoding="utf-8"))
        return donnees
    raise LookupError(f"Le Département « {departement} » n'a pas de fichier demo.yaml.")


def _mois(donnees: dict[str, Any], le: date, facteur: float) -> tuple[MoisDeJeu, ...]:
    jour_msa = donnees["creation"]["jour_msa"]
    dernier = le.year * 12 + le.month - 1
    if le.day < jour_msa:
        dernier -= 1
    depart = round(donnees["effectifs"]["depart"]["nombre"] * facteur)
    arrivee = round(donnees["effectifs"]["arrivee"]["nombre"] * facteur)
    parts = [0.0, *donnees["effectifs"]["chemin"]["parts"]]
    freins = [1.0, *donnees["mouvements"]["frein_des_sorties"]]
    defauts = [0, *donnees["dossiers_mal_formes"]]
    mois = []
    for rang in range(MOIS_JOUES + 1):
        annee, numero = divmod(dernier - MOIS_JOUES + rang, 12)
        debut = date(annee, numero + 1, 1)
        mois.append(
            MoisDeJeu(
                rang=rang,
                debut=debut,
                reference_le=debut.replace(day=calendar.monthrange(annee, numero + 1)[1]),
                caf_creee_le=debut.replace(day=donnees["creation"]["jour_caf"]),
                msa_creee_le=debut.replace(day=jour_msa),
                beneficiaires=depart + round((arrivee - depart) * parts[rang]),
                nombre_mal_formes=defauts[rang],
                frein_des_sorties=float(freins[rang]),
                a_contacts=rang in donnees["mois_avec_contacts"],
            )
        )
    return tuple(mois)
