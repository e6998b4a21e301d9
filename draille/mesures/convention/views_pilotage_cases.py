"""Les cases du pilotage : ce qu'elles disent, et ce que chacune ouvre."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from draille.mesures.convention.lectures_indicateurs import Part
from draille.mesures.convention.lectures_mots import NON_PUBLIE, cible_en_mots
from draille.mesures.convention.lectures_objectifs import ObjectifLu
from draille.mesures.convention.lectures_pilotage import IndicateurLu, Pilotage, Rangee
from draille.mesures.convention.lectures_pilotage_liens import Liens
from draille.mesures.convention.lectures_secret import Compte
from draille.mesures.convention.regles.argent import Argent, ArgentLigne
from draille.mesures.convention.regles.pilotage import ETAPES, Evolution, Sens
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import decimal, entier, euros, pourcent

TU = "moins de 11"
MOIS_COURTS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()


@dataclass(frozen=True)
class CaseComparee:
    """Un nombre des deux côtés, et ce qui les sépare. `est_nulle` : zéro des deux côtés."""

    titre: str
    apres: str
    avant: str
    ecart: str
    url_apres: str = ""
    url_avant: str = ""
    est_nulle: bool = False


@dataclass(frozen=True)
class Case:
    """Ce que dit une case ; `url` l'ouvre, vide si rien ne s'ouvre."""

    dit: str
    url: str = ""
    titre: str = ""


def compte(nombre: int | None, url: str) -> Case:
    """Un nombre ; tu, il ne s'ouvre pas."""
    return Case(TU) if nombre is None else Case(entier(nombre), url if nombre else "")


def argent_de(ligne: ArgentLigne | Argent | None, liens: Liens, *, code: str = "") -> list[Case]:
    """Une case par étape, dans l'ordre ; le montant non publié le dit."""
    montants = _montants(ligne)
    cases = []
    for etape in ETAPES:
        montant = montants.get(etape)
        if montant is None:
            cases.append(Case(NON_PUBLIE, titre=etape.libelle))
        else:
            url = liens.montant(etape, ligne=code) if montant else ""
            cases.append(Case(euros(montant), url, etape.libelle))
    return cases


def _montants(ligne: ArgentLigne | Argent | None) -> dict[Etape, Decimal]:
    if ligne is None:
        return {}
    return dict(ligne.totaux if isinstance(ligne, Argent) else ligne.montants)


def rangee_montree(r: Rangee, liens: Liens) -> dict[str, Any]:
    """Une ligne de la convention, prête à montrer."""
    code = r.ligne.code
    dernier = liens.moment.mois
    return {
        "code": code,
        "libelle": r.ligne.libelle,
        "url": liens.ligne(code),
        "nature": r.ligne.nature.libelle,
        "argent": argent_de(r.argent, liens, code=code),
        "execution": r.argent.taux_execution if r.argent else None,
        "projection": r.argent.projection if r.argent else None,
        "actes_mois": compte(r.actes.mois, liens.actes(code, mois=dernier)),
        "actes_annee": compte(r.actes.annee, liens.actes(code)),
        "indicateur": _indicateur(r.indicateur, liens) if r.indicateur else None,
        "figures": r.figures,
        "objectifs": [objectif_montre(o) for o in r.objectifs],
        # Une ligne plate à zéro ne dirait rien de plus que « rien à compter ».
        "courbe": r.indicateur.courbe if r.indicateur and r.indicateur.annee.denominateur else [],
        "titre_courbe": _titre_courbe(r.indicateur) if r.indicateur else "",
        "mois": _mois(r.indicateur, liens) if r.indicateur else [],
        "actions": len(r.actions),
        "vers_actions": liens.vie(),
        "est_suivie": r.est_suivie,
        "retards": compte(r.retards.nombre, liens.retards(code)),
        "a_retards": r.retards.nombre != 0,
        "depuis": r.retards.depuis,
        "alertes": [a.genre.libelle for a in r.argent.alertes] if r.argent else [],
    }


def _indicateur(lu: IndicateurLu, liens: Liens) -> dict[str, Any]:
    i, c = lu.indicateur, lu.annee
    return {
        "libelle": i.libelle,
        "code": i.code,
        "version": i.version,
        "unite": i.unite,
        "a_taux": lu.a_taux,
        "est_masque": c.est_masque if lu.a_taux else c.denominateur is None,
        "taux": c.taux if lu.a_taux else None,
        "numerateur": compte(c.numerateur, liens.indicateur(i, Part.NUMERATEUR)),
        "denominateur": compte(c.denominateur, liens.indicateur(i, Part.DENOMINATEUR)),
        "est_vide": c.denominateur == 0,
    }


def objectif_montre(o: ObjectifLu) -> dict[str, Any]:
    """Une cible : la promesse, les valeurs de chaque source, et si elle est tenue."""
    etats: dict[bool | None, tuple[str, str]] = {
        True: ("Tenue", "pature"),
        False: ("Pas encore tenue", "genet"),
    }
    etat, ton = etats.get(o.etat.est_atteinte, ("Sans valeur connue", "pierre"))
    return {
        "libelle": o.cible.libelle,
        "mots": cible_en_mots(o.cible),
        "unite": o.cible.unite,
        "valeurs": [
            Case(nombre(v.valeur), v.url, v.provenance.libelle)
            for v in o.valeurs
            if v.valeur is not None
        ],
        "etat": etat,
        "ton": ton,
        "part": o.part_atteinte,
    }


def nombre(valeur: Decimal) -> str:
    """Un nombre, sans décimale s'il est entier."""
    entiere = valeur == valeur.to_integral_value()
    return decimal(valeur, decimales=0 if entiere else 1)


def _titre_courbe(lu: IndicateurLu) -> str:
    suite = ", en pour cent" if lu.a_taux else ""
    return f"{lu.indicateur.libelle}, mois par mois{suite}"


def _mois(lu: IndicateurLu, liens: Liens) -> list[Case]:
    """Douze cases : un mois à venir est vide."""
    connus = {c.cle: c for c in lu.mois}
    cases = []
    for mois in range(1, 13):
        c = connus.get(str(mois))
        url = liens.indicateur(lu.indicateur, Part.DENOMINATEUR, mois=mois)
        cases.append(Case("") if c is None else _case_du_mois(c, url, a_taux=lu.a_taux))
    return cases


def _case_du_mois(c: Compte, url: str, *, a_taux: bool) -> Case:
    if c.denominateur is None:
        return Case(TU)
    if not a_taux or not c.denominateur:
        return compte(c.denominateur, url)
    return Case(TU if c.taux is None else pourcent(c.taux), url)


def signe(e: Evolution, dit: str) -> str:
    """L'écart en mots : « 12 de plus (+5 %) », « sans changement »."""
    if e.sens is Sens.EGAL:
        return "sans changement"
    part = "" if e.part is None else f" ({'+' if e.part > 0 else '−'}{pourcent(abs(e.part))})"
    return f"{dit} {e.sens.libelle}{part}"


def points(e: Evolution) -> str:
    """L'écart de deux taux, en points."""
    if e.ecart is None:
        return ""
    if e.ecart == 0:
        return "sans changement"
    ecart = round(abs(e.ecart) * 100, 1)
    return f"{decimal(ecart, decimales=1)} point{'s' if ecart >= 2 else ''} {e.sens.libelle}"


def totaux(p: Pilotage, liens: Liens) -> dict[str, Any]:
    """Le pied du tableau : ce qui n'est sur aucune ligne, et l'ensemble."""
    return {
        "argent": argent_de(p.argent, liens),
        "execution": p.argent.taux_execution,
        "actes_mois": p.actes.mois,
        "actes_annee": p.actes.annee,
        "non_affecte": p.argent.non_affecte,
        "hors_texte": [
            {"libelle": x.libelle, "argent": argent_de(x, liens, code=x.code)} for x in p.hors_texte
        ],
    }
