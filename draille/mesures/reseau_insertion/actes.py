"""Ce que le réseau fait de lui-même quand le journal parle : écrire au partenaire, ou se taire.

Le courriel part dans la transaction de l'acte : une orientation écrite sans son courriel, ou un
accord retiré dont le lien partirait encore, ne peut pas exister.
"""

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import connection
from django.urls import reverse

from draille.moteurs.messages.adaptateur import annuler
from draille.moteurs.messages.adaptateur_tiers import EnvoiTiers, deposer_tiers
from draille.moteurs.partage import adaptateur as partage
from draille.moteurs.partage.models import LienReponse, Orientation
from draille.noyau.journal.registre import Abonnement, Lot
from draille.socle.acces import Acces, Compartiment
from draille.socle.parametres import registre_global
from draille.socle.texte import date_longue

MODELE = "orientation_partenaire"
ECRIRE = ("partage.orienter", "partage.relancer")
FERMER = ("partage.fermer_orientation",)


def ecrire_au_partenaire(lot: Lot, par: Acces) -> None:
    """Envoie son lien au partenaire d'une orientation transmise ou relancée ; rappelée, rien."""
    jours = _jours(lot)
    transmises = (
        Orientation.objects.filter(pk__in=jours, cle_partenaire__isnull=False)
        .exclude(partenaire__courriel="")
        .select_related("partenaire__organisation", "personne")
    )
    for orientation in transmises:
        envoyes = LienReponse.objects.filter(orientation=orientation).count()
        if envoyes <= orientation.relances:
            _ecrire(orientation, par, jours[orientation.pk])


def taire(lot: Lot, par: Acces) -> None:
    """N'envoie pas le lien d'une orientation dont l'accord vient d'être retiré."""
    for orientation_id, le in _jours(lot).items():
        annuler(objet_id=orientation_id, modele=MODELE, par=par, le=le)


def _ecrire(orientation: Orientation, par: Acces, le: date) -> None:
    partenaire = orientation.partenaire
    assert partenaire is not None
    annuler(objet_id=orientation.pk, modele=MODELE, par=par, le=le)
    jeton = partage.creer_lien(orientation_id=orientation.pk, par=par, le=le)
    (lien,) = LienReponse.objects.filter(orientation=orientation, ferme_le__isnull=True)
    envoi = EnvoiTiers(
        personne=orientation.personne,
        destination=partenaire.courriel,
        modele=MODELE,
        champs={
            "organisation": partenaire.organisation.nom,
            "date": date_longue(orientation.envoyee_le),
            "avant_le": date_longue(orientation.avant_le),
            "jusqu_au": date_longue(lien.expire_le),
        },
        lien=settings.DRAILLE_ADRESSE + reverse("partenaire_lien", args=[jeton]),
        objet_id=orientation.pk,
        compartiment=Compartiment.SOCIAL,
    )
    deposer_tiers(envoi=envoi, par=par, le=le)


def _jours(lot: Lot) -> Mapping[int, date]:
    """Le jour de l'acte, par orientation du lot."""
    lignes, parametres = lot.sql()
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT l.objet_id, max(l.le) FROM {lignes} l GROUP BY 1", parametres)
        return dict(curseur.fetchall())


def jours_de_reponse(le: date) -> int:
    """En combien de jours un partenaire doit répondre, ce jour-là."""
    return registre_global().entier("partage.delai_reponse", le)


ABONNEMENTS = (
    Abonnement(
        nom="reseau_insertion.ecrire",
        codes=ECRIRE,
        traiter=ecrire_au_partenaire,
        est_immediat=True,
    ),
    Abonnement(nom="reseau_insertion.taire", codes=FERMER, traiter=taire, est_immediat=True),
)
