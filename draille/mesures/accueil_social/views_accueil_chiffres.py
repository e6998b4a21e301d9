"""Les chiffres des accueils : combien, comment, pour quoi, et ce que l'on a répondu. Sans nom."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from draille.ecrans.acces import exige
from draille.ecrans.graphiques import Ligne, Releve
from draille.ecrans.lecture_seule import ecrit
from draille.ecrans.requete import acces_de, date_de
from draille.mesures.accueil_social import lectures
from draille.mesures.accueil_social.acces import ACCES
from draille.mesures.accueil_social.forms_filtre import Periode
from draille.mesures.accueil_social.lectures import Mois, Part, Repartition
from draille.socle.texte import mois_annee, pourcent

_ABREGES = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


@exige(ACCES["voir_chiffres"])
@ecrit()
def chiffres(request: HttpRequest) -> HttpResponse:
    """Une période, un an par défaut : ses totaux, ses mois, ses répartitions."""
    le = date_de(request)
    formulaire = Periode(request.GET or None, debut=_un_an_avant(le), fin=le)
    debut, fin = formulaire.bornes
    lus = lectures.statistiques(acces=acces_de(request), debut=debut, fin=fin)
    contexte = {
        "debut": debut,
        "fin": fin,
        "lus": lus,
        "cles": _cles(lus),
        "releves": _releves(lus.mois),
        "mois": [(mois_annee(m.mois), m) for m in reversed(lus.mois)],
        # La plus courte en dernier : côte à côte, les autres sont de même hauteur.
        "repartitions": [
            (r, _lignes(r)) for r in sorted(lus.repartitions, key=_est_courte) if r.parts
        ],
    }
    return render(request, "accueil_social/chiffres.html", contexte)


def _est_courte(repartition: Repartition) -> bool:
    return repartition.code == "venue"


def _un_an_avant(le: date) -> date:
    """Le premier du mois suivant, un an plus tôt : douze mois, celui du jour compris."""
    annee, mois = divmod(le.year * 12 + le.month - 12, 12)
    return date(annee, mois + 1, 1)


def _cles(lus: lectures.Statistiques) -> list[tuple[str, int | None, str]]:
    """Les chiffres de tête : leur nom, leur valeur (nulle : tue), ce qu'ils comptent."""
    return [
        ("Accueils", lus.accueils, "chaque fois qu'une personne est reçue"),
        ("Personnes reçues", lus.personnes, "distinctes, hors anonymes"),
        ("Accueils anonymes", lus.anonymes, "personne n'a eu à dire son nom"),
        ("Premiers contacts", lus.premiers_contacts, "calculés : jamais reçues auparavant"),
        ("Orientations suivies", lus.orientations, "vers un partenaire ou un lieu"),
        (
            "Orientations répondues",
            lus.orientations_repondues,
            "le partenaire a dit ce qu'il en est",
        ),
    ]


def _releves(mois: Sequence[Mois]) -> list[Releve]:
    """Les colonnes du dessin ; aucune si un effectif est tu : un zéro dessiné serait faux."""
    connus = [
        Releve(
            f"{_ABREGES[m.mois.month - 1]} {m.mois.year % 100:02d}",
            m.accueils,
            taux=Decimal(m.anonymes) / m.accueils if m.accueils else None,
        )
        for m in mois
        if m.accueils is not None and m.anonymes is not None
    ]
    return connus if len(connus) == len(mois) else []


def _lignes(repartition: Repartition) -> list[Ligne]:
    """Les barres, la plus longue d'abord ; aucune si un effectif est tu : la table le dira."""
    connues = [(p, p.nombre) for p in repartition.parts if p.nombre is not None]
    if len(connues) < len(repartition.parts):
        return []
    connues.sort(key=lambda c: (-c[1], c[0].libelle))
    return [Ligne(_dit(p), (nombre,)) for p, nombre in connues if nombre]


def _dit(part: Part) -> str:
    return f"{part.libelle} ({pourcent(part.part)})" if part.part is not None else part.libelle
