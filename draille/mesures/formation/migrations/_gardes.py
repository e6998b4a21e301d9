"""Les gardes des places, en base : elles tiennent sous plusieurs inscriptions à la fois."""

GARDES = """
CREATE FUNCTION formation_garder_places() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  s formation_session;
  prenait boolean := false;
  prend boolean := false;
BEGIN
  IF TG_OP <> 'INSERT' THEN prenait := OLD.statut = 'inscrite'; END IF;
  IF TG_OP = 'DELETE' THEN
    IF prenait THEN
      UPDATE formation_session SET prises = prises - 1 WHERE id = OLD.session_id;
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.session_id <> OLD.session_id THEN
    RAISE EXCEPTION 'une inscription ne change pas de session'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'formation_inscription_coherence';
  END IF;
  prend := NEW.statut = 'inscrite';
  IF prend AND NOT prenait THEN
    SELECT * INTO s FROM formation_session WHERE id = NEW.session_id FOR UPDATE;
    IF s.statut <> 'programmee' THEN
      RAISE EXCEPTION 'session % finie', s.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'formation_session_fermee';
    END IF;
    IF s.prises >= s.places THEN
      RAISE EXCEPTION 'session % complète', s.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'formation_places';
    END IF;
    UPDATE formation_session SET prises = prises + 1 WHERE id = s.id;
  ELSIF prenait AND NOT prend THEN
    UPDATE formation_session SET prises = prises - 1 WHERE id = NEW.session_id;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER garder_places BEFORE INSERT OR DELETE OR UPDATE OF session_id, statut
  ON formation_inscription
  FOR EACH ROW EXECUTE FUNCTION formation_garder_places();

CREATE FUNCTION formation_garder_presence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM formation_inscription i
    JOIN formation_demijournee d ON d.session_id = i.session_id
    JOIN formation_session s ON s.id = i.session_id
    WHERE i.id = NEW.inscription_id AND d.id = NEW.demi_journee_id AND i.statut = 'inscrite'
      AND s.statut = 'programmee'
  ) THEN
    RAISE EXCEPTION 'présence sans place dans cette session'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'formation_presence_coherence';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER garder_presence BEFORE INSERT OR UPDATE ON formation_presence
  FOR EACH ROW EXECUTE FUNCTION formation_garder_presence();
"""

RETRAIT = """
DROP TRIGGER garder_presence ON formation_presence;
DROP TRIGGER garder_places ON formation_inscription;
DROP FUNCTION formation_garder_presence();
DROP FUNCTION formation_garder_places();
"""
