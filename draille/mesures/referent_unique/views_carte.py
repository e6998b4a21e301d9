"""La proposition sur une carte : des effectifs par commune et par référent, jamais une personne."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from draille.ecrans.cartes import Lieu, Serie, Trait, dessiner
from draille.mesures.referent_unique.lectures import LigneLue, PropositionLue
from draille.noyau.territoire.models import Commune


@dataclass(frozen=True, slots=True)
class Plan:
    """Les données de la carte, et la clé du trait de chaque ligne du tableau."""

    donnees: Any
    cles: dict[int, str]
    precision: str


def carte_de(lue: PropositionLue) -> Plan:
    """La carte d'une proposition. Une requête : la position des bureaux."""
    affectees = [x for x in lue.lignes if x.agent_id is not None and x.bureau_commune_id]
    rangs = _rangs(affectees)
    bureaux = _bureaux(affectees)
    traits = Counter(
        (x.commune_id, x.bureau_commune_id, rangs[x.agent_id])
        for x in affectees
        if x.commune_id and x.bureau_commune_id in bureaux and x.agent_id is not None
    )
    noms = {rangs[x.agent_id]: x.agent for x in affectees if x.agent_id is not None}
    donnees = dessiner(
        lieux=list(bureaux.values()),
        series=[Serie(rang=rang, nom=noms[rang]) for rang in sorted(noms)],
        traits=[
            Trait(
                cle=_cle(commune, rang),
                commune=commune,
                lieu=bureaux[bureau].code,
                serie=rang,
                nombre=nombre,
                libelle="",
            )
            for (commune, bureau, rang), nombre in sorted(traits.items())
        ],
    )
    communes = len({commune for commune, _, _ in traits})
    return Plan(
        donnees=donnees,
        cles={
            x.id: _cle(x.commune_id, rangs[x.agent_id])
            for x in affectees
            if x.agent_id is not None and x.commune_id is not None
        },
        precision=f"{communes} communes, {len(bureaux)} bureaux, {len(noms)} référents",
    )


def _rangs(affectees: list[LigneLue]) -> dict[int, int]:
    """Le numéro de chaque référent sur la carte, par ordre alphabétique."""
    noms = {x.agent_id: x.agent for x in affectees if x.agent_id is not None}
    ordre = sorted(noms, key=lambda agent_id: (noms[agent_id], agent_id))
    return {agent_id: rang for rang, agent_id in enumerate(ordre, start=1)}


def _bureaux(affectees: list[LigneLue]) -> dict[int, Lieu]:
    """Un lieu par commune de bureau dont la position est connue."""
    communes = {x.bureau_commune_id for x in affectees if x.bureau_commune_id is not None}
    situees = Commune.objects.filter(
        pk__in=communes, latitude__isnull=False, longitude__isnull=False
    ).only("pk", "nom", "latitude", "longitude")
    return {
        c.pk: Lieu(
            code=f"b{c.pk}",
            nom=c.nom,
            latitude=float(c.latitude or 0),
            longitude=float(c.longitude or 0),
        )
        for c in situees
    }


def _cle(commune_id: int, rang: int) -> str:
    return f"{commune_id}-{rang}"
