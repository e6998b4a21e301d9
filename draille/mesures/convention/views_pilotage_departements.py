"""Comparer deux Départements, par le fichier d'agrégats que l'autre a exporté."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne as Barre
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de
from draille.mesures.convention import lectures_pilotage_departements as lectures
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms_pilotage import AutreDepartement, FichierDepose
from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.lectures_pilotage_departements import Fichier, IndicateurCompare
from draille.mesures.convention.lectures_secret import Compte
from draille.mesures.convention.regles.pilotage import Moment
from draille.mesures.convention.views_pilotage_cases import points
from draille.mesures.convention.views_pilotage_choix import Choix, choisir
from draille.socle.refus import Refus
from draille.socle.texte import entier, pourcent

GABARIT = "convention/pilotage_departements.html"
BARRES_AU_PLUS = 6


@exige(ACCES["voir"])
@ecrit()
@require_safe
def comparer_departements(request: HttpRequest) -> HttpResponse:
    """Nos nombres et ceux d'un fichier posé sur le serveur (`?fichier=`, `?departement=`)."""
    noms = lectures.fichiers_poses(settings.DRAILLE_AGREGATS)
    autre = AutreDepartement(request.GET, fichiers=noms)
    voulu = autre.cleaned_data.get("fichier") if autre.is_valid() else ""
    if not voulu:
        return _rendre(request, choisir(request), {"noms": noms})
    return _lire(request, settings.DRAILLE_AGREGATS / voulu, voulu, noms=noms)


@exige(ACCES["piloter"])
@ecrit()
@require_POST
def comparer_deposer(request: HttpRequest) -> HttpResponse:
    """Nos nombres et ceux d'un fichier déposé : lu, montré, jamais gardé."""
    noms = lectures.fichiers_poses(settings.DRAILLE_AGREGATS)
    depot = FichierDepose(request.POST, request.FILES)
    if not depot.is_valid():
        return _rendre(request, choisir(request), {"noms": noms, "depot": depot}, statut=422)
    recu = depot.cleaned_data["fichier"]
    nom = Path(recu.name).name
    with TemporaryDirectory(prefix="draille-agregats-") as dossier:
        chemin = Path(dossier) / "agregats.parquet"
        with chemin.open("wb") as sortie:
            for morceau in recu.chunks():
                sortie.write(morceau)
        return _lire(request, chemin, nom, noms=noms)


def _lire(request: HttpRequest, chemin: Path, nom: str, *, noms: tuple[str, ...]) -> HttpResponse:
    choix = choisir(request)
    contexte: dict[str, Any] = {"noms": noms, "nom": nom}
    if choix is None:
        return _rendre(request, None, contexte)
    try:
        fichier = lectures.ouvrir(chemin=chemin, nom=nom, le=choix.moment.le)
    except Refus as refus:
        # Le fichier est lu d'un dossier de passage : on le dit par le nom que l'on connaît.
        contexte["refus"] = refus.message.replace(chemin.name, nom)
        return _rendre(request, choix, contexte, statut=422)
    return _rendre(request, choix, {**contexte, **_comparaison(request, choix, fichier)})


def _rendre(
    request: HttpRequest, choix: Choix | None, contexte: dict[str, Any], *, statut: int = 200
) -> HttpResponse:
    if ACCES["piloter"](acces_de(request)):
        contexte = {"depot": FichierDepose(), **contexte}
    if choix is not None:
        contexte |= {
            "cadre": choix.page.lecture.convention,
            "moment": choix.moment,
            "vers_pilotage": choix.liens.page("pilotage"),
            "vers_annees": choix.liens.page("comparer"),
            "vers_departements": choix.liens.page("comparer_departements"),
            "est_departements": True,
        }
    return render(request, GABARIT, contexte, status=statut)


def _comparaison(request: HttpRequest, choix: Choix, fichier: Fichier) -> dict[str, Any]:
    departement = _departement(request, fichier)
    annees = fichier.annees(departement)
    annee = choix.moment.annee if choix.moment.annee in annees else annees[-1]
    moment = Moment(annee, choix.moment.le)
    compares = lectures.comparer_au_fichier(
        fichier=fichier, departement=departement, moment=moment, acces=acces_de(request)
    )
    ici = _nom(settings.DRAILLE_DEPARTEMENT)
    la_bas = _nom(departement)
    return {
        "annee": annee,
        "ici": ici,
        "la_bas": la_bas,
        "fichier": fichier,
        "departements": [
            {"code": d, "nom": _nom(d), "est_actif": d == departement} for d in fichier.departements
        ],
        "rangees": [_rangee(x, choix, moment) for x in compares],
        "barres": _barres(compares, ici, la_bas),
    }


def _departement(request: HttpRequest, fichier: Fichier) -> str:
    voulu = request.GET.get("departement", "")
    if voulu in fichier.departements:
        return voulu
    autres = [d for d in fichier.departements if d != settings.DRAILLE_DEPARTEMENT]
    return (autres or list(fichier.departements))[0]


def _nom(code: str) -> str:
    return lectures.nom_du_departement(racine=settings.RACINE, code=code)


def _rangee(x: IndicateurCompare, choix: Choix, moment: Moment) -> dict[str, Any]:
    i = x.indicateur
    url = choix.liens.a(moment).indicateur(i, Part.DENOMINATEUR)
    return {
        "libelle": i.libelle,
        "code": i.code,
        "version": i.version,
        "definition": i.definition,
        "ici": _dit(x.ici, a_taux=bool(i.numerateur)),
        "url": url if x.ici.denominateur else "",
        "ailleurs": _dit(x.ailleurs, a_taux=bool(i.numerateur)),
        "ecart": points(x.taux),
        "mois": x.mois,
        "tus": x.tus,
        "meme_definition": x.meme_definition,
    }


def _dit(c: Compte, *, a_taux: bool) -> str:
    if c.denominateur is None:
        return "aucun mois commun"
    if not a_taux:
        return entier(c.denominateur)
    if c.taux is None:
        return "rien à compter"
    return f"{pourcent(c.taux)} ({entier(c.numerateur or 0)} sur {entier(c.denominateur)})"


def _barres(compares: tuple[IndicateurCompare, ...], ici: str, la_bas: str) -> list[Barre]:
    lus = [x for x in compares if x.taux.avant is not None and x.taux.apres is not None]
    barres = []
    for x in lus[: BARRES_AU_PLUS // 2]:
        for nom, taux in ((ici, x.taux.apres), (la_bas, x.taux.avant)):
            barres.append(Barre(f"{x.indicateur.libelle} : {nom}", (taux or 0,)))
    return barres
