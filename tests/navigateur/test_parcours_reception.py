"""La cadre reçoit le fichier du mois : le déposer, lire son compte rendu, corriger un rejet.

Joué après les autres parcours : ses entrants changeraient les listes que les images montrent.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from draille.demo.evolution import ecrire_mois, jouer_mois
from draille.demo.fictif import Defaut, FoyerFictif
from draille.demo.plan import MoisDeJeu, plan_de_jeu
from tests.navigateur.illustrations import illustrer

pytestmark = pytest.mark.navigateur

Ouvrir = Callable[..., Any]
LECTURE_MS = 120_000
NOVEMBRE = MoisDeJeu(
    rang=11,
    debut=date(2020, 11, 1),
    reference_le=date(2020, 11, 30),
    caf_creee_le=date(2020, 11, 27),
    msa_creee_le=date(2020, 11, 28),
    beneficiaires=3110,
    nombre_mal_formes=len(Defaut),
)


@dataclass(frozen=True)
class MoisSuivant:
    """Le fichier de la CAF du mois d'après la démonstration, et ses dossiers abîmés exprès."""

    chemin: Path
    dossiers: int
    date_impossible: FoyerFictif


@pytest.fixture(scope="module")
def mois_suivant(tmp_path_factory: pytest.TempPathFactory) -> MoisSuivant:
    """Le même Département fictif, un mois plus tard : rejouer les mois donne les mêmes foyers."""
    plan = plan_de_jeu(departement="43")
    plan = replace(plan, mois=(*plan.mois, NOVEMBRE))
    *_, joue = jouer_mois(plan=plan)
    ecrits = ecrire_mois(mois_joue=joue, plan=plan, dossier=tmp_path_factory.mktemp("fichiers"))
    abimes = {f.defaut: f for f in joue.caf if f.defaut}
    return MoisSuivant(ecrits.caf, len(joue.caf), abimes[Defaut.DATE_IMPOSSIBLE])


def _nombre(texte: str) -> int:
    return int(re.sub(r"\D", "", texte))


def _deposer(page: Any, chemin: Path) -> None:
    page.get_by_role("navigation", name="Menu principal").get_by_role(
        "link", name="Fichiers"
    ).click()
    page.get_by_label("Fichier à déposer").set_input_files(chemin)
    page.get_by_role("button", name="Déposer", exact=True).click()


def _cle(page: Any, libelle: str) -> Any:
    """Le cadre d'un grand nombre, par son titre."""
    titre = page.locator(".cle__libelle", has_text=re.compile(rf"^\s*{libelle}"))
    return page.locator(".cle").filter(has=titre)


def _chiffre(page: Any, libelle: str) -> int:
    return _nombre(_cle(page, libelle).locator(".cle__valeur").inner_text())


def test_le_fichier_du_mois_du_depot_au_rejet_rejoue(
    ouvrir: Ouvrir, mois_suivant: MoisSuivant
) -> None:
    page = ouvrir("demo.cadre")
    _deposer(page, mois_suivant.chemin)
    expect(page.get_by_role("heading", level=1)).to_contain_text(mois_suivant.chemin.name)
    if page.get_by_role("progressbar").count():
        illustrer(page, "fichiers_lecture", hauteur=480)
    expect(page.get_by_text("Dossiers lus")).to_be_visible(timeout=LECTURE_MS)

    lus = _chiffre(page, "Dossiers lus")
    assert lus == mois_suivant.dossiers
    somme = sum(_chiffre(page, c) for c in ("Intégrés", "Inchangés", "Rejetés"))
    assert somme == lus
    assert _chiffre(page, "Rejetés") == len(Defaut)
    expect(page.get_by_role("table", name=re.compile("journal"))).to_contain_text("Nouvel entrant")
    illustrer(page, "fichiers_compte_rendu", hauteur=640)

    _cle(page, "Rejetés").get_by_role("link").click()
    rejets = page.get_by_role("table", name=f"{len(Defaut)} rejets")
    expect(rejets).to_contain_text("DTNAI")
    illustrer(page, "fichiers_rejets", hauteur=620)
    rejets.get_by_role("row").filter(has_text="DTNAI").get_by_role("link").click()
    _corriger(page, mois_suivant.date_impossible)


def _corriger(page: Any, foyer: FoyerFictif) -> None:
    demandeur = foyer.personnes[0]
    expect(page.get_by_role("main")).to_contain_text("02-31")
    champ = page.get_by_label("Nouvelle valeur")
    rejouer = page.get_by_role("button", name="Corriger et rejouer")
    illustrer(page, "fichiers_rejet", hauteur=700)
    champ.fill("hier")
    rejouer.click()
    expect(page.get_by_role("main")).to_contain_text("« hier » n'est pas une date")

    champ.fill(demandeur.naissance.isoformat())
    rejouer.click()
    expect(page.get_by_role("status")).to_contain_text("Le dossier est pris.")
    expect(page.get_by_role("main")).to_contain_text("Corrigé et rejoué")

    entete = page.get_by_role("banner").get_by_role("search")
    entete.get_by_label("Chercher une personne").fill(str(foyer.matricule))
    entete.get_by_role("button", name="Chercher").click()
    expect(page.locator("#resultats")).to_contain_text(demandeur.nom_naissance)


def test_le_meme_fichier_nest_pas_pris_deux_fois(ouvrir: Ouvrir, mois_suivant: MoisSuivant) -> None:
    page = ouvrir("demo.cadre")
    _deposer(page, mois_suivant.chemin)
    expect(page.get_by_text("Dossiers lus")).to_be_visible(timeout=LECTURE_MS)
    _deposer(page, mois_suivant.chemin)
    expect(page.get_by_role("status")).to_contain_text("Ce fichier est déjà intégré")
    expect(page.get_by_role("status")).to_contain_text("rien n'a changé")


def test_une_copie_tronquee_est_refusee_entiere(
    ouvrir: Ouvrir, mois_suivant: MoisSuivant, tmp_path: Path
) -> None:
    tronque = tmp_path / "rsa_caf_43_2020_11_coupe.xml"
    entier = mois_suivant.chemin.read_bytes()
    tronque.write_bytes(entier[: len(entier) // 2])
    page = ouvrir("demo.cadre")
    _deposer(page, tronque)
    expect(page.get_by_text("Fichier refusé : rien n'en a été pris")).to_be_visible(
        timeout=LECTURE_MS
    )
    phrase = page.get_by_role("main")
    expect(phrase).to_contain_text(
        re.compile(rf"Le fichier {tronque.name} est incomplet : il s'arrête à la ligne \d+")
    )
    expect(phrase).to_contain_text("Demandez à la CAF ou à la MSA de le renvoyer.")
    illustrer(page, "fichiers_refuse", hauteur=480)


def test_un_envoi_sans_fichier_le_dit(ouvrir: Ouvrir) -> None:
    page = ouvrir("demo.cadre")
    page.get_by_role("link", name="Fichiers").first.click()
    page.get_by_role("button", name="Déposer", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un fichier, puis déposez-le.")
