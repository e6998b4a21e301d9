"""Rapprocher la demande d'acompte d'une caisse des droits de nos dossiers (CASF L262-25, II).

La caisse joint les montants par allocataire, dont la somme est l'acompte, et la nature de chacun.
Ici, tout se compare dossier par dossier, par matricule ; la somme des écarts est exactement
l'écart des totaux.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from draille.mesures.suivi_rsa.regles import nombres
from draille.socle.texte import normaliser

EGAL, DIFFERENT, ABSENT, SANS_DROIT = "egal", "different", "absent", "sans_droit"
DOUBLE, NATURE_ETAT, NON_DEMANDE, ILLISIBLE = "double", "nature_etat", "non_demande", "illisible"
SORTS = {
    ABSENT: "Absent de nos dossiers",
    SANS_DROIT: "Connu, sans droit versable ce mois",
    DOUBLE: "Demandé deux fois",
    NATURE_ETAT: "À la charge de l'État",
    DIFFERENT: "Montant différent",
    NON_DEMANDE: "Non demandé",
    ILLISIBLE: "Ligne illisible",
    EGAL: "Conforme",
}
ZERO = Decimal(0)
CHAMPS = {
    "matricule": ("matricule", "numero allocataire", "allocataire", "no allocataire"),
    "montant": ("montant", "montant demande", "montant nominatif", "montant acompte"),
    "nature": ("nature", "nature prestation", "nature de la prestation", "natpf"),
}


@dataclass(frozen=True, slots=True)
class LigneDemandee:
    """Une ligne du fichier : son numéro, le matricule, la nature codée, des euros."""

    numero: int
    matricule: str
    nature: str
    montant: Decimal


@dataclass(frozen=True, slots=True)
class LigneIllisible:
    """Une ligne que l'on n'a pas pu lire, et pourquoi."""

    numero: int
    matricule: str
    raison: str


@dataclass(frozen=True, slots=True)
class DroitConnu:
    """Ce que nos dossiers disent d'un matricule ce mois-là, en euros à la charge du Département."""

    dossier_id: int
    montant: Decimal
    est_versable: bool
    cle_acces: int


@dataclass(frozen=True, slots=True)
class Rapprochee:
    """Un dossier, ce qui est demandé, ce qui est connu. `connu` nul : dossier inconnu."""

    matricule: str
    numeros: tuple[int, ...]
    natures: tuple[str, ...]
    sort: str
    montant_demande: Decimal
    montant_connu: Decimal
    connu: DroitConnu | None
    raison: str = ""

    @property
    def ecart(self) -> Decimal:
        """Demandé - connu, en euros."""
        return self.montant_demande - self.montant_connu


@dataclass(frozen=True, slots=True)
class Fichier:
    """Ce que l'on a lu du fichier. `montant_annonce` : sa ligne de total, s'il en porte une."""

    demandees: tuple[LigneDemandee, ...]
    illisibles: tuple[LigneIllisible, ...] = ()
    montant_annonce: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Toutes les lignes et les totaux, en euros."""

    lignes: tuple[Rapprochee, ...] = field(default=())

    @property
    def montant_demande(self) -> Decimal:
        """Somme des lignes lues."""
        return sum((x.montant_demande for x in self.lignes), ZERO)

    @property
    def montant_connu(self) -> Decimal:
        """Somme des droits du mois, à la charge du Département."""
        return sum((x.montant_connu for x in self.lignes), ZERO)


def colonnes(entetes: Sequence[str]) -> dict[str, int]:
    """Le rang de chaque champ ; un champ dont aucune colonne n'a le nom n'y est pas."""
    normalisees = [normaliser(entete) for entete in entetes]
    return {
        champ: normalisees.index(nom)
        for champ, noms in CHAMPS.items()
        for nom in reversed(noms)
        if nom in normalisees
    }


def lire(*, entetes: Sequence[str], lignes: Iterable[tuple[int, Sequence[Any]]]) -> Fichier:
    """Lit les lignes ; celle dont le matricule s'écrit « total » est le total annoncé."""
    rangs = colonnes(entetes)
    demandees, illisibles = [], []
    annonce: Decimal | None = None
    for numero, cellules in lignes:
        brutes = {c: cellules[r] if r < len(cellules) else None for c, r in rangs.items()}
        if _est_total(cellules):
            annonce = _total(brutes.get("montant"), annonce)
            continue
        try:
            matricule = nombres.matricule(brutes.get("matricule"))
            montant = nombres.montant(brutes.get("montant"))
        except nombres.NombreIllisible as erreur:
            dit = str(brutes.get("matricule") or "")[:40]
            illisibles.append(LigneIllisible(numero, dit, str(erreur)))
            continue
        nature = str(brutes.get("nature") or "").strip().upper()
        if not nature:
            illisibles.append(LigneIllisible(numero, matricule, "la nature du paiement manque"))
            continue
        demandees.append(LigneDemandee(numero, matricule, nature[:12], montant))
    return Fichier(tuple(demandees), tuple(illisibles), annonce)


def _est_total(cellules: Sequence[Any]) -> bool:
    """Dit si la première cellule remplie annonce un total."""
    premiere = next((str(c) for c in cellules if c not in (None, "")), "")
    return normaliser(premiere).split(" ")[0] in ("total", "totaux")


def _total(cellule: Any, annonce: Decimal | None) -> Decimal | None:
    try:
        return nombres.montant(cellule)
    except nombres.NombreIllisible:
        return annonce


def rapprocher(
    *,
    demandees: Sequence[LigneDemandee],
    connus: Mapping[str, DroitConnu],
    natures: frozenset[str],
) -> Rapprochement:
    """Compare les lignes aux droits. `natures` : celles que paie le Département.

    Une ligne d'une autre nature fait un écart à elle seule : le Département ne la doit pas.
    """
    par_matricule: defaultdict[str, list[LigneDemandee]] = defaultdict(list)
    lignes = []
    for ligne in demandees:
        if ligne.nature in natures:
            par_matricule[ligne.matricule].append(ligne)
        else:
            connu = connus.get(ligne.matricule)
            raison = f"nature {ligne.nature} : elle n'est pas payée par le Département"
            lignes.append(
                Rapprochee(
                    ligne.matricule,
                    (ligne.numero,),
                    (ligne.nature,),
                    NATURE_ETAT,
                    ligne.montant,
                    ZERO,
                    connu,
                    raison,
                )
            )
    lignes += [_dossier(m, siennes, connus.get(m)) for m, siennes in par_matricule.items()]
    lignes += [
        Rapprochee(m, (), (), NON_DEMANDE, ZERO, connu.montant, connu)
        for m, connu in connus.items()
        if m not in par_matricule and connu.montant
    ]
    rangs = {sort: rang for rang, sort in enumerate(SORTS)}
    lignes.sort(key=lambda x: (rangs[x.sort], -abs(x.ecart), x.matricule))
    return Rapprochement(tuple(lignes))


def _dossier(
    matricule: str, siennes: Sequence[LigneDemandee], connu: DroitConnu | None
) -> Rapprochee:
    demande = sum((x.montant for x in siennes), ZERO)
    droit = connu.montant if connu is not None else ZERO
    natures = tuple(sorted({x.nature for x in siennes}))
    est_double = len(natures) < len(siennes)
    raison = ""
    if connu is None:
        sort = ABSENT
    elif est_double:
        sort, raison = DOUBLE, f"{len(siennes)} lignes de même nature"
    elif not droit:
        sort = SANS_DROIT
        raison = "droit versable, rien à la charge du Département" if connu.est_versable else ""
    else:
        sort = EGAL if demande == droit else DIFFERENT
    numeros = tuple(x.numero for x in siennes)
    return Rapprochee(matricule, numeros, natures, sort, demande, droit, connu, raison)
