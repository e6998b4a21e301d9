"""Signer un avenant à l'écran : rien d'effacé, la lecture d'hier intacte, des refus doux."""

import dataclasses
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from draille.mesures.convention import lectures, lectures_suivi, models, regles
from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.actes_avenant import signer_avenant
from draille.mesures.convention.actes_suivi import NouvelleEcheance, fixer_echeance
from draille.mesures.convention.regles import avenant
from draille.mesures.convention.regles.avenant import (
    SaisieAvenant,
    SaisieCible,
    SaisieDeliberation,
    SaisieEcheance,
    SaisieLigne,
)
from draille.mesures.convention.regles.dates import Sort, comparer
from draille.mesures.convention.regles.suivi import NatureEcheance, Organe
from draille.noyau.echeance import lectures as echeances_du_noyau
from draille.noyau.journal import projections
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus
from tests.conventions import publie

CODE = "convention_pauvrete_2019_2021"
HIER, JOUR = date(2020, 12, 9), date(2020, 12, 10)
VOTE = SaisieDeliberation(Organe.COMMISSION_PERMANENTE, "CP-2020-112", date(2020, 12, 7))
MOBILITE_DOUCE = SaisieLigne(
    libelle="Vélos en prêt",
    nature=regles.Nature.DEPARTEMENTALE,
    montant=Decimal(12000),
    repartition=(("etat", Decimal(6000)), ("departement", Decimal(6000))),
    cibles=(SaisieCible("Vélos prêtés", regles.GenreCible.ABSOLU, "vélos", Decimal(40)),),
)


@pytest.fixture
def cadre(systeme):
    charger_convention(contenu=publie.contenu("43"), par=systeme, le=date(2020, 10, 31))
    return models.Cadre.objects.get(code=CODE)


@pytest.fixture
def echeance(cadre, systeme):
    dite = NouvelleEcheance(
        nature=NatureEcheance.RAPPORT,
        annee=2020,
        libelle="Rapport 2020",
        avant_le=date(2021, 3, 31),
    )
    return fixer_echeance(cadre_id=cadre.pk, echeance=dite, par=systeme, le=date(2020, 11, 1))


def saisie(**change):
    dite = SaisieAvenant(JOUR, 2020, VOTE, "L'avenant ajoute une mesure.", (MOBILITE_DOUCE,))
    return dataclasses.replace(dite, **change)


def octets(cadre, le):
    """Tout ce que la page lit à cette date, en octets."""
    page = lectures.page(departement="43", code=cadre.code, le=le)
    lue = {
        "page": dataclasses.asdict(page),
        "echeances": [
            dataclasses.asdict(e) for e in lectures_suivi.echeances(cadre_id=cadre.pk, le=le)
        ],
        "votes": [
            dataclasses.asdict(d) for d in lectures_suivi.deliberations(cadre_id=cadre.pk, le=le)
        ],
    }
    return json.dumps(lue, default=str, sort_keys=True).encode()


def test_la_lecture_d_hier_ne_change_pas_d_un_octet(cadre, echeance, systeme):
    dates = [date(2019, 6, 1), date(2020, 10, 22), date(2020, 10, 31), HIER]
    avant = {le: octets(cadre, le) for le in dates}
    deplacee = SaisieEcheance(
        NatureEcheance.RAPPORT, 2020, "Rapport 2020", date(2021, 9, 30), remplace_id=echeance.pk
    )
    dite = saisie(
        lignes=(MOBILITE_DOUCE, SaisieLigne(code="formation", montant=Decimal(25000))),
        financements=(("etat", Decimal("356375.66")), ("departement", Decimal("356375.66"))),
        retirees=("guichet_entreprises",),
        echeances=(deplacee,),
    )
    signer_avenant(cadre_id=cadre.pk, saisie=dite, par=systeme, le=JOUR)
    assert {le: octets(cadre, le) for le in dates} == avant
    assert octets(cadre, JOUR) != octets(cadre, HIER)


def test_l_avenant_se_lit_du_jour_de_sa_signature(cadre, echeance, systeme):
    dite = saisie(
        lignes=(MOBILITE_DOUCE, SaisieLigne(code="formation", montant=Decimal(25000))),
        financements=(("etat", Decimal("346975.66")),),
        retirees=("guichet_entreprises",),
        echeances=(
            SaisieEcheance(
                NatureEcheance.RAPPORT, 2020, "Rapport 2020", date(2021, 9, 30), echeance.pk
            ),
        ),
    )
    signer_avenant(cadre_id=cadre.pk, saisie=dite, par=systeme, le=JOUR)
    page = lectures.page(departement="43", code=CODE, le=JOUR)
    lignes = {x.code: x for x in page.lecture.lignes}
    assert len(lignes) == 9
    assert "guichet_entreprises" not in lignes
    assert lignes["formation"].montant == 25000
    assert lignes["formation"].objet, "ce que l'avenant ne dit pas reste"
    assert lignes["velos_en_pret"].cibles[0].valeur == 40
    assert page.montant_total == Decimal("693851.32")
    assert page.parite.etat is regles.EtatParite.ROMPUE
    assert page.lecture.hypotheses.ecart_des_montants, "l'explication d'avant reste dite"
    (lue,) = lectures_suivi.echeances(cadre_id=cadre.pk, le=JOUR)
    assert (lue.avant_le, lue.deplacee_du) == (date(2021, 9, 30), date(2021, 3, 31))
    assert "Avenant 2020" in lue.fixee_par
    (vote,) = lectures_suivi.deliberations(cadre_id=cadre.pk, le=JOUR)
    assert (vote.reference, vote.organe) == ("CP-2020-112", Organe.COMMISSION_PERMANENTE)


def test_chaque_montant_nouveau_s_ouvre_sur_l_acte_de_l_avenant(cadre, systeme):
    texte = signer_avenant(cadre_id=cadre.pk, saisie=saisie(), par=systeme, le=JOUR)
    page = lectures.page(departement="43", code=CODE, le=JOUR)
    acte = LigneJournal.objects.get(
        code="convention.inscrire_ligne", objet_id=page.lignes_ids["velos_en_pret"]
    )
    assert (acte.le, Decimal(acte.charge["montant"])) == (JOUR, 12000)
    assert acte.charge["texte"] == texte.code
    assert "CP-2020-112" in page.lecture.lignes[-1].preuve.source.datee


def test_l_horloge_suit_le_report_et_se_reconstruit(cadre, echeance, systeme):
    deplacee = SaisieEcheance(
        NatureEcheance.RAPPORT, 2020, "Rapport 2020", date(2021, 9, 30), remplace_id=echeance.pk
    )
    signer_avenant(cadre_id=cadre.pk, saisie=saisie(echeances=(deplacee,)), par=systeme, le=JOUR)
    (due,) = echeances_du_noyau.du_departement(code="convention.echeance", le=JOUR)
    assert due.avant_le == date(2021, 9, 30)
    ecarts = {e.nom: (e.manquantes, e.en_trop) for e in projections.comparer()}
    assert ecarts["delais.convention.echeance"] == (0, 0)


def test_une_nouvelle_annee_reconduit_ce_qui_ne_change_pas(cadre, systeme):
    dite = saisie(annee=2021, reconduire=True, retirees=("sante",))
    signer_avenant(cadre_id=cadre.pk, saisie=dite, par=systeme, le=JOUR)
    page = lectures.page(departement="43", code=CODE, le=JOUR)
    assert len(page.lecture.lignes) == 9
    assert page.montant_total == Decimal("693751.32")
    sans = saisie(annee=2021)
    seule = avenant.texte(
        convention=page.lecture.convention,
        avant=lectures.page(departement="43", code=CODE, le=HIER).lecture,
        saisie=sans,
        financeurs={f.code: f for f in publie.contenu("43").financeurs},
        le=JOUR,
    )
    assert [x.code for x in seule.lignes] == ["velos_en_pret_2"]


def test_recharger_le_fichier_garde_l_avenant_saisi(cadre, systeme):
    signer_avenant(cadre_id=cadre.pk, saisie=saisie(), par=systeme, le=JOUR)
    avant = octets(cadre, JOUR)
    bilan = charger_convention(contenu=publie.contenu("43"), par=systeme, le=JOUR)
    assert bilan.inscrits == []
    assert octets(cadre, JOUR) == avant


def test_le_fichier_ne_prend_pas_le_rang_de_l_avenant_saisi(cadre, systeme):
    signer_avenant(cadre_id=cadre.pk, saisie=saisie(), par=systeme, le=JOUR)
    contenu = publie.contenu("43")
    (convention,) = contenu.conventions
    autre = dataclasses.replace(convention.textes[1], code="avenant_autre", rang=2)
    suivante = dataclasses.replace(convention, textes=(*convention.textes, autre))
    with pytest.raises(Refus) as refus:
        charger_convention(
            contenu=dataclasses.replace(contenu, conventions=(suivante,)), par=systeme, le=JOUR
        )
    assert refus.value.code == "convention.rang_pris"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE convention_texte SET titre = 'autre'",
        "UPDATE convention_ligne SET montant = 1",
        "UPDATE convention_financement SET montant = 1",
        "DELETE FROM convention_cible",
        "DELETE FROM convention_deliberation",
        "TRUNCATE convention_texte CASCADE",
    ],
)
def test_la_base_meme_refuse_de_reecrire_un_texte_signe(sql, cadre, systeme):
    signer_avenant(cadre_id=cadre.pk, saisie=saisie(), par=systeme, le=JOUR)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(sql)


LIGNE_NEGATIVE = dataclasses.replace(MOBILITE_DOUCE, montant=Decimal(-1), repartition=())
CIBLE_VIDE = SaisieCible("Vélos prêtés", regles.GenreCible.ABSOLU, "vélos")
REFUSES = {
    "avant le texte précédent": ("date", {"signe_le": date(2020, 10, 22)}),
    "à venir": ("date", {"signe_le": JOUR + timedelta(days=1)}),
    "vote après la signature": (
        "deliberation",
        {"deliberation": dataclasses.replace(VOTE, tenue_le=JOUR + timedelta(days=1))},
    ),
    "année passée": ("annee", {"annee": 2019}),
    "hors de la convention": ("annee", {"annee": 2022}),
    "montant négatif": ("montant", {"lignes": (LIGNE_NEGATIVE,)}),
    "millième": ("montant", {"financements": (("etat", Decimal("1.001")),)}),
    "partage faux": (
        "partage",
        {"lignes": (dataclasses.replace(MOBILITE_DOUCE, montant=Decimal(12001)),)},
    ),
    "ligne inconnue": ("ligne", {"lignes": (SaisieLigne(code="inconnue", montant=Decimal(1)),)}),
    "retirée inconnue": ("ligne", {"retirees": ("inconnue",)}),
    "changée et retirée": (
        "ligne",
        {
            "lignes": (SaisieLigne(code="sante", montant=Decimal(1)),),
            "retirees": ("sante",),
        },
    ),
    "financeur inconnu": ("financeur", {"financements": (("region", Decimal(1)),)}),
    "cible sans valeur": (
        "cible",
        {"lignes": (dataclasses.replace(MOBILITE_DOUCE, cibles=(CIBLE_VIDE,)),)},
    ),
    "échéance d'ailleurs": (
        "echeance",
        {"echeances": (SaisieEcheance(NatureEcheance.ENVOI, 2020, "x", JOUR, 987654),)},
    ),
    "vide": ("vide", {"lignes": ()}),
}


@pytest.mark.parametrize("nom", REFUSES)
def test_un_avenant_faux_est_refuse_sans_rien_ecrire(nom, cadre, systeme):
    attendu, change = REFUSES[nom]
    avant = (LigneJournal.objects.count(), octets(cadre, JOUR))
    with pytest.raises(Refus) as refus:
        signer_avenant(cadre_id=cadre.pk, saisie=saisie(**change), par=systeme, le=JOUR)
    assert refus.value.code == f"convention.avenant_{attendu}"
    assert (LigneJournal.objects.count(), octets(cadre, JOUR)) == avant


def test_qui_n_est_pas_pilote_ne_signe_pas(cadre):
    cadre_insertion = Acces(
        1, None, "cadre", {Role.CADRE: frozenset({cle_generale(compartiment=Compartiment.SOCIAL)})}
    )
    with pytest.raises(Refus) as refus:
        signer_avenant(cadre_id=cadre.pk, saisie=saisie(), par=cadre_insertion, le=JOUR)
    assert refus.value.code == "acces.refuse"


def test_comparer_dit_ce_que_l_avenant_change_et_rien_d_autre(cadre, systeme):
    dite = saisie(
        lignes=(MOBILITE_DOUCE, SaisieLigne(code="formation", montant=Decimal(25000))),
        retirees=("sante",),
    )
    signer_avenant(cadre_id=cadre.pk, saisie=dite, par=systeme, le=JOUR)
    pages = [lectures.page(departement="43", code=CODE, le=le).lecture for le in (HIER, JOUR)]
    lue = comparer(avant=pages[0], apres=pages[1])
    sorts = {x.code: (x.sort, x.difference) for x in lue.lignes if x.sort is not Sort.INCHANGE}
    assert sorts == {
        "velos_en_pret": (Sort.AJOUTE, 12000),
        "formation": (Sort.CHANGE, 7000),
        "sante": (Sort.RETIRE, -23143),
    }
    assert [t.titre for t in lue.textes] == [pages[1].convention.textes[-1].titre]
    assert lue.changements == 3
    assert comparer(avant=pages[1], apres=pages[1]).changements == 0


montants = st.decimals(min_value=0, max_value=10**6, places=2)


@given(st.lists(st.tuples(st.sampled_from("abcde"), montants), max_size=8))
def test_les_avenants_d_une_annee_se_lisent_dans_l_ordre(changes):
    """Après n avenants, chaque ligne vaut le dernier montant dit ; avant, l'ancien."""
    depart = publie.convention("43", CODE)
    lignes = tuple(
        dataclasses.replace(depart.textes[1].lignes[0], code=c, montant=Decimal(1), mesures=(c,))
        for c in "abcde"
    )
    convention = dataclasses.replace(
        depart,
        textes=(depart.textes[0], dataclasses.replace(depart.textes[1], lignes=lignes)),
    )
    attendus = [dict.fromkeys("abcde", Decimal(1))]
    for rang, (code, montant) in enumerate(changes):
        le = date(2020, 11, 1) + timedelta(days=rang)
        dite = SaisieAvenant(
            le,
            2020,
            dataclasses.replace(VOTE, tenue_le=date(2020, 10, 30)),
            "Un changement.",
            (SaisieLigne(code=code, montant=montant),),
        )
        avant = regles.lire_au(convention=convention, le=le)
        outils = {"convention": convention, "avant": avant, "saisie": dite, "financeurs": {}}
        avenant.verifier(**outils, le=le)
        texte = avenant.texte(**outils, le=le)
        convention = dataclasses.replace(convention, textes=(*convention.textes, texte))
        attendus.append({**attendus[-1], code: montant})
    for rang, attendu in enumerate(attendus):
        le = date(2020, 10, 31) + timedelta(days=rang)
        lue = regles.lire_au(convention=convention, le=le)
        assert {x.code: x.montant for x in lue.lignes} == attendu
    assert len({t.code for t in convention.textes}) == len(convention.textes)
