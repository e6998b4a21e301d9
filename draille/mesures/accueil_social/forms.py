"""Les formulaires du guichet : rien n'est obligatoire, et rien de saisi ne se perd."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from draille.mesures.accueil_social.actes import OrientationSaisie, ReponseSaisie, Saisie
from draille.mesures.accueil_social.forms_champs import (
    Lieux,
    champ_heure,
    champ_jour,
    champ_radios,
    champ_texte,
)
from draille.mesures.accueil_social.forms_naissance import ChampNaissance, Naissance
from draille.mesures.accueil_social.forms_orienter import ORIENTATIONS, Orienter, choix_partenaires
from draille.mesures.accueil_social.models import Accueil, Reponse
from draille.moteurs.annuaire.adaptateur_lectures import existants
from draille.moteurs.annuaire.registre import besoins
from draille.noyau.personne.actes import Identite
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Compartiment

Donnees = Mapping[str, Any] | None
Choix = list[tuple[str, str]]

NOMMEE, ANONYME = "nommee", "anonyme"
REPONSES = [
    (str(g), str(g.label))
    for g in Reponse.Genre
    if g not in (Reponse.Genre.LIEU_INDIQUE, Reponse.Genre.ORIENTATION)
]


class Accueillir(forms.Form):
    """La page de trois minutes, d'une seule pièce."""

    envoi = forms.UUIDField(widget=forms.HiddenInput)
    qui = champ_radios(
        "Dit-elle qui elle est",
        [(NOMMEE, "Elle dit son nom"), (ANONYME, "Elle ne le dit pas")],
        NOMMEE,
    )
    personne = forms.RegexField(r"\A(nouvelle|\d{1,18})\Z", required=False)
    nom = champ_texte("Nom", 80)
    prenom = champ_texte("Prénom", 80)
    naissance = ChampNaissance(
        label="Naissance", required=False, help_text="12/03/1984, 03/1984 ou 1984."
    )
    telephone = champ_texte("Téléphone", 20)
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        error_messages={"invalid": "Cette adresse ne se lit pas : vérifiez-la, ou laissez vide."},
    )
    commune = forms.TypedChoiceField(
        label="Commune où elle vit", required=False, coerce=int, empty_value=None
    )
    venue = champ_radios("Venue", Accueil.Venue.choices, Accueil.Venue.SPONTANEE)
    canal = champ_radios("Comment", Accueil.Canal.choices, Accueil.Canal.GUICHET)
    point = forms.TypedChoiceField(
        label="Où on la reçoit", required=False, coerce=int, empty_value=None
    )
    heure = champ_heure()
    besoins = forms.MultipleChoiceField(
        label="Ce qu'elle demande",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "Un besoin coché n'est plus proposé : choisissez-en un autre."
        },
    )
    paroles = champ_texte("Dans ses mots", 600, aide="Ce qu'elle dit, comme elle le dit.", rangs=3)
    reponses = forms.MultipleChoiceField(
        label="Ce qu'on a fait tout de suite",
        choices=REPONSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lieux = Lieux(required=False)
    suivis = Lieux(required=False)
    suite = champ_texte("Ce qui est convenu", 300, aide="« Elle revient jeudi avec son courrier. »")
    suite_le = champ_jour("Pour quand")
    note_partagee = champ_texte(
        "Note partagée", 2000, aide="Lue par ceux qui ouvrent ce dossier dans ce métier.", rangs=2
    )
    note_compartiment = forms.TypedChoiceField(
        label="Partagée avec", required=False, coerce=int, empty_value=None
    )
    note_privee = champ_texte("Note pour moi", 2000, aide="Vous serez seul à la lire.", rangs=2)

    def __init__(
        self,
        donnees: Donnees = None,
        *,
        le: date,
        compartiments: Iterable[Compartiment],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`compartiments` : où cet agent peut partager une note ; `initial` : déjà écrit."""
        super().__init__(donnees, initial={"envoi": uuid.uuid4(), **(initial or {})})
        self._choisir("commune", [("", "Non dite, ou ailleurs"), *_communes()])
        self._choisir("point", [("", "Non dit"), *choix_points(le)])
        self._choisir("besoins", [(b.code, b.libelle) for b in besoins(le)])
        self._choisir("note_compartiment", [(str(int(c)), c.libelle) for c in compartiments])
        ouverts = choix_partenaires(le)
        self.orientations = [
            Orienter(donnees, partenaires=ouverts, rang=r, initial=initial)
            for r in range(1, ORIENTATIONS + 1)
            if ouverts
        ]
        self.choisie: int | None = None

    def _choisir(self, nom: str, choix: Choix) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)
        champ.choices = choix

    @property
    def est_anonyme(self) -> bool:
        """Vrai si la personne ne dit pas son nom."""
        return bool(self.cleaned_data.get("qui") == ANONYME)

    def is_valid(self) -> bool:
        """Vrai si la page et ses orientations se lisent ; une anonyme n'a pas d'orientation."""
        est_juste = super().is_valid()
        if "qui" in self.cleaned_data and self.est_anonyme:
            return est_juste
        return all([o.is_valid() for o in self.orientations]) and est_juste

    def clean(self) -> dict[str, Any]:
        """Un dossier choisi, ou un nom et un prénom, ou personne de nommé."""
        lu = super().clean() or {}
        if lu.get("qui") == ANONYME:
            return lu
        lu["qui"] = NOMMEE
        choisie = lu.get("personne") or ""
        if choisie.isdecimal():
            self.choisie = int(choisie)
        elif not (lu.get("nom") or lu.get("prenom")):
            self.add_error("nom", "Écrivez son nom, ou choisissez « Elle ne le dit pas ».")
        else:
            for champ, dit in (("nom", "nom"), ("prenom", "prénom")):
                if not lu.get(champ) and champ not in self.errors:
                    self.add_error(champ, f"Écrivez aussi le {dit}, pour la retrouver.")
        return lu

    @property
    def saisie(self) -> Saisie:
        """Ce que l'acte attend."""
        lu = self.cleaned_data
        codes = tuple(lu["besoins"])
        return Saisie(
            envoi=lu["envoi"],
            **self._qui(),
            commune_id=lu["commune"],
            venue=lu["venue"] or Accueil.Venue.SPONTANEE,
            canal=lu["canal"] or Accueil.Canal.GUICHET,
            point_id=lu["point"],
            heure=lu["heure"],
            paroles=lu["paroles"],
            besoins=codes,
            reponses=self._reponses(),
            orientations=self._orientations(codes),
            suite=lu["suite"],
            suite_le=lu["suite_le"],
            note_partagee=lu["note_partagee"],
            note_compartiment=lu["note_compartiment"] or Compartiment.SOCIAL,
            note_privee=lu["note_privee"],
        )

    def _qui(self) -> dict[str, Any]:
        lu = self.cleaned_data
        if self.est_anonyme:
            return {"identite": Accueil.Identite.ANONYME}
        if self.choisie is not None:
            return {"identite": Accueil.Identite.CONNUE, "personne_id": self.choisie}
        naissance: Naissance | None = lu["naissance"]
        identite = Identite(
            nom_naissance=lu["nom"],
            prenom=lu["prenom"],
            naissance_le=naissance.le if naissance else None,
            naissance_precision=naissance.precision if naissance else "N",
        )
        return {
            "identite": Accueil.Identite.NOUVELLE,
            "nouvelle": identite,
            "telephone": lu["telephone"],
            "courriel": lu["courriel"],
        }

    def _reponses(self) -> tuple[ReponseSaisie, ...]:
        lu = self.cleaned_data
        faites = [ReponseSaisie(genre=genre) for genre in lu["reponses"]]
        suivis = set() if self.est_anonyme else set(lu["suivis"])
        indiques = dict.fromkeys([*lu["lieux"], *(lu["suivis"] if self.est_anonyme else ())])
        faites += [
            ReponseSaisie(
                genre=Reponse.Genre.LIEU_INDIQUE, besoin=lieu.besoin, point_id=lieu.point_id
            )
            for lieu in indiques
            if lieu not in suivis
        ]
        return tuple(faites)

    def _orientations(self, codes: tuple[str, ...]) -> tuple[OrientationSaisie, ...]:
        if self.est_anonyme:
            return ()
        vers = [o.saisie(codes) for o in self.orientations if not o.est_vide]
        vers += [
            OrientationSaisie(point_id=lieu.point_id, besoins=(lieu.besoin,) if lieu.besoin else ())
            for lieu in dict.fromkeys(self.cleaned_data["suivis"])
        ]
        return tuple(vers)


def _communes() -> Choix:
    return [(str(pk), nom) for pk, nom in Commune.objects.order_by("nom").values_list("pk", "nom")]


def choix_points(le: date) -> Choix:
    """Les lieux qui tiennent le premier accueil ce jour-là."""
    # La page n'en montre que les noms : ni leurs heures, ni leur structure.
    lus = existants(le=le, premier_accueil=True).select_related(None).prefetch_related(None)
    return [(str(pk), nom) for pk, nom in lus.values_list("pk", "nom")]
