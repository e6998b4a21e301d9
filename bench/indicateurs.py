"""Tous les indicateurs d'une année, à froid, rapportés à une lecture du journal, et exacts.

100 000 personnes, 1 000 000 de lignes de journal, où chaque mesure a ses actes. « À froid » : une
connexion neuve, la table du journal et ses index chassés du cache de PostgreSQL ; ceux du système
restent. La lecture de référence est celle du journal entier, en séquence, sous le même agent et
derrière les mêmes murs, à froid elle aussi, en alternance. L'exactitude : chaque mois de chaque
indicateur de l'orientation est recompté en Python, acte par acte, sans le moteur ; chaque mois des
autres est comparé à ce que l'indicateur rend seul.
"""

import calendar
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.outils import Base, Mesure, base_jetable, chronometrer, lancer
from bench.population import (
    AGENT_DE_SECTEUR,
    AGENT_SANS_RESTRICTION,
    JOUR,
    PLEINE,
    REDUITE,
    REGLAGES,
    Taille,
    peupler,
)

ANNEE = JOUR.year
PLAFOND_RAPPORT, PLAFOND_MS = 3.0, 150.0
ESSAIS, PAR_PAGE = 5, 50
_CHASSER = (
    "CREATE EXTENSION IF NOT EXISTS pg_buffercache",
    "SELECT pg_buffercache_evict_relation(c.oid::regclass) FROM pg_class c WHERE c.oid IN (SELECT"
    " 'noyau_lignejournal'::regclass UNION SELECT indexrelid FROM pg_index"
    " WHERE indrelid = 'noyau_lignejournal'::regclass)",
)

Ligne = tuple[int, str, int, int, date]


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Peuple une base, lit l'année cinq fois à froid par agent, et compare au recompte."""
    pleine = REDUITE if reduit else PLEINE
    autres = pleine.lignes * 3 // 10
    with base_jetable("indicateurs", reglages=REGLAGES) as base:
        peupler(base, taille=Taille(pleine.personnes, pleine.lignes - autres))
        with base.proprietaire() as lien:
            ajouter(lien, autres)
            lignes = lien.execute("SELECT count(*) FROM noyau_lignejournal").fetchone()
            attendus = recompter(_lignes(lien))
        essais = [
            {
                nom: _a_froid(base, action, agent)
                for nom, action, agent in (
                    ("tous", "tous", AGENT_SANS_RESTRICTION),
                    ("journal", "journal", AGENT_SANS_RESTRICTION),
                    ("secteur", "tous", AGENT_DE_SECTEUR),
                )
            }
            for _ in range(ESSAIS)
        ]
        chacun = lancer(["-m", "bench.indicateurs", "chacun", AGENT_SANS_RESTRICTION], base=base)
    return _rapporter(essais, chacun.json(), attendus, lignes[0] if lignes else 0)


def _rapporter(essais: list[Any], chacun: Any, attendus: Any, lignes: int) -> list[Mesure]:
    duree, journal, secteur = (
        median(e[nom]["duree_s"] for e in essais) for nom in ("tous", "journal", "secteur")
    )
    lus = essais[0]["tous"]["series"]
    faux = sum(lus[code][mois] != c for code, an in attendus.items() for mois, c in an.items())
    faux += sum(
        1 for code, an in attendus.items() for m, c in lus[code].items() if any(c) and m not in an
    )
    ecarts = sum(lus[code] != seule for code, seule in chacun["series"].items())
    non_nuls = sum(any(map(any, an.values())) for an in lus.values())
    lente, page = (max(chacun[quoi].items(), key=lambda c: c[1]) for quoi in ("durees", "pages"))
    return [
        Mesure(
            "Tous les indicateurs, une année, à froid, sur une lecture du journal",
            duree / journal,
            PLAFOND_RAPPORT,
            "×",
            f"{len(lus)} indicateurs, dont {non_nuls} non nuls, en une requête : médiane de"
            f" {ESSAIS}, {duree:.2f} s ; lecture du journal {journal:.2f} s ; {lignes:_} lignes",
        ),
        Mesure("Les mêmes, à chaud", median(e["tous"]["a_chaud_s"] for e in essais), None, "s"),
        Mesure("Les mêmes, agent d'un secteur, à froid", secteur, None, "s"),
        Mesure("L'indicateur seul le plus lent", lente[1], PLAFOND_MS, "ms", lente[0]),
        Mesure(
            "La première page d'actes la plus lente",
            page[1],
            PLAFOND_MS,
            "ms",
            f"{page[0]} : {PAR_PAGE} actes et leur nombre, sur l'année",
        ),
        Mesure(
            "Mois faux, contre un recompte acte par acte",
            faux,
            0,
            "mois",
            f"{sum(map(len, attendus.values()))} mois non nuls recomptés, {len(attendus)} séries",
        ),
        Mesure("Indicateurs que l'ensemble compte autrement que seuls", ecarts, 0, "indicateur"),
    ]


def _a_froid(base: Base, action: str, agent: str) -> Any:
    with base.proprietaire() as lien:
        for requete in _CHASSER:
            lien.execute(requete)
    return lancer(["-m", "bench.indicateurs", action, agent], base=base).json()


# --- Les actes des autres mesures ----------------------------------------------------------------

ETAPES = Path(__file__).with_suffix(".sql")


def ajouter(lien: psycopg.Connection[Any], lignes: int) -> None:
    """Ajoute au journal les actes des autres mesures, par `indicateurs.sql`."""
    curseur = psycopg.ClientCursor(lien)
    for bloc in ETAPES.read_text("utf-8").split("-- étape : ")[1:]:
        titre, _, requete = bloc.partition("\n")
        try:
            curseur.execute(requete, {"lignes": lignes, "jour": JOUR})
        except psycopg.Error as erreur:
            raise RuntimeError(f"journal, étape « {titre} » : {erreur}") from erreur
    lien.execute("VACUUM (ANALYZE) noyau_lignejournal")


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


_JOURNAL = "SELECT code, date_trunc('month', le), count(*) FROM noyau_lignejournal GROUP BY 1, 2"
_EN_SEQUENCE = "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;"
_EN_SEQUENCE += " SET LOCAL enable_bitmapscan = off"


@contextmanager
def _ouvert(identifiant: str) -> Iterator[Any]:
    from draille.noyau.organisation.lectures import acces_de
    from draille.noyau.organisation.models import Agent
    from draille.socle import contexte

    agent = Agent.objects.select_related("organisation").get(identifiant=identifiant)
    acces = acces_de(agent=agent, le=JOUR)
    instant = datetime(JOUR.year, JOUR.month, JOUR.day, 9, 0, tzinfo=UTC)
    with contexte.ouvrir(acces=acces, instant=instant):
        yield acces


def _tous(identifiant: str) -> dict[str, Any]:
    """Tous les indicateurs de l'année : la première lecture est à froid, la seconde à chaud."""
    from draille.moteurs.indicateurs.adaptateur import toutes
    from draille.moteurs.indicateurs.calcul import Periode
    from draille.moteurs.indicateurs.registre import indicateurs

    durees, series = [], {}
    demandes = indicateurs()
    with _ouvert(identifiant) as acces:
        for _ in range(2):
            depart = time.perf_counter()
            series = toutes(
                indicateurs=demandes, periode=Periode.annee(ANNEE), acces=acces, le=JOUR
            )
            durees.append(time.perf_counter() - depart)
    ecrites = {code: _ecrite(serie) for code, serie in series.items()}
    return {"duree_s": durees[0], "a_chaud_s": durees[1], "series": ecrites}


def _ecrite(serie: Any) -> dict[str, list[int]]:
    return {str(m): [c.denominateur, c.numerateur] for m, c in serie}


def _journal(identifiant: str) -> dict[str, Any]:
    """Une lecture du journal entier, en séquence, derrière les murs de cet agent."""
    from django.db import connection

    with _ouvert(identifiant), connection.cursor() as curseur:
        curseur.execute(_EN_SEQUENCE)
        depart = time.perf_counter()
        curseur.execute(_JOURNAL)
        curseur.fetchall()
        return {"duree_s": time.perf_counter() - depart}


def _chacun(identifiant: str) -> dict[str, Any]:
    """Chaque indicateur seul, et la première page de ses actes : la médiane, en millisecondes."""
    from draille.moteurs.indicateurs import adaptateur
    from draille.moteurs.indicateurs.calcul import Periode
    from draille.moteurs.indicateurs.registre import indicateurs

    lus: dict[str, dict[str, Any]] = {"series": {}, "durees": {}, "pages": {}}
    with _ouvert(identifiant) as acces:
        for i in indicateurs():
            demande: dict[str, Any] = {
                "indicateur": i,
                "periode": Periode.annee(ANNEE),
                "acces": acces,
                "le": JOUR,
            }
            lus["series"][i.code] = _ecrite(adaptateur.serie(**demande))
            lus["durees"][i.code] = _mediane(lambda d=demande: adaptateur.serie(**d))
            for part in ("denominateur", "numerateur")[: 1 + bool(i.numerateur)]:
                lus["pages"][f"{i.code}, {part}"] = _mediane(
                    lambda d=demande, p=part: _page(adaptateur, d, p)
                )
    return lus


def _page(adaptateur: Any, demande: dict[str, Any], part: Any) -> None:
    choix = adaptateur.Choix(part=part, limite=PAR_PAGE)
    adaptateur.compter(**demande, choix=choix)
    adaptateur.liste(**demande, choix=choix)


def _mediane(action: Callable[[], Any]) -> float:
    return median(chronometrer(action) for _ in range(ESSAIS)) * 1000


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "draille.reglages.principal")
    django.setup()
    action = {"tous": _tous, "journal": _journal, "chacun": _chacun}[sys.argv[1]]
    print(json.dumps(action(sys.argv[2])))
