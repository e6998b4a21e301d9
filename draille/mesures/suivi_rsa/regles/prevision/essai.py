"""L'essai à rebours : on se replace à chaque mois passé, on prévoit, on compare à ce qui a suivi.

L'origine glisse ; rien de ce qui suit une origine n'entre dans sa prévision. La méthode retenue est
celle de la plus petite erreur moyenne absolue ; le modèle ne l'est que s'il bat toutes les
références. L'intervalle vient de ces mêmes erreurs, rapportées à la racine de l'horizon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from draille.mesures.suivi_rsa.regles.prevision.methodes import AN, METHODES, Methode
from draille.mesures.suivi_rsa.regles.prevision.series import Suite

ORIGINES = 12
MOIS_POUR_ESSAYER = 6
ECARTS_POUR_UN_INTERVALLE = 5


@dataclass(frozen=True, slots=True)
class Ecart:
    """Une prévision passée : faite avec `origine` mois connus, à `pas` mois, et la vérité."""

    origine: int
    pas: int
    prevu: float
    vrai: float

    @property
    def reduit(self) -> float:
        """L'erreur absolue, rapportée à la racine de l'horizon."""
        return abs(self.vrai - self.prevu) / sqrt(self.pas)


@dataclass(frozen=True, slots=True)
class Erreurs:
    """Ce que vaut une méthode sur le passé. `mape` en part ; `couverture` nulle si indécidable.

    `couverture` : la part des mois tombés dans l'intervalle qu'on aurait alors donné.
    """

    code: str
    libelle: str
    mae: float
    mape: float
    couverture: float | None
    nombre: int
    est_retenue: bool = False


@dataclass(frozen=True, slots=True)
class Choix:
    """La méthode retenue, pourquoi, ses écarts passés, et le tableau de toutes."""

    methode: Methode
    raison: str
    ecarts: tuple[Ecart, ...]
    tableau: tuple[Erreurs, ...]


def origines(nombre: int) -> range:
    """Les nombres de mois connus d'où l'on prévoit : douze origines au plus, un an d'histoire."""
    if nombre < MOIS_POUR_ESSAYER:
        return range(0)
    premiere = AN if nombre > AN + 3 else max(3, nombre // 2)
    return range(max(premiere, nombre - ORIGINES), nombre)


def ecarts(suite: Suite, methode: Methode) -> tuple[Ecart, ...]:
    """Tous les écarts de cette méthode sur cette suite, origine par origine."""
    nombre = len(suite.valeurs)
    tous = []
    for origine in origines(nombre):
        horizon = min(AN, nombre - origine)
        prolonge = methode.prolonger(suite.valeurs[:origine], horizon)
        tous += [
            Ecart(origine, pas, prevu, suite.valeurs[origine + pas - 1])
            for pas, prevu in enumerate(prolonge, 1)
        ]
    return tuple(tous)


def choisir(
    suite: Suite,
    *,
    niveau: float,
    methodes: Sequence[Methode] = METHODES,
    avancer: Callable[[], None] = lambda: None,
) -> Choix:
    """La meilleure méthode de cette suite. `avancer` est appelé après chaque méthode essayée.

    Toutes se comparent aux mêmes origines et aux mêmes horizons.
    """
    premiere = min(origines(len(suite.valeurs)), default=0)
    candidates = [m for m in methodes if m.mois_requis <= premiere]
    if not candidates:
        return Choix(METHODES[0], _TROP_COURT, (), ())
    mesures = []
    for methode in candidates:
        siens = ecarts(suite, methode)
        mesures.append((methode, siens, mesurer(methode, siens, niveau=niveau)))
        avancer()
    # À égalité, la plus simple : `min` garde la première.
    methode, siens, retenue = min(mesures, key=lambda m: m[2].mae)
    tableau = tuple(
        Erreurs(e.code, e.libelle, e.mae, e.mape, e.couverture, e.nombre, e is retenue)
        for _, _, e in mesures
    )
    return Choix(methode, _raison(methode, tableau), siens, tableau)


def mesurer(methode: Methode, siens: Sequence[Ecart], *, niveau: float) -> Erreurs:
    """L'erreur moyenne absolue, en part, et la couverture de l'intervalle."""
    absolues = [abs(e.vrai - e.prevu) for e in siens]
    parts = [abs(e.vrai - e.prevu) / abs(e.vrai) for e in siens if e.vrai]
    return Erreurs(
        methode.code,
        methode.libelle,
        sum(absolues) / len(absolues),
        sum(parts) / len(parts) if parts else 0.0,
        couverture(siens, niveau=niveau),
        len(siens),
    )


def couverture(siens: Sequence[Ecart], *, niveau: float) -> float | None:
    """La part des mois tombés dans l'intervalle que les seules erreurs d'alors auraient donné.

    À chaque origine, on ne connaît que les erreurs des mois déjà passés. Nulle si jamais cinq.
    """
    dedans = total = 0
    for ecart in siens:
        connues = [e.reduit for e in siens if e.origine + e.pas <= ecart.origine]
        if len(connues) >= ECARTS_POUR_UN_INTERVALLE:
            total += 1
            dedans += ecart.reduit <= quantile(connues, niveau)
    return dedans / total if total else None


def quantile(valeurs: Sequence[float], niveau: float) -> float:
    """La plus petite valeur dont une part `niveau` (corrigée du petit nombre) ne dépasse pas."""
    triees = sorted(valeurs)
    rang = ceil((len(triees) + 1) * niveau)
    return triees[min(rang, len(triees)) - 1]


def demi_largeur(siens: Sequence[Ecart], *, niveau: float) -> float | None:
    """Le demi-intervalle à un mois ; à `h` mois, fois la racine de `h`. Nul sous cinq écarts."""
    if len(siens) < ECARTS_POUR_UN_INTERVALLE:
        return None
    return quantile([e.reduit for e in siens], niveau)


_TROP_COURT = (
    f"Moins de {MOIS_POUR_ESSAYER} mois connus : aucune méthode ne se compare encore. Le dernier "
    "mois est répété, sans intervalle."
)


def _raison(methode: Methode, tableau: Sequence[Erreurs]) -> str:
    modele = next((e for e in tableau if e.code == METHODES[-1].code), None)
    references = [e for e in tableau if e is not modele]
    if modele is None:
        return (
            f"« {methode.libelle} » a la plus petite erreur passée. Le modèle statistique n'est "
            "pas essayé ici."
        )
    meilleure = min(references, key=lambda e: e.mae)
    if methode.est_modele:
        gain = 1 - modele.mae / meilleure.mae
        return (
            f"Le modèle statistique bat la meilleure référence ({meilleure.libelle.lower()}) de "
            f"{gain:.0%} sur le passé : il est retenu.".replace("%", "\N{NO-BREAK SPACE}%")
        )
    return (
        f"Le modèle statistique ne bat pas « {meilleure.libelle} » sur le passé : c'est elle qui "
        "est retenue."
    )
