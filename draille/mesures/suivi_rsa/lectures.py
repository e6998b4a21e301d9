"""Le stock, les mouvements et les montants du RSA, mois par mois ; le droit d'une personne.

Un bénéficiaire est un adulte (demandeur, responsable, conjoint) d'un dossier ouvert et versable
dans le mois. Un territoire est l'ensemble de ses communes au dernier mois lu ; une personne y
compte selon sa commune d'aujourd'hui, celle que suit sa clé d'accès.

Hors du Département, un nombre de personnes entre 1 et 10 n'est pas rendu (None) : il désignerait.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from draille.mesures.suivi_rsa import regles
from draille.mesures.suivi_rsa.models import Entree, PeriodeDroit, Situation
from draille.moteurs.indicateurs.adaptateur import seuil_secret
from draille.noyau.territoire.models import TerritoireCommune
from draille.socle.acces import PAS, Acces


@dataclass(frozen=True, slots=True)
class Stock:
    """Un mois. Nombres de personnes (None : caché), de foyers payés, et euros du mois."""

    mois: date
    beneficiaires: int | None
    soumis: int | None
    suspendus: int | None
    independants: int | None
    foyers: int | None
    montant_departement: Decimal
    montant_etat: Decimal


@dataclass(frozen=True, slots=True)
class Mouvement:
    """Des entrées ou des sorties d'un mois, d'une catégorie ou d'un motif."""

    mois: date
    sens: str
    code: str
    libelle: str
    nombre: int | None


@dataclass(frozen=True, slots=True)
class DroitPersonne:
    """Le droit d'une personne dans un dossier, à une date."""

    situation: Situation
    periodes: tuple[PeriodeDroit, ...]

    @property
    def en_cours(self) -> PeriodeDroit | None:
        """La période la plus récente."""
        return self.periodes[0] if self.periodes else None

    @property
    def libelle(self) -> str:
        """L'état courant, en mots."""
        return regles.ETATS[self.en_cours.etat] if self.en_cours else "Dossier absent des fichiers"


_VISIBLE = (
    "({t}.cle_acces = ANY(%(cles)s)"
    f" OR {{t}}.cle_acces - {{t}}.cle_acces %% {PAS} = ANY(%(cles)s))"
)
_TERRITOIRE = f"""(%(territoire)s::bigint IS NULL OR {{t}}.cle_acces %% {PAS} IN (
  SELECT tc.commune_id FROM noyau_territoirecommune tc WHERE tc.territoire_id = %(territoire)s
    AND tc.debut <= %(fin)s AND (tc.fin IS NULL OR tc.fin > %(fin)s)
))"""
_MOIS = """
SELECT g::date AS mois FROM generate_series(%(debut)s::date, %(fin)s::date, interval '1 month') g
"""
_DURE = "{t}.debut <= m.mois AND ({t}.fin IS NULL OR {t}.fin > m.mois)"


def _ou(alias: str) -> str:
    return f"{_VISIBLE.format(t=alias)} AND {_TERRITOIRE.format(t=alias)}"


_PERSONNES = f"""
WITH mois AS ({_MOIS})
SELECT m.mois,
  count(DISTINCT s.personne_id) FILTER (WHERE p.etat = '2'),
  count(DISTINCT s.personne_id) FILTER (WHERE p.etat = '2' AND s.est_soumis),
  count(DISTINCT s.personne_id) FILTER (WHERE p.etat IN ('3', '4')),
  count(DISTINCT s.personne_id) FILTER (WHERE p.etat = '2' AND s.condition_eti <> '')
FROM mois m
LEFT JOIN (suivi_rsa_situation s JOIN suivi_rsa_periodedroit p ON p.dossier_id = s.dossier_id)
  ON {_DURE.format(t="s")} AND {_DURE.format(t="p")} AND p.etat IN ('2', '3', '4')
  AND {_ou("s")}
GROUP BY m.mois ORDER BY m.mois
"""
_FOYERS = f"""
WITH mois AS ({_MOIS})
SELECT m.mois, count(DISTINCT d.foyer_id),
  coalesce(sum(p.montant_departement), 0), coalesce(sum(p.montant_etat), 0)
FROM mois m
LEFT JOIN (suivi_rsa_periodedroit p JOIN suivi_rsa_dossierrsa d ON d.id = p.dossier_id)
  ON {_DURE.format(t="p")} AND p.etat = '2' AND {_ou("p")}
GROUP BY m.mois ORDER BY m.mois
"""
_MOUVEMENTS = f"""
SELECT (l.charge ->> 'mois')::date AS mois, l.code,
  coalesce(l.charge ->> 'categorie', l.charge ->> 'motif') AS quoi,
  count(DISTINCT l.personne_id)
FROM noyau_lignejournal l
WHERE l.code IN ('suivi_rsa.entrer', 'suivi_rsa.sortir')
  AND (l.charge ->> 'mois')::date BETWEEN %(debut)s AND %(fin)s AND {_ou("l")}
  AND NOT (l.code = 'suivi_rsa.sortir' AND EXISTS (
    SELECT FROM noyau_lignejournal r WHERE r.code = 'suivi_rsa.rectifier_sortie'
      AND r.personne_id = l.personne_id AND r.id > l.id
      AND r.charge ->> 'mois' = l.charge ->> 'mois'
  ))
GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3
"""


def stock(*, debut: date, fin: date, acces: Acces, territoire_id: int | None = None) -> list[Stock]:
    """Un `Stock` par mois, de celui de `debut` à celui de `fin` inclus. Deux requêtes."""
    parametres = _parametres(debut, fin, acces, territoire_id)
    seuil = _seuil(acces, fin)
    personnes = _lire(_PERSONNES, parametres)
    foyers = _lire(_FOYERS, parametres)
    return [
        Stock(
            mois=mois,
            beneficiaires=_secret(beneficiaires, seuil),
            soumis=_secret(soumis, seuil),
            suspendus=_secret(suspendus, seuil),
            independants=_secret(independants, seuil),
            foyers=_secret(payes, seuil),
            montant_departement=departement,
            montant_etat=etat,
        )
        for (mois, beneficiaires, soumis, suspendus, independants), (
            _,
            payes,
            departement,
            etat,
        ) in zip(personnes, foyers, strict=True)
    ]


def mouvements(
    *, debut: date, fin: date, acces: Acces, territoire_id: int | None = None
) -> list[Mouvement]:
    """Les entrées par catégorie et les sorties par motif, mois par mois. Une requête.

    `sens` : « entree » ou « sortie ». Une sortie rectifiée dans son mois n'est pas comptée.
    """
    libelles = {"entree": regles.CATEGORIES, "sortie": regles.SORTIES}
    seuil = _seuil(acces, fin)
    lignes = _lire(_MOUVEMENTS, _parametres(debut, fin, acces, territoire_id))
    return [
        Mouvement(mois, sens, quoi, libelles[sens].get(quoi, quoi), _secret(nombre, seuil))
        for mois, code, quoi, nombre in lignes
        for sens in ("entree" if code == "suivi_rsa.entrer" else "sortie",)
    ]


def droits_de(*, personne_id: int, acces: Acces) -> list[DroitPersonne]:
    """Les dossiers d'une personne et leurs périodes, le plus récent d'abord. Deux requêtes."""
    situations = list(
        Situation.objects.visibles(acces)
        .filter(personne_id=personne_id)
        .select_related("dossier")
        .order_by("-debut", "-pk")
    )
    dossiers = {s.dossier_id for s in situations}
    periodes = list(
        PeriodeDroit.objects.visibles(acces).filter(dossier_id__in=dossiers).order_by("-debut")
    )
    return [
        DroitPersonne(s, tuple(p for p in periodes if p.dossier_id == s.dossier_id))
        for s in situations
    ]


def entrees_de(*, personne_id: int, acces: Acces) -> list[Entree]:
    """Les entrées d'une personne, la plus récente d'abord. Une requête."""
    entrees = Entree.objects.visibles(acces).filter(personne_id=personne_id)
    return list(entrees.select_related("dossier").order_by("-mois", "-pk"))


def entrees(*, mois: date, acces: Acces, territoire_id: int | None = None) -> list[Entree]:
    """Les entrées d'un mois que cet accès ouvre, personnes jointes. Une requête."""
    requete = Entree.objects.visibles(acces).filter(mois=mois.replace(day=1))
    if territoire_id is not None:
        communes = TerritoireCommune.objects.filter(
            Q(fin__isnull=True) | Q(fin__gt=mois), territoire_id=territoire_id, debut__lte=mois
        )
        requete = requete.filter(personne__commune__in=communes.values("commune_id"))
    return list(requete.select_related("personne__commune").order_by("connue_le", "pk"))


def dernier_mois(*, acces: Acces) -> date | None:
    """Le dernier mois dont un fichier est intégré, nul s'il n'y en a pas."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT max(mois) FROM flux_fichierrecu WHERE nature = 'caf_rsa'"
            " AND statut IN ('integre', 'a_confirmer')"
        )
        lu: date | None = curseur.fetchone()[0]
    return lu if acces.cles else None


def _parametres(debut: date, fin: date, acces: Acces, territoire_id: int | None) -> dict[str, Any]:
    return {
        "debut": debut.replace(day=1),
        "fin": fin.replace(day=1),
        "cles": list(acces.cles),
        "territoire": territoire_id,
    }


def _lire(requete: str, parametres: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())


def _seuil(acces: Acces, le: date) -> int:
    """L'effectif en dessous duquel on se tait ; nul (0) pour un agent du Département."""
    return 0 if acces.est_du_departement else seuil_secret(le=le)


def _secret(nombre: int, seuil: int) -> int | None:
    return None if 0 < nombre < seuil else nombre
