"""H7. La graine :

« 82 000 € pour accélérer la prise en charge des nouveaux bénéficiaires du RSA. Afin d'assurer une
prise en charge plus rapide et conséquemment plus efficiente des nouveaux entrants au RSA, l'État et
le Département vont améliorer l'orientation et le démarrage des accompagnements en les accélérant.
[…] L'idée est de pouvoir les rencontrer en moins d'un mois. »
"""

from datetime import date

import pytest

from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa.actes import (
    Decision,
    DecisionLot,
    RendezVous,
    diagnostiquer,
    notifier,
    orienter,
    orienter_lot,
    rencontrer,
)
from draille.mesures.orientation_rsa.tests import fabrique
from draille.moteurs.indicateurs.registre import indicateurs
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Role
from draille.socle.parametres import registre_global
from tests.conventions import publie
from tests.conventions.orientation import compter

SOCIAL = Decision(type_parcours="social", organisme="departement")
GLOBAL = Decision(type_parcours="socio_professionnel", organisme="departement")
SEPTEMBRE = date(2020, 9, 1)


def test_la_promesse_est_celle_de_la_page():
    promesse = registre_global().parametre("orientation_rsa.delai_convention")
    valeur = promesse.en_vigueur(date(2020, 10, 23))
    assert (valeur.valeur, promesse.unite) == (1, "mois")
    phrase = "L'idée est de pouvoir les rencontrer en moins d'un mois."
    assert phrase in valeur.reference
    assert phrase in publie.page("43_convention_pauvrete.txt").replace("’", "'")


def test_quatre_definitions_cote_a_cote_chacune_avec_sa_phrase():
    codes = [i.code for i in indicateurs(ligne_convention="orientation_rsa")]
    assert codes == ["entrants", "B1", "B1-31j", "rdvi-45", "loi-42j", "presence-orientation"]
    declares = indicateurs(ligne_convention="orientation_rsa")
    assert len({i.libelle for i in declares}) == len({i.definition for i in declares}) == 6
    assert all(i.definition.endswith(".") and i.source for i in declares)


@pytest.mark.parametrize(
    ("entree", "orientee", "b1", "b1_31j"),
    [
        (date(2020, 9, 5), date(2020, 9, 5), 1, 1),
        (date(2020, 9, 5), date(2020, 10, 5), 1, 1),
        # Trente et un jours, mais plus d'un mois de septembre.
        (date(2020, 9, 5), date(2020, 10, 6), 0, 1),
        (date(2020, 9, 5), date(2020, 10, 7), 0, 0),
        # Le mois du 31 janvier finit avec février.
        (date(2020, 1, 31), date(2020, 2, 29), 1, 1),
        (date(2020, 1, 31), date(2020, 3, 1), 0, 1),
        # Le dernier jour du même mois, puis le même quantième du suivant.
        (date(2020, 8, 1), date(2020, 8, 31), 1, 1),
        (date(2020, 8, 1), date(2020, 9, 1), 1, 1),
        (date(2020, 8, 1), date(2020, 9, 2), 0, 0),
    ],
)
def test_un_mois_se_compte_des_deux_facons(systeme, entree, orientee, b1, b1_31j):
    suivi = fabrique.suivi_ouvert(systeme, le=entree)
    orienter(suivi_id=suivi.pk, decision=SOCIAL, par=systeme, le=orientee)
    mois, le = entree.replace(day=1), date(2020, 10, 31)
    assert compter("B1", mois=mois, le=le) == (b1, 1)
    assert compter("B1-31j", mois=mois, le=le) == (b1_31j, 1)
    # L'horloge de la promesse dit la même chose que l'indicateur.
    (lu,) = lectures.dossier(personne_id=suivi.personne_id, acces=systeme, le=le)
    assert lu.horloges[0].etat == ("tenu" if b1 else "tenu_en_retard")


@pytest.mark.parametrize(("orientee", "attendu"), [(date(2025, 3, 15), 1), (date(2025, 3, 16), 0)])
def test_la_loi_de_2025_donne_quarante_deux_jours(systeme, orientee, attendu):
    fabrique.au(date(2025, 6, 1), systeme)
    suivi = fabrique.suivi_ouvert(systeme, le=date(2025, 2, 1))
    orienter(suivi_id=suivi.pk, decision=GLOBAL, par=systeme, le=orientee)
    mois, le = date(2025, 2, 1), date(2025, 6, 1)
    assert compter("loi-42j", mois=mois, le=le) == (attendu, 1)
    assert compter("B1", mois=mois, le=le) == (0, 1)


def test_la_loi_de_2025_ne_compte_pas_les_entrees_davant(systeme):
    fabrique.suivi_ouvert(systeme)
    assert compter("loi-42j", mois=SEPTEMBRE, le=date(2020, 10, 31)) == (0, 0)


@pytest.mark.parametrize(("jour", "attendu"), [(date(2020, 9, 18), 1), (date(2020, 9, 19), 0)])
def test_la_rencontre_se_compte_en_moins_de_45_jours(systeme, jour, attendu):
    suivi = fabrique.suivi_ouvert(systeme, le=date(2020, 8, 5))
    rencontrer(suivi_id=suivi.pk, rendez_vous=RendezVous(mode="sur_place"), par=systeme, le=jour)
    aout = date(2020, 8, 1)
    assert compter("rdvi-45", mois=aout, le=date(2020, 10, 31)) == (attendu, 1)
    # Une cohorte trop jeune n'est pas jugée.
    assert compter("rdvi-45", mois=aout, le=date(2020, 9, 19)) == (0, 0)


def test_un_mois_de_travail_fait_le_taux(systeme):
    """Six entrants : un rencontré, deux en liste, un trop tard, un sorti, un qui attend."""
    charge = fabrique.agent(Role.CHARGE_ORIENTATION, agent_id=3)
    suivis = [fabrique.suivi_ouvert(systeme, nom=f"Nom{i}") for i in range(6)]
    rencontrer(
        suivi_id=suivis[0].pk,
        rendez_vous=RendezVous(mode="sur_place"),
        par=charge,
        le=date(2020, 9, 14),
    )
    diagnostiquer(
        suivi_id=suivis[0].pk, reponses=fabrique.BLOQUEE, par=charge, le=date(2020, 9, 14)
    )
    orienter(suivi_id=suivis[0].pk, decision=SOCIAL, par=charge, le=date(2020, 9, 16))
    notifier(suivi_id=suivis[0].pk, canal="courrier", par=charge, le=date(2020, 9, 18))
    lot = [DecisionLot(suivi_id=s.pk, decision=SOCIAL) for s in (suivis[0], suivis[1], suivis[2])]
    bilan = orienter_lot(decisions=lot, par=charge, le=date(2020, 9, 30))
    assert (len(bilan.orientees), len(bilan.refusees)) == (2, 1)
    orienter(suivi_id=suivis[3].pk, decision=SOCIAL, par=charge, le=date(2020, 10, 20))
    entree = LigneJournal.objects.get(pk=suivis[4].ligne_entree_id)
    fabrique.sortir(entree, systeme, date(2020, 10, 1))
    fabrique.livrer(systeme)

    le = date(2020, 10, 31)
    assert compter("B1", mois=SEPTEMBRE, le=le) == (3, 6)
    assert compter("entrants", mois=SEPTEMBRE, le=le) == (0, 6)
    assert compter("rdvi-45", mois=SEPTEMBRE, le=le) == (1, 6)
    reste = lectures.nouveaux_entrants(acces=charge, le=le)
    assert [x.suivi.pk for x in reste.lignes] == [suivis[5].pk]
    en_retard = lectures.Filtre(horloge="en_retard")
    assert lectures.nouveaux_entrants(acces=charge, le=le, filtre=en_retard).total == 1


def test_une_personne_compte_une_fois_par_mois(systeme):
    suivi = fabrique.suivi_ouvert(systeme, le=date(2020, 9, 2))
    personne = suivi.personne
    fabrique.entrer(personne, systeme, date(2020, 9, 25), "retour")
    fabrique.entrer(personne, systeme, date(2020, 10, 5), "retour")
    le = date(2020, 10, 31)
    assert compter("entrants", mois=SEPTEMBRE, le=le)[1] == 1
    assert compter("entrants", mois=date(2020, 10, 1), le=le)[1] == 1
