"""Sceller le journal par lots enchaînés, et prouver que rien n'y a été changé, ôté ou glissé."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from draille.noyau.journal.models import Scellement
from draille.socle.chiffrement import trousseau

TAILLE_LOT = 20_000

# Chaque valeur passe par jsonb, dont le texte est canonique : deux lignes qui diffèrent d'un
# caractère, ou d'une frontière entre deux champs, n'ont pas la même empreinte.
_LIGNE = (
    "jsonb_build_array(id, code, version, le, draille_jour_scelle(ecrit_le), agent_id,"
    " organisation_id, personne_id, objet_id, commune_id, compartiment, charge)::text"
)
_EMPREINTE = f"""
SELECT count(*), min(id), max(id),
  sha256(convert_to(coalesce(string_agg({_LIGNE}, E'\\n' ORDER BY id), ''), 'UTF8'))
FROM noyau_lignejournal WHERE id > %s AND id <= %s
"""
_BORNE = """
SELECT max(id) FROM (
  SELECT id FROM noyau_lignejournal WHERE id > %s ORDER BY id LIMIT %s
) lot
"""


@dataclass(frozen=True, slots=True)
class Anomalie:
    """Un lot dont la preuve échoue, dite en une phrase."""

    scellement_id: int
    message: str


def sceller(*, progression: Callable[[int], None] | None = None) -> int:
    """Scelle toutes les lignes qui ne le sont pas ; rend leur nombre.

    `progression` reçoit le nombre de lignes scellées à chaque lot.
    """
    total = 0
    while True:
        nombre = _sceller_un_lot()
        if not nombre:
            return total
        total += nombre
        if progression:
            progression(nombre)


def _sceller_un_lot() -> int:
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT draille_verrouiller_journal()")
        dernier = Scellement.objects.order_by("-id").first()
        apres = dernier.dernier_id if dernier else 0
        curseur.execute(_BORNE, [apres, TAILLE_LOT])
        (borne,) = curseur.fetchone()
        if borne is None:
            return 0
        curseur.execute(_EMPREINTE, [apres, borne])
        nombre, premier_id, dernier_id, empreinte_lignes = curseur.fetchone()
        scellement = Scellement(
            premier_id=premier_id,
            dernier_id=dernier_id,
            nombre=nombre,
            empreinte_lignes=bytes(empreinte_lignes),
        )
        scellement.empreinte = _enchainer(scellement, dernier)
        scellement.save(force_insert=True)
        return int(nombre)


def _enchainer(lot: Scellement, precedent: Scellement | None) -> bytes:
    """Le sceau du lot : il dépend du précédent et d'une clé que la base ne connaît pas."""
    avant = bytes(precedent.empreinte) if precedent else b""
    bornes = f"{lot.premier_id}:{lot.dernier_id}:{lot.nombre}".encode()
    return trousseau().sceau(avant + b"|" + bornes + b"|" + bytes(lot.empreinte_lignes))


def verifier(*, progression: Callable[[int], None] | None = None) -> Iterator[Anomalie]:
    """Recalcule chaque lot scellé et rend les anomalies ; aucune : le journal est intact.

    Demande un accès qui voit tout le journal, sans quoi des lignes sembleraient manquer.
    """
    precedent: Scellement | None = None
    for lot in Scellement.objects.order_by("id").iterator():
        apres = precedent.dernier_id if precedent else 0
        with connection.cursor() as curseur:
            curseur.execute(_EMPREINTE, [apres, lot.dernier_id])
            nombre, _, _, empreinte_lignes = curseur.fetchone()
        if nombre < lot.nombre:
            yield Anomalie(lot.pk, f"{lot} : {lot.nombre - nombre} ligne(s) ont disparu.")
        elif nombre > lot.nombre:
            yield Anomalie(lot.pk, f"{lot} : {nombre - lot.nombre} ligne(s) ont été ajoutées.")
        elif bytes(empreinte_lignes) != bytes(lot.empreinte_lignes):
            yield Anomalie(lot.pk, f"{lot} : une ligne au moins a été modifiée.")
        if _enchainer(lot, precedent) != bytes(lot.empreinte):
            yield Anomalie(lot.pk, f"{lot} : le sceau lui-même ne correspond pas à la chaîne.")
        precedent = lot
        if progression:
            progression(lot.nombre)
