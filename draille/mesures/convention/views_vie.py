"""La vie d'une convention : échéances, actions, objectifs, deux dates, textes-cadres."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, adresse, date_de
from draille.mesures.convention import lectures, lectures_mots, lectures_objectifs, lectures_suivi
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.forms import DateLue
from draille.mesures.convention.forms_vie import AnneeLue, DeuxDates
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_objectifs import ObjectifLu
from draille.mesures.convention.regles import Convention, EtatParite, Parite
from draille.mesures.convention.regles.dates import Comparaison, comparer
from draille.mesures.convention.regles.suivi import ActionLue, EcheanceLue, EtatEcheance
from draille.socle.texte import decimal

TONS = {
    EtatEcheance.A_TEMPS: "eau",
    EtatEcheance.PROCHE: "genet",
    EtatEcheance.EN_RETARD: "tuile",
    EtatEcheance.TENUE: "pature",
    EtatEcheance.TENUE_EN_RETARD: "pierre",
}
# Les vues d'une convention, dans l'ordre de lecture ; celle qu'un site ne donne pas est omise.
_ONGLETS = (
    ("argent", "Argent", "convention:argent"),
    ("vie", "Échéances et actions", "convention:vie"),
    ("objectifs", "Objectifs", "convention:objectifs"),
    ("comparer_dates", "Comparer deux dates", "convention:comparer_dates"),
    ("rapports", "Rapports", "convention:rapports"),
)


@exige(ACCES["voir"])
@ecrit()
def vie(request: HttpRequest, cadre: str) -> HttpResponse:
    """Ce qui vit entre deux textes : échéances, délibérations, actions, réductions."""
    formulaire = DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request))
    jour = formulaire.jour
    page = lire_page(cadre, jour)
    # On n'écrit qu'au présent : une lecture d'hier ne propose rien.
    peut_ecrire = ACCES["ecrire"](acces_de(request)) and jour == date_de(request)
    contexte = {
        **cadre_de_page(page, "vie", jour),
        "formulaire": formulaire,
        "peut_ecrire": peut_ecrire,
        "echeances": [
            _habillee(e) for e in lectures_suivi.echeances(cadre_id=page.cadre_id, le=jour)
        ],
        "lignes": _par_ligne(page, lectures_suivi.actions(cadre_id=page.cadre_id, le=jour)),
        "deliberations": lectures_suivi.deliberations(cadre_id=page.cadre_id, le=jour),
        "titres": {t.code: t.titre for t in page.lecture.convention.textes},
        "reductions": lectures_suivi.reductions(cadre_id=page.cadre_id, le=jour),
    }
    return render(request, "convention/vie.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def objectifs(request: HttpRequest, cadre: str) -> HttpResponse:
    """Chaque cible d'une convention pour une année (`?annee=`) : base, seuil, valeurs, tendance."""
    jour = DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request)).jour
    page = lire_page(cadre, jour)
    formulaire = AnneeLue(request.GET, annee=jour.year)
    lus = lectures_objectifs.objectifs(
        page=page, annee=formulaire.lue, acces=acces_de(request), le=jour
    )
    contexte = {
        **cadre_de_page(page, "objectifs", jour),
        "formulaire": formulaire,
        "annee": formulaire.lue,
        "peut_ecrire": ACCES["ecrire"](acces_de(request)) and jour == date_de(request),
        "objectifs": [objectif_en_mots(o, page) for o in lus],
    }
    return render(request, "convention/vie_objectifs.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def comparer_dates(request: HttpRequest, cadre: str) -> HttpResponse:
    """La convention à deux dates (`?le=&avec=`), côte à côte, et ce qui les sépare."""
    jour = date_de(request)
    formulaire = DeuxDates(request.GET, le=_veille_du_dernier(cadre, jour), avec=jour)
    ancienne, recente = formulaire.jours
    avant, apres = lire_page(cadre, ancienne), lire_page(cadre, recente)
    lue = comparer(
        avant=avant.lecture,
        apres=apres.lecture,
        echeances_avant=lectures_suivi.echeances(cadre_id=avant.cadre_id, le=ancienne),
        echeances_apres=lectures_suivi.echeances(cadre_id=avant.cadre_id, le=recente),
    )
    contexte = {
        **cadre_de_page(apres, "comparer_dates", recente),
        "formulaire": formulaire,
        **comparaison_en_mots(lue),
    }
    return render(request, "convention/vie_comparer.html", contexte)


@exige(ACCES["voir"])
@ecrit()
def textes_cadres(request: HttpRequest) -> HttpResponse:
    """Les textes de l'État qui cadrent les conventions, connus à une date."""
    formulaire = DateLue(request.GET if "le" in request.GET else None, par_defaut=date_de(request))
    contexte = {
        "formulaire": formulaire,
        "jour": formulaire.jour,
        "textes": lectures_suivi.textes_cadres(le=formulaire.jour),
    }
    return render(request, "convention/vie_textes_cadres.html", contexte)


def lire_page(cadre: str, le: date) -> PageConvention:
    """La page de cette convention à cette date. Lève Http404 si elle n'est pas inscrite."""
    page = lectures.page(departement=settings.DRAILLE_DEPARTEMENT, code=cadre, le=le)
    if page is None:
        raise Http404("convention inconnue")
    return page


def cadre_de_page(page: PageConvention, actif: str, jour: date) -> dict[str, Any]:
    """Ce que toute page de la vie d'une convention montre : la convention, le jour, les vues."""
    convention = page.lecture.convention
    onglets = onglets_de(convention=convention, actif=actif, jour=jour)
    return {"page": page, "convention": convention, "jour": jour, "onglets": onglets}


def onglets_de(*, convention: Convention, actif: str, jour: date) -> list[dict[str, Any]]:
    """Les vues d'une convention à une date ; `actif` : celle où l'on est."""
    dit = jour.isoformat()
    return [
        {
            "libelle": libelle,
            "url": f"{url}?{'avec' if code == 'comparer_dates' else 'le'}={dit}",
            "est_actif": code == actif,
        }
        for code, libelle, nom in _ONGLETS
        if (url := adresse(nom, convention.code))
    ]


def comparaison_en_mots(lue: Comparaison) -> dict[str, Any]:
    """Une comparaison prête à montrer : ce qui change d'abord, et la parité en phrases."""
    return {
        "lue": lue,
        "lignes": [
            {
                "lue": x,
                "cibles": [
                    {
                        "lue": c,
                        "avant": lectures_mots.cible_en_mots(c.avant) if c.avant else "",
                        "apres": lectures_mots.cible_en_mots(c.apres) if c.apres else "",
                    }
                    for c in x.cibles
                ],
            }
            for x in lue.lignes
        ],
        "parites": [
            {"niveau": niveau, "avant": _parite(dict(lue.parite_avant).get(niveau)), "apres": dite}
            for niveau, dite in ((n, _parite(p)) for n, p in lue.parite_apres)
        ],
    }


def _parite(parite: Parite | None) -> str:
    if parite is None or parite.etat is EtatParite.SANS_OBJET:
        return "La source ne demande pas de parité."
    return lectures_mots.parite_en_mots(parite)


def objectif_en_mots(objectif: ObjectifLu, page: PageConvention) -> dict[str, Any]:
    """Un objectif prêt à montrer."""
    ligne = next(x for x in page.lecture.lignes if x.code == objectif.ligne_code)
    unite = objectif.cible.unite
    return {
        "lu": objectif,
        "ligne": ligne,
        "mots": lectures_mots.cible_en_mots(objectif.cible),
        "base": _nombre(objectif.base, unite),
        "seuil": _seuil(objectif),
        "tendance": _nombre(objectif.tendance, unite),
        "constatee": _nombre(objectif.constatee.valeur if objectif.constatee else None, unite),
        "valeurs": [(v, _nombre(v.valeur, unite)) for v in objectif.valeurs],
        "bases": [(v, _nombre(v.valeur, unite)) for v in objectif.bases],
        "etat": _etat(objectif),
        "ton": _TONS_OBJECTIF[objectif.etat.est_atteinte],
        "cle": f"{objectif.ligne_code}/{objectif.cible.code}",
    }


_TONS_OBJECTIF = {True: "pature", False: "genet", None: "pierre"}


def _etat(objectif: ObjectifLu) -> str:
    if objectif.etat.est_atteinte is None:
        return "Pas encore mesurable"
    return "Atteinte" if objectif.etat.est_atteinte else "Pas atteinte"


def _seuil(objectif: ObjectifLu) -> str:
    """Ce qu'il faut atteindre ; deux bornes pour un intervalle."""
    dit = _nombre(objectif.seuil, objectif.cible.unite)
    if not dit or objectif.cible.valeur_max is None:
        return dit
    haut = _nombre(objectif.cible.valeur_max, objectif.cible.unite)
    return f"{_nombre(objectif.seuil, '').strip()} à {haut}"


def _nombre(valeur: Any, unite: str) -> str:
    if valeur is None:
        return ""
    entiere = valeur == valeur.to_integral_value()
    return f"{decimal(valeur, decimales=0 if entiere else 2)} {unite}"


def _habillee(echeance: EcheanceLue) -> dict[str, Any]:
    closes = (EtatEcheance.TENUE, EtatEcheance.TENUE_EN_RETARD)
    return {
        "lue": echeance,
        "ton": TONS[echeance.etat],
        "est_ouverte": echeance.etat not in closes,
    }


def _par_ligne(
    page: PageConvention, actions: tuple[ActionLue, ...]
) -> list[tuple[str, list[ActionLue]]]:
    libelles = {x.code: x.libelle for x in page.lecture.lignes}
    codes = list(dict.fromkeys(a.ligne_code for a in actions))
    return [(libelles.get(c, c), [a for a in actions if a.ligne_code == c]) for c in codes]


def _veille_du_dernier(cadre: str, jour: date) -> date:
    """D'office, on compare à la veille du dernier texte signé ; sinon, au début de l'année."""
    textes = lire_page(cadre, jour).lecture.convention.textes
    signes = [t.signe_le for t in textes if t.signe_le and t.signe_le <= jour]
    if not signes:
        return date(jour.year, 1, 1)
    return date.fromordinal(max(signes).toordinal() - 1)
