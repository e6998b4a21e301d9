"""Ce que les actes partagent : prendre une ligne, écrire au journal, dire en français ce que la
base refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from draille.mesures.rendez_vous.acces import RENDRE_COMPTE, TENIR_LIEUX
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, RendezVous
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Role
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne

NOMMES = 5
# Ce que disent les messages et les refus d'un rendez-vous.
JOINTS = ("personne", "creneau__lieu__commune", "creneau__lieu__organisation", "creneau__agent")


def refus(code: str, message: str, base_legale: str = "") -> Refus:
    """Un refus de cette mesure."""
    return Refus(code=f"rendez_vous.{code}", message=message, base_legale=base_legale)


def prendre(*, rendez_vous_id: int, roles: tuple[Role, ...], action: str, par: Acces) -> RendezVous:
    """Le rendez-vous, verrouillé, sa demande et son créneau joints.

    Lève `Refus` : `rendez_vous.introuvable`, `acces.refuse`.
    """
    trouve: RendezVous | None = (
        RendezVous.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related(*JOINTS, "demande")
        .filter(pk=rendez_vous_id)
        .first()
    )
    if trouve is None:
        raise introuvable()
    par.exiger(roles, cle_ligne=trouve.cle_acces, action=action)
    return trouve


def prendre_demande(
    *, demande_id: int, roles: tuple[Role, ...], action: str, par: Acces
) -> DemandeRendezVous:
    """La demande, verrouillée, sa personne jointe. Lève comme `prendre`."""
    trouvee: DemandeRendezVous | None = (
        DemandeRendezVous.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne")
        .filter(pk=demande_id)
        .first()
    )
    if trouvee is None:
        raise introuvable()
    par.exiger(roles, cle_ligne=trouvee.cle_acces, action=action)
    return trouvee


def introuvable() -> Refus:
    """Le refus de ce qui n'existe pas, ou n'est pas ouvert à cet accès."""
    return refus(
        "introuvable",
        "Ce rendez-vous n'existe pas, ou ne vous est pas ouvert. Revenez à l'agenda.",
    )


def exiger_tenue(*, agent_id: int | None, par: Acces, action: str) -> None:
    """Tenir un lieu ou un agenda : l'équipe d'orientation, un cadre, ou le référent pour le sien.

    Lève `Refus('acces.refuse')`.
    """
    est_le_sien = agent_id is not None and agent_id == par.agent_id
    roles = (*TENIR_LIEUX, *((Role.REFERENT,) if est_le_sien else ()))
    par.exiger(roles, cle_ligne=None, action=action)


def ecrire(
    *, charge: Any, de: RendezVous | DemandeRendezVous, par: Acces, le: date, dit_le: date
) -> None:
    """Écrit la ligne d'un acte daté de `le`, dit le jour `dit_le`.

    Lève `Refus('rendez_vous.date_future')` si le jour où l'on dit est à venir.
    """
    commune = de.cle_acces % PAS
    ligne = consigner(
        charge=charge,
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=de.cle_acces // PAS,
            personne_id=de.personne_id,
            commune_id=None if commune == SANS_COMMUNE else commune,
            objet_id=de.objet_id,
        ),
    )
    _exiger_passee(dit_le, timezone.localtime(ligne.ecrit_le).date())


def ecrire_sans_personne(*, charge: Any, objet_id: int | None, par: Acces, le: date) -> None:
    """Écrit la ligne d'un acte qui ne parle de personne. Lève comme `ecrire`."""
    ligne = consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=objet_id))
    _exiger_passee(le, timezone.localtime(ligne.ecrit_le).date())


def exiger_passee(*, le: date) -> None:
    """Lève `Refus('rendez_vous.date_future')` si ce jour est à venir."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT draille_instant()")
        _exiger_passee(le, timezone.localtime(curseur.fetchone()[0]).date())


def _exiger_passee(le: date, ecrite_le: date) -> None:
    # L'instant d'écriture est celui du contexte, que seule la base connaît : la ligne le rend.
    if le > ecrite_le:
        raise refus(
            "date_future",
            f"La date du {date_moyenne(le)} est à venir : nous sommes le "
            f"{date_moyenne(ecrite_le)}. Enregistrez l'acte quand il aura eu lieu.",
        )


_PHRASES = {
    "rendez_vous_creneau_ferme": (
        "creneau_ferme",
        "Ce créneau est fermé. Choisissez-en un autre.",
    ),
    "rendez_vous_creneau_plein": (
        "creneau_plein",
        "Ce créneau vient d'être pris : il n'a plus de place. Choisissez-en un autre.",
    ),
    "rendez_vous_creneau_coherence": (
        "creneau_change",
        "Ce créneau a changé pendant que vous le choisissiez. Rouvrez la liste et recommencez.",
    ),
    "rendez_vous_creneau_occupe": (
        "creneau_occupe",
        "Ce créneau a des rendez-vous. Déplacez-les ou annulez-les d'abord.",
    ),
    "rendez_vous_un_a_la_fois": (
        "chevauchement",
        "Cette personne a déjà un rendez-vous à cette heure-là. Choisissez un autre créneau.",
    ),
    "demande_rdv_vivante": (
        "deja_demandee",
        "Une convocation est déjà en cours pour cette personne. Ouvrez-la pour la suivre.",
    ),
    "creneau_unique": (
        "creneau_existe",
        "Ce créneau existe déjà.",
    ),
}


@contextmanager
def refuser_en_phrases() -> Iterator[None]:
    """Dit en français ce que la base refuse, sans défaire la transaction de l'appelant.

    Lève `Refus` : `rendez_vous.` `creneau_ferme`, `creneau_plein`, `creneau_change`,
    `creneau_occupe`, `chevauchement`, `deja_demandee`, `creneau_existe`.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as erreur:
        contrainte = getattr(getattr(erreur.__cause__, "diag", None), "constraint_name", None)
        if contrainte not in _PHRASES:
            raise
        raise refus(*_PHRASES[contrainte]) from erreur


def occupe(creneaux: list[Creneau], par: Acces) -> Refus:
    """Le refus de fermer des créneaux pris : il nomme les rendez-vous que ce lecteur voit."""
    pris = {c.pk for c in creneaux}
    fixes = list(
        RendezVous.objects.visibles(par.parmi(RENDRE_COMPTE))
        .filter(creneau_id__in=pris, statut=RendezVous.Statut.FIXE)
        .select_related("personne")
        .order_by("debut", "id")
    )
    noms = [
        f"{r.personne.nom_complet}, le {date_moyenne(r.jour)} à "
        f"{timezone.localtime(r.debut):%-H h %M}"
        for r in fixes
    ]
    montres = " ; ".join(noms[:NOMMES]) + (" ; …" if len(noms) > NOMMES else "")
    combien = "un rendez-vous" if len(noms) == 1 else f"{len(noms) or 'des'} rendez-vous"
    suite = f" : {montres}" if noms else ""
    return refus(
        "creneau_occupe",
        f"On ne peut pas fermer : il y reste {combien}{suite}. "
        "Déplacez ou annulez d'abord, puis recommencez.",
    )
