"""Charger `schema.yaml` : le schéma d'un Département, ses phrases et ses sources."""

from dataclasses import replace
from pathlib import Path

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.schema_solidarites.regles.modele import (
    Action,
    Axe,
    Critere,
    GenreObjectif,
    Montant,
    Objectif,
    Preuve,
    Rattachement,
    Schema,
    Version,
)
from draille.socle.noeud import Noeud, lire_fichier, lire_racine

_NOMBRES = ("valeur", "valeur_max", "annee_base", "echeance_annee")


def charger(*, texte: str, fichier: str) -> Schema:
    """Lit un `schema.yaml`. Lève `ErreurFichier`, qui nomme le fichier, la ligne et la clé."""
    return _schema(lire_racine(texte=texte, fichier=fichier))


def charger_fichier(*, chemin: Path) -> Schema:
    """Lit un `schema.yaml` sur le disque. Lève `ErreurFichier`."""
    return _schema(lire_fichier(chemin=chemin))


def _schema(racine: Noeud) -> Schema:
    cles = racine.groupe(requis=("departement", "sources", "schema"))
    lecteur = _Lecteur(cles["sources"])
    schema = cles["schema"].groupe(
        requis=("code", "titre", "debut", "fin", "preuve", "mention", "versions")
    )
    versions = tuple(lecteur.version(n, i) for i, n in enumerate(schema["versions"].elements()))
    if not versions:
        raise schema["versions"].faute("un schéma a au moins une version.")
    return Schema(
        departement=cles["departement"].texte(),
        code=schema["code"].texte(),
        titre=schema["titre"].texte(),
        debut=schema["debut"].publie(Noeud.jour),
        fin=schema["fin"].publie(Noeud.jour),
        preuve=lecteur.preuve(schema["preuve"]),
        mention=schema["mention"].texte(),
        versions=versions,
    )


class _Lecteur:
    """Lit les nœuds qui citent une source."""

    def __init__(self, sources: Noeud) -> None:
        self.sources: dict[str, tuple[str, str]] = {}
        for code, noeud in sources.entrees():
            lue = noeud.groupe(requis=("titre", "datee"))
            self.sources[code] = (lue["titre"].texte(), lue["datee"].texte())
        self.actions: set[str] = set()

    def preuve(self, noeud: Noeud) -> Preuve:
        cles = noeud.groupe(requis=("phrase", "source"))
        code = cles["source"].texte()
        if code not in self.sources:
            raise cles["source"].faute(f"la source « {code} » n'est pas décrite en tête.")
        return Preuve(cles["phrase"].texte(), *self.sources[code])

    def version(self, noeud: Noeud, rang: int) -> Version:
        cles = noeud.groupe(
            requis=("titre", "adoptee_le", "deliberation", "axes"), admis=("motif",)
        )
        self.actions = set()
        return Version(
            rang=rang,
            titre=cles["titre"].texte(),
            adoptee_le=cles["adoptee_le"].publie(Noeud.jour),
            deliberation=cles["deliberation"].publie(Noeud.texte) or "",
            motif=cles["motif"].texte() if "motif" in cles else "",
            axes=tuple(self.axe(n) for n in cles["axes"].elements()),
        )

    def axe(self, noeud: Noeud) -> Axe:
        cles = noeud.groupe(requis=("code", "libelle", "preuve"), admis=("actions", "criteres"))
        actions = cles["actions"].elements() if "actions" in cles else ()
        criteres = cles["criteres"].elements() if "criteres" in cles else ()
        return Axe(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            preuve=self.preuve(cles["preuve"]),
            actions=tuple(self.action(n) for n in actions),
            criteres=tuple(_critere(n) for n in criteres),
        )

    def action(self, noeud: Noeud) -> Action:
        cles = noeud.groupe(
            requis=("code", "libelle", "rattachement", "preuve"),
            admis=("objectifs", "montants", "appuis"),
        )
        code = cles["code"].texte()
        if code in self.actions:
            raise cles["code"].faute(f"l'action « {code} » est écrite deux fois.")
        self.actions.add(code)
        listes = {
            nom: cles[nom].elements() if nom in cles else ()
            for nom in ("objectifs", "montants", "appuis")
        }
        return Action(
            code=code,
            libelle=cles["libelle"].texte(),
            rattachement=cles["rattachement"].choix(Rattachement),
            preuve=cles["preuve"].publie(self.preuve),
            objectifs=tuple(self.objectif(n) for n in listes["objectifs"]),
            montants=tuple(self.montant(n) for n in listes["montants"]),
            appuis=tuple(_appui(n) for n in listes["appuis"]),
        )

    def objectif(self, noeud: Noeud) -> Objectif:
        cles = noeud.groupe(
            requis=("code", "libelle", "genre", "preuve"), admis=(*_NOMBRES, "unite")
        )
        return Objectif(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            genre=cles["genre"].choix(GenreObjectif),
            preuve=self.preuve(cles["preuve"]),
            valeur=cles["valeur"].decimal() if "valeur" in cles else None,
            valeur_max=cles["valeur_max"].decimal() if "valeur_max" in cles else None,
            unite=cles["unite"].texte() if "unite" in cles else "",
            annee_base=_annee(cles, "annee_base"),
            echeance_annee=_annee(cles, "echeance_annee"),
        )

    def montant(self, noeud: Noeud) -> Montant:
        cles = noeud.groupe(requis=("financeur", "montant", "preuve"), admis=("convention",))
        return Montant(
            financeur=cles["financeur"].texte(),
            valeur=cles["montant"].montant(),
            preuve=self.preuve(cles["preuve"]),
            convention=cles["convention"].texte() if "convention" in cles else "",
        )


def _annee(cles: dict[str, Noeud], nom: str) -> int | None:
    return cles[nom].publie(Noeud.entier) if nom in cles else None


def _critere(noeud: Noeud) -> Critere:
    cles = noeud.groupe(requis=("code", "libelle", "appui"))
    libelle = cles["libelle"].texte()
    appui = replace(_appui(cles["appui"]), libelle=libelle)
    return Critere(code=cles["code"].texte(), libelle=libelle, appui=appui)


def _appui(noeud: Noeud) -> Appui:
    cles = noeud.groupe(requis=("genre", "code"), admis=("libelle",))
    return Appui(
        genre=cles["genre"].choix(GenreAppui),
        code=cles["code"].texte(),
        libelle=cles["libelle"].texte() if "libelle" in cles else "",
    )
