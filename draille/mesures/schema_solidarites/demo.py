"""Le schéma dans la démonstration : celui que la page du Département publie, s'il y en a un."""

from datetime import date
from pathlib import Path

from draille.mesures.schema_solidarites.actes_fichier import (
    charger_du_departement,
    chemin_du_schema,
)
from draille.socle.acces import Acces


def charger(*, racine: Path, departement: str, par: Acces, le: date) -> int:
    """Inscrit le schéma publié ; rappelable, il n'écrit rien de plus. Rend les versions inscrites.

    `racine` : le dossier qui contient `departements/`.
    """
    if chemin_du_schema(racine=racine, departement=departement) is None:
        return 0
    return charger_du_departement(racine=racine, departement=departement, par=par, le=le)
