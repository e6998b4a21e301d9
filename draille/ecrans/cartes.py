"""La carte : des lieux, des traits des communes vers eux, des communes ombrées. Aucun nom suivi.

La page donne toujours la même chose en table : la carte n'ajoute que la vue d'ensemble. Chaque
série (un référent) a un numéro, une couleur et un motif de trait : la couleur n'est jamais seule.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

COULEURS = 6
MOTIFS = 4
HACHURES = 4
INCONNU = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lieu:
    """Un point de la carte : un bureau. Position WGS 84, en degrés. `code` est unique.

    `mots` : ce qui se dit au survol, à la place du nom. `est_creux` : dessiné sans remplissage (un
    lieu fermé, un lieu proposé).
    """

    code: str
    nom: str
    latitude: float
    longitude: float
    mots: str = ""
    est_creux: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Serie:
    """Un référent : `rang` (1, 2, 3…) est le numéro montré sur la carte et dans la légende."""

    rang: int
    nom: str

    @property
    def couleur(self) -> int:
        """La couleur, de 1 à 6 : elle revient, avec un autre motif."""
        return (self.rang - 1) % COULEURS + 1

    @property
    def motif(self) -> int:
        """Le motif du trait, de 1 à 4 : avec la couleur, vingt-quatre séries distinctes.

        Il change d'un rang au suivant : parmi les six premiers, deux couleurs qu'un daltonien
        confond n'ont jamais le même motif.
        """
        return (self.couleur - 1 + (self.rang - 1) // COULEURS) % MOTIFS + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """`nombre` personnes d'une commune (son identifiant) vers un lieu, pour une série.

    `cle` est unique ; la table de la page la répète sur ses lignes (`data-plan-cle`).
    """

    cle: str
    commune: int
    lieu: str
    serie: int
    nombre: int
    libelle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ton:
    """Une teinte de la légende, de la plus pleine (1) à la plus claire (3).

    `HACHURES` pour ce qui manque, `INCONNU` pour ce que l'on ne sait pas.
    """

    rang: int
    nom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ombre:
    """Une commune teintée (son identifiant, le rang de son ton), et ce qui s'en dit au survol."""

    commune: int
    ton: int
    mots: str


def dessiner(
    *,
    lieux: Sequence[Lieu],
    series: Sequence[Serie] = (),
    traits: Sequence[Trait] = (),
    tons: Sequence[Ton] = (),
    ombres: Sequence[Ombre] = (),
) -> dict[str, Any]:
    """Ce que le composant `<c-plan>` attend, prêt pour `json_script`.

    Lève ValueError si une clé se répète, si un trait cite un lieu ou une série absents, ou une
    ombre un ton que la légende n'a pas.
    """
    _une_fois("commune ombrée", [str(ombre.commune) for ombre in ombres])
    inconnus = {ombre.ton for ombre in ombres} - {ton.rang for ton in tons}
    if inconnus:
        raise ValueError(f"ton absent de la légende : {sorted(inconnus)}")
    _une_fois("lieu", [lieu.code for lieu in lieux])
    _une_fois("série", [str(serie.rang) for serie in series])
    _une_fois("trait", [trait.cle for trait in traits])
    codes, rangs = {lieu.code for lieu in lieux}, {serie.rang for serie in series}
    for trait in traits:
        if trait.lieu not in codes or trait.serie not in rangs:
            raise ValueError(f"le trait « {trait.cle} » cite un lieu ou une série absents")
    return {
        "lieux": [asdict(lieu) for lieu in lieux],
        "series": [asdict(s) | {"couleur": s.couleur, "motif": s.motif} for s in series],
        "traits": [asdict(trait) for trait in traits],
        "tons": [asdict(ton) for ton in tons],
        "ombres": {str(ombre.commune): [ombre.ton, ombre.mots] for ombre in ombres},
    }


def _une_fois(quoi: str, cles: list[str]) -> None:
    repetees = [cle for cle, nombre in Counter(cles).items() if nombre > 1]
    if repetees:
        raise ValueError(f"{quoi} répété sur la carte : {', '.join(repetees)}")
