"""H8. La graine :

« 18 000 € pour la formation des personnels. Pour que les personnels en charge des accompagnements
et de l'accueil fassent évoluer leurs pratiques professionnelles dans le sens de « aller vers » les
personnes les plus fragiles, la collectivité va développer les formations des personnels, tant sur
l'outil numérique à l'appui du 1er accueil inconditionnel, que sur les thématiques du « aller vers »
concourantes à une meilleure prise en charge des personnes fragiles. »
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from draille.ecrans.panneaux import figures
from draille.mesures.convention.actes import charger_convention
from draille.mesures.formation import lectures_chiffres, regles_catalogue
from draille.mesures.formation.lectures_chiffres import Critere
from draille.mesures.formation.tests import fabrique as f
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateurs
from draille.noyau.organisation.models import Habilitation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces, Compartiment, Role
from tests.conventions import publie

FIN = date(2020, 12, 1)


def ligne() -> Any:
    textes = publie.convention("43", "convention_pauvrete_2019_2021").textes
    return next(x for t in textes for x in t.lignes if x.code == "formation")


def test_la_page_dit_la_phrase_et_le_montant() -> None:
    page = publie.page("43_convention_pauvrete.txt")
    inscrite = ligne()
    assert inscrite.montant == Decimal(18_000)
    assert list(inscrite.mesures) == ["formation"]
    assert publie.a_plat(inscrite.preuve.phrase) in page


def test_les_deux_themes_de_la_page_se_programment_avant_l_accord_cadre() -> None:
    offerts = {t.code for t in regles_catalogue.themes(le=date(2020, 10, 31), departement="43")}
    assert offerts == {"outil_premier_accueil", "aller_vers"}
    # Les six thèmes nationaux, le jour de l'accord-cadre, dans tout Département.
    nationaux = {t.code for t in regles_catalogue.themes(le=date(2020, 12, 7), departement="07")}
    assert nationaux == {
        "aller_vers",
        "numerique",
        "participation",
        "developpement_social",
        "insertion_socio_professionnelle",
        "travail_social_territoires",
    }
    for theme in regles_catalogue.tous().values():
        assert theme.sources[0].du == theme.du and theme.source(theme.du)


def test_le_theme_cite_la_page_mot_pour_mot() -> None:
    page = publie.page("43_convention_pauvrete.txt")
    outil = regles_catalogue.tous()["outil_premier_accueil"].source(FIN)
    # Sans l'accent des guillemets : la page et le fichier n'ont pas les mêmes espaces.
    cite = publie.a_plat(outil.split(": «")[1].rsplit("que sur", 1)[0])
    assert cite.strip(" \u00a0,") in page
    aller_vers = publie.a_plat(regles_catalogue.tous()["aller_vers"].source(date(2020, 1, 1)))
    for cite in ("dans le sens de « aller vers »", "les personnes les plus fragiles"):
        assert cite in aller_vers and cite in page


@pytest.fixture
def annee(systeme: Acces) -> Acces:
    """La convention inscrite, deux sessions tenues dans l'année."""
    f.au(date(2020, 10, 24), systeme)
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=date(2020, 10, 24))
    puy = f.commune("43157", "Le Puy-en-Velay", "Velay")
    f.suivie(systeme, "Un", "Deux", commune_id=puy.pk, cout=Decimal("1140.60"))
    f.suivie(
        systeme,
        "Un",
        "Trois",
        theme="outil_premier_accueil",
        debut=date(2020, 11, 3),
        le=date(2020, 10, 26),
        cout=Decimal("859.40"),
    )
    f.au(FIN, systeme)
    return systeme


def test_le_cout_reel_se_lit_sur_les_18_000_euros(annee: Acces) -> None:
    lues = {x.declaree.code: x for x in figures(lignes=["formation"], acces=annee, le=FIN)}
    assert lues["formation.cout"].valeur == "2\u202f000\u00a0€ sur 18\u202f000\u00a0€"
    assert "2\u00a0sessions closes" in lues["formation.cout"].precision


def test_chaque_indicateur_de_la_ligne_s_ouvre_sur_les_actes_qui_le_font(annee: Acces) -> None:
    attendus = {
        "formation-professionnels": 3,
        "formation-demi-journees": 8,
        "formation-theme-aller_vers": 2,
        "formation-theme-outil_premier_accueil": 2,
    }
    lus = {}
    for indicateur in indicateurs(ligne_convention="formation"):
        dits = {"indicateur": indicateur, "periode": Periode.annee(2020), "acces": annee, "le": FIN}
        compte = adaptateur.annuelle(**dits)
        assert len(adaptateur.liste(**dits)) == compte.denominateur
        if compte.denominateur:
            lus[indicateur.code] = compte.denominateur
    assert lus == attendus
    suivies = lectures_chiffres.suivies(critere=Critere(annee=2020), acces=annee, le=FIN)
    assert sum((s.suivie.heures for s in suivies), Decimal(0)) == Decimal(28)


def test_la_page_de_la_ligne_montre_la_formation(
    annee: Acces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAILLE_DATE", FIN.isoformat())
    Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=date(2019, 1, 1)
    )
    pilote = f.agent("Pilote")
    Habilitation.objects.create(
        agent=pilote,
        compartiment=Compartiment.INSERTION,
        territoire=Territoire.objects.get(code="43"),
        role=Role.PILOTE,
        debut=date(2020, 1, 1),
    )
    client = Client()
    client.force_login(pilote, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/convention/lignes/formation/").content.decode()
    for dit in ("Professionnels formés", "Coût réel de la formation", "28\u00a0heures"):
        assert dit in page, dit
    assert "/formations/chiffres/" in page
