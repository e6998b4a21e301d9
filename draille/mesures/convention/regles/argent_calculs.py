"""Composer l'argent d'une année : le prévu des textes, les pièces des comptes, ce qu'ils disent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.argent import (
    SANS_FINANCEUR,
    Argent,
    ArgentLigne,
    PieceLue,
    Projection,
)
from draille.mesures.convention.regles.argent_alertes import (
    Seuils,
    Situation,
    alertes_de_la_ligne,
    alertes_de_lensemble,
)
from draille.mesures.convention.regles.argent_partage import (
    Cle,
    Part,
    Partageur,
    cle_prevue,
    parts,
)
from draille.mesures.convention.regles.argent_projection import Horizon, projeter
from draille.mesures.convention.regles.calculs import (
    Lecture,
    Parite,
    parite,
    parites,
)
from draille.mesures.convention.regles.modele import (
    Cote,
    Financeur,
    Ligne,
    Montant,
    Portee,
    Preuve,
    Source,
)
from draille.mesures.convention.regles.suivi import Etape

ZERO = Decimal(0)
DES_COMPTES = (Etape.ENGAGEE, Etape.EXECUTEE, Etape.RECUE)
HORS_TEXTE = "Ligne absente du texte"
_SANS_PREUVE = Preuve(phrase="", source=Source(code="", titre="", datee=""))
Sommes = dict[tuple[Etape, str], Decimal]


@dataclass(frozen=True)
class Echue:
    """Une échéance de la convention, encore due."""

    libelle: str
    avant_le: date


@dataclass(frozen=True)
class Donnees:
    """Ce dont on compose l'argent d'une année.

    `lecture` : les textes de cette année, à cette date ; `libelles` nomme les lignes d'autres
    textes que des pièces visent ; `mention` dit ce qui n'est pas publié.
    """

    annee: int
    lecture: Lecture
    pieces: tuple[PieceLue, ...]
    financeurs: tuple[Financeur, ...]
    horizon: Horizon
    seuils: Seuils
    echeances: tuple[Echue, ...] = ()
    libelles: Mapping[str, str] = field(default_factory=dict)
    mention: str = ""


def composer(*, donnees: Donnees) -> Argent:
    """L'argent de l'année : chaque somme tombe juste au centime, par ligne et par financeur."""
    par_ligne = _parts_par_ligne(donnees)
    lignes = [_Composee.du_texte(x, donnees, par_ligne.pop(x.code, [])) for x in _lignes(donnees)]
    lignes += [_Composee.hors_texte(code, donnees, p) for code, p in sorted(par_ligne.items())]
    totaux, par_financeur = _totaux(donnees, lignes)
    non_affecte = _non_affecte(donnees, lignes, par_financeur)
    lues = _parites(donnees, lignes, totaux, par_financeur)
    prevu = totaux.get(Etape.PREVUE)
    projection = _projection(donnees, donnees.pieces, totaux[Etape.ENGAGEE])
    return Argent(
        annee=donnees.annee,
        le=donnees.horizon.le,
        financeurs=donnees.financeurs,
        lignes=tuple(x.rendre(donnees) for x in lignes),
        totaux=totaux,
        par_financeur=par_financeur,
        parites=lues,
        alertes=alertes_de_lensemble(
            situation=Situation(totaux, projection, donnees.horizon, donnees.seuils),
            parites=lues,
            echeances=tuple((e.libelle, e.avant_le) for e in donnees.echeances),
            libelles={x.code: x.libelle for x in lignes},
        ),
        non_affecte=sum(non_affecte.values(), ZERO),
        non_affecte_par_financeur=non_affecte,
        taux_execution=_taux(totaux[Etape.EXECUTEE], prevu),
        taux_engagement=_taux(totaux[Etape.ENGAGEE], prevu),
        projection=projection,
        mention=donnees.mention,
    )


def parts_de_lannee(*, donnees: Donnees) -> tuple[Part, ...]:
    """La part de chaque financeur dans chaque pièce : ce qu'ouvre un chiffre."""
    financements = donnees.lecture.financements
    regle = donnees.lecture.convention.parite
    par_action = regle is not None and regle.portee is Portee.ACTION
    # Là où la parité se vérifie, le partage doit tomber juste : par action, ou sur l'ensemble.
    cles = {x.code: _cle(x, donnees) for x in _lignes(donnees) if x.repartition or par_action}
    defaut = cle_prevue(repartition=(), financements=financements)
    return parts(pieces=donnees.pieces, cles=cles, defaut=defaut)


def parts_prevues(*, ligne: Ligne, donnees: Donnees) -> dict[str, Decimal]:
    """Le prévu d'une ligne par financeur, publié ou partagé ; vide s'il n'est pas publié."""
    if ligne.repartition:
        return {
            c: sum((m.valeur for m in ligne.repartition if m.financeur.code == c), ZERO)
            for c in dict.fromkeys(m.financeur.code for m in ligne.repartition)
        }
    if ligne.montant is None:
        return {}
    return Partageur(_cle(ligne, donnees)).partager(montant=ligne.montant)


def _cle(ligne: Ligne, donnees: Donnees) -> Cle:
    return cle_prevue(repartition=ligne.repartition, financements=donnees.lecture.financements)


def _lignes(donnees: Donnees) -> tuple[Ligne, ...]:
    return donnees.lecture.lignes


def _parts_par_ligne(donnees: Donnees) -> dict[str, list[Part]]:
    rendues: dict[str, list[Part]] = {}
    for part in parts_de_lannee(donnees=donnees):
        rendues.setdefault(part.piece.ligne_code, []).append(part)
    return rendues


@dataclass(frozen=True)
class _Composee:
    """Une ligne en cours de composition."""

    code: str
    libelle: str
    montants: dict[Etape, Decimal]
    par_financeur: Sommes
    pieces: tuple[PieceLue, ...]
    est_partagee: bool
    est_du_texte: bool

    @classmethod
    def du_texte(cls, ligne: Ligne, donnees: Donnees, parts_lues: list[Part]) -> "_Composee":
        prevues = parts_prevues(ligne=ligne, donnees=donnees)
        composee = cls._des_parts(ligne.code, ligne.libelle, parts_lues, est_du_texte=True)
        if not prevues and ligne.montant is None:
            return composee
        composee.montants[Etape.PREVUE] = sum(prevues.values(), ZERO)
        composee.par_financeur.update({(Etape.PREVUE, f): m for f, m in prevues.items()})
        partagee = composee.est_partagee or not ligne.repartition
        return cls(**{**vars(composee), "est_partagee": partagee})

    @classmethod
    def hors_texte(cls, code: str, donnees: Donnees, parts_lues: list[Part]) -> "_Composee":
        libelle = donnees.libelles.get(code, f"{HORS_TEXTE} : {code}")
        return cls._des_parts(code, libelle, parts_lues, est_du_texte=False)

    @classmethod
    def _des_parts(
        cls, code: str, libelle: str, parts_lues: list[Part], *, est_du_texte: bool
    ) -> "_Composee":
        montants = dict.fromkeys(DES_COMPTES, ZERO)
        par_financeur: Sommes = {}
        for part in parts_lues:
            etape = part.piece.etape
            montants[etape] += part.montant
            rang = (etape, part.financeur)
            par_financeur[rang] = par_financeur.get(rang, ZERO) + part.montant
        return cls(
            code=code,
            libelle=libelle,
            montants=montants,
            par_financeur=par_financeur,
            pieces=tuple({p.piece.id: p.piece for p in parts_lues}.values()),
            est_partagee=any(p.est_partagee for p in parts_lues),
            est_du_texte=est_du_texte,
        )

    def rendre(self, donnees: Donnees) -> ArgentLigne:
        prevu = self.montants.get(Etape.PREVUE)
        projection = _projection(donnees, self.pieces, self.montants[Etape.ENGAGEE])
        situation = Situation(self.montants, projection, donnees.horizon, donnees.seuils)
        return ArgentLigne(
            code=self.code,
            libelle=self.libelle,
            montants=self.montants,
            par_financeur=self.par_financeur,
            taux_execution=_taux(self.montants[Etape.EXECUTEE], prevu),
            taux_engagement=_taux(self.montants[Etape.ENGAGEE], prevu),
            projection=projection,
            alertes=alertes_de_la_ligne(
                situation=situation, code=self.code, est_du_texte=self.est_du_texte
            ),
            est_partagee=self.est_partagee,
            est_du_texte=self.est_du_texte,
        )


def _projection(donnees: Donnees, pieces: Iterable[PieceLue], engage: Decimal) -> Projection | None:
    executees = [p for p in pieces if p.etape is Etape.EXECUTEE]
    return projeter(pieces=executees, engage=engage, horizon=donnees.horizon)


def _additionner(sommes: Iterable[Sommes]) -> Sommes:
    total: Sommes = {}
    for une in sommes:
        for rang, montant in une.items():
            total[rang] = total.get(rang, ZERO) + montant
    return total


def _non_affecte(
    donnees: Donnees, lignes: list[_Composee], par_financeur: Sommes
) -> dict[str, Decimal]:
    """Ce qui, du prévu annoncé, n'est sur aucune ligne : rien, quand rien n'est annoncé."""
    if not donnees.lecture.financements:
        return {}
    des_lignes = _additionner([x.par_financeur for x in lignes])
    codes = dict.fromkeys(c for e, c in (*par_financeur, *des_lignes) if e is Etape.PREVUE)
    restes = {
        c: par_financeur.get((Etape.PREVUE, c), ZERO) - des_lignes.get((Etape.PREVUE, c), ZERO)
        for c in codes
    }
    return {c: reste for c, reste in restes.items() if reste}


def _totaux(donnees: Donnees, lignes: list[_Composee]) -> tuple[dict[Etape, Decimal], Sommes]:
    """Les totaux et leurs parts : le prévu est ce qui est annoncé, quand quelque chose l'est."""
    par_financeur = _additionner([x.par_financeur for x in lignes])
    annonces = donnees.lecture.financements
    if annonces:
        par_financeur = {r: m for r, m in par_financeur.items() if r[0] is not Etape.PREVUE}
        for m in annonces:
            rang = (Etape.PREVUE, m.financeur.code)
            par_financeur[rang] = par_financeur.get(rang, ZERO) + m.valeur
    totaux = {e: sum((x.montants[e] for x in lignes), ZERO) for e in DES_COMPTES}
    publies = [x.montants[Etape.PREVUE] for x in lignes if Etape.PREVUE in x.montants]
    if annonces:
        totaux[Etape.PREVUE] = sum((m.valeur for m in annonces), ZERO)
    elif publies:
        totaux[Etape.PREVUE] = sum(publies, ZERO)
    return {e: totaux[e] for e in Etape if e in totaux}, par_financeur


def _parites(
    donnees: Donnees,
    lignes: list[_Composee],
    totaux: Mapping[Etape, Decimal],
    par_financeur: Sommes,
) -> dict[Etape, tuple[tuple[str, Parite], ...]]:
    lecture, regle = donnees.lecture, donnees.lecture.convention.parite
    lues = {
        Etape.PREVUE: parites(financements=lecture.financements, lignes=lecture.lignes, regle=regle)
    }
    for etape in DES_COMPTES:
        if regle is not None and regle.portee is Portee.ACTION:
            lues[etape] = tuple(
                (x.code, _parite(etape, x.montants, x.par_financeur, donnees)) for x in lignes
            )
        else:
            lues[etape] = (("total", _parite(etape, totaux, par_financeur, donnees)),)
    return lues


def _parite(
    etape: Etape, montants: Mapping[Etape, Decimal], sommes: Sommes, donnees: Donnees
) -> Parite:
    """La parité d'une étape. Au reçu, ce qui est exécuté sans être versé est au Département."""
    regle = donnees.lecture.convention.parite
    connus = {f.code: f for f in donnees.financeurs}
    portees = [
        Montant(connus[code], montant, _SANS_PREUVE)
        for (e, code), montant in sommes.items()
        if e is etape and code != SANS_FINANCEUR
    ]
    if sommes.get((etape, SANS_FINANCEUR)):
        # On ne dit rien d'un partage dont une part n'est à personne.
        portees = []
    elif etape is Etape.RECUE:
        charge = montants[Etape.EXECUTEE] - montants[Etape.RECUE]
        departement = next((f for f in donnees.financeurs if f.cote is Cote.DEPARTEMENT), None)
        if montants[Etape.EXECUTEE] <= ZERO or departement is None:
            portees = []
        else:
            portees.append(Montant(departement, charge, _SANS_PREUVE))
    return parite(montants=portees, regle=regle)


def _taux(partie: Decimal, tout: Decimal | None) -> Decimal | None:
    return partie / tout if tout else None
