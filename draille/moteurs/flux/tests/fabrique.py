"""Une petite fabrique de fichiers au format, pour les essais du lecteur.

Le texte est posé à la main, une balise par ligne, pour que les essais connaissent la ligne vraie
de chaque champ sans passer par un analyseur.
"""

from collections.abc import Iterable

PERSONNE = {
    "QUAL": "MME",
    "NOM": "DURAND",
    "NOMNAI": "VIALETTE",
    "PRENOM": "MARIE",
    "PRENOM2": "ANNE",
    "NOMCOMNAI": "LE PUY EN VELAY",
    "DTNAI": "1984-03-12",
    "RGNAI": "1",
    "TYPEDTNAI": "N",
    "NIR": "2840343157012",
    "TOPVALIEC": "1",
    "SEXE": "2",
}


def feuilles(champs: dict[str, str]) -> str:
    """Une ligne par champ ; une valeur vide donne un élément vide, None l'ôte."""
    return "".join(f"<{c}>{v}</{c}>\n" for c, v in champs.items() if v is not None)


def bloc(balise: str, *contenus: str) -> str:
    return f"<{balise}>\n{''.join(contenus)}</{balise}>\n"


def personne(role: str = "DEM", suite: str = "", **champs: str) -> str:
    """Un bloc Personne ; `champs` remplace ceux de l'identité, `suite` s'ajoute au bloc."""
    return bloc(
        "Personne",
        bloc("Identification", feuilles(PERSONNE | champs)),
        bloc("DossierCAF", feuilles({"TOPRESPDOS": "1", "DDRATDOS": "2015-05-15"})),
        bloc("Prestations", feuilles({"NATPREST": "PFA", "ROLEPERS": role, "TOPCHAPERS": "0"})),
        bloc("Prestations", feuilles({"NATPREST": "RSA", "ROLEPERS": role, "TOPCHAPERS": "1"})),
        bloc("DossierPoleEmploi", feuilles({"IDASSEDIC": "1253359X"})),
        bloc(
            "Ressources",
            bloc(
                "GeneraliteRessourcesTrimestre",
                feuilles({"TOPRESSNUL": "0", "DDRESS": "2020-05-01", "DFRESS": "2020-07-31"}),
            ),
            *(
                bloc(
                    "RessourcesMensuelles",
                    bloc("GeneraliteRessourcesMensuelles", feuilles({"MOISRESS": mois})),
                    bloc(
                        "DetailRessourcesMensuelles",
                        feuilles({"NATRESS": "001", "MTNATRESSMEN": "0000120.00"}),
                    ),
                )
                for mois in ("2020-05-01", "2020-06-01", "2020-07-01")
            ),
        ),
        bloc(
            "MontantCalculDroitRSAPersonne",
            feuilles({"TOPPERSDRODEVORSA": "1", "MTPERSRESSMENRSA": "0000120.00"}),
        ),
        bloc("Activite", feuilles({"REG": "GE", "ACT": "CHO", "DDACT": "2019-12-20"})),
        suite,
    )


SITUATION = {"SITFAM": "CEL", "DDSITFAM": "2010-10-27"}
TRONC = {"TOPSANSDOMFIXE": "0", "ORIDEMRSA": "DEM", "TOPFOYDRODEVORSA": "1"}
COMMUNE = {
    "COMPLIDEADR": "",
    "COMPLADR": "",
    "NUMVOIE": "25",
    "LIBTYPEVOIE": "RUE",
    "NOMVOIE": "DES TANNERIES",
    "LIEUDIST": "",
    "NUMCOM": "43157",
    "CODEPOS": "43000",
    "NOMCOM": "LE PUY EN VELAY",
}


def dossier(
    numero: int = 1,
    *,
    personnes: str | None = None,
    etat: str = "2",
    suite_etat: str = "",
    **champs,
) -> str:
    """Un bloc InfosFoyerRSA valide ; les mots-clés remplacent les champs de même nom."""

    def valeurs(modele: dict[str, str]) -> str:
        return feuilles({cle: champs.get(cle, valeur) for cle, valeur in modele.items()})

    organisme = {"FONORG": "CAF", "NUMORG": "431", "MATRICULE": f"{numero:07d}00000000"}
    demande = {"DTDEMRSA": "2018-08-06", "NUMDEMRSA": f"{numero:08d}043"}
    detail = {
        "NATPF": "RSD",
        "SOUSNATPF": "RSDN2",
        "DDNATDRO": "2018-08-01",
        "MTRSAVERS": "0000497.01",
        "DTDERRSAVERS": "2020-10-05",
    }
    return bloc(
        "InfosFoyerRSA",
        bloc(
            "IdentificationRSA",
            bloc("Organisme", valeurs(organisme)),
            bloc("Partenaire", feuilles({"TYPEPARTE": "CG ", "IDEPARTE": "043"})),
            bloc("DemandeRSA", valeurs(demande)),
        ),
        personne() if personnes is None else personnes,
        bloc(
            "DonneesAdministratives",
            bloc("SituationFamille", valeurs(SITUATION)),
            bloc(
                "Adresse",
                bloc("TroncCommunAdresse", valeurs({"RGADR": "01", "PAYS": "FRA", "TYPEADR": "D"})),
                bloc("AdresseDetailleeFrance", valeurs(COMMUNE)),
            ),
        ),
        bloc(
            "PrestationRSA",
            bloc(
                "SituationDossierRSA",
                bloc("EtatDossierRSA", feuilles({"ETATDOSRSA": etat})),
                suite_etat,
            ),
            bloc(
                "DetailDroitRSA",
                bloc("TroncCommunDroitRSA", valeurs(TRONC)),
                bloc(
                    "MontantsCalculDroitRSA",
                    valeurs({"DDELECAL": "2020-08-01", "MTTOTDRORSA": "0000497.01"}),
                ),
                bloc("DetailCalculDroitRSA", valeurs(detail)),
            ),
        ),
        bloc("Evenement", valeurs({"DTLIQ": "2020-10-09", "HEULIQ": "10:12:13", "FG": "SITPRO"})),
    )


def fichier(
    dossiers: Iterable[str], *, annonces: int | None = None, reference: str = "2020-10-31"
) -> bytes:
    """Un fichier complet en windows-1252."""
    dossiers = list(dossiers)
    total = len(dossiers) if annonces is None else annonces
    entete = {
        "APPLIEME": "CRI",
        "NUMVERSIONAPPLIEME": "6200",
        "TYPEFLUX": "M",
        "NATFLUX": "D",
        "DTCREAFLUX": "2020-11-05",
        "HEUCREAFLUX": "01:18:36.0000",
        "DTREF": reference,
    }
    totaux = {"NBTOTDOSRSATRANSM": f"{total:08d}", "NBTOTDOSRSATRANSMANO": "00000000"}
    texte = '<?xml version="1.0" encoding="windows-1252"?>\n' + bloc(
        "Racine",
        bloc("IdentificationFlux", feuilles(entete)),
        *dossiers,
        bloc("TransmissionFlux", feuilles(totaux)),
    )
    return texte.encode("windows-1252")


def ligne_de_la_balise(contenu: bytes, balise: str, rang: int = 1) -> int:
    """La ligne vraie de la énième ouverture de `balise`, comptée sur les octets."""
    place = -1
    for _ in range(rang):
        place = contenu.index(f"<{balise}>".encode(), place + 1)
    return contenu.count(b"\n", 0, place) + 1
