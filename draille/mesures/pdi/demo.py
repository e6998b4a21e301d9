"""Le PDI dans la démonstration : le programme publié, et des délibérations dites fictives."""

from datetime import date, timedelta
from pathlib import Path

from draille.mesures.pdi import lectures
from draille.mesures.pdi.actes import SaisieDeliberation, deliberer
from draille.mesures.pdi.actes_fichier import charger_du_departement, chemin_du_pdi
from draille.mesures.pdi.lectures import ProgrammeLu
from draille.socle.acces import Acces

# Une assemblée qui se réunit une dizaine de jours avant la limite : inventé, et dit tel.
AVANCE_JOURS = 10


def charger(*, racine: Path, departement: str, par: Acces, le: date) -> int:
    """Inscrit le programme publié, et les délibérations fictives déjà dues à `le`.

    Rappelable : elle n'écrit rien deux fois. `racine` : le dossier qui contient `departements/`.
    Rend le nombre d'actes écrits.
    """
    if chemin_du_pdi(racine=racine, departement=departement) is None:
        return 0
    est_neuf = charger_du_departement(racine=racine, departement=departement, par=par, le=le)
    lus = lectures.programmes(departement=departement, le=le)
    return int(est_neuf) + sum(_deliberer(p, par, le) for p in lus)


def _deliberer(lu: ProgrammeLu, par: Acces, le: date) -> int:
    prises = 0
    for annee in lu.annees:
        deliberee_le = annee.avant_le - timedelta(days=AVANCE_JOURS)
        if annee.deliberee_le is None and deliberee_le <= le:
            saisie = SaisieDeliberation(
                deliberee_le=deliberee_le,
                reference=f"Délibération fictive n° {annee.annee}-PDI",
                note="Date et référence inventées pour la démonstration.",
            )
            deliberer(programme_id=lu.id, saisie=saisie, par=par, le=le)
            prises += 1
    return prises
