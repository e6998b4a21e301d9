"""Prévoir le RSA : ce que vaut la méthode retenue, sur des passés engendrés dont on cache la fin.

Quatre allures de quarante-six mois (stable, pente et saison, pente qui tourne, marche au hasard),
les douze derniers mois cachés. La méthode choisie par l'essai à rebours est comparée à la meilleure
des trois références simples prise après coup, et à chacune. Le modèle n'est pas tenu de gagner ; le
choix, lui, ne doit presque rien coûter.
"""

import warnings
from datetime import date
from math import sin
from random import Random

from bench.outils import Mesure, chronometrer
from draille.mesures.suivi_rsa.regles.prevision import Bareme, Observe, apres, prevoir
from draille.mesures.suivi_rsa.regles.prevision.essai import choisir, marge
from draille.mesures.suivi_rsa.regles.prevision.methodes import METHODES
from draille.mesures.suivi_rsa.regles.prevision.series import Suite

DEBUT = date(2017, 1, 1)
CONNUS, CACHES = 46, 12
NIVEAU = 0.8
ALLURES = ("stable", "saison", "tournant", "hasard")
PLAFOND_REGRET = 1.25


def engendrer(allure: str, graine: int) -> list[float]:
    """Un passé et sa suite, de l'ordre d'un petit Département."""
    hasard = Random(f"{allure}:{graine}")
    niveau, valeurs = 2400.0, []
    for rang in range(CONNUS + CACHES):
        if allure == "hasard":
            niveau += hasard.gauss(0, 12)
        elif allure == "saison":
            niveau += 4
        elif allure == "tournant":
            niveau += 22 if rang > CONNUS - 8 and rang < CONNUS + 4 else 1
        saison = 40 * sin(rang * 0.5236) if allure != "hasard" else 0
        valeurs.append(niveau + saison + hasard.gauss(0, 6))
    return valeurs


def _erreur(prevues: list[float], vraies: list[float]) -> float:
    return sum(abs(p - v) for p, v in zip(prevues, vraies, strict=True)) / len(vraies)


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Le regret du choix, le gain sur le naïf, la couverture, et la durée d'une prévision."""
    warnings.simplefilter("ignore")
    retenues = naives = meilleures = 0.0
    dedans = total = modeles = 0
    tirages = 2 if reduit else 12
    for allure in ALLURES:
        for graine in range(tirages):
            valeurs = engendrer(allure, graine)
            passe, suite = valeurs[:CONNUS], valeurs[CONNUS:]
            choix = choisir(Suite(DEBUT, tuple(passe)), niveau=NIVEAU)
            erreurs = {m.code: _erreur(m.prolonger(passe, CACHES), suite) for m in METHODES}
            retenues += erreurs[choix.methode.code]
            naives += erreurs["naif"]
            meilleures += min(v for c, v in erreurs.items() if c != "amorti")
            modeles += choix.methode.est_modele
            bande = marge(choix.ecarts, niveau=NIVEAU)
            prevues = choix.methode.prolonger(passe, CACHES)
            assert bande is not None
            for pas, (prevue, vraie) in enumerate(zip(prevues, suite, strict=True), 1):
                total += 1
                dedans += abs(prevue - vraie) <= bande.a(pas)
    nombre = len(ALLURES) * tirages
    duree = chronometrer(_une_prevision)
    return [
        Mesure(
            "Erreur du choix, rapportée à celle de la meilleure référence connue après coup",
            retenues / meilleures,
            PLAFOND_REGRET,
            "×",
            f"{nombre} passés, un an caché ; le modèle est retenu {modeles} fois sur {nombre}",
        ),
        Mesure(
            "Erreur du choix, rapportée à celle du naïf",
            retenues / naives,
            1.0,
            "×",
            f"erreur moyenne {retenues / nombre:.0f} foyers contre {naives / nombre:.0f}",
        ),
        Mesure(
            "Mois cachés tombés dans l'intervalle à 80 %",
            100 * dedans / total,
            None,
            "%",
            "le tournant, que rien n'annonce, en compte le moins",
        ),
        Mesure(
            "Une prévision entière, modèle essayé",
            duree,
            None,
            "s",
            "trois suites, quatre méthodes, douze origines ; la nuit le fait, la page le lit",
        ),
    ]


def _une_prevision() -> None:
    foyers = engendrer("saison", 99)
    observes = {
        apres(DEBUT, rang): Observe(round(f), round(f * 1.13), f * 480)
        for rang, f in enumerate(foyers[:CONNUS])
    }
    bareme = Bareme(((date(2015, 1, 1), 500.0),), 0.01)
    prevoir(observes=observes, bareme=bareme, niveau=NIVEAU, avec_modele=True)
