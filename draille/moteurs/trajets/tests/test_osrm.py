"""Le serveur OSRM : un vrai serveur HTTP, ici, qui répond comme `osrm-routed`."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from draille.moteurs.trajets import adaptateur_osrm
from draille.moteurs.trajets.adaptateur import minutes_points, plus_proches, precision
from draille.moteurs.trajets.adaptateur_etat import etat
from draille.moteurs.trajets.adaptateur_osrm import MoteurOsrm
from draille.moteurs.trajets.calcul import AU_DELA, INCONNU, Point
from draille.moteurs.trajets.tests.petit_reseau import BANDE

LE = date(2020, 10, 31)


class _Osrm(BaseHTTPRequestHandler):
    """Une minute par centième de degré de latitude, dix de plus vers le sud."""

    def do_GET(self):
        serveur = self.server
        url = urlsplit(self.path)
        serveur.demandes.append(url.path)
        if serveur.panne:
            self.send_response(serveur.panne)
            self.end_headers()
            return
        lieux = [tuple(map(float, x.split(","))) for x in url.path.rsplit("/", 1)[1].split(";")]
        demande = parse_qs(url.query)
        de, vers = (
            [int(r) for r in demande[cle][0].split(";")] for cle in ("sources", "destinations")
        )
        if len(de) * len(vers) > 100 * 100:
            self._rendre({"code": "TooBig"}, 400)
            return
        secondes = [[self._secondes(lieux[i], lieux[j]) for j in vers] for i in de]
        loin = [{"distance": 5000.0 if est > 8 else 12.0} for est, _ in lieux]
        corps = {
            "code": "Ok",
            "durations": secondes,
            "sources": [loin[i] for i in de],
            "destinations": [loin[j] for j in vers],
        }
        self._rendre(corps if serveur.corps is None else serveur.corps)

    @staticmethod
    def _secondes(de, vers):
        if vers[0] < 0:
            return None
        return abs(vers[1] - de[1]) * 6000 + (600 if vers[1] < de[1] else 0)

    def _rendre(self, corps, code=200):
        octets = json.dumps(corps).encode()
        self.send_response(code)
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_):
        """Muet."""


@pytest.fixture
def serveur():
    adaptateur_osrm._pannes.clear()
    ici = ThreadingHTTPServer(("127.0.0.1", 0), _Osrm)
    ici.demandes, ici.panne, ici.corps = [], 0, None
    fil = threading.Thread(target=ici.serve_forever, daemon=True)
    fil.start()
    yield ici
    ici.shutdown()
    ici.server_close()
    adaptateur_osrm._pannes.clear()


@pytest.fixture
def regle(settings, serveur):
    settings.DRAILLE_TRAJETS = "osrm"
    settings.DRAILLE_TRAJETS_OSRM = f"http://127.0.0.1:{serveur.server_port}"
    settings.DRAILLE_TRAJETS_OSRM_PIED = ""
    return settings


def _moteur(serveur):
    return MoteurOsrm(
        adresse=f"http://127.0.0.1:{serveur.server_port}/",
        mode="voiture",
        bande=BANDE,
        accroche_metres=2000.0,
    )


def _au(nord, est=3.8):
    return Point(latitude=nord, longitude=est, densite=30.0)


def test_les_temps_sont_ceux_du_serveur_et_laller_nest_pas_le_retour(serveur):
    grille = _moteur(serveur).matrice(origines=[_au(45.0), _au(45.2)], destinations=[_au(45.1)])
    assert grille.minutes.tolist() == [[100], [200]]
    assert grille.methode == "osrm"
    # La longitude d'abord : c'est l'ordre d'OSRM.
    assert serveur.demandes[0].endswith("/3.800000,45.000000;3.800000,45.200000;3.800000,45.100000")


def test_une_grande_matrice_se_demande_par_morceaux(serveur):
    de, vers = [_au(45 + i / 1000) for i in range(230)], [_au(45 + i / 1000) for i in range(120)]
    m = _moteur(serveur)
    grille = m.matrice(origines=de, destinations=vers).minutes
    assert len(serveur.demandes) == 3 * 2 and grille.shape == (230, 120)
    for i, j in ((0, 0), (229, 119), (101, 99), (5, 110)):
        assert grille[i, j] == m.temps(origine=de[i], destination=vers[j]).minutes


def test_sans_chemin_ou_loin_de_toute_route_cest_inconnu(serveur):
    grille = _moteur(serveur).matrice(
        origines=[_au(45.0), _au(45.0, 9.0)], destinations=[_au(45.1), _au(45.1, -1.0)]
    )
    assert grille.minutes.tolist() == [[100, INCONNU], [INCONNU, INCONNU]]


def test_la_limite_tait_ce_qui_est_plus_loin(serveur):
    grille = _moteur(serveur).matrice(
        origines=[_au(45.0)], destinations=[_au(45.1), _au(45.5)], limite=300
    )
    assert grille.minutes.tolist() == [[100, AU_DELA]]
    assert _moteur(serveur).matrice(origines=[], destinations=[_au(45.0)]).minutes.shape == (0, 1)


def test_une_case_inconnue_est_estimee_et_le_dit(regle):
    grille = minutes_points(origines=[_au(45.0)], destinations=[_au(45.1), _au(45.1, -1.0)], le=LE)
    assert grille.temps(origine=0, destination=0).libelle.startswith("10 min en voiture (par la")
    assert grille.temps(origine=0, destination=1).methode == "estimation"
    assert precision(le=LE).methode == "osrm" and "OSRM" in precision(le=LE).source


@pytest.mark.parametrize("panne", [500, 400, 404])
def test_un_serveur_en_panne_laisse_place_a_lestimation(regle, serveur, panne, caplog):
    serveur.panne = panne
    grille = minutes_points(origines=[_au(45.0)], destinations=[_au(45.1)], le=LE)
    assert grille.methode == "estimation"
    assert f"réponse {panne}" in caplog.text and "45.0" not in caplog.text
    # On ne lui redemande pas aussitôt : chaque page attendrait.
    minutes_points(origines=[_au(45.0)], destinations=[_au(45.1)], le=LE)
    assert len(serveur.demandes) == 1
    assert not etat(le=LE).est_entier


@pytest.mark.parametrize("corps", [[], {"code": "Ok"}, {"code": "Ok", "durations": [[1, 2]]}])
def test_une_reponse_incomprise_est_une_panne(regle, serveur, corps):
    serveur.corps = corps
    grille = minutes_points(origines=[_au(45.0)], destinations=[_au(45.1)], le=LE)
    assert grille.methode == "estimation"


@pytest.mark.parametrize("adresse", ["http://127.0.0.1:1", "file:///etc/hostname"])
def test_un_serveur_absent_ou_une_adresse_etrange(regle, adresse):
    regle.DRAILLE_TRAJETS_OSRM = adresse
    grille = minutes_points(origines=[_au(45.0)], destinations=[_au(45.1)], le=LE)
    assert grille.methode == "estimation"
    assert any("ne répond pas" in p for p in etat(le=LE).phrases)


def test_sans_serveur_pour_les_pietons_ils_sont_estimes(regle):
    grille = minutes_points(origines=[_au(45.0)], destinations=[_au(45.01)], le=LE, mode="pied")
    assert (grille.methode, grille.mode) == ("estimation", "pied")
    assert "à pied (estimation" in grille.temps(origine=0, destination=0).libelle


def test_les_plus_proches_par_le_serveur(regle):
    lieux = [_au(45.4), _au(45.1), _au(44.9), _au(46.0)]
    trouves = plus_proches(origine=_au(45.0), destinations=lieux, le=LE, limite_minutes=40)
    assert [(p.rang, p.temps.minutes) for p in trouves] == [(1, 100), (2, 200), (0, 400)]
    assert np.all([p.temps.methode == "osrm" for p in trouves])
