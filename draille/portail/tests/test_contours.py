"""Les contours des communes : légers, gardés par le navigateur, réservés aux agents."""

import gzip
import json

import pytest

from draille.noyau.territoire.models import Commune, ContourCommune
from draille.socle.acces import Role

CARRE = {"type": "Polygon", "coordinates": [[[3.8, 45.0], [3.9, 45.0], [3.9, 45.1], [3.8, 45.0]]]}


@pytest.fixture
def situe(departement):
    """Le Puy a sa position et son contour ; Brioude n'a que son nom."""
    Commune.objects.filter(pk=departement.puy.pk).update(
        latitude=45.04, longitude=3.88, surface_km2=16.8
    )
    ContourCommune.objects.create(commune=departement.puy, geometrie=CARRE)
    return departement


def test_tout_agent_lit_les_communes_situees_et_elles_seules(situe, clients):
    assert clients[Role.PARTENAIRE].get("/contours.json").status_code == 403
    for client in (c for role, c in clients.items() if role is not Role.PARTENAIRE):
        lu = json.loads(client.get("/contours.json").content)
        (commune,) = lu["features"]
        assert (commune["id"], commune["properties"]["nom"]) == (situe.puy.pk, "Le Puy-en-Velay")
        assert commune["properties"]["position"] == [45.04, 3.88]
        assert commune["geometry"] == CARRE


def test_le_navigateur_garde_la_reponse_et_ne_la_relit_que_changee(situe, clients):
    client = clients[Role.CADRE]
    reponse = client.get("/contours.json")
    assert "max-age=3600" in reponse.headers["Cache-Control"]
    assert "no-store" not in reponse.headers["Cache-Control"]
    inchangee = client.get("/contours.json", headers={"if-none-match": reponse.headers["ETag"]})
    assert (inchangee.status_code, inchangee.content) == (304, b"")
    assert inchangee.headers["ETag"] == reponse.headers["ETag"]


def test_un_contour_de_plus_change_la_marque(situe, clients, tout_voir):
    client = clients[Role.CADRE]
    avant = client.get("/contours.json").headers["ETag"]
    tout_voir()
    Commune.objects.filter(pk=situe.brioude.pk).update(latitude=45.29, longitude=3.38)
    ContourCommune.objects.create(commune=situe.brioude, geometrie=CARRE)
    apres = client.get("/contours.json", headers={"if-none-match": avant})
    assert apres.status_code == 200 and apres.headers["ETag"] != avant


def test_la_reponse_est_compressee_pour_qui_le_sait(situe, clients):
    for rang in range(40):
        commune = Commune.objects.create(
            code_insee=f"43{rang:03}", nom=f"Commune {rang}", latitude=45.0, longitude=3.9
        )
        ContourCommune.objects.create(commune=commune, geometrie=CARRE)
    client = clients[Role.CADRE]
    clair = client.get("/contours.json").content
    reponse = client.get("/contours.json", headers={"accept-encoding": "gzip"})
    assert reponse.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reponse.content) == clair and len(reponse.content) < len(clair) / 3


def test_le_nombre_de_requetes_ne_depend_pas_des_communes(
    situe, clients, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        clients[Role.CADRE].get("/contours.json")


def test_qui_n_est_pas_connecte_ne_les_lit_pas(situe, client):
    reponse = client.get("/contours.json")
    assert reponse.status_code == 302 and "/compte/" in reponse.headers["Location"]
