"""L'agenda : une semaine d'un lieu ou d'un agent, et fermer ou rouvrir un créneau."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.rendez_vous import actes, lectures
from draille.mesures.rendez_vous.acces import ACCES, TENIR_LIEUX
from draille.mesures.rendez_vous.forms import agents_admis
from draille.mesures.rendez_vous.lectures import CreneauAgenda, JourAgenda
from draille.mesures.rendez_vous.models import Creneau, Plage, RendezVous
from draille.mesures.rendez_vous.views_commun import acces_nominatif, entier, lundi_de
from draille.socle.acces import Acces
from draille.socle.refus import Refus
from draille.socle.texte import JOURS, date_moyenne, pluriel

VENDREDI = 5
_OCCUPENT = (RendezVous.Statut.FIXE, RendezVous.Statut.HONORE, RendezVous.Statut.MANQUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Ce que chaque créneau précise : son lieu, l'agent qui reçoit."""

    lieu: bool
    agent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreneauVu:
    """Un créneau de la grille : son état, dit en mots et par un bord."""

    creneau: Creneau
    etat: str
    mots: str
    precision: str
    rendez_vous: tuple[RendezVous, ...]
    caches: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """Une heure de la grille, la même pour tous les jours de la semaine."""

    numero: int
    creneaux: tuple[CreneauVu, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jour:
    """Une colonne de la grille."""

    le: date
    nom: str
    est_present: bool
    resume: str
    rangs: tuple[Rang, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Semaine:
    """Une semaine, ses voisines, et ce qu'elle contient en une phrase."""

    lundi: date
    titre: str
    resume: str
    jours: tuple[Jour, ...]
    est_vide: bool
    url_avant: str
    url_apres: str
    url_present: str


@exige(ACCES["voir_agenda"])
@ecrit()
def agenda(request: HttpRequest) -> HttpResponse:
    """La semaine d'un lieu ou d'un agent ; sans choix, la sienne, sinon le premier lieu."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    lieux = lectures.lieux(le=le)
    agents = list(agents_admis().filter(pk__in=Plage.objects.values("agent")))
    lieu_id, agent_id = _choix(request, acces, [x.pk for x in lieux])
    lundi = lundi_de(_jour(request.GET.get("jour", "")) or _jour_utile(le))
    semaine = None
    if lieu_id or agent_id:
        semaine = _semaine(request, lundi, lieu_id=lieu_id, agent_id=agent_id)
    noms = [x.nom for x in lieux if x.pk == lieu_id] + [str(a) for a in agents if a.pk == agent_id]
    contexte = {
        "lieux": lieux,
        "agents": agents,
        "lieu_id": lieu_id,
        "agent_id": agent_id,
        "semaine": semaine,
        "lundi": lundi,
        "sujet": ", ".join(noms),
        "url_plage": _url_plage(acces, lieu_id, agent_id),
        "peut_tenir": ACCES["tenir_agenda"](acces),
        "peut_ouvrir": ACCES["tenir_lieux"](acces),
    }
    return render(request, "rendez_vous/agenda.html", contexte)


def _choix(request: HttpRequest, acces: Acces, lieux: Sequence[int]) -> tuple[int | None, ...]:
    lieu_id = entier(request.GET.get("lieu", ""))
    agent_id = entier(request.GET.get("agent", ""))
    if lieu_id or agent_id:
        return lieu_id, agent_id
    if "lieu" not in request.GET and ACCES["convoquer"](acces) and acces.agent_id:
        if Creneau.objects.filter(agent_id=acces.agent_id).exists():
            return None, acces.agent_id
    return (lieux[0] if lieux else None), None


def _jour_utile(le: date) -> date:
    """Ce jour, ou le lundi qui vient : le samedi, on prépare la semaine suivante."""
    return le if le.isoweekday() <= VENDREDI else lundi_de(le) + timedelta(days=7)


def _jour(valeur: str) -> date | None:
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None


def _url_plage(acces: Acces, lieu_id: int | None, agent_id: int | None) -> str:
    """Où ajouter une plage exceptionnelle : au lieu montré, pour qui le tient ou pour soi."""
    if lieu_id is None or not ACCES["tenir_agenda"](acces):
        return ""
    if not acces.a_role_sur(TENIR_LIEUX, None) and agent_id not in (None, acces.agent_id):
        return ""
    return f"{reverse('lieu', args=[lieu_id])}?un_jour#plage"


def _semaine(
    request: HttpRequest, lundi: date, *, lieu_id: int | None, agent_id: int | None
) -> Semaine:
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    lue = lectures.agenda(lundi=lundi, acces=acces, le=le, lieu_id=lieu_id, agent_id=agent_id)
    montres = [j for j in lue.jours if j.jour.isoweekday() <= VENDREDI or j.creneaux]
    heures = sorted({_heure(c.creneau) for j in montres for c in j.creneaux})
    # Ce que le titre de la page dit déjà ne se répète pas dans chaque créneau.
    avec = Precision(lieu=lieu_id is None, agent=agent_id is None)
    numeros = {h: n for n, h in enumerate(heures, start=1)}
    jours = tuple(_jour_vu(j, numeros, acces, le, avec) for j in montres)
    choix = {"lieu": lieu_id or "", "agent": agent_id or ""}

    def url(jour: date) -> str:
        return f"?{urlencode({**choix, 'jour': jour.isoformat()})}"

    total = sum(len(j.creneaux) for j in montres)
    return Semaine(
        lundi=lundi,
        titre=f"semaine du {date_moyenne(lundi)}",
        resume=_resume([c for j in montres for c in j.creneaux])
        + (f", {lue.a_dire} à renseigner" if lue.a_dire else ""),
        jours=jours,
        est_vide=total == 0,
        url_avant=url(lundi - timedelta(days=7)),
        url_apres=url(lundi + timedelta(days=7)),
        url_present=url(le) if lundi != lundi_de(le) else "",
    )


def _heure(creneau: Creneau) -> time:
    """L'heure de Paris d'un créneau, à comparer d'un jour à l'autre."""
    return localtime(creneau.debut).time()


def _jour_vu(
    lu: JourAgenda,
    numeros: dict[time, int],
    acces: Acces,
    le: date,
    avec: Precision,
) -> Jour:
    par_heure: dict[int, list[CreneauVu]] = {}
    for c in lu.creneaux:
        vu = _creneau_vu(c, acces, le, avec)
        par_heure.setdefault(numeros[_heure(c.creneau)], []).append(vu)
    nom = f"{JOURS[lu.jour.weekday()]} {lu.jour.day}"
    return Jour(
        le=lu.jour,
        nom=nom,
        est_present=lu.jour == le,
        resume="jour férié" if lu.est_ferie else _resume(lu.creneaux),
        rangs=tuple(Rang(numero=n, creneaux=tuple(v)) for n, v in sorted(par_heure.items())),
    )


def _resume(creneaux: Sequence[CreneauAgenda]) -> str:
    if not creneaux:
        return "aucun créneau"
    pris = sum(c.creneau.pris for c in creneaux)
    ouverts = [c.creneau for c in creneaux if not c.creneau.est_ferme]
    libres = sum(max(0, c.capacite - c.pris) for c in ouverts)
    return f"{pluriel(pris, 'pris', 'pris')}, {pluriel(libres, 'libre')}"


def _creneau_vu(lu: CreneauAgenda, acces: Acces, le: date, avec: Precision) -> CreneauVu:
    creneau = lu.creneau
    etat, dit = _etat(creneau)
    precisions = [str(creneau.agent)] if creneau.agent and avec.agent else []
    if avec.lieu:
        precisions.append(creneau.lieu.nom)
    montres = tuple(r for r in lu.rendez_vous if r.statut in _OCCUPENT)
    return CreneauVu(
        creneau=creneau,
        etat=etat,
        mots=dit,
        precision=", ".join(precisions),
        rendez_vous=montres,
        caches=lu.caches,
        url=reverse("creneau", args=[creneau.pk])
        if creneau.jour >= le and _tient(acces, creneau) and not creneau.pris
        else "",
    )


def _etat(creneau: Creneau) -> tuple[str, str]:
    if creneau.est_ferme:
        return "ferme", "fermé"
    reste = creneau.capacite - creneau.pris
    if creneau.capacite > 1:
        dit = f"séance, {creneau.pris} sur {creneau.capacite}"
        return ("pris" if reste <= 0 else "partiel" if creneau.pris else "libre"), dit
    return ("pris", "pris") if reste <= 0 else ("libre", "libre")


def _tient(acces: Acces, creneau: Creneau) -> bool:
    """Qui tient les lieux tient tout créneau ; un référent, les siens."""
    if ACCES["tenir_lieux"](acces):
        return True
    return ACCES["tenir_agenda"](acces) and creneau.agent_id == acces.agent_id


@exige(ACCES["tenir_agenda"])
@ecrit("POST")
def creneau(request: HttpRequest, pk: int) -> HttpResponse:
    """Fermer un créneau libre, ou rouvrir un créneau fermé, après l'avoir relu."""
    acces, le = acces_nominatif(acces_de(request)), date_de(request)
    lu = Creneau.objects.select_related("lieu", "agent").filter(pk=pk).first()
    if lu is None or not _tient(acces, lu):
        raise Http404
    qui = f"agent={lu.agent_id}" if lu.agent_id else f"lieu={lu.lieu_id}"
    retour = f"{reverse('agenda')}?{qui}&jour={lu.jour.isoformat()}"
    refus = ""
    if request.method == "POST":
        try:
            if lu.est_ferme:
                actes.rouvrir_creneau(creneau_id=pk, par=acces_de(request), le=le)
            else:
                actes.fermer_creneau(creneau_id=pk, par=acces_de(request), le=le)
        except Refus as refuse:
            refus = refuse.message
        else:
            messages.success(request, f"Créneau {'rouvert' if lu.est_ferme else 'fermé'}.")
            return redirect(retour)
    contexte = {
        "creneau": lu,
        "pris": lectures.du_creneau(creneau_id=pk, acces=acces),
        "refus": refus,
        "url_agenda": retour,
    }
    return render(request, "rendez_vous/creneau.html", contexte)
