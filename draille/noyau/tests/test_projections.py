"""Les projections : l'état gardé se recalcule du journal, et un écart se compte."""

import pytest
from django.db import connection

from draille.noyau.journal import projections
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.projections import Ecart, Projection, comparer, declarer
from draille.noyau.personne.actes import Inscrire

RECALCUL = (
    "SELECT objet_id, charge->>'origine' AS origine FROM noyau_lignejournal"
    " WHERE code = 'personne.inscrire' AND objet_id >= 900"
)


@pytest.fixture
def etat(systeme, le, monkeypatch):
    """Un état gardé à part, en accord avec deux lignes du journal."""
    monkeypatch.setattr(projections, "_projections", {})
    with connection.cursor() as curseur:
        curseur.execute("CREATE TEMP TABLE etat (objet_id bigint, origine text) ON COMMIT DROP")
    for objet, origine in ((901, "flux"), (902, "accueil")):
        consigner(charge=Inscrire(origine), par=systeme, le=le, sujet=Sujet(objet_id=objet))
    _sql("INSERT INTO etat VALUES (901, 'flux'), (902, 'accueil')")
    declarer(Projection("essai", "SELECT objet_id, origine FROM etat", RECALCUL))


def _sql(requete):
    with connection.cursor() as curseur:
        curseur.execute(requete)


def test_un_etat_conforme_na_aucun_ecart(etat):
    assert comparer() == [Ecart("essai", 0, 0)]


@pytest.mark.parametrize(
    ("requete", "manquantes", "en_trop"),
    [
        ("DELETE FROM etat WHERE objet_id = 901", 1, 0),
        ("INSERT INTO etat VALUES (903, 'flux')", 0, 1),
        ("UPDATE etat SET origine = 'autre' WHERE objet_id = 902", 1, 1),
        ("UPDATE etat SET origine = NULL", 2, 2),
        ("INSERT INTO etat SELECT * FROM etat", 0, 2),
        ("TRUNCATE etat", 2, 0),
    ],
)
def test_un_ecart_se_compte_dans_les_deux_sens(etat, requete, manquantes, en_trop):
    _sql(requete)
    assert comparer() == [Ecart("essai", manquantes, en_trop)]


def test_une_projection_peut_recevoir_des_valeurs_calculees(etat, monkeypatch):
    monkeypatch.setattr(projections, "_projections", {})
    declarer(
        Projection(
            "bornee",
            "SELECT objet_id FROM etat WHERE objet_id < %(borne)s",
            "SELECT objet_id FROM noyau_lignejournal WHERE objet_id >= 900"
            " AND objet_id < %(borne)s",
            parametres=lambda: {"borne": 902},
        )
    )
    assert comparer() == [Ecart("bornee", 0, 0)]
    _sql("DELETE FROM etat WHERE objet_id = 902")
    assert comparer() == [Ecart("bornee", 0, 0)]
    _sql("DELETE FROM etat WHERE objet_id = 901")
    assert comparer() == [Ecart("bornee", 1, 0)]


def test_deux_projections_de_meme_nom_sont_refusees(etat):
    assert projections.noms() == ["essai"]
    with pytest.raises(ValueError, match="deux fois"):
        declarer(Projection("essai", "SELECT 1", "SELECT 1"))


def test_les_projections_du_produit_sont_conformes_sur_une_base_vide(systeme):
    assert len(projections.noms()) >= 3
    assert [e for e in comparer() if e.manquantes or e.en_trop] == []
