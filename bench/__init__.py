"""Les mesures de vitesse et de mémoire : `make bench`."""
