"""Au guichet : les dossiers qui ressemblent à ce qu'un agent est en train de taper."""

from dataclasses import dataclass
from datetime import date

from draille.moteurs.rapprochement.calcul.types import Raison, SaisieIdentite, Zone
from draille.noyau.personne.lectures import charger, chercher_par_nom
from draille.noyau.personne.models import Personne
from draille.noyau.personne.regles import Demande
from draille.socle.acces import ROLES_NOMINATIFS, Acces

__all__ = ["Raison", "SaisieIdentite", "Suggestion", "Zone", "suggerer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Un dossier qui ressemble à la saisie : sa zone, son poids entier, et pourquoi."""

    personne: Personne
    zone: Zone
    poids: int
    raisons: tuple[Raison, ...]


def suggerer(
    *, saisie: SaisieIdentite, acces: Acces, le: date, limite: int = 5
) -> list[Suggestion]:
    """Les dossiers ressemblants que cet accès ouvre, les plus proches d'abord ; deux requêtes."""
    demande = Demande(texte=f"{saisie.nom} {saisie.prenom}".strip())
    if demande.est_vide:
        return []
    ids = chercher_par_nom(demande=demande, avec_proches=True, limite=limite)
    return [
        Suggestion(personne=p, zone=Zone.A_REVOIR, poids=0, raisons=())
        for p in charger(ids=ids, acces=acces.parmi(ROLES_NOMINATIFS))
    ]
