"""Faire correspondre les colonnes d'un tableau à des champs neutres, une fois par source."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from draille.moteurs.flux.calcul import cellules as t
from draille.moteurs.flux.calcul.enregistrements import Rejet
from draille.moteurs.flux.calcul.refus import refuser
from draille.moteurs.flux.calcul.tableur import Tableau, est_vide
from draille.socle.texte import normaliser

# Titre de colonne vers champ neutre : un simple dictionnaire, qui se garde en JSON.
Correspondance = dict[str, str]


class Champ(NamedTuple):
    """Un champ neutre : son libellé, sa conversion et les titres de colonne qu'on lui connaît."""

    libelle: str
    convertir: Callable[[Any], Any]
    synonymes: tuple[str, ...]


CHAMPS: dict[str, Champ] = {
    "matricule": Champ(
        "Matricule",
        t.en_matricule,
        (
            *("matricule", "numero allocataire", "n allocataire", "no allocataire", "num caf"),
            *("numero caf", "n caf", "numero caf msa", "n caf msa", "numero cafat", "allocataire"),
            *("matricule caf", "matricule caf msa", "matricule dossier", "affiliation number"),
        ),
    ),
    "nir": Champ(
        "NIR",
        t.en_nir13,
        (
            *("nir", "numero de securite sociale", "numero securite sociale", "n securite sociale"),
            *("n secu", "numero secu", "nss", "n ss", "num secu"),
        ),
    ),
    "nom_usage": Champ(
        "Nom d'usage", t.en_texte, ("nom", "nom d usage", "nom usage", "nom usuel", "nom marital")
    ),
    "nom_naissance": Champ(
        "Nom de naissance",
        t.en_texte,
        ("nom de naissance", "nom naissance", "nom de jeune fille", "nom de famille", "nomnai"),
    ),
    "prenom": Champ("Prénom", t.en_texte, ("prenom", "prenoms", "premier prenom")),
    "naissance_le": Champ(
        "Date de naissance",
        t.en_date,
        (
            *("date de naissance", "date naissance", "ne le", "nee le", "ne e le", "dtnai"),
            *("naissance", "date naiss", "ddn"),
        ),
    ),
    "sexe": Champ("Sexe ou civilité", t.en_sexe, ("sexe", "civilite", "genre", "titre", "civ")),
    "telephone": Champ(
        "Téléphone",
        t.en_telephone,
        (
            *("telephone", "tel", "numero de telephone", "numero telephone", "portable", "mobile"),
            *("numero telephone dossier", "telephone portable", "n telephone", "tel portable"),
        ),
    ),
    "telephone_2": Champ(
        "Second téléphone",
        t.en_telephone,
        (
            *("telephone 2", "tel 2", "numero telephone 2 dossier", "telephone fixe", "tel fixe"),
            *("autre telephone", "second telephone", "fixe"),
        ),
    ),
    "courriel": Champ(
        "Adresse électronique",
        t.en_courriel,
        (
            *("courriel", "email", "e mail", "mail", "adresse mail", "adresse email"),
            *("adresse electronique", "adresse electronique dossier", "adresse e mail"),
        ),
    ),
    "adresse": Champ(
        "Adresse", t.en_texte, ("adresse", "adresse postale", "voie", "rue", "adresse 1")
    ),
    "code_postal": Champ("Code postal", t.en_code_postal, ("code postal", "cp", "codepos")),
    "nom_commune": Champ(
        "Commune", t.en_texte, ("commune", "ville", "localite", "nom commune", "nomcom")
    ),
    "numcom": Champ(
        "Code INSEE de la commune",
        t.en_code_postal,
        ("code insee", "code commune", "insee", "numcom", "code insee commune"),
    ),
    "numero_demande": Champ(
        "Numéro de demande RSA",
        t.en_texte,
        ("numdemrsa", "numero de demande", "numero demande rsa", "n demande rsa"),
    ),
    "demande_le": Champ(
        "Date de demande",
        t.en_date,
        ("date de demande", "date demande rsa", "date de demande rsa", "dtdemrsa"),
    ),
    "ouverture_le": Champ(
        "Date d'ouverture du droit",
        t.en_date,
        (
            *("date d ouverture de droits", "date ouverture droits", "date d ouverture du droit"),
            *("date ouverture droit", "date d ouverture", "ouverture de droits"),
        ),
    ),
    "role": Champ("Rôle dans le foyer", t.en_texte, ("role", "role personne", "rolepers")),
    "id_pole_emploi": Champ(
        "Identifiant France Travail",
        t.en_texte,
        (
            *("identifiant pole emploi", "numero pole emploi", "identifiant france travail"),
            *("id pole emploi", "id france travail", "numero france travail", "idassedic"),
        ),
    ),
    "reference_interne": Champ(
        "Référence interne du Département",
        t.en_texte,
        ("id interne", "numero interne", "reference interne", "identifiant interne", "id editeur"),
    ),
}


def proposer(entetes: Sequence[str]) -> Correspondance:
    """Rend la correspondance devinée d'après les titres ; un champ n'est proposé qu'une fois.

    Un titre est reconnu sans ses accents, sa ponctuation ni ce qui suit une parenthèse.
    """
    connus = {synonyme: champ for champ, decrit in CHAMPS.items() for synonyme in decrit.synonymes}
    proposee: Correspondance = {}
    for titre in entetes:
        champ = connus.get(normaliser(titre)) or connus.get(normaliser(titre.partition("(")[0]))
        if champ is not None and champ not in proposee.values():
            proposee[titre] = champ
    return proposee


def appliquer(tableau: Tableau, correspondance: Correspondance) -> Iterator[dict[str, Any] | Rejet]:
    """Rend chaque ligne en champs typés (et `ligne`), ou son rejet : autant rendu que lu.

    Lève `FichierRefuse` (`colonnes_absentes`) si une colonne de la correspondance manque ou si un
    champ n'est pas connu.
    """
    manquantes = [titre for titre in correspondance if titre not in tableau.entetes]
    inconnus = [champ for champ in correspondance.values() if champ not in CHAMPS]
    if manquantes or inconnus or not correspondance:
        detail = ", ".join(manquantes + inconnus) or "aucune colonne n'est reconnue"
        raise refuser("colonnes_absentes", nom=tableau.nom, detail=detail)
    places = [
        (tableau.entetes.index(titre), titre, champ) for titre, champ in correspondance.items()
    ]
    return (
        _convertir(tableau, rang, numero, cellules, places)
        for rang, (numero, cellules) in enumerate(tableau.lignes, 1)
    )


def _convertir(
    tableau: Tableau,
    rang: int,
    numero: int,
    cellules: tuple[Any, ...],
    places: list[tuple[int, str, str]],
) -> dict[str, Any] | Rejet:
    valeurs: dict[str, Any] = {"ligne": numero}
    surplus = [c for c in cellules[len(tableau.entetes) :] if not est_vide(c)]
    if surplus:
        motif = "la ligne a plus de cellules que de titres : une colonne est sans doute décalée"
        contenu = _contenu(tableau, cellules)
        return Rejet(rang, numero, "", str(surplus[0]), f"Ligne {numero} : {motif}.", contenu)
    for place, titre, champ in places:
        cellule = cellules[place] if place < len(cellules) else None
        try:
            valeurs[champ] = CHAMPS[champ].convertir(cellule)
        except t.CelluleFautive as faute:
            return Rejet(
                rang=rang,
                ligne=numero,
                champ=titre,
                valeur=str(cellule),
                motif=f"Ligne {numero}, colonne « {titre} » : la valeur « {cellule} » {faute}.",
                contenu=_contenu(tableau, cellules),
                code="cellule_fautive",
            )
    return valeurs


def _contenu(tableau: Tableau, cellules: tuple[Any, ...]) -> bytes:
    """Rend la ligne entière en JSON : titres et cellules, surplus compris."""
    titres = [*tableau.entetes, *(f"Colonne {n + 1}" for n in range(len(tableau.entetes), 99))]
    ligne = dict(zip(titres, cellules, strict=False))
    return json.dumps(ligne, ensure_ascii=False, default=str).encode()
