"""Ce que l'on demande à la couverture : quel jour, à quelle heure, comment, quels points."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from draille.mesures.accueil_social.forms_champs import A_CHOISIR, champ_jour
from draille.mesures.accueil_social.lectures_couverture_terrain import Moment, jour_ouvre

_MODES = (("voiture", "En voiture"), ("pied", "À pied"))
_POINTS = (("premier", "Premier accueil"), ("tous", "Tout l'annuaire"))
_FORMES = (("fixe", "Lieu fixe"), ("permanence", "Permanence, un jour par semaine"))
_NOMBRES = tuple((str(n), str(n)) for n in range(1, 6))


def _choix(libelle: str, choix: tuple[tuple[str, str], ...]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=libelle,
        required=False,
        choices=choix,
        error_messages={"invalid_choice": A_CHOISIR},
    )


class Quand(forms.Form):
    """Le moment compté ; sans jour demandé, le premier jour ouvré à partir de `le`."""

    le = champ_jour("Jour")
    heure = forms.TimeField(
        label="À quelle heure",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Cette heure ne se lit pas. Écrivez-la comme 14:30."},
    )
    mode = _choix("Trajet", _MODES)
    points = _choix("Lieux comptés", _POINTS)

    def __init__(self, donnees: Mapping[str, Any] | None = None, *, le: date) -> None:
        """`le` : le jour du produit."""
        self.par_defaut = jour_ouvre(le=le)
        lues = dict(donnees.items()) if donnees else {}
        # Un champ vide à l'écran montre ce qui vaut : le jour compté n'est jamais à deviner.
        lues["le"] = lues.get("le") or self.par_defaut.isoformat()
        super().__init__(lues)
        self.full_clean()

    @property
    def moment(self) -> Moment:
        """Ce que la lecture attend ; une saisie illisible laisse sa valeur par défaut."""
        lues = self.cleaned_data
        return Moment(
            le=lues.get("le") or self.par_defaut,
            heure=lues.get("heure"),
            mode="pied" if lues.get("mode") == "pied" else "voiture",
            tous=lues.get("points") == "tous",
        )


class Projet(Quand):
    """Combien de lieux ouvrir, et comment ils se tiendraient."""

    nombre = _choix("Combien de lieux", _NOMBRES)
    forme = _choix("Comment", _FORMES)
    prudent = forms.BooleanField(label="Compter chaque trajet au plus long", required=False)
    field_order = ("nombre", "forme", "le", "heure", "mode", "points", "prudent")

    @property
    def combien(self) -> int:
        """De 1 à 5 ; 1 si rien n'est dit."""
        return int(self.cleaned_data.get("nombre") or 1)

    @property
    def est_prudent(self) -> bool:
        """Chaque trajet au plus long de sa bande."""
        return bool(self.cleaned_data.get("prudent"))

    @property
    def est_permanence(self) -> bool:
        """Un jour par semaine, et non tous les jours."""
        return self.cleaned_data.get("forme") == "permanence"


def requete(moment: Moment, **plus: object) -> str:
    """Le moment dans une adresse, pour que chaque page garde celui de la précédente."""
    dits: dict[str, object] = {"le": moment.le.isoformat()}
    if moment.heure is not None:
        dits["heure"] = f"{moment.heure:%H:%M}"
    if moment.mode != "voiture":
        dits["mode"] = moment.mode
    if moment.tous:
        dits["points"] = "tous"
    return urlencode({**dits, **plus})
