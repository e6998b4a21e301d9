"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.schema_solidarites.acces import ACCES
from draille.mesures.schema_solidarites.actes import ACTES

MESURE = Mesure(
    code="schema_solidarites",
    libelle="Schéma des solidarités",
    actes=ACTES,
    menu=(Entree("Schéma", "schema", ACCES["voir"], rang=62),),
)
