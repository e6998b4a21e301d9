"""Les figures de la ligne « premier accueil » de la convention : la couverture, les structures."""

from datetime import date
from typing import Any

from draille.ecrans.panneaux import FigureLigne
from draille.ecrans.requete import adresse
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_couverture import requete
from draille.mesures.accueil_social.lectures_couverture import part_du_departement
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment, jour_ouvre
from draille.mesures.accueil_social.views_couverture_mots import (
    bande_dite,
    methode_dite,
    moment_dit,
    part_dite,
)
from draille.moteurs.annuaire import adaptateur_lectures as annuaire
from draille.socle.acces import Acces
from draille.socle.texte import entier, pluriel

LIGNE = "accueil_social"
SOURCE_B = "Plan pauvreté, bloc B de la matrice de septembre 2019 (à confirmer)"


def _part(acces: Acces, le: date) -> dict[str, Any] | None:
    """La part couverte le premier jour ouvré à partir de `le` ; rien sans lieu ni habitant."""
    moment = Moment(le=jour_ouvre(le=le))
    part, terrain = part_du_departement(moment=moment)
    if part.part is None or not terrain.points:
        return None
    bande = bande_dite(part.part_basse, part.part_haute)
    methode = methode_dite(terrain.methode, est_completee=terrain.est_completee)
    dites = [d for d in (bande, methode, moment_dit(moment)) if d]
    vers = adresse("couverture") if ACCES["voir_couverture"](acces) else ""
    return {
        "valeur": part_dite(part.part),
        "precision": " ; ".join(dites),
        "url": f"{vers}?{requete(moment)}" if vers else "",
    }


def _structures(acces: Acces, le: date) -> dict[str, Any] | None:
    """Les structures hors Département qui tiennent un point de premier accueil ce jour-là."""
    points = annuaire.points(le=le, premier_accueil=True)
    if not points:
        return None
    dehors = {p.structure_id for p in points if not p.structure.est_departement}
    lieux = sum(not p.structure.est_departement for p in points)
    vers = adresse("annuaire") if ACCES["voir_annuaire"](acces) else ""
    return {
        "valeur": entier(len(dehors)),
        "precision": (
            f"{pluriel(lieux, 'lieu', 'lieux')} de premier accueil, sur {entier(len(points))}"
        ),
        "url": f"{vers}?accueil=oui&tenu=autres&ou=partout" if vers else "",
    }


FIGURES = (
    FigureLigne(
        code="accueil_social.couverture",
        ligne_convention=LIGNE,
        libelle="Population à moins de 30 minutes d'un accueil ouvert",
        definition=(
            "Habitants des communes dont la mairie est à moins du temps fixé (paramètre "
            "accueil_social.minutes) d'un lieu de premier accueil ouvert ce jour-là, sur tous les "
            "habitants du Département."
        ),
        source=SOURCE_B,
        contexte=_part,
        rang=10,
    ),
    FigureLigne(
        code="accueil_social.structures",
        ligne_convention=LIGNE,
        libelle="Structures hors Département engagées",
        definition=(
            "Structures, autres que le Département, qui tiennent au moins un lieu de premier "
            "accueil inscrit à l'annuaire à cette date."
        ),
        source=SOURCE_B,
        contexte=_structures,
        rang=20,
    ),
)
