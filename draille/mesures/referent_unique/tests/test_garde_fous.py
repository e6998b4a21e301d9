"""Les garde-fous d'un calcul qui prépare une décision, un essai nommé par garde-fou.

CRPA L311-3-1, R311-3-1-1, R311-3-1-2, L312-1-3 ; loi 78-17 article 47 ; Défenseur des droits 2024.
"""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from draille.mesures.referent_unique import actes, lectures, lectures_page
from draille.mesures.referent_unique.lectures_entrees import entrees, relire
from draille.mesures.referent_unique.lectures_verification import verification
from draille.mesures.referent_unique.models import Calcul, Demande, Designation, LigneCalcul
from draille.mesures.referent_unique.regles import PARAMETRES_REGLAGE
from draille.mesures.referent_unique.tests import fabrique
from draille.mesures.referent_unique.tests.fabrique import LUNDI
from draille.moteurs.affectation.calcul import Demandeur, empreinte, resoudre
from draille.moteurs.messages import adaptateur as messages
from draille.moteurs.messages.models import Message
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.parametres import Registre
from draille.socle.refus import Refus

ENTREES = {"unite", "orientation", "minutes", "continuite", "est_sans_vehicule", "orientee_le"}
SENSIBLES = re.compile(
    r"sante|nationalite|sexe|naissance|age$|revenu|montant|sanction|langue|handicap|score|note"
)


def proposer(monde, nombre=6, le=LUNDI):
    for i in range(nombre):
        fabrique.a_confier(
            monde.systeme,
            monde.communes[i % 5],
            nom=f"N{i}",
            sexe=str(1 + i % 2),
            naissance_le=LUNDI.replace(year=1960 + 5 * i),
        )
    return actes.calculer_proposition(par=monde.cadre, le=le)


def lignes(calcul):
    return list(calcul.lignes.order_by("rang"))


def test_garde_fou_01_le_cout_est_celui_dune_paire_jamais_une_note_de_personne():
    champs = {f.name for m in (Demande, LigneCalcul, Designation) for f in m._meta.get_fields()}
    assert not [c for c in champs if SENSIBLES.search(c)]
    assert "cout" not in {f.name for f in LigneCalcul._meta.get_fields()}


def test_garde_fou_02_rien_ne_sapprend_des_personnes(monde):
    """Le prix appris est par référent : il ne change pas quand les personnes passées changent
    d'identité, de sexe ou d'âge."""
    calcul = proposer(monde)
    actes.accepter_lignes(lignes=[x.pk for x in lignes(calcul)], par=monde.cadre, le=LUNDI)
    fabrique.a_confier(monde.systeme, monde.communes[0], nom="Suivante")
    plus_tard = LUNDI + timedelta(days=7)
    avant = entrees(acces=monde.cadre, le=plus_tard).probleme
    Personne.objects.update(sexe="2", naissance_le=LUNDI, langue="ar", nom_naissance="Autre")
    assert entrees(acces=monde.cadre, le=plus_tard).probleme == avant
    assert len(avant.appris) == len(avant.places)


def test_garde_fou_03_les_entrees_sont_une_liste_close():
    assert {f.name for f in dataclasses.fields(Demandeur)} == ENTREES
    assert [d.code for d in lectures_page.DONNEES] == [
        "trajet",
        "orientation",
        "foyer",
        "mobilite",
        "date",
    ]


def test_garde_fou_04_ni_sante_ni_nationalite_ni_sexe_ni_age_ni_revenu_ni_sanction(monde):
    """Changer tout ce que le calcul n'a pas à savoir ne change pas un bit de son résultat."""
    calcul = proposer(monde)
    Personne.objects.update(
        sexe="1", naissance_le=None, langue="uk", telephone="0400000000", prenom="X"
    )
    refait = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    assert (refait.empreinte, refait.cout, refait.prix) == (
        calcul.empreinte,
        calcul.cout,
        calcul.prix,
    )
    assert [x.place for x in lignes(refait)] == [x.place for x in lignes(calcul)]


def test_garde_fou_05_la_sortie_est_une_proposition(monde):
    proposer(monde)
    assert not Referent.objects.exists()
    assert not Designation.objects.exists()
    assert not Message.objects.exists()
    assert set(LigneCalcul.objects.values_list("decision", flat=True)) == {"a_relire"}


def test_garde_fou_06_un_agent_nomme_decide_chaque_ligne(monde):
    premiere, *_, derniere = lignes(proposer(monde))
    with pytest.raises(Refus) as refus:
        actes.accepter_ligne(ligne_id=premiere.pk, par=monde.systeme, le=LUNDI)
    assert refus.value.code == "referent_unique.agent_nomme"
    actes.accepter_ligne(ligne_id=premiere.pk, par=monde.cadre, le=LUNDI)
    premiere.refresh_from_db()
    assert premiere.relue_par_id == monde.cadre.agent_id
    journal = LigneJournal.objects.filter(code="referent_unique.relire").get()
    assert (journal.agent_id, journal.charge["ligne_id"]) == (monde.cadre.agent_id, premiere.pk)
    derniere.refresh_from_db()
    assert derniere.decision == "a_relire", "accepter une ligne n'en accepte pas une autre"


def test_garde_fou_07_changer_ou_ecarter_demande_une_raison_que_la_base_exige(monde):
    ligne, *_ = lignes(proposer(monde))
    for acte in (
        lambda: actes.ecarter_ligne(ligne_id=ligne.pk, motif="", par=monde.cadre, le=LUNDI),
        lambda: actes.changer_ligne(
            ligne_id=ligne.pk, agent_id=monde.brioude.pk, motif="", par=monde.cadre, le=LUNDI
        ),
    ):
        with pytest.raises(Refus, match="Écrivez en une phrase"):
            acte()
    with pytest.raises(IntegrityError, match="ligne_calcul_motif"), transaction.atomic():
        LigneCalcul.objects.filter(pk=ligne.pk).update(decision="ecartee", relue_le=LUNDI)


def test_garde_fou_08_le_taux_de_changements_alerte_aux_deux_bouts(monde):
    calcul = proposer(monde, 8)
    toutes = lignes(calcul)
    for ligne in toutes[:3]:
        actes.ecarter_ligne(ligne_id=ligne.pk, motif="Non.", par=monde.cadre, le=LUNDI)
    actes.accepter_lignes(lignes=[x.pk for x in toutes[3:]], par=monde.cadre, le=LUNDI)
    lue = lectures.proposition(calcul_id=calcul.pk, acces=monde.cadre, le=LUNDI)
    assert lue.part_changees == 3 / 8
    assert "Faites revoir le réglage" in lue.alerte


def test_garde_fou_09_la_mention_legale_est_dans_la_lettre_ou_rien_ne_part(monde, monkeypatch):
    premiere, seconde, *_ = lignes(proposer(monde))
    actes.accepter_ligne(ligne_id=premiere.pk, par=monde.cadre, le=LUNDI)
    message = Message.objects.get()
    assert (message.est_algorithmique, message.a_mention) == (True, True)
    assert "traitement algorithmique" in message.contenu
    # Un Département qui ôterait la mention de son modèle ne pourrait plus désigner par le calcul.
    monkeypatch.setattr(messages, "_mention", lambda *_: "")
    with pytest.raises(Refus) as refus:
        actes.accepter_ligne(ligne_id=seconde.pk, par=monde.cadre, le=LUNDI)
    assert refus.value.code in ("messages.mention_absente", "messages.champ_absent")
    assert Referent.objects.count() == 1
    seconde.refresh_from_db()
    assert seconde.decision == "a_relire"


def test_garde_fou_10_la_fiche_individuelle_dit_donnees_poids_parametres_operations(monde):
    premiere, *_ = lignes(proposer(monde))
    actes.accepter_ligne(ligne_id=premiere.pk, par=monde.cadre, le=LUNDI)
    fiche = lectures.fiche(ligne_id=premiere.pk, acces=monde.cadre)
    assert [d[0] for d in fiche.donnees] == [d.nom for d in lectures_page.DONNEES]
    assert all(valeur and source for _, valeur, source in fiche.donnees)
    assert {p.code for p in fiche.parametres} == set(PARAMETRES_REGLAGE.values())
    assert all(p.reference and p.valeur for p in fiche.parametres)
    assert "Coût de ce choix" in dict(fiche.operations)
    assert "a suivi la proposition" in fiche.poids
    assert "L311-3-1" in fiche.mention


def test_garde_fou_11_le_contrefactuel_parle_en_minutes_et_ne_revele_personne(monde):
    calcul = proposer(monde, 8)
    noms = {x.personne.nom_naissance for x in calcul.lignes.select_related("personne")}
    for ligne in lignes(calcul):
        for agent in (monde.puy, monde.brioude, monde.yssingeaux):
            reponse = lectures.pourquoi_pas(ligne_id=ligne.pk, agent_id=agent.pk, acces=monde.cadre)
            assert not [n for n in noms if re.search(rf"\b{n}\b", reponse.phrase)]
            assert reponse.raison == "propose" or "minutes" in reponse.phrase
            champs = dataclasses.asdict(reponse)
            assert not [c for c in champs if "personne" in c or "demande" in c]


def test_garde_fou_11_bis_le_surcout_est_celui_du_calcul_refait_sous_contrainte(monde):
    """Le contrefactuel est exact : on force le choix, on refait le calcul, on compare."""
    petit = fabrique.referent("petit", monde.communes[0], monde.cadre, places=1)
    calcul = proposer(monde, 8)
    probleme, solution = relire(calcul=calcul, lignes=lignes(calcul))
    verifies = 0
    for i, ligne in enumerate(lignes(calcul)):
        for choix in lectures.choix(ligne_id=ligne.pk, acces=monde.cadre):
            if choix.raison:
                continue
            (j,) = (k for k, p in enumerate(calcul.places) if p["agent_id"] == choix.agent_id)
            seul = dataclasses.replace(
                probleme.demandeurs[i],
                minutes=tuple(m if k == j else -1 for k, m in enumerate(ligne.minutes)),
            )
            demandeurs = (*probleme.demandeurs[:i], seul, *probleme.demandeurs[i + 1 :])
            force = resoudre(probleme=dataclasses.replace(probleme, demandeurs=demandeurs))
            assert force.choix[i] == j
            assert force.cout - solution.cout == choix.surcout_minutes
            verifies += 1
    assert verifies >= 8 * 3
    assert petit.pk in {p["agent_id"] for p in calcul.places}


def test_garde_fou_12_chaque_calcul_se_refait_a_lidentique(monde):
    calcul = proposer(monde, 8)
    probleme, solution = relire(calcul=calcul, lignes=lignes(calcul))
    for solveur in ("ortools", "scipy"):
        refaite = resoudre(probleme=probleme, solveur=solveur)
        assert (refaite.choix, refaite.cout) == (solution.choix, solution.cout)
    assert len(empreinte(probleme=probleme, solution=solution)) == 64
    trouve = verification(calcul_id=calcul.pk, acces=monde.systeme)
    assert trouve.fautes == ()
    assert (trouve.empreinte, calcul.graine) == (calcul.empreinte, "referent_unique.2020-10-12")
    assert re.search(r"\d+\.\d+", calcul.solveur), "le solveur dit sa version"


def test_garde_fou_13_les_parametres_sont_dates_et_la_page_publique_en_sort(tmp_path, monkeypatch):
    page = lectures.page_algorithme(le=LUNDI)
    assert {p.code for p in page.parametres} >= set(PARAMETRES_REGLAGE.values())
    for parametre in page.parametres:
        assert parametre.reference
        assert parametre.du is not None
    assert any("Au-delà de 30 minutes, chaque minute compte 4 fois" in o for o in page.operations)
    # Un autre réglage fait une autre page, sans toucher au code.
    autre = tmp_path / "parametres.yaml"
    contenu = Path(lectures_page.__file__).with_name("parametres.yaml").read_text("utf-8")
    autre.write_text(
        contenu.replace("valeur: 300", "valeur: 455").replace("valeur: 4\n", "valeur: 7\n"),
        "utf-8",
    )
    monkeypatch.setattr(lectures_page, "registre_global", lambda: Registre.charger([autre]))
    changee = lectures.page_algorithme(le=LUNDI)
    assert any(
        "Au-delà de 45,5 minutes, chaque minute compte 7 fois" in o for o in changee.operations
    )
    assert ("45,5", "min") in {(p.valeur, p.unite) for p in changee.parametres}


def test_garde_fou_14_un_mode_manuel_complet_et_un_recours_decide_par_une_personne(monde):
    p = fabrique.personne("Manuelle", monde.communes[0])
    designation = actes.designer_a_la_main(
        personne_id=p.pk, agent_id=monde.brioude.pk, motif="", par=monde.cadre, le=LUNDI
    )
    assert (designation.mode, designation.ligne_id) == ("manuel", None)
    assert not Calcul.objects.exists()
    assert not Message.objects.get().est_algorithmique
    assert "un agent" in lectures.page_algorithme(le=LUNDI).recours
    passation = actes.changer_referent(
        personne_id=p.pk,
        agent_id=monde.puy.pk,
        motif="demande de la personne",
        precision="",
        par=monde.cadre,
        le=LUNDI + timedelta(days=1),
    )
    assert passation.designation.decidee_par_id == monde.cadre.agent_id


def test_garde_fou_15_le_rapport_par_territoire_sexe_et_age_tait_moins_de_onze(monde):
    fabrique.secteur("Est", monde.communes[2], monde.communes[3])
    fabrique.secteur("Ouest", monde.communes[0], monde.communes[1], monde.communes[4])
    calcul = proposer(monde, 30)
    groupes = lectures.parite(calcul_id=calcul.pk, acces=monde.cadre, le=LUNDI)
    assert {g.critere for g in groupes} >= {"sexe", "territoire"}
    assert all(g.effectif >= 11 for g in groupes)
    assert sum(g.effectif for g in groupes if g.critere == "sexe") == 30
    petit = actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    LigneCalcul.objects.filter(calcul=petit, rang__gte=10).delete()
    assert lectures.parite(calcul_id=petit.pk, acces=monde.cadre, le=LUNDI) == ()


def test_garde_fou_15_bis_le_rapport_nest_jamais_une_entree(monde):
    """Aucune requête du calcul ne lit le sexe ni la naissance."""
    fabrique.a_confier(monde.systeme, monde.communes[0])
    lues = []

    def noter(executer, sql, *reste):
        lues.append(sql)
        return executer(sql, *reste)

    with connection.execute_wrapper(noter):
        actes.calculer_proposition(par=monde.cadre, le=LUNDI)
    assert lues
    assert not [s for s in lues if re.search(r"sexe|naissance_le|langue|montant", s)]
