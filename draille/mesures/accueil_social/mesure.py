"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.actes.charges import ACTES
from draille.mesures.accueil_social.indicateurs import INDICATEURS
from draille.mesures.accueil_social.indicateurs_couverture import FIGURES
from draille.mesures.accueil_social.mesure_mots import MOTS
from draille.mesures.accueil_social.views_encarts import PANNEAUX, TUILES
from draille.noyau.journal.projections import Projection

_ACCUEILS = Projection(
    nom="accueil_social.accueils",
    etat="SELECT id, ligne_id, le, identite::text FROM accueil_social_accueil",
    recalcul="""
SELECT objet_id, id, le, charge ->> 'identite'
FROM noyau_lignejournal WHERE code = 'accueil_social.accueillir'
""",
)

_BESOINS = Projection(
    nom="accueil_social.besoins",
    etat="SELECT accueil_id, code::text FROM accueil_social_besoin",
    recalcul="""
SELECT objet_id, jsonb_array_elements_text(charge -> 'besoins')
FROM noyau_lignejournal WHERE code IN ('accueil_social.accueillir', 'accueil_social.completer')
""",
)

MESURE = Mesure(
    code="accueil_social",
    libelle="Premier accueil social",
    actes=ACTES,
    indicateurs=INDICATEURS,
    menu=(
        Entree("Accueillir", "accueil_nouveau", ACCES["accueillir"], 10),
        Entree("Accueils", "accueils", ACCES["voir_accueils"], 11),
        Entree("Annuaire", "annuaire", ACCES["voir_annuaire"], 12),
        Entree("Couverture", "couverture", ACCES["voir_couverture"], 13),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    projections=(_ACCUEILS, _BESOINS),
    mots=MOTS,
    figures=FIGURES,
)
