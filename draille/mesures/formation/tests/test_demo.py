"""Un an de formations fictives : par les actes, sans rien doubler."""

from datetime import date, timedelta

from draille.mesures.formation import demo, lectures_chiffres, regles_catalogue
from draille.mesures.formation.models import Session
from draille.mesures.formation.tests import fabrique as f
from draille.moteurs.delais.calcul import est_ouvre
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.projections import comparer
from draille.socle.acces import Acces, Role


def jouer(par: Acces, responsable: Acces, debut: date, fin: date) -> None:
    jour = debut
    while jour <= fin:
        if est_ouvre(jour):
            f.au(jour, par)
            demo.travailler(graine="essai", responsable=responsable, le=jour)
        jour += timedelta(days=1)


def test_une_annee_se_joue_reste_sous_le_credit_et_ne_se_double_pas(systeme: Acces) -> None:
    f.commune()
    f.partenaire()
    for n in range(12):
        f.agent(f"Agent{n}")
    responsable = f.acces(Role.CADRE, f.agent("Chef"))
    fin = date(2020, 10, 31)
    jouer(systeme, responsable, date(2019, 11, 4), fin)
    comptes = demo.comptes()
    assert comptes["close"] >= 4 and comptes["annulee"] >= 1 and comptes["programmee"] >= 1
    lus = lectures_chiffres.chiffres(annee=2020, le=fin)
    assert lus.total.professionnels >= 8
    assert 0 < lus.cout.reel < 18_000
    # Aucune session ne s'est tenue, lieux fermés.
    assert not Session.objects.filter(
        statut="close", debut__gte=date(2020, 3, 17), debut__lt=date(2020, 5, 11)
    ).exists()
    avant = LigneJournal.objects.count()
    f.au(fin, systeme)
    demo.travailler(graine="essai", responsable=responsable, le=date(2020, 10, 30))
    assert LigneJournal.objects.count() == avant
    assert [e.nom for e in comparer() if e.nom.startswith("formation.") and e.manquantes] == []


def test_chaque_theme_du_catalogue_a_des_titres_fictifs() -> None:
    assert set(demo.rythmes()["titres"]) == set(regles_catalogue.tous())
