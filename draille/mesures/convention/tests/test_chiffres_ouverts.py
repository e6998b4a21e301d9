"""Chaque chiffre de la convention s'ouvre sur ses actes, et la liste fait le chiffre."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention.lectures import page
from draille.mesures.convention.lectures_chiffres import Objet, ouvrir_montant
from draille.mesures.convention.tests import parcours
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Compartiment, Role

CADRE = "convention_pauvrete_2019_2021"


@pytest.fixture
def entrees(entrer):
    """Des entrées de 2020 dans deux secteurs, à temps, en retard, sans suite, sans commune."""
    for numero in range(24):
        mois = 1 + numero % 9
        entrer(
            f"2020-{mois:02}-10",
            commune=(0, 1, None)[numero % 8 % 3],
            orientee=("", f"2020-{mois:02}-28", f"2020-{mois + 1:02}-25")[numero % 3],
            rencontree=f"2020-{mois:02}-20" if numero % 2 else "",
        )
    entrer("2020-10-30")


@pytest.mark.parametrize(
    "lecteur",
    [
        (Role.PILOTE, "43", Compartiment.INSERTION, True),
        (Role.ACCUEIL, "S0", Compartiment.INSERTION, True),
        (Role.ADMINISTRATEUR, "43", Compartiment.ADMINISTRATION, True),
        (Role.REFERENT, "43", Compartiment.INSERTION, False),
        (Role.REFERENT, "S1", Compartiment.INSERTION, False),
    ],
)
def test_chaque_chiffre_de_la_convention_est_la_longueur_de_sa_liste(
    inscrite, connecter, entrees, lecteur
):
    inscrite()
    client = connecter(*lecteur)
    role, est_departement = lecteur[0], lecteur[-1]
    accueil = parcours.ouvrir(client, "/convention/")
    lignes = {h for h in accueil.xpath("//a/@href") if h.startswith("/convention/lignes/")}
    assert len(lignes) == 9
    trouves = {
        chiffre
        for adresse in ["/convention/", *sorted(lignes)]
        for chiffre in parcours.chiffres(parcours.ouvrir(client, adresse))
    }
    suivis = [parcours.suivre(client, lien, imprime) for lien, imprime in sorted(trouves)]
    assert [s for s in suivis if s.imprime != s.recompte] == []
    assert all(s.lignes or not s.imprime for s in suivis)
    assert est_departement or not [
        s for s in suivis if "/indicateurs/" in s.adresse and 0 < s.imprime < 11
    ]
    if role is Role.PILOTE:
        comptes = [s.imprime for s in suivis if "/indicateurs/" in s.adresse]
        assert max(comptes) == 25
        assert len(comptes) > 60
    dits = {s.imprime for s in suivis}
    assert {Decimal("693751.32"), Decimal("346875.66"), Decimal("359.32"), Decimal(9)} <= dits


def test_l_ecart_s_ouvre_sur_ce_qui_s_ajoute_et_se_retranche(inscrite, connecter):
    inscrite()
    adresse = f"/convention/financements/{CADRE}/ecart/actes/"
    suivi = parcours.suivre(connecter(Role.CADRE), adresse, Decimal("359.32"))
    assert (suivi.recompte, suivi.lignes) == (Decimal("359.32"), 11)


def test_un_montant_est_celui_de_la_charge_du_journal(inscrite):
    inscrite()
    lue = page(departement="43", code=CADRE, le=date(2020, 10, 31))
    for acte in ouvrir_montant(page=lue, objet=Objet.LIGNES).actes:
        charge = LigneJournal.objects.get(pk=acte.numero).charge
        assert (charge["libelle"], Decimal(charge["montant"])) == (acte.objet, acte.montant)
    for acte in ouvrir_montant(page=lue, objet=Objet.TOTAL).actes:
        charge = LigneJournal.objects.get(pk=acte.numero).charge
        cote = "montant_etat" if acte.objet == "État" else "montant_departement"
        assert Decimal(charge[cote]) == acte.montant
