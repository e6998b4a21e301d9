"""Ce que la mesure fait d'elle-même en lisant le journal : ouvrir, clore et rouvrir des demandes.

Rejouer une ligne déjà lue est sans effet : la livraison est « au moins une fois ». Aucune
désignation ne naît ici ; une sortie du droit y met fin.
"""

from typing import Any

from django.db import connection, transaction

from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.lectures_entrees import unite_en_vigueur
from draille.noyau.journal.actes import consigner_lot
from draille.noyau.journal.registre import Abonnement, Lot
from draille.noyau.referent.actes import terminer
from draille.socle.acces import Acces

ORIENTER, REORIENTER = "orientation_rsa.orienter", "orientation_rsa.reorienter"
SORTIR, RECTIFIER = "suivi_rsa.sortir", "suivi_rsa.rectifier_sortie"

# D'une entrée, seule la dernière décision du lot compte ; une entrée déjà sortie n'ouvre rien.
_DECISIONS = """
SELECT DISTINCT ON (l.objet_id) l.id, l.objet_id, l.personne_id, l.cle_acces, l.le, l.code,
  (l.charge->>'type_parcours') || ':' || (l.charge->>'organisme') AS orientation
FROM {lot} l
WHERE l.code IN ('orientation_rsa.orienter', 'orientation_rsa.reorienter')
  AND l.objet_id IS NOT NULL AND l.personne_id IS NOT NULL
ORDER BY l.objet_id, l.id DESC
"""

_ACTUALISER = """
UPDATE referent_unique_demande d
SET orientation = s.orientation, orientee_le = s.le, ligne_orientation_id = s.id
FROM ({decisions}) s
WHERE d.entree_id = s.objet_id AND d.statut = 'a_confier' AND s.id > d.ligne_orientation_id
RETURNING d.id
"""

# Le référent en place qui admet la nouvelle orientation garde la personne, comme celui qu'un agent
# a désigné depuis la décision : on ne les change pas.
_DEMANDER = """
INSERT INTO referent_unique_demande (personne_id, entree_id, ligne_orientation_id, orientation,
  orientee_le, unite_id, cle_acces)
SELECT s.personne_id, s.objet_id, s.id, s.orientation, s.le,
  referent_unique_unite(s.personne_id, s.le, %(unite)s), p.cle
FROM ({decisions}) s
CROSS JOIN LATERAL (
  SELECT s.cle_acces - s.cle_acces %% 100000 + coalesce(q.commune_id, 99999) AS cle
  FROM noyau_personne q WHERE q.id = s.personne_id
) p
WHERE NOT EXISTS (
    SELECT 1 FROM referent_unique_demande d
    WHERE d.entree_id = s.objet_id AND (d.ligne_orientation_id >= s.id OR d.statut = 'a_confier')
  )
  AND coalesce((
    SELECT e.code FROM noyau_lignejournal e WHERE e.objet_id = s.objet_id AND e.id < s.id
      AND e.code IN ('suivi_rsa.sortir', 'suivi_rsa.rectifier_sortie')
    ORDER BY e.id DESC LIMIT 1), '') <> 'suivi_rsa.sortir'
  AND NOT EXISTS (
    SELECT 1 FROM noyau_referent r
    LEFT JOIN referent_unique_portefeuille t ON t.agent_id = r.agent_id AND t.debut <= s.le
      AND (t.fin IS NULL OR t.fin > s.le)
    WHERE r.personne_id = s.personne_id AND r.nature = 'unique' AND r.fin IS NULL
      AND (t.id IS NULL OR s.orientation = ANY(t.orientations) OR r.debut >= s.le)
  )
ON CONFLICT DO NOTHING
RETURNING id
"""

_LIGNES_DEMANDER = """
SELECT d.orientee_le AS le, d.personne_id, d.entree_id AS objet_id, d.cle_acces,
  jsonb_build_object('orientation', d.orientation, 'orientee_le', d.orientee_le) AS charge
FROM referent_unique_demande d WHERE d.id = ANY(%(demandes)s) ORDER BY d.id
"""

# Une sortie et sa rectification peuvent arriver dans le même lot : seule la dernière compte.
_DERNIERES = """
SELECT DISTINCT ON (l.objet_id) l.objet_id, l.id, l.code FROM {lot} l
WHERE l.code IN ('suivi_rsa.sortir', 'suivi_rsa.rectifier_sortie') AND l.objet_id IS NOT NULL
ORDER BY l.objet_id, l.id DESC
"""

_CLORE = """
UPDATE referent_unique_demande d SET statut = 'sans_suite', evenement_id = s.id
FROM ({dernieres}) s
WHERE s.objet_id = d.entree_id AND s.code = 'suivi_rsa.sortir' AND s.id > d.evenement_id
  AND d.ligne_orientation_id < s.id AND d.statut IN ('a_confier', 'confiee')
RETURNING d.id
"""

_ROUVRIR = """
UPDATE referent_unique_demande d SET statut = 'a_confier', evenement_id = s.id
FROM ({dernieres}) s
WHERE s.objet_id = d.entree_id AND s.code = 'suivi_rsa.rectifier_sortie' AND s.id > d.evenement_id
  AND d.statut = 'sans_suite'
  AND NOT EXISTS (SELECT 1 FROM referent_unique_demande x WHERE x.entree_id = d.entree_id
    AND (x.ligne_orientation_id > d.ligne_orientation_id OR x.statut = 'a_confier'))
RETURNING d.id
"""

_LIGNES_EVENEMENT = """
SELECT l.le, d.personne_id, d.entree_id AS objet_id, d.cle_acces, {charge} AS charge
FROM (SELECT DISTINCT ON (entree_id) * FROM referent_unique_demande WHERE id = ANY(%(demandes)s)
  ORDER BY entree_id, id DESC) d
JOIN noyau_lignejournal l ON l.id = d.evenement_id ORDER BY d.id
"""
_CHARGE_CLORE = "jsonb_build_object('motif', l.charge->>'motif')"
_CHARGE_ROUVRIR = "jsonb_build_object('mois', l.charge->>'mois')"

# Une désignation sans demande ne se rattache à la sortie que par la personne et la date. La sortie
# qu'une rectification a défaite dans le même lot ne libère personne.
_LIBERER = """
SELECT DISTINCT r.id, l.le
FROM ({dernieres}) s
JOIN noyau_lignejournal l ON l.id = s.id AND l.code = 'suivi_rsa.sortir'
JOIN noyau_referent r ON r.personne_id = l.personne_id AND r.nature = 'unique' AND r.fin IS NULL
LEFT JOIN referent_unique_designation g ON g.referent_id = r.id
WHERE g.entree_id = l.objet_id AND EXISTS (SELECT 1 FROM referent_unique_demande d
    WHERE d.entree_id = l.objet_id AND d.evenement_id = l.id AND d.statut = 'sans_suite')
  OR (g.entree_id IS NULL AND r.debut <= l.le)
"""

_LIGNES_LIBERER = """
SELECT r.fin AS le, r.personne_id, g.entree_id AS objet_id, r.cle_acces,
  jsonb_build_object('agent_id', r.agent_id, 'motif', 'sortie') AS charge
FROM noyau_referent r LEFT JOIN referent_unique_designation g ON g.referent_id = r.id
WHERE r.id = ANY(%(referents)s) ORDER BY r.id
"""


def suivre_les_orientations(lot: Lot, par: Acces) -> None:
    """Ouvre une demande par personne orientée, ou met à jour celle qui attend."""
    lignes, parametres = lot.sql()
    decisions = _DECISIONS.format(lot=lignes)
    _changer(_ACTUALISER.format(decisions=decisions), parametres)
    jour = _dernier_jour(lignes, parametres)
    if jour is None:
        return
    parametres = {**parametres, "unite": unite_en_vigueur(le=jour)}
    demandes = _changer(_DEMANDER.format(decisions=decisions), parametres)
    if demandes:
        consigner_lot(
            acte=charges.Demander,
            par=par,
            source=_LIGNES_DEMANDER,
            parametres={"demandes": [d for (d,) in demandes]},
        )


def suivre_les_sorties(lot: Lot, par: Acces) -> None:
    """Clôt les demandes des personnes sorties, libère leur référent ; rouvre si rectifié."""
    lignes, parametres = lot.sql()
    dernieres = _DERNIERES.format(lot=lignes)
    for acte, requete, charge in (
        (charges.CloreDemande, _CLORE, _CHARGE_CLORE),
        (charges.RouvrirDemande, _ROUVRIR, _CHARGE_ROUVRIR),
    ):
        demandes = _changer(requete.format(dernieres=dernieres), parametres)
        if demandes:
            consigner_lot(
                acte=acte,
                par=par,
                source=_LIGNES_EVENEMENT.format(charge=charge),
                parametres={"demandes": [d for (d,) in demandes]},
            )
    _liberer(_changer(_LIBERER.format(dernieres=dernieres), parametres), par)


def _liberer(trouves: list[Any], par: Acces) -> None:
    par_jour: dict[Any, list[int]] = {}
    for referent_id, le in trouves:
        par_jour.setdefault(le, []).append(referent_id)
    for le, referents in sorted(par_jour.items()):
        termines = terminer(referents=referents, motif="sortie", par=par, le=le)
        if termines:
            consigner_lot(
                acte=charges.Liberer,
                par=par,
                source=_LIGNES_LIBERER,
                parametres={"referents": termines},
            )


def _dernier_jour(lignes: str, parametres: dict[str, Any]) -> Any:
    requete = f"SELECT max(l.le) FROM {lignes} l WHERE l.code LIKE 'orientation_rsa.%%'"
    (rangee,) = _changer(requete, parametres)
    return rangee[0]


def _changer(requete: str, parametres: dict[str, Any]) -> list[Any]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())


@transaction.atomic
def suivre_le_journal(lot: Lot, par: Acces) -> None:
    """Les décisions d'abord, les sorties ensuite : une personne orientée puis sortie est close."""
    suivre_les_orientations(lot, par)
    suivre_les_sorties(lot, par)


ABONNEMENTS = (
    Abonnement(
        nom="referent_unique.suivre_le_journal",
        codes=(ORIENTER, REORIENTER, SORTIR, RECTIFIER),
        traiter=suivre_le_journal,
    ),
)
