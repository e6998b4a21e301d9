"""Les états qui se déduisent du journal : on les recalcule et on les compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Projection:
    """Deux requêtes de mêmes colonnes : l'état gardé, et le même recalculé du journal.

    `parametres` rend, au moment de comparer, les valeurs nommées des deux requêtes : ce qui se
    calcule en Python y entre par là (les limites des délais, par exemple). Sans lui, un « % » des
    requêtes se lit tel quel ; avec lui, il se double.
    """

    nom: str
    etat: str
    recalcul: str
    parametres: Callable[[], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Ecart:
    """Combien de rangées manquent à l'état, et combien y sont de trop."""

    nom: str
    manquantes: int
    en_trop: int


# Un état suit sa personne dans le dossier qui la continue ; le journal ne bouge pas. Le recalcul se
# lit donc sur un journal dont chaque ligne est à son dossier d'aujourd'hui.
_JOURNAL_DES_DOSSIERS = """
WITH noyau_lignejournal AS NOT MATERIALIZED (
  SELECT l.id, l.code, l.version, l.le, l.ecrit_le, l.agent_id, l.organisation_id,
    coalesce((SELECT p.fusionnee_dans_id FROM public.noyau_personne p
      WHERE p.id = l.personne_id), l.personne_id) AS personne_id,
    l.objet_id, l.commune_id, l.compartiment, l.cle_acces, l.charge, l.transaction_id
  FROM public.noyau_lignejournal l
)
"""

_projections: dict[str, Projection] = {}


def declarer(projection: Projection) -> None:
    """Inscrit une projection. Lève ValueError si son nom est pris."""
    if projection.nom in _projections:
        raise ValueError(f"projection déclarée deux fois : {projection.nom}")
    _projections[projection.nom] = projection


def noms() -> list[str]:
    """Les projections déclarées."""
    return sorted(_projections)


def comparer() -> list[Ecart]:
    """Recalcule chaque projection et compte les écarts dans les deux sens."""
    ecarts = []
    journal = _JOURNAL_DES_DOSSIERS if _a_des_absorbees() else ""
    for projection in _projections.values():
        recalcul = projection.recalcul
        if journal:
            recalcul = f"{journal} SELECT * FROM ({recalcul}) r"
        requete = (
            f"WITH etat AS ({projection.etat}), recalcul AS ({recalcul})"
            " SELECT (SELECT count(*) FROM (TABLE recalcul EXCEPT ALL TABLE etat) m),"
            " (SELECT count(*) FROM (TABLE etat EXCEPT ALL TABLE recalcul) t)"
        )
        parametres = projection.parametres() if projection.parametres else None
        with connection.cursor() as curseur:
            curseur.execute(requete, parametres)
            manquantes, en_trop = curseur.fetchone()
        ecarts.append(Ecart(projection.nom, manquantes, en_trop))
    return ecarts


def _a_des_absorbees() -> bool:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT EXISTS (SELECT FROM noyau_personne WHERE fusionnee_dans_id IS NOT NULL)"
        )
        return bool(curseur.fetchone()[0])
