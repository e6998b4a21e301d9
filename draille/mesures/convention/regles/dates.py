"""Comparer une convention à deux dates : ce qui s'ajoute, se retire, change."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from draille.mesures.convention.regles.calculs import Lecture, Parite, parites
from draille.mesures.convention.regles.modele import Cible, Libellee, Ligne, Montant, Texte
from draille.mesures.convention.regles.suivi import EcheanceLue

T = TypeVar("T")


class Sort(Libellee):
    """Ce que devient un objet d'une date à l'autre."""

    AJOUTE = "ajoute", "Ajouté"
    RETIRE = "retire", "Retiré"
    CHANGE = "change", "Changé"
    INCHANGE = "inchange", "Inchangé"


@dataclass(frozen=True)
class LigneComparee:
    """Une ligne aux deux dates ; nulle où elle n'est pas. `difference` en euros, si elle se dit."""

    code: str
    libelle: str
    sort: Sort
    avant: Ligne | None
    apres: Ligne | None
    difference: Decimal | None
    cibles: tuple["CibleComparee", ...] = ()


@dataclass(frozen=True)
class CibleComparee:
    """Une cible d'une ligne aux deux dates."""

    code: str
    libelle: str
    sort: Sort
    avant: Cible | None
    apres: Cible | None


@dataclass(frozen=True)
class MontantCompare:
    """Ce qu'un financeur engage aux deux dates ; nul : rien de publié."""

    financeur: str
    sort: Sort
    avant: Decimal | None
    apres: Decimal | None


@dataclass(frozen=True)
class EcheanceComparee:
    """Une échéance aux deux dates."""

    libelle: str
    sort: Sort
    avant: EcheanceLue | None
    apres: EcheanceLue | None


@dataclass(frozen=True)
class Comparaison:
    """Une convention à deux dates, et tout ce qui les sépare."""

    avant: Lecture
    apres: Lecture
    textes: tuple[Texte, ...]
    lignes: tuple[LigneComparee, ...]
    financements: tuple[MontantCompare, ...]
    echeances: tuple[EcheanceComparee, ...]
    parite_avant: tuple[tuple[str, Parite], ...]
    parite_apres: tuple[tuple[str, Parite], ...]
    total_avant: Decimal
    total_apres: Decimal

    @property
    def changements(self) -> int:
        """Combien d'objets diffèrent d'une date à l'autre."""
        sorts = [
            *(x.sort for x in self.lignes),
            *(x.sort for x in self.financements),
            *(x.sort for x in self.echeances),
        ]
        return sum(sort is not Sort.INCHANGE for sort in sorts)


def comparer(
    *,
    avant: Lecture,
    apres: Lecture,
    echeances_avant: Iterable[EcheanceLue] = (),
    echeances_apres: Iterable[EcheanceLue] = (),
) -> Comparaison:
    """Ce qui sépare deux lectures de la même convention ; `avant` et `apres` dans cet ordre."""
    deja = {t.code for t in avant.convention.textes if t.signe_le and t.signe_le <= avant.le}
    return Comparaison(
        avant=avant,
        apres=apres,
        textes=tuple(
            t
            for t in apres.convention.textes
            if t.signe_le and t.signe_le <= apres.le and t.code not in deja
        ),
        lignes=_lignes(avant.lignes, apres.lignes),
        financements=_financements(avant.financements, apres.financements),
        echeances=_echeances(tuple(echeances_avant), tuple(echeances_apres)),
        parite_avant=_parites(avant),
        parite_apres=_parites(apres),
        total_avant=sum((m.valeur for m in avant.financements), Decimal(0)),
        total_apres=sum((m.valeur for m in apres.financements), Decimal(0)),
    )


def _parites(lecture: Lecture) -> tuple[tuple[str, Parite], ...]:
    return parites(
        financements=lecture.financements,
        lignes=lecture.lignes,
        regle=lecture.convention.parite,
    )


def _cles(avant: dict[str, T], apres: dict[str, T]) -> list[str]:
    """L'ordre d'avant, puis ce qui s'ajoute."""
    return [*avant, *(c for c in apres if c not in avant)]


def _sort(avant: object, apres: object) -> Sort:
    if avant is None:
        return Sort.AJOUTE
    if apres is None:
        return Sort.RETIRE
    return Sort.INCHANGE if avant == apres else Sort.CHANGE


def _lignes(avant: tuple[Ligne, ...], apres: tuple[Ligne, ...]) -> tuple[LigneComparee, ...]:
    de, a = {x.code: x for x in avant}, {x.code: x for x in apres}
    comparees = []
    for code in _cles(de, a):
        x, y = de.get(code), a.get(code)
        cibles = _cibles(x, y)
        nommee = y or x
        assert nommee is not None
        comparees.append(
            LigneComparee(
                code=code,
                libelle=nommee.libelle,
                sort=_sort(x and _sens_de_la_ligne(x), y and _sens_de_la_ligne(y)),
                avant=x,
                apres=y,
                difference=_difference(x, y),
                cibles=tuple(c for c in cibles if c.sort is not Sort.INCHANGE),
            )
        )
    return tuple(comparees)


def _sens_de_la_ligne(ligne: Ligne) -> tuple[object, ...]:
    """Ce que la ligne dit, hors la phrase qui le prouve : une reprise n'est pas un changement."""
    parts = tuple((m.financeur.code, m.valeur) for m in ligne.repartition)
    cibles = tuple(_sens_de_la_cible(c) for c in ligne.cibles)
    return ligne.libelle, ligne.nature, ligne.montant, ligne.mesures, ligne.objet, parts, cibles


def _sens_de_la_cible(cible: Cible) -> tuple[object, ...]:
    return tuple(v for n, v in vars(cible).items() if n != "preuve")


def _difference(avant: Ligne | None, apres: Ligne | None) -> Decimal | None:
    """Le montant d'après moins celui d'avant ; une ligne absente vaut zéro, non publié ne se dit
    pas.
    """
    montants = [Decimal(0) if x is None else x.montant for x in (avant, apres)]
    de, a = montants
    return None if de is None or a is None else a - de


def _cibles(avant: Ligne | None, apres: Ligne | None) -> tuple[CibleComparee, ...]:
    de = {c.code: c for c in (avant.cibles if avant else ())}
    a = {c.code: c for c in (apres.cibles if apres else ())}
    comparees = []
    for code in _cles(de, a):
        x, y = de.get(code), a.get(code)
        nommee = y or x
        assert nommee is not None
        sort = _sort(x and _sens_de_la_cible(x), y and _sens_de_la_cible(y))
        comparees.append(CibleComparee(code, nommee.libelle, sort, x, y))
    return tuple(comparees)


def _financements(
    avant: tuple[Montant, ...], apres: tuple[Montant, ...]
) -> tuple[MontantCompare, ...]:
    de, a = {m.financeur.code: m for m in avant}, {m.financeur.code: m for m in apres}
    comparees = []
    for code in _cles(de, a):
        x, y = de.get(code), a.get(code)
        nomme = y or x
        assert nomme is not None
        avant_vaut, apres_vaut = (x.valeur if x else None), (y.valeur if y else None)
        sort = _sort(avant_vaut, apres_vaut)
        comparees.append(MontantCompare(nomme.financeur.nom, sort, avant_vaut, apres_vaut))
    return tuple(comparees)


def _echeances(
    avant: tuple[EcheanceLue, ...], apres: tuple[EcheanceLue, ...]
) -> tuple[EcheanceComparee, ...]:
    """Une échéance déplacée a un autre numéro : elle se reconnaît à ce qu'elle doit."""
    de, a = {_objet(e): e for e in avant}, {_objet(e): e for e in apres}
    comparees = []
    for cle in [*de, *(c for c in a if c not in de)]:
        x, y = de.get(cle), a.get(cle)
        nommee = y or x
        assert nommee is not None
        sort = _sort(x and (x.avant_le, x.tenue_le), y and (y.avant_le, y.tenue_le))
        comparees.append(EcheanceComparee(nommee.libelle, sort, x, y))
    return tuple(comparees)


def _objet(echeance: EcheanceLue) -> tuple[str, int, str]:
    return str(echeance.nature), echeance.annee, echeance.libelle
