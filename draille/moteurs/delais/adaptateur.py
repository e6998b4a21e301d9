"""Du journal aux échéances : chaque délai déclaré tient ses lignes, dans la transaction de l'acte.

Une échéance ne se saisit pas. Elle se déduit des lignes du journal par les mêmes requêtes, qu'un
acte vienne d'être écrit, qu'on vérifie l'état gardé ou qu'on le reconstruise.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, get_args

from django.db import connection, transaction

from draille.moteurs.delais import registre
from draille.moteurs.delais.calcul import (
    DelaiEnSuspens,
    Duree,
    Interruption,
    Unite,
    ajouter,
    limite,
)
from draille.moteurs.delais.registre import Delai
from draille.noyau.journal import projections
from draille.noyau.journal import registre as journal
from draille.noyau.journal.projections import Projection
from draille.noyau.journal.registre import Abonnement, Lot
from draille.socle.acces import Acces
from draille.socle.parametres import ErreurParametre, Parametre, registre_global

_COLONNES = (
    "code, personne_id, objet_id, ouverte_le, avant_le, ligne_ouverture_id, cle_acces,"
    " fermee_le, est_sans_suite, ligne_fermeture_id"
)

# Écrite après l'ouverture, la première par sa date : un acte daté d'avant l'ouverture (une personne
# orientée avant que le fichier ne la dise entrée) la ferme. Un abandon rétabli ne compte plus.
# Les « + 0 » et « || '' » ne laissent au planificateur que l'index par objet : sur un journal qui
# vient de recevoir un gros lot, ses statistiques sont fausses et un autre choix serait quadratique.
_FERMETURE = """
LEFT JOIN LATERAL (
  SELECT n.id, n.le, n.code = ANY(%(abandons)s) AS est_sans_suite
  FROM noyau_lignejournal n
  WHERE n.objet_id = o.objet_id AND (n.code || '') = ANY(%(fermetures)s)
    AND n.id + 0 > o.ligne_ouverture_id
    AND NOT (n.code = ANY(%(abandons)s) AND EXISTS (
      SELECT 1 FROM noyau_lignejournal r
      WHERE r.objet_id = n.objet_id AND (r.code || '') = ANY(%(retablissements)s)
        AND r.id + 0 > n.id))
  ORDER BY n.le + 0, n.id LIMIT 1
) f ON true
"""

_ATTENDUES = f"""
SELECT %(delai)s AS code, o.personne_id, o.objet_id, o.le AS ouverte_le,
  (CASE WHEN %(arretees)s::jsonb ? o.id::text THEN %(arretees)s::jsonb ->> o.id::text
    ELSE %(limites)s::jsonb ->> o.jour END)::date AS avant_le,
  o.ligne_ouverture_id, o.cle_acces, f.le AS fermee_le,
  coalesce(f.est_sans_suite, false) AS est_sans_suite, f.id AS ligne_fermeture_id
FROM (SELECT l.id, l.id AS ligne_ouverture_id, l.personne_id, l.objet_id, l.cle_acces, l.le,
        to_char(l.le, 'YYYY-MM-DD') AS jour
      FROM {{lignes}} l WHERE l.code = ANY(%(ouvertures)s) AND l.personne_id IS NOT NULL) o
{_FERMETURE}
WHERE %(limites)s::jsonb ? o.jour
"""

# La limite est dans la charge, et la ligne peut ne parler de personne.
_ATTENDUES_A_DATE_FIXE = f"""
SELECT %(delai)s AS code, o.personne_id, o.objet_id, o.le AS ouverte_le, o.avant_le,
  o.ligne_ouverture_id, o.cle_acces, f.le AS fermee_le,
  coalesce(f.est_sans_suite, false) AS est_sans_suite, f.id AS ligne_fermeture_id
FROM (SELECT l.id AS ligne_ouverture_id, l.personne_id, l.objet_id, l.cle_acces, l.le,
        (l.charge ->> %(limite_charge)s)::date AS avant_le
      FROM {{lignes}} l WHERE l.code = ANY(%(ouvertures)s)) o
{_FERMETURE}
WHERE o.avant_le IS NOT NULL
"""

# Sans jointure de la table avec elle-même : une table que le planificateur croit vide (elle l'était
# à sa dernière analyse) serait relue en entier pour chaque ligne, une heure pour cent mille.
_FERMER = f"""
UPDATE noyau_echeance o
SET (fermee_le, est_sans_suite, ligne_fermeture_id) = (
  SELECT f.le, coalesce(f.est_sans_suite, false), f.id FROM (SELECT) AS une {_FERMETURE})
WHERE o.objet_id = ANY(%(objets)s::bigint[]) AND o.code = %(delai)s
"""

_ARRETES = """
SELECT DISTINCT s.objet_id FROM noyau_lignejournal s
WHERE s.code = ANY(%(arrets)s) AND s.objet_id IS NOT NULL {parmi}
"""

_ARRETS = """
SELECT l.objet_id, l.id, l.le, l.code = ANY(%(ouvertures)s), l.code = ANY(%(suspensions)s)
FROM noyau_lignejournal l
WHERE l.objet_id = ANY(%(objets)s::bigint[]) AND ((l.code || '') = ANY(%(arrets)s)
  OR (l.code || '') = ANY(%(ouvertures)s) AND l.personne_id IS NOT NULL)
ORDER BY l.objet_id, l.le, l.id
"""

_DEPLACER = """
UPDATE noyau_echeance e SET avant_le = (%(arretees)s::jsonb ->> e.ligne_ouverture_id::text)::date
WHERE e.code = %(delai)s AND e.objet_id = ANY(%(objets)s::bigint[])
  AND %(arretees)s::jsonb ? e.ligne_ouverture_id::text
"""


def inscrire(delai: Delai) -> None:
    """Déclare un délai : son horloge au journal, et la vérification de ses échéances.

    Lève ValueError si le code est pris.
    """
    registre.declarer(delai)
    journal.s_abonner(
        Abonnement(
            nom=_nom(delai), codes=delai.codes, traiter=partial(projeter, delai), est_immediat=True
        )
    )
    projections.declarer(
        Projection(
            nom=_nom(delai),
            etat=f"SELECT {_COLONNES} FROM noyau_echeance WHERE code = %(delai)s",
            recalcul=f"SELECT {_COLONNES} FROM ({_toutes(delai)}) a",
            parametres=partial(_parametres, delai),
        )
    )


def projeter(delai: Delai, lot: Lot, par: Acces) -> None:
    """Met les échéances de ce délai à jour après ces lignes ; rappelée, elle ne change rien.

    Lève `ErreurParametre` si le paramètre du délai n'existe pas.
    """
    lignes, etendue = lot.sql()
    codes = set(lot.codes)
    if codes & set(delai.ouvert_par):
        _executer(
            f"INSERT INTO noyau_echeance ({_COLONNES}) {_attendues(delai, lignes)}"
            " ON CONFLICT (code, ligne_ouverture_id) DO NOTHING",
            {**_parametres(delai, lot), **etendue},
        )
    if codes & {*delai.ferme_par, *delai.abandonne_par, *delai.retabli_par}:
        _executer(_FERMER, {**_codes(delai), "objets": _objets(lot)})
    if codes & {*delai.suspendu_par, *delai.repris_par}:
        objets = _objets(lot)
        arretees = _limites_arretees(delai, objets)
        _executer(_DEPLACER, {**_codes(delai), "objets": objets, "arretees": arretees})


@transaction.atomic
def reconstruire(*, code: str) -> int:
    """Refait du journal toutes les échéances de ce délai ; rend leur nombre.

    Demande un accès qui voit tout le journal. Lève KeyError si le délai n'est pas déclaré.
    """
    delai = registre.delai(code)
    _executer("DELETE FROM noyau_echeance WHERE code = %(delai)s", {"delai": code})
    return _executer(
        f"INSERT INTO noyau_echeance ({_COLONNES}) {_toutes(delai)}", _parametres(delai)
    )


def _nom(delai: Delai) -> str:
    return f"delais.{delai.code}"


def _attendues(delai: Delai, lignes: str) -> str:
    return (_ATTENDUES_A_DATE_FIXE if delai.limite_charge else _ATTENDUES).format(lignes=lignes)


def _toutes(delai: Delai) -> str:
    return _attendues(delai, "noyau_lignejournal")


def _codes(delai: Delai) -> dict[str, Any]:
    return {
        "delai": delai.code,
        "ouvertures": list(delai.ouvert_par),
        "fermetures": [*delai.ferme_par, *delai.abandonne_par],
        "abandons": list(delai.abandonne_par),
        "retablissements": list(delai.retabli_par),
        "suspensions": list(delai.suspendu_par),
        "arrets": [*delai.suspendu_par, *delai.repris_par],
    }


def _parametres(delai: Delai, lot: Lot | None = None) -> Mapping[str, Any]:
    """Les codes du délai, et ce que Python calcule : la limite de chaque jour d'ouverture."""
    if delai.limite_charge:
        return {**_codes(delai), "limite_charge": delai.limite_charge}
    lignes, etendue = lot.sql() if lot else ("noyau_lignejournal", {})
    requete = f"SELECT DISTINCT l.le FROM {lignes} l WHERE l.code = ANY(%(ouvertures)s)"
    jours = [jour for (jour,) in _lire(requete, {**_codes(delai), **etendue})]
    durees = {jour: _duree(delai, jour) for jour in jours}
    limites = {str(j): str(ajouter(debut=j, duree=d)) for j, d in durees.items() if d is not None}
    arretees = _limites_arretees(delai, _objets(lot) if lot and delai.suspendu_par else None)
    return {**_codes(delai), "limites": json.dumps(limites), "arretees": arretees}


def _objets(lot: Lot) -> list[int]:
    """Les objets du lot. En tableau, PostgreSQL en sait le nombre et choisit bien sa jointure."""
    lignes, etendue = lot.sql()
    requete = f"SELECT DISTINCT l.objet_id FROM {lignes} l WHERE l.objet_id IS NOT NULL"
    return [objet_id for (objet_id,) in _lire(requete, etendue)]


def _duree(delai: Delai, jour: date) -> Duree | None:
    """La durée en vigueur ce jour-là ; nulle si le texte ne valait pas encore, ou plus."""
    parametre = registre_global().parametre(delai.parametre)
    try:
        nombre = parametre.en_vigueur(jour).valeur
    except ErreurParametre as erreur:
        if erreur.code == "parametre.hors_periode":
            return None
        raise
    assert isinstance(nombre, int), f"{delai.parametre} n'est pas une durée"
    return Duree(nombre, _unite(parametre), report_ouvrable=delai.report_ouvrable)


def _unite(parametre: Parametre) -> Unite:
    for unite in get_args(Unite):
        if unite == parametre.unite:
            return unite  # type: ignore[no-any-return]
    raise ValueError(f"{parametre.code} : l'unité « {parametre.unite} » n'est pas une durée")


def _limites_arretees(delai: Delai, objets: list[int] | None) -> str:
    """En JSON : par ligne d'ouverture que des suspensions ont touchée, sa limite (nulle si l'une
    dure). `objets` nuls : tout le journal.
    """
    calculees: dict[int, str | None] = {}
    for lignes in _lignes_arretees(delai, objets) if delai.suspendu_par else ():
        arrets = [
            (le, est_arret) for _, _, le, est_ouverture, est_arret in lignes if not est_ouverture
        ]
        periodes = _periodes(delai, [j for j, _ in arrets], [a for _, a in arrets])
        for _, ligne_id, ouverte_le, est_ouverture, _ in lignes:
            duree = _duree(delai, ouverte_le) if est_ouverture else None
            if duree is not None:
                calculees[ligne_id] = _limite(ouverte_le, duree, periodes)
    return json.dumps(calculees)


def _lignes_arretees(delai: Delai, objets: list[int] | None) -> list[list[tuple[Any, ...]]]:
    """Objet par objet, dans l'ordre, les ouvertures et les arrêts de ceux qu'un arrêt a touchés."""
    parmi = "" if objets is None else "AND s.objet_id = ANY(%(objets)s::bigint[])"
    touches = _lire(_ARRETES.format(parmi=parmi), {**_codes(delai), "objets": objets})
    lues = _lire(_ARRETS, {**_codes(delai), "objets": [o for (o,) in touches]}) if touches else []
    return [list(lignes) for _, lignes in groupby(lues, key=itemgetter(0))]


def _limite(ouverte_le: date, duree: Duree, arrets: list[Interruption]) -> str | None:
    try:
        return str(limite(ouverture=ouverte_le, duree=duree, interruptions=arrets))
    except DelaiEnSuspens:
        return None


def _periodes(delai: Delai, jours: list[date], sont_arrets: list[bool]) -> list[Interruption]:
    """Des actes qui suspendent et reprennent, dans l'ordre, aux périodes d'arrêt."""
    periodes = []
    debut: date | None = None
    for jour, est_arret in zip(jours, sont_arrets, strict=True):
        if est_arret:
            debut = debut or jour
        elif debut is not None:
            periodes.append(Interruption(debut, jour, delai.effet))
            debut = None
    if debut is not None:
        periodes.append(Interruption(debut, None, delai.effet))
    return periodes


def _lire(requete: str, parametres: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        lues: list[tuple[Any, ...]] = curseur.fetchall()
    return lues


def _executer(requete: str, parametres: Mapping[str, Any]) -> int:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        touchees: int = curseur.rowcount
    return touchees
