"""Intégrer un fichier de lieux : dépôt, association des colonnes, rapport, lignes à revoir."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_annuaire_import import (
    OCTETS_GARDES,
    Association,
    Depot,
    fermer,
    ouvrir,
)
from draille.mesures.accueil_social.views_commun import entier
from draille.moteurs.annuaire import adaptateur_revue as revue
from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
from draille.moteurs.annuaire.adaptateur_import import importer as importer_fichier
from draille.moteurs.annuaire.calcul.tableau import lire_lignes
from draille.moteurs.annuaire.models import LigneImport, Source
from draille.socle.refus import Refus

PAR_PAGE = 25
VUES = (
    ("a_revoir", "À revoir"),
    ("rejetee", "Rejetées"),
    ("rejointe", "Rejointes"),
    ("importee", "Importées"),
)


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
def importer(request: HttpRequest) -> HttpResponse:
    """Les fichiers intégrés, et le dépôt d'un autre ; un tableur passe par l'association."""
    depot, association = Depot(), None
    if request.method == "POST" and "contenu" in request.POST:
        return _associer(request)
    if request.method == "POST":
        depot = Depot(request.POST, request.FILES)
        if depot.is_valid():
            fichier = depot.depose
            try:
                if fichier.source != Source.TABLEUR:
                    return _integrer(request, fichier)
                association = _association(fichier)
            except Refus as refus:
                depot.add_error("fichier", refus.message)
    if association is not None:
        return _page_association(request, association)
    contexte = {"formulaire": depot, "imports": revue.imports()}
    return render(request, "accueil_social/annuaire_importer.html", contexte)


def _association(fichier: FichierAnnuaire) -> Association:
    titres, _ = lire_lignes(contenu=fichier.contenu, nom=fichier.nom)
    if len(fermer(fichier.contenu)) > OCTETS_GARDES:
        raise Refus(
            code="annuaire.tableur_trop_gros",
            message="Ce tableur est trop gros pour cette page : ne gardez que les colonnes "
            "utiles, ou passez par la ligne de commande.",
        )
    return Association(None, titres=titres, fichier=fichier)


def _associer(request: HttpRequest) -> HttpResponse:
    """La seconde étape d'un tableur : ses colonnes sont dites, on l'intègre."""
    try:
        titres, _ = lire_lignes(
            contenu=_contenu(request), nom=request.POST.get("nom_fichier", "fichier")[:200]
        )
    except Refus as refus:
        messages.error(request, refus.message)
        return redirect("annuaire_importer")
    association = Association(request.POST, titres=titres)
    if association.is_valid():
        try:
            return _integrer(request, association.depose)
        except Refus as refus:
            association.add_error(None, refus.message)
    return _page_association(request, association)


def _contenu(request: HttpRequest) -> bytes:
    return ouvrir(request.POST.get("contenu", ""))


def _page_association(request: HttpRequest, association: Association) -> HttpResponse:
    contexte = {"formulaire": association}
    return render(request, "accueil_social/annuaire_associer.html", contexte)


def _integrer(request: HttpRequest, fichier: FichierAnnuaire) -> HttpResponse:
    reception = importer_fichier(fichier=fichier, par=acces_de(request), le=date_de(request))
    messages.success(request, "Le fichier est intégré : voici ce qu'il en est.")
    return redirect("annuaire_import", pk=reception.pk)


@exige(ACCES["tenir_annuaire"])
@ecrit()
def lire_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Le rapport d'un fichier : les comptes, puis les lignes d'un sort."""
    try:
        reception = revue.import_lu(import_id=pk)
    except Refus as refus:
        raise Http404(refus.message) from refus
    demandee = request.GET.get("vue", "")
    defaut = "a_revoir" if reception.a_revoir else "rejetee" if reception.rejetees else "importee"
    vue = demandee if demandee in dict(VUES) else defaut
    contexte: dict[str, Any] = {
        "import": reception,
        "vue": vue,
        "vues": [(code, libelle, _compte(reception, code)) for code, libelle in VUES],
    }
    page = Paginator(revue.lignes(import_id=pk, sort=vue), PAR_PAGE).get_page(
        request.GET.get("page")
    )
    contexte["page"] = page
    if vue == "a_revoir":
        contexte["a_revoir"] = revue.avec_candidats(
            lignes=list(page.object_list), le=date_de(request)
        )
    return render(request, "accueil_social/annuaire_import.html", contexte)


def _compte(reception: Any, code: str) -> int:
    noms = {"a_revoir": "a_revoir", "rejetee": "rejetees", "rejointe": "rejointes"}
    return int(getattr(reception, noms.get(code, "importees")))


@exige(ACCES["tenir_annuaire"])
@ecrit("POST")
@require_POST
def decider(request: HttpRequest, pk: int) -> HttpResponse:
    """Une ligne à revoir : « meme-12 » (le lieu 12), « autre », « ecartee »."""
    ligne = LigneImport.objects.filter(pk=pk).first()
    if ligne is None:
        raise Http404
    decision, _, point = request.POST.get("decision", "").partition("-")
    try:
        revue.decider_ligne(
            ligne_id=pk,
            decision=decision,
            point_id=entier(point),
            par=acces_de(request),
            le=date_de(request),
        )
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, f"La ligne {ligne.rang} est décidée.")
    return redirect("annuaire_import", pk=ligne.reception_id)
