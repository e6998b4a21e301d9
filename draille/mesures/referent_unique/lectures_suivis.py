"""Toutes les personnes suivies ou à confier, telles que le calcul les regarderait ensemble."""

from datetime import date

from draille.mesures.referent_unique.lectures_entrees import (
    arrivants_du_jour,
    une_fois,
    unite_de,
)
from draille.mesures.referent_unique.lectures_places import commune_de, en_vigueur
from draille.mesures.referent_unique.models import Demande
from draille.mesures.referent_unique.regles import Arrivant
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces


def suivis(*, acces: Acces, le: date, agent_id: int | None = None) -> list[tuple[Arrivant, int]]:
    """Les personnes qu'un référent unique suit ce jour-là, et son agent. Deux requêtes.

    L'orientation est celle de leur dernière demande ; vide sans demande connue.
    """
    lus = Referent.objects.visibles(acces).filter(
        en_vigueur(le), nature=Referent.Nature.UNIQUE, agent_id__isnull=False
    )
    if agent_id is not None:
        lus = lus.filter(agent_id=agent_id)
    referents = list(
        lus.annotate(unite=unite_de("personne_id", le=le))
        .order_by("debut", "id")
        .values_list("personne_id", "unite", "debut", "cle_acces", "agent_id")
    )
    demandes = {
        d.personne_id: d
        for d in Demande.objects.visibles(acces)
        .filter(personne_id__in=[r[0] for r in referents])
        .order_by("ligne_orientation_id")
    }
    return [
        (_arrivant(personne_id, unite, debut, cle_acces, demandes.get(personne_id)), un_agent)
        for personne_id, unite, debut, cle_acces, un_agent in referents
    ]


def _arrivant(
    personne_id: int, unite: int, debut: date, cle_acces: int, demande: Demande | None
) -> Arrivant:
    return Arrivant(
        demande_id=demande.pk if demande else None,
        personne_id=personne_id,
        unite_id=unite,
        orientation=demande.orientation if demande else "",
        orientee_le=demande.orientee_le if demande else debut,
        est_sans_vehicule=bool(demande and demande.mobilite == Demande.Mobilite.SANS_VEHICULE),
        commune_id=commune_de(cle_acces),
        cle_acces=cle_acces,
    )


def suivis_et_attente(*, acces: Acces, le: date) -> list[Arrivant]:
    """Les personnes suivies et celles à confier, une fois chacune. Requêtes constantes."""
    en_place = [a for a, _ in suivis(acces=acces, le=le) if a.orientation]
    attente = arrivants_du_jour(acces=acces, le=le)
    return une_fois([*en_place, *[_sans_suite(a) for a in attente]])


def _sans_suite(a: Arrivant) -> Arrivant:
    """Hors continuité : on compare des répartitions entières, où chacun est replacé."""
    return Arrivant(
        demande_id=a.demande_id,
        personne_id=a.personne_id,
        unite_id=a.unite_id,
        orientation=a.orientation,
        orientee_le=a.orientee_le,
        est_sans_vehicule=a.est_sans_vehicule,
        commune_id=a.commune_id,
        cle_acces=a.cle_acces,
    )
