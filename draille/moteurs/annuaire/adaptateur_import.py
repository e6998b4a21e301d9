"""Intégrer un fichier de lieux : chaque ligne importée, rejointe, à revoir ou rejetée."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from draille.moteurs.annuaire.adaptateur_doublons import Candidat, Voisinage, connus
from draille.moteurs.annuaire.adaptateur_ecriture import Ecriture
from draille.moteurs.annuaire.adaptateur_fichiers import FichierAnnuaire, Lue, lire_fichier
from draille.moteurs.annuaire.calcul.fiche import FicheLue, en_json
from draille.moteurs.annuaire.calcul.valeurs import texte
from draille.moteurs.annuaire.journal import ImporterAnnuaire
from draille.moteurs.annuaire.models import (
    ImportAnnuaire,
    LigneImport,
    Point,
    Provenance,
    Source,
)
from draille.moteurs.annuaire.registre import besoins_de_thematiques
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces, Role
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import date_longue, normaliser

ROLES_IMPORTER = (Role.TRAVAILLEUR_SOCIAL, Role.CADRE, Role.ADMINISTRATEUR)
Progression = Callable[[int, int], None]
_PAS = 100
Sort = LigneImport.Sort


@dataclass(slots=True)
class _Tri:
    """Ce qu'un import sait pendant qu'il trie."""

    fichier: FichierAnnuaire
    le: date
    voisinage: Voisinage
    ecriture: Ecriture
    par_identifiant: dict[str, Point | None]
    genres_premier_accueil: frozenset[str | int]
    communes: dict[tuple[str, str], str]
    vus: dict[str, int] = field(default_factory=dict)
    lignes: list[tuple[LigneImport, tuple[Candidat, ...]]] = field(default_factory=list)


@transaction.atomic
def importer(
    *, fichier: FichierAnnuaire, par: Acces, le: date, progression: Progression | None = None
) -> ImportAnnuaire:
    """Intègre un fichier de lieux ; reçues = importées + rejointes + à revoir + rejetées.

    Un service data·inclusion suit sa structure sans compter ; seul ou orphelin, il compte.
    `progression(faites, total)` est appelée en route. Lève `Refus` : `acces.refuse`,
    `annuaire.` `deja_importe` (rien ne change), `fichier_illisible`, `source_inconnue`,
    `colonnes_absentes`.
    """
    par.exiger(ROLES_IMPORTER, cle_ligne=None, action="intégrer un fichier de lieux")
    empreinte = _empreinte(fichier)
    _refuser_deja(empreinte, fichier)
    lues = lire_fichier(fichier=fichier, le=le)
    tri = _tri(fichier, le)
    for fait, lue in enumerate(lues, start=1):
        _trier(lue, tri)
        if progression is not None and (fait % _PAS == 0 or fait == len(lues)):
            progression(fait, len(lues))
    tri.ecriture.ecrire()
    reception = _enregistrer(tri, empreinte, par)
    charge = ImporterAnnuaire(
        source=fichier.source,
        recues=reception.recues,
        importees=reception.importees,
        rejointes=reception.rejointes,
        a_revoir=reception.a_revoir,
        rejetees=reception.rejetees,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=reception.pk))
    return reception


def _empreinte(fichier: FichierAnnuaire) -> str:
    """Le même contenu, lu de la même façon, ne s'intègre qu'une fois."""
    facon = json.dumps([fichier.source, sorted((fichier.correspondance or {}).items())])
    return sha256(facon.encode() + b"\0" + fichier.contenu).hexdigest()


def _refuser_deja(empreinte: str, fichier: FichierAnnuaire) -> None:
    deja = ImportAnnuaire.objects.filter(empreinte=empreinte).first()
    if deja is not None:
        raise Refus(
            code="annuaire.deja_importe",
            message=f"« {fichier.nom} » a déjà été intégré le {date_longue(deja.le)} "
            f"(« {deja.fichier} », {deja.recues} lignes) : rien n'a changé.",
        )


def _tri(fichier: FichierAnnuaire, le: date) -> _Tri:
    lieux = connus(le=le)
    ecriture = Ecriture(source=fichier.source, le=le)
    ecriture.preparer()
    par_identifiant: dict[str, Point | None] = {
        p.source_id: p for p in lieux if p.source == fichier.source and p.source_id
    }
    par_pk = {p.pk: p for p in lieux}
    for lien in Provenance.objects.filter(source=fichier.source):
        point = par_pk.get(lien.point_id) if lien.point_id else None
        if point is not None or lien.point_id is None:
            par_identifiant[lien.source_id] = point
    if fichier.source == Source.DATA_INCLUSION:
        par_identifiant |= {identifiant_exporte(p.pk): p for p in lieux}
    return _Tri(
        fichier=fichier,
        le=le,
        voisinage=Voisinage(points=lieux, le=le),
        ecriture=ecriture,
        par_identifiant=par_identifiant,
        genres_premier_accueil=_genres_premier_accueil(fichier, le),
        communes=communes_dites(),
    )


def _genres_premier_accueil(fichier: FichierAnnuaire, le: date) -> frozenset[str | int]:
    if fichier.premier_accueil is not None:
        return frozenset(Point.Genre.values if fichier.premier_accueil else ())
    valeur = registre_global().parametre("annuaire.genres_premier_accueil").en_vigueur(le).valeur
    return frozenset(valeur if isinstance(valeur, tuple) else ())


def identifiant_exporte(point_id: int) -> str:
    """L'identifiant data·inclusion que Draille donne à un de ses lieux."""
    return f"{producteur()}--{point_id}"


def producteur() -> str:
    """Le nom de ce Département parmi les producteurs de data·inclusion."""
    return f"draille-{settings.DRAILLE_DEPARTEMENT}"


def communes_dites() -> dict[tuple[str, str], str]:
    """Le code d'une commune du Département, par nom réduit et code postal ; une requête.

    Sous un code postal vide, le nom seul ; sous deux chiffres, le nom et le Département.
    """
    dites: dict[tuple[str, str], str] = {}
    for nom, postaux, insee in Commune.objects.values_list("nom", "codes_postaux", "code_insee"):
        reduit = normaliser(nom)
        dites |= {(reduit, ""): insee, (reduit, insee[:2]): insee}
        for postal in re.findall(r"\d{5}", postaux):
            dites[(reduit, postal)] = insee
    return dites


def _trier(lue: Lue, tri: _Tri) -> None:
    if lue.fiche is not None:
        _trier_fiche(lue.rang, lue.fiche, tri)
    elif lue.service is not None:
        _trier_service(lue, tri)
    else:
        _noter(tri, lue.rang, Sort.REJETEE, motif=lue.motif, donnees=lue.brut)


def _trier_service(lue: Lue, tri: _Tri) -> None:
    assert lue.service is not None
    structure_id, service = lue.service
    point = tri.par_identifiant.get(structure_id)
    if point is None:
        motif = (
            f"{tri.fichier.nom}, service « {service.nom[:60]} », champ structure_id "
            f"« {structure_id} » : aucun lieu connu sous cet identifiant, intégrez sa structure."
        )
        _noter(tri, lue.rang, Sort.REJETEE, motif=motif)
        return
    tri.ecriture.joindre_service(point, service)
    _noter(tri, lue.rang, Sort.REJOINTE, point=point, motif="service de ce lieu")


def _trier_fiche(rang: int, fiche: FicheLue, tri: _Tri) -> None:
    deja = tri.vus.setdefault(fiche.source_id, rang)
    if deja != rang:
        motif = (
            f"{tri.fichier.nom}, ligne {rang}, champ identifiant « {fiche.source_id} » : déjà lu "
            f"à la ligne {deja}."
        )
        _noter(tri, rang, Sort.REJETEE, motif=motif, donnees=en_json(fiche))
        return
    completer(fiche, tri.le, tri.genres_premier_accueil, tri.communes)
    if fiche.source_id in tri.par_identifiant:
        _rejoindre_identifiant(rang, fiche, tri)
        return
    verdict = tri.voisinage.juger(fiche, source=tri.fichier.source)
    if verdict.sort == "meme":
        premier = verdict.candidats[0]
        raisons = ", ".join(r.libelle for r in premier.ressemblance.raisons if r.points > 0)
        _rejoindre(rang, fiche, premier.point, raisons, tri)
    elif verdict.sort == "a_revoir":
        premier = verdict.candidats[0]
        motif = f"ressemble à « {premier.point.nom} » ({premier.ressemblance.points} points)"
        _noter(tri, rang, Sort.A_REVOIR, motif=motif, donnees=en_json(fiche))
        tri.lignes[-1] = (tri.lignes[-1][0], verdict.candidats)
    else:
        point = tri.ecriture.creer(fiche)
        tri.voisinage.ajouter(point)
        tri.par_identifiant[fiche.source_id] = point
        _noter(tri, rang, Sort.IMPORTEE, point=point, motif=" ; ".join(fiche.remarques))


def _rejoindre_identifiant(rang: int, fiche: FicheLue, tri: _Tri) -> None:
    point = tri.par_identifiant[fiche.source_id]
    if point is None:
        motif = (
            f"{tri.fichier.nom}, ligne {rang}, champ identifiant « {fiche.source_id} » : "
            "quelqu'un a décidé d'écarter ce lieu."
        )
        _noter(tri, rang, Sort.REJETEE, motif=motif, donnees=en_json(fiche))
    else:
        _rejoindre(rang, fiche, point, "même identifiant", tri)


def _rejoindre(rang: int, fiche: FicheLue, point: Point, raisons: str, tri: _Tri) -> None:
    champs = tri.ecriture.joindre(point, fiche)
    tri.par_identifiant[fiche.source_id] = point
    change = f"complété : {', '.join(champs)}" if champs else "rien à compléter"
    motif = " ; ".join([raisons, change, *fiche.remarques])
    _noter(tri, rang, Sort.REJOINTE, point=point, motif=motif)


def completer(
    fiche: FicheLue,
    le: date,
    genres_premier_accueil: frozenset[str | int],
    communes: dict[tuple[str, str], str],
) -> None:
    """Ce qui se déduit d'une fiche lue : ses besoins, sa commune, son premier accueil."""
    thematiques = (*fiche.thematiques, *(t for s in fiche.services for t in s.thematiques))
    deduits = besoins_de_thematiques(thematiques, le=le)
    fiche.besoins = tuple(dict.fromkeys((*fiche.besoins, *deduits)))
    if not fiche.code_insee:
        reduit, postal = normaliser(fiche.nom_commune), fiche.code_postal
        fiche.code_insee = communes.get((reduit, postal)) or communes.get((reduit, postal[:2]), "")
    if fiche.est_premier_accueil is None:
        fiche.est_premier_accueil = fiche.genre in genres_premier_accueil


def _noter(
    tri: _Tri,
    rang: int,
    sort: str,
    *,
    motif: str = "",
    point: Point | None = None,
    donnees: dict[str, object] | None = None,
) -> None:
    ligne = LigneImport(
        rang=rang, sort=sort, motif=texte(motif, longueur=300), donnees=donnees or {}, point=point
    )
    tri.lignes.append((ligne, ()))


def _enregistrer(tri: _Tri, empreinte: str, par: Acces) -> ImportAnnuaire:
    sorts = [ligne.sort for ligne, _ in tri.lignes]
    reception = ImportAnnuaire.objects.create(
        source=tri.fichier.source,
        fichier=tri.fichier.nom[:200],
        empreinte=empreinte,
        le=tri.le,
        agent_id=par.agent_id,
        recues=len(sorts),
        importees=sorts.count(Sort.IMPORTEE),
        rejointes=sorts.count(Sort.REJOINTE),
        a_revoir=sorts.count(Sort.A_REVOIR),
        rejetees=sorts.count(Sort.REJETEE),
    )
    for ligne, candidats in tri.lignes:
        ligne.reception = reception
        # Le point vient d'être écrit : sa clé n'existait pas quand la ligne a été notée.
        ligne.point_id = ligne.point.pk if ligne.point is not None else None
        ligne.candidats = [c.en_json() for c in candidats]
    LigneImport.objects.bulk_create([ligne for ligne, _ in tri.lignes], batch_size=1000)
    return reception
