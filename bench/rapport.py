"""Dire les mesures : un tableau à l'écran, et `docs/performances.md`, écrit par le banc seul."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.outils import RACINE, Mesure
from draille.socle.texte import date_longue

PAGE = RACINE / "docs" / "performances.md"


@dataclass(frozen=True, slots=True)
class Partie:
    """Un banc : son titre, comment il mesure, ce qu'il a mesuré ou pourquoi il n'a pas pu."""

    titre: str
    methode: str
    mesures: Sequence[Mesure]
    erreur: str = ""

    @property
    def manquees(self) -> list[Mesure]:
        """Les mesures au-delà de leur plafond."""
        return [m for m in self.mesures if m.est_tenue is False]


def _nombre(valeur: float, unite: str) -> str:
    decimales = 2 if unite in ("×", "s") else 0
    ecrit = f"{valeur:,.{decimales}f}".replace(",", "\u202f").replace(".", ",")
    return f"{ecrit} {unite}" + ("s" if unite.isalpha() and len(unite) > 3 and valeur > 1 else "")


def _plafond(mesure: Mesure) -> str:
    if mesure.plafond is None:
        return "-"
    signe = "≤" if mesure.sens == "max" else "≥"
    return f"{signe} {_nombre(mesure.plafond, mesure.unite)}"


def _verdict(mesure: Mesure) -> str:
    return {True: "tenu", False: "manqué", None: "pour information"}[mesure.est_tenue]


def afficher(parties: Sequence[Partie], console: Console) -> None:
    """Le tableau de toutes les mesures."""
    table = Table(title="Bancs de Draille")
    for colonne in ("Mesure", "Valeur", "Plafond", ""):
        table.add_column(colonne, justify="left" if colonne in ("Mesure", "") else "right")
    couleurs = {True: "green", False: "bold red", None: "dim"}
    for partie in parties:
        table.add_section()
        table.add_row(f"[bold]{partie.titre}[/bold]", "", "", "")
        if partie.erreur:
            table.add_row(f"[bold red]{partie.erreur}[/bold red]", "", "", "")
        for mesure in partie.mesures:
            table.add_row(
                mesure.nom,
                _nombre(mesure.valeur, mesure.unite),
                _plafond(mesure),
                f"[{couleurs[mesure.est_tenue]}]{_verdict(mesure)}[/]",
            )
    console.print(table)


def ecrire(
    parties: Sequence[Partie], *, machine: Mapping[str, str], le: date, page: Path = PAGE
) -> None:
    """Écrit la page des performances, en entier."""
    lignes = [
        "# Performances",
        "",
        "Cette page est écrite par `make bench`, à chaque fois en entier : ne la modifiez pas à la",
        "main. Les plafonds sont ceux que le projet s'impose. Ce sont des rapports chaque fois",
        "qu'une durée dépendrait de la machine, et leurs deux termes sont mesurés dans la même",
        "exécution.",
        "",
        f"Mesuré le {date_longue(le)}.",
        "",
        "| Machine | |",
        "|---|---|",
        *(f"| {nom} | {valeur} |" for nom, valeur in machine.items()),
        "",
        *_bilan(parties),
    ]
    for partie in parties:
        lignes += ["", *_section(partie)]
    page.write_text("\n".join(lignes) + "\n", encoding="utf-8")


def _bilan(parties: Sequence[Partie]) -> list[str]:
    tenues = sum(m.est_tenue is True for p in parties for m in p.mesures)
    manquees = [m for p in parties for m in p.manquees]
    lignes = [f"Plafonds tenus : {tenues} sur {tenues + len(manquees)}."]
    if manquees:
        lignes += ["", "Manqués :", ""]
        lignes += [f"- {m.nom} : {_nombre(m.valeur, m.unite)} ({_plafond(m)})" for m in manquees]
    return lignes


def _section(partie: Partie) -> list[str]:
    lignes = [f"## {partie.titre}", "", partie.methode, ""]
    if partie.erreur:
        return [*lignes, f"Ce banc n'a pas pu finir : {partie.erreur}"]
    return [
        *lignes,
        "| Mesure | Valeur | Plafond | | Détail |",
        "|---|---:|---:|---|---|",
        *(
            f"| {m.nom} | {_nombre(m.valeur, m.unite)} | {_plafond(m)} | {_verdict(m)}"
            f" | {m.detail} |"
            for m in partie.mesures
        ),
    ]
