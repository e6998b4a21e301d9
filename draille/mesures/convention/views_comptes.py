"""Les tableurs des finances : les déposer, associer leurs colonnes, lire leur rapport, décider."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import lectures_comptes as lectures
from draille.mesures.convention import models
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes_comptes import (
    COMPTES,
    FichierComptable,
    decider_ligne,
    importer_comptes,
)
from draille.mesures.convention.forms_comptes import Association, DecisionForm, Depot, ouvrir
from draille.mesures.convention.regles.comptes import Connu
from draille.mesures.convention.regles.suivi import SortLigne
from draille.socle.refus import Refus

PAR_PAGE = 50
ORDRE = (SortLigne.A_REVOIR, SortLigne.REJETEE, SortLigne.IMPORTEE, SortLigne.CONNUE)


@exige(ACCES["ecrire"])
@ecrit()
def comptes(request: HttpRequest) -> HttpResponse:
    """Les tableurs importés, et ce qui y attend un avis."""
    recus = lectures.imports(departement=settings.DRAILLE_DEPARTEMENT)
    contexte = {"imports": recus, "a_revoir": sum(r.a_revoir for r in recus)}
    return render(request, "convention/comptes.html", contexte)


@exige(ACCES["ecrire"])
@ecrit("POST")
def importer(request: HttpRequest) -> HttpResponse:
    """Déposer un tableur, puis vérifier l'association de ses colonnes avant de l'importer."""
    if request.method != "POST":
        return _page_depot(request, Depot())
    if "contenu" in request.POST:
        return _associer(request)
    depot = Depot(request.POST, request.FILES)
    if not depot.is_valid():
        return _page_depot(request, depot)
    fichier = depot.depose
    try:
        association = Association(fichier=fichier)
        if association.est_trop_gros:
            # La page ne peut le garder : ses titres d'usage suffisent, ou il se refuse.
            return _integrer(request, fichier)
    except Refus as refus:
        depot.add_error("fichier", refus.message)
        return _page_depot(request, depot)
    return _page_association(request, association)


def _associer(request: HttpRequest) -> HttpResponse:
    fichier = FichierComptable(
        ouvrir(request.POST.get("contenu", "")), request.POST.get("nom_fichier", "comptes")[:200]
    )
    try:
        association = Association(request.POST, fichier=fichier)
    except Refus as refus:
        messages.error(request, refus.message)
        return redirect("convention:comptes_importer")
    if association.is_valid():
        try:
            return _integrer(request, association.depose)
        except Refus as refus:
            association.add_error(None, refus.message)
    return _page_association(request, association)


def _integrer(request: HttpRequest, fichier: FichierComptable) -> HttpResponse:
    recu = importer_comptes(
        fichier=fichier,
        departement=settings.DRAILLE_DEPARTEMENT,
        par=acces_de(request),
        le=date_de(request),
    )
    messages.success(request, "Le tableur est importé : voici ce qu'il en est, ligne à ligne.")
    return redirect("convention:comptes_import", pk=recu.pk)


def _page_depot(request: HttpRequest, depot: Depot) -> HttpResponse:
    return render(request, "convention/comptes_importer.html", {"formulaire": depot})


def _page_association(request: HttpRequest, association: Association) -> HttpResponse:
    contexte = {"formulaire": association, "nom": association.fichier.nom}
    return render(request, "convention/comptes_associer.html", contexte)


@exige(ACCES["ecrire"])
@ecrit()
def lire_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Le rapport d'un import : les comptes, les totaux vérifiés, puis les lignes d'une issue."""
    recu = lectures.import_lu(departement=settings.DRAILLE_DEPARTEMENT, import_id=pk)
    if recu is None:
        raise Http404("import inconnu")
    vue = _vue(request, recu)
    page = Paginator(lectures.lignes(import_id=pk, sort=vue), PAR_PAGE).get_page(
        request.GET.get("page")
    )
    contexte: dict[str, Any] = {
        "import": recu,
        "vue": vue,
        "vues": [
            {"code": str(s), "libelle": s.libelle, "nombre": getattr(recu, COMPTES[s])}
            for s in ORDRE
        ],
        "totaux": lectures.totaux(recu=recu),
        "page": page,
        "lignes": [lectures.montrer(lue=x) for x in page],
    }
    return render(request, "convention/comptes_import.html", contexte)


def _vue(request: HttpRequest, recu: models.ImportComptable) -> SortLigne:
    demandee = request.GET.get("vue", "")
    if demandee in list(SortLigne):
        return SortLigne(demandee)
    return next((s for s in ORDRE if getattr(recu, COMPTES[s])), SortLigne.IMPORTEE)


@exige(ACCES["ecrire"])
@ecrit("POST")
def decider(request: HttpRequest, pk: int) -> HttpResponse:
    """Une ligne d'un import ; à revoir, elle se corrige, se compte ou s'écarte."""
    lue = lectures.ligne(departement=settings.DRAILLE_DEPARTEMENT, ligne_id=pk)
    if lue is None:
        raise Http404("ligne inconnue")
    connu = lectures.choix(departement=settings.DRAILLE_DEPARTEMENT)
    formulaire = DecisionForm(
        request.POST if request.method == "POST" else None,
        connu=connu,
        reductibles=lectures.reductibles(lue=lue),
        anomalies=lectures.montrer(lue=lue).anomalies,
        initial=_propositions(lue, connu),
    )
    if request.method == "POST" and formulaire.is_valid():
        try:
            decider_ligne(
                ligne_id=pk,
                decision=formulaire.decidee,
                corrections=formulaire.corrections,
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, f"La ligne {lue.numero} est décidée.")
            adresse = reverse("convention:comptes_import", args=[lue.importee_par_id])
            return redirect(f"{adresse}?{urlencode({'vue': SortLigne.A_REVOIR})}")
    contexte = {"lue": lectures.montrer(lue=lue), "formulaire": formulaire}
    return render(request, "convention/comptes_ligne.html", contexte)


def _propositions(lue: models.LigneComptable, connu: Connu) -> dict[str, Any]:
    """Ce qui est proposé d'avance, sous la forme des choix du formulaire."""
    proposees = dict(lue.propositions)
    cadre = next((c for c in connu.cadres if proposees.get("ligne") in c.lignes), None)
    return {
        **{c: v for c, v in proposees.items() if c in ("financeur", "exercice")},
        **({"ligne": f"{cadre.code}:{proposees['ligne']}"} if cadre else {}),
    }
