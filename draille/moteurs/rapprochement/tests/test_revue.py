"""La revue de nuit : ce qu'elle trouve, ce qu'elle oublie, à qui elle le montre."""

from datetime import date

import pytest

from draille.moteurs.rapprochement import adaptateur_revue as revue
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.moteurs.rapprochement.tests.conftest import ENFANCE, INSERTION, SOCIAL
from draille.noyau.journal import projections
from draille.noyau.journal.projections import Projection, comparer
from draille.noyau.personne.actes import rendre_connue
from draille.noyau.personne.models import Personne
from draille.socle.acces import Role, cle_generale
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

TOUT = tuple(cle_generale(compartiment=c) for c in (SOCIAL, INSERTION))


def _revoir(monde, **quoi):
    return revue.revoir(par=monde.tout_voir(), le=monde.le, **quoi)


def _paires():
    return set(Paire.objects.values_list("premiere_id", "seconde_id", "statut"))


def test_la_nuit_trouve_les_paires_et_n_ajoute_rien_si_on_la_rappelle(monde):
    a, b = monde.personne("Lefebvre"), monde.personne("Lefèvre")
    monde.personne("Garnier", "Paul", naissance_le=date(1950, 1, 2))
    assert _revoir(monde) == 1
    assert _revoir(monde) == 0
    assert _paires() == {(a.pk, b.pk, "ouverte")}
    paire = Paire.objects.get()
    assert paire.zone == Paire.Zone.CERTAINE
    assert "nom_proche" in paire.raisons
    assert paire.cle_acces == monde.cle(SOCIAL, monde.puy)


def test_une_fiche_corrigee_sort_de_la_revue_mais_une_decision_reste(monde):
    a, b = monde.personne("Lefebvre"), monde.personne("Lefèvre")
    c = monde.personne("Garnier", "Paul")
    d = monde.personne("Garnier", "Paul")
    _revoir(monde)
    distincte = Paire.objects.get(premiere=c)
    revue.declarer_distinctes(paire_id=distincte.pk, par=monde.par, le=monde.le)
    Personne.objects.filter(pk=b.pk).update(nom_naissance="Xu", prenom="Li")
    assert _revoir(monde) == 0
    assert _paires() == {(c.pk, d.pk, "distincte")}
    assert a.pk


def test_apres_un_fichier_seules_les_nouvelles_sont_cherchees(monde):
    a, b = monde.personne("Lefebvre"), monde.personne("Lefèvre")
    avant = revue.derniere_personne()
    assert _revoir(monde, depuis=avant) == 0
    c = monde.personne("Lefebvre")
    assert _revoir(monde, depuis=avant) == 2
    assert _paires() == {(a.pk, c.pk, "ouverte"), (b.pk, c.pk, "ouverte")}


def test_ce_qui_est_distinct_le_reste_sous_le_dossier_qui_continue_l_autre(monde):
    a, b, c = (monde.personne() for _ in range(3))
    _revoir(monde)
    for x, y in ((a, c), (b, c)):
        paire = Paire.objects.get(premiere=x, seconde=y)
        revue.declarer_distinctes(paire_id=paire.pk, par=monde.par, le=monde.le)
    revue.fusionner(gardee_id=b.pk, absorbee_id=a.pk, par=monde.par, le=monde.le)
    d = monde.personne("Nouvelle", "Rose", naissance_le=date(1999, 9, 9))
    assert _revoir(monde) == 0
    assert d.pk


def test_une_paire_ne_se_montre_qu_a_qui_lit_ses_deux_dossiers(monde):
    monde.personne(), monde.personne(dans=INSERTION, commune=monde.brioude)
    _revoir(monde)
    paire = Paire.objects.get()
    lecteurs = {
        (cle_generale(compartiment=SOCIAL),): 0,
        (cle_generale(compartiment=INSERTION),): 0,
        (cle_generale(compartiment=SOCIAL), monde.cle(INSERTION, monde.puy)): 0,
        (monde.cle(SOCIAL, monde.puy), monde.cle(INSERTION, monde.brioude)): 1,
        TOUT: 1,
    }
    for cles, nombre in lecteurs.items():
        acces = monde.sous(monde.acces(*cles))
        assert revue.paires(acces=acces).count() == nombre, cles
        if not nombre:
            with pytest.raises(Refus, match="ne vous est pas ouvert"):
                revue.paire(paire_id=paire.pk, acces=acces)
    accueil = monde.sous(monde.acces(*TOUT, role=Role.ACCUEIL))
    assert not revue.paires(acces=accueil).exists()


def test_la_paire_suit_la_commune_de_sa_personne(monde):
    a, _ = monde.personne(), monde.personne()
    _revoir(monde)
    Personne.objects.filter(pk=a.pk).update(commune=monde.brioude)
    assert Paire.objects.get().cle_acces == monde.cle(SOCIAL, monde.brioude)


def test_par_defaut_rien_ne_se_rejoint_seul(monde):
    monde.personne(), monde.personne()
    _revoir(monde)
    assert not Fusion.objects.exists()


def test_si_le_departement_le_veut_les_paires_sures_se_rejoignent_sauf_l_enfance(
    monde, monkeypatch
):
    registre = type(registre_global())
    vrai = registre.oui
    monkeypatch.setattr(
        registre,
        "oui",
        lambda soi, code, le: code == "rapprochement.fusion_automatique" or vrai(soi, code, le),
    )
    ancienne = monde.personne("Lefebvre")
    avec_nir = monde.personne("Lefebvre", nir="2840343990078")
    protegees = [monde.personne("Garnier", "Paul") for _ in range(2)]
    rendre_connue(personne=protegees[0], compartiment=ENFANCE, par=monde.par, le=monde.le)
    _revoir(monde)
    fusion = Fusion.objects.get()
    assert (fusion.gardee_id, fusion.absorbee_id) == (avec_nir.pk, ancienne.pk)
    assert (protegees[0].pk, protegees[1].pk, "ouverte") in _paires()


def test_les_etats_recalcules_du_journal_suivent_le_dossier_garde(monde, monkeypatch):
    """Une projection compare au journal vu par les dossiers d'aujourd'hui."""
    a, b = monde.personne(), monde.personne()
    monkeypatch.setattr(projections, "_projections", {})
    projections.declarer(
        Projection(
            "essai",
            "SELECT coalesce(fusionnee_dans_id, id) FROM noyau_personne",
            "SELECT personne_id FROM noyau_lignejournal WHERE code = 'personne.inscrire'",
        )
    )
    revue.fusionner(gardee_id=a.pk, absorbee_id=b.pk, par=monde.par, le=monde.le)
    (ecart,) = comparer()
    assert (ecart.manquantes, ecart.en_trop) == (0, 0)
