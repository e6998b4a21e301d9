"""Le premier accueil de la démonstration : qui vient, et ce qui en est écrit par les mêmes actes.

Tout se tire de la graine, du secteur et du jour : une démonstration interrompue reprend à
l'identique.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count, QuerySet

from draille.mesures.accueil_social import actes
from draille.mesures.accueil_social.demo_tirage import (
    EtatCivil,
    Passage,
    etat_civil,
    mal_ecrire,
    nombre_du_jour,
    passage,
    rythmes,
)
from draille.mesures.accueil_social.models import Accueil
from draille.noyau.personne.actes import Identite
from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, cle_personnelle

MAJORITE = timedelta(days=6575)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Un partenaire à qui l'on peut orienter, et son lieu dans l'annuaire."""

    partenaire_id: int
    point_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poste:
    """Un secteur un jour donné : qui y reçoit, où, et vers qui l'on oriente.

    `communes` : la population de chacune. `points` : ceux qui sont ouverts ; `bus` : ses arrêts du
    jour ; `telephone` : le lieu qui répond.
    """

    code: str
    par: Acces
    communes: Mapping[int, int]
    points: Sequence[int] = ()
    bus: Sequence[int] = ()
    telephone: int | None = None
    destinations: Mapping[str, Sequence[Destination]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noms:
    """Les réserves où se prennent les noms des personnes nouvelles."""

    noms: Sequence[str]
    prenoms: Mapping[str, Sequence[str]]


def attendus(*, graine: str, code: str, poids: float, est_ferme: bool, le: date) -> int:
    """Combien viennent dans ce secteur ce jour-là.

    `poids` : sa population sur celle d'un secteur moyen ; `est_ferme` : on ne reçoit qu'au
    téléphone.
    """
    alea = Random(f"{graine}:attendus:{code}:{le}")
    return nombre_du_jour(alea=alea, le=le, poids=poids, est_ferme=est_ferme)


def accueillir_la_journee(
    *, graine: str, poste: Poste, nombre: int, noms: Noms, est_ferme: bool, le: date
) -> None:
    """Joue les `nombre` passages d'un secteur ce jour-là.

    `est_ferme` : les lieux sont fermés au public, on ne reçoit qu'au téléphone.
    """
    alea = Random(f"{graine}:accueil:{poste.code}:{le}")
    for _ in range(nombre):
        vu = passage(alea=alea, le=le, est_ferme=est_ferme, a_bus=bool(poste.bus))
        saisie = _saisie(alea, vu, poste, noms, le)
        # Le jeu tient les clés de tous les métiers, pas celle que l'agent est seul à tenir.
        assert poste.par.agent_id is not None
        with contexte.elargi(cles=[cle_personnelle(agent_id=poste.par.agent_id)]):
            actes.accueillir(saisie=saisie, par=poste.par, le=le)


def comptes() -> dict[str, int]:
    """Le nombre d'accueils de chaque identité et venue, et des personnes (hors anonymes)."""
    lus = dict(Accueil.objects.values_list("identite").annotate(n=Count("id")))
    lus |= dict(Accueil.objects.values_list("venue").annotate(n=Count("id")))
    personnes = Accueil.objects.aggregate(n=Count("personne", distinct=True))
    sortes = (*Accueil.Identite, *Accueil.Venue)
    return {**{str(s): lus.get(s.value, 0) for s in sortes}, "personnes": personnes["n"]}


def _saisie(alea: Random, vu: Passage, poste: Poste, noms: Noms, le: date) -> actes.Saisie:
    # Tiré d'abord : le même passage rejoué porte le même envoi, et n'écrit rien de plus.
    envoi = UUID(int=alea.getrandbits(128), version=4)
    commune_id = alea.choices(list(poste.communes), weights=list(poste.communes.values()))[0]
    personne_id = _connue(alea, commune_id, le) if vu.identite == "connue" else None
    nouvelle = None
    if vu.identite != "anonyme" and personne_id is None:
        nouvelle = _nouvelle(alea, commune_id, noms, le)
    est_anonyme = vu.identite == "anonyme"
    identite = "anonyme" if est_anonyme else "nouvelle" if nouvelle else "connue"
    return actes.Saisie(
        envoi=envoi,
        identite=identite,
        personne_id=personne_id,
        nouvelle=_identite(nouvelle) if nouvelle else None,
        telephone=nouvelle.telephone if nouvelle else "",
        courriel=nouvelle.courriel if nouvelle else "",
        commune_id=commune_id if personne_id is None else None,
        venue=vu.venue,
        canal=_canal(vu, poste),
        point_id=_lieu(alea, vu, poste),
        heure=vu.heure,
        paroles=vu.paroles,
        besoins=vu.besoins,
        reponses=tuple(_reponse(vu, genre, besoin, poste) for genre, besoin in vu.reponses),
        orientations=() if est_anonyme else _orientations(alea, vu, poste),
        suite=vu.suite,
        suite_le=vu.suite_le,
        note_partagee="" if est_anonyme else _note(alea, "note_partagee"),
        note_privee="" if est_anonyme else _note(alea, "note_privee"),
    )


def _connue(alea: Random, commune_id: int, le: date) -> int | None:
    """Quelqu'un de cette commune que le Département connaît, déjà venu de préférence."""
    if alea.random() < rythmes()["part_revient"]:
        venues = Accueil.objects.filter(
            personne__commune_id=commune_id, personne__fusionnee_dans__isnull=True
        )
        ids = sorted(set(venues.values_list("personne_id", flat=True)))
    else:
        ids = []
    ids = ids or list(_adultes(commune_id, le).values_list("pk", flat=True))
    return alea.choice(ids) if ids else None


def _adultes(commune_id: int, le: date) -> "QuerySet[Personne]":
    return Personne.objects.filter(
        commune_id=commune_id,
        fusionnee_dans__isnull=True,
        naissance_le__lte=le - MAJORITE,
        compartiments__contains=[int(Compartiment.INSERTION)],
    ).order_by("pk")


def _nouvelle(alea: Random, commune_id: int, noms: Noms, le: date) -> EtatCivil:
    """Une personne inconnue ; parfois, un dossier existe et l'on n'a pas su le retrouver."""
    if alea.random() < rythmes()["part_double"]:
        connues = list(_adultes(commune_id, le).exclude(sexe="")[:400])
        if connues:
            vraie = alea.choice(connues)
            vrai = EtatCivil(
                nom=vraie.nom_naissance,
                prenom=vraie.prenom,
                sexe=vraie.sexe,
                naissance_le=vraie.naissance_le,
                naissance_precision=vraie.naissance_precision,
                telephone=vraie.telephone,
            )
            return mal_ecrire(alea=alea, vrai=vrai)
    return etat_civil(alea=alea, noms=noms.noms, prenoms=noms.prenoms, le=le)


def _identite(lue: EtatCivil) -> Identite:
    return Identite(
        nom_naissance=lue.nom,
        prenom=lue.prenom,
        sexe=lue.sexe,
        naissance_le=lue.naissance_le,
        naissance_precision=lue.naissance_precision,
    )


def _canal(vu: Passage, poste: Poste) -> str:
    """Sans lieu ouvert ce jour-là, on répond au téléphone."""
    sans_lieu = vu.canal == Accueil.Canal.GUICHET and not poste.points
    return str(Accueil.Canal.TELEPHONE) if sans_lieu else vu.canal


def _lieu(alea: Random, vu: Passage, poste: Poste) -> int | None:
    canal = _canal(vu, poste)
    if canal == Accueil.Canal.GUICHET:
        return alea.choice(poste.points)
    if canal == Accueil.Canal.BUS:
        return alea.choice(poste.bus)
    return poste.telephone if canal == Accueil.Canal.TELEPHONE else None


def _reponse(vu: Passage, genre: str, besoin: str, poste: Poste) -> actes.ReponseSaisie:
    """Le lieu indiqué est celui d'un partenaire du besoin ; sans lui, c'est une information."""
    lieux = [d.point_id for d in poste.destinations.get(besoin, ()) if d.point_id is not None]
    if genre != "lieu_indique" or not lieux:
        sans_lieu = "information" if genre == "lieu_indique" else genre
        return actes.ReponseSaisie(genre=sans_lieu, besoin=besoin)
    return actes.ReponseSaisie(genre=genre, besoin=besoin, point_id=lieux[0])


def _orientations(alea: Random, vu: Passage, poste: Poste) -> tuple[actes.OrientationSaisie, ...]:
    reglage = rythmes()
    besoin = next((b for b in vu.besoins if poste.destinations.get(b)), None)
    if besoin is None or alea.random() >= reglage["part_orientee"]:
        return ()
    vers = alea.choice(poste.destinations[besoin])
    if vers.point_id is not None and alea.random() < reglage["part_sans_accord"]:
        return (actes.OrientationSaisie(point_id=vers.point_id, besoins=(besoin,)),)
    portee = list(reglage["portee"])
    message = ""
    if alea.random() < reglage["part_message"]:
        portee.append("message")
        message = alea.choice(reglage["messages"])
    forme = "telephone" if _canal(vu, poste) == "telephone" else alea.choice(("oral", "ecrit"))
    return (
        actes.OrientationSaisie(
            partenaire_id=vers.partenaire_id,
            point_id=vers.point_id,
            besoins=(besoin,),
            portee=tuple(portee),
            forme_consentement=forme,
            message=message,
        ),
    )


def _note(alea: Random, sorte: str) -> str:
    reglage = rythmes()
    ecrite = alea.random() < reglage[f"part_{sorte}"]
    return str(alea.choice(reglage[sorte.replace("note", "notes") + "s"])) if ecrite else ""
