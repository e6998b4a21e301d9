"""Le fichier des contacts : une ligne, un contact ou un rejet."""

import io

import pytest
from openpyxl import Workbook

from draille.moteurs.flux.calcul.contacts import lire_contacts
from draille.moteurs.flux.calcul.enregistrements import Contact, Rejet
from draille.moteurs.flux.calcul.refus import FichierRefuse

TITRES = (
    "MATRICULE;NUMERO TELEPHONE DOSSIER;NUMERO TELEPHONE 2 DOSSIER;ADRESSE ELECTRONIQUE DOSSIER"
)


def lire(texte: str):
    return list(lire_contacts(io.BytesIO(texte.encode()), nom="contacts.csv"))


def test_un_contact_complet():
    (contact,) = lire(f"{TITRES};NIR\n12345;0612345678;04 71 00 00 00;A@B.fr;284034315701237\n")
    assert contact == Contact(
        ligne=2,
        matricule="0012345",
        nir13="2840343157012",
        telephones=("+33612345678", "+33471000000"),
        courriel="a@b.fr",
    )


def test_sans_nir_ni_coordonnees():
    (contact,) = lire(f"{TITRES}\n1234567;;;\n")
    assert contact == Contact(2, "1234567", None, (), "")


def test_deux_fois_le_meme_numero_n_en_fait_qu_un():
    (contact,) = lire(f"{TITRES}\n1;0612345678;06.12.34.56.78;\n")
    assert contact.telephones == ("+33612345678",)


def test_une_mauvaise_ligne_n_arrete_pas_les_autres():
    lus = lire(f"{TITRES}\n1;0612345678;;\n2;061;;\n;0612345678;;\n4;;;a@b.fr\n")
    assert [type(lu) for lu in lus] == [Contact, Rejet, Rejet, Contact]
    telephone, sans_cle = lus[1], lus[2]
    assert (telephone.ligne, telephone.champ, telephone.valeur) == (
        3,
        "NUMERO TELEPHONE DOSSIER",
        "061",
    )
    assert "Ligne 3" in telephone.motif and "061" in telephone.motif
    assert (sans_cle.ligne, sans_cle.code, sans_cle.rang) == (4, "champ_absent", 3)


def test_un_classeur_aux_nombres_flottants():
    classeur = Workbook()
    classeur.active.append([titre + "\n" for titre in TITRES.split(";")] + ["NIR\t"])
    classeur.active.append([12345.0, 612345678.0, None, "a@b.fr", 2840343157012.0])
    classeur.active.append([None] * 5)
    sortie = io.BytesIO()
    classeur.save(sortie)
    sortie.seek(0)
    assert list(lire_contacts(sortie, nom="contacts.xlsx")) == [
        Contact(2, "0012345", "2840343157012", ("+33612345678",), "a@b.fr")
    ]


@pytest.mark.parametrize(
    ("titres", "nomme"), [("NOM;TELEPHONE", "MATRICULE"), ("MATRICULE;NOM", "NUMERO TELEPHONE")]
)
def test_les_colonnes_absentes_sont_nommees(titres, nomme):
    with pytest.raises(FichierRefuse, match=nomme) as levee:
        lire(f"{titres}\n1;2\n")
    assert levee.value.code == "colonnes_absentes"
