"""Le guichet, la liste et la page d'un accueil, tels qu'un agent les parcourt."""

import json
import re
from collections.abc import Callable
from datetime import date, time
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.forms_naissance import Naissance, lire_naissance
from draille.mesures.accueil_social.models import Accueil, Note
from draille.mesures.accueil_social.tests import fabrique as f
from draille.mesures.accueil_social.views_guichet import A_DISTINGUER
from draille.moteurs.partage.models import Orientation
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
Connecter = Callable[..., Client]
ACCUEILLENT = {Role.ACCUEIL, Role.TRAVAILLEUR_SOCIAL, Role.CADRE}
NOTENT = ACCUEILLENT | {Role.CHARGE_ORIENTATION, Role.REFERENT}


@pytest.fixture(autouse=True)
def le_jour(systeme: Acces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", f.LE.isoformat())
    f.au(f.LE, systeme)


@pytest.fixture
def connecter(systeme: Acces) -> Connecter:
    """`connecter(Role.ACCUEIL)` : un client habilité au social dans le secteur du Puy."""

    def _connecter(
        role: Role, *, compartiment: Compartiment = f.SOCIAL, ou: str = "43157"
    ) -> Client:
        agent = Agent.objects.create(
            identifiant=f"essai.guichet.{role}.{uuid4()}",
            nom="Essai",
            prenom=role.libelle,
            organisation=f.organisation(),
        )
        secteur, cree = Territoire.objects.get_or_create(
            nature="secteur", code=ou, defaults={"nom": f"Secteur {ou}", "debut": f.DEPUIS}
        )
        if cree:
            TerritoireCommune.objects.create(
                territoire=secteur,
                commune=f.commune() if ou == "43157" else f.brioude(),
                nature="secteur",
                debut=f.DEPUIS,
            )
        Habilitation.objects.create(
            agent=agent,
            compartiment=compartiment,
            territoire=secteur,
            role=role,
            debut=f.DEPUIS,
        )
        client = Client()
        client.force_login(agent, backend=MOTEUR)
        return client

    return _connecter


def texte(reponse) -> str:
    return reponse.content.decode().replace("&#x27;", "'")


def anonyme(**dits) -> dict[str, object]:
    return {"envoi": str(uuid4()), "qui": "anonyme", "commune": f.commune().pk, **dits}


def nommee(**dits) -> dict[str, object]:
    return {"envoi": str(uuid4()), "qui": "nommee", "commune": f.commune().pk, **dits}


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_chaque_page_s_ouvre_a_ses_roles_et_a_eux_seuls(role, connecter, systeme):
    lui = f.personne(systeme)
    fait = actes.accueillir(saisie=f.connue(lui), par=systeme, le=f.LE)
    client = connecter(role)
    attendus = {
        "/accueillir/": ACCUEILLENT,
        "/accueils/": ACCUEILLENT,
        f"/accueils/{fait.pk}/": ACCUEILLENT,
        f"/accueils/{fait.pk}/reprendre/": ACCUEILLENT,
        "/accueils/chiffres/": ACCUEILLENT | {Role.PILOTE},
        f"/accueils/personnes/{lui.pk}/note/": NOTENT,
    }
    for adresse, roles in attendus.items():
        statut = client.get(adresse).status_code
        assert (statut == 200) is (role in roles), (adresse, statut)


def test_une_page_vide_suffit_a_recevoir_une_anonyme(connecter, systeme):
    client = connecter(Role.ACCUEIL)
    reponse = client.post("/accueillir/", {"envoi": str(uuid4()), "qui": "anonyme"}, follow=True)
    assert "Sans lieu ni commune, seuls le lisent" in texte(reponse)
    f.au(f.LE, systeme)
    fait = Accueil.objects.get()
    assert (fait.identite, fait.venue, fait.canal) == ("anonyme", "spontanee", "guichet")


def test_ce_qui_nomme_une_anonyme_ne_va_pas_en_base(connecter):
    client = connecter(Role.ACCUEIL)
    glisse = {"nom": "Rivet", "paroles": "Rivet le dit", "note_partagee": "Rivet", "suite": "Rivet"}
    client.post("/accueillir/", anonyme(besoins=["logement"], **glisse))
    fait = Accueil.objects.get()
    assert (fait.paroles, fait.suite, fait.personne_id) == ("", "", None)
    assert [b.code for b in fait.besoins.all()] == ["logement"]
    assert Note.objects.count() == 0 and Personne.objects.count() == 0


def test_tout_se_saisit_en_une_fois(connecter):
    lieu, partenaire = f.lieu(), f.partenaire()
    client = connecter(Role.ACCUEIL)
    reponse = client.post(
        "/accueillir/",
        nommee(
            nom="Rivet",
            prenom="Solange",
            naissance="03/1984",
            telephone="06 12 34 56 78",
            commune=f.commune().pk,
            canal="telephone",
            venue="prevue",
            point=lieu.pk,
            heure="09:30",
            besoins=["droits", "logement"],
            paroles="On me coupe l'eau.",
            reponses=["information", "formulaire"],
            lieux=[f"droits:{lieu.pk}"],
            suite="Elle revient avec son courrier.",
            suite_le="2020-09-10",
            note_partagee="Seule avec deux enfants.",
            note_privee="Rappeler jeudi.",
            **{
                "o1-partenaire": partenaire.pk,
                "o1-portee": ["nom", "besoins"],
                "o1-forme": "oral",
            },
        ),
    )
    assert reponse.status_code == 302, texte(reponse)
    fait = Accueil.objects.get()
    lui = fait.personne
    assert (lui.nom_naissance, lui.naissance_le, lui.naissance_precision) == (
        "Rivet",
        date(1984, 3, 1),
        "J",
    )
    assert (fait.canal, fait.venue, fait.point_id) == ("telephone", "prevue", lieu.pk)
    assert sorted(r.genre for r in fait.reponses.all()) == [
        "formulaire",
        "information",
        "lieu_indique",
        "orientation",
    ]
    orientation = Orientation.objects.get()
    assert (orientation.partenaire_id, set(orientation.transmis)) == (
        partenaire.pk,
        {"nom", "besoins"},
    )
    page = texte(client.get(reponse.url))
    for mot in (
        "Solange Rivet",
        "On me coupe l'eau.",
        "Logement",
        "Seule avec deux enfants.",
        "Rappeler jeudi.",
        "premier contact",
        "Organisation asso",
        "envoyée",
    ):
        assert mot in page, mot
    assert Consultation.objects.filter(personne=lui, page="accueil").count() == 1


def test_le_meme_envoi_ne_double_rien_et_redit_la_meme_adresse(connecter):
    client = connecter(Role.ACCUEIL)
    donnees = nommee(nom="Rivet", prenom="Solange", besoins=["droits"])
    dites = [
        json.loads(
            client.post("/accueillir/", donnees, headers={"accept": "application/json"}).content
        )
        for _ in range(2)
    ]
    assert dites[0] == dites[1] == {"url": f"/accueils/{Accueil.objects.get().pk}/"}
    assert Personne.objects.count() == 1


def test_un_envoi_a_corriger_le_dit_a_l_appareil_et_n_ecrit_rien(connecter):
    client = connecter(Role.ACCUEIL)
    donnees = nommee(paroles="Je ne sais plus.")
    reponse = client.post("/accueillir/", donnees, headers={"accept": "application/json"})
    assert (reponse.status_code, Accueil.objects.count()) == (422, 0)
    page = texte(client.post("/accueillir/", donnees))
    assert "Écrivez son nom, ou choisissez" in page
    assert "Je ne sais plus." in page and str(donnees["envoi"]) in page


def test_un_accord_se_coche_chose_par_chose(connecter):
    partenaire = f.partenaire()
    client = connecter(Role.ACCUEIL)
    donnees = nommee(nom="Rivet", prenom="Solange", **{"o1-partenaire": partenaire.pk})
    page = texte(client.post("/accueillir/", donnees))
    assert "Cochez au moins une chose" in page and "Dites comment elle a donné son accord" in page
    assert Accueil.objects.count() == 0


def test_un_lieu_suivi_devient_une_orientation(connecter):
    lieu = f.lieu()
    client = connecter(Role.ACCUEIL)
    choisi = re.compile(rf'value="{lieu.pk}"[^>]* selected')
    assert choisi.search(texte(client.get("/accueillir/")))
    valeur = f"logement:{lieu.pk}"
    client.post(
        "/accueillir/",
        nommee(
            nom="Rivet", prenom="Solange", besoins=["logement"], lieux=[valeur], suivis=[valeur]
        ),
    )
    orientation = Orientation.objects.get()
    assert (orientation.point_id, orientation.transmis) == (lieu.pk, None)
    assert [r.genre for r in Accueil.objects.get().reponses.all()] == ["orientation"]


def test_un_dossier_choisi_n_en_ouvre_pas_un_second(connecter, systeme):
    lui = f.personne(systeme)
    client = connecter(Role.ACCUEIL)
    page = texte(client.get(f"/accueillir/?personne={lui.pk}"))
    assert re.search(rf'value="{lui.pk}"[^>]* checked', page)
    client.post("/accueillir/", nommee(nom="Chabrié", prenom="Odile", personne=lui.pk))
    assert Accueil.objects.get().personne_id == lui.pk
    assert Personne.objects.count() == 1


def test_les_suggestions_disent_qui_et_gardent_le_choix(connecter, systeme):
    lui = f.personne(systeme, nom="Chabrier", prenom="Odile")
    client = connecter(Role.ACCUEIL)
    page = texte(client.post("/accueillir/suggestions/", {"nom": "chabrier", "prenom": "odile"}))
    assert "Odile Chabrier" in page and "Le Puy-en-Velay" in page
    garde = texte(client.post("/accueillir/suggestions/", {"nom": "x", "personne": lui.pk}))
    assert re.search(rf'value="{lui.pk}"[^>]* checked', garde)
    assert client.get("/accueillir/suggestions/").status_code == 405


def test_les_suggestions_taisent_un_autre_secteur(connecter, systeme):
    f.personne(systeme, nom="Chabrier", prenom="Odile", ou=f.brioude())
    client = connecter(Role.ACCUEIL)
    page = texte(client.post("/accueillir/suggestions/", {"nom": "chabrier", "prenom": "odile"}))
    assert "Odile" not in page


def test_un_dossier_presque_sur_demande_de_trancher(connecter, systeme):
    f.personne(systeme, nom="Chabrier", prenom="Odile")
    jumelle = Personne.objects.get()
    jumelle.naissance_le, jumelle.telephone = date(1984, 3, 12), "0612345678"
    jumelle.save(update_fields=["naissance_le", "telephone"])
    client = connecter(Role.ACCUEIL)
    dites = {
        "nom": "Chabrier",
        "prenom": "Odile",
        "naissance": "12/03/1984",
        "telephone": "0612345678",
        "commune": f.commune().pk,
    }
    page = texte(client.post("/accueillir/", nommee(**dites)))
    assert A_DISTINGUER in page and Accueil.objects.count() == 0
    client.post("/accueillir/", nommee(personne="nouvelle", **dites))
    assert Accueil.objects.get().identite == "nouvelle"


def test_les_lieux_viennent_des_besoins_et_de_la_commune(connecter):
    f.lieu("Maison du Département de Brioude", ou=f.brioude())
    f.lieu("Maison du Département du Puy")
    client = connecter(Role.ACCUEIL)
    dites = {"besoins": ["logement"], "commune": f.brioude().pk, "heure": "10:00"}
    page = texte(client.post("/accueillir/lieux/", dites))
    assert page.index("Département de Brioude") < page.index("Département du Puy")
    assert "min en voiture" in page and "Ouvert, jusqu'à 17" in page
    assert "Dites la commune" in texte(client.post("/accueillir/lieux/", {"besoins": ["logement"]}))


def test_sans_javascript_chercher_ne_perd_rien(connecter, systeme):
    lui = f.personne(systeme)
    lieu = f.lieu()
    client = connecter(Role.ACCUEIL)
    donnees = nommee(nom="Chabrier", prenom="Odile", paroles="Le loyer.", besoins=["logement"])
    page = texte(client.post("/accueillir/", donnees | {"etape": "chercher"}))
    assert f'id="personne-{lui.pk}"' in page and "À corriger" not in page
    assert "Le loyer." in page and re.search(r'value="logement"[^>]* checked', page)
    donnees["commune"] = f.commune().pk
    page = texte(client.post("/accueillir/", donnees | {"etape": "lieux"}))
    assert f'value="logement:{lieu.pk}"' in page and Accueil.objects.count() == 0


def test_le_secteur_voisin_ne_lit_pas_l_accueil(connecter, systeme):
    fait = actes.accueillir(saisie=f.connue(f.personne(systeme)), par=systeme, le=f.LE)
    client = connecter(Role.ACCUEIL, ou="43040")
    assert client.get(f"/accueils/{fait.pk}/").status_code == 404
    assert client.get(f"/accueils/{fait.pk}/fiche.pdf").status_code == 404
    assert "Odile" not in texte(client.get("/accueils/"))


def test_la_fiche_se_remet_meme_a_une_anonyme(connecter):
    client = connecter(Role.ACCUEIL)
    lieu = f.lieu()
    client.post("/accueillir/", anonyme(lieux=[f"droits:{lieu.pk}"], besoins=["droits"]))
    reponse = client.get(f"/accueils/{Accueil.objects.get().pk}/fiche.pdf")
    assert reponse.status_code == 200 and reponse.content.startswith(b"%PDF")


def test_un_accueil_se_complete_et_se_corrige(connecter, systeme):
    partenaire = f.partenaire()
    saisie = f.connue(f.personne(systeme), besoins=("logement",), paroles="L'eau.", heure=time(9))
    fait = actes.accueillir(saisie=saisie, par=systeme, le=f.LE)
    client = connecter(Role.ACCUEIL)
    adresse = f"/accueils/{fait.pk}/reprendre/"
    donnees = {
        "besoins": ["sante"],
        "reponses": ["rendez_vous"],
        "canal": "guichet",
        "venue": "prevue",
        "heure": "09:00",
        "paroles": "L'eau, et le gaz.",
        "o1-partenaire": partenaire.pk,
        "o1-portee": ["nom"],
    }
    assert "Dites comment elle a donné son accord" in texte(client.post(adresse, donnees))
    assert client.post(adresse, donnees | {"o1-forme": "oral"}).status_code == 302
    f.au(f.LE, systeme)
    fait = Accueil.objects.get()
    assert (fait.venue, fait.paroles, fait.heure) == ("prevue", "L'eau, et le gaz.", time(9))
    assert [b.code for b in fait.besoins.order_by("rang")] == ["logement", "sante"]
    assert sorted(r.genre for r in fait.reponses.all()) == ["orientation", "rendez_vous"]
    codes = LigneJournal.objects.filter(objet_id=fait.pk).order_by("id")
    dites = [ligne.code for ligne in codes if ligne.code.startswith("accueil_social.")]
    assert dites[1:] == ["accueil_social.completer", "accueil_social.rectifier"]


def test_une_anonyme_ne_se_reprend_pas_avec_des_mots(connecter):
    client = connecter(Role.ACCUEIL)
    adresse = client.post("/accueillir/", anonyme()).url + "reprendre/"
    assert 'name="paroles"' not in texte(client.get(adresse))
    client.post(adresse, {"paroles": "Rivet", "reponses": ["information"], "canal": "bus"})
    fait = Accueil.objects.get()
    assert (fait.paroles, fait.canal, fait.reponses.count()) == ("", "bus", 1)


def test_une_note_privee_ne_se_lit_que_de_son_auteur(connecter, systeme):
    lui = f.personne(systeme)
    auteur, collegue = connecter(Role.ACCUEIL), connecter(Role.TRAVAILLEUR_SOCIAL)
    for pour, mots in (("privee", "Rien que pour moi."), ("1", "Pour nous tous.")):
        auteur.post(f"/accueils/personnes/{lui.pk}/note/", {"texte": mots, "pour": pour})
    sienne = texte(auteur.get(f"/personnes/{lui.pk}/"))
    autre = texte(collegue.get(f"/personnes/{lui.pk}/"))
    assert "Rien que pour moi." in sienne and "Pour nous tous." in sienne
    assert "Rien que pour moi." not in autre and "Pour nous tous." in autre
    f.au(f.LE, systeme)
    partagee = Note.objects.get(est_privee=False)
    assert collegue.get(f"/accueils/notes/{partagee.pk}/").status_code == 404
    auteur.post(f"/accueils/notes/{partagee.pk}/", {"texte": "Pour nous tous, relu."})
    assert "Pour nous tous, relu." in texte(collegue.get(f"/personnes/{lui.pk}/"))


def test_la_liste_montre_le_jour_puis_ce_qu_on_cherche(connecter, systeme):
    hier = date(2020, 9, 4)
    f.au(hier, systeme)
    ancienne = f.personne(systeme, nom="Vidal", prenom="Rose")
    actes.accueillir(saisie=f.connue(ancienne, besoins=("sante",)), par=systeme, le=hier)
    f.au(f.LE, systeme)
    actes.accueillir(saisie=f.connue(f.personne(systeme)), par=systeme, le=f.LE)
    client = connecter(Role.ACCUEIL)
    jour = texte(client.get("/accueils/"))
    assert "Odile Chabrier" in jour and "Rose Vidal" not in jour
    cherche = texte(client.get("/accueils/?besoin=sante&debut=2020-09-01"))
    assert "Rose Vidal" in cherche and "Odile Chabrier" not in cherche


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_accueils(connecter, systeme):
    client = connecter(Role.ACCUEIL)
    lui = f.personne(systeme)

    def requetes(adresse: str) -> int:
        with CaptureQueriesContext(connection) as lues:
            assert client.get(adresse).status_code == 200
        return len(lues)

    def recevoir(combien: int) -> None:
        f.au(f.LE, systeme)
        for _ in range(combien):
            actes.accueillir(
                saisie=f.connue(lui, besoins=("logement", "sante")), par=systeme, le=f.LE
            )

    adresses = ("/accueils/", "/", f"/personnes/{lui.pk}/", "/accueils/chiffres/")
    recevoir(2)
    for adresse in adresses:
        requetes(adresse)
    avant = [requetes(a) for a in adresses]
    recevoir(8)
    assert [requetes(a) for a in adresses] == avant


def test_la_tuile_dit_ce_qui_revient(connecter, systeme):
    partenaire = f.partenaire()
    lui = f.personne(systeme, le=date(2020, 6, 1))
    actes.accueillir(
        saisie=f.connue(
            lui,
            orientations=(
                actes.OrientationSaisie(
                    partenaire_id=partenaire.pk,
                    besoins=("logement",),
                    portee=("nom",),
                    forme_consentement="oral",
                ),
            ),
        ),
        par=systeme,
        le=date(2020, 6, 1),
    )
    page = texte(connecter(Role.ACCUEIL).get("/"))
    assert "Orientations en retard ou revenues" in page
    assert "1 sans réponse, date passée" in page and "Odile Chabrier" in page


@pytest.mark.parametrize(
    ("ecrit", "lue"),
    [
        ("12/03/1984", Naissance(date(1984, 3, 12), "N")),
        ("3-1984", Naissance(date(1984, 3, 1), "J")),
        (" 1984 ", Naissance(date(1984, 1, 1), "O")),
        ("31/02/1984", None),
        ("vers 1984", None),
        ("0084", None),
    ],
)
def test_une_naissance_se_lit_entiere_ou_non(ecrit, lue):
    assert lire_naissance(ecrit) == lue
