"""Les demandes d'acompte : le dépôt, le total au centime, les écarts dossier par dossier."""

import csv

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.suivi_rsa import forms, lectures_acompte
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.actes_acompte import importer_acompte
from draille.mesures.suivi_rsa.lectures_acompte import DemandeLue
from draille.mesures.suivi_rsa.models import LigneAcompte
from draille.mesures.suivi_rsa.regles.acompte import SORTS
from draille.mesures.suivi_rsa.views_commun import onglets
from draille.socle.refus import Refus
from draille.socle.texte import cellule_sure

PAR_PAGE = 50
_TITRES = (
    "Matricule",
    "Écart",
    "Demandé (€)",
    "Connu (€)",
    "Écart (€)",
    "Natures",
    "Lignes du fichier",
    "Raison",
)


@exige(ACCES["voir_acomptes"])
@ecrit("POST")
def acomptes(request: HttpRequest) -> HttpResponse:
    """Les demandes reçues, et le dépôt d'une autre."""
    acces, le = acces_de(request), date_de(request)
    organismes = lectures_acompte.organismes(acces=acces)
    formulaire = forms.Acompte(jour=le, organismes=organismes)
    if request.method == "POST":
        formulaire = forms.Acompte(request.POST, request.FILES, jour=le, organismes=organismes)
        if formulaire.is_valid():
            try:
                recue = importer_acompte(fichier=formulaire.depose, par=acces, le=le)
            except Refus as refus:
                formulaire.add_error("fichier", refus.message)
            else:
                return redirect("rsa_acompte", pk=recue.pk)
    contexte = {
        "onglets": onglets(acces=acces, actif="rsa_acomptes"),
        "formulaire": formulaire if organismes else None,
        "demandes": lectures_acompte.demandes(acces=acces, le=le),
    }
    return render(request, "suivi_rsa/acomptes.html", contexte)


@exige(ACCES["voir_acomptes"])
@ecrit()
def acompte(request: HttpRequest, pk: int) -> HttpResponse:
    """Une demande : ses totaux, ses sortes d'écart, et les lignes d'une sorte (`?sorte=`)."""
    acces = acces_de(request)
    lue = _lire(request, pk)
    sorte = request.GET.get("sorte", "")
    siennes = lectures_acompte.lignes(demande_id=pk, sort=sorte, acces=acces)
    page = Paginator(siennes, PAR_PAGE).get_page(request.GET.get("page"))
    dossiers = [x.dossier_id for x in page if x.dossier_id]
    personnes = lectures_acompte.personnes_de(dossiers=dossiers, acces=acces)
    contexte = {
        "onglets": onglets(acces=acces, actif="rsa_acomptes"),
        "lue": lue,
        "page": page,
        "lignes": [(x, _url(x, personnes)) for x in page],
        "sorte": sorte if sorte in SORTS else "",
    }
    return render(request, "suivi_rsa/acompte.html", contexte)


def _url(ligne: LigneAcompte, personnes: dict[int, int]) -> str:
    personne = personnes.get(ligne.dossier_id or 0)
    return url_personne(personne) if personne else ""


@exige(ACCES["voir_acomptes"])
@ecrit()
def ecarts_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Toutes les lignes qui font un écart, pour répondre à la caisse."""
    lue = _lire(request, pk)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    nom = f"acompte_{lue.demande.fonorg}_{lue.demande.mois:%Y-%m}_ecarts.csv"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(_TITRES)
    for x in lectures_acompte.lignes(demande_id=pk, sort="", acces=acces_de(request)):
        montants = (str(m).replace(".", ",") for m in (x.montant_demande, x.montant_connu, x.ecart))
        textes = (x.natures, x.numeros, x.raison)
        sortie.writerow(
            [
                cellule_sure(x.matricule),
                SORTS[x.sort],
                *montants,
                *(cellule_sure(t) for t in textes),
            ]
        )
    return reponse


def _lire(request: HttpRequest, pk: int) -> DemandeLue:
    lue = lectures_acompte.demande(demande_id=pk, acces=acces_de(request), le=date_de(request))
    if lue is None:
        raise Http404("Cette demande n'existe pas.")
    return lue
