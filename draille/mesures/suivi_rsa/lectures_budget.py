"""Le budget du RSA lu à une date : votes en versions, exécution, prévision, décision impliquée."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from draille.mesures.suivi_rsa import lectures_prevision
from draille.mesures.suivi_rsa.actes_budget import contenu_publie
from draille.mesures.suivi_rsa.lectures_prevision import MoisConnu
from draille.mesures.suivi_rsa.models import MandatRsa, VoteBudget
from draille.mesures.suivi_rsa.regles import budget as regles
from draille.mesures.suivi_rsa.regles.prevision import DEPENSE, Prevision
from draille.mesures.suivi_rsa.regles.publies import Effectif, lire_effectifs
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

CENTIME = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBudget:
    """Tout ce que montre la page d'une année. `suivante` : le total prévu de l'année d'après."""

    annee: int
    annees: tuple[int, ...]
    execution: regles.Execution
    impliquee: regles.Impliquee | None
    prevision: Prevision | None
    suivante: regles.Attendu | None
    effectifs: tuple[Effectif, ...]
    connus: tuple[MoisConnu, ...]
    mandats: tuple[MandatRsa, ...]
    inscrits: tuple[tuple[int, str], ...]

    @property
    def hausse_du_credit(self) -> Decimal | None:
        """La part que les votes ont ajoutée au budget primitif ; nulle sans primitif."""
        versions = self.execution.versions
        if len(versions) < 2 or not versions[0].credit:
            return None
        return self.execution.credit / versions[0].credit - 1

    @property
    def hausse_des_effectifs(self) -> Decimal | None:
        """Du premier effectif publié au dernier ; nulle s'il n'y en a pas deux."""
        if len(self.effectifs) < 2:
            return None
        return Decimal(self.effectifs[-1].nombre) / self.effectifs[0].nombre - 1


def page(*, annee: int | None, acces: Acces, le: date) -> PageBudget:
    """Le budget d'une année tel que connu au jour `le`. Sept requêtes au plus.

    `annee` nulle ou inconnue : celle de `le`. À appeler sous un accès à tout le Département.
    """
    votes = tuple(_vote(v) for v in VoteBudget.objects.filter(departement=_departement()))
    mandats = tuple(MandatRsa.objects.filter(departement=_departement(), mandate_le__lte=le))
    connus = lectures_prevision.mois_connus(acces=acces, le=le)
    prevue = lectures_prevision.prevision(connus=connus, le=le)
    annees = _annees(votes, mandats, connus, le)
    choisie = annee if annee in annees else le.year
    par_mois: defaultdict[date, Decimal] = defaultdict(Decimal)
    for mandat in mandats:
        par_mois[mandat.mois] += mandat.montant
    droits = {m.mois: m.montant for m in connus}
    attendus = _attendus(prevue)
    execution = _executer(votes, choisie, droits, par_mois, attendus, le)
    impliquee = regles.decision_impliquee(
        execution=execution,
        delai_jours=registre_global().entier("suivi_rsa.delai_de_vote", le),
        niveau=int(lectures_prevision.niveau(le=le) * 100),
        le=le,
    )
    suivante = _executer(votes, choisie + 1, droits, par_mois, attendus, le)
    return PageBudget(
        annee=choisie,
        annees=annees,
        execution=execution,
        # Une année finie n'a plus rien à voter.
        impliquee=impliquee if choisie >= le.year else None,
        prevision=prevue,
        suivante=suivante.total if choisie == le.year else None,
        effectifs=tuple(e for e in lire_effectifs(contenu_publie()) if e.a_la_date <= le),
        connus=connus,
        mandats=tuple(m for m in mandats if m.mois.year == choisie),
        inscrits=tuple((v.annee, v.code) for v in votes),
    )


def _departement() -> str:
    return str(settings.DRAILLE_DEPARTEMENT)


def _vote(v: VoteBudget) -> regles.Vote:
    return regles.Vote(
        code=v.code,
        nature=v.nature,
        libelle=v.libelle,
        annee=v.annee,
        montant=v.montant,
        precision=v.precision,
        vote_le=v.vote_le,
        compte_le=v.compte_le,
        phrase=v.phrase,
        origine=v.origine,
    )


def _annees(
    votes: tuple[regles.Vote, ...],
    mandats: tuple[MandatRsa, ...],
    connus: tuple[MoisConnu, ...],
    le: date,
) -> tuple[int, ...]:
    toutes = {v.annee for v in votes if v.compte_le <= le}
    toutes |= {m.mois.year for m in mandats} | {m.mois.year for m in connus} | {le.year}
    return tuple(sorted(toutes, reverse=True))


def _executer(
    votes: tuple[regles.Vote, ...],
    annee: int,
    droits: Mapping[date, Decimal],
    mandats: Mapping[date, Decimal],
    attendus: Mapping[date, regles.Attendu],
    le: date,
) -> regles.Execution:
    return regles.executer(
        annee=annee,
        versions=regles.versions(votes=votes, annee=annee, le=le),
        droits=droits,
        mandats=mandats,
        attendus=attendus,
        le=le,
    )


def _attendus(prevue: Prevision | None) -> dict[date, regles.Attendu]:
    """La dépense prévue, mois par mois, au centime ; sans intervalle, il se réduit à la valeur."""
    if prevue is None:
        return {}
    return {
        p.mois: regles.Attendu(
            p.mois,
            _euros(p.valeur),
            _euros(p.valeur if p.bas is None else p.bas),
            _euros(p.valeur if p.haut is None else p.haut),
        )
        for p in prevue.suite(DEPENSE).points
    }


def _euros(valeur: float) -> Decimal:
    return Decimal(str(valeur)).quantize(CENTIME, rounding=ROUND_HALF_UP)
