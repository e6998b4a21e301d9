"""« Et si ce point fermait ? » et « Où ouvrir le prochain ? »."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social import forms_couverture as formulaires
from draille.mesures.accueil_social import lectures_couverture_projets as lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.lectures_couverture_projets import (
    FermetureLue,
    ImplantationLue,
)
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment
from draille.mesures.accueil_social.views_couverture_dessin import carte_projet
from draille.mesures.accueil_social.views_couverture_mots import (
    methode_dite,
    minutes_dites,
    moment_dit,
    part_dite,
)
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import JOURS, entier, pluriel


@exige(ACCES["voir_couverture"])
@ecrit()
def fermeture(request: HttpRequest) -> HttpResponse:
    """Les points dont on dépend le plus ; avec `?point=`, ce que sa fermeture changerait."""
    formulaire = formulaires.Quand(request.GET, le=date_de(request))
    moment = formulaire.moment
    voulu = request.GET.get("point", "")
    contexte: dict[str, Any] = {
        "formulaire": formulaire,
        "moment": moment_dit(moment),
        "suite": formulaires.requete(moment),
        "point_id": voulu,
    }
    if voulu.isdecimal() and len(voulu) < 19:
        contexte |= _effet(int(voulu), moment, acces_de(request))
    else:
        contexte["dependances"] = _dependances(moment, acces_de(request))
    return render(request, "accueil_social/couverture_fermeture.html", contexte)


def _dependances(moment: Moment, acces: Acces) -> list[dict[str, Any]]:
    return [
        {"lue": d, "url": f"?{formulaires.requete(moment, point=d.point.id)}"}
        for d in lectures.dependances(moment=moment, acces=acces)
    ]


def _effet(point_id: int, moment: Moment, acces: Acces) -> dict[str, Any]:
    try:
        rendue = lectures.effet_fermeture(point_id=point_id, moment=moment, acces=acces)
    except Refus as refus:
        if refus.code != "couverture.point_ferme":
            raise
        return {"refus": refus.message, "dependances": _dependances(moment, acces)}
    return {
        "rendue": rendue,
        "phrase": phrase_fermeture(rendue),
        "methode": methode_dite(rendue.methode),
        "communes": [
            {
                "lue": c,
                "avant": minutes_dites(c.avant),
                "apres": minutes_dites(c.apres),
                "vers": c.vers.nom if c.vers else "",
            }
            for c in rendue.communes
        ],
    }


def phrase_fermeture(rendue: FermetureLue) -> str:
    """Ce que la fermeture change, en une phrase."""
    if rendue.population_perdue == 0:
        return (
            f"Personne ne passerait à {rendue.seuil_minutes} minutes ou plus : un autre lieu est "
            "assez proche de chacun."
        )
    perdus = pluriel(rendue.population_perdue, "habitant")
    communes = pluriel(len(rendue.perdues), "commune")
    verbe = "serait" if rendue.population_perdue < 2 else "seraient"
    return (
        f"{perdus} de {communes} ne {verbe} plus à moins de {rendue.seuil_minutes} minutes : la "
        f"part couverte passerait de {part_dite(rendue.part_avant)} à "
        f"{part_dite(rendue.part_apres)}."
    )


@exige(ACCES["voir_couverture"])
@ecrit()
def implanter(request: HttpRequest) -> HttpResponse:
    """Où ouvrir de un à cinq lieux : le choix exact, ce que chacun ajoute, et s'il est prouvé."""
    formulaire = formulaires.Projet(request.GET, le=date_de(request))
    moment = formulaire.moment
    rendue = lectures.implantation(
        nombre=formulaire.combien,
        forme="permanence" if formulaire.est_permanence else "fixe",
        prudent=formulaire.est_prudent,
        moment=moment,
        acces=acces_de(request),
    )
    contexte = {
        "formulaire": formulaire,
        "rendue": rendue,
        "est_permanence": rendue.forme == "permanence",
        "moment": moment_dit(moment),
        "methode": methode_dite(rendue.methode),
        "phrase": phrase_implantation(rendue),
        "preuve": preuve(rendue),
        "ajouts": [
            {
                "lu": a,
                "part": part_dite(a.part),
                "jour": JOURS[a.jour.weekday()] if a.jour else "",
                "rang": rang,
            }
            for rang, a in enumerate(rendue.ajouts, start=1)
        ],
        "carte": carte_projet(rendue=rendue) if rendue.ajouts else None,
        "vers_couverture": f"{reverse('couverture')}?{formulaires.requete(moment)}",
    }
    return render(request, "accueil_social/couverture_implanter.html", contexte)


def _gagnes(nombre: int, rendue: ImplantationLue) -> str:
    if rendue.forme == "permanence":
        return f"{entier(nombre)} habitants × jours"
    return pluriel(nombre, "habitant")


def phrase_implantation(rendue: ImplantationLue) -> str:
    """Ce que le choix apporte, en une phrase."""
    if not rendue.ajouts:
        return "Aucun lieu de plus ne rapprocherait quelqu'un : chacun est déjà couvert."
    lieux = pluriel(len(rendue.ajouts), "lieu", "lieux")
    return (
        f"{lieux} de plus : {_gagnes(rendue.gain, rendue)} de plus à moins de "
        f"{rendue.seuil_minutes} minutes ; la part couverte passerait de "
        f"{part_dite(rendue.part_avant)} à "
        f"{part_dite(rendue.ajouts[-1].part)}."
    )


def preuve(rendue: ImplantationLue) -> str:
    """Ce que l'on sait du choix : prouvé ou non, et ce que vaut celui que l'on ferait à la main."""
    if not rendue.ajouts:
        return ""
    choix = pluriel(rendue.candidats, "mairie candidate", "mairies candidates")
    if rendue.est_prouvee:
        dit = f"Prouvé : parmi {choix}, aucun autre choix ne couvre un habitant de plus."
    else:
        dit = (
            f"Le meilleur choix trouvé parmi {choix}. Un autre pourrait faire mieux, sans dépasser "
            f"{_gagnes(rendue.borne, rendue)}."
        )
    ecart = rendue.gain - rendue.gain_glouton
    if len(rendue.ajouts) < 2:
        return dit
    if ecart:
        return f"{dit} Les choisir l'un après l'autre en perdrait {_gagnes(ecart, rendue)}."
    return f"{dit} Les choisir l'un après l'autre aurait donné autant."
