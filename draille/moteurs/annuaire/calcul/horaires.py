"""Lire et écrire des heures d'ouverture : France services, OpenStreetMap (data·inclusion).

Une lecture ne devine pas : ce qui n'est pas compris, ou n'est pas vraisemblable, est laissé et dit.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta

from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.socle.texte import JOURS

# Avant cinq heures, c'est une faute de frappe : aucun guichet n'ouvre à cette heure.
PREMIERE_HEURE = time(5)
_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_RANG = {code: rang for rang, code in enumerate(_CODES, start=1)}
_JOUR = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_CHOIX = rf"{_JOUR}(?:-{_JOUR})?(?:\[[1-5](?:[,-][1-5])*\])?"
_HEURES = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_REGLE = re.compile(
    rf"^(?P<plus>\+)?(?P<jours>{_CHOIX}(?:\s*,\s*{_CHOIX})*)?\s*"
    rf"(?P<quoi>{_HEURES}(?:\s*,\s*{_HEURES})*|off|closed|24/7)$"
)
_UN_CHOIX = re.compile(rf"^({_JOUR})(?:-({_JOUR}))?(?:\[([1-5](?:[,-][1-5])*)\])?$")
_SUITE = re.compile(rf"(\d{{2}})\s*,\s*(?={_JOUR})")
_FRANCAISE = re.compile(r"(\d{1,2})\s*[:hH]\s*(\d{2})?")
_TOUS_RANGS = frozenset({1, 2, 3, 4, 5})

Lues = tuple[tuple[Plage, ...], list[str]]


def lire_semaine(jours: Mapping[int, str], *, rangs: Sequence[int] = ()) -> Lues:
    """Les heures écrites jour par jour (1 lundi) : « 09:00 - 12:00 / 13:30 - 17:00 ».

    `rangs` : les semaines du mois où elles valent (vide, toutes). Rend les plages et les
    remarques : ce qui a été laissé, ou réuni parce que cela se chevauchait.
    """
    plages: list[Plage] = []
    remarques: list[str] = []
    for jour, texte in sorted(jours.items()):
        heures: list[tuple[time, time]] = []
        for morceau, lue in _intervalles(texte):
            if lue is None:
                remarques.append(f"{JOURS[jour - 1]} « {morceau} » laissé de côté")
            else:
                heures.append(lue)
        reunies = _reunir(heures)
        if len(reunies) < len(heures):
            remarques.append(f"{JOURS[jour - 1]} : heures qui se chevauchent, réunies")
        plages += [_plage(jour, debut, fin, rangs) for debut, fin in reunies]
    return tuple(plages), remarques


def _intervalles(texte: str) -> list[tuple[str, tuple[time, time] | None]]:
    morceaux = (m.strip() for m in re.split(r"[/;,]| et ", texte or ""))
    return [(morceau, _intervalle(morceau)) for morceau in morceaux if morceau]


def _intervalle(texte: str) -> tuple[time, time] | None:
    """Les deux heures d'un intervalle vraisemblable, ou rien."""
    lues = _FRANCAISE.findall(texte)
    if len(lues) != 2 or _FRANCAISE.sub("", texte).strip(" -–àa") != "":
        return None
    try:
        debut, fin = (_heure(int(h), int(m or 0)) for h, m in lues)
    except ValueError:
        return None
    return (debut, fin) if PREMIERE_HEURE <= debut < fin else None


def _heure(heures: int, minutes: int) -> time:
    return time(23, 59) if (heures, minutes) == (24, 0) else time(heures, minutes)


def _reunir(heures: Iterable[tuple[time, time]]) -> list[tuple[time, time]]:
    reunies: list[tuple[time, time]] = []
    for debut, fin in sorted(heures):
        if reunies and debut < reunies[-1][1]:
            reunies[-1] = (reunies[-1][0], max(fin, reunies[-1][1]))
        else:
            reunies.append((debut, fin))
    return reunies


def _plage(jour: int, debut: time, fin: time, rangs: Sequence[int] = ()) -> Plage:
    return Plage(jour=jour, le=None, rangs=tuple(rangs), heure_debut=debut, heure_fin=fin)


def lire_osm(texte: str) -> Lues:
    """Les heures au format OpenStreetMap `opening_hours` : jours, rangs dans le mois, `off`.

    Une règle remplace les précédentes pour ses jours, comme le format le dit. Les saisons, les
    dates et le reste sont laissés et dits ; `PH off` est déjà la règle ici.
    """
    semaine: dict[tuple[int, int], list[tuple[time, time]]] = {}
    remarques: list[str] = []
    for brute in _SUITE.sub(r"\1;+", texte or "").replace("||", ";").split(";"):
        regle = re.sub(r'"[^"]*"', "", brute).strip()
        if regle in ("", "+", "PH off", "PH,SH off", "SH,PH off", "PH closed"):
            continue
        if not _appliquer(regle, semaine, remarques):
            remarques.append(f"« {brute.strip()} » laissé de côté")
    return _plages(semaine), remarques


def _appliquer(
    regle: str,
    semaine: dict[tuple[int, int], list[tuple[time, time]]],
    remarques: list[str],
) -> bool:
    lue = _REGLE.match(regle)
    if lue is None:
        return False
    heures = _heures_osm(lue["quoi"], regle, remarques)
    for jour, rang in _cases(lue["jours"] or "Mo-Su"):
        avant = semaine.get((jour, rang), []) if lue["plus"] else []
        semaine[(jour, rang)] = [*avant, *heures]
    return True


def _heures_osm(quoi: str, regle: str, remarques: list[str]) -> list[tuple[time, time]]:
    if quoi in ("off", "closed"):
        return []
    if quoi == "24/7":
        return [(time(0), time(23, 59))]
    lues = [(morceau, _intervalle(morceau)) for morceau in quoi.split(",")]
    remarques += [
        f"« {morceau.strip()} » de « {regle} » laissé de côté" for morceau, h in lues if h is None
    ]
    return [h for _, h in lues if h is not None]


def _cases(choix: str) -> list[tuple[int, int]]:
    """Les (jour, rang dans le mois) que désigne « Mo-We,Sa[1,3] »."""
    cases: list[tuple[int, int]] = []
    for morceau in re.findall(_CHOIX, choix):
        un = _UN_CHOIX.match(morceau)
        assert un is not None
        premier, dernier = _RANG[un[1]], _RANG[un[2] or un[1]]
        jours = [(premier - 1 + pas) % 7 + 1 for pas in range((dernier - premier) % 7 + 1)]
        cases += [(jour, rang) for jour in jours for rang in _rangs(un[3])]
    return cases


def _rangs(texte: str | None) -> list[int]:
    if not texte:
        return sorted(_TOUS_RANGS)
    rangs: set[int] = set()
    for morceau in texte.split(","):
        premier, _, dernier = morceau.partition("-")
        rangs |= set(range(int(premier), int(dernier or premier) + 1))
    return sorted(rangs)


def _plages(semaine: Mapping[tuple[int, int], list[tuple[time, time]]]) -> tuple[Plage, ...]:
    par_heures: dict[tuple[int, time, time], list[int]] = {}
    for (jour, rang), heures in sorted(semaine.items()):
        for debut, fin in _reunir(heures):
            par_heures.setdefault((jour, debut, fin), []).append(rang)
    return tuple(
        _plage(jour, debut, fin, () if set(rangs) == _TOUS_RANGS else rangs)
        for (jour, debut, fin), rangs in sorted(par_heures.items())
    )


def ecrire_osm(*, plages: Iterable[Plage], le: date) -> str:
    """La semaine en vigueur ce jour-là au format `opening_hours` ; vide si elle est inconnue."""
    par_jour: dict[int, dict[tuple[int, ...], list[str]]] = {}
    for plage in sorted(plages, key=lambda p: (p.jour or 0, p.rangs, p.heure_debut or time.min)):
        if plage.jour is None or plage.debut > le or (plage.fin is not None and plage.fin <= le):
            continue
        assert plage.heure_debut is not None and plage.heure_fin is not None
        heures = f"{plage.heure_debut:%H:%M}-{plage.heure_fin:%H:%M}"
        par_jour.setdefault(plage.jour, {}).setdefault(plage.rangs, []).append(heures)
    regles: dict[str, list[int]] = {}
    for jour, par_rangs in par_jour.items():
        for rangs, heures_dites in par_rangs.items():
            suffixe = f"[{','.join(map(str, rangs))}]" if rangs else ""
            regles.setdefault(f"{suffixe} {','.join(heures_dites)}", []).append(jour)
    dites = [_regle_osm(fin, jours) for fin, jours in regles.items()]
    # La virgule ajoute, le point-virgule remplacerait les heures d'un même jour.
    return f"{', '.join(dites)}; PH off" if dites else ""


def _regle_osm(fin: str, jours: list[int]) -> str:
    suffixe, _, heures = fin.partition(" ")
    if suffixe:
        return ",".join(f"{_CODES[j - 1]}{suffixe}" for j in jours) + f" {heures}"
    groupes: list[list[int]] = []
    for jour in jours:
        if groupes and jour == groupes[-1][-1] + 1:
            groupes[-1].append(jour)
        else:
            groupes.append([jour])
    dits = (
        _CODES[g[0] - 1] if len(g) == 1 else f"{_CODES[g[0] - 1]}-{_CODES[g[-1] - 1]}"
        for g in groupes
    )
    return f"{','.join(dits)} {heures}"


def ecrire_jour(*, plages: Iterable[Plage], jour: int, le: date) -> tuple[str, str] | None:
    """Les heures d'un jour de semaine et ses rangs (« 1,3 »), comme `lire_semaine` les relit.

    Rien si ce jour a des heures différentes selon la semaine du mois.
    """
    siennes = sorted(
        (p for p in plages if p.jour == jour and p.debut <= le and (p.fin is None or le < p.fin)),
        key=lambda p: p.heure_debut or time.min,
    )
    if len({p.rangs for p in siennes}) > 1:
        return None
    rangs = ",".join(map(str, siennes[0].rangs)) if siennes else ""
    return " / ".join(_ecrites(p) for p in siennes), rangs


def _ecrites(plage: Plage) -> str:
    assert plage.heure_debut is not None and plage.heure_fin is not None
    return f"{plage.heure_debut:%H:%M}-{plage.heure_fin:%H:%M}"


_EXCEPTION = re.compile(
    r"^(?P<du>\d{1,2}/\d{1,2}/\d{4})(?:\s*(?:au|-|–)\s*(?P<au>\d{1,2}/\d{1,2}/\d{4}))?"
    r"\s*:?\s*(?P<quoi>.+)$"
)
JOURS_D_UNE_EXCEPTION = 366


def lire_exceptions(texte: str, *, le: date) -> Lues:
    """Les jours à part, un par ligne : « 24/12/2020 au 02/01/2021 fermé », « 31/10/2020 9h-12h ».

    Ceux d'avant `le` ne se lisent plus. Rend les plages datées et ce qui n'a pas été compris.
    """
    plages: dict[tuple[date, time | None], Plage] = {}
    remarques: list[str] = []
    for ligne in filter(None, (x.strip() for x in (texte or "").splitlines())):
        lues = _exception(ligne)
        if lues is None:
            remarques.append(f"« {ligne} » laissé de côté")
            continue
        for plage in lues:
            assert plage.le is not None
            if plage.le >= le:
                plages[(plage.le, plage.heure_debut)] = plage
    return tuple(plages.values()), remarques


def _exception(ligne: str) -> list[Plage] | None:
    lue = _EXCEPTION.match(ligne)
    jours = _jours(lue["du"], lue["au"] or lue["du"]) if lue else []
    if lue is None or not jours:
        return None
    quoi = lue["quoi"].strip().lower().rstrip(".")
    if quoi in ("fermé", "ferme", "fermée", "fermeture"):
        return [Plage(jour=None, le=jour, est_fermeture=True) for jour in jours]
    heures = [h for _, h in _intervalles(quoi)]
    if not heures or None in heures:
        return None
    return [
        Plage(jour=None, le=jour, heure_debut=h[0], heure_fin=h[1])
        for jour in jours
        for h in _reunir(x for x in heures if x is not None)
    ]


def _jours(du: str, au: str) -> list[date]:
    """Du premier au dernier, compris ; vide si l'un n'existe pas, s'ils se croisent, ou au-delà
    d'un an."""
    try:
        premier, dernier = (
            date(int(a), int(m), int(j)) for j, m, a in (du.split("/"), au.split("/"))
        )
    except ValueError:
        return []
    nombre = (dernier - premier).days + 1
    if nombre > JOURS_D_UNE_EXCEPTION:
        return []
    return [premier + timedelta(days=pas) for pas in range(nombre)]


def ecrire_exceptions(*, plages: Iterable[Plage], le: date) -> str:
    """Les jours à part à compter de `le`, une ligne par suite de jours pareils."""
    par_jour: dict[date, list[Plage]] = {}
    for plage in plages:
        if plage.le is not None and plage.le >= le:
            par_jour.setdefault(plage.le, []).append(plage)
    suites: list[tuple[date, date, str]] = []
    for jour in sorted(par_jour):
        ouvertes = sorted(_ecrites(p) for p in par_jour[jour] if not p.est_fermeture)
        quoi = " / ".join(ouvertes) or "fermé"
        if suites and suites[-1][2] == quoi and suites[-1][1] == jour - timedelta(days=1):
            suites[-1] = (suites[-1][0], jour, quoi)
        else:
            suites.append((jour, jour, quoi))
    return "\n".join(
        f"{du:%d/%m/%Y} {quoi}" if du == au else f"{du:%d/%m/%Y} au {au:%d/%m/%Y} {quoi}"
        for du, au, quoi in suites
    )
