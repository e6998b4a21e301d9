"""Les indicateurs d'une ligne : les montrer, et ouvrir chaque nombre sur ses actes."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Releve
from draille.ecrans.lecture_seule import ecrit
from draille.mesures.convention import lectures_indicateurs as lectures
from draille.mesures.convention import regles
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.actes import ExporterListe, tracer_export
from draille.mesures.convention.forms import NOMS_BANDES, CritereForm
from draille.mesures.convention.lectures_definitions import difference, reference
from draille.mesures.convention.lectures_indicateurs import (
    Critere,
    DelaisLus,
    Lecteur,
    Part,
)
from draille.mesures.convention.lectures_secret import Compte
from draille.moteurs.indicateurs.registre import Indicateur, indicateur, indicateurs
from draille.socle.acces import PAS, Acces, Compartiment
from draille.socle.texte import cellule_sure, date_courte, mois_annee

PAR_PAGE = 50
ANNEES_AU_PLUS = 8
# Douze colonnes tiennent sur un téléphone si leur nom est court ; le titre dit l'année.
MOIS_COURTS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
_PARTS = {
    Part.NUMERATEUR: "Personnes comptées",
    Part.DENOMINATEUR: "Toutes les personnes concernées",
    Part.REPONDUS: "Personnes dont on mesure le délai",
}


@dataclass(frozen=True)
class Contexte:
    """De quelle page partent les liens : la date de lecture, l'année, la convention."""

    jour: date
    annee: int


def declares(ligne: regles.Ligne) -> list[Indicateur]:
    """Les indicateurs d'une ligne : ceux de son code et ceux des mesures qui l'exécutent."""
    noms = dict.fromkeys((ligne.code, *ligne.mesures))
    return [i for nom in noms for i in indicateurs(ligne_convention=nom)]


def contexte(
    *, request: HttpRequest, ligne: regles.Ligne, cadre: regles.Convention, jour: date
) -> dict[str, Any]:
    """Ce que la page d'une ligne montre de ses indicateurs ; vide si elle n'en a pas."""
    definitions = declares(ligne)
    if not definitions:
        return {}
    lecteur = _lecteur(request, jour)
    annees = _annees(cadre, lecteur.le)
    annee = _annee(request, annees)
    repere = reference(definitions)
    page = Contexte(jour=jour, annee=annee)
    base = {"le": jour.isoformat(), "convention": cadre.code}
    return {
        "annees": [
            {"annee": a, "est_active": a == annee, "url": f"?{urlencode({**base, 'annee': a})}"}
            for a in annees
        ],
        "annee": annee,
        "portee": portee(lecteur.acces),
        "masque": not lecteur.acces.est_du_departement,
        "definitions": _sans_doublon([_definition(i, repere, lecteur, page) for i in definitions]),
    }


def _sans_doublon(definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ne montre qu'une fois les délais de deux définitions qui vont du même acte au même acte."""
    montrees: dict[tuple[object, ...], str] = {}
    for d in definitions:
        i: Indicateur = d["indicateur"]
        cle = (i.denominateur, i.numerateur, i.filtre, i.unicite, i.anciennete_min_jours)
        if d["delais"] is not None and montrees.setdefault(cle, i.code) != i.code:
            d |= {"delais": None, "delais_de": montrees[cle]}
    return definitions


def _definition(
    i: Indicateur, repere: Indicateur | None, lecteur: Lecteur, page: Contexte
) -> dict[str, Any]:
    lue = lectures.lire(indicateur=i, annee=page.annee, lecteur=lecteur)
    a_taux = bool(i.numerateur)
    mois = [_rangee(c, i, page, {"mois": c.cle}) for c in lue.mois]
    return {
        "indicateur": i,
        "ancre": f"i-{slugify(i.code)}-{i.version}",
        "a_taux": a_taux,
        "difference": difference(indicateur=i, repere=repere),
        "annee": _rangee(lue.annee, i, page, {}),
        "mois": mois,
        "territoires": [_rangee(c, i, page, {"territoire": c.cle}) for c in lue.territoires],
        "delais": _delais(lue.delais, i, page),
        "est_vide": lue.annee.denominateur == 0,
        "releves": _releves(lue.mois, mois, a_taux),
        "titre_serie": f"{i.libelle}, {page.annee}",
        "nom_serie": "Personnes comptées au dénominateur" if a_taux else "Personnes",
        "nom_taux": i.libelle if a_taux else "",
    }


def _rangee(
    compte: Compte, i: Indicateur, page: Contexte, filtres: dict[str, str]
) -> dict[str, Any]:
    return {
        "libelle": compte.libelle,
        "taux": compte.taux,
        "est_masque": compte.est_masque,
        "numerateur": {
            "nombre": compte.numerateur,
            "lien": _vers_actes(i, page, {"part": Part.NUMERATEUR, **filtres}),
        },
        "denominateur": {
            "nombre": compte.denominateur,
            "lien": _vers_actes(i, page, {"part": Part.DENOMINATEUR, **filtres}),
        },
    }


def _delais(delais: DelaisLus | None, i: Indicateur, page: Contexte) -> dict[str, Any] | None:
    if delais is None or delais.nombre == 0:
        return None
    return {
        "moyenne": delais.moyenne,
        "mediane": delais.mediane,
        "nombre": {"nombre": delais.nombre, "lien": _vers_actes(i, page, {"part": Part.REPONDUS})},
        "bandes": [
            {
                "nom": b.nom,
                "nombre": b.nombre,
                "lien": _vers_actes(i, page, {"part": Part.REPONDUS, "bande": str(b.rang)}),
            }
            for b in delais.bandes
        ],
    }


def _releves(comptes: list[Compte], rangees: list[dict[str, Any]], a_taux: bool) -> list[Releve]:
    # Un nombre tu ne se dessine pas : une colonne à zéro dirait qu'il n'y a personne.
    return [
        Releve(
            libelle=MOIS_COURTS[int(c.cle) - 1],
            valeur=c.denominateur,
            taux=c.taux if a_taux else None,
            lien=r["denominateur"]["lien"],
        )
        for c, r in zip(comptes, rangees, strict=True)
        if c.denominateur is not None
    ]


def _vers_actes(i: Indicateur, page: Contexte, filtres: dict[str, str]) -> str:
    adresse = reverse("convention:actes", args=[i.code, i.version])
    return f"{adresse}?{urlencode({'annee': page.annee, 'le': page.jour.isoformat(), **filtres})}"


@exige(ACCES["voir"])
@ecrit()
def actes_indicateur(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """La liste derrière un nombre : `?annee=&mois=&part=&territoire=&bande=`."""
    i, critere, lecteur = _demande(request, code, version)
    est_masque = lectures.est_tue(indicateur=i, critere=critere, lecteur=lecteur)
    actes = [] if est_masque else lectures.lister(indicateur=i, critere=critere, lecteur=lecteur)
    page = Paginator(actes, PAR_PAGE).get_page(request.GET.get("page"))
    export = reverse("convention:exporter", args=[code, version])
    donnees = {
        "indicateur": i,
        "titre": i.libelle,
        "precision": _precision(critere),
        "jour": lecteur.le,
        "portee": portee(lecteur.acces),
        "parts": _onglets(i, critere),
        "est_masque": est_masque,
        "page": page,
        "actes": lectures.habiller(actes=list(page), indicateur=i, lecteur=lecteur),
        "peut_exporter": ACCES["exporter"](lecteur.acces) and bool(actes),
        "vers_export": f"{export}?{request.GET.urlencode()}",
    }
    return render(request, "convention/actes_indicateur.html", donnees)


@exige(ACCES["exporter"])
@ecrit("POST")
@require_POST
def exporter(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """La même liste en CSV ; la sortie s'écrit au journal."""
    i, critere, lecteur = _demande(request, code, version)
    if lectures.est_tue(indicateur=i, critere=critere, lecteur=lecteur):
        raise Http404("ce lecteur ne voit pas ce nombre")
    actes = list(lectures.lister(indicateur=i, critere=critere, lecteur=lecteur))
    tracer_export(
        charge=ExporterListe(i.code, i.version, _precision(critere), len(actes)),
        par=lecteur.acces,
        le=request.le,  # type: ignore[attr-defined]
    )
    reponse = HttpResponse(content_type="text/csv; charset=utf-8")
    nom = f"{slugify(i.code)}-v{i.version}-{critere.annee}.csv"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    # La marque d'ordre fait lire les accents aux tableurs.
    reponse.write("\ufeff")
    sortie = csv.writer(reponse, delimiter=";")
    sortie.writerow(_TITRES)
    for a in lectures.habiller(actes=actes, indicateur=i, lecteur=lecteur):
        fin = date_courte(a.fin) if a.fin else ""
        cellules = (a.numero, a.acte, a.personne, a.commune, date_courte(a.debut), fin, a.jours)
        sortie.writerow([cellule_sure(c) for c in cellules])
    return reponse


_TITRES = ("Ligne du journal", "Acte", "Personne", "Commune", "Début", "Fin", "Jours")


def portee(acces: Acces) -> str:
    """Ce que comptent les chiffres, pour ce lecteur."""
    cles = acces.cles
    compartiments = ", ".join(c.libelle.lower() for c in Compartiment if _ouvre(cles, c))
    if any(cle % PAS == 0 for cle in cles):
        return f"Ces chiffres comptent ce que vos habilitations ouvrent ({compartiments})."
    return (
        "Ces chiffres ne comptent que les communes de vos habilitations "
        f"({compartiments}), non tout le Département."
    )


def _ouvre(cles: tuple[int, ...], compartiment: Compartiment) -> bool:
    return any(cle // PAS == compartiment for cle in cles)


def _lecteur(request: HttpRequest, jour: date) -> Lecteur:
    # Une date à venir ne change rien à ce qui est fait : on compte au plus tard aujourd'hui.
    return Lecteur(acces=request.acces, le=min(jour, request.le))  # type: ignore[attr-defined]


def _annees(cadre: regles.Convention, le: date) -> list[int]:
    debut = min(cadre.debut.year if cadre.debut else le.year - 1, le.year)
    return list(range(max(debut, le.year - ANNEES_AU_PLUS + 1), le.year + 1))


def _annee(request: HttpRequest, annees: list[int]) -> int:
    voulue = request.GET.get("annee", "")
    return int(voulue) if voulue in map(str, annees) else annees[-1]


def _demande(request: HttpRequest, code: str, version: int) -> tuple[Indicateur, Critere, Lecteur]:
    """L'indicateur, le critère et le lecteur d'une liste. Lève Http404 si l'un n'existe pas."""
    formulaire = CritereForm(request.GET, par_defaut=request.le)  # type: ignore[attr-defined]
    try:
        i = indicateur(code, version)
    except KeyError:
        raise Http404("indicateur inconnu") from None
    if not formulaire.is_valid():
        raise Http404("liste inconnue")
    return i, formulaire.critere, _lecteur(request, formulaire.jour)


def _precision(critere: Critere) -> str:
    quand = str(critere.annee)
    if critere.mois is not None:
        quand = mois_annee(date(critere.annee, critere.mois, 1))
    bande = f", {NOMS_BANDES[critere.bande]}" if critere.bande is not None else ""
    lieu = f", {lectures.nom_du_secteur(critere.territoire)}" if critere.territoire else ""
    return f"{_PARTS[critere.part]}, {quand}{lieu}{bande}"


def _onglets(i: Indicateur, critere: Critere) -> list[dict[str, Any]]:
    if not i.numerateur or critere.part is Part.REPONDUS:
        return []
    return [
        {"code": str(p), "libelle": _PARTS[p], "est_active": p is critere.part}
        for p in (Part.NUMERATEUR, Part.DENOMINATEUR)
    ]
