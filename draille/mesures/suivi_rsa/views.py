"""La page du suivi : combien, qui entre, qui sort, ce que paie le Département. Sans aucun nom."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne, Releve
from draille.ecrans.lecture_seule import ecrit
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.regles import CATEGORIES, SORTIES
from draille.mesures.suivi_rsa.views_chiffres import Chiffres, chiffres
from draille.socle.acces import Acces

_ABREGES = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


@exige(ACCES["voir_chiffres"])
@ecrit()
def suivi(request: HttpRequest) -> HttpResponse:
    """Stock et flux par mois, catégories, sorties, montants, secteurs."""
    acces: Acces = request.acces  # type: ignore[attr-defined]
    le: date = request.le  # type: ignore[attr-defined]
    lus = chiffres(acces=acces, le=le)
    contexte = {"chiffres": lus, **(_contexte(lus) if lus and lus.mois else {})}
    return render(request, "suivi_rsa/suivi.html", contexte)


def _contexte(lus: Chiffres) -> dict[str, object]:
    dernier = lus.mois[-1]
    categories = [
        (c, nom) for c, nom in CATEGORIES.items() if any(c in m.entrees for m in lus.mois)
    ]
    motifs = [(c, nom) for c, nom in SORTIES.items() if any(c in m.sorties for m in lus.mois)]
    return {
        "dernier": dernier,
        "ecart": _ecart(lus),
        "premier": lus.mois[0],
        **_dessins(lus),
        "montants": [Releve(_court(m.mois), m.montant_departement) for m in lus.mois],
        "categories": [nom for _, nom in categories],
        "entrees": [
            (m, [(nom, m.entrees.get(c, 0)) for c, nom in categories]) for m in reversed(lus.mois)
        ],
        "motifs": [(nom, _somme([m.sorties.get(c, 0) for m in lus.mois])) for c, nom in motifs],
        "recents": list(reversed(lus.mois)),
    }


def _dessins(lus: Chiffres) -> dict[str, object]:
    """Les graphiques des effectifs ; aucun si un effectif est tu, un zéro dessiné serait faux."""
    stock = [Releve(_court(m.mois), m.beneficiaires) for m in lus.mois if m.beneficiaires]
    entrees = [(m.mois, m.nombre_entrees) for m in lus.mois if m.nombre_entrees is not None]
    sorties = [(m.mois, m.nombre_sorties) for m in lus.mois if m.nombre_sorties is not None]
    est_complet = len(entrees) == len(sorties) == len(lus.mois)
    secteurs = [Ligne(s.nom, (s.beneficiaires,)) for s in lus.secteurs if s.beneficiaires]
    return {
        "stock": stock if len(stock) == len(lus.mois) else [],
        "flux_entrees": [Releve(_court(m), n) for m, n in entrees] if est_complet else [],
        "flux_sorties": [Releve(_court(m), n) for m, n in sorties] if est_complet else [],
        "secteurs": secteurs if len(secteurs) == len(lus.secteurs) else [],
    }


def _somme(nombres: list[int | None]) -> int | None:
    connus = [n for n in nombres if n is not None]
    return sum(connus) if len(connus) == len(nombres) else None


def _ecart(lus: Chiffres) -> int | None:
    premier, dernier = lus.mois[0].beneficiaires, lus.mois[-1].beneficiaires
    return None if premier is None or dernier is None else dernier - premier


def _court(mois: date) -> str:
    return _ABREGES[mois.month - 1]
