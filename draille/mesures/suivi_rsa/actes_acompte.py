"""Recevoir la demande d'acompte d'une caisse et la rapprocher de nos dossiers (CASF L262-25)."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction

from draille.mesures.suivi_rsa.models import DemandeAcompte, LigneAcompte
from draille.mesures.suivi_rsa.regles import VERSABLE, nombres
from draille.mesures.suivi_rsa.regles import acompte as regles
from draille.moteurs.flux.calcul.tableur import lire_tableau
from draille.noyau.foyer.actes import matricule_garde
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces, Compartiment, Role, cle, cle_generale
from draille.socle.parametres import registre_global
from draille.socle.refus import Refus
from draille.socle.texte import date_moyenne, mois_annee

CLE = cle_generale(compartiment=Compartiment.INSERTION)
# Une liste nominative de tout le Département : le cadre de l'insertion, et lui seul.
ROLES = (Role.CADRE,)
PAR_LOT = 2000
_CONNUS = """
SELECT d.matricule, d.id, d.cle_acces, p.etat, coalesce(p.montant_departement, 0)
FROM suivi_rsa_dossierrsa d
LEFT JOIN suivi_rsa_periodedroit p ON p.dossier_id = d.id
  AND p.debut <= %(mois)s AND (p.fin IS NULL OR p.fin > %(mois)s)
WHERE d.fonorg = %(fonorg)s AND d.numorg = %(numorg)s
ORDER BY d.id
"""


@dataclass(frozen=True)
class ImporterAcompte:
    """Charge : la demande d'une caisse, en nombres et en euros, sans rien de nominatif."""

    mois: date
    organisme: str
    lignes_lues: int
    dossiers: int
    ecarts: int
    montant_demande: Decimal
    montant_connu: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FichierAcompte:
    """Le fichier nominatif, et ce que la caisse en dit. `mois` : un jour du mois de droits.

    `montant_annonce` : le total demandé, en euros, nul si on ne le connaît que par le fichier.
    """

    contenu: bytes
    nom: str
    fonorg: str
    numorg: str
    mois: date
    montant_annonce: Decimal | None = None


def importer_acompte(*, fichier: FichierAcompte, par: Acces, le: date) -> DemandeAcompte:
    """Lit la demande et la rapproche, dossier par dossier, des droits du mois.

    Lève `acces.refuse`, `suivi_rsa.acompte_connu`, `.acompte_a_venir`, `.acompte_colonnes`,
    `.acompte_organisme`, ou le refus du fichier illisible. Base : CASF L262-25, II.
    """
    par.exiger(ROLES, cle_ligne=CLE, action="recevoir une demande d'acompte")
    mois = fichier.mois.replace(day=1)
    if mois > le:
        raise Refus(
            code="suivi_rsa.acompte_a_venir",
            message=f"{mois_annee(mois).capitalize()} n'a pas commencé : vérifiez le mois.",
        )
    empreinte = sha256(fichier.contenu).hexdigest()
    with transaction.atomic():
        _refuser_le_meme(empreinte)
        lu = _lire(fichier)
        connus = _droits(fichier.fonorg, fichier.numorg, mois)
        if not connus:
            raise Refus(
                code="suivi_rsa.acompte_organisme",
                message="Nous n'avons aucun dossier de cet organisme : vérifiez-le, ou intégrez "
                "d'abord son fichier mensuel.",
            )
        natures = registre_global().liste("suivi_rsa.natures_departement", mois)
        fait = regles.rapprocher(
            demandees=lu.demandees, connus=connus, natures=frozenset(map(str, natures))
        )
        demande = _ecrire(fichier, mois, empreinte, lu, fait, le)
        charge = ImporterAcompte(
            mois=mois,
            organisme=f"{fichier.fonorg} {fichier.numorg}",
            lignes_lues=demande.lignes,
            dossiers=demande.dossiers,
            ecarts=demande.ecarts,
            montant_demande=demande.montant_demande,
            montant_connu=demande.montant_connu,
        )
        consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=demande.pk))
    return demande


def _refuser_le_meme(empreinte: str) -> None:
    deja = DemandeAcompte.objects.filter(
        departement=settings.DRAILLE_DEPARTEMENT, empreinte=empreinte
    ).first()
    if deja is not None:
        raise Refus(
            code="suivi_rsa.acompte_connu",
            message=f"Ce fichier a déjà été reçu le {date_moyenne(deja.recue_le)}, pour "
            f"{mois_annee(deja.mois)}. Rien n'a été compté deux fois.",
        )


def _lire(fichier: FichierAcompte) -> regles.Fichier:
    tableau = lire_tableau(io.BytesIO(fichier.contenu), fichier.nom)
    absentes = [c for c in regles.CHAMPS if c not in regles.colonnes(tableau.entetes)]
    if absentes:
        raise Refus(
            code="suivi_rsa.acompte_colonnes",
            message=f"Ce fichier n'a pas de colonne : {', '.join(absentes)}. La demande d'acompte "
            "donne, pour chaque allocataire, son matricule, la nature et le montant du paiement.",
            base_legale="CASF L262-25",
        )
    return _garder(regles.lire(entetes=tableau.entetes, lignes=tableau.lignes))


def _garder(lu: regles.Fichier) -> regles.Fichier:
    """Le fichier, ses matricules tels qu'on les garde : celui d'une MSA est souvent un NIR."""
    return replace(
        lu,
        demandees=tuple(replace(x, matricule=matricule_garde(x.matricule)) for x in lu.demandees),
        illisibles=tuple(
            replace(
                x,
                matricule=matricule_garde(x.matricule),
                raison=x.raison.replace(x.matricule, matricule_garde(x.matricule)),
            )
            for x in lu.illisibles
        ),
    )


def _droits(fonorg: str, numorg: str, mois: date) -> dict[str, regles.DroitConnu]:
    """Les droits du mois par matricule ; plusieurs demandes d'un même matricule s'additionnent."""
    connus: dict[str, regles.DroitConnu] = {}
    with connection.cursor() as curseur:
        curseur.execute(_CONNUS, {"fonorg": fonorg, "numorg": numorg, "mois": mois})
        for matricule, dossier_id, cle_acces, etat, montant in curseur.fetchall():
            code = matricule if matricule.startswith("#") else nombres.matricule(matricule)
            est_versable = etat == VERSABLE
            du = montant if est_versable else regles.ZERO
            avant = connus.get(code)
            if avant is not None and (avant.est_versable or not est_versable):
                dossier_id, cle_acces = avant.dossier_id, avant.cle_acces
            total = du + (avant.montant if avant else regles.ZERO)
            versable = est_versable or bool(avant and avant.est_versable)
            connus[code] = regles.DroitConnu(dossier_id, total, versable, cle_acces)
    return connus


def _ecrire(
    fichier: FichierAcompte,
    mois: date,
    empreinte: str,
    lu: regles.Fichier,
    fait: regles.Rapprochement,
    le: date,
) -> DemandeAcompte:
    annonce = fichier.montant_annonce
    demande = DemandeAcompte.objects.create(
        departement=settings.DRAILLE_DEPARTEMENT,
        fonorg=fichier.fonorg,
        numorg=fichier.numorg,
        mois=mois,
        nom_fichier=fichier.nom[:200],
        empreinte=empreinte,
        recue_le=le,
        lignes=len(lu.demandees) + len(lu.illisibles),
        illisibles=len(lu.illisibles),
        dossiers=len(fait.lignes),
        ecarts=sum(x.sort != regles.EGAL for x in fait.lignes),
        montant_annonce=lu.montant_annonce if annonce is None else annonce,
        montant_demande=fait.montant_demande,
        montant_connu=fait.montant_connu,
    )
    LigneAcompte.objects.bulk_create(_lignes(demande, lu, fait), batch_size=PAR_LOT)
    return demande


def _lignes(
    demande: DemandeAcompte, lu: regles.Fichier, fait: regles.Rapprochement
) -> Iterable[LigneAcompte]:
    sans_dossier = cle(compartiment=Compartiment.INSERTION, commune_id=None)
    for x in fait.lignes:
        yield LigneAcompte(
            demande=demande,
            dossier_id=x.connu.dossier_id if x.connu else None,
            cle_acces=x.connu.cle_acces if x.connu else sans_dossier,
            numeros=", ".join(map(str, x.numeros))[:120],
            matricule=x.matricule,
            natures=", ".join(x.natures)[:60],
            sort=x.sort,
            montant_demande=x.montant_demande,
            montant_connu=x.montant_connu,
            ecart=x.ecart,
            raison=x.raison[:250],
        )
    for faute in lu.illisibles:
        yield LigneAcompte(
            demande=demande,
            cle_acces=sans_dossier,
            numeros=str(faute.numero),
            matricule=faute.matricule,
            sort=regles.ILLISIBLE,
            montant_demande=regles.ZERO,
            montant_connu=regles.ZERO,
            ecart=regles.ZERO,
            raison=faute.raison[:250],
        )
