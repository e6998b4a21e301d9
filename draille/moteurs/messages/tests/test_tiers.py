"""Le courriel à un partenaire : il part avec son lien, et n'en laisse pas trace."""

from datetime import timedelta

import pytest

from conftest import INSTANT
from draille.moteurs.messages.adaptateur import annuler
from draille.moteurs.messages.adaptateur_envoi import envoyer_dus
from draille.moteurs.messages.adaptateur_reprise import relancer
from draille.moteurs.messages.adaptateur_tiers import MARQUE, EnvoiTiers, deposer_tiers
from draille.moteurs.messages.models import Message, Tentative
from draille.moteurs.messages.tests.conftest import LE
from draille.moteurs.messages.tests.receveurs import ServeurSmtp
from draille.socle.acces import Compartiment
from draille.socle.refus import Refus

LIEN = "https://exemple.fr/reponse/Jeton-Secret_123/"
CHAMPS = {
    "organisation": "Le Relais",
    "avant_le": "vendredi 30 octobre 2020",
    "jusqu_au": "samedi 14 novembre 2020",
}


@pytest.fixture
def smtp(settings, tmp_path):
    with ServeurSmtp() as serveur:
        settings.DRAILLE_MESSAGES_DOSSIER = tmp_path
        settings.DRAILLE_DEMONSTRATION = False
        settings.DRAILLE_SMTP_TLS = False
        settings.DRAILLE_SMTP_HOTE, settings.DRAILLE_SMTP_PORT = "127.0.0.1", serveur.port
        yield serveur


def _deposer(decor, destination="relais@exemple.org", **champs):
    return deposer_tiers(
        envoi=EnvoiTiers(
            personne=decor.personne(courriel="a.boeuf@exemple.org"),
            destination=destination,
            modele="orientation_partenaire",
            champs={**CHAMPS, **champs},
            lien=LIEN,
            objet_id=12,
            compartiment=Compartiment.INSERTION,
        ),
        par=decor.par,
        le=LE,
    )


def test_le_lien_arrive_chez_le_partenaire_et_s_efface(decor, smtp):
    message = _deposer(decor)
    assert MARQUE in message.contenu
    assert "Jeton-Secret" not in message.contenu
    assert b"Jeton-Secret" not in bytes(message.secret)
    assert envoyer_dus(instant=INSTANT, limite=5).remis == 1
    (recu,) = smtp.messages
    corps = recu.get_body().get_content()
    assert recu["To"] == "relais@exemple.org"
    assert LIEN in corps
    assert not [mot for mot in ("Bœuf", "Éléonore") if mot in corps + recu["Subject"]]
    message.refresh_from_db()
    assert (message.etat, message.secret) == (Message.Etat.REMIS, None)
    assert list(recu.iter_attachments()) == []


def test_relance_a_la_main_il_retourne_chez_le_partenaire_jamais_chez_la_personne(decor, smtp):
    message = _deposer(decor)
    smtp.refuse.add("relais@exemple.org")
    assert envoyer_dus(instant=INSTANT, limite=5).abandonnes == 1
    smtp.refuse.clear()
    with pytest.raises(Refus, check=lambda r: r.code == "messages.canal_inconnu"):
        relancer(message_id=message.pk, par_courrier=True, par=decor.par, le=LE)
    relancer(message_id=message.pk, par=decor.par, le=LE)
    assert envoyer_dus(instant=INSTANT + timedelta(minutes=1), limite=5).remis == 1
    (recu,) = smtp.messages
    assert recu["To"] == "relais@exemple.org"
    assert LIEN in recu.get_body().get_content()


def test_annule_il_perd_son_lien(decor):
    message = _deposer(decor)
    assert annuler(objet_id=12, modele="orientation_partenaire", par=decor.par, le=LE) == 1
    message.refresh_from_db()
    assert (message.etat, message.secret) == (Message.Etat.ANNULE, None)


def test_sans_lien_rien_ne_part(decor, smtp):
    message = _deposer(decor)
    Message.objects.filter(pk=message.pk).update(secret=None)
    assert envoyer_dus(instant=INSTANT, limite=5).abandonnes == 1
    assert smtp.messages == []
    assert Tentative.objects.get(message=message).motif == "lien_efface"


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"destination": "pas une adresse"}, "messages.adresse_absente"),
        ({"destination": ""}, "messages.adresse_absente"),
        ({"prenom": "Éléonore"}, "messages.champ_inconnu"),
        ({"avant_le": ""}, "messages.champ_absent"),
    ],
)
def test_ce_qui_ne_peut_pas_partir_est_refuse(decor, champs, code):
    with pytest.raises(Refus, check=lambda r: r.code == code):
        _deposer(decor, **champs)
