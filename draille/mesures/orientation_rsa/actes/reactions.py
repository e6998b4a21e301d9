"""Suivre le journal : ouvrir à l'entrée, fermer à la sortie, rouvrir s'il le faut ; et noter la
rencontre quand le premier rendez-vous est honoré.

Ensembliste et sans effet quand le même lot revient : la livraison est « au moins une fois ».
"""

from typing import Any

from django.db import connection, transaction

from draille.mesures.orientation_rsa.actes import charges
from draille.noyau.journal.actes import consigner_lot
from draille.noyau.journal.registre import Abonnement, Lot
from draille.socle.acces import Acces

ENTRER = "suivi_rsa.entrer"
SORTIR = "suivi_rsa.sortir"
RECTIFIER = "suivi_rsa.rectifier_sortie"
HONORER = "rendez_vous.honorer"

_OUVRIR = """
INSERT INTO orientation_rsa_suivi
  (personne_id, entree_id, ligne_entree_id, categorie, mois, connue_le, cle_acces)
SELECT l.personne_id, l.objet_id, l.id, l.charge->>'categorie', (l.charge->>'mois')::date, l.le,
  l.cle_acces
FROM {lot} l
WHERE l.code = 'suivi_rsa.entrer' AND l.objet_id IS NOT NULL AND l.personne_id IS NOT NULL
ORDER BY l.id
ON CONFLICT DO NOTHING
RETURNING id
"""

_LIGNES_OUVERTURE = """
SELECT s.connue_le AS le, s.personne_id, s.entree_id AS objet_id, s.cle_acces,
  jsonb_build_object('categorie', s.categorie, 'mois', s.mois, 'connue_le', s.connue_le) AS charge
FROM orientation_rsa_suivi s WHERE s.id = ANY(%(suivis)s) ORDER BY s.id
"""

# Une sortie et sa rectification peuvent arriver dans le même lot : seule la dernière compte.
_DERNIERES = """
SELECT DISTINCT ON (l.objet_id) l.objet_id, l.id, l.code FROM {lot} l
WHERE l.code IN ('suivi_rsa.sortir', 'suivi_rsa.rectifier_sortie') AND l.objet_id IS NOT NULL
ORDER BY l.objet_id, l.id DESC
"""

_FERMER = """
UPDATE orientation_rsa_suivi s SET statut = 'sans_suite', evenement_id = d.id
FROM ({dernieres}) d
WHERE d.objet_id = s.entree_id AND d.code = 'suivi_rsa.sortir' AND d.id > s.evenement_id
  AND s.statut IN ('a_rencontrer', 'a_orienter')
RETURNING s.id
"""

_ROUVRIR = """
UPDATE orientation_rsa_suivi s SET evenement_id = d.id,
  statut = CASE WHEN s.rencontree_le IS NULL THEN 'a_rencontrer' ELSE 'a_orienter' END
FROM ({dernieres}) d
WHERE d.objet_id = s.entree_id AND d.code = 'suivi_rsa.rectifier_sortie' AND d.id > s.evenement_id
  AND s.statut = 'sans_suite'
RETURNING s.id
"""

_LIGNES_EVENEMENT = """
SELECT l.le, s.personne_id, s.entree_id AS objet_id, s.cle_acces, {charge} AS charge
FROM orientation_rsa_suivi s JOIN noyau_lignejournal l ON l.id = s.evenement_id
WHERE s.id = ANY(%(suivis)s) ORDER BY s.id
"""
_CHARGE_FERMER = "jsonb_build_object('motif', l.charge->>'motif', 'mois', l.charge->>'mois')"
_CHARGE_ROUVRIR = "jsonb_build_object('mois', l.charge->>'mois')"


# Le premier rendez-vous honoré compte ; déjà rencontrée, la personne le reste.
_RENCONTRER = """
UPDATE orientation_rsa_suivi s SET rencontree_le = h.le, rencontre_mode = 'sur_place',
  statut = CASE WHEN s.statut = 'a_rencontrer' THEN 'a_orienter' ELSE s.statut END
FROM (
  SELECT DISTINCT ON (l.objet_id) l.objet_id, l.le FROM {lot} l
  WHERE l.objet_id IS NOT NULL AND l.charge->>'motif' = 'orientation'
  ORDER BY l.objet_id, l.le, l.id
) h
WHERE h.objet_id = s.entree_id AND s.rencontree_le IS NULL AND h.le >= s.connue_le
  AND s.statut IN ('a_rencontrer', 'orientee')
RETURNING s.id
"""

_LIGNES_RENCONTRE = """
SELECT s.rencontree_le AS le, s.personne_id, s.entree_id AS objet_id, s.cle_acces,
  jsonb_build_object('mode', s.rencontre_mode) AS charge
FROM orientation_rsa_suivi s WHERE s.id = ANY(%(suivis)s) ORDER BY s.id
"""


@transaction.atomic
def suivre_les_droits(lot: Lot, par: Acces) -> None:
    """Ouvre, ferme et rouvre les suivis d'un lot de lignes de suivi_rsa, une requête par acte."""
    lignes, parametres = lot.sql()
    dernieres = _DERNIERES.format(lot=lignes)
    for acte, requete, source in (
        (charges.Ouvrir, _OUVRIR.format(lot=lignes), _LIGNES_OUVERTURE),
        (
            charges.FermerSansSuite,
            _FERMER.format(dernieres=dernieres),
            _LIGNES_EVENEMENT.format(charge=_CHARGE_FERMER),
        ),
        (
            charges.Rouvrir,
            _ROUVRIR.format(dernieres=dernieres),
            _LIGNES_EVENEMENT.format(charge=_CHARGE_ROUVRIR),
        ),
    ):
        suivis = _changer(requete, parametres)
        if suivis:
            consigner_lot(acte=acte, par=par, source=source, parametres={"suivis": suivis})


@transaction.atomic
def suivre_les_rendez_vous(lot: Lot, par: Acces) -> None:
    """Note la rencontre de qui a honoré son premier rendez-vous. Deux requêtes."""
    lignes, parametres = lot.sql()
    suivis = _changer(_RENCONTRER.format(lot=lignes), parametres)
    if suivis:
        consigner_lot(
            acte=charges.Rencontrer,
            par=par,
            source=_LIGNES_RENCONTRE,
            parametres={"suivis": suivis},
        )


def _changer(requete: str, parametres: dict[str, Any]) -> list[int]:
    """Exécute la requête et rend les suivis qu'elle a changés : eux seuls iront au journal."""
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return [suivi_id for (suivi_id,) in curseur.fetchall()]


ABONNEMENTS = (
    Abonnement(
        nom="orientation_rsa.suivre_les_droits",
        codes=(ENTRER, SORTIR, RECTIFIER),
        traiter=suivre_les_droits,
    ),
    Abonnement(
        nom="orientation_rsa.suivre_les_rendez_vous",
        codes=(HONORER,),
        traiter=suivre_les_rendez_vous,
    ),
)
