"""Les tables du RSA : les droits lus des fichiers, le budget, la demande d'acompte."""

from draille.mesures.suivi_rsa.models.acompte import DemandeAcompte as DemandeAcompte
from draille.mesures.suivi_rsa.models.acompte import LigneAcompte as LigneAcompte
from draille.mesures.suivi_rsa.models.budget import ImportHistorique as ImportHistorique
from draille.mesures.suivi_rsa.models.budget import LigneHistorique as LigneHistorique
from draille.mesures.suivi_rsa.models.budget import MandatRsa as MandatRsa
from draille.mesures.suivi_rsa.models.budget import MoisHistorique as MoisHistorique
from draille.mesures.suivi_rsa.models.budget import PrevisionGardee as PrevisionGardee
from draille.mesures.suivi_rsa.models.budget import VoteBudget as VoteBudget
from draille.mesures.suivi_rsa.models.droits import DossierRsa as DossierRsa
from draille.mesures.suivi_rsa.models.droits import Entree as Entree
from draille.mesures.suivi_rsa.models.droits import PeriodeDroit as PeriodeDroit
from draille.mesures.suivi_rsa.models.droits import Presence as Presence
from draille.mesures.suivi_rsa.models.droits import Situation as Situation
