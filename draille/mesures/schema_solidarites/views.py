"""Les pages du schéma : son arbre à une date, et chacune de ses actions."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans import arbre
from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de
from draille.mesures.schema_solidarites import lectures, regles
from draille.mesures.schema_solidarites import lectures_mots as mots
from draille.mesures.schema_solidarites.acces import ACCES
from draille.mesures.schema_solidarites.actes import PARAMETRE_DUREE
from draille.mesures.schema_solidarites.actes_fichier import chemin_du_schema
from draille.mesures.schema_solidarites.forms import DateLue
from draille.mesures.schema_solidarites.views_arbre import dresser
from draille.socle.parametres import registre_global


@exige(ACCES["voir"])
@ecrit()
def schema(request: HttpRequest) -> HttpResponse:
    """Le schéma du Département, lu à une date (`?le=`, sinon celle du produit), en arbre."""
    formulaire = _formulaire(request)
    jour, acces = formulaire.jour, acces_de(request)
    departement = settings.DRAILLE_DEPARTEMENT
    inscrits = lectures.schemas(departement=departement)
    # Une date à venir ne change rien à ce qui est fait : on compte au plus tard aujourd'hui.
    le = min(jour, date_de(request))
    contexte = {
        "formulaire": formulaire,
        "jour": jour,
        "schemas": [_montrer(s, request, le, jour) for s in inscrits],
        "peut_ecrire": ACCES["ecrire"](acces),
        "peut_charger": ACCES["charger"](acces)
        and chemin_du_schema(racine=settings.RACINE, departement=departement) is not None,
    }
    return render(request, "schema_solidarites/schema.html", contexte)


def _montrer(lu: regles.Schema, request: HttpRequest, le: date, jour: date) -> dict[str, Any]:
    version = regles.lire_au(schema=lu, le=jour)
    annees = registre_global().entier(PARAMETRE_DUREE, lu.debut or jour)
    montre: dict[str, Any] = {
        "schema": lu,
        "version": version,
        "duree": mots.duree_en_mots(lu, annees=annees, le=jour),
        "est_date": lu.debut is not None,
        "versions": _versions(lu, jour),
    }
    if version is not None:
        acces = acces_de(request)
        montre["arbre"] = dresser(schema=lu, version=version, acces=acces, le=le, jour=jour)
        montre["adoption"] = mots.adoption_en_mots(version)
    return montre


def _versions(lu: regles.Schema, jour: date) -> list[dict[str, Any]]:
    """Les versions déjà adoptées à cette date, la plus récente d'abord, et ce qu'elles changent."""
    adoptees = [v for v in lu.versions if v.adoptee_le is None or v.adoptee_le <= jour]
    return [
        {
            "version": v,
            "adoption": mots.adoption_en_mots(v),
            "changements": regles.comparer(avant=lu.versions[v.rang - 1], apres=v)
            if v.rang
            else (),
        }
        for v in reversed(adoptees)
    ]


@exige(ACCES["voir"])
@ecrit()
def action(request: HttpRequest, code: str) -> HttpResponse:
    """Une action : sa phrase, ce qu'elle promet, son argent, ce sur quoi elle repose."""
    jour = _formulaire(request).jour
    for inscrit in lectures.schemas(departement=settings.DRAILLE_DEPARTEMENT):
        version = regles.lire_au(schema=inscrit, le=jour)
        for axe in version.axes if version else ():
            for lue in axe.actions:
                if lue.code == code:
                    return _action(request, inscrit, axe, lue, jour)
    raise Http404("cette action n'est pas dans le schéma à cette date")


def _action(
    request: HttpRequest,
    inscrit: regles.Schema,
    axe: regles.Axe,
    lue: regles.Action,
    jour: date,
) -> HttpResponse:
    le = min(jour, date_de(request))
    appuis = arbre.lire(appuis=lue.appuis, acces=acces_de(request), le=le)
    contexte = {
        "schema": inscrit,
        "axe": axe,
        "action": lue,
        "jour": jour,
        "objectifs": [
            {"dit": mots.objectif_en_mots(o), "base": mots.base_en_mots(o), "preuve": o.preuve}
            for o in lue.objectifs
        ],
        "montants": [
            {"montant": m, "url": _vers_montant(m, jour), "preuve": m.preuve} for m in lue.montants
        ],
        "appuis": [appuis[a] for a in lue.appuis],
    }
    return render(request, "schema_solidarites/action.html", contexte)


def _vers_montant(montant: regles.Montant, jour: date) -> str:
    """La page des actes qui ont inscrit ce montant, si une convention le suit."""
    if not montant.convention:
        return ""
    page = adresse("convention:montant", montant.convention, "total")
    return f"{page}?{urlencode({'le': jour.isoformat()})}" if page else ""


def _formulaire(request: HttpRequest) -> DateLue:
    return DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request))
