"""Compter les mêmes définitions sur des fichiers d'actes, par DuckDB ou par Spark.

Les indicateurs se rangent par dénominateur comme sur PostgreSQL (`calcul_groupes`) ; l'expression
ibis est la même pour les deux moteurs. Les lignes d'un fichier sont rangées par date puis par ordre
d'écriture : la plus petite d'un sujet est sa première.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from draille.moteurs.indicateurs.calcul import Compte, Periode, completer
from draille.moteurs.indicateurs.calcul_groupes import Groupe, Membre, grouper
from draille.moteurs.indicateurs.nation.moteurs import ouvrir
from draille.moteurs.indicateurs.nation.schema import Manifeste, empreinte, lire_manifeste, nom_de
from draille.moteurs.indicateurs.nation.traduction import cles_lues, colonne_de, traduire
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.refus import Refus

Moteur = Literal["duckdb", "spark"]
TOUS = "tous"
_PSEUDONYMES = ("personne", "objet", "agent")


@dataclass(frozen=True, slots=True)
class Ecartee:
    """Une définition que l'on n'a pas comptée, et pourquoi."""

    nom: str
    pourquoi: str


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Par indicateur puis par Département (et « tous ») : le compte de chaque mois.

    `le` : la date de lecture commune. `ecartees` : ce que tous les fichiers ne permettent pas.
    """

    le: date
    periode: Periode
    indicateurs: tuple[Indicateur, ...]
    departements: tuple[str, ...]
    series: dict[str, dict[str, list[tuple[date, Compte]]]]
    ecartees: tuple[Ecartee, ...]


def trouver(dossiers: Sequence[Path]) -> list[Path]:
    """Les fichiers d'actes de ces dossiers (ou ces fichiers mêmes), dans l'ordre.

    Lève `Refus('consolidation.vide')` s'il n'y en a aucun.
    """
    fichiers: set[Path] = set()
    for dossier in dossiers:
        fichiers |= set(dossier.rglob("actes-*.parquet")) if dossier.is_dir() else {dossier}
    if not fichiers:
        noms = ", ".join(f"« {d} »" for d in dossiers)
        raise Refus(
            code="consolidation.vide",
            message=f"Aucun fichier d'actes dans {noms}. Exportez d'abord un Département.",
        )
    return sorted(fichiers)


def calculer(
    *,
    dossiers: Sequence[Path],
    indicateurs: Sequence[Indicateur],
    periode: Periode | None = None,
    moteur: Moteur = "duckdb",
    progression: Callable[[int, int], None] | None = None,
) -> Consolidation:
    """Compte ces indicateurs sur les actes exportés, par Département et en tout, mois par mois.

    `periode` : par défaut, l'année civile de la date de lecture, qui est la plus ancienne date
    d'arrêté des fichiers : un Département lu plus tard ne compte pas plus d'actes qu'un autre.
    Lève `Refus` si un fichier n'est pas du schéma, ou si un Département est en double.
    """
    fichiers = trouver(dossiers)
    manifestes = [lire_manifeste(chemin=f, contenu="actes") for f in fichiers]
    _refuser_doublons(manifestes)
    le = min(m.arrete_le for m in manifestes)
    periode = periode or Periode.annee(le.year)
    retenus, ecartees = _retenir(indicateurs, manifestes)
    departements = tuple(sorted(m.departement for m in manifestes))
    comptes = _compter(fichiers, retenus, periode, le, moteur, progression)
    series = {
        nom_de(i): {
            d: completer(comptes=comptes[(rang, d)], periode=periode) for d in (*departements, TOUS)
        }
        for rang, i in enumerate(retenus)
    }
    return Consolidation(le, periode, tuple(retenus), departements, series, tuple(ecartees))


def _refuser_doublons(manifestes: Sequence[Manifeste]) -> None:
    vus: set[str] = set()
    for m in manifestes:
        if m.departement in vus:
            raise Refus(
                code="consolidation.doublon",
                message=(
                    f"Le Département {m.departement} a plusieurs fichiers d'actes : ses actes "
                    "compteraient deux fois. Gardez le plus récent."
                ),
            )
        vus.add(m.departement)


def _retenir(
    indicateurs: Sequence[Indicateur], manifestes: Sequence[Manifeste]
) -> tuple[list[Indicateur], list[Ecartee]]:
    """Ceux dont chaque fichier a la même définition ; les autres ne se comparent pas."""
    retenus, ecartees = [], []
    for i in indicateurs:
        manquent = [m.departement for m in manifestes if nom_de(i) not in m.definitions]
        autres = [
            m.departement
            for m in manifestes
            if m.definitions.get(nom_de(i), empreinte(i)) != empreinte(i)
        ]
        if manquent:
            ecartees.append(Ecartee(nom_de(i), f"inconnue de {', '.join(manquent)}"))
        elif autres:
            ecartees.append(Ecartee(nom_de(i), f"définie autrement par {', '.join(autres)}"))
        else:
            retenus.append(i)
    return retenus, ecartees


def _compter(
    fichiers: Sequence[Path],
    indicateurs: Sequence[Indicateur],
    periode: Periode,
    le: date,
    moteur: Moteur,
    progression: Callable[[int, int], None] | None,
) -> dict[tuple[int, str], dict[date, Compte]]:
    """Par rang d'indicateur et par Département, puis « tous » : le compte de chaque mois."""
    comptes: dict[tuple[int, str], dict[date, Compte]] = defaultdict(dict)
    groupes = grouper(indicateurs)
    with ouvrir(fichiers=fichiers, moteur=moteur, cles=_colonnes(indicateurs)) as lien:
        for faits, groupe in enumerate(groupes):
            for rang, departement, mois, d, n in _lire(lien, groupe, periode, le):
                comptes[(rang, departement)][mois] = Compte(d, n)
                total = comptes[(rang, TOUS)].get(mois, Compte(0, 0))
                comptes[(rang, TOUS)][mois] = Compte(total.denominateur + d, total.numerateur + n)
            if progression:
                progression(faits + 1, len(groupes))
    return comptes


def _colonnes(indicateurs: Sequence[Indicateur]) -> tuple[str, ...]:
    return tuple(colonne_de(cle=cle, nature=nature) for cle, nature in cles_lues(indicateurs))


def _lire(
    lien: Any, groupe: Groupe, periode: Periode, le: date
) -> Iterator[tuple[int, str, date, int, int]]:
    """Les rangées (rang, Département, mois, dénominateur, numérateur) d'un groupe."""
    for rangee in lien.lire(expression(actes=lien.actes, groupe=groupe, periode=periode, le=le)):
        for m in groupe.membres:
            d, n = rangee[f"d{m.rang}"] or 0, rangee.get(f"n{m.rang}") or 0
            yield m.rang, rangee["departement"], rangee["mois"], int(d), int(n)


# --- L'expression, la même pour les deux moteurs -------------------------------------------------


def expression(*, actes: Any, groupe: Groupe, periode: Periode, le: date) -> Any:
    """L'expression ibis des comptes d'un groupe : Département, mois, et `d…`, `n…` par membre."""
    import ibis

    lignes = _uniques(_retenues(actes, groupe, periode, le), groupe)
    lignes = lignes.filter(lignes.le >= ibis.literal(periode.debut))
    comptes = {f"d{m.rang}": _somme(lignes[f"f{m.filtre}"]) for m in groupe.membres}
    for m in groupe.membres:
        if m.indicateur.numerateur and not m.a_des_reponses:
            vu = lignes[f"f{m.filtre}"] & lignes.code.isin(m.indicateur.numerateur)
            comptes[f"n{m.rang}"] = _somme(vu)
    total = lignes.group_by(["departement", "mois"]).aggregate(**comptes)
    if not groupe.avec_reponses:
        return total
    reponses = _reponses(actes, lignes, groupe, le)
    return total.left_join(reponses, ["departement", "mois"]).select(
        total, *(reponses[f"n{m.rang}"] for m in groupe.avec_reponses)
    )


def _somme(drapeau: Any) -> Any:
    """Combien de lignes ont ce drapeau."""
    import ibis

    return ibis.ifelse(drapeau, 1, 0).sum()


def _retenues(actes: Any, groupe: Groupe, periode: Periode, le: date) -> Any:
    """Les lignes du dénominateur, un drapeau `f…` par filtre."""
    import ibis

    modele = groupe.modele
    jusque = le.toordinal() - modele.anciennete_min_jours - bool(modele.anciennete_min_jours)
    d = actes.filter(
        actes.code.isin(modele.denominateur),
        actes.le < ibis.literal(periode.fin),
        actes.le <= ibis.literal(date.fromordinal(jusque)),
    )
    if modele.unicite != "premiere":
        d = d.filter(d.le >= ibis.literal(periode.debut))
    d = d.mutate(mois=d.le.truncate("M").cast("date"))
    filtres = [
        traduire(sql=f, colonne=lambda _, nom: d[nom]).fill_null(False) for f in groupe.filtres
    ]
    if len(filtres) == 1:
        return d.filter(filtres[0]).mutate(f0=ibis.literal(True))
    return d.mutate(**{f"f{k}": f for k, f in enumerate(filtres)})


def _uniques(d: Any, groupe: Groupe) -> Any:
    """Une ligne par sujet (et par mois) : la plus petite ; sans sujet, chacune pour elle-même."""
    import ibis

    unicite, sujet = groupe.modele.unicite, groupe.modele.sujet
    if unicite == "aucune":
        return d
    # Un pseudonyme est positif : l'opposé de la ligne n'est celui de personne. Zéro tient lieu de
    # nul, que « la valeur de la plus petite ligne » sauterait.
    qui = d[sujet].fill_null(-d.ligne)
    cles = ["departement", "qui", *(["mois"] if unicite == "mois" else [])]
    gardees = {"le": d.le, "code": d.code, "objet": d.objet.fill_null(0)}
    if unicite == "premiere":
        gardees["mois"] = d.mois
    for nom in ("personne", "agent"):
        gardees[nom] = d[nom].fill_null(0)
    premieres = {nom: valeur.argmin(d.ligne) for nom, valeur in gardees.items()}
    uniques = d.mutate(qui=qui).group_by(cles).aggregate(ligne=d.ligne.min(), **premieres)
    return uniques.mutate(f0=ibis.literal(True))


def _reponses(actes: Any, lignes: Any, groupe: Groupe, le: date) -> Any:
    """Par Département et par mois : combien de lignes ont une réponse qui remplit la condition."""
    import ibis

    n = actes.filter(actes.code.isin(groupe.codes_reponses), actes.le <= ibis.literal(le))
    n = n.select(**{f"n_{c}": n[c] for c in n.columns})
    j = lignes.inner_join(n, [lignes.departement == n.n_departement, lignes.objet == n.n_objet])

    def colonne(table: str, nom: str) -> Any:
        if table == "n":
            return j[f"n_{nom}"]
        return j[nom].nullif(0) if nom in _PSEUDONYMES else j[nom]

    vues = {f"r{m.rang}": _somme(_repond(m, j, colonne)) for m in groupe.avec_reponses}
    par_ligne = j.group_by(["departement", "mois", "ligne"]).aggregate(**vues)
    comptes = {f"n{m.rang}": _somme(par_ligne[f"r{m.rang}"] > 0) for m in groupe.avec_reponses}
    return par_ligne.group_by(["departement", "mois"]).aggregate(**comptes)


def _repond(m: Membre, j: Any, colonne: Callable[[str, str], Any]) -> Any:
    condition = traduire(sql=m.indicateur.condition, colonne=colonne)
    return j[f"f{m.filtre}"] & j.n_code.isin(m.indicateur.numerateur) & condition
