"""Le référent unique : relire la proposition, tenir sa file, lire les charges, la page publique."""

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
MOTIF = "La personne connaît déjà ce référent."


def _menu(page: Any, entree: str) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name=entree, exact=True
    ).click()


def _proposition(page: Any) -> Any:
    """La proposition à relire, calculée s'il n'en reste pas ; rend la table des lignes."""
    _menu(page, "Référents")
    tout_relire = page.get_by_role("link", name=re.compile("^Tout relire"))
    if not tout_relire.count():
        page.get_by_role("button", name=re.compile("^Calculer")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Proposition de la semaine")
    expect(tout_relire).to_be_visible()
    return page.locator("#lignes")


def _a_accepter(tableau: Any) -> Any:
    """Les lignes qui proposent quelqu'un et que personne n'a encore relues."""
    bouton = tableau.page.get_by_role("button", name=re.compile("^Accepter"))
    return tableau.locator("tbody tr").filter(has=bouton)


def _a_changer(tableau: Any) -> Any:
    """Les lignes où plusieurs référents conviennent : ceux de Pôle emploi n'ont pas de secteur."""
    return _a_accepter(tableau).filter(has_text="Pôle emploi")


def _dit(page: Any, texte: str) -> None:
    """La page confirme ce qui vient d'être fait ; la carte a son propre message, plus bas."""
    expect(page.get_by_role("status").filter(has_text=texte).first).to_be_visible()


def _nombre(page: Any, cle: str) -> int:
    carte = page.locator(".cle", has_text=cle).first
    return int(re.sub(r"\D", "", carte.locator(".cle__valeur").inner_text()))


def _ligne(page: Any, tableau: Any, rang: int) -> str:
    """Ouvre la page de la ligne à relire de ce rang ; rend le nom de la personne."""
    lien = _a_accepter(tableau).nth(rang).locator("th a")
    nom = str(lien.inner_text()).strip()
    lien.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    return nom


def test_lire_la_proposition_sur_la_carte_et_dans_la_table(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _proposition(page)
    total = _nombre(page, "Personnes à confier")
    assert tableau.locator("tbody tr").count() == total
    assert _nombre(page, "Sans référent proposé") < total

    page.wait_for_selector(".plan__lieu")
    traits = page.locator("path.leaflet-interactive.plan__trait")
    cles = page.eval_on_selector_all(
        "tr[data-plan-cle]", "ts => new Set(ts.map(t => t.dataset.planCle)).size"
    )
    assert traits.count() == cles > 3
    illustrer(page, "referents_proposition", hauteur=1080)

    montrer = tableau.locator("[data-plan-montrer]").first
    cle = montrer.get_attribute("data-plan-montrer")
    montrer.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-plan-choix]")).not_to_be_empty()
    expect(page.locator(f'tr.plan-ligne[data-plan-cle="{cle}"]').first).to_be_visible()
    page.keyboard.press("Escape")

    charges = page.locator("#charges tbody tr")
    gagnees = sum(
        int(c.locator("td").nth(1).inner_text()) - int(c.locator("td").nth(0).inner_text())
        for c in charges.all()
    )
    assert 0 < gagnees <= total


def test_demander_pourquoi_pas_un_autre(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _proposition(page)
    # Une ligne où d'autres référents conviennent : ailleurs, il n'y a pas de suivant à demander.
    lien = _a_changer(tableau).first.locator("th a")
    lien.click()
    propose = page.locator("h2", has_text="Proposé :").inner_text().removeprefix("Proposé :")
    expect(page.get_by_role("table", name="Opérations, en minutes")).to_be_visible()
    champ = page.locator("#pourquoi select")
    noms = [n.strip() for n in champ.locator("option").all_inner_texts()]
    autres = [n for n in noms if n not in ("Choisir", propose.strip())]
    # Un que le calcul n'admet pas, puis le suivant dans son ordre : la réponse est en minutes.
    suivant = re.split(r"\s+Bureau ", page.locator("#suivants tbody th").first.inner_text())[0]
    phrases = []
    for autre in (next(n for n in autres if n != suivant), suivant):
        champ.select_option(label=autre)
        page.get_by_role("button", name="Demander").click()
        reponse = page.locator("#pourquoi").get_by_role("status")
        expect(reponse).to_contain_text(autre)
        phrases.append(reponse.locator("p").last.inner_text())
    assert re.search(r"\d+\s*min", phrases[-1]) and phrases[0] != phrases[-1], phrases
    page.evaluate("document.querySelector('.relecture__avance').remove()")
    illustrer(page, "referents_pourquoi", depuis=page.locator("#pourquoi"), seul=True)


def test_changer_une_ligne_au_clavier(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _proposition(page)
    ligne = _a_changer(tableau).nth(1)
    nom = str(ligne.locator("th a").inner_text()).strip()
    identifiant = ligne.get_attribute("id")
    page.locator("h1").click()
    aller_a(page, f"^Changer le référent de {re.escape(nom)}$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    carte = page.locator("#changer")
    expect(carte.get_by_label("Pourquoi ce changement")).to_be_visible()
    illustrer(page, "referents_changer", hauteur=820)

    aller_a(page, "places? libre")
    page.keyboard.press("Space")
    choisi = carte.locator("label:has(input:checked) .choix-referent__nom").inner_text()
    # Sans un mot d'explication, rien ne se fait, et le choix reste.
    aller_a(page, "^Changer$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Écrivez en une phrase pourquoi.")
    assert carte.locator("label:has(input:checked)").inner_text().startswith(choisi)
    carte.get_by_label("Pourquoi ce changement").focus()
    page.keyboard.type(MOTIF)
    aller_a(page, "^Changer$")
    page.keyboard.press("Enter")
    _dit(page, f"{nom} : {choisi} est son référent.")
    faite = page.locator(f"#{identifiant}")
    for mot in ("changée", choisi, MOTIF, "Paul Vidal"):
        expect(faite).to_contain_text(mot)


def test_glisser_une_ligne_ouvre_le_formulaire_de_changement(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    ligne = _a_accepter(_proposition(page)).first
    propose = ligne.locator("td").first.inner_text()
    cible = next(
        d
        for d in page.locator("[data-depot]").all()
        if d.locator("th span").first.inner_text() not in propose
    )
    with page.expect_navigation():
        ligne.locator("td").first.drag_to(cible)
    assert "/changer/?agent=" in page.url
    expect(page.get_by_label("Pourquoi ce changement")).to_be_visible()


def test_demander_pourquoi_pas_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation", javascript=False)
    _ligne(page, _proposition(page), 0)
    page.locator("#pourquoi select").select_option(index=2)
    page.get_by_role("button", name="Demander").click()
    expect(page.locator("#pourquoi").get_by_role("status")).to_be_visible()


def test_changer_une_ligne_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation", javascript=False)
    tableau = _proposition(page)
    ligne = _a_changer(tableau).last
    nom = str(ligne.locator("th a").inner_text()).strip()
    ligne.get_by_role("link", name=re.compile("^Changer")).click()
    carte = page.locator("#changer")
    carte.get_by_role("radio").first.check()
    choisi = carte.locator("label:has(input:checked) .choix-referent__nom").inner_text()
    carte.get_by_label("Pourquoi ce changement").fill(MOTIF)
    carte.get_by_role("button", name="Changer").click()
    _dit(page, f"{nom} : {choisi} est son référent.")


def test_accepter_une_ligne_puis_lire_sa_lettre_et_sa_fiche(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _proposition(page)
    nom = _ligne(page, tableau, 1)
    illustrer(page, "referents_ligne", hauteur=900)
    page.get_by_role("button", name=re.compile("^Accepter ")).click()
    _dit(page, nom)
    decidee = page.locator("#lignes tbody tr", has_text=nom).first
    expect(decidee).to_contain_text("acceptée")
    expect(decidee).to_contain_text("Paul Vidal")

    decidee.locator("th a").click()
    page.get_by_role("link", name="Fiche d'explication").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment un référent a été proposé")
    expect(page.get_by_role("main")).to_contain_text("traitement algorithmique")
    illustrer(page, "referents_fiche", hauteur=900)
    with page.expect_download() as attente:
        page.get_by_role("link", name="Télécharger en PDF").click()
    pdf = attente.value.path().read_bytes()
    # Ce que PDF/UA exige, lisible dans le fichier : il est balisé, et sa langue est dite.
    assert pdf.startswith(b"%PDF-") and b"/MarkInfo" in pdf and b"/Lang" in pdf

    page.get_by_role("navigation", name="Fil d'Ariane").get_by_role("link", name=nom).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    expect(page.get_by_role("main")).to_contain_text("Référent unique depuis le 31 octobre 2020")
    page.get_by_role("link", name="Désignation du référent unique").first.click()
    expect(page.get_by_role("main")).to_contain_text("traitement algorithmique")


def test_relire_chaque_ligne_puis_accepter_celles_que_l_on_a_ouvertes(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _proposition(page)
    attendues = _a_accepter(tableau).count()
    page.get_by_role("link", name=re.compile("^Tout relire")).click()
    avance = page.get_by_role("navigation", name="Relecture")
    expect(avance).to_contain_text("1 sur")
    premiere = page.get_by_role("heading", level=1).inner_text()
    illustrer(page, "referents_relire", hauteur=900)
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("heading", level=1).inner_text() != premiere
    expect(avance).to_contain_text("2 sur")
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text(premiere)
    _la_fleche_sert_au_champ(page)

    # Deux pages ouvertes : la fin ne propose que ces deux-là, et dit ce qui manque.
    page.goto(re.sub(r"lignes/\d+/.*", "", page.url) + f"{_calcul(page)}/fin/")
    expect(page.locator("#ouvertes tbody tr")).to_have_count(2)
    expect(page.get_by_role("main")).to_contain_text("pas encore ouverte")
    illustrer(page, "referents_fin", hauteur=620)
    page.get_by_role("button", name="Accepter les lignes cochées").click()
    _dit(page, "2 personnes ont leur référent")
    assert _a_accepter(page.locator("#lignes")).count() <= attendues - 2


def _la_fleche_sert_au_champ(page: Any) -> None:
    """Dans un champ, la flèche déplace le curseur : elle ne quitte pas la page."""
    adresse = page.url
    page.locator("summary", has_text="Écarter").click()
    page.get_by_label("Pourquoi écarter").fill("Attendre.")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert page.url == adresse
    page.locator("h1").click()


def _calcul(page: Any) -> str:
    lien = page.get_by_role("navigation", name="Fil d'Ariane").get_by_role(
        "link", name=re.compile("^Proposition du")
    )
    trouve = re.search(r"/(\d+)/$", lien.get_attribute("href") or "")
    assert trouve is not None
    return trouve[1]


def test_la_file_et_la_semaine_d_une_referente(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.referent")
    expect(page.get_by_role("main")).to_contain_text("Mes rendez-vous")
    _menu(page, "Ma file")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma file")
    dossiers = page.locator("#dossiers tbody tr")
    assert dossiers.count() == _nombre(page, "Dossiers suivis") > 0
    expect(page.get_by_role("main")).to_contain_text("Dans les sept jours")
    illustrer(page, "referents_ma_file", hauteur=1000)

    page.get_by_role("link", name="Déclarer une absence").click()
    page.get_by_role("button", name="Déclarer l'absence").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Premier jour").fill("2020-12-21")
    page.get_by_label(re.compile("retour", re.IGNORECASE)).fill("2021-01-04")
    page.get_by_role("button", name="Déclarer l'absence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma file")
    expect(page.get_by_role("main")).to_contain_text("Absence du 21 décembre 2020")

    nom = dossiers.first.locator("th a").inner_text().strip()
    dossiers.first.locator("th a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    expect(page.get_by_role("main")).to_contain_text("Agathe Boyer")
    page.get_by_role("link", name="Ouvrir l'agenda").or_(
        page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Agenda")
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda")
    expect(page.get_by_role("main")).to_contain_text("Agathe Boyer")


def test_les_charges_et_un_poste_de_plus(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _menu(page, "Charges")
    expect(page.get_by_role("heading", level=1)).to_have_text("Charges des référents")
    table = page.locator("#referents tbody tr")
    suivis = sum(_entier(r.locator("td[data-libelle=Suivis]").inner_text()) for r in table.all())
    assert suivis == _nombre(page, "Dossiers suivis") > 0
    illustrer(page, "referents_charges", hauteur=900)

    essai = page.locator("#et-si")
    essai.get_by_role("combobox").select_option(label="Brioude")
    essai.get_by_role("button", name="Essayer").click()
    expect(page.locator("#poste")).to_contain_text("Trajet moyen")
    expect(page.locator("#poste caption")).to_contain_text("Un poste de plus à Brioude")
    illustrer(page, "referents_et_si", depuis=page.locator("#et-si"), seul=True)
    comparaison = page.locator("#comparaison tbody tr")
    expect(comparaison).to_have_count(3)
    assert all(re.search(r"\d", c) for c in comparaison.locator("td").all_inner_texts())


def _entier(texte: str) -> int:
    return int(re.sub(r"\D", "", texte))


def test_un_depart_puis_la_reparation(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    _menu(page, "Charges")
    # En ville, des collègues peuvent prendre la suite.
    charges = page.locator("#referents tbody tr").filter(has_text="Bureau du Puy-en-Velay")
    suivis = {
        r.locator("th a").inner_text().strip(): _entier(
            r.locator("td[data-libelle=Suivis]").inner_text()
        )
        for r in charges.filter(has_not_text="Agathe Boyer").all()
    }
    nom = min((n for n, nombre in suivis.items() if nombre), key=lambda n: suivis[n])
    charges.get_by_role("link", name=nom, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    page.get_by_role("link", name=re.compile("départ", re.IGNORECASE)).click()
    page.get_by_label("Premier jour sans ce référent").fill("2020-10-31")
    page.get_by_role("button", name=re.compile("départ", re.IGNORECASE)).click()
    expect(page.get_by_role("main")).to_contain_text("Départ le 31 octobre 2020")
    page.get_by_role("button", name="Proposer une réparation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Réparation proposée")
    expect(page.get_by_role("main")).to_contain_text("Le plus petit nombre de changements")
    lignes = page.locator("#lignes tbody tr")
    assert 0 < lignes.count() <= suivis[nom]
    expect(lignes.filter(has_text=f"aujourd'hui {nom}, puis")).to_have_count(lignes.count())
    illustrer(page, "referents_reparation", hauteur=900)
    reprise = _a_accepter(page.locator("#lignes")).first
    personne = reprise.locator("th a").inner_text().strip()
    reprise.get_by_role("button", name=re.compile("^Accepter")).click()
    _dit(page, personne)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_chacun_lit_les_regles_sans_se_connecter(ouvrir: Ouvrir, largeur: str) -> None:
    page = ouvrir(largeur=LARGEURS[largeur])
    page.goto("/algorithme/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment un référent est proposé")
    principal = page.get_by_role("main")
    for titre in ("Ce qu'il regarde, et rien d'autre", "Ce qu'il ne regarde jamais", "Textes"):
        expect(principal.get_by_role("heading", name=titre)).to_be_visible()
    assert page.locator("#parametres tbody tr").count() >= 8
    assert page.locator("a[href*='/referents/']").count() == 0
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    if largeur == "large":
        illustrer(page, "referents_algorithme", hauteur=900)
