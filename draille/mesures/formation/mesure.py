"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.actes import ACTES
from draille.mesures.formation.indicateurs import INDICATEURS
from draille.mesures.formation.mesure_mots import MOTS
from draille.mesures.formation.views_encarts import FIGURES, TUILES
from draille.noyau.journal.projections import Projection

_SESSIONS = Projection(
    nom="formation.sessions",
    etat="SELECT id, statut::text, places::integer, montant_reel FROM formation_session",
    recalcul="""
SELECT p.objet_id,
  CASE f.code WHEN 'formation.clore_session' THEN 'close'
    WHEN 'formation.annuler_session' THEN 'annulee' ELSE 'programmee' END,
  (p.charge ->> 'places')::integer, (f.charge ->> 'montant_reel')::numeric(12, 2)
FROM noyau_lignejournal p
LEFT JOIN noyau_lignejournal f ON f.objet_id = p.objet_id
  AND f.code IN ('formation.clore_session', 'formation.annuler_session')
WHERE p.code = 'formation.programmer_session'
""",
)

# Une inscription tombe avec sa session : l'attente à la clôture, toutes à l'annulation.
_INSCRIPTIONS = Projection(
    nom="formation.inscriptions",
    etat="SELECT id, session_id, professionnel_id, statut::text FROM formation_inscription",
    recalcul="""
SELECT i.id, i.session_id, i.professionnel_id,
  CASE WHEN i.statut IN ('inscrite', 'en_attente') AND f.code = 'formation.annuler_session'
      THEN 'annulee'
    WHEN i.statut = 'en_attente' AND f.code IS NOT NULL THEN 'annulee'
    ELSE i.statut END
FROM (
  SELECT DISTINCT ON ((charge ->> 'inscription_id')::bigint)
    (charge ->> 'inscription_id')::bigint AS id, (charge ->> 'session_id')::bigint AS session_id,
    (charge ->> 'professionnel_id')::bigint AS professionnel_id,
    CASE WHEN code = 'formation.se_desister' THEN 'desistee'
      WHEN code = 'formation.inscrire' AND (charge ->> 'est_en_attente')::boolean
        THEN 'en_attente'
      ELSE 'inscrite' END AS statut
  FROM noyau_lignejournal
  WHERE code IN ('formation.inscrire', 'formation.prendre_place', 'formation.se_desister')
  ORDER BY (charge ->> 'inscription_id')::bigint, noyau_lignejournal.id DESC
) i
LEFT JOIN noyau_lignejournal f ON f.objet_id = i.session_id
  AND f.code IN ('formation.clore_session', 'formation.annuler_session')
""",
)

_PRESENCES = Projection(
    nom="formation.presences",
    etat="SELECT inscription_id, demi_journee_id, est_presente FROM formation_presence",
    recalcul="""
SELECT DISTINCT ON (objet_id, (charge ->> 'demi_journee_id')::bigint)
  objet_id, (charge ->> 'demi_journee_id')::bigint, (charge ->> 'est_presente')::boolean
FROM noyau_lignejournal WHERE code = 'formation.emarger'
ORDER BY objet_id, (charge ->> 'demi_journee_id')::bigint, id DESC
""",
)

MESURE = Mesure(
    code="formation",
    libelle="Formation des professionnels",
    actes=ACTES,
    indicateurs=INDICATEURS,
    menu=(Entree("Formation", "formations", ACCES["voir"], 45),),
    projections=(_SESSIONS, _INSCRIPTIONS, _PRESENCES),
    tuiles=TUILES,
    figures=FIGURES,
    mots=MOTS,
)
