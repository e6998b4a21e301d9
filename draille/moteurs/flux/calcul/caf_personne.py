"""Du bloc Personne à une `Personne`."""

from typing import Any

from draille.moteurs.flux.calcul import champs as c
from draille.moteurs.flux.calcul.enregistrements import Activite, ConditionEti, Personne

SEXES = frozenset("12")
PRESTATIONS = frozenset({"RSA", "PFA"})
ROLES = frozenset({"RDO", "DEM", "CJT", "ENF", "AUT"})
PRECISIONS_NAISSANCE = frozenset({"", "J", "N", "O"})
AVIS_ETI = frozenset("ADR")


def lire_personne(element: Any, trace: c.Trace) -> Personne:
    """Rend la personne décrite par `element` et ajoute à `trace` ce qui fait son empreinte."""
    blocs = c.ranger(element)
    identite = c.seul(blocs, "Identification", element)
    champs = c.lire_bloc(identite)
    attache = c.seul(blocs, "DossierCAF", element)
    champs_attache = c.lire_bloc(attache)
    trace += (champs, champs_attache)
    role, a_charge = _role_rsa(element, blocs, trace)
    soumis, entrant = _droits_devoirs(element, blocs, trace)
    rattachee_le = c.jour_exige(attache, champs_attache, "DDRATDOS")
    return Personne._make(
        (
            *_etat_civil(identite, champs),
            c.booleen_exige(attache, champs_attache, "TOPRESPDOS"),
            rattachee_le,
            c.jour(attache, champs_attache, "DFRATDOS"),
            role,
            a_charge,
            _pole_emploi(element, blocs, trace),
            soumis,
            entrant,
            tuple([_activite(a, trace) for a in blocs.get("Activite", ())]),
            _condition_eti(element, blocs, trace),
        )
    )


def _etat_civil(bloc: Any, champs: c.Bloc) -> tuple[Any, ...]:
    precision = c.texte(bloc, champs, "TYPEDTNAI", 1)
    if precision not in PRECISIONS_NAISSANCE:
        motif = "n'est pas un code connu (codes possibles : J, N, O)"
        raise c.Faute(bloc, "TYPEDTNAI", precision, "code_inconnu", motif)
    nom_naissance = c.nom_propre(bloc, champs, "NOMNAI", 28)
    autres = [c.texte(bloc, champs, champ, 15) for champ in ("PRENOM2", "PRENOM3")]
    return (
        c.texte(bloc, champs, "QUAL", 3),
        # Le nom d'usage est parfois vide chez les enfants : c'est alors celui de naissance.
        c.texte(bloc, champs, "NOM", 28) or nom_naissance,
        nom_naissance,
        c.nom_propre(bloc, champs, "PRENOM", 32),
        tuple([prenom for prenom in autres if prenom]),
        c.texte(bloc, champs, "NOMCOMNAI", 26),
        c.jour_exige(bloc, champs, "DTNAI"),
        precision or "N",
        c.entier(bloc, champs, "RGNAI", 1),
        c.nir(bloc, champs, "NIR"),
        c.code(bloc, champs, "SEXE", SEXES),
    )


def _role_rsa(element: Any, blocs: c.Blocs, trace: c.Trace) -> tuple[str, bool]:
    role, a_charge = "", False
    for bloc in blocs.get("Prestations", ()):
        champs = c.lire_bloc(bloc)
        nature = c.code(bloc, champs, "NATPREST", PRESTATIONS)
        lu = c.code(bloc, champs, "ROLEPERS", ROLES)
        if nature == "RSA":
            if role:
                motif = "déclare une deuxième fois le rôle RSA de la même personne"
                raise c.Faute(bloc, "NATPREST", nature, "bloc_repete", motif)
            role = lu
            a_charge = c.booleen_exige(bloc, champs, "TOPCHAPERS")
            trace.append(champs)
    if not role:
        motif = "n'a pas de bloc RSA : le rôle de la personne dans le foyer manque"
        raise c.Faute(element, "Prestations", "", "bloc_absent", motif)
    return role, a_charge


def _droits_devoirs(
    element: Any, blocs: c.Blocs, trace: c.Trace
) -> tuple[bool | None, bool | None]:
    bloc = c.seul_ou_rien(blocs, "MontantCalculDroitRSAPersonne", element)
    if bloc is None:
        trace.append(None)
        return None, None
    champs = c.lire_bloc(bloc)
    soumis = c.booleen(bloc, champs, "TOPPERSDRODEVORSA")
    entrant = c.booleen(bloc, champs, "TOPPERSENTDRODEVORSA")
    # Les montants du même bloc changent chaque trimestre sans rien changer au dossier.
    trace += (soumis, entrant)
    return soumis, entrant


def _pole_emploi(element: Any, blocs: c.Blocs, trace: c.Trace) -> str:
    bloc = c.seul_ou_rien(blocs, "DossierPoleEmploi", element)
    identifiant = "" if bloc is None else c.texte(bloc, c.lire_bloc(bloc), "IDASSEDIC", 8)
    trace.append(identifiant)
    return identifiant


def _activite(bloc: Any, trace: c.Trace) -> Activite:
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    debut = c.jour_exige(bloc, champs, "DDACT")
    return Activite(
        c.texte(bloc, champs, "REG", 2),
        c.texte_exige(bloc, champs, "ACT", 3),
        debut,
        c.lendemain(c.jour_final(bloc, champs, "DFACT", debut)),
    )


def _condition_eti(element: Any, blocs: c.Blocs, trace: c.Trace) -> ConditionEti | None:
    avis = c.seul_ou_rien(blocs, "AvisPCGPersonne", element)
    if avis is None:
        return None
    bloc = c.seul_ou_rien(c.ranger(avis), "ConditionETI", avis)
    if bloc is None:
        return None
    champs = c.lire_bloc(bloc)
    trace.append(champs)
    return ConditionEti(
        c.code(bloc, champs, "AVISEVARESSNONSAL", AVIS_ETI),
        c.jour_exige(bloc, champs, "DTSOURESSNONSAL"),
        c.jour(bloc, champs, "DTEVARESSNONSAL"),
        c.montant(bloc, champs, "MTEVARESSNONSAL"),
    )
