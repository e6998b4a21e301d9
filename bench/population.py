"""Une population de banc : 100 000 personnes, 1 000 000 de lignes de journal sur trois ans.

Le découpage et l'équipe viennent de la démonstration, par les actes mêmes ; les histoires sont
écrites par requêtes ensemblistes (`population.sql`) ; les échéances se déduisent du journal par le
moteur, et chaque projection est recalculée et comparée : une population incohérente est refusée.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.outils import Base, lancer

JOUR = date(2020, 10, 31)
REGLAGES = {
    "DRAILLE_DATE": JOUR.isoformat(),
    "DRAILLE_DEMONSTRATION": "1",
    "DRAILLE_DEPARTEMENT": "43",
}
ETAPES = Path(__file__).with_name("population.sql")
# Même rôle, mêmes écrans : seul le territoire les distingue.
AGENT_SANS_RESTRICTION = "demo.orientation"
AGENT_DE_SECTEUR = "demo.orientation.secteur"


@dataclass(frozen=True, slots=True)
class Taille:
    """Combien de personnes et de lignes de journal."""

    personnes: int
    lignes: int


PLEINE = Taille(100_000, 1_000_000)
REDUITE = Taille(2_000, 20_000)


def peupler(base: Base, *, taille: Taille) -> dict[str, int]:
    """Peuple une base migrée (créée avec `reglages=REGLAGES`) ; rend les comptes.

    Lève `EchecEnfant` si l'état écrit n'est pas celui que le journal donne.
    """
    lancer(["-m", "bench.population", "decoupage"], base=base)
    _ecrire(base, taille)
    deduits = lancer(["-m", "bench.population", "deduire"], base=base).json()
    with base.proprietaire() as lien:
        # En service, l'autovacuum passe : les comptes lisent alors l'index seul.
        lien.execute("VACUUM (ANALYZE)")
        return {**deduits, **_compter(lien)}


def _ecrire(base: Base, taille: Taille) -> None:
    parametres = {
        "personnes": taille.personnes,
        "lignes": taille.lignes,
        "jour": JOUR,
        **_prenoms_et_noms(),
    }
    with base.proprietaire(autocommit=False) as lien:
        # Les clés étrangères se tiennent par construction ; leurs contrôles ligne à ligne, non.
        lien.execute("SET LOCAL session_replication_role = replica")
        lien.execute("SET LOCAL work_mem = '256MB'")
        lien.execute("SET LOCAL maintenance_work_mem = '256MB'")
        curseur = psycopg.ClientCursor(lien)
        for titre, requetes in _etapes():
            try:
                curseur.execute(requetes, parametres)
            except psycopg.Error as erreur:
                raise RuntimeError(f"population, étape « {titre} » : {erreur}") from erreur


def _etapes() -> Iterator[tuple[str, str]]:
    for bloc in ETAPES.read_text("utf-8").split("-- étape : ")[1:]:
        titre, _, requetes = bloc.partition("\n")
        yield titre, requetes


def _prenoms_et_noms() -> dict[str, list[str]]:
    from faker.providers.person.fr_FR import Provider

    return {
        "noms": list(dict.fromkeys(Provider.last_names)),
        "prenoms_f": list(dict.fromkeys(Provider.first_names_female)),
        "prenoms_m": list(dict.fromkeys(Provider.first_names_male)),
    }


def _compter(lien: psycopg.Connection[Any]) -> dict[str, int]:
    tables = {
        "personnes": "noyau_personne",
        "lignes de journal": "noyau_lignejournal",
        "communes": "noyau_commune",
        "entrées": "suivi_rsa_entree",
        "orientations": "orientation_rsa_orientation",
        "entrants ouverts": "orientation_rsa_suivi WHERE statut IN ('a_rencontrer', 'a_orienter')",
        "échéances ouvertes": "noyau_echeance WHERE fermee_le IS NULL",
    }
    comptes = {}
    for nom, source in tables.items():
        rangee = lien.execute(f"SELECT count(*) FROM {source}").fetchone()  # type: ignore[arg-type]
        comptes[nom] = int(rangee[0]) if rangee else 0
    return comptes


# --- Dans un enfant, sous Django ---------------------------------------------------------------


def _decouper() -> dict[str, int]:
    from draille.demo.mise_en_place import mettre_en_place
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    debut = date(2017, 1, 1)
    instant = datetime(2017, 1, 1, 9, 0, tzinfo=UTC)
    with contexte.ouvrir(acces=acces_systeme(nom="banc"), instant=instant) as acces:
        mettre_en_place(code=os.environ["DRAILLE_DEPARTEMENT"], par=acces, le=debut)
    return {}


def _deduire() -> dict[str, int]:
    """Les échéances, les curseurs d'abonnement, puis la preuve que l'état suit le journal."""
    from django.db import connection

    from draille.moteurs.delais.adaptateur import reconstruire
    from draille.moteurs.delais.registre import delais
    from draille.noyau.journal import projections, registre
    from draille.noyau.journal.models import Curseur
    from draille.socle import contexte
    from draille.socle.acces import acces_systeme

    instant = datetime(JOUR.year, JOUR.month, JOUR.day, 9, 0, tzinfo=UTC)
    with contexte.ouvrir(acces=acces_systeme(nom="banc"), instant=instant):
        total = sum(reconstruire(code=delai.code) for delai in delais())
        with connection.cursor() as curseur:
            curseur.execute("SELECT max(id) FROM noyau_lignejournal")
            (dernier_id,) = curseur.fetchone()
            for abonnement in registre.abonnements(immediats=False):
                Curseur.objects.create(nom=abonnement.nom, dernier_id=dernier_id)
            curseur.execute("SELECT DISTINCT ON (code) code, charge FROM noyau_lignejournal")
            for code, charge in curseur.fetchall():
                lue = charge if isinstance(charge, dict) else json.loads(charge)
                registre.depuis_json(code, 1, lue)
        ecarts = [e for e in projections.comparer() if e.manquantes or e.en_trop]
        if ecarts:
            raise SystemExit(f"population incohérente : {ecarts}")
    return {"échéances": total}


def principal(arguments: Sequence[str]) -> None:
    """`python -m bench.population decoupage|deduire` : un enfant de `peupler`."""
    import django

    django.setup()
    action = {"decoupage": _decouper, "deduire": _deduire}[arguments[0]]
    print(json.dumps(action(), ensure_ascii=False))


if __name__ == "__main__":
    principal(sys.argv[1:])
