"""Importer les mois d'avant les fichiers : chaque ligne du tableur a sa réponse."""

import io
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from draille.mesures.suivi_rsa.actes_budget import CLE, ECRIVENT
from draille.mesures.suivi_rsa.models import ImportHistorique, LigneHistorique, MoisHistorique
from draille.mesures.suivi_rsa.regles import historique as regles
from draille.moteurs.flux.calcul.tableur import lire_tableau
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus

LIGNES_MAXIMUM = 1200


@dataclass(frozen=True)
class ImporterHistorique:
    """Charge : combien de lignes le fichier avait, et ce qu'elles sont devenues."""

    lignes_lues: int
    retenues: int
    connues: int
    remplacees: int
    rejetees: int


def importer_historique(
    *, contenu: bytes, nom: str, remplacer: bool, par: Acces, le: date
) -> ImportHistorique:
    """Prend les mois d'un CSV ou d'un classeur : mois, foyers, bénéficiaires, dépense.

    `remplacer` : un mois déjà connu autrement prend les nombres du fichier ; l'ancien reste, daté.
    Lève `acces.refuse`, `suivi_rsa.colonnes`, `.trop_de_lignes`, ou le refus du fichier illisible.
    """
    par.exiger(ECRIVENT, cle_ligne=CLE, action="importer un historique du RSA")
    tableau = lire_tableau(io.BytesIO(contenu), nom)
    absentes = regles.manquantes(tableau.entetes)
    if absentes:
        raise Refus(
            code="suivi_rsa.colonnes",
            message=f"Ce fichier n'a pas de colonne : {', '.join(absentes)}. Il en faut quatre : "
            "mois, foyers, bénéficiaires, dépense. Rien n'a été pris.",
        )
    brutes = list(tableau.lignes)
    if len(brutes) > LIGNES_MAXIMUM:
        raise Refus(
            code="suivi_rsa.trop_de_lignes",
            message=f"Ce fichier a {len(brutes)} lignes : un historique en a une par mois. "
            "Vérifiez que ce n'est pas une liste de dossiers.",
        )
    with transaction.atomic():
        courants = MoisHistorique.objects.select_for_update().filter(
            departement=settings.DRAILLE_DEPARTEMENT, remplace_le__isnull=True
        )
        connus = {
            m.mois: regles.Releve(m.mois, m.foyers, m.beneficiaires, m.montant) for m in courants
        }
        lues = regles.lire(
            entetes=tableau.entetes, lignes=brutes, connus=connus, le=le, remplacer=remplacer
        )
        return _ecrire(lues, (nom, sha256(contenu).hexdigest()), par, le)


def _ecrire(
    lues: tuple[regles.LigneLue, ...], fichier: tuple[str, str], par: Acces, le: date
) -> ImportHistorique:
    nombres = {sort: sum(x.sort == sort for x in lues) for sort in regles.SORTS}
    recu = ImportHistorique.objects.create(
        departement=settings.DRAILLE_DEPARTEMENT,
        nom_fichier=fichier[0][:200],
        empreinte=fichier[1],
        recu_le=le,
        lignes=len(lues),
        retenues=nombres[regles.RETENUE],
        connues=nombres[regles.CONNUE],
        remplacees=nombres[regles.REMPLACEE],
        rejetees=nombres[regles.REJETEE],
    )
    LigneHistorique.objects.bulk_create(
        LigneHistorique(
            importe_par=recu,
            numero=x.numero,
            contenu=x.contenu,
            sort=x.sort,
            champ=x.champ,
            raison=x.raison,
        )
        for x in lues
    )
    remplaces = [x.releve.mois for x in lues if x.releve and x.sort == regles.REMPLACEE]
    MoisHistorique.objects.filter(
        departement=recu.departement, mois__in=remplaces, remplace_le__isnull=True
    ).update(remplace_le=le)
    MoisHistorique.objects.bulk_create(
        MoisHistorique(
            importe_par=recu,
            departement=recu.departement,
            mois=x.releve.mois,
            foyers=x.releve.foyers,
            beneficiaires=x.releve.beneficiaires,
            montant=x.releve.montant,
            depuis_le=le,
        )
        for x in lues
        if x.releve and x.sort in (regles.RETENUE, regles.REMPLACEE)
    )
    charge = ImporterHistorique(
        lignes_lues=recu.lignes,
        retenues=recu.retenues,
        connues=recu.connues,
        remplacees=recu.remplacees,
        rejetees=recu.rejetees,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=recu.pk))
    return recu
