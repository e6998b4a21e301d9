"""La lecture stricte d'un fichier de paramètres : ni flottant, ni clé répétée, types exacts."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from draille.socle.refus import Refus

Valeur = int | Decimal | str | bool | tuple[str | int, ...]

# Chaque unité et le genre de ses valeurs.
UNITES = {
    "jours": "entier",
    "jours_ouvres": "entier",
    "jours_ouvrables": "entier",
    "semaines": "entier",
    "mois": "entier",
    "annees": "entier",
    "nombre": "entier",
    "coefficient": "decimal",
    "heures": "decimal",
    "euros": "decimal",
    "taux": "taux",
    "texte": "texte",
    "liste": "liste",
    "oui_non": "oui_non",
}


class ErreurParametre(Refus):
    """Un paramètre mal écrit, absent, ou sans valeur à la date demandée."""


class _Chargeur(yaml.SafeLoader):
    """YAML dont les nombres à virgule sont exacts et dont une clé répétée est une faute."""


def _nombre(chargeur: _Chargeur, noeud: yaml.ScalarNode) -> Decimal:
    texte = str(chargeur.construct_scalar(noeud))
    try:
        nombre = Decimal(texte)
    except InvalidOperation:
        nombre = Decimal("NaN")
    if not nombre.is_finite():
        raise yaml.constructor.ConstructorError(
            None, None, f"« {texte} » n'est pas un nombre", noeud.start_mark
        )
    return nombre


def _entier(chargeur: _Chargeur, noeud: yaml.ScalarNode) -> int:
    # YAML lit 010 comme 8 et 1:30 comme 90 : un juriste lirait autre chose.
    texte = str(chargeur.construct_scalar(noeud))
    chiffres = texte.lstrip("+-")
    if not chiffres.isdecimal() or (len(chiffres) > 1 and chiffres.startswith("0")):
        raise yaml.constructor.ConstructorError(
            None, None, f"« {texte} » n'est pas un nombre en chiffres simples", noeud.start_mark
        )
    return int(texte)


def _date(chargeur: _Chargeur, noeud: yaml.ScalarNode) -> date | str:
    # Une date impossible reste un texte : le contrôle du champ la citera avec son paramètre.
    texte = str(chargeur.construct_scalar(noeud))
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return texte


def _champs(chargeur: _Chargeur, noeud: yaml.MappingNode) -> dict[object, object]:
    lus: dict[object, object] = {}
    for cle_noeud, valeur_noeud in noeud.value:
        cle = chargeur.construct_object(cle_noeud, deep=True)
        if not isinstance(cle, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"« {cle} » n'est pas un nom de champ", cle_noeud.start_mark
            )
        if cle in lus:
            raise yaml.constructor.ConstructorError(
                None, None, f"« {cle} » est écrit deux fois", cle_noeud.start_mark
            )
        lus[cle] = chargeur.construct_object(valeur_noeud, deep=True)
    return lus


_Chargeur.add_constructor("tag:yaml.org,2002:float", _nombre)
_Chargeur.add_constructor("tag:yaml.org,2002:int", _entier)
_Chargeur.add_constructor("tag:yaml.org,2002:timestamp", _date)
_Chargeur.add_constructor("tag:yaml.org,2002:map", _champs)


def lire_fichier(chemin: Path) -> tuple[str, dict[str, object]]:
    """Le Département (vide pour un fichier général) et les paramètres bruts par code.

    Lève `ErreurParametre` en nommant le fichier et la ligne.
    """
    try:
        # Sûr : _Chargeur hérite de SafeLoader.
        contenu = yaml.load(chemin.read_text(encoding="utf-8"), Loader=_Chargeur)
    except OSError as erreur:
        raise _faute(f"{chemin} : fichier illisible ({erreur.strerror})") from erreur
    except (yaml.YAMLError, ValueError) as erreur:
        repere = getattr(erreur, "problem_mark", None)
        ligne = f", ligne {repere.line + 1}" if repere else ""
        quoi = getattr(erreur, "problem", None) or erreur
        raise _faute(f"{chemin}{ligne} : {quoi}") from erreur
    if not isinstance(contenu, dict) or not contenu:
        raise _faute(f"{chemin} : aucun paramètre")
    departement = contenu.pop("departement", "")
    if not isinstance(departement, str):
        # 07 sans guillemets serait un nombre, et perdrait son zéro.
        raise _faute(f'{chemin} : « departement » s\'écrit entre guillemets, par exemple "07"')
    return departement, contenu


def convertir(ou: str, unite: str, brut: object) -> Valeur:
    """La valeur au type que son unité demande. Lève `ErreurParametre` en nommant l'endroit."""
    genre = UNITES[unite]
    valeur = _CONVERSIONS[genre](brut)
    if valeur is None:
        montree = brut if isinstance(brut, str | int | Decimal) else type(brut).__name__
        raise ErreurParametre(
            code="parametre.type",
            message=f"{ou} : « {montree} » n'est pas {_ATTENDUS[genre]}, "
            f"comme le demande l'unité « {unite} ».",
        )
    return valeur


def _en_entier(brut: object) -> Valeur | None:
    return brut if isinstance(brut, int) and not isinstance(brut, bool) else None


def _en_decimal(brut: object) -> Decimal | None:
    if isinstance(brut, bool) or not isinstance(brut, int | str | Decimal):
        return None
    try:
        nombre = Decimal(brut)
    except InvalidOperation:
        return None
    return nombre if nombre.is_finite() else None


def _en_taux(brut: object) -> Valeur | None:
    nombre = _en_decimal(brut)
    return nombre if nombre is not None and 0 <= nombre <= 1 else None


def _en_texte(brut: object) -> Valeur | None:
    return brut if isinstance(brut, str) and brut.strip() else None


def _en_liste(brut: object) -> Valeur | None:
    if not isinstance(brut, list) or not brut:
        return None
    elements = [e for e in brut if isinstance(e, str | int) and not isinstance(e, bool)]
    return tuple(elements) if len(elements) == len(brut) else None


def _en_oui_non(brut: object) -> Valeur | None:
    if isinstance(brut, bool):
        return brut
    return {"oui": True, "non": False}.get(brut) if isinstance(brut, str) else None


_CONVERSIONS = {
    "entier": _en_entier,
    "decimal": _en_decimal,
    "taux": _en_taux,
    "texte": _en_texte,
    "liste": _en_liste,
    "oui_non": _en_oui_non,
}
_ATTENDUS = {
    "entier": "un nombre entier",
    "decimal": "un nombre (« 559.74 »)",
    "taux": "un taux entre 0 et 1 (« 0.5 » pour 50 %)",
    "texte": "un texte",
    "liste": "une liste de textes ou de nombres entiers",
    "oui_non": "oui ou non",
}


def _faute(message: str) -> ErreurParametre:
    return ErreurParametre(code="parametre.illisible", message=f"{message}.")
