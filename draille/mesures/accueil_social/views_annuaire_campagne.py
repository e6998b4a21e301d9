"""La fraîcheur des fiches : celles à confirmer, la confirmation en un clic, les exports."""

import csv
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.views_annuaire import lire_point
from draille.moteurs.annuaire import adaptateur as actes
from draille.moteurs.annuaire.adaptateur_export import exporter_data_inclusion
from draille.moteurs.annuaire.adaptateur_revue import AConfirmer
from draille.moteurs.annuaire.adaptateur_revue import a_confirmer as lues_a_confirmer
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import cellule_sure, date_courte

PAR_PAGE = 25
MOYENS = ("Téléphone", "Sur place", "Courriel", "Site")


@exige(ACCES["confirmer_annuaire"])
@ecrit()
def a_confirmer(request: HttpRequest) -> HttpResponse:
    """Les fiches trop vieilles, les jamais confirmées d'abord."""
    le = date_de(request)
    toutes = lues_a_confirmer(le=le)
    contexte = {
        "page": Paginator(toutes, PAR_PAGE).get_page(request.GET.get("page")),
        "mois": registre_global().entier("annuaire.fraicheur_mois", le),
        "moyens": MOYENS,
        "jamais": sum(x.derniere is None and x.point.confirme_le is None for x in toutes),
    }
    return render(request, "accueil_social/annuaire_a_confirmer.html", contexte)


@exige(ACCES["confirmer_annuaire"])
@ecrit()
def a_confirmer_csv(request: HttpRequest) -> HttpResponse:
    """La même liste, pour téléphoner."""
    le = date_de(request)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="a_confirmer_{le:%Y-%m-%d}.csv"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(
        ("Lieu", "Structure", "Commune", "Téléphone", "Courriel", "Confirmé le", "Par", "Moyen")
    )
    for lu in lues_a_confirmer(le=le):
        sortie.writerow([cellule_sure(c) for c in _cellules(lu)])
    return reponse


def _cellules(lu: AConfirmer) -> tuple[str, ...]:
    point, derniere = lu.point, lu.derniere
    return (
        point.nom,
        point.structure.nom,
        point.nom_commune,
        point.telephone,
        point.courriel,
        _jour(point.confirme_le),
        lu.agent,
        derniere.moyen if derniere else "",
    )


def _jour(le: date | None) -> str:
    return date_courte(le) if le else "jamais"


@exige(ACCES["confirmer_annuaire"])
@ecrit("POST")
@require_POST
def confirmer(request: HttpRequest, pk: int) -> HttpResponse:
    """« C'est exact » : un clic, daté et signé."""
    point = lire_point(pk, request)
    moyen = request.POST.get("moyen", "")
    try:
        actes.confirmer(
            point_id=pk,
            moyen=moyen if moyen in MOYENS else MOYENS[0],
            par=acces_de(request),
            le=date_de(request),
        )
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, f"« {point.nom} » est confirmé à ce jour.")
    retour = request.POST.get("retour", "")
    if url_has_allowed_host_and_scheme(retour, allowed_hosts=None):
        return redirect(retour)
    return redirect("annuaire_point", pk=pk)


@exige(ACCES["voir_annuaire"])
@ecrit()
def exporter(request: HttpRequest) -> HttpResponse:
    """L'annuaire au schéma data·inclusion, sans les lieux fictifs."""
    le = date_de(request)
    reponse = JsonResponse(
        exporter_data_inclusion(le=le), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    reponse["Content-Disposition"] = f'attachment; filename="annuaire_{le:%Y-%m-%d}.json"'
    return reponse
