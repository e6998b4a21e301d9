"""De quoi écrire un essai : des personnes, des entrées au journal, des agents habilités."""

from datetime import UTC, date, datetime
from functools import cache

from django.db import connection

from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.orientation_rsa.regles import (
    Activite,
    Frein,
    Niveau,
    Projection,
    Qualification,
    Reponses,
)
from draille.noyau.journal import registre
from draille.noyau.journal.actes import Sujet, consigner, consigner_lot
from draille.noyau.journal.models import LigneJournal
from draille.noyau.journal.registre import Lot
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune
from draille.socle import contexte
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale

ENTREE_LE = date(2020, 9, 5)
PRO = Reponses(
    activite=Activite.RECENTE, projection=Projection.OUI, qualification=Qualification.BAC
)
BLOQUEE = Reponses(
    activite=Activite.JAMAIS,
    projection=Projection.NON,
    qualification=Qualification.AUCUNE,
    freins={Frein.LOGEMENT: Niveau.FORT, Frein.MOBILITE: Niveau.FORT},
)


@cache
def _charge(code: str) -> type:
    """La charge que suivi_rsa déclare : les mesures ne se connaissent que par le journal."""
    return next(a.charge for a in registre.actes() if a.code == code)


def personne(nom: str = "Chalendar", commune: Commune | None = None) -> Personne:
    return Personne.objects.create(
        nom_naissance=nom,
        prenom="Élise",
        commune=commune,
        compartiments=[int(Compartiment.INSERTION)],
    )


def _sujet(p: Personne, entree_id: int) -> Sujet:
    return Sujet(
        compartiment=Compartiment.INSERTION,
        personne_id=p.pk,
        commune_id=p.commune_id,
        objet_id=entree_id,
    )


def entrer(
    p: Personne, par: Acces, le: date = ENTREE_LE, categorie: str = "primo_arrivant"
) -> LigneJournal:
    """L'entrée telle que suivi_rsa l'écrit ; son identifiant dit la personne et le mois."""
    entree_id = p.pk * 10_000 + le.year % 100 * 100 + le.month
    charge = _charge("suivi_rsa.entrer")(
        categorie=categorie,
        mois=le.replace(day=1),
        ouverture_le=le,
        organisme="CAF431",
        fichier_id=1,
    )
    return consigner(charge=charge, par=par, le=le, sujet=_sujet(p, entree_id))


def sortir(entree: LigneJournal, par: Acces, le: date) -> LigneJournal:
    p = Personne.objects.get(pk=entree.personne_id)
    charge = _charge("suivi_rsa.sortir")(motif="fin", mois=le.replace(day=1), fichier_id=2)
    return consigner(charge=charge, par=par, le=le, sujet=_sujet(p, entree.objet_id))


def rectifier(entree: LigneJournal, par: Acces, le: date) -> LigneJournal:
    p = Personne.objects.get(pk=entree.personne_id)
    charge = _charge("suivi_rsa.rectifier_sortie")(mois=le.replace(day=1), fichier_id=3)
    return consigner(charge=charge, par=par, le=le, sujet=_sujet(p, entree.objet_id))


def livrer(par: Acces, *, depuis: int = 0) -> None:
    """Livre à la mesure les lignes écrites ; `draille.noyau.journal.actes.livrer` attend, lui, la
    validation de la transaction, que l'essai ne fait pas."""
    (abonnement,) = (a for a in registre.abonnements(immediats=False) if a.nom == ABONNEMENT)
    abonnement.traiter(Lot(codes=abonnement.codes, debut=0, fin=2**62, premier_id=depuis), par)


ABONNEMENT = "orientation_rsa.suivre_les_droits"


def suivi_ouvert(
    par: Acces, *, le: date = ENTREE_LE, nom: str = "Chalendar", commune: Commune | None = None
) -> Suivi:
    """Une personne entrée, dont le suivi vient d'être ouvert."""
    ligne = entrer(personne(nom, commune), par, le)
    livrer(par, depuis=ligne.pk)
    return Suivi.objects.get(entree_id=ligne.objet_id)


def agent(*roles: Role, commune: Commune | None = None, agent_id: int | None = None) -> Acces:
    """Un agent de l'insertion, sur une commune ou sur tout le Département."""
    une = (
        cle(compartiment=Compartiment.INSERTION, commune_id=commune.pk)
        if commune
        else cle_generale(compartiment=Compartiment.INSERTION)
    )
    return Acces(
        agent_id=agent_id,
        organisation_id=None,
        nom="essai",
        cles_par_role={role: frozenset({une}) for role in roles},
    )


def au(le: date, par: Acces) -> None:
    """Fait de ce jour, midi, l'instant d'écriture de la suite."""
    contexte.poser(acces=par, instant=datetime(le.year, le.month, le.day, 12, tzinfo=UTC))


def entrer_en_nombre(nombre: int, par: Acces, *, le: date = ENTREE_LE) -> None:
    """Autant de personnes et d'entrées, en deux requêtes."""
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO noyau_personne (nom_naissance, nom_usage, prenom, prenoms_autres, sexe,"
            " naissance_precision, telephone, courriel, langue, est_joignable, compartiments)"
            " SELECT 'Nom' || i, '', 'Prénom', '', '', 'N', '', '', 'fr', true, '{2}'"
            " FROM generate_series(1, %s) i",
            [nombre],
        )
    consigner_lot(
        acte=_charge("suivi_rsa.entrer"),
        par=par,
        source="SELECT %(le)s::date AS le, p.id AS personne_id, p.id AS objet_id, 299999 AS"
        " cle_acces, jsonb_build_object('categorie', 'retour', 'mois', %(le)s::date,"
        " 'ouverture_le', %(le)s::date, 'organisme', 'CAF431', 'fichier_id', 1) AS charge"
        " FROM noyau_personne p",
        parametres={"le": le},
    )
