"""Les chiffres de la formation à une date : professionnels, heures, coût ; et leurs listes.

Tout vient des lignes `formation.suivre` du journal et des sessions : un nombre et la liste qui
l'ouvre sont les mêmes lignes.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from draille.mesures.formation import regles_catalogue, regles_chiffres
from draille.mesures.formation.acces import ACCES
from draille.mesures.formation.models import Professionnel, Session
from draille.mesures.formation.regles import StatutSession
from draille.mesures.formation.regles_chiffres import Part, Suivie
from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.models import Territoire, TerritoireCommune
from draille.socle.acces import Acces
from draille.socle.texte import mois_annee

NATURE = "secteur"
SANS_SECTEUR = "aucun"
_SANS_NOM = "Nom non ouvert à votre fonction"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLue:
    """Une part et ses mots ; `critere` ouvre sa liste."""

    libelle: str
    part: Part
    critere: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cout:
    """L'argent d'une année, en euros. `credit` : la ligne de la convention, nul si elle n'en dit
    rien. `prevu` : ce que coûtent en plus les sessions pas encore closes.
    """

    reel: Decimal
    prevu: Decimal
    credit: Decimal | None
    closes: int
    a_venir: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chiffres:
    """Les chiffres d'une année, à une date."""

    annee: int
    total: Part
    themes: tuple[PartLue, ...]
    mois: tuple[PartLue, ...]
    secteurs: tuple[PartLue, ...]
    cout: Cout


def chiffres(*, annee: int, le: date) -> Chiffres:
    """L'année, telle qu'on la lit le jour `le`. Cinq requêtes."""
    suivies = _suivies(annee, le)
    return Chiffres(
        annee=annee,
        total=regles_chiffres.total(suivies),
        themes=tuple(
            PartLue(libelle=regles_catalogue.libelle_theme(p.cle), part=p, critere=f"theme={p.cle}")
            for p in regles_chiffres.par_theme(suivies)
        ),
        mois=_mois(annee, suivies, le),
        secteurs=_secteurs(suivies),
        cout=cout(annee=annee, le=le),
    )


def _mois(annee: int, suivies: list[Suivie], le: date) -> tuple[PartLue, ...]:
    """Chaque mois de l'année jusqu'à `le` ; un mois sans formation est à zéro."""
    lus = {p.cle: p for p in regles_chiffres.par_mois(suivies)}
    premiers = [date(annee, m, 1) for m in range(1, 13)]
    return tuple(
        PartLue(
            libelle=mois_annee(m),
            part=lus.get(str(m.month), Part(str(m.month), 0, 0, Decimal(0))),
            critere=f"mois={m.month}",
        )
        for m in premiers
        if m <= le
    )


def _secteurs(suivies: list[Suivie]) -> tuple[PartLue, ...]:
    """Chaque secteur où l'on s'est formé, par nom ; les lieux hors de tout secteur à la fin."""
    noms = {
        str(pk): nom
        for pk, nom in Territoire.objects.filter(nature=NATURE).values_list("pk", "nom")
    }
    lues = [
        PartLue(libelle=noms.get(p.cle, "Sans secteur connu"), part=p, critere=f"secteur={p.cle}")
        for p in regles_chiffres.par_secteur(suivies)
    ]
    return tuple(sorted(lues, key=lambda p: (p.part.cle == SANS_SECTEUR, p.libelle)))


def _suivies(annee: int, le: date) -> list[Suivie]:
    """Les demi-journées suivies de l'année, lues le jour `le`. Deux requêtes."""
    lignes = (
        LigneJournal.objects.filter(
            code="formation.suivre", le__gte=date(annee, 1, 1), le__lt=date(annee + 1, 1, 1)
        )
        .filter(le__lte=le)
        .order_by("le", "pk")
        .values_list("pk", "le", "objet_id", "commune_id", "charge")
    )
    secteurs = _secteur_des_communes(le)
    return [
        Suivie(
            ligne_id=pk,
            le=jour,
            annee_id=objet_id,
            professionnel_id=charge["professionnel_id"],
            session_id=charge["session_id"],
            theme=charge["theme"],
            heures=Decimal(charge["heures"]),
            est_forme=charge["est_forme"],
            secteur=secteurs.get(commune_id, SANS_SECTEUR),
        )
        for pk, jour, objet_id, commune_id, charge in lignes
    ]


def _secteur_des_communes(le: date) -> dict[int | None, str]:
    appartenances = TerritoireCommune.objects.filter(
        Q(fin__isnull=True) | Q(fin__gt=le), nature=NATURE, debut__lte=le
    )
    return {
        commune: str(secteur)
        for commune, secteur in appartenances.values_list("commune_id", "territoire_id")
    }


def cout(*, annee: int, le: date) -> Cout:
    """Ce que la formation a coûté et coûtera dans l'année de ses sessions (leur dernier jour).

    Deux requêtes.
    """
    lues = list(Session.objects.filter(fin__year=annee, programmee_le__lte=le))
    finies = [s for s in lues if s.finie_le is not None and s.finie_le <= le]
    restent = [s for s in lues if s not in finies]
    return Cout(
        reel=sum((s.montant_reel or Decimal(0) for s in finies), Decimal(0)),
        prevu=sum((s.montant_prevu for s in restent), Decimal(0)),
        credit=credit(le=le),
        closes=sum(s.statut == StatutSession.CLOSE for s in finies),
        a_venir=len(restent),
    )


# Une ligne qu'un avenant reprend compte une fois, au dernier montant ; retirée, plus du tout.
_CREDIT = """
SELECT sum(montant) FROM (
  SELECT DISTINCT ON (charge ->> 'convention', charge ->> 'ligne')
    (charge ->> 'montant')::numeric AS montant, charge -> 'mesures' AS mesures
  FROM noyau_lignejournal
  WHERE code IN ('convention.inscrire_ligne', 'convention.retirer_ligne') AND le <= %s
  ORDER BY charge ->> 'convention', charge ->> 'ligne', id DESC
) l
WHERE mesures ? 'formation'
"""


def credit(*, le: date) -> Decimal | None:
    """Ce que la convention inscrit pour la formation, en euros, lu du journal ; nul si rien."""
    with connection.cursor() as curseur:
        curseur.execute(_CREDIT, [le])
        (montant,) = curseur.fetchone()
    return None if montant is None else Decimal(montant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Critere:
    """Les lignes d'une liste. `est_compte` : une par professionnel formé, et non toutes."""

    annee: int
    theme: str = ""
    secteur: str = ""
    mois: int | None = None
    est_compte: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuivieLue:
    """Une demi-journée suivie et ses mots."""

    suivie: Suivie
    professionnel: str
    organisation: str
    session: str


def suivies(*, critere: Critere, acces: Acces, le: date) -> list[SuivieLue]:
    """Les lignes derrière un nombre, de la plus ancienne à la plus récente. Quatre requêtes.

    Les noms se lisent au titre d'un rôle qui gère, et chacun lit le sien.
    """
    retenues = _suivies(critere.annee, le)
    if critere.theme:
        retenues = [s for s in retenues if s.theme == critere.theme]
    if critere.est_compte:
        retenues = regles_chiffres.comptees(retenues)
    if critere.secteur:
        retenues = [s for s in retenues if s.secteur == critere.secteur]
    if critere.mois:
        retenues = [s for s in retenues if s.le.month == critere.mois]
    return _habiller(retenues, acces)


def _habiller(retenues: list[Suivie], acces: Acces) -> list[SuivieLue]:
    qui = Professionnel.objects.select_related("agent", "organisation").in_bulk(
        {s.professionnel_id for s in retenues}
    )
    titres = Session.objects.in_bulk({s.session_id for s in retenues})
    lit_tout = ACCES["gerer"](acces)

    def nom(professionnel: Professionnel) -> str:
        est_le_sien = acces.agent_id is not None and professionnel.agent_id == acces.agent_id
        return str(professionnel) if lit_tout or est_le_sien else _SANS_NOM

    return [
        SuivieLue(
            suivie=s,
            professionnel=nom(qui[s.professionnel_id]),
            organisation=qui[s.professionnel_id].organisation.nom,
            session=titres[s.session_id].titre,
        )
        for s in retenues
    ]


def nom_du_secteur(cle: str) -> str:
    """Le nom du secteur d'un critère. Une requête au plus."""
    if cle == SANS_SECTEUR:
        return "sans secteur connu"
    nom = Territoire.objects.filter(pk=int(cle)).values_list("nom", flat=True).first()
    return nom or "secteur inconnu"
