"""Un avenant saisi à l'écran : ce que l'on saisit, ce qui le refuse, le texte qu'il devient."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.calculs import Lecture
from draille.mesures.convention.regles.modele import (
    Cible,
    Convention,
    Financeur,
    GenreCible,
    Ligne,
    Montant,
    Nature,
    Preuve,
    Signataire,
    Source,
    Texte,
)
from draille.mesures.convention.regles.suivi import NatureEcheance, Organe
from draille.socle.refus import Refus

LONGUEUR_CODE = 50
BASE_LEGALE = "CGCT articles L3211-1 et L3211-2"


@dataclass(frozen=True)
class SaisieDeliberation:
    """Le vote qui autorise à signer."""

    organe: Organe
    reference: str
    tenue_le: date
    objet: str = ""


@dataclass(frozen=True)
class SaisieCible:
    """Une cible promise. Les valeurs nulles : non dites."""

    libelle: str
    genre: GenreCible
    unite: str
    valeur: Decimal | None = None
    valeur_max: Decimal | None = None
    annee_base: int | None = None
    echeance_annee: int | None = None
    code: str = ""


@dataclass(frozen=True)
class SaisieLigne:
    """Une ligne ajoutée (`code` vide), ou changée (le code d'une ligne de la convention).

    `montant` nul : non publié pour une ligne ajoutée, inchangé pour une autre. `repartition` : la
    part de chaque financeur, par code, en euros ; vide : non dite. `cibles` nulles : inchangées.
    """

    libelle: str = ""
    nature: Nature | None = None
    montant: Decimal | None = None
    mesures: tuple[str, ...] = ()
    repartition: tuple[tuple[str, Decimal], ...] = ()
    cibles: tuple[SaisieCible, ...] | None = None
    objet: str = ""
    phrase: str = ""
    code: str = ""


@dataclass(frozen=True)
class SaisieEcheance:
    """Une échéance ajoutée, ou une date qui remplace celle d'une autre (`remplace_id`)."""

    nature: NatureEcheance
    annee: int
    libelle: str
    avant_le: date
    remplace_id: int | None = None


@dataclass(frozen=True)
class SaisieAvenant:
    """Ce qu'un agent saisit d'un avenant signé.

    `phrase` : ce que dit l'avenant, recopié. `financements` : ce que chaque financeur engage pour
    l'ensemble, par code, en euros ; qui n'y est pas garde son montant. `reconduire` : une nouvelle
    année reprend les lignes et les montants que l'avenant ne change pas.
    """

    signe_le: date
    annee: int | None
    deliberation: SaisieDeliberation
    phrase: str
    lignes: tuple[SaisieLigne, ...] = ()
    financements: tuple[tuple[str, Decimal], ...] = ()
    nouveaux_financeurs: tuple[Financeur, ...] = ()
    retirees: tuple[str, ...] = ()
    echeances: tuple[SaisieEcheance, ...] = ()
    signataires: tuple[Signataire, ...] = ()
    reconduire: bool = False


def code_de(libelle: str, *, pris: frozenset[str] = frozenset()) -> str:
    """Un code sans accent tiré d'un libellé, qui n'est pas déjà pris."""
    plat = unicodedata.normalize("NFKD", libelle.lower().replace("œ", "oe"))
    base = re.sub(r"[^a-z0-9]+", "_", plat.encode("ascii", "ignore").decode()).strip("_")
    code = base[:LONGUEUR_CODE].strip("_") or "ligne"
    rang = 2
    unique = code
    while unique in pris:
        unique, rang = f"{code}_{rang}", rang + 1
    return unique


def verifier(
    *,
    convention: Convention,
    avant: Lecture,
    saisie: SaisieAvenant,
    financeurs: dict[str, Financeur],
    le: date,
) -> None:
    """Refuse un avenant qui ne peut pas être : dates, montants, lignes, partages.

    `avant` : la lecture à la date de signature. Lève `Refus('convention.avenant_…')`.
    """
    _verifier_dates(convention, avant, saisie, le)
    if not (saisie.lignes or saisie.financements or saisie.retirees or saisie.echeances):
        raise _refus("vide", "Cet avenant ne change rien : dites au moins un changement.")
    _verifier_lignes({x.code for x in avant.lignes}, saisie)
    parts = [p for x in saisie.lignes for p in x.repartition]
    connus = financeurs.keys() | {f.code for f in saisie.nouveaux_financeurs}
    for code, montant in (*saisie.financements, *parts):
        if code not in connus:
            raise _refus("financeur", f"« {code} » n'est pas un financeur connu de la convention.")
        _verifier_montant(montant)
    for ligne in saisie.lignes:
        _verifier_ligne(ligne, {x.code: x for x in avant.lignes})


def _verifier_dates(
    convention: Convention, avant: Lecture, saisie: SaisieAvenant, le: date
) -> None:
    if saisie.signe_le > le:
        raise _refus("date", "Un avenant s'inscrit une fois signé : cette date est à venir.")
    precedents = [t for t in convention.textes if t.signe_le and t.signe_le > saisie.signe_le]
    if precedents:
        dernier = precedents[-1]
        raise _refus(
            "date",
            f"« {dernier.titre} » est signé le {dernier.signe_le:%d/%m/%Y}, après la date dite. "
            "Un avenant suit celui qu'il modifie : vérifiez la date de signature.",
        )
    if convention.debut and saisie.signe_le < convention.debut:
        raise _refus("date", f"La convention ne commence que le {convention.debut:%d/%m/%Y}.")
    if saisie.deliberation.tenue_le > saisie.signe_le:
        raise _refus(
            "deliberation",
            "La délibération qui autorise à signer se tient avant la signature : vérifiez les "
            "deux dates.",
        )
    lu = avant.texte_du_contenu
    if lu and lu.annee and (saisie.annee is None or saisie.annee < lu.annee):
        raise _refus(
            "annee",
            f"La convention se lit déjà pour {lu.annee} : un avenant vaut pour cette année, ou "
            "pour une suivante.",
        )
    if saisie.annee is not None and not _est_dans(convention, saisie.annee):
        raise _refus("annee", f"L'année {saisie.annee} n'est pas dans la convention.")


def _est_dans(convention: Convention, annee: int) -> bool:
    apres = convention.debut is None or annee >= convention.debut.year
    return apres and (convention.fin is None or date(annee, 1, 1) < convention.fin)


def _verifier_lignes(connues: set[str], saisie: SaisieAvenant) -> None:
    dites = [x.code for x in saisie.lignes if x.code]
    for code in (*dites, *saisie.retirees):
        if code not in connues:
            raise _refus("ligne", f"La ligne « {code} » n'est pas dans la convention à cette date.")
    if len(set(dites)) != len(dites):
        raise _refus("ligne", "Une ligne est changée deux fois : gardez un seul changement.")
    if set(dites) & set(saisie.retirees):
        raise _refus("ligne", "Une ligne ne peut pas être à la fois changée et retirée.")


def _verifier_ligne(saisie: SaisieLigne, connues: dict[str, Ligne]) -> None:
    if not saisie.code and (not saisie.libelle or saisie.nature is None):
        raise _refus("ligne", "Une ligne ajoutée a un libellé et une nature.")
    if saisie.montant is not None:
        _verifier_montant(saisie.montant)
    total = saisie.montant
    if total is None and saisie.code:
        total = connues[saisie.code].montant
    somme = sum((m for _, m in saisie.repartition), Decimal(0))
    if saisie.repartition and somme != total:
        raise _refus(
            "partage",
            f"Les parts des financeurs font {somme} € et la ligne "
            f"{'non publié' if total is None else f'{total} €'} : accordez-les, ou laissez les "
            "parts vides.",
        )
    for cible in saisie.cibles or ():
        _verifier_cible(cible)


def _verifier_cible(cible: SaisieCible) -> None:
    sans_valeur = cible.genre is GenreCible.MAINTIEN
    if sans_valeur != (cible.valeur is None):
        verbe = "n'a pas de" if sans_valeur else "demande une"
        raise _refus("cible", f"La cible « {cible.libelle} » {verbe} valeur ({cible.genre}).")
    borne = cible.valeur_max
    if cible.genre is GenreCible.INTERVALLE and (borne is None or borne < (cible.valeur or 0)):
        raise _refus("cible", f"La cible « {cible.libelle} » a deux bornes, dans l'ordre.")


def _verifier_montant(montant: Decimal) -> None:
    if montant < 0:
        raise _refus(
            "montant",
            f"{montant} € est négatif : écrivez le nouveau montant de la ligne, et non la "
            "différence.",
        )
    if montant != montant.quantize(Decimal("0.01")):
        raise _refus("montant", f"{montant} € : un montant s'écrit au centime.")


def texte(
    *,
    convention: Convention,
    avant: Lecture,
    saisie: SaisieAvenant,
    financeurs: dict[str, Financeur],
    le: date,
) -> Texte:
    """Le texte que cet avenant devient : rang suivant, lignes entières, phrases et source.

    Rien n'est écrit ; la saisie a passé `verifier`.
    """
    rang = max(t.rang for t in convention.textes) + 1
    annee = f" {saisie.annee}" if saisie.annee else ""
    rangs = sum(1 for t in convention.textes if t.annee == saisie.annee and t.est_avenant)
    titre = f"Avenant{annee} : {convention.titre}"
    if rangs:
        titre = f"Avenant{annee} n° {rangs + 1} : {convention.titre}"
    source = _source(convention, saisie, rang, titre)
    fabrique = _Fabrique(
        {**financeurs, **{f.code: f for f in saisie.nouveaux_financeurs}}, source, saisie.phrase
    )
    reprises = _reprises(avant, saisie)
    connues = {x.code: x for x in avant.lignes}
    pris = frozenset(x.code for t in convention.textes for x in t.lignes)
    return Texte(
        code=code_de(f"avenant{annee}", pris=frozenset(t.code for t in convention.textes)),
        rang=rang,
        titre=titre[:250],
        bref=f"l'avenant{annee}{f' n° {rangs + 1}' if rangs else ''} signé le "
        f"{saisie.signe_le:%d/%m/%Y}",
        signe_le=saisie.signe_le,
        annee=saisie.annee,
        preuve=fabrique.preuve(saisie.phrase),
        signataires=saisie.signataires,
        financements=fabrique.montants(saisie.financements, reprises.financements),
        lignes=fabrique.lignes(saisie.lignes, connues, pris, reprises.lignes),
        retirees=saisie.retirees,
        saisi_le=le,
    )


def _source(convention: Convention, saisie: SaisieAvenant, rang: int, titre: str) -> Source:
    vote = saisie.deliberation
    return Source(
        code=f"{convention.code[:40]}_avenant_{rang}",
        titre=titre[:250],
        datee=f"signé le {saisie.signe_le:%d/%m/%Y}, délibération {vote.reference} du "
        f"{vote.tenue_le:%d/%m/%Y}"[:120],
        publiee_le=saisie.signe_le,
    )


@dataclass(frozen=True)
class _Reprises:
    lignes: tuple[Ligne, ...] = ()
    financements: tuple[Montant, ...] = ()


def _reprises(avant: Lecture, saisie: SaisieAvenant) -> _Reprises:
    """Ce qu'une nouvelle année reprend tel quel ; rien dans la même année, où tout reste."""
    lu = avant.texte_du_contenu
    if not saisie.reconduire or lu is None or lu.annee == saisie.annee:
        return _Reprises()
    changees = {x.code for x in saisie.lignes} | set(saisie.retirees)
    dits = {code for code, _ in saisie.financements}
    return _Reprises(
        tuple(x for x in avant.lignes if x.code not in changees),
        tuple(m for m in avant.financements if m.financeur.code not in dits),
    )


@dataclass(frozen=True)
class _Fabrique:
    """Fait d'une saisie des lignes et des montants prouvés."""

    financeurs: dict[str, Financeur]
    source: Source
    phrase: str

    def preuve(self, phrase: str) -> Preuve:
        return Preuve(phrase=phrase or self.phrase, source=self.source)

    def montants(
        self, saisis: tuple[tuple[str, Decimal], ...], repris: tuple[Montant, ...] = ()
    ) -> tuple[Montant, ...]:
        dits = tuple(Montant(self.financeurs[c], m, self.preuve("")) for c, m in saisis)
        return (*repris, *dits)

    def lignes(
        self,
        saisies: tuple[SaisieLigne, ...],
        connues: dict[str, Ligne],
        pris: frozenset[str],
        reprises: tuple[Ligne, ...],
    ) -> tuple[Ligne, ...]:
        faites = list(reprises)
        for saisie in saisies:
            if saisie.code:
                faites.append(self._changee(connues[saisie.code], saisie))
            else:
                ligne = self._ajoutee(saisie, code_de(saisie.libelle, pris=pris))
                pris |= {ligne.code}
                faites.append(ligne)
        return tuple(faites)

    def _ajoutee(self, saisie: SaisieLigne, code: str) -> Ligne:
        assert saisie.nature is not None, "verifier l'exige"
        return Ligne(
            code=code,
            libelle=saisie.libelle,
            nature=saisie.nature,
            montant=saisie.montant,
            mesures=saisie.mesures,
            preuve=self.preuve(saisie.phrase),
            objet=saisie.objet,
            repartition=self.montants(saisie.repartition),
            cibles=self._cibles(saisie.cibles or ()),
        )

    def _changee(self, connue: Ligne, saisie: SaisieLigne) -> Ligne:
        """La ligne d'avant, et ce que l'avenant y change ; un partage ancien n'y survit pas."""
        nouveau = saisie.montant is not None and saisie.montant != connue.montant
        repartition = connue.repartition
        if saisie.repartition:
            repartition = self.montants(saisie.repartition)
        elif nouveau:
            repartition = ()
        return replace(
            connue,
            libelle=saisie.libelle or connue.libelle,
            nature=saisie.nature or connue.nature,
            nature_est_deduite=connue.nature_est_deduite and saisie.nature is None,
            montant=connue.montant if saisie.montant is None else saisie.montant,
            mesures=saisie.mesures or connue.mesures,
            objet=saisie.objet or connue.objet,
            preuve=self.preuve(saisie.phrase),
            repartition=repartition,
            cibles=self._reunies(connue.cibles, saisie.cibles),
        )

    def _reunies(
        self, connues: tuple[Cible, ...], saisies: tuple[SaisieCible, ...] | None
    ) -> tuple[Cible, ...]:
        """Les cibles d'avant, celles que l'avenant change (même libellé) ou ajoute par-dessus."""
        codes = {c.libelle: c.code for c in connues}
        dites = (replace(c, code=c.code or codes.get(c.libelle, "")) for c in saisies or ())
        changees = {c.code: c for c in self._cibles(tuple(dites))}
        return tuple({**{c.code: c for c in connues}, **changees}.values())

    def _cibles(self, saisies: tuple[SaisieCible, ...]) -> tuple[Cible, ...]:
        pris: frozenset[str] = frozenset()
        faites = []
        for saisie in saisies:
            code = saisie.code or code_de(saisie.libelle, pris=pris)
            pris |= {code}
            champs = {n: v for n, v in vars(saisie).items() if n != "code"}
            faites.append(Cible(code=code, **champs, preuve=self.preuve("")))
        return tuple(faites)


def _refus(suite: str, message: str) -> Refus:
    return Refus(code=f"convention.avenant_{suite}", message=message, base_legale=BASE_LEGALE)
