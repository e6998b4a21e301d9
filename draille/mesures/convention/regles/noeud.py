"""La lecture stricte d'un fichier, partagée par toutes les mesures : voir `draille.socle.noeud`."""

from draille.socle.noeud import NON_PUBLIE, ErreurFichier, Noeud, lire_racine

__all__ = ["NON_PUBLIE", "ErreurFichier", "Noeud", "lire_racine"]
