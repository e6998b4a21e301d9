"""Les fichiers d'un rapport : PDF, ODS, CSV, d'une version gardée ou d'un projet calculé."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils.text import slugify

from draille.mesures.convention import (
    lectures,
    lectures_rapport,
    lectures_rapport_contenu,
    lectures_rapport_document,
    lectures_rapport_tableaux,
    models,
)
from draille.mesures.convention.lectures_rapport import Edition
from draille.mesures.convention.lectures_rapport_exterieur import pour_exterieur
from draille.mesures.convention.lectures_rapport_indicateurs import Demande
from draille.mesures.convention.regles import rapport as regles
from draille.mesures.convention.regles.suivi import StatutRapport
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_courte

TYPES = {
    "pdf": "application/pdf",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Choix:
    """Le rapport voulu : `cadre` vide prend la première convention qui a des lignes ;
    `arrete_le` nul, la dernière version validée, sinon la date du jour."""

    departement: str
    annee: int
    cadre: str = ""
    arrete_le: date | None = None


@dataclass(frozen=True)
class Sortie:
    """De quoi écrire les fichiers : leur nom sans extension, et une phrase qui dit ce que c'est.

    `pdf` : les octets gardés à la validation ; nul, le PDF se compose comme projet, daté du jour.
    """

    nom: str
    phrase: str
    edition: Edition
    le: date
    pdf: bytes | None = None

    def fichier(self, *, extension: str) -> bytes:
        """Les octets, pour « pdf », « ods » ou « csv ». Lève KeyError pour un autre."""
        if extension == "ods":
            return lectures_rapport_tableaux.ods(edition=self.edition)
        if extension == "csv":
            return lectures_rapport_tableaux.csv_texte(edition=self.edition).encode()
        if extension != "pdf":
            raise KeyError(extension)
        if self.pdf is not None:
            return self.pdf
        instant = datetime.combine(self.le, time(), UTC)
        return lectures_rapport_document.pdf(edition=self.edition, instant=instant)


def preparer(*, choix: Choix, acces: Acces, le: date) -> Sortie:
    """La dernière version validée qui répond au choix ; à défaut, un projet, qui n'est pas gardé.

    Lève `Refus('rapport.convention')` si aucune convention n'a de lignes à cette date, et
    `Refus('rapport.date')` si la date est à venir ou avant l'année.
    """
    valide = lectures_rapport.dernier_valide(
        departement=choix.departement,
        annee=choix.annee,
        cadre=choix.cadre,
        arrete_le=choix.arrete_le,
    )
    return garde(valide) if valide is not None else _projet(choix, acces, le)


def garde(rapport: models.Rapport) -> Sortie:
    """Les fichiers d'un rapport inscrit ; validé, son PDF est celui qui a été gardé. Une requête
    de plus que l'édition."""
    est_valide = rapport.statut == StatutRapport.VALIDE
    pdf = None
    if est_valide:
        pdf = models.Rapport.objects.values_list("pdf", flat=True).get(pk=rapport.pk)
    nom = _nom(rapport.cadre.departement, rapport.annee, f"v{rapport.version}", est_valide)
    etat = f"validé par {rapport.valide_par_nom}" if est_valide else "non validé"
    return Sortie(
        nom=nom,
        phrase=f"Rapport {rapport.annee}, version {rapport.version}, arrêté au "
        f"{date_courte(rapport.arrete_le)}, {etat}.",
        edition=lectures_rapport.edition(rapport),
        le=rapport.redige_le,
        pdf=None if pdf is None else bytes(pdf),
    )


def _projet(choix: Choix, acces: Acces, le: date) -> Sortie:
    arrete_le = choix.arrete_le or min(le, date(choix.annee, 12, 31))
    if not date(choix.annee, 1, 1) <= arrete_le <= le:
        raise Refus(
            code="rapport.date",
            message=f"Un rapport de {choix.annee} s'arrête entre le 01/01/{choix.annee} et "
            f"aujourd'hui, le {date_courte(le)}.",
        )
    cadre = choix.cadre or _premier(choix.departement, arrete_le)
    page = lectures_rapport_contenu.page_arretee(
        departement=choix.departement, cadre=cadre, annee=choix.annee, le=arrete_le
    )
    if page is None or not page.lecture.lignes:
        raise _sans_convention(choix, arrete_le)
    demande = Demande(choix.departement, cadre, choix.annee, arrete_le, acces)
    contenu = lectures_rapport_contenu.composer(demande=demande, page=page)
    return Sortie(
        nom=_nom(choix.departement, choix.annee, arrete_le.isoformat(), est_valide=False),
        phrase=f"Projet non validé du rapport {choix.annee}, arrêté au {date_courte(arrete_le)} : "
        "aucune version validée n'y répond.",
        edition=Edition(
            contenu=pour_exterieur(contenu=contenu),
            commentaires={},
            cartouche=_cartouche_vide(choix, cadre, arrete_le),
            empreinte=regles.empreinte(contenu),
        ),
        le=le,
    )


def _premier(departement: str, le: date) -> str:
    for page in lectures.pages(departement=departement, le=le):
        if page.lecture.lignes:
            return page.lecture.convention.code
    return ""


def _sans_convention(choix: Choix, le: date) -> Refus:
    return Refus(
        code="rapport.convention",
        message=f"Au {date_courte(le)}, aucune convention du Département {choix.departement} ne "
        "publie de lignes. Chargez d'abord ses textes, ou choisissez une autre date.",
    )


def _cartouche_vide(choix: Choix, cadre: str, arrete_le: date) -> dict[str, object]:
    return {
        "departement": choix.departement,
        "convention": cadre,
        "annee": choix.annee,
        "version": 0,
        "arrete_le": arrete_le.isoformat(),
        "redige_par": "",
        "redige_le": None,
        "soumis_le": None,
        "valide_par": "",
        "valide_le": None,
        "remplace": None,
        "motif": "",
    }


def _nom(departement: str, annee: int, suite: str, est_valide: bool) -> str:
    projet = "" if est_valide else "-projet"
    return slugify(f"rapport-execution-{departement}-{annee}-{suite}{projet}")
