"""Les tables de la convention : les textes, ce qui vit entre eux, l'argent, les rapports."""

from draille.mesures.convention.models.comptes import ImportComptable as ImportComptable
from draille.mesures.convention.models.comptes import LigneComptable as LigneComptable
from draille.mesures.convention.models.comptes import Piece as Piece
from draille.mesures.convention.models.rapports import CommentaireRapport as CommentaireRapport
from draille.mesures.convention.models.rapports import Rapport as Rapport
from draille.mesures.convention.models.suivi import Action as Action
from draille.mesures.convention.models.suivi import Deliberation as Deliberation
from draille.mesures.convention.models.suivi import EcheanceCadre as EcheanceCadre
from draille.mesures.convention.models.suivi import Reduction as Reduction
from draille.mesures.convention.models.suivi import Valeur as Valeur
from draille.mesures.convention.models.textes import Annonce as Annonce
from draille.mesures.convention.models.textes import Cadre as Cadre
from draille.mesures.convention.models.textes import Cible as Cible
from draille.mesures.convention.models.textes import Financement as Financement
from draille.mesures.convention.models.textes import Financeur as Financeur
from draille.mesures.convention.models.textes import Ligne as Ligne
from draille.mesures.convention.models.textes import Prouvee as Prouvee
from draille.mesures.convention.models.textes import Source as Source
from draille.mesures.convention.models.textes import Texte as Texte
