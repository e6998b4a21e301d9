"""Recueillir l'accord d'une personne pour un partenaire, et le retirer : l'effet est immédiat."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from draille.moteurs.partage import adaptateur_partenaires
from draille.moteurs.partage.adaptateur_commun import BASE_LEGALE, sujet, tenir
from draille.moteurs.partage.calcul import PORTEES, VIVANTES, restreindre
from draille.moteurs.partage.journal import Consentir, FermerOrientation, RetirerConsentement
from draille.moteurs.partage.models import Consentement, LienReponse, Orientation
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment
from draille.socle.refus import Refus


@transaction.atomic
def consentir(
    *,
    personne: Personne,
    partenaire_id: int,
    portee: Sequence[str],
    forme: str,
    par: Acces,
    le: date,
) -> Consentement:
    """Écrit que la personne accepte que ceci, et rien d'autre, parte chez ce partenaire.

    `portee` : parmi `calcul.PORTEES` ; `forme` : « oral », « ecrit » ou « telephone ». Le même
    accord redit rend celui qui vit déjà ; un autre le remplace, et ce qui n'est plus dans la
    portée disparaît aussitôt de ce que le partenaire lit.

    Lève `Refus` : `acces.refuse`, `partage.personne_inconnue`, `partage.portee_vide`,
    `partage.portee_inconnue`, `partage.forme_inconnue`, `partage.partenaire_inconnu`,
    `partage.partenaire_ferme`. RGPD articles 6 et 7.
    """
    retenues = _controler(portee, forme)
    tenue, cle_acces = tenir(
        personne_id=personne.pk, par=par, action="recueillir l'accord d'une personne"
    )
    partenaire = adaptateur_partenaires.ouvert(partenaire_id=partenaire_id, le=le)
    vivant: Consentement | None = Consentement.objects.filter(
        personne=tenue, partenaire=partenaire, retire_le__isnull=True
    ).first()
    if vivant is not None and set(vivant.portee) == set(retenues) and vivant.forme == forme:
        return vivant
    if vivant is not None:
        vivant.retire_le = le
        vivant.save(update_fields=["retire_le"])
    consentement: Consentement = Consentement.objects.create(
        personne=tenue,
        partenaire=partenaire,
        portee=retenues,
        forme=forme,
        recueilli_le=le,
        agent_id=par.agent_id,
        cle_acces=cle_acces,
    )
    if vivant is not None:
        _reporter(consentement)
    consigner(
        charge=Consentir(partenaire.pk, retenues, forme),
        par=par,
        le=le,
        sujet=_sujet(consentement, tenue),
    )
    return consentement


@transaction.atomic
def retirer_consentement(*, consentement_id: int, par: Acces, le: date) -> Consentement:
    """Écrit que la personne se rétracte. Le partenaire ne lit plus rien d'elle, dès cet instant.

    Toutes les orientations chez lui, même finies, perdent sa clé et ce qui était transmis ; leurs
    liens se ferment ; celles qui vivaient passent à « accord retiré ».

    Lève `Refus` : `acces.refuse`, `partage.consentement_inconnu`, `partage.deja_retire`,
    `partage.date`. RGPD article 7, paragraphe 3.
    """
    consentement: Consentement | None = (
        Consentement.objects.visibles(par).filter(pk=consentement_id).first()
    )
    if consentement is None:
        raise Refus(
            code="partage.consentement_inconnu",
            message="Cet accord ne vous est pas ouvert : repassez par le dossier de la personne.",
        )
    tenue, _ = tenir(
        personne_id=consentement.personne_id, par=par, action="retirer l'accord d'une personne"
    )
    consentement.refresh_from_db(fields=["retire_le"])
    if consentement.retire_le is not None:
        raise Refus(code="partage.deja_retire", message="Cet accord est déjà retiré.")
    if le < consentement.recueilli_le:
        raise Refus(
            code="partage.date",
            message=f"Cet accord a été donné le {consentement.recueilli_le:%d/%m/%Y} : il ne peut "
            "pas être retiré avant.",
        )
    consentement.retire_le = le
    consentement.save(update_fields=["retire_le"])
    fermees = _fermer(consentement, le)
    consigner(
        charge=RetirerConsentement(consentement.partenaire_id, len(fermees)),
        par=par,
        le=le,
        sujet=_sujet(consentement, tenue),
    )
    for orientation, depuis in fermees:
        consigner(
            charge=FermerOrientation(consentement.partenaire_id, depuis),
            par=par,
            le=le,
            sujet=sujet(orientation=orientation),
        )
    return consentement


def _fermer(consentement: Consentement, le: date) -> list[tuple[Orientation, str]]:
    """Ôte tout au partenaire ; rend les orientations qui vivaient, et où elles en étaient."""
    ouvertes = list(
        Orientation.objects.select_for_update().filter(
            personne_id=consentement.personne_id,
            partenaire_id=consentement.partenaire_id,
            cle_partenaire__isnull=False,
        )
    )
    vivantes = [(o, o.statut) for o in ouvertes if o.statut in VIVANTES]
    for orientation, _ in vivantes:
        orientation.statut = Orientation.Statut.RETIREE
        orientation.suite_le = le
    for orientation in ouvertes:
        orientation.cle_partenaire = None
        orientation.transmis = None
    Orientation.objects.bulk_update(ouvertes, ["cle_partenaire", "transmis", "statut", "suite_le"])
    LienReponse.objects.filter(orientation__in=ouvertes, ferme_le__isnull=True).update(ferme_le=le)
    return vivantes


def _reporter(consentement: Consentement) -> None:
    """Les orientations déjà chez ce partenaire passent sous le nouvel accord, jamais au-delà."""
    ouvertes = list(
        Orientation.objects.select_for_update().filter(
            personne_id=consentement.personne_id,
            partenaire_id=consentement.partenaire_id,
            cle_partenaire__isnull=False,
        )
    )
    for orientation in ouvertes:
        orientation.consentement = consentement
        orientation.transmis = restreindre(
            transmis=orientation.transmis or {}, portee=consentement.portee
        )
    Orientation.objects.bulk_update(ouvertes, ["consentement", "transmis"])


def _controler(portee: Sequence[str], forme: str) -> list[str]:
    """La portée, dans l'ordre de la liste, sans doublon."""
    if not portee:
        raise Refus(
            code="partage.portee_vide",
            message="Cochez ce que la personne accepte de transmettre, ou orientez-la sans rien "
            "transmettre.",
            base_legale=BASE_LEGALE,
        )
    if set(portee) - set(PORTEES):
        raise Refus(
            code="partage.portee_inconnue",
            message="L'une des choses à transmettre n'est pas dans la liste : cochez à nouveau.",
        )
    if forme not in Consentement.Forme.values:
        raise Refus(
            code="partage.forme_inconnue",
            message="Dites comment l'accord a été donné : de vive voix, par écrit, au téléphone.",
        )
    return [p for p in PORTEES if p in portee]


def _sujet(consentement: Consentement, personne: Personne) -> Sujet:
    return Sujet(
        compartiment=Compartiment.SOCIAL,
        personne_id=personne.pk,
        commune_id=personne.commune_id,
        objet_id=consentement.pk,
    )
