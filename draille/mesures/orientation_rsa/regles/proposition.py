"""Proposer un type de parcours : la première règle qui convient, et ses raisons en clair.

La proposition conseille ; une personne décide (CRPA L311-3-1 : les règles et leur effet se disent à
qui le demande). Aucune statistique, aucun apprentissage : on peut la refaire à la main.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from draille.mesures.orientation_rsa.regles.questionnaire import Frein, Niveau, Reponses
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne


@dataclass(frozen=True, slots=True)
class Bornes:
    """Un intervalle fermé de nombres entiers."""

    au_moins: int = 0
    au_plus: int = 10_000

    def contiennent(self, nombre: int) -> bool:
        """Vrai entre les deux bornes, incluses."""
        return self.au_moins <= nombre <= self.au_plus


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Ce que les réponses doivent vérifier, tout ensemble. Vide : toujours vrai.

    Un intervalle de durée n'est jamais vérifié par une durée inconnue.
    """

    parmi: Mapping[str, tuple[str, ...]]
    freins_forts_parmi: tuple[Frein, ...] = ()
    freins_forts: Bornes = Bornes()
    freins_moyens: Bornes = Bornes()
    duree_sans_emploi_mois: Bornes | None = None

    def conviennent(self, reponses: Reponses) -> bool:
        """Vrai si toutes les conditions sont remplies."""
        forts = reponses.de_niveau(Niveau.FORT)
        moyens = reponses.de_niveau(Niveau.MOYEN)
        duree = reponses.duree_sans_emploi_mois
        return (
            all(getattr(reponses, champ) in admis for champ, admis in self.parmi.items())
            and (not self.freins_forts_parmi or bool(set(forts) & set(self.freins_forts_parmi)))
            and self.freins_forts.contiennent(len(forts))
            and self.freins_moyens.contiennent(len(moyens))
            and (
                self.duree_sans_emploi_mois is None
                or (duree is not None and self.duree_sans_emploi_mois.contiennent(duree))
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Regle:
    """Une ligne de la table : `quand` la dit en mots, `si` l'exécute."""

    code: str
    quand: str
    si: Conditions
    type_parcours: str
    raison: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Les règles en vigueur du jour `du` au jour `au`, inclus (nul : sans fin)."""

    code: str
    libelle: str
    du: date
    au: date | None
    reference: str
    est_a_confirmer: bool
    regles: tuple[Regle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Le fichier entier : les régimes dans l'ordre, et les noms des types et des organismes."""

    regimes: tuple[Regime, ...]
    types: Mapping[str, str]
    organismes: Mapping[str, str]

    def regime(self, le: date) -> Regime:
        """Le régime en vigueur ce jour-là. Lève `Refus('orientation_rsa.regime_absent')`."""
        for regime in self.regimes:
            if regime.du <= le and (regime.au is None or le <= regime.au):
                return regime
        raise Refus(
            code="orientation_rsa.regime_absent",
            message=f"Aucune règle d'orientation n'est connue au {date_moyenne(le)}. "
            "Vérifiez la date.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """Un type conseillé. `raisons` : d'abord celle de la règle, puis les réponses lues."""

    type_parcours: str
    libelle: str
    raisons: tuple[str, ...]
    regle: str
    regime: str
    reference: str
    est_a_confirmer: bool


def proposer(*, reponses: Reponses, le: date, table: Table) -> Proposition:
    """Propose un type selon le régime du jour de la décision (et non de l'entrée).

    Lève `Refus('orientation_rsa.regime_absent')` avant juin 2009.
    """
    regime = table.regime(le)
    # La dernière règle d'un régime n'a pas de condition : le chargement l'a vérifié.
    regle = next(r for r in regime.regles if r.si.conviennent(reponses))
    return Proposition(
        type_parcours=regle.type_parcours,
        libelle=table.types[regle.type_parcours],
        raisons=(regle.raison, *_faits(reponses)),
        regle=regle.code,
        regime=regime.code,
        reference=regle.reference,
        est_a_confirmer=regime.est_a_confirmer,
    )


def _faits(reponses: Reponses) -> tuple[str, ...]:
    faits = [
        f"{reponses.activite.libelle}.",
        f"{reponses.projection.libelle}.",
        f"Qualification : {_minuscule(reponses.qualification.libelle)}.",
    ]
    for niveau in (Niveau.FORT, Niveau.MOYEN):
        freins = reponses.de_niveau(niveau)
        if freins:
            mot = "Frein" if len(freins) == 1 else "Freins"
            accord = niveau.libelle.lower() + ("" if len(freins) == 1 else "s")
            noms = ", ".join(f.libelle.lower() for f in freins)
            faits.append(f"{mot} {accord} : {noms}.")
    if len(faits) == 3:
        faits.append("Aucun frein noté.")
    return tuple(faits)


def _minuscule(libelle: str) -> str:
    return libelle if libelle.startswith("CAP") else libelle[0].lower() + libelle[1:]
