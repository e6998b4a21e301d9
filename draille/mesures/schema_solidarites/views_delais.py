"""La liste derrière le chiffre d'un délai : ce qui court, ce qui est en retard."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.schema_solidarites import lectures_delais as lectures
from draille.mesures.schema_solidarites.acces import ACCES
from draille.mesures.schema_solidarites.forms import DateLue
from draille.moteurs.delais import registre

PAR_PAGE = 50


@exige(ACCES["voir"])
@ecrit()
def delai(request: HttpRequest, code: str) -> HttpResponse:
    """Les échéances en cours d'un délai à une date (`?le=`), les plus pressées d'abord."""
    try:
        declare = registre.delai(code)
    except KeyError:
        raise Http404("ce délai n'est pas déclaré") from None
    acces = acces_de(request)
    formulaire = DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request))
    le = min(formulaire.jour, date_de(request))
    ouvertes = lectures.en_cours(codes=(code,), acces=acces, le=le)
    page = Paginator(ouvertes, PAR_PAGE).get_page(request.GET.get("page"))
    if lectures.est_tu(nombre=page.paginator.count, acces=acces, le=le):
        raise Http404("ce lecteur ne voit pas ce nombre")
    contexte = {
        "delai": declare,
        "jour": le,
        "page": page,
        "lues": lectures.habiller(echeances=list(page), acces=acces, le=le),
        "en_retard": ouvertes.filter(avant_le__lt=le).count(),
    }
    return render(request, "schema_solidarites/delai.html", contexte)
