"""Les gardes des créneaux, en base : elles voient tous les rendez-vous, même ceux que le lecteur
ne voit pas, et tiennent sous plusieurs écritures à la fois.
"""

GARDES = """
CREATE FUNCTION rendez_vous_garder_creneau() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  c rendez_vous_creneau;
  prenait boolean := false;
  prend boolean := false;
BEGIN
  IF TG_OP <> 'INSERT' THEN prenait := OLD.statut NOT IN ('annule', 'excuse'); END IF;
  IF TG_OP = 'DELETE' THEN
    IF prenait THEN
      UPDATE rendez_vous_creneau SET pris = pris - 1 WHERE id = OLD.creneau_id;
    END IF;
    RETURN OLD;
  END IF;
  prend := NEW.statut NOT IN ('annule', 'excuse');
  IF TG_OP = 'UPDATE' AND NEW.creneau_id <> OLD.creneau_id THEN
    RAISE EXCEPTION 'un rendez-vous ne change pas de créneau'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rendez_vous_creneau_coherence';
  END IF;
  SELECT * INTO c FROM rendez_vous_creneau WHERE id = NEW.creneau_id FOR UPDATE;
  IF NEW.debut IS DISTINCT FROM c.debut OR NEW.fin IS DISTINCT FROM c.fin
    OR NEW.jour IS DISTINCT FROM c.jour THEN
    RAISE EXCEPTION 'un rendez-vous a les heures de son créneau'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rendez_vous_creneau_coherence';
  END IF;
  IF prend AND NOT prenait THEN
    IF c.est_ferme THEN
      RAISE EXCEPTION 'créneau % fermé', c.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rendez_vous_creneau_ferme';
    END IF;
    IF c.pris >= c.capacite THEN
      RAISE EXCEPTION 'créneau % complet', c.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rendez_vous_creneau_plein';
    END IF;
    UPDATE rendez_vous_creneau SET pris = pris + 1 WHERE id = c.id;
  ELSIF prenait AND NOT prend THEN
    UPDATE rendez_vous_creneau SET pris = pris - 1 WHERE id = c.id;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION rendez_vous_garder_fermeture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM rendez_vous_rendezvous WHERE creneau_id = OLD.id AND statut = 'fixe'
  ) THEN
    RAISE EXCEPTION 'le créneau % a des rendez-vous', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rendez_vous_creneau_occupe';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER garder_creneau BEFORE INSERT OR DELETE OR UPDATE OF creneau_id, statut, debut, fin,
  jour ON rendez_vous_rendezvous
  FOR EACH ROW EXECUTE FUNCTION rendez_vous_garder_creneau();

CREATE TRIGGER garder_fermeture BEFORE UPDATE ON rendez_vous_creneau
  FOR EACH ROW WHEN ((NEW.est_ferme AND NOT OLD.est_ferme) OR NEW.debut <> OLD.debut
    OR NEW.fin <> OLD.fin OR NEW.jour <> OLD.jour OR NEW.lieu_id <> OLD.lieu_id)
  EXECUTE FUNCTION rendez_vous_garder_fermeture();
"""

RETRAIT = """
DROP TRIGGER garder_fermeture ON rendez_vous_creneau;
DROP TRIGGER garder_creneau ON rendez_vous_rendezvous;
DROP FUNCTION rendez_vous_garder_fermeture();
DROP FUNCTION rendez_vous_garder_creneau();
"""
