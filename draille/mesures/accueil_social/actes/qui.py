"""Qui est reçu : une personne connue, une nouvelle que l'on inscrit, ou personne que l'on nomme."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from draille.mesures.accueil_social import regles
from draille.mesures.accueil_social.acces import ACCUEILLIR
from draille.mesures.accueil_social.actes.commun import SOCIAL, au_guichet, commune_connue
from draille.mesures.accueil_social.actes.saisie import Saisie
from draille.mesures.accueil_social.models import Accueil
from draille.moteurs.annuaire.models import Point
from draille.noyau.personne.actes import inscrire, mettre_a_jour_contact, rendre_connue
from draille.noyau.personne.models import Personne
from draille.socle.acces import ROLES_NOMINATIFS, Acces, Role, cle

Recue = tuple[Personne | None, int | None, Acces]


@contextmanager
def identifier(*, saisie: Saisie, lieu: Point | None, par: Acces, le: date) -> Iterator[Recue]:
    """La personne reçue (ou None), la commune dont la ligne prend la clé, l'accès qui l'écrit.

    Une nouvelle personne est inscrite au social ; une personne connue d'un autre métier le devient
    du social. Lève `Refus` : `accueil_social.` `personne_introuvable`, `nom_manquant`,
    `commune_inconnue`.
    """
    vit_a = commune_connue(saisie.commune_id)
    if saisie.identite == Accueil.Identite.ANONYME:
        garde = _commune_gardee(vit_a, lieu.commune_id if lieu else None, par)
        with au_guichet(commune_id=garde, par=par) as elargi:
            yield None, garde, elargi
        return
    connue = _connue(saisie, par) if saisie.identite == Accueil.Identite.CONNUE else None
    commune_id = connue.commune_id if connue is not None else vit_a
    with au_guichet(commune_id=commune_id, par=par) as elargi:
        personne = connue or _inscrire(saisie, commune_id, elargi, le)
        rendre_connue(personne=personne, compartiment=SOCIAL, par=elargi, le=le)
        mettre_a_jour_contact(
            personne=personne,
            telephone=saisie.telephone,
            courriel=saisie.courriel,
            par=elargi,
            le=le,
        )
        yield personne, commune_id, elargi


def _commune_gardee(vit_a: int | None, lieu_a: int | None, par: Acces) -> int | None:
    """Là où elle vit, ou là où on la reçoit : la première des deux que l'agent relira."""
    dites = [c for c in (vit_a, lieu_a) if c is not None]
    habilites = (*ACCUEILLIR, Role.SYSTEME)
    tenues = [c for c in dites if par.a_role_sur(habilites, cle(compartiment=SOCIAL, commune_id=c))]
    return next(iter((*tenues, *dites)), None)


def _connue(saisie: Saisie, par: Acces) -> Personne:
    """La personne choisie, verrouillée ; celle qui continue son dossier s'il a été rejoint."""
    ouvertes = Personne.objects.visibles(par.parmi((*ROLES_NOMINATIFS, Role.SYSTEME)))
    choisie = ouvertes.select_for_update().filter(pk=saisie.personne_id).first()
    if choisie is not None and choisie.fusionnee_dans_id is not None:
        choisie = ouvertes.select_for_update().filter(pk=choisie.fusionnee_dans_id).first()
    if choisie is None:
        raise regles.refus(
            "personne_introuvable",
            "Ce dossier n'existe pas, ou ne vous est pas ouvert. Cherchez la personne à nouveau, "
            "ou recevez-la comme nouvelle.",
        )
    personne: Personne = choisie
    return personne


def _inscrire(saisie: Saisie, commune_id: int | None, par: Acces, le: date) -> Personne:
    nouvelle = saisie.nouvelle
    regles.exiger_nommee(
        nom=nouvelle.nom_naissance if nouvelle else "", prenom=nouvelle.prenom if nouvelle else ""
    )
    assert nouvelle is not None
    return inscrire(identite=nouvelle, compartiment=SOCIAL, commune_id=commune_id, par=par, le=le)
