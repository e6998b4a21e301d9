"""Ce que l'on garde d'une saisie : vérifiée, sans répétition, et sans rien qui nomme un anonyme."""

from dataclasses import replace
from datetime import date

from draille.mesures.accueil_social import regles
from draille.mesures.accueil_social.actes.commun import besoins_admis, genre_admis
from draille.mesures.accueil_social.actes.saisie import OrientationSaisie, ReponseSaisie, Saisie
from draille.mesures.accueil_social.models import Accueil, Reponse


def nettoyer(*, saisie: Saisie, le: date) -> Saisie:
    """La saisie telle qu'elle s'écrira. Lève `Refus` comme `accueillir`.

    Anonyme : ni personne, ni coordonnées, ni mots, ni suite, ni heure, ni note. Une orientation
    suivie demande de savoir qui ; il n'en reste que le lieu indiqué.
    """
    parmi = regles.exiger_parmi
    saisie = replace(
        saisie,
        identite=parmi(champ="qui", valeur=saisie.identite, connues=Accueil.Identite.values),
        canal=parmi(champ="comment", valeur=saisie.canal, connues=Accueil.Canal.values),
        venue=parmi(champ="venue", valeur=saisie.venue, connues=Accueil.Venue.values),
        besoins=besoins_admis(saisie.besoins, le=le),
        reponses=_reponses(saisie.reponses, le),
        orientations=tuple(_orientation(o, le) for o in saisie.orientations),
    )
    if saisie.identite == regles.ANONYME:
        return _sans_trace(saisie)
    regles.exiger_suite(suite_le=saisie.suite_le, le=le)
    for o in saisie.orientations:
        regles.exiger_destination(
            a_partenaire=o.partenaire_id is not None, a_lieu=o.point_id is not None
        )
        regles.exiger_accord(
            transmet=bool(o.portee or o.message.strip()), forme=o.forme_consentement
        )
    return _textes(saisie)


def _reponses(saisies: tuple[ReponseSaisie, ...], le: date) -> tuple[ReponseSaisie, ...]:
    """Les réponses, chacune une fois : un envoi rejoué ou un double clic n'en ajoute pas."""
    return tuple(
        dict.fromkeys(
            ReponseSaisie(
                genre=genre_admis(r.genre),
                besoin=(besoins_admis((r.besoin,), le=le) or ("",))[0] if r.besoin else "",
                point_id=r.point_id,
            )
            for r in saisies
        )
    )


def _orientation(saisie: OrientationSaisie, le: date) -> OrientationSaisie:
    return replace(saisie, besoins=besoins_admis(saisie.besoins, le=le))


def _sans_trace(saisie: Saisie) -> Saisie:
    """Ce qui reste quand la personne ne dit pas son nom : des codes, des lieux, une commune."""
    indiques = tuple(
        ReponseSaisie(
            genre=Reponse.Genre.LIEU_INDIQUE,
            besoin=o.besoins[0] if o.besoins else "",
            point_id=o.point_id,
        )
        for o in saisie.orientations
        if o.point_id is not None
    )
    return Saisie(
        envoi=saisie.envoi,
        identite=regles.ANONYME,
        commune_id=saisie.commune_id,
        venue=saisie.venue,
        canal=saisie.canal,
        point_id=saisie.point_id,
        besoins=saisie.besoins,
        reponses=tuple(dict.fromkeys((*saisie.reponses, *indiques))),
    )


def _textes(saisie: Saisie) -> Saisie:
    tenir = regles.exiger_longueur
    return replace(
        saisie,
        paroles=tenir(champ="paroles", texte=saisie.paroles),
        suite=tenir(champ="suite", texte=saisie.suite),
        telephone=tenir(champ="telephone", texte=saisie.telephone),
        courriel=regles.exiger_courriel(saisie.courriel),
        note_partagee=tenir(champ="note", texte=saisie.note_partagee),
        note_privee=tenir(champ="note", texte=saisie.note_privee),
    )
