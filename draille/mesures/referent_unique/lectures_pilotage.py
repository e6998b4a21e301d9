"""Et si un poste de plus ? Le même traitement pour tous ? Mieux que l'habitude ?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from draille.mesures.referent_unique.lectures_entrees import Entrees, composer
from draille.mesures.referent_unique.lectures_places import PlaceLue, en_vigueur, places
from draille.mesures.referent_unique.lectures_proposition import calcul
from draille.mesures.referent_unique.lectures_suivis import suivis_et_attente
from draille.mesures.referent_unique.models import Calcul, Designation, LigneCalcul
from draille.mesures.referent_unique.regles import PREFIXE, ecart_type, moyenne, part
from draille.moteurs.affectation.calcul import INTERDIT, Solution, resoudre
from draille.moteurs.affectation.calcul.comparaison import au_plus_proche
from draille.moteurs.affectation.calcul.parite import GroupeLigne
from draille.moteurs.affectation.calcul.parite import parite as rapport
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle.acces import PAS, Acces, Compartiment, cle_generale
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

MILLE = 1000
_AGES = ((25, "moins de 25 ans"), (40, "25 à 39 ans"), (55, "40 à 54 ans"), (200, "55 ans et plus"))
_AXES = {"territoire": "territoire", "sexe": "sexe", "age": "âge"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesures:
    """Une répartition en chiffres ; minutes en dixièmes."""

    demandes: int
    affectees: int
    minutes_moyennes: int | None
    part_proche: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EtSi:
    """La meilleure répartition de toutes les personnes suivies ou à confier, sans et avec un poste
    de plus dans cette commune. Rien n'est enregistré, personne ne bouge."""

    commune: str
    places: int
    avant: Mesures
    apres: Mesures


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupeParite:
    """Ce qu'un groupe d'au moins onze personnes a reçu ; minutes en dixièmes."""

    critere: str
    groupe: str
    effectif: int
    minutes_moyennes: int | None
    part_proche: float | None
    part_affectee: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resultat:
    """Des désignations en chiffres ; minutes en dixièmes, `ecart_type_charges` en pour cent du
    portefeuille (0 : tous également remplis)."""

    nombre: int
    part_proche: float | None
    minutes_moyennes: int | None
    ecart_type_charges: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparaison:
    """Ce qui a été décidé, et les mêmes personnes au premier arrivé, chez le plus proche."""

    desigs: Resultat
    premier_arrive: Resultat


def et_si_un_poste(*, commune_id: int, acces: Acces, le: date) -> EtSi:
    """Ce que gagnerait l'ensemble à un référent de plus dans cette commune. Requêtes constantes.

    Le gain est celui du poste seul : les deux répartitions sont les meilleures possibles. Lève
    `Refus('referent_unique.commune_inconnue')`.
    """
    commune = Commune.objects.filter(pk=commune_id).first()
    if commune is None:
        raise Refus(
            code="referent_unique.commune_inconnue",
            message="Cette commune n'est pas du Département. Choisissez-en une autre.",
        )
    arrivants = suivis_et_attente(acces=acces, le=le)
    vides = tuple(replace(p, charge=0) for p in places(le=le) if p.est_presente)
    de_plus = registre_global().entier(f"{PREFIXE}places_d_un_poste", le)
    orientations = frozenset(o for p in vides for o in p.orientations)
    poste = _poste(commune, de_plus, orientations)
    seuil = registre_global().entier(f"{PREFIXE}seuil_proche", le)
    sans = composer(arrivants=arrivants, places=vides, le=le)
    # Les foyers restent groupés comme sans lui : seul le poste fait la différence.
    avec = composer(arrivants=arrivants, places=(*vides, poste), le=le, ensemble=sans.unites)
    return EtSi(
        commune=commune.nom,
        places=de_plus,
        avant=_mesures(sans, seuil),
        apres=_mesures(avec, seuil),
    )


def _poste(commune: Commune, de_plus: int, orientations: frozenset[str]) -> PlaceLue:
    return PlaceLue(
        agent_id=0,
        agent="",
        organisation_id=0,
        organisation="",
        bureau=commune.nom,
        commune_id=commune.pk,
        secteur_nom="",
        unite="foyer",
        capacite=de_plus,
        charge=0,
        orientations=orientations,
        secteur=None,
        cles=frozenset({cle_generale(compartiment=Compartiment.INSERTION)}),
        est_presente=True,
        est_partie=False,
        absence_fin=None,
    )


def _mesures(lues: Entrees, seuil: int) -> Mesures:
    solution: Solution = resoudre(probleme=lues.probleme)
    minutes = [
        d.minutes[j]
        for d, j in zip(lues.probleme.demandeurs, solution.choix, strict=True)
        if j >= 0
    ]
    return Mesures(
        demandes=len(solution.choix),
        affectees=len(minutes),
        minutes_moyennes=moyenne(minutes),
        part_proche=part(sum(m <= seuil for m in minutes), len(minutes)),
    )


def parite(*, calcul_id: int, acces: Acces, le: date) -> tuple[GroupeParite, ...]:
    """Ce que le calcul a donné par territoire, sexe et âge, lus APRÈS lui. Trois requêtes.

    Un groupe de moins de onze personnes est tu, et un autre avec lui s'il est seul. Lève
    `Refus('referent_unique.introuvable')`.
    """
    lu = calcul(calcul_id=calcul_id)
    lignes = (
        LigneCalcul.objects.visibles(acces)
        .filter(calcul=lu)
        .values_list("place", "minutes", "cle_acces", "personne__sexe", "personne__naissance_le")
    )
    secteurs: dict[int, str] = dict(
        TerritoireCommune.objects.filter(
            en_vigueur(lu.fait_le), nature=Territoire.Nature.SECTEUR
        ).values_list("commune_id", "territoire__nom")
    )
    registre = registre_global()
    groupes = rapport(
        lignes=[
            GroupeLigne(
                territoire=secteurs.get(cle_acces % PAS, "sans secteur connu"),
                sexe={"1": "hommes", "2": "femmes"}.get(sexe, "non renseigné"),
                age=_tranche(naissance, lu.fait_le),
                minutes=minutes[place] if place >= 0 else None,
            )
            for place, minutes, cle_acces, sexe, naissance in lignes
        ],
        seuil=registre.entier(f"{PREFIXE}effectif_parite", le),
        proche=registre.entier(f"{PREFIXE}seuil_proche", le),
    )
    return tuple(
        GroupeParite(
            critere=_AXES[g.axe],
            groupe=g.valeur,
            effectif=g.effectif,
            minutes_moyennes=g.minutes,
            part_proche=_mille(g.pour_mille_proches),
            part_affectee=None if g.pour_mille_sans is None else 1 - g.pour_mille_sans / MILLE,
        )
        for g in groupes
        if g.effectif is not None
    )


def _tranche(naissance: date | None, le: date) -> str:
    if naissance is None:
        return "âge inconnu"
    age = le.year - naissance.year - ((le.month, le.day) < (naissance.month, naissance.day))
    return next(nom for borne, nom in _AGES if age < borne)


def _mille(valeur: int | None) -> float | None:
    return None if valeur is None else valeur / MILLE


def comparaison_premier_arrive(*, acces: Acces, le: date) -> Comparaison:
    """Rejoue l'histoire : les désignations nées d'une proposition, et les mêmes personnes servies
    une à une, dans l'ordre d'arrivée, au plus proche référent libre. Trois requêtes.

    Les places libérées par une fin de désignation se libèrent aussi dans l'histoire rejouée.
    """
    calculs = list(
        Calcul.objects.filter(nature=Calcul.Nature.SEMAINE, fait_le__lte=le).order_by(
            "fait_le", "id"
        )
    )
    faites = list(
        Designation.objects.visibles(acces)
        .filter(ligne__calcul__in=calculs, referent__debut__lte=le, minutes__isnull=False)
        .values_list(
            "ligne__calcul_id",
            "ligne__unite_id",
            "ligne__orientation",
            "ligne__orientee_le",
            "ligne__minutes",
            "minutes",
            "referent__agent_id",
            "referent__fin",
        )
    )
    par_calcul: dict[int, list[_Faite]] = defaultdict(list)
    for rangee in faites:
        par_calcul[rangee[0]].append(_Faite(*rangee[1:]))
    seuil = registre_global().entier(f"{PREFIXE}seuil_proche", le)
    actuelles, rejouees = _Histoire(), _Histoire()
    for un in calculs:
        rejouees.jouer(un, par_calcul[un.pk])
        actuelles.constater(un, par_calcul[un.pk])
    return Comparaison(
        desigs=actuelles.resultat(le, seuil), premier_arrive=rejouees.resultat(le, seuil)
    )


@dataclass(frozen=True, slots=True)
class _Faite:
    """Une désignation faite : son unité, ses trajets possibles, ce qui fut retenu, sa fin."""

    unite_id: int
    orientation: str
    orientee_le: date
    trajets: Sequence[int]
    minutes: int
    agent_id: int
    fin: date | None


class _Histoire:
    """Des dossiers qui arrivent et finissent, chez des référents aux places comptées."""

    def __init__(self) -> None:
        """Vide : la première semaine donne les charges de départ."""
        self.minutes: list[int] = []
        self.depart: dict[int, int] = {}
        self.capacites: dict[int, int] = {}
        self.suivis: dict[int, tuple[int, date | None]] = {}

    def constater(self, un: Calcul, faites: Sequence[_Faite]) -> None:
        """Ce qui a été décidé."""
        self._ouvrir(un)
        for f in faites:
            self.minutes.append(f.minutes)
            self.suivis[f.unite_id] = (f.agent_id, f.fin)

    def jouer(self, un: Calcul, faites: Sequence[_Faite]) -> None:
        """Les mêmes, chacun au plus proche référent permis encore libre, dans l'ordre d'arrivée."""
        self._ouvrir(un)
        vraies = [p for p in un.places if not p["est_du_foyer"]]
        charges = self._charges(un.fait_le)
        libres = np.array(
            [max(p["capacite"] - charges[p["agent_id"]], 0) for p in vraies], dtype=np.int64
        )
        attente = sorted(
            {f.unite_id: f for f in faites}.values(), key=lambda f: (f.orientee_le, f.unite_id)
        )
        trajets = np.array(
            [[_trajet(un, f, p) for p in vraies] for f in attente], dtype=np.int64
        ).reshape(len(attente), len(vraies))
        choix = au_plus_proche(trajets=trajets, libres=libres, ordre=range(len(attente)))
        combien: dict[int, int] = defaultdict(int)
        for f in faites:
            combien[f.unite_id] += 1
        for f, j, ligne in zip(attente, choix.tolist(), trajets.tolist(), strict=True):
            if j >= 0:
                self.minutes += [ligne[j]] * combien[f.unite_id]
                self.suivis[f.unite_id] = (int(vraies[j]["agent_id"]), f.fin)

    def resultat(self, le: date, seuil: int) -> Resultat:
        """L'ensemble, à cette date."""
        charges = self._charges(le)
        taux = [
            round(100 * charges[a] / capacite) for a, capacite in self.capacites.items() if capacite
        ]
        return Resultat(
            nombre=len(self.minutes),
            part_proche=part(sum(m <= seuil for m in self.minutes), len(self.minutes)),
            minutes_moyennes=moyenne(self.minutes),
            ecart_type_charges=ecart_type(taux),
        )

    def _ouvrir(self, un: Calcul) -> None:
        for p in un.places:
            if not p["est_du_foyer"]:
                self.depart.setdefault(p["agent_id"], p["charge"])
                self.capacites[p["agent_id"]] = p["capacite"]

    def _charges(self, le: date) -> dict[int, int]:
        charges = defaultdict(int, self.depart)
        for agent_id, fin in self.suivis.values():
            if fin is None or fin > le:
                charges[agent_id] += 1
        return charges


def _trajet(un: Calcul, f: _Faite, place: dict[str, Any]) -> int:
    """Les dixièmes de minute de cette unité à ce référent, par l'une ou l'autre de ses places."""
    if not place["est_presente"] or f.orientation not in place["orientations"]:
        return INTERDIT
    plafond = int(un.reglage["minutes_max"])
    lus = [
        m
        for m, p in zip(f.trajets, un.places, strict=True)
        if p["agent_id"] == place["agent_id"] and 0 <= m <= plafond
    ]
    return min(lus, default=INTERDIT)
