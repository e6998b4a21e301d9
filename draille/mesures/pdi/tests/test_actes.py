"""Inscrire le programme, délibérer chaque année, adapter sans rien effacer."""

from dataclasses import replace
from datetime import date

import pytest

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.pdi import lectures
from draille.mesures.pdi.actes import (
    SaisieDeliberation,
    adapter,
    adopter,
    charger_pdi,
    deliberer,
)
from draille.mesures.pdi.models import ActionPdi, DeliberationAnnuelle, Programme
from draille.mesures.pdi.regles import Ajout, EtatAnnee
from draille.moteurs.delais.adaptateur import reconstruire
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus

LE = date(2022, 6, 1)
SAISONNIERS = Ajout(
    axe="entree",
    libelle=" Aller vers les saisonniers ",
    appuis=(Appui(GenreAppui.INDICATEUR, "entrants"),),
)


def saisie(jour: str, reference: str = "n° 12") -> SaisieDeliberation:
    return SaisieDeliberation(deliberee_le=date.fromisoformat(jour), reference=reference)


def echeances() -> list[tuple[int, date, date | None]]:
    annees = {d.pk: d.annee for d in DeliberationAnnuelle.objects.all()}
    lues = Echeance.objects.filter(code="pdi.deliberation").order_by("avant_le")
    return [(annees[e.objet_id], e.avant_le, e.fermee_le) for e in lues]


def etats(le: date) -> list[EtatAnnee]:
    (lu,) = lectures.programmes(departement="07", le=le)
    return [a.etat for a in lu.annees]


def refuse(code: str, acte, **options) -> Refus:
    with pytest.raises(Refus) as leve:
        acte(**options)
    assert leve.value.code == code
    return leve.value


def test_chaque_annee_du_programme_attend_sa_deliberation_avant_le_31_mars(inscrit):
    assert echeances() == [(a, date(a, 3, 30), None) for a in range(2021, 2026)]
    assert all(
        e.personne_id is None and e.ouverte_le == date(2021, 1, 4) for e in Echeance.objects.all()
    )


def test_recharger_n_ecrit_rien_et_changer_le_fichier_se_refuse(inscrit, publie, systeme):
    avant = LigneJournal.objects.count()
    assert charger_pdi(contenu=publie, par=systeme, le=LE) is False
    assert LigneJournal.objects.count() == avant
    refuse(
        "pdi.modifie",
        charger_pdi,
        contenu=replace(publie, titre="Un autre"),
        par=systeme,
        le=LE,
    )


def test_une_deliberation_ferme_son_annee_a_temps_ou_en_retard(inscrit, systeme):
    adopter(programme_id=inscrit.pk, saisie=saisie("2021-03-30"), par=systeme, le=LE)
    deliberer(programme_id=inscrit.pk, saisie=saisie("2022-03-31"), par=systeme, le=LE)
    assert echeances()[:3] == [
        (2021, date(2021, 3, 30), date(2021, 3, 30)),
        (2022, date(2022, 3, 30), date(2022, 3, 31)),
        (2023, date(2023, 3, 30), None),
    ]
    a_venir = [EtatAnnee.A_VENIR] * 3
    assert etats(LE) == [EtatAnnee.TENUE, EtatAnnee.TENUE_EN_RETARD, *a_venir]
    # La veille de la délibération de 2022, l'année était à l'heure ; rien d'hier ne change.
    assert etats(date(2022, 3, 30)) == [EtatAnnee.TENUE, EtatAnnee.A_VENIR, *a_venir]
    assert etats(date(2023, 4, 1))[2] is EtatAnnee.EN_RETARD


def test_une_seconde_deliberation_de_l_annee_ne_deplace_pas_la_premiere(inscrit, systeme):
    deliberer(programme_id=inscrit.pk, saisie=saisie("2021-03-01"), par=systeme, le=LE)
    adapter(
        programme_id=inscrit.pk,
        saisie=saisie("2021-10-01"),
        ajouts=(Ajout(axe="entree", libelle="Aller vers les saisonniers"),),
        retraits=(),
        par=systeme,
        le=LE,
    )
    assert echeances()[0] == (2021, date(2021, 3, 30), date(2021, 3, 1))


def test_une_adaptation_ajoute_et_retire_a_compter_de_son_jour(inscrit, publie, systeme):
    adapter(
        programme_id=inscrit.pk,
        saisie=saisie("2022-02-14"),
        ajouts=(SAISONNIERS,),
        retraits=("contrats_aides",),
        par=systeme,
        le=LE,
    )
    (lu,) = lectures.programmes(departement="07", le=LE)

    def codes(jour):
        return {a.code for x in lu.programme.axes for a in x.au(jour)}

    veille, jour = codes(date(2022, 2, 13)), codes(date(2022, 2, 14))
    assert veille - jour == {"contrats_aides"}
    (jour_nouveau,) = jour - veille
    assert jour_nouveau == "aller_vers_les_saisonniers"
    assert ActionPdi.objects.get(code="contrats_aides").fin == date(2022, 2, 14)
    # Le fichier d'origine reste reconnu : ce que l'assemblée change n'y est pas.
    assert charger_pdi(contenu=publie, par=systeme, le=LE) is False
    assert [a.code for a in ActionPdi.objects.get(code=jour_nouveau).appuis.all()] == ["entrants"]
    ligne = LigneJournal.objects.get(code="pdi.adapter")
    assert ligne.charge["ajoutees"] == ["aller_vers_les_saisonniers"]
    assert ligne.charge["retirees"] == ["contrats_aides"]


@pytest.mark.parametrize(
    ("ajouts", "retraits"),
    [
        ((), ()),
        ((Ajout(axe="inconnu", libelle="Une action"),), ()),
        ((Ajout(axe="entree", libelle="  "),), ()),
        ((Ajout(axe="entree", libelle="Contrats aidés"),), ()),
        ((), ("inconnue",)),
    ],
)
def test_une_adaptation_qui_ne_va_pas_n_ecrit_rien(inscrit, systeme, ajouts, retraits):
    avant = (LigneJournal.objects.count(), ActionPdi.objects.count())
    refuse(
        "pdi.adaptation",
        adapter,
        programme_id=inscrit.pk,
        saisie=saisie("2022-02-14"),
        ajouts=ajouts,
        retraits=retraits,
        par=systeme,
        le=LE,
    )
    assert (LigneJournal.objects.count(), ActionPdi.objects.count()) == avant


@pytest.mark.parametrize("jour", ["2022-06-02", "2019-12-31", "2026-01-01", "2021-02-28"])
def test_une_deliberation_hors_de_son_temps_se_refuse(inscrit, systeme, jour):
    deliberer(programme_id=inscrit.pk, saisie=saisie("2021-03-01"), par=systeme, le=LE)
    le = date(2027, 1, 1) if jour == "2026-01-01" else LE
    refuse("pdi.date", deliberer, programme_id=inscrit.pk, saisie=saisie(jour), par=systeme, le=le)


def test_seule_l_adoption_precede_le_programme_et_une_seule_fois(inscrit, systeme):
    avance = saisie("2020-12-14")
    refuse("pdi.hors_annees", deliberer, programme_id=inscrit.pk, saisie=avance, par=systeme, le=LE)
    adopter(programme_id=inscrit.pk, saisie=avance, par=systeme, le=LE)
    assert echeances()[0][2] is None
    refuse(
        "pdi.deja_adopte",
        adopter,
        programme_id=inscrit.pk,
        saisie=saisie("2021-02-01"),
        par=systeme,
        le=LE,
    )


def test_seul_le_pilote_delibere_et_l_inconnu_est_dit(inscrit, systeme):
    cles = frozenset({cle_generale(compartiment=Compartiment.INSERTION)})
    cadre = Acces(None, None, "cadre", {Role.CADRE: cles})
    options = {"programme_id": inscrit.pk, "saisie": saisie("2021-03-01"), "le": LE}
    refuse("acces.refuse", deliberer, par=cadre, **options)
    refuse("pdi.inconnu", deliberer, par=systeme, **{**options, "programme_id": 0})


def test_les_echeances_se_recalculent_du_journal(inscrit, systeme):
    deliberer(programme_id=inscrit.pk, saisie=saisie("2021-03-01"), par=systeme, le=LE)
    tenues = echeances()
    assert reconstruire(code="pdi.deliberation") == 5
    assert echeances() == tenues
    ecarts = {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer()}
    assert ecarts["delais.pdi.deliberation"] == (0, 0)


def test_la_demonstration_se_rejoue_sans_rien_doubler(systeme, settings):
    from draille.mesures.pdi.demo import charger

    options = {"racine": settings.RACINE, "departement": "07", "par": systeme, "le": LE}
    assert charger(**options) == 3
    assert charger(**options) == 0
    assert charger(**{**options, "departement": "43"}) == 0
    assert Programme.objects.count() == 1
    assert etats(LE)[:2] == [EtatAnnee.TENUE, EtatAnnee.TENUE]
    (lu,) = lectures.programmes(departement="07", le=LE)
    assert all("fictive" in d.reference for d in lu.deliberations)
