"""Les règles du schéma, sans base : durée, révision, lecture à une date, fautes du fichier."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.schema_solidarites import regles
from draille.mesures.schema_solidarites.regles import Modification, Operation
from draille.socle.noeud import ErreurFichier
from draille.socle.refus import Refus

FICHIER = """\
departement: "99"
sources:
  page: {titre: La page, datee: 2021}
schema:
  code: essai
  titre: Schéma d'essai
  debut: 2021-01-01
  fin: 2026-01-01
  preuve: {phrase: Une phrase., source: page}
  mention: Rien.
  versions:
    - titre: Le premier
      adoptee_le: non publié
      deliberation: non publié
      axes:
        - code: un
          libelle: Un axe
          preuve: {phrase: Une phrase., source: page}
          criteres:
            - {code: c, libelle: Un critère, appui: {genre: indicateur, code: B1}}
          actions:
            - code: a
              libelle: Une action
              rattachement: propose
              preuve: {phrase: Une phrase., source: page}
              objectifs:
                - code: o
                  libelle: Un objectif
                  genre: multiplicateur
                  valeur: "2"
                  echeance_annee: non publié
                  preuve: {phrase: Une phrase., source: page}
        - {code: deux, libelle: Autre axe, preuve: {phrase: Une phrase., source: page}}
"""


def lire(texte: str = FICHIER) -> regles.Schema:
    return regles.charger(texte=texte, fichier="schema.yaml")


def ajouter(libelle: str, axe: str = "deux", appuis: tuple[Appui, ...] = ()) -> Modification:
    return Modification(operation=Operation.AJOUTER, cible=axe, libelle=libelle, appuis=appuis)


def test_le_fichier_se_lit_entier():
    (version,) = lire().versions
    axe, vide = version.axes
    assert [a.code for a in version.actions] == ["a"]
    assert axe.criteres[0].appui == Appui(GenreAppui.INDICATEUR, "B1", "Un critère")
    assert axe.actions[0].objectifs[0].echeance_annee is None
    assert (vide.actions, vide.criteres) == ((), ())


@pytest.mark.parametrize(
    ("de", "a", "dit"),
    [
        ("rattachement: propose", "rattachement: peut-être", "n'est pas admis"),
        ("genre: indicateur", "genre: autre", "n'est pas admis"),
        ('valeur: "2"', "valeur: deux", "n'est pas un nombre"),
        ("source: page}\n  mention", "source: x}\n  mention", "n'est pas décrite"),
        ("  mention: Rien.\n", "", "cette clé manque"),
    ],
)
def test_une_faute_du_fichier_dit_sa_ligne(de, a, dit):
    assert de in FICHIER
    with pytest.raises(ErreurFichier, match=dit) as levee:
        lire(FICHIER.replace(de, a, 1))
    assert levee.value.ligne > 1


@pytest.mark.parametrize(
    ("debut", "fin", "admis"),
    [
        (date(2021, 1, 1), date(2026, 1, 1), True),
        (date(2021, 1, 1), date(2026, 1, 2), False),
        (date(2020, 2, 29), date(2025, 3, 1), True),
        (date(2020, 2, 29), date(2025, 3, 2), False),
        (date(2021, 1, 1), date(2021, 1, 1), False),
        (None, date(2031, 1, 1), True),
        (date(2021, 1, 1), None, True),
    ],
)
def test_un_schema_dure_cinq_ans_au_plus(debut, fin, admis):
    if admis:
        regles.verifier_duree(debut=debut, fin=fin, annees=5)
        return
    with pytest.raises(Refus) as leve:
        regles.verifier_duree(debut=debut, fin=fin, annees=5)
    assert (leve.value.code, leve.value.base_legale) == (
        "schema_solidarites.duree",
        "CASF L312-4",
    )


@given(debut=st.dates(date(2000, 1, 1), date(2100, 1, 1)), annees=st.integers(1, 10))
def test_le_dernier_jour_est_toujours_admis_et_le_suivant_jamais(debut, annees):
    dernier = regles.dernier_jour(debut=debut, annees=annees)
    suite = date.fromordinal(dernier.toordinal() + 1)
    regles.verifier_duree(debut=debut, fin=suite, annees=annees)
    with pytest.raises(Refus):
        regles.verifier_duree(
            debut=debut, fin=date.fromordinal(suite.toordinal() + 1), annees=annees
        )


def test_la_version_d_une_date_est_la_derniere_adoptee():
    schema = lire()
    (premiere,) = schema.versions
    suite = replace(premiere, rang=1, adoptee_le=date(2022, 3, 1))
    schema = replace(schema, versions=(premiere, suite))
    assert regles.lire_au(schema=schema, le=date(2022, 2, 28)) is premiere
    assert regles.lire_au(schema=schema, le=date(2022, 3, 1)) is suite
    datee = replace(schema, versions=(replace(premiere, adoptee_le=date(2021, 1, 1)), suite))
    assert regles.lire_au(schema=datee, le=date(2020, 12, 31)) is None


def test_reviser_ajoute_renomme_retire_et_ne_touche_pas_l_ancienne():
    (version,) = lire().versions
    appui = Appui(GenreAppui.INDICATEUR, "B1")
    axes = regles.reviser(
        version=version,
        modifications=[
            ajouter(" Aller vers ", appuis=(appui,)),
            Modification(operation=Operation.RENOMMER, cible="a", libelle="Renommée"),
        ],
    )
    assert [a.libelle for x in axes for a in x.actions] == ["Renommée", "Aller vers"]
    assert axes[1].actions[0].appuis == (appui,)
    assert axes[1].actions[0].rattachement is regles.Rattachement.REVISION
    assert version == lire().versions[0]
    suite = replace(version, rang=1, axes=axes)
    assert [c.mots for c in regles.comparer(avant=version, apres=suite)] == [
        "renommée : Une action, devenue Renommée",
        "ajoutée : Aller vers",
    ]
    retirer = Modification(operation=Operation.RETIRER, cible="a")
    sans = replace(version, axes=regles.reviser(version=version, modifications=[retirer]))
    assert [c.mots for c in regles.comparer(avant=version, apres=sans)] == ["retirée : Une action"]


@pytest.mark.parametrize(
    "modifications",
    [
        [],
        [ajouter("Une action")],
        [ajouter("une ACTION ?")],
        [ajouter("X"), ajouter("x")],
        [ajouter("  ")],
        [ajouter("X", axe="trois")],
        [Modification(operation=Operation.RENOMMER, cible="a", libelle="")],
        [Modification(operation=Operation.RETIRER, cible="z")],
        [Modification(operation=Operation.RETIRER, cible="a")] * 2,
    ],
)
def test_une_revision_qui_ne_va_pas_se_refuse(modifications):
    version = lire(FICHIER.replace("code: a\n", "code: une_action\n")).versions[0]
    if modifications and modifications[0].cible == "a":
        version = lire().versions[0]
    with pytest.raises(Refus) as leve:
        regles.reviser(version=version, modifications=modifications)
    assert leve.value.code == "schema_solidarites.revision"
