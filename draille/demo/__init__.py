"""Le Département de démonstration : population fictive, fichiers au vrai format, jeu des mois."""
