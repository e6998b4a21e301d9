"""Lire les conventions inscrites, et ce qu'une page en montre."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from draille.mesures.convention import models, regles


@dataclass(frozen=True)
class PartFinanceur:
    """Ce qu'un financeur engage en tout, et sa part du total (entre 0 et 1)."""

    montant: regles.Montant
    part: Decimal


@dataclass(frozen=True)
class PageConvention:
    """Tout ce qu'une page montre d'une convention à une date ; chaque chiffre garde sa preuve.

    `lignes_ids`, `textes_ids` (par code) et `texte_id` rendent l'`objet_id` des lignes de journal
    qui ont inscrit la ligne (`convention.inscrire_ligne`) et le texte (`convention.signer`).
    """

    lecture: regles.Lecture
    parites: tuple[tuple[str, regles.Parite], ...]
    ecart: regles.Ecart | None
    comptage: regles.Comptage
    financeurs: tuple[PartFinanceur, ...]
    montant_total: Decimal
    montant_lignes: Decimal
    lignes_ids: dict[str, int]
    textes_ids: dict[str, int]
    texte_id: int | None
    cadre_id: int

    @property
    def parite(self) -> regles.Parite | None:
        """La parité de l'ensemble, quand elle se vérifie à ce niveau."""
        return dict(self.parites).get("total")


def conventions(*, departement: str) -> tuple[regles.Convention, ...]:
    """Les conventions inscrites de ce Département, reconstruites des tables. Six requêtes."""
    return tuple(_convention(c) for c in _cadres(departement))


def pages(*, departement: str, le: date) -> tuple[PageConvention, ...]:
    """Une page par convention, à cette date. Six requêtes, quel que soit leur nombre."""
    return tuple(_page(c, le) for c in _cadres(departement))


def page(*, departement: str, code: str, le: date) -> PageConvention | None:
    """La page de cette convention à cette date ; None si elle n'est pas inscrite."""
    cadre = _cadres(departement).filter(code=code).first()
    return None if cadre is None else _page(cadre, le)


def _cadres(departement: str) -> QuerySet[models.Cadre]:
    sourcees = {
        "textes": models.Texte.objects.select_related("source"),
        "textes__annonces": models.Annonce.objects.select_related("source"),
        "textes__lignes": models.Ligne.objects.select_related("source"),
        "textes__lignes__cibles": models.Cible.objects.select_related("source"),
        "textes__financements": models.Financement.objects.select_related("source", "financeur"),
    }
    prealables = [Prefetch(nom, queryset=requete) for nom, requete in sourcees.items()]
    cadres = models.Cadre.objects.filter(departement=departement).select_related("source")
    return cadres.prefetch_related(*prealables)


def _page(cadre: models.Cadre, le: date) -> PageConvention:
    convention = _convention(cadre)
    lecture = regles.lire_au(convention=convention, le=le)
    financements, lignes = lecture.financements, lecture.lignes
    total = sum((m.valeur for m in financements), Decimal(0))
    connus = {t.code for t in lecture.convention.textes}
    ids = {(t.code, x.code): x.pk for t in cadre.textes.all() for x in t.lignes.all()}
    return PageConvention(
        lecture=lecture,
        parites=regles.parites(financements=financements, lignes=lignes, regle=convention.parite),
        ecart=regles.ecart_inexplique(
            financements=financements,
            lignes=lignes,
            hypothese=lecture.hypotheses.ecart_des_montants,
        ),
        comptage=regles.comptage(
            annonce=lecture.annonce, lignes=lignes, hypothese=lecture.hypotheses.ecart_du_nombre
        ),
        financeurs=tuple(
            PartFinanceur(m, m.valeur / total if total else Decimal(0)) for m in financements
        ),
        montant_total=total,
        montant_lignes=sum((x.montant for x in lignes if x.montant is not None), Decimal(0)),
        lignes_ids={
            x.code: ids[(t.code, x.code)]
            for t in lecture.textes_lus
            for x in t.lignes
            if x in lignes
        },
        textes_ids={t.code: t.pk for t in cadre.textes.all() if t.code in connus},
        texte_id=_texte_id(cadre, lecture),
        cadre_id=cadre.pk,
    )


def _texte_id(cadre: models.Cadre, lecture: regles.Lecture) -> int | None:
    contenu = lecture.texte_du_contenu
    if contenu is None:
        return None
    return next(t.pk for t in cadre.textes.all() if t.code == contenu.code)


def _convention(cadre: models.Cadre) -> regles.Convention:
    parite = None
    if cadre.part_max_etat is not None:
        parite = regles.RegleParite(regles.Portee(cadre.parite_portee), cadre.part_max_etat)
    return regles.Convention(
        code=cadre.code,
        genre=regles.Genre(cadre.genre),
        titre=cadre.titre,
        debut=cadre.debut,
        fin=cadre.fin,
        parite=parite,
        preuve=_preuve(cadre),
        textes=tuple(_texte(t) for t in cadre.textes.all()),
    )


def _texte(texte: models.Texte) -> regles.Texte:
    financements = list(texte.financements.all())
    annonces = list(texte.annonces.all())
    annonce = None
    if annonces:
        par_nature = tuple((regles.Nature(a.nature), a.nombre) for a in annonces)
        annonce = regles.Annonce(par_nature=par_nature, preuve=_preuve(annonces[0]))
    return regles.Texte(
        code=texte.code,
        rang=texte.rang,
        titre=texte.titre,
        bref=texte.bref,
        signe_le=texte.signe_le,
        annee=texte.annee,
        preuve=_preuve(texte),
        signataires=tuple(regles.Signataire(**s) for s in texte.signataires),
        annonce=annonce,
        financements=tuple(_montant(f) for f in financements if f.ligne_id is None),
        lignes=tuple(_ligne(x, financements) for x in texte.lignes.all()),
        hypotheses=regles.Hypotheses(**texte.hypotheses),
        retirees=tuple(texte.retirees),
        saisi_le=texte.saisi_le,
    )


def _ligne(ligne: models.Ligne, financements: list[models.Financement]) -> regles.Ligne:
    return regles.Ligne(
        code=ligne.code,
        libelle=ligne.libelle,
        nature=regles.Nature(ligne.nature),
        montant=ligne.montant,
        mesures=tuple(ligne.mesures),
        preuve=_preuve(ligne),
        objet=ligne.objet,
        nature_est_deduite=ligne.nature_est_deduite,
        repartition=tuple(_montant(f) for f in financements if f.ligne_id == ligne.pk),
        cibles=tuple(_cible(c) for c in ligne.cibles.all()),
    )


def _cible(cible: models.Cible) -> regles.Cible:
    return regles.Cible(
        code=cible.code,
        libelle=cible.libelle,
        genre=regles.GenreCible(cible.genre),
        valeur=cible.valeur,
        unite=cible.unite,
        preuve=_preuve(cible),
        valeur_max=cible.valeur_max,
        annee_base=cible.annee_base,
        echeance_annee=cible.echeance_annee,
    )


def _montant(financement: models.Financement) -> regles.Montant:
    f = financement.financeur
    return regles.Montant(
        financeur=regles.Financeur(f.code, f.nom, regles.Cote(f.cote)),
        valeur=financement.montant,
        preuve=_preuve(financement),
    )


def _preuve(prouvee: models.Prouvee) -> regles.Preuve:
    s = prouvee.source
    return regles.Preuve(
        phrase=prouvee.phrase,
        source=regles.Source(s.code, s.titre, s.datee, s.publiee_le, s.mise_a_jour_le),
    )
