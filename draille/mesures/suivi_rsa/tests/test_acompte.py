"""Le rapprochement de l'acompte : chaque dossier a sa réponse, les totaux tombent au centime."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.suivi_rsa.regles import acompte as r
from draille.mesures.suivi_rsa.regles import nombres

NATURES = frozenset({"RSD", "RSI"})
ENTETES = ("Matricule", "Nature", "Montant demandé")


def connu(montant, *, est_versable=True):
    return r.DroitConnu(1, Decimal(montant), est_versable, 200_001)


def demandee(numero, matricule, montant, nature="RSD"):
    return r.LigneDemandee(numero, matricule, nature, Decimal(montant))


def test_chaque_sorte_d_ecart():
    fait = r.rapprocher(
        demandees=[
            demandee(2, "0000001", "500.00"),
            demandee(3, "0000002", "480.10"),
            demandee(4, "0000003", "300.00"),
            demandee(5, "0000004", "250.00"),
            demandee(6, "0000005", "100.00"),
            demandee(7, "0000005", "100.00"),
            demandee(8, "0000001", "70.00", "RSJ"),
        ],
        connus={
            "0000001": connu("500.00"),
            "0000002": connu("480.00"),
            "0000004": connu("0", est_versable=False),
            "0000005": connu("100.00"),
            "0000006": connu("12.34"),
            "0000007": connu("0", est_versable=False),
        },
        natures=NATURES,
    )
    assert {(x.matricule, x.sort): x.ecart for x in fait.lignes} == {
        ("0000001", r.EGAL): Decimal(0),
        ("0000002", r.DIFFERENT): Decimal("0.10"),
        ("0000003", r.ABSENT): Decimal(300),
        ("0000004", r.SANS_DROIT): Decimal(250),
        ("0000005", r.DOUBLE): Decimal(100),
        ("0000001", r.NATURE_ETAT): Decimal(70),
        ("0000006", r.NON_DEMANDE): Decimal("-12.34"),
    }
    assert fait.montant_demande - fait.montant_connu == Decimal("707.76")


@st.composite
def demandes(draw):
    codes = [f"{n:07}" for n in range(1, 9)]
    centimes = st.integers(0, 90_000).map(lambda c: Decimal(c) / 100)
    connus = draw(st.dictionaries(st.sampled_from(codes), centimes.map(connu)))
    lignes = draw(
        st.lists(
            st.tuples(st.sampled_from(codes), centimes, st.sampled_from(["RSD", "RSI", "RSJ"])),
            max_size=20,
        )
    )
    return connus, [demandee(n, c, m, nature) for n, (c, m, nature) in enumerate(lignes, 2)]


@given(demandes(), st.randoms(use_true_random=False))
def test_rien_ne_se_perd_et_l_ordre_est_indifferent(donnees, hasard):
    connus, lignes = donnees
    fait = r.rapprocher(demandees=lignes, connus=connus, natures=NATURES)
    assert sorted(n for x in fait.lignes for n in x.numeros) == [x.numero for x in lignes]
    assert fait.montant_demande == sum(x.montant for x in lignes)
    assert fait.montant_connu == sum(c.montant for c in connus.values())
    assert sum(x.ecart for x in fait.lignes) == fait.montant_demande - fait.montant_connu
    melangees = list(lignes)
    hasard.shuffle(melangees)
    autre = r.rapprocher(demandees=melangees, connus=connus, natures=NATURES)
    assert {(x.matricule, x.sort, x.ecart) for x in autre.lignes} == {
        (x.matricule, x.sort, x.ecart) for x in fait.lignes
    }


def test_lire_dit_ligne_a_ligne_ce_qui_ne_se_lit_pas():
    lu = r.lire(
        entetes=ENTETES,
        lignes=[
            (2, ("1234", "rsd", "1 234,56 €")),
            (3, (1234567.0, "RSI", 497.01)),
            (4, ("", "RSD", "12")),
            (5, ("77", "RSD", "douze")),
            (6, ("78", "", "10")),
            (7, ("Total", "", "1 731,57")),
        ],
    )
    assert [(x.matricule, x.nature, x.montant) for x in lu.demandees] == [
        ("0001234", "RSD", Decimal("1234.56")),
        ("1234567", "RSI", Decimal("497.01")),
    ]
    assert [(x.numero, x.raison) for x in lu.illisibles] == [
        (4, "le matricule manque"),
        (5, "« douze » n'est pas un montant"),
        (6, "la nature du paiement manque"),
    ]
    assert lu.montant_annonce == Decimal("1731.57")


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("1 234,56 €", "1234.56"),
        ("1\u202f234,5", "1234.5"),
        ("1.234.567,89", "1234567.89"),
        ("(12,00)", "-12"),
        ("12,00-", "-12"),
        ("−3", "-3"),
        (497.01, "497.01"),
        ("800000 EUR", "800000"),
    ],
)
def test_un_montant_francais_se_lit(ecrit, lu):
    assert nombres.montant(ecrit) == Decimal(lu)


@pytest.mark.parametrize(
    "ecrit", ["", None, "12,345", "abc", "1e5", True, "nan", float("nan"), "--2"]
)
def test_un_faux_montant_se_refuse(ecrit):
    with pytest.raises(nombres.NombreIllisible):
        nombres.montant(ecrit)


@pytest.mark.parametrize(
    "ecrit", ["2020-02", "02/2020", "28/02/2020", "2020-02-28", "février 2020", "Fevr. 2020"]
)
def test_un_mois_se_lit_de_plusieurs_facons(ecrit):
    assert nombres.mois(ecrit).isoformat() == "2020-02-01"


@pytest.mark.parametrize("ecrit", ["13/2020", "ju 2020", "2020", "", "mai"])
def test_un_faux_mois_se_refuse(ecrit):
    with pytest.raises(nombres.NombreIllisible):
        nombres.mois(ecrit)
