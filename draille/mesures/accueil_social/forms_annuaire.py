"""Les formulaires de l'annuaire : chercher, la fiche d'un lieu, ses heures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from draille.moteurs.annuaire.adaptateur import FichePoint
from draille.moteurs.annuaire.calcul.horaires import (
    ecrire_exceptions,
    ecrire_jour,
    ecrire_osm,
    lire_exceptions,
    lire_osm,
    lire_semaine,
)
from draille.moteurs.annuaire.calcul.ouverture import Plage
from draille.moteurs.annuaire.models import Point
from draille.moteurs.annuaire.registre import besoins
from draille.noyau.territoire.models import Commune
from draille.socle.texte import JOURS

Donnees = Mapping[str, Any] | None
QUAND = (("", "N'importe quand"), ("maintenant", "Ouvert maintenant"), ("jour", "Ouvert ce jour"))
TENU = (("", "Tous"), ("departement", "Le Département"), ("autres", "D'autres structures"))
ACCUEIL = (("", "Tous les lieux"), ("oui", "Premier accueil seulement"))
OU = (("", "Dans le Département"), ("partout", "Partout"))
RANGS = (
    ("", "toutes les semaines"),
    ("1,3", "1er et 3e du mois"),
    ("2,4", "2e et 4e du mois"),
    ("1", "1er du mois"),
    ("2", "2e du mois"),
    ("3", "3e du mois"),
    ("4", "4e du mois"),
)


class Recherche(forms.Form):
    """Ce que l'on cherche ; un critère illisible ne compte pas."""

    q = forms.CharField(label="Nom ou ville", required=False, max_length=80)
    besoin = forms.ChoiceField(label="Besoin", required=False)
    commune = forms.ChoiceField(label="Près de", required=False)
    quand = forms.ChoiceField(label="Quand", required=False, choices=QUAND)
    accueil = forms.ChoiceField(label="Lieux", required=False, choices=ACCUEIL)
    tenu = forms.ChoiceField(label="Tenus par", required=False, choices=TENU)
    ou = forms.ChoiceField(label="Où", required=False, choices=OU)

    def __init__(self, donnees: Donnees, *, le: date) -> None:
        """Les besoins de ce jour et les communes du Département. Une requête."""
        super().__init__(donnees or None)
        dits = [(b.code, b.libelle) for b in besoins(le)]
        communes = Commune.objects.order_by("nom").values_list("pk", "nom")
        for champ, choix in (("besoin", dits), ("commune", list(communes))):
            champ_lu = self.fields[champ]
            assert isinstance(champ_lu, forms.ChoiceField)
            champ_lu.choices = [("", "Tous" if champ == "besoin" else "Toutes"), *choix]

    @property
    def lus(self) -> dict[str, str]:
        """Les critères lisibles, vides compris."""
        if self.is_bound:
            self.is_valid()
        valides = getattr(self, "cleaned_data", {})
        return {champ: str(valides.get(champ, "")) for champ in self.fields}


class Fiche(forms.Form):
    """La fiche d'un lieu."""

    nom = forms.CharField(
        label="Nom du lieu",
        max_length=200,
        error_messages={"required": "Donnez un nom à ce lieu."},
    )
    structure = forms.CharField(
        label="Structure qui le tient",
        required=False,
        max_length=200,
        help_text="Vide : le lieu lui-même.",
    )
    est_departement = forms.BooleanField(label="Tenu par le Département", required=False)
    genre = forms.ChoiceField(label="Genre de lieu", choices=Point.Genre.choices)
    forme = forms.ChoiceField(label="Forme", choices=Point.Forme.choices)
    est_premier_accueil = forms.BooleanField(
        label="Tient le premier accueil social : toute personne y est reçue et orientée",
        required=False,
    )
    besoins = forms.MultipleChoiceField(
        label="Besoins que l'on y prend", required=False, widget=forms.CheckboxSelectMultiple
    )
    adresse = forms.CharField(label="Adresse", required=False, max_length=200)
    complement_adresse = forms.CharField(label="Complément", required=False, max_length=200)
    code_postal = forms.RegexField(
        r"^\d{5}$",
        label="Code postal",
        required=False,
        error_messages={"invalid": "Un code postal a cinq chiffres, comme 43000."},
    )
    commune = forms.ChoiceField(
        label="Commune", required=False, help_text="Vide : hors du Département."
    )
    nom_commune = forms.CharField(
        label="Commune hors du Département", required=False, max_length=80
    )
    latitude = forms.FloatField(
        label="Latitude",
        required=False,
        min_value=-90,
        max_value=90,
        help_text="En degrés, comme 45,0434. Vide avec la longitude : celle de la mairie.",
        localize=True,
    )
    longitude = forms.FloatField(
        label="Longitude", required=False, min_value=-180, max_value=180, localize=True
    )
    telephone = forms.CharField(label="Téléphone", required=False, max_length=20)
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        error_messages={"invalid": "Cette adresse ne se lit pas. Écrivez-la nom@exemple.fr."},
    )
    site_web = forms.URLField(
        label="Site",
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": "Cette adresse ne se lit pas. Écrivez-la https://exemple.fr."},
    )
    langues = forms.CharField(
        label="Langues parlées",
        required=False,
        max_length=80,
        help_text="Séparées par des virgules : fr, en, ar, lsf.",
    )
    accessibilite = forms.CharField(
        label="Accès",
        required=False,
        max_length=200,
        help_text="Fauteuil, boucle magnétique, arrêt de car… ou un lien Accesslibre.",
    )
    presentation = forms.CharField(
        label="Présentation", required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    commentaire_horaires = forms.CharField(
        label="Précision sur les heures", required=False, max_length=300
    )
    sur_rendez_vous = forms.BooleanField(label="On y prend rendez-vous", required=False)

    def __init__(self, donnees: Donnees, *, le: date, point: Point | None = None) -> None:
        """Pré-rempli de la fiche de `point`, s'il y en a un. Une requête."""
        self.communes = {c.pk: c for c in Commune.objects.order_by("nom")}
        self._point = point
        super().__init__(donnees or None, initial=_initial(point) if point else None)
        for champ, choix in (
            ("besoins", [(b.code, b.libelle) for b in besoins(le)]),
            ("commune", [("", "—"), *((str(pk), c.nom) for pk, c in self.communes.items())]),
        ):
            champ_lu = self.fields[champ]
            assert isinstance(champ_lu, forms.ChoiceField)
            champ_lu.choices = choix

    @property
    def parties(self) -> list[tuple[str, list[Any]]]:
        """Les champs par carte, dans l'ordre où l'on remplit."""
        return [(titre, [self[c] for c in champs]) for titre, champs in _PARTIES]

    def clean(self) -> dict[str, Any]:
        """La position a ses deux nombres, ou aucun."""
        lus: dict[str, Any] = super().clean() or {}
        if "latitude" in lus and "longitude" in lus:
            manque = "latitude" if lus["latitude"] is None else "longitude"
            if (lus["latitude"] is None) != (lus["longitude"] is None):
                self.add_error(manque, "Donnez les deux nombres, ou aucun.")
        return lus

    @property
    def fiche(self) -> FichePoint:
        """La fiche saisie ; sans position, celle de la mairie de sa commune."""
        lus = self.cleaned_data
        commune = self.communes.get(int(lus["commune"])) if lus["commune"] else None
        position = (lus["latitude"], lus["longitude"])
        if position[0] is None and commune is not None:
            position = (commune.latitude, commune.longitude)
        garde = self._point
        return FichePoint(
            **{c: lus[c] for c in _SIMPLES},
            siret=garde.structure.siret if garde and self._meme_structure else "",
            code_insee=commune.code_insee if commune else self._insee_garde,
            nom_commune=commune.nom if commune else lus["nom_commune"],
            latitude=position[0],
            longitude=position[1],
            langues=tuple(m.strip()[:8] for m in lus["langues"].split(",") if m.strip()),
            publics=tuple(garde.publics) if garde else (),
            besoins=tuple(lus["besoins"]),
            est_fictif=garde.est_fictif if garde else False,
        )

    @property
    def _meme_structure(self) -> bool:
        return self._point is not None and self.cleaned_data["structure"] in (
            self._point.structure.nom,
            "",
        )

    @property
    def _insee_garde(self) -> str:
        """Hors du Département, la commune n'est pas dans la liste : son code reste."""
        point = self._point
        if point is None or point.commune_id is not None:
            return ""
        return point.code_insee if self.cleaned_data["nom_commune"] == point.nom_commune else ""


_PARTIES = (
    (
        "Le lieu",
        ("nom", "structure", "est_departement", "genre", "forme", "est_premier_accueil"),
    ),
    ("Ce qu'on y prend", ("besoins",)),
    (
        "Où",
        (
            "adresse", "complement_adresse", "code_postal", "commune", "nom_commune",
            "latitude", "longitude", "accessibilite",
        ),
    ),
    (
        "Le joindre",
        (
            "telephone", "courriel", "site_web", "langues", "presentation",
            "commentaire_horaires", "sur_rendez_vous",
        ),
    ),
)  # fmt: skip
_SIMPLES = (
    "nom", "structure", "est_departement", "genre", "forme", "adresse", "complement_adresse",
    "code_postal", "telephone", "courriel", "site_web", "presentation", "accessibilite",
    "commentaire_horaires", "sur_rendez_vous", "est_premier_accueil",
)  # fmt: skip


def _initial(point: Point) -> dict[str, Any]:
    egaux = [c for c in _SIMPLES if c not in ("structure", "est_departement")]
    return {
        **{c: getattr(point, c) for c in egaux},
        "structure": point.structure.nom,
        "est_departement": point.structure.est_departement,
        "commune": str(point.commune_id or ""),
        "nom_commune": "" if point.commune_id else point.nom_commune,
        "latitude": point.latitude,
        "longitude": point.longitude,
        "langues": ", ".join(point.langues),
        "besoins": point.besoins,
    }


class Horaires(forms.Form):
    """Les heures de la semaine, puis les jours à part, tels qu'on les dirait."""

    exceptions = forms.CharField(
        label="Jours à part",
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text="Un par ligne : « 24/12/2020 fermé », « 24/12/2020 au 02/01/2021 fermé », "
        "« 31/10/2020 09:00-12:00 ».",
    )
    osm = forms.CharField(
        label="Ou toute la semaine en une ligne",
        required=False,
        max_length=400,
        help_text="Format OpenStreetMap, comme Mo-Fr 09:00-12:00; We[1,3] 14:00-17:00. "
        "S'il est rempli, il remplace les jours ci-dessus.",
    )

    def __init__(self, donnees: Donnees, *, plages: Sequence[Plage], le: date) -> None:
        """Pré-rempli des heures en vigueur ce jour-là."""
        self.le = le
        super().__init__(donnees or None, initial=_initial_horaires(plages, le))
        for rang, jour in enumerate(JOURS, start=1):
            self.fields[f"jour_{rang}"] = forms.CharField(
                label=jour.capitalize(), required=False, max_length=120
            )
            self.fields[f"rangs_{rang}"] = forms.ChoiceField(
                label=f"Quelles semaines, le {jour}", required=False, choices=RANGS
            )

    @property
    def semaine(self) -> list[tuple[Any, Any]]:
        """Les champs de la semaine, deux par deux : les heures, les semaines du mois."""
        return [(self[f"jour_{r}"], self[f"rangs_{r}"]) for r in range(1, 8)]

    def clean(self) -> dict[str, Any]:
        """Ce qui ne se lit pas se dit, champ par champ."""
        lus: dict[str, Any] = super().clean() or {}
        plages: list[Plage] = []
        if lus.get("osm"):
            plages += self._lues("osm", lire_osm(lus["osm"]))
        else:
            for rang in range(1, 8):
                rangs = tuple(int(r) for r in lus.get(f"rangs_{rang}", "").split(",") if r)
                brut = lire_semaine({rang: lus.get(f"jour_{rang}", "")}, rangs=rangs)
                plages += self._lues(f"jour_{rang}", brut)
        plages += self._lues("exceptions", lire_exceptions(lus.get("exceptions", ""), le=self.le))
        lus["plages"] = plages
        return lus

    def _lues(self, champ: str, lues: tuple[Sequence[Plage], list[str]]) -> Sequence[Plage]:
        for remarque in lues[1]:
            self.add_error(champ, f"Cela ne se lit pas : {remarque}.")
        return lues[0]


def _initial_horaires(plages: Sequence[Plage], le: date) -> dict[str, str]:
    initial = {"exceptions": ecrire_exceptions(plages=plages, le=le)}
    par_jour = {rang: ecrire_jour(plages=plages, jour=rang, le=le) for rang in range(1, 8)}
    connus = dict(RANGS)
    if any(lu is None or lu[1] not in connus for lu in par_jour.values()):
        return initial | {"osm": ecrire_osm(plages=plages, le=le)}
    for rang, lu in par_jour.items():
        if lu is not None:
            initial |= {f"jour_{rang}": lu[0], f"rangs_{rang}": lu[1]}
    return initial
