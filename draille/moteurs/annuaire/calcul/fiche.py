"""La fiche d'un lieu telle qu'un fichier la dit, une fois lue ; et la faute qui l'écarte."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any

from draille.moteurs.annuaire.calcul.ouverture import Plage


class LigneFausse(Exception):
    """Une ligne que l'on ne peut pas prendre : le champ, sa valeur, et ce qui ne va pas."""

    def __init__(self, *, champ: str, valeur: object, pourquoi: str) -> None:
        """`pourquoi` : une phrase qui suit « champ « valeur » : »."""
        super().__init__(f"champ {champ} « {_coupe(valeur)} » : {pourquoi}")
        self.champ = champ
        self.valeur = str(valeur)


def _coupe(valeur: object) -> str:
    texte = "" if valeur is None else str(valeur)
    return texte if len(texte) <= 80 else texte[:79] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLu:
    """Un service dit par un fichier ; codes du schéma data·inclusion."""

    nom: str
    source_id: str = ""
    type_service: str = ""
    presentation: str = ""
    thematiques: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    modes_accueil: tuple[str, ...] = ()
    frais: str = ""
    frais_precisions: str = ""
    maj_le: date | None = None


@dataclass(slots=True, kw_only=True)
class FicheLue:
    """Un lieu dit par un fichier. Position WGS 84 en degrés ; vide ou nul : le fichier n'en dit
    rien.

    `remarques` : ce qui a été lu avec prudence, une phrase chacune.
    """

    source_id: str
    nom: str
    structure: str = ""
    siret: str = ""
    genre: str = "autre"
    forme: str = "fixe"
    adresse: str = ""
    complement_adresse: str = ""
    code_postal: str = ""
    code_insee: str = ""
    nom_commune: str = ""
    latitude: float | None = None
    longitude: float | None = None
    telephone: str = ""
    courriel: str = ""
    site_web: str = ""
    presentation: str = ""
    accessibilite: str = ""
    publics: tuple[str, ...] = ()
    thematiques: tuple[str, ...] = ()
    besoins: tuple[str, ...] = ()
    commentaire_horaires: str = ""
    sur_rendez_vous: bool = False
    est_premier_accueil: bool | None = None
    maj_le: date | None = None
    plages: tuple[Plage, ...] = ()
    services: tuple[ServiceLu, ...] = ()
    remarques: list[str] = field(default_factory=list)


def en_json(fiche: FicheLue) -> dict[str, Any]:
    """La fiche en valeurs JSON, à reprendre par `de_json`."""
    return _simple(asdict(fiche))  # type: ignore[no-any-return]


def _simple(valeur: Any) -> Any:
    if isinstance(valeur, dict):
        return {cle: _simple(v) for cle, v in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [_simple(v) for v in valeur]
    if isinstance(valeur, date | time):
        return valeur.isoformat()
    return valeur


def de_json(lu: Mapping[str, Any]) -> FicheLue:
    """La fiche qu'`en_json` a écrite."""
    plages = tuple(_plage(p) for p in lu["plages"])
    services = tuple(_service(s) for s in lu["services"])
    return FicheLue(**{**_listes(lu), "plages": plages, "services": services})


def _plage(lu: Mapping[str, Any]) -> Plage:
    def heure(nom: str) -> time | None:
        return time.fromisoformat(lu[nom]) if lu[nom] else None

    return Plage(
        jour=lu["jour"],
        le=date.fromisoformat(lu["le"]) if lu["le"] else None,
        rangs=tuple(lu["rangs"]),
        heure_debut=heure("heure_debut"),
        heure_fin=heure("heure_fin"),
        est_fermeture=lu["est_fermeture"],
    )


def _service(lu: Mapping[str, Any]) -> ServiceLu:
    return ServiceLu(**_listes(lu))


def _listes(lu: Mapping[str, Any]) -> dict[str, Any]:
    gardes = {c: tuple(v) if isinstance(v, list) else v for c, v in lu.items()}
    if "remarques" in gardes:
        gardes["remarques"] = list(lu["remarques"])
    if lu.get("maj_le"):
        gardes["maj_le"] = date.fromisoformat(lu["maj_le"])
    return gardes
