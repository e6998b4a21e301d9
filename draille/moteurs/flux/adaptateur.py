"""Recevoir un fichier, puis l'intégrer : la lecture, les contrôles, une seule transaction.

La lecture se fait au fil de l'eau vers des tables temporaires, hors de la grande transaction : on
voit sa progression, et la tuer ne laisse rien. Ce qui suit tient dans une transaction : tout est
pris, ou rien. Rejouer un import interrompu mène donc au même état.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet

from draille.moteurs.flux import adaptateur_attente as attente
from draille.moteurs.flux.adaptateur_contexte import (
    CLE_SANS_COMMUNE,
    VERROU_ECRITURE,
    elargi,
    exiger,
    seul,
)
from draille.moteurs.flux.adaptateur_depot import recevoir
from draille.moteurs.flux.adaptateur_fils import a_deux
from draille.moteurs.flux.calcul import caf
from draille.moteurs.flux.calcul.enregistrements import Dossier, EnteteFlux, Rejet
from draille.moteurs.flux.calcul.refus import FichierRefuse
from draille.moteurs.flux.journal import ConstaterAbsences, Integrer, Refuser
from draille.moteurs.flux.models import FichierRecu
from draille.moteurs.flux.registre import Arrivee, Bilan, integrateur
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne, mois_annee

__all__ = ["constater_absences", "integrer", "recevoir"]

Progression = Callable[[int, int], None]
OCTETS_PAR_NOUVELLE = 8 * 1024 * 1024
DOSSIERS_PAR_LOT, DOSSIERS_PAR_REPRISE = 2_000, 20_000
TYPE_MENSUEL = "M"
INTEGRES = (FichierRecu.Statut.INTEGRE, FichierRecu.Statut.A_CONFIRMER)


def integrer(
    *,
    fichier: FichierRecu,
    par: Acces,
    le: date,
    progression: Progression | None = None,
    instant: datetime | None = None,
) -> FichierRecu:
    """Intègre un fichier reçu et le rend, intégré, à confirmer ou refusé avec sa phrase.

    Un fichier déjà intégré est rendu tel quel. `progression(octets_lus, total)` est appelée au fil
    de la lecture. `instant` : celui de l'acte, inutile si un contexte est déjà ouvert.
    Lève `Refus('acces.refuse')` sans habilitation, KeyError si aucune mesure ne prend sa nature.
    """
    exiger(par, "intégrer un fichier")
    with seul():
        fichier.refresh_from_db()
        if fichier.est_integre:
            return fichier
        # Un import tué peut encore s'achever : ce qu'il a intégré ne redevient pas « en cours ».
        a_prendre = FichierRecu.objects.filter(pk=fichier.pk).exclude(statut__in=INTEGRES)
        a_prendre.update(statut=FichierRecu.Statut.EN_COURS)
        try:
            if fichier.nature != FichierRecu.Nature.CAF_RSA:
                _integrer_tableau(fichier, par, le, instant)
            else:
                _Integration(fichier, par, le, instant).mener(progression)
        except FichierRefuse as refus:
            _refuser(fichier, refus, par, le, instant)
        except Exception:
            # Rien n'a été pris : le fichier attend un nouvel essai.
            if not connection.needs_rollback:
                a_prendre.update(statut=FichierRecu.Statut.RECU)
            raise
    fichier.refresh_from_db()
    if fichier.est_integre:
        _oublier(fichier)
    return fichier


def constater_absences(
    *, fichier: FichierRecu, par: Acces, le: date, instant: datetime | None = None
) -> FichierRecu:
    """Confirme que les dossiers absents d'un fichier sont bien sortis, et les sort.

    Lève `Refus('flux.rien_a_confirmer')` si rien n'attend, `Refus('flux.mois_passe')` si un mois
    plus récent de la même source est déjà là.
    """
    exiger(par, "confirmer les absences d'un fichier")
    with seul(), elargi(par=par, instant=instant) as large:
        fichier = FichierRecu.objects.select_for_update().get(pk=fichier.pk)
        if fichier.statut != FichierRecu.Statut.A_CONFIRMER:
            raise Refus(
                code="flux.rien_a_confirmer", message="Ce fichier n'a pas d'absences à confirmer."
            )
        arrivee = arrivee_de(fichier, large, est_partielle=False)
        exiger_dernier_mois(fichier)
        tables = attente.Attente()
        bilan = integrateur(fichier.nature).constater(arrivee)
        tables.oter()
        fichier.statut = FichierRecu.Statut.INTEGRE
        fichier.sorties += bilan.sorties
        fichier.absents = bilan.absents
        fichier.save(update_fields=["statut", "sorties", "absents"])
        charge = ConstaterAbsences(fichier_id=fichier.pk, absents=bilan.absents)
        consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=fichier.pk))
    return fichier


def arrivee_de(fichier: FichierRecu, par: Acces, *, est_partielle: bool) -> Arrivee:
    """Ce que l'intégrateur doit savoir de ce fichier."""
    assert fichier.mois is not None and fichier.cree_le is not None
    precedent = _integres_de(fichier).filter(mois__lt=fichier.mois)
    return Arrivee(
        fichier_id=fichier.pk,
        fonorg=fichier.fonorg,
        numorg=fichier.numorg,
        mois=fichier.mois,
        connue_le=fichier.cree_le,
        flux_le=f"{fichier.cree_le.isoformat()} {fichier.cree_a}",
        est_reprise=not precedent.exists(),
        est_partielle=est_partielle,
        par=par,
    )


class _Integration:
    """Un fichier de la CAF ou de la MSA en cours d'intégration.

    `_lire` rend des lots de lignes, `_prendre` les tire et les écrit, dans une transaction. Hors
    d'une transaction déjà ouverte, l'un et l'autre se font en même temps, chacun dans son fil :
    le serveur travaille pendant que l'on lit.
    """

    def __init__(
        self, fichier: FichierRecu, par: Acces, le: date, instant: datetime | None
    ) -> None:
        self.fichier, self.par, self.le, self.instant = fichier, par, le, instant
        self.paquets = attente.Paquets()

    def mener(self, progression: Progression | None) -> None:
        """Lit, contrôle, prend. Lève `FichierRefuse` : rien n'aura été pris."""
        lots = self._lire(_Nouvelles(self.fichier, progression))
        if connection.in_atomic_block:
            self._prendre(lots)
        else:
            a_deux(lots, self._prendre)

    def _lire(self, nouvelles: "_Nouvelles") -> Iterator[attente.Lot]:
        f = self.fichier
        with caf.ouvrir(Path(f.chemin), nom=f.nom) as internes:
            if len(internes) > 1:
                raise FichierRefuse(
                    code="zip_plusieurs",
                    message=f"L'archive {f.nom} contient {len(internes)} fichiers. "
                    "Déposez-les un par un : chacun aura son compte rendu.",
                )
            with internes[0].ouvrir() as source:
                dire, total = nouvelles.donner, internes[0].taille
                for lu in caf.lire(source, nom=f.nom, progression=dire, total=total):
                    if isinstance(lu, EnteteFlux):
                        self._entete(lu)
                    elif isinstance(lu, Dossier | Rejet):
                        if not f.fonorg:
                            self._source(lu)
                        self.paquets.recevoir(lu)
                        if self.paquets.lus % DOSSIERS_PAR_LOT == 0:
                            yield self.paquets.donner()
        if not self.paquets.lus:
            raise FichierRefuse(
                code="sans_dossier",
                message=f"Le fichier {f.nom} ne contient aucun dossier. Demandez à la CAF ou à la "
                "MSA si c'est bien le flux mensuel du Département.",
            )
        yield self.paquets.donner()

    def _entete(self, entete: EnteteFlux) -> None:
        if entete.type_flux.upper() != TYPE_MENSUEL:
            raise FichierRefuse(
                code="pas_mensuel",
                message=f"Le fichier {self.fichier.nom} n'est pas un flux mensuel (TYPEFLUX "
                f"« {entete.type_flux} ») : il ne dit que ce qui a changé. Demandez à la CAF ou à "
                "la MSA le flux mensuel complet.",
            )
        f = self.fichier
        f.appli, f.cree_le, f.cree_a = entete.appli, entete.cree_le, entete.cree_a
        f.mois = entete.reference_le.replace(day=1)
        f.fonorg = f.numorg = ""

    def _source(self, premier: Dossier | Rejet) -> None:
        """Au premier dossier, l'organisme est connu : un fichier dépassé est refusé aussitôt."""
        f = self.fichier
        if isinstance(premier, Dossier):
            fonorg, numorg = premier.fonorg, premier.numorg
        else:
            fonorg, numorg = attente.organisme_de(premier.contenu)
            if fonorg not in ("CAF", "MSA") or not 0 < len(numorg) <= 3:
                return
        f.fonorg, f.numorg = fonorg, numorg
        _refuser_depasse(f)
        with elargi(par=self.par, instant=self.instant):
            self.paquets.connues = frozenset(integrateur(f.nature).connues(f.fonorg, f.numorg))

    def _prendre(self, lots: Iterator[attente.Lot]) -> None:
        with elargi(par=self.par, instant=self.instant) as large, connection.cursor() as curseur:
            # Un import tué peut achever sa transaction après coup : on l'attend, puis on regarde.
            curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU_ECRITURE])
            if FichierRecu.objects.filter(pk=self.fichier.pk, statut__in=INTEGRES).exists():
                return
            # Triages et jointures d'un mois entier : la mémoire ordinaire les ferait sur disque.
            curseur.execute("SET LOCAL work_mem = '64MB'")
            tables, bilan, en_attente = attente.Attente(), Bilan(), 0
            for lot in lots:
                tables.copier(lot)
                en_attente += len(lot["flux_attente_dossier"])
                # Un stock se prend au fur et à mesure : nul n'y manque, nul n'en sort.
                if en_attente >= DOSSIERS_PAR_REPRISE and self._arrivee(large).est_reprise:
                    bilan += self._integrer(tables, large, est_partielle=True)
                    tables.vider()
                    en_attente = 0
            _refuser_depasse(self.fichier)
            est_partielle = bilan.integres > 0
            bilan += self._integrer(tables, large, est_partielle=est_partielle)
            tables.oter()
            self._conclure(bilan)

    def _arrivee(self, large: Acces, *, est_partielle: bool = False) -> Arrivee:
        return arrivee_de(self.fichier, large, est_partielle=est_partielle)

    def _integrer(self, tables: attente.Attente, large: Acces, *, est_partielle: bool) -> Bilan:
        tables.compter()
        attente.recopier_rejets(self.fichier.pk, CLE_SANS_COMMUNE)
        if not self.fichier.fonorg:
            return Bilan()
        arrivee = self._arrivee(large, est_partielle=est_partielle)
        return integrateur(self.fichier.nature).integrer(arrivee)

    def _conclure(self, bilan: Bilan) -> None:
        f, recu = self.fichier, self.paquets
        f.lus, f.rejetes = recu.lus, recu.rejetes
        f.integres = bilan.integres
        # Un dossier qu'un extrait plus récent du mois a déjà donné ne change rien non plus.
        f.inchanges = recu.lus - recu.rejetes - bilan.integres
        f.entrees, f.sorties, f.absents = bilan.entrees, bilan.sorties, bilan.absents
        f.octets_lus = f.octets_total
        _terminer(f, self.par, self.le, a_confirmer=bilan.a_confirmer)


class _Nouvelles:
    """Dit où en est la lecture : à qui l'a demandé, et dans la base de loin en loin."""

    def __init__(self, fichier: FichierRecu, progression: Progression | None) -> None:
        self.fichier, self.progression, self.dites = fichier, progression, 0

    def donner(self, lus: int, total: int) -> None:
        """Reçoit les octets lus, à chaque morceau."""
        if self.progression:
            self.progression(lus, total)
        if lus - self.dites >= OCTETS_PAR_NOUVELLE and not connection.in_atomic_block:
            self.dites = lus
            FichierRecu.objects.filter(pk=self.fichier.pk).update(
                octets_lus=lus, octets_total=total
            )


def _terminer(f: FichierRecu, par: Acces, le: date, *, a_confirmer: bool = False) -> None:
    f.statut = FichierRecu.Statut.A_CONFIRMER if a_confirmer else FichierRecu.Statut.INTEGRE
    f.code_refus = f.motif = ""
    if a_confirmer:
        f.motif = (
            f"{f.absents} dossiers ouverts le mois dernier manquent à ce fichier. Est-il complet ? "
            "S'il n'est qu'un extrait, déposez les autres ; sinon, confirmez les absences."
        )
    f.integre_le = le
    f.save()
    charge = Integrer(
        fichier_id=f.pk,
        nature=f.nature,
        mois=f.mois,
        lus=f.lus,
        integres=f.integres,
        inchanges=f.inchanges,
        rejetes=f.rejetes,
        absents=f.absents,
    )
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=f.pk))


def _integrer_tableau(fichier: FichierRecu, par: Acces, le: date, instant: datetime | None) -> None:
    from draille.moteurs.flux.adaptateur_tableaux import prendre

    with elargi(par=par, instant=instant) as large:
        prendre(fichier=fichier, par=large, le=le)
        _terminer(fichier, par, le)


def _refuser(
    fichier: FichierRecu, refus: FichierRefuse, par: Acces, le: date, instant: datetime | None
) -> None:
    with elargi(par=par, instant=instant):
        FichierRecu.objects.filter(pk=fichier.pk).update(
            statut=FichierRecu.Statut.REFUSE, code_refus=refus.code, motif=refus.message
        )
        charge = Refuser(fichier_id=fichier.pk, refus=refus.code)
        consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=fichier.pk))


def _oublier(fichier: FichierRecu) -> None:
    """Efface le fichier déposé, une fois pris : ses rejets sont gardés, cela suffit."""
    chemin = Path(fichier.chemin) if fichier.chemin else None
    if chemin is not None:
        transaction.on_commit(lambda: chemin.unlink(missing_ok=True))


def _integres_de(f: FichierRecu) -> QuerySet[FichierRecu]:
    return FichierRecu.objects.filter(
        appli=f.appli, fonorg=f.fonorg, numorg=f.numorg, nature=f.nature, statut__in=INTEGRES
    ).exclude(pk=f.pk)


def _refuser_depasse(f: FichierRecu) -> None:
    dernier = _integres_de(f).order_by("-mois").first()
    if dernier is None or f.mois is None or dernier.mois is None or dernier.mois <= f.mois:
        return
    assert f.cree_le is not None
    raise FichierRefuse(
        code="fichier_depasse",
        message=f"Le fichier {f.nom} décrit {mois_annee(f.mois)} (créé le "
        f"{date_moyenne(f.cree_le)}), mais {mois_annee(dernier.mois)} de la {f.source} est déjà "
        "intégré : le prendre reviendrait en arrière. Vérifiez que vous n'avez pas déposé un "
        "ancien fichier.",
    )


def exiger_dernier_mois(f: FichierRecu) -> None:
    """Lève `Refus('flux.mois_passe')` si un mois plus récent de la même source est intégré."""
    if _integres_de(f).filter(mois__gt=f.mois).exists():
        raise Refus(
            code="flux.mois_passe",
            message="Un mois plus récent de cette source est déjà intégré : ce que dit celui-ci "
            "est dépassé, il n'y a plus rien à y reprendre.",
        )
