"""Comment se disent les champs et les valeurs codées des charges de la formation."""

MOTS = {
    "demi_journees": "demi-journées",
    "est_en_attente": "en liste d'attente",
    "est_forme": "compte comme formé",
    "est_presente": "présent",
    "formes": "professionnels formés",
    "heures": "heures",
    "inscrits": "inscrits",
    "inscriptions": "inscriptions annulées",
    "montant_prevu": "coût prévu",
    "montant_reel": "coût réel",
    "places": "places",
    "presents": "présents",
    "theme": "thème",
}
