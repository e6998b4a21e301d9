"""La fiche individuelle d'explication : ce que le calcul a fait pour une personne, et ses recours.

CRPA R311-3-1-2 : le degré et le mode de contribution du calcul, les données et leurs sources, les
paramètres et leurs poids appliqués à la situation de la personne, les opérations effectuées.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de, url_personne
from draille.mesures.referent_unique import lectures
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.lectures import Fiche, LigneLue, PageAlgorithme
from draille.mesures.referent_unique.models import LigneCalcul
from draille.mesures.referent_unique.templatetags.affectation import minutes
from draille.mesures.referent_unique.views_commun import lire_ou_404, nominatif
from draille.noyau.organisation.models import Organisation
from draille.noyau.personne.actes import consulter
from draille.noyau.personne.lectures import ouvrir
from draille.socle.acces import Compartiment
from draille.socle.pdf import composer
from draille.socle.texte import date_moyenne

GABARIT = Path(__file__).parent / "templates" / "referent_unique" / "fiche.typ"
AUTRES_MONTRES = 5
MODE = (
    "Chaque semaine, un calcul propose un référent à chaque personne orientée, en comparant toutes "
    "les répartitions possibles. Il ne décide rien : un agent nommé lit la proposition, l'accepte, "
    "la change ou l'écarte."
)


@dataclass(frozen=True, slots=True)
class Section:
    """Une partie de la fiche, à l'écran comme dans le PDF ; `lignes` : les rangs d'un tableau."""

    titre: str
    phrases: tuple[str, ...] = ()
    entetes: tuple[str, ...] = ()
    lignes: tuple[tuple[str, ...], ...] = ()

    @property
    def donnees(self) -> dict[str, Any]:
        """Ce que le gabarit du PDF attend."""
        return {
            "titre": self.titre,
            "phrases": list(self.phrases),
            "entetes": list(self.entetes),
            "lignes": [list(rang) for rang in self.lignes],
        }


@exige(ACCES["voir_file"])
@ecrit("GET", "HEAD")
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche à l'écran. Écrit la consultation."""
    lue = _lire(request, pk)
    contexte = {
        "fiche": lue,
        "ligne": lue.ligne,
        "calcul": lue.calcul,
        "sections": sections(lue, algorithme=lectures.page_algorithme(le=date_de(request))),
        "identite": identite(lue.ligne),
        "reference": reference(lue),
        "url_personne": url_personne(lue.ligne.personne_id),
    }
    return render(request, "referent_unique/fiche.html", contexte)


@exige(ACCES["voir_file"])
@ecrit("GET", "HEAD")
def fiche_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """La même fiche en PDF/UA, à remettre à la personne. Écrit la consultation."""
    lue, le = _lire(request, pk), date_de(request)
    departement = Organisation.objects.filter(est_departement=True).first()
    donnees = {
        "titre": TITRE,
        "departement": departement.nom if departement else "",
        "reference": reference(lue),
        "identite": [list(couple) for couple in identite(lue.ligne)],
        "mention": lue.mention,
        "sections": [s.donnees for s in sections(lue, algorithme=lectures.page_algorithme(le=le))],
    }
    reponse = HttpResponse(
        composer(gabarit=GABARIT, donnees=donnees, instant=datetime.combine(le, time(), UTC)),
        content_type="application/pdf",
    )
    # Le nom du fichier ne dit personne : il traîne dans les téléchargements.
    reponse["Content-Disposition"] = f'attachment; filename="explication_{lue.ligne.id}.pdf"'
    return reponse


TITRE = "Comment un référent a été proposé"


def _lire(request: HttpRequest, pk: int) -> Fiche:
    acces = nominatif(request)
    lue = lire_ou_404(lambda: lectures.fiche(ligne_id=pk, acces=acces))
    personne = ouvrir(personne_id=lue.ligne.personne_id, acces=acces)
    if personne is not None:
        consulter(
            personne=personne,
            page="fiche_referent",
            compartiment=Compartiment.INSERTION,
            par=acces_de(request),
        )
    return lue


def reference(lue: Fiche) -> str:
    """De quoi retrouver et refaire le calcul : son numéro, son jour, le début de son empreinte."""
    jour = date_moyenne(lue.calcul.fait_le)
    return f"Calcul {lue.calcul.pk} du {jour}, empreinte {lue.calcul.empreinte[:12]}"


def identite(ligne: LigneLue) -> tuple[tuple[str, str], ...]:
    """Qui, quoi, quand : l'en-tête de la fiche."""
    propose = ligne.agent or "aucun"
    if ligne.bureau:
        propose = f"{propose}, {ligne.bureau}"
    return (
        ("Personne", ligne.nom_complet),
        ("Orientation", f"{ligne.orientation_libelle}, le {date_moyenne(ligne.orientee_le)}"),
        ("Référent proposé par le calcul", propose),
        ("Décision", decision(ligne)),
    )


def decision(ligne: LigneLue) -> str:
    """Ce qu'un agent a décidé de la ligne, en une phrase.

    Sans son motif : il reste au dossier, parce qu'il peut parler de quelqu'un d'autre.
    """
    if ligne.decision == LigneCalcul.Decision.A_RELIRE or ligne.relue_le is None:
        return "aucune : un agent doit encore la relire"
    dit = {
        LigneCalcul.Decision.ACCEPTEE: "proposition acceptée",
        LigneCalcul.Decision.CHANGEE: f"un autre référent choisi, {ligne.retenu}",
        LigneCalcul.Decision.ECARTEE: "proposition écartée",
    }[LigneCalcul.Decision(ligne.decision)]
    return f"{dit}, par {ligne.relue_par}, le {date_moyenne(ligne.relue_le)}"


def sections(lue: Fiche, *, algorithme: PageAlgorithme) -> Sequence[Section]:
    """Les parties de la fiche, dans l'ordre de l'article R311-3-1-2."""
    parametres = tuple((p.libelle, _valeur(p)) for p in lue.parametres)
    return (
        Section("Ce que le calcul a fait, et ce qu'il n'a pas fait", (MODE, lue.poids)),
        Section(
            "Les données employées, et leur source",
            entetes=("Donnée", "Valeur", "Source"),
            lignes=tuple(tuple(d) for d in lue.donnees),
        ),
        Section(
            "Les paramètres et leurs poids, le jour du calcul",
            entetes=("Paramètre", "Valeur"),
            lignes=parametres,
        ),
        Section(
            "Les opérations effectuées",
            entetes=("Opération", "Résultat"),
            lignes=tuple(tuple(o) for o in lue.operations),
        ),
        _autres(lue),
        Section("Demander qu'une personne revoie ce choix", (algorithme.recours,)),
    )


def _autres(lue: Fiche) -> Section:
    possibles = [a for a in lue.alternatives if not a.raison and a.agent_id != lue.ligne.agent_id][
        :AUTRES_MONTRES
    ]
    if not possibles:
        return Section("Les autres référents possibles", ("Aucun autre n'était possible.",))
    return Section(
        "Les autres référents possibles",
        ("Le surcoût compare la répartition proposée à celle où ce référent serait choisi.",),
        ("Référent", "Trajet", "Surcoût"),
        tuple(
            (f"{a.agent}, {a.bureau}", minutes(a.minutes), _surcout(a.surcout_minutes))
            for a in possibles
        ),
    )


def _surcout(dixiemes: int | None) -> str:
    return minutes(dixiemes) if dixiemes else "aucun"


def _valeur(parametre: lectures.ParametreLu) -> str:
    return f"{parametre.valeur} {parametre.unite}".strip()
