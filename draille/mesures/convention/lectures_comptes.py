"""Lire les imports des comptes, leurs lignes, et ce que l'on sait déjà quand un fichier arrive."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from draille.mesures.convention import models, regles
from draille.mesures.convention.regles import comptes
from draille.mesures.convention.regles.comptes import (
    Anomalie,
    CadreConnu,
    Connu,
    Decision,
    FinanceurConnu,
    LigneLue,
    PieceConnue,
    Vue,
)
from draille.mesures.convention.regles.suivi import Etape, SortLigne
from draille.socle.parametres import registre_global
from draille.socle.texte import date_courte, euros

IMPORTS_MONTRES = 50
PIECES_PROPOSEES = 500


def connaitre(*, departement: str, lignes: Iterable[LigneLue], le: date) -> Connu:
    """Ce qu'il faut savoir pour trier ces lignes : conventions, financeurs, pièces, lignes vues."""
    return Connu(
        cadres=_cadres(departement),
        financeurs=_financeurs(departement),
        pieces=_pieces(departement),
        vues=_vues(departement, {x.empreinte for x in lignes if not x.fautes}),
        dernier_janvier=registre_global().entier("convention.journee_complementaire", le),
    )


def choix(*, departement: str) -> Connu:
    """Les conventions et les financeurs que l'on peut dire d'une ligne, sans les pièces."""
    return Connu(cadres=_cadres(departement), financeurs=_financeurs(departement))


def _financeurs(departement: str) -> list[FinanceurConnu]:
    return [
        FinanceurConnu(f.code, f.nom, f.cote == regles.Cote.DEPARTEMENT)
        for f in models.Financeur.objects.filter(departement=departement)
    ]


def _cadres(departement: str) -> list[CadreConnu]:
    cadres = models.Cadre.objects.filter(departement=departement)
    return [
        CadreConnu(
            id=c.pk,
            code=c.code,
            titre=c.titre,
            lignes={x.code: x.libelle for t in c.textes.all() for x in t.lignes.all()},
            actions={a.code: a.libelle for a in c.actions.all()},
            ligne_de={a.code: a.ligne_code for a in c.actions.all()},
            annees=_annees(c),
        )
        for c in cadres.prefetch_related("textes__lignes", "actions")
    ]


def _annees(cadre: models.Cadre) -> range | None:
    if cadre.debut is None or cadre.fin is None:
        return None
    return range(cadre.debut.year, (cadre.fin - timedelta(days=1)).year + 1)


def _pieces(departement: str) -> list[PieceConnue]:
    lues = models.Piece.objects.filter(cadre__departement=departement).select_related("financeur")
    return [
        PieceConnue(
            id=p.pk,
            cle=(
                p.etape, p.exercice, p.numero, p.cadre_id, p.ligne_code, p.action_code, p.nature,
            ),
            etape=Etape(p.etape),
            numero=p.numero,
            exercice=p.exercice,
            cadre_id=p.cadre_id,
            ligne_code=p.ligne_code,
            montant=p.montant,
            datee_le=p.datee_le,
            annee=p.annee,
            financeur=p.financeur.code if p.financeur else "",
            engagement=p.engagement,
            reduite=-(p.en_moins or Decimal(0)),
            est_reduction=p.reduit_id is not None,
        )
        for p in lues.annotate(en_moins=Sum("reductions__montant")).order_by("datee_le", "pk")
    ]  # fmt: skip


def _vues(departement: str, empreintes: set[str]) -> dict[str, list[Vue]]:
    """Les lignes passées qui disaient la même chose : celles du fichier qui en avait le plus.

    Une ligne rejetée à la lecture le sera encore ; une ligne écartée, elle, reste décidée.
    """
    anciennes = (
        models.LigneComptable.objects.filter(
            Q(piece__isnull=False) | ~Q(sort=SortLigne.REJETEE) | ~Q(decision=""),
            importee_par__departement=departement,
            empreinte__in=empreintes,
        )
        .select_related("importee_par")
        .order_by("pk")
    )
    par_fichier: dict[str, dict[int, list[Vue]]] = defaultdict(lambda: defaultdict(list))
    for x in anciennes.iterator():
        vue = Vue(x.pk, situer_ligne(ligne=x), en_attente=x.sort == SortLigne.A_REVOIR)
        par_fichier[x.empreinte][x.importee_par_id].append(vue)
    return {e: _les_plus_nombreuses(f) for e, f in par_fichier.items()}


def _les_plus_nombreuses(par_fichier: dict[int, list[Vue]]) -> list[Vue]:
    # À nombre égal, le fichier le plus ancien : c'est là que la décision s'est prise ou s'attend.
    nombre = max(len(v) for v in par_fichier.values())
    premier = min(i for i, v in par_fichier.items() if len(v) == nombre)
    return sorted(par_fichier[premier], key=lambda v: (v.en_attente, v.id))


def situer_ligne(*, ligne: models.LigneComptable) -> str:
    """« comptes.xlsx, Mandats, ligne 12 »."""
    feuille = f", {ligne.feuille}" if ligne.feuille else ""
    return f"{ligne.importee_par.nom_fichier}{feuille}, ligne {ligne.numero}"


def imports(*, departement: str) -> list[models.ImportComptable]:
    """Les derniers imports. Une requête."""
    recus = models.ImportComptable.objects.filter(departement=departement)
    return list(recus[:IMPORTS_MONTRES])


def import_lu(*, departement: str, import_id: int) -> models.ImportComptable | None:
    """Un import ; None s'il n'existe pas dans ce Département."""
    return models.ImportComptable.objects.filter(departement=departement, pk=import_id).first()


def lignes(*, import_id: int, sort: SortLigne) -> QuerySet[models.LigneComptable]:
    """Les lignes d'un import qui ont cette issue, dans l'ordre du fichier."""
    lues = models.LigneComptable.objects.filter(importee_par_id=import_id, sort=sort)
    return lues.select_related("piece", "importee_par").order_by("pk")


def ligne(*, departement: str, ligne_id: int) -> models.LigneComptable | None:
    """Une ligne d'un import de ce Département."""
    lues = models.LigneComptable.objects.select_related("importee_par", "piece")
    return lues.filter(importee_par__departement=departement, pk=ligne_id).first()


@dataclass(frozen=True)
class TotalVerifie:
    """Une rangée de total du tableur, et ce que font ses lignes, en euros."""

    ou: str
    libelle: str
    annonce: Decimal
    calcule: Decimal

    @property
    def ecart(self) -> Decimal:
        """Ce que le tableur annonce de plus que ses lignes."""
        return self.annonce - self.calcule


def totaux(*, recu: models.ImportComptable) -> list[TotalVerifie]:
    """Les rangées de total d'un import, vérifiées."""
    return [
        TotalVerifie(
            ou=(f"{t['feuille']}, " if t["feuille"] else "") + f"ligne {t['numero']}",
            libelle=t["libelle"],
            annonce=Decimal(t["annonce"]),
            calcule=Decimal(t["calcule"]),
        )
        for t in recu.totaux
    ]


@dataclass(frozen=True)
class LigneMontree:
    """Une ligne d'un import, telle que l'écran la montre."""

    ligne: models.LigneComptable
    ou: str
    dit: str
    montant: Decimal | None
    anomalies: tuple[Anomalie, ...]
    decisions: tuple[Decision, ...]
    decidee: str = ""

    @property
    def se_decide(self) -> bool:
        """Vrai si elle attend un avis, ou si on l'a écartée : on peut y revenir."""
        return est_a_decider(ligne=self.ligne)


def est_a_decider(*, ligne: models.LigneComptable) -> bool:
    """Vrai pour une ligne à revoir, ou écartée : seule une ligne comptée ne se décide plus."""
    return ligne.sort == SortLigne.A_REVOIR or ligne.decision == Decision.ECARTER


def montrer(*, lue: models.LigneComptable) -> LigneMontree:
    """Ce que la ligne dit, où elle est, et ce que l'on peut en décider."""
    anomalies = tuple(Anomalie(a) for a in lue.anomalies)
    feuille = f"{lue.feuille}, l" if lue.feuille else "L"
    return LigneMontree(
        ligne=lue,
        ou=f"{feuille}igne {lue.numero}",
        dit=comptes.en_mots({c: v for c, v in lue.contenu.items() if c != "montant"}),
        montant=_montant(lue.contenu),
        anomalies=anomalies,
        decisions=_decisions(anomalies),
        decidee=Decision(lue.decision).libelle if lue.decision else "",
    )


def _decisions(anomalies: tuple[Anomalie, ...]) -> tuple[Decision, ...]:
    if Anomalie.DOUBLE in anomalies:
        return (Decision.ECARTER, Decision.AUTRE)
    if Anomalie.AUTRE in anomalies:
        return (Decision.ECART, Decision.AUTRE, Decision.IMPORTER, Decision.ECARTER)
    return (Decision.IMPORTER, Decision.ECARTER)


def _montant(contenu: dict[str, Any]) -> Decimal | None:
    lue = comptes.interpreter(brut={"montant": contenu.get("montant")}, ou=("", 0))
    return lue.montant


def reductibles(*, lue: models.LigneComptable) -> list[tuple[str, str]]:
    """Les pièces qu'un montant négatif pourrait réduire : (numéro, phrase), la dernière d'abord."""
    montant = _montant(lue.contenu)
    if montant is None or montant >= 0:
        return []
    pieces = models.Piece.objects.filter(
        cadre__departement=lue.importee_par.departement,
        etape=lue.contenu.get("etape", ""),
        reduit__isnull=True,
    ).annotate(en_moins=Sum("reductions__montant"))
    possibles = pieces.order_by("-datee_le", "-pk")[:PIECES_PROPOSEES]
    return [
        (p.numero, f"{p.numero} du {date_courte(p.datee_le)}, {euros(reste)} : {p.ligne_code}")
        for p in possibles
        if (reste := p.montant + (p.en_moins or Decimal(0))) >= -montant
    ]
