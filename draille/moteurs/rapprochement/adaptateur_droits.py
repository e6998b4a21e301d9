"""Qui peut rejoindre ou séparer deux dossiers, et quand il faut une seconde personne."""

from collections.abc import Collection, Iterable

from draille.noyau.personne.models import Personne
from draille.socle.acces import Acces, Compartiment, Role, cle
from draille.socle.refus import Refus

ROLES_RAPPROCHER = (Role.CHARGE_ORIENTATION, Role.TRAVAILLEUR_SOCIAL, Role.CADRE)
# CASF L226-2-2 (protection de l'enfance), CSP L2112-9 (PMI) : deux personnes pour y toucher.
PROTEGES = frozenset({Compartiment.ENFANCE, Compartiment.PMI})


def prendre(*, ids: Collection[int], par: Acces, action: str) -> dict[int, Personne]:
    """Ces personnes, verrouillées, toutes lisibles et tenues par l'un des rôles qui rapprochent.

    Lève `Refus('rapprochement.introuvable')` ou `Refus('acces.refuse')`.
    """
    trouvees = {
        p.pk: p
        for p in Personne.objects.visibles(par)
        .select_for_update()
        .filter(pk__in=ids)
        .order_by("pk")
    }
    if len(trouvees) < len(set(ids)):
        raise introuvable()
    for personne in trouvees.values():
        if not tient(personne, par):
            premiere = min(personne.compartiments)
            cle_ligne = cle(compartiment=premiere, commune_id=personne.commune_id)
            par.exiger(ROLES_RAPPROCHER, cle_ligne=cle_ligne, action=action)
    return trouvees


def tient(personne: Personne, par: Acces, *, parmi: Iterable[int] | None = None) -> bool:
    """Vrai si l'agent tient l'un de ces rôles sur la personne, dans l'un de ces compartiments.

    `parmi` nul : ceux où elle est connue.
    """
    if Role.SYSTEME in par.roles:
        return True
    return any(
        par.a_role_sur(ROLES_RAPPROCHER, cle(compartiment=c, commune_id=personne.commune_id))
        for c in (personne.compartiments if parmi is None else parmi)
    )


def a_deux(*personnes: Personne) -> bool:
    """Vrai si l'une est connue de l'enfance ou de la PMI : une seconde personne confirme."""
    return any(PROTEGES & set(p.compartiments) for p in personnes)


def peut_confirmer(
    *, personnes: Collection[Personne], proposee_par: int | None, par: Acces
) -> bool:
    """Vrai pour une autre personne que la première, habilitée dans chaque compartiment protégé."""
    if par.agent_id is None or par.agent_id == proposee_par:
        return False
    return all(
        tient(p, par) and all(tient(p, par, parmi=[c]) for c in PROTEGES & set(p.compartiments))
        for p in personnes
    )


def introuvable() -> Refus:
    """Le refus d'un dossier absent, ou que l'agent ne lit pas : le même."""
    return Refus(
        code="rapprochement.introuvable",
        message="Ces dossiers n'existent pas, ou l'un d'eux ne vous est pas ouvert.",
    )
