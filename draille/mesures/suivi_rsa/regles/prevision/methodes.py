"""Trois références simples, et un modèle : chacun prolonge une suite de quelques mois.

Les références n'ont rien à estimer. Le modèle (lissage exponentiel à tendance amortie) vient de
statsmodels, chargé seulement quand on l'essaie : il est lent.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Prolonger = Callable[[Sequence[float], int], list[float]]
AN = 12
MOIS_POUR_UNE_SAISON = 36


@dataclass(frozen=True, slots=True)
class Methode:
    """Une façon de prolonger. `mois_requis` : ce qu'il lui faut d'histoire."""

    code: str
    libelle: str
    mois_requis: int
    est_modele: bool
    prolonger: Prolonger


def naif(valeurs: Sequence[float], horizon: int) -> list[float]:
    """Le dernier mois, répété."""
    return [valeurs[-1]] * horizon


def derive(valeurs: Sequence[float], horizon: int) -> list[float]:
    """Le dernier mois, et la pente moyenne des douze derniers."""
    recentes = valeurs[-(AN + 1) :]
    pente = (recentes[-1] - recentes[0]) / max(len(recentes) - 1, 1)
    return [valeurs[-1] + pente * pas for pas in range(1, horizon + 1)]


def saisonnier(valeurs: Sequence[float], horizon: int) -> list[float]:
    """Le même mois de la dernière année connue."""
    return [valeurs[-AN + (pas % AN)] for pas in range(horizon)]


def amorti(valeurs: Sequence[float], horizon: int) -> list[float]:
    """Lissage exponentiel à tendance amortie, saison additive ôtée puis rendue dès trois ans.

    Rend la dérive si l'estimation n'aboutit pas.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    saison = saisons(valeurs) if len(valeurs) >= MOIS_POUR_UNE_SAISON else [0.0] * AN
    nombre = len(valeurs)
    nues = [v - saison[rang % AN] for rang, v in enumerate(valeurs)]
    try:
        with warnings.catch_warnings():
            # Un ajustement qui hésite se juge à ses erreurs d'essai, pas à ses avertissements.
            warnings.simplefilter("ignore")
            ajuste = ExponentialSmoothing(
                nues, trend="add", damped_trend=True, initialization_method="heuristic"
            ).fit()
            prolongees = [float(v) for v in ajuste.forecast(horizon)]
    except (ValueError, ArithmeticError):
        return derive(valeurs, horizon)
    if not all(abs(v) < float("inf") for v in prolongees):
        return derive(valeurs, horizon)
    return [v + saison[(nombre + pas) % AN] for pas, v in enumerate(prolongees)]


def saisons(valeurs: Sequence[float]) -> list[float]:
    """L'écart moyen de chaque rang de mois à la moyenne mobile d'un an, de somme nulle.

    Le rang 0 est celui de la première valeur. Il faut au moins deux ans.
    """
    ecarts: list[list[float]] = [[] for _ in range(AN)]
    for rang in range(AN // 2, len(valeurs) - AN // 2):
        fenetre = valeurs[rang - AN // 2 : rang + AN // 2 + 1]
        centre = (sum(fenetre) - (fenetre[0] + fenetre[-1]) / 2) / AN
        ecarts[rang % AN].append(valeurs[rang] - centre)
    moyens = [sum(e) / len(e) if e else 0.0 for e in ecarts]
    commun = sum(moyens) / AN
    return [m - commun for m in moyens]


REFERENCES = (
    Methode("naif", "Naïf : le dernier mois, répété", 1, False, naif),
    Methode("derive", "Dérive : la pente des douze derniers mois", 3, False, derive),
    Methode("saisonnier", "Saisonnier : le même mois un an avant", AN, False, saisonnier),
)
MODELE = Methode("amorti", "Modèle : lissage exponentiel à tendance amortie", AN + 4, True, amorti)
METHODES = (*REFERENCES, MODELE)
