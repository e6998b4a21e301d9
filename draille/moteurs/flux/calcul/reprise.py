"""Garder un dossier rejeté, dire où est sa faute, et le corriger à sa place."""

from typing import Any

from lxml import etree

from draille.moteurs.flux.calcul.champs import Faute
from draille.moteurs.flux.calcul.enregistrements import Rejet
from draille.moteurs.flux.calcul.refus import refuser

# Au-delà, libxml2 ne garde plus la ligne de l'élément mais celle du nœud de texte voisin.
LIGNE_EXACTE_MAXIMALE = 65_534

BLOC_DU_CHAMP: dict[str, str] = {
    champ: bloc
    for bloc, champs in {
        "Organisme": ("FONORG", "NUMORG", "MATRICULE"),
        "DemandeRSA": ("DTDEMRSA", "NUMDEMRSA"),
        "OrganismeCedant": ("FONORGCEDMUT", "NUMORGCEDMUT", "MATRICULEORGCEDMUT", "DDARRMUT"),
        "OrganismePrenant": ("FONORGPRENMUT", "NUMORGPRENMUT", "DDDEPAMUT"),
        "Identification": (
            *("QUAL", "NOM", "NOMNAI", "PRENOM", "PRENOM2", "PRENOM3", "NOMCOMNAI", "DTNAI"),
            *("RGNAI", "TYPEDTNAI", "NIR", "SEXE"),
        ),
        "DossierCAF": ("TOPRESPDOS", "DDRATDOS", "DFRATDOS"),
        "Prestations": ("NATPREST", "ROLEPERS", "TOPCHAPERS"),
        "DossierPoleEmploi": ("IDASSEDIC",),
        "MontantCalculDroitRSAPersonne": ("TOPPERSDRODEVORSA", "TOPPERSENTDRODEVORSA"),
        "Activite": ("REG", "ACT", "DDACT", "DFACT"),
        "ConditionETI": (
            *("AVISEVARESSNONSAL", "DTSOURESSNONSAL", "DTEVARESSNONSAL", "MTEVARESSNONSAL"),
        ),
        "SituationFamille": ("SITFAM", "DDSITFAM"),
        "TroncCommunAdresse": ("RGADR", "DTEMM", "PAYS"),
        "AdresseDetailleeFrance": (
            *("COMPLIDEADR", "COMPLADR", "NUMVOIE", "LIBTYPEVOIE", "NOMVOIE", "LIEUDIST"),
            *("NUMCOM", "CODEPOS", "NOMCOM"),
        ),
        "AdresseHorsFrance": tuple(f"LIBLIG{rang}ADR" for rang in range(2, 8)),
        "EtatDossierRSA": ("ETATDOSRSA",),
        "Refus": ("MOTIREFURSA", "DTREFURSA"),
        "SuspensionDroit": ("MOTISUSDRORSA", "DDSUSDRORSA", "NATGROUPFSUS"),
        "SuspensionVersement": ("MOTISUSVERSRSA", "DDSUSVERSRSA"),
        "FinDroit": ("MOTICLORSA", "DTCLORSA"),
        "TroncCommunDroitRSA": ("TOPSANSDOMFIXE", "ORIDEMRSA", "TOPFOYDRODEVORSA"),
        "MontantsCalculDroitRSA": ("MTTOTDRORSA",),
        "DetailCalculDroitRSA": ("NATPF", "SOUSNATPF", "DDNATDRO", "DFNATDRO", "MTRSAVERS"),
    }.items()
    for champ in champs
}


def ligne_de(element: Any) -> int:
    """Rend la ligne où s'ouvre `element`, exacte aussi au-delà de la ligne 65 535.

    Pour les éléments lointains, libxml2 rend la ligne où finit le texte qui suit la balise :
    on en retranche les fins de ligne de ce texte.
    """
    ligne = int(element.sourceline or 0)
    if ligne <= LIGNE_EXACTE_MAXIMALE:
        return ligne
    if element.text:
        return ligne - int(element.text.count("\n"))
    if len(element):
        return ligne_de(element[0])
    return ligne - int((element.tail or "").count("\n"))


def rejeter(element: Any, faute: Faute, *, rang: int, decalage: int = 0) -> Rejet:
    """Rend le rejet d'un dossier : où, quoi, pourquoi, et le dossier entier."""
    fautif = faute.bloc.find(faute.champ)
    ligne = ligne_de(faute.bloc if fautif is None else fautif) + decalage
    memes_blocs = list(element.iter(faute.bloc.tag))
    champ = faute.champ
    if BLOC_DU_CHAMP.get(champ, faute.bloc.tag) != faute.bloc.tag:
        champ = f"{faute.bloc.tag}/{champ}"
    valeur = f" « {faute.valeur} »" if faute.valeur else ""
    return Rejet(
        rang=rang,
        ligne=ligne,
        champ=champ,
        valeur=faute.valeur,
        motif=f"Ligne {ligne}, champ {faute.champ} : {_accorder(valeur)}{faute.motif}.",
        contenu=serialiser(element),
        code=faute.code,
        occurrence=memes_blocs.index(faute.bloc) + 1,
    )


def _accorder(valeur: str) -> str:
    return f"la valeur{valeur} " if valeur else "ce champ "


def serialiser(element: Any) -> bytes:
    """Rend le dossier en XML windows-1252 ; un caractère hors de ce jeu devient une référence."""
    contenu = etree.tostring(element, encoding="windows-1252", with_tail=False)
    return contenu if isinstance(contenu, bytes) else contenu.encode("windows-1252")


def analyser_fragment(xml: bytes) -> Any:
    """Rend l'élément d'un dossier isolé.

    Lève `FichierRefuse` (`dtd_interdite`, `xml_mal_forme`, `racine_inconnue`).
    """
    analyseur = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        element = etree.fromstring(xml, analyseur)
    except etree.XMLSyntaxError as erreur:
        raise refuser("xml_mal_forme", nom="du dossier", ligne=erreur.lineno or 1) from None
    if element.getroottree().docinfo.internalDTD is not None:
        raise refuser("dtd_interdite", nom="du dossier")
    if element.tag != "InfosFoyerRSA":
        raise refuser("racine_inconnue", nom="du dossier", detail=element.tag)
    return element


def corriger(contenu: bytes, champ: str, valeur: str, occurrence: int = 1) -> bytes:
    """Rend le dossier rejeté où `champ` vaut `valeur`, dans le bloc numéro `occurrence`.

    `champ`, `occurrence` et `contenu` sont ceux du `Rejet`. Un champ absent est ajouté à son bloc,
    un champ répété n'est gardé qu'une fois, une valeur vide ôte le champ.
    Lève `FichierRefuse` (`champ_introuvable` si le bloc n'existe pas, `valeur_impossible` si la
    valeur porte un caractère que le XML n'admet pas).
    """
    element = analyser_fragment(contenu)
    bloc, _, nom = champ.rpartition("/")
    bloc = bloc or BLOC_DU_CHAMP.get(nom, "")
    blocs = list(element.iter(bloc)) if bloc else []
    if not 1 <= occurrence <= len(blocs):
        raise refuser("champ_introuvable", detail=champ)
    cible = blocs[occurrence - 1]
    presents = cible.findall(nom)
    for repete in presents[0 if not valeur else 1 :]:
        cible.remove(repete)
    if valeur:
        place = presents[0] if presents else etree.SubElement(cible, nom)
        try:
            place.text = valeur
        except ValueError:
            raise refuser("valeur_impossible", detail=champ) from None
    return serialiser(element)
