"""Les écrans, un par un : les noms qu'ils montrent, et ceux que l'oracle attend.

Un nom n'apparaît qu'à qui ouvre des dossiers (accueil, orientation, référent, cadre), sur le
territoire de cette fonction-là : un pilote départemental, référent d'un secteur, ne lit que les
noms de ce secteur.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from draille.mesures.orientation_rsa.models import Suivi
from draille.mesures.rendez_vous.models import RendezVous
from draille.mesures.rendez_vous.views_encarts import LIGNES_TUILE
from draille.moteurs.flux.models import FichierRecu, Rejet
from draille.noyau.echeance.models import Echeance
from draille.noyau.journal.models import LigneJournal
from draille.noyau.personne.models import Consultation
from draille.portail.vues import journal, journee
from tests.droits.chemins import Lecteur
from tests.droits.oracle import Oracle

NOMINATIFS = ("accueil", "charge_orientation", "travailleur_social", "referent", "cadre")
ENTRANTS = ("charge_orientation", "referent", "cadre")
DECIDENT = ("charge_orientation", "cadre")
PAR_PAGE = 50
REJETE = re.compile(r"REJET\d")


def corps(reponse: Any) -> str:
    """Le texte d'une réponse, par flux ou non ; celui d'un PDF se lit page à page."""
    octets = reponse.getvalue() if reponse.streaming else reponse.content
    if reponse.headers.get("Content-Type") == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(octets)).pages)
    return octets.decode("utf-8-sig")


def montres(lecteur: Lecteur, texte: str) -> set[int]:
    """Les personnes dont le nom est dans la page."""
    page = texte.casefold()
    return {i.id for i in lecteur.monde.individus if i.marque.casefold() in page}


def aucun(lecteur: Lecteur) -> set[int]:
    """Une page qui ne nomme personne, quel que soit l'agent."""
    return set()


@dataclass(frozen=True)
class Ecran:
    """Une adresse, ce qu'elle répond et les noms qu'elle montre, d'après l'oracle.

    `roles` : les fonctions qui l'ouvrent (aucune : tout agent habilité, partenaire excepté).
    `statut` : la réponse attendue une fois la porte ouverte. `noms` : les personnes montrées, nul
    si seules comptent celles qui ne doivent pas l'être. `lecteurs` : les rôles dont les noms
    viennent.
    `transmises` : celles dont le nom a été transmis au partenaire, qui n'ouvre pas leur dossier.
    """

    adresse: Callable[[Lecteur], str]
    couvre: tuple[str, ...]
    roles: tuple[str, ...] = ()
    noms: Callable[[Lecteur], set[int]] | None = aucun
    statut: Callable[[Lecteur], int] = lambda lecteur: 200
    lecteurs: tuple[str, ...] = NOMINATIFS
    donnees: Callable[[Lecteur], dict[str, Any]] | None = None
    est_pour_tous: bool = False
    porte: Callable[[Oracle], bool] | None = field(default=None)
    transmises: Callable[[Lecteur], set[int]] = lambda lecteur: set()

    def est_ouvert(self, oracle: Oracle) -> bool:
        """La porte est-elle ouverte à cet agent ?"""
        if self.est_pour_tous:
            return True
        if self.porte is not None:
            return self.porte(oracle)
        return bool(oracle.roles & set(self.roles) if self.roles else oracle.roles - {"partenaire"})

    def demander(self, lecteur: Lecteur) -> Any:
        """La réponse du serveur."""
        if self.donnees is None:
            return lecteur.client.get(self.adresse(lecteur))
        return lecteur.client.post(self.adresse(lecteur), self.donnees(lecteur))


def reduit(lecteur: Lecteur, roles: tuple[str, ...] = NOMINATIFS) -> Lecteur:
    return Lecteur(
        acces=lecteur.acces,
        oracle=lecteur.oracle.parmi(roles),
        monde=lecteur.monde,
        le=lecteur.le,
        cible=lecteur.cible,
    )


def connue(lecteur: Lecteur, roles: tuple[str, ...] = NOMINATIFS) -> set[int]:
    return {lecteur.cible.id} & reduit(lecteur, roles).connues


def connue_en_insertion(lecteur: Lecteur, roles: tuple[str, ...] = NOMINATIFS) -> set[int]:
    """La personne visée, si l'agent la connaît et que l'insertion lui est ouverte chez elle."""
    ouvre = reduit(lecteur, roles).oracle.ouvre(2, lecteur.cible.commune)
    return connue(lecteur, roles) if ouvre else set()


def _journee(lecteur: Lecteur) -> set[int]:
    """Les premières échéances dues, les derniers dossiers ouverts, les prochains rendez-vous."""
    nominatif = reduit(lecteur)
    dues = [
        lecteur.monde.details[(e.table, e.id)]
        for e in nominatif.ouvertes(Echeance, lambda e: e.fermee_le is None)
    ]
    if lecteur.oracle.roles == {"referent"}:
        suivies = {
            r.personne
            for r in nominatif.ouvertes(
                _referent(),
                lambda r: r.agent_id == lecteur.acces.agent_id and r.debut <= lecteur.le,
            )
        }
        dues = [e for e in dues if e.personne_id in suivies]
    premieres = sorted(dues, key=lambda e: (e.avant_le, e.pk))[: journee.LIMITE]
    dossiers: dict[int, int] = {}
    for ligne in nominatif.ouvertes(Consultation, lambda c: c.agent_id == lecteur.acces.agent_id):
        dossiers[ligne.personne or 0] = max(dossiers.get(ligne.personne or 0, 0), ligne.id)
    derniers = sorted(dossiers, key=lambda p: -dossiers[p])[: journee.DERNIERS]
    return {e.personne_id for e in premieres} | set(derniers) | tuile_rendez_vous(lecteur)


def est_referent_seul(lecteur: Lecteur) -> bool:
    """Parmi les fonctions qui ouvrent des dossiers, n'a-t-il que celle de référent ?"""
    return lecteur.oracle.roles & set(NOMINATIFS) == {"referent"}


def tuile_rendez_vous(lecteur: Lecteur) -> set[int]:
    """« Mes rendez-vous » : les premiers passés sans suite, du jour, et des sept jours.

    Qui n'est que référent ne tient pas l'accueil : un créneau sans agent n'est pas le sien.
    """
    le = lecteur.le
    agents = {lecteur.acces.agent_id} | (set() if lecteur.oracle.roles == {"referent"} else {None})
    siens = [
        lecteur.monde.details[(x.table, x.id)]
        for x in reduit(lecteur).ouvertes(
            RendezVous,
            lambda r: r.statut == "fixe" and r.creneau.agent_id in agents,
        )
    ]
    siens.sort(key=lambda r: (r.debut, r.pk))
    listes = (
        [r for r in siens if r.jour < le],
        [r for r in siens if r.jour == le],
        [r for r in siens if le < r.jour < le + timedelta(days=7)],
    )
    return {r.personne_id for liste in listes for r in liste[:LIGNES_TUILE]}


def _referent() -> Any:
    from draille.noyau.referent.models import Referent

    return Referent


def _journal(lecteur: Lecteur) -> set[int]:
    """Des dernières lignes ouvertes, toutes les personnes pour un cadre, celles de ses
    propres actes pour un autre, si leur dossier lui est ouvert."""
    if not lecteur.oracle.roles & set(NOMINATIFS):
        return set()
    lignes = [x for x in lecteur.monde.de(LigneJournal) if lecteur.oracle.voit(x)]
    nommees = {
        x.personne
        for x in sorted(lignes, key=lambda x: -x.id)[: journal.PAR_PAGE]
        if "cadre" in lecteur.oracle.roles
        or lecteur.monde.details[(x.table, x.id)].agent_id == lecteur.acces.agent_id
    }
    return nommees & reduit(lecteur).connues


def _entrants(lecteur: Lecteur) -> set[int]:
    ouverts = reduit(lecteur, ENTRANTS).ouvertes(
        Suivi, lambda s: s.statut in ("a_rencontrer", "a_orienter")
    )
    assert len(ouverts) <= PAR_PAGE, "le monde déborde d'une page : la liste serait tronquée"
    return {s.personne or 0 for s in ouverts}


def _entrees(lecteur: Lecteur) -> set[int]:
    """Les personnes des entrées déjà faites, que l'agent ouvre à un titre qui lit les noms."""
    faites = lecteur.ouvertes(
        LigneJournal, lambda x: x.code == "suivi_rsa.entrer" and x.le <= lecteur.le
    )
    return {x.personne or 0 for x in faites} & reduit(lecteur).connues


def _suivi(lecteur: Lecteur) -> int:
    suivis = [s for s in lecteur.monde.de(Suivi) if s.personne == lecteur.cible.id]
    return suivis[0].id if suivis else 999_999


def _suivi_ouvert(lecteur: Lecteur) -> bool:
    return bool(reduit(lecteur, ENTRANTS).ids(Suivi, personne=lecteur.cible.id))


def _tient_les_fichiers(oracle: Oracle) -> bool:
    """Un fichier décrit tout le Département : il faut le tenir tout entier, en insertion."""
    return oracle.parmi(DECIDENT).ouvre(2, None)


def _voit_les_fichiers(oracle: Oracle) -> bool:
    return _tient_les_fichiers(oracle) or "administrateur" in oracle.roles


def _fichier() -> int:
    return FichierRecu.objects.get().pk


def _rejet(lecteur: Lecteur) -> int:
    return lecteur.monde.de(Rejet)[0].id


def _extrait(lecteur: Lecteur) -> str:
    """Un début de nom : la page répète la saisie, qui ne doit pas passer pour un résultat."""
    return lecteur.cible.marque[:6]


def _si(oracle: Oracle, roles: tuple[str, ...]) -> bool:
    return bool(oracle.roles & set(roles))


def _statut_nir(lecteur: Lecteur) -> int:
    """Le NIR ne se lit qu'au titre d'une fonction tenue sur cette personne-là."""
    if connue(lecteur, DECIDENT):
        return 200
    return 403 if connue(lecteur) else 404


ECRANS: dict[str, Ecran] = {
    "ma journée": Ecran(lambda x: "/", ("journee",), est_pour_tous=True, noms=_journee),
    "recherche par nom": Ecran(
        lambda x: f"/recherche?q={_extrait(x)}",
        ("recherche",),
        NOMINATIFS,
        noms=None,
    ),
    "recherche par NIR": Ecran(
        lambda x: f"/recherche?q={x.cible.nir or '1800143999999'}",
        (),
        NOMINATIFS,
        noms=lambda x: connue(x, DECIDENT) if x.cible.nir else set(),
    ),
    "recherche, commun à tous": Ecran(
        lambda x: "/recherche?q=Camille&proches=1", (), NOMINATIFS, noms=None
    ),
    "dossier": Ecran(
        lambda x: f"/personnes/{x.cible.id}/",
        ("personne",),
        NOMINATIFS,
        noms=connue,
        statut=lambda x: 200 if connue(x) else 404,
    ),
    "dossier, NIR en clair": Ecran(
        lambda x: f"/personnes/{x.cible.id}/nir/",
        ("personne_nir",),
        DECIDENT,
        noms=lambda x: connue(x, DECIDENT),
        statut=_statut_nir,
        donnees=lambda x: {},
    ),
    "journal": Ecran(lambda x: "/journal/", ("journal",), noms=_journal),
    "nouveaux entrants": Ecran(
        lambda x: "/orientation/", ("orientation",), ENTRANTS, noms=_entrants
    ),
    "export des entrants": Ecran(
        lambda x: "/orientation/export.csv", ("orientation_export",), DECIDENT, noms=_entrants
    ),
    "relecture d'un lot": Ecran(
        lambda x: "/orientation/lot/?" + "&".join(f"suivi={s.id}" for s in x.monde.de(Suivi)),
        ("orientation_lot",),
        DECIDENT,
        noms=lambda x: {s.personne or 0 for s in reduit(x, ENTRANTS).ouvertes(Suivi)},
    ),
    "suivi d'un entrant": Ecran(
        lambda x: f"/orientation/{_suivi(x)}/",
        ("orientation_suivi",),
        ENTRANTS,
        noms=lambda x: {x.cible.id} if _suivi_ouvert(x) else set(),
        statut=lambda x: 200 if _suivi_ouvert(x) else 404,
    ),
    "acte sur un entrant": Ecran(
        lambda x: f"/orientation/{_suivi(x)}/rencontre/",
        ("orientation_acte",),
        ENTRANTS,
        noms=None,
        statut=lambda x: 200 if _suivi_ouvert(x) else 404,
    ),
    "fichiers": Ecran(lambda x: "/fichiers/", ("fichiers",), porte=_voit_les_fichiers),
    "fichier": Ecran(lambda x: f"/fichiers/{_fichier()}/", ("fichier",), porte=_voit_les_fichiers),
    "avancement d'un fichier": Ecran(
        lambda x: f"/fichiers/{_fichier()}/avancement/",
        ("fichier_avancement",),
        porte=_voit_les_fichiers,
        # Rien de neuf à dire d'un fichier intégré.
        statut=lambda x: 204,
    ),
    "colonnes d'un tableau": Ecran(
        lambda x: f"/fichiers/{_fichier()}/colonnes/",
        ("fichier_colonnes",),
        porte=_tient_les_fichiers,
        # Le fichier du monde vient de la CAF : il n'a pas de colonnes à nommer.
        statut=lambda x: 302,
    ),
    "rejets": Ecran(
        lambda x: f"/fichiers/{_fichier()}/rejets/", ("rejets",), porte=_tient_les_fichiers
    ),
    "export des rejets": Ecran(
        lambda x: f"/fichiers/{_fichier()}/rejets.csv",
        ("rejets_export",),
        porte=_tient_les_fichiers,
    ),
    "rejet": Ecran(
        lambda x: f"/fichiers/rejets/{_rejet(x)}/", ("rejet",), porte=_tient_les_fichiers
    ),
    "paramètres": Ecran(lambda x: "/parametres/", ("parametres",)),
    "agents": Ecran(lambda x: "/agents/", ("agents",), ("administrateur",)),
    "inscrire un agent": Ecran(
        lambda x: "/agents/nouveau/", ("agent_nouveau",), ("administrateur",)
    ),
    "agent": Ecran(lambda x: f"/agents/{x.monde.agent.pk}/", ("agent",), ("administrateur",)),
    "chiffres du RSA": Ecran(
        lambda x: "/rsa/", ("rsa",), ("pilote", "cadre", "charge_orientation", "referent")
    ),
    "actes d'un indicateur": Ecran(
        lambda x: "/convention/indicateurs/entrants/1/actes/?annee=2020&part=denominateur",
        ("convention:actes",),
        noms=_entrees,
    ),
    "export d'un indicateur": Ecran(
        lambda x: "/convention/indicateurs/entrants/1/actes/export/?annee=2020&part=denominateur",
        ("convention:exporter",),
        ("pilote", "cadre"),
        noms=_entrees,
        donnees=lambda x: {},
    ),
    "convention": Ecran(lambda x: "/convention/", ("convention:page",), noms=lambda x: set()),
}

# Pourquoi chacune ne lit rien de personnel, ou n'est pas une lecture.
ADRESSES_HORS_SUJET: dict[str, str] = {
    "accessibilite": "page fixe, ouverte à tous",
    "contours": "contours publics des communes, sans personne",
    "sante": "sonde, ouverte à tous, sans donnée",
    "connexion_demo": "ouvre une session de démonstration",
    "retirer": "un acte de l'administrateur, sans lecture",
    "agent_fermer": "un acte de l'administrateur, sans lecture",
    "journal_verifier": "recalcule des sceaux, ne montre aucune ligne",
    "fichier_deposer": "un acte, sans lecture",
    "fichier_relancer": "un acte, sans lecture",
    "fichier_confirmer": "un acte, sans lecture",
    "rejet_ecarter": "un acte, sans lecture",
    "convention:ligne": "textes et montants publiés, sans personne",
    "convention:montant": "textes et montants publiés, sans personne",
    "convention:mesures": "textes publiés, sans personne",
    "convention:annonce": "textes publiés, sans personne",
}
