"""L'historique importé : le dépôt, ce que chaque ligne est devenue, les mois connus."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import MESSAGE, exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.suivi_rsa import forms
from draille.mesures.suivi_rsa import lectures_prevision as lectures
from draille.mesures.suivi_rsa.acces import ACCES
from draille.mesures.suivi_rsa.actes_historique import importer_historique
from draille.mesures.suivi_rsa.lectures_historique import imports, lignes_a_dire
from draille.mesures.suivi_rsa.views_commun import onglets
from draille.socle.refus import Refus
from draille.socle.texte import pluriel


@exige(ACCES["voir_budget"])
@ecrit("POST")
def historique(request: HttpRequest) -> HttpResponse:
    """Les mois connus, les fichiers reçus (`?import=` : ses lignes), et le dépôt d'un autre."""
    acces, le = acces_de(request), date_de(request)
    peut_tenir = ACCES["tenir_budget"](acces)
    if request.method == "POST":
        if not peut_tenir:
            raise PermissionDenied(MESSAGE)
        formulaire = forms.Historique(request.POST, request.FILES)
        recu = _deposer(request, formulaire)
        if recu is not None:
            return redirect(f"{reverse('rsa_historique')}?import={recu}")
    else:
        formulaire = forms.Historique()
    recus = imports(acces=acces, le=le)
    demande = request.GET.get("import", "")
    choisi = next((r for r in recus if str(r.pk) == demande), None)
    contexte = {
        "onglets": onglets(acces=acces, actif="rsa_historique"),
        "formulaire": formulaire if peut_tenir else None,
        "imports": recus,
        "choisi": choisi,
        "lignes": lignes_a_dire(import_id=choisi.pk, acces=acces) if choisi else [],
        "mois": list(reversed(lectures.mois_connus(acces=acces, le=le))),
    }
    return render(request, "suivi_rsa/historique.html", contexte)


def _deposer(request: HttpRequest, formulaire: forms.Historique) -> int | None:
    if not formulaire.is_valid():
        return None
    contenu, nom = formulaire.depose
    try:
        recu = importer_historique(
            contenu=contenu,
            nom=nom,
            remplacer=formulaire.cleaned_data["remplacer"],
            par=acces_de(request),
            le=date_de(request),
        )
    except Refus as refus:
        formulaire.add_error("fichier", refus.message)
        return None
    pris = recu.retenues + recu.remplacees
    dit = f"{pluriel(recu.lignes, 'ligne lue', 'lignes lues')}, {pris} prises."
    (messages.warning if recu.rejetees else messages.success)(request, dit)
    return int(recu.pk)
