"""Traits de dessin : abscisses en pourcentage, hauteurs en pixels, des classes et aucun style."""

from decimal import Decimal
from xml.etree import ElementTree as ET

Nombre = int | float | Decimal


def pourcentage(x: Nombre) -> str:
    """Abscisse ou largeur en pourcentage de l'image."""
    return f"{float(x):.3f}".rstrip("0").rstrip(".") + "%"


def _px(y: Nombre) -> str:
    return f"{float(y):.2f}".rstrip("0").rstrip(".")


def enfant(parent: ET.Element, balise: str, contenu: str = "", **attributs: str) -> ET.Element:
    """Ajoute un élément ; le contenu est échappé à l'écriture."""
    element = ET.SubElement(parent, balise, attributs)
    element.text = contenu or None
    return element


def dessin(nom: str, *, titre: str, description: str, hauteur: int) -> ET.Element:
    """Image nommée et décrite, large de toute sa place, haute de `hauteur` pixels."""
    svg = ET.Element(
        "svg",
        {
            "class": "graphe__dessin",
            "role": "img",
            "height": str(hauteur),
            "aria-labelledby": f"{nom}-t {nom}-d",
        },
    )
    enfant(svg, "title", titre, id=f"{nom}-t")
    enfant(svg, "desc", description, id=f"{nom}-d")
    return svg


_MOTIFS = (
    (),
    ("M-2 2 2 -2M0 8 8 0M6 10 10 6",),
    ("point",),
    ("M0 4H8",),
    ("M0 0 8 8M8 0 0 8",),
    ("M4 0V8",),
)


def motifs(svg: ET.Element, *, nom: str, nombre: int) -> None:
    """Définit les remplissages `{nom}-m1`… : une couleur et un motif lisible sans elle."""
    definitions = enfant(svg, "defs")
    for rang in range(1, nombre + 1):
        motif = enfant(
            definitions,
            "pattern",
            id=f"{nom}-m{rang}",
            width="8",
            height="8",
            patternUnits="userSpaceOnUse",
        )
        enfant(motif, "rect", **{"width": "8", "height": "8", "class": f"serie-{rang}"})
        for trace in _MOTIFS[rang - 1]:
            if trace == "point":
                enfant(
                    motif, "circle", **{"cx": "4", "cy": "4", "r": "1.7", "class": "motif-point"}
                )
            else:
                enfant(motif, "path", **{"d": trace, "class": "motif"})


def rectangle(
    svg: ET.Element, *, coin: tuple[Nombre, Nombre], taille: tuple[Nombre, Nombre], classe: str
) -> ET.Element:
    """Rectangle : coin (pourcentage, pixels), taille (pourcentage, pixels)."""
    attributs = {
        "x": pourcentage(coin[0]),
        "y": _px(coin[1]),
        "width": pourcentage(taille[0]),
        "height": _px(taille[1]),
        "class": classe,
    }
    return enfant(svg, "rect", **attributs)


def mot(
    svg: ET.Element, dit: str, *, x: str, y: int, ancre: str = "start", classe: str = ""
) -> None:
    """Texte de taille constante, ancré en `x` (pourcentage écrit)."""
    attributs = {"x": x, "y": str(y), "text-anchor": ancre}
    if classe:
        attributs["class"] = classe
    enfant(svg, "text", dit, **attributs)


def trait(
    svg: ET.Element, *, classe: str, de: tuple[Nombre, Nombre], a: tuple[Nombre, Nombre]
) -> None:
    """Segment entre deux points (pourcentage, pixels)."""
    enfant(
        svg,
        "line",
        **{
            "x1": pourcentage(de[0]),
            "y1": _px(de[1]),
            "x2": pourcentage(a[0]),
            "y2": _px(a[1]),
            "class": classe,
        },
    )


def point(svg: ET.Element, ou: tuple[Nombre, Nombre], *, rayon: int, classe: str) -> ET.Element:
    """Disque au point (pourcentage, pixels)."""
    return enfant(
        svg,
        "circle",
        **{"cx": pourcentage(ou[0]), "cy": _px(ou[1]), "r": str(rayon), "class": classe},
    )
