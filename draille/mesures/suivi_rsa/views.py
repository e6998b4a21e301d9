"""La page du suivi : combien, qui entre, qui sort, ce que paie le Département. Sans aucun nom."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne, Releve
from draille.ecrans.lecture_seule import ecrit
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.regles import CATEGORIES, SORTIES
from draille.mesures.suivi_rsa.views_chiffres import (
    Mois,
    Secteur,
    mois_par_mois,
    secteurs,
    somme,
)
from draille.mesures.suivi_rsa.views_commun import ABREGES, onglets
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces


@exige(ACCES["voir_chiffres"])
@ecrit()
def suivi(request: HttpRequest) -> HttpResponse:
    """Stock et flux par mois, catégories, sorties, montants, secteurs."""
    acces: Acces = request.acces  # type: ignore[attr-defined]
    le: date = request.le  # type: ignore[attr-defined]
    choix = _territoires(le)
    demande = request.GET.get("territoire", "")
    choisi = next((t for t in choix if str(t.pk) == demande), None)
    mois = mois_par_mois(acces=acces, le=le, territoire_id=choisi.pk if choisi else None)
    contexte: dict[str, object] = {
        "territoires": choix,
        "territoire": choisi,
        "onglets": onglets(acces=acces, actif="rsa"),
    }
    if mois:
        contexte |= _tableaux(mois) | _dessins(mois)
        if choisi is None:
            lus = secteurs(acces=acces, le=le, mois=mois[-1].stock.mois)
            contexte["secteurs"] = _lignes(lus)
    return render(request, "suivi_rsa/suivi.html", contexte)


def _territoires(le: date) -> list[Territoire]:
    en_vigueur = Territoire.objects.filter(Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le)
    natures = (Territoire.Nature.SECTEUR, Territoire.Nature.EPCI)
    return list(en_vigueur.filter(nature__in=natures).order_by("-nature", "nom"))


def _tableaux(mois: Sequence[Mois]) -> dict[str, object]:
    categories = [nom for nom in CATEGORIES.values() if any(nom in m.entrees for m in mois)]
    motifs = [nom for nom in SORTIES.values() if any(nom in m.sorties for m in mois)]
    premier, dernier = mois[0].stock.beneficiaires, mois[-1].stock.beneficiaires
    return {
        "dernier": mois[-1],
        "premier": mois[0],
        "ecart": None if premier is None or dernier is None else dernier - premier,
        "recents": list(reversed(mois)),
        "categories": categories,
        "entrees": [(m, [(c, m.entrees.get(c, 0)) for c in categories]) for m in reversed(mois)],
        "motifs": [(nom, somme([m.sorties.get(nom, 0) for m in mois])) for nom in motifs],
    }


def _dessins(mois: Sequence[Mois]) -> dict[str, object]:
    return {
        "stock": _releves(mois, [m.stock.beneficiaires for m in mois]),
        "flux_entrees": _releves(mois, [m.nombre_entrees for m in mois]),
        "flux_sorties": _releves(mois, [m.nombre_sorties for m in mois]),
        "montants": [Releve(_court(m.stock.mois), m.stock.montant_departement) for m in mois],
    }


def _releves(mois: Sequence[Mois], nombres: Sequence[int | None]) -> list[Releve]:
    """Les points d'un graphique ; aucun si un effectif est tu, car un zéro dessiné serait faux."""
    releves = [
        Releve(_court(m.stock.mois), n) for m, n in zip(mois, nombres, strict=True) if n is not None
    ]
    return releves if len(releves) == len(mois) else []


def _lignes(lus: Sequence[Secteur]) -> list[Ligne]:
    lignes = [
        Ligne(s.nom, (s.beneficiaires,), lien=f"?territoire={s.territoire_id}")
        if s.territoire_id
        else Ligne(s.nom, (s.beneficiaires,))
        for s in lus
        if s.beneficiaires is not None
    ]
    return lignes if len(lignes) == len(lus) else []


def _court(mois: date) -> str:
    return ABREGES[mois.month - 1]
