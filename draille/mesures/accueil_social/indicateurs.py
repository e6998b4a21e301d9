"""Les indicateurs de l'accueil : le bloc B de la matrice du plan pauvreté.

La part de la population à moins de trente minutes est une figure de la ligne, calculée par la
couverture : ce n'est pas un compte d'actes. L'issue des orientations se compte au réseau.
"""

from draille.moteurs.indicateurs.registre import Indicateur

LIGNE = "accueil_social"
ACCUEILLIR = ("accueil_social.accueillir",)
SOURCE_B = "Plan pauvreté, bloc B de la matrice de septembre 2019 (à confirmer)"
SOURCE_R33 = "Document de référence du premier accueil social inconditionnel, janvier 2019"
_DU_DEPARTEMENT = "NOT (d.charge ->> 'est_hors_departement')::boolean"
_NOMMEE = "d.personne_id IS NOT NULL"


def _compte(code: str, libelle: str, definition: str, filtre: str, source: str) -> Indicateur:
    """Un simple compte de lignes d'accueil, chaque ligne une fois."""
    return Indicateur(
        code=code,
        version=1,
        libelle=libelle,
        definition=definition,
        source=source,
        denominateur=ACCUEILLIR,
        filtre=filtre,
        unicite="aucune",
        ligne_convention=LIGNE,
        unite="accueils",
    )


def _personnes(code: str, libelle: str, definition: str, filtre: str) -> Indicateur:
    """Un compte de personnes, chacune une fois par mois."""
    return Indicateur(
        code=code,
        version=1,
        libelle=libelle,
        definition=definition,
        source=SOURCE_B,
        denominateur=ACCUEILLIR,
        filtre=f"{_NOMMEE} AND {filtre}",
        ligne_convention=LIGNE,
    )


INDICATEURS = (
    _personnes(
        "accueil-personnes",
        "Personnes reçues par le Département",
        "Personnes reçues au moins une fois dans le mois par un point du Département, chacune une "
        "fois. Une personne qui n'a pas dit son nom n'y est pas : elle compte dans les accueils.",
        _DU_DEPARTEMENT,
    ),
    _personnes(
        "accueil-personnes-structures",
        "Personnes reçues par les autres structures",
        "Personnes reçues au moins une fois dans le mois par un point d'une structure hors "
        "Département, chacune une fois ; les personnes anonymes n'y sont pas.",
        "(d.charge ->> 'est_hors_departement')::boolean",
    ),
    _compte(
        "accueil-accueils",
        "Accueils",
        "Tous les accueils du mois, au guichet, au téléphone, à domicile, en allant vers les "
        "personnes ou au bus itinérant, anonymes compris.",
        "true",
        SOURCE_R33,
    ),
    _compte(
        "accueil-anonymes",
        "Accueils de personnes anonymes",
        "Accueils du mois où la personne n'a pas dit son nom. Rien n'en est gardé qui dise qui "
        "elle est.",
        "d.charge ->> 'identite' = 'anonyme'",
        SOURCE_R33,
    ),
    Indicateur(
        code="accueil-reponse-immediate",
        version=1,
        libelle="Accueils avec une réponse immédiate",
        definition=(
            "Part des accueils du mois où quelque chose a été répondu tout de suite : information, "
            "droits, aide d'urgence, formulaire, rendez-vous, lieu indiqué ou orientation."
        ),
        source=SOURCE_R33,
        denominateur=ACCUEILLIR,
        numerateur=("accueil_social.accueillir", "accueil_social.completer"),
        condition="jsonb_array_length(n.charge -> 'reponses') > 0 AND n.le = d.le",
        unicite="aucune",
        ligne_convention=LIGNE,
        unite="accueils",
    ),
)
