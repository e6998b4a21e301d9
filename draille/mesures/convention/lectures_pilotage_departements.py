"""Comparer deux Départements : le nôtre par ses actes, l'autre par le fichier qu'il a exporté.

Le fichier n'a que des nombres par mois, les petits tus ; il est vérifié, et n'est jamais gardé. On
ne compare que les mois connus des deux côtés, et les définitions qui comptent la même chose.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from draille.mesures.convention import regles
from draille.mesures.convention.lectures_pilotage_actes import seuil_de
from draille.mesures.convention.lectures_secret import Compte
from draille.mesures.convention.regles.pilotage import Evolution, Moment, evolution
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.nation import agregats, schema
from draille.moteurs.indicateurs.nation.agregats import CompteTu, Rangee
from draille.moteurs.indicateurs.nation.schema import Manifeste
from draille.moteurs.indicateurs.registre import Indicateur, indicateurs
from draille.socle.acces import Acces
from draille.socle.refus import Refus

FICHIERS_AU_PLUS = 40
TOUS = "tous"
_CODE = re.compile(r"[0-9][0-9AB][0-9]?")


@dataclass(frozen=True)
class Fichier:
    """Un fichier d'agrégats vérifié : de qui, arrêté quand, et ses rangées."""

    nom: str
    manifeste: Manifeste
    rangees: tuple[Rangee, ...]

    @property
    def departements(self) -> tuple[str, ...]:
        """Les Départements qu'il compte, dans l'ordre du fichier."""
        return tuple(dict.fromkeys(r.departement for r in self.rangees))

    def annees(self, departement: str) -> tuple[int, ...]:
        """Les années qu'il compte pour ce Département."""
        return tuple(sorted({r.mois.year for r in self.rangees if r.departement == departement}))


@dataclass(frozen=True)
class IndicateurCompare:
    """Une définition dans les deux Départements, sur les mêmes mois.

    `mois` : combien de mois se comparent ; `tus` : combien l'un des deux tait. Sans mois commun,
    les comptes sont nuls. `meme_definition` faux : les nombres ne se comparent pas.
    """

    indicateur: Indicateur
    ici: Compte
    ailleurs: Compte
    taux: Evolution
    mois: int
    tus: int
    meme_definition: bool


def fichiers_poses(dossier: Path) -> tuple[str, ...]:
    """Les noms des fichiers d'agrégats posés dans ce dossier, triés ; vide s'il n'existe pas."""
    if not dossier.is_dir():
        return ()
    noms = sorted(x.name for x in dossier.iterdir() if x.is_file() and x.suffix == ".parquet")
    return tuple(noms[:FICHIERS_AU_PLUS])


def ouvrir(*, chemin: Path, nom: str, le: date) -> Fichier:
    """Lit et vérifie un fichier d'agrégats, que l'on nomme `nom`.

    Lève `Refus('consolidation.fichier')` s'il n'est pas du schéma publié,
    `Refus('consolidation.petit_nombre')` s'il montre un petit effectif, et
    `Refus('convention.agregats_vides')` s'il n'a aucune rangée.
    """
    manifeste, lues = agregats.lire(chemin=chemin, seuil=adaptateur.seuil_secret(le=le))
    if not lues:
        raise Refus(
            code="convention.agregats_vides",
            message=f"Le fichier « {nom} » ne compte rien. Demandez un export d'une autre période.",
        )
    return Fichier(nom, manifeste, tuple(lues))


def comparer_au_fichier(
    *, fichier: Fichier, departement: str, moment: Moment, acces: Acces
) -> tuple[IndicateurCompare, ...]:
    """Chaque définition que le fichier compte aussi, pour cette année. Une requête."""
    leurs = _series(fichier, departement, moment.annee)
    # Une seule version par définition : la dernière que les deux comptent.
    communs = list({i.code: i for i in indicateurs() if (i.code, i.version) in leurs}.values())
    nos = adaptateur.toutes(
        indicateurs=communs,
        periode=Periode.annee(moment.annee),
        acces=acces,
        le=moment.dernier_jour,
    )
    seuil = seuil_de(acces, moment.le)
    dernier = min(moment.dernier_jour, fichier.manifeste.arrete_le)
    compares = []
    for i in communs:
        passes = [(mois, c) for mois, c in nos[i.code] if mois <= dernier]
        notre = dict(agregats.taire(serie=passes, seuil=seuil))
        definition = fichier.manifeste.definitions.get(schema.nom_de(i))
        compares.append(
            _comparer(
                i,
                notre,
                leurs[(i.code, i.version)],
                meme_definition=definition == schema.empreinte(i),
            )
        )
    return tuple(compares)


def _series(
    fichier: Fichier, departement: str, annee: int
) -> dict[tuple[str, int], dict[date, CompteTu]]:
    series: dict[tuple[str, int], dict[date, CompteTu]] = {}
    for r in fichier.rangees:
        if r.departement == departement and r.mois.year == annee:
            series.setdefault((r.code, r.version), {})[r.mois] = r.compte
    return series


def _comparer(
    i: Indicateur,
    ici: dict[date, CompteTu],
    ailleurs: dict[date, CompteTu],
    *,
    meme_definition: bool,
) -> IndicateurCompare:
    possibles = sorted(set(ici) & set(ailleurs))
    connus = [m for m in possibles if _est_connu(i, ici[m]) and _est_connu(i, ailleurs[m])]
    ici_lu = _somme([ici[m] for m in connus])
    la_bas = _somme([ailleurs[m] for m in connus])
    se_comparent = meme_definition and bool(i.numerateur)
    return IndicateurCompare(
        indicateur=i,
        ici=ici_lu,
        ailleurs=la_bas,
        taux=evolution(
            avant=la_bas.taux if se_comparent else None,
            apres=ici_lu.taux if se_comparent else None,
        ),
        mois=len(connus),
        tus=len(possibles) - len(connus),
        meme_definition=meme_definition,
    )


def _est_connu(i: Indicateur, c: CompteTu) -> bool:
    return c.denominateur is not None and (not i.numerateur or c.numerateur is not None)


def _somme(comptes: Sequence[CompteTu]) -> Compte:
    if not comptes:
        return Compte("", "", None, None)
    return Compte(
        "",
        "",
        sum(c.numerateur or 0 for c in comptes),
        sum(c.denominateur or 0 for c in comptes),
    )


def nom_du_departement(*, racine: Path, code: str) -> str:
    """« Ardèche », ou « Département 12 » s'il n'est pas connu ici."""
    if code == TOUS:
        return "Tous les Départements"
    # Le code vient d'un fichier reçu : il ne désigne un dossier que s'il en a la forme.
    if not _CODE.fullmatch(code):
        return "Département inconnu"
    try:
        dossier = regles.dossier_du_departement(racine=racine, code=code)
        return regles.charger_departement(chemin=dossier / "departement.yaml").nom
    except (OSError, ValueError, LookupError):
        return f"Département {code}"
