"""De quoi donner des chiffres à un arbre : des entrants orientés ou non, des lieux partenaires."""

import itertools
from datetime import date
from typing import get_type_hints

from draille.moteurs.annuaire.models import Point, Structure
from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Compartiment

_OBJETS = itertools.count(900_000)
_DEFAUTS = {str: "", int: 1, bool: False}


def ecrire(code: str, *, par: Acces, le: date, sujet: Sujet) -> None:
    """La ligne d'un acte d'une autre mesure, par sa charge déclarée, sans la connaître."""
    declare = next(a for a in registre.actes() if a.code == code)
    charge = {
        nom: next((d for t, d in {**_DEFAUTS, date: le}.items() if t == attendu), None)
        for nom, attendu in get_type_hints(declare.charge).items()
    }
    consigner(charge=declare.charge(**charge), par=par, le=le, sujet=sujet)


def entrant(*, commune: Commune, par: Acces, le: date, oriente_le: date | None = None) -> int:
    """Une personne entre au RSA, et est orientée si l'on dit quand. Rend l'objet de ses actes."""
    objet = next(_OBJETS)
    personne = inscrire(
        identite=Identite(nom_naissance="Bœuf", prenom=f"Léa{objet}"),
        compartiment=Compartiment.INSERTION,
        commune_id=commune.pk,
        par=par,
        le=le,
    )
    sujet = Sujet(
        compartiment=int(Compartiment.INSERTION),
        personne_id=personne.pk,
        commune_id=commune.pk,
        objet_id=objet,
    )
    for code in ("suivi_rsa.entrer", "orientation_rsa.ouvrir"):
        ecrire(code, par=par, le=le, sujet=sujet)
    if oriente_le:
        ecrire("orientation_rsa.orienter", par=par, le=oriente_le, sujet=sujet)
    return objet


def lieu(*, commune: Commune, besoins: list[str], est_departement: bool = False) -> Point:
    """Un lieu de l'annuaire qui prend ces besoins."""
    structure = Structure.objects.create(nom="Structure", est_departement=est_departement)
    return Point.objects.create(
        structure=structure,
        nom="Lieu",
        commune=commune,
        besoins=besoins,
        debut=date(2019, 1, 1),
        maj_le=date(2019, 1, 1),
    )
