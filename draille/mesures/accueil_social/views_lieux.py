"""Les lieux proches, pour chaque besoin dit : combien de minutes, et s'ils sont ouverts."""

from dataclasses import dataclass
from datetime import date, time

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures import points_pour
from draille.mesures.accueil_social.lectures_types import LieuPropose
from draille.mesures.accueil_social.views_commun import entier, nominatif, temps_dit, ton_ouverture
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import besoins, libelle_besoin
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

LIEUX_PAR_BESOIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LieuVu:
    """Un lieu proposé, dit pour l'écran. `valeur` : ce que sa case envoie."""

    valeur: str
    nom: str
    adresse: str
    telephone: str
    trajet: str
    ton: str
    ouverture: str
    sur_rendez_vous: bool
    est_indique: bool
    est_suivi: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Groupe:
    """Les lieux d'un besoin, et d'où se comptent les minutes."""

    besoin: str
    libelle: str
    lieux: tuple[LieuVu, ...]


@exige(ACCES["accueillir"])
@ecrit()
@require_POST
def lieux(request: HttpRequest) -> HttpResponse:
    """Les lieux proches des besoins cochés, depuis la commune dite (sinon celle de l'accueil)."""
    acces, le = acces_de(request), date_de(request)
    groupes = groupes_de_lieux(request.POST, acces, le)
    contexte = {
        "groupes": groupes,
        "depuis": depuis(request.POST, acces),
        "a_des_besoins": bool(request.POST.getlist("besoins")),
        "resume": pluriel(sum(len(g.lieux) for g in groupes), "lieu proposé", "lieux proposés"),
    }
    return render(request, "accueil_social/_lieux.html", contexte)


def depuis(donnees: QueryDict, acces: Acces) -> Commune | None:
    """D'où compter : la commune dite, celle du dossier choisi, celle du lieu où l'on reçoit."""
    dite = entier(donnees.get("commune", ""))
    if dite is None:
        choisie = entier(donnees.get("personne", ""))
        personne = ouvrir(personne_id=choisie, acces=nominatif(acces)) if choisie else None
        dite = personne.commune_id if personne else None
    if dite is None:
        point = entier(donnees.get("point", ""))
        dite = Point.objects.filter(pk=point or 0).values_list("commune_id", flat=True).first()
    return Commune.objects.filter(pk=dite).first() if dite else None


def groupes_de_lieux(donnees: QueryDict, acces: Acces, le: date) -> list[Groupe]:
    """Un groupe par besoin coché ; vide si l'on ne sait d'où compter."""
    commune = depuis(donnees, acces)
    if commune is None:
        return []
    connus = {b.code for b in besoins(le)}
    indiques, suivis = set(donnees.getlist("lieux")), set(donnees.getlist("suivis"))
    groupes = []
    for code in dict.fromkeys(c for c in donnees.getlist("besoins") if c in connus):
        proposes = points_pour(
            commune_id=commune.pk,
            besoin=code,
            le=le,
            limite=LIEUX_PAR_BESOIN,
            acces=acces,
            heure=_heure(donnees),
        )
        vus = tuple(_vu(code, lieu, indiques, suivis) for lieu in proposes)
        groupes.append(Groupe(besoin=code, libelle=libelle_besoin(code), lieux=vus))
    return groupes


def _heure(donnees: QueryDict) -> time | None:
    try:
        return time.fromisoformat(donnees.get("heure", ""))
    except ValueError:
        return None


def _vu(code: str, lieu: LieuPropose, indiques: set[str], suivis: set[str]) -> LieuVu:
    point = lieu.point
    valeur = f"{code}:{point.pk}"
    commune = point.commune.nom if point.commune else point.nom_commune
    return LieuVu(
        valeur=valeur,
        nom=point.nom,
        adresse=", ".join(filter(None, (point.adresse, commune))),
        telephone=point.telephone,
        trajet=temps_dit(lieu.temps),
        ton=ton_ouverture(lieu),
        ouverture=lieu.horaire_dit,
        sur_rendez_vous=point.sur_rendez_vous,
        est_indique=valeur in indiques,
        est_suivi=valeur in suivis,
        url=adresse("annuaire_point", point.pk),
    )
