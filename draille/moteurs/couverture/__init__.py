"""Qui vit assez près d'un lieu ouvert, ce que change une fermeture, où ouvrir le prochain."""
