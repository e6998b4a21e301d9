"""De quoi écrire un essai : deux secteurs, des lieux, un partenaire, des agents, des saisies."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from draille.mesures.accueil_social.actes import Saisie
from draille.moteurs.annuaire.models import Horaire, Point, Structure
from draille.moteurs.partage.models import Partenaire
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.actes import Identite, inscrire
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle

LE = date(2020, 9, 7)  # un lundi
DEPUIS = date(2019, 1, 1)
SOCIAL, INSERTION = Compartiment.SOCIAL, Compartiment.INSERTION


def au(le: date, par: Acces) -> None:
    """Fait de ce jour, midi, l'instant d'écriture de la suite, sous cet accès."""
    contexte.poser(acces=par, instant=datetime(le.year, le.month, le.day, 12, tzinfo=UTC))


def commune(code: str = "43157", nom: str = "Le Puy-en-Velay", nord: float = 45.043) -> Commune:
    trouvee, _ = Commune.objects.get_or_create(
        code_insee=code,
        defaults={
            "nom": nom,
            "population": 19_000,
            "surface_km2": 16.8,
            "latitude": nord,
            "longitude": 3.885,
        },
    )
    return trouvee


def brioude() -> Commune:
    return commune("43040", "Brioude", 45.294)


def organisation(code: str = "cd43", *, est_departement: bool = True) -> Organisation:
    trouvee, _ = Organisation.objects.get_or_create(
        code=code, defaults={"nom": f"Organisation {code}", "est_departement": est_departement}
    )
    return trouvee


def acces(*, role: Role = Role.ACCUEIL, communes: tuple[Commune, ...] = (), **plus: Any) -> Acces:
    """Un agent du Département, habilité au social (ou `compartiments`) dans ces communes, ou dans
    tout le Département si aucune n'est dite.
    """
    nom = plus.get("nom", f"{role}.{len(communes)}")
    agent, _ = Agent.objects.get_or_create(
        identifiant=f"essai.{nom}",
        defaults={"nom": "Essai", "prenom": nom, "organisation": organisation()},
    )
    ou = [c.pk for c in communes] or [0]
    compartiments = plus.get("compartiments", (SOCIAL,))
    cles = frozenset(cle(compartiment=c, commune_id=i) for c in compartiments for i in ou)
    return Acces(
        agent_id=agent.pk,
        organisation_id=agent.organisation_id,
        nom=str(agent),
        cles_par_role={role: cles},
    )


def lieu(nom: str = "Maison du Département", *, ou: Commune | None = None, **plus: Any) -> Point:
    """Un lieu ouvert du lundi au vendredi de 9 h à 17 h, du Département sauf `hors`."""
    ou = ou or commune()
    hors = plus.pop("hors", False)
    structure, _ = Structure.objects.get_or_create(
        nom="Association" if hors else "Département", est_departement=not hors
    )
    heures = plus.pop("heures", True)
    point = Point.objects.create(
        structure=structure,
        nom=nom,
        adresse="1 place de la Mairie",
        code_postal="43000",
        nom_commune=ou.nom,
        commune=ou,
        latitude=plus.pop("latitude", ou.latitude),
        longitude=plus.pop("longitude", ou.longitude),
        telephone="0400000000",
        besoins=plus.pop("besoins", ["logement", "droits"]),
        est_premier_accueil=True,
        debut=DEPUIS,
        maj_le=DEPUIS,
        **plus,
    )
    if heures:
        for jour in range(1, 6):
            Horaire.objects.create(
                point=point, jour=jour, heure_debut=time(9), heure_fin=time(17), debut=DEPUIS
            )
    return point


def partenaire(code: str = "asso") -> Partenaire:
    return Partenaire.objects.create(
        organisation=organisation(code, est_departement=False),
        besoins=["logement"],
        debut=DEPUIS,
    )


def personne(par: Acces, **plus: Any) -> Personne:
    """Une personne inscrite au social, au Puy sauf `ou` ; `compartiment` pour un autre métier."""
    ou = plus.get("ou", commune())
    return inscrire(
        identite=Identite(
            nom_naissance=plus.get("nom", "Chabrier"), prenom=plus.get("prenom", "Odile")
        ),
        compartiment=plus.get("compartiment", SOCIAL),
        commune_id=ou.pk if ou else None,
        par=par,
        le=plus.get("le", LE),
    )


def saisie(envoi: UUID | None = None, **dits: Any) -> Saisie:
    """Une saisie anonyme, sauf ce que l'on dit."""
    return Saisie(envoi=envoi or uuid4(), **dits)


def connue(de: Personne, **dits: Any) -> Saisie:
    return saisie(identite="connue", personne_id=de.pk, **dits)


def nouvelle(nom: str = "Rivet", prenom: str = "Solange", **dits: Any) -> Saisie:
    identite = Identite(nom_naissance=nom, prenom=prenom)
    return saisie(identite="nouvelle", nouvelle=identite, **dits)
