"""Qui lit, et comment se disent une orientation, un besoin, une chose transmise."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from draille.ecrans.mots import jours_restants
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.adaptateur import Recue
from draille.moteurs.partage.calcul import MOTIFS_REFUS, PORTEES, VIVANTES
from draille.moteurs.partage.models import Orientation
from draille.socle.acces import ROLES_NOMINATIFS, Acces

TONS: Mapping[str, str] = {
    "envoyee": "eau",
    "acceptee": "eau",
    "recue": "pature",
    "en_cours": "pature",
    "terminee": "pature",
    "refusee": "tuile",
    "perdue": "genet",
    "retiree": "pierre",
}
# Ce que le Département dit « envoyée » attend, chez le partenaire, une réponse.
STATUTS_RECUS: Mapping[str, str] = {
    "envoyee": "à répondre",
    "acceptee": "acceptée, à recevoir",
    "recue": "reçue",
    "en_cours": "accompagnée",
    "terminee": "terminée",
    "refusee": "refusée",
    "perdue": "sans nouvelles",
}
_ACTES: Mapping[str, Callable[..., Orientation]] = {
    "accepter": partage.accepter,
    "recevoir": partage.recevoir,
    "poursuivre": partage.poursuivre,
    "terminer": partage.terminer,
    "perdre": partage.perdre,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrientationVue:
    """Une orientation telle que le Département la lit. `jours` : restants, si elle attend."""

    orientation: Orientation
    ou: str
    ton: str
    besoins: str
    jours: int | None
    est_vivante: bool
    motif: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecueVue:
    """Une orientation telle que le partenaire la lit."""

    recue: Recue
    statut: str
    ton: str
    besoins: str
    jours: int | None


def acces_nominatif(acces: Acces) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers."""
    return acces.parmi(ROLES_NOMINATIFS)


def dire_besoins(codes: Iterable[str]) -> str:
    """« logement, emploi et formation » ; vide si rien n'est dit."""
    return ", ".join(libelle_besoin(c).lower() for c in codes)


def dire_portee(codes: Iterable[str]) -> list[str]:
    """Ce qui peut être transmis, en mots, dans l'ordre où on le demande."""
    voulus = set(codes)
    return [dit for code, dit in PORTEES.items() if code in voulus]


def vue(orientation: Orientation, le: date) -> OrientationVue:
    """Une orientation prête à montrer."""
    attend = orientation.statut == Orientation.Statut.ENVOYEE
    return OrientationVue(
        orientation=orientation,
        ou=orientation.destination,
        ton=TONS[orientation.statut],
        besoins=dire_besoins(orientation.besoins),
        jours=jours_restants(avant_le=orientation.avant_le, jour=le) if attend else None,
        est_vivante=orientation.statut in VIVANTES,
        motif=MOTIFS_REFUS.get(orientation.motif_refus, ""),
    )


def vues(orientations: Iterable[Orientation], le: date) -> list[OrientationVue]:
    """Plusieurs, dans le même ordre."""
    return [vue(o, le) for o in orientations]


def vue_recue(recue: Recue, le: date) -> RecueVue:
    """Une orientation reçue, prête à montrer au partenaire."""
    attend = recue.statut == Orientation.Statut.ENVOYEE
    return RecueVue(
        recue=recue,
        statut=STATUTS_RECUS[recue.statut],
        ton=TONS[recue.statut],
        besoins=dire_besoins(recue.besoins),
        jours=jours_restants(avant_le=recue.avant_le, jour=le) if attend else None,
    )


def lignes_transmises(recue: Recue) -> list[tuple[str, str, str]]:
    """Nom de la chose, ce que c'est, sa valeur : dans l'ordre où elles se demandent."""
    lignes = []
    for code, libelle in PORTEES.items():
        valeur = recue.transmis.get(code)
        if valeur:
            dite = dire_besoins(recue.besoins) if code == "besoins" else str(valeur)
            lignes.append((code, libelle, dite))
    return lignes


def repondre(*, orientation_id: int, lu: Mapping[str, Any], par: Acces, le: date) -> Orientation:
    """Fait le geste lu du formulaire de réponse. Lève les `Refus` de cet acte."""
    nouvelles = str(lu.get("nouvelles") or "")
    if lu["geste"] == "refuser":
        return partage.refuser(
            orientation_id=orientation_id,
            motif=str(lu["motif"]),
            par=par,
            le=le,
            nouvelles=nouvelles,
        )
    return _ACTES[lu["geste"]](orientation_id=orientation_id, par=par, le=le, nouvelles=nouvelles)


def onglets(adresses: Sequence[tuple[str, str, str]], actif: str) -> list[dict[str, object]]:
    """Code, libellé, adresse : les onglets d'une page, celui qu'on regarde marqué."""
    return [{"libelle": d, "url": u, "est_actif": c == actif} for c, d, u in adresses]
