"""Le moteur de trajets en vigueur un jour donné, d'après les réglages et les paramètres."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from draille.moteurs.trajets.adaptateur_osrm import MoteurOsrm
from draille.moteurs.trajets.calcul import (
    AvecRepli,
    Bande,
    Coefficients,
    Estimation,
    EstimationPied,
    Mode,
    Moteur,
    fichier,
)
from draille.moteurs.trajets.calcul.graphe import Graphe
from draille.moteurs.trajets.calcul.profil import CLASSES, Vitesses
from draille.moteurs.trajets.calcul.recherche import MoteurGraphe
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

CHOIX = ("estimation", "graphe", "osrm")


def lu(nom: str, le: date) -> float:
    """Le paramètre `trajets.<nom>` ce jour-là."""
    return float(registre_global().decimal(f"trajets.{nom}", le))


def moteur(*, le: date, mode: Mode = "voiture") -> Moteur:
    """Le moteur en vigueur ce jour-là pour ce mode, calé par `parametres.yaml`.

    Celui du réglage `DRAILLE_TRAJETS` ; s'il manque (graphe non préparé, aucun serveur pour ce
    mode), l'estimation, qui se dit telle. Lève `Refus('trajets.moteur_inconnu')` sur un réglage mal
    écrit, `Refus('trajets.graphe_illisible')` sur un fichier abîmé.
    """
    principal = _par_la_route(le=le, mode=mode)
    secours = estimation(le=le, mode=mode)
    return AvecRepli(principal=principal, secours=secours) if principal else secours


def estimation(*, le: date, mode: Mode = "voiture") -> Moteur:
    """L'estimation, qui répond toujours : elle sert seule, ou de repli."""
    if mode == "pied":
        return EstimationPied(
            km_h=lu("pied_km_h", le),
            detour=lu("pied_detour", le),
            minutes_min=lu("minutes_min", le),
            bande=Bande(
                bas=lu("pied_bande_bas", le),
                haut=lu("pied_bande_haut", le),
                minutes=lu("bande_minutes", le),
            ),
        )
    return Estimation(
        coefficients=Coefficients(
            constante=lu("constante", le),
            distance=lu("coefficient_distance", le),
            densite=lu("coefficient_densite", le),
            distance_min_km=lu("distance_min_km", le),
            densite_min=lu("densite_min", le),
            minutes_min=lu("minutes_min", le),
            bande_bas=lu("bande_bas", le),
            bande_haut=lu("bande_haut", le),
            bande_minutes=lu("bande_minutes", le),
        )
    )


def moteur_graphe(*, graphe: Graphe, le: date, mode: Mode) -> MoteurGraphe:
    """Le moteur d'un graphe, avec la bande et l'accès du jour."""
    return MoteurGraphe(
        graphe=graphe,
        mode=mode,
        bande=_bande_du_reseau(le),
        accroche_metres=lu("accroche_metres", le),
        acces_km_h=lu("pied_km_h" if mode == "pied" else "acces_km_h", le),
    )


def moteur_osrm(*, le: date, mode: Mode) -> MoteurOsrm | None:
    """Le serveur OSRM de ce mode, s'il y en a un dans les réglages."""
    reglage = "DRAILLE_TRAJETS_OSRM_PIED" if mode == "pied" else "DRAILLE_TRAJETS_OSRM"
    adresse = getattr(settings, reglage)
    if not adresse:
        return None
    return MoteurOsrm(
        adresse=adresse,
        mode=mode,
        bande=_bande_du_reseau(le),
        accroche_metres=lu("accroche_metres", le),
    )


def graphe_prepare(*, mode: Mode) -> Graphe | None:
    """Le graphe de ce mode, s'il a été préparé ; lu une fois, relu s'il change.

    Lève `Refus('trajets.graphe_illisible')`.
    """
    chemin = Path(settings.DRAILLE_TRAJETS_GRAPHE) / f"{mode}.npz"
    try:
        etat = chemin.stat()
        return _charger(chemin, etat.st_mtime_ns, etat.st_size)
    except FileNotFoundError:
        return None
    except fichier.FichierIllisible as erreur:
        raise Refus(
            code="trajets.graphe_illisible",
            message="Le graphe routier ne se lit pas : refaites-le avec « draille trajets "
            "preparer ».",
        ) from erreur


def vitesses(*, le: date, mode: Mode) -> Vitesses:
    """Les allures de chaque classe de route ce jour-là."""
    if mode == "pied":
        propres = {"escalier": "pied_escalier_km_h", "bac": "vitesse_bac"}
        noms = [propres.get(classe, "pied_km_h") for classe in CLASSES]
    else:
        # Une voiture ne prend ni sentier ni escalier : leur allure ne sert pas.
        propres = {"sentier": "vitesse_piste", "escalier": "vitesse_piste"}
        noms = [propres.get(classe, f"vitesse_{classe}") for classe in CLASSES]
    return Vitesses(
        mode=mode,
        km_h=tuple(lu(nom, le) for nom in noms),
        ville_km_h=lu("vitesse_ville", le),
        rural_pente=lu("rural_pente", le),
        rural_min_km_h=lu("rural_min_km_h", le),
        bac_attente_s=60 * lu("bac_attente_minutes", le),
    )


def _par_la_route(*, le: date, mode: Mode) -> Moteur | None:
    choix = settings.DRAILLE_TRAJETS
    if choix not in CHOIX:
        raise Refus(
            code="trajets.moteur_inconnu",
            message=f"DRAILLE_TRAJETS vaut « {choix} » : écrivez estimation, graphe ou osrm.",
        )
    if choix == "osrm":
        return moteur_osrm(le=le, mode=mode)
    graphe = graphe_prepare(mode=mode) if choix == "graphe" else None
    return moteur_graphe(graphe=graphe, le=le, mode=mode) if graphe else None


def _bande_du_reseau(le: date) -> Bande:
    return Bande(
        bas=lu("reseau_bande_bas", le),
        haut=lu("reseau_bande_haut", le),
        minutes=lu("reseau_bande_minutes", le),
    )


@lru_cache(maxsize=4)
def _charger(chemin: Path, modifie_ns: int, octets: int) -> Graphe:
    graphe = fichier.lire(chemin=chemin)
    graphe.chauffer()
    return graphe
