"""Des fichiers au journal : le stock, les cinq catégories, les sorties, les extraits d'un mois."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.suivi_rsa.models import DossierRsa, Entree, PeriodeDroit, Situation
from draille.mesures.suivi_rsa.tests import fabrique as f
from draille.moteurs.flux.adaptateur import constater_absences
from draille.noyau.journal import projections
from draille.noyau.models import Foyer, LigneJournal, MembreFoyer, Personne
from draille.socle.acces import Acces


@pytest.fixture
def stock(par: Acces) -> Acces:
    """Cinq dossiers versables en janvier, repris comme stock ; le 5 d'une personne non soumise."""
    dossiers = [f.foyer(n) for n in range(1, 5)]
    dossiers.append(f.foyer(5, f.adulte(5, est_soumis=False)))
    f.mois(par, f.JANVIER, *dossiers)
    return par


def _les_autres(*sauf: int) -> list[str]:
    dossiers = [f.foyer(n) for n in range(1, 5) if n not in sauf]
    return dossiers if 5 in sauf else [*dossiers, f.foyer(5, f.adulte(5, est_soumis=False))]


def test_le_premier_fichier_est_un_stock_sans_entrant(stock: Acces) -> None:
    assert [ligne[0] for ligne in f.journal()] == ["reprendre"] * 5
    assert not Entree.objects.exists()
    assert DossierRsa.objects.filter(etat="2").count() == 5
    periode = PeriodeDroit.objects.first()
    assert periode is not None
    assert (periode.debut, periode.fin) == (date(2020, 1, 1), None)
    assert periode.montant_departement == Decimal("497.01")
    assert MembreFoyer.objects.filter(role="DEM", fin__isnull=True).count() == 5


def test_un_dossier_inchange_n_ecrit_rien(stock: Acces) -> None:
    avant = (PeriodeDroit.objects.count(), Situation.objects.count(), LigneJournal.objects.count())
    recu = f.mois(stock, f.FEVRIER, *_les_autres())
    assert (recu.lus, recu.inchanges, recu.integres) == (5, 5, 0)
    # Deux lignes parlent du fichier lui-même : reçu, intégré.
    apres = (
        PeriodeDroit.objects.count(),
        Situation.objects.count(),
        LigneJournal.objects.count() - 2,
    )
    assert apres == avant


def test_les_cinq_categories(stock: Acces) -> None:
    # Le 4 se clôt en février ; en mars il revient sous un autre numéro de demande.
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, **f.clos()))
    f.mois(
        stock,
        f.MARS,
        *_les_autres(1, 4, 5),
        f.foyer(1, f.adulte(1), f.adulte(11, role="CJT", rattachee_le="2020-03-02")),
        f.foyer(4, NUMDEMRSA="99999999043", DTDEMRSA="2020-03-10"),
        f.foyer(5, f.adulte(5)),
        f.foyer(6, DTDEMRSA="2020-03-12"),
        f.foyer(7, DTDEMRSA="2020-01-12", mutation_le="2020-03-15"),
    )
    assert sorted(f.journal("entrer")) == [
        ("entrer", "NOM11", "rejoint_foyer"),
        ("entrer", "NOM4", "retour"),
        ("entrer", "NOM5", "devient_soumis"),
        ("entrer", "NOM6", "primo_arrivant"),
        ("entrer", "NOM7", "mutation"),
    ]
    entree = Entree.objects.get(personne__nom_naissance="NOM6")
    assert (entree.connue_le, entree.mois) == (date(2020, 4, 5), date(2020, 3, 1))
    assert entree.ouverture_le == date(2020, 3, 12)
    ligne = LigneJournal.objects.get(code="suivi_rsa.entrer", personne_id=entree.personne_id)
    assert (ligne.le, ligne.objet_id) == (date(2020, 4, 5), entree.pk)
    assert ligne.charge["organisme"] == "CAF 431"


def test_une_sortie_par_cloture_puis_le_dossier_disparait(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, **f.clos("RAU")))
    assert f.actes() == [("sortir", "NOM4", "RAU")]
    recu = f.mois(stock, f.MARS, *_les_autres(4))
    assert recu.absents == 0
    assert f.actes() == [("sortir", "NOM4", "RAU")]
    assert DossierRsa.objects.get(numero_demande="00000004043").absent_depuis == date(2020, 3, 1)


def test_une_absence_est_une_sortie(stock: Acces) -> None:
    recu = f.mois(stock, f.FEVRIER, *_les_autres(4))
    assert (recu.statut, recu.absents, recu.sorties) == ("integre", 1, 1)
    assert f.actes() == [("sortir", "NOM4", "ABSENT")]
    assert not Situation.objects.filter(fin__isnull=True, personne__nom_naissance="NOM4").exists()


def test_trop_d_absences_attendent_une_confirmation(stock: Acces) -> None:
    recu = f.mois(stock, f.FEVRIER, f.foyer(1), f.foyer(2))
    assert (recu.statut, recu.absents) == ("a_confirmer", 3)
    assert "extrait" in recu.motif
    assert f.actes() == []
    recu = constater_absences(fichier=recu, par=stock, le=date(2020, 3, 6))
    assert recu.statut == "integre"
    assert sorted(f.actes()) == [("sortir", f"NOM{n}", "ABSENT") for n in (3, 4, 5)]


def test_deux_extraits_d_un_mois_se_reunissent(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4))
    f.mois(stock, f.Mois("2020-02-29", "2020-03-06"), f.foyer(4))
    assert f.actes() == [("sortir", "NOM4", "ABSENT"), ("rectifier_sortie", "NOM4", "")]
    situation = Situation.objects.get(personne__nom_naissance="NOM4")
    assert (situation.debut, situation.fin) == (date(2020, 1, 1), None)
    periode = PeriodeDroit.objects.get(dossier=situation.dossier)
    assert (periode.debut, periode.fin) == (date(2020, 1, 1), None)
    f.mois(stock, f.MARS, *_les_autres())
    assert len(f.actes()) == 2


def test_l_extrait_le_plus_recent_du_mois_l_emporte_quel_que_soit_l_ordre(stock: Acces) -> None:
    f.mois(stock, f.Mois("2020-02-29", "2020-03-09"), *_les_autres(4), f.foyer(4, **f.clos()))
    ancien = f.mois(stock, f.FEVRIER, f.foyer(4), f.foyer(6))
    assert (ancien.statut, ancien.integres, ancien.inchanges) == ("integre", 1, 1)
    assert DossierRsa.objects.get(numero_demande="00000004043").etat == "5"
    assert f.actes() == [("sortir", "NOM4", "ECH"), ("entrer", "NOM6", "primo_arrivant")]


def test_une_suspension_puis_une_reprise_ne_font_pas_un_entrant(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, **f.suspendu()))
    f.mois(stock, f.MARS, *_les_autres())
    assert f.actes() == [("suspendre", "NOM4", "06"), ("retablir", "NOM4", "")]


def test_une_suspension_de_plus_d_un_an_fait_un_retour(par: Acces) -> None:
    f.mois(par, f.JANVIER, f.foyer(1, **f.suspendu("2018-12-15")), f.foyer(2))
    f.mois(par, f.FEVRIER, f.foyer(1), f.foyer(2))
    assert f.actes() == [("entrer", "NOM1", "retour")]


def test_une_demande_en_attente_du_stock_devient_primo_arrivante(par: Acces) -> None:
    f.mois(par, f.JANVIER, f.foyer(1, etat="0"), f.foyer(2))
    f.mois(par, f.FEVRIER, f.foyer(1), f.foyer(2))
    assert f.actes() == [("entrer", "NOM1", "primo_arrivant")]


def test_qui_n_est_plus_soumis_sort_et_qui_le_redevient_rentre(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, f.adulte(4, est_soumis=False)))
    f.mois(stock, f.MARS, *_les_autres())
    assert f.actes() == [("sortir", "NOM4", "NON_SOUMIS"), ("entrer", "NOM4", "devient_soumis")]


def test_qui_quitte_le_foyer_sort_et_son_entree_se_ferme(stock: Acces) -> None:
    couple = f.foyer(1, f.adulte(1), f.adulte(11, role="CJT", rattachee_le="2020-02-02"))
    f.mois(stock, f.FEVRIER, *_les_autres(1), couple)
    f.mois(stock, f.MARS, *_les_autres())
    assert f.actes()[-1] == ("sortir", "NOM11", "FOYER")
    entree = Entree.objects.get()
    assert (entree.sortie_le, entree.sortie_motif) == (date(2020, 4, 5), "FOYER")
    membre = MembreFoyer.objects.get(personne__nom_naissance="NOM11")
    assert membre.fin == date(2020, 3, 1)


def test_changer_de_numero_de_demande_le_meme_mois_n_est_rien(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, **f.clos()), f.foyer(4, NUMDEMRSA="98043"))
    assert f.actes() == []


def test_une_personne_sans_nir_est_reconnue_a_son_etat_civil(par: Acces) -> None:
    def sans_nir(prenom: str) -> str:
        return f.foyer(1, f.adulte(1, NIR=None, PRENOM=prenom))

    f.mois(par, f.JANVIER, sans_nir("HELENE"), f.foyer(2))
    f.mois(par, f.FEVRIER, sans_nir("HÉLÈNE"), f.foyer(2))
    assert Personne.objects.filter(nom_naissance="NOM1").count() == 1
    f.mois(par, f.MARS, f.foyer(1, f.adulte(1, PRENOM="HÉLÈNE")), f.foyer(2))
    personne = Personne.objects.get(nom_naissance="NOM1")
    assert personne.nir_empreinte is not None
    assert f.actes() == []


def test_un_demenagement_suit_la_personne_et_son_foyer(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(4, NUMCOM="43040"))
    personne = Personne.objects.get(nom_naissance="NOM4")
    assert personne.commune is not None
    cle = 200_000 + personne.commune_id
    assert personne.commune.code_insee == "43040"
    assert Foyer.objects.get(matricule="0000004").cle_acces == cle
    for modele in (Situation, MembreFoyer):
        assert modele.objects.get(personne=personne).cle_acces == cle
    assert PeriodeDroit.objects.get(dossier__foyer__matricule="0000004").cle_acces == cle


def test_le_nir_d_une_msa_n_est_jamais_garde_en_clair(par: Acces) -> None:
    nir = "2840343157001"
    f.mois(par, f.JANVIER, f.foyer(1, FONORG="MSA", NUMORG="43M", MATRICULE=nir))
    foyer = Foyer.objects.get()
    assert nir not in foyer.matricule + foyer.reference
    assert nir not in DossierRsa.objects.get().matricule


def test_les_entrees_se_recalculent_du_journal(stock: Acces) -> None:
    f.mois(stock, f.FEVRIER, *_les_autres(4), f.foyer(6), f.foyer(4, **f.clos()))
    f.mois(stock, f.MARS, *_les_autres(4), f.foyer(6, **f.clos()), f.foyer(7))
    f.mois(stock, f.Mois("2020-04-30", "2020-05-05"), *_les_autres(4))
    f.mois(stock, f.Mois("2020-04-30", "2020-05-06"), f.foyer(7))
    assert Entree.objects.count() == 2
    ecarts = {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer()}
    assert ecarts["suivi_rsa.entrees"] == (0, 0)
