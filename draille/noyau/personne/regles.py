"""Comprendre ce qu'un agent tape dans la recherche. Pur : ni Django, ni base, ni horloge."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?!\d)")
_MOIS = re.compile(r"(?<![\d/.\-])(\d{1,2})[/.\-](\d{4})(?!\d)")
_ANNEE = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_NIR = re.compile(r"[12]\d{4}(?:\d{2}|2[AB])\d{6}(?:\d{2})?")
_REFERENCE = re.compile(r"(?=\S*\d)[A-Za-z0-9]+(?:[:/\-_][A-Za-z0-9]+)+")
_NUMERO = re.compile(r"\d{4,15}")
_LETTRE = re.compile(r"[^\W\d_]")
TEXTE_MIN = 2
TAILLE_MATRICULE = (7, 8, 13, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demande:
    """Une recherche comprise. Naissance : période semi-ouverte, d'un jour, d'un mois ou d'un an.

    `numeros` : écritures possibles d'un matricule ou d'une référence de dossier, zéros compris.
    `nir` : 13 caractères, sans sa clé. `remarque` : ce qui n'a pas pu être compris.
    """

    texte: str = ""
    naissance_debut: date | None = None
    naissance_fin: date | None = None
    numeros: tuple[str, ...] = ()
    nir: str = ""
    remarque: str = ""

    @property
    def est_vide(self) -> bool:
        """Vrai si rien ne permet de chercher."""
        a_texte = len(self.texte.replace(" ", "")) >= TEXTE_MIN
        return not (a_texte or self.naissance_debut or self.numeros or self.nir)


def comprendre(saisie: str) -> Demande:
    """Lit un nom, une naissance (jj/mm/aaaa, mm/aaaa, aaaa), un matricule, un NIR, mêlés ou non."""
    saisie = saisie.strip()[:200]
    compacte = re.sub(r"[\s.]", "", saisie).upper()
    if _NIR.fullmatch(compacte):
        return Demande(nir=compacte[:13], numeros=_ecritures(compacte))
    if _REFERENCE.fullmatch(saisie) and not _DATE.fullmatch(saisie) and not _MOIS.fullmatch(saisie):
        return Demande(numeros=(saisie, saisie.upper()))
    if _NUMERO.fullmatch(saisie):
        annee = _annee(int(saisie)) if _ANNEE.fullmatch(saisie) else None
        return Demande(
            numeros=_ecritures(saisie),
            naissance_debut=annee[0] if annee else None,
            naissance_fin=annee[1] if annee else None,
        )
    return _nom_et_naissance(saisie)


def _nom_et_naissance(saisie: str) -> Demande:
    periode: tuple[date, date] | None = None
    remarque = ""
    for motif in (_DATE, _MOIS, _ANNEE):
        lu = motif.search(saisie)
        if lu is None:
            continue
        saisie = f"{saisie[: lu.start()]} {saisie[lu.end() :]}"
        periode = _periode([int(n) for n in lu.groups()])
        if periode is None:
            remarque = f"« {lu.group()} » n'est pas une date."
        break
    numeros = [m for m in saisie.split() if _NUMERO.fullmatch(m)]
    return Demande(
        texte=" ".join(m for m in saisie.split() if _LETTRE.search(m)),
        naissance_debut=periode[0] if periode else None,
        naissance_fin=periode[1] if periode else None,
        numeros=_ecritures(numeros[0]) if numeros else (),
        remarque=remarque,
    )


def _periode(nombres: list[int]) -> tuple[date, date] | None:
    try:
        if len(nombres) == 1:
            return _annee(nombres[0])
        if len(nombres) == 2:
            debut = date(nombres[1], nombres[0], 1)
            return debut, (debut + timedelta(days=31)).replace(day=1)
        jour = date(nombres[2], nombres[1], nombres[0])
    except ValueError:
        return None
    return jour, jour + timedelta(days=1)


def _annee(annee: int) -> tuple[date, date]:
    return date(annee, 1, 1), date(annee + 1, 1, 1)


def _ecritures(numero: str) -> tuple[str, ...]:
    """Un matricule s'écrit avec ou sans ses zéros de tête."""
    nu = numero.lstrip("0") or "0"
    formes = [numero, nu, *(nu.zfill(taille) for taille in TAILLE_MATRICULE)]
    return tuple(dict.fromkeys(formes))
