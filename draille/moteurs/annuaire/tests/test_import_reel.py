"""Les vrais fichiers : la France entière des France services, la médiation numérique."""

from datetime import date, time

import pytest

from draille.moteurs.annuaire import adaptateur_lectures as lectures
from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire
from draille.moteurs.annuaire.adaptateur_import import importer
from draille.moteurs.annuaire.models import LigneImport, Point, Source
from draille.noyau.territoire.models import Commune
from draille.socle.refus import Refus

LE = date(2020, 10, 13)


def _fichier(donnees, nom, source):
    chemin = donnees / "lieux" / nom
    if not chemin.exists():
        pytest.skip(f"fichier réel absent : {nom}")
    return FichierAnnuaire(contenu=chemin.read_bytes(), nom=nom, source=source)


def _comptes(reception):
    return (reception.importees, reception.rejointes, reception.a_revoir, reception.rejetees)


def test_la_france_entiere_puis_la_mediation_numerique(systeme, donnees):
    Commune.objects.create(
        code_insee="43080", nom="Craponne-sur-Arzon", latitude=45.33, longitude=3.85
    )
    national = _fichier(donnees, "france_services_20240801_FR.csv", Source.FRANCE_SERVICES)
    etapes = []
    reception = importer(
        fichier=national, par=systeme, le=LE, progression=lambda f, t: etapes.append((f, t))
    )
    assert reception.recues == 2845
    assert sum(_comptes(reception)) == 2845
    assert reception.rejetees == 0
    assert etapes[-1] == (2845, 2845)
    assert Point.objects.count() == reception.importees
    assert reception.importees > 2750
    craponne = Point.objects.get(source_id="255")
    assert craponne.commune is not None
    assert craponne.est_premier_accueil
    assert set(craponne.besoins) == {"droits", "numerique"}
    # Mardi 13 octobre 2020 à 10 h, l'essentiel des lieux reçoit.
    ouverts = lectures.ouverts_parmi(
        points=Point.objects.values_list("pk", flat=True), le=LE, heure=time(10)
    )
    assert len(ouverts) > 0.75 * reception.importees
    # Des heures nulles : lues avec prudence, et dites.
    zero = LigneImport.objects.get(point__source_id="29")
    assert zero.motif == "mercredi « 00:00 - 00:00 » laissé de côté"

    with pytest.raises(Refus) as refus:
        importer(fichier=national, par=systeme, le=LE)
    assert refus.value.code == "annuaire.deja_importe"

    # L'extrait de deux Départements, écrit autrement, porte les mêmes identifiants.
    extrait = _fichier(donnees, "france_services_20240801_43_07.csv", Source.FRANCE_SERVICES)
    avant = Point.objects.count()
    deux = importer(fichier=extrait, par=systeme, le=LE)
    assert deux.recues == 52
    assert deux.importees == deux.rejetees == 0
    assert deux.rejointes + deux.a_revoir == 52
    assert Point.objects.count() == avant

    numerique = _fichier(donnees, "lieux_mednum_hinaura_43_07.csv", Source.MEDIATION_NUMERIQUE)
    trois = importer(fichier=numerique, par=systeme, le=LE)
    assert trois.recues == 37 == sum(_comptes(trois))
    assert trois.rejetees == 0
