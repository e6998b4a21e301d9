"""Les lieux et leurs plages : ouvrir, fermer, une séance collective, un jour fermé."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous import forms as formulaires
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.models import Creneau, Lieu, Plage
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import JOURS, date_longue, pluriel


@dataclass(frozen=True, slots=True, kw_only=True)
class LieuVu:
    """Un lieu de la liste. `libres` : places libres à venir."""

    lieu: Lieu
    plages: int
    libres: int
    est_ferme: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlageVue:
    """Une plage, en mots."""

    plage: Plage
    quand: str
    pour: str
    peut_fermer: bool


@exige(ACCES["tenir_agenda"])
@ecrit()
def lieux(request: HttpRequest) -> HttpResponse:
    """Les lieux, ouverts puis fermés, ce qu'ils offrent encore."""
    le = date_de(request)
    lus = lectures.lieux(le=le, avec_fermes=True)
    plages = dict(
        Plage.objects.filter(Q(fin__isnull=True) | Q(fin__gt=le), est_fermeture=False)
        .values_list("lieu_id")
        .annotate(Count("pk"))
    )
    libres = {
        lieu: places
        for lieu, places in Creneau.objects.filter(jour__gte=le, est_ferme=False)
        .values_list("lieu_id")
        .annotate(places=Count("pk", filter=Q(pris__lt=F("capacite"))))
    }
    vus = [
        LieuVu(
            lieu=x,
            plages=plages.get(x.pk, 0),
            libres=libres.get(x.pk, 0),
            est_ferme=_est_ferme(x, le),
        )
        for x in lus
    ]
    vus.sort(key=lambda v: (v.est_ferme, v.lieu.nom))
    contexte = {"lieux": vus, "peut_tenir": ACCES["tenir_lieux"](acces_de(request))}
    return render(request, "rendez_vous/lieux.html", contexte)


@exige(ACCES["tenir_lieux"])
@ecrit("POST")
def nouveau(request: HttpRequest) -> HttpResponse:
    """Ouvrir un lieu."""
    formulaire = formulaires.Lieu(request.POST if request.method == "POST" else None)
    if formulaire.is_valid():
        try:
            ouvert = actes.ouvrir_lieu(
                termes=formulaire.termes, par=acces_de(request), le=date_de(request)
            )
        except Refus as refus:
            formulaire.add_error("nom" if "pris" in refus.code else None, refus.message)
        else:
            messages.success(request, "Le lieu est ouvert. Ouvrez maintenant ses plages.")
            return redirect("lieu", pk=ouvert.pk)
    return render(request, "rendez_vous/lieu_nouveau.html", {"formulaire": formulaire})


@exige(ACCES["tenir_agenda"])
@ecrit("POST")
def lieu(request: HttpRequest, pk: int) -> HttpResponse:
    """Un lieu et ses plages ; l'envoi ouvre une plage."""
    lu = _lire(pk)
    seul = _seul_agent(acces_de(request))
    jour = formulaires.UN_JOUR if "un_jour" in request.GET else ""
    envoi = request.POST if request.method == "POST" else None
    formulaire = formulaires.Plage(envoi, seul_agent=seul, jour=jour)
    if formulaire.is_valid():
        try:
            actes.ouvrir_plage(
                termes=formulaire.termes(lieu_id=pk), par=acces_de(request), le=date_de(request)
            )
            _tirer_les_creneaux(request)
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La plage est ouverte ; ses créneaux sont proposés.")
            return redirect("lieu", pk=pk)
    return _montrer(request, lu, plage=formulaire)


@exige(ACCES["tenir_lieux"])
@ecrit("POST")
@require_POST
def fermer(request: HttpRequest, pk: int) -> HttpResponse:
    """Fermer un lieu : ses plages et ses créneaux à venir avec lui."""
    _lire(pk)
    try:
        actes.fermer_lieu(lieu_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, "Le lieu est fermé ; il n'est plus proposé.")
    return redirect("lieu", pk=pk)


@exige(ACCES["tenir_agenda"])
@ecrit("POST")
@require_POST
def fermer_jour(request: HttpRequest, pk: int) -> HttpResponse:
    """Fermer un jour entier, pour tout le lieu ou pour un agent."""
    lu = _lire(pk)
    formulaire = formulaires.FermerJour(request.POST, seul_agent=_seul_agent(acces_de(request)))
    if formulaire.is_valid():
        agent = formulaire.cleaned_data["agent"]
        try:
            actes.fermer_jour(
                lieu_id=pk,
                jour=formulaire.cleaned_data["jour"],
                agent_id=agent.pk if agent else None,
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error("jour", refus.message)
        else:
            messages.success(request, "Ce jour est fermé : ses créneaux libres le sont aussi.")
            return redirect("lieu", pk=pk)
    return _montrer(request, lu, fermeture=formulaire)


@exige(ACCES["tenir_agenda"])
@ecrit("POST")
@require_POST
def fermer_plage(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrêter une plage, ou lever une fermeture, à la date du produit."""
    plage = Plage.objects.filter(pk=pk).first()
    if plage is None:
        raise Http404
    if not _tient(acces_de(request), plage):
        raise PermissionDenied(MESSAGE)
    try:
        actes.fermer_plage(plage_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        fait = "La fermeture est levée." if plage.est_fermeture else "La plage est arrêtée."
        messages.success(request, fait)
    return redirect("lieu", pk=plage.lieu_id)


def _tirer_les_creneaux(request: HttpRequest) -> None:
    """Ouvre les créneaux des plages jusqu'à l'horizon, sans attendre la tâche de la nuit."""
    acces, le = acces_de(request), date_de(request)
    horizon = registre_global().entier("rendez_vous.horizon", le)
    actes.generer_creneaux(jusque=le + timedelta(days=horizon), par=acces, le=le)


def _lire(pk: int) -> Lieu:
    try:
        return lectures.lieu(lieu_id=pk)
    except Refus as refus:
        raise Http404(refus.message) from refus


def _seul_agent(acces: Acces) -> int | None:
    """Un référent ne tient que ses propres plages ; qui tient les lieux les tient toutes."""
    return None if ACCES["tenir_lieux"](acces) else acces.agent_id


def _tient(acces: Acces, plage: Plage) -> bool:
    seul = _seul_agent(acces)
    return seul is None or plage.agent_id == seul


def _est_ferme(lu: Lieu, le: date) -> bool:
    return lu.fin is not None and lu.fin <= le


def _montrer(
    request: HttpRequest,
    lu: Lieu,
    *,
    plage: forms.Form | None = None,
    fermeture: forms.Form | None = None,
) -> HttpResponse:
    acces, le = acces_de(request), date_de(request)
    seul = _seul_agent(acces)
    ferme = _est_ferme(lu, le)
    vues = [_vue(p, acces, le) for p in lectures.plages(lieu_id=lu.pk, le=le)]
    contexte: dict[str, Any] = {
        "lieu": lu,
        "est_ferme": ferme,
        "hebdomadaires": [v for v in vues if v.plage.jour and not v.plage.est_fermeture],
        "exceptionnelles": [v for v in vues if v.plage.le and not v.plage.est_fermeture],
        "fermetures": [v for v in vues if v.plage.est_fermeture],
        "peut_tenir": ACCES["tenir_lieux"](acces),
        "est_fermeture_refusee": fermeture is not None,
    }
    if not ferme:
        contexte["formulaire"] = plage or formulaires.Plage(seul_agent=seul)
        contexte["fermeture"] = fermeture or formulaires.FermerJour(seul_agent=seul)
    return render(request, "rendez_vous/lieu.html", contexte)


def _vue(plage: Plage, acces: Acces, le: date) -> PlageVue:
    en_cours = plage.fin is None or plage.fin > le
    a_venir = plage.le is None or plage.le >= le
    quand = f"le {JOURS[plage.jour - 1]}" if plage.jour else date_longue(plage.le or le)
    return PlageVue(
        plage=plage,
        quand=quand,
        pour=_pour(plage),
        peut_fermer=en_cours and a_venir and _tient(acces, plage),
    )


def _pour(plage: Plage) -> str:
    if plage.est_fermeture:
        return "personne n'est reçu"
    motif = plage.get_motif_display()
    if plage.capacite > 1:
        return f"{motif} ; séance collective de {pluriel(plage.capacite, 'place')}"
    return f"{motif} ; {pluriel(plage.duree_minutes, 'minute')}"
