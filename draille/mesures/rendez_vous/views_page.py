"""La page d'un rendez-vous, et ce qu'il devient : venu, excusé, absent, annulé, déplacé."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous import forms as formulaires
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.models import DemandeRendezVous, RendezVous
from draille.mesures.rendez_vous.views_commun import (
    TONS,
    Passage,
    acces_nominatif,
    en_minutes,
    passage,
    quand,
    url_message,
)
from draille.moteurs.messages.models import Message
from draille.moteurs.messages.registre import definitions
from draille.noyau.personne.actes import consulter
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

Envoi = Mapping[str, Any] | None
_TONS_ENVOI = {
    Message.Etat.A_ENVOYER: "eau",
    Message.Etat.EN_COURS: "eau",
    Message.Etat.REMIS: "pature",
    Message.Etat.ABANDONNE: "tuile",
    Message.Etat.ANNULE: "pierre",
}
Statut = DemandeRendezVous.Statut


@dataclass(frozen=True, slots=True, kw_only=True)
class Geste:
    """Un acte tel que l'écran le propose : qui le peut, quand, ses mots, ce qu'il fait.

    `apres` : vrai s'il n'a de sens qu'à partir du jour du rendez-vous.
    """

    code: str
    droit: str
    titre: str
    invite: str
    bouton: str
    fait: str
    executer: Callable[[int, dict[str, Any], Acces, date], object]
    fabrique: type[forms.Form] | None = None
    variante: str = "second"
    apres: bool = False

    def est_permis(self, rdv: RendezVous, acces: Acces, le: date) -> bool:
        """Vrai si le rôle, l'état et le jour admettent ce geste."""
        fixe = rdv.statut == RendezVous.Statut.FIXE
        return ACCES[self.droit](acces) and fixe and (not self.apres or le >= rdv.jour)


GESTES = {
    g.code: g
    for g in (
        Geste(
            code="honorer",
            droit="rendre_compte",
            titre="La personne est venue",
            invite="Le rendez-vous est honoré à sa date ; les délais qui l'attendaient sont clos.",
            bouton="Enregistrer sa venue",
            fait="Le rendez-vous est honoré.",
            variante="",
            apres=True,
            executer=lambda pk, lu, par, le: actes.honorer(rendez_vous_id=pk, par=par, le=le),
        ),
        Geste(
            code="excuser",
            droit="rendre_compte",
            titre="Elle a prévenu, ou s'est excusée",
            invite="Une nouvelle convocation, du même rang, sera à fixer.",
            bouton="Enregistrer l'excuse",
            fait="L'absence est excusée ; la personne est de nouveau à convoquer.",
            fabrique=formulaires.Excuser,
            executer=lambda pk, lu, par, le: actes.excuser(
                rendez_vous_id=pk, motif=lu["motif"], par=par, le=le
            ),
        ),
        Geste(
            code="manquer",
            droit="rendre_compte",
            titre="Elle n'est pas venue, sans prévenir",
            invite="Une absence n'entraîne qu'une seconde convocation, jamais une sanction.",
            bouton="Enregistrer l'absence",
            fait="L'absence est enregistrée.",
            apres=True,
            executer=lambda pk, lu, par, le: actes.manquer(rendez_vous_id=pk, par=par, le=le),
        ),
        Geste(
            code="annuler",
            droit="fixer",
            titre="Annuler, du fait du service",
            invite="La personne reçoit un message, et redevient à convoquer.",
            bouton="Annuler le rendez-vous",
            fait="Le rendez-vous est annulé ; la personne en est prévenue.",
            fabrique=formulaires.Annuler,
            variante="danger",
            executer=lambda pk, lu, par, le: actes.annuler(
                rendez_vous_id=pk, motif=lu["motif"], par=par, le=le
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GesteVu:
    """Un geste et son formulaire, à montrer ; ou un lien vers la page qui le fait."""

    code: str
    titre: str
    invite: str
    bouton: str
    variante: str
    url: str
    formulaire: forms.Form | None = None
    est_page: bool = False
    est_ouvert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvoiVu:
    """Un message de ce rendez-vous, en mots."""

    libelle: str
    url: str
    canal: str
    prevu: datetime
    etat: str
    ton: str
    remis: datetime | None


@exige(ACCES["voir_rendez_vous"])
@ecrit("GET", "HEAD")
def rendez_vous(request: HttpRequest, pk: int) -> HttpResponse:
    """La page d'un rendez-vous. Écrit la consultation (CASF L262-44)."""
    rdv = _lire(request, pk)
    consulter(
        personne=rdv.personne,
        page="rendez_vous",
        compartiment=Compartiment.INSERTION,
        par=acces_de(request),
    )
    return _montrer(request, rdv)


@exige(ACCES["voir_rendez_vous"])
@ecrit("POST")
@require_POST
def geste(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Ce que le rendez-vous est devenu. Une saisie refusée revient telle quelle, expliquée."""
    choisi = GESTES.get(code)
    if choisi is None:
        raise Http404
    acces, le = acces_de(request), date_de(request)
    if not ACCES[choisi.droit](acces):
        raise PermissionDenied(MESSAGE)
    rdv = _lire(request, pk)
    formulaire = choisi.fabrique(request.POST) if choisi.fabrique else None
    if formulaire is not None and not formulaire.is_valid():
        return _montrer(request, rdv, refuse=choisi.code, formulaire=formulaire)
    try:
        choisi.executer(pk, formulaire.cleaned_data if formulaire else {}, acces, le)
    except Refus as refus:
        if formulaire is not None:
            formulaire.add_error(None, refus.message)
            return _montrer(request, rdv, refuse=choisi.code, formulaire=formulaire)
        messages.error(request, refus.message)
    else:
        messages.success(request, choisi.fait)
    return redirect("rendez_vous", pk=pk)


def _lire(request: HttpRequest, pk: int) -> RendezVous:
    try:
        return lectures.rendez_vous(rendez_vous_id=pk, acces=acces_nominatif(acces_de(request)))
    except Refus as refus:
        raise Http404(refus.message) from refus


def _montrer(
    request: HttpRequest, rdv: RendezVous, *, refuse: str = "", formulaire: forms.Form | None = None
) -> HttpResponse:
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    qui = f"agent={rdv.creneau.agent_id}" if rdv.creneau.agent_id else f"lieu={rdv.creneau.lieu_id}"
    gestes = [
        _vu(
            g,
            rdv.pk,
            formulaire if g.code == refuse else None,
            est_ouvert=g.code == (refuse or "honorer"),
        )
        for g in GESTES.values()
        if g.est_permis(rdv, acces, le)
    ]
    contexte = {
        "rdv": rdv,
        "quand": quand(rdv.creneau),
        "ton": TONS[RendezVous.Statut(rdv.statut)],
        "trajet": en_minutes(rdv.minutes),
        "gestes": gestes + _deplacer(rdv, acces, le),
        "titre_gestes": "La personne est-elle venue ?" if le >= rdv.jour else "Un changement ?",
        "suite": _suite(rdv, acces),
        "envois": _envois(rdv, acces),
        "histoire": _histoire(rdv, acces),
        "url_agenda": f"{reverse('agenda')}?{qui}&jour={rdv.jour.isoformat()}",
        "url_personne": url_personne(rdv.personne_id),
    }
    return render(request, "rendez_vous/rendez_vous.html", contexte)


def _vu(g: Geste, pk: int, formulaire: forms.Form | None, *, est_ouvert: bool) -> GesteVu:
    if formulaire is None and g.fabrique is not None:
        formulaire = g.fabrique()
    return GesteVu(
        code=g.code,
        titre=g.titre,
        invite=g.invite,
        bouton=g.bouton,
        variante=g.variante,
        url=reverse("rendez_vous_geste", args=[pk, g.code]),
        formulaire=formulaire,
        est_ouvert=est_ouvert,
    )


def _deplacer(rdv: RendezVous, acces: Acces, le: date) -> list[GesteVu]:
    if rdv.statut != RendezVous.Statut.FIXE or rdv.jour < le or not ACCES["fixer"](acces):
        return []
    return [
        GesteVu(
            code="deplacer",
            titre="Déplacer",
            invite="La personne garde sa convocation, à un autre moment ou dans un autre lieu.",
            bouton="Choisir un autre créneau",
            variante="second",
            url=reverse("rendez_vous_deplacer", args=[rdv.pk]),
            est_page=True,
        )
    ]


def _suite(rdv: RendezVous, acces: Acces) -> dict[str, str] | None:
    """Ce qui attend après une absence : convoquer encore, ou examiner la situation."""
    if rdv.statut not in (
        RendezVous.Statut.EXCUSE,
        RendezVous.Statut.MANQUE,
        RendezVous.Statut.ANNULE,
    ):
        return None
    suivante = (
        DemandeRendezVous.objects.visibles(acces)
        .filter(personne_id=rdv.personne_id, motif=rdv.motif, objet_id=rdv.objet_id)
        .order_by("-pk")
        .first()
    )
    if suivante is None or rdv.objet_id is None:
        return None
    if suivante.statut == Statut.A_CONVOQUER:
        limite = f" avant le {date_moyenne(suivante.avant_le)}" if suivante.avant_le else ""
        titre = "Seconde convocation à fixer" if suivante.rang > 1 else "De nouveau à convoquer"
        return {
            "titre": titre,
            "dit": f"La personne est à convoquer{limite}.",
            "url": reverse("convoquer", args=[suivante.pk]) if ACCES["convoquer"](acces) else "",
            "lien": "Choisir un créneau",
        }
    if suivante.statut == Statut.SIGNALEE:
        return {
            "titre": "À examiner",
            "dit": "Deux absences : le référent ou le cadre décide de la suite.",
            "url": reverse("convocations_examen") if ACCES["voir_convocations"](acces) else "",
            "lien": "Voir les situations à examiner",
        }
    return None


def _envois(rdv: RendezVous, acces: Acces) -> list[EnvoiVu]:
    connus = {code: d for code, d in definitions().items() if d.objet == "rendez_vous"}
    lus = (
        Message.objects.visibles(acces)
        .filter(objet_id=rdv.pk, personne_id=rdv.personne_id, modele__in=list(connus))
        .defer("contenu", "piece", "calendrier")
        .order_by("a_envoyer_le", "pk")
    )
    return [
        EnvoiVu(
            libelle=connus[m.modele].libelle,
            url=url_message(m.pk),
            canal=m.get_canal_display(),
            prevu=m.a_envoyer_le,
            etat=m.get_etat_display(),
            ton=_TONS_ENVOI[Message.Etat(m.etat)],
            remis=m.remis_le,
        )
        for m in lus
    ]


def _histoire(rdv: RendezVous, acces: Acces) -> list[Passage]:
    """Les rendez-vous de la même demande ; rien à dire s'il n'y en a qu'un."""
    if rdv.objet_id is None:
        return []
    tous = (
        RendezVous.objects.visibles(acces)
        .filter(objet_id=rdv.objet_id, motif=rdv.motif, personne_id=rdv.personne_id)
        .select_related("creneau__lieu")
        .order_by("-debut", "-pk")
    )
    passes = [passage(r) for r in tous]
    return passes if len(passes) > 1 else []
