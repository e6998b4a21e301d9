"""Une session SQL sous le rôle de l'application : ce qu'elle ne peut ni lire, ni écrire."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import Error, connection, connections, transaction

from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import Acces, Role
from draille.socle.murs import modeles_personnels
from tests.droits.chemins import lire_tables
from tests.droits.monde import Monde, cle, construire
from tests.droits.test_droits import INSTANT
from tests.droits.tirages import sans_contexte


@pytest.fixture
def monde(systeme: Any) -> Monde:
    return construire(nombre=24)


@pytest.fixture
def session(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Une connexion nue sous `draille_app`, sans rien de Django."""
    reglage = connections["default"].settings_dict
    with psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=settings.BASE_APPLICATION["USER"],
        password=settings.BASE_APPLICATION["PASSWORD"],
        dbname=reglage["NAME"],
    ) as connexion:
        yield connexion
        connexion.rollback()


def _acces(*cles: int, role: Role = Role.CADRE) -> Acces:
    return Acces(agent_id=1, organisation_id=1, nom="Essai", cles_par_role={role: frozenset(cles)})


def _executer(requete: str, *parametres: Any) -> Any:
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return curseur.fetchall() if curseur.description else curseur.rowcount


# --- Sans contexte -----------------------------------------------------------------------------


def test_sans_contexte_aucune_rangee_ne_se_lit(monde):
    sans_contexte()
    assert lire_tables() == {m._meta.db_table: (0, set()) for m in modeles_personnels()}


def test_sans_contexte_rien_ne_se_modifie_ni_ne_sefface(monde):
    sans_contexte()
    for modele in modeles_personnels():
        table = modele._meta.db_table
        for requete in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            try:
                assert _executer(requete) == 0, requete
            except Error as erreur:
                assert "permission denied" in str(erreur) or "generated" in str(erreur), requete


def test_sans_contexte_rien_ne_sinsere(monde):
    """Recopier une rangée existante sous un autre identifiant, dans chaque table."""
    for modele in modeles_personnels():
        table = modele._meta.db_table
        colonnes = ", ".join(
            f'"{f.column}"' for f in modele._meta.concrete_fields if not f.generated
        )
        _executer(f"CREATE TEMP TABLE copie AS SELECT {colonnes} FROM {table} LIMIT 1")
        sans_contexte()
        with pytest.raises(Error, match=r"row-level security|aucun contexte"):
            _executer(f"INSERT INTO {table} ({colonnes}) SELECT {colonnes} FROM copie")
        _executer("DROP TABLE copie")
        contexte.poser(acces=_acces(100_000, 200_000, 300_000, 400_000, 500_000), instant=INSTANT)


def test_les_statistiques_du_planificateur_ne_montrent_aucune_valeur(session):
    tables = [m._meta.db_table for m in modeles_personnels()]
    lues = session.execute("SELECT tablename FROM pg_stats WHERE tablename = ANY(%s)", [tables])
    assert lues.fetchall() == []


def test_toute_table_qui_nomme_une_personne_a_un_mur(session):
    """Lu du catalogue, non des modèles : une table écrite en SQL est prise aussi."""
    sans_mur = session.execute(
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'm', 'v') AND NOT a.attisdropped"
        " AND a.attname IN ('personne_id', 'cle_acces', 'cles_acces', 'nir_empreinte')"
        " AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid"
        "   AND p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL))"
    ).fetchall()
    assert sans_mur == []


# --- Ce que le rôle de l'application ne peut pas -----------------------------------------------

INTERDITS = [
    "ALTER TABLE noyau_personne DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE noyau_personne NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY mur ON noyau_personne",
    "ALTER POLICY mur ON noyau_personne USING (true)",
    "CREATE POLICY porte ON noyau_personne USING (true)",
    "ALTER TABLE noyau_lignejournal DISABLE TRIGGER ajout_seul",
    "ALTER TABLE noyau_lignejournal DISABLE TRIGGER ALL",
    "DROP TRIGGER ajout_seul ON noyau_lignejournal",
    "DROP TRIGGER suivre ON noyau_personne",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION {proprietaire}",
    "SET ROLE {proprietaire}",
    "SET ROLE postgres",
    "GRANT {proprietaire} TO draille_app",
    "ALTER ROLE draille_app BYPASSRLS",
    "ALTER ROLE draille_app SUPERUSER",
    "ALTER TABLE noyau_personne OWNER TO draille_app",
    "ALTER FUNCTION draille_cles() OWNER TO draille_app",
    "CREATE OR REPLACE FUNCTION draille_cles() RETURNS integer[] LANGUAGE sql STABLE"
    " AS $$ SELECT ARRAY[200000] $$",
    "CREATE FUNCTION porte() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
    " AS $$ SELECT count(*) FROM noyau_personne $$",
    "CREATE VIEW porte AS SELECT * FROM noyau_personne",
    "CREATE TABLE porte (id integer)",
    "CREATE SCHEMA porte",
    "TRUNCATE noyau_lignejournal",
    "TRUNCATE noyau_personne CASCADE",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY noyau_personne TO '/tmp/porte'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    "CREATE EXTENSION dblink",
    "SET zero_damaged_pages = on",
    "DELETE FROM noyau_scellement",
    "UPDATE noyau_scellement SET nombre = 0",
    "DELETE FROM noyau_consultation",
]


@pytest.mark.parametrize("requete", INTERDITS)
def test_le_role_de_lapplication_ne_peut_pas(session, requete):
    proprietaire = session.execute(
        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'noyau_personne'"
    ).fetchone()[0]
    assert proprietaire != "draille_app"
    with pytest.raises(psycopg.Error) as erreur:
        session.execute(requete.format(proprietaire=f'"{proprietaire}"'))
    assert erreur.value.sqlstate in {
        "42501",  # droit insuffisant
        "42704",  # rôle inconnu de ce serveur
        "22023",  # le rôle visé n'existe pas
        "58P01",  # extension absente du serveur
        "0A000",  # extension indisponible
    }, erreur.value


def test_le_role_de_lapplication_na_aucun_pouvoir(session):
    pouvoirs = session.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    assert pouvoirs == (False,) * 5
    membre = session.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname = current_user"
    ).fetchone()
    assert membre == (0,)


def test_row_security_off_ne_montre_rien_de_plus(session):
    session.execute("SET row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT count(*) FROM noyau_personne")


def test_une_fonction_du_proprietaire_ne_suit_pas_une_table_temporaire(monde):
    """Une table temporaire du même nom ne doit ni détourner le suivi d'une personne qui déménage,
    ni faire exécuter son déclencheur sous le propriétaire."""
    individu = next(i for i in monde.individus if i.commune == monde.communes[0])
    _executer("CREATE TEMP TABLE noyau_echeance (personne_id bigint, cle_acces integer, qui text)")
    _executer(
        "CREATE FUNCTION pg_temp.noter() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.qui := current_user; RETURN NEW; END $$"
    )
    _executer(
        "CREATE TRIGGER noter BEFORE UPDATE ON pg_temp.noyau_echeance FOR EACH ROW"
        " EXECUTE FUNCTION pg_temp.noter()"
    )
    _executer("INSERT INTO pg_temp.noyau_echeance VALUES (%s, 200001, '')", individu.id)
    _executer("GRANT ALL ON pg_temp.noyau_echeance TO PUBLIC")
    Personne.objects.filter(pk=individu.id).update(commune_id=monde.communes[1])
    assert _executer("SELECT qui FROM pg_temp.noyau_echeance") == [("",)]
    cles = _executer(
        "SELECT DISTINCT cle_acces %% 100000 FROM public.noyau_echeance WHERE personne_id = %s",
        individu.id,
    )
    assert cles == [(monde.communes[1],)]


def test_aucune_fonction_du_proprietaire_ne_cherche_dabord_dans_les_tables_temporaires(session):
    fautives = session.execute(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prosecdef AND NOT coalesce("
        "   (SELECT bool_or(c ~ '^search_path=.*,\\s*\"?pg_temp\"?$') FROM unnest(p.proconfig) c),"
        "   false)"
    ).fetchall()
    assert fautives == []


# --- Écrire hors de ses clés -------------------------------------------------------------------


def test_ecrire_hors_de_ses_cles_est_refuse(monde):
    """Une rangée que l'on voit ne se pousse pas hors de ses clés ; une autre ne s'y écrit pas."""
    chez_soi, ailleurs = cle(2, monde.communes[0]), cle(2, monde.communes[4])
    acces = _acces(chez_soi)
    for modele in modeles_personnels():
        table = modele._meta.db_table
        if modele is Personne:
            continue
        contexte.poser(acces=acces, instant=INSTANT)
        if not _executer(f"SELECT count(*) FROM {table}")[0][0]:
            continue
        if not _executer("SELECT has_table_privilege(%s, 'UPDATE')", table)[0][0]:
            continue
        with pytest.raises(Error, match="row-level security"):
            _executer(f"UPDATE {table} SET cle_acces = %s", ailleurs)
    with pytest.raises(Error, match="row-level security"):
        _executer(
            "INSERT INTO noyau_lignejournal (code, version, le, charge, cle_acces)"
            " VALUES ('essai.x', 1, '2020-01-01', '{}', %s)",
            ailleurs,
        )


def test_deplacer_une_personne_hors_de_ses_cles_est_refuse(monde):
    individu = next(i for i in monde.individus if i.commune == monde.communes[0])
    contexte.poser(
        acces=_acces(*[cle(c, individu.commune) for c in individu.compartiments]), instant=INSTANT
    )
    for commune in (monde.communes[1], None):
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Personne.objects.filter(pk=individu.id).update(commune_id=commune)


# --- Les rangées suivent la personne -----------------------------------------------------------


def test_une_personne_qui_demenage_emporte_toutes_ses_rangees(monde):
    suivies = [
        m
        for m in modeles_personnels()
        if any(getattr(f, "attname", "") == "personne_id" for f in m._meta.get_fields())
    ]
    assert len(suivies) > 5
    partis = [i for i in monde.individus if i.commune == monde.communes[0]]
    for arrivee in (monde.communes[3], None, monde.communes[7]):
        Personne.objects.filter(pk__in=[i.id for i in partis]).update(commune_id=arrivee)
        for modele in suivies:
            for individu in partis:
                attendues = sorted(
                    (ligne.id, cle(ligne.compartiment, arrivee))
                    for ligne in monde.de(modele)
                    if ligne.personne == individu.id
                )
                lues = sorted(
                    modele.objects.filter(personne_id=individu.id).values_list("pk", "cle_acces")
                )
                assert lues == attendues, modele


# --- Le contexte ne déborde pas ----------------------------------------------------------------


def test_le_contexte_ne_passe_pas_dune_transaction_a_la_suivante(session):
    for fin in (session.commit, session.rollback):
        session.execute(
            "SELECT set_config('draille.cles', '{200000}', true),"
            " set_config('draille.instant', '2020-10-31T09:00:00Z', true)"
        )
        assert session.execute("SELECT draille_cles()").fetchone() == ([200_000],)
        assert session.execute("SELECT draille_contexte_ouvert()").fetchone() == (True,)
        fin()
        assert session.execute("SELECT draille_cles()").fetchone() == ([],)
        assert session.execute("SELECT draille_contexte_ouvert()").fetchone() == (False,)
        session.rollback()


def test_poser_un_contexte_hors_dune_transaction_est_une_erreur(systeme, monkeypatch):
    with monkeypatch.context() as hors:
        hors.setattr(connections["default"], "in_atomic_block", False)
        with pytest.raises(AssertionError, match="transaction"):
            contexte.poser(acces=systeme, instant=INSTANT)
