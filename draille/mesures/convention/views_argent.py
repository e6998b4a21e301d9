"""L'argent d'une convention : quatre temps, et les pièces derrière chaque chiffre."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne as Barre
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import lectures, lectures_argent, lectures_argent_mots, regles
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes import ExporterListe, tracer_export
from draille.mesures.convention.forms_comptes import AnneeLue
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_argent_pieces import Filtre, ListePieces, ouvrir
from draille.mesures.convention.regles.argent import Argent, ArgentLigne
from draille.mesures.convention.regles.suivi import Etape
from draille.mesures.convention.views_vie import cadre_de_page
from draille.socle.texte import cellule_sure, date_courte

ZERO = Decimal(0)
PAR_PAGE = 100


class _Lue:
    """Ce que l'adresse demande : une convention, une date, une année."""

    def __init__(self, request: HttpRequest, cadre: str) -> None:
        saisies = request.GET.dict()
        le = date_de(request)
        jour = AnneeLue(saisies, par_defaut=le, annees=[le.year]).jour
        page = lectures.page(departement=settings.DRAILLE_DEPARTEMENT, code=cadre, le=jour)
        if page is None:
            raise Http404("convention inconnue")
        self.page: PageConvention = page
        self.jour: date = jour
        annees = lectures_argent.annees(page=page, le=jour)
        self.formulaire = AnneeLue(saisies, par_defaut=le, annees=annees)
        self.annee = self.formulaire.annee_lue

    def vers_pieces(self, etape: Etape, **filtres: str | None) -> str:
        """L'adresse des pièces derrière un chiffre."""
        dits = {"etape": str(etape), "annee": self.annee, "le": self.jour.isoformat()}
        gardes = {c: v for c, v in filtres.items() if v is not None}
        adresse = reverse("convention:pieces", args=[self.page.lecture.convention.code])
        return f"{adresse}?{urlencode({**dits, **gardes})}"


@exige(ACCES["voir"])
@ecrit()
def argent(request: HttpRequest, cadre: str) -> HttpResponse:
    """Les quatre temps d'une année : barres, parité à chaque étape, lignes, ce qui alerte."""
    lue = _Lue(request, cadre)
    lu = lectures_argent.argent(page=lue.page, annee=lue.annee, le=lue.jour)
    contexte = {
        **cadre_de_page(lue.page, "argent", lue.jour),
        "cadre": lue.page.lecture.convention,
        "formulaire": lue.formulaire,
        "annee": lue.annee,
        "argent": lu,
        "etapes": [_etape(e, lu, lue) for e in Etape],
        "barres": _barres(lu, lue),
        "series": [f.nom for f in lu.financeurs] + ([_SANS] if _a_sans(lu) else []),
        "parites": [x for e in Etape for x in lectures_argent_mots.parites(argent=lu, etape=e)],
        "lignes": [_ligne(x, lue) for x in lu.lignes],
        "est_partage": any(x.est_partagee for x in lu.lignes),
        "ecart": _ecart(lue, lu),
        "peut_importer": ACCES["ecrire"](acces_de(request)),
        "autres": _autres(lue),
        "alertes": [(x.libelle, x.alertes) for x in lu.lignes if x.alertes],
    }
    return render(request, "convention/argent.html", contexte)


def _ecart(lue: _Lue, lu: Argent) -> regles.Ecart | None:
    """L'écart que la page de la convention explique, si c'est bien celui de cette année."""
    ecart = lue.page.ecart
    return ecart if ecart is not None and ecart.montant == lu.non_affecte else None


_SANS = "Sans financeur connu"


def _a_sans(lu: Argent) -> bool:
    return any(code == "" and m for (_, code), m in lu.par_financeur.items())


def _autres(lue: _Lue) -> list[dict[str, str]]:
    pages = lectures.pages(departement=settings.DRAILLE_DEPARTEMENT, le=lue.jour)
    ici = lue.page.lecture.convention.code
    return [
        {
            "titre": p.lecture.convention.titre,
            "url": reverse("convention:argent", args=[p.lecture.convention.code]),
        }
        for p in pages
        if p.lecture.convention.code != ici and p.lecture.financements
    ]


def _etape(etape: Etape, lu: Argent, lue: _Lue) -> dict[str, Any]:
    montant = lu.totaux.get(etape)
    taux = {Etape.ENGAGEE: lu.taux_engagement, Etape.EXECUTEE: lu.taux_execution}.get(etape)
    return {
        "etape": etape,
        "montant": montant,
        "taux": taux,
        "url": lue.vers_pieces(etape) if montant is not None else "",
    }


def _barres(lu: Argent, lue: _Lue) -> list[Barre]:
    codes = [f.code for f in lu.financeurs] + ([""] if _a_sans(lu) else [])
    return [
        Barre(
            etape.libelle,
            # Une réduction peut passer dans une autre année que sa pièce : rien ne se dessine
            # sous zéro, le tableau des lignes dit le nombre exact.
            tuple(max(lu.par_financeur.get((etape, c), ZERO), ZERO) for c in codes),
            liens=tuple(lue.vers_pieces(etape, financeur=c) for c in codes),
        )
        for etape in Etape
        if etape in lu.totaux
    ]


def _ligne(x: ArgentLigne, lue: _Lue) -> dict[str, Any]:
    return {
        "ligne": x,
        "montants": [
            {
                "etape": e,
                "montant": x.montants.get(e),
                "url": lue.vers_pieces(e, ligne=x.code) if e in x.montants else "",
            }
            for e in Etape
        ],
    }


@exige(ACCES["voir"])
@ecrit()
def pieces(request: HttpRequest, cadre: str) -> HttpResponse:
    """La liste derrière un chiffre : `?etape=&ligne=&financeur=&annee=&le=`, sa somme en tête."""
    lue, liste = _liste(request, cadre)
    acces = acces_de(request)
    export = reverse("convention:pieces_csv", args=[cadre])
    contexte = {
        "cadre": lue.page.lecture.convention,
        "jour": lue.jour,
        "annee": lue.annee,
        "liste": liste,
        "page": Paginator(liste.pieces, PAR_PAGE).get_page(request.GET.get("page")),
        "titre": lectures_argent_mots.titre(liste=liste, annee=lue.annee),
        "etapes": [
            {
                "libelle": e.libelle,
                "url": lue.vers_pieces(
                    e, ligne=liste.filtre.ligne, financeur=liste.filtre.financeur
                ),
                "est_active": e is liste.filtre.etape,
            }
            for e in Etape
        ],
        "par_financeur": [
            (nom, m, lue.vers_pieces(liste.filtre.etape, ligne=liste.filtre.ligne, financeur=code))
            for code, nom, m in liste.par_financeur
        ],
        # L'objet d'une pièce est un texte libre : il peut nommer quelqu'un.
        "montre_objet": ACCES["exporter"](acces),
        "peut_exporter": ACCES["exporter"](acces) and bool(liste.pieces or liste.prevus),
        "vers_export": f"{export}?{request.GET.urlencode()}",
        "retour": reverse("convention:argent", args=[cadre])
        + f"?{urlencode({'annee': lue.annee, 'le': lue.jour.isoformat()})}",
    }
    return render(request, "convention/argent_pieces.html", contexte)


def _liste(request: HttpRequest, cadre: str) -> tuple[_Lue, ListePieces]:
    lue = _Lue(request, cadre)
    if request.GET.get("etape", "") not in list(Etape):
        raise Http404("étape inconnue")
    filtre = Filtre(
        etape=Etape(request.GET["etape"]),
        ligne=request.GET.get("ligne"),
        financeur=request.GET.get("financeur"),
    )
    return lue, ouvrir(page=lue.page, annee=lue.annee, le=lue.jour, filtre=filtre)


@exige(ACCES["exporter"])
@ecrit("POST")
@require_POST
def pieces_csv(request: HttpRequest, cadre: str) -> HttpResponse:
    """La même liste en CSV ; la sortie s'écrit au journal."""
    lue, liste = _liste(request, cadre)
    titre = lectures_argent_mots.titre(liste=liste, annee=lue.annee)
    nombre = len(liste.pieces) + len(liste.prevus)
    tracer_export(
        charge=ExporterListe("pieces-comptables", 1, titre, nombre),
        par=acces_de(request),
        le=date_de(request),
    )
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{slugify(titre)}.csv"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    for rangee in _rangees(liste):
        sortie.writerow([_cellule(c) for c in rangee])
    return reponse


_TITRES = (
    "Pièce", "Exercice", "Date", "Ligne", "Action", "Chapitre", "Nature", "Fonction",
    "Autorisation", "Engagement", "Financeur", "Part", "Part calculée", "Montant de la pièce",
    "Objet", "Source",
)  # fmt: skip


def _rangees(liste: ListePieces) -> list[tuple[object, ...]]:
    if liste.filtre.etape is Etape.PREVUE:
        titres: tuple[object, ...] = ("Objet", "Financeur", "Montant", "Part calculée", "Phrase")
        return [
            titres,
            *(
                (p.objet, p.financeur, p.montant, p.est_partage, p.preuve.phrase)
                for p in liste.prevus
            ),
        ]
    return [
        _TITRES,
        *(
            (
                p.piece.numero, p.piece.exercice, date_courte(p.piece.datee_le), p.ligne,
                p.piece.action_code, p.piece.chapitre, p.piece.nature, p.piece.fonction,
                p.piece.autorisation, p.piece.engagement, p.financeur, p.montant, p.est_partagee,
                p.piece.montant, p.piece.objet, p.ou,
            )
            for p in liste.pieces
        ),
    ]  # fmt: skip


def _cellule(valeur: object) -> str:
    """Un montant s'écrit à la virgule : c'est un tableur français qui l'ouvrira."""
    if isinstance(valeur, Decimal):
        return str(valeur).replace(".", ",")
    return cellule_sure(valeur)
