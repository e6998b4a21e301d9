"""L'essai à rebours : on se replace à chaque mois passé, on prévoit, on compare à ce qui a suivi.

L'origine glisse ; rien de ce qui suit une origine n'entre dans sa prévision. La méthode retenue est
celle de la plus petite erreur moyenne absolue ; le modèle ne l'est que s'il bat toutes les
références. L'intervalle vient de ces mêmes erreurs, rapportées à une puissance de l'horizon : sa
racine quand elles errent au hasard, l'horizon même quand une pente a changé ; elles le disent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log

from draille.mesures.suivi_rsa.regles.prevision.methodes import AN, METHODES, Methode
from draille.mesures.suivi_rsa.regles.prevision.series import Suite

ORIGINES = 12
MOIS_POUR_ESSAYER = 6
ECARTS_POUR_UN_INTERVALLE = 5
PUISSANCES = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Ecart:
    """Une prévision passée : faite avec `origine` mois connus, à `pas` mois, et la vérité."""

    origine: int
    pas: int
    prevu: float
    vrai: float

    @property
    def absolu(self) -> float:
        """L'erreur absolue."""
        return abs(self.vrai - self.prevu)

    def reduit(self, puissance: float) -> float:
        """L'erreur absolue, ramenée à un mois d'horizon."""
        return float(self.absolu / self.pas**puissance)


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


@dataclass(frozen=True, slots=True)
class Marge:
    """Le demi-intervalle : `a_un_mois`, qui croît comme l'horizon à cette puissance."""

    a_un_mois: float
    puissance: float

    def a(self, pas: int) -> float:
        """Le demi-intervalle à `pas` mois."""
        return float(self.a_un_mois * pas**self.puissance)


def marge(siens: Sequence[Ecart], *, niveau: float) -> Marge | None:
    """Le demi-intervalle que ces écarts justifient ; nul s'il y en a moins de cinq."""
    if len(siens) < ECARTS_POUR_UN_INTERVALLE:
        return None
    puissance = croissance(siens)
    return Marge(quantile([e.reduit(puissance) for e in siens], niveau), puissance)


def croissance(siens: Sequence[Ecart]) -> float:
    """La puissance de l'horizon selon laquelle les erreurs croissent, entre 0,5 et 1."""
    points = [(log(e.pas), log(e.absolu)) for e in siens if e.absolu > 0]
    if len({x for x, _ in points}) < 2:
        return PUISSANCES[0]
    x_moyen = sum(x for x, _ in points) / len(points)
    y_moyen = sum(y for _, y in points) / len(points)
    pente = sum((x - x_moyen) * (y - y_moyen) for x, y in points)
    pente /= sum((x - x_moyen) ** 2 for x, _ in points)
    return min(max(pente, PUISSANCES[0]), PUISSANCES[1])


def couverture(siens: Sequence[Ecart], *, niveau: float) -> float | None:
    """La part des mois tombés dans l'intervalle que les seules erreurs d'alors auraient donné.

    À chaque origine, on ne connaît que les erreurs des mois déjà passés. Nulle si jamais cinq.
    """
    dedans = total = 0
    for origine in sorted({e.origine for e in siens}):
        alors = marge([e for e in siens if e.origine + e.pas <= origine], niveau=niveau)
        if alors is not None:
            d_ici = [e for e in siens if e.origine == origine]
            total += len(d_ici)
            dedans += sum(e.absolu <= alors.a(e.pas) for e in d_ici)
    return dedans / total if total else None


def quantile(valeurs: Sequence[float], niveau: float) -> float:
    """La plus petite valeur dont une part `niveau` (corrigée du petit nombre) ne dépasse pas."""
    triees = sorted(valeurs)
    rang = ceil((len(triees) + 1) * niveau)
    return triees[min(rang, len(triees)) - 1]


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
