"""Les saisies de la vie d'une convention : échéances, valeurs, actions, réductions."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from draille.mesures.convention import regles
from draille.mesures.convention.actes_suivi import (
    NouvelleAction,
    NouvelleEcheance,
    NouvelleReduction,
    NouvelleValeur,
)
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.avenant import code_de
from draille.mesures.convention.regles.suivi import NatureEcheance, Provenance

Donnees = Mapping[str, Any] | None
ANNEE_MIN, ANNEE_MAX = 2000, 2100
_DATE_ILLISIBLE = "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/03/2021."


class Nombre(forms.DecimalField):
    """Un nombre à la française : espaces, virgule décimale, « € » facultatif."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Lit « 1 234,56 € » comme 1234.56."""
        if isinstance(value, str):
            value = re.sub(r"[\s\u202f\u00a0€]", "", value).replace(",", ".")
        lu: Decimal | None = super().to_python(value)
        return lu


def champ_jour(libelle: str, **options: Any) -> forms.DateField:
    """Une date, saisie au calendrier ou au clavier."""
    return forms.DateField(
        label=libelle,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Indiquez une date.", "invalid": _DATE_ILLISIBLE},
        **options,
    )


def champ_nombre(libelle: str, *, decimales: int = 2, **options: Any) -> Nombre:
    """Un nombre positif ou nul ; en euros s'il le dit."""
    return Nombre(
        label=libelle,
        max_digits=14,
        decimal_places=decimales,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "Écrivez un nombre.",
            "invalid": "Ce nombre ne se lit pas. Écrivez-le comme 1 234,56.",
            "max_decimal_places": f"Gardez {decimales} chiffres après la virgule au plus.",
        },
        **options,
    )


def champ_annee(libelle: str = "Année", **options: Any) -> forms.IntegerField:
    """Une année civile."""
    return forms.IntegerField(
        label=libelle,
        min_value=ANNEE_MIN,
        max_value=ANNEE_MAX,
        error_messages={"required": "Indiquez une année.", "invalid": "Écrivez quatre chiffres."},
        **options,
    )


def champ_choix(
    libelle: str, choix: Iterable[tuple[str, str]], **options: Any
) -> forms.ChoiceField:
    """Un choix dans une liste."""
    return forms.ChoiceField(
        label=libelle,
        choices=list(choix),
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
        **options,
    )


def champ_texte(
    libelle: str, longueur: int = 250, *, lignes: int = 1, **options: Any
) -> forms.CharField:
    """Une phrase ; `lignes` au-delà d'une : un paragraphe."""
    widget = forms.Textarea(attrs={"rows": lignes}) if lignes > 1 else forms.TextInput()
    return forms.CharField(
        label=libelle,
        max_length=longueur,
        widget=widget,
        error_messages={"required": "Écrivez une phrase."},
        **options,
    )


def choix_de(enumeration: Iterable[regles.Libellee]) -> list[tuple[str, str]]:
    """Les valeurs et les mots d'une énumération."""
    return [(str(v), v.libelle) for v in enumeration]


class Echeance(forms.Form):
    """Une échéance à fixer."""

    nature = champ_choix("Ce qui est dû", choix_de(NatureEcheance))
    annee = champ_annee("Année concernée")
    libelle = champ_texte(
        "Libellé", help_text="Par exemple : Rapport d'exécution de 2020.", required=True
    )
    avant_le = champ_jour("Dernier jour à temps")
    reference = champ_texte(
        "D'où vient cette date", 400, lignes=2, help_text="Le texte, l'instruction ou la loi."
    )

    @property
    def echeance(self) -> NouvelleEcheance:
        """Ce que l'acte attend."""
        lu = self.cleaned_data
        return NouvelleEcheance(
            nature=NatureEcheance(lu["nature"]),
            annee=lu["annee"],
            libelle=lu["libelle"],
            avant_le=lu["avant_le"],
            reference=lu["reference"],
        )


class Tenue(forms.Form):
    """Une échéance tenue."""

    tenue_le = champ_jour("Tenue le")
    piece = champ_texte(
        "La pièce qui le montre", 160, help_text="Par exemple : délibération CD-2021-14."
    )

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit, au-delà de laquelle rien n'a eu lieu."""
        super().__init__(donnees)
        self.jour = jour
        self.initial["tenue_le"] = jour

    def clean_tenue_le(self) -> date:
        """Refuse une date à venir."""
        le: date = self.cleaned_data["tenue_le"]
        if le > self.jour:
            raise forms.ValidationError("Cette date est à venir.")
        return le


class Report(forms.Form):
    """Une échéance déplacée."""

    avant_le = champ_jour("Nouvelle date")
    motif = champ_texte(
        "Ce qui la déplace",
        400,
        lignes=2,
        help_text="Une instruction, une lettre du préfet. Un avenant se saisit à sa page.",
    )


class Action(forms.Form):
    """Une action d'une ligne."""

    ligne = champ_choix("Ligne de la convention", ())
    libelle = champ_texte("Action")
    porteur = champ_texte("Qui la porte", 160, required=False)
    debut = champ_jour("Début", required=False)
    fin = champ_jour("Dernier jour exclu", required=False)
    montant = champ_nombre("Montant, en euros", required=False, help_text="Vide : non publié.")
    phrase = champ_texte("La phrase qui la décrit", 2000, lignes=3, required=False)
    origine = champ_texte("D'où elle vient", help_text="Une fiche action, une délibération.")

    def __init__(self, donnees: Donnees = None, *, page: PageConvention) -> None:
        """`page` : la convention lue."""
        super().__init__(donnees)
        self._page = page
        champ = self.fields["ligne"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(x.code, x.libelle) for x in page.lecture.lignes]

    def action(self, *, pris: frozenset[str]) -> NouvelleAction:
        """Ce que l'acte attend ; `pris` : les codes d'actions déjà donnés."""
        lu = self.cleaned_data
        champs = ("libelle", "porteur", "debut", "fin", "montant", "phrase", "origine")
        return NouvelleAction(
            ligne_code=lu["ligne"],
            code=code_de(lu["libelle"], pris=pris),
            **{nom: lu[nom] for nom in champs},
        )


class Reduction(forms.Form):
    """La décision de l'État."""

    annee = champ_annee("Crédits de l'année")
    montant = champ_nombre("Montant retiré, en euros", help_text="Sans signe.")
    motif = champ_texte("Motif, tel que l'État le donne", 2000, lignes=3)
    reference = champ_texte("Référence de la décision", 160)
    notifiee_le = champ_jour("Notifiée le")

    @property
    def reduction(self) -> NouvelleReduction:
        """Ce que l'acte attend."""
        return NouvelleReduction(**self.cleaned_data)


class Valeur(forms.Form):
    """Une valeur relevée, ou une base."""

    cible = champ_choix("Cible", ())
    annee = champ_annee()
    provenance = champ_choix("Source", choix_de(p for p in Provenance if p != Provenance.DRAILLE))
    valeur = champ_nombre("Valeur", decimales=4)
    origine = champ_texte("D'où elle vient", help_text="Le relevé, l'extraction, sa date.")
    est_base = forms.BooleanField(
        label="C'est la valeur de base de la cible", required=False, widget=forms.CheckboxInput()
    )

    def __init__(self, donnees: Donnees = None, *, page: PageConvention, voulue: str = "") -> None:
        """`page` : la convention lue ; `voulue` : « ligne/cible » à proposer."""
        super().__init__(donnees)
        champ = self.fields["cible"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [
            (f"{x.code}/{c.code}", f"{c.libelle} ({x.libelle})")
            for x in page.lecture.lignes
            for c in x.cibles
        ]
        self.initial["cible"] = voulue
        self.initial["annee"] = page.lecture.le.year

    @property
    def nouvelle(self) -> NouvelleValeur:
        """Ce que l'acte attend."""
        lu = self.cleaned_data
        ligne, cible = lu["cible"].split("/", 1)
        return NouvelleValeur(
            ligne_code=ligne,
            cible_code=cible,
            annee=lu["annee"],
            provenance=Provenance(lu["provenance"]),
            valeur=lu["valeur"],
            origine=lu["origine"],
            est_base=lu["est_base"],
        )


class Correction(forms.Form):
    """Une valeur corrigée."""

    valeur = champ_nombre("Valeur corrigée", decimales=4)
    origine = champ_texte("D'où elle vient")


class DeuxDates(forms.Form):
    """Les deux dates que l'on compare ; une date absente ou illisible prend sa valeur d'office."""

    le = champ_jour("Lire au")
    avec = champ_jour("et au")

    def __init__(self, donnees: Mapping[str, Any], *, le: date, avec: date) -> None:
        """`le`, `avec` : les dates d'office."""
        dites = {"le": le.isoformat(), "avec": avec.isoformat()}
        super().__init__({**dites, **{n: v for n, v in donnees.items() if n in dites and v}})
        self._office = {"le": le, "avec": avec}

    @property
    def jours(self) -> tuple[date, date]:
        """La plus ancienne, puis la plus récente."""
        self.is_valid()
        lues = [self.cleaned_data.get(n) or self._office[n] for n in ("le", "avec")]
        ancienne, recente = sorted(lues)
        return ancienne, recente


class AnneeLue(forms.Form):
    """L'année que l'on regarde ; absente ou illisible, celle d'office."""

    annee = champ_annee("Année")

    def __init__(self, donnees: Mapping[str, Any], *, annee: int) -> None:
        """`annee` : celle d'office."""
        super().__init__({"annee": donnees.get("annee") or annee})
        self._office = annee

    @property
    def lue(self) -> int:
        """L'année demandée, sinon celle d'office."""
        return int(self.cleaned_data["annee"]) if self.is_valid() else self._office
