"""Étiquettes de gabarit des écrans."""
