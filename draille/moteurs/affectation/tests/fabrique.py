"""De petits problèmes tirés au hasard, et leur solution par énumération, écrite sans le moteur."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from draille.moteurs.affectation.calcul import Demandeur, Place, Probleme, Reglage

REGLAGE = Reglage(
    base=300,
    seuil=300,
    poids_exces=4,
    bonus_continuite=200,
    cout_non_affecte=5000,
    minutes_max=900,
    pas_equilibre=30,
    segments=5,
    pourcent_sans_vehicule=150,
)
ORIGINE = date(2020, 1, 6)


def place(libres: int, *, charge: int = 0, capacite: int | None = None, **autres) -> Place:
    """Une place de type « a », présente, dont la capacité suit."""
    termes = {"orientations": frozenset("a"), "est_presente": True, **autres}
    total = libres + charge if capacite is None else capacite
    return Place(libres=libres, charge=charge, capacite=total, **termes)


def demandeur(unite: int, *minutes: int, **autres) -> Demandeur:
    """Un demandeur de type « a », motorisé, sans référent."""
    termes = {
        "orientation": "a",
        "continuite": None,
        "est_sans_vehicule": False,
        "orientee_le": ORIGINE,
        **autres,
    }
    return Demandeur(unite=unite, minutes=minutes, **termes)


def probleme(demandeurs: Sequence[Demandeur], places: Sequence[Place], **autres) -> Probleme:
    """Un problème au réglage des documents."""
    termes = {"reglage": REGLAGE, "graine": "essai", **autres}
    return Probleme(demandeurs=tuple(demandeurs), places=tuple(places), **termes)


@st.composite
def problemes(tirer, *, gens: int = 5, referents: int = 3, couples: bool = True) -> Probleme:
    """Tout ce qui peut arriver : complet, absent, hors secteur, trop loin, couples, prix appris."""
    m = tirer(st.integers(0, referents))
    n = tirer(st.integers(0, gens))
    # Peu de valeurs : les ex aequo sont la règle, comme dans une même commune.
    minutes = st.sampled_from([-1, 0, 100, 100, 250, 300, 310, 450, 900, 901])
    unites = st.integers(0, n) if couples else st.just(None)
    demandeurs = []
    for i in range(n):
        unite = tirer(unites)
        demandeurs.append(
            Demandeur(
                unite=i if unite is None else unite,
                orientation=tirer(st.sampled_from("ab")),
                minutes=tuple(tirer(minutes) for _ in range(m)),
                continuite=tirer(st.none() | st.integers(0, m - 1)) if m else None,
                est_sans_vehicule=tirer(st.booleans()),
                orientee_le=ORIGINE + timedelta(days=tirer(st.integers(0, 30))),
            )
        )
    places = [
        Place(
            libres=tirer(st.integers(0, 3)),
            charge=tirer(st.integers(0, 3)),
            capacite=tirer(st.integers(0, 8)),
            orientations=tirer(st.sampled_from([frozenset("a"), frozenset("ab"), frozenset()])),
            est_presente=tirer(st.sampled_from([True, True, True, False])),
        )
        for _ in range(m)
    ]
    appris = tirer(st.just(()) | st.tuples(*[st.integers(0, 400)] * m))
    return probleme(demandeurs, places, appris=appris, graine=tirer(st.sampled_from(["a", "b"])))


def cout_de_la_paire(p: Probleme, i: int, j: int) -> int | None:
    """La formule publiée, recopiée à la main ; nul si la paire n'est pas permise."""
    d, lieu, r = p.demandeurs[i], p.places[j], p.reglage
    trajet = d.minutes[j]
    if not lieu.est_presente or d.orientation not in lieu.orientations:
        return None
    if trajet == -1 or trajet > r.minutes_max:
        return None
    if d.est_sans_vehicule:
        trajet = trajet * r.pourcent_sans_vehicule // 100
    cout = trajet + r.base + r.poids_exces * max(0, trajet - r.seuil)
    return cout - (r.bonus_continuite if d.continuite == j else 0)


def prix_des_sieges(p: Probleme, j: int) -> list[int]:
    """Le prix de chaque place libre de j, dans l'ordre où elles se prennent."""
    lieu, r = p.places[j], p.reglage
    if not lieu.est_presente:
        return []
    appris = p.appris[j] if p.appris else 0
    capacite = max(lieu.capacite, 1)
    segments = [
        next(k for k in range(r.segments) if rang < capacite * (k + 1) / r.segments)
        if rang < capacite
        else r.segments - 1
        for rang in range(lieu.charge, lieu.charge + lieu.libres)
    ]
    return [appris + r.pas_equilibre * k for k in segments]


def cout_total(p: Probleme, choix: Sequence[int]) -> int | None:
    """Le coût d'une affectation ; nul si elle n'est pas admissible."""
    total, sieges = 0, Counter()
    par_unite: dict[int, int] = {}
    for i, j in enumerate(choix):
        unite = p.demandeurs[i].unite
        if par_unite.setdefault(unite, j) != j:
            return None
        paire = p.reglage.cout_non_affecte if j < 0 else cout_de_la_paire(p, i, j)
        if paire is None:
            return None
        total += paire
    for j in par_unite.values():
        sieges[j] += j >= 0
    for j, nombre in sieges.items():
        prix = prix_des_sieges(p, j) if j >= 0 else []
        if nombre > len(prix):
            return None
        total += sum(prix[:nombre])
    return total


def enumerer(p: Probleme) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Toutes les affectations admissibles, avec leur coût."""
    for choix in product(range(-1, len(p.places)), repeat=len(p.demandeurs)):
        cout = cout_total(p, choix)
        if cout is not None:
            yield cout, choix
