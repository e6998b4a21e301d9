"""Un bureau, ses plages, des personnes à recevoir : de quoi parcourir les écrans."""

from datetime import date, time

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Lieu, Motif, RendezVous
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Compartiment, cle

JOUR = date(2020, 10, 15)
JUSQUE = date(2020, 12, 31)
LUNDI = 1


def commune(code: str, nom: str, latitude: float, longitude: float) -> Commune:
    return Commune.objects.create(
        code_insee=code,
        nom=nom,
        population=8_000,
        latitude=latitude,
        longitude=longitude,
        surface_km2=20.0,
    )


def lieu(nom: str, de: Commune, organisation: Organisation, par: Acces) -> Lieu:
    return actes.ouvrir_lieu(
        termes=actes.TermesLieu(
            code=nom.lower().replace(" ", "_"),
            nom=nom,
            organisation_id=organisation.pk,
            commune_id=de.pk,
            adresse="1 place d'essai",
            telephone="0471000000",
        ),
        par=par,
        le=JOUR,
    )


def plage(
    ou: Lieu,
    par: Acces,
    *,
    motif: Motif = Motif.ORIENTATION,
    agent: Agent | None = None,
    jour: int = LUNDI,
    capacite: int = 1,
) -> None:
    """De 9 h à 12 h ce jour-là chaque semaine, un rendez-vous d'une heure ; créneaux tirés."""
    actes.ouvrir_plage(
        termes=actes.TermesPlage(
            lieu_id=ou.pk,
            motif=str(motif),
            heure_debut=time(9),
            heure_fin=time(12),
            duree_minutes=60,
            agent_id=agent.pk if agent else None,
            jour=jour,
            capacite=capacite,
        ),
        par=par,
        le=JOUR,
    )
    actes.generer_creneaux(jusque=JUSQUE, par=par, le=JOUR)


def personne(nom: str, de: Commune | None, courriel: str = "essai@exemple.fr") -> Personne:
    return Personne.objects.create(
        nom_naissance=nom,
        prenom="Élise",
        commune=de,
        courriel=courriel,
        compartiments=[int(Compartiment.INSERTION)],
    )


def demande(
    qui: Personne,
    *,
    motif: Motif = Motif.ORIENTATION,
    agent: Agent | None = None,
    avant_le: date | None = date(2020, 11, 5),
    rang: int = 1,
) -> DemandeRendezVous:
    return DemandeRendezVous.objects.create(
        personne=qui,
        motif=motif,
        objet_id=qui.pk,
        agent=agent,
        ouverte_le=date(2020, 10, 5),
        avant_le=avant_le,
        rang=rang,
        cle_acces=cle(compartiment=Compartiment.INSERTION, commune_id=qui.commune_id),
    )


def creneaux(motif: Motif = Motif.ORIENTATION) -> list[Creneau]:
    """Les créneaux à venir, les plus tôt d'abord."""
    return list(Creneau.objects.filter(motif=motif, jour__gte=JOUR).order_by("debut", "pk"))


def fixe(quoi: DemandeRendezVous, ou: Creneau, par: Acces) -> RendezVous:
    return actes.fixer(demande_id=quoi.pk, creneau_id=ou.pk, par=par, le=JOUR)
