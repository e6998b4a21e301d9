"""Le tableur des finances : déposé sans JavaScript, répondu ligne à ligne, compté au centime."""

import os
import re
import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.navigateur.controles import verifier
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
# Deux lancements sur la même base n'ont pas les mêmes pièces.
LOT = "F20" if os.environ.get("DRAILLE_GUIDE") == "1" else secrets.token_hex(3).upper()
NOM = f"finances_{LOT}.csv"
ARGENT = "/convention/argent/convention_pauvrete_2019_2021/"
TITRES = "Type;Exercice;N° pièce;N° engagement;Mesure;Date;Montant TTC;Pièce réduite;Objet;Tiers"
# Une juste, son mandat, le même mandat deux fois, une mesure mal écrite, une année fausse, un
# négatif qui ne réduit rien, un montant illisible : une réponse chacune.
RANGEES = (
    f"Engagement;2020;{LOT}-E1;;mobilite;05/10/2020;1 234,56 €;;Comité mobilité;Garage du Velay",
    f"Mandat;2020;{LOT}-M1;{LOT}-E1;mobilite;20/10/2020;1 000,06;;Premier acompte;Garage du Velay",
    f"Mandat;2020;{LOT}-M1;{LOT}-E1;mobilite;20/10/2020;1 000,06;;Premier acompte;Garage du Velay",
    f"Mandat;2020;{LOT}-M2;{LOT}-E1;Mobilitée;21/10/2020;34,50;;Solde;Garage du Velay",
    f"Mandat;2031;{LOT}-M3;{LOT}-E1;mobilite;22/10/2020;10,00;;Année fausse;Garage du Velay",
    f"Mandat;2020;{LOT}-M4;{LOT}-E1;mobilite;23/10/2020;(5,00);;Ne réduit rien;Garage du Velay",
    f"Mandat;2020;{LOT}-M5;{LOT}-E1;mobilite;23/10/2020;douze;;Illisible;Garage du Velay",
)


def _tableur() -> dict[str, Any]:
    lignes = "\r\n".join((TITRES, *RANGEES))
    return {"name": NOM, "mimeType": "text/csv", "buffer": lignes.encode("cp1252")}


def _euros(texte: str) -> Decimal:
    propre = re.sub(r"[^\d,−-]", "", texte).replace("−", "-").replace(",", ".")
    return Decimal(propre)


def _execute(page: Any) -> Decimal:
    """Ce qui est exécuté sur la ligne « Mobilité », et que sa liste de pièces totalise."""
    page.goto(f"{ARGENT}pieces/?etape=executee&ligne=mobilite&annee=2020")
    return _euros(page.locator("[data-total]").inner_text())


def _onglet(page: Any, nom: str) -> Any:
    page.get_by_role("navigation", name="Lignes par issue").get_by_role("link", name=nom).click()
    page.wait_for_load_state()
    return page.locator("#lignes tbody tr")


def test_un_tableur_fautif_recoit_une_reponse_par_ligne_sans_javascript(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote", javascript=False)
    avant = _execute(page)
    page.goto("/convention/comptes/")
    page.get_by_role("link", name="Importer un tableur").click()
    page.get_by_label("Tableur des finances").set_input_files(_tableur())
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_label("Montant", exact=True)).to_have_value("Montant TTC")
    page.get_by_role("button", name="Importer ce tableur").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(NOM)
    libelles = page.get_by_role("navigation", name="Lignes par issue").inner_text()
    nombres = [int(n) for n in re.findall(r"\((\d+)\)", libelles)]
    assert sum(nombres) == len(RANGEES), libelles
    principal = page.get_by_role("main")
    for dit in ("Mobilitée", "2031", f"{LOT}-M4"):
        expect(principal).to_contain_text(dit)
    assert _onglet(page, "Rejetée").filter(has_text="douze").count() == 1
    assert _onglet(page, "Importée").count() == 2
    # Le nom d'un tiers n'est jamais gardé.
    assert "Garage du Velay" not in page.inner_text("main")
    assert _execute(page) == avant + Decimal("1000.06")


def test_une_ligne_a_revoir_se_decide_et_compte_au_centime(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    avant = _execute(page)
    _importer(page)
    verifier(page)
    illustrer(page, "comptes_import", hauteur=900)
    page.get_by_role("row").filter(has_text="Mobilitée").get_by_role("link", name="Décider").click()
    # La ligne la plus proche est proposée d'avance.
    expect(page.get_by_label("Ligne de la convention")).to_have_value(re.compile("mobilite$"))
    verifier(page)
    illustrer(page, "comptes_ligne", hauteur=560)
    page.get_by_role("button", name="La compter", exact=True).click()
    expect(page.get_by_role("main")).not_to_contain_text("Mobilitée")
    apres = _execute(page)
    assert apres - avant == Decimal("34.50")
    expect(page.get_by_role("row").filter(has_text=f"{LOT}-M2")).to_contain_text("34,50")


def _importer(page: Any) -> None:
    """Le tableur de l'essai précédent ; déjà reçu, il est retrouvé, et rien n'est doublé."""
    page.goto("/convention/comptes/")
    deja = page.get_by_role("link", name=NOM)
    if deja.count():
        deja.first.click()
        return
    page.goto("/convention/comptes/importer/")
    page.get_by_label("Tableur des finances").set_input_files(_tableur())
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Importer ce tableur").click()


def test_chaque_montant_de_largent_souvre_sur_ses_pieces(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.pilote")
    page.goto(f"{ARGENT}?annee=2020")
    verifier(page)
    illustrer(page, "argent_page", hauteur=900)
    for libelle in ("Prévu", "Engagé", "Exécuté", "Reçu"):
        cle = page.locator(".cle").filter(has_text=libelle).first.get_by_role("link")
        montre = _euros(cle.inner_text().split("\n")[0].split(",  ")[0].split("€")[0])
        cle.click()
        assert _euros(page.locator("[data-total]").inner_text()) == montre, libelle
        page.go_back()
    page.locator(".cle").filter(has_text="Exécuté").first.get_by_role("link").click()
    verifier(page)
    montants = page.locator("#pieces tbody td[data-libelle='Montant']")
    total = Decimal(0)
    while True:
        # Une part de pièce dit aussi le montant entier, dessous.
        total += sum(
            (_euros(t.split("€")[0]) for t in montants.all_inner_texts()), start=Decimal(0)
        )
        suivante = page.get_by_role("link", name=re.compile("suivante", re.IGNORECASE))
        if suivante.count() == 0:
            break
        suivante.first.click()
        page.wait_for_load_state()
    assert total == _euros(page.locator("[data-total]").inner_text())
