"""De quoi écrire un essai : communes situées, agents, portefeuilles, personnes orientées."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from draille.mesures.referent_unique.actes import TermesPortefeuille, ouvrir_portefeuille
from draille.mesures.referent_unique.models import Demande, Portefeuille
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import TOUTES, Lot
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Habilitation, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle

DEBUT = date(2019, 1, 1)
LUNDI = date(2020, 10, 12)
ORIENTEE_LE = date(2020, 10, 5)
SOCIAL, EMPLOI = "social:departement", "professionnel:pole_emploi"
# (code, nom, latitude, longitude) : des communes de la Haute-Loire, mairies.
COMMUNES = (
    ("43157", "Le Puy-en-Velay", 45.0425, 3.8850),
    ("43040", "Brioude", 45.2950, 3.3850),
    ("43268", "Yssingeaux", 45.1430, 4.1240),
    ("43137", "Monistrol-sur-Loire", 45.2940, 4.1720),
    ("43112", "Langeac", 45.1000, 3.4950),
)


@dataclass(frozen=True)
class Monde:
    """Ce que les essais manipulent."""

    communes: list[Commune]
    cadre: Acces
    puy: Agent
    brioude: Agent
    yssingeaux: Agent
    systeme: Acces


def monter(systeme: Acces) -> Monde:
    """Cinq communes, un cadre, trois référents."""
    lues = communes()
    cadre = acces(agent("cadre", Role.CADRE, Role.CHARGE_ORIENTATION))
    return Monde(
        communes=lues,
        cadre=cadre,
        puy=referent("puy", lues[0], cadre),
        brioude=referent("brioude", lues[1], cadre),
        yssingeaux=referent("yssingeaux", lues[2], cadre),
        systeme=systeme,
    )


def communes() -> list[Commune]:
    """Cinq communes situées, et le Département qui les contient."""
    lues = [
        Commune.objects.create(
            code_insee=code,
            nom=nom,
            latitude=latitude,
            longitude=longitude,
            population=8000,
            surface_km2=40.0,
        )
        for code, nom, latitude, longitude in COMMUNES
    ]
    Territoire.objects.create(nature="departement", code="43", nom="Haute-Loire", debut=DEBUT)
    return lues


def secteur(nom: str, *dedans: Commune) -> Territoire:
    """Un secteur de ces communes."""
    territoire = Territoire.objects.create(nature="secteur", code=nom[:20], nom=nom, debut=DEBUT)
    for commune in dedans:
        TerritoireCommune.objects.create(
            territoire=territoire, commune=commune, nature="secteur", debut=DEBUT
        )
    return territoire


def agent(identifiant: str, *roles: Role, territoire: Territoire | None = None) -> Agent:
    """Un agent du Département, habilité en insertion."""
    organisation, _ = Organisation.objects.get_or_create(
        code="cd", defaults={"nom": "Département", "est_departement": True}
    )
    un = Agent.objects.create(
        identifiant=identifiant, nom=identifiant.title(), prenom="Ana", organisation=organisation
    )
    partout = Territoire.objects.get(nature="departement")
    for role in roles:
        Habilitation.objects.create(
            agent=un,
            compartiment=int(Compartiment.INSERTION),
            role=str(role),
            territoire=territoire or partout,
            debut=DEBUT,
        )
    return un


def acces(un: Agent, le: date = LUNDI) -> Acces:
    """Ce que cet agent détient ce jour-là."""
    return acces_de(agent=un, le=le)


def referent(
    identifiant: str,
    commune: Commune,
    par: Acces,
    *,
    places: int = 10,
    orientations: tuple[str, ...] = (SOCIAL,),
    territoire: Territoire | None = None,
) -> Agent:
    """Un référent habilité et son portefeuille, ouvert en janvier 2020."""
    un = agent(identifiant, Role.REFERENT)
    ouvrir_portefeuille(
        agent_id=un.pk,
        termes=termes(commune, places=places, orientations=orientations, territoire=territoire),
        par=par,
        le=date(2020, 1, 1),
    )
    return un


def termes(
    commune: Commune,
    *,
    places: int = 10,
    orientations: tuple[str, ...] = (SOCIAL,),
    territoire: Territoire | None = None,
) -> TermesPortefeuille:
    """Les termes d'un portefeuille."""
    return TermesPortefeuille(
        places=places,
        orientations=orientations,
        commune_id=commune.pk,
        bureau=f"Bureau de {commune.nom}",
        secteur_id=None if territoire is None else territoire.pk,
    )


def personne(nom: str, commune: Commune | None, **champs: Any) -> Personne:
    """Une personne connue de l'insertion, joignable par courriel."""
    return Personne.objects.create(
        **{
            "nom_naissance": nom,
            "prenom": "Élise",
            "commune": commune,
            "courriel": "elise@exemple.fr",
            "compartiments": [int(Compartiment.INSERTION)],
            **champs,
        }
    )


def en_foyer(*personnes: Personne, reference: str = "CAF431-1") -> Foyer:
    """Ces personnes dans un même foyer."""
    cle_acces = cle(compartiment=Compartiment.INSERTION, commune_id=personnes[0].commune_id)
    foyer = Foyer.objects.create(
        reference=reference, matricule=reference, commune=personnes[0].commune, cle_acces=cle_acces
    )
    for p in personnes:
        MembreFoyer.objects.create(
            foyer=foyer, personne=p, role="DEM", debut=DEBUT, cle_acces=cle_acces
        )
    return foyer


@cache
def _charge(code: str) -> type:
    """La charge qu'une autre mesure déclare : on ne se connaît que par le journal."""
    return next(a.charge for a in registre.actes() if a.code == code)


def _ligne(p: Personne, code: str, par: Acces, le: date, **charge: Any) -> LigneJournal:
    classe = _charge(code)
    # Les champs que l'essai ne regarde pas restent nuls.
    valeurs = dict.fromkeys(registre.champs(classe)) | charge
    return consigner(
        charge=classe(**valeurs),
        par=par,
        le=le,
        sujet=Sujet(
            compartiment=Compartiment.INSERTION,
            personne_id=p.pk,
            commune_id=p.commune_id,
            objet_id=p.pk * 10_000,
        ),
    )


def orienter(
    p: Personne, par: Acces, *, orientation: str = SOCIAL, le: date = ORIENTEE_LE, rang: int = 1
) -> LigneJournal:
    """La décision telle qu'orientation_rsa l'écrit ; une réorientation au-delà du rang 1."""
    type_parcours, _, organisme = orientation.partition(":")
    return _ligne(
        p,
        "orientation_rsa.orienter" if rang == 1 else "orientation_rsa.reorienter",
        par,
        le,
        type_parcours=type_parcours,
        organisme=organisme,
        rang=rang,
        type_propose="",
        regle="",
        est_ecart=False,
    )


def sortir(p: Personne, par: Acces, le: date) -> LigneJournal:
    """La sortie telle que suivi_rsa l'écrit."""
    return _ligne(p, "suivi_rsa.sortir", par, le, motif="fin", mois=le.replace(day=1), fichier_id=1)


def rectifier(p: Personne, par: Acces, le: date) -> LigneJournal:
    """La rectification telle que suivi_rsa l'écrit."""
    return _ligne(p, "suivi_rsa.rectifier_sortie", par, le, mois=le.replace(day=1), fichier_id=2)


def livrer(par: Acces, *, depuis: int = 0) -> None:
    """Livre à la mesure les lignes écrites, sans attendre la validation que l'essai ne fait pas."""
    (abonnement,) = (
        a
        for a in registre.abonnements(immediats=False)
        if a.nom == "referent_unique.suivre_le_journal"
    )
    abonnement.traiter(Lot(codes=abonnement.codes, debut=0, fin=TOUTES, premier_id=depuis), par)


def a_confier(
    par: Acces, commune: Commune | None, *, nom: str = "Chalendar", **champs: Any
) -> Demande:
    """Une personne orientée, dont la demande vient de s'ouvrir."""
    orientation = champs.pop("orientation", SOCIAL)
    p = personne(nom, commune, **champs)
    ligne = orienter(p, par, orientation=orientation)
    livrer(par, depuis=ligne.pk)
    return Demande.objects.get(personne=p)


def au(le: date, par: Acces) -> None:
    """Fait de ce jour, midi, l'instant d'écriture, sous cet accès."""
    contexte.poser(acces=par, instant=datetime(le.year, le.month, le.day, 12, tzinfo=UTC))


def sous(par: Acces, **remplace: Any) -> Acces:
    """Le même accès, retouché."""
    return replace(par, **remplace)


def portefeuille_de(un: Agent) -> Portefeuille:
    """Le dernier portefeuille de cet agent."""
    return Portefeuille.objects.filter(agent=un).order_by("-debut").first()


def rendez_vous(p: Personne, par: Acces, identifiant: int, jour: date) -> LigneJournal:
    """Un rendez-vous fixé, tel que rendez_vous l'écrit."""
    return _ligne(
        p,
        "rendez_vous.fixer",
        par,
        LUNDI,
        rendez_vous_id=identifiant,
        demande_id=None,
        motif="suivi",
        rang=1,
        jour=jour,
        lieu_id=1,
        agent_id=None,
        est_en_retard=False,
        minutes=None,
    )


def annuler_rendez_vous(p: Personne, par: Acces, identifiant: int, jour: date) -> LigneJournal:
    """Son annulation, telle que rendez_vous l'écrit."""
    return _ligne(
        p,
        "rendez_vous.annuler",
        par,
        LUNDI,
        rendez_vous_id=identifiant,
        motif="suivi",
        rang=1,
        jour=jour,
        est_deplace=False,
    )
