"""H1, une fois inscrite en base. La graine :

« Département et Etat s'engagent ensemble et à parité en termes de financement (346 875,66 €
chacun), sur huit mesures : cinq nationales relevant de la volonté de l'Etat et trois à l'initiative
du Département. »
"""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import lectures, regles
from draille.mesures.convention.actes import charger_convention
from draille.noyau.journal.models import LigneJournal
from tests.conventions import publie

LE = date(2020, 10, 31)


@pytest.fixture
def page(systeme):
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=LE)
    return lectures.page(departement="43", code="convention_pauvrete_2019_2021", le=LE)


def test_les_chiffres_de_la_page(page):
    assert page.montant_total == Decimal("693751.32")
    assert page.montant_lignes == Decimal("693392")
    assert page.ecart.montant == Decimal("359.32")
    assert page.parite.etat is regles.EtatParite.EXACTE
    assert (page.comptage.annonce, page.comptage.lignes) == (8, 9)
    assert [(f.montant.financeur.nom, f.part) for f in page.financeurs] == [
        ("État", Decimal("0.5")),
        ("Département de la Haute-Loire", Decimal("0.5")),
    ]


def test_chaque_ligne_s_ouvre_sur_l_acte_qui_l_a_inscrite(page):
    actes = LigneJournal.objects.filter(code="convention.inscrire_ligne")
    par_objet = {x.objet_id: x for x in actes}
    assert len(par_objet) == len(page.lecture.lignes) == 9
    somme = Decimal(0)
    for ligne in page.lecture.lignes:
        acte = par_objet[page.lignes_ids[ligne.code]]
        assert acte.charge["ligne"] == ligne.code
        assert acte.le == date(2020, 10, 23)
        somme += Decimal(acte.charge["montant"])
    assert somme == page.montant_lignes


def test_l_engagement_s_ouvre_sur_la_signature(page):
    acte = LigneJournal.objects.get(code="convention.signer", objet_id=page.texte_id)
    assert acte.le == date(2020, 10, 23)
    assert Decimal(acte.charge["montant_etat"]) == Decimal("346875.66")
    assert Decimal(acte.charge["montant_departement"]) == Decimal("346875.66")


def test_chaque_chiffre_garde_sa_phrase_et_sa_page(page):
    for preuve in [x.preuve for x in (*page.lecture.lignes, *page.lecture.financements)]:
        assert "€" in preuve.phrase
        assert preuve.source.titre.startswith("Haute-Loire : près de 700 000 €")


def test_la_veille_de_l_avenant_la_page_n_a_pas_de_montant(systeme):
    veille = date(2020, 10, 22)
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=LE)
    page = lectures.page(departement="43", code="convention_pauvrete_2019_2021", le=veille)
    assert page.montant_total == 0
    assert page.ecart is None
    assert page.parite.etat is regles.EtatParite.NON_PUBLIEE
    assert "signé le 23/10/2020" in page.lecture.mention


def test_l_ardeche_se_charge_de_la_meme_facon(systeme):
    charger_convention(contenu=publie.contenu("07"), par=systeme, le=date(2021, 6, 1))
    assert lectures.conventions(departement="07") == publie.contenu("07").conventions
    pages = {
        p.lecture.convention.code: p for p in lectures.pages(departement="07", le=date(2021, 6, 1))
    }
    assert list(pages) == [c.code for c in publie.contenu("07").conventions]
    assert pages["contrat_enfance"].montant_total == Decimal(2_000_000)
    assert pages["contrat_enfance"].ecart is None
    assert pages["schema_solidarites"].comptage.difference == 0
    assert lectures.page(departement="43", code="contrat_enfance", le=LE) is None
