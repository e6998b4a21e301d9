"""Les demandes d'acompte reçues et leurs écarts, réservées au cadre de l'insertion."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Abs

from draille.mesures.suivi_rsa.models import DemandeAcompte, DossierRsa, LigneAcompte, Situation
from draille.mesures.suivi_rsa.regles.acompte import EGAL, SORTS
from draille.socle.acces import Acces


@dataclass(frozen=True, slots=True)
class SorteLue:
    """Une sorte d'écart : combien de dossiers, combien d'euros d'écart."""

    sort: str
    libelle: str
    nombre: int
    ecart: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeLue:
    """Une demande et ses sortes d'écart. Tout est en euros.

    `ecart` = demandé - connu, somme exacte des écarts ; `ecart_annonce` = annoncé - demandé, nul si
    la caisse n'annonce rien.
    """

    demande: DemandeAcompte
    sortes: tuple[SorteLue, ...]

    @property
    def ecart(self) -> Decimal:
        """Ce que la caisse demande de plus que nos droits."""
        return self.demande.montant_demande - self.demande.montant_connu

    @property
    def ecart_annonce(self) -> Decimal | None:
        """Ce que le total annoncé a de plus que la somme de ses lignes."""
        annonce = self.demande.montant_annonce
        return None if annonce is None else annonce - self.demande.montant_demande

    @property
    def organisme(self) -> str:
        """« CAF 431 »."""
        return f"{self.demande.fonorg} {self.demande.numorg}"


def demandes(*, acces: Acces, le: date) -> list[DemandeAcompte]:
    """Les demandes reçues au jour `le`, la plus récente d'abord. Une requête."""
    if not acces.cles:
        return []
    siennes = DemandeAcompte.objects.filter(departement=settings.DRAILLE_DEPARTEMENT)
    return list(siennes.filter(recue_le__lte=le))


def demande(*, demande_id: int, acces: Acces, le: date) -> DemandeLue | None:
    """Une demande et ses sortes ; nulle si elle n'existe pas. Deux requêtes."""
    trouvees = DemandeAcompte.objects.filter(
        pk=demande_id, departement=settings.DRAILLE_DEPARTEMENT, recue_le__lte=le
    )
    lue = trouvees.first()
    if lue is None:
        return None
    comptes = {
        c["sort"]: c
        for c in LigneAcompte.objects.visibles(acces)
        .filter(demande=lue)
        .order_by()
        .values("sort")
        .annotate(nombre=Count("pk"), total=Sum("ecart"))
    }
    sortes = tuple(
        SorteLue(sort, libelle, comptes[sort]["nombre"], comptes[sort]["total"])
        for sort, libelle in SORTS.items()
        if sort in comptes
    )
    return DemandeLue(demande=lue, sortes=sortes)


def lignes(*, demande_id: int, sort: str, acces: Acces) -> QuerySet[LigneAcompte]:
    """Les lignes d'une sorte ; vide : toutes sauf les conformes. Le plus grand écart d'abord."""
    siennes = LigneAcompte.objects.visibles(acces).filter(demande_id=demande_id)
    siennes = siennes.filter(sort=sort) if sort in SORTS else siennes.exclude(sort=EGAL)
    return siennes.order_by(Abs("ecart").desc(), "matricule", "pk")


def personnes_de(*, dossiers: list[int], acces: Acces) -> dict[int, int]:
    """La personne par laquelle ouvrir chaque dossier : le demandeur, à défaut un autre adulte.

    Une requête.
    """
    situations = Situation.objects.visibles(acces).filter(dossier_id__in=dossiers)
    trouvees: dict[int, int] = {}
    # Le demandeur passe en dernier, et l'emporte.
    for s in sorted(situations, key=lambda s: (s.role == "DEM", -s.pk)):
        trouvees[s.dossier_id] = s.personne_id
    return trouvees


def organismes(*, acces: Acces) -> list[tuple[str, str]]:
    """Les caisses dont nous avons des dossiers : (« CAF/431 », « CAF 431 »). Une requête."""
    paires = DossierRsa.objects.visibles(acces).order_by().values_list("fonorg", "numorg")
    return [(f"{f}/{n}", f"{f} {n}") for f, n in sorted(paires.distinct())]
