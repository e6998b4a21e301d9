"""La revue : chaque nuit et après chaque fichier, trouver les dossiers qui se ressemblent.

Elle voit tous les compartiments ; ce qu'elle trouve ne se montre qu'à qui lit les deux dossiers.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet

from draille.moteurs.rapprochement.adaptateur_droits import (
    PROTEGES,
    ROLES_RAPPROCHER,
    introuvable,
)
from draille.moteurs.rapprochement.adaptateur_fiches import fiches, seuils
from draille.moteurs.rapprochement.adaptateur_fusion import (
    Issue,
    confirmer_fusion,
    declarer_distinctes,
    fusionner,
    separer,
)
from draille.moteurs.rapprochement.calcul.types import PaireTrouvee
from draille.moteurs.rapprochement.calcul.zones import rapprocher
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.socle.acces import PAS, SANS_COMMUNE, Acces
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus

__all__ = [
    "Activite",
    "activite",
    "Issue",
    "a_garder",
    "confirmer_fusion",
    "declarer_distinctes",
    "derniere_personne",
    "fusionner",
    "fusions",
    "paire",
    "paires",
    "revoir",
    "separer",
]

Vue = Literal["a_revoir", "a_confirmer"]


@dataclass(frozen=True, slots=True)
class Activite:
    """Combien d'actes un dossier porte, et le jour du dernier."""

    actes: int
    dernier_le: date


_TROUVEES = """
jsonb_to_recordset(%(paires)s::jsonb)
  AS t(premiere bigint, seconde bigint, poids smallint, zone text, raisons jsonb)
"""
# Ce que quelqu'un a dit distinct le reste, sous le dossier qui continue l'un ou l'autre aussi.
_ECRIRE = f"""
INSERT INTO rapprochement_paire (premiere_id, seconde_id, poids, zone, raisons, statut, vue_le,
  cle_acces)
SELECT t.premiere, t.seconde, t.poids, t.zone, t.raisons, 'ouverte', %(le)s,
  coalesce((SELECT min(c) FROM unnest(p.compartiments) c WHERE c = ANY(s.compartiments)),
    (SELECT min(c) FROM unnest(p.compartiments) c)) * {PAS} + coalesce(p.commune_id, {SANS_COMMUNE})
FROM {_TROUVEES}
JOIN noyau_personne p ON p.id = t.premiere JOIN noyau_personne s ON s.id = t.seconde
WHERE (t.premiere, t.seconde) NOT IN (
  SELECT least(coalesce(x.fusionnee_dans_id, x.id), coalesce(y.fusionnee_dans_id, y.id)),
    greatest(coalesce(x.fusionnee_dans_id, x.id), coalesce(y.fusionnee_dans_id, y.id))
  FROM rapprochement_paire d JOIN noyau_personne x ON x.id = d.premiere_id
  JOIN noyau_personne y ON y.id = d.seconde_id WHERE d.statut = 'distincte')
ON CONFLICT (premiere_id, seconde_id) DO UPDATE
SET poids = excluded.poids, zone = excluded.zone, raisons = excluded.raisons,
  cle_acces = excluded.cle_acces
WHERE rapprochement_paire.statut = 'ouverte'
RETURNING xmax = 0
"""
_OUBLIER = f"""
DELETE FROM rapprochement_paire r WHERE r.statut = 'ouverte'
  AND NOT EXISTS (SELECT FROM {_TROUVEES}
    WHERE t.premiere = r.premiere_id AND t.seconde = r.seconde_id)
"""


@transaction.atomic
def revoir(*, par: Acces, le: date, depuis: int | None = None) -> int:
    """Cherche les paires ressemblantes et les range à revoir ; rend le nombre des nouvelles.

    `depuis` : un identifiant de personne ; seules les paires d'une personne inscrite après sont
    cherchées. Nul : toutes, et les paires ouvertes qui ne se ressemblent plus s'effacent. L'accès
    doit voir tous les compartiments. Si le Département l'a choisi, rejoint les paires presque
    sûres. Rappelée, elle n'ajoute rien.
    """
    toutes = fiches(acces=par)
    nouvelles = None
    if depuis is not None:
        nouvelles = frozenset(f.id for f in toutes if f.id > depuis)
        if not nouvelles:
            return 0
    trouvees = rapprocher(toutes, seuils=seuils(le), nouvelles=nouvelles)
    ajoutees = _ecrire(trouvees, le, est_entiere=depuis is None)
    if registre_global().oui("rapprochement.fusion_automatique", le):
        _rejoindre_les_sures(par, le)
    return ajoutees


def derniere_personne() -> int:
    """Le plus grand identifiant de personne : à donner ensuite à `revoir(depuis=…)`."""
    return Personne.objects.aggregate(m=Max("pk"))["m"] or 0


def _ecrire(trouvees: Sequence[PaireTrouvee], le: date, *, est_entiere: bool) -> int:
    contenu = json.dumps(
        [
            {
                "premiere": p.premiere,
                "seconde": p.seconde,
                "poids": p.poids,
                "zone": str(p.zone),
                "raisons": list(p.raisons),
            }
            for p in trouvees
        ]
    )
    with connection.cursor() as curseur:
        if est_entiere:
            curseur.execute(_OUBLIER, {"paires": contenu})
        curseur.execute(_ECRIRE, {"paires": contenu, "le": le})
        return sum(est_neuve for (est_neuve,) in curseur.fetchall())


def _rejoindre_les_sures(par: Acces, le: date) -> None:
    sures = Paire.objects.filter(statut=Paire.Statut.OUVERTE, zone=Paire.Zone.CERTAINE)
    for paire_sure in list(sures.select_related("premiere", "seconde").order_by("pk")):
        deux = (paire_sure.premiere, paire_sure.seconde)
        if any(PROTEGES & set(p.compartiments) for p in deux):
            continue
        gardee = a_garder(*deux)
        absorbee = next(p for p in deux if p.pk != gardee.pk)
        try:
            fusionner(gardee_id=gardee.pk, absorbee_id=absorbee.pk, par=par, le=le)
        except Refus:
            # Deux états qui ne se cumulent pas : la paire reste à revoir.
            continue


def a_garder(premiere: Personne, seconde: Personne) -> Personne:
    """Le dossier à garder par défaut : celui qui a un NIR, puis le plus ancien."""
    return min(premiere, seconde, key=lambda p: (p.nir_empreinte is None, p.pk))


# --- Lire


def paires(*, acces: Acces, vue: Vue = "a_revoir") -> "QuerySet[Paire]":
    """Les paires dont cet accès lit les deux dossiers à un titre qui rapproche, le plus grand
    poids d'abord. « a_confirmer » : celles qui attendent une seconde personne.
    """
    statuts = {"a_revoir": Paire.Statut.OUVERTE, "a_confirmer": Paire.Statut.EN_ATTENTE}
    lisibles: QuerySet[Paire] = (
        _lisibles(acces).filter(statut=statuts[vue]).order_by("-poids", "pk")
    )
    return lisibles


def paire(*, paire_id: int, acces: Acces) -> Paire:
    """La paire et ses deux personnes, commune jointe. Lève `Refus('rapprochement.introuvable')`."""
    trouvee: Paire | None = _lisibles(acces).filter(pk=paire_id).first()
    if trouvee is None:
        raise introuvable()
    return trouvee


def fusions(*, acces: Acces) -> "QuerySet[Fusion]":
    """Les dossiers rejoints que cet accès lit tous les deux, du plus récent au plus ancien."""
    reduit = acces.parmi(ROLES_RAPPROCHER)
    lisibles: QuerySet[Fusion] = (
        Fusion.objects.visibles(reduit)
        .filter(_lus(reduit, ("gardee", "absorbee")))
        .select_related("gardee__commune", "absorbee__commune")
        .order_by("-le", "-pk")
    )
    return lisibles


def activite(*, ids: Iterable[int], acces: Acces) -> dict[int, Activite]:
    """Ce que le journal dit de chacune de ces personnes à ce lecteur. Une requête."""
    lues = (
        LigneJournal.objects.visibles(acces)
        .filter(personne_id__in=ids)
        .values_list("personne_id")
        .annotate(Count("pk"), Max("le"))
    )
    return {personne: Activite(nombre, dernier) for personne, nombre, dernier in lues}


def _lisibles(acces: Acces) -> "QuerySet[Paire]":
    reduit = acces.parmi(ROLES_RAPPROCHER)
    lisibles: QuerySet[Paire] = (
        Paire.objects.visibles(reduit)
        .filter(_lus(reduit, ("premiere", "seconde")))
        .select_related("premiere__commune", "seconde__commune")
    )
    return lisibles


def _lus(acces: Acces, champs: Iterable[str]) -> Q:
    lus = Q()
    for champ in champs:
        lus &= Q(**{f"{champ}__cles_acces__overlap": list(acces.cles)})
    return lus
