"""Ce qu'une ligne désigne : convention, action, année, financeur ; et ce qui s'en décide."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention.regles.comptes import (
    Anomalie,
    CadreConnu,
    Connu,
    Decision,
    FinanceurConnu,
    PieceConnue,
    completer,
    en_mots,
    interpreter,
    resoudre,
    trier,
)
from draille.mesures.convention.regles.suivi import Etape, SortLigne
from draille.socle.refus import Refus

ETAT = FinanceurConnu("etat", "État", False)
REGION = FinanceurConnu("region", "Région", False)
DEPARTEMENT = FinanceurConnu("dep", "Le Département", True)
CONVENTION = CadreConnu(
    id=1,
    code="convention",
    titre="La convention",
    lignes={"mobilite": "Mobilité", "sante": "Accompagnement à la santé"},
    actions={"garage": "Garage Solidaire"},
    ligne_de={"garage": "mobilite"},
    annees=range(2019, 2022),
)
CONTRAT = CadreConnu(2, "contrat", "Le contrat", {"sante": "Santé des enfants"})
CONNU = Connu(cadres=[CONVENTION], financeurs=[ETAT, DEPARTEMENT])


def lire(**champs):
    defauts = {"etape": "mandat", "numero": "1", "montant": "10,00", "date": "15/10/2020",
               "ligne": "mobilite"}  # fmt: skip
    return interpreter(brut={**defauts, **champs}, ou=("", 2))


def doutes(connu=CONNU, **champs):
    return [(a, c) for a, c, _ in resoudre(ligne=lire(**champs), connu=connu).doutes]


def test_l_action_dit_sa_ligne_et_celle_d_une_autre_ligne_se_signale():
    seule = resoudre(ligne=lire(ligne="", action="garage solidaire"), connu=CONNU)
    assert (seule.piece.ligne_code, seule.piece.action_code) == ("mobilite", "garage")
    assert seule.doutes == []
    assert doutes(ligne="sante", action="Garage Solidaire") == [(Anomalie.ACTION, "action")]
    assert doutes(ligne="", action="") == [(Anomalie.LIGNE, "ligne")]


def test_une_ligne_de_deux_conventions_demande_laquelle():
    deux = Connu(cadres=[CONVENTION, CONTRAT], financeurs=[ETAT, DEPARTEMENT])
    assert doutes(deux, ligne="sante") == [(Anomalie.CONVENTION, "convention")]
    dite = resoudre(ligne=lire(ligne="sante", convention="Le contrat"), connu=deux)
    assert (dite.piece.cadre_id, dite.doutes) == (2, [])
    assert doutes(deux, convention="Le traité")[0] == (Anomalie.CONVENTION, "convention")


@pytest.mark.parametrize(
    ("le", "exercice", "attendus"),
    [
        ("15/10/2020", "2020", []),
        ("31/01/2021", "2020", []),
        ("01/02/2021", "2020", [(Anomalie.ANNEE, "exercice")]),
        ("15/10/2020", "2021", [(Anomalie.ANNEE, "exercice")]),
        ("15/10/2022", "2022", [(Anomalie.ANNEE, "annee")]),
        ("15/10/2020", "", []),
    ],
)
def test_l_exercice_va_avec_la_date_et_l_annee_avec_la_convention(le, exercice, attendus):
    assert doutes(date=le, exercice=exercice) == attendus


def test_l_annee_servie_peut_etre_dite_a_part_de_l_exercice():
    ligne = lire(date="15/03/2021", exercice="2021", annee="2020")
    piece = resoudre(ligne=ligne, connu=CONNU).piece
    assert (piece.exercice, piece.annee) == (2021, 2020)


def test_un_titre_dit_qui_le_verse_quand_plusieurs_le_pourraient():
    trois = replace(CONNU, financeurs=[ETAT, REGION, DEPARTEMENT])
    assert doutes(trois, etape="titre") == [(Anomalie.FINANCEUR, "financeur")]
    assert doutes(trois, etape="titre", financeur="region") == []
    resolue = resoudre(ligne=lire(financeur="Etats"), connu=trois)
    assert resolue.propositions == {"financeur": "etat"}


def connue(**autres) -> PieceConnue:
    neuve = resoudre(ligne=lire(), connu=CONNU).piece
    base = {
        "id": 9, "cle": neuve.cle, "etape": Etape.EXECUTEE, "numero": "1", "exercice": 2020,
        "cadre_id": 1, "ligne_code": "mobilite", "montant": Decimal(10),
        "datee_le": date(2020, 10, 15), "annee": 2020, "financeur": "", "engagement": "",
    }  # fmt: skip
    return PieceConnue(**{**base, **autres})


def test_une_reduction_suit_l_annee_et_le_financeur_de_sa_piece():
    annulee = connue(annee=2019, financeur="etat")
    connu = replace(CONNU, pieces=[annulee])
    (verdict,) = trier(lignes=[lire(numero="2", montant="-4,00", reduit="1")], connu=connu)
    assert verdict.sort is SortLigne.IMPORTEE and verdict.reduit == annulee
    assert (verdict.piece.annee, verdict.piece.financeur) == (2019, "etat")
    autre = lire(numero="2", montant="-4,00", reduit="1", financeur="Le Département")
    (refusee,) = trier(lignes=[autre], connu=connu)
    assert refusee.anomalies == (Anomalie.NEGATIF,) and "d'un autre financeur" in refusee.raison


def test_on_ne_complete_pas_ce_qui_manque_encore():
    for champs, mot in (
        ({"montant": "0"}, "nul"),
        ({"ligne": "velo"}, "velo"),
        ({"montant": "-4,00"}, "que réduit ce montant négatif"),
        ({"montant": "-4,00", "reduit": "77"}, "77"),
    ):
        with pytest.raises(Refus) as levee:
            completer(ligne=lire(**champs), decision=Decision.IMPORTER, connu=CONNU)
        assert levee.value.code == "convention.ligne_incomplete"
        assert mot in levee.value.message and "Rien n'a changé" in levee.value.message


def test_la_difference_d_une_piece_connue_se_compte_seule_et_jamais_a_zero():
    connu = replace(CONNU, pieces=[connue()])
    plus, reduit = completer(ligne=lire(montant="12,00"), decision=Decision.ECART, connu=connu)
    assert (plus.montant, plus.rang, reduit) == (Decimal("2.00"), 2, None)
    moins, reduit = completer(ligne=lire(montant="7,00"), decision=Decision.ECART, connu=connu)
    assert (moins.montant, reduit) == (Decimal("-3.00"), 9)
    with pytest.raises(Refus) as levee:
        completer(ligne=lire(), decision=Decision.ECART, connu=connu)
    assert levee.value.code == "convention.piece_deja_comptee"
    with pytest.raises(Refus):
        completer(ligne=lire(), decision=Decision.ECART, connu=CONNU)


def test_une_ligne_se_dit_en_une_phrase():
    dite = en_mots(lire(engagement="E1", chapitre="017").contenu)
    assert dite == (
        "Mandat 1 du 15/10/2020, numéro de l'engagement : E1, chapitre : 017, "
        "ligne de la convention : mobilite"
    )
    assert en_mots({"date": "31/02/2020", "etape": "virement"}) == "virement du « 31/02/2020 »"
