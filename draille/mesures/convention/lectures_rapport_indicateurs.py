"""Les indicateurs d'un rapport : leur compte, leurs mois, et les lignes de journal comptées."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from draille.mesures.convention import regles
from draille.mesures.convention.regles.rapport import simple
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.adaptateur import Acte
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import Indicateur, indicateurs
from draille.noyau.journal import registre
from draille.socle.acces import Acces

# Chaque valeur passe par jsonb, dont le texte est canonique ; la clé d'accès, qui suit la personne
# quand elle déménage, n'y est pas : l'empreinte est celle de l'acte, non de qui peut le lire.
_EMPREINTE = """
SELECT encode(sha256(convert_to(coalesce(string_agg(jsonb_build_array(id, code, version, le,
  agent_id, organisation_id, personne_id, objet_id, commune_id, compartiment, charge)::text,
  E'\\n' ORDER BY id), ''), 'UTF8')), 'hex')
FROM noyau_lignejournal WHERE id = ANY(%s)
"""


@dataclass(frozen=True)
class Demande:
    """Le rapport à calculer : quelle convention, quelle année, arrêté quand, pour qui."""

    departement: str
    cadre: str
    annee: int
    arrete_le: date
    acces: Acces


def declares(ligne: regles.Ligne) -> list[Indicateur]:
    """Les indicateurs vivants d'une ligne : ceux de son code et des mesures qui l'exécutent."""
    noms = dict.fromkeys((ligne.code, *ligne.mesures))
    return [i for nom in noms for i in indicateurs(ligne_convention=nom)]


def lire_indicateur(*, indicateur: Indicateur, demande: Demande) -> dict[str, Any]:
    """L'indicateur d'une année, ses mois, et les lignes de journal qui le font. Deux requêtes."""
    i = indicateur
    actes = adaptateur.liste(
        indicateur=i,
        periode=Periode.annee(demande.annee),
        acces=demande.acces,
        le=demande.arrete_le,
    )
    a_taux = bool(i.numerateur)
    comptes = [a.dans_numerateur or not a_taux for a in actes]
    return {
        "code": i.code,
        "version": i.version,
        "libelle": i.libelle,
        "definition": i.definition,
        "source": i.source,
        "unite": i.unite,
        "declaration": simple(i),
        "actes_dits": [registre.libelle(c) for c in (*i.denominateur, *i.numerateur)],
        "a_taux": a_taux,
        "denominateur": len(actes),
        "numerateur": sum(comptes),
        "mois": _mois(actes, a_taux, demande),
        # [ligne comptée, ligne qui y répond ou rien, 1 si elle est au numérateur]
        "actes": [
            [a.ligne_id, a.ligne_fin_id, int(c)] for a, c in zip(actes, comptes, strict=True)
        ],
        "empreinte_actes": empreinte_actes(
            ids={x for a in actes for x in (a.ligne_id, a.ligne_fin_id) if x is not None}
        ),
    }


def _mois(actes: Iterable[Acte], a_taux: bool, demande: Demande) -> list[dict[str, Any]]:
    debuts = [date(demande.annee, m, 1) for m in range(1, 13)]
    comptes = {d: [0, 0] for d in debuts if d <= demande.arrete_le}
    for a in actes:
        if a.mois in comptes:
            comptes[a.mois][0] += 1
            comptes[a.mois][1] += int(a.dans_numerateur or not a_taux)
    return [
        {"mois": simple(d), "denominateur": den, "numerateur": num}
        for d, (den, num) in comptes.items()
    ]


def empreinte_actes(*, ids: Iterable[int]) -> str:
    """SHA-256 des lignes de journal de ces numéros, telles qu'écrites ; demande de les voir."""
    with connection.cursor() as curseur:
        curseur.execute(_EMPREINTE, [sorted(ids)])
        return str(curseur.fetchone()[0])
