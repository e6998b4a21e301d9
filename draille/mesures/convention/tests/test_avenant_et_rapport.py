"""Un avenant signé après un rapport : la lecture d'hier et le rapport restent, octet pour octet."""

import dataclasses
import json
from datetime import date
from decimal import Decimal

from draille.mesures.convention import (
    actes_rapport,
    lectures,
    lectures_rapport,
    lectures_suivi,
    models,
    regles,
)
from draille.mesures.convention.actes_avenant import signer_avenant
from draille.mesures.convention.actes_suivi import NouvelleEcheance, fixer_echeance
from draille.mesures.convention.lectures_rapport_fichiers import garde
from draille.mesures.convention.regles.avenant import (
    SaisieAvenant,
    SaisieDeliberation,
    SaisieEcheance,
    SaisieLigne,
)
from draille.mesures.convention.regles.rapport import canonique
from draille.mesures.convention.regles.suivi import NatureEcheance, Organe
from draille.noyau.organisation.actes import Portee, habiliter
from draille.noyau.organisation.lectures import acces_de
from draille.noyau.organisation.models import Agent, Organisation
from draille.noyau.territoire.models import Territoire
from draille.socle.acces import Compartiment, Role

OUVERTURE, HIER, JOUR = date(2019, 1, 1), date(2020, 10, 31), date(2020, 11, 10)


def pilote(prenom, par):
    organisation, _ = Organisation.objects.get_or_create(
        code="dept", defaults={"nom": "Département", "est_departement": True}
    )
    agent = Agent.objects.create(
        identifiant=prenom, prenom=prenom, nom="E", organisation=organisation, password="!"
    )
    portee = Portee(
        compartiment=Compartiment.INSERTION,
        role=Role.PILOTE,
        territoire=Territoire.objects.get(code="43"),
    )
    habiliter(agent=agent, portee=portee, par=par, le=OUVERTURE)
    return acces_de(agent=agent, le=HIER)


def signe(cadre, systeme):
    """Un rapport validé, arrêté à hier."""
    redige, valide = pilote("hugo", systeme), pilote("odile", systeme)
    rapport = actes_rapport.rediger(
        cadre_id=cadre.pk, annee=2020, arrete_le=HIER, par=redige, le=HIER
    )
    qui = {"rapport_id": rapport.pk, "le": HIER}
    actes_rapport.commenter(ligne_code="", texte="Une année.", par=redige, **qui)
    actes_rapport.soumettre(par=redige, **qui)
    return actes_rapport.valider(par=valide, **qui)


def octets(rapport):
    relu = models.Rapport.objects.get(pk=rapport.pk)
    fichiers = [garde(relu).fichier(extension=e) for e in ("pdf", "ods", "csv")]
    return [*fichiers, canonique(relu.contenu), relu.signature]


def lecture(cadre, le):
    page = lectures.page(departement="43", code=cadre.code, le=le)
    dues = lectures_suivi.echeances(cadre_id=cadre.pk, le=le)
    lue = [dataclasses.asdict(page), [dataclasses.asdict(e) for e in dues]]
    return json.dumps(lue, default=str, sort_keys=True).encode()


def test_mesure_ajoutee_echeance_deplacee_montant_change(inscrite, communes, systeme):
    inscrite("43")
    cadre = models.Cadre.objects.get(code="convention_pauvrete_2019_2021")
    due = NouvelleEcheance(
        nature=NatureEcheance.RAPPORT, annee=2020, libelle="Rapport", avant_le=date(2021, 3, 31)
    )
    echeance = fixer_echeance(cadre_id=cadre.pk, echeance=due, par=systeme, le=date(2020, 10, 23))
    rapport = signe(cadre, systeme)
    avant = lecture(cadre, HIER), octets(rapport)
    saisie = SaisieAvenant(
        signe_le=JOUR,
        annee=2020,
        deliberation=SaisieDeliberation(Organe.ASSEMBLEE, "CD-2020-31", date(2020, 11, 9)),
        phrase="L'avenant ajoute une mesure, change un montant et déplace le rapport.",
        lignes=(
            SaisieLigne(
                libelle="Vélos en prêt",
                nature=regles.Nature.DEPARTEMENTALE,
                montant=Decimal("12000.40"),
            ),
            SaisieLigne(code="formation", montant=Decimal(25000)),
        ),
        echeances=(
            SaisieEcheance(NatureEcheance.RAPPORT, 2020, "Rapport", date(2021, 9, 30), echeance.pk),
        ),
    )
    signer_avenant(cadre_id=cadre.pk, saisie=saisie, par=systeme, le=JOUR)
    assert (lecture(cadre, HIER), octets(rapport)) == avant
    assert lectures_rapport.verifier(models.Rapport.objects.get(pk=rapport.pk)).est_intact
    page = lectures.page(departement="43", code=cadre.code, le=JOUR)
    assert page.montant_lignes == Decimal(693392) + Decimal("12000.40") + 7000
    (deplacee,) = lectures_suivi.echeances(cadre_id=cadre.pk, le=JOUR)
    assert deplacee.avant_le == date(2021, 9, 30)
