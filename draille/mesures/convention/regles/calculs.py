"""Ce que l'on déduit d'une convention : lecture à une date, parité, écarts, cibles."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from draille.mesures.convention.regles.modele import (
    Annonce,
    Cible,
    Convention,
    Cote,
    GenreCible,
    Hypotheses,
    Libellee,
    Ligne,
    Montant,
    Nature,
    Portee,
    RegleParite,
    Rsa,
    Texte,
)

CENTIME = Decimal("0.01")
ZERO = Decimal(0)
GRAIN_MAX = 1000


class EtatPeriode(Libellee):
    """Où en est la convention à une date."""

    A_VENIR = "a_venir", "À venir"
    EN_COURS = "en_cours", "En cours"
    TERMINEE = "terminee", "Terminée"
    NON_PUBLIEE = "non_publiee", "Dates non publiées"


class EtatParite(Libellee):
    """Ce que l'on peut dire de la parité."""

    EXACTE = "exacte", "Parité exacte"
    DEPARTEMENT_AU_DELA = "departement_au_dela", "Le Département va au-delà"
    ROMPUE = "rompue", "Parité rompue"
    NON_PUBLIEE = "non_publiee", "Partage non publié"
    SANS_OBJET = "sans_objet", "Sans objet"


@dataclass(frozen=True)
class Lecture:
    """La convention telle qu'elle se lit à une date.

    `textes_lus` : les textes dont viennent les lignes et les montants, dans l'ordre.
    """

    convention: Convention
    le: date
    periode: EtatPeriode
    texte: Texte | None
    texte_du_contenu: Texte | None
    annonce: Annonce | None
    mention: str
    lignes: tuple[Ligne, ...] = ()
    financements: tuple[Montant, ...] = ()
    textes_lus: tuple[Texte, ...] = ()

    @property
    def hypotheses(self) -> Hypotheses:
        """Hypothèses des textes dont viennent les lignes : pour chacune, la dernière qui est dite.

        Un avenant qui ne dit rien d'un écart n'en efface pas l'explication.
        """
        dites: dict[str, str] = {}
        for texte in self.textes_lus:
            dites.update({nom: dit for nom, dit in vars(texte.hypotheses).items() if dit})
        return Hypotheses(**dites)


@dataclass(frozen=True)
class Parite:
    """État de la parité, montants par côté, et ce qui la rétablirait.

    `a_deplacer` : euros à faire passer de l'État au Département, total inchangé.
    `a_ajouter` : euros que le Département ajouterait, part de l'État inchangée.
    """

    etat: EtatParite
    montant_total: Decimal
    montant_etat: Decimal
    montant_departement: Decimal
    montant_autre: Decimal
    part_max_etat: Decimal | None
    a_deplacer: Decimal = ZERO
    a_ajouter: Decimal = ZERO

    @property
    def part_etat(self) -> Decimal | None:
        """Part de l'État, entre 0 et 1 ; nulle quand rien n'est publié."""
        return self.montant_etat / self.montant_total if self.montant_total else None


@dataclass(frozen=True)
class Ecart:
    """L'écart entre le total annoncé et la somme des lignes ; positif si l'annonce dépasse.

    `arrondi_possible` est le plus grand écart que l'arrondi des lignes pourrait produire :
    il rend l'hypothèse possible, il ne la prouve pas.
    """

    montant_annonce: Decimal
    montant_lignes: Decimal
    montant: Decimal
    arrondi_possible: Decimal
    lignes_arrondies: int
    hypothese: str

    @property
    def est_nul(self) -> bool:
        """Vrai si les lignes font exactement l'annonce."""
        return self.montant == 0

    @property
    def tient_dans_l_arrondi(self) -> bool:
        """Vrai si l'arrondi des lignes suffirait à produire cet écart."""
        return abs(self.montant) <= self.arrondi_possible


@dataclass(frozen=True)
class Comptage:
    """Mesures annoncées et lignes publiées, par nature ; `annonce` est nulle si rien n'est dit."""

    annonce: int | None
    lignes: int
    par_nature: tuple[tuple[Nature, int | None, int], ...]
    hypothese: str

    @property
    def difference(self) -> int | None:
        """Lignes publiées moins mesures annoncées ; nulle si l'un des deux n'est pas publié."""
        return self.lignes - self.annonce if self.annonce and self.lignes else None


def lire_au(*, convention: Convention, le: date) -> Lecture:
    """La convention à cette date : les textes signés plus tard n'y figurent pas encore.

    Un texte dont la signature n'est pas publiée vaut depuis le début de la convention, ou depuis
    toujours si ce début ne l'est pas non plus. Un avenant de la même année complète, remplace ou
    retire, code par code, les lignes de ceux qui le précèdent ; une autre année repart de rien.
    """
    convention = _connue(convention, le)
    connus = [t for t in convention.textes if (_effet(convention, t) or le) <= le]
    texte = connus[-1] if connus else None
    dernier = next((t for t in reversed(connus) if _porte_un_contenu(t)), None)
    lus = tuple(t for t in connus if dernier is not None and t.annee == dernier.annee)
    annonce = next((t.annonce for t in reversed(connus) if t.annonce), None)
    return Lecture(
        convention=convention,
        le=le,
        periode=_periode(convention, le),
        texte=texte,
        texte_du_contenu=dernier,
        annonce=annonce,
        mention=_mention(convention, dernier),
        lignes=_lignes(lus),
        financements=tuple({m.financeur.code: m for t in lus for m in t.financements}.values()),
        textes_lus=lus,
    )


def _connue(convention: Convention, le: date) -> Convention:
    """Sans les avenants saisis à l'écran et signés plus tard : ce jour-là, on les ignorait.

    Un texte du fichier publié reste, et se montre « à venir » : on le connaît par sa page.
    """
    connus = tuple(
        t for t in convention.textes if not t.saisi_le or not t.signe_le or t.signe_le <= le
    )
    return (
        convention if len(connus) == len(convention.textes) else replace(convention, textes=connus)
    )


def _porte_un_contenu(texte: Texte) -> bool:
    return bool(texte.porte_des_montants or texte.lignes or texte.retirees)


def _lignes(textes: Iterable[Texte]) -> tuple[Ligne, ...]:
    lignes: dict[str, Ligne] = {}
    for texte in textes:
        for code in texte.retirees:
            lignes.pop(code, None)
        lignes.update({x.code: x for x in texte.lignes})
    return tuple(lignes.values())


def _effet(convention: Convention, texte: Texte) -> date | None:
    return texte.signe_le or convention.debut


def _periode(convention: Convention, le: date) -> EtatPeriode:
    if convention.debut and le < convention.debut:
        return EtatPeriode.A_VENIR
    if convention.fin and le >= convention.fin:
        return EtatPeriode.TERMINEE
    if convention.debut is None or convention.fin is None:
        return EtatPeriode.NON_PUBLIEE
    return EtatPeriode.EN_COURS


def _mention(convention: Convention, texte: Texte | None) -> str:
    if texte is not None and texte.porte_des_montants:
        return f"Montants {_de(texte.bref)}."
    attendu = next((t for t in convention.textes if t.porte_des_montants), None)
    if attendu is None:
        return "La source ne publie aucun montant."
    if attendu.signe_le is None:
        return f"La source ne publie que les montants {_de(attendu.bref)}."
    signature = attendu.signe_le.strftime("%d/%m/%Y")
    return f"La source ne publie que les montants {_de(attendu.bref)}, signé le {signature}."


def _de(bref: str) -> str:
    return f"du {bref[3:]}" if bref.startswith("le ") else f"de {bref}"


def parite(*, montants: Iterable[Montant], regle: RegleParite | None) -> Parite:
    """La parité d'un ensemble d'engagements : l'État ne dépasse pas `part_max_etat` du total.

    Moins d'un centime d'écart ne peut pas se déplacer : c'est encore la parité exacte.
    """
    montants = tuple(montants)
    cotes = {c: sum((m.valeur for m in montants if m.financeur.cote is c), ZERO) for c in Cote}
    total = sum(cotes.values(), ZERO)
    etat, surplus, a_ajouter = EtatParite.SANS_OBJET, ZERO, ZERO
    if regle is not None:
        surplus = cotes[Cote.ETAT] - regle.part_max_etat * total
        a_ajouter = cotes[Cote.ETAT] / regle.part_max_etat - total
        etat = _etat_parite(surplus) if total else EtatParite.NON_PUBLIEE
    est_rompue = etat is EtatParite.ROMPUE
    return Parite(
        etat=etat,
        montant_total=total,
        montant_etat=cotes[Cote.ETAT],
        montant_departement=cotes[Cote.DEPARTEMENT],
        montant_autre=cotes[Cote.AUTRE],
        part_max_etat=regle.part_max_etat if regle else None,
        a_deplacer=surplus.quantize(CENTIME, ROUND_CEILING) if est_rompue else ZERO,
        a_ajouter=a_ajouter.quantize(CENTIME, ROUND_CEILING) if est_rompue else ZERO,
    )


def _etat_parite(surplus: Decimal) -> EtatParite:
    if abs(surplus) < CENTIME:
        return EtatParite.EXACTE
    return EtatParite.ROMPUE if surplus > 0 else EtatParite.DEPARTEMENT_AU_DELA


def parites(
    *, financements: Iterable[Montant], lignes: Iterable[Ligne], regle: RegleParite | None
) -> tuple[tuple[str, Parite], ...]:
    """La parité au niveau que la règle demande : ("total", …), ou une par code de ligne.

    Une ligne dont la répartition n'est pas publiée rend l'état `NON_PUBLIEE`.
    """
    if regle is not None and regle.portee is Portee.ACTION:
        return tuple((x.code, parite(montants=x.repartition, regle=regle)) for x in lignes)
    return (("total", parite(montants=financements, regle=regle)),)


def ecart_inexplique(
    *, financements: Iterable[Montant], lignes: Iterable[Ligne], hypothese: str = ""
) -> Ecart | None:
    """L'écart entre l'annonce et la somme des lignes ; None si l'un des deux n'est pas publié."""
    publies = [x.montant for x in lignes if x.montant is not None]
    annonces = [m.valeur for m in financements]
    if not publies or not annonces:
        return None
    total, somme = sum(annonces, ZERO), sum(publies, ZERO)
    grains = [_grain(m) for m in publies]
    return Ecart(
        montant_annonce=total,
        montant_lignes=somme,
        montant=total - somme,
        arrondi_possible=sum(grains, ZERO) / 2,
        lignes_arrondies=sum(1 for g in grains if g == GRAIN_MAX),
        hypothese=hypothese if total != somme else "",
    )


def _grain(montant: Decimal) -> Decimal:
    """À quoi le montant semble arrondi : au centime, à l'euro, aux dizaines… au millier au plus."""
    if montant != montant.to_integral_value():
        return CENTIME
    grain = 1
    while grain < GRAIN_MAX and montant % (grain * 10) == 0:
        grain *= 10
    return Decimal(grain)


def comptage(*, annonce: Annonce | None, lignes: Iterable[Ligne], hypothese: str = "") -> Comptage:
    """Mesures annoncées et lignes publiées, en tout et par nature."""
    lignes = tuple(lignes)
    annoncees = dict(annonce.par_nature) if annonce else {}
    natures = [n for n in Nature if n in annoncees or any(x.nature is n for x in lignes)]
    par_nature = tuple(
        (n, annoncees.get(n), sum(1 for x in lignes if x.nature is n)) for n in natures
    )
    total = annonce.total if annonce else None
    differe = total is not None and total != len(lignes)
    return Comptage(total, len(lignes), par_nature, hypothese if differe and lignes else "")


@dataclass(frozen=True)
class EtatCible:
    """Où en est une cible. `est_atteinte` est nul quand il manque une valeur pour le dire."""

    est_atteinte: bool | None
    seuil: Decimal | None
    reste: Decimal | None


def seuil(*, cible: Cible, base: Decimal | None = None) -> Decimal | None:
    """La valeur à atteindre : pour « multiplier » et « maintenir », elle se calcule de la base."""
    if cible.genre is GenreCible.MULTIPLICATEUR:
        return None if base is None or cible.valeur is None else base * cible.valeur
    return base if cible.genre is GenreCible.MAINTIEN else cible.valeur


def situer(*, cible: Cible, constate: Decimal | None, base: Decimal | None = None) -> EtatCible:
    """Compare ce qui est constaté à la cible. `base` est la valeur de l'année de référence."""
    limite = seuil(cible=cible, base=base)
    if constate is None or limite is None:
        return EtatCible(est_atteinte=None, seuil=limite, reste=None)
    if cible.genre is GenreCible.MOINS_DE:
        return EtatCible(constate < limite, limite, max(ZERO, constate - limite))
    if cible.genre is GenreCible.AU_PLUS:
        return EtatCible(constate <= limite, limite, max(ZERO, constate - limite))
    if cible.genre is GenreCible.INTERVALLE:
        haut = cible.valeur_max if cible.valeur_max is not None else limite
        hors = max(ZERO, limite - constate, constate - haut)
        return EtatCible(hors == 0, limite, hors)
    return EtatCible(constate >= limite, limite, max(ZERO, limite - constate))


def budget_rsa(*, rsa: Rsa, annee: int) -> Decimal:
    """La somme des actes budgétaires du RSA d'une année, en euros."""
    return sum((a.montant for a in rsa.budget if a.annee == annee), ZERO)


def hausse_du_budget_rsa(*, rsa: Rsa, annee: int) -> Decimal | None:
    """Hausse en pour cent depuis le premier acte de l'année, au centième."""
    actes = [a for a in rsa.budget if a.annee == annee]
    if not actes or not actes[0].montant:
        return None
    return pour_cent(de=actes[0].montant, a=budget_rsa(rsa=rsa, annee=annee))


def hausse_des_beneficiaires(*, rsa: Rsa) -> Decimal | None:
    """Hausse en pour cent du premier effectif publié au dernier, au centième."""
    effectifs = rsa.beneficiaires
    if len(effectifs) < 2 or not effectifs[0].nombre:
        return None
    return pour_cent(de=Decimal(effectifs[0].nombre), a=Decimal(effectifs[-1].nombre))


def pour_cent(*, de: Decimal, a: Decimal) -> Decimal:
    """Variation de `de` à `a`, en pour cent, au centième. `de` ne vaut pas zéro."""
    return ((a - de) * 100 / de).quantize(CENTIME, ROUND_HALF_UP)
