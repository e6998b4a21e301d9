"""Les chemins de lecture du premier accueil, du partage et du rapprochement."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from draille.mesures.accueil_social import lectures_accueil as accueils
from draille.mesures.accueil_social.lectures_accueil_chiffres import statistiques
from draille.mesures.accueil_social.lectures_types import Filtre
from draille.mesures.accueil_social.models import Accueil, Note
from draille.mesures.reseau_insertion import lectures as reseau
from draille.moteurs.partage import adaptateur_lectures as partage
from draille.moteurs.partage.models import Consentement, LienReponse, Orientation, Partenaire
from draille.moteurs.rapprochement import adaptateur as guichet
from draille.moteurs.rapprochement import adaptateur_revue as revue
from draille.moteurs.rapprochement.adaptateur_fiches import fiches
from draille.moteurs.rapprochement.models import Fusion, Paire
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Consultation, Personne
from draille.noyau.referent.models import Referent
from draille.socle.acces import Role
from draille.socle.refus import Refus
from tests.droits.chemins import Chemin, Lecteur
from tests.droits.chemins_referent import de_la_cible, lu_ou_rien, objet
from tests.droits.chemins_rendez_vous import CHEMINS
from tests.droits.ecrans import NOMINATIFS, reduit

_A = "draille.mesures.accueil_social"
_R = "draille.mesures.reseau_insertion"
_P = "draille.moteurs.partage.adaptateur_lectures"
_X = "draille.moteurs.rapprochement"
ACCUEILLENT = ("accueil", "travailleur_social", "cadre")
CHIFFRENT = (*ACCUEILLENT, "pilote")
RAPPROCHENT = ("charge_orientation", "travailleur_social", "cadre")
VIVANTES = ("envoyee", "acceptee", "recue", "en_cours")
SOCIAL, PARTENAIRE = 1, 6


def _pks(objets: Any) -> set[int]:
    return {o.pk for o in objets}


def recus(
    lecteur: Lecteur,
    roles: tuple[str, ...] = ACCUEILLENT,
    garde: Callable[[Any], bool] = lambda a: True,
    personne: int | None = None,
) -> set[int]:
    """Les accueils que ces fonctions ouvrent."""
    return reduit(lecteur, roles).ids(Accueil, garde, personne)


def notes_ouvertes(lecteur: Lecteur) -> set[int]:
    """Ses notes à lui, et celles d'un métier qu'il ouvre ; une note privée n'a pas de commune."""
    siennes = reduit(lecteur).ids(Note)
    de_la_cible_ = {
        x.id for x in lecteur.monde.de(Note) if objet(lecteur, x).personne_id == lecteur.cible.id
    }
    return siennes & de_la_cible_


def suivies(
    lecteur: Lecteur,
    garde: Callable[[Any], bool] = lambda o: True,
    personne: int | None = None,
) -> set[int]:
    """Les orientations dont la personne est suivie en social."""
    return {
        x.id
        for x in lecteur.monde.de(Orientation)
        if lecteur.oracle.ouvre(SOCIAL, x.commune)
        and (personne is None or x.personne == personne)
        and garde(objet(lecteur, x))
    }


def adressees(lecteur: Lecteur, garde: Callable[[Any], bool] = lambda o: True) -> set[int]:
    """Celles qui sont chez le partenaire de l'agent, au titre de partenaire, avec accord."""
    oracle = lecteur.oracle.parmi(("partenaire",))
    return {
        x.id
        for x in lecteur.monde.de(Orientation)
        if x.partenaire is not None
        and oracle.ouvre(PARTENAIRE, x.partenaire)
        and garde(objet(lecteur, x))
    }


def orientation_de_la_cible(lecteur: Lecteur) -> int:
    """L'orientation de la personne visée ; un numéro absent si elle n'en a pas."""
    return de_la_cible(lecteur, Orientation) or 999_999


def _une_orientation(lecture: Callable[..., Any], lecteur: Lecteur) -> int | None:
    try:
        return int(lecture(orientation_id=orientation_de_la_cible(lecteur), acces=lecteur.acces).pk)
    except Refus as refus:
        assert refus.code == "partage.orientation_inconnue"
        return None


def _accueil(lecteur: Lecteur) -> Any:
    lu = lu_ou_rien(
        lambda: accueils.accueil(
            accueil_id=de_la_cible(lecteur, Accueil), acces=lecteur.acces.parmi(_roles(NOMINATIFS))
        )
    )
    return lu and lu.accueil.pk


def _roles(noms: tuple[str, ...]) -> tuple[Role, ...]:
    return (*(Role(n) for n in noms), Role.SYSTEME)


def _note(lecteur: Lecteur) -> set[int]:
    notes = [
        lu_ou_rien(lambda pk=x.id: accueils.note(note_id=pk, acces=lecteur.acces))
        for x in lecteur.monde.de(Note)
        if objet(lecteur, x).personne_id == lecteur.cible.id
    ]
    return {n.note.pk for n in notes if n is not None}


def _a_suivre(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    lues = partage.a_suivre(acces=lecteur.acces, le=lecteur.le)
    return _pks(lues.en_retard), _pks(lues.revenues)


def _attendre_a_suivre(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    en_retard = suivies(lecteur, lambda o: o.statut == "envoyee" and o.avant_le < lecteur.le)
    return en_retard, suivies(lecteur, lambda o: o.statut in ("refusee", "perdue"))


def _qui_accompagne(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    lu = partage.qui_accompagne(personne_id=lecteur.cible.id, acces=lecteur.acces, le=lecteur.le)
    return _pks(lu.referents), _pks(lu.orientations)


def _attendre_qui_accompagne(lecteur: Lecteur) -> tuple[set[int], set[int]]:
    referents = lecteur.ids(
        Referent,
        lambda r: r.debut <= lecteur.le and (r.fin is None or r.fin > lecteur.le),
        personne=lecteur.cible.id,
    )
    vivantes = suivies(lecteur, lambda o: o.statut in VIVANTES, personne=lecteur.cible.id)
    return referents, vivantes


def _comptes(lecteur: Lecteur) -> Counter[str]:
    detail = {x.id: objet(lecteur, x) for x in lecteur.monde.de(Orientation)}
    return Counter(detail[i].statut for i in suivies(lecteur))


def _chez_chacun(lecteur: Lecteur) -> Counter[int]:
    detail = {x.id: objet(lecteur, x) for x in lecteur.monde.de(Orientation)}
    return Counter(
        detail[i].partenaire_id for i in suivies(lecteur) if detail[i].statut in VIVANTES
    )


def _acces_du_partenaire(lecteur: Lecteur) -> tuple[int, set[int]]:
    partenaire = Partenaire.objects.get(organisation_id=lecteur.monde.agent.organisation_id)
    lus = reseau.acces_du_partenaire(partenaire=partenaire, acces=lecteur.acces)
    return len(lus), {a.personne.pk for a in lus if a.personne is not None}


def _attendre_acces_du_partenaire(lecteur: Lecteur) -> tuple[int, set[int]]:
    vues = lecteur.ouvertes(Consultation, lambda c: c.agent_id == lecteur.monde.agent.pk)
    return len(vues), {v.personne or 0 for v in vues} & lecteur.connues


def _suggestions(lecteur: Lecteur) -> tuple[bool, bool]:
    """La personne tapée est-elle proposée, et n'y a-t-il que des personnes ouvertes ?"""
    cible = Personne.objects.filter(pk=lecteur.cible.id).first()
    saisie = guichet.SaisieIdentite(
        nom=lecteur.cible.marque,
        prenom="Camille",
        naissance_le=cible.naissance_le if cible else None,
    )
    proposees = guichet.suggerer(saisie=saisie, acces=lecteur.acces, le=lecteur.le)
    ids = {s.personne.pk for s in proposees}
    return lecteur.cible.id in ids, ids <= reduit(lecteur).connues


def paires_lisibles(lecteur: Lecteur, statut: str = "") -> set[int]:
    """Celles dont les deux dossiers se lisent à un titre qui rapproche."""
    oracle = lecteur.oracle.parmi(RAPPROCHENT)
    connues = oracle.personnes(lecteur.monde.individus)
    return {
        x.id
        for x in reduit(lecteur, RAPPROCHENT).ouvertes(Paire)
        if {objet(lecteur, x).premiere_id, objet(lecteur, x).seconde_id} <= connues
        and statut in ("", objet(lecteur, x).statut)
    }


def fusions_lisibles(lecteur: Lecteur) -> set[int]:
    """De même pour les dossiers rejoints."""
    connues = lecteur.oracle.parmi(RAPPROCHENT).personnes(lecteur.monde.individus)
    return {
        x.id
        for x in reduit(lecteur, RAPPROCHENT).ouvertes(Fusion)
        if {objet(lecteur, x).gardee_id, objet(lecteur, x).absorbee_id} <= connues
    }


def une_paire(lecteur: Lecteur) -> int:
    """Une paire où la personne visée est première ; un numéro absent s'il n'y en a pas."""
    return de_la_cible(lecteur, Paire) or 999_999


def _paire(lecteur: Lecteur) -> int | None:
    lue = lu_ou_rien(lambda: revue.paire(paire_id=une_paire(lecteur), acces=lecteur.acces))
    return lue and lue.pk


def _actes_par_personne(lecteur: Lecteur) -> Counter[int]:
    lignes = [x for x in lecteur.monde.de(LigneJournal) if lecteur.oracle.voit(x)]
    return Counter(x.personne for x in lignes if x.personne is not None)


CHEMINS |= {
    "accueils:du jour": Chemin(
        lambda x: _pks(a.accueil for a in accueils.du_jour(acces=x.acces, le=x.le)),
        lambda x: recus(x, garde=lambda a: a.le == x.le),
        (f"{_A}.lectures_accueil.du_jour",),
    ),
    "accueils:recherche": Chemin(
        lambda x: accueils.chercher(acces=x.acces, filtre=Filtre(fin=x.le)).total,
        lambda x: len(recus(x, garde=lambda a: a.le <= x.le)),
        (f"{_A}.lectures_accueil.chercher", f"{_A}.lectures_accueil.ouverts"),
    ),
    "accueils:un seul": Chemin(
        _accueil,
        lambda x: min(recus(x, NOMINATIFS, personne=x.cible.id), default=None),
        (f"{_A}.lectures_accueil.accueil", f"{_A}.lectures_accueil.est_premier_contact"),
    ),
    "accueils:de la personne": Chemin(
        lambda x: _pks(
            a.accueil
            for a in accueils.de_la_personne(personne_id=x.cible.id, acces=x.acces).accueils
        ),
        lambda x: recus(x, NOMINATIFS, personne=x.cible.id),
        (f"{_A}.lectures_accueil.de_la_personne",),
    ),
    "accueils:notes": Chemin(
        lambda x: _pks(n.note for n in accueils.notes_de(personne_id=x.cible.id, acces=x.acces)),
        notes_ouvertes,
        (f"{_A}.lectures_accueil.notes_de",),
    ),
    "accueils:une note": Chemin(_note, notes_ouvertes, (f"{_A}.lectures_accueil.note",)),
    "accueils:chiffres": Chemin(
        lambda x: (
            statistiques(acces=x.acces, debut=x.le.replace(month=1, day=1), fin=x.le).accueils
        ),
        lambda x: len(recus(x, CHIFFRENT, lambda a: a.le <= x.le)),
        (f"{_A}.lectures_accueil_chiffres.statistiques",),
    ),
    "partage:de la personne": Chemin(
        lambda x: _pks(partage.de_la_personne(personne_id=x.cible.id, acces=x.acces)),
        lambda x: suivies(x, personne=x.cible.id),
        (f"{_P}.de_la_personne",),
    ),
    "partage:de l'accueil": Chemin(
        lambda x: _pks(partage.de_l_accueil(origine_id=de_la_cible(x, Accueil), acces=x.acces)),
        lambda x: suivies(x, personne=x.cible.id),
        (f"{_P}.de_l_accueil",),
    ),
    "partage:une orientation": Chemin(
        lambda x: _une_orientation(partage.orientation, x),
        lambda x: min(suivies(x, personne=x.cible.id), default=None),
        (f"{_P}.orientation",),
    ),
    "partage:en retard et revenues": Chemin(_a_suivre, _attendre_a_suivre, (f"{_P}.a_suivre",)),
    "partage:toutes": Chemin(
        lambda x: _pks(partage.suivies(acces=x.acces)), suivies, (f"{_P}.suivies",)
    ),
    "partage:comptes": Chemin(
        lambda x: partage.comptes_par_statut(acces=x.acces), _comptes, (f"{_P}.comptes_par_statut",)
    ),
    "partage:accords": Chemin(
        lambda x: _pks(partage.consentements_de(personne_id=x.cible.id, acces=x.acces)),
        lambda x: x.ids(Consentement, personne=x.cible.id),
        (f"{_P}.consentements_de",),
    ),
    "partage:qui accompagne": Chemin(
        _qui_accompagne, _attendre_qui_accompagne, (f"{_P}.qui_accompagne",)
    ),
    "partenaire:reçues": Chemin(
        lambda x: {r.pk for r in partage.recues_par(acces=x.acces, le=x.le)},
        lambda x: adressees(x, lambda o: o.envoyee_le <= x.le),
        (f"{_P}.recues_par",),
    ),
    "partenaire:une reçue": Chemin(
        lambda x: _une_orientation(partage.recue, x),
        lambda x: min(adressees(x, lambda o: o.personne_id == x.cible.id), default=None),
        (f"{_P}.recue",),
    ),
    "réseau:partenaires": Chemin(
        lambda x: Counter(
            {p.partenaire.pk: p.vivantes for p in reseau.partenaires(acces=x.acces, le=x.le)}
        ),
        _chez_chacun,
        (f"{_R}.lectures.partenaires",),
    ),
    "réseau:liens": Chemin(
        lambda x: _pks(reseau.liens_de(orientation_id=orientation_de_la_cible(x), acces=x.acces)),
        lambda x: x.ids(LienReponse, personne=x.cible.id),
        (f"{_R}.lectures.liens_de",),
    ),
    "réseau:accès d'un partenaire": Chemin(
        _acces_du_partenaire,
        _attendre_acces_du_partenaire,
        (f"{_R}.lectures.acces_du_partenaire",),
    ),
    "rapprochement:suggestions": Chemin(
        _suggestions,
        lambda x: (x.cible.id in reduit(x).connues, True),
        (f"{_X}.adaptateur.suggerer",),
        # La recherche par ressemblance lit les clés de la transaction : la base en garde la porte.
        murs="second",
    ),
    "rapprochement:fiches": Chemin(
        lambda x: {f.id for f in fiches(acces=x.acces)},
        lambda x: x.connues,
        (f"{_X}.adaptateur_fiches.fiches",),
    ),
    "rapprochement:activité": Chemin(
        lambda x: Counter(
            {
                personne: lue.actes
                for personne, lue in revue.activite(
                    ids=[i.id for i in x.monde.individus], acces=x.acces
                ).items()
            }
        ),
        _actes_par_personne,
        (f"{_X}.adaptateur_revue.activite",),
    ),
    "rapprochement:paires": Chemin(
        lambda x: _pks(revue.paires(acces=x.acces)),
        lambda x: paires_lisibles(x, "ouverte"),
        (f"{_X}.adaptateur_revue.paires",),
    ),
    "rapprochement:une paire": Chemin(
        _paire,
        lambda x: min(paires_lisibles(x) & {une_paire(x)}, default=None),
        (f"{_X}.adaptateur_revue.paire",),
    ),
    "rapprochement:fusions": Chemin(
        lambda x: _pks(revue.fusions(acces=x.acces)),
        fusions_lisibles,
        (f"{_X}.adaptateur_revue.fusions",),
    ),
}
