"""Le prix d'une place, appris des mois passés : rare hier, elle se garde pour qui est proche."""

from datetime import date, timedelta

from draille.mesures.referent_unique.models import Calcul
from draille.mesures.referent_unique.regles import PREFIXE
from draille.socle.parametres import registre_global

JOURS_PAR_MOIS = 30


def prix_appris(*, le: date) -> dict[int, int]:
    """Le prix moyen d'une place chez chaque agent, en dixièmes de minute. Une requête.

    Lu des propositions relues des derniers mois (paramètre daté) : rien n'est appris de personne.
    """
    mois = registre_global().entier(f"{PREFIXE}mois_appris", le)
    passes = Calcul.objects.filter(
        nature=Calcul.Nature.SEMAINE,
        statut=Calcul.Statut.VALIDE,
        fait_le__lt=le,
        fait_le__gte=le - timedelta(days=JOURS_PAR_MOIS * mois),
    ).values_list("places", "prix")
    vus: dict[int, list[int]] = {}
    for gardees, prix in passes:
        for place, un_prix in zip(gardees, prix, strict=True):
            if not place["est_du_foyer"]:
                vus.setdefault(int(place["agent_id"]), []).append(int(un_prix))
    return {agent_id: sum(p) // len(p) for agent_id, p in vus.items()}
