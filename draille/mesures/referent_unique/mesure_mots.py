"""Comment se disent, au dossier, les champs et les valeurs codées des charges de la mesure."""

MOTS = {
    "acceptee": "acceptée",
    "changee": "changée",
    "ecartee": "écartée",
    "est_en_continuite": "référent du foyer",
    "places_vues": "référents regardés",
    "calcul_id": "calcul",
    "de_agent_id": "de l'agent",
    "vers_agent_id": "à l'agent",
    "autonome": "se déplace en voiture",
    "sans_vehicule": "n'a pas de voiture",
    "proposition": "proposition acceptée",
    "changement": "proposition changée",
    "manuel": "choix d'un agent",
    "passation": "changement de référent",
    "sortie": "sortie du droit",
    "orientee_le": "orientation décidée le",
    "mobilite": "mobilité",
    "est_algorithmique": "préparée par un calcul",
}
