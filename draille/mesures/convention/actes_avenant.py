"""Signer un avenant saisi à l'écran : un texte de plus, rien d'effacé."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from draille.mesures.convention import lectures, models, regles
from draille.mesures.convention.actes import Bilan, Inscription
from draille.mesures.convention.actes_commun import cadre_verrouille, exiger
from draille.mesures.convention.actes_suivi import (
    NouvelleEcheance,
    deliberer,
    fixer_echeance,
    reporter_echeance,
)
from draille.mesures.convention.regles import avenant
from draille.mesures.convention.regles.avenant import SaisieAvenant, SaisieEcheance
from draille.noyau.journal.actes import Sujet, consigner
from draille.noyau.journal.registre import ActeDeclare
from draille.socle.acces import Acces
from draille.socle.refus import Refus


@dataclass(frozen=True)
class RetirerLigne:
    """Charge : la ligne qu'un avenant retire."""

    convention: str
    texte: str
    ligne: str


ACTES_AVENANT = (
    ActeDeclare("convention.retirer_ligne", 1, "Ligne de convention retirée", RetirerLigne),
)


@transaction.atomic
def signer_avenant(*, cadre_id: int, saisie: SaisieAvenant, par: Acces, le: date) -> models.Texte:
    """Inscrit un avenant signé : ses lignes, ses montants, sa délibération, ses échéances.

    Rien ne se réécrit : les textes d'avant restent, et se lisent tels quels aux dates d'avant la
    signature. Le journal date ces actes de la signature. Lève `Refus('acces.refuse')` hors pilote,
    et `Refus('convention.avenant_…')` : date avant celle du texte précédent ou à venir, montant
    négatif, ligne inconnue, partage faux, avenant vide (CGCT, L3211-1 et L3211-2).
    """
    exiger(par, "signer un avenant")
    cadre = cadre_verrouille(cadre_id)
    _verifier_echeances(cadre, saisie)
    prepare = preparer(cadre=cadre, saisie=saisie, le=le)
    contenu = regles.Contenu(cadre.departement, prepare.financeurs, ())
    inscription = Inscription(contenu=contenu, par=par, le=le, bilan=Bilan())
    texte = inscription.texte(cadre, prepare.texte)
    for code in saisie.retirees:
        charge = RetirerLigne(cadre.code, texte.code, code)
        consigner(charge=charge, par=par, le=saisie.signe_le, sujet=Sujet(objet_id=texte.pk))
    vote = saisie.deliberation
    deliberer(
        texte_id=texte.pk,
        organe=vote.organe,
        reference=vote.reference,
        tenue_le=vote.tenue_le,
        par=par,
        le=saisie.signe_le,
    )
    for echeance in saisie.echeances:
        _echeance(cadre, texte, echeance, par)
    return texte


@dataclass(frozen=True)
class Prepare:
    """L'avenant tel qu'il serait, et la convention lue à sa signature, sans puis avec lui."""

    texte: regles.Texte
    avant: regles.Lecture
    apres: regles.Lecture
    financeurs: tuple[regles.Financeur, ...]


def preparer(*, cadre: models.Cadre, saisie: SaisieAvenant, le: date) -> Prepare:
    """Ce que cet avenant ferait ; n'écrit rien. Lève les mêmes `Refus('convention.avenant_…')`."""
    conventions = lectures.conventions(departement=cadre.departement)
    convention = next(c for c in conventions if c.code == cadre.code)
    avant = regles.lire_au(convention=convention, le=saisie.signe_le)
    financeurs = {
        f.code: regles.Financeur(f.code, f.nom, regles.Cote(f.cote))
        for f in models.Financeur.objects.filter(departement=cadre.departement)
    }
    dits = {
        "convention": convention,
        "avant": avant,
        "saisie": saisie,
        "financeurs": financeurs,
        "le": le,
    }
    avenant.verifier(**dits)  # type: ignore[arg-type]
    texte = avenant.texte(**dits)  # type: ignore[arg-type]
    suivante = regles.Convention(**{**vars(convention), "textes": (*convention.textes, texte)})
    return Prepare(
        texte=texte,
        avant=avant,
        apres=regles.lire_au(convention=suivante, le=saisie.signe_le),
        financeurs=(*financeurs.values(), *saisie.nouveaux_financeurs),
    )


def _verifier_echeances(cadre: models.Cadre, saisie: SaisieAvenant) -> None:
    """Les échéances déplacées sont de ce cadre ; le texte signé ne peut pas en fixer dans le passé
    de la convention.
    """
    siennes = set(cadre.echeances.values_list("pk", flat=True))
    for echeance in saisie.echeances:
        if echeance.remplace_id is not None and echeance.remplace_id not in siennes:
            raise Refus(
                code="convention.avenant_echeance",
                message=f"« {echeance.libelle} » n'est pas une échéance de cette convention.",
            )


def _echeance(
    cadre: models.Cadre, texte: models.Texte, echeance: SaisieEcheance, par: Acces
) -> None:
    assert texte.signe_le is not None, "un avenant saisi est signé"
    if echeance.remplace_id is not None:
        reporter_echeance(
            echeance_id=echeance.remplace_id,
            avant_le=echeance.avant_le,
            motif=texte.titre,
            texte_id=texte.pk,
            par=par,
            le=texte.signe_le,
        )
        return
    nouvelle = NouvelleEcheance(
        nature=echeance.nature,
        annee=echeance.annee,
        libelle=echeance.libelle,
        avant_le=echeance.avant_le,
        reference=texte.titre,
        texte_id=texte.pk,
    )
    fixer_echeance(cadre_id=cadre.pk, echeance=nouvelle, par=par, le=texte.signe_le)
