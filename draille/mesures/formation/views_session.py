"""Une session : s'y inscrire, la tenir, l'émarger, la clore, l'annuler, en attester."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.formation import actes, lectures
from draille.mesures.formation import forms as formulaires
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.lectures import SessionLue, SessionOuverte
from draille.mesures.formation.lectures_attestation import attestation as composer
from draille.mesures.formation.lectures_attestation import heures_dites
from draille.mesures.formation.models import DemiJournee, Inscription
from draille.mesures.formation.regles import Moment, StatutInscription, StatutSession
from draille.mesures.formation.views_commun import etat_dit, quand_dit
from draille.socle.refus import Refus
from draille.socle.texte import date_longue, pluriel


@exige(ACCES["voir"])
@ecrit()
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """La session : son calendrier, ses places, ma place ; et, pour qui la tient, ses inscrits."""
    return _montrer(request, pk)


def _montrer(request: HttpRequest, pk: int, **saisies: forms.Form) -> HttpResponse:
    acces, le = acces_de(request), date_de(request)
    lue = _lire(request, pk)
    vue = lue.session
    est_programmee = vue.statut == StatutSession.PROGRAMMEE
    peut_gerer = ACCES["gerer"](acces)
    ouvert = next(iter(saisies), "")
    a_venir = est_programmee and le <= vue.debut
    contexte: dict[str, Any] = {
        "lue": lue,
        "session": vue,
        "quand": quand_dit(vue),
        "heures": heures_dites(vue.heures),
        "source": lue.theme.source(vue.debut) if lue.theme else "",
        "etat": etat_dit(_pour_etat(lue), le),
        "demi_journees": [
            {
                "lue": d,
                "jour": date_longue(d.demi.jour),
                "moment": Moment(d.demi.moment).libelle,
                "heures": heures_dites(d.demi.heures),
                "est_passee": d.demi.jour <= le,
                "est_dite": d.dites >= vue.prises > 0,
            }
            for d in lue.demi_journees
        ],
        "peut_gerer": peut_gerer,
        # Une saisie refusée reste à l'écran avec son message, même si la page a changé.
        "peut_inscrire": peut_gerer and (a_venir or ouvert in ("agent", "partenaire")),
        "peut_m_inscrire": a_venir and lue.mienne is None and ACCES["s_inscrire"](acces),
        "peut_clore": peut_gerer and ((est_programmee and le >= vue.fin) or ouvert == "cloture"),
        "peut_annuler": peut_gerer
        and (
            (est_programmee and not any(d.dites for d in lue.demi_journees))
            or ouvert == "annulation"
        ),
        "est_close": vue.statut == StatutSession.CLOSE,
        "peut_retirer": est_programmee,
        "suivies": sum(d.presents for d in lue.demi_journees),
        "fiche_agent": saisies.get("agent") or formulaires.InscrireAgent(),
        "fiche_partenaire": saisies.get("partenaire") or formulaires.InscrirePartenaire(),
        "cloture": saisies.get("cloture") or formulaires.Clore(),
        "annulation": saisies.get("annulation") or formulaires.Annuler(),
        "ouvert": ouvert,
    }
    return render(request, "formation/session.html", contexte)


def _pour_etat(lue: SessionOuverte) -> SessionLue:
    return SessionLue(
        session=lue.session,
        theme="",
        demi_journees=len(lue.demi_journees),
        attente=lue.nombre_attente,
        mienne=lue.mienne,
    )


def _lire(request: HttpRequest, pk: int) -> SessionOuverte:
    try:
        return lectures.session(session_id=pk, acces=acces_de(request))
    except Refus as refus:
        raise Http404(refus.message) from refus


@exige(ACCES["voir"])
@ecrit("POST")
@require_POST
def inscrire(request: HttpRequest, pk: int) -> HttpResponse:
    """S'inscrire ; ou, pour qui gère, inscrire un collègue ou un professionnel d'un partenaire."""
    acces = acces_de(request)
    nom = request.POST.get("qui", "")
    formulaire: formulaires.InscrireAgent | formulaires.InscrirePartenaire | None = None
    if nom == "agent":
        formulaire = formulaires.InscrireAgent(request.POST)
    elif nom == "partenaire":
        formulaire = formulaires.InscrirePartenaire(request.POST)
    if formulaire is not None and not formulaire.is_valid():
        return _montrer(request, pk, **{nom: formulaire})
    qui = formulaire.qui if formulaire is not None else acces.agent_id
    if qui is None:
        raise Http404("Personne à inscrire.")
    try:
        inscription = actes.inscrire(session_id=pk, qui=qui, par=acces, le=date_de(request))
    except Refus as refus:
        if formulaire is not None:
            formulaire.add_error(None, refus.message)
            return _montrer(request, pk, **{nom: formulaire})
        messages.error(request, refus.message)
    else:
        messages.success(request, _inscription_dite(inscription, est_moi=formulaire is None))
    return redirect("formation", pk=pk)


def _inscription_dite(inscription: Inscription, *, est_moi: bool) -> str:
    qui = "Vous êtes" if est_moi else f"{inscription.professionnel} est"
    if inscription.statut == StatutInscription.EN_ATTENTE:
        return f"{qui} en liste d'attente : la première place rendue ira au premier de la liste."
    return f"{qui} sur la liste de cette session."


@exige(ACCES["voir"])
@ecrit("POST")
@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Se désister, ou retirer un inscrit ; la place rendue va à qui attend."""
    session_id = Inscription.objects.filter(pk=pk).values_list("session_id", flat=True).first()
    try:
        montee = actes.se_desister(inscription_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        suite = " La place va à la première personne qui attendait." if montee else ""
        messages.success(request, f"L'inscription est retirée.{suite}")
    return redirect("formation", pk=session_id) if session_id else redirect("formations")


@exige(ACCES["gerer"])
@ecrit("POST")
def emarger(request: HttpRequest, pk: int) -> HttpResponse:
    """Qui était là, une demi-journée : une case par inscrit."""
    demi = DemiJournee.objects.filter(pk=pk).first()
    if demi is None:
        raise Http404("Cette demi-journée n'existe pas.")
    refuse = ""
    if request.method == "POST":
        presents = [int(v) for v in request.POST.getlist("present") if v.isdecimal()]
        try:
            changees = actes.emarger(
                demi_journee_id=pk, presents=presents, par=acces_de(request), le=date_de(request)
            )
        except Refus as refus:
            refuse = refus.message
        else:
            dit = f"{pluriel(changees, 'présence')} enregistrée{'s' if changees > 1 else ''}."
            messages.success(request, f"L'émargement est gardé : {dit}")
            return redirect("formation", pk=demi.session_id)
    return render(request, "formation/emarger.html", _emargement(request, demi, refuse))


def _emargement(request: HttpRequest, demi: DemiJournee, refuse: str) -> dict[str, Any]:
    lue = _lire(request, demi.session_id)
    rang = next(i for i, d in enumerate(lue.demi_journees) if d.demi == demi)
    est_dite = any(i.presences[rang] is not None for i in lue.inscrits)
    return {
        "session": lue.session,
        "quand": f"{date_longue(demi.jour)}, {Moment(demi.moment).libelle}",
        "heures": heures_dites(demi.heures),
        # Rien n'est dit encore : le plus souvent tous sont là, on ne décoche que les absents.
        "inscrits": [
            {"inscrit": i, "est_present": i.presences[rang] if est_dite else True}
            for i in lue.inscrits
        ],
        "est_dite": est_dite,
        "est_ouverte": lue.session.statut == StatutSession.PROGRAMMEE
        and demi.jour <= date_de(request),
        "refus": refuse,
    }


@exige(ACCES["gerer"])
@ecrit("POST")
@require_POST
def clore(request: HttpRequest, pk: int) -> HttpResponse:
    """Clore la session, avec son coût réel."""
    formulaire = formulaires.Clore(request.POST)
    if formulaire.is_valid():
        try:
            bilan = actes.clore_session(
                session_id=pk,
                montant_reel=formulaire.cleaned_data["montant_reel"],
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            formes = pluriel(bilan.formes, "professionnel formé", "professionnels formés")
            dit = f"La session est close : {formes}, {heures_dites(bilan.heures)}."
            messages.success(request, dit)
            return redirect("formation", pk=pk)
    return _montrer(request, pk, cloture=formulaire)


@exige(ACCES["gerer"])
@ecrit("POST")
@require_POST
def annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Annuler la session."""
    formulaire = formulaires.Annuler(request.POST)
    if formulaire.is_valid():
        try:
            actes.annuler_session(
                session_id=pk,
                motif=formulaire.cleaned_data["motif"],
                montant_reel=formulaire.cleaned_data["montant_reel"],
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La session est annulée.")
            return redirect("formation", pk=pk)
    return _montrer(request, pk, annulation=formulaire)


@exige(ACCES["voir"])
@ecrit()
def attestation(request: HttpRequest, pk: int) -> HttpResponse:
    """L'attestation de présence, en PDF."""
    try:
        pdf = composer(inscription_id=pk, acces=acces_de(request))
    except Refus as refus:
        raise Http404(refus.message) from refus
    reponse = HttpResponse(pdf, content_type="application/pdf")
    reponse["Content-Disposition"] = f'inline; filename="attestation-formation-{pk}.pdf"'
    return reponse
