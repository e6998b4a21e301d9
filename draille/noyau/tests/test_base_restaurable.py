"""Une sauvegarde se restaure : ce qui remplit les colonnes calculées se lit sans chemin."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# Les fonctions immuables dont dépend une colonne calculée, une contrainte ou un index :
# `pg_restore` les appelle avec un chemin de recherche vide. Une valeur par défaut est copiée.
APPELEES = """
SELECT DISTINCT p.oid::regprocedure::text
FROM pg_depend d
JOIN pg_proc p ON p.oid = d.refobjid AND d.refclassid = 'pg_proc'::regclass
JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
WHERE d.classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)
  AND p.proname LIKE 'draille%' AND p.provolatile = 'i'
"""


def test_les_fonctions_des_colonnes_se_lisent_sans_chemin():
    with connection.cursor() as curseur:
        curseur.execute(APPELEES)
        appelees = [nom for (nom,) in curseur.fetchall()]
        assert any(nom.startswith("draille_recherche(") for nom in appelees)
        curseur.execute("SET LOCAL search_path = ''")
        for nom in appelees:
            fonction, _, entre = nom.partition("(")
            types = [t for t in entre.rstrip(")").split(",") if t]
            # Rien de nul : une fonction stricte ne lirait pas son corps.
            valeurs = [{"text": "'é'"}.get(t, f"'{{1}}'::{t}" if "[]" in t else "1") for t in types]
            curseur.execute(f"SELECT public.{fonction}({', '.join(valeurs)})")
            assert curseur.fetchone() is not None
