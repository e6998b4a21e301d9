"""La proposition de la semaine, sa relecture, ses explications, telles qu'un agent les parcourt."""

import html
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from draille.mesures.referent_unique.models import Calcul, Designation, LigneCalcul
from draille.mesures.referent_unique.tests.monde_ecrans import JOUR, PRO, Monde, batir
from draille.noyau.personne.models import Consultation
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Role

RELISENT = (Role.CHARGE_ORIENTATION, Role.CADRE)
SUIVENT = (Role.CHARGE_ORIENTATION, Role.REFERENT, Role.CADRE)


@pytest.fixture(autouse=True)
def a_la_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAILLE_DATE", JOUR.isoformat())


@pytest.fixture
def monde(systeme: Acces) -> Monde:
    return batir(systeme)


def texte(reponse: Any) -> str:
    return html.unescape(reponse.content.decode())


@pytest.fixture
def calcul(monde: Monde) -> Calcul:
    """Deux référents, trois personnes ; l'une, en parcours professionnel, n'a personne."""
    monde.referent("Chanal", "Le Puy-en-Velay", secteur="S1")
    monde.referent("Roux", "Brioude")
    monde.demande("Chalendar", "Le Puy-en-Velay")
    monde.demande("Vidalenc", "Brioude")
    monde.demande("Ybert", "Langeac", orientation=PRO)
    return monde.proposer()


def ligne_de(nom: str) -> LigneCalcul:
    return LigneCalcul.objects.get(personne__nom_naissance=nom, calcul__statut="propose")


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_les_portes_par_role(role: Role, monde: Monde, calcul: Calcul) -> None:
    client, pk = monde.connecter(role), ligne_de("Chalendar").pk
    portes: dict[str, tuple[Role, ...]] = {
        "/referents/propositions/": RELISENT,
        f"/referents/propositions/{calcul.pk}/": RELISENT,
        f"/referents/propositions/{calcul.pk}/fin/": RELISENT,
        f"/referents/propositions/lignes/{pk}/": RELISENT,
        f"/referents/propositions/lignes/{pk}/changer/": RELISENT,
        f"/referents/propositions/lignes/{pk}/ecarter/": RELISENT,
        f"/referents/propositions/lignes/{pk}/fiche/": SUIVENT,
        f"/referents/propositions/lignes/{pk}/fiche.pdf": SUIVENT,
        "/referents/ma-file/": SUIVENT,
        "/referents/ma-file/absence/": SUIVENT,
        "/referents/charges/": (*RELISENT, Role.PILOTE),
        "/referents/charges/portefeuilles/nouveau/": (Role.CADRE,),
    }
    lues = {adresse: client.get(adresse).status_code for adresse in portes}
    assert lues == {a: 200 if role in roles else 403 for a, roles in portes.items()}
    for adresse in (
        f"/referents/propositions/lignes/{pk}/accepter/",
        "/referents/propositions/calculer/",
    ):
        if role not in RELISENT:
            assert client.post(adresse).status_code == 403


def test_sans_proposition_la_page_dit_quoi_faire(monde: Monde) -> None:
    client = monde.connecter(Role.CADRE)
    assert "Personne n'attend de référent" in texte(client.get("/referents/propositions/"))
    monde.demande("Chalendar")
    page = texte(client.get("/referents/propositions/"))
    assert "1 personne orientée attend un référent" in page
    refuse = texte(client.post("/referents/propositions/calculer/", follow=True))
    assert "Aucun référent n'a de portefeuille ouvert" in refuse
    monde.referent("Chanal", "Le Puy-en-Velay")
    page = texte(client.post("/referents/propositions/calculer/", follow=True))
    assert "La proposition est prête" in page
    assert "Réf Chanal" in page


def test_la_proposition_dit_qui_va_ou_et_a_combien(monde: Monde, calcul: Calcul) -> None:
    page = texte(monde.connecter(Role.CADRE).get("/referents/propositions/"))
    for dit in ("Chalendar", "Vidalenc", "Ybert", "Réf Chanal", "Bureau de Brioude"):
        assert dit in page
    assert "estimation, entre" in page
    assert "Aucun référent ne suit cette orientation." in page
    assert 'data-depot="' in page
    assert "Dossiers avant et après la proposition" in page


@pytest.mark.parametrize(
    ("voir", "attendus"),
    [
        ("", {"Chalendar", "Vidalenc", "Ybert"}),
        ("sans", {"Ybert"}),
        ("relues", set()),
        ("nimporte", {"Chalendar", "Vidalenc", "Ybert"}),
    ],
)
def test_les_onglets(voir: str, attendus: set[str], monde: Monde, calcul: Calcul) -> None:
    page = texte(monde.connecter(Role.CADRE).get(f"/referents/propositions/?voir={voir}"))
    assert {n for n in ("Chalendar", "Vidalenc", "Ybert") if n in page} == attendus


def test_un_agent_de_secteur_ne_voit_que_son_secteur(monde: Monde, calcul: Calcul) -> None:
    client = monde.connecter(Role.CHARGE_ORIENTATION, "S2")
    page = texte(client.get("/referents/propositions/"))
    assert "Vidalenc" in page
    assert "Chalendar" not in page
    ailleurs = ligne_de("Chalendar").pk
    for fin in ("", "changer/", "ecarter/", "fiche/", "fiche.pdf"):
        assert client.get(f"/referents/propositions/lignes/{ailleurs}/{fin}").status_code == 404
    assert client.post(f"/referents/propositions/lignes/{ailleurs}/accepter/").status_code == 404


def test_accepter_designe_et_revient_a_la_ligne(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CHARGE_ORIENTATION), ligne_de("Vidalenc")
    reponse = client.post(f"/referents/propositions/lignes/{ligne.pk}/accepter/", follow=True)
    assert reponse.redirect_chain[-1][0].endswith(f"#ligne-{ligne.pk}")
    assert "Réf Roux est son référent" in texte(reponse)
    assert "acceptée" in texte(reponse)
    (designation,) = Designation.objects.all()
    assert designation.mode == "proposition"
    assert designation.annoncee_le == JOUR
    encore = texte(client.post(f"/referents/propositions/lignes/{ligne.pk}/accepter/", follow=True))
    assert "déjà relue" in encore
    assert Designation.objects.count() == 1


def test_changer_demande_une_raison_et_garde_le_choix(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Chalendar")
    roux = Referent._meta.get_field("agent").related_model.objects.get(nom="Roux")
    adresse = f"/referents/propositions/lignes/{ligne.pk}/changer/"
    ouverte = texte(client.get(f"{adresse}?agent={roux.pk}"))
    assert f'value="{roux.pk}" checked' in ouverte
    refusee = texte(client.post(adresse, {"changer-agent": roux.pk}))
    assert "Écrivez en une phrase pourquoi." in refusee
    assert f'value="{roux.pk}" checked' in refusee
    assert "Choisissez une réponse." in texte(client.post(adresse, {"changer-motif": "Le lien."}))
    assert not Designation.objects.exists()
    suite = client.post(
        adresse, {"changer-agent": roux.pk, "changer-motif": "Le lien."}, follow=True
    )
    assert "changée" in texte(suite)
    (designation,) = Designation.objects.all()
    assert (designation.mode, designation.motif) == ("changement", "Le lien.")


def test_deposer_sur_un_referent_qu_on_ne_peut_choisir_dit_pourquoi(
    monde: Monde, calcul: Calcul
) -> None:
    plein = monde.referent("Plein", "Langeac", places=0)
    monde.proposer()
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Vidalenc")
    adresse = f"/referents/propositions/lignes/{ligne.pk}/changer/"
    roux = Referent._meta.get_field("agent").related_model.objects.get(nom="Roux")
    propose = texte(client.get(f"{adresse}?agent={roux.pk}"))
    assert "Réf Roux est déjà le référent proposé" in propose
    complet = texte(client.get(f"{adresse}?agent={plein.pk}"))
    assert "Réf Plein : n'a plus de place" in complet
    assert 'class="avis avis--' not in texte(client.get(f"{adresse}?agent=999999"))


def test_ecarter_demande_une_raison(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Ybert")
    adresse = f"/referents/propositions/lignes/{ligne.pk}/ecarter/"
    assert "Écrivez en une phrase pourquoi." in texte(client.post(adresse, {}))
    suite = texte(client.post(adresse, {"ecarter-motif": "Rappeler jeudi."}, follow=True))
    assert "reste à confier" in suite
    assert "écartée" in suite
    assert not Designation.objects.exists()


def test_ouvrir_une_ligne_ecrit_la_consultation(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Chalendar")
    client.get(f"/referents/propositions/lignes/{ligne.pk}/")
    assert Consultation.objects.filter(personne=ligne.personne, page="referent_unique").exists()


def _relire(client: Client, calcul: Calcul) -> list[str]:
    """Ouvre les lignes l'une après l'autre, par le lien de la flèche droite."""
    vues = []
    adresse = f"/referents/propositions/{calcul.pk}/relire/"
    for _ in range(10):
        reponse = client.get(adresse, follow=True)
        page = texte(reponse)
        if "Fin de la relecture" in page:
            return vues
        assert 'aria-keyshortcuts="ArrowRight"' in page
        vues.append(reponse.context["ligne"].nom_complet)
    raise AssertionError("la relecture ne finit pas")


def test_tout_relire_ouvre_chaque_ligne_puis_accepte_en_lot(monde: Monde, calcul: Calcul) -> None:
    client = monde.connecter(Role.CADRE)
    assert len(_relire(client, calcul)) == 3
    fin = f"/referents/propositions/{calcul.pk}/fin/"
    page = texte(client.get(fin))
    assert page.count('name="ligne"') == 2
    assert "1 personne sans référent proposé" in page
    lignes = [ligne_de("Chalendar").pk, ligne_de("Vidalenc").pk]
    suite = texte(client.post(fin, {"ligne": lignes}, follow=True))
    assert "2 personnes ont leur référent" in suite.replace("\xa0", " ")
    assert Designation.objects.count() == 2


def test_une_ligne_jamais_ouverte_ne_s_accepte_pas_en_lot(monde: Monde, calcul: Calcul) -> None:
    client = monde.connecter(Role.CADRE)
    ouverte, fermee = ligne_de("Chalendar"), ligne_de("Vidalenc")
    client.get(f"/referents/propositions/lignes/{ouverte.pk}/")
    fin = f"/referents/propositions/{calcul.pk}/fin/"
    page = texte(client.get(fin))
    assert "2 lignes pas encore ouvertes" in page
    client.post(fin, {"ligne": [ouverte.pk, fermee.pk]})
    assert list(Designation.objects.values_list("personne_id", flat=True)) == [ouverte.personne_id]
    rien = texte(client.post(fin, {"ligne": [fermee.pk]}, follow=True))
    assert "Cochez au moins une ligne que vous avez ouverte" in rien


def test_une_ligne_refusee_en_lot_dit_pourquoi(monde: Monde, calcul: Calcul) -> None:
    client = monde.connecter(Role.CADRE)
    _relire(client, calcul)
    chanal = Referent._meta.get_field("agent").related_model.objects.get(nom="Chanal")
    changer = f"/referents/charges/portefeuilles/{chanal.pk}/changer/"
    termes = {
        "portefeuille-places": "0",
        "portefeuille-orientations": ["social:departement"],
        "portefeuille-commune": monde.communes["Le Puy-en-Velay"].pk,
        "portefeuille-bureau": "Bureau du Puy",
    }
    assert client.post(changer, termes).status_code == 302
    lignes = [ligne_de("Chalendar").pk, ligne_de("Vidalenc").pk]
    page = texte(client.post(f"/referents/propositions/{calcul.pk}/fin/", {"ligne": lignes}))
    assert "la raison est écrite sous chaque nom" in page
    assert "place" in page
    assert Designation.objects.count() == 1


def test_pourquoi_pas_parle_en_minutes_et_de_personne(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Chalendar")
    roux = Referent._meta.get_field("agent").related_model.objects.get(nom="Roux")
    page = texte(client.get(f"/referents/propositions/lignes/{ligne.pk}/?pourquoi={roux.pk}"))
    reponse = page[page.index('class="reponse ') :].split("</div>")[0]
    assert "Réf Roux" in reponse
    assert "min" in reponse
    assert "Vidalenc" not in page and "Ybert" not in page
    perdue = client.get(f"/referents/propositions/lignes/{ligne.pk}/?pourquoi=999999")
    assert perdue.status_code == 200
    assert 'class="reponse ' not in texte(perdue)


def test_la_fiche_dit_tout_ce_que_le_decret_demande(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.REFERENT), ligne_de("Chalendar")
    page = texte(client.get(f"/referents/propositions/lignes/{ligne.pk}/fiche/"))
    for titre in (
        "Ce que le calcul a fait",
        "Les données employées, et leur source",
        "Les paramètres et leurs poids",
        "Les opérations effectuées",
        "Demander qu'une personne revoie ce choix",
    ):
        assert titre in page
    assert "un agent doit encore la relire" in page
    assert "Vidalenc" not in page


def test_la_fiche_se_compose_en_pdf_accessible(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Chalendar")
    client.post(f"/referents/propositions/lignes/{ligne.pk}/accepter/")
    reponse = client.get(f"/referents/propositions/lignes/{ligne.pk}/fiche.pdf")
    assert reponse["Content-Type"] == "application/pdf"
    assert "Chalendar" not in reponse["Content-Disposition"]
    pdf = PdfReader(io.BytesIO(reponse.content))
    lu = " ".join(" ".join(p.extract_text() for p in pdf.pages).split())
    for dit in ("Chalendar", "Réf Chanal", "proposition acceptée", "Les opérations effectuées"):
        assert dit in lu
    assert calcul.empreinte[:12] in lu
    assert b"pdfuaid" in reponse.content or "/MarkInfo" in pdf.trailer["/Root"]
    assert pdf.trailer["/Root"]["/Lang"].startswith("fr")


def test_la_fiche_remise_ne_porte_pas_le_motif_de_l_agent(monde: Monde, calcul: Calcul) -> None:
    client, ligne = monde.connecter(Role.CADRE), ligne_de("Chalendar")
    base = f"/referents/propositions/lignes/{ligne.pk}"
    client.post(f"{base}/ecarter/", {"ecarter-motif": "Voir avec sa voisine Vidalenc."})
    page = texte(client.get(f"{base}/fiche/"))
    assert "proposition écartée, par Cadre Essai" in page
    assert "voisine" not in page


def test_une_proposition_remplacee_ne_se_relit_plus(monde: Monde, calcul: Calcul) -> None:
    ancienne = ligne_de("Chalendar").pk
    monde.proposer()
    client = monde.connecter(Role.CADRE)
    page = texte(client.get(f"/referents/propositions/lignes/{ancienne}/"))
    assert "Accepter Réf" not in page
    suite = texte(client.post(f"/referents/propositions/lignes/{ancienne}/accepter/", follow=True))
    assert "plus récente" in suite


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(
    monde: Monde, calcul: Calcul, django_assert_num_queries: Any
) -> None:
    client = monde.connecter(Role.CADRE)
    client.get("/referents/propositions/")
    with CaptureQueriesContext(connection) as peu:
        client.get("/referents/propositions/")
    for rang in range(12):
        monde.referent(f"Autre{rang}", "Yssingeaux")
        monde.demande(
            f"Plus{rang}", "Brioude", orientation=PRO if rang % 3 == 0 else "social:departement"
        )
    monde.proposer()
    with django_assert_num_queries(len(peu)):
        page = texte(client.get("/referents/propositions/"))
    assert page.count('id="ligne-') == 15


def test_la_page_publique_s_ouvre_sans_compte_et_vient_des_parametres() -> None:
    page = texte(Client().get("/algorithme/"))
    assert "Comment un référent est proposé" in page
    assert "CRPA" in page
    assert "Écrivez au service insertion" in page
    assert "Avantage donné au référent du foyer" in page
