"""La figure autour d'un dessin : sa légende, ses clés de lecture et le tableau de ses nombres."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from zlib import crc32

from draille.ecrans.svg import enfant


@dataclass(frozen=True, slots=True)
class Case:
    """Une case du tableau : ce qu'elle dit et, s'il y en a une, la liste qu'elle ouvre."""

    dit: str
    lien: str | None = None


def cle_motif(nom: str, rang: int, dit: str) -> ET.Element:
    """Clé de lecture d'un remplissage."""
    cle = ET.Element("li")
    image = enfant(cle, "svg", **{"aria-hidden": "true", "focusable": "false"})
    enfant(image, "rect", width="24", height="16", fill=f"url(#{nom}-m{rang})")
    image.tail = dit
    return cle


def cle_trait(classe: str, dit: str) -> ET.Element:
    """Clé de lecture d'une ligne."""
    cle = ET.Element("li")
    image = enfant(cle, "svg", **{"aria-hidden": "true", "focusable": "false"})
    enfant(image, "line", **{"x1": "1", "y1": "8", "x2": "23", "y2": "8", "class": classe})
    image.tail = dit
    return cle


def tableau(titre: str, *, entetes: Sequence[str], lignes: Sequence[Sequence[Case]]) -> ET.Element:
    """Tableau des nombres du dessin ; la première colonne nomme la ligne, les autres comptent."""
    nom = f"donnees-{crc32(titre.encode()):08x}"
    zone = ET.Element(
        "div",
        {
            "class": "tableau__zone",
            "role": "region",
            "tabindex": "0",
            "aria-labelledby": nom,
        },
    )
    table = enfant(zone, "table", **{"class": "tableau tableau--dense"})
    enfant(table, "caption", titre, id=nom)
    rang_entete = enfant(enfant(table, "thead"), "tr")
    for rang, entete in enumerate(entetes):
        classe = {"class": "nombre"} if rang else {}
        enfant(rang_entete, "th", entete, scope="col", **classe)
    corps = enfant(table, "tbody")
    for ligne in lignes:
        rangee = enfant(corps, "tr")
        for rang, case in enumerate(ligne):
            cellule = (
                enfant(rangee, "td", **{"class": "nombre"})
                if rang
                else enfant(rangee, "th", scope="row")
            )
            if case.lien:
                enfant(cellule, "a", case.dit, href=case.lien)
            else:
                cellule.text = case.dit
    return zone


def figure(svg: ET.Element, *, titre: str, cles: Sequence[ET.Element], donnees: ET.Element) -> str:
    """Assemble titre, dessin, clés de lecture et données dépliables ; rend du HTML échappé."""
    cadre = ET.Element("figure", {"class": "graphe"})
    enfant(cadre, "figcaption", titre, **{"class": "graphe__titre"})
    cadre.append(svg)
    if cles:
        enfant(cadre, "ul", **{"class": "graphe__legende"}).extend(cles)
    details = enfant(cadre, "details", **{"class": "donnees"})
    resume = enfant(details, "summary", "Lire les nombres")
    enfant(resume, "span", f" : {titre}", **{"class": "visually-hidden"})
    details.append(donnees)
    # Une balise HTML vide qui se fermerait elle-même resterait ouverte pour le navigateur.
    return ET.tostring(cadre, encoding="unicode", short_empty_elements=False)
