"""Les formulaires du réseau : des mots simples, une erreur par champ, rien de perdu."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from draille.moteurs.annuaire.registre import besoins
from draille.moteurs.partage.adaptateur import FichePartenaire
from draille.moteurs.partage.calcul import MOTIFS_REFUS, PORTEES
from draille.moteurs.partage.models import Consentement, Partenaire

Donnees = Mapping[str, Any] | None

GESTES = {
    "accepter": "Nous recevrons cette personne",
    "recevoir": "Nous l'avons reçue",
    "poursuivre": "Nous l'accompagnons",
    "terminer": "C'est fait : le besoin a eu sa réponse",
    "refuser": "Nous ne pouvons pas la recevoir",
    "perdre": "Elle n'est pas venue, ou plus : nous n'avons pas de nouvelles",
}
GESTES_DU_DEPARTEMENT = {
    "accepter": "Le partenaire la recevra",
    "recevoir": "Elle a été reçue",
    "poursuivre": "Le partenaire l'accompagne",
    "terminer": "C'est fait : le besoin a eu sa réponse",
    "refuser": "Le partenaire ne peut pas la recevoir",
    "perdre": "Personne n'a de nouvelles",
}
_CHOISIR = "Choisissez une réponse."


class Reponse(forms.Form):
    """Ce que devient une orientation. `gestes` : ceux que son état admet."""

    geste = forms.ChoiceField(
        label="Où en est-on ?",
        widget=forms.RadioSelect,
        error_messages={"required": _CHOISIR, "invalid_choice": _CHOISIR},
    )
    motif = forms.ChoiceField(
        label="Si ce n'est pas possible, pourquoi ?",
        choices=[("", "Choisir une raison"), *MOTIFS_REFUS.items()],
        required=False,
        error_messages={"invalid_choice": "Choisissez une raison dans la liste."},
    )
    nouvelles = forms.CharField(
        label="Un mot",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce que le Département doit savoir, sans détail de santé : un rendez-vous, une "
        "autre adresse. 300 signes.",
        error_messages={"max_length": "Ce mot est trop long : 300 signes au plus."},
    )

    def __init__(
        self, donnees: Donnees = None, *, gestes: Sequence[str], mots: Mapping[str, str] = GESTES
    ) -> None:
        """`mots` : comment dire chaque geste à qui répond."""
        super().__init__(donnees)
        champ = self.fields["geste"]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = [(g, mots[g]) for g in gestes]
        if "refuser" not in gestes:
            del self.fields["motif"]

    def clean(self) -> dict[str, Any]:
        """Un refus dit pourquoi."""
        lu = super().clean() or {}
        if lu.get("geste") == "refuser" and not lu.get("motif") and "motif" not in self.errors:
            self.add_error("motif", "Dites pourquoi : choisissez une raison dans la liste.")
        return lu


class FicheDePartenaire(forms.Form):
    """Qui est le partenaire, et comment le joindre."""

    nom = forms.CharField(
        label="Nom du partenaire",
        max_length=160,
        help_text="Tel que la personne le lira : « Mission locale de Brioude ».",
        error_messages={"required": "Donnez un nom à ce partenaire."},
    )
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        help_text="Une adresse partagée par l'équipe, plutôt que celle d'un agent. Chaque "
        "orientation y envoie un lien de réponse, sans aucun nom.",
        error_messages={"invalid": "Cette adresse ne se lit pas. Écrivez-la comme nom@exemple.fr."},
    )
    telephone = forms.CharField(label="Téléphone", max_length=20, required=False)
    besoins = forms.MultipleChoiceField(
        label="À quels besoins il répond",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun coché : il se propose pour tous.",
        error_messages={"invalid_choice": "Choisissez parmi les besoins de la liste."},
    )

    def __init__(
        self, donnees: Donnees = None, *, le: date, partenaire: Partenaire | None = None
    ) -> None:
        """`le` : les besoins qui se proposent ce jour ; `partenaire` : la fiche à modifier."""
        depart = (
            {
                "nom": partenaire.organisation.nom,
                "courriel": partenaire.courriel,
                "telephone": partenaire.telephone,
                "besoins": partenaire.besoins,
            }
            if partenaire
            else {}
        )
        super().__init__(donnees, initial=depart)
        champ = self.fields["besoins"]
        assert isinstance(champ, forms.MultipleChoiceField)
        champ.choices = [(b.code, b.libelle) for b in besoins(le)]

    @property
    def fiche(self) -> FichePartenaire:
        """Ce que l'acte attend."""
        lu = self.cleaned_data
        return FichePartenaire(
            nom=lu["nom"],
            courriel=lu["courriel"],
            telephone=lu["telephone"],
            besoins=tuple(lu["besoins"]),
        )


class Orienter(forms.Form):
    """Adresser la personne à un partenaire, avec ou sans son accord pour transmettre."""

    partenaire = forms.TypedChoiceField(
        label="Partenaire",
        coerce=int,
        error_messages={
            "required": "Choisissez un partenaire.",
            "invalid_choice": "Ce partenaire n'accueille plus : choisissez-en un autre.",
        },
    )
    besoins = forms.MultipleChoiceField(
        label="Pour quoi",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez parmi les besoins de la liste."},
    )
    portee = forms.MultipleChoiceField(
        label="La personne accepte que nous transmettions",
        choices=list(PORTEES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Demandez chose par chose. Rien de coché : rien n'est transmis, la personne s'y "
        "rend d'elle-même. Elle peut changer d'avis à tout moment.",
    )
    forme = forms.ChoiceField(
        label="Comment elle l'a dit",
        choices=[("", "Choisir"), *Consentement.Forme.choices],
        required=False,
    )
    message = forms.CharField(
        label="Message au partenaire",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Seulement si elle accepte qu'un message parte. Écrivez ce que vous diriez "
        "devant elle.",
        error_messages={"max_length": "Ce message est trop long : 600 signes au plus."},
    )

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        le: date,
        partenaires: Sequence[Partenaire],
        accord: Consentement | None = None,
    ) -> None:
        """`partenaires` : ceux à qui l'on peut orienter ce jour ; `accord` : celui qui sert."""
        depart = (
            {"partenaire": accord.partenaire_id, "portee": accord.portee, "forme": accord.forme}
            if accord
            else {}
        )
        super().__init__(donnees, initial=depart)
        champ, cases = self.fields["partenaire"], self.fields["besoins"]
        assert isinstance(champ, forms.TypedChoiceField)
        assert isinstance(cases, forms.MultipleChoiceField)
        champ.choices = [
            ("", "Choisir un partenaire"),
            *((str(p.pk), p.organisation.nom) for p in partenaires),
        ]
        cases.choices = [(b.code, b.libelle) for b in besoins(le)]

    def clean(self) -> dict[str, Any]:
        """Un accord a une forme ; un message demande l'accord qu'il parte."""
        lu = super().clean() or {}
        if lu.get("portee") and not lu.get("forme") and "forme" not in self.errors:
            self.add_error("forme", "Dites comment la personne a donné son accord.")
        if lu.get("message") and "message" not in (lu.get("portee") or ()):
            self.add_error(
                "message", "Pour qu'un message parte, la personne doit l'accepter : cochez-le."
            )
        return lu
