"""L'agente d'accueil : trouver quelqu'un, ouvrir son dossier, et ne voir que ce qui la regarde."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]


def _premiere_personne(page: Any) -> Any:
    """Le lien de la première personne que montre la liste de « Ma journée »."""
    return page.get_by_role("table", name="Ce qui est dû").get_by_role("rowheader").first


def _nom_sans_accent(nom: str) -> str:
    return unicodedata.normalize("NFD", nom).encode("ascii", "ignore").decode().lower()


def _fiche(page: Any, carte: str, terme: str) -> str:
    """Ce que dit la fiche d'une carte pour un terme : `_fiche(page, "foyer", "Matricule")`."""
    lu: str = (
        page.locator(f"#{carte} dt", has_text=re.compile(f"^{terme}$"))
        .locator("xpath=following-sibling::dd[1]")
        .inner_text()
    )
    return lu.strip()


def _chercher(page: Any, saisie: str) -> Any:
    entete = page.get_by_role("banner").get_by_role("search")
    entete.get_by_label("Chercher une personne").fill(saisie)
    entete.get_by_role("button", name="Chercher").click()
    expect(page.get_by_label("Nom, naissance ou matricule")).to_have_value(saisie)
    return page.locator("#resultats")


def _ouvrir_la_premiere(page: Any) -> tuple[str, str]:
    """Ouvre le premier dossier dû ; rend le nom et l'adresse."""
    ligne = _premiere_personne(page)
    nom = ligne.inner_text().strip()
    ligne.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)
    return nom, page.url


def test_elle_arrive_sur_ce_qui_est_du(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    expect(page.get_by_role("heading", name="Ma journée", level=1)).to_be_visible()
    expect(_premiere_personne(page)).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu principal")).not_to_contain_text("Agents")
    illustrer(page, "accueil_journee", hauteur=640)


def test_un_nom_mal_ecrit_se_trouve(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    nom, _ = _ouvrir_la_premiere(page)
    famille = _fiche(page, "identite", "Nom de naissance")
    sans_accent = _nom_sans_accent(nom)
    expect(_chercher(page, sans_accent)).to_contain_text(nom)

    fautive = _nom_sans_accent(famille)
    fautive = fautive[:2] + fautive[3:] if len(fautive) > 4 else fautive + fautive[-1]
    prenom = sans_accent.split()[0]
    resultats = _chercher(page, f"{fautive} {prenom}")
    expect(resultats).to_contain_text(nom)
    illustrer(page, "accueil_recherche", hauteur=520)


def test_une_naissance_ou_un_matricule_suffisent(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    nom, _ = _ouvrir_la_premiere(page)
    matricule = _fiche(page, "foyer", "Matricule")
    naissance = _en_chiffres(_fiche(page, "identite", "Naissance"))
    expect(_chercher(page, naissance)).to_contain_text(nom)
    expect(_chercher(page, matricule)).to_contain_text(nom)
    page.locator("#resultats").get_by_role("link", name=nom).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nom)


MOIS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)


def _en_chiffres(dite: str) -> str:
    """« né le 6 décembre 1979 » tapé 06/12/1979 ; l'année seule si la date est partielle."""
    lue = re.search(r"(\d+)(?:er)? (\w+) (\d{4})", dite)
    if lue is None:
        annee = re.search(r"\d{4}", dite)
        assert annee, dite
        return annee.group()
    return f"{int(lue[1]):02d}/{MOIS.index(lue[2]) + 1:02d}/{lue[3]}"


def test_le_dossier_montre_les_delais_et_tait_le_reste(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.accueil")
    dues = page.get_by_role("table", name="Ce qui est dû").get_by_role("row")
    entrante = dues.filter(has_text="Orienter dans le mois (convention)").first
    entrante.get_by_role("rowheader").get_by_role("link").click()
    delais = page.get_by_role("table", name="Délais de la personne")
    expect(delais).to_contain_text("Orienter dans le mois (convention)")
    expect(delais).to_contain_text(re.compile(r"en retard de \d+ jour|dans \d+ jour|aujourd'hui"))
    expect(page.get_by_role("button", name="Montrer")).to_have_count(0)
    assert not re.search(r"[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3}", page.inner_text("#identite"))
    expect(page.get_by_role("link", name="Ouvrir l'orientation")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Orienter|Réorienter"))).to_have_count(0)
    expect(page.locator("#consultations")).to_contain_text("Inès Chambon")
    illustrer(page, "accueil_dossier", hauteur=760)


def test_une_personne_dun_autre_secteur_est_introuvable(ouvrir: Ouvrir) -> None:
    ailleurs = ouvrir("demo.orientation.secteur")
    nom, adresse = _ouvrir_la_premiere(ailleurs)
    page = ouvrir("demo.accueil")
    reponse = page.goto(adresse)
    assert reponse.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n'existe pas")
    expect(page.get_by_role("main")).to_contain_text("n'est pas ouvert à vos habilitations")
    assert nom not in page.inner_text("body")
    expect(_chercher(page, nom)).not_to_contain_text(nom)
