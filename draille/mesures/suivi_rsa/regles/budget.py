"""Le crédit voté du RSA, ce qui en est exécuté, et la décision modificative que cela implique.

Tout est en euros, au centime. Un mois compte ce qui y est mandaté s'il y a des mandats, à défaut
les droits payés lus des fichiers, à défaut ce qui est prévu.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from draille.socle.texte import date_moyenne, euros, mois_annee

PRIMITIF, SUPPLEMENTAIRE, MODIFICATIVE = "primitif", "supplementaire", "modificative"
NATURES = {
    PRIMITIF: "Budget primitif",
    SUPPLEMENTAIRE: "Budget supplémentaire",
    MODIFICATIVE: "Décision modificative",
}
JOUR, MOIS, NON_PUBLIEE = "jour", "mois", "non_publiee"
PRECISIONS = {JOUR: "Le jour", MOIS: "Le mois seulement", NON_PUBLIEE: "Date non publiée"}
ZERO = Decimal(0)
CENTIME = Decimal("0.01")
MOIS_DU_COEFFICIENT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """Un vote ; `vote_le` selon `precision` ; `compte_le` : depuis quand il est dans le crédit."""

    code: str
    nature: str
    libelle: str
    annee: int
    montant: Decimal
    precision: str
    vote_le: date | None
    compte_le: date
    phrase: str = ""
    origine: str = ""

    @property
    def date_dite(self) -> str:
        """« 15 juin 2020 », « juin 2020 », ou que la date n'est pas publiée."""
        if self.vote_le is None:
            return "date non publiée"
        return date_moyenne(self.vote_le) if self.precision == JOUR else mois_annee(self.vote_le)


@dataclass(frozen=True, slots=True)
class Version:
    """Le crédit après un vote : ce vote, le crédit cumulé."""

    vote: Vote
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Attendu:
    """Ce qui est prévu d'un mois, et son intervalle, en euros."""

    mois: date
    valeur: Decimal
    bas: Decimal
    haut: Decimal

    @property
    def a_peu_pres(self) -> "Attendu":
        """Au millier d'euros : une prévision n'a pas de centimes."""
        return Attendu(self.mois, *(_au_millier(v) for v in (self.valeur, self.bas, self.haut)))


@dataclass(frozen=True, slots=True)
class MoisBudget:
    """Un mois de l'année : droits des fichiers, mandats, prévision ; nul ce qui n'est pas connu."""

    mois: date
    droits: Decimal | None
    mandate: Decimal | None
    attendu: Attendu | None
    cumul: Decimal

    @property
    def realise(self) -> Decimal | None:
        """Ce qui compte comme fait : les mandats s'il y en a, sinon les droits payés."""
        return self.mandate if self.mandate is not None else self.droits


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """L'année : crédit voté, réalisé, reste, total attendu et son intervalle.

    `taux` : réalisé / crédit, nul sans crédit. `inconnus` : les mois dont on ne sait rien.
    `coefficient` : ce que valent les mandats rapportés aux droits des fichiers (1 sans mandat).
    """

    annee: int
    versions: tuple[Version, ...]
    mois: tuple[MoisBudget, ...]
    coefficient: Decimal

    @property
    def credit(self) -> Decimal:
        """Le crédit voté à cette date."""
        return self.versions[-1].credit if self.versions else ZERO

    @property
    def realise(self) -> Decimal:
        """Ce qui est fait."""
        return sum((m.realise for m in self.mois if m.realise is not None), ZERO)

    @property
    def reste(self) -> Decimal:
        """Crédit moins réalisé."""
        return self.credit - self.realise

    @property
    def taux(self) -> Decimal | None:
        """Part du crédit qui est réalisée."""
        return self.realise / self.credit if self.credit else None

    @property
    def inconnus(self) -> tuple[date, ...]:
        """Les mois sans relevé ni prévision."""
        return tuple(m.mois for m in self.mois if m.realise is None and m.attendu is None)

    @property
    def total(self) -> Attendu | None:
        """L'année entière : le fait, puis le prévu. Nul si un mois manque.

        Les écarts des mois sont supposés du même sens : l'intervalle du total est large.
        """
        if self.inconnus:
            return None
        prevus = [m.attendu for m in self.mois if m.realise is None and m.attendu is not None]
        return Attendu(
            date(self.annee, 12, 1),
            self.realise + sum((p.valeur for p in prevus), ZERO),
            self.realise + sum((p.bas for p in prevus), ZERO),
            self.realise + sum((p.haut for p in prevus), ZERO),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Impliquee:
    """La décision modificative que la prévision demande.

    `manque`, `bas`, `haut` : euros au-delà du crédit voté (négatifs : il en reste). `epuise_en` :
    le mois où le crédit ne suffit plus. `avant_le` : le dernier jour pour voter, inclus.
    """

    manque: Decimal
    bas: Decimal
    haut: Decimal
    epuise_en: date | None
    avant_le: date | None
    phrase: str

    @property
    def est_due(self) -> bool:
        """Vrai si le crédit voté ne suffit pas, au plus probable."""
        return self.manque > 0


def versions(*, votes: Sequence[Vote], annee: int, le: date) -> tuple[Version, ...]:
    """Les versions du crédit de l'année lues au jour `le`, dans l'ordre où elles comptent."""
    retenus = sorted(
        (v for v in votes if v.annee == annee and v.compte_le <= le),
        key=lambda v: (v.compte_le, v.nature != PRIMITIF, v.code),
    )
    cumul, rendues = ZERO, []
    for vote in retenus:
        cumul += vote.montant
        rendues.append(Version(vote, cumul))
    return tuple(rendues)


def coefficient(
    *, droits: Mapping[date, Decimal], mandats: Mapping[date, Decimal], le: date
) -> Decimal:
    """Ce que valent les mandats rapportés aux droits, sur les douze derniers mois connus des deux.

    Rappels, régularisations et indus font que l'un n'est pas l'autre. 1 s'il n'y a pas de mandat.
    """
    communs = sorted(m for m in mandats if m in droits and m <= le)[-MOIS_DU_COEFFICIENT:]
    base = sum((droits[m] for m in communs), ZERO)
    return sum((mandats[m] for m in communs), ZERO) / base if base else Decimal(1)


def executer(
    *,
    annee: int,
    versions: tuple[Version, ...],
    droits: Mapping[date, Decimal],
    mandats: Mapping[date, Decimal],
    attendus: Mapping[date, Attendu],
    le: date,
) -> Execution:
    """L'exécution de l'année. `attendus` : la prévision des droits, ramenée ici aux mandats."""
    rapport = coefficient(droits=droits, mandats=mandats, le=le)
    lignes, cumul = [], ZERO
    for rang in range(1, 13):
        mois = date(annee, rang, 1)
        attendu = attendus.get(mois)
        ramene = None if attendu is None else _ramener(attendu, rapport)
        ligne = MoisBudget(mois, droits.get(mois), mandats.get(mois), ramene, ZERO)
        fait = ligne.realise if ligne.realise is not None else ramene.valeur if ramene else ZERO
        cumul += fait
        lignes.append(MoisBudget(mois, ligne.droits, ligne.mandate, ramene, cumul))
    return Execution(annee=annee, versions=versions, mois=tuple(lignes), coefficient=rapport)


def _ramener(attendu: Attendu, rapport: Decimal) -> Attendu:
    def fois(montant: Decimal) -> Decimal:
        return (montant * rapport).quantize(CENTIME, rounding=ROUND_HALF_UP)

    return Attendu(attendu.mois, fois(attendu.valeur), fois(attendu.bas), fois(attendu.haut))


def decision_impliquee(
    *, execution: Execution, delai_jours: int, niveau: int, le: date
) -> Impliquee | None:
    """Ce qu'il faudrait voter, et pour quand. Nul sans crédit voté ou sans prévision entière.

    `delai_jours` : ce qu'il faut pour préparer, voter et rendre exécutoire. `niveau` : celui de
    l'intervalle, en pour cent.
    """
    total = execution.total
    if total is None or not execution.versions:
        return None
    credit = execution.credit
    epuise = next((m.mois for m in execution.mois if m.cumul > credit), None)
    avant_le = None if epuise is None else epuise - timedelta(days=delai_jours + 1)
    manque = Impliquee(
        manque=total.valeur - credit,
        bas=total.bas - credit,
        haut=total.haut - credit,
        epuise_en=epuise,
        avant_le=avant_le,
        phrase="",
    )
    phrase = _phrase(manque, credit, niveau, le)
    return Impliquee(
        manque=manque.manque,
        bas=manque.bas,
        haut=manque.haut,
        epuise_en=epuise,
        avant_le=avant_le,
        phrase=phrase,
    )


def _phrase(i: Impliquee, credit: Decimal, niveau: int, le: date) -> str:
    entre = _entre(i, niveau)
    if i.epuise_en is None or i.avant_le is None:
        suite = "Aucune décision modificative n'est à prévoir."
        if i.haut > 0:
            suite = (
                f"Au plus haut de l'intervalle, il manquerait {_rond(i.haut)} : à surveiller, sans "
                "décision modificative à ce jour."
            )
        return (
            f"Le crédit voté ({_rond(credit)}) suffirait : il resterait {_rond(-i.manque)}{entre}. "
            f"{suite}"
        )
    limite = date_moyenne(i.avant_le)
    a_temps = f"serait à voter le {limite} au plus tard"
    if i.avant_le < le:
        a_temps = f"était à voter le {limite} au plus tard : inscrivez-la à la prochaine séance"
    return (
        f"Le crédit voté ({_rond(credit)}) s'épuiserait en {mois_annee(i.epuise_en)}. Il "
        f"manquerait {_rond(i.manque)}{entre} à la fin de l'année : une décision modificative de "
        f"ce montant {a_temps}."
    )


def _entre(i: Impliquee, niveau: int) -> str:
    if i.bas >= 0:
        return f" (entre {_rond(i.bas)} et {_rond(i.haut)}, {niveau} chances sur 100)"
    if i.haut <= 0:
        return f" (entre {_rond(-i.haut)} et {_rond(-i.bas)}, {niveau} chances sur 100)"
    return f" (de {_rond(-i.bas)} de trop à {_rond(i.haut)} qui manquent, {niveau} chances sur 100)"


def _rond(montant: Decimal) -> str:
    return euros(_au_millier(montant))


def _au_millier(montant: Decimal) -> Decimal:
    millier = Decimal(1000)
    return (montant / millier).quantize(Decimal(1), rounding=ROUND_HALF_UP) * millier
