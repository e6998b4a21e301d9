"""Ce que les requêtes du moteur partagent : le mur, le sujet, les bornes, les déclarations."""

from datetime import date

from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import Indicateur
from draille.socle.acces import PAS

# Une ligne qui ne dit pas de qui elle parle compte pour elle-même.
QUI = "d.{sujet}_id, CASE WHEN d.{sujet}_id IS NULL THEN d.id END"
# Le premier mur ; le second, PostgreSQL l'ajoute.
DROITS = (
    "({ligne}.cle_acces IS NULL OR {ligne}.cle_acces = ANY(%(cles)s)"
    f" OR {{ligne}}.cle_acces - {{ligne}}.cle_acces %% {PAS} = ANY(%(cles)s))"
)


def litteral(sql: str) -> str:
    """Le SQL d'une déclaration, où un « % » est un « % »."""
    return sql.replace("%", "%%")


def bornes(*, indicateur: Indicateur, periode: Periode, le: date) -> tuple[date, date]:
    """Le premier et le dernier jour, inclus, des actes du dénominateur que l'on lit."""
    # La première ligne d'un sujet se cherche depuis toujours, puis se date.
    depuis = date.min if indicateur.unicite == "premiere" else periode.debut
    if not indicateur.anciennete_min_jours:
        return depuis, le
    return depuis, date.fromordinal(le.toordinal() - indicateur.anciennete_min_jours - 1)
