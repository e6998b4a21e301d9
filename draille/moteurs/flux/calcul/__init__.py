"""Lecture pure des fichiers reçus : CAF et MSA, contacts, tableurs. Aucune base, aucune horloge."""
