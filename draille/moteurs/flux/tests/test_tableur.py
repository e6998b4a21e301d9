"""Les tableaux des services : toutes les formes, aucune ligne perdue."""

import datetime
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from draille.moteurs.flux.calcul import cellules as t
from draille.moteurs.flux.calcul.correspondance import CHAMPS, appliquer, proposer
from draille.moteurs.flux.calcul.enregistrements import Rejet
from draille.moteurs.flux.calcul.refus import FichierRefuse
from draille.moteurs.flux.calcul.tableur import lire_tableau

ENTETES = ["Nom de\nnaissance", "Prénom\t", "Date de naissance (JJ/MM/AAAA)", "N° CAF", "Mail"]
LIGNE = ["VIALETTE", "Hélène", "12/03/1984", "1234567", "h.v@exemple.fr"]


MANIFESTE = (
    '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ouvrir(contenu: bytes, nom: str = "liste.csv"):
    return lire_tableau(io.BytesIO(contenu), nom)


def xlsx(*lignes: list, **autres_feuilles) -> bytes:
    classeur = Workbook()
    for ligne in lignes:
        classeur.active.append(ligne)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def ods(*lignes: list[str]) -> bytes:
    """Un classeur ODS réduit à ce que la norme exige."""
    corps = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in ligne
        )
        + "</table:table-row>"
        for ligne in lignes
    )
    contenu = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="F">'
        f"{corps}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFESTE)
        archive.writestr("content.xml", contenu)
    return sortie.getvalue()


def csv_de(separateur: str, *lignes: list[str]) -> str:
    return "".join(separateur.join(f'"{c}"' for c in ligne) + "\r\n" for ligne in lignes)


FORMES = {
    "csv point-virgule utf-8": csv_de(";", ENTETES, LIGNE).encode(),
    "csv virgule utf-8 avec BOM": csv_de(",", ENTETES, LIGNE).encode("utf-8-sig"),
    "csv windows-1252": csv_de(";", ENTETES, LIGNE).encode("cp1252"),
    "csv tabulation utf-16": csv_de("\t", [e.strip() for e in ENTETES], LIGNE).encode("utf-16"),
    "xlsx": xlsx(
        ENTETES,
        ["VIALETTE", "Hélène", datetime.date(1984, 3, 12), 1234567.0, "H.V@exemple.fr"],
        [None] * 5,
        ["", " ", None, None, None],
    ),
    "ods": ods([e.strip() for e in ENTETES], LIGNE, ["", "", "", "", ""]),
}


@pytest.mark.parametrize("forme", FORMES)
def test_la_meme_ligne_dans_toutes_les_formes(forme):
    tableau = ouvrir(FORMES[forme])
    assert tableau.entetes[:2] == ("Nom de naissance", "Prénom")
    correspondance = proposer(tableau.entetes)
    assert json.loads(json.dumps(correspondance)) == correspondance
    (lue,) = appliquer(tableau, correspondance)
    assert lue["nom_naissance"] == "VIALETTE"
    assert lue["prenom"] == "Hélène"
    assert lue["naissance_le"] == datetime.date(1984, 3, 12)
    assert lue["matricule"] == "1234567"
    assert lue["courriel"] == "h.v@exemple.fr"


def test_les_lignes_vides_ne_decalent_pas_les_numeros():
    tableau = ouvrir(b"titre\n\nMATRICULE;NOM\n\n1;A\n;\n2;B\n\n\n")
    assert tableau.entetes == ("MATRICULE", "NOM")
    assert [numero for numero, _ in tableau.lignes] == [5, 7]
    tableau = ouvrir(xlsx([None], ["MATRICULE", "NOM"], [None], [1, "A"]))
    assert [numero for numero, _ in tableau.lignes] == [4]


def test_les_titres_doubles_ou_absents_restent_distincts():
    assert ouvrir(b"NOM;NOM;;X\n1;2;3;4\n").entetes == ("NOM", "NOM (2)", "Colonne 3", "X")


def test_un_guillemet_egare_ne_mange_pas_les_lignes_suivantes():
    contenu = b'MATRICULE;NOM\n1;"DURAND\n2;PETIT\n3;"BLANC\n4;NOIR\n'
    assert [(n, c) for n, c in ouvrir(contenu).lignes] == [
        (2, ("1", "DURAND")),
        (3, ("2", "PETIT")),
        (4, ("3", "BLANC")),
        (5, ("4", "NOIR")),
    ]


def test_un_guillemet_egare_referme_plus_loin_ne_mange_rien():
    contenu = b'MATRICULE;NOM;VILLE\n1;"DURAND;X\n2;PE"TIT;Y\n3;BLANC;Z\n'
    assert [(n, c) for n, c in ouvrir(contenu).lignes] == [
        (2, ("1", "DURAND", "X")),
        (3, ("2", "PETIT", "Y")),
        (4, ("3", "BLANC", "Z")),
    ]


def test_une_adresse_sur_deux_lignes_reste_une_cellule():
    contenu = b'NOM;ADRESSE\nA;"1 rue X ;\n43000 LE PUY"\nB;2 rue Y\n'
    lues = list(appliquer(t_ := ouvrir(contenu), proposer(t_.entetes)))
    assert [(lue["ligne"], lue["adresse"]) for lue in lues] == [
        (2, "1 rue X ; 43000 LE PUY"),
        (4, "2 rue Y"),
    ]


def test_une_cellule_fautive_donne_un_rejet_qui_dit_ou():
    tableau = ouvrir("NOM;Né le;NIR\nA;31/02/1984;\nB;1/2/1984;12\nC;1/2/1984;\n".encode())
    date, nir, bonne = appliquer(tableau, proposer(tableau.entetes))
    assert (date.ligne, date.champ, date.valeur) == (2, "Né le", "31/02/1984")
    assert date.motif == (
        "Ligne 2, colonne « Né le » : la valeur « 31/02/1984 » est une date qui n'existe pas au "
        "calendrier."
    )
    assert json.loads(date.contenu) == {"NOM": "A", "Né le": "31/02/1984", "NIR": ""}
    assert (nir.ligne, nir.champ) == (3, "NIR")
    assert bonne["nir"] is None


def test_une_ligne_decalee_est_rejetee_entiere():
    tableau = ouvrir(b"NOM;NIR\nA;;2840343157012\nB;2840343157012\n")
    decalee, bonne = appliquer(tableau, proposer(tableau.entetes))
    assert decalee.valeur == "2840343157012"
    assert "décalée" in decalee.motif
    assert b"2840343157012" in decalee.contenu
    assert bonne["nir"] == "2840343157012"


@pytest.mark.parametrize(
    ("correspondance", "nomme"),
    [({"ABSENTE": "nir"}, "ABSENTE"), ({"NOM": "inconnu"}, "inconnu"), ({}, "aucune colonne")],
)
def test_une_correspondance_fausse_est_refusee(correspondance, nomme):
    with pytest.raises(FichierRefuse, match=nomme) as levee:
        appliquer(ouvrir(b"NOM;NIR\nA;\n"), correspondance)
    assert levee.value.code == "colonnes_absentes"


def test_proposer_reconnait_les_titres_et_n_attribue_un_champ_qu_une_fois():
    assert proposer(["N° Sécurité sociale", "CIVILITÉ", "Téléphone", "Tél", "Couleur"]) == {
        "N° Sécurité sociale": "nir",
        "CIVILITÉ": "sexe",
        "Téléphone": "telephone",
    }
    for champ, decrit in CHAMPS.items():
        assert proposer([decrit.synonymes[0]]) == {decrit.synonymes[0]: champ}


@pytest.mark.parametrize(
    ("contenu", "code"),
    [
        (b"", "fichier_vide"),
        (b"\n;;\n", "fichier_vide"),
        (xlsx([None]), "fichier_vide"),
        (b"PK\x03\x04abime", "tableau_illisible"),
        (b"\xd0\xcf\x11\xe0abime", "tableau_illisible"),
        (b"\x00\x01\x02\x00", "tableau_illisible"),
    ],
)
def test_un_tableau_abime_est_refuse(contenu, code):
    with pytest.raises(FichierRefuse) as levee:
        list(ouvrir(contenu).lignes)
    assert levee.value.code == code


def test_une_cellule_perdue_au_bout_de_la_feuille_est_refusee():
    classeur = Workbook()
    classeur.active["A1"] = "NOM"
    classeur.active["XFD1048576"] = "x"
    sortie = io.BytesIO()
    classeur.save(sortie)
    with pytest.raises(FichierRefuse, match="1048576 lignes"):
        ouvrir(sortie.getvalue())


def test_une_bombe_est_refusee():
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(FichierRefuse) as levee:
        ouvrir(sortie.getvalue())
    assert levee.value.code == "bombe_zip"


class TestCellules:
    @pytest.mark.parametrize(
        "ecrite",
        [
            *("12/03/1984", "12-3-1984", "12.03.1984", "1984-03-12", "1984/03/12", "12031984"),
            *("19840312", "12/03/1984 00:00:00", "1984-03-12T00:00:00", "12 mars 1984", 30753.0),
            *(datetime.date(1984, 3, 12), datetime.datetime(1984, 3, 12, 8), '="12/03/1984"'),
        ],
    )
    def test_dates(self, ecrite):
        assert t.en_date(ecrite) == datetime.date(1984, 3, 12)

    @pytest.mark.parametrize(
        "ecrite", ["12/03/84", "31/02/1984", "hier", "=NOW()", "#N/A", "1/13/1984"]
    )
    def test_dates_fautives(self, ecrite):
        with pytest.raises(t.CelluleFautive):
            t.en_date(ecrite)

    @pytest.mark.parametrize(
        ("ecrit", "lu"),
        [
            ("06 12 34 56 78", "+33612345678"),
            ("06.12.34.56.78", "+33612345678"),
            (612345678.0, "+33612345678"),
            ("0033612345678", "+33612345678"),
            ("+33 (0)6 12 34 56 78", "+33612345678"),
            ("33612345678", "+33612345678"),
            ('="0612345678"', "+33612345678"),
            ("0692123456", "+262692123456"),
            ("+41 22 123 45 67", "+41221234567"),
            ("", ""),
            (None, ""),
        ],
    )
    def test_telephones(self, ecrit, lu):
        assert t.en_telephone(ecrit) == lu

    @pytest.mark.parametrize("ecrit", ["0012", "06123", "inconnu", "0005060708", "6,12E+08"])
    def test_telephones_fautifs(self, ecrit):
        with pytest.raises(t.CelluleFautive):
            t.en_telephone(ecrit)

    @pytest.mark.parametrize(
        ("ecrit", "lu"),
        [(12345.0, "0012345"), ("1234567", "1234567"), ("123456 7A", "1234567"), ("", "")]
        + [("2840343157012", "2840343157012"), ("123456700000000", "1234567")],
    )
    def test_matricules(self, ecrit, lu):
        assert t.en_matricule(ecrit) == lu

    @pytest.mark.parametrize(
        ("ecrit", "lu"),
        [(2840343157012.0, "2840343157012"), ("2 84 03 43 157 012 37", "2840343157012")]
        + [("285032a001001", "285032A001001"), (None, None)],
    )
    def test_nirs(self, ecrit, lu):
        assert t.en_nir13(ecrit) == lu

    @pytest.mark.parametrize("ecrit", ["2,84034E+12", "284034315701238", "DURAND", "28403431570"])
    def test_nirs_fautifs(self, ecrit):
        with pytest.raises(t.CelluleFautive):
            t.en_nir13(ecrit)

    @pytest.mark.parametrize(
        ("ecrit", "lu"), [(7000.0, "07000"), ("43 000", "43000"), ("2a004", "2A004")]
    )
    def test_codes_postaux(self, ecrit, lu):
        assert t.en_code_postal(ecrit) == lu

    @pytest.mark.parametrize(
        ("ecrit", "lu"), [("Mme", "2"), ("Monsieur", "1"), (2.0, "2"), ("", "")]
    )
    def test_sexes(self, ecrit, lu):
        assert t.en_sexe(ecrit) == lu

    @pytest.mark.parametrize(
        ("convertir", "ecrit"),
        [
            (t.en_sexe, "x"),
            (t.en_code_postal, "43A00"),
            (t.en_courriel, "a@b"),
            (t.en_matricule, "A1B"),
        ]
        + [(t.en_texte, "=A1+B1"), (t.en_texte, "#REF!")],
    )
    def test_valeurs_fautives(self, convertir, ecrit):
        with pytest.raises(t.CelluleFautive):
            convertir(ecrit)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_n_importe_quels_octets_sont_lus_ou_refuses(octets):
    try:
        tableau = ouvrir(b"NOM;NIR\n" + octets)
        lignes = list(
            appliquer(tableau, proposer(tableau.entetes) or {tableau.entetes[0]: "prenom"})
        )
    except FichierRefuse:
        return
    assert all(isinstance(lue, dict | Rejet) for lue in lignes)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=8),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    )
)
def test_aucune_ligne_n_est_perdue_meme_mal_guillemetee(lignes):
    physiques = [";".join([str(n), *ligne]) for n, ligne in enumerate(lignes, 2)]
    entieres = all(p.count(";") == 3 for p in physiques)
    contenu = "\n".join(["MATRICULE;NOM;PRENOM;VILLE", *physiques]).encode("cp1252")
    rendues = list(appliquer(t_ := ouvrir(contenu), {t_.entetes[1]: "prenom"}))
    if entieres:
        numeros = [r.ligne if isinstance(r, Rejet) else r["ligne"] for r in rendues]
        assert numeros == list(range(2, len(lignes) + 2))
