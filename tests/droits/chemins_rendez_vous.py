"""Les chemins de lecture des rendez-vous et des messages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from draille.mesures.rendez_vous import lectures
from draille.mesures.rendez_vous.models import Creneau, DemandeRendezVous, RendezVous
from draille.moteurs.messages import adaptateur_lectures as messages
from draille.moteurs.messages.adaptateur import canaux_possibles
from draille.moteurs.messages.adaptateur_destinations import canaux_servis
from draille.moteurs.messages.models import Message
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.personne.models import Personne
from draille.socle.parametres import registre_global
from tests.droits.chemins import TOUS, Chemin, Lecteur
from tests.droits.chemins_chiffres import CHEMINS
from tests.droits.chemins_referent import de_la_cible, est_ouverte, lu_ou_rien, objet
from tests.droits.ecrans import NOMINATIFS
from tests.droits.monde import cle

_V = "draille.mesures.rendez_vous"
_M = "draille.moteurs.messages"
PRENNENT = ("fixe", "honore", "manque")
ECHUS = ("honore", "excuse", "manque")


def lundi_de(le: date) -> date:
    """Le lundi de la semaine."""
    return le - timedelta(days=le.weekday())


def _pks(objets: Any) -> set[int]:
    return {o.pk for o in objets}


def _fixes(lecteur: Lecteur, garde: Callable[[Any], bool] = lambda r: True) -> set[int]:
    return lecteur.ids(RendezVous, lambda r: r.statut == "fixe" and garde(r))


def _demandes(lecteur: Lecteur, statut: str) -> set[int]:
    return lecteur.ids(DemandeRendezVous, lambda d: d.statut == statut)


def est_le_mien(lecteur: Lecteur, rendez_vous: Any) -> bool:
    """Dans l'agenda de l'agent, ou dans celui, sans agent, de son organisation."""
    creneau = rendez_vous.creneau
    return creneau.agent_id in (lecteur.monde.agent.pk, None)


def est_sans_objet(lecteur: Lecteur, rendez_vous: Any) -> bool:
    """À venir, alors que la demande n'attend plus."""
    demande = rendez_vous.demande
    return (
        rendez_vous.statut == "fixe"
        and rendez_vous.jour >= lecteur.le
        and demande is not None
        and demande.statut != "convoquee"
    )


def _dossier(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    lu = lectures.de_la_personne(personne_id=lecteur.cible.id, acces=lecteur.acces, le=lecteur.le)
    return _pks(lu.demandes), _pks((*lu.a_venir, *lu.a_dire, *lu.passes))


def _attendre_dossier(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    vivantes = lecteur.ids(
        DemandeRendezVous, lambda d: d.statut != "satisfaite", personne=lecteur.cible.id
    )
    return vivantes, lecteur.ids(RendezVous, personne=lecteur.cible.id)


def _miens(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    lus = lectures.mes_rendez_vous(acces=lecteur.acces, le=lecteur.le)
    return _pks(lus.a_dire), _pks((*lus.aujourd_hui, *lus.a_venir))


def _attendre_miens(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    le, fin = lecteur.le, lecteur.le + timedelta(days=7)
    return (
        _fixes(lecteur, lambda r: est_le_mien(lecteur, r) and r.jour < le),
        _fixes(lecteur, lambda r: est_le_mien(lecteur, r) and le <= r.jour < fin),
    )


# --- L'agenda : ce qui est ouvert se nomme, le reste se compte -----------------------------------


def _agenda(lecteur: Lecteur) -> dict[int, tuple[set[int], int]]:
    lu = lectures.agenda(lundi=lundi_de(lecteur.le), acces=lecteur.acces, le=lecteur.le)
    assert lu.total == sum(len(c.rendez_vous) for j in lu.jours for c in j.creneaux)
    return {c.creneau.pk: (_pks(c.rendez_vous), c.caches) for j in lu.jours for c in j.creneaux}


def _attendre_agenda(lecteur: Lecteur) -> dict[int, tuple[set[int], int]]:
    lundi = lundi_de(lecteur.le)
    rendu = {}
    for creneau in Creneau.objects.filter(jour__gte=lundi, jour__lt=lundi + timedelta(days=7)):
        ouverts = au_creneau(lecteur, creneau.pk)
        tous = [
            x
            for x in lecteur.monde.de(RendezVous)
            if objet(lecteur, x).creneau_id == creneau.pk and objet(lecteur, x).statut in PRENNENT
        ]
        rendu[creneau.pk] = (ouverts, len(tous) - len(ouverts))
    return rendu


def au_creneau(lecteur: Lecteur, creneau_id: int) -> set[int]:
    """Les rendez-vous de ce créneau que l'oracle ouvre et qui y tiennent une place."""
    return lecteur.ids(RendezVous, lambda r: r.creneau_id == creneau_id and r.statut in PRENNENT)


def seance() -> int:
    """La séance où se retrouvent plusieurs personnes, la dernière de l'année."""
    return Creneau.objects.filter(capacite=100).latest("jour").pk


def _prochains(lecteur: Lecteur) -> Any:
    return lu_ou_rien(
        lambda: {
            c.creneau.pk
            for c in lectures.prochains_creneaux(
                demande_id=de_la_cible(lecteur, DemandeRendezVous),
                acces=lecteur.acces,
                le=lecteur.le,
                limite=TOUS,
            )
        }
    )


def _libres(lecteur: Lecteur, *motifs: str) -> set[int]:
    fin = lecteur.le + timedelta(days=registre_global().entier("rendez_vous.horizon", lecteur.le))
    return {
        c.pk
        for c in Creneau.objects.filter(motif__in=motifs, jour__gte=lecteur.le, jour__lte=fin)
        if c.pris < c.capacite
    }


def _absences(lecteur: Lecteur) -> tuple[int, int]:
    lues = lectures.absences_par_secteur(
        debut=date(2020, 1, 1), fin=lecteur.le, acces=lecteur.acces, le=lecteur.le
    )
    return sum(a.total for a in lues), sum(a.a_dire for a in lues)


def _attendre_absences(lecteur: Lecteur) -> tuple[int, int]:
    echus = lecteur.ids(RendezVous, lambda r: r.statut in ECHUS and r.jour < lecteur.le)
    return len(echus), len(_fixes(lecteur, lambda r: r.jour < lecteur.le))


CHEMINS |= {
    "rendez-vous:à convoquer": Chemin(
        lambda x: {a.demande.pk for a in lectures.a_convoquer(acces=x.acces, le=x.le)},
        lambda x: _demandes(x, "a_convoquer"),
        (f"{_V}.lectures.a_convoquer",),
    ),
    "rendez-vous:à examiner": Chemin(
        lambda x: {a.demande.pk for a in lectures.signalees(acces=x.acces, le=x.le)},
        lambda x: _demandes(x, "signalee"),
        (f"{_V}.lectures.signalees",),
    ),
    "rendez-vous:demande": Chemin(
        lambda x: lu_ou_rien(
            lambda: (
                lectures.demande(
                    demande_id=de_la_cible(x, DemandeRendezVous), acces=x.acces
                ).personne_id
            )
        ),
        lambda x: x.cible.id if est_ouverte(x, DemandeRendezVous) else None,
        (f"{_V}.lectures.demande",),
    ),
    "rendez-vous:un": Chemin(
        lambda x: lu_ou_rien(
            lambda: (
                lectures.rendez_vous(
                    rendez_vous_id=de_la_cible(x, RendezVous), acces=x.acces
                ).personne_id
            )
        ),
        lambda x: x.cible.id if est_ouverte(x, RendezVous) else None,
        (f"{_V}.lectures.rendez_vous",),
    ),
    "rendez-vous:de la personne": Chemin(
        _dossier, _attendre_dossier, (f"{_V}.lectures.de_la_personne",)
    ),
    "rendez-vous:d'un collègue": Chemin(
        lambda x: _pks(
            lectures.de_l_agent(
                agent_id=x.monde.collegue.pk, du=date(2020, 1, 1), au=x.le, acces=x.acces
            )
        ),
        lambda x: x.ids(
            RendezVous,
            lambda r: r.creneau.agent_id == x.monde.collegue.pk and r.jour <= x.le,
        ),
        (f"{_V}.lectures.de_l_agent",),
    ),
    "rendez-vous:les miens": Chemin(_miens, _attendre_miens, (f"{_V}.lectures.mes_rendez_vous",)),
    "rendez-vous:sans objet": Chemin(
        lambda x: _pks(lectures.sans_objet(acces=x.acces, le=x.le)),
        lambda x: x.ids(RendezVous, lambda r: est_sans_objet(x, r)),
        (f"{_V}.lectures.sans_objet",),
    ),
    "rendez-vous:agenda": Chemin(_agenda, _attendre_agenda, (f"{_V}.lectures_agenda.agenda",)),
    "rendez-vous:d'un créneau": Chemin(
        lambda x: _pks(lectures.du_creneau(creneau_id=seance(), acces=x.acces)),
        lambda x: au_creneau(x, seance()),
        (f"{_V}.lectures_agenda.du_creneau",),
    ),
    "rendez-vous:prochains créneaux": Chemin(
        _prochains,
        lambda x: _libres(x, "orientation") if est_ouverte(x, DemandeRendezVous) else None,
        (f"{_V}.lectures_agenda.prochains_creneaux",),
    ),
    "rendez-vous:créneaux libres": Chemin(
        lambda x: {
            c.creneau.pk for c in lectures.creneaux_libres(acces=x.acces, le=x.le, limite=TOUS)
        },
        lambda x: _libres(x, "suivi", "referent") if x.oracle.actifs else set(),
        (f"{_V}.lectures_agenda.creneaux_libres",),
    ),
    "rendez-vous:absences": Chemin(
        _absences, _attendre_absences, (f"{_V}.lectures_suivi.absences_par_secteur",)
    ),
    "rendez-vous:premier arrivé": Chemin(
        lambda x: (
            lectures.comparaison_premier_arrive(
                motif="orientation", acces=x.acces, le=x.le
            ).moteur.nombre
        ),
        lambda x: len(x.ids(RendezVous, lambda r: r.demande_id is not None and r.fixe_le <= x.le)),
        (f"{_V}.lectures_suivi.comparaison_premier_arrive",),
    ),
}


# --- Messages : le contenu derrière les murs, la destination en clair à qui ouvre le dossier -----


def _de_la_personne(lecteur: Lecteur) -> set[tuple[int, str]]:
    lus = messages.de_la_personne(personne_id=lecteur.cible.id, acces=lecteur.acces)
    return {(m.message.pk, m.message.contenu) for m in lus}


def _en_clair(lecteur: Lecteur) -> set[tuple[int, bool]]:
    lus = messages.lus(
        messages=list(messages.boite(etats=tuple(Message.Etat.values), acces=lecteur.acces)),
        acces=lecteur.acces,
    )
    for lu in lus:
        marque = lecteur.monde.individu(lu.message.personne_id).marque
        assert (marque in lu.destination) <= (lu.destination == lu.message.destination)
    return {(lu.message.pk, lu.destination == lu.message.destination) for lu in lus}


def _attendre_en_clair(lecteur: Lecteur) -> set[tuple[int, bool]]:
    nominatif = lecteur.oracle.parmi(NOMINATIFS)
    return {(x.id, nominatif.voit(x)) for x in lecteur.ouvertes(Message)}


def _preuves(lecteur: Lecteur) -> Any:
    lu = lu_ou_rien(
        lambda: messages.message(message_id=de_la_cible(lecteur, Message), acces=lecteur.acces)
    )
    return None if lu is None else (lu.message.personne_id, len(lu.essais))


def _attendre_preuves(lecteur: Lecteur) -> Any:
    for x in lecteur.ouvertes(Message, personne=lecteur.cible.id):
        return lecteur.cible.id, objet(lecteur, x).tentatives
    return None


def _canaux(lecteur: Lecteur) -> set[str]:
    cible = lecteur.cible
    personne = Personne(pk=cible.id, courriel=f"{cible.marque}@exemple.fr", telephone="")
    # La base les calcule ; cette personne-là n'en vient pas.
    personne.cles_acces = [cle(c, cible.commune) for c in cible.compartiments]
    return set(canaux_possibles(personne=personne, acces=lecteur.acces, le=lecteur.le))


def _attendre_canaux(lecteur: Lecteur) -> set[str]:
    if not lecteur.oracle.connait(lecteur.cible):
        return set()
    # Sans commune, l'adresse d'un foyer n'est pas une adresse où écrire.
    a_une_adresse = lecteur.cible.commune is not None and any(
        objet(lecteur, x).foyer_id in lecteur.ids(Foyer)
        for x in lecteur.ouvertes(MembreFoyer, personne=lecteur.cible.id)
    )
    return ({"courriel"} & set(canaux_servis())) | ({"courrier"} if a_une_adresse else set())


CHEMINS |= {
    "messages:de la personne": Chemin(
        _de_la_personne,
        lambda x: {(y.id, objet(x, y).contenu) for y in x.ouvertes(Message, personne=x.cible.id)},
        (f"{_M}.adaptateur_lectures.de_la_personne",),
    ),
    "messages:un message et ses preuves": Chemin(
        _preuves, _attendre_preuves, (f"{_M}.adaptateur_lectures.message",)
    ),
    "messages:boîte, destinations masquées": Chemin(
        _en_clair,
        _attendre_en_clair,
        (f"{_M}.adaptateur_lectures.boite", f"{_M}.adaptateur_lectures.lus"),
    ),
    "messages:non remis": Chemin(
        lambda x: messages.non_remis(acces=x.acces),
        lambda x: len(x.ids(Message, lambda m: m.etat == "abandonne")),
        (f"{_M}.adaptateur_lectures.non_remis",),
    ),
    "messages:canaux possibles": Chemin(
        _canaux,
        _attendre_canaux,
        (f"{_M}.adaptateur.canaux_possibles",),
        # L'adresse postale est celle d'un foyer : la base seule en garde la porte.
        murs="second",
    ),
}
