"""Ce que le Département a publié de son RSA (`rsa.yaml`) : votes et effectifs, avec leur phrase."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from draille.mesures.suivi_rsa.regles import nombres
from draille.mesures.suivi_rsa.regles.budget import (
    JOUR,
    MODIFICATIVE,
    MOIS,
    NON_PUBLIEE,
    PRIMITIF,
    Vote,
)

NON_PUBLIE = "non publié"


@dataclass(frozen=True, slots=True)
class Effectif:
    """Un nombre de bénéficiaires publié, à une date, et la phrase qui le dit."""

    a_la_date: date
    libelle: str
    nombre: int
    phrase: str
    origine: str


def lire_votes(contenu: Mapping[str, Any]) -> tuple[Vote, ...]:
    """Les votes, dans l'ordre publié. Le premier d'une année est le budget primitif.

    Un vote dont la date n'est pas publiée compte au 1er janvier s'il ouvre l'année, sinon du jour
    où la source l'annonce ; un mois compte de son dernier jour : c'est sûr, jamais trop tôt.
    """
    votes: list[Vote] = []
    for brut in contenu.get("budget", ()):
        source = contenu["sources"][brut["preuve"]["source"]]
        annee = int(brut["annee"])
        nature = MODIFICATIVE if any(v.annee == annee for v in votes) else PRIMITIF
        precision, vote_le = _date(str(brut["vote"]))
        if precision == NON_PUBLIEE:
            compte_le = date(annee, 1, 1) if nature == PRIMITIF else source["publiee_le"]
        else:
            compte_le = compter(precision, vote_le, nature, annee)
        votes.append(
            Vote(
                code=str(brut["code"]),
                nature=nature,
                libelle=str(brut["libelle"]),
                annee=annee,
                montant=nombres.montant(str(brut["montant"])),
                precision=precision,
                vote_le=vote_le,
                compte_le=compte_le,
                phrase=str(brut["preuve"]["phrase"]),
                origine=_origine(source),
            )
        )
    return tuple(votes)


def compter(precision: str, vote_le: date | None, nature: str, annee: int) -> date:
    """Le jour depuis lequel un vote daté compte ; un budget primitif, jamais avant l'année."""
    assert vote_le is not None
    jour = vote_le
    if precision == MOIS:
        jour = date(vote_le.year, vote_le.month, monthrange(vote_le.year, vote_le.month)[1])
    return max(jour, date(annee, 1, 1)) if nature == PRIMITIF else jour


def lire_effectifs(contenu: Mapping[str, Any]) -> tuple[Effectif, ...]:
    """Les nombres de bénéficiaires publiés, par date croissante."""
    lus = [
        Effectif(
            brut["a_la_date"],
            str(brut["libelle"]),
            int(brut["nombre"]),
            str(brut["preuve"]["phrase"]),
            _origine(contenu["sources"][brut["preuve"]["source"]]),
        )
        for brut in contenu.get("beneficiaires", ())
    ]
    return tuple(sorted(lus, key=lambda e: e.a_la_date))


def _date(dit: str) -> tuple[str, date | None]:
    if dit == NON_PUBLIE:
        return NON_PUBLIEE, None
    try:
        return JOUR, date.fromisoformat(dit)
    except ValueError:
        return MOIS, nombres.mois(dit)


def _origine(source: Mapping[str, Any]) -> str:
    return f"{source['titre']} ({source['datee']})"[:250]
