"""`draille demo` : le Département de démonstration, joué mois par mois, puis servi."""

import argparse
import json
import os
from datetime import date
from typing import Any

from draille.commande.preparation import barre, console, migrer, preparer
from draille.socle.refus import Refus

DATE_PAR_DEFAUT = {"43": "2020-10-31", "07": "2021-12-31"}


def inscrire(sous: Any) -> None:
    """Ajoute la sous-commande."""
    analyseur = sous.add_parser("demo", help="charger et servir la démonstration")
    analyseur.add_argument("--departement", default="43", help="43 (par défaut) ou 07")
    analyseur.add_argument("--date", default="", help="date du produit, AAAA-MM-JJ")
    analyseur.add_argument("--sans-serveur", action="store_true", help="ne pas servir")
    analyseur.add_argument("--du-debut", action="store_true", help="effacer et tout rejouer")
    analyseur.add_argument("--json", action="store_true", help="résumé en JSON, sur une ligne")
    analyseur.add_argument(
        "--base", default="", help="nom de la base, si ce n'est pas le nom usuel"
    )
    analyseur.add_argument("--port", type=int, default=8000)
    analyseur.add_argument("--hote", default="127.0.0.1")
    analyseur.set_defaults(executer=executer)


def executer(demande: argparse.Namespace) -> int:
    """Prépare la base de cette démonstration, joue ce qui ne l'est pas, résume, sert."""
    le = _lire_date(demande)
    base = demande.base or f"draille_demo_{demande.departement}_{le:%Y%m%d}"
    _creer_base(base, est_du_debut=demande.du_debut)
    preparer(
        DRAILLE_DEPARTEMENT=demande.departement,
        DRAILLE_DATE=le.isoformat(),
        DRAILLE_DEMONSTRATION="1",
        DRAILLE_BASE=base,
    )
    migrer()
    from draille.demo.jeu_complet import jouer
    from draille.demo.resume import en_phrases, resumer

    with barre() as progres:
        jouer(departement=demande.departement, le=le, progres=progres)
    resume = resumer(departement=demande.departement, le=le)
    if demande.json:
        print(json.dumps(resume, ensure_ascii=False))
    else:
        for phrase in en_phrases(resume):
            console.print(phrase)
    if demande.sans_serveur:
        return 0
    from draille.commande.servir import servir

    _dire_les_comptes()
    return servir(hote=demande.hote, port=demande.port)


def _lire_date(demande: argparse.Namespace) -> date:
    texte = demande.date or DATE_PAR_DEFAUT.get(demande.departement, "2020-10-31")
    try:
        return date.fromisoformat(texte)
    except ValueError as cause:
        raise Refus(
            code="demo.date",
            message=f"La date « {texte} » n'est pas de la forme AAAA-MM-JJ.",
        ) from cause


def _creer_base(nom: str, *, est_du_debut: bool) -> None:
    """Crée la base de cette démonstration si elle manque ; un serveur véritable garde la sienne.

    `est_du_debut` : celle qui était là est d'abord effacée.
    """
    if os.environ.get("DATABASE_URL"):
        return
    import psycopg
    from psycopg import sql

    from draille.socle.pg_embarque import demarrer

    connexion = psycopg.connect(**demarrer().proprietaire, autocommit=True)
    with connexion:
        if est_du_debut:
            connexion.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nom))
            )
        if not connexion.execute("SELECT 1 FROM pg_database WHERE datname = %s", [nom]).fetchone():
            connexion.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(nom)))


def _dire_les_comptes() -> None:
    """Les comptes de démonstration : ils s'ouvrent d'un clic sur la page de connexion."""
    from draille.noyau.organisation.models import Agent

    console.print("Comptes de démonstration, d'un clic sur la page de connexion :")
    for agent in Agent.objects.filter(identifiant__startswith="demo.").order_by("pk"):
        console.print(f"  {agent.identifiant:<26} {agent}, {agent.fonction}")
