"""Réparer : le plus petit nombre de changements quand un portefeuille ne tient plus."""

from datetime import date

from django.db import transaction

from draille.mesures.referent_unique.actes.verrou import exiger_departement, refus
from draille.mesures.referent_unique.models import Calcul
from draille.socle.acces import Acces


@transaction.atomic
def proposer_reparation(*, agent_id: int, par: Acces, le: date) -> Calcul:
    """Propose qui passer à qui ; relue ligne à ligne, comme une proposition."""
    exiger_departement(par, action="proposer une réparation")
    raise refus("rien_a_reparer", "Le portefeuille de cet agent tient : rien n'est à changer.")
