"""Le résumé d'une démonstration : les chiffres lus du journal et des états, jamais ceux du jeu."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min, Sum

from draille.demo import resume_accompagnement, resume_accueil, resume_conventions
from draille.demo.journee import instant
from draille.mesures.convention import lectures as convention
from draille.mesures.suivi_rsa import lectures as suivi
from draille.moteurs.flux.models import FichierRecu
from draille.moteurs.indicateurs import adaptateur as indicateurs
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateur
from draille.noyau.echeance.lectures import Filtre, compter
from draille.socle import contexte
from draille.socle.acces import Acces, acces_systeme
from draille.socle.texte import date_moyenne, entier, euros, pourcent


def resumer(*, departement: str, le: date) -> dict[str, Any]:
    """Les chiffres de la démonstration à cette date, prêts pour JSON (montants en texte)."""
    systeme = acces_systeme(nom="résumé")
    with contexte.ouvrir(acces=systeme, instant=instant(le)) as acces:
        return {
            "departements": [departement],
            "date": le.isoformat(),
            **_fichiers(),
            **_beneficiaires(acces),
            **_orientation(acces, le),
            **_echeances(acces, le),
            **resume_accompagnement.resumer(acces=acces, le=le),
            **resume_accueil.resumer(departement=departement, acces=acces, le=le),
            **_convention(departement, le),
            **resume_conventions.resumer(departement=departement, acces=acces, le=le),
        }


def _fichiers() -> dict[str, Any]:
    sommes = FichierRecu.objects.filter(nature=FichierRecu.Nature.CAF_RSA).aggregate(
        lus=Sum("lus"), integres=Sum("integres"), inchanges=Sum("inchanges"), rejetes=Sum("rejetes")
    )
    return {
        "dossiers_lus": sommes["lus"],
        "dossiers_integres": sommes["integres"] + sommes["inchanges"],
        "rejets": sommes["rejetes"],
    }


def _beneficiaires(acces: Acces) -> dict[str, Any]:
    premier = FichierRecu.objects.filter(nature=FichierRecu.Nature.CAF_RSA).aggregate(m=Min("mois"))
    dernier = suivi.dernier_mois(acces=acces)
    assert dernier is not None
    bouts = {
        nom: suivi.stock(debut=mois, fin=mois, acces=acces)[0].beneficiaires
        for nom, mois in (("premier_mois", premier["m"]), ("dernier_mois", dernier))
    }
    return {"beneficiaires": bouts, "mois": [str(premier["m"]), str(dernier)]}


def _orientation(acces: Acces, le: date) -> dict[str, Any]:
    lus = {
        code: indicateurs.annuelle(
            indicateur=indicateur(code), periode=_periode(le), acces=acces, le=le
        )
        for code in ("entrants", "B1", "loi-42j")
    }
    b1 = lus["B1"]
    return {
        "entrants": lus["entrants"].denominateur,
        "orientes_en_un_mois": {
            "indicateur": "B1",
            "nombre": b1.numerateur,
            "taux": None if b1.taux is None else round(b1.taux, 4),
        },
        "orientes_en_six_semaines": {
            "indicateur": "loi-42j",
            "nombre": lus["loi-42j"].numerateur,
            "taux": None if lus["loi-42j"].taux is None else round(lus["loi-42j"].taux, 4),
        },
    }


def _periode(le: date) -> Periode:
    """L'année civile de la démonstration et la précédente : le jeu peut les enjamber."""
    return Periode(date(le.year - 1, 1, 1), date(le.year + 1, 1, 1))


def _echeances(acces: Acces, le: date) -> dict[str, Any]:
    comptes = compter(acces=acces, le=le, filtre=Filtre())
    return {"echeances_ouvertes": comptes.ouvertes, "echeances_en_retard": comptes.en_retard}


def _convention(departement: str, le: date) -> dict[str, Any]:
    pages = convention.pages(departement=departement, le=le)
    page = next((p for p in pages if p.financeurs), None)
    if page is None:
        return {"financement": {}, "parite": None, "ecart_inexplique": None}
    return {
        "financement": {p.montant.financeur.nom: str(p.montant.valeur) for p in page.financeurs},
        "parite": str(page.parite.etat) if page.parite else None,
        "ecart_inexplique": str(page.ecart.montant) if page.ecart else None,
    }


def en_phrases(resume: dict[str, Any]) -> Iterator[str]:
    """Le résumé en quelques lignes, pour la console."""
    le = date.fromisoformat(resume["date"])
    bouts, orientes = resume["beneficiaires"], resume["orientes_en_un_mois"]
    yield f"[bold]Démonstration : personnes fictives, au {date_moyenne(le)}[/bold]"
    yield (
        f"  Dossiers lus : {entier(resume['dossiers_lus'])}, "
        f"dont {entier(resume['rejets'])} rejetés, à corriger."
    )
    yield (
        f"  Bénéficiaires du RSA : {entier(bouts['premier_mois'])} au départ, "
        f"{entier(bouts['dernier_mois'])} à la fin."
    )
    yield (
        f"  Nouveaux entrants : {entier(resume['entrants'])}, dont {entier(orientes['nombre'])} "
        f"orientés en un mois ({pourcent(orientes['taux'], decimales=1)}, indicateur B1)."
    )
    loi = resume["orientes_en_six_semaines"]
    if loi["taux"] is not None:
        yield (
            f"  Dont {entier(loi['nombre'])} dans les six semaines de la loi "
            f"({pourcent(loi['taux'], decimales=1)}, indicateur loi-42j)."
        )
    yield (
        f"  Échéances ouvertes : {entier(resume['echeances_ouvertes'])}, "
        f"en retard : {entier(resume['echeances_en_retard'])}."
    )
    yield from resume_accompagnement.en_phrases(resume)
    yield from resume_accueil.en_phrases(resume)
    for nom, montant in resume["financement"].items():
        yield f"  Convention, {nom} : {euros(Decimal(montant))}"
    if resume["parite"]:
        yield f"  Parité : {resume['parite']}."
    if resume["ecart_inexplique"]:
        ecart = euros(Decimal(resume["ecart_inexplique"]))
        yield f"  Écart inexpliqué entre le total et les lignes : {ecart}."
    yield from resume_conventions.en_phrases(resume)
