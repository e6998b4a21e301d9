"""Convoquer une liste : relire, puis envoyer ; ce qui est refusé revient expliqué."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.actes import LigneAConvoquer
from draille.mesures.rendez_vous.views import LIGNES_AU_PLUS
from draille.mesures.rendez_vous.views_commun import canal_lu
from draille.mesures.rendez_vous.views_lignes import LigneVue, lire, lues, motif_de
from draille.socle.texte import pluriel


@exige(ACCES["convoquer"])
@ecrit("POST")
def revue(request: HttpRequest) -> HttpResponse:
    """GET : relire les lignes choisies. POST : convoquer, et garder ce qui ne passe pas."""
    motif = motif_de(request)
    retour = f"{reverse('convocations')}?motif={motif}"
    vues = lire(request, motif)
    if request.method != "POST":
        choisies = _demandees(request, vues)
        if not choisies:
            messages.warning(request, "Cochez au moins une personne, puis recommencez.")
            return redirect(retour)
        ecartees = 0 if request.GET.get("tout") else len(lues(request.GET.getlist("ligne")))
        return _montrer(request, choisies, ecartees=max(0, ecartees - len(choisies)))
    restent, refusees, faites = _convoquer(request, vues)
    if faites and not refusees:
        dit = pluriel(
            faites,
            "personne convoquée. Son message part à la prochaine levée.",
            "personnes convoquées. Leurs messages partent à la prochaine levée.",
        )
        messages.success(request, dit)
        return redirect(retour)
    if not faites and not refusees:
        messages.warning(request, "Cochez au moins une ligne : rien n'a été envoyé.")
    return _montrer(request, restent, faites=faites, refusees=refusees)


def _demandees(request: HttpRequest, vues: list[LigneVue]) -> list[LigneVue]:
    proposees = [x for x in vues if x.creneau]
    if not request.GET.get("tout"):
        cochees = lues(request.GET.getlist("ligne"))
        proposees = [x for x in proposees if x.demande.pk in cochees]
    return proposees[:LIGNES_AU_PLUS]


def _convoquer(request: HttpRequest, vues: list[LigneVue]) -> tuple[list[LigneVue], int, int]:
    """Convoque les lignes cochées. Rend celles qui restent, le nombre de refus, celui des faites.

    Une ligne refusée revient avec le créneau que le calcul lui propose maintenant.
    """
    cochees = dict(list(lues(request.POST.getlist("ligne")).items())[:LIGNES_AU_PLUS])
    montrees = lues(request.POST.getlist("vue")) | cochees
    par_demande = {x.demande.pk: x for x in vues}
    bilan = actes.convoquer_lot(
        lignes=[
            LigneAConvoquer(
                demande_id=demande,
                creneau_id=creneau,
                minutes=_minutes(par_demande.get(demande), creneau),
                canal=_canal(request, par_demande.get(demande), demande) or None,
            )
            for demande, creneau in cochees.items()
        ],
        par=acces_de(request),
        le=date_de(request),
    )
    refus = {r.demande_id: r.refus.message for r in bilan.refusees}
    faites = {r.demande_id for r in bilan.faites}
    ensuite = lire(request, motif_de(request)) if faites or refus else vues
    encore = {x.demande.pk: x for x in ensuite if x.creneau}
    for demande in refus.keys() - encore.keys() - par_demande.keys():
        messages.error(request, refus[demande])
    restent = [
        replace(
            encore.get(x.demande.pk, x),
            canal=_canal(request, x, x.demande.pk),
            est_cochee=False,
            refus=refus.get(x.demande.pk, ""),
        )
        for x in vues
        if x.demande.pk in montrees and x.demande.pk not in faites
    ]
    return restent, len(refus), len(faites)


def _minutes(ligne: LigneVue | None, creneau_id: int) -> int | None:
    """Le trajet proposé, s'il est bien celui de ce créneau."""
    if ligne is None or ligne.creneau is None or ligne.creneau.pk != creneau_id:
        return None
    return ligne.minutes


def _canal(request: HttpRequest, ligne: LigneVue | None, demande: int) -> str:
    valeur = request.POST.get(f"canal-{demande}", "")
    return canal_lu(valeur, ligne.canaux) if ligne else ""


def _montrer(
    request: HttpRequest,
    lignes: list[LigneVue],
    *,
    faites: int = 0,
    refusees: int = 0,
    ecartees: int = 0,
) -> HttpResponse:
    motif = motif_de(request)
    contexte = {
        "lignes": lignes,
        "motif": motif,
        "faites": faites,
        "refusees": refusees,
        "ecartees": ecartees,
        "url_liste": f"{reverse('convocations')}?motif={motif}",
    }
    return render(request, "rendez_vous/revue.html", contexte)
