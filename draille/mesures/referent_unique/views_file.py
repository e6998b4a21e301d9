"""« Ma file » : les dossiers d'un référent, ce qui presse d'abord, et sa semaine."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import tuiles
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique import forms as formulaires
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.models import Absence
from draille.mesures.referent_unique.views_commun import executer, nominatif
from draille.moteurs.delais import registre as delais


@dataclass(frozen=True, slots=True)
class TuileRendue:
    """Un encart d'une autre mesure, déjà écrit."""

    code: str
    titre: str
    corps: SafeString


@exige(ACCES["voir_file"])
@ecrit()
def ma_file(request: HttpRequest) -> HttpResponse:
    """La file du référent connecté ; un cadre peut ouvrir celle d'un référent (`?agent=`)."""
    acces, le = nominatif(request), date_de(request)
    agent_id = _agent(request)
    dossiers = lectures.file_active(agent_id=agent_id, acces=acces, le=le)
    portefeuille = lectures.portefeuille(agent_id=agent_id, le=le)
    charge = next((c for c in lectures.charges(acces=acces, le=le) if c.agent_id == agent_id), None)
    est_la_sienne = agent_id == acces_de(request).agent_id
    contexte: dict[str, Any] = {
        "dossiers": [{"lu": d, "delai": nom_du_delai(d), "jours": jours(d, le)} for d in dossiers],
        "en_retard": sum(d.est_en_retard for d in dossiers),
        "portefeuille": portefeuille,
        "charge": charge,
        "absences": list(Absence.objects.filter(agent_id=agent_id, fin__gt=le).order_by("debut")),
        "est_la_sienne": est_la_sienne,
        "agent_id": agent_id,
        "peut_gerer": ACCES["gerer_portefeuilles"](acces_de(request)),
        "tuiles": _tuiles(request) if est_la_sienne else [],
    }
    return render(request, "referent_unique/ma_file.html", contexte)


def nom_du_delai(dossier: lectures.Dossier) -> str:
    """Le libellé de la prochaine échéance ; vide s'il n'y en a pas."""
    if dossier.prochaine is None:
        return ""
    try:
        return delais.delai(dossier.prochaine.code).libelle
    except KeyError:
        return dossier.prochaine.code


def jours(dossier: lectures.Dossier, le: date) -> int | None:
    """Jours jusqu'à la prochaine limite ; négatifs en retard, None sans limite."""
    prochaine = dossier.prochaine
    if prochaine is None or prochaine.avant_le is None:
        return None
    return (prochaine.avant_le - le).days


@exige(ACCES["voir_file"])
@ecrit("POST")
def mon_absence(request: HttpRequest) -> HttpResponse:
    """Un référent déclare son absence. GET : le formulaire."""
    agent_id = acces_de(request).agent_id
    if agent_id is None:
        raise PermissionDenied(MESSAGE)
    le = date_de(request)
    formulaire = formulaires.Absence(request.POST if request.method == "POST" else None, jour=le)
    if formulaire.is_valid():
        absence = executer(
            lambda: actes.declarer_absence(
                agent_id=agent_id,
                debut=formulaire.cleaned_data["debut"],
                fin=formulaire.cleaned_data["fin"],
                par=acces_de(request),
                le=le,
            ),
            formulaire=formulaire,
        )
        if absence is not None:
            messages.success(
                request, "Votre absence est notée : rien ne vous sera confié ces jours."
            )
            return redirect("referents_ma_file")
    return render(request, "referent_unique/mon_absence.html", {"formulaire": formulaire})


def _agent(request: HttpRequest) -> int:
    """L'agent dont la file est demandée : soi, ou un autre pour qui tient les portefeuilles."""
    acces = acces_de(request)
    demande = request.GET.get("agent", "")
    if demande.isdecimal() and len(demande) < 19 and int(demande) != acces.agent_id:
        if not ACCES["voir_propositions"](acces):
            raise PermissionDenied(MESSAGE)
        return int(demande)
    if acces.agent_id is None:
        raise PermissionDenied(MESSAGE)
    return acces.agent_id


def _tuiles(request: HttpRequest) -> list[TuileRendue]:
    encarts = tuiles(acces=acces_de(request), le=date_de(request), emplacement="ma_file")
    return [
        TuileRendue(
            code=e.code,
            titre=e.titre,
            # Sûr : le rendu d'un gabarit échappe déjà ses variables.
            corps=mark_safe(render_to_string(e.gabarit, dict(e.donnees), request=request)),
        )
        for e in encarts
    ]
