"""Lire un YAML en gardant la ligne de chaque valeur, et les nombres tels qu'ils sont écrits.

Le chargeur ordinaire ferait de 346875.66 un flottant, écraserait en silence une clé doublée et
perdrait le numéro de ligne : trois fautes qu'un fichier de chiffres publics ne supporte pas.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

NON_PUBLIE = "non publié"

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")


class ErreurFichier(ValueError):
    """Un fichier que l'on ne peut pas lire : le message nomme le fichier, la ligne et la clé."""

    def __init__(self, *, fichier: str, ligne: int, cle: str, message: str) -> None:
        """`ligne` commence à 1 ; `cle` est le chemin de la clé (« conventions[0].titre »)."""
        self.fichier, self.ligne, self.cle, self.message = fichier, ligne, cle, message
        ou = f"{fichier}, ligne {ligne}" + (f", clé « {cle} »" if cle else "")
        super().__init__(f"{ou} : {message}")


@dataclass(frozen=True)
class Noeud:
    """Une valeur du fichier, avec son chemin ; chaque lecture vérifie la forme ou dit la faute."""

    fichier: str
    chemin: str
    brut: yaml.Node

    @property
    def ligne(self) -> int:
        """Numéro de ligne, à partir de 1."""
        return self.brut.start_mark.line + 1

    def faute(self, message: str) -> ErreurFichier:
        """L'erreur à lever pour cette valeur."""
        return ErreurFichier(
            fichier=self.fichier, ligne=self.ligne, cle=self.chemin, message=message
        )

    def texte(self) -> str:
        """Un texte non vide."""
        if not isinstance(self.brut, yaml.ScalarNode):
            raise self.faute("un texte est attendu ici, pas une liste ni un groupe de clés.")
        valeur = str(self.brut.value).strip()
        if not valeur:
            raise self.faute(
                f"la valeur manque. Si elle n'est pas connue, écrivez « {NON_PUBLIE} »."
            )
        return valeur

    def decimal(self) -> Decimal:
        """Un nombre exact, point pour séparer les décimales, sans espace ni signe d'euro."""
        valeur = self.texte()
        try:
            nombre = Decimal(valeur)
        except InvalidOperation:
            nombre = Decimal("NaN")
        if not nombre.is_finite():
            raise self.faute(f"« {valeur} » n'est pas un nombre. Écrivez par exemple 346875.66.")
        return nombre

    def montant(self) -> Decimal:
        """Un montant en euros : positif ou nul, au centime."""
        nombre = self.decimal()
        if nombre < 0:
            raise self.faute(f"« {nombre} » est négatif ; un montant est positif ou nul.")
        if nombre != nombre.quantize(Decimal("0.01")):
            raise self.faute(f"« {nombre} » a plus de deux décimales ; un montant est au centime.")
        return nombre

    def entier(self) -> int:
        """Un nombre entier positif ou nul."""
        valeur = self.texte()
        if not (valeur.isascii() and valeur.isdigit()):
            raise self.faute(f"« {valeur} » n'est pas un nombre entier.")
        return int(valeur)

    def jour(self) -> date:
        """Une date, année-mois-jour."""
        valeur = self.texte()
        try:
            return date.fromisoformat(valeur)
        except ValueError:
            raise self.faute(
                f"« {valeur} » n'est pas une date. Écrivez-la année-mois-jour, comme 2020-10-23."
            ) from None

    def oui_ou_non(self) -> bool:
        """« oui » ou « non »."""
        valeur = self.texte()
        if valeur not in ("oui", "non"):
            raise self.faute(f"« {valeur} » : écrivez oui ou non.")
        return valeur == "oui"

    def choix(self, enumeration: type[E]) -> E:
        """L'une des valeurs d'une énumération."""
        valeur = self.texte()
        if valeur not in list(enumeration):
            admis = ", ".join(enumeration)
            raise self.faute(f"« {valeur} » n'est pas admis. Valeurs admises : {admis}.")
        return enumeration(valeur)

    def publie(self, lecture: Callable[["Noeud"], V]) -> V | None:
        """Nul si la valeur est « non publié », sinon ce que rend `lecture`."""
        if isinstance(self.brut, yaml.ScalarNode) and str(self.brut.value).strip() == NON_PUBLIE:
            return None
        return lecture(self)

    def elements(self) -> Iterator["Noeud"]:
        """Les éléments d'une liste, dans l'ordre du fichier."""
        if not isinstance(self.brut, yaml.SequenceNode):
            raise self.faute("une liste est attendue ici (une ligne par élément, avec un tiret).")
        for i, enfant in enumerate(self.brut.value):
            yield Noeud(self.fichier, f"{self.chemin}[{i}]", enfant)

    def groupe(self, *, requis: Sequence[str], admis: Sequence[str] = ()) -> dict[str, "Noeud"]:
        """Les valeurs d'un groupe, par clé. Refuse une clé inconnue, doublée ou manquante."""
        if not isinstance(self.brut, yaml.MappingNode):
            raise self.faute("un groupe de clés est attendu ici.")
        lus: dict[str, Noeud] = {}
        for cle_brute, valeur in self.brut.value:
            nom = str(cle_brute.value)
            enfant = Noeud(self.fichier, self._sous(nom), valeur)
            ici = Noeud(self.fichier, self._sous(nom), cle_brute)
            if nom in lus:
                raise ici.faute("cette clé est écrite deux fois dans le même groupe.")
            if nom not in requis and nom not in admis:
                connues = ", ".join([*requis, *admis])
                raise ici.faute(f"cette clé n'est pas connue. Clés connues ici : {connues}.")
            lus[nom] = enfant
        manquante = next((c for c in requis if c not in lus), None)
        if manquante is not None:
            raise Noeud(self.fichier, self._sous(manquante), self.brut).faute(
                f"cette clé manque. Si la valeur n'est pas connue, écrivez « {NON_PUBLIE} »."
            )
        return lus

    def entrees(self) -> Iterator[tuple[str, "Noeud"]]:
        """Les paires d'un groupe dont les clés sont libres (des codes)."""
        if not isinstance(self.brut, yaml.MappingNode):
            raise self.faute("un groupe de clés est attendu ici.")
        vues: set[str] = set()
        for cle_brute, valeur in self.brut.value:
            nom = str(cle_brute.value)
            if nom in vues:
                raise Noeud(self.fichier, self._sous(nom), cle_brute).faute(
                    "cette clé est écrite deux fois dans le même groupe."
                )
            vues.add(nom)
            yield nom, Noeud(self.fichier, self._sous(nom), valeur)

    def _sous(self, nom: str) -> str:
        return f"{self.chemin}.{nom}" if self.chemin else nom


def lire_racine(*, texte: str, fichier: str) -> Noeud:
    """La racine du fichier. Lève `ErreurFichier` s'il n'est pas du YAML, ou s'il est vide."""
    try:
        racine = yaml.compose(texte, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as erreur:
        ligne = (erreur.problem_mark.line + 1) if erreur.problem_mark else 1
        raise ErreurFichier(
            fichier=fichier,
            ligne=ligne,
            cle="",
            message="le fichier n'est pas lisible ici. Vérifiez les retraits, les deux-points et "
            "les guillemets de cette ligne et de la précédente.",
        ) from None
    except yaml.YAMLError:
        raise ErreurFichier(
            fichier=fichier, ligne=1, cle="", message="le fichier n'est pas du texte lisible."
        ) from None
    if racine is None:
        raise ErreurFichier(fichier=fichier, ligne=1, cle="", message="le fichier est vide.")
    return Noeud(fichier, "", racine)


def lire_fichier(*, chemin: Path) -> Noeud:
    """La racine d'un fichier du disque. Lève `ErreurFichier` s'il manque ou n'est pas en UTF-8."""
    try:
        return lire_racine(texte=chemin.read_text(encoding="utf-8"), fichier=chemin.name)
    except FileNotFoundError:
        message = "le fichier est introuvable."
    except UnicodeDecodeError:
        message = "le fichier n'est pas en UTF-8. Enregistrez-le dans cet encodage."
    raise ErreurFichier(fichier=chemin.name, ligne=1, cle="", message=message)
