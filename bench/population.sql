-- La population des bancs, par requêtes ensemblistes, sous le propriétaire.
-- Paramètres : personnes (nombre), lignes (nombre), jour (date du produit), noms, prenoms_f,
-- prenoms_m (listes). Une étape commence par « -- étape : ».
-- Les trois quarts du journal suivent l'histoire de chacun ; le reste est fait de contacts mis à
-- jour, pour atteindre le nombre de lignes demandé.

-- étape : tirages
SELECT setseed(0.43);

-- étape : casiers de communes, en proportion de leur population
CREATE TEMP TABLE casier AS
SELECT row_number() OVER (ORDER BY c.id, k) - 1 AS n, c.id AS commune_id
FROM noyau_commune c, generate_series(1, greatest(1, coalesce(c.population, 0) / 80)) k;

-- étape : foyers tirés ; quatre sur dix sont là depuis l'origine, les autres entrent en trois ans
CREATE TEMP TABLE foyer_tire AS
WITH t AS (
  SELECT f AS id, f > %(personnes)s * 7 / 10 * 4 / 10 AS est_entrant,
    CASE WHEN random() < 0.01 THEN NULL
      ELSE floor(random() * (SELECT count(*) FROM casier))::bigint END AS n,
    CASE WHEN random() < 0.9 THEN 'CAF' ELSE 'MSA' END AS fonorg,
    floor(random() * 36)::int AS m, random() AS r1, random() AS r2, random() AS r3
  FROM generate_series(1, %(personnes)s * 7 / 10) f
)
SELECT t.id, t.est_entrant, c.commune_id, t.fonorg, t.r1, t.r2, t.r3,
  (date_trunc('month', %(jour)s::date) - make_interval(months => CASE WHEN est_entrant THEN m
    ELSE 36 END) + CASE fonorg WHEN 'CAF' THEN interval '6 days' ELSE interval '10 days' END
  )::date AS connue_le
FROM t LEFT JOIN casier c USING (n);
CREATE UNIQUE INDEX ON foyer_tire (id);

-- étape : personnes tirées ; un demandeur par foyer, et un conjoint dans trois foyers sur sept
CREATE TEMP TABLE tire AS
SELECT p.i AS id, p.foyer_id, p.role, f.est_entrant, f.commune_id, f.connue_le, f.fonorg,
  200000 + coalesce(f.commune_id, 99999) AS cle, 1 + floor(random() * 2)::int AS sexe,
  power(random(), 1.6) AS q1, random() AS q2, random() AS q3,
  random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6
FROM (
  SELECT i, i AS foyer_id, 'DEM' AS role FROM generate_series(1, %(personnes)s * 7 / 10) i
  UNION ALL
  SELECT i, mod(i::bigint * 7919, %(personnes)s * 7 / 10)::int + 1, 'CJT'
  FROM generate_series(%(personnes)s * 7 / 10 + 1, %(personnes)s) i
) p JOIN foyer_tire f ON f.id = p.foyer_id;
CREATE UNIQUE INDEX ON tire (id);

-- étape : personnes
INSERT INTO noyau_personne (id, nom_naissance, nom_usage, prenom, prenoms_autres, sexe,
  naissance_le, naissance_precision, telephone, courriel, langue, est_joignable, commune_id,
  compartiments)
SELECT t.id,
  noms[1 + floor(q1 * n)::int]
    || CASE WHEN r1 < 0.45 THEN '-' || noms[1 + floor(q2 * n)::int] ELSE '' END,
  CASE WHEN sexe = 2 AND r2 < 0.4 THEN noms[1 + floor(q3 * n)::int] ELSE '' END,
  CASE sexe WHEN 2 THEN pf[1 + floor(r3 * cardinality(pf))::int]
    ELSE pm[1 + floor(r3 * cardinality(pm))::int] END,
  '', sexe::text, %(jour)s::date - 6600 - floor(r4 * 16000)::int,
  CASE WHEN r5 < 0.02 THEN 'O' WHEN r5 < 0.03 THEN 'J' ELSE 'N' END,
  CASE WHEN r6 < 0.8 THEN '06' || lpad((t.id * 37)::text, 8, '0') ELSE '' END, '', 'fr', r6 < 0.85,
  commune_id, CASE WHEN r5 > 0.85 THEN '{1,2}'::smallint[] ELSE '{2}'::smallint[] END
FROM tire t, (SELECT %(noms)s::text[] AS noms, cardinality(%(noms)s::text[]) AS n,
  %(prenoms_f)s::text[] AS pf, %(prenoms_m)s::text[] AS pm) l
ORDER BY t.id;

-- étape : foyers et membres
INSERT INTO noyau_foyer (id, reference, matricule, commune_id, adresse, code_postal, commune_nom,
  est_sans_domicile, situation_familiale, cle_acces)
SELECT f.id, fonorg || '-43-' || lpad(f.id::text, 7, '0'), lpad(f.id::text, 7, '0'),
  f.commune_id, (1 + floor(r1 * 90))::text || ' rue de la Mairie',
  coalesce(left(c.codes_postaux, 5), ''), coalesce(left(c.nom, 60), ''), f.commune_id IS NULL,
  '', 200000 + coalesce(f.commune_id, 99999)
FROM foyer_tire f LEFT JOIN noyau_commune c ON c.id = f.commune_id ORDER BY f.id;
INSERT INTO noyau_membrefoyer (foyer_id, personne_id, role, debut, cle_acces)
SELECT foyer_id, id, role, date_trunc('month', connue_le)::date, cle FROM tire ORDER BY id;

-- étape : entrées et sorties
CREATE TEMP TABLE entree_tiree AS
WITH e AS (
  SELECT t.*, row_number() OVER (ORDER BY connue_le, id) AS entree_id,
    r1 < 0.06 AS part_avant, r1 >= 0.06 AND r1 < 0.10 AS traine,
    connue_le + 5 + floor(32 * power(r2, 1.4))::int AS rdv_le,
    CASE WHEN r1 < 0.06 THEN 1 + floor(r3 * 2)::int WHEN r3 < 0.5 THEN 4 + floor(r3 * 60)::int
      END AS duree_mois
  FROM tire t WHERE est_entrant
), s AS (
  SELECT e.*, (connue_le + make_interval(months => duree_mois))::date AS sort_le,
    rdv_le + floor(14 * r4)::int AS decision_le
  FROM e
), bornee AS (
  SELECT s.*, CASE WHEN sort_le <= %(jour)s THEN sort_le END AS sortie_le,
    CASE WHEN rdv_le <= %(jour)s AND NOT (traine AND r5 < 0.5) AND r6 >= 0.07
      AND (sort_le IS NULL OR rdv_le < sort_le OR sort_le > %(jour)s) THEN rdv_le END AS vue_le,
    CASE WHEN decision_le <= %(jour)s AND NOT part_avant AND NOT traine
      THEN decision_le END AS orientee_le
  FROM s
)
SELECT id AS personne_id, foyer_id, entree_id, connue_le, cle, fonorg, sortie_le, vue_le,
  orientee_le, r2, r3, r4, r5, r6,
  CASE WHEN sortie_le IS NULL THEN '' WHEN r4 < 0.7 THEN 'CLOS' ELSE 'ABSENT' END AS sortie_motif,
  CASE WHEN role = 'CJT' AND r5 < 0.3 THEN 'rejoint_foyer' WHEN r5 < 0.62 THEN 'primo_arrivant'
    WHEN r5 < 0.86 THEN 'retour' WHEN r5 < 0.95 THEN 'devient_soumis' ELSE 'mutation' END AS categorie,
  (date_trunc('month', connue_le) - interval '1 month')::date AS mois,
  CASE WHEN vue_le IS NOT NULL AND r2 < 0.88 THEN vue_le END AS diagnostic_le,
  CASE WHEN r6 < 0.35 THEN 'social' ELSE 'professionnel' END AS propose,
  CASE WHEN r6 < 0.35 THEN 'obstacle_logement_sante' ELSE 'priorite_emploi' END AS regle,
  CASE WHEN (r6 < 0.35) = (r3 < 0.88) THEN 'social' ELSE 'professionnel' END AS decide,
  CASE WHEN r4 < 0.5 THEN 'departement' WHEN r4 < 0.85 THEN 'pole_emploi'
    ELSE 'delegataire' END AS organisme,
  CASE WHEN orientee_le + floor(10 * r5)::int <= %(jour)s AND r2 < 0.9
    THEN orientee_le + floor(10 * r5)::int END AS notifiee_le,
  CASE WHEN r5 < 0.07 AND orientee_le + 90 + floor(300 * r3)::int <= %(jour)s
    THEN orientee_le + 90 + floor(300 * r3)::int END AS reorientee_le
FROM bornee;
CREATE UNIQUE INDEX ON entree_tiree (entree_id);
CREATE UNIQUE INDEX ON entree_tiree (personne_id);

-- étape : dossiers, droits, situations, entrées
INSERT INTO suivi_rsa_dossierrsa (id, foyer_id, fonorg, numorg, matricule, numero_demande,
  demande_le, empreinte, etat, motif, etat_depuis, nombre_enfants, est_reprise, a_ete_versable,
  fichier_id, cle_acces)
SELECT f.id, f.id, fonorg, '431', lpad(f.id::text, 7, '0'), lpad(f.id::text, 11, '0'),
  connue_le - 20 - floor(r2 * 25)::int, decode(md5(f.id::text), 'hex'),
  CASE WHEN clos.sortie_le IS NULL THEN '2' ELSE '5' END, '',
  date_trunc('month', coalesce(clos.sortie_le, connue_le))::date, floor(r3 * 4)::int,
  NOT f.est_entrant, true, 1, 200000 + coalesce(f.commune_id, 99999)
FROM foyer_tire f LEFT JOIN (
  SELECT foyer_id, CASE WHEN count(*) = count(sortie_le) THEN max(sortie_le) END AS sortie_le
  FROM entree_tiree GROUP BY foyer_id
) clos ON clos.foyer_id = f.id ORDER BY f.id;
INSERT INTO suivi_rsa_periodedroit (dossier_id, debut, fin, etat, motif, montant_departement,
  montant_etat, cle_acces)
SELECT d.id, debut, CASE WHEN debut < d.dernier THEN (debut + interval '9 months')::date END,
  CASE WHEN debut < d.dernier THEN '2' ELSE d.etat END, '',
  CASE WHEN debut < d.dernier OR d.etat = '2' THEN 300 + mod(d.id * 7, 400) ELSE 0 END, 0,
  d.cle_acces
FROM (
  SELECT d.*, m.debut AS premier, (m.debut + make_interval(months => 9 * (extract(year FROM age(
    %(jour)s::date, m.debut)) * 12 + extract(month FROM age(%(jour)s::date, m.debut)))::int / 9
  ))::date AS dernier
  FROM suivi_rsa_dossierrsa d JOIN (SELECT id, date_trunc('month', connue_le)::date AS debut
    FROM foyer_tire) m ON m.id = d.id
) d, LATERAL (SELECT (d.premier + make_interval(months => 9 * k))::date AS debut
  FROM generate_series(0, 4) k) p
WHERE debut <= d.dernier ORDER BY d.id, debut;
INSERT INTO suivi_rsa_situation (personne_id, dossier_id, debut, fin, role, est_soumis,
  condition_eti, cle_acces)
SELECT t.id, t.foyer_id, date_trunc('month', t.connue_le)::date,
  date_trunc('month', e.sortie_le)::date, t.role, true,
  '', t.cle
FROM tire t LEFT JOIN entree_tiree e ON e.personne_id = t.id ORDER BY t.id;
INSERT INTO suivi_rsa_entree (id, personne_id, dossier_id, categorie, mois, connue_le, ouverture_le,
  sortie_le, sortie_mois, sortie_motif, fichier_id, cle_acces)
SELECT entree_id, personne_id, foyer_id, categorie, mois, connue_le, connue_le - 30, sortie_le,
  date_trunc('month', sortie_le - 30)::date, sortie_motif, 1, cle
FROM entree_tiree ORDER BY entree_id;

-- étape : parcours et référents
INSERT INTO noyau_parcours (id, personne_id, nature, type_parcours, rang, debut, fin, cle_acces)
SELECT row_number() OVER (ORDER BY debut, personne_id), personne_id, 'rsa', type_parcours, rang,
  debut, fin, cle
FROM (
  SELECT personne_id, decide AS type_parcours, 1 AS rang, orientee_le AS debut,
    reorientee_le AS fin, cle FROM entree_tiree WHERE orientee_le IS NOT NULL
  UNION ALL
  SELECT personne_id, CASE decide WHEN 'social' THEN 'professionnel' ELSE 'social' END, 2,
    reorientee_le, NULL, cle FROM entree_tiree WHERE reorientee_le IS NOT NULL
) p;
INSERT INTO noyau_referent (id, personne_id, nature, organisation_id, agent_id, debut, cle_acces)
SELECT row_number() OVER (ORDER BY debut, personne_id), personne_id, 'unique',
  (SELECT min(id) FROM noyau_organisation), NULL, debut, cle
FROM (
  SELECT personne_id, orientee_le + 3 AS debut, cle FROM entree_tiree
  WHERE orientee_le + 3 <= %(jour)s AND r4 < 0.8
  UNION ALL
  SELECT id, connue_le + floor(r5 * 900)::int, cle FROM tire WHERE NOT est_entrant AND r4 < 0.8
) r;

-- étape : lignes de journal en attente
CREATE TEMP TABLE attente (le date, rang smallint, code text, personne_id bigint, objet_id bigint,
  agent boolean, charge jsonb);
INSERT INTO attente
SELECT connue_le, 0, 'personne.inscrire', id, id, false, '{"origine": "flux"}' FROM tire;
INSERT INTO attente
SELECT connue_le, 1, 'suivi_rsa.reprendre', id, NULL, false, jsonb_build_object('mois',
  date_trunc('month', connue_le)::date, 'etat', '2', 'est_soumis', true, 'organisme', fonorg,
  'fichier_id', 1)
FROM tire WHERE NOT est_entrant;
INSERT INTO attente
SELECT connue_le, 1, 'suivi_rsa.entrer', personne_id, entree_id, false, jsonb_build_object(
  'categorie', categorie, 'mois', mois, 'ouverture_le', connue_le - 30, 'organisme', fonorg,
  'fichier_id', 1)
FROM entree_tiree;
INSERT INTO attente
SELECT connue_le, 2, 'orientation_rsa.ouvrir', personne_id, entree_id, false, jsonb_build_object(
  'categorie', categorie, 'mois', mois, 'connue_le', connue_le)
FROM entree_tiree;
INSERT INTO attente
SELECT vue_le, 3, 'orientation_rsa.rencontrer', personne_id, entree_id, true, '{"mode": "sur_place"}'
FROM entree_tiree WHERE vue_le IS NOT NULL;
INSERT INTO attente
SELECT diagnostic_le, 4, 'orientation_rsa.diagnostiquer', personne_id, entree_id, true,
  jsonb_build_object('type_propose', propose, 'regle', regle, 'regime', 'rsa_2009')
FROM entree_tiree WHERE diagnostic_le IS NOT NULL;
INSERT INTO attente
SELECT orientee_le, 6, 'orientation_rsa.orienter', personne_id, entree_id, true, jsonb_build_object(
  'type_parcours', decide, 'organisme', organisme, 'rang', 1,
  'type_propose', CASE WHEN diagnostic_le IS NULL THEN '' ELSE propose END,
  'regle', CASE WHEN diagnostic_le IS NULL THEN '' ELSE regle END,
  'est_ecart', diagnostic_le IS NOT NULL AND propose <> decide)
FROM entree_tiree WHERE orientee_le IS NOT NULL;
INSERT INTO attente
SELECT reorientee_le, 6, 'orientation_rsa.reorienter', personne_id, entree_id, true,
  jsonb_build_object('type_parcours', CASE decide WHEN 'social' THEN 'professionnel' ELSE 'social'
    END, 'organisme', organisme, 'rang', 2, 'type_propose', '', 'regle', '', 'est_ecart', false)
FROM entree_tiree WHERE reorientee_le IS NOT NULL;
INSERT INTO attente
SELECT debut, 5, 'parcours.ouvrir', personne_id, id, true, jsonb_build_object('nature', nature,
  'type_parcours', type_parcours, 'rang', rang)
FROM noyau_parcours;
INSERT INTO attente
SELECT notifiee_le, 7, 'orientation_rsa.notifier', personne_id, entree_id, true,
  '{"canal": "courrier", "rang": 1}' FROM entree_tiree WHERE notifiee_le IS NOT NULL;
INSERT INTO attente
SELECT debut, 7, 'referent.designer', personne_id, id, true, jsonb_build_object('nature', nature,
  'organisation_id', organisation_id, 'agent_id', agent_id)
FROM noyau_referent;
INSERT INTO attente
SELECT sortie_le, 8, 'suivi_rsa.sortir', personne_id, entree_id, false, jsonb_build_object(
  'motif', sortie_motif, 'mois', date_trunc('month', sortie_le - 30)::date, 'fichier_id', 1)
FROM entree_tiree WHERE sortie_le IS NOT NULL;
INSERT INTO attente
SELECT sortie_le, 9, 'orientation_rsa.fermer_sans_suite', personne_id, entree_id, false,
  jsonb_build_object('motif', sortie_motif, 'mois', date_trunc('month', sortie_le - 30)::date)
FROM entree_tiree WHERE sortie_le IS NOT NULL AND orientee_le IS NULL;
INSERT INTO attente
SELECT (t.connue_le + make_interval(months => k))::date, 8, code, t.id, e.entree_id, false,
  jsonb_build_object('motif', '', 'mois', date_trunc('month', t.connue_le
    + make_interval(months => k - 1))::date, 'fichier_id', 1)
FROM tire t LEFT JOIN entree_tiree e ON e.personne_id = t.id,
  (VALUES (2, 'suivi_rsa.suspendre'), (3, 'suivi_rsa.retablir')) s (k, code)
WHERE t.r2 < 0.4 AND (t.connue_le + interval '3 months')::date
  < coalesce(e.sortie_le, %(jour)s::date);
-- Le complément, après l'arrivée de chacun : la même personne en reçoit plusieurs, à des jours tirés.
INSERT INTO attente
SELECT t.connue_le + floor(random() * (%(jour)s::date - t.connue_le + 1))::int, 7,
  'personne.mettre_a_jour_contact', t.id, t.id, true, '{"champs": ["telephone"]}'
FROM generate_series(1, %(lignes)s - (SELECT count(*) FROM attente)) k
JOIN tire t ON t.id = 1 + mod(k::bigint * 104729, %(personnes)s);

-- étape : journal, dans l'ordre des jours
INSERT INTO noyau_lignejournal (code, version, le, ecrit_le, agent_id, organisation_id, personne_id,
  objet_id, commune_id, compartiment, cle_acces, charge, transaction_id)
SELECT a.code, 1, a.le, a.le + interval '9 hours' + a.rang * interval '1 hour',
  CASE WHEN a.agent THEN g.id END, CASE WHEN a.agent THEN g.organisation_id END, a.personne_id,
  a.objet_id, t.commune_id, 2, t.cle, a.charge, pg_current_xact_id()::text::bigint
FROM attente a JOIN tire t ON t.id = a.personne_id,
  (SELECT id, organisation_id FROM noyau_agent WHERE identifiant = 'demo.orientation') g
ORDER BY a.le, a.rang, a.personne_id;

-- étape : suivis, diagnostics, orientations
INSERT INTO orientation_rsa_suivi (id, personne_id, entree_id, ligne_entree_id, categorie, mois,
  connue_le, statut, rencontree_le, rencontre_mode, evenement_id, cle_acces)
SELECT e.entree_id, e.personne_id, e.entree_id, l.id, e.categorie, e.mois, e.connue_le,
  CASE WHEN e.orientee_le IS NOT NULL THEN 'orientee' WHEN e.sortie_le IS NOT NULL THEN 'sans_suite'
    WHEN e.vue_le IS NOT NULL THEN 'a_orienter' ELSE 'a_rencontrer' END,
  e.vue_le, CASE WHEN e.vue_le IS NULL THEN '' ELSE 'sur_place' END,
  CASE WHEN e.orientee_le IS NULL THEN coalesce(s.id, 0) ELSE 0 END, e.cle
FROM entree_tiree e
JOIN noyau_lignejournal l ON l.objet_id = e.entree_id AND l.code = 'suivi_rsa.entrer'
LEFT JOIN noyau_lignejournal s ON s.objet_id = e.entree_id AND s.code = 'suivi_rsa.sortir'
ORDER BY e.entree_id;
INSERT INTO orientation_rsa_diagnostic (suivi_id, personne_id, fait_le, activite, projection,
  qualification, freins, cle_acces)
SELECT entree_id, personne_id, diagnostic_le, 'jamais', 'avec_appui', 'cap_bep',
  CASE propose WHEN 'social' THEN '{"logement": "fort"}'::jsonb ELSE '{"mobilite": "moyen"}' END, cle
FROM entree_tiree WHERE diagnostic_le IS NOT NULL ORDER BY entree_id;
INSERT INTO orientation_rsa_orientation (suivi_id, personne_id, parcours_id, rang, type_parcours,
  organisme, decidee_le, type_propose, regle, motif_ecart, motif_reorientation, est_en_cours,
  notifiee_le, notifiee_par, cle_acces)
SELECT e.entree_id, e.personne_id, p.id, p.rang, p.type_parcours, e.organisme, p.debut,
  CASE WHEN p.rang = 1 AND e.diagnostic_le IS NOT NULL THEN e.propose ELSE '' END,
  CASE WHEN p.rang = 1 AND e.diagnostic_le IS NOT NULL THEN e.regle ELSE '' END,
  CASE WHEN p.rang = 1 AND e.diagnostic_le IS NOT NULL AND e.propose <> p.type_parcours
    THEN 'Choix de la personne.' ELSE '' END,
  CASE WHEN p.rang = 2 THEN 'Changement de situation.' ELSE '' END, p.fin IS NULL,
  CASE WHEN p.rang = 1 THEN e.notifiee_le END,
  CASE WHEN p.rang = 1 AND e.notifiee_le IS NOT NULL THEN 'courrier' ELSE '' END, e.cle
FROM noyau_parcours p JOIN entree_tiree e ON e.personne_id = p.personne_id
ORDER BY p.debut, p.id;

-- étape : compteurs d'identifiants
SELECT setval(pg_get_serial_sequence(t, 'id'), m) FROM (
  SELECT 'noyau_personne' AS t, max(id) AS m FROM noyau_personne
  UNION ALL SELECT 'noyau_foyer', max(id) FROM noyau_foyer
  UNION ALL SELECT 'noyau_parcours', max(id) FROM noyau_parcours
  UNION ALL SELECT 'noyau_referent', max(id) FROM noyau_referent
  UNION ALL SELECT 'suivi_rsa_dossierrsa', max(id) FROM suivi_rsa_dossierrsa
  UNION ALL SELECT 'suivi_rsa_entree', max(id) FROM suivi_rsa_entree
  UNION ALL SELECT 'orientation_rsa_suivi', max(id) FROM orientation_rsa_suivi
) c;
