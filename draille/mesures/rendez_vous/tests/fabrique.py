"""De quoi écrire un essai : un bureau, des plages, des personnes au journal, des agents."""

from datetime import UTC, date, datetime, time
from functools import cache

from draille.mesures.rendez_vous import actes
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, Lieu, Motif, Plage
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import Lot
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale

LE = date(2020, 9, 7)  # un lundi
ENTREE_LE = date(2020, 9, 5)
LUNDI, MARDI = 1, 2


def au(le: date, par: Acces) -> None:
    """Fait de ce jour, midi, l'instant d'écriture de la suite."""
    contexte.poser(acces=par, instant=datetime(le.year, le.month, le.day, 12, tzinfo=UTC))


def commune(code: str = "43157", nom: str = "Le Puy-en-Velay", nord: float = 45.04) -> Commune:
    """Une commune située : les trajets s'y calculent."""
    trouvee, _ = Commune.objects.get_or_create(
        code_insee=code,
        defaults={
            "nom": nom,
            "population": 19_000,
            "surface_km2": 16.8,
            "latitude": nord,
            "longitude": 3.88,
        },
    )
    return trouvee


def brioude() -> Commune:
    return commune("43040", "Brioude", 45.29)


def organisation() -> Organisation:
    trouvee, _ = Organisation.objects.get_or_create(
        code="cd43", defaults={"nom": "Département", "est_departement": True}
    )
    return trouvee


def agent(nom: str = "Mathilde Roche") -> Agent:
    prenom, famille = nom.split()
    trouve, _ = Agent.objects.get_or_create(
        identifiant=f"essai.{famille.lower()}",
        defaults={"nom": famille, "prenom": prenom, "organisation": organisation()},
    )
    return trouve


def acces(*roles: Role, de: Agent | None = None, sur: Commune | None = None) -> Acces:
    """Un agent de l'insertion, sur une commune ou sur tout le Département."""
    une = (
        cle(compartiment=Compartiment.INSERTION, commune_id=sur.pk)
        if sur
        else cle_generale(compartiment=Compartiment.INSERTION)
    )
    return Acces(
        agent_id=de.pk if de else None,
        organisation_id=organisation().pk,
        nom="essai",
        cles_par_role={role: frozenset({une}) for role in roles},
    )


def personne(
    nom: str = "Chalendar", *, ou: Commune | None = None, courriel: str = "p@exemple.fr"
) -> Personne:
    """Une personne connue de l'insertion, que l'on joint par courriel."""
    return Personne.objects.create(
        nom_naissance=nom,
        prenom="Élise",
        commune=ou or commune(),
        courriel=courriel,
        compartiments=[int(Compartiment.INSERTION)],
    )


def loger(p: Personne) -> Foyer:
    """Une adresse postale, par le foyer de la personne."""
    cle_acces = cle(compartiment=Compartiment.INSERTION, commune_id=p.commune_id)
    foyer = Foyer.objects.create(
        reference=f"essai/{p.pk}",
        matricule=str(p.pk),
        commune=p.commune,
        adresse="3 rue des Tables",
        code_postal="43000",
        commune_nom="Le Puy-en-Velay",
        cle_acces=cle_acces,
    )
    MembreFoyer.objects.create(
        foyer=foyer, personne=p, role="DEM", debut=date(2020, 1, 1), cle_acces=cle_acces
    )
    return foyer


def bureau(par: Acces, *, code: str = "puy", ou: Commune | None = None, le: date = LE) -> Lieu:
    termes = actes.TermesLieu(
        code=code,
        nom=f"Maison des solidarités ({code})",
        organisation_id=organisation().pk,
        commune_id=(ou or commune()).pk,
        adresse="1 place du Breuil",
        telephone="04 71 00 00 00",
    )
    return actes.ouvrir_lieu(termes=termes, par=par, le=le)


def plage(par: Acces, lieu: Lieu, *, le: date = LE, **champs: object) -> Plage:
    """Le mardi de 9 h à 11 h, par demi-heure, pour l'orientation ; à modifier par les champs."""
    termes = {
        "lieu_id": lieu.pk,
        "motif": str(Motif.ORIENTATION),
        "jour": MARDI,
        "heure_debut": time(9),
        "heure_fin": time(11),
        "duree_minutes": 30,
        **champs,
    }
    return actes.ouvrir_plage(termes=actes.TermesPlage(**termes), par=par, le=le)  # type: ignore[arg-type]


def creneaux(
    par: Acces, *, le: date = LE, jusque: date = date(2020, 10, 31), **champs: object
) -> list[Creneau]:
    """Un bureau, sa plage, ses créneaux, du plus tôt au plus tard."""
    posee = plage(par, bureau(par, le=le), le=le, **champs)
    actes.generer_creneaux(jusque=jusque, par=par, le=le)
    return list(Creneau.objects.filter(plage=posee).order_by("debut"))


@cache
def _charge(code: str) -> type:
    """La charge qu'une autre mesure déclare : elles ne se connaissent que par le journal."""
    return next(a.charge for a in registre.actes() if a.code == code)


def ecrire(code: str, p: Personne, par: Acces, le: date, **champs: object) -> LigneJournal:
    """Une ligne d'une autre mesure, l'entrée de la personne en `objet_id`."""
    sujet = Sujet(
        compartiment=Compartiment.INSERTION,
        personne_id=p.pk,
        commune_id=p.commune_id,
        objet_id=entree(p),
    )
    return consigner(charge=_charge(code)(**champs), par=par, le=le, sujet=sujet)


def entree(p: Personne) -> int:
    """L'identifiant d'entrée que suivi_rsa aurait donné."""
    return p.pk * 10_000


def ouvrir_suivi(p: Personne, par: Acces, le: date = ENTREE_LE) -> LigneJournal:
    return ecrire(
        "orientation_rsa.ouvrir",
        p,
        par,
        le,
        categorie="primo_arrivant",
        mois=le.replace(day=1),
        connue_le=le,
    )


def orienter(p: Personne, par: Acces, le: date) -> LigneJournal:
    return ecrire(
        "orientation_rsa.orienter",
        p,
        par,
        le,
        type_parcours="social",
        organisme="departement",
        rang=1,
        type_propose="",
        regle="",
        est_ecart=False,
    )


def designer(
    p: Personne, vers: Agent, par: Acces, le: date, *, calcul_id: int | None = None
) -> LigneJournal:
    return ecrire(
        "referent_unique.designer",
        p,
        par,
        le,
        agent_id=vers.pk,
        organisation_id=vers.organisation_id,
        mode="manuel" if calcul_id is None else "proposition",
        minutes=None,
        calcul_id=calcul_id,
        est_en_continuite=False,
        places_vues=1,
    )


def livrer(par: Acces, *, depuis: int = 0) -> None:
    """Livre à la mesure les lignes écrites ; la vraie livraison attend la validation."""
    for abonnement in registre.abonnements(immediats=False):
        if abonnement.nom.startswith("rendez_vous."):
            lot = Lot(codes=abonnement.codes, debut=0, fin=2**62, premier_id=depuis)
            abonnement.traiter(lot, par)


def demande(
    par: Acces, *, nom: str = "Chalendar", le: date = ENTREE_LE, ou: Commune | None = None
) -> DemandeRendezVous:
    """Une personne entrée, à convoquer pour son orientation."""
    p = personne(nom, ou=ou)
    ligne = ouvrir_suivi(p, par, le)
    livrer(par, depuis=ligne.pk)
    return DemandeRendezVous.objects.get(personne=p, motif="orientation")


def demande_referent(
    par: Acces, *, vers: Agent | None = None, nom: str = "Chalendar", oriente_le: date = LE
) -> DemandeRendezVous:
    """Une personne orientée ce jour, dont le référent est désigné le lendemain."""
    p = personne(nom)
    premiere = orienter(p, par, oriente_le)
    designer(p, vers or agent(), par, oriente_le)
    livrer(par, depuis=premiere.pk)
    return DemandeRendezVous.objects.get(personne=p, motif="referent")
