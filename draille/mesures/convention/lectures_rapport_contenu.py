"""Calculer ce que dit un rapport d'exécution, à la date où il est arrêté.

Tout y est : les chiffres, et de quoi les retrouver (définitions, lignes de journal, pièces). Rien
de nominatif : une ligne de journal y est un numéro, et leur ensemble une empreinte.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from draille.mesures.convention import (
    lectures,
    lectures_argent,
    lectures_mots,
    lectures_objectifs,
    lectures_suivi,
    models,
    regles,
)
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_rapport_indicateurs import (
    Demande,
    declares,
    lire_indicateur,
)
from draille.mesures.convention.regles import argent as regles_argent
from draille.mesures.convention.regles.rapport import SCHEMA, simple
from draille.mesures.convention.regles.suivi import Etape
from draille.moteurs.indicateurs import adaptateur
from draille.socle.acces import PAS, Acces, Compartiment, Role

TAUX = Decimal("0.0001")


def page_arretee(*, departement: str, cadre: str, annee: int, le: date) -> PageConvention | None:
    """La convention lue à cette date pour cette année ; None si elle n'est pas inscrite.

    Le rapport de 2020 arrêté en 2021 lit l'avenant de 2020, même si celui de 2021 est signé.
    """
    page = lectures.page(departement=departement, code=cadre, le=le)
    if page is None:
        return None
    lecture, _ = lectures_argent.lecture_de_lannee(page=page, annee=annee, le=le)
    # Le nombre de mesures annoncé vaut pour toute la durée, quel que soit le texte qui le dit.
    lecture = replace(lecture, annonce=lecture.annonce or page.lecture.annonce)
    financements, lignes = lecture.financements, lecture.lignes
    total = sum((m.valeur for m in financements), Decimal(0))
    return replace(
        page,
        lecture=lecture,
        ecart=regles.ecart_inexplique(
            financements=financements,
            lignes=lignes,
            hypothese=lecture.hypotheses.ecart_des_montants,
        ),
        comptage=regles.comptage(
            annonce=lecture.annonce, lignes=lignes, hypothese=lecture.hypotheses.ecart_du_nombre
        ),
        financeurs=tuple(
            lectures.PartFinanceur(m, m.valeur / total if total else Decimal(0))
            for m in financements
        ),
        montant_total=total,
        montant_lignes=sum((x.montant for x in lignes if x.montant is not None), Decimal(0)),
    )


def composer(*, demande: Demande, page: PageConvention) -> dict[str, Any]:
    """Le contenu du rapport, en types simples. Deux requêtes par indicateur, et une poignée."""
    le, annee = demande.arrete_le, demande.annee
    argent = lectures_argent.argent(page=page, annee=annee, le=le)
    convention = page.lecture.convention
    return {
        "schema": SCHEMA,
        "fictif": bool(settings.DRAILLE_DEMONSTRATION),
        "departement": _departement(demande.departement),
        "annee": annee,
        "arrete_le": simple(le),
        "lu_le": simple(page.lecture.le),
        "seuil_secret": adaptateur.seuil_secret(le=le),
        "portee": portee(demande.acces),
        "convention": {
            "code": convention.code,
            "titre": convention.titre,
            "genre": convention.genre.libelle,
            "debut": simple(convention.debut),
            "fin": simple(convention.fin),
            "parite": simple(convention.parite),
            "preuve": _preuve(convention.preuve),
        },
        "textes": _textes(page, le),
        "mention": page.lecture.mention,
        "argent": _argent(argent, page),
        "ecart": _ecart(page),
        "comptage": {
            **simple(page.comptage),
            "phrase": lectures_mots.comptage_en_mots(page.comptage),
            "preuve": _preuve(page.lecture.annonce.preuve) if page.lecture.annonce else None,
        },
        "lignes": _lignes(demande, page, argent),
        "pieces": _pieces(page.cadre_id, annee, le),
        **_suivi(page.cadre_id, annee, le),
    }


def portee(acces: Acces) -> str:
    """Ce que les comptes d'actes couvrent, selon ce que l'accès ouvre."""
    generales = {cle // PAS for cle in acces.cles if cle % PAS == 0}
    ouverts = [c for c in Compartiment if c in generales and c is not Compartiment.PARTENAIRE]
    if Role.SYSTEME in acces.roles:
        return "Les comptes d'actes couvrent tout le Département, tous compartiments."
    noms = ", ".join(c.libelle.lower() for c in ouverts)
    return f"Les comptes d'actes couvrent tout le Département, dans les compartiments : {noms}."


def est_departemental(acces: Acces) -> bool:
    """Vrai si l'accès compte tout le Département dans au moins un compartiment."""
    return any(cle % PAS == 0 for cle in acces.cles)


def _departement(code: str) -> dict[str, Any]:
    dossier = regles.dossier_du_departement(racine=settings.RACINE, code=code)
    lu = regles.charger_departement(chemin=dossier / "departement.yaml")
    return {
        "code": lu.code,
        "nom": lu.nom,
        "nom_complet": lu.nom_complet,
        "collectivite": lu.collectivite,
        "chef_lieu": lu.chef_lieu,
    }


def _preuve(preuve: regles.Preuve) -> dict[str, str]:
    return {
        "phrase": preuve.phrase,
        "source": f"{preuve.source.titre} ({preuve.source.datee})",
    }


def _textes(page: PageConvention, le: date) -> list[dict[str, Any]]:
    lus = page.lecture
    connus = [
        t for t in lus.convention.textes if (t.signe_le or lus.convention.debut or lus.le) <= lus.le
    ]
    votes = lectures_suivi.deliberations(cadre_id=page.cadre_id, le=le)
    return [
        {
            "code": t.code,
            "titre": t.titre,
            "signe_le": simple(t.signe_le),
            "signature": lectures_mots.signature_en_mots(t),
            "annee": t.annee,
            "est_lu": lus.texte_du_contenu is not None and t.annee == lus.texte_du_contenu.annee,
            "signataires": [simple(s) for s in t.signataires],
            "preuve": _preuve(t.preuve),
            "deliberations": [
                {**simple(d), "organe": d.organe.libelle} for d in votes if d.texte_code == t.code
            ],
        }
        for t in connus
    ]


def _taux(taux: Decimal | None) -> str | None:
    return None if taux is None else simple(taux.quantize(TAUX))


def _projection(projection: regles_argent.Projection | None) -> dict[str, str] | None:
    return None if projection is None else simple(projection)


def _montants(montants: Mapping[Etape, Decimal]) -> dict[str, str]:
    return {e.value: simple(montants[e]) for e in Etape if e in montants}


def _par_financeur(montants: Mapping[tuple[Etape, str], Decimal]) -> list[dict[str, str]]:
    return [
        {"etape": e.value, "financeur": f, "montant": simple(m)} for (e, f), m in montants.items()
    ]


def _argent(argent: regles_argent.Argent, page: PageConvention) -> dict[str, Any]:
    libelles = {x.code: x.libelle for x in argent.lignes} | {"total": "Ensemble"}
    return {
        "financeurs": [
            {"code": f.code, "nom": f.nom, "cote": f.cote.value} for f in argent.financeurs
        ],
        "totaux": _montants(argent.totaux),
        "par_financeur": _par_financeur(argent.par_financeur),
        "taux_execution": _taux(argent.taux_execution),
        "taux_engagement": _taux(argent.taux_engagement),
        "projection": _projection(argent.projection),
        "non_affecte": simple(argent.non_affecte),
        "mention": argent.mention,
        "alertes": [a.message for a in argent.alertes],
        "parites": [
            {
                "etape": etape.value,
                "code": code,
                "libelle": libelles.get(code, code),
                "etat": p.etat.libelle,
                "etat_code": p.etat.value,
                "phrase": lectures_mots.parite_en_mots(p),
                **simple(p),
                "part_etat": _taux(p.part_etat),
            }
            | {"etat": p.etat.libelle}
            for etape, lues in argent.parites.items()
            for code, p in lues
        ],
        "engages": [
            {
                "financeur": f.montant.financeur.code,
                "montant": simple(f.montant.valeur),
                "part": _taux(f.part),
                "preuve": _preuve(f.montant.preuve),
            }
            for f in page.financeurs
        ],
    }


def _ecart(page: PageConvention) -> dict[str, Any] | None:
    if page.ecart is None:
        return None
    return {
        **simple(page.ecart),
        "est_nul": page.ecart.est_nul,
        "tient_dans_l_arrondi": page.ecart.tient_dans_l_arrondi,
    }


def _lignes(
    demande: Demande, page: PageConvention, argent: regles_argent.Argent
) -> list[dict[str, Any]]:
    objectifs = lectures_objectifs.objectifs(
        page=page, annee=demande.annee, acces=demande.acces, le=demande.arrete_le
    )
    actions = lectures_suivi.actions(cadre_id=page.cadre_id, le=demande.arrete_le)
    return [
        {
            "code": ligne.code,
            "libelle": ligne.libelle,
            "nature": ligne.nature.libelle,
            "nature_est_deduite": ligne.nature_est_deduite,
            "objet": ligne.objet,
            "preuve": _preuve(ligne.preuve),
            "mesures": list(ligne.mesures),
            **_argent_ligne(argent.ligne(code=ligne.code)),
            "indicateurs": [
                lire_indicateur(indicateur=i, demande=demande) for i in declares(ligne)
            ],
            "objectifs": [_objectif(o) for o in objectifs if o.ligne_code == ligne.code],
            "actions": [simple(a) for a in actions if a.ligne_code == ligne.code],
        }
        for ligne in page.lecture.lignes
    ]


def _argent_ligne(ligne: regles_argent.ArgentLigne | None) -> dict[str, Any]:
    if ligne is None:
        vide: dict[str, Any] = dict.fromkeys(("taux_execution", "taux_engagement", "projection"))
        return {
            **vide,
            "montants": {},
            "par_financeur": [],
            "est_partagee": False,
            "alertes": [],
        }
    return {
        "montants": _montants(ligne.montants),
        "par_financeur": _par_financeur(ligne.par_financeur),
        "est_partagee": ligne.est_partagee,
        "taux_execution": _taux(ligne.taux_execution),
        "taux_engagement": _taux(ligne.taux_engagement),
        "projection": _projection(ligne.projection),
        "alertes": [a.message for a in ligne.alertes],
    }


def _objectif(o: lectures_objectifs.ObjectifLu) -> dict[str, Any]:
    return {
        "code": o.cible.code,
        "libelle": o.cible.libelle,
        "genre": o.cible.genre.value,
        "unite": o.cible.unite,
        "promesse": lectures_mots.cible_en_mots(o.cible),
        "base": simple(o.base),
        "seuil": simple(o.seuil),
        "valeurs": [_valeur(v) for v in o.valeurs],
        "bases": [_valeur(v) for v in o.bases],
        "est_atteinte": o.etat.est_atteinte,
        "reste": simple(o.etat.reste),
        "part_atteinte": _taux(o.part_atteinte),
        "tendance": simple(o.tendance),
        "methode": o.methode,
        "preuve": _preuve(o.cible.preuve),
    }


def _valeur(v: lectures_objectifs.ValeurLue) -> dict[str, Any]:
    return {
        "provenance": v.provenance.value,
        "dite": v.provenance.libelle,
        "valeur": simple(v.valeur),
        "origine": v.origine,
    }


def _pieces(cadre_id: int, annee: int, le: date) -> list[dict[str, Any]]:
    pieces = (
        models.Piece.objects.filter(cadre_id=cadre_id, annee=annee, datee_le__lte=le)
        .select_related("financeur")
        .order_by("etape", "datee_le", "pk")
    )
    champs = (
        "etape exercice chapitre nature fonction autorisation numero engagement montant "
        "datee_le objet ligne_code action_code"
    ).split()
    return [
        {
            "id": p.pk,
            "financeur": p.financeur.nom if p.financeur else "",
            **{c: simple(getattr(p, c)) for c in champs},
        }
        for p in pieces
    ]


def _suivi(cadre_id: int, annee: int, le: date) -> dict[str, Any]:
    return {
        "echeances": [
            {**simple(e), "nature_dite": e.nature.libelle}
            for e in lectures_suivi.echeances(cadre_id=cadre_id, le=le)
            if e.annee == annee
        ],
        "reductions": [
            simple(r)
            for r in lectures_suivi.reductions(cadre_id=cadre_id, le=le)
            if r.annee in (annee, annee + 1)
        ],
        "textes_cadres": [simple(t) for t in lectures_suivi.textes_cadres(le=le)],
    }
