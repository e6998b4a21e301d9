"""La file d'un référent, les charges, les portefeuilles, le référent d'une personne."""

import html
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from draille.mesures.referent_unique import actes
from draille.mesures.referent_unique.models import Absence, Calcul, Demande, Designation
from draille.mesures.referent_unique.models import Portefeuille as PortefeuilleModele
from draille.mesures.referent_unique.tests.monde_ecrans import DEBUT, JOUR, PRO, Monde, batir
from draille.mesures.referent_unique.views_dessin import barre_de_charge
from draille.mesures.referent_unique.views_raisons import raison
from draille.noyau.echeance.models import Echeance
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale


@pytest.fixture(autouse=True)
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", JOUR.isoformat())


@pytest.fixture
def monde(systeme: Acces) -> Monde:
    return batir(systeme)


def texte(reponse: Any) -> str:
    return html.unescape(reponse.content.decode())


@pytest.fixture
def chanal(monde: Monde) -> Agent:
    return monde.referent("Chanal", "Le Puy-en-Velay")


@pytest.fixture
def roux(monde: Monde) -> Agent:
    return monde.referent("Roux", "Brioude")


def cadre(agent: Agent) -> Acces:
    """Un agent nommé qui décide : le système ne désigne pas."""
    generale = cle_generale(compartiment=Compartiment.INSERTION)
    return Acces(
        agent_id=agent.pk,
        organisation_id=agent.organisation_id,
        nom=str(agent),
        cles_par_role={Role.CADRE: frozenset({generale})},
    )


def confier(monde: Monde, nom: str, agent: Agent, commune: str = "Le Puy-en-Velay") -> Personne:
    personne = monde.demande(nom, commune).personne
    actes.designer_a_la_main(
        personne_id=personne.pk,
        agent_id=agent.pk,
        motif="",
        par=cadre(monde.agent(Role.CADRE)),
        le=date(2020, 10, 9),
    )
    return personne


def echeance(personne: Personne, avant_le: date) -> None:
    Echeance.objects.create(
        personne=personne,
        code="referent_unique.designer",
        objet_id=personne.pk,
        ligne_ouverture_id=personne.pk,
        ouverte_le=DEBUT,
        avant_le=avant_le,
        cle_acces=cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id),
    )


def test_ma_file_montre_mes_dossiers_les_retards_d_abord(
    monde: Monde, chanal: Agent, roux: Agent
) -> None:
    tranquille = confier(monde, "Chalendar", chanal)
    presse = confier(monde, "Vidalenc", chanal)
    confier(monde, "Ybert", roux)
    echeance(tranquille, date(2020, 11, 20))
    echeance(presse, date(2020, 10, 1))
    page = texte(monde.connecter_agent(chanal).get("/referents/ma-file/"))
    assert "Ybert" not in page
    assert page.index("Vidalenc") < page.index("Chalendar")
    assert "en retard de 14 jours" in page
    assert "2 foyers sur 3 places" in page.replace("\xa0", " ")


def test_la_file_d_un_autre_ne_s_ouvre_qu_a_qui_decide(
    monde: Monde, chanal: Agent, roux: Agent
) -> None:
    confier(monde, "Ybert", roux)
    adresse = f"/referents/ma-file/?agent={roux.pk}"
    assert monde.connecter_agent(chanal).get(adresse).status_code == 403
    assert "Ybert" in texte(monde.connecter(Role.CADRE).get(adresse))


def test_sans_portefeuille_ma_file_le_dit(monde: Monde) -> None:
    page = texte(monde.connecter(Role.REFERENT).get("/referents/ma-file/"))
    assert "Aucun portefeuille ouvert" in page
    assert "Aucun dossier pour le moment" in page


def test_le_nombre_de_requetes_de_la_file_est_constant(
    monde: Monde, django_assert_num_queries: Any
) -> None:
    agent = monde.referent("Chanal", "Le Puy-en-Velay", places=30)
    confier(monde, "Alpha", agent)
    client = monde.connecter_agent(agent)
    client.get("/referents/ma-file/")
    with CaptureQueriesContext(connection) as peu:
        client.get("/referents/ma-file/")
    for rang in range(10):
        echeance(confier(monde, f"Plus{rang}", agent, "Brioude"), date(2020, 10, 1 + rang))
    with django_assert_num_queries(len(peu)):
        assert "Plus9" in texte(client.get("/referents/ma-file/"))


def test_un_referent_declare_son_absence(monde: Monde, chanal: Agent) -> None:
    client, adresse = monde.connecter_agent(chanal), "/referents/ma-file/absence/"
    inverse = {"absence-debut": "2020-10-20", "absence-fin": "2020-10-19"}
    assert "doit suivre le premier jour" in texte(client.post(adresse, inverse))
    assert "Indiquez une date." in texte(client.post(adresse, {"absence-debut": "2020-10-20"}))
    bonne = {"absence-debut": "2020-10-20", "absence-fin": "2020-11-02"}
    page = texte(client.post(adresse, bonne, follow=True))
    assert "rien ne vous sera confié" in page
    assert "Absence du 20 octobre 2020 au 2 novembre 2020" in page
    assert Absence.objects.get().agent_id == chanal.pk


def test_les_charges_disent_retards_absences_et_places(
    monde: Monde, chanal: Agent, roux: Agent
) -> None:
    echeance(confier(monde, "Chalendar", chanal), date(2020, 10, 1))
    actes.declarer_absence(
        agent_id=roux.pk, debut=JOUR, fin=date(2020, 11, 2), par=monde.systeme, le=JOUR
    )
    page = texte(monde.connecter(Role.CADRE).get("/referents/charges/"))
    assert "absent jusqu'au 02/11/2020" in page
    assert "2 places libres" in page.replace("\xa0", " ")
    assert "Tout le Département" in page
    assert "Chalendar" not in page


def test_les_charges_du_pilote_sont_sans_lien_ni_nom_de_personne(
    monde: Monde, chanal: Agent
) -> None:
    confier(monde, "Chalendar", chanal)
    page = texte(monde.connecter(Role.PILOTE).get("/referents/charges/"))
    assert "Réf Chanal" in page
    assert "Chalendar" not in page
    assert "/referents/charges/portefeuilles/" not in page
    assert "/referents/ma-file/?agent" not in page


def test_et_si_un_poste_de_plus(monde: Monde, chanal: Agent) -> None:
    monde.demande("Vidalenc", "Brioude")
    client = monde.connecter(Role.PILOTE)
    brioude = monde.communes["Brioude"]
    page = texte(client.get(f"/referents/charges/?commune={brioude.pk}"))
    assert "Un poste de plus à Brioude" in page
    assert "de moins de trajet en moyenne" in page
    assert client.get("/referents/charges/?commune=999999").status_code == 200
    assert PortefeuilleModele.objects.count() == 1


def test_la_parite_se_tait_sous_onze(monde: Monde, chanal: Agent) -> None:
    monde.demande("Chalendar", sexe="F")
    monde.proposer()
    client = monde.connecter(Role.PILOTE)
    assert "Aucun groupe d'au moins onze personnes" in texte(client.get("/referents/charges/"))
    for rang in range(11):
        monde.demande(f"Plus{rang}", sexe="F")
    monde.proposer()
    page = texte(client.get("/referents/charges/"))
    assert "Ces groupes ne servent jamais au calcul" in page


def test_le_nombre_de_requetes_des_charges_est_constant(
    monde: Monde, chanal: Agent, django_assert_num_queries: Any
) -> None:
    confier(monde, "Alpha", chanal)
    monde.demande("Beta")
    monde.proposer()
    client = monde.connecter(Role.CADRE)
    client.get("/referents/charges/")
    with CaptureQueriesContext(connection) as peu:
        client.get("/referents/charges/")
    for rang in range(6):
        agent = monde.referent(f"Autre{rang}", "Yssingeaux")
        confier(monde, f"Plus{rang}", agent)
    with django_assert_num_queries(len(peu)):
        assert "Réf Autre5" in texte(client.get("/referents/charges/"))


def _termes(monde: Monde, **champs: Any) -> dict[str, Any]:
    termes = {
        "places": "40",
        "orientations": ["social:departement"],
        "secteur": "",
        "commune": monde.communes["Langeac"].pk,
        "bureau": "Bureau de Langeac",
    }
    return {f"portefeuille-{c}": v for c, v in (termes | champs).items()}


def test_ouvrir_un_portefeuille(monde: Monde) -> None:
    agent = monde.agent(Role.REFERENT, prenom="Réf", nom="Nouveau")
    client, adresse = monde.connecter(Role.CADRE), "/referents/charges/portefeuilles/nouveau/"
    page = texte(client.get(adresse))
    assert "Réf Nouveau" in page
    assert 'value="social:departement"' in page
    vide = texte(client.post(adresse, {"portefeuille-agent": agent.pk}))
    assert "Indiquez un nombre de places." in vide
    assert "Cochez au moins une orientation." in vide
    envoi = _termes(monde, agent=agent.pk)
    suite = texte(client.post(adresse, envoi, follow=True))
    assert "Le portefeuille est ouvert" in suite
    assert "Bureau de Langeac" in suite
    assert "Tous les référents ont un portefeuille" in texte(client.get(adresse))


def test_changer_un_portefeuille_garde_l_histoire(monde: Monde, chanal: Agent) -> None:
    client = monde.connecter(Role.CADRE)
    adresse = f"/referents/charges/portefeuilles/{chanal.pk}/changer/"
    assert 'value="3"' in texte(client.get(adresse))
    faux = texte(client.post(adresse, _termes(monde, places="beaucoup")))
    assert "Écrivez un nombre entier" in faux
    assert 'value="beaucoup"' in faux
    suite = texte(client.post(adresse, _termes(monde, places="25"), follow=True))
    assert "Le portefeuille est changé" in suite
    assert "Du 01/01/2020 au 15/10/2020" in suite


def test_un_depart_mene_a_une_reparation(monde: Monde, chanal: Agent, roux: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter(Role.CADRE)
    base = f"/referents/charges/portefeuilles/{chanal.pk}"
    suite = texte(client.post(f"{base}/depart/", {"depart-debut": "2020-10-15"}, follow=True))
    assert "Le départ est noté" in suite
    assert "Départ le 15 octobre 2020" in suite
    reparee = client.post(f"{base}/reparation/", follow=True)
    page = texte(reparee)
    assert "Réparation proposée" in page
    assert "aujourd'hui Réf Chanal, puis" in page
    assert "Réf Roux" in page
    (calcul,) = Calcul.objects.all()
    ligne = calcul.lignes.get()
    client.post(f"/referents/propositions/lignes/{ligne.pk}/accepter/")
    en_cours = Referent.objects.get(personne=personne, fin__isnull=True)
    assert en_cours.agent_id == roux.pk


def test_une_reparation_sans_objet_le_dit(monde: Monde, chanal: Agent) -> None:
    client = monde.connecter(Role.CADRE)
    page = client.post(f"/referents/charges/portefeuilles/{chanal.pk}/reparation/", follow=True)
    assert page.status_code == 200
    assert 'class="avis avis--warning"' in texte(page)
    assert client.get(f"/referents/charges/portefeuilles/{chanal.pk}/danser/").status_code == 404
    assert client.get("/referents/charges/portefeuilles/999999/").status_code == 404


def test_designer_a_la_main(monde: Monde, chanal: Agent, roux: Agent) -> None:
    personne = monde.demande("Chalendar", "Brioude").personne
    client = monde.connecter(Role.CHARGE_ORIENTATION)
    base = f"/referents/personnes/{personne.pk}"
    page = texte(client.get(f"{base}/"))
    assert "elle est à confier" in page
    formulaire = texte(client.get(f"{base}/designer/"))
    assert formulaire.index("Réf Roux") < formulaire.index("Réf Chanal")
    assert "Choisissez une réponse." in texte(client.post(f"{base}/designer/", {}))
    suite = texte(client.post(f"{base}/designer/", {"designer-agent": roux.pk}, follow=True))
    assert "Le référent est désigné" in suite
    assert Designation.objects.get().mode == "manuel"
    refuse = texte(client.get(f"{base}/designer/", follow=True))
    assert "n'est pas possible dans l'état du dossier" in refuse


def test_changer_montre_ce_qui_change_de_mains_avant_de_confirmer(
    monde: Monde, chanal: Agent, roux: Agent
) -> None:
    personne = confier(monde, "Chalendar", chanal)
    echeance(personne, date(2020, 10, 20))
    client = monde.connecter(Role.CADRE)
    base = f"/referents/personnes/{personne.pk}"
    envoi = {"passation-agent": roux.pk, "passation-motif": "déménagement"}
    apercu = texte(client.post(f"{base}/changer/", envoi))
    assert "Ce qui change de mains" in apercu
    assert "Désigner le référent unique" in apercu
    assert "dans 5 jours" in apercu
    assert Referent.objects.filter(personne=personne).count() == 1
    suite = texte(client.post(f"{base}/changer/", envoi | {"confirme": "1"}, follow=True))
    assert "Le référent a changé" in suite
    assert "déménagement" in suite
    assert [r.agent_id for r in Referent.objects.filter(personne=personne).order_by("debut")] == [
        chanal.pk,
        roux.pk,
    ]


def test_une_autre_raison_s_ecrit(monde: Monde, chanal: Agent, roux: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter(Role.CADRE)
    envoi = {"passation-agent": roux.pk, "passation-motif": "autre", "confirme": "1"}
    page = texte(client.post(f"/referents/personnes/{personne.pk}/changer/", envoi))
    assert "Écrivez en une phrase" in page
    assert Referent.objects.filter(personne=personne).count() == 1


def test_le_referent_de_parcours_est_a_part(monde: Monde, chanal: Agent, roux: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter(Role.CADRE)
    adresse = f"/referents/personnes/{personne.pk}/parcours/"
    suite = texte(client.post(adresse, {"parcours-agent": roux.pk}, follow=True))
    assert "Le référent de parcours est noté" in suite
    natures = set(Referent.objects.filter(fin__isnull=True).values_list("nature", "agent_id"))
    assert natures == {("unique", chanal.pk), ("parcours", roux.pk)}


def test_preciser_la_mobilite(monde: Monde) -> None:
    demande = monde.demande("Chalendar")
    client = monde.connecter(Role.REFERENT)
    adresse = f"/referents/personnes/{demande.personne_id}/mobilite/"
    suite = texte(client.post(adresse, {"mobilite-mobilite": "sans_vehicule"}, follow=True))
    assert "N'a pas de voiture" in suite
    assert Demande.objects.get().mobilite == "sans_vehicule"


def test_mettre_fin_demande_une_raison(monde: Monde, chanal: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter(Role.CADRE)
    adresse = f"/referents/personnes/{personne.pk}/liberer/"
    assert "Écrivez en une phrase" in texte(client.post(adresse, {}))
    suite = texte(client.post(adresse, {"liberer-precision": "Elle part."}, follow=True))
    assert "L'accompagnement est terminé" in suite


def test_un_referent_lit_sans_changer(monde: Monde, chanal: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter_agent(chanal)
    page = texte(client.get(f"/referents/personnes/{personne.pk}/"))
    assert "Réf Chanal" in page
    assert "Changer de référent" not in page
    for code in ("changer", "designer", "liberer", "parcours", "annoncer"):
        assert client.get(f"/referents/personnes/{personne.pk}/{code}/").status_code == 403


def test_une_personne_d_un_autre_secteur_est_introuvable(monde: Monde, chanal: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    client = monde.connecter(Role.CADRE, "S2")
    for fin in ("", "changer/"):
        assert client.get(f"/referents/personnes/{personne.pk}/{fin}").status_code == 404


def test_le_dossier_montre_le_referent(monde: Monde, chanal: Agent) -> None:
    personne = confier(monde, "Chalendar", chanal)
    page = texte(monde.connecter(Role.CADRE).get(f"/personnes/{personne.pk}/"))
    assert 'id="referent_unique.referent"' in page
    assert f"/referents/personnes/{personne.pk}/" in page


def test_ma_journee_dit_ce_qui_attend(monde: Monde, chanal: Agent) -> None:
    monde.demande("Chalendar")
    client = monde.connecter(Role.CADRE)
    assert "1 personne à confier" in texte(client.get("/"))
    monde.proposer()
    assert "1 à relire" in texte(client.get("/"))


@pytest.mark.parametrize(
    ("minutes", "places", "attendu"),
    [
        ([-1], [{"orientations": [PRO], "est_presente": True}], "type"),
        ([-1], [{"orientations": ["x"], "est_presente": False}], "absent"),
        ([-1], [{"orientations": ["x"], "est_presente": True}], "loin"),
        ([120], [{"orientations": ["x"], "est_presente": True}], "plein"),
    ],
)
def test_la_raison_de_qui_n_a_personne(
    minutes: list[int], places: list[dict[str, Any]], attendu: str
) -> None:
    assert raison(orientation="x", minutes=minutes, places=places) == attendu


def test_la_barre_dit_ce_qui_depasse() -> None:
    sobre = barre_de_charge(avant=2, apres=3, places=5, maximum=10)
    assert sobre.count("<rect") == 3
    assert "charge-m5" not in sobre
    pleine = barre_de_charge(avant=5, apres=7, places=5, maximum=10)
    assert 'fill="url(#charge-m5)"' in pleine
    assert 'width="20%"' in pleine
    assert "<rect" in barre_de_charge(avant=0, apres=0, places=0, maximum=0)


def test_un_visiteur_est_invite_a_se_connecter() -> None:
    assert Client().get("/referents/propositions/").status_code == 302
