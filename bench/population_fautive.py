"""Des fiches fictives dont une part est écrite deux fois, la seconde avec des fautes.

Les noms viennent de listes de fiction et de syllabes ; leurs fréquences décroissent comme celles
des vrais noms. Des familles (mêmes nom, commune, téléphone), des jumeaux, des pères et fils de même
prénom et des homonymes tendent des pièges : ils ne sont pas la même personne.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from faker.providers.person.fr_FR import Provider

from draille.moteurs.rapprochement.calcul.types import Fiche

_DEBUTS = (
    "ba be bo bou cha che cor de du fa fer ga gi gon la le lau ma mar mo pa per ra ro sa ta ve vi"
)
_MILIEUX = "la li lo ma mi na ni ra ri ro sa ti to va bi cou der gar lan mon pel ran ver"
_FINS = "ard aud ault eau elle er et ette ien ier in on ot oux al as ac ent ol is"
LETTRES = "abcdefghijklmnopqrstuvwxyz"
DIMINUTIFS = {"Alexandre": "Alex", "Catherine": "Cathy", "Frédéric": "Fred", "Nicolas": "Nico"}


@dataclass(frozen=True, slots=True)
class PopulationFautive:
    """Les fiches, et les paires d'identifiants qui sont vraiment la même personne."""

    fiches: list[Fiche]
    vraies: set[tuple[int, int]]


class _Tirage:
    def __init__(self, graine: int) -> None:
        self.hasard = random.Random(graine)
        noms = list(dict.fromkeys(Provider.last_names))
        while len(noms) < 7000:
            morceaux = (
                (_DEBUTS, _MILIEUX, _FINS) if self.hasard.random() < 0.7 else (_DEBUTS, _FINS)
            )
            noms.append("".join(self.hasard.choice(m.split()) for m in morceaux).capitalize())
        self.noms = list(dict.fromkeys(noms))
        self.poids_noms = [1 / (r + 25) ** 0.8 for r in range(len(self.noms))]
        self.prenoms = {
            "1": list(dict.fromkeys(Provider.first_names_male)),
            "2": list(dict.fromkeys(Provider.first_names_female)),
        }
        self.poids_prenoms = {
            s: [1 / (r + 8) ** 0.7 for r in range(len(p))] for s, p in self.prenoms.items()
        }

    def nom(self) -> str:
        return self.hasard.choices(self.noms, self.poids_noms)[0]

    def prenom(self, sexe: str) -> str:
        return self.hasard.choices(self.prenoms[sexe], self.poids_prenoms[sexe])[0]

    def jour(self, debut: int, fin: int) -> date:
        return date(debut, 1, 1) + timedelta(days=self.hasard.randrange(365 * (fin - debut)))

    def telephone(self) -> str:
        return "06" + "".join(self.hasard.choice("0123456789") for _ in range(8))


def tirer(*, graine: int, fiches: int, part_doubles: float = 0.13) -> PopulationFautive:
    """Tire `fiches` fiches, dont `part_doubles` sont la seconde écriture d'une autre."""
    t = _Tirage(graine)
    doubles = int(fiches * part_doubles)
    gens: list[Fiche] = []
    while len(gens) < fiches - doubles:
        gens += _foyer(t, len(gens))
    gens = gens[: fiches - doubles]
    origines = t.hasard.sample(gens, doubles)
    secondes = [_seconde_ecriture(t, o, len(gens) + rang) for rang, o in enumerate(origines)]
    toutes = [*gens, *secondes]
    t.hasard.shuffle(toutes)
    vraies = {(o.id, s.id) for o, s in zip(origines, secondes, strict=True)}
    return PopulationFautive(toutes, vraies)


def _foyer(t: _Tirage, depuis: int) -> list[Fiche]:
    h = t.hasard
    nom, commune, telephone = t.nom(), int(h.paretovariate(0.9)) % 260 + 1, t.telephone()
    premier = _adulte(t, "2" if h.random() < 0.6 else "1", nom, commune, telephone)
    membres = [premier]
    if h.random() < 0.3:
        autre = "1" if premier.sexe == "2" else "2"
        membres.append(_adulte(t, autre, t.nom(), commune, t.telephone()))
        if autre == "2" or premier.sexe == "2":
            # L'épouse porte souvent le nom de l'époux.
            qui = 1 if autre == "2" else 0
            mari = membres[1 - qui].nom_naissance
            membres[qui] = replace(membres[qui], nom_usage=mari if h.random() < 0.6 else "")
    membres += _enfants(t, membres[0], commune, telephone)
    return [replace(m, id=depuis + i) for i, m in enumerate(membres)]


def _adulte(t: _Tirage, sexe: str, nom: str, commune: int, telephone: str) -> Fiche:
    h = t.hasard
    return Fiche(
        id=0,
        nom_naissance=f"{nom}-{t.nom()}" if h.random() < 0.03 else nom,
        prenom=_prenom_parfois_compose(t, sexe),
        prenoms_autres=t.prenom(sexe) if h.random() < 0.5 else "",
        sexe=sexe,
        naissance=t.jour(1940, 2000),
        telephone=telephone if h.random() < 0.7 else "",
        courriel=f"{h.randrange(10**9)}@example.org" if h.random() < 0.3 else "",
        commune=commune,
    )


def _prenom_parfois_compose(t: _Tirage, sexe: str) -> str:
    prenom = t.prenom(sexe)
    if "-" not in prenom and t.hasard.random() < 0.05:
        return f"{prenom}-{t.prenom(sexe)}"
    return prenom


def _enfants(t: _Tirage, parent: Fiche, commune: int, telephone: str) -> list[Fiche]:
    h = t.hasard
    enfants: list[Fiche] = []
    for _ in range(h.choices((0, 1, 2, 3), (6, 2, 2, 1))[0]):
        sexe = h.choice("12")
        enfant = Fiche(
            id=0,
            nom_naissance=parent.nom_naissance,
            prenom=_prenom_parfois_compose(t, sexe),
            sexe=sexe,
            naissance=t.jour(2000, 2020),
            telephone=telephone if h.random() < 0.4 else "",
            commune=commune,
        )
        if h.random() < 0.02 and parent.sexe == sexe:
            enfant = replace(enfant, prenom=parent.prenom)
        enfants.append(enfant)
        if h.random() < 0.03:
            jumeau = h.choice("12")
            enfants.append(replace(enfant, sexe=jumeau, prenom=t.prenom(jumeau)))
    return [
        e for rang, e in enumerate(enfants) if e.prenom not in {x.prenom for x in enfants[:rang]}
    ]


# --- Les fautes


def _seconde_ecriture(t: _Tirage, origine: Fiche, ident: int) -> Fiche:
    h = t.hasard
    fiche = replace(
        origine,
        id=ident,
        telephone=h.choices((origine.telephone, "", t.telephone()), (5, 4, 2))[0],
        courriel=origine.courriel if h.random() < 0.5 else "",
        commune=h.choices((origine.commune, None, h.randrange(1, 260)), (16, 1, 3))[0],
        sexe=origine.sexe if h.random() < 0.9 else "",
        prenoms_autres=origine.prenoms_autres if h.random() < 0.5 else "",
        nom_usage=origine.nom_usage if h.random() < 0.7 else "",
    )
    combien = h.choices((0, 1, 2), (30, 56, 14))[0]
    for faute in h.choices(*zip(*_FAUTES, strict=True), k=combien):
        fiche = faute(t, fiche)
    return fiche


def _coquille(t: _Tirage, mot: str) -> str:
    if len(mot) < 4:
        return mot
    h = t.hasard
    i = h.randrange(len(mot) - 1)
    return h.choice(
        (
            mot[:i] + h.choice(LETTRES) + mot[i + 1 :],
            mot[:i] + mot[i + 1 :],
            mot[:i] + h.choice(LETTRES) + mot[i:],
            mot[:i] + mot[i + 1] + mot[i] + mot[i + 2 :],
            mot[: i + 1] + mot[i] + mot[i + 1 :],
        )
    )


def _nom_fautif(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, nom_naissance=_coquille(t, f.nom_naissance))


def _prenom_fautif(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, prenom=DIMINUTIFS.get(f.prenom) or _coquille(t, f.prenom))


def _sans_accent(t: _Tirage, f: Fiche) -> Fiche:
    prenom = f.prenom.translate(str.maketrans("éèêëàâîïôûçÉ", "eeeeaaiioucE")).upper()
    return replace(f, prenom=prenom, nom_naissance=f.nom_naissance.upper().replace("-", " "))


def _compose(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, prenom=f.prenom.split("-")[0], nom_naissance=f.nom_naissance.split("-")[-1])


def _inverse(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, nom_naissance=f.prenom, prenom=f.nom_naissance, nom_usage="")


def _nom_marital(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, nom_naissance=f.nom_usage, nom_usage="") if f.nom_usage else f


def _annee_seule(t: _Tirage, f: Fiche) -> Fiche:
    if f.naissance is None:
        return f
    return replace(f, naissance=f.naissance.replace(month=1, day=1), precision="O")


def _mois_seul(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, naissance=f.naissance.replace(day=1), precision="J") if f.naissance else f


def _sans_naissance(t: _Tirage, f: Fiche) -> Fiche:
    return replace(f, naissance=None)


def _jour_mois(t: _Tirage, f: Fiche) -> Fiche:
    n = f.naissance
    if n is None or n.day > 12 or f.precision != "N":
        return f
    return replace(f, naissance=n.replace(month=n.day, day=n.month))


def _chiffre(t: _Tirage, f: Fiche) -> Fiche:
    if f.naissance is None or f.precision != "N":
        return f
    ecrit = list(f.naissance.isoformat())
    place = t.hasard.choice((2, 3, 6, 8, 9))
    ecrit[place] = t.hasard.choice("0123456789")
    try:
        return replace(f, naissance=date.fromisoformat("".join(ecrit)))
    except ValueError:
        return f


_FAUTES: tuple[tuple[Callable[[_Tirage, Fiche], Fiche], int], ...] = (
    (_nom_fautif, 24),
    (_prenom_fautif, 18),
    (_sans_accent, 20),
    (_compose, 12),
    (_inverse, 4),
    (_nom_marital, 5),
    (_annee_seule, 3),
    (_mois_seul, 1),
    (_sans_naissance, 2),
    (_jour_mois, 4),
    (_chiffre, 7),
)
