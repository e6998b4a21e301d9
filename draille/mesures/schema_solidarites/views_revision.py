"""Écrire au schéma : l'inscrire du fichier, en fixer la durée, le réviser."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.schema_solidarites import actes, lectures, models
from draille.mesures.schema_solidarites import lectures_mots as mots
from draille.mesures.schema_solidarites.acces import ACCES
from draille.mesures.schema_solidarites.actes_fichier import charger_du_departement
from draille.mesures.schema_solidarites.forms import Durer, Reviser
from draille.mesures.schema_solidarites.regles import Schema
from draille.socle.refus import Refus


@exige(ACCES["charger"])
@ecrit("POST")
@require_POST
def charger(request: HttpRequest) -> HttpResponse:
    """Inscrire le schéma du fichier du Département."""
    try:
        nombre = charger_du_departement(
            racine=settings.RACINE,
            departement=settings.DRAILLE_DEPARTEMENT,
            par=acces_de(request),
            le=date_de(request),
        )
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        dit = "Le schéma est inscrit." if nombre else "Le fichier ne dit rien de plus."
        messages.success(request, dit)
    return redirect("schema")


@exige(ACCES["ecrire"])
@ecrit("POST")
def reviser(request: HttpRequest, code: str) -> HttpResponse:
    """Ajouter une version au schéma."""
    lu, schema_id = _lire(code)
    derniere = lu.versions[-1]
    formulaire = Reviser(request.POST if request.method == "POST" else None, version=derniere)
    if formulaire.is_valid():
        try:
            actes.reviser_schema(
                schema_id=schema_id,
                saisie=formulaire.saisie,
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La révision est inscrite. La version d'avant reste lisible.")
            return redirect("schema")
    contexte = {
        "formulaire": formulaire,
        "schema": lu,
        "derniere": derniere,
        "adoption": mots.adoption_en_mots(derniere),
    }
    statut = 422 if formulaire.errors else 200
    return render(request, "schema_solidarites/reviser.html", contexte, status=statut)


@exige(ACCES["ecrire"])
@ecrit("POST")
def dater(request: HttpRequest, code: str) -> HttpResponse:
    """Dire quand le schéma commence et finit."""
    lu, schema_id = _lire(code)
    formulaire = Durer(request.POST if request.method == "POST" else None)
    if formulaire.is_valid():
        try:
            actes.dater_schema(
                schema_id=schema_id,
                debut=formulaire.cleaned_data["debut"],
                fin=formulaire.fin,
                deliberation=formulaire.cleaned_data["deliberation"],
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La durée du schéma est inscrite.")
            return redirect("schema")
    contexte = {"formulaire": formulaire, "schema": lu}
    statut = 422 if formulaire.errors else 200
    return render(request, "schema_solidarites/dater.html", contexte, status=statut)


def _lire(code: str) -> tuple[Schema, int]:
    departement = settings.DRAILLE_DEPARTEMENT
    lu = lectures.schema(departement=departement, code=code)
    if lu is None:
        raise Http404("ce schéma n'est pas inscrit")
    inscrit = models.Schema.objects.get(departement=departement, code=code)
    return lu, inscrit.pk
