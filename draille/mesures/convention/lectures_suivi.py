"""Ce qui vit entre deux textes, à une date : échéances, réductions, actions, délibérations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from draille.mesures.convention import models
from draille.mesures.convention.regles.fichier_suivi import Confiance as Confiance
from draille.mesures.convention.regles.fichier_suivi import TexteCadre as TexteCadre
from draille.mesures.convention.regles.fichier_suivi import charger_textes_cadres
from draille.mesures.convention.regles.suivi import ActionLue as ActionLue
from draille.mesures.convention.regles.suivi import DeliberationLue as DeliberationLue
from draille.mesures.convention.regles.suivi import EcheanceLue as EcheanceLue
from draille.mesures.convention.regles.suivi import EtatEcheance as EtatEcheance
from draille.mesures.convention.regles.suivi import NatureEcheance, Organe, etat_echeance
from draille.mesures.convention.regles.suivi import ReductionLue as ReductionLue

FICHIER_DES_TEXTES_CADRES = Path(__file__).with_name("regles_textes_cadres.yaml")
_CLOSES = (EtatEcheance.TENUE, EtatEcheance.TENUE_EN_RETARD)


@dataclass(frozen=True)
class EcheanceDuCadre:
    """Une échéance et la convention qui la doit."""

    cadre_code: str
    cadre_titre: str
    echeance: EcheanceLue


def echeances(*, cadre_id: int, le: date) -> tuple[EcheanceLue, ...]:
    """Les échéances qui valent à cette date, la plus proche d'abord. Une requête.

    Celle qu'un texte signé ce jour-là a déplacée n'y est plus ; sa remplaçante dit sa date d'avant.
    """
    lues = models.EcheanceCadre.objects.filter(cadre_id=cadre_id, fixee_le__lte=le)
    return _en_vigueur(lues.select_related("texte", "remplace", "remplacee_par"), le)


def a_tenir(*, departement: str, le: date) -> tuple[EcheanceDuCadre, ...]:
    """Ce que les conventions du Département doivent encore à cette date. Une requête."""
    lues = models.EcheanceCadre.objects.filter(cadre__departement=departement, fixee_le__lte=le)
    liees = list(lues.select_related("cadre", "texte", "remplace", "remplacee_par"))
    cadres = {e.pk: e.cadre for e in liees}
    return tuple(
        EcheanceDuCadre(cadres[e.id].code, cadres[e.id].titre, e)
        for e in _en_vigueur(liees, le)
        if e.etat not in _CLOSES
    )


def _en_vigueur(lues: Iterable[models.EcheanceCadre], le: date) -> tuple[EcheanceLue, ...]:
    return tuple(_echeance(e, le) for e in lues if not _est_remplacee(e, le))


def _est_remplacee(echeance: models.EcheanceCadre, le: date) -> bool:
    suivante = getattr(echeance, "remplacee_par", None)
    return suivante is not None and suivante.fixee_le <= le


def _echeance(e: models.EcheanceCadre, le: date) -> EcheanceLue:
    tenue = e.tenue_le if e.tenue_le is not None and e.tenue_le <= le else None
    return EcheanceLue(
        id=e.pk,
        nature=NatureEcheance(e.nature),
        libelle=e.libelle,
        annee=e.annee,
        avant_le=e.avant_le,
        tenue_le=tenue,
        etat=etat_echeance(avant_le=e.avant_le, tenue_le=e.tenue_le, le=le),
        reference=e.reference,
        fixee_par=e.texte.titre if e.texte else "",
        deplacee_du=e.remplace.avant_le if e.remplace else None,
        tenue_par=e.tenue_par if tenue else "",
    )


def reductions(*, cadre_id: int, le: date) -> tuple[ReductionLue, ...]:
    """Les réductions notifiées à cette date. Une requête."""
    lues = models.Reduction.objects.filter(cadre_id=cadre_id, notifiee_le__lte=le)
    return tuple(
        ReductionLue(r.pk, r.annee, r.montant, r.motif, r.reference, r.notifiee_le) for r in lues
    )


def actions(*, cadre_id: int, le: date) -> tuple[ActionLue, ...]:
    """Les actions inscrites et qui ne sont pas finies à cette date. Une requête."""
    lues = models.Action.objects.filter(cadre_id=cadre_id, inscrite_le__lte=le).exclude(fin__lte=le)
    return tuple(
        ActionLue(
            ligne_code=a.ligne_code,
            code=a.code,
            libelle=a.libelle,
            porteur=a.porteur,
            debut=a.debut,
            fin=a.fin,
            montant=a.montant,
            phrase=a.phrase,
            origine=a.origine,
        )
        for a in lues
    )


def deliberations(*, cadre_id: int, le: date) -> tuple[DeliberationLue, ...]:
    """Les délibérations tenues à cette date, sur un texte signé à cette date. Une requête.

    Un texte dont la signature n'est pas publiée se lit depuis toujours.
    """
    lues = models.Deliberation.objects.filter(texte__cadre_id=cadre_id, tenue_le__lte=le)
    return tuple(
        DeliberationLue(
            texte_code=d.texte.code,
            organe=Organe(d.organe),
            reference=d.reference,
            tenue_le=d.tenue_le,
            objet=d.objet,
        )
        for d in lues.exclude(texte__signe_le__gt=le).select_related("texte")
    )


def textes_cadres(*, le: date) -> tuple[TexteCadre, ...]:
    """Les textes-cadres publiés à cette date, du plus ancien au plus récent. Aucune requête."""
    return tuple(t for t in _textes_cadres() if t.publie_le <= le)


@cache
def _textes_cadres() -> tuple[TexteCadre, ...]:
    return charger_textes_cadres(chemin=FICHIER_DES_TEXTES_CADRES)
