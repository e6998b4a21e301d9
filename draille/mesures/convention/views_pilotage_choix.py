"""Ce que l'adresse du pilotage demande : la date, l'année, la convention."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest

from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import lectures, regles
from draille.mesures.convention.forms_pilotage import PilotageForm
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_pilotage import Pilotage, page_de_l_annee, pilotage
from draille.mesures.convention.lectures_pilotage_liens import Liens
from draille.mesures.convention.regles.pilotage import Moment

ANNEES_AU_PLUS = 8
# Une convention se pilote d'abord ; un schéma, un programme se lisent aussi, après.
_ORDRE = (regles.Genre.CONVENTION, regles.Genre.CONTRAT)


@dataclass(frozen=True)
class Choix:
    """La convention choisie, lue pour cette année, et de quoi choisir autrement."""

    formulaire: PilotageForm
    page: PageConvention
    moment: Moment
    annees: tuple[int, ...]
    titres: tuple[tuple[str, str], ...]

    @property
    def code(self) -> str:
        """Le code du cadre."""
        return self.page.lecture.convention.code

    @property
    def liens(self) -> Liens:
        """Les adresses de cette convention, à cette année et à cette date."""
        return Liens(self.code, self.moment)


def choisir(request: HttpRequest, *, cadre: str = "") -> Choix | None:
    """Le choix de l'adresse ; None si aucune convention n'est inscrite, ou pas celle-là.

    `cadre` : le code qu'une adresse impose. La date et l'année absentes sont celles du jour.
    """
    departement, jour = settings.DRAILLE_DEPARTEMENT, date_de(request)
    le = _jour(request, jour)
    pages = sorted(lectures.pages(departement=departement, le=le), key=_rang)
    voulu = cadre or request.GET.get("convention", "")
    page = next((p for p in pages if p.lecture.convention.code == voulu), None)
    if page is None:
        page = None if cadre or not pages else pages[0]
    if page is None:
        return None
    annees = _annees(page.lecture.convention, le)
    titres = tuple((p.lecture.convention.code, p.lecture.convention.titre) for p in pages)
    moment = Moment(_annee(request, annees), le)
    lus = {
        "le": request.GET.get("le", le.isoformat()),
        "annee": str(moment.annee),
        "convention": page.lecture.convention.code,
    }
    formulaire = PilotageForm(lus, par_defaut=jour, annees=annees, cadres=titres)
    lue = page_de_l_annee(page=page, moment=moment)
    return Choix(formulaire, lue, moment, annees, titres)


def piloter(request: HttpRequest, choix: Choix) -> Pilotage:
    """Le pilotage de ce choix, pour ce lecteur."""
    return pilotage(page=choix.page, moment=choix.moment, acces=acces_de(request))


def _jour(request: HttpRequest, jour: date) -> date:
    lu = PilotageForm(request.GET, par_defaut=jour, annees=(), cadres=())
    lu.is_valid()
    demande = lu.cleaned_data.get("le")
    # Une date à venir ne change rien à ce qui est fait.
    return min(demande, jour) if demande else jour


def _rang(page: PageConvention) -> tuple[int, bool]:
    genre = page.lecture.convention.genre
    rang = _ORDRE.index(genre) if genre in _ORDRE else len(_ORDRE)
    return rang, not page.lecture.lignes


def _annees(cadre: regles.Convention, le: date) -> tuple[int, ...]:
    debut = min(cadre.debut.year if cadre.debut else le.year - 1, le.year)
    return tuple(range(max(debut, le.year - ANNEES_AU_PLUS + 1), le.year + 1))


def _annee(request: HttpRequest, annees: tuple[int, ...]) -> int:
    voulue = request.GET.get("annee", "")
    return int(voulue) if voulue in map(str, annees) else annees[-1]
