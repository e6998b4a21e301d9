"""Lire : des chiffres justes, en un nombre de requêtes qui ne dépend pas du nombre de lignes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI
from draille.moteurs.indicateurs.adaptateur import liste
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateur
from draille.noyau.referent.models import Referent
from draille.socle.acces import Role
from draille.socle.refus import Refus


def peupler(monde, nombre, prefixe="N"):
    return [
        fabrique.a_confier(monde.systeme, monde.communes[i % 5], nom=f"{prefixe}{i}")
        for i in range(nombre)
    ]


def requetes(lire):
    with CaptureQueriesContext(connection) as contexte:
        lire()
    return len(contexte)


def test_les_lectures_font_un_nombre_constant_de_requetes(monde):
    peupler(monde, 3)
    petit = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    actes.accepter_ligne(ligne_id=petit.lignes.first().pk, par=monde.cadre, le=LUNDI)
    semaine = LUNDI + timedelta(days=7)

    def toutes(calcul, le):
        une = calcul.lignes.order_by("rang").first().pk
        acces = monde.cadre
        return {
            "proposition": requetes(
                lambda: lectures.proposition(calcul_id=calcul.pk, acces=acces, le=le)
            ),
            "ligne": requetes(lambda: lectures.ligne(ligne_id=une, acces=acces)),
            "choix": requetes(lambda: lectures.choix(ligne_id=une, acces=acces)),
            "fiche": requetes(lambda: lectures.fiche(ligne_id=une, acces=acces)),
            "calculs": requetes(lambda: lectures.calculs(acces=acces)),
            "charges": requetes(lambda: lectures.charges(acces=acces, le=le)),
            "file": requetes(
                lambda: lectures.file_active(agent_id=monde.puy.pk, acces=acces, le=le)
            ),
            "a_confier": requetes(lambda: lectures.a_confier(acces=acces, le=le)),
            "a_annoncer": requetes(lambda: lectures.a_annoncer(acces=acces, le=le)),
            "territoires": requetes(lambda: lectures.minutes_par_territoire(acces=acces, le=le)),
            "parite": requetes(lambda: lectures.parite(calcul_id=calcul.pk, acces=acces, le=le)),
            "comparaison": requetes(
                lambda: lectures.comparaison_premier_arrive(acces=acces, le=le)
            ),
            "et_si": requetes(
                lambda: lectures.et_si_un_poste(commune_id=monde.communes[3].pk, acces=acces, le=le)
            ),
        }

    avant = toutes(petit, LUNDI)
    peupler(monde, 12, "M")
    grand = actes.calculer_proposition(par=monde.cadre, le=semaine)
    actes.accepter_lignes(
        lignes=list(grand.lignes.values_list("id", flat=True)[:8]), par=monde.cadre, le=semaine
    )
    assert toutes(grand, semaine) == avant
    assert max(avant.values()) <= 25


def test_la_proposition_dit_ses_chiffres(monde):
    au_puy = fabrique.a_confier(monde.systeme, monde.communes[0], nom="Un")
    perdue = fabrique.a_confier(
        monde.systeme, monde.communes[0], nom="Deux", orientation=fabrique.EMPLOI
    )
    calcul = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    lue = lectures.proposition(calcul_id=calcul.pk, acces=monde.cadre, le=LUNDI)
    lignes = {x.personne_id: x for x in lue.lignes}
    assert (lue.total, lue.affectees, lue.part_proche) == (2, 1, 1.0)
    assert lignes[perdue.personne_id].agent_id is None
    une = lignes[au_puy.personne_id]
    assert (une.agent, une.bureau) == ("Ana Puy", "Bureau de Le Puy-en-Velay")
    assert "min en voiture (estimation, entre" in une.trajet
    assert une.orientation_libelle == "Social, Conseil départemental"
    charges = {c.agent_id: (c.avant, c.apres) for c in lue.charges}
    assert (charges[monde.puy.pk], charges[monde.brioude.pk]) == ((0, 1), (0, 0))
    reponse = lectures.pourquoi_pas(
        ligne_id=lignes[perdue.personne_id].id, agent_id=monde.puy.pk, acces=monde.cadre
    )
    assert (reponse.raison, "ne suit pas cette orientation" in reponse.phrase) == ("type", True)
    with pytest.raises(Refus) as refus:
        actes.accepter_ligne(ligne_id=lignes[perdue.personne_id].id, par=monde.cadre, le=LUNDI)
    assert refus.value.code == "referent_unique.non_affectee"


def test_un_poste_de_plus_rapproche(monde):
    for i in range(4):
        fabrique.a_confier(monde.systeme, monde.communes[3], nom=f"N{i}")
    # Un couple que deux référents suivent : un poste loin, ouvert à tous, ne doit pas l'y pousser.
    fabrique.referent("emploi", monde.communes[4], monde.cadre, orientations=(fabrique.EMPLOI,))
    un = fabrique.personne("Un", monde.communes[1])
    deux = fabrique.personne("Deux", monde.communes[1])
    fabrique.en_foyer(un, deux)
    fabrique.orienter(un, monde.systeme)
    fabrique.orienter(deux, monde.systeme, orientation=fabrique.EMPLOI)
    fabrique.livrer(monde.systeme)
    gain = lectures.et_si_un_poste(commune_id=monde.communes[3].pk, acces=monde.cadre, le=LUNDI)
    assert gain.commune == "Monistrol-sur-Loire"
    assert gain.avant.demandes == gain.apres.demandes == 6
    assert gain.avant.affectees == gain.apres.affectees == 6
    assert gain.apres.minutes_moyennes < gain.avant.minutes_moyennes
    assert not Referent.objects.exists()


def test_la_comparaison_rejoue_lhistoire_au_premier_arrive(monde):
    """Deux semaines, une seule place à Monistrol : le premier arrivé la prend d'Yssingeaux, et
    celle de Monistrol qui vient ensuite va plus loin. Le calcul, lui, voit les deux."""
    unique = fabrique.referent("unique", monde.communes[3], monde.cadre, places=1)
    actes.declarer_absence(
        agent_id=monde.yssingeaux.pk,
        debut=LUNDI,
        fin=LUNDI + timedelta(days=30),
        par=monde.cadre,
        le=LUNDI,
    )
    loin = fabrique.personne("Tot", monde.communes[2])
    pres = fabrique.personne("Tard", monde.communes[3])
    fabrique.orienter(loin, monde.systeme, le=date(2020, 10, 1))
    fabrique.orienter(pres, monde.systeme, le=date(2020, 10, 6))
    fabrique.livrer(monde.systeme)
    calcul = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    actes.accepter_lignes(
        lignes=list(calcul.lignes.values_list("id", flat=True)), par=monde.cadre, le=LUNDI
    )
    assert Referent.objects.get(personne=pres).agent_id == unique.pk
    comparaison = lectures.comparaison_premier_arrive(acces=monde.cadre, le=LUNDI)
    assert comparaison.desigs.nombre == comparaison.premier_arrive.nombre == 2
    assert comparaison.desigs.minutes_moyennes < comparaison.premier_arrive.minutes_moyennes


def test_la_file_active_commence_par_ce_qui_presse(monde):
    sans_echeance = fabrique.personne("Abel", monde.communes[0])
    pressee = fabrique.a_confier(monde.systeme, monde.communes[0], nom="Zoe").personne
    for p in (sans_echeance, pressee):
        actes.designer_a_la_main(
            personne_id=p.pk, agent_id=monde.puy.pk, motif="", par=monde.cadre, le=LUNDI
        )
    fabrique.orienter(pressee, monde.systeme, le=LUNDI)
    dossiers = lectures.file_active(
        agent_id=monde.puy.pk, acces=monde.cadre, le=LUNDI + timedelta(days=30)
    )
    assert [d.nom_complet for d in dossiers] == ["Élise Zoe", "Élise Abel"]
    assert dossiers[0].est_en_retard
    assert dossiers[1].prochaine is None


def test_le_referent_ne_lit_que_ce_que_son_habilitation_ouvre(monde):
    est = fabrique.secteur("Est", monde.communes[2])
    local = fabrique.agent("local", Role.REFERENT, territoire=est)
    for commune, agent in ((2, monde.yssingeaux), (0, monde.puy)):
        d = fabrique.a_confier(monde.systeme, monde.communes[commune], nom=f"N{commune}")
        actes.designer_a_la_main(
            personne_id=d.personne_id, agent_id=agent.pk, motif="", par=monde.cadre, le=LUNDI
        )
    acces = fabrique.acces(local)
    fabrique.au(LUNDI, acces)
    assert len(lectures.file_active(agent_id=monde.yssingeaux.pk, acces=acces, le=LUNDI)) == 1
    assert lectures.file_active(agent_id=monde.puy.pk, acces=acces, le=LUNDI) == ()
    charges = {c.agent_id: c.charge for c in lectures.charges(acces=acces, le=LUNDI)}
    assert charges[monde.puy.pk] == 1, "la charge est entière, sans dire de qui"
    fabrique.au(LUNDI, monde.systeme)


def test_un_referent_qui_nouvre_pas_la_commune_ne_se_designe_pas(monde):
    est = fabrique.secteur("Est", monde.communes[2])
    local = fabrique.agent("local", Role.REFERENT, territoire=est)
    p = fabrique.personne("Loin", monde.communes[0])
    with pytest.raises(Refus) as refus:
        actes.designer_a_la_main(
            personne_id=p.pk, agent_id=local.pk, motif="", par=monde.cadre, le=LUNDI
        )
    assert (refus.value.code, refus.value.base_legale) == (
        "referent_unique.non_habilite",
        "CASF R262-106",
    )


def test_les_indicateurs_de_la_ligne(monde):
    premiere, *_ = peupler(monde, 4)
    actes.designer_a_la_main(
        personne_id=premiere.personne_id,
        agent_id=monde.puy.pk,
        motif="",
        par=monde.cadre,
        le=LUNDI,
    )
    octobre = Periode(date(2020, 10, 1), date(2020, 11, 1))
    attendus = {"referents-designes": (1, 4), "referents-8j": (1, 4), "referents-proches": (1, 1)}
    for code, attendu in attendus.items():
        lus = liste(indicateur=indicateur(code), periode=octobre, acces=monde.systeme, le=LUNDI)
        assert (sum(a.dans_numerateur for a in lus), len(lus)) == attendu, code
