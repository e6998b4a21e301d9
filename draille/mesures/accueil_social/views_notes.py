"""Les notes d'une personne : en écrire une, corriger la sienne."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de, url_personne
from draille.mesures.accueil_social import actes, lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_notes import PRIVEE, CorrigerNote, Note
from draille.mesures.accueil_social.views_commun import compartiments_de, nominatif
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.personne.models import Personne
from draille.socle.acces import Compartiment
from draille.socle.refus import Refus


@exige(ACCES["noter"])
@ecrit("POST")
def note(request: HttpRequest, personne_id: int) -> HttpResponse:
    """Écrire une note, partagée dans un métier ou pour soi seul."""
    personne = _personne(request, personne_id)
    tenus = compartiments_de(acces_de(request))
    formulaire = Note(request.POST if request.method == "POST" else None, compartiments=tenus)
    if request.method == "POST" and formulaire.is_valid():
        pour = formulaire.cleaned_data["pour"]
        try:
            actes.ecrire_note(
                personne=personne,
                texte=formulaire.cleaned_data["texte"],
                est_privee=pour == PRIVEE,
                compartiment=tenus[0] if pour == PRIVEE else Compartiment(int(pour)),
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La note est enregistrée.")
            return redirect(url_personne(personne.pk) or adresse("accueils"))
    return _page(request, formulaire, personne, titre="Écrire une note")


@exige(ACCES["noter"])
@ecrit("POST")
def corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Corriger sa propre note ; le journal garde qu'elle l'a été."""
    try:
        lue = lectures.note(note_id=pk, acces=acces_de(request))
    except Refus as refus:
        raise Http404(refus.message) from refus
    if not lue.est_la_mienne:
        raise Http404("Une note ne se corrige que par la personne qui l'a écrite.")
    # La note lui reste ; le dossier, lui, peut ne plus lui être ouvert.
    personne = _personne(request, lue.note.personne_id)
    formulaire = CorrigerNote(
        request.POST if request.method == "POST" else None, initial={"texte": lue.note.texte}
    )
    if request.method == "POST" and formulaire.is_valid():
        try:
            actes.corriger_note(
                note_id=pk,
                texte=formulaire.cleaned_data["texte"],
                par=acces_de(request),
                le=date_de(request),
            )
        except Refus as refus:
            formulaire.add_error(None, refus.message)
        else:
            messages.success(request, "La note est corrigée.")
            return redirect(url_personne(personne.pk) or adresse("accueils"))
    return _page(request, formulaire, personne, titre="Corriger ma note")


def _personne(request: HttpRequest, personne_id: int) -> Personne:
    personne = ouvrir(personne_id=personne_id, acces=nominatif(acces_de(request)))
    if personne is None:
        raise Http404
    return personne


def _page(
    request: HttpRequest, formulaire: Note | CorrigerNote, personne: Personne, *, titre: str
) -> HttpResponse:
    contexte = {
        "formulaire": formulaire,
        "personne": personne,
        "titre": titre,
        "url_personne": url_personne(personne.pk),
    }
    return render(request, "accueil_social/note.html", contexte)
