"""La parité, les écarts et les cibles, au centime."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention.regles import (
    Annonce,
    Cible,
    EtatParite,
    EtatPeriode,
    GenreCible,
    Nature,
    Portee,
    RegleParite,
    charger,
    comptage,
    ecart_inexplique,
    lire_au,
    parite,
    parites,
    pour_cent,
    situer,
)
from draille.mesures.convention.tests.fabrique import (
    AUTRE,
    DEPARTEMENT,
    ETAT,
    FICHIER,
    PREUVE,
    avenant,
    ligne,
    montant,
)

MOITIE = RegleParite(portee=Portee.TOTAL, part_max_etat=Decimal("0.50"))
CENTIMES = st.integers(0, 10**9).map(lambda c: Decimal(c) / 100)


@pytest.mark.parametrize(
    ("etat", "departement", "attendu", "deplacer", "ajouter"),
    [
        ("100", "100", EtatParite.EXACTE, "0", "0"),
        ("100.01", "100.00", EtatParite.EXACTE, "0", "0"),
        ("60", "40", EtatParite.ROMPUE, "10", "20"),
        ("100.03", "100.00", EtatParite.ROMPUE, "0.02", "0.03"),
        ("40", "60", EtatParite.DEPARTEMENT_AU_DELA, "0", "0"),
        ("0", "0", EtatParite.NON_PUBLIEE, "0", "0"),
    ],
)
def test_la_parite_dit_son_etat_et_ce_qui_la_retablit(
    etat, departement, attendu, deplacer, ajouter
):
    rendu = parite(montants=[montant(ETAT, etat), montant(DEPARTEMENT, departement)], regle=MOITIE)
    assert rendu.etat is attendu
    assert (rendu.a_deplacer, rendu.a_ajouter) == (Decimal(deplacer), Decimal(ajouter))


def test_sans_regle_la_parite_est_sans_objet():
    rendu = parite(montants=[montant(ETAT, "100")], regle=None)
    assert rendu.etat is EtatParite.SANS_OBJET
    assert rendu.montant_total == 100


def test_un_autre_financeur_compte_dans_le_total():
    montants = [montant(ETAT, "50"), montant(DEPARTEMENT, "30"), montant(AUTRE, "20")]
    rendu = parite(montants=montants, regle=MOITIE)
    assert rendu.etat is EtatParite.EXACTE
    assert (rendu.montant_autre, rendu.part_etat) == (Decimal(20), Decimal("0.5"))


@given(CENTIMES, CENTIMES, st.sampled_from(["0.35", "0.50", "0.80"]))
def test_deplacer_ou_ajouter_ce_qui_est_dit_retablit_la_parite(etat, departement, part):
    regle = RegleParite(portee=Portee.TOTAL, part_max_etat=Decimal(part))

    def juger(e, d):
        return parite(montants=[montant(ETAT, str(e)), montant(DEPARTEMENT, str(d))], regle=regle)

    rendu = juger(etat, departement)
    assert rendu.montant_total == etat + departement
    if rendu.etat is EtatParite.ROMPUE:
        bouge = rendu.a_deplacer
        assert juger(etat - bouge, departement + bouge).etat is not EtatParite.ROMPUE
        assert juger(etat, departement + rendu.a_ajouter).etat is not EtatParite.ROMPUE


def test_par_action_une_repartition_non_publiee_ne_se_juge_pas():
    regle = RegleParite(portee=Portee.ACTION, part_max_etat=Decimal("0.50"))
    financements = [montant(ETAT, "1"), montant(DEPARTEMENT, "1")]
    rendu = dict(parites(financements=financements, lignes=[ligne("a", "2")], regle=regle))
    assert rendu["a"].etat is EtatParite.NON_PUBLIEE
    assert list(dict(parites(financements=financements, lignes=[], regle=MOITIE))) == ["total"]


def test_l_ecart_est_signe_et_dit_ce_que_l_arrondi_peut_expliquer():
    lignes = [ligne("a", "2000"), ligne("b", "149"), ligne("c", None)]
    ecart = ecart_inexplique(
        financements=[montant(ETAT, "1500"), montant(DEPARTEMENT, "1500")],
        lignes=lignes,
        hypothese="Peut-être.",
    )
    assert ecart.montant == Decimal(851)
    assert ecart.arrondi_possible == Decimal("500.5")
    assert not ecart.tient_dans_l_arrondi
    assert ecart.hypothese == "Peut-être."


def test_un_ecart_nul_n_a_pas_d_hypothese():
    ecart = ecart_inexplique(
        financements=[montant(ETAT, "100.10")], lignes=[ligne("a", "100.10")], hypothese="H."
    )
    assert ecart.est_nul
    assert ecart.hypothese == ""


def test_sans_montant_publie_il_n_y_a_pas_d_ecart():
    assert ecart_inexplique(financements=[], lignes=[ligne("a", "1")]) is None
    assert ecart_inexplique(financements=[montant(ETAT, "1")], lignes=[ligne("a", None)]) is None


def test_le_comptage_compare_par_nature():
    annonce = Annonce(((Nature.NATIONALE, 2),), PREUVE)
    lignes = [ligne("a", "1"), ligne("b", "1"), ligne("c", "1", nature=Nature.DEPARTEMENTALE)]
    rendu = comptage(annonce=annonce, lignes=lignes, hypothese="H.")
    assert rendu.difference == 1
    assert rendu.par_nature == ((Nature.NATIONALE, 2, 2), (Nature.DEPARTEMENTALE, None, 1))
    assert rendu.hypothese == "H."
    assert comptage(annonce=None, lignes=lignes).difference is None


def _convention(*avenants):
    return charger(texte=FICHIER + "".join(avenants), fichier="f").conventions[0]


def test_un_avenant_ne_se_lit_pas_avant_sa_signature():
    convention = _convention(avenant(annee=2020, rang=1, code="mobilite", montant="5"))
    avant = lire_au(convention=convention, le=date(2020, 5, 31))
    apres = lire_au(convention=convention, le=date(2020, 6, 1))
    assert [x.code for x in avant.lignes] == ["accueil"]
    assert avant.mention == "Montants du texte initial."
    assert [x.code for x in apres.lignes] == ["mobilite"]
    assert apres.mention == "Montants de l'avenant 2020."
    assert apres.periode is EtatPeriode.EN_COURS


def test_un_avenant_de_la_meme_annee_ajoute_et_remplace_ligne_a_ligne():
    convention = _convention(
        avenant(annee=2020, rang=1, code="mobilite", montant="5"),
        avenant(annee=2020, rang=2, code="sante", montant="7"),
        avenant(annee=2020, rang=3, code="mobilite", montant="9"),
    )
    lignes = lire_au(convention=convention, le=date(2021, 1, 1)).lignes
    assert [(x.code, x.montant) for x in lignes] == [("mobilite", 9), ("sante", 7)]


def test_la_periode_est_semi_ouverte():
    convention = _convention()
    jours = [date(2018, 12, 31), date(2019, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [lire_au(convention=convention, le=j).periode for j in jours] == [
        EtatPeriode.A_VENIR,
        EtatPeriode.EN_COURS,
        EtatPeriode.EN_COURS,
        EtatPeriode.TERMINEE,
    ]


@pytest.mark.parametrize(
    ("genre", "valeurs", "base", "constate", "attendu"),
    [
        (GenreCible.MULTIPLICATEUR, ("2", None), "150", "299", (False, "1")),
        (GenreCible.MULTIPLICATEUR, ("2", None), "150", "300", (True, "0")),
        (GenreCible.MULTIPLICATEUR, ("2", None), None, "300", (None, None)),
        (GenreCible.MAINTIEN, (None, None), "80", "79", (False, "1")),
        (GenreCible.MAINTIEN, (None, None), "80", "81", (True, "0")),
        (GenreCible.MOINS_DE, ("30", None), None, "30", (False, "0")),
        (GenreCible.MOINS_DE, ("30", None), None, "29", (True, "0")),
        (GenreCible.AU_PLUS, ("1", None), None, "1", (True, "0")),
        (GenreCible.AU_PLUS, ("1", None), None, "3", (False, "2")),
        (GenreCible.TAUX, ("0.9", None), None, "0.85", (False, "0.05")),
        (GenreCible.ABSOLU, ("10", None), None, None, (None, None)),
        (GenreCible.INTERVALLE, ("5", "40"), None, "4", (False, "1")),
        (GenreCible.INTERVALLE, ("5", "40"), None, "40", (True, "0")),
        (GenreCible.INTERVALLE, ("5", "40"), None, "43", (False, "3")),
    ],
)
def test_une_cible_se_situe(genre, valeurs, base, constate, attendu):
    def nombre(texte):
        return None if texte is None else Decimal(texte)

    bas, haut = valeurs
    cible = Cible("c", "C", genre, nombre(bas), "u", PREUVE, valeur_max=nombre(haut))
    rendu = situer(cible=cible, constate=nombre(constate), base=nombre(base))
    assert (rendu.est_atteinte, rendu.reste) == (attendu[0], nombre(attendu[1]))


def test_une_variation_s_arrondit_au_centieme():
    assert pour_cent(de=Decimal(2800), a=Decimal(3100)) == Decimal("10.71")
    assert pour_cent(de=Decimal(200), a=Decimal(100)) == Decimal("-50.00")
