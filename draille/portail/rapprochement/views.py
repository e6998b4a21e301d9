"""Les doublons : la liste, une paire et la décision, les dossiers rejoints."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.moteurs.rapprochement import adaptateur_revue as revue
from draille.moteurs.rapprochement.adaptateur_droits import (
    ROLES_RAPPROCHER,
    a_deux,
    peut_confirmer,
)
from draille.moteurs.rapprochement.adaptateur_fiches import fiches
from draille.moteurs.rapprochement.calcul.poids import raison
from draille.moteurs.rapprochement.models import Paire
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import compartiment_ouvert
from draille.portail.rapprochement.acces import ACCES
from draille.portail.rapprochement.mots import activite_en_mots, comparer, nir_en_mots
from draille.portail.requete import Requete, restreindre
from draille.socle.acces import Acces
from draille.socle.refus import Refus

PAR_PAGE = 25
VUES: dict[str, tuple[str, revue.Vue]] = {
    "a_revoir": ("À revoir", "a_revoir"),
    "a_confirmer": ("Attendent une seconde personne", "a_confirmer"),
}


@exige(ACCES["voir"])
@ecrit()
def rapprochements(request: Requete) -> HttpResponse:
    """Les paires que l'agent peut décider, les plus ressemblantes d'abord."""
    acces = _rapprocheur(request)
    vue = request.GET.get("vue", "")
    vue = vue if vue in VUES else "a_revoir"
    page = Paginator(revue.paires(acces=acces, vue=VUES[vue][1]), PAR_PAGE).get_page(
        request.GET.get("page")
    )
    contexte = {
        "vue": vue,
        "vues": [(code, libelle) for code, (libelle, _) in VUES.items()],
        "page": page,
        "lignes": [(p, _raisons_fortes(p)) for p in page.object_list],
    }
    return render(request, "rapprochement/liste.html", contexte)


@exige(ACCES["voir"])
@ecrit("GET", "HEAD")
def rapprochement(request: Requete, pk: int) -> HttpResponse:
    """Les deux fiches côte à côte, et pourquoi elles se ressemblent ; l'ouvrir s'écrit."""
    acces = _rapprocheur(request)
    paire = _ouvrir(pk, acces)
    deux = (paire.premiere, paire.seconde)
    for personne in deux:
        compartiment = compartiment_ouvert(personne=personne, acces=acces)
        consulter(personne=personne, page="rapprochement", compartiment=compartiment, par=acces)
    actes = revue.activite(ids=[p.pk for p in deux], acces=acces)
    attend = paire.statut == Paire.Statut.EN_ATTENTE
    contexte = {
        "paire": paire,
        "dossiers": [
            (lettre, p, activite_en_mots(actes.get(p.pk)))
            for lettre, p in zip("AB", deux, strict=True)
        ],
        "rangs": comparer(*deux, fiches(acces=acces, ids=[p.pk for p in deux])),
        "nir": nir_en_mots(*deux),
        "raisons": sorted((raison(c) for c in paire.raisons), key=lambda r: -r.poids),
        "gardee_id": paire.gardee_id or revue.a_garder(*deux).pk,
        "est_a_deux": a_deux(*deux),
        "attend": attend,
        "peut_confirmer": attend
        and peut_confirmer(personnes=deux, proposee_par=paire.proposee_par, par=acces),
        "est_decidable": attend or paire.statut == Paire.Statut.OUVERTE,
        "est_le_mien": attend and paire.proposee_par == acces.agent_id,
    }
    return render(request, "rapprochement/paire.html", contexte)


@exige(ACCES["decider"])
@ecrit("POST")
@require_POST
def decider(request: Requete, pk: int) -> HttpResponse:
    """Rejoint, propose, confirme, ou déclare distinctes ; revient à la liste."""
    acces = _rapprocheur(request)
    paire = _ouvrir(pk, acces)
    try:
        messages.success(request, _decider(request, paire, acces))
    except Refus as refus:
        return _refuse(request, refus, pk)
    return redirect("rapprochements")


def _decider(request: Requete, paire: Paire, acces: Acces) -> str:
    decision = request.POST.get("decision")
    if decision == "distinctes":
        revue.declarer_distinctes(paire_id=paire.pk, par=acces, le=request.le)
        return "C'est noté : ce sont deux personnes. Cette paire ne reviendra pas."
    if decision == "confirmer":
        revue.confirmer_fusion(paire_id=paire.pk, par=acces, le=request.le)
        return _JOINTS
    deux = {str(p): p for p in (paire.premiere_id, paire.seconde_id)}
    gardee = deux.get(request.POST.get("gardee", ""))
    if decision != "rejoindre" or gardee is None:
        raise Refus(
            code="rapprochement.choix", message="Choisissez le dossier à garder, puis décidez."
        )
    absorbee = next(p for p in deux.values() if p != gardee)
    issue = revue.fusionner(gardee_id=gardee, absorbee_id=absorbee, par=acces, le=request.le)
    if issue.fusion is None:
        return "La fusion est proposée : une seconde personne habilitée doit la confirmer."
    return _JOINTS


_JOINTS = "Les deux dossiers n'en font plus qu'un. On peut encore les séparer."


@exige(ACCES["voir"])
@ecrit()
def rejoints(request: Requete) -> HttpResponse:
    """Les dossiers rejoints, et de quoi revenir dessus."""
    acces = _rapprocheur(request)
    page = Paginator(revue.fusions(acces=acces), PAR_PAGE).get_page(request.GET.get("page"))
    noms = Agent.objects.in_bulk(
        {i for f in page.object_list for i in (f.agent_id, f.second_agent_id, f.separee_par) if i}
    )
    lignes = [
        {
            "fusion": f,
            "par": [noms.get(i, "traitement automatique") for i in _auteurs(f)],
            "separee_par": noms.get(f.separee_par, "traitement automatique"),
            "nombre": sum(len(ids) for ids in f.deplacees.values()),
        }
        for f in page.object_list
    ]
    return render(request, "rapprochement/rejoints.html", {"page": page, "lignes": lignes})


@exige(ACCES["decider"])
@ecrit("POST")
@require_POST
def separer(request: Requete, pk: int) -> HttpResponse:
    """Rend au dossier absorbé tout ce qu'il avait."""
    try:
        revue.separer(fusion_id=pk, par=_rapprocheur(request), le=request.le)
    except Refus as refus:
        return _refuse(request, refus, None)
    messages.success(request, "Les deux dossiers sont séparés : chacun a retrouvé ce qu'il avait.")
    return redirect("rapprochement_fusions")


def _auteurs(fusion: Any) -> list[int | None]:
    return [fusion.agent_id, *([fusion.second_agent_id] if fusion.second_agent_id else [])]


def _rapprocheur(request: Requete) -> Acces:
    return restreindre(request).parmi(ROLES_RAPPROCHER)


def _ouvrir(pk: int, acces: Acces) -> Paire:
    try:
        return revue.paire(paire_id=pk, acces=acces)
    except Refus as refus:
        raise Http404 from refus


def _refuse(request: Requete, refus: Refus, pk: int | None) -> HttpResponse:
    if refus.code == "rapprochement.introuvable":
        raise Http404
    if refus.code.startswith("acces."):
        raise refus
    messages.error(request, refus.message)
    return redirect("rapprochement", pk=pk) if pk else redirect("rapprochement_fusions")


def _raisons_fortes(paire: Paire) -> str:
    """Ce qui pèse le plus, dans un sens ou dans l'autre, en peu de mots."""
    fortes = sorted((raison(c) for c in paire.raisons), key=lambda r: -abs(r.poids))[:3]
    dites = [r.libelle[0].lower() + r.libelle[1:] for r in fortes]
    return ", ".join(dites).capitalize()
