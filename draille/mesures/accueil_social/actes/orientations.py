"""Orienter la personne accueillie : son accord, puis l'orientation, suivie par le partage."""

from datetime import date

from draille.mesures.accueil_social.actes.saisie import OrientationSaisie
from draille.mesures.accueil_social.models import Accueil
from draille.moteurs.annuaire.models import Point
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.socle.acces import Acces


def orienter(*, saisie: OrientationSaisie, accueil: Accueil, par: Acces, le: date) -> Orientation:
    """Écrit l'accord s'il est donné, puis l'orientation, dont l'origine est cet accueil.

    Lève `Refus` comme `partage.consentir` et `partage.orienter`.
    """
    personne = accueil.personne
    assert personne is not None, "un accueil anonyme n'oriente pas : il indique un lieu"
    consentement = None
    if saisie.partenaire_id is not None and saisie.forme_consentement:
        consentement = partage.consentir(
            personne=personne,
            partenaire_id=saisie.partenaire_id,
            portee=saisie.portee,
            forme=saisie.forme_consentement,
            par=par,
            le=le,
        )
    lieu = Point.objects.filter(pk=saisie.point_id).first() if saisie.point_id else None
    return partage.orienter(
        demande=partage.DemandeOrientation(
            personne=personne,
            destination=lieu.nom if lieu is not None and saisie.partenaire_id is None else "",
            partenaire_id=saisie.partenaire_id,
            point_id=saisie.point_id,
            besoins=saisie.besoins,
            message=saisie.message,
            consentement_id=consentement.pk if consentement is not None else None,
            origine_id=accueil.pk,
        ),
        par=par,
        le=le,
    )
