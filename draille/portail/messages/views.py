"""La boîte d'envoi, un message et sa preuve, et ce que l'on peut y reprendre."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.moteurs.messages import adaptateur_lectures as lectures
from draille.moteurs.messages.adaptateur import ROLES_ECRIRE
from draille.moteurs.messages.adaptateur_lectures import Compte, MessageLu
from draille.moteurs.messages.adaptateur_lettre import NOM, a_une_lettre
from draille.moteurs.messages.adaptateur_lettre import lettre as composer_lettre
from draille.moteurs.messages.adaptateur_reprise import annuler_message
from draille.moteurs.messages.adaptateur_reprise import relancer as relancer_message
from draille.moteurs.messages.models import Canal, Message
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.actes import consulter
from draille.portail.messages.acces import ACCES
from draille.portail.messages.mots import etat_en_mots, motif_en_mots
from draille.portail.requete import Requete, restreindre
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.refus import Refus

PAR_PAGE = 25
VUES = {
    "echecs": ("Non remis", (Message.Etat.ABANDONNE,)),
    "attente": ("À envoyer", (Message.Etat.A_ENVOYER, Message.Etat.EN_COURS)),
    "remis": ("Remis", (Message.Etat.REMIS,)),
    "annules": ("Annulés", (Message.Etat.ANNULE,)),
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un message et ses mots."""

    lu: MessageLu
    etat: str
    ton: str
    motif: str


def en_ligne(lu: MessageLu) -> Ligne:
    """Le message, son état et le motif de son dernier échec, en mots."""
    etat, ton = etat_en_mots(lu.message)
    dernier = lu.dernier
    motif = motif_en_mots(dernier.motif) if dernier and not dernier.est_reussie else ""
    return Ligne(lu, etat, ton, motif)


@exige(ACCES["voir_boite"])
@ecrit()
def boite(request: Requete) -> HttpResponse:
    """La boîte d'envoi : en nombres pour tous, message par message pour un cadre."""
    comptes = lectures.comptes()
    contexte: dict[str, Any] = {
        "canaux": _par_canal(comptes),
        "peut_lister": ACCES["voir_liste"](request.acces),
        "peut_tenir_modeles": ACCES["tenir_modeles"](request.acces),
    }
    if contexte["peut_lister"]:
        contexte |= _liste(request)
    return render(request, "messages/boite.html", contexte)


def _liste(request: Requete) -> dict[str, Any]:
    acces = restreindre(request).parmi([Role.CADRE])
    demandee = request.GET.get("vue", "")
    vue = demandee if demandee in VUES else "echecs"
    pages = Paginator(lectures.boite(etats=VUES[vue][1], acces=acces), PAR_PAGE)
    page = pages.get_page(request.GET.get("page"))
    lus = lectures.lus(messages=list(page.object_list), acces=acces)
    return {
        "vue": vue,
        "vues": [(code, libelle) for code, (libelle, _) in VUES.items()],
        "page": page,
        "lignes": [en_ligne(lu) for lu in lus],
    }


def _par_canal(comptes: list[Compte]) -> list[dict[str, Any]]:
    lignes = []
    for canal in Canal:
        ici = {c.etat: c for c in comptes if c.canal == canal}
        attente = [ici[e] for e in VUES["attente"][1] if e in ici]
        anciens = [c.plus_ancien_le for c in attente if c.plus_ancien_le]
        lignes.append(
            {
                "nom": canal.label,
                "attente": sum(c.nombre for c in attente),
                "en_peine": sum(c.en_peine for c in attente),
                "prochain": min(anciens, default=None),
                **{
                    str(etat): ici[etat].nombre if etat in ici else 0
                    for etat in (Message.Etat.REMIS, Message.Etat.ABANDONNE, Message.Etat.ANNULE)
                },
            }
        )
    return lignes


@exige(ACCES["voir_message"])
@ecrit("GET", "HEAD")
def message(request: Requete, pk: int) -> HttpResponse:
    """Ce qui a été dit, quand, vers où, et chaque essai ; l'ouvrir s'écrit."""
    acces, lu = _ouvrir(request, pk)
    agent = Agent.objects.filter(pk=lu.message.agent_id).first() if lu.message.agent_id else None
    etat = Message.Etat(lu.message.etat)
    est_ouvert = etat in (Message.Etat.A_ENVOYER, Message.Etat.ABANDONNE)
    contexte = {
        "ligne": en_ligne(lu),
        "message": lu.message,
        "essais": [(t, motif_en_mots(t.motif)) for t in lu.essais],
        "agent": agent or "traitement automatique",
        "a_une_lettre": a_une_lettre(lu.message),
        "peut_reprendre": est_ouvert and _peut_reprendre(acces, lu.message),
        "peut_relancer": etat == Message.Etat.ABANDONNE or lu.message.tentatives > 0,
    }
    return render(request, "messages/message.html", contexte)


@exige(ACCES["voir_message"])
@ecrit("GET", "HEAD")
def lettre(request: Requete, pk: int) -> HttpResponse:
    """La lettre en PDF : celle qui est partie, ou telle qu'elle partirait."""
    acces, lu = _ouvrir(request, pk)
    if not a_une_lettre(lu.message):
        raise Http404
    reponse = HttpResponse(composer_lettre(message=lu.message), content_type="application/pdf")
    reponse.headers["Content-Disposition"] = f'inline; filename="{NOM}"'
    return reponse


@exige(ACCES["reprendre"])
@ecrit("POST")
@require_POST
def relancer(request: Requete, pk: int) -> HttpResponse:
    """Remet le message à envoyer, par son canal ou par courrier."""
    par_courrier = request.POST.get("canal") == Canal.COURRIER
    try:
        relancer_message(
            message_id=pk, par_courrier=par_courrier, par=restreindre(request), le=request.le
        )
    except Refus as refus:
        return _refuse(request, refus, pk)
    messages.success(request, "Le message est remis à envoyer : il part dans la minute.")
    return redirect("message", pk=pk)


@exige(ACCES["reprendre"])
@ecrit("POST")
@require_POST
def annuler(request: Requete, pk: int) -> HttpResponse:
    """Annule un message qui n'est pas parti."""
    try:
        annuler_message(message_id=pk, par=restreindre(request), le=request.le)
    except Refus as refus:
        return _refuse(request, refus, pk)
    messages.success(request, "Le message est annulé : il ne partira pas.")
    return redirect("message", pk=pk)


def _refuse(request: Requete, refus: Refus, pk: int) -> HttpResponse:
    if refus.code == "messages.introuvable":
        raise Http404
    if refus.code.startswith("acces."):
        raise refus
    messages.error(request, refus.message)
    return redirect("message", pk=pk)


def _ouvrir(request: Requete, pk: int) -> tuple[Acces, MessageLu]:
    """Le message, et la trace de qui l'ouvre. Lève Http404 s'il ne lui est pas ouvert."""
    acces = restreindre(request)
    try:
        lu = lectures.message(message_id=pk, acces=acces)
    except Refus as refus:
        raise Http404 from refus
    compartiment = Compartiment(lu.message.cle_acces // 100_000)
    consulter(personne=lu.message.personne, page="message", compartiment=compartiment, par=acces)
    return acces, lu


def _peut_reprendre(acces: Acces, message: Message) -> bool:
    return acces.a_role_sur(ROLES_ECRIRE, message.cle_acces)
