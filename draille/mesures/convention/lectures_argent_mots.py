"""Dire l'argent en toutes lettres : la parité de chaque étape, le titre d'une liste."""

from dataclasses import dataclass

from draille.mesures.convention.lectures_argent_pieces import ListePieces
from draille.mesures.convention.regles import EtatParite, Parite
from draille.mesures.convention.regles.argent import Argent
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import euros, pourcent

_VERBES = {
    Etape.PREVUE: "apporte",
    Etape.ENGAGEE: "porte",
    Etape.EXECUTEE: "porte",
    Etape.RECUE: "a versé",
}
_RIEN = {
    Etape.PREVUE: "Le partage prévu n'est pas publié.",
    Etape.ENGAGEE: "Rien n'est engagé, ou le partage n'en est pas connu.",
    Etape.EXECUTEE: "Rien n'est exécuté, ou le partage n'en est pas connu.",
    Etape.RECUE: "Rien n'est exécuté : un versement ne se compare encore à rien.",
}


@dataclass(frozen=True)
class PariteMontree:
    """La parité d'une étape, pour le total ou une action, et ce qui la rétablirait."""

    etape: Etape
    objet: str
    parite: Parite
    phrase: str
    est_avance: bool

    @property
    def ton(self) -> str:
        """La couleur de l'étiquette."""
        if self.parite.etat is EtatParite.ROMPUE:
            return "genet" if self.est_avance else "tuile"
        tenues = (EtatParite.EXACTE, EtatParite.DEPARTEMENT_AU_DELA)
        return "pature" if self.parite.etat in tenues else "pierre"

    @property
    def mot(self) -> str:
        """L'état, en quelques mots."""
        if self.est_avance:
            return "Avance de l'État"
        return self.parite.etat.libelle


def parites(*, argent: Argent, etape: Etape) -> list[PariteMontree]:
    """La parité d'une étape ; une seule, ou une par action selon la règle."""
    libelles = {x.code: x.libelle for x in argent.lignes}
    montrees = []
    for code, lue in argent.parites.get(etape, ()):
        # L'État verse souvent d'avance : avant la clôture, ce n'est pas une faute.
        alertes = {(a.etape, a.ligne_code) for a in argent.alertes}
        cle = (etape, "" if code == "total" else code)
        est_avance = etape is Etape.RECUE and lue.etat is EtatParite.ROMPUE and cle not in alertes
        objet = "Ensemble" if code == "total" else libelles.get(code, code)
        montrees.append(
            PariteMontree(etape, objet, lue, _phrase(etape, lue, est_avance), est_avance)
        )
    return montrees


def _phrase(etape: Etape, lue: Parite, est_avance: bool) -> str:
    if lue.etat is EtatParite.SANS_OBJET:
        return "La source ne demande pas de parité."
    if lue.etat is EtatParite.NON_PUBLIEE or lue.part_max_etat is None:
        return _RIEN[etape]
    part = pourcent(lue.part_etat, decimales=1)
    base = "de l'exécuté" if etape is Etape.RECUE else "du total"
    dit = f"L'État {_VERBES[etape]} {euros(lue.montant_etat)}, soit {part} {base}"
    plafond = f"il en doit au plus {pourcent(lue.part_max_etat)}"
    if est_avance:
        return f"{dit} ; {plafond} : il a versé {euros(lue.a_deplacer)} d'avance."
    if lue.etat is EtatParite.ROMPUE:
        return (
            f"{dit} ; {plafond}. Pour la rétablir, {euros(lue.a_deplacer)} passent de l'État au "
            f"Département, ou le Département ajoute {euros(lue.a_ajouter)}."
        )
    return f"{dit} ; {plafond} : la règle est tenue."


def titre(*, liste: ListePieces, annee: int) -> str:
    """« Exécuté en 2020 : Mobilité, État »."""
    precisions = [x for x in (liste.ligne, liste.financeur) if x]
    suite = f" : {', '.join(precisions)}" if precisions else ""
    return f"{liste.filtre.etape.libelle} en {annee}{suite}"
