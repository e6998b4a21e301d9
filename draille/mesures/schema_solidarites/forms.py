"""Les saisies du schéma : la date de lecture, sa durée, une révision."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from draille.ecrans.arbre import choix, de_choix
from draille.mesures.schema_solidarites.actes import SaisieRevision
from draille.mesures.schema_solidarites.regles import Modification, Operation, Version

FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
AJOUTS, CHANGEMENTS = 2, 3
_DATE_ILLISIBLE = "Cette date n'est pas lisible. Écrivez-la jour, mois, année : 31/10/2020."


def _jour(label: str, aide: str = "", **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=aide,
        input_formats=FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choisissez une date.", "invalid": _DATE_ILLISIBLE},
        **options,
    )


class DateLue(forms.Form):
    """La date de lecture ; absente ou illisible, celle du produit."""

    le = _jour("Lire le schéma au")

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


class Durer(forms.Form):
    """Les dates du schéma, telles que sa délibération les fixe."""

    debut = _jour("Premier jour du schéma")
    dernier = _jour("Dernier jour du schéma", "Cinq ans au plus après le premier (CASF L312-4).")
    deliberation = forms.CharField(
        label="Délibération",
        max_length=200,
        help_text="Sa référence et sa date, par exemple « 2021-12 du 8 février 2021 ».",
        error_messages={"required": "Dites quelle délibération fixe ces dates."},
    )

    @property
    def fin(self) -> date:
        """Le premier jour après le schéma ; le formulaire est valide."""
        dernier: date = self.cleaned_data["dernier"]
        return dernier + timedelta(days=1)


class Reviser(forms.Form):
    """Une révision : la délibération, puis des actions à ajouter, à renommer ou à retirer."""

    adoptee_le = _jour("Adoptée le")
    deliberation = forms.CharField(
        label="Délibération",
        max_length=200,
        help_text="Sa référence, par exemple « 2021-12 du 8 février 2021 ».",
        error_messages={"required": "Dites quelle délibération adopte cette révision."},
    )
    motif = forms.CharField(
        label="Pourquoi",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Une phrase que liront l'assemblée et les services.",
        error_messages={"required": "Dites en une phrase pourquoi le schéma change."},
    )

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        """`version` : celle que l'on révise ; ses axes et ses actions font les choix."""
        super().__init__(*args, **kwargs)
        axes = [("", "Choisir un axe"), *((x.code, x.libelle) for x in version.axes)]
        actions = [("", "Aucune"), *((a.code, a.libelle) for a in version.actions)]
        for n in range(1, AJOUTS + 1):
            self.fields[f"ajout_axe_{n}"] = _choix(f"Action à ajouter {n} : son axe", axes)
            self.fields[f"ajout_nom_{n}"] = _texte(f"Action à ajouter {n} : son nom")
            self.fields[f"ajout_appui_{n}"] = _choix(
                f"Action à ajouter {n} : sur quoi elle repose", [("", "Rien encore"), *choix()]
            )
        for n in range(1, CHANGEMENTS + 1):
            self.fields[f"action_{n}"] = _choix(f"Action à changer {n}", actions)
            self.fields[f"nom_{n}"] = _texte(f"Action à changer {n} : son nouveau nom")

    def clean(self) -> dict[str, Any]:
        """Un ajout dit son axe et son nom."""
        lu = super().clean() or {}
        for n in range(1, AJOUTS + 1):
            axe, nom = lu.get(f"ajout_axe_{n}"), lu.get(f"ajout_nom_{n}")
            if axe and not nom:
                self.add_error(f"ajout_nom_{n}", "Donnez un nom à l'action.")
            if nom and not axe:
                self.add_error(f"ajout_axe_{n}", "Choisissez l'axe de cette action.")
        for n in range(1, CHANGEMENTS + 1):
            if lu.get(f"nom_{n}") and not lu.get(f"action_{n}"):
                self.add_error(f"action_{n}", "Choisissez l'action qui prend ce nom.")
        return lu

    @property
    def decision(self) -> list[BoundField]:
        """Les champs de la délibération."""
        return [self[nom] for nom in ("adoptee_le", "deliberation", "motif")]

    @property
    def ajouts(self) -> list[list[BoundField]]:
        """Les champs de chaque action à ajouter."""
        noms = ("ajout_axe", "ajout_nom", "ajout_appui")
        return [[self[f"{nom}_{n}"] for nom in noms] for n in range(1, AJOUTS + 1)]

    @property
    def changements(self) -> list[list[BoundField]]:
        """Les champs de chaque action à renommer ou à retirer."""
        return [
            [self[f"{nom}_{n}"] for nom in ("action", "nom")] for n in range(1, CHANGEMENTS + 1)
        ]

    @property
    def saisie(self) -> SaisieRevision:
        """La révision lue ; le formulaire est valide."""
        lu = self.cleaned_data
        ajouts = [
            Modification(
                operation=Operation.AJOUTER,
                cible=lu[f"ajout_axe_{n}"],
                libelle=lu[f"ajout_nom_{n}"],
                appuis=de_choix(lu[f"ajout_appui_{n}"]),
            )
            for n in range(1, AJOUTS + 1)
            if lu[f"ajout_axe_{n}"]
        ]
        changements = [
            Modification(
                operation=Operation.RENOMMER if lu[f"nom_{n}"] else Operation.RETIRER,
                cible=lu[f"action_{n}"],
                libelle=lu[f"nom_{n}"],
            )
            for n in range(1, CHANGEMENTS + 1)
            if lu[f"action_{n}"]
        ]
        return SaisieRevision(
            adoptee_le=lu["adoptee_le"],
            deliberation=lu["deliberation"],
            motif=lu["motif"],
            modifications=(*ajouts, *changements),
        )


def _choix(label: str, proposes: list[tuple[str, str]]) -> forms.ChoiceField:
    erreurs = {"invalid_choice": "Choisissez dans la liste."}
    return forms.ChoiceField(label=label, choices=proposes, required=False, error_messages=erreurs)


def _texte(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, required=False)
