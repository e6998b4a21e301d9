"""Comparer : deux années, ou deux Départements."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de
from draille.mesures.convention import lectures_pilotage_comparer as lectures
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms_pilotage import AutreAnnee
from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.lectures_mots import NON_PUBLIE
from draille.mesures.convention.lectures_pilotage import Pilotage, page_de_l_annee, pilotage
from draille.mesures.convention.lectures_pilotage_liens import Liens
from draille.mesures.convention.regles.pilotage import Evolution, Moment, au_meme_jour
from draille.mesures.convention.regles.suivi import Etape
from draille.mesures.convention.views_pilotage_cases import TU, CaseComparee, points, signe
from draille.mesures.convention.views_pilotage_choix import Choix, choisir
from draille.socle.texte import entier, euros, pourcent


@exige(ACCES["voir"])
@ecrit()
def comparer(request: HttpRequest) -> HttpResponse:
    """Deux années côte à côte, au même jour (`?annee=`, `?avec=`)."""
    choix = choisir(request)
    if choix is None:
        return render(request, "convention/pilotage_comparer.html", {})
    autre = _autre_annee(request, choix)
    contexte: dict[str, Any] = {
        "formulaire": choix.formulaire,
        "autre": autre,
        "cadre": choix.page.lecture.convention,
        "moment": choix.moment,
        "vers_pilotage": choix.liens.page("pilotage"),
        "vers_annees": choix.liens.page("comparer"),
        "vers_departements": choix.liens.page("comparer_departements"),
        "est_annees": True,
    }
    annee = _annee_comparee(autre, choix)
    if annee is not None:
        contexte |= _annees(request, choix, annee)
    return render(request, "convention/pilotage_comparer.html", contexte)


def _autre_annee(request: HttpRequest, choix: Choix) -> AutreAnnee:
    annees = [a for a in choix.annees if a != choix.moment.annee]
    lus = {"avec": request.GET.get("avec", "")}
    return AutreAnnee(lus if lus["avec"] else None, annees=annees)


def _annee_comparee(autre: AutreAnnee, choix: Choix) -> int | None:
    """L'année demandée, sinon celle d'avant, sinon la plus récente des autres."""
    if autre.is_valid() and autre.cleaned_data["avec"]:
        return int(autre.cleaned_data["avec"])
    autres = [a for a in choix.annees if a != choix.moment.annee]
    veille = choix.moment.annee - 1
    return veille if veille in autres else max(autres, default=None)


def _annees(request: HttpRequest, choix: Choix, annee: int) -> dict[str, Any]:
    acces = acces_de(request)
    autre = page_de_l_annee(page=choix.page, moment=Moment(annee, choix.moment.le))
    lignes = lectures.lignes_des_deux(choix.page.lecture.lignes, autre.lecture.lignes)
    moment = au_meme_jour(moment=choix.moment, annee=annee)
    apres = pilotage(page=choix.page, moment=choix.moment, acces=acces, lignes=lignes)
    # Les textes se lisent le même jour : un avenant signé tard vaut pour toute son année.
    avant = pilotage(
        page=autre, moment=moment, acces=acces, lignes=lignes, textes_au=choix.moment.le
    )
    return {
        "annee": choix.moment.annee,
        "annee_comparee": annee,
        "autre_moment": moment,
        "ensemble": [
            _argent(e, x, liens_apres=choix.liens, liens_avant=Liens(choix.code, moment))
            for e, x in lectures.ensemble(avant=avant, apres=apres)
        ],
        "lignes": _lignes(avant, apres, choix.liens, Liens(choix.code, moment)),
    }


def _lignes(
    avant: Pilotage, apres: Pilotage, liens_apres: Liens, liens_avant: Liens
) -> list[dict[str, Any]]:
    montrees = []
    for x in lectures.comparer(avant=avant, apres=apres):
        code = x.ligne.code
        cases = [
            _argent(e, ev, liens_apres=liens_apres, liens_avant=liens_avant, code=code)
            for e, ev in x.argent
        ]
        montrees.append(
            {
                "libelle": x.ligne.libelle,
                "url": liens_apres.ligne(code),
                "argent": cases,
                "actes": _nombres(
                    "Actes", x.actes, (liens_apres.actes(code), liens_avant.actes(code))
                ),
                "indicateur": _indicateur(x, liens_apres, liens_avant),
            }
        )
    return montrees


def _argent(
    etape: Etape, e: Evolution, *, liens_apres: Liens, liens_avant: Liens, code: str = ""
) -> CaseComparee:
    return CaseComparee(
        etape.libelle,
        _ou_non_publie(e.apres),
        _ou_non_publie(e.avant),
        "" if e.ecart is None else signe(e, euros(abs(e.ecart))),
        liens_apres.montant(etape, ligne=code) if e.apres else "",
        liens_avant.montant(etape, ligne=code) if e.avant else "",
        est_nulle=e.apres == 0 and e.avant == 0,
    )


def _ou_non_publie(montant: Decimal | None) -> str:
    return NON_PUBLIE if montant is None else euros(montant)


def _nombres(titre: str, e: Evolution, urls: tuple[str, str]) -> CaseComparee:
    apres, avant = (TU if n is None else entier(int(n)) for n in (e.apres, e.avant))
    ecart = "" if e.ecart is None else signe(e, entier(int(abs(e.ecart))))
    return CaseComparee(
        titre,
        apres,
        avant,
        ecart,
        urls[0] if e.apres else "",
        urls[1] if e.avant else "",
        est_nulle=e.apres == 0 and e.avant == 0,
    )


def _indicateur(
    x: lectures.LigneComparee, liens_apres: Liens, liens_avant: Liens
) -> CaseComparee | None:
    i = x.indicateur
    if i is None:
        return None
    urls = (
        liens_apres.indicateur(i, Part.DENOMINATEUR),
        liens_avant.indicateur(i, Part.DENOMINATEUR),
    )
    if not i.numerateur:
        return _nombres(i.libelle, x.compte, urls)
    dits = [pourcent(t) if t is not None else "sans objet" for t in (x.taux.apres, x.taux.avant)]
    return CaseComparee(
        i.libelle,
        dits[0],
        dits[1],
        points(x.taux),
        urls[0] if x.taux.apres is not None else "",
        urls[1] if x.taux.avant is not None else "",
    )
