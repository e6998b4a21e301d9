"""Retrouver les mêmes personnes parmi 20 000 fiches fautives, contre pg_trgm et rapidfuzz seuls.

Trois populations fictives sont tirées : une fiche sur huit y est la seconde écriture d'une autre,
avec des fautes ; jumeaux, homonymes et familles y tendent des pièges. Aucune n'a de NIR.
« Automatique » : la zone presque sûre. La revue se compte en paires, sur le nombre de fiches. Les
durées sont du temps de processeur ; celle de pg_trgm est comptée au mur, sur le serveur. La force
brute compare chaque fiche à toutes ; pg_trgm la joint par son index de trigrammes. Les deux se
mesurent sur un échantillon de fiches, dans la même exécution, et s'étendent à toutes en proportion.
"""

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from bench.outils import Mesure, base_jetable
from bench.population_fautive import PopulationFautive, tirer
from draille.moteurs.rapprochement.calcul.types import Fiche, PaireTrouvee, Seuils, Zone
from draille.moteurs.rapprochement.calcul.zones import rapprocher
from draille.socle.texte import normaliser

FICHES = 20_000
GRAINES = (1, 2, 3)
# Ceux de `parametres.yaml`, que ce banc vérifie.
SEUILS = Seuils(certaine=20, marge=3, revue=11)
PROCHE = 0.88
CENT_MILLE = 100_000


def mesurer(*, reduit: bool) -> list[Mesure]:
    """Précision, rappel, part à revoir ; puis la vitesse contre les deux autres."""
    fiches = 2_000 if reduit else FICHES
    populations = [tirer(graine=g, fiches=fiches) for g in GRAINES]
    trouvees = [rapprocher(p.fiches, seuils=SEUILS) for p in populations]
    return [
        *_qualite(populations, trouvees, fiches),
        *_vitesse(populations[0], 200 if reduit else 1_000),
    ]


def _qualite(
    populations: list[PopulationFautive], trouvees: list[list[PaireTrouvee]], fiches: int
) -> list[Mesure]:
    sures = bonnes = revues = retrouvees = vraies = 0
    for population, paires in zip(populations, trouvees, strict=True):
        par_zone = {
            z: {(p.premiere, p.seconde) for p in paires if p.zone == z}
            for z in (Zone.CERTAINE, Zone.A_REVOIR)
        }
        sures += len(par_zone[Zone.CERTAINE])
        bonnes += len(par_zone[Zone.CERTAINE] & population.vraies)
        revues += len(par_zone[Zone.A_REVOIR])
        retrouvees += len((par_zone[Zone.CERTAINE] | par_zone[Zone.A_REVOIR]) & population.vraies)
        vraies += len(population.vraies)
    taille = f"{len(populations)} populations de {fiches} fiches, {vraies} vraies paires"
    return [
        _part("Précision automatique", bonnes, sures, 0.999, "min", f"{taille} ; {sures} sûres"),
        _part("Rappel automatique", bonnes, vraies, None, "min", taille),
        _part("Rappel avec la revue", retrouvees, vraies, 0.995, "min", taille),
        _part("Part à revoir", revues, fiches * len(populations), 0.03, "max", f"{revues} paires"),
    ]


def _part(
    nom: str,
    nombre: int,
    total: int,
    plafond: float | None,
    sens: Literal["max", "min"],
    detail: str,
) -> Mesure:
    """Une part sur cent mille : une centaine cacherait ce qui compte ici."""
    borne = None if plafond is None else plafond * CENT_MILLE
    return Mesure(nom, CENT_MILLE * nombre / total, borne, "sur 100 000", detail, sens)


def _vitesse(population: PopulationFautive, echantillon: int) -> list[Mesure]:
    notre = _processeur(lambda: rapprocher(population.fiches, seuils=SEUILS))
    textes = [_texte(f) for f in population.fiches]
    facteur = len(textes) / echantillon
    brute = _processeur(lambda: _force_brute(textes, echantillon)) * facteur
    trigrammes = _trigrammes(textes, echantillon) * facteur
    return [
        Mesure("Rapprocher toutes les fiches", notre, None, "s", f"{len(textes)} fiches"),
        _fois("rapidfuzz en force brute, sur le nôtre", brute, notre, echantillon),
        _fois("pg_trgm et son index, sur le nôtre", trigrammes, notre, echantillon),
    ]


def _fois(nom: str, autre: float, notre: float, echantillon: int) -> Mesure:
    detail = (
        f"{autre:.1f} s, étendus de {echantillon} fiches à toutes, contre {notre:.2f} s ; l'autre"
        " ne compare que l'écriture du nom"
    )
    return Mesure(nom, autre / notre, 4, "×", detail, "min")


def _texte(fiche: Fiche) -> str:
    return normaliser(f"{fiche.nom_naissance} {fiche.prenom}")


def _processeur(action: Callable[[], object]) -> float:
    depart = time.process_time()
    action()
    return time.process_time() - depart


def _force_brute(textes: list[str], echantillon: int) -> int:
    """Les fiches de l'échantillon contre toutes, sur un seul cœur ; rend le nombre de proches."""
    proches = 0
    for debut in range(0, echantillon, 200):
        notes = process.cdist(
            textes[debut : debut + 200],
            textes,
            scorer=JaroWinkler.similarity,
            score_cutoff=PROCHE,
            dtype=np.float32,
            workers=1,
        )
        proches += int(np.count_nonzero(notes))
    return proches


def _trigrammes(textes: list[str], echantillon: int) -> float:
    """La durée, au mur, d'une jointure par ressemblance de l'échantillon à toutes les fiches."""
    with base_jetable("rapprochement", migree=False) as base, base.proprietaire() as lien:
        lien.execute("CREATE EXTENSION pg_trgm")
        lien.execute("CREATE TABLE fiche (id integer, texte text)")
        with lien.cursor().copy("COPY fiche FROM STDIN") as copie:
            for rang, texte in enumerate(textes):
                copie.write_row((rang, texte))
        lien.execute("CREATE INDEX ON fiche USING gin (texte gin_trgm_ops)")
        lien.execute("VACUUM ANALYZE fiche")
        lien.execute("SET max_parallel_workers_per_gather = 0")
        lien.execute("SET pg_trgm.similarity_threshold = 0.45")
        depart = time.perf_counter()
        lien.execute(
            "SELECT count(*) FROM fiche a JOIN fiche b ON a.texte % b.texte AND a.id <> b.id"
            " WHERE a.id < %s".replace("% b", "%% b"),
            [echantillon],
        ).fetchone()
        return time.perf_counter() - depart
