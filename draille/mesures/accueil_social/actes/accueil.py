"""Accueillir, compléter, rectifier."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from draille.mesures.accueil_social import regles
from draille.mesures.accueil_social.actes import charges, commun
from draille.mesures.accueil_social.actes.notes import ecrire_notes
from draille.mesures.accueil_social.actes.orientations import orienter
from draille.mesures.accueil_social.actes.qui import identifier
from draille.mesures.accueil_social.actes.saisie import (
    OrientationSaisie,
    ReponseSaisie,
    Saisie,
)
from draille.mesures.accueil_social.actes.tri import nettoyer
from draille.mesures.accueil_social.models import Accueil, Besoin, Reponse
from draille.moteurs.annuaire.models import Point
from draille.noyau.personne.models import Personne
from draille.socle import contexte
from draille.socle.acces import Acces, cle, cle_generale

RECTIFIABLES = ("canal", "venue", "point_id", "heure", "paroles", "suite", "suite_le")
_INTERDITS_ANONYME = ("heure", "paroles", "suite", "suite_le")


@transaction.atomic
def accueillir(*, saisie: Saisie, par: Acces, le: date) -> Accueil:
    """Écrit un accueil et tout ce qui en part : personne, besoins, réponses, accords, orientations,
    notes, et une ligne de journal. Le même `envoi` rend l'accueil déjà écrit, sans rien ajouter.

    L'accueil d'une personne d'un autre secteur s'écrit chez elle : `par.voit(accueil.cle_acces)`
    dit si l'agent peut l'ouvrir ensuite. Lève `Refus` : `acces.refuse` et `accueil_social.`
    `envoi_deja_pris`, `valeur_inconnue`, `texte_trop_long`, `courriel_mal_ecrit`, `suite_passee`,
    `nom_manquant`, `personne_introuvable`, `lieu_inconnu`, `commune_inconnue`,
    `destination_manquante`, `accord_manquant`, `date_future`, et ceux du partage.
    """
    commun.exiger_guichet(par=par)
    ecrit = _deja_ecrit(saisie, par)
    if ecrit is not None:
        return ecrit
    gardee = nettoyer(saisie=saisie, le=le)
    try:
        # Un point de reprise : deux envois à la fois n'écrivent qu'un accueil, une personne.
        with transaction.atomic():
            return _ecrire(gardee, par, le)
    except IntegrityError as erreur:
        diagnostic = getattr(erreur.__cause__, "diag", None)
        if "envoi" not in str(getattr(diagnostic, "constraint_name", "")):
            raise
        # Écrit chez la personne, hors du secteur de l'agent : c'est pourtant bien son envoi.
        with contexte.elargi(cles=[cle_generale(compartiment=commun.SOCIAL)]):
            ecrit = _deja_ecrit(saisie, par)
        if ecrit is None:
            raise _envoi_pris() from erreur
        return ecrit


def _deja_ecrit(saisie: Saisie, par: Acces) -> Accueil | None:
    """L'accueil de cet envoi, s'il est de cet agent. Lève `Refus` s'il est d'un autre."""
    ecrit: Accueil | None = Accueil.objects.filter(envoi=saisie.envoi).first()
    if ecrit is not None and ecrit.agent_id != par.agent_id:
        raise _envoi_pris()
    return ecrit


def _envoi_pris() -> Exception:
    return regles.refus(
        "envoi_deja_pris",
        "Cet envoi a déjà été enregistré par un autre agent. Il n'y a rien à refaire ; ouvrez un "
        "nouvel accueil pour la personne suivante.",
    )


def _ecrire(saisie: Saisie, par: Acces, le: date) -> Accueil:
    lieux = commun.points_connus(_lieux(saisie))
    lieu = lieux.get(saisie.point_id or 0)
    with identifier(saisie=saisie, lieu=lieu, par=par, le=le) as (personne, commune_id, elargi):
        accueil = _creer(saisie, personne, commune_id, elargi, le)
        besoins, reponses = _repondre(
            accueil, saisie.besoins, saisie.reponses, saisie.orientations, elargi, le
        )
        charge = charges.Accueillir(
            canal=saisie.canal,
            venue=saisie.venue,
            identite=saisie.identite,
            point_id=saisie.point_id,
            besoins=besoins,
            reponses=reponses,
            est_hors_departement=_est_hors_departement(lieu, par),
        )
        accueil.ligne_id = commun.ecrire(charge=charge, de=accueil, par=elargi, le=le).pk
        accueil.save(update_fields=["ligne_id"])
        if personne is not None:
            ecrire_notes(saisie=saisie, accueil=accueil, personne=personne, par=elargi, le=le)
    return accueil


def _lieux(saisie: Saisie) -> set[int]:
    dits = (saisie.point_id, *(r.point_id for r in saisie.reponses))
    return {i for i in (*dits, *(o.point_id for o in saisie.orientations)) if i is not None}


def _est_hors_departement(lieu: Point | None, par: Acces) -> bool:
    """Reçue par une structure qui n'est pas le Département ; sans lieu, par un agent d'ailleurs."""
    return not (lieu.structure.est_departement if lieu is not None else par.est_du_departement)


def _creer(
    saisie: Saisie, personne: Personne | None, commune_id: int | None, par: Acces, le: date
) -> Accueil:
    accueil = Accueil(
        cle_acces=cle(compartiment=commun.SOCIAL, commune_id=commune_id),
        personne=personne,
        identite=saisie.identite,
        venue=saisie.venue,
        canal=saisie.canal,
        point_id=saisie.point_id,
        commune_id=personne.commune_id if personne is not None else saisie.commune_id,
        le=le,
        heure=saisie.heure,
        paroles=saisie.paroles,
        suite=saisie.suite,
        suite_le=saisie.suite_le,
        agent_id=par.agent_id,
        organisation_id=par.organisation_id,
        envoi=saisie.envoi,
    )
    accueil.save(force_insert=True)
    return accueil


def _repondre(
    accueil: Accueil,
    besoins: tuple[str, ...],
    reponses: tuple[ReponseSaisie, ...],
    orientations: tuple[OrientationSaisie, ...],
    par: Acces,
    le: date,
) -> tuple[list[str], list[str]]:
    """Écrit besoins, réponses, orientations ; rend les codes de besoins et de réponses ajoutés."""
    deja = list(accueil.besoins.values_list("code", flat=True))
    nouveaux = [b for b in besoins if b not in deja]
    communs = {
        "accueil": accueil,
        "cle_acces": accueil.cle_acces,
        "personne_id": accueil.personne_id,
    }
    Besoin.objects.bulk_create(
        Besoin(code=code, rang=rang, **communs)
        for rang, code in enumerate(nouveaux, start=len(deja) + 1)
    )
    faites = set(accueil.reponses.values_list("genre", "besoin", "point_id"))
    lignes = [
        Reponse(genre=r.genre, besoin=r.besoin, point_id=r.point_id, **communs)
        for r in reponses
        if (r.genre, r.besoin, r.point_id) not in faites
    ]
    for saisie in orientations:
        orientation = orienter(saisie=saisie, accueil=accueil, par=par, le=le)
        lignes.append(
            Reponse(
                genre=Reponse.Genre.ORIENTATION,
                besoin=saisie.besoins[0] if saisie.besoins else "",
                point_id=saisie.point_id,
                orientation_id=orientation.pk,
                **communs,
            )
        )
    Reponse.objects.bulk_create(lignes)
    return nouveaux, list(regles.sans_double(str(r.genre) for r in lignes))


@transaction.atomic
def completer(
    *,
    accueil_id: int,
    besoins: tuple[str, ...] = (),
    reponses: tuple[ReponseSaisie, ...] = (),
    orientations: tuple[OrientationSaisie, ...] = (),
    par: Acces,
    le: date,
) -> Accueil:
    """Ajoute des besoins, des réponses, des orientations à un accueil ; sans rien, n'écrit rien.

    Lève `Refus` : `acces.refuse`, `accueil_social.introuvable`, et ceux d'`accueillir`.
    """
    accueil = commun.prendre(accueil_id=accueil_id, par=par)
    ajout = nettoyer(
        saisie=Saisie(
            envoi=accueil.envoi,
            identite=accueil.identite,
            canal=accueil.canal,
            venue=accueil.venue,
            personne_id=accueil.personne_id,
            besoins=besoins,
            reponses=reponses,
            orientations=orientations,
        ),
        le=le,
    )
    commun.points_connus(_lieux(ajout))
    codes, genres = _repondre(accueil, ajout.besoins, ajout.reponses, ajout.orientations, par, le)
    if codes or genres:
        charge = charges.Completer(besoins=codes, reponses=genres)
        commun.ecrire(charge=charge, de=accueil, par=par, le=le)
    return accueil


@transaction.atomic
def rectifier(*, accueil_id: int, changements: Mapping[str, Any], par: Acces, le: date) -> Accueil:
    """Corrige `canal`, `venue`, `point_id`, `heure`, `paroles`, `suite` ou `suite_le` ; le journal
    garde les noms des champs corrigés, jamais leurs valeurs. Sans changement, n'écrit rien.

    D'une personne anonyme, ni heure, ni mots, ni suite ne s'écrivent. Lève `Refus` :
    `acces.refuse`, `accueil_social.` `introuvable`, `valeur_inconnue`, `texte_trop_long`,
    `suite_passee`, `lieu_inconnu`, `date_future`.
    """
    accueil = commun.prendre(accueil_id=accueil_id, par=par)
    admis = [c for c in RECTIFIABLES if c in changements]
    if accueil.identite == Accueil.Identite.ANONYME:
        admis = [c for c in admis if c not in _INTERDITS_ANONYME]
    voulus = {c: _valeur(c, changements[c], accueil) for c in admis}
    changes = [c for c, valeur in voulus.items() if valeur != getattr(accueil, c)]
    if not changes:
        return accueil
    for champ in changes:
        setattr(accueil, champ, voulus[champ])
    accueil.save(update_fields=changes)
    commun.ecrire(charge=charges.Rectifier(champs=changes), de=accueil, par=par, le=le)
    return accueil


def _valeur(champ: str, valeur: Any, accueil: Accueil) -> Any:
    """La valeur corrigée, vérifiée comme à la saisie."""
    if champ in ("canal", "venue"):
        connues = {"canal": Accueil.Canal.values, "venue": Accueil.Venue.values}[champ]
        return regles.exiger_parmi(champ=champ, valeur=valeur, connues=connues)
    if champ in ("paroles", "suite"):
        return regles.exiger_longueur(champ=champ, texte=valeur)
    if champ == "suite_le":
        regles.exiger_suite(suite_le=valeur, le=accueil.le)
    if champ == "point_id" and valeur is not None:
        commun.points_connus({valeur})
    return valeur
