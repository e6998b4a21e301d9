"""La convention publiée et une demande d'acompte, pour le monde des essais de droits."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from draille.mesures.convention.actes import charger_convention
from draille.mesures.convention.regles import charger_fichier, dossier_du_departement
from draille.mesures.suivi_rsa.models import DemandeAcompte, DossierRsa, LigneAcompte
from draille.noyau.journal.models import LigneJournal
from draille.socle.acces import acces_systeme
from tests.droits.monde import Monde, cle

RACINE = Path(__file__).resolve().parents[2]
CADRE = "convention_pauvrete_2019_2021"
RECUE = date(2020, 2, 1)
SORTS = ("egal", "different", "non_demande")
# Après la signature de l'avenant, qui inscrit les lignes.
INSCRITE = date(2020, 10, 31)


def publier(monde: Monde) -> None:
    """Inscrit la convention de la Haute-Loire : ses actes ne parlent de personne."""
    dossier = dossier_du_departement(racine=RACINE, code="43")
    contenu = charger_fichier(chemin=dossier / "convention.yaml")
    charger_convention(contenu=contenu, par=acces_systeme(nom="essais"), le=INSCRITE)
    for ligne in LigneJournal.objects.filter(code__startswith="convention."):
        monde.noter_a(ligne, None, None)


def demander_acompte(monde: Monde) -> None:
    """La demande d'une caisse : une ligne par dossier, et une dont le dossier n'est pas connu."""
    dossiers = monde.de(DossierRsa)
    demande = DemandeAcompte.objects.create(
        departement="43",
        fonorg="E06",
        numorg="431",
        mois=date(2020, 1, 1),
        nom_fichier="acompte.csv",
        empreinte="a" * 64,
        recue_le=RECUE,
        lignes=len(dossiers) + 1,
        illisibles=0,
        dossiers=len(dossiers) + 1,
        ecarts=len(dossiers) + 1,
        montant_annonce=None,
        montant_demande=Decimal(100),
        montant_connu=Decimal(100),
    )
    for rang, connu in enumerate([*dossiers, None]):
        dossier = None if connu is None else monde.details[(connu.table, connu.id)]
        ligne = LigneAcompte.objects.create(
            demande=demande,
            dossier=dossier,
            numeros=str(rang + 2),
            matricule=dossier.matricule if dossier else "9999999",
            sort=SORTS[rang % len(SORTS)],
            montant_demande=Decimal(100),
            montant_connu=Decimal(90),
            ecart=Decimal(10),
            cle_acces=cle(2, connu.commune if connu else None),
        )
        monde.noter_a(ligne, 2, connu.commune if connu else None)
