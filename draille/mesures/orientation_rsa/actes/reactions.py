"""Suivre suivi_rsa par le journal : ouvrir à l'entrée, fermer à la sortie, rouvrir s'il le faut.

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
)
