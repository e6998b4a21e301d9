"""`draille annuaire` : intégrer un fichier de lieux, exporter l'annuaire."""

import argparse
import json
from pathlib import Path
from typing import Any

from draille.commande.preparation import barre, preparer

SOURCES = ("france_services", "mediation_numerique", "data_inclusion", "tableur")


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("annuaire", help="intégrer ou exporter des lieux d'accueil")
    actions = analyseur.add_subparsers(required=True, metavar="ACTION")
    entree = actions.add_parser("importer", help="intégrer un fichier de lieux")
    entree.add_argument("fichier", type=Path)
    entree.add_argument("--source", required=True, choices=SOURCES, help="d'où vient ce fichier")
    entree.add_argument(
        "--colonne",
        action="append",
        default=[],
        metavar="CHAMP=TITRE",
        help="pour un tableur : la colonne d'un champ (sans rien, elles sont devinées)",
    )
    entree.add_argument(
        "--premier-accueil",
        choices=("oui", "non"),
        help="ce que valent les lieux dont le fichier ne dit rien (par défaut, selon leur genre)",
    )
    entree.set_defaults(executer=importer)
    sortie = actions.add_parser("exporter", help="écrire l'annuaire au schéma data·inclusion")
    sortie.add_argument("fichier", type=Path)
    sortie.add_argument("--avec-fictifs", action="store_true", help="aussi les lieux fictifs")
    sortie.set_defaults(executer=exporter)


def importer(demande: argparse.Namespace) -> int:
    """Intègre le fichier et dit les comptes ; rend 1 s'il est refusé, avec la phrase."""
    preparer()
    from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
    from draille.moteurs.annuaire.adaptateur_import import importer as importer_fichier
    from draille.socle import contexte, horloge
    from draille.socle.acces import acces_systeme
    from draille.socle.refus import Refus

    if not demande.fichier.is_file():
        raise Refus(
            code="annuaire.fichier_illisible",
            message=f"« {demande.fichier} » n'est pas un fichier : vérifiez son chemin.",
        )
    paires = dict(c.split("=", 1) for c in demande.colonne if "=" in c)
    fichier = FichierAnnuaire(
        contenu=demande.fichier.read_bytes(),
        nom=demande.fichier.name,
        source=demande.source,
        correspondance=paires or None,
        premier_accueil={"oui": True, "non": False}.get(demande.premier_accueil or ""),
    )
    with barre() as progres:
        tache = progres.add_task(demande.fichier.name, total=1)
        with contexte.ouvrir(
            acces=acces_systeme(nom="import de l'annuaire"), instant=horloge.maintenant()
        ) as acces:
            recu = importer_fichier(
                fichier=fichier,
                par=acces,
                le=horloge.aujourdhui(),
                progression=lambda faites, total: progres.update(
                    tache, completed=faites, total=max(total, 1)
                ),
            )
    print(
        f"{recu.recues} lignes reçues : {recu.importees} importées, {recu.rejointes} rejointes, "
        f"{recu.a_revoir} à revoir, {recu.rejetees} rejetées."
    )
    _dire_rejets(recu.pk)
    return 0


def _dire_rejets(import_id: int) -> None:
    from draille.moteurs.annuaire.models import LigneImport

    rejets = LigneImport.objects.filter(
        reception_id=import_id, sort=LigneImport.Sort.REJETEE
    ).order_by("rang")
    for motif in rejets.values_list("motif", flat=True)[:20]:
        print(f"  {motif}")


def exporter(demande: argparse.Namespace) -> int:
    """Écrit le fichier JSON et dit combien de structures et de services il contient."""
    preparer()
    from draille.moteurs.annuaire.adaptateur_export import exporter_data_inclusion
    from draille.socle import horloge

    donnees = exporter_data_inclusion(le=horloge.aujourdhui(), avec_fictifs=demande.avec_fictifs)
    texte = json.dumps(donnees, ensure_ascii=False, indent=1)
    demande.fichier.write_text(texte, encoding="utf-8")
    print(
        f"{len(donnees['structures'])} structures et {len(donnees['services'])} services dans "
        f"{demande.fichier.name}."
    )
    return 0
