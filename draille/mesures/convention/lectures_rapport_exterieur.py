"""Ce qu'un rapport montre hors du Département : les petits nombres, et ce qui les trahirait, tus.

Pur : un contenu entre, un contenu sort, où un nombre tu est nul. Le seuil est celui que le contenu
a gardé : une version ancienne se lit comme elle s'est écrite.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from draille.mesures.convention.lectures_secret import (
    Compte,
    est_petit,
    taire_colonne,
    taire_total,
)
from draille.mesures.convention.regles import GenreCible
from draille.mesures.convention.regles.suivi import Provenance

# Les cibles dont la valeur est un nombre de personnes ou de choses ; les autres sont des taux,
# des durées, des âges.
_EFFECTIFS = (GenreCible.ABSOLU, GenreCible.MULTIPLICATEUR, GenreCible.MAINTIEN)


def pour_exterieur(*, contenu: Mapping[str, Any]) -> dict[str, Any]:
    """Le même contenu, sans petit nombre : comptes de l'année, des mois, valeurs d'objectifs."""
    seuil = contenu["seuil_secret"]
    return {**contenu, "lignes": [_ligne(x, seuil) for x in contenu["lignes"]]}


def _ligne(ligne: Mapping[str, Any], seuil: int) -> dict[str, Any]:
    indicateurs = [_indicateur(i, seuil) for i in ligne["indicateurs"]]
    tus = {i["code"] for i in indicateurs if None in (i["numerateur"], i["denominateur"])}
    return {
        **ligne,
        "indicateurs": indicateurs,
        "objectifs": [_objectif(o, seuil, bool(tus)) for o in ligne["objectifs"]],
    }


def _indicateur(i: Mapping[str, Any], seuil: int) -> dict[str, Any]:
    mois = taire_colonne([_compte(m, m["mois"]) for m in i["mois"]], seuil=seuil)
    total = taire_total(_compte(i, "annee"), [mois], seuil=seuil)
    return {
        **i,
        "denominateur": total.denominateur,
        "numerateur": total.numerateur,
        "mois": [
            {"mois": c.cle, "denominateur": c.denominateur, "numerateur": c.numerateur}
            for c in mois
        ],
        # La longueur de la liste dirait le nombre.
        "actes": [],
    }


def _compte(lu: Mapping[str, Any], cle: str) -> Compte:
    return Compte(cle, "", lu["numerateur"], lu["denominateur"])


def _objectif(o: Mapping[str, Any], seuil: int, voisin_tu: bool) -> dict[str, Any]:
    """`voisin_tu` : un indicateur de la ligne est tu, une valeur calculée des actes l'est aussi."""
    est_effectif = o["genre"] in _EFFECTIFS

    def taire(v: Mapping[str, Any]) -> dict[str, Any]:
        petit = est_effectif and v["valeur"] is not None and _est_petit(v["valeur"], seuil)
        des_actes = voisin_tu and v["provenance"] == Provenance.DRAILLE
        tu = v["valeur"] is not None and (petit or des_actes)
        return {**v, "valeur": None if tu else v["valeur"], "est_tue": tu}

    valeurs, bases = ([taire(v) for v in o[nom]] for nom in ("valeurs", "bases"))
    suite: dict[str, Any] = {}
    if any(v["est_tue"] for v in (*valeurs, *bases)):
        # Une part, un reste, une tendance se calculent de ce qui est tu, et le rendraient.
        suite = dict.fromkeys(("base", "seuil", "reste", "part_atteinte", "tendance"))
        if o["genre"] not in (GenreCible.MULTIPLICATEUR, GenreCible.MAINTIEN):
            suite["seuil"] = o["seuil"]
    return {**o, "valeurs": valeurs, "bases": bases, **suite}


def _est_petit(valeur: str, seuil: int) -> bool:
    nombre = Decimal(valeur)
    return est_petit(int(nombre), seuil) if nombre == nombre.to_integral_value() else False
