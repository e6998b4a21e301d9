"""Le pilotage : une rangée par ligne, chaque nombre s'ouvre sur ce qui le fait."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import models
from draille.mesures.convention.tests.test_pages import lire
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Role

PAGE = "/convention/pilotage/"
CADRE = "convention_pauvrete_2019_2021"
LISTE = f"{PAGE}{CADRE}/orientation_rsa/"


@pytest.fixture
def peuplee(inscrite, entrer):
    """La Haute-Loire, trente entrants, dont vingt orientés, et quelques pièces."""
    inscrite()
    for rang in range(30):
        mois = 8 + rang % 3
        orientee = f"2020-{mois:02}-{20 + rang % 8:02}" if rang < 20 else ""
        entrer(f"2020-{mois:02}-{1 + rang % 9:02}", commune=rang % 2, orientee=orientee)
    payer()


def payer(annee=2020):
    """Des pièces sur deux lignes : engagées, exécutées, et un titre de l'État."""
    cadre = models.Cadre.objects.get(code=CADRE)
    recu = models.ImportComptable.objects.create(
        departement="43",
        nom_fichier="comptes.xlsx",
        empreinte=f"e{annee}",
        recu_le=date(2020, 10, 5),
        lignes=5,
        importees=5,
        connues=0,
        a_revoir=0,
        rejetees=0,
    )
    etat = models.Financeur.objects.get(departement="43", code="etat")
    voulues = [
        ("orientation_rsa", "engagee", "E1", "80000", 2),
        ("orientation_rsa", "executee", "M1", "41000.50", 6),
        ("formation", "engagee", "E2", "20000", 3),
        ("formation", "executee", "M2", "9000", 9),
        ("orientation_rsa", "recue", "T1", "20500.25", 10),
    ]
    for ligne, etape, numero, montant, mois in voulues:
        models.Piece.objects.create(
            importee_par=recu,
            cadre=cadre,
            ligne_code=ligne,
            etape=etape,
            exercice=annee,
            annee=annee,
            chapitre="017",
            nature="611",
            numero=numero,
            financeur=etat if etape == "recue" else None,
            montant=Decimal(montant),
            datee_le=date(annee, mois, 1),
        )


def rangee(page, code):
    return re.search(rf'<tr id="ligne-{code}">.*?</tr>', page, re.S).group()


def test_chaque_ligne_a_sa_rangee(peuplee, connecter):
    page = lire(connecter(Role.PILOTE), PAGE)
    assert len(re.findall(r'<tr id="ligne-', page)) == 9
    ligne = rangee(page, "orientation_rsa")
    assert "82 000 €" in ligne
    assert "67 %" in ligne
    assert '<svg class="tendance"' in ligne
    assert "pas suivie ici" in rangee(page, "guichet_entreprises")
    assert "359,32 €" in page
