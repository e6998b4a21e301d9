"""Dire la charge d'une ligne de journal en mots, sans connaître la mesure qui l'a écrite."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from draille.ecrans.panneaux import mot
from draille.socle.texte import date_moyenne, mois_annee

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Les mots du noyau ; chaque mesure déclare les siens, qui passent devant.
MOTS = {
    "accueil": "accueil",
    "categorie": "catégorie",
    "champs": "renseignements changés",
    "est_soumis": "soumis aux droits et devoirs",
    "etat": "état du droit",
    "flux": "fichier reçu",
    "motif": "motif",
    "mois": "mois",
    "nature": "nature",
    "organisme": "organisme",
    "origine": "origine",
    "ouverture_le": "droit ouvert le",
    "connue_le": "connue du Département le",
    "parcours": "référent de parcours",
    "rang": "rang",
    "rsa": "RSA",
    "role": "fonction",
    "telephone": "téléphone",
    "type_parcours": "type de parcours",
    "unique": "référent unique",
}


def lisible(charge: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Les champs d'une charge et leurs valeurs en français ; ni identifiants, ni valeurs vides."""
    lignes = []
    for champ, valeur in charge.items():
        if champ.endswith("_id") or valeur is None or valeur in ("", []):
            continue
        libelle = mot(champ, communs=MOTS)
        lignes.append((libelle[:1].upper() + libelle[1:], _dire(champ, valeur)))
    return lignes


def _dire(champ: str, valeur: Any) -> str:
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if champ == "minutes" and isinstance(valeur, int):
        # Les trajets se gardent en dixièmes de minute.
        return f"{(valeur + 5) // 10} min"
    if isinstance(valeur, list):
        return ", ".join(_dire(champ, v) for v in valeur)
    if isinstance(valeur, dict):
        return " ; ".join(f"{mot(c, communs=MOTS)} : {_dire(c, v)}" for c, v in valeur.items())
    if isinstance(valeur, str) and _DATE.fullmatch(valeur):
        jour = date.fromisoformat(valeur)
        return mois_annee(jour) if champ == "mois" else date_moyenne(jour)
    if isinstance(valeur, str) and _CODE.fullmatch(valeur):
        return mot(valeur, communs=MOTS)
    return str(valeur)
