"""Le schéma en phrases : ses objectifs, ses montants, sa durée."""

from datetime import date, timedelta
from decimal import Decimal

from draille.mesures.schema_solidarites.regles import GenreObjectif, Objectif, Schema, Version
from draille.socle.texte import INSECABLE, date_moyenne, decimal, entier, euros


def objectif_en_mots(objectif: Objectif) -> str:
    """La promesse, telle que la source la publie : « multiplier par 2 d'ici 2023 »."""
    return f"{objectif.libelle} : {_PHRASES[objectif.genre](objectif)}"


def _multiplier(o: Objectif) -> str:
    assert o.valeur is not None, "un multiplicateur a sa valeur"
    limite = f" d'ici {o.echeance_annee}" if o.echeance_annee else ""
    return f"multiplier par {nombre(o.valeur)}{limite}"


def _maintenir(o: Objectif) -> str:
    return "maintenir" + (f" jusqu'en {o.echeance_annee}" if o.echeance_annee else "")


def _entre(o: Objectif) -> str:
    assert o.valeur is not None and o.valeur_max is not None, "un intervalle a ses deux bornes"
    return f"de {nombre(o.valeur)} à {nombre(o.valeur_max)} {o.unite}"


def _au_plus(o: Objectif) -> str:
    assert o.valeur is not None, "une limite a sa valeur"
    return f"{nombre(o.valeur)} {o.unite} au plus"


def _sans_nombre(_o: Objectif) -> str:
    return "aucun nombre n'est publié"


_PHRASES = {
    GenreObjectif.MULTIPLICATEUR: _multiplier,
    GenreObjectif.MAINTIEN: _maintenir,
    GenreObjectif.INTERVALLE: _entre,
    GenreObjectif.AU_PLUS: _au_plus,
    GenreObjectif.SANS_NOMBRE: _sans_nombre,
}


def objectif_court(objectif: Objectif) -> str:
    """La promesse en peu de signes, pour un arbre ; vide quand aucun nombre n'est publié."""
    if objectif.genre is GenreObjectif.SANS_NOMBRE:
        return ""
    dit = _PHRASES[objectif.genre](objectif)
    return f"{objectif.libelle} : {dit.replace('multiplier par ', '×' + INSECABLE)}"


def base_en_mots(objectif: Objectif) -> str:
    """Ce qui manque pour juger l'objectif ; vide quand rien ne manque."""
    if objectif.genre in (GenreObjectif.MULTIPLICATEUR, GenreObjectif.MAINTIEN):
        if objectif.annee_base is None:
            return "L'année de départ n'est pas publiée : sans elle, il ne se juge pas."
        return f"Par rapport à {objectif.annee_base}."
    return ""


def montants_en_mots(version_action_montants: tuple[tuple[str, Decimal], ...]) -> str:
    """« État 1 000 000 €, Département 1 000 000 € » ; vide sans montant."""
    return ", ".join(f"{nom} {euros(valeur)}" for nom, valeur in version_action_montants)


def duree_en_mots(schema: Schema, *, annees: int, le: date) -> str:
    """Ce que l'on sait de la durée du schéma, et ce qu'en dit la loi."""
    if schema.debut is None or schema.fin is None:
        return (
            "Ses dates ne sont pas publiées. La loi le borne à "
            f"{annees} ans : sa fin ne se vérifie qu'une fois ses dates saisies (CASF L312-4)."
        )
    dernier = schema.fin - timedelta(days=1)
    bornes = f"Du {date_moyenne(schema.debut)} au {date_moyenne(dernier)}"
    if le > dernier:
        return f"{bornes} : il est fini. Un nouveau schéma doit lui succéder (CASF L312-4)."
    return f"{bornes}, {annees} ans au plus (CASF L312-4)."


def adoption_en_mots(version: Version) -> str:
    """Quand et par quelle délibération cette version a été adoptée."""
    if version.adoptee_le is None:
        return "date d'adoption non publiée"
    par = f", {version.deliberation}" if version.deliberation else ""
    return f"adoptée le {date_moyenne(version.adoptee_le)}{par}"


def nombre(valeur: Decimal) -> str:
    """Un nombre sans décimales inutiles."""
    if valeur == valeur.to_integral_value():
        return entier(int(valeur))
    return decimal(valeur)
