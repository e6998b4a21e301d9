"""Une rangée d'un tableur des finances : ce qu'elle dit, champ par champ, et ce qui s'y lit mal."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from draille.mesures.convention.regles.comptes.colonnes import CHAMPS, Tete, est_la_tete
from draille.mesures.convention.regles.comptes.lecture import Feuille
from draille.mesures.convention.regles.comptes.valeurs import (
    ETAPES,
    Illisible,
    est_vide,
    lire_annee,
    lire_date,
    lire_etape,
    lire_montant,
    lire_texte,
)
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import date_courte, normaliser

# Ce qu'une cellule vide reprend peut-être de la rangée d'au-dessus ; une personne le confirme.
REPRIS = ("ligne", "etape", "exercice")
PLUS_LONG = {"objet": 250, "numero": 40, "engagement": 40, "autorisation": 40}


@dataclass(frozen=True)
class Faute:
    """Ce qui ne va pas : le champ, et la phrase. `est_illisible` : il est rempli, mais mal."""

    champ: str
    raison: str
    est_illisible: bool = False


@dataclass(frozen=True)
class LigneLue:
    """Une rangée lue. Les valeurs manquantes sont nulles ou vides ; `fautes` empêche de la prendre.

    `contenu` porte les seuls champs reconnus, écrits d'une seule façon : deux fichiers qui disent
    la même chose ont la même `empreinte`. `reprises` : ce qu'une cellule vide prendrait au-dessus.
    """

    feuille: str
    rang: int
    contenu: Mapping[str, str]
    etape: Etape | None = None
    montant: Decimal | None = None
    datee_le: date | None = None
    exercice: int | None = None
    annee: int | None = None
    numero: str = ""
    fautes: tuple[Faute, ...] = ()
    reprises: Mapping[str, str] = field(default_factory=dict)

    @property
    def empreinte(self) -> str:
        """L'empreinte de ce que la rangée dit, où qu'elle soit dans le fichier."""
        canonique = json.dumps(dict(self.contenu), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonique.encode()).hexdigest()

    def dit(self, champ: str) -> str:
        """Le texte de ce champ ; vide s'il n'est pas dit."""
        return self.contenu.get(champ, "")


@dataclass(frozen=True)
class TotalLu:
    """Une rangée de total : ce qu'elle annonce, ce que font les lignes lues au-dessus."""

    feuille: str
    rang: int
    libelle: str
    annonce: Decimal
    calcule: Decimal

    @property
    def est_juste(self) -> bool:
        """Vrai si le total du tableur est la somme de ses lignes."""
        return self.annonce == self.calcule


def lire_feuille(*, feuille: Feuille, tete: Tete, nom: str) -> tuple[list[LigneLue], list[TotalLu]]:
    """Les lignes d'une feuille et ses totaux. `nom` du fichier aide à savoir de quoi on parle."""
    lues: list[LigneLue] = []
    totaux: list[TotalLu] = []
    au_dessus: dict[str, str] = {}
    depuis, en_tout = Decimal(0), Decimal(0)
    par_rang = dict(feuille.rangees)
    for rang, cellules in _sous_la_tete(feuille, tete):
        brut = _brut(rang, par_rang, feuille, tete)
        if _est_total(brut, cellules):
            total = _total(feuille, rang, cellules, brut, (depuis, en_tout))
            if total is not None:
                totaux.append(total)
            depuis = Decimal(0)
            continue
        ligne = _completer(interpreter(brut=brut, ou=(feuille.nom, rang), nom=nom), au_dessus)
        montant_fusionne = (rang, tete.colonnes["montant"]) in feuille.suite
        if montant_fusionne and ligne.montant is None:
            raison = "Le montant est fusionné avec la rangée d'au-dessus : il y compte une fois."
            ligne = replace(ligne, fautes=(Faute("montant", raison),))
        lues.append(ligne)
        depuis += ligne.montant or 0
        en_tout += ligne.montant or 0
        au_dessus = {**au_dessus, **{c: v for c, v in ligne.contenu.items() if c in REPRIS}}
    return lues, totaux


def lignes_sans_titres(*, feuille: Feuille) -> list[LigneLue]:
    """Les rangées d'une feuille dont on ne reconnaît pas les titres : aucune ne se perd."""
    raison = (
        "Les titres de cette feuille ne disent ni montant, ni numéro de pièce : associez ses "
        "colonnes, ou ôtez-la si elle ne porte pas de pièces."
    )
    return [
        # Sans titre, on ne sait pas ce qui nommerait un tiers : on ne garde que le rang.
        LigneLue(feuille.nom, rang, {}, fautes=(Faute("feuille", raison),))
        for rang, _ in feuille.rangees
    ]


def interpreter(*, brut: Mapping[str, Any], ou: tuple[str, int], nom: str = "") -> LigneLue:
    """Ce que dit une rangée, de ses cellules par champ. `ou` : la feuille et le numéro."""
    fautes: list[Faute] = []

    def lire(champ: str, lecture: Any) -> Any:
        try:
            return lecture(brut.get(champ))
        except Illisible as illisible:
            fautes.append(Faute(champ, str(illisible), est_illisible=True))
            return None

    etape = lire("etape", lire_etape) or _etape_deduite(brut, (ou[0], nom))
    montant, datee_le = lire("montant", lire_montant), lire("date", lire_date)
    exercice = lire("exercice", lire_annee)
    annee = lire("annee", lire_annee)
    textes = {c: lire_texte(v)[: PLUS_LONG.get(c, 160)] for c, v in brut.items() if not est_vide(v)}
    numero = _numero(textes, etape)
    ecrits = {
        "etape": str(etape) if etape else None,
        "montant": str(montant) if montant is not None else None,
        "date": datee_le.isoformat() if datee_le else None,
    }
    contenu = {**textes, **{c: v for c, v in ecrits.items() if v is not None}}
    if etape is Etape.ENGAGEE:
        contenu.pop("engagement", None)
    contenu = {c: v for c, v in contenu.items() if c not in ("mandat", "titre")}
    lue = LigneLue(
        feuille=ou[0],
        rang=ou[1],
        contenu={**contenu, **({"numero": numero} if numero else {})},
        etape=etape,
        montant=montant,
        datee_le=datee_le,
        exercice=exercice,
        annee=annee,
        numero=numero,
    )
    return replace(lue, fautes=(*fautes, *_manques(lue, {f.champ for f in fautes})))


def _sous_la_tete(feuille: Feuille, tete: Tete) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for rang, cellules in feuille.rangees[tete.rang + 1 :]:
        if not est_la_tete(cellules=cellules, tete=tete):
            yield rang, cellules


def _brut(
    rang: int, par_rang: Mapping[int, tuple[Any, ...]], feuille: Feuille, tete: Tete
) -> dict[str, Any]:
    """Les cellules par champ ; une cellule fusionnée vers le bas vaut pour chaque rangée."""

    def cellule(numero: int, colonne: int) -> Any:
        cellules = par_rang.get(numero, ())
        return cellules[colonne] if colonne < len(cellules) else None

    brut = {}
    for champ, colonne in tete.colonnes.items():
        valeur = cellule(rang, colonne)
        haut = feuille.suite.get((rang, colonne))
        if est_vide(valeur) and haut and haut[1] == colonne and champ != "montant":
            valeur = cellule(haut[0], colonne)
        if not est_vide(valeur):
            brut[champ] = valeur
    return brut


def _completer(ligne: LigneLue, au_dessus: Mapping[str, str]) -> LigneLue:
    """Note ce qu'une cellule vide reprendrait de la rangée d'au-dessus, sans le prendre."""
    reprises = {
        c: au_dessus[c]
        for c in REPRIS
        if c in au_dessus and not ligne.dit(c) and not (c == "ligne" and ligne.dit("action"))
    }
    est_illisible = any(f.champ == "etape" and f.est_illisible for f in ligne.fautes)
    if ligne.etape is None and "etape" in reprises and not est_illisible:
        # Sans étape, rien d'autre ne se vérifie : on la suppose, et une personne confirmera.
        etape = Etape(reprises["etape"])
        restes = tuple(f for f in ligne.fautes if f.champ not in ("etape", "numero"))
        numero = ligne.numero or _numero(ligne.contenu, etape)
        if not numero:
            restes += (Faute("numero", "Le numéro de la pièce manque."),)
        return replace(ligne, etape=etape, numero=numero, fautes=restes, reprises=reprises)
    return replace(ligne, reprises={c: v for c, v in reprises.items() if c != "etape"})


def _etape_deduite(brut: Mapping[str, Any], ou: tuple[str, str]) -> Etape | None:
    """Ce que dit, à défaut, le numéro rempli, puis le nom de la feuille ou du fichier."""
    if not est_vide(brut.get("etape")):
        return None
    remplis = [e for c, e in (("mandat", Etape.EXECUTEE), ("titre", Etape.RECUE))
               if not est_vide(brut.get(c))]  # fmt: skip
    if len(remplis) == 1:
        return remplis[0]
    for ecrit in ou:
        mots = normaliser(ecrit.rsplit(".", 1)[0]).split()
        dites = {ETAPES[m] for mot in mots for m in (mot, mot.removesuffix("s")) if m in ETAPES}
        if len(dites) == 1:
            return dites.pop()
    if est_vide(brut.get("numero")) and not est_vide(brut.get("engagement")) and not remplis:
        return Etape.ENGAGEE
    return None


def _numero(textes: Mapping[str, str], etape: Etape | None) -> str:
    propre = {Etape.ENGAGEE: "engagement", Etape.EXECUTEE: "mandat", Etape.RECUE: "titre"}
    noms = ("numero",) if etape is None else (propre[etape], "numero")
    if etape is Etape.ENGAGEE:
        noms = ("numero", "engagement")
    return next((textes[n] for n in noms if textes.get(n)), "")[:40]


def _manques(ligne: LigneLue, deja: set[str]) -> list[Faute]:
    """Ce sans quoi une pièce n'existe pas."""
    manques = []
    if ligne.montant is None and "montant" not in deja:
        manques.append(Faute("montant", "Le montant manque."))
    if ligne.montant is not None and ligne.montant == 0:
        manques.append(Faute("montant", "Le montant est nul : une pièce porte des euros."))
    if ligne.datee_le is None and "date" not in deja:
        manques.append(Faute("date", "La date de la pièce manque."))
    if ligne.etape is None and "etape" not in deja:
        raison = "Rien ne dit si c'est un engagement, un mandat ou un titre."
        manques.append(Faute("etape", raison))
    if not ligne.numero:
        manques.append(Faute("numero", "Le numéro de la pièce manque."))
    return manques


def _est_total(brut: Mapping[str, Any], cellules: tuple[Any, ...]) -> bool:
    """Une rangée de total commence par ce mot, et ne porte pas de numéro de pièce."""
    premier = next((normaliser(lire_texte(c)) for c in cellules if not est_vide(c)), "")
    mots = premier.split()
    if not mots or not (mots[0] in ("total", "totaux", "cumul") or mots[:2] == ["sous", "total"]):
        return False
    numeros = [lire_texte(brut[c]) for c in ("numero", "mandat", "titre") if c in brut]
    return all(normaliser(n) == premier for n in numeros) and "date" not in brut


def _total(
    feuille: Feuille,
    rang: int,
    cellules: tuple[Any, ...],
    brut: Mapping[str, Any],
    sommes: tuple[Decimal, Decimal],
) -> TotalLu | None:
    try:
        annonce = lire_montant(brut.get("montant"))
    except Illisible:
        annonce = None
    if annonce is None:
        return None
    # Un sous-total vaut depuis le précédent, un total depuis le haut : l'un des deux suffit.
    calcule = min(sommes, key=lambda s: abs(annonce - s))
    libelle = next(lire_texte(c) for c in cellules if not est_vide(c))
    return TotalLu(feuille.nom, rang, libelle[:80], annonce, calcule)


_SUITE = ("exercice", "engagement", "autorisation", "chapitre", "nature", "fonction", "annee",
          "convention", "ligne", "action", "financeur", "reduit", "objet")  # fmt: skip
_PIECES = {Etape.ENGAGEE: "Engagement", Etape.EXECUTEE: "Mandat", Etape.RECUE: "Titre"}


def en_mots(contenu: Mapping[str, str]) -> str:
    """Le contenu d'une ligne en une phrase : « Mandat 12 du 31/10/2020, exercice 2020 »."""
    etape, ecrite = contenu.get("etape", ""), contenu.get("date", "")
    debut = _PIECES[Etape(etape)] if etape in list(Etape) else etape or "Pièce"
    if contenu.get("numero"):
        debut += f" {contenu['numero']}"
    if ecrite:
        try:
            ecrite = date_courte(date.fromisoformat(ecrite))
        except ValueError:
            ecrite = f"« {ecrite} »"
        debut += f" du {ecrite}"
    suite = [f"{CHAMPS[c][0].lower()} : {contenu[c]}" for c in _SUITE if contenu.get(c)]
    return ", ".join((debut, *suite))
