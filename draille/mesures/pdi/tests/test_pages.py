"""Les pages du PDI : ses délibérations, son arbre à une date, et « Ma journée » du pilote."""

import re
from datetime import date

import pytest

from draille.mesures.pdi.actes import SaisieDeliberation, adopter
from draille.mesures.pdi.models import Deliberation, Programme
from draille.socle.acces import Role

PAGE = "/pdi/"
DELIBERER = "/pdi/pdi_2021_2025/deliberer/"
RECONDUITE = {
    "genre": "reconduction",
    "deliberee_le": "2022-03-14",
    "reference": "2022-07 (fictive)",
    "note": "",
}
ADAPTEE = {
    **RECONDUITE,
    "genre": "adaptation",
    "ajout_axe_1": "entreprise",
    "ajout_nom_1": "Rencontrer les employeurs",
    "ajout_appui_1": "mesure:rendez_vous",
    "retrait_1": "contrats_aides",
}


def lire(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, (adresse, reponse.status_code)
    return clair(reponse)


def clair(reponse):
    texte = reponse.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return texte.replace("&#x27;", "'")


def test_la_page_dit_les_axes_les_annees_et_ce_qui_manque(inscrit, connecter):
    page = lire(connecter(Role.ACCUEIL), PAGE)
    for dit in (
        "Du 1er janvier 2021 au 31 décembre 2025",
        "Son adoption n'est ni publiée, ni inscrite.",
        "Fluidifier l'entrée dans le dispositif",
        "Articuler capacités des personnes et pouvoir d'agir",
        "30/03/2022",
        "en retard de 63 jours",
        "dans 302 jours",
        "proposé par le Département fictif",
    ):
        assert dit in page, dit
    assert page.count('class="arbre__axe"') == 4
    assert "Inscrire une délibération" not in page


def test_avant_son_premier_jour_le_programme_se_lit_deja(inscrit, connecter):
    page = lire(connecter(Role.CADRE), f"{PAGE}?le=2020-10-31")
    assert "il n'a pas commencé" in page
    assert page.count('class="arbre__action"') == 6


def test_une_deliberation_s_inscrit_a_l_ecran(inscrit, connecter):
    client = connecter(Role.PILOTE)
    assert client.post(DELIBERER, RECONDUITE).status_code == 302
    page = lire(client, PAGE)
    assert "14/03/2022" in page
    assert "à temps" in page
    assert "le programme continue sans changement, 2022-07 (fictive)" in page
    assert "pas encore" in lire(client, f"{PAGE}?le=2022-03-13")
    assert "14/03/2022" not in lire(client, f"{PAGE}?le=2022-03-13")


def test_une_adaptation_change_l_arbre_a_compter_de_son_jour(inscrit, connecter):
    client = connecter(Role.PILOTE)
    assert client.post(DELIBERER, ADAPTEE).status_code == 302
    page = lire(client, PAGE)
    assert "Rencontrer les employeurs" in page
    assert "ajoutée le 14/03/2022" in page
    assert "Réaffirmer les contrats aidés" not in page
    veille = lire(client, f"{PAGE}?le=2022-03-13")
    assert "Rencontrer les employeurs" not in veille
    assert "Réaffirmer les contrats aidés" in veille
    action = lire(client, "/pdi/actions/rencontrer_les_employeurs/")
    assert "vient d'une délibération du 14 mars 2022" in action
    assert "Rendez-vous" in action
    lire(client, "/pdi/actions/contrats_aides/", statut=404)
    assert "L'aide à la personne".lower() in lire(
        client, "/pdi/actions/contrats_aides/?le=2022-03-13"
    ).lower().replace("’", "'")


@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        ({"genre": ""}, "Dites ce que l'assemblée a décidé."),
        ({"deliberee_le": "2022-06-02"}, "n'a pas encore eu lieu"),
        ({"deliberee_le": "2019-06-02"}, "n'est pas de lui"),
        ({"reference": ""}, "Donnez la référence de la délibération."),
        ({"genre": "reconduction"}, "dites que le programme est adapté"),
        ({"ajout_nom_1": ""}, "Donnez un nom à l'action."),
        ({"ajout_axe_1": ""}, "Choisissez l'axe de cette action."),
        ({"ajout_axe_1": "", "ajout_nom_1": "", "retrait_1": ""}, "ajoutez ou retirez au moins"),
    ],
)
def test_une_saisie_fautive_est_dite_et_rien_n_est_perdu(inscrit, connecter, saisie, dit):
    reponse = connecter(Role.PILOTE).post(DELIBERER, {**ADAPTEE, **saisie})
    assert reponse.status_code == 422
    assert dit in clair(reponse)
    assert not Deliberation.objects.exists()


def test_l_adoption_ne_se_propose_qu_une_fois(inscrit, connecter, systeme):
    client = connecter(Role.PILOTE)
    assert "Le programme est adopté" in lire(client, DELIBERER)
    saisie = SaisieDeliberation(deliberee_le=date(2021, 2, 8), reference="2021-1 (fictive)")
    adopter(programme_id=inscrit.pk, saisie=saisie, par=systeme, le=date(2022, 6, 1))
    assert "Le programme est adopté" not in lire(client, DELIBERER)
    assert "Adopté le 8 février 2021." in lire(client, PAGE)


def test_ma_journee_du_pilote_dit_la_deliberation_qui_manque(inscrit, connecter):
    assert "Délibération de 2021" in lire(connecter(Role.PILOTE), "/")
    assert "Délibération de 2021" not in lire(connecter(Role.CADRE), "/")


def test_le_delai_s_ouvre_sur_ce_que_doit_le_departement(inscrit, connecter):
    page = lire(connecter(Role.CADRE), "/schema/delais/pdi.deliberation/")
    assert "5 en cours au 1er juin 2022, dont 2 en retard" in page
    assert page.count("Le Département</th>") == 5


def test_le_fichier_s_inscrit_d_un_bouton_et_se_relit_sans_rien_doubler(connecter, settings):
    client = connecter(Role.ADMINISTRATEUR)
    assert "Inscrire le programme publié" in lire(client, PAGE)
    for _ in range(2):
        assert client.post("/pdi/charger/").status_code == 302
    assert Programme.objects.count() == 1
    settings.DRAILLE_DEPARTEMENT = "43"
    assert "Aucun programme d'insertion n'est inscrit" in lire(client, PAGE)
    assert "pas de fichier pdi.yaml" in clair(client.post("/pdi/charger/", follow=True))


@pytest.mark.parametrize("adresse", [DELIBERER, "/pdi/charger/"])
def test_un_cadre_n_ecrit_pas(inscrit, connecter, adresse):
    assert connecter(Role.CADRE).post(adresse, RECONDUITE).status_code == 403


def test_le_nombre_de_requetes_est_borne(inscrit, connecter, django_assert_max_num_queries):
    client = connecter(Role.PILOTE)
    client.get(PAGE)
    with django_assert_max_num_queries(28) as avant:
        client.get(PAGE)
    nombre = len(avant)
    client.post(DELIBERER, ADAPTEE)
    client.get(PAGE)
    with django_assert_max_num_queries(nombre):
        client.get(PAGE)


@pytest.mark.parametrize("adresse", [PAGE, DELIBERER, "/pdi/actions/contrats_aides/"])
def test_le_balisage_se_lit_sans_les_yeux(inscrit, connecter, adresse):
    page = lire(connecter(Role.PILOTE), adresse)
    niveaux = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
    assert niveaux[0] == 1
    assert niveaux.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(niveaux, niveaux[1:], strict=False)), niveaux
    assert page.count("<table") == page.count("<caption")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert "style=" not in page
