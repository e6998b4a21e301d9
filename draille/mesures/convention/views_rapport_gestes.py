"""Les gestes du rapport d'exécution : rédiger, commenter, soumettre, valider, corriger."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import actes_rapport as actes
from draille.mesures.convention import forms_rapport, lectures_rapport, models
from draille.mesures.convention import views_rapport as pages
from draille.mesures.convention.acces import ACCES
from draille.socle.refus import Refus
from draille.socle.texte import pluriel


@exige(ACCES["ecrire"])
@ecrit("POST")
@require_POST
def rediger(request: HttpRequest) -> HttpResponse:
    """Calcule le rapport demandé, puis l'ouvre."""
    formulaire = pages.formulaire_rediger(request, request.POST)
    if formulaire.is_valid():
        lu = formulaire.cleaned_data
        try:
            fait = actes.rediger(
                cadre_id=lu["cadre"].pk,
                annee=lu["annee"],
                arrete_le=lu["arrete_le"],
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(
                request, f"La version {fait.version} est calculée : relisez, commentez."
            )
            return redirect("convention:rapport", fait.pk)
    contexte = pages.contexte_liste(request, formulaire)
    return render(request, "convention/rapport_liste.html", contexte, status=422)


@exige(ACCES["ecrire"])
@ecrit("POST")
@require_POST
def commenter(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Enregistre les commentaires changés ; « Soumettre » enregistre, puis soumet."""
    lu = pages.trouver(rapport_id)
    formulaire = pages.formulaire_commentaires(lu, request.POST)
    par, le = acces_de(request), date_de(request)
    if formulaire.is_valid():
        try:
            connus = lectures_rapport.commentaires(lu)
            changes = {
                c: t for c, t in formulaire.textes.items() if _propre(t) != connus.get(c, "")
            }
            for code, texte in changes.items():
                actes.commenter(rapport_id=lu.pk, ligne_code=code, texte=texte, par=par, le=le)
            dit = pluriel(len(changes), "commentaire enregistré", "commentaires enregistrés")
            if "soumettre" in request.POST:
                actes.soumettre(rapport_id=lu.pk, par=par, le=le)
                dit = "Le rapport est soumis : une autre personne le relit et le valide"
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, f"{dit}.")
            return redirect("convention:rapport", lu.pk)
    return _remontrer(request, lu, commentaires=formulaire)


@exige(ACCES["valider"])
@ecrit("POST")
@require_POST
def valider(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Signe le rapport : rien n'y changera plus."""
    return _agir(
        request,
        rapport_id,
        lambda: actes.valider(rapport_id=rapport_id, par=acces_de(request), le=date_de(request)),
        "Le rapport est validé et signé. Son PDF est gardé.",
    )


@exige(ACCES["valider"])
@ecrit("POST")
@require_POST
def renvoyer(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Rend le rapport à son rédacteur, avec ce qui est à reprendre."""
    formulaire = forms_rapport.Motif(request.POST)
    if not formulaire.is_valid():
        return _remontrer(request, pages.trouver(rapport_id), renvoi=formulaire)
    return _agir(
        request,
        rapport_id,
        lambda: actes.renvoyer(
            rapport_id=rapport_id,
            motif=formulaire.cleaned_data["motif"],
            par=acces_de(request),
            le=date_de(request),
        ),
        "Le rapport est rendu à son rédacteur.",
    )


@exige(ACCES["ecrire"])
@ecrit("POST")
@require_POST
def corriger(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Ouvre la version qui corrige celle-ci."""
    formulaire = forms_rapport.CorrigerRapport(request.POST)
    if not formulaire.is_valid():
        return _remontrer(request, pages.trouver(rapport_id), correction=formulaire)
    lu = formulaire.cleaned_data
    return _agir(
        request,
        rapport_id,
        lambda: actes.corriger(
            rapport_id=rapport_id,
            motif=lu["motif"],
            arrete_le=lu["arrete_le"],
            par=acces_de(request),
            le=date_de(request),
        ),
        "La correction est ouverte : elle dit ce qu'elle change.",
    )


@exige(ACCES["ecrire"])
@ecrit("POST")
@require_POST
def ecarter(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Abandonne un brouillon."""
    return _agir(
        request,
        rapport_id,
        lambda: actes.ecarter(rapport_id=rapport_id, par=acces_de(request), le=date_de(request)),
        "Le brouillon est écarté.",
    )


def _agir(
    request: HttpRequest, rapport_id: int, acte: Callable[[], models.Rapport], dit: str
) -> HttpResponse:
    pages.trouver(rapport_id)
    try:
        fait = acte()
    except Refus as refus:
        messages.error(request, refus.message)
        return redirect("convention:rapport", rapport_id)
    messages.success(request, dit)
    return redirect("convention:rapport", fait.pk)


def _remontrer(request: HttpRequest, lu: models.Rapport, **formulaires: object) -> HttpResponse:
    contexte = pages.contexte_rapport(request, lu.pk, **formulaires)
    return render(request, "convention/rapport_page.html", contexte, status=422)


def _propre(texte: str) -> str:
    return texte.replace("\r\n", "\n").strip()
