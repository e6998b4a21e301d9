"""Les pages que les agents ouvrent, servies comme `draille servir` les sert, à quatre à la fois.

Deux agents de même rôle : l'un sur tout le Département, l'autre sur un secteur. Quatre
utilisateurs simultanés, sans temps de réflexion ; chacun tient une session de chaque agent et les
alterne dans un ordre tiré, si bien que le rapport des deux compare le même instant de la même
machine. Le générateur de charge occupe les mêmes cœurs que le serveur et la base : les durées sont
celles d'une machine seule, au plus défavorable.
"""

import http.client
import random
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import psycopg

from bench import processeur
from bench.outils import RACINE, Base, Mesure, base_jetable, centile
from bench.population import (
    AGENT_DE_SECTEUR,
    AGENT_SANS_RESTRICTION,
    JOUR,
    PLEINE,
    REDUITE,
    REGLAGES,
    peupler,
)
from draille.commande.servir import _commande_granian

UTILISATEURS = 4
PLAFOND_MS = 150.0
PLAFOND_RAPPORT = 1.15
HOTE = "127.0.0.1"
AGENTS = (AGENT_SANS_RESTRICTION, AGENT_DE_SECTEUR)
_JETON = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LIEN_PERSONNE = re.compile(r"/personnes/(\d+)/")
_TOTAL = re.compile(r"<caption[^>]*>\s*([\d\s\u00a0\u202f]+?)\s*personnes?\b")


class Session:
    """Une session d'agent : ses témoins, son entrée, sur une connexion HTTP tenue ouverte."""

    def __init__(self, *, connexion: http.client.HTTPConnection, identifiant: str) -> None:
        self.temoins: dict[str, str] = {}
        self.connexion = connexion
        jeton = _JETON.search(self.demander("/compte/login/"))
        if jeton is None:
            raise RuntimeError("la page de connexion n'a pas de formulaire")
        champs = {"csrfmiddlewaretoken": jeton[1], "identifiant": identifiant}
        self.demander("/compte/demonstration/", champs=champs, attendu=302)

    def demander(
        self, chemin: str, *, champs: dict[str, str] | None = None, attendu: int = 200
    ) -> str:
        """Le corps de la page. Lève RuntimeError si le statut n'est pas celui attendu."""
        entetes = {"Cookie": "; ".join(f"{c}={v}" for c, v in self.temoins.items())}
        corps = None
        if champs is not None:
            corps = urllib.parse.urlencode(champs)
            entetes["Content-Type"] = "application/x-www-form-urlencoded"
        self.connexion.request("POST" if champs else "GET", chemin, body=corps, headers=entetes)
        reponse = self.connexion.getresponse()
        contenu = reponse.read().decode("utf-8", "replace")
        for nom, valeur in reponse.getheaders():
            if nom.lower() == "set-cookie":
                temoin, _, reste = valeur.partition("=")
                self.temoins[temoin] = reste.partition(";")[0]
        if reponse.status != attendu:
            raise RuntimeError(f"{chemin} : statut {reponse.status}, {attendu} attendu")
        return contenu


@contextmanager
def serveur(base: Base) -> Iterator[tuple[int, int]]:
    """Sert l'application sur un port libre, comme `draille servir` ; rend le port et le pid."""
    with socket.socket() as prise:
        prise.bind((HOTE, 0))
        port = int(prise.getsockname()[1])
    with tempfile.TemporaryFile("w+") as journal:
        processus = subprocess.Popen(
            _commande_granian(HOTE, port),
            cwd=RACINE,
            env=base.environnement,
            stdout=journal,
            stderr=journal,
        )
        try:
            _attendre(processus, port)
            yield port, processus.pid
        except Exception:
            journal.seek(0)
            print(journal.read()[-4000:])
            raise
        finally:
            processus.terminate()
            processus.wait(timeout=30)


def _attendre(processus: subprocess.Popen[bytes], port: int) -> None:
    limite = time.monotonic() + 60
    while time.monotonic() < limite and processus.poll() is None:
        try:
            connexion = http.client.HTTPConnection(HOTE, port, timeout=20)
            connexion.request("GET", "/compte/login/")
            if connexion.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("le serveur ne répond pas")


@dataclass(frozen=True, slots=True)
class Essai:
    """Une page à mesurer : son nom, et les chemins que les utilisateurs demandent tour à tour."""

    nom: str
    chemins: Sequence[str]


@dataclass(slots=True)
class Releve:
    """Les durées d'une page, en millisecondes, par agent ; et les liens vus, par agent."""

    durees: dict[str, list[float]] = field(default_factory=lambda: {a: [] for a in AGENTS})
    personnes: dict[str, set[int]] = field(default_factory=lambda: {a: set() for a in AGENTS})
    verrou: threading.Lock = field(default_factory=threading.Lock)

    def noter(self, agent: str, duree_ms: float, contenu: str) -> None:
        """Ajoute une durée et les personnes vers qui la page mène."""
        liens = {int(i) for i in _LIEN_PERSONNE.findall(contenu)}
        with self.verrou:
            self.durees[agent].append(duree_ms)
            self.personnes[agent] |= liens


def _en_parallele(utilisateurs: Sequence[Callable[[], None]]) -> None:
    """Lance ces utilisateurs ensemble ; relève la première erreur."""
    erreurs: list[BaseException] = []
    depart = threading.Barrier(len(utilisateurs))

    def suivre(utilisateur: Callable[[], None]) -> None:
        depart.wait()
        try:
            utilisateur()
        except BaseException as erreur:
            erreurs.append(erreur)

    fils = [threading.Thread(target=suivre, args=(u,)) for u in utilisateurs]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    if erreurs:
        raise erreurs[0]


def _echauffement(nombre: int) -> int:
    return max(2, nombre // 6)


def _mesurer_page(essai: Essai, port: int, nombre: int) -> Releve:
    """Chaque utilisateur demande `nombre` fois la page sous chaque agent, après un échauffement."""
    releve = Releve()

    def utilisateur(rang: int) -> Callable[[], None]:
        tirage = random.Random(rang)
        # Une seule connexion pour les deux agents : le même processus du serveur répond à l'un et à
        # l'autre, sans quoi leur rapport mesurerait le hasard de ce partage.
        connexion = http.client.HTTPConnection(HOTE, port, timeout=60)
        sessions = {a: Session(connexion=connexion, identifiant=a) for a in AGENTS}

        def jouer() -> None:
            for tour in range(-_echauffement(nombre), nombre):
                chemin = essai.chemins[(tour * UTILISATEURS + rang) % len(essai.chemins)]
                # Une connexion neuve par tour : le hasard du partage ne dure pas tout l'essai.
                connexion.close()
                for agent in tirage.sample(AGENTS, len(AGENTS)):
                    depart = time.perf_counter()
                    contenu = sessions[agent].demander(chemin)
                    duree = (time.perf_counter() - depart) * 1000
                    if tour >= 0:
                        releve.noter(agent, duree, contenu)

        return jouer

    _en_parallele([utilisateur(rang) for rang in range(UTILISATEURS)])
    return releve


# --- Ce que l'on demande -----------------------------------------------------------------------

_CLES = """
SELECT 200000 + tc.commune_id FROM noyau_agent a
JOIN noyau_habilitation h ON h.agent_id = a.id
JOIN noyau_territoirecommune tc ON tc.territoire_id = h.territoire_id
WHERE a.identifiant = %s AND tc.debut <= %s AND (tc.fin IS NULL OR tc.fin > %s)
"""
_ENTRANTS = """
SELECT count(*) FROM orientation_rsa_suivi s
WHERE s.statut IN ('a_rencontrer', 'a_orienter') AND (%s OR s.cle_acces = ANY(%s))
"""
# Un pas premier avec le nombre de personnes : des gens de toute la table, toujours les mêmes.
_PERSONNES = """
SELECT p.id, p.nom_naissance, p.prenom, p.naissance_le, f.matricule
FROM noyau_personne p JOIN noyau_membrefoyer m ON m.personne_id = p.id
JOIN noyau_foyer f ON f.id = m.foyer_id
WHERE 200000 + p.commune_id = ANY(%s) AND p.naissance_precision = 'N'
ORDER BY mod(p.id * 7919, 100003) LIMIT %s
"""


def _cles(lien: psycopg.Connection[Any], agent: str) -> list[int]:
    return [cle for (cle,) in lien.execute(_CLES, [agent, JOUR, JOUR]).fetchall()]


def _recherches(personnes: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Ce que des agents tapent : nom, nom et prénom, faute, capitales, naissance, matricule."""
    for rang, (_, nom, prenom, naissance_le, matricule) in enumerate(personnes):
        simple = nom.split("-")[0]
        fautif = simple[:2] + simple[3:] if len(simple) > 4 else simple[::-1]
        saisies = (
            simple,
            f"{nom} {prenom}",
            f"{prenom} {simple}",
            f"{fautif} {prenom}",
            fautif,
            f"{nom} {prenom}".upper().replace("É", "E").replace("È", "E"),
            f"{simple} {naissance_le:%d/%m/%Y}",
            matricule,
        )
        yield saisies[rang % len(saisies)]


def essais(lien: psycopg.Connection[Any]) -> list[Essai]:
    """Les trois pages, sur des personnes que les deux agents voient."""
    personnes = lien.execute(_PERSONNES, [_cles(lien, AGENT_DE_SECTEUR), 400]).fetchall()
    return [
        Essai("Nouveaux entrants", ["/orientation/"]),
        Essai(
            "Recherche",
            [f"/recherche?{urllib.parse.urlencode({'q': q})}" for q in _recherches(personnes)],
        ),
        Essai("Dossier d'une personne", [f"/personnes/{p[0]}/" for p in personnes]),
    ]


# --- Ce qui doit être exact --------------------------------------------------------------------


def _total_affiche(page: str) -> int:
    trouve = _TOTAL.search(page)
    if trouve is None:
        raise RuntimeError("la liste des entrants ne dit pas son total")
    return int(re.sub(r"\D", "", trouve[1]))


def _verifier_comptes(lien: psycopg.Connection[Any], port: int) -> list[Mesure]:
    """Le total affiché moins celui que compte le propriétaire, pour chaque agent."""
    mesures = []
    for agent in AGENTS:
        attendu = lien.execute(
            _ENTRANTS, [agent == AGENT_SANS_RESTRICTION, _cles(lien, agent)]
        ).fetchone()
        connexion = http.client.HTTPConnection(HOTE, port, timeout=60)
        session = Session(connexion=connexion, identifiant=agent)
        affiche = _total_affiche(session.demander("/orientation/"))
        assert attendu is not None
        mesures.append(
            Mesure(
                f"Entrants : écart au compte exact ({_nom(agent)})",
                abs(affiche - attendu[0]),
                0,
                "ligne",
                f"{affiche} affichés, {attendu[0]} comptés en SQL par le propriétaire",
            )
        )
    return mesures


def _verifier_murs(lien: psycopg.Connection[Any], releves: Sequence[Releve]) -> Mesure:
    """Combien de personnes hors de son secteur les pages ont montrées à l'agent de secteur."""
    vues = list(set(chain.from_iterable(r.personnes[AGENT_DE_SECTEUR] for r in releves)))
    dehors = lien.execute(
        "SELECT count(*) FROM noyau_personne WHERE id = ANY(%s)"
        " AND NOT 200000 + coalesce(commune_id, 99999) = ANY(%s)",
        [vues, _cles(lien, AGENT_DE_SECTEUR)],
    ).fetchone()
    assert dehors is not None
    return Mesure(
        "Personnes montrées hors du secteur",
        dehors[0],
        0,
        "personne",
        f"{len(vues)} personnes vues par l'agent de secteur pendant le banc, relues par le"
        " propriétaire",
    )


def _nom(agent: str) -> str:
    return "Département" if agent == AGENT_SANS_RESTRICTION else "secteur"


def _resumer(essai: Essai, releve: Releve) -> Iterator[Mesure]:
    for agent, durees in releve.durees.items():
        yield Mesure(
            f"{essai.nom}, p95 ({_nom(agent)})",
            centile(durees, 95),
            PLAFOND_MS,
            "ms",
            f"{UTILISATEURS} utilisateurs, {len(durees)} demandes, médiane"
            f" {centile(durees, 50):.0f} ms, maximum {max(durees):.0f} ms",
        )
    libre, restreint = (releve.durees[a] for a in AGENTS)
    yield Mesure(
        f"{essai.nom}, secteur / Département",
        centile(restreint, 50) / centile(libre, 50),
        PLAFOND_RAPPORT,
        "×",
        "rapport des médianes, demandes entrelacées ; rapport des p95 :"
        f" {centile(restreint, 95) / centile(libre, 95):.2f}",
    )


def _processeur(
    essai: Essai, avant: processeur.Releve, apres: processeur.Releve, nombre: int
) -> Mesure:
    demandes = (nombre + _echauffement(nombre)) * UTILISATEURS * len(AGENTS)
    cout = processeur.cout(avant=avant, apres=apres, demandes=demandes)
    return Mesure(
        f"{essai.nom}, processeur par page",
        cout.total_ms,
        None,
        "ms",
        f"serveur {cout.serveur_ms:.0f} ms, PostgreSQL {cout.postgresql_ms:.0f} ms ; d'autres"
        f" programmes ont pris {cout.part_des_autres:.0%} de la machine pendant la mesure",
    )


def mesurer_base(base: Base, *, nombre: int) -> list[Mesure]:
    """Les mesures sur une base déjà peuplée ; `nombre` de demandes par utilisateur et par agent."""
    mesures: list[Mesure] = []
    with base.proprietaire() as lien, serveur(base) as (port, pid):
        pages = essais(lien)
        releves = []
        for essai in pages:
            avant = processeur.relever(pid_serveur=pid, lien=lien)
            releve = _mesurer_page(essai, port, nombre)
            apres = processeur.relever(pid_serveur=pid, lien=lien)
            releves.append(releve)
            mesures += _resumer(essai, releve)
            mesures.append(_processeur(essai, avant, apres, nombre))
        mesures += _verifier_comptes(lien, port)
        mesures.append(_verifier_murs(lien, releves))
    return mesures


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Peuple une base et mesure les trois pages."""
    with base_jetable("pages", reglages=REGLAGES) as base:
        peupler(base, taille=REDUITE if reduit else PLEINE)
        return mesurer_base(base, nombre=10 if reduit else 60)
