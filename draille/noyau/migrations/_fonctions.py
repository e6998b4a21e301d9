"""Extensions et fonctions SQL dont les tables du noyau ont besoin."""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

FONCTIONS = """
CREATE FUNCTION draille_normaliser(texte text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT translate(lower(public.unaccent('public.unaccent'::regdictionary, texte)), '-''’.', '    ')
$$;

CREATE FUNCTION draille_recherche(a text, b text, c text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT draille_normaliser(a || ' ' || b || ' ' || c)
$$;

CREATE FUNCTION draille_cles_personne(compartiments smallint[], commune integer) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN 1 = ANY(compartiments) THEN 100000 END,
    CASE WHEN 1 = ANY(compartiments) THEN 100000 + coalesce(commune, 99999) END,
    CASE WHEN 2 = ANY(compartiments) THEN 200000 END,
    CASE WHEN 2 = ANY(compartiments) THEN 200000 + coalesce(commune, 99999) END,
    CASE WHEN 3 = ANY(compartiments) THEN 300000 END,
    CASE WHEN 3 = ANY(compartiments) THEN 300000 + coalesce(commune, 99999) END,
    CASE WHEN 4 = ANY(compartiments) THEN 400000 END,
    CASE WHEN 4 = ANY(compartiments) THEN 400000 + coalesce(commune, 99999) END,
    CASE WHEN 5 = ANY(compartiments) THEN 500000 END,
    CASE WHEN 5 = ANY(compartiments) THEN 500000 + coalesce(commune, 99999) END
  ]::integer[], NULL)
$$;

CREATE FUNCTION draille_cles() RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting('draille.cles', true), ''), '{}')::integer[]
$$;

CREATE FUNCTION draille_contexte_ouvert() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('draille.instant', true), '') <> ''
$$;

CREATE FUNCTION draille_instant() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT draille_contexte_ouvert() THEN
    RAISE EXCEPTION 'aucun contexte ouvert : rien ne s''écrit sans savoir qui et quand';
  END IF;
  RETURN current_setting('draille.instant')::timestamptz;
END $$;

CREATE FUNCTION draille_transaction() RETURNS bigint
LANGUAGE sql VOLATILE AS $$ SELECT pg_current_xact_id()::text::bigint $$;

CREATE FUNCTION draille_jour_scelle(instant timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (extract(epoch FROM instant) * 1000000)::bigint::text
$$;

CREATE FUNCTION draille_ajout_seul() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE ancien jsonb; nouveau jsonb;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    ancien := to_jsonb(OLD) - 'cle_acces';
    nouveau := to_jsonb(NEW) - 'cle_acces';
    IF ancien = nouveau THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'la table % est en ajout seul : % interdit', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""

RETRAIT = """
DROP FUNCTION draille_ajout_seul();
DROP FUNCTION draille_jour_scelle(timestamptz);
DROP FUNCTION draille_transaction();
DROP FUNCTION draille_instant();
DROP FUNCTION draille_contexte_ouvert();
DROP FUNCTION draille_cles();
DROP FUNCTION draille_cles_personne(smallint[], integer);
DROP FUNCTION draille_recherche(text, text, text);
DROP FUNCTION draille_normaliser(text);
"""


OPERATIONS = [
    UnaccentExtension(),
    TrigramExtension(),
    BtreeGistExtension(),
    migrations.RunSQL(FONCTIONS, RETRAIT),
]
