"""Composer un PDF accessible : polices dépliées, données jamais lues comme du balisage."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from draille.socle import pdf
from draille.socle.refus import Refus

GABARIT = """
#let d = json(bytes(sys.inputs.donnees))
#set document(title: d.titre)
#set text(lang: "fr", font: ("Atkinson Hyperlegible", "Libertinus Serif"))
= #d.titre
#d.texte
"""


@pytest.fixture
def gabarit(tmp_path):
    chemin = tmp_path / "essai.typ"
    chemin.write_text(GABARIT, "utf-8")
    return chemin


def _composer(gabarit, texte="Bonjour"):
    return pdf.composer(
        gabarit=gabarit,
        donnees={"titre": "Essai", "texte": texte},
        instant=datetime(2020, 10, 15, tzinfo=UTC),
    )


def test_le_pdf_est_balise_date_et_dans_notre_police(gabarit):
    lu = pypdf.PdfReader(io.BytesIO(_composer(gabarit)))
    racine = lu.trailer["/Root"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in racine["/Metadata"].get_data().decode()
    assert racine["/MarkInfo"]["/Marked"]
    assert lu.metadata["/CreationDate"].startswith("D:20201015")
    polices = [p.get_object()["/BaseFont"] for p in lu.pages[0]["/Resources"]["/Font"].values()]
    assert any("Atkinson" in nom for nom in polices)


@pytest.mark.parametrize("texte", ["#panic()", "*gras* _ital_ `code`", '"; #read("/etc/passwd")'])
def test_une_donnee_n_est_jamais_du_balisage(gabarit, texte):
    lu = pypdf.PdfReader(io.BytesIO(_composer(gabarit, texte)))
    assert texte.split()[0][1:5] in lu.pages[0].extract_text()


def test_un_gabarit_sans_titre_n_est_pas_accessible_et_se_refuse(tmp_path):
    chemin = tmp_path / "sans_titre.typ"
    chemin.write_text("Bonjour", "utf-8")
    with pytest.raises(Refus) as refus:
        pdf.composer(gabarit=chemin, donnees={})
    assert refus.value.code == "pdf.gabarit"


def test_un_fichier_qui_n_est_pas_woff_est_refuse():
    with pytest.raises(ValueError, match="WOFF"):
        pdf.deplier_woff(b"wOF2" + b"\0" * 60)
