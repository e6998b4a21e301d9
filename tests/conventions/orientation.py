"""De quoi compter un indicateur à la main, ligne de journal par ligne de journal.

C'est la définition déclarée, lue sans le moteur : un taux juste dans les deux l'est pour de bon.
"""

from datetime import date

from django.db import connection

from draille.moteurs.indicateurs.registre import indicateur

_CLES = {
    "mois": "d.personne_id, date_trunc('month', d.le)",
    "premiere": "d.personne_id",
    "aucune": "d.id",
}


def compter(code: str, *, mois: date, le: date) -> tuple[int, int]:
    """Numérateur et dénominateur d'un mois, vus du jour `le`."""
    i = indicateur(code)
    with connection.cursor() as curseur:
        curseur.execute(
            f"""
            WITH d AS (
              SELECT DISTINCT ON ({_CLES[i.unicite]}) d.* FROM noyau_lignejournal d
              WHERE d.code = ANY(%(de)s) AND ({i.filtre})
              ORDER BY {_CLES[i.unicite]}, d.le, d.id
            )
            SELECT count(*) FILTER (WHERE EXISTS (
                SELECT 1 FROM noyau_lignejournal n
                WHERE n.code = ANY(%(vers)s) AND n.objet_id = d.objet_id AND ({i.condition}))),
              count(*)
            FROM d WHERE date_trunc('month', d.le) = %(mois)s AND d.le < %(le)s::date - %(age)s
            """,
            {
                "de": list(i.denominateur),
                "vers": list(i.numerateur),
                "mois": mois,
                "le": le,
                "age": i.anciennete_min_jours,
            },
        )
        numerateur, denominateur = curseur.fetchone()
    return numerateur, denominateur
