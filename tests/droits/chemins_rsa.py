"""Les chemins de lecture des mesures RSA et des fichiers reçus."""

from datetime import date, timedelta

from draille.mesures.orientation_rsa import lectures
from draille.mesures.orientation_rsa import lectures_horloges as horloges
from draille.mesures.orientation_rsa.models import Diagnostic, Orientation, Suivi
from draille.mesures.orientation_rsa.regles import OUVERTS, Statut
from draille.noyau.echeance.models import Echeance
from draille.socle.refus import Refus
from tests.droits.chemins import CHEMINS, TOUS, Chemin, Lecteur
from tests.droits.oracle import DEPARTEMENT, Lieu

_O = "draille.mesures.orientation_rsa"
_PAGE = lectures.Page(taille=TOUS)


def _est_ouvert(suivi: Suivi) -> bool:
    return suivi.statut in {str(s) for s in OUVERTS}


def _ids_suivis(liste: lectures.ListeEntrants) -> set[int]:
    assert liste.total == len(liste.lignes)
    return {entrant.suivi.pk for entrant in liste.lignes}


def lieu_de(lecteur: Lecteur) -> Lieu:
    """Un territoire du monde, autre à chaque personne visée."""
    return lecteur.monde.lieux[lecteur.cible.id % len(lecteur.monde.lieux)]


def _sur_territoire(lecteur: Lecteur) -> set[int]:
    filtre = lectures.Filtre(statuts=tuple(Statut), territoire_id=lieu_de(lecteur).id)
    return _ids_suivis(
        lectures.nouveaux_entrants(acces=lecteur.acces, le=lecteur.le, filtre=filtre, page=_PAGE)
    )


def _attendre_territoire(lecteur: Lecteur) -> set[int]:
    lieu = lieu_de(lecteur)
    return {
        ligne.id
        for ligne in lecteur.ouvertes(Suivi)
        if lieu.nature == DEPARTEMENT
        or any(c == ligne.commune and p.contient(lecteur.le) for c, p in lieu.communes)
    }


def _suivi_cible(lecteur: Lecteur) -> int:
    lignes = [s for s in lecteur.monde.de(Suivi) if s.personne == lecteur.cible.id]
    return lignes[0].id if lignes else 0


def _lire_suivi(lecteur: Lecteur) -> int | None:
    try:
        return lectures.suivi(suivi_id=_suivi_cible(lecteur), acces=lecteur.acces).pk
    except Refus as refus:
        assert refus.code == "orientation_rsa.introuvable"
        return None


def _lire_dossier(lecteur: Lecteur) -> set[tuple[str, int]]:
    lus = set()
    for suivi in lectures.dossier(personne_id=lecteur.cible.id, acces=lecteur.acces, le=lecteur.le):
        lus.add(("suivi", suivi.suivi.pk))
        lus |= {("diagnostic", d.pk) for d in suivi.diagnostics}
        lus |= {("orientation", o.orientation.pk) for o in suivi.orientations}
    return lus


def _attendre_dossier(lecteur: Lecteur) -> set[tuple[str, int]]:
    return {
        (nom, pk)
        for nom, modele in (
            ("suivi", Suivi),
            ("diagnostic", Diagnostic),
            ("orientation", Orientation),
        )
        for pk in lecteur.ids(modele, personne=lecteur.cible.id)
    }


def _lire_charge(lecteur: Lecteur) -> tuple[int, int]:
    charges = lectures.charge_par_territoire(acces=lecteur.acces, le=lecteur.le)
    return (
        sum(c.a_rencontrer + c.a_orienter for c in charges),
        sum(c.en_retard for c in charges),
    )


def _est_en_retard(le: date):
    return lambda e: e.code == horloges.CONVENTION and e.fermee_le is None and e.avant_le < le


def _proches_ou_en_retard(lecteur: Lecteur) -> set[int]:
    liste = lectures.nouveaux_entrants(
        acces=lecteur.acces,
        le=lecteur.le,
        filtre=lectures.Filtre(statuts=tuple(Statut), horloge="en_retard"),
        page=_PAGE,
    )
    return _ids_suivis(liste)


def _attendre_en_retard(lecteur: Lecteur) -> set[int]:
    en_retard = {e.personne for e in lecteur.ouvertes(Echeance, _est_en_retard(lecteur.le))}
    return {s.id for s in lecteur.ouvertes(Suivi) if s.personne in en_retard}


CHEMINS |= {
    "orientation:entrants": Chemin(
        lambda lecteur: _ids_suivis(
            lectures.nouveaux_entrants(acces=lecteur.acces, le=lecteur.le, page=_PAGE)
        ),
        lambda lecteur: lecteur.ids(Suivi, _est_ouvert),
        (f"{_O}.lectures.nouveaux_entrants",),
    ),
    "orientation:entrants par territoire": Chemin(_sur_territoire, _attendre_territoire),
    "orientation:entrants en retard": Chemin(_proches_ou_en_retard, _attendre_en_retard),
    "orientation:entrants par nom": Chemin(
        lambda lecteur: _ids_suivis(
            lectures.nouveaux_entrants(
                acces=lecteur.acces,
                le=lecteur.le,
                filtre=lectures.Filtre(statuts=tuple(Statut), nom=lecteur.cible.marque),
                page=_PAGE,
            )
        ),
        lambda lecteur: lecteur.ids(Suivi, personne=lecteur.cible.id),
    ),
    "orientation:entrants choisis": Chemin(
        lambda lecteur: {
            e.suivi.pk
            for e in lectures.entrants_choisis(
                suivis=[s.id for s in lecteur.monde.de(Suivi)],
                acces=lecteur.acces,
                le=lecteur.le,
            )
        },
        lambda lecteur: lecteur.ids(Suivi),
        (f"{_O}.lectures.entrants_choisis",),
    ),
    "orientation:suivi": Chemin(
        _lire_suivi,
        lambda lecteur: next(iter(lecteur.ids(Suivi, personne=lecteur.cible.id)), None),
        (f"{_O}.lectures.suivi",),
    ),
    "orientation:dossier": Chemin(_lire_dossier, _attendre_dossier, (f"{_O}.lectures.dossier",)),
    "orientation:charge par territoire": Chemin(
        _lire_charge,
        lambda lecteur: (
            len(lecteur.ids(Suivi, _est_ouvert)),
            len(lecteur.ids(Echeance, _est_en_retard(lecteur.le))),
        ),
        (f"{_O}.lectures.charge_par_territoire",),
    ),
    "orientation:horloges": Chemin(
        lambda lecteur: set(
            horloges.horloges_de(
                entrees=[
                    lecteur.monde.details[(s.table, s.id)].entree_id
                    for s in lecteur.monde.de(Suivi)
                ],
                acces=lecteur.acces,
                le=lecteur.le + timedelta(days=1),
            )
        ),
        lambda lecteur: {
            lecteur.monde.details[(e.table, e.id)].objet_id
            for e in lecteur.ouvertes(Echeance, lambda e: e.objet_id is not None)
        },
        (f"{_O}.lectures_horloges.horloges_de",),
    ),
}
