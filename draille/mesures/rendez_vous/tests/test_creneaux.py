"""Lieux, plages et créneaux : l'heure de Paris, les fermetures, ce qu'il reste à déplacer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures import quotidiens
from draille.mesures.rendez_vous import actes, regles
from draille.mesures.rendez_vous.models import Creneau, Plage
from draille.mesures.rendez_vous.tests import fabrique
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = fabrique.LE
PARIS = ZoneInfo("Europe/Paris")


def refuse(code: str, appel) -> str:
    with pytest.raises(Refus) as refus:
        appel()
    assert refus.value.code == f"rendez_vous.{code}"
    return refus.value.message


def heures(jour: date) -> list[str]:
    return [
        f"{c.debut.astimezone(PARIS):%H:%M}"
        for c in Creneau.objects.filter(jour=jour, est_ferme=False).order_by("debut")
    ]


def test_une_plage_de_chaque_semaine_donne_ses_creneaux(systeme):
    creneaux = fabrique.creneaux(systeme, jusque=date(2020, 9, 30))
    assert {c.jour for c in creneaux} == {date(2020, 9, j) for j in (8, 15, 22, 29)}
    assert heures(date(2020, 9, 8)) == ["09:00", "09:30", "10:00", "10:30"]
    assert {c.fin - c.debut for c in creneaux} == {timedelta(minutes=30)}


def test_generer_deux_fois_najoute_rien(systeme):
    fabrique.creneaux(systeme)
    assert actes.generer_creneaux(jusque=date(2020, 10, 31), par=systeme, le=LE) == 0
    plus_loin = actes.generer_creneaux(jusque=date(2020, 11, 10), par=systeme, le=LE)
    assert plus_loin == 8  # les mardis 3 et 10 novembre, quatre créneaux chacun


def test_chaque_nuit_ouvre_les_jours_a_venir(systeme):
    fabrique.au(LE, systeme)
    fabrique.creneaux(systeme, jusque=LE)
    (nuit,) = (q for q in quotidiens() if q.nom == "rendez_vous.creneaux")
    # Quatre-vingt-dix jours : du 8 septembre au 1er décembre, treize mardis de quatre créneaux.
    assert nuit.faire(systeme, LE) == 52
    assert nuit.faire(systeme, LE) == 0


def test_un_jour_ferie_na_pas_de_creneau_sauf_date_voulue(systeme):
    lieu = fabrique.bureau(systeme)
    fabrique.plage(systeme, lieu, jour=3)  # le mercredi
    fabrique.plage(systeme, lieu, jour=None, jour_exceptionnel=date(2020, 11, 11), capacite=4)
    actes.generer_creneaux(jusque=date(2020, 11, 30), par=systeme, le=LE)
    du_11 = Creneau.objects.filter(jour=date(2020, 11, 11))
    assert {c.capacite for c in du_11} == {4}
    assert not Creneau.objects.filter(jour=date(2020, 11, 11), plage__jour=3).exists()
    assert Creneau.objects.filter(jour=date(2020, 11, 4)).exists()


def test_lheure_de_paris_tient_au_changement_dheure(systeme):
    fabrique.creneaux(systeme, jusque=date(2020, 11, 3))
    ete, hiver = (
        Creneau.objects.filter(jour=j).earliest("debut")
        for j in (date(2020, 10, 20), date(2020, 10, 27))
    )
    assert ete.debut == datetime(2020, 10, 20, 7, tzinfo=UTC)
    assert hiver.debut == datetime(2020, 10, 27, 8, tzinfo=UTC)
    assert heures(date(2020, 10, 20)) == heures(date(2020, 10, 27))


@pytest.mark.parametrize(
    ("jour", "nombre"),
    [(date(2020, 10, 25), 5), (date(2020, 3, 29), 3), (date(2020, 6, 7), 4)],
)
def test_une_plage_qui_enjambe_le_changement_a_une_heure_de_plus_ou_de_moins(jour, nombre):
    tranches = list(
        regles.tranches(jour=jour, heure_debut=time(0), heure_fin=time(4), duree_minutes=60)
    )
    assert len(tranches) == nombre
    assert {fin - debut for debut, fin in tranches} == {timedelta(hours=1)}


@given(
    jour=st.dates(date(2019, 1, 1), date(2030, 12, 31)),
    heures_=st.tuples(st.times(), st.times()).filter(lambda h: h[0] < h[1]),
    duree=st.integers(5, 240),
)
def test_les_creneaux_se_suivent_dans_la_plage_sans_trou_ni_chevauchement(jour, heures_, duree):
    debut, fin = (h.replace(second=0, microsecond=0, tzinfo=None) for h in heures_)
    lus = list(regles.tranches(jour=jour, heure_debut=debut, heure_fin=fin, duree_minutes=duree))
    bornes = [regles.en_instant(jour=jour, heure=h) for h in (debut, fin)]
    for (_, f), (d, _) in zip(lus, lus[1:], strict=False):
        assert f == d
    if lus:
        assert lus[0][0] == bornes[0] and lus[-1][1] <= bornes[1]
        assert bornes[1] - lus[-1][1] < timedelta(minutes=duree)


def test_fermer_un_creneau_pris_nomme_qui_est_a_deplacer(systeme):
    fabrique.au(LE, systeme)
    demande = fabrique.demande(systeme, nom="Bœuf")
    creneau = fabrique.creneaux(systeme)[0]
    actes.fixer(demande_id=demande.pk, creneau_id=creneau.pk, par=systeme, le=LE)
    cadre = fabrique.acces(Role.CADRE)
    for appel in (
        lambda: actes.fermer_creneau(creneau_id=creneau.pk, par=cadre, le=LE),
        lambda: actes.fermer_jour(lieu_id=creneau.lieu_id, jour=creneau.jour, par=cadre, le=LE),
        lambda: actes.fermer_plage(plage_id=creneau.plage_id, par=cadre, le=LE),
        lambda: actes.fermer_lieu(lieu_id=creneau.lieu_id, par=cadre, le=LE),
    ):
        phrase = refuse("creneau_occupe", appel)
        assert "Élise Bœuf, le 8 septembre 2020 à 9 h" in phrase and "Déplacez" in phrase
    assert not Creneau.objects.filter(est_ferme=True).exists()
    # Un cadre d'un autre secteur apprend qu'il y a quelqu'un, jamais qui.
    ailleurs = fabrique.acces(Role.CADRE, sur=fabrique.brioude())
    phrase = refuse(
        "creneau_occupe",
        lambda: actes.fermer_creneau(creneau_id=creneau.pk, par=ailleurs, le=LE),
    )
    assert "Bœuf" not in phrase


def test_un_creneau_ferme_le_reste_et_se_rouvre(systeme):
    creneau = fabrique.creneaux(systeme)[0]
    actes.fermer_creneau(creneau_id=creneau.pk, par=systeme, le=LE)
    actes.generer_creneaux(jusque=date(2020, 10, 31), par=systeme, le=LE)
    assert heures(creneau.jour) == ["09:30", "10:00", "10:30"]
    actes.rouvrir_creneau(creneau_id=creneau.pk, par=systeme, le=LE)
    assert heures(creneau.jour) == ["09:00", "09:30", "10:00", "10:30"]


def test_un_jour_ferme_se_leve(systeme):
    creneaux = fabrique.creneaux(systeme, jusque=date(2020, 9, 10))
    jour, lieu = date(2020, 9, 15), creneaux[0].lieu_id
    fermeture = actes.fermer_jour(lieu_id=lieu, jour=jour, par=systeme, le=LE)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=systeme, le=LE)
    assert heures(jour) == [] and heures(date(2020, 9, 22)) != []
    actes.fermer_plage(plage_id=fermeture.pk, par=systeme, le=LE)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=systeme, le=LE)
    assert len(heures(jour)) == 4


def test_un_jour_ferme_apres_coup_ferme_les_creneaux_et_les_rend(systeme):
    creneaux = fabrique.creneaux(systeme)
    jour, lieu = date(2020, 9, 15), creneaux[0].lieu_id
    fermeture = actes.fermer_jour(lieu_id=lieu, jour=jour, par=systeme, le=LE)
    assert heures(jour) == []
    actes.fermer_plage(plage_id=fermeture.pk, par=systeme, le=LE)
    assert len(heures(jour)) == 4


def test_une_plage_retiree_laisse_la_place_a_une_autre(systeme):
    creneaux = fabrique.creneaux(systeme)
    actes.fermer_plage(plage_id=creneaux[0].plage_id, par=systeme, le=LE)
    assert not Creneau.objects.filter(est_ferme=False).exists()
    fabrique.plage(systeme, creneaux[0].lieu, capacite=6, duree_minutes=60)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=systeme, le=LE)
    assert heures(date(2020, 9, 8)) == ["09:00", "10:00"]
    assert {c.capacite for c in Creneau.objects.filter(est_ferme=False)} == {6}


def test_un_agent_nest_pas_a_deux_endroits_a_la_fois(systeme):
    lieu, autre = fabrique.bureau(systeme), fabrique.bureau(systeme, code="brioude")
    recevant = fabrique.agent()
    fabrique.plage(systeme, lieu, motif="referent", agent_id=recevant.pk)
    phrase = refuse(
        "plage_chevauche",
        lambda: fabrique.plage(
            systeme, autre, motif="suivi", agent_id=recevant.pk, heure_debut=time(10)
        ),
    )
    assert "09:00" in phrase
    # À la suite, ou un autre jour, ou une date exceptionnelle d'un autre jour : rien à redire.
    fabrique.plage(
        systeme,
        autre,
        motif="suivi",
        agent_id=recevant.pk,
        heure_debut=time(11),
        heure_fin=time(12),
    )
    fabrique.plage(systeme, autre, motif="suivi", agent_id=recevant.pk, jour=1)
    refuse(
        "plage_chevauche",
        lambda: fabrique.plage(
            systeme,
            autre,
            motif="suivi",
            agent_id=recevant.pk,
            jour=None,
            jour_exceptionnel=date(2020, 9, 15),
        ),
    )


@pytest.mark.parametrize(
    ("code", "champs"),
    [
        ("plage_motif", {"motif": "the"}),
        ("plage_agent", {"motif": "referent"}),
        ("plage_jour", {"jour": 8}),
        ("plage_jour", {"jour": None}),
        ("plage_jour", {"jour_exceptionnel": date(2020, 9, 15)}),
        ("plage_jour", {"jour": None, "jour_exceptionnel": date(2020, 9, 1)}),
        ("plage_heures", {"duree_minutes": 150}),
        ("plage_heures", {"duree_minutes": 0}),
        ("plage_heures", {"heure_fin": time(8)}),
        ("plage_heures", {"capacite": 0}),
        ("plage_periode", {"fin": LE}),
    ],
)
def test_une_plage_mal_posee_est_refusee(systeme, code, champs):
    lieu = fabrique.bureau(systeme)
    refuse(code, lambda: fabrique.plage(systeme, lieu, **champs))
    assert not Plage.objects.exists()


def test_un_lieu_ferme_ne_recoit_plus(systeme):
    creneau = fabrique.creneaux(systeme)[0]
    actes.fermer_lieu(lieu_id=creneau.lieu_id, par=systeme, le=LE)
    assert actes.generer_creneaux(jusque=date(2020, 12, 31), par=systeme, le=LE) == 0
    refuse("lieu_ferme", lambda: fabrique.plage(systeme, creneau.lieu))
    refuse("lieu_existe", lambda: fabrique.bureau(systeme))


def test_le_referent_tient_son_agenda_et_pas_celui_dun_autre(systeme):
    lieu = fabrique.bureau(systeme)
    lui, autre = fabrique.agent(), fabrique.agent("Odile Ferrand")
    acces = fabrique.acces(Role.REFERENT, de=lui)
    posee = fabrique.plage(acces, lieu, motif="referent", agent_id=lui.pk)
    fabrique.plage(systeme, lieu, motif="referent", agent_id=autre.pk)
    actes.generer_creneaux(jusque=date(2020, 9, 30), par=acces, le=LE)
    assert set(Creneau.objects.values_list("agent_id", flat=True)) == {lui.pk}
    creneau = Creneau.objects.filter(plage=posee).first()
    actes.fermer_creneau(creneau_id=creneau.pk, par=acces, le=LE)
    for agent_id in (autre.pk, None):
        with pytest.raises(Refus) as refus:
            fabrique.plage(acces, lieu, motif="suivi", agent_id=agent_id, jour=4)
        assert refus.value.code == "acces.refuse"
