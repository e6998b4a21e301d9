"""Lire le partage : ce que le Département suit, ce que le partenaire reçoit, qui accompagne."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from draille.moteurs.partage.adaptateur_orientations import inconnue
from draille.moteurs.partage.calcul import REVENUES, VIVANTES, gestes_possibles
from draille.moteurs.partage.models import Consentement, Orientation
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global

LIMITE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Recue:
    """Une orientation telle que le partenaire la lit : ce que la personne a accepté, et rien
    d'autre. `transmis` : par nom de la portée ; `gestes` : les réponses possibles.
    """

    pk: int
    statut: str
    envoyee_le: date
    avant_le: date
    transmis: Mapping[str, object]
    suite_le: date | None
    motif_refus: str
    nouvelles: str
    relancee_le: date | None
    gestes: tuple[str, ...]

    @property
    def nom(self) -> str:
        """Comment désigner la personne : son nom s'il est transmis, sinon le numéro d'envoi."""
        return str(self.transmis.get("nom") or f"Orientation n° {self.pk}")

    @property
    def besoins(self) -> Sequence[str]:
        """Les codes de besoin transmis."""
        lus = self.transmis.get("besoins")
        return lus if isinstance(lus, list) else []

    @property
    def est_vivante(self) -> bool:
        """Vrai tant qu'une réponse ou une suite est attendue."""
        return self.statut in VIVANTES


@dataclass(frozen=True, slots=True, kw_only=True)
class ASuivre:
    """Ce qui revient au Département. `en_retard` : sans réponse, limite passée ;
    `sans_nouvelles` : acceptées, puis plus rien ; `revenues` : refusées ou perdues, à reprendre.
    """

    en_retard: list[Orientation] = field(default_factory=list)
    sans_nouvelles: list[Orientation] = field(default_factory=list)
    revenues: list[Orientation] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Combien en tout."""
        return len(self.en_retard) + len(self.sans_nouvelles) + len(self.revenues)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompagnement:
    """Qui accompagne la personne, pour ce lecteur : référents en cours, orientations vivantes."""

    referents: list[Referent]
    orientations: list[Orientation]
    organisations: list[str]


def de_la_personne(*, personne_id: int, acces: Acces) -> list[Orientation]:
    """Ses orientations, la plus récente d'abord. Une requête."""
    return list(_suivies(acces).filter(personne_id=personne_id))


def de_l_accueil(*, origine_id: int, acces: Acces) -> list[Orientation]:
    """Celles qui viennent de cet accueil. Une requête."""
    return list(_suivies(acces).filter(origine_id=origine_id))


def orientation(*, orientation_id: int, acces: Acces) -> Orientation:
    """Une orientation que le Département suit, personne et partenaire joints. Une requête.

    Lève `Refus('partage.orientation_inconnue')`.
    """
    trouvee: Orientation | None = _suivies(acces).filter(pk=orientation_id).first()
    if trouvee is None:
        raise inconnue()
    return trouvee


def a_suivre(*, acces: Acces, le: date, agent_id: int | None = None) -> ASuivre:
    """Ce qui est en retard ou revenu, les plus anciennes d'abord ; celles d'un agent s'il est dit.

    Trois requêtes, `LIMITE` lignes chacune.
    """
    toutes = _suivies(acces).order_by("avant_le", "pk")
    if agent_id is not None:
        toutes = toutes.filter(agent_id=agent_id)
    attente = timedelta(days=registre_global().entier("partage.sans_nouvelles", le))
    return ASuivre(
        en_retard=list(toutes.filter(statut="envoyee", avant_le__lt=le)[:LIMITE]),
        sans_nouvelles=list(
            toutes.filter(statut="acceptee", suite_le__lt=le - attente).order_by("suite_le", "pk")[
                :LIMITE
            ]
        ),
        revenues=list(toutes.filter(statut__in=REVENUES, revue_le__isnull=True)[:LIMITE]),
    )


def suivies(
    *, acces: Acces, statuts: Sequence[str] = (), partenaire_id: int | None = None
) -> "QuerySet[Orientation]":
    """Les orientations que le Département suit, à paginer ; la plus récente d'abord."""
    lues = _suivies(acces)
    if statuts:
        lues = lues.filter(statut__in=statuts)
    if partenaire_id is not None:
        lues = lues.filter(partenaire_id=partenaire_id)
    return lues


def recues_par(*, acces: Acces, le: date) -> list[Recue]:
    """Ce qui est adressé à l'organisation de cet agent, avec l'accord des personnes.

    Celles qui attendent sa réponse, les autres vivantes, par limite, puis les `LIMITE` dernières
    finies. Deux requêtes.
    """
    lues = Orientation.objects.chez_le_partenaire(acces).filter(envoyee_le__lte=le)
    par_limite = lues.filter(statut__in=VIVANTES).order_by("avant_le", "pk")
    vivantes = sorted(par_limite, key=lambda o: o.statut != Orientation.Statut.ENVOYEE)
    finies = lues.exclude(statut__in=VIVANTES).order_by("-envoyee_le", "-pk")[:LIMITE]
    return [_recue(o) for o in (*vivantes, *finies)]


def recue(*, orientation_id: int, acces: Acces) -> Recue:
    """Une orientation telle que le partenaire la lit. Une requête.

    Lève `Refus('partage.orientation_inconnue')`, aussi quand la personne s'est rétractée.
    """
    lue: Orientation | None = (
        Orientation.objects.chez_le_partenaire(acces).filter(pk=orientation_id).first()
    )
    if lue is None:
        raise inconnue()
    return _recue(lue)


def consentements_de(*, personne_id: int, acces: Acces) -> list[Consentement]:
    """Ses accords, ceux qui vivent d'abord. Une requête."""
    return list(
        Consentement.objects.visibles(acces)
        .filter(personne_id=personne_id)
        .select_related("partenaire__organisation", "personne")
        .order_by(F("retire_le").desc(nulls_first=True), "-recueilli_le", "-pk")
    )


def qui_accompagne(*, personne_id: int, acces: Acces, le: date) -> Accompagnement:
    """Qui suit cette personne ce jour, autant que ce lecteur peut le savoir. Deux requêtes."""
    referents = list(
        Referent.objects.visibles(acces)
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), personne_id=personne_id, debut__lte=le)
        .select_related("organisation", "agent")
        .order_by("nature", "debut")
    )
    vivantes = list(_suivies(acces).filter(personne_id=personne_id, statut__in=VIVANTES))
    organisations = {r.organisation.nom for r in referents} | {
        o.partenaire.organisation.nom if o.partenaire else o.destination for o in vivantes
    }
    return Accompagnement(
        referents=referents, orientations=vivantes, organisations=sorted(organisations)
    )


def comptes_par_statut(
    *, acces: Acces, partenaire_id: int | None = None, debut: date | None = None
) -> dict[str, int]:
    """Combien d'orientations en chaque état, parmi celles que cet accès suit. Une requête."""
    lues = Orientation.objects.du_departement(acces)
    if partenaire_id is not None:
        lues = lues.filter(partenaire_id=partenaire_id)
    if debut is not None:
        lues = lues.filter(envoyee_le__gte=debut)
    comptes = lues.order_by().values("statut").annotate(nombre=Count("pk"))
    return {ligne["statut"]: ligne["nombre"] for ligne in comptes}


def _suivies(acces: Acces) -> "QuerySet[Orientation]":
    lues: QuerySet[Orientation] = (
        Orientation.objects.du_departement(acces)
        .select_related("personne__commune", "partenaire__organisation", "consentement")
        .order_by("-envoyee_le", "-pk")
    )
    return lues


def _recue(lue: Orientation) -> Recue:
    return Recue(
        pk=lue.pk,
        statut=lue.statut,
        envoyee_le=lue.envoyee_le,
        avant_le=lue.avant_le,
        transmis=lue.transmis or {},
        suite_le=lue.suite_le,
        motif_refus=lue.motif_refus,
        nouvelles=lue.nouvelles,
        relancee_le=lue.relancee_le,
        gestes=gestes_possibles(depuis=lue.statut),
    )
