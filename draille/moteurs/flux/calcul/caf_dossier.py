"""Du bloc InfosFoyerRSA à un `Dossier`, ou à un `Rejet` qui garde tout et dit pourquoi."""

import marshal
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from draille.moteurs.flux.calcul import champs as c
from draille.moteurs.flux.calcul.caf_personne import lire_personne
from draille.moteurs.flux.calcul.enregistrements import (
    Adresse,
    DetailDroit,
    Dossier,
    MotifDate,
    Mutation,
    Personne,
    Rejet,
    Suspension,
)
from draille.moteurs.flux.calcul.reprise import ligne_de, rejeter

BLOCS = frozenset(
    {
        *("IdentificationRSA", "Personne", "DonneesAdministratives", "PrestationRSA"),
        *("Evenement", "Controle", "Anomalie"),
    }
)
ETATS = frozenset("0123456")
ORGANISMES = frozenset({"CAF", "MSA"})
ROLES_RESPONSABLES = frozenset({"RDO", "DEM", "CJT"})
COMMUNE = re.compile(r"\d[\dAB]\d{3}", re.ASCII)
LIGNES_ETRANGER = tuple(f"LIBLIG{rang}ADR" for rang in range(2, 8))
ANNEE_NAISSANCE_MINIMALE = 1850


class Contexte(NamedTuple):
    """Ce qu'il faut savoir du fichier pour lire un dossier ; `decalage` s'ajoute aux lignes."""

    nom: str
    rang: int
    cree_le: date | None = None
    decalage: int = 0


def lire_dossier(element: Any, contexte: Contexte) -> Dossier | Rejet:
    """Rend le dossier lu, ou son rejet ; ne lève jamais pour un défaut du dossier."""
    try:
        return _lire(element, contexte)
    except c.Faute as faute:
        return rejeter(element, faute, rang=contexte.rang, decalage=contexte.decalage)


def _lire(element: Any, contexte: Contexte) -> Dossier:
    blocs = c.ranger(element)
    # Un bloc Personne mal nommé serait une personne perdue sans un mot.
    if not blocs.keys() <= BLOCS:
        inconnu = next(balise for balise in blocs if balise not in BLOCS)
        raise c.Faute(
            element, inconnu, "", "bloc_inconnu", "est un bloc que le format ne prévoit pas"
        )
    trace: c.Trace = []
    identification = _identification(c.seul(blocs, "IdentificationRSA", element), trace)
    elements_personnes = blocs.get("Personne", ())
    personnes = tuple([lire_personne(p, trace) for p in elements_personnes])
    _controler_personnes(element, elements_personnes, personnes, contexte)
    situation = _administratif(c.seul(blocs, "DonneesAdministratives", element), trace)
    bloc_prestation = c.seul(blocs, "PrestationRSA", element)
    prestation = c.ranger(bloc_prestation)
    etat = _etat(c.seul(prestation, "SituationDossierRSA", bloc_prestation), trace)
    droit = _droit(c.seul(prestation, "DetailDroitRSA", bloc_prestation), trace)
    # Le format 0 de marshal n'a ni renvois ni chaînes internées : mêmes valeurs, mêmes octets.
    empreinte = blake2b(marshal.dumps(trace, 0), digest_size=16).digest()
    ligne = ligne_de(element) + contexte.decalage
    return Dossier._make(
        (contexte.rang, ligne, empreinte, *identification, *etat, *droit, *situation, personnes)
    )


def _identification(element: Any, trace: c.Trace) -> tuple[Any, ...]:
    blocs = c.ranger(element)
    organisme = c.seul(blocs, "Organisme", element)
    champs = c.lire_bloc(organisme)
    demande = c.seul(blocs, "DemandeRSA", element)
    champs_demande = c.lire_bloc(demande)
    trace += (champs, champs_demande)
    fonorg = c.code(organisme, champs, "FONORG", ORGANISMES)
    matricule = c.texte_exige(organisme, champs, "MATRICULE", 15)
    if not (matricule.isascii() and matricule.isdigit()):
        motif = "n'est pas un matricule (15 chiffres au plus)"
        raise c.Faute(organisme, "MATRICULE", matricule, "matricule_malforme", motif)
    return (
        fonorg,
        c.texte_exige(organisme, champs, "NUMORG", 3),
        c.normaliser_matricule(matricule, fonorg),
        c.texte_exige(demande, champs_demande, "NUMDEMRSA", 11),
        c.jour_exige(demande, champs_demande, "DTDEMRSA"),
        _cedant(c.seul_ou_rien(blocs, "OrganismeCedant", element), trace),
        _prenant(c.seul_ou_rien(blocs, "OrganismePrenant", element), trace),
    )


def _cedant(bloc: Any | None, trace: c.Trace) -> Mutation | None:
    if bloc is None:
        return None
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    fonorg = c.texte_exige(bloc, champs, "FONORGCEDMUT", 3)
    matricule = c.texte(bloc, champs, "MATRICULEORGCEDMUT", 15)
    return Mutation(
        fonorg,
        c.texte_exige(bloc, champs, "NUMORGCEDMUT", 3),
        c.normaliser_matricule(matricule, fonorg) if matricule else "",
        c.jour_exige(bloc, champs, "DDARRMUT"),
    )


def _prenant(bloc: Any | None, trace: c.Trace) -> Mutation | None:
    if bloc is None:
        return None
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return Mutation(
        c.texte_exige(bloc, champs, "FONORGPRENMUT", 3),
        c.texte_exige(bloc, champs, "NUMORGPRENMUT", 3),
        "",
        c.jour_exige(bloc, champs, "DDDEPAMUT"),
    )


def _controler_personnes(
    element: Any, elements: Sequence[Any], personnes: tuple[Personne, ...], contexte: Contexte
) -> None:
    if not personnes:
        motif = "est un bloc obligatoire et il manque : aucun membre du foyer n'est décrit"
        raise c.Faute(element, "Personne", "", "sans_personne", motif)
    nirs: set[str] = set()
    a_responsable = False
    for bloc, personne in zip(elements, personnes, strict=True):
        if personne.role in ROLES_RESPONSABLES:
            a_responsable = True
        if personne.nir:
            if personne.nir in nirs:
                motif = "est déjà le NIR d'une autre personne du même foyer"
                raise c.Faute(
                    bloc.find("Identification"), "NIR", personne.nir, "nir_en_double", motif
                )
            nirs.add(personne.nir)
        _controler_naissance(bloc, personne.naissance_le, contexte.cree_le)
    if not a_responsable:
        motif = "ne désigne ni demandeur, ni responsable, ni conjoint dans le foyer"
        bloc = elements[0].find("Prestations[NATPREST='RSA']")
        raise c.Faute(bloc, "ROLEPERS", personnes[0].role, "sans_responsable", motif)


def _controler_naissance(bloc: Any, naissance_le: date, cree_le: date | None) -> None:
    if naissance_le.year >= ANNEE_NAISSANCE_MINIMALE and (
        cree_le is None or naissance_le <= cree_le
    ):
        return
    motif = "est une date de naissance impossible (à venir, ou il y a plus d'un siècle et demi)"
    identite = bloc.find("Identification")
    raise c.Faute(identite, "DTNAI", naissance_le.isoformat(), "date_impossible", motif)


def _administratif(element: Any, trace: c.Trace) -> tuple[str, date, Adresse | None]:
    blocs = c.ranger(element)
    bloc = c.seul(blocs, "SituationFamille", element)
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    adresses = [_adresse(adresse, trace) for adresse in blocs.get("Adresse", ())]
    return (
        c.texte_exige(bloc, champs, "SITFAM", 3),
        c.jour_exige(bloc, champs, "DDSITFAM"),
        # Le rang 01 est l'adresse courante ; sans lui, la plus récente des anciennes.
        min(adresses, key=lambda adresse: adresse.rang) if adresses else None,
    )


def _adresse(element: Any, trace: c.Trace) -> Adresse:
    blocs = c.ranger(element)
    tronc = c.seul(blocs, "TroncCommunAdresse", element)
    champs = c.lire_bloc(tronc)
    rang = c.entier(tronc, champs, "RGADR", 2)
    if rang is None:
        raise c.manque(tronc, "RGADR")
    depuis = c.jour(tronc, champs, "DTEMM")
    pays = c.texte(tronc, champs, "PAYS", 3)
    trace.append(champs)
    france = c.seul_ou_rien(blocs, "AdresseDetailleeFrance", element)
    if france is not None:
        return Adresse(rang, depuis, pays, *_adresse_france(france, trace))
    ailleurs = c.seul_ou_rien(blocs, "AdresseHorsFrance", element)
    lignes: tuple[str, ...] = ()
    if ailleurs is not None:
        libelles = c.lire_bloc(ailleurs)
        trace.append(libelles)
        lues = [c.texte(ailleurs, libelles, champ, 38) for champ in LIGNES_ETRANGER]
        lignes = tuple([ligne for ligne in lues if ligne])
    return Adresse(rang, depuis, pays, lignes, "", "", "")


def _adresse_france(bloc: Any, trace: c.Trace) -> tuple[tuple[str, ...], str, str, str]:
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    numero = c.texte(bloc, champs, "NUMVOIE", 6).lstrip("0")
    type_voie = c.texte(bloc, champs, "LIBTYPEVOIE", 30)
    nom_voie = c.texte(bloc, champs, "NOMVOIE", 32)
    lignes = (
        c.texte(bloc, champs, "COMPLIDEADR", 38),
        c.texte(bloc, champs, "COMPLADR", 38),
        " ".join([partie for partie in (numero, type_voie, nom_voie) if partie]),
        c.texte(bloc, champs, "LIEUDIST", 38),
    )
    numcom = c.texte(bloc, champs, "NUMCOM", 5)
    if numcom and not COMMUNE.fullmatch(numcom):
        motif = "n'est pas un code INSEE de commune (5 caractères)"
        raise c.Faute(bloc, "NUMCOM", numcom, "commune_malformee", motif)
    code_postal = c.entier(bloc, champs, "CODEPOS", 5)
    return (
        tuple([ligne for ligne in lignes if ligne]),
        numcom,
        "" if code_postal is None else f"{code_postal:05d}",
        c.texte(bloc, champs, "NOMCOM", 32),
    )


def _etat(element: Any, trace: c.Trace) -> tuple[Any, ...]:
    blocs = c.ranger(element)
    bloc = c.seul(blocs, "EtatDossierRSA", element)
    etat = c.code(bloc, c.lire_bloc(bloc), "ETATDOSRSA", ETATS)
    trace.append(etat)
    fin = c.seul_ou_rien(blocs, "FinDroit", element)
    fin_anterieure = c.seul_ou_rien(blocs, "FinDroitMoisAnterieur", element)
    return (
        etat,
        _motif_date(c.seul_ou_rien(blocs, "Refus", element), "MOTIREFURSA", "DTREFURSA", trace),
        tuple([_suspension_droit(s, trace) for s in blocs.get("SuspensionDroit", ())]),
        tuple([_suspension_versement(s, trace) for s in blocs.get("SuspensionVersement", ())]),
        _motif_date(fin, "MOTICLORSA", "DTCLORSA", trace),
        _motif_date(fin_anterieure, "MOTICLORSA", "DTCLORSA", trace),
    )


def _motif_date(
    bloc: Any | None, champ_motif: str, champ_date: str, trace: c.Trace
) -> MotifDate | None:
    if bloc is None:
        trace.append(None)
        return None
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return MotifDate(
        c.texte_exige(bloc, champs, champ_motif, 3), c.jour_exige(bloc, champs, champ_date)
    )


def _suspension_droit(bloc: Any, trace: c.Trace) -> Suspension:
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return Suspension(
        c.texte_exige(bloc, champs, "MOTISUSDRORSA", 2),
        c.jour_exige(bloc, champs, "DDSUSDRORSA"),
        c.texte(bloc, champs, "NATGROUPFSUS", 3),
    )


def _suspension_versement(bloc: Any, trace: c.Trace) -> Suspension:
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return Suspension(
        c.texte_exige(bloc, champs, "MOTISUSVERSRSA", 2),
        c.jour_exige(bloc, champs, "DDSUSVERSRSA"),
        "",
    )


def _droit(element: Any, trace: c.Trace) -> tuple[Any, ...]:
    blocs = c.ranger(element)
    bloc = c.seul(blocs, "TroncCommunDroitRSA", element)
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return (
        c.booleen_exige(bloc, champs, "TOPSANSDOMFIXE"),
        c.texte(bloc, champs, "ORIDEMRSA", 3),
        c.booleen(bloc, champs, "TOPFOYDRODEVORSA"),
        _montant_total(c.seul_ou_rien(blocs, "MontantsCalculDroitRSA", element), trace),
        tuple([_detail(d, trace) for d in blocs.get("DetailCalculDroitRSA", ())]),
    )


def _montant_total(bloc: Any | None, trace: c.Trace) -> Decimal | None:
    if bloc is None:
        return None
    champs = c.lire_bloc(bloc)
    trace.append(champs.get("MTTOTDRORSA"))
    return c.montant(bloc, champs, "MTTOTDRORSA")


def _detail(bloc: Any, trace: c.Trace) -> DetailDroit:
    champs = c.lire_bloc(bloc)
    # La date du dernier versement change chaque mois : elle n'entre pas dans l'empreinte.
    champs.pop("DTDERRSAVERS", None)
    trace.append(champs)
    du = c.jour_exige(bloc, champs, "DDNATDRO")
    return DetailDroit(
        c.texte_exige(bloc, champs, "NATPF", 3),
        c.texte(bloc, champs, "SOUSNATPF", 5),
        du,
        c.jour_final(bloc, champs, "DFNATDRO", du),
        c.montant(bloc, champs, "MTRSAVERS"),
    )
