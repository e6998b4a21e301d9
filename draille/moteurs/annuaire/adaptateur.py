"""Les actes de l'annuaire sur un lieu : l'inscrire, le modifier, le fermer, ses heures, confirmer.

Les fichiers entrent par `adaptateur_import`, la revue par `adaptateur_revue`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.journal import (
    ConfirmerPoint,
    FermerPoint,
    FixerHoraires,
    InscrirePoint,
    ModifierPoint,
)
from draille.moteurs.annuaire.models import Confirmation, Horaire, Point, Source, Structure
from draille.moteurs.annuaire.registre import besoins
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus

ROLES_ECRIRE = (Role.TRAVAILLEUR_SOCIAL, Role.CADRE, Role.ADMINISTRATEUR)
ROLES_CONFIRMER = (Role.ACCUEIL, *ROLES_ECRIRE)
MODIFIEE, REHORAIREE = "Fiche modifiée", "Horaires fixés"


@dataclass(frozen=True, slots=True, kw_only=True)
class FichePoint:
    """La fiche d'un lieu, telle qu'on la saisit.

    `structure` : le nom de qui le tient (vide : le nom du lieu) ; `siret` la retrouve si elle est
    connue. `code_insee` rattache à une commune du Département ; hors de lui, il se garde tel quel.
    Position WGS 84 en degrés ; nulle, celle de la mairie n'est pas prise à sa place.
    """

    nom: str
    structure: str = ""
    siret: str = ""
    est_departement: bool = False
    genre: str = Point.Genre.AUTRE
    forme: str = Point.Forme.FIXE
    adresse: str = ""
    complement_adresse: str = ""
    code_postal: str = ""
    code_insee: str = ""
    nom_commune: str = ""
    latitude: float | None = None
    longitude: float | None = None
    telephone: str = ""
    courriel: str = ""
    site_web: str = ""
    presentation: str = ""
    accessibilite: str = ""
    langues: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    besoins: tuple[str, ...] = ()
    commentaire_horaires: str = ""
    sur_rendez_vous: bool = False
    est_premier_accueil: bool = False
    est_fictif: bool = False


_DE_STRUCTURE = ("structure", "siret", "est_departement")
CHAMPS_POINT = tuple(f.name for f in fields(FichePoint) if f.name not in _DE_STRUCTURE)


@transaction.atomic
def inscrire_point(*, fiche: FichePoint, par: Acces, le: date) -> Point:
    """Inscrit un lieu, qui existe à compter de `le` et que l'on vient de confirmer.

    Lève `Refus` : `acces.refuse`, `annuaire.` `nom_absent`, `genre_inconnu`, `besoin_inconnu`,
    `position`, `courriel`.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="inscrire un lieu à l'annuaire")
    controler(fiche, le=le)
    point = Point(
        **valeurs_point(fiche),
        structure=structure_de(fiche),
        commune=_commune(fiche.code_insee),
        debut=le,
        source=Source.SAISIE,
        maj_le=le,
        confirme_le=le,
    )
    point.save(force_insert=True)
    charge = InscrirePoint(
        genre=fiche.genre,
        forme=fiche.forme,
        source=Source.SAISIE.value,
        est_premier_accueil=fiche.est_premier_accueil,
    )
    consigner(charge=charge, par=par, le=le, sujet=sujet(point))
    return point


@transaction.atomic
def modifier_point(*, point_id: int, fiche: FichePoint, par: Acces, le: date) -> Point:
    """Remplace la fiche d'un lieu, et la confirme : quelqu'un vient de la relire.

    Sans rien à changer, elle est confirmée seulement.

    Mêmes refus qu'`inscrire_point`, et `annuaire.point_inconnu`, `annuaire.point_ferme`.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="modifier la fiche d'un lieu")
    controler(fiche, le=le)
    point = point_vivant(point_id=point_id, le=le)
    structure = structure_de(fiche)
    champs = [c for c, v in valeurs_point(fiche).items() if getattr(point, c) != v]
    if point.structure_id != structure.pk:
        champs.append("structure")
    if not champs:
        confirmer(point_id=point_id, moyen=MODIFIEE, par=par, le=le)
        point.refresh_from_db()
        return point
    for champ, valeur in valeurs_point(fiche).items():
        setattr(point, champ, valeur)
    point.structure = structure
    point.commune = _commune(fiche.code_insee)
    point.maj_le = le
    _relue(point, MODIFIEE, champs, par, le)
    point.save()
    consigner(charge=ModifierPoint(champs=champs), par=par, le=le, sujet=sujet(point))
    return point


@transaction.atomic
def fermer_point(*, point_id: int, par: Acces, le: date) -> Point:
    """Ferme un lieu : son dernier jour est la veille de `le`. Sa fiche et son passé restent.

    Lève `Refus` : `acces.refuse`, `annuaire.point_inconnu`, `annuaire.point_ferme`, et
    `annuaire.ferme_avant_ouvert` si le lieu ouvre ce jour-là.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="fermer un lieu de l'annuaire")
    point = point_vivant(point_id=point_id, le=le)
    if le <= point.debut:
        raise Refus(
            code="annuaire.ferme_avant_ouvert",
            message=f"« {point.nom} » n'a pas encore ouvert à cette date : choisissez un jour "
            f"après le {point.debut:%d/%m/%Y}, ou modifiez sa fiche.",
        )
    point.fin = le
    point.save(update_fields=["fin"])
    consigner(charge=FermerPoint(genre=point.genre), par=par, le=le, sujet=sujet(point))
    return point


@transaction.atomic
def fixer_horaires(*, point_id: int, plages: Sequence[Plage], par: Acces, le: date) -> Point:
    """Fixe la semaine et les exceptions d'un lieu à compter de `le`, et confirme sa fiche.

    Ce qui précède reste. La validité (`debut`, `fin`) des plages n'est pas lue. Une liste
    vide dit que l'on ne connaît plus les heures. Lève `Refus` : `acces.refuse`,
    `annuaire.point_inconnu`, `annuaire.point_ferme`, `annuaire.horaire`.
    """
    par.exiger(ROLES_ECRIRE, cle_ligne=None, action="fixer les horaires d'un lieu")
    point = point_vivant(point_id=point_id, le=le)
    remplacer_horaires(point=point, plages=plages, le=le)
    point.maj_le = le
    _relue(point, REHORAIREE, ["horaires"], par, le)
    point.save(update_fields=["maj_le", "confirme_le"])
    semaine = sum(p.jour is not None for p in plages)
    charge = FixerHoraires(semaine=semaine, exceptions=len(plages) - semaine)
    consigner(charge=charge, par=par, le=le, sujet=sujet(point))
    return point


@transaction.atomic
def confirmer(
    *, point_id: int, champs_corriges: Sequence[str] = (), moyen: str, par: Acces, le: date
) -> Confirmation:
    """Note que quelqu'un a dit la fiche exacte ce jour-là, et par quel moyen (40 signes au plus).

    Confirmer deux fois le même jour n'écrit qu'une confirmation. Lève `Refus` : `acces.refuse`,
    `annuaire.point_inconnu`, `annuaire.point_ferme`.
    """
    par.exiger(ROLES_CONFIRMER, cle_ligne=None, action="confirmer la fiche d'un lieu")
    point = point_vivant(point_id=point_id, le=le)
    champs = list(champs_corriges)
    deja = Confirmation.objects.filter(point=point, le=le, agent_id=par.agent_id).first()
    if deja is not None and deja.moyen == moyen[:40] and deja.champs_corriges == champs:
        return deja
    faite = Confirmation.objects.create(
        point=point, le=le, agent_id=par.agent_id, moyen=moyen[:40], champs_corriges=champs
    )
    point.confirme_le = max(le, point.confirme_le or le)
    point.save(update_fields=["confirme_le"])
    charge = ConfirmerPoint(moyen=faite.moyen, champs_corriges=champs)
    consigner(charge=charge, par=par, le=le, sujet=sujet(point))
    return faite


def _relue(point: Point, moyen: str, champs: list[str], par: Acces, le: date) -> None:
    """Corriger une fiche, c'est la confirmer ; la ligne de journal est celle de la correction."""
    Confirmation.objects.create(
        point=point, le=le, agent_id=par.agent_id, moyen=moyen, champs_corriges=champs
    )
    point.confirme_le = max(le, point.confirme_le or le)


def sujet(point: Point) -> Sujet:
    """La ligne de journal ne parle de personne : aucun compartiment."""
    return Sujet(objet_id=point.pk, commune_id=point.commune_id)


def point_vivant(*, point_id: int, le: date) -> Point:
    """Le point, tenu pour la transaction. Lève `annuaire.point_inconnu`, `annuaire.point_ferme`."""
    point = Point.objects.select_for_update().filter(pk=point_id).first()
    if point is None:
        raise Refus(
            code="annuaire.point_inconnu",
            message="Ce lieu n'est plus dans l'annuaire : cherchez-le à nouveau par son nom.",
        )
    if point.fin is not None and point.fin <= le:
        raise Refus(
            code="annuaire.point_ferme",
            message=f"« {point.nom} » est fermé depuis le {point.fin:%d/%m/%Y} : "
            "inscrivez-le à nouveau s'il a rouvert.",
        )
    return point


def remplacer_horaires(*, point: Point, plages: Sequence[Plage], le: date) -> None:
    """La semaine en vigueur finit à `le`, la nouvelle commence ; les exceptions à venir changent.

    Lève `Refus('annuaire.horaire')`.
    """
    nouveaux = [_horaire(point, plage, le) for plage in plages]
    anciens = point.horaires
    anciens.filter(le__gte=le).delete()
    anciens.filter(jour__isnull=False, debut__gte=le).delete()
    en_cours = Q(fin__isnull=True) | Q(fin__gt=le)
    anciens.filter(en_cours, jour__isnull=False, debut__lt=le).update(fin=le)
    Horaire.objects.bulk_create(nouveaux)


def _horaire(point: Point, plage: Plage, le: date) -> Horaire:
    est_datee = plage.le is not None
    a_heures = plage.heure_debut is not None and plage.heure_fin is not None
    fautes = (
        est_datee == (plage.jour is not None),
        plage.jour is not None and not 1 <= plage.jour <= 7,
        plage.est_fermeture and (a_heures or not est_datee),
        not plage.est_fermeture and not _a_l_endroit(plage),
        any(not 1 <= rang <= 5 for rang in plage.rangs),
    )
    if any(fautes):
        raise Refus(
            code="annuaire.horaire",
            message="Une ouverture a un jour (ou une date), une heure de début, et une heure de "
            "fin qui la suit ; une fermeture a une date, sans heures. Corrigez l'horaire.",
        )
    return Horaire(
        point=point,
        jour=plage.jour,
        le=plage.le,
        rangs=list(plage.rangs),
        heure_debut=plage.heure_debut,
        heure_fin=plage.heure_fin,
        est_fermeture=plage.est_fermeture,
        debut=le,
    )


def _a_l_endroit(plage: Plage) -> bool:
    if plage.heure_debut is None or plage.heure_fin is None:
        return False
    return plage.heure_debut < plage.heure_fin


def controler(fiche: FichePoint, *, le: date) -> None:
    """Lève le `Refus` qui dit ce qui ne va pas dans la fiche ; ne rend rien."""
    if not fiche.nom.strip():
        raise Refus(code="annuaire.nom_absent", message="Donnez un nom à ce lieu.")
    if fiche.genre not in Point.Genre.values or fiche.forme not in Point.Forme.values:
        raise Refus(
            code="annuaire.genre_inconnu",
            message="Ce genre ou cette forme de lieu n'existe pas : choisissez dans la liste.",
        )
    inconnus = sorted(set(fiche.besoins) - {b.code for b in besoins(le)})
    if inconnus:
        raise Refus(
            code="annuaire.besoin_inconnu",
            message=f"Ces besoins ne se proposent pas à cette date : {', '.join(inconnus)}. "
            "Choisissez dans la liste.",
        )
    if not _situee(fiche.latitude, fiche.longitude):
        raise Refus(
            code="annuaire.position",
            message="La position a une latitude entre -90 et 90 et une longitude entre -180 et "
            "180, en degrés, ou n'a ni l'une ni l'autre.",
        )
    if fiche.courriel:
        try:
            validate_email(fiche.courriel)
        except ValidationError as erreur:
            raise Refus(
                code="annuaire.courriel",
                message=f"« {fiche.courriel} » n'est pas une adresse de courriel : corrigez-la "
                "ou laissez-la vide.",
            ) from erreur


def _situee(nord: float | None, est: float | None) -> bool:
    if nord is None or est is None:
        return nord is None and est is None
    return -90 <= nord <= 90 and -180 <= est <= 180


def valeurs_point(fiche: FichePoint) -> dict[str, object]:
    """Les champs du modèle `Point` que porte la fiche (ses listes en listes)."""
    lus = asdict(fiche)
    return {
        champ: list(lus[champ]) if isinstance(lus[champ], tuple) else lus[champ]
        for champ in CHAMPS_POINT
    }


def structure_de(fiche: FichePoint) -> Structure:
    """La structure de ce SIRET, à défaut de ce nom sans SIRET ; créée s'il le faut."""
    nom = (fiche.structure or fiche.nom).strip()[:200]
    if fiche.siret:
        structure, _ = Structure.objects.get_or_create(
            siret=fiche.siret, defaults={"nom": nom, "est_departement": fiche.est_departement}
        )
        return structure
    deja = Structure.objects.filter(nom=nom, est_departement=fiche.est_departement).first()
    return deja or Structure.objects.create(nom=nom, est_departement=fiche.est_departement)


def _commune(code_insee: str) -> Commune | None:
    return Commune.objects.filter(code_insee=code_insee).first() if code_insee else None
