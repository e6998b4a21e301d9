"""Le référent d'une personne : qui la suit, qui l'a suivie, désigner, changer, annoncer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.referent_unique import actes, lectures
from draille.mesures.referent_unique import forms as formulaires
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.lectures import Passage
from draille.mesures.referent_unique.models import Demande, LigneCalcul
from draille.mesures.referent_unique.views_commun import executer, nominatif
from draille.mesures.referent_unique.views_possibles import Possible, possibles
from draille.moteurs.delais import registre as delais
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import ouvrir
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Compartiment, cle

_CHAMPS = {
    "referent_unique.motif_absent": "precision",
    "referent_unique.motif_inconnu": "motif",
    **{
        code: "agent"
        for code in (
            "referent_unique.agent_inconnu",
            "referent_unique.non_habilite",
            "referent_unique.meme_referent",
            "referent.quota",
            "referent.absence",
        )
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Ce que la page sait de la personne. `designees` : en cours d'abord."""

    personne: Personne
    passages: tuple[Passage, ...]
    demande: Demande | None
    ligne_id: int | None
    possibles: tuple[Possible, ...] = ()

    @property
    def sans_reserve(self) -> list[Possible]:
        """Ceux qui suivent cette orientation dans ce secteur."""
        return [p for p in self.possibles if not p.reserve]

    @property
    def a_reserve(self) -> list[Possible]:
        """Les autres, que l'agent peut choisir en connaissance de cause."""
        return [p for p in self.possibles if p.reserve]

    def en_cours(self, nature: str) -> Passage | None:
        """La désignation en cours de cette nature."""
        return next((p for p in self.passages if p.nature == nature and p.fin is None), None)

    @property
    def unique(self) -> Passage | None:
        """Le référent unique en cours."""
        return self.en_cours(Referent.Nature.UNIQUE)

    @property
    def de_parcours(self) -> Passage | None:
        """Le référent de parcours en cours."""
        return self.en_cours(Referent.Nature.PARCOURS)


Fabrique = Callable[[Mapping[str, Any] | None, Dossier, date], forms.Form]


@dataclass(frozen=True, slots=True, kw_only=True)
class Geste:
    """Un acte tel que la page le propose. `droit` : la clé de la carte des accès."""

    code: str
    droit: str
    titre: str
    bouton: str
    fait: str
    fabrique: Fabrique
    executer: Callable[[Any, Dossier, Acces, date], object]
    est_permis: Callable[[Dossier], bool]
    a_possibles: bool = False
    a_apercu: bool = False


def _choix(dossier: Dossier) -> list[tuple[str, str]]:
    return [(str(p.agent_id), p.agent) for p in dossier.possibles]


def _motifs(le: date) -> list[tuple[str, str]]:
    return [(m, m[:1].upper() + m[1:]) for m in lectures.motifs_changement(le=le)]


GESTES = {
    g.code: g
    for g in (
        Geste(
            code="designer",
            droit="designer",
            titre="Désigner un référent",
            bouton="Désigner",
            fait="Le référent est désigné. La lettre est prête si la personne a une adresse.",
            fabrique=lambda d, x, le: formulaires.Designer(d, possibles=_choix(x)),
            executer=lambda f, x, par, le: actes.designer_a_la_main(
                personne_id=x.personne.pk,
                agent_id=int(f.cleaned_data["agent"]),
                motif=f.cleaned_data["motif"],
                par=par,
                le=le,
            ),
            est_permis=lambda x: x.unique is None,
            a_possibles=True,
        ),
        Geste(
            code="changer",
            droit="designer",
            titre="Changer de référent",
            bouton="Voir ce qui change de mains",
            fait="Le référent a changé. Ce qui était ouvert est passé au nouveau.",
            fabrique=lambda d, x, le: formulaires.Passation(
                d, possibles=_choix(x), motifs=_motifs(le)
            ),
            executer=lambda f, x, par, le: actes.changer_referent(
                personne_id=x.personne.pk,
                agent_id=int(f.cleaned_data["agent"]),
                motif=f.cleaned_data["motif"],
                precision=f.cleaned_data["precision"],
                par=par,
                le=le,
            ),
            est_permis=lambda x: x.unique is not None,
            a_possibles=True,
            a_apercu=True,
        ),
        Geste(
            code="parcours",
            droit="designer",
            titre="Noter le référent de parcours choisi",
            bouton="Enregistrer ce choix",
            fait="Le référent de parcours est noté.",
            fabrique=lambda d, x, le: formulaires.Parcours(
                d, agents=[(str(pk), nom) for pk, nom in lectures.agents_admis(le=le)]
            ),
            executer=lambda f, x, par, le: actes.choisir_referent_de_parcours(
                personne_id=x.personne.pk, agent_id=int(f.cleaned_data["agent"]), par=par, le=le
            ),
            est_permis=lambda x: True,
        ),
        Geste(
            code="mobilite",
            droit="preciser_mobilite",
            titre="Préciser ses moyens de se déplacer",
            bouton="Enregistrer",
            fait="C'est noté : la prochaine proposition en tiendra compte.",
            fabrique=lambda d, x, le: formulaires.Mobilite(
                d, actuelle=x.demande.mobilite if x.demande else ""
            ),
            executer=lambda f, x, par, le: actes.preciser_mobilite(
                demande_id=x.demande.pk if x.demande else 0,
                mobilite=f.cleaned_data["mobilite"],
                par=par,
                le=le,
            ),
            est_permis=lambda x: x.demande is not None,
        ),
        Geste(
            code="liberer",
            droit="designer",
            titre="Mettre fin à l'accompagnement",
            bouton="Mettre fin",
            fait="L'accompagnement est terminé ; il reste dans l'historique.",
            fabrique=lambda d, x, le: formulaires.Liberer(d),
            executer=lambda f, x, par, le: actes.liberer(
                personne_id=x.personne.pk, motif=f.cleaned_data["precision"], par=par, le=le
            ),
            est_permis=lambda x: x.unique is not None,
        ),
        Geste(
            code="annoncer",
            droit="annoncer",
            titre="Annoncer la désignation",
            bouton="Préparer la lettre",
            fait="Le message est prêt à partir.",
            fabrique=lambda d, x, le: formulaires.Annoncer(d),
            executer=lambda f, x, par, le: actes.annoncer(
                designation_id=(x.unique.designation_id or 0) if x.unique else 0, par=par, le=le
            ),
            est_permis=lambda x: bool(
                x.unique and x.unique.designation_id and x.unique.annoncee_le is None
            ),
        ),
    )
}


@exige(ACCES["voir_file"])
@ecrit("GET", "HEAD")
def personne(request: HttpRequest, pk: int) -> HttpResponse:
    """La page du référent d'une personne. Écrit la consultation (CASF L262-44)."""
    dossier = _lire(request, pk)
    consulter(
        personne=dossier.personne,
        page="referent_unique",
        compartiment=Compartiment.INSERTION,
        par=acces_de(request),
    )
    return _rendre(request, dossier)


@exige(ACCES["voir_file"])
@ecrit("POST")
def acte(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Un acte : son formulaire, l'aperçu de ce qui change de mains, puis l'envoi confirmé."""
    geste = GESTES.get(code)
    if geste is None:
        raise Http404
    exige(ACCES[geste.droit])(lambda r: HttpResponse())(request)
    le = date_de(request)
    dossier = _lire(request, pk, avec_possibles=geste.a_possibles)
    if not geste.est_permis(dossier):
        messages.warning(request, "Cet acte n'est pas possible dans l'état du dossier.")
        return redirect("referents_personne", pk=pk)
    formulaire = geste.fabrique(request.POST if request.method == "POST" else None, dossier, le)
    if not formulaire.is_valid():
        return _rendre(request, dossier, geste=geste, formulaire=formulaire)
    if geste.a_apercu and not request.POST.get("confirme"):
        return _apercu(request, dossier, geste, formulaire)
    fait = executer(
        lambda: geste.executer(formulaire, dossier, acces_de(request), le),
        formulaire=formulaire,
        champs=_CHAMPS,
    )
    if fait is None:
        return _rendre(request, dossier, geste=geste, formulaire=formulaire)
    messages.success(request, geste.fait)
    return redirect("referents_personne", pk=pk)


def _apercu(
    request: HttpRequest, dossier: Dossier, geste: Geste, formulaire: forms.Form
) -> HttpResponse:
    """Ce qui change de mains, avant de confirmer."""
    le = date_de(request)
    echeances, rendez_vous = lectures.a_transmettre(
        personne_id=dossier.personne.pk, acces=nominatif(request), le=le
    )
    choisi = int(formulaire.cleaned_data["agent"])
    contexte = {
        "personne": dossier.personne,
        "de": dossier.unique,
        "vers": next(p for p in dossier.possibles if p.agent_id == choisi),
        "formulaire": formulaire,
        "echeances": [
            {
                "lue": e,
                "delai": _nom(e.code),
                "jours": (e.avant_le - le).days if e.avant_le else None,
            }
            for e in echeances
        ],
        "rendez_vous": rendez_vous,
        "url": reverse("referents_personne_acte", args=[dossier.personne.pk, geste.code]),
    }
    return render(request, "referent_unique/passation.html", contexte)


def _nom(code: str) -> str:
    try:
        return delais.delai(code).libelle
    except KeyError:
        return code


def _lire(request: HttpRequest, pk: int, *, avec_possibles: bool = False) -> Dossier:
    acces, le = nominatif(request), date_de(request)
    lue = ouvrir(personne_id=pk, acces=acces)
    # La connaître par un autre métier ne suffit pas : cette page est de l'insertion.
    if lue is None or not acces.voit(
        cle(compartiment=Compartiment.INSERTION, commune_id=lue.commune_id)
    ):
        raise Http404
    passages = tuple(lectures.historique(personne_id=pk, acces=acces))
    demande = (
        Demande.objects.visibles(acces)
        .filter(personne_id=pk, statut=Demande.Statut.A_CONFIER)
        .first()
    )
    dossier = Dossier(
        personne=lue,
        passages=passages,
        demande=demande,
        ligne_id=_ligne(demande, acces),
    )
    if not avec_possibles:
        return dossier
    actuel = dossier.unique
    trouves = possibles(personne=lue, acces=acces, le=le, sauf=actuel.agent_id if actuel else None)
    return Dossier(
        personne=lue,
        passages=passages,
        demande=demande,
        ligne_id=dossier.ligne_id,
        possibles=trouves,
    )


def _ligne(demande: Demande | None, acces: Acces) -> int | None:
    """La ligne à relire qui propose déjà un référent à cette personne."""
    if demande is None:
        return None
    return (
        LigneCalcul.objects.visibles(acces)
        .filter(demande=demande, decision=LigneCalcul.Decision.A_RELIRE, calcul__statut="propose")
        .values_list("pk", flat=True)
        .first()
    )


def _rendre(
    request: HttpRequest,
    dossier: Dossier,
    *,
    geste: Geste | None = None,
    formulaire: forms.Form | None = None,
) -> HttpResponse:
    acces = acces_de(request)
    contexte = {
        "dossier": dossier,
        "personne": dossier.personne,
        "passages": dossier.passages,
        "geste": geste,
        "formulaire": formulaire,
        "gestes": [
            {
                "titre": g.titre,
                "url": reverse("referents_personne_acte", args=[dossier.personne.pk, g.code]),
            }
            for g in GESTES.values()
            if ACCES[g.droit](acces) and g.est_permis(dossier) and g is not geste
        ],
        "peut_relire": ACCES["relire"](acces),
        "url_personne": url_personne(dossier.personne.pk),
    }
    return render(request, "referent_unique/personne.html", contexte)
