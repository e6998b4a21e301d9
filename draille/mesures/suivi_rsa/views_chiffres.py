"""Ce que la page du suivi compte, mois par mois, et secteur par secteur au dernier mois."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from draille.mesures.suivi_rsa import lectures
from draille.mesures.suivi_rsa.lectures import Stock
from draille.mesures.suivi_rsa.regles import VERSABLE
from draille.moteurs.indicateurs.adaptateur import seuil_secret
from draille.socle.acces import PAS, Acces

MOIS_MONTRES = 12
_SECTEURS = f"""
SELECT t.id, coalesce(t.nom, 'Hors secteur connu'), count(DISTINCT s.personne_id)
FROM suivi_rsa_periodedroit p
JOIN suivi_rsa_situation s ON s.dossier_id = p.dossier_id
  AND s.debut <= %(mois)s AND (s.fin IS NULL OR s.fin > %(mois)s)
LEFT JOIN noyau_territoirecommune tc ON tc.commune_id = s.cle_acces %% {PAS}
  AND tc.nature = 'secteur' AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)
LEFT JOIN noyau_territoire t ON t.id = tc.territoire_id
WHERE p.debut <= %(mois)s AND (p.fin IS NULL OR p.fin > %(mois)s) AND p.etat = %(versable)s
  AND (s.cle_acces = ANY(%(cles)s) OR s.cle_acces - s.cle_acces %% {PAS} = ANY(%(cles)s))
GROUP BY t.id, t.nom ORDER BY t.nom NULLS LAST
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mois:
    """Un mois : son stock, ses entrées par catégorie et ses sorties par motif, en mots.

    Un effectif nul (None) est tu, hors du Département ; un total l'est si l'une de ses parts l'est.
    """

    stock: Stock
    entrees: dict[str, int | None]
    sorties: dict[str, int | None]

    @property
    def nombre_entrees(self) -> int | None:
        """Toutes catégories."""
        return somme(list(self.entrees.values()))

    @property
    def nombre_sorties(self) -> int | None:
        """Tous motifs."""
        return somme(list(self.sorties.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Secteur:
    """L'effectif d'un secteur au dernier mois. `territoire_id` nul : hors secteur connu."""

    territoire_id: int | None
    nom: str
    beneficiaires: int | None


def mois_par_mois(*, acces: Acces, le: date, territoire_id: int | None) -> tuple[Mois, ...]:
    """Les douze derniers mois connus au jour `le`, du plus ancien au plus récent. Quatre requêtes.

    Vide tant qu'aucun fichier n'est intégré.
    """
    dernier = lectures.dernier_mois(acces=acces)
    if dernier is None:
        return ()
    fin = min(dernier, le.replace(day=1))
    annee, rang = divmod(fin.year * 12 + fin.month - MOIS_MONTRES, 12)
    debut = date(annee, rang + 1, 1)
    par_mois: defaultdict[tuple[str, date], dict[str, int | None]] = defaultdict(dict)
    for m in lectures.mouvements(debut=debut, fin=fin, acces=acces, territoire_id=territoire_id):
        par_mois[m.sens, m.mois][m.libelle] = m.nombre
    tous = [
        Mois(stock=s, entrees=par_mois["entree", s.mois], sorties=par_mois["sortie", s.mois])
        for s in lectures.stock(debut=debut, fin=fin, acces=acces, territoire_id=territoire_id)
    ]
    # Les mois d'avant le premier fichier ne sont pas des mois à zéro : on ne les montre pas.
    premier = next((r for r, m in enumerate(tous) if _a_quelqu_un(m.stock)), len(tous))
    return tuple(tous[premier:])


def secteurs(*, acces: Acces, le: date, mois: date) -> tuple[Secteur, ...]:
    """Les bénéficiaires de chaque secteur ce mois-là, secteurs du jour `le`. Une requête."""
    parametres: dict[str, Any] = {
        "cles": list(acces.cles),
        "mois": mois,
        "le": le,
        "versable": VERSABLE,
    }
    with connection.cursor() as curseur:
        curseur.execute(_SECTEURS, parametres)
        lus = curseur.fetchall()
    seuil = 0 if acces.est_du_departement else seuil_secret(le=le)
    return tuple(
        Secteur(territoire_id=cle, nom=nom, beneficiaires=None if 0 < nombre < seuil else nombre)
        for cle, nom, nombre in lus
    )


def somme(nombres: list[int | None]) -> int | None:
    """Leur somme ; nulle (None) si l'un est tu, car elle le révélerait."""
    connus = [n for n in nombres if n is not None]
    return sum(connus) if len(connus) == len(nombres) else None


def _a_quelqu_un(stock: Stock) -> bool:
    return stock.beneficiaires != 0 or stock.suspendus != 0
