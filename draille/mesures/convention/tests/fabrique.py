"""De quoi écrire un essai en peu de lignes : un fichier minimal, un montant, une ligne."""

from decimal import Decimal

from draille.mesures.convention.regles import (
    Cote,
    Financeur,
    Ligne,
    Montant,
    Nature,
    Preuve,
    Source,
)

PREUVE = Preuve(phrase="La phrase.", source=Source(code="s", titre="La page", datee="2020"))
ETAT = Financeur("etat", "État", Cote.ETAT)
DEPARTEMENT = Financeur("departement", "Le Département", Cote.DEPARTEMENT)
AUTRE = Financeur("region", "La Région", Cote.AUTRE)

FICHIER = """\
departement: "99"
sources:
  page:
    titre: La page
    datee: 2020
    publiee_le: 2020-01-01
    mise_a_jour_le: non publié
financeurs:
  - {code: etat, nom: État, cote: etat}
  - {code: departement, nom: Le Département, cote: departement}
conventions:
  - code: essai
    genre: convention
    titre: Convention d'essai
    debut: 2019-01-01
    fin: 2022-01-01
    parite: {portee: total, part_max_etat: "0.50"}
    preuve: {phrase: Une phrase., source: page}
    textes:
      - code: initial
        rang: 0
        titre: Texte initial
        bref: le texte initial
        signe_le: 2019-03-01
        annee: 2019
        signataires: []
        preuve: {phrase: Une phrase., source: page}
        financements:
          - {financeur: etat, montant: "100.10", preuve: {phrase: Une phrase., source: page}}
          - {financeur: departement, montant: "100.10", preuve: {phrase: Une phrase., source: page}}
        lignes:
          - code: accueil
            libelle: Accueil
            nature: nationale
            montant: "200.20"
            repartition: non publié
            mesures: [accueil_social]
            preuve: {phrase: Une phrase., source: page}
"""

AVENANT = """\
      - code: avenant_{annee}_{rang}
        rang: {rang}
        titre: Avenant {annee}
        bref: l'avenant {annee}
        signe_le: {annee}-06-0{rang}
        annee: {annee}
        signataires: []
        preuve: {{phrase: Une phrase., source: page}}
        lignes:
          - code: {code}
            libelle: Une ligne
            nature: nationale
            montant: "{montant}"
            mesures: [{code}]
            preuve: {{phrase: Une phrase., source: page}}
"""


def avenant(*, annee: int, rang: int, code: str, montant: str) -> str:
    """Le texte YAML d'un avenant d'une ligne, à ajouter à la fin de `FICHIER`."""
    return AVENANT.format(annee=annee, rang=rang, code=code, montant=montant)


def montant(financeur: Financeur, valeur: str) -> Montant:
    """Un engagement."""
    return Montant(financeur, Decimal(valeur), PREUVE)


def ligne(code: str, valeur: str | None, *, nature: Nature = Nature.NATIONALE) -> Ligne:
    """Une ligne sans répartition."""
    return Ligne(code, code, nature, None if valeur is None else Decimal(valeur), (code,), PREUVE)
