"""Un journal tiré au hasard que toutes les définitions déclarées savent lire.

Les valeurs de chaque clé de charge se déduisent des définitions mêmes : le type vers lequel elles
la convertissent, les mots auxquels elles la comparent. Une mesure nouvelle est donc éprouvée sans
rien ajouter ici.
"""

import random
from collections import defaultdict
from datetime import date, timedelta

import sqlglot
from sqlglot import exp

from draille.noyau.journal.models import LigneJournal

CLE_ACCES = 200_000
DEBUT, JOURS = date(2019, 10, 1), 480


def _valeurs(indicateurs):
    """Par clé de charge : ce qu'elle peut valoir, selon l'usage qu'en font les définitions."""
    convertis, mots = defaultdict(list), defaultdict(list)
    for i in indicateurs:
        for sql in (i.filtre, i.condition):
            arbre = sqlglot.parse_one(sql, dialect="postgres")
            for acces in arbre.find_all(exp.JSONExtractScalar, exp.JSONExtract):
                cle = acces.expression.expressions[1].this
                parent = acces.parent
                while isinstance(parent, exp.Paren):
                    parent = parent.parent
                if type(acces) is exp.JSONExtract:
                    convertis[cle] += [[], ["a"], ["a", "b"]]
                elif isinstance(parent, exp.Cast):
                    convertis[cle] += _du_type(parent.to.this.name)
                else:
                    mots[cle] += [m.this for m in parent.find_all(exp.Literal) if m.is_string]
    # Une clé que l'on convertit quelque part n'a que des valeurs qui se convertissent.
    return {c: [*(convertis[c] or [*mots[c], "autre"]), None] for c in sorted({*convertis, *mots})}


def _du_type(nom):
    if nom == "BOOLEAN":
        return [True, False]
    if nom == "DATE":
        return [(DEBUT + timedelta(days=n)).isoformat() for n in range(60, JOURS, 7)]
    return [0, 3, 150, 290, 310, 450]


def _charge(valeurs, hasard):
    """Une valeur par clé lue ; parfois, la clé manque."""
    tirees = {cle: hasard.choice(choix) for cle, choix in valeurs.items()}
    return {cle: valeur for cle, valeur in tirees.items() if valeur is not None}


def ecrire(*, indicateurs, graine, lignes):
    """Écrit tant de lignes : peu de personnes et d'objets, pour qu'ils se croisent."""
    hasard = random.Random(graine)
    valeurs = _valeurs(indicateurs)
    codes = sorted({c for i in indicateurs for c in (*i.denominateur, *i.numerateur)})
    ecrites = []
    for _ in range(lignes):
        personne = hasard.choice([None, *range(1, 40)])
        ecrites.append(
            LigneJournal(
                code=hasard.choice(codes),
                version=1,
                le=DEBUT + timedelta(days=hasard.randrange(JOURS)),
                agent_id=hasard.choice([None, 1, 2, 3]),
                personne_id=personne,
                objet_id=hasard.choice([None, *range(1, 60)]),
                cle_acces=CLE_ACCES,
                compartiment=2,
                charge=_charge(valeurs, hasard),
            )
        )
    LigneJournal.objects.bulk_create(ecrites)
