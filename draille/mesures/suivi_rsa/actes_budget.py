"""Inscrire les votes du budget du RSA et constater ce qui est mandaté aux caisses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from draille.mesures.suivi_rsa.models import MandatRsa, VoteBudget
from draille.mesures.suivi_rsa.regles.budget import NON_PUBLIEE, PRIMITIF, Vote
from draille.mesures.suivi_rsa.regles.publies import lire_votes
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces, Compartiment, Role, cle_generale
from draille.socle.refus import Refus
from draille.socle.texte import euros, mois_annee

# Le budget est celui de tout le Département : il faut le voir en entier.
CLE = cle_generale(compartiment=Compartiment.INSERTION)
ECRIVENT = (Role.PILOTE,)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Voter:
    """Charge : un vote de crédits, en euros, et la date qu'on lui connaît."""

    annee: int
    code: str
    nature: str
    montant: Decimal
    precision: str
    vote_le: date | None


@dataclass(frozen=True)
class ConstaterMandat:
    """Charge : un mandat payé à une caisse pour un mois de droits, en euros."""

    exercice: int
    mois: date
    numero: str
    organisme: str
    montant: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatSaisi:
    """Un mandat à constater. `mois` : un jour du mois de droits payé ; `montant` en euros."""

    exercice: int
    mois: date
    numero: str
    organisme: str
    montant: Decimal
    mandate_le: date
    chapitre: str = "017"
    objet: str = ""


def voter(*, vote: Vote, par: Acces, le: date) -> VoteBudget:
    """Inscrit un vote ; il entre dans le crédit au jour `vote.compte_le`.

    Lève `acces.refuse`, `suivi_rsa.vote_a_venir`, `.vote_annee`, `.vote_montant`, `.vote_connu`,
    `.sans_primitif`, `.credit_negatif`. Base : CGCT L3312-1, L1612-11.
    """
    par.exiger(ECRIVENT, cle_ligne=CLE, action="inscrire un vote du budget du RSA")
    _verifier_date(vote, le)
    with transaction.atomic():
        siens = VoteBudget.objects.select_for_update().filter(
            departement=settings.DRAILLE_DEPARTEMENT, annee=vote.annee
        )
        _verifier_suite(vote, list(siens))
        ecrit = VoteBudget.objects.create(
            departement=settings.DRAILLE_DEPARTEMENT,
            annee=vote.annee,
            code=vote.code,
            nature=vote.nature,
            libelle=vote.libelle,
            montant=vote.montant,
            precision=vote.precision,
            vote_le=vote.vote_le,
            compte_le=vote.compte_le,
            phrase=vote.phrase,
            origine=vote.origine,
        )
        charge = Voter(
            annee=vote.annee,
            code=vote.code,
            nature=vote.nature,
            montant=vote.montant,
            precision=vote.precision,
            vote_le=vote.vote_le,
        )
        consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=ecrit.pk))
    return ecrit


def _verifier_date(vote: Vote, le: date) -> None:
    if vote.compte_le > le or (vote.vote_le is not None and vote.vote_le > le):
        raise Refus(
            code="suivi_rsa.vote_a_venir",
            message="Ce vote n'a pas encore eu lieu : inscrivez-le une fois la séance tenue.",
        )
    quand = vote.vote_le
    if vote.precision != NON_PUBLIEE and quand is None:
        raise Refus(code="suivi_rsa.vote_annee", message="Donnez la date du vote, ou son mois.")
    permis = quand is None or vote.annee - 1 <= quand.year <= vote.annee
    # Une décision modificative de fin d'année se prend encore en janvier suivant.
    if quand is not None and not (permis or (quand.year, quand.month) == (vote.annee + 1, 1)):
        raise Refus(
            code="suivi_rsa.vote_annee",
            message=f"Un vote de {mois_annee(quand)} ne peut pas concerner le budget "
            f"{vote.annee}. Vérifiez l'année.",
            base_legale="CGCT L1612-11",
        )


def _verifier_suite(vote: Vote, siens: list[VoteBudget]) -> None:
    if not vote.montant or (vote.nature == PRIMITIF and vote.montant < 0):
        raise Refus(
            code="suivi_rsa.vote_montant",
            message="Donnez le montant voté : un budget primitif est positif, une décision "
            "modificative ajoute ou retire.",
        )
    est_primitif = any(v.nature == PRIMITIF for v in siens)
    meme_code = any(v.code == vote.code for v in siens)
    if meme_code or (vote.nature == PRIMITIF and est_primitif):
        raise Refus(
            code="suivi_rsa.vote_connu",
            message=f"Ce vote est déjà inscrit au budget {vote.annee}. Rien n'a été ajouté ; pour "
            "changer le crédit, inscrivez la décision modificative qui le change.",
        )
    if vote.nature != PRIMITIF and not est_primitif:
        raise Refus(
            code="suivi_rsa.sans_primitif",
            message=f"Inscrivez d'abord le budget primitif {vote.annee} : celui-ci le modifie.",
            base_legale="CGCT L1612-11",
        )
    credit = sum((v.montant for v in siens), vote.montant)
    if credit < 0:
        raise Refus(
            code="suivi_rsa.credit_negatif",
            message=f"Ce vote laisserait un crédit négatif ({euros(credit)}). Vérifiez le montant.",
        )


def fichier_publie() -> Path | None:
    """Le fichier des votes publiés du Département, nul s'il n'en a pas."""
    dossiers = (settings.RACINE / "departements").glob(f"{settings.DRAILLE_DEPARTEMENT}_*/rsa.yaml")
    return next(iter(sorted(dossiers)), None)


def votes_publies() -> tuple[Vote, ...]:
    """Les votes publiés du Département, tels que son fichier les dit ; aucun s'il n'en a pas."""
    return lire_votes(contenu_publie())


def contenu_publie() -> dict[str, Any]:
    """Le contenu du fichier publié ; vide s'il n'y en a pas."""
    chemin = fichier_publie()
    return {} if chemin is None else dict(yaml.safe_load(chemin.read_text("utf-8")))


def a_inscrire(*, connus: Iterable[tuple[int, str]], le: date) -> list[Vote]:
    """Les votes publiés que l'on connaît au jour `le` et qui ne sont pas inscrits (année, code)."""
    deja = set(connus)
    return [v for v in votes_publies() if v.compte_le <= le and (v.annee, v.code) not in deja]


def inscrire_publies(*, par: Acces, le: date) -> int:
    """Inscrit, dans l'ordre, les votes publiés qui manquent ; rend leur nombre. Rappelable."""
    par.exiger(ECRIVENT, cle_ligne=CLE, action="inscrire un vote du budget du RSA")
    with transaction.atomic():
        siens = VoteBudget.objects.filter(departement=settings.DRAILLE_DEPARTEMENT)
        manquants = a_inscrire(connus=siens.values_list("annee", "code"), le=le)
        for vote in manquants:
            voter(vote=vote, par=par, le=le)
    return len(manquants)


def constater_mandat(*, mandat: MandatSaisi, par: Acces, le: date) -> MandatRsa:
    """Garde la référence d'un mandat. Ce n'est pas une comptabilité : le mandat est ailleurs.

    Lève `acces.refuse`, `suivi_rsa.mandat_a_venir`, `.mandat_annee`, `.mandat_montant`,
    `.mandat_connu`, `.mandat_negatif`.
    """
    par.exiger(ECRIVENT, cle_ligne=CLE, action="constater un mandat de RSA")
    mois = mandat.mois.replace(day=1)
    _verifier_mandat(mandat, mois, le)
    with transaction.atomic():
        siens = MandatRsa.objects.filter(departement=settings.DRAILLE_DEPARTEMENT)
        _verifier_numero(mandat, siens.filter(exercice=mandat.exercice, numero=mandat.numero))
        total = siens.filter(mois=mois).aggregate(total=Sum("montant"))["total"] or ZERO
        if total + mandat.montant < 0:
            raise Refus(
                code="suivi_rsa.mandat_negatif",
                message=f"Cette annulation dépasse ce qui est mandaté pour {mois_annee(mois)} "
                f"({euros(total)}). Constatez d'abord le mandat qu'elle réduit.",
            )
        ecrit = MandatRsa.objects.create(
            departement=settings.DRAILLE_DEPARTEMENT,
            exercice=mandat.exercice,
            mois=mois,
            numero=mandat.numero,
            organisme=mandat.organisme,
            chapitre=mandat.chapitre,
            montant=mandat.montant,
            mandate_le=mandat.mandate_le,
            objet=mandat.objet,
        )
        charge = ConstaterMandat(
            exercice=mandat.exercice,
            mois=mois,
            numero=mandat.numero,
            organisme=mandat.organisme,
            montant=mandat.montant,
        )
        consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=ecrit.pk))
    return ecrit


def _verifier_mandat(mandat: MandatSaisi, mois: date, le: date) -> None:
    if mandat.mandate_le > le or mois > le:
        raise Refus(
            code="suivi_rsa.mandat_a_venir",
            message="Ce mandat est daté après aujourd'hui : constatez-le une fois émis.",
        )
    if mois.year not in (mandat.exercice - 1, mandat.exercice):
        raise Refus(
            code="suivi_rsa.mandat_annee",
            message=f"Un mandat de l'exercice {mandat.exercice} ne paie pas les droits de "
            f"{mois_annee(mois)}. Vérifiez l'exercice et le mois.",
        )
    if not mandat.montant:
        raise Refus(
            code="suivi_rsa.mandat_montant",
            message="Donnez le montant du mandat ; une annulation s'écrit en négatif.",
        )


def _verifier_numero(mandat: MandatSaisi, memes: Any) -> None:
    connu = memes.first()
    if connu is None:
        return
    dit = "pour le même montant" if connu.montant == mandat.montant else "pour un autre montant"
    raise Refus(
        code="suivi_rsa.mandat_connu",
        message=f"Le mandat {mandat.numero} de {mandat.exercice} est déjà constaté, {dit} "
        f"({euros(connu.montant)}). Rien n'a été compté deux fois.",
    )
