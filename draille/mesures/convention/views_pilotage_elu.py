"""La page de l'élu : ce qui tient sur une feuille A4, et rien de plus."""

from decimal import Decimal
from typing import Any

from draille.ecrans.graphiques import Ligne as Barre
from draille.ecrans.graphiques import Releve
from draille.mesures.convention import lectures_pilotage_mots as mots
from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.lectures_pilotage import IndicateurLu, Pilotage
from draille.mesures.convention.lectures_pilotage_liens import Liens
from draille.mesures.convention.regles.pilotage import (
    ETAPES,
    avancement,
    regrouper,
    resumer,
)
from draille.mesures.convention.views_pilotage_cases import MOIS_COURTS, argent_de

LIGNES_AU_PLUS = 9
POINTS_AU_PLUS = 4
CIBLES_AU_PLUS = 4
LIBELLE_AU_PLUS = 44


def contexte_elu(p: Pilotage, liens: Liens) -> dict[str, Any]:
    """Chiffres clés, phrases, quatre graphiques au plus."""
    premiers, autres = resumer(mots.points(p, liens), au_plus=POINTS_AU_PLUS)
    return {
        "cles": _cles(p, liens),
        "phrases": [
            mots.argent_en_mots(p),
            mots.parite_en_phrase(p),
            mots.objectifs_en_mots(p.rangees),
            mots.actes_en_mots(p),
        ],
        "points": premiers,
        "autres_points": autres,
        "barres_argent": _barres_argent(p, liens),
        "barres_cibles": _barres_cibles(p, liens),
        "serie_principale": _serie_principale(p, liens),
        "serie_actes": _serie_actes(p),
        "est_masque": p.est_masque,
    }


def _cles(p: Pilotage, liens: Liens) -> list[dict[str, Any]]:
    cases = argent_de(p.argent, liens)
    prevu = p.argent.totaux.get(ETAPES[0])
    cles = []
    for etape, case in zip(ETAPES, cases, strict=True):
        montant = p.argent.totaux.get(etape)
        part = montant / prevu if etape is not ETAPES[0] and montant and prevu else None
        cles.append({"libelle": etape.libelle, "case": case, "part": part})
    return cles


def _barres_argent(p: Pilotage, liens: Liens) -> list[Barre]:
    parts = []
    for r in p.rangees:
        if r.argent is not None:
            a = avancement(montants=r.argent.montants)
            if a.paye + a.engage + a.reste:
                parts.append((r.ligne.libelle, (a.paye, a.engage, a.reste)))
    adresses = {r.ligne.libelle: liens.ligne(r.ligne.code) for r in p.rangees}
    return [
        Barre(court(nom), tuple(valeurs), lien=adresses.get(nom))
        for nom, valeurs in regrouper(parts, au_plus=LIGNES_AU_PLUS)
    ]


def _barres_cibles(p: Pilotage, liens: Liens) -> list[Barre]:
    connues = [
        (o.part_atteinte, o, r.ligne)
        for r in p.rangees
        for o in r.objectifs
        if o.part_atteinte is not None
    ]
    moindres = sorted(connues, key=lambda c: c[0])[:CIBLES_AU_PLUS]
    return [
        Barre(
            court(o.cible.libelle),
            (min(max(part, Decimal(0)), Decimal(1)),),
            lien=liens.ligne(ligne.code),
        )
        for part, o, ligne in moindres
    ]


def _serie_principale(p: Pilotage, liens: Liens) -> dict[str, Any] | None:
    """La part que la convention promet le plus clairement : la première ligne qui en a une."""
    lus = [
        (r.indicateur, bool(r.objectifs))
        for r in p.rangees
        if r.indicateur is not None and r.indicateur.a_taux and r.indicateur.annee.denominateur
    ]
    # Une promesse d'abord ; à défaut, ce que l'on compte.
    lu = next((i for i, est_promis in lus if est_promis), lus[0][0] if lus else None)
    if lu is None:
        return None
    unite = lu.indicateur.unite
    return {
        "titre": lu.indicateur.libelle,
        "serie": f"{unite[0].upper()}{unite[1:]} à compter",
        "releves": _releves(lu, liens),
    }


def _releves(lu: IndicateurLu, liens: Liens) -> list[Releve]:
    return [
        Releve(
            MOIS_COURTS[int(c.cle) - 1],
            c.denominateur,
            taux=c.taux,
            lien=liens.indicateur(lu.indicateur, Part.DENOMINATEUR, mois=int(c.cle)),
        )
        for c in lu.mois
        if c.denominateur is not None
    ]


def _serie_actes(p: Pilotage) -> list[Releve]:
    # Un nombre tu ne se dessine pas : une colonne à zéro dirait que rien n'est fait.
    connus = [(i, n) for i, n in enumerate(p.actes.serie) if n is not None]
    return [Releve(MOIS_COURTS[i], n) for i, n in connus] if any(n for _, n in connus) else []


def court(libelle: str) -> str:
    """Le libellé qui tient dans une demi-feuille ; le tableau le donne entier."""
    if len(libelle) <= LIBELLE_AU_PLUS:
        return libelle
    return f"{libelle[:LIBELLE_AU_PLUS].rsplit(' ', 1)[0]}…"
