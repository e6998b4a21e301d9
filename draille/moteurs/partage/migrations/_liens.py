"""La fonction qui résout un lien de réponse, là où aucune clé n'est encore détenue."""

# Elle ne rend que des identifiants : lire l'orientation demande ensuite la clé du partenaire.
FONCTION = """
CREATE FUNCTION draille_lien_partage(jeton_empreinte bytea, jour date)
RETURNS TABLE (lien_id bigint, orientation_id bigint, organisation_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, o.id, p.organisation_id
  FROM partage_lienreponse l
  JOIN partage_orientation o ON o.id = l.orientation_id
  JOIN partage_partenaire p ON p.id = o.partenaire_id
  JOIN partage_consentement c ON c.id = o.consentement_id
  WHERE l.empreinte = jeton_empreinte AND l.ferme_le IS NULL
    AND l.cree_le <= jour AND l.expire_le >= jour
    AND o.cle_partenaire = 600000 + p.organisation_id AND c.retire_le IS NULL
$$
"""
DEFAIRE = "DROP FUNCTION draille_lien_partage(bytea, date)"
