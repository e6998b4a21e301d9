"""Les échéances derrière le chiffre d'un délai, à une date, pour ce que ce lecteur voit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from draille.moteurs.indicateurs.adaptateur import seuil_secret
from draille.noyau.echeance.models import Echeance
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle.acces import PAS, ROLES_NOMINATIFS, Acces
from draille.socle.donnees import VisiblesQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class EcheanceLue:
    """Une échéance prête à montrer ; `personne_id` nul : ce lecteur n'ouvre pas le dossier."""

    ligne_id: int
    ouverte_le: date
    avant_le: date | None
    jours: int | None
    commune: str
    personne: str
    personne_id: int | None


def en_cours(*, codes: Iterable[str], acces: Acces, le: date) -> VisiblesQuerySet:
    """Les échéances de ces délais, ouvertes et pas encore closes ce jour-là.

    Ce que le Département doit lui-même n'est à personne, et se voit de tous ses agents.
    """
    visibles = Echeance.objects.visibles(acces) | Echeance.objects.filter(personne__isnull=True)
    en_cours_: VisiblesQuerySet = visibles.filter(
        Q(fermee_le__isnull=True) | Q(fermee_le__gt=le), code__in=list(codes), ouverte_le__lte=le
    )
    return en_cours_.order_by(F("avant_le").asc(nulls_last=True), "pk")


def est_tu(*, nombre: int, acces: Acces, le: date) -> bool:
    """Vrai si ce lecteur, hors du Département, ne doit pas voir un si petit effectif."""
    return not acces.est_du_departement and 0 < nombre < seuil_secret(le=le)


def habiller(*, echeances: Sequence[Echeance], acces: Acces, le: date) -> list[EcheanceLue]:
    """Ces échéances avec leurs mots. Deux requêtes.

    Un nom ne se lit qu'au titre d'un rôle qui ouvre des dossiers : un pilote lit les échéances.
    """
    personnes = {
        p.pk: p.nom_complet
        for p in Personne.objects.visibles(acces.parmi(ROLES_NOMINATIFS)).filter(
            pk__in={e.personne_id for e in echeances if e.personne_id}
        )
    }
    numeros = {e.cle_acces % PAS for e in echeances if e.cle_acces is not None}
    communes = dict(Commune.objects.filter(pk__in=numeros).values_list("pk", "nom"))
    return [_habiller(e, personnes, communes, le) for e in echeances]


def _habiller(
    e: Echeance, personnes: dict[int, str], communes: dict[int, str], le: date
) -> EcheanceLue:
    if e.personne_id is None:
        personne, commune = "Le Département", "tout le Département"
    else:
        personne = personnes.get(e.personne_id, "Nom non ouvert à votre fonction")
        commune = communes.get((e.cle_acces or 0) % PAS, "Commune non connue")
    return EcheanceLue(
        ligne_id=e.ligne_ouverture_id,
        ouverte_le=e.ouverte_le,
        avant_le=e.avant_le,
        jours=(e.avant_le - le).days if e.avant_le else None,
        commune=commune,
        personne=personne,
        personne_id=e.personne_id if e.personne_id in personnes else None,
    )
