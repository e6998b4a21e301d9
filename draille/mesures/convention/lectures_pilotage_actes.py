"""Les actes et les échéances des mesures qui exécutent une ligne, comptés pour un lecteur.

Aucun nom ici. À qui n'est pas du Département, un petit nombre est tu, et ce qui le trahirait.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from draille.mesures.convention import regles
from draille.mesures.convention.lectures_secret import Compte, taire_colonne, taire_total
from draille.mesures.convention.regles.pilotage import Moment
from draille.moteurs.delais.registre import Delai, delais
from draille.moteurs.indicateurs.adaptateur import seuil_secret
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal import registre
from draille.noyau.journal.models import LigneJournal
from draille.noyau.territoire.models import Commune
from draille.socle.acces import PAS, SANS_COMMUNE, Acces

ENSEMBLE = ""


@dataclass(frozen=True)
class ActesLus:
    """Combien d'actes : dans l'année, dans son dernier mois compté, mois par mois."""

    annee: int | None
    mois: int | None
    serie: tuple[int | None, ...]


@dataclass(frozen=True)
class RetardsLus:
    """Combien d'échéances dépassées ; `depuis` : la plus ancienne limite, nulle sans retard."""

    nombre: int | None
    depuis: date | None


@dataclass(frozen=True)
class ActesParCode:
    """Un acte et son nombre sur la période ; nul s'il est tu."""

    code: str
    libelle: str
    nombre: int | None


@dataclass(frozen=True)
class RetardLu:
    """Une échéance dépassée, sans dire de qui : l'acte qui l'a ouverte la retrouve."""

    libelle: str
    avant_le: date
    jours: int
    commune: str
    ligne_ouverture: int


def mesures_de(ligne: regles.Ligne) -> tuple[str, ...]:
    """Les codes des mesures qui exécutent la ligne, et le sien."""
    return tuple(dict.fromkeys((ligne.code, *ligne.mesures)))


def seuil_de(acces: Acces, le: date) -> int:
    """Le plus petit effectif que ce lecteur voit ; 0 s'il les voit tous."""
    return 0 if acces.est_du_departement else seuil_secret(le=le)


def actes_par_ligne(
    *, lignes: Iterable[regles.Ligne], moment: Moment, acces: Acces
) -> dict[str, ActesLus]:
    """Les actes de l'année, par ligne, que ce lecteur peut ouvrir. Une requête.

    La clé `ENSEMBLE` les compte tous, chacun une fois : deux lignes peuvent partager une mesure.
    """
    lignes = tuple(lignes)
    comptes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    toutes = {m for x in lignes for m in mesures_de(x)}
    groupes = _actes(toutes, moment, acces).values_list("code", "le__month").order_by()
    for code, mois, nombre in groupes.annotate(Count("pk")):
        comptes[_mesure(code)][mois] += nombre
    seuil = seuil_de(acces, moment.le)
    lus = {x.code: _lus(mesures_de(x), comptes, moment, seuil) for x in lignes}
    return {**lus, ENSEMBLE: _lus(toutes, comptes, moment, seuil)}


def _lus(
    mesures: Iterable[str], comptes: Mapping[str, Mapping[int, int]], moment: Moment, seuil: int
) -> ActesLus:
    nombres = [
        sum(comptes.get(m, {}).get(mois, 0) for m in mesures) for mois in range(1, moment.mois + 1)
    ]
    total = sum(nombres)
    if not seuil:
        return ActesLus(total, nombres[-1], tuple(nombres))
    mois = taire_colonne([Compte(str(i), "", n, n) for i, n in enumerate(nombres)], seuil=seuil)
    en_tout = taire_total(Compte("", "", total, total), [mois], seuil=seuil)
    serie = tuple(c.denominateur for c in mois)
    return ActesLus(en_tout.denominateur, serie[-1], serie)


def actes_par_code(
    *, ligne: regles.Ligne, moment: Moment, mois: int | None, acces: Acces
) -> list[ActesParCode]:
    """Les actes d'une ligne par code, le plus fréquent d'abord ; d'un mois s'il est dit."""
    lus = _actes(mesures_de(ligne), moment, acces)
    if mois is not None:
        lus = lus.filter(le__month=mois)
    comptes = dict(lus.values_list("code").order_by().annotate(Count("pk")))
    seuil = seuil_de(acces, moment.le)
    ranges = sorted(comptes.items(), key=lambda c: (-c[1], c[0]))
    parts = [Compte(code, registre.libelle(code), n, n) for code, n in ranges]
    tus = taire_colonne(parts, seuil=seuil) if seuil else parts
    return [ActesParCode(c.cle, c.libelle, c.denominateur) for c in tus]


def retards_par_ligne(
    *, lignes: Iterable[regles.Ligne], moment: Moment, acces: Acces
) -> dict[str, RetardsLus]:
    """Les échéances dépassées, par ligne, que ce lecteur peut ouvrir. Une requête."""
    lignes = tuple(lignes)
    tous = {d.code: d for x in lignes for d in _delais(x)}
    groupes = _depasses(tous, moment, acces).order_by().values_list("code")
    lus = {c: (n, depuis) for c, n, depuis in groupes.annotate(Count("pk"), Min("avant_le"))}
    seuil = seuil_de(acces, moment.le)
    resultat = {}
    for ligne in lignes:
        siens = [lus[d.code] for d in _delais(ligne) if d.code in lus]
        nombre = sum(n for n, _ in siens)
        est_tu = 0 < nombre < seuil
        depuis = min((d for _, d in siens), default=None)
        resultat[ligne.code] = RetardsLus(None if est_tu else nombre, None if est_tu else depuis)
    return resultat


def retards(*, ligne: regles.Ligne, moment: Moment, acces: Acces) -> QuerySet[Echeance]:
    """Les échéances dépassées d'une ligne, la plus ancienne limite d'abord."""
    codes = {d.code: d for d in _delais(ligne)}
    return _depasses(codes, moment, acces).order_by("avant_le", "pk")


def habiller_retards(*, echeances: Iterable[Echeance], moment: Moment) -> list[RetardLu]:
    """Les échéances d'une page avec leurs mots ; la commune est celle de leur clé. Une requête."""
    lues = list(echeances)
    libelles = {d.code: d.libelle for d in delais()}
    numeros = {e.cle_acces % PAS for e in lues if e.cle_acces is not None} - {SANS_COMMUNE}
    communes = dict(Commune.objects.filter(pk__in=numeros).values_list("pk", "nom"))
    return [
        RetardLu(
            libelle=libelles.get(e.code, e.code),
            avant_le=e.avant_le,
            jours=(moment.dernier_jour - e.avant_le).days,
            commune=_commune(e.cle_acces, communes),
            ligne_ouverture=e.ligne_ouverture_id,
        )
        for e in lues
        if e.avant_le is not None
    ]


def _commune(cle_acces: int | None, communes: Mapping[int, str]) -> str:
    if cle_acces is None:
        return "Le Département"
    return communes.get(cle_acces % PAS, "Commune non connue")


def _mesure(code: str) -> str:
    return code.partition(".")[0]


def _actes(mesures: Iterable[str], moment: Moment, acces: Acces) -> QuerySet[LigneJournal]:
    voulues = set(mesures)
    # Des codes entiers, pas un préfixe : la requête suit l'index (code, le).
    codes = sorted({a.code for a in registre.actes() if _mesure(a.code) in voulues})
    # Une ligne sans clé ne parle de personne : elle est à tous, comme au journal.
    ouvertes: QuerySet[LigneJournal] = LigneJournal.objects.visibles(
        acces
    ) | LigneJournal.objects.filter(cle_acces__isnull=True)
    return ouvertes.filter(code__in=codes, le__gte=moment.debut, le__lte=moment.dernier_jour)


def _delais(ligne: regles.Ligne) -> list[Delai]:
    siennes = mesures_de(ligne)
    return [d for d in delais() if _mesure(d.code) in siennes]


def _depasses(codes: Iterable[str], moment: Moment, acces: Acces) -> QuerySet[Echeance]:
    le = moment.dernier_jour
    # Ce que le Département doit lui-même n'a pas de clé : c'est à tous.
    ouvertes: QuerySet[Echeance] = Echeance.objects.visibles(acces) | Echeance.objects.filter(
        cle_acces__isnull=True
    )
    return ouvertes.filter(code__in=sorted(codes), ouverte_le__lte=le, avant_le__lt=le).filter(
        Q(fermee_le__isnull=True) | Q(fermee_le__gt=le)
    )
