"""Le tableau B4 et la présence : chaque chiffre est la longueur de sa liste."""

from datetime import date

import pytest

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, RendezVous
from draille.mesures.rendez_vous.tests import fabrique
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateurs

LE = fabrique.LE
FIN = date(2020, 10, 30)
ANNEE = Periode.annee(2020)


def lu(code: str, par):
    """Le compte de l'année et sa liste, du même moteur que l'écran."""
    (indicateur,) = (i for i in indicateurs() if i.code == code)
    bornes = {"indicateur": indicateur, "periode": ANNEE, "acces": par, "le": FIN}
    compte, liste = adaptateur.annuelle(**bornes), adaptateur.liste(**bornes)
    assert (compte.denominateur, compte.numerateur) == (
        len(liste),
        sum(a.dans_numerateur for a in liste),
    )
    return compte, liste


@pytest.fixture
def histoire(systeme):
    """Cinq orientées le 7 septembre : vues le 15, excusée le 22, absente le 22, jamais convoquée,
    convoquée trop tard."""
    fabrique.au(LE, systeme)
    lui = fabrique.agent()
    demandes = [
        fabrique.demande_referent(systeme, vers=lui, nom=n)
        for n in ("Vue", "Excusee", "Absente", "Jamais", "Tard")
    ]
    fabrique.creneaux(systeme, motif="referent", agent_id=lui.pk)

    def fixer(rang: int, jour: date):
        libre = Creneau.objects.filter(jour=jour, pris=0).order_by("debut").first()
        return actes.fixer(demande_id=demandes[rang].pk, creneau_id=libre.pk, par=systeme, le=LE)

    vue, excusee, absente, tard = (
        fixer(0, date(2020, 9, 15)),
        fixer(1, date(2020, 9, 22)),
        fixer(2, date(2020, 9, 22)),
        fixer(4, date(2020, 10, 20)),
    )
    fabrique.au(FIN, systeme)
    actes.honorer(rendez_vous_id=vue.pk, par=systeme, le=FIN)
    actes.excuser(rendez_vous_id=excusee.pk, motif="malade", par=systeme, le=FIN)
    actes.manquer(rendez_vous_id=absente.pk, par=systeme, le=FIN)
    actes.honorer(rendez_vous_id=tard.pk, par=systeme, le=FIN)
    return systeme


def test_b4_compte_le_rendez_vous_date_dans_les_quinze_jours(histoire):
    compte, liste = lu("B4", histoire)
    # Le 22 septembre est le quinzième jour, inclus ; le 20 octobre est trop tard.
    assert (compte.denominateur, compte.numerateur) == (5, 3)
    assert {a.debut_le for a in liste} == {LE}
    fins = sorted(str(a.fin_le) for a in liste)
    assert fins == ["2020-09-15", "2020-09-22", "2020-09-22", "2020-10-20", "None"]
    # Le délai est celui du rendez-vous, non du jour où on l'a fixé.
    assert sorted(a.delai_jours for a in liste if a.delai_jours is not None) == [8, 15, 15, 43]


@pytest.mark.parametrize(
    ("code", "numerateur"),
    [("B4-presence", 2), ("B4-excuses", 1), ("B4-absences", 1)],
)
def test_la_presence_est_une_part_des_rendez_vous_echus(histoire, code, numerateur):
    compte, liste = lu(code, histoire)
    assert (compte.denominateur, compte.numerateur) == (4, numerateur)
    # Au mois du rendez-vous, même dit plus tard.
    assert {a.mois for a in liste} == {date(2020, 9, 1), date(2020, 10, 1)}
    assert all(a.delai_jours is None for a in liste)


def test_deux_rendez_vous_de_la_meme_personne_comptent_deux_fois(histoire):
    """Absente, puis venue : deux rendez-vous échus, un honoré."""
    fabrique.au(date(2020, 9, 23), histoire)
    absente = RendezVous.objects.get(statut="manque")
    libre = Creneau.objects.filter(jour=date(2020, 9, 29), pris=0).first()
    second = actes.fixer(
        demande_id=absente.demande_id, creneau_id=libre.pk, par=histoire, le=date(2020, 9, 23)
    )
    fabrique.au(FIN, histoire)
    actes.honorer(rendez_vous_id=second.pk, par=histoire, le=FIN)
    compte, _ = lu("B4-presence", histoire)
    assert (compte.denominateur, compte.numerateur) == (5, 3)


def test_les_rendez_vous_dorientation_ont_leur_propre_presence(systeme):
    fabrique.au(LE, systeme)
    demandes = [fabrique.demande(systeme, nom=n) for n in ("Une", "Deux")]
    creneaux = fabrique.creneaux(systeme)
    fixes = [
        actes.fixer(demande_id=d.pk, creneau_id=c.pk, par=systeme, le=LE)
        for d, c in zip(demandes, creneaux, strict=False)
    ]
    fabrique.au(FIN, systeme)
    actes.honorer(rendez_vous_id=fixes[0].pk, par=systeme, le=FIN)
    actes.manquer(rendez_vous_id=fixes[1].pk, par=systeme, le=FIN)
    compte, _ = lu("presence-orientation", systeme)
    assert (compte.denominateur, compte.numerateur) == (2, 1)
    assert lu("B4-presence", systeme)[0].denominateur == 0
