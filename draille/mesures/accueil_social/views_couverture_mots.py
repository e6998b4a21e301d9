"""Comment se dit une couverture : son moment, sa méthode, sa bande, la raison d'une absence."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from draille.mesures.accueil_social.lectures_couverture import CommuneLue, Raison
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment
from draille.moteurs.trajets import adaptateur as trajets
from draille.moteurs.trajets.calcul import Methode, Temps
from draille.socle.texte import INSECABLE, date_longue, decimal, heure, pourcent

_METHODES: dict[Methode, str] = {
    "estimation": "temps estimés sans réseau routier",
    "graphe": "temps par la route, sur un extrait OpenStreetMap",
    "osrm": "temps par la route, d'un serveur OSRM",
}
_MODES = {"voiture": "en voiture", "pied": "à pied"}


def moment_dit(moment: Moment) -> str:
    """« lundi 2 novembre 2020 à 14 h, en voiture »."""
    quand = date_longue(moment.le)
    if moment.heure is not None:
        quand += f" à {heure(moment.heure)}"
    return f"{quand}, {_MODES[moment.mode]}"


def methode_dite(methode: Methode, *, est_completee: bool = False) -> str:
    """« temps estimés sans réseau routier »."""
    suite = ", complétés par l'estimation là où la route manque" if est_completee else ""
    return _METHODES[methode] + suite


def precision_dite(moment: Moment, methode: Methode) -> str:
    """Ce que l'on sait de l'erreur de la méthode ; vide si elle n'est pas mesurée ici."""
    if methode != "estimation" or moment.mode != "voiture":
        return ""
    mesuree = trajets.precision(le=moment.le)
    return (
        f"En moyenne, un temps estimé s'écarte du vrai de "
        f"{decimal(mesuree.erreur_minutes, decimales=0)}{INSECABLE}minutes, et il est du bon côté "
        f"des 30 minutes {pourcent(mesuree.part_bien_classee)} du temps."
    )


def part_dite(part: float | None) -> str:
    """Au dixième de point, sans jamais arrondir à la hausse : 100 % veut dire tout le monde."""
    if part is None:
        return pourcent(None)
    bas = Decimal(str(part)).quantize(Decimal("0.001"), rounding=ROUND_FLOOR)
    return pourcent(bas, decimales=1)


def bande_dite(basse: float | None, haute: float | None) -> str:
    """« entre 81 % et 97 % » ; vide sans habitant."""
    if basse is None or haute is None:
        return ""
    if basse == haute:
        return "dans toute la bande de temps"
    # Les bornes s'écartent : la bande dite contient toujours la bande calculée.
    points = [Decimal(str(x)).quantize(Decimal("0.0001")) * 100 for x in (basse, haute)]
    bornes = (points[0].to_integral_value(ROUND_FLOOR), points[1].to_integral_value(ROUND_CEILING))
    return f"entre {pourcent(bornes[0] / 100)} et {pourcent(bornes[1] / 100)}"


def minutes_dites(temps: Temps | None) -> str:
    """« 24 min (entre 20 et 32) », minutes révolues ; vide sans temps."""
    if temps is None:
        return ""
    dit = f"{temps.minutes // 10}{INSECABLE}min"
    if temps.bas == temps.haut:
        return dit
    return f"{dit} (entre {temps.bas // 10} et {-(-temps.haut // 10)})"


def raison_dite(commune: CommuneLue) -> str:
    """Pourquoi elle n'est pas couverte, en une phrase ; vide quand elle l'est."""
    if commune.raison is None:
        return ""
    if commune.raison is Raison.POSITION:
        return "On ne sait pas où est sa mairie : rechargez le découpage du Département."
    if commune.raison is Raison.AUCUN:
        return "Aucun lieu n'est ouvert à ce moment."
    if commune.raison is Raison.FERME and commune.ferme is not None:
        temps = minutes_dites(commune.ferme_temps)
        return f"{commune.ferme.nom}, à {temps}, est fermé à ce moment."
    nom = commune.point.nom if commune.point else ""
    return f"Le plus proche, {nom}, est à {minutes_dites(commune.temps)}."
