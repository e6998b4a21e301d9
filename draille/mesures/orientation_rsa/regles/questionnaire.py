"""Le questionnaire du diagnostic : peu de questions, lisibles, sans aucun détail de santé."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_MOIS_RECENTS = 24


class _Question(StrEnum):
    """Une réponse et sa phrase."""

    @property
    def libelle(self) -> str:
        """La réponse, comme elle se lit."""
        return _LIBELLES[self]


class Activite(_Question):
    """Avez-vous une activité, ou en aviez-vous une ces deux dernières années ?"""

    EN_COURS = "en_cours"
    RECENTE = "recente"
    ANCIENNE = "ancienne"
    JAMAIS = "jamais"


class Projection(_Question):
    """Vous voyez-vous chercher ou reprendre un emploi dans les prochains mois ?"""

    OUI = "oui"
    AVEC_APPUI = "avec_appui"
    NON = "non"


class Qualification(_Question):
    """Quel est votre plus haut diplôme ou titre ?"""

    AUCUNE = "aucune"
    CAP_BEP = "cap_bep"
    BAC = "bac"
    SUPERIEUR = "superieur"


class Frein(_Question):
    """Les familles de difficultés dont on note le seul niveau, jamais le détail."""

    SANTE = "sante"
    LOGEMENT = "logement"
    MOBILITE = "mobilite"
    GARDE = "garde"
    FINANCES = "finances"
    ADMINISTRATIF = "administratif"
    NUMERIQUE = "numerique"
    PROCHE_AIDANT = "proche_aidant"


class Niveau(_Question):
    """Ce que la difficulté pèse sur la recherche d'un emploi."""

    FORT = "fort"
    MOYEN = "moyen"
    SANS_IMPACT = "sans_impact"


_LIBELLES: dict[_Question, str] = {
    Activite.EN_COURS: "Une activité en ce moment",
    Activite.RECENTE: "Une activité ces deux dernières années",
    Activite.ANCIENNE: "Une activité il y a plus de deux ans",
    Activite.JAMAIS: "Jamais d'activité",
    Projection.OUI: "Se projette vers l'emploi",
    Projection.AVEC_APPUI: "Se projette avec un appui",
    Projection.NON: "Ne se projette pas pour le moment",
    Qualification.AUCUNE: "Sans diplôme",
    Qualification.CAP_BEP: "CAP ou BEP",
    Qualification.BAC: "Baccalauréat",
    Qualification.SUPERIEUR: "Après le baccalauréat",
    Frein.SANTE: "Santé",
    Frein.LOGEMENT: "Logement",
    Frein.MOBILITE: "Mobilité",
    Frein.GARDE: "Garde d'enfant",
    Frein.FINANCES: "Difficultés financières",
    Frein.ADMINISTRATIF: "Démarches administratives et juridiques",
    Frein.NUMERIQUE: "Numérique et communication",
    Frein.PROCHE_AIDANT: "Aide à un proche",
    Niveau.FORT: "Fort",
    Niveau.MOYEN: "Moyen",
    Niveau.SANS_IMPACT: "Sans impact",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reponses:
    """Un questionnaire rempli. Un frein absent de `freins` est sans impact.

    `duree_sans_emploi_mois` : nombre de mois sans emploi, nul si on ne le sait pas.
    """

    activite: Activite
    projection: Projection
    qualification: Qualification
    duree_sans_emploi_mois: int | None = None
    freins: Mapping[Frein, Niveau] = field(default_factory=dict)

    def de_niveau(self, niveau: Niveau) -> tuple[Frein, ...]:
        """Les freins de ce niveau, dans l'ordre du questionnaire."""
        return tuple(f for f in Frein if self.freins.get(f, Niveau.SANS_IMPACT) is niveau)

    def incoherence(self) -> str:
        """La phrase qui dit ce qui ne va pas ensemble ; vide quand tout se tient."""
        duree = self.duree_sans_emploi_mois
        if duree is None:
            return ""
        if duree < 0:
            return f"La durée sans emploi ({duree} mois) ne peut pas être négative."
        if self.activite is Activite.EN_COURS and duree > 0:
            return (
                f"Une activité est en cours, mais la durée sans emploi est de {duree} mois. "
                "Corrigez l'une des deux réponses."
            )
        if (self.activite is Activite.RECENTE) and duree > _MOIS_RECENTS:
            return (
                f"L'activité date de moins de deux ans, mais la durée sans emploi est de {duree} "
                "mois. Corrigez l'une des deux réponses."
            )
        if self.activite is Activite.ANCIENNE and duree < _MOIS_RECENTS:
            return (
                f"L'activité date de plus de deux ans, mais la durée sans emploi est de {duree} "
                "mois. Corrigez l'une des deux réponses."
            )
        return ""
