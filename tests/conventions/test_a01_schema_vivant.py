"""A1. La graine :

« L'approche transversale qui caractérise les cinq axes du schéma (agir le plus tôt possible,
accueillir et informer, aller vers, accompagner, apprendre à travailler autrement) garantit une
appréhension globale de la politique de solidarité. »

« … en doublant le nombre de consultations de PMI d'ici 2023, en maintenant la réalisation des
bilans de santé […] en doublant le nombre d'enfants suivis issus de familles vulnérables […] »

« Les actions développées dans ce cadre permettront de mobiliser 1 M€ de l'Etat en regard de la même
somme investie par le Département […] »
"""

from datetime import date
from decimal import Decimal

from draille.ecrans import arbre
from draille.mesures.schema_solidarites import lectures, regles
from draille.mesures.schema_solidarites.actes import charger_schema
from draille.mesures.schema_solidarites.views_arbre import appuis_de, dresser
from tests.conventions import publie

LE = date(2021, 6, 1)


def schema() -> regles.Schema:
    dossier = next((publie.RACINE / "departements").glob("07_*"))
    return regles.charger_fichier(chemin=dossier / "schema.yaml")


def test_chaque_phrase_du_schema_est_dans_la_page():
    texte = publie.page("07_solidarites_2021.txt")
    lu = schema()
    (version,) = lu.versions
    preuves = [lu.preuve, *(x.preuve for x in version.axes)]
    for action in version.actions:
        assert action.preuve is not None
        preuves += [action.preuve, *(o.preuve for o in action.objectifs)]
        preuves += [m.preuve for m in action.montants]
    assert len(preuves) > 30
    assert [p.phrase for p in preuves if publie.a_plat(p.phrase) not in texte] == []


def test_les_cinq_axes_ont_des_actions_et_un_critere_d_evaluation():
    (version,) = schema().versions
    assert len(version.axes) == 5
    for axe in version.axes:
        assert axe.libelle.lower() in axe.preuve.phrase
        assert axe.actions
        assert axe.criteres


def test_les_objectifs_sont_tels_qu_ecrits():
    (version,) = schema().versions
    objectifs = {o.code: o for a in version.actions for o in a.objectifs}
    doubles = ["consultations", "enfants_vulnerables", "entretiens_prenataux", "visites_domicile"]
    for code in doubles:
        assert objectifs[code].genre is regles.GenreObjectif.MULTIPLICATEUR
        assert objectifs[code].valeur == 2
        assert "doublant" in objectifs[code].preuve.phrase
    assert objectifs["bilans_3_4_ans"].genre is regles.GenreObjectif.MAINTIEN
    assert {c: o.echeance_annee for c, o in objectifs.items() if o.echeance_annee} == {
        "consultations": 2023
    }
    heures = objectifs["heures_par_chequier"]
    assert (heures.valeur, heures.valeur_max, heures.unite) == (Decimal(5), Decimal(40), "heures")
    assert objectifs["un_mois"].valeur == 1


def test_le_contrat_enfance_porte_un_million_de_chaque_cote():
    (version,) = schema().versions
    montants = [(m.financeur, m) for a in version.actions for m in a.montants]
    assert [(f, m.valeur) for f, m in montants] == [
        ("État", Decimal(1_000_000)),
        ("Département", Decimal(1_000_000)),
    ]
    for _, montant in montants:
        assert montant.valeur in publie.montants_ecrits(montant.preuve.phrase)


def test_ce_que_draille_suit_se_lit_et_le_reste_est_dit_non_suivi(systeme):
    """Un appui qui nommerait un indicateur ou un délai disparu se verrait ici."""
    charger_schema(contenu=schema(), par=systeme, le=LE)
    (inscrit,) = lectures.schemas(departement="07")
    lus = arbre.lire(appuis=appuis_de(inscrit.versions[0]), acces=systeme, le=LE)
    # Les lignes d'autres livraisons : dites, jamais comptées zéro.
    assert {a.code for a, lu in lus.items() if not lu.est_suivi} == {
        "pmi",
        "pmi-consultations",
        "protection_enfance",
        "pass_numerique",
        "metiers_tension",
    }
    dresse = dresser(schema=inscrit, version=inscrit.versions[0], acces=systeme, le=LE, jour=LE)
    assert sum(len(x.actions) for x in dresse.axes) == len(inscrit.versions[0].actions)
    assert all(not a.valeur and not a.url for a in dresse.appuis if not a.est_suivi)
    assert len(list(dresse.rangees)) == sum(
        max(len(a.appuis), 1) for a in inscrit.versions[0].actions
    )
