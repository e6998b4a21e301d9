"""Un fichier de lieux, d'une source ou d'une autre, en fiches lues et en lignes rejetées."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from draille.moteurs.annuaire.calcul import data_inclusion, sources
from draille.moteurs.annuaire.calcul.fiche import FicheLue, LigneFausse, ServiceLu
from draille.moteurs.annuaire.calcul.tableau import illisible, lire_json, lire_lignes
from draille.moteurs.annuaire.calcul.tableur import deviner, tableur
from draille.moteurs.annuaire.models import Point, Source
from draille.moteurs.annuaire.registre import besoins
from draille.socle.refus import Refus
from draille.socle.texte import normaliser


@dataclass(frozen=True, slots=True, kw_only=True)
class FichierAnnuaire:
    """Un fichier à intégrer, et ce qu'on en dit.

    `source` : une valeur de `Source`, hors saisie. `correspondance` : pour un tableur, le titre de
    colonne de chaque champ (nulle : devinée). `premier_accueil` : ce que valent les lieux qui n'en
    disent rien (nul : d'après leur genre, `annuaire.genres_premier_accueil`).
    """

    contenu: bytes
    nom: str
    source: str
    correspondance: Mapping[str, str] | None = None
    premier_accueil: bool | None = None


@dataclass(slots=True, kw_only=True)
class Lue:
    """Un enregistrement : une fiche, ou un service seul, ou le motif de son rejet."""

    rang: int
    fiche: FicheLue | None = None
    service: tuple[str, ServiceLu] | None = None
    motif: str = ""
    brut: dict[str, Any] = field(default_factory=dict)


def lire_fichier(*, fichier: FichierAnnuaire, le: date) -> list[Lue]:
    """Chaque enregistrement du fichier, dans l'ordre ; une ligne fausse n'arrête pas les autres.

    Lève `Refus` : `annuaire.fichier_illisible`, `annuaire.source_inconnue`,
    `annuaire.colonnes_absentes`.
    """
    if fichier.source == Source.DATA_INCLUSION:
        return _data_inclusion(fichier, le)
    lecteur = _lecteur(fichier, le)
    titres, lignes = lire_lignes(contenu=fichier.contenu, nom=fichier.nom)
    exigees = _exigees(fichier, titres)
    absentes = [colonne for colonne in exigees if colonne not in titres]
    if absentes:
        raise Refus(
            code="annuaire.colonnes_absentes",
            message=f"« {fichier.nom} » n'a pas les colonnes attendues : il manque "
            f"{', '.join(absentes)}. Vérifiez la source choisie, ou prenez « tableur ».",
        )
    if fichier.source == Source.TABLEUR:
        correspondance = fichier.correspondance or deviner(titres)
        lecteur = _lecteur_tableur(correspondance, le)
    return [
        _lue(ligne.numero, ligne.cellules, lecteur, f"{fichier.nom}, ligne {ligne.numero}")
        for ligne in lignes
    ]


def _lecteur(fichier: FichierAnnuaire, le: date) -> Callable[[Mapping[str, Any]], FicheLue]:
    if fichier.source == Source.FRANCE_SERVICES:
        return lambda ligne: sources.france_services(ligne, le=le)
    if fichier.source == Source.MEDIATION_NUMERIQUE:
        return lambda ligne: sources.mediation_numerique(ligne, le=le)
    if fichier.source == Source.TABLEUR:
        return _lecteur_tableur({}, le)
    raise Refus(
        code="annuaire.source_inconnue",
        message="Dites d'où vient ce fichier : liste France services, médiation numérique, "
        "data·inclusion ou tableur.",
    )


def _lecteur_tableur(
    correspondance: Mapping[str, str], le: date
) -> Callable[[Mapping[str, Any]], FicheLue]:
    choix = choix_tableur(le=le)
    return lambda ligne: tableur(ligne, correspondance=correspondance, choix=choix, le=le)


def choix_tableur(*, le: date) -> dict[str, dict[str, str]]:
    """Les mots qu'une cellule de tableur peut dire, réduits, et leurs codes."""

    def mots(paires: list[tuple[str, str]]) -> dict[str, str]:
        return {normaliser(mot): code for code, dit in paires for mot in (dit, code)}

    return {
        "genre": mots([(str(c), str(dit)) for c, dit in Point.Genre.choices]),
        "forme": mots([(str(c), str(dit)) for c, dit in Point.Forme.choices]),
        "besoins": mots([(b.code, b.libelle) for b in besoins(le)]),
    }


def _exigees(fichier: FichierAnnuaire, titres: tuple[str, ...]) -> list[str]:
    if fichier.source == Source.FRANCE_SERVICES:
        return list(sources.COLONNES_FRANCE_SERVICES)
    if fichier.source == Source.MEDIATION_NUMERIQUE:
        return list(sources.COLONNES_MEDIATION)
    correspondance = fichier.correspondance or deviner(titres)
    if "nom" not in correspondance:
        raise Refus(
            code="annuaire.colonnes_absentes",
            message="Dites quelle colonne donne le nom du lieu : sans nom, rien ne s'inscrit.",
        )
    return list(correspondance.values())


def _lue(
    rang: int,
    brut: Mapping[str, Any],
    lecteur: Callable[[Mapping[str, Any]], FicheLue],
    ou: str,
) -> Lue:
    try:
        return Lue(rang=rang, fiche=lecteur(brut))
    except LigneFausse as faute:
        return rejet(rang, brut, f"{ou}, {faute}")


def rejet(rang: int, brut: Mapping[str, Any], motif: str) -> Lue:
    """Une ligne écartée, gardée entière en texte."""
    garde = {str(c): "" if v is None else str(v) for c, v in brut.items()}
    return Lue(rang=rang, motif=motif, brut=garde)


def _data_inclusion(fichier: FichierAnnuaire, le: date) -> list[Lue]:
    structures, services = _enregistrements(fichier)
    lus: dict[str, Lue] = {}
    rendues: list[Lue] = []
    for rang, brut in enumerate(structures, start=1):
        lue = _lue(
            rang,
            brut,
            lambda ligne: data_inclusion.structure(ligne, le=le),
            f"{fichier.nom}, structure n° {rang}",
        )
        rendues.append(lue)
        if lue.fiche is not None:
            lus.setdefault(lue.fiche.source_id, lue)
    for numero, brut in enumerate(services, start=1):
        rang, ou = len(structures) + numero, f"{fichier.nom}, service n° {numero}"
        seul = _service(rang, brut, ou, le)
        porteuse = lus.get(seul.service[0]) if seul.service else None
        if porteuse is not None and porteuse.fiche is not None and seul.service:
            # Un service suit sa structure : il n'est pas un lieu de plus.
            porteuse.fiche.services = (*porteuse.fiche.services, seul.service[1])
        else:
            rendues.append(seul)
    return rendues


def _service(rang: int, brut: Mapping[str, Any], ou: str, le: date) -> Lue:
    try:
        structure_id = data_inclusion.identifiant(brut.get("structure_id"), "structure_id")
        return Lue(rang=rang, service=(structure_id, data_inclusion.service(brut, le=le)))
    except LigneFausse as faute:
        return rejet(rang, brut, f"{ou}, {faute}")


def _enregistrements(
    fichier: FichierAnnuaire,
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Les structures et les services : un objet qui a les deux listes, ou une liste, ou un CSV."""
    if fichier.contenu.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        lu = lire_json(contenu=fichier.contenu, nom=fichier.nom)
        if isinstance(lu, dict):
            return _objets(lu.get("structures"), fichier), _objets(lu.get("services"), fichier)
        tous = _objets(lu, fichier)
    else:
        titres, lignes = lire_lignes(contenu=fichier.contenu, nom=fichier.nom)
        if "id" not in titres or "nom" not in titres:
            raise illisible(fichier.nom, "il lui faut les colonnes « id » et « nom ».")
        tous = [ligne.cellules for ligne in lignes]
    services = [o for o in tous if "structure_id" in o]
    return [o for o in tous if "structure_id" not in o], services


def _objets(lu: Any, fichier: FichierAnnuaire) -> list[Mapping[str, Any]]:
    if lu is None:
        return []
    if not isinstance(lu, list) or not all(isinstance(o, dict) for o in lu):
        raise illisible(fichier.nom, "des listes « structures » et « services » sont attendues.")
    return lu
