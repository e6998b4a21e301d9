"""Ce que la page du suivi compte : stock, entrées, sorties, montants, par mois et par secteur.

Des nombres seulement, sur ce que le lecteur voit ; hors du Département, un effectif de 1 à 10 est
tu. Cinq requêtes, quel que soit le nombre de dossiers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max

from draille.mesures.suivi_rsa.regles import VERSABLE
from draille.moteurs.flux.models import FichierRecu
from draille.socle.acces import PAS, Acces

MOIS_MONTRES = 12
EFFECTIF_TU = 10
_MUR = (
    "({t}.cle_acces = ANY(%(cles)s)"
    f" OR {{t}}.cle_acces - {{t}}.cle_acces %% {PAS} = ANY(%(cles)s))"
)
_MOIS = "SELECT generate_series(%(du)s::date, %(au)s::date, interval '1 month')::date AS mois"
_OUVERTS = f"""
JOIN suivi_rsa_periodedroit p
  ON p.debut <= m.mois AND (p.fin IS NULL OR p.fin > m.mois) AND p.etat = %(versable)s
  AND {_MUR.format(t="p")}
"""
_PRESENTS = """
JOIN suivi_rsa_situation s
  ON s.dossier_id = p.dossier_id AND s.debut <= m.mois AND (s.fin IS NULL OR s.fin > m.mois)
"""
_STOCK = f"""
SELECT m.mois, count(DISTINCT s.personne_id),
  count(DISTINCT s.personne_id) FILTER (WHERE s.est_soumis)
FROM ({_MOIS}) m {_OUVERTS} {_PRESENTS} GROUP BY m.mois
"""
_MONTANTS = f"""
SELECT m.mois, sum(p.montant_departement), sum(p.montant_etat)
FROM ({_MOIS}) m {_OUVERTS} GROUP BY m.mois
"""
# Les sorties se lisent au journal : qui vient du stock de départ sort sans avoir d'entrée.
_FLUX = f"""
SELECT 'entree', e.mois, e.categorie, count(*) FROM suivi_rsa_entree e
WHERE e.mois BETWEEN %(du)s AND %(au)s AND {_MUR.format(t="e")} GROUP BY e.mois, e.categorie
UNION ALL
SELECT 'sortie', (l.charge->>'mois')::date, l.charge->>'motif', count(*)
FROM noyau_lignejournal l
WHERE l.code = 'suivi_rsa.sortir' AND l.le >= %(du)s AND {_MUR.format(t="l")}
  AND (l.charge->>'mois')::date BETWEEN %(du)s AND %(au)s
  AND NOT EXISTS (
    SELECT 1 FROM noyau_lignejournal r
    WHERE r.personne_id = l.personne_id AND r.id > l.id
      AND r.code = 'suivi_rsa.rectifier_sortie' AND r.charge->>'mois' = l.charge->>'mois')
GROUP BY 2, 3
"""
_SECTEURS = f"""
SELECT coalesce(t.nom, 'Hors secteur connu'), count(DISTINCT s.personne_id),
  count(DISTINCT s.personne_id) FILTER (WHERE s.est_soumis)
FROM (SELECT %(au)s::date AS mois) m {_OUVERTS} {_PRESENTS}
LEFT JOIN noyau_territoirecommune tc ON tc.commune_id = p.cle_acces %% {PAS}
  AND tc.nature = 'secteur' AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)
LEFT JOIN noyau_territoire t ON t.id = tc.territoire_id
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mois:
    """Un mois. Un effectif nul (None) est tu. `montant_*` en euros ; `entrees` par catégorie."""

    mois: date
    beneficiaires: int | None
    soumis: int | None
    entrees: dict[str, int | None]
    sorties: dict[str, int | None]
    nombre_entrees: int | None
    nombre_sorties: int | None
    montant_departement: Decimal
    montant_etat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Secteur:
    """L'effectif d'un secteur au dernier mois."""

    nom: str
    beneficiaires: int | None
    soumis: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chiffres:
    """Ce que la page montre ; `mois` va du plus ancien au plus récent."""

    mois: tuple[Mois, ...]
    secteurs: tuple[Secteur, ...]


def chiffres(*, acces: Acces, le: date) -> Chiffres | None:
    """Les douze derniers mois connus au jour `le` ; None tant qu'aucun fichier n'est intégré."""
    au = FichierRecu.objects.filter(
        nature=FichierRecu.Nature.CAF_RSA, integre_le__isnull=False, mois__lte=le
    ).aggregate(dernier=Max("mois"))["dernier"]
    if au is None:
        return None
    parametres = {
        "cles": list(acces.cles),
        "du": _reculer(au, MOIS_MONTRES - 1),
        "au": au,
        "le": le,
        "versable": VERSABLE,
    }
    stock = {mois: reste for mois, *reste in _lire(_STOCK, parametres)}
    montants = {mois: reste for mois, *reste in _lire(_MONTANTS, parametres)}
    flux: defaultdict[tuple[str, date], dict[str, int]] = defaultdict(dict)
    for sens, mois, code, nombre in _lire(_FLUX, parametres):
        flux[sens, mois][code] = nombre
    return Chiffres(
        mois=tuple(
            _mois(m, stock[m], montants.get(m), (flux["entree", m], flux["sortie", m]), acces)
            for m in sorted(stock)
        ),
        secteurs=tuple(
            Secteur(nom=nom, beneficiaires=_dire(b, acces), soumis=_dire(s, acces))
            for nom, b, s in _lire(_SECTEURS, parametres)
        ),
    )


def _mois(
    mois: date,
    stock: list[int],
    montants: list[Decimal] | None,
    flux: tuple[dict[str, int], dict[str, int]],
    acces: Acces,
) -> Mois:
    entrees, sorties = flux
    departement, etat = montants or [Decimal(0), Decimal(0)]
    return Mois(
        mois=mois,
        beneficiaires=_dire(stock[0], acces),
        soumis=_dire(stock[1], acces),
        entrees={c: _dire(n, acces) for c, n in entrees.items()},
        sorties={c: _dire(n, acces) for c, n in sorties.items()},
        nombre_entrees=_dire(sum(entrees.values()), acces),
        nombre_sorties=_dire(sum(sorties.values()), acces),
        montant_departement=departement,
        montant_etat=etat,
    )


def _dire(effectif: int, acces: Acces) -> int | None:
    est_tu = not acces.est_du_departement and 0 < effectif <= EFFECTIF_TU
    return None if est_tu else effectif


def _reculer(mois: date, nombre: int) -> date:
    annee, rang = divmod(mois.year * 12 + mois.month - 1 - nombre, 12)
    return date(annee, rang + 1, 1)


def _lire(requete: str, parametres: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        lues: list[tuple[Any, ...]] = curseur.fetchall()
    return lues
