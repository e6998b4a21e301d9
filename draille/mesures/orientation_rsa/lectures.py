"""Lire l'orientation : les entrants à traiter, le dossier d'une personne, la charge par territoire.

Chaque lecture fait un nombre constant de requêtes, quel que soit le nombre de lignes.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from django.db.models import Count, F, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Mod

from draille.mesures.orientation_rsa.lectures_choix import seuil_proche_jours
from draille.mesures.orientation_rsa.lectures_horloges import (
    CODES,
    CONVENTION,
    Horloge,
    horloges_de,
)
from draille.mesures.orientation_rsa.models import Diagnostic, Orientation, Suivi
from draille.mesures.orientation_rsa.regles import (
    CATEGORIES,
    OUVERTS,
    Proposition,
    Statut,
    proposer,
    table,
)
from draille.noyau.echeance.models import Echeance
from draille.noyau.organisation.models import Agent
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Compartiment
from draille.socle.donnees import VisiblesQuerySet
from draille.socle.refus import Refus

# Tous les entrants d'un jour ont les mêmes délais : l'ordre des entrées est celui des limites, et
# un index le donne sans trier.
TRIS = MappingProxyType(
    {
        "echeance": ("connue_le", "id"),
        "recentes": ("-connue_le", "-id"),
        "nom": ("personne__nom_norme", "personne__prenom_norme", "id"),
        "-nom": ("-personne__nom_norme", "-personne__prenom_norme", "-id"),
        "categorie": ("categorie", "connue_le", "id"),
        "-categorie": ("-categorie", "connue_le", "id"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Ce que l'on retient ; vide, tous les suivis à traiter.

    `territoire_id` : un Territoire à la date de lecture. `horloge` : une horloge au moins est en
    retard, ou proche de sa limite. `nom` : des morceaux de nom ou de prénom, accents indifférents.
    """

    statuts: tuple[Statut, ...] = OUVERTS
    territoire_id: int | None = None
    categorie: str = ""
    horloge: Literal["", "en_retard", "proche"] = ""
    nom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Une page d'une liste, à partir de 1."""

    numero: int = 1
    taille: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Une ligne de la liste des nouveaux entrants."""

    suivi: Suivi
    nom_complet: str
    commune: str
    categorie: str
    statut: Statut
    horloges: tuple[Horloge, ...]
    diagnostic: Diagnostic | None
    proposition: Proposition | None
    orientation: Orientation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeEntrants:
    """Une page, et le compte exact de ce que le filtre retient."""

    lignes: tuple[Entrant, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrientationLue:
    """Une décision, en mots."""

    orientation: Orientation
    type_parcours: str
    organisme: str
    type_propose: str
    decidee_par: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiviLu:
    """Un suivi au dossier d'une personne ; du plus récent au plus ancien partout."""

    suivi: Suivi
    categorie: str
    statut: Statut
    horloges: tuple[Horloge, ...]
    diagnostics: tuple[Diagnostic, ...]
    proposition: Proposition | None
    orientations: tuple[OrientationLue, ...]


@dataclass(slots=True, kw_only=True)
class Charge:
    """Ce qui attend sur un territoire. `en_retard` : la promesse d'un mois est dépassée."""

    territoire_id: int | None
    nom: str
    a_rencontrer: int = 0
    a_orienter: int = 0
    en_retard: int = 0


SANS_FILTRE = Filtre()
PREMIERE_PAGE = Page()


def nouveaux_entrants(
    *,
    acces: Acces,
    le: date,
    filtre: Filtre = SANS_FILTRE,
    tri: str = "echeance",
    page: Page = PREMIERE_PAGE,
) -> ListeEntrants:
    """Les entrants que cet accès voit. Six requêtes, sept avec un territoire.

    Lève `Refus('orientation_rsa.tri_inconnu')`, `Refus('orientation_rsa.territoire_inconnu')`.
    """
    if tri not in TRIS:
        raise Refus(
            code="orientation_rsa.tri_inconnu",
            message=f"On ne trie pas par « {tri} ». Choisissez : {', '.join(TRIS)}.",
        )
    retenus = _filtrer(acces, le, filtre)
    total = retenus.count()
    pages = max(1, -(-total // page.taille))
    numero = min(max(page.numero, 1), pages)
    debut = (numero - 1) * page.taille
    # Les identifiants d'abord : joindre les personnes avant de couper la page coûterait vingt fois.
    tranche = retenus.order_by(*TRIS[tri]).values_list("id", flat=True)
    ids = list(tranche[debut : debut + page.taille])
    return ListeEntrants(
        lignes=tuple(_entrants(_charger(ids, acces), acces, le)),
        total=total,
        page=numero,
        pages=pages,
    )


def entrants_choisis(*, suivis: Collection[int], acces: Acces, le: date) -> tuple[Entrant, ...]:
    """Ceux de ces suivis que cet accès voit, quel que soit leur état, par nom. Quatre requêtes."""
    choisis = Suivi.objects.visibles(acces).filter(pk__in=suivis)
    ordonnes = choisis.select_related("personne__commune").order_by(*TRIS["nom"])
    return tuple(_entrants(list(ordonnes), acces, le))


def suivi(*, suivi_id: int, acces: Acces) -> Suivi:
    """Un suivi et sa personne. Lève `Refus('orientation_rsa.introuvable')`."""
    trouve: Suivi | None = (
        Suivi.objects.visibles(acces)
        .select_related("personne__commune")
        .filter(pk=suivi_id)
        .first()
    )
    if trouve is None:
        raise Refus(
            code="orientation_rsa.introuvable",
            message="Ce suivi n'existe pas, ou ne vous est pas ouvert. Revenez à la liste.",
        )
    return trouve


def dossier(*, personne_id: int, acces: Acces, le: date) -> tuple[SuiviLu, ...]:
    """Les suivis d'une personne que cet accès voit, le plus récent d'abord. Cinq requêtes."""
    suivis = list(
        Suivi.objects.visibles(acces).filter(personne_id=personne_id).order_by("-connue_le", "-id")
    )
    ids = [s.pk for s in suivis]
    horloges = horloges_de(entrees=[s.entree_id for s in suivis], acces=acces, le=le)
    diagnostics: defaultdict[int, list[Diagnostic]] = defaultdict(list)
    for diagnostic in (
        Diagnostic.objects.visibles(acces).filter(suivi_id__in=ids).order_by("-fait_le", "-id")
    ):
        diagnostics[diagnostic.suivi_id].append(diagnostic)
    orientations = _orientations(ids, acces)
    return tuple(
        SuiviLu(
            suivi=s,
            categorie=CATEGORIES.get(s.categorie, s.categorie),
            statut=Statut(s.statut),
            horloges=horloges.get(s.entree_id, ()),
            diagnostics=tuple(diagnostics[s.pk]),
            proposition=_proposition(next(iter(diagnostics[s.pk]), None), le),
            orientations=tuple(orientations[s.pk]),
        )
        for s in suivis
    )


def charge_par_territoire(
    *, acces: Acces, le: date, nature: str = Territoire.Nature.SECTEUR
) -> tuple[Charge, ...]:
    """Ce qui attend, territoire par territoire, puis hors territoire connu. Trois requêtes."""
    communes = {
        tc.commune_id: tc.territoire
        for tc in TerritoireCommune.objects.select_related("territoire").filter(
            Q(fin__isnull=True) | Q(fin__gt=le), nature=nature, debut__lte=le
        )
    }
    charges: dict[int | None, Charge] = {}
    for territoire in sorted(communes.values(), key=lambda t: t.nom):
        charges.setdefault(territoire.pk, Charge(territoire_id=territoire.pk, nom=territoire.nom))
    charges[None] = Charge(territoire_id=None, nom="Hors territoire connu")
    for commune, statut, nombre in _par_commune(
        Suivi.objects.visibles(acces).filter(statut__in=[str(s) for s in OUVERTS]), "statut"
    ):
        charge = charges[_territoire(communes, commune)]
        setattr(charge, statut, getattr(charge, statut) + nombre)
    retards = Echeance.objects.visibles(acces).filter(
        code=CONVENTION, fermee_le__isnull=True, avant_le__lt=le
    )
    for commune, _, nombre in _par_commune(retards, "code"):
        charges[_territoire(communes, commune)].en_retard += nombre
    vide = charges[None]
    if not (vide.a_rencontrer or vide.a_orienter or vide.en_retard):
        del charges[None]
    return tuple(charges.values())


def _filtrer(acces: Acces, le: date, filtre: Filtre) -> VisiblesQuerySet:
    retenus = Suivi.objects.visibles(acces).filter(statut__in=[str(s) for s in filtre.statuts])
    if filtre.categorie:
        retenus = retenus.filter(categorie=filtre.categorie)
    if filtre.territoire_id is not None:
        retenus = _sur_territoire(retenus, filtre.territoire_id, le)
    if filtre.horloge:
        retenus = retenus.filter(entree_id__in=_horloges(le, filtre).values("objet_id"))
    # Mot à mot : l'écran montre le prénom d'abord, on le retape comme on le lit.
    for mot in filtre.nom.split():
        # Normalisé par la base, comme la colonne : les deux ne peuvent pas diverger.
        norme = Func(Value(mot), function="draille_normaliser", output_field=TextField())
        retenus = retenus.filter(personne__recherche__contains=norme)
    return retenus


def _horloges(le: date, filtre: Filtre) -> VisiblesQuerySet:
    # Sans premier mur : la requête qui s'en sert ne garde que des suivis visibles, de même clé.
    ouvertes = Echeance.objects.filter(code__in=CODES, fermee_le__isnull=True)
    if filtre.horloge == "en_retard":
        return ouvertes.filter(avant_le__lt=le)
    limite = le + timedelta(days=seuil_proche_jours(le=le))
    return ouvertes.filter(avant_le__range=(le, limite))


def _sur_territoire(retenus: VisiblesQuerySet, territoire_id: int, le: date) -> VisiblesQuerySet:
    territoire = Territoire.objects.filter(pk=territoire_id).first()
    if territoire is None:
        raise Refus(
            code="orientation_rsa.territoire_inconnu",
            message="Ce territoire n'existe pas. Choisissez-en un dans la liste.",
        )
    if territoire.nature == Territoire.Nature.DEPARTEMENT:
        return retenus
    communes = TerritoireCommune.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), territoire=territoire, debut__lte=le
    )
    cles = communes.annotate(cle=F("commune_id") + Compartiment.INSERTION * PAS).values("cle")
    return retenus.filter(cle_acces__in=cles)


def _charger(ids: list[int], acces: Acces) -> list[Suivi]:
    """Ces suivis, dans cet ordre, avec leur personne et sa commune."""
    trouves = (
        Suivi.objects.visibles(acces)
        .filter(pk__in=ids)
        .select_related("personne__commune")
        .defer("personne__nir_chiffre", "personne__recherche")
    )
    par_id = {s.pk: s for s in trouves}
    return [par_id[i] for i in ids if i in par_id]


def _entrants(suivis: list[Suivi], acces: Acces, le: date) -> list[Entrant]:
    ids = [s.pk for s in suivis]
    horloges = horloges_de(entrees=[s.entree_id for s in suivis], acces=acces, le=le)
    diagnostics = {
        d.suivi_id: d
        for d in Diagnostic.objects.visibles(acces)
        .filter(suivi_id__in=ids)
        .order_by("suivi_id", "-fait_le", "-id")
        .distinct("suivi_id")
    }
    orientations = {
        o.suivi_id: o
        for o in Orientation.objects.visibles(acces).filter(suivi_id__in=ids, est_en_cours=True)
    }
    return [
        Entrant(
            suivi=s,
            nom_complet=s.personne.nom_complet,
            commune=s.personne.commune.nom if s.personne.commune else "",
            categorie=CATEGORIES.get(s.categorie, s.categorie),
            statut=Statut(s.statut),
            horloges=horloges.get(s.entree_id, ()),
            diagnostic=diagnostics.get(s.pk),
            proposition=_proposition(diagnostics.get(s.pk), le),
            orientation=orientations.get(s.pk),
        )
        for s in suivis
    ]


def _proposition(diagnostic: Diagnostic | None, le: date) -> Proposition | None:
    if diagnostic is None:
        return None
    return proposer(reponses=diagnostic.reponses, le=le, table=table())


def _orientations(ids: list[int], acces: Acces) -> defaultdict[int, list[OrientationLue]]:
    orientations = list(
        Orientation.objects.visibles(acces).filter(suivi_id__in=ids).order_by("suivi_id", "-rang")
    )
    agents = {a.pk: str(a) for a in Agent.objects.filter(pk__in={o.agent_id for o in orientations})}
    types, organismes = table().types, table().organismes
    lues: defaultdict[int, list[OrientationLue]] = defaultdict(list)
    for o in orientations:
        lues[o.suivi_id].append(
            OrientationLue(
                orientation=o,
                type_parcours=types.get(o.type_parcours, o.type_parcours),
                organisme=organismes.get(o.organisme, o.organisme),
                type_propose=types.get(o.type_propose, o.type_propose),
                decidee_par=agents.get(o.agent_id or 0, "Traitement automatique"),
            )
        )
    return lues


def _par_commune(lignes: VisiblesQuerySet, champ: str) -> list[tuple[int, str, int]]:
    return list(
        lignes.annotate(commune=Mod("cle_acces", PAS, output_field=IntegerField()))
        .values_list("commune", champ)
        .annotate(nombre=Count("id"))
        .order_by()
    )


def _territoire(communes: dict[int, Territoire], commune: int) -> int | None:
    territoire = communes.get(commune) if commune != SANS_COMMUNE else None
    return territoire.pk if territoire else None
