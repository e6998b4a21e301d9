"""Tous les indicateurs de l'orientation pour une année, à froid, et exacts.

100 000 personnes, 1 000 000 de lignes de journal. « À froid » : une connexion neuve, la table du
journal et ses index chassés du cache de PostgreSQL ; ceux du système restent. L'exactitude : chaque
mois de chaque indicateur est recompté en Python, acte par acte, sans le moteur.
"""

import calendar
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from bench.outils import Base, Mesure, base_jetable, lancer
from bench.population import (
    AGENT_DE_SECTEUR,
    AGENT_SANS_RESTRICTION,
    JOUR,
    PLEINE,
    REDUITE,
    REGLAGES,
    peupler,
)

ANNEE = JOUR.year
PLAFOND_S = 1.0
ESSAIS = 5
_CHASSER = (
    "CREATE EXTENSION IF NOT EXISTS pg_buffercache",
    "SELECT pg_buffercache_evict_relation(c.oid::regclass) FROM pg_class c WHERE c.oid IN (SELECT"
    " 'noyau_lignejournal'::regclass UNION SELECT indexrelid FROM pg_index"
    " WHERE indrelid = 'noyau_lignejournal'::regclass)",
)

Ligne = tuple[int, str, int, int, date]


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Peuple une base, lit l'année cinq fois à froid par agent, et compare au recompte."""
    with base_jetable("indicateurs", reglages=REGLAGES) as base:
        comptes = peupler(base, taille=REDUITE if reduit else PLEINE)
        with base.proprietaire() as lien:
            attendus = recompter(_lignes(lien))
        entier = [_lire_a_froid(base, AGENT_SANS_RESTRICTION) for _ in range(ESSAIS)]
        secteur = [_lire_a_froid(base, AGENT_DE_SECTEUR) for _ in range(ESSAIS)]
    lus = entier[0]["series"]
    faux = sum(lus[code][mois] != c for code, an in attendus.items() for mois, c in an.items())
    faux += sum(
        1 for code, an in lus.items() for m, c in an.items() if any(c) and m not in attendus[code]
    )
    durees = sorted(e["duree_s"] for e in entier)
    acces = sorted(e["duree_s"] for e in secteur)[ESSAIS // 2]
    brut = f"{comptes['lignes de journal']:,} lignes, {comptes['entrées']:,} entrées".replace(
        ",", " "
    )
    return [
        Mesure(
            "Tous les indicateurs de l'orientation, une année, à froid",
            durees[-1],
            PLAFOND_S,
            "s",
            f"la plus lente de {ESSAIS} lectures, médiane {durees[ESSAIS // 2]:.2f} s ; {brut}",
        ),
        Mesure("Les mêmes, à chaud", max(e["a_chaud_s"] for e in entier), None, "s"),
        Mesure("Les mêmes, agent d'un secteur, à froid (médiane)", acces, PLAFOND_S, "s"),
        Mesure(
            "Mois faux, contre un recompte acte par acte",
            faux,
            0,
            "mois",
            f"{sum(map(len, attendus.values()))} mois non nuls recomptés, {len(attendus)} séries",
        ),
    ]


def _lire_a_froid(base: Base, agent: str) -> Any:
    with base.proprietaire() as lien:
        for requete in _CHASSER:
            lien.execute(requete)
    return lancer(["-m", "bench.indicateurs", agent], base=base).json()


# --- Le recompte, en Python seul -----------------------------------------------------------------


def _lignes(lien: psycopg.Connection[Any]) -> list[Ligne]:
    codes = ["suivi_rsa.entrer", "orientation_rsa.orienter"]
    codes += ["orientation_rsa.ouvrir", "orientation_rsa.rencontrer"]
    return lien.execute(
        "SELECT id, code, personne_id, objet_id, le FROM noyau_lignejournal WHERE code = ANY(%s)"
        " AND le <= %s ORDER BY le, id",
        [codes, JOUR],
    ).fetchall()


def _un_mois_apres(jour: date) -> date:
    annee, rang = divmod(jour.year * 12 + jour.month, 12)
    return date(annee, rang + 1, min(jour.day, calendar.monthrange(annee, rang + 1)[1]))


def _b1(debut: date, fin: date) -> bool:
    meme_mois = (debut.year, debut.month) == (fin.year, fin.month)
    return meme_mois or fin <= _un_mois_apres(debut)


def recompter(lignes: list[Ligne]) -> dict[str, dict[str, list[int]]]:
    """Par indicateur et par mois de l'année : [dénominateur, numérateur]."""
    par_code: dict[str, list[Ligne]] = defaultdict(list)
    reponses: dict[tuple[str, int], list[date]] = defaultdict(list)
    for ligne in lignes:
        par_code[ligne[1]].append(ligne)
        reponses[(ligne[1], ligne[3])].append(ligne[4])
    entrees = _uniques(par_code["suivi_rsa.entrer"], lambda e: (e[2], e[4].year, e[4].month))
    suivis = _uniques(par_code["orientation_rsa.ouvrir"], lambda e: e[2])
    suivis = [s for s in suivis if (JOUR - s[4]).days > 45]
    orienter, rencontrer = "orientation_rsa.orienter", "orientation_rsa.rencontrer"
    de_loi = [e for e in entrees if e[4] >= date(2025, 1, 1)]
    regles: list[tuple[str, list[Ligne], str, Callable[[date, date], bool]]] = [
        ("entrants", entrees, "", lambda d, f: False),
        ("B1", entrees, orienter, _b1),
        ("B1-31j", entrees, orienter, lambda d, f: f <= d + timedelta(days=31)),
        ("rdvi-45", suivis, rencontrer, lambda d, f: f < d + timedelta(days=45)),
        ("loi-42j", de_loi, orienter, lambda d, f: f <= d + timedelta(days=42)),
    ]
    resultat: dict[str, dict[str, list[int]]] = {}
    for code, denominateur, reponse, est_a_temps in regles:
        mois: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for _, _, _, objet_id, debut in denominateur:
            if debut.year == ANNEE:
                fins = reponses.get((reponse, objet_id), [])
                compte = mois[debut.replace(day=1).isoformat()]
                compte[0] += 1
                compte[1] += any(est_a_temps(debut, fin) for fin in fins)
        resultat[code] = dict(mois)
    return resultat


def _uniques(lignes: Iterable[Ligne], cle: Callable[[Ligne], Any]) -> list[Ligne]:
    """La première ligne de chaque clé ; les lignes viennent par date puis numéro."""
    vues: dict[Any, Ligne] = {}
    for ligne in lignes:
        vues.setdefault(cle(ligne), ligne)
    return list(vues.values())


# --- Dans un enfant, sous Django -----------------------------------------------------------------


def _calculer(identifiant: str) -> dict[str, Any]:
    from draille.moteurs.indicateurs.adaptateur import toutes
    from draille.moteurs.indicateurs.calcul import Periode
    from draille.moteurs.indicateurs.registre import indicateurs
    from draille.noyau.organisation.lectures import acces_de
    from draille.noyau.organisation.models import Agent
    from draille.socle import contexte

    agent = Agent.objects.select_related("organisation").get(identifiant=identifiant)
    acces = acces_de(agent=agent, le=JOUR)
    demandes = indicateurs(ligne_convention="orientation_rsa")
    instant = datetime(JOUR.year, JOUR.month, JOUR.day, 9, 0, tzinfo=UTC)
    durees, series = [], {}
    with contexte.ouvrir(acces=acces, instant=instant):
        for _ in range(2):
            depart = time.perf_counter()
            series = toutes(
                indicateurs=demandes, periode=Periode.annee(ANNEE), acces=acces, le=JOUR
            )
            durees.append(time.perf_counter() - depart)
    return {
        "duree_s": durees[0],
        "a_chaud_s": durees[1],
        "series": {
            code: {str(m): [c.denominateur, c.numerateur] for m, c in serie}
            for code, serie in series.items()
        },
    }


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
    django.setup()
    print(json.dumps(_calculer(sys.argv[1])))
