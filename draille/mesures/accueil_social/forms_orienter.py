"""Orienter vers un partenaire : ce que la personne accepte de transmettre, une chose à la fois."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from draille.mesures.accueil_social.actes import OrientationSaisie
from draille.mesures.accueil_social.forms_champs import A_CHOISIR, champ_texte
from draille.moteurs.annuaire.registre import libelle_besoin
from draille.moteurs.partage.adaptateur import partenaires
from draille.moteurs.partage.calcul import PORTEES
from draille.moteurs.partage.models import Consentement, Partenaire

Donnees = Mapping[str, Any] | None
Choix = list[tuple[str, str]]
ORIENTATIONS = 2


class Orienter(forms.Form):
    """Une orientation suivie, avec ce que la personne accepte de transmettre."""

    partenaire = forms.TypedChoiceField(
        label="Vers quel partenaire",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": A_CHOISIR},
    )
    portee = forms.MultipleChoiceField(
        label="La personne accepte de transmettre",
        choices=list(PORTEES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez une à une les choses qu'elle accepte. Elle peut changer d'avis.",
    )
    forme = forms.ChoiceField(
        label="Comment l'a-t-elle dit",
        choices=[("", "Choisir"), *Consentement.Forme.choices],
        required=False,
    )
    message = champ_texte(
        "Message au partenaire", 500, aide="Il ne part que si elle l'accepte.", rangs=2
    )

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        partenaires: Choix,
        rang: int,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`partenaires` : ceux du jour ; `rang` : 1 ou plus ; `initial` : toute la page, écrite."""
        prefixe = f"o{rang}-"
        siens = {n.removeprefix(prefixe): v for n, v in (initial or {}).items() if prefixe in n}
        super().__init__(donnees, prefix=f"o{rang}", initial=siens)
        champ = self.fields["partenaire"]
        assert isinstance(champ, forms.TypedChoiceField)
        champ.choices = [("", "Aucun"), *partenaires]

    @property
    def est_vide(self) -> bool:
        """Vrai sans partenaire choisi."""
        return not self.cleaned_data.get("partenaire")

    def clean(self) -> dict[str, Any]:
        """Un partenaire suppose un consentement : au moins une chose, et comment c'est dit."""
        lu = super().clean() or {}
        if lu.get("partenaire"):
            if not lu.get("portee"):
                self.add_error(
                    "portee",
                    "Cochez au moins une chose qu'elle accepte de transmettre : sans son accord, "
                    "rien ne part. Sinon, indiquez-lui plutôt le lieu.",
                )
            if not lu.get("forme"):
                self.add_error("forme", "Dites comment elle a donné son accord.")
        return lu

    def saisie(self, codes: tuple[str, ...]) -> OrientationSaisie:
        """Ce que l'acte attend ; `codes` : les besoins de l'accueil."""
        lu = self.cleaned_data
        return OrientationSaisie(
            partenaire_id=lu["partenaire"],
            besoins=codes,
            portee=tuple(lu["portee"]),
            forme_consentement=lu["forme"],
            message=lu["message"],
        )


def choix_partenaires(le: date) -> Choix:
    """Ceux à qui l'on peut orienter ce jour-là, avec les besoins qu'ils prennent."""
    return [(str(p.pk), _avec_besoins(p)) for p in partenaires(le=le)]


def _avec_besoins(partenaire: Partenaire) -> str:
    dits = ", ".join(libelle_besoin(code).lower() for code in partenaire.besoins)
    return f"{partenaire.organisation.nom} ({dits})" if dits else partenaire.organisation.nom
