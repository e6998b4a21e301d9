"""Reprendre un accueil déjà écrit : ajouter ce qui manquait, corriger ce qui était mal noté."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_reprendre import Reprendre
from draille.mesures.accueil_social.views import lire
from draille.mesures.accueil_social.views_commun import nominatif
from draille.socle.refus import Refus


@exige(ACCES["accueillir"])
@ecrit("POST")
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """La page, puis les deux actes : compléter, rectifier. Le journal garde les deux."""
    lu = lire(pk, nominatif(acces_de(request)))
    donnees = request.POST if request.method == "POST" else None
    formulaire = Reprendre(donnees, lu=lu, le=date_de(request))
    if donnees is not None and formulaire.is_valid() and _ecrire(request, formulaire, pk):
        messages.success(request, "L'accueil est repris.")
        return redirect("accueil", pk=pk)
    return render(
        request, "accueil_social/reprendre.html", {"formulaire": formulaire, "lu": lu, "pk": pk}
    )


def _ecrire(request: HttpRequest, formulaire: Reprendre, pk: int) -> bool:
    par, le = acces_de(request), date_de(request)
    try:
        # Ensemble ou pas du tout : un refus du second défait le premier.
        with transaction.atomic():
            actes.completer(accueil_id=pk, par=par, le=le, **formulaire.ajouts)
            actes.rectifier(accueil_id=pk, changements=formulaire.corrections, par=par, le=le)
    except Refus as refus:
        formulaire.add_error(None, refus.message)
        return False
    return True
