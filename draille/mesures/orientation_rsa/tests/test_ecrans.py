"""Les écrans de l'orientation, tels qu'un agent les parcourt, rôle par rôle."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from draille.mesures.orientation_rsa import actes, lectures
from draille.mesures.orientation_rsa.models import Orientation, Suivi
from draille.mesures.orientation_rsa.regles import Frein
from draille.mesures.orientation_rsa.tests.fabrique import (
    BLOQUEE,
    PRO,
    au,
    entrer_en_nombre,
    livrer,
    suivi_ouvert,
)
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.models import Consultation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import Acces, Compartiment, Role

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"
JOUR = date(2020, 10, 15)
VOIENT = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)
Connecter = Callable[..., Client]


@pytest.fixture(autouse=True)
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", JOUR.isoformat())


@pytest.fixture
def communes(systeme: Acces) -> tuple[Commune, Commune]:
    puy = Commune.objects.create(code_insee="43157", nom="Le Puy-en-Velay")
    brioude = Commune.objects.create(code_insee="43040", nom="Brioude")
    for nature, code, nom, dedans in (
        ("departement", "43", "Haute-Loire", (puy, brioude)),
        ("secteur", "S1", "Secteur du Puy", (puy,)),
        ("secteur", "S2", "Secteur de Brioude", (brioude,)),
    ):
        t = Territoire.objects.create(nature=nature, code=code, nom=nom, debut=date(2019, 1, 1))
        for commune in dedans:
            TerritoireCommune.objects.create(
                territoire=t, commune=commune, nature=nature, debut=date(2019, 1, 1)
            )
    return puy, brioude


@pytest.fixture
def connecter(communes: tuple[Commune, Commune]) -> Connecter:
    organisation = Organisation.objects.create(code="d43", nom="Département", est_departement=True)

    def _connecter(role: Role, territoire: str = "43", client: Client | None = None) -> Client:
        agent = Agent.objects.create(
            identifiant=f"essai.{role}.{territoire}",
            nom="Essai",
            prenom=role.libelle,
            organisation=organisation,
        )
        compartiment = (
            Compartiment.ADMINISTRATION if role is Role.ADMINISTRATEUR else Compartiment.INSERTION
        )
        Habilitation.objects.create(
            agent=agent,
            compartiment=compartiment,
            territoire=Territoire.objects.get(code=territoire),
            role=role,
            debut=date(2020, 1, 1),
        )
        client = client or Client()
        client.force_login(agent, backend=MOTEUR)
        return client

    return _connecter


@pytest.fixture
def suivi(systeme: Acces, communes: tuple[Commune, Commune]) -> Suivi:
    return suivi_ouvert(systeme, nom="Chalendar", commune=communes[0])


def diagnostic(**reponses: str) -> dict[str, str]:
    envoi = {
        "le": JOUR.isoformat(),
        "activite": "recente",
        "duree_sans_emploi_mois": "6",
        "projection": "oui",
        "qualification": "bac",
        **{f"frein_{f}": "sans_impact" for f in Frein},
        **reponses,
    }
    return {f"diagnostic-{champ}": valeur for champ, valeur in envoi.items()}


def texte(reponse) -> str:
    return reponse.content.decode()


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_la_liste_s_ouvre_aux_roles_qui_rencontrent_et_a_eux_seuls(
    role: Role, connecter: Connecter, suivi: Suivi
) -> None:
    client = connecter(role)
    attendu = 200 if role in VOIENT else 403
    assert client.get("/orientation/").status_code == attendu
    assert client.get(f"/orientation/{suivi.pk}/").status_code == attendu


def test_un_agent_de_secteur_ne_voit_que_son_secteur(
    connecter: Connecter, suivi: Suivi, communes: tuple[Commune, Commune], systeme: Acces
) -> None:
    ailleurs = suivi_ouvert(systeme, nom="Vidalenc", commune=communes[1])
    client = connecter(Role.CHARGE_ORIENTATION, "S2")
    page = texte(client.get("/orientation/"))
    assert "Vidalenc" in page
    assert "Chalendar" not in page
    assert client.get(f"/orientation/{suivi.pk}/").status_code == 404
    assert client.get(f"/orientation/{ailleurs.pk}/").status_code == 200
    export = texte(client.get("/orientation/export.csv"))
    assert "Vidalenc" in export
    assert "Chalendar" not in export


def test_la_liste_dit_les_jours_restants_en_mots(connecter: Connecter, suivi: Suivi) -> None:
    page = texte(connecter(Role.CADRE).get("/orientation/"))
    # Entrée connue le 5 septembre : un mois jusqu'au 5 octobre, deux mois jusqu'au 5 novembre.
    assert "en retard de 10 jours" in page
    assert "dans 21 jours" in page
    assert "diagnostic à faire" in page


@pytest.mark.parametrize(
    ("filtre", "attendus"),
    [
        ("", {"Chalendar", "Ybert"}),
        ("nom=chal", {"Chalendar"}),
        ("horloge=en_retard", {"Chalendar"}),
        ("statut=orientee", set()),
        ("statut=tous", {"Chalendar", "Ybert"}),
        ("categorie=mutation", set()),
        ("territoire=S2", {"Ybert"}),
        ("statut=nimporte&horloge=quoi&page=999999&tri=rien", {"Chalendar", "Ybert"}),
    ],
)
def test_les_filtres(
    filtre: str,
    attendus: set[str],
    connecter: Connecter,
    suivi: Suivi,
    communes: tuple[Commune, Commune],
    systeme: Acces,
) -> None:
    suivi_ouvert(systeme, le=date(2020, 10, 10), nom="Ybert", commune=communes[1])
    secteur = Territoire.objects.get(code="S2")
    adresse = f"/orientation/?{filtre.replace('S2', str(secteur.pk))}"
    page = texte(connecter(Role.CADRE).get(adresse))
    assert {nom for nom in ("Chalendar", "Ybert") if nom in page} == attendus


@pytest.mark.parametrize(
    ("tri", "ordre", "sens"), [("nom", 1, "ascending"), ("-nom", -1, "descending")]
)
def test_le_tri_se_dit_aussi_aux_lecteurs_d_ecran(
    tri: str, ordre: int, sens: str, connecter: Connecter, suivi: Suivi, systeme: Acces
) -> None:
    suivi_ouvert(systeme, nom="Ybert")
    page = texte(connecter(Role.CADRE).get(f"/orientation/?tri={tri}"))
    lus = sorted(("Chalendar", "Ybert"), key=page.index)
    assert lus == ["Chalendar", "Ybert"][::ordre]
    assert f'aria-sort="{sens}"' in page


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(
    connecter: Connecter, suivi: Suivi, systeme: Acces, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = connecter(Role.CADRE)
    client.get("/orientation/")
    with CaptureQueriesContext(
        connection,
    ) as peu:
        client.get("/orientation/")
    au(JOUR, systeme)
    entrer_en_nombre(120, systeme)
    livrer(systeme)
    with django_assert_num_queries(len(peu)):
        page = texte(client.get("/orientation/"))
    assert page.count('name="suivi"') == 50


def test_le_parcours_complet_d_un_entrant(
    connecter: Connecter, suivi: Suivi, systeme: Acces
) -> None:
    client, page = connecter(Role.CHARGE_ORIENTATION), f"/orientation/{suivi.pk}/"
    assert "Enregistrer le premier rendez-vous" in texte(client.get(page))
    reponse = client.post(
        f"{page}rencontre/",
        {"rencontre-le": "2020-10-01", "rencontre-mode": "sur_place", "rencontre-lieu": "Le Puy"},
        follow=True,
    )
    assert "Remplir le diagnostic" in texte(reponse)
    reponse = client.post(
        f"{page}diagnostic/",
        diagnostic(frein_logement="fort", frein_mobilite="fort", projection="non"),
        follow=True,
    )
    assert "Décider de l'orientation" in texte(reponse).replace("&#x27;", "'")
    assert "Social" in texte(reponse)
    decision = {
        "decision-le": "2020-10-02",
        "decision-type_parcours": "professionnel",
        "decision-organisme": "pole_emploi",
    }
    decision["decision-le"] = JOUR.isoformat()
    refusee = texte(client.post(f"{page}decision/", decision))
    assert "écrivez en une phrase pourquoi" in refusee
    assert 'value="pole_emploi"' in refusee and "checked" in refusee
    motif = {"decision-motif_ecart": "Une promesse d'embauche est signée."}
    reponse = client.post(f"{page}decision/", decision | motif, follow=True)
    assert "La personne est orientée" in texte(reponse)
    reponse = client.post(
        f"{page}notification/",
        {"notification-le": JOUR.isoformat(), "notification-canal": "courrier"},
        follow=True,
    )
    assert "Notifiée le 15 octobre 2020 (courrier)" in texte(reponse)
    au(JOUR, systeme)
    (orientation,) = Orientation.objects.all()
    assert (orientation.type_parcours, orientation.type_propose) == ("professionnel", "social")
    assert orientation.notifiee_par == "courrier"
    assert Consultation.objects.filter(personne_id=suivi.personne_id).count() >= 4


def test_reorienter_garde_les_rangs(
    connecter: Connecter, suivi: Suivi, systeme: Acces, monkeypatch: pytest.MonkeyPatch
) -> None:
    _orienter(suivi, systeme)
    client = connecter(Role.CADRE)
    envoi = {
        "reorientation-le": JOUR.isoformat(),
        "reorientation-type_parcours": "social",
        "reorientation-organisme": "departement",
    }
    adresse = f"/orientation/{suivi.pk}/reorientation/"
    assert "Écrivez une phrase." in texte(client.post(adresse, envoi))
    suite = client.post(adresse, envoi | {"reorientation-motif": "Un souci de santé."}, follow=True)
    page = texte(suite)
    assert "Rang 2 : Social" in page
    assert "Rang 1 : Professionnel" in page


def _orienter(suivi: Suivi, par: Acces, le: date = date(2020, 10, 1)) -> None:
    actes.orienter(
        suivi_id=suivi.pk,
        decision=actes.Decision(type_parcours="professionnel", organisme="pole_emploi"),
        par=par,
        le=le,
    )


def test_un_diagnostic_incomplet_revient_avec_ses_reponses(
    connecter: Connecter, suivi: Suivi
) -> None:
    envoi = diagnostic(activite="en_cours", duree_sans_emploi_mois="8")
    del envoi["diagnostic-frein_sante"]
    page = texte(connecter(Role.REFERENT).post(f"/orientation/{suivi.pk}/diagnostic/", envoi))
    assert "Choisissez une réponse." in page
    assert 'href="#id_diagnostic-frein_sante"' in page
    assert 'value="8"' in page
    assert page.count("checked") == 10


def test_deux_reponses_qui_se_contredisent_se_disent_sur_le_champ(
    connecter: Connecter, suivi: Suivi
) -> None:
    envoi = diagnostic(activite="en_cours", duree_sans_emploi_mois="8")
    page = texte(connecter(Role.CADRE).post(f"/orientation/{suivi.pk}/diagnostic/", envoi))
    assert 'href="#id_diagnostic-duree_sans_emploi_mois"' in page
    assert "Corrigez l" in page


@pytest.mark.parametrize(
    ("le", "dit"),
    [("2020-10-16", "est à venir"), ("2020-09-04", "précède l"), ("", "Indiquez une date")],
)
def test_une_date_impossible_se_dit_doucement(
    le: str, dit: str, connecter: Connecter, suivi: Suivi
) -> None:
    envoi = {"rencontre-le": le, "rencontre-mode": "domicile"}
    page = texte(connecter(Role.CADRE).post(f"/orientation/{suivi.pk}/rencontre/", envoi))
    assert dit in page
    assert 'href="#id_rencontre-le"' in page


def test_un_referent_rencontre_mais_ne_decide_pas(connecter: Connecter, suivi: Suivi) -> None:
    client = connecter(Role.REFERENT)
    page = texte(client.get(f"/orientation/{suivi.pk}/"))
    assert "Enregistrer le premier rendez-vous" in page
    assert "orientation/lot" not in texte(client.get("/orientation/"))
    for adresse in (f"/orientation/{suivi.pk}/decision/", "/orientation/export.csv"):
        assert client.get(adresse).status_code == 403
    assert client.post("/orientation/lot/", {"suivi": suivi.pk}).status_code == 403


def test_un_acte_inconnu_ou_hors_de_son_heure(connecter: Connecter, suivi: Suivi) -> None:
    client = connecter(Role.CADRE)
    assert client.get(f"/orientation/{suivi.pk}/danser/").status_code == 404
    suite = client.get(f"/orientation/{suivi.pk}/notification/", follow=True)
    assert "pas encore possible" in texte(suite)


@pytest.fixture
def lot(systeme: Acces, communes: tuple[Commune, Commune]) -> list[Suivi]:
    suivis = [
        suivi_ouvert(systeme, nom=nom, commune=communes[0]) for nom in ("Alpha", "Beta", "Gamma")
    ]
    for suivi, reponses in zip(suivis, (PRO, BLOQUEE, PRO), strict=True):
        actes.diagnostiquer(suivi_id=suivi.pk, reponses=reponses, par=systeme, le=JOUR)
    return suivis


def _lignes(suivis: list[Suivi], types: list[str], **motifs: str) -> dict[str, object]:
    envoi: dict[str, object] = {"lot-le": JOUR.isoformat(), "suivi": [s.pk for s in suivis]}
    for suivi, type_parcours in zip(suivis, types, strict=True):
        envoi[f"ligne-{suivi.pk}-type_parcours"] = type_parcours
        envoi[f"ligne-{suivi.pk}-organisme"] = "departement"
        envoi[f"ligne-{suivi.pk}-motif_ecart"] = motifs.get(suivi.personne.nom_naissance, "")
    return envoi


def test_la_relecture_propose_et_n_ecrit_rien(
    connecter: Connecter, lot: list[Suivi], systeme: Acces
) -> None:
    client = connecter(Role.CHARGE_ORIENTATION)
    choix = "&".join(f"suivi={s.pk}" for s in lot)
    page = texte(client.get(f"/orientation/lot/?{choix}&organisme=departement"))
    assert page.count('<option value="departement" selected>') == 3
    assert page.count('<option value="professionnel" selected>') == 2
    assert page.count('<option value="social" selected>') == 1
    au(JOUR, systeme)
    assert not Orientation.objects.exists()


def test_le_lot_fait_ce_qui_passe_et_explique_le_reste(
    connecter: Connecter, lot: list[Suivi], systeme: Acces
) -> None:
    client = connecter(Role.CHARGE_ORIENTATION)
    _orienter(lot[2], systeme)
    page = texte(
        client.post(
            "/orientation/lot/", _lignes(lot, ["professionnel", "professionnel", "professionnel"])
        )
    )
    assert "1 personne orientée" in page
    assert "2 lignes à reprendre" in page
    assert "Alpha" not in page
    assert "écrivez en une phrase pourquoi" in page
    assert "Cette personne est déjà orientée" in page
    suite = client.post(
        "/orientation/lot/",
        _lignes([lot[1]], ["professionnel"], Beta="Projet solide."),
        follow=True,
    )
    assert suite.redirect_chain[-1][0] == "/orientation/"
    au(JOUR, systeme)
    assert Orientation.objects.count() == 3
    assert Orientation.objects.get(suivi=lot[1]).motif_ecart == "Projet solide."


def test_un_lot_vide_ou_hors_de_vue(connecter: Connecter, lot: list[Suivi]) -> None:
    client = connecter(Role.CHARGE_ORIENTATION, "S2")
    assert "Cochez au moins une personne" in texte(client.get("/orientation/lot/", follow=True))
    page = texte(client.get(f"/orientation/lot/?suivi={lot[0].pk}"))
    assert "ne vous est pas ouverte" in page
    assert "Alpha" not in page


def test_l_export_ne_laisse_pas_passer_de_formule(connecter: Connecter, systeme: Acces) -> None:
    suivi_ouvert(systeme, nom="=2+3")
    reponse = connecter(Role.CADRE).get("/orientation/export.csv")
    lignes = texte(reponse).splitlines()
    assert lignes[0].startswith("\ufeffNom d'usage;Nom de naissance")
    assert "'=2+3" in lignes[1]
    assert "05/10/2020;05/11/2020" in lignes[1]


def test_l_encart_du_dossier_et_la_tuile(
    connecter: Connecter, suivi: Suivi, systeme: Acces
) -> None:
    page = texte(connecter(Role.CADRE).get(f"/personnes/{suivi.personne_id}/"))
    assert f"/orientation/{suivi.pk}/" in page
    journee = texte(connecter(Role.PILOTE).get("/"))
    assert "Nouveaux entrants par secteur" in journee
    assert "Secteur du Puy" in journee
    assert "Chalendar" not in journee


def test_lectures_choisies_sous_les_droits(
    suivi: Suivi, systeme: Acces, communes: tuple[Commune, Commune]
) -> None:
    choisis = lectures.entrants_choisis(suivis=[suivi.pk, 10**9], acces=systeme, le=JOUR)
    assert [e.suivi.pk for e in choisis] == [suivi.pk]
