"""Les chiffres de la formation, et la liste derrière chacun."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.formation import lectures_chiffres, regles_catalogue
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.lectures_attestation import heures_dites
from draille.mesures.formation.lectures_chiffres import Critere, PartLue
from draille.mesures.formation.views_commun import onglets
from draille.socle.texte import INSECABLE, MOIS, euros, pluriel

PREMIERE_ANNEE = 2019
TAILLE_PAGE = 100
_ABREGES = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


def _annee(request: HttpRequest, le: date) -> int:
    lue = request.GET.get("annee", "")
    est_juste = lue.isdecimal() and PREMIERE_ANNEE <= int(lue) <= le.year
    return int(lue) if est_juste else le.year


@exige(ACCES["voir_chiffres"])
@ecrit()
def chiffres(request: HttpRequest) -> HttpResponse:
    """Une année : professionnels formés, heures, coût ; par thème, par mois, par secteur."""
    le = date_de(request)
    annee = _annee(request, le)
    lus = lectures_chiffres.chiffres(annee=annee, le=le)
    contexte = {
        "onglets": onglets(request, "formation_chiffres"),
        "lus": lus,
        "annees": range(le.year, PREMIERE_ANNEE - 1, -1),
        "heures": heures_dites(lus.total.heures).split(INSECABLE),
        "url_professionnels": _url(annee, "", est_compte=True),
        "url_heures": _url(annee, ""),
        "professionnels": [
            Ligne(
                p.libelle,
                (p.part.professionnels,),
                liens=(_url(annee, p.critere, est_compte=True),),
            )
            for p in lus.themes
        ],
        "parts": [
            ("themes", "Thème", _lignes(annee, lus.themes)),
            ("secteurs", "Secteur du lieu", _lignes(annee, lus.secteurs)),
        ],
        "releves": [
            (_ABREGES[int(p.part.cle) - 1], p.part.demi_journees, None, _url(annee, p.critere))
            for p in lus.mois
        ],
        "cout": _cout(lus.cout),
    }
    return render(request, "formation/chiffres.html", contexte)


def _lignes(annee: int, parts: tuple[PartLue, ...]) -> list[dict[str, Any]]:
    return [
        {
            "libelle": p.libelle,
            "part": p.part,
            "heures": heures_dites(p.part.heures),
            "url_professionnels": _url(annee, p.critere, est_compte=True),
            "url_heures": _url(annee, p.critere),
        }
        for p in parts
    ]


def _url(annee: int, critere: str, *, est_compte: bool = False) -> str:
    suite = f"&{critere}" if critere else ""
    compte = "&compte=oui" if est_compte else ""
    return f"{reverse('formation_suivies')}?{urlencode({'annee': annee})}{suite}{compte}"


def _cout(cout: lectures_chiffres.Cout) -> dict[str, Any]:
    """Le coût et le crédit de la ligne, en mots ; `reste` nul quand le crédit n'est pas connu."""
    reste = None if cout.credit is None else cout.credit - cout.reel - cout.prevu
    return {
        "lu": cout,
        "reste": None if reste is None else euros(abs(reste)),
        "est_depasse": reste is not None and reste < 0,
        "precision": f"{pluriel(cout.closes, 'session close', 'sessions closes')}",
        "prevu": f"{pluriel(cout.a_venir, 'session à finir', 'sessions à finir')}",
    }


@exige(ACCES["voir_chiffres"])
@ecrit()
def suivies(request: HttpRequest) -> HttpResponse:
    """La liste derrière un nombre : les demi-journées suivies, et leur somme."""
    acces, le = acces_de(request), date_de(request)
    critere = _critere(request, le)
    lues = lectures_chiffres.suivies(critere=critere, acces=acces, le=le)
    heures = heures_dites(sum((s.suivie.heures for s in lues), Decimal(0)))
    numero = request.GET.get("page", "")
    page = Paginator(lues, TAILLE_PAGE).get_page(numero if numero.isdecimal() else 1)
    contexte = {
        "page": page,
        "critere": critere,
        "dit": _critere_dit(critere),
        "lignes": [
            {
                "lue": s,
                "theme": regles_catalogue.libelle_theme(s.suivie.theme),
                "heures": heures_dites(s.suivie.heures),
            }
            for s in page
        ],
        "somme": pluriel(len(lues), "professionnel formé", "professionnels formés")
        if critere.est_compte
        else f"{pluriel(len(lues), 'demi-journée', 'demi-journées')}, {heures}",
        "peut_nommer": ACCES["gerer"](acces),
    }
    return render(request, "formation/suivies.html", contexte)


def _critere(request: HttpRequest, le: date) -> Critere:
    """Ce que dit l'adresse ; ce qui ne se lit pas ne filtre pas."""
    theme = request.GET.get("theme", "")
    secteur = request.GET.get("secteur", "")
    mois = request.GET.get("mois", "")
    est_secteur = secteur == lectures_chiffres.SANS_SECTEUR or secteur.isdecimal()
    return Critere(
        annee=_annee(request, le),
        theme=theme if theme in regles_catalogue.tous() else "",
        secteur=secteur if est_secteur and len(secteur) < 19 else "",
        mois=int(mois) if mois.isdecimal() and 1 <= int(mois) <= 12 else None,
        est_compte=request.GET.get("compte") == "oui",
    )


def _critere_dit(critere: Critere) -> str:
    """« octobre 2020, thème « Aller vers » »."""
    quand = f"{MOIS[critere.mois - 1]} {critere.annee}" if critere.mois else str(critere.annee)
    theme = f"thème « {regles_catalogue.libelle_theme(critere.theme)} »" if critere.theme else ""
    secteur = lectures_chiffres.nom_du_secteur(critere.secteur) if critere.secteur else ""
    return ", ".join(x for x in (quand, theme, secteur) if x)
