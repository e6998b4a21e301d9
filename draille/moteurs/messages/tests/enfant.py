"""Un expéditeur dans son processus, qui peut se tuer (SIGKILL) au pire moment.

    python -m draille.moteurs.messages.tests.enfant deposer NOMBRE
    python -m draille.moteurs.messages.tests.enfant envoyer COUP MINUTE...

`deposer` inscrit NOMBRE personnes par canal et leur écrit. `envoyer` fait un passage à chaque
minute dite après le début ; au premier pli de canal COUP que le receveur a pris, et avant que sa
preuve soit écrite, le processus se tue (« - » : jamais).
"""

import os
import signal
import sys
from datetime import UTC, date, datetime, timedelta

import django

DEBUT = datetime(2020, 12, 7, 9, tzinfo=UTC)
LE = date(2020, 12, 7)
CHAMPS = {"date": "jeudi 10 décembre 2020", "heure": "9 h", "lieu": "Brioude"}


def deposer(nombre):
    from draille.moteurs.messages.adaptateur import Envoi, deposer_lot
    from draille.noyau.foyer.models import Foyer, MembreFoyer
    from draille.noyau.personne.models import Personne
    from draille.socle import contexte
    from draille.socle.acces import Compartiment, acces_systeme

    contacts = (
        lambda n: {"courriel": f"p{n}@example.org"},
        lambda n: {"telephone": f"06399800{n:02}"},
        lambda n: {},
    )
    with contexte.ouvrir(acces=acces_systeme(nom="essais"), instant=DEBUT) as par:
        envois = []
        for rang, contact in enumerate(contacts):
            for n in range(nombre):
                personne = Personne.objects.create(
                    nom_naissance=f"NOM{rang}{n}", prenom="A", compartiments=[2], **contact(n)
                )
                foyer = Foyer.objects.create(
                    reference=f"CAF:{rang}:{n}",
                    adresse="1 rue A",
                    commune_nom="X",
                    cle_acces=299_999,
                )
                MembreFoyer.objects.create(
                    foyer=foyer, personne=personne, role="DEM", debut=LE, cle_acces=299_999
                )
                envois.append(
                    Envoi(
                        personne=personne,
                        modele="convocation_orientation",
                        champs=CHAMPS,
                        objet_id=n,
                        compartiment=Compartiment.INSERTION,
                    )
                )
        deposer_lot(envois=envois, par=par, le=LE)


def envoyer(coup, minutes):
    from draille.moteurs.messages import adaptateur_envoi

    finir = adaptateur_envoi._finir_remis

    def finir_ou_mourir(pris, *arguments):
        if pris.message.canal == coup:
            os.kill(os.getpid(), signal.SIGKILL)
        finir(pris, *arguments)

    adaptateur_envoi._finir_remis = finir_ou_mourir
    for minute in minutes:
        instant = DEBUT + timedelta(minutes=minute)
        bilan = adaptateur_envoi.envoyer_dus(instant=instant, limite=1000)
        print(minute, bilan.remis, sorted(bilan.pannes))


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "deposer":
        deposer(int(sys.argv[2]))
    else:
        envoyer(sys.argv[2], [int(m) for m in sys.argv[3:]])
