"""Le rapport d'exécution en PDF/UA : ce que le gabarit imprime, du contenu figé à la page.

Rien n'est lu de la base : le même rapport et le même instant donnent les mêmes octets.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from draille.mesures.convention.lectures_rapport import Edition
from draille.mesures.convention.lectures_rapport_annexes import annexes
from draille.mesures.convention.lectures_rapport_fiches import fiches, objectif
from draille.mesures.convention.lectures_rapport_mots import (
    ETAPES,
    ETATS_ECHEANCE,
    alineas,
    argent,
    empreinte_lisible,
    financeurs_par_etape,
    intitule,
    jour,
    jour_court,
    part,
    periode,
    rapport_de,
)
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.pdf import composer
from draille.socle.texte import pluriel, pourcent

GABARIT = Path(__file__).parent / "templates" / "convention" / "rapport.typ"
LIBELLE_COURT = 46


def pdf(*, edition: Edition, instant: datetime) -> bytes:
    """Le PDF/UA-1 de ce rapport, daté de `instant`. Lève `Refus('pdf.gabarit')`."""
    return composer(gabarit=GABARIT, donnees=donnees(edition=edition), instant=instant)


def donnees(*, edition: Edition) -> dict[str, Any]:
    """Tout ce que le gabarit imprime, déjà en mots."""
    contenu = edition.contenu
    return {
        "titre": intitule(contenu),
        "annee": str(contenu["annee"]),
        "departement": contenu["departement"]["collectivite"],
        "chef_lieu": contenu["departement"]["chef_lieu"],
        "convention": contenu["convention"]["titre"],
        "periode": periode(contenu["convention"]),
        "arrete": jour(contenu["arrete_le"]),
        "version": f"version {edition.cartouche['version']}"
        if edition.cartouche["version"]
        else "projet",
        "projet": not edition.signature,
        "fictif": contenu["fictif"],
        "seuil": contenu["seuil_secret"],
        "portee": contenu["portee"],
        "garde": _garde(edition),
        "correction": _correction(edition),
        "synthese": _synthese(edition),
        "fiches": fiches(edition),
        "argent": _argent(contenu),
        "textes": [_texte(t) for t in contenu["textes"]],
        "echeances": [_echeance(e) for e in contenu["echeances"]],
        "reductions": [
            [str(r["annee"]), argent(r["montant"]), r["motif"], _notifiee(r)]
            for r in contenu["reductions"]
        ],
        "annexes": annexes(edition),
        "signature": _signature(edition),
    }


def _garde(edition: Edition) -> list[list[str]]:
    c, contenu = edition.cartouche, edition.contenu
    lus = [t for t in contenu["textes"] if t["est_lu"]]
    return [
        ["Convention", f"{contenu['convention']['titre']}, {periode(contenu['convention'])}"],
        ["Texte en vigueur", " ; ".join(f"{t['titre']}. {t['signature']}" for t in lus)],
        ["Arrêté au", jour(contenu["arrete_le"])],
        ["Version", _version(edition)],
        ["Rédigé par", _qui(c["redige_par"], c["redige_le"])],
        [
            "Validé par",
            _qui(c["valide_par"], c["valide_le"]) if edition.signature else "non validé",
        ],
    ]


def _version(edition: Edition) -> str:
    c = edition.cartouche
    if not c["version"]:
        return "aucune : projet calculé à la demande"
    suite = f", qui corrige la version {c['remplace']}" if c["remplace"] else ""
    return f"{c['version']}{suite}"


def _qui(nom: str, le: str | None) -> str:
    return f"{nom}, le {jour(le)}" if nom and le else nom or "calculé sans rédacteur"


def _correction(edition: Edition) -> dict[str, Any] | None:
    c = edition.cartouche
    if not c["remplace"]:
        return None
    return {
        "version": c["remplace"],
        "motif": alineas(c["motif"]),
        "changements": [[x.ou, x.quoi, x.avant, x.apres] for x in edition.changements],
    }


def _synthese(edition: Edition) -> dict[str, Any]:
    contenu = edition.contenu
    totaux, taux = contenu["argent"]["totaux"], contenu["argent"]["taux_execution"]
    objectifs = [
        {"ligne": _court(x["libelle"]), **objectif(o)}
        for x in contenu["lignes"]
        for o in x["objectifs"]
    ]
    return {
        "commentaire": alineas(edition.commentaires.get("", "")),
        "cles": [
            {
                "nom": e.libelle,
                "valeur": argent(totaux.get(e.value)),
                "precision": _precision(e, totaux),
            }
            for e in ETAPES
        ],
        "taux": part(taux),
        "lignes": [
            {
                "libelle": _court(x["libelle"]),
                "montants": [argent(x["montants"].get(e.value)) for e in ETAPES],
                "taux": part(x["taux_execution"]),
                "part": rapport_de(x["taux_execution"], "1"),
            }
            for x in contenu["lignes"]
        ],
        "non_affecte": _non_affecte(contenu),
        "total": [argent(totaux.get(e.value)) for e in ETAPES],
        "parite": _parite_dite(contenu),
        "objectifs": objectifs,
        "bilan": _bilan(objectifs),
        "alertes": contenu["argent"]["alertes"],
    }


def _non_affecte(contenu: Mapping[str, Any]) -> str:
    montant = contenu["argent"]["non_affecte"]
    if not Decimal(montant):
        return ""
    if contenu["ecart"] is None:
        return "La source ne partage pas le total prévu entre les lignes."
    return (
        f"Le total prévu compte {argent(montant)} qu'aucune ligne ne porte : l'écart est expliqué "
        "avec la parité et le nombre de mesures."
    )


def _precision(etape: Etape, totaux: Mapping[str, str]) -> str:
    prevu = Decimal(totaux.get(Etape.PREVUE.value) or 0)
    if etape is Etape.PREVUE or not prevu or etape.value not in totaux:
        return "tous financeurs" if etape is Etape.PREVUE else ""
    return f"{pourcent(Decimal(totaux[etape.value]) / prevu, decimales=1)} du prévu"


def _bilan(objectifs: list[dict[str, Any]]) -> str:
    if not objectifs:
        return "La convention ne publie aucun objectif chiffré."
    atteints, non, sans = (
        sum(1 for o in objectifs if o["etat"] in etats)
        for etats in (("Atteint",), ("Non atteint",), ("Sans valeur", "Tu"))
    )
    dits = [
        pluriel(n, *noms)
        for n, noms in (
            (atteints, ("atteint", "atteints")),
            (non, ("non atteint", "non atteints")),
            (sans, ("sans valeur montrée", "sans valeur montrée")),
        )
        if n
    ]
    return f"{pluriel(len(objectifs), 'objectif')} : {', '.join(dits)}."


def _parite_dite(contenu: Mapping[str, Any]) -> list[list[str]]:
    """Une rangée par étape : son nom, l'État, le Département, la part de l'État, l'état."""
    lues = [p for p in contenu["argent"]["parites"] if p["code"] == "total"]
    return [
        [
            Etape(p["etape"]).libelle,
            argent(p["montant_etat"]),
            argent(p["montant_departement"]),
            part(p["part_etat"], decimales=2),
            p["etat"] if Decimal(p["montant_total"]) else "Rien à cette étape",
        ]
        for p in lues
    ]


def _argent(contenu: Mapping[str, Any]) -> dict[str, Any]:
    argent_lu = contenu["argent"]
    projection = argent_lu["projection"]
    regle = contenu["convention"]["parite"]
    return {
        "financeurs": financeurs_par_etape(argent_lu["par_financeur"], argent_lu["financeurs"]),
        "total": [argent(argent_lu["totaux"].get(e.value)) for e in ETAPES],
        "etapes": [e.libelle for e in ETAPES],
        "regle": f"L'État ne doit pas dépasser {pourcent(Decimal(regle['part_max_etat']))} du total"
        f" ({'action par action' if regle['portee'] == 'action' else 'sur l’ensemble'})."
        if regle
        else "La source ne demande pas de parité.",
        "parites": [
            {
                "etape": Etape(p["etape"]).libelle,
                "libelle": p["libelle"],
                "etat": p["etat"],
                "phrase": _phrase_parite(p),
            }
            for p in argent_lu["parites"]
            if Decimal(p["montant_total"])
        ],
        "ecart": _ecart(contenu),
        "comptage": contenu["comptage"]["phrase"],
        "comptage_hypothese": contenu["comptage"]["hypothese"],
        "comptage_phrase": (contenu["comptage"]["preuve"] or {}).get("phrase", ""),
        "mention": argent_lu["mention"],
        "mention_textes": contenu["mention"],
        "projection": ""
        if projection is None
        else f"{argent(projection['valeur'])}, entre {argent(projection['bas'])} et "
        f"{argent(projection['haut'])}. {projection['methode']}",
    }


def _phrase_parite(p: Mapping[str, Any]) -> str:
    # Les mots viennent de la promesse ; au-delà du prévu, l'État n'engage plus, il porte.
    if p["etape"] == Etape.PREVUE:
        return str(p["phrase"])
    return str(p["phrase"]).replace("L'État engage", "L'État porte")


def _ecart(contenu: Mapping[str, Any]) -> list[str]:
    e = contenu["ecart"]
    if e is None:
        return []
    if e["est_nul"]:
        return ["Les lignes publiées font exactement le total engagé."]
    phrases = [
        f"Le total annoncé est de {argent(e['montant_annonce'])} ; les lignes publiées font "
        f"{argent(e['montant_lignes'])}. L'écart est de {argent(e['montant'])}. {e['hypothese']}"
    ]
    if e["tient_dans_l_arrondi"]:
        phrases.append(
            "Arrondir les lignes pourrait produire un écart allant jusqu'à "
            f"{argent(e['arrondi_possible'])} : celui-ci y tient, ce qui ne le prouve pas."
        )
    return phrases


def _texte(t: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "titre": t["titre"],
        "signature": t["signature"],
        "signataires": [
            f"{s['fonction']} : {s['nom'] or 'nom non publié'}" for s in t["signataires"]
        ],
        "deliberations": [
            f"{d['organe']}, délibération {d['reference']} du {jour(d['tenue_le'])}"
            + (f" : {d['objet']}" if d["objet"] else "")
            for d in t["deliberations"]
        ],
        "phrase": t["preuve"]["phrase"],
        "source": t["preuve"]["source"],
    }


def _echeance(e: Mapping[str, Any]) -> list[str]:
    deplacee = f", au lieu du {jour_court(e['deplacee_du'])}" if e["deplacee_du"] else ""
    tenue = f" le {jour_court(e['tenue_le'])}" if e["tenue_le"] else ""
    return [
        e["libelle"],
        f"{jour_court(e['avant_le'])}{deplacee}",
        f"{ETATS_ECHEANCE[e['etat']]}{tenue}",
        e["reference"],
    ]


def _notifiee(r: Mapping[str, Any]) -> str:
    return f"{r['reference']}, notifiée le {jour_court(r['notifiee_le'])}"


def _signature(edition: Edition) -> dict[str, Any]:
    c = edition.cartouche
    return {
        "empreinte": empreinte_lisible(edition.empreinte),
        "sceau": empreinte_lisible(edition.signature),
        "redige": _qui(c["redige_par"], c["redige_le"]),
        "soumis": jour(c["soumis_le"]),
        "valide": _qui(c["valide_par"], c["valide_le"]) if edition.signature else "",
    }


def _court(libelle: str) -> str:
    if len(libelle) <= LIBELLE_COURT:
        return libelle
    return f"{libelle[:LIBELLE_COURT].rsplit(' ', 1)[0]}…"
