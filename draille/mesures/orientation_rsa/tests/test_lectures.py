"""Les lectures : filtres, tris, comptes exacts, droits, et un nombre constant de requêtes."""

from datetime import date

import pytest

from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa.actes import (
    Decision,
    RendezVous,
    diagnostiquer,
    orienter,
    rencontrer,
    reorienter,
)
from draille.mesures.orientation_rsa.lectures import Filtre, Page
from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.regles import Statut
from draille.mesures.orientation_rsa.tests import fabrique
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Role
from draille.socle.refus import Refus

LE = date(2020, 10, 15)
SOCIAL = Decision(type_parcours="social", organisme="departement")


@pytest.fixture
def communes(systeme):
    creees = [
        Commune.objects.create(code_insee=code, nom=nom)
        for code, nom in (("43157", "Le Puy-en-Velay"), ("43040", "Brioude"))
    ]
    for commune, nom in zip(creees, ("Velay", "Brivadois"), strict=True):
        secteur = Territoire.objects.create(
            nature="secteur", code=nom, nom=nom, debut=date(2019, 1, 1)
        )
        TerritoireCommune.objects.create(
            territoire=secteur, commune=commune, nature="secteur", debut=date(2019, 1, 1)
        )
    return creees


@pytest.fixture
def entrants(systeme, communes):
    """Trois entrants : en retard, proche de la limite, à l'aise."""
    velay, brioude = communes
    return [
        fabrique.suivi_ouvert(systeme, le=date(2020, 9, 5), nom="Bœuf", commune=velay),
        fabrique.suivi_ouvert(systeme, le=date(2020, 9, 18), nom="Abrial", commune=brioude),
        fabrique.suivi_ouvert(systeme, le=date(2020, 10, 10), nom="Chalendar"),
    ]


def noms(liste) -> list[str]:
    return [x.nom_complet.split()[-1] for x in liste.lignes]


def test_la_plus_proche_limite_dabord(systeme, entrants):
    liste = lectures.nouveaux_entrants(acces=systeme, le=LE)
    assert noms(liste) == ["Bœuf", "Abrial", "Chalendar"]
    assert liste.total == 3
    horloges = [[(h.code, h.restants_jours, h.etat) for h in x.horloges] for x in liste.lignes]
    assert horloges == [
        [
            ("orientation_rsa.convention", -10, "en_retard"),
            ("orientation_rsa.loi_2_mois", 21, "a_temps"),
        ],
        [
            ("orientation_rsa.convention", 3, "proche"),
            ("orientation_rsa.loi_2_mois", 34, "a_temps"),
        ],
        [
            ("orientation_rsa.convention", 26, "a_temps"),
            ("orientation_rsa.loi_2_mois", 56, "a_temps"),
        ],
    ]
    limites = [x.horloges[0].avant_le for x in liste.lignes]
    assert limites == sorted(limites)
    premiere = liste.lignes[0]
    assert (premiere.commune, premiere.categorie) == ("Le Puy-en-Velay", "Primo-arrivant")
    assert "R262-65-2" in premiere.horloges[1].reference


@pytest.mark.parametrize(
    ("filtre", "attendus"),
    [
        (Filtre(horloge="en_retard"), ["Bœuf"]),
        (Filtre(horloge="proche"), ["Abrial"]),
        (Filtre(nom="boeuf"), ["Bœuf"]),
        (Filtre(nom="ÉLISE"), ["Bœuf", "Abrial", "Chalendar"]),
        (Filtre(nom="Élise Abrial"), ["Abrial"]),
        (Filtre(nom="100%"), []),
        (Filtre(categorie="retour"), []),
        (Filtre(categorie="primo_arrivant", nom="cha"), ["Chalendar"]),
        (Filtre(statuts=(Statut.A_ORIENTER,)), ["Abrial"]),
        (Filtre(statuts=(Statut.SANS_SUITE,)), []),
    ],
)
def test_les_filtres(systeme, entrants, filtre, attendus):
    rencontrer(suivi_id=entrants[1].pk, rendez_vous=RendezVous(mode="visio"), par=systeme, le=LE)
    liste = lectures.nouveaux_entrants(acces=systeme, le=LE, filtre=filtre)
    assert (noms(liste), liste.total) == (attendus, len(attendus))


def test_par_territoire(systeme, entrants):
    velay = Territoire.objects.get(code="Velay")
    liste = lectures.nouveaux_entrants(acces=systeme, le=LE, filtre=Filtre(territoire_id=velay.pk))
    assert noms(liste) == ["Bœuf"]
    tout = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=date(2019, 1, 1)
    )
    liste = lectures.nouveaux_entrants(acces=systeme, le=LE, filtre=Filtre(territoire_id=tout.pk))
    assert liste.total == 3
    with pytest.raises(Refus, match="territoire n'existe pas"):
        lectures.nouveaux_entrants(acces=systeme, le=LE, filtre=Filtre(territoire_id=0))


@pytest.mark.parametrize(
    ("tri", "attendus"),
    [
        ("recentes", ["Chalendar", "Abrial", "Bœuf"]),
        ("nom", ["Abrial", "Bœuf", "Chalendar"]),
        ("categorie", ["Bœuf", "Abrial", "Chalendar"]),
    ],
)
def test_les_tris(systeme, entrants, tri, attendus):
    assert noms(lectures.nouveaux_entrants(acces=systeme, le=LE, tri=tri)) == attendus


def test_un_tri_inconnu_se_dit(systeme):
    with pytest.raises(Refus, match="On ne trie pas par « âge »"):
        lectures.nouveaux_entrants(acces=systeme, le=LE, tri="âge")


def test_les_pages_se_suivent_et_ne_debordent_pas(systeme, entrants):
    lues = [
        lectures.nouveaux_entrants(acces=systeme, le=LE, page=Page(numero=n, taille=2))
        for n in (0, 1, 2, 9)
    ]
    assert [noms(p) for p in lues] == [
        ["Bœuf", "Abrial"],
        ["Bœuf", "Abrial"],
        ["Chalendar"],
        ["Chalendar"],
    ]
    assert {(p.total, p.pages) for p in lues} == {(3, 2)}


def test_chacun_ne_voit_que_chez_soi(entrants, communes):
    par = fabrique.agent(Role.CHARGE_ORIENTATION, commune=communes[1])
    for filtre in (Filtre(), Filtre(nom="élise"), Filtre(horloge="proche")):
        liste = lectures.nouveaux_entrants(acces=par, le=LE, filtre=filtre)
        assert (noms(liste), liste.total) == (["Abrial"], 1)
    assert lectures.nouveaux_entrants(acces=fabrique.agent(), le=LE).total == 0
    with pytest.raises(Refus, match="ne vous est pas ouvert"):
        lectures.suivi(suivi_id=entrants[0].pk, acces=par)
    assert lectures.suivi(suivi_id=entrants[1].pk, acces=par) == entrants[1]
    ailleurs = entrants[0].personne_id
    assert lectures.dossier(personne_id=ailleurs, acces=par, le=LE) == ()


def test_la_proposition_et_ses_raisons(systeme, entrants):
    diagnostiquer(suivi_id=entrants[0].pk, reponses=fabrique.PRO, par=systeme, le=LE)
    diagnostiquer(suivi_id=entrants[0].pk, reponses=fabrique.BLOQUEE, par=systeme, le=LE)
    avec, sans = lectures.nouveaux_entrants(acces=systeme, le=LE).lignes[:2]
    assert avec.proposition.type_parcours == "social"
    assert "Freins forts : logement, mobilité." in avec.proposition.raisons
    assert (sans.diagnostic, sans.proposition) == (None, None)


def test_autant_de_requetes_pour_une_ligne_que_pour_cinquante(
    systeme, communes, django_assert_num_queries
):
    fabrique.suivi_ouvert(systeme, commune=communes[0])
    _lire(systeme, django_assert_num_queries)
    for numero in range(30):
        suivi = fabrique.suivi_ouvert(systeme, nom=f"Nom{numero}", commune=communes[numero % 2])
        diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.PRO, par=systeme, le=LE)
        if numero % 3 == 0:
            decision = Decision(type_parcours="professionnel", organisme="pole_emploi")
            orienter(suivi_id=suivi.pk, decision=decision, par=systeme, le=LE)
    _lire(systeme, django_assert_num_queries)


def _lire(acces, django_assert_num_queries) -> None:
    with django_assert_num_queries(6):
        lectures.nouveaux_entrants(acces=acces, le=LE, filtre=Filtre(statuts=tuple(Statut)))
    territoire = Territoire.objects.get(code="Velay").pk
    with django_assert_num_queries(7):
        lectures.nouveaux_entrants(
            acces=acces,
            le=LE,
            filtre=Filtre(territoire_id=territoire, horloge="en_retard", nom="elise"),
            tri="nom",
        )
    with django_assert_num_queries(5):
        lectures.dossier(personne_id=Suivi.objects.first().personne_id, acces=acces, le=LE)
    with django_assert_num_queries(3):
        lectures.charge_par_territoire(acces=acces, le=LE)


def test_le_dossier_dit_lhistoire(systeme, entrants):
    organisation = Organisation.objects.create(code="cd43", nom="Haute-Loire")
    agent = Agent.objects.create(
        identifiant="a.martin", nom="Martin", prenom="Anne", organisation=organisation
    )
    par = fabrique.agent(Role.CADRE, agent_id=agent.pk)
    suivi = entrants[0]
    diagnostiquer(suivi_id=suivi.pk, reponses=fabrique.PRO, par=par, le=date(2020, 9, 10))
    decision = Decision(
        type_parcours="social", organisme="departement", motif_ecart="Souhait de la personne"
    )
    orienter(suivi_id=suivi.pk, decision=decision, par=par, le=date(2020, 9, 12))
    suite = Decision(type_parcours="professionnel", organisme="pole_emploi")
    reorienter(suivi_id=suivi.pk, decision=suite, motif="Prête", par=systeme, le=date(2020, 10, 12))
    (lu,) = lectures.dossier(personne_id=suivi.personne_id, acces=par, le=LE)
    assert (lu.statut, lu.categorie) == (Statut.ORIENTEE, "Primo-arrivant")
    assert [
        (o.orientation.rang, o.type_parcours, o.organisme, o.type_propose, o.decidee_par)
        for o in lu.orientations
    ] == [
        (2, "Professionnel", "Pôle emploi", "Professionnel", "Traitement automatique"),
        (1, "Social", "Conseil départemental", "Professionnel", "Anne Martin"),
    ]
    assert [(h.etat, h.fermee_le, h.restants_jours) for h in lu.horloges] == [
        ("tenu", date(2020, 9, 12), 23),
        ("tenu", date(2020, 9, 12), 54),
    ]
    assert [d.fait_le for d in lu.diagnostics] == [date(2020, 9, 10)]


def test_la_charge_par_territoire(systeme, entrants):
    rencontrer(suivi_id=entrants[1].pk, rendez_vous=RendezVous(mode="visio"), par=systeme, le=LE)
    charges = lectures.charge_par_territoire(acces=systeme, le=LE)
    assert [(c.nom, c.a_rencontrer, c.a_orienter, c.en_retard) for c in charges] == [
        ("Brivadois", 0, 1, 0),
        ("Velay", 1, 0, 1),
        ("Hors territoire connu", 1, 0, 0),
    ]
    orienter(suivi_id=entrants[2].pk, decision=SOCIAL, par=systeme, le=LE)
    assert [c.nom for c in lectures.charge_par_territoire(acces=systeme, le=LE)] == [
        "Brivadois",
        "Velay",
    ]
