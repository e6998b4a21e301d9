"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.reseau_insertion.acces import ACCES
from draille.mesures.reseau_insertion.actes import ABONNEMENTS
from draille.mesures.reseau_insertion.indicateurs import INDICATEURS, REPONSES
from draille.mesures.reseau_insertion.mesure_mots import MOTS
from draille.mesures.reseau_insertion.views_encarts import PANNEAUX, TUILES
from draille.moteurs.delais.registre import Delai
from draille.noyau.journal.projections import Projection

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

_ORIENTATIONS = Projection(
    nom="partage.orientations",
    etat="""
SELECT id, personne_id, partenaire_id, envoyee_le, statut::text, suite_le,
  cle_partenaire IS NOT NULL AS est_ouverte
FROM partage_orientation
""",
    recalcul="""
SELECT o.objet_id, o.personne_id, (o.charge ->> 'partenaire_id')::bigint, o.le,
  CASE s.code
    WHEN 'partage.accepter' THEN 'acceptee'
    WHEN 'partage.recevoir' THEN 'recue'
    WHEN 'partage.poursuivre' THEN 'en_cours'
    WHEN 'partage.terminer' THEN 'terminee'
    WHEN 'partage.refuser' THEN 'refusee'
    WHEN 'partage.perdre' THEN 'perdue'
    WHEN 'partage.fermer_orientation' THEN 'retiree'
    ELSE 'envoyee'
  END, s.le,
  (o.charge ->> 'est_transmise')::boolean AND NOT EXISTS (
    SELECT 1 FROM noyau_lignejournal r
    WHERE r.code = 'partage.retirer_consentement' AND r.personne_id = o.personne_id
      AND r.charge ->> 'partenaire_id' = o.charge ->> 'partenaire_id' AND r.id > o.id)
FROM noyau_lignejournal o
LEFT JOIN LATERAL (
  SELECT n.code, n.le FROM noyau_lignejournal n
  WHERE n.objet_id = o.objet_id AND n.code IN ('partage.accepter', 'partage.recevoir',
    'partage.poursuivre', 'partage.terminer', 'partage.refuser', 'partage.perdre',
    'partage.fermer_orientation')
  ORDER BY n.id DESC LIMIT 1
) s ON true
WHERE o.code = 'partage.orienter'
""",
)

MESURE = Mesure(
    code="reseau_insertion",
    libelle="Réseau de l'insertion",
    delais=DELAIS,
    indicateurs=INDICATEURS,
    abonnements=ABONNEMENTS,
    projections=(_ORIENTATIONS,),
    menu=(
        Entree("Orientations reçues", "partenaire_recues", ACCES["recevoir"], 5),
        Entree("Orientations", "orientations_suivies", ACCES["suivre"], 14),
        Entree("Partenaires", "partenaires", ACCES["voir_partenaires"], 15),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
)
