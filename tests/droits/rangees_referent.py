"""Les rangées du référent unique, des rendez-vous et des messages, pour le monde des droits.

Chaque état y est, à chaque commune : ce qu'un écran compte ou nomme doit pouvoir manquer.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from draille.mesures.referent_unique.models import (
    Absence,
    Calcul,
    Demande,
    Designation,
    LigneCalcul,
    Portefeuille,
)
from draille.mesures.rendez_vous.models import (
    Creneau,
    DemandeRendezVous,
    Lieu,
    Plage,
    RendezVous,
)
from draille.moteurs.affectation.calcul import (
    INTERDIT,
    Demandeur,
    Place,
    Probleme,
    Reglage,
    Solution,
    regrets,
    resoudre,
)
from draille.moteurs.messages.models import Message, Tentative
from draille.noyau.journal.models import LigneJournal
from draille.noyau.organisation.models import Agent
from draille.noyau.referent.models import Referent
from tests.droits.monde import JOURS, ORIGINE, Monde
from tests.droits.oracle import Individu

MATIN = datetime(2020, 3, 2, 8, 0, tzinfo=UTC)
APRES_MIDI = 14
SOCIAL, EMPLOI = "social:departement", "professionnel:pole_emploi"
PLACES = 500
REGLAGE = {
    "base": 300,
    "seuil": 300,
    "poids_exces": 4,
    "bonus_continuite": 200,
    "cout_non_affecte": 5000,
    "minutes_max": 900,
    "pas_equilibre": 30,
    "segments": 5,
    "pourcent_sans_vehicule": 150,
}
# Le collègue est absent deux des quatre jours de lecture.
ABSENCE = (date(2020, 6, 20), date(2020, 7, 10))


def ouvrir_bureaux(monde: Monde) -> None:
    """Ce qui n'est à personne : portefeuilles, absence, lieu, plages, créneaux, calculs vides."""
    lieu = Lieu.objects.create(
        code="bureau",
        nom="Bureau d'essai",
        organisation=monde.agent.organisation,
        commune_id=monde.communes[0],
        adresse="1 place d'essai",
        debut=ORIGINE,
    )
    for agent, orientations, bureau in (
        (monde.agent, [SOCIAL], monde.communes[0]),
        (monde.collegue, [SOCIAL, EMPLOI], monde.communes[6]),
    ):
        Portefeuille.objects.create(
            agent=agent,
            places=PLACES,
            orientations=orientations,
            commune_id=bureau,
            bureau=f"bureau de {agent.identifiant}",
            debut=ORIGINE,
        )
    Absence.objects.create(agent=monde.collegue, debut=ABSENCE[0], fin=ABSENCE[1])
    Plage.objects.create(
        lieu=lieu,
        motif="orientation",
        jour=1,
        heure_debut="09:00",
        heure_fin="12:00",
        duree_minutes=45,
        debut=ORIGINE,
    )
    for jour in JOURS:
        # Une séance le jour même, où plusieurs personnes viennent, et des créneaux libres ensuite.
        _creneau(monde, jour, APRES_MIDI, motif="suivi", capacite=100)
        apres = jour + timedelta(days=10)
        for agent, motif in (
            (None, "orientation"),
            (monde.agent, "referent"),
            (monde.collegue, "referent"),
            (monde.agent, "suivi"),
        ):
            _creneau(monde, apres, APRES_MIDI, motif=motif, agent=agent, capacite=5)
    for fait_le, statut in ((date(2020, 2, 3), "valide"), (date(2020, 3, 2), "propose")):
        _calcul(monde, fait_le, statut)


def _creneau(
    monde: Monde, jour: date, heure: int, *, motif: str, agent: Agent | None = None, capacite: int
) -> Creneau:
    debut = datetime(jour.year, jour.month, jour.day, heure, tzinfo=UTC)
    return Creneau.objects.create(
        lieu=Lieu.objects.get(),
        agent=agent,
        motif=motif,
        jour=jour,
        debut=debut,
        fin=debut + timedelta(minutes=45),
        capacite=capacite,
    )


def _calcul(monde: Monde, fait_le: date, statut: str) -> Calcul:
    places = [
        {
            "agent_id": p.agent_id,
            "organisation_id": p.agent.organisation_id,
            "bureau": p.bureau,
            "commune_id": p.commune_id,
            "libres": PLACES,
            "charge": 0,
            "capacite": PLACES,
            "orientations": sorted(p.orientations),
            "est_presente": True,
            "est_du_foyer": False,
        }
        for p in Portefeuille.objects.select_related("agent").order_by("agent_id")
    ]
    return Calcul.objects.create(
        fait_le=fait_le,
        statut=statut,
        agent_id=monde.agent.pk,
        reglage=REGLAGE,
        solveur="essai",
        graine=f"essai:{fait_le}",
        places=places,
        prix=[],
        appris=[0] * len(places),
        cout=0,
        empreinte="0" * 64,
    )


def calculs() -> tuple[Calcul, Calcul]:
    """Le calcul relu, puis celui qui reste à relire."""
    relu, a_relire = Calcul.objects.order_by("fait_le")
    return relu, a_relire


def ecrire_referent(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    """Une demande, la ligne d'un calcul, une désignation, des rendez-vous, un message."""
    _ecrire_calcul(monde, individu, entree_id, commun, numero)
    _ecrire_rendez_vous(monde, individu, entree_id, commun, numero)
    _ecrire_message(monde, individu, commun, numero)


def _ecrire_calcul(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    jour = date(2020, 1, 15) + timedelta(days=numero)
    # Une désignation d'insertion a la clé de l'insertion : celle d'un autre métier n'est pas ici.
    referent = Referent.objects.filter(personne_id=individu.id, nature="unique").first()
    if individu.compartiments[0] != 2 or referent is None or referent.agent_id is None:
        referent = None
    demande = Demande.objects.create(
        entree_id=entree_id,
        ligne_orientation_id=900_000 + numero,
        orientation=(SOCIAL, EMPLOI)[numero % 3 == 0],
        orientee_le=jour,
        unite_id=-individu.id,
        statut="confiee" if referent else ("a_confier", "sans_suite")[numero % 5 == 0],
        **commun,
    )
    relu, a_relire = calculs()
    ligne = LigneCalcul.objects.create(
        calcul=relu if referent else a_relire,
        demande=demande,
        rang=numero,
        unite_id=-individu.id,
        orientation=demande.orientation,
        orientee_le=jour,
        minutes=_minutes(monde, individu),
        place=INTERDIT,
        **_decision(monde, referent, numero),
        **commun,
    )
    objets: list[Any] = [demande, ligne]
    if referent is not None:
        objets.append(
            Designation.objects.create(
                referent=referent,
                entree_id=entree_id,
                ligne=ligne,
                mode="proposition",
                minutes=200 + numero,
                annoncee_le=None if numero % 3 == 0 else jour,
                **commun,
            )
        )
    for objet in objets:
        monde.noter(objet, 2, individu)


def _minutes(monde: Monde, individu: Individu) -> list[int]:
    """Dixièmes de minute jusqu'aux deux bureaux ; rien n'est permis à qui n'a pas de commune."""
    if individu.commune is None:
        return [INTERDIT, INTERDIT]
    rang = monde.communes.index(individu.commune)
    return [100 + 25 * rang, 400 - 25 * rang]


def _decision(monde: Monde, referent: Referent | None, numero: int) -> dict[str, Any]:
    if referent is not None:
        relue = {"relue_par": monde.agent, "relue_le": date(2020, 2, 4)}
        return {"decision": "acceptee", "retenu_id": referent.agent_id, **relue}
    if numero % 7 == 0:
        relue = {"relue_par": monde.agent, "relue_le": date(2020, 3, 3)}
        return {"decision": "ecartee", "motif": "à revoir", **relue}
    return {}


def _ecrire_rendez_vous(
    monde: Monde, individu: Individu, entree_id: int, commun: dict[str, int], numero: int
) -> None:
    agent = monde.agent if numero % 2 else monde.collegue
    debut = MATIN + timedelta(days=7 * numero)
    # Deux places : la sienne, et une autre, libre.
    creneau = _creneau(monde, debut.date(), 8, motif="orientation", agent=agent, capacite=2)
    demande = DemandeRendezVous.objects.create(
        motif="orientation",
        objet_id=entree_id,
        ouverte_le=debut.date() - timedelta(days=20),
        avant_le=debut.date() + timedelta(days=5),
        statut=("a_convoquer", "convoquee", "signalee", "satisfaite")[_tour(numero)],
        **commun,
    )
    statut = ("fixe", "honore", "excuse", "manque", "annule")[numero % 5]
    rendez_vous = _fixer(
        creneau,
        commun,
        demande=demande,
        objet_id=entree_id,
        statut=statut,
        suite_le=None if statut == "fixe" else creneau.jour,
    )
    seance = Creneau.objects.get(capacite=100, jour=JOURS[_tour(numero)])
    objets: list[Any] = [demande, rendez_vous, _fixer(seance, commun)]
    if numero % 3 == 0:
        objets.append(
            DemandeRendezVous.objects.create(
                motif="referent", objet_id=entree_id, ouverte_le=MATIN.date(), agent=agent, **commun
            )
        )
    for code in ("fixer", *(["honorer"] if statut == "honore" else [])):
        charge = {"rendez_vous_id": rendez_vous.pk, "jour": creneau.jour.isoformat()}
        objets.append(
            LigneJournal.objects.create(
                code=f"rendez_vous.{code}",
                version=1,
                le=MATIN.date(),
                objet_id=entree_id,
                compartiment=2,
                charge={**charge, "motif": "orientation", "rang": 1},
                **commun,
            )
        )
    for objet in objets:
        monde.noter(objet, 2, individu)


def _tour(numero: int) -> int:
    """Un rang de 0 à 3 ; les compartiments, eux, se répètent de huit en huit."""
    return numero % 7 % 4


def _fixer(creneau: Creneau, commun: dict[str, int], **champs: Any) -> RendezVous:
    return RendezVous.objects.create(
        creneau=creneau,
        motif=creneau.motif,
        jour=creneau.jour,
        debut=creneau.debut,
        fin=creneau.fin,
        fixe_le=creneau.jour - timedelta(days=10),
        **champs,
        **commun,
    )


def _ecrire_message(monde: Monde, individu: Individu, commun: dict[str, int], numero: int) -> None:
    etat = ("remis", "abandonne", "a_envoyer", "annule")[_tour(numero)]
    canal = ("courrier", "courriel", "sms")[numero % 3]
    a_essaye = etat in ("remis", "abandonne")
    message = Message.objects.create(
        canal=canal,
        modele="convocation_orientation",
        version=1,
        destination={
            "courrier": f"Camille {individu.marque}\n{numero} chemin {individu.marque}\n43000 PUY",
            "courriel": f"{individu.marque}@exemple.fr",
            "sms": f"+336399800{numero:02}",
        }[canal],
        sujet="Votre rendez-vous",
        contenu=f"Bonjour {individu.marque}",
        cle_envoi=UUID(int=numero),
        etat=etat,
        depose_le=MATIN,
        a_envoyer_le=MATIN,
        prochaine_tentative_le=MATIN,
        tentatives=int(a_essaye),
        remis_le=MATIN if etat == "remis" else None,
        **commun,
    )
    monde.noter(message, 2, individu)
    if a_essaye:
        tentative = Tentative.objects.create(
            message=message,
            rang=1,
            le=MATIN,
            destination=message.destination,
            est_reussie=etat == "remis",
            reponse="déposé" if etat == "remis" else "refusé",
            motif="" if etat == "remis" else "destination_refusee",
            **commun,
        )
        monde.noter(tentative, 2, individu)


def conclure_calculs(monde: Monde) -> None:
    """Résout chaque calcul sur ses lignes, et retient le surcoût de chaque choix de chaque ligne.

    Les surcoûts viennent du moteur seul, sans la base : ils ne dépendent d'aucun lecteur.
    """
    for calcul in calculs():
        lignes = list(LigneCalcul.objects.filter(calcul=calcul).order_by("rang"))
        if not lignes:
            continue
        probleme = _probleme(calcul, lignes)
        solution: Solution = resoudre(probleme=probleme)
        calcul.prix, calcul.cout = list(solution.prix), solution.cout
        calcul.save(update_fields=["prix", "cout"])
        lus = regrets(probleme=probleme, solution=solution).tolist()
        for rang, ligne in enumerate(lignes):
            ligne.rang, ligne.place = rang, solution.choix[rang]
            ligne.save(update_fields=["rang", "place"])
            monde.details[(ligne._meta.db_table, ligne.pk)] = ligne
            monde.surcouts[ligne.pk] = {
                int(p["agent_id"]): None if lus[rang][j] == INTERDIT else lus[rang][j]
                for j, p in enumerate(calcul.places)
            }


def _probleme(calcul: Calcul, lignes: list[LigneCalcul]) -> Probleme:
    return Probleme(
        demandeurs=tuple(
            Demandeur(
                unite=x.unite_id,
                orientation=x.orientation,
                minutes=tuple(x.minutes),
                continuite=None,
                est_sans_vehicule=False,
                orientee_le=x.orientee_le,
            )
            for x in lignes
        ),
        places=tuple(
            Place(
                libres=p["libres"],
                charge=p["charge"],
                capacite=p["capacite"],
                orientations=frozenset(p["orientations"]),
                est_presente=p["est_presente"],
            )
            for p in calcul.places
        ),
        reglage=Reglage(**REGLAGE),
        appris=(0,) * len(calcul.places),
        graine=calcul.graine,
    )
