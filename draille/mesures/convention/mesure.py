"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes import ACTES
from draille.mesures.convention.actes_avenant import ACTES_AVENANT
from draille.mesures.convention.actes_comptes import ACTES_COMPTES
from draille.mesures.convention.actes_rapport_charges import ACTES_RAPPORT
from draille.mesures.convention.actes_suivi import ACTES_SUIVI
from draille.mesures.convention.views_encarts import TUILES
from draille.moteurs.delais.registre import Delai

# Une échéance reportée reste sans suite ; celle qui la remplace est un autre objet.
ECHEANCES = Delai(
    code="convention.echeance",
    libelle="Échéance de la convention",
    ouvert_par=("convention.fixer_echeance",),
    ferme_par=("convention.tenir_echeance",),
    abandonne_par=("convention.reporter_echeance",),
    limite_charge="avant_le",
)

MESURE = Mesure(
    code="convention",
    libelle="Convention",
    # Chacun ajoute ici son tuple : ACTES_SUIVI, ACTES_COMPTES, ACTES_RAPPORT…
    actes=(*ACTES, *ACTES_AVENANT, *ACTES_SUIVI, *ACTES_COMPTES, *ACTES_RAPPORT),
    delais=(ECHEANCES,),
    menu=(
        Entree("Convention", "convention:page", ACCES["voir"], rang=60),
        Entree("Pilotage", "convention:pilotage", ACCES["piloter"], rang=61),
    ),
    tuiles=TUILES,
)
