"""Le foyer d'une personne, et les personnes d'un matricule."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from draille.noyau.foyer.actes import matricule_garde
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.socle.acces import Acces


def personnes_du_matricule(*, numeros: Sequence[str], acces: Acces, limite: int) -> list[int]:
    """Les personnes présentes dans les foyers de ce matricule ou de cette référence, exacts.

    `numeros` : les écritures admises (avec ou sans zéros de tête). Le demandeur vient en premier.
    """
    gardes = [matricule_garde(numero) for numero in numeros]
    foyers = Foyer.objects.visibles(acces).filter(
        Q(matricule__in=gardes) | Q(reference__in=numeros)
    )
    membres = (
        MembreFoyer.objects.visibles(acces)
        .filter(foyer__in=list(foyers.values_list("id", flat=True)[:limite]), fin__isnull=True)
        .order_by("foyer_id", "id")
    )
    rangs = {MembreFoyer.Role.DEMANDEUR: 0, MembreFoyer.Role.RESPONSABLE: 1}
    tries = sorted(membres, key=lambda m: (m.foyer_id, rangs.get(m.role, 2)))
    return list(dict.fromkeys(m.personne_id for m in tries))[:limite]


def foyer_de(*, personne_id: int, le: date, acces: Acces) -> MembreFoyer | None:
    """L'appartenance de cette personne à un foyer ce jour-là, foyer joint ; la plus récente."""
    membre: MembreFoyer | None = (
        MembreFoyer.objects.visibles(acces)
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), personne_id=personne_id, debut__lte=le)
        .select_related("foyer__commune")
        .order_by("-debut", "-pk")
        .first()
    )
    return membre


def membres_de(*, foyer_id: int, le: date, acces: Acces) -> list[MembreFoyer]:
    """Les membres de ce foyer ce jour-là que cet accès ouvre, personnes jointes."""
    return list(
        MembreFoyer.objects.visibles(acces)
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), foyer_id=foyer_id, debut__lte=le)
        .select_related("personne")
        .order_by("debut", "pk")
    )
