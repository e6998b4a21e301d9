"""Inscrire une convention : une fois, en entier, et sans jamais réécrire ce qui est signé."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from draille.mesures.convention import lectures, models
from draille.mesures.convention.actes import InscrireLigne, SignerTexte, charger_convention
from draille.mesures.convention.regles import charger
from draille.mesures.convention.tests.fabrique import FICHIER, avenant
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import depuis_json
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus

AVENANT = avenant(annee=2020, rang=1, code="mobilite", montant="5")


def lu(*morceaux):
    return charger(texte="".join(morceaux), fichier="convention.yaml")


def agent(role):
    cles = frozenset({cle_generale(compartiment=Compartiment.ADMINISTRATION)})
    return Acces(agent_id=None, organisation_id=None, nom="Essai", cles_par_role={role: cles})


def journal(code):
    return list(LigneJournal.objects.filter(code=code).order_by("id"))


def test_ce_qui_est_inscrit_se_relit_a_l_identique(systeme, le):
    contenu = lu(FICHIER, AVENANT)
    bilan = charger_convention(contenu=contenu, par=systeme, le=le)
    assert lectures.conventions(departement="99") == contenu.conventions
    assert bilan.inscrits == ["essai/initial", "essai/avenant_2020_1"]
    assert bilan.lignes == 2


def test_chaque_texte_et_chaque_ligne_ont_leur_ligne_de_journal(systeme, le):
    charger_convention(contenu=lu(FICHIER, AVENANT), par=systeme, le=le)
    signes = journal("convention.signer")
    assert [x.le for x in signes] == [date(2019, 3, 1), date(2020, 6, 1)]
    charge = depuis_json("convention.signer", 1, signes[0].charge)
    assert isinstance(charge, SignerTexte)
    assert (charge.montant_etat, charge.montant_departement) == (Decimal("100.10"),) * 2
    assert charge.montant_autre is None
    ligne = journal("convention.inscrire_ligne")[1]
    charge = depuis_json("convention.inscrire_ligne", 1, ligne.charge)
    assert isinstance(charge, InscrireLigne)
    assert (charge.ligne, charge.montant, charge.mesures) == ("mobilite", Decimal(5), ["mobilite"])
    assert models.Ligne.objects.get(pk=ligne.objet_id).code == "mobilite"
    assert ligne.personne_id is None
    assert ligne.cle_acces is None


def test_recharger_n_ecrit_rien(systeme, le):
    contenu = lu(FICHIER, AVENANT)
    charger_convention(contenu=contenu, par=systeme, le=le)
    avant = LigneJournal.objects.count(), models.Financement.objects.count()
    bilan = charger_convention(contenu=contenu, par=systeme, le=le)
    assert (LigneJournal.objects.count(), models.Financement.objects.count()) == avant
    assert (bilan.inscrits, bilan.lignes) == ([], 0)
    assert bilan.deja_la == ["essai/initial", "essai/avenant_2020_1"]


def test_un_avenant_signe_plus_tard_attend_son_jour(systeme):
    contenu = lu(FICHIER, AVENANT)
    veille = charger_convention(contenu=contenu, par=systeme, le=date(2020, 5, 31))
    assert (veille.inscrits, veille.a_venir) == (["essai/initial"], ["essai/avenant_2020_1"])
    jour = charger_convention(contenu=contenu, par=systeme, le=date(2020, 6, 1))
    assert (jour.inscrits, jour.deja_la) == (["essai/avenant_2020_1"], ["essai/initial"])
    assert lectures.conventions(departement="99") == contenu.conventions


def test_une_repartition_publiee_se_relit_par_ligne(systeme, le):
    preuve = "preuve: {phrase: P., source: page}"
    contenu = lu(
        FICHIER.replace(
            "repartition: non publié",
            "repartition:\n"
            f'              - {{financeur: etat, montant: "150.10", {preuve}}}\n'
            f'              - {{financeur: departement, montant: "50.10", {preuve}}}',
        ).replace("portee: total", "portee: action")
    )
    charger_convention(contenu=contenu, par=systeme, le=le)
    assert lectures.conventions(departement="99") == contenu.conventions
    page = lectures.page(departement="99", code="essai", le=le)
    assert page.parite is None
    assert dict(page.parites)["accueil"].a_deplacer == Decimal("50.00")


@pytest.mark.parametrize(
    ("bon", "faux", "phrase"),
    [
        ('"200.20"', '"200.21"', "ligne « accueil », clé « montant »"),
        ('"100.10"', '"100.11"', "essai/initial » (clé « financements »)"),
        ("2019-03-01", "2019-03-02", "clé « signe_le »"),
        ("titre: Convention d'essai", "titre: Autre", "essai » (clé « titre »)"),
        ("code: accueil", "code: accueil_social", "la liste des lignes"),
        ("phrase: Une phrase.", "phrase: Une autre.", "clé « preuve »"),
    ],
)
def test_un_texte_signe_ne_se_reecrit_pas(systeme, le, bon, faux, phrase):
    charger_convention(contenu=lu(FICHIER), par=systeme, le=le)
    assert bon in FICHIER
    with pytest.raises(Refus) as capture:
        charger_convention(contenu=lu(FICHIER.replace(bon, faux, 1)), par=systeme, le=le)
    assert capture.value.code == "convention.texte_modifie"
    assert phrase in capture.value.message
    assert "avenant" in capture.value.message


def test_un_texte_signe_ne_disparait_pas(systeme, le):
    charger_convention(contenu=lu(FICHIER, AVENANT), par=systeme, le=le)
    for fichier in (FICHIER, FICHIER.replace("- code: essai", "- code: autre") + AVENANT):
        with pytest.raises(Refus) as capture:
            charger_convention(contenu=lu(fichier), par=systeme, le=le)
        assert capture.value.code == "convention.texte_disparu"


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEME])
def test_seuls_l_administrateur_et_le_pilote_inscrivent(systeme, le, role):
    if role in (Role.ADMINISTRATEUR, Role.PILOTE):
        assert charger_convention(contenu=lu(FICHIER), par=agent(role), le=le).inscrits
        return
    with pytest.raises(Refus) as capture:
        charger_convention(contenu=lu(FICHIER), par=agent(role), le=le)
    assert capture.value.code == "acces.refuse"
    assert not models.Texte.objects.exists()


def test_deux_fois_le_meme_financement_est_impossible_meme_sans_annee(systeme, le):
    contenu = lu(FICHIER.replace("annee: 2019", "annee: non publié"))
    charger_convention(contenu=contenu, par=systeme, le=le)
    double = models.Financement.objects.first()
    double.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        double.save(force_insert=True)


def test_le_nombre_de_requetes_ne_depend_pas_du_contenu(systeme, django_assert_num_queries):
    charger_convention(contenu=lu(FICHIER), par=systeme, le=date(2020, 1, 1))
    with django_assert_num_queries(6):
        lectures.pages(departement="99", le=date(2020, 1, 1))
    charger_convention(contenu=lu(FICHIER, AVENANT), par=systeme, le=date(2020, 7, 1))
    with django_assert_num_queries(6):
        lectures.pages(departement="99", le=date(2020, 7, 1))
