"""Revoir les lignes douteuses d'un import, et dire quelles fiches sont à confirmer."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from draille.moteurs.annuaire.adaptateur import point_vivant
from draille.moteurs.annuaire.adaptateur_ecriture import Ecriture
from draille.moteurs.annuaire.adaptateur_import import ROLES_IMPORTER
from draille.moteurs.annuaire.adaptateur_lectures import existants, par_identifiant
from draille.moteurs.annuaire.calcul.fiche import FicheLue, de_json
from draille.moteurs.annuaire.journal import DeciderLigne
from draille.moteurs.annuaire.models import (
    Confirmation,
    ImportAnnuaire,
    LigneImport,
    Point,
)
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.organisation.models import Agent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

Decision = LigneImport.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ARevoir:
    """Une ligne à revoir : la fiche lue, et les lieux qui lui ressemblent avec leurs raisons."""

    ligne: LigneImport
    fiche: FicheLue
    candidats: tuple[tuple[Point, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AConfirmer:
    """Une fiche trop vieille. `derniere` : qui l'a confirmée la dernière fois, quand, comment."""

    point: Point
    derniere: Confirmation | None
    agent: str


@transaction.atomic
def decider_ligne(
    *, ligne_id: int, decision: str, point_id: int | None = None, par: Acces, le: date
) -> LigneImport:
    """Dit ce qu'est une ligne à revoir : `meme` (que `point_id`), `autre` lieu, ou `ecartee`.

    La décision vaut pour les fichiers suivants de la même source. Lève `Refus` : `acces.refuse`,
    `annuaire.` `ligne_inconnue`, `deja_decidee`, `decision_inconnue`, `point_a_choisir`,
    `point_inconnu`, `point_ferme`.
    """
    par.exiger(ROLES_IMPORTER, cle_ligne=None, action="décider d'une ligne de fichier")
    ligne = _ligne_a_decider(ligne_id)
    if decision not in (Decision.MEME, Decision.AUTRE, Decision.ECARTEE):
        raise Refus(
            code="annuaire.decision_inconnue",
            message="Choisissez : c'est la même fiche, c'est un autre lieu, ou écarter la ligne.",
        )
    fiche = de_json(ligne.donnees)
    ecriture = Ecriture(source=ligne.reception.source, le=le)
    ecriture.preparer()
    point: Point | None = None
    if decision == Decision.MEME:
        point = _choisi(point_id, le)
        ecriture.joindre(point, fiche)
    elif decision == Decision.AUTRE:
        point = ecriture.creer(fiche)
    else:
        ecriture.provenances[fiche.source_id] = None
    ecriture.ecrire()
    ligne.decision, ligne.point = decision, point
    ligne.save(update_fields=["decision", "point"])
    charge = DeciderLigne(
        import_id=ligne.reception_id,
        rang=ligne.rang,
        decision=str(decision),
        point_id=point.pk if point else None,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=ligne.pk))
    return ligne


def _ligne_a_decider(ligne_id: int) -> LigneImport:
    ligne = (
        LigneImport.objects.select_for_update(of=("self",))
        .select_related("reception")
        .filter(pk=ligne_id, sort=LigneImport.Sort.A_REVOIR)
        .first()
    )
    if ligne is None:
        raise Refus(
            code="annuaire.ligne_inconnue",
            message="Cette ligne n'est pas à revoir : revenez à la liste de l'import.",
        )
    if ligne.decision:
        raise Refus(
            code="annuaire.deja_decidee",
            message="Quelqu'un a déjà décidé de cette ligne : rechargez la page pour le voir.",
        )
    return ligne


def _choisi(point_id: int | None, le: date) -> Point:
    if point_id is None:
        raise Refus(code="annuaire.point_a_choisir", message="Dites de quel lieu connu il s'agit.")
    return point_vivant(point_id=point_id, le=le)


def imports() -> list[ImportAnnuaire]:
    """Les fichiers intégrés, le dernier d'abord, avec `reste` : lignes à revoir. Une requête."""
    reste = Count("lignes", filter=_A_REVOIR)
    return list(ImportAnnuaire.objects.annotate(reste=reste).order_by("-pk"))


_A_REVOIR = Q(lignes__sort=LigneImport.Sort.A_REVOIR, lignes__decision="")


def import_lu(*, import_id: int) -> ImportAnnuaire:
    """Un fichier intégré, avec `reste`. Lève `Refus('annuaire.import_inconnu')`."""
    reception = (
        ImportAnnuaire.objects.annotate(reste=Count("lignes", filter=_A_REVOIR))
        .filter(pk=import_id)
        .first()
    )
    if reception is None:
        raise Refus(
            code="annuaire.import_inconnu",
            message="Cet import n'existe pas : revenez à la liste des fichiers intégrés.",
        )
    return reception


def lignes(*, import_id: int, sort: str) -> "QuerySet[LigneImport]":
    """Les lignes d'un import de ce sort, avec leur lieu ; celles à décider d'abord."""
    toutes = LigneImport.objects.filter(reception_id=import_id, sort=sort)
    return toutes.select_related("point").order_by("decision", "rang", "pk")


def avec_candidats(*, lignes: Sequence[LigneImport], le: date) -> list[ARevoir]:
    """Ces lignes à revoir, la fiche lue et les lieux qui lui ressemblent. Deux requêtes."""
    connus = par_identifiant(ids={c["point_id"] for li in lignes for c in li.candidats}, le=le)
    return [
        ARevoir(
            ligne=ligne,
            fiche=de_json(ligne.donnees),
            candidats=tuple(
                (connus[c["point_id"]], c) for c in ligne.candidats if c["point_id"] in connus
            ),
        )
        for ligne in lignes
    ]


def a_confirmer(*, le: date, du_departement: bool = True) -> list[AConfirmer]:
    """Les fiches que personne n'a confirmées depuis `annuaire.fraicheur_mois`. Quatre requêtes.

    Les jamais confirmées d'abord, puis les plus anciennes. `du_departement` : celles de ses
    communes seulement.
    """
    vieilles = existants(le=le).filter(_vieilles(le))
    if du_departement:
        vieilles = vieilles.filter(commune__isnull=False)
    points = list(vieilles.order_by(F("confirme_le").asc(nulls_first=True), "nom", "pk"))
    dernieres = _dernieres(p.pk for p in points)
    noms = agents(c.agent_id for c in dernieres.values())
    return [
        AConfirmer(
            point=point,
            derniere=(c := dernieres.get(point.pk)),
            agent=noms.get(c.agent_id or 0, "") if c else "",
        )
        for point in points
    ]


def _vieilles(le: date) -> Q:
    return Q(confirme_le__isnull=True) | Q(confirme_le__lt=limite_fraicheur(le=le))


def a_confirmer_nombre(*, le: date) -> int:
    """Combien de fiches du Département sont à confirmer. Une requête."""
    return existants(le=le).filter(_vieilles(le), commune__isnull=False).count()


def limite_fraicheur(*, le: date) -> date:
    """Le premier jour dont une confirmation est encore fraîche."""
    mois = registre_global().entier("annuaire.fraicheur_mois", le)
    annee, rang = divmod(le.year * 12 + le.month - 1 - mois, 12)
    return date(annee, rang + 1, min(le.day, monthrange(annee, rang + 1)[1]))


def _dernieres(points: Iterable[int]) -> dict[int, Confirmation]:
    dites = Confirmation.objects.filter(point__in=list(points)).order_by("le", "pk")
    return {c.point_id: c for c in dites}


def confirmations_de(*, point_id: int) -> list[tuple[Confirmation, str]]:
    """Qui a confirmé cette fiche, la dernière fois d'abord, et son nom. Deux requêtes."""
    dites = list(Confirmation.objects.filter(point_id=point_id).order_by("-le", "-pk"))
    noms = agents(c.agent_id for c in dites)
    return [(c, noms.get(c.agent_id or 0, "Traitement automatique")) for c in dites]


def agents(ids: Iterable[int | None]) -> dict[int, str]:
    """Le nom de ces agents. Une requête."""
    connus = Agent.objects.filter(pk__in={i for i in ids if i is not None})
    return {agent.pk: str(agent) for agent in connus}
