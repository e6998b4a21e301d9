"""Les formulaires des rendez-vous : des mots simples, une erreur par champ, rien de perdu."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from draille.mesures.rendez_vous.actes import TermesLieu, TermesPlage
from draille.mesures.rendez_vous.models import Motif
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune
from draille.socle.texte import JOURS, normaliser

Donnees = Mapping[str, Any] | None

UN_JOUR = "un_jour"
_A_CHOISIR = "Choisissez une réponse."
_HEURE = {
    "required": "Indiquez une heure.",
    "invalid": "Cette heure ne se lit pas. Écrivez-la comme 9:00 ou 14:30.",
}
_NOMBRE = {
    "required": "Écrivez un nombre.",
    "invalid": "Écrivez un nombre entier, comme 30.",
    "min_value": "Ce nombre est trop petit.",
    "max_value": "Ce nombre est trop grand. Vérifiez la saisie.",
}


def champ_date(libelle: str, *, jour: date | None = None, **options: Any) -> forms.DateField:
    """Un jour à choisir, pré-rempli si `jour` est donné."""
    return forms.DateField(
        label=libelle,
        initial=jour,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Indiquez une date.",
            "invalid": "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/10/2020.",
        },
        **options,
    )


def _heure(libelle: str) -> forms.TimeField:
    return forms.TimeField(
        label=libelle,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=_HEURE,
    )


def _phrase(libelle: str, aide: str) -> forms.CharField:
    return forms.CharField(
        label=libelle,
        help_text=aide,
        max_length=200,
        error_messages={
            "required": "Écrivez une phrase.",
            "max_length": "Cette phrase est trop longue : 200 signes au plus.",
        },
    )


def agents_admis() -> "QuerySet[Agent]":
    """Les agents dont le compte est ouvert, par nom."""
    return Agent.objects.filter(is_active=True).order_by("nom", "prenom", "pk")


class Excuser(forms.Form):
    """Une absence que la personne a expliquée."""

    prefix = "excuser"
    motif = _phrase(
        "Pourquoi", "En quelques mots, sans détail de santé : « empêchement familial »."
    )


class Annuler(forms.Form):
    """Un rendez-vous que le service annule."""

    prefix = "annuler"
    motif = _phrase("Pourquoi", "La personne le lira : « l'agent est absent ce jour-là ».")


class Classer(forms.Form):
    """Une demande que l'on ferme sans rendez-vous."""

    motif = _phrase("Pourquoi", "Par exemple : « rencontrée à son domicile le 12 octobre ».")

    def __init__(self, donnees: Donnees = None, *, pour: int) -> None:
        """`pour` : la demande, car la page en montre plusieurs."""
        super().__init__(donnees, prefix=f"classer-{pour}")


class Convoquer(forms.Form):
    """Le créneau retenu. Le choix du canal se lit à part : il n'existe pas pour un déplacement."""

    creneau = forms.TypedChoiceField(
        label="Créneau",
        coerce=int,
        error_messages={
            "required": "Choisissez un créneau.",
            "invalid_choice": "Ce créneau n'est plus libre. Choisissez-en un autre.",
        },
    )

    def __init__(self, donnees: Donnees = None, *, creneaux: list[int]) -> None:
        """`creneaux` : ceux qui sont proposés à l'écran."""
        super().__init__(donnees)
        champ = self.fields["creneau"]
        assert isinstance(champ, forms.TypedChoiceField)
        champ.choices = [(str(pk), str(pk)) for pk in creneaux]


class Lieu(forms.Form):
    """Un bureau où l'on reçoit."""

    nom = forms.CharField(
        label="Nom du lieu",
        max_length=160,
        help_text="Tel que la personne le lira : « Maison du Département de Brioude ».",
        error_messages={"required": "Donnez un nom au lieu."},
    )
    organisation = forms.ModelChoiceField(
        label="Organisation",
        queryset=Organisation.objects.order_by("-est_departement", "nom"),
        empty_label=None,
        error_messages={"required": _A_CHOISIR, "invalid_choice": _A_CHOISIR},
    )
    commune = forms.ModelChoiceField(
        label="Commune",
        queryset=Commune.objects.order_by("nom"),
        empty_label="Choisir une commune",
        error_messages={"required": "Choisissez une commune.", "invalid_choice": _A_CHOISIR},
    )
    adresse = forms.CharField(
        label="Adresse",
        max_length=200,
        help_text="Numéro et voie.",
        error_messages={"required": "Écrivez l'adresse : elle est dans la convocation."},
    )
    telephone = forms.CharField(label="Téléphone", max_length=20, required=False)
    acces_handicap = forms.CharField(
        label="Accès des personnes handicapées",
        max_length=200,
        required=False,
        help_text="Par exemple : « entrée de plain-pied, boucle magnétique ».",
    )

    @property
    def termes(self) -> TermesLieu:
        """Ce que l'acte attend ; le code vient du nom."""
        lu = self.cleaned_data
        return TermesLieu(
            code=normaliser(lu["nom"]).replace(" ", "_")[:60],
            nom=lu["nom"],
            organisation_id=lu["organisation"].pk,
            commune_id=lu["commune"].pk,
            adresse=lu["adresse"],
            telephone=lu["telephone"],
            acces_handicap=lu["acces_handicap"],
        )


class Plage(forms.Form):
    """Une ouverture : chaque semaine le même jour, ou un jour seulement."""

    jour = forms.ChoiceField(
        label="Quand",
        choices=[
            ("", "Choisir"),
            *((str(n), f"Chaque {j}") for n, j in enumerate(JOURS, start=1)),
            (UN_JOUR, "Un jour seulement"),
        ],
        error_messages={
            "required": "Choisissez un jour de la semaine, ou un jour seulement.",
            "invalid_choice": _A_CHOISIR,
        },
    )
    jour_exceptionnel = champ_date(
        "Date", required=False, help_text="Seulement pour une plage d'un seul jour."
    )
    heure_debut = _heure("De")
    heure_fin = _heure("À")
    duree_minutes = forms.IntegerField(
        label="Durée d'un rendez-vous, en minutes",
        initial=45,
        min_value=5,
        max_value=480,
        error_messages=_NOMBRE,
    )
    capacite = forms.IntegerField(
        label="Places par créneau",
        initial=1,
        min_value=1,
        max_value=200,
        help_text="Plus d'une : une séance collective.",
        error_messages=_NOMBRE,
    )
    motif = forms.ChoiceField(
        label="Pour", choices=Motif.choices, error_messages={"required": _A_CHOISIR}
    )
    agent = forms.ModelChoiceField(
        label="Agent qui reçoit",
        queryset=Agent.objects.none(),
        required=False,
        empty_label="Tous les agents du lieu",
        help_text="À dire pour un rendez-vous avec le référent ou de suivi.",
    )

    def __init__(
        self, donnees: Donnees = None, *, seul_agent: int | None = None, jour: str = ""
    ) -> None:
        """`seul_agent` : celui qui ne tient que ses propres plages ; `jour` : choisi d'avance."""
        super().__init__(donnees, initial={"jour": jour, "agent": seul_agent})
        champ = self.fields["agent"]
        assert isinstance(champ, forms.ModelChoiceField)
        champ.queryset = agents_admis().filter(Q() if seul_agent is None else Q(pk=seul_agent))
        if seul_agent is not None:
            champ.required, champ.empty_label = True, None

    def clean(self) -> dict[str, Any]:
        """Le jour, ou la date ; l'heure de fin après celle du début."""
        lu = super().clean() or {}
        est_un_jour = lu.get("jour") == UN_JOUR
        if est_un_jour and not lu.get("jour_exceptionnel"):
            if "jour_exceptionnel" not in self.errors:
                self.add_error("jour_exceptionnel", "Indiquez une date.")
        debut, fin = lu.get("heure_debut"), lu.get("heure_fin")
        if debut and fin and fin <= debut:
            self.add_error("heure_fin", "L'heure de fin vient après celle du début.")
        return lu

    def termes(self, *, lieu_id: int) -> TermesPlage:
        """Ce que l'acte attend."""
        lu = self.cleaned_data
        est_un_jour = lu["jour"] == UN_JOUR
        return TermesPlage(
            lieu_id=lieu_id,
            motif=lu["motif"],
            heure_debut=lu["heure_debut"],
            heure_fin=lu["heure_fin"],
            duree_minutes=lu["duree_minutes"],
            agent_id=lu["agent"].pk if lu["agent"] else None,
            jour=None if est_un_jour else int(lu["jour"]),
            jour_exceptionnel=lu["jour_exceptionnel"] if est_un_jour else None,
            capacite=lu["capacite"],
        )


class FermerJour(forms.Form):
    """Un jour où l'on ne reçoit pas."""

    prefix = "fermeture"
    jour = champ_date("Jour fermé")
    agent = forms.ModelChoiceField(
        label="Agent absent",
        queryset=Agent.objects.none(),
        required=False,
        empty_label="Tout le lieu",
    )

    def __init__(self, donnees: Donnees = None, *, seul_agent: int | None = None) -> None:
        """`seul_agent` : celui qui ne ferme que ses propres créneaux."""
        super().__init__(donnees, initial={"agent": seul_agent})
        champ = self.fields["agent"]
        assert isinstance(champ, forms.ModelChoiceField)
        champ.queryset = agents_admis().filter(Q() if seul_agent is None else Q(pk=seul_agent))
        if seul_agent is not None:
            champ.required, champ.empty_label = True, None
