"""Le rapport d'exécution en tableaux : un classeur ODS, une feuille par tableau, et un CSV.

Les mêmes nombres que le PDF, typés : un montant y est un nombre, une date une date. Rien n'est lu
de la base ; un nombre tu est une cellule « tu ».
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from draille.mesures.convention.lectures_rapport import Edition
from draille.mesures.convention.lectures_rapport_mots import ETAPES, ETATS_ECHEANCE, TU, intitule
from draille.mesures.convention.regles.suivi import Etape
from draille.socle.texte import cellule_sure

Cellule = str | int | Decimal | date | None
MOIS_TEXTE = 7


@dataclass(frozen=True)
class Tableau:
    """Une feuille : son nom, ses en-têtes, ses rangées ; une cellule nulle est « non publié »."""

    nom: str
    entetes: tuple[str, ...]
    rangees: tuple[tuple[Cellule, ...], ...]


_ETAPES = tuple(e.libelle for e in ETAPES)
_ENTETES = {
    "Rapport": ("Rubrique", "Valeur"),
    "Lignes": ("Code", "Ligne", "Nature", *_ETAPES, "Taux d'exécution", "Taux d'engagement"),
    "Financeurs": ("Ligne", "Étape", "Financeur", "Montant"),
    "Parité": ("Portée", "Étape", "État", "Département", "Autres", "Part de l'État", "Parité"),
    "Objectifs": tuple(
        "Ligne,Objectif,Promesse,Unité,Base,À atteindre,Source,Constaté,Atteint".split(",")
    ),
    "Indicateurs": tuple("Ligne,Code,Version,Indicateur,Mois,Comptés,Sur,Unité".split(",")),
    "Pièces": tuple(
        "Étape,Numéro,Date,Exercice,Ligne,Chapitre,Nature,Fonction,Engagement,Financeur,Objet,"
        "Montant".split(",")
    ),
    "Échéances": ("Échéance", "Au plus tard le", "Tenue le", "État", "Fixée par"),
    "Définitions": tuple(
        "Code,Version,Indicateur,Définition,Source,Empreinte des actes".split(",")
    ),
    "Commentaires": ("Ligne", "Commentaire"),
    "Changements": ("Où", "Quoi", "Avant", "Après"),
}


def tableaux(*, edition: Edition) -> list[Tableau]:
    """Les tableaux du rapport, dans l'ordre du document ; « Changements » d'une correction."""
    contenu = edition.contenu
    noms = {x["code"]: x["libelle"] for x in contenu["lignes"]}
    rangees: dict[str, Iterator[tuple[Cellule, ...]]] = {
        "Rapport": _cartouche(edition),
        "Lignes": _lignes(contenu),
        "Financeurs": _financeurs(contenu),
        "Parité": _parites(contenu),
        "Objectifs": _objectifs(contenu),
        "Indicateurs": _indicateurs(contenu),
        "Pièces": _pieces(contenu, noms),
        "Échéances": _echeances(contenu),
        "Définitions": _definitions(contenu),
        "Commentaires": _commentaires(edition, noms),
    }
    if edition.cartouche["remplace"]:
        rangees["Changements"] = ((c.ou, c.quoi, c.avant, c.apres) for c in edition.changements)
    return [Tableau(nom, _ENTETES[nom], tuple(lues)) for nom, lues in rangees.items()]


def ods(*, edition: Edition) -> bytes:
    """Le classeur ODS : une feuille par tableau, cellules typées. Mêmes données, mêmes octets."""
    # Long à charger : seul celui qui exporte l'attend.
    from odfdo import Document, Table

    document = Document("spreadsheet")
    document.body.clear()
    for tableau in tableaux(edition=edition):
        feuille = Table(tableau.nom)
        for rangee in (tableau.entetes, *tableau.rangees):
            feuille.append_row(_rangee_ods(rangee), clone=False)
        document.body.append(feuille)
    sortie = io.BytesIO()
    document.save(sortie)
    return _sans_heure(sortie.getvalue())


def csv_texte(*, edition: Edition) -> str:
    """Le CSV (point-virgule, marque d'ordre) : tous les tableaux, l'un sous l'autre, titrés."""
    sortie = io.StringIO()
    # La marque d'ordre fait lire les accents aux tableurs.
    sortie.write("\ufeff")
    ecrivain = csv.writer(sortie, delimiter=";")
    for tableau in tableaux(edition=edition):
        ecrivain.writerow([tableau.nom])
        ecrivain.writerow(tableau.entetes)
        ecrivain.writerows([_texte(c) for c in rangee] for rangee in tableau.rangees)
        ecrivain.writerow([])
    return sortie.getvalue()


def _texte(cellule: Cellule) -> str:
    if isinstance(cellule, Decimal):
        return f"{cellule:f}".replace(".", ",")
    if isinstance(cellule, date):
        return f"{cellule:%d/%m/%Y}"
    return cellule_sure(cellule)


def _rangee_ods(rangee: Sequence[Cellule]) -> Any:
    from odfdo import Cell, Row

    ligne = Row()
    for cellule in rangee:
        # Un texte qui ressemble à une formule reste un texte : sa cellule est typée.
        vide = cellule is None or cellule == ""
        ligne.append_cell(Cell() if vide else Cell(cellule, text=_texte(cellule)), clone=False)
    return ligne


def _sans_heure(contenu: bytes) -> bytes:
    """Le même paquet ODF, sans l'heure où il a été écrit : le type d'abord, sans compression."""
    lu = zipfile.ZipFile(io.BytesIO(contenu))
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as paquet:
        noms = sorted(lu.namelist(), key=lambda n: (n != "mimetype", n))
        for nom in noms:
            info = zipfile.ZipInfo(nom, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if nom == "mimetype" else zipfile.ZIP_DEFLATED
            paquet.writestr(info, lu.read(nom))
    return sortie.getvalue()


def _nombre(valeur: str | None) -> Decimal | None:
    return None if valeur is None else Decimal(valeur)


def _jour(valeur: str | None) -> date | None:
    return date.fromisoformat(valeur) if valeur else None


def _tu(valeur: int | None) -> Cellule:
    return TU if valeur is None else valeur


def _cartouche(edition: Edition) -> Iterator[tuple[Cellule, ...]]:
    c, contenu = edition.cartouche, edition.contenu
    yield ("Document", intitule(contenu))
    yield ("Statut", "Validé" if edition.signature else "Projet, non validé")
    yield ("Département", contenu["departement"]["collectivite"])
    yield ("Convention", contenu["convention"]["titre"])
    yield ("Année", contenu["annee"])
    yield ("Arrêté au", _jour(contenu["arrete_le"]))
    yield ("Version", c["version"])
    yield ("Rédigé par", c["redige_par"])
    yield ("Validé par", c["valide_par"])
    yield ("Validé le", _jour(c["valide_le"]))
    yield ("Empreinte du contenu (SHA-256)", edition.empreinte)
    yield ("Signature à clé", edition.signature)
    yield ("Portée", contenu["portee"])
    if contenu["fictif"]:
        yield ("Démonstration", "Les actes, les comptes et les personnes sont fictifs.")


def _lignes(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    for x in contenu["lignes"]:
        yield (
            x["code"],
            x["libelle"],
            x["nature"],
            *(_nombre(x["montants"].get(e.value)) for e in ETAPES),
            _nombre(x["taux_execution"]),
            _nombre(x["taux_engagement"]),
        )
    lu = contenu["argent"]
    if Decimal(lu["non_affecte"]):
        yield ("", "Prévu sans ligne", "", _nombre(lu["non_affecte"]), None, None, None, None, None)
    yield (
        "",
        "Total",
        "",
        *(_nombre(lu["totaux"].get(e.value)) for e in ETAPES),
        _nombre(lu["taux_execution"]),
        _nombre(lu["taux_engagement"]),
    )


def _financeurs(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    noms = {f["code"]: f["nom"] for f in contenu["argent"]["financeurs"]} | {"": "Sans financeur"}
    sources = [(x["libelle"], x["par_financeur"]) for x in contenu["lignes"]]
    for libelle, rangees in (*sources, ("Ensemble", contenu["argent"]["par_financeur"])):
        for r in rangees:
            etape = Etape(r["etape"]).libelle
            yield (libelle, etape, noms.get(r["financeur"], r["financeur"]), Decimal(r["montant"]))


def _parites(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    for p in contenu["argent"]["parites"]:
        yield (
            p["libelle"],
            Etape(p["etape"]).libelle,
            Decimal(p["montant_etat"]),
            Decimal(p["montant_departement"]),
            Decimal(p["montant_autre"]),
            _nombre(p["part_etat"]),
            p["etat"],
        )


def _objectifs(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    atteint = {True: "oui", False: "non", None: ""}
    for x in contenu["lignes"]:
        for o in x["objectifs"]:
            tete = (x["libelle"], o["libelle"], o["promesse"], o["unite"])
            seuils = (_nombre(o["base"]), _nombre(o["seuil"]))
            for v in o["valeurs"] or [{"dite": "", "valeur": None, "est_tue": False}]:
                constate = TU if v["est_tue"] else _nombre(v["valeur"])
                yield (*tete, *seuils, v["dite"], constate, atteint[o["est_atteinte"]])


def _indicateurs(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    for x in contenu["lignes"]:
        for i in x["indicateurs"]:
            tete = (x["libelle"], i["code"], i["version"], i["libelle"])
            for m in (*i["mois"], {**i, "mois": "Année"}):
                mois = m["mois"] if m["mois"] == "Année" else m["mois"][:MOIS_TEXTE]
                sur = _tu(m["denominateur"]) if i["a_taux"] else ""
                yield (*tete, mois, _tu(m["numerateur"]), sur, i["unite"])


def _pieces(contenu: Mapping[str, Any], noms: Mapping[str, str]) -> Iterator[tuple[Cellule, ...]]:
    for p in contenu["pieces"]:
        yield (
            Etape(p["etape"]).libelle,
            p["numero"],
            _jour(p["datee_le"]),
            p["exercice"],
            noms.get(p["ligne_code"], p["ligne_code"]),
            p["chapitre"],
            p["nature"],
            p["fonction"],
            p["engagement"],
            p["financeur"] or "clé prévue",
            p["objet"],
            Decimal(p["montant"]),
        )


def _echeances(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    for e in contenu["echeances"]:
        etat = ETATS_ECHEANCE[e["etat"]]
        yield (e["libelle"], _jour(e["avant_le"]), _jour(e["tenue_le"]), etat, e["reference"])


def _definitions(contenu: Mapping[str, Any]) -> Iterator[tuple[Cellule, ...]]:
    vues = {(i["code"], i["version"]): i for x in contenu["lignes"] for i in x["indicateurs"]}
    for i in vues.values():
        yield (
            i["code"],
            i["version"],
            i["libelle"],
            i["definition"],
            i["source"],
            i["empreinte_actes"],
        )


def _commentaires(edition: Edition, noms: Mapping[str, str]) -> Iterator[tuple[Cellule, ...]]:
    for code, texte in edition.commentaires.items():
        yield (noms.get(code, "Ensemble"), texte)
