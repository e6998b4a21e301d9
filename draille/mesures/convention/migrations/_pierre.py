"""Ce qui fait d'un rapport validé une pierre : des déclencheurs, que l'application n'ôte pas."""

POSER = """
CREATE FUNCTION draille_rapport_tenu() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'les rapports ne s''effacent pas';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.statut <> 'brouillon' THEN
      RAISE EXCEPTION 'un rapport commence en brouillon';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'un rapport ne s''efface pas : il s''écarte ou se corrige';
  END IF;
  IF OLD.statut IN ('valide', 'ecarte') THEN
    RAISE EXCEPTION 'ce rapport ne change plus : une correction est une autre version';
  END IF;
  IF (NEW.id, NEW.cadre_id, NEW.annee, NEW.version) IS DISTINCT FROM
     (OLD.id, OLD.cadre_id, OLD.annee, OLD.version) THEN
    RAISE EXCEPTION 'un rapport garde sa convention, son année et sa version';
  END IF;
  IF OLD.statut = 'a_valider' AND (NEW.contenu, NEW.empreinte, NEW.arrete_le, NEW.redige_par_id)
     IS DISTINCT FROM (OLD.contenu, OLD.empreinte, OLD.arrete_le, OLD.redige_par_id) THEN
    RAISE EXCEPTION 'ce qui est soumis ne change pas : le renvoyer d''abord';
  END IF;
  IF (OLD.statut, NEW.statut) NOT IN (
    ('brouillon', 'brouillon'), ('brouillon', 'a_valider'), ('brouillon', 'ecarte'),
    ('a_valider', 'a_valider'), ('a_valider', 'brouillon'), ('a_valider', 'valide')) THEN
    RAISE EXCEPTION 'un rapport ne passe pas de % à %', OLD.statut, NEW.statut;
  END IF;
  IF NEW.statut = 'valide' AND EXISTS (
    SELECT 1 FROM convention_commentairerapport c
    WHERE c.rapport_id = NEW.id AND c.auteur_id = NEW.valide_par_id) THEN
    RAISE EXCEPTION 'qui a commenté ce rapport ne le valide pas';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION draille_commentaire_tenu() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE etat text;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'les commentaires ne s''effacent pas d''un coup';
  END IF;
  IF TG_OP <> 'INSERT' THEN
    SELECT statut INTO etat FROM convention_rapport WHERE id = OLD.rapport_id FOR SHARE;
    IF etat <> 'brouillon' THEN
      RAISE EXCEPTION 'on ne commente qu''un brouillon';
    END IF;
    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
  END IF;
  SELECT statut INTO etat FROM convention_rapport WHERE id = NEW.rapport_id FOR SHARE;
  IF etat <> 'brouillon' THEN
    RAISE EXCEPTION 'on ne commente qu''un brouillon';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tenu BEFORE INSERT OR UPDATE OR DELETE ON convention_rapport
  FOR EACH ROW EXECUTE FUNCTION draille_rapport_tenu();
CREATE TRIGGER tenu_table BEFORE TRUNCATE ON convention_rapport
  FOR EACH STATEMENT EXECUTE FUNCTION draille_rapport_tenu();
CREATE TRIGGER tenu BEFORE INSERT OR UPDATE OR DELETE ON convention_commentairerapport
  FOR EACH ROW EXECUTE FUNCTION draille_commentaire_tenu();
CREATE TRIGGER tenu_table BEFORE TRUNCATE ON convention_commentairerapport
  FOR EACH STATEMENT EXECUTE FUNCTION draille_commentaire_tenu();
-- ALWAYS : même une session en mode « réplique » ne passe pas à côté.
ALTER TABLE convention_rapport ENABLE ALWAYS TRIGGER tenu;
ALTER TABLE convention_rapport ENABLE ALWAYS TRIGGER tenu_table;
ALTER TABLE convention_commentairerapport ENABLE ALWAYS TRIGGER tenu;
ALTER TABLE convention_commentairerapport ENABLE ALWAYS TRIGGER tenu_table;
"""

RETIRER = """
DROP TRIGGER tenu ON convention_rapport;
DROP TRIGGER tenu_table ON convention_rapport;
DROP TRIGGER tenu ON convention_commentairerapport;
DROP TRIGGER tenu_table ON convention_commentairerapport;
DROP FUNCTION draille_rapport_tenu();
DROP FUNCTION draille_commentaire_tenu();
"""
