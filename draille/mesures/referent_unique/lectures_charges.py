"""Les charges : chaque référent, sa file active, les minutes par territoire, qui attend."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from draille.mesures.referent_unique.lectures_places import PlaceLue, en_vigueur, places
from draille.mesures.referent_unique.lectures_proposition import orientation_libelle
from draille.mesures.referent_unique.models import Demande, Designation
from draille.mesures.referent_unique.regles import PREFIXE, moyenne, part
from draille.noyau.echeance.lectures import prochaines
from draille.noyau.echeance.models import Echeance
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import PAS, Acces
from draille.socle.parametres import registre_global
from draille.socle.texte import pluriel

SANS_SECTEUR = "Sans secteur connu"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLue:
    """Un référent et son portefeuille. `charge`, `capacite` : en unités ; minutes en dixièmes.

    `alerte` : une phrase quand quelque chose est à faire (dossiers de trop, départ, absence).
    """

    agent_id: int
    agent: str
    organisation: str
    bureau: str
    commune_id: int
    secteur: str
    orientations: tuple[str, ...]
    orientations_libelles: tuple[str, ...]
    unite: str
    capacite: int
    charge: int
    libres: int
    est_absent: bool
    absence_fin: date | None
    est_parti: bool
    minutes_moyennes: int | None
    part_proche: float | None
    alerte: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Une personne dans la file active d'un référent. `minutes` : dixièmes, nulles si inconnues."""

    personne_id: int
    nom_complet: str
    commune: str
    depuis: date
    minutes: int | None
    mode: str
    prochaine: Echeance | None
    est_en_retard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeLue:
    """Une personne à confier, et depuis combien de jours elle attend."""

    id: int
    personne_id: int
    nom_complet: str
    commune: str
    orientation: str
    orientation_libelle: str
    orientee_le: date
    mobilite: str
    attente_jours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoireLu:
    """Les désignations en cours d'un secteur d'habitation ; minutes en dixièmes."""

    nom: str
    nombre: int
    minutes_moyennes: int | None
    part_proche: float | None


def charges(*, acces: Acces, le: date) -> tuple[ChargeLue, ...]:
    """Chaque portefeuille en vigueur, le plus chargé d'abord. Sept requêtes.

    La charge est entière quel que soit le lecteur ; les minutes, celles des dossiers qu'il ouvre.
    """
    minutes = _minutes_par_agent(acces, le)
    seuil = registre_global().entier(f"{PREFIXE}seuil_proche", le)
    lues = [_charge(p, minutes.get(p.agent_id, ()), seuil) for p in places(le=le)]
    return tuple(sorted(lues, key=lambda c: (-c.charge / max(c.capacite, 1), c.agent)))


def _charge(p: PlaceLue, minutes: Sequence[int], seuil: int) -> ChargeLue:
    return ChargeLue(
        agent_id=p.agent_id,
        agent=p.agent,
        organisation=p.organisation,
        bureau=p.bureau,
        commune_id=p.commune_id,
        secteur=p.secteur_nom,
        orientations=tuple(sorted(p.orientations)),
        orientations_libelles=tuple(orientation_libelle(o) for o in sorted(p.orientations)),
        unite=p.unite,
        capacite=p.capacite,
        charge=p.charge,
        libres=p.libres,
        est_absent=not p.est_presente and not p.est_partie,
        absence_fin=p.absence_fin,
        est_parti=p.est_partie,
        minutes_moyennes=moyenne(minutes),
        part_proche=part(sum(m <= seuil for m in minutes), len(minutes)),
        alerte=_alerte(p),
    )


def _alerte(p: PlaceLue) -> str:
    suivis = pluriel(p.charge, "dossier suivi", "dossiers suivis")
    if p.est_partie and p.charge:
        return f"Départ déclaré : {suivis} à passer à d'autres. Proposez une réparation."
    if p.charge > p.capacite:
        trop = pluriel(p.charge - p.capacite, "dossier de trop", "dossiers de trop")
        return f"{trop} pour {p.capacite} places. Proposez une réparation."
    if not p.cles:
        return "L'habilitation de référent manque ou a pris fin : rien ne lui sera proposé."
    return ""


def _minutes_par_agent(acces: Acces, le: date) -> dict[int, list[int]]:
    rendu: dict[int, list[int]] = defaultdict(list)
    for agent_id, _, minutes in _en_cours(acces, le):
        if agent_id is not None:
            rendu[agent_id].append(minutes)
    return rendu


def _en_cours(acces: Acces, le: date) -> list[tuple[int | None, int, int]]:
    """(agent, clé de la personne, dixièmes de minute) des désignations en cours au trajet connu."""
    return list(
        Designation.objects.visibles(acces)
        .filter(
            referent__debut__lte=le,
            referent__nature=Referent.Nature.UNIQUE,
            minutes__isnull=False,
        )
        .exclude(referent__fin__lte=le)
        .values_list("referent__agent_id", "cle_acces", "minutes")
    )


def minutes_par_territoire(*, acces: Acces, le: date) -> tuple[TerritoireLu, ...]:
    """Les minutes jusqu'au référent, par secteur d'habitation. Deux requêtes."""
    noms: dict[int, str] = dict(
        TerritoireCommune.objects.filter(
            en_vigueur(le), nature=Territoire.Nature.SECTEUR
        ).values_list("commune_id", "territoire__nom")
    )
    seuil = registre_global().entier(f"{PREFIXE}seuil_proche", le)
    par_nom: dict[str, list[int]] = defaultdict(list)
    for _, cle_acces, minutes in _en_cours(acces, le):
        par_nom[noms.get(cle_acces % PAS, SANS_SECTEUR)].append(minutes)
    return tuple(
        TerritoireLu(
            nom=nom,
            nombre=len(minutes),
            minutes_moyennes=moyenne(minutes),
            part_proche=part(sum(m <= seuil for m in minutes), len(minutes)),
        )
        for nom, minutes in sorted(par_nom.items())
    )


def file_active(*, agent_id: int, acces: Acces, le: date) -> tuple[Dossier, ...]:
    """Les personnes que suit ce référent, la plus proche échéance d'abord. Trois requêtes."""
    referents = list(
        Referent.objects.visibles(acces)
        .filter(en_vigueur(le), agent_id=agent_id, nature=Referent.Nature.UNIQUE)
        .select_related("personne__commune")
    )
    raisons = {
        d.referent_id: d for d in Designation.objects.visibles(acces).filter(referent__in=referents)
    }
    echeances = prochaines(personnes=[r.personne_id for r in referents], acces=acces)
    dossiers = [_dossier(r, raisons.get(r.pk), echeances.get(r.personne_id), le) for r in referents]
    return tuple(sorted(dossiers, key=_ordre))


def _dossier(
    r: Referent, raison: Designation | None, prochaine: Echeance | None, le: date
) -> Dossier:
    limite = prochaine.avant_le if prochaine else None
    return Dossier(
        personne_id=r.personne_id,
        nom_complet=r.personne.nom_complet,
        commune=r.personne.commune.nom if r.personne.commune else "",
        depuis=r.debut,
        minutes=raison.minutes if raison else None,
        mode=raison.mode if raison else "",
        prochaine=prochaine,
        est_en_retard=limite is not None and limite < le,
    )


def _ordre(dossier: Dossier) -> tuple[date, str]:
    limite = dossier.prochaine.avant_le if dossier.prochaine else None
    return (limite or date.max, dossier.nom_complet)


def a_confier(*, acces: Acces, le: date) -> tuple[DemandeLue, ...]:
    """Les personnes à confier que cet accès ouvre, la plus ancienne d'abord. Une requête."""
    lues = (
        Demande.objects.visibles(acces)
        .filter(statut=Demande.Statut.A_CONFIER, orientee_le__lte=le)
        .select_related("personne__commune")
        .order_by("orientee_le", "id")
    )
    return tuple(
        DemandeLue(
            id=d.pk,
            personne_id=d.personne_id,
            nom_complet=d.personne.nom_complet,
            commune=d.personne.commune.nom if d.personne.commune else "",
            orientation=d.orientation,
            orientation_libelle=orientation_libelle(d.orientation),
            orientee_le=d.orientee_le,
            mobilite=d.mobilite,
            attente_jours=(le - d.orientee_le).days,
        )
        for d in lues
    )
