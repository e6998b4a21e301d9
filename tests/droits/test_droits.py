"""Qui voit quoi : chaque chemin de lecture, comparé à un oracle indépendant."""

import ast
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from draille.noyau.organisation.lectures import acces_de
from draille.socle import contexte
from draille.socle.acces import PAS, PERSONNEL, Acces, Role, acces_systeme
from draille.socle.murs import modeles_personnels
from tests.droits import tirages
from tests.droits.chemins import Lecteur, attendre_tables, lire_tables
from tests.droits.chemins_convention import CHEMINS
from tests.droits.ecrans import NOMINATIFS, REJETE, Ecran, aucun, corps, montres
from tests.droits.ecrans_accueil import SOCIAUX, est_visee
from tests.droits.ecrans_convention import ADRESSES_HORS_SUJET, ECRANS
from tests.droits.monde import JOURS, Monde, construire, construire_avec
from tests.droits.oracle import Oracle

PAQUET = Path(__file__).resolve().parents[2] / "draille"
INSTANT = datetime(2020, 10, 31, 9, 0, tzinfo=UTC)
EXEMPLES = int(os.environ.get("DRAILLE_EXEMPLES") or (1000 if os.environ.get("CI") else 150))
REGLAGES = settings(
    max_examples=EXEMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Réduire un exemple coûte cent fois son essai ; cinq habilitations se lisent telles quelles.
    phases=(Phase.generate,),
    report_multiple_bugs=False,
)
NOMBRE_LIEUX = 15
# Ce que personne ne tient : toutes les clés, les notes personnelles comprises, pour que le premier
# mur se mesure seul.
SYSTEME = Acces(
    agent_id=None,
    organisation_id=None,
    nom="essai des droits",
    cles_par_role={Role.SYSTEME: frozenset({*acces_systeme(nom="").cles, PERSONNEL * PAS})},
)


@pytest.fixture
def monde(systeme: Any) -> Monde:
    """Le monde fixe, écrit dans la transaction de l'essai."""
    contexte.poser(acces=SYSTEME, instant=INSTANT)
    return construire()


def test_chaque_table_personnelle_a_des_rangees(monde):
    vides = [m._meta.db_table for m in modeles_personnels() if not monde.de(m)]
    assert vides == ["noyau_personne"], "le monde des essais n'a aucune rangée de ces tables"
    lues = lire_tables()
    for modele in modeles_personnels():
        table = modele._meta.db_table
        attendues = len(monde.individus) if table == "noyau_personne" else len(monde.de(table))
        assert lues[table][0] == attendues, f"le monde oublie des rangées de {table}"


def test_les_marques_sont_uniques(monde):
    marques = [i.marque for i in monde.individus]
    assert len(set(marques)) == len(marques)
    assert len(monde.lieux) == NOMBRE_LIEUX


def _lecteur(monde: Monde, tirees: Any, le: date, cible: int, client: Any = None) -> Lecteur:
    oracle = Oracle(
        tirages.donner(monde, tirees),
        le,
        agent=monde.agent.pk,
        organisation=monde.agent.organisation_id,
    )
    return Lecteur(
        acces=acces_de(agent=monde.agent, le=le),
        oracle=oracle,
        monde=monde,
        le=le,
        cible=monde.individus[cible % len(monde.individus)],
        client=client,
    )


def _viser_une_connue(lecteur: Lecteur, cible: int) -> None:
    """Vise une personne que l'agent ouvre, s'il y en a : le cas est rare au hasard."""
    oracle = lecteur.oracle.parmi(NOMINATIFS)
    connues = [i for i in lecteur.monde.individus if oracle.connait(i)]
    if connues:
        lecteur.cible = connues[cible % len(connues)]


PARTS = 6


def _comparer_tout(lecteur: Lecteur, mur: str, part: int | None = None) -> None:
    """`mur` : sous les clés de l'agent (« second »), ou par le seul filtre des lectures.

    `part` : un chemin sur six, à partir de celui-là ; sans lui, tous. Les tables, toujours.
    """
    assert {str(r) for r in lecteur.acces.roles} == lecteur.oracle.roles
    for ligne in lecteur.monde.lignes:
        assert lecteur.acces.voit_une(lecteur.monde.cles_de(ligne)) == lecteur.oracle.voit(ligne)
    contexte.poser(acces=lecteur.acces, instant=INSTANT)
    assert lire_tables() == attendre_tables(lecteur), "SQL brut, par le second mur seul"
    for sous, acces in (("second", lecteur.acces), ("premier", SYSTEME)):
        contexte.poser(acces=acces, instant=INSTANT)
        for rang, (nom, chemin) in enumerate(CHEMINS.items()):
            if part is not None and rang % PARTS != part:
                continue
            if sous == (mur if chemin.murs == "deux" else chemin.murs):
                lu, attendu = chemin.lire(lecteur), chemin.attendre(lecteur)
                assert lu == attendu, f"{nom}, par le {sous} mur"


def _comparer_ecran(nom: str, ecran: Ecran, lecteur: Lecteur) -> bool:
    """Compare une page à l'oracle ; vrai si sa porte s'est ouverte."""
    reponse = ecran.demander(lecteur)
    vus = montres(lecteur, corps(reponse))
    est_ouvert = ecran.est_ouvert(lecteur.oracle)
    attendu = ecran.statut(lecteur) if est_ouvert else 403
    if attendu:
        assert reponse.status_code == attendu, f"{nom} : {reponse.status_code}"
    connues = lecteur.oracle.parmi(NOMINATIFS).personnes(lecteur.monde.individus)
    connues |= ecran.transmises(lecteur)
    assert vus <= connues, f"{nom} montre des personnes fermées à cet agent"
    if reponse.status_code >= 400:
        assert vus == set(), f"{nom} refuse, et montre pourtant"
        assert not REJETE.search(corps(reponse))
        return False
    if ecran.noms is not None:
        assert vus == ecran.noms(lecteur), nom
    return est_ouvert


@pytest.fixture
def navigateur(monde: Monde, settings: Any, caplog: Any) -> Client:
    """L'agent du monde, connecté."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    cache.clear()
    # Les portes fermées se comptent par centaines : leur trace noierait le reste.
    caplog.set_level("ERROR", logger="django.request")
    client = Client()
    client.force_login(monde.agent)
    return client


@pytest.mark.lent
def test_chaque_lecture_et_chaque_ecran_suivent_loracle(monde, navigateur, monkeypatch):
    @REGLAGES
    @given(
        tirees=tirages.habilitations(NOMBRE_LIEUX),
        le=st.sampled_from(JOURS),
        cible=st.integers(0, len(monde.individus) - 1),
        ecran=st.sampled_from(sorted(ECRANS)),
        chemins=st.tuples(st.sampled_from(["premier", "second"]), st.integers(0, PARTS - 1)),
        est_connue=st.booleans(),
    )
    def propriete(
        tirees: Any, le: date, cible: int, ecran: str, chemins: tuple[str, int], est_connue: bool
    ) -> None:
        monkeypatch.setenv("DRAILLE_DATE", le.isoformat())
        with transaction.atomic():
            contexte.poser(acces=SYSTEME, instant=INSTANT)
            lecteur = _lecteur(monde, tirees, le, cible, navigateur)
            if est_connue:
                _viser_une_connue(lecteur, cible)
            _comparer_tout(lecteur, *chemins)
            _comparer_ecran(ecran, ECRANS[ecran], lecteur)
            transaction.set_rollback(True)

    propriete()


# Des cumuls que le hasard tire peu : chaque fonction vaut là où elle est tenue, pas ailleurs.
# (compartiment, rang du lieu, rôle, rang de la période) ; lieux 1 et 3 : deux secteurs.
CUMULS = {
    "cadre d'un secteur, référent d'un autre": [(2, 1, "cadre", 0), (2, 3, "referent", 0)],
    "pilote du Département, référent d'un secteur": [(2, 0, "pilote", 0), (2, 1, "referent", 0)],
    "accueil en social, orientation ailleurs": [
        (1, 0, "accueil", 0),
        (2, 3, "charge_orientation", 0),
    ],
    "administrateur du Département": [(5, 0, "administrateur", 0), (2, 0, "administrateur", 0)],
    "cadre du Département": [(2, 0, "cadre", 0)],
    "cadre dont l'habilitation a pris fin": [(2, 0, "cadre", 5), (2, 1, "accueil", 0)],
    "pilote du Département": [(2, 0, "pilote", 0)],
    "référent d'un secteur": [(2, 1, "referent", 0)],
    "travailleur social d'un secteur": [(1, 1, "travailleur_social", 0)],
    "cadre en social et en insertion": [(1, 0, "cadre", 0), (2, 0, "cadre", 0)],
    "partenaire": [(6, 0, "partenaire", 0)],
    "partenaire, accueil d'un secteur": [(6, 0, "partenaire", 0), (1, 3, "accueil", 0)],
    "référent en social, cadre en insertion ailleurs": [(1, 0, "referent", 0), (2, 3, "cadre", 0)],
}


def _lieux_eprouves(cumul: list[tuple[int, int, str, int]]) -> list[int]:
    """Les secteurs où une fonction est tenue, et un où elle ne l'est pas ; un seul si partout."""
    tenus = sorted({lieu for _, lieu, _, _ in cumul if lieu})
    return [*tenus, min({1, 2, 3} - set(tenus))] if tenus else [1]


def test_chaque_ecran_sous_des_cumuls_de_fonctions(monde, navigateur, monkeypatch):
    le = JOURS[-1]
    monkeypatch.setenv("DRAILLE_DATE", le.isoformat())
    en_insertion = [i for i in monde.individus if 2 in i.compartiments and i.nir]
    ouverts: set[str] = set()
    for cumul in CUMULS.values():
        with transaction.atomic():
            contexte.poser(acces=SYSTEME, instant=INSTANT)
            lecteur = _lecteur(monde, cumul, le, 0, navigateur)
            for rang, lieu in enumerate(_lieux_eprouves(cumul)):
                communes = {c for c, p in monde.lieux[lieu].communes if p.contient(le)}
                ici = [i for i in monde.individus if i.commune in communes]
                insertion = next(i for i in ici if i in en_insertion)
                social = next(i for i in ici if est_visee(lecteur, i))
                for nom, ecran in ECRANS.items():
                    # Ce qui ne nomme personne ne dépend pas du lieu : une fois suffit.
                    if rang and ecran.noms is aucun:
                        continue
                    lecteur.cible = social if nom in SOCIAUX else insertion
                    # Ouvrir un dossier s'écrit : défait, pour que la page suivante parte du monde.
                    with transaction.atomic():
                        if _comparer_ecran(nom, ecran, lecteur):
                            ouverts.add(nom)
                        transaction.set_rollback(True)
            transaction.set_rollback(True)
    assert ouverts == set(ECRANS), "ces écrans n'ont jamais été ouverts : rien n'est éprouvé"


@pytest.mark.lent
def test_des_personnes_tirees_suivent_loracle_aussi(systeme):
    """Les personnes, leurs compartiments et leurs déménagements sont tirés avec les droits."""

    @settings(REGLAGES, max_examples=max(10, EXEMPLES // 10))
    @given(
        profils=tirages.profils(),
        tirees=tirages.habilitations(NOMBRE_LIEUX),
        le=st.sampled_from(JOURS),
        cible=st.integers(0, 4),
        mur=st.sampled_from(["premier", "second"]),
    )
    def propriete(profils: Any, tirees: Any, le: date, cible: int, mur: str) -> None:
        with transaction.atomic():
            contexte.poser(acces=SYSTEME, instant=INSTANT)
            _comparer_tout(_lecteur(construire_avec(profils), tirees, le, cible), mur)
            transaction.set_rollback(True)

    propriete()


# --- Aucun chemin oublié -----------------------------------------------------------------------

# Pourquoi chacune de ces fonctions, qui reçoit un accès ou un lecteur, n'est pas un chemin.
LECTURES_HORS_SUJET = {
    "draille.ecrans.menu.entrees": "choisit des liens d'après le rôle, sans lire la base",
    "draille.ecrans.panneaux.tuiles": "assemble les tuiles ; chacune lit par une lecture éprouvée",
    "draille.ecrans.panneaux.panneaux": "assemble les panneaux d'un dossier déjà ouvert",
    "draille.mesures.orientation_rsa.views_commun.acces_nominatif": "réduit un accès",
    "draille.portail.requete.voit_le_nir_de": "un prédicat, éprouvé par l'écran du NIR",
    "draille.portail.vues.recherche.chercher": "éprouvée par les écrans de recherche",
    "draille.mesures.convention.views_indicateurs.portee": "dit une portée, sans lire la base",
    "draille.mesures.rendez_vous.views_commun.acces_nominatif": "réduit un accès",
    "draille.mesures.rendez_vous.views_lignes.est_referent_seul": "un prédicat, sans lire la base",
    "draille.ecrans.panneaux.figures": "assemble des chiffres de territoire, sans personne",
    "draille.mesures.accueil_social.lectures_accueil_lieux.points_pour": "des lieux, sans personne",
    "draille.mesures.accueil_social.lectures_couverture.couverture": "des lieux et des habitants",
    "draille.mesures.accueil_social.lectures_couverture.exiger_lecture": "un prédicat",
    "draille.mesures.accueil_social.lectures_couverture_projets.dependances": "des lieux",
    "draille.mesures.accueil_social.lectures_couverture_projets.effet_fermeture": "des lieux",
    "draille.mesures.accueil_social.lectures_couverture_projets.implantation": "des lieux",
    "draille.mesures.accueil_social.lectures_fiche.composer_fiche": "éprouvée par son écran",
    "draille.mesures.accueil_social.views.lire": "éprouvée par l'écran d'un accueil",
    "draille.mesures.accueil_social.views_commun.compartiments_de": "lit l'accès, pas la base",
    "draille.mesures.accueil_social.views_commun.dernier_point": "rend un lieu",
    "draille.mesures.accueil_social.views_commun.nominatif": "réduit un accès",
    "draille.mesures.accueil_social.views_guichet.cle_brouillon": "tire une clé de l'agent",
    "draille.mesures.accueil_social.views_guichet.ressemblances": "éprouvée par les suggestions",
    "draille.mesures.accueil_social.views_lieux.depuis": "rend une commune",
    "draille.mesures.accueil_social.views_lieux.groupes_de_lieux": "des lieux, sans personne",
    "draille.mesures.reseau_insertion.views_commun.acces_nominatif": "réduit un accès",
    "draille.ecrans.arbre.declarer_lecteur": "inscrit une lecture, sans lire la base",
    "draille.ecrans.arbre.lire": "assemble des appuis ; chacun lit par une lecture éprouvée",
    "draille.mesures.convention.lectures_objectifs.objectifs": "lit par les indicateurs éprouvés",
    "draille.mesures.convention.lectures_pilotage.pilotage": "assemble des lectures éprouvées",
    "draille.mesures.convention.lectures_pilotage_departements.comparer_au_fichier": (
        "lit par les indicateurs éprouvés"
    ),
    "draille.mesures.convention.lectures_rapport_contenu.est_departemental": "lit l'accès seul",
    "draille.mesures.convention.lectures_rapport_contenu.portee": "dit une portée, sans la base",
    "draille.mesures.convention.lectures_rapport_fichiers.preparer": "écrit un rapport de nombres",
    "draille.mesures.formation.lectures.mes_formations": "les formations de l'agent même",
    "draille.mesures.formation.lectures.session": "des professionnels, sans personne suivie",
    "draille.mesures.formation.lectures.sessions": "des sessions, sans personne suivie",
    "draille.mesures.formation.lectures_attestation.attestation": "un professionnel formé",
    "draille.mesures.formation.lectures_chiffres.suivies": "des professionnels formés",
    "draille.mesures.schema_solidarites.lectures_appuis.lire_delais": "compte par `en_cours`",
    "draille.mesures.schema_solidarites.lectures_appuis.lire_figures": "des chiffres sans personne",
    "draille.mesures.schema_solidarites.lectures_appuis.lire_indicateurs": (
        "lit par les indicateurs éprouvés"
    ),
    "draille.mesures.schema_solidarites.lectures_appuis.mesures": "des mesures installées",
    "draille.mesures.schema_solidarites.lectures_appuis.partenaires": "des lieux, sans personne",
    "draille.mesures.schema_solidarites.lectures_delais.est_tu": "un prédicat, sans lire la base",
    "draille.mesures.schema_solidarites.views_arbre.dresser": "assemble des appuis",
    "draille.mesures.suivi_rsa.lectures_acompte.demandes": "des totaux, sans personne",
    "draille.mesures.suivi_rsa.lectures_budget.page": "des montants ; les effectifs par `stock`",
    "draille.mesures.suivi_rsa.lectures_historique.imports": "des mois passés, sans personne",
    "draille.mesures.suivi_rsa.lectures_historique.lignes_a_dire": "des mois, sans personne",
    "draille.mesures.suivi_rsa.lectures_prevision.mois_connus": "des nombres, par `stock` éprouvé",
    "draille.mesures.suivi_rsa.views_commun.onglets": "choisit des liens, sans lire la base",
    "draille.moteurs.indicateurs.adaptateur_export.exporter_actes": "un fichier, sous les clés",
    "draille.moteurs.indicateurs.adaptateur_export.exporter_agregats": (
        "lit par les indicateurs éprouvés"
    ),
}
HORS_PAQUETS = ("draille.demo", "draille.commande", "draille.socle", "draille.reglages")


def _lectures() -> Iterator[str]:
    """Les fonctions publiques du produit qui reçoivent un accès, par leur nom complet."""
    for chemin in sorted(PAQUET.rglob("*.py")):
        module = ".".join(chemin.relative_to(PAQUET.parent).with_suffix("").parts)
        if ".tests." in module or ".migrations." in module or module.startswith(HORS_PAQUETS):
            continue
        for noeud in ast.parse(chemin.read_text("utf-8")).body:
            if isinstance(noeud, ast.FunctionDef) and not noeud.name.startswith("_"):
                arguments = {a.arg for a in (*noeud.args.args, *noeud.args.kwonlyargs)}
                if arguments & {"acces", "lecteur"}:
                    yield f"{module}.{noeud.name}"


def test_aucune_lecture_oubliee():
    couvertes = {nom for chemin in CHEMINS.values() for nom in chemin.couvre}
    trouvees = set(_lectures())
    oubliees = trouvees - couvertes - set(LECTURES_HORS_SUJET)
    assert sorted(oubliees) == [], "ajoutez-les à CHEMINS, ou dites pourquoi elles n'y sont pas"
    perimees = (couvertes | set(LECTURES_HORS_SUJET)) - trouvees - {f"{_RECHERCHE}"}
    assert sorted(perimees) == [], "ces lectures n'existent plus"


_RECHERCHE = "draille.noyau.personne.lectures.chercher_par_nom"


def _noms(resolveur: URLResolver, prefixe: str = "") -> Iterator[str]:
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLPattern):
            yield f"{prefixe}{motif.name}"
        elif "allauth" not in str(getattr(motif.urlconf_name, "__name__", "")):
            espace = f"{motif.namespace}:" if motif.namespace else prefixe
            yield from _noms(motif, espace)


def test_aucune_adresse_oubliee():
    couvertes = {nom for ecran in ECRANS.values() for nom in ecran.couvre}
    trouvees = set(_noms(get_resolver()))
    oubliees = trouvees - couvertes - set(ADRESSES_HORS_SUJET)
    assert sorted(oubliees) == [], "ajoutez-les à ECRANS, ou dites pourquoi elles n'y sont pas"
    assert sorted((couvertes | set(ADRESSES_HORS_SUJET)) - trouvees) == []
