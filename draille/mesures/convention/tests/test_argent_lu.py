"""L'argent lu de la base : les textes publiés, les pièces, et ce qui tombe juste."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import demo, lectures, models
from draille.mesures.convention.lectures_argent import argent
from draille.mesures.convention.lectures_argent_pieces import Filtre, ouvrir
from draille.mesures.convention.regles import EtatParite
from draille.mesures.convention.regles.argent import GenreAlerte
from draille.mesures.convention.regles.suivi import Etape

LE = date(2020, 10, 31)


def _page(le=LE):
    return lectures.page(departement="43", code="convention_pauvrete_2019_2021", le=le)


@pytest.mark.django_db
def test_sans_piece_le_prevu_est_celui_du_texte_et_l_ecart_reste_visible(inscrite):
    inscrite("43")
    lu = argent(page=_page(), annee=2020, le=LE)
    assert lu.totaux[Etape.PREVUE] == Decimal("693751.32")
    assert lu.non_affecte == Decimal("359.32")
    assert sum(x.montants[Etape.PREVUE] for x in lu.lignes) == Decimal("693392.00")
    assert lu.par_financeur[(Etape.PREVUE, "etat")] == Decimal("346875.66")
    assert lu.parites[Etape.PREVUE][0][1].etat is EtatParite.EXACTE
    assert lu.totaux[Etape.EXECUTEE] == 0
    assert lu.taux_execution == 0
    assert lu.projection is None


@pytest.fixture
def jouee(inscrite, systeme):
    """La Haute-Loire et son tableur fictif d'octobre."""
    inscrite("43")
    return demo.importer_le_mois(departement="43", graine="essai", par=systeme, le=LE)


@pytest.mark.django_db
def test_une_piece_datee_plus_tard_ne_compte_pas_encore_et_hier_ne_change_pas(jouee, systeme):
    veille = argent(page=_page(), annee=2020, le=date(2020, 10, 30))
    demo.importer_le_mois(departement="43", graine="essai", par=systeme, le=date(2020, 11, 30))
    assert argent(page=_page(), annee=2020, le=date(2020, 10, 30)) == veille
    novembre = date(2020, 11, 30)
    apres = argent(page=_page(novembre), annee=2020, le=novembre)
    assert apres.totaux[Etape.EXECUTEE] > veille.totaux[Etape.EXECUTEE]
    assert apres.totaux[Etape.PREVUE] == veille.totaux[Etape.PREVUE]


@pytest.mark.django_db
def test_l_argent_se_lit_en_trois_requetes_et_chaque_chiffre_s_ouvre(
    jouee, django_assert_num_queries
):
    page = _page()
    with django_assert_num_queries(3):
        lu = argent(page=page, annee=2020, le=LE)
    for x in lu.lignes:
        for (etape, financeur), montant in x.par_financeur.items():
            filtre = Filtre(etape, x.code, financeur)
            assert ouvrir(page=page, annee=2020, le=LE, filtre=filtre).total == montant
    for etape, total in lu.totaux.items():
        liste = ouvrir(page=page, annee=2020, le=LE, filtre=Filtre(etape))
        assert liste.total == total
        assert sum(m for _, _, m in liste.par_financeur) == total


@pytest.mark.django_db
def test_une_echeance_d_execution_prolonge_la_projection_et_une_autre_alerte(jouee):
    page = _page()
    for nature, avant_le in (("execution", date(2021, 6, 30)), ("rapport", date(2021, 1, 20))):
        models.EcheanceCadre.objects.create(
            cadre_id=page.cadre_id,
            nature=nature,
            annee=2020,
            libelle=f"Échéance {nature}",
            avant_le=avant_le,
            fixee_le=date(2020, 10, 23),
        )
    fin = date(2020, 12, 31)
    lu = argent(page=_page(fin), annee=2020, le=fin)
    assert "6\u00a0mois jusqu'au 30 juin 2021" in lu.projection.methode
    dits = [a.message for a in lu.alertes if a.genre is GenreAlerte.ECHEANCE]
    assert dits == ["Échéance rapport : avant le 20 janvier 2021, il reste 20\u00a0jours."]
