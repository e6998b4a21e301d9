"""Réviser un schéma sans rien effacer : une version de plus, et ce qu'elle change."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from draille.ecrans.arbre import Appui
from draille.mesures.schema_solidarites.regles.modele import Action, Axe, Rattachement, Version
from draille.socle.refus import Refus
from draille.socle.texte import normaliser


class Operation(StrEnum):
    """Ce qu'une révision fait d'une action."""

    AJOUTER = "ajouter"
    RENOMMER = "renommer"
    RETIRER = "retirer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """Une opération. `cible` : le code de l'axe (ajouter) ou de l'action ; `libelle` : le nom."""

    operation: Operation
    cible: str
    libelle: str = ""
    appuis: tuple[Appui, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changement:
    """Ce qui diffère d'une version à l'autre ; `avant` ou `apres` vide : elle n'y est pas."""

    axe: str
    avant: str
    apres: str

    @property
    def mots(self) -> str:
        """La phrase qui le dit."""
        if not self.avant:
            return f"ajoutée : {self.apres}"
        if not self.apres:
            return f"retirée : {self.avant}"
        if self.avant == self.apres:
            return f"modifiée : {self.apres}"
        return f"renommée : {self.avant}, devenue {self.apres}"


def reviser(*, version: Version, modifications: Iterable[Modification]) -> tuple[Axe, ...]:
    """Les axes de la version suivante. L'ancienne n'est pas touchée.

    Lève `Refus('schema_solidarites.revision')` : rien à changer, axe ou action inconnus, nom
    manquant ou déjà pris.
    """
    demandees = list(modifications)
    if not demandees:
        raise _refus(
            "Une révision change quelque chose : dites au moins une action à ajouter, à "
            "renommer ou à retirer."
        )
    axes = version.axes
    for demandee in demandees:
        axes = _APPLIQUER[demandee.operation](axes, demandee)
    return axes


def comparer(*, avant: Version, apres: Version) -> tuple[Changement, ...]:
    """Les actions ajoutées, retirées ou changées d'une version à l'autre, axe par axe."""
    avants = {a.code: (x.libelle, a) for x in avant.axes for a in x.actions}
    apreses = {a.code: (x.libelle, a) for x in apres.axes for a in x.actions}
    changements = []
    for code in dict.fromkeys([*avants, *apreses]):
        axe_avant, une = avants.get(code, ("", None))
        axe_apres, autre = apreses.get(code, ("", None))
        if une != autre:
            changements.append(
                Changement(
                    axe=axe_apres or axe_avant,
                    avant=une.libelle if une else "",
                    apres=autre.libelle if autre else "",
                )
            )
    return tuple(changements)


def _ajouter(axes: tuple[Axe, ...], demandee: Modification) -> tuple[Axe, ...]:
    if demandee.cible not in {x.code for x in axes}:
        raise _refus("L'axe choisi n'est pas dans le schéma. Choisissez-en un de la liste.")
    code = _code(demandee.libelle)
    _libre(axes, code, demandee.libelle)
    nouvelle = Action(
        code=code,
        libelle=demandee.libelle.strip(),
        rattachement=Rattachement.REVISION,
        appuis=demandee.appuis,
    )
    return tuple(
        replace(x, actions=(*x.actions, nouvelle)) if x.code == demandee.cible else x for x in axes
    )


def _renommer(axes: tuple[Axe, ...], demandee: Modification) -> tuple[Axe, ...]:
    _connue(axes, demandee.cible)
    _code(demandee.libelle)
    return tuple(
        replace(
            x,
            actions=tuple(
                replace(a, libelle=demandee.libelle.strip()) if a.code == demandee.cible else a
                for a in x.actions
            ),
        )
        for x in axes
    )


def _retirer(axes: tuple[Axe, ...], demandee: Modification) -> tuple[Axe, ...]:
    _connue(axes, demandee.cible)
    return tuple(
        replace(x, actions=tuple(a for a in x.actions if a.code != demandee.cible)) for x in axes
    )


_APPLIQUER = {
    Operation.AJOUTER: _ajouter,
    Operation.RENOMMER: _renommer,
    Operation.RETIRER: _retirer,
}


def _code(libelle: str) -> str:
    code = normaliser(libelle).replace(" ", "_")[:60]
    if not code:
        raise _refus("Donnez un nom à l'action.")
    return code


def _libre(axes: tuple[Axe, ...], code: str, libelle: str) -> None:
    if code in {a.code for x in axes for a in x.actions}:
        raise _refus(f"L'action « {libelle.strip()} » est déjà dans le schéma.")


def _connue(axes: tuple[Axe, ...], code: str) -> None:
    if code not in {a.code for x in axes for a in x.actions}:
        raise _refus("L'action choisie n'est pas dans le schéma. Choisissez-en une de la liste.")


def _refus(message: str) -> Refus:
    return Refus(code="schema_solidarites.revision", message=message, base_legale="CASF L312-4")
