"""Comparer deux Départements : par de vrais fichiers d'agrégats, vérifiés, jamais gardés."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from draille.mesures.convention.tests.test_pages import lire
from draille.moteurs.indicateurs.calcul import Compte
from draille.moteurs.indicateurs.nation import agregats, schema
from draille.moteurs.indicateurs.registre import indicateur
from draille.socle.acces import Role

PAGE = "/pilotage/comparer/departements/"
DEPOT = f"{PAGE}deposer/"
NOM = "agregats-07-2020-10-31.parquet"


def ecrire(
    dossier: Path,
    comptes: dict[int, tuple[int, int]],
    *,
    departement: str = "07",
    definitions: dict[str, str] | None = None,
    seuil: int = 11,
    nom: str = NOM,
) -> Path:
    """Un fichier d'agrégats de 2020 : par mois, (dénominateur, numérateur) de l'indicateur B1."""
    i = indicateur("B1")
    serie = [(date(2020, m, 1), Compte(*c)) for m, c in comptes.items()]
    lues = agregats.rangees(
        indicateur=i, series={departement: agregats.taire(serie=serie, seuil=seuil)}
    )
    manifeste = schema.Manifeste(
        contenu="agregats",
        schema=schema.VERSION,
        departement=departement,
        arrete_le=date(2020, 10, 31),
        debut=date(2020, 1, 1),
        fin=date(2021, 1, 1),
        definitions=schema.empreintes([i]) if definitions is None else definitions,
        cles=(),
        lignes=len(lues),
    )
    chemin = dossier / nom
    agregats.ecrire(chemin=chemin, rangees=lues, manifeste=manifeste)
    return chemin


@pytest.fixture
def dossier(tmp_path, settings) -> Path:
    """Le dossier où se posent les fichiers reçus."""
    settings.DRAILLE_AGREGATS = tmp_path
    return tmp_path


@pytest.fixture
def peuplee(inscrite, entrer):
    """La Haute-Loire : vingt entrants en septembre (dont cinq orientés), vingt en octobre."""
    inscrite()
    for rang in range(40):
        mois = 9 + rang % 2
        orientee = f"2020-09-{20 + rang % 9}" if mois == 9 and rang < 10 else ""
        entrer(f"2020-{mois:02}-{1 + rang % 9:02}", orientee=orientee)


def test_les_memes_mois_se_comparent(peuplee, dossier, connecter):
    # Août n'a rien ici ; octobre, là-bas, est tu avec le petit mois d'août.
    ecrire(dossier, {8: (40, 20), 9: (200, 150), 10: (100, 50)})
    client = connecter(Role.CADRE)
    page = lire(client, f"{PAGE}?fichier={NOM}")
    assert "Haute-Loire et Ardèche, 2020" in page
    assert "25 % (5 sur 20)" not in page
    assert "6 % (5 sur 80)" not in page
    # Août à octobre : cinq orientés sur quarante ici, 220 sur 340 là-bas.
    assert "13 % (5 sur 40)" in page
    assert "65 % (220 sur 340)" in page
    assert "52,2 points de moins" in page
    assert '<figure class="graphe"' in page


def test_un_mois_tu_ne_compte_pour_aucun(peuplee, dossier, connecter):
    ecrire(dossier, {9: (200, 150), 10: (5, 2), 8: (6, 3)})
    page = lire(connecter(Role.PILOTE), f"{PAGE}?fichier={NOM}")
    # Seul septembre se lit des deux côtés.
    assert "25 % (5 sur 20)" in page
    assert "75 % (150 sur 200)" in page
    assert "(2 tus)" in page


def test_deux_definitions_differentes_ne_se_comparent_pas(peuplee, dossier, connecter):
    ecrire(dossier, {9: (200, 150)}, definitions={"B1 v1": "0" * 64})
    page = lire(connecter(Role.PILOTE), f"{PAGE}?fichier={NOM}")
    assert "définitions différentes" in page
    assert "points de" not in page


def test_un_fichier_depose_se_compare_et_n_est_pas_garde(peuplee, dossier, connecter, tmp_path):
    ailleurs = tmp_path / "ailleurs"
    ailleurs.mkdir()
    octets = ecrire(ailleurs, {9: (200, 150)}).read_bytes()
    reponse = connecter(Role.PILOTE).post(DEPOT, {"fichier": SimpleUploadedFile(NOM, octets)})
    assert reponse.status_code == 200
    assert "(150 sur 200)" in reponse.content.decode()
    assert [x.name for x in dossier.iterdir()] == ["ailleurs"]


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"PAR1 pas vraiment", "un fichier Parquet lisible"),
        (b"", "vide"),
    ],
)
def test_un_mauvais_fichier_le_dit(peuplee, dossier, connecter, octets, dit):
    envoi = {"fichier": SimpleUploadedFile("autre.parquet", octets)}
    reponse = connecter(Role.PILOTE).post(DEPOT, envoi)
    assert reponse.status_code == 422
    assert dit in reponse.content.decode()


def test_un_petit_effectif_est_refuse(peuplee, dossier, connecter):
    ecrire(dossier, {9: (200, 3)}, seuil=0)
    reponse = connecter(Role.PILOTE).get(f"{PAGE}?fichier={NOM}")
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert "montre un effectif de moins de 11" in page
    assert NOM in page and "(3 sur" not in page


def test_un_nom_hors_du_dossier_n_ouvre_rien(peuplee, dossier, connecter):
    (dossier.parent / "voisin.parquet").write_bytes(b"x")
    page = lire(connecter(Role.PILOTE), f"{PAGE}?fichier=../voisin.parquet")
    assert "voisin" not in page


def test_deposer_est_au_pilote(peuplee, dossier, connecter):
    client = connecter(Role.CADRE)
    assert "Déposer un fichier" not in lire(client, PAGE)
    assert client.post(DEPOT, {}).status_code == 403
    vide = connecter(Role.PILOTE).post(DEPOT, {})
    assert vide.status_code == 422
    assert "Choisissez un fichier d'agrégats." in vide.content.decode().replace("&#x27;", "'")


def test_un_departement_au_code_bizarre_ne_lit_aucun_dossier(peuplee, dossier, connecter):
    ecrire(dossier, {9: (200, 150)}, departement="../*")
    assert "Département inconnu" in lire(connecter(Role.PILOTE), f"{PAGE}?fichier={NOM}")
