"""La base tient les places : ni désignation au-delà du portefeuille, ni pendant une absence."""

from django.db import migrations

FONCTIONS = """
CREATE FUNCTION referent_unique_unite(personne bigint, jour date, unite text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(
    CASE WHEN unite = 'foyer' THEN (
      SELECT m.foyer_id FROM noyau_membrefoyer m
      WHERE m.personne_id = personne AND m.debut <= jour AND (m.fin IS NULL OR m.fin > jour)
      ORDER BY m.debut DESC, m.id DESC LIMIT 1
    ) END, -personne)
$$;

-- Un agent d'un seul secteur doit savoir combien de places restent, sans voir qui les occupe.
CREATE FUNCTION referent_unique_charges(jour date) RETURNS TABLE (agent_id bigint, charge integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.agent_id,
    count(DISTINCT referent_unique_unite(r.personne_id, jour, coalesce(p.unite, 'foyer')))::integer
  FROM noyau_referent r
  LEFT JOIN referent_unique_portefeuille p ON p.agent_id = r.agent_id AND p.debut <= jour
    AND (p.fin IS NULL OR p.fin > jour)
  WHERE r.nature = 'unique' AND r.agent_id IS NOT NULL AND (r.fin IS NULL OR r.fin > jour)
    AND (r.fin IS NULL OR r.fin > r.debut)
  GROUP BY r.agent_id
$$;

-- De même pour savoir si une proposition est entièrement relue.
CREATE FUNCTION referent_unique_reste(un_calcul bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*)::integer FROM referent_unique_lignecalcul l
  JOIN referent_unique_calcul c ON c.id = l.calcul_id
  LEFT JOIN referent_unique_demande d ON d.id = l.demande_id
  WHERE l.calcul_id = un_calcul AND l.decision = 'a_relire'
    AND (c.nature = 'reparation' OR d.statut = 'a_confier')
$$;

-- Un surcoût exact dépend de tout le problème : ses lignes, sans dire de qui elles parlent.
CREATE FUNCTION referent_unique_probleme(un_calcul bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.rang), '[]') FROM (
    SELECT l.rang, dense_rank() OVER (ORDER BY l.unite_id) AS unite, l.orientation, l.minutes,
      l.continuite, l.est_sans_vehicule, l.orientee_le, l.place, l.actuelle
    FROM referent_unique_lignecalcul l WHERE l.calcul_id = un_calcul
  ) x
$$;

CREATE FUNCTION referent_unique_tenir_places() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  termes referent_unique_portefeuille;
  prises integer;
BEGIN
  IF NEW.nature <> 'unique' OR NEW.agent_id IS NULL OR NEW.fin <= NEW.debut THEN
    RETURN NEW;
  END IF;
  -- Raccourcir une désignation ne prend la place de personne.
  IF TG_OP = 'UPDATE' AND OLD.nature = NEW.nature AND OLD.agent_id = NEW.agent_id
    AND OLD.personne_id = NEW.personne_id AND NEW.debut >= OLD.debut
    AND coalesce(NEW.fin, 'infinity') <= coalesce(OLD.fin, 'infinity') THEN
    RETURN NEW;
  END IF;
  -- Tous les portefeuilles de l'agent, et non le seul en vigueur : s'il change pendant l'attente du
  -- verrou, la lecture qui suit voit le nouveau.
  PERFORM 1 FROM referent_unique_portefeuille p WHERE p.agent_id = NEW.agent_id
    ORDER BY p.id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM referent_unique_absence a WHERE a.agent_id = NEW.agent_id
    AND a.debut <= NEW.debut AND (a.fin IS NULL OR a.fin > NEW.debut)) THEN
    RAISE EXCEPTION 'Ce référent est absent ou parti le %. Choisissez un autre référent.',
      to_char(NEW.debut, 'DD/MM/YYYY')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referent_absence';
  END IF;
  SELECT * INTO termes FROM referent_unique_portefeuille p WHERE p.agent_id = NEW.agent_id
    AND p.debut <= NEW.debut AND (p.fin IS NULL OR p.fin > NEW.debut);
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  SELECT count(DISTINCT u) INTO prises FROM (
    SELECT referent_unique_unite(r.personne_id, NEW.debut, termes.unite) AS u
    FROM noyau_referent r
    WHERE r.agent_id = NEW.agent_id AND r.nature = 'unique' AND r.id IS DISTINCT FROM NEW.id
      AND (r.fin IS NULL OR r.fin > NEW.debut) AND (r.fin IS NULL OR r.fin > r.debut)
    UNION ALL
    SELECT referent_unique_unite(NEW.personne_id, NEW.debut, termes.unite)
  ) unites;
  IF prises > termes.places AND NOT EXISTS (
    -- Rejoindre son foyer, que ce référent suit déjà, ne prend pas de place de plus.
    SELECT 1 FROM noyau_referent r
    WHERE r.agent_id = NEW.agent_id AND r.nature = 'unique' AND r.id IS DISTINCT FROM NEW.id
      AND (r.fin IS NULL OR r.fin > NEW.debut) AND (r.fin IS NULL OR r.fin > r.debut)
      AND referent_unique_unite(r.personne_id, NEW.debut, termes.unite)
        = referent_unique_unite(NEW.personne_id, NEW.debut, termes.unite)
  ) THEN
    RAISE EXCEPTION
      'Ce référent n''a plus de place libre (il en a % en tout). Choisissez un autre référent, ou agrandissez son portefeuille.',
      termes.places
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referent_quota';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER referent_unique_places BEFORE INSERT OR UPDATE ON noyau_referent
FOR EACH ROW EXECUTE FUNCTION referent_unique_tenir_places();
"""

RETRAIT = """
DROP TRIGGER referent_unique_places ON noyau_referent;
DROP FUNCTION referent_unique_tenir_places();
DROP FUNCTION referent_unique_probleme(bigint);
DROP FUNCTION referent_unique_reste(bigint);
DROP FUNCTION referent_unique_charges(date);
DROP FUNCTION referent_unique_unite(bigint, date, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("noyau", "0002_communes_situees"),
        ("referent_unique", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FONCTIONS, RETRAIT)]
