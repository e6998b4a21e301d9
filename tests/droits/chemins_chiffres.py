"""Les chemins qui rendent des nombres : suivi du RSA, indicateurs, chiffres de la convention."""

from collections.abc import Callable
from datetime import date
from typing import Any

from draille.mesures.convention import lectures_indicateurs as convention
from draille.mesures.suivi_rsa import lectures, views_chiffres
from draille.mesures.suivi_rsa.models import Entree, PeriodeDroit, Situation
from draille.moteurs.indicateurs import adaptateur
from draille.moteurs.indicateurs.calcul import Periode
from draille.moteurs.indicateurs.registre import Indicateur, indicateur
from draille.noyau.journal.models import LigneJournal
from tests.droits.chemins import CHEMINS, Chemin, Lecteur
from tests.droits.chemins_rsa import lieu_de
from tests.droits.ecrans import NOMINATIFS
from tests.droits.oracle import Ligne

_S = "draille.mesures.suivi_rsa"
_I = "draille.moteurs.indicateurs.adaptateur"
_C = "draille.mesures.convention.lectures_indicateurs"
ANNEE = 2020
DEBUT = date(2020, 1, 1)


def _mois(lecteur: Lecteur) -> date:
    return lecteur.le.replace(day=1)


def _sur(lecteur: Lecteur, commune: int | None, le: date) -> bool:
    """La commune est-elle, ce jour-là, du territoire visé ?"""
    return any(c == commune and p.contient(le) for c, p in lieu_de(lecteur).communes)


# --- Suivi du RSA ------------------------------------------------------------------------------


def _stock(lecteur: Lecteur, territoire: int | None = None) -> tuple[int | None, int | None]:
    (lu,) = lectures.stock(
        debut=lecteur.le, fin=lecteur.le, acces=lecteur.acces, territoire_id=territoire
    )
    return lu.beneficiaires, lu.foyers


def _attendre_stock(lecteur: Lecteur) -> tuple[int, int]:
    return len(lecteur.ids(Situation)), len(lecteur.ids(PeriodeDroit))


def _attendre_stock_du_lieu(lecteur: Lecteur) -> tuple[int, int]:
    le = _mois(lecteur)
    return (
        sum(_sur(lecteur, x.commune, le) for x in lecteur.ouvertes(Situation)),
        sum(_sur(lecteur, x.commune, le) for x in lecteur.ouvertes(PeriodeDroit)),
    )


def _entrees_lues(lecteur: Lecteur) -> list[Ligne]:
    return lecteur.ouvertes(LigneJournal, lambda x: x.code == "suivi_rsa.entrer")


def _ids(objets: Any) -> set[int]:
    return {o.pk for o in objets}


def _de_janvier(entree: Entree) -> bool:
    return entree.mois == DEBUT


CHEMINS |= {
    "rsa:stock": Chemin(_stock, _attendre_stock, (f"{_S}.lectures.stock",)),
    "rsa:stock d'un territoire": Chemin(
        lambda x: _stock(x, lieu_de(x).id), _attendre_stock_du_lieu
    ),
    "rsa:mouvements": Chemin(
        lambda x: sum(
            m.nombre or 0
            for m in lectures.mouvements(debut=DEBUT, fin=date(2020, 12, 1), acces=x.acces)
        ),
        lambda x: len(_entrees_lues(x)),
        (f"{_S}.lectures.mouvements",),
    ),
    "rsa:droits d'une personne": Chemin(
        lambda x: {
            d.situation.pk: {p.pk for p in d.periodes}
            for d in lectures.droits_de(personne_id=x.cible.id, acces=x.acces)
        },
        lambda x: {
            s.id: {
                p.id
                for p in x.ouvertes(PeriodeDroit)
                if x.monde.details[(p.table, p.id)].dossier_id
                == x.monde.details[(s.table, s.id)].dossier_id
            }
            for s in x.ouvertes(Situation, personne=x.cible.id)
        },
        (f"{_S}.lectures.droits_de",),
    ),
    "rsa:entrées d'une personne": Chemin(
        lambda x: _ids(lectures.entrees_de(personne_id=x.cible.id, acces=x.acces)),
        lambda x: x.ids(Entree, personne=x.cible.id),
        (f"{_S}.lectures.entrees_de",),
    ),
    "rsa:entrées d'un mois": Chemin(
        lambda x: _ids(lectures.entrees(mois=DEBUT, acces=x.acces)),
        lambda x: x.ids(Entree, _de_janvier),
        (f"{_S}.lectures.entrees",),
    ),
    "rsa:entrées d'un mois et d'un territoire": Chemin(
        lambda x: _ids(lectures.entrees(mois=DEBUT, acces=x.acces, territoire_id=lieu_de(x).id)),
        lambda x: {e.id for e in x.ouvertes(Entree, _de_janvier) if _sur(x, e.commune, DEBUT)},
    ),
    "rsa:dernier mois": Chemin(
        lambda x: lectures.dernier_mois(acces=x.acces) is not None,
        lambda x: bool(x.oracle.actifs),
        (f"{_S}.lectures.dernier_mois",),
    ),
    "rsa:mois par mois": Chemin(
        lambda x: [
            m.stock.beneficiaires
            for m in views_chiffres.mois_par_mois(acces=x.acces, le=x.le, territoire_id=None)
        ],
        lambda x: [len(x.ids(Situation))] if x.ids(Situation) else [],
        (f"{_S}.views_chiffres.mois_par_mois",),
    ),
    "rsa:secteurs": Chemin(
        lambda x: sum(
            s.beneficiaires or 0
            for s in views_chiffres.secteurs(acces=x.acces, le=x.le, mois=_mois(x))
        ),
        lambda x: len(x.ids(Situation)),
        (f"{_S}.views_chiffres.secteurs",),
    ),
}


# --- Indicateurs -------------------------------------------------------------------------------


def entrees_au(lecteur: Lecteur) -> list[Ligne]:
    """Les entrées déjà faites ce jour-là, que l'oracle ouvre."""
    return lecteur.ouvertes(
        LigneJournal, lambda x: x.code == "suivi_rsa.entrer" and x.le <= lecteur.le
    )


def _orientees_au(lecteur: Lecteur) -> set[int]:
    """Les entrées qui ont leur réponse ce jour-là ; toujours à temps, dans ce monde."""
    faites = {
        lecteur.monde.details[(x.table, x.id)].objet_id
        for x in lecteur.ouvertes(
            LigneJournal,
            lambda x: x.code == "orientation_rsa.orienter" and x.le <= lecteur.le,
        )
    }
    return {
        x.id
        for x in entrees_au(lecteur)
        if lecteur.monde.details[(x.table, x.id)].objet_id in faites
    }


def _demande(code: str, lecteur: Lecteur) -> dict[str, Any]:
    return {
        "indicateur": indicateur(code),
        "periode": Periode.annee(ANNEE),
        "acces": lecteur.acces,
        "le": lecteur.le,
    }


def _comptes(code: str) -> Callable[[Lecteur], tuple[int, int]]:
    def lire(lecteur: Lecteur) -> tuple[int, int]:
        comptes = [c for _, c in adaptateur.serie(**_demande(code, lecteur))]
        return sum(c.denominateur for c in comptes), sum(c.numerateur for c in comptes)

    return lire


def _attendre_b1(lecteur: Lecteur) -> tuple[int, int]:
    return len(entrees_au(lecteur)), len(_orientees_au(lecteur))


def _annuelle(lecteur: Lecteur) -> tuple[int, int]:
    compte = adaptateur.annuelle(**_demande("B1", lecteur))
    return compte.denominateur, compte.numerateur


def _liste(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    actes = adaptateur.liste(**_demande("B1", lecteur))
    return {a.ligne_id for a in actes}, {a.ligne_id for a in actes if a.dans_numerateur}


def _commune_du_jour(lecteur: Lecteur, ligne: Ligne) -> int | None:
    return lecteur.monde.details[(ligne.table, ligne.id)].commune_id


def _dans_une_commune(lecteur: Lecteur, ligne: Ligne, nature: str) -> int:
    commune = _commune_du_jour(lecteur, ligne)
    return sum(
        c == commune and p.contient(lecteur.le)
        for lieu in lecteur.monde.lieux
        if lieu.nature == nature and lieu.periode.contient(lecteur.le)
        for c, p in lieu.communes
    )


def _lecteur_convention(lecteur: Lecteur) -> convention.Lecteur:
    return convention.Lecteur(acces=lecteur.acces, le=lecteur.le)


def _actes_convention(lecteur: Lecteur) -> list[adaptateur.Acte]:
    return convention.lister(
        indicateur=_entrants(),
        critere=convention.Critere(annee=ANNEE, part=convention.Part.DENOMINATEUR),
        lecteur=_lecteur_convention(lecteur),
    )


def _entrants() -> Indicateur:
    return indicateur("entrants")


def personnes_nommees(lecteur: Lecteur) -> set[int]:
    """Celles des entrées que l'agent ouvre à un titre qui lit les noms."""
    connues = lecteur.oracle.parmi(NOMINATIFS).personnes(lecteur.monde.individus)
    return {x.personne or 0 for x in entrees_au(lecteur)} & connues


CHEMINS |= {
    "indicateurs:liste": Chemin(
        _liste,
        lambda x: ({e.id for e in entrees_au(x)}, _orientees_au(x)),
        (f"{_I}.liste",),
    ),
    "indicateurs:liste d'un territoire": Chemin(
        lambda x: {
            a.ligne_id
            for a in adaptateur.liste(**_demande("entrants", x), territoire=lieu_de(x).id)
        },
        lambda x: {e.id for e in entrees_au(x) if _sur(x, _commune_du_jour(x, e), x.le)},
    ),
    "indicateurs:série": Chemin(_comptes("B1"), _attendre_b1, (f"{_I}.serie",)),
    "indicateurs:année": Chemin(_annuelle, _attendre_b1, (f"{_I}.annuelle",)),
    "indicateurs:par territoire": Chemin(
        lambda x: sum(
            t.compte.denominateur
            for t in adaptateur.par_territoire(**_demande("entrants", x), nature="secteur")
        ),
        lambda x: sum(_dans_une_commune(x, e, "secteur") for e in entrees_au(x)),
        (f"{_I}.par_territoire",),
    ),
    "indicateurs:délais": Chemin(
        lambda x: adaptateur.delais(**_demande("B1", x)).nombre,
        lambda x: len(_orientees_au(x)),
        (f"{_I}.delais",),
    ),
    "indicateurs:toutes": Chemin(
        lambda x: {
            code: sum(c.denominateur for _, c in serie)
            for code, serie in adaptateur.toutes(
                indicateurs=[indicateur("entrants"), indicateur("B1-31j")],
                periode=Periode.annee(ANNEE),
                acces=x.acces,
                le=x.le,
            ).items()
        },
        lambda x: dict.fromkeys(("entrants", "B1-31j"), len(entrees_au(x))),
        (f"{_I}.toutes",),
    ),
    "convention:indicateur lu": Chemin(
        lambda x: (
            convention.lire(
                indicateur=_entrants(), annee=ANNEE, lecteur=_lecteur_convention(x)
            ).annee.denominateur
        ),
        lambda x: len(entrees_au(x)),
        (f"{_C}.lire",),
    ),
    "convention:liste": Chemin(
        lambda x: {a.ligne_id for a in _actes_convention(x)},
        lambda x: {e.id for e in entrees_au(x)},
        (f"{_C}.lister",),
    ),
    "convention:noms de la liste": Chemin(
        lambda x: {
            a.personne_id
            for a in convention.habiller(
                actes=_actes_convention(x),
                indicateur=_entrants(),
                lecteur=_lecteur_convention(x),
            )
            if a.personne_id
        },
        personnes_nommees,
        (f"{_C}.habiller",),
    ),
    "convention:rien n'est tu au Département": Chemin(
        lambda x: convention.est_tue(
            indicateur=_entrants(),
            critere=convention.Critere(annee=ANNEE, part=convention.Part.DENOMINATEUR),
            lecteur=_lecteur_convention(x),
        ),
        lambda x: False,
        (f"{_C}.est_tue",),
    ),
}
