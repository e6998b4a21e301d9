"""Le rapport d'exécution : figé, relu par une autre main, signé, et qui ne change plus."""

import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pypdf import PdfReader

from draille.mesures.convention import actes_rapport as actes
from draille.mesures.convention import lectures_rapport, models
from draille.mesures.convention.lectures_rapport_exterieur import pour_exterieur
from draille.mesures.convention.lectures_rapport_fichiers import garde
from draille.mesures.convention.lectures_rapport_indicateurs import empreinte_actes
from draille.mesures.convention.regles import rapport as regles
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Compartiment, Role
from draille.socle.refus import Refus

LE = date(2020, 10, 31)
OUVERTURE = date(2019, 1, 1)


@pytest.fixture
def agent(systeme, communes):
    """Un agent habilité : `agent("Odile", Role.PILOTE)`, de tout le Département sauf mention."""

    def creer(prenom, role=Role.PILOTE, territoire="43"):
        organisation, _ = Organisation.objects.get_or_create(
            code="dept", defaults={"nom": "Département", "est_departement": True}
        )
        cree = Agent.objects.create(
            identifiant=prenom.lower(),
            prenom=prenom,
            nom="Essai",
            organisation=organisation,
            password="!",
        )
        portee = Portee(
            compartiment=Compartiment.INSERTION,
            role=role,
            territoire=Territoire.objects.get(code=territoire),
        )
        habiliter(agent=cree, portee=portee, par=systeme, le=OUVERTURE)
        return acces_de(agent=cree, le=LE)

    return creer


@pytest.fixture
def cadre(inscrite):
    inscrite("43")
    return models.Cadre.objects.get(code="convention_pauvrete_2019_2021")


@pytest.fixture
def mains(agent):
    return agent("Hugo"), agent("Odile")


def _rediger(cadre, par, arrete_le=LE, le=LE):
    return actes.rediger(cadre_id=cadre.pk, annee=2020, arrete_le=arrete_le, par=par, le=le)


def _valider(cadre, mains, arrete_le=LE):
    redige, valide = mains
    rapport = _rediger(cadre, redige, arrete_le)
    actes.commenter(
        rapport_id=rapport.pk, ligne_code="", texte="L'année démarre.", par=redige, le=LE
    )
    actes.soumettre(rapport_id=rapport.pk, par=redige, le=LE)
    return actes.valider(rapport_id=rapport.pk, par=valide, le=LE)


@pytest.fixture
def payer(cadre):
    """Inscrit une pièce des comptes : `payer("executee", "orientation_rsa", "1000.00")`."""
    importe = models.ImportComptable.objects.create(
        departement="43",
        nom_fichier="finances.xlsx",
        empreinte="0" * 64,
        recu_le=LE,
        lignes=0,
        importees=0,
        connues=0,
        a_revoir=0,
        rejetees=0,
    )

    def ecrire(etape, ligne, montant, le="2020-10-15"):
        return models.Piece.objects.create(
            importee_par=importe,
            cadre=cadre,
            ligne_code=ligne,
            etape=etape,
            exercice=2020,
            annee=2020,
            chapitre="017",
            nature="6568",
            numero=f"M{models.Piece.objects.count() + 1:04}",
            montant=Decimal(montant),
            datee_le=date.fromisoformat(le),
        )

    return ecrire


def _refus(code, geste):
    with pytest.raises(Refus) as leve:
        geste()
    assert leve.value.code == code
    assert leve.value.message


def test_le_contenu_se_retrouve_tel_quel_et_son_empreinte_aussi(cadre, mains, entrer, payer):
    for j in range(1, 14):
        entrer(f"2020-09-{j:02}", orientee="2020-10-01")
    payer("executee", "orientation_rsa", "1000.10")
    rapport = _rediger(cadre, mains[0])
    relu = models.Rapport.objects.get(pk=rapport.pk)
    assert regles.empreinte(relu.contenu) == rapport.empreinte
    assert regles.canonique(relu.contenu) == regles.canonique(rapport.contenu)
    ligne = next(x for x in relu.contenu["lignes"] if x["code"] == "orientation_rsa")
    b1 = next(i for i in ligne["indicateurs"] if i["code"] == "B1")
    assert (b1["numerateur"], b1["denominateur"], len(b1["actes"])) == (13, 13, 13)
    assert [m["denominateur"] for m in b1["mois"]] == [0] * 8 + [13, 0]
    assert b1["declaration"]["condition"]
    comptees = LigneJournal.objects.filter(pk__in=[a[0] for a in b1["actes"]])
    assert {x.code for x in comptees} == {"suivi_rsa.entrer"}
    assert ligne["montants"]["executee"] == "1000.10"
    assert [p["montant"] for p in relu.contenu["pieces"]] == ["1000.10"]
    assert relu.contenu["ecart"]["montant"] == "359.32"
    assert "8 mesures annoncées, 9 lignes publiées" in relu.contenu["comptage"]["phrase"].replace(
        "\xa0", " "
    )


def test_l_empreinte_des_actes_change_avec_eux_et_non_avec_qui_peut_les_lire(
    cadre, mains, entrer, communes
):
    entrer("2020-09-05", orientee="2020-10-01")
    ids = list(LigneJournal.objects.filter(code="suivi_rsa.entrer").values_list("pk", flat=True))
    avant = empreinte_actes(ids=ids)
    with connection.cursor() as curseur:
        curseur.execute("UPDATE noyau_personne SET commune_id = %s", [communes[1].pk])
    assert empreinte_actes(ids=ids) == avant
    entrer("2020-09-06")
    tous = LigneJournal.objects.filter(code="suivi_rsa.entrer").values_list("pk", flat=True)
    assert empreinte_actes(ids=tous) != avant


def test_deux_mains_par_l_acte_et_par_la_base(cadre, mains, agent):
    redige, valide = mains
    rapport = _rediger(cadre, redige)
    C = {"rapport_id": rapport.pk, "le": LE}
    _refus("rapport.sans_commentaire", lambda: actes.soumettre(par=redige, **C))
    actes.commenter(ligne_code="", texte="Bilan.", par=agent("Sonia"), **C)
    _refus("rapport.soumis", lambda: actes.valider(par=valide, **C))
    actes.soumettre(par=redige, **C)
    _refus("rapport.deux_mains", lambda: actes.valider(par=redige, **C))
    _refus("rapport.soumis", lambda: _rediger(cadre, redige))
    _refus("rapport.brouillon", lambda: actes.commenter(ligne_code="", texte="x", par=redige, **C))
    entier = {"statut": "valide", "valide_le": LE, "pdf": b"%PDF", "signature": "s"}
    with pytest.raises(IntegrityError, match="rapport_deux_mains"), transaction.atomic():
        models.Rapport.objects.filter(pk=rapport.pk).update(valide_par_id=redige.agent_id, **entier)
    signe = actes.valider(par=valide, **C)
    assert (signe.statut, signe.valide_par_nom) == ("valide", "Odile Essai")


def test_qui_commente_ne_valide_pas_non_plus(cadre, mains, agent):
    redige, relit = mains
    rapport = _rediger(cadre, redige)
    C = {"rapport_id": rapport.pk, "le": LE}
    actes.commenter(ligne_code="mobilite", texte="Repris.", par=relit, **C)
    actes.commenter(ligne_code="", texte="Bilan.", par=redige, **C)
    actes.soumettre(par=redige, **C)
    _refus("rapport.deux_mains", lambda: actes.valider(par=relit, **C))
    entier = {"statut": "valide", "valide_le": LE, "pdf": b"%PDF", "signature": "s"}
    with pytest.raises(DatabaseError, match="a commenté"), transaction.atomic():
        models.Rapport.objects.filter(pk=rapport.pk).update(valide_par_id=relit.agent_id, **entier)
    actes.valider(par=agent("Sonia"), **C)


FORCER = (
    "UPDATE convention_rapport SET contenu = '{}' WHERE id = %(id)s",
    "UPDATE convention_rapport SET pdf = '' WHERE id = %(id)s",
    "UPDATE convention_rapport SET statut = 'brouillon' WHERE id = %(id)s",
    "DELETE FROM convention_rapport WHERE id = %(id)s",
    "TRUNCATE convention_rapport CASCADE",
    "UPDATE convention_commentairerapport SET texte = 'y' WHERE rapport_id = %(id)s",
    "DELETE FROM convention_commentairerapport WHERE rapport_id = %(id)s",
    "INSERT INTO convention_commentairerapport (rapport_id, ligne_code, texte, auteur_id, ecrit_le)"
    " VALUES (%(id)s, 'sante', 'y', 1, '2020-10-31')",
    "TRUNCATE convention_commentairerapport",
    "ALTER TABLE convention_rapport DISABLE TRIGGER tenu",
)


def test_un_rapport_valide_est_une_pierre(cadre, mains):
    rapport = _valider(cadre, mains)
    for sql in FORCER:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(sql, {"id": rapport.pk})
    relu = models.Rapport.objects.get(pk=rapport.pk)
    assert lectures_rapport.verifier(relu).est_intact
    assert lectures_rapport.commentaires(relu) == {"": "L'année démarre."}


def test_ni_acte_ni_piece_ni_avenant_ne_change_un_rapport_valide(cadre, mains, entrer, payer):
    entrer("2020-09-05", orientee="2020-10-01")
    payer("executee", "mobilite", "500.00")
    rapport = _valider(cadre, mains)
    avant = _octets(rapport)
    entrer("2020-09-20", orientee="2020-10-01")
    payer("executee", "mobilite", "700.00")
    models.Texte.objects.create(
        cadre=cadre,
        code="avenant_bis",
        rang=9,
        titre="Avenant 2020 bis",
        bref="l'avenant 2020 bis",
        signe_le=date(2020, 10, 30),
        annee=2020,
        phrase="Une phrase.",
        source=models.Source.objects.first(),
    )
    relu = models.Rapport.objects.get(pk=rapport.pk)
    assert _octets(relu) == avant
    assert lectures_rapport.verifier(relu).est_intact


def _octets(rapport):
    sortie = garde(models.Rapport.objects.get(pk=rapport.pk))
    lus = {e: sortie.fichier(extension=e) for e in ("pdf", "ods", "csv")}
    return {**lus, "canonique": regles.canonique(rapport.contenu)}


def test_corriger_ouvre_une_version_qui_dit_ce_qui_change(cadre, mains, entrer, payer):
    redige, valide = mains
    for j in range(1, 21):
        entrer(f"2020-09-{j:02}")
    payer("executee", "mobilite", "500.00")
    premier = _valider(cadre, mains)
    avant = _octets(premier)
    payer("executee", "mobilite", "250.00")
    _refus("rapport.valide", lambda: _rediger(cadre, redige))
    C = {"rapport_id": premier.pk, "par": redige, "le": LE}
    _refus("rapport.motif", lambda: actes.corriger(motif="  ", **C))
    second = actes.corriger(motif="Un mandat oublié.", **C)
    assert (second.version, second.remplace_id, second.statut) == (2, premier.pk, "brouillon")
    assert lectures_rapport.commentaires(second) == {"": "L'année démarre."}
    dits = {
        (c.ou, c.quoi): (c.avant, c.apres) for c in lectures_rapport.edition(second).changements
    }
    assert dits[("Mobilité", "Exécuté")] == ("500\xa0€", "750\xa0€")
    assert dits[("Comptes publics", "Pièces ajoutées")][1] == "1\xa0pièce, 250\xa0€"
    assert not any("Nouveaux entrants" in quoi for _, quoi in dits)
    _refus("rapport.valide", lambda: actes.corriger(motif="Encore.", **C))
    actes.soumettre(rapport_id=second.pk, par=redige, le=LE)
    signe = actes.valider(rapport_id=second.pk, par=valide, le=LE)
    assert "Ce que cette version corrige" in _texte_pdf(signe.pdf)
    assert _octets(premier) == avant


def test_renvoyer_rend_le_brouillon_avec_son_motif(cadre, mains):
    redige, valide = mains
    rapport = _rediger(cadre, redige)
    C = {"rapport_id": rapport.pk, "le": LE}
    actes.commenter(ligne_code="", texte="Bilan.", par=redige, **C)
    actes.soumettre(par=redige, **C)
    _refus("rapport.motif", lambda: actes.renvoyer(motif="", par=valide, **C))
    rendu = actes.renvoyer(motif="Dire la mobilité.", par=valide, **C)
    assert (rendu.statut, rendu.renvoi) == ("brouillon", "Dire la mobilité.")
    actes.commenter(ligne_code="mobilite", texte="Dit.", par=redige, **C)
    assert actes.soumettre(par=redige, **C).renvoi == ""


def test_qui_peut_rediger(cadre, agent):
    _refus("acces.refuse", lambda: _rediger(cadre, agent("Paul", Role.CADRE)))
    _refus("rapport.portee", lambda: _rediger(cadre, agent("Lina", territoire="S0")))
    pilote = agent("Hugo")
    _refus("rapport.date", lambda: _rediger(cadre, pilote, date(2020, 11, 1)))
    _refus("rapport.date", lambda: _rediger(cadre, pilote, date(2019, 12, 31)))
    _refus("rapport.sans_texte", lambda: _rediger(cadre, pilote, date(2020, 9, 30)))


def test_un_traitement_automatique_ne_redige_pas(cadre, systeme):
    _refus("rapport.anonyme", lambda: _rediger(cadre, systeme))


def test_un_brouillon_se_recalcule_et_garde_ses_commentaires(cadre, mains, entrer):
    redige = mains[0]
    rapport = _rediger(cadre, redige)
    actes.commenter(rapport_id=rapport.pk, ligne_code="", texte="Bilan.", par=redige, le=LE)
    entrer("2020-09-05")
    encore = _rediger(cadre, redige)
    assert (encore.pk, encore.version) == (rapport.pk, 1)
    assert encore.empreinte != rapport.empreinte
    assert lectures_rapport.commentaires(encore) == {"": "Bilan."}


def test_hors_du_departement_les_petits_nombres_sont_tus(cadre, mains, entrer):
    for j in range(1, 16):
        entrer(f"2020-09-{j:02}", orientee="2020-10-01" if j <= 3 else "")
    for j in range(1, 5):
        entrer(f"2020-08-{j:02}")
    rapport = _valider(cadre, mains)
    interne = {i["code"]: i for i in _ligne(rapport.contenu)["indicateurs"]}
    assert (interne["B1"]["numerateur"], interne["B1"]["denominateur"]) == (3, 19)
    dehors = {i["code"]: i for i in _ligne(pour_exterieur(contenu=rapport.contenu))["indicateurs"]}
    assert (dehors["B1"]["numerateur"], dehors["B1"]["denominateur"]) == (None, 19)
    aout, sept = dehors["entrants"]["mois"][7:9]
    # Août seul se retrouverait par différence avec le total : septembre se tait avec lui.
    assert (aout["denominateur"], sept["denominateur"]) == (None, None)
    assert dehors["B1"]["actes"] == []
    sortie = garde(rapport)
    feuilles = _feuilles(sortie.fichier(extension="ods"))
    comptes = [r for r in feuilles["Indicateurs"] if r[1] == "B1" and r[4] == "Année"]
    assert comptes[0][5:7] == ["tu", 19]
    assert "3 sur 19" not in _texte_pdf(rapport.pdf)


def _ligne(contenu, code="orientation_rsa"):
    return next(x for x in contenu["lignes"] if x["code"] == code)


def _feuilles(contenu):
    from odfdo import Document

    document = Document(io.BytesIO(contenu))
    return {t.name: [list(r) for r in t.iter_values()] for t in document.body.tables}


def _texte_pdf(contenu):
    lu = PdfReader(io.BytesIO(bytes(contenu)))
    texte = " ".join(page.extract_text() for page in lu.pages)
    return " ".join(texte.split())


def test_le_pdf_dit_ce_que_disent_les_comptes(cadre, mains, entrer, payer):
    for j in range(1, 14):
        entrer(f"2020-09-{j:02}", orientee="2020-10-01")
    payer("engagee", "mobilite", "12000.00")
    payer("executee", "mobilite", "1234.56")
    rapport = _valider(cadre, mains)
    lu = PdfReader(io.BytesIO(bytes(rapport.pdf)))
    assert lu.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert lu.trailer["/Root"]["/Lang"].startswith("fr")
    assert "pdfuaid" in lu.trailer["/Root"]["/Metadata"].get_data().decode()
    texte = _texte_pdf(rapport.pdf).replace("\u202f", " ").replace("\xa0", " ")
    for dit in (
        "Rapport intermédiaire d’exécution 2020",
        "Hugo Essai, le 31 octobre 2020",
        "Odile Essai, le 31 octobre 2020",
        "693 751,32 €",
        "359,32 €",
        "1 234,56 €",
        "13 sur 13 personnes",
        "82 000 € pour accélérer la prise en charge",
        "M0002",
        rapport.signature[:8],
        rapport.empreinte[:8],
    ):
        assert dit in texte, dit
    feuilles = _feuilles(garde(rapport).fichier(extension="ods"))
    total = next(r for r in feuilles["Lignes"] if r[1] == "Total")
    assert total[3:6] == [Decimal("693751.32"), 12000, Decimal("1234.56")]
    montants = [r[11] for r in feuilles["Pièces"][1:]]
    assert sorted(montants) == [Decimal("1234.56"), 12000], feuilles["Pièces"]


def test_la_signature_couvre_les_commentaires_et_les_noms(cadre, mains):
    rapport = _valider(cadre, mains)
    assert lectures_rapport.sceau(rapport) == rapport.signature
    rapport.valide_par_nom = "Quelqu'un d'autre"
    assert lectures_rapport.sceau(rapport) != rapport.signature
    assert not lectures_rapport.verifier(rapport).signature


def test_le_pdf_garde_se_compare_au_journal(cadre, mains, proprietaire):
    rapport = _valider(cadre, mains)
    ligne = LigneJournal.objects.get(code="convention.valider_rapport")
    assert ligne.charge["empreinte_pdf"] == hashlib.sha256(bytes(rapport.pdf)).hexdigest()
    assert ligne.charge["empreinte"] == rapport.empreinte


def test_rien_de_nominatif_dans_le_contenu(cadre, mains, entrer):
    entrer("2020-09-05", orientee="2020-10-01", nom_naissance="Introuvable")
    rapport = _valider(cadre, mains)
    assert b"Introuvable" not in regles.canonique(rapport.contenu)
