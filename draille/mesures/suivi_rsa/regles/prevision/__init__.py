"""Prévoir le RSA d'un Département, par la méthode que son propre passé désigne."""

from draille.mesures.suivi_rsa.regles.prevision.calcul import BENEFICIAIRES as BENEFICIAIRES
from draille.mesures.suivi_rsa.regles.prevision.calcul import DEPENSE as DEPENSE
from draille.mesures.suivi_rsa.regles.prevision.calcul import FOYERS as FOYERS
from draille.mesures.suivi_rsa.regles.prevision.calcul import LIBELLES as LIBELLES
from draille.mesures.suivi_rsa.regles.prevision.calcul import MOYEN as MOYEN
from draille.mesures.suivi_rsa.regles.prevision.calcul import VERSION as VERSION
from draille.mesures.suivi_rsa.regles.prevision.calcul import Observe as Observe
from draille.mesures.suivi_rsa.regles.prevision.calcul import Point as Point
from draille.mesures.suivi_rsa.regles.prevision.calcul import Prevision as Prevision
from draille.mesures.suivi_rsa.regles.prevision.calcul import Prevue as Prevue
from draille.mesures.suivi_rsa.regles.prevision.calcul import depuis_json as depuis_json
from draille.mesures.suivi_rsa.regles.prevision.calcul import prevoir as prevoir
from draille.mesures.suivi_rsa.regles.prevision.calcul import vers_json as vers_json
from draille.mesures.suivi_rsa.regles.prevision.essai import Erreurs as Erreurs
from draille.mesures.suivi_rsa.regles.prevision.series import Bareme as Bareme
from draille.mesures.suivi_rsa.regles.prevision.series import apres as apres
