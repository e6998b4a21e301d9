"""Les rapports d'exécution : les lister, en lire un, le comparer, l'emporter."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.convention import actes_rapport as actes
from draille.mesures.convention import (
    forms_rapport,
    lectures,
    lectures_rapport,
    lectures_rapport_document,
    models,
)
from draille.mesures.convention.acces import ACCES
from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.lectures_rapport_fiches import fiches
from draille.mesures.convention.lectures_rapport_fichiers import TYPES, garde
from draille.mesures.convention.regles.suivi import StatutRapport
from draille.mesures.convention.views_vie import cadre_de_page, lire_page
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

TONS = {
    StatutRapport.BROUILLON: "pierre",
    StatutRapport.A_VALIDER: "genet",
    StatutRapport.VALIDE: "pature",
    StatutRapport.ECARTE: "pierre",
}


@exige(ACCES["voir"])
@ecrit()
def rapports(request: HttpRequest, cadre: str = "") -> HttpResponse:
    """Les versions, les plus récentes d'abord, d'une convention si elle est dite ; un pilote peut
    en rédiger une."""
    return render(request, "convention/rapport_liste.html", contexte_liste(request, cadre=cadre))


def contexte_liste(
    request: HttpRequest,
    formulaire: forms_rapport.RedigerRapport | None = None,
    cadre: str = "",
) -> dict[str, Any]:
    """Ce que montre la liste ; `formulaire` : celui qu'un refus fait remontrer."""
    acces = acces_de(request)
    lus = lectures_rapport.versions(departement=settings.DRAILLE_DEPARTEMENT)
    peut_ecrire = ACCES["ecrire"](acces)
    vues: dict[str, Any] = {}
    if cadre:
        lus = lus.filter(cadre__code=cadre)
        page = lire_page(cadre, date_de(request))
        vues = cadre_de_page(page, "rapports", date_de(request))
    return {
        **vues,
        "rapports": [_rangee(r) for r in lus],
        "peut_ecrire": peut_ecrire,
        "formulaire": (formulaire or formulaire_rediger(request)) if peut_ecrire else None,
        "jour": date_de(request),
    }


def formulaire_rediger(request: HttpRequest, donnees: Any = None) -> forms_rapport.RedigerRapport:
    """Le formulaire de rédaction : les conventions dont des lignes sont publiées à ce jour."""
    le = date_de(request)
    pages = lectures.pages(departement=settings.DRAILLE_DEPARTEMENT, le=le)
    return forms_rapport.RedigerRapport(
        donnees,
        departement=settings.DRAILLE_DEPARTEMENT,
        cadres=[p.cadre_id for p in pages if p.lecture.lignes],
        le=le,
    )


@exige(ACCES["voir"])
@ecrit()
def rapport(request: HttpRequest, rapport_id: int) -> HttpResponse:
    """Un rapport : ce qu'il dit, où il en est, ce que l'agent peut en faire."""
    return render(request, "convention/rapport_page.html", contexte_rapport(request, rapport_id))


def contexte_rapport(request: HttpRequest, rapport_id: int, **formulaires: Any) -> dict[str, Any]:
    """Ce que montre la page ; `formulaires` : ceux qu'un refus fait remontrer."""
    acces = acces_de(request)
    lu = trouver(rapport_id)
    edition = lectures_rapport.edition(lu, est_interne=acces.est_du_departement)
    document = lectures_rapport_document.donnees(edition=edition)
    est_brouillon = lu.statut == StatutRapport.BROUILLON
    peut_ecrire = ACCES["ecrire"](acces)
    formulaire = None
    if est_brouillon and peut_ecrire:
        formulaire = formulaires.get("commentaires") or formulaire_commentaires(lu)
    champs = dict(_champs(formulaire, edition.contenu["lignes"])) if formulaire else {}
    return {
        **_rangee(lu),
        "document": document,
        "etapes": document["argent"]["etapes"],
        "fiches": [
            {
                **f,
                "code": x["code"],
                "champ": champs.get(x["code"]),
                "indicateurs": _ouverts(f["indicateurs"], lu),
            }
            for f, x in zip(fiches(edition), edition.contenu["lignes"], strict=True)
        ],
        "ensemble": champs.get(""),
        "formulaire": formulaire,
        "droits": _droits(lu, acces),
        "motif_renvoi": formulaires.get("renvoi") or forms_rapport.Motif(),
        "motif_correction": formulaires.get("correction")
        or forms_rapport.CorrigerRapport(initial={"arrete_le": lu.arrete_le}),
        "verification": _verification(lu),
        "changements": edition.changements,
        "masque": not acces.est_du_departement,
    }


def formulaire_commentaires(lu: models.Rapport, donnees: Any = None) -> forms_rapport.Commentaires:
    """Le formulaire des commentaires d'un brouillon."""
    return forms_rapport.Commentaires(
        donnees,
        lignes={x["code"]: x["libelle"] for x in lu.contenu["lignes"]},
        connus=lectures_rapport.commentaires(lu),
    )


def trouver(rapport_id: int) -> models.Rapport:
    """Le rapport de ce Département. Lève Http404 s'il n'existe pas."""
    lu = lectures_rapport.rapport(departement=settings.DRAILLE_DEPARTEMENT, rapport_id=rapport_id)
    if lu is None:
        raise Http404("rapport inconnu")
    return lu


@exige(ACCES["exporter"])
@ecrit("POST")
@require_POST
def telecharger(request: HttpRequest, rapport_id: int, extension: str) -> HttpResponse:
    """Le rapport en PDF, ODS ou CSV ; la sortie s'écrit au journal."""
    if extension not in TYPES:
        raise Http404("format inconnu")
    lu = trouver(rapport_id)
    actes.tracer_telechargement(
        rapport_id=lu.pk, format=extension, par=acces_de(request), le=date_de(request)
    )
    sortie = garde(lu)
    reponse = HttpResponse(sortie.fichier(extension=extension), content_type=TYPES[extension])
    reponse["Content-Disposition"] = f'attachment; filename="{sortie.nom}.{extension}"'
    return reponse


def _rangee(r: models.Rapport) -> dict[str, Any]:
    statut = StatutRapport(r.statut)
    return {"rapport": r, "statut": statut.libelle, "ton": TONS[statut]}


def _ouverts(indicateurs: list[dict[str, Any]], lu: models.Rapport) -> list[dict[str, Any]]:
    """Chaque indicateur et l'adresse de ses actes, lus à la date du rapport."""
    suite = urlencode(
        {"annee": lu.annee, "le": lu.arrete_le.isoformat(), "part": Part.DENOMINATEUR}
    )
    return [
        {**i, "url": f"{reverse('convention:actes', args=[i['nom'], i['version']])}?{suite}"}
        for i in indicateurs
    ]


def _champs(formulaire: forms_rapport.Commentaires, lignes: Any) -> list[tuple[str, Any]]:
    return [(code, formulaire.champ(code)) for code in ("", *(x["code"] for x in lignes))]


def _droits(lu: models.Rapport, acces: Acces) -> dict[str, bool]:
    """Ce que les boutons proposent ; l'acte vérifie de nouveau."""
    ecrire, valider = ACCES["ecrire"](acces), ACCES["valider"](acces)
    soumis = lu.statut == StatutRapport.A_VALIDER
    auteurs = {lu.redige_par_id, *lu.commentaires.values_list("auteur_id", flat=True)}
    corrigee = any(c.statut != StatutRapport.ECARTE for c in lu.corrections.only("statut"))
    return {
        "commenter": ecrire and lu.statut == StatutRapport.BROUILLON,
        "valider": valider and soumis and acces.agent_id not in auteurs,
        "attendre": valider and soumis and acces.agent_id in auteurs,
        "renvoyer": valider and soumis,
        "corriger": ecrire and lu.statut == StatutRapport.VALIDE and not corrigee,
        "telecharger": ACCES["exporter"](acces),
    }


def _verification(lu: models.Rapport) -> dict[str, Any] | None:
    if lu.statut != StatutRapport.VALIDE:
        return None
    verifiee = lectures_rapport.verifier(lu)
    return {
        "est_intact": verifiee.est_intact,
        "dits": [
            ("le contenu", verifiee.empreinte),
            ("la signature", verifiee.signature),
            ("le PDF gardé", verifiee.pdf),
        ],
        "phrase": pluriel(
            len(lu.contenu["pieces"]), "pièce comptable gardée", "pièces comptables gardées"
        ),
    }
