"""Le chargé d'orientation : de l'échéance dépassée à la notification, seul ou sur une liste."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
SANS_MOTIF = "Vous choisissez un autre type que celui proposé : écrivez en une phrase pourquoi."
MOTIF = "Le logement est à régler avant toute recherche d'emploi."


def _liste(page: Any, **filtres: str) -> Any:
    """Filtre la liste des nouveaux entrants par les libellés de ses listes ; rend le tableau."""
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Nouveaux entrants"
    ).click()
    for libelle, choix in filtres.items():
        page.get_by_label(libelle, exact=True).select_option(label=choix)
    page.get_by_role("button", name="Filtrer").click()
    page.wait_for_url(re.compile(r"statut="))
    tableau = page.locator("#entrants")
    expect(tableau).to_be_visible()
    return tableau


def _noms(tableau: Any) -> list[str]:
    noms: list[str] = tableau.locator("tbody th").all_inner_texts()
    return [n.strip() for n in noms]


def _cocher_le_questionnaire(page: Any) -> None:
    """Des réponses d'entretien : une recherche d'emploi récente, peu de difficultés."""
    for question, reponse in (
        ("La personne travaille-t-elle", 1),
        ("Se voit-elle chercher", 0),
        ("Quel est son plus haut diplôme", 1),
    ):
        page.get_by_role("group", name=re.compile(question)).get_by_role("radio").nth(
            reponse
        ).check()
    page.get_by_label("Depuis combien de mois").fill("8")
    for difficulte in page.locator("fieldset[id], fieldset").all():
        non = difficulte.get_by_role("radio", name="Non", exact=True)
        if non.count():
            non.check()


def test_de_lecheance_depassee_a_la_notification(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    a_rencontrer = _noms(_liste(page, Étape="À rencontrer", Délai="En retard"))

    page.goto("/")
    illustrer(page, "orientation_journee", hauteur=760)
    page.get_by_role("link", name="En retard").click()
    dues = page.get_by_role("table", name="Ce qui est en retard")
    nom = next(n for n in _noms(dues) if a_rencontrer.count(n) == 1)
    dues.get_by_role("link", name=nom, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    expect(page.get_by_role("table", name="Délais de la personne")).to_contain_text("en retard")
    page.get_by_role("link", name="Ouvrir l'orientation").first.click()

    _rencontrer(page)
    proposee = _diagnostiquer(page)
    choisie = "Social" if proposee == "Professionnel" else "Professionnel"
    illustrer(page, "orientation_proposition", hauteur=760)
    _decider_autrement(page, choisie)
    _notifier(page)

    page.get_by_role("link", name="Ouvrir le dossier").click()
    actes = page.locator("#actes")
    for libelle in (
        "Premier rendez-vous honoré",
        "Diagnostic enregistré",
        "Orientation décidée",
        "Orientation notifiée",
    ):
        expect(actes).to_contain_text(libelle)
    expect(actes).to_contain_text("Paul Vidal")
    delais = page.get_by_role("table", name="Délais de la personne")
    expect(delais).to_contain_text(re.compile(r"tenu"))
    expect(delais).not_to_contain_text("en retard de")
    illustrer(page, "orientation_dossier", hauteur=760)

    _reorienter(page, proposee)


def _rencontrer(page: Any) -> None:
    expect(page.get_by_role("heading", name="Enregistrer le premier rendez-vous")).to_be_visible()
    illustrer(page, "orientation_rencontre", hauteur=720)
    page.get_by_label("Jour du rendez-vous").fill("2020-10-29")
    page.get_by_role("radio", name=re.compile("téléphone", re.IGNORECASE)).check()
    page.get_by_role("button", name="Enregistrer le rendez-vous").click()
    expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est enregistré.")
    expect(page.get_by_role("main")).to_contain_text("Honoré le 29 octobre 2020")


def _diagnostiquer(page: Any) -> str:
    """Remplit le diagnostic ; rend le type que la table propose."""
    page.get_by_role("link", name="Remplir le diagnostic").click()
    illustrer(page, "orientation_diagnostic", hauteur=720)
    page.get_by_role("button", name="Enregistrer le diagnostic").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez une réponse.")
    _cocher_le_questionnaire(page)
    page.get_by_label("Jour de l'entretien").fill("2020-10-29")
    page.get_by_role("button", name="Enregistrer le diagnostic").click()
    expect(page.get_by_role("status")).to_contain_text("la proposition est à jour")
    carte = page.locator("section.carte", has=page.get_by_role("heading", name="Proposition"))
    expect(carte.get_by_role("listitem").first).to_be_visible()
    expect(carte).to_contain_text("Une personne décide toujours ; la table conseille.")
    dit = re.search(r"La table propose\s+(\w+)", carte.inner_text())
    assert dit, carte.inner_text()
    return dit[1]


def _decider_autrement(page: Any, choisie: str) -> None:
    types = page.get_by_role("group", name="Type de parcours")
    page.get_by_label("Jour de la décision").fill("2020-10-30")
    types.get_by_role("radio", name=choisie, exact=True).check()
    page.get_by_role("radio", name="Conseil départemental").check()
    page.get_by_role("button", name="Orienter", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(SANS_MOTIF)
    expect(types.get_by_role("radio", name=choisie, exact=True)).to_be_checked()
    illustrer(page, "orientation_sans_motif", hauteur=720)
    page.get_by_label("Pourquoi un autre type que celui proposé").fill(MOTIF)
    page.get_by_role("button", name="Orienter", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("La personne est orientée.")
    expect(page.get_by_role("main")).to_contain_text(f"Rang 1 : {choisie}")
    expect(page.get_by_role("main")).to_contain_text(MOTIF)


def _notifier(page: Any) -> None:
    page.get_by_label("Jour de la notification").fill("2020-10-30")
    page.get_by_role("group", name="Par quel moyen").get_by_role("radio").first.check()
    page.get_by_role("button", name="Enregistrer la notification").click()
    expect(page.get_by_role("status")).to_contain_text("La notification est enregistrée.")
    expect(page.get_by_role("main")).to_contain_text("Notifiée le 30 octobre 2020")


def _reorienter(page: Any, vers: str) -> None:
    page.get_by_role("link", name="Ouvrir l'orientation").first.click()
    page.get_by_role("link", name="Réorienter").click()
    page.get_by_role("group", name="Type de parcours").get_by_role(
        "radio", name=vers, exact=True
    ).check()
    page.get_by_role("radio", name="Pôle emploi").check()
    page.get_by_role("button", name="Réorienter").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez une phrase.")
    page.get_by_label("Pourquoi le parcours change").fill("Le logement est trouvé.")
    page.get_by_role("button", name="Réorienter").click()
    expect(page.get_by_role("status")).to_contain_text("La personne est réorientée")
    rangs = page.get_by_role("main")
    expect(rangs).to_contain_text(f"Rang 2 : {vers}")
    expect(rangs).to_contain_text("Rang 1 :")
    expect(rangs).to_contain_text("Le logement est trouvé.")
    carte = page.locator("section.carte", has=page.get_by_role("heading", name="Orientations"))
    illustrer(page, "orientation_reorientee", depuis=carte, seul=True)


def test_orienter_trois_personnes_dune_liste(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _liste(page, Étape="À orienter")
    diagnostiquees = tableau.get_by_role("row").filter(has_not_text="diagnostic à faire")
    noms = [n.strip() for n in diagnostiquees.locator("th[scope=row]").all_inner_texts()][:3]
    assert len(set(noms)) == 3
    for nom in noms:
        tableau.get_by_label(f"Choisir {nom}").check()
    expect(page.locator("[data-compte-coches]")).to_have_text("3")
    illustrer(page, "orientation_liste", hauteur=760)
    page.get_by_label("Organisme proposé à toutes les lignes").select_option(
        label="Conseil départemental"
    )
    page.get_by_role("button", name="Relire puis orienter").click()

    expect(page.get_by_role("table", name="3 personnes à orienter")).to_be_visible()
    _choisir_un_type(page, noms[0], autre=True)
    for nom in noms[1:]:
        _choisir_un_type(page, nom, autre=False)
    illustrer(page, "orientation_lot", depuis=page.get_by_role("main"), hauteur=540)
    page.get_by_role("button", name="Orienter ces personnes").click()

    expect(page.get_by_role("status")).to_contain_text("2 personnes orientées.")
    expect(page.get_by_role("alert")).to_contain_text("1 ligne à reprendre")
    reste = page.get_by_role("row").filter(has_text=noms[0])
    expect(reste).to_contain_text(SANS_MOTIF)
    illustrer(page, "orientation_lot_suite", depuis=page.get_by_role("main"), hauteur=580)
    page.get_by_label(f"Pourquoi un autre type que celui proposé à {noms[0]}").fill(MOTIF)
    page.get_by_role("button", name="Orienter ces personnes").click()
    expect(page.get_by_role("status")).to_contain_text("1 personne orientée")

    for nom in noms:
        page.get_by_label("Nom ou prénom").fill(nom)
        page.get_by_label("Étape").select_option(label="Orientée")
        page.get_by_role("button", name="Filtrer").click()
        expect(page.locator("#entrants")).to_contain_text(nom)


def _choisir_un_type(page: Any, nom: str, *, autre: bool) -> None:
    """Suit la proposition de la ligne, ou s'en écarte."""
    champ = page.get_by_label(f"Type de parcours de {nom}")
    proposee = champ.locator("option:checked").inner_text()
    assert proposee in {"Professionnel", "Social"}, f"{nom} : pas de diagnostic"
    if autre:
        champ.select_option(label="Social" if proposee == "Professionnel" else "Professionnel")


def test_la_liste_imprimee_na_ni_menu_ni_filtres(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.orientation")
    tableau = _liste(page, Étape="À rencontrer")
    menu = page.get_by_role("navigation", name="Menu principal")
    expect(menu).to_be_visible()
    page.emulate_media(media="print")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Filtrer")).to_be_hidden()
    expect(page.get_by_role("button", name="Relire puis orienter")).to_be_hidden()
    expect(page.locator("input[type=checkbox]").first).to_be_hidden()
    expect(tableau).to_be_visible()
    expect(page.get_by_text("Démonstration : personnes fictives")).to_be_visible()
    assert len(_noms(tableau)) > 5
