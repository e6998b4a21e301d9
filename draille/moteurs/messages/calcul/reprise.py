"""La patience : combien attendre après un échec."""


def attente_minutes(*, echecs: int, premiere: int, maximum: int) -> int:
    """Minutes à attendre après ce nombre d'échecs (1 ou plus) : doublées chaque fois, bornées."""
    # Au-delà de trente doublements, la borne est dépassée depuis longtemps.
    return int(min(premiere * 2 ** min(echecs - 1, 30), maximum))
