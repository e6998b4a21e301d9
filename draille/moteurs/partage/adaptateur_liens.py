"""Le lien de réponse : un jeton au hasard, dont la base ne garde que l'empreinte.

Il n'ouvre qu'une orientation, jusqu'à un jour, et plus rien si la personne se rétracte. La base le
résout elle-même (`draille_lien_partage`) : sans jeton exact, l'application ne lit aucune ligne.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from draille.moteurs.partage.adaptateur_commun import ROLES_ORIENTER, commune_de, sujet
from draille.moteurs.partage.adaptateur_orientations import inconnue
from draille.moteurs.partage.journal import OuvrirLien
from draille.moteurs.partage.models import LienReponse, Orientation
from draille.noyau.journal.actes import consigner
from draille.noyau.personne import actes as personnes
from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle_partenaire
from draille.socle.parametres import registre_global

OCTETS_JETON = 32
NOM_ACCES = "lien de réponse"
PAGE = "Orientation reçue (partenaire)"
PAGE_LISTE = "Liste des orientations (partenaire)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LienOuvert:
    """Ce qu'ouvre un jeton valable : une orientation, sous la seule clé de son partenaire."""

    lien_id: int
    orientation_id: int
    acces: Acces


@transaction.atomic
def creer_lien(*, orientation_id: int, par: Acces, le: date) -> str:
    """Rend un jeton neuf pour cette orientation, et ferme les précédents.

    Il vaut `partage.lien_jours` jours, le dernier inclus. Lève `Refus` : `acces.refuse`,
    `partage.orientation_inconnue` (ou rien n'y est transmis).
    """
    orientation: Orientation | None = (
        Orientation.objects.du_departement(par)
        .select_for_update()
        .filter(pk=orientation_id, cle_partenaire__isnull=False)
        .first()
    )
    if orientation is None:
        raise inconnue()
    par.exiger(ROLES_ORIENTER, cle_ligne=orientation.cle_acces, action="adresser un lien")
    LienReponse.objects.filter(orientation=orientation, ferme_le__isnull=True).update(ferme_le=le)
    jeton = secrets.token_urlsafe(OCTETS_JETON)
    LienReponse.objects.create(
        orientation=orientation,
        personne_id=orientation.personne_id,
        empreinte=_empreinte(jeton),
        cree_le=le,
        expire_le=le + timedelta(days=registre_global().entier("partage.lien_jours", le)),
        cle_acces=orientation.cle_acces,
    )
    return jeton


def resoudre(*, jeton: str, le: date) -> LienOuvert | None:
    """Ce qu'ouvre ce jeton ce jour ; nul s'il est inconnu, expiré, fermé, ou sans accord.

    Aucun contexte n'est nécessaire : la base ne rend que des identifiants.
    """
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT lien_id, orientation_id, organisation_id FROM draille_lien_partage(%s, %s)",
            [_empreinte(jeton), le],
        )
        trouve = curseur.fetchone()
    if trouve is None:
        return None
    lien_id, orientation_id, organisation_id = trouve
    cle = cle_partenaire(organisation_id=organisation_id)
    return LienOuvert(
        lien_id=lien_id,
        orientation_id=orientation_id,
        acces=Acces(
            agent_id=None,
            organisation_id=organisation_id,
            nom=NOM_ACCES,
            cles_par_role={Role.PARTENAIRE: frozenset({cle})},
            est_du_departement=False,
        ),
    )


@transaction.atomic
def tracer_ouverture(*, lien: LienOuvert, le: date) -> None:
    """Écrit au journal de la personne que ce lien a été ouvert. Lève `Refus` s'il ne l'est plus."""
    orientation = _recue(lien.orientation_id, lien.acces)
    with contexte.elargi(cles=[orientation.cle_acces]):
        consigner(
            charge=OuvrirLien(lien.lien_id),
            par=lien.acces,
            le=le,
            sujet=sujet(orientation=orientation),
        )


@transaction.atomic
def tracer_consultation(*, orientation_id: int, par: Acces) -> None:
    """Écrit que cet agent du partenaire a ouvert l'orientation (RGPD article 32).

    Lève `Refus('partage.orientation_inconnue')` si elle ne lui est pas ouverte.
    """
    orientation = _recue(orientation_id, par)
    personne = Personne(pk=orientation.personne_id, commune_id=commune_de(orientation.cle_acces))
    with contexte.elargi(cles=[orientation.cle_acces]):
        personnes.consulter(personne=personne, page=PAGE, compartiment=Compartiment.SOCIAL, par=par)


@transaction.atomic
def tracer_liste(*, orientation_ids: Sequence[int], par: Acces) -> None:
    """Écrit que cet agent a vu ces personnes dans sa liste, une fois par jour et par personne.

    Celles qui ne lui sont pas ouvertes sont ignorées. Trois requêtes.
    """
    lues = list(Orientation.objects.chez_le_partenaire(par).filter(pk__in=orientation_ids))
    par_personne = {o.personne_id: o.cle_acces for o in lues}
    with contexte.elargi(cles=sorted(set(par_personne.values()))), connection.cursor() as curseur:
        curseur.execute(
            _TRACER_LISTE,
            [
                par.agent_id,
                PAGE_LISTE,
                list(par_personne),
                list(par_personne.values()),
                par.agent_id,
                PAGE_LISTE,
            ],
        )


_TRACER_LISTE = """
INSERT INTO noyau_consultation (agent_id, page, personne_id, cle_acces)
SELECT %s, %s, l.personne_id, l.cle_acces
FROM unnest(%s::bigint[], %s::integer[]) AS l (personne_id, cle_acces)
WHERE NOT EXISTS (SELECT 1 FROM noyau_consultation c
  WHERE c.personne_id = l.personne_id AND c.agent_id = %s AND c.page = %s
    AND c.consulte_le >= date_trunc('day', draille_instant()))
"""


def _recue(orientation_id: int, acces: Acces) -> Orientation:
    orientation: Orientation | None = (
        Orientation.objects.chez_le_partenaire(acces).filter(pk=orientation_id).first()
    )
    if orientation is None:
        raise inconnue()
    return orientation


def _empreinte(jeton: str) -> bytes:
    return hashlib.sha256(jeton.encode()).digest()
