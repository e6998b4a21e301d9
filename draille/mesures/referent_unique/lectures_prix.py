"""Le prix d'une place, appris des mois passés : rare hier, elle se garde pour qui est proche."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from draille.mesures.referent_unique.lectures_places import PlaceLue, commune_de
from draille.mesures.referent_unique.lectures_trajets import trajets_vers
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.regles import PREFIXE
from draille.moteurs.affectation.calcul import Demandeur, Place, Reglage
from draille.moteurs.affectation.calcul.arrivees import apprendre
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

JOURS_PAR_MOIS = 30


def prix_appris(
    *,
    acces: Acces,
    places: Sequence[PlaceLue],
    du_moteur: Sequence[Place],
    reglage: Reglage,
    le: date,
) -> tuple[int, ...]:
    """Le prix d'une place chez chacun de ces référents, en dixièmes de minute. Quatre requêtes.

    Tiré des lignes relues des derniers mois (paramètre daté), rejouées sur les places
    d'aujourd'hui : rien n'est appris des personnes.
    """
    registre = registre_global()
    mois = registre.entier(f"{PREFIXE}mois_appris", le)
    lignes = list(
        LigneCalcul.objects.visibles(acces)
        .filter(
            calcul__nature=Calcul.Nature.SEMAINE,
            relue_le__isnull=False,
            calcul__fait_le__lt=le,
            calcul__fait_le__gte=le - timedelta(days=JOURS_PAR_MOIS * mois),
        )
        .order_by("calcul_id", "rang")
        .only(
            "calcul_id",
            "unite_id",
            "orientation",
            "orientee_le",
            "est_sans_vehicule",
            "cle_acces",
        )
    )
    minutes = trajets_vers(communes=[commune_de(x.cle_acces) for x in lignes], places=places, le=le)
    semaines: dict[int, list[Demandeur]] = defaultdict(list)
    for ligne, temps in zip(lignes, minutes, strict=True):
        semaines[ligne.calcul_id].append(
            Demandeur(
                unite=ligne.unite_id,
                orientation=ligne.orientation,
                minutes=tuple(temps),
                continuite=None,
                est_sans_vehicule=ligne.est_sans_vehicule,
                orientee_le=ligne.orientee_le,
            )
        )
    prix = apprendre(
        semaines=list(semaines.values()),
        places=du_moteur,
        reglage=reglage,
        a_venir=registre.entier(f"{PREFIXE}semaines_a_venir", le),
    )
    plafond = registre.entier(f"{PREFIXE}prix_appris_max", le)
    return tuple(min(p, plafond) for p in prix)
