"""Le dossier d'une personne : l'ouvrir s'écrit, et l'écran dit qui l'a ouvert."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import panneaux
from draille.noyau.echeance.lectures import de_la_personne as echeances_de
from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.lectures import foyer_de, membres_de
from draille.noyau.foyer.models import MembreFoyer
from draille.noyau.journal import registre
from draille.noyau.journal.lectures import de_la_personne as lignes_de
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import compartiment_ouvert, consultations_de, ouvrir
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.portail.charge import lisible
from draille.portail.requete import (
    Requete,
    restreindre,
    voit_des_personnes,
    voit_le_nir,
    voit_le_nir_de,
)
from draille.portail.vues.journee import jours_avant, nom_du_delai
from draille.socle.acces import Acces
from draille.socle.chiffrement import trousseau

PAR_PAGE = 15
CONSULTATIONS = 10


@dataclass(frozen=True, slots=True)
class Horloge:
    """Une échéance du dossier, avec les jours à dire (au jour de l'acte si elle est close)."""

    echeance: Echeance
    delai: str
    jours: int | None
    est_tenue: bool


@dataclass(frozen=True, slots=True)
class ActeLu:
    """Une ligne de journal dite en mots."""

    ligne: LigneJournal
    libelle: str
    par: str
    champs: list[tuple[str, str]]


@exige(voit_des_personnes)
@ecrit("GET", "HEAD")
def dossier(request: Requete, personne_id: int) -> HttpResponse:
    """Ouvre un dossier ; la même page « introuvable » pour une personne absente ou fermée."""
    return _montrer(request, personne_id, page="dossier", avec_nir=False)


@exige(voit_le_nir)
@ecrit("POST")
@require_POST
def reveler_nir(request: Requete, personne_id: int) -> HttpResponse:
    """Le même dossier, NIR en clair ; la consultation écrite le dit."""
    return _montrer(request, personne_id, page="nir", avec_nir=True)


def _montrer(request: Requete, personne_id: int, *, page: str, avec_nir: bool) -> HttpResponse:
    acces = restreindre(request)
    personne = ouvrir(personne_id=personne_id, acces=acces)
    if personne is None:
        raise Http404
    if personne.fusionnee_dans_id is not None:
        return redirect("personne", personne.fusionnee_dans_id)
    if avec_nir and not voit_le_nir_de(acces, personne):
        raise PermissionDenied(MESSAGE)
    consulter(
        personne=personne,
        page=page,
        compartiment=compartiment_ouvert(personne=personne, acces=acces),
        par=acces,
    )
    return render(request, "portail/dossier.html", _contexte(request, personne, acces, avec_nir))


def _contexte(request: Requete, personne: Personne, acces: Acces, avec_nir: bool) -> dict[str, Any]:
    le = request.le
    membre = foyer_de(personne_id=personne.pk, le=le, acces=acces)
    membres = membres_de(foyer_id=membre.foyer_id, le=le, acces=acces) if membre else []
    nir = bytes(personne.nir_chiffre) if personne.nir_chiffre and avec_nir else b""
    return {
        "personne": personne,
        "nir": trousseau().dechiffrer(nir).decode() if nir else "",
        "peut_voir_nir": voit_le_nir_de(acces, personne) and personne.nir_chiffre is not None,
        "membre": membre,
        "autres_membres": [m for m in membres if m.personne_id != personne.pk],
        "enfants": sum(m.role == MembreFoyer.Role.ENFANT for m in membres),
        "referents": Referent.objects.visibles(acces)
        .filter(personne=personne)
        .select_related("organisation", "agent")
        .order_by("-debut"),
        "parcours": Parcours.objects.visibles(acces).filter(personne=personne).order_by("-debut"),
        "horloges": [
            _horloge(e, request) for e in echeances_de(personne_id=personne.pk, acces=acces)
        ],
        "panneaux": panneaux(personne=personne, acces=acces, le=le),
        "consultations": consultations_de(personne=personne, acces=acces, limite=CONSULTATIONS),
        **_frise(request, personne, acces),
    }


def _horloge(echeance: Echeance, request: Requete) -> Horloge:
    au = echeance.fermee_le or request.le
    return Horloge(
        echeance=echeance,
        delai=nom_du_delai(echeance.code),
        jours=jours_avant(echeance, au),
        est_tenue=echeance.fermee_le is not None,
    )


def _frise(request: Requete, personne: Personne, acces: Acces) -> dict[str, Any]:
    pages = Paginator(lignes_de(personne_id=personne.pk, acces=acces), PAR_PAGE)
    page: Page[LigneJournal] = pages.get_page(request.GET.get("page"))
    return {"page": page, "actes": dire_les_lignes(list(page.object_list))}


def dire_les_lignes(lignes: list[LigneJournal]) -> list[ActeLu]:
    """Ces lignes en mots, avec qui les a écrites. Deux requêtes au plus, une le plus souvent."""
    agents = Agent.objects.select_related("organisation").in_bulk(
        {ligne.agent_id for ligne in lignes if ligne.agent_id}
    )
    organisations = {a.organisation_id: a.organisation for a in agents.values()}
    # Un agent a pu changer d'organisation depuis : la ligne garde celle du jour.
    dites = {ligne.organisation_id for ligne in lignes if ligne.organisation_id}
    autres = dites - set(organisations)
    if autres:
        organisations |= Organisation.objects.in_bulk(autres)
    return [
        ActeLu(
            ligne=ligne,
            libelle=registre.libelle(ligne.code),
            par=", ".join(
                str(objet)
                for objet in (
                    agents.get(ligne.agent_id, "traitement automatique"),
                    organisations.get(ligne.organisation_id or 0),
                )
                if objet
            ),
            champs=lisible(ligne.charge),
        )
        for ligne in lignes
    ]
