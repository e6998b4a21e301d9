"""Ce qui vit entre deux textes, dans la démonstration : actions, échéances, valeurs fictives."""

from datetime import date, timedelta

from django.conf import settings

from draille.mesures.convention import models, regles
from draille.mesures.convention.actes_suivi import (
    NouvelleAction,
    NouvelleEcheance,
    NouvelleValeur,
    fixer_echeance,
    inscrire_action,
    saisir_valeur,
    tenir_echeance,
)
from draille.mesures.convention.regles.fichier_suivi import (
    ActionDite,
    EcheanceDite,
    Suivi,
    ValeurDite,
    charger_suivi,
)
from draille.socle.acces import Acces

FICHIER, FICHIER_FICTIF = "suivi.yaml", "demo_suivi.yaml"
PIECE_FICTIVE = "Délibération fictive de la démonstration"
AVANCE = timedelta(days=9)


def suivre(*, departement: str, par: Acces, le: date) -> int:
    """Inscrit actions, échéances et valeurs de ce jour ; rend le nombre de choses inscrites.

    Rappelée, elle n'ajoute que ce qui manque. Les valeurs viennent d'un fichier qui les dit
    fictives ; une échéance passée est dite tenue, par une pièce fictive. Lève `ErreurFichier`.
    """
    dossier = regles.dossier_du_departement(racine=settings.RACINE, code=departement)
    cadres = {c.code: c for c in models.Cadre.objects.filter(departement=departement)}
    faites = 0
    for nom in (FICHIER, FICHIER_FICTIF):
        if (dossier / nom).exists():
            faites += charger(suivi=charger_suivi(chemin=dossier / nom), par=par, le=le)
    return faites + sum(_tenir(cadre, par, le) for cadre in cadres.values())


def charger(*, suivi: Suivi, par: Acces, le: date) -> int:
    """Inscrit d'un fichier ce qui vaut à cette date et ne l'est pas encore ; rend leur nombre.

    Une action, une échéance ou une valeur attend que la ligne et le texte qui la portent soient
    inscrits.
    """
    cadres = {c.code: c for c in models.Cadre.objects.filter(departement=suivi.departement)}
    faites = 0
    for action in suivi.actions:
        if cadre := cadres.get(action.convention):
            faites += _inscrire(cadre, action, par, le)
    for echeance in suivi.echeances:
        if cadre := cadres.get(echeance.convention):
            faites += _fixer(cadre, echeance, par, le)
    for valeur in suivi.valeurs:
        if cadre := cadres.get(valeur.convention):
            faites += _relever(cadre, valeur, par, le)
    return faites


def _a_la_ligne(cadre: models.Cadre, code: str) -> bool:
    return models.Ligne.objects.filter(texte__cadre=cadre, code=code).exists()


def _inscrire(cadre: models.Cadre, dite: ActionDite, par: Acces, le: date) -> bool:
    depuis = dite.depuis or le
    deja = cadre.actions.filter(code=dite.code).exists()
    if deja or depuis > le or not _a_la_ligne(cadre, dite.ligne):
        return False
    champs = ("code", "libelle", "porteur", "debut", "fin", "montant", "phrase", "origine")
    action = NouvelleAction(ligne_code=dite.ligne, **{n: getattr(dite, n) for n in champs})
    inscrire_action(cadre_id=cadre.pk, action=action, par=par, le=depuis)
    return True


def _fixer(cadre: models.Cadre, dite: EcheanceDite, par: Acces, le: date) -> bool:
    fixee_le = dite.fixee_le or le
    texte = cadre.textes.filter(code=dite.texte).first() if dite.texte else None
    deja = cadre.echeances.filter(nature=dite.nature, annee=dite.annee, libelle=dite.libelle)
    if fixee_le > le or (dite.texte and texte is None) or deja.exists():
        return False
    echeance = NouvelleEcheance(
        nature=dite.nature,
        annee=dite.annee,
        libelle=dite.libelle,
        avant_le=dite.avant_le,
        reference=dite.reference,
        texte_id=texte.pk if texte else None,
    )
    fixer_echeance(cadre_id=cadre.pk, echeance=echeance, par=par, le=fixee_le)
    return True


def _relever(cadre: models.Cadre, dite: ValeurDite, par: Acces, le: date) -> bool:
    deja = cadre.valeurs.filter(
        ligne_code=dite.ligne,
        cible_code=dite.cible,
        annee=dite.annee,
        provenance=dite.provenance,
        est_base=dite.est_base,
    )
    if dite.relevee_le > le or deja.exists() or not _a_la_ligne(cadre, dite.ligne):
        return False
    valeur = NouvelleValeur(
        ligne_code=dite.ligne,
        cible_code=dite.cible,
        annee=dite.annee,
        provenance=dite.provenance,
        valeur=dite.valeur,
        origine=dite.origine,
        est_base=dite.est_base,
    )
    saisir_valeur(cadre_id=cadre.pk, valeur=valeur, par=par, le=dite.relevee_le)
    return True


def _tenir(cadre: models.Cadre, par: Acces, le: date) -> int:
    """Le Département fictif est à l'heure : ce qui est passé a été fait quelques jours avant."""
    passees = cadre.echeances.filter(
        tenue_le__isnull=True, remplacee_par__isnull=True, avant_le__lt=le
    )
    for echeance in passees:
        jour = max(echeance.fixee_le, echeance.avant_le - AVANCE)
        tenir_echeance(echeance_id=echeance.pk, piece=PIECE_FICTIVE, par=par, le=jour)
    return len(passees)
