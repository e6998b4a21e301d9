"""Le budget du RSA dans la démonstration : votes publiés, mandats et historique inventés, acomptes.

Tout passe par les mêmes actes que l'écran ; tout se rejoue sans rien doubler.
"""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import cos, pi
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.conf import settings
from django.db import connection

from draille.mesures.suivi_rsa import lectures_prevision
from draille.mesures.suivi_rsa.actes_acompte import FichierAcompte, importer_acompte
from draille.mesures.suivi_rsa.actes_budget import (
    MandatSaisi,
    constater_mandat,
    inscrire_publies,
)
from draille.mesures.suivi_rsa.actes_historique import importer_historique
from draille.mesures.suivi_rsa.actes_prevision import garder_prevision
from draille.mesures.suivi_rsa.lectures_prevision import MoisConnu
from draille.mesures.suivi_rsa.models import DemandeAcompte, ImportHistorique, MandatRsa, VoteBudget
from draille.mesures.suivi_rsa.regles.prevision import apres
from draille.socle.acces import Acces

CENTIME = Decimal("0.01")
_DROITS = """
SELECT d.fonorg, d.numorg, d.matricule, p.montant_departement
FROM suivi_rsa_periodedroit p JOIN suivi_rsa_dossierrsa d ON d.id = p.dossier_id
WHERE p.etat = '2' AND p.debut <= %(mois)s AND (p.fin IS NULL OR p.fin > %(mois)s)
  AND p.montant_departement > 0 AND d.matricule NOT LIKE '#%%'
ORDER BY d.fonorg, d.numorg, d.matricule, d.id
"""


@cache
def invente() -> dict[str, Any]:
    """Les nombres inventés."""
    return dict(yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8")))


def voter(*, departement: str, par: Acces, le: date) -> int:
    """Ce que tient le pilote : les votes publiés à leur date, les mandats des mois connus, et une
    fois l'historique. Rend le nombre d'actes. Rappelable."""
    if departement != settings.DRAILLE_DEPARTEMENT:
        return 0
    faits = inscrire_publies(par=par, le=le)
    connus = lectures_prevision.mois_connus(acces=par, le=le)
    des_fichiers = [m for m in connus if m.est_des_fichiers]
    if not des_fichiers:
        return faits
    if not ImportHistorique.objects.filter(departement=departement).exists():
        contenu = _historique(departement, des_fichiers[0])
        nom = "historique_rsa_fictif.csv"
        importer_historique(contenu=contenu, nom=nom, remplacer=False, par=par, le=le)
        faits += 1
    # Les mandats inventés se calent sur un budget publié : sans lui, les droits payés suffisent.
    if not VoteBudget.objects.filter(departement=departement).exists():
        return faits
    deja = set(MandatRsa.objects.filter(departement=departement).values_list("mois", flat=True))
    for mois in des_fichiers:
        if mois.mois not in deja:
            constater_mandat(mandat=_mandat(departement, mois, le), par=par, le=le)
            faits += 1
    return faits


def prevoir(*, par: Acces, le: date) -> None:
    """Essaie le modèle une fois, comme le ferait la nuit. Quelques secondes."""
    garder_prevision(par=par, le=le)


def _historique(departement: str, premier: MoisConnu) -> bytes:
    """Un tableur des mois d'avant, inventés en remontant du premier mois des fichiers."""
    dit, hasard = invente()["historique"], Random(f"historique:{departement}")
    bareme = lectures_prevision.bareme(le=premier.mois)
    au_premier = bareme.au(premier.mois, connu_le=premier.mois)
    moyen = float(premier.montant) / premier.foyers
    par_foyer = premier.beneficiaires / premier.foyers
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";")
    ecrivain.writerow(("Mois", "Foyers payés", "Bénéficiaires", "Dépense"))
    for recul in range(dit["mois"], 0, -1):
        mois = apres(premier.mois, -recul)
        pente = 1 - dit["pente_par_an"] * recul / 12
        # L'emploi de l'été fait baisser l'effectif ; janvier est le plus haut.
        saison = dit["saison"] * (_hiver(mois) - _hiver(premier.mois))
        foyers = round(premier.foyers * (pente + saison + hasard.gauss(0, dit["hasard"])))
        rapport = bareme.au(mois, connu_le=mois) / au_premier
        montant = foyers * moyen * rapport * (1 + hasard.gauss(0, dit["hasard"] / 2))
        dite = f"{montant:.2f}".replace(".", ",")
        ecrivain.writerow((f"{mois:%m/%Y}", foyers, round(foyers * par_foyer), dite))
    return sortie.getvalue().encode()


def _hiver(mois: date) -> float:
    """1 en janvier, -1 en juillet."""
    return cos((mois.month - 1) * pi / 6)


def _mandat(departement: str, mois: MoisConnu, le: date) -> MandatSaisi:
    dit = invente()["mandats"]
    hasard = Random(f"mandat:{departement}:{mois.mois}")
    ecart = Decimal(dit["variation"]) * Decimal(hasard.uniform(-1, 1))
    montant = mois.montant * Decimal(dit["coefficient"]) * (1 + ecart)
    return MandatSaisi(
        exercice=mois.mois.year,
        mois=mois.mois,
        numero=f"RSA-{mois.mois:%Y-%m}",
        organisme="CAF et MSA",
        chapitre=dit["chapitre"],
        montant=montant.quantize(CENTIME, rounding=ROUND_HALF_UP),
        mandate_le=min(le, apres(mois.mois, 1) - timedelta(days=3)),
        objet="Mandat fictif, calé sur le budget publié",
    )


def recevoir_acompte(*, graine: str, par: Acces, le: date) -> int:
    """Reçoit, de chaque caisse, la demande du dernier mois connu, avec quelques fautes. Rappelable.

    Rend le nombre de demandes reçues. `par` : le cadre de l'insertion.
    """
    connus = [m for m in lectures_prevision.mois_connus(acces=par, le=le) if m.est_des_fichiers]
    if not connus:
        return 0
    mois = connus[-1].mois
    deja = set(
        DemandeAcompte.objects.filter(
            departement=settings.DRAILLE_DEPARTEMENT, mois=mois
        ).values_list("fonorg", "numorg")
    )
    par_caisse: defaultdict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    with connection.cursor() as curseur:
        curseur.execute(_DROITS, {"mois": mois})
        for fonorg, numorg, matricule, montant in curseur.fetchall():
            par_caisse[fonorg, numorg].append((matricule, montant))
    recues = 0
    for (fonorg, numorg), droits in sorted(par_caisse.items()):
        # Une caisse d'ailleurs, dont on a gardé deux dossiers, ne demande rien à ce Département.
        if (fonorg, numorg) not in deja and len(droits) >= invente()["acompte"][
            "dossiers_au_moins"
        ]:
            contenu = _demande(droits, Random(f"{graine}:acompte:{fonorg}:{numorg}:{mois}"))
            fichier = FichierAcompte(
                contenu=contenu,
                nom=f"acompte_{fonorg}_{numorg}_{mois:%Y-%m}.csv",
                fonorg=fonorg,
                numorg=numorg,
                mois=mois,
            )
            importer_acompte(fichier=fichier, par=par, le=le)
            recues += 1
    return recues


def _demande(droits: list[tuple[str, Decimal]], hasard: Random) -> bytes:
    """Le fichier nominatif : les droits du mois, à quelques fautes près, et son total."""
    parts = invente()["acompte"]
    lignes: list[tuple[str, str, Decimal]] = []
    for matricule, montant in droits:
        tirage = hasard.random()
        if tirage < parts["oublies"]:
            continue
        if tirage < parts["oublies"] + parts["differents"]:
            montant += Decimal(hasard.randrange(-9000, 9000)) / 100
        lignes.append((matricule, "RSD", max(montant, CENTIME)))
        if hasard.random() < parts["doubles"]:
            lignes.append(lignes[-1])
    for part, nature in ((parts["absents"], "RSD"), (parts["etat"], "RSJ")):
        for _ in range(round(len(droits) * part)):
            inconnu = f"9{hasard.randrange(10**6):06}"
            lignes.append((inconnu, nature, Decimal(hasard.randrange(20000, 60000)) / 100))
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";")
    ecrivain.writerow(("Matricule", "Nature", "Montant"))
    for matricule, nature, montant in lignes:
        ecrivain.writerow((matricule, nature, f"{montant:.2f}".replace(".", ",")))
    total = sum((m for _, _, m in lignes), Decimal(0))
    ecrivain.writerow(("TOTAL", "", f"{total:.2f}".replace(".", ",")))
    return sortie.getvalue().encode()
