"""Deux fiches disent-elles la même personne ? Pur : ni Django, ni base, ni horloge."""
