"""Les écrans des fichiers : déposer, lire le compte rendu, corriger un rejet et le rejouer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.moteurs.flux.tests.fabrique import dossier, fichier, personne
from draille.noyau.journal.models import LigneJournal
from draille.portail import reception, taches
from draille.portail.tests.conftest import LE, ROLES
from draille.socle.acces import Role, acces_systeme

TRAITENT = (Role.CADRE, Role.CHARGE_ORIENTATION)
VOIENT = (*TRAITENT, Role.ADMINISTRATEUR)
FAUX = personne("DEM", NOM="SABATIER", NIR="2840343157099").replace(
    "<DTNAI>1984-03-12<", "<DTNAI>1984-13-45<"
)


@pytest.fixture(autouse=True)
def depots(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def un_mois():
    """Trois dossiers bons et un dont une date de naissance est impossible."""
    bons = [
        dossier(n, personnes=personne("DEM", NOM=f"NOM{n}", NIR=f"2840343157{n:03d}"))
        for n in (1, 2, 3)
    ]
    return fichier([*bons, dossier(4, personnes=FAUX)])


def texte(reponse):
    return reponse.content.decode().replace("\xa0", " ").replace("&#x27;", "'")


def deposer(client, octets, nom="RSABEM_202010.xml", **suite):
    envoi = {"fichier": SimpleUploadedFile(nom, octets), "nature": "", **suite}
    return client.post("/fichiers/deposer/", envoi, follow=True)


@pytest.fixture
def executer(tout_voir):
    """Fait ce que ferait le travailleur, dans la transaction de l'essai."""

    def faire():
        tout_voir()
        for recu in FichierRecu.objects.filter(statut=FichierRecu.Statut.RECU):
            reception.integrer_recu(fichier_id=recu.pk, le=LE)
        tout_voir()
        return FichierRecu.objects.order_by("id").last()

    return faire


@pytest.mark.parametrize("role", ROLES)
def test_qui_voit_les_fichiers_et_qui_en_depose(role, clients, un_mois, executer):
    client = clients[role]
    assert client.get("/fichiers/").status_code == (200 if role in VOIENT else 403)
    depot = deposer(client, un_mois)
    assert depot.status_code == (200 if role in TRAITENT else 403)
    assert FichierRecu.objects.count() == (1 if role in TRAITENT else 0)


def test_un_charge_de_secteur_ne_depose_pas(departement, un_mois):
    agent = departement.agent(
        Role.CHARGE_ORIENTATION, territoire=departement.sud, identifiant="secteur"
    )
    client = departement.client(agent)
    assert client.get("/fichiers/").status_code == 403
    assert deposer(client, un_mois).status_code == 403


def test_un_depot_se_garde_a_l_abri_et_se_met_en_file(clients, un_mois, depots):
    page = texte(deposer(clients[Role.CADRE], un_mois))
    assert "En attente de lecture" in page
    assert ">Actualiser</a>" in page
    (garde,) = [f for f in depots.iterdir() if f.is_file()]
    assert garde.stat().st_mode & 0o777 == 0o600
    from procrastinate.contrib.django.models import ProcrastinateJob

    (tache,) = ProcrastinateJob.objects.filter(task_name="draille.integrer_fichier")
    assert tache.args == {"fichier_id": FichierRecu.objects.get().pk}


def test_le_compte_rendu_d_un_fichier_depose(clients, un_mois, executer, depots):
    deposer(clients[Role.CADRE], un_mois)
    recu = executer()
    assert (recu.lus, recu.integres, recu.rejetes) == (4, 3, 1)
    page = texte(clients[Role.CADRE].get(f"/fichiers/{recu.pk}/"))
    assert "Intégré" in page
    assert "CAF 431, octobre 2020" in page
    assert "1 à corriger" in page
    assert "Reprise du stock" in page
    liste = texte(clients[Role.CADRE].get("/fichiers/"))
    assert "RSABEM_202010.xml" in liste
    assert "1 fichier" in liste
    avance = clients[Role.CADRE].get(f"/fichiers/{recu.pk}/avancement/")
    assert (avance.status_code, avance.headers["HX-Refresh"]) == (204, "true")


def test_un_meme_contenu_n_est_pris_qu_une_fois(clients, un_mois, executer):
    deposer(clients[Role.CADRE], un_mois)
    executer()
    page = texte(deposer(clients[Role.CADRE], un_mois, nom="encore.xml"))
    assert "Ce fichier est déjà intégré, le 31 octobre 2020" in page
    assert FichierRecu.objects.count() == 1


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"", "est vide"),
        (b"<html></html>", "n'est pas un fichier de bénéficiaires du RSA"),
        (fichier([dossier(1)], annonces=9), "annonce"),
        (fichier([dossier(1)])[:-400], "incomplet"),
    ],
)
def test_un_fichier_refuse_dit_quoi_demander(octets, dit, clients, executer):
    deposer(clients[Role.CADRE], octets, nature="caf_rsa")
    recu = executer()
    assert recu.statut == FichierRecu.Statut.REFUSE
    page = texte(clients[Role.CADRE].get(f"/fichiers/{recu.pk}/"))
    assert "rien n'en a été pris" in page
    assert dit in page


def test_sans_fichier_le_formulaire_le_dit(clients):
    page = texte(clients[Role.CADRE].post("/fichiers/deposer/", {}))
    assert "Choisissez un fichier, puis déposez-le." in page


def test_l_administrateur_voit_l_etat_jamais_les_valeurs(clients, un_mois, executer, tout_voir):
    deposer(clients[Role.CADRE], un_mois)
    recu = executer()
    client = clients[Role.ADMINISTRATEUR]
    page = texte(client.get(f"/fichiers/{recu.pk}/"))
    assert "Dossiers lus" in page
    assert "Déposer" not in page
    for adresse in (f"/fichiers/{recu.pk}/rejets/", f"/fichiers/{recu.pk}/rejets.csv"):
        assert client.get(adresse).status_code == 403
    tout_voir()
    rejet = Rejet.objects.first()
    assert client.get(f"/fichiers/rejets/{rejet.pk}/").status_code == 403


@pytest.fixture
def rejet(clients, un_mois, executer):
    deposer(clients[Role.CADRE], un_mois)
    executer()
    return Rejet.objects.get()


def test_la_liste_des_rejets_dit_ligne_champ_valeur_et_raison(clients, rejet):
    page = texte(clients[Role.CADRE].get(f"/fichiers/{rejet.fichier_id}/rejets/"))
    assert "DTNAI" in page
    assert "1984-13-45" in page
    assert f"Ligne {rejet.ligne}" in page
    vide = texte(clients[Role.CADRE].get(f"/fichiers/{rejet.fichier_id}/rejets/?statut=rejoue"))
    assert "Aucun rejet ici" in vide
    export = texte(clients[Role.CADRE].get(f"/fichiers/{rejet.fichier_id}/rejets.csv"))
    assert "SABATIER" in export
    assert "1984-13-45" in export


def test_corriger_le_champ_et_rejouer(clients, rejet, tout_voir):
    client, adresse = clients[Role.CHARGE_ORIENTATION], f"/fichiers/rejets/{rejet.pk}/"
    assert 'value="1984-13-45"' in texte(client.get(adresse))
    fautif = client.post(adresse, {"geste": "champ", "valeur": "1984-02-31"}, follow=True)
    assert "a encore une faute" in texte(fautif)
    assert "1984-02-31" in texte(fautif)
    page = texte(client.post(adresse, {"geste": "champ", "valeur": "1984-02-28"}, follow=True))
    assert "Le dossier est pris" in page
    assert "Corrigé et rejoué" in page
    tout_voir()
    rejet.refresh_from_db()
    recu = FichierRecu.objects.get()
    assert (rejet.statut, rejet.corrections) == ("rejoue", 2)
    assert (recu.lus, recu.integres + recu.inchanges, recu.rejetes) == (4, 4, 0)
    assert LigneJournal.objects.filter(code="flux.traiter_rejet").count() == 1
    encore = client.post(adresse, {"geste": "champ", "valeur": "1984-02-28"}, follow=True)
    assert "déjà traité" in texte(encore)


def test_corriger_le_dossier_entier(clients, rejet, tout_voir):
    client, adresse = clients[Role.CADRE], f"/fichiers/rejets/{rejet.pk}/"
    assert "xml" in texte(client.post(adresse, {"geste": "contenu", "contenu": "<a>"})).lower()
    corrige = dossier(4, personnes=FAUX.replace("1984-13-45", "1984-01-01"))
    page = texte(client.post(adresse, {"geste": "contenu", "contenu": corrige}, follow=True))
    assert "Le dossier est pris" in page


def test_ecarter_un_rejet(clients, rejet, tout_voir):
    client = clients[Role.CADRE]
    page = texte(client.post(f"/fichiers/rejets/{rejet.pk}/ecarter/", follow=True))
    assert "est écarté" in page
    tout_voir()
    rejet.refresh_from_db()
    assert rejet.statut == "ecarte"
    encore = client.post(f"/fichiers/rejets/{rejet.pk}/ecarter/", follow=True)
    assert "déjà traité" in texte(encore)


def test_un_extrait_partiel_attend_d_etre_confirme(clients, executer, tout_voir):
    def mois(reference, cree_le, numeros):
        dossiers = [
            dossier(n, personnes=personne("DEM", NOM=f"N{n}", NIR=f"2840343157{n:03d}"))
            for n in numeros
        ]
        octets = fichier(dossiers, reference=reference)
        return octets.replace(b"2020-11-05", cree_le)

    cadre = clients[Role.CADRE]
    deposer(cadre, mois("2020-08-31", b"2020-09-05", range(1, 41)))
    executer()
    deposer(cadre, mois("2020-09-30", b"2020-10-05", range(1, 11)), nom="extrait.xml")
    recu = executer()
    assert recu.statut == FichierRecu.Statut.A_CONFIRMER
    page = texte(cadre.get(f"/fichiers/{recu.pk}/"))
    assert "Des dossiers manquent à ce fichier" in page
    assert "Confirmer 30 absences" in page
    suite = texte(cadre.post(f"/fichiers/{recu.pk}/confirmer/", follow=True))
    assert "30 absences confirmées" in suite
    tout_voir()
    recu.refresh_from_db()
    assert (recu.statut, recu.sorties) == (FichierRecu.Statut.INTEGRE, 30)
    encore = texte(cadre.post(f"/fichiers/{recu.pk}/confirmer/", follow=True))
    assert "pas d'absences à confirmer" in encore


def test_la_liste_lit_un_nombre_constant_de_requetes(clients, django_assert_num_queries, tout_voir):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ajouter(nombre):
        tout_voir()
        depart = FichierRecu.objects.count()
        FichierRecu.objects.bulk_create(
            FichierRecu(nom=f"f{n}", nature="caf_rsa", empreinte=f"{n:032d}".encode(), depose_le=LE)
            for n in range(depart, depart + nombre)
        )

    ajouter(2)
    clients[Role.CADRE].get("/fichiers/")
    with CaptureQueriesContext(connection) as peu:
        clients[Role.CADRE].get("/fichiers/")
    ajouter(40)
    with django_assert_num_queries(len(peu)):
        page = texte(clients[Role.CADRE].get("/fichiers/"))
    assert "fichiers 1 à 25 sur 42" in page.lower()


def test_ligne_de_commande_et_ecran_passent_par_la_meme_porte(un_mois, departement, tmp_path):
    chemin = tmp_path / "flux.xml"
    chemin.write_bytes(un_mois)
    avances = []
    recu = reception.recevoir_et_integrer(
        chemin=chemin, le=LE, progression=lambda lus, total: avances.append((lus, total))
    )
    assert recu.est_integre
    assert "4 dossiers lus, 3 intégrés, 0 inchangé, 1 rejeté" in recu.phrase.replace("\xa0", " ")
    assert avances[-1][0] == avances[-1][1] == len(un_mois)
    chemin.write_bytes(b"<html/>")
    refuse = reception.recevoir_et_integrer(chemin=chemin, le=LE)
    assert not refuse.est_integre
    assert "n'est pas un fichier de bénéficiaires" in refuse.phrase


def test_les_taches_font_ce_qu_elles_disent(clients, un_mois, tout_voir, systeme):
    deposer(clients[Role.CADRE], un_mois)
    tout_voir()
    recu = FichierRecu.objects.get()
    taches.integrer_fichier(fichier_id=recu.pk)
    recu.refresh_from_db()
    assert recu.est_integre
    taches.livrer(0)
    taches.sceller_journal(0)
    from draille.noyau.journal.models import Scellement

    assert sum(s.nombre for s in Scellement.objects.all()) == LigneJournal.objects.count()
    assert acces_systeme(nom="essai").voit(None)


TABLEAU = "Nom de famille;Prenom;Ne le;Ville;Portable\nROCHE;Lina;12/03/1990;Brioude;0612345678\n"


def test_un_tableau_demande_ses_colonnes_une_fois(clients, executer, tout_voir):
    client = clients[Role.CADRE]
    page = texte(deposer(client, TABLEAU.encode(), nom="suivi.csv"))
    assert "Que porte chaque colonne ?" in page
    assert '<option value="naissance_le" selected>' in page
    recu = FichierRecu.objects.get()
    champs = ("nom_naissance", "prenom", "naissance_le", "nom_commune", "telephone")
    envoi = {"source": "suivi"} | {f"colonne_{rang}": champ for rang, champ in enumerate(champs)}
    double = client.post(f"/fichiers/{recu.pk}/colonnes/", envoi | {"colonne_4": "prenom"})
    assert "est déjà lu de la colonne" in texte(double)
    sans_nom = client.post(f"/fichiers/{recu.pk}/colonnes/", envoi | {"colonne_0": ""})
    assert "ne suffisent pas à reconnaître une personne" in texte(sans_nom)
    suite = texte(client.post(f"/fichiers/{recu.pk}/colonnes/", envoi, follow=True))
    assert "Les colonnes sont gardées" in suite
    assert executer().est_integre
    from draille.noyau.personne.models import Personne

    assert Personne.objects.get(nom_naissance="ROCHE").prenom == "Lina"
    encore = texte(deposer(client, TABLEAU.replace("Lina", "Luna").encode(), nom="avril.csv"))
    assert 'value="suivi"' in encore


def test_un_tableau_illisible_dit_pourquoi(clients, executer):
    client = clients[Role.CADRE]
    assert "En attente de lecture" in texte(deposer(client, b"\xd0\xcf\x11\xe0...", nom="a.xls"))
    recu = executer()
    assert client.get(f"/fichiers/{recu.pk}/colonnes/").status_code == 302
    assert recu.statut == FichierRecu.Statut.REFUSE
    assert "ne peut pas être lu comme un tableau" in texte(client.get(f"/fichiers/{recu.pk}/"))
