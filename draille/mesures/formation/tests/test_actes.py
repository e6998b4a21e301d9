"""Programmer, s'inscrire, attendre, se désister, émarger, clore, annuler."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import IntegrityError, transaction

from draille.mesures.formation import actes
from draille.mesures.formation.actes import FicheProfessionnel
from draille.mesures.formation.models import Inscription, Presence, Professionnel, Session
from draille.mesures.formation.regles import DemiJournee, Moment
from draille.mesures.formation.tests import fabrique as f
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

LE, DEBUT = f.LE, f.DEBUT


@pytest.fixture
def par(systeme: Acces) -> Acces:
    f.au(LE, systeme)
    return systeme


def codes() -> list[str]:
    lignes = LigneJournal.objects.filter(code__startswith="formation.")
    return [code.removeprefix("formation.") for code in lignes.values_list("code", flat=True)]


def refus(appel, code: str) -> Refus:  # type: ignore[no-untyped-def]
    with pytest.raises(Refus) as erreur:
        appel()
    assert erreur.value.code == f"formation.{code}", erreur.value.message
    return erreur.value


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_seuls_le_pilote_et_le_cadre_programment(par: Acces, role: Role) -> None:
    qui = f.acces(role, f.agent())
    if role in (Role.PILOTE, Role.CADRE):
        assert f.session(qui).statut == "programmee"
        return
    with pytest.raises(Refus) as erreur:
        f.session(qui)
    assert erreur.value.code == "acces.refuse"


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"titre": "  "}, "titre"),
        ({"places": 0}, "places"),
        ({"montant_prevu": Decimal("-1")}, "montant"),
        ({"demi_journees": ()}, "demi_journees"),
        ({"demi_journees": (DemiJournee(DEBUT, Moment.MATIN, Decimal(6)),)}, "heures"),
        ({"demi_journees": (DemiJournee(DEBUT, Moment.MATIN, Decimal(3)),) * 2}, "demi_journees"),
        ({"debut": LE - timedelta(days=1)}, "debut_passe"),
        ({"theme": "inconnu"}, "theme_inconnu"),
        # L'accord-cadre est du 7 décembre 2020 : son thème ne se programme pas avant.
        ({"theme": "participation"}, "theme_inconnu"),
    ],
)
def test_une_session_qui_ne_tient_pas_se_refuse_sans_rien_ecrire(
    par: Acces, champs: dict[str, object], code: str
) -> None:
    refus(lambda: f.session(par, **champs), code)
    assert Session.objects.count() == 0 and codes() == []


def test_un_theme_national_se_programme_des_sa_date(par: Acces) -> None:
    assert f.session(par, theme="participation", debut=date(2020, 12, 7)).pk


def test_un_theme_d_un_departement_ne_se_programme_que_chez_lui(par: Acces, settings) -> None:
    assert f.session(par, theme="outil_premier_accueil").pk
    settings.DRAILLE_DEPARTEMENT = "07"
    refus(lambda: f.session(par, theme="outil_premier_accueil"), "theme_inconnu")


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SYSTEME, Role.PARTENAIRE)])
def test_chacun_s_inscrit_lui_meme_et_seul_qui_gere_inscrit_les_autres(
    par: Acces, role: Role
) -> None:
    ou = f.session(par)
    moi, autre = f.agent("Moi"), f.agent("Autre")
    qui = f.acces(role, moi)
    assert actes.inscrire(session_id=ou.pk, qui=moi.pk, par=qui, le=LE).statut == "inscrite"
    if role in (Role.PILOTE, Role.CADRE):
        assert actes.inscrire(session_id=ou.pk, qui=autre.pk, par=qui, le=LE).pk
        return
    with pytest.raises(Refus) as erreur:
        actes.inscrire(session_id=ou.pk, qui=autre.pk, par=qui, le=LE)
    assert erreur.value.code == "acces.refuse"


def test_qui_n_est_que_partenaire_ne_s_inscrit_pas_seul(par: Acces) -> None:
    ou, moi = f.session(par), f.agent("Moi")
    with pytest.raises(Refus) as erreur:
        actes.inscrire(session_id=ou.pk, qui=moi.pk, par=f.acces(Role.PARTENAIRE, moi), le=LE)
    assert erreur.value.code == "acces.refuse"


def test_au_dela_des_places_on_attend_et_la_place_rendue_va_au_premier(par: Acces) -> None:
    ou = f.session(par, places=2)
    un, deux, trois, quatre = (f.inscrire(ou, n, par) for n in ("Un", "Deux", "Trois", "Quatre"))
    assert [i.statut for i in (un, deux, trois, quatre)] == ["inscrite"] * 2 + ["en_attente"] * 2
    montee = actes.se_desister(inscription_id=deux.pk, par=par, le=LE)
    assert montee == trois and montee.statut == "inscrite"
    ou.refresh_from_db()
    assert ou.prises == 2
    assert codes()[-2:] == ["se_desister", "prendre_place"]
    # Quitter l'attente ne rend pas de place.
    assert actes.se_desister(inscription_id=quatre.pk, par=par, le=LE) is None
    ou.refresh_from_db()
    assert ou.prises == 2


def test_la_place_rendue_saute_qui_est_pris_ailleurs_ce_jour_la(par: Acces) -> None:
    ou, ailleurs = f.session(par, places=1), f.session(par, places=5)
    tenant = f.inscrire(ou, "Un", par)
    pris, libre = f.inscrire(ou, "Deux", par), f.inscrire(ou, "Trois", par)
    f.inscrire(ailleurs, "Deux", par)
    assert actes.se_desister(inscription_id=tenant.pk, par=par, le=LE) == libre
    pris.refresh_from_db()
    assert pris.statut == "en_attente"


def test_on_ne_se_desiste_que_pour_soi(par: Acces) -> None:
    ou = f.session(par)
    inscription = f.inscrire(ou, "Un", par)
    autre = f.acces(Role.REFERENT, f.agent("Deux"))
    with pytest.raises(Refus) as erreur:
        actes.se_desister(inscription_id=inscription.pk, par=autre, le=LE)
    assert erreur.value.code == "acces.refuse"
    moi = f.acces(Role.REFERENT, f.agent("Un"))
    assert actes.se_desister(inscription_id=inscription.pk, par=moi, le=LE) is None
    refus(
        lambda: actes.se_desister(inscription_id=inscription.pk, par=moi, le=LE),
        "inscription_introuvable",
    )


def test_ni_deux_fois_ni_deux_sessions_a_la_meme_heure(par: Acces) -> None:
    ou, autre = f.session(par), f.session(par)
    f.inscrire(ou, "Un", par)
    refus(lambda: f.inscrire(ou, "Un", par), "deja_inscrit")
    dit = refus(lambda: f.inscrire(autre, "Un", par), "deja_pris")
    assert "12 octobre 2020 (matin)" in dit.message
    apres = f.session(par, debut=DEBUT + timedelta(days=1))
    assert f.inscrire(apres, "Un", par).statut == "inscrite"


def test_un_pilote_d_ailleurs_ne_tient_rien_et_ne_s_inscrit_pas(par: Acces) -> None:
    ou, moi = f.session(par), f.agent("Moi")
    dehors = replace(f.acces(Role.PILOTE, moi), est_du_departement=False)
    for geste in (
        lambda: f.session(dehors),
        lambda: actes.inscrire(session_id=ou.pk, qui=moi.pk, par=dehors, le=LE),
        lambda: actes.annuler_session(session_id=ou.pk, motif="Neige", par=dehors, le=LE),
    ):
        with pytest.raises(Refus) as erreur:
            geste()
        assert erreur.value.code == "acces.refuse"


@pytest.mark.parametrize("graine", range(5))
def test_quel_que_soit_l_ordre_des_gestes_les_places_tombent_juste(par: Acces, graine: int) -> None:
    """Autant de places tenues que d'inscriptions, jamais de trop ; nul n'attend une place libre."""
    alea = Random(graine)
    ou = f.session(par, places=alea.randint(1, 3))
    for _ in range(25):
        nom = f"Pro{alea.randint(1, 6)}"
        vive = ou.inscriptions.filter(
            professionnel__agent__nom=nom, statut__in=["inscrite", "en_attente"]
        ).first()
        if vive is None:
            f.inscrire(ou, nom, par)
        else:
            actes.se_desister(inscription_id=vive.pk, par=par, le=LE)
        ou.refresh_from_db()
        tenues = ou.inscriptions.filter(statut="inscrite").count()
        attendent = ou.inscriptions.filter(statut="en_attente").count()
        assert ou.prises == tenues <= ou.places
        assert not attendent or tenues == ou.places


def test_un_professionnel_d_un_partenaire_n_est_qu_une_personne(par: Acces) -> None:
    ou, autre = f.session(par), f.session(par, debut=DEBUT + timedelta(days=7))
    logis = f.partenaire()

    def inscrire(session: Session, nom: str) -> Inscription:
        fiche = FicheProfessionnel(
            nom=nom, prenom="Yves", organisation_id=logis.pk, fonction="Conseiller"
        )
        return actes.inscrire(session_id=session.pk, qui=fiche, par=par, le=LE)

    un, deux = inscrire(ou, "Roux"), inscrire(autre, " ROUX ")
    assert un.professionnel_id == deux.professionnel_id
    assert str(un.professionnel) == "Yves Roux" and un.professionnel.metier == "Conseiller"
    # Le Département inscrit ses agents par leur compte.
    au_departement = FicheProfessionnel(
        nom="Roux", prenom="Yves", organisation_id=f.departement().pk
    )
    refus(
        lambda: actes.inscrire(session_id=ou.pk, qui=au_departement, par=par, le=LE),
        "professionnel_inconnu",
    )
    assert Professionnel.objects.count() == 1


def test_on_ne_s_inscrit_plus_apres_le_premier_jour(par: Acces) -> None:
    ou = f.session(par, jours=2)
    f.au(DEBUT, par)
    assert f.inscrire(ou, "Un", par, DEBUT).statut == "inscrite"
    f.au(DEBUT + timedelta(days=1), par)
    refus(lambda: f.inscrire(ou, "Deux", par, DEBUT + timedelta(days=1)), "commencee")


def test_emarger_corrige_et_n_ecrit_que_ce_qui_change(par: Acces) -> None:
    ou = f.session(par)
    un, deux = f.inscrire(ou, "Un", par), f.inscrire(ou, "Deux", par)
    matin, _ = ou.demi_journees.all()

    def emarger(*presents: Inscription, le: date = DEBUT) -> int:
        return actes.emarger(
            demi_journee_id=matin.pk, presents=[i.pk for i in presents], par=par, le=le
        )

    refus(lambda: emarger(un, le=LE), "a_venir")
    f.au(DEBUT, par)
    assert emarger(un, deux) == 2
    assert emarger(un, deux) == 0
    assert emarger(un) == 1
    assert dict(Presence.objects.values_list("inscription_id", "est_presente")) == {
        un.pk: True,
        deux.pk: False,
    }
    assert codes().count("emarger") == 3
    attend = f.session(par, debut=DEBUT, places=1, le=DEBUT)
    autre = f.inscrire(attend, "Trois", par, DEBUT)
    refus(lambda: emarger(autre), "pas_inscrit")
    refus(
        lambda: actes.se_desister(inscription_id=un.pk, par=par, le=DEBUT),
        "deja_emargee",
    )


def test_clore_dit_ce_qui_manque_puis_compte_ce_qui_est_suivi(par: Acces) -> None:
    ou = f.session(par, jours=2, places=3, commune_id=f.commune().pk)
    un, deux, trois = (f.inscrire(ou, n, par) for n in ("Un", "Deux", "Trois"))
    attente = f.inscrire(ou, "Quatre", par)
    fin = ou.fin

    def clore(montant: Decimal = Decimal("1100.50"), le: date = fin) -> actes.BilanSession:
        return actes.clore_session(session_id=ou.pk, montant_reel=montant, par=par, le=le)

    refus(lambda: clore(le=DEBUT), "pas_finie")
    f.au(fin, par)
    demis = list(ou.demi_journees.all())
    for demi in demis[:3]:
        actes.emarger(demi_journee_id=demi.pk, presents=[un.pk, deux.pk], par=par, le=fin)
    manque = refus(clore, "non_emargee")
    assert "13 octobre 2020 (après-midi)" in manque.message
    refus(lambda: clore(Decimal(-1)), "montant")
    actes.emarger(demi_journee_id=demis[3].pk, presents=[un.pk], par=par, le=fin)
    for demi in demis[1:3]:
        actes.emarger(demi_journee_id=demi.pk, presents=[un.pk], par=par, le=fin)
    # Un a tout suivi (14 h), Deux une demi-journée sur quatre (3,5 h), Trois rien.
    bilan = clore()
    assert bilan == actes.BilanSession(inscrits=3, presents=2, formes=1, heures=Decimal("17.5"))
    suivies = LigneJournal.objects.filter(code="formation.suivre")
    assert suivies.count() == 5
    assert set(suivies.values_list("commune_id", flat=True)) == {ou.commune_id}
    assert {(s.le, s.charge["est_forme"]) for s in suivies} == {
        (DEBUT, True),
        (DEBUT, False),
        (fin, True),
    }
    attente.refresh_from_db()
    assert attente.statut == "annulee"
    ou.refresh_from_db()
    assert (ou.statut, ou.montant_reel, ou.finie_le) == ("close", Decimal("1100.50"), fin)
    refus(clore, "session_finie")
    refus(
        lambda: actes.emarger(demi_journee_id=demis[0].pk, presents=[], par=par, le=fin),
        "session_finie",
    )
    assert trois.statut == "inscrite"


def test_annuler_fait_tomber_les_inscriptions_et_dit_ce_qui_reste_du(par: Acces) -> None:
    ou = f.session(par, places=1)
    f.inscrire(ou, "Un", par)
    f.inscrire(ou, "Deux", par)
    refus(lambda: actes.annuler_session(session_id=ou.pk, motif=" ", par=par, le=LE), "motif")
    tombees = actes.annuler_session(
        session_id=ou.pk, motif="Neige", montant_reel=Decimal(200), par=par, le=LE
    )
    ou.refresh_from_db()
    assert tombees == 2
    assert (ou.statut, ou.prises, ou.montant_reel, ou.motif) == ("annulee", 0, 200, "Neige")
    assert set(ou.inscriptions.values_list("statut", flat=True)) == {"annulee"}
    refus(lambda: f.inscrire(ou, "Trois", par), "session_finie")


def test_une_session_emargee_ne_s_annule_plus(par: Acces) -> None:
    ou = f.session(par)
    f.inscrire(ou, "Un", par)
    f.au(DEBUT, par)
    f.emarger_tout(ou, par)
    refus(
        lambda: actes.annuler_session(session_id=ou.pk, motif="Neige", par=par, le=DEBUT),
        "deja_emargee",
    )


def test_un_acte_ne_se_date_pas_de_demain(par: Acces) -> None:
    refus(lambda: f.session(par, le=LE + timedelta(days=1)), "date_future")


@pytest.mark.parametrize(
    ("champs", "contrainte"),
    [
        ({"statut": "inscrite"}, "complète"),
        ({"statut": "en_attente"}, "formation_deja_inscrit"),
    ],
)
def test_la_base_elle_meme_refuse_une_place_de_trop_et_un_doublon(
    par: Acces, champs: dict[str, str], contrainte: str
) -> None:
    ou = f.session(par, places=1)
    un = f.inscrire(ou, "Un", par)
    qui = un.professionnel
    if contrainte == "complète":
        qui = Professionnel.objects.create(agent=f.agent("Deux"), organisation=f.departement())
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        Inscription.objects.create(session=ou, professionnel=qui, demandee_le=LE, **champs)


def test_la_base_refuse_une_presence_sans_place(par: Acces) -> None:
    ou, autre = f.session(par, places=1), f.session(par, debut=DEBUT + timedelta(days=2))
    f.inscrire(ou, "Un", par)
    attend, ailleurs = f.inscrire(ou, "Deux", par), f.inscrire(autre, "Trois", par)
    matin = ou.demi_journees.first()
    for inscription in (attend, ailleurs):
        with (
            pytest.raises(IntegrityError, match="présence sans place"),
            transaction.atomic(),
        ):
            Presence.objects.create(
                inscription=inscription, demi_journee=matin, est_presente=True, emargee_le=LE
            )


def test_l_etat_se_recalcule_du_journal(par: Acces) -> None:
    close = f.suivie(par, "Un", "Deux")
    f.au(close.fin, par)
    annulee = f.session(par, le=close.fin, debut=close.fin + timedelta(days=9), places=1)
    un = f.inscrire(annulee, "Un", par, close.fin)
    f.inscrire(annulee, "Deux", par, close.fin)
    f.inscrire(annulee, "Trois", par, close.fin)
    actes.se_desister(inscription_id=un.pk, par=par, le=close.fin)
    actes.annuler_session(session_id=annulee.pk, motif="Neige", par=par, le=close.fin)
    siens = [e for e in projections.comparer() if e.nom.startswith("formation.")]
    assert [(e.nom, e.manquantes, e.en_trop) for e in siens] == [
        ("formation.sessions", 0, 0),
        ("formation.inscriptions", 0, 0),
        ("formation.presences", 0, 0),
    ]
    # La comparaison voit bien : un état faux s'entend.
    Session.objects.filter(pk=close.pk).update(places=9)
    faux = next(e for e in projections.comparer() if e.nom == "formation.sessions")
    assert (faux.manquantes, faux.en_trop) == (1, 1)
