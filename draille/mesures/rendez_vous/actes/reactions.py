"""Suivre le journal : qui est à convoquer, qui ne l'est plus.

Le suivi d'un entrant ouvert demande un premier rendez-vous ; un référent désigné en demande un avec
lui. Ensembliste, et sans effet quand le même lot revient : la livraison est « au moins une fois ».
Un rendez-vous déjà fixé reste fixé quand sa demande se clôt : une personne l'annule ou le garde
(`lectures.sans_objet`).
"""

import json
from datetime import date
from typing import Any, get_args

from django.db import connection, transaction

from draille.mesures.rendez_vous.actes import charges
from draille.moteurs.delais.calcul import Duree, Unite, ajouter
from draille.noyau.journal.actes import consigner_lot
from draille.noyau.journal.registre import Abonnement, Lot
from draille.socle.acces import Acces
from draille.socle.parametres import ErreurParametre, registre_global

OUVRIR = "orientation_rsa.ouvrir"
CODES_ORIENTATION = (
    OUVRIR,
    "orientation_rsa.rencontrer",
    "orientation_rsa.orienter",
    "orientation_rsa.fermer_sans_suite",
    "orientation_rsa.rouvrir",
)
CODES_REFERENT = (
    "referent_unique.designer",
    "referent_unique.liberer",
    "suivi_rsa.sortir",
    "suivi_rsa.rectifier_sortie",
)
# La limite d'un premier rendez-vous est celle de l'orientation : le paramètre se lit par son code.
DELAI_ORIENTATION = "orientation_rsa.delai_convention"
DELAI_REFERENT = "rendez_vous.delai_accompagnement"

_VIVANTES = "d.statut IN ('a_convoquer', 'convoquee', 'signalee')"

_DEMANDER_ORIENTATION = """
INSERT INTO rendez_vous_demanderendezvous
  (personne_id, motif, objet_id, ouverte_le, avant_le, rang, cle_acces, ligne_id)
SELECT l.personne_id, 'orientation', l.objet_id, l.le, (%(limites)s::jsonb ->> l.le::text)::date, 1,
  l.cle_acces, l.id
FROM {lot} l
WHERE l.code = 'orientation_rsa.ouvrir' AND l.objet_id IS NOT NULL AND l.personne_id IS NOT NULL
ORDER BY l.id
ON CONFLICT DO NOTHING
RETURNING id
"""

# Une rencontre suivie d'une orientation dans le même lot : la personne a bien été rencontrée.
_EVENEMENTS = """
SELECT l.objet_id, max(l.id) AS id, bool_or(l.code = 'orientation_rsa.rencontrer') AS est_vue,
  (array_agg(l.code ORDER BY l.id DESC))[1] AS code
FROM {lot} l WHERE l.code <> 'orientation_rsa.ouvrir' AND l.objet_id IS NOT NULL
GROUP BY l.objet_id
"""

_CLORE_ORIENTATION = f"""
UPDATE rendez_vous_demanderendezvous d SET evenement_id = e.id,
  statut = CASE WHEN e.est_vue THEN 'satisfaite' ELSE 'sans_suite' END
FROM ({{evenements}}) e
WHERE d.objet_id = e.objet_id AND d.motif = 'orientation' AND {_VIVANTES} AND e.id > d.evenement_id
  AND (e.est_vue OR e.code <> 'orientation_rsa.rouvrir')
RETURNING d.id
"""

# Une demande qu'une personne a classée ne se rouvre pas toute seule.
_ROUVRIR_ORIENTATION = """
UPDATE rendez_vous_demanderendezvous d SET evenement_id = e.id, statut = 'a_convoquer'
FROM ({evenements}) e
WHERE d.objet_id = e.objet_id AND d.motif = 'orientation' AND d.statut = 'sans_suite'
  AND d.motif_classement = '' AND e.code = 'orientation_rsa.rouvrir' AND NOT e.est_vue
  AND e.id > d.evenement_id
RETURNING d.id
"""

# Une sortie que le même lot rectifie n'a pas eu lieu.
_DERNIERS = """
SELECT DISTINCT ON (l.objet_id) l.* FROM {lot} l
WHERE l.objet_id IS NOT NULL AND l.code <> 'suivi_rsa.rectifier_sortie' AND NOT (
  l.code = 'suivi_rsa.sortir' AND EXISTS (
    SELECT FROM {lot} r WHERE r.objet_id = l.objet_id AND r.id > l.id
      AND r.code = 'suivi_rsa.rectifier_sortie'))
ORDER BY l.objet_id, l.id DESC
"""

# Le délai part de l'orientation ; quand le référent change ensuite, du changement.
_DESIGNES = """
SELECT e.*, (e.charge ->> 'agent_id')::bigint AS referent_id,
  (e.charge ->> 'calcul_id') IS NOT NULL AS est_calcule,
  CASE WHEN o.le IS NULL OR EXISTS (
    SELECT FROM rendez_vous_demanderendezvous x
    WHERE x.objet_id = e.objet_id AND x.motif = 'referent' AND x.ligne_id < e.id
      AND x.ligne_id > o.id
  ) THEN e.le ELSE o.le END AS depart
FROM ({derniers}) e
LEFT JOIN LATERAL (
  SELECT n.id, n.le FROM noyau_lignejournal n
  WHERE n.objet_id = e.objet_id AND n.id < e.id
    AND (n.code || '') IN ('orientation_rsa.orienter', 'orientation_rsa.reorienter')
  ORDER BY n.id DESC LIMIT 1
) o ON true
WHERE e.code = 'referent_unique.designer' AND e.charge ->> 'agent_id' IS NOT NULL
"""

_LIMITE = "(%(limites)s::jsonb ->> e.depart::text)::date"

_CHANGER_REFERENT = f"""
UPDATE rendez_vous_demanderendezvous d SET agent_id = e.referent_id, statut = 'a_convoquer',
  rang = 1, ouverte_le = e.le, avant_le = {_LIMITE}, est_algorithmique = e.est_calcule,
  evenement_id = e.id
FROM ({{designes}}) e
WHERE d.objet_id = e.objet_id AND d.motif = 'referent' AND {_VIVANTES} AND e.id > d.evenement_id
  AND d.agent_id IS DISTINCT FROM e.referent_id
RETURNING d.id
"""

# Qui a déjà rencontré ce référent n'est pas convoqué de nouveau à un premier rendez-vous.
_DEMANDER_REFERENT = f"""
INSERT INTO rendez_vous_demanderendezvous (personne_id, motif, objet_id, agent_id, ouverte_le,
  avant_le, rang, cle_acces, est_algorithmique, ligne_id, evenement_id)
SELECT e.personne_id, 'referent', e.objet_id, e.referent_id, e.le, {_LIMITE}, 1, e.cle_acces,
  e.est_calcule, e.id, e.id
FROM ({{designes}}) e
WHERE e.personne_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM rendez_vous_demanderendezvous d
  WHERE d.objet_id = e.objet_id AND d.motif = 'referent' AND (d.evenement_id >= e.id
    OR {_VIVANTES} OR (d.statut = 'satisfaite' AND d.agent_id = e.referent_id)))
ORDER BY e.id
ON CONFLICT DO NOTHING
RETURNING id
"""

_CLORE_REFERENT = f"""
UPDATE rendez_vous_demanderendezvous d SET statut = 'sans_suite', evenement_id = e.id
FROM ({{derniers}}) e
WHERE d.objet_id = e.objet_id AND d.motif = 'referent' AND {_VIVANTES} AND e.id > d.evenement_id
  AND e.code <> 'referent_unique.designer'
RETURNING d.id
"""

_LIGNES_DEMANDER = """
SELECT coalesce(l.le, d.ouverte_le) AS le, d.personne_id, d.objet_id, d.cle_acces,
  jsonb_build_object('demande_id', d.id, 'motif', d.motif, 'rang', d.rang, 'avant_le', d.avant_le,
    'agent_id', d.agent_id, 'cause', %(cause)s::text) AS charge
FROM rendez_vous_demanderendezvous d LEFT JOIN noyau_lignejournal l ON l.id = d.evenement_id
WHERE d.id = ANY(%(ids)s) ORDER BY d.id
"""

_LIGNES_CLORE = """
SELECT l.le, d.personne_id, d.objet_id, d.cle_acces,
  jsonb_build_object('demande_id', d.id, 'motif', d.motif, 'rang', d.rang, 'issue',
    CASE WHEN d.statut = 'satisfaite' THEN 'rencontree' ELSE 'sans_suite' END) AS charge
FROM rendez_vous_demanderendezvous d JOIN noyau_lignejournal l ON l.id = d.evenement_id
WHERE d.id = ANY(%(ids)s) ORDER BY d.id
"""


@transaction.atomic
def suivre_lorientation(lot: Lot, par: Acces) -> None:
    """Demande un premier rendez-vous à qui entre ; clôt quand la personne est vue ou orientée."""
    lignes, parametres = lot.sql()
    jours = f"SELECT DISTINCT l.le FROM {lignes} l WHERE l.code = '{OUVRIR}'"
    limites = _limites(DELAI_ORIENTATION, jours, parametres)
    parametres = {**parametres, "limites": limites}
    evenements = _EVENEMENTS.format(lot=lignes)
    ouvertes = _changer(_DEMANDER_ORIENTATION.format(lot=lignes), parametres)
    _consigner_demandes(ouvertes, "ouverture", par)
    closes = _changer(_CLORE_ORIENTATION.format(evenements=evenements), parametres)
    _consigner_closes(closes, par)
    rouvertes = _changer(_ROUVRIR_ORIENTATION.format(evenements=evenements), parametres)
    _consigner_demandes(rouvertes, "rouverture", par)


@transaction.atomic
def suivre_le_referent(lot: Lot, par: Acces) -> None:
    """Demande un rendez-vous avec le référent désigné ; clôt quand il ne l'est plus."""
    lignes, parametres = lot.sql()
    derniers = _DERNIERS.format(lot=lignes)
    designes = _DESIGNES.format(derniers=derniers)
    departs = f"SELECT DISTINCT e.depart FROM ({designes}) e"
    parametres = {**parametres, "limites": _limites(DELAI_REFERENT, departs, parametres)}
    closes = _changer(_CLORE_REFERENT.format(derniers=derniers), parametres)
    _consigner_closes(closes, par)
    changees = _changer(_CHANGER_REFERENT.format(designes=designes), parametres)
    nouvelles = _changer(_DEMANDER_REFERENT.format(designes=designes), parametres)
    _consigner_demandes([*changees, *nouvelles], "designation", par)


def _consigner_demandes(ids: list[int], cause: str, par: Acces) -> None:
    if ids:
        parametres = {"ids": ids, "cause": cause}
        consigner_lot(
            acte=charges.Demander, par=par, source=_LIGNES_DEMANDER, parametres=parametres
        )


def _consigner_closes(ids: list[int], par: Acces) -> None:
    if ids:
        consigner_lot(
            acte=charges.CloreDemande, par=par, source=_LIGNES_CLORE, parametres={"ids": ids}
        )


def _changer(requete: str, parametres: dict[str, Any]) -> list[int]:
    """Exécute la requête ; rend les demandes changées : elles seules iront au journal."""
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return [demande_id for (demande_id,) in curseur.fetchall()]


def _limites(parametre: str, jours: str, parametres: dict[str, Any]) -> str:
    """En JSON : par jour de départ, la limite que donne le paramètre daté ; nulle hors période."""
    with connection.cursor() as curseur:
        curseur.execute(jours, parametres)
        lus = [jour for (jour,) in curseur.fetchall()]
    return json.dumps({str(jour): _limite(parametre, jour) for jour in lus})


def _limite(code: str, jour: date) -> str | None:
    parametre = registre_global().parametre(code)
    try:
        nombre = parametre.en_vigueur(jour).valeur
    except ErreurParametre as erreur:
        if erreur.code == "parametre.hors_periode":
            return None
        raise
    assert isinstance(nombre, int), f"{code} n'est pas une durée"
    unite: Unite = next(u for u in get_args(Unite) if u == parametre.unite)
    return str(ajouter(debut=jour, duree=Duree(nombre, unite)))


ABONNEMENTS = (
    Abonnement(
        nom="rendez_vous.suivre_lorientation",
        codes=CODES_ORIENTATION,
        traiter=suivre_lorientation,
    ),
    Abonnement(
        nom="rendez_vous.suivre_le_referent", codes=CODES_REFERENT, traiter=suivre_le_referent
    ),
)
