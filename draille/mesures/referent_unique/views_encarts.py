"""Ce que la mesure montre hors de ses pages : au dossier d'une personne, sur « Ma journée »."""

from datetime import date

from draille.ecrans.panneaux import Donnees, Panneau, Tuile
from draille.mesures.referent_unique import lectures
from draille.mesures.referent_unique.acces import ACCES
from draille.mesures.referent_unique.models import Calcul, Demande
from draille.mesures.referent_unique.views_commun import NOMINATIFS
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces, Compartiment, cle

_OUVERTES = 5


def _panneau(personne: Personne, acces: Acces, le: date) -> Donnees:
    """Le référent unique, celui de parcours, l'histoire. Nombre de requêtes constant."""
    nominatif = acces.parmi(NOMINATIFS)
    if not nominatif.voit(cle(compartiment=Compartiment.INSERTION, commune_id=personne.commune_id)):
        return None
    passages = lectures.historique(personne_id=personne.pk, acces=nominatif)
    demande = (
        Demande.objects.visibles(nominatif)
        .filter(personne=personne, statut=Demande.Statut.A_CONFIER)
        .first()
    )
    if not passages and demande is None:
        return None
    en_cours = {p.nature: p for p in reversed(passages) if p.fin is None}
    return {
        "personne_id": personne.pk,
        "unique": en_cours.get(Referent.Nature.UNIQUE),
        "de_parcours": en_cours.get(Referent.Nature.PARCOURS),
        "anciens": [p for p in passages if p.fin is not None],
        "demande": demande,
        "peut_designer": ACCES["designer"](acces),
    }


def _tuile(acces: Acces, le: date) -> Donnees:
    """Ce qui attend une relecture et qui attend un référent."""
    nominatif = acces.parmi(NOMINATIFS)
    attente = lectures.a_confier(acces=nominatif, le=le)
    a_relire = next(
        (
            c.a_relire
            for c in lectures.calculs(acces=nominatif, limite=_OUVERTES)
            if c.nature == Calcul.Nature.SEMAINE and c.statut == Calcul.Statut.PROPOSE
        ),
        0,
    )
    if not attente and not a_relire:
        return None
    return {
        "a_relire": a_relire,
        "attente": len(attente),
        "plus_ancienne": max((d.attente_jours for d in attente), default=0),
    }


PANNEAUX = (
    Panneau(
        code="referent_unique.referent",
        titre="Référent",
        predicat=ACCES["voir_file"],
        gabarit="referent_unique/panneau.html",
        contexte=_panneau,
        rang=20,
    ),
)
TUILES = (
    Tuile(
        code="referent_unique.attente",
        titre="Personnes à confier à un référent",
        predicat=ACCES["voir_propositions"],
        gabarit="referent_unique/tuile.html",
        contexte=_tuile,
        rang=30,
    ),
)
