"""La page de la couverture : la part, la carte, les communes qui restent hors et pourquoi."""

import csv
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de
from draille.mesures.accueil_social import forms_couverture as formulaires
from draille.mesures.accueil_social import lectures_couverture as lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures_couverture import (
    CommuneLue,
    CouvertureLue,
    PartLue,
)
from draille.mesures.accueil_social.views_couverture_dessin import carte
from draille.mesures.accueil_social.views_couverture_mots import (
    bande_dite,
    methode_dite,
    minutes_dites,
    moment_dit,
    part_dite,
    precision_dite,
    raison_dite,
)
from draille.socle.texte import JOURS, cellule_sure, date_moyenne

_NIVEAUX = (("epci", "Intercommunalités"), ("canton", "Cantons"))
_VUES = (("hors", "Hors de portée"), ("limite", "À la limite"), ("toutes", "Toutes"))


@exige(ACCES["voir_couverture"])
@ecrit()
def couverture(request: HttpRequest) -> HttpResponse:
    """La couverture à un moment (`?le=&heure=&mode=&points=`), par `?niveau=`, avec sa carte."""
    formulaire, lue = _lire(request)
    niveau = _choisi(request, "niveau", _NIVEAUX)
    voir = _choisi(request, "voir", _VUES)
    vues = {"hors": lue.hors, "limite": lue.limites, "toutes": lue.communes}
    suite = formulaires.requete(lue.moment)
    contexte = {
        "formulaire": formulaire,
        "lue": lue,
        "moment": moment_dit(lue.moment),
        "est_autre_jour": lue.moment.le != date_de(request) and "le" not in request.GET,
        "methode": methode_dite(lue.methode, est_completee=lue.est_completee),
        "precision": precision_dite(lue.moment, lue.methode),
        "part": part_dite(lue.departement.part),
        "bande": bande_dite(lue.departement.part_basse, lue.departement.part_haute),
        "carte": carte(lue=lue),
        "niveaux": _onglets(request, "niveau", _NIVEAUX, niveau),
        "barres": [_barre(t) for t in lue.territoires[niveau]],
        "territoires": [
            {"lu": t, "part": part_dite(t.part), "bande": bande_dite(t.part_basse, t.part_haute)}
            for t in lue.territoires[niveau]
        ],
        "nom_niveau": dict(_NIVEAUX)[niveau],
        "semaine": _semaine(lue),
        "vues": [
            o | {"nombre": len(vues[code])}
            for (code, _), o in zip(_VUES, _onglets(request, "voir", _VUES, voir), strict=True)
        ],
        "voir": voir,
        "communes": [_rangee(c, lue) for c in vues[voir]],
        "points": [_point(p, lue) for p in sorted(lue.points, key=_plus_servi) if p.communes],
        "autres_points": [p.point for p in lue.points if not p.communes],
        "suite": suite,
        "vers_annuaire": adresse("annuaire"),
    }
    return render(request, "accueil_social/couverture.html", contexte)


@exige(ACCES["voir_couverture"])
@ecrit()
def couverture_csv(request: HttpRequest) -> HttpResponse:
    """Toutes les communes au même moment, en CSV : rien de personnel."""
    _, lue = _lire(request)
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    nom = f"couverture_{lue.moment.le:%Y-%m-%d}.csv"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(_TITRES)
    for c in lue.communes:
        sortie.writerow([cellule_sure(x) for x in _cellules(c, lue)])
    return reponse


_TITRES = (
    "Commune",
    "Code INSEE",
    "Habitants",
    "Couverte",
    "Lieu ouvert le plus proche",
    "Minutes",
    "Minutes (bas)",
    "Minutes (haut)",
    "Moment",
    "Méthode",
    "Pourquoi pas",
)


def _cellules(commune: CommuneLue, lue: CouvertureLue) -> tuple[object, ...]:
    temps = commune.temps
    return (
        commune.nom,
        commune.code_insee,
        commune.population,
        commune.est_couverte,
        commune.point.nom if commune.point else "",
        *((temps.minutes // 10, temps.bas // 10, -(-temps.haut // 10)) if temps else ("",) * 3),
        moment_dit(lue.moment),
        methode_dite(lue.methode),
        raison_dite(commune),
    )


def _lire(request: HttpRequest) -> tuple[formulaires.Quand, CouvertureLue]:
    formulaire = formulaires.Quand(request.GET, le=date_de(request))
    m = formulaire.moment
    lue = lectures.couverture(
        le=m.le, heure=m.heure, mode=m.mode, tous=m.tous, acces=acces_de(request)
    )
    return formulaire, lue


def _choisi(request: HttpRequest, nom: str, choix: tuple[tuple[str, str], ...]) -> str:
    voulu = request.GET.get(nom, "")
    return voulu if voulu in dict(choix) else choix[0][0]


def _onglets(
    request: HttpRequest, nom: str, choix: tuple[tuple[str, str], ...], actif: str
) -> list[dict[str, Any]]:
    onglets = []
    for code, libelle in choix:
        parametres = request.GET.copy()
        parametres[nom] = code
        onglets.append(
            {"libelle": libelle, "url": f"?{parametres.urlencode()}", "est_actif": code == actif}
        )
    return onglets


def _pour_mille(part: float | None) -> float:
    """La part au centième, tronquée comme elle se dit."""
    return int((part or 0) * 100) / 100


def _barre(part: PartLue) -> Ligne:
    return Ligne(part.nom, (_pour_mille(part.part),))


def _semaine(lue: CouvertureLue) -> list[Ligne]:
    return [
        Ligne(
            f"{JOURS[jour.weekday()].capitalize()} {date_moyenne(jour)}",
            (_pour_mille(part),),
            lien=f"?{formulaires.requete(replace(lue.moment, le=jour))}",
        )
        for jour, part in lue.semaine
    ]


def _rangee(commune: CommuneLue, lue: CouvertureLue) -> dict[str, Any]:
    return {
        "lue": commune,
        "est_limite": commune.est_limite(seuil=10 * lue.seuil_minutes),
        "minutes": minutes_dites(commune.temps),
        "raison": raison_dite(commune),
    }


def _plus_servi(point: lectures.PointLu) -> tuple[int, str]:
    return -point.population, point.point.nom


def _point(point: lectures.PointLu, lue: CouvertureLue) -> dict[str, Any]:
    suite = formulaires.requete(lue.moment, point=point.point.id)
    return {
        "lu": point,
        "url": adresse("annuaire_point", point.point.id),
        "url_fermeture": f"{reverse('couverture_fermeture')}?{suite}",
    }
