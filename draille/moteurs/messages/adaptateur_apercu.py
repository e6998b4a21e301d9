"""Voir un modèle avant de l'enregistrer : rempli d'un exemple fictif, en texte et en PDF."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings

from draille.moteurs.messages.adaptateur_lettre import PARIS, composer
from draille.moteurs.messages.calcul import MENTION, Definition, Texte, composer_mention, rendre
from draille.moteurs.messages.registre import expediteur
from draille.socle.parametres import registre_global

# Une personne et un lieu inventés ; les numéros sont réservés à la fiction.
_VALEURS = {
    "prenom": "Camille",
    "nom": "Exemple",
    "date": "mardi 3 novembre 2020",
    "heure": "14 h 30",
    "lieu": "Maison du Département (exemple)",
    "adresse": "2 rue de l'Exemple, 43000 Exempleville",
    "comment_venir": "arrêt « Mairie » de la ligne 1, parking gratuit",
    "minutes": "24",
    "referent": "Dominique Modèle",
    "organisation": "Service insertion",
    "telephone_service": "04 65 71 00 00",
    "motif": "c'est le bureau le plus proche de chez vous",
    "avant_le": "mercredi 18 novembre 2020",
    "lien": "https://exemple.fr/reponse/exemple",
    "jusqu_au": "jeudi 3 décembre 2020",
}


@dataclass(frozen=True, slots=True)
class Exemple:
    """Un modèle rempli."""

    sujet: str
    contenu: str

    @property
    def alineas(self) -> list[list[str]]:
        """Les alinéas, en lignes."""
        return [alinea.split("\n") for alinea in self.contenu.split("\n\n") if alinea.strip()]


def exemple(*, definition: Definition, texte: Texte, le: date) -> Exemple:
    """Ce texte rempli de l'exemple, mention légale comprise si le modèle la demande."""
    de = expediteur(settings.DRAILLE_DEPARTEMENT)
    mention = ""
    if definition.est_algorithmique:
        mention = composer_mention(
            gabarit=registre_global().texte("messages.mention_algorithme", le),
            finalite=definition.finalite,
            demande=de.en_une_ligne,
        )
    valeurs = {**_VALEURS, "departement": de.nom, MENTION: mention}
    return Exemple(rendre(texte.sujet, valeurs), rendre(texte.corps, valeurs))


def en_pdf(*, rendu: Exemple, le: date) -> bytes:
    """La lettre de cet exemple. Lève `Refus('pdf.gabarit')`."""
    return composer(
        titre=rendu.sujet,
        contenu=rendu.contenu,
        destinataire=["Camille Exemple", "1 rue du Modèle", "43000 EXEMPLEVILLE"],
        instant=datetime.combine(le, time(12), tzinfo=PARIS),
        reference="Aperçu d'un modèle, sur une personne fictive",
    )
