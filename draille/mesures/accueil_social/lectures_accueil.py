"""Les accueils, un à un : du jour, d'une recherche, d'une personne ; leurs notes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from draille.mesures.accueil_social.acces import ACCUEILLIR, NOTER
from draille.mesures.accueil_social.lectures_types import (
    AccueilLu,
    DossierAccueil,
    Filtre,
    NoteLue,
    PageAccueils,
    ReponseLue,
)
from draille.mesures.accueil_social.models import Accueil, Besoin, Note, Reponse
from draille.mesures.accueil_social.regles import refus
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.lectures import chercher_par_nom
from draille.noyau.personne.regles import comprendre
from draille.socle.acces import PAS, PERSONNEL, ROLES_NOMINATIFS, Acces, Compartiment, Role

PAR_PAGE = 25
TROUVEES_MAX = 200
ANONYME = "Personne anonyme"
AILLEURS = "Personne suivie ailleurs"


def du_jour(*, acces: Acces, le: date) -> list[AccueilLu]:
    """Les accueils de ce jour que cet accès ouvre, du plus récent au plus ancien. 4 requêtes."""
    return _lire(_ouverts(acces, ACCUEILLIR).filter(le=le), acces)


def chercher(*, acces: Acces, filtre: Filtre, page: int = 1) -> PageAccueils:
    """Une page d'accueils filtrés ; une page hors bornes rend la plus proche. 6 requêtes au plus.

    Un nom trop court ou inconnu ne trouve rien. On ne feuillette pas les personnes par leur nom :
    la recherche ne rend que des accueils que cet accès ouvre.
    """
    ouverts = _filtrer(_ouverts(acces, ACCUEILLIR), filtre)
    total = ouverts.count()
    pages = max(1, -(-total // PAR_PAGE))
    page = min(max(1, page), pages)
    debut = (page - 1) * PAR_PAGE
    return PageAccueils(
        accueils=_lire(ouverts[debut : debut + PAR_PAGE], acces),
        total=total,
        page=page,
        pages=pages,
    )


def accueil(*, accueil_id: int, acces: Acces) -> AccueilLu:
    """Un accueil. 4 requêtes. Lève `Refus('accueil_social.introuvable')`."""
    lus = _lire(_ouverts(acces, ROLES_NOMINATIFS).filter(pk=accueil_id), acces)
    if not lus:
        raise refus(
            "introuvable",
            "Cet accueil n'existe pas, ou ne vous est pas ouvert. Revenez à la liste des accueils.",
        )
    return lus[0]


def de_la_personne(*, personne_id: int, acces: Acces) -> DossierAccueil:
    """Les accueils et les notes d'une personne que cet accès ouvre, du plus récent. 6 requêtes."""
    siens = _ouverts(acces, ROLES_NOMINATIFS).filter(personne_id=personne_id)
    return DossierAccueil(
        accueils=_lire(siens, acces), notes=notes_de(personne_id=personne_id, acces=acces)
    )


def notes_de(*, personne_id: int, acces: Acces) -> Sequence[NoteLue]:
    """Les notes d'une personne que cet accès ouvre : partagées, et les siennes. 2 requêtes."""
    return _lire_notes(_notes(acces).filter(personne_id=personne_id), acces)


def note(*, note_id: int, acces: Acces) -> NoteLue:
    """Une note. Lève `Refus('accueil_social.introuvable')`."""
    lues = _lire_notes(_notes(acces).filter(pk=note_id), acces)
    if not lues:
        raise refus("introuvable", "Cette note n'existe pas, ou ne vous est pas ouverte.")
    return lues[0]


def est_premier_contact(*, accueil_id: int, acces: Acces) -> bool:
    """Vrai si aucun accueil de cette personne ne précède celui-ci. Calculé, jamais coché.

    Faux pour une personne anonyme, dont on ne sait rien. Lève comme `accueil`.
    """
    return accueil(accueil_id=accueil_id, acces=acces).est_premier_contact


def premier_contact() -> Any:
    """L'expression « aucun accueil de cette personne ne précède », sur la table des accueils."""
    precedents = Accueil.objects.filter(personne_id=OuterRef("personne_id")).filter(
        Q(le__lt=OuterRef("le")) | Q(le=OuterRef("le"), pk__lt=OuterRef("pk"))
    )
    return Q(personne__isnull=False) & ~Exists(precedents)


def ouverts(*, acces: Acces, roles: Iterable[Role]) -> "QuerySet[Any]":
    """Les accueils que ces rôles ouvrent à cet accès, sans rien joindre."""
    lisibles: QuerySet[Any] = Accueil.objects.visibles(acces.parmi((*roles, Role.SYSTEME)))
    return lisibles


def _ouverts(acces: Acces, roles: Iterable[Role]) -> "QuerySet[Any]":
    joints: QuerySet[Any] = (
        ouverts(acces=acces, roles=roles)
        .select_related("personne", "point", "commune")
        .prefetch_related(
            Prefetch("besoins", queryset=Besoin.objects.order_by("rang")),
            Prefetch("reponses", queryset=Reponse.objects.select_related("point").order_by("pk")),
        )
        .annotate(est_premier=premier_contact())
        .order_by("-le", "-pk")
    )
    return joints


def _filtrer(lignes: "QuerySet[Any]", filtre: Filtre) -> "QuerySet[Any]":
    dits = {
        "canal": filtre.canal,
        "venue": filtre.venue,
        "identite": filtre.identite,
        "point_id": filtre.point_id,
        "agent_id": filtre.agent_id,
        "le__gte": filtre.debut,
        "le__lte": filtre.fin,
    }
    lignes = lignes.filter(**{champ: dit for champ, dit in dits.items() if dit})
    if filtre.besoin:
        lignes = lignes.filter(
            Exists(Besoin.objects.filter(accueil_id=OuterRef("pk"), code=filtre.besoin))
        )
    if filtre.texte.strip():
        lignes = lignes.filter(personne_id__in=_trouvees(filtre.texte))
    return lignes


def _trouvees(texte: str) -> list[int]:
    demande = comprendre(texte)
    if demande.est_vide:
        return []
    return chercher_par_nom(demande=demande, avec_proches=False, limite=TROUVEES_MAX)


def _lire(lignes: "QuerySet[Any]", acces: Acces) -> list[AccueilLu]:
    lus = list(lignes)
    agents = _agents(a.agent_id for a in lus)
    return [
        AccueilLu(
            accueil=a,
            nom=_nom(a),
            agent=agents.get(a.agent_id, ""),
            besoins=tuple(b.code for b in a.besoins.all()),
            besoins_dits=tuple(libelle_besoin(b.code) for b in a.besoins.all()),
            reponses=tuple(_reponse(r) for r in a.reponses.all()),
            est_premier_contact=a.est_premier,
        )
        for a in lus
    ]


def _nom(accueil: Accueil) -> str:
    if accueil.personne_id is None:
        return ANONYME
    return accueil.personne.nom_complet if accueil.personne is not None else AILLEURS


def _reponse(reponse: Reponse) -> ReponseLue:
    return ReponseLue(
        genre=reponse.genre,
        libelle=reponse.get_genre_display(),
        besoin=reponse.besoin,
        lieu=reponse.point.nom if reponse.point is not None else "",
        point_id=reponse.point_id,
        orientation_id=reponse.orientation_id,
    )


def _agents(ids: Iterable[int | None]) -> dict[int | None, str]:
    connus = Agent.objects.in_bulk({i for i in ids if i is not None})
    return {i: str(agent) for i, agent in connus.items()}


def _notes(acces: Acces) -> "QuerySet[Any]":
    lisibles: QuerySet[Any] = Note.objects.visibles(acces.parmi((*NOTER, Role.SYSTEME)))
    return lisibles.order_by("-le", "-pk")


def _lire_notes(lignes: "QuerySet[Any]", acces: Acces) -> list[NoteLue]:
    lues = list(lignes)
    agents = _agents(n.agent_id for n in lues)
    return [
        NoteLue(
            note=n,
            auteur=agents.get(n.agent_id, "Traitement automatique"),
            compartiment=_metier(n.cle_acces // PAS),
            est_la_mienne=n.agent_id is not None and n.agent_id == acces.agent_id,
        )
        for n in lues
    ]


def _metier(numero: int) -> str:
    return "Privée" if numero == PERSONNEL else Compartiment(numero).libelle
