"""L'argent d'une convention pour une année, lu des textes et des pièces des comptes.

Rien de personnel : des textes publics et des références de comptes. Trois requêtes par argent,
quel que soit le nombre de lignes et de pièces.
"""

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from draille.mesures.convention import lectures_suivi, models, regles
from draille.mesures.convention.lectures import PageConvention
from draille.mesures.convention.regles.argent import SANS_FINANCEUR, Argent, PieceLue
from draille.mesures.convention.regles.argent_alertes import Seuils
from draille.mesures.convention.regles.argent_calculs import Donnees, Echue, composer
from draille.mesures.convention.regles.argent_projection import Horizon
from draille.mesures.convention.regles.suivi import Etape, NatureEcheance
from draille.socle.parametres import registre_global


def argent(*, page: PageConvention, annee: int, le: date) -> Argent:
    """Les quatre temps de l'argent de ce cadre, pour cette année, avec les pièces datées ≤ `le`."""
    return composer(donnees=donnees(page=page, annee=annee, le=le))


def donnees(*, page: PageConvention, annee: int, le: date) -> Donnees:
    """Ce dont se compose l'argent d'une année : textes, pièces, échéances, réglages du jour."""
    lecture, mention = lecture_de_lannee(page=page, annee=annee, le=le)
    lues = lectures_suivi.echeances(cadre_id=page.cadre_id, le=le)
    echeances = [e for e in lues if e.annee == annee]
    pieces = tuple(
        PieceLue(
            id=p.pk,
            etape=Etape(p.etape),
            ligne_code=p.ligne_code,
            annee=p.annee,
            montant=p.montant,
            datee_le=p.datee_le,
            financeur=p.financeur.code if p.financeur else SANS_FINANCEUR,
        )
        for p in pieces_de_lannee(page=page, annee=annee, le=le).select_related("financeur")
    )
    fin = max(
        (e.avant_le for e in echeances if e.nature is NatureEcheance.EXECUTION),
        default=date(annee, 12, 31),
    )
    lu = registre_global()
    return Donnees(
        annee=annee,
        lecture=lecture,
        pieces=pieces,
        financeurs=_financeurs(page, lecture, pieces),
        horizon=Horizon(debut=date(annee, 1, 1), fin=fin, le=le),
        seuils=Seuils(
            execution_min=lu.decimal("convention.execution_min", le),
            preavis_jours=lu.entier("convention.preavis_echeance", le),
        ),
        echeances=tuple(Echue(e.libelle, e.avant_le) for e in echeances if e.tenue_le is None),
        libelles={x.code: x.libelle for t in lecture.convention.textes for x in t.lignes},
        mention=mention,
    )


def lecture_de_lannee(*, page: PageConvention, annee: int, le: date) -> tuple[regles.Lecture, str]:
    """La convention telle qu'elle se lit à cette date pour cette année, et ce qui n'y est pas.

    Un texte sans année publiée vaut pour toute la durée. Quand aucun texte ne porte de montants
    pour l'année, les lignes connues restent, sans montant.
    """
    convention = page.lecture.convention
    contenu = page.lecture.texte_du_contenu
    if contenu is not None and contenu.annee is None:
        mention = "Les montants publiés ne disent pas leur année : ils valent pour toute la durée."
        return page.lecture, mention if contenu.porte_des_montants else page.lecture.mention
    de_lannee = tuple(t for t in convention.textes if t.annee == annee)
    seule = regles.lire_au(convention=replace(convention, textes=de_lannee), le=le)
    if seule.texte_du_contenu is not None:
        return replace(seule, convention=convention), seule.mention
    lignes = tuple(replace(x, montant=None, repartition=()) for x in page.lecture.lignes)
    mention = f"Au {le:%d/%m/%Y}, aucun texte ne publie de montants pour {annee}."
    return replace(page.lecture, lignes=lignes, financements=()), mention


def pieces_de_lannee(*, page: PageConvention, annee: int, le: date) -> QuerySet[models.Piece]:
    """Les pièces de ce cadre pour cette année, datées au plus tard de ce jour."""
    return models.Piece.objects.filter(
        cadre_id=page.cadre_id, annee=annee, datee_le__lte=le
    ).order_by("datee_le", "pk")


def annees(*, page: PageConvention, le: date) -> list[int]:
    """Les années que l'on peut lire : celles de la période, des textes et des pièces. Une requête.

    Jamais une année à venir.
    """
    convention = page.lecture.convention
    trouvees = {t.annee for t in convention.textes if t.annee is not None}
    trouvees |= set(
        models.Piece.objects.filter(cadre_id=page.cadre_id)
        .order_by()
        .values_list("annee", flat=True)
        .distinct()
    )
    if convention.debut and convention.fin:
        trouvees |= set(range(convention.debut.year, convention.fin.year))
    return sorted(a for a in trouvees if a <= le.year) or [le.year]


def _financeurs(
    page: PageConvention, lecture: regles.Lecture, pieces: tuple[PieceLue, ...]
) -> tuple[regles.Financeur, ...]:
    """Ceux de cette année, dans l'ordre du fichier ; le Département y est toujours."""
    nommes = {m.financeur.code for m in lecture.financements}
    nommes |= {m.financeur.code for x in lecture.lignes for m in x.repartition}
    nommes |= {p.financeur for p in pieces}
    du_departement = models.Cadre.objects.filter(pk=page.cadre_id).values("departement")
    return tuple(
        regles.Financeur(f.code, f.nom, regles.Cote(f.cote))
        for f in models.Financeur.objects.filter(departement__in=du_departement).order_by("rang")
        if f.code in nommes or f.cote == regles.Cote.DEPARTEMENT
    )
