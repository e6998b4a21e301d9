"""Du journal aux indicateurs : une seule liste d'actes, dont chaque chiffre est la longueur.

Le compte et la liste sortent de la même requête : ils ne peuvent pas différer. Le numérateur est
inscrit au mois de son dénominateur : aucun taux ne dépasse 100 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.db import connection

from draille.moteurs.indicateurs import adaptateur_groupes
from draille.moteurs.indicateurs.adaptateur_sql import DROITS, QUI, jusque, litteral, sans_avant
from draille.moteurs.indicateurs.calcul import (
    Compte,
    Delais,
    Periode,
    completer,
    resumer_delais,
)
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global


@dataclass(frozen=True, slots=True)
class Acte:
    """Une ligne du dénominateur, et celle du numérateur qui lui répond s'il y en a une.

    `delai_jours` : du début à la première réponse, comptée ou non ; nul sans réponse.
    """

    ligne_id: int
    code: str
    personne_id: int | None
    objet_id: int | None
    commune_id: int | None
    mois: date
    debut_le: date
    fin_le: date | None
    ligne_fin_id: int | None
    dans_numerateur: bool

    @property
    def delai_jours(self) -> int | None:
        """Jours écoulés entre les deux actes."""
        return None if self.fin_le is None else (self.fin_le - self.debut_le).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Choix:
    """Les actes que l'on garde de la liste, après l'unicité, et la page que l'on en lit.

    `part` : tous (« denominateur »), ceux que l'on compte (« numerateur »), ceux qui ont une
    réponse, à temps ou non (« repondus »). `jours` : les délais gardés, bornes incluses, la seconde
    nulle sans plafond ; un délai négatif vaut zéro. `hors_nature` : hors de tout territoire de
    cette nature. `limite` actes au plus, à partir du rang `depuis` (0 pour le premier).
    """

    part: Literal["denominateur", "numerateur", "repondus"] = "denominateur"
    jours: tuple[int, int | None] | None = None
    hors_nature: str = ""
    depuis: int = 0
    limite: int | None = None


TOUS_LES_ACTES = Choix()


@dataclass(frozen=True, slots=True)
class Territorial:
    """Le compte d'un territoire."""

    territoire_id: int
    nom: str
    compte: Compte


def seuil_secret(*, le: date) -> int:
    """Le plus petit effectif montré hors du Département, en vigueur à cette date."""
    return registre_global().entier("indicateurs.seuil_secret", le)


_UNICITE = {
    "mois": f"SELECT DISTINCT ON ({QUI}, mois) * FROM retenues d ORDER BY {QUI}, mois, le, id",
    "premiere": f"SELECT DISTINCT ON ({QUI}) * FROM retenues d ORDER BY {QUI}, le, id",
    "aucune": "SELECT * FROM retenues",
}
# Le territoire se choisit après l'unicité : une personne entrée deux fois dans le mois, dans deux
# communes, compte dans une seule, et la somme des territoires ne dépasse pas le Département.
_DENOMINATEUR = """
WITH retenues AS (
  SELECT d.id, d.code, d.personne_id, d.objet_id, d.agent_id, d.commune_id, d.le,
    date_trunc('month', d.le)::date AS mois
  FROM noyau_lignejournal d
  WHERE d.code = ANY(%(denominateur)s) AND d.le >= %(debut)s AND d.le < %(fin)s
    AND d.le <= %(jusque)s AND {droits} AND ({filtre})
), d AS (
  SELECT * FROM ({unicite}) p WHERE {premiere} {territoire} {ordre}
)
"""
# Par l'index (objet_id, code), ligne à ligne : une jointure libre se trompe de plan dès que le
# nombre de lignes du dénominateur est mal estimé, et il l'est toujours derrière un mur.
_REPONSES = """
, liste AS (
  SELECT d.*, r.fin_le, r.ligne_fin_id, coalesce(r.dans_numerateur, false) AS dans_numerateur
  FROM d LEFT JOIN LATERAL (
    SELECT min({fin}) AS fin_le, (array_agg(n.id ORDER BY {fin}, n.id))[1] AS ligne_fin_id,
      bool_or({condition}) AS dans_numerateur
    FROM noyau_lignejournal n
    WHERE n.objet_id = d.objet_id AND n.code = ANY(%(numerateur)s) AND n.le <= %(le)s
      AND {droits}
  ) r ON true
)
"""
_MEME_LIGNE = """
, liste AS (
  SELECT d.*, NULL::date AS fin_le, NULL::bigint AS ligne_fin_id,
    d.code = ANY(%(numerateur)s) AS dans_numerateur
  FROM d
)
"""
_SANS_REPONSE = """
, liste AS (
  SELECT d.*, NULL::date AS fin_le, NULL::bigint AS ligne_fin_id, false AS dans_numerateur FROM d
)
"""
_HORS_NATURE = """NOT EXISTS (
  SELECT FROM noyau_territoirecommune tc WHERE tc.commune_id = liste.commune_id
    AND tc.nature = %(nature)s AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s))"""
_TERRITOIRE = """AND p.commune_id IN (
  SELECT tc.commune_id FROM noyau_territoirecommune tc WHERE tc.territoire_id = %(territoire)s
    AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s))"""


def _requete(
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None,
    choix: Choix = TOUS_LES_ACTES,
) -> tuple[str, dict[str, Any]]:
    """Les tables `d` et `liste` de cet indicateur, et leurs paramètres nommés."""
    tete = _DENOMINATEUR.format(
        droits=DROITS.format(ligne="d"),
        filtre=litteral(indicateur.filtre),
        territoire="" if territoire is None else _TERRITOIRE,
        premiere=sans_avant(indicateur=indicateur, denominateur="denominateur", jusque="jusque"),
        unicite=_UNICITE[indicateur.unicite].format(sujet=indicateur.sujet),
        # Rangés d'avance, une page n'attend pas la réponse de ceux qu'elle ne montre pas.
        ordre="" if choix.limite is None else "ORDER BY p.le, p.id",
    )
    return tete + _suite(indicateur), {
        "denominateur": list(indicateur.denominateur),
        "numerateur": list(indicateur.numerateur),
        "cles": list(acces.cles),
        "debut": periode.debut,
        "fin": periode.fin,
        "jusque": jusque(indicateur=indicateur, le=le),
        "le": le,
        "territoire": territoire,
        "nature": choix.hors_nature,
        "jours_min": choix.jours and choix.jours[0],
        "jours_max": choix.jours and choix.jours[1],
        "rang": choix.depuis,
        "limite": choix.limite,
    }


def _suite(indicateur: Indicateur) -> str:
    """Ce qui répond au dénominateur : rien, la ligne elle-même, ou une autre du même objet."""
    if not indicateur.numerateur:
        return _SANS_REPONSE
    if indicateur.reponse == "la_meme":
        return _MEME_LIGNE
    return _REPONSES.format(
        condition=litteral(indicateur.condition),
        fin=litteral(indicateur.date_reponse),
        droits=DROITS.format(ligne="n"),
    )


def _lire(requete: str, parametres: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())


def liste(
    *,
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None = None,
    choix: Choix = TOUS_LES_ACTES,
) -> list[Acte]:
    """Les actes de l'indicateur, du plus ancien au plus récent, tels que lus le jour `le`.

    `territoire` : identifiant d'un Territoire ; la commune est celle du jour de l'acte, le
    découpage celui du jour de lecture, pour comparer des années à périmètre constant.
    Le lecteur n'y a que ce que ses clés ouvrent. `choix` : une part, une page.
    """
    requete, parametres = _requete(indicateur, periode, acces, le, territoire, choix)
    rangees = _lire(
        f"{requete} SELECT id, code, personne_id, objet_id, commune_id, mois, le, fin_le,"
        f" ligne_fin_id, dans_numerateur FROM liste {_ou(choix)} ORDER BY le, id"
        " LIMIT %(limite)s OFFSET %(rang)s",
        parametres,
    )
    return [Acte(*rangee) for rangee in rangees]


def compter(
    *,
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None = None,
    choix: Choix = TOUS_LES_ACTES,
) -> int:
    """Combien d'actes a cette liste, sans égard à la page du choix. Une requête."""
    if choix.part == "denominateur" and choix.jours is None:
        # Tous y sont : chercher leurs réponses ne changerait pas leur nombre.
        indicateur = replace(indicateur, numerateur=())
    requete, parametres = _requete(indicateur, periode, acces, le, territoire, choix)
    ((nombre,),) = _lire(f"{requete} SELECT count(*) FROM liste {_ou(choix)}", parametres)
    return int(nombre)


def _ou(choix: Choix) -> str:
    """Ce que le choix garde de la table `liste`."""
    gardes = {
        "denominateur": "true",
        "numerateur": "dans_numerateur",
        "repondus": "fin_le IS NOT NULL",
    }
    gardees = [gardes[choix.part]]
    if choix.jours is not None:
        # greatest ignore un nul : sans réponse, il n'y a pas de délai.
        gardees.append("fin_le IS NOT NULL AND greatest(fin_le - le, 0) >= %(jours_min)s")
        if choix.jours[1] is not None:
            gardees.append("greatest(fin_le - le, 0) <= %(jours_max)s")
    if choix.hors_nature:
        gardees.append(_HORS_NATURE)
    return "WHERE " + " AND ".join(gardees)


def serie(
    *,
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None = None,
) -> list[tuple[date, Compte]]:
    """Le compte de chaque mois de la période ; un mois sans acte est à zéro. Une requête."""
    requete, parametres = _requete(indicateur, periode, acces, le, territoire)
    rangees = _lire(
        requete + "SELECT mois, count(*), count(*) FILTER (WHERE dans_numerateur) FROM liste"
        " GROUP BY mois",
        parametres,
    )
    return completer(comptes={m: Compte(d, n) for m, d, n in rangees}, periode=periode)


def annuelle(
    *,
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None = None,
) -> Compte:
    """Le compte de toute la période : la somme des mois. Une requête."""
    mois = serie(indicateur=indicateur, periode=periode, acces=acces, le=le, territoire=territoire)
    return Compte(sum(c.denominateur for _, c in mois), sum(c.numerateur for _, c in mois))


def par_territoire(
    *, indicateur: Indicateur, periode: Periode, acces: Acces, le: date, nature: str
) -> list[Territorial]:
    """Le compte de chaque territoire de cette nature (« secteur », « epci »…). Une requête.

    Un acte sans commune connue, ou hors de tout territoire de cette nature, n'y est pas : l'écart
    avec `annuelle` est leur nombre.
    """
    requete, parametres = _requete(indicateur, periode, acces, le, None)
    rangees = _lire(
        requete + "SELECT t.id, t.nom, count(l.id), count(l.id) FILTER (WHERE l.dans_numerateur)"
        " FROM noyau_territoire t JOIN noyau_territoirecommune tc ON tc.territoire_id = t.id"
        " AND tc.debut <= %(le)s AND (tc.fin IS NULL OR tc.fin > %(le)s)"
        " LEFT JOIN liste l ON l.commune_id = tc.commune_id"
        " WHERE t.nature = %(nature)s AND t.debut <= %(le)s AND (t.fin IS NULL OR t.fin > %(le)s)"
        " GROUP BY t.id, t.nom ORDER BY t.nom",
        {**parametres, "nature": nature},
    )
    return [Territorial(i, nom, Compte(d, n)) for i, nom, d, n in rangees]


def delais(
    *,
    indicateur: Indicateur,
    periode: Periode,
    acces: Acces,
    le: date,
    territoire: int | None = None,
) -> Delais:
    """Les délais, en jours, de l'acte de départ à la première réponse, comptée ou non."""
    requete, parametres = _requete(indicateur, periode, acces, le, territoire)
    rangees = _lire(requete + "SELECT fin_le - le FROM liste WHERE fin_le IS NOT NULL", parametres)
    return resumer_delais(jours for (jours,) in rangees)


def toutes(
    *, indicateurs: Sequence[Indicateur], periode: Periode, acces: Acces, le: date
) -> dict[str, list[tuple[date, Compte]]]:
    """Les séries de plusieurs indicateurs, par code : une requête pour toutes."""
    if not indicateurs:
        return {}
    rangees = _lire(
        *adaptateur_groupes.requete(
            indicateurs=indicateurs, periode=periode, cles=acces.cles, le=le
        )
    )
    lus: list[dict[date, Compte]] = [{} for _ in indicateurs]
    for rang, mois, denominateur, numerateur in rangees:
        lus[rang][mois] = Compte(denominateur, numerateur)
    return {
        i.code: completer(comptes=comptes, periode=periode)
        for i, comptes in zip(indicateurs, lus, strict=True)
    }
