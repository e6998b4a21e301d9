"""Charger `pdi.yaml` : le programme d'un Département, ses phrases et ses sources."""

from datetime import date
from pathlib import Path

from draille.ecrans.arbre import Appui, GenreAppui
from draille.mesures.pdi.regles.modele import Action, Axe, Preuve, Programme
from draille.socle.noeud import Noeud, lire_fichier, lire_racine


def charger(*, texte: str, fichier: str) -> Programme:
    """Lit un `pdi.yaml`. Lève `ErreurFichier`, qui nomme le fichier, la ligne et la clé."""
    return _programme(lire_racine(texte=texte, fichier=fichier))


def charger_fichier(*, chemin: Path) -> Programme:
    """Lit un `pdi.yaml` sur le disque. Lève `ErreurFichier`."""
    return _programme(lire_fichier(chemin=chemin))


def _programme(racine: Noeud) -> Programme:
    cles = racine.groupe(requis=("departement", "sources", "programme"))
    programme = cles["programme"].groupe(
        requis=("code", "titre", "debut", "fin", "preuve", "mention", "axes")
    )
    debut, fin = programme["debut"].jour(), programme["fin"].jour()
    if fin <= debut:
        raise programme["fin"].faute("le programme finirait avant d'avoir commencé.")
    lecteur = _Lecteur(cles["sources"], debut)
    return Programme(
        departement=cles["departement"].texte(),
        code=programme["code"].texte(),
        titre=programme["titre"].texte(),
        debut=debut,
        fin=fin,
        preuve=lecteur.preuve(programme["preuve"]),
        mention=programme["mention"].texte(),
        axes=tuple(lecteur.axe(n) for n in programme["axes"].elements()),
    )


class _Lecteur:
    """Lit les nœuds qui citent une source ; les actions du fichier valent dès le premier jour."""

    def __init__(self, sources: Noeud, debut: date) -> None:
        self.debut = debut
        self.actions: set[str] = set()
        self.sources: dict[str, tuple[str, str]] = {}
        for code, noeud in sources.entrees():
            lue = noeud.groupe(requis=("titre", "datee"))
            self.sources[code] = (lue["titre"].texte(), lue["datee"].texte())

    def preuve(self, noeud: Noeud) -> Preuve:
        cles = noeud.groupe(requis=("phrase", "source"))
        code = cles["source"].texte()
        if code not in self.sources:
            raise cles["source"].faute(f"la source « {code} » n'est pas décrite en tête.")
        return Preuve(cles["phrase"].texte(), *self.sources[code])

    def axe(self, noeud: Noeud) -> Axe:
        cles = noeud.groupe(requis=("code", "libelle", "preuve"), admis=("actions",))
        actions = cles["actions"].elements() if "actions" in cles else ()
        return Axe(
            code=cles["code"].texte(),
            libelle=cles["libelle"].texte(),
            preuve=self.preuve(cles["preuve"]),
            actions=tuple(self.action(n) for n in actions),
        )

    def action(self, noeud: Noeud) -> Action:
        cles = noeud.groupe(requis=("code", "libelle", "preuve"), admis=("appuis",))
        code = cles["code"].texte()
        if code in self.actions:
            raise cles["code"].faute(f"l'action « {code} » est écrite deux fois.")
        self.actions.add(code)
        appuis = cles["appuis"].elements() if "appuis" in cles else ()
        return Action(
            code=code,
            libelle=cles["libelle"].texte(),
            debut=self.debut,
            preuve=cles["preuve"].publie(self.preuve),
            appuis=tuple(_appui(n) for n in appuis),
        )


def _appui(noeud: Noeud) -> Appui:
    cles = noeud.groupe(requis=("genre", "code"), admis=("libelle",))
    return Appui(
        genre=cles["genre"].choix(GenreAppui),
        code=cles["code"].texte(),
        libelle=cles["libelle"].texte() if "libelle" in cles else "",
    )
