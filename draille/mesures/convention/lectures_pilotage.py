"""Le pilotage d'une convention : une rangée par ligne, pour une année, à une date.

Tout y est d'agrégats : l'argent, les actes, l'indicateur, la cible, ce qui est en retard. Le nombre
de requêtes ne dépend ni du nombre de lignes, ni de celui des actes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from draille.ecrans.panneaux import Figure, figures
from draille.mesures.convention import (
    lectures_argent,
    lectures_indicateurs,
    lectures_objectifs,
    lectures_suivi,
    regles,
)
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_definitions import reference
from draille.mesures.convention.lectures_objectifs import ObjectifLu
from draille.mesures.convention.lectures_pilotage_actes import (
    ENSEMBLE,
    ActesLus,
    RetardsLus,
    actes_par_ligne,
    mesures_de,
    retards_par_ligne,
)
from draille.mesures.convention.lectures_secret import Compte
from draille.mesures.convention.lectures_suivi import ActionLue, EcheanceLue, ReductionLue
from draille.mesures.convention.regles.argent import Argent, ArgentLigne
from draille.mesures.convention.regles.argent_calculs import composer
from draille.mesures.convention.regles.pilotage import Moment
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import Indicateur, indicateurs
from draille.socle.acces import Acces

CENT = Decimal(100)


@dataclass(frozen=True)
class IndicateurLu:
    """L'indicateur principal d'une ligne : l'année, et chaque mois compté."""

    indicateur: Indicateur
    annee: Compte
    mois: tuple[Compte, ...]

    @property
    def a_taux(self) -> bool:
        """Vrai si l'indicateur est une part, et non un simple compte."""
        return bool(self.indicateur.numerateur)

    @property
    def courbe(self) -> list[Decimal]:
        """Un nombre par mois connu : la part en pour cent, ou le compte."""
        if self.a_taux:
            return [round(c.taux * CENT, 1) for c in self.mois if c.taux is not None]
        return [Decimal(c.denominateur) for c in self.mois if c.denominateur is not None]


@dataclass(frozen=True)
class Rangee:
    """Une ligne de la convention, et où elle en est. `argent` nul : rien n'est publié."""

    ligne: regles.Ligne
    argent: ArgentLigne | None
    actes: ActesLus
    indicateur: IndicateurLu | None
    objectifs: tuple[ObjectifLu, ...]
    figures: tuple[Figure, ...]
    actions: tuple[ActionLue, ...]
    retards: RetardsLus

    @property
    def est_suivie(self) -> bool:
        """Vrai si des actes ou un indicateur la font vivre ici."""
        return self.indicateur is not None or bool(self.actes.annee)


@dataclass(frozen=True)
class Pilotage:
    """Une convention, une année, à une date. `hors_texte` : l'argent que le texte n'a pas."""

    page: PageConvention
    moment: Moment
    argent: Argent
    rangees: tuple[Rangee, ...]
    actes: ActesLus
    hors_texte: tuple[ArgentLigne, ...]
    echeances: tuple[EcheanceLue, ...]
    reductions: tuple[ReductionLue, ...]
    est_masque: bool


def page_de_l_annee(*, page: PageConvention, moment: Moment) -> PageConvention:
    """La convention telle qu'elle vaut pour cette année, comme l'argent la lit.

    Sans texte de cette année, les lignes connues restent, sans montant. Aucune requête.
    """
    lecture, _ = lectures_argent.lecture_de_lannee(page=page, annee=moment.annee, le=moment.le)
    return replace(page, lecture=lecture)


def pilotage(
    *,
    page: PageConvention,
    moment: Moment,
    acces: Acces,
    lignes: Sequence[regles.Ligne] | None = None,
    textes_au: date | None = None,
) -> Pilotage:
    """Chaque ligne de la convention et où elle en est. Un nombre constant de requêtes.

    `lignes` : celles à montrer ; par défaut, celles que le texte publie à cette date. `textes_au` :
    la date où se lisent les textes, si ce n'est pas celle où s'arrêtent les actes et les pièces.
    """
    montrees = tuple(page.lecture.lignes if lignes is None else lignes)
    argent = _argent(page, moment, textes_au or moment.le)
    actes = actes_par_ligne(lignes=montrees, moment=moment, acces=acces)
    depasses = retards_par_ligne(lignes=montrees, moment=moment, acces=acces)
    suivis = lire_principaux(lignes=montrees, moment=moment, acces=acces)
    objectifs = lectures_objectifs.objectifs(
        page=page, annee=moment.annee, acces=acces, le=moment.le
    )
    actions = lectures_suivi.actions(cadre_id=page.cadre_id, le=moment.dernier_jour)
    rangees = tuple(
        Rangee(
            ligne=x,
            argent=argent.ligne(code=x.code),
            actes=actes[x.code],
            indicateur=suivis.get(x.code),
            objectifs=tuple(o for o in objectifs if o.ligne_code == x.code),
            figures=tuple(figures(lignes=mesures_de(x), acces=acces, le=moment.dernier_jour)),
            actions=tuple(a for a in actions if a.ligne_code == x.code),
            retards=depasses[x.code],
        )
        for x in montrees
    )
    codes = {x.code for x in montrees}
    return Pilotage(
        page=page,
        moment=moment,
        argent=argent,
        rangees=rangees,
        actes=actes[ENSEMBLE],
        hors_texte=tuple(x for x in argent.lignes if x.code not in codes),
        echeances=lectures_suivi.echeances(cadre_id=page.cadre_id, le=moment.le),
        reductions=tuple(
            r
            for r in lectures_suivi.reductions(cadre_id=page.cadre_id, le=moment.le)
            if r.annee == moment.annee
        ),
        est_masque=not acces.est_du_departement,
    )


def _argent(page: PageConvention, moment: Moment, textes_au: date) -> Argent:
    lues = lectures_argent.donnees(page=page, annee=moment.annee, le=textes_au)
    pieces = tuple(x for x in lues.pieces if x.datee_le <= moment.le)
    return composer(donnees=replace(lues, pieces=pieces))


def principal(ligne: regles.Ligne) -> Indicateur | None:
    """L'indicateur qui résume une ligne : la première définition qui rend un taux, ou la première.

    Nul si aucune mesure ne la suit.
    """
    siens = [i for m in mesures_de(ligne) for i in indicateurs(ligne_convention=m)]
    return reference(siens) or next(iter(siens), None)


def lire_principaux(
    *, lignes: Iterable[regles.Ligne], moment: Moment, acces: Acces
) -> dict[str, IndicateurLu]:
    """L'indicateur principal de chaque ligne suivie ; les petits nombres tus hors Département."""
    voulus = {x.code: i for x in lignes if (i := principal(x)) is not None}
    if not acces.est_du_departement:
        # Les mêmes silences que la page de la ligne : sinon l'une trahirait l'autre.
        lecteur = lectures_indicateurs.Lecteur(acces=acces, le=moment.dernier_jour)
        return {code: _lu_par_la_ligne(i, moment, lecteur) for code, i in voulus.items()}
    uniques = list({i.code: i for i in voulus.values()}.values())
    series = adaptateur.toutes(
        indicateurs=uniques,
        periode=Periode.annee(moment.annee),
        acces=acces,
        le=moment.dernier_jour,
    )
    lus = {}
    for code, i in voulus.items():
        mois = tuple(
            Compte(str(m.month), "", c.numerateur, c.denominateur)
            for m, c in series[i.code]
            if m <= moment.dernier_jour
        )
        numerateur = sum(c.numerateur or 0 for c in mois)
        denominateur = sum(c.denominateur or 0 for c in mois)
        lus[code] = IndicateurLu(
            i, Compte("annee", str(moment.annee), numerateur, denominateur), mois
        )
    return lus


def _lu_par_la_ligne(
    indicateur: Indicateur, moment: Moment, lecteur: lectures_indicateurs.Lecteur
) -> IndicateurLu:
    lue = lectures_indicateurs.lire(indicateur=indicateur, annee=moment.annee, lecteur=lecteur)
    return IndicateurLu(indicateur, lue.annee, tuple(lue.mois))
