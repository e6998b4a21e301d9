"""Le descripteur de la mesure : ce qu'elle apporte au journal et aux moteurs."""

from draille.ecrans.menu import Entree
from draille.mesures import Mesure
from draille.mesures.orientation_rsa.acces import ACCES
from draille.mesures.orientation_rsa.actes import ABONNEMENTS, ACTES
from draille.mesures.orientation_rsa.indicateurs import INDICATEURS
from draille.mesures.orientation_rsa.mesure_mots import MOTS
from draille.mesures.orientation_rsa.views_encarts import PANNEAUX, TUILES
from draille.moteurs.delais.registre import Delai
from draille.noyau.journal.projections import Projection


def _delai(nom: str, libelle: str) -> Delai:
    """Une horloge de l'orientation : de l'entrée connue à la première décision."""
    return Delai(
        code=f"orientation_rsa.{nom}",
        libelle=libelle,
        ouvert_par=("suivi_rsa.entrer",),
        ferme_par=("orientation_rsa.orienter",),
        abandonne_par=("suivi_rsa.sortir",),
        retabli_par=("suivi_rsa.rectifier_sortie",),
        parametre=f"orientation_rsa.delai_{nom}",
    )


# Trois codes et non un seul : la promesse et la loi se lisent côte à côte, chacune à sa source.
DELAIS = (
    _delai("convention", "Orienter dans le mois (convention)"),
    _delai("loi_2_mois", "Orienter dans les deux mois (loi, jusqu'à fin 2024)"),
    _delai("loi_6_semaines", "Orienter dans les six semaines (loi, depuis 2025)"),
)

_ORIENTATIONS = Projection(
    nom="orientation_rsa.orientations",
    etat="""
SELECT s.entree_id, o.rang::integer AS rang, o.type_parcours::text, o.organisme::text, o.decidee_le
FROM orientation_rsa_orientation o JOIN orientation_rsa_suivi s ON s.id = o.suivi_id
WHERE o.est_en_cours
""",
    recalcul="""
SELECT DISTINCT ON (objet_id) objet_id, (charge->>'rang')::integer, charge->>'type_parcours',
  charge->>'organisme', le
FROM noyau_lignejournal
WHERE code IN ('orientation_rsa.orienter', 'orientation_rsa.reorienter')
ORDER BY objet_id, id DESC
""",
)

_SUIVIS = Projection(
    nom="orientation_rsa.suivis",
    etat="""
SELECT entree_id, connue_le, rencontree_le, statut::text FROM orientation_rsa_suivi
""",
    recalcul="""
SELECT objet_id, (min(charge->>'connue_le') FILTER (WHERE code = 'orientation_rsa.ouvrir'))::date,
  min(le) FILTER (WHERE code = 'orientation_rsa.rencontrer'),
  CASE
    WHEN bool_or(code = 'orientation_rsa.orienter') THEN 'orientee'
    WHEN coalesce(max(id) FILTER (WHERE code = 'orientation_rsa.fermer_sans_suite'), 0)
      > coalesce(max(id) FILTER (WHERE code = 'orientation_rsa.rouvrir'), 0) THEN 'sans_suite'
    WHEN bool_or(code = 'orientation_rsa.rencontrer') THEN 'a_orienter'
    ELSE 'a_rencontrer'
  END
FROM noyau_lignejournal
WHERE code IN ('orientation_rsa.ouvrir', 'orientation_rsa.rencontrer', 'orientation_rsa.orienter',
  'orientation_rsa.fermer_sans_suite', 'orientation_rsa.rouvrir')
GROUP BY objet_id
""",
)

MESURE = Mesure(
    code="orientation_rsa",
    libelle="Orientation RSA",
    actes=ACTES,
    delais=DELAIS,
    indicateurs=INDICATEURS,
    abonnements=ABONNEMENTS,
    projections=(_ORIENTATIONS, _SUIVIS),
    menu=(Entree("Nouveaux entrants", "orientation", ACCES["voir_entrants"], 20),),
    panneaux=PANNEAUX,
    tuiles=TUILES,
    mots=MOTS,
)
