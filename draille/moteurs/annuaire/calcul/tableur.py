"""Un tableur quelconque, dont quelqu'un a associé les colonnes aux champs d'une fiche."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from draille.moteurs.annuaire.calcul import valeurs
from draille.moteurs.annuaire.calcul.fiche import FicheLue, LigneFausse
from draille.moteurs.annuaire.calcul.horaires import lire_osm, lire_semaine
from draille.socle.texte import JOURS, normaliser

# Champ, libellé à l'écran, et les titres de colonnes que l'on reconnaît.
CHAMPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nom": ("Nom du lieu", ("nom", "nom du lieu", "lieu", "intitule", "libelle", "denomination")),
    "identifiant": ("Identifiant", ("id", "identifiant", "code", "reference")),
    "structure": ("Structure qui le tient", ("structure", "organisme", "gestionnaire", "porteur")),
    "siret": ("SIRET", ("siret", "numero siret")),
    "genre": ("Genre de lieu", ("genre", "type", "type de lieu", "categorie")),
    "forme": ("Fixe, permanence ou mobile", ("forme", "fixe mobile", "itinerance")),
    "adresse": ("Adresse", ("adresse", "rue", "voie", "adresse 1")),
    "complement_adresse": ("Complément d'adresse", ("complement", "complement d adresse")),
    "code_postal": ("Code postal", ("code postal", "cp", "code_postal")),
    "code_insee": ("Code de la commune", ("code insee", "insee", "code commune", "insee com")),
    "commune": ("Commune", ("commune", "ville", "localite", "lib com")),
    "latitude": ("Latitude", ("latitude", "lat", "y")),
    "longitude": ("Longitude", ("longitude", "long", "lon", "lng", "x")),
    "telephone": ("Téléphone", ("telephone", "tel", "numero de telephone", "tel fixe")),
    "courriel": ("Courriel", ("courriel", "mail", "email", "e mail", "adresse mail")),
    "site_web": ("Site", ("site", "site web", "site internet", "url")),
    "presentation": ("Présentation", ("presentation", "description", "commentaire")),
    "besoins": ("Besoins pris", ("besoins", "besoin", "domaines", "thematiques")),
    "horaires": ("Horaires (OpenStreetMap)", ("horaires", "opening hours", "heures")),
    **{jour: (f"Heures du {jour}", (jour, f"h {jour}", f"horaires {jour}")) for jour in JOURS},
    "premier_accueil": ("Premier accueil (oui ou non)", ("premier accueil", "pasip", "accueil")),
    "maj": ("Mis à jour le", ("mis a jour le", "date maj", "date de mise a jour", "maj")),
}
_OUI = frozenset({"oui", "vrai", "true", "1", "x", "o"})
_NON = frozenset({"non", "faux", "false", "0", "n"})


def deviner(entetes: Sequence[str]) -> dict[str, str]:
    """L'association que l'on propose : champ, titre de colonne. Chaque colonne sert une fois."""
    reduits = {normaliser(e): e for e in reversed(entetes)}
    propose: dict[str, str] = {}
    for champ, (_, titres) in CHAMPS.items():
        for titre in titres:
            colonne = reduits.get(normaliser(titre))
            if colonne is not None and colonne not in propose.values():
                propose[champ] = colonne
                break
    return propose


def tableur(
    ligne: Mapping[str, Any],
    *,
    correspondance: Mapping[str, str],
    choix: Mapping[str, Mapping[str, str]],
    le: date,
) -> FicheLue:
    """Une ligne d'un tableur associé. Lève `LigneFausse`, qui nomme la colonne du fichier.

    `choix` : pour `genre`, `forme` et `besoins`, les libellés réduits admis et leurs codes.
    """

    def lu(champ: str) -> Any:
        return ligne.get(correspondance.get(champ, ""))

    def colonne(champ: str) -> str:
        return correspondance.get(champ, champ)

    remarques: list[str] = []
    nord, est = valeurs.coordonnees(
        lu("latitude"), lu("longitude"), champs=(colonne("latitude"), colonne("longitude"))
    )
    plages, dites = lire_osm(str(lu("horaires") or ""))
    if not plages:
        plages, autres = lire_semaine({r: str(lu(j) or "") for r, j in enumerate(JOURS, 1)})
        dites += autres
    fiche = FicheLue(
        source_id="",
        nom=valeurs.nom(lu("nom"), champ=colonne("nom")),
        structure=valeurs.texte(lu("structure"), longueur=200),
        siret=valeurs.siret(lu("siret"), remarques),
        genre=_choisi(lu("genre"), choix["genre"], colonne("genre")) or "autre",
        forme=_choisi(lu("forme"), choix["forme"], colonne("forme")) or "fixe",
        adresse=valeurs.texte(lu("adresse"), longueur=200),
        complement_adresse=valeurs.texte(lu("complement_adresse"), longueur=200),
        code_postal=valeurs.code_postal(lu("code_postal"), champ=colonne("code_postal")),
        code_insee=valeurs.code_insee(lu("code_insee"), champ=colonne("code_insee")),
        nom_commune=valeurs.texte(lu("commune"), longueur=80),
        latitude=nord,
        longitude=est,
        telephone=valeurs.telephone(lu("telephone"), remarques),
        courriel=valeurs.courriel(lu("courriel"), remarques),
        site_web=valeurs.site(lu("site_web"), remarques),
        presentation=valeurs.texte(lu("presentation"), longueur=2000),
        besoins=_besoins(lu("besoins"), choix["besoins"], remarques),
        est_premier_accueil=_oui_non(lu("premier_accueil"), colonne("premier_accueil")),
        maj_le=valeurs.jour(lu("maj"), remarques, au_plus=le) or le,
        plages=plages,
        remarques=[*remarques, *dites],
    )
    fiche.source_id = _empreinte(fiche, normaliser(lu("identifiant")))
    return fiche


def _empreinte(fiche: FicheLue, identifiant: str) -> str:
    """Deux tableurs numérotent chacun depuis 1 : le nom et le lieu entrent dans l'identifiant."""
    lieu = (fiche.nom, fiche.adresse, fiche.code_insee, fiche.nom_commune)
    dite = "|".join([identifiant, *map(normaliser, lieu)])
    return f"ligne-{sha256(dite.encode()).hexdigest()[:24]}"


def _choisi(valeur: object, admis: Mapping[str, str], champ: str) -> str:
    dit = normaliser(valeur)
    if not dit:
        return ""
    if dit not in admis:
        raise LigneFausse(
            champ=champ, valeur=valeur, pourquoi=f"choisissez parmi : {', '.join(admis)}."
        )
    return admis[dit]


def _besoins(valeur: object, admis: Mapping[str, str], remarques: list[str]) -> tuple[str, ...]:
    codes: list[str] = []
    for dit in valeurs.liste(valeur, separateurs=";|,"):
        if normaliser(dit) in admis:
            codes.append(admis[normaliser(dit)])
        else:
            remarques.append(f"besoin « {dit[:40]} » laissé de côté")
    return tuple(dict.fromkeys(codes))


def _oui_non(valeur: object, champ: str) -> bool | None:
    if isinstance(valeur, bool):
        return valeur
    dit = normaliser(str(valeur).removesuffix(".0") if valeur is not None else "")
    if not dit:
        return None
    if dit in _OUI or dit in _NON:
        return dit in _OUI
    raise LigneFausse(champ=champ, valeur=valeur, pourquoi="écrivez oui ou non.")
