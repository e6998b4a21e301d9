"""Le lecteur du flux CAF et MSA : ce qu'il rend, ce qu'il rejette, ce qu'il refuse."""

import io
import os
import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from draille.moteurs.flux.calcul.caf import (
    FichierRefuse,
    Limites,
    corriger,
    lire,
    lire_fragment,
    ouvrir,
)
from draille.moteurs.flux.calcul.enregistrements import (
    Dossier,
    EnteteFlux,
    Rejet,
    Totaux,
    source_du_fichier,
)
from draille.moteurs.flux.tests.fabrique import (
    bloc,
    dossier,
    feuilles,
    fichier,
    ligne_de_la_balise,
    personne,
)

DEPOT = Path(__file__).parents[4]
DONNEES = Path(os.environ.get("DRAILLE_DONNEES", DEPOT.parent / "shared" / "donnees"))


def tout_lire(contenu: bytes):
    return list(lire(io.BytesIO(contenu), nom="essai.xml"))


def dossiers_et_rejets(contenu: bytes):
    return [lu for lu in tout_lire(contenu) if isinstance(lu, Dossier | Rejet)]


def unique(contenu: bytes):
    (lu,) = dossiers_et_rejets(contenu)
    return lu


def refus_de(contenu: bytes) -> FichierRefuse:
    with pytest.raises(FichierRefuse) as levee:
        tout_lire(contenu)
    return levee.value


def test_rend_en_tete_dossiers_et_totaux_dans_l_ordre():
    entete, premier, second, totaux = tout_lire(fichier([dossier(1), dossier(2)]))
    assert isinstance(entete, EnteteFlux)
    assert entete.reference_le == date(2020, 10, 31)
    assert (premier.rang, second.rang) == (1, 2)
    assert totaux == Totaux(annonces=2, annonces_anomalie=0, lus=2)
    assert source_du_fichier(entete=entete, premier=premier) == ("CRI", "CAF", "431")


def test_lit_chaque_champ_du_dossier():
    suite = bloc(
        "SuspensionVersement", feuilles({"MOTISUSVERSRSA": "06"} | {"DDSUSVERSRSA": "2020-09-01"})
    )
    lu = unique(fichier([dossier(7, etat="4", suite_etat=suite)]))
    assert (lu.fonorg, lu.numorg, lu.matricule) == ("CAF", "431", "0000007")
    assert (lu.numero_demande, lu.demande_le) == ("00000007043", date(2018, 8, 6))
    assert lu.etat == "4"
    assert [(s.motif, s.le) for s in lu.suspensions_versement] == [("06", date(2020, 9, 1))]
    assert lu.montant_total_droit == Decimal("497.01")
    assert [(d.natpf, d.montant) for d in lu.details] == [("RSD", Decimal("497.01"))]
    assert (lu.adresse.numcom, lu.adresse.code_postal) == ("43157", "43000")
    assert lu.adresse.lignes == ("25 RUE DES TANNERIES",)
    assert lu.droits_devoirs_foyer is True
    assert lu.sans_domicile is False


def test_lit_chaque_champ_de_la_personne():
    eti = bloc(
        "AvisPCGPersonne",
        bloc(
            "ConditionETI",
            feuilles({"AVISEVARESSNONSAL": "D", "DTSOURESSNONSAL": "2020-02-01"}),
        ),
    )
    lue = unique(
        fichier([dossier(personnes=personne(suite=eti, NIR="284034315701237"))])
    ).personnes[0]
    assert (lue.nom_usage, lue.nom_naissance, lue.prenom) == ("DURAND", "VIALETTE", "MARIE")
    assert lue.prenoms_autres == ("ANNE",)
    assert (lue.naissance_le, lue.naissance_type) == (date(1984, 3, 12), "N")
    assert lue.nir == "2840343157012"
    assert (lue.role, lue.responsable, lue.a_charge) == ("DEM", True, True)
    assert lue.soumis_droits_devoirs is True
    assert lue.entrant_droits_devoirs is None
    assert lue.activites[0].fin is None
    assert (lue.condition_eti.avis, lue.condition_eti.demande_le) == ("D", date(2020, 2, 1))


def test_la_fin_d_une_activite_est_exclue():
    suite = bloc("Activite", feuilles({"ACT": "SAL", "DDACT": "2020-01-01", "DFACT": "2020-01-31"}))
    lu = unique(fichier([dossier(personnes=personne(suite=suite))]))
    assert lu.personnes[0].activites[1].fin == date(2020, 2, 1)


def test_l_adresse_de_rang_01_est_choisie():
    autre = bloc(
        "Adresse",
        bloc("TroncCommunAdresse", feuilles({"RGADR": "02", "PAYS": "HOR"})),
        bloc("AdresseHorsFrance", feuilles({"LIBLIG2ADR": "CALLE MAYOR"})),
    )
    texte = dossier().replace("<Adresse>\n", autre + "<Adresse>\n", 1)
    assert unique(fichier([texte])).adresse.rang == 1


def test_un_guillemet_egare_dans_un_nom_est_ote():
    lu = unique(fichier([dossier(personnes=personne(NOM='DURAND"', PRENOM='"MARIE'))]))
    assert (lu.personnes[0].nom_usage, lu.personnes[0].prenom) == ("DURAND", "MARIE")


def test_le_matricule_msa_peut_etre_egal_au_nir():
    texte = dossier(FONORG="MSA", MATRICULE="2840343157012")
    lu = unique(fichier([texte]))
    assert lu.matricule == lu.personnes[0].nir == "2840343157012"


@pytest.mark.parametrize("ecrit", ["1234567", "123456700000000", "000000001234567"])
def test_un_matricule_caf_a_une_seule_forme(ecrit):
    assert unique(fichier([dossier(MATRICULE=ecrit)])).matricule == "1234567"


@pytest.mark.parametrize("nir", ["1850320001001", "285032A001001", "185032B001001", None])
def test_nir_corses_et_absents(nir):
    assert unique(fichier([dossier(personnes=personne(NIR=nir))])).personnes[0].nir == nir


class TestEmpreinte:
    def test_ignore_le_rang_les_lignes_et_les_evenements(self):
        avant = dossiers_et_rejets(fichier([dossier(1), dossier(2)]))[1]
        change = dossier(2, DTLIQ="2020-11-09", FG="ADR", DTDERRSAVERS="2020-11-05")
        apres = unique(fichier([change], reference="2020-11-30"))
        assert avant.rang != apres.rang
        assert avant.empreinte == apres.empreinte
        assert len(avant.empreinte) == 16

    @pytest.mark.parametrize(
        "change",
        [
            dossier(etat="3"),
            dossier(MTTOTDRORSA="0000497.02"),
            dossier(NUMCOM="43012"),
            dossier(SITFAM="MAR"),
            dossier(personnes=personne(NOM="PETIT")),
            dossier(personnes=personne("RDO")),
            dossier(personnes=personne() + personne("ENF", NIR=None, PRENOM="LEA")),
            dossier(personnes=personne().replace("<TOPPERSDRODEVORSA>1", "<TOPPERSDRODEVORSA>0")),
        ],
    )
    def test_change_avec_ce_qui_compte(self, change):
        assert unique(fichier([dossier()])).empreinte != unique(fichier([change])).empreinte


def sans(texte: str, balise: str) -> str:
    """Ôte le premier bloc `balise`."""
    debut = texte.index(f"<{balise}>")
    fin = texte.index(f"</{balise}>", debut) + len(balise) + 4
    return texte[:debut] + texte[fin:]


REJETS = {
    "date illisible": (dossier(DTDEMRSA="06/08/2018"), "date_illisible", "DTDEMRSA", "06/08/2018"),
    "date impossible": (
        dossier(personnes=personne(DTNAI="1984-02-30")),
        "date_impossible",
        "DTNAI",
        "1984-02-30",
    ),
    "semaine ISO": (dossier(DTDEMRSA="2018-W31-1"), "date_illisible", "DTDEMRSA", "2018-W31-1"),
    "né demain": (
        dossier(personnes=personne(DTNAI="2020-11-06")),
        "date_impossible",
        "DTNAI",
        "2020-11-06",
    ),
    "état inconnu": (dossier(etat="9"), "code_inconnu", "ETATDOSRSA", "9"),
    "état vide": (dossier(etat=""), "champ_absent", "ETATDOSRSA", ""),
    "sexe inconnu": (dossier(personnes=personne(SEXE="3")), "code_inconnu", "SEXE", "3"),
    "rôle inconnu": (dossier(personnes=personne("XXX")), "code_inconnu", "ROLEPERS", "XXX"),
    "prestation inconnue": (
        dossier(personnes=personne().replace("<NATPREST>RSA", "<NATPREST>RMI")),
        "code_inconnu",
        "NATPREST",
        "RMI",
    ),
    "nom absent": (dossier(personnes=personne(NOMNAI=None)), "champ_absent", "NOMNAI", ""),
    "prénom vide": (dossier(personnes=personne(PRENOM="")), "champ_absent", "PRENOM", ""),
    "nom décalé": (
        dossier(personnes=personne(NOMNAI="2840343157012")),
        "nom_numerique",
        "NOMNAI",
        "2840343157012",
    ),
    "nom trop long": (dossier(personnes=personne(NOM="A" * 29)), "trop_long", "NOM", "A" * 29),
    "accents abîmés": (
        dossier(personnes=personne(PRENOM="HÃ©lÃ¨ne")),
        "accents_abimes",
        "PRENOM",
        "HÃ©lÃ¨ne",
    ),
    "NIR décalé": (dossier(personnes=personne(NIR="DURAND")), "nir_malforme", "NIR", "DURAND"),
    "NIR court": (
        dossier(personnes=personne(NIR="28403431570")),
        "nir_malforme",
        "NIR",
        "28403431570",
    ),
    "NIR de sexe 9": (
        dossier(personnes=personne(NIR="9840343157012")),
        "nir_malforme",
        "NIR",
        "9840343157012",
    ),
    "clé du NIR fausse": (
        dossier(personnes=personne(NIR="284034315701252")),
        "nir_malforme",
        "NIR",
        "284034315701252",
    ),
    "NIR partagé": (
        dossier(personnes=personne() + personne("CJT", PRENOM="PAUL")),
        "nir_en_double",
        "NIR",
        "2840343157012",
    ),
    "sans personne": (dossier(personnes=""), "sans_personne", "Personne", ""),
    "sans responsable": (dossier(personnes=personne("ENF")), "sans_responsable", "ROLEPERS", "ENF"),
    "montant à virgule": (
        dossier(MTTOTDRORSA="497,01"),
        "montant_illisible",
        "MTTOTDRORSA",
        "497,01",
    ),
    "montant non numérique": (dossier(MTRSAVERS="NaN"), "montant_illisible", "MTRSAVERS", "NaN"),
    "montant démesuré": (
        dossier(MTRSAVERS="10000000.00"),
        "montant_impossible",
        "MTRSAVERS",
        "10000000.00",
    ),
    "booléen inconnu": (dossier(TOPSANSDOMFIXE="O"), "code_inconnu", "TOPSANSDOMFIXE", "O"),
    "commune malformée": (dossier(NUMCOM="4315"), "commune_malformee", "NUMCOM", "4315"),
    "code postal malformé": (dossier(CODEPOS="43A00"), "nombre_illisible", "CODEPOS", "43A00"),
    "matricule malformé": (dossier(MATRICULE="12X"), "matricule_malforme", "MATRICULE", "12X"),
    "organisme inconnu": (dossier(FONORG="CPA"), "code_inconnu", "FONORG", "CPA"),
    "période inversée": (
        dossier().replace("</DDNATDRO>", "</DDNATDRO><DFNATDRO>2018-07-31</DFNATDRO>"),
        "periode_inversee",
        "DFNATDRO",
        "2018-07-31",
    ),
    "champ répété": (
        dossier().replace("<SITFAM>", "<SITFAM>MAR</SITFAM><SITFAM>"),
        "champ_repete",
        "SITFAM",
        "CEL",
    ),
    "bloc absent": (sans(dossier(), "PrestationRSA"), "bloc_absent", "PrestationRSA", ""),
    "personne mal nommée": (
        dossier(
            personnes=personne()
            + personne("CJT", NIR=None)
            .replace("<Personne>", "<Personnes>")
            .replace("</Personne>", "</Personnes>")
        ),
        "bloc_inconnu",
        "Personnes",
        "",
    ),
    "bloc répété": (
        dossier().replace("<EtatDossierRSA>", "<EtatDossierRSA/><EtatDossierRSA>"),
        "bloc_repete",
        "EtatDossierRSA",
        "",
    ),
}


@pytest.mark.parametrize("cas", REJETS)
def test_un_mauvais_dossier_n_arrete_pas_les_autres(cas):
    texte, code, champ, valeur = REJETS[cas]
    contenu = fichier([dossier(101), texte, dossier(102)])
    avant, rejet, apres = dossiers_et_rejets(contenu)
    assert isinstance(avant, Dossier) and isinstance(apres, Dossier)
    assert isinstance(rejet, Rejet)
    assert (rejet.code, rejet.champ, rejet.valeur) == (code, champ, valeur)
    assert rejet.rang == 2
    assert f"igne {rejet.ligne}" in rejet.motif and champ in rejet.motif and valeur in rejet.motif
    assert rejet.motif.endswith(".")


@pytest.mark.parametrize("cas", REJETS)
def test_un_dossier_rejete_est_garde_entier(cas):
    rejet = unique(fichier([REJETS[cas][0]]))
    relu = lire_fragment(rejet.contenu, rang=rejet.rang)
    if cas != "né demain":  # La date du fichier n'accompagne pas le dossier isolé.
        assert isinstance(relu, Rejet)
        assert (relu.code, relu.champ, relu.valeur) == (rejet.code, rejet.champ, rejet.valeur)
    assert rejet.contenu.count(b"</") == sum(
        REJETS[cas][0].count(b) for b in ("</",)
    ) - _feuilles_vides(REJETS[cas][0])


def _feuilles_vides(texte: str) -> int:
    # `<A></A>` se réécrit `<A/>` : même contenu, une balise fermante de moins.
    return texte.count("></") - sum(texte.count(f"{c}></") for c in "\n")


def test_la_ligne_est_celle_du_champ_fautif():
    mauvais = dossier(2, personnes=personne() + personne("CJT", NIR="FAUX"))
    contenu = fichier([dossier(1), mauvais])
    rejet = dossiers_et_rejets(contenu)[1]
    assert rejet.ligne == ligne_de_la_balise(contenu, "NIR", 3)


def test_la_ligne_reste_exacte_apres_la_ligne_65535():
    nombre = 700
    textes = [dossier(n, personnes=personne(NIR="FAUX")) for n in range(nombre)]
    contenu = fichier(textes)
    assert contenu.count(b"\n") > 65_535
    place, lignes = 0, []
    for ligne in contenu.split(b"\n"):
        place += 1
        if ligne.startswith(b"<NIR>"):
            lignes.append(place)
    assert [rejet.ligne for rejet in dossiers_et_rejets(contenu)] == lignes


def test_la_ligne_d_un_dossier_lointain_est_celle_de_son_ouverture():
    contenu = fichier([dossier(n) for n in range(700)])
    ouvertures = [n for n, t in enumerate(contenu.split(b"\n"), 1) if t == b"<InfosFoyerRSA>"]
    assert ouvertures[-1] > 65_535
    assert [lu.ligne for lu in dossiers_et_rejets(contenu)] == ouvertures


def test_un_dossier_en_double_est_rejete_au_second_passage():
    premier, rejet = dossiers_et_rejets(fichier([dossier(1), dossier(1)]))
    assert isinstance(premier, Dossier)
    assert (rejet.code, rejet.champ) == ("dossier_en_double", "NUMDEMRSA")


def test_un_rejet_n_occupe_pas_la_cle_d_un_dossier_juste():
    mauvais = dossier(1, personnes=personne(NIR="FAUX"))
    rejet, bon = dossiers_et_rejets(fichier([mauvais, dossier(1)]))
    assert isinstance(rejet, Rejet) and isinstance(bon, Dossier)


class TestCorriger:
    def test_le_bon_champ_de_la_bonne_personne(self):
        rejet = unique(
            fichier([dossier(personnes=personne() + personne("CJT", NIR="FAUX", PRENOM="PAUL"))])
        )
        corrige = corriger(rejet.contenu, rejet.champ, "1840343157012", rejet.occurrence)
        relu = lire_fragment(corrige, rang=rejet.rang)
        assert [p.nir for p in relu.personnes] == ["2840343157012", "1840343157012"]

    def test_un_champ_absent_est_ajoute(self):
        rejet = unique(fichier([dossier(personnes=personne(NOMNAI=None))]))
        relu = lire_fragment(corriger(rejet.contenu, rejet.champ, "ÉTÉ ’ Š", rejet.occurrence))
        assert relu.personnes[0].nom_naissance == "ÉTÉ ’ Š"

    def test_un_champ_repete_est_garde_une_fois(self):
        rejet = unique(fichier([REJETS["champ répété"][0]]))
        relu = lire_fragment(corriger(rejet.contenu, rejet.champ, "VEU", rejet.occurrence))
        assert relu.situation_familiale == "VEU"

    def test_une_valeur_vide_ote_le_champ(self):
        rejet = unique(fichier([dossier(personnes=personne(NIR="FAUX"))]))
        relu = lire_fragment(corriger(rejet.contenu, "NIR", "", rejet.occurrence))
        assert relu.personnes[0].nir is None

    def test_une_fin_de_droit_anterieure_se_distingue(self):
        fins = [
            bloc(balise, feuilles({"MOTICLORSA": "PCV", "DTCLORSA": valeur}))
            for balise, valeur in (("FinDroit", "2020-01-01"), ("FinDroitMoisAnterieur", "x"))
        ]
        rejet = unique(fichier([dossier(etat="6", suite_etat="".join(fins))]))
        assert rejet.champ == "FinDroitMoisAnterieur/DTCLORSA"
        relu = lire_fragment(corriger(rejet.contenu, rejet.champ, "2020-02-02", rejet.occurrence))
        assert relu.fin_droit.le == date(2020, 1, 1)
        assert relu.fin_droit_anterieur.le == date(2020, 2, 2)

    def test_le_dossier_corrige_a_l_empreinte_du_dossier_juste(self):
        juste = unique(fichier([dossier(1)]))
        rejet = unique(fichier([dossier(1, personnes=personne(NIR="FAUX"))]))
        relu = lire_fragment(corriger(rejet.contenu, "NIR", "2840343157012", rejet.occurrence))
        assert relu.empreinte == juste.empreinte

    def test_un_bloc_introuvable_est_refuse(self):
        rejet = unique(fichier([REJETS["NIR court"][0]]))
        with pytest.raises(FichierRefuse) as levee:
            corriger(rejet.contenu, "NIR", "2840343157012", 9)
        assert levee.value.code == "champ_introuvable"

    def test_un_caractere_invisible_est_refuse(self):
        rejet = unique(fichier([REJETS["NIR court"][0]]))
        with pytest.raises(FichierRefuse) as levee:
            corriger(rejet.contenu, "NIR", "284\x00", 1)
        assert levee.value.code == "valeur_impossible"

    def test_la_ligne_d_origine_est_rendue(self):
        contenu = fichier([dossier(1), dossier(2, personnes=personne(NIR="FAUX"))])
        rejet = dossiers_et_rejets(contenu)[1]
        debut = ligne_de_la_balise(contenu, "InfosFoyerRSA", 2)
        assert lire_fragment(rejet.contenu, rang=2, ligne=debut).ligne == rejet.ligne


VALIDE = fichier([dossier(1), dossier(2)])
DTD = b'<!DOCTYPE Racine [<!ENTITY a "b">]>\n<Racine>'
REFUS = {
    "vide": (b"", "fichier_vide"),
    "blanc": (b"  \n\n ", "fichier_vide"),
    "texte": (b"MATRICULE;NIR\n1;2\n", "pas_du_xml"),
    "zip": (b"PK\x03\x04xxxx", "pas_du_xml"),
    "tronqué au milieu": (VALIDE[: len(VALIDE) // 2], "fichier_tronque"),
    "tronqué à la fin": (VALIDE[:-4], "fichier_tronque"),
    "tronqué dans l'en-tête": (VALIDE[:30], "fichier_tronque"),
    "mal formé": (VALIDE.replace(b"</PRENOM>", b"</PRENOMS>", 1), "xml_mal_forme"),
    "suite après la fin": (VALIDE + b"<Racine/>", "xml_mal_forme"),
    "autre racine": (b"<?xml version='1.0'?><Flux><a/></Flux>", "racine_inconnue"),
    "espace de noms": (VALIDE.replace(b"<Racine>", b"<Racine xmlns='urn:x'>"), "racine_inconnue"),
    "page web": (b"<html><body>Erreur 500</body></html>", "racine_inconnue"),
    "DTD": (VALIDE.replace(b"<Racine>", DTD), "dtd_interdite"),
    "DTD en UTF-16": (
        VALIDE.replace(b"<Racine>", DTD)
        .decode("cp1252")
        .replace("windows-1252", "utf-16")
        .encode("utf-16"),
        "dtd_interdite",
    ),
    "entité": (VALIDE.replace(b">MARIE<", b">&bombe;<", 1), "dtd_interdite"),
    "encodage menteur": (
        VALIDE.replace(b"windows-1252", b"utf-8").replace(b"MARIE", b"MARI\xc9", 1),
        "encodage",
    ),
    "octet hors du jeu": (VALIDE.replace(b"MARIE", b"MARI\x81", 1), "encodage"),
    "encodage inconnu": (VALIDE.replace(b"windows-1252", b"x-inconnu"), "encodage"),
    "totaux faux": (fichier([dossier(1)], annonces=2), "totaux_faux"),
    "totaux absents": (
        VALIDE[: VALIDE.index(b"<TransmissionFlux>")] + b"</Racine>",
        "totaux_absents",
    ),
    "totaux illisibles": (
        VALIDE.replace(b"00000002</NBTOTDOSRSATRANSM>", b"deux</NBTOTDOSRSATRANSM>"),
        "totaux_illisibles",
    ),
    "en-tête sans mois": (VALIDE.replace(b"2020-10-31</DTREF>", b"</DTREF>"), "entete_illisible"),
    "sans en-tête": (
        b"<Racine>" + VALIDE[VALIDE.index(b"<InfosFoyerRSA>") :],
        "structure_inattendue",
    ),
    "dossier mal nommé": (
        VALIDE.replace(b"InfosFoyerRSA>", b"InfosFoyerRsa>", 2),
        "structure_inattendue",
    ),
    "dernier dossier mal nommé": (
        VALIDE.replace(b"</Racine>", b"<Autre/></Racine>"),
        "structure_inattendue",
    ),
    "dossiers imbriqués": (
        VALIDE.replace(b"<Evenement>", dossier(9).encode() + b"<Evenement>", 1),
        "structure_inattendue",
    ),
    "dossier après les totaux": (
        VALIDE.replace(b"</Racine>", dossier(9).encode() + b"</Racine>"),
        "structure_inattendue",
    ),
    "racine vide": (b"<Racine></Racine>", "entete_illisible"),
}


@pytest.mark.parametrize("cas", REFUS)
def test_un_fichier_abime_est_refuse_avec_sa_phrase(cas):
    contenu, code = REFUS[cas]
    refus = refus_de(contenu)
    assert refus.code == code
    assert refus.message[0].isupper() and refus.message.endswith(".")
    assert "essai.xml" in refus.message
    assert "{" not in refus.message


def test_les_totaux_faux_sont_dits_a_la_fin_et_avec_les_nombres():
    refus = refus_de(fichier([dossier(1), dossier(2)], annonces=3))
    assert "annonce 3 dossiers et en contient 2" in refus.message


def test_les_commentaires_ne_coupent_pas_un_nom():
    lu = unique(fichier([dossier(personnes=personne(NOM="DU<!-- x -->RAND"))]))
    assert lu.personnes[0].nom_usage == "DURAND"


def test_les_accents_windows_1252_sont_lus():
    lu = unique(fichier([dossier(personnes=personne(PRENOM="ÉLOÏSE ŒUVRÉ"))]))
    assert lu.personnes[0].prenom == "ÉLOÏSE ŒUVRÉ"


def test_un_fichier_sans_dossier_est_accepte():
    assert [type(lu) for lu in tout_lire(fichier([]))] == [EnteteFlux, Totaux]


def test_un_dossier_demesure_est_refuse(monkeypatch):
    monkeypatch.setattr("draille.moteurs.flux.calcul.caf.OCTETS_DOSSIER", 200_000)
    enfle = bloc("Evenement", feuilles({"FG": "A" * 1000})) * 400
    assert refus_de(fichier([dossier(1).replace("<Evenement>", enfle + "<Evenement>")])).code == (
        "dossier_demesure"
    )


def test_la_progression_va_jusqu_au_bout():
    vues = []
    contenu = fichier([dossier(n) for n in range(60)])
    list(
        lire(
            io.BytesIO(contenu),
            nom="x",
            progression=lambda lus, total: vues.append((lus, total)),
            total=len(contenu),
        )
    )
    assert len(vues) > 2
    assert vues == sorted(vues)
    assert vues[-1] == (len(contenu), len(contenu))


def test_la_memoire_ne_suit_pas_la_taille_du_fichier():
    def pointe(nombre: int) -> int:
        contenu = fichier([dossier(n) for n in range(nombre)])
        tracemalloc.start()
        for _ in lire(io.BytesIO(contenu), nom="x"):
            pass
        _, maximum = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return maximum

    pointe(10)
    assert pointe(1500) < pointe(150) + 400_000


class TestOuvrir:
    def archive(self, dossier_essai: Path, membres: dict[str, bytes]) -> Path:
        chemin = dossier_essai / "flux.zip"
        with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
            for nom, contenu in membres.items():
                archive.writestr(nom, contenu)
        return chemin

    def refus(self, chemin: Path, **limites) -> FichierRefuse:
        with pytest.raises(FichierRefuse) as levee, ouvrir(chemin, limites=Limites(**limites)):
            pass
        return levee.value

    def test_un_xml_s_ouvre_tel_quel(self, tmp_path):
        chemin = tmp_path / "flux.xml"
        chemin.write_bytes(VALIDE)
        with ouvrir(chemin) as (interne,), interne.ouvrir() as source:
            assert (interne.nom, interne.taille) == ("flux.xml", len(VALIDE))
            assert len(list(lire(source, nom=interne.nom))) == 4

    def test_une_archive_de_deux_extraits(self, tmp_path):
        chemin = self.archive(tmp_path, {"a/1.xml": VALIDE, "a/2.XML": fichier([dossier(3)])})
        lus = []
        with ouvrir(chemin) as internes:
            for interne in internes:
                with interne.ouvrir() as source:
                    lus.append((interne.nom, len(list(lire(source, nom=interne.nom)))))
        assert lus == [("a/1.xml", 4), ("a/2.XML", 3)]

    @pytest.mark.parametrize(
        ("nom", "code"),
        [
            ("../x.xml", "zip_nom_dangereux"),
            ("/x.xml", "zip_nom_dangereux"),
            ("C:\\x.xml", "zip_nom_dangereux"),
            ("x.zip", "zip_imbrique"),
            ("lisez-moi.txt", "zip_membre_inattendu"),
        ],
    )
    def test_un_membre_interdit_est_nomme(self, tmp_path, nom, code):
        refus = self.refus(self.archive(tmp_path, {"bon.xml": VALIDE, nom: VALIDE}))
        assert refus.code == code
        assert nom in refus.message

    def test_les_bombes_sont_refusees(self, tmp_path):
        zeros = self.archive(tmp_path, {"a.xml": b"0" * 5_000_000})
        assert self.refus(zeros).code == "bombe_zip"
        bon = self.archive(tmp_path, {"a.xml": VALIDE, "b.xml": VALIDE})
        assert self.refus(bon, membres=1).code == "bombe_zip"
        assert self.refus(bon, octets=100).code == "bombe_zip"

    def test_archive_vide_abimee_ou_chiffree(self, tmp_path):
        assert self.refus(self.archive(tmp_path, {})).code == "zip_vide"
        chemin = self.archive(tmp_path, {"a.xml": VALIDE})
        octets = bytearray(chemin.read_bytes())
        central = octets.rindex(b"PK\x01\x02")
        octets[central + 8] |= 1
        chemin.write_bytes(octets)
        assert self.refus(chemin).code == "zip_chiffre"
        chemin.write_bytes(octets[:60])
        assert self.refus(chemin).code == "zip_abime"

    def test_un_membre_abime_est_refuse_a_la_lecture(self, tmp_path):
        chemin = self.archive(tmp_path, {"a.xml": VALIDE})
        octets = bytearray(chemin.read_bytes())
        octets[200] ^= 0xFF
        chemin.write_bytes(octets)
        with ouvrir(chemin) as (interne,), interne.ouvrir() as source:
            with pytest.raises(FichierRefuse) as levee:
                list(lire(source, nom=interne.nom))
        assert levee.value.code in {"zip_abime", "xml_mal_forme", "encodage"}

    def test_un_fichier_vide_est_dit_vide(self, tmp_path):
        chemin = tmp_path / "vide.xml"
        chemin.touch()
        assert self.refus(chemin).code == "fichier_vide"


def test_l_exemple_public_est_lu_comme_un_dossier():
    chemin = DONNEES / "flux_caf" / "RSABEM-ouvert.xml"
    if not chemin.exists():
        pytest.skip(f"exemple public absent : {chemin.name}")
    entete, lu, totaux = tout_lire(chemin.read_bytes())
    assert entete.reference_le == date(2022, 2, 28)
    assert (lu.etat, lu.matricule, lu.ligne) == ("2", "2089564", 13)
    assert lu.personnes[0].nir == "2730799404078"
    assert totaux == Totaux(1, 0, 1)
