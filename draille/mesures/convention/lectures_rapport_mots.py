"""Les mots et les nombres d'un rapport, du contenu figé à ce que l'on imprime."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from draille.mesures.convention.regles.rapport import ABSENT
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import INSECABLE, date_courte, date_moyenne, decimal, entier, pourcent

ETAPES = tuple(Etape)
TU = "tu"
MOIS_COURTS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
ETATS_ECHEANCE = {
    "a_temps": "À venir",
    "proche": "Proche",
    "en_retard": "En retard",
    "tenue": "Tenue",
    "tenue_en_retard": "Tenue en retard",
}


def argent(valeur: str | None) -> str:
    """« 346 875,66 € », centimes toujours écrits : une colonne s'aligne ; ou « non publié »."""
    return ABSENT if valeur is None else f"{decimal(Decimal(valeur))}{INSECABLE}€"


def part(valeur: str | None, *, decimales: int = 1) -> str:
    """« 87,5 % » d'un taux entre 0 et 1 ; un tiret quand il n'existe pas."""
    return "–" if valeur is None else pourcent(Decimal(valeur), decimales=decimales)


def rapport_de(numerateur: str | None, denominateur: str | None) -> float:
    """La longueur d'une barre, de 0 à 1 ; 0 si l'un manque."""
    bas = Decimal(denominateur or 0)
    return float(min(Decimal(1), max(Decimal(0), Decimal(numerateur or 0) / bas))) if bas else 0.0


def jour(valeur: str | None) -> str:
    """« 31 octobre 2020 » ; rien pour une date absente."""
    return date_moyenne(date.fromisoformat(valeur)) if valeur else ""


def jour_court(valeur: str | None) -> str:
    """« 31/10/2020 » ; rien pour une date absente."""
    return date_courte(date.fromisoformat(valeur)) if valeur else ""


def periode(convention: Mapping[str, Any]) -> str:
    """« du 1er janvier 2019 au 31 décembre 2021 » ; la fin d'un contenu est exclue."""
    if not convention["debut"] or not convention["fin"]:
        return "dates non publiées"
    dernier = date.fromisoformat(convention["fin"]) - timedelta(days=1)
    return f"du {jour(convention['debut'])} au {date_moyenne(dernier)}"


def valeur(nombre: str | None, unite: str, *, est_tue: bool = False) -> str:
    """« 30 minutes », « 1 mois » ; « non publié », ou qu'un petit nombre est tu."""
    if est_tue:
        return TU
    if nombre is None:
        return ABSENT
    lu = Decimal(nombre)
    decimales = 0 if lu == lu.to_integral_value() else 2
    return f"{decimal(lu, decimales=decimales)}{INSECABLE}{unite}".strip()


def compte(nombre: int | None) -> str:
    """« 1 234 », ou qu'il est tu."""
    return TU if nombre is None else entier(nombre)


def alineas(texte: str) -> list[str]:
    """Les paragraphes d'un commentaire, sans ligne vide."""
    return [a.strip() for a in texte.split("\n") if a.strip()]


def intitule(edition_contenu: Mapping[str, Any]) -> str:
    """« Rapport d'exécution 2020 », ou intermédiaire si l'année n'est pas finie à sa date."""
    annee = edition_contenu["annee"]
    est_fini = edition_contenu["arrete_le"] >= f"{annee}-12-31"
    return f"Rapport {'' if est_fini else 'intermédiaire '}d'exécution {annee}"


def financeurs_par_etape(
    rangees: Sequence[Mapping[str, str]], financeurs: Sequence[Mapping[str, str]]
) -> list[list[str]]:
    """Une rangée par financeur qui a quelque chose : son nom, puis son montant à chaque étape."""
    montants = {(r["financeur"], r["etape"]): r["montant"] for r in rangees}
    noms = {f["code"]: f["nom"] for f in financeurs} | {"": "Sans financeur connu"}
    return [
        [nom, *(argent(montants[(code, e)]) if (code, e) in montants else "–" for e in ETAPES)]
        for code, nom in noms.items()
        if any((code, e) in montants for e in ETAPES)
    ]


def empreinte_lisible(hexa: str) -> str:
    """Soixante-quatre chiffres par groupes de huit, que l'œil compare."""
    return " ".join(hexa[i : i + 8] for i in range(0, len(hexa), 8))
