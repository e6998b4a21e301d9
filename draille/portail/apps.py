"""L'application Django du portail."""

from django.apps import AppConfig
from django.conf import settings

from draille.socle.parametres import inscrire_fichier, registre_global


class PortailConfig(AppConfig):
    """La connexion, les pages communes."""

    name = "draille.portail"
    label = "portail"
    verbose_name = "Portail"

    def ready(self) -> None:
        """Déclare les entrées du menu que tout agent connaît."""
        from draille.ecrans.menu import Entree, declarer
        from draille.ecrans.panneaux import declarer_mots, declarer_panneau, declarer_tuile
        from draille.portail.fichiers.acces import ACCES as FICHIERS
        from draille.portail.messages.acces import ACCES as MESSAGES
        from draille.portail.messages.encarts import PANNEAU, TUILE
        from draille.portail.messages.mots import MOTS
        from draille.portail.rapprochement import encarts as doublons
        from draille.portail.rapprochement.acces import ACCES as DOUBLONS
        from draille.portail.rapprochement.mots import MOTS as MOTS_DOUBLONS
        from draille.portail.requete import administre, verifie_le_journal, voit_des_personnes

        declarer(Entree("Ma journée", "journee", lambda acces: bool(acces.roles), rang=0))
        declarer(Entree("Chercher", "recherche", voit_des_personnes, rang=5))
        declarer(Entree("Fichiers", "fichiers", FICHIERS["voir"], rang=30))
        declarer(Entree("Doublons", "rapprochements", DOUBLONS["voir"], rang=32))
        declarer(Entree("Boîte d'envoi", "messages", MESSAGES["voir_boite"], rang=35))
        declarer(Entree("Journal", "journal", verifie_le_journal, rang=80))
        declarer(Entree("Agents", "agents", administre, rang=90))
        declarer_mots(MOTS)
        declarer_panneau(PANNEAU)
        declarer_tuile(TUILE)
        declarer_mots(MOTS_DOUBLONS)
        declarer_panneau(doublons.PANNEAU)
        declarer_tuile(doublons.TUILE)
        _charger_parametres()


def _charger_parametres() -> None:
    """Les paramètres des moteurs et du Département : une faute se voit ici, pas à l'écran."""
    racine = settings.RACINE
    chemins = [
        *sorted((racine / "draille" / "moteurs").glob("*/parametres.yaml")),
        *sorted(
            (racine / "departements").glob(f"{settings.DRAILLE_DEPARTEMENT}_*/parametres.yaml")
        ),
    ]
    for chemin in chemins:
        inscrire_fichier(chemin)
    registre_global()
