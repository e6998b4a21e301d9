"""Les écrans des messages : la boîte d'envoi, les modèles, le panneau du dossier."""
