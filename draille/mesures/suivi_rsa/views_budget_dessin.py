"""Les dessins du budget et de la prévision : un passé plein, un avenir hachuré, sa bande."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as ET
from zlib import crc32

from draille.ecrans.figures import Case, cle_motif, cle_trait, figure, tableau
from draille.ecrans.svg import (
    dessin,
    enfant,
    mot,
    motifs,
    point,
    pourcentage,
    rectangle,
    trait,
)
from draille.mesures.suivi_rsa.regles.budget import Execution
from draille.mesures.suivi_rsa.regles.prevision import Prevue
from draille.mesures.suivi_rsa.views_commun import court
from draille.socle.texte import decimal, entier, euros, mois_annee

GAUCHE, LARGEUR = Decimal(11), Decimal(88)
HAUT, BAS = 26, 236
MOIS_MONTRES = 24
GRADUATIONS = 5
PAS_RONDS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Echelle:
    """D'une valeur à une hauteur, entre deux bornes rondes."""

    bas: Decimal
    haut: Decimal
    pas: Decimal

    def y(self, valeur: Decimal) -> Decimal:
        """La hauteur en pixels."""
        return BAS - (valeur - self.bas) / (self.haut - self.bas) * (BAS - HAUT)


def _echelle(valeurs: Sequence[Decimal], *, de_zero: bool) -> Echelle:
    plus_bas, plus_haut = (Decimal(0) if de_zero else min(valeurs)), max(valeurs)
    pas = _pas_rond((plus_haut - plus_bas or plus_haut or Decimal(1)) / GRADUATIONS)
    # La division entière de Decimal va vers zéro : on arrondit en le disant.
    bas = (plus_bas / pas).to_integral_value(ROUND_FLOOR) * pas
    haut = (plus_haut / pas).to_integral_value(ROUND_CEILING) * pas
    return Echelle(bas, haut if haut > bas else bas + pas, pas)


def _pas_rond(brut: Decimal) -> Decimal:
    puissance = Decimal(10) ** brut.adjusted()
    return next(p * puissance for p in PAS_RONDS if p * puissance >= brut)


def _graduer(svg: ET.Element, echelle: Echelle, dire: Callable[[Decimal], str]) -> None:
    valeur = echelle.bas
    while valeur <= echelle.haut:
        y = echelle.y(valeur)
        classe = "graphe__socle" if valeur == echelle.bas else "graphe__grille"
        trait(svg, classe=classe, de=(0, y), a=(100, y))
        if valeur:
            mot(svg, dire(valeur), x="0", y=int(y) - 5, classe="graphe__petit")
        valeur += echelle.pas


def cumul(execution: Execution) -> str:
    """La dépense cumulée de l'année, et le crédit de chaque vote : où l'un passe l'autre."""
    titre = f"Dépense cumulée et crédit voté, {execution.annee}"
    nom = f"cumul-{crc32(titre.encode()):08x}"
    description = "Les mêmes nombres se lisent dans le tableau qui suit."
    svg = dessin(nom, titre=titre, description=description, hauteur=BAS + 26)
    motifs(svg, nom=nom, nombre=2)
    credits = [v.credit for v in execution.versions]
    sommets = [m.cumul for m in execution.mois]
    echelle = _echelle([*credits, *sommets], de_zero=True)
    _graduer(svg, echelle, _millions)
    pas = LARGEUR / 12
    for rang, m in enumerate(execution.mois):
        if m.realise is None and m.attendu is None:
            continue
        y = echelle.y(m.cumul)
        gauche = GAUCHE + rang * pas
        est_fait = m.realise is not None
        barre = rectangle(
            svg,
            coin=(gauche + pas / 7, y),
            taille=(pas * 5 / 7, BAS - y),
            classe="graphe__bord",
        )
        barre.set("fill", f"url(#{nom}-m{1 if est_fait else 2})")
        dit = "fait" if est_fait else "prévu"
        enfant(barre, "title", f"{mois_annee(m.mois)} : {euros(m.cumul)} ({dit})")
    for rang, m in enumerate(execution.mois):
        classe = "graphe__petit graphe__alterne" if rang % 2 else "graphe__petit"
        x = pourcentage(GAUCHE + rang * pas + pas / 2)
        mot(svg, court(m.mois), x=x, y=BAS + 19, ancre="middle", classe=classe)
    for rang, version in enumerate(execution.versions):
        y = echelle.y(version.credit)
        est_dernier = rang == len(execution.versions) - 1
        classe = "graphe__cible" if est_dernier else "rsa-credit"
        trait(svg, classe=classe, de=(GAUCHE, y), a=(100, y))
    if execution.versions:
        dit = f"Crédit voté : {_millions(execution.credit)}"
        dessus = int(echelle.y(execution.credit)) - 6
        mot(svg, dit, x=pourcentage(GAUCHE + 1), y=dessus, classe="rsa-mot")
    cles = [cle_motif(nom, 1, "Fait"), cle_motif(nom, 2, "Prévu")]
    if execution.versions:
        cles.append(cle_trait("graphe__cible", "Crédit voté à ce jour"))
    if len(execution.versions) > 1:
        cles.append(cle_trait("rsa-credit", "Crédit des votes d'avant"))
    lignes = [
        [
            Case(mois_annee(m.mois)),
            Case("fait" if m.realise is not None else "prévu" if m.attendu else "non connu"),
            Case(euros(m.cumul)),
        ]
        for m in execution.mois
    ]
    donnees = tableau(titre, entetes=["Mois", "Fait ou prévu", "Cumul"], lignes=lignes)
    return figure(svg, titre=titre, cles=cles, donnees=donnees)


def courbe(prevue: Prevue, passe: Sequence[tuple[date, Decimal]], *, unite: str) -> str:
    """Deux ans connus, puis le prévu et sa bande. `unite` : « entier » ou « euros ».

    L'échelle ne part pas de zéro : elle le dit par ses graduations. Aucun dessin sans passé.
    """
    if not passe:
        return ""
    titre = f"{prevue.libelle}, mois par mois"
    nom = f"courbe-{crc32(titre.encode()):08x}"
    description = "Connu, puis prévu avec son intervalle ; le tableau qui suit donne les nombres."
    svg = dessin(nom, titre=titre, description=description, hauteur=BAS + 26)
    connus = list(passe)[-MOIS_MONTRES:]
    prevus = [_Prevu(p.mois, *map(_exact, (p.valeur, p.bas, p.haut))) for p in prevue.points]
    bornes = [v for _, v in connus]
    bornes += [v for p in prevus for v in (p.valeur, p.bas, p.haut) if v is not None]
    echelle = _echelle(bornes, de_zero=False)
    dire = _millions if unite == "euros" else _nombre
    _graduer(svg, echelle, dire)
    tous = [*(m for m, _ in connus), *(p.mois for p in prevus)]
    pas = LARGEUR / len(tous)
    for rang, p in enumerate(prevus, len(connus)):
        if p.bas is not None and p.haut is not None:
            coin = (GAUCHE + rang * pas, echelle.y(p.haut))
            taille = (pas, echelle.y(p.bas) - echelle.y(p.haut))
            rectangle(svg, coin=coin, taille=taille, classe="rsa-bande")
    points = [*connus, *((p.mois, p.valeur) for p in prevus if p.valeur is not None)]
    places = [(GAUCHE + r * pas + pas / 2, echelle.y(v)) for r, (_, v) in enumerate(points)]
    for rang, (de, a) in enumerate(zip(places, places[1:], strict=False), 1):
        trait(svg, classe="rsa-fait" if rang < len(connus) else "rsa-prevu", de=de, a=a)
    for rang, (ou, (mois, valeur)) in enumerate(zip(places, points, strict=True)):
        classe = "rsa-point" if rang < len(connus) else "rsa-point-prevu"
        rond = point(svg, ou, rayon=3, classe=classe)
        enfant(rond, "title", f"{mois_annee(mois)} : {dire_exact(valeur, unite)}")
    _mois_dessous(svg, tous, pas)
    cles = [cle_trait("rsa-fait", "Connu"), cle_trait("rsa-prevu", "Prévu")]
    if any(p.bas is not None for p in prevus):
        cles.append(cle_bande("Intervalle de la prévision"))
    donnees = _donnees_courbe(titre, connus, prevus, unite)
    return figure(svg, titre=titre, cles=cles, donnees=donnees)


@dataclass(frozen=True, slots=True)
class _Prevu:
    mois: date
    valeur: Decimal | None
    bas: Decimal | None
    haut: Decimal | None


def _exact(valeur: float | None) -> Decimal | None:
    return None if valeur is None else Decimal(str(valeur))


def _mois_dessous(svg: ET.Element, tous: Sequence[date], pas: Decimal) -> None:
    """Un nom de mois par trimestre, l'année en janvier : au plus treize sur la largeur."""
    for rang, mois in enumerate(tous):
        if mois.month in (1, 4, 7, 10):
            classe = "graphe__petit" if mois.month == 1 else "graphe__petit graphe__alterne"
            x = pourcentage(GAUCHE + rang * pas + pas / 2)
            mot(svg, court(mois), x=x, y=BAS + 19, ancre="middle", classe=classe)


def cle_bande(dit: str) -> ET.Element:
    """Clé de lecture de la bande."""
    cle = ET.Element("li")
    image = enfant(cle, "svg", **{"aria-hidden": "true", "focusable": "false"})
    enfant(image, "rect", width="24", height="16", **{"class": "rsa-bande"})
    image.tail = dit
    return cle


def _donnees_courbe(
    titre: str, connus: Sequence[tuple[date, Decimal]], prevus: Sequence[_Prevu], unite: str
) -> ET.Element:
    lignes = [
        [Case(mois_annee(m)), Case(dire_exact(v, unite)), Case("connu"), Case("connu")]
        for m, v in connus
    ]
    for p in prevus:
        bornes = [
            "non connu" if v is None else dire_exact(v, unite) for v in (p.valeur, p.bas, p.haut)
        ]
        lignes.append([Case(mois_annee(p.mois)), *map(Case, bornes)])
    return tableau(titre, entetes=["Mois", "Valeur", "Au plus bas", "Au plus haut"], lignes=lignes)


def dire_exact(valeur: Decimal, unite: str) -> str:
    """Un effectif entier, ou des euros sans centimes : une prévision n'en a pas."""
    rond = valeur.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return euros(rond) if unite == "euros" else entier(int(rond))


def _millions(valeur: Decimal) -> str:
    millions = valeur / 1_000_000
    decimales = 0 if millions == millions.to_integral_value() else 1
    return f"{decimal(millions, decimales=decimales)} M€"


def _nombre(valeur: Decimal) -> str:
    return entier(int(valeur))
