"""Écrans : gabarits de base, composants, graphiques, lecture seule et accès."""
