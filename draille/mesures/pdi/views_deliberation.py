"""Écrire au PDI : l'inscrire du fichier, inscrire une délibération de l'assemblée."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.pdi import actes, lectures
from draille.mesures.pdi.acces import ACCES
from draille.mesures.pdi.actes_fichier import charger_du_departement
from draille.mesures.pdi.forms import Deliberer
from draille.mesures.pdi.regles import GenreDeliberation
from draille.socle.refus import Refus


@exige(ACCES["charger"])
@ecrit("POST")
@require_POST
def charger(request: HttpRequest) -> HttpResponse:
    """Inscrire le programme du fichier du Département."""
    try:
        est_neuf = charger_du_departement(
            racine=settings.RACINE,
            departement=settings.DRAILLE_DEPARTEMENT,
            par=acces_de(request),
            le=date_de(request),
        )
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        dit = "Le programme est inscrit." if est_neuf else "Le fichier ne dit rien de plus."
        messages.success(request, dit)
    return redirect("pdi")


@exige(ACCES["ecrire"])
@ecrit("POST")
def deliberer(request: HttpRequest, code: str) -> HttpResponse:
    """Inscrire ce que l'assemblée a décidé du programme."""
    departement = settings.DRAILLE_DEPARTEMENT
    lu = lectures.programme(departement=departement, code=code, le=date_de(request))
    if lu is None:
        raise Http404("ce programme n'est pas inscrit")
    formulaire = Deliberer(request.POST if request.method == "POST" else None, lu=lu)
    if formulaire.is_valid():
        try:
            _inscrire(request, lu.id, formulaire)
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La délibération est inscrite.")
            return redirect("pdi")
    contexte = {"formulaire": formulaire, "programme": lu.programme, "prochaine": lu.prochaine}
    statut = 422 if formulaire.errors else 200
    return render(request, "pdi/deliberer.html", contexte, status=statut)


def _inscrire(request: HttpRequest, programme_id: int, formulaire: Deliberer) -> None:
    par, le, saisie = acces_de(request), date_de(request), formulaire.saisie
    genre = GenreDeliberation(formulaire.cleaned_data["genre"])
    if genre is GenreDeliberation.ADOPTION:
        actes.adopter(programme_id=programme_id, saisie=saisie, par=par, le=le)
    elif genre is GenreDeliberation.RECONDUCTION:
        actes.deliberer(programme_id=programme_id, saisie=saisie, par=par, le=le)
    else:
        actes.adapter(
            programme_id=programme_id,
            saisie=saisie,
            ajouts=formulaire.ajouts,
            retraits=formulaire.retraits,
            par=par,
            le=le,
        )
