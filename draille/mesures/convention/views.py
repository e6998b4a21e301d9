"""Les pages de la convention : la lire à une date, ouvrir chaque chiffre sur ses actes."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne as Barre
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.menu import entrees
from draille.ecrans.panneaux import figures
from draille.ecrans.requete import acces_de
from draille.mesures.convention import (
    lectures,
    lectures_mots,
    lectures_objectifs,
    lectures_suivi,
    regles,
    views_indicateurs,
)
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms import DateLue
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_chiffres import (
    ListeActes,
    Objet,
    ouvrir_annonce,
    ouvrir_lignes,
    ouvrir_montant,
)
from draille.mesures.convention.lectures_contexte import contexte_rsa
from draille.mesures.convention.views_vie import onglets_de

LIBELLE_AU_PLUS = 32


@exige(ACCES["voir"])
@ecrit()
def convention(request: HttpRequest) -> HttpResponse:
    """Les conventions du Département, lues à une date (`?le=`, sinon celle du produit)."""
    formulaire = _formulaire(request)
    jour = formulaire.jour
    pages = lectures.pages(departement=settings.DRAILLE_DEPARTEMENT, le=jour)
    contexte = {
        "formulaire": formulaire,
        "jour": jour,
        "conventions": [_cadre(p, jour) for p in pages],
        "rsa": contexte_rsa(
            racine=settings.RACINE, departement=settings.DRAILLE_DEPARTEMENT, le=jour
        ),
        "textes_cadres": lectures_suivi.textes_cadres(le=jour),
        "dites": lectures_objectifs.suivi_du_departement().contexte,
    }
    return render(request, "convention/convention.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def ligne(request: HttpRequest, code: str) -> HttpResponse:
    """Une ligne : ce qu'en dit la convention, et ses indicateurs pour une année (`?annee=`)."""
    jour = _formulaire(request).jour
    pages = lectures.pages(departement=settings.DRAILLE_DEPARTEMENT, le=jour)
    voulu = request.GET.get("convention", "")
    for page in pages:
        cadre = page.lecture.convention
        lue = next((x for x in page.lecture.lignes if x.code == code), None)
        if lue is not None and voulu in ("", cadre.code):
            contexte = {
                "jour": jour,
                "cadre": cadre,
                "ligne": lue,
                "cibles": _cibles(lue),
                "suivies": _suivies(request, lue),
                "figures": figures(
                    lignes=(code, *lue.mesures),
                    acces=acces_de(request),
                    le=jour,
                ),
                **views_indicateurs.contexte(request=request, ligne=lue, cadre=cadre, jour=jour),
            }
            return render(request, "convention/ligne.html", contexte)
    raise Http404("cette ligne n'est pas dans la convention à cette date")


@exige(ACCES["voir"])
@ecrit()
def montant(request: HttpRequest, cadre: str, objet: str) -> HttpResponse:
    """Les actes qui fixent un montant : `objet`, et `?code=` pour un financeur ou une ligne."""
    page, jour = _page(request, cadre)
    if objet not in list(Objet):
        raise Http404("montant inconnu")
    liste = ouvrir_montant(page=page, objet=Objet(objet), code=request.GET.get("code", ""))
    return _liste(request, page, jour, liste)


@exige(ACCES["voir"])
@ecrit()
def mesures(request: HttpRequest, cadre: str) -> HttpResponse:
    """Les actes qui inscrivent les lignes d'une convention, d'une nature si `?nature=` est dit."""
    page, jour = _page(request, cadre)
    return _liste(request, page, jour, ouvrir_lignes(page=page, nature=_nature(request)))


@exige(ACCES["voir"])
@ecrit()
def annonce(request: HttpRequest, cadre: str) -> HttpResponse:
    """L'acte du texte qui annonce un nombre de mesures."""
    page, jour = _page(request, cadre)
    return _liste(request, page, jour, ouvrir_annonce(page=page, nature=_nature(request)))


def _formulaire(request: HttpRequest) -> DateLue:
    saisies = request.GET if "le" in request.GET else None
    return DateLue(saisies, par_defaut=request.le)  # type: ignore[attr-defined]


def _page(request: HttpRequest, cadre: str) -> tuple[PageConvention, date]:
    jour = _formulaire(request).jour
    page = lectures.page(departement=settings.DRAILLE_DEPARTEMENT, code=cadre, le=jour)
    if page is None:
        raise Http404("convention inconnue")
    return page, jour


def _nature(request: HttpRequest) -> regles.Nature | None:
    nature = request.GET.get("nature", "")
    if nature and nature not in list(regles.Nature):
        raise Http404("nature inconnue")
    return regles.Nature(nature) if nature else None


def _liste(
    request: HttpRequest, page: PageConvention, jour: date, liste: ListeActes | None
) -> HttpResponse:
    if liste is None:
        raise Http404("la source ne publie pas ce chiffre à cette date")
    contexte = {"liste": liste, "jour": jour, "cadre": page.lecture.convention.titre}
    return render(request, "convention/actes_texte.html", contexte)


def _cadre(page: PageConvention, jour: date) -> dict[str, Any]:
    lecture = page.lecture
    cadre = lecture.convention
    return {
        "page": page,
        "vues": onglets_de(convention=cadre, actif="", jour=jour),
        "dernier_jour": cadre.fin - timedelta(days=1) if cadre.fin else None,
        "textes": [
            {
                "texte": t,
                "signature": lectures_mots.signature_en_mots(t),
                "est_a_venir": t.signe_le is not None and t.signe_le > jour,
            }
            for t in cadre.textes
        ],
        "comptage": lectures_mots.comptage_en_mots(page.comptage),
        "parite": lectures_mots.parite_en_mots(page.parite) if page.parite else "",
        "nature_deduite": any(x.nature_est_deduite for x in lecture.lignes),
        "repartition_absente": not any(x.repartition_est_publiee for x in lecture.lignes),
        "cibles": [c for x in lecture.lignes for c in _cibles(x)],
        **_barres(page, jour),
    }


def _cibles(ligne: regles.Ligne) -> list[dict[str, Any]]:
    return [
        {"cible": c, "ligne": ligne.libelle, "mots": lectures_mots.cible_en_mots(c)}
        for c in ligne.cibles
    ]


def _suivies(request: HttpRequest, ligne: regles.Ligne) -> list[dict[str, str]]:
    """Les mesures de Draille qui exécutent la ligne, et leur première page ouverte à l'agent."""
    # La convention ne connaît une autre mesure que par le menu et le module de ses vues.
    ouvertes = {}
    for entree in reversed(entrees(acces=request.acces)):  # type: ignore[attr-defined]
        adresse = reverse(entree.adresse)
        ouvertes[resolve(adresse).func.__module__.split(".")[2]] = adresse
    return [
        {"libelle": str(apps.get_app_config(m).verbose_name), "url": ouvertes.get(m, "")}
        for m in ligne.mesures
        if apps.is_installed(f"draille.mesures.{m}")
    ]


def _barres(page: PageConvention, jour: date) -> dict[str, Any]:
    cadre = page.lecture.convention
    return {
        "titre_financeurs": f"Montants par financeur : {cadre.titre}",
        "barres_financeurs": [
            Barre(
                f.montant.financeur.nom,
                (f.montant.valeur,),
                liens=(_vers_montant(cadre.code, Objet.FINANCEUR, jour, f.montant.financeur.code),),
            )
            for f in page.financeurs
        ],
        "titre_lignes": f"Montants par ligne : {cadre.titre}",
        "barres_lignes": [
            Barre(
                _court(x.libelle),
                (x.montant,),
                liens=(_vers_montant(cadre.code, Objet.LIGNE, jour, x.code),),
                lien=_vers_ligne(cadre.code, jour, x.code),
            )
            for x in page.lecture.lignes
            if x.montant is not None
        ],
    }


def _court(libelle: str) -> str:
    """Le libellé qui tient à côté d'un montant sur un téléphone ; le tableau le donne entier."""
    if len(libelle) <= LIBELLE_AU_PLUS:
        return libelle
    return f"{libelle[:LIBELLE_AU_PLUS].rsplit(' ', 1)[0]}…"


def _vers_montant(cadre: str, objet: Objet, jour: date, code: str) -> str:
    adresse = reverse("convention:montant", args=[cadre, str(objet)])
    return f"{adresse}?{urlencode({'le': jour.isoformat(), 'code': code})}"


def _vers_ligne(cadre: str, jour: date, code: str) -> str:
    adresse = reverse("convention:ligne", args=[code])
    return f"{adresse}?{urlencode({'le': jour.isoformat(), 'convention': cadre})}"
