"""Les pages de l'argent : chaque montant s'ouvre sur ses pièces, au même nombre de requêtes."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from draille.mesures.convention import demo, models
from draille.mesures.convention.tests.tableurs import en_csv, rangee, xlsx
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Role
from draille.socle.texte import euros

pytestmark = pytest.mark.django_db
CADRE = "convention_pauvrete_2019_2021"
LE = date(2020, 10, 31)


@pytest.fixture
def jouee(inscrite, systeme):
    """La Haute-Loire et son tableur fictif d'octobre."""
    inscrite("43")
    return demo.importer_le_mois(departement="43", graine="haute-loire", par=systeme, le=LE)


def _page(client, nom="argent", **filtres):
    reponse = client.get(reverse(f"convention:{nom}", args=[CADRE]), filtres)
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_la_demonstration_importe_un_tableur_juste_et_ses_fautes_attendent(
    jouee, inscrite, systeme
):
    assert jouee.rejetees == 1 and jouee.a_revoir == 5
    assert jouee.importees == jouee.lignes - 6
    anomalies = sorted(
        a for x in models.LigneComptable.objects.filter(sort="a_revoir") for a in x.anomalies
    )
    assert anomalies == ["annee", "double", "engagement", "ligne", "negatif"]
    assert [t["annonce"] == t["calcule"] for t in jouee.totaux] == [True, True]
    encore = demo.importer_le_mois(departement="43", graine="haute-loire", par=systeme, le=LE)
    assert encore is None
    suivant = date(2020, 11, 30)
    suite = demo.importer_le_mois(departement="43", graine="haute-loire", par=systeme, le=suivant)
    assert suite.connues >= jouee.importees
    assert suite.importees <= 9 + 2


def test_l_argent_se_lit_et_chaque_montant_s_ouvre_sur_sa_somme(jouee, connecter):
    client = connecter(Role.PILOTE)
    page = _page(client, annee=2020)
    assert "693\u202f751,32" in page and "359,32" in page
    assert "Parité exacte" in page and "part calculée" not in page
    assert "se partagent comme la convention le prévoit" in page
    liens = set(re.findall(r'<a href="([^"]+/pieces/[^"]+)">([0-9][^<]*€)', page))
    assert len(liens) > 40
    for lien, montre in liens:
        ouverte = client.get(lien.replace("&amp;", "&")).content.decode()
        (somme,) = re.findall(r"data-total>([^<]+)<", ouverte)
        assert somme == montre, lien


def test_les_requetes_ne_dependent_pas_du_nombre_de_pieces(
    jouee, connecter, systeme, django_assert_max_num_queries
):
    client = connecter(Role.PILOTE)
    _page(client, annee=2020)
    for nom, filtres in (("argent", {}), ("pieces", {"etape": "executee"})):
        with django_assert_max_num_queries(45) as avant:
            _page(client, nom, annee=2020, le="2020-03-31", **filtres)
        with django_assert_max_num_queries(len(avant.captured_queries)):
            _page(client, nom, annee=2020, le="2020-10-31", **filtres)


def test_la_date_et_l_annee_se_choisissent_et_le_passe_ne_bouge_pas(jouee, connecter):
    client = connecter(Role.CADRE)
    juin = _page(client, annee=2020, le="2020-06-30")
    assert "aucun texte ne publie de montants pour 2020" in juin
    assert "non publié" in juin
    avant = _page(client, annee=2019)
    assert "aucun texte ne publie de montants pour 2019" in avant
    assert client.get(reverse("convention:argent", args=["inconnue"])).status_code == 404
    sans_etape = client.get(reverse("convention:pieces", args=[CADRE]))
    assert sans_etape.status_code == 404


def test_le_csv_sort_la_meme_liste_et_sa_sortie_s_ecrit(jouee, connecter):
    client = connecter(Role.PILOTE)
    adresse = reverse("convention:pieces_csv", args=[CADRE])
    requete = "?etape=executee&ligne=mobilite&annee=2020"
    assert client.get(adresse + requete).status_code == 405
    reponse = client.post(adresse + requete)
    lignes = reponse.content.decode("utf-8-sig").splitlines()
    montants = [Decimal(x.split(";")[11].replace(",", ".")) for x in lignes[1:]]
    page = _page(client, "pieces", etape="executee", ligne="mobilite", annee=2020)
    assert f"data-total>{euros(sum(montants))}<" in page
    trace = LigneJournal.objects.get(code="convention.exporter")
    assert trace.charge["lignes"] == len(montants) > 0
    assert connecter(Role.REFERENT).post(adresse + requete).status_code == 403


def test_un_agent_lit_l_argent_sans_les_objets_ni_les_tableurs(jouee, connecter):
    client = connecter(Role.REFERENT)
    page = _page(client, "pieces", etape="executee", ligne="mobilite", annee=2020)
    assert "Mandat du" not in page
    assert "Mandat du" in _page(
        connecter(Role.PILOTE), "pieces", etape="executee", ligne="mobilite", annee=2020
    )
    for nom, args in (
        ("comptes", []),
        ("comptes_importer", []),
        ("comptes_import", [jouee.pk]),
        ("comptes_ligne", [models.LigneComptable.objects.first().pk]),
    ):
        assert client.get(reverse(f"convention:{nom}", args=args)).status_code == 403


def test_deposer_associer_importer_puis_decider_a_l_ecran(inscrite, connecter):
    inscrite("43")
    client = connecter(Role.PILOTE)
    contenu = en_csv(
        rangee(Type="Mandat", N="1", Mesure="Mobilitée", Montant="10,00", Date="15/10/2020"),
        rangee(Type="Mandat", N="2", Mesure="sante", Montant="zéro", Date="15/10/2020"),
    )
    adresse = reverse("convention:comptes_importer")
    depot = client.post(adresse, {"fichier": SimpleUploadedFile("octobre.csv", contenu)})
    formulaire = depot.context["formulaire"]
    assert formulaire["col_montant"].value() == "Montant TTC"
    saisie = {n: formulaire[n].value() or "" for n in formulaire.fields}
    reponse = client.post(adresse, saisie)
    recu = models.ImportComptable.objects.get()
    assert reponse.url == reverse("convention:comptes_import", args=[recu.pk])
    assert (recu.a_revoir, recu.rejetees) == (1, 1)
    rapport = client.get(reponse.url).content.decode()
    assert "Mobilitée" in rapport and "À revoir (1)" in rapport
    rejets = client.get(reponse.url + "?vue=rejetee").content.decode()
    assert "n&#x27;est pas un montant" in rejets
    ligne = models.LigneComptable.objects.get(sort="a_revoir")
    decider = reverse("convention:comptes_ligne", args=[ligne.pk])
    page = client.get(decider)
    proposee = page.context["formulaire"]["ligne"].value()
    assert proposee == f"{CADRE}:mobilite"
    sans = client.post(decider, {"decision": "importer"})
    assert sans.status_code == 200 and models.Piece.objects.count() == 0
    assert "Rien n&#x27;a changé" in sans.content.decode()
    fait = client.post(decider, {"decision": "importer", "ligne": proposee})
    assert fait.status_code == 302 and models.Piece.objects.get().ligne_code == "mobilite"
    encore = client.post(adresse, {"fichier": SimpleUploadedFile("octobre.csv", contenu)})
    formulaire = encore.context["formulaire"]
    meme = client.post(adresse, {n: formulaire[n].value() or "" for n in formulaire.fields})
    assert "déjà importé" in meme.content.decode()


def test_une_colonne_laissee_sans_choix_ne_se_devine_plus(inscrite, connecter):
    inscrite("43")
    client = connecter(Role.PILOTE)
    contenu = xlsx(rangee(Type="Mandat", N="1", Mesure="sante", Montant=5, Financeur="Région"))
    adresse = reverse("convention:comptes_importer")
    depot = client.post(adresse, {"fichier": SimpleUploadedFile("c.xlsx", contenu)})
    formulaire = depot.context["formulaire"]
    saisie = {n: formulaire[n].value() or "" for n in formulaire.fields} | {"col_financeur": ""}
    client.post(adresse, saisie)
    assert models.Piece.objects.get().financeur is None


def test_un_fichier_illisible_se_dit_au_depot(inscrite, connecter):
    inscrite("43")
    client = connecter(Role.PILOTE)
    adresse = reverse("convention:comptes_importer")
    reponse = client.post(adresse, {"fichier": SimpleUploadedFile("x.xlsx", b"PK\x03\x04rien")})
    assert "ne se lit pas" in reponse.content.decode()
    perdu = client.post(adresse, {"contenu": "n'importe quoi", "nom_fichier": "x"})
    assert perdu.status_code == 302


def test_un_montant_negatif_se_rattache_a_l_ecran_a_la_piece_qu_il_reduit(jouee, connecter):
    client = connecter(Role.PILOTE)
    (ligne,) = models.LigneComptable.objects.filter(anomalies=["negatif"])
    adresse = reverse("convention:comptes_ligne", args=[ligne.pk])
    formulaire = client.get(adresse).context["formulaire"]
    assert [c.name for c in formulaire.utiles] == ["reduit"]
    numeros = [n for n, _ in formulaire.fields["reduit"].choices if n]
    piece = models.Piece.objects.filter(
        numero__in=numeros, etape="executee", ligne_code="autonomie_jeunes"
    ).first()
    fait = client.post(adresse, {"decision": "importer", "reduit": piece.numero})
    assert fait.status_code == 302
    reduction = models.Piece.objects.get(reduit=piece)
    assert (reduction.montant, reduction.annee) == (Decimal("-36.00"), 2020)


def test_l_ardeche_joue_ses_comptes_sans_lignes_chiffrees(inscrite, systeme, connecter):
    inscrite("07", le=date(2021, 10, 31))
    recu = demo.importer_le_mois(
        departement="07", graine="ardeche", par=systeme, le=date(2021, 10, 31)
    )
    assert recu.importees and recu.lignes == recu.importees + recu.a_revoir + recu.rejetees
    cadre = models.Piece.objects.first().cadre
    adresse = reverse("convention:argent", args=[cadre.code])
    page = connecter(Role.PILOTE).get(adresse, {"annee": 2021, "le": "2021-10-31"})
    dite = page.content.decode()
    assert "ils valent pour toute la durée" in dite
    lu = page.context["argent"]
    assert lu.non_affecte == sum(m.valeur for m in page.context["page"].lecture.financements)
