"""Le guichet : trois minutes au clavier, la connexion coupée au milieu, rien de perdu ni doublé."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.clavier import aller_a
from tests.navigateur.conftest import LARGEURS
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
VILLE = "Le Puy-en-Velay"
BROUILLONS = """() => Object.keys(localStorage)
  .filter(n => n.startsWith("draille.brouillon.")).map(n => localStorage.getItem(n))"""
PASSER_L_HEURE = """() => {
  for (const nom of Object.keys(localStorage)) {
    const garde = JSON.parse(localStorage.getItem(nom));
    localStorage.setItem(nom, JSON.stringify({...garde, expire: 1}));
  }
}"""


def _guichet(page: Any) -> None:
    page.goto("/accueillir/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueillir")
    expect(page.locator("form[data-brouillon-pret]")).to_be_attached()


def _taper(page: Any, champ: str, mots: str) -> None:
    aller_a(page, champ)
    page.keyboard.type(mots)


def _bandeau(page: Any) -> Any:
    return page.locator("[data-brouillon-bandeau]")


def _temoin(page: Any) -> Any:
    return page.locator("[data-brouillon-temoin]")


def _du_jour(page: Any, nom: str) -> Any:
    page.goto("/accueils/")
    return page.locator("#accueils tbody tr").filter(has_text=nom)


def test_trois_minutes_au_clavier_malgre_une_coupure(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    _taper(page, "^Nom$", "Bardoulat")
    _taper(page, "^Prénom$", "Clémence")
    _taper(page, "^Naissance", "03/1984")
    _taper(page, "^Commune où elle vit$", VILLE)
    expect(page.locator("#ressemblances")).to_contain_text(re.compile("nouveau dossier|ressemble"))
    if page.locator("#personne-nouvelle").count():
        page.locator("#personne-nouvelle").focus()
        page.keyboard.press("Space")
    # Un chiffre coche un besoin, une fois le clavier dans leur liste.
    aller_a(page, "^Logement")
    page.keyboard.press("1")
    page.keyboard.press("5")
    for code in ("logement", "droits"):
        expect(page.locator(f"#besoin-{code}")).to_be_checked()
    expect(page.locator("#lieux-proches .lieu").first).to_contain_text("min en voiture")
    illustrer(page, "premier_accueil_guichet", hauteur=900)

    page.context.set_offline(True)
    expect(_bandeau(page)).to_contain_text("Hors ligne : gardé sur cet appareil")
    _taper(page, "^Dans ses mots", "On me coupe l'eau demain.")
    aller_a(page, "^Information, conseil")
    page.keyboard.press("Space")
    _taper(page, "^Ce qui est convenu", "Elle revient jeudi avec son courrier.")
    page.keyboard.press("Control+Enter")
    expect(_bandeau(page)).to_contain_text("partira seul au retour de la connexion")
    illustrer(page, "premier_accueil_hors_ligne", depuis=_bandeau(page), hauteur=420)

    page.context.set_offline(False)
    page.wait_for_url(re.compile(r"/accueils/\d+/$"))
    principal = page.get_by_role("main")
    for mots in (
        "Clémence Bardoulat",
        "On me coupe l'eau demain.",
        "Logement",
        "Droits et démarches",
        "Information, conseil",
        "Elle revient jeudi avec son courrier.",
        "premier contact",
    ):
        expect(principal).to_contain_text(mots)
    illustrer(
        page, "premier_accueil_page", depuis=page.get_by_role("heading", level=1), hauteur=620
    )
    assert page.evaluate(BROUILLONS) == []
    expect(_du_jour(page, "Clémence Bardoulat")).to_have_count(1)


def test_une_reponse_perdue_en_route_ne_double_rien(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    recues: list[int] = []

    def perdre_la_premiere(route: Any) -> None:
        if route.request.method != "POST":
            return route.continue_()
        reponse = route.fetch()
        recues.append(reponse.status)
        # Le serveur a écrit ; l'appareil, lui, n'en saura rien.
        return route.abort() if len(recues) == 1 else route.fulfill(response=reponse)

    page.route(re.compile("/accueillir/$"), perdre_la_premiere)
    page.locator("#id_nom").fill("Coulaud")
    page.locator("#id_prenom").fill("Ernest")
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    page.get_by_role("button", name="Essayer maintenant").click()
    page.wait_for_url(re.compile(r"/accueils/\d+/$"))
    assert recues == [200, 200]
    expect(_du_jour(page, "Ernest Coulaud")).to_have_count(1)


def test_le_brouillon_est_chiffre_et_revient_apres_la_fermeture(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.locator("#id_nom").fill("Delabre")
    page.get_by_label("Dans ses mots").fill("Le proprietaire veut vendre.")
    page.locator("#besoin-logement").check()
    expect(_temoin(page)).to_contain_text("Gardé sur cet appareil")
    page.wait_for_timeout(600)
    gardes = page.evaluate(BROUILLONS)
    assert len(gardes) == 1
    assert "Delabre" not in gardes[0] and "proprietaire" not in gardes[0]

    # L'onglet fermé sans enregistrer, la page rouverte rend tout.
    autre = page.context.new_page()
    page.close()
    _guichet(autre)
    expect(_bandeau(autre)).to_contain_text("tel que vous l'aviez laissé")
    expect(autre.locator("#id_nom")).to_have_value("Delabre")
    expect(autre.get_by_label("Dans ses mots")).to_have_value("Le proprietaire veut vendre.")
    expect(autre.locator("#besoin-logement")).to_be_checked()

    # Passé son heure, il s'efface de lui-même, sur n'importe quelle page.
    autre.goto("/")
    assert len(autre.evaluate(BROUILLONS)) == 1
    autre.evaluate(PASSER_L_HEURE)
    autre.reload()
    assert autre.evaluate(BROUILLONS) == []


def test_se_deconnecter_efface_l_appareil(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.locator("#id_nom").fill("Delabre")
    expect(_temoin(page)).to_contain_text("Gardé sur cet appareil")
    page.locator("details.compte summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_load_state()
    assert page.evaluate(BROUILLONS) == []


def test_une_session_finie_ne_perd_pas_l_accueil(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.locator("#id_nom").fill("Galland")
    page.locator("#id_prenom").fill("Rose")
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    page.context.clear_cookies()
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    expect(_bandeau(page)).to_contain_text("Votre connexion à Draille a pris fin")
    page.get_by_role("link", name="Se reconnecter").click()
    page.locator("button[value='demo.accueil']").click()
    expect(_bandeau(page)).to_contain_text("vient de partir")
    expect(_du_jour(page, "Rose Galland")).to_have_count(1)
    assert page.evaluate(BROUILLONS) == []


def test_le_nom_d_une_anonyme_ne_part_pas_de_l_appareil(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.locator("#id_nom").fill("Jourde")
    page.get_by_label("Dans ses mots").fill("Jourde le dit.")
    page.get_by_label("Elle ne le dit pas").check()
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    with page.expect_request(re.compile("/accueillir/$")) as envoi:
        page.keyboard.press("Control+Enter")
    assert "anonyme" in envoi.value.post_data and "Jourde" not in envoi.value.post_data
    page.wait_for_url(re.compile(r"/accueils/\d+/$"))


def test_deux_personnes_recues_hors_ligne_partent_toutes_deux(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.context.set_offline(True)
    for nom in ("Esquis", "Faucher"):
        page.locator("#id_nom").fill(nom)
        page.locator("#id_prenom").fill("Léonie")
        page.get_by_label("Commune où elle vit").select_option(label=VILLE)
        page.keyboard.press("Control+Enter")
        page.get_by_role("button", name="Recevoir une autre personne").click()
        expect(page.locator("#id_nom")).to_have_value("")
    expect(_bandeau(page)).to_contain_text("2 accueils attendent")
    page.context.set_offline(False)
    expect(_bandeau(page)).to_contain_text("vient de partir")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")
    for nom in ("Léonie Esquis", "Léonie Faucher"):
        expect(_du_jour(page, nom)).to_have_count(1)


def test_ce_qui_est_a_corriger_se_dit_sur_la_page_sans_rien_perdre(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    _guichet(page)
    page.get_by_label("Dans ses mots").fill("Je préfère ne rien dire.")
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez son nom, ou choisissez")
    expect(page.get_by_label("Dans ses mots")).to_have_value("Je préfère ne rien dire.")
    expect(page.locator("form[data-brouillon-pret]")).to_be_attached()
    page.get_by_label("Elle ne le dit pas").check()
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    page.wait_for_url(re.compile(r"/accueils/\d+/$"))
    expect(page.get_by_role("main")).not_to_contain_text("Je préfère ne rien dire.")
    assert page.evaluate(BROUILLONS) == []


def test_recevoir_une_anonyme_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil", javascript=False)
    page.goto("/accueillir/")
    page.get_by_label("Elle ne le dit pas").check()
    expect(page.get_by_text("Rien de ce qui dirait qui est venu")).to_be_visible()
    expect(page.get_by_label("Dans ses mots")).to_be_hidden()
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    page.locator("#besoin-alimentation").check()
    page.get_by_role("button", name="Voir les lieux proches").click()
    expect(page.locator("#besoin-alimentation")).to_be_checked()
    page.get_by_label("Aide d'urgence").check()
    page.get_by_role("button", name="Enregistrer l'accueil").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Personne anonyme")
    expect(page.get_by_role("main")).to_contain_text("Alimentation")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_le_guichet_ne_deborde_pas(ouvrir: Ouvrir, largeur: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = ouvrir("demo.accueil", largeur=LARGEURS[largeur])
    _guichet(page)
    page.locator("#id_nom").fill("Martin")
    page.get_by_label("Commune où elle vit").select_option(label=VILLE)
    page.locator("#besoin-logement").check()
    expect(page.locator("#lieux-proches .lieu").first).to_be_visible()
    for volet in page.locator("details.guichet__volet").all():
        volet.locator("summary").first.click()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    violations = Axe().run(page).response["violations"]
    assert [f"{v['id']} : {v['nodes'][0]['html'][:160]}" for v in violations] == []
