"""Ce que les écrans du réseau lisent en plus du partage : accès des partenaires, comptes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from draille.moteurs.partage.models import LienReponse, Orientation, Partenaire
from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent
from draille.noyau.personne.models import Consultation, Personne
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

LIMITE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AccesLu:
    """Une trace du partenaire : quand, qui, quoi, au sujet de qui."""

    instant: datetime
    qui: str
    quoi: str
    personne: Personne | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartenaireLu:
    """Un partenaire de la liste, ce qu'il suit pour ce lecteur, et ses comptes ouverts."""

    partenaire: Partenaire
    vivantes: int
    comptes: int
    est_ferme: bool


def partenaires(*, acces: Acces, le: date) -> list[PartenaireLu]:
    """Tous les partenaires, les ouverts d'abord. Trois requêtes."""
    vivantes = dict(
        Orientation.objects.du_departement(acces)
        .filter(statut__in=("envoyee", "acceptee", "recue", "en_cours"), partenaire__isnull=False)
        .order_by()
        .values_list("partenaire_id")
        .annotate(Count("pk"))
    )
    comptes = dict(
        _agents(le).values_list("organisation_id").annotate(Count("pk", distinct=True)).order_by()
    )
    lus = [
        PartenaireLu(
            partenaire=p,
            vivantes=vivantes.get(p.pk, 0),
            comptes=comptes.get(p.organisation_id, 0),
            est_ferme=p.fin is not None and p.fin <= le,
        )
        for p in Partenaire.objects.select_related("organisation").order_by("organisation__nom")
    ]
    return sorted(lus, key=lambda lu: lu.est_ferme)


def partenaire(*, partenaire_id: int) -> Partenaire:
    """La fiche d'un partenaire, ouvert ou fermé. Lève `Refus('partage.partenaire_inconnu')`."""
    trouve = Partenaire.objects.select_related("organisation").filter(pk=partenaire_id).first()
    if trouve is None:
        raise Refus(
            code="partage.partenaire_inconnu", message="Ce partenaire n'est pas dans la liste."
        )
    return trouve


def agents_de(*, organisation_id: int, le: date) -> list[Agent]:
    """Les agents du partenaire habilités à lire ce qu'on lui adresse. Une requête."""
    return list(
        _agents(le).filter(organisation_id=organisation_id).distinct().order_by("nom", "prenom")
    )


def liens_de(*, orientation_id: int, acces: Acces) -> list[LienReponse]:
    """Les liens envoyés pour une orientation, le dernier d'abord. Une requête."""
    return list(
        LienReponse.objects.visibles(acces).filter(orientation_id=orientation_id).order_by("-pk")
    )


def acces_du_partenaire(*, partenaire: Partenaire, acces: Acces) -> list[AccesLu]:
    """Ce que ce partenaire a ouvert et répondu, le plus récent d'abord ; quatre requêtes.

    Seulement au sujet des personnes que ce lecteur peut ouvrir.
    """
    organisation_id = partenaire.organisation_id
    agents = {a.pk: a for a in Agent.objects.filter(organisation_id=organisation_id)}
    lignes = list(
        LigneJournal.objects.visibles(acces)
        .filter(organisation_id=organisation_id, code__startswith="partage.")
        .order_by("-id")[:LIMITE]
    )
    consultations = list(
        Consultation.objects.visibles(acces)
        .filter(agent_id__in=list(agents))
        .order_by("-pk")[:LIMITE]
    )
    personnes = _personnes(acces, [x.personne_id for x in (*lignes, *consultations)])
    traces = [
        *(
            AccesLu(
                instant=ligne.ecrit_le,
                qui=str(agents.get(ligne.agent_id or 0, "Par le lien, sans compte")),
                quoi=registre.libelle(ligne.code),
                personne=personnes.get(ligne.personne_id or 0),
            )
            for ligne in lignes
        ),
        *(
            AccesLu(
                instant=vue.consulte_le,
                qui=str(agents[vue.agent_id]),
                quoi=vue.page,
                personne=personnes.get(vue.personne_id),
            )
            for vue in consultations
        ),
    ]
    return sorted(traces, key=lambda t: t.instant, reverse=True)[:LIMITE]


def _agents(le: date) -> "QuerySet[Agent]":
    return Agent.objects.filter(
        Q(habilitations__fin__isnull=True) | Q(habilitations__fin__gt=le),
        is_active=True,
        habilitations__role=Role.PARTENAIRE,
        habilitations__debut__lte=le,
    )


def _personnes(acces: Acces, ids: Sequence[int | None]) -> dict[int, Personne]:
    trouvees = Personne.objects.visibles(acces).filter(pk__in=[i for i in ids if i])
    return {p.pk: p for p in trouvees.defer("nir_chiffre", "recherche")}
