"""Faire vivre une convention : une page par acte, un formulaire, un retour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import actes_avenant, actes_suivi, lectures_suivi, models
from draille.mesures.convention import forms_vie as saisies
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms_vie_avenant import Avenant
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles import Cote, Financeur
from draille.mesures.convention.regles.dates import comparer
from draille.mesures.convention.regles.suivi import EtatEcheance
from draille.mesures.convention.views_vie import cadre_de_page, comparaison_en_mots, lire_page
from draille.socle.refus import Refus

_OUVERTES = (EtatEcheance.A_TEMPS, EtatEcheance.PROCHE, EtatEcheance.EN_RETARD)


@dataclass(frozen=True)
class _Page:
    """Une page de saisie : ce qu'elle dit, ce que l'on fait du formulaire, où l'on revient."""

    titre: str
    precision: str
    bouton: str
    fait: str
    retour: str


def _saisir(
    request: HttpRequest,
    page: PageConvention,
    formulaire: Any,
    dite: _Page,
    agir: Callable[[], Any],
) -> HttpResponse:
    """Montre le formulaire ; posté et juste, fait l'acte et revient. Un refus se lit en haut."""
    if request.method == "POST" and formulaire.is_valid():
        try:
            agir()
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, dite.fait)
            return redirect(dite.retour)
    jour = date_de(request)
    contexte = {**cadre_de_page(page, "", jour), "formulaire": formulaire, "dite": dite}
    return render(request, "convention/vie_saisir.html", contexte)


def _donnees(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _vers(nom: str, page: PageConvention) -> str:
    return reverse(f"convention:{nom}", args=[page.lecture.convention.code])


@exige(ACCES["ecrire"])
@ecrit("POST")
def echeance_fixer(request: HttpRequest, cadre: str) -> HttpResponse:
    """Fixer une échéance de la convention."""
    page = lire_page(cadre, date_de(request))
    formulaire = saisies.Echeance(_donnees(request))
    dite = _Page(
        titre="Fixer une échéance",
        precision="Ce que la convention doit elle-même : un rapport, une délibération, un envoi.",
        bouton="Fixer l'échéance",
        fait="L'échéance est fixée.",
        retour=_vers("vie", page),
    )

    def agir() -> None:
        actes_suivi.fixer_echeance(
            cadre_id=page.cadre_id,
            echeance=formulaire.echeance,
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def echeance_tenir(request: HttpRequest, cadre: str, pk: int) -> HttpResponse:
    """Dire une échéance tenue, et par quelle pièce."""
    page = lire_page(cadre, date_de(request))
    echeance = _objet(page, models.EcheanceCadre, pk)
    formulaire = saisies.Tenue(_donnees(request), jour=date_de(request))
    dite = _Page(
        titre=f"Tenue : {echeance.libelle}",
        precision=f"Attendue au plus tard le {echeance.avant_le:%d/%m/%Y}.",
        bouton="C'est tenu",
        fait="L'échéance est tenue.",
        retour=_vers("vie", page),
    )

    def agir() -> None:
        actes_suivi.tenir_echeance(
            echeance_id=pk,
            piece=formulaire.cleaned_data["piece"],
            par=acces_de(request),
            le=formulaire.cleaned_data["tenue_le"],
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def echeance_reporter(request: HttpRequest, cadre: str, pk: int) -> HttpResponse:
    """Déplacer une échéance, en disant ce qui la déplace."""
    page = lire_page(cadre, date_de(request))
    echeance = _objet(page, models.EcheanceCadre, pk)
    formulaire = saisies.Report(_donnees(request))
    dite = _Page(
        titre=f"Reporter : {echeance.libelle}",
        precision=f"Aujourd'hui due le {echeance.avant_le:%d/%m/%Y}. L'ancienne date se lira "
        "toujours aux dates d'avant ce jour.",
        bouton="Reporter",
        fait="L'échéance est reportée.",
        retour=_vers("vie", page),
    )

    def agir() -> None:
        actes_suivi.reporter_echeance(
            echeance_id=pk,
            avant_le=formulaire.cleaned_data["avant_le"],
            motif=formulaire.cleaned_data["motif"],
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def action_inscrire(request: HttpRequest, cadre: str) -> HttpResponse:
    """Inscrire une action d'une ligne."""
    page = lire_page(cadre, date_de(request))
    formulaire = saisies.Action(_donnees(request), page=page)
    dite = _Page(
        titre="Inscrire une action",
        precision="Ce que l'on fait pour une ligne, qui le porte, pour combien.",
        bouton="Inscrire l'action",
        fait="L'action est inscrite.",
        retour=_vers("vie", page),
    )

    def agir() -> None:
        pris = models.Action.objects.filter(cadre_id=page.cadre_id).values_list("code", flat=True)
        actes_suivi.inscrire_action(
            cadre_id=page.cadre_id,
            action=formulaire.action(pris=frozenset(pris)),
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def reduction_enregistrer(request: HttpRequest, cadre: str) -> HttpResponse:
    """Garder la décision de l'État de réduire ses crédits."""
    page = lire_page(cadre, date_de(request))
    formulaire = saisies.Reduction(_donnees(request))
    dite = _Page(
        titre="Enregistrer une réduction des crédits",
        precision="La décision de l'État, telle qu'elle est notifiée, et son motif.",
        bouton="Enregistrer la décision",
        fait="La décision est enregistrée.",
        retour=_vers("vie", page),
    )

    def agir() -> None:
        actes_suivi.enregistrer_reduction(
            cadre_id=page.cadre_id,
            reduction=formulaire.reduction,
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def valeur_saisir(request: HttpRequest, cadre: str) -> HttpResponse:
    """Saisir une valeur relevée, ou la base d'une cible (`?cible=ligne/cible`)."""
    page = lire_page(cadre, date_de(request))
    formulaire = saisies.Valeur(_donnees(request), page=page, voulue=request.GET.get("cible", ""))
    dite = _Page(
        titre="Saisir une valeur",
        precision="Ce qui ne se calcule pas des actes : un relevé, une extraction, une base. Deux "
        "sources d'une même année se lisent côte à côte.",
        bouton="Saisir la valeur",
        fait="La valeur est saisie.",
        retour=_vers("objectifs", page),
    )

    def agir() -> None:
        actes_suivi.saisir_valeur(
            cadre_id=page.cadre_id,
            valeur=formulaire.nouvelle,
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


@exige(ACCES["ecrire"])
@ecrit("POST")
def valeur_corriger(request: HttpRequest, cadre: str, pk: int) -> HttpResponse:
    """Remplacer une valeur par une autre ; l'ancienne se lit toujours aux dates d'avant."""
    page = lire_page(cadre, date_de(request))
    ancienne = _objet(page, models.Valeur, pk)
    formulaire = saisies.Correction(_donnees(request))
    dite = _Page(
        titre="Corriger une valeur",
        precision=f"Valeur d'aujourd'hui : {ancienne.valeur.normalize():f} pour {ancienne.annee} "
        f"({ancienne.get_provenance_display()} ; {ancienne.origine}).",
        bouton="Corriger",
        fait="La valeur est corrigée ; l'ancienne se lit toujours aux dates d'avant.",
        retour=_vers("objectifs", page),
    )

    def agir() -> None:
        actes_suivi.corriger_valeur(
            valeur_id=pk,
            valeur=formulaire.cleaned_data["valeur"],
            origine=formulaire.cleaned_data["origine"],
            par=acces_de(request),
            le=date_de(request),
        )

    return _saisir(request, page, formulaire, dite, agir)


def _objet(page: PageConvention, modele: Any, pk: int) -> Any:
    trouve = modele.objects.filter(cadre_id=page.cadre_id, pk=pk).first()
    if trouve is None:
        raise Http404("rien de ce numéro dans cette convention")
    return trouve


@exige(ACCES["ecrire"])
@ecrit("POST")
def avenant(request: HttpRequest, cadre: str) -> HttpResponse:
    """Saisir un avenant, le relire à côté de la convention d'avant, puis le signer."""
    jour = date_de(request)
    page = lire_page(cadre, jour)
    formulaire = _formulaire_avenant(request, page)
    etape = request.POST.get("etape", "")
    if request.method == "POST" and etape != "corriger" and formulaire.is_valid():
        try:
            if etape == "signer":
                return _signer(request, page, formulaire)
            return _relire(request, page, formulaire)
        except Refus as refus:
            formulaire.add_error(None, refus.message)
    contexte = {**cadre_de_page(page, "", jour), "formulaire": formulaire}
    return render(request, "convention/vie_avenant.html", contexte)


def _formulaire_avenant(request: HttpRequest, page: PageConvention) -> Avenant:
    echeances = lectures_suivi.echeances(cadre_id=page.cadre_id, le=date_de(request))
    return Avenant(
        _donnees(request),
        page=page,
        financeurs=_financeurs(page),
        echeances=[e for e in echeances if e.etat in _OUVERTES],
    )


def _financeurs(page: PageConvention) -> Sequence[Financeur]:
    cadre = models.Cadre.objects.get(pk=page.cadre_id)
    return [
        Financeur(f.code, f.nom, Cote(f.cote))
        for f in models.Financeur.objects.filter(departement=cadre.departement)
    ]


def _signer(request: HttpRequest, page: PageConvention, formulaire: Avenant) -> HttpResponse:
    texte = actes_avenant.signer_avenant(
        cadre_id=page.cadre_id,
        saisie=formulaire.saisie,
        par=acces_de(request),
        le=date_de(request),
    )
    messages.success(request, f"« {texte.titre} » est inscrit. Rien de ce qui précède ne change.")
    return redirect(_vers("comparer_dates", page))


def _relire(request: HttpRequest, page: PageConvention, formulaire: Avenant) -> HttpResponse:
    """Ce que l'avenant ferait, avant d'être inscrit : rien n'est écrit."""
    cadre = models.Cadre.objects.get(pk=page.cadre_id)
    saisie = formulaire.saisie
    prepare = actes_avenant.preparer(cadre=cadre, saisie=saisie, le=date_de(request))
    contexte = {
        **cadre_de_page(page, "", date_de(request)),
        "formulaire": formulaire,
        "texte": prepare.texte,
        "saisie": saisie,
        "reportees": [
            (e, formulaire.cleaned_data[f"echeance-{e.id}"]) for e in _reportees(formulaire)
        ],
        "ajoutees": [e for e in saisie.echeances if e.remplace_id is None],
        **comparaison_en_mots(comparer(avant=prepare.avant, apres=prepare.apres)),
    }
    return render(request, "convention/vie_relire.html", contexte)


def _reportees(formulaire: Avenant) -> list[Any]:
    return [e for e in formulaire.echeances if formulaire.cleaned_data[f"echeance-{e.id}"]]
