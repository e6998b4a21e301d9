"""Ce qui change de mains avec un dossier : échéances ouvertes, rendez-vous à venir."""

from dataclasses import dataclass
from datetime import date

from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces

# Les tables d'une autre mesure ne se lisent pas d'ici : le journal dit ce qui est fixé, et ce qui
# ne l'est plus.
FIXES = ("rendez_vous.fixer", "rendez_vous.fixer_referent")
SUITES = (
    "rendez_vous.honorer",
    "rendez_vous.honorer_referent",
    "rendez_vous.excuser",
    "rendez_vous.manquer",
    "rendez_vous.annuler",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVousLu:
    """Un rendez-vous à venir, tel que le journal le dit."""

    rendez_vous_id: int
    jour: date
    motif: str


def a_transmettre(
    *, personne_id: int, acces: Acces, le: date
) -> tuple[tuple[Echeance, ...], tuple[RendezVousLu, ...]]:
    """Les échéances ouvertes de la personne et ses rendez-vous à venir. Deux requêtes."""
    echeances = tuple(
        Echeance.objects.visibles(acces)
        .filter(personne_id=personne_id, fermee_le__isnull=True)
        .order_by("avant_le", "pk")
    )
    lignes = (
        LigneJournal.objects.visibles(acces)
        .filter(personne_id=personne_id, code__in=(*FIXES, *SUITES))
        .order_by("id")
        .values_list("code", "charge")
    )
    a_venir: dict[int, RendezVousLu] = {}
    for code, charge in lignes:
        identifiant = int(charge["rendez_vous_id"])
        if code in SUITES:
            a_venir.pop(identifiant, None)
            continue
        jour = date.fromisoformat(charge["jour"])
        if jour >= le:
            a_venir[identifiant] = RendezVousLu(
                rendez_vous_id=identifiant, jour=jour, motif=str(charge.get("motif", ""))
            )
    return echeances, tuple(sorted(a_venir.values(), key=lambda r: (r.jour, r.rendez_vous_id)))
