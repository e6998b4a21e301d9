"""Ce que la base refuse d'elle-même : créneau fermé, complet, chevauchement, heures."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from conftest import INSTANT
from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.socle import contexte
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = fabrique.LE


def rendez_vous(personne, creneau, **champs) -> RendezVous:
    """Une ligne écrite sans passer par l'acte."""
    valeurs = {
        "personne": personne,
        "creneau": creneau,
        "motif": creneau.motif,
        "jour": creneau.jour,
        "debut": creneau.debut,
        "fin": creneau.fin,
        "fixe_le": LE,
        "cle_acces": 200_000 + personne.commune_id,
        **champs,
    }
    return RendezVous.objects.create(**valeurs)


def contrainte(appel) -> str:
    with pytest.raises(IntegrityError) as erreur, transaction.atomic():
        appel()
    return erreur.value.__cause__.diag.constraint_name


@pytest.fixture
def creneaux(systeme):
    return fabrique.creneaux(systeme)


def test_un_creneau_ferme_ou_complet_refuse(systeme, creneaux):
    ferme, libre = creneaux[:2]
    Creneau.objects.filter(pk=ferme.pk).update(est_ferme=True)
    une, autre = fabrique.personne("Une"), fabrique.personne("Autre")
    assert contrainte(lambda: rendez_vous(une, ferme)) == "rendez_vous_creneau_ferme"
    rendez_vous(une, libre)
    assert contrainte(lambda: rendez_vous(autre, libre)) == "rendez_vous_creneau_plein"


def test_une_seance_collective_se_remplit_jusqua_sa_capacite(systeme):
    seance = fabrique.creneaux(systeme, capacite=3)[0]
    for n in range(3):
        rendez_vous(fabrique.personne(f"Nom{n}"), seance)
    seance.refresh_from_db()
    assert (seance.pris, seance.places_libres) == (3, 0)
    de_trop = fabrique.personne("DeTrop")
    assert contrainte(lambda: rendez_vous(de_trop, seance)) == "rendez_vous_creneau_plein"
    # Une absence excusée rend la place ; une absence non excusée l'a prise.
    premier, second, _ = RendezVous.objects.order_by("id")
    RendezVous.objects.filter(pk=premier.pk).update(statut="excuse", suite_le=LE)
    RendezVous.objects.filter(pk=second.pk).update(statut="manque", suite_le=LE)
    seance.refresh_from_db()
    assert seance.pris == 2


def test_les_heures_sont_celles_du_creneau(systeme, creneaux):
    p = fabrique.personne()
    plus_tard = creneaux[0].debut + timedelta(minutes=5)
    for champs in ({"debut": plus_tard}, {"jour": LE}, {"fin": plus_tard}):
        nom = contrainte(lambda champs=champs: rendez_vous(p, creneaux[0], **champs))
        assert nom == "rendez_vous_creneau_coherence"
    pris = rendez_vous(p, creneaux[0])
    ailleurs = RendezVous.objects.filter(pk=pris.pk)
    nom = contrainte(lambda: ailleurs.update(creneau_id=creneaux[1].pk))
    assert nom == "rendez_vous_creneau_coherence"


def test_une_personne_nest_pas_a_deux_rendez_vous_a_la_fois(systeme, creneaux):
    p = fabrique.personne()
    rendez_vous(p, creneaux[0])
    lieu = fabrique.bureau(systeme, code="autre")
    fabrique.plage(systeme, lieu)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=systeme, le=LE)
    meme_heure = Creneau.objects.get(lieu=lieu, debut=creneaux[0].debut)
    assert contrainte(lambda: rendez_vous(p, meme_heure)) == "rendez_vous_un_a_la_fois"
    rendez_vous(p, Creneau.objects.get(lieu=lieu, debut=creneaux[1].debut))


def test_un_creneau_pris_ne_se_ferme_ni_ne_se_deplace(systeme, creneaux):
    rendez_vous(fabrique.personne(), creneaux[0])
    vise = Creneau.objects.filter(pk=creneaux[0].pk)
    for champs in (
        {"est_ferme": True},
        {"debut": creneaux[0].debut + timedelta(minutes=1)},
        {"jour": LE},
    ):
        nom = contrainte(lambda champs=champs: vise.update(**champs))
        assert nom == "rendez_vous_creneau_occupe"
    assert contrainte(lambda: vise.update(capacite=0)) == "rendez_vous_creneau_plein"


def test_la_base_compte_aussi_qui_le_lecteur_ne_voit_pas(systeme, creneaux):
    """Un agent d'un autre secteur ne voit pas la réservation ; la base la compte quand même."""
    rendez_vous(fabrique.personne("Cachee"), creneaux[0])
    visiteur = fabrique.personne("Autre", ou=fabrique.brioude())
    ailleurs = fabrique.acces(Role.CADRE, sur=fabrique.brioude())
    contexte.poser(acces=ailleurs, instant=INSTANT)
    assert not RendezVous.objects.exists()
    assert contrainte(lambda: rendez_vous(visiteur, creneaux[0])) == "rendez_vous_creneau_plein"


def test_chaque_refus_de_la_base_devient_une_phrase(systeme, creneaux):
    fabrique.au(LE, systeme)
    ferme, plein, libre = creneaux[:3]
    actes.fermer_creneau(creneau_id=ferme.pk, par=systeme, le=LE)
    premiere, seconde = (fabrique.demande(systeme, nom=n) for n in ("Une", "Deux"))
    actes.fixer(demande_id=premiere.pk, creneau_id=plein.pk, par=systeme, le=LE)
    attendus = {ferme.pk: ("creneau_ferme", "fermé"), plein.pk: ("creneau_plein", "place")}
    for creneau_id, (code, mot) in attendus.items():
        with pytest.raises(Refus) as refus:
            actes.fixer(demande_id=seconde.pk, creneau_id=creneau_id, par=systeme, le=LE)
        assert refus.value.code == f"rendez_vous.{code}" and mot in refus.value.message
    # La transaction n'est pas perdue : le choix suivant passe.
    actes.fixer(demande_id=seconde.pk, creneau_id=libre.pk, par=systeme, le=LE)
