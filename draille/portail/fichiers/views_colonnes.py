"""Les colonnes d'un tableau : dire une fois ce que chacune porte, et le garder pour sa source."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.moteurs.flux.adaptateur_tableaux import enregistrer_correspondance
from draille.moteurs.flux.calcul.correspondance import CHAMPS, proposer
from draille.moteurs.flux.models import Correspondance, FichierRecu
from draille.portail.fichiers.acces import ACCES
from draille.portail.fichiers.views import confier, lire, titres
from draille.portail.requete import Requete
from draille.socle.refus import Refus

_CHOIX = [("", "Ne pas lire cette colonne"), *((code, c.libelle) for code, c in CHAMPS.items())]


class Colonnes(forms.Form):
    """Une liste par titre de colonne ; le même champ ne peut pas être lu de deux colonnes."""

    source = forms.CharField(
        label="Nom de ce tableau",
        max_length=80,
        help_text="Par exemple : suivi du service insertion. Le prochain tableau aux mêmes titres "
        "sera reconnu.",
        error_messages={"required": "Donnez un nom à ce tableau."},
    )

    def __init__(
        self, donnees: Mapping[str, Any] | None, *, titres: Sequence[str], depart: Correspondance
    ) -> None:
        """`depart` : la correspondance à proposer, gardée ou devinée."""
        super().__init__(donnees, initial={"source": depart.source})
        self.titres = list(titres)
        for rang, titre in enumerate(titres):
            self.fields[f"colonne_{rang}"] = forms.ChoiceField(
                label=titre,
                choices=_CHOIX,
                required=False,
                initial=depart.colonnes.get(titre, ""),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse un champ donné à deux colonnes : on ne saurait laquelle croire."""
        lues = super().clean() or {}
        vus: dict[str, str] = {}
        for titre, champ in self.colonnes.items():
            if champ in vus:
                self.add_error(
                    f"colonne_{self.titres.index(titre)}",
                    f"« {CHAMPS[champ].libelle} » est déjà lu de la colonne « {vus[champ]} ».",
                )
            vus.setdefault(champ, titre)
        return lues

    @property
    def colonnes(self) -> dict[str, str]:
        """Titre de colonne vers champ neutre."""
        lues = {t: self.cleaned_data.get(f"colonne_{r}") for r, t in enumerate(self.titres)}
        return {titre: champ for titre, champ in lues.items() if champ}


@exige(ACCES["deposer"])
@ecrit("POST")
def colonnes(request: Requete, pk: int) -> HttpResponse:
    """Propose une correspondance, la garde, puis confie le tableau au traitement de fond."""
    recu = lire(pk)
    if recu.nature != FichierRecu.Nature.TABLEAU or recu.est_integre:
        return redirect("fichier", pk=pk)
    entetes = titres(recu)
    if not entetes:
        return redirect("fichier", pk=pk)
    envoi = request.POST if request.method == "POST" else None
    formulaire = Colonnes(envoi, titres=entetes, depart=_depart(recu, entetes))
    if formulaire.is_valid() and _garder(request, formulaire):
        confier(recu)
        messages.success(request, "Les colonnes sont gardées ; le tableau est en lecture.")
        return redirect("fichier", pk=pk)
    contexte = {"fichier": recu, "formulaire": formulaire}
    return render(request, "fichiers/colonnes.html", contexte)


def _garder(request: Requete, formulaire: Colonnes) -> bool:
    try:
        enregistrer_correspondance(
            source=formulaire.cleaned_data["source"],
            colonnes=formulaire.colonnes,
            par=request.acces,
            le=request.le,
        )
    except Refus as refus:
        formulaire.add_error(None, refus.message)
        return False
    return True


def _depart(recu: FichierRecu, entetes: Sequence[str]) -> Correspondance:
    """La correspondance gardée la plus complète dont tous les titres sont là, sinon une devinée."""
    convenables = [c for c in Correspondance.objects.all() if set(c.colonnes) <= set(entetes)]
    if convenables:
        return max(convenables, key=lambda c: (len(c.colonnes), c.modifiee_le))
    return Correspondance(source=Path(recu.nom).stem[:80], colonnes=proposer(entetes))
