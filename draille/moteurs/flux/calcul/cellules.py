"""Convertir une cellule de tableur en valeur typée, ou dire pourquoi on ne peut pas."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from draille.moteurs.flux.calcul.champs import NIR13, nir_fautif
from draille.socle.texte import MOIS, normaliser

ORIGINE_TABLEUR = date(1899, 12, 30)
SERIE_MAXIMALE = 99_999
ANNEE_MINIMALE = 1850
TEXTE_FORCE = re.compile(r'="([^"]*)"')
SCIENTIFIQUE = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
ERREUR_TABLEUR = re.compile(r"#(REF|N/A|NAME|VALUE|VALEUR|DIV/0|NUM|NOM|NUL|NULL)[!?]?", re.I)
JOUR_MOIS_ANNEE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?:[ T]\d.*)?", re.ASCII)
ANNEE_MOIS_JOUR = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T]\d.*)?", re.ASCII)
JOUR_EN_LETTRES = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
ANNEE_COURTE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}", re.ASCII)
COURRIEL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
MOIS_SANS_ACCENT = {normaliser(mois): rang for rang, mois in enumerate(MOIS, 1)}
INDICATIFS = {
    **dict.fromkeys(("590", "690", "691"), "590"),
    **dict.fromkeys(("594", "694"), "594"),
    **dict.fromkeys(("596", "696", "697"), "596"),
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "262"),
}
SEXES = {
    **dict.fromkeys(("1", "m", "mr", "h", "homme", "masculin", "monsieur"), "1"),
    **dict.fromkeys(("2", "mme", "f", "femme", "feminin", "madame", "mlle", "mademoiselle"), "2"),
}


class CelluleFautive(ValueError):
    """Une cellule qui ne se convertit pas ; le texte complète « la valeur … »."""


def en_texte(cellule: Any) -> str:
    """Rend le texte d'une cellule : nombre sans « .0 », `="06…"` déplié, espaces réduits.

    Lève `CelluleFautive` pour une formule, une erreur de tableur ou un nombre arrondi.
    """
    if cellule is None:
        return ""
    if isinstance(cellule, datetime | date):
        return cellule.strftime("%d/%m/%Y")
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    texte = " ".join(str(cellule).replace("\0", "").split())
    if texte.startswith("="):
        forme = TEXTE_FORCE.fullmatch(texte)
        if forme is None:
            raise CelluleFautive("est une formule et non une valeur")
        texte = forme[1]
    texte = texte.strip("\"' ")
    if SCIENTIFIQUE.fullmatch(texte):
        raise CelluleFautive(
            "est un nombre que le tableur a arrondi : mettez la colonne au format texte"
        )
    if ERREUR_TABLEUR.fullmatch(texte):
        raise CelluleFautive("est une erreur de calcul du tableur")
    return texte


def en_date(cellule: Any) -> date | None:
    """Rend la date d'une cellule : date de tableur, numéro de série, ou texte en plusieurs formes.

    Lève `CelluleFautive` si elle n'existe pas, ou si l'année n'a que deux chiffres.
    """
    if isinstance(cellule, datetime):
        return cellule.date()
    if isinstance(cellule, date):
        return cellule
    texte = en_texte(cellule)
    if not texte:
        return None
    try:
        lue = _date_du_texte(texte)
    except ValueError:
        raise CelluleFautive("est une date qui n'existe pas au calendrier") from None
    if lue is not None and lue.year >= ANNEE_MINIMALE:
        return lue
    if ANNEE_COURTE.fullmatch(texte):
        raise CelluleFautive("est une date dont l'année n'a que deux chiffres : écrivez-en quatre")
    raise CelluleFautive("n'est pas une date (par exemple 31/10/2020)")


def _date_du_texte(texte: str) -> date | None:
    if forme := JOUR_MOIS_ANNEE.fullmatch(texte):
        return date(int(forme[3]), int(forme[2]), int(forme[1]))
    if forme := ANNEE_MOIS_JOUR.fullmatch(texte):
        return date(int(forme[1]), int(forme[2]), int(forme[3]))
    if forme := JOUR_EN_LETTRES.fullmatch(normaliser(texte)):
        mois = MOIS_SANS_ACCENT.get(forme[2])
        return date(int(forme[3]), mois, int(forme[1])) if mois else None
    if texte.isascii() and texte.isdigit():
        return _date_en_chiffres(texte)
    return None


def _date_en_chiffres(texte: str) -> date | None:
    if len(texte) <= 5:
        return ORIGINE_TABLEUR + timedelta(days=int(texte))
    if len(texte) not in (7, 8):
        return None
    texte = texte.zfill(8)
    # 12031984 se lit jour, mois, année ; si l'année n'a pas de sens, c'est l'ordre inverse.
    annee, mois, jour = int(texte[4:]), int(texte[2:4]), int(texte[:2])
    if annee >= ANNEE_MINIMALE and 1 <= mois <= 12 and 1 <= jour <= 31:
        return date(annee, mois, jour)
    return date(int(texte[:4]), int(texte[4:6]), int(texte[6:]))


def en_nir13(cellule: Any) -> str | None:
    """Rend les treize premiers caractères d'un NIR, clé contrôlée si elle est là, ou rien."""
    texte = en_texte(cellule).replace(" ", "").upper()
    if not texte:
        return None
    if NIR13.fullmatch(texte):
        return texte
    motif = nir_fautif(texte)
    if motif:
        raise CelluleFautive(motif)
    return texte[:13]


def en_matricule(cellule: Any) -> str:
    """Rend un matricule complété de zéros à gauche jusqu'à sept chiffres, vide s'il manque.

    Une lettre finale de clé, que les CAF impriment sur leurs courriers, est ôtée.
    """
    texte = en_texte(cellule).replace(" ", "").upper()
    if len(texte) > 1 and texte[-1].isalpha() and texte[:-1].isdigit():
        texte = texte[:-1]
    if not texte:
        return ""
    if not (texte.isascii() and texte.isdigit() and len(texte) <= 15):
        raise CelluleFautive("n'est pas un matricule (15 chiffres au plus)")
    if len(texte) == 15 and texte.endswith("00000000"):
        texte = texte[:7]
    return texte.zfill(7)


def en_telephone(cellule: Any) -> str:
    """Rend un numéro au format international (+33612345678), vide s'il manque.

    Accepte l'espace, le point, le tiret, 0033, +33(0) et le zéro initial perdu par le tableur.
    """
    texte = en_texte(cellule).replace("(0)", "")
    brut = re.sub(r"[\s.\-_/()\u00a0\u202f]", "", texte)
    if not brut:
        return ""
    if brut.startswith("00"):
        brut = "+" + brut[2:]
    if not re.fullmatch(r"\+?\d+", brut, re.ASCII):
        raise CelluleFautive("n'est pas un numéro de téléphone")
    if brut.startswith("+33"):
        brut = "0" + brut[3:].lstrip("0")
    elif brut.startswith("+"):
        if 8 <= len(brut) - 1 <= 15 and brut[1] != "0":
            return brut
        raise CelluleFautive("n'est pas un numéro de téléphone international")
    elif len(brut) == 11 and brut.startswith("33"):
        brut = "0" + brut[2:]
    elif len(brut) == 9 and not brut.startswith("0"):
        brut = "0" + brut
    if len(brut) != 10 or brut[0] != "0" or brut[1] == "0":
        raise CelluleFautive("n'est pas un numéro de téléphone à dix chiffres")
    return f"+{INDICATIFS.get(brut[1:4], '33')}{brut[1:]}"


def en_courriel(cellule: Any) -> str:
    """Rend une adresse électronique en minuscules, vide si elle manque."""
    texte = en_texte(cellule).lower().removeprefix("mailto:")
    if texte and not COURRIEL.fullmatch(texte):
        raise CelluleFautive("n'est pas une adresse électronique (par exemple nom@exemple.fr)")
    return texte


def en_sexe(cellule: Any) -> str:
    """Rend '1' pour un homme, '2' pour une femme, d'après le sexe ou la civilité."""
    texte = normaliser(en_texte(cellule))
    if not texte:
        return ""
    sexe = SEXES.get(texte)
    if sexe is None:
        raise CelluleFautive("n'est ni un sexe ni une civilité (M, Mme, 1, 2…)")
    return sexe


def en_code_postal(cellule: Any) -> str:
    """Rend un code à cinq caractères, zéro initial rétabli (postal ou INSEE, Corse comprise)."""
    texte = en_texte(cellule).replace(" ", "").upper()
    if texte.isdigit():
        texte = texte.zfill(5)
    if texte and not re.fullmatch(r"\d[\dAB]\d{3}", texte, re.ASCII):
        raise CelluleFautive("n'est pas un code à cinq caractères")
    return texte
