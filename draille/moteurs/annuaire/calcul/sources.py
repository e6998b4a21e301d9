"""La liste France services et le schéma des lieux de médiation numérique, ligne à fiche."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from draille.moteurs.annuaire.calcul import valeurs
from draille.moteurs.annuaire.calcul.fiche import FicheLue, LigneFausse, ServiceLu
from draille.moteurs.annuaire.calcul.horaires import lire_osm, lire_semaine
from draille.socle.texte import JOURS, normaliser

COLONNES_FRANCE_SERVICES = ("id_fs", "lib_fs", "insee_com", "latitude", "longitude", "h_lundi")
COLONNES_MEDIATION = ("id", "nom", "services", "latitude", "longitude", "horaires")
THEMATIQUES_FRANCE_SERVICES = (
    "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
    "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
    "numerique--acceder-a-des-services-en-ligne",
)
_FORMES = {"bus_equivalent": "mobile", "itinerante": "mobile", "multisites": "permanence"}
_MOTS_NUMERIQUES = (
    ("connexion", "numerique--acceder-a-une-connexion-internet"),
    ("materiel", "numerique--acquerir-un-equipement"),
    ("demarches", "numerique--acceder-a-des-services-en-ligne"),
    ("promouvoir la citoyennete", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("prendre en main", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("quotidien", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("culture numerique", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("comprehension", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("securisee", "numerique--maitriser-les-fondamentaux-du-numerique"),
    ("insertion professionnelle", "trouver-un-emploi--repondre-a-des-offres-demploi"),
    ("parentalite", "famille--soutien-a-la-parentalite-et-a-leducation"),
)


def france_services(ligne: Mapping[str, Any], *, le: date) -> FicheLue:
    """Une ligne de la liste France services. Lève `LigneFausse`."""
    remarques: list[str] = []
    nom = valeurs.nom(ligne.get("lib_fs"), champ="lib_fs")
    nord, est = valeurs.coordonnees(ligne.get("latitude"), ligne.get("longitude"))
    jours = {rang: str(ligne.get(f"h_{jour}") or "") for rang, jour in enumerate(JOURS, start=1)}
    plages, dites = lire_semaine(jours)
    remarques += dites
    forme = normaliser(ligne.get("format_fs")).replace(" ", "_")
    return FicheLue(
        source_id=_identifiant(ligne.get("id_fs"), "id_fs"),
        nom=nom,
        structure=valeurs.texte(ligne.get("groupe_fs"), longueur=200),
        genre="france_services",
        forme=_FORMES.get(forme, "fixe"),
        adresse=valeurs.texte(ligne.get("adresse"), longueur=200),
        complement_adresse=valeurs.texte(ligne.get("complement_adresse"), longueur=200),
        code_postal=valeurs.code_postal(ligne.get("code_postal"), champ="code_postal"),
        code_insee=valeurs.code_insee(ligne.get("insee_com"), champ="insee_com"),
        nom_commune=valeurs.texte(ligne.get("lib_com"), longueur=80),
        latitude=nord,
        longitude=est,
        telephone=valeurs.telephone(ligne.get("telephone"), remarques),
        courriel=valeurs.courriel(ligne.get("mail"), remarques),
        thematiques=THEMATIQUES_FRANCE_SERVICES,
        commentaire_horaires=valeurs.texte(ligne.get("commentaire"), longueur=300),
        sur_rendez_vous=normaliser(ligne.get("prise_rdv")) == "oui",
        maj_le=le,
        plages=plages,
        remarques=remarques,
    )


def _identifiant(valeur: object, champ: str) -> str:
    lu = valeurs.texte(valeur, longueur=120)
    if not lu:
        raise LigneFausse(champ=champ, valeur=valeur, pourquoi="il faut un identifiant.")
    return lu


def mediation_numerique(ligne: Mapping[str, Any], *, le: date) -> FicheLue:
    """Une ligne du schéma des lieux de médiation numérique, ancien ou nouveau. Lève `LigneFausse`.

    L'ancien sépare ses listes par des points-virgules, le nouveau par des barres.
    """
    remarques: list[str] = []
    nom = valeurs.nom(ligne.get("nom"), champ="nom")
    nord, est = valeurs.coordonnees(ligne.get("latitude"), ligne.get("longitude"))
    plages, dites = lire_osm(str(ligne.get("horaires") or ""))
    remarques += dites
    services = valeurs.liste(ligne.get("services"))
    maj = valeurs.jour(ligne.get("date_maj"), remarques, au_plus=le)
    thematiques = _thematiques(services)
    acces = ligne.get("conditions_acces") or ligne.get("frais_a_charge") or ""
    presentation = ligne.get("presentation_detail") or ligne.get("presentation_resume")
    return FicheLue(
        source_id=_identifiant(ligne.get("id"), "id"),
        nom=nom,
        siret=valeurs.siret(ligne.get("pivot"), remarques),
        genre="numerique",
        forme="mobile" if "itin" in normaliser(ligne.get("itinerance")) else "fixe",
        adresse=valeurs.texte(ligne.get("adresse"), longueur=200),
        complement_adresse=valeurs.texte(ligne.get("complement_adresse"), longueur=200),
        code_postal=valeurs.code_postal(ligne.get("code_postal"), champ="code_postal"),
        code_insee=valeurs.code_insee(ligne.get("code_insee"), champ="code_insee"),
        nom_commune=valeurs.texte(ligne.get("commune"), longueur=80),
        latitude=nord,
        longitude=est,
        telephone=valeurs.telephone(ligne.get("telephone"), remarques),
        courriel=valeurs.courriel(ligne.get("courriel") or ligne.get("courriels"), remarques),
        site_web=valeurs.site(ligne.get("site_web"), remarques),
        presentation=valeurs.texte(presentation, longueur=2000),
        thematiques=thematiques,
        maj_le=maj or le,
        plages=plages,
        services=(
            ServiceLu(
                nom="Médiation numérique",
                type_service="atelier",
                presentation=" ; ".join(services),
                thematiques=thematiques,
                frais=_frais(str(acces)),
                maj_le=maj or le,
            ),
        )
        if services
        else (),
        remarques=remarques,
    )


def _thematiques(services: tuple[str, ...]) -> tuple[str, ...]:
    dits = [normaliser(s) for s in services]
    trouvees = [code for mot, code in _MOTS_NUMERIQUES if any(mot in dit for dit in dits)]
    return tuple(dict.fromkeys(trouvees)) or ("numerique--maitriser-les-fondamentaux-du-numerique",)


def _frais(acces: str) -> str:
    dit = normaliser(acces)
    if "payant" in dit or "adhesion" in dit:
        return "payant"
    return "gratuit" if "gratuit" in dit else ""
