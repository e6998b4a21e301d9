"""Le calendrier des sessions, le catalogue, ses propres formations, programmer une session."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.formation import actes, lectures, regles_catalogue
from draille.mesures.formation import forms as formulaires
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.lectures import Filtre, SessionLue
from draille.mesures.formation.lectures_attestation import heures_dites
from draille.mesures.formation.views_commun import etat_dit, onglets, quand_dit
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import mois_annee


@exige(ACCES["voir"])
@ecrit()
def sessions(request: HttpRequest) -> HttpResponse:
    """Les sessions, mois par mois : celles à venir, ou celles qui ont eu lieu."""
    acces, le = acces_de(request), date_de(request)
    themes = regles_catalogue.tous()
    theme = request.GET.get("theme", "")
    est_passe = request.GET.get("quand") == "passees"
    annee = request.GET.get("annee", "")
    filtre = Filtre(
        theme=theme if theme in themes else "",
        est_passe=est_passe,
        annee=int(annee) if annee.isdecimal() and len(annee) == len("2020") else None,
    )
    lues = lectures.sessions(acces=acces, le=le, filtre=filtre)
    contexte = {
        "onglets": onglets(request, "formations"),
        "mois": _par_mois(lues, le, est_passe=est_passe),
        "nombre": len(lues),
        "filtre": filtre,
        "annee": filtre.annee,
        "cout": _cout(lues, est_passe=est_passe),
        "themes": themes.values(),
        "peut_gerer": ACCES["gerer"](acces),
    }
    return render(request, "formation/sessions.html", contexte)


def _cout(lues: Iterable[SessionLue], *, est_passe: bool) -> Decimal:
    """Le coût de ces sessions, en euros : réel si elles sont passées, prévu sinon."""
    montants = (
        lue.session.montant_reel if est_passe else lue.session.montant_prevu for lue in lues
    )
    return sum((m for m in montants if m is not None), Decimal(0))


def _par_mois(
    lues: Iterable[SessionLue], le: date, *, est_passe: bool
) -> list[tuple[str, list[dict[str, object]]]]:
    """Les sessions à venir, mois par mois ; les autres, en une seule liste."""

    def cle(lue: SessionLue) -> str:
        return "Closes ou annulées" if est_passe else mois_annee(lue.session.debut)

    return [
        (
            mois,
            [
                {
                    "lue": lue,
                    "quand": quand_dit(lue.session),
                    "heures": heures_dites(lue.session.heures),
                    "etat": etat_dit(lue, le),
                }
                for lue in groupe
            ],
        )
        for mois, groupe in groupby(lues, key=cle)
    ]


@exige(ACCES["voir"])
@ecrit()
def catalogue(request: HttpRequest) -> HttpResponse:
    """Les thèmes, leur référence, et ce qui s'y programme."""
    lus = lectures.catalogue(le=date_de(request), departement=settings.DRAILLE_DEPARTEMENT)
    contexte = {
        "onglets": onglets(request, "formation_catalogue"),
        "offerts": [t for t in lus if t.est_offert],
        "a_venir": [t for t in lus if not t.est_offert],
    }
    return render(request, "formation/catalogue.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def miennes(request: HttpRequest) -> HttpResponse:
    """Mes inscriptions, et mes attestations."""
    lues = lectures.mes_formations(acces=acces_de(request))
    contexte = {
        "onglets": onglets(request, "formations_miennes"),
        "formations": [
            {
                "lue": m,
                "quand": quand_dit(m.session),
                "heures": heures_dites(m.heures) if m.heures else "",
                "duree": heures_dites(m.session.heures),
            }
            for m in lues
        ],
    }
    return render(request, "formation/miennes.html", contexte)


@exige(ACCES["gerer"])
@ecrit("POST")
def programmer(request: HttpRequest) -> HttpResponse:
    """Programmer une session."""
    le = date_de(request)
    formulaire = formulaires.Programmer(
        request.POST if request.method == "POST" else None,
        # Un thème à venir se programme pour après son premier jour : l'acte le vérifie.
        themes=[
            t.theme for t in lectures.catalogue(le=le, departement=settings.DRAILLE_DEPARTEMENT)
        ],
        heures=registre_global().decimal("formation.heures_demi_journee", le),
    )
    if formulaire.is_valid():
        try:
            session = actes.programmer_session(
                termes=formulaire.termes, par=acces_de(request), le=le
            )
        except Refus as refus:
            formulaire.add_error(_CHAMPS.get(refus.code), refus.message)
        else:
            messages.success(request, "La session est programmée : on peut s'y inscrire.")
            return redirect("formation", pk=session.pk)
    return render(request, "formation/programmer.html", {"formulaire": formulaire})


_CHAMPS = {
    "formation.theme_inconnu": "theme",
    "formation.debut_passe": "jour_1",
    "formation.places": "places",
    "formation.heures": "heures",
}
