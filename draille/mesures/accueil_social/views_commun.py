"""Ce que les pages de l'accueil lisent de l'agent, et comment se dit un trajet."""

from datetime import date

from draille.mesures.accueil_social.acces import NOTER
from draille.mesures.accueil_social.lectures_types import LieuPropose
from draille.mesures.accueil_social.models import Accueil
from draille.moteurs.annuaire.adaptateur_lectures import existants
from draille.moteurs.trajets.calcul import Temps
from draille.socle.acces import PAS, ROLES_NOMINATIFS, Acces, Compartiment, cle
from draille.socle.texte import INSECABLE

_METIERS = (
    Compartiment.SOCIAL,
    Compartiment.INSERTION,
    Compartiment.ENFANCE,
    Compartiment.PMI,
)


def nominatif(acces: Acces) -> Acces:
    """L'accès réduit aux rôles qui ouvrent des dossiers."""
    return acces.parmi(ROLES_NOMINATIFS)


def compartiments_de(acces: Acces) -> list[Compartiment]:
    """Les métiers où cet agent peut partager une note."""
    tenus = {c // PAS for role in NOTER for c in acces.cles_par_role.get(role, frozenset())}
    return [c for c in _METIERS if c in tenus]


def entier(valeur: str) -> int | None:
    """Un identifiant lu d'une adresse ou d'une case ; rien s'il ne se lit pas."""
    return int(valeur) if valeur.isdecimal() and len(valeur) < 19 else None


def dernier_point(acces: Acces, le: date) -> int | None:
    """Où cet agent a reçu la dernière fois ; à défaut, le seul lieu de son secteur."""
    dernier = (
        Accueil.objects.visibles(acces)
        .filter(agent_id=acces.agent_id, point__isnull=False)
        .order_by("-pk")
        .values_list("point_id", flat=True)
        .first()
    )
    if dernier is not None:
        return int(dernier)
    lieux = existants(le=le, premier_accueil=True).select_related(None).prefetch_related(None)
    siens = [
        pk
        for pk, commune_id in lieux.filter(commune__isnull=False).values_list("pk", "commune_id")
        if acces.voit(cle(compartiment=Compartiment.SOCIAL, commune_id=commune_id))
    ]
    return siens[0] if len(siens) == 1 else None


def temps_dit(temps: Temps | None) -> str:
    """« 24 min en voiture (estimation, 18 à 31) » ; dit aussi quand le trajet est inconnu."""
    if temps is None:
        return "trajet inconnu"
    milieu, bas, haut = (temps.minutes + 5) // 10, temps.bas // 10, -(-temps.haut // 10)
    return f"{milieu}{INSECABLE}min en voiture ({temps.methode}, {bas} à {haut})"


def ton_ouverture(lieu: LieuPropose) -> str:
    """Le ton de l'étiquette d'ouverture d'un lieu."""
    if lieu.est_ouvert is None:
        return "pierre"
    return "pature" if lieu.est_ouvert else "genet"
