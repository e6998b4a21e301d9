"""Ce qu'une ligne lue désigne : sa convention, sa ligne, son action, son financeur, son année."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from draille.mesures.convention.regles.comptes.connu import (
    Anomalie,
    CadreConnu,
    Connu,
    PieceConnue,
    plus_proche,
    trouver,
)
from draille.mesures.convention.regles.comptes.lignes import LigneLue
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import date_courte


@dataclass(frozen=True)
class PieceNeuve:
    """Une pièce prête à compter. `reduit` : la clé de la pièce qu'elle réduit, ou son numéro."""

    cadre_id: int
    ligne_code: str
    action_code: str
    etape: Etape
    exercice: int
    annee: int
    numero: str
    montant: Decimal
    datee_le: date
    financeur: str
    engagement: str
    chapitre: str
    nature: str
    fonction: str
    autorisation: str
    objet: str
    rang: int = 1

    @property
    def cle(self) -> tuple[str | int, ...]:
        """Ce qui nomme une imputation, une fois pour toutes."""
        return (
            str(self.etape),
            self.exercice,
            self.numero,
            self.cadre_id,
            self.ligne_code,
            self.action_code,
            self.nature,
        )

    @property
    def signature(self) -> tuple[object, ...]:
        """Ce qui dit que deux lectures parlent de la même pièce."""
        return (self.montant, self.datee_le, self.annee, self.financeur)


@dataclass
class Resolue:
    """Une ligne et ce qu'elle désigne. `doutes` : ce qui empêche de la compter sans avis."""

    ligne: LigneLue
    piece: PieceNeuve | None = None
    reduit: str = ""
    doutes: list[tuple[Anomalie, str, str]] = field(default_factory=list)
    propositions: dict[str, str] = field(default_factory=dict)

    def douter(self, anomalie: Anomalie, champ: str, raison: str) -> None:
        """Note une raison d'attendre un avis."""
        self.doutes.append((anomalie, champ, raison))


def resoudre(*, ligne: LigneLue, connu: Connu) -> Resolue:
    """Cherche ce que la ligne désigne. La ligne est sans faute : elle a montant, date, numéro."""
    resolue = Resolue(ligne, reduit=ligne.dit("reduit"))
    assert ligne.etape and ligne.montant is not None and ligne.datee_le
    reprises = {
        c: v for c, v in ligne.reprises.items() if c != "exercice" or ligne.exercice is None
    }
    for champ, valeur in reprises.items():
        resolue.propositions[champ] = valeur
        raison = f"La cellule est vide ; celle d'au-dessus dit « {valeur} »."
        resolue.douter(Anomalie.REPRISE, champ, raison)
    ecrits = {**reprises, **ligne.contenu}
    cadre, code, action = _ligne_de_convention(resolue, ecrits, connu)
    exercice = ligne.exercice or int(reprises.get("exercice", 0)) or ligne.datee_le.year
    # L'exercice faux n'est pas l'année servie : une seule faute se dit, une seule fois.
    est_faux = not _va_avec(exercice, ligne.datee_le, connu.dernier_janvier)
    annee = ligne.annee or (ligne.datee_le.year if est_faux else exercice)
    _verifier_annees(resolue, exercice, annee, cadre, connu.dernier_janvier)
    financeur = _financeur(resolue, connu)
    resolue.piece = PieceNeuve(
        cadre_id=cadre.id if cadre else 0,
        ligne_code=code,
        action_code=action,
        etape=ligne.etape,
        exercice=exercice,
        annee=annee,
        numero=ligne.numero,
        montant=ligne.montant,
        datee_le=ligne.datee_le,
        financeur=financeur,
        engagement=ligne.dit("engagement"),
        chapitre=ligne.dit("chapitre")[:10],
        nature=ligne.dit("nature")[:10],
        fonction=ligne.dit("fonction")[:10],
        autorisation=ligne.dit("autorisation"),
        objet=ligne.dit("objet"),
    )
    return resolue


def _ligne_de_convention(
    resolue: Resolue, ecrits: Mapping[str, str], connu: Connu
) -> tuple[CadreConnu | None, str, str]:
    cadres = _cadres(resolue, ecrits.get("convention", ""), connu)
    ecrit, ecrit_action = ecrits.get("ligne", ""), ecrits.get("action", "")
    actions = [(c, a) for c in cadres if (a := trouver(ecrit=ecrit_action, parmi=c.actions))]
    trouvees = [(c, x) for c in cadres if (x := trouver(ecrit=ecrit, parmi=c.lignes))]
    if not ecrit and len(actions) == 1:
        trouvees = [(c, c.ligne_de[a]) for c, a in actions]
    if len(trouvees) == 1:
        cadre, code = trouvees[0]
        action = next((a for c, a in actions if c is cadre and c.ligne_de.get(a) == code), "")
        if ecrit_action and not action:
            raison = f"L'action « {ecrit_action} » n'est pas de cette ligne : elle ne se dira pas."
            resolue.douter(Anomalie.ACTION, "action", raison)
        return cadre, code, action
    if trouvees:
        titres = ", ".join(f"« {c.titre} »" for c, _ in trouvees)
        raison = f"« {ecrit} » est une ligne de plusieurs conventions : {titres}. Dites laquelle."
        resolue.douter(Anomalie.CONVENTION, "convention", raison)
        return None, trouvees[0][1], ""
    _douter_de_la_ligne(resolue, ecrit, cadres)
    return None, "", ""


def _cadres(resolue: Resolue, ecrit: str, connu: Connu) -> list[CadreConnu]:
    if not ecrit:
        return list(connu.cadres)
    code = trouver(ecrit=ecrit, parmi={c.code: c.titre for c in connu.cadres})
    if not code:
        raison = f"Aucune convention ne s'appelle « {ecrit} »."
        resolue.douter(Anomalie.CONVENTION, "convention", raison)
        return list(connu.cadres)
    return [c for c in connu.cadres if c.code == code]


def _douter_de_la_ligne(resolue: Resolue, ecrit: str, cadres: list[CadreConnu]) -> None:
    toutes = {x: dit for c in cadres for x, dit in c.lignes.items()}
    proche = plus_proche(ecrit=ecrit, parmi=toutes) if ecrit else ""
    raison = f"Aucune ligne de la convention ne s'appelle « {ecrit} »."
    if not ecrit:
        raison = "Rien ne dit la ligne de la convention."
    if proche:
        resolue.propositions["ligne"] = proche
        raison += f" La plus proche est « {toutes[proche]} »."
    resolue.douter(Anomalie.LIGNE, "ligne", raison)


def _verifier_annees(
    resolue: Resolue, exercice: int, annee: int, cadre: CadreConnu | None, dernier_janvier: int
) -> None:
    datee_le = resolue.ligne.datee_le
    assert datee_le is not None
    if not _va_avec(exercice, datee_le, dernier_janvier):
        resolue.propositions.setdefault("exercice", str(datee_le.year))
        raison = f"L'exercice {exercice} ne va pas avec la date du {date_courte(datee_le)}."
        resolue.douter(Anomalie.ANNEE, "exercice", raison)
    if cadre is not None and cadre.annees is not None and annee not in cadre.annees:
        raison = (
            f"La convention couvre {cadre.annees[0]} à {cadre.annees[-1]}, et cette ligne dit "
            f"{annee} : dites l'année servie."
        )
        resolue.douter(Anomalie.ANNEE, "annee", raison)


def _va_avec(exercice: int, datee_le: date, dernier_janvier: int) -> bool:
    """Vrai pour une pièce de l'année, ou de la journée complémentaire qui la suit."""
    return date(exercice, 1, 1) <= datee_le <= date(exercice + 1, 1, min(dernier_janvier, 31))


def _financeur(resolue: Resolue, connu: Connu) -> str:
    ecrit = resolue.ligne.dit("financeur")
    noms = {f.code: f.nom for f in connu.financeurs}
    if ecrit:
        code = trouver(ecrit=ecrit, parmi=noms)
        if not code:
            proche = plus_proche(ecrit=ecrit, parmi=noms)
            if proche:
                resolue.propositions["financeur"] = proche
            raison = f"Aucun financeur ne s'appelle « {ecrit} »."
            resolue.douter(Anomalie.FINANCEUR, "financeur", raison)
        return code
    if resolue.ligne.etape is not Etape.RECUE:
        return ""
    # Le Département ne se verse rien : seul un autre financeur paie un titre.
    autres = [f.code for f in connu.financeurs if not f.est_departement]
    if len(autres) == 1:
        return autres[0]
    raison = "Un titre dit qui le verse : choisissez le financeur."
    resolue.douter(Anomalie.FINANCEUR, "financeur", raison)
    return ""


def heriter(*, piece: PieceNeuve, ligne: LigneLue, cible: PieceConnue) -> PieceNeuve:
    """Une réduction sans année ni financeur dits a ceux de la pièce qu'elle réduit."""
    return replace(
        piece,
        annee=ligne.annee or cible.annee,
        financeur=piece.financeur if ligne.dit("financeur") else cible.financeur,
    )
