"""Un accueil anonyme ne laisse, nulle part dans la base, rien qui dise qui est venu.

Toute la base est balayée : chaque ligne de chaque table, toutes colonnes, en texte et en octets.
"""

import logging
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client

from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.actes import OrientationSaisie, ReponseSaisie
from draille.mesures.accueil_social.models import Accueil
from draille.mesures.accueil_social.tests import fabrique as f
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.personne.actes import Identite
from draille.noyau.territoire.models import Territoire
from draille.socle import contexte
from draille.socle.acces import PAS, PERSONNEL, Acces, Compartiment, Role

GLISSES = ("Zwingelstein", "Clotaire", "0698765432", "clotaire@zw.example", "dialyse")
# Toutes les clés générales, y compris celles des notes privées et des partenaires.
TOUTES_LES_CLES = [n * PAS for n in (*Compartiment, PERSONNEL)]


def balayer(mots: tuple[str, ...] = GLISSES) -> dict[str, set[str]]:
    """Les tables où l'un de ces mots se lit, et lesquels ; chaque ligne entière, octets compris."""
    trouves: dict[str, set[str]] = {}
    with contexte.elargi(cles=TOUTES_LES_CLES), connection.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'"
        )
        for (table,) in curseur.fetchall():
            for mot in mots:
                curseur.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s OR t::text ILIKE %s',
                    [f"%{mot}%", f"%{mot.encode().hex()}%"],
                )
                if curseur.fetchone()[0]:
                    trouves.setdefault(table, set()).add(mot)
    return trouves


def _glisser(identite: str, point_id: int, partenaire_id: int) -> dict[str, Any]:
    """Tout ce qu'une page, ou quelqu'un qui la contourne, peut envoyer à la fois."""
    return {
        "identite": identite,
        "nouvelle": Identite(nom_naissance="Zwingelstein", prenom="Clotaire"),
        "telephone": "0698765432",
        "courriel": "clotaire@zw.example",
        "paroles": "Clotaire Zwingelstein, en dialyse",
        "heure": time(9, 41),
        "besoins": ("sante",),
        "reponses": (ReponseSaisie(genre="information", besoin="sante"),),
        "point_id": point_id,
        "orientations": (
            OrientationSaisie(
                partenaire_id=partenaire_id,
                point_id=point_id,
                portee=("nom", "telephone", "message"),
                forme_consentement="oral",
                message="Clotaire est en dialyse",
            ),
        ),
        "suite": "Rappeler Clotaire au 0698765432",
        "suite_le": f.LE + timedelta(days=3),
        "note_partagee": "Zwingelstein : dialyse",
        "note_privee": "clotaire@zw.example",
    }


@pytest.fixture
def glisser(systeme: Acces):
    agent = f.acces()
    lieu, partenaire = f.lieu(), f.partenaire()
    f.au(f.LE, agent)

    def _accueillir(identite: str) -> Accueil:
        dits = _glisser(identite, lieu.pk, partenaire.pk)
        return actes.accueillir(saisie=f.saisie(**dits), par=agent, le=f.LE)

    return _accueillir


def test_le_balayage_voit_ce_qui_est_garde_d_une_personne_nommee(glisser):
    glisser("nouvelle")
    trouves = balayer()
    assert set.union(*trouves.values()) == set(GLISSES)
    attendues = {"noyau_personne", "accueil_social_accueil", "accueil_social_note"}
    assert attendues | {"partage_orientation"} <= set(trouves)
    # Le journal, permanent, n'a jamais ni nom ni mot.
    assert "noyau_lignejournal" not in trouves


def test_un_accueil_anonyme_ne_laisse_rien_de_ce_que_l_on_y_glisse(glisser):
    accueil = glisser("anonyme")
    assert balayer() == {}
    accueil.refresh_from_db()
    assert (accueil.heure, accueil.suite_le, accueil.personne_id) == (None, None, None)
    assert [r.genre for r in accueil.reponses.order_by("pk")] == ["information", "lieu_indique"]


def test_completer_ou_rectifier_un_anonyme_n_y_glisse_rien(glisser):
    accueil, agent = glisser("anonyme"), f.acces()
    dits = _glisser("anonyme", accueil.point_id or 0, 1)
    actes.completer(accueil_id=accueil.pk, orientations=dits["orientations"], par=agent, le=f.LE)
    changements = {c: dits[c] for c in ("paroles", "suite", "suite_le", "heure")}
    actes.rectifier(accueil_id=accueil.pk, changements=changements, par=agent, le=f.LE)
    assert balayer() == {}


@pytest.mark.parametrize(
    "glisse",
    [
        {"paroles": "Zwingelstein"},
        {"suite": "Zwingelstein"},
        {"suite_le": f.LE},
        {"heure": time(9)},
    ],
)
def test_la_base_elle_meme_refuse_des_mots_sur_un_anonyme(glisser, glisse):
    accueil = glisser("anonyme")
    with (
        pytest.raises(IntegrityError, match="accueil_anonyme_sans_trace"),
        transaction.atomic(),
    ):
        Accueil.objects.filter(pk=accueil.pk).update(**glisse)


def test_le_journal_d_un_anonyme_n_a_que_des_codes(glisser):
    glisser("anonyme")
    with connection.cursor() as curseur:
        curseur.execute("SELECT code, personne_id, charge FROM noyau_lignejournal")
        lignes = curseur.fetchall()
    assert [(code, personne) for code, personne, _ in lignes] == [
        ("accueil_social.accueillir", None)
    ]


@pytest.fixture
def guichet(systeme: Acces, monkeypatch: pytest.MonkeyPatch) -> Client:
    """L'agent d'accueil, connecté à la vraie page."""
    monkeypatch.setenv("DRAILLE_DATE", f.LE.isoformat())
    agent = Agent.objects.create(
        identifiant="essai.guichet", nom="Essai", prenom="Guichet", organisation=f.organisation()
    )
    departement = Territoire.objects.create(
        nature="departement", code="43", nom="Haute-Loire", debut=f.DEPUIS
    )
    Habilitation.objects.create(
        agent=agent,
        compartiment=f.SOCIAL,
        territoire=departement,
        role=Role.ACCUEIL,
        debut=f.DEPUIS,
    )
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _postee(qui: str, point_id: int, partenaire_id: int) -> dict[str, Any]:
    """Tous les champs de la page remplis, comme si l'on changeait d'avis à la fin."""
    return {
        "envoi": str(uuid4()),
        "qui": qui,
        "personne": "nouvelle",
        "nom": "Zwingelstein",
        "prenom": "Clotaire",
        "naissance": "12/03/1984",
        "telephone": "0698765432",
        "courriel": "clotaire@zw.example",
        "commune": f.commune().pk,
        "point": point_id,
        "heure": "09:41",
        "besoins": ["sante"],
        "paroles": "Clotaire Zwingelstein, en dialyse",
        "reponses": ["information"],
        "lieux": [f"sante:{point_id}"],
        "suivis": [f"sante:{point_id}"],
        "suite": "Rappeler Clotaire au 0698765432",
        "suite_le": "2020-09-10",
        "note_partagee": "Zwingelstein : dialyse",
        "note_privee": "clotaire@zw.example",
        "o1-partenaire": partenaire_id,
        "o1-portee": ["nom", "telephone", "message"],
        "o1-forme": "oral",
        "o1-message": "Clotaire est en dialyse",
    }


@pytest.mark.parametrize(("qui", "reste"), [("nommee", True), ("anonyme", False)])
def test_la_page_ne_laisse_rien_en_base_en_session_ni_au_journal_technique(
    guichet, systeme, caplog, qui, reste
):
    caplog.set_level(logging.DEBUG)
    lieu, partenaire = f.lieu(besoins=["sante"]), f.partenaire()
    dits = _postee(qui, lieu.pk, partenaire.pk)
    # Ce que la page envoie pendant que l'on tape, puis sans JavaScript, puis pour de bon.
    guichet.get("/accueillir/suggestions/", dits)
    guichet.get("/accueillir/lieux/", dits)
    assert guichet.post("/accueillir/", {**dits, "etape": "chercher"}).status_code == 200
    for _ in range(2):
        assert guichet.post("/accueillir/", dits).status_code == 302
    guichet.get("/accueils/")
    f.au(f.LE, systeme)
    assert Accueil.objects.get().identite == {"nommee": "nouvelle", "anonyme": "anonyme"}[qui]
    assert bool(balayer()) is reste
    # Une session se range compressée : on la lit, on ne cherche pas dans ses octets.
    sessions = [str(s.get_decoded()) for s in Session.objects.all()]
    assert sessions
    for mot in GLISSES:
        assert not any(mot in session for session in sessions)
        assert mot not in caplog.text
