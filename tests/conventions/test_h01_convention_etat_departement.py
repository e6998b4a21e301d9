"""H1. La graine :

« Dans le cadre de la stratégie nationale de lutte contre la pauvreté, l'Etat et le Département de
la Haute-Loire ont signé une convention triennale (2019-2021). Convention au terme de laquelle
Département et Etat s'engagent ensemble et à parité en termes de financement (346 875,66 € chacun),
sur huit mesures : cinq nationales relevant de la volonté de l'Etat et trois à l'initiative du
Département. »
"""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention.regles import (
    EtatParite,
    EtatPeriode,
    Nature,
    Portee,
    comptage,
    ecart_inexplique,
    lire_au,
    parites,
)
from tests.conventions import publie

OCTOBRE = date(2020, 10, 31)
LIGNES = {
    "autonomie_jeunes": (128000, ("autonomie_jeunes",)),
    "accueil_social": (62000, ("accueil_social",)),
    "referent_et_chantiers": (140249, ("referent_unique", "chantiers_insertion")),
    "accompagnement": (94000, ("accompagnement_global", "travailleurs_independants")),
    "orientation_rsa": (82000, ("orientation_rsa",)),
    "formation": (18000, ("formation",)),
    "mobilite": (114000, ("mobilite",)),
    "guichet_entreprises": (32000, ("guichet_entreprises",)),
    "sante": (23143, ("sante",)),
}


def lue(le: date = OCTOBRE):
    return lire_au(convention=publie.convention("43", "convention_pauvrete_2019_2021"), le=le)


def test_l_etat_et_le_departement_s_engagent_a_parite():
    lecture = lue()
    ((niveau, parite),) = parites(
        financements=lecture.financements, lignes=lecture.lignes, regle=lecture.convention.parite
    )
    assert niveau == "total"
    assert parite.etat is EtatParite.EXACTE
    assert parite.montant_etat == parite.montant_departement == Decimal("346875.66")
    assert parite.montant_total == Decimal("693751.32")
    assert parite.part_etat == Decimal("0.5")


def test_les_neuf_lignes_et_les_mesures_qui_les_executent():
    lues = {x.code: (x.montant, x.mesures) for x in lue().lignes}
    assert lues == {c: (Decimal(m), mesures) for c, (m, mesures) in LIGNES.items()}
    assert sum(m for m, _ in lues.values()) == Decimal(693392)


def test_le_partage_de_chaque_ligne_n_est_pas_publie():
    assert not any(x.repartition_est_publiee for x in lue().lignes)
    assert lue().convention.parite.portee is Portee.TOTAL


def test_l_ecart_de_359_euros_32_est_montre_comme_une_hypothese():
    lecture = lue()
    ecart = ecart_inexplique(
        financements=lecture.financements,
        lignes=lecture.lignes,
        hypothese=lecture.hypotheses.ecart_des_montants,
    )
    assert ecart.montant == Decimal("359.32")
    assert ecart.lignes_arrondies == 7
    assert ecart.tient_dans_l_arrondi
    assert "hypothèse" in ecart.hypothese


def test_huit_mesures_annoncees_neuf_lignes_detaillees():
    lecture = lue()
    compte = comptage(
        annonce=lecture.annonce,
        lignes=lecture.lignes,
        hypothese=lecture.hypotheses.ecart_du_nombre,
    )
    assert (compte.annonce, compte.lignes, compte.difference) == (8, 9, 1)
    assert compte.par_nature == ((Nature.NATIONALE, 5, 6), (Nature.DEPARTEMENTALE, 3, 3))
    assert "hypothèse" in compte.hypothese


def test_la_nature_des_lignes_est_dite_deduite():
    assert all(x.nature_est_deduite for x in lue().lignes)
    assert lue().hypotheses.nature_des_lignes


def test_les_montants_sont_ceux_de_l_avenant_signe_le_23_octobre_2020():
    veille, jour = lue(date(2020, 10, 22)), lue(date(2020, 10, 23))
    assert veille.lignes == veille.financements == ()
    assert veille.periode is EtatPeriode.EN_COURS
    assert "signé le 23/10/2020" in veille.mention
    assert jour.mention == "Montants de l'avenant 2020."
    assert len(jour.lignes) == 9
    (avenant,) = jour.convention.avenants
    assert [s.fonction for s in avenant.signataires] == [
        "Président du Département de la Haute-Loire",
        "Commissaire à la lutte contre la pauvreté de la région AURA",
        "Préfet de la Haute-Loire",
    ]


@pytest.mark.parametrize(
    ("le", "periode"),
    [
        (date(2018, 12, 31), EtatPeriode.A_VENIR),
        (date(2019, 1, 1), EtatPeriode.EN_COURS),
        (date(2021, 12, 31), EtatPeriode.EN_COURS),
        (date(2022, 1, 1), EtatPeriode.TERMINEE),
    ],
)
def test_la_convention_couvre_2019_2020_et_2021(le, periode):
    assert lue(le).periode is periode


def test_rencontrer_les_nouveaux_entrants_en_moins_d_un_mois():
    cible = publie.cibles("43", "convention_pauvrete_2019_2021")["moins_d_un_mois"]
    assert (cible.genre, cible.valeur, cible.unite) == ("moins_de", Decimal(1), "mois")


def test_chaque_phrase_est_dans_la_page():
    texte = publie.page("43_convention_pauvrete.txt")
    contenu = publie.contenu("43")
    objets = [x.objet for c in contenu.conventions for t in c.textes for x in t.lignes]
    phrases = [p.phrase for p in publie.preuves(contenu)] + objets
    assert len(phrases) > 20
    absentes = [p for p in phrases if publie.a_plat(p) not in texte]
    assert absentes == []


def test_chaque_montant_se_lit_dans_sa_phrase():
    lecture = lue()
    for ligne in lecture.lignes:
        assert ligne.montant in publie.montants_ecrits(ligne.preuve.phrase)
    for engagement in lecture.financements:
        assert engagement.valeur in publie.montants_ecrits(engagement.preuve.phrase)


def test_chaque_source_a_un_titre_et_une_date():
    for preuve in publie.preuves(publie.contenu("43")):
        assert preuve.source.titre.startswith("Haute-Loire : près de 700 000 €")
        assert preuve.source.publiee_le == date(2020, 10, 27)
