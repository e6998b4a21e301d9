"""Les comptes fictifs de la démonstration : le tableur que les finances enverraient chaque mois.

Tout y est inventé, sauf le prévu, qui est celui des textes. Le tableur est cumulé depuis janvier,
comme l'outil des finances l'enregistre, avec quelques lignes fautives : on voit ce qu'elles
deviennent.
"""

import io
import random
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from draille.mesures.convention import lectures, models, regles
from draille.mesures.convention.actes_comptes import FichierComptable, importer_comptes
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.lectures_argent import lecture_de_lannee
from draille.socle.acces import Acces
from draille.socle.texte import decimal

CENTIME = Decimal("0.01")
# Fictifs : la part engagée du prévu, la part de l'année exécutée, celle que l'État verse d'avance.
ENGAGE = (Decimal("0.95"), Decimal("1.00"))
EXECUTE = (Decimal("0.86"), Decimal("1.10"))
ACOMPTE = Decimal("0.60")
COMPTES = (("6568", "58"), ("62268", "58"), ("64131", "50"))
_ENGAGEMENTS = ("Exercice", "N° engagement", "Mesure", "Chapitre", "Nature", "Fonction", "AE",
                "Date d'engagement", "Montant engagé", "Objet")  # fmt: skip
_MANDATS = ("Exercice", "N° mandat", "N° engagement", "Mesure", "Chapitre", "Nature", "Fonction",
            "Tiers", "Date d'émission", "Montant TTC", "Mandat réduit", "Objet")  # fmt: skip
_TITRES = ("Exercice", "N° titre", "Mesure", "Chapitre", "Nature", "Financeur", "Date du titre",
           "Montant", "Objet")  # fmt: skip


@dataclass(frozen=True)
class _Annee:
    """Une convention, une année, et le hasard qui lui donne toujours les mêmes comptes."""

    page: PageConvention
    rang: int
    lignes: tuple[tuple[regles.Ligne, Decimal], ...]
    annee: int
    le: date
    graine: str

    def hasard(self, *quoi: object) -> random.Random:
        return random.Random("|".join(map(str, (self.graine, self.annee, *quoi))))


def importer_le_mois(
    *, departement: str, graine: str, par: Acces, le: date
) -> models.ImportComptable | None:
    """Importe le tableur fictif de l'année, arrêté à `le` ; None s'il n'y a rien à importer.

    Rien à importer : aucune ligne n'est publiée pour l'année, ou le tableur de ce mois est déjà là.
    Lève les refus de `importer_comptes`.
    """
    nom = f"finances_fictives_{departement}_{le:%Y_%m}.xlsx"
    deja = models.ImportComptable.objects.filter(departement=departement, nom_fichier=nom)
    annees = [] if deja.exists() else _annees(departement, graine, le)
    if not annees:
        return None
    contenu = _classeur(annees)
    fichier = FichierComptable(contenu=contenu, nom=nom)
    return importer_comptes(fichier=fichier, departement=departement, par=par, le=le)


def _annees(departement: str, graine: str, le: date) -> list[_Annee]:
    """Une par convention qui publie de l'argent cette année."""
    trouvees = []
    for rang, page in enumerate(lectures.pages(departement=departement, le=le)):
        lecture, _ = lecture_de_lannee(page=page, annee=le.year, le=le)
        total = sum((m.valeur for m in lecture.financements), Decimal(0))
        if not lecture.lignes or not total:
            continue
        part = (total / len(lecture.lignes)).quantize(CENTIME, ROUND_HALF_UP)
        prevues = tuple((x, part if x.montant is None else x.montant) for x in lecture.lignes)
        trouvees.append(_Annee(page, rang, prevues, le.year, le, graine))
    return trouvees


def _classeur(annees: list[_Annee]) -> bytes:
    from openpyxl import Workbook

    classeur = Workbook()
    classeur.remove(classeur.worksheets[0])
    feuilles = (
        ("Engagements", _ENGAGEMENTS, _engagements, 9),
        ("Mandats", _MANDATS, _mandats, 10),
        ("Titres", _TITRES, _titres, 8),
    )
    for titre, titres, produire, colonne in feuilles:
        feuille = classeur.create_sheet(titre)
        feuille.append(["Données fictives de démonstration"])
        feuille.append(list(titres))
        rangees = [r for a in annees for r in produire(a)]
        for rangee in rangees:
            feuille.append(rangee)
        montants = [r[colonne - 1] for r in rangees]
        total = sum((m for m in montants if isinstance(m, Decimal)), Decimal(0))
        if rangees and all(isinstance(m, Decimal) for m in montants):
            feuille.append(["Total général", *[""] * (colonne - 2), total])
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def _entre(hasard: random.Random, bornes: tuple[Decimal, Decimal]) -> Decimal:
    bas, haut = bornes
    return bas + (haut - bas) * Decimal(hasard.randrange(1001)) / 1000


def _numero(annee: _Annee, rang: int) -> str:
    return f"E{annee.annee % 100}{annee.rang}{rang:03}"


def _engage(annee: _Annee, ligne: regles.Ligne, prevu: Decimal) -> Decimal:
    part = _entre(annee.hasard("engage", ligne.code), ENGAGE)
    return (prevu * part).quantize(CENTIME, ROUND_HALF_UP)


def _engagements(annee: _Annee) -> Iterator[list[Any]]:
    for rang, (ligne, prevu) in enumerate(annee.lignes, start=1):
        datee_le = date(annee.annee, 1, 10 + rang % 15)
        nature, fonction = COMPTES[rang % len(COMPTES)]
        if datee_le <= annee.le:
            yield [
                annee.annee, _numero(annee, rang), ligne.libelle, "017", nature, fonction,
                f"AE {annee.annee}-{rang:02}", datee_le, _engage(annee, ligne, prevu),
                f"Engagement de l'année : {ligne.libelle}",
            ]  # fmt: skip


def _mandats(annee: _Annee) -> Iterator[list[Any]]:
    """Un mandat par ligne et par mois, sur son engagement ; puis les lignes fautives."""
    for rang, (ligne, prevu) in enumerate(annee.lignes, start=1):
        engage = _engage(annee, ligne, prevu)
        rythme = annee.hasard("rythme", ligne.code)
        poids = [rythme.randrange(60, 140) for _ in range(12)]
        vise = engage * min(_entre(rythme, EXECUTE), Decimal(1))
        for mois, p in enumerate(poids, start=1):
            jour = min(26 + rang % 5, monthrange(annee.annee, mois)[1])
            datee_le = date(annee.annee, mois, jour)
            if datee_le > annee.le:
                break
            montant = (vise * p / sum(poids)).quantize(CENTIME, ROUND_HALF_UP)
            numero = f"M{_numero(annee, rang)[1:]}{mois:02}"
            yield _mandat(annee, numero, (rang, ligne.libelle), datee_le, montant)
    yield from _fautifs(annee)


def _mandat(
    annee: _Annee, numero: str, ligne: tuple[int, str], datee_le: date, montant: Any
) -> list[Any]:
    rang, libelle = ligne
    nature, fonction = COMPTES[rang % len(COMPTES)]
    return [
        annee.annee, numero, _numero(annee, rang), libelle, "017", nature, fonction,
        "Tiers fictif", datee_le, montant, "", f"Mandat du {datee_le:%m/%Y}",
    ]  # fmt: skip


def _fautifs(annee: _Annee) -> Iterator[list[Any]]:
    """Ce qu'un vrai tableur contient : fautes de frappe, doublons, années fausses, négatifs."""
    derniere = len(annee.lignes)
    premiere, autre = annee.lignes[0][0].libelle, annee.lignes[-1][0].libelle

    def fautif(mois: int, n: int, nom: str, montant: Any) -> list[Any]:
        rang = 1 if nom == premiere else derniere
        jour = date(annee.annee, mois, 5)
        numero = f"F{annee.annee % 100}{annee.rang}{mois:02}{n}"
        return _mandat(annee, numero, (rang, nom), jour, montant)

    if annee.le >= date(annee.annee, 3, 31):
        yield fautif(3, 1, autre[:2] + autre[3:], Decimal("210.40"))
        double = fautif(3, 2, autre, "84,20")
        yield double
        yield double
        yield fautif(3, 3, premiere, "(36,00)")
    if annee.le >= date(annee.annee, 9, 30):
        faux = fautif(9, 1, premiere, f"{decimal(Decimal('1250.5'))} €")
        faux[0] = annee.annee - 18
        yield faux
        inconnu = fautif(9, 2, premiere, Decimal("99.90"))
        inconnu[2] = "E00000"
        yield inconnu
        yield fautif(9, 3, autre, 0)


def _titres(annee: _Annee) -> Iterator[list[Any]]:
    """L'acompte de l'État, ligne par ligne ; les autres financeurs ne versent rien ici."""
    verse_le = date(annee.annee, 7, 20)
    etat = next(
        (
            m.financeur
            for m in annee.page.lecture.financements
            if m.financeur.cote is regles.Cote.ETAT
        ),
        None,
    )
    if etat is None or verse_le > annee.le:
        return
    for rang, (ligne, prevu) in enumerate(annee.lignes, start=1):
        acompte = (prevu / 2 * ACOMPTE).quantize(CENTIME, ROUND_HALF_UP)
        yield [
            annee.annee, f"T{_numero(annee, rang)[1:]}", ligne.libelle, "017", "74718", etat.nom,
            verse_le, acompte, "Acompte de l'État",
        ]  # fmt: skip
