"""Les créneaux : les tirer des plages, les fermer, les rouvrir."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from draille.mesures.rendez_vous import regles
from draille.mesures.rendez_vous.acces import TENIR_LIEUX
from draille.mesures.rendez_vous.actes import charges
from draille.mesures.rendez_vous.actes.commun import (
    ecrire_sans_personne,
    exiger_tenue,
    occupe,
    refus,
    refuser_en_phrases,
)
from draille.mesures.rendez_vous.models import Creneau, Plage
from draille.socle.acces import Acces, Role
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

CRENEAUX_PAR_ECRITURE = 2000


@transaction.atomic
def fermer_creneau(*, creneau_id: int, par: Acces, le: date) -> Creneau:
    """Ferme un créneau libre.

    Lève `Refus` : `acces.refuse`, `rendez_vous.` `creneau_introuvable`, `creneau_occupe` (qui
    nomme les rendez-vous à déplacer), `date_future`.
    """
    creneau = _prendre(creneau_id)
    exiger_tenue(agent_id=creneau.agent_id, par=par, action="fermer un créneau")
    fermer_ceux(Creneau.objects.filter(pk=creneau.pk), par)
    creneau.est_ferme = True
    charge = charges.FermerCreneau(creneau.pk)
    ecrire_sans_personne(charge=charge, objet_id=creneau.pk, par=par, le=le)
    return creneau


@transaction.atomic
def rouvrir_creneau(*, creneau_id: int, par: Acces, le: date) -> Creneau:
    """Rouvre un créneau fermé. Lève comme `fermer_creneau`, et `rendez_vous.creneau_passe`."""
    creneau = _prendre(creneau_id)
    exiger_tenue(agent_id=creneau.agent_id, par=par, action="rouvrir un créneau")
    if creneau.jour < le:
        raise refus("creneau_passe", "Ce créneau est passé : il ne se rouvre pas.")
    creneau.est_ferme = False
    creneau.save(update_fields=["est_ferme"])
    charge = charges.RouvrirCreneau(creneau.pk)
    ecrire_sans_personne(charge=charge, objet_id=creneau.pk, par=par, le=le)
    return creneau


@transaction.atomic
def generer_creneaux(*, jusque: date, par: Acces, le: date) -> int:
    """Tire les créneaux de toutes les plages, de `le` à `jusque` inclus ; rend combien de nouveaux.
    Pour un référent, ceux de ses seules plages.

    Rappelée, elle n'ajoute rien : un créneau fermé à la main reste fermé. Les jours fériés et les
    jours fermés n'en ont pas. Lève `Refus` : `acces.refuse`, `rendez_vous.date_future`.
    """
    exiger_tenue(agent_id=par.agent_id, par=par, action="ouvrir des créneaux")
    voulus = list(_voulus(le, jusque))
    if not par.roles & {*TENIR_LIEUX, Role.SYSTEME}:
        voulus = [v for v in voulus if v.agent_id == par.agent_id]
    connus = {
        (c.lieu_id, c.agent_id, c.motif, c.debut): c
        for c in Creneau.objects.filter(jour__gte=le, jour__lte=jusque)
    }
    nouveaux, repris = [], []
    for voulu in voulus:
        connu = connus.get((voulu.lieu_id, voulu.agent_id, voulu.motif, voulu.debut))
        if connu is None:
            nouveaux.append(voulu)
        elif connu.est_ferme and connu.plage_id != voulu.plage_id and not connu.pris:
            # La plage d'alors a été retirée ; une autre, posée depuis, rouvre la même heure.
            connu.plage_id, connu.fin = voulu.plage_id, voulu.fin
            connu.capacite, connu.est_ferme = voulu.capacite, False
            repris.append(connu)
    Creneau.objects.bulk_create(nouveaux, ignore_conflicts=True, batch_size=CRENEAUX_PAR_ECRITURE)
    Creneau.objects.bulk_update(repris, ["plage_id", "fin", "capacite", "est_ferme"], 500)
    nombre = len(nouveaux) + len(repris)
    if nombre:
        charge = charges.GenererCreneaux(nombre, le, jusque)
        ecrire_sans_personne(charge=charge, objet_id=None, par=par, le=le)
    return nombre


def ouvrir_les_jours_a_venir(par: Acces, le: date) -> int:
    """Chaque nuit : les créneaux jusqu'à l'horizon du paramètre. Lève comme `generer_creneaux`."""
    horizon = timedelta(days=registre_global().entier("rendez_vous.horizon", le))
    return generer_creneaux(jusque=le + horizon, par=par, le=le)


def _prendre(creneau_id: int) -> Creneau:
    """Le créneau, verrouillé, son lieu joint. Lève `Refus('rendez_vous.creneau_introuvable')`."""
    creneau: Creneau | None = (
        Creneau.objects.select_for_update(of=("self",))
        .select_related("lieu__commune", "agent")
        .filter(pk=creneau_id)
        .first()
    )
    if creneau is None:
        raise refus("creneau_introuvable", "Ce créneau n'existe plus. Rouvrez l'agenda.")
    return creneau


def ouverture_de(plage: Plage) -> regles.Ouverture:
    """Quand reçoit cette plage."""
    return regles.Ouverture(
        heure_debut=plage.heure_debut,
        heure_fin=plage.heure_fin,
        debut=plage.debut,
        fin=plage.fin,
        jour=plage.jour,
        exceptionnel=plage.le,
    )


def _voulus(le: date, jusque: date) -> Iterable[Creneau]:
    en_cours = Plage.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), Q(lieu__fin__isnull=True) | Q(lieu__fin__gt=le)
    ).order_by("id")
    plages = list(en_cours)
    fermes = {(p.lieu_id, p.agent_id, p.le) for p in plages if p.est_fermeture}
    for plage in plages:
        if plage.est_fermeture:
            continue
        for jour in regles.jours_ouverts(ouverture=ouverture_de(plage), du=le, jusque=jusque):
            if fermes & {(plage.lieu_id, None, jour), (plage.lieu_id, plage.agent_id, jour)}:
                continue
            for debut, fin in regles.tranches(
                jour=jour,
                heure_debut=plage.heure_debut,
                heure_fin=plage.heure_fin,
                duree_minutes=plage.duree_minutes,
            ):
                yield Creneau(
                    plage=plage,
                    lieu_id=plage.lieu_id,
                    agent_id=plage.agent_id,
                    motif=plage.motif,
                    jour=jour,
                    debut=debut,
                    fin=fin,
                    capacite=plage.capacite,
                )


def fermer_ceux(creneaux: QuerySet[Creneau], par: Acces) -> int:
    """Ferme ces créneaux ; rend combien. Lève `Refus('rendez_vous.creneau_occupe')`."""
    vises = list(creneaux.filter(est_ferme=False).select_for_update().order_by("id"))
    try:
        with refuser_en_phrases():
            return Creneau.objects.filter(pk__in=[c.pk for c in vises]).update(est_ferme=True)
    except Refus as refusee:
        raise occupe(vises, par) from refusee
