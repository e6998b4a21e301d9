from collections import Counter
from datetime import date

import pytest

from draille.demo.communes import communes_du_departement
from draille.demo.droit import revenu_d_activite
from draille.demo.evolution import MoisJoue
from draille.demo.fictif import Etat, est_nir_fictif, nir_fictif


@pytest.mark.parametrize("code", ["43", "07"])
def test_aucune_commune_n_a_le_numero_des_nir_fictifs(code: str) -> None:
    assert max(int(c.code_insee[2:]) for c in communes_du_departement(code)) < 990


def test_le_nir_fictif_est_bien_forme_et_se_reconnait() -> None:
    nir = nir_fictif(sexe="2", naissance=date(1984, 7, 3), departement="43", rang=0)
    assert nir == "2840743990001"
    assert est_nir_fictif(nir)
    assert not est_nir_fictif("2840743157001")
    assert nir_fictif(sexe="2", naissance=date(1984, 7, 3), departement="43", rang=999) == (
        "2840743991001"
    )


def test_un_rang_hors_de_la_convention_est_refuse() -> None:
    with pytest.raises(ValueError, match="9990"):
        nir_fictif(sexe="1", naissance=date(1984, 7, 3), departement="43", rang=9990)


def test_tous_les_nir_du_jeu_sont_fictifs_et_uniques(mois_joues: list[MoisJoue]) -> None:
    for mois_joue in mois_joues:
        personnes = [p for f in mois_joue.foyers for p in f.personnes]
        nir = [p.nir for p in personnes if p.nir]
        assert all(est_nir_fictif(n) for n in nir)
        assert len(nir) == len(set(nir))
        for p in personnes:
            assert p.nir is None or p.nir[:5] == f"{p.sexe}{p.naissance:%y%m}"


def test_les_matricules_et_les_numeros_de_demande_sont_uniques(
    mois_joues: list[MoisJoue],
) -> None:
    for mois_joue in mois_joues:
        assert max(Counter(f.numero_demande for f in mois_joue.foyers).values()) == 1
        assert max(Counter(f.matricule for f in mois_joue.foyers).values()) == 1


def test_les_parts_sont_celles_d_un_departement_rural(mois_joues: list[MoisJoue]) -> None:
    foyers = mois_joues[0].foyers
    adultes = [p for f in foyers for p in f.adultes]
    assert 0.10 < sum(f.fonction == "MSA" for f in foyers) / len(foyers) < 0.14
    assert 0.005 < sum(p.nir is None for p in adultes) / len(adultes) < 0.035
    eti = sum(any(a.code in ("ETI", "AEN", "EXP") for a in p.activites) for p in adultes)
    assert 0.06 < eti / len(adultes) < 0.10
    assert any(p.type_naissance == "J" for p in adultes)
    assert any(p.type_naissance == "O" for p in adultes)
    assert any(f.est_sans_domicile for f in foyers)
    natures = {v.nature for f in foyers if f.droit for v in f.droit.versements}
    assert {"RSD", "RSI", "RSJ", "RSU"} <= natures


def test_droits_et_devoirs_sous_500_euros_d_activite(mois_joues: list[MoisJoue]) -> None:
    for mois_joue in mois_joues:
        for foyer in mois_joue.foyers:
            for personne in foyer.adultes:
                assert personne.est_soumise == (revenu_d_activite(personne) < 500)


def test_le_montant_verse_est_le_garanti_moins_ressources_et_logement(
    mois_joues: list[MoisJoue],
) -> None:
    for foyer in mois_joues[-1].foyers:
        if foyer.etat is not Etat.VERSABLE:
            assert foyer.droit is None
            continue
        droit = foyer.droit
        assert droit is not None
        reste = droit.montant_minimum_garanti - droit.montant_forfait_logement
        assert droit.montant_total == reste - droit.montant_ressources
        assert droit.montant_total >= 6
        assert droit.versements[0].montant == droit.montant_total


def test_noms_et_adresses_tiennent_dans_windows_1252(mois_joues: list[MoisJoue]) -> None:
    noms = {
        nom
        for f in mois_joues[0].foyers
        for p in f.personnes
        for nom in (p.nom, p.prenom, p.commune_naissance, f.adresse.commune, f.adresse.voie)
    }
    for nom in noms:
        nom.encode("cp1252")
    assert any(ord(lettre) > 127 for nom in noms for lettre in nom)
