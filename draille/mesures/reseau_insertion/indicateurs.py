"""Ce que deviennent les orientations : répondues à temps, abouties, refusées, perdues, retirées."""

from pathlib import Path

from draille.moteurs.indicateurs.registre import Indicateur
from draille.moteurs.partage import calcul
from draille.socle.parametres import Registre

LIGNE = "accueil_social"
SOURCE = "Suivi local des orientations ; CASF L263-2 (pacte territorial)"
REPONSES = (
    "partage.accepter",
    "partage.recevoir",
    "partage.poursuivre",
    "partage.terminer",
    "partage.refuser",
    "partage.perdre",
)
ABOUTIR = ("partage.recevoir", "partage.poursuivre", "partage.terminer")

# Le fichier livré seul : un réglage local ne change pas une définition.
_PARAMETRES = Registre.charger([Path(calcul.__file__).with_name("parametres.yaml")])
_JOURS = int(str(_PARAMETRES.historique("partage.delai_reponse")[-1].valeur))


def _part(code: str, libelle: str, phrase: str, numerateur: tuple[str, ...]) -> Indicateur:
    return Indicateur(
        code=code,
        version=1,
        libelle=libelle,
        definition=(
            f"Part des orientations {phrase}, parmi toutes celles qui ont été faites dans le mois, "
            "transmises dans Draille ou non. Compté au mois de l'orientation, une fois par "
            "orientation."
        ),
        source=SOURCE,
        denominateur=("partage.orienter",),
        numerateur=numerateur,
        unicite="aucune",
        ligne_convention=LIGNE,
        unite="orientations",
    )


INDICATEURS = (
    Indicateur(
        code="orientations-repondues",
        version=1,
        libelle=f"Orientations dont on sait la suite en {_JOURS} jours",
        definition=(
            "Part des orientations faites dans le mois pour lesquelles une réponse, favorable ou "
            f"non, est écrite dans les {_JOURS} jours. Compté au mois de l'orientation, une fois "
            "par orientation."
        ),
        source=SOURCE,
        denominateur=("partage.orienter",),
        numerateur=REPONSES,
        condition=f"n.le <= d.le + {_JOURS}",
        unicite="aucune",
        ligne_convention=LIGNE,
        unite="orientations",
    ),
    _part(
        "orientations-abouties",
        "Orientations abouties",
        "où la personne a été reçue par le partenaire ou le lieu",
        ABOUTIR,
    ),
    _part(
        "orientations-refusees",
        "Orientations refusées",
        "que le partenaire a refusées en disant pourquoi",
        ("partage.refuser",),
    ),
    _part(
        "orientations-perdues",
        "Orientations sans nouvelles",
        "où l'on a, un moment au moins, perdu la personne de vue",
        ("partage.perdre",),
    ),
    _part(
        "orientations-retirees",
        "Accords retirés",
        "fermées parce que la personne a retiré son accord",
        ("partage.fermer_orientation",),
    ),
)
