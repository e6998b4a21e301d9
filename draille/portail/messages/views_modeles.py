"""Les modèles de messages : les lire, les modifier, en voir l'effet, retrouver leurs versions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.moteurs.messages.adaptateur_apercu import Exemple, en_pdf, exemple
from draille.moteurs.messages.adaptateur_modeles import (
    Modele,
    ModeleRefuse,
    modifier_modele,
    tous,
    verifier_texte,
    versions,
)
from draille.moteurs.messages.calcul import Texte, segments_sms
from draille.moteurs.messages.models import Canal
from draille.noyau.organisation.models import Agent
from draille.portail.messages.acces import ACCES
from draille.portail.messages.forms import EditionModele
from draille.portail.requete import Requete
from draille.socle.refus import Refus

CHAMPS = {
    "prenom": "le prénom de la personne",
    "nom": "son nom",
    "civilite": "sa civilité, si elle est connue",
    "date": "le jour, en toutes lettres",
    "heure": "l'heure",
    "lieu": "le nom du lieu",
    "adresse": "l'adresse du lieu",
    "comment_venir": "comment venir",
    "minutes": "le trajet estimé, en minutes",
    "referent": "le nom du référent",
    "organisation": "son organisme",
    "telephone_service": "le téléphone à appeler",
    "motif": "la raison, en mots",
    "mention_algorithme": "la mention légale, si un calcul a préparé la décision",
    "departement": "le nom du Département",
    "avant_le": "le dernier jour pour répondre",
    "lien": "le lien personnel de réponse",
    "jusqu_au": "le dernier jour du lien",
}


@exige(ACCES["tenir_modeles"])
@ecrit()
def modeles(request: Requete) -> HttpResponse:
    """Tous les modèles en vigueur."""
    lignes = [(m, Canal(m.canal).label) for m in tous(le=request.le)]
    return render(request, "messages/modeles.html", {"lignes": lignes})


@exige(ACCES["tenir_modeles"])
@ecrit("POST")
def modele(request: Requete, code: str, canal: str) -> HttpResponse:
    """Un modèle : son texte, son aperçu, ses versions ; l'enregistrer en fait une autre."""
    lues = _versions(code, canal)
    if request.method != "POST":
        texte = lues[0].texte
        depart = {"sujet": texte.sujet, "corps": texte.corps}
        return _montrer(request, lues, EditionModele(initial=depart, canal=canal), texte)
    formulaire = EditionModele(request.POST, canal=canal)
    if not formulaire.is_valid():
        return _montrer(request, lues, formulaire, None)
    return _geste(request, lues, formulaire)


def _geste(request: Requete, lues: list[Modele], formulaire: EditionModele) -> HttpResponse:
    actuel, texte = lues[0], formulaire.texte
    code, canal = actuel.definition.code, actuel.canal
    geste = request.POST.get("geste", "apercu")
    try:
        verifier_texte(definition_lue=actuel.definition, texte=texte, canal=canal)
        if geste == "pdf" and canal != Canal.SMS:
            return _pdf(actuel, texte, request)
        if geste == "enregistrer":
            modifier_modele(code=code, canal=canal, texte=texte, par=request.acces, le=request.le)
            messages.success(
                request, "Le modèle est enregistré : les prochains messages le suivent."
            )
            return redirect("modele", code=code, canal=canal)
    except ModeleRefuse as refus:
        for faute in refus.fautes:
            formulaire.add_error(faute.ou if faute.ou in formulaire.fields else None, faute.phrase)
        return _montrer(request, lues, formulaire, None)
    except Refus as refus:
        if refus.code.startswith("acces."):
            raise
        formulaire.add_error(None, refus.message)
        return _montrer(request, lues, formulaire, texte)
    return _montrer(request, lues, formulaire, texte)


def _pdf(actuel: Modele, texte: Texte, request: Requete) -> HttpResponse:
    rendu = exemple(definition=actuel.definition, texte=texte, le=request.le)
    reponse = HttpResponse(en_pdf(rendu=rendu, le=request.le), content_type="application/pdf")
    reponse.headers["Content-Disposition"] = 'inline; filename="apercu.pdf"'
    return reponse


def _versions(code: str, canal: str) -> list[Modele]:
    try:
        lues = versions(code=code, canal=canal)
    except Refus as refus:
        raise Http404 from refus
    if not lues:
        raise Http404
    return lues


def _montrer(
    request: Requete, lues: list[Modele], formulaire: EditionModele, texte: Texte | None
) -> HttpResponse:
    actuel = lues[0]
    rendu: Exemple | None = None
    if texte is not None:
        rendu = exemple(definition=actuel.definition, texte=texte, le=request.le)
    agents = Agent.objects.in_bulk({m.agent_id for m in lues if m.agent_id})
    contexte: dict[str, Any] = {
        "modele": actuel,
        "canal": Canal(actuel.canal).label,
        "est_sms": actuel.canal == Canal.SMS,
        "garde_mention": actuel.definition.est_algorithmique and actuel.canal != Canal.SMS,
        "formulaire": formulaire,
        "apercu": rendu,
        "segments": segments_sms(rendu.contenu) if rendu else 0,
        "champs": [
            (c, CHAMPS.get(c, c), c in actuel.definition.requis) for c in actuel.definition.champs
        ],
        "versions": [(m, agents.get(m.agent_id or 0, "")) for m in lues],
    }
    statut = 200 if not formulaire.errors else 422
    return render(request, "messages/modele.html", contexte, status=statut)
