"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure, Quotidien
from draille.mesures.rendez_vous.acces import ACCES
from draille.mesures.rendez_vous.actes import (
    ABONNEMENTS,
    ACTES,
    ouvrir_les_jours_a_venir,
)
from draille.mesures.rendez_vous.indicateurs import INDICATEURS
from draille.mesures.rendez_vous.mesure_mots import MOTS
from draille.mesures.rendez_vous.views_encarts import PANNEAUX, TUILES
from draille.moteurs.delais.registre import Delai
from draille.noyau.journal.projections import Projection

DELAIS = (
    Delai(
        code="rendez_vous.premier_accompagnement",
        libelle="Premier rendez-vous d'accompagnement (15 jours)",
        ouvert_par=("orientation_rsa.orienter",),
        ferme_par=("rendez_vous.honorer_referent",),
        abandonne_par=("suivi_rsa.sortir",),
        retabli_par=("suivi_rsa.rectifier_sortie",),
        parametre="rendez_vous.delai_accompagnement",
    ),
)

_DEMANDES = Projection(
    nom="rendez_vous.demandes",
    etat="""
SELECT id, personne_id, objet_id, motif::text, rang::integer, avant_le, agent_id, statut::text
FROM rendez_vous_demanderendezvous
""",
    recalcul="""
SELECT d.id, d.personne_id, d.objet_id, d.motif, d.rang, d.avant_le, d.agent_id,
  CASE s.fait
    WHEN 'rendez_vous.demander' THEN 'a_convoquer'
    WHEN 'rendez_vous.fixer' THEN 'convoquee'
    WHEN 'rendez_vous.fixer_referent' THEN 'convoquee'
    WHEN 'signalee' THEN 'signalee'
    WHEN 'sans_suite' THEN 'sans_suite'
    WHEN 'classee' THEN 'sans_suite'
    ELSE 'satisfaite'
  END
FROM (
  SELECT DISTINCT ON ((charge ->> 'demande_id')::bigint) (charge ->> 'demande_id')::bigint AS id,
    personne_id, objet_id, charge ->> 'motif' AS motif, (charge ->> 'rang')::integer AS rang,
    (charge ->> 'avant_le')::date AS avant_le, (charge ->> 'agent_id')::bigint AS agent_id
  FROM noyau_lignejournal WHERE code = 'rendez_vous.demander'
  ORDER BY (charge ->> 'demande_id')::bigint, noyau_lignejournal.id DESC
) d
JOIN (
  SELECT DISTINCT ON ((charge ->> 'demande_id')::bigint) (charge ->> 'demande_id')::bigint AS id,
    coalesce(charge ->> 'issue', code) AS fait
  FROM noyau_lignejournal
  WHERE code IN ('rendez_vous.demander', 'rendez_vous.clore_demande', 'rendez_vous.fixer',
    'rendez_vous.fixer_referent', 'rendez_vous.honorer', 'rendez_vous.honorer_referent')
  ORDER BY (charge ->> 'demande_id')::bigint, noyau_lignejournal.id DESC
) s ON s.id = d.id
""",
)

_RENDEZ_VOUS = Projection(
    nom="rendez_vous.rendez_vous",
    etat="""
SELECT id, personne_id, objet_id, motif::text, rang::integer, jour, statut::text
FROM rendez_vous_rendezvous
""",
    recalcul="""
SELECT DISTINCT ON ((charge ->> 'rendez_vous_id')::bigint) (charge ->> 'rendez_vous_id')::bigint,
  personne_id, objet_id, charge ->> 'motif', (charge ->> 'rang')::integer,
  (charge ->> 'jour')::date,
  CASE code
    WHEN 'rendez_vous.honorer' THEN 'honore'
    WHEN 'rendez_vous.honorer_referent' THEN 'honore'
    WHEN 'rendez_vous.excuser' THEN 'excuse'
    WHEN 'rendez_vous.manquer' THEN 'manque'
    WHEN 'rendez_vous.annuler' THEN 'annule'
    ELSE 'fixe'
  END
FROM noyau_lignejournal
WHERE code IN ('rendez_vous.fixer', 'rendez_vous.fixer_referent', 'rendez_vous.honorer',
  'rendez_vous.honorer_referent', 'rendez_vous.excuser', 'rendez_vous.manquer',
  'rendez_vous.annuler')
ORDER BY (charge ->> 'rendez_vous_id')::bigint, id DESC
""",
)

MESURE = Mesure(
    code="rendez_vous",
    libelle="Rendez-vous",
    actes=ACTES,
    delais=DELAIS,
    indicateurs=INDICATEURS,
    abonnements=ABONNEMENTS,
    projections=(_DEMANDES, _RENDEZ_VOUS),
    menu=(
        Entree("Convocations", "convocations", ACCES["voir_convocations"], 22),
        Entree("Agenda", "agenda", ACCES["voir_agenda"], 24),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
    quotidiens=(Quotidien(nom="rendez_vous.creneaux", faire=ouvrir_les_jours_a_venir),),
)
