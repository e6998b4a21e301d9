"""L'argent, le rapport, le budget du RSA et la formation dans le résumé."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from draille.mesures.convention import lectures as convention
from draille.mesures.convention import lectures_rapport
from draille.mesures.convention.lectures_argent import argent
from draille.mesures.convention.regles.suivi import Etape, StatutRapport
from draille.mesures.formation import demo as formation
from draille.mesures.suivi_rsa import lectures_budget
from draille.socle.acces import Acces
from draille.socle.texte import entier, euros, pourcent


def resumer(*, departement: str, acces: Acces, le: date) -> dict[str, Any]:
    """Les chiffres de cette date, lus des états, pour JSON ; les montants en texte."""
    return {
        "argent": _argent(departement, le),
        "rapports": _rapports(departement),
        "budget_rsa": _budget(acces, le),
        "formation": formation.comptes(),
    }


def _argent(departement: str, le: date) -> dict[str, dict[str, str | None]]:
    """Par convention qui publie des montants, les quatre temps de l'année."""
    lus = {}
    for page in convention.pages(departement=departement, le=le):
        if page.financeurs:
            lu = argent(page=page, annee=le.year, le=le)
            totaux = {str(e): str(lu.totaux[e]) if e in lu.totaux else None for e in Etape}
            lus[page.lecture.convention.titre] = totaux
    return lus


def _rapports(departement: str) -> dict[str, int]:
    versions = lectures_rapport.versions(departement=departement)
    return {str(s): versions.filter(statut=s).count() for s in StatutRapport}


def _budget(acces: Acces, le: date) -> dict[str, Any]:
    page = lectures_budget.page(annee=le.year, acces=acces, le=le)
    execution = page.execution
    return {
        "annee": page.annee,
        "votes": len(execution.versions),
        "credit": str(execution.credit),
        "realise": str(execution.realise),
        "taux": None if execution.taux is None else round(float(execution.taux), 4),
        "phrase": page.impliquee.phrase if page.impliquee else "",
    }


def en_phrases(resume: dict[str, Any]) -> Iterator[str]:
    """L'argent, les rapports, le RSA et la formation en quelques lignes."""
    for titre, totaux in resume["argent"].items():
        dits = ", ".join(
            f"{Etape(e).libelle.lower()} {euros(Decimal(m))}"
            for e, m in totaux.items()
            if m is not None
        )
        yield f"  {titre} : {dits}."
    rapports = resume["rapports"]
    yield (
        f"  Rapports d'exécution : {entier(rapports[StatutRapport.VALIDE])} validé, "
        f"{entier(rapports[StatutRapport.BROUILLON])} en cours."
    )
    budget = resume["budget_rsa"]
    if budget["votes"]:
        yield (
            f"  Budget du RSA {budget['annee']} : {euros(Decimal(budget['credit']))} en "
            f"{entier(budget['votes'])} votes, réalisé à {pourcent(budget['taux'], decimales=1)}. "
            f"{budget['phrase']}"
        )
    lues = resume["formation"]
    sessions = sum(n for nom, n in lues.items() if nom != "inscriptions")
    yield (
        f"  Formation : {entier(sessions)} sessions, {entier(lues['inscriptions'])} places tenues."
    )
