"""Où en est chaque cible d'une convention : valeurs par source, seuil, part atteinte, tendance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from draille.ecrans.panneaux import figures
from draille.mesures.convention import lectures_indicateurs, models, regles
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_indicateurs import Lecteur, Lue
from draille.mesures.convention.regles import objectifs as calculs
from draille.mesures.convention.regles.fichier_suivi import Rattachement, Suivi, charger_suivi
from draille.mesures.convention.regles.suivi import Provenance
from draille.moteurs.indicateurs import registre as indicateurs
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.acces import Acces
from draille.socle.texte import decimal, pluriel, pourcent

FICHIER = "suivi.yaml"
# La source qui fait foi quand il y en a plusieurs : d'abord les actes, puis le Département.
PREFERENCE = (Provenance.DRAILLE, Provenance.INTERNE, Provenance.SNDS, Provenance.PARTENAIRE)
NON_RELEVEE = "Aucune valeur : rien n'est publié ni relevé."
RIEN_A_COMPTER = "Aucune valeur dans l'unité de la cible."


@dataclass(frozen=True)
class ValeurLue:
    """Une valeur d'une source ; nulle : non publiée, tue, ou rien à compter. `url` : sa preuve.

    `id` : la valeur saisie, que l'on corrige ; nul pour une valeur calculée.
    """

    provenance: Provenance
    valeur: Decimal | None
    origine: str
    url: str = ""
    annee: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class ObjectifLu:
    """Une cible et ce que l'on en sait une année. `part_atteinte` entre 0 et 1, et au-delà.

    `base` et `seuil` : nuls quand rien n'est publié. `tendance` : la valeur à la fin de l'année,
    dans l'unité de la cible, par la `methode` dite en toutes lettres. `valeurs` : une par source,
    côte à côte ; `bases` : de même, pour l'année de base. L'état et la part suivent la première
    valeur connue dans l'ordre des actes, du Département, de l'Assurance Maladie, d'un partenaire.
    """

    ligne_code: str
    cible: regles.Cible
    base: Decimal | None
    seuil: Decimal | None
    valeurs: tuple[ValeurLue, ...]
    etat: regles.EtatCible
    part_atteinte: Decimal | None
    tendance: Decimal | None
    methode: str
    bases: tuple[ValeurLue, ...] = ()

    @property
    def constatee(self) -> ValeurLue | None:
        """La valeur qui fait foi, None quand aucune source n'en donne."""
        return _preferee(self.valeurs)


def objectifs(
    *, page: PageConvention, annee: int, acces: Acces, le: date
) -> tuple[ObjectifLu, ...]:
    """Chaque cible de la convention, pour une année, à une date.

    Les comptes sont ceux que ce lecteur peut voir (petits nombres tus à l'extérieur). Une requête,
    et trois par cible rattachée à un indicateur.
    """
    cibles = [(x.code, c) for x in page.lecture.lignes for c in x.cibles]
    if not cibles:
        return ()
    saisies = _saisies(page.cadre_id, le)
    lecteur = _Lecteur(page, annee, Lecteur(acces, le))
    return tuple(_objectif(code, cible, saisies, lecteur) for code, cible in cibles)


def suivi_du_departement() -> Suivi:
    """Le `suivi.yaml` du Département ; vide s'il n'en a pas. Lève `ErreurFichier`."""
    departement = settings.DRAILLE_DEPARTEMENT
    dossier = regles.dossier_du_departement(racine=settings.RACINE, code=departement)
    return _suivi(dossier / FICHIER, departement)


@cache
def _suivi(chemin: Path, departement: str) -> Suivi:
    return charger_suivi(chemin=chemin) if chemin.exists() else Suivi(departement)


def _saisies(cadre_id: int, le: date) -> Mapping[tuple[str, str], list[models.Valeur]]:
    lues = models.Valeur.objects.filter(cadre_id=cadre_id, relevee_le__lte=le)
    par_cible: dict[tuple[str, str], list[models.Valeur]] = {}
    for valeur in lues.select_related("remplacee_par"):
        suivante = getattr(valeur, "remplacee_par", None)
        if suivante is None or suivante.relevee_le > le:
            par_cible.setdefault((valeur.ligne_code, valeur.cible_code), []).append(valeur)
    return par_cible


@dataclass(frozen=True)
class _Lecteur:
    page: PageConvention
    annee: int
    lecteur: Lecteur

    def rattachement(self, ligne: str, cible: str) -> Rattachement | None:
        voulu = (self.page.lecture.convention.code, ligne, cible)
        rattaches = suivi_du_departement().rattachements
        return next((r for r in rattaches if (r.convention, r.ligne, r.cible) == voulu), None)


def _objectif(
    ligne: str,
    cible: regles.Cible,
    saisies: Mapping[tuple[str, str], list[models.Valeur]],
    lecteur: _Lecteur,
) -> ObjectifLu:
    siennes = saisies.get((ligne, cible.code), [])
    bases = tuple(_saisie(v) for v in siennes if v.est_base and _est_la_base(v, cible))
    relevees = [_saisie(v) for v in siennes if not v.est_base and v.annee == lecteur.annee]
    rattache = lecteur.rattachement(ligne, cible.code)
    calculees = [_calculee(rattache, ligne, lecteur)] if rattache else []
    valeurs = tuple(sorted([*calculees, *relevees], key=_rang))
    base = _valeur(_preferee(bases))
    retenue = _preferee(valeurs)
    constate = _valeur(retenue)
    tendance = _tendance(retenue, rattache, lecteur)
    return ObjectifLu(
        ligne_code=ligne,
        cible=cible,
        base=base,
        seuil=regles.seuil(cible=cible, base=base),
        valeurs=valeurs,
        etat=regles.situer(cible=cible, constate=constate, base=base),
        part_atteinte=calculs.part_atteinte(cible=cible, constate=constate, base=base),
        tendance=tendance.valeur,
        methode=_methode(tendance, retenue, valeurs, rattache),
        bases=tuple(sorted(bases, key=_rang)),
    )


def _est_la_base(valeur: models.Valeur, cible: regles.Cible) -> bool:
    """L'année de base, quand elle est publiée ; sinon, celle que le Département a relevée."""
    return cible.annee_base in (None, valeur.annee)


def _saisie(valeur: models.Valeur) -> ValeurLue:
    return ValeurLue(
        provenance=Provenance(valeur.provenance),
        valeur=valeur.valeur,
        origine=valeur.origine,
        annee=valeur.annee,
        id=valeur.pk,
    )


def _rang(valeur: ValeurLue) -> tuple[int, int]:
    return PREFERENCE.index(valeur.provenance), valeur.annee or 0


def _preferee(valeurs: Iterable[ValeurLue]) -> ValeurLue | None:
    return min((v for v in valeurs if v.valeur is not None), key=_rang, default=None)


def _valeur(lue: ValeurLue | None) -> Decimal | None:
    return lue.valeur if lue else None


def _tendance(
    retenue: ValeurLue | None, rattache: Rattachement | None, lecteur: _Lecteur
) -> calculs.Tendance:
    if retenue is None:
        return calculs.Tendance(None, RIEN_A_COMPTER if rattache else NON_RELEVEE)
    if retenue.provenance is not Provenance.DRAILLE or rattache is None:
        return calculs.Tendance(retenue.valeur, "Le relevé de l'année, tel quel.")
    compte = rattache.lecture in ("numerateur", "denominateur")
    return calculs.tendance(
        valeur=retenue.valeur,
        sorte="compte" if compte else "niveau",
        annee=lecteur.annee,
        le=lecteur.lecteur.le,
    )


def _methode(
    tendance: calculs.Tendance,
    retenue: ValeurLue | None,
    valeurs: tuple[ValeurLue, ...],
    rattache: Rattachement | None,
) -> str:
    phrases = [tendance.methode]
    if retenue is not None and sum(v.valeur is not None for v in valeurs) > 1:
        phrases.append(f"Plusieurs sources : fait foi « {retenue.provenance.libelle} ».")
    if rattache is not None and (retenue is None or retenue.provenance is Provenance.DRAILLE):
        phrases.append(rattache.note)
    return " ".join(phrases)


def _calculee(rattache: Rattachement, ligne: str, lecteur: _Lecteur) -> ValeurLue:
    """La valeur calculée des actes, dans l'unité de la cible ; nulle quand il n'y a rien à dire."""
    if rattache.lecture == "figure":
        return _de_la_figure(rattache, ligne, lecteur)
    try:
        indicateur = indicateurs.indicateur(rattache.code, rattache.version)
    except KeyError:
        return ValeurLue(
            Provenance.DRAILLE, None, f"L'indicateur « {rattache.code} » n'est pas déclaré ici."
        )
    lue = lectures_indicateurs.lire(
        indicateur=indicateur, annee=lecteur.annee, lecteur=lecteur.lecteur
    )
    valeur, dit = _lire_selon(rattache, lue)
    return ValeurLue(
        provenance=Provenance.DRAILLE,
        valeur=valeur,
        origine=f"{_nom(indicateur)} : {dit}",
        url=_vers_la_ligne(ligne, lecteur),
        annee=lecteur.annee,
    )


def _nom(indicateur: Indicateur) -> str:
    return f"{indicateur.libelle} ({indicateur.code} v{indicateur.version})"


def _lire_selon(rattache: Rattachement, lue: Lue) -> tuple[Decimal | None, str]:
    compte = lue.annee
    if compte.est_masque:
        return None, "petit nombre, tu"
    if not compte.denominateur:
        return None, "aucun acte compté cette année"
    sur = f"{compte.numerateur} sur {compte.denominateur}"
    if rattache.lecture == "denominateur":
        return Decimal(compte.denominateur), f"{compte.denominateur} comptés"
    if rattache.lecture == "numerateur":
        return Decimal(compte.numerateur or 0), sur
    if rattache.lecture == "taux":
        taux = Decimal(compte.numerateur or 0) / compte.denominateur
        return (taux * 100).quantize(calculs.CENTIEME), f"{sur}, soit {pourcent(taux, decimales=1)}"
    if lue.delais is None or not lue.delais.nombre or lue.delais.moyenne is None:
        return None, "aucun délai mesuré cette année"
    jours = decimal(Decimal(str(lue.delais.moyenne)), decimales=1)
    return (
        calculs.en_mois(jours=lue.delais.moyenne),
        f"{jours} jours en moyenne sur {pluriel(lue.delais.nombre, 'réponse')} ; {sur} à temps",
    )


def _de_la_figure(rattache: Rattachement, ligne: str, lecteur: _Lecteur) -> ValeurLue:
    portees = (ligne, rattache.code.split(".")[0])
    lues = figures(lignes=portees, acces=lecteur.lecteur.acces, le=lecteur.lecteur.le)
    lue = next((f for f in lues if f.declaree.code == rattache.code), None)
    if lue is None:
        return ValeurLue(Provenance.DRAILLE, None, "La figure n'a rien à dire à cette date.")
    dite = f"{lue.declaree.libelle} : {lue.valeur}. {lue.precision}"
    return ValeurLue(Provenance.DRAILLE, None, dite, lue.url or _vers_la_ligne(ligne, lecteur))


def _vers_la_ligne(ligne: str, lecteur: _Lecteur) -> str:
    dits = {
        "le": lecteur.lecteur.le.isoformat(),
        "convention": lecteur.page.lecture.convention.code,
        "annee": lecteur.annee,
    }
    return f"{reverse('convention:ligne', args=[ligne])}?{urlencode(dits)}"
