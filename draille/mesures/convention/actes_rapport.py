"""Le rapport d'exécution : le rédiger, le commenter, le soumettre, le valider, le corriger.

Deux mains : qui rédige ou commente ne valide pas, et la base le tient aussi. Un rapport validé ne
change plus ; une correction est une version de plus, qui dit ce qu'elle change.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from draille.mesures.convention import actes_rapport_gardes as gardes
from draille.mesures.convention import (
    lectures_rapport,
    lectures_rapport_contenu,
    lectures_rapport_document,
    models,
)
from draille.mesures.convention.actes_rapport_charges import (
    CommenterRapport,
    CorrigerRapport,
    EcarterRapport,
    RedigerRapport,
    RenvoyerRapport,
    SoumettreRapport,
    TelechargerRapport,
    ValiderRapport,
)
from draille.mesures.convention.lectures_rapport_indicateurs import Demande
from draille.mesures.convention.regles import rapport as regles
from draille.mesures.convention.regles.suivi import StatutRapport
from draille.noyau.journal.actes import Sujet, consigner
from draille.socle.acces import Acces, Role
from draille.socle.refus import Refus
from draille.socle.texte import date_courte

VALIDENT = (Role.PILOTE,)
TELECHARGENT = (Role.PILOTE, Role.CADRE)
LONGUEUR_COMMENTAIRE = 4000


@transaction.atomic
def rediger(*, cadre_id: int, annee: int, arrete_le: date, par: Acces, le: date) -> models.Rapport:
    """Calcule et fige le rapport de cette année, arrêté à `arrete_le` ; rend le brouillon.

    Un brouillon de la même année est recalculé, ses commentaires gardés. Lève
    `Refus('acces.refuse')` hors pilote, `Refus('rapport.portee')` si l'agent n'a pas tout le
    Département, `Refus('rapport.date')` si la date est à venir ou avant l'année,
    `Refus('rapport.sans_texte')` si aucune ligne n'est publiée à cette date,
    `Refus('rapport.soumis')` si un rapport attend sa validation, et `Refus('rapport.valide')` si un
    rapport arrêté ce jour-là ou après est déjà validé : il se corrige.
    """
    agent_id = gardes.redacteur(par=par)
    cadre = gardes.cadre_tenu(cadre_id=cadre_id)
    ouvert = cadre.rapports.filter(annee=annee, statut__in=gardes.OUVERTS).first()
    if ouvert is not None and ouvert.statut == StatutRapport.A_VALIDER:
        raise Refus(
            code="rapport.soumis",
            message=f"La version {ouvert.version} attend sa validation. Demandez qu'elle soit "
            "validée ou renvoyée avant d'en rédiger une autre.",
        )
    if ouvert is None or ouvert.remplace_id is None:
        gardes.exiger_posterieur(cadre=cadre, annee=annee, arrete_le=arrete_le)
    contenu = _calculer(cadre, annee, arrete_le, par, le)
    rapport = ouvert or models.Rapport(
        cadre=cadre,
        annee=annee,
        version=gardes.version_suivante(cadre=cadre, annee=annee),
        statut=StatutRapport.BROUILLON,
    )
    rapport.redige_par_id, rapport.redige_par_nom = agent_id, gardes.nom(agent_id=agent_id)
    rapport.redige_le, rapport.arrete_le = le, arrete_le
    return _figer(rapport, contenu, par, le)


@transaction.atomic
def commenter(
    *, rapport_id: int, ligne_code: str, texte: str, par: Acces, le: date
) -> models.CommentaireRapport | None:
    """Écrit le commentaire d'une ligne (vide : de l'ensemble) ; un texte vide l'efface.

    Lève `Refus('rapport.brouillon')` hors brouillon, `Refus('rapport.ligne')` si la ligne n'est pas
    au rapport, `Refus('rapport.commentaire')` au-delà de 4 000 caractères.
    """
    agent_id = gardes.redacteur(par=par)
    rapport = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=rapport, statut=StatutRapport.BROUILLON, action="commenter")
    if ligne_code and ligne_code not in {x["code"] for x in rapport.contenu["lignes"]}:
        raise Refus(code="rapport.ligne", message="Cette ligne n'est pas dans le rapport.")
    texte = texte.replace("\r\n", "\n").strip()
    if len(texte) > LONGUEUR_COMMENTAIRE:
        raise Refus(
            code="rapport.commentaire",
            message=f"Un commentaire compte {LONGUEUR_COMMENTAIRE} caractères au plus ; celui-ci "
            f"en a {len(texte)}. Gardez l'essentiel.",
        )
    connu = rapport.commentaires.filter(ligne_code=ligne_code).first()
    if (connu.texte if connu else "") == texte:
        return connu
    if not texte and connu is not None:
        connu.delete()
        connu = None
    else:
        connu, _ = models.CommentaireRapport.objects.update_or_create(
            rapport=rapport,
            ligne_code=ligne_code,
            defaults={"texte": texte, "auteur_id": agent_id, "ecrit_le": le},
        )
    _ecrire(rapport, CommenterRapport(*gardes.cle(rapport=rapport), ligne=ligne_code), par, le)
    return connu


@transaction.atomic
def soumettre(*, rapport_id: int, par: Acces, le: date) -> models.Rapport:
    """Soumet le brouillon à une autre main. Lève `Refus('rapport.brouillon')` s'il n'en est pas un,
    `Refus('rapport.sans_commentaire')` si rien n'est dit de l'ensemble."""
    gardes.redacteur(par=par)
    rapport = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=rapport, statut=StatutRapport.BROUILLON, action="soumettre")
    if not rapport.commentaires.filter(ligne_code="").exists():
        raise Refus(
            code="rapport.sans_commentaire",
            message="Écrivez d'abord le commentaire d'ensemble : ce que le préfet lira en premier.",
        )
    rapport.statut, rapport.soumis_le, rapport.renvoi = StatutRapport.A_VALIDER, le, ""
    rapport.save()
    _ecrire(
        rapport,
        SoumettreRapport(*gardes.cle(rapport=rapport), empreinte=rapport.empreinte),
        par,
        le,
    )
    return rapport


@transaction.atomic
def renvoyer(*, rapport_id: int, motif: str, par: Acces, le: date) -> models.Rapport:
    """Rend à son rédacteur un rapport soumis, en disant ce qui est à reprendre.

    Lève `Refus('rapport.soumis')` s'il n'est pas soumis, `Refus('rapport.motif')` sans motif.
    """
    par.exiger(VALIDENT, cle_ligne=None, action="renvoyer un rapport d'exécution")
    rapport = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=rapport, statut=StatutRapport.A_VALIDER, action="renvoyer")
    rapport.renvoi = gardes.motif_dit(
        motif=motif, message="Dites ce qui est à reprendre : le rédacteur le lira."
    )
    rapport.statut, rapport.soumis_le = StatutRapport.BROUILLON, None
    rapport.save()
    _ecrire(rapport, RenvoyerRapport(*gardes.cle(rapport=rapport)), par, le)
    return rapport


@transaction.atomic
def valider(*, rapport_id: int, par: Acces, le: date) -> models.Rapport:
    """Signe le rapport et garde son PDF : rien n'y changera plus.

    Lève `Refus('rapport.deux_mains')` si l'agent l'a rédigé ou commenté, `Refus('rapport.soumis')`
    s'il n'est pas soumis, `Refus('rapport.altere')` si son contenu n'est plus celui qui a été figé.
    """
    par.exiger(VALIDENT, cle_ligne=None, action="valider un rapport d'exécution")
    agent_id = gardes.personne(par=par)
    rapport = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=rapport, statut=StatutRapport.A_VALIDER, action="valider")
    gardes.exiger_une_autre_main(rapport=rapport, agent_id=agent_id)
    if regles.empreinte(rapport.contenu) != rapport.empreinte:
        raise Refus(
            code="rapport.altere",
            message="Le contenu de ce rapport n'est plus celui qui a été figé. Renvoyez-le, et "
            "recalculez-le.",
        )
    rapport.valide_par_id, rapport.valide_par_nom, rapport.valide_le = (
        agent_id,
        gardes.nom(agent_id=agent_id),
        le,
    )
    rapport.statut = StatutRapport.VALIDE
    rapport.signature = lectures_rapport.sceau(rapport)
    rapport.pdf = lectures_rapport_document.pdf(
        edition=lectures_rapport.edition(rapport), instant=datetime.combine(le, time(), UTC)
    )
    rapport.save()
    charge = ValiderRapport(
        *gardes.cle(rapport=rapport),
        empreinte=rapport.empreinte,
        signature=rapport.signature,
        empreinte_pdf=lectures_rapport.empreinte_pdf(rapport.pdf),
    )
    _ecrire(rapport, charge, par, le)
    return rapport


@transaction.atomic
def corriger(
    *, rapport_id: int, motif: str, par: Acces, le: date, arrete_le: date | None = None
) -> models.Rapport:
    """Ouvre la version qui corrige un rapport validé : recalculée, commentaires repris.

    Elle est arrêtée au même jour, sauf si un autre est dit. Le rapport corrigé ne change pas. Lève
    `Refus('rapport.valide')` s'il n'est pas validé ou a déjà sa correction,
    `Refus('rapport.soumis')` si une autre version est ouverte, `Refus('rapport.motif')`.
    """
    agent_id = gardes.redacteur(par=par)
    ancien = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=ancien, statut=StatutRapport.VALIDE, action="corriger")
    cadre = gardes.cadre_tenu(cadre_id=ancien.cadre_id)
    gardes.exiger_corrigeable(ancien=ancien, cadre=cadre)
    rapport = models.Rapport(
        cadre=cadre,
        annee=ancien.annee,
        version=gardes.version_suivante(cadre=cadre, annee=ancien.annee),
        arrete_le=arrete_le or ancien.arrete_le,
        statut=StatutRapport.BROUILLON,
        redige_par_id=agent_id,
        redige_par_nom=gardes.nom(agent_id=agent_id),
        redige_le=le,
        remplace=ancien,
        motif=gardes.motif_dit(
            motif=motif, message="Dites pourquoi vous corrigez : le préfet le lira."
        ),
    )
    contenu = _calculer(cadre, rapport.annee, rapport.arrete_le, par, le)
    _figer(rapport, contenu, par, le)
    # Qui corrige reprend les commentaires à son compte : il ne validera pas.
    models.CommentaireRapport.objects.bulk_create(
        models.CommentaireRapport(
            rapport=rapport, ligne_code=code, texte=texte, auteur_id=agent_id, ecrit_le=le
        )
        for code, texte in lectures_rapport.commentaires(ancien).items()
        if not code or code in {x["code"] for x in contenu["lignes"]}
    )
    _ecrire(
        rapport, CorrigerRapport(*gardes.cle(rapport=rapport), remplace=ancien.version), par, le
    )
    return rapport


@transaction.atomic
def ecarter(*, rapport_id: int, par: Acces, le: date) -> models.Rapport:
    """Abandonne un brouillon, qui reste lisible. Lève `Refus('rapport.brouillon')` sinon."""
    gardes.redacteur(par=par)
    rapport = gardes.rapport_tenu(rapport_id=rapport_id)
    gardes.exiger_statut(rapport=rapport, statut=StatutRapport.BROUILLON, action="écarter")
    rapport.statut = StatutRapport.ECARTE
    rapport.save()
    _ecrire(rapport, EcarterRapport(*gardes.cle(rapport=rapport)), par, le)
    return rapport


@transaction.atomic
def tracer_telechargement(*, rapport_id: int, format: str, par: Acces, le: date) -> None:
    """Écrit qu'un rapport est sorti en fichier. Lève `Refus('acces.refuse')` hors pilote, cadre."""
    par.exiger(TELECHARGENT, cle_ligne=None, action="télécharger un rapport d'exécution")
    rapport = models.Rapport.objects.select_related("cadre").defer("contenu", "pdf")
    lu = rapport.filter(pk=rapport_id).first()
    if lu is None:
        raise gardes.inconnu()
    _ecrire(lu, TelechargerRapport(*gardes.cle(rapport=lu), format=format), par, le)


def _calculer(
    cadre: models.Cadre, annee: int, arrete_le: date, par: Acces, le: date
) -> dict[str, Any]:
    if not date(annee, 1, 1) <= arrete_le <= le:
        raise Refus(
            code="rapport.date",
            message=f"Un rapport de {annee} s'arrête entre le 01/01/{annee} et aujourd'hui, le "
            f"{date_courte(le)}.",
        )
    page = lectures_rapport_contenu.page_arretee(
        departement=cadre.departement, cadre=cadre.code, annee=annee, le=arrete_le
    )
    if page is None or not page.lecture.lignes:
        raise Refus(
            code="rapport.sans_texte",
            message=f"Au {date_courte(arrete_le)}, aucune ligne de cette convention n'est publiée. "
            "Choisissez une date après la signature du texte qui les fixe.",
        )
    demande = Demande(cadre.departement, cadre.code, annee, arrete_le, par)
    return lectures_rapport_contenu.composer(demande=demande, page=page)


def _figer(
    rapport: models.Rapport, contenu: dict[str, Any], par: Acces, le: date
) -> models.Rapport:
    rapport.contenu, rapport.empreinte = contenu, regles.empreinte(contenu)
    rapport.save()
    charge = RedigerRapport(
        *gardes.cle(rapport=rapport), arrete_le=rapport.arrete_le, empreinte=rapport.empreinte
    )
    _ecrire(rapport, charge, par, le)
    return rapport


def _ecrire(rapport: models.Rapport, charge: Any, par: Acces, le: date) -> None:
    consigner(charge=charge, par=par, le=le, sujet=Sujet(objet_id=rapport.pk))
