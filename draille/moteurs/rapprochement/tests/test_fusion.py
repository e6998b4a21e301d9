"""Rejoindre, confirmer à deux, séparer : rien ne se perd, tout se rend."""

from datetime import date

import pytest
from django.db import connection

from draille.moteurs.rapprochement.adaptateur_fusion import (
    confirmer_fusion,
    declarer_distinctes,
    fusionner,
    separer,
)
from draille.moteurs.rapprochement.adaptateur_lignes import colonnes
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.moteurs.rapprochement.tests.conftest import ENFANCE, INSERTION, SOCIAL
from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal.lectures import de_la_personne
from draille.noyau.journal.models import LigneJournal
from draille.noyau.parcours.actes import Choix, ouvrir
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne import lectures
from draille.noyau.personne.actes import consulter, rendre_connue
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.personne.regles import Demande
from draille.socle.acces import Role, cle_generale
from draille.socle.refus import Refus

NIR = "2840343990078"
TOUT = tuple(cle_generale(compartiment=c) for c in (SOCIAL, INSERTION))


def _relire(personne):
    return Personne.objects.get(pk=personne.pk)


def _refus(code, acte, **arguments):
    with pytest.raises(Refus) as leve:
        acte(**arguments)
    assert leve.value.code == code
    return leve.value


def _echeance(personne, compartiment=SOCIAL, ligne=1):
    return Echeance.objects.create(
        code="essai.delai",
        personne=personne,
        ouverte_le=date(2020, 10, 1),
        avant_le=date(2020, 11, 1),
        ligne_ouverture_id=ligne,
        cle_acces=compartiment * 100_000 + personne.commune_id,
    )


def _photo():
    """Toutes les tables qui nomment une personne, et les personnes, ligne par ligne."""
    tables = {t for t, _ in colonnes()} | {"noyau_personne"}
    with connection.cursor() as curseur:
        photo = {}
        for table in sorted(tables):
            curseur.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            photo[table] = [ligne[0] for ligne in curseur.fetchall()]
    return photo


@pytest.fixture
def deux(monde):
    """Deux dossiers : au social du Puy, et en insertion à Brioude, avec NIR et téléphone."""
    gardee = monde.personne("Lefebvre", "Camille")
    absorbee = monde.personne(
        "Lefèvre",
        "Camille",
        dans=INSERTION,
        commune=monde.brioude,
        nir=NIR,
        sexe="2",
        telephone="0612345678",
    )
    return gardee, absorbee


def _fusionner(monde, gardee, absorbee, par=None):
    par = par or monde.acces(*TOUT)
    return fusionner(gardee_id=gardee.pk, absorbee_id=absorbee.pk, par=monde.sous(par), le=monde.le)


def test_les_lignes_changent_de_dossier_et_de_cle(monde, deux):
    gardee, absorbee = deux
    echeance = _echeance(absorbee, INSERTION)
    foyer = Foyer.objects.create(reference="CAF:1", matricule="1", cle_acces=echeance.cle_acces)
    membre = MembreFoyer.objects.create(
        foyer=foyer,
        personne=absorbee,
        role="DEM",
        debut=date(2020, 1, 1),
        cle_acces=foyer.cle_acces,
    )
    fusion = _fusionner(monde, gardee, absorbee).fusion
    monde.tout_voir()
    for ligne in (echeance, membre):
        ligne.refresh_from_db()
        assert ligne.personne_id == gardee.pk
        assert ligne.cle_acces == INSERTION * 100_000 + monde.puy.pk
    lue = _relire(gardee)
    assert lue.compartiments == [SOCIAL, INSERTION]
    assert (lue.telephone, lue.sexe) == ("0612345678", "2")
    assert lectures.chercher_par_nir(nir=NIR, acces=monde.par) == [gardee.pk]
    assert _relire(absorbee).fusionnee_dans_id == gardee.pk
    assert fusion.deplacees == {
        "noyau_echeance.personne_id": [echeance.pk],
        "noyau_membrefoyer.personne_id": [membre.pk],
    }


def test_separer_rend_tout_a_l_identique(monde, deux):
    gardee, absorbee = deux
    _echeance(gardee)
    _echeance(absorbee, INSERTION, ligne=2)
    ouvrir(
        personne=absorbee,
        choix=Choix(nature="rsa", type_parcours="social"),
        cle_acces=INSERTION * 100_000 + monde.brioude.pk,
        par=monde.par,
        le=monde.le,
    )
    avant = _photo()
    fusion = _fusionner(monde, gardee, absorbee).fusion
    monde.tout_voir()
    assert _photo() != avant
    separer(fusion_id=fusion.pk, par=monde.sous(monde.acces(*TOUT)), le=monde.le)
    monde.tout_voir()
    assert _photo() == avant
    assert Paire.objects.get().statut == Paire.Statut.DISTINCTE
    _refus("rapprochement.decidee", separer, fusion_id=fusion.pk, par=monde.par, le=monde.le)


def test_ce_qui_vient_apres_la_fusion_reste_au_dossier_garde(monde, deux):
    gardee, absorbee = deux
    fusion = _fusionner(monde, gardee, absorbee).fusion
    monde.tout_voir()
    venue = _echeance(_relire(gardee), INSERTION)
    Personne.objects.filter(pk=gardee.pk).update(telephone="0700000001", commune=monde.brioude)
    assert _relire(absorbee).commune_id == monde.brioude.pk
    separer(fusion_id=fusion.pk, par=monde.sous(monde.acces(*TOUT)), le=monde.le)
    monde.tout_voir()
    venue.refresh_from_db()
    assert venue.personne_id == gardee.pk
    lue = _relire(gardee)
    # L'insertion lui est venue entre-temps, le téléphone a été changé : les deux restent.
    assert lue.compartiments == [SOCIAL, INSERTION]
    assert lue.telephone == "0700000001"
    assert lectures.chercher_par_nir(nir=NIR, acces=monde.par) == [absorbee.pk]


def test_le_journal_et_les_consultations_ne_bougent_pas_et_se_lisent_au_dossier_garde(monde, deux):
    gardee, absorbee = deux
    consulter(personne=absorbee, page="dossier", compartiment=INSERTION, par=monde.par)
    lignes = set(LigneJournal.objects.values_list("pk", "personne_id"))
    _fusionner(monde, gardee, absorbee)
    monde.tout_voir()
    assert lignes <= set(LigneJournal.objects.values_list("pk", "personne_id"))
    assert Consultation.objects.get().personne_id == absorbee.pk
    du_garde = de_la_personne(personne_id=gardee.pk, acces=monde.par)
    codes = sorted(du_garde.values_list("code", "personne_id"))
    assert codes == sorted(
        (code, p.pk)
        for code in ("personne.inscrire", "rapprochement.fusionner")
        for p in (gardee, absorbee)
    )
    charges = str([ligne.charge for ligne in du_garde])
    for nom in ("Lef", "Camille", "0612345678", NIR):
        assert nom not in charges


def test_une_personne_ne_se_cherche_plus_que_dans_son_dossier_garde(monde, deux):
    gardee, absorbee = deux
    _fusionner(monde, gardee, absorbee)
    monde.tout_voir()
    for texte in ("Lefèvre", "Lefebvre", "Camille"):
        demande = Demande(texte=texte)
        assert lectures.chercher_par_nom(demande=demande, avec_proches=True, limite=9) == [
            gardee.pk
        ]


def test_deux_etats_qui_ne_se_cumulent_pas_sont_refuses_et_rien_ne_bouge(monde):
    gardee, absorbee = (monde.personne(dans=INSERTION) for _ in range(2))
    for rang, personne in enumerate((gardee, absorbee), start=1):
        Parcours.objects.create(
            personne=personne,
            nature="rsa",
            type_parcours="social",
            rang=rang,
            debut=date(2020, 1, 1),
            cle_acces=INSERTION * 100_000 + monde.puy.pk,
        )
    avant = _photo()
    refus = _refus(
        "rapprochement.etats",
        fusionner,
        gardee_id=gardee.pk,
        absorbee_id=absorbee.pk,
        par=monde.par,
        le=monde.le,
    )
    assert "chacun a un parcours au même moment" in refus.message
    assert _photo() == avant
    assert not Fusion.objects.exists()


@pytest.mark.parametrize("nirs", [("2840343990078", "2840343990079")])
def test_deux_numeros_de_securite_sociale_ne_se_rejoignent_pas(monde, nirs):
    gardee, absorbee = (monde.personne(nir=nir) for nir in nirs)
    _refus(
        "rapprochement.nir",
        fusionner,
        gardee_id=gardee.pk,
        absorbee_id=absorbee.pk,
        par=monde.par,
        le=monde.le,
    )


def test_il_faut_lire_et_tenir_les_deux_dossiers(monde, deux):
    gardee, absorbee = deux
    social = cle_generale(compartiment=SOCIAL)
    ids = {"gardee_id": gardee.pk, "absorbee_id": absorbee.pk, "le": monde.le}
    _refus("rapprochement.introuvable", fusionner, par=monde.sous(monde.acces(social)), **ids)
    accueil = monde.acces(*TOUT, role=Role.ACCUEIL)
    _refus("acces.refuse", fusionner, par=monde.sous(accueil), **ids)
    seul = {**ids, "absorbee_id": gardee.pk}
    _refus("rapprochement.meme", fusionner, par=monde.sous(monde.acces(*TOUT)), **seul)


def test_un_dossier_absorbe_ne_se_rejoint_plus_et_les_chaines_restent_courtes(monde):
    a, b, c = (monde.personne() for _ in range(3))
    echeance = _echeance(c)
    dedans = _fusionner(monde, b, c).fusion
    dehors = _fusionner(monde, a, b).fusion
    _refus(
        "rapprochement.absorbee",
        fusionner,
        gardee_id=b.pk,
        absorbee_id=a.pk,
        par=monde.acces(),
        le=monde.le,
    )
    assert _relire(c).fusionnee_dans_id == a.pk
    acces = monde.acces()
    _refus("rapprochement.ordre", separer, fusion_id=dedans.pk, par=acces, le=monde.le)
    separer(fusion_id=dehors.pk, par=acces, le=monde.le)
    assert _relire(c).fusionnee_dans_id == b.pk
    separer(fusion_id=dedans.pk, par=acces, le=monde.le)
    echeance.refresh_from_db()
    assert echeance.personne_id == c.pk


# --- À deux : enfance et PMI


@pytest.fixture
def protegee(monde):
    """Deux dossiers du social ; l'un est connu aussi de la protection de l'enfance."""
    gardee, absorbee = monde.personne(), monde.personne(telephone="0612345678")
    rendre_connue(personne=absorbee, compartiment=ENFANCE, par=monde.par, le=monde.le)
    _echeance(absorbee, ENFANCE)
    return gardee, absorbee


def _cadre(monde, agent, *compartiments):
    cles = [cle_generale(compartiment=c) for c in compartiments]
    return monde.acces(*cles, role=Role.CADRE, agent=agent)


def test_un_dossier_de_l_enfance_attend_une_seconde_personne_habilitee_la(monde, protegee):
    gardee, absorbee = protegee
    premiere = _cadre(monde, 7, SOCIAL)
    issue = _fusionner(monde, gardee, absorbee, premiere)
    assert issue.fusion is None
    assert issue.paire.statut == Paire.Statut.EN_ATTENTE
    assert not Fusion.objects.exists()
    confirmer = {"paire_id": issue.paire.pk, "le": monde.le}
    for qui in (_cadre(monde, 7, SOCIAL, ENFANCE), _cadre(monde, 8, SOCIAL)):
        par = monde.sous(qui)
        _refus("rapprochement.seconde_personne", confirmer_fusion, par=par, **confirmer)
    _refus("rapprochement.en_attente", _fusionner, monde=monde, gardee=gardee, absorbee=absorbee)
    seconde = monde.sous(_cadre(monde, 9, SOCIAL, ENFANCE))
    fusion = confirmer_fusion(par=seconde, **confirmer)
    assert (fusion.agent_id, fusion.second_agent_id) == (7, 9)
    monde.tout_voir()
    assert Echeance.objects.get().personne_id == gardee.pk
    codes = LigneJournal.objects.filter(code__startswith="rapprochement").values_list(
        "code", "agent_id"
    )
    assert sorted(codes) == [
        ("rapprochement.fusionner", 9),
        ("rapprochement.fusionner", 9),
        ("rapprochement.proposer", 7),
        ("rapprochement.proposer", 7),
    ]


def test_le_traitement_de_nuit_ne_confirme_jamais(monde, protegee):
    gardee, absorbee = protegee
    issue = _fusionner(monde, gardee, absorbee, _cadre(monde, 7, SOCIAL))
    _refus(
        "rapprochement.seconde_personne",
        confirmer_fusion,
        paire_id=issue.paire.pk,
        par=monde.tout_voir(),
        le=monde.le,
    )


def test_une_fusion_proposee_s_ecarte_par_son_auteur_ou_par_la_seconde_personne(monde, protegee):
    issue = _fusionner(monde, *protegee, _cadre(monde, 7, SOCIAL))
    ecarter = {"paire_id": issue.paire.pk, "le": monde.le}
    autre = monde.sous(_cadre(monde, 8, SOCIAL))
    _refus("rapprochement.seconde_personne", declarer_distinctes, par=autre, **ecarter)
    seconde = monde.sous(_cadre(monde, 9, SOCIAL, ENFANCE))
    paire = declarer_distinctes(par=seconde, **ecarter)
    assert paire.statut == Paire.Statut.DISTINCTE
    _refus("rapprochement.decidee", declarer_distinctes, par=seconde, **ecarter)


def test_une_note_personnelle_suit_sans_que_l_auteur_de_la_fusion_ne_la_lise(monde, deux):
    """Une ligne d'une clé personnelle change de dossier et garde sa clé."""
    gardee, absorbee = deux
    echeance = _echeance(absorbee, INSERTION)
    monde.sous(monde.acces(700_055, *TOUT))
    Echeance.objects.filter(pk=echeance.pk).update(cle_acces=700_055)
    _fusionner(monde, gardee, absorbee)
    assert not Echeance.objects.exists()
    monde.sous(monde.acces(700_055))
    lue = Echeance.objects.get()
    assert (lue.personne_id, lue.cle_acces) == (gardee.pk, 700_055)


def test_une_table_nouvelle_est_prise_sans_qu_on_y_pense():
    tables = {table for table, _ in colonnes()}
    assert {
        "noyau_echeance",
        "noyau_parcours",
        "orientation_rsa_suivi",
        "rendez_vous_rendezvous",
    } <= tables
    assert not tables & {"noyau_lignejournal", "noyau_consultation", "rapprochement_paire"}
    assert ("noyau_personne", "fusionnee_dans_id") in colonnes()
