"""H3, la couverture sur la vraie liste France services, en Haute-Loire et en Ardèche.

« … un accueil, une orientation et une prise en charge facilitées, rapide et de proximité (à moins
de 30 minutes) ». Sans la liste (DRAILLE_DONNEES), ces essais sont passés et le disent.
"""

import csv
from datetime import date, time
from pathlib import Path

import numpy as np
import pytest

from draille.demo.communes import communes_du_departement
from draille.demo.mise_en_place import lire_decoupage
from draille.mesures.accueil_social.lectures_couverture import Raison, couverture
from draille.mesures.accueil_social.lectures_couverture_projets import (
    dependances,
    effet_fermeture,
    implantation,
)
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment
from draille.mesures.accueil_social.views_couverture_dessin import carte
from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
from draille.moteurs.annuaire.adaptateur_import import importer
from draille.moteurs.annuaire.models import ImportAnnuaire, Point
from draille.moteurs.trajets import adaptateur_moteurs
from draille.moteurs.trajets.calcul import Point as Lieu
from draille.noyau.territoire.actes import charger_decoupage
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces

MARDI = date(2024, 9, 10)
DIMANCHE = date(2024, 9, 15)
LISTE = Path("lieux") / "france_services_20240801_43_07.csv"


@pytest.fixture
def liste(donnees: Path) -> Path:
    if not (donnees / LISTE).is_file():
        pytest.skip(f"liste France services absente ({LISTE})")
    return donnees / LISTE


@pytest.fixture
def charger(liste: Path, systeme: Acces):
    """Le découpage d'un Département, et la liste intégrée comme un agent l'intégrerait."""

    def _charger(code: str) -> ImportAnnuaire:
        charger_decoupage(decoupage=lire_decoupage(code=code), par=systeme, le=MARDI)
        return importer(
            fichier=FichierAnnuaire(
                contenu=liste.read_bytes(), nom=liste.name, source="france_services"
            ),
            par=systeme,
            le=MARDI,
        )

    return _charger


def _a_la_main(liste: Path, code: str) -> float:
    """La part le mardi, sans rien du produit que l'estimation : le fichier, les mairies."""
    communes = [c for c in communes_du_departement(code) if c.latitude and c.surface_km2]
    mairies = [
        Lieu(
            latitude=c.latitude or 0,
            longitude=c.longitude or 0,
            densite=c.population / (c.surface_km2 or 1),
        )
        for c in communes
    ]
    de = {c.code_insee: lieu.densite for c, lieu in zip(communes, mairies, strict=True)}
    lieux = []
    with liste.open(encoding="utf-8") as fichier:
        for ligne in csv.DictReader(fichier):
            if not ligne["h_mardi"]:
                continue
            nord, est = float(ligne["latitude"]), float(ligne["longitude"])
            voisine = min(
                mairies, key=lambda m: (m.latitude - nord) ** 2 + (m.longitude - est) ** 2
            )
            densite = de.get(ligne["insee_com"], voisine.densite)
            lieux.append(Lieu(latitude=nord, longitude=est, densite=densite))
    moteur = adaptateur_moteurs.estimation(le=MARDI)
    temps = moteur.matrice(origines=mairies, destinations=lieux).minutes.min(axis=1)
    habitants = np.array([c.population for c in communes])
    return float(habitants[temps < 300].sum() / habitants.sum())


@pytest.mark.parametrize(("code", "communes", "lieux"), [("43", 257, 22), ("07", 335, 30)])
def test_la_couverture_la_carte_et_le_prochain_lieu(charger, liste, systeme, code, communes, lieux):
    reception = charger(code)
    assert Commune.objects.count() == communes
    situes = Point.objects.filter(commune__isnull=False).count()
    assert lieux - reception.a_revoir - reception.rejetees <= situes <= lieux
    lue = couverture(le=MARDI, acces=systeme)

    # La part est celle que l'on compte sans le produit, et elle est dans sa bande.
    assert lue.departement.part == pytest.approx(_a_la_main(liste, code), abs=0.01)
    assert lue.departement.part_basse <= lue.departement.part <= lue.departement.part_haute
    assert lue.departement.part_basse < lue.departement.part_haute
    assert lue.methode == "estimation"
    assert 0.6 < lue.departement.part_basse < 1

    # Chaque commune est couverte ou sait pourquoi elle ne l'est pas, et la carte la montre.
    assert len(lue.communes) == communes
    assert {c.raison for c in lue.hors} <= {Raison.LOIN, Raison.FERME}
    assert len(carte(lue=lue)["ombres"]) == communes
    assert sum(t.population for t in lue.territoires["epci"]) == lue.departement.population
    assert lue.departement.hors == sum(c.population for c in lue.hors)

    # Un dimanche, rien n'est ouvert ; à midi et demi, moins qu'à dix heures.
    assert couverture(le=DIMANCHE, acces=systeme).departement.couverts == 0
    midi = couverture(le=MARDI, heure=time(12, 45), acces=systeme).departement
    dix = couverture(le=MARDI, heure=time(10), acces=systeme).departement
    assert midi.couverts < dix.couverts <= lue.departement.couverts

    # Au plus long des trajets, il reste des gens à rapprocher dans les deux Départements.
    moment = Moment(le=MARDI)
    rendus = [implantation(nombre=n, prudent=True, moment=moment, acces=systeme) for n in (1, 3, 5)]
    for rendue in rendus:
        assert rendue.est_prouvee and rendue.candidats == communes
        assert rendue.gain >= rendue.gain_glouton
    gains = [rendue.gain for rendue in rendus]
    reste = lue.departement.population - lue.departement.surement
    assert 0 < gains[0] <= gains[1] <= gains[2] <= reste
    permanence = implantation(
        nombre=3, forme="permanence", prudent=True, moment=moment, acces=systeme
    )
    assert permanence.est_prouvee and permanence.gain >= gains[0]

    premiere = dependances(moment=moment, acces=systeme)[0]
    fermee = effet_fermeture(point_id=premiere.point.id, moment=moment, acces=systeme)
    assert fermee.population_perdue == premiere.population > 0
