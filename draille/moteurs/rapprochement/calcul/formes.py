"""Les formes d'une fiche qui se comparent, calculées une fois : noms nus, sons, chiffres."""

import re
from functools import lru_cache

from draille.moteurs.rapprochement.calcul.types import Fiche
from draille.socle.texte import normaliser

_SONS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?:qu|q|ck|ch(?=[lr])|c(?=[aourltn]|$)|k+)"), "k"),
    (re.compile(r"(?:sch|sh)"), "ch"),
    (re.compile(r"(?:sc(?=[eiy])|c(?=[eiy])|ss|z)"), "s"),
    (re.compile(r"g(?=[eiy])"), "j"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"w"), "v"),
    (re.compile(r"y"), "i"),
    (re.compile(r"(?<!c)h"), ""),
    (re.compile(r"(?:[ae]in|ein|ym|im(?=[bp])|in)(?![aeiou])"), "1"),
    (re.compile(r"(?:an|en|am(?=[bp])|em(?=[bp]))(?![aeiou])"), "2"),
    (re.compile(r"(?:on|om(?=[bp]))(?![aeiou])"), "3"),
    (re.compile(r"(?:eau|au)"), "o"),
    (re.compile(r"(?:ai|ei|et$|er$|ez$)"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=.)[stdxpe]+$"), ""),
)
_CHIFFRES = re.compile(r"\D")
CHIFFRES_TELEPHONE = 9


@lru_cache(maxsize=200_000)
def son(mot: str) -> str:
    """Comment un mot français se prononce, à peu près : « dupond » et « dupont » sonnent pareil."""
    dit = mot
    for motif, remplace in _SONS:
        dit = motif.sub(remplace, dit)
    return dit or mot


@lru_cache(maxsize=200_000)
def _mots(texte: str) -> tuple[str, ...]:
    return tuple(normaliser(texte).split())


@lru_cache(maxsize=200_000)
def _forme(texte: str) -> tuple[str, frozenset[str], str, str]:
    """Le nom nu, ses mots, le son de l'ensemble, le son de son premier mot."""
    mots = _mots(texte)
    colle = "".join(mots)
    return colle, frozenset(mots), son(colle), son(mots[0]) if mots else ""


def chiffres_utiles(telephone: str) -> str:
    """Les neuf derniers chiffres d'un numéro, quelle que soit son écriture ; vide s'il est faux."""
    chiffres = _CHIFFRES.sub("", telephone)[-CHIFFRES_TELEPHONE:]
    # Un même chiffre répété est un numéro de convenance.
    return chiffres if len(chiffres) == CHIFFRES_TELEPHONE and len(set(chiffres)) > 2 else ""


class Nom:
    """Un nom ou un prénom : écrit nu, ses mots, ses sons."""

    __slots__ = ("colle", "mots", "premier_son", "son")

    def __init__(self, texte: str) -> None:
        self.colle, self.mots, self.son, self.premier_son = _forme(texte)

    def __bool__(self) -> bool:
        return bool(self.colle)


class Profil:
    """Une fiche prête à être pesée."""

    __slots__ = (
        "annee",
        "autres",
        "courriel",
        "fiche",
        "jour",
        "matricules",
        "mois",
        "noms",
        "prenom",
        "telephone",
    )

    def __init__(self, fiche: Fiche) -> None:
        self.fiche = fiche
        naissance, usage = Nom(fiche.nom_naissance), Nom(fiche.nom_usage)
        self.noms = [n for n in (naissance, usage) if n]
        if len(self.noms) == 2 and naissance.colle == usage.colle:
            self.noms.pop()
        self.prenom = Nom(fiche.prenom)
        self.autres = frozenset(_mots(fiche.prenoms_autres))
        self.telephone = chiffres_utiles(fiche.telephone) if fiche.telephone else ""
        self.courriel = fiche.courriel.strip().casefold()
        self.matricules = frozenset(m.lstrip("0") for m in fiche.matricules)
        self.annee = self.mois = self.jour = 0
        if fiche.naissance is not None:
            self.annee = fiche.naissance.year
            # Une date partielle s'écrit au premier du mois ou de l'an : ce jour n'est pas su.
            self.mois = 0 if fiche.precision == "O" else fiche.naissance.month
            self.jour = fiche.naissance.day if fiche.precision == "N" else 0
