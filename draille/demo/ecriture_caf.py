"""Écrire un fichier de bénéficiaires au format vrsb0801 (CAF et MSA), au fil de l'eau.

Le texte est assemblé à la main plutôt que par un arbre XML : un fichier de banc compte cent mille
foyers. L'ordre des éléments est celui du schéma publié ; windows-1252, sans espace de noms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import BinaryIO, Literal

from draille.demo.fictif import (
    Activite,
    AdresseFictive,
    ConditionEti,
    Defaut,
    Droit,
    FoyerFictif,
    Motif,
    Mutation,
    PersonneFictive,
)

ENCODAGE = "cp1252"
FOYERS_PAR_ECRITURE = 200


@dataclass(frozen=True, slots=True)
class Entete:
    """L'identification d'un flux mensuel. `reference_le` : le dernier jour du mois décrit."""

    application: Literal["CRI", "AGO"]
    cree_le: date
    reference_le: date
    cree_a: time = time(1, 18, 36)
    version: str = "6200"
    type_flux: str = "M"
    nature_flux: str = "D"


def ecrire_fichier(destination: BinaryIO, entete: Entete, foyers: Iterable[FoyerFictif]) -> int:
    """Écrire un fichier entier et rendre le nombre de foyers, égal au total de contrôle.

    Un caractère que windows-1252 ne connaît pas devient une référence de caractère XML.
    """
    ecrire = destination.write
    ecrire(_encoder(_debut(entete)))
    nombre = 0
    lot: list[str] = []
    for foyer in foyers:
        lot.append(xml_du_foyer(foyer))
        nombre += 1
        if len(lot) == FOYERS_PAR_ECRITURE:
            ecrire(_encoder("".join(lot)))
            lot.clear()
    ecrire(_encoder("".join(lot)))
    ecrire(_encoder(_fin(nombre)))
    return nombre


def _encoder(texte: str) -> bytes:
    return texte.encode(ENCODAGE, errors="xmlcharrefreplace")


def _debut(entete: Entete) -> str:
    return (
        '<?xml version="1.0" encoding="windows-1252"?>\n<Racine>\n<IdentificationFlux>'
        f"<APPLIEME>{entete.application}</APPLIEME>"
        f"<NUMVERSIONAPPLIEME>{entete.version}</NUMVERSIONAPPLIEME>"
        f"<TYPEFLUX>{entete.type_flux}</TYPEFLUX><NATFLUX>{entete.nature_flux}</NATFLUX>"
        f"<DTCREAFLUX>{entete.cree_le}</DTCREAFLUX>"
        f"<HEUCREAFLUX>{entete.cree_a:%H:%M:%S}.0000</HEUCREAFLUX>"
        f"<DTREF>{entete.reference_le}</DTREF></IdentificationFlux>\n"
    )


def _fin(nombre: int) -> str:
    return (
        f"<TransmissionFlux><NBTOTDOSRSATRANSM>{nombre:08d}</NBTOTDOSRSATRANSM>"
        "<NBTOTDOSRSATRANSMANO>00000000</NBTOTDOSRSATRANSMANO></TransmissionFlux>\n</Racine>\n"
    )


def xml_du_foyer(foyer: FoyerFictif) -> str:
    """Rendre l'élément InfosFoyerRSA d'un foyer, abîmé s'il porte un défaut."""
    morceaux = ["<InfosFoyerRSA>\n"]
    morceaux.extend(_identification(foyer))
    for personne in foyer.personnes:
        morceaux.extend(_personne(personne, foyer))
        morceaux.append("\n")
    morceaux.extend(_donnees_administratives(foyer))
    morceaux.extend(_prestation(foyer))
    morceaux.append("</InfosFoyerRSA>\n")
    texte = "".join(morceaux)
    return texte if foyer.defaut is None else _abimer(texte, foyer)


def _texte(valeur: str, longueur: int) -> str:
    """Couper à la longueur du schéma, puis échapper."""
    valeur = valeur[:longueur]
    if "&" in valeur or "<" in valeur or ">" in valeur:
        return valeur.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return valeur


def _booleen(valeur: bool) -> str:
    return "1" if valeur else "0"


def _montant(valeur: Decimal) -> str:
    return f"{valeur:010.2f}"


def _facultatif(balise: str, valeur: object | None) -> str:
    return "" if valeur is None else f"<{balise}>{valeur}</{balise}>"


def _identification(foyer: FoyerFictif) -> Iterator[str]:
    yield (
        f"<IdentificationRSA><Organisme><FONORG>{foyer.fonction}</FONORG>"
        f"<NUMORG>{foyer.numero_organisme}</NUMORG>"
        f"<MATRICULE>{foyer.matricule:07d}</MATRICULE></Organisme>"
        f"<Partenaire><TYPEPARTE>CG</TYPEPARTE><IDEPARTE>{foyer.departement.zfill(3)}</IDEPARTE>"
        f"</Partenaire><DemandeRSA><DTDEMRSA>{foyer.demande_le}</DTDEMRSA>"
        f"<NUMDEMRSA>{foyer.numero_demande}</NUMDEMRSA></DemandeRSA>"
    )
    if foyer.cedant is not None:
        yield _cedant(foyer.cedant)
    if foyer.prenant is not None:
        prenant = foyer.prenant
        yield (
            f"<OrganismePrenant><FONORGPRENMUT>{prenant.fonction}</FONORGPRENMUT>"
            f"<NUMORGPRENMUT>{prenant.numero}</NUMORGPRENMUT>"
            f"<DDDEPAMUT>{prenant.le}</DDDEPAMUT></OrganismePrenant>"
        )
    yield "</IdentificationRSA>\n"


def _cedant(cedant: Mutation) -> str:
    return (
        f"<OrganismeCedant><FONORGCEDMUT>{cedant.fonction}</FONORGCEDMUT>"
        f"<NUMORGCEDMUT>{cedant.numero}</NUMORGCEDMUT>"
        f"{_facultatif('MATRICULEORGCEDMUT', cedant.matricule)}"
        f"<DDARRMUT>{cedant.le}</DDARRMUT></OrganismeCedant>"
    )


def _personne(personne: PersonneFictive, foyer: FoyerFictif) -> Iterator[str]:
    yield (
        f"<Personne><Identification><QUAL>{'MR' if personne.sexe == '1' else 'MME'}</QUAL>"
        f"<NOM>{_texte(personne.nom, 28)}</NOM>"
        f"<NOMNAI>{_texte(personne.nom_naissance, 28)}</NOMNAI>"
        f"<PRENOM>{_texte(personne.prenom, 32)}</PRENOM>"
    )
    if personne.prenom_2:
        yield f"<PRENOM2>{_texte(personne.prenom_2, 15)}</PRENOM2>"
    yield (
        f"<NOMCOMNAI>{_texte(personne.commune_naissance, 26)}</NOMCOMNAI>"
        f"<DTNAI>{personne.naissance}</DTNAI><TYPEDTNAI>{personne.type_naissance}</TYPEDTNAI>"
        f"{_facultatif('NIR', personne.nir)}<TOPVALIEC>{_booleen(personne.nir is not None)}"
        f"</TOPVALIEC><SEXE>{personne.sexe}</SEXE></Identification><DossierCAF>"
        f"<TOPRESPDOS>{_booleen(personne.role == 'DEM')}</TOPRESPDOS>"
        f"<DDRATDOS>{personne.rattachee_le}</DDRATDOS>"
        f"{_facultatif('DFRATDOS', personne.detachee_le)}"
        f"{_facultatif('NUMDEMRSAPRECE', foyer.numero_precedent)}</DossierCAF>"
        f"<Prestations><NATPREST>PFA</NATPREST><ROLEPERS>{personne.role}</ROLEPERS>"
        f"<TOPCHAPERS>{_booleen(personne.role == 'ENF')}</TOPCHAPERS></Prestations>"
        f"<Prestations><NATPREST>RSA</NATPREST><ROLEPERS>{personne.role}</ROLEPERS>"
        "<TOPCHAPERS>1</TOPCHAPERS></Prestations>"
    )
    if personne.est_adulte:
        yield from _adulte(personne, foyer)
    else:
        yield _rattachement(foyer.personnes[0])
    yield "</Personne>"


def _rattachement(parent: PersonneFictive) -> str:
    return (
        f"<Rattachement><NOMNAI>{_texte(parent.nom_naissance, 28)}</NOMNAI>"
        f"<PRENOM>{_texte(parent.prenom, 32)}</PRENOM><DTNAI>{parent.naissance}</DTNAI>"
        f"{_facultatif('NIR', parent.nir)}<TYPEPAR>LEG</TYPEPAR></Rattachement>"
    )


def _adulte(personne: PersonneFictive, foyer: FoyerFictif) -> Iterator[str]:
    if personne.id_pole_emploi:
        yield (
            f"<DossierPoleEmploi><IDASSEDIC>{personne.id_pole_emploi}</IDASSEDIC>"
            "</DossierPoleEmploi>"
        )
    yield from _ressources(personne, foyer.trimestre_debut)
    total = sum((ressource.montant for ressource in personne.ressources), Decimal(0))
    yield (
        "<MontantCalculDroitRSAPersonne>"
        f"<TOPPERSDRODEVORSA>{_booleen(personne.est_soumise)}</TOPPERSDRODEVORSA>"
    )
    if personne.entre_en_droits:
        yield "<TOPPERSENTDRODEVORSA>1</TOPPERSENTDRODEVORSA>"
    yield f"<MTPERSRESSMENRSA>{_montant(total)}</MTPERSRESSMENRSA></MontantCalculDroitRSAPersonne>"
    for activite in personne.activites:
        yield _activite(activite)
    if personne.grossesse_debut is not None:
        debut = personne.grossesse_debut
        declaree = debut + timedelta(days=70)
        yield f"<Grossesse><DDGRO>{debut}</DDGRO><DTDECLGRO>{declaree}</DTDECLGRO></Grossesse>"
    if personne.montant_benefice_agricole is not None:
        yield (
            f"<InformationsAgricoles><MTBENAGRI>{personne.montant_benefice_agricole:011.2f}"
            "</MTBENAGRI><REGFISAGRI>M</REGFISAGRI></InformationsAgricoles>"
        )
    if personne.condition_eti is not None:
        yield _condition_eti(personne.condition_eti)


def _mois_suivant(premier: date, decalage: int) -> date:
    rang = premier.year * 12 + premier.month - 1 + decalage
    return date(rang // 12, rang % 12 + 1, 1)


def _ressources(personne: PersonneFictive, debut: date) -> Iterator[str]:
    fin = _mois_suivant(debut, 3) - timedelta(days=1)
    yield (
        "<Ressources><GeneraliteRessourcesTrimestre>"
        f"<TOPRESSNUL>{_booleen(not personne.ressources)}</TOPRESSNUL><DDRESS>{debut}</DDRESS>"
        f"<DFRESS>{fin}</DFRESS></GeneraliteRessourcesTrimestre>"
    )
    if personne.ressources:
        detail = "".join(
            f"<DetailRessourcesMensuelles><NATRESS>{ressource.nature}</NATRESS><MTNATRESSMEN>"
            f"{_montant(ressource.montant)}</MTNATRESSMEN></DetailRessourcesMensuelles>"
            for ressource in personne.ressources
        )
        for decalage in range(3):
            yield (
                "<RessourcesMensuelles><GeneraliteRessourcesMensuelles>"
                f"<MOISRESS>{_mois_suivant(debut, decalage)}</MOISRESS>"
                f"</GeneraliteRessourcesMensuelles>{detail}</RessourcesMensuelles>"
            )
    yield "</Ressources>"


def _activite(activite: Activite) -> str:
    return (
        f"<Activite><REG>{activite.regime}</REG><ACT>{activite.code}</ACT>"
        f"<DDACT>{activite.debut}</DDACT>{_facultatif('DFACT', activite.fin)}"
        f"{_facultatif('NATCONTRTRA', activite.contrat)}</Activite>"
    )


def _condition_eti(condition: ConditionEti) -> str:
    montant = None if condition.montant is None else _montant(condition.montant)
    return (
        f"<AvisPCGPersonne><ConditionETI><AVISEVARESSNONSAL>{condition.avis}</AVISEVARESSNONSAL>"
        f"<DTSOURESSNONSAL>{condition.depuis_le}</DTSOURESSNONSAL>"
        f"{_facultatif('DTEVARESSNONSAL', condition.evalue_le)}"
        f"{_facultatif('MTEVARESSNONSAL', montant)}</ConditionETI></AvisPCGPersonne>"
    )


def _donnees_administratives(foyer: FoyerFictif) -> Iterator[str]:
    yield (
        "<DonneesAdministratives><SituationFamille>"
        f"<SITFAM>{foyer.situation_famille}</SITFAM><DDSITFAM>{foyer.situation_depuis_le}"
        f"</DDSITFAM>{_facultatif('REGAGRIFAM', foyer.regime_agricole)}</SituationFamille>"
    )
    yield _adresse(foyer.adresse)
    yield "</DonneesAdministratives>\n"


def _adresse(adresse: AdresseFictive) -> str:
    return (
        f"<Adresse><TroncCommunAdresse><RGADR>01</RGADR>{_facultatif('DTEMM', adresse.depuis_le)}"
        "<PAYS>FRA</PAYS><TYPEADR>D</TYPEADR><ETATADR>CO</ETATADR></TroncCommunAdresse>"
        f"<AdresseDetailleeFrance><COMPLIDEADR>{_texte(adresse.complement, 38)}</COMPLIDEADR>"
        f"<COMPLADR></COMPLADR><NUMVOIE>{adresse.numero}</NUMVOIE>"
        f"<LIBTYPEVOIE>{_texte(adresse.type_voie, 30)}</LIBTYPEVOIE>"
        f"<NOMVOIE>{_texte(adresse.voie, 32)}</NOMVOIE>"
        f"<LIEUDIST>{_texte(adresse.lieu_dit, 38)}</LIEUDIST>"
        f"<NUMCOM>{adresse.code_insee}</NUMCOM><CODEPOS>{adresse.code_postal}</CODEPOS>"
        f"<NOMCOM>{_texte(adresse.commune, 32)}</NOMCOM></AdresseDetailleeFrance></Adresse>"
    )


def _motif(bloc: str, code: str, jour: str, motif: Motif | None) -> str:
    if motif is None:
        return ""
    return f"<{bloc}><{code}>{motif.code}</{code}><{jour}>{motif.le}</{jour}></{bloc}>"


def _prestation(foyer: FoyerFictif) -> Iterator[str]:
    yield (
        "<PrestationRSA><SituationDossierRSA><EtatDossierRSA>"
        f"<ETATDOSRSA>{foyer.etat.value}</ETATDOSRSA></EtatDossierRSA>"
    )
    if foyer.refus is not None:
        yield (
            f"<Refus><DTREFURSA>{foyer.refus.le}</DTREFURSA>"
            f"<MOTIREFURSA>{foyer.refus.code}</MOTIREFURSA></Refus>"
        )
    yield _motif("SuspensionDroit", "MOTISUSDRORSA", "DDSUSDRORSA", foyer.suspension_droit)
    yield _motif(
        "SuspensionVersement", "MOTISUSVERSRSA", "DDSUSVERSRSA", foyer.suspension_versement
    )
    yield _motif("FinDroit", "MOTICLORSA", "DTCLORSA", foyer.fin_droit)
    soumis = any(personne.est_soumise for personne in foyer.personnes)
    yield (
        "</SituationDossierRSA><DetailDroitRSA><TroncCommunDroitRSA>"
        f"<TOPSANSDOMFIXE>{_booleen(foyer.est_sans_domicile)}</TOPSANSDOMFIXE>"
        f"<NBENFAUTCHA>{len(foyer.enfants):02d}</NBENFAUTCHA><ORIDEMRSA>DEM</ORIDEMRSA>"
        f"<DTORIDEMRSA>{foyer.demande_le}</DTORIDEMRSA>"
        f"<TOPFOYDRODEVORSA>{_booleen(soumis)}</TOPFOYDRODEVORSA></TroncCommunDroitRSA>"
    )
    if foyer.droit is not None:
        yield from _droit(foyer.droit, _mois_suivant(foyer.trimestre_debut, 3))
    yield "</DetailDroitRSA></PrestationRSA>\n"


def _droit(droit: Droit, depuis: date) -> Iterator[str]:
    garanti = _montant(droit.montant_minimum_garanti)
    yield (
        f"<MontantsCalculDroitRSA><DDELECAL>{depuis}</DDELECAL>"
        f"<MTREVMINIGARARSA>{garanti}</MTREVMINIGARARSA>"
        f"<MTLOCALRSA>{_montant(droit.montant_forfait_logement)}</MTLOCALRSA>"
        f"<MTREVGARARSA>{garanti}</MTREVGARARSA>"
        f"<MTRESSMENRSA>{_montant(droit.montant_ressources)}</MTRESSMENRSA>"
        f"<MTTOTDRORSA>{_montant(droit.montant_total)}</MTTOTDRORSA></MontantsCalculDroitRSA>"
    )
    for versement in droit.versements:
        montant = None if versement.montant is None else _montant(versement.montant)
        yield (
            f"<DetailCalculDroitRSA><NATPF>{versement.nature}</NATPF>"
            f"<SOUSNATPF>{versement.sous_nature}</SOUSNATPF><DDNATDRO>{versement.debut}</DDNATDRO>"
            f"{_facultatif('DFNATDRO', versement.fin)}{_facultatif('MTRSAVERS', montant)}"
            f"{_facultatif('DTDERRSAVERS', versement.dernier_le)}</DetailCalculDroitRSA>"
        )


def _abimer(texte: str, foyer: FoyerFictif) -> str:
    """Mettre dans le texte la faute demandée, et elle seule."""
    demandeur = foyer.personnes[0]
    if foyer.defaut is Defaut.NIR_MAL_FORME:
        # Une colonne décalée : le nom arrive à la place du NIR.
        bon = f"<NIR>{demandeur.nir}</NIR>"
        return texte.replace(bon, f"<NIR>{_texte(demandeur.nom_naissance, 13)}</NIR>", 1)
    if foyer.defaut is Defaut.DATE_IMPOSSIBLE:
        bon = f"<DTNAI>{demandeur.naissance}</DTNAI>"
        return texte.replace(bon, f"<DTNAI>{demandeur.naissance.year}-02-31</DTNAI>", 1)
    bon = f"<NUMDEMRSA>{foyer.numero_demande}</NUMDEMRSA>"
    return texte.replace(bon, "<NUMDEMRSA></NUMDEMRSA>", 1)
