"""Les annexes d'un rapport : définitions et versions, pièces des comptes, empreintes des actes."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from draille.mesures.convention.lectures_rapport import Edition
from draille.mesures.convention.lectures_rapport_mots import (
    argent,
    compte,
    jour_court,
)
from draille.mesures.convention.regles.suivi import Etape


def annexes(edition: Edition) -> dict[str, Any]:
    """Les annexes prêtes à imprimer."""
    contenu = edition.contenu
    noms = {x["code"]: x["libelle"] for x in contenu["lignes"]}
    uniques = {(i["code"], i["version"]): i for x in contenu["lignes"] for i in x["indicateurs"]}
    return {
        "definitions": [_definition(i) for i in uniques.values()],
        "pieces": _pieces(contenu, noms),
        "actes": [_actes(i) for i in uniques.values() if i["denominateur"] != 0],
        "cadres": [
            {
                "titre": t["titre"],
                "reference": t["reference"],
                "le": jour_court(t["publie_le"]),
                "change": t["change"],
            }
            for t in contenu["textes_cadres"]
        ],
    }


def _definition(i: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": f"{i['code']}, version {i['version']}",
        "libelle": i["libelle"],
        "definition": i["definition"],
        "source": i["source"],
    }


def _pieces(contenu: Mapping[str, Any], noms: Mapping[str, str]) -> list[dict[str, Any]]:
    """Les pièces groupées par étape, chacune avec ses références, et leur somme."""
    groupes = []
    rangs = {e.value: n for n, e in enumerate(Etape)}
    triees = sorted(contenu["pieces"], key=lambda p: rangs[p["etape"]])
    for etape, lues in groupby(triees, key=lambda p: p["etape"]):
        pieces = list(lues)
        groupes.append(
            {
                "etape": Etape(etape).libelle,
                "somme": argent(str(sum((Decimal(p["montant"]) for p in pieces), Decimal(0)))),
                "nombre": len(pieces),
                "lignes": [
                    [
                        p["numero"],
                        jour_court(p["datee_le"]),
                        noms.get(p["ligne_code"], p["ligne_code"]),
                        _imputation(p),
                        p["financeur"] or "clé prévue",
                        argent(p["montant"]),
                    ]
                    for p in pieces
                ],
            }
        )
    return groupes


def _imputation(p: Mapping[str, Any]) -> str:
    parts = [f"{p['exercice']}", p["chapitre"], p["nature"], p["fonction"]]
    suite = f", eng. {p['engagement']}" if p["engagement"] else ""
    return " / ".join(x for x in parts if x) + suite


def _actes(i: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": f"{i['code']} v{i['version']}",
        "libelle": i["libelle"],
        "nombre": compte(i["denominateur"]),
        "empreinte": i["empreinte_actes"],
    }
