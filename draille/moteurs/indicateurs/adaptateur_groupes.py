"""Plusieurs indicateurs en une seule requête : ceux d'un même dénominateur partagent sa lecture.

Du SQL seul. Chaque chiffre est celui que `adaptateur.serie` rend pour l'indicateur seul (un essai
les compare) ; seul change le nombre de lectures du journal.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from draille.moteurs.indicateurs.adaptateur_sql import DROITS, QUI, jusque, litteral, sans_avant
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.calcul_groupes import Groupe, Membre, grouper
from draille.moteurs.indicateurs.registre import Indicateur

_UNIQUES = {
    "mois": "DISTINCT ON ({qui}, date_trunc('month', d.le))",
    "premiere": "DISTINCT ON ({qui})",
    "aucune": "",
}
_ORDRES = {
    "mois": "ORDER BY {qui}, date_trunc('month', d.le), d.le, d.id",
    "premiere": "ORDER BY {qui}, d.le, d.id",
    "aucune": "",
}
# Les colonnes d'une liste, sauf la charge : une condition ne lit pas celle du dénominateur.
_COLONNES = "d.id, d.code, d.personne_id, d.objet_id, d.agent_id, d.commune_id, d.le"
_DENOMINATEUR = """
  SELECT {unique} {colonnes}, date_trunc('month', d.le)::date AS mois{drapeaux}
  FROM noyau_lignejournal d
  WHERE d.code = ANY(%(denominateur_{g})s) AND d.le >= %(debut)s AND d.le < %(fin)s
    AND d.le <= %(jusque_{g})s AND {droits} AND ({filtre})
  {ordre}
"""
# Par l'index (objet_id, code), une fois pour toutes les réponses du groupe.
_REPONSES = """
  LEFT JOIN LATERAL (
    SELECT {drapeaux} FROM noyau_lignejournal n
    WHERE n.objet_id = d.objet_id AND n.code = ANY(%(reponses_{g})s) AND n.le <= %(le)s
      AND {droits} AND ({utile})
  ) r ON true
"""
_GROUPE = """
SELECT v.rang, t.mois, v.denominateur, v.numerateur FROM (
  SELECT d.mois, {comptes}
  FROM (SELECT * FROM ({denominateur}) p WHERE {premiere}) d {reponses} GROUP BY d.mois
) t CROSS JOIN LATERAL (VALUES {valeurs}) v (rang, denominateur, numerateur)
"""


def requete(
    *, indicateurs: Sequence[Indicateur], periode: Periode, cles: Iterable[int], le: date
) -> tuple[str, dict[str, Any]]:
    """Le SQL et ses paramètres : des rangées (rang, mois, dénominateur, numérateur).

    `rang` : la place de l'indicateur dans la demande. Un mois sans acte n'a pas de rangée.
    """
    groupes = list(enumerate(grouper(indicateurs)))
    parametres: dict[str, Any] = {"debut": periode.debut, "fin": periode.fin, "le": le}
    parametres["cles"] = list(cles)
    for g, groupe in groupes:
        parametres |= _parametres(g, groupe, le)
    return "\nUNION ALL\n".join(_du_groupe(g, groupe) for g, groupe in groupes), parametres


def _parametres(g: int, groupe: Groupe, le: date) -> dict[str, Any]:
    propres = {
        f"numerateur_{m.rang}": list(m.indicateur.numerateur)
        for m in groupe.membres
        if m.indicateur.numerateur
    }
    return {
        **propres,
        f"denominateur_{g}": list(groupe.modele.denominateur),
        f"reponses_{g}": list(groupe.codes_reponses),
        f"jusque_{g}": jusque(indicateur=groupe.modele, le=le),
    }


def _du_groupe(g: int, groupe: Groupe) -> str:
    """Une rangée par indicateur du groupe et par mois qui a des actes."""
    return _GROUPE.format(
        comptes=", ".join(_compte(m) for m in groupe.membres),
        denominateur=_denominateur(g, groupe),
        premiere=sans_avant(
            indicateur=groupe.modele, denominateur=f"denominateur_{g}", jusque=f"jusque_{g}"
        ),
        reponses=_reponses(g, groupe),
        valeurs=", ".join(f"({m.rang}, t.d{m.rang}, t.n{m.rang})" for m in groupe.membres),
    )


def _denominateur(g: int, groupe: Groupe) -> str:
    modele = groupe.modele
    qui = QUI.format(sujet=modele.sujet)
    filtres = [f"({litteral(f)})" for f in groupe.filtres]
    return _DENOMINATEUR.format(
        g=g,
        colonnes=_COLONNES,
        unique=_UNIQUES[modele.unicite].format(qui=qui),
        ordre=_ORDRES[modele.unicite].format(qui=qui),
        drapeaux="".join(f", {f} IS TRUE AS f{k}" for k, f in enumerate(filtres)),
        droits=DROITS.format(ligne="d"),
        filtre=" OR ".join(filtres),
    )


def _reponses(g: int, groupe: Groupe) -> str:
    """Un drapeau par indicateur ; CASE : sa condition ne lit que ses actes et ses réponses."""
    membres = groupe.avec_reponses
    if not membres:
        return ""
    drapeaux = (
        f"bool_or(CASE WHEN d.f{m.filtre} AND n.code = ANY(%(numerateur_{m.rang})s)"
        f" THEN ({litteral(m.indicateur.condition)}) END) AS r{m.rang}"
        for m in membres
    )
    utiles = dict.fromkeys(f"d.f{m.filtre}" for m in membres)
    return _REPONSES.format(
        g=g,
        drapeaux=", ".join(drapeaux),
        droits=DROITS.format(ligne="n"),
        utile=" OR ".join(utiles),
    )


def _compte(m: Membre) -> str:
    """Le dénominateur `d…` et le numérateur `n…` d'un indicateur, pour un mois."""
    retenu = f"d.f{m.filtre}"
    if m.a_des_reponses:
        compte = f"r.r{m.rang}"
    elif m.indicateur.numerateur:
        compte = f"d.code = ANY(%(numerateur_{m.rang})s)"
    else:
        compte = "false"
    return (
        f"count(*) FILTER (WHERE {retenu}) AS d{m.rang},"
        f" count(*) FILTER (WHERE {retenu} AND {compte}) AS n{m.rang}"
    )
