"""Et si un poste de plus ? Le même traitement pour tous ? Mieux que l'habitude ?"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Q

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
    une à une, dans l'ordre d'arrivée, au plus proche référent libre. Deux requêtes.

    Les places qu'une fin de suivi libère se libèrent aussi dans l'histoire rejouée, et un référent
    qui part y passe aussi ses dossiers, sans que ces trajets-là comptent.
    """
    calculs = list(
        Calcul.objects.filter(
            Q(nature=Calcul.Nature.SEMAINE)
            | Q(nature=Calcul.Nature.REPARATION, statut=Calcul.Statut.VALIDE),
            fait_le__lte=le,
        ).order_by("fait_le", "id")
    )
    faites: list[tuple[Any, ...]] = list(
        Designation.objects.visibles(acces)
        .filter(ligne__calcul__in=calculs, referent__debut__lte=le, minutes__isnull=False)
        .values_list(
            "ligne__calcul_id",
            "ligne__calcul__nature",
            "personne_id",
            "referent__debut",
            "ligne__unite_id",
            "ligne__orientation",
            "ligne__orientee_le",
            "ligne__minutes",
            "minutes",
            "referent__agent_id",
            "referent__fin",
        )
    )
    # Un passage à un autre référent n'est pas une fin de suivi.
    passees = {(r[2], r[3]): r[10] for r in faites if r[1] == Calcul.Nature.REPARATION}
    par_calcul: dict[int, list[_Faite]] = defaultdict(list)
    for rangee in faites:
        suivie_jusque = passees.get((rangee[2], rangee[10]), rangee[10])
        par_calcul[rangee[0]].append(_Faite(*(*rangee[4:], suivie_jusque)))
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
    """Une désignation faite : son unité, ses trajets possibles, ce qui fut retenu, sa fin.

    `suivie_jusque` : la fin du suivi lui-même, quand le référent a seulement changé.
    """

    unite_id: int
    orientation: str
    orientee_le: date
    trajets: Sequence[int]
    minutes: int
    agent_id: int
    fin: date | None
    suivie_jusque: date | None


class _Histoire:
    """Des dossiers qui arrivent et finissent, chez des référents aux places comptées.

    `suivis` : la fin de chaque dossier, par unité et par référent : un foyer dont les membres ont
    deux référents tient une place chez chacun. `vus` : la désignation dont chacun vient.
    """

    def __init__(self) -> None:
        """Vide : la première semaine donne les charges de départ."""
        self.minutes: list[int] = []
        self.depart: dict[int, int] = {}
        self.capacites: dict[int, int] = {}
        self.suivis: dict[tuple[int, int], date | None] = {}
        self.vus: dict[tuple[int, int], tuple[Calcul, _Faite]] = {}

    def constater(self, un: Calcul, faites: Sequence[_Faite]) -> None:
        """Ce qui a été décidé."""
        self._ouvrir(un)
        for f in faites:
            if un.nature == Calcul.Nature.SEMAINE:
                self.minutes.append(f.minutes)
            self._suivre(un, f, f.agent_id, f.fin)

    def jouer(self, un: Calcul, faites: Sequence[_Faite]) -> None:
        """Les mêmes, chacun au plus proche référent permis encore libre, dans l'ordre d'arrivée."""
        self._ouvrir(un)
        if un.nature == Calcul.Nature.REPARATION:
            self._servir(un, self._passer(un), compte={})
            return
        arrivees = {(f.unite_id, f.orientation): (un, f) for f in faites}
        compte = Counter((f.unite_id, f.orientation) for f in faites)
        self._servir(un, list(arrivees.values()), compte)

    def _passer(self, un: Calcul) -> list[tuple[Calcul, _Faite]]:
        """Les dossiers que laisse, dans cette histoire-ci, le référent qui part."""
        siens = [
            cle
            for cle, fin in self.suivis.items()
            if cle[1] == un.concerne_id and (fin is None or fin > un.fait_le)
        ]
        for cle in siens:
            del self.suivis[cle]
        return [self.vus[cle] for cle in siens]

    def _servir(
        self,
        un: Calcul,
        attente: list[tuple[Calcul, _Faite]],
        compte: Mapping[tuple[int, str], int],
    ) -> None:
        attente.sort(key=lambda lu: (lu[1].orientee_le, lu[1].unite_id, lu[1].orientation))
        vraies = [p for p in un.places if not p["est_du_foyer"]]
        charges = self._charges(un.fait_le)
        libres = np.array(
            [max(p["capacite"] - charges[p["agent_id"]], 0) for p in vraies], dtype=np.int64
        )
        trajets = np.array(
            [[_trajet(de, f, p) for p in vraies] for de, f in attente], dtype=np.int64
        ).reshape(len(attente), len(vraies))
        choix = au_plus_proche(trajets=trajets, libres=libres, ordre=range(len(attente)))
        for (de, f), j, ligne in zip(attente, choix.tolist(), trajets.tolist(), strict=True):
            if j >= 0:
                self.minutes += [ligne[j]] * compte.get((f.unite_id, f.orientation), 0)
                self._suivre(de, f, int(vraies[j]["agent_id"]), f.suivie_jusque)

    def _suivre(self, de: Calcul, f: _Faite, agent_id: int, fin: date | None) -> None:
        cle = (f.unite_id, agent_id)
        deja = self.suivis.get(cle, fin)
        self.suivis[cle] = None if deja is None or fin is None else max(deja, fin)
        self.vus[cle] = (de, f)

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
        for (_, agent_id), fin in self.suivis.items():
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
