"""Les indicateurs d'une ligne de la convention, tels qu'un lecteur peut les voir.

Un chiffre et sa liste viennent des mêmes actes ; un lecteur extérieur au Département ne voit aucun
petit nombre.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, overload

from draille.mesures.convention.lectures_secret import Compte, taire_colonne, taire_total
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.adaptateur import Acte, Choix
from draille.moteurs.indicateurs.calcul import BANDES, Delais, Periode, masquer
from draille.moteurs.indicateurs.registre import Indicateur
from draille.noyau.journal import registre
from draille.noyau.personne.models import Personne
from draille.noyau.territoire.models import Commune, Territoire
from draille.socle.acces import PAS, ROLES_NOMINATIFS, Acces
from draille.socle.texte import mois_annee

NATURE = "secteur"
# La clé des actes dont la commune n'est dans aucun secteur, ou n'est pas connue.
SANS_SECTEUR = "aucun"


class Part(StrEnum):
    """Le nombre que l'on ouvre."""

    NUMERATEUR = "numerateur"
    DENOMINATEUR = "denominateur"
    # Les actes qui ont eu leur réponse, à temps ou non : ceux dont on mesure le délai.
    REPONDUS = "repondus"


@dataclass(frozen=True)
class Lecteur:
    """Qui lit, et à quelle date."""

    acces: Acces
    le: date


@dataclass(frozen=True)
class Critere:
    """Les actes d'une liste : année, mois (1 à 12), secteur, rang d'une bande de délai."""

    annee: int
    part: Part
    mois: int | None = None
    territoire: str = ""
    bande: int | None = None


@dataclass(frozen=True)
class Bande:
    """Une bande de délai ; un nombre nul est tu."""

    rang: int
    nom: str
    nombre: int | None


@dataclass(frozen=True)
class DelaisLus:
    """Les délais d'une année, en jours ; des valeurs nulles sont tues ou sans objet."""

    nombre: int | None
    moyenne: float | None
    mediane: float | None
    bandes: tuple[Bande, ...]


@dataclass(frozen=True)
class Lue:
    """Un indicateur pour une année : en tout, par mois, par secteur, et ses délais."""

    annee: Compte
    mois: list[Compte]
    territoires: list[Compte]
    delais: DelaisLus | None


@dataclass(frozen=True)
class ActeHabille:
    """Un acte prêt à montrer ; `personne_id` est nul quand le lecteur n'ouvre pas le dossier."""

    numero: int
    acte: str
    numero_fin: int | None
    acte_fin: str
    personne_id: int | None
    personne: str
    commune: str
    debut: date
    fin: date | None
    jours: int | None


def lire(*, indicateur: Indicateur, annee: int, lecteur: Lecteur) -> Lue:
    """L'indicateur pour une année, à la date de lecture. Trois requêtes au plus."""
    periode = Periode.annee(annee)
    mois = [
        Compte(str(m.month), mois_annee(m), c.numerateur, c.denominateur)
        for m, c in adaptateur.serie(
            indicateur=indicateur, periode=periode, acces=lecteur.acces, le=lecteur.le
        )
        if m <= lecteur.le
    ]
    total = _somme("annee", str(annee), mois)
    territoires = _territoires(indicateur, periode, total, lecteur)
    delais = None
    if indicateur.numerateur:
        delais = adaptateur.delais(
            indicateur=indicateur, periode=periode, acces=lecteur.acces, le=lecteur.le
        )
    if lecteur.acces.est_du_departement:
        return Lue(total, mois, territoires, _delais(delais, seuil=0))
    seuil = adaptateur.seuil_secret(le=lecteur.le)
    mois = taire_colonne(mois, seuil=seuil)
    territoires = taire_colonne(territoires, seuil=seuil)
    total = taire_total(total, [mois, territoires], seuil=seuil)
    return Lue(total, mois, territoires, _delais(delais, seuil=seuil))


@dataclass(frozen=True)
class Liste(Sequence[Acte]):
    """Les actes derrière un nombre, du plus ancien au plus récent, lus à la demande.

    Une tranche est une requête qui ne lit qu'elle ; la longueur en est une autre, faite une fois.
    """

    indicateur: Indicateur
    critere: Critere
    lecteur: Lecteur

    @cached_property
    def _demande(self) -> dict[str, Any]:
        critere = self.critere
        periode = Periode.annee(critere.annee)
        if critere.mois is not None:
            periode = Periode.mois(date(critere.annee, critere.mois, 1))
        # Le secteur se filtre après l'unicité, comme dans le compte : sinon une personne entrée
        # deux fois le même mois dans deux secteurs serait deux fois dans les listes.
        territoire = critere.territoire if critere.territoire != SANS_SECTEUR else ""
        return {
            "indicateur": self.indicateur,
            "periode": periode,
            "acces": self.lecteur.acces,
            "le": self.lecteur.le,
            "territoire": int(territoire) if territoire else None,
        }

    @cached_property
    def _choix(self) -> Choix:
        critere = self.critere
        a_une_bande = critere.part is Part.REPONDUS and critere.bande is not None
        return Choix(
            part=critere.part.value,
            jours=BANDES[critere.bande or 0] if a_une_bande else None,
            hors_nature=NATURE if critere.territoire == SANS_SECTEUR else "",
        )

    @cached_property
    def _nombre(self) -> int:
        return adaptateur.compter(**self._demande, choix=self._choix)

    def __len__(self) -> int:
        return self._nombre

    @overload
    def __getitem__(self, rang: int) -> Acte: ...

    @overload
    def __getitem__(self, rang: slice) -> list[Acte]: ...

    def __getitem__(self, rang: int | slice) -> Acte | list[Acte]:
        if isinstance(rang, int):
            place = range(len(self))[rang]
            return self[place : place + 1][0]
        depuis, fin, _ = rang.indices(len(self))
        page = replace(self._choix, depuis=depuis, limite=max(fin - depuis, 0))
        return adaptateur.liste(**self._demande, choix=page)

    def __iter__(self) -> Iterator[Acte]:
        return iter(adaptateur.liste(**self._demande, choix=self._choix))


def lister(*, indicateur: Indicateur, critere: Critere, lecteur: Lecteur) -> Liste:
    """Les actes derrière un nombre : tous en une requête, ou une page et leur nombre en deux."""
    return Liste(indicateur, critere, lecteur)


def est_tue(*, indicateur: Indicateur, critere: Critere, lecteur: Lecteur) -> bool:
    """Vrai si ce lecteur ne doit pas ouvrir cette liste : la page lui en tait le nombre."""
    if lecteur.acces.est_du_departement:
        return False
    lue = lire(indicateur=indicateur, annee=critere.annee, lecteur=lecteur)
    if critere.part is Part.REPONDUS:
        return critere.mois is not None or bool(critere.territoire) or _bande_tue(lue, critere)
    if critere.mois is not None and critere.territoire:
        return True
    compte = lue.annee
    if critere.mois is not None:
        compte = _case(lue.mois, str(critere.mois)) or compte
    if critere.territoire:
        compte = _case(lue.territoires, critere.territoire) or compte
    return getattr(compte, str(critere.part)) is None


def habiller(
    *, actes: Sequence[Acte], indicateur: Indicateur, lecteur: Lecteur
) -> list[ActeHabille]:
    """Les actes avec leurs mots. Deux requêtes.

    Un nom ne se lit qu'au titre d'un rôle qui ouvre des dossiers : un pilote lit les actes.
    """
    personnes = {
        p.pk: p.nom_complet
        for p in Personne.objects.visibles(lecteur.acces.parmi(ROLES_NOMINATIFS)).filter(
            pk__in={a.personne_id for a in actes if a.personne_id}
        )
    }
    communes = dict(
        Commune.objects.filter(pk__in={a.commune_id for a in actes}).values_list("pk", "nom")
    )
    reponse = ", ".join(registre.libelle(c) for c in indicateur.numerateur)
    return [
        ActeHabille(
            numero=a.ligne_id,
            acte=registre.libelle(a.code),
            numero_fin=a.ligne_fin_id,
            acte_fin=reponse if a.ligne_fin_id else "",
            personne_id=a.personne_id if a.personne_id in personnes else None,
            personne=personnes.get(a.personne_id or 0, "Nom non ouvert à votre fonction"),
            commune=communes.get(a.commune_id or 0, "Commune non connue"),
            debut=a.debut_le,
            fin=a.fin_le,
            jours=a.delai_jours,
        )
        for a in actes
    ]


def nom_du_secteur(territoire: str) -> str:
    """Le nom du secteur d'un critère."""
    if territoire == SANS_SECTEUR:
        return "sans secteur connu"
    nom = Territoire.objects.filter(pk=int(territoire)).values_list("nom", flat=True).first()
    return nom or "secteur inconnu"


def _somme(cle: str, libelle: str, comptes: Sequence[Compte]) -> Compte:
    return Compte(
        cle,
        libelle,
        sum(c.numerateur or 0 for c in comptes),
        sum(c.denominateur or 0 for c in comptes),
    )


def _territoires(
    indicateur: Indicateur, periode: Periode, total: Compte, lecteur: Lecteur
) -> list[Compte]:
    lus = adaptateur.par_territoire(
        indicateur=indicateur, periode=periode, acces=lecteur.acces, le=lecteur.le, nature=NATURE
    )
    comptes = [
        Compte(str(t.territoire_id), t.nom, t.compte.numerateur, t.compte.denominateur) for t in lus
    ]
    situes = _somme("", "", comptes)
    reste = (total.denominateur or 0) - (situes.denominateur or 0)
    if reste:
        numerateur = (total.numerateur or 0) - (situes.numerateur or 0)
        comptes.append(Compte(SANS_SECTEUR, "Sans secteur connu", numerateur, reste))
    # Un secteur que l'agent ne voit pas n'est pas vide : mieux vaut ne pas l'afficher à zéro.
    voit_tout = any(cle % PAS == 0 for cle in lecteur.acces.cles)
    return [c for c in comptes if voit_tout or c.denominateur]


def _delais(delais: Delais | None, *, seuil: int) -> DelaisLus | None:
    """Les délais à montrer ; `seuil` nul (0) montre tout."""
    if delais is None:
        return None
    nombres = masquer([n for _, n in delais.bandes], seuil=seuil)
    cache = delais.nombre < seuil
    return DelaisLus(
        nombre=None if cache else delais.nombre,
        moyenne=None if cache else delais.moyenne,
        mediane=None if cache else delais.mediane,
        bandes=tuple(
            Bande(rang, nom, nombre)
            for rang, ((nom, _), nombre) in enumerate(zip(delais.bandes, nombres, strict=True))
        ),
    )


def _bande_tue(lue: Lue, critere: Critere) -> bool:
    if lue.delais is None:
        return True
    if critere.bande is None:
        return lue.delais.nombre is None
    return lue.delais.bandes[critere.bande].nombre is None


def _case(comptes: Sequence[Compte], cle: str) -> Compte | None:
    return next((c for c in comptes if c.cle == cle), None)
