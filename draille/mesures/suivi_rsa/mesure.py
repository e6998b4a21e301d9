"""Le descripteur de la mesure."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure, Quotidien
from draille.mesures.suivi_rsa import (
    actes,
    actes_acompte,
    actes_budget,
    actes_historique,
    actes_prevision,
    regles,
)
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.views_encarts import PANNEAUX
from draille.noyau.journal.projections import Projection
from draille.noyau.journal.registre import ActeDeclare

ENTREES = Projection(
    nom="suivi_rsa.entrees",
    etat="""
SELECT id, personne_id, categorie::text, mois, connue_le, sortie_le FROM suivi_rsa_entree
""",
    recalcul="""
SELECT e.objet_id, e.personne_id, e.charge ->> 'categorie', (e.charge ->> 'mois')::date, e.le,
  CASE WHEN d.code = 'suivi_rsa.sortir' THEN d.le END
FROM noyau_lignejournal e
LEFT JOIN LATERAL (
  SELECT s.code, s.le FROM noyau_lignejournal s
  WHERE s.objet_id = e.objet_id AND s.code IN ('suivi_rsa.sortir', 'suivi_rsa.rectifier_sortie')
  ORDER BY s.id DESC LIMIT 1
) d ON true
WHERE e.code = 'suivi_rsa.entrer'
""",
)
MESURE = Mesure(
    code="suivi_rsa",
    libelle="Suivi du RSA",
    actes=(
        ActeDeclare("suivi_rsa.reprendre", 1, "Reprise du stock", actes.Reprendre),
        ActeDeclare("suivi_rsa.entrer", 1, "Nouvel entrant", actes.Entrer),
        ActeDeclare("suivi_rsa.sortir", 1, "Sortie", actes.Sortir),
        ActeDeclare("suivi_rsa.rectifier_sortie", 1, "Sortie rectifiée", actes.RectifierSortie),
        ActeDeclare("suivi_rsa.suspendre", 1, "Droit suspendu", actes.Suspendre),
        ActeDeclare("suivi_rsa.retablir", 1, "Droit rétabli", actes.Retablir),
        ActeDeclare("suivi_rsa.voter", 1, "Vote du budget du RSA", actes_budget.Voter),
        ActeDeclare(
            "suivi_rsa.constater_mandat", 1, "Mandat de RSA constaté", actes_budget.ConstaterMandat
        ),
        ActeDeclare(
            "suivi_rsa.importer_historique",
            1,
            "Historique du RSA importé",
            actes_historique.ImporterHistorique,
        ),
        ActeDeclare(
            "suivi_rsa.importer_acompte",
            1,
            "Demande d'acompte rapprochée",
            actes_acompte.ImporterAcompte,
        ),
    ),
    projections=(ENTREES,),
    menu=(Entree("Suivi du RSA", "rsa", ACCES["voir_chiffres"], 40),),
    panneaux=PANNEAUX,
    quotidiens=(Quotidien(nom="suivi_rsa.prevision", faire=actes_prevision.chaque_nuit),),
    mots={code: nom[0].lower() + nom[1:] for code, nom in regles.CATEGORIES.items()}
    | {
        "lignes_lues": "lignes lues",
        "remplacees": "remplacées",
        "ecarts": "dossiers en écart",
        "montant_demande": "montant demandé",
        "vote_le": "voté le",
        "non_publiee": "non publiée",
        "primitif": "budget primitif",
        "supplementaire": "budget supplémentaire",
        "modificative": "décision modificative",
    },
)
