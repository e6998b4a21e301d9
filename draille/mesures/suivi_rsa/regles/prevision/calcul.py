"""Prévoir foyers, bénéficiaires et dépense jusqu'à la fin de l'année suivante, avec intervalles.

La dépense d'un mois est : foyers payés × montant moyen par foyer. Le montant moyen se prévoit
rapporté au barème, puis reprend le barème du mois prévu : la revalorisation du 1er avril n'est pas
une tendance, c'est une date. L'intervalle de la dépense vient de son propre essai à rebours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from draille.mesures.suivi_rsa.regles.prevision.essai import (
    Choix,
    Ecart,
    Erreurs,
    Marge,
    choisir,
    marge,
    mesurer,
)
from draille.mesures.suivi_rsa.regles.prevision.methodes import (
    AN,
    METHODES,
    REFERENCES,
    Methode,
)
from draille.mesures.suivi_rsa.regles.prevision.series import (
    Bareme,
    Suite,
    apres,
    derniere_suite,
    rapport,
)

VERSION = 2
FOYERS, BENEFICIAIRES, MOYEN, DEPENSE = "foyers", "beneficiaires", "moyen", "depense"
LIBELLES = {
    FOYERS: "Foyers payés",
    BENEFICIAIRES: "Bénéficiaires",
    MOYEN: "Montant moyen par foyer, rapporté au barème",
    DEPENSE: "Dépense",
}


@dataclass(frozen=True, slots=True)
class Observe:
    """Un mois connu : deux effectifs et des euros."""

    foyers: int
    beneficiaires: int
    montant: float


@dataclass(frozen=True, slots=True)
class Point:
    """Un mois prévu ; `bas` et `haut` nuls quand le passé ne suffit pas à un intervalle."""

    mois: date
    valeur: float
    bas: float | None
    haut: float | None


@dataclass(frozen=True, slots=True)
class Prevue:
    """Une suite prévue : sa méthode, pourquoi elle, ses points, ce que valent les autres."""

    code: str
    methode: str
    raison: str
    points: tuple[Point, ...]
    erreurs: tuple[Erreurs, ...]

    @property
    def libelle(self) -> str:
        """Son nom lisible."""
        return LIBELLES[self.code]


@dataclass(frozen=True, slots=True)
class Prevision:
    """Les quatre suites, du mois qui suit `fin` jusqu'en décembre de l'année suivante.

    `debut`, `fin` : les mois connus dont tout sort. `a_modele` : le modèle a été essayé.
    """

    debut: date
    fin: date
    niveau: float
    a_modele: bool
    suites: tuple[Prevue, ...]

    def suite(self, code: str) -> Prevue:
        """La suite de ce code. Lève KeyError."""
        return {s.code: s for s in self.suites}[code]


def prevoir(
    *,
    observes: Mapping[date, Observe],
    bareme: Bareme,
    niveau: float,
    avec_modele: bool,
    avancer: Callable[[], None] = lambda: None,
) -> Prevision | None:
    """La prévision, nulle si rien n'est connu. `niveau` : celui de l'intervalle, en part.

    `avec_modele` : essaie aussi le modèle statistique (quelques secondes).
    """
    base = derniere_suite({m: float(o.foyers) for m, o in observes.items()})
    if base is None:
        return None
    mois = base.mois
    adultes = Suite(base.debut, tuple(float(observes[m].beneficiaires) for m in mois))
    montants = Suite(base.debut, tuple(observes[m].montant for m in mois))
    moyens = bareme.deflater(rapport(montants, base))
    horizon = 12 - base.fin.month + AN
    methodes = METHODES if avec_modele else REFERENCES
    choix = {
        code: choisir(suite, niveau=niveau, methodes=methodes, avancer=avancer)
        for code, suite in ((FOYERS, base), (BENEFICIAIRES, adultes), (MOYEN, moyens))
    }
    suites = [
        _prevue(code, suite, choix[code], horizon, niveau)
        for code, suite in ((FOYERS, base), (BENEFICIAIRES, adultes), (MOYEN, moyens))
    ]
    suites.append(_depense(base, moyens, montants, choix, bareme, (horizon, niveau)))
    return Prevision(base.debut, base.fin, niveau, avec_modele, tuple(suites))


def _prevue(code: str, suite: Suite, choix: Choix, horizon: int, niveau: float) -> Prevue:
    valeurs = choix.methode.prolonger(suite.valeurs, horizon)
    points = _points(suite.fin, valeurs, marge(choix.ecarts, niveau=niveau))
    return Prevue(code, choix.methode.libelle, choix.raison, points, choix.tableau)


def _points(fin: date, valeurs: Sequence[float], demi: Marge | None) -> tuple[Point, ...]:
    points = []
    for pas, valeur in enumerate(valeurs, 1):
        # Ni un effectif ni une dépense ne sont négatifs.
        juste = max(valeur, 0.0)
        bas = None if demi is None else max(juste - demi.a(pas), 0.0)
        haut = None if demi is None else juste + demi.a(pas)
        points.append(Point(apres(fin, pas), juste, bas, haut))
    return tuple(points)


def _depense(
    foyers: Suite,
    moyens: Suite,
    montants: Suite,
    choix: Mapping[str, Choix],
    bareme: Bareme,
    cadre: tuple[int, float],
) -> Prevue:
    horizon, niveau = cadre
    deux = (choix[FOYERS].methode, choix[MOYEN].methode)
    valeurs = composer(foyers, moyens, bareme, deux, horizon)
    # Les mêmes origines et horizons que les deux suites : leurs prévisions passées se composent.
    passes = [
        Ecart(e.origine, e.pas, e.prevu * m.prevu * _alors(bareme, montants, e), _vrai(montants, e))
        for e, m in zip(choix[FOYERS].ecarts, choix[MOYEN].ecarts, strict=True)
    ]
    libelle = "Foyers prévus × montant moyen prévu × barème du mois"
    retenue = Methode("composee", libelle, 1, False, deux[0].prolonger)
    erreurs = (mesurer(retenue, passes, niveau=niveau),) if passes else ()
    points = _points(foyers.fin, valeurs, marge(passes, niveau=niveau))
    raison = (
        "La dépense se déduit des foyers, du montant moyen et du barème ; ses erreurs passées lui "
        "sont propres."
    )
    return Prevue(DEPENSE, libelle, raison, points, erreurs)


def _alors(bareme: Bareme, montants: Suite, ecart: Ecart) -> float:
    """Le barème du mois prévu, tel que connu à l'origine de cet écart."""
    origine = apres(montants.debut, ecart.origine - 1)
    return bareme.au(apres(origine, ecart.pas), connu_le=origine)


def _vrai(montants: Suite, ecart: Ecart) -> float:
    return montants.valeurs[ecart.origine + ecart.pas - 1]


def composer(
    foyers: Suite, moyens: Suite, bareme: Bareme, deux: tuple[Methode, Methode], horizon: int
) -> list[float]:
    """La dépense prévue : foyers × montant moyen × barème, tel que connu à la fin de la suite."""
    effectifs = deux[0].prolonger(foyers.valeurs, horizon)
    parts = deux[1].prolonger(moyens.valeurs, horizon)
    return [
        effectif * part * bareme.au(apres(foyers.fin, pas), connu_le=foyers.fin)
        for pas, (effectif, part) in enumerate(zip(effectifs, parts, strict=True), 1)
    ]


def vers_json(prevision: Prevision) -> dict[str, Any]:
    """La prévision en valeurs simples, pour être gardée."""
    brut = asdict(prevision)
    brut["debut"], brut["fin"] = prevision.debut.isoformat(), prevision.fin.isoformat()
    for suite in brut["suites"]:
        for point in suite["points"]:
            point["mois"] = point["mois"].isoformat()
    return brut


def depuis_json(brut: Mapping[str, Any]) -> Prevision:
    """La prévision gardée."""
    suites = tuple(
        Prevue(
            s["code"],
            s["methode"],
            s["raison"],
            tuple(
                Point(date.fromisoformat(p["mois"]), p["valeur"], p["bas"], p["haut"])
                for p in s["points"]
            ),
            tuple(Erreurs(**e) for e in s["erreurs"]),
        )
        for s in brut["suites"]
    )
    debut, fin = (date.fromisoformat(brut[c]) for c in ("debut", "fin"))
    return Prevision(debut, fin, brut["niveau"], brut["a_modele"], suites)
