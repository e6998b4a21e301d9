"""Les formulaires de l'orientation : des mots simples, une erreur par champ, rien de perdu."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from draille.mesures.orientation_rsa.actes import Decision, RendezVous
from draille.mesures.orientation_rsa.lectures import Entrant
from draille.mesures.orientation_rsa.lectures_choix import organismes_admis, types_admis
from draille.mesures.orientation_rsa.models import Orientation
from draille.mesures.orientation_rsa.regles import (
    MODES,
    Activite,
    Frein,
    Niveau,
    Projection,
    Proposition,
    Qualification,
    Reponses,
    Statut,
)
from draille.socle.texte import date_moyenne

Donnees = Mapping[str, Any] | None

_A_CHOISIR = "Choisissez une réponse."
_FREINS_AIDES = {
    Frein.SANTE: "Un souci de santé, physique ou psychique, gêne-t-il la recherche d'un emploi ?",
    Frein.LOGEMENT: "Le logement est-il un souci : absent, provisoire, menacé, mal adapté ?",
    Frein.MOBILITE: "Est-il difficile de se déplacer : permis, véhicule, transports ?",
    Frein.GARDE: "Est-il difficile de faire garder un enfant ?",
    Frein.FINANCES: "L'argent manque-t-il pour le quotidien : dettes, factures, découvert ?",
    Frein.ADMINISTRATIF: "Des démarches sont-elles bloquées : papiers, droits, justice ?",
    Frein.NUMERIQUE: "Est-il difficile d'utiliser un ordinateur, un téléphone, de lire, d'écrire ?",
    Frein.PROCHE_AIDANT: "Faut-il s'occuper d'un proche malade, âgé ou handicapé ?",
}
_NIVEAUX = [
    (str(Niveau.SANS_IMPACT), "Non"),
    (str(Niveau.MOYEN), "Un peu"),
    (str(Niveau.FORT), "Beaucoup"),
]


def champ_date(*, libelle: str, jour: date) -> forms.DateField:
    """Un jour passé ou présent, pré-rempli à la date du produit."""
    return forms.DateField(
        label=libelle,
        initial=jour,
        widget=forms.DateInput(attrs={"type": "date", "max": jour.isoformat()}, format="%Y-%m-%d"),
        error_messages={
            "required": "Indiquez une date.",
            "invalid": "Cette date ne se lit pas. Écrivez-la jour/mois/année, comme 31/10/2020.",
        },
    )


def _radios(libelle: str, choix: list[tuple[str, str]], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=libelle,
        choices=choix,
        widget=forms.RadioSelect,
        error_messages={"required": _A_CHOISIR, "invalid_choice": _A_CHOISIR},
        **options,
    )


def _phrase(libelle: str, aide: str = "", **options: Any) -> forms.CharField:
    return forms.CharField(
        label=libelle,
        help_text=aide,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez une phrase."},
        **options,
    )


class Filtre(forms.Form):
    """Les filtres de la liste. Une valeur inconnue se lit comme une absence de filtre."""

    nom = forms.CharField(label="Nom ou prénom", required=False, max_length=80)
    statut = forms.ChoiceField(label="Étape", required=False)
    territoire = forms.ChoiceField(label="Secteur", required=False)
    categorie = forms.ChoiceField(label="Catégorie d'entrée", required=False)
    horloge = forms.ChoiceField(label="Délai", required=False)

    def __init__(
        self,
        donnees: Mapping[str, Any],
        *,
        territoires: list[tuple[str, str]],
        categories: list[tuple[str, str]],
    ) -> None:
        """`territoires` et `categories` : les couples (valeur, libellé) à proposer."""
        super().__init__(donnees, auto_id="filtre-%s")
        etapes = [(str(s), s.libelle) for s in Statut]
        self._choix("statut", [("", "À faire"), *etapes, ("tous", "Toutes")])
        self._choix("territoire", [("", "Tous"), *territoires])
        self._choix("categorie", [("", "Toutes"), *categories])
        self._choix(
            "horloge", [("", "Tous"), ("en_retard", "En retard"), ("proche", "Limite proche")]
        )

    def _choix(self, nom: str, choix: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = choix

    def retenu(self, nom: str) -> str:
        """La valeur du filtre, vide si elle est absente ou inconnue."""
        self.is_valid()
        return str(self.cleaned_data.get(nom) or "")


class Rencontre(forms.Form):
    """Le premier rendez-vous honoré."""

    prefix = "rencontre"

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit, au-delà de laquelle rien n'a eu lieu."""
        super().__init__(donnees)
        self.fields["le"] = champ_date(libelle="Jour du rendez-vous", jour=jour)
        self.fields["mode"] = _radios("Comment s'est-il tenu ?", list(MODES.items()))
        self.fields["lieu"] = forms.CharField(
            label="Lieu",
            required=False,
            max_length=120,
            help_text="Par exemple : maison du Département de Brioude.",
        )

    @property
    def rendez_vous(self) -> RendezVous:
        """Ce que l'acte attend."""
        return RendezVous(mode=self.cleaned_data["mode"], lieu=self.cleaned_data["lieu"])


class Diagnostic(forms.Form):
    """Le questionnaire. Chaque question est un groupe de choix ; rien n'est coché d'avance."""

    prefix = "diagnostic"

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """Compose les questions dans l'ordre du questionnaire."""
        super().__init__(donnees)
        self.fields["le"] = champ_date(libelle="Jour de l'entretien", jour=jour)
        self.fields["activite"] = _question(
            "La personne travaille-t-elle, ou a-t-elle travaillé ces deux dernières années ?",
            Activite,
        )
        self.fields["duree_sans_emploi_mois"] = forms.IntegerField(
            label="Depuis combien de mois est-elle sans emploi ?",
            help_text="En mois entiers. Laissez vide si on ne le sait pas.",
            required=False,
            min_value=0,
            max_value=900,
            error_messages={
                "invalid": "Écrivez un nombre de mois entier, comme 18.",
                "min_value": "Le nombre de mois ne peut pas être négatif.",
                "max_value": "Ce nombre de mois est trop grand. Vérifiez la saisie.",
            },
        )
        self.fields["projection"] = _question(
            "Se voit-elle chercher ou reprendre un emploi dans les prochains mois ?", Projection
        )
        self.fields["qualification"] = _question(
            "Quel est son plus haut diplôme ou titre ?", Qualification
        )
        for frein in Frein:
            self.fields[f"frein_{frein}"] = _radios(
                frein.libelle, _NIVEAUX, help_text=_FREINS_AIDES[frein]
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """Les champs, hors difficultés."""
        return [c for c in self if not c.name.startswith("frein_")]

    @property
    def difficultes(self) -> list[forms.BoundField]:
        """Les champs des difficultés."""
        return [c for c in self if c.name.startswith("frein_")]

    def clean(self) -> dict[str, Any]:
        """Une réponse qui en contredit une autre se dit sur le champ à reprendre."""
        lues = super().clean() or {}
        if not self.errors and self.reponses.incoherence():
            self.add_error("duree_sans_emploi_mois", self.reponses.incoherence())
        return lues

    @property
    def reponses(self) -> Reponses:
        """Les réponses, typées pour les règles."""
        lues = self.cleaned_data
        return Reponses(
            activite=Activite(lues["activite"]),
            projection=Projection(lues["projection"]),
            qualification=Qualification(lues["qualification"]),
            duree_sans_emploi_mois=lues["duree_sans_emploi_mois"],
            freins={f: Niveau(lues[f"frein_{f}"]) for f in Frein},
        )


def _question(libelle: str, choix: type[Any]) -> forms.ChoiceField:
    return _radios(libelle, [(str(v), v.libelle) for v in choix])


class Orienter(forms.Form):
    """La décision : le type, l'organisme, et pourquoi si ce n'est pas la proposition."""

    prefix = "decision"

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        jour: date,
        proposition: Proposition | None,
        prefix: str | None = None,
    ) -> None:
        """`proposition` : celle que la personne qui décide a sous les yeux, ou rien."""
        super().__init__(donnees, prefix=prefix)
        self.proposition = proposition
        self.jour = jour
        self.fields["le"] = champ_date(libelle="Jour de la décision", jour=jour)
        self.fields["type_parcours"] = _radios(
            "Type de parcours",
            list(types_admis(le=jour).items()),
            initial=proposition.type_parcours if proposition else None,
            help_text=f"La table propose : {proposition.libelle}." if proposition else "",
        )
        self.fields["organisme"] = _radios(
            "Organisme qui accompagne", list(organismes_admis(le=jour).items())
        )
        self.fields["motif_ecart"] = _phrase(
            "Pourquoi un autre type que celui proposé",
            "À écrire si vous ne suivez pas la proposition : une phrase suffit.",
            required=False,
        )
        if proposition is None:
            del self.fields["motif_ecart"]

    def clean(self) -> dict[str, Any]:
        """S'écarter de la proposition demande un motif."""
        lues = super().clean() or {}
        proposee, choisi = self.proposition, lues.get("type_parcours")
        ecart = bool(proposee and choisi and choisi != proposee.type_parcours)
        if ecart and not lues.get("motif_ecart"):
            self.add_error(
                "motif_ecart",
                "Vous choisissez un autre type que celui proposé : écrivez en une phrase pourquoi.",
            )
        return lues

    @property
    def decision(self) -> Decision:
        """Ce que l'acte attend."""
        return Decision(
            type_parcours=self.cleaned_data["type_parcours"],
            organisme=self.cleaned_data["organisme"],
            motif_ecart=self.cleaned_data.get("motif_ecart", ""),
        )


class Reorienter(Orienter):
    """Une nouvelle décision, et pourquoi le parcours change."""

    prefix = "reorientation"

    def __init__(
        self, donnees: Donnees = None, *, jour: date, proposition: Proposition | None
    ) -> None:
        """Ajoute le motif, toujours demandé."""
        super().__init__(donnees, jour=jour, proposition=proposition)
        self.fields["motif"] = _phrase(
            "Pourquoi le parcours change",
            "Par exemple : un problème de santé s'est ajouté, un emploi a été trouvé.",
        )


class Notifier(forms.Form):
    """Comment la décision a été portée à la connaissance de la personne."""

    prefix = "notification"

    def __init__(self, donnees: Donnees = None, *, jour: date, orientation: Orientation) -> None:
        """`orientation` : celle qui est en cours."""
        super().__init__(donnees)
        self.fields["le"] = champ_date(libelle="Jour de la notification", jour=jour)
        self.fields[
            "le"
        ].help_text = (
            f"Au plus tôt le jour de la décision, le {date_moyenne(orientation.decidee_le)}."
        )
        self.fields["canal"] = _radios("Par quel moyen ?", list(Orientation.Canal.choices))


class LigneLot(Orienter):
    """Une ligne du travail en nombre : la même décision, en listes déroulantes, sans sa date."""

    def __init__(
        self, donnees: Donnees = None, *, entrant: Entrant, jour: date, organisme: str
    ) -> None:
        """`organisme` : celui proposé à toutes les lignes, vide si chacune a le sien."""
        super().__init__(
            donnees,
            jour=jour,
            proposition=entrant.proposition,
            prefix=f"ligne-{entrant.suivi.pk}",
        )
        # Le nom de la personne distingue chaque saisie pour un lecteur d'écran.
        nom = entrant.nom_complet
        del self.fields["le"]
        self.fields["organisme"].initial = organisme
        listes = (
            ("type_parcours", "Type de parcours", types_admis(le=jour)),
            ("organisme", "Organisme", organismes_admis(le=jour)),
        )
        for code, libelle, admis in listes:
            champ = self.fields[code]
            assert isinstance(champ, forms.ChoiceField)
            choix = [("", "Choisir"), *admis.items()]
            champ.widget = forms.Select(attrs={"aria-label": f"{libelle} de {nom}"})
            champ.choices = choix
            champ.help_text = ""
        if "motif_ecart" in self.fields:
            self.fields["motif_ecart"].help_text = ""
            self.fields["motif_ecart"].widget = forms.TextInput(
                attrs={"aria-label": f"Pourquoi un autre type que celui proposé à {nom}"}
            )


class Lot(forms.Form):
    """Ce qui vaut pour toutes les lignes : le jour de la décision."""

    prefix = "lot"

    def __init__(self, donnees: Donnees = None, *, jour: date) -> None:
        """`jour` : la date du produit."""
        super().__init__(donnees)
        self.fields["le"] = champ_date(libelle="Jour de la décision", jour=jour)
