"""Une désignation qui suit sa personne dans le dossier qui la continue ne prend pas de place.

Elle est déjà comptée : la recompter refuserait de rejoindre deux dossiers dès que le référent est
plein, absent ou parti depuis.
"""

from django.db import migrations

SUIVRE = """
CREATE FUNCTION referent_unique_meme_personne(ancienne bigint, nouvelle bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM noyau_personne p
    WHERE (p.id, p.fusionnee_dans_id) IN ((ancienne, nouvelle), (nouvelle, ancienne)))
$$;
DROP TRIGGER referent_unique_places ON noyau_referent;
CREATE TRIGGER referent_unique_places BEFORE INSERT ON noyau_referent
FOR EACH ROW EXECUTE FUNCTION referent_unique_tenir_places();
CREATE TRIGGER referent_unique_places_changees BEFORE UPDATE ON noyau_referent
FOR EACH ROW WHEN (NOT (
  (OLD.nature, OLD.agent_id, OLD.debut, OLD.fin)
    IS NOT DISTINCT FROM (NEW.nature, NEW.agent_id, NEW.debut, NEW.fin)
  AND referent_unique_meme_personne(OLD.personne_id, NEW.personne_id)))
EXECUTE FUNCTION referent_unique_tenir_places();
"""
RETRAIT = """
DROP TRIGGER referent_unique_places_changees ON noyau_referent;
DROP TRIGGER referent_unique_places ON noyau_referent;
CREATE TRIGGER referent_unique_places BEFORE INSERT OR UPDATE ON noyau_referent
FOR EACH ROW EXECUTE FUNCTION referent_unique_tenir_places();
DROP FUNCTION referent_unique_meme_personne(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("noyau", "0003_dossiers_rejoints"),
        ("referent_unique", "0002_places_tenues"),
    ]

    operations = [migrations.RunSQL(SUIVRE, RETRAIT)]
