"""Écrire l'annuaire au schéma data·inclusion, version 1 : structures et services."""

from datetime import date
from typing import Any

from django.db.models import Prefetch

from draille.moteurs.annuaire.adaptateur_import import identifiant_exporte, producteur
from draille.moteurs.annuaire.adaptateur_lectures import existants, plages_de
from draille.moteurs.annuaire.calcul.data_inclusion import RESEAUX
from draille.moteurs.annuaire.calcul.horaires import ecrire_osm
from draille.moteurs.annuaire.models import Point, Service
from draille.moteurs.annuaire.registre import thematiques_connues, thematiques_de_besoins

_PUBLICS = frozenset(
    "tous-publics actifs beneficiaires-des-minimas-sociaux demandeurs-emploi etudiants familles "
    "femmes jeunes personnes-en-situation-de-handicap personnes-en-situation-durgence "
    "personnes-en-situation-juridique-specifique personnes-exilees residents-qpv-frr "
    "seniors".split()
)
_MODES = frozenset({"a-distance", "en-presentiel"})


def exporter_data_inclusion(*, le: date, avec_fictifs: bool = False) -> dict[str, Any]:
    """Les lieux qui existent ce jour-là : `{"structures": […], "services": […]}`. Trois requêtes.

    Un lieu sans service décrit en a un : l'accueil, avec les thématiques des besoins qu'il prend.
    Les lieux fictifs de la démonstration n'en sont pas, sauf `avec_fictifs`.
    """
    services = Prefetch("services", queryset=Service.objects.order_by("pk"))
    lignes = existants(le=le).prefetch_related(services).order_by("pk")
    if not avec_fictifs:
        lignes = lignes.filter(est_fictif=False)
    points = [p for p in lignes if len(p.nom) >= 3]
    return {
        "structures": [_structure(p, le) for p in points],
        "services": [s for p in points for s in _services(p)],
    }


def _structure(point: Point, le: date) -> dict[str, Any]:
    reseau = RESEAUX.get(point.genre)
    return _dits(
        {
            "source": producteur(),
            "id": identifiant_exporte(point.pk),
            "nom": _nom(point.nom),
            "date_maj": _maj(point).isoformat(),
            "description": point.presentation if len(point.presentation) >= 5 else None,
            "siret": point.structure.siret,
            **_lieu(point),
            "telephone": point.telephone,
            "courriel": point.courriel,
            "site_web": point.site_web,
            "horaires_accueil": ecrire_osm(plages=plages_de(point), le=le),
            "accessibilite_lieu": _adresse_web(point.accessibilite),
            "reseaux_porteurs": [reseau] if reseau else None,
        }
    )


def _lieu(point: Point) -> dict[str, Any]:
    return {
        "commune": point.nom_commune or (point.commune.nom if point.commune else ""),
        "code_postal": point.code_postal,
        "code_insee": point.code_insee,
        "adresse": point.adresse,
        "complement_adresse": point.complement_adresse,
        "longitude": point.longitude,
        "latitude": point.latitude,
    }


def _services(point: Point) -> list[dict[str, Any]]:
    dits = [_service(point, s) for s in point.services.all() if len(s.nom) >= 3]
    return dits or [_accueil(point)]


def _service(point: Point, service: Service) -> dict[str, Any]:
    connues = thematiques_connues()
    presentation = service.presentation
    return _dits(
        {
            **_commun(point, f"service-{service.pk}"),
            "nom": _nom(service.nom),
            "description": presentation if len(presentation) >= 5 else f"Service : {service.nom}",
            "date_maj": service.maj_le.isoformat(),
            "type": service.type_service,
            "thematiques": [t for t in service.thematiques if t in connues],
            "publics": _publics(service.publics),
            "frais": service.frais if service.frais in ("gratuit", "payant") else None,
            "frais_precisions": service.frais_precisions,
            "modes_accueil": [m for m in service.modes_accueil if m in _MODES],
        }
    )


def _accueil(point: Point) -> dict[str, Any]:
    nom = "Premier accueil social" if point.est_premier_accueil else "Accueil et orientation"
    return _dits(
        {
            **_commun(point, "accueil"),
            "nom": nom,
            "description": f"{nom}, à « {point.nom} » : écouter la demande et orienter.",
            "date_maj": _maj(point).isoformat(),
            "type": "information",
            "thematiques": list(thematiques_de_besoins(point.besoins)),
            "publics": _publics(point.publics) or ["tous-publics"],
            "frais": "gratuit" if point.est_premier_accueil else None,
            "modes_accueil": ["en-presentiel"],
        }
    )


def _commun(point: Point, suffixe: str) -> dict[str, Any]:
    return {
        "source": producteur(),
        "structure_id": identifiant_exporte(point.pk),
        "id": f"{identifiant_exporte(point.pk)}-{suffixe}",
        **_lieu(point),
    }


def _maj(point: Point) -> date:
    return max(point.maj_le, point.confirme_le or point.maj_le)


def _nom(nom: str) -> str:
    return nom[:150].rstrip(" .")


def _publics(codes: list[str]) -> list[str]:
    admis = [c for c in codes if c in _PUBLICS]
    return ["tous-publics"] if "tous-publics" in admis else admis


def _adresse_web(texte: str) -> str | None:
    return texte if texte.startswith(("http://", "https://")) else None


def _dits(valeurs: dict[str, Any]) -> dict[str, Any]:
    """Sans les champs dont on ne sait rien : le schéma distingue l'absence du vide."""
    return {c: v for c, v in valeurs.items() if v not in (None, "", [])}
