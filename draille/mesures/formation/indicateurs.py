"""Les indicateurs de la formation : qui a été formé, par thème, et les demi-journées suivies.

Un professionnel compte une fois par an, au mois de sa première demi-journée de l'année (et une fois
par an et par thème). Le territoire est celui du lieu de la session.
"""

from draille.mesures.formation import regles_catalogue
from draille.moteurs.indicateurs.registre import Indicateur

LIGNE = "formation"
SUIVIES = ("formation.suivre",)
SOURCE = "Plan pauvreté, bloc F : professionnels formés par thématique"
_FORMES = "d.charge ->> 'est_forme' = 'true'"
_DEFINITION = (
    "Professionnels distincts, du Département et de ses partenaires, qui ont suivi au moins la "
    "part fixée (paramètre formation.part_suivie_min) d'une session{theme} close. Chacun compte "
    "une fois par année civile, au mois de sa première demi-journée ; le territoire est celui du "
    "lieu de la session."
)


def _par_theme(theme: regles_catalogue.Theme) -> Indicateur:
    return Indicateur(
        code=f"formation-theme-{theme.code}",
        version=1,
        libelle=f"Professionnels formés : {theme.libelle[0].lower()}{theme.libelle[1:]}",
        definition=_DEFINITION.format(theme=f" du thème « {theme.libelle} »"),
        source=SOURCE,
        denominateur=SUIVIES,
        filtre=f"{_FORMES} AND d.charge ->> 'theme' = '{theme.code}'",
        unicite="premiere",
        sujet="objet",
        ligne_convention=LIGNE,
        unite="professionnels",
    )


INDICATEURS = (
    Indicateur(
        code="formation-professionnels",
        version=1,
        libelle="Professionnels formés",
        definition=_DEFINITION.format(theme=""),
        source=SOURCE,
        denominateur=SUIVIES,
        filtre=_FORMES,
        unicite="premiere",
        sujet="objet",
        ligne_convention=LIGNE,
        unite="professionnels",
    ),
    Indicateur(
        code="formation-demi-journees",
        version=1,
        libelle="Demi-journées de formation suivies",
        definition=(
            "Demi-journées suivies dans les sessions closes, une par professionnel présent à "
            "l'émargement, au mois de la demi-journée. Les heures, qui s'en additionnent, sont à "
            "la page « Chiffres » de la formation."
        ),
        source="Suivi local de la formation, d'après l'émargement",
        denominateur=SUIVIES,
        unicite="aucune",
        ligne_convention=LIGNE,
        unite="demi-journées",
    ),
    *(_par_theme(theme) for theme in regles_catalogue.tous().values()),
)
