"""Les dossiers rejetés d'un fichier : les lire, les corriger et les rejouer, les écarter."""

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.moteurs.flux import adaptateur_rejets
from draille.moteurs.flux.adaptateur_rejets import RejetClair
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.portail.fichiers.acces import ACCES
from draille.portail.fichiers.views import lire
from draille.portail.requete import Requete
from draille.socle.refus import Refus

TAILLE_PAGE = 50
TONS = {
    Rejet.Statut.A_CORRIGER: "tuile",
    Rejet.Statut.REJOUE: "pature",
    Rejet.Statut.ECARTE: "pierre",
}
_TOUS = "tous"


class Champ(forms.Form):
    """La valeur à mettre à la place de celle qui a fait rejeter le dossier."""

    valeur = forms.CharField(
        label="Nouvelle valeur",
        required=False,
        max_length=200,
        help_text="Telle que la CAF l'écrit : une date année-mois-jour, un montant avec un point. "
        "Vide, le champ est ôté.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class Contenu(forms.Form):
    """Le dossier entier, pour qui connaît le format."""

    contenu = forms.CharField(
        label="Contenu du dossier",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        error_messages={"required": "Le contenu est vide. Rechargez la page pour le retrouver."},
    )


@exige(ACCES["voir_rejets"])
@ecrit()
def rejets(request: Requete, pk: int) -> HttpResponse:
    """Les rejets d'un fichier, par état."""
    recu = lire(pk)
    statut = request.GET.get("statut", "")
    statut = statut if statut in {*Rejet.Statut.values, _TOUS} else Rejet.Statut.A_CORRIGER
    retenus = adaptateur_rejets.rejets(fichier=recu, par=request.acces)
    if statut != _TOUS:
        retenus = retenus.filter(statut=statut)
    page = Paginator(retenus, TAILLE_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "fichier": recu,
        "page": page,
        "lignes": [adaptateur_rejets.lire_rejet(rejet=r, par=request.acces) for r in page],
        "onglets": [
            (code, libelle, code == statut)
            for code, libelle in [*Rejet.Statut.choices, (_TOUS, "Tous")]
        ],
    }
    return render(request, "fichiers/rejets.html", contexte)


@exige(ACCES["voir_rejets"])
@ecrit()
def export(request: Requete, pk: int) -> HttpResponse:
    """Tous les rejets d'un fichier, contenu compris, en CSV."""
    recu = lire(pk)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="rejets_{recu.pk}.csv"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    lignes: Iterator[tuple[str, ...]] = adaptateur_rejets.exporter_rejets(
        fichier=recu, par=request.acces
    )
    csv.writer(reponse, delimiter=";").writerows(lignes)
    return reponse


@exige(ACCES["corriger"])
@ecrit("POST")
def rejet(request: Requete, pk: int) -> HttpResponse:
    """Un rejet : sa raison, de quoi le corriger et le rejouer. Encore fautif, il le redit."""
    clair = _clair(request, pk)
    if request.method == "POST" and clair.rejet.statut != Rejet.Statut.A_CORRIGER:
        messages.warning(request, "Ce dossier est déjà traité : rien n'a changé.")
        return redirect("rejet", pk=pk)
    champ, contenu = _formulaires(request, clair)
    envoye = {"champ": champ, "contenu": contenu}.get(request.POST.get("geste", ""))
    if envoye is not None and envoye.is_valid() and _rejouer(request, clair, envoye):
        return redirect("rejet", pk=pk)
    contexte = {
        "rejet": clair.rejet,
        "ton": TONS[Rejet.Statut(clair.rejet.statut)],
        "motif": clair.motif,
        "contenu": _texte(clair),
        "est_ouvert": clair.rejet.statut == Rejet.Statut.A_CORRIGER,
        "est_rejouable": _est_xml(clair),
        "formulaire_champ": champ if clair.rejet.champ and _est_xml(clair) else None,
        "formulaire_contenu": contenu,
    }
    return render(request, "fichiers/rejet.html", contexte)


@exige(ACCES["corriger"])
@ecrit("POST")
@require_POST
def ecarter(request: Requete, pk: int) -> HttpResponse:
    """Classe un rejet sans le prendre."""
    clair = _clair(request, pk)
    try:
        adaptateur_rejets.ecarter(rejet=clair.rejet, par=request.acces, le=request.le)
    except Refus as refus:
        messages.error(request, refus.message)
        return redirect("rejet", pk=pk)
    messages.success(request, f"Le rejet de la ligne {clair.rejet.ligne} est écarté.")
    return redirect("rejets", pk=clair.rejet.fichier_id)


def _rejouer(request: Requete, clair: RejetClair, formulaire: forms.Form) -> bool:
    """Rejoue le dossier corrigé ; vrai si la page est à relire (pris, ou fautif autrement)."""
    acces = request.acces
    nom = next(iter(formulaire.fields))
    valeur = formulaire.cleaned_data[nom]
    try:
        if nom == "valeur":
            corrige = adaptateur_rejets.corriger_champ(
                rejet=clair.rejet, valeur=valeur.strip(), par=acces
            )
        else:
            corrige = valeur.encode("cp1252", "xmlcharrefreplace")
        rejoue = adaptateur_rejets.rejouer(
            rejet=clair.rejet, contenu_corrige=corrige, par=acces, le=request.le
        )
    except Refus as refus:
        formulaire.add_error(nom, refus.message)
        return False
    if rejoue.statut == Rejet.Statut.REJOUE:
        messages.success(
            request, "Le dossier est pris. S'il donne une entrée, elle se voit dans la minute."
        )
    else:
        messages.warning(request, "Le dossier a encore une faute : elle est dite ci-dessous.")
    return True


def _clair(request: Requete, pk: int) -> RejetClair:
    ouvert = Rejet.objects.visibles(request.acces).select_related("fichier").filter(pk=pk).first()
    if ouvert is None:
        raise Http404
    return adaptateur_rejets.lire_rejet(rejet=ouvert, par=request.acces)


def _formulaires(request: Requete, clair: RejetClair) -> tuple[Champ, Contenu]:
    """Les deux formulaires ; seul celui qu'on envoie est relu."""
    geste = request.POST.get("geste", "")

    def envoi(nom: str) -> Any:
        return request.POST if geste == nom else None

    champ = Champ(envoi("champ"), initial={"valeur": clair.valeur})
    contenu = Contenu(envoi("contenu"), initial={"contenu": _texte(clair)})
    return champ, contenu


def _est_xml(clair: RejetClair) -> bool:
    return bool(clair.rejet.fichier.nature == FichierRecu.Nature.CAF_RSA)


def _texte(clair: RejetClair) -> str:
    return clair.contenu.decode("cp1252" if _est_xml(clair) else "utf-8", "replace")
