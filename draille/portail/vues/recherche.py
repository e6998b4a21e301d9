"""Chercher une personne : la seule porte, on ne feuillette pas."""

from dataclasses import dataclass, field
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.noyau.echeance.lectures import prochaines
from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.lectures import personnes_du_matricule
from draille.noyau.personne import lectures
from draille.noyau.personne.models import Personne
from draille.noyau.personne.regles import Demande, comprendre
from draille.portail.requete import (
    ROLES_NIR,
    Requete,
    restreindre,
    voit_des_personnes,
    voit_le_nir,
)
from draille.portail.vues.journee import jours_avant, nom_du_delai
from draille.socle.acces import Acces

LIMITE = 20
SANS_NIR = (
    "La recherche par numéro de sécurité sociale est réservée aux chargés d'orientation et aux "
    "cadres. Cherchez par nom et date de naissance, ou par matricule."
)


@dataclass(frozen=True, slots=True)
class Trouvee:
    """Une personne trouvée et sa prochaine échéance."""

    personne: Personne
    echeance: Echeance | None
    delai: str
    jours: int | None


@dataclass(slots=True)
class Resultat:
    """Ce qu'une recherche rend : les personnes, s'il en reste, et ce qu'il faut en dire."""

    trouvees: list[Trouvee] = field(default_factory=list)
    est_tronque: bool = False
    remarque: str = ""
    est_faite: bool = False


@exige(voit_des_personnes)
@ecrit()
def recherche(request: Requete) -> HttpResponse:
    """La page, ou ses seuls résultats pour htmx. La saisie n'est jamais écrite au journal."""
    saisie = request.GET.get("q", "").strip()
    avec_proches = request.GET.get("proches") == "1"
    contexte = {
        "recherche_q": saisie,
        "avec_proches": avec_proches,
        "limite": LIMITE,
        "resultat": chercher(
            demande=comprendre(saisie),
            avec_proches=avec_proches,
            acces=restreindre(request),
            le=request.le,
        ),
    }
    gabarit = "portail/_resultats.html" if request.htmx else "portail/recherche.html"
    return render(request, gabarit, contexte)


def chercher(*, demande: Demande, avec_proches: bool, acces: Acces, le: date) -> Resultat:
    """Cherche sous cet accès, qui doit être celui du contexte ouvert."""
    if demande.est_vide:
        return Resultat(remarque=demande.remarque)
    if demande.nir and not voit_le_nir(acces):
        return Resultat(remarque=SANS_NIR, est_faite=True)
    ids: list[int] = []
    if demande.nir:
        ids += lectures.chercher_par_nir(nir=demande.nir, acces=acces.parmi(ROLES_NIR))
    if demande.numeros:
        ids += personnes_du_matricule(numeros=demande.numeros, acces=acces, limite=LIMITE + 1)
    if demande.texte or (demande.naissance_debut and not ids):
        ids += lectures.chercher_par_nom(
            demande=demande, avec_proches=avec_proches, limite=LIMITE + 1
        )
    ids = list(dict.fromkeys(ids))
    personnes = lectures.charger(ids=ids[:LIMITE], acces=acces)
    horloges = prochaines(personnes=[p.pk for p in personnes], acces=acces)
    return Resultat(
        trouvees=[_trouvee(p, horloges.get(p.pk), le) for p in personnes],
        est_tronque=len(ids) > LIMITE,
        remarque=demande.remarque,
        est_faite=True,
    )


def _trouvee(personne: Personne, echeance: Echeance | None, le: date) -> Trouvee:
    if echeance is None:
        return Trouvee(personne, None, "", None)
    return Trouvee(personne, echeance, nom_du_delai(echeance.code), jours_avant(echeance, le))
