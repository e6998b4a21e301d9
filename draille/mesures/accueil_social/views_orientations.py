"""Une orientation telle que l'accueil la voit : vers qui, où elle en est, si elle est en retard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from draille.ecrans import mots
from draille.ecrans.requete import adresse
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.moteurs.partage.calcul import MOTIFS_REFUS, REVENUES
from draille.moteurs.partage.models import Orientation

_TONS = {
    Orientation.Statut.ENVOYEE: "eau",
    Orientation.Statut.ACCEPTEE: "eau",
    Orientation.Statut.RECUE: "pature",
    Orientation.Statut.EN_COURS: "pature",
    Orientation.Statut.TERMINEE: "pature",
    Orientation.Statut.REFUSEE: "tuile",
    Orientation.Statut.PERDUE: "tuile",
    Orientation.Statut.RETIREE: "pierre",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrientationVue:
    """Une orientation, en mots. `jours` : avant la limite, nul si plus rien n'est attendu."""

    orientation: Orientation
    vers: str
    besoins: str
    statut: str
    ton: str
    jours: int | None
    suite: str
    est_revenue: bool
    url: str


def orientations_vues(toutes: Iterable[Orientation], le: date) -> list[OrientationVue]:
    """Ces orientations, prêtes à montrer."""
    return [_vue(o, le) for o in toutes]


def _vue(o: Orientation, le: date) -> OrientationVue:
    statut = Orientation.Statut(o.statut)
    attend = statut == Orientation.Statut.ENVOYEE
    return OrientationVue(
        orientation=o,
        vers=o.partenaire.organisation.nom if o.partenaire else o.destination,
        besoins=", ".join(libelle_besoin(code).lower() for code in o.besoins),
        statut=str(statut.label),
        ton=_TONS[statut],
        jours=mots.jours_restants(avant_le=o.avant_le, jour=le) if attend else None,
        suite=MOTIFS_REFUS.get(o.motif_refus, "") or o.nouvelles,
        est_revenue=statut in REVENUES,
        url=adresse("orientation_suivie", o.pk),
    )
