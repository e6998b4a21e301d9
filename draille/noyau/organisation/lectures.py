"""Ce qu'un agent détient à une date : une requête, décidée en SQL."""

from datetime import date

from django.db import connection

from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces, Compartiment, Role

_CLES = """
SELECT h.role, array_agg(DISTINCT h.compartiment * 100000 + CASE
    WHEN h.compartiment = %(partenaire)s THEN a.organisation_id
    WHEN t.nature = 'departement' THEN 0
    ELSE tc.commune_id END)
FROM noyau_habilitation h
JOIN noyau_agent a ON a.id = h.agent_id
JOIN noyau_territoire t ON t.id = h.territoire_id
  AND t.debut <= %(le)s AND (t.fin IS NULL OR t.fin > %(le)s)
LEFT JOIN noyau_territoirecommune tc ON tc.territoire_id = t.id
  AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)
WHERE h.agent_id = %(agent)s AND h.debut <= %(le)s AND (h.fin IS NULL OR h.fin > %(le)s)
  AND (t.nature = 'departement' OR tc.commune_id IS NOT NULL)
GROUP BY h.role
"""


def acces_de(*, agent: Agent, le: date) -> Acces:
    """L'accès de cet agent à cette date : ses clés, par rôle."""
    with connection.cursor() as curseur:
        curseur.execute(
            _CLES, {"agent": agent.pk, "le": le, "partenaire": int(Compartiment.PARTENAIRE)}
        )
        rangees = curseur.fetchall()
    return Acces(
        agent_id=agent.pk,
        organisation_id=agent.organisation_id,
        nom=str(agent),
        cles_par_role={Role(role): frozenset(cles) for role, cles in rangees},
        est_du_departement=agent.organisation.est_departement,
    )
