"""Les accords d'une personne, et l'adresser à un partenaire depuis son dossier."""

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.reseau_insertion import forms as formulaires
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.views_commun import (
    acces_nominatif,
    dire_portee,
    vues,
)
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Consentement, Orientation
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, cle
from draille.socle.refus import Refus


@exige(ACCES["suivre"])
@ecrit()
def consentements(request: HttpRequest, personne_id: int) -> HttpResponse:
    """Ses accords vivants et retirés, et ses orientations."""
    acces, personne = _lire(request, personne_id)
    lus = partage.consentements_de(personne_id=personne_id, acces=acces)
    orientations = partage.de_la_personne(personne_id=personne_id, acces=acces)
    contexte = {
        "personne": personne,
        "url_personne": url_personne(personne_id),
        "vivants": [_accord(c) for c in lus if c.retire_le is None],
        "retires": [_accord(c) for c in lus if c.retire_le is not None],
        "orientations": vues(orientations, date_de(request)),
    }
    return render(request, "reseau_insertion/consentements.html", contexte)


def _accord(consentement: Consentement) -> dict[str, object]:
    return {"accord": consentement, "portee": ", ".join(dire_portee(consentement.portee)).lower()}


@exige(ACCES["suivre"])
@ecrit("POST")
@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """La personne se rétracte : le partenaire ne lit plus rien d'elle."""
    acces = acces_nominatif(acces_de(request))
    trouve = Consentement.objects.visibles(acces).filter(pk=pk).first()
    if trouve is None:
        raise Http404("Cet accord n'existe pas, ou ne vous est pas ouvert.")
    try:
        partage.retirer_consentement(consentement_id=pk, par=acces, le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(
            request, "L'accord est retiré : dès maintenant, le partenaire ne voit plus rien d'elle."
        )
    return redirect("consentements", personne_id=trouve.personne_id)


@exige(ACCES["orienter"])
@ecrit("POST")
def orienter(request: HttpRequest, personne_id: int) -> HttpResponse:
    """Adresser la personne à un partenaire : l'accord et l'orientation, ensemble ou pas du tout."""
    acces, personne = _lire(request, personne_id)
    le = date_de(request)
    accords = [
        c
        for c in partage.consentements_de(personne_id=personne_id, acces=acces)
        if c.retire_le is None
    ]
    formulaire = formulaires.Orienter(
        request.POST if request.method == "POST" else None,
        le=le,
        partenaires=partage.partenaires(le=le),
        accord=next((c for c in accords if str(c.pk) == request.GET.get("accord")), None),
    )
    if formulaire.is_valid():
        try:
            faite = _faire(personne, formulaire, acces, le)
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, f"{personne} est orientée vers {faite.destination}.")
            return redirect("orientation_suivie", pk=faite.pk)
    contexte = {
        "personne": personne,
        "url_personne": url_personne(personne_id),
        "formulaire": formulaire,
        "accords": [_accord(c) for c in accords],
    }
    statut = 422 if formulaire.errors else 200
    return render(request, "reseau_insertion/orienter.html", contexte, status=statut)


@transaction.atomic
def _faire(
    personne: Personne, formulaire: formulaires.Orienter, par: Acces, le: date
) -> Orientation:
    lu = formulaire.cleaned_data
    accord = (
        partage.consentir(
            personne=personne,
            partenaire_id=lu["partenaire"],
            portee=lu["portee"],
            forme=lu["forme"],
            par=par,
            le=le,
        )
        if lu["portee"]
        else None
    )
    demande = partage.DemandeOrientation(
        personne=personne,
        destination="",
        partenaire_id=lu["partenaire"],
        besoins=tuple(lu["besoins"]),
        message=lu["message"],
        consentement_id=accord.pk if accord else None,
    )
    return partage.orienter(demande=demande, par=par, le=le)


def _lire(request: HttpRequest, personne_id: int) -> tuple[Acces, Personne]:
    """La personne, si cet agent la suit en action sociale."""
    acces = acces_nominatif(acces_de(request))
    personne = ouvrir(personne_id=personne_id, acces=acces)
    if personne is None or not acces.voit(
        cle(compartiment=Compartiment.SOCIAL, commune_id=personne.commune_id)
    ):
        raise Http404("Cette personne n'existe pas, ou ne vous est pas ouverte.")
    return acces, personne
