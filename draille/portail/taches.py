"""Les traitements longs ou réguliers, exécutés à côté par `draille travailleur`.

Aucun ne porte de valeur personnelle dans ses arguments : la file des traitements se lit en clair.
"""

from datetime import timedelta

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from draille.mesures import quotidiens
from draille.moteurs.rapprochement.adaptateur_revue import revoir
from draille.noyau.journal.scellement import sceller
from draille.portail.messages.expedition import expedier
from draille.portail.reception import integrer_recu, livrer_abonnements
from draille.socle import contexte, horloge
from draille.socle.acces import acces_systeme

journal = structlog.get_logger("draille.taches")
FILE_FICHIERS = "fichiers"
MESSAGES_PAR_MINUTE = 500


@app.task(queue=FILE_FICHIERS, lock="fichiers", name="draille.integrer_fichier")
def integrer_fichier(*, fichier_id: int) -> None:
    """Intègre un fichier déposé. Reprise après une coupure, elle mène au même état."""
    recu = integrer_recu(fichier_id=fichier_id, le=horloge.aujourdhui())
    journal.info("fichier_traite", fichier_id=fichier_id, est_integre=recu.est_integre)


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="draille.sceller", name="draille.sceller_journal")
def sceller_journal(timestamp: int) -> None:
    """Scelle, chaque heure, les lignes du journal qui ne le sont pas encore."""
    acces = acces_systeme(nom="scellement du journal")
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()):
        nombre = sceller()
    journal.info("journal_scelle", lignes=nombre)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="draille.livrer", name="draille.livrer")
def livrer(timestamp: int) -> None:
    """Sert, chaque minute, les mesures abonnées aux actes écrits depuis."""
    livrer_abonnements()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="draille.expedier", name="draille.expedier")
def expedier_messages(timestamp: int) -> None:
    """Envoie, chaque minute, les courriers, courriels et SMS dus."""
    # Le travailleur a d'autres tâches : un receveur lent ne les retient pas.
    bilan = expedier(limite=MESSAGES_PAR_MINUTE, duree=timedelta(seconds=40))
    if bilan.essais:
        journal.info("messages_expedies", remis=bilan.remis, abandonnes=bilan.abandonnes)
    for canal, motif in bilan.pannes.items():
        journal.warning("receveur_en_panne", canal=canal, motif=motif)


@app.periodic(cron="30 2 * * *")
@app.task(queueing_lock="draille.chaque_nuit", name="draille.chaque_nuit")
def chaque_nuit(timestamp: int) -> None:
    """Fait, chaque nuit, ce que les mesures demandent : ouvrir les créneaux des jours à venir…"""
    acces = acces_systeme(nom="traitements de la nuit")
    for quotidien in quotidiens():
        with contexte.ouvrir(acces=acces, instant=horloge.maintenant()):
            nombre = quotidien.faire(acces, horloge.aujourdhui())
        journal.info("traitement_de_nuit", nom=quotidien.nom, nombre=nombre)
    with contexte.ouvrir(acces=acces, instant=horloge.maintenant()):
        nombre = revoir(par=acces, le=horloge.aujourdhui())
    journal.info("traitement_de_nuit", nom="rapprochement.revue", nombre=nombre)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="draille.reprendre", name="draille.reprendre", pass_context=True)
async def reprendre_interrompus(context: JobContext, timestamp: int) -> None:
    """Remet en file les traitements dont le travailleur a disparu en chemin."""
    gestion = context.app.job_manager
    for tache in await gestion.get_stalled_jobs():
        await gestion.retry_job(tache)
        journal.warning("traitement_repris", tache_id=tache.id, nom=tache.task_name)
