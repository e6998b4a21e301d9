"""Lire le référent unique : une porte pour ce que demandent les écrans et les autres étages."""

from draille.mesures.referent_unique.lectures_charges import (
    ChargeLue,
    DemandeLue,
    Dossier,
    TerritoireLu,
    a_confier,
    charges,
    file_active,
    minutes_par_territoire,
)
from draille.mesures.referent_unique.lectures_explication import (
    ChoixPossible,
    Fiche,
    PourquoiPas,
    choix,
    fiche,
    pourquoi_pas,
)
from draille.mesures.referent_unique.lectures_historique import (
    Passage,
    a_annoncer,
    historique,
    motifs_changement,
)
from draille.mesures.referent_unique.lectures_page import (
    PageAlgorithme,
    ParametreLu,
    page_algorithme,
)
from draille.mesures.referent_unique.lectures_passation import RendezVousLu, a_transmettre
from draille.mesures.referent_unique.lectures_pilotage import (
    Comparaison,
    EtSi,
    GroupeParite,
    Mesures,
    Resultat,
    comparaison_premier_arrive,
    et_si_un_poste,
    parite,
)
from draille.mesures.referent_unique.lectures_places import agents_admis, portefeuille
from draille.mesures.referent_unique.lectures_proposition import (
    CalculResume,
    ChargeAvantApres,
    LigneLue,
    PropositionLue,
    calculs,
    derniere,
    ligne,
    orientation_libelle,
    proposition,
)

__all__ = [
    "CalculResume",
    "ChargeAvantApres",
    "ChargeLue",
    "ChoixPossible",
    "Comparaison",
    "DemandeLue",
    "Dossier",
    "EtSi",
    "Fiche",
    "GroupeParite",
    "LigneLue",
    "Mesures",
    "PageAlgorithme",
    "ParametreLu",
    "Passage",
    "PourquoiPas",
    "PropositionLue",
    "RendezVousLu",
    "Resultat",
    "TerritoireLu",
    "a_annoncer",
    "a_confier",
    "a_transmettre",
    "agents_admis",
    "calculs",
    "charges",
    "choix",
    "comparaison_premier_arrive",
    "derniere",
    "et_si_un_poste",
    "fiche",
    "file_active",
    "historique",
    "ligne",
    "minutes_par_territoire",
    "motifs_changement",
    "orientation_libelle",
    "page_algorithme",
    "parite",
    "portefeuille",
    "pourquoi_pas",
    "proposition",
]
