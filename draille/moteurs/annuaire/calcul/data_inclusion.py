"""Le schéma data·inclusion : le lire (versions 0 et 1), et l'écrire (version 1)."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from draille.moteurs.annuaire.calcul import valeurs
from draille.moteurs.annuaire.calcul.fiche import FicheLue, LigneFausse, ServiceLu
from draille.moteurs.annuaire.calcul.horaires import lire_osm

# Réseau porteur (version 1) ou typologie (version 0), et le genre qu'il dit.
_GENRES = {
    "france-service": "france_services",
    "france-services": "france_services",
    "MSAP": "france_services",
    "msap": "france_services",
    "ccas-cias": "ccas",
    "CCAS": "ccas",
    "CIAS": "ccas",
    "communes": "mairie",
    "MUNI": "mairie",
    "departements": "maison_departement",
    "maisons-des-solidarites": "maison_departement",
    "cms": "maison_departement",
    "CD": "maison_departement",
    "CMS": "maison_departement",
    "MDS": "maison_departement",
    "fcsf": "centre_social",
    "CS": "centre_social",
    "france-travail": "emploi",
    "mission-locale": "emploi",
    "cap-emploi-reseau-cheops": "emploi",
    "ML": "emploi",
    "espaces-publics-numeriques": "numerique",
    "conseillers-numeriques": "numerique",
    "siao": "logement",
    "chrs": "logement",
    "cmp": "sante",
    "csapa": "sante",
    "ASSO": "association",
    "croix-rouge": "association",
    "emmaus": "association",
    "restos-du-coeur": "association",
    "secours-populaire": "association",
}
RESEAUX = {
    "france_services": "france-service",
    "ccas": "ccas-cias",
    "mairie": "communes",
    "maison_departement": "departements",
    "numerique": "espaces-publics-numeriques",
}
_TYPES = ("accompagnement", "aide-financiere", "aide-materielle", "atelier", "formation",
          "information")  # fmt: skip


def structure(lu: Mapping[str, Any], *, le: date) -> FicheLue:
    """Une structure data·inclusion en fiche de lieu. Lève `LigneFausse`."""
    remarques: list[str] = []
    nom = valeurs.nom(lu.get("nom"), champ="nom")
    nord, est = valeurs.coordonnees(lu.get("latitude"), lu.get("longitude"))
    plages, dites = lire_osm(str(lu.get("horaires_accueil") or lu.get("horaires_ouverture") or ""))
    remarques += dites
    reseaux = (*_liste(lu.get("reseaux_porteurs")), str(lu.get("typologie") or ""))
    presentation = (
        lu.get("description") or lu.get("presentation_detail") or lu.get("presentation_resume")
    )
    return FicheLue(
        source_id=identifiant(lu.get("id"), "id"),
        nom=nom,
        siret=valeurs.siret(lu.get("siret"), remarques),
        genre=next((_GENRES[r] for r in reseaux if r in _GENRES), "autre"),
        adresse=valeurs.texte(lu.get("adresse"), longueur=200),
        complement_adresse=valeurs.texte(lu.get("complement_adresse"), longueur=200),
        code_postal=valeurs.code_postal(lu.get("code_postal"), champ="code_postal"),
        code_insee=valeurs.code_insee(lu.get("code_insee"), champ="code_insee"),
        nom_commune=valeurs.texte(lu.get("commune"), longueur=80),
        latitude=nord,
        longitude=est,
        telephone=valeurs.telephone(lu.get("telephone"), remarques),
        courriel=valeurs.courriel(lu.get("courriel"), remarques),
        site_web=valeurs.site(lu.get("site_web"), remarques),
        presentation=valeurs.texte(presentation, longueur=10_000),
        accessibilite=valeurs.texte(
            lu.get("accessibilite_lieu") or lu.get("accessibilite"), longueur=200
        ),
        thematiques=_liste(lu.get("thematiques")),
        maj_le=valeurs.jour(lu.get("date_maj"), remarques, au_plus=le) or le,
        plages=plages,
        remarques=remarques,
    )


def service(lu: Mapping[str, Any], *, le: date) -> ServiceLu:
    """Un service data·inclusion. Lève `LigneFausse`."""
    nom = valeurs.nom(lu.get("nom"), champ="nom")
    types = (str(lu.get("type") or ""), *_liste(lu.get("types")))
    presentation = (
        lu.get("description") or lu.get("presentation_detail") or lu.get("presentation_resume")
    )
    frais = ("gratuit" if "gratuit" in f else "payant" for f in _liste(lu.get("frais")))
    return ServiceLu(
        nom=nom,
        source_id=identifiant(lu.get("id"), "id"),
        type_service=next((t for t in types if t in _TYPES), ""),
        presentation=valeurs.texte(presentation, longueur=10_000),
        thematiques=_liste(lu.get("thematiques")),
        publics=tuple(p[:60] for p in _liste(lu.get("publics") or lu.get("profils"))),
        modes_accueil=tuple(m[:30] for m in _liste(lu.get("modes_accueil"))),
        frais=next(frais, ""),
        frais_precisions=valeurs.texte(lu.get("frais_precisions"), longueur=300),
        maj_le=valeurs.jour(lu.get("date_maj"), [], au_plus=le) or le,
    )


def identifiant(valeur: object, champ: str) -> str:
    """L'identifiant, 120 signes au plus. Lève `LigneFausse`."""
    lu = "" if valeur is None else str(valeur).strip()
    if not lu or len(lu) > 120:
        raise LigneFausse(
            champ=champ, valeur=valeur, pourquoi="il faut un identifiant de 120 signes au plus."
        )
    return lu


def _liste(valeur: object) -> tuple[str, ...]:
    """Une liste JSON, même écrite dans une cellule de CSV, ou des mots séparés."""
    if isinstance(valeur, str) and valeur.strip().startswith("["):
        try:
            valeur = json.loads(valeur)
        except json.JSONDecodeError:
            return ()
    return valeurs.liste(valeur, separateurs=";|,")
