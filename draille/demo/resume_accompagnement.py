"""Référents, rendez-vous et messages dans le résumé : ce que fait Draille, et le premier arrivé."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count

from draille.mesures.orientation_rsa import demo as orientation
from draille.mesures.referent_unique import lectures as referents
from draille.mesures.rendez_vous import demo as demo_rendez_vous
from draille.mesures.rendez_vous import lectures as rendez_vous
from draille.moteurs.messages.models import Message
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.texte import entier, pourcent


def resumer(*, acces: Acces, le: date) -> dict[str, Any]:
    """Les chiffres de l'accompagnement à cette date, lus des états et du journal, pour JSON."""
    return {
        "referents": _referents(),
        "affectation": _affectation(acces, le),
        "convocations": _convocations(acces, le),
        "rendez_vous": demo_rendez_vous.comptes(),
        "messages": _messages(),
    }


def _referents() -> dict[str, int]:
    """Les personnes orientées, et celles à qui un référent unique a été donné."""
    orientees = orientation.orientees()
    donnes = Referent.objects.filter(
        personne_id__in=orientees, nature=Referent.Nature.UNIQUE
    ).aggregate(n=Count("personne", distinct=True))
    return {"orientees": len(orientees), "avec_referent": donnes["n"]}


def _affectation(acces: Acces, le: date) -> dict[str, dict[str, Any]]:
    lue = referents.comparaison_premier_arrive(acces=acces, le=le)
    return {
        "draille": _resultat_affectation(lue.desigs),
        "premier_arrive": _resultat_affectation(lue.premier_arrive),
    }


def _resultat_affectation(lu: Any) -> dict[str, Any]:
    # Les lectures comptent en dixièmes de minute.
    minutes = lu.minutes_moyennes
    return {
        "nombre": lu.nombre,
        "part_30_min": _arrondi(lu.part_proche, 4),
        "minutes_moyennes": None if minutes is None else round(minutes / 10, 1),
        "ecart_type_charges": _arrondi(lu.ecart_type_charges, 2),
    }


def _convocations(acces: Acces, le: date) -> dict[str, dict[str, dict[str, Any]]]:
    resume: dict[str, dict[str, dict[str, Any]]] = {}
    for motif in demo_rendez_vous.MOTIFS:
        lue = rendez_vous.comparaison_premier_arrive(motif=motif, acces=acces, le=le)
        resume[motif] = {
            "draille": _resultat_convocations(lue.moteur),
            "premier_arrive": _resultat_convocations(lue.premier_arrive),
        }
    return resume


def _resultat_convocations(lu: Any) -> dict[str, Any]:
    return {
        "nombre": lu.nombre,
        "en_retard": lu.en_retard,
        "minutes_moyennes": _arrondi(lu.minutes_moyennes, 1),
    }


def _messages() -> dict[str, Any]:
    remis = Message.objects.filter(etat=Message.Etat.REMIS)
    canaux = dict(remis.order_by("canal").values_list("canal").annotate(n=Count("id")))
    return {"remis": sum(canaux.values()), "par_canal": canaux}


def _arrondi(valeur: float | None, decimales: int) -> float | None:
    return None if valeur is None else round(valeur, decimales)


def en_phrases(resume: dict[str, Any]) -> Iterator[str]:
    """L'accompagnement en quelques lignes ; entre parenthèses, le premier arrivé."""
    lus = resume["referents"]
    yield (
        f"  Personnes orientées : {entier(lus['orientees'])}, "
        f"dont {entier(lus['avec_referent'])} ont eu un référent désigné."
    )
    yield from _phrases_affectation(resume["affectation"])
    for nom, dit in (("orientation", "pour l'orientation"), ("referent", "avec le référent")):
        lue = resume["convocations"][nom]
        yield (
            f"  Convocations {dit} : {entier(lue['draille']['nombre'])}, en retard par Draille "
            f"{entier(lue['draille']['en_retard'])}, premier arrivé "
            f"{entier(lue['premier_arrive']['en_retard'])}."
        )
    comptes = resume["rendez_vous"]
    yield (
        f"  Rendez-vous honorés : {entier(comptes['honore'])}, excusés : "
        f"{entier(comptes['excuse'])}, manqués : {entier(comptes['manque'])}."
    )
    yield f"  Messages remis : {entier(resume['messages']['remis'])}."


def _phrases_affectation(lue: dict[str, dict[str, Any]]) -> Iterator[str]:
    draille, premier = lue["draille"], lue["premier_arrive"]
    if not draille["nombre"]:
        return
    yield (
        f"  Référent à 30 minutes ou moins : par Draille "
        f"{pourcent(draille['part_30_min'], decimales=1)}, premier arrivé "
        f"{pourcent(premier['part_30_min'], decimales=1)}."
    )
    yield (
        f"  Minutes moyennes jusqu'au référent (estimation) : par Draille "
        f"{_decimal(draille['minutes_moyennes'])}, premier arrivé "
        f"{_decimal(premier['minutes_moyennes'])}."
    )
    yield (
        f"  Écart-type des charges, en points de remplissage : par Draille "
        f"{_decimal(draille['ecart_type_charges'])}, premier arrivé "
        f"{_decimal(premier['ecart_type_charges'])}."
    )


def _decimal(valeur: float | None) -> str:
    return "sans objet" if valeur is None else str(valeur).replace(".", ",")
