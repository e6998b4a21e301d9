"""Les mesures : un dossier par ligne de convention. Ce module ne porte que leur descripteur."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

from draille.ecrans.menu import Entree
from draille.ecrans.menu import declarer as declarer_menu
from draille.ecrans.panneaux import (
    FigureLigne,
    Panneau,
    Tuile,
    declarer_figure,
    declarer_mots,
    declarer_panneau,
    declarer_tuile,
)
from draille.moteurs.delais.adaptateur import inscrire as inscrire_delai
from draille.moteurs.delais.registre import Delai
from draille.moteurs.indicateurs.registre import Indicateur
from draille.moteurs.indicateurs.registre import declarer as declarer_indicateur
from draille.noyau.journal import projections, registre
from draille.noyau.journal.projections import Projection
from draille.noyau.journal.registre import Abonnement, ActeDeclare
from draille.socle.acces import Acces
from draille.socle.parametres import inscrire_fichier


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotidien:
    """Un traitement de chaque nuit, sous l'accès automatique, à la date du jour ; rend le nombre de
    choses faites. Rappelé le même jour, il n'ajoute rien.
    """

    nom: str
    faire: Callable[[Acces, date], int]


_quotidiens: dict[str, Quotidien] = {}


def quotidiens() -> list[Quotidien]:
    """Les traitements de nuit des mesures, par nom."""
    return [_quotidiens[nom] for nom in sorted(_quotidiens)]


@dataclass(frozen=True, kw_only=True)
class Mesure:
    """Ce qu'une mesure apporte : actes, délais, indicateurs, menu, abonnements, encarts, mots.

    `mots` : comment se disent, au dossier, les champs et les valeurs codées de ses charges.
    `figures` : des nombres calculés d'une ligne de convention, hors comptes d'actes.
    `quotidiens` : ce qui se fait pour elle chaque nuit.
    """

    code: str
    libelle: str
    actes: tuple[ActeDeclare, ...] = ()
    delais: tuple[Delai, ...] = ()
    indicateurs: tuple[Indicateur, ...] = ()
    menu: tuple[Entree, ...] = ()
    abonnements: tuple[Abonnement, ...] = ()
    projections: tuple[Projection, ...] = field(default=())
    panneaux: tuple[Panneau, ...] = ()
    tuiles: tuple[Tuile, ...] = ()
    mots: Mapping[str, str] = field(default_factory=dict)
    quotidiens: tuple[Quotidien, ...] = ()
    figures: tuple[FigureLigne, ...] = ()

    def inscrire(self) -> None:
        """Inscrit tout auprès du journal et des moteurs. Lève ValueError sur un doublon."""
        for acte in self.actes:
            registre.declarer(acte)
        for delai in self.delais:
            inscrire_delai(delai)
        for indicateur in self.indicateurs:
            declarer_indicateur(indicateur)
        for entree in self.menu:
            declarer_menu(entree)
        for abonnement in self.abonnements:
            registre.s_abonner(abonnement)
        for projection in self.projections:
            projections.declarer(projection)
        for panneau in self.panneaux:
            declarer_panneau(panneau)
        for tuile in self.tuiles:
            declarer_tuile(tuile)
        for figure in self.figures:
            declarer_figure(figure)
        declarer_mots(self.mots)
        _quotidiens.update({q.nom: q for q in self.quotidiens})


class MesureConfig(AppConfig):
    """L'application Django d'une mesure : au démarrage, ses paramètres puis son descripteur."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit `parametres.yaml` s'il existe, puis `MESURE`. Lève `ErreurParametre`."""
        parametres = Path(self.path) / "parametres.yaml"
        if parametres.exists():
            inscrire_fichier(parametres)
        import_module(f"{self.name}.mesure").MESURE.inscrire()
