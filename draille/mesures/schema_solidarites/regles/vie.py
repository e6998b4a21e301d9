"""Le temps d'un schéma : lequel vaut à une date, combien il dure, quand il se révise."""

from datetime import date, timedelta

from draille.mesures.schema_solidarites.regles.modele import Schema, Version
from draille.socle.refus import Refus

BASE = "CASF L312-4"


def lire_au(*, schema: Schema, le: date) -> Version | None:
    """La version qui vaut ce jour-là : la dernière adoptée. Nulle si aucune ne l'est encore.

    Une version dont la date n'est pas publiée vaut depuis toujours : rien ne dit le contraire.
    """
    adoptees = [v for v in schema.versions if v.adoptee_le is None or v.adoptee_le <= le]
    return max(adoptees, key=lambda v: v.rang, default=None)


def dernier_jour(*, debut: date, annees: int) -> date:
    """Le dernier jour que peut couvrir un schéma commencé ce jour (`annees` : durée au plus)."""
    try:
        suite = debut.replace(year=debut.year + annees)
    except ValueError:
        # Commencé un 29 février : l'anniversaire manquant tombe le 1er mars.
        suite = date(debut.year + annees, 3, 1)
    return suite - timedelta(days=1)


def verifier_duree(*, debut: date | None, fin: date | None, annees: int) -> None:
    """Lève `Refus('schema_solidarites.duree')` si le schéma finit avant de commencer ou dure trop.

    `fin` : premier jour après le schéma. Une date non publiée ne se vérifie pas.
    """
    if debut is None or fin is None:
        return
    if fin <= debut:
        raise Refus(
            code="schema_solidarites.duree",
            message="Le schéma finirait avant d'avoir commencé. Vérifiez ses deux dates.",
            base_legale=BASE,
        )
    borne = dernier_jour(debut=debut, annees=annees)
    if fin - timedelta(days=1) > borne:
        raise Refus(
            code="schema_solidarites.duree",
            message=f"Un schéma dure {annees} ans au plus : commencé le {debut:%d/%m/%Y}, il va "
            f"jusqu'au {borne:%d/%m/%Y}. Choisissez une fin qui ne dépasse pas ce jour.",
            base_legale=BASE,
        )


def verifier_suite(*, schema: Schema, adoptee_le: date, le: date) -> None:
    """Lève `Refus('schema_solidarites.date')` si une révision n'est pas après la précédente.

    Elle ne se date pas non plus dans l'avenir (`le` : le jour où on l'inscrit).
    """
    derniere = schema.versions[-1]
    if adoptee_le > le:
        raise Refus(
            code="schema_solidarites.date",
            message="Cette délibération n'a pas encore eu lieu. Inscrivez-la le jour où elle est "
            "votée, ou après.",
            base_legale=BASE,
        )
    if derniere.adoptee_le is not None and adoptee_le <= derniere.adoptee_le:
        raise Refus(
            code="schema_solidarites.date",
            message=f"La dernière version a été adoptée le {derniere.adoptee_le:%d/%m/%Y} : une "
            "révision vient après elle.",
            base_legale=BASE,
        )
