"""A5. La graine :

« Afin de faire face à l'entrée massive de nouvelles personnes au RSA, et face à l'enjeu du plan de
lutte contre la pauvreté, le Département s'engage à orienter les nouvelles personnes au RSA dans un
délai d'un mois à compter de leur ouverture de droits. »
"""

from datetime import date

from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa.actes import Decision, orienter
from draille.mesures.orientation_rsa.tests import fabrique
from draille.socle.parametres import registre_global
from tests.conventions import publie
from tests.conventions.orientation import compter

SOCIAL = Decision(type_parcours="social", organisme="departement")


def test_la_phrase_du_pdi_est_dans_le_parametre_et_dans_la_page():
    note = registre_global().historique("orientation_rsa.delai_convention")[0].note
    phrase = "orienter les nouvelles personnes au RSA dans un délai d'un mois à compter de leur"
    assert phrase in note
    assert phrase in publie.page("07_solidarites_2021.txt").replace("’", "'")


def test_l_entree_massive_se_tient_mois_par_mois(systeme):
    """Le taux se lit au mois de l'entrée : jamais plus de cent pour cent, aucun mois vide après."""
    fabrique.au(date(2021, 6, 30), systeme)
    for mois, entrants, orientes in ((1, 4, 4), (2, 5, 2), (3, 3, 0)):
        for numero in range(entrants):
            suivi = fabrique.suivi_ouvert(systeme, le=date(2021, mois, 20), nom=f"N{mois}{numero}")
            # Les orientés le sont le mois suivant leur entrée, dans le délai.
            if numero < orientes:
                le = date(2021, mois + 1, 18)
                orienter(suivi_id=suivi.pk, decision=SOCIAL, par=systeme, le=le)
    lus = [compter("B1", mois=date(2021, m, 1), le=date(2021, 6, 30)) for m in (1, 2, 3, 4)]
    assert lus == [(4, 4), (2, 5), (0, 3), (0, 0)]


def test_le_delai_part_du_jour_ou_le_departement_la_su(systeme):
    """Et non du jour où un agent ouvre le dossier : rien ne s'ouvre à la main."""
    fabrique.au(date(2021, 6, 30), systeme)
    suivi = fabrique.suivi_ouvert(systeme, le=date(2021, 3, 31))
    (lu,) = lectures.dossier(personne_id=suivi.personne_id, acces=systeme, le=date(2021, 4, 29))
    promesse, loi = lu.horloges
    assert (promesse.ouverte_le, promesse.avant_le) == (date(2021, 3, 31), date(2021, 4, 30))
    assert (promesse.restants_jours, promesse.etat) == (1, "proche")
    assert loi.avant_le == date(2021, 5, 31)
