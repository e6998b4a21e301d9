"""Conversion et contrôle des champs d'un bloc XML, à raison d'un appel par champ.

Un bloc est lu d'un coup en dictionnaire (balise vers texte) ; chaque convertisseur rend la valeur
typée ou lève `Faute`, qui porte le bloc : la recherche de la ligne ne coûte qu'en cas d'erreur.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum.fr import nir as stdnum_nir

Bloc = Mapping[str, str | None]
Blocs = dict[str, list[Any]]
Trace = list[Any]

DATE_XSD = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,9}(?:\.\d{0,2})?", re.ASCII)
NIR13 = re.compile(r"[123478]\d{4}(?:\d\d|2[AB])\d{6}", re.ASCII)
# Un octet UTF-8 relu comme du windows-1252 : « Ã© » pour « é ».
DOUBLE_ENCODAGE = re.compile(r"[ÃÂ][\u0080-\u00bf\u0152-\u0192\u2013-\u203a\u20ac\u2122]")
MONTANT_MAXIMAL = Decimal(10_000_000)
BOOLEENS = {"0": False, "1": True, "false": False, "true": True}
DATES_EN_MEMOIRE = 100_000
UN_JOUR = timedelta(days=1)

_dates: dict[str, date] = {}


class Faute(Exception):
    """Un champ qui empêche de prendre le dossier. `bloc` est l'élément XML qui le contient."""

    def __init__(self, bloc: Any, champ: str, valeur: str | None, code: str, motif: str) -> None:
        """Retient où est la faute et la phrase, sans encore chercher la ligne."""
        super().__init__(code)
        self.bloc = bloc
        self.champ = champ
        self.valeur = valeur or ""
        self.code = code
        self.motif = motif


def lire_bloc(bloc: Any) -> dict[str, str | None]:
    """Rend le dictionnaire des champs d'un bloc ; un champ répété est une faute."""
    champs = {champ.tag: champ.text for champ in bloc}
    if len(champs) != len(bloc):
        vus: set[str] = set()
        for champ in bloc:
            if champ.tag in vus:
                raise Faute(
                    bloc, champ.tag, champ.text, "champ_repete", "est écrit deux fois dans son bloc"
                )
            vus.add(champ.tag)
    return champs


def ranger(element: Any) -> Blocs:
    """Rend les enfants d'un élément rangés par balise, dans l'ordre du fichier."""
    blocs: Blocs = {}
    for enfant in element:
        balise = enfant.tag
        if balise in blocs:
            blocs[balise].append(enfant)
        else:
            blocs[balise] = [enfant]
    return blocs


def seul(blocs: Blocs, balise: str, parent: Any) -> Any:
    """Rend le bloc obligatoire et unique `balise`."""
    trouves = blocs.get(balise)
    if trouves is None:
        raise Faute(parent, balise, "", "bloc_absent", "est un bloc obligatoire et il manque")
    if len(trouves) > 1:
        motif = "est un bloc unique et il est écrit plusieurs fois"
        raise Faute(parent, balise, "", "bloc_repete", motif)
    return trouves[0]


def seul_ou_rien(blocs: Blocs, balise: str, parent: Any) -> Any | None:
    """Rend le bloc facultatif et unique `balise`, ou rien."""
    return seul(blocs, balise, parent) if balise in blocs else None


def manque(bloc: Any, champ: str) -> Faute:
    """Rend la faute d'un champ obligatoire absent ou vide."""
    return Faute(bloc, champ, "", "champ_absent", "est obligatoire et il manque")


def texte(bloc: Any, champs: Bloc, champ: str, longueur: int) -> str:
    """Rend le texte sans espaces de bord ni guillemet égaré, vide s'il manque."""
    brut = champs.get(champ)
    if not brut:
        return ""
    valeur = brut.strip()
    if '"' in valeur:
        valeur = valeur.replace('"', "").strip()
    if len(valeur) > longueur:
        raise Faute(
            bloc,
            champ,
            brut,
            "trop_long",
            f"dépasse les {longueur} caractères que prévoit le format",
        )
    if not valeur.isascii() and DOUBLE_ENCODAGE.search(valeur):
        raise Faute(
            bloc,
            champ,
            brut,
            "accents_abimes",
            "a des accents abîmés par un changement d'encodage",
        )
    return valeur


def texte_exige(bloc: Any, champs: Bloc, champ: str, longueur: int) -> str:
    """Rend un texte obligatoire."""
    valeur = texte(bloc, champs, champ, longueur)
    if not valeur:
        raise manque(bloc, champ)
    return valeur


def nom_propre(bloc: Any, champs: Bloc, champ: str, longueur: int) -> str:
    """Rend un nom ou un prénom obligatoire ; un nombre trahit une colonne décalée."""
    valeur = texte_exige(bloc, champs, champ, longueur)
    if valeur.isdigit():
        raise Faute(
            bloc,
            champ,
            valeur,
            "nom_numerique",
            "est un nombre là où un nom est attendu : une colonne est sans doute décalée",
        )
    return valeur


def code(bloc: Any, champs: Bloc, champ: str, connus: frozenset[str]) -> str:
    """Rend un code obligatoire pris dans une liste connue."""
    valeur = (champs.get(champ) or "").strip()
    if valeur in connus:
        return valeur
    if not valeur:
        raise manque(bloc, champ)
    liste = ", ".join(sorted(connus))
    raise Faute(
        bloc, champ, valeur, "code_inconnu", f"n'est pas un code connu (codes possibles : {liste})"
    )


def jour(bloc: Any, champs: Bloc, champ: str) -> date | None:
    """Rend une date, ou rien si le champ est absent ou vide."""
    brut = champs.get(champ)
    if not brut:
        return None
    connue = _dates.get(brut)
    if connue is not None:
        return connue
    valeur = brut.strip()
    if not valeur:
        return None
    forme = DATE_XSD.fullmatch(valeur)
    if forme is None:
        raise Faute(
            bloc,
            champ,
            brut,
            "date_illisible",
            "n'est pas une date de la forme année-mois-jour (par exemple 2020-10-31)",
        )
    try:
        lue = date.fromisoformat(forme[1])
    except ValueError:
        raise Faute(
            bloc, champ, brut, "date_impossible", "est une date qui n'existe pas au calendrier"
        ) from None
    if len(_dates) >= DATES_EN_MEMOIRE:
        _dates.clear()
    _dates[brut] = lue
    return lue


def jour_exige(bloc: Any, champs: Bloc, champ: str) -> date:
    """Rend une date obligatoire."""
    valeur = jour(bloc, champs, champ)
    if valeur is None:
        raise manque(bloc, champ)
    return valeur


def jour_final(bloc: Any, champs: Bloc, champ: str, debut: date) -> date | None:
    """Rend une date de fin, incluse, qui ne peut pas précéder `debut`."""
    valeur = jour(bloc, champs, champ)
    if valeur is not None and valeur < debut:
        raise Faute(
            bloc,
            champ,
            champs.get(champ),
            "periode_inversee",
            f"vient avant le début de la même période ({debut:%d/%m/%Y})",
        )
    return valeur


def lendemain(valeur: date | None) -> date | None:
    """Rend la borne exclue qui suit un dernier jour inclus ; la fin des temps vaut sans fin."""
    if valeur is None or valeur == date.max:
        return None
    return valeur + UN_JOUR


def booleen(bloc: Any, champs: Bloc, champ: str) -> bool | None:
    """Rend vrai, faux, ou rien si le champ est absent ou vide."""
    brut = champs.get(champ)
    if not brut:
        return None
    valeur = BOOLEENS.get(brut)
    if valeur is None and (propre := brut.strip()):
        valeur = BOOLEENS.get(propre)
        if valeur is None:
            raise Faute(bloc, champ, brut, "code_inconnu", "ne vaut ni 0 (non) ni 1 (oui)")
    return valeur


def booleen_exige(bloc: Any, champs: Bloc, champ: str) -> bool:
    """Rend un booléen obligatoire."""
    valeur = booleen(bloc, champs, champ)
    if valeur is None:
        raise manque(bloc, champ)
    return valeur


def montant(bloc: Any, champs: Bloc, champ: str) -> Decimal | None:
    """Rend un montant en euros, deux décimales au plus, ou rien s'il manque."""
    brut = champs.get(champ)
    if not brut or not (valeur := brut.strip()):
        return None
    if DECIMAL.fullmatch(valeur) is None:
        raise Faute(
            bloc,
            champ,
            brut,
            "montant_illisible",
            "n'est pas un montant (chiffres, un point, deux décimales : par exemple 497.50)",
        )
    lu = Decimal(valeur)
    if abs(lu) >= MONTANT_MAXIMAL:
        raise Faute(bloc, champ, brut, "montant_impossible", "dépasse dix millions d'euros")
    return lu


def entier(bloc: Any, champs: Bloc, champ: str, chiffres: int) -> int | None:
    """Rend un entier positif d'au plus `chiffres` chiffres, ou rien s'il manque."""
    brut = champs.get(champ)
    if not brut or not (valeur := brut.strip()):
        return None
    if not (valeur.isascii() and valeur.isdigit() and len(valeur.lstrip("0")) <= chiffres):
        raise Faute(
            bloc,
            champ,
            brut,
            "nombre_illisible",
            f"n'est pas un nombre d'au plus {chiffres} chiffres",
        )
    return int(valeur)


def nir(bloc: Any, champs: Bloc, champ: str) -> str | None:
    """Rend les treize caractères du NIR, clé contrôlée puis ôtée si elle est là, ou rien."""
    brut = champs.get(champ)
    if not brut or not (valeur := brut.strip()):
        return None
    if NIR13.fullmatch(valeur):
        return valeur
    motif = nir_fautif(valeur)
    if motif:
        raise Faute(bloc, champ, brut, "nir_malforme", motif)
    return valeur[:13]


def nir_fautif(valeur: str) -> str:
    """Rend la phrase qui dit pourquoi un NIR est faux, vide s'il est bon (13 ou 15 caractères)."""
    if not NIR13.fullmatch(valeur[:13]):
        return "n'est pas un NIR (13 caractères, commençant par 1, 2, 3, 4, 7 ou 8)"
    if len(valeur) == 13:
        return ""
    if len(valeur) != 15:
        return (
            f"n'est pas un NIR : il a {len(valeur)} caractères au lieu de 13, ou de 15 avec la clé"
        )
    if not stdnum_nir.is_valid(valeur):
        return "est un NIR dont la clé (les deux derniers chiffres) ne correspond pas"
    return ""


def normaliser_matricule(valeur: str, fonorg: str) -> str:
    """Rend le matricule à comparer : sept chiffres pour une CAF, tel quel pour une MSA.

    Les CAF l'écrivent sur sept chiffres, parfois complété de zéros à gauche ou à droite jusqu'à
    quinze ; à la MSA il peut être égal au NIR.
    """
    if fonorg == "MSA":
        return valeur
    if len(valeur) == 15 and valeur.endswith("00000000"):
        return valeur[:7]
    return valeur.lstrip("0").zfill(7)
