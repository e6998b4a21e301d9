"""Écrire au journal : une ligne par acte, ou un lot de lignes par une requête."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import TOUTES, Abonnement, Lot
from draille.socle import contexte
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


def livrer(*, par: Acces, instant: datetime | None = None) -> int:
    """Sert les abonnements d'après validation ; rend le nombre d'abonnements qui ont avancé.

    Un lot va du curseur à la dernière ligne sûre : aucune ligne n'est sautée, même si deux actes
    finissent dans le désordre. Si une écriture longue est en cours, rien n'est livré : sa propre
    livraison suivra. Hors transaction, `instant` ouvre un contexte par abonnement ; dans une
    transaction, le contexte déjà ouvert sert.
    """
    borne = _derniere_ligne_sure()
    if borne is None:
        return 0
    avances = 0
    for abonnement in registre.abonnements(immediats=False):
        if instant is None:
            avances += _livrer_un(abonnement, borne, par)
        else:
            with contexte.ouvrir(acces=par, instant=instant):
                avances += _livrer_un(abonnement, borne, par)
    return avances


def _derniere_ligne_sure() -> int | None:
    """L'identifiant sous lequel plus aucune ligne ne peut paraître ; nul si une écriture dure.

    Un verrou partagé, tenu le temps de lire, attend les écritures en cours : toute ligne à venir
    aura un identifiant plus grand, puisqu'il se prend sous le verrou d'écriture.
    """
    try:
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SELECT draille_derniere_ligne_sure()")
            return int(curseur.fetchone()[0])
    except OperationalError:
        return None


def _livrer_un(abonnement: Abonnement, borne: int, par: Acces) -> int:
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO noyau_curseur (nom, dernier_id) VALUES (%s, 0)"
            " ON CONFLICT (nom) DO NOTHING",
            [abonnement.nom],
        )
        curseur.execute(
            "SELECT dernier_id FROM noyau_curseur WHERE nom = %s FOR UPDATE", [abonnement.nom]
        )
        (lu,) = curseur.fetchone()
        if lu >= borne:
            return 0
        lot = Lot(codes=abonnement.codes, debut=0, fin=TOUTES, premier_id=lu + 1, dernier_id=borne)
        a_des_lignes = _a_des_lignes(lot)
        if a_des_lignes:
            abonnement.traiter(lot, par)
        curseur.execute(
            "UPDATE noyau_curseur SET dernier_id = %s WHERE nom = %s", [borne, abonnement.nom]
        )
        return int(a_des_lignes)


def _a_des_lignes(lot: Lot) -> bool:
    requete, parametres = lot.sql()
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT EXISTS {requete}", parametres)
        return bool(curseur.fetchone()[0])
