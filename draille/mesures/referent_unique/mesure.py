"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.actes import ABONNEMENTS, ACTES
from draille.mesures.referent_unique.indicateurs import INDICATEURS
from draille.mesures.referent_unique.mesure_mots import MOTS
from draille.mesures.referent_unique.views_encarts import PANNEAUX, TUILES
from draille.moteurs.delais.registre import Delai
from draille.noyau.journal.projections import Projection
from draille.socle.acces import Role, a_role

DELAIS = (
    Delai(
        code="referent_unique.designer",
        libelle="Désigner le référent unique",
        # L'ouverture de la demande, et non l'orientation : qui garde son référent n'attend rien.
        ouvert_par=("referent_unique.demander",),
        ferme_par=("referent_unique.designer",),
        abandonne_par=("suivi_rsa.sortir",),
        retabli_par=("suivi_rsa.rectifier_sortie",),
        parametre="referent_unique.delai_designer",
    ),
)

_DESIGNATIONS = Projection(
    nom="referent_unique.designations",
    etat="""
SELECT r.personne_id, r.agent_id, r.debut, g.mode::text, g.minutes
FROM referent_unique_designation g JOIN noyau_referent r ON r.id = g.referent_id
""",
    recalcul="""
SELECT personne_id, (charge->>'agent_id')::bigint, le, charge->>'mode',
  (charge->>'minutes')::integer
FROM noyau_lignejournal WHERE code = 'referent_unique.designer'
""",
)

_RELECTURES = Projection(
    nom="referent_unique.relectures",
    etat="""
SELECT l.id, l.decision::text, l.retenu_id, l.relue_le FROM referent_unique_lignecalcul l
WHERE l.decision IN ('acceptee', 'changee', 'ecartee')
""",
    recalcul="""
SELECT (charge->>'ligne_id')::bigint, charge->>'decision', (charge->>'agent_id')::bigint, le
FROM noyau_lignejournal WHERE code = 'referent_unique.relire'
""",
)

MESURE = Mesure(
    code="referent_unique",
    libelle="Référent unique",
    actes=ACTES,
    delais=DELAIS,
    indicateurs=INDICATEURS,
    abonnements=ABONNEMENTS,
    projections=(_DESIGNATIONS, _RELECTURES),
    menu=(
        Entree("Ma file", "referents_ma_file", a_role(Role.REFERENT), 22),
        Entree("Référents", "referents", ACCES["voir_propositions"], 24),
        Entree("Charges", "referents_charges", ACCES["voir_portefeuilles"], 26),
    ),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
)
