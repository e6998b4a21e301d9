"""Inscrire des foyers et leur composition, en nombre, tels qu'un organisme les décrit.

Ces actes n'écrivent pas de ligne de journal à eux : ils sont un effet de l'acte qui intègre un
fichier, seul à savoir ce qui a changé dans les droits.
"""

from datetime import date
from typing import Any

from django.db import connection

from draille.socle.acces import PAS, SANS_COMMUNE, Compartiment
from draille.socle.chiffrement import trousseau

CHIFFRES_MATRICULE = 7
_COLONNES = (
    "matricule, commune_id, adresse, code_postal, commune_nom, est_sans_domicile,"
    " situation_familiale, cle_acces"
)
_INSCRIRE = """
WITH source AS ({source}), voulus AS (
  SELECT s.reference, s.matricule, s.commune_id, s.adresse, s.code_postal, s.commune_nom,
    s.est_sans_domicile, s.situation_familiale,
    {compartiment} * {pas} + coalesce(s.commune_id, {sans_commune}) AS cle_acces
  FROM source s
)
INSERT INTO noyau_foyer AS f (reference, {colonnes}) SELECT reference, {colonnes} FROM voulus
ON CONFLICT (reference) DO UPDATE SET ({colonnes}) = (
  SELECT {exclues}
) WHERE ({anciennes}) IS DISTINCT FROM ({exclues})
"""
_FERMER = """
WITH composition AS ({source})
UPDATE noyau_membrefoyer m SET fin = greatest(%(lot_mois)s::date, m.debut)
WHERE m.fin IS NULL AND m.foyer_id IN ({foyers}) AND NOT EXISTS (
  SELECT FROM composition c
  WHERE c.foyer_id = m.foyer_id AND c.personne_id = m.personne_id AND c.role = m.role
)
"""
_OUVRIR = """
WITH composition AS ({source})
INSERT INTO noyau_membrefoyer (foyer_id, personne_id, role, debut, cle_acces)
SELECT c.foyer_id, c.personne_id, c.role, c.debut,
  {compartiment} * {pas} + coalesce(p.commune_id, {sans_commune})
FROM composition c JOIN noyau_personne p ON p.id = c.personne_id
WHERE NOT EXISTS (
  SELECT FROM noyau_membrefoyer m
  WHERE m.foyer_id = c.foyer_id AND m.personne_id = c.personne_id AND m.fin IS NULL
)
"""


def matricule_garde(matricule: str) -> str:
    """Le matricule tel qu'on le garde : en clair jusqu'à sept chiffres, une empreinte au-delà.

    Le matricule d'une MSA est souvent le NIR du demandeur, qui ne se garde pas en clair.
    """
    if len(matricule) <= CHIFFRES_MATRICULE:
        return matricule
    return "#" + trousseau().empreinte(matricule.encode()).hex()[:19]


def inscrire_lot(
    *, source: str, compartiment: Compartiment, parametres: dict[str, Any] | None = None
) -> int:
    """Inscrit ou met à jour les foyers que rend la requête `source` ; rend combien ont changé.

    Colonnes : `reference` (sans doublon), `matricule`, `commune_id`, `adresse`, `code_postal`,
    `commune_nom`, `est_sans_domicile`, `situation_familiale`.
    """
    noms = [nom.strip() for nom in _COLONNES.split(",")]
    requete = _INSCRIRE.format(
        source=source,
        colonnes=_COLONNES,
        exclues=", ".join(f"excluded.{nom}" for nom in noms),
        anciennes=", ".join(f"f.{nom}" for nom in noms),
        compartiment=int(compartiment),
        pas=PAS,
        sans_commune=SANS_COMMUNE,
    )
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres or {})
        return int(curseur.rowcount)


def composer_lot(
    *,
    source: str,
    foyers: str,
    mois: date,
    compartiment: Compartiment,
    parametres: dict[str, Any] | None = None,
) -> None:
    """Donne à des foyers leur composition : qui n'y est plus part au premier du `mois`.

    `source` rend `foyer_id`, `personne_id`, `role`, `debut`, une fois par personne et par foyer ;
    `foyers` rend les identifiants des foyers dont la composition entière est dans `source`.
    """
    formes: dict[str, Any] = {
        "source": source,
        "foyers": foyers,
        "compartiment": int(compartiment),
        "pas": PAS,
        "sans_commune": SANS_COMMUNE,
    }
    valeurs = {**(parametres or {}), "lot_mois": mois}
    with connection.cursor() as curseur:
        curseur.execute(_FERMER.format(**formes), valeurs)
        curseur.execute(_OUVRIR.format(**formes), valeurs)
