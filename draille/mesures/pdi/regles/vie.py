"""Le temps d'un programme : une délibération par an, avant le 31 mars (CASF L263-1)."""

from datetime import date, timedelta

from draille.mesures.pdi.regles.modele import Ajout, EtatAnnee, Programme
from draille.socle.refus import Refus
from draille.socle.texte import normaliser

BASE = "CASF L263-1"


def annees(*, debut: date, fin: date) -> tuple[int, ...]:
    """Les années que couvre un programme sur [debut, fin)."""
    return tuple(range(debut.year, (fin - timedelta(days=1)).year + 1))


def dernier_jour(*, annee: int, borne: str) -> date:
    """Le dernier jour à temps : « avant le 31 mars » (`borne` : « 03-31 ») laisse jusqu'au 30."""
    return date.fromisoformat(f"{annee}-{borne}") - timedelta(days=1)


def etat_annee(*, avant_le: date, deliberee_le: date | None, le: date) -> EtatAnnee:
    """Où en est une année, lue ce jour-là ; une délibération de l'avenir ne compte pas encore."""
    if deliberee_le is not None and deliberee_le <= le:
        return EtatAnnee.TENUE if deliberee_le <= avant_le else EtatAnnee.TENUE_EN_RETARD
    return EtatAnnee.EN_RETARD if le > avant_le else EtatAnnee.A_VENIR


def verifier_date(
    *, programme: Programme, deliberee_le: date, derniere: date | None, le: date
) -> None:
    """Lève `Refus('pdi.date')` pour une délibération à venir, hors du programme ou d'avant la
    dernière inscrite. L'assemblée peut adopter dans l'année qui précède le programme.
    """
    message = ""
    if deliberee_le > le:
        message = (
            "Cette délibération n'a pas encore eu lieu. Inscrivez-la le jour où elle est votée, "
            "ou après."
        )
    elif not programme.debut.year - 1 <= deliberee_le.year or deliberee_le >= programme.fin:
        message = (
            f"Le programme va de {programme.debut.year} à "
            f"{(programme.fin - timedelta(days=1)).year} : cette délibération n'est pas de lui."
        )
    elif derniere is not None and deliberee_le < derniere:
        message = (
            f"La dernière délibération inscrite est du {derniere:%d/%m/%Y} : celle-ci vient le "
            "même jour ou après."
        )
    if message:
        raise Refus(code="pdi.date", message=message, base_legale=BASE)


def verifier_adaptation(
    *,
    programme: Programme,
    ajouts: tuple[Ajout, ...],
    retraits: tuple[str, ...],
    le: date,
) -> None:
    """Lève `Refus('pdi.adaptation')` si rien ne change, ou si un axe, un nom, une action ne va pas.

    `retraits` : codes d'actions en vigueur à `le`.
    """
    if not ajouts and not retraits:
        raise _refus(
            "Une adaptation change quelque chose : ajoutez ou retirez au moins une action. Si rien "
            "ne change, dites que le programme continue."
        )
    en_vigueur = {a.code for x in programme.axes for a in x.au(le)}
    if any(code not in en_vigueur for code in retraits):
        raise _refus("L'action à retirer n'est pas en vigueur. Choisissez-en une de la liste.")
    axes = {x.code for x in programme.axes}
    pris = {a.code for x in programme.axes for a in x.actions}
    for ajout in ajouts:
        code = code_action(ajout.libelle)
        if ajout.axe not in axes:
            raise _refus("L'axe choisi n'est pas dans le programme. Choisissez-en un de la liste.")
        if not code:
            raise _refus("Donnez un nom à l'action.")
        if code in pris:
            raise _refus(
                f"L'action « {ajout.libelle.strip()} » est ou a été dans le programme. Donnez un "
                "autre nom."
            )
        pris.add(code)


def code_action(libelle: str) -> str:
    """Le code d'une action nouvelle, tiré de son nom ; vide sans lettre ni chiffre."""
    return normaliser(libelle).replace(" ", "_")[:60]


def _refus(message: str) -> Refus:
    return Refus(code="pdi.adaptation", message=message, base_legale=BASE)
