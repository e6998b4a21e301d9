"""Les portefeuilles : ouvrir, changer, dire une absence ou un départ, demander une réparation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import mot
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique import forms as formulaires
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.models import Absence, Portefeuille
from draille.mesures.referent_unique.views_commun import executer
from draille.mesures.referent_unique.views_pilotage import communes
from draille.noyau.organisation.models import Agent
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

_CHAMPS = {
    "referent_unique.portefeuille_existe": "agent",
    "referent_unique.agent_inconnu": "agent",
    "referent_unique.date_future": "debut",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Geste:
    """Un acte sur un portefeuille : ses mots, son formulaire, ce qu'il fait."""

    code: str
    titre: str
    bouton: str
    fait: str
    fabrique: Callable[[Mapping[str, Any] | None, Portefeuille, date], forms.Form]
    executer: Callable[[Any, int, Acces, date], object]
    variante: str = ""


def orientations_possibles(*, le: date) -> list[tuple[str, str]]:
    """Les orientations entre lesquelles un portefeuille choisit, en mots : type et organisme.

    Les deux listes sont celles des paramètres datés de l'orientation.
    """
    registre = registre_global()
    types = registre.liste("orientation_rsa.types_parcours", le)
    organismes = registre.liste("orientation_rsa.organismes", le)
    return [
        (f"{t}:{o}", f"{mot(str(t)).capitalize()}, {mot(str(o))}")
        for t in types
        for o in organismes
    ]


def _orientations(le: date, deja: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Celles du jour, et celles d'hier que le portefeuille porte encore."""
    possibles = orientations_possibles(le=le)
    connues = {code for code, _ in possibles}
    anciennes = [(c, mot(c.replace(":", " "))) for c in deja if c not in connues]
    return [*possibles, *anciennes]


def _secteurs(le: date) -> list[tuple[str, str]]:
    lus = Territoire.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le, nature=Territoire.Nature.SECTEUR
    )
    return [(str(pk), nom) for pk, nom in lus.order_by("nom").values_list("pk", "nom")]


def _changer(donnees: Mapping[str, Any] | None, portefeuille: Portefeuille, le: date) -> forms.Form:
    return formulaires.Portefeuille(
        donnees,
        orientations=_orientations(le, tuple(portefeuille.orientations)),
        secteurs=_secteurs(le),
        communes=communes(),
        initial={
            "places": portefeuille.places,
            "orientations": portefeuille.orientations,
            "secteur": str(portefeuille.secteur_id or ""),
            "commune": str(portefeuille.commune_id),
            "bureau": portefeuille.bureau,
        },
    )


GESTES = {
    g.code: g
    for g in (
        Geste(
            code="changer",
            titre="Changer les places, le secteur, les orientations",
            bouton="Enregistrer",
            fait="Le portefeuille est changé. Les dossiers déjà confiés ne bougent pas.",
            fabrique=_changer,
            executer=lambda f, agent_id, par, le: actes.changer_portefeuille(
                agent_id=agent_id, termes=f.termes, par=par, le=le
            ),
        ),
        Geste(
            code="absence",
            titre="Noter une absence",
            bouton="Noter l'absence",
            fait="L'absence est notée : rien ne lui sera confié ces jours-là.",
            fabrique=lambda d, p, le: formulaires.Absence(d, jour=le),
            executer=lambda f, agent_id, par, le: actes.declarer_absence(
                agent_id=agent_id,
                debut=f.cleaned_data["debut"],
                fin=f.cleaned_data["fin"],
                par=par,
                le=le,
            ),
        ),
        Geste(
            code="depart",
            titre="Noter un départ",
            bouton="Noter le départ",
            fait="Le départ est noté. Ses dossiers attendent une réparation : proposez-la.",
            variante="danger",
            fabrique=lambda d, p, le: formulaires.Depart(d, jour=le),
            executer=lambda f, agent_id, par, le: actes.declarer_depart(
                agent_id=agent_id, debut=f.cleaned_data["debut"], par=par, le=le
            ),
        ),
    )
}


@exige(ACCES["gerer_portefeuilles"])
@ecrit("POST")
def nouveau(request: HttpRequest) -> HttpResponse:
    """Ouvrir un portefeuille à un agent habilité qui n'en a pas."""
    le = date_de(request)
    pris = set(Portefeuille.objects.filter(_en_vigueur(le)).values_list("agent_id", flat=True))
    agents = [(str(pk), nom) for pk, nom in lectures.agents_admis(le=le) if pk not in pris]
    formulaire = formulaires.Portefeuille(
        request.POST if request.method == "POST" else None,
        agents=agents,
        orientations=_orientations(le),
        secteurs=_secteurs(le),
        communes=communes(),
    )
    if agents and formulaire.is_valid():
        ouvert = executer(
            lambda: actes.ouvrir_portefeuille(
                agent_id=int(formulaire.cleaned_data["agent"]),
                termes=formulaire.termes,
                par=acces_de(request),
                le=le,
            ),
            formulaire=formulaire,
            champs=_CHAMPS,
        )
        if ouvert is not None:
            messages.success(
                request, "Le portefeuille est ouvert : la proposition en tiendra compte."
            )
            return redirect("referents_portefeuille", agent_id=ouvert.agent_id)
    contexte = {"formulaire": formulaire, "agents": agents}
    return render(request, "referent_unique/portefeuille_nouveau.html", contexte)


@exige(ACCES["gerer_portefeuilles"])
@ecrit()
def portefeuille(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Le portefeuille d'un référent, et ce que l'on peut y changer."""
    return _rendre(request, _lire(agent_id, date_de(request)))


@exige(ACCES["gerer_portefeuilles"])
@ecrit("POST")
def acte(request: HttpRequest, agent_id: int, code: str) -> HttpResponse:
    """Le formulaire d'un acte et son envoi ; « reparation » n'a pas de formulaire."""
    lu, le = _lire(agent_id, date_de(request)), date_de(request)
    if code == "reparation":
        return _reparer(request, agent_id, le)
    geste = GESTES.get(code)
    if geste is None:
        raise Http404
    formulaire = geste.fabrique(request.POST if request.method == "POST" else None, lu, le)
    if formulaire.is_valid():
        fait = executer(
            lambda: geste.executer(formulaire, agent_id, acces_de(request), le),
            formulaire=formulaire,
            champs=_CHAMPS,
        )
        if fait is not None:
            messages.success(request, geste.fait)
            return redirect("referents_portefeuille", agent_id=agent_id)
    return _rendre(request, lu, geste=geste, formulaire=formulaire)


def _reparer(request: HttpRequest, agent_id: int, le: date) -> HttpResponse:
    if request.method != "POST":
        return redirect("referents_portefeuille", agent_id=agent_id)
    try:
        calcul = actes.proposer_reparation(agent_id=agent_id, par=acces_de(request), le=le)
    except Refus as refus:
        messages.warning(request, refus.message)
        return redirect("referents_portefeuille", agent_id=agent_id)
    messages.success(request, "La réparation est proposée. Relisez chaque changement.")
    return redirect("referents_calcul", calcul_id=calcul.pk)


def _en_vigueur(le: date) -> Q:
    return Q(debut__lte=le) & (Q(fin__isnull=True) | Q(fin__gt=le))


def _lire(agent_id: int, le: date) -> Portefeuille:
    lu = lectures.portefeuille(agent_id=agent_id, le=le)
    if lu is None:
        raise Http404
    return lu


def _rendre(
    request: HttpRequest,
    lu: Portefeuille,
    *,
    geste: Geste | None = None,
    formulaire: forms.Form | None = None,
) -> HttpResponse:
    acces, le = acces_de(request), date_de(request)
    agent = Agent.objects.select_related("organisation").get(pk=lu.agent_id)
    charge = next((c for c in lectures.charges(acces=acces, le=le) if c.agent_id == agent.pk), None)
    connues = dict(_orientations(le, tuple(lu.orientations)))
    contexte = {
        "portefeuille": lu,
        "agent": agent,
        "charge": charge,
        "orientations": [connues[c] for c in lu.orientations],
        "absences": list(
            Absence.objects.filter(agent_id=agent.pk)
            .filter(Q(fin__isnull=True) | Q(fin__gt=le))
            .order_by("debut")
        ),
        "anciens": list(
            Portefeuille.objects.filter(agent_id=agent.pk, fin__lte=le)
            .select_related("secteur", "commune")
            .order_by("-debut")
        ),
        "geste": geste,
        "formulaire": formulaire,
        "gestes": [
            {
                "titre": g.titre,
                "url": reverse("referents_portefeuille_acte", args=[agent.pk, g.code]),
            }
            for g in GESTES.values()
        ],
    }
    return render(request, "referent_unique/portefeuille.html", contexte)
