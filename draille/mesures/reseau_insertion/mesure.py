"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.actes import ABONNEMENTS
from draille.mesures.reseau_insertion.indicateurs import INDICATEURS, REPONSES
from draille.mesures.reseau_insertion.mesure_mots import MOTS
from draille.mesures.reseau_insertion.views_encarts import PANNEAUX, TUILES
from draille.moteurs.delais.registre import Delai

DELAIS = (
    Delai(
        code="reseau_insertion.reponse",
        libelle="Suite d'une orientation (réponse du partenaire)",
        ouvert_par=("partage.orienter",),
        ferme_par=REPONSES,
        abandonne_par=("partage.fermer_orientation",),
        parametre="partage.delai_reponse",
    ),
)

MESURE = Mesure(
    code="reseau_insertion",
    libelle="Réseau de l'insertion",
    delais=DELAIS,
    indicateurs=INDICATEURS,
    abonnements=ABONNEMENTS,
    menu=(
        Entree("Orientations reçues", "partenaire_recues", ACCES["recevoir"], 5),
        Entree("Orientations", "orientations_suivies", ACCES["suivre"], 14),
        Entree("Partenaires", "partenaires", ACCES["voir_partenaires"], 15),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
)
