"""Le rapport d'exécution, sans Django : son écriture canonique, et ce qui change d'une version.

Le contenu d'un rapport est un arbre de textes, d'entiers, de booléens, de listes et de
dictionnaires : aucun nombre à virgule flottante, pour que deux écritures du même contenu aient les
mêmes octets. Un montant y est un texte (« 128000.00 »), une date aussi (« 2020-10-31 »).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import date_courte, entier, euros, pluriel

SCHEMA = 1
ABSENT = "non publié"
TU = "tu"


@dataclass(frozen=True)
class Changement:
    """Ce qui diffère entre deux versions, en mots ; `avant` ou `apres` vide : n'y était pas."""

    ou: str
    quoi: str
    avant: str
    apres: str


def simple(valeur: object) -> Any:
    """La valeur en types que JSON garde exactement. Lève TypeError pour un flottant ou l'inconnu.

    Une dataclass et un dictionnaire deviennent un dictionnaire, un tuple ou une liste une liste,
    une date et un Decimal leur texte, une énumération sa valeur.
    """
    if valeur is None or isinstance(valeur, bool | int) and not isinstance(valeur, Enum):
        return valeur
    if isinstance(valeur, Enum):
        return simple(valeur.value)
    if isinstance(valeur, str):
        return str(valeur)
    if isinstance(valeur, Decimal):
        return texte_decimal(valeur)
    if isinstance(valeur, date):
        return valeur.isoformat()
    if is_dataclass(valeur) and not isinstance(valeur, type):
        return {f.name: simple(getattr(valeur, f.name)) for f in fields(valeur)}
    if isinstance(valeur, Mapping):
        return {str(simple(c)): simple(v) for c, v in valeur.items()}
    if isinstance(valeur, Sequence):
        return [simple(v) for v in valeur]
    raise TypeError(f"{type(valeur).__name__} n'a pas d'écriture canonique")


def texte_decimal(valeur: Decimal) -> str:
    """Le nombre sans exposant ; « 0.50 » et « 0.5 » restent ce qu'ils sont, « -0 » est « 0 »."""
    return f"{valeur:f}" if valeur else f"{abs(valeur):f}"


def canonique(contenu: Any) -> bytes:
    """L'écriture unique d'un contenu : clés triées, sans espace, UTF-8.

    Lève TypeError s'il contient un flottant : il ne s'écrit pas partout pareil.
    """
    _sans_flottant(contenu)
    return json.dumps(
        contenu, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def empreinte(contenu: Any) -> str:
    """SHA-256 de l'écriture canonique, en hexadécimal (64 caractères)."""
    return hashlib.sha256(canonique(contenu)).hexdigest()


def a_sceller(
    *, empreinte: str, commentaires: Mapping[str, str], cartouche: Mapping[str, Any]
) -> bytes:
    """Ce que la signature couvre : le contenu, les commentaires, qui, quand, quelle version."""
    scelle = {
        "objet": "draille.convention.rapport",
        "empreinte": empreinte,
        "commentaires": dict(commentaires),
        "cartouche": simple(cartouche),
    }
    return canonique(scelle)


def comparer(
    *,
    avant: Mapping[str, Any],
    apres: Mapping[str, Any],
    commentaires: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> tuple[Changement, ...]:
    """Ce qui change d'une version à l'autre, dans l'ordre du document.

    `commentaires` : ceux d'avant et ceux d'après, par code de ligne (vide : l'ensemble).
    """
    noms = {x["code"]: x["libelle"] for c in (avant, apres) for x in c["lignes"]}
    return tuple(
        c
        for c in (
            *_entete(avant, apres),
            *_totaux(avant, apres),
            *_lignes(avant, apres),
            *_pieces(avant, apres),
            *_echeances(avant, apres),
            *_commentaires(*commentaires, noms),
        )
        if c.avant != c.apres
    )


def _sans_flottant(contenu: Any) -> None:
    if isinstance(contenu, float):
        raise TypeError("un flottant n'a pas d'écriture canonique")
    if isinstance(contenu, Mapping):
        for v in contenu.values():
            _sans_flottant(v)
    elif isinstance(contenu, list | tuple):
        for v in contenu:
            _sans_flottant(v)


def _euros(valeur: str | None) -> str:
    return ABSENT if valeur is None else euros(Decimal(valeur))


def _jour(valeur: str | None) -> str:
    return date_courte(date.fromisoformat(valeur)) if valeur else ""


def _entete(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    yield Changement("Rapport", "Arrêté au", _jour(avant["arrete_le"]), _jour(apres["arrete_le"]))
    titres = [", ".join(t["titre"] for t in c["textes"] if t["est_lu"]) for c in (avant, apres)]
    yield Changement("Rapport", "Textes lus", titres[0], titres[1])


def _totaux(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    for etape in Etape:
        yield Changement(
            "Ensemble",
            etape.libelle,
            *(_euros(c["argent"]["totaux"].get(etape.value)) for c in (avant, apres)),
        )
    etats = [
        {(p["libelle"], p["etape"]): p for p in c["argent"]["parites"]} for c in (avant, apres)
    ]
    for cle in dict.fromkeys([*etats[0], *etats[1]]):
        dits = [_parite(e.get(cle)) for e in etats]
        yield Changement(cle[0], f"Parité, {Etape(cle[1]).libelle.lower()}", *dits)


def _parite(lue: Mapping[str, Any] | None) -> str:
    if lue is None:
        return ""
    return str(lue["etat"]) if Decimal(lue["montant_total"]) else "rien à cette étape"


def _lignes(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    anciennes = {x["code"]: x for x in avant["lignes"]}
    nouvelles = {x["code"]: x for x in apres["lignes"]}
    for code in dict.fromkeys([*anciennes, *nouvelles]):
        ancienne, nouvelle = anciennes.get(code), nouvelles.get(code)
        if ancienne is None or nouvelle is None:
            libelle = (ancienne or nouvelle or {})["libelle"]
            dits = ("", "ajoutée") if ancienne is None else ("inscrite", "retirée")
            yield Changement(libelle, "Ligne", *dits)
            continue
        yield from _ligne(ancienne, nouvelle)


def _ligne(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    ou = apres["libelle"]
    for etape in Etape:
        yield Changement(
            ou,
            etape.libelle,
            *(_euros(x["montants"].get(etape.value)) for x in (avant, apres)),
        )
    comptes = [{(i["code"], i["version"]): i for i in x["indicateurs"]} for x in (avant, apres)]
    for cle in dict.fromkeys([*comptes[0], *comptes[1]]):
        libelle = (comptes[1].get(cle) or comptes[0][cle])["libelle"]
        yield Changement(ou, libelle, *(_compte(c.get(cle)) for c in comptes))
    cibles = [{o["code"]: o for o in x["objectifs"]} for x in (avant, apres)]
    for code in dict.fromkeys([*cibles[0], *cibles[1]]):
        libelle = (cibles[1].get(code) or cibles[0][code])["libelle"]
        yield Changement(ou, f"Objectif : {libelle}", *(_valeurs(c.get(code)) for c in cibles))


def _compte(indicateur: Mapping[str, Any] | None) -> str:
    if indicateur is None:
        return ""
    if None in (indicateur["numerateur"], indicateur["denominateur"]):
        return TU
    if not indicateur["a_taux"]:
        return entier(indicateur["denominateur"])
    return f"{entier(indicateur['numerateur'])} sur {entier(indicateur['denominateur'])}"


def _valeurs(objectif: Mapping[str, Any] | None) -> str:
    if objectif is None:
        return ""
    dites = [v["valeur"].replace(".", ",") for v in objectif["valeurs"] if v["valeur"] is not None]
    return " ; ".join(dites) or "aucune valeur"


def _pieces(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    anciennes = {p["id"]: p for p in avant["pieces"]}
    nouvelles = {p["id"]: p for p in apres["pieces"]}
    for quoi, restes in (
        ("Pièces ajoutées", nouvelles.keys() - anciennes.keys()),
        ("Pièces retirées", anciennes.keys() - nouvelles.keys()),
    ):
        if restes:
            toutes = {**anciennes, **nouvelles}
            somme = sum((Decimal(toutes[i]["montant"]) for i in restes), Decimal(0))
            yield Changement(
                "Comptes publics", quoi, "", f"{pluriel(len(restes), 'pièce')}, {euros(somme)}"
            )


def _echeances(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[Changement]:
    lues = [
        {(e["nature"], e["annee"], e["libelle"]): e for e in c["echeances"]} for c in (avant, apres)
    ]
    for cle in dict.fromkeys([*lues[0], *lues[1]]):
        yield Changement(cle[2], "Échéance", *(_echeance(e.get(cle)) for e in lues))


def _echeance(lue: Mapping[str, Any] | None) -> str:
    if lue is None:
        return ""
    tenue = f", tenue le {_jour(lue['tenue_le'])}" if lue["tenue_le"] else ""
    return f"avant le {_jour(lue['avant_le'])}{tenue}"


def _commentaires(
    avant: Mapping[str, str], apres: Mapping[str, str], noms: Mapping[str, str]
) -> Iterator[Changement]:
    for code in dict.fromkeys([*avant, *apres]):
        yield Changement(
            noms.get(code, "Ensemble"), "Commentaire", avant.get(code, ""), apres.get(code, "")
        )
