"""Le pilotage : une rangée par ligne, la page de l'élu, et ce qu'ouvre chaque nombre."""

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de
from draille.mesures.convention import lectures_pilotage_actes as actes_lus
from draille.mesures.convention import lectures_pilotage_mots as mots
from draille.mesures.convention import regles
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms_pilotage import CritereActes
from draille.mesures.convention.regles.pilotage import resumer
from draille.mesures.convention.views_indicateurs import portee
from draille.mesures.convention.views_pilotage_cases import (
    MOIS_COURTS,
    compte,
    rangee_montree,
    totaux,
)
from draille.mesures.convention.views_pilotage_choix import Choix, choisir, piloter
from draille.mesures.convention.views_pilotage_csv import TITRES, rangees_csv
from draille.mesures.convention.views_pilotage_elu import contexte_elu
from draille.socle.texte import cellule_sure, mois_annee

PAR_PAGE = 50
POINTS_AU_PLUS = 8


@exige(ACCES["voir"])
@ecrit()
@require_safe
def pilotage(request: HttpRequest) -> HttpResponse:
    """Chaque ligne de la convention sur une rangée (`?le=`, `?annee=`, `?convention=`)."""
    choix = choisir(request)
    if choix is None:
        return render(request, "convention/pilotage.html", {})
    lu = piloter(request, choix)
    premiers, autres = resumer(mots.points(lu, choix.liens), au_plus=POINTS_AU_PLUS)
    contexte = {
        **_commun(request, choix),
        "rangees": [rangee_montree(r, choix.liens) for r in lu.rangees],
        "totaux": totaux(lu, choix.liens),
        "mention": lu.argent.mention,
        "points": premiers,
        "autres_points": autres,
        "phrases": [mots.argent_en_mots(lu), mots.actes_en_mots(lu)],
        "mois_courts": MOIS_COURTS,
        "est_masque": lu.est_masque,
        "vers_csv": choix.liens.page("pilotage_csv"),
        "vers_elu": choix.liens.page("elu"),
        "vers_comparer": choix.liens.page("comparer"),
    }
    return render(request, "convention/pilotage.html", contexte)


@exige(ACCES["voir"])
@ecrit()
@require_safe
def elu(request: HttpRequest) -> HttpResponse:
    """La page de l'élu : une feuille, quatre graphiques au plus, des phrases."""
    choix = choisir(request)
    if choix is None:
        return render(request, "convention/pilotage_elu.html", {})
    lu = piloter(request, choix)
    contexte = {**_commun(request, choix), **contexte_elu(lu, choix.liens)}
    contexte["vers_pilotage"] = choix.liens.page("pilotage")
    return render(request, "convention/pilotage_elu.html", contexte)


@exige(ACCES["voir"])
@ecrit()
@require_safe
def pilotage_csv(request: HttpRequest) -> HttpResponse:
    """La même page pour un tableur ; chacun y a ce que son écran montre."""
    choix = choisir(request)
    if choix is None:
        raise Http404("aucune convention n'est inscrite")
    lu = piloter(request, choix)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    nom = f"pilotage-{choix.code}-{choix.moment.annee}.csv".replace("_", "-")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(TITRES)
    for rangee in rangees_csv(lu):
        sortie.writerow([cellule_sure(c) for c in rangee])
    return reponse


@exige(ACCES["voir"])
@ecrit()
@require_safe
def pilotage_actes(request: HttpRequest, cadre: str, ligne: str) -> HttpResponse:
    """Les actes d'une ligne, par code ; chacun s'ouvre au journal (`?annee=&mois=&le=`)."""
    choix, lue = _ligne(request, cadre, ligne)
    critere = CritereActes(request.GET)
    if not critere.is_valid():
        raise Http404("ce mois n'existe pas")
    mois, moment = critere.cleaned_data["mois"], choix.moment
    debut, fin = moment.bornes(mois)
    parts = actes_lus.actes_par_code(ligne=lue, moment=moment, mois=mois, acces=acces_de(request))
    periode = {"debut": debut.isoformat(), "fin": fin.isoformat()}
    nombres = [a.nombre for a in parts]
    contexte = {
        **_commun(request, choix),
        "ligne": lue,
        "periode": mois_annee(debut) if mois else str(moment.annee),
        "actes": [
            {
                "libelle": a.libelle,
                "code": a.code,
                "nombre": compte(a.nombre, _vers_journal({**periode, "code": a.code})),
            }
            for a in parts
        ],
        "total": None if None in nombres else sum(n or 0 for n in nombres),
        "vers_pilotage": choix.liens.page("pilotage"),
    }
    return render(request, "convention/pilotage_actes.html", contexte)


@exige(ACCES["voir"])
@ecrit()
@require_safe
def pilotage_retards(request: HttpRequest, cadre: str, ligne: str) -> HttpResponse:
    """Les échéances dépassées d'une ligne, sans aucun nom."""
    choix, lue = _ligne(request, cadre, ligne)
    acces, moment = acces_de(request), choix.moment
    lues = actes_lus.retards(ligne=lue, moment=moment, acces=acces)
    page = Paginator(lues, PAR_PAGE).get_page(request.GET.get("page"))
    est_tu = 0 < page.paginator.count < actes_lus.seuil_de(acces, moment.le)
    montrees = [] if est_tu else list(page)
    contexte = {
        **_commun(request, choix),
        "ligne": lue,
        "page": page,
        "est_tu": est_tu,
        "retards": actes_lus.habiller_retards(echeances=montrees, moment=moment),
        "vers_pilotage": choix.liens.page("pilotage"),
    }
    return render(request, "convention/pilotage_retards.html", contexte)


def _commun(request: HttpRequest, choix: Choix) -> dict[str, Any]:
    return {
        "formulaire": choix.formulaire,
        "cadre": choix.page.lecture.convention,
        "cadres": [
            {"titre": titre, "url": f"?convention={code}", "est_actif": code == choix.code}
            for code, titre in choix.titres
        ],
        "lecture": choix.page.lecture,
        "moment": choix.moment,
        "dernier_mois": MOIS_COURTS[choix.moment.mois - 1],
        "portee": portee(acces_de(request)),
    }


def _ligne(request: HttpRequest, cadre: str, ligne: str) -> tuple[Choix, regles.Ligne]:
    choix = choisir(request, cadre=cadre)
    if choix is None:
        raise Http404("cette convention n'est pas inscrite")
    # Une ligne qu'un texte a inscrite un jour a des actes avant lui : la comparaison y mène.
    textes = choix.page.lecture.convention.textes
    lue = next((x for t in reversed(textes) for x in t.lignes if x.code == ligne), None)
    if lue is None:
        raise Http404("cette ligne n'est dans aucun texte de la convention")
    return choix, lue


def _vers_journal(criteres: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return f"{reverse('journal')}?{urlencode(criteres)}"
