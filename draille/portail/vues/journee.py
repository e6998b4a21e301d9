"""« Ma journée » : ce qui est dû, le plus proche d'abord, selon ce que fait l'agent."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.panneaux import Encart, tuiles
from draille.moteurs.delais import registre as delais
from draille.noyau.echeance import lectures as echeances
from draille.noyau.echeance.lectures import Comptes, Etat, Filtre, RetardTerritoire
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.lectures import EtatScellement, etat_scellement
from draille.noyau.organisation.models import Agent, Habilitation
from draille.noyau.personne.lectures import derniers_dossiers
from draille.noyau.personne.models import Personne
from draille.portail.requete import Requete, administre, restreindre, voit_des_personnes
from draille.socle.acces import Acces, Role

LIMITE = 25
DERNIERS = 8
ETATS: tuple[Etat, ...] = ("", "retard", "semaine")
_TITRES = {
    "": "Ce qui est dû, le plus proche d'abord",
    "retard": "Ce qui est en retard",
    "semaine": "Ce qui est dû dans les sept jours",
}


@dataclass(frozen=True, slots=True)
class LigneDue:
    """Une échéance et le nom de son délai."""

    echeance: Echeance
    delai: str
    jours: int | None


@dataclass(slots=True)
class Journee:
    """Ce que montre la page ; chaque partie est vide pour qui n'en a pas l'usage."""

    comptes: Comptes | None = None
    lignes: list[LigneDue] = field(default_factory=list)
    territoires: list[RetardTerritoire] = field(default_factory=list)
    derniers: list[Personne] = field(default_factory=list)
    scellement: EtatScellement | None = None
    agents_actifs: int = 0
    agents_sans_role: int = 0
    tuiles: list[Encart] = field(default_factory=list)


def nom_du_delai(code: str) -> str:
    """Le libellé d'un délai, ou son code s'il n'est plus déclaré."""
    try:
        return delais.delai(code).libelle
    except KeyError:
        return code


def jours_avant(echeance: Echeance, le: date) -> int | None:
    """Jours jusqu'à la limite, négatifs en retard ; None pour une horloge suspendue."""
    return (echeance.avant_le - le).days if echeance.avant_le else None


@exige(lambda acces: acces.agent_id is not None)
@ecrit()
def journee(request: Requete) -> HttpResponse:
    """La page d'accueil d'un agent connecté."""
    if not request.acces.roles:
        return render(request, "portail/sans_habilitation.html")
    demande = request.GET.get("etat", "")
    etat: Etat = next((e for e in ETATS if e == demande), "")
    filtre = Filtre(etat=etat, referent_id=_referent(request.acces))
    contexte = {
        "journee": _rassembler(request, filtre),
        "etat": etat,
        "titre_liste": _TITRES[etat],
        "limite": LIMITE,
        "voit_des_personnes": voit_des_personnes(request.acces),
    }
    return render(request, "portail/journee.html", contexte)


def _referent(acces: Acces) -> int | None:
    """Un référent qui n'est que cela voit les échéances de ceux qu'il accompagne."""
    return acces.agent_id if acces.roles == {Role.REFERENT} else None


def _rassembler(request: Requete, filtre: Filtre) -> Journee:
    le = request.le
    jour = Journee(tuiles=tuiles(acces=request.acces, le=le))
    if administre(request.acces):
        _administration(jour)
    if Role.CADRE in request.acces.roles or Role.PILOTE in request.acces.roles:
        jour.territoires = echeances.retards_par_territoire(acces=request.acces, le=le)
    if voit_des_personnes(request.acces):
        _nominatif(jour, restreindre(request), filtre, le)
    return jour


def _nominatif(jour: Journee, acces: Acces, filtre: Filtre, le: date) -> None:
    jour.comptes = echeances.compter(acces=acces, le=le, filtre=filtre)
    lues = echeances.ouvertes(acces=acces, le=le, filtre=filtre, limite=LIMITE)
    jour.lignes = [LigneDue(e, nom_du_delai(e.code), jours_avant(e, le)) for e in lues]
    jour.derniers = derniers_dossiers(acces=acces, limite=DERNIERS)


def _administration(jour: Journee) -> None:
    jour.scellement = etat_scellement()
    actifs = Agent.objects.filter(is_active=True)
    jour.agents_actifs = actifs.count()
    en_cours = Habilitation.objects.filter(agent_id=OuterRef("pk"), fin__isnull=True)
    jour.agents_sans_role = actifs.exclude(Exists(en_cours)).count()
