"""Intégrer un fichier de la CAF ou de la MSA : l'état des droits et les lignes du journal.

Appelés par le moteur des fichiers, dans sa transaction, sous un contexte qui voit tout. Tout est
ensembliste ; seule la décision « que lui est-il arrivé ? » passe par Python, personne par personne,
pour celles que le fichier touche : une seule règle, celle de `regles`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from draille.mesures.suivi_rsa import actes_requetes as r
from draille.mesures.suivi_rsa.models import DossierRsa
from draille.mesures.suivi_rsa.regles import Apres, Avant, evenements
from draille.moteurs.flux.registre import Arrivee, Bilan
from draille.noyau.foyer.actes import composer_lot, inscrire_lot
from draille.noyau.journal.actes import consigner_lot
from draille.noyau.personne.lots import rapprocher
from draille.socle.acces import Compartiment
from draille.socle.parametres import registre_global

PERSONNES_PAR_LECTURE = 5000


@dataclass(frozen=True)
class Reprendre:
    """Charge : une personne du stock de départ d'une source. Ce n'est pas une entrée."""

    mois: date
    etat: str
    est_soumis: bool
    organisme: str
    fichier_id: int


@dataclass(frozen=True)
class Entrer:
    """Charge : un nouvel entrant, sa catégorie, la demande de son dossier."""

    categorie: str
    mois: date
    ouverture_le: date
    organisme: str
    fichier_id: int


@dataclass(frozen=True)
class Sortir:
    """Charge : une sortie du droit, ou des droits et devoirs, et son motif."""

    motif: str
    mois: date
    fichier_id: int


@dataclass(frozen=True)
class RectifierSortie:
    """Charge : une sortie pour absence, défaite par un autre extrait du même mois."""

    mois: date
    fichier_id: int


@dataclass(frozen=True)
class Suspendre:
    """Charge : le droit ou le versement suspendu, et le motif codé par la CAF."""

    motif: str
    mois: date
    fichier_id: int


@dataclass(frozen=True)
class Retablir:
    """Charge : le droit redevenu versable avant un an."""

    motif: str
    mois: date
    fichier_id: int


def connues(fonorg: str, numorg: str) -> Iterator[bytes]:
    """Les empreintes des dossiers présents de cet organisme, tels que la base les tient."""
    empreintes = DossierRsa.objects.filter(
        fonorg=fonorg, numorg=numorg, absent_depuis__isnull=True
    ).values_list("empreinte", flat=True)
    return (bytes(e) for e in empreintes.iterator(chunk_size=10_000))


def integrer(arrivee: Arrivee) -> Bilan:
    """Prend les dossiers en attente : foyers, personnes, droits, entrées et sorties."""
    p = _parametres(arrivee)
    _vider()
    with connection.cursor() as curseur:
        curseur.execute(r.LOT_EVENEMENT)
        curseur.execute(r.OTER_DEPASSES, p)
        curseur.execute(r.OTER_ADULTES_DEPASSES, p)
        _rouvrir(curseur, p)
        inscrire_lot(source=r.FOYERS, compartiment=Compartiment.INSERTION, parametres=p)
        _executer(curseur, (r.LOT_DOSSIER, "ANALYZE suivi_lot_dossier", r.LOT_PRESENT), p)
        curseur.execute("SELECT count(*) FROM suivi_lot_dossier")
        integres = int(curseur.fetchone()[0])
        absents, a_confirmer = _absents(curseur, arrivee, p)
        curseur.execute(r.GARDER_PRESENCE, p)
        curseur.execute(r.LOT_ADULTE, p)
    rapprocher(
        lot="suivi_lot_adulte",
        compartiment=Compartiment.INSERTION,
        par=arrivee.par,
        le=arrivee.connue_le,
        # La reprise du stock écrit déjà une ligne par personne.
        a_consigner=not arrivee.est_reprise,
    )
    with connection.cursor() as curseur:
        _executer(curseur, (r.OTER_DOUBLES, "ANALYZE suivi_lot_adulte"), p)
    bilan = _appliquer(arrivee, p)
    _vider()
    return Bilan(
        integres=integres,
        entrees=bilan.entrees,
        sorties=bilan.sorties,
        absents=absents,
        a_confirmer=a_confirmer,
    )


def constater(arrivee: Arrivee) -> Bilan:
    """Sort les dossiers qu'aucun extrait du mois ne contient, une personne l'ayant confirmé."""
    p = _parametres(arrivee)
    _vider()
    with connection.cursor() as curseur:
        curseur.execute(r.LOT_EVENEMENT)
        for table in ("flux_attente_dossier", "flux_attente_adulte"):
            curseur.execute(f"SELECT to_regclass('pg_temp.{table}')")
            assert curseur.fetchone()[0], "les tables d'attente du moteur sont ouvertes, vides"
        _executer(curseur, (r.LOT_DOSSIER, r.LOT_PRESENT, r.LOT_ABSENT), p)
        curseur.execute("SELECT count(*) FROM suivi_lot_absent")
        absents = int(curseur.fetchone()[0])
        curseur.execute(r.LOT_ADULTE, p)
    bilan = _appliquer(arrivee, p)
    _vider()
    return Bilan(entrees=bilan.entrees, sorties=bilan.sorties, absents=absents)


def _parametres(arrivee: Arrivee) -> dict[str, Any]:
    natures = registre_global().liste("suivi_rsa.natures_departement", arrivee.mois)
    return {
        "mois": arrivee.mois,
        "connue_le": arrivee.connue_le,
        "flux_le": arrivee.flux_le,
        "fonorg": arrivee.fonorg,
        "numorg": arrivee.numorg,
        "fichier_id": arrivee.fichier_id,
        "est_reprise": arrivee.est_reprise,
        "natures": [str(nature) for nature in natures],
    }


def _vider() -> None:
    with connection.cursor() as curseur:
        curseur.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{t}' for t in r.LOTS)}")


def _executer(curseur: Any, requetes: Iterable[str], parametres: dict[str, Any]) -> None:
    for requete in requetes:
        curseur.execute(requete, parametres)


def _rouvrir(curseur: Any, p: dict[str, Any]) -> None:
    """Rouvre ce qu'un premier extrait du mois avait fait sortir pour absence."""
    curseur.execute(r.ROUVERTS, p)
    curseur.execute("SELECT EXISTS (SELECT FROM suivi_lot_rouvert)")
    if curseur.fetchone()[0]:
        _executer(curseur, (*r.ROUVRIR, r.RECTIFIER, r.ROUVRIR_ENTREES), p)


def _absents(curseur: Any, arrivee: Arrivee, p: dict[str, Any]) -> tuple[int, bool]:
    """Cherche les dossiers qui manquent. Trop nombreux, ils restent en l'état : à confirmer."""
    curseur.execute(r.LOT_ABSENT, p)
    if arrivee.est_partielle:
        curseur.execute("DELETE FROM suivi_lot_absent")
        return 0, False
    curseur.execute(r.COMPTER_ABSENTS, p)
    absents, ouverts = curseur.fetchone()
    seuil = registre_global().decimal("suivi_rsa.part_absents", arrivee.mois)
    if absents <= ouverts * seuil:
        return int(absents), False
    curseur.execute("DELETE FROM suivi_lot_absent")
    return int(absents), True


def _appliquer(arrivee: Arrivee, p: dict[str, Any]) -> Bilan:
    """Change l'état et écrit le journal, une fois les personnes rapprochées."""
    avant = r.LOT_AVANT_REPRISE if arrivee.est_reprise else r.LOT_AVANT
    with connection.cursor() as curseur:
        _executer(curseur, (avant, "ANALYZE suivi_lot_avant"), p)
        _executer(curseur, (*r.CHANGER_DOSSIERS, *r.CHANGER_PERIODES), p)
        _executer(curseur, r.CHANGER_SITUATIONS, p)
    composer_lot(
        source=r.COMPOSITION,
        foyers=r.FOYERS_TOUCHES,
        mois=arrivee.mois,
        compartiment=Compartiment.INSERTION,
        parametres=p,
    )
    if not arrivee.est_reprise:
        _decider(arrivee, p)
    with connection.cursor() as curseur:
        _executer(curseur, (r.RATTACHER, r.SORTIR, r.NUMEROTER_ENTREES, r.ENTRER), p)
    return _consigner(arrivee, p)


def _decider(arrivee: Arrivee, p: dict[str, Any]) -> None:
    """Applique les règles à chaque personne touchée."""
    decides: list[tuple[Any, ...]] = []
    with connection.cursor() as curseur:
        curseur.execute(r.COMPARER, p)
        while lignes := curseur.fetchmany(PERSONNES_PAR_LECTURE):
            for personne_id, *reste in lignes:
                faits = evenements(
                    avant=Avant(*reste[:6]), apres=Apres(*reste[6:13]), mois=arrivee.mois
                )
                decides += [(personne_id, reste[13], f.acte, f.motif) for f in faits]
        colonnes = "personne_id, dossier_id, acte, motif"
        with curseur.copy(f"COPY suivi_lot_evenement ({colonnes}) FROM STDIN") as copie:
            for decide in decides:
                copie.write_row(decide)
        curseur.execute("ANALYZE suivi_lot_evenement")


def _consigner(arrivee: Arrivee, p: dict[str, Any]) -> Bilan:
    def ecrire(charge: type[Any], source: str, acte: str = "") -> int:
        parametres = {**p, "acte": acte}
        return consigner_lot(
            acte=charge, par=arrivee.par, source=source, parametres=parametres
        ).nombre

    if arrivee.est_reprise:
        ecrire(Reprendre, r.LIGNES_REPRENDRE)
    ecrire(RectifierSortie, r.LIGNES_RECTIFIER)
    sorties = ecrire(Sortir, r.LIGNES_MOTIF, acte="sortir")
    ecrire(Suspendre, r.LIGNES_MOTIF, acte="suspendre")
    ecrire(Retablir, r.LIGNES_MOTIF, acte="retablir")
    entrees = ecrire(Entrer, r.LIGNES_ENTRER)
    return Bilan(entrees=entrees, sorties=sorties)
