"""Les chiffres des accueils ; à qui n'est pas du Département, les petits effectifs sont tus, et ne
se déduisent pas.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from draille.mesures.accueil_social.acces import LIRE_CHIFFRES
from draille.mesures.accueil_social.lectures_accueil import ouverts, premier_contact
from draille.mesures.accueil_social.lectures_types import (
    Mois,
    Part,
    Repartition,
    Statistiques,
)
from draille.mesures.accueil_social.models import Accueil, Besoin, Reponse
from draille.mesures.accueil_social.regles import delai_median
from draille.moteurs.annuaire.registre import libelle_besoin, tous
from draille.moteurs.indicateurs.adaptateur import seuil_secret
from draille.moteurs.indicateurs.calcul import masquer
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import Acces

ORIENTER = "partage.orienter"
REPONDRE = (
    "partage.accepter",
    "partage.recevoir",
    "partage.poursuivre",
    "partage.terminer",
    "partage.refuser",
)


def statistiques(*, acces: Acces, debut: date, fin: date) -> Statistiques:
    """Les chiffres des accueils de [debut, fin] que cet accès ouvre. Neuf requêtes.

    Au Département tout se lit ; ailleurs, un effectif de 1 à `indicateurs.seuil_secret` - 1 est tu,
    et un autre avec lui s'il s'en déduisait.
    """
    seuil = 0 if acces.est_du_departement else seuil_secret(le=fin)
    lignes = ouverts(acces=acces, roles=LIRE_CHIFFRES).filter(le__gte=debut, le__lte=fin)
    totaux = lignes.aggregate(
        accueils=Count("pk"),
        personnes=Count("personne", distinct=True),
        anonymes=Count("pk", filter=Q(personne__isnull=True)),
    )
    premiers = lignes.filter(premier_contact()).count()
    delais, orientations = _delais(lignes)
    accueils = totaux["accueils"]
    sans_reponse = (
        accueils
        - Reponse.objects.filter(accueil__in=lignes).aggregate(n=Count("accueil", distinct=True))[
            "n"
        ]
    )

    def dit(nombre: int) -> int | None:
        return masquer([nombre], seuil=seuil)[0] if seuil else nombre

    return Statistiques(
        debut=debut,
        fin=fin,
        accueils=dit(accueils),
        personnes=dit(totaux["personnes"]),
        anonymes=dit(totaux["anonymes"]),
        premiers_contacts=dit(premiers),
        sans_reponse_immediate=dit(sans_reponse),
        orientations=dit(orientations),
        orientations_repondues=dit(len(delais)),
        delai_median_jours=delai_median(delais) if dit(len(delais)) is not None else None,
        seuil=seuil,
        mois=_mois(lignes, seuil),
        repartitions=_repartitions(lignes, accueils, seuil),
    )


def _delais(lignes: "QuerySet[Any]") -> tuple[list[int], int]:
    """Les jours jusqu'à la première réponse de chaque orientation partie d'un de ces accueils, et
    le nombre de ces orientations.
    """
    suivies = Reponse.objects.filter(
        accueil__in=lignes, genre=Reponse.Genre.ORIENTATION, orientation_id__isnull=False
    ).values_list("orientation_id", flat=True)
    premiere = (
        LigneJournal.objects.filter(objet_id=OuterRef("objet_id"), code__in=REPONDRE)
        .order_by()
        .values("objet_id")
        .annotate(premiere=Min("le"))
        .values("premiere")
    )
    lues = list(
        LigneJournal.objects.filter(code=ORIENTER, objet_id__in=list(suivies))
        .annotate(repondue_le=Subquery(premiere))
        .values_list("le", "repondue_le")
    )
    return [(repondue - le).days for le, repondue in lues if repondue is not None], len(lues)


def _mois(lignes: "QuerySet[Any]", seuil: int) -> list[Mois]:
    comptes = (
        lignes.annotate(du_mois=TruncMonth("le"))
        .values("du_mois")
        .annotate(tous=Count("pk"), anonymes=Count("pk", filter=Q(personne__isnull=True)))
        .order_by("du_mois")
    )
    lus = list(comptes)
    tus = _taire([c["tous"] for c in lus], seuil)
    anonymes = _taire([c["anonymes"] for c in lus], seuil)
    return [
        Mois(mois=c["du_mois"], accueils=tous_, anonymes=sans_nom)
        for c, tous_, sans_nom in zip(lus, tus, anonymes, strict=True)
    ]


def _taire(nombres: Sequence[int], seuil: int) -> list[int | None]:
    return masquer(nombres, seuil=seuil) if seuil else list(nombres)


def _repartitions(lignes: "QuerySet[Any]", accueils: int, seuil: int) -> list[Repartition]:
    simples = [
        ("canal", "Comment la personne a été reçue", Accueil.Canal),
        ("venue", "Attendue ou non", Accueil.Venue),
        ("identite", "Ce que l'on sait d'elle", Accueil.Identite),
    ]
    rendues = [
        Repartition(
            code=champ,
            titre=titre,
            parts=_parts(_compter(lignes, champ), choix.values, _dire(choix), accueils, seuil),
        )
        for champ, titre, choix in simples
    ]
    besoins = _compter(Besoin.objects.filter(accueil__in=lignes), "code")
    faites = _compter(Reponse.objects.filter(accueil__in=lignes), "genre", distincts=True)
    return [
        *rendues,
        Repartition(
            code="besoin",
            titre="Ce qu'elle demande",
            parts=_parts(besoins, list(tous()), libelle_besoin, accueils, seuil),
            est_multiple=True,
        ),
        Repartition(
            code="reponse",
            titre="Ce qui a été répondu",
            parts=_parts(faites, Reponse.Genre.values, _dire(Reponse.Genre), accueils, seuil),
            est_multiple=True,
        ),
    ]


def _dire(choix: Any) -> Callable[[str], str]:
    return lambda code: str(choix(code).label)


def _compter(lignes: "QuerySet[Any]", champ: str, *, distincts: bool = False) -> Counter[str]:
    compte = Count("accueil", distinct=True) if distincts else Count("pk")
    return Counter(dict(lignes.order_by().values_list(champ).annotate(n=compte)))


def _parts(
    comptes: Counter[str],
    codes: Sequence[str],
    dire: Callable[[str], str],
    accueils: int,
    seuil: int,
) -> list[Part]:
    """Les cases dans l'ordre du besoin le plus dit ; les cases vides n'y sont pas."""
    connus = [c for c in codes if comptes[c]]
    connus.sort(key=lambda c: -comptes[c])
    tus = _taire([comptes[c] for c in connus], seuil)
    return [
        Part(
            code=code,
            libelle=dire(code),
            nombre=nombre,
            part=nombre / accueils if nombre is not None and accueils else None,
        )
        for code, nombre in zip(connus, tus, strict=True)
    ]
