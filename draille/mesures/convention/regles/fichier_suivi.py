"""Charger `suivi.yaml` (actions, échéances, rattachements) et les textes-cadres de l'État."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from draille.mesures.convention.regles.modele import Libellee
from draille.mesures.convention.regles.suivi import NatureEcheance, Provenance
from draille.socle.noeud import Noeud, lire_fichier

Lecture = Literal["numerateur", "denominateur", "taux", "delai_moyen_mois", "figure"]
LECTURES: tuple[Lecture, ...] = (
    "numerateur",
    "denominateur",
    "taux",
    "delai_moyen_mois",
    "figure",
)


class Confiance(Libellee):
    """Ce que l'on sait d'une règle : un acte signé qui le vise a été lu, une source le
    cite, ou il reste à confirmer."""

    LU = "lu", "Visé par un acte lu"
    CITE = "cite", "Cité par une source"
    A_CONFIRMER = "a_confirmer", "À confirmer par le Département"


@dataclass(frozen=True)
class TexteCadre:
    """Une instruction de l'État qui cadre les conventions, et ce qu'elle change."""

    code: str
    titre: str
    reference: str
    publie_le: date
    change: str
    confiance: Confiance
    source: str


@dataclass(frozen=True)
class ActionDite:
    """Une action du fichier. `montant` nul : non publié."""

    convention: str
    ligne: str
    code: str
    libelle: str
    phrase: str
    origine: str
    porteur: str = ""
    debut: date | None = None
    fin: date | None = None
    montant: Decimal | None = None
    depuis: date | None = None


@dataclass(frozen=True)
class ContexteDit:
    """Une phrase de la page publiée qui ne tient à aucune ligne."""

    titre: str
    phrase: str
    origine: str


@dataclass(frozen=True)
class EcheanceDite:
    """Une échéance du fichier ; `texte` vide : fixée par la loi ou une instruction."""

    convention: str
    nature: NatureEcheance
    annee: int
    libelle: str
    avant_le: date
    reference: str
    texte: str = ""
    fixee_le: date | None = None


@dataclass(frozen=True)
class Rattachement:
    """L'indicateur (ou la figure) qui dit où en est une cible, et ce que l'on en lit."""

    convention: str
    ligne: str
    cible: str
    code: str
    version: int
    lecture: Lecture
    note: str


@dataclass(frozen=True)
class ValeurDite:
    """Une valeur relevée, ou de base, avec son origine."""

    convention: str
    ligne: str
    cible: str
    annee: int
    provenance: Provenance
    est_base: bool
    valeur: Decimal
    origine: str
    relevee_le: date


@dataclass(frozen=True)
class Suivi:
    """Tout ce qu'un fichier `suivi.yaml` dit d'un Département."""

    departement: str
    actions: tuple[ActionDite, ...] = ()
    echeances: tuple[EcheanceDite, ...] = ()
    rattachements: tuple[Rattachement, ...] = ()
    valeurs: tuple[ValeurDite, ...] = ()
    contexte: tuple[ContexteDit, ...] = ()


def charger_suivi(*, chemin: Path) -> Suivi:
    """Lit un `suivi.yaml` (ou `demo_suivi.yaml`). Lève `ErreurFichier`, qui dit où est la faute."""
    cles = lire_fichier(chemin=chemin).groupe(
        requis=("departement",),
        admis=("actions", "contexte", "echeances", "rattachements", "valeurs"),
    )
    return Suivi(
        departement=cles["departement"].texte(),
        actions=tuple(_action(n) for n in _liste(cles, "actions")),
        echeances=tuple(_echeance(n) for n in _liste(cles, "echeances")),
        rattachements=tuple(_rattachement(n) for n in _liste(cles, "rattachements")),
        valeurs=tuple(_valeur(n) for n in _liste(cles, "valeurs")),
        contexte=tuple(_contexte(n) for n in _liste(cles, "contexte")),
    )


def charger_textes_cadres(*, chemin: Path) -> tuple[TexteCadre, ...]:
    """Les textes-cadres, du plus ancien au plus récent. Lève `ErreurFichier`."""
    cles = lire_fichier(chemin=chemin).groupe(requis=("textes_cadres",))
    lus = [_texte_cadre(n) for n in cles["textes_cadres"].elements()]
    return tuple(sorted(lus, key=lambda t: (t.publie_le, t.code)))


def _liste(cles: dict[str, Noeud], nom: str) -> list[Noeud]:
    return list(cles[nom].elements()) if nom in cles else []


def _texte_cadre(noeud: Noeud) -> TexteCadre:
    noms = ("code", "titre", "reference", "publie_le", "change", "confiance", "source")
    cles = noeud.groupe(requis=noms)
    return TexteCadre(
        code=cles["code"].texte(),
        titre=cles["titre"].texte(),
        reference=cles["reference"].texte(),
        publie_le=cles["publie_le"].jour(),
        change=cles["change"].texte(),
        confiance=cles["confiance"].choix(Confiance),
        source=cles["source"].texte(),
    )


def _action(noeud: Noeud) -> ActionDite:
    cles = noeud.groupe(
        requis=("convention", "ligne", "code", "libelle", "phrase", "origine"),
        admis=("porteur", "debut", "fin", "montant", "depuis"),
    )
    return ActionDite(
        **{n: cles[n].texte() for n in ("convention", "ligne", "code", "libelle")},
        phrase=cles["phrase"].texte(),
        origine=cles["origine"].texte(),
        porteur=cles["porteur"].texte() if "porteur" in cles else "",
        debut=cles["debut"].publie(Noeud.jour) if "debut" in cles else None,
        fin=cles["fin"].publie(Noeud.jour) if "fin" in cles else None,
        montant=cles["montant"].publie(Noeud.montant) if "montant" in cles else None,
        depuis=cles["depuis"].jour() if "depuis" in cles else None,
    )


def _contexte(noeud: Noeud) -> ContexteDit:
    cles = noeud.groupe(requis=("titre", "phrase", "origine"))
    return ContexteDit(cles["titre"].texte(), cles["phrase"].texte(), cles["origine"].texte())


def _echeance(noeud: Noeud) -> EcheanceDite:
    cles = noeud.groupe(
        requis=("convention", "nature", "annee", "libelle", "avant_le", "reference"),
        admis=("texte", "fixee_le"),
    )
    return EcheanceDite(
        convention=cles["convention"].texte(),
        nature=cles["nature"].choix(NatureEcheance),
        annee=cles["annee"].entier(),
        libelle=cles["libelle"].texte(),
        avant_le=cles["avant_le"].jour(),
        reference=cles["reference"].texte(),
        texte=cles["texte"].texte() if "texte" in cles else "",
        fixee_le=cles["fixee_le"].jour() if "fixee_le" in cles else None,
    )


def _rattachement(noeud: Noeud) -> Rattachement:
    cles = noeud.groupe(
        requis=("convention", "ligne", "cible", "code", "lecture", "note"), admis=("version",)
    )
    dite = cles["lecture"].texte()
    lecture = next((x for x in LECTURES if x == dite), None)
    if lecture is None:
        raise cles["lecture"].faute(f"« {dite} » n'est pas une lecture : {', '.join(LECTURES)}.")
    return Rattachement(
        **{n: cles[n].texte() for n in ("convention", "ligne", "cible", "code", "note")},
        version=cles["version"].entier() if "version" in cles else 1,
        lecture=lecture,
    )


def _valeur(noeud: Noeud) -> ValeurDite:
    cles = noeud.groupe(
        requis=(
            "convention",
            "ligne",
            "cible",
            "annee",
            "provenance",
            "valeur",
            "origine",
            "relevee_le",
        ),
        admis=("est_base",),
    )
    return ValeurDite(
        convention=cles["convention"].texte(),
        ligne=cles["ligne"].texte(),
        cible=cles["cible"].texte(),
        annee=cles["annee"].entier(),
        provenance=cles["provenance"].choix(Provenance),
        est_base=cles["est_base"].oui_ou_non() if "est_base" in cles else False,
        valeur=cles["valeur"].decimal(),
        origine=cles["origine"].texte(),
        relevee_le=cles["relevee_le"].jour(),
    )
