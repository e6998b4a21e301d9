"""Ce que l'essai de droits tire : des habilitations datées, un jour de lecture."""

from datetime import date

from django.db import connection
from hypothesis import strategies as st

from draille.noyau.organisation.models import Habilitation
from draille.socle.acces import Compartiment, Role
from tests.droits.monde import BASCULE, JOURS, NOMBRE_COMMUNES, ORIGINE, Monde, Profil
from tests.droits.oracle import Periode, Tirage

PERIODES = (
    Periode(ORIGINE),
    Periode(ORIGINE),
    Periode(ORIGINE),
    Periode(BASCULE),
    Periode(ORIGINE, BASCULE),
    Periode(ORIGINE, date(2020, 2, 1)),
    Periode(date(2021, 1, 1)),
    Periode(JOURS[0], JOURS[1]),
)
# Une personne est connue d'un métier, jamais d'un partenaire.
METIERS = [int(c) for c in Compartiment if c is not Compartiment.PARTENAIRE]
ROLES = [str(r) for r in Role if r is not Role.SYSTEME]


def habilitations(nombre_lieux: int) -> st.SearchStrategy[list[tuple[int, int, str, int]]]:
    """Jusqu'à cinq habilitations : compartiment, rang du lieu, rôle, rang de la période."""
    # L'insertion et le Département (le premier lieu) plus souvent : sans eux, bien des portes
    # resteraient fermées, et rien n'y serait comparé.
    une = st.tuples(
        st.sampled_from([2, 2, 2, *[int(c) for c in Compartiment]]),
        st.sampled_from([0, 0, 0, *range(nombre_lieux)]),
        st.sampled_from(ROLES),
        st.integers(0, len(PERIODES) - 1),
    )
    return st.lists(une, max_size=5)


def profils() -> st.SearchStrategy[list[Profil]]:
    """Une à cinq personnes : compartiments, rang de commune ou aucune, ont-elles déménagé."""
    une = st.tuples(
        st.lists(st.sampled_from(METIERS), min_size=1, unique=True).map(tuple),
        st.none() | st.integers(0, NOMBRE_COMMUNES - 1),
        st.booleans(),
    )
    return st.lists(une, min_size=1, max_size=5)


def donner(monde: Monde, tirees: list[tuple[int, int, str, int]]) -> tuple[Tirage, ...]:
    """Écrit ces habilitations à l'agent du monde ; les rend pour l'oracle."""
    tirages = tuple(
        Tirage(compartiment, monde.lieux[lieu], role, PERIODES[periode])
        for compartiment, lieu, role, periode in tirees
    )
    Habilitation.objects.bulk_create(
        Habilitation(
            agent=monde.agent,
            compartiment=t.compartiment,
            territoire_id=t.lieu.id,
            role=t.role,
            debut=t.periode.debut,
            fin=t.periode.fin,
        )
        for t in tirages
    )
    return tirages


def sans_contexte() -> None:
    """Ferme le contexte de la transaction en cours."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT set_config('draille.cles', '', true), set_config('draille.agent', '', true),"
            " set_config('draille.instant', '', true)"
        )
