"""Les agents et leurs habilitations : l'administrateur donne et retire, le journal garde tout."""

import secrets

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.noyau.organisation.actes import (
    FicheAgent,
    Portee,
    fermer_compte,
    habiliter,
    inscrire_agent,
    retirer_habilitation,
)
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.models import Territoire
from draille.portail.requete import Requete, administre
from draille.socle.acces import Compartiment, Role
from draille.socle.refus import Refus

PAR_PAGE = 50


class HabilitationForm(forms.Form):
    """Un rôle, dans un compartiment, sur un territoire."""

    role = forms.ChoiceField(
        label="Fonction", choices=[(r.value, r.libelle) for r in Role if r is not Role.SYSTEME]
    )
    compartiment = forms.TypedChoiceField(
        label="Compartiment",
        choices=[(c.value, c.libelle) for c in Compartiment],
        coerce=int,
        help_text="Une habilitation en ouvre un seul.",
    )
    territoire = forms.ModelChoiceField(
        label="Territoire",
        queryset=Territoire.objects.filter(fin__isnull=True).order_by("nature", "nom"),
        empty_label="Choisir un territoire",
    )


class AgentForm(forms.Form):
    """Un nouvel agent. Son mot de passe provisoire est tiré, montré une fois."""

    identifiant = forms.RegexField(
        label="Identifiant",
        regex=r"^[a-z0-9][a-z0-9._-]{2,60}$",
        help_text="Minuscules, chiffres, points et tirets ; trois signes au moins.",
        error_messages={"invalid": "Écrivez des minuscules, des chiffres, des points ou tirets."},
    )
    prenom = forms.CharField(label="Prénom", max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)
    courriel = forms.EmailField(label="Adresse électronique", required=False)
    fonction = forms.CharField(label="Fonction", max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        label="Organisation",
        queryset=Organisation.objects.order_by("-est_departement", "nom"),
        empty_label=None,
    )


@exige(administre)
@ecrit("POST")
def agent_nouveau(request: Requete) -> HttpResponse:
    """Inscrire un agent : il se connectera, mais ne verra rien avant d'être habilité."""
    formulaire = AgentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        donnees = dict(formulaire.cleaned_data)
        organisation = donnees.pop("organisation")
        mot_de_passe = secrets.token_urlsafe(12)
        try:
            inscrit = inscrire_agent(
                fiche=FicheAgent(**donnees),
                organisation=organisation,
                mot_de_passe=mot_de_passe,
                par=request.acces,
                le=request.le,
            )
        except Refus as refus:
            formulaire.add_error("identifiant", refus.message)
        else:
            messages.success(
                request,
                f"Agent inscrit. Mot de passe provisoire, à lui remettre en main propre et à "
                f"changer : {mot_de_passe}",
            )
            return redirect("agent", agent_id=inscrit.pk)
    return render(request, "portail/agent_nouveau.html", {"formulaire": formulaire})


@exige(administre)
@ecrit("POST")
@require_POST
def agent_fermer(request: Requete, agent_id: int) -> HttpResponse:
    """Ferme le compte d'un agent à la date du produit."""
    lu = get_object_or_404(Agent, pk=agent_id)
    try:
        fermer_compte(agent=lu, par=request.acces, le=request.le)
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, "Compte fermé : cet agent ne se connecte plus.")
    return redirect("agent", agent_id=agent_id)


@exige(administre)
@ecrit()
def agents(request: Requete) -> HttpResponse:
    """Tous les agents, leurs habilitations en cours ; filtrés par nom."""
    q = request.GET.get("q", "").strip()
    en_cours = Habilitation.objects.filter(fin__isnull=True).select_related("territoire")
    trouves = (
        Agent.objects.filter(
            Q(nom__icontains=q) | Q(prenom__icontains=q) | Q(identifiant__icontains=q)
        )
        .select_related("organisation")
        .prefetch_related(Prefetch("habilitations", en_cours, to_attr="en_cours"))
        .order_by("nom", "prenom", "pk")
    )
    page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "portail/agents.html", {"page": page, "q": q})


@exige(administre)
@ecrit("POST")
def agent(request: Requete, agent_id: int) -> HttpResponse:
    """Les habilitations d'un agent ; l'envoi en donne une."""
    lu = get_object_or_404(Agent.objects.select_related("organisation"), pk=agent_id)
    formulaire = HabilitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        try:
            _donner(request, lu, formulaire)
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            return redirect("agent", agent_id=lu.pk)
    contexte = {
        "agent_lu": lu,
        "formulaire": formulaire,
        "habilitations": lu.habilitations.select_related("territoire").order_by("-debut", "-pk"),
    }
    return render(request, "portail/agent.html", contexte)


def _donner(request: Requete, lu: Agent, formulaire: HabilitationForm) -> None:
    donnees = formulaire.cleaned_data
    portee = Portee(
        compartiment=Compartiment(donnees["compartiment"]),
        role=Role(donnees["role"]),
        territoire=donnees["territoire"],
    )
    en_cours = lu.habilitations.filter(
        fin__isnull=True,
        compartiment=portee.compartiment,
        role=portee.role,
        territoire=portee.territoire,
    )
    if en_cours.exists():
        raise Refus(
            code="habilitation.doublon", message="Cet agent détient déjà cette habilitation."
        )
    habilitation = habiliter(agent=lu, portee=portee, par=request.acces, le=request.le)
    messages.success(
        request, f"Habilitation donnée : {portee.role.libelle}, {habilitation.territoire.nom}."
    )


@exige(administre)
@ecrit("POST")
@require_POST
def retirer(request: Requete, habilitation_id: int) -> HttpResponse:
    """Met fin à une habilitation à la date du produit."""
    habilitation = get_object_or_404(
        Habilitation.objects.select_related("territoire"), pk=habilitation_id
    )
    try:
        retirer_habilitation(habilitation=habilitation, par=request.acces, le=request.le)
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, f"Habilitation retirée : {habilitation.territoire.nom}.")
    return redirect("agent", agent_id=habilitation.agent_id)
