"""Ce que les requêtes du moteur partagent : le mur, le sujet, les bornes, les déclarations."""

from datetime import date

from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.acces import PAS

# Une ligne qui ne dit pas de qui elle parle compte pour elle-même.
QUI = "d.{sujet}_id, CASE WHEN d.{sujet}_id IS NULL THEN d.id END"
# La première de toujours : celle de la période, pour un sujet qui n'a rien avant. Hacher les sujets
# d'avant coûte moins que de ranger toutes leurs lignes ; NOT IN y oblige, quoi que PostgreSQL croie
# du nombre de lignes derrière un mur.
_SANS_AVANT = """({qui}_id IS NULL OR {qui}_id NOT IN (
  SELECT d.{sujet}_id FROM noyau_lignejournal d
  WHERE d.code = ANY(%({denominateur})s) AND d.le < %(debut)s AND d.le <= %({jusque})s
    AND d.{sujet}_id IS NOT NULL AND {droits} AND ({filtre})))"""
# Le premier mur ; le second, PostgreSQL l'ajoute.
DROITS = (
    "({ligne}.cle_acces IS NULL OR {ligne}.cle_acces = ANY(%(cles)s)"
    f" OR {{ligne}}.cle_acces - {{ligne}}.cle_acces %% {PAS} = ANY(%(cles)s))"
)


def litteral(sql: str) -> str:
    """Le SQL d'une déclaration, où un « % » est un « % »."""
    return sql.replace("%", "%%")


def jusque(*, indicateur: Indicateur, le: date) -> date:
    """Le dernier jour, inclus, des actes du dénominateur que l'on lit."""
    if not indicateur.anciennete_min_jours:
        return le
    return date.fromordinal(le.toordinal() - indicateur.anciennete_min_jours - 1)


def sans_avant(*, indicateur: Indicateur, denominateur: str, jusque: str) -> str:
    """La condition, sur `p`, d'être la première de son sujet ; vraie sans cette unicité.

    `denominateur` et `jusque` : les noms des paramètres de la requête.
    """
    if indicateur.unicite != "premiere":
        return "true"
    return _SANS_AVANT.format(
        qui=f"p.{indicateur.sujet}",
        sujet=indicateur.sujet,
        denominateur=denominateur,
        jusque=jusque,
        droits=DROITS.format(ligne="d"),
        filtre=litteral(indicateur.filtre),
    )
