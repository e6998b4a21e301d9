"""La barre de charge d'un référent, dessinée par le serveur. Pur : rend une chaîne.

Le dessin double des nombres écrits dans la même ligne du tableau : il est caché aux lecteurs
d'écran. Le motif, autant que la couleur, dit ce qui s'ajoute et ce qui dépasse.
"""

from decimal import Decimal
from xml.etree import ElementTree as ET

from draille.ecrans.svg import enfant, motifs, rectangle, trait

_NOM = "charge"
HAUTEUR = 22
# Les rangs des remplissages dans `draille.ecrans.svg` : plein, hachures, croix.
_DEJA, _EN_PLUS, _AU_DELA = 1, 2, 5
LEGENDE = (
    (_DEJA, "déjà confiés"),
    (_EN_PLUS, "ajoutés par la proposition"),
    (_AU_DELA, "au-delà des places"),
)


def motifs_de_charge() -> str:
    """Les remplissages, dans une image sans étendue que les barres citent."""
    svg = ET.Element("svg", {"class": "motifs-charge", "aria-hidden": "true", "focusable": "false"})
    motifs(svg, nom=_NOM, nombre=_AU_DELA)
    return ET.tostring(svg, encoding="unicode", short_empty_elements=False)


def barre_de_charge(*, avant: int, apres: int, places: int, maximum: int) -> str:
    """Une barre à l'échelle de `maximum` (dossiers) : le rail vaut les places du référent.

    `avant` et `apres` : dossiers confiés avant et après la proposition ; `apres` moindre que
    `avant` (un départ) laisse le vide visible entre la barre et le trait des places.
    """
    echelle = Decimal(max(maximum, avant, apres, places, 1))
    svg = ET.Element(
        "svg",
        {
            "class": "barre-charge",
            "height": str(HAUTEUR),
            "aria-hidden": "true",
            "focusable": "false",
        },
    )
    rectangle(svg, coin=(0, 3), taille=(_part(places, echelle), HAUTEUR - 6), classe="graphe__rail")
    for debut, fin, rang in _morceaux(avant, apres, places):
        morceau = rectangle(
            svg,
            coin=(_part(debut, echelle), 3),
            taille=(_part(fin - debut, echelle), HAUTEUR - 6),
            classe="graphe__bord",
        )
        morceau.set("fill", f"url(#{_NOM}-m{rang})")
    repere = _part(places, echelle)
    trait(svg, classe="barre-charge__places", de=(repere, 0), a=(repere, HAUTEUR))
    return ET.tostring(svg, encoding="unicode", short_empty_elements=False)


def cle_de_charge(rang: int) -> str:
    """Le petit carré de la légende."""
    svg = ET.Element("svg", {"aria-hidden": "true", "focusable": "false", "class": "cle-charge"})
    enfant(svg, "rect", width="24", height="16", fill=f"url(#{_NOM}-m{rang})")
    return ET.tostring(svg, encoding="unicode", short_empty_elements=False)


def _morceaux(avant: int, apres: int, places: int) -> list[tuple[int, int, int]]:
    """Les intervalles [debut, fin) à remplir, et le rang de leur motif."""
    bornes = (
        (0, min(avant, apres, places), _DEJA),
        (min(avant, places), min(apres, places), _EN_PLUS),
        (places, max(apres, places), _AU_DELA),
    )
    return [(debut, fin, rang) for debut, fin, rang in bornes if fin > debut]


def _part(nombre: int, echelle: Decimal) -> Decimal:
    return Decimal(nombre) / echelle * 100
