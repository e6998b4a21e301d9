"""Lire les programmes inscrits et leurs délibérations, à une date."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.pdi import models, regles


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLu:
    """Un programme à une date : ses années et les délibérations déjà prises."""

    id: int
    programme: regles.Programme
    annees: tuple[regles.Annee, ...]
    deliberations: tuple[regles.Deliberation, ...]
    le: date

    @property
    def adopte_le(self) -> date | None:
        """Le jour de l'adoption, si elle est inscrite."""
        adoptions = (
            d.deliberee_le
            for d in self.deliberations
            if d.genre is regles.GenreDeliberation.ADOPTION
        )
        return next(adoptions, None)

    @property
    def prochaine(self) -> regles.Annee | None:
        """La première année qui attend encore sa délibération."""
        return next((a for a in self.annees if a.deliberee_le is None), None)


def programmes(*, departement: str, le: date) -> tuple[ProgrammeLu, ...]:
    """Les programmes de ce Département, lus ce jour-là. Six requêtes au plus."""
    actions = models.ActionPdi.objects.prefetch_related("appuis")
    axes = models.AxePdi.objects.prefetch_related(Prefetch("actions", queryset=actions))
    inscrits = models.Programme.objects.filter(departement=departement).prefetch_related(
        Prefetch("axes", queryset=axes), "annees", "deliberations"
    )
    return tuple(_lu(p, le) for p in inscrits)


def programme(*, departement: str, code: str, le: date) -> ProgrammeLu | None:
    """Ce programme, lu ce jour-là ; None s'il n'est pas inscrit."""
    lus = programmes(departement=departement, le=le)
    return next((p for p in lus if p.programme.code == code), None)


def _lu(inscrit: models.Programme, le: date) -> ProgrammeLu:
    prises = [d for d in inscrit.deliberations.all() if d.deliberee_le <= le]
    tenues: dict[int | None, date] = {}
    for prise in prises:
        tenues.setdefault(prise.annuelle_id, prise.deliberee_le)
    return ProgrammeLu(
        id=inscrit.pk,
        programme=_programme(inscrit),
        annees=tuple(_annee(a, tenues.get(a.pk), le) for a in inscrit.annees.all()),
        deliberations=tuple(
            regles.Deliberation(
                genre=regles.GenreDeliberation(d.genre),
                deliberee_le=d.deliberee_le,
                reference=d.reference,
                note=d.note,
            )
            for d in prises
        ),
        le=le,
    )


def _annee(annuelle: models.DeliberationAnnuelle, tenue_le: date | None, le: date) -> regles.Annee:
    return regles.Annee(
        annee=annuelle.annee,
        avant_le=annuelle.avant_le,
        deliberee_le=tenue_le,
        etat=regles.etat_annee(avant_le=annuelle.avant_le, deliberee_le=tenue_le, le=le),
    )


def _programme(inscrit: models.Programme) -> regles.Programme:
    return regles.Programme(
        departement=inscrit.departement,
        code=inscrit.code,
        titre=inscrit.titre,
        debut=inscrit.debut,
        fin=inscrit.fin,
        preuve=_citee(inscrit),
        mention=inscrit.mention,
        axes=tuple(
            regles.Axe(
                code=x.code,
                libelle=x.libelle,
                preuve=_citee(x),
                actions=tuple(_action(a) for a in x.actions.all()),
            )
            for x in inscrit.axes.all()
        ),
    )


def _action(inscrite: models.ActionPdi) -> regles.Action:
    return regles.Action(
        code=inscrite.code,
        libelle=inscrite.libelle,
        debut=inscrite.debut,
        fin=inscrite.fin,
        preuve=_preuve(inscrite),
        est_ajoutee=inscrite.ajoutee_par_id is not None,
        appuis=tuple(Appui(GenreAppui(a.genre), a.code, a.libelle) for a in inscrite.appuis.all()),
    )


def _citee(inscrite: models.Prouvee) -> regles.Preuve:
    preuve = _preuve(inscrite)
    assert preuve is not None, "un programme et ses axes citent toujours leur source"
    return preuve


def _preuve(inscrite: models.Prouvee) -> regles.Preuve | None:
    if not inscrite.phrase:
        return None
    return regles.Preuve(inscrite.phrase, inscrite.source, inscrite.datee)
