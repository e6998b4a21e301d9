"""Inscrire le schéma, le dater, le réviser : rien ne se réécrit, tout s'écrit au journal."""

from dataclasses import replace
from datetime import date

import pytest

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.schema_solidarites import lectures, regles
from draille.mesures.schema_solidarites.actes import (
    SaisieRevision,
    charger_schema,
    dater_schema,
    reviser_schema,
)
from draille.mesures.schema_solidarites.demo import charger
from draille.mesures.schema_solidarites.models import Schema, Version
from draille.mesures.schema_solidarites.regles import Modification, Operation
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus

LE = date(2021, 6, 1)


def refuse(code: str, acte, **options) -> None:
    avant = (LigneJournal.objects.count(), Version.objects.count())
    with pytest.raises(Refus) as leve:
        acte(**options)
    assert leve.value.code == code
    assert (LigneJournal.objects.count(), Version.objects.count()) == avant


def agent(role: Role) -> Acces:
    cles = frozenset({cle_generale(compartiment=Compartiment.INSERTION)})
    return Acces(None, None, str(role), {role: cles})


def saisie(jour: str = "2021-05-03", *modifications: Modification) -> SaisieRevision:
    ajout = Modification(
        operation=Operation.AJOUTER,
        cible="aller_vers",
        libelle="Aller vers les saisonniers",
        appuis=(Appui(GenreAppui.MESURE, "accueil_social"),),
    )
    return SaisieRevision(
        adoptee_le=date.fromisoformat(jour),
        deliberation="2021-33 (fictive)",
        motif="Les suivre.",
        modifications=modifications or (ajout,),
    )


def lu() -> regles.Schema:
    (schema,) = lectures.schemas(departement="07")
    return schema


def test_le_schema_inscrit_se_relit_tel_que_le_fichier(inscrit, publie):
    assert lu() == publie
    lignes = LigneJournal.objects.filter(code__startswith="schema_solidarites.")
    assert lignes.filter(code="schema_solidarites.adopter").count() == 1
    assert lignes.filter(code="schema_solidarites.inscrire_action").count() == 16
    assert {ligne.le for ligne in lignes} == {date(2021, 1, 4)}


def test_recharger_n_ecrit_rien(inscrit, publie, systeme):
    avant = LigneJournal.objects.count()
    assert charger_schema(contenu=publie, par=systeme, le=LE) == 0
    assert LigneJournal.objects.count() == avant


def test_le_fichier_ne_reecrit_pas_une_version(inscrit, publie, systeme):
    change = replace(publie.versions[0], titre="Autre")
    refuse(
        "schema_solidarites.modifie",
        charger_schema,
        contenu=replace(publie, versions=(change,)),
        par=systeme,
        le=LE,
    )


def test_une_version_adoptee_plus_tard_attend_son_jour(inscrit, publie, systeme):
    suite = replace(publie.versions[0], rang=1, adoptee_le=date(2021, 9, 1), titre="La suite")
    contenu = replace(publie, versions=(*publie.versions, suite))
    assert charger_schema(contenu=contenu, par=systeme, le=date(2021, 8, 31)) == 0
    assert charger_schema(contenu=contenu, par=systeme, le=date(2021, 9, 1)) == 1


def test_une_revision_laisse_la_lecture_d_hier_inchangee(inscrit, publie, systeme):
    veille = date(2021, 5, 2)
    avant = lectures.version_au(departement="07", code="schema_solidarites", le=veille)
    assert reviser_schema(schema_id=inscrit.pk, saisie=saisie(), par=systeme, le=LE) == 1
    assert lectures.version_au(departement="07", code="schema_solidarites", le=veille) == avant
    apres = lectures.version_au(departement="07", code="schema_solidarites", le=LE)
    assert [c.mots for c in regles.comparer(avant=avant, apres=apres)] == [
        "ajoutée : Aller vers les saisonniers"
    ]
    ligne = LigneJournal.objects.get(code="schema_solidarites.adopter", le=date(2021, 5, 3))
    assert (ligne.charge["rang"], ligne.charge["actions"]) == (1, 17)
    # Le fichier d'origine reste reconnu après elle.
    assert charger_schema(contenu=publie, par=systeme, le=LE) == 0


@pytest.mark.parametrize("jour", ["2021-06-02", "2021-05-03", "2021-05-02"])
def test_une_revision_vient_apres_la_precedente_et_pas_de_l_avenir(inscrit, systeme, jour):
    reviser_schema(schema_id=inscrit.pk, saisie=saisie(), par=systeme, le=LE)
    retirer = Modification(operation=Operation.RETIRER, cible="pdi")
    refuse(
        "schema_solidarites.date",
        reviser_schema,
        schema_id=inscrit.pk,
        saisie=saisie(jour, retirer),
        par=systeme,
        le=LE,
    )


def test_la_duree_se_saisit_une_fois_et_tient_dans_cinq_ans(inscrit, systeme):
    options = {"schema_id": inscrit.pk, "deliberation": "2019-1", "par": systeme, "le": LE}
    trop = {"debut": date(2019, 1, 1), "fin": date(2024, 1, 2)}
    refuse("schema_solidarites.duree", dater_schema, **trop, **options)
    bornes = {"debut": date(2019, 1, 1), "fin": date(2024, 1, 1)}
    dater_schema(**bornes, **options)
    assert (lu().debut, lu().fin) == (date(2019, 1, 1), date(2024, 1, 1))
    refuse("schema_solidarites.deja_date", dater_schema, **bornes, **options)
    assert LigneJournal.objects.get(code="schema_solidarites.dater").charge["fin"] == "2024-01-01"


def test_un_schema_trop_long_ne_s_inscrit_pas(publie, systeme):
    contenu = replace(publie, debut=date(2019, 1, 1), fin=date(2025, 1, 1))
    refuse("schema_solidarites.duree", charger_schema, contenu=contenu, par=systeme, le=LE)
    assert not Schema.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATEUR, Role.CADRE, Role.ACCUEIL])
def test_seul_le_pilote_revise_et_date(inscrit, role):
    par = agent(role)
    options = {"schema_id": inscrit.pk, "par": par, "le": LE}
    refuse("acces.refuse", reviser_schema, saisie=saisie(), **options)
    refuse(
        "acces.refuse",
        dater_schema,
        debut=LE,
        fin=date(2022, 1, 1),
        deliberation="x",
        **options,
    )


def test_un_cadre_ne_charge_pas_et_l_inconnu_est_dit(publie, systeme):
    refuse("acces.refuse", charger_schema, contenu=publie, par=agent(Role.CADRE), le=LE)
    refuse(
        "schema_solidarites.inconnu",
        reviser_schema,
        schema_id=0,
        saisie=saisie(),
        par=systeme,
        le=LE,
    )


def test_la_demonstration_se_rejoue_sans_rien_doubler(systeme, settings):
    options = {"racine": settings.RACINE, "par": systeme, "le": LE}
    assert charger(departement="07", **options) == 1
    assert charger(departement="07", **options) == 0
    assert charger(departement="43", **options) == 0
    assert Schema.objects.count() == 1
