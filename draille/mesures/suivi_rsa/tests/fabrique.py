"""Des fichiers mensuels faits à la main, intégrés pour de vrai, et ce que le journal en dit."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from draille.moteurs.flux.adaptateur import integrer, recevoir
from draille.moteurs.flux.models import FichierRecu
from draille.moteurs.flux.tests.fabrique import bloc, dossier, feuilles, fichier, personne
from draille.noyau.models import Commune
from draille.socle.acces import Acces

NIR = "2840343157{:03d}"


@dataclass(frozen=True, slots=True)
class Mois:
    """Un mois : sa fin (DTREF), la création du fichier et son heure."""

    reference: str
    cree_le: str
    cree_a: str = "01:18:36.0000"


JANVIER = Mois("2020-01-31", "2020-02-05")
FEVRIER = Mois("2020-02-29", "2020-03-05")
MARS = Mois("2020-03-31", "2020-04-05")


def adulte(
    rang: int = 1,
    *,
    role: str = "DEM",
    est_soumis: bool = True,
    rattachee_le: str = "2015-05-15",
    **champs: Any,
) -> str:
    """Une personne adulte ; `rang` fait son NIR et son nom."""
    identite = {"NIR": NIR.format(rang), "NOM": f"NOM{rang}", "NOMNAI": f"NOM{rang}", **champs}
    texte = personne(role, **identite)
    texte = texte.replace("2015-05-15", rattachee_le)
    return texte.replace(
        "<TOPPERSDRODEVORSA>1<", f"<TOPPERSDRODEVORSA>{'1' if est_soumis else '0'}<"
    )


def foyer(
    numero: int = 1, *personnes: str, etat: str = "2", suite_etat: str = "", **champs: Any
) -> str:
    """Un dossier ; sans personne donnée, un demandeur qui porte son numéro."""
    corps = "".join(personnes) or adulte(numero)
    avant = champs.pop("mutation_le", None)
    texte = dossier(numero, personnes=corps, etat=etat, suite_etat=suite_etat, **champs)
    if etat != "2":
        debut, fin = texte.index("<MontantsCalculDroitRSA>"), texte.index("</DetailDroitRSA>")
        texte = texte[:debut] + texte[fin:]
    if avant:
        cedant = {"FONORGCEDMUT": "CAF", "NUMORGCEDMUT": "071", "DDARRMUT": avant}
        bloc_cedant = bloc("OrganismeCedant", feuilles(cedant))
        texte = texte.replace("</IdentificationRSA>", f"{bloc_cedant}</IdentificationRSA>", 1)
    return texte


def clos(motif: str = "ECH", le: str = "2020-02-01") -> dict[str, str]:
    """Ce qui fait d'un dossier un dossier clos."""
    fin = bloc("FinDroit", feuilles({"MOTICLORSA": motif, "DTCLORSA": le}))
    return {"etat": "5", "suite_etat": fin}


def suspendu(le: str = "2020-02-01", motif: str = "06") -> dict[str, str]:
    """Ce qui fait d'un dossier un dossier au versement suspendu."""
    bloc_s = bloc("SuspensionVersement", feuilles({"MOTISUSVERSRSA": motif, "DDSUSVERSRSA": le}))
    return {"etat": "4", "suite_etat": bloc_s}


def contenu(mois: Mois, *dossiers: str, annonces: int | None = None) -> bytes:
    """Le fichier de ce mois."""
    octets = fichier(dossiers, annonces=annonces, reference=mois.reference)
    octets = octets.replace(b"2020-11-05", mois.cree_le.encode())
    return octets.replace(b"01:18:36.0000", mois.cree_a.encode())


def prendre(par: Acces, octets: bytes, *, nom: str = "flux.xml") -> FichierRecu:
    """Reçoit et intègre ces octets."""
    le = date(2020, 10, 31)
    recu = recevoir(source=io.BytesIO(octets), nom=nom, par=par, le=le)
    return integrer(fichier=recu, par=par, le=le)


def mois(par: Acces, quand: Mois, *dossiers: str) -> FichierRecu:
    """Le fichier de ce mois, intégré."""
    return prendre(par, contenu(quand, *dossiers))


def communes() -> None:
    """Les communes que nomment les dossiers."""
    for code, nom in (("43157", "Le Puy-en-Velay"), ("43040", "Brioude")):
        Commune.objects.get_or_create(code_insee=code, defaults={"nom": nom})


def journal(code: str = "") -> list[tuple[str, str, str]]:
    """(acte, nom de la personne, catégorie ou motif) des lignes de suivi, dans l'ordre."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT replace(j.code, 'suivi_rsa.', ''), p.nom_naissance,"
            " coalesce(j.charge ->> 'categorie', j.charge ->> 'motif', '')"
            " FROM noyau_lignejournal j JOIN noyau_personne p ON p.id = j.personne_id"
            " WHERE j.code LIKE 'suivi_rsa.%%' AND j.code LIKE %s ORDER BY j.id",
            [f"%{code}"],
        )
        return list(curseur.fetchall())


def actes(*, sauf: str = "reprendre") -> list[tuple[str, str, str]]:
    """Le journal de suivi, sans le stock."""
    return [ligne for ligne in journal() if ligne[0] != sauf]
