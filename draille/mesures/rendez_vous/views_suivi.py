"""Présence et trajets : qui vient, par secteur ; ce que le calcul gagne sur le premier arrivé."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.rendez_vous import lectures
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.views import onglets
from draille.mesures.rendez_vous.views_commun import MOTIFS_CONVOQUES
from draille.mesures.rendez_vous.views_lignes import motif_de


@exige(ACCES["voir_suivi"])
@ecrit()
def suivi(request: HttpRequest) -> HttpResponse:
    """Les présences de l'année par secteur, et la comparaison des convocations. Aucun nom."""
    acces, le = acces_de(request), date_de(request)
    motif = motif_de(request)
    debut = date(le.year, 1, 1)
    # Rejouer l'année prend quelques secondes : on ne le fait que sur demande.
    comparaison = (
        lectures.comparaison_premier_arrive(motif=motif, acces=acces, le=le)
        if "motif" in request.GET
        else None
    )
    contexte = {
        "onglets": onglets(request, "suivi") if ACCES["voir_convocations"](acces) else [],
        "debut": debut,
        "motif": motif,
        "motifs": [(str(m), m.label) for m in MOTIFS_CONVOQUES],
        "secteurs": lectures.absences_par_secteur(debut=debut, fin=le, acces=acces, le=le),
        "comparees": (
            ("Convocations fixées", comparaison.moteur),
            ("Premier arrivé", comparaison.premier_arrive),
        )
        if comparaison
        else (),
    }
    return render(request, "rendez_vous/suivi.html", contexte)
