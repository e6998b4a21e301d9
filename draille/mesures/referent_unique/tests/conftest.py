"""Un petit Département : cinq communes, un cadre, trois référents."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from draille.mesures.referent_unique.tests import fabrique
from draille.noyau.organisation.models import Agent
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Role


@dataclass(frozen=True)
class Monde:
    """Ce que les essais manipulent."""

    communes: list[Commune]
    cadre: Acces
    puy: Agent
    brioude: Agent
    yssingeaux: Agent
    systeme: Acces


@pytest.fixture
def monde(systeme: Acces) -> Iterator[Monde]:
    """Le contexte reste celui du système ; les actes se font au nom du cadre."""
    communes = fabrique.communes()
    chef = fabrique.agent("cadre", Role.CADRE, Role.CHARGE_ORIENTATION)
    cadre = fabrique.acces(chef)
    yield Monde(
        communes=communes,
        cadre=cadre,
        puy=fabrique.referent("puy", communes[0], cadre),
        brioude=fabrique.referent("brioude", communes[1], cadre),
        yssingeaux=fabrique.referent("yssingeaux", communes[2], cadre),
        systeme=systeme,
    )
