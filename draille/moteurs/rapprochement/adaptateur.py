"""Au guichet : les dossiers qui ressemblent à ce qu'un agent est en train de taper."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from draille.moteurs.rapprochement.adaptateur_fiches import fiche, seuils
from draille.moteurs.rapprochement.calcul.formes import Profil, chiffres_utiles
from draille.moteurs.rapprochement.calcul.poids import peser, raison
from draille.moteurs.rapprochement.calcul.types import (
    Fiche,
    Pesee,
    Raison,
    SaisieIdentite,
    Seuils,
    Zone,
)
from draille.moteurs.rapprochement.calcul.zones import classer
from draille.noyau.personne.lectures import charger
from draille.noyau.personne.models import Personne
from draille.socle.acces import ROLES_NOMINATIFS, Acces

__all__ = ["Raison", "SaisieIdentite", "Suggestion", "Zone", "suggerer"]

CANDIDATES = 30
LETTRES_MIN = 2
# L'identifiant de la saisie, qui n'en a pas : aucune personne ne le porte.
_SAISIE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Un dossier qui ressemble à la saisie : sa zone, son poids entier, et pourquoi."""

    personne: Personne
    zone: Zone
    poids: int
    raisons: tuple[Raison, ...]


# Chaque branche résiste à une faute : le nom mal écrit, la naissance fausse, le nom changé. Les
# droits du lecteur s'appliquent dans la fonction de recherche et par le mur.
_CANDIDATES = """
SELECT DISTINCT personne_id FROM (
  (SELECT personne_id FROM draille_rechercher(%(texte)s, NULL, true, %(limite)s))
  UNION ALL
  (SELECT personne_id FROM draille_rechercher('', daterange(%(debut)s, %(fin)s), false, %(limite)s)
   WHERE %(est_jour)s)
  UNION ALL
  (SELECT personne_id FROM draille_rechercher(%(prenom)s, daterange(%(debut)s, %(fin)s), true,
    %(limite)s) WHERE %(debut)s::date IS NOT NULL AND %(prenom)s <> '')
  UNION ALL
  (SELECT coalesce(fusionnee_dans_id, id) FROM noyau_personne
   WHERE telephone = ANY(%(telephones)s) AND telephone <> '' LIMIT %(limite)s)
  UNION ALL
  (SELECT coalesce(fusionnee_dans_id, id) FROM noyau_personne
   WHERE courriel = %(courriel)s AND courriel <> '' LIMIT %(limite)s)
) c
"""


def suggerer(
    *, saisie: SaisieIdentite, acces: Acces, le: date, limite: int = 5
) -> list[Suggestion]:
    """Les dossiers ressemblants que cet accès ouvre, les plus proches d'abord.

    Trois requêtes au plus, sous les droits du contexte ouvert ; rien si la saisie ne dit rien. Un
    dossier absorbé ne se propose pas : celui qui le continue paraît à sa place. Lève
    `ErreurParametre` si les seuils manquent à cette date.
    """
    candidates = _candidates(saisie)
    if not candidates:
        return []
    lecteur = acces.parmi(ROLES_NOMINATIFS)
    personnes = charger(ids=candidates, acces=lecteur)
    if not personnes:
        return []
    absorbees = Personne.objects.visibles(lecteur).filter(fusionnee_dans__in=personnes)
    return _classees(saisie, [*personnes, *absorbees], seuils(le))[:limite]


def _candidates(saisie: SaisieIdentite) -> list[int]:
    nom, prenom = saisie.nom.strip(), saisie.prenom.strip()
    texte = f"{nom} {(prenom.replace('-', ' ').split() or [''])[0]}".strip()
    telephones = _ecritures(chiffres_utiles(saisie.telephone))
    courriel = saisie.courriel.strip()
    if len(texte) < LETTRES_MIN and not (saisie.naissance_le or telephones or courriel):
        return []
    debut, fin = _periode(saisie)
    parametres = {
        "texte": texte,
        "prenom": prenom,
        "debut": debut,
        "fin": fin,
        "est_jour": debut is not None and saisie.naissance_precision == "N",
        "telephones": telephones,
        "courriel": courriel,
        "limite": CANDIDATES,
    }
    with connection.cursor() as curseur:
        curseur.execute(_CANDIDATES, parametres)
        return [ligne[0] for ligne in curseur.fetchall()]


def _periode(saisie: SaisieIdentite) -> tuple[date | None, date | None]:
    """La naissance saisie, en période semi-ouverte d'un jour, d'un mois ou d'un an."""
    jour = saisie.naissance_le
    if jour is None:
        return None, None
    if saisie.naissance_precision == "O":
        return date(jour.year, 1, 1), date(jour.year + 1, 1, 1)
    if saisie.naissance_precision == "J":
        suivant = date(jour.year + jour.month // 12, jour.month % 12 + 1, 1)
        return jour.replace(day=1), suivant
    return jour, date.fromordinal(jour.toordinal() + 1)


def _ecritures(chiffres: str) -> list[str]:
    """Les façons dont un numéro s'écrit en base : la comparaison peut alors suivre un index."""
    if not chiffres:
        return []
    national = "0" + chiffres
    paires = [national[i : i + 2] for i in range(0, 10, 2)]
    return [national, *(s.join(paires) for s in (" ", ".", "-")), "+33" + chiffres]


def _classees(
    saisie: SaisieIdentite, personnes: list[Personne], bornes: Seuils
) -> list[Suggestion]:
    cherchee = Profil(
        Fiche(
            id=_SAISIE,
            nom_naissance=saisie.nom,
            prenom=saisie.prenom,
            naissance=saisie.naissance_le,
            precision=saisie.naissance_precision,
            telephone=saisie.telephone,
            courriel=saisie.courriel,
            commune=saisie.commune_id,
        )
    )
    # Un dossier se reconnaît aussi sous l'identité de ceux qu'il continue.
    meilleures: dict[int, Pesee] = {}
    for p in personnes:
        pesee = peser(cherchee, Profil(fiche(p)))
        garde = p.fusionnee_dans_id or p.pk
        if garde not in meilleures or meilleures[garde].poids < pesee.poids:
            meilleures[garde] = pesee
    pesees = [(_SAISIE, garde, pesee) for garde, pesee in meilleures.items()]
    par_id = {p.pk: p for p in personnes}
    return [
        Suggestion(
            personne=par_id[paire.seconde],
            zone=paire.zone,
            poids=paire.poids,
            raisons=tuple(raison(code) for code in paire.raisons),
        )
        for paire in classer(pesees, seuils=bornes)
        # Un nom à moitié tapé pèse peu et se montre ; ce qui se contredit, non.
        if paire.poids > 0
    ]
