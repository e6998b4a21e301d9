"""La mention d'une décision prise avec un calcul : CRPA L311-3-1 et R311-3-1-1."""

# Ce que R311-3-1-1 demande, et les mots où on le reconnaît.
ELEMENTS = (
    ("le fondement de la décision", "sur le fondement d'un traitement algorithmique"),
    ("la finalité du traitement", "finalité"),
    ("le droit d'obtenir les règles", "communication des règles"),
    ("le droit d'obtenir les principales caractéristiques", "principales caractéristiques"),
    ("à qui et comment les demander", "pour les demander"),
    ("la saisine de la CADA", "saisir"),
    ("la commission à saisir", "Commission d'accès aux documents administratifs"),
    ("l'article L. 311-3-1", "L. 311-3-1"),
    ("l'article R. 311-3-1-1", "R. 311-3-1-1"),
    ("la loi informatique et libertés", "78-17"),
)


def composer_mention(*, gabarit: str, finalite: str, demande: str) -> str:
    """La mention, finalité et adresse remplies.

    Lève ValueError si l'une est vide, ou si un élément exigé par R311-3-1-1 manque.
    """
    if not finalite.strip() or not demande.strip():
        raise ValueError("la mention demande une finalité et une adresse")
    mention = gabarit.replace("{finalite}", finalite.strip()).replace("{demande}", demande.strip())
    mention = " ".join(mention.split())
    absents = elements_absents(mention)
    if absents:
        raise ValueError(f"la mention ne dit pas {', ni '.join(absents)}")
    return mention


def elements_absents(texte: str) -> tuple[str, ...]:
    """Ce que R311-3-1-1 demande et que ce texte ne dit pas ; rien s'il est complet."""
    dit = " ".join(texte.split()).casefold()
    return tuple(nom for nom, mots in ELEMENTS if mots.casefold() not in dit)


def porte_mention(texte: str) -> bool:
    """Vrai si ce texte porte tous les éléments de la mention."""
    return not elements_absents(texte)
