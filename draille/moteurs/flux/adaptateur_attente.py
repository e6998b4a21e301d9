"""Déposer les dossiers lus dans des tables temporaires, par COPY et par paquets.

Une table temporaire n'est vue que de sa session, n'est pas journalisée par le serveur, et disparaît
avec lui : un import tué ne laisse rien derrière lui. (Une table UNLOGGED ordinaire ne conviendrait
pas : PostgreSQL refuse COPY FROM sous la sécurité par ligne.) Un dossier inchangé n'y laisse que
son empreinte. Le NIR y est chiffré, avec son empreinte à clé.
"""

import re
from collections.abc import Set
from typing import Any

from django.db import connection

from draille.moteurs.flux.calcul.champs import normaliser_matricule
from draille.moteurs.flux.calcul.enregistrements import Dossier, MotifDate, Personne, Rejet
from draille.noyau.foyer.actes import matricule_garde
from draille.socle.chiffrement import Trousseau, trousseau

DOSSIERS_PAR_COPIE = 2000
ROLES_ADULTES = frozenset({"RDO", "DEM", "CJT"})

# Le contrat avec les intégrateurs : ce qu'ils trouvent dans les tables temporaires.
TABLES: dict[str, dict[str, str]] = {
    "flux_attente_dossier": {
        "rang": "integer",
        "ligne": "integer",
        "empreinte": "bytea",
        "fonorg": "text",
        "numorg": "text",
        "matricule": "text",
        "numero_demande": "text",
        "demande_le": "date",
        "arrivee_le": "date",
        "etat": "text",
        "motif": "text",
        "suspendu_le": "date",
        "est_sans_domicile": "boolean",
        "situation_familiale": "text",
        "code_insee": "text",
        "adresse": "text",
        "code_postal": "text",
        "commune_nom": "text",
        "nombre_enfants": "smallint",
        # Natures et montants versés : « RSD=585.94 RCD=50.00 ».
        "droits": "text",
    },
    # Les adultes seulement (demandeur, responsable, conjoint) : les enfants sont comptés.
    "flux_attente_adulte": {
        "dossier_rang": "integer",
        "nir_chiffre": "bytea",
        "nir_empreinte": "bytea",
        "nom_naissance": "text",
        "nom_usage": "text",
        "prenom": "text",
        "prenoms_autres": "text",
        "sexe": "text",
        "naissance_le": "date",
        "naissance_precision": "text",
        "rattachee_le": "date",
        "detachee_le": "date",
        "role": "text",
        "est_soumis": "boolean",
        "condition_eti": "text",
    },
    "flux_attente_inchange": {"empreinte": "bytea"},
    "flux_attente_rejet": {
        "rang": "integer",
        "ligne": "integer",
        "champ": "text",
        "occurrence": "smallint",
        "code": "text",
        "valeur_chiffree": "bytea",
        "motif_chiffre": "bytea",
        "contenu_chiffre": "bytea",
        # De quoi savoir que le dossier, illisible, n'est pas pour autant absent.
        "matricule": "text",
        "numero_demande": "text",
    },
}
# Ce que les jointures regardent : compter les autres colonnes coûterait sans rien apprendre.
CLES = {
    "flux_attente_dossier": "rang, numero_demande",
    "flux_attente_adulte": "dossier_rang, nir_empreinte",
    "flux_attente_inchange": "empreinte",
    "flux_attente_rejet": "matricule",
}
_BALISE = {
    nom: re.compile(rb"<" + nom.encode() + rb">\s*([^<]*?)\s*</")
    for nom in ("FONORG", "NUMORG", "MATRICULE", "NUMDEMRSA")
}


Lot = dict[str, list[tuple[Any, ...]]]


class Paquets:
    """Ce qui est lu et attend d'être copié : un lot de lignes par table. Aucune base."""

    def __init__(self, connues: Set[bytes] = frozenset()) -> None:
        """`connues` : les empreintes des dossiers que l'on tient déjà tels quels."""
        self.connues = connues
        self.integres = self.inchanges = self.rejetes = 0
        self._trousseau = trousseau()
        self._lot: Lot = {table: [] for table in TABLES}

    @property
    def lus(self) -> int:
        """Dossiers et rejets reçus en tout."""
        return self.integres + self.inchanges + self.rejetes

    def recevoir(self, enregistrement: Dossier | Rejet) -> None:
        """Met de côté un dossier, son empreinte s'il n'a pas changé, ou son rejet."""
        if isinstance(enregistrement, Rejet):
            self.rejetes += 1
            self._lot["flux_attente_rejet"].append(ligne_rejet(enregistrement, self._trousseau))
        elif enregistrement.empreinte in self.connues:
            self.inchanges += 1
            self._lot["flux_attente_inchange"].append((enregistrement.empreinte,))
        else:
            self.integres += 1
            self._lot["flux_attente_dossier"].append(_ligne_dossier(enregistrement))
            adultes = self._lot["flux_attente_adulte"]
            for personne in enregistrement.personnes:
                if personne.role in ROLES_ADULTES:
                    adultes.append(_ligne_adulte(enregistrement.rang, personne, self._trousseau))

    def donner(self) -> Lot:
        """Rend le lot en attente, et en commence un autre."""
        lot, self._lot = self._lot, {table: [] for table in TABLES}
        return lot


class Attente:
    """Les tables temporaires de la session."""

    def __init__(self) -> None:
        """Crée les tables, vides ; celles d'un fichier précédent de la session sont ôtées."""
        self.oter()
        with connection.cursor() as curseur:
            for table, colonnes in TABLES.items():
                definition = ", ".join(f"{nom} {genre}" for nom, genre in colonnes.items())
                curseur.execute(f"CREATE TEMPORARY TABLE {table} ({definition})")

    @staticmethod
    def oter() -> None:
        """Ôte les tables."""
        with connection.cursor() as curseur:
            curseur.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{t}' for t in TABLES)}")

    @staticmethod
    def vider() -> None:
        """Vide les tables, pour le lot suivant."""
        with connection.cursor() as curseur:
            curseur.execute(f"TRUNCATE {', '.join(f'pg_temp.{t}' for t in TABLES)}")

    @staticmethod
    def copier(lot: Lot) -> None:
        """Envoie un lot au serveur."""
        for table, lignes in lot.items():
            if lignes:
                with connection.cursor() as curseur, curseur.copy(f"COPY {table} FROM STDIN") as c:
                    for ligne in lignes:
                        c.write_row(ligne)

    @staticmethod
    def compter() -> None:
        """Compte les tables, pour que les requêtes qui suivent s'y prennent bien."""
        with connection.cursor() as curseur:
            for table, cle in CLES.items():
                curseur.execute(f"ANALYZE {table} ({cle})")


def ligne_rejet(rejet: Rejet, cles: Trousseau) -> tuple[Any, ...]:
    """La ligne de `flux_attente_rejet` de ce rejet, chiffrée."""
    matricule, numero = _reperer(rejet.contenu)
    return (
        rejet.rang,
        rejet.ligne,
        rejet.champ[:120],
        rejet.occurrence,
        rejet.code[:40],
        cles.chiffrer(rejet.valeur.encode()),
        cles.chiffrer(rejet.motif.encode()),
        cles.chiffrer(rejet.contenu),
        matricule,
        numero,
    )


def organisme_de(contenu: bytes) -> tuple[str, str]:
    """La famille et le numéro d'organisme lisibles dans un dossier rejeté, vides à défaut."""
    return _lire(contenu, "FONORG"), _lire(contenu, "NUMORG")


def _reperer(contenu: bytes) -> tuple[str, str]:
    matricule = _lire(contenu, "MATRICULE")
    if matricule.isascii() and matricule.isdigit():
        matricule = matricule_garde(normaliser_matricule(matricule, _lire(contenu, "FONORG")))
    else:
        matricule = ""
    return matricule, _lire(contenu, "NUMDEMRSA")


def _lire(contenu: bytes, balise: str) -> str:
    trouve = _BALISE[balise].search(contenu)
    return trouve[1].decode("cp1252", "replace") if trouve else ""


def _ligne_dossier(d: Dossier) -> tuple[Any, ...]:
    motif, suspendu_le = _motif(d)
    adresse = d.adresse
    return (
        d.rang,
        d.ligne,
        d.empreinte,
        d.fonorg,
        d.numorg,
        matricule_garde(d.matricule),
        d.numero_demande,
        d.demande_le,
        d.cedant.le if d.cedant else None,
        d.etat,
        motif,
        suspendu_le,
        d.sans_domicile,
        d.situation_familiale,
        adresse.numcom if adresse else "",
        ", ".join(adresse.lignes)[:200] if adresse else "",
        adresse.code_postal if adresse else "",
        adresse.nom_commune if adresse else "",
        sum(1 for p in d.personnes if p.role == "ENF"),
        " ".join([f"{x.natpf}={x.montant}" for x in d.details if x.montant is not None]),
    )


def _motif(d: Dossier) -> tuple[str, Any]:
    """Le motif de l'état courant et, s'il est suspendu, depuis quel jour."""
    suspensions = {"3": d.suspensions_droit, "4": d.suspensions_versement}.get(d.etat, ())
    if suspensions:
        derniere = max(suspensions, key=lambda s: s.le)
        return derniere.motif, derniere.le
    date_e: MotifDate | None = {"1": d.refus, "5": d.fin_droit, "6": d.fin_droit}.get(d.etat)
    return (date_e.motif if date_e else "", None)


def _ligne_adulte(rang: int, p: Personne, cles: Trousseau) -> tuple[Any, ...]:
    nir = p.nir.encode() if p.nir else None
    return (
        rang,
        cles.chiffrer(nir) if nir else None,
        cles.empreinte(nir) if nir else None,
        p.nom_naissance,
        p.nom_usage,
        p.prenom,
        " ".join(p.prenoms_autres),
        p.sexe,
        p.naissance_le,
        p.naissance_type,
        p.rattachee_le,
        p.detachee_le,
        p.role,
        bool(p.soumis_droits_devoirs),
        p.condition_eti.avis if p.condition_eti else "",
    )


def recopier_rejets(fichier_id: int, cle_acces: int) -> int:
    """Garde les rejets en attente ; rend leur nombre."""
    colonnes = (
        "rang, ligne, champ, occurrence, code, valeur_chiffree, motif_chiffre, contenu_chiffre"
    )
    with connection.cursor() as curseur:
        curseur.execute(
            f"INSERT INTO flux_rejet (fichier_id, cle_acces, {colonnes})"
            f" SELECT %s, %s, {colonnes} FROM flux_attente_rejet",
            [fichier_id, cle_acces],
        )
        return int(curseur.rowcount)
