"""La prévision du RSA : quatre suites, leur méthode, ce qu'elle a valu sur le passé."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.suivi_rsa import lectures_prevision as lectures
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.actes_prevision import garder_prevision
from draille.mesures.suivi_rsa.lectures_prevision import MoisConnu
from draille.mesures.suivi_rsa.regles.prevision import (
    BENEFICIAIRES,
    DEPENSE,
    FOYERS,
    MOYEN,
    Erreurs,
    Prevision,
    Prevue,
)
from draille.mesures.suivi_rsa.views_budget_dessin import courbe, dire_exact
from draille.mesures.suivi_rsa.views_commun import jour_lu, onglets
from draille.socle.parametres import registre_global
from draille.socle.texte import decimal

_PASSES: dict[str, tuple[str, Callable[[MoisConnu], Decimal]]] = {
    FOYERS: ("entier", lambda m: Decimal(m.foyers)),
    BENEFICIAIRES: ("entier", lambda m: Decimal(m.beneficiaires)),
    DEPENSE: ("euros", lambda m: m.montant),
}


@exige(ACCES["voir_budget"])
@ecrit()
def prevision(request: HttpRequest) -> HttpResponse:
    """La prévision telle qu'elle se calcule au jour lu (`?le=`)."""
    acces, le = acces_de(request), jour_lu(request)
    connus = lectures.mois_connus(acces=acces, le=le)
    prevue = lectures.prevision(connus=connus, le=le)
    contexte = {
        "onglets": onglets(acces=acces, actif="rsa_prevision"),
        "le": le,
        "aujourd_hui": date_de(request),
        "prevue": prevue,
        "suites": _suites(prevue, connus) if prevue else [],
        "montant_moyen": prevue.suite(MOYEN) if prevue else None,
        "erreurs_moyen": _erreurs(prevue.suite(MOYEN)) if prevue else (),
        "reperes": _reperes(prevue, le) if prevue else [],
        "hausse": registre_global().decimal("suivi_rsa.revalorisation_supposee", le),
        "niveau": int(lectures.niveau(le=le) * 100),
        "des_fichiers": sum(m.est_des_fichiers for m in connus),
        "importes": sum(not m.est_des_fichiers for m in connus),
    }
    return render(request, "suivi_rsa/prevision.html", contexte)


@dataclass(frozen=True, slots=True)
class SuiteLue:
    """Une suite prête à montrer : son dessin, ses méthodes et leur erreur en mots."""

    prevue: Prevue
    dessin: SafeString
    erreurs: tuple[tuple[Erreurs, str], ...]


@dataclass(frozen=True, slots=True)
class Repere:
    """Un nombre prévu à une date, et ses bornes, en mots ; vides sans intervalle."""

    libelle: str
    valeur: str
    bas: str
    haut: str


def _suites(prevue: Prevision, connus: tuple[MoisConnu, ...]) -> list[SuiteLue]:
    siens = [m for m in connus if prevue.debut <= m.mois <= prevue.fin]
    suites = []
    for code, (unite, lire) in _PASSES.items():
        suite = prevue.suite(code)
        dessin = courbe(suite, [(m.mois, lire(m)) for m in siens], unite=unite)
        suites.append(SuiteLue(suite, mark_safe(dessin), _erreurs(suite)))
    return suites


def _erreurs(suite: Prevue) -> tuple[tuple[Erreurs, str], ...]:
    """L'erreur moyenne dans l'unité de la suite."""

    def dire(mae: float) -> str:
        if suite.code == DEPENSE:
            return dire_exact(Decimal(str(mae)), "euros")
        return decimal(Decimal(str(mae)), decimales=4 if suite.code == MOYEN else 1)

    return tuple((e, dire(e.mae)) for e in suite.erreurs)


def _reperes(prevue: Prevision, le: date) -> list[tuple[date, list[Repere]]]:
    """Décembre de l'année en cours et de la suivante."""
    mois = sorted({p.mois for p in prevue.suite(FOYERS).points if p.mois.month == 12})
    return [
        (m, [_repere(prevue.suite(code), m, unite) for code, (unite, _) in _PASSES.items()])
        for m in mois
        if m.year >= le.year
    ]


def _repere(suite: Prevue, mois: date, unite: str) -> Repere:
    (point,) = (p for p in suite.points if p.mois == mois)
    dites = [
        "" if v is None else dire_exact(Decimal(str(v)), unite)
        for v in (point.valeur, point.bas, point.haut)
    ]
    libelle = f"{suite.libelle} du mois" if suite.code == DEPENSE else suite.libelle
    return Repere(libelle, *dites)


@exige(ACCES["voir_budget"])
@ecrit("POST")
@require_POST
def calculer(request: HttpRequest) -> HttpResponse:
    """Essaie le modèle maintenant, sans attendre la nuit."""
    gardee = garder_prevision(par=acces_de(request), le=date_de(request))
    if gardee is None:
        messages.error(request, "Aucun mois n'est connu : intégrez un fichier, ou un historique.")
    else:
        messages.success(request, "La prévision est calculée, modèle statistique compris.")
    return redirect("rsa_prevision")
