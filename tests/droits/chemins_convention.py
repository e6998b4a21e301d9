"""Les chemins de lecture du pilotage, des demandes d'acompte et des délais d'un schéma."""

from collections import Counter
from datetime import date
from typing import Any

from draille.mesures.convention import lectures_pilotage, regles
from draille.mesures.convention import lectures_pilotage_actes as actes
from draille.mesures.convention.regles.pilotage import Moment
from draille.mesures.schema_solidarites import lectures_delais as delais
from draille.mesures.suivi_rsa import lectures_acompte as acomptes
from draille.mesures.suivi_rsa.models import DemandeAcompte, DossierRsa, LigneAcompte, Situation
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import indicateur
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from tests.droits.chemins import Chemin, Lecteur
from tests.droits.chemins_accueil import CHEMINS
from tests.droits.chemins_chiffres import entrees_au
from tests.droits.chemins_referent import objet
from tests.droits.ecrans import NOMINATIFS

_P = "draille.mesures.convention.lectures_pilotage"
_A = "draille.mesures.suivi_rsa.lectures_acompte"
_D = "draille.mesures.schema_solidarites.lectures_delais"
ANNEE = 2020
MESURES = ("suivi_rsa", "orientation_rsa")
DELAI = "orientation_rsa.convention"
PREUVE = regles.Preuve("La phrase.", regles.Source("s", "La page", "2020"))
LIGNE = regles.Ligne("suivi_rsa", "Le RSA", regles.Nature.NATIONALE, None, MESURES, PREUVE)
ORIENTATION = regles.Ligne(
    "orientation_rsa", "L'orientation", regles.Nature.NATIONALE, None, ("orientation_rsa",), PREUVE
)


def _moment(lecteur: Lecteur) -> Moment:
    return Moment(ANNEE, lecteur.le)


def _par_code(lecteur: Lecteur) -> Counter[str]:
    """Les actes de ces deux mesures faits dans l'année, que l'oracle ouvre."""
    return Counter(
        ligne.code
        for x in lecteur.monde.de(LigneJournal)
        if lecteur.oracle.voit(x)
        for ligne in [objet(lecteur, x)]
        if ligne.code.partition(".")[0] in MESURES and date(ANNEE, 1, 1) <= ligne.le <= lecteur.le
    )


def _actes_lus(lecteur: Lecteur) -> Counter[str]:
    lus = actes.actes_par_code(ligne=LIGNE, moment=_moment(lecteur), mois=None, acces=lecteur.acces)
    return Counter({a.code: a.nombre or 0 for a in lus})


def _actes_de_la_ligne(lecteur: Lecteur) -> tuple[int | None, int | None]:
    lus = actes.actes_par_ligne(lignes=[LIGNE], moment=_moment(lecteur), acces=lecteur.acces)
    return lus[LIGNE.code].annee, lus[actes.ENSEMBLE].annee


def _courent(lecteur: Lecteur, *, depassees: bool = False) -> set[int]:
    """Les échéances de l'orientation qui courent ce jour-là ; les dépassées seulement."""
    le = lecteur.le
    return lecteur.ids(
        Echeance,
        lambda e: (
            e.code == DELAI
            and e.ouverte_le <= le
            and (e.fermee_le is None or e.fermee_le > le)
            and (not depassees or e.avant_le < le)
        ),
    )


def _retards(lecteur: Lecteur) -> set[int]:
    lus = actes.retards(ligne=ORIENTATION, moment=_moment(lecteur), acces=lecteur.acces)
    return set(lus.values_list("pk", flat=True))


def _principal(lecteur: Lecteur) -> tuple[str, int | None]:
    lus = lectures_pilotage.lire_principaux(
        lignes=[ORIENTATION], moment=_moment(lecteur), acces=lecteur.acces
    )
    lu = lus[ORIENTATION.code]
    return lu.indicateur.code, lu.annee.denominateur


def _compter(lecteur: Lecteur) -> int:
    return adaptateur.compter(
        indicateur=indicateur("B1"),
        periode=Periode.annee(ANNEE),
        acces=lecteur.acces,
        le=lecteur.le,
    )


def demande() -> int:
    """La demande d'acompte du monde."""
    return DemandeAcompte.objects.get().pk


def _sortes(lecteur: Lecteur) -> Counter[str]:
    lue = acomptes.demande(demande_id=demande(), acces=lecteur.acces, le=lecteur.le)
    assert lue is not None
    return Counter({s.sort: s.nombre for s in lue.sortes})


def _attendre_sortes(lecteur: Lecteur) -> Counter[str]:
    return Counter(objet(lecteur, x).sort for x in lecteur.ouvertes(LigneAcompte))


def _lignes(lecteur: Lecteur) -> set[int]:
    lues = acomptes.lignes(demande_id=demande(), sort="", acces=lecteur.acces)
    return set(lues.values_list("pk", flat=True))


def _personnes_de(lecteur: Lecteur) -> dict[int, int]:
    dossiers = [x.id for x in lecteur.monde.de(DossierRsa)]
    return acomptes.personnes_de(dossiers=dossiers, acces=lecteur.acces)


def _attendre_personnes_de(lecteur: Lecteur) -> dict[int, int]:
    lues = [objet(lecteur, x) for x in lecteur.ouvertes(Situation)]
    return {s.dossier_id: s.personne_id for s in lues}


def _en_cours(lecteur: Lecteur) -> Any:
    return delais.en_cours(codes=[DELAI], acces=lecteur.acces, le=lecteur.le)


def _nommees(lecteur: Lecteur) -> set[int]:
    lues = delais.habiller(echeances=list(_en_cours(lecteur)), acces=lecteur.acces, le=lecteur.le)
    return {x.personne_id for x in lues if x.personne_id is not None}


def nommees_du_delai(lecteur: Lecteur) -> set[int]:
    """Les personnes de ces échéances, que l'agent connaît à un titre qui lit les noms."""
    connues = lecteur.oracle.parmi(NOMINATIFS).personnes(lecteur.monde.individus)
    ouvertes = _courent(lecteur)
    return {x.personne or 0 for x in lecteur.monde.de(Echeance) if x.id in ouvertes} & connues


CHEMINS |= {
    "pilotage:actes par code": Chemin(
        _actes_lus, _par_code, (f"{_P}_actes.actes_par_code", f"{_P}_actes.seuil_de")
    ),
    "pilotage:actes d'une ligne": Chemin(
        _actes_de_la_ligne,
        lambda x: (sum(_par_code(x).values()),) * 2,
        (f"{_P}_actes.actes_par_ligne",),
    ),
    "pilotage:retards": Chemin(
        _retards, lambda x: _courent(x, depassees=True), (f"{_P}_actes.retards",)
    ),
    "pilotage:retards d'une ligne": Chemin(
        lambda x: (
            actes.retards_par_ligne(lignes=[ORIENTATION], moment=_moment(x), acces=x.acces)[
                ORIENTATION.code
            ].nombre
        ),
        lambda x: len(_courent(x, depassees=True)),
        (f"{_P}_actes.retards_par_ligne",),
    ),
    "pilotage:indicateur d'une ligne": Chemin(
        _principal, lambda x: ("B1", len(entrees_au(x))), (f"{_P}.lire_principaux",)
    ),
    "indicateurs:nombre d'actes": Chemin(
        _compter,
        lambda x: len(entrees_au(x)),
        ("draille.moteurs.indicateurs.adaptateur.compter",),
    ),
    "acompte:sortes": Chemin(_sortes, _attendre_sortes, (f"{_A}.demande",)),
    "acompte:lignes": Chemin(
        _lignes, lambda x: x.ids(LigneAcompte, lambda a: a.sort != "egal"), (f"{_A}.lignes",)
    ),
    "acompte:personnes": Chemin(_personnes_de, _attendre_personnes_de, (f"{_A}.personnes_de",)),
    "acompte:caisses": Chemin(
        lambda x: bool(acomptes.organismes(acces=x.acces)),
        lambda x: bool(x.ids(DossierRsa)),
        (f"{_A}.organismes",),
    ),
    "schéma:échéances d'un délai": Chemin(
        lambda x: set(_en_cours(x).values_list("pk", flat=True)), _courent, (f"{_D}.en_cours",)
    ),
    "schéma:noms d'un délai": Chemin(_nommees, nommees_du_delai, (f"{_D}.habiller",)),
}
