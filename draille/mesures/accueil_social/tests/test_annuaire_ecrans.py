"""Les écrans de l'annuaire, tels qu'un agent les parcourt."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from draille.mesures.accueil_social.tests import fabrique as f
from draille.moteurs.annuaire.models import (
    Confirmation,
    Horaire,
    ImportAnnuaire,
    LigneImport,
    Point,
)
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import Acces, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
Connecter = Callable[[Role], Client]
TIENNENT = {Role.TRAVAILLEUR_SOCIAL, Role.CADRE, Role.ADMINISTRATEUR}
CONFIRMENT = TIENNENT | {Role.ACCUEIL}
LISENT = CONFIRMENT | {Role.CHARGE_ORIENTATION, Role.REFERENT, Role.PILOTE}
FRANCE_SERVICES = (
    "id_fs,lib_fs,adresse,insee_com,code_postal,lib_com,latitude,longitude,telephone,h_lundi\n"
    "1,France services du Puy,2 rue Neuve,43157,43000,Le Puy-en-Velay,45.05,3.9,"
    "04 71 00 00 01,09:00 - 12:00\n"
    "2,Maison du Département antenne,12 avenue Foch,43157,43000,Le Puy-en-Velay,"
    "45.043,3.885,04 00 00 00 00,00:00 - 00:00\n"
    "3,France services perdue,,43157,43000,Le Puy-en-Velay,195.0,3.9,,\n"
)


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", f.LE.isoformat())
    f.au(f.LE, systeme)


@pytest.fixture
def connecter(systeme: Acces) -> Connecter:
    def _connecter(role: Role) -> Client:
        agent = Agent.objects.create(
            identifiant=f"essai.annuaire.{role}.{uuid4()}",
            nom="Essai",
            prenom=role.libelle,
            organisation=f.organisation(),
        )
        secteur, cree = Territoire.objects.get_or_create(
            nature="secteur", code="43157", defaults={"nom": "Secteur", "debut": f.DEPUIS}
        )
        if cree:
            TerritoireCommune.objects.create(
                territoire=secteur, commune=f.commune(), nature="secteur", debut=f.DEPUIS
            )
        Habilitation.objects.create(
            agent=agent, compartiment=f.SOCIAL, territoire=secteur, role=role, debut=f.DEPUIS
        )
        client = Client()
        client.force_login(agent, backend=MOTEUR)
        return client

    return _connecter


def _page(client: Client, nom: str, *arguments: object, **parametres: str) -> str:
    reponse = client.get(reverse(nom, args=arguments), parametres)
    assert reponse.status_code == 200, (nom, reponse.status_code)
    return reponse.content.decode()


def _fichier(contenu: str, nom: str = "lieux.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu.encode())


def test_a_chacun_ses_pages(connecter: Connecter) -> None:
    point = f.lieu()
    for role in Role:
        if role in (Role.SYSTEME, Role.PARTENAIRE):
            continue
        client = connecter(role)
        for nom, arguments, admis in (
            ("annuaire", (), LISENT),
            ("annuaire_point", (point.pk,), LISENT),
            ("annuaire_exporter", (), LISENT),
            ("annuaire_a_confirmer", (), CONFIRMENT),
            ("annuaire_a_confirmer_csv", (), CONFIRMENT),
            ("annuaire_nouveau", (), TIENNENT),
            ("annuaire_modifier", (point.pk,), TIENNENT),
            ("annuaire_horaires", (point.pk,), TIENNENT),
            ("annuaire_importer", (), TIENNENT),
        ):
            attendu = 200 if role in admis else 403
            statut = client.get(reverse(nom, args=arguments)).status_code
            assert statut == attendu, (role, nom, statut)


def test_chercher_par_besoin_lieu_et_ouverture(connecter: Connecter) -> None:
    f.lieu("Maison du Puy")
    f.lieu("Centre de Brioude", ou=f.brioude(), besoins=["emploi"], hors=True)
    f.lieu("Mairie muette", heures=False)
    client = connecter(Role.ACCUEIL)

    def noms(**criteres: str) -> list[str]:
        html = _page(client, "annuaire", **criteres)
        tous = ("Maison du Puy", "Centre de Brioude", "Mairie muette")
        return [nom for nom in tous if f">{nom}</a>" in html]

    assert len(noms()) == 3
    assert noms(besoin="emploi") == ["Centre de Brioude"]
    assert noms(q="brioude") == ["Centre de Brioude"]
    assert noms(tenu="departement") == ["Maison du Puy", "Mairie muette"]
    assert noms(tenu="autres") == ["Centre de Brioude"]
    # Un lundi ordinaire : les deux lieux aux heures connues ouvrent, l'autre ne se devine pas.
    assert noms(quand="jour") == ["Maison du Puy", "Centre de Brioude"]
    assert noms(besoin="magie", quand="jamais") == [
        "Maison du Puy",
        "Centre de Brioude",
        "Mairie muette",
    ]
    pres = _page(client, "annuaire", commune=str(f.brioude().pk))
    assert pres.index("Centre de Brioude</a>") < pres.index("Maison du Puy</a>")
    assert "horaires inconnus" in pres


def test_la_liste_ne_demande_pas_plus_quand_elle_grandit(connecter: Connecter) -> None:
    client = connecter(Role.ACCUEIL)

    def requetes() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captures:
            _page(client, "annuaire")
        return len(captures)

    f.lieu("Lieu 0")
    requetes()
    avant = requetes()
    for rang in range(1, 12):
        f.lieu(f"Lieu {rang}")
    assert requetes() == avant


def test_inscrire_un_lieu_puis_ses_heures(connecter: Connecter) -> None:
    client = connecter(Role.CADRE)
    saisie = {
        "nom": "Permanence de Vorey",
        "genre": "mairie",
        "forme": "permanence",
        "commune": str(f.commune().pk),
        "besoins": ["droits", "logement"],
        "est_premier_accueil": "on",
    }
    reponse = client.post(reverse("annuaire_nouveau"), {**saisie, "nom": " "})
    assert "Donnez un nom" in reponse.content.decode()
    reponse = client.post(reverse("annuaire_nouveau"), saisie)
    point = Point.objects.get(nom="Permanence de Vorey")
    assert reponse.headers["Location"] == reverse("annuaire_horaires", args=[point.pk])
    # Sans position dite, celle de la mairie de sa commune.
    assert (point.latitude, point.commune_id) == (f.commune().latitude, f.commune().pk)

    heures = {
        "jour_2": "9:00-12:00 / 14h-17h",
        "rangs_2": "1,3",
        "exceptions": "24/12/2020 au 26/12/2020 fermé\n31/12/2020 9:00-12:00",
    }
    adresse = reverse("annuaire_horaires", args=[point.pk])
    faux = client.post(adresse, {**heures, "jour_3": "de bon matin"}).content.decode()
    assert "« de bon matin »" in faux
    assert not Horaire.objects.filter(point=point).exists()
    client.post(adresse, heures)
    assert Horaire.objects.filter(point=point, jour=2, rangs=[1, 3]).count() == 2
    assert Horaire.objects.filter(point=point, est_fermeture=True).count() == 3
    # Le formulaire relit ce qu'il a écrit, et le renvoyer ne change rien.
    relu = _page(client, "annuaire_horaires", point.pk)
    assert "09:00-12:00 / 14:00-17:00" in relu
    assert "24/12/2020 au 26/12/2020 fermé" in relu
    fiche = _page(client, "annuaire_point", point.pk)
    assert "du mois)" in fiche


def test_modifier_confirmer_fermer(connecter: Connecter) -> None:
    point = f.lieu()
    client = connecter(Role.CADRE)
    envoi = {
        "nom": "Maison du Puy",
        "structure": point.structure.nom,
        "est_departement": "on",
        "genre": point.genre,
        "forme": point.forme,
        "commune": str(point.commune_id),
        "telephone": "04 71 00 00 99",
        "latitude": "45,05",
        "longitude": "3,89",
    }
    reponse = client.post(reverse("annuaire_modifier", args=[point.pk]), envoi)
    assert reponse.status_code == 302, reponse.content.decode()
    point.refresh_from_db()
    assert (point.nom, point.telephone, point.latitude) == (
        "Maison du Puy",
        "04 71 00 00 99",
        45.05,
    )
    assert point.confirme_le == f.LE

    accueil = connecter(Role.ACCUEIL)
    retour = reverse("annuaire_a_confirmer")
    reponse = accueil.post(
        reverse("annuaire_confirmer", args=[point.pk]), {"moyen": "Sur place", "retour": retour}
    )
    assert reponse.headers["Location"] == retour
    assert Confirmation.objects.filter(point=point, moyen="Sur place").count() == 1
    ailleurs = accueil.post(
        reverse("annuaire_confirmer", args=[point.pk]), {"retour": "https://ailleurs.example/"}
    )
    assert ailleurs.headers["Location"] == reverse("annuaire_point", args=[point.pk])
    assert accueil.post(reverse("annuaire_fermer", args=[point.pk])).status_code == 403
    client.post(reverse("annuaire_fermer", args=[point.pk]))
    point.refresh_from_db()
    assert point.fin == f.LE
    assert "fermé depuis" in _page(client, "annuaire_point", point.pk)


def test_la_campagne_dit_qui_a_confirme_et_quand(connecter: Connecter) -> None:
    vieux, jamais, frais = f.lieu("Vieux"), f.lieu("Jamais"), f.lieu("Frais")
    agent = Agent.objects.create(
        identifiant="jeanne", nom="Roux", prenom="Jeanne", organisation=f.organisation()
    )
    for point, le in ((vieux, date(2020, 3, 6)), (frais, date(2020, 3, 7))):
        Point.objects.filter(pk=point.pk).update(confirme_le=le)
    Point.objects.filter(pk=jamais.pk).update(confirme_le=None)
    Confirmation.objects.create(
        point=vieux, le=date(2020, 3, 6), agent_id=agent.pk, moyen="Téléphone"
    )
    client = connecter(Role.ACCUEIL)
    html = _page(client, "annuaire_a_confirmer")
    # Six mois avant le 7 septembre : le 7 mars est encore frais, le 6 ne l'est plus.
    assert html.index(">Jamais</a>") < html.index(">Vieux</a>")
    assert ">Frais</a>" not in html
    assert "Jeanne Roux" in html
    reponse = client.get(reverse("annuaire_a_confirmer_csv"))
    lignes = list(csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert [(x["Lieu"], x["Confirmé le"], x["Par"]) for x in lignes] == [
        ("Jamais", "jamais", ""),
        ("Vieux", "06/03/2020", "Jeanne Roux"),
    ]


def test_integrer_un_fichier_puis_decider(connecter: Connecter) -> None:
    connu = f.lieu("Maison du Département", forme="fixe")
    Point.objects.filter(pk=connu.pk).update(telephone="04 71 00 00 55")
    client = connecter(Role.CADRE)
    envoi = {"source": "france_services", "fichier": _fichier(FRANCE_SERVICES)}
    reponse = client.post(reverse("annuaire_importer"), envoi)
    recu = ImportAnnuaire.objects.get()
    assert reponse.headers["Location"] == reverse("annuaire_import", args=[recu.pk])
    assert (recu.recues, recu.importees, recu.rejointes, recu.a_revoir, recu.rejetees) == (
        3,
        1,
        0,
        1,
        1,
    )
    html = _page(client, "annuaire_import", recu.pk)
    assert f'value="meme-{connu.pk}"' in html
    assert "à 0 m (+25)" in html
    rejets = _page(client, "annuaire_import", recu.pk, vue="rejetee")
    assert "lieux.csv, ligne 4, champ latitude « 195.0 »" in rejets

    ligne = LigneImport.objects.get(sort="a_revoir")
    client.post(reverse("annuaire_decider", args=[ligne.pk]), {"decision": f"meme-{connu.pk}"})
    ligne.refresh_from_db()
    assert (ligne.decision, ligne.point_id) == ("meme", connu.pk)
    encore = client.post(
        reverse("annuaire_decider", args=[ligne.pk]), {"decision": "autre"}, follow=True
    )
    assert "a déjà décidé" in encore.content.decode()
    # Le même fichier : dit, et rien ne change.
    deux = client.post(
        reverse("annuaire_importer"),
        {"source": "france_services", "fichier": _fichier(FRANCE_SERVICES)},
    )
    assert "a déjà été intégré le lundi 7 septembre 2020" in deux.content.decode()
    assert ImportAnnuaire.objects.count() == 1


def test_un_tableur_passe_par_l_association(connecter: Connecter) -> None:
    f.commune()
    client = connecter(Role.CADRE)
    tableur = (
        "Lieu;Ville;CP;Quoi;Tel\n"
        "Épicerie solidaire;Le Puy-en-Velay;43000;Alimentation et équipement;0471000001\n"
        ";Le Puy-en-Velay;43000;;\n"
    )
    reponse = client.post(
        reverse("annuaire_importer"), {"source": "tableur", "fichier": _fichier(tableur)}
    )
    formulaire = reponse.context["formulaire"]
    assert formulaire.initial["col_nom"] == "Lieu"
    assert formulaire.initial["col_commune"] == "Ville"
    envoi = {"col_besoins": "Quoi", **formulaire.initial}
    reponse = client.post(reverse("annuaire_importer"), {**envoi, "col_nom": ""})
    assert reponse.status_code == 200
    assert not ImportAnnuaire.objects.exists()
    client.post(reverse("annuaire_importer"), envoi)
    recu = ImportAnnuaire.objects.get()
    assert (recu.importees, recu.rejetees) == (1, 1)
    point = Point.objects.get()
    assert point.besoins == ["alimentation"]
    assert point.commune == f.commune()
    rejet = LigneImport.objects.get(sort="rejetee")
    assert rejet.motif.startswith("lieux.csv, ligne 3, champ Lieu « »")


def test_un_contenu_abime_ne_casse_rien(connecter: Connecter) -> None:
    client = connecter(Role.CADRE)
    for contenu in ("pas du base64", "eJwDAAAAAAE="):
        reponse = client.post(
            reverse("annuaire_importer"),
            {"contenu": contenu, "nom_fichier": "x.csv", "col_nom": "Lieu"},
            follow=True,
        )
        assert "ne se lit pas" in reponse.content.decode()
    assert not ImportAnnuaire.objects.exists()


def test_exporter_sans_les_fictifs(connecter: Connecter) -> None:
    f.lieu("Vrai lieu")
    f.lieu("Lieu inventé", est_fictif=True)
    reponse = connecter(Role.PILOTE).get(reverse("annuaire_exporter"))
    noms = [s["nom"] for s in json.loads(reponse.content)["structures"]]
    assert noms == ["Vrai lieu"]
