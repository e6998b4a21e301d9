"""Les paramètres datés : la valeur du jour, son histoire, sa source."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import mot
from draille.portail.charge import MOTS
from draille.portail.requete import Requete
from draille.socle import texte
from draille.socle.acces import tout_agent
from draille.socle.parametres import (
    ErreurParametre,
    Parametre,
    Valeur,
    ValeurDatee,
    registre_global,
)

_UNITES = {
    "jours_ouvres": "jours ouvrés",
    "jours_ouvrables": "jours ouvrables",
    "annees": "ans",
    "nombre": "",
}


@dataclass(frozen=True, slots=True)
class ValeurLue:
    """Une valeur dite en mots, et sa période."""

    datee: ValeurDatee
    dite: str


@dataclass(frozen=True, slots=True)
class ParametreLu:
    """Un paramètre, sa valeur au jour du produit (None : aucune), toutes ses valeurs."""

    parametre: Parametre
    en_vigueur: ValeurLue | None
    historique: list[ValeurLue]
    fichier: str


@exige(tout_agent)
@ecrit()
def parametres(request: Requete) -> HttpResponse:
    """Tous les paramètres, filtrés par un mot du libellé, du code ou d'une référence."""
    cherche = request.GET.get("q", "").strip()
    mots = texte.normaliser(cherche).split()
    tous = registre_global().tous()
    retenus = [p for p in tous if _contient(p, mots)]
    contexte = {
        "parametres": [_lire(p, request.le) for p in retenus],
        "total": len(tous),
        "q": cherche,
    }
    return render(request, "portail/parametres.html", contexte)


def _contient(parametre: Parametre, mots: list[str]) -> bool:
    champs = [parametre.libelle, parametre.code, parametre.description]
    champs += [valeur.reference for valeur in parametre.valeurs]
    contenu = texte.normaliser(" ".join(champs))
    return all(mot in contenu for mot in mots)


def _lire(parametre: Parametre, le: date) -> ParametreLu:
    lues = [ValeurLue(v, dire(v.valeur, parametre.unite)) for v in reversed(parametre.valeurs)]
    try:
        courante = parametre.en_vigueur(le)
    except ErreurParametre:
        courante = None
    return ParametreLu(
        parametre=parametre,
        en_vigueur=next((lue for lue in lues if lue.datee is courante), None),
        historique=lues,
        fichier=_dans_le_depot(parametre.fichier),
    )


def dire(valeur: Valeur, unite: str) -> str:
    """Une valeur et son unité en français : « 6 semaines », « 50 % », « 359,32 € »."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, tuple):
        return ", ".join(mot(v, communs=MOTS) if isinstance(v, str) else str(v) for v in valeur)
    if isinstance(valeur, Decimal):
        return _decimal(valeur, unite)
    if isinstance(valeur, int):
        nom = _UNITES.get(unite, unite)
        if abs(valeur) < 2:
            nom = " ".join(m if m == "mois" else m.removesuffix("s") for m in nom.split())
        return f"{texte.entier(valeur)}{texte.INSECABLE}{nom}".strip()
    return valeur


def _decimal(valeur: Decimal, unite: str) -> str:
    if unite == "euros":
        return texte.euros(valeur)
    exposant = valeur.normalize().as_tuple().exponent
    decimales = max(0, -exposant) if isinstance(exposant, int) else 2
    if unite == "taux":
        return texte.pourcent(valeur, decimales=max(0, decimales - 2))
    nombre = texte.decimal(valeur, decimales=decimales)
    return nombre if unite == "coefficient" else f"{nombre}{texte.INSECABLE}{unite}"


def _dans_le_depot(fichier: Path) -> str:
    racine: Path = settings.RACINE
    return str(fichier.relative_to(racine)) if fichier.is_relative_to(racine) else fichier.name
