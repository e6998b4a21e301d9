"""Lire en continu un fichier mensuel CAF ou MSA (vrsb0801), à mémoire constante.

L'arbre n'existe que pour un dossier à la fois. Un défaut d'un dossier donne un `Rejet` ; un défaut
du fichier lève `FichierRefuse`, parfois tout à la fin (totaux faux) : qui lit met de côté au fil de
l'eau et n'intègre qu'une fois la lecture finie.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, NoReturn

from lxml import etree

from draille.moteurs.flux.calcul import champs as c
from draille.moteurs.flux.calcul.caf_dossier import Contexte, lire_dossier
from draille.moteurs.flux.calcul.enregistrements import Dossier, EnteteFlux, Rejet, Totaux
from draille.moteurs.flux.calcul.ouverture import LIMITES, Interne, Limites, ouvrir
from draille.moteurs.flux.calcul.refus import FichierRefuse, refuser
from draille.moteurs.flux.calcul.reprise import (
    analyser_fragment,
    corriger,
    ligne_de,
    rejeter,
)

__all__ = [
    "LIMITES",
    "FichierRefuse",
    "Interne",
    "Limites",
    "corriger",
    "lire",
    "lire_fragment",
    "ouvrir",
]

ENTETE, FOYER, TRANSMISSION = "IdentificationFlux", "InfosFoyerRSA", "TransmissionFlux"
RACINE = "Racine"
OCTETS_PAR_MORCEAU = 64 * 1024
OCTETS_PROLOGUE = 1024 * 1024
OCTETS_DOSSIER = 32 * 1024 * 1024
OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": False,
}
ERREURS_ENCODAGE = frozenset(
    {
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_ENCODING_NAME,
        etree.ErrorTypes.I18N_NO_NAME,
        etree.ErrorTypes.I18N_NO_HANDLER,
        etree.ErrorTypes.I18N_EXCESS_HANDLER,
        etree.ErrorTypes.I18N_CONV_FAILED,
        etree.ErrorTypes.I18N_NO_OUTPUT,
    }
)


def lire(
    source: IO[bytes],
    *,
    nom: str,
    progression: Callable[[int, int], None] | None = None,
    total: int = 0,
) -> Iterator[EnteteFlux | Dossier | Rejet | Totaux]:
    """Rend l'en-tête, puis chaque dossier ou son rejet dans l'ordre, puis les totaux vérifiés.

    `progression(octets_lus, total)` est appelée à chaque morceau lu.
    Lève `FichierRefuse`, à tout moment : rien ne doit être intégré avant la fin.
    """
    morceaux = _morceaux(source, nom, progression, total)
    prologue = _prologue(morceaux, nom)
    lecteur = _Lecteur(nom)
    analyseur = etree.XMLPullParser(events=("end",), tag=(ENTETE, FOYER, TRANSMISSION), **OPTIONS)
    fin, attente = b"", 0
    for morceau in _enchainer(prologue, morceaux):
        try:
            analyseur.feed(morceau)
        except etree.XMLSyntaxError as erreur:
            _refuser_xml(erreur, nom, tronque=False)
        attente += len(morceau)
        fin = (fin + morceau)[-64:]
        for _, element in analyseur.read_events():
            attente = 0
            rendu = lecteur.recevoir(element)
            if rendu is not None:
                yield rendu
        if attente > OCTETS_DOSSIER:
            detail = f"plus de {OCTETS_DOSSIER // 1024**2} Mo"
            raise refuser("dossier_demesure", nom=nom, ligne=lecteur.ligne, detail=detail)
    try:
        analyseur.close()
    except etree.XMLSyntaxError as erreur:
        _refuser_xml(erreur, nom, tronque=not fin.rstrip().endswith(b"</Racine>"))
    yield lecteur.conclure()


def lire_fragment(xml: bytes, *, rang: int = 1, ligne: int = 1) -> Dossier | Rejet:
    """Rend un dossier isolé, corrigé, relu comme s'il était à sa place (`rang`, `ligne`).

    Lève `FichierRefuse` si `xml` n'est pas le XML d'un dossier.
    """
    element = analyser_fragment(xml)
    contexte = Contexte(nom="", rang=rang, decalage=ligne - ligne_de(element))
    return lire_dossier(element, contexte)


def _morceaux(
    source: IO[bytes], nom: str, progression: Callable[[int, int], None] | None, total: int
) -> Iterator[bytes]:
    lus = 0
    while True:
        try:
            morceau = source.read(OCTETS_PAR_MORCEAU)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            raise refuser("zip_abime", nom=nom) from None
        if not morceau:
            return
        lus += len(morceau)
        if progression is not None:
            progression(lus, total)
        yield morceau


def _enchainer(prologue: bytes, morceaux: Iterator[bytes]) -> Iterator[bytes]:
    yield prologue
    yield from morceaux


def _prologue(morceaux: Iterator[bytes], nom: str) -> bytes:
    """Lit jusqu'à la balise racine et refuse tout de suite ce qui n'est pas notre format."""
    lu = b""
    analyseur = etree.XMLPullParser(events=("start",), **OPTIONS)
    for morceau in morceaux:
        if not lu:
            _controler_debut(morceau, nom)
        lu += morceau
        if b"<!DOCTYPE" in lu or b"<!ENTITY" in lu:
            raise refuser("dtd_interdite", nom=nom)
        racine = _premiere_balise(analyseur, morceau, nom)
        if racine is not None:
            if racine.getroottree().docinfo.internalDTD is not None:
                raise refuser("dtd_interdite", nom=nom)
            if racine.tag != RACINE:
                balise = racine.tag.replace("{", "").replace("}", " : ")
                raise refuser("racine_inconnue", nom=nom, detail=balise)
            return lu
        if len(lu) > OCTETS_PROLOGUE:
            raise refuser("racine_inconnue", nom=nom, detail="un prologue démesuré")
    if not lu.strip():
        raise refuser("fichier_vide", nom=nom)
    raise refuser("fichier_tronque", nom=nom, ligne=lu.count(b"\n") + 1)


def _premiere_balise(analyseur: Any, morceau: bytes, nom: str) -> Any | None:
    erreur = None
    try:
        analyseur.feed(morceau)
    except etree.XMLSyntaxError as levee:
        erreur = levee
    try:
        for _, element in analyseur.read_events():
            return element
    except etree.XMLSyntaxError as levee:
        erreur = levee
    if erreur is not None:
        _refuser_xml(erreur, nom, tronque=False)
    return None


def _controler_debut(morceau: bytes, nom: str) -> None:
    debut = morceau.removeprefix(b"\xef\xbb\xbf").lstrip()
    if debut.startswith(b"PK\x03\x04"):
        raise refuser("pas_du_xml", nom=nom, detail="la signature d'une archive zip")
    if debut and not debut.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        apercu = debut[:8].decode("ascii", "replace").replace("\ufffd", "?")
        raise refuser("pas_du_xml", nom=nom, detail=f"« {apercu} »")


def _refuser_xml(erreur: etree.XMLSyntaxError, nom: str, *, tronque: bool) -> NoReturn:
    # Le message levé est parfois celui d'une conséquence ; la cause est la première du relevé.
    journal: Any = erreur.error_log
    releve = list(journal)
    ligne = (releve[0].line if releve else erreur.lineno) or 1
    types = {cause.type for cause in releve} | {getattr(erreur, "code", 0)}
    if types & ERREURS_ENCODAGE or "conversion" in (erreur.msg or ""):
        raise refuser("encodage", nom=nom, ligne=ligne) from None
    if etree.ErrorTypes.ERR_UNDECLARED_ENTITY in types:
        raise refuser("dtd_interdite", nom=nom) from None
    code = "fichier_tronque" if tronque else "xml_mal_forme"
    raise refuser(code, nom=nom, ligne=ligne) from None


class _Lecteur:
    """Ce qui se retient d'un élément de premier niveau au suivant."""

    def __init__(self, nom: str) -> None:
        self.nom = nom
        self.racine: Any = None
        self.precedent: Any = None
        self.entete: EnteteFlux | None = None
        self.annonces: tuple[int, int] | None = None
        self.lus = 0
        self.ligne = 1
        # Soixante-quatre bits par dossier : à cent mille dossiers, la chance que deux clés
        # différentes se confondent est d'une sur trois milliards.
        self.vus: set[int] = set()

    def recevoir(self, element: Any) -> EnteteFlux | Dossier | Rejet | None:
        """Rend l'enregistrement d'un élément fini, et libère le précédent."""
        self._controler_place(element)
        balise = element.tag
        if balise == FOYER:
            if self.entete is None or self.annonces is not None:
                self._deplacer(element)
            return self._foyer(element)
        if balise == ENTETE:
            if self.entete is not None or self.lus or self.annonces is not None:
                self._deplacer(element)
            self.entete = self._lire_entete(element)
            return self.entete
        if self.annonces is not None:
            self._deplacer(element)
        self.annonces = self._lire_totaux(element)
        return None

    def conclure(self) -> Totaux:
        """Rend les totaux, une fois vérifié que tout a été vu et que les nombres concordent."""
        if self.entete is None:
            raise refuser("entete_illisible", nom=self.nom, ligne=self.ligne, detail="il manque")
        dernier = self.racine[-1]
        if dernier is not self.precedent:
            self._deplacer(dernier)
        if self.annonces is None:
            raise refuser("totaux_absents", nom=self.nom)
        annonces, anomalies = self.annonces
        if annonces != self.lus:
            detail = f"{annonces} dossiers et en contient {self.lus}"
            raise refuser("totaux_faux", nom=self.nom, detail=detail)
        return Totaux(annonces, anomalies, self.lus)

    def _controler_place(self, element: Any) -> None:
        parent = element.getparent()
        if self.racine is None:
            if parent is None or parent.getparent() is not None:
                self._deplacer(element)
            self.racine = parent
        elif parent is not self.racine:
            self._deplacer(element)
        avant = element.getprevious()
        if avant is not self.precedent:
            self._deplacer(element if avant is None else avant)
        if avant is not None:
            del self.racine[0]
        self.precedent = element

    def _deplacer(self, element: Any) -> NoReturn:
        raise refuser(
            "structure_inattendue", nom=self.nom, ligne=ligne_de(element), detail=element.tag
        )

    def _foyer(self, element: Any) -> Dossier | Rejet:
        self.lus += 1
        entete = self.entete
        contexte = Contexte(self.nom, self.lus, entete.cree_le if entete else None)
        lu = lire_dossier(element, contexte)
        self.ligne = lu.ligne
        if isinstance(lu, Rejet):
            return lu
        cle = hash(lu.cle)
        if cle not in self.vus:
            self.vus.add(cle)
            return lu
        motif = "a déjà été lu plus haut dans ce fichier pour le même matricule"
        demande = element.find("IdentificationRSA/DemandeRSA")
        faute = c.Faute(demande, "NUMDEMRSA", lu.numero_demande, "dossier_en_double", motif)
        return rejeter(element, faute, rang=self.lus)

    def _lire_entete(self, element: Any) -> EnteteFlux:
        try:
            champs = c.lire_bloc(element)
            return EnteteFlux(
                appli=c.texte_exige(element, champs, "APPLIEME", 3),
                version=c.texte(element, champs, "NUMVERSIONAPPLIEME", 4),
                type_flux=c.texte_exige(element, champs, "TYPEFLUX", 1),
                nature=c.texte(element, champs, "NATFLUX", 1),
                cree_le=c.jour_exige(element, champs, "DTCREAFLUX"),
                cree_a=c.texte(element, champs, "HEUCREAFLUX", 20),
                reference_le=c.jour_exige(element, champs, "DTREF"),
            )
        except c.Faute as faute:
            raise self._illisible("entete_illisible", element, faute) from None

    def _lire_totaux(self, element: Any) -> tuple[int, int]:
        try:
            champs = c.lire_bloc(element)
            annonces = c.entier(element, champs, "NBTOTDOSRSATRANSM", 8)
            if annonces is None:
                raise c.manque(element, "NBTOTDOSRSATRANSM")
            return annonces, c.entier(element, champs, "NBTOTDOSRSATRANSMANO", 8) or 0
        except c.Faute as faute:
            raise self._illisible("totaux_illisibles", element, faute) from None

    def _illisible(self, code: str, element: Any, faute: c.Faute) -> FichierRefuse:
        detail = f"le champ {faute.champ} {faute.motif}"
        return refuser(code, nom=self.nom, ligne=ligne_de(element), detail=detail)
