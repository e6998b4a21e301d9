"""Les rangées des mesures RSA et des fichiers reçus, pour le monde des essais de droits."""

from datetime import date, timedelta

from draille.mesures.orientation_rsa.models import Diagnostic, Orientation, Suivi
from draille.mesures.suivi_rsa.models import (
    DossierRsa,
    Entree,
    PeriodeDroit,
    Presence,
    Situation,
)
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from draille.noyau.parcours.models import Parcours
from draille.socle.acces import PAS, SANS_COMMUNE
from draille.socle.chiffrement import trousseau
from tests.droits.monde import Monde, cle, ecrire_foyer
from tests.droits.oracle import Individu
from tests.droits.rangees_referent import ecrire_referent

MOIS = date(2020, 1, 1)


def ecrire_rsa(monde: Monde, individu: Individu, cle_acces: int, numero: int) -> None:
    """Un foyer, son dossier RSA, l'entrée de la personne, son suivi d'orientation."""
    foyer = ecrire_foyer(monde, individu, cle_acces, numero)
    dossier = DossierRsa.objects.create(
        foyer=foyer,
        fonorg="E06",
        numorg="431",
        matricule=foyer.matricule,
        numero_demande=f"{numero:011}",
        demande_le=MOIS,
        empreinte=b"0" * 16,
        etat="2",
        etat_depuis=MOIS,
        nombre_enfants=0,
        est_reprise=False,
        a_ete_versable=True,
        fichier_id=1,
        cle_acces=foyer.cle_acces,
    )
    periode = PeriodeDroit.objects.create(
        dossier=dossier,
        debut=MOIS,
        etat="2",
        montant_departement=100,
        montant_etat=0,
        cle_acces=foyer.cle_acces,
    )
    for objet in (dossier, periode):
        monde.noter_a(objet, 2, individu.commune)
    commun = {"personne_id": individu.id, "cle_acces": cle_acces}
    jour = MOIS + timedelta(days=numero)
    situation = Situation(
        dossier=dossier, debut=MOIS, role="DEM", est_soumis=True, condition_eti="", **commun
    )
    entree = Entree(
        dossier=dossier,
        categorie=("primo_arrivant", "retour")[numero % 2],
        mois=jour.replace(day=1),
        connue_le=jour,
        ouverture_le=jour,
        fichier_id=1,
        **commun,
    )
    for objet in (situation, entree):
        objet.save(force_insert=True)
        monde.noter(objet, 2, individu)
    _ecrire_orientation(monde, individu, entree, commun)
    ecrire_referent(monde, individu, entree.pk, commun, numero)


def _ecrire_orientation(
    monde: Monde, individu: Individu, entree: Entree, commun: dict[str, int]
) -> None:
    est_orientee = entree.pk % 3 == 0
    ligne = LigneJournal.objects.create(
        code="suivi_rsa.entrer",
        version=1,
        le=entree.connue_le,
        objet_id=entree.pk,
        compartiment=2,
        # Le journal garde la commune du jour, d'où la personne a pu partir.
        commune_id=None if commun["cle_acces"] % PAS == SANS_COMMUNE else commun["cle_acces"] % PAS,
        charge={
            "categorie": entree.categorie,
            "mois": entree.mois.isoformat(),
            "ouverture_le": entree.ouverture_le.isoformat(),
            "organisme": "E06431",
            "fichier_id": 1,
        },
        **commun,
    )
    suivi = Suivi.objects.create(
        entree_id=entree.pk,
        ligne_entree_id=ligne.pk,
        categorie=entree.categorie,
        mois=entree.mois,
        connue_le=entree.connue_le,
        statut="orientee" if est_orientee else "a_rencontrer",
        **commun,
    )
    diagnostic = Diagnostic.objects.create(
        suivi=suivi,
        fait_le=entree.connue_le,
        agent_id=monde.agent.pk,
        activite="ancienne",
        projection="oui",
        qualification="bac",
        freins={},
        **commun,
    )
    echeance = Echeance.objects.create(
        code="orientation_rsa.convention",
        objet_id=entree.pk,
        ouverte_le=entree.connue_le,
        avant_le=entree.connue_le + timedelta(days=30),
        fermee_le=entree.connue_le + timedelta(days=20) if est_orientee else None,
        ligne_ouverture_id=ligne.pk,
        **commun,
    )
    for objet in (ligne, suivi, diagnostic, echeance):
        monde.noter(objet, 2, individu)
    if est_orientee:
        _orienter(monde, individu, suivi, commun)


def _orienter(monde: Monde, individu: Individu, suivi: Suivi, commun: dict[str, int]) -> None:
    decidee_le = suivi.connue_le + timedelta(days=20)
    parcours = Parcours.objects.create(
        nature="rsa", type_parcours="social", debut=decidee_le, **commun
    )
    orientation = Orientation.objects.create(
        suivi=suivi,
        parcours=parcours,
        rang=1,
        type_parcours="social",
        organisme="departement",
        decidee_le=decidee_le,
        agent_id=monde.agent.pk,
        **commun,
    )
    ligne = LigneJournal.objects.create(
        code="orientation_rsa.orienter",
        version=1,
        le=decidee_le,
        objet_id=suivi.entree_id,
        compartiment=2,
        charge={},
        **commun,
    )
    for objet in (parcours, orientation, ligne):
        monde.noter(objet, 2, individu)


def ecrire_fichiers(monde: Monde) -> None:
    """Un fichier reçu, ses dossiers rejetés et ses présences : de tout le Département seulement."""
    fichier = FichierRecu.objects.create(
        nom="RSABEM.xml",
        nature=FichierRecu.Nature.CAF_RSA,
        empreinte=b"1" * 32,
        statut=FichierRecu.Statut.INTEGRE,
        mois=MOIS,
        depose_le=MOIS,
    )
    for rang in range(3):
        chiffre = trousseau().chiffrer(f"REJET{rang}".encode())
        rejet = Rejet.objects.create(
            fichier=fichier,
            rang=rang,
            ligne=10 + rang,
            champ="NIR",
            valeur_chiffree=chiffre,
            motif_chiffre=chiffre,
            contenu_chiffre=chiffre,
            cle_acces=cle(2, None),
        )
        monde.noter_a(rejet, 2, None)
    presence = Presence.objects.create(
        fichier_id=fichier.pk,
        fonorg="E06",
        numorg="431",
        mois=MOIS,
        flux_le="2020-01-05",
        dossiers=[1],
        cle_acces=cle(2, None),
    )
    monde.noter_a(presence, 2, None)
