"""Le second mur : la sécurité par ligne de PostgreSQL, posée sur chaque table personnelle.

Reposé après chaque migration : une table nouvelle ne peut pas l'oublier.
"""

from typing import Any, Protocol

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models
from django.db.backends.utils import CursorWrapper

from draille.socle import recherche_sql
from draille.socle.acces import PAS, Compartiment
from draille.socle.donnees import DonneePersonnelle
from draille.socle.refus import Refus

_CLES = "(SELECT draille_cles())::integer[]"
_UNE_CLE = f"(cle_acces = ANY({_CLES}) OR (cle_acces - cle_acces % {PAS}) = ANY({_CLES}))"
# Sans clé, la ligne ne parle de personne : il suffit qu'un contexte soit ouvert.
_SANS_CLE = f"((cle_acces IS NULL AND (SELECT draille_contexte_ouvert())) OR {_UNE_CLE})"
_PREDICATS = {
    "noyau_personne": f"(cles_acces && {_CLES})",
    "noyau_lignejournal": _SANS_CLE,
    "noyau_echeance": _SANS_CLE,
    # Ouverte aussi au partenaire, tant que la personne y consent.
    "partage_orientation": f"({_UNE_CLE} OR cle_partenaire = ANY({_CLES}))",
}
_AJOUT_SEUL = (
    "noyau_lignejournal",
    "noyau_scellement",
    "noyau_consultation",
    "messagerie_tentative",
    "messagerie_modelemessage",
    # Un texte signé, une valeur relevée ne se réécrivent pas : un autre les suit.
    "convention_texte",
    "convention_annonce",
    "convention_ligne",
    "convention_financement",
    "convention_cible",
    "convention_deliberation",
    "convention_valeur",
    "convention_reduction",
)


def modeles_personnels() -> list[type[models.Model]]:
    """Les modèles dont la table porte des données personnelles."""
    concrets = [m for m in apps.get_models() if issubclass(m, DonneePersonnelle)]
    nommes = [m for m in apps.get_models() if m._meta.db_table in _PREDICATS]
    return list(dict.fromkeys([*nommes, *concrets]))


def predicat(modele: type[models.Model]) -> str:
    """Le prédicat SQL de la sécurité par ligne de ce modèle."""
    return _PREDICATS.get(modele._meta.db_table, _UNE_CLE)


def apres_migration(sender: AppConfig, using: str, **_: Any) -> None:
    """Pose murs, déclencheurs et droits, une fois que la dernière application a migré."""
    if sender.label != [c.label for c in apps.get_app_configs() if c.models_module][-1]:
        return
    with connections[using].cursor() as curseur:
        presentes = set(connections[using].introspection.table_names(curseur))
        if "noyau_personne" not in presentes:
            return
        poses = [m for m in modeles_personnels() if m._meta.db_table in presentes]
        for modele in poses:
            _poser_mur(curseur, modele)
        ajout_seul = [table for table in _AJOUT_SEUL if table in presentes]
        for table in ajout_seul:
            _poser_ajout_seul(curseur, table)
        _poser_suivi(curseur, poses)
        _poser_verrou(curseur)
        recherche_sql.poser(curseur)
        _donner_droits(curseur, ajout_seul)


def _poser_mur(curseur: CursorWrapper, modele: type[models.Model]) -> None:
    table = modele._meta.db_table
    curseur.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    curseur.execute(f"DROP POLICY IF EXISTS mur ON {table}")
    condition = predicat(modele)
    curseur.execute(f"CREATE POLICY mur ON {table} USING ({condition}) WITH CHECK ({condition})")
    if condition == _UNE_CLE or table == "noyau_echeance":
        # Sans cette statistique, PostgreSQL croit que le mur ne laisse presque rien passer.
        curseur.execute(
            f"CREATE STATISTICS IF NOT EXISTS {table}_cle"
            f" ON (cle_acces - cle_acces % {PAS}) FROM {table}"
        )


def _poser_ajout_seul(curseur: CursorWrapper, table: str) -> None:
    curseur.execute(f"DROP TRIGGER IF EXISTS ajout_seul ON {table}")
    curseur.execute(f"DROP TRIGGER IF EXISTS ajout_seul_table ON {table}")
    curseur.execute(
        f"CREATE TRIGGER ajout_seul BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION draille_ajout_seul()"
    )
    curseur.execute(
        f"CREATE TRIGGER ajout_seul_table BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION draille_ajout_seul()"
    )
    # ALWAYS : même une session en mode « réplique » ne passe pas à côté.
    curseur.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ajout_seul")
    curseur.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ajout_seul_table")


def _poser_suivi(curseur: CursorWrapper, poses: list[type[models.Model]]) -> None:
    """Quand une personne change de commune, toutes ses lignes changent de clé d'accès."""
    suivies = [
        m._meta.db_table
        for m in poses
        if any(getattr(f, "attname", "") == "personne_id" for f in m._meta.get_fields())
    ]
    maj = "\n".join(
        f"UPDATE {table} SET cle_acces = cle_acces - cle_acces % {PAS} + commune"
        f" WHERE personne_id = NEW.id AND cle_acces < {Compartiment.PARTENAIRE * PAS};"
        for table in suivies
    )
    curseur.execute(
        "CREATE OR REPLACE FUNCTION draille_suivre_personne() RETURNS trigger"
        # pg_temp en dernier, sans quoi une table temporaire du même nom passerait devant.
        " LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$"
        " DECLARE commune integer := coalesce(NEW.commune_id, 99999);"
        f" BEGIN {maj} RETURN NULL; END $$"
    )
    curseur.execute("DROP TRIGGER IF EXISTS suivre ON noyau_personne")
    curseur.execute(
        "CREATE TRIGGER suivre AFTER UPDATE OF commune_id ON noyau_personne FOR EACH ROW"
        " WHEN (OLD.commune_id IS DISTINCT FROM NEW.commune_id)"
        " EXECUTE FUNCTION draille_suivre_personne()"
    )


def _poser_verrou(curseur: CursorWrapper) -> None:
    """Sceller et livrer attendent les écritures en cours : une ligne tardive leur échapperait."""
    curseur.execute(
        "CREATE OR REPLACE FUNCTION draille_verrouiller_journal() RETURNS void LANGUAGE sql"
        " SECURITY DEFINER SET search_path = public, pg_temp AS"
        " $$ LOCK TABLE noyau_lignejournal IN EXCLUSIVE MODE $$"
    )
    # L'attente est courte : derrière elle, les actes attendraient aussi.
    curseur.execute(
        "CREATE OR REPLACE FUNCTION draille_derniere_ligne_sure() RETURNS bigint LANGUAGE plpgsql"
        " SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '300ms' AS $$"
        " BEGIN LOCK TABLE noyau_lignejournal IN SHARE MODE;"
        " RETURN (SELECT coalesce(max(id), 0) FROM noyau_lignejournal); END $$"
    )


def _donner_droits(curseur: CursorWrapper, ajout_seul: list[str]) -> None:
    role = settings.DRAILLE_ROLE_APPLICATION
    curseur.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    curseur.execute(
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'
    )
    curseur.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    for table in ajout_seul:
        curseur.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"')


class Curseur(Protocol):
    """Ce qu'on attend d'un curseur : celui de Django comme celui de psycopg."""

    def execute(self, requete: str) -> Any:
        """Exécute une requête."""

    def fetchone(self) -> Any:
        """La rangée suivante."""


def exiger_role_sans_privilege(curseur: Curseur) -> None:
    """Refuse de servir sous un rôle que les murs n'arrêtent pas.

    Lève `Refus('base.role')` si le rôle est superutilisateur, contourne la sécurité par ligne ou
    possède la table des personnes.
    """
    curseur.execute(
        "SELECT r.rolname, r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c"
        " WHERE c.relname = 'noyau_personne' AND c.relowner = r.oid)"
        " FROM pg_roles r WHERE r.rolname = current_user"
    )
    role, est_trop_fort = curseur.fetchone()
    if est_trop_fort:
        raise Refus(
            code="base.role",
            message=(
                f"L'application se connecte sous le rôle « {role} », que la sécurité par ligne "
                "n'arrête pas. Donnez dans DATABASE_URL un rôle sans privilège, et le propriétaire "
                "dans DATABASE_URL_PROPRIETAIRE."
            ),
            base_legale="RGPD article 32",
        )
