"""Les orientations que le Département suit : ce qui revient, l'histoire, la suite d'une seule."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.reseau_insertion import forms as formulaires
from draille.mesures.reseau_insertion import lectures
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.views_commun import (
    acces_nominatif,
    dire_portee,
    onglets,
    repondre,
    vue,
    vues,
)
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.calcul import (
    ABOUTIES,
    RELANCABLES,
    REVENUES,
    VIVANTES,
    gestes_possibles,
)
from draille.moteurs.partage.models import Orientation
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces
from draille.socle.refus import Refus

TAILLE_PAGE = 30
_VUES = {
    "vivantes": ("En cours", VIVANTES),
    "abouties": ("Abouties", ABOUTIES),
    "non-abouties": ("Non abouties", (*REVENUES, "retiree")),
    "toutes": ("Toutes", ()),
}
_A_SUIVRE = "a-suivre"


@exige(ACCES["suivre"])
@ecrit()
def suivies(request: HttpRequest) -> HttpResponse:
    """Ce qui revient à l'accueil d'abord, puis les orientations par état."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    choix = request.GET.get("vue", _A_SUIVRE)
    if choix not in _VUES:
        choix = _A_SUIVRE
    a_suivre = partage.a_suivre(acces=acces, le=le)
    contexte: dict[str, Any] = {
        "onglets": _onglets(choix, a_suivre.total),
        "vue": choix,
        "comptes": partage.comptes_par_statut(acces=acces),
    }
    if choix == _A_SUIVRE:
        contexte |= {
            "groupes": _groupes(a_suivre, le),
            "total": a_suivre.total,
        }
    else:
        lignes = partage.suivies(acces=acces, statuts=_VUES[choix][1])
        page = Paginator(lignes, TAILLE_PAGE).get_page(request.GET.get("page"))
        contexte |= {"page": page, "lignes": vues(page, le), "legende": _VUES[choix][0]}
    return render(request, "reseau_insertion/suivies.html", contexte)


def _onglets(choix: str, total: int) -> list[dict[str, object]]:
    ici = reverse("orientations_suivies")
    premier = f"À reprendre ({total})" if total else "À reprendre"
    autres = [(c, dit, f"{ici}?vue={c}") for c, (dit, _) in _VUES.items()]
    return onglets([(_A_SUIVRE, premier, ici), *autres], choix)


def _groupes(a_suivre: partage.ASuivre, le: date) -> list[dict[str, Any]]:
    groupes = (
        (
            "retard",
            "Sans réponse, limite passée",
            "Appelez le partenaire, relancez-le, ou proposez autre chose.",
            a_suivre.en_retard,
        ),
        (
            "revenues",
            "Revenues sans aboutir",
            "Le partenaire a refusé, ou la personne n'est pas venue : que lui proposer ?",
            a_suivre.revenues,
        ),
        (
            "silence",
            "Acceptées, puis plus rien",
            "Le partenaire devait la recevoir : demandez-lui des nouvelles.",
            a_suivre.sans_nouvelles,
        ),
    )
    return [
        {"nom": nom, "titre": titre, "aide": aide, "lignes": vues(lues, le)}
        for nom, titre, aide, lues in groupes
        if lues
    ]


@exige(ACCES["suivre"])
@ecrit()
def suivie(request: HttpRequest, pk: int) -> HttpResponse:
    """Une orientation : où elle en est, ce qui est transmis, ce qu'on peut faire."""
    acces, lue = _lire(request, pk)
    return _montrer(request, acces, lue, None)


@exige(ACCES["suivre"])
@ecrit("POST")
@require_POST
def repondre_pour(request: HttpRequest, pk: int) -> HttpResponse:
    """Écrire des nouvelles que le Département a eues lui-même."""
    acces, lue = _lire(request, pk)
    formulaire = _formulaire(lue, request.POST)
    if formulaire.is_valid():
        try:
            repondre(orientation_id=pk, lu=formulaire.cleaned_data, par=acces, le=date_de(request))
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "C'est écrit : la suite de l'orientation est à jour.")
            return redirect("orientation_suivie", pk=pk)
    return _montrer(request, acces, lue, formulaire)


@exige(ACCES["suivre"])
@ecrit("POST")
@require_POST
def relancer(request: HttpRequest, pk: int) -> HttpResponse:
    """Rappeler le partenaire ; un nouveau lien part s'il a un courriel."""
    acces, lue = _lire(request, pk)
    try:
        partage.relancer(orientation_id=pk, par=acces, le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        part = lue.cle_partenaire is not None and lue.partenaire and lue.partenaire.courriel
        suite = (
            "un nouveau lien lui est envoyé." if part else "appelez-le : aucun courriel ne part."
        )
        messages.success(request, f"La relance est notée ; {suite}")
    return redirect("orientation_suivie", pk=pk)


@exige(ACCES["suivre"])
@ecrit("POST")
@require_POST
def prendre_acte(request: HttpRequest, pk: int) -> HttpResponse:
    """Dire que l'on a vu revenir cette orientation."""
    acces, _ = _lire(request, pk)
    try:
        partage.prendre_acte(orientation_id=pk, par=acces, le=date_de(request))
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, "C'est noté : elle ne paraît plus parmi celles à reprendre.")
    return redirect("orientation_suivie", pk=pk)


def _lire(request: HttpRequest, pk: int) -> tuple[Acces, Orientation]:
    """Une orientation fermée à cet agent n'existe pas pour lui."""
    acces = acces_nominatif(acces_de(request))
    try:
        return acces, partage.orientation(orientation_id=pk, acces=acces)
    except Refus as refus:
        raise Http404(refus.message) from refus


def _formulaire(lue: Orientation, donnees: Any = None) -> formulaires.Reponse:
    return formulaires.Reponse(
        donnees,
        gestes=gestes_possibles(depuis=lue.statut),
        mots=formulaires.GESTES_DU_DEPARTEMENT,
    )


def _montrer(
    request: HttpRequest, acces: Acces, lue: Orientation, formulaire: formulaires.Reponse | None
) -> HttpResponse:
    le = date_de(request)
    agent = Agent.objects.filter(pk=lue.agent_id).first() if lue.agent_id else None
    contexte = {
        "vue": vue(lue, le),
        "orientation": lue,
        "transmis": dire_portee(lue.transmis) if lue.transmis else [],
        "liens": lectures.liens_de(orientation_id=lue.pk, acces=acces),
        "agent": agent,
        "url_personne": url_personne(lue.personne_id),
        "formulaire": formulaire or _formulaire(lue),
        "a_des_gestes": bool(gestes_possibles(depuis=lue.statut)),
        "peut_relancer": lue.statut in RELANCABLES,
        "peut_prendre_acte": lue.statut in REVENUES and lue.revue_le is None,
    }
    statut = 422 if formulaire is not None and formulaire.errors else 200
    return render(request, "reseau_insertion/suivie.html", contexte, status=statut)
