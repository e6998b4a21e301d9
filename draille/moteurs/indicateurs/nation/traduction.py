"""Lire le SQL d'une déclaration pour le rejouer ailleurs que sur PostgreSQL.

Une déclaration écrit son filtre et sa condition en SQL, sur `d` (l'acte du dénominateur) et `n`
(celui qui lui répond). Ce petit SQL se traduit en ibis, qui l'écrit pour chaque moteur. Ce qui
n'est pas connu ici est refusé : jamais de traduction devinée.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from draille.moteurs.indicateurs.registre import Indicateur

Nature = Literal["texte", "nombre"]
# Le nom de chaque colonne du journal dans un fichier exporté.
COLONNES = {
    "id": "ligne",
    "code": "code",
    "le": "le",
    "mois": "mois",
    "personne_id": "personne",
    "objet_id": "objet",
    "agent_id": "agent",
}
_PREFIXES: dict[Nature, str] = {"texte": "c_", "nombre": "n_"}
_TYPES = {"DATE": "date", "INT": "int64", "BIGINT": "int64", "BOOLEAN": "boolean", "TEXT": "string"}
_TYPES |= {"DECIMAL": "decimal(18, 4)", "DOUBLE": "float64"}
_COMPARAISONS: dict[str, Callable[[Any, Any], Any]] = {
    "EQ": lambda a, b: a == b,
    "NEQ": lambda a, b: a != b,
    "GT": lambda a, b: a > b,
    "GTE": lambda a, b: a >= b,
    "LT": lambda a, b: a < b,
    "LTE": lambda a, b: a <= b,
    "And": lambda a, b: a & b,
    "Or": lambda a, b: a | b,
    "Like": lambda a, b: a.like(b),
}

Colonne = Callable[[str, str], Any]


class Intraduisible(ValueError):
    """Une déclaration emploie un SQL que la consolidation ne sait pas rejouer."""


def colonne_de(*, cle: str, nature: Nature) -> str:
    """La colonne d'un fichier exporté qui porte cette clé de charge."""
    return _PREFIXES[nature] + cle


def traduire(*, sql: str, colonne: Colonne) -> Any:
    """L'expression ibis d'un morceau de SQL ; `colonne(table, nom)` rend celle de `d` ou de `n`.

    Lève `Intraduisible` sur tout ce qui sort du petit SQL des déclarations.
    """
    return _valeur(_lire(sql), colonne)


def cles_lues(indicateurs: Iterable[Indicateur]) -> dict[tuple[str, Nature], frozenset[str]]:
    """Chaque clé de charge que ces définitions lisent, et les codes d'actes où elles la lisent.

    « texte » : sa valeur ; « nombre » : combien d'éléments a sa liste. Rien d'autre ne s'exporte.
    """
    trouvees: dict[tuple[str, Nature], set[str]] = {}
    for i in indicateurs:
        codes = {"d": i.denominateur, "n": i.numerateur}
        for sql in (i.filtre, i.condition):
            for table, cle, nature in _cles(_lire(sql)):
                trouvees.setdefault((cle, nature), set()).update(codes[table])
    return {k: frozenset(v) for k, v in sorted(trouvees.items())}


def _lire(sql: str) -> Any:
    import sqlglot

    return sqlglot.parse_one(sql, dialect="postgres")


def _cles(noeud: Any) -> Iterator[tuple[str, str, Nature]]:
    from sqlglot import exp

    for trouve in noeud.walk():
        if isinstance(trouve, exp.JSONExtractScalar):
            yield *_acces(trouve), "texte"
        elif isinstance(trouve, exp.JSONExtract):
            yield *_acces(trouve), "nombre"


def _acces(noeud: Any) -> tuple[str, str]:
    """La table et la clé d'un accès à la charge : `d.charge ->> 'cle'`, d'un seul niveau."""
    from sqlglot import exp

    pas = noeud.expression.expressions if isinstance(noeud.expression, exp.JSONPath) else []
    est_colonne = isinstance(noeud.this, exp.Column) and noeud.this.name == "charge"
    if len(pas) != 2 or not est_colonne:
        raise Intraduisible(f"accès à la charge non reconnu : {noeud.sql()}")
    return noeud.this.table, str(pas[1].this)


def _valeur(noeud: Any, colonne: Colonne) -> Any:
    """Une expression quelconque ; chaque forme reconnue a sa fonction."""
    forme = type(noeud).__name__
    if forme in _COMPARAISONS:
        gauche, droite = _valeur(noeud.this, colonne), _valeur(noeud.expression, colonne)
        return _COMPARAISONS[forme](gauche, droite)
    if forme not in _FORMES:
        raise Intraduisible(f"expression non reconnue : {noeud.sql(dialect='postgres')}")
    return _FORMES[forme](noeud, colonne)


def _litteral(noeud: Any, colonne: Colonne) -> Any:
    import ibis

    if noeud.is_string:
        return ibis.literal(str(noeud.this))
    texte = str(noeud.this)
    return ibis.literal(int(texte) if texte.isdigit() else float(texte))


def _booleen(noeud: Any, colonne: Colonne) -> Any:
    import ibis

    return ibis.literal(bool(noeud.this))


def _colonne(noeud: Any, colonne: Colonne) -> Any:
    if noeud.name not in COLONNES:
        raise Intraduisible(f"colonne non exportée : {noeud.sql()}")
    return colonne(noeud.table, COLONNES[noeud.name])


def _texte_de_charge(noeud: Any, colonne: Colonne) -> Any:
    table, cle = _acces(noeud)
    return colonne(table, colonne_de(cle=cle, nature="texte"))


def _fonction(noeud: Any, colonne: Colonne) -> Any:
    from sqlglot import exp

    arguments = noeud.expressions
    if noeud.name == "jsonb_array_length" and isinstance(arguments[0], exp.JSONExtract):
        table, cle = _acces(arguments[0])
        return colonne(table, colonne_de(cle=cle, nature="nombre"))
    raise Intraduisible(f"fonction non reconnue : {noeud.sql(dialect='postgres')}")


def _conversion(noeud: Any, colonne: Colonne) -> Any:
    """Un texte mal formé vaut nul ici ; sur PostgreSQL, il aurait arrêté la lecture."""
    type_sql = noeud.to.this.name
    if type_sql not in _TYPES:
        raise Intraduisible(f"conversion non reconnue : {noeud.sql(dialect='postgres')}")
    valeur = _valeur(noeud.this, colonne)
    if valeur.type().is_string() and type_sql != "TEXT":
        return valeur.try_cast(_TYPES[type_sql])
    return valeur.cast(_TYPES[type_sql])


def _somme(noeud: Any, colonne: Colonne) -> Any:
    """Une date plus des jours (entier) ou un intervalle ; ou deux nombres."""
    from sqlglot import exp

    signe = 1 if isinstance(noeud, exp.Add) else -1
    gauche = _valeur(noeud.this, colonne)
    if isinstance(noeud.expression, exp.Interval):
        return (gauche + _intervalle(noeud.expression, signe)).cast("date")
    droite = _valeur(noeud.expression, colonne)
    if not gauche.type().is_date():
        return gauche + signe * droite
    if droite.type().is_date() and signe < 0:
        return gauche.delta(droite, unit="day")
    import ibis

    if not isinstance(noeud.expression, exp.Literal):
        raise Intraduisible(f"durée non reconnue : {noeud.sql(dialect='postgres')}")
    return (gauche + ibis.interval(days=signe * int(noeud.expression.this))).cast("date")


def _intervalle(noeud: Any, signe: int) -> Any:
    import ibis

    unites = {"MONTH": "months", "DAY": "days", "YEAR": "years", "WEEK": "weeks"}
    unite = str(noeud.unit.name).upper().removesuffix("S")
    if unite not in unites:
        raise Intraduisible(f"durée non reconnue : {noeud.sql(dialect='postgres')}")
    return ibis.interval(**{unites[unite]: signe * int(noeud.this.this)})


def _troncature(noeud: Any, colonne: Colonne) -> Any:
    unites = {"MONTH": "M", "YEAR": "Y"}
    unite = str(noeud.args["unit"].name).upper()
    if unite not in unites:
        raise Intraduisible(f"troncature non reconnue : {noeud.sql(dialect='postgres')}")
    return _valeur(noeud.this, colonne).truncate(unites[unite]).cast("date")


def _est_nul(noeud: Any, colonne: Colonne) -> Any:
    """`IS NULL`, `IS NOT NULL`, et rien d'autre."""
    if type(noeud.expression).__name__ != "Null":
        raise Intraduisible(f"expression non reconnue : {noeud.sql(dialect='postgres')}")
    valeur = _valeur(noeud.this, colonne)
    return valeur.notnull() if noeud.args.get("negate") else valeur.isnull()


def _parmi(noeud: Any, colonne: Colonne) -> Any:
    if noeud.args.get("query") is not None:
        raise Intraduisible(f"sous-requête : {noeud.sql(dialect='postgres')}")
    choix = [_valeur(e, colonne) for e in noeud.expressions]
    return _valeur(noeud.this, colonne).isin(choix)


def _entre(noeud: Any, colonne: Colonne) -> Any:
    bas, haut = (_valeur(noeud.args[n], colonne) for n in ("low", "high"))
    return _valeur(noeud.this, colonne).between(bas, haut)


_FORMES: dict[str, Callable[[Any, Colonne], Any]] = {
    "Paren": lambda noeud, colonne: _valeur(noeud.this, colonne),
    "Not": lambda noeud, colonne: ~_valeur(noeud.this, colonne),
    "Literal": _litteral,
    "Boolean": _booleen,
    "Column": _colonne,
    "JSONExtractScalar": _texte_de_charge,
    "Anonymous": _fonction,
    "Cast": _conversion,
    "Add": _somme,
    "Sub": _somme,
    "TimestampTrunc": _troncature,
    "DateTrunc": _troncature,
    "Is": _est_nul,
    "In": _parmi,
    "Between": _entre,
}
