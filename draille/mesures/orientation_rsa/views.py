"""La liste des nouveaux entrants : filtrer, trier, choisir, exporter."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.orientation_rsa import forms as formulaires
from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa.acces import ACCES
from draille.mesures.orientation_rsa.lectures import Entrant, Filtre, ListeEntrants
from draille.mesures.orientation_rsa.lectures_choix import organismes_admis
from draille.mesures.orientation_rsa.regles import CATEGORIES, OUVERTS, Statut, table
from draille.mesures.orientation_rsa.views_commun import acces_nominatif
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces
from draille.socle.texte import cellule_sure, date_courte, mois_annee

TAILLE_PAGE = 50
TAILLE_EXPORT = 5_000
# Les entrants d'un jour ont les mêmes délais : trier par limite, c'est trier par entrée.
_TRIS = {"echeance": "echeance", "-echeance": "recentes"}


@exige(ACCES["voir_entrants"])
@ecrit()
def entrants(request: HttpRequest) -> HttpResponse:
    """Une page de la liste, sous les filtres et le tri de l'adresse."""
    acces, le = _lecteur(request)
    formulaire = _formulaire(request, le)
    numero = request.GET.get("page", "")
    liste = lectures.nouveaux_entrants(
        acces=acces,
        le=le,
        filtre=_filtre(formulaire),
        tri=_tri(request),
        page=lectures.Page(numero=int(numero) if numero.isdecimal() else 1, taille=TAILLE_PAGE),
    )
    contexte = {
        "formulaire": formulaire,
        "liste": liste,
        "page": _page(liste),
        "peut_orienter": ACCES["orienter_lot"](acces),
        "organismes": organismes_admis(le=le),
        "requete": request.GET.urlencode(),
    }
    return render(request, "orientation_rsa/entrants.html", contexte)


@exige(ACCES["orienter_lot"])
@ecrit()
def export(request: HttpRequest) -> HttpResponse:
    """Les mêmes lignes, sans pagination, en CSV. Réservé à ceux qui décident."""
    acces, le = _lecteur(request)
    filtre, tri = _filtre(_formulaire(request, le)), _tri(request)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="entrants_{le:%Y-%m-%d}.csv"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(_TITRES)
    for entrant in _tous(acces, le, filtre, tri):
        sortie.writerow([cellule_sure(c) for c in _cellules(entrant)])
    return reponse


_TITRES = (
    "Nom d'usage",
    "Nom de naissance",
    "Prénom",
    "Commune",
    "Catégorie",
    "Mois d'entrée",
    "Entrée connue le",
    "Étape",
    "Limite de la convention",
    "Limite de la loi",
    "Proposition",
    "Type de parcours",
)


def _cellules(entrant: Entrant) -> Iterator[object]:
    personne, suivi = entrant.suivi.personne, entrant.suivi
    limites = {h.code.endswith(".convention"): date_courte(h.avant_le) for h in entrant.horloges}
    yield from (personne.nom_usage, personne.nom_naissance, personne.prenom, entrant.commune)
    yield from (entrant.categorie, mois_annee(suivi.mois), date_courte(suivi.connue_le))
    yield from (entrant.statut.libelle, limites.get(True), limites.get(False))
    yield entrant.proposition.libelle if entrant.proposition else ""
    yield type_libelle(entrant)


def type_libelle(entrant: Entrant) -> str:
    """Le nom du type de parcours en cours ; vide sans orientation."""
    if entrant.orientation is None:
        return ""
    code = entrant.orientation.type_parcours
    return table().types.get(code, code)


def _tous(acces: Acces, le: date, filtre: Filtre, tri: str) -> Iterator[Entrant]:
    numero, pages = 1, 1
    while numero <= pages:
        page = lectures.Page(numero=numero, taille=TAILLE_EXPORT)
        liste = lectures.nouveaux_entrants(acces=acces, le=le, filtre=filtre, tri=tri, page=page)
        yield from liste.lignes
        numero, pages = numero + 1, liste.pages


def _lecteur(request: HttpRequest) -> tuple[Acces, date]:
    return acces_nominatif(acces_de(request)), date_de(request)


def _formulaire(request: HttpRequest, le: date) -> formulaires.Filtre:
    secteurs = (
        Territoire.objects.filter(Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le)
        .filter(nature=Territoire.Nature.SECTEUR)
        .order_by("nom")
    )
    return formulaires.Filtre(
        request.GET,
        territoires=[(str(t.pk), t.nom) for t in secteurs],
        categories=list(CATEGORIES.items()),
    )


def _filtre(formulaire: formulaires.Filtre) -> Filtre:
    statut, territoire = formulaire.retenu("statut"), formulaire.retenu("territoire")
    statuts = {"": OUVERTS, "tous": tuple(Statut)}
    return Filtre(
        statuts=statuts[statut] if statut in statuts else (Statut(statut),),
        territoire_id=int(territoire) if territoire else None,
        categorie=formulaire.retenu("categorie"),
        horloge=cast(Any, formulaire.retenu("horloge")),
        nom=formulaire.retenu("nom"),
    )


def _tri(request: HttpRequest) -> str:
    demande = request.GET.get("tri", "echeance")
    tri = _TRIS.get(demande, demande)
    return tri if tri in lectures.TRIS else "echeance"


def _page(liste: ListeEntrants) -> Page[int]:
    """La pagination que le composant attend, sans relire ni compter une seconde fois."""
    return Paginator(range(liste.total), TAILLE_PAGE).page(liste.page)
