"""Une ligne de la proposition : ce qu'elle propose et pourquoi, puis accepter, changer, écarter."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique import forms as formulaires
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.lectures import ChoixPossible, Fiche
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.views_commun import executer, lire_ou_404, nominatif
from draille.mesures.referent_unique.views_raisons import raisons_sans_referent
from draille.mesures.referent_unique.views_revue import retenir, voisines
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import ouvrir
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus

SUIVANTS = 3
# La base refuse une désignation sans place ou pendant une absence : inutile de les offrir.
_IMPOSSIBLES = ("absent", "plein")
_CHAMPS = {"referent_unique.motif_absent": "motif"}
_CHAMP_AGENT = {
    f"referent_unique.{code}": "agent"
    for code in (
        "agent_inconnu",
        "sans_portefeuille",
        "orientation_non_admise",
        "hors_secteur",
        "non_habilite",
        "absent",
    )
} | {"referent.quota": "agent", "referent.absence": "agent"}


@exige(ACCES["voir_propositions"])
@ecrit("GET", "HEAD")
def ligne(request: HttpRequest, pk: int) -> HttpResponse:
    """La page d'une ligne. Écrit la consultation (CASF L262-44) et retient qu'elle est ouverte."""
    lue = _lire(request, pk)
    acces = nominatif(request)
    personne = ouvrir(personne_id=lue.ligne.personne_id, acces=acces)
    if personne is not None:
        consulter(
            personne=personne,
            page="referent_unique",
            compartiment=Compartiment.INSERTION,
            par=acces_de(request),
        )
    retenir(request, calcul_id=lue.calcul.pk, ligne_id=pk)
    return _rendre(request, lue)


@exige(ACCES["relire"])
@ecrit("POST")
@require_POST
def accepter(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepte la ligne : la personne a son référent, et sa lettre est prête."""
    lue = _lire(request, pk)
    try:
        actes.accepter_ligne(ligne_id=pk, par=acces_de(request), le=date_de(request))
    except Refus as refus:
        messages.warning(request, refus.message)
        return redirect("referents_ligne", pk=pk)
    messages.success(request, f"{lue.ligne.nom_complet} : {lue.ligne.agent} est son référent.")
    return _suite(request, lue)


@exige(ACCES["relire"])
@ecrit("POST")
def changer(request: HttpRequest, pk: int) -> HttpResponse:
    """Désigner un autre référent que celui proposé. GET : le formulaire, ouvert."""
    lue = _lire(request, pk)
    envoi = request.POST if request.method == "POST" else None
    formulaire = _formulaire_changer(lue, envoi, request.GET.get("agent", ""))
    if formulaire.is_valid():
        choisi = int(formulaire.cleaned_data["agent"])
        designation = executer(
            lambda: actes.changer_ligne(
                ligne_id=pk,
                agent_id=choisi,
                motif=formulaire.cleaned_data["motif"],
                par=acces_de(request),
                le=date_de(request),
            ),
            formulaire=formulaire,
            champs=_CHAMPS | _CHAMP_AGENT,
        )
        if designation is not None:
            nom = next(c.agent for c in _choix(lue) if c.agent_id == choisi)
            messages.success(request, f"{lue.ligne.nom_complet} : {nom} est son référent.")
            return _suite(request, lue)
    if envoi is None:
        _dire_le_depot(request, lue)
    return _rendre(request, lue, changer=formulaire, geste="changer")


@exige(ACCES["relire"])
@ecrit("POST")
def ecarter(request: HttpRequest, pk: int) -> HttpResponse:
    """Ne désigner personne cette semaine. GET : le formulaire, ouvert."""
    lue = _lire(request, pk)
    formulaire = formulaires.Ecarter(request.POST if request.method == "POST" else None)
    if formulaire.is_valid():
        ecartee = executer(
            lambda: actes.ecarter_ligne(
                ligne_id=pk,
                motif=formulaire.cleaned_data["motif"],
                par=acces_de(request),
                le=date_de(request),
            ),
            formulaire=formulaire,
            champs=_CHAMPS,
        )
        if ecartee is not None:
            messages.success(request, f"{lue.ligne.nom_complet} reste à confier.")
            return _suite(request, lue)
    return _rendre(request, lue, ecarter=formulaire, geste="ecarter")


def _lire(request: HttpRequest, pk: int) -> Fiche:
    """La ligne et son explication ; une page « introuvable » si ce lecteur ne l'ouvre pas."""
    acces = nominatif(request)
    if not acces.cles:
        raise PermissionDenied(MESSAGE)
    return lire_ou_404(lambda: lectures.fiche(ligne_id=pk, acces=acces))


def _dire_le_depot(request: HttpRequest, lue: Fiche) -> None:
    """Une ligne déposée sur un référent qu'on ne peut choisir : la page dit pourquoi."""
    depose = request.GET.get("agent", "")
    vise = next((c for c in _choix(lue) if str(c.agent_id) == depose), None)
    if vise is None:
        return
    if vise.est_propose:
        messages.info(request, f"{vise.agent} est déjà le référent proposé : acceptez la ligne.")
    elif vise.raison in _IMPOSSIBLES or (vise.raison and vise.libres <= 0):
        dit = vise.raison_libelle if vise.raison in _IMPOSSIBLES else "n'a plus de place"
        messages.warning(request, f"{vise.agent} : {dit}. Choisissez un autre référent.")


def _a_reserve(choix: Sequence[ChoixPossible]) -> list[ChoixPossible]:
    """Ceux que le calcul n'admet pas, mais qu'un agent peut choisir en le disant."""
    return [c for c in choix if c.raison and c.raison not in _IMPOSSIBLES and c.libres > 0]


def _choix(lue: Fiche) -> tuple[ChoixPossible, ...]:
    return lue.alternatives


def _formulaire_changer(lue: Fiche, envoi: Any, agent: str = "") -> formulaires.Changer:
    possibles = [
        (str(c.agent_id), c.agent)
        for c in _choix(lue)
        if not c.est_propose and c.raison not in _IMPOSSIBLES and (c.libres > 0 or not c.raison)
    ]
    return formulaires.Changer(envoi, possibles=possibles, agent=agent)


def _suite(request: HttpRequest, lue: Fiche) -> HttpResponse:
    """Après une décision : la ligne suivante pendant une relecture, sinon la liste."""
    if request.POST.get("revue"):
        return redirect("referents_relire", calcul_id=lue.calcul.pk)
    adresse = reverse("referents_calcul", args=[lue.calcul.pk])
    return redirect(f"{adresse}#ligne-{lue.ligne.id}")


def _rendre(
    request: HttpRequest,
    lue: Fiche,
    *,
    changer: formulaires.Changer | None = None,
    ecarter: formulaires.Ecarter | None = None,
    geste: str = "",
) -> HttpResponse:
    acces = nominatif(request)
    choix = _choix(lue)
    est_a_relire = lue.ligne.decision == LigneCalcul.Decision.A_RELIRE
    peut_relire = (
        est_a_relire
        and lue.calcul.statut == Calcul.Statut.PROPOSE
        and ACCES["relire"](acces_de(request))
    )
    formulaire = changer or _formulaire_changer(lue, None)
    demande = formulaires.PourquoiPas(
        request.GET or None, agents=[(str(c.agent_id), c.agent) for c in choix]
    )
    contexte = {
        "fiche": lue,
        "ligne": lue.ligne,
        "calcul": lue.calcul,
        "choix": [c for c in choix if not c.raison and not c.est_propose],
        "suivants": [c for c in choix if not c.raison and not c.est_propose][:SUIVANTS]
        if lue.ligne.agent_id is not None
        else [],
        "autres": _a_reserve(choix),
        "autres_ouverts": formulaire.choisi in {str(c.agent_id) for c in _a_reserve(choix)},
        "raison": _sans_referent(lue, acces),
        "changer": formulaire,
        "ecarter": ecarter or formulaires.Ecarter(),
        "geste": geste,
        "pourquoi": demande,
        "reponse": _reponse(request, lue, demande),
        "est_a_relire": est_a_relire,
        "peut_relire": peut_relire,
        "revue": request.POST.get("revue") or request.GET.get("revue", ""),
        "voisines": voisines(calcul_id=lue.calcul.pk, ligne_id=lue.ligne.id, acces=acces),
        "url_personne": url_personne(lue.ligne.personne_id),
    }
    return render(request, "referent_unique/ligne.html", contexte)


def _sans_referent(lue: Fiche, acces: Acces) -> str:
    """Pourquoi personne n'est proposé ; vide quand quelqu'un l'est."""
    if lue.ligne.agent_id is not None:
        return ""
    raisons = raisons_sans_referent(calcul=lue.calcul, lignes=[lue.ligne], acces=acces)
    return raisons.get(lue.ligne.id, "")


def _reponse(
    request: HttpRequest, lue: Fiche, demande: formulaires.PourquoiPas
) -> lectures.PourquoiPas | None:
    agent_id = demande.agent_id if demande.is_bound else None
    if agent_id is None:
        return None
    return lectures.pourquoi_pas(ligne_id=lue.ligne.id, agent_id=agent_id, acces=nominatif(request))
