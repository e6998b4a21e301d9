"""Les écrans du rapport : chaque geste au clavier, sans script, et ce que chacun peut."""
# ruff: noqa: F401, F811 — les montages viennent de l'essai des actes.

import csv
import io

import pytest
from lxml import html

from draille.mesures.convention import demo_rapport, models
from draille.mesures.convention.tests.test_rapport import (
    LE,
    agent,
    cadre,
    mains,
    payer,
)
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Role

LISTE = "/convention/rapports/"


@pytest.fixture
def entree(mains, client):
    """Ouvre une session : `entree("Hugo")` rédige, `entree("Odile")` valide."""

    def ouvrir(prenom):
        client.force_login(Agent.objects.get(prenom=prenom))
        return client

    return ouvrir


def _page(client, adresse, statut=200):
    reponse = client.get(adresse)
    assert reponse.status_code == statut, reponse.status_code
    return html.fromstring(reponse.content.decode())


def _texte(arbre):
    return " ".join(arbre.text_content().replace("\u202f", " ").replace("\xa0", " ").split())


def _poster(client, arbre, vers, **valeurs):
    """Remplit et envoie le formulaire de cette page qui mène à `vers`, comme sans script."""
    formulaire = next(f for f in arbre.forms if (f.action or "").endswith(vers))
    envoye = {c: v for c, v in formulaire.form_values() if c != "csrfmiddlewaretoken"}
    return client.post(formulaire.action, {**envoye, **valeurs}, follow=True)


def _rediger(client, cadre):
    liste = _page(client, LISTE)
    reponse = _poster(
        client, liste, "/rediger/", cadre=cadre.pk, annee="2020", arrete_le="2020-10-31"
    )
    assert reponse.status_code == 200, reponse.content.decode()
    return reponse.redirect_chain[0][0], html.fromstring(reponse.content.decode())


def test_du_brouillon_a_la_signature(cadre, entree, entrer):
    for j in range(1, 14):
        entrer(f"2020-09-{j:02}", orientee="2020-09-29")
    adresse, page = _rediger(entree("Hugo"), cadre)
    assert "693 751,32 €" in _texte(page) and "359,32 €" in _texte(page)
    assert "13 sur 13 personnes" in _texte(page)
    client = entree("Hugo")
    refusee = _poster(client, page, "/commenter/", soumettre="1")
    assert refusee.status_code == 422
    assert "commentaire d'ensemble" in html.fromstring(refusee.content.decode()).text_content()
    soumise = _poster(
        client,
        page,
        "/commenter/",
        ensemble="Le bilan.",
        **{"ligne-mobilite": "Rien à dire.", "soumettre": "1"},
    )
    rapport = models.Rapport.objects.get()
    assert rapport.statut == "a_valider", _texte(html.fromstring(soumise.content.decode()))
    assert rapport.commentaires.count() == 2
    sienne = _page(entree("Hugo"), adresse)
    assert "une autre personne" in _texte(sienne)
    assert not [f for f in sienne.forms if (f.action or "").endswith("/valider/")]
    client = entree("Odile")
    validee = _poster(client, _page(client, adresse), "/valider/")
    vue = _texte(html.fromstring(validee.content.decode()))
    assert "Intact" in vue and "par Odile Essai" in vue
    assert models.Rapport.objects.get().statut == "valide"


def test_qui_a_redige_ne_valide_pas_meme_en_forcant_l_adresse(cadre, entree):
    adresse, page = _rediger(entree("Hugo"), cadre)
    client = entree("Hugo")
    _poster(client, page, "/commenter/", ensemble="Bilan.", soumettre="1")
    reponse = client.post(f"{adresse}valider/", follow=True)
    assert "une autre personne le valide" in reponse.content.decode()
    assert models.Rapport.objects.get().statut == "a_valider"


def test_renvoyer_puis_corriger_par_les_ecrans(cadre, entree, payer):
    adresse, page = _rediger(entree("Hugo"), cadre)
    _poster(entree("Hugo"), page, "/commenter/", ensemble="Bilan.", soumettre="1")
    client = entree("Odile")
    sans_motif = _poster(client, _page(client, adresse), "/renvoyer/", motif=" ")
    assert sans_motif.status_code == 422
    _poster(client, _page(client, adresse), "/renvoyer/", motif="Parlez de la santé.")
    client = entree("Hugo")
    rendue = _page(client, adresse)
    assert "Parlez de la santé." in _texte(rendue)
    _poster(client, rendue, "/commenter/", soumettre="1", **{"ligne-sante": "Dit."})
    client = entree("Odile")
    _poster(client, _page(client, adresse), "/valider/")
    payer("executee", "mobilite", "250.00")
    client = entree("Hugo")
    suite = _poster(client, _page(client, adresse), "/corriger/", motif="Un mandat oublié.")
    vue = html.fromstring(suite.content.decode())
    assert "Un mandat oublié." in _texte(vue)
    changes = [[_texte(c) for c in r] for r in vue.xpath("//table[@id='changements']/tbody/tr")]
    assert ["Mobilité", "Exécuté", "0 €", "250 €"] in changes
    _poster(client, vue, "/ecarter/")
    assert [r.statut for r in models.Rapport.objects.order_by("version")] == ["valide", "ecarte"]


def test_emporter_est_trace_et_le_pdf_valide_est_celui_qui_est_garde(cadre, entree, mains):
    demo_rapport.rediger_un_rapport(
        departement="43", redacteur=mains[0], validateur=mains[1], le=LE
    )
    rapport = models.Rapport.objects.get(statut="valide")
    client = entree("Hugo")
    page = _page(client, f"{LISTE}{rapport.pk}/")
    recus = {e: _poster(client, page, f"/fichier/{e}/") for e in ("pdf", "ods", "csv")}
    assert recus["pdf"].content == bytes(rapport.pdf)
    assert 'filename="rapport-execution-43-2020-v1.pdf"' in recus["pdf"]["Content-Disposition"]
    assert recus["ods"].content[:2] == b"PK"
    lignes = list(csv.reader(io.StringIO(recus["csv"].content.decode("utf-8-sig")), delimiter=";"))
    assert ["Total", "693751,32"] == next(r for r in lignes if r[1:2] == ["Total"])[1:4:2]
    traces = LigneJournal.objects.filter(code="convention.telecharger_rapport")
    assert [x.charge["format"] for x in traces.order_by("pk")] == ["pdf", "ods", "csv"]
    assert client.post(f"{LISTE}{rapport.pk}/fichier/exe/").status_code == 404


def test_un_agent_lit_sans_rien_pouvoir(cadre, mains, agent, client):
    demo_rapport.rediger_un_rapport(
        departement="43", redacteur=mains[0], validateur=mains[1], le=LE
    )
    brouillon = models.Rapport.objects.get(statut="brouillon")
    agent("Agathe", Role.REFERENT)
    client.force_login(Agent.objects.get(prenom="Agathe"))
    page = _page(client, f"{LISTE}{brouillon.pk}/")
    assert "Commentaire d'ensemble" in _texte(page)
    gestes = [f.action for f in page.forms if "/convention/rapports/" in (f.action or "")]
    assert gestes == []
    for geste in ("commenter", "valider", "renvoyer", "corriger", "ecarter", "fichier/pdf"):
        assert client.post(f"{LISTE}{brouillon.pk}/{geste}/").status_code == 403, geste
    assert client.post(f"{LISTE}rediger/").status_code == 403
    assert client.get(f"{LISTE}999999/").status_code == 404


def test_la_liste_a_un_nombre_de_requetes_constant(
    cadre,
    mains,
    entree,
    django_assert_max_num_queries,
):
    demo_rapport.rediger_un_rapport(
        departement="43", redacteur=mains[0], validateur=mains[1], le=LE
    )
    client = entree("Hugo")
    client.get(LISTE)
    with django_assert_max_num_queries(30):
        client.get(LISTE)
    with django_assert_max_num_queries(30):
        client.get(f"{LISTE}{models.Rapport.objects.get(statut='valide').pk}/")


def test_la_demonstration_se_rappelle_sans_rien_doubler(cadre, mains):
    demande = {"departement": "43", "redacteur": mains[0], "validateur": mains[1], "le": LE}
    faits = demo_rapport.rediger_un_rapport(**demande)
    assert [(r.statut, r.arrete_le.isoformat()) for r in faits] == [
        ("valide", "2020-10-23"),
        ("brouillon", "2020-10-31"),
    ]
    assert "Commentaire fictif" in faits[1].commentaires.get(ligne_code="").texte
    assert demo_rapport.rediger_un_rapport(**demande) == []
    assert models.Rapport.objects.count() == 2


def test_les_rapports_d_une_convention_s_ouvrent_parmi_ses_vues(cadre, mains, entree):
    demo_rapport.rediger_un_rapport(
        departement="43", redacteur=mains[0], validateur=mains[1], le=LE
    )
    page = _page(entree("Hugo"), f"{LISTE}de/{cadre.code}/")
    assert page.xpath("//a[@aria-current='page' and normalize-space()='Rapports']")
    assert len(page.xpath("//table[@id='rapports']/tbody/tr")) == 2
    _page(entree("Hugo"), f"{LISTE}de/inconnue/", statut=404)
