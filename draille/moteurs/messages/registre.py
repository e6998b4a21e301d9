"""Les modèles d'origine (`modeles.yaml`) et ce que le Département dit de lui-même."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from draille.moteurs.messages.calcul import Definition, Texte, controler
from draille.moteurs.messages.calcul.textes import normaliser
from draille.socle.refus import Refus

FICHIER = Path(__file__).with_name("modeles.yaml")


@dataclass(frozen=True, slots=True)
class Expediteur:
    """Qui écrit : le Département, son adresse en lignes, son téléphone (ou rien)."""

    nom: str
    adresse: tuple[str, ...]
    telephone: str

    @property
    def en_une_ligne(self) -> str:
        """Le nom et l'adresse, à la suite."""
        return ", ".join((self.nom, *self.adresse))


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Definition]:
    """Les modèles d'origine, par code. Lève ValueError si l'un d'eux est mal écrit."""
    lus = yaml.safe_load(FICHIER.read_text("utf-8"))
    return {code: _definition(code, brut) for code, brut in lus.items()}


def definition(code: str) -> Definition:
    """Le modèle de ce code. Lève `Refus('messages.modele_inconnu')`."""
    trouvee = definitions().get(code)
    if trouvee is None:
        raise Refus(
            code="messages.modele_inconnu",
            message=f"Aucun modèle de message ne s'appelle « {code} ». "
            f"Choisissez parmi : {', '.join(definitions())}.",
        )
    return trouvee


def _definition(code: str, brut: dict[str, Any]) -> Definition:
    textes = {
        canal: Texte(normaliser(t.get("sujet", "")), normaliser(t["corps"]))
        for canal, t in brut["canaux"].items()
    }
    lue = Definition(
        code=code,
        libelle=brut["libelle"],
        objet=brut["objet"],
        champs=tuple(brut["champs"]),
        requis=tuple(brut["requis"]),
        est_algorithmique=bool(brut.get("est_algorithmique", False)),
        finalite=brut.get("finalite", ""),
        a_piece=bool(brut.get("piece", True)),
        textes=textes,
    )
    for canal, texte in textes.items():
        fautes = controler(definition=lue, texte=texte, canal=canal)
        if fautes or (lue.est_algorithmique and not lue.finalite):
            raise ValueError(f"modèle {code} ({canal}) : {[f.phrase for f in fautes]}")
    return lue


@lru_cache(maxsize=8)
def expediteur(departement: str) -> Expediteur:
    """Le Département qui écrit, lu de son dossier ; l'environnement peut préciser son adresse."""
    lu: dict[str, Any] = {}
    for fichier in (settings.RACINE / "departements").glob(f"{departement}_*/departement.yaml"):
        lu = yaml.safe_load(fichier.read_text("utf-8"))
    chef_lieu = (lu.get("chef_lieu") or {}).get("nom", "")
    adresse = settings.DRAILLE_EXPEDITEUR_ADRESSE or f"Hôtel du Département|{chef_lieu}"
    return Expediteur(
        nom=str(lu.get("collectivite") or f"Département {departement}"),
        adresse=tuple(ligne.strip() for ligne in adresse.split("|") if ligne.strip()),
        telephone=_telephone(),
    )


def _telephone() -> str:
    # Les tranches 04 65 71 sont réservées à la fiction par l'Arcep.
    fictif = "04 65 71 00 00" if settings.DRAILLE_DEMONSTRATION else ""
    return settings.DRAILLE_EXPEDITEUR_TELEPHONE or fictif
