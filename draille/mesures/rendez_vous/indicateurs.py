"""Les indicateurs des rendez-vous : le tableau B4 du plan pauvreté, et la présence à l'accueil.

Les seuils viennent des paramètres datés : un seuil changé est une autre définition, donc une autre
version. La présence se compte sur les rendez-vous dont la suite est dite : l'agenda montre à côté
ceux dont elle ne l'est pas.
"""

from pathlib import Path

from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.parametres import Registre

LIGNE_REFERENT = "referent_unique"
LIGNE_ORIENTATION = "orientation_rsa"
ECHUS_REFERENT = (
    "rendez_vous.honorer_referent",
    "rendez_vous.excuser",
    "rendez_vous.manquer",
)
ECHUS_ORIENTATION = ("rendez_vous.honorer", "rendez_vous.excuser", "rendez_vous.manquer")
SOURCE_B4 = "Plan pauvreté, tableau B4 (tables publiques de WebRSA)"

# Le fichier de la mesure seul : un réglage local ne change pas une définition nationale.
_PARAMETRES = Registre.charger([Path(__file__).with_name("parametres.yaml")])
_DELAI = _PARAMETRES.historique("rendez_vous.delai_accompagnement")[-1]
_JOURS = int(str(_DELAI.valeur))


def _issue(code: str, libelle: str, phrase: str, numerateur: tuple[str, ...]) -> Indicateur:
    """Une part des rendez-vous d'accompagnement échus ; chacun répond de lui-même."""
    return Indicateur(
        code=code,
        version=1,
        libelle=libelle,
        definition=(
            f"{phrase}, parmi les rendez-vous d'accompagnement échus dont la suite est dite "
            "(honorés, absences excusées, absences non excusées ; les annulations du service n'y "
            "sont pas). Compté au mois du rendez-vous, une fois par rendez-vous."
        ),
        source=SOURCE_B4,
        denominateur=ECHUS_REFERENT,
        numerateur=numerateur,
        filtre="d.charge ->> 'motif' = 'referent'",
        reponse="la_meme",
        unicite="aucune",
        ligne_convention=LIGNE_REFERENT,
        unite="rendez-vous",
    )


INDICATEURS = (
    Indicateur(
        code="B4",
        version=1,
        libelle=f"Premier rendez-vous d'accompagnement dans les {_JOURS} jours",
        definition=(
            f"Part des personnes orientées dans le mois pour qui un premier rendez-vous "
            f"d'accompagnement, avec leur référent, a été fixé à un jour compris dans les {_JOURS} "
            "jours qui suivent l'orientation. Compté au mois de l'orientation, une fois par "
            "personne."
        ),
        source=_DELAI.reference,
        denominateur=("orientation_rsa.orienter",),
        numerateur=("rendez_vous.fixer_referent",),
        condition=f"(n.charge ->> 'jour')::date <= d.le + {_JOURS}",
        date_reponse="(n.charge ->> 'jour')::date",
        ligne_convention=LIGNE_REFERENT,
    ),
    _issue(
        "B4-presence",
        "Présents au rendez-vous d'accompagnement",
        "Part des rendez-vous honorés",
        ("rendez_vous.honorer_referent",),
    ),
    _issue(
        "B4-excuses",
        "Absents excusés au rendez-vous d'accompagnement",
        "Part des absences excusées",
        ("rendez_vous.excuser",),
    ),
    _issue(
        "B4-absences",
        "Absents sans excuse au rendez-vous d'accompagnement",
        "Part des absences non excusées",
        ("rendez_vous.manquer",),
    ),
    Indicateur(
        code="presence-orientation",
        version=1,
        libelle="Présents au premier rendez-vous d'orientation",
        definition=(
            "Part des rendez-vous honorés, parmi les rendez-vous d'orientation échus dont la suite "
            "est dite (honorés, absences excusées, absences non excusées). Compté au mois du "
            "rendez-vous, une fois par rendez-vous."
        ),
        source="Suivi local des convocations, sur la définition du tableau B4",
        denominateur=ECHUS_ORIENTATION,
        numerateur=("rendez_vous.honorer",),
        filtre="d.charge ->> 'motif' = 'orientation'",
        reponse="la_meme",
        unicite="aucune",
        ligne_convention=LIGNE_ORIENTATION,
        unite="rendez-vous",
    ),
)
