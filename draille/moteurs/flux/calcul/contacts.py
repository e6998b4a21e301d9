"""Le fichier des contacts des CAF (CSV ou tableur) : téléphones et adresse par dossier."""

import json
from collections.abc import Iterator
from typing import IO, Any

from draille.moteurs.flux.calcul.correspondance import appliquer, proposer
from draille.moteurs.flux.calcul.enregistrements import Contact, Rejet
from draille.moteurs.flux.calcul.refus import refuser
from draille.moteurs.flux.calcul.tableur import lire_tableau

CLES = frozenset({"matricule", "nir"})
COORDONNEES = frozenset({"telephone", "telephone_2", "courriel"})


def lire_contacts(source: IO[bytes], *, nom: str) -> Iterator[Contact | Rejet]:
    """Rend un contact ou un rejet par ligne remplie, dans l'ordre.

    Le rapprochement se fait ensuite par `nir13` d'abord, sinon par `matricule`.
    Lève `FichierRefuse` (`colonnes_absentes`, `tableau_illisible`, `fichier_vide`…).
    """
    tableau = lire_tableau(source, nom)
    correspondance = {
        titre: champ
        for titre, champ in proposer(tableau.entetes).items()
        if champ in CLES | COORDONNEES
    }
    champs = set(correspondance.values())
    if not champs & CLES:
        raise refuser("colonnes_absentes", nom=nom, detail="MATRICULE ou NIR")
    if not champs & COORDONNEES:
        detail = "NUMERO TELEPHONE DOSSIER ou ADRESSE ELECTRONIQUE DOSSIER"
        raise refuser("colonnes_absentes", nom=nom, detail=detail)
    return (
        lue if isinstance(lue, Rejet) else _contact(rang, lue)
        for rang, lue in enumerate(appliquer(tableau, correspondance), 1)
    )


def _contact(rang: int, lue: dict[str, Any]) -> Contact | Rejet:
    ligne, matricule, nir13 = lue["ligne"], lue.get("matricule", ""), lue.get("nir")
    if not matricule and not nir13:
        motif = f"Ligne {ligne} : ni matricule ni NIR, ce contact ne peut être rattaché à personne."
        contenu = json.dumps(lue, ensure_ascii=False, default=str).encode()
        return Rejet(rang, ligne, "MATRICULE", "", motif, contenu, "champ_absent")
    numeros = (lue.get("telephone"), lue.get("telephone_2"))
    telephones = tuple(dict.fromkeys(numero for numero in numeros if numero))
    return Contact(ligne, matricule, nir13, telephones, lue.get("courriel") or "")
