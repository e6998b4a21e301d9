"""La couverture sur une carte : des communes ombrées selon leurs minutes, des lieux."""

from typing import Any

from draille.ecrans.cartes import HACHURES, INCONNU, Lieu, Ombre, Ton, dessiner
from draille.mesures.accueil_social.lectures_couverture import (
    CommuneLue,
    CouvertureLue,
    Raison,
)
from draille.mesures.accueil_social.lectures_couverture_projets import (
    AjoutLu,
    Etat,
    ImplantationLue,
)
from draille.mesures.accueil_social.views_couverture_mots import minutes_dites, raison_dite
from draille.socle.texte import JOURS, pluriel


def carte(*, lue: CouvertureLue) -> dict[str, Any]:
    """Les communes selon le temps au plus proche lieu ouvert, les lieux ouverts et les fermés."""
    seuil = lue.seuil_minutes
    ouverts = [
        Lieu(
            code=f"p{p.point.id}",
            nom=p.point.nom,
            latitude=p.point.latitude,
            longitude=p.point.longitude,
            mots=f"{p.point.nom} : le plus proche pour {pluriel(p.population, 'habitant')}",
        )
        for p in lue.points
    ]
    fermes = [
        Lieu(
            code=f"p{p.id}",
            nom=p.nom,
            latitude=p.latitude,
            longitude=p.longitude,
            mots=f"{p.nom} : fermé à ce moment",
            est_creux=True,
        )
        for p in lue.fermes
    ]
    return dessiner(
        lieux=[*ouverts, *fermes],
        tons=_tons(seuil, a_inconnues=any(c.raison is Raison.POSITION for c in lue.communes)),
        ombres=[Ombre(commune=c.id, ton=_ton(c, seuil), mots=_mots(c)) for c in lue.communes],
    )


def _tons(seuil: int, *, a_inconnues: bool) -> list[Ton]:
    premier, second = seuil // 3, 2 * seuil // 3
    tons = [
        Ton(rang=1, nom=f"moins de {premier} min"),
        Ton(rang=2, nom=f"de {premier} à {second} min"),
        Ton(rang=3, nom=f"de {second} à {seuil} min"),
        Ton(rang=HACHURES, nom=f"{seuil} min ou plus, ou rien d'ouvert"),
    ]
    return tons + ([Ton(rang=INCONNU, nom="position inconnue")] if a_inconnues else [])


def _ton(commune: CommuneLue, seuil: int) -> int:
    if commune.raison is Raison.POSITION:
        return INCONNU
    if not commune.est_couverte or commune.temps is None:
        return HACHURES
    return 1 + sum(3 * commune.temps.minutes >= rang * 10 * seuil for rang in (1, 2))


def _mots(commune: CommuneLue) -> str:
    if commune.est_couverte and commune.point is not None:
        return f"{commune.nom} : {minutes_dites(commune.temps)} vers {commune.point.nom}"
    return f"{commune.nom} : {raison_dite(commune)}"


_TONS_ETAT: dict[Etat, int] = {
    "rapprochée": 1,
    "déjà couverte": 3,
    "encore hors de portée": HACHURES,
}


def carte_projet(*, rendue: ImplantationLue) -> dict[str, Any]:
    """Les lieux proposés, numérotés dans l'ordre de ce qu'ils apportent."""
    # Deux permanences au même endroit n'en font qu'un sur la carte.
    par_commune: dict[str, list[tuple[int, AjoutLu]]] = {}
    for rang, ajout in enumerate(rendue.ajouts, start=1):
        par_commune.setdefault(ajout.commune, []).append((rang, ajout))
    return dessiner(
        lieux=[
            Lieu(
                code=f"a{siens[0][0]}",
                nom=", ".join(str(rang) for rang, _ in siens),
                latitude=siens[0][1].latitude,
                longitude=siens[0][1].longitude,
                mots=f"{commune} : {_jours(siens)}",
                est_creux=True,
            )
            for commune, siens in par_commune.items()
        ],
        tons=[
            Ton(rang=1, nom="rapprochée"),
            Ton(rang=3, nom="déjà couverte"),
            Ton(rang=HACHURES, nom="encore hors de portée"),
        ],
        ombres=[
            Ombre(commune=c.id, ton=_TONS_ETAT[c.etat], mots=f"{c.nom} : {c.etat}")
            for c in rendue.communes
        ],
    )


def _jours(siens: list[tuple[int, AjoutLu]]) -> str:
    gagnes = sum(a.apport for _, a in siens)
    jours = [JOURS[a.jour.weekday()] for _, a in siens if a.jour is not None]
    dit = f"{pluriel(gagnes, 'habitant')} de plus"
    return f"{dit}, {', '.join(jours)}" if jours else dit
