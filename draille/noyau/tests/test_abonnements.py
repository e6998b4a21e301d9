"""Les abonnements : servis au moins une fois, aucune ligne sautée, même validée en désordre.

Deux vraies connexions, sur une base copiée pour l'essai : une transaction ne voit pas l'autre.
"""

import threading
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from conftest import PROPRIETAIRE
from draille.noyau.journal import actes, registre
from draille.noyau.journal.actes import Sujet, consigner, livrer
from draille.noyau.journal.models import Curseur, LigneJournal
from draille.noyau.journal.registre import Abonnement
from draille.noyau.personne.actes import Inscrire
from draille.socle import contexte
from draille.socle.acces import acces_systeme

INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)
LE = date(2020, 10, 15)
SYSTEME = acces_systeme(nom="essai")
CODE = "personne.inscrire"


class Abonne:
    """Un abonné qui note ce qu'on lui sert, et peut tomber en panne."""

    def __init__(self, nom: str, *, est_immediat: bool = False) -> None:
        self.lots: list[list[int]] = []
        self.pannes = 0
        self.declare = Abonnement(
            nom=nom, codes=(CODE,), traiter=self.traiter, est_immediat=est_immediat
        )

    @property
    def servies(self) -> list[int]:
        return [n for lot in self.lots for n in lot]

    def traiter(self, lot: Any, par: Any) -> None:
        requete, parametres = lot.sql()
        with connection.cursor() as curseur:
            curseur.execute(f"SELECT l.id FROM {requete} l ORDER BY l.id", parametres)
            self.lots.append([n for (n,) in curseur.fetchall()])
        if self.pannes:
            self.pannes -= 1
            raise RuntimeError("panne de l'abonné")


@pytest.fixture
def abonner(monkeypatch):
    """Met seuls à l'écoute les abonnés de l'essai."""
    monkeypatch.setattr(registre, "_abonnements", {})

    def inscrire(nom: str, *, est_immediat: bool = False) -> Abonne:
        abonne = Abonne(nom, est_immediat=est_immediat)
        registre.s_abonner(abonne.declare)
        return abonne

    return inscrire


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: Any):
    """Une base jetable, où les transactions se valident vraiment."""
    reglage = connections["default"].settings_dict
    essais, jetable = reglage["NAME"], f"{reglage['NAME']}_abonnes"

    def postgres(requete: str) -> None:
        with psycopg.connect(
            host=reglage["HOST"],
            port=reglage["PORT"],
            user=PROPRIETAIRE["USER"],
            password=PROPRIETAIRE["PASSWORD"],
            dbname="postgres",
            autocommit=True,
        ) as lien:
            lien.execute(requete)

    detruire = f'DROP DATABASE IF EXISTS "{jetable}" WITH (FORCE)'
    with django_db_blocker.unblock():
        connection.close()
        postgres(detruire)
        postgres(f'CREATE DATABASE "{jetable}" TEMPLATE "{essais}"')
    yield jetable
    with django_db_blocker.unblock():
        connection.close()
        postgres(detruire)


@pytest.fixture
def validees(base: str, abonner: Any):
    """Branche Django sur la base jetable : ici, une transaction finit pour de bon."""
    des_essais = connections["default"]
    jetable = des_essais.copy()
    jetable.settings_dict["NAME"] = base
    connections["default"] = jetable
    try:
        yield abonner
    finally:
        jetable.close()
        connections["default"] = des_essais


def _ecrire(origine: str = "essai") -> int:
    with contexte.ouvrir(acces=SYSTEME, instant=INSTANT):
        return consigner(charge=Inscrire(origine), par=SYSTEME, le=LE, sujet=Sujet()).pk


def _livrer() -> int:
    return livrer(par=SYSTEME, instant=INSTANT)


def _reglage() -> dict[str, Any]:
    return dict(connections["default"].settings_dict)


def _autre_connexion(reglage: dict[str, Any] | None = None) -> psycopg.Connection[Any]:
    """Une session nue ; un autre fil, dont Django ignore la base jetable, la donne."""
    reglage = reglage or _reglage()
    lien = psycopg.connect(
        host=reglage["HOST"],
        port=reglage["PORT"],
        user=settings.BASE_APPLICATION["USER"],
        password=settings.BASE_APPLICATION["PASSWORD"],
        dbname=reglage["NAME"],
    )
    lien.execute("SELECT set_config('draille.instant', %s, true)", [INSTANT.isoformat()])
    return lien


def _inserer(lien: psycopg.Connection[Any]) -> int:
    return lien.execute(
        "INSERT INTO noyau_lignejournal (code, version, le, charge)"
        ' VALUES (%s, 1, %s, \'{"origine": "autre"}\') RETURNING id',
        [CODE, LE],
    ).fetchone()[0]


# Marqué, pour que pytest-django crée la base que l'on copie.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("abonnements")]


def test_deux_transactions_validees_en_desordre_ne_perdent_aucune_ligne(validees):
    """La première écrit la ligne basse et valide la dernière : elle doit être servie quand même."""
    abonne = validees("desordre")
    _livrer()
    abonne.lots.clear()
    with _autre_connexion() as lente:
        basse = _inserer(lente)
        haute = _ecrire()
        assert basse < haute
        _livrer()
        assert basse not in abonne.servies
        lente.commit()
    _livrer()
    _livrer()
    assert sorted(abonne.servies) == [basse, haute]


def test_des_ecrivains_et_des_livraisons_ensemble_ne_perdent_ni_ne_doublent(validees):
    abonne = validees("ensemble")
    _livrer()
    abonne.lots.clear()
    ecrites: list[int] = []
    fini, reglage = threading.Event(), _reglage()

    def ecrivain(graine: int) -> None:
        for rang in range(25):
            with _autre_connexion(reglage) as lien:
                numero = _inserer(lien)
                if (rang + graine) % 5 == 0:
                    lien.rollback()
                    continue
                if (rang + graine) % 3 == 0:
                    fini.wait(0.004)
            ecrites.append(numero)

    fils = [threading.Thread(target=ecrivain, args=(g,)) for g in range(3)]
    for fil in fils:
        fil.start()
    while any(fil.is_alive() for fil in fils):
        _livrer()
        fini.wait(0.01)
    for fil in fils:
        fil.join()
    _livrer()
    assert len(ecrites) == 60
    assert sorted(abonne.servies) == sorted(ecrites)


def test_une_panne_se_rejoue_au_complet(validees):
    abonne = validees("panne")
    _livrer()
    abonne.lots.clear()
    abonne.pannes = 1
    numero = _ecrire()
    with pytest.raises(RuntimeError, match="panne"):
        _livrer()
    assert _livrer() == 1
    assert abonne.lots == [[numero], [numero]]
    assert _livrer() == 0


def test_la_panne_dun_abonne_ne_fait_pas_perdre_la_ligne_aux_autres(validees):
    sain, malade = validees("a_sain"), validees("b_malade")
    _livrer()
    sain.lots.clear()
    malade.lots.clear()
    malade.pannes = 1
    numero = _ecrire()
    with pytest.raises(RuntimeError):
        _livrer()
    _livrer()
    assert sain.servies == [numero]
    assert malade.servies == [numero, numero]


def test_un_abonne_nouveau_recoit_toute_lhistoire(validees):
    numero = _ecrire()
    abonne = validees("nouveau")
    _livrer()
    assert numero in abonne.servies
    with contexte.ouvrir(acces=SYSTEME, instant=INSTANT):
        assert len(abonne.servies) == LigneJournal.objects.filter(code=CODE).count()
        assert Curseur.objects.filter(nom="nouveau").count() == 1


def test_un_code_etranger_nest_pas_servi(validees):
    abonne = validees("etranger")
    _livrer()
    abonne.lots.clear()
    with _autre_connexion() as lien:
        lien.execute(
            "INSERT INTO noyau_lignejournal (code, version, le, charge)"
            " VALUES ('essai.autre', 1, %s, '{}')",
            [LE],
        )
    assert _livrer() == 0
    assert abonne.lots == []


def test_un_abonne_immediat_est_servi_dans_la_transaction_de_lacte(validees):
    abonne = validees("immediat", est_immediat=True)
    with pytest.raises(RuntimeError), transaction.atomic():
        contexte.poser(acces=SYSTEME, instant=INSTANT)
        ligne = consigner(charge=Inscrire("x"), par=SYSTEME, le=LE, sujet=Sujet())
        assert abonne.lots == [[ligne.pk]]
        raise RuntimeError("défait")
    assert _livrer() == 0
    numero = _ecrire()
    assert abonne.lots[1:] == [[numero]]


def test_un_immediat_en_panne_defait_lacte(validees):
    abonne = validees("fragile", est_immediat=True)
    abonne.pannes = 1
    with contexte.ouvrir(acces=SYSTEME, instant=INSTANT):
        avant = LigneJournal.objects.count()
    with pytest.raises(RuntimeError):
        _ecrire()
    with contexte.ouvrir(acces=SYSTEME, instant=INSTANT):
        assert LigneJournal.objects.count() == avant


def test_un_lot_ne_sert_que_les_lignes_de_son_acte(validees):
    """Deux actes dans une transaction : l'immédiat reçoit chaque ligne une seule fois."""
    abonne = validees("par_acte", est_immediat=True)
    with contexte.ouvrir(acces=SYSTEME, instant=INSTANT):
        numeros = [
            consigner(charge=Inscrire(o), par=SYSTEME, le=LE, sujet=Sujet()).pk for o in "ab"
        ]
    assert abonne.lots == [[n] for n in numeros]


def test_consigner_hors_transaction_est_une_erreur(validees):
    with pytest.raises(AssertionError, match="transaction"):
        actes.consigner(charge=Inscrire("x"), par=SYSTEME, le=LE, sujet=Sujet())


def test_deux_abonnements_de_meme_nom_sont_refuses(abonner):
    abonner("nom")
    with pytest.raises(ValueError, match="déclaré deux fois"):
        abonner("nom")
