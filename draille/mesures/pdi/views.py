"""Les pages du PDI : ses délibérations, son arbre à une date, chacune de ses actions."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans import arbre
from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de
from draille.mesures.pdi import lectures
from draille.mesures.pdi.acces import ACCES
from draille.mesures.pdi.actes_fichier import chemin_du_pdi
from draille.mesures.pdi.forms import DateLue
from draille.mesures.pdi.lectures import ProgrammeLu
from draille.mesures.pdi.regles import Action, Annee, EtatAnnee, Programme
from draille.socle.acces import Acces

_TONS = {
    EtatAnnee.TENUE: "pature",
    EtatAnnee.TENUE_EN_RETARD: "genet",
    EtatAnnee.EN_RETARD: "tuile",
    EtatAnnee.A_VENIR: "pierre",
}


@exige(ACCES["voir"])
@ecrit()
def pdi(request: HttpRequest) -> HttpResponse:
    """Le programme d'insertion, lu à une date (`?le=`, sinon celle du produit), en arbre."""
    formulaire = _formulaire(request)
    jour, acces = formulaire.jour, acces_de(request)
    departement = settings.DRAILLE_DEPARTEMENT
    lus = lectures.programmes(departement=departement, le=jour)
    # Une date à venir ne change rien à ce qui est fait : on compte au plus tard aujourd'hui.
    le = min(jour, date_de(request))
    fichier = chemin_du_pdi(racine=settings.RACINE, departement=departement)
    contexte = {
        "formulaire": formulaire,
        "jour": jour,
        "programmes": [_montrer(p, acces, le) for p in lus],
        "peut_ecrire": ACCES["ecrire"](acces),
        "peut_charger": ACCES["charger"](acces) and fichier is not None,
    }
    return render(request, "pdi/pdi.html", contexte)


def _montrer(lu: ProgrammeLu, acces: Acces, le: date) -> dict[str, Any]:
    programme = lu.programme
    return {
        "lu": lu,
        "programme": programme,
        "dernier_jour": programme.fin - timedelta(days=1),
        "annees": [_annee(a, lu.le) for a in lu.annees],
        "est_a_venir": lu.le < programme.debut,
        "arbre": _arbre(lu, acces, le),
    }


def _annee(annee: Annee, jour: date) -> dict[str, Any]:
    return {"annee": annee, "ton": _TONS[annee.etat], "jours": (annee.avant_le - jour).days}


def _arbre(lu: ProgrammeLu, acces: Acces, le: date) -> arbre.Arbre:
    """L'arbre du programme ; avant son premier jour, ses actions sont déjà à lire."""
    jour = max(lu.le, lu.programme.debut)
    par_axe = [(x, x.au(jour)) for x in lu.programme.axes]
    voulus = [a for _, actions in par_axe for action in actions for a in action.appuis]
    lus = arbre.lire(appuis=voulus, acces=acces, le=le)
    return arbre.Arbre(
        nom=f"arbre-{lu.programme.code.replace('_', '-')}",
        titre=f"{lu.programme.titre} : axes, actions et appuis",
        axes=tuple(
            arbre.Axe(
                code=axe.code,
                libelle=axe.libelle,
                actions=tuple(
                    arbre.Action(
                        code=a.code,
                        libelle=a.libelle,
                        mention=f"ajoutée le {a.debut:%d/%m/%Y}" if a.est_ajoutee else "",
                        url=f"{adresse('pdi_action', a.code)}?le={lu.le.isoformat()}",
                        appuis=tuple(lus[appui] for appui in a.appuis),
                    )
                    for a in actions
                ),
            )
            for axe, actions in par_axe
        ),
    )


@exige(ACCES["voir"])
@ecrit()
def action(request: HttpRequest, code: str) -> HttpResponse:
    """Une action du programme : la phrase qui l'annonce, ce sur quoi elle repose."""
    jour = _formulaire(request).jour
    for lu in lectures.programmes(departement=settings.DRAILLE_DEPARTEMENT, le=jour):
        for axe in lu.programme.axes:
            for lue in axe.au(max(jour, lu.programme.debut)):
                if lue.code == code:
                    return _action(request, lu.programme, axe.libelle, lue, jour)
    raise Http404("cette action n'est pas dans le programme à cette date")


def _action(
    request: HttpRequest, programme: Programme, axe: str, lue: Action, jour: date
) -> HttpResponse:
    le = min(jour, date_de(request))
    appuis = arbre.lire(appuis=lue.appuis, acces=acces_de(request), le=le)
    contexte = {
        "programme": programme,
        "axe": axe,
        "action": lue,
        "jour": jour,
        "appuis": [appuis[a] for a in lue.appuis],
    }
    return render(request, "pdi/action.html", contexte)


def _formulaire(request: HttpRequest) -> DateLue:
    return DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request))
