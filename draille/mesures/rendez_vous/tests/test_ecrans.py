"""Les écrans des convocations et des rendez-vous, tels qu'un agent les parcourt."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import DemandeRendezVous, Motif, RendezVous
from draille.mesures.rendez_vous.tests.conftest import Monde
from draille.mesures.rendez_vous.tests.fabrique_ecrans import (
    creneaux,
    demande,
    fixe,
    personne,
    plage,
)
from draille.moteurs.messages.models import Message
from draille.noyau.personne.models import Consultation
from draille.noyau.referent.models import Referent
from draille.socle import contexte
from draille.socle.acces import Acces, Role

Connecter = Callable[..., Client]
CONVOQUENT = {Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE}
RENDENT_COMPTE = CONVOQUENT | {Role.ACCUEIL}


def texte(reponse) -> str:
    return reponse.content.decode().replace("&#x27;", "'")


@pytest.fixture
def lui(monde: Monde) -> DemandeRendezVous:
    return demande(personne("Chalendar", monde.puy))


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_chaque_page_s_ouvre_a_ses_roles_et_a_eux_seuls(
    role: Role, connecter: Connecter, monde: Monde, lui: DemandeRendezVous, systeme: Acces
) -> None:
    rdv = fixe(demande(personne("Ybert", monde.puy)), creneaux()[0], systeme)
    client = connecter(role)
    attendus = {
        "/convocations/": CONVOQUENT,
        "/convocations/examen/": CONVOQUENT,
        "/convocations/revue/?tout=1&motif=orientation": CONVOQUENT,
        f"/convocations/{lui.pk}/": CONVOQUENT,
        "/convocations/suivi/": CONVOQUENT | {Role.PILOTE},
        "/agenda/": RENDENT_COMPTE,
        f"/agenda/creneaux/{creneaux()[1].pk}/": CONVOQUENT - {Role.REFERENT},
        f"/rendez-vous/{rdv.pk}/": RENDENT_COMPTE,
        f"/rendez-vous/{rdv.pk}/deplacer/": CONVOQUENT,
        f"/rendez-vous/fixer/{rdv.personne_id}/": CONVOQUENT,
        "/lieux/": CONVOQUENT,
        f"/lieux/{monde.lieu.pk}/": CONVOQUENT,
        "/lieux/nouveau/": {Role.CHARGE_ORIENTATION, Role.CADRE},
    }
    for adresse, roles in attendus.items():
        statut = client.get(adresse).status_code
        assert (statut == 200) is (role in roles), (adresse, statut)


def test_un_agent_de_secteur_ne_convoque_que_son_secteur(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous, systeme: Acces
) -> None:
    ailleurs = demande(personne("Vidalenc", monde.brioude))
    client = connecter(Role.CHARGE_ORIENTATION, "S2")
    page = texte(client.get("/convocations/"))
    assert "Vidalenc" in page and "Chalendar" not in page
    assert client.get(f"/convocations/{lui.pk}/").status_code == 404
    assert client.post(f"/convocations/{lui.pk}/", {"creneau": creneaux()[0].pk}).status_code == 404
    assert client.get(f"/convocations/{ailleurs.pk}/").status_code == 200


def test_la_liste_propose_un_creneau_des_minutes_et_dit_le_retard(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    demande(personne("Ybert", monde.brioude), avant_le=date(2020, 10, 16), rang=2)
    page = texte(connecter(Role.CADRE).get("/convocations/"))
    assert page.index("Ybert") < page.index("Chalendar")
    assert "seconde convocation" in page
    assert "estimation" in page and "min" in page
    assert "à temps" in page
    assert "après</span>" in page
    assert f'value="{lui.pk}-' in page


def test_sans_creneau_la_ligne_dit_pourquoi_et_ne_se_coche_pas(
    connecter: Connecter, lui: DemandeRendezVous, monde: Monde
) -> None:
    seul = demande(personne("Seul", monde.puy), motif=Motif.REFERENT, agent=monde.referent)
    page = texte(connecter(Role.CADRE).get("/convocations/?motif=referent"))
    assert "aucun créneau" in page
    assert f'value="{seul.pk}-' not in page
    assert "Chalendar" not in page


def test_un_referent_seul_ne_voit_que_ceux_qu_il_accompagne(
    connecter: Connecter, monde: Monde
) -> None:
    client = connecter(Role.REFERENT, agent=monde.referent)
    demande(personne("Mienne", monde.puy), motif=Motif.REFERENT, agent=monde.referent)
    demande(personne("Delair", monde.puy), motif=Motif.REFERENT, agent=monde.collegue)
    page = texte(client.get("/convocations/"))
    assert "Mienne" in page and "Delair" not in page
    monde.ouvrir()
    DemandeRendezVous.objects.update(statut="signalee")
    examen = texte(client.get("/convocations/examen/"))
    assert "Mienne" in examen and "Delair" not in examen
    assert "À examiner (1)" in examen


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous, django_assert_num_queries
) -> None:
    client = connecter(Role.CADRE)
    adresses = ("/convocations/", "/convocations/revue/?tout=1", "/agenda/?jour=2020-10-19")
    comptes = {}
    for adresse in adresses:
        client.get(adresse)
        with CaptureQueriesContext(connection) as peu:
            client.get(adresse)
        comptes[adresse] = len(peu)
    plage(monde.lieu, monde.systeme, jour=2)
    for i in range(25):
        demande(personne(f"Nom{i}", (monde.puy, monde.brioude)[i % 2]))
    contexte.poser(acces=monde.systeme, instant=monde.instant)
    for adresse in adresses:
        with django_assert_num_queries(comptes[adresse]):
            client.get(adresse)


def test_relire_puis_convoquer_toute_la_liste(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    demande(personne("Ybert", monde.brioude))
    client = connecter(Role.CHARGE_ORIENTATION)
    page = texte(client.get("/convocations/revue/?tout=1"))
    assert page.count("checked") == 2
    monde.ouvrir()
    assert not RendezVous.objects.exists()
    valeurs = [v.split('"')[0] for v in page.split('name="ligne" value="')[1:]]
    suite = client.post("/convocations/revue/", {"ligne": valeurs, "vue": valeurs}, follow=True)
    assert "2\N{NO-BREAK SPACE}personnes convoquées" in texte(suite)
    monde.ouvrir()
    assert RendezVous.objects.count() == 2
    assert Message.objects.filter(modele="convocation_orientation").count() == 2


def test_une_ligne_refusee_revient_avec_sa_raison_et_un_autre_creneau(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous, systeme: Acces
) -> None:
    autre = demande(personne("Ybert", monde.puy))
    pris = creneaux()[5]
    fixe(demande(personne("Premier", monde.puy)), pris, systeme)
    client = connecter(Role.CADRE)
    bon = f"{lui.pk}-{creneaux()[6].pk}"
    refusee = f"{autre.pk}-{pris.pk}"
    page = texte(
        client.post("/convocations/revue/", {"ligne": [bon, refusee], "vue": [bon, refusee]})
    )
    assert "1 personne convoquée" in page
    assert "1 ligne à reprendre" in page
    assert "vient d'être pris" in page
    assert "Ybert" in page and "Chalendar" not in page
    assert refusee not in page


@pytest.mark.parametrize("envoi", [{}, {"ligne": "nimporte"}, {"ligne": "12"}, {"ligne": "9-9"}])
def test_une_revue_vide_ou_illisible_n_envoie_rien(
    envoi: dict[str, str], connecter: Connecter, lui: DemandeRendezVous, monde: Monde
) -> None:
    client = connecter(Role.CADRE)
    assert client.get("/convocations/revue/").status_code == 302
    reponse = client.post("/convocations/revue/", envoi)
    assert reponse.status_code == 200
    monde.ouvrir()
    assert not RendezVous.objects.exists()


def test_choisir_un_autre_creneau_relire_le_message_puis_convoquer(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    client, page = connecter(Role.CADRE), f"/convocations/{lui.pk}/"
    voulu = creneaux()[3]
    vue = texte(client.get(f"{page}?creneau={voulu.pk}"))
    assert "proposé" in vue
    assert "traitement algorithmique" in vue
    assert "traitement algorithmique" not in texte(client.get(page))
    assert "Bureau du Puy" in vue and "min en voiture" in vue
    relu = texte(client.post(page, {"creneau": voulu.pk, "canal": "courrier", "apercu": "1"}))
    assert "checked" in relu
    monde.ouvrir()
    assert not RendezVous.objects.exists()
    assert not Message.objects.exists()
    suite = client.post(page, {"creneau": voulu.pk, "canal": ""}, follow=True)
    assert "Le rendez-vous est fixé" in texte(suite)
    assert "Convocation au premier rendez-vous" in texte(suite)
    monde.ouvrir()
    rdv = RendezVous.objects.get()
    assert rdv.creneau_id == voulu.pk
    assert Consultation.objects.filter(personne=lui.personne, page="rendez_vous").exists()
    encore = client.get(page, follow=True)
    assert "n'attend plus de convocation" in texte(encore)


def test_le_choix_coche_d_avance_laisse_a_la_lettre_le_temps_d_arriver(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    # Le 15 octobre, le lundi 19 est à quatre jours ; le préavis est de sept.
    page = texte(connecter(Role.CADRE).get(f"/convocations/{lui.pk}/"))
    coche = next(x for x in page.split("<input")[1:] if " checked" in x.split(">")[0])
    assert "Lundi 26 octobre" in coche
    bref = next(x for x in page.split("<input")[1:] if "Lundi 19 octobre" in x)
    assert "trop tôt pour une lettre" in bref


def test_la_mention_legale_suit_le_calcul_et_lui_seul(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    client = connecter(Role.CADRE)
    a_la_main = demande(personne("Ybert", monde.puy))
    un, deux = creneaux()[3], creneaux()[4]
    client.post(f"/convocations/{lui.pk}/", {"creneau": un.pk, "propose": un.pk})
    client.post(f"/convocations/{a_la_main.pk}/", {"creneau": deux.pk, "propose": un.pk})
    monde.ouvrir()
    mentions = dict(
        Message.objects.filter(modele="convocation_orientation").values_list(
            "personne__nom_naissance", "a_mention"
        )
    )
    assert mentions == {"Chalendar": True, "Ybert": False}


def test_une_date_dite_de_vive_voix_n_envoie_rien(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    client = connecter(Role.CADRE)
    envoi = {"creneau": creneaux()[3].pk, "canal": "vive_voix"}
    suite = texte(client.post(f"/convocations/{lui.pk}/", envoi, follow=True))
    assert "dites la date à la personne" in suite
    monde.ouvrir()
    assert RendezVous.objects.count() == 1
    assert not Message.objects.exists()


def test_un_creneau_absent_pris_ou_faux_se_dit_doucement(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous, systeme: Acces
) -> None:
    client, page = connecter(Role.CADRE), f"/convocations/{lui.pk}/"
    fixe(demande(personne("Ybert", monde.puy)), creneaux()[0], systeme)
    assert "Choisissez un créneau." in texte(client.post(page, {}))
    for valeur in (str(creneaux()[0].pk), "999999", "chat"):
        reponse = client.post(page, {"creneau": valeur})
        assert reponse.status_code == 200
        assert "n'est plus libre" in texte(reponse)
        assert 'href="#id_creneau"' in texte(reponse)


@pytest.fixture
def rdv(monde: Monde, lui: DemandeRendezVous, systeme: Acces) -> RendezVous:
    return fixe(lui, creneaux()[0], systeme)


def test_honorer_ne_se_propose_qu_a_partir_du_jour(
    connecter: Connecter, monde: Monde, rdv: RendezVous, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, page = connecter(Role.ACCUEIL), f"/rendez-vous/{rdv.pk}/"
    avant = texte(client.get(page))
    assert "La personne est venue" not in avant
    assert "Elle a prévenu" in avant
    assert "Annuler, du fait du service" not in avant
    refus = texte(client.post(f"{page}honorer/", follow=True))
    assert "quand il aura eu lieu" in refus
    monkeypatch.setenv("DRAILLE_DATE", rdv.jour.isoformat())
    suite = texte(client.post(f"{page}honorer/", follow=True))
    assert "Le rendez-vous est honoré." in suite
    assert "La personne est venue" not in suite
    encore = texte(client.post(f"{page}honorer/", follow=True))
    assert "déjà dite" in encore


def test_une_excuse_demande_un_motif_et_rouvre_la_convocation(
    connecter: Connecter, monde: Monde, rdv: RendezVous
) -> None:
    client, page = connecter(Role.CADRE), f"/rendez-vous/{rdv.pk}/"
    vide = texte(client.post(f"{page}excuser/", {"excuser-motif": ""}))
    assert "Écrivez une phrase." in vide
    assert 'href="#id_excuser-motif"' in vide
    assert '<details id="excuser" open>' in vide
    suite = texte(client.post(f"{page}excuser/", {"excuser-motif": "Malade"}, follow=True))
    assert "De nouveau à convoquer" in suite
    assert f"/convocations/{rdv.demande_id}/" in suite
    assert "Annulé avant l" in suite


def test_deux_absences_puis_l_examen(
    connecter: Connecter, monde: Monde, rdv: RendezVous, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connecter(Role.CADRE)
    monkeypatch.setenv("DRAILLE_DATE", rdv.jour.isoformat())
    suite = texte(client.post(f"/rendez-vous/{rdv.pk}/manquer/", follow=True))
    assert "Seconde convocation à fixer" in suite
    monde.ouvrir(rdv.jour)
    second = actes.fixer(
        demande_id=rdv.demande_id, creneau_id=creneaux()[9].pk, par=monde.systeme, le=rdv.jour
    )
    page = texte(client.get(f"/rendez-vous/{second.pk}/"))
    assert "seconde convocation" in page and "Les convocations de cette demande" in page
    monkeypatch.setenv("DRAILLE_DATE", second.jour.isoformat())
    suite = texte(client.post(f"/rendez-vous/{second.pk}/manquer/", follow=True))
    assert "Deux absences" in suite
    examen = texte(client.get("/convocations/examen/"))
    assert "Chalendar" in examen and "À examiner (1)" in examen
    refuse = texte(client.post(f"/convocations/{rdv.demande_id}/classer/", {}))
    assert "Écrivez une phrase." in refuse
    motif = {f"classer-{rdv.demande_id}-motif": "Partie du Département."}
    suite = texte(client.post(f"/convocations/{rdv.demande_id}/classer/", motif, follow=True))
    assert "La demande est classée" in suite
    assert "Personne à examiner" in suite


def test_reprendre_apres_deux_absences(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    client = connecter(Role.CADRE)
    adresse = f"/convocations/{lui.pk}/reprendre/"
    assert "n'attend pas d'examen" in texte(client.post(adresse, follow=True))
    monde.ouvrir()
    DemandeRendezVous.objects.filter(pk=lui.pk).update(statut="signalee", rang=2)
    suite = client.post(adresse, follow=True)
    assert suite.redirect_chain[-1][0] == f"/convocations/{lui.pk}/"
    assert "Convoquer" in texte(suite)


def test_annuler_previent_et_deplacer_garde_l_histoire(
    connecter: Connecter, monde: Monde, rdv: RendezVous
) -> None:
    client = connecter(Role.CADRE)
    page = texte(client.get(f"/rendez-vous/{rdv.pk}/deplacer/"))
    assert "Déplacer le rendez-vous" in page
    autre = creneaux()[4]
    suite = texte(
        client.post(f"/rendez-vous/{rdv.pk}/deplacer/", {"creneau": autre.pk}, follow=True)
    )
    assert "Le rendez-vous est déplacé" in suite
    assert "Les convocations de cette demande" in suite
    monde.ouvrir()
    nouveau = RendezVous.objects.get(statut="fixe")
    assert nouveau.creneau_id == autre.pk
    retour = client.get(f"/rendez-vous/{rdv.pk}/deplacer/", follow=True)
    assert "a déjà une suite" in texte(retour)
    motif = {"annuler-motif": "L'agent est absent."}
    suite = texte(client.post(f"/rendez-vous/{nouveau.pk}/annuler/", motif, follow=True))
    assert "la personne en est prévenue" in suite
    assert "Annulation" in suite


def test_un_acte_inconnu_ou_reserve(connecter: Connecter, rdv: RendezVous) -> None:
    client = connecter(Role.ACCUEIL)
    assert client.post(f"/rendez-vous/{rdv.pk}/danser/").status_code == 404
    assert client.post(f"/rendez-vous/{rdv.pk}/annuler/").status_code == 403
    assert client.get(f"/rendez-vous/{rdv.pk}/honorer/").status_code == 405
    assert client.get("/rendez-vous/999999/").status_code == 404


def test_un_rendez_vous_d_un_autre_secteur_n_existe_pas(
    connecter: Connecter, rdv: RendezVous
) -> None:
    client = connecter(Role.CADRE, "S2")
    assert client.get(f"/rendez-vous/{rdv.pk}/").status_code == 404
    assert client.post(f"/rendez-vous/{rdv.pk}/manquer/").status_code == 404
    agenda = texte(client.get(f"/agenda/?lieu={rdv.creneau.lieu_id}&jour={rdv.jour}"))
    assert "Chalendar" not in agenda
    assert "1 personne d'un autre secteur" in agenda


def test_fixer_un_rendez_vous_de_suivi(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    client = connecter(Role.REFERENT, agent=monde.referent)
    adresse = f"/rendez-vous/fixer/{lui.personne_id}/"
    assert "Aucun créneau libre" in texte(client.get(adresse))
    monde.ouvrir()
    plage(monde.lieu, monde.systeme, motif=Motif.SUIVI, agent=monde.referent, jour=4)
    libre = creneaux(Motif.SUIVI)[0]
    suite = client.post(adresse, {"creneau": libre.pk, "canal": "vive_voix"}, follow=True)
    assert "Le rendez-vous est fixé" in texte(suite)
    assert client.get("/rendez-vous/fixer/999999/").status_code == 404


def test_le_panneau_et_les_tuiles(
    connecter: Connecter, monde: Monde, rdv: RendezVous, lui: DemandeRendezVous
) -> None:
    demande(lui.personne, motif=Motif.REFERENT, agent=monde.referent)
    dossier = texte(connecter(Role.CADRE).get(f"/personnes/{lui.personne_id}/"))
    assert f"/rendez-vous/{rdv.pk}/" in dossier
    assert "Premier rendez-vous avec le référent" in dossier
    assert f"/rendez-vous/fixer/{lui.personne_id}/" in dossier


def test_mes_rendez_vous_du_jour_et_de_la_semaine(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous, monkeypatch: pytest.MonkeyPatch
) -> None:
    from draille.ecrans.panneaux import tuiles

    for jour in (1, 4):
        plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=jour)
    # Jeudi 15 (trois créneaux), lundi 19 (trois), jeudi 22.
    ouverts = creneaux(Motif.REFERENT)
    for nom, ou in (("Aujourdhui", ouverts[1]), ("Bientot", ouverts[4]), ("Loin", ouverts[7])):
        fixe(
            demande(personne(nom, monde.puy), motif=Motif.REFERENT, agent=monde.referent),
            ou,
            monde.systeme,
        )
    fixe(demande(personne("Orientee", monde.puy)), creneaux()[0], monde.systeme)
    client = connecter(Role.REFERENT, agent=monde.referent)
    monkeypatch.setenv("DRAILLE_DATE", ouverts[1].jour.isoformat())
    journee = texte(client.get("/"))
    assert "Mes rendez-vous" in journee
    assert "Aujourdhui" in journee and "Bientot" in journee
    # Un créneau sans agent est à l'équipe d'orientation, pas à lui.
    assert "Orientee" not in journee
    assert "Loin" not in journee
    monde.ouvrir(ouverts[1].jour + timedelta(days=1))
    acces = monde.acces_du_referent()
    (file,) = (
        t
        for t in tuiles(acces=acces, le=ouverts[1].jour, emplacement="ma_file")
        if t.code.startswith("rendez_vous.")
    )
    assert file.donnees["aujourd_hui"]["total"] == 1


def test_une_tuile_longue_se_resume(connecter: Connecter, monde: Monde) -> None:
    plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=1)
    plage(monde.lieu, monde.systeme, motif=Motif.REFERENT, agent=monde.referent, jour=2, capacite=9)
    seance = next(c for c in creneaux(Motif.REFERENT) if c.capacite == 9)
    for n in range(9):
        qui = personne(f"Nombreuse{n}", monde.puy)
        fixe(demande(qui, motif=Motif.REFERENT, agent=monde.referent), seance, monde.systeme)
    journee = texte(connecter(Role.REFERENT, agent=monde.referent).get("/"))
    assert journee.count("Nombreuse") == 8
    assert "et 1 de plus" in journee


def test_la_presence_par_secteur_sur_ma_journee(
    connecter: Connecter, monde: Monde, rdv: RendezVous, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde.ouvrir(rdv.jour)
    actes.honorer(rendez_vous_id=rdv.pk, par=monde.systeme, le=rdv.jour)
    monkeypatch.setenv("DRAILLE_DATE", (rdv.jour + timedelta(days=1)).isoformat())
    journee = texte(connecter(Role.PILOTE).get("/"))
    assert "Présence aux rendez-vous" in journee
    assert "100\N{NO-BREAK SPACE}%" in journee
    assert "Chalendar" not in journee


def test_qui_ne_se_joint_pas_se_convoque_de_vive_voix(connecter: Connecter, monde: Monde) -> None:
    seule = demande(personne("Injoignable", monde.puy, courriel=""))
    client = connecter(Role.CADRE)
    page = texte(client.get("/convocations/revue/?tout=1"))
    assert "convoquez-la de vive voix" in page
    assert "checked" not in page
    valeur = page.split('name="vue" value="')[1].split('"')[0]
    refus = texte(client.post("/convocations/revue/", {"ligne": valeur, "vue": valeur}))
    assert "On ne sait pas où écrire" in refus
    page = texte(client.get(f"/convocations/{seule.pk}/?canal=vive_voix"))
    assert "Aucun message ne part" in page


def test_un_suivi_se_propose_avec_le_referent_de_la_personne(
    connecter: Connecter, monde: Monde, lui: DemandeRendezVous
) -> None:
    for agent in (monde.referent, monde.collegue):
        plage(monde.lieu, monde.systeme, motif=Motif.SUIVI, agent=agent, jour=4)
    adresse = f"/rendez-vous/fixer/{lui.personne_id}/"
    client = connecter(Role.CADRE)
    tous = texte(client.get(adresse))
    assert f"avec {monde.referent}" in tous and f"avec {monde.collegue}" in tous
    monde.ouvrir()
    Referent.objects.create(
        personne=lui.personne,
        nature="unique",
        organisation=monde.organisation,
        agent=monde.collegue,
        debut=date(2020, 10, 1),
        cle_acces=lui.cle_acces,
    )
    page = texte(client.get(adresse))
    assert f"avec {monde.collegue}" in page and f"avec {monde.referent}" not in page
    assert "min en voiture" in page


def test_le_suivi_ne_dit_aucun_nom(
    connecter: Connecter, monde: Monde, rdv: RendezVous, lui: DemandeRendezVous
) -> None:
    client = connecter(Role.PILOTE)
    assert 'id="comparaison"' not in texte(client.get("/convocations/suivi/"))
    page = texte(client.get("/convocations/suivi/?motif=orientation"))
    assert 'id="comparaison"' in page
    assert "Convocations fixées" in page
    assert "Chalendar" not in page
