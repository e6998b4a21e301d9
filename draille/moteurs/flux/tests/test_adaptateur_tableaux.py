"""Les contacts et les tableaux : à qui va un numéro, qui entre, quelles colonnes."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from draille.moteurs.flux import adaptateur, adaptateur_tableaux
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.moteurs.flux.tests import fabrique as f
from draille.noyau.models import Commune, LigneJournal, Personne
from draille.socle.acces import Acces
from draille.socle.refus import Refus

LE = date(2020, 11, 6)
TITRES = (
    "MATRICULE;NUMERO TELEPHONE DOSSIER;NUMERO TELEPHONE 2 DOSSIER;"
    "ADRESSE ELECTRONIQUE DOSSIER;NIR\n"
)


@pytest.fixture
def par(systeme: Acces, settings: Any, tmp_path: Path) -> Acces:
    settings.MEDIA_ROOT = tmp_path / "depots"
    for code, nom in (("43157", "Le Puy-en-Velay"), ("43040", "Brioude")):
        Commune.objects.create(code_insee=code, nom=nom)
    return systeme


def prendre(par: Acces, octets: bytes, nom: str) -> FichierRecu:
    recu = adaptateur.recevoir(source=io.BytesIO(octets), nom=nom, par=par, le=LE)
    return adaptateur.integrer(fichier=recu, par=par, le=LE)


@pytest.fixture
def foyers(par: Acces) -> Acces:
    """Le 1 : une personne seule ; le 2 : un couple ; le 3 : deux organismes, le même matricule."""

    def adulte(rang: int, role: str = "DEM") -> str:
        return f.personne(role, NIR=f"2840343157{rang:03d}", NOMNAI=f"NOM{rang}")

    dossiers = [
        f.dossier(1, personnes=adulte(1)),
        f.dossier(2, personnes=adulte(22, "CJT") + adulte(2)),
        f.dossier(3, personnes=adulte(3)),
    ]
    prendre(par, f.fichier(dossiers), "caf.xml")
    autre = f.dossier(3, personnes=adulte(33), NUMORG="071", NUMDEMRSA="88888888071")
    prendre(par, f.fichier([autre]), "caf071.xml")
    return par


def test_un_contact_va_au_nir_puis_au_demandeur_du_matricule(foyers: Acces) -> None:
    lignes = (
        "1;04 65 71 00 01;;un@example.org;\n"
        "2;0465710002;;deux@example.org;\n"
        "9999;0465710022;;;2840343157022\n"
        "3;0465710003;;;\n"
        "777;0465710007;;;\n"
    )
    recu = prendre(foyers, (TITRES + lignes).encode("cp1252"), "contacts.csv")
    assert (recu.nature, recu.statut) == ("contacts", "integre")
    assert (recu.lus, recu.integres, recu.inchanges, recu.rejetes) == (5, 3, 0, 2)
    assert recu.ambigus == 1
    numeros = dict(Personne.objects.values_list("nom_naissance", "telephone"))
    assert numeros["NOM1"] == "+33465710001"
    assert numeros["NOM2"] == "+33465710002"
    assert numeros["NOM22"] == "+33465710022"
    assert numeros["NOM3"] == numeros["NOM33"] == ""
    assert list(Rejet.objects.values_list("ligne", "code")) == [
        (5, "contact_ambigu"),
        (6, "contact_inconnu"),
    ]
    lignes_journal = LigneJournal.objects.filter(code="personne.mettre_a_jour_contact")
    assert lignes_journal.count() == 3
    assert "4657" not in str([ligne.charge for ligne in lignes_journal])


def test_un_contact_deja_su_ne_change_rien(foyers: Acces) -> None:
    prendre(foyers, (TITRES + "1;0465710001;;;\n").encode(), "a.csv")
    recu = prendre(foyers, (TITRES + "1;0465710001;;;\n\n").encode(), "b.csv")
    assert (recu.integres, recu.inchanges) == (0, 1)


def test_un_tableau_inscrit_et_complete_des_personnes(foyers: Acces) -> None:
    tableau = (
        "\ufeffNom de naissance,Prénom,Né(e) le,Téléphone,Commune\n"
        "VIALETTE,Zoé,12/03/1984,0465710011,Brioude\n"
        "NOM1,Marie,12/03/1984,0465710012,\n"
        "SANSDATE,Luc,,,\n"
    )
    recu = prendre(foyers, tableau.encode(), "service.csv")
    assert (recu.nature, recu.statut) == ("tableau", "integre")
    assert (recu.lus, recu.integres, recu.rejetes, recu.entrees) == (3, 2, 1, 1)
    zoe = Personne.objects.get(nom_naissance="VIALETTE")
    assert zoe.commune is not None
    assert (zoe.commune.nom, zoe.compartiments) == ("Brioude", [2])
    marie = Personne.objects.get(nom_naissance="NOM1")
    assert marie.telephone == "+33465710012"
    assert marie.commune is not None
    assert marie.commune.nom == "Le Puy-en-Velay"


def test_des_colonnes_inconnues_se_decrivent_une_fois(par: Acces) -> None:
    tableau = b"PATRONYME;PETIT NOM;VENUE AU MONDE\nROUX;Ana;01/02/1990\n"
    recu = prendre(par, tableau, "maison.csv")
    assert (recu.statut, recu.code_refus) == ("refuse", "colonnes_a_decrire")
    colonnes = {
        "PATRONYME": "nom_naissance",
        "PETIT NOM": "prenom",
        "VENUE AU MONDE": "naissance_le",
    }
    adaptateur_tableaux.enregistrer_correspondance(
        source="maison", colonnes=colonnes, par=par, le=LE
    )
    recu = prendre(par, tableau, "maison.csv")
    assert (recu.statut, recu.integres) == ("integre", 1)
    with pytest.raises(Refus, match="ne suffisent pas"):
        adaptateur_tableaux.enregistrer_correspondance(
            source="autre", colonnes={"A": "prenom"}, par=par, le=LE
        )
