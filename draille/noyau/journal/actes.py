"""Écrire au journal : une ligne par acte, ou un lot de lignes par une requête."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import Lot
from draille.socle.acces import PAS, Acces, cle


@dataclass(frozen=True, slots=True, kw_only=True)
class Sujet:
    """De qui et de quoi parle la ligne. `compartiment` nul : de personne (rien de personnel)."""

    compartiment: int | None = None
    personne_id: int | None = None
    commune_id: int | None = None
    objet_id: int | None = None

    @property
    def cle_acces(self) -> int | None:
        """La clé que portera la ligne."""
        if self.compartiment is None:
            return None
        return cle(compartiment=self.compartiment, commune_id=self.commune_id)


@dataclass(frozen=True, slots=True)
class Ecrites:
    """Ce qu'un lot a écrit : combien de lignes, de quel identifiant à quel autre."""

    nombre: int
    premier_id: int | None
    dernier_id: int | None


def consigner(*, charge: Any, par: Acces, le: date, sujet: Sujet) -> LigneJournal:
    """Écrit la ligne d'un acte dans la transaction en cours et sert les abonnements immédiats.

    Lève KeyError si la charge n'est pas déclarée, TypeError si une valeur n'a pas son type.
    """
    assert connection.in_atomic_block, "un acte s'écrit dans une transaction"
    acte = registre.acte_de(type(charge))
    ligne = LigneJournal(
        code=acte.code,
        version=acte.version,
        le=le,
        agent_id=par.agent_id,
        organisation_id=par.organisation_id,
        personne_id=sujet.personne_id,
        objet_id=sujet.objet_id,
        commune_id=sujet.commune_id,
        compartiment=sujet.compartiment,
        cle_acces=sujet.cle_acces,
        charge=registre.vers_json(charge),
    )
    ligne.save(force_insert=True)
    _servir_immediats(acte.code, ligne.pk, par)
    return ligne


_INSERER = """
WITH source AS ({source}), ecrites AS (
  INSERT INTO noyau_lignejournal (code, version, le, agent_id, organisation_id, personne_id,
    objet_id, commune_id, compartiment, cle_acces, charge)
  SELECT %(acte_code)s, %(acte_version)s, s.le, %(acte_agent)s, %(acte_organisation)s,
    s.personne_id, s.objet_id, nullif(s.cle_acces %% {pas}, 99999), s.cle_acces / {pas},
    s.cle_acces, s.charge
  FROM source s
  RETURNING id, charge
)
SELECT count(*), min(id), max(id),
  coalesce(bool_and(charge ?& %(acte_cles)s::text[]
    AND charge - %(acte_cles)s::text[] = '{{}}'::jsonb), true)
FROM ecrites
"""


def consigner_lot(
    *, acte: type[Any], par: Acces, source: str, parametres: dict[str, Any]
) -> Ecrites:
    """Écrit une ligne par rangée de `source`, requête qui rend `le`, `personne_id`, `objet_id`,
    `cle_acces` et `charge` (jsonb). Sert ensuite les abonnements immédiats.

    Lève TypeError si une charge n'a pas les clés déclarées : la transaction est à défaire.
    """
    assert connection.in_atomic_block, "un acte s'écrit dans une transaction"
    declare = registre.acte_de(acte)
    with connection.cursor() as curseur:
        curseur.execute(
            _INSERER.format(source=source, pas=PAS),
            {
                **parametres,
                "acte_code": declare.code,
                "acte_version": declare.version,
                "acte_agent": par.agent_id,
                "acte_organisation": par.organisation_id,
                "acte_cles": registre.champs(acte),
            },
        )
        nombre, premier, dernier, est_conforme = curseur.fetchone()
    if not est_conforme:
        raise TypeError(f"{declare.code} : une charge n'a pas les clés déclarées")
    if nombre:
        _servir_immediats(declare.code, premier, par)
    return Ecrites(nombre=nombre, premier_id=premier, dernier_id=dernier)


def _servir_immediats(code: str, premier_id: int, par: Acces) -> None:
    interesses = [a for a in registre.abonnements(immediats=True) if code in a.codes]
    if not interesses:
        return
    with connection.cursor() as curseur:
        curseur.execute("SELECT draille_transaction()")
        (numero,) = curseur.fetchone()
    lot = Lot(codes=(code,), debut=numero, fin=numero + 1, premier_id=premier_id)
    for abonnement in interesses:
        abonnement.traiter(lot, par)


def livrer(*, par: Acces) -> int:
    """Sert les abonnements d'après validation ; rend le nombre d'abonnements qui ont avancé.

    Un lot va du curseur à la plus ancienne transaction encore ouverte : aucune ligne n'est sautée.
    """
    avances = 0
    for abonnement in registre.abonnements(immediats=False):
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(
                "INSERT INTO noyau_curseur (nom, transaction_id) VALUES (%s, 0)"
                " ON CONFLICT (nom) DO NOTHING",
                [abonnement.nom],
            )
            curseur.execute(
                "SELECT transaction_id FROM noyau_curseur WHERE nom = %s FOR UPDATE",
                [abonnement.nom],
            )
            (debut,) = curseur.fetchone()
            curseur.execute("SELECT draille_transaction_sure()")
            (fin,) = curseur.fetchone()
            lot = Lot(codes=abonnement.codes, debut=debut, fin=fin)
            if _a_des_lignes(lot):
                abonnement.traiter(lot, par)
                avances += 1
            curseur.execute(
                "UPDATE noyau_curseur SET transaction_id = %s WHERE nom = %s",
                [fin, abonnement.nom],
            )
    return avances


def _a_des_lignes(lot: Lot) -> bool:
    requete, parametres = lot.sql()
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT EXISTS {requete}", parametres)
        return bool(curseur.fetchone()[0])
