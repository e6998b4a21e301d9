"""Les écrans de la formation, tels qu'un agent les parcourt."""

import io
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from draille.ecrans.panneaux import tuiles
from draille.mesures.formation import actes
from draille.mesures.formation.actes import FicheProfessionnel
from draille.mesures.formation.lectures_attestation import attestation
from draille.mesures.formation.models import Inscription, Presence, Session
from draille.mesures.formation.tests import fabrique as f
from draille.mesures.formation.tests.conftest import Connecter
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

AGENTS = {r for r in Role if r not in (Role.SYSTEME, Role.PARTENAIRE)}
GERENT = {Role.PILOTE, Role.CADRE}
HIER = f.LE - timedelta(days=5)


def texte(reponse) -> str:  # type: ignore[no-untyped-def]
    return reponse.content.decode().replace("&#x27;", "'").replace("\u202f", " ")


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_chaque_page_s_ouvre_a_ses_roles_et_a_eux_seuls(
    role: Role, connecter: Connecter, ecran: Acces
) -> None:
    ou = f.session(ecran)
    demi = ou.demi_journees.first()
    client = connecter(role)
    attendus = {
        "/formations/": AGENTS,
        "/formations/?quand=passees&theme=aller_vers": AGENTS,
        "/formations/catalogue/": AGENTS,
        "/formations/miennes/": AGENTS,
        "/formations/chiffres/": AGENTS,
        "/formations/chiffres/liste/?compte=oui": AGENTS,
        f"/formations/{ou.pk}/": AGENTS,
        "/formations/programmer/": GERENT,
        f"/formations/demi-journees/{demi.pk}/": GERENT,
    }
    for adresse, roles in attendus.items():
        statut = client.get(adresse).status_code
        assert (statut == 200) is (role in roles), (adresse, statut)


def test_ce_qui_ecrit_ne_se_lit_pas_et_se_garde(connecter: Connecter, ecran: Acces) -> None:
    ou = f.session(ecran)
    inscription = f.inscrire(ou, "Un", ecran)
    agent, cadre = connecter(Role.REFERENT), connecter(Role.CADRE)
    for adresse in (f"/formations/{ou.pk}/clore/", f"/formations/{ou.pk}/annuler/"):
        assert (
            agent.post(adresse, {"annuler-motif": "x", "annuler-montant_reel": "0"}).status_code
            == 403
        )
        assert cadre.get(adresse).status_code == 405
    agent.post(f"/formations/inscriptions/{inscription.pk}/retirer/")
    inscription.refresh_from_db()
    assert inscription.statut == "inscrite"
    assert agent.get("/formations/inscriptions/999999/attestation.pdf").status_code == 404
    assert cadre.get("/formations/999999/").status_code == 404
    assert cadre.get("/formations/demi-journees/999999/").status_code == 404


def test_un_pilote_programme_une_session_d_un_formulaire(
    connecter: Connecter, ecran: Acces
) -> None:
    client = connecter(Role.PILOTE)
    saisie = {
        "titre": "Aller vers",
        "theme": "aller_vers",
        "organisme": "Organisme",
        "lieu": "Salle",
        "commune": "",
        "places": "12",
        "montant_prevu": "1 250,50 €",
        "heures": "3,5",
        "jour_1": "2020-10-12",
        "moment_1": "journee",
        "jour_2": "2020-10-13",
        "moment_2": "matin",
        **{f"moment_{n}": "journee" for n in (3, 4, 5)},
    }
    faux = client.post(
        "/formations/programmer/", {**saisie, "places": "", "theme": "participation"}
    )
    assert faux.status_code == 200
    assert "Écrivez un nombre." in texte(faux)
    assert 'value="1 250,50 €"' in texte(faux)
    refusee = client.post("/formations/programmer/", {**saisie, "theme": "participation"})
    assert "Ce thème n'est pas au catalogue le 12 octobre 2020" in texte(refusee)
    assert Session.objects.count() == 0
    reponse = client.post("/formations/programmer/", saisie)
    ou = Session.objects.get()
    assert reponse.status_code == 302 and reponse["Location"] == f"/formations/{ou.pk}/"
    assert (ou.heures, ou.montant_prevu, ou.places) == (
        Decimal("10.5"),
        Decimal("1250.50"),
        12,
    )
    assert [str(d) for d in ou.demi_journees.all()] == [
        "12/10/2020 matin",
        "12/10/2020 après-midi",
        "13/10/2020 matin",
    ]


def test_un_agent_s_inscrit_attend_et_se_desiste(connecter: Connecter, ecran: Acces) -> None:
    ou = f.session(ecran, places=1)
    un, deux = (connecter(Role.REFERENT, agent=f.agent(n)) for n in ("Un", "Deux"))
    assert "Il reste 1 place." in texte(un.get(f"/formations/{ou.pk}/"))
    dit = texte(un.post(f"/formations/{ou.pk}/inscrire/", follow=True))
    assert "Vous êtes sur la liste de cette session." in dit
    assert "vous y êtes" in texte(un.get("/formations/"))
    attend = texte(deux.post(f"/formations/{ou.pk}/inscrire/", follow=True))
    assert "vous êtes <strong>1re</strong> sur la liste" in attend
    assert "en attente d'une place" in texte(deux.get("/formations/miennes/"))
    tenue = Inscription.objects.get(statut="inscrite")
    rendue = un.post(f"/formations/inscriptions/{tenue.pk}/retirer/", follow=True)
    assert "La place va à la première personne qui attendait." in texte(rendue)
    assert "Je ne pourrai pas venir" in texte(deux.get(f"/formations/{ou.pk}/"))


def test_les_noms_des_inscrits_ne_se_lisent_qu_a_qui_gere(
    connecter: Connecter, ecran: Acces
) -> None:
    ou = f.session(ecran)
    f.inscrire(ou, "Chalendar", ecran)
    assert "Chalendar" not in texte(connecter(Role.REFERENT).get(f"/formations/{ou.pk}/"))
    assert "Chalendar" in texte(connecter(Role.CADRE).get(f"/formations/{ou.pk}/"))


def test_un_cadre_inscrit_un_collegue_et_un_partenaire(connecter: Connecter, ecran: Acces) -> None:
    ou, logis, autre = f.session(ecran), f.partenaire(), f.agent("Un")
    client = connecter(Role.CADRE)
    url = f"/formations/{ou.pk}/inscrire/"
    vide = client.post(url, {"qui": "partenaire", "partenaire-nom": "Roux"})
    assert "Écrivez quelques mots." in texte(vide) and 'value="Roux"' in texte(vide)
    client.post(url, {"qui": "agent", "agent-agent": autre.pk})
    encore = client.post(url, {"qui": "agent", "agent-agent": autre.pk})
    assert "est déjà sur la liste de cette session." in texte(encore)
    fiche = {"nom": "Roux", "prenom": "Yves", "organisation": logis.pk, "fonction": ""}
    client.post(url, {"qui": "partenaire", **{f"partenaire-{k}": v for k, v in fiche.items()}})
    page = texte(client.get(f"/formations/{ou.pk}/"))
    assert "Mathilde Un" in page and "Yves Roux" in page and "Inscrits (2 sur 2)" in page


def test_emarger_clore_et_attester_de_bout_en_bout(
    connecter: Connecter, ecran: Acces, monkeypatch: pytest.MonkeyPatch
) -> None:
    ou = f.session(ecran, le=f.LE)
    un = f.inscrire(ou, "Un", ecran)
    deux = f.inscrire(ou, "Deux", ecran)
    client = connecter(Role.CADRE)
    matin, soir = ou.demi_journees.all()
    assert "Cette demi-journée est à venir" in texte(
        client.get(f"/formations/demi-journees/{matin.pk}/")
    )
    monkeypatch.setenv("DRAILLE_DATE", ou.fin.isoformat())
    page = texte(client.get(f"/formations/demi-journees/{matin.pk}/"))
    assert page.count(" checked") == 2
    client.post(f"/formations/demi-journees/{matin.pk}/", {"present": [un.pk, deux.pk]})
    tot = client.post(f"/formations/{ou.pk}/clore/", {"clore-montant_reel": "990"})
    assert "Dites qui était là, puis clôturez." in texte(tot)
    client.post(f"/formations/demi-journees/{soir.pk}/", {"present": [un.pk]})
    assert Presence.objects.filter(est_presente=True).count() == 3
    assert "Clore la session" in texte(client.get(f"/formations/{ou.pk}/"))
    fin = client.post(f"/formations/{ou.pk}/clore/", {"clore-montant_reel": "990,40"}, follow=True)
    assert "2 professionnels formés" in texte(fin).replace("\u00a0", " ")
    assert "10,5" in texte(fin)
    pdf = client.get(f"/formations/inscriptions/{deux.pk}/attestation.pdf")
    lu = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert len(lu.pages) == 1
    dit = " ".join(lu.pages[0].extract_text().split())
    assert "Mathilde Deux" in dit and "3,5 heures" in dit and "sur les 7 heures" in dit
    assert "<pdfuaid:part>1</pdfuaid:part>" in lu.trailer["/Root"]["/Metadata"].get_data().decode()
    # Chacun a la sienne, et seulement la sienne.
    moi = connecter(Role.REFERENT, agent=f.agent("Un"))
    assert moi.get(f"/formations/inscriptions/{un.pk}/attestation.pdf").status_code == 200
    assert moi.get(f"/formations/inscriptions/{deux.pk}/attestation.pdf").status_code == 404
    assert "Attestation (PDF)" in texte(moi.get("/formations/miennes/"))


def test_l_attestation_est_la_meme_a_chaque_fois_et_se_refuse_sans_presence(
    ecran: Acces,
) -> None:
    ou = f.session(ecran, le=f.LE)
    un, absent = f.inscrire(ou, "Un", ecran), f.inscrire(ou, "Deux", ecran)
    f.au(ou.fin, ecran)
    f.emarger_tout(ou, ecran, sauf=(absent.pk,))
    with pytest.raises(Refus, match="Elle se délivre quand"):
        attestation(inscription_id=un.pk, acces=ecran.parmi(()))
    actes.clore_session(session_id=ou.pk, montant_reel=Decimal(0), par=ecran, le=ou.fin)
    cadre = f.acces(Role.CADRE, f.agent("Chef"))
    premiere = attestation(inscription_id=un.pk, acces=cadre)
    assert premiere == attestation(inscription_id=un.pk, acces=cadre)
    with pytest.raises(Refus):
        attestation(inscription_id=absent.pk, acces=cadre)


def test_un_partenaire_n_a_pas_d_attestation_d_un_homonyme(ecran: Acces) -> None:
    """Sans compte, seul qui gère la lit : « sans agent » n'est pas « le mien »."""
    ou = f.session(ecran)
    fiche = FicheProfessionnel(nom="Roux", prenom="Yves", organisation_id=f.partenaire().pk)
    inscription = actes.inscrire(session_id=ou.pk, qui=fiche, par=ecran, le=f.LE)
    f.au(ou.fin, ecran)
    f.emarger_tout(ou, ecran)
    actes.clore_session(session_id=ou.pk, montant_reel=Decimal(0), par=ecran, le=ou.fin)
    with pytest.raises(Refus):
        attestation(inscription_id=inscription.pk, acces=f.acces(Role.REFERENT))


def test_le_nombre_de_requetes_ne_depend_ni_des_sessions_ni_des_inscrits(
    connecter: Connecter, ecran: Acces
) -> None:
    premiere = f.suivie(ecran, "Un", le=f.LE, commune_id=f.commune("43157", "Puy", "V").pk)
    f.au(f.LE, ecran)
    ouverte = f.session(ecran, debut=f.DEBUT + timedelta(days=20), places=1)
    f.inscrire(ouverte, "Un", ecran)
    client = connecter(Role.CADRE)
    adresses = (
        "/formations/",
        "/formations/?quand=passees",
        "/formations/catalogue/",
        "/formations/miennes/",
        "/formations/chiffres/",
        "/formations/chiffres/liste/",
        f"/formations/{ouverte.pk}/",
        f"/formations/{premiere.pk}/",
    )

    def compter() -> list[int]:
        comptes = []
        for adresse in adresses:
            with CaptureQueriesContext(connection) as requetes:
                assert client.get(adresse).status_code == 200
            comptes.append(len(requetes))
        return comptes

    compter()
    avant = compter()
    f.au(f.LE, ecran)
    for n in range(4):
        f.suivie(ecran, f"A{n}", f"B{n}", le=f.LE, debut=f.DEBUT + timedelta(days=n + 1))
        f.au(f.LE, ecran)
        autre = f.session(ecran, debut=f.DEBUT + timedelta(days=30 + n))
        f.inscrire(autre, f"A{n}", ecran)
        f.inscrire(ouverte, f"B{n}", ecran)
    assert compter() == avant


def test_la_tuile_dit_ce_qui_attend(ecran: Acces) -> None:
    moi = f.agent("Un")

    def dites(role: Role) -> dict[str, object]:
        for encart in tuiles(acces=f.acces(role, moi), le=f.DEBUT):
            if encart.code == "formation.journee":
                return dict(encart.donnees)
        return {}

    assert dites(Role.CADRE) == {}
    ou = f.session(ecran)
    f.inscrire(ou, "Un", ecran)
    f.au(f.DEBUT, ecran)
    assert [m["session"] for m in dites(Role.REFERENT)["miennes"]] == [ou]  # type: ignore[index,attr-defined]
    assert dites(Role.REFERENT)["reste"] is None
    assert dites(Role.CADRE)["reste"].a_emarger == (ou,)  # type: ignore[attr-defined]
    f.emarger_tout(ou, ecran)
    assert dites(Role.CADRE)["reste"].a_clore == (ou,)  # type: ignore[attr-defined]
