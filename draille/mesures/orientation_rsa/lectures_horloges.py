"""Les horloges d'un suivi, vues d'un jour : ce qui reste, et d'où vient le délai."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from draille.mesures.orientation_rsa.lectures_choix import seuil_proche_jours
from draille.moteurs.delais.calcul import EtatDelai, etat, jours_restants
from draille.moteurs.delais.registre import delai
from draille.noyau.echeance.models import Echeance
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

CONVENTION = "orientation_rsa.convention"
CODES = (CONVENTION, "orientation_rsa.loi_2_mois", "orientation_rsa.loi_6_semaines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Horloge:
    """Un délai. `restants_jours` est négatif en retard, et compté au jour de la décision une fois
    tenu. `est_sans_suite` : la personne est sortie du droit avant.
    """

    code: str
    libelle: str
    reference: str
    ouverte_le: date
    avant_le: date
    fermee_le: date | None
    est_sans_suite: bool
    restants_jours: int
    etat: EtatDelai


def horloges_de(
    *, entrees: Collection[int], acces: Acces, le: date
) -> dict[int, tuple[Horloge, ...]]:
    """Les horloges de ces entrées, par entrée, la promesse avant la loi. Une requête."""
    trouvees: defaultdict[int, list[Horloge]] = defaultdict(list)
    seuil = seuil_proche_jours(le=le)
    for echeance in Echeance.objects.visibles(acces).filter(objet_id__in=entrees, code__in=CODES):
        # Une limite nulle est un délai en suspens ; aucun des trois ne se suspend.
        if echeance.avant_le is not None:
            lue = _lue(echeance, avant_le=echeance.avant_le, le=le, seuil=seuil)
            trouvees[echeance.objet_id].append(lue)
    rang = {code: numero for numero, code in enumerate(CODES)}
    return {e: tuple(sorted(h, key=lambda x: rang[x.code])) for e, h in trouvees.items()}


def _lue(echeance: Echeance, *, avant_le: date, le: date, seuil: int) -> Horloge:
    declare = delai(echeance.code)
    fermee_le = echeance.fermee_le if echeance.fermee_le and echeance.fermee_le <= le else None
    return Horloge(
        code=echeance.code,
        libelle=declare.libelle,
        reference=registre_global()
        .parametre(declare.parametre)
        .en_vigueur(echeance.ouverte_le)
        .reference,
        ouverte_le=echeance.ouverte_le,
        avant_le=avant_le,
        fermee_le=fermee_le,
        est_sans_suite=echeance.est_sans_suite and fermee_le is not None,
        restants_jours=jours_restants(avant_le=avant_le, le=fermee_le or le),
        etat=etat(avant_le=avant_le, ferme_le=fermee_le, le=le, seuil_proche_jours=seuil),
    )
