"""Ce que l'argent d'une convention demande de regarder, dit en une phrase."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.argent import Alerte, GenreAlerte, Projection
from draille.mesures.convention.regles.argent_projection import Horizon
from draille.mesures.convention.regles.calculs import EtatParite, Parite
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import date_moyenne, euros, pluriel, pourcent

ZERO = Decimal(0)
_TEMPS = {
    Etape.PREVUE: "au prévu",
    Etape.ENGAGEE: "à l'engagé",
    Etape.EXECUTEE: "à l'exécuté",
    Etape.RECUE: "au reçu",
}


@dataclass(frozen=True)
class Seuils:
    """`execution_min` : part du prévu (0 à 1) sous laquelle on alerte ; `preavis_jours` avant une
    échéance.
    """

    execution_min: Decimal
    preavis_jours: int


@dataclass(frozen=True)
class Situation:
    """Les montants d'une ligne ou de l'ensemble, et ce que l'on en attend."""

    montants: Mapping[Etape, Decimal]
    projection: Projection | None
    horizon: Horizon
    seuils: Seuils


def alertes_de_la_ligne(
    *, situation: Situation, code: str, est_du_texte: bool
) -> tuple[Alerte, ...]:
    """Ce qu'une ligne demande de regarder."""
    alertes = _depassements(situation, code) + _sous_execution(situation, code)
    if not est_du_texte:
        alertes.insert(
            0,
            Alerte(
                GenreAlerte.ENGAGE_AU_DELA,
                "Des pièces visent cette ligne, que les textes de l'année n'ont pas.",
                code,
            ),
        )
    return tuple(alertes)


def alertes_de_lensemble(
    *,
    situation: Situation,
    parites: Mapping[Etape, tuple[tuple[str, Parite], ...]],
    echeances: tuple[tuple[str, date], ...],
    libelles: Mapping[str, str],
) -> tuple[Alerte, ...]:
    """Ce que la convention entière demande de regarder."""
    alertes = [*_echeances(situation, echeances)]
    for etape, lues in parites.items():
        # L'État verse souvent d'avance : avant la fin, ce n'est pas une parité rompue.
        if etape is not Etape.RECUE or situation.horizon.le >= situation.horizon.fin:
            alertes += [
                _rompue(etape, code, lue, libelles)
                for code, lue in lues
                if lue.etat is EtatParite.ROMPUE
            ]
    return tuple(alertes + _depassements(situation, "") + _sous_execution(situation, ""))


def _depassements(situation: Situation, code: str) -> list[Alerte]:
    prevu = situation.montants.get(Etape.PREVUE)
    engage, execute = (situation.montants[e] for e in (Etape.ENGAGEE, Etape.EXECUTEE))
    alertes = []
    if prevu is not None and engage > prevu:
        alertes.append(
            Alerte(
                GenreAlerte.ENGAGE_AU_DELA,
                f"Engagé {euros(engage)}, soit {euros(engage - prevu)} de plus que le prévu.",
                code,
                Etape.ENGAGEE,
            )
        )
    if execute > engage:
        alertes.append(
            Alerte(
                GenreAlerte.EXECUTE_AU_DELA,
                f"Exécuté {euros(execute)}, soit {euros(execute - engage)} de plus que l'engagé : "
                "un engagement manque au fichier des finances.",
                code,
                Etape.EXECUTEE,
            )
        )
    return alertes


def _sous_execution(situation: Situation, code: str) -> list[Alerte]:
    prevu = situation.montants.get(Etape.PREVUE)
    if not prevu:
        return []
    minimum = situation.seuils.execution_min
    est_close = situation.horizon.le >= situation.horizon.fin
    projection = situation.projection
    if est_close:
        valeur, dit = situation.montants[Etape.EXECUTEE], "À la clôture, l'exécuté est de"
    elif projection is not None:
        valeur, dit = projection.valeur, "À ce rythme, l'exécuté serait de"
    else:
        return []
    if valeur >= minimum * prevu:
        return []
    message = (
        f"{dit} {euros(valeur)}, soit {pourcent(valeur / prevu, decimales=1)} du prévu (seuil : "
        f"{pourcent(minimum)}) ; il manque {euros(prevu - valeur)} pour tout exécuter."
    )
    return [Alerte(GenreAlerte.SOUS_EXECUTION, message, code, Etape.EXECUTEE)]


def _rompue(etape: Etape, code: str, lue: Parite, libelles: Mapping[str, str]) -> Alerte:
    ligne = "" if code == "total" else code
    ou = f" pour « {libelles.get(code, code)} »" if ligne else ""
    message = (
        f"Parité rompue {_TEMPS[etape]}{ou} : l'État porte {pourcent(lue.part_etat, decimales=1)} "
        f"du total. Pour la rétablir, {euros(lue.a_deplacer)} passent de l'État au Département, "
        f"ou le Département ajoute {euros(lue.a_ajouter)}."
    )
    return Alerte(GenreAlerte.PARITE_ROMPUE, message, ligne, etape)


def _echeances(situation: Situation, echeances: tuple[tuple[str, date], ...]) -> list[Alerte]:
    alertes = []
    for libelle, avant_le in sorted(echeances, key=lambda e: e[1]):
        reste = (avant_le - situation.horizon.le).days
        if reste > situation.seuils.preavis_jours:
            continue
        jours = pluriel(abs(reste), "jour")
        quand = f"il reste {jours}" if reste >= 0 else f"dépassée de {jours}"
        message = f"{libelle} : avant le {date_moyenne(avant_le)}, {quand}."
        alertes.append(Alerte(GenreAlerte.ECHEANCE, message))
    return alertes
