"""Ce qui sera exécuté à la fin : le rythme des mois, sa dispersion, et la borne de l'engagé."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from draille.mesures.convention.regles.argent import PieceLue, Projection
from draille.socle.texte import date_moyenne, pluriel

ZERO, CENTIME = Decimal(0), Decimal("0.01")
MOIS_AU_MOINS = 3
# Quatre fois sur cinq entre les deux bornes, si les mois se suivent sans se ressembler.
ECARTS_TYPES = Decimal("1.2816")


@dataclass(frozen=True)
class Horizon:
    """Le premier jour compté, le dernier jour où l'on exécute, et la date de lecture."""

    debut: date
    fin: date
    le: date

    @property
    def mois_ecoules(self) -> int:
        """Mois entiers écoulés à la date de lecture."""
        veille = min(self.le, self.fin) + timedelta(days=1)
        return max(0, (veille.year - self.debut.year) * 12 + veille.month - self.debut.month)

    @property
    def mois_en_tout(self) -> int:
        """Mois de l'horizon, le dernier compris."""
        return (self.fin.year - self.debut.year) * 12 + self.fin.month - self.debut.month + 1


def projeter(*, pieces: Iterable[PieceLue], engage: Decimal, horizon: Horizon) -> Projection | None:
    """L'exécuté attendu à la fin de l'horizon ; None tant que rien n'est exécuté.

    `pieces` : les pièces exécutées, datées au plus tard de la lecture. Chaque mois qui reste vaut
    la moyenne des mois entiers écoulés ; la bande suit leur dispersion (quatre fois sur cinq).
    L'engagé plafonne, quand il n'est pas déjà dépassé : on ne mandate pas sans engagement.
    """
    pieces = tuple(pieces)
    execute = sum((p.montant for p in pieces), ZERO)
    if not pieces:
        return None
    fin = date_moyenne(horizon.fin)
    if horizon.le >= horizon.fin:
        return Projection(execute, execute, execute, f"L'exécution est close au {fin}.")
    mois = _par_mois(pieces, horizon)
    reste = horizon.mois_en_tout - len(mois)
    if len(mois) < MOIS_AU_MOINS:
        return None
    entiers = sum(mois, ZERO)
    moyenne = entiers / len(mois)
    variance = sum(((m - moyenne) ** 2 for m in mois), ZERO) / (len(mois) - 1)
    # La moyenne elle-même est mal connue : son erreur se cumule sur les mois qui restent.
    ecart = (variance * reste * (1 + Decimal(reste) / len(mois))).sqrt() * ECARTS_TYPES
    attendu = entiers + moyenne * reste
    plafond = engage if engage >= execute > ZERO else None
    valeur, bas, haut = (
        _borner(v, execute, plafond) for v in (attendu, attendu - ecart, attendu + ecart)
    )
    return Projection(valeur, bas, haut, _methode(len(mois), reste, fin, plafond is not None))


def _par_mois(pieces: tuple[PieceLue, ...], horizon: Horizon) -> list[Decimal]:
    mois = [ZERO] * horizon.mois_ecoules
    if not mois:
        return []
    for p in pieces:
        rang = (p.datee_le.year - horizon.debut.year) * 12 + p.datee_le.month - horizon.debut.month
        if rang < len(mois):
            mois[max(rang, 0)] += p.montant
    return mois


def _borner(valeur: Decimal, bas: Decimal, haut: Decimal | None) -> Decimal:
    """Au moins ce qui est déjà exécuté ; au plus l'engagé."""
    bornee = max(valeur, bas)
    bornee = bornee if haut is None else min(bornee, haut)
    return bornee.quantize(CENTIME, ROUND_HALF_UP)


def _methode(mois: int, reste: int, fin: str, a_plafond: bool) -> str:
    plafond = ", sans dépasser l'engagé" if a_plafond else ""
    return (
        f"Moyenne des {pluriel(mois, 'mois', 'mois')} entiers écoulés, prolongée sur "
        f"{pluriel(reste, 'mois', 'mois')} jusqu'au {fin}{plafond}. La fourchette contient le "
        "résultat quatre fois sur cinq si les mois à venir se dispersent comme les précédents."
    )
