"""Les indicateurs que les mesures déclarent : ce qu'ils comptent, où part et s'arrête l'horloge."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicateur:
    """Une définition, sous un code et une version ; en changer, c'est en déclarer une autre.

    Le dénominateur : les lignes de journal `d` aux codes `denominateur` qui passent `filtre` (SQL
    sur `d`), attribuées au mois de `d.le`, à raison d'une par sujet et par mois (`unicite`
    « mois »), de la première de chaque sujet (« premiere ») ou de toutes (« aucune »). Le
    numérateur : celles qui ont une ligne `n` aux codes `numerateur`, de même `objet_id`, pour
    laquelle la condition SQL `condition` (sur `d.le` et `n.le`) est vraie ; sans `numerateur`,
    l'indicateur est un simple compte. `date_reponse` (SQL sur `n`) : le jour où la réponse vaut ;
    par défaut, celui de sa ligne. `reponse` « la_meme » : la ligne `d` répond d'elle-même quand son
    code est au numérateur ; il n'y a alors ni condition ni délai. `anciennete_min_jours` : le
    dénominateur n'a que les lignes âgées de plus de tant de jours à la date de lecture. `sujet` :
    qui ne compte qu'une fois : la personne de la ligne, son objet (« objet » : `objet_id`) ou
    l'agent qui l'a écrite (« agent »). Une ligne qui n'a pas ce sujet compte pour elle-même.
    """

    code: str
    version: int
    libelle: str
    definition: str
    source: str
    denominateur: tuple[str, ...]
    numerateur: tuple[str, ...] = ()
    condition: str = "true"
    date_reponse: str = "n.le"
    reponse: Literal["par_objet", "la_meme"] = "par_objet"
    filtre: str = "true"
    unicite: Literal["mois", "premiere", "aucune"] = "mois"
    sujet: Literal["personne", "objet", "agent"] = "personne"
    anciennete_min_jours: int = 0
    ligne_convention: str = ""
    unite: str = "personnes"


_indicateurs: dict[tuple[str, int], Indicateur] = {}


def declarer(indicateur: Indicateur) -> None:
    """Inscrit un indicateur. Lève ValueError si son code et sa version sont pris."""
    cle = (indicateur.code, indicateur.version)
    if cle in _indicateurs:
        raise ValueError(f"indicateur déclaré deux fois : {indicateur.code} v{indicateur.version}")
    _indicateurs[cle] = indicateur


def indicateurs(*, ligne_convention: str = "") -> list[Indicateur]:
    """Les indicateurs, dans l'ordre de déclaration ; ceux d'une ligne de convention si dite."""
    return [
        i
        for i in _indicateurs.values()
        if not ligne_convention or i.ligne_convention == ligne_convention
    ]


def indicateur(code: str, version: int | None = None) -> Indicateur:
    """L'indicateur de ce code, à cette version ou à la dernière. Lève KeyError s'il est inconnu."""
    versions = [v for c, v in _indicateurs if c == code]
    return _indicateurs[(code, version if version is not None else max(versions, default=0))]
