"""Le réglage « personne » : un couple prend deux places, et garde un seul référent."""

from pathlib import Path

import pytest

from draille.mesures.referent_unique import actes, lectures, lectures_entrees
from draille.mesures.referent_unique.lectures_verification import verification
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI, Monde
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.parametres import Registre
from draille.socle.refus import Refus


@pytest.fixture
def par_personne(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, systeme: Acces) -> Monde:
    """Le petit Département, où les places se comptent en personnes."""
    fichier = Path(lectures_entrees.__file__).with_name("parametres.yaml")
    autre = tmp_path / "parametres.yaml"
    autre.write_text(
        fichier.read_text("utf-8").replace("valeur: foyer", "valeur: personne"), "utf-8"
    )
    registre = Registre.charger([autre])
    monkeypatch.setattr(lectures_entrees, "registre_global", lambda: registre)
    return fabrique.monter(systeme)


def couple(monde, commune):
    un, deux = fabrique.personne("Un", commune), fabrique.personne("Deux", commune)
    fabrique.en_foyer(un, deux)
    for p in (un, deux):
        fabrique.orienter(p, monde.systeme)
    fabrique.livrer(monde.systeme)
    return un, deux


def test_le_couple_va_la_ou_deux_places_restent(par_personne):
    monde = par_personne
    etroit = fabrique.referent("etroit", monde.communes[3], monde.cadre, places=1)
    un, deux = couple(monde, monde.communes[3])
    calcul = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    retenus = {calcul.places[x.place]["agent_id"] for x in calcul.lignes.all()}
    assert retenus == {monde.yssingeaux.pk}
    assert calcul.prix == []
    assert verification(calcul_id=calcul.pk, acces=monde.systeme).fautes == ()
    ligne = calcul.lignes.order_by("rang").first()
    actes.accepter_ligne(ligne_id=ligne.pk, par=monde.cadre, le=LUNDI)
    assert {r.agent_id for r in Referent.objects.filter(personne__in=(un, deux))} == retenus
    charges = {c.agent_id: c.charge for c in lectures.charges(acces=monde.cadre, le=LUNDI)}
    assert (charges[monde.yssingeaux.pk], charges[etroit.pk]) == (2, 0)
    reponse = lectures.pourquoi_pas(ligne_id=ligne.pk, agent_id=monde.puy.pk, acces=monde.cadre)
    assert reponse.surcout_minutes is None, (
        "sans prix, aucun surcoût n'est prouvé : on n'en dit pas"
    )


def test_la_base_compte_alors_les_personnes(par_personne):
    monde = par_personne
    etroit = fabrique.referent("etroit", monde.communes[3], monde.cadre, places=1)
    un, deux = couple(monde, monde.communes[3])
    actes.designer_a_la_main(
        personne_id=un.pk, agent_id=etroit.pk, motif="", par=monde.cadre, le=LUNDI
    )
    with pytest.raises(Refus) as refus:
        actes.designer_a_la_main(
            personne_id=deux.pk, agent_id=etroit.pk, motif="", par=monde.cadre, le=LUNDI
        )
    assert refus.value.code == "referent.quota"
