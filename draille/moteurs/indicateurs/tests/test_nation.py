"""Les mêmes définitions sur PostgreSQL, DuckDB et Spark ; ce que les fichiers disent et taisent."""

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from draille.moteurs.indicateurs import adaptateur, nation
from draille.moteurs.indicateurs.adaptateur_export import (
    Pseudonymes,
    exporter_actes,
    exporter_agregats,
)
from draille.moteurs.indicateurs.calcul import Compte, Periode
from draille.moteurs.indicateurs.calcul_groupes import grouper
from draille.moteurs.indicateurs.nation import agregats, schema
from draille.moteurs.indicateurs.nation.calcul import TOUS, calculer
from draille.moteurs.indicateurs.nation.traduction import Intraduisible, cles_lues, traduire
from draille.moteurs.indicateurs.registre import Indicateur, indicateurs
from draille.moteurs.indicateurs.tests import journal_au_hasard
from draille.noyau.journal.models import LigneJournal
from draille.socle.refus import Refus

LE = date(2020, 12, 31)
AN = Periode.annee(2020)
DEPARTEMENTS = ("07", "43")


def _formes():
    """Chaque unicité de chaque sujet, chaque façon de répondre : ce que rien ne déclare encore."""
    commun = {"version": 1, "libelle": "", "definition": "", "source": ""}
    formes = [
        {
            "unicite": unicite,
            "sujet": sujet,
            "condition": "n.le <= (d.le + interval '1 month')::date",
        }
        for unicite in ("mois", "premiere")
        for sujet in ("personne", "objet", "agent")
    ]
    formes += [
        {"unicite": "aucune", "filtre": "d.charge ->> 'motif' = 'referent'"},
        {"unicite": "aucune", "filtre": "d.personne_id IS NOT NULL", "condition": "n.id <> d.id"},
        {"reponse": "la_meme", "anciennete_min_jours": 45, "unicite": "aucune"},
    ]
    for rang, forme in enumerate(formes):
        yield Indicateur(
            **commun,
            code=f"forme-{rang}",
            denominateur=("suivi_rsa.entrer", "rendez_vous.fixer_referent"),
            numerateur=("orientation_rsa.orienter", "rendez_vous.fixer_referent"),
            **forme,
        )


def _definitions():
    return [*indicateurs(), *_formes()]


@pytest.fixture
def exportes(systeme, tmp_path):
    """Deux Départements exportés, et ce que PostgreSQL compte pour chacun."""
    comptes, definitions = {}, _definitions()
    for graine, departement in enumerate(DEPARTEMENTS):
        # Le second a les actes du premier et d'autres : leurs comptes diffèrent partout.
        journal_au_hasard.ecrire(indicateurs=definitions, graine=graine, lignes=700)
        commun = {"departement": departement, "indicateurs": definitions, "acces": systeme}
        exporter_actes(vers=tmp_path / "actes", le=LE, **commun)
        comptes[departement] = adaptateur.toutes(
            indicateurs=definitions, periode=AN, acces=systeme, le=LE
        )
    return tmp_path, comptes


def _formes_distinctes(definitions):
    """Des groupes entiers, sans ceux dont chaque SQL ne diffère d'un autre que par un mot."""
    vues, gardees = set(), []
    for groupe in grouper(definitions):
        lus = [m.indicateur for m in groupe.membres]
        formes = {
            (
                re.sub(r"'[^']*'|\d+", "?", f"{i.filtre} / {i.condition}"),
                (i.unicite, i.sujet, i.reponse, bool(i.numerateur), bool(i.anciennete_min_jours)),
            )
            for i in lus
        }
        gardees += lus if formes - vues else []
        vues |= formes
    return gardees


def _comparer(exportes, moteur, definitions):
    dossier, comptes = exportes
    lue = calculer(dossiers=[dossier], indicateurs=definitions, moteur=moteur)
    assert lue.departements == DEPARTEMENTS
    assert not lue.ecartees
    assert lue.le == LE
    for i in definitions:
        series = lue.series[schema.nom_de(i)]
        for departement in DEPARTEMENTS:
            assert series[departement] == comptes[departement][i.code], (i.code, departement)
        sommes = [
            Compte(a.denominateur + b.denominateur, a.numerateur + b.numerateur)
            for (_, a), (_, b) in zip(*(comptes[d][i.code] for d in DEPARTEMENTS), strict=True)
        ]
        assert [c for _, c in series[TOUS]] == sommes
    # Un essai où tout serait à zéro ne comparerait rien.
    assert sum(c.numerateur for s in comptes["43"].values() for _, c in s) > 100


def test_duckdb_compte_comme_postgresql(exportes):
    _comparer(exportes, "duckdb", _definitions())


def _sans_java():
    return shutil.which("java") is None and "JAVA_HOME" not in os.environ


@pytest.mark.lent
def test_spark_compte_comme_postgresql(exportes, tmp_path, monkeypatch):
    if _sans_java():
        if os.environ.get("CI"):
            pytest.fail("Java manque : Spark doit être éprouvé ici")
        pytest.skip("Java absent : Spark n'est pas éprouvé")
    # De quoi aller vite sur quelques lignes : une tâche par étape, sans code compilé.
    reglages = {
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.master": "local[2]",
    }
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text("\n".join(f"{c} {v}" for c, v in reglages.items()))
    monkeypatch.setenv("SPARK_CONF_DIR", str(conf))
    # Spark met une seconde par groupe, si peu d'actes qu'il ait : une fois chaque forme de SQL.
    definitions = _formes_distinctes(_definitions())
    assert len(definitions) > 20
    _comparer(exportes, "spark", definitions)


# --- Ce que les fichiers contiennent -------------------------------------------------------------


def test_les_actes_exportes_ne_disent_de_personne_que_des_pseudonymes(exportes):
    dossier, _ = exportes
    (chemin,) = (dossier / "actes").glob("actes-43-*")
    table = pq.read_table(chemin)
    communes = {nom for nom, *_ in schema.COLONNES_ACTES}
    charges = set(table.column_names) - communes
    assert charges == set(schema.lire_manifeste(chemin=chemin, contenu="actes").cles)
    identifiants = set(LigneJournal.objects.values_list("personne_id", flat=True))
    assert not identifiants & (set(table["personne"].to_pylist()) - {None})
    # Une clé lue sur un acte n'est pas exportée sur un autre.
    ou = cles_lues(_definitions())
    for colonne in charges:
        (codes,) = {c for (cle, n), c in ou.items() if colonne == f"{n[0].replace('t', 'c')}_{cle}"}
        portent = table.filter(pa.compute.is_valid(table[colonne]))["code"].to_pylist()
        assert set(portent) <= codes


def test_deux_exports_ne_se_rapprochent_pas(systeme, tmp_path):
    journal_au_hasard.ecrire(indicateurs=indicateurs(), graine=1, lignes=60)
    vus = []
    for nom in ("un", "deux"):
        chemin = exporter_actes(
            vers=tmp_path / nom, departement="43", indicateurs=indicateurs(), acces=systeme, le=LE
        )
        vus.append(set(pq.read_table(chemin)["personne"].to_pylist()) - {None})
    assert len(vus[0]) == len(vus[1]) > 5
    assert not vus[0] & vus[1]


def test_un_pseudonyme_ne_change_pas_dans_un_export_et_separe_les_natures():
    p = Pseudonymes()
    assert p.de(nature="personne", identifiant=7) == p.de(nature="personne", identifiant=7)
    assert p.de(nature="personne", identifiant=7) != p.de(nature="objet", identifiant=7)
    assert p.de(nature="agent", identifiant=None) is None
    assert 0 < p.de(nature="agent", identifiant=1) <= 2**62


def test_un_texte_libre_ne_sort_pas(systeme, tmp_path):
    i = Indicateur(
        code="x",
        version=1,
        libelle="",
        definition="",
        source="",
        denominateur=("essai.dire",),
        filtre="d.charge ->> 'mots' = 'oui'",
    )
    LigneJournal.objects.create(
        code="essai.dire",
        version=1,
        le=LE,
        charge={"mots": "Madame Untel, au 3 rue des Lilas, dit"},
    )
    commun = {"departement": "43", "indicateurs": [i], "acces": systeme, "le": LE}
    exporter_actes(vers=tmp_path / "court", **commun)
    LigneJournal.objects.create(code="essai.dire", version=1, le=LE, charge={"mots": "a" * 41})
    with pytest.raises(Refus) as refus:
        exporter_actes(vers=tmp_path / "long", **commun)
    assert refus.value.code == "consolidation.texte_libre"
    assert list((tmp_path / "long").iterdir()) == []


def test_chaque_export_se_trace_et_ne_remplace_rien(systeme, tmp_path):
    commun = {"departement": "43", "indicateurs": indicateurs(), "acces": systeme, "le": LE}
    exporter_actes(vers=tmp_path, **commun)
    exporter_agregats(vers=tmp_path, periode=AN, **commun)
    traces = LigneJournal.objects.filter(code="indicateurs.exporter").order_by("id")
    assert [t.charge["contenu"] for t in traces] == ["actes", "agregats"]
    with pytest.raises(Refus) as refus:
        exporter_agregats(vers=tmp_path, periode=AN, **commun)
    assert refus.value.code == "consolidation.existe"


def test_les_agregats_sortis_taisent_les_petits_nombres(systeme, tmp_path):
    # Les définitions d'une ligne : assez d'actes par mois pour en montrer et en taire.
    definitions = indicateurs(ligne_convention="orientation_rsa")
    journal_au_hasard.ecrire(indicateurs=definitions, graine=3, lignes=2500)
    chemin = exporter_agregats(
        vers=tmp_path,
        departement="43",
        indicateurs=definitions,
        periode=AN,
        acces=systeme,
        le=LE,
    )
    manifeste, rangees = agregats.lire(chemin=chemin, seuil=11)
    assert manifeste.lignes == len(rangees) == 12 * len(definitions)
    assert any(r.compte.denominateur is None for r in rangees)
    vrais = adaptateur.toutes(indicateurs=definitions, periode=AN, acces=systeme, le=LE)
    montres = [r for r in rangees if r.compte.numerateur]
    assert montres
    for r in montres:
        vrai = dict(vrais[r.code])[r.mois]
        assert (r.compte.denominateur, r.compte.numerateur) == (vrai.denominateur, vrai.numerateur)


# --- Ce qu'un fichier ne doit pas être -----------------------------------------------------------


def _fichier(chemin: Path, colonnes=None, **champs):
    manifeste = schema.Manifeste(
        **{
            "contenu": "agregats",
            "schema": schema.VERSION,
            "departement": "07",
            "arrete_le": LE,
            "debut": AN.debut,
            "fin": AN.fin,
            "definitions": {},
            "cles": (),
            "lignes": 1,
            **champs,
        }
    )
    valeurs = {
        "departement": ["07"],
        "code": ["B1"],
        "version": [1],
        "mois": [date(2020, 1, 1)],
        "denominateur": [40],
        "numerateur": [20],
        **(colonnes or {}),
    }
    table = pa.table(valeurs).replace_schema_metadata({"draille": manifeste.en_json()})
    pq.write_table(table, chemin)
    return chemin


@pytest.mark.parametrize(
    ("colonnes", "champs", "code", "mot"),
    [
        ({"nom": ["Dupont"]}, {}, "consolidation.fichier", "nom"),
        ({"c_nom": ["Dupont"]}, {"cles": ("c_nom",)}, "consolidation.fichier", "colonnes"),
        ({}, {"schema": 99}, "consolidation.fichier", "schéma 99"),
        ({}, {"contenu": "actes"}, "consolidation.fichier", "agrégats"),
        ({"denominateur": [10]}, {}, "consolidation.petit_nombre", "moins de 11"),
        ({"numerateur": [3]}, {}, "consolidation.petit_nombre", "moins de 11"),
        ({"numerateur": [35]}, {}, "consolidation.petit_nombre", "moins de 11"),
        ({"numerateur": [41]}, {}, "consolidation.petit_nombre", "moins de 11"),
    ],
)
def test_un_fichier_qui_nest_pas_dagregats_est_refuse(tmp_path, colonnes, champs, code, mot):
    chemin = _fichier(tmp_path / "x.parquet", colonnes, **champs)
    with pytest.raises(Refus) as refus:
        agregats.lire(chemin=chemin, seuil=11)
    assert refus.value.code == code
    assert mot in str(refus.value)


@pytest.mark.parametrize("contenu", [b"", b"PAR1 rien", b"nom;prenom\n"])
def test_un_fichier_illisible_est_refuse(tmp_path, contenu):
    (tmp_path / "x.parquet").write_bytes(contenu)
    with pytest.raises(Refus, match="Parquet"):
        agregats.lire(chemin=tmp_path / "x.parquet", seuil=11)


def test_un_fichier_dagregats_correct_se_lit(tmp_path):
    manifeste, (rangee,) = agregats.lire(chemin=_fichier(tmp_path / "x.parquet"), seuil=11)
    assert (manifeste.departement, manifeste.arrete_le) == ("07", LE)
    assert rangee.compte == agregats.CompteTu(40, 20)
    assert rangee.compte.taux == 0.5


def test_un_departement_deux_fois_est_refuse(exportes):
    dossier, _ = exportes
    (chemin,) = (dossier / "actes").glob("actes-43-*")
    (dossier / "encore").mkdir()
    shutil.copy(chemin, dossier / "encore" / chemin.name)
    with pytest.raises(Refus) as refus:
        calculer(dossiers=[dossier], indicateurs=indicateurs())
    assert refus.value.code == "consolidation.doublon"


def test_une_definition_qui_differe_nest_pas_comparee(exportes):
    dossier, _ = exportes
    autre = Indicateur(
        **{c: getattr(indicateurs()[0], c) for c in Indicateur.__slots__ if c != "filtre"},
        filtre="d.le > '2020-01-01'",
    )
    inconnue = Indicateur(
        code="neuve", version=1, libelle="", definition="", source="", denominateur=("a.b",)
    )
    lue = calculer(dossiers=[dossier], indicateurs=[autre, inconnue])
    assert lue.series == {}
    assert [e.pourquoi for e in lue.ecartees] == [
        "définie autrement par 07, 43",
        "inconnue de 07, 43",
    ]


def test_sans_fichier_la_phrase_le_dit(tmp_path):
    with pytest.raises(Refus, match="Aucun fichier"):
        calculer(dossiers=[tmp_path], indicateurs=indicateurs())


# --- Le petit SQL des déclarations ---------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "d.commune_id = 3",
        "d.cle_acces > 0",
        "d.charge ->> 'a' ->> 'b' = 'c'",
        "d.charge -> 'a' ->> 'b' = 'c'",
        "d.le > (SELECT max(le) FROM noyau_lignejournal)",
        "d.le > now()",
        "extract(year FROM d.le) = 2020",
        "d.le + n.le > d.le",
        "d.le IN (SELECT le FROM noyau_lignejournal)",
        "(d.charge ->> 'x')::inet IS NOT NULL",
    ],
)
def test_ce_qui_nest_pas_connu_est_refuse(sql):
    import ibis

    t = ibis.table({"le": "date", "c_a": "string", "c_x": "string"}, name="t")
    with pytest.raises((Intraduisible, AttributeError)) as refus:
        traduire(sql=sql, colonne=lambda _, nom: t[nom])
    assert refus.type is Intraduisible


def test_le_schema_publie_est_a_jour():
    publie = Path(nation.__file__).with_name("schema.json")
    assert json.loads(publie.read_text("utf-8")) == schema.publier([])
