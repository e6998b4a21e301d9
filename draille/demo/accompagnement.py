"""Poser l'accompagnement fictif : organisations, bureaux, référents, portefeuilles, permanences."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import yaml

from draille.demo.mise_en_place import dossier_du_departement
from draille.demo.plan import PlanDeJeu
from draille.mesures.orientation_rsa.lectures_choix import organismes_admis, types_admis
from draille.mesures.referent_unique import demo as referents
from draille.mesures.referent_unique.actes import TermesPortefeuille
from draille.mesures.rendez_vous import demo as rendez_vous
from draille.mesures.rendez_vous.actes import TermesLieu
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire
from draille.socle.acces import Acces, Compartiment, Role

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
# Le rang de l'organisme qui suit, dans la liste du jour (orientation_rsa.organismes).
ORGANISMES = {"departement": 0, "delegataire": 1, "emploi": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Une absence du jeu, [debut, fin) ; `fin` nulle : un départ."""

    identifiant: str
    debut: date
    fin: date | None

    @property
    def agent_id(self) -> int:
        """L'agent absent."""
        return Agent.objects.get(identifiant=self.identifiant).pk


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """Un bureau ouvert."""

    id: int
    nom: str
    commune_id: int


@cache
def fiche(departement: str) -> dict[str, Any]:
    """L'accompagnement fictif du Département. Lève LookupError s'il n'a pas de dossier."""
    chemin = dossier_du_departement(departement) / "demo_accompagnement.yaml"
    return dict(yaml.safe_load(chemin.read_text("utf-8")))


def ouvre_le(plan: PlanDeJeu) -> date:
    """Le jour où bureaux et portefeuilles s'ouvrent : le début du premier mois joué."""
    return plan.mois[1].debut


def inscrire_les_referents(*, plan: PlanDeJeu, par: Acces, le: date) -> None:
    """Les organisations et les référents, habilités sur leur secteur. Rejoué, ne change rien."""
    departement = Territoire.objects.get(
        nature=Territoire.Nature.DEPARTEMENT, code=plan.departement
    )
    contenu = fiche(plan.departement)
    organisations = {
        nom: _organisation(plan, nom, contenu["organisations"].get(nom)) for nom in ORGANISMES
    }
    for ligne in contenu["referents"]:
        if "identifiant" in ligne:
            continue
        agent, est_nouveau = Agent.objects.get_or_create(
            identifiant=_identifiant(ligne),
            defaults={
                "prenom": ligne["prenom"],
                "nom": ligne["nom"],
                "fonction": "Référent unique",
                "organisation": organisations[ligne["organisation"]],
                "password": "!",
            },
        )
        if est_nouveau:
            portee = Portee(
                compartiment=Compartiment.INSERTION,
                role=Role.REFERENT,
                territoire=_secteur(ligne) or departement,
            )
            habiliter(agent=agent, portee=portee, par=par, le=le)


def ouvrir_les_bureaux(*, plan: PlanDeJeu, par: Acces, le: date) -> None:
    """Les bureaux, les portefeuilles et les permanences, sous l'accès d'un cadre."""
    contenu = fiche(plan.departement)
    organisation = Organisation.objects.get(code=f"departement_{plan.departement}")
    lieux = {
        bureau["code"]: _ouvrir_un_bureau(bureau, organisation, par, le)
        for bureau in contenu["lieux"]
    }
    orientations = _orientations(plan)
    for ligne in contenu["referents"]:
        agent = Agent.objects.get(identifiant=_identifiant(ligne))
        lieu, secteur = lieux[ligne["lieu"]], _secteur(ligne)
        referents.ouvrir_portefeuille(
            agent_id=agent.pk,
            termes=TermesPortefeuille(
                places=ligne["places"],
                orientations=orientations[ligne["organisation"], ligne.get("suit", "")],
                commune_id=lieu.commune_id,
                bureau=lieu.nom,
                secteur_id=secteur.pk if secteur else None,
            ),
            par=par,
            le=le,
        )
        rendez_vous.ouvrir_accueil(
            lieu_id=lieu.id, horaire=_horaire(ligne["recoit"]), agent_id=agent.pk, par=par, le=le
        )


def renforcer(*, plan: PlanDeJeu, debut: date, par: Acces, le: date) -> None:
    """Ouvre, à compter de `debut`, les heures que les moyens de la convention ajoutent."""
    lieux = rendez_vous.lieux()
    for bureau in fiche(plan.departement)["lieux"]:
        for horaire in bureau["renfort"]:
            rendez_vous.ouvrir_accueil(
                lieu_id=lieux[bureau["code"]],
                horaire=_horaire(horaire),
                debut=debut,
                par=par,
                le=le,
            )


def absents(*, plan: PlanDeJeu) -> tuple[Absent, ...]:
    """Qui s'absente ou part pendant le jeu, et quand."""
    contenu = fiche(plan.departement)
    return tuple(_absent(plan, contenu["referents"], ligne) for ligne in contenu["absences"])


def _absent(plan: PlanDeJeu, referents: list[dict[str, Any]], ligne: dict[str, Any]) -> Absent:
    debut = plan.mois[ligne["mois"]].debut.replace(day=ligne["jour"])
    duree = ligne.get("duree_jours")
    return Absent(
        identifiant=_identifiant(referents[ligne["rang"]]),
        debut=debut,
        fin=debut + timedelta(days=duree) if duree else None,
    )


def _organisation(plan: PlanDeJeu, nom: str, noms: list[dict[str, Any]] | None) -> Organisation:
    """L'organisation, sous le nom qu'elle porte à la date du jeu."""
    if noms is None:
        return Organisation.objects.get(code=f"departement_{plan.departement}")
    le = plan.date_demonstration
    porte = next(n for n in noms if "jusque" not in n or le <= n["jusque"])
    organisation, _ = Organisation.objects.get_or_create(
        code=f"{nom}_{plan.departement}", defaults={"nom": porte["nom"], "est_departement": False}
    )
    return organisation


def _identifiant(ligne: dict[str, Any]) -> str:
    if "identifiant" in ligne:
        return str(ligne["identifiant"])
    return f"fictif.{ligne['prenom']}.{ligne['nom']}".lower()


def _secteur(ligne: dict[str, Any]) -> Territoire | None:
    if "secteur" not in ligne:
        return None
    return Territoire.objects.get(nature=Territoire.Nature.SECTEUR, code=ligne["secteur"])


def _ouvrir_un_bureau(
    bureau: dict[str, Any], organisation: Organisation, par: Acces, le: date
) -> Bureau:
    lieu = rendez_vous.ouvrir_bureau(
        termes=TermesLieu(
            code=bureau["code"],
            nom=bureau["nom"],
            organisation_id=organisation.pk,
            commune_id=Commune.objects.get(code_insee=bureau["code_insee"]).pk,
            adresse=bureau["adresse"],
            telephone=bureau["telephone"],
            acces_handicap="Entrée de plain-pied (donnée fictive)",
            est_fictif=True,
        ),
        accueil=[_horaire(ouverture) for ouverture in bureau["accueil"]],
        par=par,
        le=le,
    )
    return Bureau(id=lieu.pk, nom=lieu.nom, commune_id=lieu.commune_id)


def _horaire(ouverture: list[str]) -> rendez_vous.Horaire:
    jour, de, a = ouverture
    return rendez_vous.horaire(jour=JOURS.index(jour) + 1, de=de, a=a)


def _orientations(plan: PlanDeJeu) -> dict[tuple[str, str], tuple[str, ...]]:
    """Les orientations suivies, par organisation et par sorte de parcours (vide : toutes).

    Sur tout le jeu : il peut enjamber deux régimes. Le premier type de la liste mène à l'emploi.
    """
    admises: dict[tuple[str, str], dict[str, None]] = {
        (nom, suit): {} for nom in ORGANISMES for suit in ("", "emploi", "social")
    }
    for mois in plan.mois[1:]:
        types, organismes = list(types_admis(le=mois.debut)), list(organismes_admis(le=mois.debut))
        suivis = {"": types, "emploi": types[:1], "social": types[1:]}
        for (nom, suit), cles in admises.items():
            organisme = organismes[ORGANISMES[nom]]
            cles.update(dict.fromkeys(f"{t}:{organisme}" for t in suivis[suit]))
    return {qui: tuple(cles) for qui, cles in admises.items()}
