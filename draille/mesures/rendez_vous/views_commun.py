"""Qui lit, à quelle date, et comment se disent un créneau, un trajet, un état."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.timezone import localtime

from draille.ecrans.requete import adresse
from draille.mesures.rendez_vous.models import Creneau, Motif, RendezVous
from draille.moteurs.messages.models import Canal
from draille.moteurs.trajets.calcul import Temps
from draille.socle.acces import ROLES_NOMINATIFS, Acces
from draille.socle.texte import INSECABLE, date_longue, heure, pluriel

Choix = list[tuple[str, str]]
TONS = {
    RendezVous.Statut.FIXE: "eau",
    RendezVous.Statut.HONORE: "pature",
    RendezVous.Statut.EXCUSE: "genet",
    RendezVous.Statut.MANQUE: "tuile",
    RendezVous.Statut.ANNULE: "pierre",
}
MOTIFS_CONVOQUES = (Motif.ORIENTATION, Motif.REFERENT)


@dataclass(frozen=True, slots=True)
class TempsVu:
    """Un trajet tel qu'il se lit : des minutes entières, et la fourchette de l'estimation."""

    minutes: int
    bande: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Un rendez-vous d'une frise : ce qu'il est devenu, et sa page."""

    rendez_vous: RendezVous
    titre: str
    ton: str
    url: str


def acces_nominatif(acces: Acces) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers : un pilote départemental, référent d'un
    seul secteur, ne lit que les noms de ce secteur.
    """
    return acces.parmi(ROLES_NOMINATIFS)


def url_message(message_id: int) -> str:
    """L'adresse d'un message et de ses preuves ; vide si le portail ne la donne pas."""
    return adresse("message", message_id)


def quand(creneau: Creneau) -> str:
    """« lundi 19 octobre 2020, 9 h »."""
    return f"{date_longue(creneau.jour)}, {heure(localtime(creneau.debut))}"


def ou(creneau: Creneau) -> str:
    """Le lieu, et l'agent qui reçoit s'il est dit."""
    return f"{creneau.lieu.nom}, avec {creneau.agent}" if creneau.agent else creneau.lieu.nom


def places(creneau: Creneau, libres: int) -> str:
    """Les places d'une séance collective ; vide pour un tête-à-tête."""
    if creneau.capacite == 1:
        return ""
    return f"séance collective, {pluriel(libres, 'place')} sur {creneau.capacite}"


def temps_vu(temps: Temps | None) -> TempsVu | None:
    """Dixièmes de minute vers minutes entières, bornes arrondies vers l'extérieur."""
    if temps is None:
        return None
    milieu, bas, haut = (temps.minutes + 5) // 10, temps.bas // 10, -(-temps.haut // 10)
    bande = f"estimation, {bas} à {haut}" if temps.methode == "estimation" else "calculées"
    return TempsVu(milieu, bande)


def en_minutes(dixiemes: int | None) -> str:
    """« 24 min en voiture (estimation) » ; vide si le trajet n'est pas connu."""
    if dixiemes is None:
        return ""
    return f"{(dixiemes + 5) // 10}{INSECABLE}min en voiture (estimation)"


def canaux(destinations: Iterable[str], *, est_algorithmique: bool = False) -> Choix:
    """Par où l'on peut écrire, le préféré d'abord ; le choix vide laisse faire le service.

    Un SMS est trop court pour la mention légale : le service ne le choisit pas de lui-même quand
    elle est due.
    """
    possibles = [(canal, str(Canal(canal).label)) for canal in destinations]
    libres = [dit for code, dit in possibles if not (est_algorithmique and code == Canal.SMS)]
    au_mieux = f"Au mieux ({libres[0].lower()})" if libres else "Aucun moyen connu"
    return [("", au_mieux), *possibles]


def canal_lu(valeur: str, admis: Choix) -> str:
    """Le canal demandé s'il est possible ; sinon vide, au choix du service."""
    return valeur if valeur in dict(admis) else ""


def lundi_de(jour: date) -> date:
    """Le lundi de la semaine de ce jour."""
    return jour - timedelta(days=jour.weekday())


def passage(rdv: RendezVous) -> Passage:
    """Un rendez-vous dit pour une frise."""
    statut = RendezVous.Statut(rdv.statut)
    rang = "Seconde convocation : " if rdv.rang > 1 else ""
    return Passage(
        rendez_vous=rdv,
        titre=f"{rang}{statut.label.lower()}" if rang else str(statut.label),
        ton=TONS[statut],
        url=reverse("rendez_vous", args=[rdv.pk]),
    )


def entier(valeur: str) -> int | None:
    """Un identifiant lu d'une adresse ; rien s'il ne se lit pas."""
    return int(valeur) if valeur.isdecimal() and len(valeur) < 19 else None
