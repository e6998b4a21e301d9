"""Les écrans des fichiers reçus : déposer, suivre, relire le compte rendu, corriger les rejets."""
