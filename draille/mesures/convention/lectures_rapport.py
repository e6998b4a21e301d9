"""Lire les rapports d'exécution : leurs versions, ce qu'ils disent, et s'ils sont intacts."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from draille.mesures.convention import models
from draille.mesures.convention.lectures_rapport_exterieur import pour_exterieur
from draille.mesures.convention.regles import rapport as regles
from draille.mesures.convention.regles.suivi import StatutRapport
from draille.noyau.journal.models import LigneJournal
from draille.socle.chiffrement import trousseau

_LOURDS = ("contenu", "pdf")


@dataclass(frozen=True)
class Edition:
    """Tout ce qu'il faut pour écrire un rapport en PDF, ODS ou CSV ; rien d'autre n'est lu.

    `contenu` est celui que l'on montre au dehors : aucun petit nombre n'y est.

    `commentaires` : par code de ligne, vide pour l'ensemble. `cartouche` : qui, quand, quelle
    version, en types simples. `signature` vide : le rapport n'est pas validé.
    """

    contenu: Mapping[str, Any]
    commentaires: Mapping[str, str]
    cartouche: Mapping[str, Any]
    empreinte: str
    signature: str = ""
    changements: tuple[regles.Changement, ...] = ()


@dataclass(frozen=True)
class Verification:
    """Ce qui a été recalculé ; un rapport intact a les trois."""

    empreinte: bool
    signature: bool
    pdf: bool

    @property
    def est_intact(self) -> bool:
        """Vrai si rien n'a bougé."""
        return self.empreinte and self.signature and self.pdf


def versions(*, departement: str) -> QuerySet[models.Rapport]:
    """Les rapports de ce Département, les plus récents d'abord, sans leur contenu. Une requête."""
    return (
        models.Rapport.objects.filter(cadre__departement=departement)
        .select_related("cadre", "remplace")
        .defer(*_LOURDS, "remplace__contenu", "remplace__pdf")
        .order_by("-annee", "cadre__rang", "-version")
    )


def rapport(*, departement: str, rapport_id: int) -> models.Rapport | None:
    """Ce rapport, contenu compris, sans son PDF ; None s'il n'est pas de ce Département."""
    return (
        models.Rapport.objects.filter(pk=rapport_id, cadre__departement=departement)
        .select_related("cadre", "remplace")
        .defer("pdf", "remplace__pdf")
        .first()
    )


def dernier_valide(
    *, departement: str, annee: int, cadre: str = "", arrete_le: date | None = None
) -> models.Rapport | None:
    """La dernière version validée de cette année, arrêtée ce jour-là s'il est dit ; ou None."""
    choisis = models.Rapport.objects.filter(
        cadre__departement=departement, annee=annee, statut=StatutRapport.VALIDE
    ).select_related("cadre", "remplace")
    if cadre:
        choisis = choisis.filter(cadre__code=cadre)
    if arrete_le is not None:
        choisis = choisis.filter(arrete_le=arrete_le)
    return choisis.order_by("cadre__rang", "-version").first()


def commentaires(rapport: models.Rapport) -> dict[str, str]:
    """Les commentaires, par code de ligne (vide : l'ensemble). Une requête."""
    lus = rapport.commentaires.order_by("ligne_code").values_list("ligne_code", "texte")
    return dict(lus)


def cartouche(rapport: models.Rapport) -> dict[str, Any]:
    """Qui a rédigé et validé, quand, quelle version : ce que la signature couvre avec le reste."""
    remplacee = rapport.remplace.version if rapport.remplace else None
    return {
        "departement": rapport.cadre.departement,
        "convention": rapport.cadre.code,
        "annee": rapport.annee,
        "version": rapport.version,
        "arrete_le": regles.simple(rapport.arrete_le),
        "redige_par_id": rapport.redige_par_id,
        "redige_par": rapport.redige_par_nom,
        "redige_le": regles.simple(rapport.redige_le),
        "soumis_le": regles.simple(rapport.soumis_le),
        "valide_par_id": rapport.valide_par_id,
        "valide_par": rapport.valide_par_nom,
        "valide_le": regles.simple(rapport.valide_le),
        "remplace": remplacee,
        "motif": rapport.motif,
    }


def changements(rapport: models.Rapport, *, est_interne: bool) -> tuple[regles.Changement, ...]:
    """Ce que cette version change à celle qu'elle corrige ; rien si elle n'en corrige pas.

    Les petits nombres n'y sont que pour le Département (`est_interne`).
    """
    if rapport.remplace is None:
        return ()
    avant, apres = (
        c if est_interne else pour_exterieur(contenu=c)
        for c in (rapport.remplace.contenu, rapport.contenu)
    )
    return regles.comparer(
        avant=avant,
        apres=apres,
        commentaires=(commentaires(rapport.remplace), commentaires(rapport)),
    )


def edition(rapport: models.Rapport, *, est_interne: bool = False) -> Edition:
    """De quoi écrire ce rapport. Trois requêtes au plus.

    Il part chez le préfet : les petits nombres n'y sont que s'il reste à l'écran (`est_interne`).
    """
    contenu = rapport.contenu
    return Edition(
        contenu=contenu if est_interne else pour_exterieur(contenu=contenu),
        commentaires=commentaires(rapport),
        cartouche=cartouche(rapport),
        empreinte=rapport.empreinte,
        signature=rapport.signature,
        changements=changements(rapport, est_interne=est_interne),
    )


def sceau(rapport: models.Rapport) -> str:
    """La signature à clé de ce rapport tel qu'il est (HMAC-SHA-256, en hexadécimal)."""
    scelle = regles.a_sceller(
        empreinte=rapport.empreinte,
        commentaires=commentaires(rapport),
        cartouche=cartouche(rapport),
    )
    return trousseau().sceau(scelle).hex()


def empreinte_pdf(pdf: bytes) -> str:
    """SHA-256 du fichier, en hexadécimal."""
    return hashlib.sha256(pdf).hexdigest()


def verifier(rapport: models.Rapport) -> Verification:
    """Recalcule l'empreinte du contenu, la signature, et l'empreinte du PDF gardé.

    Celle du PDF se compare à ce que la ligne de journal de la validation a écrit. Trois requêtes.
    """
    pdf = models.Rapport.objects.values_list("pdf", flat=True).get(pk=rapport.pk)
    # Sans clé d'accès, une ligne du journal ne parle de personne : elle est à tous.
    consignee = LigneJournal.objects.filter(
        code="convention.valider_rapport", objet_id=rapport.pk, cle_acces__isnull=True
    ).first()
    return Verification(
        empreinte=regles.empreinte(rapport.contenu) == rapport.empreinte,
        signature=hmac.compare_digest(sceau(rapport), rapport.signature),
        pdf=pdf is not None
        and consignee is not None
        and empreinte_pdf(bytes(pdf)) == consignee.charge["empreinte_pdf"],
    )
