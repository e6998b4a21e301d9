"""Comment se disent, au dossier, les champs et les valeurs codées des charges d'un accueil."""

from draille.moteurs.annuaire.registre import tous

# Ceux-ci se disent déjà à l'orientation.
_DEJA_DITS = ("emploi", "mobilite")

MOTS = {
    "aide_urgence": "aide d'urgence",
    "aller_vers": "aller vers",
    "besoins": "besoins",
    "bus": "bus itinérant",
    "connue": "personne connue",
    "droits": "droits et démarches",
    "est_hors_departement": "par une structure hors Département",
    "est_privee": "note privée",
    "formulaire": "formulaire rempli",
    "guichet": "au guichet",
    "heure": "heure",
    "identite": "qui",
    "lieu_indique": "lieu indiqué",
    "note_id": "note",
    "nouvelle": "nouvelle personne",
    "paroles": "ce qu'elle demande",
    "point_id": "lieu",
    "prevue": "prévue",
    "reponses": "réponses",
    "spontanee": "spontanée",
    "suite": "suite convenue",
    "suite_le": "date de la suite",
    "venue": "venue",
    "visite": "à domicile",
    **{b.code: b.libelle.lower() for b in tous().values() if b.code not in _DEJA_DITS},
}
