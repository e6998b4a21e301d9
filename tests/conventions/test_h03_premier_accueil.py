"""H3. La graine :

« 62 000 € pour un meilleur accueil des personnes rencontrant des difficultés. Pour faire en sorte
que toute personne rencontrant des difficultés ou souhaitant exprimer une demande d'ordre social ait
un accueil, une orientation et une prise en charge facilitées, rapide et de proximité (à moins de
30 minutes), le Département met en place et déploie un nouvel outil numérique facilitant ce premier
accueil inconditionnel […]. »
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.acces import ACCUEILLIR
from draille.mesures.accueil_social.actes import OrientationSaisie, Saisie
from draille.mesures.accueil_social.models import Accueil
from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.annuaire.models import Point
from draille.moteurs.indicateurs.registre import indicateurs
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import Orientation
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from tests.conventions import publie
from tests.conventions.orientation import compter

LIGNE = "accueil_social"
SEPTEMBRE, FIN = date(2020, 9, 1), date(2020, 9, 30)


@pytest.fixture
def guichet(systeme: Acces) -> Acces:
    """L'agent d'accueil d'un secteur, un jour de septembre."""
    agent = f.acces(role=ACCUEILLIR[0], communes=(f.commune(),))
    f.au(FIN, agent)
    return agent


def _ligne():
    (ligne,) = [
        x
        for t in publie.convention("43", "convention_pauvrete_2019_2021").textes
        for x in t.lignes
        if x.code == LIGNE
    ]
    return ligne


def test_la_ligne_vaut_62_000_euros_et_vise_trente_minutes():
    ligne = _ligne()
    assert ligne.montant == Decimal(62_000)
    assert ligne.montant in publie.montants_ecrits(ligne.preuve.phrase)
    (cible,) = ligne.cibles
    assert (cible.valeur, cible.unite) == (Decimal(30), "minutes")
    assert publie.a_plat(cible.preuve.phrase) in publie.page("43_convention_pauvrete.txt")


def test_les_trente_minutes_de_l_outil_sont_celles_de_la_convention():
    (cible,) = _ligne().cibles
    assert registre_global().entier("accueil_social.minutes", FIN) == cible.valeur


def test_toute_personne_est_recue_sans_rien_devoir_dire(guichet):
    """« inconditionnel » : ni nom, ni commune, ni besoin, ni droit ouvert."""
    accueil = actes.accueillir(saisie=f.saisie(point_id=f.lieu().pk), par=guichet, le=f.LE)
    obligatoires = {
        c.name
        for c in Accueil._meta.fields
        if not (c.null or c.blank or c.has_default() or c.primary_key)
    }
    # Rien de la personne : quand, comment, par quel envoi, et la clé qui range la ligne.
    assert obligatoires == {"identite", "venue", "canal", "le", "envoi", "cle_acces"}
    assert Personne.objects.count() == 0
    assert lectures.accueil(accueil_id=accueil.pk, acces=guichet).nom == "Personne anonyme"


def test_qui_habite_ailleurs_est_recu_aussi(guichet):
    ailleurs = f.brioude()
    for saisie in (
        f.saisie(commune_id=ailleurs.pk, point_id=f.lieu().pk),
        f.nouvelle(commune_id=ailleurs.pk),
        f.nouvelle(nom="Sans", prenom="Domicile"),
    ):
        assert actes.accueillir(saisie=saisie, par=guichet, le=f.LE).pk


def test_de_proximite_les_lieux_se_proposent_en_minutes_avec_leur_methode(guichet):
    f.lieu("Près")
    f.lieu("Loin", ou=f.brioude())
    pres, loin = lectures.points_pour(
        commune_id=f.commune().pk, besoin="logement", le=f.LE, limite=5, acces=guichet
    )
    seuil = 10 * registre_global().entier("accueil_social.minutes", f.LE)
    assert pres.temps.haut <= seuil < loin.temps.minutes
    assert "estimation" in pres.temps.libelle


def test_une_orientation_se_suit_de_l_accueil_a_son_issue(guichet):
    """« une prise en charge » : l'accueil sait ce qu'elle est devenue, ou qu'elle tarde."""
    partenaire, personne = f.partenaire(), f.personne(guichet)
    for _ in range(3):
        actes.accueillir(
            saisie=f.connue(
                personne,
                orientations=(
                    OrientationSaisie(
                        partenaire_id=partenaire.pk, portee=("nom",), forme_consentement="oral"
                    ),
                ),
            ),
            par=guichet,
            le=f.LE,
        )
    recue, refusee, _tarde = Orientation.objects.order_by("pk").values_list("pk", flat=True)
    partage.recevoir(orientation_id=recue, par=guichet, le=f.LE + timedelta(days=3))
    partage.refuser(orientation_id=refusee, motif="complet", par=guichet, le=f.LE)
    assert compter("orientations-abouties", mois=SEPTEMBRE, le=FIN) == (1, 3)
    assert compter("orientations-refusees", mois=SEPTEMBRE, le=FIN) == (1, 3)
    suivre = partage.a_suivre(acces=guichet, le=FIN)
    assert [o.pk for o in suivre.revenues] == [refusee]
    assert [o.pk for o in suivre.en_retard] == [_tarde]


def test_chaque_indicateur_de_la_ligne_a_sa_definition_et_sa_source():
    declares = [i for i in indicateurs(ligne_convention=LIGNE) if i.code.startswith("accueil-")]
    assert [i.code for i in declares] == [
        "accueil-personnes",
        "accueil-personnes-structures",
        "accueil-accueils",
        "accueil-anonymes",
        "accueil-reponse-immediate",
    ]
    assert len({i.definition for i in declares}) == len(declares)
    assert all(i.definition.endswith(".") and i.source for i in declares)


def test_une_personne_compte_une_fois_par_mois_un_anonyme_seulement_dans_les_accueils(guichet):
    personne, lieu = f.personne(guichet), f.lieu()
    for saisie in (f.connue(personne), f.connue(personne), *(anonyme(lieu) for _ in range(3))):
        actes.accueillir(saisie=saisie, par=guichet, le=f.LE)
    comptes = {
        code: compter(f"accueil-{code}", mois=SEPTEMBRE, le=FIN)[1]
        for code in ("personnes", "accueils", "anonymes")
    }
    assert comptes == {"personnes": 1, "accueils": 5, "anonymes": 3}


def anonyme(lieu: Point) -> Saisie:
    """Quelqu'un qui ne dit pas son nom, reçu en ce lieu."""
    return f.saisie(point_id=lieu.pk)
