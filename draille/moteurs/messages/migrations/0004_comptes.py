from django.db import migrations

POSER = """
CREATE FUNCTION draille_compter_messages()
RETURNS TABLE (canal text, etat text, nombre bigint, en_peine bigint, plus_ancien_le timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.canal::text, m.etat::text, count(*),
    count(*) FILTER (WHERE m.tentatives > m.relance_a AND m.etat = 'a_envoyer'),
    min(m.prochaine_tentative_le) FILTER (WHERE m.etat IN ('a_envoyer', 'en_cours'))
  FROM messagerie_message m
  WHERE draille_contexte_ouvert()
  GROUP BY m.canal, m.etat
  ORDER BY m.canal, m.etat
$$;
"""


class Migration(migrations.Migration):
    """Compter la boîte d'envoi sans lire les messages : l'administrateur n'en ouvre aucun."""

    dependencies = [("messagerie", "0003_preuves")]
    operations = [migrations.RunSQL(POSER, "DROP FUNCTION draille_compter_messages()")]
