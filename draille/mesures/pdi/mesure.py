"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.pdi.acces import ACCES
from draille.mesures.pdi.actes import ACTES
from draille.mesures.pdi.views_encarts import TUILES
from draille.moteurs.delais.registre import Delai

DELAIS = (
    Delai(
        code="pdi.deliberation",
        libelle="Délibération annuelle du PDI",
        ouvert_par=("pdi.attendre",),
        ferme_par=("pdi.adopter", "pdi.deliberer", "pdi.adapter"),
        limite_charge="avant_le",
    ),
)

MESURE = Mesure(
    code="pdi",
    libelle="Programme départemental d'insertion",
    actes=ACTES,
    delais=DELAIS,
    menu=(Entree("PDI", "pdi", ACCES["voir"], rang=63),),
    tuiles=TUILES,
)
