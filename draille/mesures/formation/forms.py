"""Les formulaires de la formation : des mots simples, une erreur par champ, rien de perdu."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from draille.mesures.formation import lectures
from draille.mesures.formation.actes import FicheProfessionnel
from draille.mesures.formation.regles import (
    HEURES_MAX,
    PLACES_MAX,
    DemiJournee,
    Moment,
    TermesSession,
)
from draille.mesures.formation.regles_catalogue import Theme
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune

Donnees = Mapping[str, Any] | None
JOURS = 5
JOURNEE = "journee"
_A_CHOISIR = {
    "required": "Choisissez une réponse.",
    "invalid_choice": "Choisissez une réponse de la liste.",
}
_DATE = {
    "required": "Indiquez une date.",
    "invalid": "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/10/2020.",
}
_NOMBRE = {
    "required": "Écrivez un nombre.",
    "invalid": "Ce nombre ne se lit pas. Écrivez-le en chiffres, comme 12 ou 3,5.",
    "min_value": "Ce nombre est trop petit.",
    "max_value": "Ce nombre est trop grand. Vérifiez la saisie.",
    "max_decimal_places": "Deux chiffres après la virgule au plus.",
}
_TEXTE = {"required": "Écrivez quelques mots.", "max_length": "Ce texte est trop long."}


class _Nombre(forms.DecimalField):
    """Un nombre à la française : la virgule vaut le point, les espaces et « € » ne comptent pas."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Le nombre, ou rien."""
        lu = str(value or "").replace(",", ".").replace("€", "")
        return super().to_python("".join(lu.split()))


def _texte(libelle: str, *, longueur: int, aide: str = "") -> forms.CharField:
    return forms.CharField(
        label=libelle, max_length=longueur, help_text=aide, error_messages=_TEXTE
    )


def _montant(libelle: str, *, aide: str = "", initial: str | None = None) -> _Nombre:
    return _Nombre(
        label=libelle,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text=aide,
        initial=initial,
        error_messages=_NOMBRE,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class Programmer(forms.Form):
    """Une session : de quoi, avec qui, où, combien de places, à quel coût, quels jours."""

    titre = _texte("Titre", longueur=160, aide="Ce que les professionnels liront dans la liste.")
    theme = forms.ChoiceField(label="Thème", error_messages=_A_CHOISIR)
    organisme = _texte("Organisme de formation", longueur=160)
    lieu = _texte("Lieu", longueur=200, aide="Salle et adresse, ou « à distance ».")
    commune = forms.ModelChoiceField(
        label="Commune",
        queryset=Commune.objects.none(),
        required=False,
        empty_label="À distance, ou hors du Département",
        help_text="Le territoire des chiffres est celui de cette commune.",
        error_messages=_A_CHOISIR,
    )
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=PLACES_MAX, error_messages=_NOMBRE
    )
    montant_prevu = _montant("Coût prévu (euros)", aide="Pour toute la session.")
    heures = _Nombre(
        label="Heures par demi-journée",
        min_value=Decimal("0.25"),
        max_value=HEURES_MAX,
        max_digits=4,
        decimal_places=2,
        error_messages=_NOMBRE,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, data: Donnees, *, themes: Sequence[Theme], heures: Decimal) -> None:
        """`themes` : ceux du catalogue ; `heures` : la durée proposée d'une demi-journée."""
        super().__init__(data)
        choix: list[tuple[str, str]] = [
            ("", "Choisissez un thème"),
            *((t.code, t.libelle) for t in themes),
        ]
        self.fields["theme"].choices = choix  # type: ignore[attr-defined]
        self.fields["commune"].queryset = Commune.objects.order_by("nom")  # type: ignore[attr-defined]
        self.fields["heures"].initial = str(heures).replace(".", ",")
        for rang in range(1, JOURS + 1):
            self.fields[f"jour_{rang}"] = forms.DateField(
                label="Premier jour" if rang == 1 else f"Jour {rang}",
                required=rang == 1,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages=_DATE,
            )
            self.fields[f"moment_{rang}"] = forms.ChoiceField(
                label="Durée" if rang == 1 else f"Durée du jour {rang}",
                choices=[
                    (JOURNEE, "journée"),
                    *((str(m), m.libelle) for m in Moment),
                ],
                initial=JOURNEE,
                error_messages=_A_CHOISIR,
            )

    @property
    def champs_simples(self) -> list[forms.BoundField]:
        """Les champs hors du calendrier."""
        return [self[nom] for nom in self.base_fields]

    @property
    def jours(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Le calendrier : un jour et sa durée."""
        return [(self[f"jour_{r}"], self[f"moment_{r}"]) for r in range(1, JOURS + 1)]

    @property
    def termes(self) -> TermesSession:
        """La session telle que dite ; à lire d'un formulaire juste."""
        dits = self.cleaned_data
        commune: Commune | None = dits["commune"]
        return TermesSession(
            theme=dits["theme"],
            titre=dits["titre"],
            organisme=dits["organisme"],
            lieu=dits["lieu"],
            commune_id=commune.pk if commune else None,
            places=dits["places"],
            montant_prevu=dits["montant_prevu"],
            demi_journees=tuple(
                DemiJournee(jour, moment, dits["heures"]) for jour, moment in self._calendrier()
            ),
        )

    def _calendrier(self) -> Iterable[tuple[date, Moment]]:
        for rang in range(1, JOURS + 1):
            jour, moment = self.cleaned_data[f"jour_{rang}"], self.cleaned_data[f"moment_{rang}"]
            if jour is not None:
                for m in Moment if moment == JOURNEE else (Moment(moment),):
                    yield jour, m


class InscrireAgent(forms.Form):
    """Un collègue qui a un compte."""

    prefix = "agent"
    agent = forms.ModelChoiceField(
        label="Agent",
        queryset=Agent.objects.none(),
        empty_label="Choisissez un agent",
        error_messages=_A_CHOISIR,
    )

    def __init__(self, data: Donnees = None) -> None:
        """Les agents dont le compte est ouvert."""
        super().__init__(data)
        self.fields["agent"].queryset = lectures.agents_a_inscrire()  # type: ignore[attr-defined]

    @property
    def qui(self) -> int:
        """L'identifiant de l'agent."""
        return int(self.cleaned_data["agent"].pk)


class InscrirePartenaire(forms.Form):
    """Un professionnel d'un partenaire, sans compte."""

    prefix = "partenaire"
    prenom = _texte("Prénom", longueur=80)
    nom = _texte("Nom", longueur=80)
    organisation = forms.ModelChoiceField(
        label="Partenaire",
        queryset=Organisation.objects.none(),
        empty_label="Choisissez un partenaire",
        error_messages=_A_CHOISIR,
    )
    fonction = forms.CharField(label="Métier", max_length=120, required=False)

    def __init__(self, data: Donnees = None) -> None:
        """Les organisations hors du Département."""
        super().__init__(data)
        self.fields["organisation"].queryset = lectures.partenaires()  # type: ignore[attr-defined]

    @property
    def qui(self) -> FicheProfessionnel:
        """Qui, tel que dit."""
        dits = self.cleaned_data
        return FicheProfessionnel(
            nom=dits["nom"],
            prenom=dits["prenom"],
            organisation_id=dits["organisation"].pk,
            fonction=dits["fonction"],
        )


class Clore(forms.Form):
    """Ce que la session a coûté."""

    prefix = "clore"
    montant_reel = _montant("Coût réel (euros)", aide="Ce que dit la facture ; 0 si rien n'est dû.")


class Annuler(forms.Form):
    """Pourquoi la session n'a pas lieu."""

    prefix = "annuler"
    motif = _texte("Pourquoi", longueur=200, aide="Les inscrits le liront.")
    montant_reel = _montant(
        "Ce qui reste dû (euros)", aide="Frais d'annulation de l'organisme.", initial="0"
    )
