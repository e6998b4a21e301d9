import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from draille.demo.banc_caf import Banc, fichier_de_banc
from draille.demo.communes import communes_du_departement
from draille.demo.ecriture_caf import Entete, ecrire_fichier, xml_du_foyer
from draille.demo.evolution import MoisJoue, ecrire_mois
from draille.demo.fictif import Defaut, FoyerFictif
from draille.demo.plan import PlanDeJeu
from draille.demo.population import Organismes, Ouverture, Population

ENTETE = Entete("CRI", date(2020, 1, 27), date(2020, 1, 31))


@pytest.fixture
def foyer() -> FoyerFictif:
    population = Population(
        departement="43",
        organismes=Organismes("431", "043", ()),
        communes=communes_du_departement("43"),
        graine="essai",
    )
    ouverture = Ouverture(date(2019, 5, 6), date(2020, 1, 1), est_isole=True)
    foyers = (population.foyer(alea=Random("essai"), ouverture=ouverture) for _ in range(99))
    return next(f for f in foyers if f.personnes[0].nir and f.fonction == "CAF")


def test_chaque_fichier_joue_suit_le_schema_publie(
    mois_joues: list[MoisJoue], dossier_flux: Path
) -> None:
    schema = etree.XMLSchema(etree.parse(dossier_flux / "vrsb0801.xsd"))
    for mois_joue in mois_joues:
        for foyers in (mois_joue.caf, mois_joue.msa):
            sortie = io.BytesIO()
            ecrire_fichier(sortie, ENTETE, [f for f in foyers if f.defaut is None])
            schema.assertValid(etree.fromstring(sortie.getvalue()))


def test_les_totaux_de_controle_comptent_aussi_les_dossiers_abimes(
    mois_joues: list[MoisJoue], plan: PlanDeJeu, tmp_path: Path
) -> None:
    for mois_joue in mois_joues:
        fichiers = ecrire_mois(mois_joue=mois_joue, plan=plan, dossier=tmp_path)
        ecrits = 0
        for chemin in (fichiers.caf, fichiers.msa):
            racine = etree.parse(chemin).getroot()
            nombre = len(racine.findall("InfosFoyerRSA"))
            assert int(racine.findtext("TransmissionFlux/NBTOTDOSRSATRANSM") or 0) == nombre > 0
            assert racine.findtext("IdentificationFlux/DTREF") == str(mois_joue.mois.reference_le)
            ecrits += nombre
        assert ecrits == fichiers.nombre_foyers == len(mois_joue.foyers)
        assert (fichiers.contacts is not None) == mois_joue.mois.a_contacts


def test_le_fichier_est_en_windows_1252_et_garde_accents_et_signes(foyer: FoyerFictif) -> None:
    personne = replace(foyer.personnes[0], nom="D'ŒUVRE & <FILS>", prenom="ZOÉ", prenom_2="Ł")
    sortie = io.BytesIO()
    ecrire_fichier(sortie, ENTETE, [replace(foyer, personnes=(personne,))])
    assert "D'ŒUVRE".encode("cp1252") in sortie.getvalue()
    lue = etree.fromstring(sortie.getvalue())
    assert lue.findtext(".//Personne/Identification/NOM") == "D'ŒUVRE & <FILS>"
    assert lue.findtext(".//Personne/Identification/PRENOM2") == "Ł"


def test_un_texte_trop_long_est_coupe_a_la_longueur_du_schema(foyer: FoyerFictif) -> None:
    personne = replace(foyer.personnes[0], nom="A" * 40)
    xml = xml_du_foyer(replace(foyer, personnes=(personne,)))
    assert etree.fromstring(xml).findtext("Personne/Identification/NOM") == "A" * 28


@pytest.mark.parametrize("defaut", list(Defaut))
def test_un_defaut_ne_change_qu_un_champ(foyer: FoyerFictif, defaut: Defaut) -> None:
    sain = [e.text for e in etree.fromstring(xml_du_foyer(foyer)).iter()]
    abime = [e.text for e in etree.fromstring(xml_du_foyer(replace(foyer, defaut=defaut))).iter()]
    assert len(sain) == len(abime)
    assert sum(a != b for a, b in zip(sain, abime, strict=True)) == 1


def test_un_fichier_de_banc_est_le_meme_deux_fois() -> None:
    fichiers = []
    for _ in range(2):
        sortie = io.BytesIO()
        assert fichier_de_banc(destination=sortie, banc=Banc(200)) == 200
        fichiers.append(sortie.getvalue())
    assert fichiers[0] == fichiers[1]


def test_le_banc_du_mois_suivant_ne_change_que_la_part_demandee() -> None:
    lots = []
    for banc in (Banc(1000), Banc(1000, mois=date(2020, 2, 1), part_changee=0.05)):
        sortie = io.BytesIO()
        fichier_de_banc(destination=sortie, banc=banc)
        racine = etree.fromstring(sortie.getvalue())
        lots.append([etree.tostring(foyer) for foyer in racine.findall("InfosFoyerRSA")])
    changes = sum(a != b for a, b in zip(*lots, strict=True))
    assert 30 <= changes <= 70
