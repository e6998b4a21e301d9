-- Les actes des autres mesures, en plus de la population : le journal seul, sans leur état.
-- Paramètres : lignes (combien en ajouter), jour (aucun acte après).

-- étape : ce que chacun compte, en millièmes, et ce dont il parle
CREATE TEMP TABLE famille (code text, millieme integer, sujet text);
INSERT INTO famille VALUES
  ('referent_unique.designer', 120, 'orientation'),
  ('referent_unique.passer', 12, 'orientation'),
  ('referent_unique.choisir_parcours', 8, 'orientation'),
  ('rendez_vous.fixer_referent', 110, 'orientation'),
  ('rendez_vous.honorer_referent', 80, 'orientation'),
  ('rendez_vous.excuser', 20, 'orientation'),
  ('rendez_vous.manquer', 25, 'orientation'),
  ('rendez_vous.honorer', 50, 'orientation'),
  ('accueil_social.accueillir', 300, 'accueil'),
  ('accueil_social.completer', 35, 'accueil'),
  ('partage.orienter', 100, 'adresse'),
  ('partage.accepter', 50, 'adresse'),
  ('partage.recevoir', 40, 'adresse'),
  ('partage.terminer', 25, 'adresse'),
  ('partage.refuser', 10, 'adresse'),
  ('partage.perdre', 10, 'adresse'),
  ('partage.fermer_orientation', 5, 'adresse');

-- étape : de qui et de quoi ils parlent
CREATE TEMP TABLE source AS
SELECT 'orientation' AS sujet, row_number() OVER (ORDER BY hashint8(id)) AS rang, personne_id,
  objet_id, commune_id, cle_acces, le
FROM noyau_lignejournal WHERE code = 'orientation_rsa.orienter'
UNION ALL
SELECT s.sujet, row_number() OVER (PARTITION BY s.sujet ORDER BY hashint8(l.id)), l.personne_id,
  s.base + l.id, l.commune_id, l.cle_acces,
  date '2017-11-01' + (hashint8(l.id + s.base) & 1048575) %% 1090
FROM noyau_lignejournal l, (VALUES ('accueil', 100000000), ('adresse', 200000000)) s (sujet, base)
WHERE l.code = 'personne.inscrire';
CREATE INDEX ON source (sujet, rang);
CREATE TEMP TABLE effectif AS SELECT sujet, count(*) AS nombre FROM source GROUP BY sujet;
ANALYZE source;

-- étape : les lignes ; une réponse vient dans les quarante jours de ce dont elle répond
INSERT INTO noyau_lignejournal (code, version, le, ecrit_le, personne_id, objet_id, commune_id,
  compartiment, cle_acces, charge, transaction_id)
SELECT f.code, 1, x.le, x.le + interval '9 hours', s.personne_id, s.objet_id, s.commune_id, 2,
  s.cle_acces, jsonb_build_object(
    'minutes', g %% 600,
    'jour', x.le + (g %% 30)::integer,
    'motif', CASE WHEN f.code LIKE '%%referent' THEN 'referent' ELSE 'orientation' END,
    'est_hors_departement', g %% 4 = 0,
    'identite', CASE WHEN g %% 5 = 0 THEN 'anonyme' ELSE 'connue' END,
    'reponses', CASE WHEN g %% 3 = 0 THEN '[]'::jsonb ELSE '["information"]'::jsonb END),
  pg_current_xact_id()::text::bigint
FROM famille f JOIN effectif c USING (sujet) CROSS JOIN LATERAL generate_series(1, %(lignes)s * f.millieme / 1000) g
JOIN source s ON s.sujet = f.sujet AND s.rang = 1 + g %% c.nombre
CROSS JOIN LATERAL (SELECT least(%(jour)s, s.le + CASE f.code
  WHEN 'accueil_social.accueillir' THEN 0 WHEN 'partage.orienter' THEN 0
  ELSE (hashint8(g + length(f.code)) & 63) %% 40 END) AS le) x
ORDER BY x.le, g;
