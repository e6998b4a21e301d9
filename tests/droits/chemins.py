"""Les chemins de lecture, un par un : ce qui est lu, et ce que l'oracle attend.

Un chemin nouveau (une adresse, une fonction qui prend `acces`) s'ajoute ici ; l'essai
`test_aucun_chemin_oublie` le réclame.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model

from draille.noyau.echeance import lectures as echeances
from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer import lectures as foyers
from draille.noyau.foyer.models import Foyer, MembreFoyer
from draille.noyau.journal import lectures as journal
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne import lectures as personnes
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.personne.regles import Demande
from draille.noyau.referent.models import Referent
from draille.socle.acces import Acces
from draille.socle.murs import modeles_personnels
from tests.droits.monde import Monde
from tests.droits.oracle import Individu, Ligne, Oracle

TOUS = 10_000


@dataclass
class Lecteur:
    """Qui lit, quand, et la personne visée par les lectures d'une seule personne."""

    acces: Acces
    oracle: Oracle
    monde: Monde
    le: date
    cible: Individu
    client: Any = None

    def ouvertes(
        self,
        modele: type[Model],
        garde: Callable[[Any], bool] = lambda objet: True,
        personne: int | None = None,
    ) -> list[Ligne]:
        """Les rangées personnelles de cette table que l'oracle ouvre et que `garde` retient."""
        return [
            ligne
            for ligne in self.monde.de(modele)
            if ligne.compartiment is not None
            and self.oracle.voit(ligne)
            and (personne is None or ligne.personne == personne)
            and garde(self.monde.details[(ligne.table, ligne.id)])
        ]

    def ids(self, *args: Any, **kwargs: Any) -> set[int]:
        """Les identifiants de ces rangées."""
        return {ligne.id for ligne in self.ouvertes(*args, **kwargs)}

    @property
    def connues(self) -> set[int]:
        """Les personnes que l'oracle ouvre."""
        return self.oracle.personnes(self.monde.individus)


@dataclass(frozen=True)
class Chemin:
    """Une lecture et ce que l'oracle en attend ; `couvre` nomme les fonctions éprouvées.

    `murs` : « second », sous les clés de l'agent ; « premier », sous celles du système, le filtre
    de la lecture tenant seul ; « deux », l'un puis l'autre.
    """

    lire: Callable[[Lecteur], Any]
    attendre: Callable[[Lecteur], Any]
    couvre: tuple[str, ...] = ()
    murs: str = "deux"


CHEMINS: dict[str, Chemin] = {}


def _pks(objets: Iterable[Any]) -> set[int]:
    return {o.pk for o in objets}


def _requete(sql: str) -> list[Any]:
    with connection.cursor() as curseur:
        curseur.execute(sql)
        return curseur.fetchall()


# --- Chaque table : SQL brut (second mur seul), QuerySet (premier mur seul) --------------------


def lire_tables() -> dict[str, tuple[int, set[int]]]:
    """Compte et identifiants de chaque table personnelle, en une requête de SQL brut."""
    morceaux = [
        f"SELECT '{m._meta.db_table}', (SELECT count(*) FROM {m._meta.db_table}),"
        f" (SELECT coalesce(array_agg({m._meta.pk.column}), '{{}}') FROM {m._meta.db_table})"
        for m in modeles_personnels()
    ]
    return {t: (n, set(ids)) for t, n, ids in _requete(" UNION ALL ".join(morceaux))}


def attendre_tables(lecteur: Lecteur) -> dict[str, tuple[int, set[int]]]:
    """Ce que la sécurité par ligne doit montrer de chaque table, lignes sans sujet comprises."""
    attendues = {}
    for modele in modeles_personnels():
        ids = lecteur.oracle.ids(lecteur.monde.de(modele))
        if modele is Personne:
            ids = lecteur.connues
        attendues[modele._meta.db_table] = (len(ids), ids)
    return attendues


def _visibles(modele: Any) -> Callable[[Lecteur], Any]:
    def lire(lecteur: Lecteur) -> Any:
        trouvees = modele.objects.visibles(lecteur.acces)
        return trouvees.count(), set(trouvees.values_list("pk", flat=True))

    return lire


def _attendues(modele: Any) -> Callable[[Lecteur], Any]:
    def attendre(lecteur: Lecteur) -> Any:
        ids = lecteur.connues if modele is Personne else lecteur.ids(modele)
        return len(ids), ids

    return attendre


for _modele in modeles_personnels():
    CHEMINS[f"visibles:{_modele._meta.db_table}"] = Chemin(
        _visibles(_modele), _attendues(_modele), murs="premier"
    )


# --- Personnes ---------------------------------------------------------------------------------

_P = "draille.noyau.personne.lectures"


def _par_nom(texte: Callable[[Lecteur], str]) -> Callable[[Lecteur], set[int]]:
    def lire(lecteur: Lecteur) -> set[int]:
        return set(
            personnes.chercher_par_nom(
                demande=Demande(texte=texte(lecteur)), avec_proches=False, limite=TOUS
            )
        )

    return lire


def _seule_cible(lecteur: Lecteur) -> set[int]:
    return {lecteur.cible.id} & lecteur.connues


CHEMINS |= {
    "recherche:prénom commun à tous": Chemin(
        _par_nom(lambda lecteur: "Camille"),
        lambda lecteur: lecteur.connues,
        (f"{_P}.chercher_par_nom",),
        murs="second",
    ),
    "recherche:nom d'une personne": Chemin(
        lambda lecteur: _par_nom(lambda x: x.cible.marque)(lecteur) & {lecteur.cible.id},
        _seule_cible,
        murs="second",
    ),
    "recherche:noms proches": Chemin(
        lambda lecteur: (
            set(
                personnes.chercher_par_nom(
                    demande=Demande(texte=lecteur.cible.marque), avec_proches=True, limite=TOUS
                )
            )
            - lecteur.connues
        ),
        lambda lecteur: set(),
        murs="second",
    ),
    "recherche:NIR": Chemin(
        lambda lecteur: set(
            personnes.chercher_par_nir(nir=lecteur.cible.nir or "2", acces=lecteur.acces)
        ),
        lambda lecteur: _seule_cible(lecteur) if lecteur.cible.nir else set(),
        (f"{_P}.chercher_par_nir",),
    ),
    "personnes:charger": Chemin(
        lambda lecteur: _pks(
            personnes.charger(ids=[i.id for i in lecteur.monde.individus], acces=lecteur.acces)
        ),
        lambda lecteur: lecteur.connues,
        (f"{_P}.charger",),
    ),
    "personnes:ouvrir": Chemin(
        lambda lecteur: (
            personnes.ouvrir(personne_id=lecteur.cible.id, acces=lecteur.acces) is not None
        ),
        lambda lecteur: lecteur.oracle.connait(lecteur.cible),
        (f"{_P}.ouvrir",),
    ),
    "personnes:compartiment ouvert": Chemin(
        lambda lecteur: _compartiment(lecteur),
        lambda lecteur: next(
            (
                c
                for c in sorted(lecteur.cible.compartiments)
                if lecteur.oracle.ouvre(c, lecteur.cible.commune)
            ),
            None,
        ),
        (f"{_P}.compartiment_ouvert",),
    ),
    "personnes:consultations": Chemin(
        lambda lecteur: len(
            personnes.consultations_de(
                personne=Personne(pk=lecteur.cible.id), acces=lecteur.acces, limite=TOUS
            )
        ),
        lambda lecteur: len(lecteur.ids(Consultation, personne=lecteur.cible.id)),
        (f"{_P}.consultations_de",),
    ),
    "personnes:derniers dossiers": Chemin(
        lambda lecteur: _pks(personnes.derniers_dossiers(acces=lecteur.acces, limite=TOUS)),
        lambda lecteur: {
            ligne.personne
            for ligne in lecteur.ouvertes(
                Consultation, lambda c: c.agent_id == lecteur.acces.agent_id
            )
        },
        (f"{_P}.derniers_dossiers",),
        murs="second",
    ),
}


def _compartiment(lecteur: Lecteur) -> int | None:
    personne = Personne(
        compartiments=list(lecteur.cible.compartiments), commune_id=lecteur.cible.commune
    )
    try:
        return int(personnes.compartiment_ouvert(personne=personne, acces=lecteur.acces))
    except StopIteration:
        return None


# --- Foyers ------------------------------------------------------------------------------------

_F = "draille.noyau.foyer.lectures"


def _membres(lecteur: Lecteur) -> list[Ligne]:
    """L'appartenance de la cible, si l'oracle ouvre et le foyer et l'appartenance."""
    membres = lecteur.ouvertes(MembreFoyer, personne=lecteur.cible.id)
    ouverts = lecteur.ids(Foyer)
    return [m for m in membres if lecteur.monde.details[(m.table, m.id)].foyer_id in ouverts]


def _foyer_cible(lecteur: Lecteur) -> int:
    membres = [m for m in lecteur.monde.de(MembreFoyer) if m.personne == lecteur.cible.id]
    return lecteur.monde.details[(membres[0].table, membres[0].id)].foyer_id if membres else 0


def _matricule(lecteur: Lecteur) -> list[str]:
    objet = lecteur.monde.details.get((Foyer._meta.db_table, _foyer_cible(lecteur)))
    return [objet.matricule] if objet else ["rien"]


CHEMINS |= {
    "foyers:matricule": Chemin(
        lambda lecteur: set(
            foyers.personnes_du_matricule(
                numeros=_matricule(lecteur), acces=lecteur.acces, limite=TOUS
            )
        ),
        lambda lecteur: {m.personne for m in _membres(lecteur)},
        (f"{_F}.personnes_du_matricule",),
    ),
    "foyers:de la personne": Chemin(
        lambda lecteur: getattr(
            foyers.foyer_de(personne_id=lecteur.cible.id, le=lecteur.le, acces=lecteur.acces),
            "pk",
            None,
        ),
        lambda lecteur: next((m.id for m in _membres(lecteur)), None),
        (f"{_F}.foyer_de",),
        murs="second",
    ),
    "foyers:membres": Chemin(
        lambda lecteur: _pks(
            foyers.membres_de(foyer_id=_foyer_cible(lecteur), le=lecteur.le, acces=lecteur.acces)
        ),
        lambda lecteur: lecteur.ids(MembreFoyer, personne=lecteur.cible.id),
        (f"{_F}.membres_de",),
    ),
}


# --- Échéances ---------------------------------------------------------------------------------

_E = "draille.noyau.echeance.lectures"
_FILTRE = echeances.Filtre()


def _en_cours(echeance: Echeance) -> bool:
    return echeance.fermee_le is None


def _comptes(lecteur: Lecteur) -> tuple[int, int]:
    lus = echeances.compter(acces=lecteur.acces, le=lecteur.le, filtre=_FILTRE)
    return lus.ouvertes, lus.en_retard


def _attendre_comptes(lecteur: Lecteur) -> tuple[int, int]:
    en_retard = lecteur.ids(Echeance, lambda e: _en_cours(e) and e.avant_le < lecteur.le)
    return len(lecteur.ids(Echeance, _en_cours)), len(en_retard)


def _suivies(lecteur: Lecteur) -> set[int]:
    """Les personnes dont l'agent est le référent en titre, d'après ce qu'il peut en lire."""
    return {
        ligne.personne or 0
        for ligne in lecteur.ouvertes(
            Referent, lambda r: r.agent_id == lecteur.acces.agent_id and r.debut <= lecteur.le
        )
    }


CHEMINS |= {
    "échéances:ouvertes": Chemin(
        lambda lecteur: _pks(
            echeances.ouvertes(acces=lecteur.acces, le=lecteur.le, filtre=_FILTRE, limite=TOUS)
        ),
        lambda lecteur: lecteur.ids(Echeance, _en_cours),
        (f"{_E}.ouvertes",),
    ),
    "échéances:du référent": Chemin(
        lambda lecteur: {
            e.personne_id
            for e in echeances.ouvertes(
                acces=lecteur.acces,
                le=lecteur.le,
                filtre=echeances.Filtre(referent_id=lecteur.acces.agent_id),
                limite=TOUS,
            )
        },
        lambda lecteur: (
            {e.personne for e in lecteur.ouvertes(Echeance, _en_cours)} & _suivies(lecteur)
        ),
        murs="second",
    ),
    "échéances:comptes": Chemin(_comptes, _attendre_comptes, (f"{_E}.compter",)),
    "échéances:retards par territoire": Chemin(
        lambda lecteur: (lambda lus: (sum(r.ouvertes for r in lus), sum(r.en_retard for r in lus)))(
            echeances.retards_par_territoire(acces=lecteur.acces, le=lecteur.le)
        ),
        _attendre_comptes,
        (f"{_E}.retards_par_territoire",),
    ),
    "échéances:de la personne": Chemin(
        lambda lecteur: _pks(
            echeances.de_la_personne(personne_id=lecteur.cible.id, acces=lecteur.acces)
        ),
        lambda lecteur: lecteur.ids(Echeance, personne=lecteur.cible.id),
        (f"{_E}.de_la_personne",),
    ),
    "échéances:prochaines": Chemin(
        lambda lecteur: set(
            echeances.prochaines(
                personnes=[i.id for i in lecteur.monde.individus], acces=lecteur.acces
            )
        ),
        lambda lecteur: {e.personne for e in lecteur.ouvertes(Echeance, _en_cours)},
        (f"{_E}.prochaines",),
    ),
}


# --- Journal -----------------------------------------------------------------------------------

_J = "draille.noyau.journal.lectures"

CHEMINS |= {
    "journal:de la personne": Chemin(
        lambda lecteur: _pks(
            journal.de_la_personne(personne_id=lecteur.cible.id, acces=lecteur.acces)
        ),
        lambda lecteur: lecteur.ids(LigneJournal, personne=lecteur.cible.id),
        (f"{_J}.de_la_personne",),
    ),
    "journal:dernières lignes": Chemin(
        lambda lecteur: _pks(
            journal.dernieres(acces=lecteur.acces, filtre=journal.Filtre(), limite=TOUS)
        ),
        lambda lecteur: lecteur.oracle.ids(lecteur.monde.de(LigneJournal)),
        (f"{_J}.dernieres",),
    ),
}
