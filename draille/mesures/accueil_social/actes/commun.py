"""Ce que les actes partagent : le droit, la clé, la date, les codes admis."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from draille.mesures.accueil_social.acces import ACCUEILLIR
from draille.mesures.accueil_social.models import Accueil, Reponse
from draille.mesures.accueil_social.regles import exiger_parmi, refus, sans_double
from draille.moteurs.annuaire import registre as besoins
from draille.moteurs.annuaire.models import Point
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import PAS, SANS_COMMUNE, Acces, Compartiment, Role, cle
from draille.socle.texte import date_moyenne

SOCIAL = Compartiment.SOCIAL


def exiger_guichet(*, par: Acces) -> None:
    """Lève `Refus('acces.refuse')` à qui n'accueille nulle part au titre du social.

    On reçoit qui se présente : le droit ne dépend pas de l'endroit où la personne vit.
    """
    habilites = (*ACCUEILLIR, Role.SYSTEME)
    tenues = [c for r in habilites for c in par.cles_par_role.get(r, ()) if c // PAS == SOCIAL]
    par.exiger(ACCUEILLIR, cle_ligne=tenues[0] if tenues else cle_nulle(), action="accueillir")


def cle_nulle() -> int:
    """Une clé du social que seul un agent de tout le Département ouvre."""
    return cle(compartiment=SOCIAL, commune_id=None)


@contextmanager
def au_guichet(*, commune_id: int | None, par: Acces) -> Iterator[Acces]:
    """L'accès qui écrit un accueil dans cette commune, le temps du bloc.

    Une personne d'un autre secteur est reçue comme une autre : son dossier s'écrit chez elle, et
    l'agent qui l'a reçue ne l'ouvre pas pour autant ensuite.
    """
    cle_ligne = cle(compartiment=SOCIAL, commune_id=commune_id)
    if par.a_role_sur((*ACCUEILLIR, Role.SYSTEME), cle_ligne):
        yield par
        return
    role = next(r for r in ACCUEILLIR if r in par.cles_par_role)
    cles = {**par.cles_par_role, role: par.cles_par_role[role] | {cle_ligne}}
    with contexte.elargi(cles=[cle_ligne]):
        yield replace(par, cles_par_role=cles)


def prendre(*, accueil_id: int, par: Acces) -> Accueil:
    """L'accueil, verrouillé, sa personne jointe.

    Lève `Refus` : `accueil_social.introuvable`, `acces.refuse`.
    """
    trouve: Accueil | None = (
        Accueil.objects.visibles(par)
        .select_for_update(of=("self",))
        .select_related("personne", "point__structure")
        .filter(pk=accueil_id)
        .first()
    )
    if trouve is None:
        raise introuvable()
    par.exiger(ACCUEILLIR, cle_ligne=trouve.cle_acces, action="compléter un accueil")
    return trouve


def introuvable() -> Exception:
    """Le refus de ce qui n'existe pas, ou n'est pas ouvert à cet accès."""
    return refus(
        "introuvable",
        "Cet accueil n'existe pas, ou ne vous est pas ouvert. Revenez à la liste des accueils.",
    )


def ecrire(*, charge: Any, de: Accueil, par: Acces, le: date) -> LigneJournal:
    """Écrit la ligne d'un acte sur cet accueil. Lève `Refus('accueil_social.date_future')`."""
    commune = de.cle_acces % PAS
    ligne = consigner(
        charge=charge,
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=SOCIAL,
            personne_id=de.personne_id,
            commune_id=None if commune == SANS_COMMUNE else commune,
            objet_id=de.pk,
        ),
    )
    exiger_passee(le=le, ligne=ligne)
    return ligne


def exiger_passee(*, le: date, ligne: LigneJournal) -> None:
    """Lève `Refus('accueil_social.date_future')` si l'acte est daté d'après son écriture."""
    # L'instant d'écriture est celui du contexte, que seule la base connaît : la ligne le rend.
    ecrite_le = timezone.localtime(ligne.ecrit_le).date()
    if le > ecrite_le:
        raise refus(
            "date_future",
            f"La date du {date_moyenne(le)} est à venir : nous sommes le "
            f"{date_moyenne(ecrite_le)}. Enregistrez l'accueil quand il aura eu lieu.",
        )


def besoins_admis(codes: tuple[str, ...], *, le: date) -> tuple[str, ...]:
    """Les besoins dits, sans répétition. Lève `Refus('accueil_social.valeur_inconnue')`."""
    connus = {b.code for b in besoins.besoins(le)}
    return tuple(
        exiger_parmi(champ="besoins", valeur=c, connues=connus) for c in sans_double(codes)
    )


def genre_admis(genre: str) -> str:
    """Le genre d'une réponse saisie. Lève `Refus('accueil_social.valeur_inconnue')`."""
    saisis = set(Reponse.Genre.values) - {Reponse.Genre.ORIENTATION}
    return exiger_parmi(champ="réponses", valeur=genre, connues=saisis)


def points_connus(ids: set[int]) -> dict[int, Point]:
    """Ces points de l'annuaire, structure jointe. Lève `Refus('accueil_social.lieu_inconnu')`."""
    points = Point.objects.select_related("structure").in_bulk(ids)
    if len(points) < len(ids):
        raise refus(
            "lieu_inconnu",
            "Un lieu choisi n'est plus dans l'annuaire. Choisissez-le à nouveau dans la liste.",
        )
    return points


def commune_connue(commune_id: int | None) -> int | None:
    """L'identifiant de la commune. Lève `Refus('accueil_social.commune_inconnue')`."""
    if commune_id is not None and not Commune.objects.filter(pk=commune_id).exists():
        raise refus("commune_inconnue", "Cette commune n'est pas connue. Choisissez-la à nouveau.")
    return commune_id
