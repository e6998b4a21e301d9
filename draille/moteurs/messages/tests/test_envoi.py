"""Envoyer ce qui est dû : chaque canal, les refus, les pannes, l'abandon, la reprise."""

import io
import json
from datetime import timedelta

import icalendar
import psycopg
import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from conftest import INSTANT
from draille.moteurs.messages.adaptateur import annuler
from draille.moteurs.messages.adaptateur_calendrier import Evenement
from draille.moteurs.messages.adaptateur_envoi import envoyer_dus
from draille.moteurs.messages.adaptateur_lettre import lettre
from draille.moteurs.messages.models import Message, Tentative
from draille.moteurs.messages.tests.conftest import LE
from draille.moteurs.messages.tests.receveurs import PasserelleSms, ServeurSmtp
from draille.noyau.journal.models import LigneJournal

PLUS_TARD = INSTANT + timedelta(minutes=6)


@pytest.fixture(autouse=True)
def _reglages(settings, tmp_path):
    settings.DRAILLE_MESSAGES_DOSSIER = tmp_path
    settings.DRAILLE_SMTP_TLS = False
    settings.DRAILLE_SMS_JETON = "secret"


@pytest.fixture
def smtp(settings):
    with ServeurSmtp() as serveur:
        settings.DRAILLE_DEMONSTRATION = False
        settings.DRAILLE_SMTP_HOTE, settings.DRAILLE_SMTP_PORT = "127.0.0.1", serveur.port
        yield serveur


@pytest.fixture
def sms(settings):
    with PasserelleSms() as passerelle:
        settings.DRAILLE_DEMONSTRATION = False
        settings.DRAILLE_SMS_URL = passerelle.adresse
        yield passerelle


def _envoyer(instant=INSTANT, limite=50):
    return envoyer_dus(instant=instant, limite=limite)


def _relu(message):
    return Message.objects.get(pk=message.pk)


def test_le_courrier_va_au_bureau_d_ordre_en_pdf_avec_sa_preuve(decor, tmp_path):
    message = decor.deposer(decor.personne(), est_algorithmique=True)
    assert _envoyer().remis == 1
    (fichier,) = tmp_path.rglob("*.pdf")
    assert fichier.stem == str(message.cle_envoi)
    relu, preuve = _relu(message), Tentative.objects.get(message=message)
    assert (relu.etat, relu.remis_le) == ("remis", INSTANT)
    assert lettre(message=relu) == fichier.read_bytes()
    assert preuve.est_reussie
    assert preuve.destination == message.destination
    assert preuve.empreinte
    assert "bureau d'ordre" in preuve.reponse
    ligne = LigneJournal.objects.get(code="messages.remettre")
    assert ligne.charge == {"canal": "courrier", "tentative": 1}
    assert bytes(relu.piece)[:4] != b"%PDF"


def test_la_lettre_est_un_pdf_accessible_et_dit_le_texte(decor):
    message = decor.deposer(decor.personne(), est_algorithmique=True)
    pdf = pypdf.PdfReader(io.BytesIO(lettre(message=message)))
    racine = pdf.trailer["/Root"]
    assert racine["/Lang"].startswith("fr")
    assert racine["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in racine
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in racine["/Metadata"].get_data().decode()
    assert pdf.metadata.title == message.sujet
    texte = " ".join("\n".join(page.extract_text() for page in pdf.pages).split())
    for dit in (
        "Éléonore Bœuf 3 rue des Tables 43100 BRIOUDE",
        "ne pas expédier",
        "mardi 3 novembre 2020 à 14 h",
        "Département de la Haute-Loire",
        "Commission d'accès aux documents administratifs",
    ):
        assert dit in texte
    assert _titres(racine["/StructTreeRoot"]) == {"/H1": 1, "/H2": 1}


def _titres(noeud):
    comptes = {}
    pile = [noeud]
    while pile:
        objet = pile.pop()
        objet = objet.get_object() if hasattr(objet, "get_object") else objet
        if isinstance(objet, list):
            pile.extend(objet)
        elif isinstance(objet, dict):
            if str(objet.get("/S", "")) in ("/H1", "/H2"):
                comptes[str(objet["/S"])] = comptes.get(str(objet["/S"]), 0) + 1
            if "/K" in objet:
                pile.append(objet["/K"])
    return comptes


def test_les_memes_donnees_font_le_meme_pdf(decor):
    message = decor.deposer(decor.personne())
    assert lettre(message=message) == lettre(message=message)


def test_le_courriel_part_par_smtp_avec_lettre_et_rendez_vous(decor, joignable, smtp):
    evenement = Evenement(
        uid="rdv-7@draille",
        debut=INSTANT + timedelta(days=3),
        fin=INSTANT + timedelta(days=3, hours=1),
        lieu="Brioude",
        resume="Rendez-vous",
    )
    message = decor.deposer(joignable, evenement=evenement)
    assert _envoyer().remis == 1
    (recu,) = smtp.messages
    assert recu["Message-ID"] == f"<{message.cle_envoi}@example.org>"
    assert recu["To"] == "e.boeuf@example.org"
    assert "mardi 3 novembre 2020" in recu["Subject"]
    corps, piece, invitation = recu.iter_parts()
    assert "Maison du Département" in corps.get_content()
    assert piece.get_content()[:5] == b"%PDF-"
    assert invitation.get_content_type() == "text/calendar"
    assert invitation.get_param("method") == "REQUEST"
    calendrier = icalendar.Calendar.from_ical(invitation.get_content())
    assert calendrier["METHOD"] == "REQUEST"
    (rendez_vous,) = calendrier.walk("VEVENT")
    assert rendez_vous["UID"] == "rdv-7@draille"
    assert rendez_vous.decoded("DTSTART") == evenement.debut
    assert "queued as 1" in Tentative.objects.get(message=message).reponse


def test_une_annulation_retire_le_rendez_vous_de_l_agenda(decor, joignable, smtp):
    evenement = Evenement(
        uid="rdv-7@draille",
        debut=INSTANT,
        fin=INSTANT + timedelta(hours=1),
        lieu="",
        resume="x",
        sequence=1,
        est_annule=True,
    )
    decor.deposer(joignable, "annulation_rendez_vous", evenement=evenement)
    _envoyer()
    invitation = list(smtp.messages[0].iter_parts())[-1]
    assert invitation.get_param("method") == "CANCEL"
    assert "STATUS:CANCELLED" in invitation.get_content()


def test_un_rappel_part_sans_lettre(decor, joignable, smtp):
    decor.deposer(joignable, "rappel_rendez_vous")
    _envoyer()
    assert not list(smtp.messages[0].iter_attachments())


def test_le_sms_part_par_la_passerelle_avec_sa_cle(decor, sms):
    message = decor.deposer(decor.personne(telephone="06 39 98 01 23"))
    assert message.canal == "sms"
    assert _envoyer().remis == 1
    ((_, cle, corps),) = sms.demandes
    assert cle == corps["cle"] == str(message.cle_envoi)
    assert corps["destinataire"] == "+33639980123"
    assert "Brioude" in corps["texte"]
    assert "sms-1" in Tentative.objects.get(message=message).reponse


@pytest.mark.parametrize(("heure", "remis"), [(5, 0), (6, 1), (17, 1), (18, 0)])
def test_un_sms_n_eveille_personne(decor, sms, heure, remis):
    decor.deposer(decor.personne(telephone="06 39 98 01 23"))
    # En UTC ; fin septembre, Paris a deux heures de plus.
    instant = (INSTANT - timedelta(days=30)).replace(hour=heure)
    Message.objects.update(prochaine_tentative_le=instant)
    assert _envoyer(instant).remis == len(sms.demandes) == remis


def test_en_demonstration_rien_ne_sort_du_dossier(decor, joignable, tmp_path):
    decor.deposer(joignable)
    decor.deposer(joignable, canal="sms")
    decor.deposer(joignable, canal="courrier")
    assert _envoyer().remis == 3
    assert sorted(f.suffix for f in tmp_path.rglob("*.*")) == [".eml", ".json", ".pdf"]
    (fichier,) = tmp_path.rglob("*.json")
    assert json.loads(fichier.read_text())["destinataire"] == "+33639980123"


@pytest.mark.parametrize("code", [400, 404, 422])
def test_un_refus_definitif_abandonne_tout_de_suite(decor, sms, code):
    message = decor.deposer(decor.personne(telephone="0639980123"))
    sms.codes["+33639980123"] = code
    assert _envoyer().abandonnes == 1
    assert _relu(message).etat == "abandonne"
    charge = LigneJournal.objects.get(code="messages.abandonner").charge
    assert charge == {"canal": "sms", "tentatives": 1, "motif": "destination_refusee"}


@pytest.mark.parametrize(
    ("code", "motif"),
    [(500, "receveur_occupe"), (429, "receveur_occupe"), (401, "jeton_refuse")],
)
def test_une_passerelle_en_peine_fait_attendre_sans_user_les_autres(decor, sms, code, motif):
    messages = [decor.deposer(decor.personne(telephone="0639980123")) for _ in range(3)]
    sms.codes["+33639980123"] = code
    bilan = _envoyer()
    assert bilan.pannes == {"sms": motif}
    assert bilan.essais == len(sms.demandes) == 1
    assert [_relu(m).tentatives for m in messages] == [1, 0, 0]


def test_une_redirection_n_emporte_pas_le_jeton(decor, sms):
    sms.codes["+33639980123"] = 302
    message = decor.deposer(decor.personne(telephone="0639980123"))
    assert _envoyer().remis_plus_tard == 1
    assert _relu(message).etat == "a_envoyer"


def test_une_adresse_refusee_n_arrete_pas_les_suivantes(decor, smtp):
    perdue = decor.deposer(decor.personne(courriel="perdu@example.org"))
    occupee = decor.deposer(decor.personne(courriel="pleine@example.org"))
    bonne = decor.deposer(decor.personne(courriel="bon@example.org"))
    smtp.refuse, smtp.occupe = {"perdu@example.org"}, {"pleine@example.org"}
    bilan = _envoyer()
    assert (bilan.remis, bilan.abandonnes, bilan.remis_plus_tard) == (1, 1, 1)
    assert [_relu(m).etat for m in (perdue, occupee, bonne)] == ["abandonne", "a_envoyer", "remis"]
    assert [m["To"] for m in smtp.messages] == ["bon@example.org"]
    smtp.occupe = set()
    assert _envoyer(PLUS_TARD).remis == 1


def test_une_erreur_imprevue_n_arrete_pas_les_suivants(decor, smtp):
    imprevue = decor.deposer(decor.personne(courriel="e@bœuf.example"))
    bonne = decor.deposer(decor.personne(courriel="bon@example.org"))
    bilan = _envoyer()
    assert (bilan.remis, bilan.remis_plus_tard) == (1, 1)
    assert _relu(bonne).etat == "remis"
    assert Tentative.objects.get(message=imprevue).motif == "imprevu"


def test_le_recul_double_puis_l_abandon_alerte(decor, settings):
    settings.DRAILLE_DEMONSTRATION = False
    settings.DRAILLE_SMTP_HOTE, settings.DRAILLE_SMTP_PORT = "127.0.0.1", 1
    message = decor.deposer(decor.personne(courriel="e@example.org"))
    attentes, instant = [], INSTANT
    while _relu(message).etat == "a_envoyer":
        bilan = _envoyer(instant)
        assert bilan.pannes == {"courriel": "receveur_injoignable"}
        suivant = _relu(message).prochaine_tentative_le
        attentes.append((suivant - instant) // timedelta(minutes=1))
        assert _envoyer(instant).essais == 0
        instant = suivant
    assert attentes[:-1] == [5, 10, 20, 40, 80, 160, 320, 640, 720, 720, 720, 720, 720]
    assert _relu(message).etat == "abandonne"
    assert Tentative.objects.filter(message=message, est_reussie=False).count() == 14


def test_un_message_differe_attend_son_heure_et_ne_part_pas_s_il_est_annule(decor, joignable):
    veille = INSTANT + timedelta(days=2)
    garde = decor.deposer(joignable, "rappel_rendez_vous", a_envoyer_le=veille)
    retire = decor.deposer(joignable, "rappel_rendez_vous", a_envoyer_le=veille, objet_id=8)
    assert _envoyer().essais == 0
    annuler(objet_id=8, par=decor.par, le=LE)
    assert _envoyer(veille).remis == 1
    assert (_relu(garde).etat, _relu(retire).etat) == ("remis", "annule")


def test_un_envoi_interrompu_repart_apres_le_bail_sous_la_meme_cle(decor, joignable, smtp):
    message = decor.deposer(joignable)
    Message.objects.filter(pk=message.pk).update(
        etat="en_cours", pris_le=INSTANT, tentatives=1, prochaine_tentative_le=PLUS_TARD
    )
    assert _envoyer().essais == 0
    assert _envoyer(PLUS_TARD).remis == 1
    assert list(smtp.distincts) == [f"<{message.cle_envoi}@example.org>"]
    essais = Tentative.objects.filter(message=message).order_by("rang")
    assert [(t.rang, t.est_reussie, t.motif) for t in essais] == [
        (1, False, "interrompu"),
        (2, True, ""),
    ]


def test_un_envoi_interrompu_puis_annule_ne_recommence_pas(decor, joignable, smtp):
    message = decor.deposer(joignable)
    Message.objects.filter(pk=message.pk).update(
        etat="en_cours", pris_le=INSTANT, tentatives=1, prochaine_tentative_le=PLUS_TARD
    )
    assert annuler(objet_id=7, par=decor.par, le=LE) == 1
    assert _relu(message).etat == "en_cours"
    assert _envoyer(PLUS_TARD).annules == 1
    assert _relu(message).etat == "annule"
    assert smtp.recus == []


@pytest.mark.parametrize("sql", ["UPDATE {} SET reponse = 'oui'", "DELETE FROM {}", "TRUNCATE {}"])
def test_l_application_ne_recrit_pas_une_preuve(decor, joignable, sql):
    decor.deposer(joignable)
    _envoyer()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(sql.format("messagerie_tentative"))


@pytest.mark.parametrize("sql", ["UPDATE {} SET corps = 'y'", "DELETE FROM {}", "TRUNCATE {}"])
def test_le_proprietaire_non_plus_ne_recrit_pas_un_modele(proprietaire, sql):
    proprietaire.execute(
        "INSERT INTO messagerie_modelemessage (code, canal, version, libelle, sujet, corps,"
        " est_algorithmique, du) VALUES ('x', 'sms', 1, 'x', '', 'x', false, '2020-01-01')"
    )
    with pytest.raises(psycopg.errors.RestrictViolation):
        proprietaire.execute(sql.format("messagerie_modelemessage"))
