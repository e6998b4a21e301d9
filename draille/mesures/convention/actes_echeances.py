"""Les échéances d'une convention : fixées, reportées, tenues ; le moteur des délais les suit."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from draille.mesures.convention import models
from draille.mesures.convention.actes_commun import cadre_verrouille, exiger, refus
from draille.mesures.convention.actes_suivi_charges import (
    FixerEcheance,
    NouvelleEcheance,
    ReporterEcheance,
    TenirEcheance,
)
from draille.mesures.convention.regles.suivi import NatureEcheance
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces


@transaction.atomic
def fixer_echeance(
    *, cadre_id: int, echeance: NouvelleEcheance, par: Acces, le: date
) -> models.EcheanceCadre:
    """Fixe ce que la convention doit elle-même, et ouvre son horloge.

    Lève `Refus('acces.refuse')`, `Refus('convention.echeance')` si elle est déjà fixée.
    """
    exiger(par, "fixer une échéance")
    cadre = cadre_verrouille(cadre_id)
    meme = cadre.echeances.filter(
        nature=echeance.nature,
        annee=echeance.annee,
        libelle=echeance.libelle,
        remplacee_par__isnull=True,
    )
    if meme.exists():
        raise refus(
            "echeance",
            f"« {echeance.libelle} » est déjà fixée pour {echeance.annee} : reportez-la.",
        )
    return _fixer(cadre, echeance, None, par, le)


@transaction.atomic
def reporter_echeance(
    *,
    echeance_id: int,
    avant_le: date,
    motif: str,
    par: Acces,
    le: date,
    texte_id: int | None = None,
) -> models.EcheanceCadre:
    """Remplace une échéance par une autre date ; l'ancienne reste, sans suite à compter de `le`.

    Lève `Refus('acces.refuse')`, `Refus('convention.echeance')` (déjà tenue, déjà reportée, même
    date, motif vide).
    """
    exiger(par, "reporter une échéance")
    ancienne = _ouverte(echeance_id)
    if avant_le == ancienne.avant_le:
        raise refus("echeance", "Cette date est déjà celle de l'échéance.")
    if not motif.strip():
        raise refus("echeance", "Dites ce qui déplace l'échéance : un avenant, une instruction.")
    consigner(
        charge=ReporterEcheance(
            convention=ancienne.cadre.code,
            libelle=ancienne.libelle,
            avant_le=ancienne.avant_le,
            reportee_au=avant_le,
            motif=motif,
        ),
        par=par,
        le=le,
        sujet=Sujet(objet_id=ancienne.pk),
    )
    nouvelle = NouvelleEcheance(
        nature=NatureEcheance(ancienne.nature),
        annee=ancienne.annee,
        libelle=ancienne.libelle,
        avant_le=avant_le,
        reference=motif,
        texte_id=texte_id,
    )
    return _fixer(ancienne.cadre, nouvelle, ancienne, par, le)


@transaction.atomic
def tenir_echeance(*, echeance_id: int, piece: str, par: Acces, le: date) -> models.EcheanceCadre:
    """Dit qu'une échéance est tenue ce jour, et par quelle pièce (une délibération, un envoi).

    Lève `Refus('acces.refuse')`, `Refus('convention.echeance')` (déjà tenue, reportée, pièce vide).
    """
    exiger(par, "dire une échéance tenue")
    echeance = _ouverte(echeance_id)
    if not piece.strip():
        raise refus("echeance", "Dites la pièce qui le montre, par exemple la délibération.")
    if le < echeance.fixee_le:
        raise refus("echeance", "Une échéance ne se tient pas avant d'être fixée.")
    echeance.tenue_le, echeance.tenue_par = le, piece
    echeance.save(update_fields=["tenue_le", "tenue_par"])
    charge = TenirEcheance(echeance.cadre.code, echeance.libelle, echeance.avant_le, piece)
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=echeance.pk))
    return echeance


def _fixer(
    cadre: models.Cadre,
    echeance: NouvelleEcheance,
    remplace: models.EcheanceCadre | None,
    par: Acces,
    le: date,
) -> models.EcheanceCadre:
    fixee = models.EcheanceCadre.objects.create(
        cadre=cadre, remplace=remplace, fixee_le=le, **asdict(echeance)
    )
    charge = FixerEcheance(
        convention=cadre.code,
        nature=str(echeance.nature),
        annee=echeance.annee,
        libelle=echeance.libelle,
        avant_le=echeance.avant_le,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=fixee.pk))
    return fixee


def _ouverte(echeance_id: int) -> models.EcheanceCadre:
    echeance = (
        models.EcheanceCadre.objects.select_for_update(of=("self",))
        .select_related("cadre")
        .get(pk=echeance_id)
    )
    if echeance.tenue_le is not None:
        raise refus("echeance", f"« {echeance.libelle} » est déjà tenue.")
    if hasattr(echeance, "remplacee_par"):
        raise refus("echeance", f"« {echeance.libelle} » est déjà reportée : voyez la nouvelle.")
    return echeance
