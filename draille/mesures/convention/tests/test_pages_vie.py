"""Les pages de la vie d'une convention : lues, saisies, refusées, par les bons agents."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from draille.mesures.convention import demo_suivi, lectures_suivi, models
from draille.socle.acces import Compartiment, Role

CODE = "convention_pauvrete_2019_2021"
PAGES = ("vie", "objectifs", "comparer_dates")
SAISIES = (
    "avenant",
    "echeance_fixer",
    "action_inscrire",
    "reduction_enregistrer",
    "valeur_saisir",
)


def url(nom, *arguments):
    return reverse(f"convention:{nom}", args=[CODE, *arguments])


@pytest.fixture
def chargee(inscrite, systeme):
    inscrite("43")
    demo_suivi.suivre(departement="43", par=systeme, le=date(2020, 10, 31))
    return models.Cadre.objects.get(code=CODE)


@pytest.fixture
def pilote(connecter, chargee) -> Client:
    return connecter(Role.PILOTE, compartiment=Compartiment.ADMINISTRATION)


@pytest.fixture
def cadre(connecter, chargee) -> Client:
    return connecter(Role.CADRE)


def texte(reponse):
    assert reponse.status_code == 200, reponse.status_code
    return reponse.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_la_page_de_vie_dit_echeances_actions_et_leurs_phrases(cadre):
    page = texte(cadre.get(url("vie")))
    assert "Rapport d&#x27;exécution de 2020" in page
    assert "« Garage Solidaire »" in page
    assert "ISBA « Velay »" in page
    assert "à la création d’un « comité mobilité »" in page
    assert "montant non publié" in page
    assert "Tenue" in page
    assert "Saisir un avenant" not in page


def test_seul_le_pilote_voit_les_saisies_et_seulement_au_present(pilote):
    assert "Saisir un avenant" in texte(pilote.get(url("vie")))
    assert "Saisir un avenant" not in texte(pilote.get(url("vie"), {"le": "2020-10-30"}))


def test_les_pages_de_saisie_sont_au_pilote(pilote, cadre):
    for nom in SAISIES:
        assert texte(pilote.get(url(nom)))
        assert cadre.get(url(nom)).status_code == 403
        assert cadre.post(url(nom), {}).status_code == 403


def test_les_objectifs_disent_ce_qui_manque(cadre):
    page = texte(cadre.get(url("objectifs")))
    assert "Moins d&#x27;un mois" in page
    assert "non relevé" in page
    assert "aucun acte compté cette année" in page
    assert "Population à moins de 30 minutes" in page or "n&#x27;a rien à dire" in page


def test_les_textes_cadres_se_lisent_a_la_date(cadre):
    page = texte(cadre.get(reverse("convention:textes_cadres"), {"le": "2019-03-01"}))
    assert "DGCS/SD1/2019/24" in page
    assert "2020/28" not in page
    assert "Visé par un acte lu" in page


def test_une_convention_inconnue_n_existe_pas(cadre):
    for nom in PAGES:
        assert cadre.get(reverse(f"convention:{nom}", args=["inconnue"])).status_code == 404


def _requetes(client):
    """Le nombre de requêtes de chaque page, à chaud."""
    comptes = {}
    for nom in PAGES:
        client.get(url(nom))
        with CaptureQueriesContext(connection) as lues:
            client.get(url(nom))
        comptes[nom] = len(lues)
    return comptes


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_d_objets(cadre, chargee, systeme):
    avant = _requetes(cadre)
    for rang in range(4):
        models.Action.objects.create(
            cadre=chargee,
            ligne_code="mobilite",
            code=f"a{rang}",
            rang=100 + rang,
            libelle=f"Action {rang}",
            inscrite_le=date(2020, 10, 31),
        )
        models.EcheanceCadre.objects.create(
            cadre=chargee,
            nature="envoi",
            annee=2021,
            libelle=f"Envoi {rang}",
            avant_le=date(2021, 5, 1),
            fixee_le=date(2020, 10, 31),
        )
    assert _requetes(cadre) == avant
    assert max(avant.values()) <= 42


AVENANT = {
    "signe_le": "2020-10-30",
    "annee": "2020",
    "organe": "assemblee",
    "reference": "CD-2020-9",
    "tenue_le": "2020-10-28",
    "phrase": "L'avenant ajoute une mesure.",
    "financement-etat": "352 875,66 €",
    "financement-departement": "352 875,66",
    "ligne-formation-montant": "25 000",
    "ligne-guichet_entreprises-retirer": "on",
    "nouvelle-0-libelle": "Vélos en prêt",
    "nouvelle-0-nature": "departementale",
    "nouvelle-0-montant": "12 000",
    "nouvelle-0-mesure": "accueil_social",
    "nouvelle-0-part-etat": "6000",
    "nouvelle-0-part-departement": "6000",
    "nouvelle-0-cible-libelle": "Vélos prêtés",
    "nouvelle-0-cible-genre": "absolu",
    "nouvelle-0-cible-valeur": "40",
    "nouvelle-0-cible-unite": "vélos",
    "signataires": "Préfet de la Haute-Loire : Jeanne Martin",
}


def rapport_2020(chargee):
    return chargee.echeances.get(nature="rapport", annee=2020)


def test_un_avenant_se_saisit_se_relit_et_se_signe(pilote, chargee):
    echeance = rapport_2020(chargee)
    saisie = {**AVENANT, f"echeance-{echeance.pk}": "2021-09-30"}
    relue = texte(pilote.post(url("avenant"), {**saisie, "etape": "relire"}))
    assert not chargee.textes.filter(rang=2).exists()
    assert "Relire avant de signer" in relue
    assert "Vélos en prêt" in relue
    assert "+7 000 €" in relue
    assert "30 septembre 2021" in relue
    assert 'name="nouvelle-0-cible-valeur" value="40"' in relue
    corrigee = texte(pilote.post(url("avenant"), {**saisie, "etape": "corriger"}))
    assert 'value="25 000"' in corrigee
    signee = pilote.post(url("avenant"), {**saisie, "etape": "signer"})
    assert signee.status_code == 302
    avenant = chargee.textes.get(rang=2)
    assert avenant.signataires == [{"fonction": "Préfet de la Haute-Loire", "nom": "Jeanne Martin"}]
    montants = dict(avenant.lignes.values_list("code", "montant"))
    assert montants == {"formation": Decimal(25000), "velos_en_pret": Decimal(12000)}
    lue = lectures_suivi.echeances(cadre_id=chargee.pk, le=date(2020, 10, 31))
    assert date(2021, 9, 30) in [e.avant_le for e in lue]
    comparee = texte(pilote.get(signee.url))
    assert "Vélos en prêt" in comparee
    assert "Retirée" in comparee
    assert "entre le 29 octobre 2020 et le 31 octobre 2020" in comparee


FAUTES = [
    ({"signe_le": "2020-10-01", "tenue_le": "2020-09-30"}, "suit celui qu&#x27;il modifie"),
    ({"ligne-formation-montant": "-5"}, "est négatif"),
    ({"ligne-formation-montant": "beaucoup"}, "ne se lit pas"),
    ({"nouvelle-0-nature": ""}, "Complétez cette ligne"),
    ({"nouvelle-0-cible-unite": ""}, "Complétez cette cible"),
    ({"nouvelle-0-part-etat": "1"}, "accordez-les"),
    ({"echeance_libelle": "Envoi"}, "Complétez cette échéance"),
    ({"autre_nom": "Région"}, "ce qu&#x27;il engage"),
    ({"phrase": ""}, "Écrivez une phrase"),
]


def test_une_saisie_fausse_se_dit_et_ne_perd_rien(pilote, chargee):
    for rang, (change, dit) in enumerate(FAUTES):
        etape = ("relire", "signer")[rang % 2]
        page = texte(pilote.post(url("avenant"), {**AVENANT, **change, "etape": etape}))
        assert dit in page, (change, dit)
        assert 'value="Vélos en prêt"' in page
    assert not chargee.textes.filter(rang=2).exists()


def test_un_financeur_de_plus_s_ajoute(pilote, chargee):
    saisie = {**AVENANT, "autre_nom": "Région AURA", "autre_montant": "1 500,50"}
    pilote.post(url("avenant"), {**saisie, "etape": "signer"})
    dits = dict(
        chargee.textes.get(rang=2)
        .financements.filter(ligne=None)
        .values_list("financeur__nom", "montant")
    )
    assert dits["Région AURA"] == Decimal("1500.50")


def test_les_actes_du_pilote_se_font_a_l_ecran(pilote, chargee):
    echeance = rapport_2020(chargee)
    fait = {
        "echeance_fixer": {
            "nature": "envoi",
            "annee": "2021",
            "libelle": "Envoi du rapport de 2021",
            "avant_le": "31/03/2022",
            "reference": "Convention, article 6",
        },
        "action_inscrire": {
            "ligne": "mobilite",
            "libelle": "Prêt de vélos",
            "montant": "3 000",
            "origine": "Fiche action 12",
        },
        "reduction_enregistrer": {
            "annee": "2021",
            "montant": "12 500,50",
            "motif": "Cible non atteinte",
            "reference": "N° 7",
            "notifiee_le": "2020-10-30",
        },
        "valeur_saisir": {
            "cible": "orientation_rsa/moins_d_un_mois",
            "annee": "2020",
            "provenance": "interne",
            "valeur": "1,4",
            "origine": "Enquête interne",
        },
    }
    for nom, saisie in fait.items():
        assert pilote.post(url(nom), saisie).status_code == 302, nom
    pilote.post(
        url("echeance_reporter", echeance.pk), {"avant_le": "2021-09-30", "motif": "Instruction"}
    )
    nouvelle = models.EcheanceCadre.objects.get(remplace=echeance)
    pilote.post(
        url("echeance_tenir", nouvelle.pk), {"tenue_le": "2020-10-31", "piece": "CD-2020-9"}
    )
    valeur = models.Valeur.objects.get()
    pilote.post(url("valeur_corriger", valeur.pk), {"valeur": "1,2", "origine": "Revue"})
    page = texte(pilote.get(url("vie")))
    for attendu in (
        "Envoi du rapport de 2021",
        "Prêt de vélos",
        "12 500,50 €",
        "CD-2020-9",
        "au lieu du 31/03/2021",
    ):
        assert attendu in page, attendu
    objectifs = texte(pilote.get(url("objectifs")))
    assert "1,20 mois" in objectifs
    assert "1,40 mois" not in objectifs


def test_un_refus_se_lit_a_l_ecran(pilote, chargee):
    echeance = rapport_2020(chargee)
    saisie = {"avant_le": echeance.avant_le.isoformat(), "motif": "Rien"}
    page = texte(pilote.post(url("echeance_reporter", echeance.pk), saisie))
    assert "déjà celle de l&#x27;échéance" in page


def test_l_echeance_d_une_autre_convention_n_existe_pas(pilote):
    assert pilote.get(url("echeance_tenir", 999_999)).status_code == 404


def test_la_page_generale_montre_les_textes_cadres_et_les_vues(cadre):
    page = texte(cadre.get(reverse("convention:page")))
    assert "DGCS/SD1B/2019/196" in page
    assert url("vie") in page
    assert "Association loi 1901, créée en 1979" in page


def test_ma_journee_du_pilote_montre_les_echeances(pilote):
    page = texte(pilote.get("/"))
    assert "Échéances de la convention" in page
    assert "Fin d&#x27;exécution des actions de 2020" in page
