"""La galerie : tous les composants sur une page, pour les relire. Aucune donnée de personne."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import publique
from draille.ecrans.cartes import Lieu, Serie, Trait, dessiner
from draille.ecrans.graphiques import Ligne, Releve

_MOIS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct."]


class Essai(forms.Form):
    """Un champ de chaque sorte, dont des saisies fausses pour montrer les erreurs."""

    nom = forms.CharField(label="Nom de naissance", help_text="Tel qu'il figure à l'état civil.")
    naissance = forms.DateField(label="Date de naissance", help_text="Par exemple 31/10/1984.")
    commune = forms.ChoiceField(
        label="Commune", choices=[("", "Choisir"), ("43157", "Le Puy-en-Velay")], required=False
    )
    type_parcours = forms.ChoiceField(
        label="Type de parcours",
        choices=[("pro", "Professionnel"), ("socio", "Socio-professionnel"), ("social", "Social")],
        widget=forms.RadioSelect,
        help_text="La proposition reste la vôtre : dites pourquoi si vous ne la suivez pas.",
    )
    motif = forms.CharField(label="Motif", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    fichier = forms.FileField(label="Fichier de la CAF", help_text="XML ou ZIP, tel que reçu.")
    a_lu = forms.BooleanField(label="Les droits et devoirs ont été expliqués")


@publique
def galerie(request: HttpRequest) -> HttpResponse:
    """Rend la galerie ; à monter en développement seulement."""
    messages.success(request, "128 personnes orientées. Leurs échéances sont closes.")
    messages.error(request, "Le fichier est plus ancien que le dernier reçu : rien n'a changé.")
    totaux = [28, 31, 22, 9, 17, 26, 30, 24, 33, 35]
    taux = [0.62, 0.66, 0.58, None, 0.35, 0.49, 0.61, 0.64, 0.71, 0.74]
    contexte = {
        "formulaire": Essai({"naissance": "31/13/1984", "motif": "À revoir"}),
        "page": Paginator(range(1, 3101), 50).page(7),
        "jour": date(2020, 10, 31),
        "lignes": [
            ("Chazelle Irène", "Le Puy-en-Velay", date(2020, 10, 28), -3, False),
            ("Durand Mehdi", "Yssingeaux", date(2020, 10, 31), 0, False),
            ("Faure Odile", "Brioude", date(2020, 11, 5), 5, False),
            ("Vallet-Sauret Jean-Baptiste", "Monistrol-sur-Loire", date(2020, 11, 21), 21, False),
            ("Roux Aïcha", "Langeac", date(2020, 10, 20), 4, True),
        ],
        "argent": [
            Ligne("Premier accueil social inconditionnel", (Decimal(45000), Decimal(45000))),
            Ligne("Référent de parcours", (Decimal(30000), Decimal("30359.32"))),
            Ligne(
                "Orientation des nouveaux entrants", (Decimal(41000), Decimal(41000)), ("#", "#")
            ),
            Ligne("Garantie d'activité", (Decimal(118000), Decimal(118000))),
        ],
        "types": [
            Ligne("Le Puy-en-Velay", (41, 22, 18, 7, 5, 2)),
            Ligne("Brioude", (18, 9, 14, 3, 2, 1)),
            Ligne("Yssingeaux", (12, 11, 6, 4, 0, 1)),
        ],
        "mois": [Releve(m, v, t, lien="#") for m, v, t in zip(_MOIS, totaux, taux, strict=True)],
        "carte": _carte(),
        "stock": [2800, 2823, 2851, 2840, 2872, 2933, 2990, 3024, 3071, 3100],
    }
    return render(request, "ecrans/galerie.html", contexte)


def _carte() -> dict[str, Any]:
    """Deux bureaux et trois référents ; les contours sont ceux de la base, s'il y en a."""
    puy = Lieu(code="puy", nom="Bureau du Puy-en-Velay", latitude=45.043, longitude=3.885)
    brioude = Lieu(code="brioude", nom="Bureau de Brioude", latitude=45.294, longitude=3.384)
    return dessiner(
        lieux=[puy, brioude],
        series=[Serie(rang=r, nom=n) for r, n in ((1, "Chanal"), (2, "Roux"), (7, "Vidal"))],
        traits=[
            Trait(cle="1-1", commune=1, lieu="puy", serie=1, nombre=12),
            Trait(cle="2-2", commune=2, lieu="brioude", serie=2, nombre=3),
            Trait(cle="3-7", commune=3, lieu="brioude", serie=7, nombre=1),
        ],
    )
