"""Le calcul de l'annuaire, sans base : ouvertures, lecture des fichiers, ressemblance."""
