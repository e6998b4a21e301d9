"""Ce qui passe d'un dossier à l'autre : toute ligne qui nomme la personne, hors l'histoire.

Les tables se lisent des modèles : une mesure de plus est prise sans qu'on y pense.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, InternalError, connection

from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.moteurs.rapprochement.registre import obstacle
from draille.noyau.personne.models import Consultation, Personne
from draille.socle import contexte
from draille.socle.acces import PAS, PERSONNEL, Compartiment
from draille.socle.refus import Refus

# Le journal n'a pas de clé étrangère ; qui a ouvert un dossier l'a ouvert, lui et non l'autre.
_RESTENT = (Consultation, Paire, Fusion)


def colonnes() -> list[tuple[str, str]]:
    """Les tables et colonnes qui nomment une personne et la suivent, dossiers absorbés compris."""
    champs: Iterable[Any] = Personne._meta.get_fields(include_hidden=True)
    trouvees = {
        (champ.related_model._meta.db_table, champ.field.column)
        for champ in champs
        if champ.auto_created
        and (champ.one_to_many or champ.one_to_one)
        and champ.related_model not in _RESTENT
    }
    return sorted(trouvees)


def _mobiles() -> list[tuple[str, str]]:
    """Celles dont les lignes changent de dossier : une table en ajout seul garde les siennes."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT t FROM unnest(%s::text[]) t WHERE has_table_privilege(t, 'UPDATE')",
            [[table for table, _ in colonnes()]],
        )
        modifiables = {ligne[0] for ligne in curseur.fetchall()}
    return [(table, colonne) for table, colonne in colonnes() if table in modifiables]


@contextmanager
def toutes_les_cles() -> Iterator[None]:
    """Le temps du bloc, les lignes de tous les compartiments, notes personnelles comprises."""
    with contexte.elargi(cles=[*(int(c) * PAS for c in Compartiment), PERSONNEL * PAS]):
        yield


def deplacer(*, de: int, vers: int) -> dict[str, list[int]]:
    """Donne à `vers` toutes les lignes de `de` ; rend lesquelles (« table.colonne » : numéros).

    Lève `Refus('rapprochement.etats')` si deux états ne peuvent se cumuler : rien n'a alors bougé
    une fois la transaction défaite.
    """
    deplacees = {}
    with _etats_compatibles(), connection.cursor() as curseur:
        for table, colonne in _mobiles():
            curseur.execute(
                f"UPDATE {table} SET {colonne} = %s WHERE {colonne} = %s RETURNING id", [vers, de]
            )
            if lignes := [ligne[0] for ligne in curseur.fetchall()]:
                deplacees[f"{table}.{colonne}"] = lignes
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return deplacees


def rendre(*, deplacees: Mapping[str, list[int]], de: int, vers: int) -> int:
    """Rend à `vers` ces lignes, celles du moins que `de` porte encore ; rend leur nombre.

    Lève `Refus('rapprochement.etats')`.
    """
    connues = {f"{table}.{colonne}": (table, colonne) for table, colonne in colonnes()}
    nombre = 0
    with _etats_compatibles(), connection.cursor() as curseur:
        for nom, lignes in deplacees.items():
            # Une table disparue depuis n'a plus rien à rendre.
            if nom not in connues:
                continue
            table, colonne = connues[nom]
            curseur.execute(
                f"UPDATE {table} SET {colonne} = %s WHERE id = ANY(%s) AND {colonne} = %s",
                [vers, lignes, de],
            )
            nombre += curseur.rowcount
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return nombre


def compartiments_tenus(*, personne_id: int) -> set[int]:
    """Les compartiments où cette personne a au moins une ligne, sous les clés du contexte."""
    morceaux = [
        f"SELECT cle_acces / {PAS} FROM {table} WHERE {colonne} = %(p)s"
        for table, colonne in colonnes()
        if colonne != "fusionnee_dans_id"
    ]
    morceaux.append(
        "SELECT compartiment FROM noyau_lignejournal WHERE personne_id = %(p)s"
        " AND code NOT LIKE 'rapprochement.%%'"
    )
    with connection.cursor() as curseur:
        curseur.execute(" UNION ".join(morceaux), {"p": personne_id})
        return {ligne[0] for ligne in curseur.fetchall() if ligne[0] is not None}


@contextmanager
def _etats_compatibles() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, InternalError) as erreur:
        diagnostic = getattr(erreur.__cause__, "diag", None)
        contrainte = getattr(diagnostic, "constraint_name", "") or ""
        raise Refus(
            code="rapprochement.etats",
            message=(
                "Ces deux dossiers ne peuvent pas se rejoindre tels quels : "
                f"{obstacle(contrainte)}. Terminez l'un des deux, puis recommencez."
            ),
        ) from erreur
