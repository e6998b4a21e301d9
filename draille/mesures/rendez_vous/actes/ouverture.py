"""Ouvrir et fermer : les lieux où l'on reçoit, et les plages."""

from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.db.models import Q

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.acces import TENIR_LIEUX
from draille.mesures.rendez_vous.actes import charges
from draille.mesures.rendez_vous.actes.commun import (
    ecrire_sans_personne,
    exiger_tenue,
    refus,
)
from draille.mesures.rendez_vous.actes.creneaux import fermer_ceux, ouverture_de
from draille.mesures.rendez_vous.models import Creneau, Lieu, Motif, Plage
from draille.socle.acces import Acces
from draille.socle.texte import date_moyenne

DEBUT_DU_JOUR, FIN_DU_JOUR = time(0), time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermesLieu:
    """Un lieu, tel qu'on l'ouvre. `code` : court et unique ; la commune situe le trajet."""

    code: str
    nom: str
    organisation_id: int
    commune_id: int
    adresse: str
    telephone: str = ""
    acces_handicap: str = ""
    est_fictif: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TermesPlage:
    """Une plage, telle qu'on la pose : chaque semaine (`jour`, 1 lundi à 7 dimanche) ou une seule
    fois (`jour_exceptionnel`). `capacite` : personnes par créneau, plus d'une pour une séance
    collective. `agent_id` nul : n'importe quel agent du lieu reçoit.
    """

    lieu_id: int
    motif: str
    heure_debut: time
    heure_fin: time
    duree_minutes: int
    agent_id: int | None = None
    jour: int | None = None
    jour_exceptionnel: date | None = None
    capacite: int = 1
    debut: date | None = None
    fin: date | None = None


@transaction.atomic
def ouvrir_lieu(*, termes: TermesLieu, par: Acces, le: date) -> Lieu:
    """Ouvre un lieu où recevoir. Lève `Refus` : `acces.refuse`, `rendez_vous.` `lieu_incomplet`,
    `lieu_existe`, `date_future`.
    """
    par.exiger(TENIR_LIEUX, cle_ligne=None, action="ouvrir un lieu")
    if not (termes.code.strip() and termes.nom.strip() and termes.adresse.strip()):
        raise refus("lieu_incomplet", "Donnez au lieu un code, un nom et une adresse.")
    if Lieu.objects.filter(code=termes.code.strip()).exists():
        raise refus(
            "lieu_existe", f"Un lieu porte déjà le code « {termes.code} ». Choisissez-en un autre."
        )
    lieu = Lieu.objects.create(
        code=termes.code.strip(),
        nom=termes.nom.strip(),
        organisation_id=termes.organisation_id,
        commune_id=termes.commune_id,
        adresse=termes.adresse.strip(),
        telephone=termes.telephone.strip(),
        acces_handicap=termes.acces_handicap.strip(),
        est_fictif=termes.est_fictif,
        debut=le,
    )
    charge = charges.OuvrirLieu(lieu.pk, termes.organisation_id, termes.commune_id)
    ecrire_sans_personne(charge=charge, objet_id=lieu.pk, par=par, le=le)
    return lieu


@transaction.atomic
def fermer_lieu(*, lieu_id: int, par: Acces, le: date) -> Lieu:
    """Ferme un lieu à compter de `le`, avec ses plages et ses créneaux à venir.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `lieu_ferme`, `creneau_occupe` (qui nomme les
    rendez-vous à déplacer), `date_future`.
    """
    par.exiger(TENIR_LIEUX, cle_ligne=None, action="fermer un lieu")
    lieu = _lieu_ouvert(lieu_id, le)
    combien = fermer_ceux(Creneau.objects.filter(lieu=lieu, jour__gte=le), par)
    lieu.plages.filter(Q(fin__isnull=True) | Q(fin__gt=le)).update(fin=le)
    lieu.fin = le
    lieu.save(update_fields=["fin"])
    charge = charges.FermerLieu(lieu.pk, combien)
    ecrire_sans_personne(charge=charge, objet_id=lieu.pk, par=par, le=le)
    return lieu


@transaction.atomic
def ouvrir_plage(*, termes: TermesPlage, par: Acces, le: date) -> Plage:
    """Pose une plage. Les créneaux s'en tirent par `generer_creneaux`.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `lieu_ferme`, `plage_motif`, `plage_jour`,
    `plage_heures`, `plage_agent`, `plage_periode`, `plage_chevauche`, `date_future`.
    """
    exiger_tenue(agent_id=termes.agent_id, par=par, action="poser une plage")
    lieu = _lieu_ouvert(termes.lieu_id, le)
    _controler(termes, le)
    plage = Plage(
        lieu=lieu,
        agent_id=termes.agent_id,
        motif=termes.motif,
        jour=termes.jour,
        le=termes.jour_exceptionnel,
        heure_debut=termes.heure_debut,
        heure_fin=termes.heure_fin,
        duree_minutes=termes.duree_minutes,
        capacite=termes.capacite,
        debut=termes.debut or le,
        fin=termes.fin,
    )
    _refuser_un_double(plage, le)
    return _inscrire(plage, par, le)


@transaction.atomic
def fermer_jour(
    *, lieu_id: int, jour: date, par: Acces, le: date, agent_id: int | None = None
) -> Plage:
    """Ferme un jour : tout le lieu, ou le seul agenda d'un agent. Rien ne s'y générera plus.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `lieu_ferme`, `creneau_passe`, `creneau_occupe`
    (qui nomme les rendez-vous à déplacer), `date_future`.
    """
    exiger_tenue(agent_id=agent_id, par=par, action="fermer un jour")
    lieu = _lieu_ouvert(lieu_id, le)
    if jour < le:
        raise refus("creneau_passe", f"Le {date_moyenne(jour)} est passé. Choisissez un jour.")
    fermes = Creneau.objects.filter(lieu=lieu, jour=jour)
    fermer_ceux(fermes if agent_id is None else fermes.filter(agent_id=agent_id), par)
    plage = Plage(
        lieu=lieu,
        agent_id=agent_id,
        le=jour,
        heure_debut=DEBUT_DU_JOUR,
        heure_fin=FIN_DU_JOUR,
        duree_minutes=0,
        est_fermeture=True,
        debut=le,
    )
    return _inscrire(plage, par, le)


@transaction.atomic
def fermer_plage(*, plage_id: int, par: Acces, le: date) -> Plage:
    """Retire une plage à compter de `le` et ferme ses créneaux à venir ; lève une fermeture.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `plage_introuvable`, `creneau_occupe`,
    `date_future`.
    """
    plage = (
        Plage.objects.select_for_update(of=("self",))
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), pk=plage_id)
        .first()
    )
    if plage is None:
        raise refus("plage_introuvable", "Cette plage n'existe pas, ou elle est déjà retirée.")
    exiger_tenue(agent_id=plage.agent_id, par=par, action="retirer une plage")
    if plage.est_fermeture:
        combien = _rouvrir_jour(plage)
    else:
        combien = fermer_ceux(plage.creneaux.filter(jour__gte=le), par)
    plage.fin = le
    plage.save(update_fields=["fin"])
    charge = charges.FermerPlage(plage.pk, combien)
    ecrire_sans_personne(charge=charge, objet_id=plage.pk, par=par, le=le)
    return plage


def _lieu_ouvert(lieu_id: int, le: date) -> Lieu:
    lieu = Lieu.objects.select_for_update(of=("self",)).filter(pk=lieu_id).first()
    if lieu is None or (lieu.fin is not None and lieu.fin <= le):
        raise refus("lieu_ferme", "Ce lieu n'existe pas, ou il est fermé. Choisissez-en un autre.")
    return lieu


def _rouvrir_jour(plage: Plage) -> int:
    assert plage.le is not None, "une fermeture est d'un jour"
    fermes = Creneau.objects.filter(lieu_id=plage.lieu_id, jour=plage.le, est_ferme=True)
    if plage.agent_id is not None:
        fermes = fermes.filter(agent_id=plage.agent_id)
    encore = Q(plage__fin__isnull=True) | Q(plage__fin__gt=plage.le)
    return Creneau.objects.filter(pk__in=fermes.filter(encore).values("pk")).update(est_ferme=False)


def _inscrire(plage: Plage, par: Acces, le: date) -> Plage:
    plage.save()
    charge = charges.OuvrirPlage(
        plage_id=plage.pk,
        lieu_id=plage.lieu_id,
        agent_id=plage.agent_id,
        motif=plage.motif,
        jour=plage.jour,
        exceptionnel=plage.le,
        capacite=plage.capacite,
        est_fermeture=plage.est_fermeture,
    )
    ecrire_sans_personne(charge=charge, objet_id=plage.pk, par=par, le=le)
    return plage


def _controler(termes: TermesPlage, le: date) -> None:
    if termes.motif not in Motif.values:
        raise refus("plage_motif", "Dites pourquoi l'on reçoit : orientation, référent ou suivi.")
    if termes.motif == Motif.REFERENT and termes.agent_id is None:
        raise refus("plage_agent", "Dites quel référent reçoit sur cette plage.")
    if (termes.jour is None) == (termes.jour_exceptionnel is None):
        raise refus("plage_jour", "Choisissez un jour de la semaine, ou une date, pas les deux.")
    if termes.jour is not None and not 1 <= termes.jour <= regles.JOURS_PAR_SEMAINE:
        raise refus("plage_jour", "Le jour de la semaine va de 1 (lundi) à 7 (dimanche).")
    if termes.jour_exceptionnel is not None and termes.jour_exceptionnel < le:
        raise refus("plage_jour", "Cette date est passée. Choisissez un jour à venir.")
    _controler_heures(termes, le)


def _controler_heures(termes: TermesPlage, le: date) -> None:
    debut, fin = termes.heure_debut, termes.heure_fin
    minutes = (fin.hour - debut.hour) * 60 + fin.minute - debut.minute
    if not 0 < termes.duree_minutes <= minutes:
        raise refus(
            "plage_heures",
            f"De {debut:%H:%M} à {fin:%H:%M}, il faut au moins un rendez-vous de "
            f"{termes.duree_minutes} minutes. Corrigez les heures ou la durée.",
        )
    if termes.capacite < 1:
        raise refus("plage_heures", "Un créneau reçoit au moins une personne.")
    if termes.fin is not None and termes.fin <= (termes.debut or le):
        raise refus("plage_periode", "La plage finirait avant de commencer. Corrigez les dates.")


def _refuser_un_double(plage: Plage, le: date) -> None:
    """Un agent ne reçoit pas à deux endroits à la fois."""
    if plage.agent_id is None:
        return
    voulue = ouverture_de(plage)
    for autre in Plage.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), agent_id=plage.agent_id, est_fermeture=False
    ).select_related("lieu"):
        if regles.se_chevauchent(une=voulue, autre=ouverture_de(autre)):
            raise refus(
                "plage_chevauche",
                f"Cet agent reçoit déjà à cette heure-là ({autre.lieu.nom}, de "
                f"{autre.heure_debut:%H:%M} à {autre.heure_fin:%H:%M}). Changez l'heure ou le "
                "jour, ou retirez d'abord l'autre plage.",
            )
