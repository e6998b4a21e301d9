"""Les formulaires du référent unique : des mots simples, une erreur par champ, rien de perdu."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from draille.mesures.referent_unique.actes import TermesPortefeuille
from draille.mesures.referent_unique.models import Demande

Donnees = Mapping[str, Any] | None
Choix = Sequence[tuple[str, str]]
_A_CHOISIR = "Choisissez une réponse."
_DATE_ERREURS = {
    "required": "Indiquez une date.",
    "invalid": "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/10/2020.",
}


def champ_date(*, libelle: str, aide: str = "", initial: date | None = None) -> forms.DateField:
    """Un jour, passé ou à venir."""
    return forms.DateField(
        label=libelle,
        help_text=aide,
        initial=initial,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DATE_ERREURS,
    )


def champ_motif(*, libelle: str, aide: str = "", requis: bool = True) -> forms.CharField:
    """Une phrase, de deux cents signes au plus : la longueur de la colonne."""
    return forms.CharField(
        label=libelle,
        help_text=aide,
        required=requis,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Écrivez en une phrase pourquoi.",
            "max_length": "Deux cents signes au plus : gardez l'essentiel.",
        },
    )


def champ_choix(
    *, libelle: str, choix: Choix, aide: str = "", requis: bool = True, liste: bool = False
) -> forms.ChoiceField:
    """Un choix parmi d'autres, en boutons ; en liste déroulante si `liste`."""
    return forms.ChoiceField(
        label=libelle,
        help_text=aide,
        required=requis,
        choices=[("", "Choisir"), *choix] if liste else list(choix),
        widget=forms.Select if liste else forms.RadioSelect,
        error_messages={"required": _A_CHOISIR, "invalid_choice": _A_CHOISIR},
    )


class Changer(forms.Form):
    """Un autre référent que celui proposé, et pourquoi."""

    prefix = "changer"

    def __init__(self, donnees: Donnees = None, *, possibles: Choix, agent: str = "") -> None:
        """`possibles` : (agent, nom), le moindre surcoût d'abord ; `agent` : déjà choisi."""
        super().__init__(donnees)
        self.fields["agent"] = champ_choix(libelle="Référent", choix=possibles)
        self.fields["motif"] = champ_motif(
            libelle="Pourquoi ce changement",
            aide="Par exemple : la personne connaît déjà ce référent ; il parle sa langue.",
        )
        if agent in {valeur for valeur, _ in possibles}:
            self.fields["agent"].initial = agent

    @property
    def choisi(self) -> str:
        """La valeur à cocher : celle de l'envoi, ou celle déposée."""
        return str(self["agent"].value() or "")


class Ecarter(forms.Form):
    """Ne pas désigner cette semaine, et pourquoi."""

    prefix = "ecarter"

    def __init__(self, donnees: Donnees = None) -> None:
        """La personne restera à confier : la semaine suivante la proposera de nouveau."""
        super().__init__(donnees)
        self.fields["motif"] = champ_motif(
            libelle="Pourquoi écarter cette ligne",
            aide="La personne reste à confier ; elle revient à la prochaine proposition.",
        )


class Portefeuille(forms.Form):
    """Ce qu'un référent peut suivre : places, types de parcours, secteur, bureau."""

    prefix = "portefeuille"

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        orientations: Choix,
        secteurs: Choix,
        communes: Choix,
        agents: Choix = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`agents` : ceux à qui l'on peut ouvrir un portefeuille ; vide quand on en change un."""
        super().__init__(donnees, initial=dict(initial or {}))
        if agents:
            self.fields["agent"] = champ_choix(libelle="Agent", choix=agents, liste=True)
        self.fields["places"] = forms.IntegerField(
            label="Places",
            help_text="Combien de dossiers ce référent peut suivre en même temps.",
            min_value=0,
            max_value=500,
            error_messages={
                "required": "Indiquez un nombre de places.",
                "invalid": "Écrivez un nombre entier, comme 60.",
                "min_value": "Le nombre de places ne peut pas être négatif.",
                "max_value": "Ce nombre de places est trop grand. Vérifiez la saisie.",
            },
        )
        self.fields["orientations"] = forms.MultipleChoiceField(
            label="Orientations suivies",
            help_text="Le type de parcours et l'organisme décidés par le chargé d'orientation.",
            choices=list(orientations),
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Cochez au moins une orientation.",
                "invalid_choice": _A_CHOISIR,
            },
        )
        self.fields["secteur"] = forms.ChoiceField(
            label="Secteur",
            required=False,
            help_text="Laissez vide pour tout le Département.",
            choices=[("", "Tout le Département"), *secteurs],
        )
        self.fields["commune"] = champ_choix(
            libelle="Commune du bureau",
            choix=communes,
            liste=True,
            aide="Les minutes de trajet se comptent jusqu'à elle.",
        )
        self.fields["bureau"] = forms.CharField(
            label="Bureau",
            max_length=160,
            help_text="Par exemple : maison du Département de Brioude.",
            error_messages={"required": "Dites où ce référent reçoit."},
        )

    @property
    def termes(self) -> TermesPortefeuille:
        """Ce que l'acte attend."""
        lues = self.cleaned_data
        return TermesPortefeuille(
            places=lues["places"],
            orientations=tuple(lues["orientations"]),
            commune_id=int(lues["commune"]),
            bureau=lues["bureau"],
            secteur_id=int(lues["secteur"]) if lues["secteur"] else None,
        )


class Absence(forms.Form):
    """Un temps d'absence : rien n'est confié pendant ce temps."""

    prefix = "absence"

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit, proposée comme premier jour."""
        super().__init__(donnees)
        self.fields["debut"] = champ_date(libelle="Premier jour d'absence", initial=jour)
        self.fields["fin"] = champ_date(
            libelle="Jour du retour", aide="Ce jour-là, des dossiers peuvent de nouveau arriver."
        )

    def clean(self) -> dict[str, Any]:
        """Le retour suit le départ."""
        lues = super().clean() or {}
        debut, fin = lues.get("debut"), lues.get("fin")
        if debut and fin and fin <= debut:
            self.add_error("fin", "Le jour du retour doit suivre le premier jour d'absence.")
        return lues


class Depart(forms.Form):
    """Le jour où un référent cesse de suivre ses dossiers."""

    prefix = "depart"

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit."""
        super().__init__(donnees)
        self.fields["debut"] = champ_date(
            libelle="Premier jour sans ce référent",
            aide="Ses dossiers ne changent pas de mains tout seuls : une réparation sera proposée.",
            initial=jour,
        )


class Designer(forms.Form):
    """Désigner à la main, sans proposition."""

    prefix = "designer"

    def __init__(self, donnees: Donnees = None, *, possibles: Choix, agent: str = "") -> None:
        """`possibles` : les référents qui peuvent suivre cette personne, le plus proche d'abord."""
        super().__init__(donnees)
        self.fields["agent"] = champ_choix(libelle="Référent", choix=possibles)
        self.fields["agent"].initial = agent
        self.fields["motif"] = champ_motif(libelle="Pourquoi ce choix", requis=False)

    @property
    def choisi(self) -> str:
        """La valeur à cocher."""
        return str(self["agent"].value() or "")


class Passation(forms.Form):
    """Changer de référent : le nouveau, la raison, une précision."""

    prefix = "passation"

    def __init__(self, donnees: Donnees = None, *, possibles: Choix, motifs: Choix) -> None:
        """`motifs` : la liste datée du Département, en mots."""
        super().__init__(donnees)
        self.fields["agent"] = champ_choix(libelle="Nouveau référent", choix=possibles)
        self.fields["motif"] = champ_choix(libelle="Raison", choix=motifs)
        self.fields["precision"] = champ_motif(
            libelle="Précision",
            aide="Rien de la santé ni de la vie privée : ce que la personne peut relire.",
            requis=False,
        )

    @property
    def choisi(self) -> str:
        """La valeur à cocher."""
        return str(self["agent"].value() or "")


class Parcours(forms.Form):
    """Le référent de parcours : c'est la personne qui le choisit."""

    prefix = "parcours"

    def __init__(self, donnees: Donnees = None, *, agents: Choix) -> None:
        """`agents` : les professionnels entre lesquels elle choisit."""
        super().__init__(donnees)
        self.fields["agent"] = champ_choix(
            libelle="Professionnel choisi par la personne", choix=agents, liste=True
        )


class Mobilite(forms.Form):
    """Ce que la personne a dit de ses moyens de se déplacer."""

    prefix = "mobilite"

    def __init__(self, donnees: Donnees = None, *, actuelle: str = "") -> None:
        """`actuelle` : ce qui est déjà noté."""
        super().__init__(donnees)
        self.fields["mobilite"] = champ_choix(
            libelle="Moyens de se déplacer", choix=list(Demande.Mobilite.choices)
        )
        self.fields["mobilite"].initial = actuelle


class Liberer(forms.Form):
    """Mettre fin à l'accompagnement, et pourquoi."""

    prefix = "liberer"

    def __init__(self, donnees: Donnees = None) -> None:
        """La sortie du droit le fait toute seule ; ici, c'est une décision."""
        super().__init__(donnees)
        self.fields["precision"] = champ_motif(libelle="Pourquoi l'accompagnement s'arrête")


class Annoncer(forms.Form):
    """Rien à saisir : confirmer suffit."""

    prefix = "annoncer"


class PourquoiPas(forms.Form):
    """Le référent sur lequel on s'interroge."""

    def __init__(self, donnees: Donnees = None, *, agents: Choix) -> None:
        """Une adresse que l'on peut garder : le formulaire s'envoie en GET."""
        super().__init__(donnees, auto_id="pourquoi-%s")
        self.fields["pourquoi"] = forms.ChoiceField(
            label="Référent", required=False, choices=[("", "Choisir"), *agents]
        )

    @property
    def agent_id(self) -> int | None:
        """L'agent demandé, ou rien si la valeur est absente ou inconnue."""
        self.is_valid()
        valeur = str(self.cleaned_data.get("pourquoi") or "")
        return int(valeur) if valeur else None


class EtSi(forms.Form):
    """La commune où l'on imagine un poste de plus."""

    def __init__(self, donnees: Donnees = None, *, communes: Choix) -> None:
        """`communes` : (identifiant, nom) du Département."""
        super().__init__(donnees, auto_id="et-si-%s")
        self.fields["commune"] = forms.ChoiceField(
            label="Commune du nouveau bureau", required=False, choices=[("", "Choisir"), *communes]
        )

    @property
    def commune_id(self) -> int | None:
        """La commune demandée, ou rien."""
        self.is_valid()
        valeur = str(self.cleaned_data.get("commune") or "")
        return int(valeur) if valeur else None
