"""Garder la prévision, la nuit ou à la demande : non un acte, un calcul que l'on retrouve."""

from collections.abc import Callable
from datetime import date

from draille.mesures.suivi_rsa import lectures_prevision as lectures
from draille.mesures.suivi_rsa.actes_budget import CLE, ECRIVENT
from draille.mesures.suivi_rsa.models import PrevisionGardee
from draille.mesures.suivi_rsa.regles import prevision as regles
from draille.socle.acces import Acces, Role


def garder_prevision(
    *, par: Acces, le: date, avancer: Callable[[], None] = lambda: None
) -> PrevisionGardee | None:
    """Essaie le modèle sur les mois connus au jour `le` et garde le résultat. Quelques secondes.

    Rend la prévision déjà gardée si rien n'a changé, None si aucun mois n'est connu. Lève
    `acces.refuse`.
    """
    roles = (*ECRIVENT, Role.CADRE)
    par.exiger(roles, cle_ligne=CLE, action="calculer la prévision du RSA")
    siennes = lectures.entrees(connus=lectures.mois_connus(acces=par, le=le), le=le)
    gardee = PrevisionGardee.objects.filter(empreinte=siennes.empreinte).first()
    if gardee is not None:
        return gardee
    calculee = siennes.prevoir(avec_modele=True, avancer=avancer)
    if calculee is None:
        return None
    gardee, _ = PrevisionGardee.objects.update_or_create(
        empreinte=siennes.empreinte,
        defaults={"contenu": regles.vers_json(calculee), "gardee_le": le},
    )
    return gardee


def chaque_nuit(par: Acces, le: date) -> int:
    """Le traitement de nuit ; rend 1 s'il a calculé quelque chose."""
    avant = PrevisionGardee.objects.count()
    garder_prevision(par=par, le=le)
    return PrevisionGardee.objects.count() - avant
