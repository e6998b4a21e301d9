"""Ce que dit le droit du RSA, sans base de données : mouvements, budget, prévision, acompte."""

from draille.mesures.suivi_rsa.regles.droits import ABSENT as ABSENT
from draille.mesures.suivi_rsa.regles.droits import CATEGORIES as CATEGORIES
from draille.mesures.suivi_rsa.regles.droits import DOSSIER_ABSENT as DOSSIER_ABSENT
from draille.mesures.suivi_rsa.regles.droits import EN_DROIT as EN_DROIT
from draille.mesures.suivi_rsa.regles.droits import ENTRER as ENTRER
from draille.mesures.suivi_rsa.regles.droits import ETATS as ETATS
from draille.mesures.suivi_rsa.regles.droits import PRIORITE as PRIORITE
from draille.mesures.suivi_rsa.regles.droits import RETABLIR as RETABLIR
from draille.mesures.suivi_rsa.regles.droits import SORTIES as SORTIES
from draille.mesures.suivi_rsa.regles.droits import SORTIR as SORTIR
from draille.mesures.suivi_rsa.regles.droits import SUSPENDRE as SUSPENDRE
from draille.mesures.suivi_rsa.regles.droits import SUSPENDUS as SUSPENDUS
from draille.mesures.suivi_rsa.regles.droits import VERSABLE as VERSABLE
from draille.mesures.suivi_rsa.regles.droits import Apres as Apres
from draille.mesures.suivi_rsa.regles.droits import Avant as Avant
from draille.mesures.suivi_rsa.regles.droits import Evenement as Evenement
from draille.mesures.suivi_rsa.regles.droits import categorie as categorie
from draille.mesures.suivi_rsa.regles.droits import est_suspension_longue as est_suspension_longue
from draille.mesures.suivi_rsa.regles.droits import evenements as evenements
from draille.mesures.suivi_rsa.regles.droits import motif_de_sortie as motif_de_sortie
