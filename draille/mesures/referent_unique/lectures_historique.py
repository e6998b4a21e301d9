"""Les référents d'une personne, l'un après l'autre, et les désignations à annoncer."""

from dataclasses import dataclass
from datetime import date

from draille.mesures.referent_unique.models import Designation
from draille.mesures.referent_unique.regles import PREFIXE
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.parametres import registre_global


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Un référent et la raison de sa désignation. `minutes` : dixièmes, nulles si inconnues.

    `ligne_id`, `calcul_id` : d'où vient le choix, nuls s'il fut fait à la main.
    """

    referent_id: int
    personne_id: int
    nom_complet: str
    nature: str
    nature_libelle: str
    agent_id: int | None
    agent: str
    organisation: str
    debut: date
    fin: date | None
    mode: str
    mode_libelle: str
    motif: str
    fin_motif: str
    minutes: int | None
    ligne_id: int | None
    calcul_id: int | None
    designation_id: int | None
    annoncee_le: date | None


def historique(*, personne_id: int, acces: Acces) -> tuple[Passage, ...]:
    """Tous les référents de cette personne, le plus récent d'abord. Deux requêtes."""
    referents = list(
        Referent.objects.visibles(acces)
        .filter(personne_id=personne_id)
        .select_related("agent", "organisation", "personne")
        .order_by("-debut", "-pk")
    )
    raisons = {
        d.referent_id: d
        for d in Designation.objects.visibles(acces)
        .filter(referent__in=referents)
        .select_related("ligne")
    }
    return tuple(_passage(r, raisons.get(r.pk)) for r in referents)


def a_annoncer(*, acces: Acces, le: date) -> tuple[Passage, ...]:
    """Les désignations en cours que personne n'a encore annoncées, faute d'adresse. Une requête."""
    lues = (
        Designation.objects.visibles(acces)
        .filter(annoncee_le__isnull=True, referent__debut__lte=le)
        .exclude(referent__fin__lte=le)
        .select_related("referent__agent", "referent__organisation", "referent__personne", "ligne")
        .order_by("referent__debut", "pk")
    )
    return tuple(_passage(d.referent, d) for d in lues)


def motifs_changement(*, le: date) -> tuple[str, ...]:
    """Les raisons de changer de référent, en vigueur ce jour-là. Aucune requête."""
    return tuple(str(m) for m in registre_global().liste(f"{PREFIXE}motifs_changement", le))


def _passage(r: Referent, raison: Designation | None) -> Passage:
    return Passage(
        referent_id=r.pk,
        personne_id=r.personne_id,
        nom_complet=r.personne.nom_complet,
        nature=r.nature,
        nature_libelle=str(Referent.Nature(r.nature).label),
        agent_id=r.agent_id,
        agent=str(r.agent) if r.agent else "",
        organisation=str(r.organisation),
        debut=r.debut,
        fin=r.fin,
        mode=raison.mode if raison else "",
        mode_libelle=str(Designation.Mode(raison.mode).label) if raison else "",
        motif=raison.motif if raison else "",
        fin_motif=raison.fin_motif if raison else "",
        minutes=raison.minutes if raison else None,
        ligne_id=raison.ligne_id if raison else None,
        calcul_id=raison.ligne.calcul_id if raison and raison.ligne else None,
        designation_id=raison.pk if raison else None,
        annoncee_le=raison.annoncee_le if raison else None,
    )
