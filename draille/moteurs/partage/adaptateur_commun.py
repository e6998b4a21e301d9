"""Ce que tous les actes du partage ont en commun : qui peut, la personne tenue, de qui on parle."""

from draille.moteurs.partage.models import Orientation
from draille.noyau.journal.actes import Sujet
from draille.noyau.personne.models import Personne
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Compartiment, Role, cle
from draille.socle.refus import Refus

ROLES_ORIENTER = (
    Role.ACCUEIL,
    Role.CHARGE_ORIENTATION,
    Role.TRAVAILLEUR_SOCIAL,
    Role.REFERENT,
    Role.CADRE,
)
ROLES_PARTENAIRES = (Role.CADRE, Role.ADMINISTRATEUR)
BASE_LEGALE = "RGPD articles 5, 6 et 7 ; CASF L263-2"


def tenir(*, personne_id: int, par: Acces, action: str) -> tuple[Personne, int]:
    """La personne, relue et verrouillée, et la clé sociale de ce qui s'écrit sur elle.

    Deux actes sur la même personne s'attendent : on ne transmet pas pendant qu'elle se rétracte.
    Lève `Refus` : `partage.personne_inconnue`, `acces.refuse`.
    """
    personne: Personne | None = (
        Personne.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("commune")
        .filter(pk=personne_id)
        .first()
    )
    if personne is None:
        raise Refus(
            code="partage.personne_inconnue",
            message="Ce dossier ne vous est pas ouvert : cherchez la personne à nouveau.",
        )
    cle_acces = cle(compartiment=Compartiment.SOCIAL, commune_id=personne.commune_id)
    par.exiger(ROLES_ORIENTER, cle_ligne=cle_acces, action=action)
    return personne, cle_acces


def commune_de(cle_acces: int) -> int | None:
    """La commune que dit une clé d'accès ; nulle si elle n'est pas connue."""
    commune = cle_acces % PAS
    return None if commune == SANS_COMMUNE else commune


def sujet(*, orientation: Orientation) -> Sujet:
    """De qui parle une ligne sur cette orientation, sans relire la personne."""
    return Sujet(
        compartiment=orientation.cle_acces // PAS,
        personne_id=orientation.personne_id,
        commune_id=commune_de(orientation.cle_acces),
        objet_id=orientation.pk,
    )
