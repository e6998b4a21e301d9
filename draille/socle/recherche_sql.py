"""La recherche de personnes par nom et naissance, en une fonction SQL sous les droits du lecteur.

Sous la sécurité par ligne, PostgreSQL n'emploie pas l'index de ressemblance : les opérateurs de
trigrammes pourraient révéler des lignes cachées par leurs erreurs, il évalue donc le mur d'abord,
sur toute la table. Cette fonction s'exécute comme le propriétaire et applique elle-même le prédicat
du mur, avec les clés de la transaction : aucun appelant ne peut lui en donner d'autres.
"""

from django.conf import settings
from django.db.backends.utils import CursorWrapper

# Sous ce seuil, un mot ne ressemble plus au nom : « Matel » trouve Martel (0,44).
SEUIL = "0.4"

_FONCTION = f"""
CREATE OR REPLACE FUNCTION draille_rechercher(
  texte text, naissance daterange, avec_proches boolean, limite integer)
RETURNS TABLE (personne_id bigint, ressemblance real)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  cles integer[] := draille_cles();
  mots text[];
  entiers text := '';
  proches text := '';
  note text := '';
  filtre text := '';
  tete text;
  fin text := ' ORDER BY 2 DESC, p.nom_norme, p.prenom_norme, p.naissance_le, p.id LIMIT $2';
  trouves integer;
BEGIN
  PERFORM set_config('pg_trgm.word_similarity_threshold', '{SEUIL}', true);
  SELECT coalesce(array_agg(m ORDER BY length(m) DESC, m), '{{}}') INTO mots FROM (
    SELECT DISTINCT m FROM regexp_split_to_table(
      regexp_replace(draille_normaliser(coalesce(texte, '')), '[^[:alnum:]]+', ' ', 'g'), ' +') m
    WHERE length(m) > 1 LIMIT 6) s;
  IF cles = '{{}}' OR (mots = '{{}}' AND naissance IS NULL) THEN
    RETURN;
  END IF;
  IF naissance IS NOT NULL THEN
    -- Une date partielle vaut tout son mois ou toute son année.
    filtre := ' AND p.naissance_le >= date_trunc(''year'', lower($3))::date'
      ' AND p.naissance_le < (date_trunc(''year'', upper($3) - 1) + interval ''1 year'')::date'
      ' AND $3 && CASE p.naissance_precision'
      ' WHEN ''N'' THEN daterange(p.naissance_le, p.naissance_le, ''[]'')'
      ' WHEN ''J'' THEN daterange(date_trunc(''month'', p.naissance_le)::date,'
      '   (date_trunc(''month'', p.naissance_le) + interval ''1 month'')::date)'
      ' ELSE daterange(date_trunc(''year'', p.naissance_le)::date,'
      '   (date_trunc(''year'', p.naissance_le) + interval ''1 year'')::date) END';
  END IF;
  FOR i IN 1 .. coalesce(array_length(mots, 1), 0) LOOP
    -- Deux lettres n'ont pas de trigramme intérieur : seul le début de mot s'y cherche par l'index.
    entiers := entiers || CASE WHEN length(mots[i]) > 2
      THEN format(' AND p.recherche LIKE %L', '%' || mots[i] || '%')
      ELSE format(' AND %L <%% p.recherche AND p.recherche ~ %L', mots[i], '\\m' || mots[i]) END;
    proches := proches || format(' AND %L <%% p.recherche', mots[i]);
    note := note || format(' + strict_word_similarity(%L, p.recherche)', mots[i]);
  END LOOP;
  -- Un dossier absorbé se trouve encore par son nom : il mène à celui qui le continue.
  tete := 'SELECT coalesce(p.fusionnee_dans_id, p.id), (0' || note || ')::real'
    ' FROM noyau_personne p WHERE p.cles_acces && $1' || filtre;
  RETURN QUERY EXECUTE tete || entiers || fin USING cles, limite, naissance;
  GET DIAGNOSTICS trouves = ROW_COUNT;
  IF mots <> '{{}}' AND (trouves = 0 OR (avec_proches AND trouves < limite)) THEN
    RETURN QUERY EXECUTE tete || proches || ' AND NOT (true' || entiers || ')' || fin
      USING cles, limite - trouves, naissance;
  END IF;
END $$;
"""


def poser(curseur: CursorWrapper) -> None:
    """Pose la fonction ; le rôle de l'application seul peut l'appeler, hors le propriétaire."""
    signature = "draille_rechercher(text, daterange, boolean, integer)"
    curseur.execute(_FONCTION)
    curseur.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    curseur.execute(
        f'GRANT EXECUTE ON FUNCTION {signature} TO "{settings.DRAILLE_ROLE_APPLICATION}"'
    )
