"""La proposition de la semaine, ligne à ligne, telle que la liste et la relecture la montrent."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from draille.ecrans import mots
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.actes import LigneProposee
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Motif
from draille.mesures.rendez_vous.views_commun import (
    MOTIFS_CONVOQUES,
    Choix,
    TempsVu,
    acces_nominatif,
    canaux,
    entier,
    ou,
    quand,
    temps_vu,
)
from draille.moteurs.messages.adaptateur_destinations import Joindre, joindre
from draille.socle.acces import Acces, Role

SANS_NOMBRE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneVue:
    """Une personne à convoquer et ce que le calcul propose ; `refus` : ce que l'acte en a dit."""

    demande: DemandeRendezVous
    creneau: Creneau | None
    nom: str
    commune: str
    jours: int | None
    quand: str
    ou: str
    minutes: int | None
    temps: TempsVu | None
    retard_jours: int
    raison: str
    canaux: Choix
    canal: str = ""
    est_cochee: bool = True
    refus: str = ""

    @property
    def est_joignable(self) -> bool:
        """Vrai si un message peut partir ; sinon, il faut appeler ou se rencontrer."""
        return len(self.canaux) > 1

    @property
    def valeur(self) -> str:
        """La demande et le créneau, en une case à cocher."""
        return f"{self.demande.pk}-{self.creneau.pk}" if self.creneau else ""


def motif_de(request: HttpRequest) -> str:
    """Le motif demandé ; à défaut celui que cet agent convoque."""
    demande = request.POST.get("motif") or request.GET.get("motif", "")
    if demande in MOTIFS_CONVOQUES:
        return demande
    return str(Motif.REFERENT if est_referent_seul(acces_de(request)) else Motif.ORIENTATION)


def est_referent_seul(acces: Acces) -> bool:
    """Vrai pour un référent qui n'est que cela : il ne convoque que ceux qu'il accompagne."""
    return acces.roles == {Role.REFERENT}


def lire(request: HttpRequest, motif: str) -> list[LigneVue]:
    """La proposition du jour pour cet agent, les plus proches de leur limite d'abord."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    proposition = actes.proposer_convocations(motif=motif, par=acces, le=le)
    proches = joindre(personnes=[x.demande.personne for x in proposition.lignes], le=le)
    lignes = [ligne_vue(lue, proches, le) for lue in proposition.lignes]
    if motif == Motif.REFERENT and est_referent_seul(acces):
        lignes = [x for x in lignes if x.demande.agent_id == acces.agent_id]
    return sorted(lignes, key=lambda x: (x.demande.avant_le or date.max, x.demande.pk))


def ligne_vue(lue: LigneProposee, proches: Joindre, le: date) -> LigneVue:
    """Une ligne de la proposition, en mots."""
    demande, creneau = lue.demande, lue.creneau
    personne = demande.personne
    return LigneVue(
        demande=demande,
        creneau=creneau,
        nom=personne.nom_complet,
        commune=personne.commune.nom if personne.commune else "commune inconnue",
        jours=mots.jours_restants(avant_le=demande.avant_le, jour=le) if demande.avant_le else None,
        quand=quand(creneau) if creneau else "",
        ou=ou(creneau) if creneau else "",
        minutes=lue.minutes,
        temps=temps_vu(lue.temps),
        retard_jours=lue.retard_jours,
        raison=lue.raison,
        canaux=canaux(proches.destinations(personne), est_algorithmique=demande.est_algorithmique),
    )


def minutes_moyennes(lignes: list[LigneVue]) -> str:
    """Le trajet moyen des lignes qui en ont un, en minutes entières ; un tiret sinon."""
    connues = [x.minutes for x in lignes if x.minutes is not None]
    return str(round(sum(connues) / len(connues) / 10)) if connues else SANS_NOMBRE


def lues(valeurs: list[str]) -> dict[int, int]:
    """Les cases cochées : demande vers créneau. Ce qui ne se lit pas est laissé."""
    choisies: dict[int, int] = {}
    for valeur in valeurs:
        demande, _, creneau = valeur.partition("-")
        cle, vers = entier(demande), entier(creneau)
        if cle is not None and vers is not None:
            choisies[cle] = vers
    return choisies
