"""Fabriquer les tableurs des essais : XLSX, ODS, CSV, tels qu'un service les enregistre."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

TITRES = (
    "Type", "Exercice", "N° pièce", "N° engagement", "Mesure", "Financeur", "Chapitre",
    "Nature", "Date", "Montant TTC", "Objet", "Tiers", "Pièce réduite",
)  # fmt: skip
DEFAUTS = {
    "Exercice": 2020, "Chapitre": "017", "Nature": "6568", "Date": "15/11/2020",
    "Objet": "Action", "Tiers": "Madame Martin",
}  # fmt: skip


def rangee(**valeurs: Any) -> list[Any]:
    """Une rangée : `rangee(Type="Mandat", N="12", Montant="10,00", Mesure="mobilite")`."""
    abreges = {"N": "N° pièce", "E": "N° engagement", "Montant": "Montant TTC",
               "Reduit": "Pièce réduite"}  # fmt: skip
    dites = {abreges.get(c, c): v for c, v in valeurs.items()}
    return [dites.get(t, DEFAUTS.get(t, "")) for t in TITRES]


def xlsx(*rangees: Sequence[Any], titre: str = "Feuil1", fusions: Sequence[str] = ()) -> bytes:
    """Un classeur d'une feuille ; la première rangée porte les titres."""
    classeur = Workbook()
    feuille = classeur.active
    feuille.title = titre
    for r in (TITRES, *rangees):
        feuille.append(list(r))
    for plage in fusions:
        feuille.merge_cells(plage)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def en_csv(*rangees: Sequence[Any], separateur: str = ";", codage: str = "utf-8-sig") -> bytes:
    """Un CSV, dans l'encodage et avec le séparateur voulus."""
    sortie = io.StringIO(newline="")
    ecrire = csv.writer(sortie, delimiter=separateur)
    ecrire.writerow(TITRES)
    ecrire.writerows(rangees)
    return sortie.getvalue().encode(codage)


def ods(*rangees: Sequence[Any], fusions: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Un classeur ODS ; `fusions` en (colonne, rangée, colonne, rangée), comptées de zéro."""
    from odfdo import Document, Table

    document = Document("spreadsheet")
    document.body.clear()
    table = Table("Comptes")
    for y, r in enumerate((TITRES, *rangees)):
        for x, valeur in enumerate(r):
            table.set_value((x, y), valeur)
    for plage in fusions:
        table.set_span(plage)
    document.body.append(table)
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()
