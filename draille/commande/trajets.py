"""`draille trajets` : préparer le graphe routier d'un extrait, dire le moteur en vigueur."""

import argparse
from pathlib import Path
from typing import Any

from draille.commande.preparation import barre, preparer


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("trajets", help="préparer le graphe routier, dire le moteur")
    actions = analyseur.add_subparsers(required=True, metavar="ACTION")
    bati = actions.add_parser("preparer", help="bâtir le graphe d'un extrait OpenStreetMap")
    bati.add_argument("extrait", type=Path, metavar="FICHIER.osm.pbf")
    bati.add_argument("--vers", type=Path, help="ce dossier (à défaut : DRAILLE_TRAJETS_GRAPHE)")
    bati.add_argument("--altitudes", type=Path, help="un dossier de tuiles .hgt, pour la pente")
    bati.set_defaults(executer=executer_preparer)
    dit = actions.add_parser("dire", help="dire le moteur en vigueur, sa méthode, sa bande")
    dit.set_defaults(executer=executer_dire)


def executer_preparer(demande: argparse.Namespace) -> int:
    """Bâtit et écrit les graphes ; rend 1 si l'extrait ne se lit pas."""
    preparer()
    from django.conf import settings

    from draille.moteurs.trajets import adaptateur_osm
    from draille.moteurs.trajets.adaptateur_altitudes import altitudes
    from draille.moteurs.trajets.adaptateur_moteurs import vitesses
    from draille.socle import horloge

    vers = demande.vers or Path(settings.DRAILLE_TRAJETS_GRAPHE)
    le = horloge.aujourdhui()
    with barre() as progres:
        taches: dict[str, Any] = {}

        def avancer(etape: str, fait: int, total: int) -> None:
            if etape not in taches:
                taches[etape] = progres.add_task(etape, total=max(total, 1))
            progres.update(taches[etape], completed=fait, total=max(total, 1))

        graphes = adaptateur_osm.preparer(
            extrait=demande.extrait,
            vers=vers,
            vitesses={m: vitesses(le=le, mode=m) for m in adaptateur_osm.MODES},
            altitudes=altitudes(dossier=demande.altitudes) if demande.altitudes else None,
            progression=avancer,
        )
    for mode, graphe in graphes.items():
        print(f"{mode} : {graphe.noeuds} nœuds, {len(graphe.de)} arêtes, {vers / mode}.npz")
    if settings.DRAILLE_TRAJETS != "graphe":
        print("Pour s'en servir : DRAILLE_TRAJETS=graphe.")
    return 0


def executer_dire(demande: argparse.Namespace) -> int:
    """Dit le moteur ; rend 1 si celui que l'on a demandé manque."""
    preparer()
    from draille.moteurs.trajets.adaptateur_etat import etat
    from draille.socle import horloge

    dit = etat(le=horloge.aujourdhui())
    for phrase in dit.phrases:
        print(phrase)
    return 0 if dit.est_entier else 1
