"""Le refus : la réponse d'un acte que le droit, les règles ou l'état du dossier n'admettent pas."""


class Refus(Exception):
    """Un acte refusé, avec de quoi le comprendre et s'en expliquer.

    `code` est stable (`orientation_rsa.deja_orientee`) : il s'écrit dans les journaux techniques,
    qui ne reçoivent jamais le message. `message` est une phrase pour la personne à l'écran.
    `base_legale` cite le texte appliqué, vide quand le refus ne tient pas au droit.
    """

    def __init__(self, *, code: str, message: str, base_legale: str = "") -> None:
        """Construit le refus ; `message` est en français et dit quoi faire."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.base_legale = base_legale

    def __str__(self) -> str:
        """Le message seul : c'est ce que l'on montre."""
        return self.message

    def __repr__(self) -> str:
        """Le code seul : une trace technique ne doit pas emporter de valeur personnelle."""
        return f"{type(self).__name__}(code={self.code!r})"

    # Sans cela, copier ou transmettre un refus entre processus échoue : Exception se reconstruit
    # avec ses arguments positionnels, et ceux-ci sont nommés.
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Permet la copie et le passage d'un processus à l'autre."""
        return _reconstruire, (type(self), self.code, self.message, self.base_legale)


def _reconstruire(classe: type[Refus], code: str, message: str, base_legale: str) -> Refus:
    return classe(code=code, message=message, base_legale=base_legale)
