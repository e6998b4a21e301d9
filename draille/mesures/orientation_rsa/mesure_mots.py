"""Comment se disent, au dossier, les champs et les valeurs codées des charges de l'orientation.

Les catégories d'entrée se disent dans suivi_rsa, qui les écrit ; « telephone », dans le noyau.
"""

from draille.mesures.orientation_rsa.regles import MODES, table

_TABLE = table()
_PARTAGES = {"telephone"}

MOTS = {
    "canal": "canal",
    "courriel": "courriel",
    "courrier": "courrier",
    "espace": "espace personnel en ligne",
    "est_ecart": "s'écarte de la proposition",
    "mode": "rencontre",
    "regime": "régime",
    "regle": "règle appliquée",
    "remise": "remise en main propre",
    "type_propose": "type proposé",
    **_TABLE.types,
    **_TABLE.organismes,
    **{code: nom.lower() for code, nom in MODES.items() if code not in _PARTAGES},
    **{regime.code: regime.libelle for regime in _TABLE.regimes},
    **{regle.code: regle.quand for regime in _TABLE.regimes for regle in regime.regles},
}
