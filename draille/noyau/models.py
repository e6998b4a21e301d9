"""Rassemble les tables du noyau pour Django."""

from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal.models import Curseur, LigneJournal, Scellement
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.parcours.models import Parcours
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Commune, ContourCommune, Territoire, TerritoireCommune

__all__ = [
    "Agent",
    "Commune",
    "Consultation",
    "ContourCommune",
    "Curseur",
    "Echeance",
    "Foyer",
    "Habilitation",
    "LigneJournal",
    "MembreFoyer",
    "Organisation",
    "Parcours",
    "Personne",
    "Referent",
    "Scellement",
    "Territoire",
    "TerritoireCommune",
]
