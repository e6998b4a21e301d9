"""Importer des comptes : chaque ligne a son issue, rien ne se perd, rien ne compte deux fois."""

from datetime import date
from decimal import Decimal

import pytest

from draille.mesures.convention import lectures, lectures_comptes, models
from draille.mesures.convention.actes_comptes import (
    Corrections,
    FichierComptable,
    decider_ligne,
    importer_comptes,
)
from draille.mesures.convention.lectures_argent import argent
from draille.mesures.convention.regles.comptes import Decision
from draille.mesures.convention.regles.suivi import Etape, SortLigne
from draille.mesures.convention.tests.tableurs import en_csv, rangee, xlsx
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Role, cle_generale
from draille.socle.refus import Refus

pytestmark = pytest.mark.django_db
LE = date(2020, 12, 10)
CONVENTION = "convention_pauvrete_2019_2021"


@pytest.fixture
def importer(inscrite, systeme):
    """`importer(contenu)` : importe un tableur en Haute-Loire, à la date dite."""
    inscrite("43")

    def faire(contenu: bytes, nom: str = "comptes.csv", le: date = LE, **autres):
        return importer_comptes(
            fichier=FichierComptable(contenu, nom, **autres), departement="43", par=systeme, le=le
        )

    return faire


def engagement(n: str = "E1", montant: str = "1000,00", mesure: str = "mobilite", **autres):
    return rangee(
        Type="Engagement", N=n, Mesure=mesure, Montant=montant, **{"Date": "05/11/2020", **autres}
    )


def mandat(n: str, montant: str, e: str = "E1", mesure: str = "mobilite", **autres):
    return rangee(Type="Mandat", N=n, E=e, Mesure=mesure, Montant=montant, **autres)


def issues(recu) -> list[tuple[int, str, str]]:
    return [
        (x.numero, x.sort, x.champ)
        for x in models.LigneComptable.objects.filter(importee_par=recu).order_by("numero")
    ]


def total(etape: Etape) -> Decimal:
    page = lectures.page(departement="43", code=CONVENTION, le=LE)
    return argent(page=page, annee=2020, le=LE).totaux[etape]


def test_un_tableur_juste_entre_tout_entier_et_le_journal_le_dit(importer):
    recu = importer(
        xlsx(
            engagement(),
            mandat("12", "400,50"),
            mandat("13", "599,50"),
            rangee(Type="Titre", N="T1", Mesure="mobilite", Montant=250.25, Financeur="État"),
        ),
        "comptes.xlsx",
    )
    assert (recu.lignes, recu.importees, recu.a_revoir, recu.rejetees) == (4, 4, 0, 0)
    assert [total(e) for e in (Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE)] == [
        Decimal("1000.00"),
        Decimal("1000.00"),
        Decimal("250.25"),
    ]
    (ligne,) = LigneJournal.objects.filter(code="convention.importer_comptes")
    assert ligne.objet_id == recu.pk
    assert (ligne.charge["lignes"], ligne.charge["execute"]) == (4, "1000.00")
    assert ligne.cle_acces is None


def test_chaque_ligne_fautive_a_sa_reponse(importer):
    recu = importer(
        en_csv(
            engagement(),
            mandat("1", "100,00"),
            mandat("2", "100,00", Exercice="2002"),
            mandat("3", "100,00", mesure="Mobilitée"),
            mandat("4", "950,00", Date="20/11/2020"),
            mandat("5", "10,00", e="E9"),
            mandat("6", "-10,00"),
            mandat("7", "0,00"),
            mandat("8", "douze"),
            mandat("9", "10,00", Date="31/02/2020"),
            mandat("", "10,00"),
            mandat("10", "10,00"),
            mandat("10", "10,00"),
            mandat("11", "10,00"),
            mandat("11", "20,00"),
            mandat("14", "10,00", Financeur="Region"),
            rangee(Type="Virement", N="15", Mesure="mobilite", Montant="10,00"),
        )
    )
    assert issues(recu) == [
        (2, "importee", ""),
        (3, "importee", ""),
        (4, "a_revoir", "exercice"),
        (5, "a_revoir", "ligne"),
        (6, "a_revoir", "montant"),
        (7, "a_revoir", "engagement"),
        (8, "a_revoir", "reduit"),
        (9, "rejetee", "montant"),
        (10, "rejetee", "montant"),
        (11, "rejetee", "date"),
        (12, "rejetee", "numero"),
        (13, "importee", ""),
        (14, "a_revoir", "numero"),
        (15, "a_revoir", "numero"),
        (16, "a_revoir", "numero"),
        (17, "a_revoir", "financeur"),
        (18, "rejetee", "etape"),
    ]
    assert recu.lignes == 17
    assert recu.lignes == recu.importees + recu.connues + recu.a_revoir + recu.rejetees
    lue = models.LigneComptable.objects.get(importee_par=recu, numero=5)
    assert lue.propositions == {"ligne": "mobilite"}
    assert "« Mobilitée »" in lue.raison and "« Mobilité »" in lue.raison
    assert total(Etape.EXECUTEE) == Decimal("110.00")
    for x in models.LigneComptable.objects.filter(importee_par=recu).exclude(sort="importee"):
        assert x.raison.endswith("."), x


def test_le_meme_fichier_ne_change_rien_et_le_dit(importer):
    contenu = en_csv(engagement())
    importer(contenu)
    with pytest.raises(Refus) as levee:
        importer(contenu, "autre nom.csv")
    assert levee.value.code == "convention.comptes_deja_importes"
    assert models.ImportComptable.objects.count() == 1


def test_le_fichier_augmente_ne_compte_que_ses_lignes_neuves_meme_sous_un_autre_format(importer):
    debut = [engagement(), mandat("1", "100,00"), mandat("2", "1,00", mesure="velo")]
    importer(en_csv(*debut))
    recu = importer(xlsx(*debut, mandat("3", "50,00")), "mois_2.xlsx")
    assert [s for _, s, _ in issues(recu)] == ["connue", "connue", "connue", "importee"]
    attente = models.LigneComptable.objects.get(importee_par=recu, numero=4)
    assert attente.raison.startswith("Attend déjà votre avis : comptes.csv, ligne 4")
    assert total(Etape.EXECUTEE) == Decimal("150.00")


def test_une_ligne_qui_attendait_son_engagement_se_compte_quand_il_arrive(importer):
    premier = importer(en_csv(mandat("1", "100,00")))
    assert issues(premier) == [(2, "a_revoir", "engagement")]
    importer(en_csv(mandat("1", "100,00"), engagement()), "suite.csv")
    assert total(Etape.EXECUTEE) == Decimal("100.00")
    premier.refresh_from_db()
    assert (premier.a_revoir, premier.connues) == (0, 1)
    assert models.LigneComptable.objects.get(importee_par=premier).decision == "reprise"


def test_une_reduction_ote_de_la_piece_qu_elle_nomme_et_rend_l_engagement(importer):
    recu = importer(
        en_csv(
            engagement(montant="100,00"),
            mandat("1", "100,00", Date="10/11/2020"),
            mandat("2", "-40,00", Date="12/11/2020", Reduit="1"),
            mandat("3", "40,00", Date="20/11/2020"),
            mandat("4", "0,01", Date="21/11/2020"),
        )
    )
    assert [s for _, s, _ in issues(recu)] == ["importee"] * 4 + ["a_revoir"]
    assert total(Etape.EXECUTEE) == Decimal("100.00")
    reduction = models.Piece.objects.get(montant__lt=0)
    assert reduction.reduit.numero == "1"
    autre = importer(en_csv(mandat("5", "-70,00", Date="22/11/2020", Reduit="1")), "s.csv")
    assert issues(autre) == [(2, "a_revoir", "reduit")]


def test_decider_corrige_compte_ou_ecarte_et_chacun_le_sait(importer, systeme):
    recu = importer(
        en_csv(
            engagement(),
            mandat("1", "10,00", mesure="Mobilitée"),
            mandat("2", "20,00"),
            mandat("2", "20,00"),
            mandat("3", "2000,00"),
        )
    )
    attente = {
        x.numero: x
        for x in models.LigneComptable.objects.filter(importee_par=recu, sort="a_revoir")
    }

    def decider(numero, decision, **corrections):
        return decider_ligne(
            ligne_id=attente[numero].pk,
            decision=decision,
            corrections=Corrections(**corrections),
            par=systeme,
            le=LE,
        )

    with pytest.raises(Refus) as levee:
        decider(3, Decision.IMPORTER)
    assert levee.value.code == "convention.ligne_incomplete"
    assert decider(3, Decision.IMPORTER, ligne="mobilite").piece.montant == Decimal(10)
    with pytest.raises(Refus) as levee:
        decider(5, Decision.IMPORTER)
    assert levee.value.code == "convention.piece_deja_comptee"
    decider(5, Decision.ECARTER)
    # On revient d'un écart, dans les deux sens ; une ligne comptée, elle, ne se décide plus.
    assert decider(5, Decision.AUTRE).piece.rang == 2
    with pytest.raises(Refus):
        decider(5, Decision.ECARTER)
    decider(6, Decision.IMPORTER)
    with pytest.raises(Refus) as levee:
        decider(6, Decision.ECARTER)
    assert levee.value.code == "convention.ligne_decidee"
    recu.refresh_from_db()
    assert (recu.importees, recu.a_revoir, recu.rejetees) == (5, 0, 0)
    assert total(Etape.EXECUTEE) == Decimal("2050.00")
    codes = LigneJournal.objects.filter(code="convention.decider_ligne_comptable")
    assert sorted(x.charge["decision"] for x in codes) == [
        "autre_imputation",
        "ecarter",
        "importer",
        "importer",
    ]
    # Le même fichier, une ligne de plus : ce qui est décidé le reste.
    suite = importer(
        en_csv(
            engagement(),
            mandat("1", "10,00", mesure="Mobilitée"),
            mandat("2", "20,00"),
            mandat("2", "20,00"),
            mandat("3", "2000,00"),
            mandat("4", "1,00", e=""),
        ),
        "suite.csv",
    )
    assert [s for _, s, _ in issues(suite)] == ["connue"] * 5 + ["importee"]


def test_un_engagement_complete_ne_compte_que_la_difference(importer, systeme):
    importer(en_csv(engagement(montant="1000,00")))
    hausse = importer(en_csv(engagement(montant="1200,00")), "hausse.csv")
    (ligne,) = models.LigneComptable.objects.filter(importee_par=hausse)
    assert (ligne.sort, ligne.anomalies) == ("a_revoir", ["autre"])
    decider_ligne(ligne_id=ligne.pk, decision=Decision.ECART, par=systeme, le=LE)
    assert total(Etape.ENGAGEE) == Decimal("1200.00")
    # Rejoué dans un fichier plus long, l'engagement complété est reconnu par sa somme.
    rejoue = importer(en_csv(engagement(montant="1200,00"), mandat("1", "1100,00")), "c.csv")
    assert [s for _, s, _ in issues(rejoue)] == ["connue", "importee"]
    baisse = importer(en_csv(engagement(montant="1150,00")), "baisse.csv")
    (ligne,) = models.LigneComptable.objects.filter(importee_par=baisse)
    decider_ligne(ligne_id=ligne.pk, decision=Decision.ECART, par=systeme, le=LE)
    assert total(Etape.ENGAGEE) == Decimal("1150.00")


def test_une_imputation_distincte_garde_le_numero_et_se_reconnait_ensuite(importer, systeme):
    recu = importer(en_csv(engagement(), mandat("2", "20,00"), mandat("2", "20,00")))
    attente = models.LigneComptable.objects.get(importee_par=recu, sort="a_revoir")
    piece = decider_ligne(ligne_id=attente.pk, decision=Decision.AUTRE, par=systeme, le=LE).piece
    assert (piece.rang, piece.numero) == (2, "2")
    assert total(Etape.EXECUTEE) == Decimal("40.00")


def test_un_titre_sans_financeur_vient_du_seul_qui_verse(importer):
    importer(en_csv(rangee(Type="Titre", N="T1", Mesure="sante", Montant="10,00")))
    assert models.Piece.objects.get().financeur.code == "etat"


def test_les_totaux_faux_du_tableur_se_disent(importer):
    contenu = en_csv(engagement(), ["Total", *[""] * 8, "999,00"])
    recu = importer(contenu)
    (dit,) = lectures_comptes.totaux(recu=recu)
    assert (dit.annonce, dit.calcule, dit.ecart) == (Decimal(999), Decimal(1000), Decimal(-1))
    assert recu.lignes == 1


def test_seul_un_pilote_importe_et_decide(inscrite, systeme):
    inscrite("43")
    cles = frozenset({cle_generale(compartiment=2)})
    cadre = Acces(agent_id=1, organisation_id=1, nom="c", cles_par_role={Role.CADRE: cles})
    with pytest.raises(Refus) as levee:
        importer_comptes(
            fichier=FichierComptable(en_csv(engagement()), "c.csv"),
            departement="43",
            par=cadre,
            le=LE,
        )
    assert levee.value.code == "acces.refuse"
    with pytest.raises(Refus):
        decider_ligne(ligne_id=1, decision=Decision.ECARTER, par=cadre, le=LE)
    assert models.LigneComptable.objects.count() == 0


def test_les_quatre_issues_sont_celles_du_modele():
    assert {s.value for s in SortLigne} == {"importee", "connue", "a_revoir", "rejetee"}
