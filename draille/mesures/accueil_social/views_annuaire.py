"""L'annuaire : chercher un lieu, le lire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from draille.ecrans.acces import exige
from draille.ecrans.cartes import Lieu, dessiner
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, instant_de
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_annuaire import Recherche
from draille.moteurs.annuaire import adaptateur_lectures as lectures
from draille.moteurs.annuaire.adaptateur_revue import (
    a_confirmer_nombre,
    confirmations_de,
    limite_fraicheur,
)
from draille.moteurs.annuaire.calcul.ouverture import a_des_horaires, est_ouvert
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import besoins, libelle_besoin
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus
from draille.socle.texte import INSECABLE, date_longue, heure

PAR_PAGE = 25
SUR_LA_CARTE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PointVu:
    """Un lieu de la liste : son état à cet instant, sa distance si l'on cherche près de."""

    point: Point
    ouverture: str
    ton: str
    besoins: str
    distance: str


@dataclass(frozen=True, slots=True)
class Trouve:
    """Un lieu qui répond, et sa distance en km de la commune choisie."""

    pk: int
    distance_km: float | None


def a_paris(request: HttpRequest) -> datetime:
    """L'instant du produit, à l'heure de Paris."""
    return localtime(instant_de(request))


def ouverture_dite(point: Point, instant: datetime) -> tuple[str, str]:
    """« ouvert jusqu'à 17 h », « ouvre jeudi 15 octobre 2020 à 9 h », et le ton de l'étiquette."""
    plages = lectures.plages_de(point)
    jour = instant.date()
    prochaine = lectures.prochaine_ouverture(point=point, instant=instant)
    if prochaine is None:
        inconnues = not a_des_horaires(plages=plages, le=jour)
        return ("horaires inconnus", "pierre") if inconnues else ("fermé", "genet")
    quand, ouverture = prochaine
    if est_ouvert(plages=plages, le=jour, a=instant.time()):
        return f"ouvert jusqu'à {heure(ouverture.fin)}", "pature"
    if quand == jour:
        return f"ouvre à {heure(ouverture.debut)}", "eau"
    return f"ouvre {date_longue(quand)} à {heure(ouverture.debut)}", "genet"


@exige(ACCES["voir_annuaire"])
@ecrit()
def annuaire(request: HttpRequest) -> HttpResponse:
    """Chercher par nom, besoin, commune, ouverture ; la carte et la table disent la même chose."""
    le, instant = date_de(request), a_paris(request)
    formulaire = Recherche(request.GET, le=le)
    lus = formulaire.lus
    trouves = _trouver(lus, instant)
    page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
    montres = trouves if len(trouves) <= SUR_LA_CARTE else list(page.object_list)
    points = lectures.par_identifiant(ids=[t.pk for t in montres], le=le)
    contexte: dict[str, Any] = {
        "formulaire": formulaire,
        "est_filtre": any(lus.values()),
        "page": page,
        "points": [_vu(points[t.pk], t, instant) for t in page.object_list],
        "carte": dessiner(
            lieux=[x for p in points.values() if (x := _sur_carte(p, instant)) is not None]
        ),
        "a_confirmer": a_confirmer_nombre(le=le),
        "peut_tenir": ACCES["tenir_annuaire"](acces_de(request)),
        "peut_confirmer": ACCES["confirmer_annuaire"](acces_de(request)),
    }
    return render(request, "accueil_social/annuaire.html", contexte)


def _trouver(lus: dict[str, str], instant: datetime) -> list[Trouve]:
    """Les lieux qui répondent, par nom, ou du plus proche au plus loin. Trois requêtes au plus.

    Seuls ceux de la page se lisent en entier : l'annuaire peut en avoir des milliers.
    """
    lignes = lectures.existants(le=instant.date(), premier_accueil=True if lus["accueil"] else None)
    commune = Commune.objects.filter(pk=lus["commune"]).first() if lus["commune"] else None
    trouves = [
        Trouve(pk=pk, distance_km=_distance(commune, nord, est))
        for pk, nord, est in lignes.filter(_critere(lus))
        .prefetch_related(None)
        .values_list("pk", "latitude", "longitude")
    ]
    if lus["quand"]:
        ouverts = lectures.ouverts_parmi(
            points=[t.pk for t in trouves],
            le=instant.date(),
            heure=instant.time() if lus["quand"] == "maintenant" else None,
        )
        trouves = [t for t in trouves if t.pk in ouverts]
    if commune is not None:
        trouves.sort(key=lambda t: float("inf") if t.distance_km is None else t.distance_km)
    return trouves


def _distance(commune: Commune | None, nord: float | None, est: float | None) -> float | None:
    if commune is None or commune.latitude is None or commune.longitude is None:
        return None
    if nord is None or est is None:
        return None
    return lectures.distance_km(
        nord=commune.latitude, est=commune.longitude, vers_nord=nord, vers_est=est
    )


def _critere(lus: dict[str, str]) -> Q:
    critere = Q() if lus["ou"] else Q(commune__isnull=False)
    if lus["q"]:
        dit = lus["q"]
        critere &= (
            Q(nom__icontains=dit) | Q(nom_commune__icontains=dit) | Q(structure__nom__icontains=dit)
        )
    if lus["besoin"]:
        critere &= Q(besoins__contains=[lus["besoin"]])
    if lus["tenu"]:
        critere &= Q(structure__est_departement=lus["tenu"] == "departement")
    return critere


def _vu(point: Point, trouve: Trouve, instant: datetime) -> PointVu:
    km = trouve.distance_km
    ouverture, ton = ouverture_dite(point, instant)
    return PointVu(
        point=point,
        ouverture=ouverture,
        ton=ton,
        besoins=_besoins_dits(point.besoins, instant),
        distance="" if km is None else f"{km:.1f}".replace(".", ",") + f"{INSECABLE}km",
    )


def _besoins_dits(codes: Sequence[str], instant: datetime) -> str:
    if {b.code for b in besoins(instant.date())} <= set(codes):
        return "Tous"
    return ", ".join(libelle_besoin(b) for b in codes)


def _sur_carte(point: Point, instant: datetime) -> Lieu | None:
    if point.latitude is None or point.longitude is None:
        return None
    ouverture, ton = ouverture_dite(point, instant)
    return Lieu(
        code=f"p{point.pk}",
        nom=point.nom,
        latitude=point.latitude,
        longitude=point.longitude,
        mots=f"{point.nom}, {point.nom_commune} : {ouverture}",
        est_creux=ton != "pature",
    )


@exige(ACCES["voir_annuaire"])
@ecrit()
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche d'un lieu : quand il ouvre, ce qu'on y prend, qui l'a confirmée."""
    le, instant = date_de(request), a_paris(request)
    lu = lire_point(pk, request)
    ouverture, ton = ouverture_dite(lu, instant)
    limite = limite_fraicheur(le=le)
    est_ferme = lu.fin is not None and lu.fin <= le
    acces = acces_de(request)
    contexte = {
        "point": lu,
        "ouverture": ouverture,
        "ton": ton,
        "est_ferme": est_ferme,
        "semaine": lectures.semaine_de(point=lu, le=le),
        "besoins": [libelle_besoin(b) for b in lu.besoins],
        "services": list(lu.services.order_by("nom", "pk")),
        "confirmations": confirmations_de(point_id=pk),
        "est_a_confirmer": lu.confirme_le is None or lu.confirme_le < limite,
        "peut_tenir": ACCES["tenir_annuaire"](acces) and not est_ferme,
        "peut_confirmer": ACCES["confirmer_annuaire"](acces) and not est_ferme,
        "carte": dessiner(lieux=[x] if (x := _sur_carte(lu, instant)) else []),
    }
    return render(request, "accueil_social/annuaire_point.html", contexte)


def lire_point(pk: int, request: HttpRequest) -> Point:
    """Le point demandé. Lève Http404 s'il n'est pas dans l'annuaire."""
    try:
        return lectures.point_lu(point_id=pk, le=date_de(request))
    except Refus as refus:
        raise Http404(refus.message) from refus
