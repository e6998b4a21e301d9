"""Le guichet : une page, trois minutes, au clavier. Le même envoi n'écrit qu'un accueil."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms import Accueillir
from draille.mesures.accueil_social.forms_naissance import lire_naissance
from draille.mesures.accueil_social.models import Accueil
from draille.mesures.accueil_social.views_commun import (
    compartiments_de,
    dernier_point,
    entier,
    nominatif,
)
from draille.mesures.accueil_social.views_lieux import groupes_de_lieux
from draille.moteurs.annuaire.registre import besoins
from draille.moteurs.rapprochement.adaptateur import SaisieIdentite, Zone, suggerer
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces
from draille.socle.chiffrement import trousseau
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import date_courte, mois_annee

JSON = "application/json"
A_DISTINGUER = (
    "Un dossier lui ressemble beaucoup. Dites si c'est elle, ou ouvrez un nouveau dossier."
)
TOUCHES = "1234567890abcdefgh"
_MULTIPLES = ("besoins", "reponses", "lieux", "suivis", "o1-portee", "o2-portee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ressemblance:
    """Un dossier proposé, et pourquoi ; ou celui que l'agent a choisi."""

    pk: int
    nom: str
    naissance: str
    commune: str
    zone: str
    est_certaine: bool
    raisons: tuple[str, ...]
    est_choisie: bool


@exige(ACCES["accueillir"])
@ecrit("POST")
def nouveau(request: HttpRequest) -> HttpResponse:
    """La page vide, ou l'accueil à écrire. `?personne=` : le dossier d'où l'on vient."""
    if request.method != "POST":
        choisie = entier(request.GET.get("personne", ""))
        initial = {"personne": str(choisie)} if choisie else {}
        ici = {"point": dernier_point(acces_de(request), date_de(request))}
        return _page(request, _formulaire(request, initial=ici | initial), donnees=initial)
    if "etape" in request.POST:
        # Sans JavaScript, chercher un dossier ou des lieux repasse par la page, rien de perdu.
        return _page(request, _formulaire(request, initial=_ecrit(request.POST)))
    formulaire = _formulaire(request, donnees=request.POST)
    url = _ecrire(request, formulaire)
    if request.headers.get("Accept") == JSON:
        # L'appareil garde l'accueil tant que la réponse ne dit pas qu'il est écrit.
        return JsonResponse({"url": url}) if url else JsonResponse({}, status=422)
    return redirect(url) if url else _page(request, formulaire)


def _ecrire(request: HttpRequest, formulaire: Accueillir) -> str:
    """L'adresse de l'accueil écrit (ou déjà écrit par le même envoi) ; vide si c'est à corriger."""
    if not formulaire.is_valid():
        return ""
    if _est_a_distinguer(request, formulaire):
        formulaire.add_error("nom", A_DISTINGUER)
        return ""
    try:
        fait = actes.accueillir(
            saisie=formulaire.saisie, par=acces_de(request), le=date_de(request)
        )
    except Refus as refus:
        formulaire.add_error(None, refus.message)
        return ""
    if not nominatif(acces_de(request)).voit(fait.cle_acces):
        messages.success(request, _ailleurs(fait))
        return reverse("accueils")
    messages.success(request, "L'accueil est enregistré.")
    return reverse("accueil", args=[fait.pk])


def _ailleurs(fait: Accueil) -> str:
    """Où est allé un accueil que l'agent ne pourra pas relire."""
    if fait.commune_id is None and fait.point_id is None:
        return (
            "L'accueil est enregistré. Sans lieu ni commune, seuls le lisent ceux qui voient tout "
            "le Département."
        )
    return "L'accueil est enregistré, dans le secteur où vit la personne."


def _est_a_distinguer(request: HttpRequest, formulaire: Accueillir) -> bool:
    """Vrai si un dossier lui ressemble presque sûrement et que l'agent n'a pas tranché."""
    if formulaire.est_anonyme or formulaire.cleaned_data.get("personne"):
        return False
    proposees = ressemblances(request.POST, acces_de(request), date_de(request))
    return any(p.est_certaine for p in proposees)


def _formulaire(
    request: HttpRequest,
    *,
    donnees: QueryDict | None = None,
    initial: Mapping[str, Any] | None = None,
) -> Accueillir:
    return Accueillir(
        donnees,
        le=date_de(request),
        compartiments=compartiments_de(acces_de(request)),
        initial=initial,
    )


def _ecrit(donnees: QueryDict) -> dict[str, Any]:
    """Ce que la page portait, pour la rendre telle quelle."""
    return {n: donnees.getlist(n) if n in _MULTIPLES else donnees[n] for n in donnees}


def _page(
    request: HttpRequest, formulaire: Accueillir, *, donnees: Mapping[str, Any] | None = None
) -> HttpResponse:
    acces, le = acces_de(request), date_de(request)
    lues = request.POST if donnees is None else donnees
    etape = request.POST.get("etape", "")
    contexte = {
        "formulaire": formulaire,
        "besoins": _cases(formulaire, le),
        "est_posee": request.method == "POST",
        "est_neuve": bool(donnees),
        "agent": acces.agent_id,
        "cle": cle_brouillon(acces),
        "heures": registre_global().entier("accueil_social.brouillon_heures", le),
        "choix": ressemblances(lues, acces, le),
        "groupes": groupes_de_lieux(request.POST, acces, le)
        if request.method == "POST" and (etape or "lieux" in request.POST)
        else (),
        "etape": etape,
        "nouvelle_choisie": lues.get("personne") == "nouvelle",
        "autres_erreurs": formulaire.is_bound and any(o.errors for o in formulaire.orientations),
        "orientation_ouverte": any(o["partenaire"].value() for o in formulaire.orientations),
        "plusieurs_metiers": len(compartiments_de(acces)) > 1,
    }
    return render(request, "accueil_social/guichet.html", contexte)


def cle_brouillon(acces: Acces) -> str:
    """La clé AES-256 du brouillon de cet agent, en base64 : la même à chaque page, jamais en base.

    Elle ne se donne qu'à lui, connecté : sur l'appareil seul, son brouillon ne se lit pas.
    """
    return base64.b64encode(trousseau().sceau(f"brouillon {acces.agent_id}".encode())).decode()


def _cases(formulaire: Accueillir, le: date) -> list[dict[str, object]]:
    coches = set(formulaire["besoins"].value() or ())
    return [
        {
            "code": b.code,
            "libelle": b.libelle,
            "aide": b.aide,
            "touche": touche,
            "est_cochee": b.code in coches,
        }
        for b, touche in zip(besoins(le), TOUCHES, strict=False)
    ]


@exige(ACCES["accueillir"])
@ecrit()
@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """Les dossiers qui ressemblent à ce qui est tapé. En POST : un nom ne va pas dans l'adresse."""
    acces, le = acces_de(request), date_de(request)
    contexte = {
        "choix": ressemblances(request.POST, acces, le),
        "nouvelle_choisie": request.POST.get("personne") == "nouvelle",
        "est_tapee": bool(request.POST.get("nom") or request.POST.get("prenom")),
    }
    return render(request, "accueil_social/_suggestions.html", contexte)


def ressemblances(donnees: Mapping[str, Any], acces: Acces, le: date) -> list[Ressemblance]:
    """Le dossier choisi s'il y en a un, puis ceux qui ressemblent à la saisie."""
    noms = nominatif(acces)
    choisie = entier(str(donnees.get("personne") or ""))
    proposees = [
        _ressemblance(
            s.personne,
            zone=s.zone.libelle,
            est_certaine=s.zone == Zone.CERTAINE,
            raisons=tuple(r.libelle for r in s.raisons),
            choisie=choisie,
        )
        for s in suggerer(saisie=_tapee(donnees), acces=noms, le=le)
    ]
    if choisie and all(p.pk != choisie for p in proposees):
        personne = ouvrir(personne_id=choisie, acces=noms)
        if personne is not None:
            proposees.insert(0, _ressemblance(personne, choisie=choisie))
    return proposees


def _tapee(donnees: Mapping[str, Any]) -> SaisieIdentite:
    naissance = lire_naissance(str(donnees.get("naissance") or ""))
    lus = {n: str(donnees.get(n) or "")[:120] for n in ("nom", "prenom", "telephone", "courriel")}
    return SaisieIdentite(
        **lus,
        naissance_le=naissance.le if naissance else None,
        naissance_precision=naissance.precision if naissance else "N",
        commune_id=entier(str(donnees.get("commune") or "")),
    )


def _ressemblance(
    personne: Personne,
    *,
    choisie: int | None,
    zone: str = "",
    est_certaine: bool = False,
    raisons: tuple[str, ...] = (),
) -> Ressemblance:
    return Ressemblance(
        pk=personne.pk,
        nom=personne.nom_complet,
        naissance=_naissance(personne),
        commune=personne.commune.nom if personne.commune else "commune inconnue",
        zone=zone,
        est_certaine=est_certaine,
        raisons=raisons,
        est_choisie=personne.pk == choisie,
    )


def _naissance(personne: Personne) -> str:
    le = personne.naissance_le
    if le is None:
        return "naissance inconnue"
    dite = {
        Personne.Precision.MOIS: mois_annee(le),
        Personne.Precision.ANNEE: str(le.year),
    }.get(Personne.Precision(personne.naissance_precision), date_courte(le))
    return f"naissance : {dite}"
