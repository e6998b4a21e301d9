"""Compléter un accueil, corriger ce qui a été mal noté : ce qui est écrit reste, on ajoute."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from draille.mesures.accueil_social.actes import ReponseSaisie
from draille.mesures.accueil_social.forms import REPONSES, choix_points
from draille.mesures.accueil_social.forms_champs import (
    A_CHOISIR,
    champ_heure,
    champ_jour,
    champ_radios,
    champ_texte,
)
from draille.mesures.accueil_social.forms_orienter import Orienter, choix_partenaires
from draille.mesures.accueil_social.lectures import AccueilLu
from draille.mesures.accueil_social.models import Accueil
from draille.moteurs.annuaire.registre import besoins

_HORS_ANONYME = ("heure", "paroles", "suite", "suite_le")


class Reprendre(forms.Form):
    """Ce qui s'ajoute (besoins, réponses), puis ce qui se corrige."""

    besoins = forms.MultipleChoiceField(
        label="Besoins à ajouter",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": A_CHOISIR},
    )
    reponses = forms.MultipleChoiceField(
        label="Ce qu'on a fait d'autre",
        choices=REPONSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    canal = champ_radios("Comment", Accueil.Canal.choices, "")
    venue = champ_radios("Venue", Accueil.Venue.choices, "")
    point = forms.TypedChoiceField(
        label="Où on l'a reçue", required=False, coerce=int, empty_value=None
    )
    heure = champ_heure()
    paroles = champ_texte("Dans ses mots", 600, rangs=3)
    suite = champ_texte("Ce qui est convenu", 300)
    suite_le = champ_jour("Pour quand")

    def __init__(
        self, donnees: Mapping[str, Any] | None = None, *, lu: AccueilLu, le: date
    ) -> None:
        """`lu` : l'accueil repris ; `le` : le jour, pour les besoins et les partenaires."""
        fait = lu.accueil
        corriges = ("canal", "venue", "heure", "paroles", "suite", "suite_le")
        initial = {n: getattr(fait, n) for n in corriges} | {"point": fait.point_id}
        super().__init__(donnees, initial=initial)
        self._choisir("besoins", [(b.code, b.libelle) for b in besoins(le)], deja=lu.besoins)
        points = choix_points(le)
        if fait.point and str(fait.point_id) not in dict(points):
            points.append((str(fait.point_id), fait.point.nom))
        self._choisir("point", [("", "Non dit"), *points])
        est_anonyme = fait.identite == Accueil.Identite.ANONYME
        ouverts = [] if est_anonyme else choix_partenaires(le)
        self.orientation = Orienter(donnees, partenaires=ouverts, rang=1) if ouverts else None
        for nom in _HORS_ANONYME if est_anonyme else ():
            del self.fields[nom]

    def _choisir(self, nom: str, choix: list[tuple[str, str]], deja: tuple[str, ...] = ()) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(code, dit) for code, dit in choix if code not in deja]

    def is_valid(self) -> bool:
        """Vrai si l'accueil et son orientation se lisent."""
        est_juste = super().is_valid()
        return (self.orientation is None or self.orientation.is_valid()) and est_juste

    @property
    def ajouts(self) -> dict[str, Any]:
        """Ce que l'acte qui complète attend."""
        lu = self.cleaned_data
        vers = self.orientation
        codes = tuple(lu["besoins"])
        return {
            "besoins": codes,
            "reponses": tuple(ReponseSaisie(genre=g) for g in lu["reponses"]),
            "orientations": (vers.saisie(codes),) if vers and not vers.est_vide else (),
        }

    @property
    def corrections(self) -> dict[str, Any]:
        """Ce que l'acte qui rectifie attend : les seuls champs changés."""
        lu = self.cleaned_data
        noms = {"point": "point_id"}
        change = [n for n in self.changed_data if n not in ("besoins", "reponses")]
        return {noms.get(n, n): lu[n] for n in change if lu[n] or n not in ("canal", "venue")}
