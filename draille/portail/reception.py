"""Prendre un fichier du début à la fin : le recevoir, l'intégrer, prévenir les mesures abonnées.

L'écran (par la tâche de fond) et la ligne de commande passent par ici.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from draille.moteurs.flux import adaptateur
from draille.moteurs.flux.models import FichierRecu
from draille.moteurs.rapprochement.adaptateur_revue import derniere_personne, revoir
from draille.noyau.journal.actes import livrer
from draille.socle import contexte, horloge
from draille.socle.acces import acces_systeme
from draille.socle.texte import date_moyenne, entier, pluriel

Progression = Callable[[int, int], None]
_NOM = "intégration d'un fichier"


@dataclass(frozen=True, slots=True)
class Recu:
    """Ce qu'un fichier est devenu, en une phrase."""

    fichier_id: int
    phrase: str
    est_integre: bool


def recevoir_et_integrer(
    *,
    chemin: Path,
    le: date,
    progression: Progression | None = None,
    instant: datetime | None = None,
) -> Recu:
    """Reçoit le fichier, l'intègre et livre les abonnements, à l'instant dit ou à celui du produit.

    `progression` reçoit les octets lus et leur total. Un fichier refusé est rendu avec la phrase
    qui dit quoi demander à l'expéditeur. Lève OSError si le fichier ne peut pas être lu.
    """
    acces = acces_systeme(nom=_NOM)
    with contexte.ouvrir(acces=acces, instant=instant or horloge.maintenant()):
        fichier = adaptateur.recevoir(source=chemin, nom=chemin.name, par=acces, le=le)
    if fichier.est_integre and fichier.integre_le is not None:
        deja = f"{fichier.nom} a déjà été intégré le {date_moyenne(fichier.integre_le)}"
        return Recu(fichier.pk, f"{deja} : rien n'a changé.", True)
    return integrer_recu(fichier_id=fichier.pk, le=le, progression=progression, instant=instant)


def integrer_recu(
    *,
    fichier_id: int,
    le: date,
    progression: Progression | None = None,
    instant: datetime | None = None,
) -> Recu:
    """Intègre un fichier déjà reçu et livre les abonnements ; rappelée, elle ne change rien.

    Se fait hors de toute transaction, pour que l'avancement se voie. Lève
    `FichierRecu.DoesNotExist`.
    """
    acces = acces_systeme(nom=_NOM)
    avec = partial(contexte.ouvrir, acces=acces, instant=instant or horloge.maintenant())
    with avec():
        connues = derniere_personne()
    fichier = adaptateur.integrer(
        fichier=FichierRecu.objects.get(pk=fichier_id),
        par=acces,
        le=le,
        progression=progression,
        instant=instant or horloge.maintenant(),
    )
    livrer_abonnements(instant=instant)
    if fichier.est_integre:
        # Celles que le fichier vient d'inscrire étaient peut-être déjà connues au guichet.
        with avec():
            revoir(par=acces, le=le, depuis=connues)
    return Recu(fichier.pk, phrase(fichier), fichier.est_integre)


def livrer_abonnements(*, instant: datetime | None = None) -> int:
    """Sert les abonnements des mesures ; rend le nombre de ceux qui ont avancé."""
    return livrer(
        par=acces_systeme(nom="livraison des abonnements"),
        instant=instant or horloge.maintenant(),
    )


def phrase(fichier: FichierRecu) -> str:
    """Ce que le fichier est devenu, pour la console et les messages. Rien de personnel."""
    if fichier.statut == FichierRecu.Statut.REFUSE:
        return fichier.motif
    if not fichier.est_integre:
        return f"{fichier.nom} attend d'être lu."
    dit = (
        f"{fichier.nom} : {pluriel(fichier.lus, 'dossier lu', 'dossiers lus')}, "
        f"{pluriel(fichier.integres, 'intégré')}, {pluriel(fichier.inchanges, 'inchangé')}, "
        f"{pluriel(fichier.rejetes, 'rejeté')} ; "
        f"{pluriel(fichier.entrees, 'entrée')}, {pluriel(fichier.sorties, 'sortie')}."
    )
    if fichier.statut == FichierRecu.Statut.A_CONFIRMER:
        dit += f" {entier(fichier.absents)} absences attendent d'être confirmées."
    return dit
