"""Le journal : les dernières lignes que le lecteur peut voir, et la preuve qu'il est intact."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.noyau.journal import registre
from draille.noyau.journal.lectures import Filtre, dernieres, etat_scellement
from draille.noyau.journal.scellement import verifier
from draille.noyau.personne.lectures import charger
from draille.portail.requete import (
    Requete,
    restreindre,
    verifie_le_journal,
    voit_des_personnes,
)
from draille.portail.vues.dossier import dire_les_lignes
from draille.socle import contexte, horloge, texte
from draille.socle.acces import Role, acces_systeme, tout_agent

PAR_PAGE = 50


@exige(tout_agent)
@ecrit()
def journal(request: Requete) -> HttpResponse:
    """Les dernières lignes ; on avance par « lignes plus anciennes », sans compter le journal."""
    lignes = dernieres(acces=request.acces, filtre=_filtre(request), limite=PAR_PAGE + 1)
    suite = lignes[PAR_PAGE - 1].pk if len(lignes) > PAR_PAGE else None
    actes = dire_les_lignes(lignes[:PAR_PAGE])
    return render(
        request,
        "portail/journal.html",
        {
            "actes": actes,
            "suite": suite,
            "codes": sorted({(a.code, registre.libelle(a.code)) for a in registre.actes()}),
            "code": request.GET.get("code", ""),
            "debut": _jour(request, "debut"),
            "fin": _jour(request, "fin"),
            "est_suite": bool(request.GET.get("avant")),
            "scellement": etat_scellement(),
            "peut_verifier": verifie_le_journal(request.acces),
            "noms": _noms(request, actes),
        },
    )


@exige(verifie_le_journal)
@ecrit("POST")
@require_POST
def verifier_journal(request: Requete) -> HttpResponse:
    """Recalcule tous les sceaux sous un accès qui voit tout le journal, et dit le résultat."""
    contexte.poser(acces=acces_systeme(nom="vérification"), instant=horloge.maintenant())
    anomalies = list(verifier())
    contexte.poser(acces=request.acces, instant=horloge.maintenant())
    etat = etat_scellement()
    if not etat.lots:
        messages.warning(request, "Aucun lot n'est encore scellé : rien à vérifier.")
    elif not anomalies:
        lots = texte.pluriel(etat.lots, "lot scellé vérifié", "lots scellés vérifiés")
        messages.success(request, f"Le journal est intact : {lots}.")
    for anomalie in anomalies[:20]:
        messages.error(request, anomalie.message)
    if len(anomalies) > 20:
        messages.error(request, f"{len(anomalies)} anomalies en tout.")
    return redirect("journal")


def _filtre(request: Requete) -> Filtre:
    avant = request.GET.get("avant", "")
    return Filtre(
        code=request.GET.get("code", ""),
        debut=_jour(request, "debut"),
        fin=_jour(request, "fin"),
        avant_id=int(avant) if avant.isdecimal() and len(avant) < 19 else None,
    )


def _jour(request: Requete, champ: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(champ, ""))
    except ValueError:
        return None


def _noms(request: Requete, actes: list[Any]) -> dict[int, str]:
    """Les noms que le journal montre : tous au cadre, à chacun ceux de ses propres actes.

    On ne feuillette pas les personnes du Département : les autres se cherchent.
    """
    if not voit_des_personnes(request.acces):
        return {}
    acces = restreindre(request)
    ids = {
        a.ligne.personne_id
        for a in actes
        if a.ligne.personne_id and (Role.CADRE in acces.roles or a.ligne.agent_id == acces.agent_id)
    }
    return {p.pk: p.nom_complet for p in charger(ids=sorted(ids), acces=acces)}
