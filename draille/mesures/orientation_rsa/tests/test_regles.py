"""Les règles : la table des passages, le questionnaire, la proposition et son fichier."""

import itertools
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.orientation_rsa.lectures_choix import organismes_admis, types_admis
from draille.mesures.orientation_rsa.regles import (
    OUVERTS,
    TRANSITIONS,
    Acte,
    Activite,
    Frein,
    Niveau,
    Projection,
    Qualification,
    Reponses,
    Statut,
    destinations,
    proposer,
    table,
)
from draille.mesures.orientation_rsa.regles.fichier import FICHIER, lire
from draille.socle.refus import Refus

EXEMPLES = [
    (fichier.stem, exemple)
    for fichier in sorted(Path(__file__).with_name("exemples").glob("*.yaml"))
    for exemple in yaml.safe_load(fichier.read_text(encoding="utf-8"))
]
# Écrits en dehors de la table : ce que le métier admet, acte par acte.
PERMIS = {
    Acte.OUVRIR: {None},
    Acte.RENCONTRER: {Statut.A_RENCONTRER, Statut.ORIENTEE},
    Acte.DIAGNOSTIQUER: {Statut.A_RENCONTRER, Statut.A_ORIENTER, Statut.ORIENTEE},
    Acte.ORIENTER: {Statut.A_RENCONTRER, Statut.A_ORIENTER},
    Acte.REORIENTER: {Statut.ORIENTEE},
    Acte.NOTIFIER: {Statut.ORIENTEE},
    Acte.FERMER_SANS_SUITE: {Statut.A_RENCONTRER, Statut.A_ORIENTER},
    Acte.ROUVRIR: {Statut.SANS_SUITE},
}


@pytest.mark.parametrize(("acte", "de"), list(itertools.product(Acte, [None, *Statut])))
def test_chaque_acte_nest_permis_que_la_ou_le_metier_ladmet(acte, de):
    assert bool(destinations(acte=acte, de=de)) == (de in PERMIS[acte])


def test_seule_la_reouverture_a_deux_destinations():
    for acte, de in itertools.product(Acte, [None, *Statut]):
        vers = destinations(acte=acte, de=de)
        assert len(vers) <= 1 or acte is Acte.ROUVRIR
    assert destinations(acte=Acte.ROUVRIR, de=Statut.SANS_SUITE) == OUVERTS


def test_chaque_statut_satteint_et_aucun_passage_nest_repete():
    assert {vers for _, _, vers in TRANSITIONS} == set(Statut)
    assert len(set(TRANSITIONS)) == len(TRANSITIONS)


def _reponses(brut) -> Reponses:
    return Reponses(
        activite=Activite(brut["activite"]),
        projection=Projection(brut["projection"]),
        qualification=Qualification(brut["qualification"]),
        duree_sans_emploi_mois=brut.get("duree_sans_emploi_mois"),
        freins={Frein(f): Niveau(n) for f, n in brut["freins"].items()},
    )


@pytest.mark.parametrize(
    ("fichier", "exemple"), EXEMPLES, ids=[f"{f} : {e['cas']}" for f, e in EXEMPLES]
)
def test_les_exemples(fichier, exemple):
    reponses = _reponses(exemple["reponses"])
    assert reponses.incoherence() == ""
    proposition = proposer(reponses=reponses, le=exemple["le"], table=table())
    assert (proposition.type_parcours, proposition.regle, proposition.raisons[0]) == (
        exemple["attendu"],
        exemple["regle"],
        exemple["raison"],
    )
    assert proposition.regime == (
        "plein_emploi_2025" if exemple["le"] >= date(2025, 1, 1) else "rsa_2009"
    )


def test_chaque_regle_a_son_exemple():
    montrees = {e["regle"] for _, e in EXEMPLES}
    assert montrees == {r.code for regime in table().regimes for r in regime.regles}


@st.composite
def questionnaires(draw) -> Reponses:
    return Reponses(
        activite=draw(st.sampled_from(Activite)),
        projection=draw(st.sampled_from(Projection)),
        qualification=draw(st.sampled_from(Qualification)),
        duree_sans_emploi_mois=draw(st.none() | st.integers(-5, 900)),
        freins=draw(st.dictionaries(st.sampled_from(Frein), st.sampled_from(Niveau))),
    )


@given(questionnaires(), st.dates(date(2009, 6, 1), date(2060, 1, 1)))
def test_une_proposition_existe_toujours_avec_ses_raisons(reponses, le):
    proposition = proposer(reponses=reponses, le=le, table=table())
    assert proposition.type_parcours in types_admis(le=le)
    assert len(proposition.raisons) >= 2
    assert all(r.strip().endswith(".") for r in proposition.raisons)
    assert proposition.reference
    assert isinstance(reponses.incoherence(), str)


@given(questionnaires(), st.dates(date(2025, 1, 1), date(2060, 1, 1)))
def test_qui_se_projette_nest_jamais_mis_a_lecart_de_lemploi(reponses, le):
    if reponses.projection is not Projection.NON:
        proposition = proposer(reponses=reponses, le=le, table=table())
        assert proposition.type_parcours != "insertion_sociale"


@given(questionnaires())
def test_le_frein_absent_vaut_sans_impact(reponses):
    complet = Reponses(
        activite=reponses.activite,
        projection=reponses.projection,
        qualification=reponses.qualification,
        duree_sans_emploi_mois=reponses.duree_sans_emploi_mois,
        freins={f: reponses.freins.get(f, Niveau.SANS_IMPACT) for f in Frein},
    )
    le = date(2025, 3, 1)
    assert proposer(reponses=complet, le=le, table=table()) == proposer(
        reponses=reponses, le=le, table=table()
    )


def test_les_raisons_disent_les_reponses():
    reponses = Reponses(
        activite=Activite.JAMAIS,
        projection=Projection.NON,
        qualification=Qualification.CAP_BEP,
        freins={Frein.LOGEMENT: Niveau.FORT, Frein.GARDE: Niveau.FORT, Frein.SANTE: Niveau.MOYEN},
    )
    assert proposer(reponses=reponses, le=date(2020, 10, 1), table=table()).raisons[1:] == (
        "Jamais d'activité.",
        "Ne se projette pas pour le moment.",
        "Qualification : CAP ou BEP.",
        "Freins forts : logement, garde d'enfant.",
        "Frein moyen : santé.",
    )


def test_avant_le_rsa_aucune_regle():
    with pytest.raises(Refus) as refus:
        proposer(
            reponses=_reponses(EXEMPLES[0][1]["reponses"]), le=date(2009, 5, 31), table=table()
        )
    assert refus.value.code == "orientation_rsa.regime_absent"


@pytest.mark.parametrize(
    ("activite", "duree", "attendu"),
    [
        (Activite.EN_COURS, 3, "Une activité est en cours"),
        (Activite.RECENTE, 25, "moins de deux ans"),
        (Activite.ANCIENNE, 23, "plus de deux ans"),
        (Activite.JAMAIS, -1, "négative"),
        (Activite.EN_COURS, 0, ""),
        (Activite.RECENTE, 24, ""),
        (Activite.ANCIENNE, 24, ""),
        (Activite.JAMAIS, None, ""),
    ],
)
def test_les_reponses_qui_ne_vont_pas_ensemble(activite, duree, attendu):
    reponses = Reponses(
        activite=activite,
        projection=Projection.OUI,
        qualification=Qualification.BAC,
        duree_sans_emploi_mois=duree,
    )
    assert (attendu in reponses.incoherence()) and bool(reponses.incoherence()) == bool(attendu)


def test_les_types_et_les_organismes_de_chaque_date_ont_un_nom():
    assert list(types_admis(le=date(2020, 10, 1))) == ["professionnel", "social"]
    assert list(types_admis(le=date(2025, 1, 1))) == [
        "emploi_professionnel",
        "socio_professionnel",
        "insertion_sociale",
    ]
    assert organismes_admis(le=date(2023, 12, 31))["pole_emploi"] == "Pôle emploi"
    assert "pole_emploi" not in organismes_admis(le=date(2024, 1, 1))
    for regime in table().regimes:
        assert {r.type_parcours for r in regime.regles} <= set(types_admis(le=regime.du))


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("type: social", "type: sociale", "« sociale » n'est pas dans « types »"),
        ("freins_forts_parmi", "freins_fort_parmi", "condition inconnue"),
        ("[logement, sante]", "[logement, santé]", "condition illisible"),
        ("{au_moins: 2}", "{minimum: 2}", "condition illisible"),
        ("du: 2025-01-01", "du: 2025-02-01", "ne suit pas le régime précédent"),
        ("si: {}", "si: {freins_forts: {au_plus: 9}}", "doit convenir à tous"),
        ("raison:", "raisons:", "les clés attendues"),
    ],
)
def test_une_faute_dans_le_fichier_se_dit(tmp_path, avant, apres, message):
    texte = FICHIER.read_text(encoding="utf-8")
    assert avant in texte
    copie = tmp_path / "regles.yaml"
    copie.write_text(texte.replace(avant, apres), encoding="utf-8")
    with pytest.raises(Refus, match=message):
        lire(chemin=copie)
