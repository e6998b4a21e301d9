"""La fonction de recherche se lit sans chemin de recherche : une sauvegarde se restaure."""

from typing import ClassVar

from django.db import migrations

# `pg_restore` remplit la colonne calculée avec un chemin vide : sans le schéma, la table des
# personnes ne se recréait pas.
CREER = """
CREATE OR REPLACE FUNCTION draille_recherche(a text, b text, c text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT public.draille_normaliser(a || ' ' || b || ' ' || c)
$$;
"""
DEFAIRE = CREER.replace("public.draille_normaliser", "draille_normaliser")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("noyau", "0004_contacts_cherches")]
    operations: ClassVar = [migrations.RunSQL(CREER, DEFAIRE)]
