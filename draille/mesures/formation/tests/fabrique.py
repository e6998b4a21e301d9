"""De quoi écrire un essai : des agents, un partenaire, une session."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from draille.mesures.formation import actes
from draille.mesures.formation.models import Inscription, Session
from draille.mesures.formation.regles import DemiJournee, Moment, TermesSession
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Commune, Territoire, TerritoireCommune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle_generale

LE = date(2020, 10, 5)
DEBUT = date(2020, 10, 12)


def au(le: date, par: Acces) -> None:
    """Fait de ce jour, midi, l'instant d'écriture de la suite."""
    contexte.poser(acces=par, instant=datetime(le.year, le.month, le.day, 12, tzinfo=UTC))


def departement() -> Organisation:
    trouvee, _ = Organisation.objects.get_or_create(
        code="cd43", defaults={"nom": "Département", "est_departement": True}
    )
    return trouvee


def partenaire(nom: str = "Association Logis") -> Organisation:
    trouvee, _ = Organisation.objects.get_or_create(code=nom[:40], defaults={"nom": nom})
    return trouvee


def agent(nom: str = "Roche") -> Agent:
    trouve, _ = Agent.objects.get_or_create(
        identifiant=f"essai.{nom.lower()}",
        defaults={
            "nom": nom,
            "prenom": "Mathilde",
            "fonction": "Assistante sociale",
            "organisation": departement(),
        },
    )
    return trouve


def acces(role: Role, de: Agent | None = None) -> Acces:
    """Un agent du Département dans ce rôle."""
    cles = frozenset({cle_generale(compartiment=Compartiment.INSERTION)})
    return Acces(
        agent_id=de.pk if de else None,
        organisation_id=departement().pk,
        nom="essai",
        cles_par_role={role: cles},
    )


def commune(code: str = "43157", nom: str = "Le Puy-en-Velay", secteur: str = "") -> Commune:
    trouvee, est_neuve = Commune.objects.get_or_create(
        code_insee=code, defaults={"nom": nom, "population": 8_000}
    )
    if secteur and est_neuve:
        territoire, _ = Territoire.objects.get_or_create(
            nature="secteur",
            code=secteur,
            defaults={"nom": f"Secteur {secteur}", "debut": date(2019, 1, 1)},
        )
        TerritoireCommune.objects.create(
            territoire=territoire, commune=trouvee, nature="secteur", debut=date(2019, 1, 1)
        )
    return trouvee


def termes(*, debut: date = DEBUT, jours: int = 1, **champs: object) -> TermesSession:
    """Une session de `jours` journées entières de sept heures, à modifier par les champs."""
    dits: dict[str, object] = {
        "theme": "aller_vers",
        "titre": "Aller vers les personnes isolées",
        "organisme": "Organisme d'essai",
        "lieu": "Salle d'essai",
        "commune_id": None,
        "places": 2,
        "montant_prevu": Decimal(1200),
        "demi_journees": tuple(
            DemiJournee(debut + timedelta(days=n), m, Decimal("3.5"))
            for n in range(jours)
            for m in Moment
        ),
    }
    return TermesSession(**{**dits, **champs})  # type: ignore[arg-type]


def session(par: Acces, *, le: date = LE, **champs: object) -> Session:
    return actes.programmer_session(termes=termes(**champs), par=par, le=le)  # type: ignore[arg-type]


def inscrire(ou: Session, nom: str, par: Acces, le: date = LE) -> Inscription:
    return actes.inscrire(session_id=ou.pk, qui=agent(nom).pk, par=par, le=le)


def emarger_tout(ou: Session, par: Acces, *, sauf: tuple[int, ...] = ()) -> None:
    """Tous présents, sauf ces inscriptions, à chaque demi-journée."""
    tenues = ou.inscriptions.filter(statut="inscrite")
    presents = [i.pk for i in tenues if i.pk not in sauf]
    for demi in ou.demi_journees.all():
        actes.emarger(demi_journee_id=demi.pk, presents=presents, par=par, le=ou.fin)


def suivie(
    par: Acces, *noms: str, cout: Decimal = Decimal(1100), le: date = LE, **champs: object
) -> Session:
    """Une session tenue, émargée, close : ces agents y étaient."""
    au(le, par)
    ou = session(par, le=le, places=max(len(noms), 1), **champs)
    for nom in noms:
        inscrire(ou, nom, par, le)
    au(ou.fin, par)
    emarger_tout(ou, par)
    actes.clore_session(session_id=ou.pk, montant_reel=cout, par=par, le=ou.fin)
    ou.refresh_from_db()
    return ou
