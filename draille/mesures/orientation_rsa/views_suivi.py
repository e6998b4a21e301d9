"""La page d'un entrant, et ses actes : un formulaire chacun, une erreur par champ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.orientation_rsa import actes, lectures
from draille.mesures.orientation_rsa import forms as formulaires
from draille.mesures.orientation_rsa.acces import ACCES
from draille.mesures.orientation_rsa.lectures import SuiviLu
from draille.mesures.orientation_rsa.models import Orientation, Suivi
from draille.mesures.orientation_rsa.regles import Acte, Statut, destinations
from draille.mesures.orientation_rsa.views_commun import acces_nominatif
from draille.noyau.personne.actes import consulter
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus
from draille.socle.texte import mois_annee

# Le champ où se montre un refus de l'acte ; les autres refus se montrent en tête du formulaire.
_CHAMP_DU_REFUS = {
    "orientation_rsa.date_future": "le",
    "orientation_rsa.avant_entree": "le",
    "orientation_rsa.reorientation_date": "le",
    "orientation_rsa.notification_date": "le",
    "parcours.date": "le",
    "orientation_rsa.motif_ecart_absent": "motif_ecart",
    "orientation_rsa.motif_absent": "motif",
    "orientation_rsa.type_inconnu": "type_parcours",
    "orientation_rsa.organisme_inconnu": "organisme",
    "orientation_rsa.reponses_incoherentes": "duree_sans_emploi_mois",
}
TONS = {
    Statut.A_RENCONTRER: "genet",
    Statut.A_ORIENTER: "eau",
    Statut.ORIENTEE: "pature",
    Statut.SANS_SUITE: "pierre",
}
Fabrique = Callable[[Mapping[str, Any] | None, SuiviLu, date], forms.Form]


@dataclass(frozen=True, slots=True, kw_only=True)
class Geste:
    """Un acte tel que l'écran le propose : ses mots, son formulaire, qui le peut, ce qu'il fait."""

    code: str
    acte: Acte
    titre: str
    invite: str
    bouton: str
    fait: str
    fabrique: Fabrique
    executer: Callable[[Any, int, Acces], object]

    def est_permis(self, statut: Statut, acces: Acces) -> bool:
        """Vrai si l'état du suivi et le rôle admettent ce geste."""
        return ACCES[str(self.acte)](acces) and bool(destinations(acte=self.acte, de=statut))


def _formulaire_orienter(donnees: Mapping[str, Any] | None, f: SuiviLu, le: date) -> forms.Form:
    return formulaires.Orienter(donnees, jour=le, proposition=f.proposition)


def _formulaire_notifier(donnees: Mapping[str, Any] | None, f: SuiviLu, le: date) -> forms.Form:
    en_cours = _en_cours(f)
    if en_cours is None:
        raise Http404
    return formulaires.Notifier(donnees, jour=le, orientation=en_cours)


def _en_cours(lue: SuiviLu) -> Orientation | None:
    return next((o.orientation for o in lue.orientations if o.orientation.est_en_cours), None)


GESTES = {
    g.code: g
    for g in (
        Geste(
            code="rencontre",
            acte=Acte.RENCONTRER,
            titre="Enregistrer le premier rendez-vous",
            invite="La personne n'a pas encore été rencontrée.",
            bouton="Enregistrer le rendez-vous",
            fait="Le rendez-vous est enregistré.",
            fabrique=lambda d, f, le: formulaires.Rencontre(d, jour=le),
            executer=lambda f, pk, par: actes.rencontrer(
                suivi_id=pk, rendez_vous=f.rendez_vous, par=par, le=f.cleaned_data["le"]
            ),
        ),
        Geste(
            code="diagnostic",
            acte=Acte.DIAGNOSTIQUER,
            titre="Remplir le diagnostic",
            invite="Le diagnostic tient en douze questions ; il donne une proposition de parcours.",
            bouton="Enregistrer le diagnostic",
            fait="Le diagnostic est enregistré ; la proposition est à jour.",
            fabrique=lambda d, f, le: formulaires.Diagnostic(d, jour=le),
            executer=lambda f, pk, par: actes.diagnostiquer(
                suivi_id=pk, reponses=f.reponses, par=par, le=f.cleaned_data["le"]
            ),
        ),
        Geste(
            code="decision",
            acte=Acte.ORIENTER,
            titre="Décider de l'orientation",
            invite="La personne attend sa première orientation.",
            bouton="Orienter",
            fait="La personne est orientée. Ses délais sont clos.",
            fabrique=_formulaire_orienter,
            executer=lambda f, pk, par: actes.orienter(
                suivi_id=pk, decision=f.decision, par=par, le=f.cleaned_data["le"]
            ),
        ),
        Geste(
            code="notification",
            acte=Acte.NOTIFIER,
            titre="Enregistrer la notification",
            invite="La personne est orientée ; il reste à le lui faire savoir.",
            bouton="Enregistrer la notification",
            fait="La notification est enregistrée.",
            fabrique=_formulaire_notifier,
            executer=lambda f, pk, par: actes.notifier(
                suivi_id=pk, canal=f.cleaned_data["canal"], par=par, le=f.cleaned_data["le"]
            ),
        ),
        Geste(
            code="reorientation",
            acte=Acte.REORIENTER,
            titre="Réorienter",
            invite="La situation a changé.",
            bouton="Réorienter",
            fait="La personne est réorientée ; l'orientation d'avant reste dans l'historique.",
            fabrique=lambda d, f, le: formulaires.Reorienter(d, jour=le, proposition=f.proposition),
            executer=lambda f, pk, par: actes.reorienter(
                suivi_id=pk,
                decision=f.decision,
                motif=f.cleaned_data["motif"],
                par=par,
                le=f.cleaned_data["le"],
            ),
        ),
    )
}


@exige(ACCES["voir_entrants"])
@ecrit("GET", "HEAD")
def suivi(request: HttpRequest, pk: int) -> HttpResponse:
    """La page d'un entrant. Écrit la consultation (CASF L262-44)."""
    lue = _lire(request, pk)
    consulter(
        personne=lue.suivi.personne,
        page="orientation",
        compartiment=Compartiment.INSERTION,
        par=acces_de(request),
    )
    return _rendre(request, lue, geste=_prochain(lue, request), formulaire=None)


@exige(ACCES["voir_entrants"])
@ecrit("POST")
def acte(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Le formulaire d'un acte, et son envoi. Une saisie refusée revient telle quelle, expliquée."""
    geste = GESTES.get(code)
    if geste is None:
        raise Http404
    if not ACCES[str(geste.acte)](acces_de(request)):
        raise PermissionDenied(MESSAGE)
    lue = _lire(request, pk)
    le = date_de(request)
    if geste.code not in {g.code for g in _permis(lue, request)}:
        messages.warning(request, "Cette étape est déjà passée, ou pas encore possible.")
        return redirect("orientation_suivi", pk=pk)
    formulaire = geste.fabrique(request.POST if request.method == "POST" else None, lue, le)
    if formulaire.is_valid() and _executer(request, geste, formulaire, pk):
        messages.success(request, geste.fait)
        return redirect("orientation_suivi", pk=pk)
    return _rendre(request, lue, geste=geste, formulaire=formulaire)


def _executer(request: HttpRequest, geste: Geste, formulaire: forms.Form, pk: int) -> bool:
    try:
        geste.executer(formulaire, pk, acces_de(request))
    except Refus as refus:
        champ = _CHAMP_DU_REFUS.get(refus.code)
        formulaire.add_error(champ if champ in formulaire.fields else None, refus.message)
        return False
    return True


def _lire(request: HttpRequest, pk: int) -> SuiviLu:
    acces = acces_nominatif(acces_de(request))
    try:
        suivi_lu: Suivi = lectures.suivi(suivi_id=pk, acces=acces)
    except Refus as refus:
        raise Http404(refus.message) from refus
    personne = suivi_lu.personne
    for lue in lectures.dossier(personne_id=personne.pk, acces=acces, le=date_de(request)):
        if lue.suivi.pk == pk:
            lue.suivi.personne = personne
            return lue
    raise Http404


def _permis(lue: SuiviLu, request: HttpRequest) -> list[Geste]:
    """Les gestes que l'état du suivi et le rôle de l'agent admettent, dans l'ordre du travail."""
    acces = acces_de(request)
    en_cours = _en_cours(lue)
    exclus = set()
    if lue.suivi.rencontree_le is not None:
        exclus.add("rencontre")
    if en_cours is None or en_cours.notifiee_le is not None:
        exclus.add("notification")
    return [g for g in GESTES.values() if g.code not in exclus and g.est_permis(lue.statut, acces)]


def _prochain(lue: SuiviLu, request: HttpRequest) -> Geste | None:
    """Ce qui vient ensuite : rencontrer, diagnostiquer, décider, notifier."""
    exclus = {"reorientation"}
    if lue.diagnostics or lue.statut is Statut.ORIENTEE:
        exclus.add("diagnostic")
    if lue.statut is Statut.ORIENTEE:
        exclus.add("rencontre")
    return next((g for g in _permis(lue, request) if g.code not in exclus), None)


def _rendre(
    request: HttpRequest, lue: SuiviLu, *, geste: Geste | None, formulaire: forms.Form | None
) -> HttpResponse:
    le = date_de(request)
    pk = lue.suivi.pk
    est_page = formulaire is not None
    # Le diagnostic est long : il a sa page, la page de l'entrant n'en montre que l'entrée.
    if formulaire is None and geste is not None and geste.code != "diagnostic":
        formulaire = geste.fabrique(None, lue, le)
    contexte = {
        "lue": lue,
        "suivi": lue.suivi,
        "precision": f"{lue.categorie}, {mois_annee(lue.suivi.mois)}.",
        "ton_statut": TONS[lue.statut],
        "formulaire": formulaire,
        "acte": _dit(geste, pk, est_page=est_page) if geste else None,
        "autres": [
            _dit(g, pk, est_page=False)
            for g in _permis(lue, request)
            if geste is None or g.code != geste.code
        ],
        "url_suivi": reverse("orientation_suivi", args=[pk]),
        "url_personne": url_personne(lue.suivi.personne_id),
    }
    return render(request, "orientation_rsa/suivi.html", contexte)


def _dit(geste: Geste, pk: int, *, est_page: bool) -> dict[str, object]:
    return {
        "titre": geste.titre,
        "invite": geste.invite,
        "bouton": geste.bouton,
        "url": reverse("orientation_acte", args=[pk, geste.code]),
        "est_page": est_page,
    }
