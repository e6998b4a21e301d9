"""Les chemins de lecture du référent unique : qui est proposé à qui, et pourquoi."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from draille.mesures.referent_unique import lectures
from draille.mesures.referent_unique import lectures_entrees as entrees
from draille.mesures.referent_unique import lectures_proposition as propositions
from draille.mesures.referent_unique import lectures_suivis as suivis
from draille.mesures.referent_unique import views_raisons as raisons
from draille.mesures.referent_unique import views_revue as revue
from draille.mesures.referent_unique.lectures_verification import verification
from draille.mesures.referent_unique.models import (
    Calcul,
    Demande,
    Designation,
    LigneCalcul,
)
from draille.mesures.referent_unique.regles import Arrivant
from draille.mesures.referent_unique.views_pilotage import retards_par_referent
from draille.mesures.referent_unique.views_possibles import derniere_orientation, possibles
from draille.noyau.echeance.models import Echeance
from draille.noyau.foyer.models import MembreFoyer
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Personne
from draille.noyau.referent.models import Referent
from draille.socle.refus import Refus
from tests.droits.chemins import CHEMINS, Chemin, Lecteur
from tests.droits.oracle import Ligne
from tests.droits.rangees_referent import ABSENCE

_R = "draille.mesures.referent_unique"
EFFECTIF_MINIMAL = 11


def lu_ou_rien(lecture: Callable[[], Any]) -> Any:
    """Ce que rend la lecture ; rien si elle dit ne pas connaître ce qu'on lui demande."""
    try:
        return lecture()
    except Refus as refus:
        assert refus.code.endswith(".introuvable"), refus.code
        return None


def objet(lecteur: Lecteur, ligne: Ligne) -> Any:
    """La rangée telle que le monde l'a écrite."""
    return lecteur.monde.details[(ligne.table, ligne.id)]


def de_la_cible(lecteur: Lecteur, modele: Any) -> int:
    """La rangée de la personne visée dans cette table ; 0 si elle n'en a pas."""
    siennes = [x.id for x in lecteur.monde.de(modele) if x.personne == lecteur.cible.id]
    return siennes[0] if siennes else 0


def est_ouverte(lecteur: Lecteur, modele: Any) -> bool:
    """La rangée de la personne visée, dans cette table, est-elle ouverte ?"""
    return de_la_cible(lecteur, modele) in lecteur.ids(modele)


def dernier_calcul() -> int:
    """Celui qui reste à relire."""
    return Calcul.objects.latest("fait_le").pk


def lignes_du(lecteur: Lecteur, calcul_id: int) -> list[Ligne]:
    """Les lignes d'un calcul que l'oracle ouvre."""
    return lecteur.ouvertes(LigneCalcul, lambda x: x.calcul_id == calcul_id)


def suivies(lecteur: Lecteur, agent_id: int | None = None) -> set[int]:
    """Les personnes qu'un référent suit, d'après ce que l'oracle ouvre."""
    return {
        x.personne or 0
        for x in lecteur.ouvertes(
            Referent,
            lambda r: (
                r.agent_id is not None and r.debut <= lecteur.le and agent_id in (None, r.agent_id)
            ),
        )
    }


def a_confier(lecteur: Lecteur) -> set[int]:
    """Les personnes à confier que l'oracle ouvre."""
    return {
        x.personne or 0
        for x in lecteur.ouvertes(
            Demande, lambda d: d.statut == "a_confier" and d.orientee_le <= lecteur.le
        )
    }


def _suivies_et_attente(lecteur: Lecteur) -> set[int]:
    connues = {x.personne for x in lecteur.ouvertes(Demande)}
    return (suivies(lecteur) & connues) | a_confier(lecteur)


def _designations(lecteur: Lecteur) -> list[Any]:
    return [
        objet(lecteur, x)
        for x in lecteur.ouvertes(Designation, lambda d: d.referent.debut <= lecteur.le)
    ]


def _moyenne(valeurs: list[int]) -> int | None:
    return round(sum(valeurs) / len(valeurs)) if valeurs else None


# --- Charges -----------------------------------------------------------------------------------


def _attendre_charges(lecteur: Lecteur) -> dict[int, tuple[int, int | None]]:
    """La charge compte tout le monde, même ce qui est fermé ; les minutes, ce qui est ouvert."""
    tous = [objet(lecteur, x) for x in lecteur.monde.de(Referent)]
    minutes = _designations(lecteur)
    return {
        agent.pk: (
            sum(r.agent_id == agent.pk for r in tous),
            _moyenne([d.minutes for d in minutes if d.referent.agent_id == agent.pk]),
        )
        for agent in (lecteur.monde.agent, lecteur.monde.collegue)
    }


def _secteur(lecteur: Lecteur, commune: int | None) -> str:
    """Le secteur d'habitation, ce jour-là, par sa place dans le monde."""
    for rang, lieu in enumerate(lecteur.monde.lieux):
        if lieu.nature == "secteur" and any(
            c == commune and p.contient(lecteur.le) for c, p in lieu.communes
        ):
            return f"secteur S{rang}"
    return "Sans secteur connu"


def _par_secteur(lecteur: Lecteur) -> dict[str, int]:
    lignes = lecteur.ouvertes(Designation, lambda d: d.referent.debut <= lecteur.le)
    return dict(Counter(_secteur(lecteur, x.commune) for x in lignes))


def _retards(lecteur: Lecteur) -> dict[int, int]:
    en_retard = {
        x.personne
        for x in lecteur.ouvertes(
            Echeance, lambda e: e.fermee_le is None and e.avant_le < lecteur.le
        )
    }
    par_agent = {
        agent.pk: len(suivies(lecteur, agent.pk) & en_retard)
        for agent in (lecteur.monde.agent, lecteur.monde.collegue)
    }
    return {agent: nombre for agent, nombre in par_agent.items() if nombre}


CHEMINS |= {
    "référents:charges": Chemin(
        lambda x: {
            c.agent_id: (c.charge, c.minutes_moyennes)
            for c in lectures.charges(acces=x.acces, le=x.le)
        },
        _attendre_charges,
        (f"{_R}.lectures_charges.charges",),
    ),
    "référents:minutes par territoire": Chemin(
        lambda x: {
            t.nom: t.nombre for t in lectures.minutes_par_territoire(acces=x.acces, le=x.le)
        },
        _par_secteur,
        (f"{_R}.lectures_charges.minutes_par_territoire",),
    ),
    "référents:file active": Chemin(
        lambda x: {
            d.personne_id
            for d in lectures.file_active(agent_id=x.monde.agent.pk, acces=x.acces, le=x.le)
        },
        lambda x: suivies(x, x.monde.agent.pk),
        (f"{_R}.lectures_charges.file_active",),
    ),
    "référents:file active d'un collègue": Chemin(
        lambda x: {
            (d.personne_id, d.minutes)
            for d in lectures.file_active(agent_id=x.monde.collegue.pk, acces=x.acces, le=x.le)
        },
        lambda x: {
            (p, next((d.minutes for d in _designations(x) if d.personne_id == p), None))
            for p in suivies(x, x.monde.collegue.pk)
        },
    ),
    "référents:à confier": Chemin(
        lambda x: {d.personne_id for d in lectures.a_confier(acces=x.acces, le=x.le)},
        a_confier,
        (f"{_R}.lectures_charges.a_confier",),
    ),
    "référents:retards": Chemin(
        lambda x: retards_par_referent(acces=x.acces, le=x.le),
        _retards,
        (f"{_R}.views_pilotage.retards_par_referent",),
    ),
}


# --- Propositions ------------------------------------------------------------------------------


def _proposition(lecteur: Lecteur) -> tuple[set[int], int]:
    lue = lectures.proposition(calcul_id=dernier_calcul(), acces=lecteur.acces, le=lecteur.le)
    return {x.id for x in lue.lignes}, lue.total


def _attendre_proposition(lecteur: Lecteur) -> tuple[set[int], int]:
    ids = {x.id for x in lignes_du(lecteur, dernier_calcul())}
    return ids, len(ids)


def _comptes(lecteur: Lecteur) -> dict[int, tuple[int, int, int]]:
    return {
        c.id: (c.lignes, c.a_relire, c.acceptees) for c in lectures.calculs(acces=lecteur.acces)
    }


def _attendre_comptes(lecteur: Lecteur) -> dict[int, tuple[int, int, int]]:
    rendu = {}
    for calcul_id in Calcul.objects.values_list("pk", flat=True):
        decisions = Counter(objet(lecteur, x).decision for x in lignes_du(lecteur, calcul_id))
        rendu[calcul_id] = (decisions.total(), decisions["a_relire"], decisions["acceptee"])
    return rendu


def _voisines(lecteur: Lecteur) -> int | None:
    """Combien de lignes à relire autour de celle de la personne visée, si elle est ouverte."""
    if not est_ouverte(lecteur, LigneCalcul):
        return None
    ligne_id = de_la_cible(lecteur, LigneCalcul)
    calcul_id = lecteur.monde.details[(LigneCalcul._meta.db_table, ligne_id)].calcul_id
    return revue.voisines(calcul_id=calcul_id, ligne_id=ligne_id, acces=lecteur.acces).total


def _attendre_voisines(lecteur: Lecteur) -> int | None:
    if not est_ouverte(lecteur, LigneCalcul):
        return None
    ligne_id = de_la_cible(lecteur, LigneCalcul)
    calcul_id = lecteur.monde.details[(LigneCalcul._meta.db_table, ligne_id)].calcul_id
    lignes = lignes_du(lecteur, calcul_id)
    return len({x.id for x in lignes if objet(lecteur, x).decision == "a_relire"} | {ligne_id})


def _raisons(lecteur: Lecteur) -> set[int]:
    toutes: list[Any] = [
        SimpleNamespace(id=x.id, orientation=objet(lecteur, x).orientation)
        for x in lecteur.monde.de(LigneCalcul)
    ]
    calcul = Calcul.objects.latest("fait_le")
    return set(raisons.raisons_sans_referent(calcul=calcul, lignes=toutes, acces=lecteur.acces))


CHEMINS |= {
    "référents:propositions": Chemin(
        _comptes, _attendre_comptes, (f"{_R}.lectures_proposition.calculs",)
    ),
    "référents:dernière proposition": Chemin(
        lambda x: lectures.derniere(acces=x.acces),
        lambda x: dernier_calcul(),
        (f"{_R}.lectures_proposition.derniere",),
    ),
    "référents:proposition": Chemin(
        _proposition, _attendre_proposition, (f"{_R}.lectures_proposition.proposition",)
    ),
    "référents:ligne": Chemin(
        lambda x: lu_ou_rien(
            lambda: lectures.ligne(ligne_id=de_la_cible(x, LigneCalcul), acces=x.acces).personne_id
        ),
        lambda x: x.cible.id if est_ouverte(x, LigneCalcul) else None,
        (f"{_R}.lectures_proposition.ligne",),
    ),
    "référents:ligne à relire": Chemin(
        lambda x: lu_ou_rien(
            lambda: (
                propositions.prendre_ligne(
                    ligne_id=de_la_cible(x, LigneCalcul), acces=x.acces
                ).personne_id
            )
        ),
        lambda x: x.cible.id if est_ouverte(x, LigneCalcul) else None,
        (f"{_R}.lectures_proposition.prendre_ligne",),
    ),
    "référents:lignes à relire": Chemin(
        lambda x: set(revue.a_relire(calcul_id=dernier_calcul(), acces=x.acces)),
        lambda x: {
            y.id for y in lignes_du(x, dernier_calcul()) if objet(x, y).decision == "a_relire"
        },
        (f"{_R}.views_revue.a_relire",),
    ),
    "référents:lignes voisines": Chemin(
        _voisines, _attendre_voisines, (f"{_R}.views_revue.voisines",)
    ),
    "référents:raisons": Chemin(
        _raisons, lambda x: x.ids(LigneCalcul), (f"{_R}.views_raisons.raisons_sans_referent",)
    ),
    "référents:vérification": Chemin(
        lambda x: verification(calcul_id=dernier_calcul(), acces=x.acces).lignes,
        lambda x: len(lignes_du(x, dernier_calcul())),
        (f"{_R}.lectures_verification.verification",),
    ),
}


# --- Explications : exactes pour qui ouvre la ligne, et sans dire personne d'autre ---------------


def _choix(lecteur: Lecteur) -> Any:
    return lu_ou_rien(
        lambda: {
            c.agent_id: c.surcout_minutes
            for c in lectures.choix(ligne_id=de_la_cible(lecteur, LigneCalcul), acces=lecteur.acces)
        }
    )


def _attendre_choix(lecteur: Lecteur) -> Any:
    """Le même surcoût pour tous ceux qui ouvrent la ligne, quoi qu'ils ouvrent d'autre."""
    if not est_ouverte(lecteur, LigneCalcul):
        return None
    return lecteur.monde.surcouts[de_la_cible(lecteur, LigneCalcul)]


def _pourquoi_pas(lecteur: Lecteur) -> Any:
    lu = lu_ou_rien(
        lambda: lectures.pourquoi_pas(
            ligne_id=de_la_cible(lecteur, LigneCalcul),
            agent_id=lecteur.monde.collegue.pk,
            acces=lecteur.acces,
        )
    )
    if lu is None:
        return None
    assert not any(i.marque.casefold() in lu.phrase.casefold() for i in lecteur.monde.individus)
    return lu.surcout_minutes


def _attendre_pourquoi_pas(lecteur: Lecteur) -> Any:
    attendu = _attendre_choix(lecteur)
    return None if attendu is None else attendu[lecteur.monde.collegue.pk]


def _fiche(lecteur: Lecteur) -> Any:
    """La personne de la fiche, et tous ceux que son texte nomme."""
    lue = lu_ou_rien(
        lambda: lectures.fiche(ligne_id=de_la_cible(lecteur, LigneCalcul), acces=lecteur.acces)
    )
    if lue is None:
        return None
    texte = repr(lue).casefold()
    return lue.ligne.personne_id, {
        i.id for i in lecteur.monde.individus if i.marque.casefold() in texte
    }


CHEMINS |= {
    "référents:choix": Chemin(_choix, _attendre_choix, (f"{_R}.lectures_explication.choix",)),
    "référents:pourquoi pas": Chemin(
        _pourquoi_pas, _attendre_pourquoi_pas, (f"{_R}.lectures_explication.pourquoi_pas",)
    ),
    "référents:fiche": Chemin(
        _fiche,
        lambda x: (x.cible.id, {x.cible.id}) if est_ouverte(x, LigneCalcul) else None,
        (f"{_R}.lectures_explication.fiche",),
    ),
}


# --- Une personne ------------------------------------------------------------------------------


def _transmis(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    echeances, rendez_vous = lectures.a_transmettre(
        personne_id=lecteur.cible.id, acces=lecteur.acces, le=lecteur.le
    )
    return {e.pk for e in echeances}, {r.rendez_vous_id for r in rendez_vous}


def _attendre_transmis(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    echeances = lecteur.ids(Echeance, lambda e: e.fermee_le is None, personne=lecteur.cible.id)
    lignes = [
        objet(lecteur, x)
        for x in lecteur.ouvertes(
            LigneJournal, lambda x: x.code.startswith("rendez_vous."), personne=lecteur.cible.id
        )
    ]
    honores = {x.charge["rendez_vous_id"] for x in lignes if x.code == "rendez_vous.honorer"}
    return echeances, {
        x.charge["rendez_vous_id"]
        for x in lignes
        if date.fromisoformat(x.charge["jour"]) >= lecteur.le
        and x.charge["rendez_vous_id"] not in honores
    }


def _possibles(lecteur: Lecteur) -> set[int]:
    """Les référents possibles pour la personne visée : d'après leurs habilitations, non celles du
    lecteur."""
    personne = Personne(pk=lecteur.cible.id, commune_id=lecteur.cible.commune)
    lus = possibles(personne=personne, acces=lecteur.acces, le=lecteur.le)
    return {p.agent_id for p in lus}


def _attendre_possibles(lecteur: Lecteur) -> set[int]:
    peut = lecteur.oracle.parmi(["referent"]).ouvre(2, lecteur.cible.commune)
    return {lecteur.monde.agent.pk} if peut else set()


CHEMINS |= {
    "référents:historique": Chemin(
        lambda x: {
            p.referent_id for p in lectures.historique(personne_id=x.cible.id, acces=x.acces)
        },
        lambda x: x.ids(Referent, personne=x.cible.id),
        (f"{_R}.lectures_historique.historique",),
    ),
    "référents:à annoncer": Chemin(
        lambda x: {p.designation_id for p in lectures.a_annoncer(acces=x.acces, le=x.le)},
        lambda x: x.ids(Designation, lambda d: d.annoncee_le is None and d.referent.debut <= x.le),
        (f"{_R}.lectures_historique.a_annoncer",),
    ),
    "référents:à transmettre": Chemin(
        _transmis, _attendre_transmis, (f"{_R}.lectures_passation.a_transmettre",)
    ),
    "référents:dernière orientation": Chemin(
        lambda x: derniere_orientation(personne_id=x.cible.id, acces=x.acces),
        lambda x: next(
            (objet(x, y).orientation for y in x.ouvertes(Demande, personne=x.cible.id)), ""
        ),
        (f"{_R}.views_possibles.derniere_orientation",),
    ),
    "référents:possibles": Chemin(
        _possibles, _attendre_possibles, (f"{_R}.views_possibles.possibles",)
    ),
}


# --- Le calcul et le pilotage : des nombres ------------------------------------------------------


def _referents_du_foyer(lecteur: Lecteur) -> set[int]:
    """Les référents du foyer de la personne visée, vus de quelqu'un d'autre du même foyer."""
    membres = [x for x in lecteur.monde.de(MembreFoyer) if x.personne == lecteur.cible.id]
    foyer_id = objet(lecteur, membres[0]).foyer_id if membres else 0
    (lu,) = entrees.avec_referents(
        arrivants=[
            Arrivant(
                demande_id=None,
                personne_id=0,
                unite_id=foyer_id,
                orientation="",
                orientee_le=lecteur.le,
                est_sans_vehicule=False,
                commune_id=None,
                cle_acces=0,
            )
        ],
        acces=lecteur.acces,
        le=lecteur.le,
    )
    return set(lu.referents)


def _attendre_du_foyer(lecteur: Lecteur) -> set[int]:
    if not lecteur.ids(MembreFoyer, personne=lecteur.cible.id):
        return set()
    return {
        objet(lecteur, x).agent_id
        for x in lecteur.ouvertes(
            Referent,
            lambda r: r.agent_id is not None and r.debut <= lecteur.le,
            personne=lecteur.cible.id,
        )
    }


def _parite(lecteur: Lecteur) -> int | None:
    """L'effectif de l'unique groupe de l'axe du sexe, et qu'aucun groupe montré ne soit petit."""
    groupes = lectures.parite(calcul_id=dernier_calcul(), acces=lecteur.acces, le=lecteur.le)
    assert all(g.effectif >= EFFECTIF_MINIMAL for g in groupes), "un petit groupe est montré"
    return next((g.effectif for g in groupes if g.critere == "sexe"), None)


def _attendre_parite(lecteur: Lecteur) -> int | None:
    nombre = len(lignes_du(lecteur, dernier_calcul()))
    return nombre if nombre >= EFFECTIF_MINIMAL else None


def _probleme(lecteur: Lecteur) -> tuple[set[int], int]:
    lues = entrees.entrees(acces=lecteur.acces, le=lecteur.le)
    return {a.personne_id for a in lues.arrivants}, sum(p.est_presente for p in lues.places)


def _attendre_probleme(lecteur: Lecteur) -> tuple[set[int], int]:
    est_absent = ABSENCE[0] <= lecteur.le < ABSENCE[1]
    return a_confier(lecteur), 2 - est_absent


CHEMINS |= {
    "référents:arrivants": Chemin(
        lambda x: {a.personne_id for a in entrees.arrivants_du_jour(acces=x.acces, le=x.le)},
        a_confier,
        (f"{_R}.lectures_entrees.arrivants_du_jour",),
    ),
    "référents:référents du foyer": Chemin(
        _referents_du_foyer, _attendre_du_foyer, (f"{_R}.lectures_entrees.avec_referents",)
    ),
    "référents:problème": Chemin(
        _probleme,
        _attendre_probleme,
        # Le prix appris n'est qu'un nombre par référent, tiré des lignes ouvertes.
        (f"{_R}.lectures_entrees.entrees", f"{_R}.lectures_prix.prix_appris"),
    ),
    "référents:suivis": Chemin(
        lambda x: {a.personne_id for a, _ in suivis.suivis(acces=x.acces, le=x.le)},
        suivies,
        (f"{_R}.lectures_suivis.suivis",),
    ),
    "référents:suivis et attente": Chemin(
        lambda x: {a.personne_id for a in suivis.suivis_et_attente(acces=x.acces, le=x.le)},
        _suivies_et_attente,
        (f"{_R}.lectures_suivis.suivis_et_attente",),
    ),
    "référents:un poste de plus": Chemin(
        lambda x: (
            lectures.et_si_un_poste(
                commune_id=x.monde.communes[3], acces=x.acces, le=x.le
            ).avant.demandes
        ),
        lambda x: len(_suivies_et_attente(x)),
        (f"{_R}.lectures_pilotage.et_si_un_poste",),
    ),
    "référents:parité": Chemin(_parite, _attendre_parite, (f"{_R}.lectures_pilotage.parite",)),
    "référents:premier arrivé": Chemin(
        lambda x: lectures.comparaison_premier_arrive(acces=x.acces, le=x.le).desigs.nombre,
        lambda x: len(_designations(x)),
        (f"{_R}.lectures_pilotage.comparaison_premier_arrive",),
    ),
}
