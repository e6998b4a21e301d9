"""La page du responsable : charges, retards, absences, secteurs, un poste de plus, parité."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.referent_unique import forms as formulaires
from draille.mesures.referent_unique import lectures
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.lectures import ChargeLue, EtSi
from draille.mesures.referent_unique.templatetags.affectation import ecart_minutes, entieres
from draille.mesures.referent_unique.views_dessin import LEGENDE, cle_de_charge
from draille.noyau.echeance.models import Echeance
from draille.noyau.referent.models import Referent
from draille.noyau.territoire.models import Commune
from draille.socle.acces import Acces
from draille.socle.texte import pluriel

SANS_SECTEUR = "Tout le Département"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secteur:
    """Les portefeuilles d'un secteur, ensemble."""

    nom: str
    referents: int
    absents: int
    charge: int
    capacite: int
    en_retard: int

    @property
    def libres(self) -> int:
        """Places libres, jamais négatif."""
        return max(self.capacite - self.charge, 0)


@exige(ACCES["voir_portefeuilles"])
@ecrit()
def charges(request: HttpRequest) -> HttpResponse:
    """Qui suit combien, qui est en retard ou absent, et ce qu'un poste de plus changerait."""
    acces, le = acces_de(request), date_de(request)
    lues = lectures.charges(acces=acces, le=le)
    retards = retards_par_referent(acces=acces, le=le)
    et_si = formulaires.EtSi(request.GET or None, communes=communes())
    pilote = ACCES["voir_pilotage"](acces)
    contexte: dict[str, Any] = {
        "charges": [{"lue": c, "en_retard": retards.get(c.agent_id, 0)} for c in lues],
        "echelle": max((max(c.capacite, c.charge) for c in lues), default=1),
        "cles_charge": [(mark_safe(cle_de_charge(r)), dit) for r, dit in LEGENDE if r != _AJOUT],
        "secteurs": secteurs(lues, retards),
        "total": _total(lues, retards),
        "peut_gerer": ACCES["gerer_portefeuilles"](acces),
        "ouvre_les_files": ACCES["voir_propositions"](acces),
        "est_pilotage": pilote,
        "et_si": et_si,
    }
    if pilote:
        contexte |= _pilotage(acces, le, et_si)
    return render(request, "referent_unique/charges.html", contexte)


_AJOUT = 2


def _pilotage(acces: Acces, le: date, et_si: formulaires.EtSi) -> dict[str, Any]:
    """Ce que lisent le cadre et le pilote : les territoires, l'essai d'un poste, la parité."""
    commune_id = et_si.commune_id if et_si.is_bound else None
    calcul_id = lectures.derniere(acces=acces)
    poste = (
        lectures.et_si_un_poste(commune_id=commune_id, acces=acces, le=le)
        if commune_id is not None
        else None
    )
    return {
        "territoires": lectures.minutes_par_territoire(acces=acces, le=le),
        "comparaison": lectures.comparaison_premier_arrive(acces=acces, le=le),
        "poste": poste,
        "gain": gain_de_poste(poste) if poste else "",
        "calcul_id": calcul_id,
        "parite": (
            lectures.parite(calcul_id=calcul_id, acces=acces, le=le)
            if calcul_id is not None
            else ()
        ),
    }


def communes() -> list[tuple[str, str]]:
    """Les communes où placer un bureau : celles dont la position est connue. Une requête."""
    situees = Commune.objects.filter(latitude__isnull=False).order_by("nom")
    return [(str(pk), nom) for pk, nom in situees.values_list("pk", "nom")]


def retards_par_referent(*, acces: Acces, le: date) -> dict[int, int]:
    """Les échéances dépassées des personnes que suit chaque référent. Une requête."""
    en_retard = Echeance.objects.visibles(acces).filter(fermee_le__isnull=True, avant_le__lt=le)
    suivies = (
        Referent.objects.visibles(acces)
        .filter(Q(fin__isnull=True) | Q(fin__gt=le), debut__lte=le, agent__isnull=False)
        .filter(nature=Referent.Nature.UNIQUE, personne_id__in=en_retard.values("personne_id"))
    )
    comptes = suivies.values("agent_id").annotate(nombre=Count("personne_id", distinct=True))
    return {int(c["agent_id"]): int(c["nombre"]) for c in comptes if c["agent_id"]}


def secteurs(lues: Sequence[ChargeLue], retards: dict[int, int]) -> list[Secteur]:
    """Les portefeuilles par secteur, le plus chargé d'abord."""
    par_secteur: dict[str, list[ChargeLue]] = defaultdict(list)
    for lue in lues:
        par_secteur[lue.secteur or SANS_SECTEUR].append(lue)
    trouves = [_secteur(nom, liste, retards) for nom, liste in par_secteur.items()]
    return sorted(trouves, key=lambda s: (-s.charge / max(s.capacite, 1), s.nom))


def _total(lues: Sequence[ChargeLue], retards: dict[int, int]) -> Secteur:
    return _secteur("Ensemble", lues, retards)


def _secteur(nom: str, lues: Sequence[ChargeLue], retards: dict[int, int]) -> Secteur:
    return Secteur(
        nom=nom,
        referents=len(lues),
        absents=sum(c.est_absent or c.est_parti for c in lues),
        charge=sum(c.charge for c in lues),
        capacite=sum(c.capacite for c in lues),
        en_retard=sum(retards.get(c.agent_id, 0) for c in lues),
    )


def gain_de_poste(essai: EtSi) -> str:
    """Ce qu'un poste de plus changerait, en une phrase."""
    avant, apres = essai.avant, essai.apres
    dits = []
    gagnees = apres.affectees - avant.affectees
    if gagnees > 0:
        dits.append(f"{pluriel(gagnees, 'personne')} de plus à qui proposer un référent")
    if avant.minutes_moyennes is not None and apres.minutes_moyennes is not None:
        ecart = apres.minutes_moyennes - avant.minutes_moyennes
        if entieres(ecart):
            dits.append(f"{ecart_minutes(ecart)} de trajet en moyenne")
    if not dits:
        return "Ce poste ne changerait rien pour les personnes à confier aujourd'hui."
    return f"Avec ce poste : {', '.join(dits)}."
