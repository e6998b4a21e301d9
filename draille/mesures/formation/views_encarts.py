"""La formation hors de ses pages : sur « Ma journée », et à sa ligne de la convention."""

from datetime import date, timedelta
from typing import Any

from draille.ecrans.panneaux import Donnees, FigureLigne, Tuile
from draille.ecrans.requete import adresse
from draille.mesures.formation import lectures, lectures_chiffres
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.indicateurs import LIGNE
from draille.mesures.formation.lectures_attestation import heures_dites
from draille.mesures.formation.regles import StatutInscription, StatutSession
from draille.mesures.formation.views_commun import quand_dit
from draille.socle.acces import Acces
from draille.socle.texte import euros, pluriel

PROCHES = timedelta(days=30)


def _journee(acces: Acces, le: date) -> Donnees:
    """Mes formations des trente jours, et, pour qui gère, ce qui est à émarger ou à clore."""
    miennes = [
        {
            "session": m.session,
            "quand": quand_dit(m.session),
            "est_en_attente": m.inscription.statut == StatutInscription.EN_ATTENTE,
        }
        for m in reversed(lectures.mes_formations(acces=acces))
        if m.inscription.statut in (StatutInscription.INSCRITE, StatutInscription.EN_ATTENTE)
        and m.session.statut == StatutSession.PROGRAMMEE
        and le <= m.session.fin <= le + PROCHES
    ]
    reste = lectures.a_faire(le=le) if ACCES["gerer"](acces) else None
    if not miennes and not (reste and (reste.a_emarger or reste.a_clore)):
        return None
    return {"miennes": miennes, "reste": reste}


TUILES = (
    Tuile(
        code="formation.journee",
        titre="Formation",
        predicat=ACCES["voir"],
        gabarit="formation/tuile.html",
        contexte=_journee,
        rang=45,
    ),
)


def _url(acces: Acces) -> str:
    return adresse("formation_chiffres") if ACCES["voir_chiffres"](acces) else ""


def _cout(acces: Acces, le: date) -> dict[str, Any] | None:
    """Le coût réel de l'année sur le crédit de la ligne ; rien sans session."""
    lu = lectures_chiffres.cout(annee=le.year, le=le)
    if not (lu.closes or lu.a_venir or lu.reel):
        return None
    precisions = [pluriel(lu.closes, "session close", "sessions closes")]
    if lu.a_venir:
        a_finir = pluriel(lu.a_venir, "session à finir", "sessions à finir")
        precisions.append(f"{euros(lu.prevu)} prévus pour {a_finir}")
    sur = f" sur {euros(lu.credit)}" if lu.credit is not None else ""
    return {
        "valeur": f"{euros(lu.reel)}{sur}",
        "precision": f"année {le.year} : {' ; '.join(precisions)}",
        "url": _url(acces),
    }


def _heures(acces: Acces, le: date) -> dict[str, Any] | None:
    total = lectures_chiffres.chiffres(annee=le.year, le=le).total
    if not total.demi_journees:
        return None
    return {
        "valeur": heures_dites(total.heures),
        "precision": (
            f"année {le.year} : "
            f"{pluriel(total.demi_journees, 'demi-journée suivie', 'demi-journées suivies')}"
        ),
        "url": _url(acces),
    }


FIGURES = (
    FigureLigne(
        code="formation.cout",
        ligne_convention=LIGNE,
        libelle="Coût réel de la formation",
        definition=(
            "Coût dit à la clôture des sessions finies dans l'année (et ce qui reste dû des "
            "sessions annulées), sur le montant que la convention inscrit pour la formation. Les "
            "mandats, eux, se lisent dans les comptes de la ligne."
        ),
        source="Suivi de la formation ; montant : le texte de la convention",
        contexte=_cout,
        rang=10,
    ),
    FigureLigne(
        code="formation.heures",
        ligne_convention=LIGNE,
        libelle="Heures de formation suivies",
        definition=(
            "Somme des heures des demi-journées émargées, dans les sessions closes, depuis le "
            "premier janvier."
        ),
        source="Émargement des sessions",
        contexte=_heures,
        rang=20,
    ),
)
