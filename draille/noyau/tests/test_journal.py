"""Le journal : ajout seul par tous les chemins, charge typée, scellement, murs."""

from datetime import date

import psycopg
import pytest
from django.db import Error, connection, transaction

from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner, consigner_lot
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.scellement import sceller, verifier
from draille.noyau.personne.actes import Identite, Inscrire, inscrire
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Compartiment, acces_systeme
from draille.socle.murs import exiger_role_sans_privilege, modeles_personnels
from draille.socle.refus import Refus

LE = date(2020, 10, 15)


def _inscrire(systeme, nom="Bœuf"):
    return inscrire(
        identite=Identite(nom_naissance=nom, prenom="Éléonore", nir="2730143990078"),
        compartiment=Compartiment.INSERTION,
        commune_id=None,
        par=systeme,
        le=LE,
    )


def test_un_acte_ecrit_une_ligne_typee(systeme):
    personne = _inscrire(systeme)
    ligne = LigneJournal.objects.get(personne_id=personne.pk)
    assert (ligne.code, ligne.le, ligne.cle_acces) == ("personne.inscrire", LE, 299_999)
    assert ligne.ecrit_le.isoformat() == "2020-10-31T09:00:00+00:00"
    lue = registre.depuis_json(ligne.code, ligne.version, ligne.charge)
    assert lue == Inscrire(origine="accueil")


def test_une_charge_mal_typee_est_refusee(systeme):
    with pytest.raises(TypeError, match="origine"):
        consigner(charge=Inscrire(origine=3), par=systeme, le=LE, sujet=Sujet())


def test_un_lot_aux_cles_inattendues_est_refuse(systeme):
    source = (
        "SELECT date '2020-10-15' AS le, NULL::bigint AS personne_id, NULL::bigint AS objet_id,"
        " NULL::integer AS cle_acces, '{\"autre\": 1}'::jsonb AS charge"
    )
    with pytest.raises(TypeError, match="clés déclarées"):
        consigner_lot(acte=Inscrire, par=systeme, source=source, parametres={})


INTERDITES = [
    "UPDATE noyau_lignejournal SET le = '2020-01-01'",
    "UPDATE noyau_lignejournal SET charge = '{\"a\": 1}'",
    "DELETE FROM noyau_lignejournal",
    "TRUNCATE noyau_lignejournal",
]


@pytest.mark.parametrize("requete", INTERDITES)
def test_lapplication_ne_change_pas_le_journal(systeme, requete):
    _inscrire(systeme)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(requete)


@pytest.mark.parametrize("mode", ["origin", "replica"])
@pytest.mark.parametrize("requete", INTERDITES)
def test_le_superutilisateur_non_plus(proprietaire, requete, mode):
    proprietaire.execute(
        "INSERT INTO noyau_lignejournal (code, version, le, charge)"
        " VALUES ('essai.ligne', 1, '2020-10-15', '{}')"
    )
    proprietaire.execute(f"SET LOCAL session_replication_role = {mode}")
    with pytest.raises(psycopg.errors.RestrictViolation, match="ajout seul"):
        proprietaire.execute(requete)


def test_lorm_ne_change_pas_le_journal(systeme):
    _inscrire(systeme)
    ligne = LigneJournal.objects.get(code="personne.inscrire")
    ligne.code = "personne.autre"
    with pytest.raises(Error), transaction.atomic():
        ligne.save()
    with pytest.raises(Error), transaction.atomic():
        LigneJournal.objects.all().update(code="x.y")


def test_les_lignes_suivent_la_personne_qui_demenage(systeme):
    commune = Commune.objects.create(code_insee="43157", nom="Le Puy-en-Velay", population=18000)
    personne = _inscrire(systeme)
    Personne.objects.filter(pk=personne.pk).update(commune=commune)
    ligne = LigneJournal.objects.get(personne_id=personne.pk)
    assert ligne.cle_acces == 200_000 + commune.pk
    assert ligne.commune_id is None
    personne.refresh_from_db()
    assert personne.cles_acces == [200_000, 200_000 + commune.pk]


def test_sans_contexte_une_session_brute_ne_lit_rien(systeme):
    _inscrire(systeme)
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('draille.cles', '', true)")
        for modele in modeles_personnels():
            curseur.execute(f"SELECT count(*) FROM {modele._meta.db_table} WHERE true")
            assert curseur.fetchone() == (0,), modele
        curseur.execute("SELECT current_user")
        assert curseur.fetchone() == ("draille_app",)


def test_sans_contexte_rien_ne_secrit(db):
    with pytest.raises(Error, match="aucun contexte"), transaction.atomic():
        consigner(charge=Inscrire(origine="x"), par=acces_systeme(nom="x"), le=LE, sujet=Sujet())


def _sceller_trois(systeme):
    for nom in ("Un", "Deux", "Trois"):
        consigner(charge=Inscrire(origine=nom), par=systeme, le=LE, sujet=Sujet())
    return sceller()


def test_un_journal_intact_se_verifie(systeme):
    assert _sceller_trois(systeme) == 3
    assert sceller() == 0
    assert list(verifier()) == []


def test_on_ne_sert_pas_sous_un_role_que_les_murs_narretent_pas(systeme, proprietaire):
    with connection.cursor() as curseur:
        exiger_role_sans_privilege(curseur)
    with pytest.raises(Refus, match="rôle « draille »"):
        exiger_role_sans_privilege(proprietaire.cursor())
