"""Ouvrir et lire un tableur des finances : formats, montants, dates, titres, fusions, totaux."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from draille.mesures.convention.regles.comptes import deviner, lire_fichier, titres_du_fichier
from draille.mesures.convention.regles.comptes.valeurs import (
    Illisible,
    lire_annee,
    lire_date,
    lire_etape,
    lire_montant,
)
from draille.mesures.convention.regles.suivi import Etape
from draille.mesures.convention.tests.tableurs import TITRES, en_csv, ods, rangee, xlsx
from draille.socle.refus import Refus


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("1 234,56 €", "1234.56"),
        ("1\u00a0234,56\u00a0€", "1234.56"),
        ("1\u202f234\u202f567,8", "1234567.80"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1.234.567", "1234567.00"),
        ("(12,50)", "-12.50"),
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("\u221212,5", "-12.50"),
        ("1000", "1000.00"),
        (1234.5, "1234.50"),
        (0.1 + 0.2, "0.30"),
        (346875.66, "346875.66"),
        ("", None),
        ("\u00a0", None),
        (None, None),
    ],
)
def test_un_montant_se_lit_de_toutes_les_facons_d_usage(ecrit, lu):
    assert lire_montant(ecrit) == (None if lu is None else Decimal(lu))


@pytest.mark.parametrize(
    "ecrit",
    ["douze", "1.234", "12,345", "1,2,3", "1.23.456", True, date(2020, 1, 1), "#REF!", 0.123],
)
def test_un_montant_douteux_se_refuse_avec_une_phrase(ecrit):
    with pytest.raises(Illisible) as levee:
        lire_montant(ecrit)
    assert str(levee.value).endswith(".") and "«" in str(levee.value)


@pytest.mark.parametrize(
    "ecrit",
    ["31/10/2020", "2020-10-31", "31-10-2020", "31.10.2020", "31/10/20", 44135, 44135.5,
     date(2020, 10, 31), datetime(2020, 10, 31, 9, 0), "2020-10-31 00:00:00"],
)  # fmt: skip
def test_une_date_se_lit_de_toutes_les_facons_d_usage(ecrit):
    assert lire_date(ecrit) == date(2020, 10, 31)


@pytest.mark.parametrize("ecrit", ["31/02/2020", "hier", 12, "10/31/2020"])
def test_une_date_impossible_se_refuse(ecrit):
    with pytest.raises(Illisible):
        lire_date(ecrit)


def test_annee_et_etape_se_lisent_ou_se_refusent():
    assert lire_annee(2020.0) == 2020
    assert lire_etape("Mandats") is Etape.EXECUTEE
    assert lire_etape("ENG") is Etape.ENGAGEE
    assert lire_etape("Titre de recette") is Etape.RECUE
    for lire, faux in ((lire_annee, "20"), (lire_annee, "2O20"), (lire_etape, "virement")):
        with pytest.raises(Illisible):
            lire(faux)


def test_les_colonnes_se_reconnaissent_a_leurs_noms_d_usage():
    titres = ["Exo", "N° mandat", "N° d'engagement", "Montant TTC (€)", "Date d'émission", "Tiers",
              "Compte", "Libellé mesure", "Origine des fonds"]  # fmt: skip
    trouvees = {champ: titres[i] for champ, i in deviner(titres=titres).items()}
    assert trouvees == {
        "exercice": "Exo",
        "mandat": "N° mandat",
        "engagement": "N° d'engagement",
        "montant": "Montant TTC (€)",
        "date": "Date d'émission",
        "nature": "Compte",
        "ligne": "Libellé mesure",
        "financeur": "Origine des fonds",
    }


MANDAT = rangee(Type="Mandat", N="12", E="E1", Mesure="mobilite", Montant="1 234,56 €")


@pytest.mark.parametrize(
    "contenu",
    [
        xlsx(MANDAT),
        ods(MANDAT),
        en_csv(MANDAT),
        en_csv(MANDAT, codage="cp1252"),
        en_csv(MANDAT, codage="utf-16"),
        en_csv(MANDAT, separateur=","),
        en_csv(MANDAT, separateur="\t"),
    ],
)
def test_le_meme_tableur_se_lit_pareil_dans_tous_les_formats(contenu):
    (ligne,) = lire_fichier(contenu=contenu, nom="comptes").lignes
    assert (ligne.etape, ligne.montant, ligne.numero) == (
        Etape.EXECUTEE,
        Decimal("1234.56"),
        "12",
    )
    assert (ligne.datee_le, ligne.exercice, ligne.fautes) == (date(2020, 11, 15), 2020, ())
    assert "Martin" not in str(ligne.contenu)
    assert ligne.rang == 2


def test_la_correspondance_dite_prime_sur_les_noms_d_usage():
    contenu = b"Col A;Col B;Montant;Vrai montant;Quand\nMandat;12;1,00;2,00;15/11/2020\n"
    dite = {"etape": "Col A", "numero": "Col B", "montant": "Vrai montant", "date": "Quand"}
    (ligne,) = lire_fichier(contenu=contenu, nom="c.csv", correspondance=dite).lignes
    assert (ligne.montant, ligne.numero, ligne.etape) == (Decimal("2.00"), "12", Etape.EXECUTEE)
    titres, devinee = titres_du_fichier(contenu=contenu, nom="c.csv")
    assert "Vrai montant" in titres and "Col A" in titres
    assert "numero" not in devinee


def test_les_cellules_fusionnees_valent_pour_chaque_rangee_sauf_le_montant():
    deux = (
        rangee(Type="Mandat", N="12", Mesure="mobilite", Nature="6568", Montant=100),
        rangee(Type="", N="", Mesure="", Nature="6574", Montant=50),
        rangee(Type="Mandat", N="13", Mesure="sante", Montant=""),
    )
    fusions_xlsx = ["A2:A3", "C2:C3", "E2:E3", "J3:J4"]
    fusions_ods = [(0, 1, 0, 2), (2, 1, 2, 2), (4, 1, 4, 2), (9, 2, 9, 3)]
    for contenu in (xlsx(*deux, fusions=fusions_xlsx), ods(*deux, fusions=fusions_ods)):
        une, autre, sans = lire_fichier(contenu=contenu, nom="c").lignes
        assert (autre.etape, autre.numero, autre.dit("ligne")) == (Etape.EXECUTEE, "12", "mobilite")
        assert (une.montant, autre.montant) == (Decimal(100), Decimal(50))
        assert autre.reprises == {}
        assert "fusionné" in sans.fautes[0].raison


def test_une_cellule_vide_sans_fusion_se_propose_et_ne_se_prend_pas():
    contenu = en_csv(
        rangee(Type="Mandat", N="12", Mesure="mobilite", Montant="10,00"),
        rangee(Type="", N="13", Mesure="", Montant="20,00"),
    )
    _, ligne = lire_fichier(contenu=contenu, nom="c.csv").lignes
    assert ligne.reprises == {"ligne": "mobilite", "etape": "executee"}
    assert ligne.dit("ligne") == ""
    assert ligne.fautes == ()


def test_les_totaux_se_verifient_et_ne_comptent_pas():
    contenu = en_csv(
        rangee(Type="Mandat", N="1", Montant="10,00"),
        rangee(Type="Mandat", N="2", Montant="20,00"),
        ["Sous-total", *[""] * 8, "30,00"],
        rangee(Type="Mandat", N="3", Montant="5,00"),
        ["TOTAL GÉNÉRAL", *[""] * 8, "36,00"],
    )
    lu = lire_fichier(contenu=contenu, nom="c.csv")
    assert [x.numero for x in lu.lignes][:3] == ["1", "2", "3"]
    juste, faux = lu.totaux
    assert juste.est_juste and not faux.est_juste
    assert (faux.annonce, faux.calcule) == (Decimal("36.00"), Decimal("35.00"))


def test_une_rangee_de_titres_repetee_n_est_pas_une_ligne_et_l_etape_vient_de_la_feuille():
    contenu = xlsx(
        rangee(N="1", Montant=3),
        TITRES,
        rangee(N="2", Montant=4),
        titre="Titres 2020",
    )
    lu = lire_fichier(contenu=contenu, nom="c.xlsx")
    assert [(x.numero, x.etape) for x in lu.lignes] == [("1", Etape.RECUE), ("2", Etape.RECUE)]


@pytest.mark.parametrize(
    "contenu",
    [b"", b"   ", b"PK\x03\x04abime", b"\x89PNG\r\n\x1a\n\x00\x00", b"bonjour\n", b"a;b\n1;2\n",
     "Montant;N° mandat\n".encode()],
)  # fmt: skip
def test_un_fichier_qui_n_est_pas_un_tableur_des_finances_se_refuse_entier(contenu):
    with pytest.raises(Refus) as levee:
        lire_fichier(contenu=contenu, nom="c")
    assert levee.value.code == "convention.comptes_illisibles"


def test_une_feuille_sans_titres_garde_ses_rangees_et_rien_de_ce_qu_elles_nomment():
    classeur = load_workbook(io.BytesIO(xlsx(MANDAT)))
    notes = classeur.create_sheet("Notes")
    notes.append(["Payé à Madame Martin"])
    sortie = io.BytesIO()
    classeur.save(sortie)
    lu = lire_fichier(contenu=sortie.getvalue(), nom="c.xlsx")
    assert [(x.feuille, x.rang) for x in lu.lignes] == [("Feuil1", 2), ("Notes", 1)]
    assert lu.lignes[1].fautes and lu.lignes[1].contenu == {}


def test_une_cellule_perdue_au_bout_de_la_feuille_se_refuse_sans_tout_deplier():
    classeur = load_workbook(io.BytesIO(xlsx(MANDAT)))
    classeur.worksheets[0]["XFD1048576"] = 1
    sortie = io.BytesIO()
    classeur.save(sortie)
    with pytest.raises(Refus) as levee:
        lire_fichier(contenu=sortie.getvalue(), nom="c.xlsx")
    assert "1048576 lignes" in levee.value.message
