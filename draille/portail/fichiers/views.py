"""Les fichiers reçus : en déposer un, suivre sa lecture, relire son compte rendu."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import mot
from draille.moteurs.flux import adaptateur
from draille.moteurs.flux.calcul.refus import FichierRefuse
from draille.moteurs.flux.calcul.tableur import lire_tableau
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.portail import taches
from draille.portail.fichiers.acces import ACCES
from draille.portail.fichiers.forms import Depot
from draille.portail.requete import Requete
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

TAILLE_PAGE = 25
EN_ATTENTE = (FichierRecu.Statut.RECU, FichierRecu.Statut.EN_COURS)
TONS = {
    FichierRecu.Statut.RECU: "eau",
    FichierRecu.Statut.EN_COURS: "eau",
    FichierRecu.Statut.INTEGRE: "pature",
    FichierRecu.Statut.A_CONFIRMER: "genet",
    FichierRecu.Statut.REFUSE: "tuile",
}


@exige(ACCES["voir"])
@ecrit()
def fichiers(request: Requete) -> HttpResponse:
    """Les fichiers reçus, du plus récent au plus ancien, et de quoi en déposer un."""
    return _liste(request, Depot())


@exige(ACCES["deposer"])
@ecrit("POST")
@require_POST
def deposer(request: Requete) -> HttpResponse:
    """Met le fichier à l'abri et le confie au traitement de fond."""
    formulaire = Depot(request.POST, request.FILES)
    if not formulaire.is_valid():
        return _liste(request, formulaire)
    envoye = formulaire.cleaned_data["fichier"]
    try:
        fichier = adaptateur.recevoir(
            source=envoye,
            nom=envoye.name,
            par=request.acces,
            le=request.le,
            nature=formulaire.cleaned_data["nature"],
        )
    except Refus as refus:
        formulaire.add_error("fichier", refus.message)
        return _liste(request, formulaire)
    if fichier.est_integre and fichier.integre_le:
        quand = date_moyenne(fichier.integre_le)
        messages.info(request, f"Ce fichier est déjà intégré, le {quand} : rien n'a changé.")
    elif fichier.nature == FichierRecu.Nature.TABLEAU and titres(fichier):
        return redirect("fichier_colonnes", pk=fichier.pk)
    else:
        confier(fichier)
    return redirect("fichier", pk=fichier.pk)


def titres(fichier: FichierRecu) -> tuple[str, ...]:
    """Les titres des colonnes d'un tableau ; aucun si l'on ne peut pas le lire."""
    try:
        with Path(fichier.chemin).open("rb") as source:
            return lire_tableau(source, fichier.nom).entetes
    except (FichierRefuse, OSError):
        return ()


def confier(fichier: FichierRecu) -> None:
    """Met l'intégration en file ; la validation de la page la rend visible au travailleur."""
    taches.integrer_fichier.defer(fichier_id=fichier.pk)


@exige(ACCES["voir"])
@ecrit()
def fichier(request: Requete, pk: int) -> HttpResponse:
    """Le compte rendu d'un fichier, ou sa progression tant qu'il se lit."""
    recu = lire(pk)
    contexte = {
        **_avancement(recu),
        "actes": _actes(recu, request.acces),
        "rejets_a_corriger": _rejets_a_corriger(recu, request.acces),
        "peut_voir_rejets": ACCES["voir_rejets"](request.acces),
        "peut_confirmer": ACCES["confirmer"](request.acces),
        "peut_deposer": ACCES["deposer"](request.acces),
    }
    return render(request, "fichiers/fichier.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def avancement(request: Requete, pk: int) -> HttpResponse:
    """Le seul avancement, que la page redemande ; la page entière une fois le fichier lu."""
    recu = lire(pk)
    if recu.statut not in EN_ATTENTE:
        reponse = HttpResponse(status=204)
        reponse.headers["HX-Refresh"] = "true"
        return reponse
    return render(request, "fichiers/_avancement.html", _avancement(recu))


@exige(ACCES["deposer"])
@ecrit("POST")
@require_POST
def relancer(request: Requete, pk: int) -> HttpResponse:
    """Remet en file un fichier reçu qui n'a pas été lu."""
    recu = lire(pk)
    if recu.statut in EN_ATTENTE:
        confier(recu)
        messages.info(request, "La lecture est redemandée.")
    return redirect("fichier", pk=pk)


@exige(ACCES["confirmer"])
@ecrit("POST")
@require_POST
def confirmer(request: Requete, pk: int) -> HttpResponse:
    """Confirme que les dossiers absents du fichier sont sortis."""
    try:
        recu = adaptateur.constater_absences(fichier=lire(pk), par=request.acces, le=request.le)
    except Refus as refus:
        messages.error(request, refus.message)
    else:
        messages.success(request, f"{recu.absents} absences confirmées : ces dossiers sont sortis.")
    return redirect("fichier", pk=pk)


def lire(pk: int) -> FichierRecu:
    """Le fichier. Lève Http404."""
    recu = FichierRecu.objects.filter(pk=pk).first()
    if recu is None:
        raise Http404
    return recu


def _liste(request: Requete, formulaire: Depot) -> HttpResponse:
    tous = FichierRecu.objects.order_by("-depose_le", "-id")
    page = Paginator(tous, TAILLE_PAGE).get_page(request.GET.get("page"))
    lignes = [(recu, TONS[FichierRecu.Statut(recu.statut)]) for recu in page]
    contexte = {
        "formulaire": formulaire,
        "page": page,
        "lignes": lignes,
        "peut_deposer": ACCES["deposer"](request.acces),
    }
    return render(request, "fichiers/fichiers.html", contexte)


def _avancement(recu: FichierRecu) -> dict[str, Any]:
    return {
        "fichier": recu,
        "ton": TONS[FichierRecu.Statut(recu.statut)],
        "est_en_attente": recu.statut in EN_ATTENTE,
        "lus_ko": recu.octets_lus // 1024,
        "total_ko": max(recu.octets_total // 1024, 1),
    }


def _actes(recu: FichierRecu, acces: Acces) -> list[tuple[str, int]]:
    """Ce que le fichier a écrit au journal, par acte et par catégorie ; des nombres seulement."""
    if recu.cree_le is None or not recu.est_integre:
        return []
    libelles = {a.code: a.libelle for a in registre.actes() if "fichier_id" in _champs(a.charge)}
    comptes = (
        LigneJournal.objects.visibles(acces)
        .filter(code__in=libelles, le=recu.cree_le, charge__fichier_id=recu.pk)
        .exclude(personne_id=None)
        .annotate(categorie=KeyTextTransform("categorie", "charge"))
        .values("code", "categorie")
        .annotate(nombre=Count("id"))
        .order_by("code", "-nombre")
    )
    return [(_dire(libelles[c["code"]], c["categorie"]), c["nombre"]) for c in comptes]


def _dire(libelle: str, categorie: str | None) -> str:
    return f"{libelle} : {mot(categorie)}" if categorie else libelle


def _champs(charge: Any) -> list[str]:
    return registre.champs(charge)


def _rejets_a_corriger(recu: FichierRecu, acces: Acces) -> int:
    ouverts = Rejet.objects.visibles(acces).filter(fichier=recu, statut=Rejet.Statut.A_CORRIGER)
    nombre: int = ouverts.count()
    return nombre
