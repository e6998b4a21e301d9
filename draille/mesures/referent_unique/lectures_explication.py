"""« Pourquoi lui, et pas elle ? » : contrefactuels exacts, en minutes, sans parler de personne."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from draille.mesures.referent_unique.lectures_page import (
    DONNEES,
    ParametreLu,
    mention,
    parametres_du_calcul,
)
from draille.mesures.referent_unique.lectures_proposition import (
    LigneLue,
    ligne,
    noms_des_agents,
    orientation_libelle,
    prendre_ligne,
)
from draille.mesures.referent_unique.models import Calcul, LigneCalcul
from draille.mesures.referent_unique.regles import minutes_entieres
from draille.moteurs.affectation.calcul import (
    INTERDIT,
    Demandeur,
    Place,
    Probleme,
    Reglage,
    Solution,
    couts,
)
from draille.moteurs.affectation.calcul.contrefactuels import regrets
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne, pluriel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoixPossible:
    """Un référent, vu d'une ligne. `raison` vide : possible, au prix de `surcout_minutes` (dixièmes
    de minute, sur l'ensemble de la proposition, équilibre des charges compris)."""

    agent_id: int
    agent: str
    organisation: str
    bureau: str
    minutes: int | None
    surcout_minutes: int | None
    raison: str
    raison_libelle: str
    libres: int
    est_propose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PourquoiPas:
    """La réponse à « pourquoi pas ce référent ? ». Minutes en dixièmes ; ne révèle personne."""

    agent_id: int
    agent: str
    minutes: int | None
    ecart_minutes: int | None
    surcout_minutes: int | None
    raison: str
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """La fiche individuelle (CRPA R311-3-1-2) : données, paramètres, opérations."""

    ligne: LigneLue
    calcul: Calcul
    donnees: tuple[tuple[str, str, str], ...]
    operations: tuple[tuple[str, str], ...]
    parametres: tuple[ParametreLu, ...]
    alternatives: tuple[ChoixPossible, ...]
    poids: str
    mention: str


RAISONS = {
    "": "",
    "absent": "absent ou parti le jour du calcul",
    "type": "ne suit pas cette orientation",
    "secteur": "cette commune n'est pas dans son secteur, ou son habilitation ne l'ouvre pas",
    "distance": "trop loin",
    "foyer": "ne peut pas suivre tout le foyer, qui n'a qu'un référent",
    "plein": "n'a plus de place",
}


def choix(*, ligne_id: int, acces: Acces) -> tuple[ChoixPossible, ...]:
    """Tous les référents du calcul, vus de cette ligne : les possibles d'abord, le moins coûteux en
    tête. Requêtes constantes. Lève `Refus('referent_unique.introuvable')`."""
    une = prendre_ligne(ligne_id=ligne_id, acces=acces)
    return _choix(une, _probleme(une.calcul))


def pourquoi_pas(*, ligne_id: int, agent_id: int, acces: Acces) -> PourquoiPas:
    """Pourquoi la proposition n'est pas ce référent-là : minutes de trajet, surcoût de l'ensemble.

    Le surcoût est exact : celui de la meilleure proposition où ce référent serait imposé. Lève
    `Refus` : `referent_unique.introuvable`, `referent_unique.agent_hors_calcul`.
    """
    une = prendre_ligne(ligne_id=ligne_id, acces=acces)
    trouves = [c for c in _choix(une, _probleme(une.calcul)) if c.agent_id == agent_id]
    if not trouves:
        raise Refus(
            code="referent_unique.agent_hors_calcul",
            message="Cet agent n'avait pas de portefeuille ouvert le jour du calcul : le calcul ne "
            "l'a pas regardé.",
        )
    lu = trouves[0]
    propose = une.minutes[une.place] if une.place >= 0 else None
    ecart = None if lu.minutes is None or propose is None else lu.minutes - propose
    return PourquoiPas(
        agent_id=agent_id,
        agent=lu.agent,
        minutes=lu.minutes,
        ecart_minutes=ecart,
        surcout_minutes=lu.surcout_minutes,
        raison=lu.raison or ("propose" if lu.est_propose else "cout"),
        phrase=_phrase(lu, ecart),
    )


def fiche(*, ligne_id: int, acces: Acces) -> Fiche:
    """Tout ce que le calcul a fait pour cette personne, et ce qu'il n'a pas fait.

    Requêtes constantes. Lève `Refus('referent_unique.introuvable')`.
    """
    une = prendre_ligne(ligne_id=ligne_id, acces=acces)
    lue = ligne(ligne_id=ligne_id, acces=acces)
    lus = _probleme(une.calcul)
    alternatives = _choix(une, lus)
    return Fiche(
        ligne=lue,
        calcul=une.calcul,
        donnees=_donnees(lue, une),
        operations=_operations(lue, une, lus, alternatives),
        parametres=parametres_du_calcul(calcul=une.calcul),
        alternatives=alternatives,
        poids=_poids(lue),
        mention=mention(le=une.calcul.fait_le),
    )


# Le surcoût dépend de tout le problème : un agent d'un secteur n'en voit que ses lignes. La
# fonction du propriétaire rend les autres sans dire de qui elles parlent.
_LIGNES = "SELECT referent_unique_probleme(%s)"


@dataclass(frozen=True, slots=True)
class _Lus:
    probleme: Probleme
    solution: Solution
    regrets: Any
    couts: Any


def _probleme(calcul: Calcul) -> _Lus:
    with connection.cursor() as curseur:
        curseur.execute(_LIGNES, [calcul.pk])
        (brut,) = curseur.fetchone()
    rangees = json.loads(brut) if isinstance(brut, str) else (brut or [])
    probleme = Probleme(
        demandeurs=tuple(
            Demandeur(
                unite=r["unite"],
                orientation=r["orientation"],
                minutes=tuple(r["minutes"]),
                continuite=None if r["continuite"] < 0 else r["continuite"],
                est_sans_vehicule=r["est_sans_vehicule"],
                orientee_le=date.fromisoformat(r["orientee_le"]),
            )
            for r in rangees
        ),
        places=tuple(
            Place(
                libres=p["libres"],
                charge=p["charge"],
                capacite=p["capacite"],
                orientations=frozenset(p["orientations"]),
                est_presente=p["est_presente"],
            )
            for p in calcul.places
        ),
        reglage=Reglage(**calcul.reglage),
        appris=tuple(calcul.appris),
        graine=calcul.graine,
    )
    solution = Solution(
        choix=tuple(r["place"] for r in rangees),
        prix=tuple(calcul.prix),
        cout=calcul.cout,
        solveur=calcul.solveur,
    )
    paires = couts(probleme)
    # Sans prix (places comptées en personnes, réparation), aucun surcoût n'est prouvé : on n'en dit
    # pas, et l'on montre seulement ce qui est possible.
    surcouts = regrets(probleme=probleme, solution=solution) if calcul.prix else None
    return _Lus(probleme, solution, surcouts, paires)


def _choix(une: LigneCalcul, lus: _Lus) -> tuple[ChoixPossible, ...]:
    agents = noms_des_agents([p["agent_id"] for p in une.calcul.places])
    par_agent: dict[int, ChoixPossible] = {}
    for rang, place in enumerate(une.calcul.places):
        agent = agents.get(place["agent_id"])
        if agent is None:
            continue
        surcout = _surcout(une, rang, lus)
        raison = _raison(une, rang, lus) if surcout == INTERDIT else ""
        lu = ChoixPossible(
            agent_id=agent.pk,
            agent=str(agent),
            organisation=str(agent.organisation),
            bureau=place["bureau"],
            minutes=None if une.minutes[rang] == INTERDIT else une.minutes[rang],
            surcout_minutes=None if raison or not une.calcul.prix else surcout,
            raison=raison,
            raison_libelle=RAISONS[raison],
            libres=place["libres"],
            est_propose=rang == une.place,
        )
        connu = par_agent.get(agent.pk)
        # Le même agent peut avoir deux places : la sienne, et celle du foyer qu'il suit déjà.
        if connu is None or (connu.raison and not lu.raison):
            par_agent[agent.pk] = lu
    return tuple(
        sorted(
            par_agent.values(),
            key=lambda c: (bool(c.raison), c.surcout_minutes or 0, c.minutes or 0, c.agent),
        )
    )


def _surcout(une: LigneCalcul, rang: int, lus: _Lus) -> int:
    if lus.regrets is not None:
        return int(lus.regrets[une.rang, rang])
    est_possible = lus.couts[une.rang, rang] != INTERDIT and lus.probleme.places[rang].libres > 0
    return 0 if est_possible else INTERDIT


def _raison(une: LigneCalcul, rang: int, lus: _Lus) -> str:
    place, minutes = lus.probleme.places[rang], une.minutes[rang]
    if not place.est_presente:
        return "absent"
    if une.orientation not in place.orientations:
        return "type"
    if minutes == INTERDIT:
        return "secteur"
    if minutes > lus.probleme.reglage.minutes_max:
        return "distance"
    unite = lus.probleme.demandeurs[une.rang].unite
    foyer = [i for i, d in enumerate(lus.probleme.demandeurs) if d.unite == unite]
    return "foyer" if any(lus.couts[i, rang] == INTERDIT for i in foyer) else "plein"


def _phrase(lu: ChoixPossible, ecart: int | None) -> str:
    if lu.est_propose:
        return f"{lu.agent} est le référent proposé."
    trajet = "" if lu.minutes is None else f" à {minutes_entieres(lu.minutes)} minutes"
    if lu.raison:
        return f"{lu.agent}{trajet} : {lu.raison_libelle}."
    if lu.surcout_minutes is None:
        return f"{lu.agent} est possible{',' if trajet else ''}{trajet}."
    surcout = lu.surcout_minutes
    if surcout == 0:
        return (
            f"{lu.agent}{trajet} : aussi bon pour l'ensemble. Entre les deux, un tirage publié a "
            "décidé ; vous pouvez choisir l'un ou l'autre."
        )
    suite = ""
    if ecart is not None:
        sens = "de plus" if ecart >= 0 else "de moins"
        suite = f", soit {abs(minutes_entieres(ecart))} {sens} pour la personne"
    return (
        f"{lu.agent} est{trajet}{suite}. L'ensemble y perdrait l'équivalent de "
        f"{pluriel(minutes_entieres(surcout), 'minute')} de trajet, charges comprises\u00a0: "
        "quelqu'un d'autre devrait aller plus loin, ou un portefeuille serait plus rempli."
    )


def _donnees(lue: LigneLue, une: LigneCalcul) -> tuple[tuple[str, str, str], ...]:
    valeurs = {
        "trajet": lue.trajet or "aucun trajet retenu",
        "orientation": orientation_libelle(une.orientation),
        "foyer": "oui" if une.continuite >= 0 else "non",
        "mobilite": "sans voiture" if une.est_sans_vehicule else "se déplace en voiture",
        "date": date_moyenne(une.orientee_le),
    }
    return tuple((d.nom, valeurs[d.code], d.source) for d in DONNEES)


def _operations(
    lue: LigneLue, une: LigneCalcul, lus: _Lus, alternatives: Sequence[ChoixPossible]
) -> tuple[tuple[str, str], ...]:
    possibles = [c for c in alternatives if not c.raison]
    operations = [
        ("Référents regardés", str(len(alternatives))),
        ("Référents possibles pour cette personne", str(len(possibles))),
    ]
    if une.place < 0:
        return (*operations, ("Résultat", "aucun référent possible n'avait de place"))
    reglage = lus.probleme.reglage
    minutes = une.minutes[une.place]
    compte = minutes * reglage.pourcent_sans_vehicule // 100 if une.est_sans_vehicule else minutes
    exces = reglage.poids_exces * max(compte - reglage.seuil, 0)
    bonus = reglage.bonus_continuite if lue.est_en_continuite else 0
    operations += [
        ("Trajet compté", _minutes(compte)),
        ("Coût de départ", _minutes(reglage.base)),
        (
            f"Au-delà de {_minutes(reglage.seuil)}, chaque minute × {reglage.poids_exces}",
            _minutes(exces),
        ),
        ("Avantage du référent du foyer", _minutes(-bonus)),
        ("Coût de ce choix", _minutes(int(lus.couts[une.rang, une.place]))),
    ]
    if une.calcul.prix:
        operations.append(
            ("Prix d'une place chez ce référent", _minutes(int(une.calcul.prix[une.place])))
        )
    if une.calcul.appris:
        operations.append(
            ("Dont appris des mois passés", _minutes(int(une.calcul.appris[une.place])))
        )
    return tuple(operations)


def _minutes(dixiemes: int) -> str:
    signe = "-" if dixiemes < 0 else ""
    entier, reste = divmod(abs(dixiemes), 10)
    return f"{signe}{entier}{f',{reste}' if reste else ''} min"


def _poids(lue: LigneLue) -> str:
    decide = "décide" if lue.decision == LigneCalcul.Decision.A_RELIRE else "a décidé"
    debut = (
        f"Le calcul a proposé ; un agent {decide}. Il compare des trajets et des places, jamais "
        "des personnes : il ne garde aucune note. "
    )
    if lue.decision == LigneCalcul.Decision.CHANGEE:
        return f"{debut}Ici, l'agent n'a pas suivi la proposition."
    if lue.decision == LigneCalcul.Decision.ECARTEE:
        return f"{debut}Ici, l'agent a écarté la proposition."
    if lue.decision == LigneCalcul.Decision.ACCEPTEE:
        return f"{debut}Ici, l'agent a suivi la proposition."
    return f"{debut}Ici, aucune décision n'est encore prise."
