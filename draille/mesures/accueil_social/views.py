"""Les accueils : ceux du jour, ceux que l'on cherche, et la page de chacun."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de, url_personne
from draille.mesures.accueil_social import lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_filtre import Filtrer
from draille.mesures.accueil_social.lectures import AccueilLu, Filtre
from draille.mesures.accueil_social.lectures_fiche import composer_fiche
from draille.mesures.accueil_social.models import Accueil
from draille.mesures.accueil_social.views_commun import nominatif
from draille.mesures.accueil_social.views_orientations import orientations_vues
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.moteurs.partage.adaptateur import de_l_accueil
from draille.noyau.personne.actes import consulter
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus

RECENTS_JOURS = 30


@exige(ACCES["voir_accueils"])
@ecrit()
def accueils(request: HttpRequest) -> HttpResponse:
    """Ceux du jour ; ou, dès qu'un critère est donné, ceux qui y répondent."""
    acces, le = nominatif(acces_de(request)), date_de(request)
    formulaire = Filtrer(request.GET if request.GET else None, le=le)
    filtre = formulaire.filtre if formulaire.est_rempli else Filtre(debut=le, fin=le)
    page = lectures.chercher(acces=acces, filtre=filtre, page=_page(request))
    contexte = {
        "formulaire": formulaire,
        "est_du_jour": not formulaire.est_rempli,
        "le": le,
        "recents": RECENTS_JOURS,
        "depuis": le - timedelta(days=RECENTS_JOURS),
        "page": page,
        "lignes": [(a, list(dict.fromkeys(r.libelle for r in a.reponses))) for a in page.accueils],
        "avant": page.page - 1 if page.page > 1 else None,
        "apres": page.page + 1 if page.page < page.pages else None,
        "peut_voir_chiffres": ACCES["voir_chiffres"](acces),
    }
    return render(request, "accueil_social/accueils.html", contexte)


def _page(request: HttpRequest) -> int:
    demandee = request.GET.get("page", "1")
    return max(1, int(demandee)) if demandee.isdecimal() and len(demandee) < 7 else 1


@exige(ACCES["voir_accueils"])
@ecrit("GET", "HEAD")
def accueil(request: HttpRequest, pk: int) -> HttpResponse:
    """Un accueil, ce qu'on a répondu, et ce que deviennent ses orientations. L'ouvrir s'écrit."""
    acces, le = nominatif(acces_de(request)), date_de(request)
    lu = lire(pk, acces)
    personne = lu.accueil.personne
    if personne is not None:
        consulter(personne=personne, page="accueil", compartiment=Compartiment.SOCIAL, par=acces)
    return render(request, "accueil_social/accueil.html", _contexte(lu, acces, le))


def lire(pk: int, acces: Acces) -> AccueilLu:
    """L'accueil ; la page « introuvable » s'il n'existe pas ou ne se lit pas d'ici."""
    try:
        return lectures.accueil(accueil_id=pk, acces=acces)
    except Refus as refus:
        raise Http404(refus.message) from refus


def _contexte(lu: AccueilLu, acces: Acces, le: date) -> dict[str, Any]:
    fait = lu.accueil
    personne = fait.personne
    notes = lectures.notes_de(personne_id=personne.pk, acces=acces) if personne is not None else ()
    return {
        "lu": lu,
        "fait": fait,
        "est_anonyme": fait.identite == Accueil.Identite.ANONYME,
        "reponses": [
            {
                "lue": r,
                "besoin": libelle_besoin(r.besoin) if r.besoin else "",
                "url": adresse("annuaire_point", r.point_id) if r.point_id else "",
            }
            for r in lu.reponses
            if r.orientation_id is None
        ],
        "orientations": orientations_vues(de_l_accueil(origine_id=fait.pk, acces=acces), le)
        if personne is not None
        else [],
        "notes": [n for n in notes if n.note.accueil_id == fait.pk],
        "url_personne": url_personne(personne.pk) if personne is not None else "",
        "url_note": reverse("accueil_note", args=[personne.pk])
        if personne is not None and ACCES["noter"](acces)
        else "",
        "peut_completer": ACCES["accueillir"](acces),
    }


@exige(ACCES["voir_accueils"])
@ecrit()
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche à remettre à la personne, en PDF."""
    acces = nominatif(acces_de(request))
    lire(pk, acces)
    pdf = composer_fiche(accueil_id=pk, acces=acces, le=date_de(request))
    reponse = HttpResponse(pdf, content_type="application/pdf")
    reponse["Content-Disposition"] = f'inline; filename="accueil-{pk}.pdf"'
    return reponse
