"""Choisir un créneau : pour convoquer, pour déplacer, pour fixer un rendez-vous de suivi."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous import forms as formulaires
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.actes import LigneAConvoquer
from draille.mesures.rendez_vous.lectures import CreneauLibre
from draille.mesures.rendez_vous.models import DemandeRendezVous, RendezVous
from draille.mesures.rendez_vous.views_commun import (
    Choix,
    Passage,
    acces_nominatif,
    canal_lu,
    canaux,
    entier,
    ou,
    passage,
    quand,
)
from draille.mesures.rendez_vous.views_creneaux import depuis, groupes, premier_choix
from draille.mesures.rendez_vous.views_lignes import est_referent_seul
from draille.moteurs.messages.adaptateur import Apercu, canaux_possibles
from draille.moteurs.messages.models import Canal
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Compartiment, cle
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

LUS_AU_PLUS = 400
VIVE_VOIX = "vive_voix"
_DE_VIVE_VOIX = (VIVE_VOIX, "De vive voix, sans message")
_DITS = {
    False: "Le rendez-vous est fixé ; le message est prêt à partir.",
    True: "Le rendez-vous est fixé. Aucun message ne part : dites la date à la personne.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecran:
    """Ce qui change d'une page à l'autre : ses mots, ses adresses, ce qu'elle sait dire."""

    personne: Personne
    titre: str
    precision: str
    bouton: str
    action: str
    url_retour: str
    libelle_retour: str
    etiquette: str = ""
    demande_id: int | None = None
    canaux: Choix = field(default_factory=list)
    histoire: tuple[Passage, ...] = ()


@exige(ACCES["convoquer"])
@ecrit("GET", "HEAD", "POST")
def convoquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Convoquer une personne dans un créneau, par un canal. Écrit la consultation."""
    demande = _demande(request, pk)
    if demande.statut != DemandeRendezVous.Statut.A_CONVOQUER:
        return _deja(request, demande)
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    libres = lectures.prochains_creneaux(demande_id=pk, acces=acces, le=le, limite=LUS_AU_PLUS)
    ecran = _ecran_demande(request, demande)
    formulaire = _formulaire(request, libres)
    if formulaire.is_valid():
        creneau_id = formulaire.cleaned_data["creneau"]
        canal = canal_lu(request.POST.get("canal", ""), ecran.canaux)
        try:
            fait = _convoquer(request, pk, creneau_id, canal)
        except Refus as refus:
            formulaire.add_error("creneau", refus.message)
        else:
            messages.success(request, _DITS[canal == VIVE_VOIX])
            return redirect("rendez_vous", pk=fait.pk)
    return _montrer(request, ecran, libres, formulaire)


def _convoquer(request: HttpRequest, pk: int, creneau_id: int, canal: str) -> RendezVous:
    """Fixe ce rendez-vous. Lève le `Refus` de l'acte."""
    par, le = acces_de(request), date_de(request)
    if canal == VIVE_VOIX:
        return actes.fixer(demande_id=pk, creneau_id=creneau_id, annoncer=False, par=par, le=le)
    ligne = LigneAConvoquer(
        demande_id=pk,
        creneau_id=creneau_id,
        canal=canal or None,
        # La mention légale suit le calcul : elle ne va pas à un créneau choisi à la main.
        est_calculee=request.POST.get("propose") == str(creneau_id),
    )
    bilan = actes.convoquer_lot(lignes=(ligne,), par=par, le=le)
    for refusee in bilan.refusees:
        raise refusee.refus
    return bilan.faites[0]


@exige(ACCES["fixer"])
@ecrit("GET", "HEAD", "POST")
def deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Donner un autre créneau à un rendez-vous fixé ; l'ancien reste, annulé."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    rdv = _rendez_vous(request, pk)
    if rdv.statut != RendezVous.Statut.FIXE:
        messages.warning(request, "Ce rendez-vous a déjà une suite : il ne se déplace plus.")
        return redirect("rendez_vous", pk=pk)
    libres = lectures.prochains_creneaux(rendez_vous_id=pk, acces=acces, le=le, limite=LUS_AU_PLUS)
    formulaire = _formulaire(request, libres)
    if formulaire.is_valid():
        creneau_id = formulaire.cleaned_data["creneau"]
        try:
            nouveau = actes.deplacer(
                rendez_vous_id=pk, creneau_id=creneau_id, par=acces_de(request), le=le
            )
        except Refus as refus:
            formulaire.add_error("creneau", refus.message)
        else:
            messages.success(request, "Le rendez-vous est déplacé ; un nouveau message est prêt.")
            return redirect("rendez_vous", pk=nouveau.pk)
    ecran = Ecran(
        personne=rdv.personne,
        titre=f"Déplacer le rendez-vous de {rdv.personne.nom_complet}",
        precision=f"Aujourd'hui fixé : {quand(rdv.creneau)}, {ou(rdv.creneau)}.",
        bouton="Déplacer le rendez-vous",
        action=reverse("rendez_vous_deplacer", args=[pk]),
        url_retour=reverse("rendez_vous", args=[pk]),
        libelle_retour="Le rendez-vous",
    )
    return _montrer(request, ecran, libres, formulaire)


@exige(ACCES["fixer"])
@ecrit("GET", "HEAD", "POST")
def fixer(request: HttpRequest, personne_id: int) -> HttpResponse:
    """Fixer un rendez-vous de suivi, sans demande. Écrit la consultation."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    personne = ouvrir(personne_id=personne_id, acces=acces)
    # La connaître par un autre métier ne suffit pas : un rendez-vous est de l'insertion.
    if personne is None or not acces.voit(
        cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id)
    ):
        raise Http404
    avec = _qui_suit(request, personne)
    libres = depuis(
        commune_id=personne.commune_id,
        le=le,
        libres=lectures.creneaux_libres(
            acces=acces, le=le, agent_id=avec.pk if avec else None, limite=LUS_AU_PLUS
        ),
    )
    formulaire = _formulaire(request, libres)
    if formulaire.is_valid():
        creneau_id = formulaire.cleaned_data["creneau"]
        canal = request.POST.get("canal", "")
        try:
            fait = actes.fixer(
                creneau_id=creneau_id,
                personne_id=personne_id,
                annoncer=canal != VIVE_VOIX,
                par=acces_de(request),
                le=le,
            )
        except Refus as refus:
            formulaire.add_error("creneau", refus.message)
        else:
            messages.success(request, _DITS[canal == VIVE_VOIX])
            return redirect("rendez_vous", pk=fait.pk)
    retour = url_personne(personne_id) or reverse("agenda")
    ecran = Ecran(
        personne=personne,
        titre=f"Fixer un rendez-vous à {personne.nom_complet}",
        precision=f"Un rendez-vous de suivi avec {avec}."
        if avec
        else "Un rendez-vous de suivi, dans un créneau ouvert pour cela.",
        bouton="Fixer le rendez-vous",
        action=reverse("rendez_vous_fixer", args=[personne_id]),
        url_retour=retour,
        libelle_retour="Le dossier",
        canaux=[("", "Au mieux"), _DE_VIVE_VOIX],
    )
    return _montrer(request, ecran, libres, formulaire)


def _qui_suit(request: HttpRequest, personne: Personne) -> Agent | None:
    """L'agent dont on montre les créneaux : soi pour un référent, sinon le référent unique."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    if est_referent_seul(acces) and acces.agent_id is not None:
        return Agent.objects.filter(pk=acces.agent_id).first()
    suivi = (
        Referent.objects.visibles(acces)
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), personne=personne, debut__lte=le)
        .filter(nature=Referent.Nature.UNIQUE, agent__isnull=False)
        .select_related("agent")
        .first()
    )
    return suivi.agent if suivi else None


def _demande(request: HttpRequest, pk: int) -> DemandeRendezVous:
    try:
        return lectures.demande(demande_id=pk, acces=acces_nominatif(acces_de(request)))
    except Refus as refus:
        raise Http404(refus.message) from refus


def _rendez_vous(request: HttpRequest, pk: int) -> RendezVous:
    try:
        return lectures.rendez_vous(rendez_vous_id=pk, acces=acces_nominatif(acces_de(request)))
    except Refus as refus:
        raise Http404(refus.message) from refus


def _deja(request: HttpRequest, demande: DemandeRendezVous) -> HttpResponse:
    """Une demande qui n'attend plus : on dit où elle en est, et l'on mène à son rendez-vous."""
    etat = demande.get_statut_display().lower()
    messages.warning(request, f"Cette demande n'attend plus de convocation : {etat}.")
    rdv = (
        RendezVous.objects.visibles(acces_nominatif(acces_de(request)))
        .filter(demande=demande)
        .order_by("-debut")
        .first()
    )
    return redirect("rendez_vous", pk=rdv.pk) if rdv else redirect("convocations")


def _ecran_demande(request: HttpRequest, demande: DemandeRendezVous) -> Ecran:
    personne = demande.personne
    limite = f" Limite : {date_moyenne(demande.avant_le)}." if demande.avant_le else ""
    passes = (
        RendezVous.objects.visibles(acces_nominatif(acces_de(request)))
        .filter(demande__objet_id=demande.objet_id, motif=demande.motif, personne=personne)
        .select_related("creneau__lieu")
        .order_by("-debut")
    )
    return Ecran(
        personne=personne,
        titre=f"Convoquer {personne.nom_complet}",
        precision=f"{demande.get_motif_display()}.{limite}",
        bouton="Convoquer",
        action=reverse("convoquer", args=[demande.pk]),
        url_retour=f"{reverse('convocations')}?motif={demande.motif}",
        libelle_retour="Convocations",
        etiquette="Seconde convocation" if demande.rang > 1 else "",
        demande_id=demande.pk,
        canaux=[
            *canaux(
                canaux_possibles(
                    personne=personne, acces=acces_nominatif(acces_de(request)), le=date_de(request)
                ),
                est_algorithmique=demande.est_algorithmique,
            ),
            _DE_VIVE_VOIX,
        ],
        histoire=tuple(passage(r) for r in passes),
    )


def _formulaire(request: HttpRequest, libres: Sequence[CreneauLibre]) -> formulaires.Convoquer:
    """Le choix envoyé ; relire le message n'envoie rien."""
    est_envoye = request.method == "POST" and "apercu" not in request.POST
    connus = [c.creneau.pk for c in libres]
    return formulaires.Convoquer(request.POST if est_envoye else None, creneaux=connus)


def _montrer(
    request: HttpRequest,
    ecran: Ecran,
    libres: Sequence[CreneauLibre],
    formulaire: formulaires.Convoquer,
) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        consulter(
            personne=ecran.personne,
            page="rendez_vous",
            compartiment=Compartiment.INSERTION,
            par=acces_de(request),
        )
    envoi: Any = request.POST if request.method == "POST" else request.GET
    connus = {c.creneau.pk for c in libres}
    choisi = entier(envoi.get("creneau", ""))
    propose = entier(envoi.get("propose", "") or request.GET.get("creneau", ""))
    le = date_de(request)
    preavis = timedelta(days=registre_global().entier("rendez_vous.preavis", le))
    par_lieu = groupes(libres=libres, voulus=(choisi, propose), propose=propose, des=le + preavis)
    if choisi not in connus:
        choisi = premier_choix(par_lieu)
    canal = canal_lu(envoi.get("canal", ""), ecran.canaux)
    lu, refus = _apercu(request, ecran, choisi, canal, est_calculee=choisi == propose)
    contexte = {
        "ecran": ecran,
        "personne": ecran.personne,
        "formulaire": formulaire,
        "groupes": par_lieu,
        "creneau_id": choisi,
        "propose": propose,
        "canal": canal,
        "apercu": lu,
        "apercu_par": f"Par {Canal(lu.canal).label.lower()}, à {_une_ligne(lu)}" if lu else "",
        "refus_message": refus,
        "url_personne": url_personne(ecran.personne.pk),
    }
    return render(request, "rendez_vous/convoquer.html", contexte)


def _apercu(
    request: HttpRequest, ecran: Ecran, creneau_id: int | None, canal: str, *, est_calculee: bool
) -> tuple[Apercu | None, str]:
    """Le message tel qu'il partirait, ou pourquoi il ne partirait pas."""
    if canal == VIVE_VOIX:
        return None, "Aucun message ne part : vous dites la date à la personne."
    if ecran.demande_id is None or creneau_id is None:
        return None, ""
    try:
        lu = actes.apercu(
            demande_id=ecran.demande_id,
            creneau_id=creneau_id,
            canal=canal or None,
            par=acces_de(request),
            le=date_de(request),
            est_calculee=est_calculee,
        )
    except Refus as refus:
        return None, refus.message
    return lu, ""


def _une_ligne(lu: Apercu) -> str:
    return ", ".join(lu.destination.splitlines())
