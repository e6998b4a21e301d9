"""Les requêtes ensemblistes qui intègrent un fichier, dans l'ordre où elles se font.

Chacune porte sur les tables temporaires du moteur (`flux_attente_*`) et sur celles qu'elles créent
(`suivi_lot_*`). Paramètres : `mois`, `connue_le`, `flux_le`, `fonorg`, `numorg`, `fichier_id`,
`natures`, `est_reprise`.
"""

from draille.mesures.suivi_rsa.regles import PRIORITE
from draille.socle.acces import PAS, SANS_COMMUNE, Compartiment

INSERTION = int(Compartiment.INSERTION)
LOTS = (
    "suivi_lot_dossier",
    "suivi_lot_present",
    "suivi_lot_absent",
    "suivi_lot_rouvert",
    "suivi_lot_adulte",
    "suivi_lot_avant",
    "suivi_lot_evenement",
)
_CLE = ("fonorg", "numorg", "matricule", "numero_demande")
_MEME_CLE = " AND ".join(f"d.{c} = a.{c}" for c in _CLE)
_RANG_ETAT = f"position(d.etat IN '{PRIORITE}')"
_DU_MOIS = "fonorg = %(fonorg)s AND numorg = %(numorg)s AND mois = %(mois)s"

# --- Réunir les extraits d'un mois : le plus récent l'emporte, dossier par dossier.
OTER_DEPASSES = f"""
DELETE FROM flux_attente_dossier a USING suivi_rsa_dossierrsa d
WHERE {_MEME_CLE} AND d.id IN (
  SELECT unnest(dossiers) FROM suivi_rsa_presence WHERE {_DU_MOIS} AND flux_le > %(flux_le)s
)
"""
OTER_ADULTES_DEPASSES = """
DELETE FROM flux_attente_adulte p
WHERE NOT EXISTS (SELECT FROM flux_attente_dossier a WHERE a.rang = p.dossier_rang)
"""

# --- Les dossiers sortis pour absence ce mois-ci, et qu'un autre extrait du mois contient.
ROUVERTS = f"""
CREATE TEMPORARY TABLE suivi_lot_rouvert AS
SELECT d.id AS dossier_id FROM suivi_rsa_dossierrsa d JOIN flux_attente_dossier a ON {_MEME_CLE}
WHERE d.absent_depuis = %(mois)s
"""
ROUVRIR = (
    """
UPDATE suivi_rsa_dossierrsa SET absent_depuis = NULL
WHERE id IN (SELECT dossier_id FROM suivi_lot_rouvert)
""",
    """
UPDATE suivi_rsa_periodedroit SET fin = NULL
WHERE fin = %(mois)s AND dossier_id IN (SELECT dossier_id FROM suivi_lot_rouvert)
""",
    """
UPDATE suivi_rsa_situation SET fin = NULL
WHERE fin = %(mois)s AND dossier_id IN (SELECT dossier_id FROM suivi_lot_rouvert)
""",
)
RECTIFIER = f"""
INSERT INTO suivi_lot_evenement (personne_id, dossier_id, acte, motif, objet_id)
SELECT DISTINCT ON (s.personne_id) s.personne_id, s.dossier_id, 'rectifier_sortie', '', (
  SELECT e.id FROM suivi_rsa_entree e WHERE e.personne_id = s.personne_id
    AND e.sortie_mois = %(mois)s AND e.sortie_motif = 'ABSENT' ORDER BY e.id DESC LIMIT 1
)
FROM suivi_rsa_situation s JOIN suivi_rsa_dossierrsa d ON d.id = s.dossier_id
WHERE s.fin IS NULL AND d.id IN (SELECT dossier_id FROM suivi_lot_rouvert)
  AND d.etat IN ('2', '3', '4') AND NOT EXISTS (
    SELECT FROM suivi_rsa_situation autre
    JOIN suivi_rsa_dossierrsa ad ON ad.id = autre.dossier_id
    WHERE autre.personne_id = s.personne_id AND autre.fin IS NULL AND ad.absent_depuis IS NULL
      AND ad.etat IN ('2', '3', '4') AND ad.id NOT IN (SELECT dossier_id FROM suivi_lot_rouvert)
  )
ORDER BY s.personne_id, {_RANG_ETAT}
"""
ROUVRIR_ENTREES = """
UPDATE suivi_rsa_entree e SET sortie_le = NULL, sortie_mois = NULL, sortie_motif = ''
FROM suivi_lot_evenement v WHERE v.acte = 'rectifier_sortie' AND v.objet_id = e.id
"""

# --- Foyers, dossiers.
FOYERS = f"""
SELECT DISTINCT ON (reference) a.fonorg || '/' || a.numorg || '/' || a.matricule AS reference,
  a.matricule, CASE WHEN a.code_insee = '' THEN f.commune_id ELSE c.id END AS commune_id,
  a.adresse, a.code_postal, a.commune_nom, a.est_sans_domicile, a.situation_familiale
FROM flux_attente_dossier a
LEFT JOIN noyau_commune c ON c.code_insee = a.code_insee
LEFT JOIN noyau_foyer f ON f.reference = a.fonorg || '/' || a.numorg || '/' || a.matricule
ORDER BY reference, {_RANG_ETAT.replace("d.etat", "a.etat")}, a.numero_demande DESC
"""
LOT_DOSSIER = f"""
CREATE TEMPORARY TABLE suivi_lot_dossier AS
SELECT coalesce(d.id, nextval(pg_get_serial_sequence('suivi_rsa_dossierrsa', 'id'))) AS dossier_id,
  d.id AS ancien_id, f.id AS foyer_id, f.commune_id, f.cle_acces,
  d.etat AS etat_avant, d.suspendu_depuis AS suspendu_avant, d.absent_depuis,
  coalesce(d.a_ete_versable, false) AS foyer_connu, a.*,
  coalesce(m.departement, 0) AS montant_departement, coalesce(m.etat, 0) AS montant_etat
FROM flux_attente_dossier a
JOIN noyau_foyer f ON f.reference = a.fonorg || '/' || a.numorg || '/' || a.matricule
LEFT JOIN suivi_rsa_dossierrsa d ON {_MEME_CLE}
LEFT JOIN LATERAL (
  SELECT
    sum(split_part(x, '=', 2)::numeric)
      FILTER (WHERE split_part(x, '=', 1) = ANY(%(natures)s)) AS departement,
    sum(split_part(x, '=', 2)::numeric)
      FILTER (WHERE NOT split_part(x, '=', 1) = ANY(%(natures)s)) AS etat
  FROM unnest(string_to_array(a.droits, ' ')) x
) m ON a.droits <> ''
"""
LOT_PRESENT = """
CREATE TEMPORARY TABLE suivi_lot_present AS
SELECT dossier_id FROM suivi_lot_dossier
UNION SELECT d.id FROM suivi_rsa_dossierrsa d JOIN flux_attente_inchange i USING (empreinte)
  WHERE d.absent_depuis IS NULL AND d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s
UNION SELECT d.id FROM suivi_rsa_dossierrsa d
  JOIN flux_attente_rejet r ON r.matricule = d.matricule AND r.matricule <> ''
  WHERE d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s
UNION SELECT d.id FROM suivi_rsa_dossierrsa d
  JOIN flux_attente_rejet r ON r.numero_demande = d.numero_demande AND r.matricule = ''
  WHERE d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s
"""
LOT_ABSENT = f"""
CREATE TEMPORARY TABLE suivi_lot_absent AS
SELECT d.id AS dossier_id FROM suivi_rsa_dossierrsa d
WHERE d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s AND d.absent_depuis IS NULL
  AND NOT EXISTS (SELECT FROM suivi_lot_present p WHERE p.dossier_id = d.id)
  AND d.id NOT IN (SELECT unnest(dossiers) FROM suivi_rsa_presence WHERE {_DU_MOIS})
"""
COMPTER_ABSENTS = """
SELECT count(*) FILTER (WHERE a.dossier_id IS NOT NULL), count(*)
FROM suivi_rsa_dossierrsa d LEFT JOIN suivi_lot_absent a ON a.dossier_id = d.id
WHERE d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s AND d.absent_depuis IS NULL
  AND d.etat IN ('2', '3', '4')
"""
GARDER_PRESENCE = f"""
INSERT INTO suivi_rsa_presence (fichier_id, fonorg, numorg, mois, flux_le, dossiers, cle_acces)
SELECT %(fichier_id)s, %(fonorg)s, %(numorg)s, %(mois)s, %(flux_le)s,
  coalesce(array_agg(dossier_id ORDER BY dossier_id), '{{}}'), {INSERTION * PAS + SANS_COMMUNE}
FROM suivi_lot_present
"""

# --- Personnes : le lot que le noyau rapproche.
LOT_ADULTE = """
CREATE TEMPORARY TABLE suivi_lot_adulte AS
SELECT p.*, l.dossier_id, l.ancien_id, l.foyer_id, l.commune_id,
  l.etat IN ('2', '3', '4') AS est_domicile, NULL::bigint AS personne_id,
  NULL::boolean AS est_nouvelle
FROM flux_attente_adulte p JOIN suivi_lot_dossier l ON l.rang = p.dossier_rang
WHERE p.detachee_le IS NULL OR p.detachee_le > %(mois)s
"""
OTER_DOUBLES = """
DELETE FROM suivi_lot_adulte a USING (
  SELECT ctid, row_number() OVER (PARTITION BY dossier_id, personne_id) AS rang
  FROM suivi_lot_adulte
) n WHERE n.ctid = a.ctid AND n.rang > 1
"""

# --- Où en était chaque personne touchée, avant que rien ne change.
_TOUCHEES = """
SELECT personne_id FROM suivi_lot_adulte
UNION SELECT s.personne_id FROM suivi_rsa_situation s
  WHERE s.fin IS NULL AND s.dossier_id IN (
    SELECT ancien_id FROM suivi_lot_dossier WHERE ancien_id IS NOT NULL
    UNION ALL SELECT dossier_id FROM suivi_lot_absent
  )
"""
_VUE = """
EXISTS (
  SELECT FROM suivi_rsa_situation v JOIN suivi_rsa_periodedroit q ON q.dossier_id = v.dossier_id
    AND q.debut < coalesce(v.fin, 'infinity') AND coalesce(q.fin, 'infinity') > v.debut
  WHERE v.personne_id = t.personne_id AND {condition}
)
"""
LOT_AVANT = f"""
CREATE TEMPORARY TABLE suivi_lot_avant AS
WITH touchees AS ({_TOUCHEES})
SELECT DISTINCT ON (t.personne_id) t.personne_id,
  coalesce(d.etat, '') AS etat, coalesce(s.est_soumis, false) AS est_soumis, d.suspendu_depuis,
  coalesce(d.est_reprise, false)
    OR {_VUE.format(condition="v.est_soumis AND q.etat = '2'")} AS a_ete_versable,
  {_VUE.format(condition="q.etat >= '2'")} AS a_eu_droit,
  EXISTS (
    SELECT FROM suivi_rsa_entree e WHERE e.personne_id = t.personne_id AND e.sortie_le IS NULL
  ) AS a_entree
FROM touchees t
LEFT JOIN (suivi_rsa_situation s JOIN suivi_rsa_dossierrsa d
  ON d.id = s.dossier_id AND d.absent_depuis IS NULL
) ON s.personne_id = t.personne_id AND s.fin IS NULL
ORDER BY t.personne_id, {_RANG_ETAT}, s.est_soumis DESC, d.id
"""

# --- L'état des dossiers, leurs périodes, leurs membres.
_COLONNES = (
    "foyer_id, fonorg, numorg, matricule, numero_demande, demande_le, arrivee_le, empreinte, etat,"
    " motif, nombre_enfants, cle_acces"
)
CHANGER_DOSSIERS = (
    f"""
INSERT INTO suivi_rsa_dossierrsa (id, {_COLONNES}, etat_depuis, suspendu_depuis, fichier_id,
  est_reprise, a_ete_versable)
SELECT dossier_id, {_COLONNES}, %(mois)s,
  CASE WHEN etat IN ('3', '4') THEN coalesce(suspendu_le, %(mois)s) END, %(fichier_id)s,
  %(est_reprise)s, etat = '2' OR (%(est_reprise)s AND etat IN ('3', '4'))
FROM suivi_lot_dossier WHERE ancien_id IS NULL
""",
    f"""
UPDATE suivi_rsa_dossierrsa d SET ({_COLONNES}) = ROW({
        ", ".join(f"l.{c.strip()}" for c in _COLONNES.split(","))
    }),
  etat_depuis = CASE WHEN d.etat = l.etat AND d.absent_depuis IS NULL THEN d.etat_depuis
    ELSE %(mois)s END,
  suspendu_depuis = CASE WHEN l.etat IN ('3', '4') THEN least(
      CASE WHEN d.etat IN ('3', '4') AND d.absent_depuis IS NULL THEN d.suspendu_depuis END,
      coalesce(l.suspendu_le, %(mois)s)
    ) END,
  fichier_id = %(fichier_id)s, absent_depuis = NULL,
  a_ete_versable = d.a_ete_versable OR l.etat = '2'
FROM suivi_lot_dossier l WHERE l.ancien_id = d.id
""",
    """
UPDATE suivi_rsa_dossierrsa SET absent_depuis = %(mois)s
WHERE id IN (SELECT dossier_id FROM suivi_lot_absent)
""",
)
_PERIODE = "etat, motif, montant_departement, montant_etat"
_AUTRE = (
    "(p.etat, p.motif, p.montant_departement, p.montant_etat) IS DISTINCT FROM"
    " (l.etat, l.motif, l.montant_departement, l.montant_etat)"
)
CHANGER_PERIODES = (
    # Le même mois, le dernier extrait l'emporte.
    f"""
UPDATE suivi_rsa_periodedroit p SET ({_PERIODE}) =
  ROW(l.etat, l.motif, l.montant_departement, l.montant_etat)
FROM suivi_lot_dossier l
WHERE p.dossier_id = l.ancien_id AND p.fin IS NULL AND p.debut >= %(mois)s AND {_AUTRE}
""",
    f"""
UPDATE suivi_rsa_periodedroit p SET fin = %(mois)s FROM suivi_lot_dossier l
WHERE p.dossier_id = l.ancien_id AND p.fin IS NULL AND {_AUTRE}
""",
    """
UPDATE suivi_rsa_periodedroit SET fin = %(mois)s
WHERE fin IS NULL AND dossier_id IN (SELECT dossier_id FROM suivi_lot_absent)
""",
    f"""
INSERT INTO suivi_rsa_periodedroit (dossier_id, debut, {_PERIODE}, cle_acces)
SELECT l.dossier_id, %(mois)s, {_PERIODE}, l.cle_acces FROM suivi_lot_dossier l
WHERE NOT EXISTS (
  SELECT FROM suivi_rsa_periodedroit p WHERE p.dossier_id = l.ancien_id AND p.fin IS NULL
)
""",
    """
UPDATE suivi_rsa_periodedroit p SET cle_acces = l.cle_acces FROM suivi_lot_dossier l
WHERE p.dossier_id = l.ancien_id AND p.cle_acces <> l.cle_acces
""",
)
_SANS_SUITE = """
s.fin IS NULL AND s.dossier_id = l.ancien_id AND NOT EXISTS (
  SELECT FROM suivi_lot_adulte a WHERE a.dossier_id = s.dossier_id
    AND a.personne_id = s.personne_id AND a.role = s.role AND a.est_soumis = s.est_soumis
    AND a.condition_eti = s.condition_eti
)
"""
CHANGER_SITUATIONS = (
    f"""
DELETE FROM suivi_rsa_situation s USING suivi_lot_dossier l
WHERE s.debut >= %(mois)s AND {_SANS_SUITE}
""",
    f"""
UPDATE suivi_rsa_situation s SET fin = %(mois)s FROM suivi_lot_dossier l WHERE {_SANS_SUITE}
""",
    """
UPDATE suivi_rsa_situation SET fin = %(mois)s
WHERE fin IS NULL AND dossier_id IN (SELECT dossier_id FROM suivi_lot_absent)
""",
    f"""
INSERT INTO suivi_rsa_situation (personne_id, dossier_id, debut, role, est_soumis, condition_eti,
  cle_acces)
SELECT a.personne_id, a.dossier_id, %(mois)s, a.role, a.est_soumis, a.condition_eti,
  {INSERTION * PAS} + coalesce(p.commune_id, {SANS_COMMUNE})
FROM suivi_lot_adulte a JOIN noyau_personne p ON p.id = a.personne_id
WHERE NOT EXISTS (
  SELECT FROM suivi_rsa_situation s
  WHERE s.dossier_id = a.ancien_id AND s.personne_id = a.personne_id AND s.fin IS NULL
)
""",
)
FOYERS_TOUCHES = "SELECT foyer_id FROM suivi_lot_dossier"
COMPOSITION = f"""
SELECT DISTINCT ON (d.foyer_id, s.personne_id) d.foyer_id, s.personne_id, s.role,
  coalesce(a.rattachee_le, s.debut) AS debut
FROM suivi_rsa_situation s
JOIN suivi_rsa_dossierrsa d ON d.id = s.dossier_id AND d.absent_depuis IS NULL
LEFT JOIN suivi_lot_adulte a ON a.dossier_id = d.id AND a.personne_id = s.personne_id
WHERE s.fin IS NULL AND d.foyer_id IN ({FOYERS_TOUCHES})
ORDER BY d.foyer_id, s.personne_id, {_RANG_ETAT}
"""

# --- Où en est chaque personne touchée, à rapprocher d'avant par les règles.
COMPARER = f"""
SELECT DISTINCT ON (t.personne_id) t.personne_id, t.etat, t.est_soumis, t.suspendu_depuis,
  t.a_eu_droit, t.a_ete_versable, t.a_entree,
  CASE WHEN d.id IS NOT NULL THEN d.etat WHEN EXISTS (
    SELECT FROM suivi_rsa_situation z WHERE z.personne_id = t.personne_id
      AND z.fin = %(mois)s AND z.dossier_id IN (SELECT dossier_id FROM suivi_lot_absent)
  ) THEN 'A' ELSE '' END,
  coalesce(d.motif, ''), coalesce(s.est_soumis, false), d.demande_le, d.arrivee_le,
  a.rattachee_le, coalesce(l.foyer_connu, d.a_ete_versable, false), d.id
FROM suivi_lot_avant t
LEFT JOIN (suivi_rsa_situation s JOIN suivi_rsa_dossierrsa d
  ON d.id = s.dossier_id AND d.absent_depuis IS NULL
) ON s.personne_id = t.personne_id AND s.fin IS NULL
LEFT JOIN suivi_lot_dossier l ON l.dossier_id = d.id
LEFT JOIN suivi_lot_adulte a ON a.dossier_id = d.id AND a.personne_id = t.personne_id
ORDER BY t.personne_id, {_RANG_ETAT}, s.est_soumis DESC, d.id
"""
LOT_EVENEMENT = """
CREATE TEMPORARY TABLE suivi_lot_evenement (
  personne_id bigint, dossier_id bigint, acte text, motif text, objet_id bigint
)
"""

# --- Entrées, sorties.
RATTACHER = """
UPDATE suivi_lot_evenement v SET objet_id = e.id FROM suivi_rsa_entree e
WHERE v.acte IN ('sortir', 'suspendre', 'retablir') AND e.personne_id = v.personne_id
  AND e.sortie_le IS NULL
"""
SORTIR = """
UPDATE suivi_rsa_entree e SET sortie_le = %(connue_le)s, sortie_mois = %(mois)s,
  sortie_motif = v.motif
FROM suivi_lot_evenement v WHERE v.acte = 'sortir' AND v.objet_id = e.id
"""
NUMEROTER_ENTREES = """
UPDATE suivi_lot_evenement SET objet_id = nextval(pg_get_serial_sequence('suivi_rsa_entree', 'id'))
WHERE acte = 'entrer'
"""
ENTRER = f"""
INSERT INTO suivi_rsa_entree (id, personne_id, dossier_id, categorie, mois, connue_le, ouverture_le,
  fichier_id, cle_acces)
SELECT v.objet_id, v.personne_id, v.dossier_id, v.motif, %(mois)s, %(connue_le)s, d.demande_le,
  %(fichier_id)s, {INSERTION * PAS} + coalesce(p.commune_id, {SANS_COMMUNE})
FROM suivi_lot_evenement v JOIN suivi_rsa_dossierrsa d ON d.id = v.dossier_id
JOIN noyau_personne p ON p.id = v.personne_id WHERE v.acte = 'entrer'
"""
_TETE = f"""
SELECT %(connue_le)s::date AS le, v.personne_id, v.objet_id,
  {INSERTION * PAS} + coalesce(p.commune_id, {SANS_COMMUNE}) AS cle_acces,
"""
LIGNES_MOTIF = f"""
{_TETE} jsonb_build_object('motif', v.motif, 'mois', %(mois)s::date,
  'fichier_id', %(fichier_id)s::bigint) AS charge
FROM suivi_lot_evenement v JOIN noyau_personne p ON p.id = v.personne_id WHERE v.acte = %(acte)s
"""
LIGNES_RECTIFIER = f"""
{_TETE} jsonb_build_object('mois', %(mois)s::date, 'fichier_id', %(fichier_id)s::bigint) AS charge
FROM suivi_lot_evenement v JOIN noyau_personne p ON p.id = v.personne_id
WHERE v.acte = 'rectifier_sortie'
"""
LIGNES_ENTRER = f"""
{_TETE} jsonb_build_object('categorie', v.motif, 'mois', %(mois)s::date,
  'ouverture_le', d.demande_le, 'organisme', d.fonorg || ' ' || d.numorg,
  'fichier_id', %(fichier_id)s::bigint) AS charge
FROM suivi_lot_evenement v JOIN noyau_personne p ON p.id = v.personne_id
JOIN suivi_rsa_dossierrsa d ON d.id = v.dossier_id WHERE v.acte = 'entrer'
"""
# Le stock : chaque adulte, une fois, dans son dossier le plus ouvert, quand on le voit d'abord.
LIGNES_REPRENDRE = f"""
SELECT DISTINCT ON (a.personne_id) %(connue_le)s::date AS le, a.personne_id,
  NULL::bigint AS objet_id,
  {INSERTION * PAS} + coalesce(p.commune_id, {SANS_COMMUNE}) AS cle_acces,
  jsonb_build_object('mois', %(mois)s::date, 'etat', d.etat, 'est_soumis', a.est_soumis,
    'organisme', d.fonorg || ' ' || d.numorg, 'fichier_id', %(fichier_id)s::bigint) AS charge
FROM suivi_lot_adulte a JOIN suivi_lot_dossier d ON d.dossier_id = a.dossier_id
JOIN noyau_personne p ON p.id = a.personne_id
WHERE a.personne_id IN (SELECT personne_id FROM suivi_lot_avant WHERE NOT est_connue)
ORDER BY a.personne_id, {_RANG_ETAT}
"""
LOT_AVANT_REPRISE = """
CREATE TEMPORARY TABLE suivi_lot_avant AS
SELECT DISTINCT a.personne_id, EXISTS (
  SELECT FROM suivi_rsa_situation s WHERE s.personne_id = a.personne_id
) AS est_connue FROM suivi_lot_adulte a
"""
