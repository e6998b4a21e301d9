"""Les notes : partagées dans un métier, ou pour leur seul auteur."""

import pytest

from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.models import Note
from draille.mesures.accueil_social.tests import fabrique as f
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, Role
from draille.socle.refus import Refus


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces) -> None:
    f.au(f.LE, systeme)


def _ecrire(de, par, texte="Préfère le matin.", **plus):
    return actes.ecrire_note(
        personne=de,
        texte=texte,
        est_privee=plus.get("est_privee", False),
        compartiment=plus.get("compartiment", f.SOCIAL),
        par=par,
        le=f.LE,
    )


def test_une_note_partagee_se_lit_dans_son_metier_seulement(systeme):
    de = f.personne(systeme)
    _ecrire(de, f.acces())
    collegue, autre = f.acces(nom="collegue"), f.acces(nom="autre", compartiments=(f.INSERTION,))
    (lue,) = lectures.notes_de(personne_id=de.pk, acces=collegue)
    assert (lue.compartiment, lue.est_la_mienne) == ("Social", False)
    assert lectures.notes_de(personne_id=de.pk, acces=autre) == []
    f.au(f.LE, autre)
    assert Note.objects.count() == 0


def test_une_note_privee_n_a_qu_un_lecteur(systeme):
    de, auteur = f.personne(systeme), f.acces(nom="auteur")
    f.au(f.LE, auteur)
    note = _ecrire(de, auteur, est_privee=True)
    (lue,) = lectures.notes_de(personne_id=de.pk, acces=auteur)
    assert (lue.compartiment, lue.est_la_mienne, lue.note.pk) == ("Privée", True, note.pk)
    for lecteur in (f.acces(nom="collegue"), f.acces(nom="cadre", role=Role.CADRE), systeme):
        f.au(f.LE, lecteur)
        assert lectures.notes_de(personne_id=de.pk, acces=lecteur) == []
        assert Note.objects.count() == 0
        with pytest.raises(Refus):
            lectures.note(note_id=note.pk, acces=lecteur)


def test_la_note_privee_reste_a_son_auteur_quand_la_personne_demenage(systeme):
    de, auteur = f.personne(systeme), f.acces(nom="auteur")
    f.au(f.LE, auteur)
    privee, partagee = _ecrire(de, auteur, est_privee=True), _ecrire(de, auteur)
    Personne.objects.filter(pk=de.pk).update(commune=f.brioude())
    assert Note.objects.get(pk=privee.pk).cle_acces == privee.cle_acces
    assert Note.objects.get(pk=partagee.pk).cle_acces == 100_000 + f.brioude().pk


def test_le_texte_n_est_que_dans_sa_table(systeme):
    note = _ecrire(f.personne(systeme), f.acces())
    ligne = LigneJournal.objects.get(code="accueil_social.ecrire_note")
    assert ligne.charge == {"note_id": note.pk, "est_privee": False}


@pytest.mark.parametrize("texte", ["", "   ", "a" * 2001])
def test_une_note_vide_ou_trop_longue_est_refusee(systeme, texte):
    de = f.personne(systeme)
    with pytest.raises(Refus):
        _ecrire(de, f.acces(), texte)
    assert Note.objects.count() == 0


def test_on_n_ecrit_pas_dans_un_metier_que_l_on_ne_tient_pas(systeme):
    de = f.personne(systeme)
    with pytest.raises(Refus) as refus:
        _ecrire(de, f.acces(), compartiment=Compartiment.ENFANCE)
    assert refus.value.code == "acces.refuse"


def test_on_n_ecrit_pas_dans_un_metier_qui_ne_connait_pas_la_personne(systeme):
    de = f.personne(systeme)
    with pytest.raises(Refus) as refus:
        _ecrire(de, f.acces(compartiments=(f.SOCIAL, f.INSERTION)), compartiment=f.INSERTION)
    assert refus.value.code == "accueil_social.compartiment_ferme"


@pytest.mark.parametrize("role", [Role.PILOTE, Role.ADMINISTRATEUR, Role.PARTENAIRE])
def test_qui_n_ouvre_pas_de_dossier_n_ecrit_pas_de_note(systeme, role):
    de = f.personne(systeme)
    with pytest.raises(Refus) as refus:
        _ecrire(de, f.acces(role=role))
    assert refus.value.code == "acces.refuse"


def test_un_traitement_sans_auteur_n_ecrit_pas_de_note_privee(systeme):
    with pytest.raises(Refus) as refus:
        _ecrire(f.personne(systeme), systeme, est_privee=True)
    assert refus.value.code == "accueil_social.sans_auteur"


def test_seul_son_auteur_corrige_une_note(systeme):
    de, auteur, collegue = f.personne(systeme), f.acces(nom="auteur"), f.acces(nom="collegue")
    note = _ecrire(de, auteur)
    with pytest.raises(Refus) as refus:
        actes.corriger_note(note_id=note.pk, texte="Autre", par=collegue, le=f.LE)
    assert refus.value.code == "accueil_social.note_d_un_autre"
    for _ in range(2):
        actes.corriger_note(note_id=note.pk, texte=" Préfère le soir. ", par=auteur, le=f.LE)
    assert Note.objects.get(pk=note.pk).texte == "Préfère le soir."
    (ligne,) = LigneJournal.objects.filter(code="accueil_social.corriger_note")
    assert ligne.charge == {"note_id": note.pk}


def test_corriger_sa_note_privee(systeme):
    de, auteur = f.personne(systeme), f.acces(nom="auteur")
    f.au(f.LE, auteur)
    note = _ecrire(de, auteur, est_privee=True)
    actes.corriger_note(note_id=note.pk, texte="Autre", par=auteur, le=f.LE)
    assert Note.objects.get(pk=note.pk).texte == "Autre"
    f.au(f.LE, systeme)
    with pytest.raises(Refus) as refus:
        actes.corriger_note(note_id=note.pk, texte="Encore", par=systeme, le=f.LE)
    assert refus.value.code == "accueil_social.introuvable"
