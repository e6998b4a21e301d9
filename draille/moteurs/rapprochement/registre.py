"""Ce qui empêche deux dossiers de n'en faire qu'un, dit en français.

La base seule sait quels états ne peuvent se cumuler : chaque règle y est une contrainte. Une mesure
peut dire la phrase de la sienne ; à défaut, le message nomme la table.
"""

_OBSTACLES: dict[str, str] = {
    "parcours_un_a_la_fois": "chacun a un parcours au même moment",
    "parcours_rang_unique": "chacun a son premier parcours de même nature",
    "referent_un_a_la_fois": "chacun a un référent de même nature au même moment",
    "membre_une_fois_a_la_fois": "les deux sont au même moment dans le même foyer",
    "entree_en_cours": "chacun a une entrée dans les droits et devoirs en cours",
    "situation_en_cours": "chacun a une situation en cours dans le même dossier RSA",
    "partage_un_consentement": "chacun a consenti au même partenaire",
    "rendez_vous_un_a_la_fois": "les deux ont un rendez-vous au même moment",
    "demande_rdv_vivante": "chacun attend le même rendez-vous",
}


def declarer_obstacle(contrainte: str, phrase: str) -> None:
    """Dit en français ce qu'empêche cette contrainte. Lève ValueError si elle est déjà dite."""
    if contrainte in _OBSTACLES:
        raise ValueError(f"obstacle déclaré deux fois : {contrainte}")
    _OBSTACLES[contrainte] = phrase


def obstacle(contrainte: str) -> str:
    """La phrase de cette contrainte, ou une phrase générale."""
    return _OBSTACLES.get(contrainte, "les deux ont quelque chose en cours qui ne peut être double")
