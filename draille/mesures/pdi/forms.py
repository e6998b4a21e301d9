"""Les saisies du PDI : la date de lecture, une délibération de l'assemblée."""

from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from draille.ecrans.arbre import choix, de_choix
from draille.mesures.pdi.actes import SaisieDeliberation
from draille.mesures.pdi.lectures import ProgrammeLu
from draille.mesures.pdi.regles import Ajout, GenreDeliberation

FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
AJOUTS, RETRAITS = 2, 2
_DATE_ILLISIBLE = "Cette date n'est pas lisible. Écrivez-la jour, mois, année : 31/10/2020."
_CHOISIR = "Choisissez dans la liste."


def _jour(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choisissez une date.", "invalid": _DATE_ILLISIBLE},
    )


class DateLue(forms.Form):
    """La date de lecture ; absente ou illisible, celle du produit."""

    le = _jour("Lire le programme au")

    def __init__(self, *args: Any, par_defaut: date, **kwargs: Any) -> None:
        """`par_defaut` : la date à prendre quand la saisie est vide ou illisible."""
        super().__init__(*args, **kwargs)
        self._par_defaut = par_defaut
        self.initial["le"] = par_defaut

    @property
    def jour(self) -> date:
        """La date demandée, sinon celle par défaut."""
        lu = self.cleaned_data.get("le") if self.is_valid() else None
        return lu or self._par_defaut


class Deliberer(forms.Form):
    """Ce que l'assemblée a décidé, et les actions qu'une adaptation ajoute ou retire."""

    genre = forms.ChoiceField(
        label="Ce que l'assemblée a décidé",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Dites ce que l'assemblée a décidé.",
            "invalid_choice": "Choisissez une des décisions proposées.",
        },
    )
    deliberee_le = _jour("Délibérée le")
    reference = forms.CharField(
        label="Référence",
        max_length=200,
        help_text="Par exemple « 2021-12 du 8 février 2021 ».",
        error_messages={"required": "Donnez la référence de la délibération."},
    )
    note = forms.CharField(
        label="Un mot",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ce que les services doivent en retenir.",
    )

    def __init__(self, *args: Any, lu: ProgrammeLu, **kwargs: Any) -> None:
        """`lu` : le programme, dont les axes et les actions en vigueur font les choix."""
        super().__init__(*args, **kwargs)
        genres = [
            g
            for g in GenreDeliberation
            if g is not GenreDeliberation.ADOPTION or lu.adopte_le is None
        ]
        champ = self.fields["genre"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(g.value, g.libelle) for g in genres]
        axes = [("", "Choisir un axe"), *((x.code, x.libelle) for x in lu.programme.axes)]
        # Une action du programme se retire même avant son premier jour.
        en_vigueur = [a for x in lu.programme.axes for a in x.actions if a.fin is None]
        actions = [("", "Aucune"), *((a.code, a.libelle) for a in en_vigueur)]
        for n in range(1, AJOUTS + 1):
            self.fields[f"ajout_axe_{n}"] = _choix(f"Action à ajouter {n} : son axe", axes)
            self.fields[f"ajout_nom_{n}"] = forms.CharField(
                label=f"Action à ajouter {n} : son nom", max_length=200, required=False
            )
            self.fields[f"ajout_appui_{n}"] = _choix(
                f"Action à ajouter {n} : sur quoi elle repose", [("", "Rien encore"), *choix()]
            )
        for n in range(1, RETRAITS + 1):
            self.fields[f"retrait_{n}"] = _choix(f"Action à retirer {n}", actions)

    def clean(self) -> dict[str, Any]:
        """Un ajout dit son axe et son nom ; seule une adaptation change des actions."""
        lu = super().clean() or {}
        for n in range(1, AJOUTS + 1):
            axe, nom = lu.get(f"ajout_axe_{n}"), lu.get(f"ajout_nom_{n}")
            if axe and not nom:
                self.add_error(f"ajout_nom_{n}", "Donnez un nom à l'action.")
            if nom and not axe:
                self.add_error(f"ajout_axe_{n}", "Choisissez l'axe de cette action.")
        genre = lu.get("genre")
        if genre and genre != GenreDeliberation.ADAPTATION and self._change(lu):
            self.add_error(
                "genre", "Des actions changent : dites que le programme est adapté, ou videz-les."
            )
        return lu

    @staticmethod
    def _change(lu: dict[str, Any]) -> bool:
        return any(v for nom, v in lu.items() if nom.startswith(("ajout_", "retrait_")))

    @property
    def saisie(self) -> SaisieDeliberation:
        """La délibération lue ; le formulaire est valide."""
        lu = self.cleaned_data
        return SaisieDeliberation(
            deliberee_le=lu["deliberee_le"], reference=lu["reference"], note=lu["note"]
        )

    @property
    def decision(self) -> list[BoundField]:
        """Les champs de la délibération."""
        return [self[nom] for nom in ("genre", "deliberee_le", "reference", "note")]

    @property
    def champs_ajouts(self) -> list[list[BoundField]]:
        """Les champs de chaque action à ajouter."""
        noms = ("ajout_axe", "ajout_nom", "ajout_appui")
        return [[self[f"{nom}_{n}"] for nom in noms] for n in range(1, AJOUTS + 1)]

    @property
    def champs_retraits(self) -> list[BoundField]:
        """Les champs des actions à retirer."""
        return [self[f"retrait_{n}"] for n in range(1, RETRAITS + 1)]

    @property
    def ajouts(self) -> tuple[Ajout, ...]:
        """Les actions ajoutées."""
        lu = self.cleaned_data
        return tuple(
            Ajout(
                axe=lu[f"ajout_axe_{n}"],
                libelle=lu[f"ajout_nom_{n}"],
                appuis=de_choix(lu[f"ajout_appui_{n}"]),
            )
            for n in range(1, AJOUTS + 1)
            if lu[f"ajout_axe_{n}"]
        )

    @property
    def retraits(self) -> tuple[str, ...]:
        """Les actions retirées, chacune une fois."""
        lu = self.cleaned_data
        codes = [lu[f"retrait_{n}"] for n in range(1, RETRAITS + 1) if lu[f"retrait_{n}"]]
        return tuple(dict.fromkeys(codes))


def _choix(label: str, proposes: list[tuple[str, str]]) -> forms.ChoiceField:
    erreurs = {"invalid_choice": _CHOISIR}
    return forms.ChoiceField(label=label, choices=proposes, required=False, error_messages=erreurs)
