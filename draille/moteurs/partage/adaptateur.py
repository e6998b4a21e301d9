"""Le partage, en un seul endroit : ses actes et ses lectures."""

from draille.moteurs.partage.adaptateur_commun import ROLES_ORIENTER, ROLES_PARTENAIRES
from draille.moteurs.partage.adaptateur_consentements import consentir, retirer_consentement
from draille.moteurs.partage.adaptateur_lectures import (
    Accompagnement,
    ASuivre,
    Recue,
    a_suivre,
    comptes_par_statut,
    consentements_de,
    de_l_accueil,
    de_la_personne,
    orientation,
    qui_accompagne,
    recue,
    recues_par,
    suivies,
)
from draille.moteurs.partage.adaptateur_liens import (
    LienOuvert,
    creer_lien,
    resoudre,
    tracer_consultation,
    tracer_liste,
    tracer_ouverture,
)
from draille.moteurs.partage.adaptateur_orientations import (
    DemandeOrientation,
    orienter,
    prendre_acte,
    relancer,
)
from draille.moteurs.partage.adaptateur_partenaires import (
    FichePartenaire,
    fermer_partenaire,
    inscrire_partenaire,
    modifier_partenaire,
    partenaires,
)
from draille.moteurs.partage.adaptateur_reponses import (
    accepter,
    perdre,
    poursuivre,
    recevoir,
    refuser,
    terminer,
)

__all__ = [
    "ROLES_ORIENTER",
    "ROLES_PARTENAIRES",
    "ASuivre",
    "Accompagnement",
    "DemandeOrientation",
    "FichePartenaire",
    "LienOuvert",
    "Recue",
    "a_suivre",
    "accepter",
    "comptes_par_statut",
    "consentements_de",
    "consentir",
    "creer_lien",
    "de_l_accueil",
    "de_la_personne",
    "fermer_partenaire",
    "inscrire_partenaire",
    "modifier_partenaire",
    "orientation",
    "orienter",
    "partenaires",
    "perdre",
    "poursuivre",
    "prendre_acte",
    "qui_accompagne",
    "recevoir",
    "recue",
    "recues_par",
    "refuser",
    "relancer",
    "resoudre",
    "retirer_consentement",
    "suivies",
    "terminer",
    "tracer_consultation",
    "tracer_liste",
    "tracer_ouverture",
]
