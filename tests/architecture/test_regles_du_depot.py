"""Les règles d'ARCHITECTURE.md, exécutées."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from draille.noyau.personne.models import Personne
from draille.socle.donnees import DonneePersonnelle
from draille.socle.murs import modeles_personnels

RACINE = Path(__file__).resolve().parents[2]
PAQUET = RACINE / "draille"
LIGNES_MAX, LIGNES_MAX_ESSAI, LIGNES_MAX_FONCTION = 400, 800, 60
FICHIERS_DE_MESURE = {
    "__init__.py",
    "apps.py",
    "mesure.py",
    "models.py",
    "regles.py",
    "parametres.yaml",
    "actes.py",
    "lectures.py",
    "indicateurs.py",
    "acces.py",
    "forms.py",
    "views.py",
    "urls.py",
    "demo.py",
    "demo.yaml",
    "regles.yaml",
}
HORLOGE = {("timezone", "now"), ("date", "today"), ("datetime", "now"), ("datetime", "utcnow")}


def _suivis() -> list[Path]:
    sortie = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [RACINE / nom for nom in sortie.splitlines() if (RACINE / nom).is_file()]


def _python(sous: Path = PAQUET) -> list[Path]:
    return [p for p in _suivis() if p.suffix == ".py" and sous in p.parents]


def _est_essai(chemin: Path) -> bool:
    return "tests" in chemin.parts or chemin.name == "conftest.py"


def _production() -> list[Path]:
    return [p for p in _python() if not _est_essai(p) and "migrations" not in p.parts]


def test_aucun_fichier_ne_depasse_le_plafond():
    trop_longs = []
    for chemin in [p for p in _suivis() if p.suffix == ".py" and "migrations" not in p.parts]:
        plafond = LIGNES_MAX_ESSAI if _est_essai(chemin) else LIGNES_MAX
        lignes = len(chemin.read_text("utf-8").splitlines())
        if lignes > plafond:
            trop_longs.append((str(chemin.relative_to(RACINE)), lignes))
    assert trop_longs == []


def _fonctions(chemin: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for noeud in ast.walk(ast.parse(chemin.read_text("utf-8"))):
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
            yield noeud


def test_aucune_fonction_ne_depasse_soixante_lignes_et_neuf_sur_dix_trente():
    longueurs = []
    for chemin in _production():
        for fonction in _fonctions(chemin):
            assert fonction.end_lineno is not None
            taille = fonction.end_lineno - fonction.lineno + 1
            longueurs.append(taille)
            assert taille <= LIGNES_MAX_FONCTION, (chemin, fonction.name, taille)
    courtes = sum(taille < 30 for taille in longueurs)
    assert courtes >= 0.9 * len(longueurs)


def test_rien_sous_le_portail_ne_lit_lhorloge():
    fautes = []
    for chemin in _production():
        etage = chemin.relative_to(PAQUET).parts[0]
        if etage in {"portail", "commande", "reglages", "demo"} or chemin.name == "horloge.py":
            continue
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8"))):
            if isinstance(noeud, ast.ImportFrom | ast.Import) and etage != "socle":
                noms = [a.name for a in noeud.names]
                module = getattr(noeud, "module", "") or ""
                if module == "draille.socle.horloge" or "horloge" in noms:
                    fautes.append((chemin.name, noeud.lineno))
            if (
                isinstance(noeud, ast.Attribute)
                and isinstance(noeud.value, ast.Name)
                and (noeud.value.id, noeud.attr) in HORLOGE
            ):
                fautes.append((chemin.name, noeud.lineno))
    assert fautes == []


def test_les_identifiants_sont_sans_accent():
    for chemin in _production():
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8"))):
            nom = getattr(noeud, "name", None) or getattr(noeud, "id", None)
            if isinstance(nom, str):
                assert nom.isascii(), (chemin, nom)


def test_une_mesure_na_que_les_fichiers_prevus():
    for dossier in sorted((PAQUET / "mesures").iterdir()):
        if not (dossier / "apps.py").exists():
            continue
        assert (dossier / "mesure.py").exists(), dossier
        for chemin in dossier.iterdir():
            if chemin.is_file():
                racine = re.split(r"[_.]", chemin.stem)[0] + chemin.suffix
                assert chemin.name in FICHIERS_DE_MESURE or racine in FICHIERS_DE_MESURE, chemin


def test_toute_table_qui_nomme_une_personne_a_ses_murs():
    for modele in apps.get_models():
        nomme = any(
            getattr(champ, "remote_field", None)
            and champ.remote_field.model is Personne
            and not champ.auto_created
            for champ in modele._meta.get_fields()
        )
        if nomme and modele is not Personne:
            assert issubclass(modele, DonneePersonnelle), modele


@pytest.mark.django_db
def test_la_securite_par_ligne_est_posee_sur_chaque_table_personnelle():
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity"
        )
        gardees = {nom for (nom,) in curseur.fetchall()}
        curseur.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert curseur.fetchone() == (False, False, False, False)
        curseur.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND pg_get_userbyid(relowner) = current_user"
        )
        assert curseur.fetchall() == []
    assert {m._meta.db_table for m in modeles_personnels()} <= gardees


def test_le_depot_ne_parle_que_de_lui_meme():
    motif = re.compile(r"/work/|/root/")
    for chemin in _suivis():
        if chemin.suffix in {".py", ".md", ".html", ".yaml", ".toml", ".css", ".js", ""}:
            if chemin == Path(__file__) or chemin.name == "uv.lock":
                continue
            assert not motif.search(chemin.read_text("utf-8", errors="ignore")), chemin


# Ce qui peut toucher plus que son auteur ne lit (ADR 13) ; chacun vérifie le droit avant.
ELARGISSENT = {
    # On reçoit qui se présente, même d'un autre secteur ; sa démonstration écrit comme l'agent.
    "draille/mesures/accueil_social",
    "draille/mesures/accueil_social/actes",
    "draille/moteurs/partage",
    "draille/moteurs/rapprochement",
}


def test_seuls_ces_modules_elargissent_leurs_cles():
    trouves = {
        chemin.relative_to(PAQUET.parent).parent.as_posix()
        for chemin in PAQUET.rglob("*.py")
        if "tests" not in chemin.parts
        and chemin.name != "contexte.py"
        and "contexte.elargi(" in chemin.read_text("utf-8")
    }
    assert trouves <= ELARGISSENT
