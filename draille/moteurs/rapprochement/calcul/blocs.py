"""Quelles paires peser : celles qui partagent au moins un bloc.

Comparer chacune à chacune coûterait le carré. Chaque bloc résiste à une sorte de faute : celui de
la naissance laisse passer un nom mal écrit, celui du nom une date fausse, et ainsi de suite.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from draille.moteurs.rapprochement.calcul.formes import Profil

# Au-delà, un bloc ne dit plus rien (numéro de convenance, date par défaut) et coûterait le carré.
TAILLE_MAXIMALE = 400


def cles(p: Profil) -> Iterator[tuple[object, ...]]:
    """Les blocs où tombe cette fiche ; le premier élément dit lequel."""
    sons = {n.son for n in p.noms} | {n.premier_son for n in p.noms}
    prenoms = {p.prenom.son, p.prenom.premier_son} if p.prenom else set()
    if p.jour:
        petit, grand = sorted((p.jour, p.mois))
        for initiale in {mot[0] for n in (*p.noms, p.prenom) for mot in n.mots}:
            yield "naissance", p.annee, petit, grand, initiale
    for nom in sons:
        for prenom in prenoms:
            yield "nom", *sorted((nom, prenom))
        if p.annee:
            yield "nom et année", nom, p.annee
        if p.jour:
            yield "nom et jour", nom, p.mois, p.jour
    yield from _cles_du_prenom(p, prenoms)
    if p.telephone:
        yield "téléphone", p.telephone
    if p.courriel:
        yield "courriel", p.courriel
    for matricule in p.matricules:
        yield "matricule", matricule


def _cles_du_prenom(p: Profil, prenoms: Iterable[str]) -> Iterator[tuple[object, ...]]:
    # Une coquille au début du nom laisse sa fin, et l'inverse.
    bouts = {bout for n in p.noms for bout in (n.colle[:2], n.colle[-2:] + "$")}
    for prenom in prenoms:
        if p.mois:
            yield "prénom et mois", prenom, p.annee, p.mois
        for bout in bouts:
            if p.jour:
                yield "prénom et jour", prenom, p.mois, p.jour, bout
            if p.annee:
                yield "prénom et année", prenom, p.annee, bout
            if p.fiche.commune:
                yield "prénom et commune", prenom, p.fiche.commune, bout


def paires(profils: Sequence[Profil], *, nouvelles: frozenset[int] | None = None) -> set[int]:
    """Les paires à peser, chacune codée `i * len(profils) + j` avec i < j (rangs des profils).

    `nouvelles` : les identifiants dont une paire doit porter l'un au moins ; nul : toutes.
    """
    blocs: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for rang, profil in enumerate(profils):
        for cle in set(cles(profil)):
            blocs[cle].append(rang)
    n = len(profils)
    neuve = None if nouvelles is None else [p.fiche.id in nouvelles for p in profils]
    trouvees: set[int] = set()
    for rangs in blocs.values():
        if not 1 < len(rangs) <= TAILLE_MAXIMALE:
            continue
        for place, i in enumerate(rangs):
            base = i * n
            if neuve is None or neuve[i]:
                trouvees.update(base + j for j in rangs[place + 1 :])
            else:
                trouvees.update(base + j for j in rangs[place + 1 :] if neuve[j])
    return trouvees
