"""Inscrire une personne, tracer qui ouvre son dossier, garder son NIR."""

import pytest
from django.db import Error, IntegrityError, transaction

from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne import lectures
from draille.noyau.personne.actes import (
    Identite,
    consulter,
    inscrire,
    mettre_a_jour_contact,
    rendre_connue,
)
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.chiffrement import trousseau
from draille.socle.refus import Refus

NIR = "2730143990078"
IDENTITE = Identite(nom_naissance="Bœuf-Ébrard", prenom="Éléonore", nir=NIR)


def _inscrire(par, le, identite=IDENTITE, commune=None, compartiment=Compartiment.INSERTION):
    return inscrire(
        identite=identite,
        compartiment=compartiment,
        commune_id=commune,
        par=par,
        le=le,
    )


def test_inscrire_chiffre_le_nir_et_ne_lecrit_nulle_part_en_clair(systeme, le):
    personne = _inscrire(systeme, le)
    lue = Personne.objects.get(pk=personne.pk)
    assert NIR.encode() not in bytes(lue.nir_chiffre)
    assert trousseau().dechiffrer(bytes(lue.nir_chiffre)).decode() == NIR
    assert lue.cles_acces == [200_000, 299_999]
    assert lue.recherche == "boeuf ebrard  eleonore"
    ligne = LigneJournal.objects.get(personne_id=personne.pk)
    assert NIR not in str(ligne.charge)
    assert "Éléonore" not in str(ligne.charge)


def test_un_nir_ne_designe_quune_personne(systeme, le):
    _inscrire(systeme, le)
    with pytest.raises(IntegrityError, match="nir_empreinte"), transaction.atomic():
        _inscrire(systeme, le, Identite(nom_naissance="Autre", prenom="Nom", nir=NIR))


def test_sans_nir_deux_homonymes_coexistent(systeme, le):
    identite = Identite(nom_naissance="Martin", prenom="Camille")
    assert _inscrire(systeme, le, identite).pk != _inscrire(systeme, le, identite).pk


def test_on_retrouve_par_le_nir_sans_le_dechiffrer(systeme, le):
    personne = _inscrire(systeme, le)
    assert lectures.chercher_par_nir(nir=NIR, acces=systeme) == [personne.pk]
    assert lectures.chercher_par_nir(nir="2730143990079", acces=systeme) == []


@pytest.mark.parametrize("role", [Role.PILOTE, Role.ADMINISTRATEUR])
def test_qui_nouvre_pas_de_dossier_ninscrit_personne(systeme, le, role):
    par = Acces(agent_id=1, organisation_id=1, nom="E", cles_par_role={role: frozenset({200_000})})
    with pytest.raises(Refus, match="habilité à inscrire une personne"):
        _inscrire(par, le)


def test_on_ninscrit_pas_hors_de_sa_commune_ni_de_son_compartiment(systeme, le):
    ici, ailleurs = (Commune.objects.create(code_insee=c, nom=c).pk for c in ("43157", "43040"))
    par = Acces(
        agent_id=1,
        organisation_id=1,
        nom="E",
        cles_par_role={Role.ACCUEIL: frozenset({200_000 + ici})},
    )
    for commune, compartiment in (
        (ailleurs, Compartiment.INSERTION),
        (None, Compartiment.INSERTION),
        (ici, Compartiment.ENFANCE),
    ):
        with pytest.raises(Refus):
            _inscrire(par, le, commune=commune, compartiment=compartiment)
    assert _inscrire(par, le, commune=ici).commune_id == ici


def test_une_consultation_dit_qui_quand_et_ne_sefface_pas(systeme, le):
    personne = _inscrire(systeme, le)
    for page in ("dossier", "nir"):
        consulter(personne=personne, page=page, compartiment=Compartiment.INSERTION, par=systeme)
    lues = lectures.consultations_de(personne=personne, acces=systeme, limite=10)
    assert [(c.page, c.agent) for c in lues] == [
        ("nir", "Traitement automatique"),
        ("dossier", "Traitement automatique"),
    ]
    assert lues[0].consulte_le.isoformat() == "2020-10-31T09:00:00+00:00"
    for geste in (Consultation.objects.all().delete, lambda: Consultation.objects.update(page="")):
        with pytest.raises(Error), transaction.atomic():
            geste()
    assert Consultation.objects.count() == 2


def test_une_personne_fermee_et_une_absente_se_ressemblent(systeme, le):
    personne = _inscrire(systeme, le)
    ferme = Acces(
        agent_id=1, organisation_id=1, nom="E", cles_par_role={Role.CADRE: frozenset({300_000})}
    )
    assert lectures.ouvrir(personne_id=personne.pk, acces=ferme) is None
    assert lectures.ouvrir(personne_id=personne.pk + 1, acces=ferme) is None
    assert lectures.ouvrir(personne_id=personne.pk, acces=systeme) == personne


def test_une_personne_devient_connue_d_un_metier_de_plus_une_fois(systeme, le):
    personne = _inscrire(systeme, le)
    for _ in range(2):
        rendre_connue(personne=personne, compartiment=Compartiment.SOCIAL, par=systeme, le=le)
    assert Personne.objects.get(pk=personne.pk).compartiments == [2, 1]
    (ligne,) = LigneJournal.objects.filter(code="personne.rendre_connue")
    assert (ligne.compartiment, ligne.charge) == (1, {"compartiment": "social"})


def test_les_coordonnees_changees_s_ecrivent_sans_leurs_valeurs(systeme, le):
    personne = _inscrire(systeme, le)
    for _ in range(2):
        mettre_a_jour_contact(personne=personne, telephone="0601020304", par=systeme, le=le)
    assert Personne.objects.get(pk=personne.pk).telephone == "0601020304"
    (ligne,) = LigneJournal.objects.filter(code="personne.mettre_a_jour_contact")
    assert ligne.charge == {"champs": ["telephone"]}
    pilote = Acces(
        agent_id=1,
        organisation_id=1,
        nom="E",
        cles_par_role={Role.PILOTE: frozenset({200_000})},
    )
    with pytest.raises(Refus, match="changer ces coordonnées"):
        mettre_a_jour_contact(personne=personne, telephone="0699999999", par=pilote, le=le)
