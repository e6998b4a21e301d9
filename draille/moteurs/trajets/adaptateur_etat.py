"""Dire, en phrases, le moteur de trajets en vigueur et ce qui lui manque."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from draille.moteurs.trajets.adaptateur import precision
from draille.moteurs.trajets.adaptateur_moteurs import graphe_prepare, moteur, moteur_osrm
from draille.moteurs.trajets.calcul import Mode
from draille.moteurs.trajets.calcul.temps import DITS
from draille.socle.parametres import registre_global
from draille.socle.texte import decimal, pourcent

MODES: tuple[Mode, ...] = ("voiture", "pied")
NOMS = {
    "estimation": "estimés, sans réseau routier",
    "graphe": "calculés sur le graphe routier",
    "osrm": "calculés par le serveur OSRM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Etat:
    """Des phrases à lire, et si chaque mode a bien le moteur demandé."""

    phrases: tuple[str, ...]
    est_entier: bool


def etat(*, le: date) -> Etat:
    """Le moteur de chaque mode, sa bande, son erreur, et pourquoi il manque s'il manque."""
    demande = settings.DRAILLE_TRAJETS
    phrases: list[str] = []
    entier = True
    for mode in MODES:
        methode = moteur(le=le, mode=mode).methode
        phrases.append(f"Trajets {DITS[mode]} : {NOMS[methode]}.")
        manque = _manque(demande, mode, le)
        if manque:
            phrases.append(f"  {manque}")
            entier = False
        elif methode == "graphe":
            phrases.append(f"  {_graphe_en_phrase(mode)}")
    lue = precision(le=le)
    debut = "" if lue.methode == "estimation" else "reseau_"
    bas, haut = (
        decimal(registre_global().decimal(f"trajets.{debut}bande_{cote}", le))
        for cote in ("bas", "haut")
    )
    phrases.append(
        f"En voiture : bande de {bas} à {haut} fois le temps ; "
        f"erreur moyenne de {decimal(lue.erreur_minutes)} min ; "
        f"{pourcent(lue.part_bien_classee, decimales=1)} du bon côté des 30 minutes."
    )
    phrases.append(f"Source : {lue.source}")
    return Etat(phrases=tuple(phrases), est_entier=entier)


def _manque(demande: str, mode: Mode, le: date) -> str:
    if demande == "graphe" and graphe_prepare(mode=mode) is None:
        return (
            f"Aucun graphe dans {settings.DRAILLE_TRAJETS_GRAPHE} : lancez « draille trajets "
            "preparer FICHIER.osm.pbf »."
        )
    if demande == "osrm":
        serveur = moteur_osrm(le=le, mode=mode)
        if serveur is None:
            return "Aucune adresse de serveur OSRM dans les réglages pour ce mode."
        if not serveur.repond():
            return f"Le serveur {serveur.adresse} ne répond pas : les temps sont estimés."
    return ""


def _graphe_en_phrase(mode: Mode) -> str:
    graphe = graphe_prepare(mode=mode)
    assert graphe is not None
    du = graphe.origine.get("extrait_le") or "date inconnue"
    pente = "avec" if graphe.origine.get("altitudes") == "oui" else "sans"
    return (
        f"{graphe.noeuds} nœuds, {len(graphe.de)} arêtes ; extrait "
        f"{graphe.origine.get('extrait', '')} ({du}), {pente} la pente."
    )
