"""Les fiches d'un rapport : une par ligne, prêtes à imprimer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from draille.mesures.convention.lectures_rapport import Edition
from draille.mesures.convention.lectures_rapport_mots import (
    ETAPES,
    MOIS_COURTS,
    alineas,
    argent,
    compte,
    financeurs_par_etape,
    jour_court,
    part,
    rapport_de,
    valeur,
)
from draille.mesures.convention.regles import Nature
from draille.socle.texte import mois_annee, pourcent

# Les rangées (indicateurs ; deux par alinéa ou objectif) où deux graphiques tiennent encore.
PLACE = 8


def fiches(edition: Edition) -> list[dict[str, Any]]:
    """Une fiche par ligne, dans l'ordre de la convention."""
    contenu = edition.contenu
    return [
        {
            "numero": rang,
            "libelle": ligne["libelle"],
            "nature": _nature(ligne),
            "phrase": ligne["preuve"]["phrase"],
            "source": ligne["preuve"]["source"],
            "objet": ligne["objet"],
            **_argent(ligne, contenu),
            "objectifs": [objectif(o) for o in ligne["objectifs"]],
            **_indicateurs(ligne["indicateurs"], _graphiques(ligne, edition)),
            "actions": [_action(a) for a in ligne["actions"]],
            "commentaire": alineas(edition.commentaires.get(ligne["code"], "")),
            "est_breve": not any(i["denominateur"] != 0 for i in ligne["indicateurs"]),
        }
        for rang, ligne in enumerate(contenu["lignes"], 1)
    ]


def _nature(ligne: Mapping[str, Any]) -> str:
    if ligne["nature"] == Nature.AXE.libelle:
        return "Axe du texte"
    suite = " (nature déduite)" if ligne["nature_est_deduite"] else ""
    return f"Mesure {ligne['nature'].lower()}{suite}"


def _argent(ligne: Mapping[str, Any], contenu: Mapping[str, Any]) -> dict[str, Any]:
    montants = ligne["montants"]
    haut = max(montants.values(), key=float, default="0")
    projection = ligne["projection"]
    return {
        "montants": [
            {
                "nom": e.libelle,
                "valeur": argent(montants.get(e.value)),
                "part": rapport_de(montants.get(e.value), haut),
            }
            for e in ETAPES
        ],
        "taux": part(ligne["taux_execution"]),
        "dit": _taux_dits(ligne),
        "financeurs": financeurs_par_etape(ligne["par_financeur"], contenu["argent"]["financeurs"]),
        "partage": "Le partage entre financeurs suit la clé prévue pour l'ensemble : le texte ne "
        "publie pas celui de cette ligne."
        if ligne["est_partagee"]
        else "",
        "projection": ""
        if projection is None
        else f"{argent(projection['valeur'])}, entre {argent(projection['bas'])} et "
        f"{argent(projection['haut'])}",
        "alertes": ligne["alertes"],
    }


def _taux_dits(ligne: Mapping[str, Any]) -> str:
    if ligne["taux_execution"] is None:
        return "Sans montant prévu publié, ni taux d'exécution, ni taux d'engagement."
    engage, execute = part(ligne["taux_engagement"]), part(ligne["taux_execution"])
    return f"Exécuté : {execute} du prévu ; engagé : {engage} du prévu."


def objectif(o: Mapping[str, Any]) -> dict[str, Any]:
    """Un objectif prêt à imprimer : promesse, base, valeurs côte à côte, état."""
    unite = o["unite"]
    dites = [
        f"{v['dite']} : {valeur(v['valeur'], unite, est_tue=v.get('est_tue', False))}"
        for v in o["valeurs"]
    ]
    bases = [
        f"{v['dite']} : {valeur(v['valeur'], unite, est_tue=v.get('est_tue', False))}"
        for v in o["bases"]
    ]
    return {
        "libelle": o["libelle"],
        "promesse": o["promesse"],
        "bases": bases,
        "valeurs": dites or ["Aucune valeur publiée à cette date"],
        "etat": _etat(o),
        "part": part(o["part_atteinte"]) if o["part_atteinte"] is not None else "",
        "tendance": valeur(o["tendance"], unite) if o["tendance"] is not None else "",
        "methode": o["methode"] if dites else "",
    }


def _etat(o: Mapping[str, Any]) -> str:
    if any(v.get("est_tue") for v in o["valeurs"]):
        return "Tu"
    return {True: "Atteint", False: "Non atteint", None: "Sans valeur"}[o["est_atteinte"]]


def _graphiques(ligne: Mapping[str, Any], edition: Edition) -> int:
    """Combien de graphiques tiennent avec le reste sur la page de la fiche."""
    montres = sum(1 for i in ligne["indicateurs"] if i["denominateur"] != 0)
    dits = len(alineas(edition.commentaires.get(ligne["code"], "")))
    return 2 if montres + 2 * (dits + len(ligne["objectifs"])) <= PLACE else 1


def _indicateurs(lus: Sequence[Mapping[str, Any]], graphiques: int) -> dict[str, Any]:
    # Ce que rien ne fait encore se dit en une phrase : une page de zéros cacherait le reste.
    vides = [i["libelle"] for i in lus if i["denominateur"] == 0]
    dessines = [i for i in lus if _se_dessine(i)][:graphiques]
    return {
        "indicateurs": [
            {
                "code": f"{i['code']} v{i['version']}",
                "nom": i["code"],
                "version": i["version"],
                "libelle": i["libelle"],
                "resultat": _resultat(i),
                "compte": _detail(i),
            }
            for i in lus
            if i["denominateur"] != 0
        ],
        "sans_acte": " ; ".join(vides),
        "graphiques": [_graphique(i) for i in dessines],
    }


def _resultat(i: Mapping[str, Any]) -> str:
    if not i["a_taux"]:
        return compte(i["denominateur"])
    if None in (i["numerateur"], i["denominateur"]):
        return "tu"
    taux: float = i["numerateur"] / i["denominateur"]
    return pourcent(taux, decimales=1)


def _detail(i: Mapping[str, Any]) -> str:
    unite = i["unite"]
    if not i["a_taux"]:
        return str(unite)
    haut, bas = (compte(i[n]) for n in ("numerateur", "denominateur"))
    return f"{haut} sur {bas} {unite}"


def _se_dessine(i: Mapping[str, Any]) -> bool:
    """Il faut deux mois à comparer, et qu'un graphique ne soit pas fait que de nombres tus."""
    if sum(1 for m in i["mois"] if m["denominateur"]) < 2:
        return False
    tus = sum(1 for m in i["mois"] if m["numerateur"] is None)
    return 2 * tus < len(i["mois"])


def _graphique(i: Mapping[str, Any]) -> dict[str, Any]:
    haut = max((m["denominateur"] or 0 for m in i["mois"]), default=0) or 1
    colonnes = [
        {
            "nom": MOIS_COURTS[date.fromisoformat(m["mois"]).month - 1],
            "haut": (m["denominateur"] or 0) / haut,
            "plein": (m["numerateur"] or 0) / haut,
            "dit": _court(m, i["a_taux"]),
        }
        for m in i["mois"]
    ]
    dits = [
        f"{mois_annee(date.fromisoformat(m['mois']))} : {_mois(m, i['a_taux'])}" for m in i["mois"]
    ]
    legende = (
        f"{i['libelle']}, mois par mois : en foncé ce qui est compté, en clair l'ensemble"
        if i["a_taux"]
        else f"{i['libelle']}, mois par mois"
    )
    return {
        "legende": legende,
        "colonnes": colonnes,
        "a_taux": i["a_taux"],
        "description": f"{i['libelle']}. " + " ; ".join(dits) + ".",
    }


def _court(m: Mapping[str, Any], a_taux: bool) -> str:
    if m["denominateur"] is None:
        return "tu"
    if not a_taux:
        return str(m["denominateur"])
    return f"{'tu' if m['numerateur'] is None else m['numerateur']}/{m['denominateur']}"


def _mois(m: Mapping[str, Any], a_taux: bool) -> str:
    bas = compte(m["denominateur"])
    return f"{compte(m['numerateur'])} sur {bas}" if a_taux else bas


def _action(a: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "libelle": a["libelle"],
        "porteur": a["porteur"],
        "montant": argent(a["montant"]),
        "debut": jour_court(a["debut"]),
    }
