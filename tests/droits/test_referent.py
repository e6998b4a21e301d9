"""Ce que le référent unique, les rendez-vous et les messages ne doivent montrer à personne.

Chaque règle est dite une à une, en clair ; `test_droits` les éprouve toutes ensemble, au hasard.
"""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from draille.mesures.referent_unique import lectures
from draille.mesures.referent_unique.models import LigneCalcul
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Lieu, Plage, RendezVous
from draille.moteurs.messages.models import Message
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.personne.models import Consultation
from draille.socle import contexte
from tests.droits.chemins_referent import dernier_calcul
from tests.droits.ecrans import corps
from tests.droits.monde import JOURS, ORIGINE, Monde, construire
from tests.droits.oracle import Individu
from tests.droits.test_droits import INSTANT, SYSTEME

LE = JOURS[-1]
INSERTION, SOCIAL = 2, 1


@pytest.fixture
def monde(systeme: Any) -> Monde:
    return construire()


@pytest.fixture
def client(monde: Monde, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> Client:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    monkeypatch.setenv("DRAILLE_DATE", LE.isoformat())
    cache.clear()
    caplog.set_level("ERROR", logger="django.request")
    return Client()


def _habiliter(agent: Agent, monde: Monde, role: str, lieu: int = 0, compartiment: int = 2) -> None:
    contexte.poser(acces=SYSTEME, instant=INSTANT)
    Habilitation.objects.create(
        agent=agent,
        compartiment=compartiment,
        territoire_id=monde.lieux[lieu].id,
        role=role,
        debut=ORIGINE,
    )


def _nommes(monde: Monde, texte: str) -> set[int]:
    return {i.id for i in monde.individus if i.marque.casefold() in texte.casefold()}


def _du_lieu(monde: Monde, lieu: int) -> set[int]:
    """Les personnes suivies en insertion qui habitent ce territoire ce jour-là."""
    communes = {c for c, p in monde.lieux[lieu].communes if p.contient(LE)}
    return {i.id for i in monde.individus if INSERTION in i.compartiments and i.commune in communes}


def _rangee(monde: Monde, modele: Any, individu: Individu) -> int:
    return next(x.id for x in monde.de(modele) if x.personne == individu.id)


def _en_insertion(monde: Monde) -> list[Individu]:
    return [i for i in monde.individus if INSERTION in i.compartiments]


def adresses(monde: Monde, individu: Individu) -> list[str]:
    """Chaque adresse nouvelle, actes compris, pour cette personne."""
    ligne, message = _rangee(monde, LigneCalcul, individu), _rangee(monde, Message, individu)
    demande = _rangee(monde, DemandeRendezVous, individu)
    rendez_vous = _rangee(monde, RendezVous, individu)
    agent, calcul = monde.collegue.pk, dernier_calcul()
    noms: list[tuple[str, list[Any]]] = [
        ("referents", []),
        ("referents_calculer", []),
        ("referents_calcul", [calcul]),
        ("referents_relire", [calcul]),
        ("referents_fin", [calcul]),
        *((f"referents_{x}", [ligne]) for x in ("ligne", "accepter", "changer", "ecarter")),
        *((f"referents_{x}", [ligne]) for x in ("fiche", "fiche_pdf")),
        *((f"referents_{x}", []) for x in ("ma_file", "mon_absence", "charges", "nouveau")),
        ("referents_portefeuille", [agent]),
        *(
            ("referents_portefeuille_acte", [agent, x])
            for x in ("changer", "absence", "depart", "reparation")
        ),
        ("referents_personne", [individu.id]),
        *(
            ("referents_personne_acte", [individu.id, x])
            for x in ("designer", "changer", "parcours", "mobilite", "liberer", "annoncer")
        ),
        ("algorithme", []),
        ("messages", []),
        *((x, [message]) for x in ("message", "message_lettre", "message_relancer")),
        ("message_annuler", [message]),
        ("modeles", []),
        ("modele", ["convocation_orientation", "courriel"]),
        *((f"convocations{x}", []) for x in ("", "_examen", "_revue", "_suivi")),
        *((x, [demande]) for x in ("convoquer", "convocation_reprendre", "convocation_classer")),
        ("agenda", []),
        ("creneau", [Creneau.objects.latest("pk").pk]),
        ("rendez_vous", [rendez_vous]),
        ("rendez_vous_deplacer", [rendez_vous]),
        *(
            ("rendez_vous_geste", [rendez_vous, x])
            for x in ("honorer", "excuser", "manquer", "annuler")
        ),
        ("rendez_vous_fixer", [individu.id]),
        ("lieux", []),
        ("lieu_nouveau", []),
        *((x, [Lieu.objects.get().pk]) for x in ("lieu", "lieu_fermer", "lieu_fermer_jour")),
        ("plage_fermer", [Plage.objects.get().pk]),
    ]
    return [reverse(nom, args=arguments) for nom, arguments in noms]


# --- Qui ne lit aucun nom ----------------------------------------------------------------------


@pytest.mark.parametrize("role", ["pilote", "administrateur"])
def test_le_pilote_et_ladministrateur_ne_lisent_aucun_nom(monde, client, role):
    """Le pilote voit des chiffres, l'administrateur la boîte d'envoi en nombres : jamais un nom."""
    _habiliter(monde.agent, monde, role)
    client.force_login(monde.agent)
    ouvertes = 0
    for individu in _en_insertion(monde)[:3]:
        for adresse in adresses(monde, individu):
            reponse = client.get(adresse)
            assert _nommes(monde, corps(reponse)) == set(), adresse
            ouvertes += reponse.status_code == 200
    assert ouvertes >= 6, "rien ne s'est ouvert : rien n'est éprouvé"


def test_le_pilote_voit_les_charges_entieres(monde, client):
    _habiliter(monde.agent, monde, "pilote")
    client.force_login(monde.agent)
    page = corps(client.get(reverse("referents_charges")))
    assert "bureau de collegue" in page
    suivi = corps(client.get(reverse("convocations_suivi")))
    assert "secteur S1" in suivi


def test_la_page_publique_ne_dit_personne_et_souvre_sans_compte(monde, client):
    anonyme, agent = client.get(reverse("algorithme")), Client()
    agent.force_login(monde.agent)
    assert anonyme.status_code == 200
    assert _nommes(monde, corps(anonyme)) == set()
    assert _nommes(monde, corps(agent.get(reverse("algorithme")))) == set()
    assert not any(str(a) in corps(anonyme) for a in (monde.agent, monde.collegue))


def test_sans_compte_rien_dautre_ne_souvre(monde, client):
    individu = _en_insertion(monde)[0]
    for adresse in adresses(monde, individu):
        if adresse == reverse("algorithme"):
            continue
        reponse = client.get(adresse)
        assert reponse.status_code in (302, 403, 405), adresse
        assert _nommes(monde, corps(reponse)) == set(), adresse


# --- Un nom, au titre d'un rôle tenu là ----------------------------------------------------------


def test_un_referent_dune_autre_organisation_ne_lit_que_son_secteur(monde, client):
    """L'association suit des personnes d'un secteur : elle n'y lit que celles-là."""
    _habiliter(monde.collegue, monde, "referent", lieu=3)
    client.force_login(monde.collegue)
    siennes = _du_lieu(monde, 3)
    lus: set[int] = set()
    for individu in _en_insertion(monde):
        for nom, modele in (("referents_fiche", LigneCalcul), ("rendez_vous", RendezVous)):
            reponse = client.get(reverse(nom, args=[_rangee(monde, modele, individu)]))
            assert reponse.status_code == (200 if individu.id in siennes else 404)
            lus |= _nommes(monde, corps(reponse))
    assert lus == siennes
    for adresse in adresses(monde, _en_insertion(monde)[0]):
        assert _nommes(monde, corps(client.get(adresse))) <= siennes, adresse


def test_un_referent_nouvre_pas_la_file_dun_collegue(monde, client):
    _habiliter(monde.collegue, monde, "referent")
    client.force_login(monde.collegue)
    reponse = client.get(f"{reverse('referents_ma_file')}?agent={monde.agent.pk}")
    assert reponse.status_code == 403
    assert _nommes(monde, corps(reponse)) == set()


def test_un_pilote_referent_dun_secteur_ne_lit_que_les_noms_de_ce_secteur(monde, client):
    _habiliter(monde.agent, monde, "pilote")
    _habiliter(monde.agent, monde, "referent", lieu=1)
    client.force_login(monde.agent)
    siennes = _du_lieu(monde, 1)
    lus: set[int] = set()
    for adresse in {a for i in _en_insertion(monde) for a in adresses(monde, i)}:
        lus |= _nommes(monde, corps(client.get(adresse)))
    assert lus == siennes


def test_un_referent_en_social_naccede_pas_a_linsertion(monde, client):
    """Connaître quelqu'un par un autre métier n'ouvre ni son référent, ni ses messages, et n'y mène
    pas : aucune page ne tombe."""
    _habiliter(monde.agent, monde, "referent", compartiment=SOCIAL)
    client.force_login(monde.agent)
    partagees = [i for i in _en_insertion(monde) if SOCIAL in i.compartiments]
    assert partagees
    for individu in partagees:
        for nom, pk in (
            ("referents_fiche", _rangee(monde, LigneCalcul, individu)),
            ("rendez_vous", _rangee(monde, RendezVous, individu)),
            ("message", _rangee(monde, Message, individu)),
            ("message_lettre", _rangee(monde, Message, individu)),
            ("convoquer", _rangee(monde, DemandeRendezVous, individu)),
            ("referents_personne", individu.id),
            ("rendez_vous_fixer", individu.id),
        ):
            assert client.get(reverse(nom, args=[pk])).status_code == 404, nom
        dossier = corps(client.get(reverse("personne", args=[individu.id])))
        assert _nommes(monde, dossier) == {individu.id}
        for nom in ("referents_personne", "rendez_vous_fixer"):
            assert reverse(nom, args=[individu.id]) not in dossier


# --- Compter sans nommer -------------------------------------------------------------------------


def test_les_charges_sont_les_memes_pour_tous(monde, systeme):
    """Un référent d'un secteur lit la charge entière de chacun, sans voir qui la fait."""
    contexte.poser(acces=SYSTEME, instant=INSTANT)
    attendues = {c.agent_id: c.charge for c in lectures.charges(acces=SYSTEME, le=LE)}
    assert min(attendues.values()) > 0
    _habiliter(monde.agent, monde, "cadre", lieu=2)
    acces = acces_de(agent=monde.agent, le=LE)
    contexte.poser(acces=acces, instant=INSTANT)
    assert {c.agent_id: c.charge for c in lectures.charges(acces=acces, le=LE)} == attendues


def test_lagenda_compte_ceux_quil_ne_nomme_pas(monde, client):
    _habiliter(monde.agent, monde, "accueil", lieu=2)
    client.force_login(monde.agent)
    page = corps(client.get(f"{reverse('agenda')}?lieu={Lieu.objects.get().pk}&jour={LE}"))
    seance = Creneau.objects.get(capacite=100, jour=LE)
    presents = {
        monde.details[(x.table, x.id)].personne_id
        for x in monde.de(RendezVous)
        if monde.details[(x.table, x.id)].creneau_id == seance.pk
    }
    assert _nommes(monde, page) == presents & _du_lieu(monde, 2)
    assert seance.pris == len(presents) > len(_nommes(monde, page))
    assert f"{seance.pris} sur {seance.capacite}" in page


def test_une_explication_ne_depend_que_du_calcul(monde, systeme):
    """Qui n'ouvre qu'une ligne lit le même surcoût que qui les ouvre toutes, et aucun autre nom."""
    _habiliter(monde.agent, monde, "charge_orientation", lieu=9)
    acces = acces_de(agent=monde.agent, le=LE)
    contexte.poser(acces=acces, instant=INSTANT)
    ouvertes = [x for x in monde.de(LigneCalcul) if acces.voit(monde.cle_de(x))]
    assert 0 < len(ouvertes) < len(monde.de(LigneCalcul))
    for ligne in ouvertes:
        lus = lectures.choix(ligne_id=ligne.id, acces=acces)
        assert {c.agent_id: c.surcout_minutes for c in lus} == monde.surcouts[ligne.id]
        phrases = " ".join(
            lectures.pourquoi_pas(ligne_id=ligne.id, agent_id=c.agent_id, acces=acces).phrase
            for c in lus
        )
        assert _nommes(monde, phrases) == set()
    assert any(v for choix in monde.surcouts.values() for v in choix.values()), "aucun surcoût"


# --- Un message se lit comme un dossier ----------------------------------------------------------


def test_un_message_ferme_ne_montre_ni_contenu_ni_destination(monde, client):
    _habiliter(monde.agent, monde, "cadre", lieu=1)
    client.force_login(monde.agent)
    siennes = _du_lieu(monde, 1)
    for individu in _en_insertion(monde):
        message = monde.details[(Message._meta.db_table, _rangee(monde, Message, individu))]
        reponse = client.get(reverse("message", args=[message.pk]))
        assert reponse.status_code == (200 if individu.id in siennes else 404)
        assert (message.contenu in corps(reponse)) == (individu.id in siennes)
    for vue in ("echecs", "attente", "remis", "annules"):
        assert _nommes(monde, corps(client.get(f"{reverse('messages')}?vue={vue}"))) <= siennes


def test_ouvrir_un_message_ou_une_fiche_secrit(monde, client):
    _habiliter(monde.agent, monde, "cadre")
    client.force_login(monde.agent)
    individu = _en_insertion(monde)[0]
    for nom, modele in (
        ("message", Message),
        ("message_lettre", Message),
        ("referents_ligne", LigneCalcul),
        ("referents_fiche", LigneCalcul),
        ("referents_fiche_pdf", LigneCalcul),
        ("rendez_vous", RendezVous),
    ):
        contexte.poser(acces=SYSTEME, instant=INSTANT)
        avant = Consultation.objects.filter(personne_id=individu.id).count()
        assert client.get(reverse(nom, args=[_rangee(monde, modele, individu)])).status_code == 200
        contexte.poser(acces=SYSTEME, instant=INSTANT)
        apres = Consultation.objects.filter(personne_id=individu.id)
        assert apres.count() == avant + 1, nom
        assert apres.latest("pk").agent_id == monde.agent.pk


# --- Lire n'écrit rien ---------------------------------------------------------------------------

# Ouvrir une page sur une personne s'y écrit ; rien d'autre.
TRACES = {"noyau_consultation"}


def _tables() -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND relkind = 'r'"
            " AND has_table_privilege(c.oid, 'SELECT')"
        )
        return sorted({nom for (nom,) in curseur.fetchall()} - TRACES)


def _empreintes(tables: list[str]) -> dict[str, str]:
    contexte.poser(acces=SYSTEME, instant=INSTANT)
    morceaux = [
        f"SELECT '{t}', coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM {t} x"
        for t in tables
    ]
    with connection.cursor() as curseur:
        curseur.execute(" UNION ALL ".join(morceaux))
        return dict(curseur.fetchall())


def test_aucune_adresse_necrit_sur_une_simple_lecture(monde, client):
    """Chaque adresse, même celle d'un acte, demandée en GET par qui a tous les droits."""
    for role in ("cadre", "charge_orientation", "referent", "accueil"):
        _habiliter(monde.agent, monde, role)
    client.force_login(monde.agent)
    individu = next(i for i in _en_insertion(monde) if i.compartiments == (INSERTION,))
    tables = _tables()
    assert {"noyau_lignejournal", "messagerie_message", "rendez_vous_rendezvous"} <= set(tables)
    avant = _empreintes(tables)
    for adresse in adresses(monde, individu):
        reponse = client.get(adresse)
        assert reponse.status_code in (200, 302, 404, 405), adresse
        apres = _empreintes(tables)
        changees = [t for t in tables if apres[t] != avant[t]]
        assert changees == [], adresse
