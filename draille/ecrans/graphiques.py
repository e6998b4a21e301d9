"""Graphiques dessinés par le serveur : du SVG et, dessous, le tableau des mêmes nombres.

Pur : chaque fonction rend une chaîne. Les abscisses sont en pourcentage et les hauteurs en pixels,
pour que le texte garde sa taille de l'écran de 390 px à la feuille imprimée ; les motifs se lisent
sans la couleur. Aucun attribut `style` : la politique de sécurité des pages les refuse.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree import ElementTree as ET
from zlib import crc32

from draille.ecrans.figures import Case, cle_motif, cle_trait, figure, tableau
from draille.ecrans.svg import (
    Nombre,
    dessin,
    enfant,
    mot,
    motifs,
    point,
    pourcentage,
    rectangle,
    trait,
)
from draille.socle import texte

SERIES_AU_PLUS = 6
# Place des graduations à gauche et à droite des colonnes, en pourcentage de l'image.
MARGE = Decimal(12)
LARGEUR = 100 - 2 * MARGE
# Une case vide se lirait « zéro » : l'absence a son mot.
SANS_VALEUR = "non connu"


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une barre : libellé, un nombre par série, et pour chacun l'adresse de sa liste ou rien."""

    libelle: str
    valeurs: Sequence[Nombre]
    liens: Sequence[str | None] = ()
    lien: str | None = None


@dataclass(frozen=True, slots=True)
class Releve:
    """Une période d'une série : un nombre et, s'il est connu, un taux entre 0 et 1."""

    libelle: str
    valeur: Nombre
    taux: Nombre | None = None
    lien: str | None = None
    lien_taux: str | None = None


@dataclass(frozen=True, slots=True)
class Legende:
    """Ce que dit un graphique : titre, phrase de description, noms des séries, unité, cible.

    `unite` vaut "entier", "euros" ou "pourcent" (nombres entre 0 et 1).
    `cible` est un taux entre 0 et 1 pour une série, une valeur pour une jauge.
    `maximum` : le bout des barres ; nul, la plus longue y va. Une part s'y compare à un entier.
    """

    titre: str
    description: str = ""
    series: Sequence[str] = field(default_factory=tuple)
    unite: str = "entier"
    nom_taux: str = ""
    cible: Nombre | None = None
    nom_cible: str = "Objectif"
    entete: str = ""
    maximum: Nombre | None = None


def barres(lignes: Sequence[Ligne], *, legende: Legende) -> str:
    """Barres horizontales empilées : une par ligne, un morceau par série, le total au bout.

    Lève ValueError si une ligne n'a pas un nombre par série, s'il y a plus de six séries ou un
    nombre négatif (une barre ne sait pas le dessiner).
    """
    _verifier(lignes, series=legende.series)
    ecrire = _ecriture(legende.unite)
    nom = _nom("barres", legende.titre)
    totaux = [sum((Decimal(str(v)) for v in ligne.valeurs), Decimal(0)) for ligne in lignes]
    maximum = max([*totaux, Decimal(str(legende.maximum or 0))]) or Decimal(1)
    pas = 48
    svg = _ouvrir(nom, legende=legende, hauteur=max(len(lignes), 1) * pas)
    motifs(svg, nom=nom, nombre=len(legende.series))
    for rang, (ligne, total) in enumerate(zip(lignes, totaux, strict=True)):
        haut = rang * pas
        mot(svg, ligne.libelle, x="0", y=haut + 16)
        mot(svg, ecrire(total), x="100%", y=haut + 16, ancre="end")
        rectangle(svg, coin=(0, haut + 23), taille=(100, 17), classe="graphe__rail")
        depart = Decimal(0)
        for serie, (nom_serie, valeur) in enumerate(
            zip(legende.series, ligne.valeurs, strict=True)
        ):
            largeur = Decimal(str(valeur)) / maximum * 100
            if largeur:
                morceau = rectangle(
                    svg, coin=(depart, haut + 23), taille=(largeur, 17), classe="graphe__bord"
                )
                morceau.set("fill", f"url(#{nom}-m{serie + 1})")
                enfant(morceau, "title", f"{ligne.libelle}, {nom_serie} : {ecrire(valeur)}")
            depart += largeur
    cles = [cle_motif(nom, rang + 1, dit) for rang, dit in enumerate(legende.series)]
    donnees = _donnees_barres(lignes, totaux, legende=legende)
    return figure(svg, titre=legende.titre, cles=cles if len(cles) > 1 else [], donnees=donnees)


def serie(releves: Sequence[Releve], *, legende: Legende) -> str:
    """Colonnes par période et, si des taux sont donnés, leur ligne sur une échelle de 0 à 100 %.

    `legende.series` porte le nom des colonnes, `legende.nom_taux` celui de la ligne. Un taux absent
    coupe la ligne au lieu de la faire passer par zéro. Lève ValueError sur un nombre négatif.
    """
    _verifier([Ligne(r.libelle, (r.valeur,)) for r in releves], series=legende.series[:1])
    nom = _nom("serie", legende.titre)
    haut, bas = 24, 224
    svg = _ouvrir(nom, legende=legende, hauteur=bas + 26)
    motifs(svg, nom=nom, nombre=1)
    maximum = _arrondi_haut(max((Decimal(str(r.valeur)) for r in releves), default=Decimal(0)))
    _grille(svg, maximum=maximum, legende=legende, bornes=(haut, bas), a_taux=_a_taux(releves))
    ecrire = _ecriture(legende.unite)
    pas = LARGEUR / max(len(releves), 1)
    for rang, releve in enumerate(releves):
        gauche = MARGE + rang * pas
        hauteur = Decimal(str(releve.valeur)) / maximum * (bas - haut)
        colonne = rectangle(
            svg,
            coin=(gauche + pas / 6, bas - hauteur),
            taille=(pas * 2 / 3, hauteur),
            classe="graphe__bord",
        )
        colonne.set("fill", f"url(#{nom}-m1)")
        enfant(colonne, "title", f"{releve.libelle} : {ecrire(releve.valeur)}")
        alterne = len(releves) > 6 and (len(releves) - 1 - rang) % 2 == 1
        classe = "graphe__petit graphe__alterne" if alterne else "graphe__petit"
        mot(
            svg,
            releve.libelle,
            x=pourcentage(gauche + pas / 2),
            y=bas + 19,
            ancre="middle",
            classe=classe,
        )
    _ligne_de_taux(svg, releves, bornes=(haut, bas), pas=pas)
    cles = [cle_motif(nom, 1, legende.series[0])] if _a_taux(releves) else []
    if _a_taux(releves):
        cles.append(cle_trait("graphe__taux", legende.nom_taux))
    if legende.cible is not None:
        cles.append(cle_trait("graphe__cible", f"{legende.nom_cible} : {_pourcent(legende.cible)}"))
    donnees = _donnees_serie(releves, legende=legende)
    return figure(svg, titre=legende.titre, cles=cles, donnees=donnees)


def tendance(valeurs: Sequence[Nombre], *, titre: str) -> str:
    """Petite ligne sans axe, à côté d'un chiffre ; son titre dit le premier et le dernier."""
    nom = _nom("tendance", titre + repr(list(valeurs)))
    svg = ET.Element("svg", {"class": "tendance", "role": "img", "aria-labelledby": f"{nom}-t"})
    dit = titre
    if valeurs:
        dit = f"{titre} : de {_nombre(valeurs[0])} à {_nombre(valeurs[-1])}"
    enfant(svg, "title", dit).set("id", f"{nom}-t")
    bas, haut = (min(valeurs), max(valeurs)) if valeurs else (0, 0)
    etendue = Decimal(str(haut)) - Decimal(str(bas)) or Decimal(1)
    points = [
        (
            Decimal(rang) / max(len(valeurs) - 1, 1) * 96 + 2,
            24 - (Decimal(str(v)) - Decimal(str(bas))) / etendue * 20,
        )
        for rang, v in enumerate(valeurs)
    ]
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        trait(svg, classe="tendance__ligne", de=(x1, y1), a=(x2, y2))
    if points:
        point(svg, points[-1], rayon=3, classe="tendance__fin")
    return ET.tostring(svg, encoding="unicode", short_empty_elements=True)


def jauge(valeur: Nombre, *, maximum: Nombre, legende: Legende) -> str:
    """Une barre entre 0 et `maximum`, avec un repère à `legende.cible` s'il y en a une.

    Au-delà du maximum, la barre est pleine et le nombre écrit reste exact. Lève ValueError si le
    maximum n'est pas positif ou si la valeur est négative.
    """
    if maximum <= 0 or valeur < 0:
        raise ValueError("une jauge va de 0 à un maximum positif")
    ecrire = _ecriture(legende.unite)
    nom = _nom("jauge", legende.titre)
    svg = _ouvrir(nom, legende=legende, hauteur=62)
    motifs(svg, nom=nom, nombre=1)
    part = min(Decimal(str(valeur)) / Decimal(str(maximum)) * 100, Decimal(100))
    mot(svg, ecrire(valeur), x="0", y=16)
    mot(svg, f"sur {ecrire(maximum)}", x="100%", y=16, ancre="end", classe="graphe__petit")
    rectangle(svg, coin=(0, 24), taille=(100, 18), classe="graphe__rail")
    rectangle(svg, coin=(0, 24), taille=(part, 18), classe="graphe__bord").set(
        "fill", f"url(#{nom}-m1)"
    )
    lignes = [("Valeur", ecrire(valeur)), ("Maximum", ecrire(maximum))]
    if legende.cible is not None:
        repere = min(Decimal(str(legende.cible)) / Decimal(str(maximum)) * 100, Decimal(100))
        trait(svg, classe="graphe__cible", de=(repere, 18), a=(repere, 48))
        ancre = "end" if repere > 60 else "start"
        dit = f"{legende.nom_cible} : {ecrire(legende.cible)}"
        mot(svg, dit, x=pourcentage(repere), y=61, ancre=ancre, classe="graphe__petit")
        lignes.append((legende.nom_cible, ecrire(legende.cible)))
    donnees = tableau(
        legende.titre, entetes=["Mesure", "Nombre"], lignes=[[Case(a), Case(b)] for a, b in lignes]
    )
    return figure(svg, titre=legende.titre, cles=[], donnees=donnees)


def _verifier(lignes: Sequence[Ligne], *, series: Sequence[str]) -> None:
    if not 1 <= len(series) <= SERIES_AU_PLUS:
        raise ValueError(f"un graphique porte de 1 à {SERIES_AU_PLUS} séries, pas {len(series)}")
    for ligne in lignes:
        if len(ligne.valeurs) != len(series):
            raise ValueError(f"« {ligne.libelle} » n'a pas un nombre par série")
        if any(v < 0 for v in ligne.valeurs):
            raise ValueError(f"« {ligne.libelle} » porte un nombre négatif")


def _ecriture(unite: str) -> Callable[[Nombre], str]:
    return {"entier": _nombre, "euros": _euros, "pourcent": _pourcent}[unite]


def _nombre(valeur: Nombre) -> str:
    exact = Decimal(str(valeur))
    if exact == exact.to_integral_value():
        return texte.entier(int(exact))
    return texte.decimal(exact, decimales=1)


def _euros(valeur: Nombre) -> str:
    return texte.euros(Decimal(str(valeur)))


def _pourcent(valeur: Nombre) -> str:
    return texte.pourcent(Decimal(str(valeur)))


def _nom(sorte: str, titre: str) -> str:
    # Stable d'un rendu à l'autre : la page imprimée et la page relue portent les mêmes renvois.
    return f"{sorte}-{crc32(titre.encode()):08x}"


def _ouvrir(nom: str, *, legende: Legende, hauteur: int) -> ET.Element:
    description = legende.description or "Les mêmes nombres se lisent dans le tableau qui suit."
    return dessin(nom, titre=legende.titre, description=description, hauteur=hauteur)


def _a_taux(releves: Sequence[Releve]) -> bool:
    return any(r.taux is not None for r in releves)


def _arrondi_haut(valeur: Decimal) -> Decimal:
    """Plus petit nombre rond (1, 2, 2,5 ou 5 fois une puissance de dix) qui contient la valeur."""
    if valeur <= 0:
        return Decimal(1)
    puissance = Decimal(10) ** valeur.adjusted()
    for pas in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)):
        if pas * puissance >= valeur:
            return pas * puissance
    raise AssertionError("dix fois sa puissance de dix contient tout nombre")


def _grille(
    svg: ET.Element,
    *,
    maximum: Decimal,
    legende: Legende,
    bornes: tuple[int, int],
    a_taux: bool,
) -> None:
    haut, bas = bornes
    ecrire = _ecriture(legende.unite)
    for part in (Decimal(0), Decimal("0.5"), Decimal(1)):
        y = bas - part * (bas - haut)
        classe = "graphe__grille" if part else "graphe__socle"
        trait(svg, classe=classe, de=(0, y), a=(100, y))
        if part:
            mot(svg, ecrire(maximum * part), x="0", y=int(y) - 5, classe="graphe__petit")
            if a_taux:
                dit = _pourcent(part)
                mot(svg, dit, x="100%", y=int(y) - 5, ancre="end", classe="graphe__petit")
    if legende.cible is not None:
        y = bas - Decimal(str(legende.cible)) * (bas - haut)
        trait(svg, classe="graphe__cible", de=(0, y), a=(100, y))


def _ligne_de_taux(
    svg: ET.Element, releves: Sequence[Releve], *, bornes: tuple[int, int], pas: Decimal
) -> None:
    haut, bas = bornes
    points: list[tuple[Decimal, Decimal] | None] = [
        None
        if r.taux is None
        else (MARGE + rang * pas + pas / 2, bas - Decimal(str(r.taux)) * (bas - haut))
        for rang, r in enumerate(releves)
    ]
    for de, a in zip(points, points[1:], strict=False):
        if de and a:
            trait(svg, classe="graphe__taux", de=de, a=a)
    for releve, ou in zip(releves, points, strict=True):
        if ou and releve.taux is not None:
            rond = point(svg, ou, rayon=4, classe="graphe__point")
            enfant(rond, "title", f"{releve.libelle} : {_pourcent(releve.taux)}")


def _donnees_barres(
    lignes: Sequence[Ligne], totaux: Sequence[Decimal], *, legende: Legende
) -> ET.Element:
    ecrire = _ecriture(legende.unite)
    a_total = len(legende.series) > 1
    entetes = [legende.entete or "Ligne", *legende.series, *(["Total"] if a_total else [])]
    corps = []
    for ligne, total in zip(lignes, totaux, strict=True):
        liens = [*ligne.liens, *([None] * len(ligne.valeurs))]
        cases = [Case(ligne.libelle, ligne.lien)]
        cases += [Case(ecrire(v), lien) for v, lien in zip(ligne.valeurs, liens, strict=False)]
        corps.append(cases + ([Case(ecrire(total))] if a_total else []))
    return tableau(legende.titre, entetes=entetes, lignes=corps)


def _donnees_serie(releves: Sequence[Releve], *, legende: Legende) -> ET.Element:
    ecrire = _ecriture(legende.unite)
    entetes = [legende.entete or "Période", legende.series[0]]
    if _a_taux(releves):
        entetes.append(legende.nom_taux)
    corps = []
    for releve in releves:
        cases = [Case(releve.libelle), Case(ecrire(releve.valeur), releve.lien)]
        if _a_taux(releves):
            dit = SANS_VALEUR if releve.taux is None else _pourcent(releve.taux)
            cases.append(Case(dit, releve.lien_taux))
        corps.append(cases)
    return tableau(legende.titre, entetes=entetes, lignes=corps)
