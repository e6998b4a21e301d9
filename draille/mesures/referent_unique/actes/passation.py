"""Changer de référent : ce qui change de mains est listé, et la personne le sait."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.actes import charges
from draille.mesures.referent_unique.actes.designation import Memoire, Mode, Raison, confier
from draille.mesures.referent_unique.actes.verrou import (
    exiger_agent,
    prendre_personne,
    refus,
    sujet_de,
)
from draille.mesures.referent_unique.lectures_passation import RendezVousLu, a_transmettre
from draille.mesures.referent_unique.models import Designation
from draille.mesures.referent_unique.regles import PREFIXE
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.actes import consigner
from draille.noyau.personne.models import Personne
from draille.noyau.referent.actes import terminer
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

AUTRE = "autre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passation:
    """Un changement de référent, et ce qu'il transmet."""

    designation: Designation
    de_agent_id: int | None
    echeances: tuple[Echeance, ...]
    rendez_vous: tuple[RendezVousLu, ...]


@transaction.atomic
def designer_a_la_main(
    *, personne_id: int, agent_id: int, motif: str, par: Acces, le: date
) -> Designation:
    """Désigne sans calcul (CASF L262-27) : toujours possible, avec ou sans demande ouverte.

    Si la personne a déjà un référent, le nouveau lui succède et ce qui change de mains est écrit.

    Secteur et type sont laissés au jugement de l'agent ; places et absences sont tenues par la
    base. Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `agent_nomme`,
    `agent_inconnu`, `non_habilite`, `meme_referent` ; `referent.` `date`, `quota`, `absence`,
    `chevauchement`.
    """
    exiger_agent(par)
    personne = prendre_personne(personne_id=personne_id, par=par, action="désigner un référent")
    raison = Raison(mode=Mode.MANUEL, motif=motif.strip()[:200], code="choix d'un agent")
    return confier_ou_passer(personne=personne, agent_id=agent_id, raison=raison, par=par, le=le)


@transaction.atomic
def changer_referent(
    *, personne_id: int, agent_id: int, motif: str, precision: str, par: Acces, le: date
) -> Passation:
    """Confie la personne à un autre référent, pour un motif de la liste en vigueur.

    `precision` : une phrase, exigée pour « autre ». Lève les `Refus` de `designer_a_la_main`, et
    `referent_unique.` `motif_inconnu`, `motif_absent`, `pas_de_referent`.
    """
    exiger_agent(par)
    personne = prendre_personne(personne_id=personne_id, par=par, action="changer le référent")
    admis = [str(m) for m in registre_global().liste(f"{PREFIXE}motifs_changement", le)]
    if motif not in admis:
        raise refus(
            "motif_inconnu",
            f"« {motif} » n'est pas une raison de la liste. Choisissez : {', '.join(admis)}.",
        )
    dit = precision.strip()
    if motif == AUTRE and not dit:
        raise refus("motif_absent", "Écrivez en une phrase pourquoi le référent change.")
    raison = Raison(
        mode=Mode.PASSATION, motif=(f"{motif} : {dit}" if dit else motif)[:200], code=motif
    )
    return passer(personne=personne, agent_id=agent_id, raison=raison, par=par, le=le)


@transaction.atomic
def liberer(*, personne_id: int, motif: str, par: Acces, le: date) -> Referent:
    """Met fin à l'accompagnement par le référent unique, sans en désigner un autre.

    Lève `Refus` : `acces.refuse`, `referent_unique.` `introuvable`, `agent_nomme`, `motif_absent`,
    `pas_de_referent`.
    """
    exiger_agent(par)
    personne = prendre_personne(personne_id=personne_id, par=par, action="libérer un référent")
    if not motif.strip():
        raise refus("motif_absent", "Écrivez en une phrase pourquoi l'accompagnement s'arrête.")
    referent = _en_cours(personne)
    designation = Designation.objects.filter(referent=referent).first()
    terminer(referents=[referent.pk], motif="manuel", par=par, le=le)
    referent.refresh_from_db()
    # Le motif écrit reste à la désignation, où la durée de conservation s'applique.
    if designation is not None:
        designation.fin_motif = motif.strip()[:200]
        designation.save(update_fields=["fin_motif"])
    consigner(
        charge=charges.Liberer(referent.agent_id, "manuel"),
        par=par,
        le=le,
        sujet=sujet_de(personne, designation.entree_id if designation else None),
    )
    return referent


def passer(
    *,
    personne: Personne,
    agent_id: int,
    raison: Raison,
    par: Acces,
    le: date,
    memoire: Memoire | None = None,
) -> Passation:
    """Désigne le nouveau référent et écrit ce qui lui est transmis."""
    ancien = _en_cours(personne)
    echeances, rendez_vous = a_transmettre(personne_id=personne.pk, acces=par, le=le)
    designation = confier(
        personne=personne, agent_id=agent_id, raison=raison, par=par, le=le, memoire=memoire
    )
    consigner(
        charge=charges.Passer(
            de_agent_id=ancien.agent_id,
            vers_agent_id=agent_id,
            motif=raison.code,
            echeances=len(echeances),
            rendez_vous=[r.rendez_vous_id for r in rendez_vous],
        ),
        par=par,
        le=le,
        sujet=sujet_de(personne, designation.entree_id),
    )
    return Passation(
        designation=designation,
        de_agent_id=ancien.agent_id,
        echeances=echeances,
        rendez_vous=rendez_vous,
    )


def confier_ou_passer(
    *,
    personne: Personne,
    agent_id: int,
    raison: Raison,
    par: Acces,
    le: date,
    memoire: Memoire | None = None,
) -> Designation:
    """Désigne ; si un référent suit déjà la personne, le nouveau lui succède."""
    a_deja = Referent.objects.filter(
        personne=personne, nature=Referent.Nature.UNIQUE, fin__isnull=True
    ).exists()
    if a_deja:
        return passer(
            personne=personne, agent_id=agent_id, raison=raison, par=par, le=le, memoire=memoire
        ).designation
    return confier(
        personne=personne, agent_id=agent_id, raison=raison, par=par, le=le, memoire=memoire
    )


def _en_cours(personne: Personne) -> Referent:
    referent: Referent | None = (
        Referent.objects.select_for_update()
        .filter(personne=personne, nature=Referent.Nature.UNIQUE, fin__isnull=True)
        .first()
    )
    if referent is None:
        raise refus(
            "pas_de_referent",
            "Cette personne n'a pas de référent unique. Désignez-en un.",
            "CASF L262-27",
        )
    return referent
