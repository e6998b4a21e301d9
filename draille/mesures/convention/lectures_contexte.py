"""Le contexte publié du RSA : budget voté et bénéficiaires, chacun avec sa phrase."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from draille.mesures.convention import regles


@dataclass(frozen=True)
class ContexteRsa:
    """Ce qui est publié du RSA à une date ; les hausses sont en pour cent, nulles sans repère."""

    annee: int
    budget: tuple[regles.ActeBudgetaire, ...]
    montant_total: Decimal
    hausse_du_budget: Decimal | None
    beneficiaires: tuple[regles.Effectif, ...]
    hausse_des_beneficiaires: Decimal | None


def contexte_rsa(*, racine: Path, departement: str, le: date) -> ContexteRsa | None:
    """Ce que le Département publie du RSA à cette date ; None s'il n'en publie rien."""
    rsa = _lire(racine, departement)
    if rsa is None:
        return None
    effectifs = tuple(e for e in rsa.beneficiaires if e.a_la_date <= le)
    annees = [a.annee for a in rsa.budget if a.annee <= le.year]
    if not effectifs and not annees:
        return None
    annee = max(annees, default=le.year)
    connu = regles.Rsa(departement, tuple(a for a in rsa.budget if a.annee == annee), effectifs)
    return ContexteRsa(
        annee=annee,
        budget=connu.budget,
        montant_total=regles.budget_rsa(rsa=connu, annee=annee),
        hausse_du_budget=regles.hausse_du_budget_rsa(rsa=connu, annee=annee),
        beneficiaires=effectifs,
        hausse_des_beneficiaires=regles.hausse_des_beneficiaires(rsa=connu),
    )


@lru_cache(maxsize=8)
def _lire(racine: Path, departement: str) -> regles.Rsa | None:
    chemin = regles.dossier_du_departement(racine=racine, code=departement) / "rsa.yaml"
    return regles.charger_rsa(chemin=chemin) if chemin.exists() else None
