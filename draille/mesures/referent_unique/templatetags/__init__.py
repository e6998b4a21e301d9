"""Étiquettes de gabarit de la mesure."""
